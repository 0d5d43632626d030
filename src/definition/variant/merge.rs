//! RFC 7396 over trees of JSON, with names for the entries of lists.

use std::collections::{BTreeMap, HashMap};

use super::shorthand;
use crate::definition::keys::{
    EVENT_TRANSITION, Holds, INVOKE, Object, PARAMETER, STATE, TRANSITION, WORKFLOW, is_remark,
};
use crate::diagnostic::{Diagnostic, Report, Spanned, quoted};
use crate::json::{Member, Node, NodeKind, Text};
use crate::value::{Duration, Number};

/// Applies a variant to its base, both with their shorthands written out.
pub(super) fn apply(base: Node, mut patch: Node, report: &mut Report) -> Node {
    let mut extends = None;
    if let NodeKind::Object(members) = &mut patch.kind {
        extends =
            members.iter().find(|member| *member.key == "extends").map(|member| member.value.span);
        members.retain(|member| *member.key != "extends");
    }
    let whole = patch.span;
    let (merged, change) = Merge { report }.node(Some(base), patch, Holds::One(&WORKFLOW));
    if change == Change::None {
        let span = extends.unwrap_or(whole);
        let found =
            Diagnostic::warning("patch-no-change", span, "the variant changes nothing of its base");
        report.push(found.hint("name what is different here, or use the base itself"));
    }
    merged
}

/// Keys of the file that say nothing about what the variant changes.
fn is_own(key: &str) -> bool {
    is_remark(key) || matches!(key, "$schema" | "format" | "id" | "version" | "extends")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    /// Nothing, and nobody has said so yet.
    None,
    /// Nothing, and it has been reported.
    Reported,
    Some,
}

struct Merge<'r> {
    report: &'r mut Report,
}

