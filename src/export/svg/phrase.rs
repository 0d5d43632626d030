//! What transitions wait for, in words: titles for names, durations in words, guards as near to a sentence as they let
//! themselves be read.

use std::collections::{HashMap, HashSet};

use super::words::{Words, words};
use crate::Language;
use crate::definition::model::{
    AtLeast, Definition, Factor, FactorRule, Script, Transition, Trigger, When,
};
use crate::definition::shape::{Kind, Shape};
use crate::label::Label;
use crate::value::{Duration, Value};

/// A transition in words. Texts are not cleaned yet.
#[derive(Debug, Clone, Default)]
pub(super) struct Phrase {
    pub kind: Cause,
    /// What it is called.
    pub head: String,
    /// When, of a term or one that goes by itself.
    pub when: Option<String>,
    pub who: Option<String>,
    /// What must hold.
    pub holds: Vec<String>,
    /// Everything, for whoever asks for more.
    pub full: String,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Cause {
    #[default]
    Event,
    Term,
    Always,
}

/// Says things about one workflow in one language.
pub(in crate::export) struct Speaker<'w> {
    definition: &'w Definition,
    tag: &'static str,
    pub(super) words: &'static Words,
    /// Facts, parameters and factors share one name space. Only asked, never walked.
    names: HashMap<&'w str, Named<'w>>,
    states: HashMap<&'w str, &'w Label>,
    personal: HashSet<&'w str>,
}

#[derive(Clone, Copy)]
struct Named<'w> {
    title: &'w Label,
    shape: Option<&'w Shape>,
}

/// Characters of a rule that are looked at.
const LONGEST: usize = 600;

impl<'w> Speaker<'w> {
    pub fn new(definition: &'w Definition, language: Language) -> Self {
        let facts = definition.facts.rows().iter().map(|fact| {
            (fact.name.as_str(), Named { title: &fact.notes.title, shape: Some(&fact.shape) })
        });
        let factors = definition.factors.rows().iter().map(|factor| {
            (factor.name.as_str(), Named { title: &factor.notes.title, shape: None })
        });
        let parameters = definition.parameters.rows().iter().map(|found| {
            (found.name.as_str(), Named { title: &found.notes.title, shape: Some(&found.shape) })
        });
        let personal = definition.facts.rows().iter().filter(|fact| fact.shape.is_personal());
        let states = definition.states.rows().iter().skip(1);
        Self {
            definition,
            tag: language.tag(),
            words: words(language),
            names: facts.chain(factors).chain(parameters).collect(),
            states: states.map(|state| (state.name.as_str(), &state.notes.title)).collect(),
            personal: personal.map(|fact| fact.name.as_str()).collect(),
        }
    }

    /// With names for what is personal too: for whoever shows what a file says and nothing of any
    /// case.
    pub fn naming_all(mut self) -> Self {
        self.personal.clear();
        self
    }

    /// A label, or the name where there is nothing to be seen of it.
    pub fn label(&self, label: &Label, name: &str) -> String {
        self.text(label).unwrap_or(name).to_owned()
    }

