//! Tables of scripts with what they must give, and what must be wrong with them.

#![allow(
    clippy::type_complexity,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod actions;
#[cfg(feature = "batch")]
pub(crate) mod against;
mod compiled;
mod decide;
#[cfg(feature = "batch")]
pub(crate) mod differential;
mod explain;
mod guide;
mod hostile;
mod kleene;
mod problems;
mod rows;
mod syntax;
mod values;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::definition;
use crate::diagnostic::Span;
use crate::value::Date;
use crate::value::DateTime;

/// A workflow that is drawn, for the laws of others: its text, how many guards it has, and values of facts worth trying.
pub(crate) struct Drawn {
    pub text: String,
    pub guards: Vec<String>,
    pub facts: Vec<(&'static str, &'static [&'static str])>,
}

/// Declarations that the tables share.
pub(super) const BASE: &str = r#"
    "timezone": "Europe/Stockholm",
    "parameters": {
        "min_sectors": 2, "max_budget": 300000, "share": 0.4, "flag": true,
        "patience": { "type": "string", "format": "duration", "value": "P180D" }
    },
    "types": { "sector": { "enum": ["municipality", "civil_society", "business", "users"] } },
    "facts": {
        "a": { "type": "boolean" }, "b": { "type": "boolean" }, "c": { "type": "boolean" },
        "d": { "type": "boolean" }, "yes": { "type": "boolean", "default": true },
        "n": { "type": "integer" }, "m": { "type": "integer", "minimum": 0, "default": 0 },
        "x": { "type": "number" }, "unit": { "type": "number", "minimum": 0, "maximum": 1 },
        "t": { "type": "string" }, "short": { "type": "string", "maxLength": 5, "default": "abc" },
        "risk": { "enum": ["low", "medium", "high", "unacceptable"] },
        "colour": { "enum": ["red", "green"] },
        "day": { "type": "string", "format": "date" }, "time": { "type": "string", "format": "date-time" },
        "span": { "type": "string", "format": "duration", "minimum": "-P90D" },
        "list": { "type": "array", "items": { "type": "integer" } },
        "empty": { "type": "array", "items": { "type": "integer" }, "default": [] },
        "sectors": { "type": "array", "uniqueItems": true, "default": [], "items": { "type": "sector" } },
        "partner": { "type": "object", "properties": { "name": { "type": "string" }, "share": { "type": "number" },
                     "risks": { "type": "array", "items": { "enum": ["low", "high"] } } }, "required": ["name"] },
        "partners": { "type": "array", "items": { "type": "object", "properties": { "name": { "type": "string" }, "share": { "type": "number" } } }, "default": [] },
        "votes": { "type": "object", "additionalProperties": { "type": "integer" }, "default": {} },
        "any": {},
        "double": { "type": "integer", "value": "n * 2" },
        "both": { "type": "boolean", "value": "a && b" },
        "ends": { "type": "string", "format": "date-time", "value": "last(`*`) + patience" }
    },
    "factors": {
        "fa": { "kind": "success", "title": "Factor A", "guard": "a", "hint": "do a" },
        "fn_": { "guard": "n >= 2 && x < 1" },
        "rate": { "score": "unit / 2" },
        "two": { "of": ["a", "b", "c"], "at_least": 2 },
        "nested": { "of": ["fa", "fn_", "two"] }
    },
    "functions": {
        "twice": { "params": ["v"], "body": "v * 2" },
        "fee": { "params": ["base"], "body": ["let f = base * share;", "if f > 100 { return 100 }", "f"] }
    },
    "events": {
        "go": { "data": { "reason": { "type": "string" }, "count": { "type": "integer" } } },
        "report.late": { "required": ["n"] }, "report.early": {}, "tick": { "by": [] }
    }
"#;

/// A workflow with one rule in one place.
pub(super) fn file(place: Place, script: &str) -> String {
    let text = serde_json::to_string(script).unwrap();
    let go = match place {
        Place::Guard => format!(r#""target": "two_", "guard": {text}"#),
        Place::Actions => format!(r#""target": "two_", "actions": {text}"#),
        Place::Fact(_) => r#""target": "two_""#.to_owned(),
    };
    let base = match place {
        Place::Fact(shape) => BASE.replacen(
            r#""facts": {"#,
            &format!(r#""facts": {{ "found": {{ {shape} "value": {text} }},"#),
            1,
        ),
        _ => BASE.to_owned(),
    };
    format!(
        r#"{{ "id": "rules", {base}, "initial": "one", "states": {{
            "one": {{ "on": {{ "go": {{ {go} }} }} }},
            "two_": {{ "on": {{ "report": "one", "tick": "end" }} }},
            "end": {{ "type": "final" }} }} }}"#
    )
}

#[derive(Clone, Copy)]
pub(super) enum Place {
    Guard,
    Actions,
    /// The rule of a derived fact `found` of this shape.
    Fact(&'static str),
}

pub(super) struct World {
    pub rules: Rules,
    pub def: definition::model::Definition,
    pub facts: Facts,
    pub past: CaseHistory,
    pub active: Vec<StateId>,
    pub now: DateTime,
    pub event: Option<Current>,
    pub report: Report,
}

pub(crate) fn load(
    text: &str,
    limits: &Limits,
) -> (Option<definition::model::Definition>, Rules, Report) {
    let (def, mut report) =
        definition::load("test.json", text, &mut |_| Err(String::new()), limits);
    let def = def.unwrap_or_else(|| panic!("{text}\n{report}"));
    let rules = Rules::compile(&def, &[], limits, &mut report);
    report.sort();
    (Some(def), rules, report)
}

/// A workflow without errors.
pub(super) fn world(text: &str) -> World {
    world_within(text, &Limits::default())
}

pub(super) fn world_within(text: &str, limits: &Limits) -> World {
    let (def, rules, report) = load(text, limits);
    assert!(!report.has_errors(), "{report}");
    let def = def.unwrap();
    let facts = rules.facts_at_first();
    let now = DateTime::parse("2026-09-01T12:00:00+02:00", &def.zone).unwrap();
    World {
        rules,
        def,
        facts,
        past: CaseHistory::default(),
        active: Vec::new(),
        now,
        event: None,
        report,
    }
}

impl World {
    pub fn context(&self) -> Context<'_> {
        Context {
            facts: &self.facts,
            past: &self.past,
            active: &self.active,
            now: self.now,
            event: self.event.as_ref(),
            family: None,
            supposed: false,
            observer: None,
            meter: None,
        }
    }