impl Merge<'_> {
    fn node(&mut self, base: Option<Node>, patch: Node, holds: Holds) -> (Node, Change) {
        match (base, patch.kind) {
            (Some(Node { span, kind: NodeKind::Object(base) }), NodeKind::Object(patch)) => {
                let (members, change) = self.members(base, patch, holds);
                (Node { span, kind: NodeKind::Object(members) }, change)
            }
            (Some(Node { span, kind: NodeKind::Array(base) }), NodeKind::Object(members)) => {
                let (items, change) = self.list(base, members, holds);
                (Node { span, kind: NodeKind::Array(items) }, change)
            }
            (_, NodeKind::Object(members)) => {
                let (members, _) = self.members(Vec::new(), members, holds);
                (Node { span: patch.span, kind: NodeKind::Object(members) }, Change::Some)
            }
            (base, kind) => {
                let patch = Node { span: patch.span, kind };
                match base {
                    Some(base) if same(&base, &patch) => (base, Change::None),
                    _ => (patch, Change::Some),
                }
            }
        }
    }

    fn members(
        &mut self,
        base: Vec<Member>,
        patch: Vec<Member>,
        holds: Holds,
    ) -> (Vec<Member>, Change) {
        let known: BTreeMap<String, usize> = base
            .iter()
            .enumerate()
            .map(|(index, member)| (member.key.value.clone(), index))
            .collect();
        let mut members: Vec<Option<Member>> = base.into_iter().map(Some).collect();
        let mut change = Change::None;
        for Member { key, value } in patch {
            let place = known.get(&key.value).copied().and_then(|index| members.get_mut(index));
            let counts = !is_own(&key) || !is_file(holds);
            if value.kind == NodeKind::Null {
                match place {
                    Some(place) if place.is_some() => {
                        *place = None;
                        change = Change::Some;
                    }
                    _ => {
                        self.removes_missing(&key, known.keys().map(String::as_str));
                        change = change.max(Change::Reported);
                    }
                }
                continue;
            }
            let inner = inside(holds, &key);
            match place {
                Some(place) => {
                    let old = place.take();
                    let mut value = value;
                    if let Some(old) = &old {
                        same_keys(&key, inner, &old.value, &mut value);
                    }
                    let old_key = old.as_ref().map_or_else(|| key.clone(), |old| old.key.clone());
                    let (value, changed) = self.node(old.map(|old| old.value), value, inner);
                    *place = Some(Member { key: old_key, value });
                    // Inside of one declaration or transition it is natural to repeat what stays.
                    let silent = changed == Change::None && counts && !is_remark(&key);
                    if silent && has_independent_keys(holds) {
                        self.no_change(&key);
                        change = change.max(Change::Reported);
                    } else if counts {
                        change = change.max(changed);
                    }
                }
                None => {
                    let (value, _) = self.node(None, value, inner);
                    members.push(Some(Member { key, value }));
                    if counts {
                        change = Change::Some;
                    }
                }
            }
        }
        (members.into_iter().flatten().collect(), change)
    }

    /// An object over a list: its keys name entries.
    fn list(&mut self, base: Vec<Node>, patch: Vec<Member>, holds: Holds) -> (Vec<Node>, Change) {
        // Lists of objects, whose entries are named by their `id`.
        let (transitions, what) = match holds {
            Holds::Transitions | Holds::On => (true, "transition"),
            Holds::Invokes => (true, "invoke"),
            _ => (false, ""),
        };
        let item = if what == "invoke" { &INVOKE } else { &EVENT_TRANSITION };
        if transitions && let Some(own) = patch.iter().find(|member| is_key_of(item, &member.key)) {
            let message = format!(
                "`{}` over a list of {what}s: which of them is meant is open",
                own.key.value
            );
            let found = Diagnostic::error("patch-list", own.key.span, message).hint(format!(
                "name the {what} by its `id`: `{{ \"the_id\": {{ … }} }}`, or write the whole list"
            ));
            self.report.push(found);
            return (base, Change::Some);
        }
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        for (index, item) in base.iter().enumerate() {
            if let Some(name) = name_of(item) {
                known.entry(name).or_insert(index);
            }
        }
        let mut items: Vec<Option<Node>> = base.into_iter().map(Some).collect();
        // Entries that change nothing are reported one by one.
        let change = if patch.is_empty() { Change::None } else { Change::Some };
        for Member { key, mut value } in patch {
            let place = known.get(&key.value).copied().and_then(|index| items.get_mut(index));
            if what == "transition" {
                shorthand::write_out(&mut value, Holds::Transitions);
            }
            match value.kind {
                _ if transitions && is_remark(&key) => {}
                NodeKind::Null => match place {
                    Some(place) if place.is_some() => *place = None,
                    _ => self.removes_missing(&key, known.keys().map(String::as_str)),
                },
                NodeKind::Boolean(true) if !transitions => match place {
                    Some(_) => self.no_change(&key),
                    None => {
                        let text = Text {
                            value: key.value.clone(),
                            pieces: vec![(0, key.span.start + 1)],
                        };
                        items.push(Some(Node { span: key.span, kind: NodeKind::String(text) }));
                    }
                },
                NodeKind::Object(_) if transitions => {
                    let old = place.as_ref().and_then(|place| place.as_ref()).cloned();
                    let appended = old.is_none();
                    let (mut merged, _) = self.node(old, value, Holds::One(item));
                    if appended {
                        name_it(&mut merged, &key);
                    }
                    match place {
                        Some(place) => *place = Some(merged),
                        None => items.push(Some(merged)),
                    }
                }
                _ => {
                    let wanted =
                        if transitions { "an object or `null`" } else { "`true` or `null`" };
                    let message = format!(
                        "over a list {} must be {wanted}, is {}",
                        quoted(&key),
                        value.describe()
                    );
                    let found = Diagnostic::error("patch-list", value.span, message);
                    self.report.push(
                        found.hint(
                            "keys name entries of the list; to replace it write the whole list",
                        ),
                    );
                }
            }
        }
        (items.into_iter().flatten().collect(), change)
    }

    fn no_change(&mut self, key: &Spanned<String>) {
        let message = format!("{} is in the base as it is here", quoted(key));
        let found = Diagnostic::warning("patch-no-change", key.span, message);
        self.report.push(found.hint("remove it: a variant says only what is different"));
    }

    fn removes_missing<'k>(
        &mut self,
        key: &Spanned<String>,
        known: impl IntoIterator<Item = &'k str>,
    ) {
        let message = format!("`null` removes {}, which is not in the base", quoted(key));
        let found = Diagnostic::error("patch-removes-missing", key.span, message);
        if let Some(meant) = Duration::meant(key) {
            return self.report.push(found.hint(format!("write `{meant}`")));
        }
        let found = found.hint("remove this line, or correct the name");
        self.report.push_near(found, key, known);
    }
}

