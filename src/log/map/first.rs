//! A first map, from names that look alike.

use std::fmt::Write as _;

use crate::log::event_log::EventLog;
use crate::value::write_json_string;
use crate::workflow::Workflow;

/// Keys of the standard extensions, which are no facts.
const STANDARD: [&str; 5] =
    ["concept:name", "time:timestamp", "org:resource", "lifecycle:transition", "org:group"];

/// Letters and digits alone, small.
fn bare(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The candidate that is called alike: the same but for signs, or else nearly so.
fn alike<'c>(name: &str, candidates: &[(&'c str, String)]) -> Option<&'c str> {
    let name = bare(name);
    let same = candidates.iter().find(|(_, bare)| *bare == name);
    let near = || {
        let near =
            candidates.iter().map(|(known, bare)| (strsim::jaro_winkler(&name, bare), *known));
        let best = near.max_by(|one, two| one.0.total_cmp(&two.0))?;
        (best.0 > 0.92).then_some(best.1)
    };
    same.map(|(known, _)| *known).or_else(near)
}

fn quoted(text: &str) -> String {
    let mut out = String::new();
    write_json_string(text, &mut out);
    out
}

pub(super) fn first(log: &EventLog, workflow: &Workflow, path: &str) -> String {
    let compiled = workflow.compiled();
    let definition = &compiled.definition;
    let events = crate::case::contract::known_events(compiled);
    let events: Vec<(&str, String)> = events
        .into_iter()
        .filter(|event| !workflow.is_silent(event))
        .map(|event| (event, bare(event)))
        .collect();
    let facts = definition.facts.rows().iter().filter(|fact| fact.value.is_none());
    let facts: Vec<(&str, String)> =
        facts.map(|fact| (fact.name.as_str(), bare(fact.name.as_str()))).collect();
    let mut activities: Vec<&str> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    let named = log.traces().flat_map(|trace| trace.events());
    for activity in named.filter_map(|event| event.attribute("concept:name")) {
        if seen.insert(activity) {
            activities.push(activity);
        }
    }
    let keys: Vec<&str> = log.keys().collect();
    let has = |key: &str| keys.contains(&key);
    let mut out = String::from("{\n  \"format\": 1,\n");
    let _: std::fmt::Result = writeln!(out, "  \"workflow\": {},", quoted(path));
    out.push_str("  \"log\": { \"case\": \"concept:name\", \"activity\": \"concept:name\"");
    for (key, attribute) in
        [("time", "time:timestamp"), ("actor", "org:resource"), ("unit", "org:group")]
    {
        if has(attribute) {
            let _: std::fmt::Result = write!(out, ", \"{key}\": \"{attribute}\"");
        }
    }
    if has("lifecycle:transition") {
        out.push_str(", \"lifecycle\": [\"complete\"]");
    }
    out.push_str(" },\n");
    let pairs = |list: &[(&str, &str)]| {
        let lines: Vec<String> =
            list.iter().map(|(one, two)| format!("    {}: {}", quoted(one), quoted(two))).collect();
        if lines.is_empty() { "{}".to_owned() } else { format!("{{\n{}\n  }}", lines.join(",\n")) }
    };
    let mut used: Vec<(&str, &str)> = Vec::new();
    let mut left = Vec::new();
    for key in keys.iter().filter(|key| !STANDARD.contains(key)) {
        match alike(key, &facts).filter(|fact| !used.iter().any(|(known, _)| known == fact)) {
            Some(fact) => used.push((fact, key)),
            None => left.push(*key),
        }
    }
    let mut mapped = Vec::new();
    let mut unmapped = Vec::new();
    for activity in &activities {
        match alike(activity, &events) {
            Some(event) => mapped.push((*activity, event)),
            None => unmapped.push(*activity),
        }
    }
    let _: std::fmt::Result = writeln!(out, "  \"facts\": {},", pairs(&used));
    let _: std::fmt::Result = writeln!(out, "  \"events\": {},", pairs(&mapped));
    let listed =
        |list: &[&str]| list.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", ");
    let _: std::fmt::Result = match left.is_empty() {
        true => write!(out, "  \"ignore\": {{}}"),
        false => write!(out, "  \"ignore\": {{ \"attributes\": [{}] }}", listed(&left)),
    };
    if !unmapped.is_empty() {
        let _: std::fmt::Result = write!(out, ",\n  \"x-unmapped\": [{}]", listed(&unmapped));
    }
    out.push_str("\n}\n");
    out
}
