//! What a workflow means, as a hash: equal for files that differ only in what no answer depends on.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use crate::definition::model::{
    AtLeast, Claim, ClaimRule, Definition, Entry, EventDecl, FactorRule, Invoke, Script, State,
    StateKind, Transition, Trigger,
};
use crate::definition::shape::{Kind, Shape};
use crate::diagnostic::Spanned;
use crate::digest;
use crate::rule::spelling;
use crate::table::StateId;
use crate::value::{CALENDAR_RULES, Calendar, Holidays, Value, write_json_string};
use crate::workflow::chart::ROOT;

/// Of the format and of this canonical form.
const FORMAT: u32 = 1;
/// To be raised whenever the engine answers an unchanged file otherwise than before.
const MEANING: u32 = 1;

pub(super) fn fingerprint(definition: &Definition) -> String {
    let Written(text) = put(definition);
    digest::sha256(&[text.as_bytes()]).into()
}

/// What a file means, as the tree that two workflows are compared by. The text of it is what is hashed, so that neither can
/// see what the other does not.
pub(crate) fn meaning(definition: &Definition) -> Json {
    put(definition)
}

/// What a meaning is put together as: its parts are moved into it, for states lie inside one another.
trait Form: Sized {
    fn leaf(json: Json) -> Self;
    fn list(items: impl Iterator<Item = Self>) -> Self;
    fn object(members: impl Iterator<Item = (String, Self)>) -> Self;
}

impl Form for Json {
    fn leaf(json: Json) -> Self {
        json
    }

    fn list(items: impl Iterator<Item = Self>) -> Self {
        Self::Array(items.collect())
    }

    fn object(members: impl Iterator<Item = (String, Self)>) -> Self {
        Self::Object(members.collect::<Map<_, _>>())
    }
}

/// The canonical text at once: a tree takes ten times the memory.
struct Written(String);

impl Form for Written {
    fn leaf(json: Json) -> Self {
        Self(digest::canonical(&json))
    }

    fn list(items: impl Iterator<Item = Self>) -> Self {
        let mut text = "[".to_owned();
        for (index, Self(item)) in items.enumerate() {
            if index > 0 {
                text.push(',');
            }
            text.push_str(&item);
        }
        text.push(']');
        Self(text)
    }

    fn object(members: impl Iterator<Item = (String, Self)>) -> Self {
        let sorted: BTreeMap<String, Self> = members.collect();
        let mut text = "{".to_owned();
        for (index, (key, Self(member))) in sorted.into_iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            write_json_string(&key, &mut text);
            text.push(':');
            text.push_str(&member);
        }
        text.push('}');
        Self(text)
    }
}

/// Exhaustive by its patterns: a new part of the model does not compile until it has its place here.
fn put<F: Form>(definition: &Definition) -> F {
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
        emitted: _,
        claims,
        states: _,
        transitions: _,
        invokes,
        allowed: _,
    } = definition;
    let parameters = parameters.rows().iter().map(|parameter| {
        let value = F::leaf(parameter.value.to_wire());
        (
            parameter.name.value.clone(),
            fields([("shape", shape(&parameter.shape)), ("value", value)]),
        )
    });
    let facts = facts.rows().iter().map(|fact| {
        let default = fact.default.as_ref().map(crate::value::Value::to_wire);
        let value = script(fact.value.as_ref());
        (
            fact.name.value.clone(),
            fields([
                ("shape", shape(&fact.shape)),
                ("default", F::leaf(json!(default))),
                ("value", value),
            ]),
        )
    });
    let factors = factors.rows().iter().map(|factor| {
        (
            factor.name.value.clone(),
            fields([
                ("kind", F::leaf(json!(factor.kind))),
                ("rule", F::leaf(factor_rule(&factor.rule))),
            ]),
        )
    });
    let functions = functions.iter().map(|function| {
        let meaning =
            json!({ "params": listed(&function.params), "body": spelling(&function.body.text) });
        (function.name.value.clone(), F::leaf(meaning))
    });
    let events = events.as_ref().map(|events| {
        F::object(events.iter().map(|(name, declared)| (name.clone(), event(declared))))
    });
    let units = roles.values().filter_map(|role| {
        let unit = role.unit.as_ref()?;
        Some((role.name.value.clone(), F::leaf(json!(unit.as_str()))))
    });
    let units: Vec<(String, F)> = units.collect();
    let mut roles: Vec<&String> = roles.keys().collect();
    roles.sort();
    let members = [
        ("format", F::leaf(json!(FORMAT))),
        ("meaning", F::leaf(json!(MEANING))),
        ("timezone", F::leaf(json!(zone.name))),
        ("roles", F::leaf(json!(roles))),
        ("parameters", F::object(parameters)),
        ("facts", F::object(facts)),
        ("factors", F::object(factors)),
        ("functions", F::object(functions)),
        ("events", events.unwrap_or_else(|| F::leaf(Json::Null))),
        ("root", state(definition, ROOT)),
    ];
    // Files without one keep the fingerprint that they had before there were calendars.
    let calendar = calendar.as_ref().map(|calendar| ("calendar", F::leaf(days_off(calendar))));
    // So with child cases. What their workflows mean is added where they are known.
    let invokes = (!invokes.is_empty())
        .then(|| ("invokes", F::list(invokes.iter().map(|one| invoke(definition, one)))));
    let units = (!units.is_empty()).then(|| ("units", F::object(units.into_iter())));
    // So with claims: what they ask of the past is remembered, and one that is enforced blocks.
    let claims = (!claims.is_empty()).then(|| {
        ("claims", F::object(claims.iter().map(|one| (one.name.value.clone(), claim(one)))))
    });
    let members = members.into_iter().chain(calendar).chain(invokes).chain(units).chain(claims);
    F::object(members.map(|(key, part)| (key.to_owned(), part)))
}