/// Keys of a patch that mean what a key of the base means are spelt as that: `P1W` under `after` is its `P7D`, `go.*` under
/// `on` its `go`. Where the patch itself has two of one meaning they stay, to be told as that.
fn same_keys(key: &str, holds: Holds, base: &Node, patch: &mut Node) {
    let meaning: fn(&str) -> String = match (key, holds) {
        ("after", Holds::TransitionMap) => {
            |key| Duration::parse(key).map_or_else(|| key.to_owned(), |length| length.to_string())
        }
        ("on", Holds::On) => |key| key.strip_suffix(".*").unwrap_or(key).to_owned(),
        _ => return,
    };
    let (NodeKind::Object(base), NodeKind::Object(members)) = (&base.kind, &mut patch.kind) else {
        return;
    };
    let known: HashMap<String, &str> =
        base.iter().map(|member| (meaning(&member.key), member.key.as_str())).collect();
    let mut times: HashMap<String, usize> = HashMap::with_capacity(members.len());
    for member in members.iter().filter(|member| !is_remark(&member.key)) {
        *times.entry(meaning(&member.key)).or_default() += 1;
    }
    for member in members.iter_mut().filter(|member| !is_remark(&member.key)) {
        let meant = meaning(&member.key);
        if let Some(written) = known.get(&meant)
            && times.get(&meant) == Some(&1)
        {
            member.key.value = (*written).to_owned();
        }
    }
}

/// What stands behind a key of what is being merged.
pub(in crate::definition) fn inside(holds: Holds, key: &str) -> Holds {
    match holds {
        Holds::One(object) | Holds::BooleanOr(object) => {
            object.keys().find(|known| known.name == key).map_or(Holds::Value, |known| known.holds)
        }
        Holds::Map(object) => Holds::One(object),
        Holds::Parameters => Holds::One(&PARAMETER),
        Holds::TransitionMap | Holds::On => Holds::Transitions,
        Holds::Transitions => inside(Holds::One(&TRANSITION), key),
        Holds::Invokes => inside(Holds::One(&INVOKE), key),
        _ => Holds::Value,
    }
}

fn is_file(holds: Holds) -> bool {
    matches!(holds, Holds::One(object) if std::ptr::eq(object, &WORKFLOW))
}

/// Whether the keys of an object are things of their own, each of which a patch may leave unchanged by mistake.
fn has_independent_keys(holds: Holds) -> bool {
    let independent =
        |object: &'static Object| std::ptr::eq(object, &WORKFLOW) || std::ptr::eq(object, &STATE);
    match holds {
        Holds::Map(_) | Holds::Parameters | Holds::TransitionMap | Holds::On | Holds::Scripts => {
            true
        }
        Holds::One(object) => independent(object),
        _ => false,
    }
}

fn is_key_of(item: &'static Object, key: &str) -> bool {
    item.keys().any(|known| known.name == key)
}

/// What an entry of a list is called: a text by itself, a transition or an `invoke` by its `id`.
fn name_of(item: &Node) -> Option<String> {
    match &item.kind {
        NodeKind::String(text) => Some(text.value.clone()),
        NodeKind::Object(_) => item.text_of("id").map(|(id, _)| id),
        _ => None,
    }
}

/// Gives an appended transition the `id` that it was appended by.
fn name_it(node: &mut Node, key: &Spanned<String>) {
    let NodeKind::Object(members) = &mut node.kind else { return };
    if members.iter().all(|member| *member.key != "id") {
        let text = Text { value: key.value.clone(), pieces: vec![(0, key.span.start + 1)] };
        let value = Node { span: key.span, kind: NodeKind::String(text) };
        members.push(Member { key: Spanned::new("id".to_owned(), key.span), value });
    }
}

/// Whether two values are equal, wherever they stand.
fn same(a: &Node, b: &Node) -> bool {
    match (&a.kind, &b.kind) {
        (NodeKind::Number(a), NodeKind::Number(b)) => {
            a == b || Number::parse(a).is_some_and(|number| Number::parse(b) == Some(number))
        }
        (NodeKind::String(a), NodeKind::String(b)) => a.value == b.value,
        (NodeKind::Array(a), NodeKind::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (NodeKind::Object(a), NodeKind::Object(b)) => {
            let known: HashMap<&str, &Node> =
                a.iter().map(|member| (member.key.as_str(), &member.value)).collect();
            let equal = |member: &Member| {
                known.get(member.key.as_str()).is_some_and(|value| same(value, &member.value))
            };
            a.len() == b.len() && b.iter().all(equal)
        }
        (a, b) => a == b,
    }
}
