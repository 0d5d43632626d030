//! Shorthands written out, so that a patch meets the same form on both sides.

use std::collections::HashSet;

use crate::definition::keys::{Holds, Object, PARAMETER, TRANSITION, is_remark};
use crate::diagnostic::Spanned;
use crate::json::{Member, Node, NodeKind};

/// Writes out the shorthands of what stands behind a key; what is of the wrong type stays for the reader to report.
pub(super) fn write_out(node: &mut Node, holds: Holds) {
    match holds {
        Holds::One(object) | Holds::BooleanOr(object) => object_of(node, object),
        Holds::Map(object) => each(node, |node| object_of(node, object)),
        Holds::Parameters => each(node, |node| {
            if !matches!(node.kind, NodeKind::Object(_)) {
                wrap(node, "value");
            }
            object_of(node, &PARAMETER);
        }),
        Holds::Enum => values(node),
        Holds::Entry => {
            if matches!(node.kind, NodeKind::String(_) | NodeKind::Array(_)) {
                wrap(node, "target");
            }
        }
        Holds::Transitions => transitions(node),
        Holds::TransitionMap => each(node, transitions),
        Holds::On => {
            bare_names(node);
            each(node, transitions);
        }
        _ => {}
    }
}

fn object_of(node: &mut Node, object: &'static Object) {
    let NodeKind::Object(members) = &mut node.kind else { return };
    for member in members {
        // `null` removes whatever form the rest has.
        if member.value.kind != NodeKind::Null
            && let Some(key) = object.keys().find(|key| key.name == *member.key)
        {
            write_out(&mut member.value, key.holds);
        }
    }
}

fn each(node: &mut Node, write: impl Fn(&mut Node)) {
    let NodeKind::Object(members) = &mut node.kind else { return };
    for member in members.iter_mut().filter(|member| member.value.kind != NodeKind::Null) {
        if !is_remark(&member.key) {
            write(&mut member.value);
        }
    }
}

fn transitions(node: &mut Node) {
    match &mut node.kind {
        NodeKind::String(_) => wrap(node, "target"),
        NodeKind::Array(items) => {
            for item in items.iter_mut().filter(|item| matches!(item.kind, NodeKind::String(_))) {
                wrap(item, "target");
            }
        }
        NodeKind::Object(_) => object_of(node, &TRANSITION),
        _ => {}
    }
}

/// `"x"` becomes `{ "target": "x" }`.
fn wrap(node: &mut Node, key: &str) {
    let inner = Node { span: node.span, kind: std::mem::replace(&mut node.kind, NodeKind::Null) };
    let member = Member { key: Spanned::new(key.to_owned(), node.span), value: inner };
    node.kind = NodeKind::Object(vec![member]);
}

/// A list of values becomes value → {}; `true` adds a value in a patch.
fn values(node: &mut Node) {
    let empty = |span| Node { span, kind: NodeKind::Object(Vec::new()) };
    match &mut node.kind {
        NodeKind::Array(items) => {
            let mut seen = HashSet::with_capacity(items.len());
            let mut members = Vec::with_capacity(items.len());
            for item in items.iter() {
                let NodeKind::String(text) = &item.kind else { return };
                // What stands twice is left for the reader to report.
                if !seen.insert(&text.value) {
                    return;
                }
                members.push(Member {
                    key: Spanned::new(text.value.clone(), item.span),
                    value: empty(item.span),
                });
            }
            if !members.is_empty() {
                node.kind = NodeKind::Object(members);
            }
        }
        NodeKind::Object(members) => {
            for member in
                members.iter_mut().filter(|member| member.value.kind == NodeKind::Boolean(true))
            {
                member.value = empty(member.value.span);
            }
        }
        _ => {}
    }
}

/// `a.*` is `a`.
fn bare_names(node: &mut Node) {
    let NodeKind::Object(members) = &mut node.kind else { return };
    let known: HashSet<String> = members.iter().map(|member| member.key.value.clone()).collect();
    for member in members {
        if let Some(bare) = member.key.strip_suffix(".*").filter(|bare| !known.contains(*bare)) {
            member.key.value = bare.to_owned();
        }
    }
}
