//! What there is to draw, whatever the form: states in their nesting, arrows and the lines of text on them.

use std::collections::HashMap;

use super::does::Doings;
use super::svg::phrase::Speaker;
use crate::Language;
use crate::definition::model::{Definition, Notes, StateKind, Transition, Trigger, When};
use crate::label::Label;
use crate::table::{StateId, Table};
use crate::workflow::Workflow;
use crate::workflow::chart::ROOT;

/// A workflow ready to be drawn; labels are plain text, not yet escaped.
pub(super) struct Picture {
    pub title: String,
    /// The file first.
    states: Table<StateId, Drawn>,
    pub arrows: Vec<Arrow>,
}

pub(super) struct Drawn {
    pub name: String,
    pub title: String,
    pub shape: DrawnAs,
    /// History states too, in document order.
    pub children: Vec<StateId>,
    /// Where it begins; of a history state, its default.
    pub initial: Vec<StateId>,
    /// What it sends when it is entered and left, and one for each transition without a target: what is answered here
    /// without leaving.
    pub inside: Vec<String>,
    /// Whether some arrow leads from the whole of this state to within it: no arrow can be drawn from a frame to what
    /// is inside it, so that such arrows begin at a node of their own.
    pub anywhere: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum DrawnAs {
    Leaf,
    Compound,
    Parallel,
    Final,
    History { deep: bool },
}

impl DrawnAs {
    /// Whether others are drawn within it.
    pub fn is_frame(self) -> bool {
        matches!(self, Self::Compound | Self::Parallel)
    }
}

pub(super) struct Arrow {
    pub from: StateId,
    pub to: StateId,
    /// From the node of its own; see [`Drawn::anywhere`].
    pub anywhere: bool,
    /// Whether `from` lies inside `to`.
    pub outward: bool,
    /// Lines of the label.
    pub lines: Vec<String>,
}

pub(super) use crate::language::Arrows as Words;

pub(super) fn words(language: Language) -> &'static Words {
    Words::of(language)
}

/// Characters in a line of a label.
const LINE: usize = 44;
/// Characters of a guard that are shown.
const GUARD: usize = 160;

// Numbers of states and transitions are those of the workflow that the tables are of.
impl Picture {
    pub fn state(&self, state: StateId) -> &Drawn {
        self.states.at(state)
    }

    pub fn new(workflow: &Workflow, language: Language) -> Self {
        let compiled = workflow.compiled();
        let (definition, chart) = (&compiled.definition, &compiled.chart);
        let speaker = Speaker::new(compiled, language).naming_all();
        let teller = Describer::new(definition, &speaker, language);
        let doings = Doings::new(compiled, &speaker, language);
        let mut states: Table<StateId, Drawn> = Table::new();
        for (id, state) in definition.states.iter() {
            let notes = if id == ROOT { &definition.notes } else { &state.notes };
            states.push(Drawn {
                name: state.name.value.clone(),
                title: teller.title(notes, &state.name),
                shape: shape(&state.kind),
                children: state.children.clone(),
                initial: chart.states.at(id).initial.clone(),
                inside: doings.state(id),
                anywhere: shape(&state.kind).is_frame() && !doings.state(id).is_empty(),
            });
        }
        let mut arrows = Vec::new();
        for (id, transition) in definition.transitions.iter() {
            let from = transition.source;
            let targets = &chart.transitions.at(id).targets;
            let mut lines = teller.lines(transition);
            if doings.is_otherwise(id) {
                lines.insert(1.min(lines.len()), doings.words.otherwise.to_owned());
            }
            lines.extend(doings.transition(id));
            if targets.is_empty() {
                let source = states.at_mut(from);
                source.inside.push(lines.join(", "));
                source.anywhere |= source.shape.is_frame();
            }
            for to in targets.iter().copied() {
                let source = states.at_mut(from);
                let anywhere = source.shape.is_frame() && (from == to || chart.inside(to, from));
                source.anywhere |= anywhere;
                let outward = chart.inside(from, to);
                arrows.push(Arrow { from, to, anywhere, outward, lines: wrap(&lines) });
            }
        }
        Self { title: teller.title(&definition.notes, &definition.id), states, arrows }
    }
}

fn shape(kind: &StateKind) -> DrawnAs {
    match kind {
        StateKind::Atomic => DrawnAs::Leaf,
        StateKind::Compound => DrawnAs::Compound,
        StateKind::Parallel => DrawnAs::Parallel,
        StateKind::Final => DrawnAs::Final,
        StateKind::History { deep } => DrawnAs::History { deep: *deep },
    }
}

/// Says what a transition waits for.
struct Describer<'w> {
    definition: &'w Definition,
    speaker: &'w Speaker<'w>,
    tag: &'static str,
    words: &'static Words,
    /// Labels of facts and factors, which share one name space.
    names: HashMap<&'w str, &'w Label>,
    states: HashMap<&'w str, &'w Label>,
}

