//! A trace as a scenario, with what is expected filled in from the run.

use std::fmt::Write as _;

use super::trace::{Action, Played, Trace};
use crate::case::answer::Outcome;
use crate::case::decision::Decision;
use crate::case::event::{Actor, Event};
use crate::case::starting_point::StartingPoint;
use crate::rule::Truth;
use crate::scenario::{SUGGESTED, blockers};
use crate::value::{DateTime, Value, write_json_string};

/// A member of `scenarios`: its name and what it holds, indented by so many spaces.
pub(super) fn scenario(
    name: &str,
    title: &str,
    trace: &Trace,
    played: &Played,
    factor: Option<&str>,
) -> String {
    let mut out = String::from("    ");
    write_json_string(name, &mut out);
    out.push_str(": {\n      \"title\": ");
    write_json_string(title, &mut out);
    line(&mut out, SUGGESTED, "true");
    line(&mut out, "start", &text(&trace.at.to_string()));
    if let Some(place) = &trace.place {
        line(&mut out, "from", &from(place, trace.at));
    }
    if !trace.facts.is_empty() {
        line(&mut out, "facts", &record(trace.facts.iter()));
    }
    let last = factor.and_then(|name| Some((name, played.case.factor(name)?.verdict)));
    if trace.acts.is_empty() {
        let states = played.states.first().map(Vec::as_slice).unwrap_or_default();
        let mut expect = vec![format!("\"states\": {}", names(states))];
        expect.extend(last.map(verdict));
        line(&mut out, "expect", &format!("{{ {} }}", expect.join(", ")));
    } else {
        out.push_str(",\n      \"steps\": [");
        for (place, act) in trace.acts.iter().enumerate() {
            out.push_str(if place == 0 { "\n        " } else { ",\n        " });
            let is_last = place + 1 == trace.acts.len();
            out.push_str(&step(act, place, played, last.filter(|_| is_last)));
        }
        out.push_str("\n      ]");
    }
    out.push_str("\n    }");
    out
}

/// A whole file.
pub(super) fn file(workflow: &str, scenarios: &[String]) -> String {
    let mut out = String::from("{\n  \"workflow\": ");
    write_json_string(workflow, &mut out);
    out.push_str(",\n  \"scenarios\": {\n");
    out.push_str(&scenarios.join(",\n"));
    out.push_str("\n  }\n}\n");
    out
}

fn line(out: &mut String, key: &str, value: &str) {
    let _ = write!(out, ",\n      \"{key}\": {value}");
}

fn text(text: &str) -> String {
    let mut out = String::new();
    write_json_string(text, &mut out);
    out
}

fn names(names: &[String]) -> String {
    match names {
        [one] => text(one),
        several => {
            let several: Vec<String> = several.iter().map(|name| text(name)).collect();
            format!("[{}]", several.join(", "))
        }
    }
}

fn record<'a>(entries: impl Iterator<Item = (&'a String, &'a Value)>) -> String {
    let entries: Vec<String> =
        entries.map(|(name, value)| format!("{}: {}", text(name), value.to_json())).collect();
    format!("{{ {} }}", entries.join(", "))
}

fn from(place: &StartingPoint, at: DateTime) -> String {
    if place.entered.is_empty() && place.happened.is_empty() {
        return names(&place.states);
    }
    let mut parts = vec![format!("\"states\": {}", names(&place.states))];
    if !place.entered.is_empty() {
        let entered: Vec<String> = place
            .entered
            .iter()
            .map(|(state, at)| format!("{}: {}", text(state), text(&at.to_string())))
            .collect();
        parts.push(format!("\"entered\": {{ {} }}", entered.join(", ")));
    }
    if !place.happened.is_empty() {
        let happened = place.happened.iter().map(|(event, found)| {
            let mut said = vec![format!("\"count\": {}", found.count)];
            if let Some(last) = found.last.filter(|last| *last != at) {
                said.push(format!("\"last\": {}", text(&last.to_string())));
            }
            if !found.who.is_empty() {
                let who: Vec<String> = found.who.iter().map(|id| text(id)).collect();
                said.push(format!("\"who\": [{}]", who.join(", ")));
            }
            format!("{}: {{ {} }}", text(event), said.join(", "))
        });
        let happened: Vec<String> = happened.collect();
        parts.push(format!("\"happened\": {{ {} }}", happened.join(", ")));
    }
    format!("{{ {} }}", parts.join(", "))
}

fn step(act: &Action, place: usize, played: &Played, verdict_of: Option<(&str, Truth)>) -> String {
    let mut parts = match act {
        Action::Advance(time) => vec![format!("\"advance\": {}", text(&time.to_string()))],
        Action::Fire(event) => fired(event),
    };
    let mut expect = Vec::new();
    if let Some(decision) = played.decisions.get(place) {
        expect.extend(answer(decision));
    }
    // What is expected of a step for a child case is expected of that case.
    let is_of_child = matches!(act, Action::Fire(event) if event.to.is_some());
    if let (Some(before), Some(after)) = (played.states.get(place), played.states.get(place + 1))
        && !is_of_child
        && (before != after || place + 1 == played.decisions.len())
    {
        expect.push(format!("\"states\": {}", names(after)));
    }
    expect.extend(verdict_of.map(verdict));
    if !expect.is_empty() {
        parts.push(format!("\"expect\": {{ {} }}", expect.join(", ")));
    }
    format!("{{ {} }}", parts.join(", "))
}

fn fired(event: &Event) -> Vec<String> {
    let mut parts = vec![format!("\"event\": {}", text(&event.name))];
    parts.extend(event.to.as_ref().map(|to| format!("\"to\": {}", text(to))));
    parts.extend(event.at.map(|at| format!("\"at\": {}", text(&at.to_string()))));
    parts.extend(event.actor.as_ref().map(|found| format!("\"actor\": {}", actor(found))));
    if !event.facts.is_empty() {
        parts.push(format!("\"facts\": {}", record(event.facts.iter())));
    }
    if !event.data.is_empty() {
        parts.push(format!("\"data\": {}", record(event.data.iter())));
    }
    parts
}

/// A role that acts for itself is its name.
fn actor(actor: &Actor) -> String {
    match (&actor.id, actor.roles.as_slice()) {
        (Some(id), [role]) if id == role => text(id),
        (id, roles) => {
            let mut parts: Vec<String> =
                id.iter().map(|id| format!("\"id\": {}", text(id))).collect();
            let roles: Vec<String> = roles.iter().map(|role| text(role)).collect();
            if !roles.is_empty() {
                parts.push(format!("\"roles\": [{}]", roles.join(", ")));
            }
            format!("{{ {} }}", parts.join(", "))
        }
    }
}

/// A refusal and what stands in the way.
fn answer(decision: &Decision) -> Vec<String> {
    if decision.outcome != Outcome::Blocked {
        return Vec::new();
    }
    let mut said = vec!["\"answer\": \"blocked\"".to_owned()];
    let by: Vec<String> = blockers(decision)
        .into_iter()
        .filter(|(_, found)| !found.is_empty())
        .map(|(key, found)| {
            let found: Vec<String> = found.iter().map(|name| text(name)).collect();
            format!("\"{key}\": [{}]", found.join(", "))
        })
        .collect();
    if !by.is_empty() {
        said.push(format!("\"blocked_by\": {{ {} }}", by.join(", ")));
    }
    said
}

fn verdict((factor, truth): (&str, Truth)) -> String {
    let truth = match truth {
        Truth::True => "true",
        Truth::False => "false",
        Truth::Unknown => "null",
    };
    format!("\"factors\": {{ {}: {truth} }}", text(factor))
}
