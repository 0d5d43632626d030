//! Why a case cannot be gone on with from its journal.

use crate::rule::doubt::Erasures;
use crate::workflow::Workflow;

/// Something of a case that its journal does not say any more, for it was erased.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Unknown {
    /// The address of a child case; `None` for the outermost.
    pub case: Option<String>,
    /// What is not known of it.
    pub what: UnknownPart,
}

/// What of a case can be unknown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum UnknownPart {
    /// More than the states it is in.
    States,
    /// What a step changed that could be checked only in part: the number of its entry.
    Step(u64),
    /// The value of a fact.
    Fact(String),
    /// Whether an event of this name waits that was sent.
    Sent(String),
    /// Which events have happened.
    Past,
    /// Who has signed, or for what; others are waited for.
    Signature,
}

/// What is not known of a case by what was erased; persons are not: they count as nobody known.
pub(super) fn of(workflow: &Workflow, case: &str, erasures: &Erasures, found: &mut Vec<Unknown>) {
    let Erasures { facts, persons: _, sent, past, signed, families: _, unset: _ } = erasures;
    let definition = &workflow.compiled().definition;
    let facts = facts.iter().map(|id| definition.facts.at(*id).name.value.clone());
    let facts = facts.map(UnknownPart::Fact);
    let sent = sent.iter().map(|name| UnknownPart::Sent(name.to_string()));
    let past = past.then_some(UnknownPart::Past);
    let signed = (!signed.is_empty()).then_some(UnknownPart::Signature);
    let all = facts.chain(sent).chain(past).chain(signed);
    found.extend(all.map(|what| unknown(case, what)));
}

pub(super) fn unknown(case: &str, what: UnknownPart) -> Unknown {
    Unknown { case: (!case.is_empty()).then(|| case.to_owned()), what }
}
