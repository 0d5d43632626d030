//! The tree of states and their transitions.

use std::collections::HashMap;

use super::Reader;
use super::names;
use super::read::{Fields, is_remark};
use crate::definition::keys;
use crate::definition::model::{Entry, State, StateKind, Term, Transition, Trigger, When};
use crate::diagnostic::{Diagnostic, Span, Spanned, quoted};
use crate::json::{Member, Node, NodeKind};
use crate::table::{StateId, Table, TransitionId};
use crate::value::Duration;

/// States and transitions as they are found.
#[derive(Default)]
struct Chart {
    states: Table<StateId, State>,
    transitions: Table<TransitionId, Transition>,
    /// Where each name of a state stands first.
    named: HashMap<String, Span>,
    /// Where each `id` of a transition stands first.
    ids: HashMap<String, Span>,
    /// Whether it has been said that there are too many.
    full: bool,
}

/// Who answers: what a transition may not have depends on it.
#[derive(Clone, Copy, PartialEq)]
enum Asked {
    /// An event from outside, sent by an actor.
    Actor,
    /// `always`, `done` or a term: nobody is asked.
    Nobody(&'static str),
}

const TRANSITION: &str = "the name of a state, a transition, or a list of them";

impl<'n> Reader<'_, 'n> {
    /// Reads the file itself as the outermost state, with all states inside.
    pub fn chart(
        &mut self,
        fields: Fields<'n>,
        id: &Spanned<String>,
    ) -> (Table<StateId, State>, Table<TransitionId, Transition>) {
        let mut chart = Chart::default();
        self.state(&mut chart, id.clone(), fields, None);
        (chart.states, chart.transitions)
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
            tags: self.names(fields, "tags").unwrap_or_default().into_iter().map(|tag| tag.value).collect(),
            notes,
        });
        self.impossible(&name, &kind, fields);
        self.transitions(chart, id, &name, fields);
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
        let state = &mut chart.states[id];
        state.children = children;
        state.initial = initial;
        Some(id)
    }

    fn kind(&mut self, fields: Fields<'n>) -> StateKind {
        match self.word(fields, "type", keys::STATE_TYPES) {
            Some("parallel") => StateKind::Parallel,
            Some("final") => StateKind::Final,
            Some("history") => {
                StateKind::History { deep: self.word(fields, "history", keys::HISTORY) == Some("deep") }
            }
            _ if fields.get("states").is_some() => StateKind::Compound,
            _ => StateKind::Atomic,
        }
    }

    /// Keys that a state of this kind cannot have.
    fn impossible(&mut self, name: &str, kind: &StateKind, fields: Fields<'n>) {
        let answers = ["on", "always", "after", "at", "done"];
        let (keys, what): (&[&str], _) = match kind {
            StateKind::Atomic => (&["initial", "done", "default", "history"], "has no states inside"),
            StateKind::Compound => (&["default", "history"], "is not a history"),
            StateKind::Parallel => (&["initial", "default", "history"], "is parallel"),
            StateKind::Final => (&["states", "initial", "default", "history"], "is final"),
            StateKind::History { .. } => (&["states", "initial", "entry", "exit"], "is a history"),
        };
        let more: &[&str] = if matches!(kind, StateKind::Final | StateKind::History { .. }) { &answers } else { &[] };
        for member in keys.iter().chain(more).filter_map(|key| fields.get(key)) {
            let message = format!("the state {} {what} and cannot have `{}`", quoted(name), member.key.value);
            let hint = match (kind, member.key.as_str()) {
                (StateKind::Parallel, "initial") => "all states inside begin together: remove it",
                (StateKind::Final, _) => "nothing happens in a final state: move it to the state around, or remove `type`",
                (StateKind::History { .. }, "initial") => "a history has a `default`",
                (_, "history" | "default") => "add `\"type\": \"history\"`, or remove it",
                _ => "remove it",
            };
            self.error("bad-combination", member.key.span, message, hint);
        }
    }

    fn children(&mut self, chart: &mut Chart, parent: StateId, fields: Fields<'n>) -> Vec<StateId> {
        if matches!(chart.states[parent].kind, StateKind::Final | StateKind::History { .. }) {
            return Vec::new();
        }
        let parallel = chart.states[parent].kind == StateKind::Parallel;
        let mut children = Vec::new();
        for member in self.map(fields, "states").iter().filter(|member| !is_remark(&member.key)) {
            let name = &member.key;
            self.identifier(name, "state");
            if let Some(first) = chart.named.get(&name.value).copied() {
                let message = format!("two states are called {}", quoted(name));
                let found = Diagnostic::error("duplicate-name", name.span, message).related(first, "the first is here");
                self.report.push(found.hint("names of states are unique in the whole file: rename one of them"));
            } else {
                chart.named.insert(name.value.clone(), name.span);
            }
            let Some(fields) = self.open(name, &member.value, &keys::STATE) else { continue };
            let Some(child) = self.state(chart, name.clone(), fields, Some(parent)) else { break };
            if parallel && chart.states[child].kind == StateKind::Final {
                let message = format!("the final state {} cannot be a part of a parallel state", quoted(name));
                self.error("bad-combination", name.span, message, "put it into one of the states that run in parallel");
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
        let mut real = children.iter().map(|child| &chart.states[*child]).filter(|state| !is_history(state));
        match (real.next(), real.next()) {
            (Some(only), None) => Some(Entry { targets: vec![only.name.clone()], actions: None, span: only.name.span }),
            (Some(first), Some(_)) => {
                let message = "there are several states here, and nothing says where to begin";
                let hint = format!("add `\"initial\": \"{}\"`, or another of its states", first.name.value);
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
        let message = format!("the history {} does not say where it leads the first time", quoted(name));
        self.error("missing-key", name.span, message, "add `\"default\": \"…\"` with the name of a state beside it");
        None
    }

    /// `initial` or `default`: a name, several, or an object with `target` and `actions`.
    fn entry(&mut self, member: &'n Member) -> Option<Entry> {
        let node = &member.value;
        let (targets, actions) = if let NodeKind::Object(_) = node.kind {
            let fields = self.open(&member.key, node, &keys::ENTRY)?;
            let targets = fields.node("target").map(|node| self.targets("target", node)).unwrap_or_default();
            (targets, self.script(fields, "actions"))
        } else {
            (self.targets(&member.key, node), None)
        };
        self.once(&member.key, &targets);
        (!targets.is_empty()).then_some(Entry { targets, actions, span: node.span })
    }

    /// All transitions of a state, in the order in which they are tried, whatever the order of the keys.
    fn transitions(&mut self, chart: &mut Chart, state: StateId, name: &Spanned<String>, fields: Fields<'n>) {
        let mut found = Vec::new();
        if let Some(done) = fields.get("done") {
            let pattern = Spanned::new(format!("done.state.{}", name.value), done.key.span);
            let trigger = Trigger::Events(vec![pattern]);
            self.list(chart, state, &done.value, &trigger, Asked::Nobody("done"), "done", &mut found);
        }
        if let Some(on) = fields.node("on") {
            self.on(chart, state, on, &mut found);
        }
        if let Some(always) = fields.node("always") {
            self.list(chart, state, always, &Trigger::Always, Asked::Nobody("always"), "always", &mut found);
        }
        for key in ["after", "at"] {
            self.terms(chart, state, key, fields, &mut found);
        }
        chart.states[state].transitions = found;
    }

    fn on(&mut self, chart: &mut Chart, state: StateId, node: &'n Node, found: &mut Vec<TransitionId>) {
        match &node.kind {
            NodeKind::Object(members) => {
                let mut keys: Vec<_> = members
                    .iter()
                    .filter(|member| !is_remark(&member.key))
                    .filter_map(|member| Some((self.pattern(&member.key, member.key.span)?, member)))
                    .collect();
                // The longest name first; names of one length never match the same event.
                keys.sort_by(|(a, _), (b, _)| length(b).cmp(&length(a)).then_with(|| a.value.cmp(&b.value)));
                for pair in keys.windows(2) {
                    if let [(first, _), (second, _)] = pair
                        && first.value == second.value
                    {
                        let message = format!("`{0}` and `{0}.*` are the same", second.value);
                        let found = Diagnostic::error("duplicate-key", second.span, message);
                        self.report.push(found.related(first.span, "the other is here").hint("remove one of the two"));
                    }
                }
                for (pattern, member) in keys {
                    let asked = asked(&pattern);
                    let trigger = Trigger::Events(vec![pattern]);
                    self.list(chart, state, &member.value, &trigger, asked, &member.key, found);
                }
            }
            NodeKind::Array(items) => {
                for item in items {
                    self.listed(chart, state, item, found);
                }
            }
            _ => self.wrong("on", "an object: event → transition, or a list of transitions", node),
        }
    }

    /// A transition with its `event`, in the list form of `on`.
    fn listed(&mut self, chart: &mut Chart, state: StateId, node: &'n Node, found: &mut Vec<TransitionId>) {
        let Some(fields) = self.open("on", node, &keys::EVENT_TRANSITION) else { return };
        let mut patterns = Vec::new();
        if let Some(event) = self.text(fields, "event") {
            for word in event.split_whitespace() {
                patterns.extend(self.pattern(word, event.span));
            }
            if event.trim().is_empty() {
                self.error("empty", event.span, "`event` names no event", "name an event, or several");
            }
        }
        let asked = patterns.first().map_or(Asked::Actor, asked);
        let id = self.transition(chart, state, node.span, Some(fields), Vec::new(), &Trigger::Events(patterns), asked);
        found.extend(id);
    }

    /// The name of an event, or the beginning of names, without `.*`.
    fn pattern(&mut self, written: &str, span: Span) -> Option<Spanned<String>> {
        let bare = written.strip_suffix(".*").unwrap_or(written);
        if written != "*" && !names::is_event(bare) {
            let message = format!("{} cannot be the name of an event", quoted(written));
            let hint = if written.contains(char::is_whitespace) {
                "for several events at once write `on` as a list: `[{ \"event\": \"a b\", … }]`"
            } else {
                "an event's name is a word, or several joined by points, such as `permit.granted`"
            };
            self.error("bad-name", span, message, hint);
            return None;
        }
        if let Some(prefix) = ["error", "after"].iter().find(|prefix| {
            bare.strip_prefix(**prefix).is_some_and(|rest| rest.starts_with('.'))
        }) {
            let message = format!("no event ever begins with `{prefix}.`");
            let hint = match *prefix {
                "after" => "terms are written under `after` and `at`",
                _ => "an error undoes the step and is given to whoever asked for it",
            };
            self.error("reserved-name", span, message, hint);
        }
        Some(Spanned::new(bare.to_owned(), span))
    }

    fn terms(
        &mut self,
        chart: &mut Chart,
        state: StateId,
        key: &'static str,
        fields: Fields<'n>,
        found: &mut Vec<TransitionId>,
    ) {
        let mut members: Vec<_> = self.map(fields, key).iter().filter(|member| !is_remark(&member.key)).collect();
        members.sort_by(|a, b| a.key.value.cmp(&b.key.value));
        for member in members {
            let when = match key {
                "at" => Some(When::At),
                _ => self.after(&member.key),
            };
            if key == "at" {
                self.identifier(&member.key, "fact");
            }
            let Some(when) = when else { continue };
            let number = u32::try_from(chart.states[state].terms.len()).unwrap_or(u32::MAX);
            chart.states[state].terms.push(Term { key: member.key.clone(), when, transitions: Vec::new() });
            let mut own = Vec::new();
            let trigger = Trigger::Term(number);
            self.list(chart, state, &member.value, &trigger, Asked::Nobody(key), &member.key, &mut own);
            found.extend(&own);
            if let Some(term) = chart.states[state].terms.last_mut() {
                term.transitions = own;
            }
        }
    }

    fn after(&mut self, key: &Spanned<String>) -> Option<When> {
        match Duration::parse(key) {
            Some(duration) if duration.is_negative() => {
                let message = format!("{} is a negative duration", quoted(key));
                self.error("bad-duration", key.span, message, "a term ends after the state was entered: remove the `-`");
                None
            }
            Some(duration) => Some(When::After(duration)),
            None if names::is_identifier(key) && !looks_like_duration(key) => Some(When::AfterNamed),
            None => {
                let message = format!("{} is not a duration", quoted(key));
                let hint = "write such as `P90D` (days), `P2W`, `P6M` (months), `P1Y`, `PT36H` (hours), or the name of a parameter or fact; \
                            calendar and clock parts do not mix";
                self.error("bad-duration", key.span, message, hint);
                None
            }
        }
    }

    /// A target's name, a transition, or a list of them.
    #[allow(clippy::too_many_arguments)]
    fn list(
        &mut self,
        chart: &mut Chart,
        state: StateId,
        node: &'n Node,
        trigger: &Trigger,
        asked: Asked,
        what: &str,
        found: &mut Vec<TransitionId>,
    ) {
        match &node.kind {
            NodeKind::Array(items) if items.is_empty() => {
                let hint = "write `{}` for a transition that only takes the event";
                self.error("empty", node.span, format!("{} is an empty list", quoted(what)), hint);
            }
            NodeKind::Array(items) => {
                for item in items {
                    self.one(chart, state, item, trigger, asked, what, found);
                }
            }
            _ => self.one(chart, state, node, trigger, asked, what, found),
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn one(
        &mut self,
        chart: &mut Chart,
        state: StateId,
        node: &'n Node,
        trigger: &Trigger,
        asked: Asked,
        what: &str,
        found: &mut Vec<TransitionId>,
    ) {
        let (fields, targets) = match &node.kind {
            NodeKind::String(text) => (None, vec![Spanned::new(text.value.clone(), node.span)]),
            NodeKind::Object(_) => {
                let Some(fields) = self.open(what, node, &keys::TRANSITION) else { return };
                (Some(fields), Vec::new())
            }
            _ => return self.wrong(what, TRANSITION, node),
        };
        found.extend(self.transition(chart, state, node.span, fields, targets, trigger, asked));
    }

    #[allow(clippy::too_many_arguments)]
    fn transition(
        &mut self,
        chart: &mut Chart,
        source: StateId,
        span: Span,
        fields: Option<Fields<'n>>,
        targets: Vec<Spanned<String>>,
        trigger: &Trigger,
        asked: Asked,
    ) -> Option<TransitionId> {
        if chart.transitions.len() >= self.limits.transitions {
            self.too_many(chart, "transitions", "limit-transitions", self.limits.transitions, span);
            return None;
        }
        let fields = fields.unwrap_or(Fields { members: &[], span });
        let targets = match fields.node("target") {
            Some(node) => self.targets("target", node),
            None => targets,
        };
        self.once("target", &targets);
        if let Asked::Nobody(word) = asked {
            for member in ["by", "not_by", "signed_by", "revoke"].iter().filter_map(|key| fields.get(key)) {
                let message = format!("`{}` asks for an actor, and under `{word}` there is none", member.key.value);
                self.error("bad-combination", member.key.span, message, "remove it, or put the transition under `on`");
            }
        }
        let by = self.names(fields, "by");
        if let (Some([]), Some(node)) = (by.as_deref(), fields.node("by")) {
            self.error("empty", node.span, "`by` is an empty list: nobody could take this transition", "name the roles that may");
        }
        let mut list = |key| self.names(fields, key).unwrap_or_default();
        let (requires, not_by, signed_by) = (list("requires"), list("not_by"), list("signed_by"));
        self.once("by", by.as_deref().unwrap_or(&[]));
        self.once("requires", &requires);
        self.once("not_by", &not_by);
        if let (Some(node), true) = (fields.node("signed_by"), signed_by.is_empty()) {
            self.error("empty", node.span, "`signed_by` names no role", "name the roles that must sign, or remove it");
        }
        if let (Some(member), true) = (fields.get("revoke"), signed_by.is_empty()) {
            let message = "`revoke` takes back signatures, and there is no `signed_by`";
            self.error("bad-combination", member.key.span, message, "remove it, or add `signed_by`");
        }
        let internal = self.word(fields, "type", keys::TRANSITION_TYPES).is_some();
        let id = self.text(fields, "id");
        if let Some(id) = &id {
            self.transition_id(chart, id);
        }
        Some(chart.transitions.push(Transition {
            source,
            trigger: trigger.clone(),
            targets,
            guard: self.script(fields, "guard"),
            requires,
            by,
            not_by,
            signed_by,
            revoke: self.text(fields, "revoke"),
            actions: self.script(fields, "actions"),
            // No transition leaves the file.
            internal: internal || source.0 == 0,
            id,
            notes: self.notes(fields),
            span,
        }))
    }

    fn transition_id(&mut self, chart: &mut Chart, id: &Spanned<String>) {
        if id.trim().is_empty() {
            self.error("bad-name", id.span, "the `id` of a transition is empty", "write a short name, or remove it");
        } else if let Some(first) = chart.ids.insert(id.value.clone(), id.span) {
            let message = format!("two transitions have the `id` {}", quoted(id));
            let found = Diagnostic::error("duplicate-name", id.span, message).related(first, "the first is here");
            self.report.push(found.hint("give each an `id` of its own"));
        }
    }

    fn too_many(&mut self, chart: &mut Chart, what: &str, code: &'static str, most: usize, span: Span) {
        if !chart.full {
            let message = format!("more than the {most} {what} that are allowed; the others are not read");
            self.report.push(Diagnostic::error(code, span, message));
        }
        chart.full = true;
    }
}

fn is_history(state: &State) -> bool {
    matches!(state.kind, StateKind::History { .. })
}

/// Tokens of a pattern; `*` is the shortest.
fn length(pattern: &str) -> usize {
    if pattern == "*" { 0 } else { pattern.split('.').count() }
}

/// Nobody sends `done.…`.
fn asked(pattern: &Spanned<String>) -> Asked {
    if pattern.starts_with("done.") { Asked::Nobody("done") } else { Asked::Actor }
}

/// Such as `P90X` or `PT`: rather a slip in a duration than a name.
fn looks_like_duration(key: &str) -> bool {
    let rest = key.strip_prefix('P').map(|rest| rest.strip_prefix('T').unwrap_or(rest));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_digit()))
}
