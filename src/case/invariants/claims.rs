//! How claims may stand.

use super::Check;
use crate::case::claim_log::{Broken, Cause, Standing, Waiting};
use crate::rule::claims::Assertion;

impl Check<'_> {
    /// Every claim has a standing that some steps can have led to.
    pub(super) fn claims(&mut self) {
        const CODE: &str = "situation-claims";
        let claims = &self.workflow.rules.claims;
        let Some(log) = self.situation.claims.as_deref() else {
            // A scenario that puts a case somewhere has taken no step yet.
            if !claims.is_empty() && !self.situation.placed {
                self.wrong(CODE, "how its claims stand is missing");
            }
            return;
        };
        if log.claims.len() != claims.len() || log.steps == 0 {
            return self
                .wrong(CODE, "its claims are not those of the workflow, or no step was taken");
        }
        let ended = self.situation.ended;
        for (claim, standing) in claims.iter().zip(&log.claims) {
            let waits = matches!(claim.rule, Assertion::Whenever { .. });
            let has_due = matches!(claim.rule, Assertion::Whenever { due: Some(_), .. });
            let is_step = |step: &u64| (1..=log.steps).contains(step);
            let is_right = match standing {
                Standing::Kept => true,
                Standing::Waiting(Waiting { step, due }) => {
                    waits
                        && is_step(step)
                        && has_due == due.is_some()
                        && due.as_ref().is_none_or(|(due_of, _)| is_step(due_of) && due_of >= step)
                }
                Standing::Broken(Broken { step, at, cause }) => {
                    let fits = match cause {
                        Cause::Step => !waits,
                        Cause::Due | Cause::DueUnknown => has_due,
                        Cause::End => waits && ended,
                        Cause::Failed => true,
                    };
                    // What was due may lie before the case began.
                    let in_time =
                        *at <= self.situation.time && (*cause == Cause::Due || *at >= self.start());
                    fits && is_step(step) && in_time
                }
            };
            if !is_right {
                self.wrong(CODE, format!("the claim `{}` cannot stand like this", claim.name));
            }
        }
    }
}
