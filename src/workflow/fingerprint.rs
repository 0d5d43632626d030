//! What a workflow means, as a hash: equal for files that differ only in what no answer depends on.

use serde_json::{Map, Value as Json, json};

use crate::definition::model::{
    AtLeast, Definition, Entry, EventDecl, FactorRule, Script, State, StateKind, Transition,
    Trigger,
};
use crate::definition::shape::{Kind, Shape};
use crate::diagnostic::Spanned;
use crate::digest;
use crate::rule::spelling;
use crate::table::StateId;
use crate::value::{CALENDAR_RULES, Calendar, Holidays, Value};
use crate::workflow::chart::ROOT;

/// Of the format and of this canonical form.
const FORMAT: u32 = 1;
/// To be raised whenever the engine answers an unchanged file otherwise than before.
const MEANING: u32 = 1;

pub(super) fn fingerprint(definition: &Definition) -> String {
    digest::sha256(&[digest::canonical(&meaning(definition)).as_bytes()]).into()
}

/// What a file means, as the tree that is hashed and that two workflows are compared by, so that neither can see what the
/// other does not.
///
/// Exhaustive by its patterns: a new part of the model does not compile until it has its place here.
pub(crate) fn meaning(definition: &Definition) -> Json {
    let Definition {
        id: _,
        version: _,
        notes: _,
        zone,
        calendar,
        roles,
        parameters,
        facts,
        factors,
        functions,
        events,
        states: _,
        transitions: _,
        allowed: _,
    } = definition;
    let parameters = parameters.rows().iter().map(|parameter| {
        let meaning =
            json!({ "shape": shape(&parameter.shape), "value": parameter.value.to_wire() });
        (parameter.name.value.clone(), meaning)
    });
    let facts = facts.rows().iter().map(|fact| {
        let default = fact.default.as_ref().map(crate::value::Value::to_wire);
        let value = script(fact.value.as_ref());
        (
            fact.name.value.clone(),
            json!({ "shape": shape(&fact.shape), "default": default, "value": value }),
        )
    });
    let factors = factors.rows().iter().map(|factor| {
        (
            factor.name.value.clone(),
            json!({ "kind": factor.kind, "rule": factor_rule(&factor.rule) }),
        )
    });
    let functions = functions.iter().map(|function| {
        let meaning =
            json!({ "params": listed(&function.params), "body": spelling(&function.body.text) });
        (function.name.value.clone(), meaning)
    });
    let events = events.as_ref().map(|events| {
        Json::Object(
            events.iter().map(|(name, declared)| (name.clone(), event(declared))).collect(),
        )
    });
    let mut roles: Vec<&String> = roles.keys().collect();
    roles.sort();
    let mut meaning = json!({
        "format": FORMAT,
        "meaning": MEANING,
        "timezone": zone.name,
        "roles": roles,
        "parameters": object(parameters),
        "facts": object(facts),
        "factors": object(factors),
        "functions": object(functions),
        "events": events,
        "root": state(definition, ROOT),
    });
    // Files without one keep the fingerprint that they had before there were calendars.
    if let (Some(calendar), Some(members)) = (calendar, meaning.as_object_mut()) {
        members.insert("calendar".to_owned(), days_off(calendar));
    }
    meaning
}

fn days_off(calendar: &Calendar) -> Json {
    let Calendar { holidays, eves } = calendar;
    let holidays = match holidays {
        Holidays::Sweden => json!("SE"),
        Holidays::Listed(dates) => json!(dates.iter().map(ToString::to_string).collect::<Vec<_>>()),
    };
    json!({ "holidays": holidays, "eves": eves, "rules": CALENDAR_RULES })
}

fn object(members: impl Iterator<Item = (String, Json)>) -> Json {
    Json::Object(members.collect::<Map<_, _>>())
}

fn script(script: Option<&Script>) -> Option<String> {
    script.map(|script| spelling(&script.text))
}

/// In the order of the file.
fn listed(names: &[Spanned<String>]) -> Vec<&str> {
    names.iter().map(|name| name.as_str()).collect()
}

/// For lists whose order means nothing.
fn sorted(names: &[Spanned<String>]) -> Vec<&str> {
    let mut names = listed(names);
    names.sort_unstable();
    names
}

fn factor_rule(rule: &FactorRule) -> Json {
    match rule {
        FactorRule::Guard(script) => json!({ "guard": spelling(&script.text) }),
        FactorRule::Score(script) => json!({ "score": spelling(&script.text) }),
        FactorRule::Of { of, at_least } => {
            // All of them are meant where no number is given, too.
            let all = i64::try_from(of.len()).ok();
            let at_least = at_least.as_ref().and_then(|at_least| match at_least {
                AtLeast::Number(number) if Some(number.value) == all => None,
                AtLeast::Number(number) => Some(json!(number.value)),
                AtLeast::Parameter(name) => Some(json!(name.value)),
            });
            json!({ "of": listed(of), "at_least": at_least })
        }
    }
}

fn event(declared: &EventDecl) -> Json {
    let EventDecl { name: _, by, sets, required, data, data_required, note, silent, notes: _ } =
        declared;
    json!({
        "by": by.as_ref().map(|by| sorted(by)),
        "sets": sorted(sets),
        "required": sorted(required),
        "data": object(data.iter().map(|(key, declared)| (key.clone(), shape(declared)))),
        "data_required": sorted(data_required),
        "note": note,
        "silent": silent,
    })
}

