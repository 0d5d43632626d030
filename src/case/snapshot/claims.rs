//! How claims stand, as it is stored.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::reader::Reader;
use crate::case::claim_log::{Broken, Cause, ClaimLog, Standing, Waiting};
use crate::value::{DateTime, brief};
use crate::workflow::Compiled;

/// The claims that are not simply kept, by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredClaims {
    steps: u64,
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    doubtful: bool,
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    claims: BTreeMap<String, StoredStanding>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum StoredStanding {
    Waiting {
        step: u64,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        due: Option<(u64, i64)>,
    },
    Broken {
        step: u64,
        at: i64,
        cause: Cause,
    },
}

pub(super) fn store(compiled: &Compiled, log: &ClaimLog) -> StoredClaims {
    let claims = compiled.definition.claims.iter().zip(&log.claims);
    let claims = claims.filter_map(|(claim, standing)| {
        let stored = match standing {
            Standing::Kept => return None,
            Standing::Waiting(Waiting { step, due }) => StoredStanding::Waiting {
                step: *step,
                due: due.map(|(step, at)| (step, at.microseconds())),
            },
            Standing::Broken(Broken { step, at, cause }) => {
                StoredStanding::Broken { step: *step, at: at.microseconds(), cause: *cause }
            }
        };
        Some((claim.name.value.clone(), stored))
    });
    StoredClaims { steps: log.steps, doubtful: log.doubtful, claims: claims.collect() }
}

impl Reader<'_> {
    pub(super) fn claims(&mut self, stored: StoredClaims) -> Arc<ClaimLog> {
        let declared = &self.workflow.definition.claims;
        let mut claims = vec![Standing::Kept; declared.len()];
        for (name, standing) in stored.claims {
            let place = declared.iter().position(|claim| claim.name.value == name);
            let standing = match standing {
                StoredStanding::Waiting { step, due } => {
                    let due: Option<(u64, DateTime)> = due.map(|(step, at)| (step, self.time(at)));
                    Standing::Waiting(Waiting { step, due })
                }
                StoredStanding::Broken { step, at, cause } => {
                    Standing::Broken(Broken { step, at: self.time(at), cause })
                }
            };
            match place.and_then(|place| claims.get_mut(place)) {
                Some(place) => *place = standing,
                None => self.wrong(format!("the workflow makes no claim `{}`", brief(&name))),
            }
        }
        Arc::new(ClaimLog { steps: stored.steps, doubtful: stored.doubtful, claims })
    }
}
