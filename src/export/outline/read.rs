//! The definition as an outline.

use super::{
    Described, Outline, OutlinedEvent, OutlinedFact, OutlinedFactor, OutlinedFunction,
    OutlinedParameter, OutlinedRule, OutlinedSource, OutlinedState, OutlinedTerm,
    OutlinedTransition, Reference, ReferenceKind,
};
use crate::Language;
use crate::definition::model::{
    AtLeast, Definition, Factor, FactorRule, Notes, Script, State, StateKind, Term, Trigger, When,
};
use crate::definition::shape::{Kind, Shape};
use crate::diagnostic::Spanned;
use crate::export::does::Doings;
use crate::export::svg::phrase::Speaker;
use crate::language::shapes::Phrases;
use crate::table::{StateId, TransitionId};
use crate::value::Value;
use crate::workflow::Compiled;

use std::collections::HashMap;

pub(super) struct Reader<'w> {
    compiled: &'w Compiled,
    language: Language,
    definition: &'w Definition,
    tag: &'static str,
    phrases: Phrases,
    speaker: Speaker<'w>,
    /// Facts, parameters and factors share one name space. Only asked, never walked.
    names: HashMap<&'w str, (ReferenceKind, &'w Notes)>,
    states: HashMap<&'w str, &'w Notes>,
}

impl<'w> Reader<'w> {
    pub fn new(compiled: &'w Compiled, language: Language) -> Self {
        let definition = &compiled.definition;
        let facts = definition.facts.rows().iter();
        let facts = facts.map(|of| (of.name.as_str(), (ReferenceKind::Fact, &of.notes)));
        let factors = definition.factors.rows().iter();
        let factors = factors.map(|of| (of.name.as_str(), (ReferenceKind::Factor, &of.notes)));
        let parameters = definition.parameters.rows().iter();
        let parameters =
            parameters.map(|of| (of.name.as_str(), (ReferenceKind::Parameter, &of.notes)));
        let states = definition.states.rows().iter().skip(1);
        Self {
            definition,
            tag: language.tag(),
            phrases: Phrases::new(language),
            compiled,
            language,
            speaker: Speaker::new(compiled, language).naming_all(),
            names: facts.chain(factors).chain(parameters).collect(),
            states: states.map(|state| (state.name.as_str(), &state.notes)).collect(),
        }
    }

    pub fn outline(&self) -> Outline {
        let definition = self.definition;
        let doings = Doings::new(self.compiled, &self.speaker, self.language);
        let roles = definition.roles.values();
        let functions = definition.functions.iter().map(|function| OutlinedFunction {
            said: self.said(&function.name, &function.notes),
            params: function.params.iter().map(|name| name.as_str().to_owned()).collect(),
            body: function.body.text.clone(),
        });
        let parameters = definition.parameters.rows().iter().map(|found| OutlinedParameter {
            said: self.said(&found.name, &found.notes),
            shape: self.phrases.shape(&found.shape),
            value: self.value(&found.shape, &found.value),
        });
        Outline {
            said: self.said(&definition.id, &definition.notes),
            version: definition.version.clone(),
            timezone: definition.zone.name.clone(),
            calendar: definition.calendar.as_ref().map(|found| self.phrases.calendar(found)),
            roles: roles.map(|role| self.said(&role.name, &role.notes)).collect(),
            parameters: parameters.collect(),
            facts: self.facts(),
            factors: definition.factors.rows().iter().map(|found| self.factor(found)).collect(),
            functions: functions.collect(),
            events: self.events(),
            states: definition
                .states
                .iter()
                .map(|(id, state)| self.state(id, state, &doings))
                .collect(),
        }
    }

    fn said(&self, name: &str, notes: &Notes) -> Described {
        let text = |label: &crate::workflow::Label| {
            let text = label.get(self.tag).map(str::trim).filter(|text| !text.is_empty());
            text.map(str::to_owned)
        };
        Described {
            name: name.to_owned(),
            title: text(&notes.title).unwrap_or_else(|| name.to_owned()),
            description: text(&notes.description),
            hint: text(&notes.hint),
            source: self.source(notes),
        }
    }

    fn source(&self, notes: &Notes) -> Option<OutlinedSource> {
        if notes.source.is_none() && notes.valid.is_none() {
            return None;
        }
        let found = notes.source.clone().unwrap_or_default();
        let valid = notes.valid.unwrap_or_default();
        let text = found.text.as_ref().and_then(|text| text.get(self.tag)).map(str::to_owned);
        Some(OutlinedSource {
            text,
            url: found.url,
            status: found.status,
            valid_from: valid.from,
            valid_until: valid.until,
        })
    }

    fn reference(&self, kind: ReferenceKind, name: &str, notes: Option<&Notes>) -> Reference {
        let title = notes.map_or_else(|| name.to_owned(), |notes| self.said(name, notes).title);
        Reference { kind, name: name.to_owned(), title }
    }

    /// A fact, parameter or factor.
    fn named(&self, name: &str) -> Reference {
        match self.names.get(name) {
            Some((kind, notes)) => self.reference(*kind, name, Some(notes)),
            None => self.reference(ReferenceKind::Plain, name, None),
        }
    }