fn claim<F: Form>(claim: &Claim) -> F {
    let Claim { name: _, rule, enforce, notes: _ } = claim;
    let text = |script: &Script| spelling(&script.text);
    let rule = match rule {
        ClaimRule::Always(always) => json!({ "always": text(always) }),
        ClaimRule::Never { never, without } => {
            json!({ "never": text(never), "without": without.as_ref().map(text) })
        }
        ClaimRule::Whenever { whenever, then, due } => json!({
            "whenever": text(whenever), "then": text(then), "due": due.as_ref().map(text)
        }),
        ClaimRule::DifferentPersons(events) => json!({ "different_persons": sorted(events) }),
    };
    fields([("rule", F::leaf(rule)), ("enforce", F::leaf(json!(enforce)))])
}

fn invoke<F: Form>(definition: &Definition, invoke: &Invoke) -> F {
    let Invoke { id, state, workflow: _, each, facts, returns, notes: _ } = invoke;
    let state = match *state {
        ROOT => "",
        state => definition.states.at(state).name.as_str(),
    };
    let facts = facts.iter().map(|(name, value)| (name.value.clone(), script(Some(value))));
    fields([
        ("id", F::leaf(json!(id.as_str()))),
        ("state", F::leaf(json!(state))),
        ("each", F::leaf(json!(each.as_ref().map(|each| each.as_str())))),
        ("facts", F::object(facts)),
        ("returns", F::leaf(json!(sorted(returns)))),
    ])
}

fn days_off(calendar: &Calendar) -> Json {
    let Calendar { holidays, eves } = calendar;
    let holidays = match holidays {
        Holidays::Sweden => json!("SE"),
        Holidays::Listed(dates) => json!(dates.iter().map(ToString::to_string).collect::<Vec<_>>()),
        Holidays::SwedenAnd(dates) => {
            let dates = dates.iter().map(ToString::to_string);
            json!(std::iter::once("SE".to_owned()).chain(dates).collect::<Vec<_>>())
        }
    };
    json!({ "holidays": holidays, "eves": eves, "rules": CALENDAR_RULES })
}

fn fields<F: Form, const N: usize>(members: [(&str, F); N]) -> F {
    F::object(members.into_iter().map(|(key, member)| (key.to_owned(), member)))
}

