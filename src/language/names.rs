//! Who speaks: titles for names, and values as people write them, of one workflow in one language.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::pictures::{Words, words};
use super::rules::Sentences;
use super::{Language, amounts};
use crate::definition::model::{AtLeast, Definition, Factor, FactorRule, Script};
use crate::definition::shape::{Kind, Shape};
use crate::label::Label;
use crate::rule::{Home, Program};
use crate::table::StateId;
use crate::value::{Duration, Value, brief};
use crate::workflow::Compiled;

/// Says things about one workflow in one language.
pub(crate) struct Speaker<'w> {
    pub workflow: &'w Compiled,
    pub definition: &'w Definition,
    pub language: Language,
    pub words: &'static Words,
    pub(super) sentences: &'static Sentences,
    /// Whether what is personal has no name.
    discreet: bool,
    /// By file and first byte of the script, whose rule it is; made when it is first asked for. Only asked, never walked.
    homes: OnceCell<HashMap<(u32, u32), Home>>,
}

/// Items of a list and entries of a record that are said.
const SHOWN: usize = 6;
/// Levels of lists and records inside one another that are said.
const LEVELS: usize = 3;

impl<'w> Speaker<'w> {
    pub fn new(workflow: &'w Compiled, language: Language) -> Self {
        Self {
            workflow,
            definition: &workflow.definition,
            language,
            words: words(language),
            sentences: Sentences::of(language),
            discreet: true,
            homes: OnceCell::new(),
        }
    }

    /// With names for what is personal too: for whoever shows what a file says and nothing of any case, or one case to
    /// whoever may see it.
    pub fn naming_all(mut self) -> Self {
        self.discreet = false;
        self
    }

    pub(super) fn names_all(&self) -> bool {
        !self.discreet
    }

    /// A label, or the name where there is nothing to be seen of it.
    pub fn label(&self, label: &Label, name: &str) -> String {
        self.text(label).unwrap_or(name).to_owned()
    }

