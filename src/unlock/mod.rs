//! What would open an event that is shut: all smallest sets of changes, each played by the engine, none of which could be
//! smaller.
//!
//! ```text
//! question ──judge──► sets (which changes, the smallest first) ──nearest──► values ──engine──► ways ──bring──► by whom
//! ```

mod bring;
mod nearest;
mod question;
mod sets;
#[cfg(test)]
mod tests;
mod tries;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};

use crate::Case;
use crate::Event;
use crate::Value;
use crate::case::describe;
use crate::judge::{Answer, Input, Situation};
use crate::table::StateId;
use bring::Future;
pub use bring::{Bringer, BringingEvent};
use nearest::{Nearest, nearest};
use question::{Hopeless, Question};
use sets::{Set, Verdict, minimal};

/// What would open something that is shut.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Unlocking {
    /// Whether it is open already: then there is nothing to change.
    #[serde(rename = "open")]
    pub is_open: bool,
    /// The ways, those with the fewest changes first.
    pub ways: Vec<Way>,
    /// Whether these are all ways. Else there may be others, for the reasons in `why`.
    #[serde(rename = "complete")]
    pub is_complete: bool,
    /// What stood in the way of an answer, by the names that [`Finding`](crate::lab::Finding) tells too, and `bound:checks` and
    /// `bound:ways` where there are too many. Of a complete answer without ways: `not-expected` where nothing listens,
    /// `not-welcome` where nothing is for whoever asks, `past` where other values do not help but another past may, the
    /// code of a problem where the event itself is wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub why: Vec<String>,
}

/// Changes that together open it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Way {
    /// The event that is then open.
    pub event: String,
    /// In the order of the file: facts, then entries of the event's payload, then the time.
    pub changes: Vec<Change>,
    /// Whether it is proven that no part of these changes alone opens it.
    #[serde(rename = "minimal")]
    pub is_minimal: bool,
}

/// What is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Changed {
    /// A fact, by its name.
    Fact(String),
    /// An entry of the event's payload, by its name.
    Data(String),
    /// When the event comes.
    Time,
}

/// One thing that is to be otherwise.
///
/// As JSON an object with `fact`, `data` or `time`, with `value`, with `from`, `to`, `above` or `below` where a whole range
/// does, with `one_of` where some values do, with `nearest` and `by`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Change {
    /// What.
    pub what: Changed,
    /// A value that opens it while the other changes of the way have theirs.
    pub value: Value,
    /// The least value around it that does as well, with all up to `value`; `None` where the declaration alone ends it.
    pub from: Option<Value>,
    /// The greatest value around it that does as well, likewise.
    pub to: Option<Value>,
    /// Whether more than the one value does, and `from` and `to` say which.
    pub is_range: bool,
    /// Whether `from` itself does not do.
    pub is_above: bool,
    /// Whether `to` itself does not do.
    pub is_below: bool,
    /// All values that do, where they are several of a list; empty else.
    pub one_of: Vec<Value>,
    /// Whether no value nearer to what there is does. Of what has no distance, such as a list, `value` is an example.
    pub is_nearest: bool,
    /// Who can bring it.
    pub by: Bringer,
}

impl Serialize for Change {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match &self.what {
            Changed::Fact(name) => map.serialize_entry("fact", name)?,
            Changed::Data(name) => map.serialize_entry("data", name)?,
            Changed::Time => map.serialize_entry("time", &true)?,
        }
        map.serialize_entry("value", &self.value)?;
        if let (Some(from), true) = (&self.from, self.is_range) {
            map.serialize_entry(if self.is_above { "above" } else { "from" }, from)?;
        }
        if let (Some(to), true) = (&self.to, self.is_range) {
            map.serialize_entry(if self.is_below { "below" } else { "to" }, to)?;
        }
        if !self.one_of.is_empty() {
            map.serialize_entry("one_of", &self.one_of)?;
        }
        map.serialize_entry("nearest", &self.is_nearest)?;
        map.serialize_entry("by", &self.by)?;
        map.end()
    }
}