fn script<F: Form>(script: Option<&Script>) -> F {
    F::leaf(script.map_or(Json::Null, |script| Json::String(spelling(&script.text))))
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

fn event<F: Form>(declared: &EventDecl) -> F {
    let EventDecl { name: _, by, sets, required, data, data_required, note, silent, notes: _ } =
        declared;
    fields([
        ("by", F::leaf(json!(by.as_ref().map(|by| sorted(by))))),
        ("sets", F::leaf(json!(sorted(sets)))),
        ("required", F::leaf(json!(sorted(required)))),
        ("data", F::object(data.iter().map(|(key, declared)| (key.clone(), shape(declared))))),
        ("data_required", F::leaf(json!(sorted(data_required)))),
        ("note", F::leaf(json!(note))),
        ("silent", F::leaf(json!(silent))),
    ])
}

/// Calls itself once for each level, which reading JSON has bounded.
fn shape<F: Form>(shape_: &Shape) -> F {
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
        pattern,
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
            F::leaf(json!(values))
        }
        Kind::Array(items) => shape(items),
        Kind::Object(object_) => {
            let mut required: Vec<&String> = object_.required.iter().collect();
            required.sort();
            let properties = object_.properties.iter();
            let additional = object_.additional.as_ref();
            fields([
                (
                    "properties",
                    F::object(properties.map(|(key, declared)| (key.clone(), shape(declared)))),
                ),
                ("required", F::leaf(json!(required))),
                ("additional", additional.map_or_else(|| F::leaf(Json::Null), shape)),
            ])
        }
        _ => F::leaf(Json::Null),
    };
    let members = [
        ("kind", F::leaf(json!(kind.name()))),
        ("inner", inner),
        ("minimum", F::leaf(json!(bound(minimum, &span.minimum)))),
        ("maximum", F::leaf(json!(bound(maximum, &span.maximum)))),
        ("exclusive_minimum", F::leaf(json!(bound(exclusive_minimum, &span.exclusive_minimum)))),
        ("exclusive_maximum", F::leaf(json!(bound(exclusive_maximum, &span.exclusive_maximum)))),
        ("multiple_of", F::leaf(json!(bound(&multiple_of, &None)))),
        ("min_length", F::leaf(json!(least(min_length)))),
        ("max_length", F::leaf(json!(max_length))),
        ("min_items", F::leaf(json!(least(min_items)))),
        ("max_items", F::leaf(json!(max_items))),
        ("unique_items", F::leaf(json!(unique_items))),
        ("unit", F::leaf(json!(unit))),
        ("personal", F::leaf(json!(personal))),
    ];
    // Without one a declaration keeps the form that it had before there were patterns.
    let pattern = pattern.as_ref().map(|pattern| ("pattern", F::leaf(json!(pattern.as_str()))));
    F::object(members.into_iter().chain(pattern).map(|(key, member)| (key.to_owned(), member)))
}

/// Calls itself once for each level of states, which reading JSON has bounded.
fn state<F: Form>(definition: &Definition, id: StateId) -> F {
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
        F::list(inner)
    } else {
        let names = children.iter().map(|child| definition.states.at(*child).name.value.clone());
        F::object(names.zip(inner))
    };
    let mut tags: Vec<&String> = tags.iter().collect();
    tags.sort();
    // As they are tried; those of an `on` object have been sorted by their names.
    let transitions = transitions.iter().map(|id| definition.transitions.at(*id));
    let transitions = transitions.filter(|found| !matches!(found.trigger, Trigger::Term(_)));
    let transitions = F::list(transitions.map(|found| transition(definition, found)));
    let terms = terms.iter().map(|term| {
        let taken = term.transitions.iter().map(|id| definition.transitions.at(*id));
        let taken = taken.map(|found| transition(definition, found));
        (term.called(), F::list(taken))
    });
    let kind = match kind {
        StateKind::Atomic => "atomic",
        StateKind::Compound => "compound",
        StateKind::Parallel => "parallel",
        StateKind::Final => "final",
        StateKind::History { deep: false } => "shallow history",
        StateKind::History { deep: true } => "deep history",
    };
    fields([
        ("name", F::leaf(json!(if id == ROOT { "" } else { name.as_str() }))),
        ("kind", F::leaf(json!(kind))),
        ("states", inner),
        ("initial", initial.as_ref().map_or_else(|| F::leaf(Json::Null), way_in)),
        ("entry", script(entry.as_ref())),
        ("exit", script(exit.as_ref())),
        ("transitions", transitions),
        ("terms", F::object(terms)),
        ("tags", F::leaf(json!(tags))),
    ])
}

fn way_in<F: Form>(entry: &Entry) -> F {
    fields([
        ("targets", F::leaf(json!(listed(&entry.targets)))),
        ("actions", script(entry.actions.as_ref())),
    ])
}

fn transition<F: Form>(definition: &Definition, transition: &Transition) -> F {
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
    fields([
        ("trigger", F::leaf(trigger)),
        ("targets", F::leaf(json!(listed(targets)))),
        ("guard", script(guard.as_ref())),
        ("requires", F::leaf(json!(listed(requires)))),
        ("by", F::leaf(json!(by.as_ref().map(|by| sorted(by))))),
        ("not_by", F::leaf(json!(sorted(not_by)))),
        ("signed_by", F::leaf(json!(sorted(signed_by)))),
        ("revoke", F::leaf(json!(revoke.as_ref().map(|revoke| revoke.as_str())))),
        ("actions", script(actions.as_ref())),
        ("internal", F::leaf(json!(internal))),
        ("id", F::leaf(json!(id.as_ref().map(|id| id.as_str())))),
    ])
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests;
