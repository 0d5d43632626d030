//! Names must lead somewhere, and what is said must be possible.

mod conflicts;
mod invokes;
mod reach;
mod signatures;
mod targets;

use std::collections::{HashMap, HashSet};

use super::model::{
    AtLeast, ClaimRule, Definition, EventDecl, FactorRule, State, StateKind, Transition, Trigger,
    When, reserved,
};
use super::parse::is_identifier;
use super::shape::Kind;
use crate::diagnostic::{Diagnostic, Report, Spanned, quoted};
use crate::table::{FactId, FactorId, Id, ParameterId, StateId};
use crate::value::Value;

/// Checks a whole definition and reports every problem.
pub(super) fn check(definition: &Definition, report: &mut Report) {
    let events = definition.events.iter();
    let mut checker = Checker {
        definition,
        report,
        names: definition_names(definition),
        // Of two states with one name, which is an error, the first counts.
        states: definition
            .states
            .iter()
            .skip(1)
            .rev()
            .map(|(id, state)| (state.name.as_str(), id))
            .collect(),
        roles: HashSet::new(),
        patterns: Patterns::new(definition),
        gathered: events
            .flat_map(|events| events.keys())
            .flat_map(|name| beginnings(name))
            .collect(),
    };
    checker.factors();
    checker.functions();
    checker.events();
    checker.units();
    checker.transitions();
    checker.claims();
    checker.terms();
    checker.unused();
    signatures::check(&mut checker);
    targets::check(&mut checker);
    reach::check(&mut checker);
    conflicts::check(&mut checker);
    invokes::check(&mut checker);
}

/// What a name of the shared space stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Named {
    Fact(FactId),
    Parameter(ParameterId),
    Factor(FactorId),
}

fn definition_names(definition: &Definition) -> HashMap<&str, Named> {
    let facts = definition.facts.iter().map(|(id, fact)| (fact.name.as_str(), Named::Fact(id)));
    let parameters =
        definition.parameters.iter().map(|(id, one)| (one.name.as_str(), Named::Parameter(id)));
    let factors =
        definition.factors.iter().map(|(id, factor)| (factor.name.as_str(), Named::Factor(id)));
    facts.chain(parameters).chain(factors).collect()
}

struct Checker<'r, 'd> {
    definition: &'d Definition,
    report: &'r mut Report,
    names: HashMap<&'d str, Named>,
    states: HashMap<&'d str, StateId>,
    /// Roles that somebody asks for.
    roles: HashSet<&'d str>,
    patterns: Patterns<'d>,
    /// Every beginning of the name of a declared event, the name itself too.
    gathered: HashSet<&'d str>,
}

/// The patterns of all `on` and `revoke`, for asking which events they match.
struct Patterns<'d> {
    any: bool,
    /// Every pattern.
    written: HashSet<&'d str>,
    /// Every beginning of a pattern, the pattern itself too.
    beginnings: HashSet<&'d str>,
}

impl<'d> Patterns<'d> {
    fn new(definition: &'d Definition) -> Self {
        let mut found = Self { any: false, written: HashSet::new(), beginnings: HashSet::new() };
        for transition in definition.transitions.rows() {
            for pattern in patterns(transition).iter().chain(transition.revoke.as_deref()) {
                found.any |= pattern.value == "*";
                found.written.insert(pattern);
                found.beginnings.extend(beginnings(pattern));
            }
        }
        found
    }

    /// Whether an event of this name, or of one that begins with it, is answered somewhere.
    fn answer(&self, event: &str) -> bool {
        self.any
            || self.beginnings.contains(event)
            || beginnings(event).any(|name| self.written.contains(name))
    }
}

/// The patterns of a transition that answers events.
fn patterns(transition: &Transition) -> &[Spanned<String>] {
    match &transition.trigger {
        Trigger::Events(patterns) => patterns,
        _ => &[],
    }
}

/// `a.b.c` begins with `a`, `a.b` and itself.
fn beginnings(name: &str) -> impl Iterator<Item = &str> {
    let points = name.match_indices('.').filter_map(|(at, _)| name.get(..at));
    points.chain(std::iter::once(name))
}