    pub fn text<'l>(&self, label: &'l Label) -> Option<&'l str> {
        let seen = |text: &&str| text.chars().any(|c| !c.is_whitespace() && !c.is_control());
        label.get(self.language.tag()).filter(seen)
    }

    pub fn state(&self, name: &str) -> String {
        match self.workflow.state_named(name) {
            Some(id) => self.state_of(id),
            None if name == self.definition.states.at(crate::workflow::chart::ROOT).name.value => {
                self.label(&self.definition.notes.title, name)
            }
            None => name.to_owned(),
        }
    }

    pub fn state_of(&self, id: StateId) -> String {
        let state = self.definition.states.at(id);
        self.label(&state.notes.title, &state.name)
    }

    /// The title of a fact, parameter or factor; nothing of what is personal.
    pub fn named(&self, name: &str) -> String {
        if self.discreet && self.shape(name).is_some_and(Shape::is_personal) {
            return self.words.personal.to_owned();
        }
        self.title(name).map_or_else(|| name.to_owned(), |title| self.label(title, name))
    }

    fn title(&self, name: &str) -> Option<&'w Label> {
        let (definition, rules) = (self.definition, &self.workflow.rules);
        if let Some(id) = rules.fact_named(name) {
            return Some(&definition.facts.at(id).notes.title);
        }
        if let Some(id) = rules.factor_named(name) {
            return Some(&definition.factors.at(id).notes.title);
        }
        rules.parameter_named(name).map(|id| &definition.parameters.at(id).notes.title)
    }

    /// What a fact or parameter is declared to be.
    pub fn shape(&self, name: &str) -> Option<&'w Shape> {
        let (definition, rules) = (self.definition, &self.workflow.rules);
        if let Some(id) = rules.fact_named(name) {
            return Some(&definition.facts.at(id).shape);
        }
        rules.parameter_named(name).map(|id| &definition.parameters.at(id).shape)
    }

    /// What an event may carry under this name, as far as any event declares it.
    pub fn payload(&self, name: &str) -> Option<&'w Shape> {
        let events = self.definition.events.as_ref()?.values();
        events.filter_map(|event| event.data.get(name)).next()
    }

    /// The title of a fact, or of an entry of a payload, written as `event.data.NAME`; of what lies inside one too.
    pub fn reported(&self, path: &str) -> String {
        let words = self.sentences;
        match path {
            "event.name" => return words.event_name.to_owned(),
            "event.actor" => return words.event_actor.to_owned(),
            "event.at" => return words.event_at.to_owned(),
            "event.date" => return words.event_date.to_owned(),
            _ => {}
        }
        let (root, rest) = match path.strip_prefix("event.data.") {
            Some(key) => (key, None),
            None => match path.find(['.', '[']) {
                Some(at) if path.is_char_boundary(at) => {
                    let (root, rest) = path.split_at(at);
                    (root, Some(rest))
                }
                _ => (path, None),
            },
        };
        if path.starts_with("event.data.") {
            return match self.payload(root) {
                Some(shape) => self.label(&shape.title, root),
                None => root.to_owned(),
            };
        }
        match rest {
            Some(rest) => self.inside(root, rest),
            None => self.named(root),
        }
    }

    /// `partners[2].share`: the third of the partners, its share.
    fn inside(&self, root: &str, path: &str) -> String {
        let mut said = self.named(root);
        let mut shape = self.shape(root);
        let mut rest = path;
        while !rest.is_empty() {
            let end = rest
                .get(1..)
                .and_then(|more| more.find(['.', '[']))
                .map_or(rest.len(), |at| at + 1);
            let (step, more) = rest.split_at(end);
            rest = more;
            if let Some(name) = step.strip_prefix('.') {
                let inner = shape.and_then(|shape| shape.property(name));
                let title =
                    inner.map_or_else(|| name.to_owned(), |inner| self.label(&inner.title, name));
                said = format!("{said}: {title}");
                shape = inner;
            } else {
                let number = step.trim_start_matches('[').trim_end_matches(']');
                let place = number.parse::<usize>().ok().and_then(|number| number.checked_add(1));
                let place = place.map_or_else(|| number.to_owned(), |place| place.to_string());
                said = format!("{said}, {} {place}", self.sentences.item);
                shape = shape.and_then(Shape::items);
            }
        }
        said
    }

    pub fn event(&self, name: &str) -> String {
        if name == "*" {
            return self.words.any_event.to_owned();
        }
        if let Some(state) = name.strip_prefix("done.state.") {
            return format!("{} {}", self.words.done, self.state(state));
        }
        // Of children, under `not_by`.
        if let Some((id, event)) = name.split_once('/') {
            let invoked = self.workflow.invoked.iter().find(|one| *one.id == *id);
            let theirs = invoked.map(|one| &one.workflow.compiled().definition);
            let declared = theirs.and_then(|definition| definition.governing(event));
            let title = declared.map(|declared| self.label(&declared.notes.title, event));
            return title.map_or_else(|| name.to_owned(), |title| format!("{title} ({id})"));
        }
        let declared = self.definition.governing(name);
        declared.map_or_else(|| name.to_owned(), |event| self.label(&event.notes.title, name))
    }

    pub fn role(&self, name: &str) -> String {
        let declared = self.definition.roles.get(name);
        declared.map_or_else(|| name.to_owned(), |role| self.label(&role.notes.title, name))
    }

    /// A length of time in words: `P1Y6M` as “1 year 6 months”.
    pub fn duration(&self, length: Duration) -> String {
        amounts::duration(length, self.language)
    }

    /// What a factor rests on, in words.
    pub fn factor(&self, factor: &Factor) -> String {
        match &factor.rule {
            FactorRule::Guard(script) | FactorRule::Score(script) => self.rule(script),
            FactorRule::Of { of, at_least } => {
                let parts = of.iter().map(|name| self.named(name)).collect::<Vec<_>>().join(" · ");
                match at_least {
                    None => format!("{}: {parts}", self.words.all_of),
                    Some(least) => {
                        let least = match least {
                            AtLeast::Number(number) => number.value.to_string(),
                            AtLeast::Parameter(name) => self.parameter(name),
                        };
                        format!("{} {least}: {parts}", self.words.at_least_of)
                    }
                }
            }
        }
    }

    /// The value of a parameter; of a fact, its title.
    pub fn parameter(&self, name: &str) -> String {
        match self.workflow.rules.parameter_named(name) {
            Some(id) => {
                let found = self.definition.parameters.at(id);
                self.value(Some(&found.shape), &found.value)
            }
            None => self.named(name),
        }
    }

    /// A rule with titles for names, labels for values of an enum and words for operators. Not to be read back.
    pub fn rule(&self, script: &Script) -> String {
        match self.program_of(script) {
            Some(program) => self.program(program),
            None => brief(&script.text.split_whitespace().collect::<Vec<_>>().join(" ")),
        }
    }

    /// A rule as a condition: “if” something holds, “when” something is known.
    pub fn condition(&self, script: &Script) -> String {
        let asks_knowledge = self.program_of(script).is_some_and(Program::asks_knowledge);
        let word = if asks_knowledge { self.words.once } else { self.words.when };
        let rule = self.rule(script);
        // What begins with the word itself, as `if … else …` does, does not need it twice.
        let has_own = [self.sentences.if_so, self.sentences.depending_on]
            .iter()
            .any(|own| rule.strip_prefix(own).is_some_and(|rest| rest.starts_with(' ')));
        if has_own { rule } else { format!("{word} {rule}") }
    }

    fn program_of(&self, script: &Script) -> Option<&'w Program> {
        let rules = &self.workflow.rules;
        let homes = self.homes.get_or_init(|| {
            let homes = rules.homes().into_iter().filter_map(|home| {
                let span = rules.program_of(home)?.script.span;
                Some(((span.file, span.start), home))
            });
            homes.collect()
        });
        rules.program_of(*homes.get(&(script.span.file, script.span.start))?)
    }

    /// A value of a fact or parameter by its declaration.
    pub fn of(&self, name: &str, value: Option<&Value>) -> String {
        match value {
            Some(value) => self.value(self.shape(name), value),
            None => self.sentences.unknown.to_owned(),
        }
    }

    /// A value as people write it: one of an enum by its label, a number with its unit, of a long list the first items and
    /// how many there are.
    pub fn value(&self, shape: Option<&Shape>, value: &Value) -> String {
        self.value_within(shape, value, LEVELS)
    }

    fn value_within(&self, shape: Option<&Shape>, value: &Value, levels: usize) -> String {
        let sentences = self.sentences;
        match value {
            Value::Boolean(truth) => if *truth { sentences.yes } else { sentences.no }.to_owned(),
            Value::Integer(_) | Value::Number(_) => {
                let number = amounts::number(&value.to_string(), self.language);
                match shape.and_then(|shape| shape.unit.as_deref()) {
                    Some(unit) => format!("{number} {}", self.unit(unit)),
                    None => number,
                }
            }
            Value::Text(text) => match shape.map(|shape| &shape.kind) {
                Some(Kind::Enum(labels)) => match labels.get(&**text) {
                    Some(label) => self.label(label, text),
                    None => text.to_string(),
                },
                _ => text.to_string(),
            },
            Value::Date(date) => amounts::date(*date, self.language),
            Value::DateTime(time) => {
                amounts::date_time(time.in_zone(&self.definition.zone), self.language)
            }
            Value::Duration(length) => self.duration(*length),
            Value::List(items) if items.is_empty() => sentences.none.to_owned(),
            Value::List(_) | Value::Record(_) if levels == 0 => "…".to_owned(),
            Value::List(items) => {
                let shape = shape.and_then(Shape::items);
                let one = |item| self.value_within(shape, item, levels - 1);
                self.listed(items.iter().map(one), items.len())
            }
            Value::Record(entries) => {
                let said = entries.iter().map(|(name, value)| {
                    let shape = shape.and_then(|shape| shape.property(name));
                    let title = shape.map(|shape| self.label(&shape.title, name));
                    let title = title.unwrap_or_else(|| name.to_string());
                    format!("{title} {}", self.value_within(shape, value, levels - 1))
                });
                format!("({})", self.listed(said, entries.len()))
            }
        }
    }

    /// The first of several, and how many more there are.
    pub fn listed(&self, said: impl Iterator<Item = String>, all: usize) -> String {
        let mut shown: Vec<String> =
            said.take(if all == SHOWN + 1 { all } else { SHOWN }).collect();
        let more = all.saturating_sub(shown.len());
        if more > 0 {
            let more = amounts::number(&more.to_string(), self.language);
            shown.push(format!("… {} {more} {}", self.sentences.and, self.sentences.more));
        }
        shown.join(", ")
    }

    pub fn unit<'u>(&self, unit: &'u str) -> &'u str {
        amounts::unit(unit, self.language)
    }

    pub fn quoted(&self, text: &str) -> String {
        format!("{}{text}{}", self.sentences.opening, self.sentences.closing)
    }
}