    /// Sets facts from `name=json` pairs, by their declarations.
    pub fn with(mut self, facts: &[(&str, &str)]) -> Self {
        for (name, json) in facts {
            let id = self.rules.fact_named(name).unwrap_or_else(|| panic!("no fact {name}"));
            let value = value(json);
            let shape = &self.def.facts.at(id).shape;
            let admitted = shape.admit(value, &self.def.zone);
            self.facts.set(id, Some(admitted.unwrap_or_else(|v| panic!("{name}: {v:?}"))));
        }
        self
    }

    pub fn happened(mut self, events: &[(&str, u64, &str, &[&str])]) -> Self {
        let events = events.iter().map(|(name, count, last, who)| {
            let last = DateTime::parse(last, &self.def.zone).unwrap();
            let who = who.iter().map(|id| Arc::from(*id)).collect();
            (Arc::from(*name), Occurrence { count: *count, last, who })
        });
        self.past.events = events.collect();
        self
    }

    pub fn event(mut self, data: &str) -> Self {
        let Value::Record(data) = value(data) else { panic!() };
        let at = DateTime::parse("2026-08-31T23:30:00+02:00", &self.def.zone).unwrap();
        self.event = Some(Current {
            name: "go".into(),
            actor: Some("eva".into()),
            at,
            data: Arc::unwrap_or_clone(data),
        });
        self
    }

    pub fn guard(&self) -> &Program {
        self.rules.guards.values().next().unwrap()
    }

    pub fn decide(&self) -> Result<Truth, Fault> {
        self.rules.decide(self.guard(), &self.context())
    }

    pub fn run(&mut self) -> Result<Vec<Effect>, Fault> {
        let program = self.rules.actions.values().next().unwrap();
        let mut effects = Vec::new();
        let mut facts = Arc::new(self.facts.clone());
        let meter = Meter::call(&self.rules.limits);
        let mut scratch = Scratch {
            family: None,
            facts: &mut facts,
            past: &self.past,
            active: &self.active,
            now: self.now,
            event: self.event.as_ref(),
            forgotten: None,
            effects: &mut effects,
            meter: &meter,
        };
        self.rules.run(program, &mut scratch)?;
        self.facts = Arc::unwrap_or_clone(facts);
        Ok(effects)
    }

    pub fn fact(&self, name: &str) -> Option<String> {
        let id = self.rules.fact_named(name).unwrap();
        self.rules.fact(id, &self.context()).unwrap().map(|value| value.to_json())
    }
}

pub(crate) fn value(json: &str) -> Value {
    let mut report = Report::default();
    let node = crate::json::read(json, 0, &Limits::default(), &mut report)
        .unwrap_or_else(|| panic!("{json}"));
    node.to_value(&mut report).unwrap()
}

/// The truth of a guard with these facts.
pub(super) fn decided(script: &str, facts: &[(&str, &str)]) -> Truth {
    let world = world(&file(Place::Guard, script)).with(facts);
    world.decide().unwrap_or_else(|fault| panic!("{script}: {fault:?}"))
}

/// The code of the fault that a guard ends in.
pub(super) fn fault(script: &str, facts: &[(&str, &str)]) -> &'static str {
    let world = world(&file(Place::Guard, script)).with(facts);
    match world.decide() {
        Err(fault) => fault.code,
        Ok(truth) => panic!("{script} is {truth:?}"),
    }
}

/// The value of an expression: through a derived fact of any kind, written as JSON.
pub(super) fn evaluated(script: &str, facts: &[(&str, &str)]) -> String {
    let world = world(&file(Place::Fact(""), script)).with(facts);
    let id = world.rules.fact_named("found").unwrap();
    match world.rules.fact(id, &world.context()) {
        Ok(Some(value)) => value.to_json(),
        Ok(None) => "unknown".to_owned(),
        Err(fault) => format!("fault {}", fault.code),
    }
}

/// Codes of the problems of a script, with the text each points at.
pub(super) fn problems(place: Place, script: &str) -> Vec<(&'static str, String)> {
    let text = file(place, script);
    let (_, _, report) = load(&text, &Limits::default());
    let mut found: Vec<(&'static str, String)> = Vec::new();
    for diagnostic in report.diagnostics() {
        let at =
            diagnostic.span.map(|span| report.sources().text(span).to_owned()).unwrap_or_default();
        found.push((diagnostic.code, at));
    }
    found
}

#[test]
fn the_declarations_of_the_tables_load() {
    let world = world(&file(Place::Guard, "a"));
    assert!(world.report.diagnostics().is_empty(), "{}", world.report);
    assert_eq!(Date::parse("2026-09-01").map(|date| date.weekday()), Some(2));
}
