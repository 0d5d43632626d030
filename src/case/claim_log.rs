//! What is kept of the claims of a case: how each stands.

use serde::Serialize;

use crate::value::DateTime;

/// How the claims of a workflow stand after some steps of a case.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct ClaimLog {
    /// How many steps the case has taken, its start among them.
    pub steps: u64,
    /// Whether steps were replayed of which something is erased: nothing was judged there.
    pub doubtful: bool,
    /// In the order of the file.
    pub claims: Vec<Standing>,
}

/// How one claim stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Standing {
    #[default]
    Kept,
    /// A `whenever` whose `then` has not come.
    Waiting(Waiting),
    Broken(Broken),
}

/// Since when something waits, and until when it may.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Waiting {
    /// The first step that waits.
    pub step: u64,
    /// The step whose time is up first, and when that is.
    pub due: Option<(u64, DateTime)>,
}

/// Where a claim was broken.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Broken {
    /// The step after which it did not hold; of what waited, the step since which.
    pub step: u64,
    pub at: DateTime,
    pub cause: Cause,
}

/// Why a claim is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Cause {
    /// What must hold after the step does not, or what must not does.
    Step,
    /// What had to follow has not come in time.
    Due,
    /// Until when something had to follow was not known.
    DueUnknown,
    /// The case has ended before what had to follow came.
    End,
    /// The claim's script failed.
    Failed,
}
