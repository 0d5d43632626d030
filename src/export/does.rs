//! What transitions and states ask for besides moving, and which transitions only stand in for
//! others: what a reader would else take for unconditional or silent.

use std::collections::HashMap;

use super::svg::phrase::Speaker;
use crate::Language;
use crate::definition::model::{Script, Transition, Trigger, prefixes};
use crate::language::Requests;
use crate::rule::{Asked, Program, asked, exclude};
use crate::table::{Id, StateId, TransitionId};
use crate::workflow::Compiled;

/// Earlier transitions of one state that are asked about a later one's roles.
const COMPARED: usize = 16;

/// What a transition listens to, as far as another may listen to the same.
#[derive(PartialEq, Eq, Hash, Clone, Copy)]
enum Heard<'d> {
    Event(&'d str),
    Always,
    Term(u32),
}

/// Says what is asked for.
pub(super) struct Doings<'w> {
    compiled: &'w Compiled,
    speaker: &'w Speaker<'w>,
    pub words: &'static Requests,
    /// By the number of the transition.
    otherwise: Vec<bool>,
}

impl<'w> Doings<'w> {
    /// Linear in the transitions.
    pub fn new(compiled: &'w Compiled, speaker: &'w Speaker<'w>, language: Language) -> Self {
        let otherwise = otherwise(compiled);
        Self { compiled, speaker, words: Requests::of(language), otherwise }
    }

    /// Whether it is tried only when one before it, which listens to the same, is not taken.
    pub fn is_otherwise(&self, id: TransitionId) -> bool {
        self.otherwise.get(id.index()).copied().unwrap_or(false)
    }

    /// What a transition sends, a line each.
    pub fn transition(&self, id: TransitionId) -> Vec<String> {
        let script = &self.compiled.definition.transitions.at(id).actions;
        self.told(self.compiled.rules.actions(id), script.as_ref())
    }

    /// What a state sends when it is entered, on the way to what it begins with too.
    pub fn entry(&self, id: StateId) -> Vec<String> {
        let (state, rules) = (self.compiled.definition.states.at(id), &self.compiled.rules);
        let mut told = self.told(rules.entry(id), state.entry.as_ref());
        let initial = state.initial.as_ref().and_then(|initial| initial.actions.as_ref());
        told.extend(self.told(rules.initial_actions(id), initial));
        told
    }

    /// What a state sends when it is left.
    pub fn exit(&self, id: StateId) -> Vec<String> {
        let script = &self.compiled.definition.states.at(id).exit;
        self.told(self.compiled.rules.exit(id), script.as_ref())
    }

    /// What a state sends when it is entered and left, with which of the two.
    pub fn state(&self, id: StateId) -> Vec<String> {
        let entry = self.entry(id).into_iter().map(|told| (self.words.on_entry, told));
        let exit = self.exit(id).into_iter().map(|told| (self.words.on_exit, told));
        entry.chain(exit).map(|(when, told)| format!("{when}: {told}")).collect()
    }

    fn told(&self, program: Option<&'w Program>, script: Option<&Script>) -> Vec<String> {
        let (Some(program), Some(script)) = (program, script) else { return Vec::new() };
        let words = self.words;
        let tell = |asked: Asked<'_>| match asked {
            Asked::Emit(name) => {
                let label = self.compiled.definition.emitted(name);
                format!("{}: {}", words.emits, self.speaker.label(label, name))
            }
            Asked::Raise(name) => format!("{}: {}", words.raises, self.speaker.event(name)),
            Asked::Cancel(name) => format!("{}: {}", words.cancels, self.speaker.event(name)),
            Asked::Tell(invoke, name) => self.to_other(invoke, name),
            Asked::Send(name, when) => {
                let event = self.speaker.event(name);
                let Some(when) = when else { return format!("{}: {event}", words.sends) };
                let text = when.of(&script.text);
                let is_length = LENGTHS
                    .iter()
                    .any(|unit| text.strip_prefix(unit).is_some_and(|rest| rest.starts_with('(')));
                let before = if is_length { words.after } else { words.at };
                let when = self.speaker.part(program, when);
                format!("{}: {event}, {before} {when}", words.sends)
            }
        };
        asked(program).into_iter().map(tell).collect()
    }
}

