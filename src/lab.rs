//! Tests put to the test: scenarios that are missing, and small wrong versions that no scenario notices. Rules looked at for
//! all situations at once: [`analyze`]. What would open an event that is shut: [`unlock`].
//!
//! For whoever wants to know how good the scenarios of a workflow are, and to have what is missing written. [`suggest`]
//! searches for the goals that a [`Coverage`](crate::coverage::Coverage) lacks; a [`Mutant`] is one wrong version of a
//! workflow, which a good set of scenarios tells from the right one.
//!
//! ```
//! use tresteg::Workflow;
//!
//! let workflow = Workflow::from_json(r#"{
//!     "id": "w", "initial": "a", "facts": { "n": { "type": "integer" } },
//!     "states": { "a": { "on": { "go": { "target": "b", "guard": "n > 3" } } }, "b": {} }
//! }"#)?;
//! // Nobody tests `n` = 3: whoever wrote `>=` by mistake would not notice.
//! assert!(workflow.mutants().iter().any(|mutant| mutant.to_string().contains("`>=`")));
//! # Ok::<(), tresteg::diagnostic::Report>(())
//! ```

pub use crate::definition::codes::ANALYSED;
pub use crate::judge::{Finding, FindingSeverity, FindingVerdict, analyze, checked};
pub use crate::mutation::{Mutant, MutantStatus, MutationKind, Work};
pub use crate::suggest::{
    BrokenClaim, ClaimTrial, Suggestion, Suggestions, UnreachedGoal, suggest, try_claims,
};
pub use crate::unlock::{
    Bringer, BringingEvent, Change, Changed, Unlocking, Way, unlock, unlock_state,
};
