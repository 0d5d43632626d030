//! What differs between an entry that is there and the one that the rules give in its place.

use std::collections::BTreeMap;

use crate::journal::doubt::Excuses;
use crate::journal::draft::{Draft, Other, first_other, first_other_but};
use crate::journal::line::Line;
use crate::journal::scan;
use crate::value::brief;

/// Whether two rule books come to the same: other words of a rule, or other values read, are no other decision.
pub(crate) fn is_same_outcome(line: &Line, expected: &Draft) -> bool {
    const DECIDED: [&str; 9] =
        ["case", "kind", "event", "state", "term", "of", "outcome", "states", "emitted"];
    let ours = expected.without_digests();
    let (theirs, ours) = (by_name(line.core()), by_name(&ours));
    if DECIDED.iter().any(|key| theirs.get(key) != ours.get(key)) {
        return false;
    }
    let is_change = |path: &str| path.starts_with("changed.");
    // What of ours was erased there is taken for the same.
    let mut expected: BTreeMap<&str, &str> =
        expected.private().filter(|(path, _)| is_change(path)).collect();
    line.parts().filter(|part| is_change(&part.path)).all(|part| {
        let ours = expected.remove(&*part.path);
        part.value.is_none() || part.value == ours
    }) && expected.is_empty()
}

/// The first part of an entry that was decided otherwise, the telling ones first.
pub(crate) fn first_difference(line: &Line, expected: &Draft) -> String {
    let telling = [
        "case", "kind", "event", "state", "term", "of", "at", "outcome", "states", "taken",
        "reasons",
    ];
    let ours = expected.without_digests();
    let (theirs, ours) = (by_name(line.core()), by_name(&ours));
    let all = telling.into_iter().chain(theirs.keys().copied()).chain(ours.keys().copied());
    let mut differing = all.filter(|key| *key != "digests" && theirs.get(key) != ours.get(key));
    if let Some(key) = differing.next() {
        let (theirs, ours) = (show(theirs.get(key).copied()), show(ours.get(key).copied()));
        return format!("says {theirs} as `{}`, the rules give {ours}", brief(key));
    }
    match first_other(line, expected) {
        Some(Other { path, theirs, ours }) => {
            let path = brief(&path);
            format!("says {} as `{path}`, the rules give {}", show(theirs), show(ours))
        }
        None => "is not what the rules give".to_owned(),
    }
}

/// The first part of an entry that no value of what was erased could have led to.
pub(crate) fn doubtful_difference(
    line: &Line,
    expected: &Draft,
    excuses: &Excuses,
) -> Option<String> {
    let ours = expected.without_digests();
    let (theirs, ours) = (by_name(line.core()), by_name(&ours));
    let mut keys = theirs.keys().chain(ours.keys().filter(|key| !theirs.contains_key(*key)));
    let key = keys.find(|key| {
        let (theirs, ours) = (theirs.get(*key).copied(), ours.get(*key).copied());
        **key != "digests" && theirs != ours && !excuses.member(key, theirs, ours)
    });
    if let Some(key) = key {
        let (theirs, ours) = (show(theirs.get(key).copied()), show(ours.get(key).copied()));
        return Some(format!("says {theirs} as `{}`, the rules give {ours}", brief(key)));
    }
    let other =
        first_other_but(line, expected, |path, theirs, ours| excuses.part(path, theirs, ours))?;
    let Other { path, theirs, ours } = other;
    let path = brief(&path);
    Some(format!("says {} as `{path}`, the rules give {}", show(theirs), show(ours)))
}

fn by_name(object: &str) -> BTreeMap<&str, &str> {
    scan::members(object).into_iter().collect()
}

fn show(json: Option<&str>) -> String {
    json.map_or("nothing".to_owned(), |json| {
        format!("`{}`", json.chars().take(200).collect::<String>())
    })
}