/// All smallest sets of changes that would let a case move on an event, the smallest first.
///
/// A change gives a fact that is set, an entry of the event's payload, or the time of the event another value; derived facts
/// are opened through what they are made of, parameters never change, and a value that is known never becomes unknown. The
/// case stays in its states with its past: what else would have to happen first is not looked for. An event without an actor is
/// asked about for [somebody](Case::somebody) with whatever role is needed; an event to a child is asked about there alone.
///
/// Every way is played by the engine before it is returned, and is proven to be minimal where it says so: each smaller set
/// stays shut whatever values it gives. Where that could not be decided, `is_complete` is false and `why` names the reasons.
/// Cost: some questions to the judge of rules for each way, each bounded; the same case and event give the same answer.
///
/// ```
/// use tresteg::lab::unlock;
/// use tresteg::{Case, Event, Workflow};
///
/// let workflow = Workflow::from_json(r#"{ "id": "w", "initial": "s",
///     "facts": { "age": { "type": "integer" }, "consent": { "type": "boolean" }, "fee": { "type": "integer" } },
///     "events": { "pay": { "sets": ["fee"] }, "agree": { "sets": ["consent"] }, "enter": { "sets": [] } },
///     "states": { "s": { "on": { "pay": {}, "agree": {},
///         "enter": { "target": "in", "guard": "(age >= 18 || consent) && fee == 100" } } }, "in": {} } }"#)?;
/// let facts = [("age".into(), 16.into()), ("consent".into(), false.into()), ("fee".into(), 90.into())];
/// let (case, _) = Case::start(&workflow, None, facts.into())?;
/// let found = unlock(&case, &Event::new("enter"));
/// assert!(found.is_complete);
/// let ways: Vec<Vec<String>> = found.ways.iter()
///     .map(|way| way.changes.iter().map(|change| format!("{:?} {}", change.what, change.value)).collect())
///     .collect();
/// assert_eq!(ways, [
///     [r#"Fact("age") 18"#, r#"Fact("fee") 100"#],
///     [r#"Fact("consent") true"#, r#"Fact("fee") 100"#],
/// ]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn unlock(case: &Case, event: &Event) -> Unlocking {
    match event.to.as_deref().filter(|to| !to.is_empty()) {
        None => unlocked(case, event, None).0,
        Some(to) => match case.at(to) {
            Ok(child) => unlocked(&child, event, None).0,
            Err(error) => {
                let codes = error.problems().iter().map(|problem| problem.code.to_string());
                Unlocking { why: codes.collect(), ..Unlocking::nothing() }
            }
        },
    }
}

/// All smallest sets of changes that would let a case come to a state with one event, for each event that has a transition
/// there from where the case stands; the smallest first, as [`unlock`] finds them. `None` where there is no such state.
///
/// Ways that need several steps are not looked for. Cost: as [`unlock`], for each of these events.
///
/// ```
/// use tresteg::lab::unlock_state;
/// use tresteg::{Case, Workflow};
///
/// let workflow = Workflow::from_json(r#"{ "id": "w", "initial": "s", "facts": { "fee": { "type": "integer" } },
///     "events": { "enter": { "sets": ["fee"] }, "leave": {} },
///     "states": { "s": { "on": { "enter": { "target": "in", "guard": "fee >= 100" }, "leave": "out" } }, "in": {}, "out": {} } }"#)?;
/// let (case, _) = Case::start(&workflow, None, [("fee".into(), 90.into())].into())?;
/// let found = unlock_state(&case, "in").ok_or("no such state")?;
/// assert_eq!((found.ways.len(), found.ways[0].event.as_str()), (1, "enter"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn unlock_state(case: &Case, state: &str) -> Option<Unlocking> {
    let compiled = case.workflow().compiled();
    let target = compiled.definition.states.iter().find(|(_, found)| found.name.value == state)?.0;
    let mut all = Unlocking { is_open: case.situation().is_active(target), ..Unlocking::nothing() };
    let mut why = BTreeSet::new();
    for name in describe::expected(compiled, case.situation()) {
        if all.is_open {
            break;
        }
        let (found, _) = unlocked(case, &Event::new(name), Some(target));
        all.is_open |= found.is_open;
        all.is_complete &= found.is_complete;
        all.ways.extend(found.ways);
        if !found.is_complete {
            why.extend(found.why);
        }
    }
    if all.is_open {
        return Some(Unlocking { is_open: true, ..Unlocking::nothing() });
    }
    all.ways.sort_by_key(|way| way.changes.len());
    all.why = why.into_iter().collect();
    if all.ways.is_empty() && all.why.is_empty() {
        all.why.push("not-expected".to_owned());
    }
    Some(all)
}

impl Unlocking {
    fn nothing() -> Self {
        Self { is_open: false, ways: Vec::new(), is_complete: true, why: Vec::new() }
    }
}