impl<'w> Describer<'w> {
    fn new(definition: &'w Definition, speaker: &'w Speaker<'w>, language: Language) -> Self {
        let facts =
            definition.facts.rows().iter().map(|fact| (fact.name.as_str(), &fact.notes.title));
        let factors = definition.factors.rows().iter();
        let factors = factors.map(|factor| (factor.name.as_str(), &factor.notes.title));
        let parameters = definition.parameters.rows().iter();
        let parameters = parameters.map(|found| (found.name.as_str(), &found.notes.title));
        let states = definition.states.rows().iter().skip(1);
        Self {
            definition,
            speaker,
            tag: language.tag(),
            words: words(language),
            names: facts.chain(factors).chain(parameters).collect(),
            states: states.map(|state| (state.name.as_str(), &state.notes.title)).collect(),
        }
    }

    fn title(&self, notes: &Notes, name: &str) -> String {
        self.label(Some(&notes.title), name)
    }

    /// The label, or the name where there is none to be seen.
    fn label(&self, label: Option<&Label>, name: &str) -> String {
        let title =
            label.and_then(|label| label.get(self.tag)).filter(|title| !title.trim().is_empty());
        title.unwrap_or(name).to_owned()
    }

    fn named(&self, name: &str) -> String {
        self.label(self.names.get(name).copied(), name)
    }

    fn event(&self, name: &str) -> String {
        if name == "*" {
            return self.words.any_event.to_owned();
        }
        if let Some(state) = name.strip_prefix("done.state.") {
            return format!(
                "{} {}",
                self.words.done,
                self.label(self.states.get(state).copied(), state)
            );
        }
        let declared = self.definition.governing(name);
        self.label(declared.map(|event| &event.notes.title), name)
    }

    /// What a transition waits for, what must hold and who may.
    fn lines(&self, transition: &Transition) -> Vec<String> {
        let words = self.words;
        let trigger = match &transition.trigger {
            Trigger::Always => words.always.to_owned(),
            Trigger::Events(patterns) => {
                let events: Vec<String> =
                    patterns.iter().map(|pattern| self.event(pattern)).collect();
                events.join(" / ")
            }
            Trigger::Term(index) => self.term(transition.source, *index, false),
        };
        let own = transition.notes.title.get(self.tag).filter(|title| !title.trim().is_empty());
        // Of a term that says what for, the name of when is enough.
        let head = match (own, &transition.trigger) {
            (Some(title), Trigger::Always) => format!("{trigger}: {title}"),
            (Some(title), Trigger::Term(index)) => {
                format!("{}: {title}", self.term(transition.source, *index, true))
            }
            (Some(title), Trigger::Events(_)) => title.to_owned(),
            (None, _) => trigger,
        };
        let mut lines = vec![head];
        if let Some(guard) = &transition.guard {
            lines.push(cut(self.speaker.condition(guard)));
        }
        if !transition.requires.is_empty() {
            let names: Vec<String> =
                transition.requires.iter().map(|name| self.named(name)).collect();
            lines.push(format!("{} {}", words.requires, names.join(", ")));
        }
        if let Some(roles) = self.roles(transition) {
            lines.push(format!("{} {roles}", words.by));
        }
        if !transition.signed_by.is_empty() {
            let roles = transition.signed_by.iter().map(|role| self.role(role));
            let roles = roles.collect::<Vec<_>>().join(" + ");
            lines.push(format!("{} {roles}", words.signed_by));
        }
        if let Some(revoke) = &transition.revoke {
            lines.push(format!("{} {}", words.revoke, self.event(revoke)));
        }
        lines
    }

    fn term(&self, source: StateId, index: u32, short: bool) -> String {
        let terms = self.definition.states.get(source).map(|state| state.terms.as_slice());
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        let Some(term) = terms.and_then(|terms| terms.get(index)) else { return String::new() };
        let key = if short { term.key.value.clone() } else { self.named(&term.key) };
        match term.when {
            When::After(length) => {
                format!("{} {}", self.words.after, self.speaker.duration(length))
            }
            When::AfterNamed => format!("{} {key}", self.words.after),
            When::At => format!("{} {key}", self.words.at),
        }
    }

    /// Who may take it: the roles of the transition, else of its only event.
    fn roles(&self, transition: &Transition) -> Option<String> {
        let by = self.definition.roles_of(transition)?;
        let titles: Vec<String> = by.iter().map(|role| self.role(role)).collect();
        (!titles.is_empty()).then(|| titles.join(" / "))
    }

    fn role(&self, role: &str) -> String {
        let declared = self.definition.roles.get(role);
        self.label(declared.map(|found| &found.notes.title), role)
    }
}

/// A text cut where it is long.
fn cut(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(GUARD) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// Breaks lines at blanks.
fn wrap(lines: &[String]) -> Vec<String> {
    let mut wrapped = Vec::new();
    for line in lines {
        let mut current = String::new();
        let mut length = 0;
        for word in line.split_whitespace() {
            let more = word.chars().count();
            if length > 0 && length + 1 + more > LINE {
                wrapped.push(std::mem::take(&mut current));
                length = 0;
            }
            if length > 0 {
                current.push(' ');
                length += 1;
            }
            current.push_str(word);
            length += more;
        }
        wrapped.push(current);
    }
    wrapped
}
