//! The tree of states and their transitions.

use std::collections::HashMap;

use super::Reader;
use super::read::Fields;
use crate::definition::keys;
use crate::definition::keys::is_remark;
use crate::definition::model::{Entry, Invoke, State, StateKind, Transition};
use crate::diagnostic::{Diagnostic, Span, Spanned, quoted};
use crate::json::{Member, NodeKind};
use crate::table::{StateId, Table, TransitionId};

/// States and transitions as they are found.
#[derive(Default)]
pub(super) struct Chart {
    pub states: Table<StateId, State>,
    pub transitions: Table<TransitionId, Transition>,
    pub invokes: Vec<Invoke>,
    /// Where each name of a state stands first.
    named: HashMap<String, Span>,
    /// Where each `id` of a transition stands first.
    pub ids: HashMap<String, Span>,
    /// Whether it has been said that there are too many.
    full: bool,
}

impl<'n> Reader<'_, 'n> {
    /// Reads the file itself as the outermost state, with all states inside.
    pub fn chart(
        &mut self,
        fields: Fields<'n>,
        id: &Spanned<String>,
    ) -> (Table<StateId, State>, Table<TransitionId, Transition>, Vec<Invoke>) {
        let mut chart = Chart::default();
        self.state(&mut chart, id.clone(), fields, None);
        (chart.states, chart.transitions, chart.invokes)
    }

    fn state(
        &mut self,
        chart: &mut Chart,
        name: Spanned<String>,
        fields: Fields<'n>,
        parent: Option<StateId>,
    ) -> Option<StateId> {
        if chart.states.len() >= self.limits.states {
            self.too_many(chart, "states", "limit-states", self.limits.states, name.span);
            return None;
        }
        let kind = match parent {
            Some(_) => self.kind(fields),
            None => StateKind::Compound,
        };
        // Of the file itself the notes are those of the workflow, which are read there.
        let notes = parent.map(|_| self.notes(fields)).unwrap_or_default();
        let id = chart.states.push(State {
            name: name.clone(),
            kind: kind.clone(),
            parent,
            children: Vec::new(),
            initial: None,
            entry: self.script(fields, "entry"),
            exit: self.script(fields, "exit"),
            transitions: Vec::new(),
            terms: Vec::new(),
            tags: self
                .names(fields, "tags")
                .unwrap_or_default()
                .into_iter()
                .map(|tag| tag.value)
                .collect(),
            notes,
        });
        self.impossible(&name, &kind, fields);
        self.transitions(chart, id, &name, fields);
        self.invokes(chart, id, fields);
        let children = self.children(chart, id, fields);
        let initial = match kind {
            StateKind::History { .. } => self.history_default(&name, fields),
            StateKind::Compound => self.initial(chart, &name, &children, fields),
            _ => None,
        };
        if let StateKind::Parallel = kind
            && children.is_empty()
        {
            let message = format!("the parallel state {} has no states inside", quoted(&name));
            self.error("missing-key", name.span, message, "add `states`, or remove `type`");
        }
        let state = chart.states.at_mut(id);
        state.children = children;
        state.initial = initial;
        Some(id)
    }

    fn kind(&mut self, fields: Fields<'n>) -> StateKind {
        match self.word(fields, &keys::STATE, "type") {
            Some("parallel") => StateKind::Parallel,
            Some("final") => StateKind::Final,
            Some("history") => StateKind::History {
                deep: self.word(fields, &keys::STATE, "history") == Some("deep"),
            },
            _ if fields.get("states").is_some() => StateKind::Compound,
            _ => StateKind::Atomic,
        }
    }

    /// Keys that a state of this kind cannot have.
    fn impossible(&mut self, name: &str, kind: &StateKind, fields: Fields<'n>) {
        let answers = ["on", "always", "after", "at", "done"];
        let (keys, what): (&[&str], _) = match kind {
            StateKind::Atomic => {
                (&["initial", "done", "default", "history"], "has no states inside")
            }
            StateKind::Compound => (&["default", "history"], "is not a history"),
            StateKind::Parallel => (&["initial", "default", "history"], "is parallel"),
            StateKind::Final => {
                (&["states", "initial", "default", "history", "invoke"], "is final")
            }
            StateKind::History { .. } => {
                (&["states", "initial", "entry", "exit", "invoke"], "is a history")
            }
        };
        let more: &[&str] = if matches!(kind, StateKind::Final | StateKind::History { .. }) {
            &answers
        } else {
            &[]
        };
        for member in keys.iter().chain(more).filter_map(|key| fields.get(key)) {
            let message =
                format!("the state {} {what} and cannot have `{}`", quoted(name), member.key.value);
            let hint = match (kind, member.key.as_str()) {
                (StateKind::Parallel, "initial") => "all states inside begin together: remove it",
                (StateKind::Final, _) => {
                    "nothing happens in a final state: move it to the state around, or remove `type`"
                }
                (StateKind::History { .. }, "initial") => "a history has a `default`",
                (_, "history" | "default") => "add `\"type\": \"history\"`, or remove it",
                _ => "remove it",
            };
            self.error("bad-combination", member.key.span, message, hint);
        }
    }

    fn children(&mut self, chart: &mut Chart, parent: StateId, fields: Fields<'n>) -> Vec<StateId> {
        if matches!(chart.states.at(parent).kind, StateKind::Final | StateKind::History { .. }) {
            return Vec::new();
        }
        let parallel = chart.states.at(parent).kind == StateKind::Parallel;
        let mut children = Vec::new();
        for member in self.map(fields, "states").iter().filter(|member| !is_remark(&member.key)) {
            let name = &member.key;
            if let Some(key) = misplaced(member) {
                let message = format!("{} stands among states, and is none", quoted(name));
                let hint = match key == name.value {
                    true => {
                        format!("put `{key}` beside `states`: it is a key of the state around them")
                    }
                    false => format!(
                        "put it beside `states`, as `{key}`: a key of the state around them"
                    ),
                };
                self.error("unknown-key", name.span, message, hint);
                continue;
            }
            self.identifier(name, "state");
            if let Some(first) = chart.named.get(&name.value).copied() {
                let message = format!("two states are called {}", quoted(name));
                let found = Diagnostic::error("duplicate-name", name.span, message)
                    .related(first, "the first is here");
                self.report.push(
                    found.hint("names of states are unique in the whole file: rename one of them"),
                );
            } else {
                chart.named.insert(name.value.clone(), name.span);
            }
            let Some(fields) = self.open(name, &member.value, &keys::STATE) else { continue };
            let Some(child) = self.state(chart, name.clone(), fields, Some(parent)) else { break };
            if parallel && chart.states.at(child).kind == StateKind::Final {
                let message = format!(
                    "the final state {} cannot be a part of a parallel state",
                    quoted(name)
                );
                self.error(
                    "bad-combination",
                    name.span,
                    message,
                    "put it into one of the states that run in parallel",
                );
            }
            children.push(child);
        }
        if let Some(node) = fields.node("states")
            && let NodeKind::Object(members) = &node.kind
            && members.iter().all(|member| is_remark(&member.key))
        {
            self.error("empty", node.span, "`states` is empty", "add a state");
        }
        children
    }

    fn initial(
        &mut self,
        chart: &Chart,
        name: &Spanned<String>,
        children: &[StateId],
        fields: Fields<'n>,
    ) -> Option<Entry> {
        if let Some(member) = fields.get("initial") {
            return self.entry(member);
        }
        let mut real =
            children.iter().map(|child| chart.states.at(*child)).filter(|state| !is_history(state));
        match (real.next(), real.next()) {
            (Some(only), None) => Some(Entry { targets: vec![only.name.clone()], actions: None }),
            (Some(first), Some(_)) => {
                let message = "there are several states here, and nothing says where to begin";
                let hint = format!(
                    "add `\"initial\": \"{}\"`, or another of its states",
                    first.name.value
                );
                let span = fields.get("states").map_or(name.span, |member| member.key.span);
                self.error("missing-key", span, message, hint);
                None
            }
            _ => None,
        }
    }

    fn history_default(&mut self, name: &Spanned<String>, fields: Fields<'n>) -> Option<Entry> {
        if let Some(member) = fields.get("default") {
            return self.entry(member);
        }
        let message =
            format!("the history {} does not say where it leads the first time", quoted(name));
        self.error(
            "missing-key",
            name.span,
            message,
            "add `\"default\": \"…\"` with the name of a state beside it",
        );
        None
    }

    /// `initial` or `default`: a name, several, or an object with `target` and `actions`.
    fn entry(&mut self, member: &'n Member) -> Option<Entry> {
        let node = &member.value;
        let (targets, actions) = if let NodeKind::Object(_) = node.kind {
            let fields = self.open(&member.key, node, &keys::ENTRY)?;
            let targets =
                fields.node("target").map(|node| self.targets("target", node)).unwrap_or_default();
            (targets, self.script(fields, "actions"))
        } else {
            (self.targets(&member.key, node), None)
        };
        self.once(&member.key, &targets);
        (!targets.is_empty()).then_some(Entry { targets, actions })
    }

    pub(super) fn too_many(
        &mut self,
        chart: &mut Chart,
        what: &str,
        code: &'static str,
        most: usize,
        span: Span,
    ) {
        if !chart.full {
            let message =
                format!("more than the {most} {what} that are allowed; the others are not read");
            self.report.push(Diagnostic::error(code, span, message));
        }
        chart.full = true;
    }
}

/// The key of a state that stands among states by mistake: one that the format has, or the word of another format for
/// it. What holds any key of a state may be a state of that name.
fn misplaced(member: &Member) -> Option<&'static str> {
    let is_state = match &member.value.kind {
        NodeKind::Object(inside) => {
            let known = |inner: &Member| keys::STATE.keys().any(|key| key.name == *inner.key);
            inside.is_empty() || inside.iter().any(known)
        }
        _ => false,
    };
    if is_state {
        return None;
    }
    keys::STATE.key_for(&member.key)
}

fn is_history(state: &State) -> bool {
    matches!(state.kind, StateKind::History { .. })
}