impl Doings<'_> {
    /// An event for child cases, by the names of their own file, or for the parent.
    fn to_other(&self, invoke: Option<u32>, name: &str) -> String {
        let words = self.words;
        let Some(invoke) = invoke else { return format!("{}: {name}", words.to_parent) };
        let number = invoke as usize;
        let declared = self.compiled.definition.invokes.get(number);
        let id = declared.map_or("", |invoke| invoke.id.as_str());
        let to = declared.map_or(id.to_owned(), |one| self.speaker.label(&one.notes.title, id));
        let theirs = self.compiled.invoked.get(number).map(|one| one.workflow.compiled());
        let events = theirs.and_then(|child| child.definition.events.as_ref());
        let event = events.and_then(|events| events.get(name));
        let event =
            event.map_or(name.to_owned(), |event| self.speaker.label(&event.notes.title, name));
        format!("{} {to}: {event}", words.to_children)
    }
}

/// Functions that give a length of time.
const LENGTHS: [&str; 7] = ["years", "months", "weeks", "days", "hours", "minutes", "seconds"];

/// For each transition, whether one of the same state before it listens to the same, may refuse, is open to somebody
/// that this one is open to, and may hold where this one does.
fn otherwise(compiled: &Compiled) -> Vec<bool> {
    let definition = &compiled.definition;
    let mut found = vec![false; definition.transitions.len()];
    for state in definition.states.rows() {
        let mut before: HashMap<Heard<'_>, Vec<TransitionId>> = HashMap::new();
        for id in &state.transitions {
            let Some(transition) = definition.transitions.get(*id) else { continue };
            let alike = |listeners: &Heard<'_>| {
                let earlier = before.get(listeners).into_iter().flatten().rev().take(COMPARED);
                earlier.into_iter().any(|other| is_before(compiled, *other, *id))
            };
            let keys: Vec<Heard<'_>> = match &transition.trigger {
                Trigger::Always => vec![Heard::Always],
                Trigger::Term(index) => vec![Heard::Term(*index)],
                Trigger::Events(patterns) => {
                    patterns.iter().map(|pattern| Heard::Event(pattern.as_str())).collect()
                }
            };
            let is = keys.iter().any(|key| match key {
                Heard::Event(name) => {
                    let wider = prefixes(name).chain(std::iter::once("*"));
                    wider.map(Heard::Event).any(|listeners| alike(&listeners))
                }
                _ => alike(key),
            });
            if let Some(place) = found.get_mut(id.index()) {
                *place = is;
            }
            let refuses = transition.guard.is_some()
                || !transition.requires.is_empty()
                || !transition.not_by.is_empty();
            if refuses {
                for key in keys {
                    before.entry(key).or_default().push(*id);
                }
            }
        }
    }
    found
}

/// Whether somebody could take either, and the conditions of the two do not shut each other out.
fn is_before(compiled: &Compiled, first: TransitionId, second: TransitionId) -> bool {
    let definition = &compiled.definition;
    let (a, b) = (definition.transitions.at(first), definition.transitions.at(second));
    let share = match (definition.roles_of(a), definition.roles_of(b)) {
        (Some(a), Some(b)) => a.iter().any(|role| b.iter().any(|other| other.value == role.value)),
        _ => true,
    };
    let rule = |id: TransitionId, transition: &Transition| {
        Some((compiled.rules.guard(id)?, transition.guard.clone()?))
    };
    let apart = match (rule(first, a), rule(second, b)) {
        (Some((one, one_text)), Some((two, two_text))) => {
            exclude((one, &one_text.text), (two, &two_text.text))
        }
        _ => false,
    };
    share && !apart
}