    fn all_named(&self, names: &[Spanned<String>]) -> Vec<Reference> {
        names.iter().map(|name| self.named(name)).collect()
    }

    fn role(&self, name: &str) -> Reference {
        let declared = self.definition.roles.get(name).map(|role| &role.notes);
        let kind = if declared.is_some() { ReferenceKind::Role } else { ReferenceKind::Plain };
        self.reference(kind, name, declared)
    }

    fn roles(&self, names: &[Spanned<String>]) -> Vec<Reference> {
        names.iter().map(|name| self.role(name)).collect()
    }

    fn state_named(&self, name: &str) -> Reference {
        match self.states.get(name) {
            Some(notes) => self.reference(ReferenceKind::State, name, Some(notes)),
            None => self.reference(ReferenceKind::Plain, name, None),
        }
    }

    fn states_named(&self, names: &[Spanned<String>]) -> Vec<Reference> {
        names.iter().map(|name| self.state_named(name)).collect()
    }

    fn event(&self, name: &str) -> Reference {
        let declared = self.definition.governing(name);
        let kind = if declared.is_some() { ReferenceKind::Event } else { ReferenceKind::Plain };
        let title = self.speaker.event(name);
        // It leads to the declaration.
        let name = declared.map_or(name, |event| event.name.as_str());
        Reference { kind, name: name.to_owned(), title }
    }

    fn rule(&self, script: &Script) -> OutlinedRule {
        // What is more than an expression reads better as it is written.
        let plain = !script.text.contains([';', '{', '\n']);
        let words = (plain && script.text.len() <= 600).then(|| self.speaker.rule(script));
        OutlinedRule { script: script.text.clone(), words }
    }

    /// A value as people write it: labels for values of an enum, numbers and dates as the language has them, with units.
    fn value(&self, shape: &Shape, value: &Value) -> String {
        self.speaker.value(Some(shape), value)
    }

    fn fact(&self, said: Described, shape: &Shape) -> OutlinedFact {
        let mut inner = shape;
        while let Kind::Array(items) = &inner.kind {
            inner = items;
        }
        let choices = match &inner.kind {
            Kind::Enum(values) => values
                .iter()
                .map(|(value, label)| label.get(self.tag).unwrap_or(value).to_owned())
                .collect(),
            _ => Vec::new(),
        };
        let (shape, personal) = (self.phrases.shape(shape), shape.is_personal());
        OutlinedFact { said, shape, choices, personal, default: None, value: None }
    }

    fn facts(&self) -> Vec<OutlinedFact> {
        let facts = self.definition.facts.rows().iter().map(|found| {
            let mut said = self.said(&found.name, &found.notes);
            if found.notes.title.is_empty()
                && let Some(title) = found.shape.title.get(self.tag)
            {
                said.title = title.to_owned();
            }
            OutlinedFact {
                default: found.default.as_ref().map(|value| self.value(&found.shape, value)),
                value: found.value.as_ref().map(|script| self.rule(script)),
                ..self.fact(said, &found.shape)
            }
        });
        facts.collect()
    }

    fn factor(&self, found: &Factor) -> OutlinedFactor {
        let mut factor = OutlinedFactor {
            said: self.said(&found.name, &found.notes),
            kind: found.kind.clone(),
            guard: None,
            score: None,
            of: Vec::new(),
            at_least: None,
        };
        match &found.rule {
            FactorRule::Guard(script) => factor.guard = Some(self.rule(script)),
            FactorRule::Score(script) => factor.score = Some(self.rule(script)),
            FactorRule::Of { of, at_least } => {
                factor.of = self.all_named(of);
                factor.at_least = at_least.as_ref().map(|least| match least {
                    AtLeast::Number(number) => number.value.to_string(),
                    AtLeast::Parameter(name) => self.speaker.parameter(name),
                });
            }
        }
        factor
    }

    fn events(&self) -> Vec<OutlinedEvent> {
        let events = self.definition.events.iter().flat_map(|events| events.values());
        let events = events.map(|event| OutlinedEvent {
            said: self.said(&event.name, &event.notes),
            by: event.by.as_ref().map(|roles| self.roles(roles)),
            required: self.all_named(&event.required),
            sets: self.all_named(&event.sets),
            data: event
                .data
                .iter()
                .map(|(name, shape)| {
                    let title = shape.title.get(self.tag).unwrap_or(name).to_owned();
                    let description = shape.description.get(self.tag).map(str::to_owned);
                    let said = Described {
                        name: name.clone(),
                        title,
                        description,
                        ..Described::default()
                    };
                    let required = event.data_required.iter().any(|key| key.as_str() == name);
                    (self.fact(said, shape), required)
                })
                .collect(),
            note: event.note,
        });
        events.collect()
    }