    pub fn text<'l>(&self, label: &'l Label) -> Option<&'l str> {
        label.get(self.tag).filter(|text| !super::text::clean(text).is_empty())
    }

    pub fn state(&self, name: &str) -> String {
        self.states.get(name).map_or_else(|| name.to_owned(), |label| self.label(label, name))
    }

    /// The title of a fact, parameter or factor; nothing of what is personal.
    pub fn named(&self, name: &str) -> String {
        if self.personal.contains(name) {
            return self.words.personal.to_owned();
        }
        self.names.get(name).map_or_else(|| name.to_owned(), |named| self.label(named.title, name))
    }

    pub fn event(&self, name: &str) -> String {
        if name == "*" {
            return self.words.any_event.to_owned();
        }
        if let Some(state) = name.strip_prefix("done.state.") {
            return format!("{} {}", self.words.done, self.state(state));
        }
        let declared = self.definition.events.as_ref().and_then(|events| events.get(name));
        declared.map_or_else(|| name.to_owned(), |event| self.label(&event.notes.title, name))
    }

    pub(super) fn transition(&self, transition: &Transition) -> Phrase {
        let words = self.words;
        let own = self.text(&transition.notes.title).map(str::to_owned);
        let (kind, trigger) = match &transition.trigger {
            Trigger::Always => (Cause::Always, words.by_itself.to_owned()),
            Trigger::Term(index) => (Cause::Term, self.term(transition, *index)),
            Trigger::Events(patterns) => {
                let events = patterns.iter().map(|pattern| self.event(pattern));
                let is_done = patterns.iter().all(|pattern| pattern.starts_with("done."));
                let kind = if is_done { Cause::Always } else { Cause::Event };
                (kind, events.collect::<Vec<_>>().join(" / "))
            }
        };
        let (head, when) = match (own, kind) {
            (Some(own), Cause::Event) => (own, None),
            (Some(own), _) => (own, Some(trigger.clone())),
            (None, _) => (trigger.clone(), None),
        };
        let mut holds = Vec::new();
        if let Some(guard) = &transition.guard {
            holds.push(format!("{} {}", words.when, self.rule(guard)));
        }
        if !transition.requires.is_empty() {
            holds.extend(transition.requires.iter().map(|name| self.named(name)));
        }
        if !transition.not_by.is_empty() {
            let names = transition.not_by.iter().map(|name| self.event(name));
            holds.push(format!("{}: {}", words.not_who, names.collect::<Vec<_>>().join(", ")));
        }
        let who = if transition.signed_by.is_empty() {
            self.who(transition)
        } else {
            let roles = transition.signed_by.iter().map(|role| self.role(role));
            let signed = format!("{} {}", words.signed, roles.collect::<Vec<_>>().join(" + "));
            Some(signed)
        };
        let mut full = head.clone();
        let parts = when.iter().chain(who.iter()).chain(&holds);
        for part in parts {
            full.push('\n');
            full.push_str(part);
        }
        if kind == Cause::Event && !full.contains(&trigger) {
            full = format!("{full}\n({trigger})");
        }
        if let Some(revoke) = &transition.revoke {
            full = format!("{full}\n{} {}", words.revoke, self.event(revoke));
        }
        for note in [&transition.notes.hint, &transition.notes.description] {
            if let Some(text) = self.text(note) {
                full = format!("{full}\n{text}");
            }
        }
        Phrase { kind, head, when, who, holds, full }
    }

    fn term(&self, transition: &Transition, index: u32) -> String {
        let source = self.definition.states.get(transition.source);
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        let Some(term) = source.and_then(|state| state.terms.get(index)) else {
            return String::new();
        };
        match &term.when {
            When::After(length) => format!("{} {}", self.words.after, self.duration(*length)),
            When::AfterNamed => {
                let key = term.key.as_str();
                let parameters = self.definition.parameters.rows().iter();
                let value =
                    parameters.filter(|found| found.name.as_str() == key).find_map(|found| {
                        match &found.value {
                            Value::Duration(length) => Some(*length),
                            _ => None,
                        }
                    });
                match value {
                    Some(length) => format!("{} {}", self.words.after, self.duration(length)),
                    None => format!("{} {}", self.words.after, self.named(key)),
                }
            }
            When::At => format!("{} {}", self.words.at, self.named(&term.key)),
        }
    }

    /// A duration in words: `P1Y6M` as “1 year 6 months”.
    pub fn duration(&self, length: Duration) -> String {
        let text = length.to_string();
        let mut said = Vec::new();
        let (mut digits, mut in_time) = (String::new(), false);
        for letter in text.chars() {
            let unit = match letter {
                'T' => {
                    in_time = true;
                    continue;
                }
                'Y' => 0,
                'M' if !in_time => 1,
                'W' => 2,
                'D' => 3,
                'H' => 4,
                'M' => 5,
                'S' => 6,
                '0'..='9' | '.' | '-' => {
                    digits.push(letter);
                    continue;
                }
                _ => continue,
            };
            let (one, several) = self.words.units.get(unit).copied().unwrap_or_default();
            let name = if digits == "1" { one } else { several };
            said.push(format!("{} {name}", std::mem::take(&mut digits)));
        }
        if said.is_empty() { text } else { said.join(" ") }
    }

    fn role(&self, name: &str) -> String {
        let declared = self.definition.roles.get(name);
        declared.map_or_else(|| name.to_owned(), |role| self.label(&role.notes.title, name))
    }

    /// Who may take it: the roles of the transition, else of its only event.
    fn who(&self, transition: &Transition) -> Option<String> {
        let by = self.definition.roles_of(transition)?;
        let titles: Vec<String> = by.iter().map(|role| self.role(role)).collect();
        (!titles.is_empty()).then(|| titles.join(" / "))
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
        let mut parameters = self.definition.parameters.rows().iter();
        let found = parameters.find(|found| found.name.as_str() == name);
        found.map_or_else(|| self.named(name), |found| found.value.to_string())
    }

    /// A rule with titles for names, labels for values of an enum and words for operators. Not to be read back.
    pub fn rule(&self, script: &Script) -> String {
        let words = self.words;
        let mut said = String::new();
        let mut letters = script.text.chars().take(LONGEST).peekable();
        // The fact that a value after it is one of.
        let mut subject: Option<&Shape> = None;
        let mut previous = ' ';
        let mut known: Vec<usize> = Vec::new();
        let mut depth = 0;
        while let Some(letter) = letters.next() {
            let next = letters.peek().copied();
            match (letter, next) {
                ('`' | '"', _) => {
                    let mut value = String::new();
                    while let Some(inner) = letters.next().filter(|inner| *inner != letter) {
                        value.push(inner);
                        if inner == '\\' {
                            value.extend(letters.next());
                        }
                    }
                    let name = self.value(subject, &value);
                    if known.is_empty() {
                        said.push_str(&name);
                    } else {
                        said.push_str(&self.named(&value));
                    }
                }
                ('&', Some('&')) | ('|', Some('|')) => {
                    letters.next();
                    pad(&mut said);
                    said.push_str(if letter == '&' { words.and } else { words.or });
                }
                ('=' | '!' | '<' | '>', Some('=')) => {
                    letters.next();
                    pad(&mut said);
                    said.push(match letter {
                        '=' => '=',
                        '!' => '≠',
                        '<' => '≤',
                        _ => '≥',
                    });
                }
                ('!', _) => {
                    said.push_str(words.not);
                    said.push(' ');
                }
                ('(', _) => {
                    depth += 1;
                    if known.last() != Some(&depth) {
                        said.push('(');
                    }
                }
                (')', _) => {
                    if known.last() == Some(&depth) {
                        known.pop();
                        pad(&mut said);
                        said.push_str(words.is_known);
                    } else {
                        said.push(')');
                    }
                    depth = depth.saturating_sub(1);
                }
                _ if letter.is_ascii_alphabetic() || letter == '_' => {
                    let mut name = String::from(letter);
                    while let Some(more) =
                        letters.next_if(|more| more.is_ascii_alphanumeric() || *more == '_')
                    {
                        name.push(more);
                    }
                    let call = letters.peek() == Some(&'(');
                    if let Some((text, rest)) = self.called(&name, call, &letters) {
                        said.push_str(&text);
                        letters = rest;
                        previous = 'a';
                        continue;
                    }
                    if call && name == "known" {
                        known.push(depth + 1);
                    } else if previous == '.' || call {
                        if self.personal.is_empty() || call {
                            said.push_str(&name);
                        } else {
                            // A property of what is personal, perhaps.
                            said.push('…');
                        }
                    } else {
                        let said_as = words.named.iter().find(|(of, _)| *of == name);
                        if let Some((_, word)) =
                            said_as.filter(|_| !self.names.contains_key(name.as_str()))
                        {
                            said.push_str(word);
                            previous = 'a';
                            continue;
                        }
                        subject =
                            self.names.get(name.as_str()).and_then(|named| named.shape).or(subject);
                        said.push_str(&self.named(&name));
                    }
                    previous = 'a';
                    continue;
                }
                _ => said.push(letter),
            }
            previous = letter;
        }
        if script.text.chars().nth(LONGEST).is_some() {
            said.push('…');
        }
        said
    }

    /// A call that has words of its own, a length of time or a question about the past, or a part of an event; with what
    /// follows it.
    fn called<I: Iterator<Item = char> + Clone>(
        &self,
        name: &str,
        call: bool,
        letters: &std::iter::Peekable<I>,
    ) -> Option<(String, std::iter::Peekable<I>)> {
        let mut rest = letters.clone();
        if name == "event" && !call {
            if !".data.".chars().all(|letter| rest.next() == Some(letter)) {
                return None;
            }
            let mut key = String::new();
            while let Some(letter) =
                rest.next_if(|letter| letter.is_ascii_alphanumeric() || *letter == '_')
            {
                key.push(letter);
            }
            let events = self.definition.events.as_ref()?.values();
            let shape = events.filter_map(|event| event.data.get(&key)).next();
            return Some((
                match shape {
                    Some(shape) if shape.is_personal() => self.words.personal.to_owned(),
                    Some(shape) => self.label(&shape.title, &key),
                    None => key,
                },
                rest,
            ));
        }
        let unit =
            ["years", "months", "weeks", "days", "hours"].iter().position(|unit| *unit == name);
        let asked = self.words.asked.iter().find(|(asked, _)| *asked == name);
        if !call || unit.is_none() && asked.is_none() {
            return None;
        }
        rest.next();
        let mut inside = String::new();
        loop {
            match rest.next()? {
                ')' => break,
                letter => inside.push(letter),
            }
        }
        let inside = inside.trim();
        if let Some((one, several)) = unit.and_then(|unit| self.words.units.get(unit)) {
            let is_number = !inside.is_empty() && inside.bytes().all(|byte| byte.is_ascii_digit());
            let amount = if is_number {
                inside.to_owned()
            } else if self.names.contains_key(inside) {
                self.parameter(inside)
            } else {
                return None;
            };
            return Some((format!("{amount} {}", if amount == "1" { one } else { several }), rest));
        }
        let (_, before) = asked?;
        let quoted = inside
            .strip_prefix('`')
            .and_then(|inside| inside.strip_suffix('`'))
            .or_else(|| inside.strip_prefix('"').and_then(|inside| inside.strip_suffix('"')))?;
        let of = if name == "since" || name == "active" {
            self.state(quoted)
        } else {
            self.event(quoted)
        };
        Some((format!("{before} “{of}”"), rest))
    }

    fn value(&self, shape: Option<&Shape>, value: &str) -> String {
        let kind = shape.map(|shape| match &shape.kind {
            Kind::Array(items) => &items.kind,
            kind => kind,
        });
        match kind {
            Some(Kind::Enum(values)) if values.contains_key(value) => {
                let label = values.get(value).and_then(|label| self.text(label));
                format!("“{}”", label.unwrap_or(value))
            }
            _ => format!("“{value}”"),
        }
    }
}

fn pad(text: &mut String) {
    if !text.is_empty() && !text.ends_with([' ', '(']) {
        text.push(' ');
    }
}