impl<'d> Checker<'_, 'd> {
    /// A diagnostic about a name that leads nowhere, with the nearest that does.
    fn unknown(
        &mut self,
        code: &'static str,
        name: &Spanned<String>,
        what: &str,
        known: Vec<&str>,
        hint: &str,
    ) {
        let message = format!("no {what} is called {}", quoted(name));
        let mut found = Diagnostic::error(code, name.span, message);
        if !hint.is_empty() {
            found = found.hint(hint);
        }
        self.report.push_near(found, name, known);
    }

    fn names_where(&self, wanted: impl Fn(Named) -> bool) -> Vec<&'d str> {
        if self.report.is_full() {
            return Vec::new();
        }
        // In the order of the file, not of the hash map.
        let definition = self.definition;
        let facts = definition.facts.iter().map(|(id, fact)| (fact.name.as_str(), Named::Fact(id)));
        let parameters =
            definition.parameters.iter().map(|(id, one)| (one.name.as_str(), Named::Parameter(id)));
        let factors =
            definition.factors.iter().map(|(id, one)| (one.name.as_str(), Named::Factor(id)));
        facts
            .chain(parameters)
            .chain(factors)
            .filter(|(_, named)| wanted(*named))
            .map(|(name, _)| name)
            .collect()
    }

    fn role_names(&mut self, names: &'d [Spanned<String>]) {
        for name in names {
            self.roles.insert(name);
            if !self.definition.roles.contains_key(&name.value) {
                let roles = self.definition.roles.keys().map(String::as_str);
                let known = if self.report.is_full() { Vec::new() } else { roles.collect() };
                self.unknown("unknown-role", name, "role", known, "declare it under `roles`");
            }
        }
    }

    /// `requires` and `of`: factors that are true or false, and boolean facts.
    fn conditions(&mut self, key: &str, names: &[Spanned<String>]) {
        for name in names {
            let wrong = match self.names.get(name.as_str()).copied() {
                Some(Named::Factor(id)) => match &self.definition.factors.at(id).rule {
                    FactorRule::Score(_) => "a score, which is neither true nor false",
                    _ => continue,
                },
                Some(Named::Fact(id)) => match self.definition.facts.at(id) {
                    fact if fact.shape.kind == Kind::Boolean => continue,
                    // What a derived fact is shows in its script.
                    fact if fact.shape.kind == Kind::Any && fact.value.is_some() => continue,
                    _ => "a fact that is not a boolean",
                },
                Some(Named::Parameter(_)) => "a parameter",
                None => {
                    let definition = self.definition;
                    let known = self.names_where(|named| match named {
                        Named::Factor(id) => {
                            !matches!(definition.factors.at(id).rule, FactorRule::Score(_))
                        }
                        Named::Fact(id) => definition.facts.at(id).shape.kind == Kind::Boolean,
                        Named::Parameter(_) => false,
                    });
                    self.unknown(
                        "unknown-name",
                        name,
                        "factor or boolean fact",
                        known,
                        "declare it under `factors`",
                    );
                    continue;
                }
            };
            let message = format!("{} is {wrong}", quoted(name));
            let hint = format!(
                "`{key}` lists factors and boolean facts; compare it in the `guard` of a factor"
            );
            self.report.push(Diagnostic::error("bad-condition", name.span, message).hint(hint));
        }
    }

    fn factors(&mut self) {
        for factor in self.definition.factors.rows() {
            let FactorRule::Of { of, at_least } = &factor.rule else { continue };
            self.conditions("of", of);
            if let Some(AtLeast::Parameter(name)) = at_least {
                self.at_least(name, of.len());
            }
        }
        self.circular_factors();
    }

    fn at_least(&mut self, name: &Spanned<String>, most: usize) {
        match self.names.get(name.as_str()).copied() {
            Some(Named::Parameter(id)) => {
                let parameter = self.definition.parameters.at(id);
                let value = match &parameter.value {
                    Value::Integer(value) => Some(*value),
                    _ => None,
                };
                if parameter.shape.kind != Kind::Integer {
                    let message = format!("the parameter {} is not a whole number", quoted(name));
                    let found = Diagnostic::error("bad-condition", name.span, message);
                    self.report.push(found.related(parameter.name.span, "it is declared here"));
                } else if value.is_some_and(|value| {
                    value < 1 || usize::try_from(value).is_ok_and(|value| value > most)
                }) {
                    let value = value.unwrap_or(0);
                    let message = format!(
                        "`at_least` is {value} through {}, of {most} that are listed",
                        quoted(name)
                    );
                    let found = Diagnostic::error("bad-bounds", name.span, message);
                    self.report.push(found.related(parameter.name.span, "the parameter is here"));
                }
            }
            Some(_) => {
                let message = format!("{} is not a parameter", quoted(name));
                let hint = "`at_least` is a number, or the name of a parameter";
                self.report.push(Diagnostic::error("bad-condition", name.span, message).hint(hint));
            }
            None => {
                let known = self.names_where(|named| matches!(named, Named::Parameter(_)));
                self.unknown(
                    "unknown-name",
                    name,
                    "parameter",
                    known,
                    "declare it under `parameters`",
                );
            }
        }
    }

    /// Factors that count themselves, through `of` alone; circles through scripts are found where scripts are read.
    fn circular_factors(&mut self) {
        let definition = self.definition;
        let names = &self.names;
        let counted = |id: FactorId| match &definition.factors.at(id).rule {
            FactorRule::Of { of, .. } => of.as_slice(),
            _ => &[],
        };
        // 0 not seen, 1 on the path, 2 done.
        let mut seen = vec![0_u8; definition.factors.len()];
        let mut circles = Vec::new();
        for start in definition.factors.ids() {
            let mut path = vec![(start, 0)];
            while let Some((id, next)) = path.last_mut() {
                let (id, index) = (*id, *next);
                *next += 1;
                let mark = seen.get(id.index()).copied().unwrap_or(2);
                if index == 0 && mark == 0 {
                    set(&mut seen, id, 1);
                }
                if (index == 0 && mark == 2) || index >= counted(id).len() {
                    set(&mut seen, id, 2);
                    path.pop();
                    continue;
                }
                let Some(name) = counted(id).get(index) else { continue };
                let Some(Named::Factor(inner)) = names.get(name.as_str()).copied() else {
                    continue;
                };
                match seen.get(inner.index()).copied() {
                    Some(0) => path.push((inner, 0)),
                    Some(1) => {
                        let from =
                            path.iter().position(|(on_path, _)| *on_path == inner).unwrap_or(0);
                        let shown = path.iter().skip(from).take(8);
                        let mut way: Vec<_> =
                            shown.map(|(id, _)| quoted(&definition.factors.at(*id).name)).collect();
                        way.push(quoted(name));
                        circles.push((name, inner, way.join(" counts ")));
                    }
                    _ => {}
                }
            }
        }
        for (name, inner, way) in circles {
            let found = Diagnostic::error(
                "circular-rule",
                name.span,
                format!("the factors go in a circle: {way}"),
            );
            self.report
                .push(found.related(definition.factors.at(inner).name.span, "it begins here"));
        }
    }

    /// Functions see the parameters, which the names of their arguments may not hide.
    fn functions(&mut self) {
        for name in self.definition.functions.iter().flat_map(|function| &function.params) {
            if let Some(Named::Parameter(id)) = self.names.get(name.as_str()).copied() {
                let message =
                    format!("the argument {} hides a parameter of the workflow", quoted(name));
                let found = Diagnostic::error("name-clash", name.span, message)
                    .related(self.definition.parameters.at(id).name.span, "the parameter is here");
                self.report.push(found.hint("rename the argument"));
            }
        }
    }

    fn events(&mut self) {
        for event in self.definition.events.iter().flat_map(|events| events.values()) {
            self.role_names(event.by.as_deref().unwrap_or(&[]));
            for name in &event.data_required {
                if self.names.contains_key(name.as_str()) {
                    let message = format!(
                        "{} is a fact and a part of `data`: which of the two is meant is open",
                        quoted(name)
                    );
                    let found = Diagnostic::error("name-clash", name.span, message);
                    self.report.push(found.hint("give the part of `data` another name"));
                }
            }
            self.carried(event);
        }
    }

    /// Facts that an event may or must carry.
    fn carried(&mut self, event: &EventDecl) {
        for name in event.sets.iter().chain(&event.required) {
            let wrong = match self.names.get(name.as_str()).copied() {
                Some(Named::Fact(id)) if self.definition.facts.at(id).value.is_none() => continue,
                Some(Named::Fact(_)) => "is derived: nobody can report it",
                Some(Named::Parameter(_)) => "is a parameter: it is the same in all cases",
                Some(Named::Factor(_)) => "is a factor: it follows from facts",
                None => {
                    let definition = self.definition;
                    let known = self.names_where(
                        |named| matches!(named, Named::Fact(id) if definition.facts.at(id).value.is_none()),
                    );
                    self.unknown(
                        "unknown-name",
                        name,
                        "fact",
                        known,
                        "declare it under `facts`, or its payload under `data`",
                    );
                    continue;
                }
            };
            let message = format!("{} {wrong}", quoted(name));
            self.report.push(
                Diagnostic::error("bad-condition", name.span, message)
                    .hint("name a fact that is reported"),
            );
        }
    }

    /// The facts that hold the units of roles.
    fn units(&mut self) {
        let definition = self.definition;
        for unit in definition.roles.values().filter_map(|role| role.unit.as_ref()) {
            let wrong = match self.names.get(unit.as_str()).copied() {
                Some(Named::Fact(id)) => {
                    let shape = &definition.facts.at(id).shape;
                    match shape.kind {
                        _ if shape.is_personal() => "is personal",
                        Kind::String | Kind::Enum(_) => continue,
                        _ => "is no text",
                    }
                }
                Some(_) => "is no fact",
                None => {
                    let known = self.names_where(|named| matches!(named, Named::Fact(_)));
                    let hint = "declare it under `facts`";
                    self.unknown("unknown-name", unit, "fact", known, hint);
                    continue;
                }
            };
            let message = format!("{} {wrong}", quoted(unit));
            let found = Diagnostic::error("bad-condition", unit.span, message);
            self.report.push(
                found.hint("`unit` names a text or `enum` that holds a unit, such as a board"),
            );
        }
    }

    fn transitions(&mut self) {
        for transition in self.definition.transitions.rows() {
            self.conditions("requires", &transition.requires);
            self.role_names(transition.by.as_deref().unwrap_or(&[]));
            self.role_names(&transition.signed_by);
            for pattern in patterns(transition) {
                self.governed(pattern);
            }
            for event in transition.not_by.iter().chain(transition.revoke.as_deref()) {
                // That of a child is looked for in its own file.
                match event.split_once('/') {
                    Some((id, _)) => self.invoked(event, id),
                    None => self.answered(event),
                }
            }
        }
    }

    /// Events that claims compare the senders of.
    fn claims(&mut self) {
        let definition = self.definition;
        for claim in &definition.claims {
            if let ClaimRule::DifferentPersons(events) = &claim.rule {
                events.iter().for_each(|event| self.answered(event));
            }
        }
    }

    fn governed(&mut self, pattern: &Spanned<String>) {
        if let Some(done) = pattern.strip_prefix("done.") {
            return self.done_of(pattern, done);
        }
        if self.definition.events.is_none() {
            return;
        }
        // That these never happen has been reported.
        if reserved(pattern).is_some() {
            return;
        }
        // A pattern may also gather declared names: `permit` for `permit.granted` and `permit.refused`.
        let gathers = self.gathered.contains(pattern.as_str());
        if pattern.value == "*" || gathers || self.definition.governing(pattern).is_some() {
            return;
        }
        let known = self.event_names();
        self.unknown("unknown-event", pattern, "event", known, "declare it under `events`");
    }

    /// `done.state.NAME`.
    fn done_of(&mut self, pattern: &Spanned<String>, rest: &str) {
        if let Some(id) = rest.strip_prefix("invoke.") {
            return self.done_invoke(pattern, id);
        }
        let Some(name) = rest.strip_prefix("state.") else {
            let ends_children = rest == "invoke" && !self.definition.invokes.is_empty();
            if rest != "state" && !ends_children {
                let message = format!("no event is ever called {}", quoted(pattern));
                let found = Diagnostic::error("reserved-name", pattern.span, message);
                self.report.push(found.hint("a state that is done raises `done.state.NAME`"));
            }
            return;
        };
        match self.states.get(name).map(|id| self.definition.states.at(*id)) {
            Some(state) => {
                if !self.can_end(state) {
                    let (why, hint) = match state.kind {
                        StateKind::Parallel => (
                            "not every part of it has a final state",
                            "add a final state to each part",
                        ),
                        _ => (
                            "it has no final state inside",
                            "add a state with `\"type\": \"final\"` to it",
                        ),
                    };
                    let message = format!("{} is never done: {why}", quoted(name));
                    self.report
                        .push(Diagnostic::warning("never-done", pattern.span, message).hint(hint));
                }
            }
            None => {
                let written = Spanned::new(name.to_owned(), pattern.span);
                let known = self.state_names();
                self.unknown("unknown-state", &written, "state", known, "");
            }
        }
    }

    /// Whether a state can be done: by a final state inside, of a parallel one in every part.
    fn can_end(&self, state: &State) -> bool {
        let mut children = state.children.iter().map(|id| self.definition.states.at(*id));
        match state.kind {
            StateKind::Compound => children.any(|child| child.kind == StateKind::Final),
            StateKind::Parallel => children
                .filter(|child| !matches!(child.kind, StateKind::History { .. }))
                .all(|child| self.can_end(child)),
            _ => false,
        }
    }

    /// Names of all states, in the order of the file, for suggestions.
    fn state_names(&self) -> Vec<&'d str> {
        if self.report.is_full() {
            return Vec::new();
        }
        self.definition.states.rows().iter().skip(1).map(|state| state.name.as_str()).collect()
    }

    /// An event that must be declared or, where nothing is declared, answered somewhere.
    /// The `id` of an `invoke`, in front of an event of its children.
    fn invoked(&mut self, event: &Spanned<String>, id: &str) {
        let invokes = &self.definition.invokes;
        if !invokes.iter().any(|invoke| invoke.id.as_str() == id) {
            let known = invokes.iter().map(|invoke| invoke.id.as_str()).collect();
            let written = Spanned::new(id.to_owned(), event.span);
            let hint = "write `ID/EVENT`, with the `id` of an `invoke`";
            self.unknown("unknown-invoke", &written, "group of child cases", known, hint);
        }
    }

    fn answered(&mut self, event: &Spanned<String>) {
        if let Some(word) = reserved(event) {
            let message =
                format!("nobody ever sends {}: `{word}` is the engine's own", quoted(event));
            let found = Diagnostic::error("reserved-name", event.span, message);
            self.report.push(found.hint("name an event that somebody sends"));
            return;
        }
        let good = match &self.definition.events {
            Some(_) => self.definition.governing(event).is_some(),
            None => self.patterns.answer(event),
        };
        if !good {
            let known = self.event_names();
            self.unknown("unknown-event", event, "event", known, "");
        }
    }

    /// Names of events, in the order of the file, for suggestions.
    fn event_names(&self) -> Vec<&'d str> {
        if self.report.is_full() {
            return Vec::new();
        }
        match &self.definition.events {
            Some(events) => events.keys().map(String::as_str).collect(),
            None => {
                let patterns = self.definition.transitions.rows().iter().flat_map(patterns);
                patterns.map(|pattern| pattern.as_str()).collect()
            }
        }
    }

    fn terms(&mut self) {
        for state in self.definition.states.rows() {
            for term in &state.terms {
                match term.when {
                    When::After(_) => {}
                    When::AfterNamed => self.after(&term.key),
                    When::At => self.at(&term.key),
                }
            }
        }
    }

    fn after(&mut self, key: &Spanned<String>) {
        let definition = self.definition;
        let duration = |named: Named| match named {
            Named::Fact(id) => {
                let fact = definition.facts.at(id);
                fact.shape.kind == Kind::Duration
                    || (fact.shape.kind == Kind::Any && fact.value.is_some())
            }
            Named::Parameter(id) => definition.parameters.at(id).shape.kind == Kind::Duration,
            Named::Factor(_) => false,
        };
        match self.names.get(key.as_str()).copied() {
            Some(named) if duration(named) => {
                let (name, value) = match named {
                    Named::Fact(id) => {
                        let fact = definition.facts.at(id);
                        (&fact.name, fact.default.as_ref())
                    }
                    Named::Parameter(id) => {
                        let parameter = definition.parameters.at(id);
                        (&parameter.name, Some(&parameter.value))
                    }
                    Named::Factor(_) => return,
                };
                let length = value.and_then(Value::as_duration);
                if let Some(length) = length.filter(|length| length.is_negative()) {
                    let message = format!("{} is `{length}`, a negative duration", quoted(key));
                    let found = Diagnostic::error("bad-duration", key.span, message)
                        .related(name.span, "declared here")
                        .hint("a term ends after the state was entered: remove the `-`");
                    self.report.push(found);
                }
            }
            Some(_) => {
                let message = format!("{} does not hold a duration", quoted(key));
                let hint = "declare it with `\"format\": \"duration\"`, or write a duration such as `P90D`";
                self.report.push(Diagnostic::error("bad-term", key.span, message).hint(hint));
            }
            None => {
                let known = self.names_where(duration);
                let what = "parameter or fact with a duration";
                self.unknown(
                    "unknown-name",
                    key,
                    what,
                    known,
                    "write a duration such as `P90D`, or declare the name",
                );
            }
        }
    }

    fn at(&mut self, key: &Spanned<String>) {
        let definition = self.definition;
        let dated = |named: Named| match named {
            Named::Fact(id) => {
                let fact = definition.facts.at(id);
                matches!(fact.shape.kind, Kind::Date | Kind::DateTime)
                    || (fact.shape.kind == Kind::Any && fact.value.is_some())
            }
            _ => false,
        };
        match self.names.get(key.as_str()).copied() {
            Some(named) if dated(named) => {}
            Some(_) => {
                let message = format!("{} is not a fact that holds a date", quoted(key));
                let hint = "`at` needs a fact with `\"format\": \"date\"` or `\"date-time\"`; durations stand under `after`";
                self.report.push(Diagnostic::error("bad-term", key.span, message).hint(hint));
            }
            // What can be no name has been told, and is not to be declared.
            None if !is_identifier(key) => {}
            None => {
                let known = self.names_where(dated);
                self.unknown(
                    "unknown-name",
                    key,
                    "fact with a date",
                    known,
                    "declare it under `facts`",
                );
            }
        }
    }

    /// Declarations that nothing refers to.
    fn unused(&mut self) {
        // A name that is written wrong elsewhere would leave the right one unused.
        if self.report.has_errors() {
            return;
        }
        for event in self.definition.events.iter().flat_map(|events| events.values()) {
            if !self.patterns.answer(&event.name) {
                let message =
                    format!("the event {} is declared and answered nowhere", quoted(&event.name));
                let found = Diagnostic::warning("unused-event", event.name.span, message);
                self.report.push(
                    found.hint("name it under `on`; `{}` takes an event that only reports facts"),
                );
            }
        }
        for role in self.definition.roles.values() {
            if !self.roles.contains(role.name.as_str()) {
                let message = format!("nothing asks for the role {}", quoted(&role.name));
                let found = Diagnostic::warning("unused-role", role.name.span, message);
                self.report.push(found.hint("name it under `by` or `signed_by`, or remove it"));
            }
        }
    }
}

fn set(marks: &mut [u8], id: FactorId, mark: u8) {
    if let Some(place) = marks.get_mut(id.index()) {
        *place = mark;
    }
}