    fn state(&self, id: StateId, state: &'w State, doings: &Doings<'_>) -> OutlinedState {
        let states = &self.definition.states;
        // A state comes after what is around it: the way up ends.
        let around: Vec<StateId> =
            std::iter::successors(state.parent, |parent| states.at(*parent).parent).collect();
        let parent = state.parent.filter(|parent| *parent != StateId(0)).map(|id| states.at(id));
        let begins = |of: &State| {
            let initial = of.initial.iter().flat_map(|initial| &initial.targets);
            let named = initial.clone().any(|target| target.value == state.name.value);
            named || initial.count() == 0 && of.kind == StateKind::Compound
        };
        let is_initial = state.parent.is_some_and(|parent| {
            !matches!(state.kind, StateKind::History { .. }) && begins(states.at(parent))
        });
        let transitions = state.transitions.iter();
        let transitions = transitions.map(|id| self.transition(*id, doings));
        OutlinedState {
            said: self.said(&state.name, &state.notes),
            kind: match state.kind {
                StateKind::Atomic => "atomic",
                StateKind::Compound => "compound",
                StateKind::Parallel => "parallel",
                StateKind::Final => "final",
                StateKind::History { deep: false } => "history",
                StateKind::History { deep: true } => "deep_history",
            },
            depth: if id == StateId(0) { 0 } else { around.len() },
            parent: parent.map(|parent| self.state_named(&parent.name)),
            is_initial,
            initial: state
                .initial
                .as_ref()
                .map(|initial| self.states_named(&initial.targets))
                .unwrap_or_default(),
            entry: state.entry.as_ref().map(|script| script.text.clone()),
            exit: state.exit.as_ref().map(|script| script.text.clone()),
            child_cases: doings.starts(id),
            sends_on_entry: doings.entry(id),
            sends_on_exit: doings.exit(id),
            tags: state.tags.clone(),
            transitions: transitions.collect(),
            terms: state.terms.iter().map(|term| self.term(state, term)).collect(),
        }
    }

    fn transition(&self, id: TransitionId, doings: &Doings<'_>) -> OutlinedTransition {
        let found = self.definition.transitions.at(id);
        let name = found.id.as_ref().map_or("", |id| id.as_str());
        let (trigger, on) = match &found.trigger {
            Trigger::Always => ("always", Vec::new()),
            Trigger::Events(patterns) => {
                let is_done = patterns.iter().all(|pattern| pattern.starts_with("done."));
                let on = patterns.iter().map(|pattern| self.event(pattern)).collect();
                (if is_done { "done" } else { "event" }, on)
            }
            Trigger::Term(index) => {
                let index = usize::try_from(*index).unwrap_or(usize::MAX);
                match self.definition.states.at(found.source).terms.get(index) {
                    Some(term) => (term_kind(term), vec![self.term_key(term)]),
                    None => ("after", Vec::new()),
                }
            }
        };
        let by = self.definition.roles_of(found);
        OutlinedTransition {
            said: self.said(name, &found.notes),
            trigger,
            on,
            targets: self.states_named(&found.targets),
            by: by.map(|roles| self.roles(roles)),
            not_by: found.not_by.iter().map(|name| self.event(name)).collect(),
            signed_by: self.roles(&found.signed_by),
            revoke: found.revoke.as_ref().map(|name| self.event(name)),
            requires: self.all_named(&found.requires),
            guard: found.guard.as_ref().map(|script| self.rule(script)),
            otherwise: doings.is_otherwise(id),
            actions: found.actions.as_ref().map(|script| script.text.clone()),
            sends: doings.transition(id),
            internal: found.internal,
        }
    }

    fn term_key(&self, term: &Term) -> Reference {
        match &term.when {
            When::After(length) => {
                let title = self.speaker.duration(*length);
                Reference { kind: ReferenceKind::Plain, name: term.key.value.clone(), title }
            }
            When::AfterNamed | When::At => self.named(&term.key),
        }
    }

    fn term(&self, state: &State, term: &Term) -> OutlinedTerm {
        let key = term.key.as_str();
        let transitions = &self.definition.transitions;
        let own = term.transitions.iter().find_map(|id| self.source(&transitions.at(*id).notes));
        let holder = self.names.get(key).and_then(|(_, notes)| self.source(notes));
        let fact = self.definition.facts.rows().iter().find(|fact| fact.name.as_str() == key);
        let parameter = self.definition.parameters.rows().iter();
        let parameter = parameter.clone().find(|found| found.name.as_str() == key);
        let value = match (&term.when, fact, parameter) {
            (When::After(_), ..) => None,
            (_, Some(fact), _) => fact.value.as_ref().map(|script| self.rule(script)),
            (_, None, Some(parameter)) => {
                let words = Some(self.value(&parameter.shape, &parameter.value));
                Some(OutlinedRule { script: parameter.value.to_string(), words })
            }
            _ => None,
        };
        let number = |id| state.transitions.iter().position(|own| own == id);
        OutlinedTerm {
            kind: term_kind(term),
            key: self.term_key(term),
            value,
            source: own.or(holder),
            transitions: term.transitions.iter().filter_map(number).collect(),
        }
    }
}

fn term_kind(term: &Term) -> &'static str {
    if term.when == When::At { "at" } else { "after" }
}