/// Calls itself once for each level, which reading JSON has bounded.
fn shape(shape_: &Shape) -> Json {
    let Shape {
        kind,
        minimum,
        maximum,
        exclusive_minimum,
        exclusive_maximum,
        multiple_of,
        span,
        // These follow from the rest of the file.
        flavour: _,
        counted_from: _,
        min_length,
        max_length,
        min_items,
        max_items,
        unique_items,
        unit,
        personal,
        title: _,
        description: _,
    } = shape_;
    let bound = |bound: &Option<crate::value::Number>, time: &Option<Value>| {
        bound.map(|bound| bound.to_string()).or_else(|| time.as_ref().map(Value::to_string))
    };
    // Bounds that every value keeps say nothing.
    let least = |least: &Option<u64>| least.filter(|least| *least > 0);
    let any_whole = |step: &crate::value::Number| *kind == Kind::Integer && *step == 1.into();
    let multiple_of = multiple_of.filter(|step| !any_whole(step));
    let inner = match kind {
        Kind::Enum(values) => {
            let mut values: Vec<&String> = values.keys().collect();
            values.sort();
            json!(values)
        }
        Kind::Array(items) => shape(items),
        Kind::Object(object_) => {
            let mut required: Vec<&String> = object_.required.iter().collect();
            required.sort();
            let properties = object_.properties.iter();
            json!({
                "properties": object(properties.map(|(key, declared)| (key.clone(), shape(declared)))),
                "required": required,
                "additional": object_.additional.as_ref().map(shape),
            })
        }
        _ => Json::Null,
    };
    json!({
        "kind": kind.name(),
        "inner": inner,
        "minimum": bound(minimum, &span.minimum),
        "maximum": bound(maximum, &span.maximum),
        "exclusive_minimum": bound(exclusive_minimum, &span.exclusive_minimum),
        "exclusive_maximum": bound(exclusive_maximum, &span.exclusive_maximum),
        "multiple_of": bound(&multiple_of, &None),
        "min_length": least(min_length),
        "max_length": max_length,
        "min_items": least(min_items),
        "max_items": max_items,
        "unique_items": unique_items,
        "unit": unit,
        "personal": personal,
    })
}

/// Calls itself once for each level of states, which reading JSON has bounded.
fn state(definition: &Definition, id: StateId) -> Json {
    let State {
        name,
        kind,
        parent: _,
        children,
        initial,
        entry,
        exit,
        transitions,
        terms,
        tags,
        notes: _,
    } = definition.states.at(id);
    let inner = children.iter().map(|child| state(definition, *child));
    // Among the children of a parallel alone, order means something.
    let inner = if *kind == StateKind::Parallel {
        Json::Array(inner.collect())
    } else {
        let names = children.iter().map(|child| definition.states.at(*child).name.value.clone());
        object(names.zip(inner))
    };
    let mut tags: Vec<&String> = tags.iter().collect();
    tags.sort();
    // As they are tried; those of an `on` object have been sorted by their names.
    let transitions = transitions.iter().map(|id| definition.transitions.at(*id));
    let transitions = transitions.filter(|found| !matches!(found.trigger, Trigger::Term(_)));
    let transitions: Vec<Json> = transitions.map(|found| transition(definition, found)).collect();
    let terms = terms.iter().map(|term| {
        let taken = term.transitions.iter().map(|id| definition.transitions.at(*id));
        let taken = taken.map(|found| transition(definition, found));
        (term.called(), Json::Array(taken.collect()))
    });
    json!({
        "name": if id == ROOT { "" } else { name.as_str() },
        "kind": match kind {
            StateKind::Atomic => "atomic",
            StateKind::Compound => "compound",
            StateKind::Parallel => "parallel",
            StateKind::Final => "final",
            StateKind::History { deep: false } => "shallow history",
            StateKind::History { deep: true } => "deep history",
        },
        "states": inner,
        "initial": initial.as_ref().map(way_in),
        "entry": script(entry.as_ref()),
        "exit": script(exit.as_ref()),
        "transitions": transitions,
        "terms": object(terms),
        "tags": tags,
    })
}

fn way_in(entry: &Entry) -> Json {
    json!({ "targets": listed(&entry.targets), "actions": script(entry.actions.as_ref()) })
}

fn transition(definition: &Definition, transition: &Transition) -> Json {
    let Transition {
        source,
        trigger,
        targets,
        guard,
        requires,
        by,
        not_by,
        signed_by,
        revoke,
        actions,
        internal,
        id,
        notes: _,
        span: _,
    } = transition;
    let trigger = match trigger {
        Trigger::Events(patterns) => json!(listed(patterns)),
        Trigger::Always => json!("always"),
        Trigger::Term(_) => json!("term"),
    };
    // Elsewhere it leaves the same states without the word: the file's own are internal anyway.
    let compound = definition.states.at(*source).kind == StateKind::Compound;
    let internal = *internal && compound && *source != ROOT && !targets.is_empty();
    json!({
        "trigger": trigger,
        "targets": listed(targets),
        "guard": script(guard.as_ref()),
        "requires": listed(requires),
        "by": by.as_ref().map(|by| sorted(by)),
        "not_by": sorted(not_by),
        "signed_by": sorted(signed_by),
        "revoke": revoke.as_ref().map(|revoke| revoke.as_str()),
        "actions": script(actions.as_ref()),
        "internal": internal,
        "id": id.as_ref().map(|id| id.as_str()),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests;
