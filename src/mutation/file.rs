//! Small wrong versions of what a file says outside its scripts: terms, constants, targets, roles, requirements.

use super::edit::one_unit_off;
use super::{Change, MutationKind};
use crate::definition::keys::{self, Holds, Object, WORKFLOW};
use crate::definition::model::StateKind;
use crate::diagnostic::Span;
use crate::json::{Member, Node, NodeKind};
use crate::value::Duration;
use crate::workflow::Compiled;

/// Every change in a file's own text, in the order of the text.
pub(super) fn changes(root: &Node, workflow: &Compiled) -> Vec<Change> {
    let mut walk = Walk { workflow, found: Vec::new() };
    walk.object(root, &WORKFLOW);
    walk.found
}

struct Walk<'w> {
    workflow: &'w Compiled,
    found: Vec<Change>,
}

impl Walk<'_> {
    fn push(&mut self, kind: MutationKind, span: Span, shown: Span, with: impl Into<String>) {
        self.found.push(Change { kind, span, shown, with: with.into() });
    }

    fn object(&mut self, node: &Node, object: &'static Object) {
        let NodeKind::Object(members) = &node.kind else { return };
        for member in members {
            let Some(key) = object.keys().find(|key| key.name == *member.key) else { continue };
            self.member(object, member, members);
            self.value(&member.value, key.name, key.holds);
        }
    }

    /// What stands behind a key, by what it may hold. Objects nest no deeper than JSON is read.
    fn value(&mut self, node: &Node, key: &str, holds: Holds) {
        match holds {
            Holds::One(object) | Holds::BooleanOr(object) => self.object(node, object),
            Holds::Map(object) => {
                let NodeKind::Object(members) = &node.kind else { return };
                for member in members {
                    self.object(&member.value, object);
                }
            }
            Holds::Parameters => {
                let NodeKind::Object(members) = &node.kind else { return };
                for member in members {
                    self.parameter(member);
                }
            }
            Holds::Entry => {
                let kind = MutationKind::Initial;
                match &node.kind {
                    NodeKind::Object(_) => self.object(node, &keys::ENTRY),
                    _ => self.targets(node, kind),
                }
            }
            Holds::Transitions => self.transitions(node),
            Holds::TransitionMap | Holds::On => match &node.kind {
                NodeKind::Array(items) => {
                    for item in items {
                        self.object(item, &keys::EVENT_TRANSITION);
                    }
                }
                NodeKind::Object(members) => {
                    for member in members {
                        if key == "after" {
                            self.duration(&member.key.value, member.key.span, MutationKind::Term);
                        }
                        self.transitions(&member.value);
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }

    fn transitions(&mut self, node: &Node) {
        match &node.kind {
            NodeKind::Array(items) => items.iter().for_each(|item| self.transitions(item)),
            NodeKind::Object(members) => {
                let own = members.iter().any(|member| keys::TRANSITION.has(&member.key));
                if own || members.is_empty() {
                    self.object(node, &keys::TRANSITION);
                } else {
                    // A patch over a list: transitions by their ids.
                    members.iter().for_each(|member| self.transitions(&member.value));
                }
            }
            NodeKind::String(_) => self.targets(node, MutationKind::Target),
            _ => {}
        }
    }

    fn member(&mut self, object: &'static Object, member: &Member, all: &[Member]) {
        let node = &member.value;
        match (object.name, member.key.value.as_str()) {
            ("transition", "target") => self.targets(node, MutationKind::Target),
            ("way into a state", "target") => self.targets(node, MutationKind::Initial),
            ("transition", "requires") => {
                self.drop_each(member, all, MutationKind::DroppedRequirement);
            }
            ("transition" | "event", "by") => self.roles(member, all),
            ("transition", "not_by" | "signed_by") => {
                self.drop_each(member, all, MutationKind::DroppedSafeguard);
            }
            ("transition", "type") => self.drop_member(member, all, MutationKind::Internal),
            ("event", "required") => self.drop_each(member, all, MutationKind::DroppedRequired),
            ("factor", "of") => self.drop_each(member, all, MutationKind::DroppedFactor),
            ("factor", "at_least") => self.number(node, MutationKind::AtLeast),
            ("fact", "default") => self.constant(node, MutationKind::Default),
            ("state", "history") => {
                if let NodeKind::String(text) = &node.kind {
                    let other = if text.value == "deep" { "\"shallow\"" } else { "\"deep\"" };
                    self.push(MutationKind::History, node.span, node.span, other);
                }
            }
            _ => {}
        }
    }

    fn parameter(&mut self, member: &Member) {
        let value = match &member.value.kind {
            NodeKind::Object(members) => {
                members.iter().find(|member| *member.key == "value").map(|member| &member.value)
            }
            _ => Some(&member.value),
        };
        if let Some(value) = value {
            self.constant(value, MutationKind::Parameter);
        }
    }

    fn constant(&mut self, node: &Node, kind: MutationKind) {
        match &node.kind {
            NodeKind::Number(_) => self.number(node, kind),
            NodeKind::Boolean(value) => {
                self.push(kind, node.span, node.span, if *value { "false" } else { "true" });
            }
            NodeKind::String(text) => self.duration(&text.value, node.span, kind),
            _ => {}
        }
    }

    fn number(&mut self, node: &Node, kind: MutationKind) {
        let NodeKind::Number(written) = &node.kind else { return };
        for other in one_unit_off(written) {
            self.push(kind, node.span, node.span, other);
        }
    }

    /// One unit longer and one shorter, in the smallest unit that is written.
    fn duration(&mut self, written: &str, span: Span, kind: MutationKind) {
        if Duration::parse(written).is_none() {
            return;
        }
        let digits = |c: char| c.is_ascii_digit();
        let Some(end) = written.rfind(digits).map(|at| at + 1) else { return };
        let head = written.get(..end).unwrap_or("");
        let start = head.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
        let Some(Ok(value)) = written.get(start..end).map(str::parse::<i64>) else { return };
        let (before, after) = (written.get(..start), written.get(end..));
        let (Some(before), Some(after)) = (before, after) else { return };
        for other in [value.checked_add(1), value.checked_sub(1)].into_iter().flatten() {
            if other >= 0 {
                self.push(kind, span, span, format!("\"{before}{other}{after}\""));
            }
        }
    }

    /// Each target once replaced by the state that follows it among its siblings.
    fn targets(&mut self, node: &Node, kind: MutationKind) {
        match &node.kind {
            NodeKind::Array(items) => items.iter().for_each(|item| self.targets(item, kind)),
            NodeKind::String(text) => {
                if let Some(other) = self.sibling(&text.value) {
                    self.push(kind, node.span, node.span, format!("\"{other}\""));
                }
            }
            _ => {}
        }
    }

    /// The next sibling of a state that a case can stand in; behind the last comes the first.
    fn sibling(&self, name: &str) -> Option<&str> {
        let id = self.workflow.state_named(name)?;
        let states = &self.workflow.definition.states;
        let siblings = &states.at(states.at(id).parent?).children;
        let place = siblings.iter().position(|sibling| *sibling == id)?;
        let after = siblings.iter().skip(place + 1).chain(siblings.iter().take(place));
        let mut others = after.map(|id| states.at(*id));
        let other = others.find(|state| !matches!(state.kind, StateKind::History { .. }))?;
        Some(&other.name)
    }

    /// Each role once replaced by one that may not, and each dropped while others remain.
    fn roles(&mut self, member: &Member, all: &[Member]) {
        let node = &member.value;
        let roles = texts(node);
        let other =
            self.workflow.definition.roles.keys().find(|role| !roles.contains(&role.as_str()));
        let other = other.map(|role| format!("\"{role}\""));
        match &node.kind {
            NodeKind::Array(items) => {
                if items.len() > 1 {
                    self.drop_each(member, all, MutationKind::Role);
                } else if let (Some(other), Some(item)) = (other, items.first()) {
                    self.push(MutationKind::Role, item.span, item.span, other);
                }
            }
            NodeKind::String(_) => {
                if let Some(other) = other {
                    self.push(MutationKind::Role, node.span, node.span, other);
                }
            }
            _ => {}
        }
    }

    /// Each entry of a list once left out, with the whole list where it is the only one; of the object that patches a
    /// list, each that adds one.
    fn drop_each(&mut self, member: &Member, all: &[Member], kind: MutationKind) {
        let items = match &member.value.kind {
            NodeKind::Array(items) => items,
            NodeKind::Object(members) => {
                for entry in members {
                    if entry.value.kind == NodeKind::Boolean(true) {
                        self.drop_member(entry, members, kind);
                    }
                }
                return;
            }
            NodeKind::String(_) => return self.drop_member(member, all, kind),
            _ => return,
        };
        if items.len() < 2 {
            return self.drop_member(member, all, kind);
        }
        for (index, item) in items.iter().enumerate() {
            let last = index.checked_sub(1).and_then(|last| items.get(last));
            let span = match (items.get(index + 1), last) {
                (Some(next), _) => Span { end: next.span.start, ..item.span },
                (None, Some(last)) => Span { start: last.span.end, ..item.span },
                (None, None) => item.span,
            };
            self.push(kind, span, item.span, "");
        }
    }

    fn drop_member(&mut self, member: &Member, all: &[Member], kind: MutationKind) {
        let Some(place) = all.iter().position(|other| other.key.span == member.key.span) else {
            return;
        };
        let (start, end) = (member.key.span.start, member.value.span.end);
        let whole = Span { start, end, ..member.value.span };
        let last = place.checked_sub(1).and_then(|last| all.get(last));
        let span = match (all.get(place + 1), last) {
            (Some(next), _) => Span { end: next.key.span.start, ..whole },
            (None, Some(last)) => Span { start: last.value.span.end, ..whole },
            (None, None) => whole,
        };
        self.push(kind, span, whole, "");
    }
}

fn texts(node: &Node) -> Vec<&str> {
    match &node.kind {
        NodeKind::String(text) => vec![text.value.as_str()],
        NodeKind::Array(items) => items.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}