/// With how many sets of changes were asked about.
fn unlocked(case: &Case, event: &Event, target: Option<StateId>) -> (Unlocking, u32) {
    let nothing = Unlocking::nothing();
    let question = match Question::new(case, event, target) {
        Ok(question) => question,
        Err(hopeless) => {
            let why = match hopeless {
                Hopeless::NotExpected => vec!["not-expected".to_owned()],
                Hopeless::NothingGiven => vec!["past".to_owned()],
                Hopeless::NotWelcome => vec!["not-welcome".to_owned()],
                Hopeless::Wrong(problems) => {
                    problems.iter().map(|problem| problem.code.to_string()).collect()
                }
            };
            return (Unlocking { why, ..nothing }, 0);
        }
    };
    let base = question.base();
    if question.plays(&base) {
        return (Unlocking { is_open: true, ..nothing }, 0);
    }
    let mut played: BTreeMap<Set, Situation> = BTreeMap::new();
    let found = minimal(question.inputs.len(), &mut |set| {
        let free: Vec<&Input> = set.iter().filter_map(|one| question.inputs.get(*one)).collect();
        let answer = match question.opens(&base, &free, &question.opening) {
            (Answer::Unknown(why), _) => {
                tries::tried(&question, &base, &free).unwrap_or((Answer::Unknown(why), None))
            }
            decided => decided,
        };
        match answer {
            (Answer::Possible, Some(found)) => {
                let changed = |one: &usize| {
                    question.inputs.get(*one).is_some_and(|input| {
                        question.value(&found, input) != question.value(&base, input)
                    })
                };
                let changed: Set = set.iter().copied().filter(changed).collect();
                played.entry(changed.clone()).or_insert(found);
                Verdict::Opens(changed)
            }
            (Answer::Impossible, _) => Verdict::Shut,
            (Answer::Unknown(why), _) => Verdict::Unknown(why),
            (Answer::Possible, None) => Verdict::Unknown(["witness"].into()),
        }
    });
    let future = Future::of(&question);
    let mut ways = Vec::with_capacity(found.sets.len());
    for (set, is_minimal) in &found.sets {
        let Some(situation) = played.get(set) else { continue };
        let changes = changes(&question, &future, set, situation);
        ways.push(Way { event: event.name.clone(), changes, is_minimal: *is_minimal });
    }
    let mut why: Vec<String> = found.why.iter().map(|why| (*why).to_owned()).collect();
    let is_complete = why.is_empty();
    let reads = &question.reads;
    if ways.is_empty() && is_complete && (reads.past || reads.active || reads.family) {
        why.push("past".to_owned());
    }
    (Unlocking { is_open: false, ways, is_complete, why }, found.asked)
}

/// The changes of a way, each with its nearest value while the others have theirs.
fn changes(question: &Question, future: &Future, set: &Set, found: &Situation) -> Vec<Change> {
    let inputs: Vec<&Input> = set.iter().filter_map(|one| question.inputs.get(*one)).collect();
    let mut situation = found.clone();
    let mut values: Vec<Option<Nearest>> = Vec::new();
    // Where the last has moved, what holds of the first may hold no more.
    for _ in 0..2 {
        let before = situation.clone();
        values.clear();
        for input in &inputs {
            let nearest = nearest(question, &situation, input);
            if let Some(nearest) = &nearest {
                situation = question.with(&situation, input, Some(nearest.value.clone()));
            }
            values.push(nearest);
        }
        let same =
            |input: &&Input| question.value(&situation, input) == question.value(&before, input);
        if inputs.len() < 2 || inputs.iter().all(same) {
            break;
        }
    }
    if !question.plays(&situation) {
        situation = found.clone();
        values = inputs.iter().map(|_| None).collect();
    }
    let each = inputs.iter().zip(values).filter_map(|(input, nearest)| {
        let plain = || question.value(&situation, input);
        let value = nearest.as_ref().map(|nearest| nearest.value.clone()).or_else(plain)?;
        Some(change(question, future, input, value, nearest))
    });
    each.collect()
}

fn change(
    question: &Question,
    future: &Future,
    input: &Input,
    value: Value,
    nearest: Option<Nearest>,
) -> Change {
    let what = match input {
        Input::Fact(id) => {
            Changed::Fact(question.compiled.definition.facts.at(*id).name.value.clone())
        }
        Input::Data(name) => Changed::Data(name.to_string()),
        Input::Time => Changed::Time,
    };
    let mut found = Change {
        what,
        value,
        from: None,
        to: None,
        is_range: false,
        is_above: false,
        is_below: false,
        one_of: Vec::new(),
        is_nearest: false,
        by: future.bringer(question, input),
    };
    let Some(Nearest { range, one_of, is_nearest, .. }) = nearest else { return found };
    found.is_nearest = is_nearest;
    found.one_of = one_of;
    if range.is_known {
        let is_one = matches!((&range.low, &range.high), (Some(low), Some(high)) if low == high);
        found.is_range = !is_one;
        (found.is_above, found.is_below) = (
            range.low.as_ref().is_some_and(|(_, excluded)| *excluded),
            range.high.as_ref().is_some_and(|(_, excluded)| *excluded),
        );
        found.from = range.low.map(|(value, _)| value);
        found.to = range.high.map(|(value, _)| value);
    }
    found
}
