//! Child cases in scripts: what is seen of them, and what is sent to whom.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::family::{self, ToParent};
use super::super::program::{Builtin, Each, Node, Op, Told};
use super::super::syntax::{Extent, Name, Tree};
use super::super::types::Type;
use super::Checker;
use super::event::entry_of;
use super::names::prefixes;
use crate::definition::model::{Definition, EventDecl, Trigger, matches};
use crate::diagnostic::nearest;

impl<'a> Checker<'a, '_> {
    /// A call that is about child cases or the parent.
    pub(super) fn family(&mut self, at: Extent, name: &Name, args: &[Tree]) -> (Node, Type) {
        if !self.counted(name, at, args, false) {
            return Self::broken(at);
        }
        if &*name.text == "children" {
            return self.children(at, args);
        }
        if !self.in_actions() {
            let problem = self
                .error("not-allowed", at, format!("`{}` is only allowed in actions", name.text))
                .hint("guards, scores and values change nothing");
            self.report.push(problem);
            return Self::broken(at);
        }
        let found = match &*name.text {
            "send_parent" => self.send_parent(at, args),
            "send_all" => self.send_all(at, args),
            _ => self.send_one(at, args),
        };
        found.map_or_else(|| Self::broken(at), |op| (Node::new(at, op), Type::Nothing))
    }

    fn children(&mut self, at: Extent, args: &[Tree]) -> (Node, Type) {
        if !self.outside_function("children", at) {
            return Self::broken(at);
        }
        let Some(invoke) = self.invoke("children", at, args) else { return Self::broken(at) };
        self.reads.family = true;
        let record = self.record_of(invoke);
        (Node::new(at, Op::Children(invoke)), Type::List(Box::new(record)))
    }

    fn record_of(&self, invoke: u32) -> Type {
        family::record(self.names.def, invoke as usize, self.child(invoke))
    }

    /// The workflow of an `invoke`; `None` where it could not be read.
    fn child(&self, invoke: u32) -> Option<&'a Definition> {
        self.names.children.get(invoke as usize).copied().flatten()
    }

    /// The `id` of an `invoke`, written out.
    fn invoke(&mut self, function: &str, at: Extent, args: &[Tree]) -> Option<u32> {
        let first = args.get(..1).unwrap_or(&[]);
        let what = "the `id` of an `invoke`";
        let (id, place) = self.literal(function, at, first, what)?;
        let invokes = &self.names.def.invokes;
        let found = invokes.iter().position(|invoke| *invoke.id.value == *id);
        if found.is_none() {
            let message = format!("there is no `invoke` that is called `{id}`");
            let problem = self.error("unknown-invoke", place, message);
            let known = invokes.iter().map(|invoke| invoke.id.as_str());
            let problem = match nearest(&id, known) {
                Some(near) => problem.hint(format!("did you mean `{near}`?")),
                None => problem.hint("it is the `id` of an `invoke` of this file"),
            };
            self.report.push(problem);
        }
        u32::try_from(found?).ok()
    }

    fn send_all(&mut self, at: Extent, args: &[Tree]) -> Option<Op> {
        let invoke = self.invoke("send_all", at, args);
        let event = self.event_of_child("send_all", at, args.get(1..2).unwrap_or(&[]), invoke);
        let data = self.told_data(invoke, event.as_ref(), args.get(2), at);
        Some(Op::Tell { to: Told::All(invoke?), event: event?, data })
    }

    fn send_one(&mut self, at: Extent, args: &[Tree]) -> Option<Op> {
        let invoke = self.invoke("send_one", at, args);
        let key = args.get(1).map(|key| {
            let (node, kind) = self.boxed(key);
            if let Some(invoke) = invoke
                && let Type::Record(record) = self.record_of(invoke)
                && let Some(wanted) = record.properties.get("key")
            {
                self.fit(&node, &kind, wanted);
            }
            node
        });
        let event = self.event_of_child("send_one", at, args.get(2..3).unwrap_or(&[]), invoke);
        let data = self.told_data(invoke, event.as_ref(), args.get(3), at);
        Some(Op::Tell { to: Told::One(invoke?, key?), event: event?, data })
    }

    /// To whom it goes is known where somebody invokes this workflow.
    fn send_parent(&mut self, at: Extent, args: &[Tree]) -> Option<Op> {
        let first = args.get(..1).unwrap_or(&[]);
        let (event, place) = self.literal("send_parent", at, first, "the name of an event")?;
        if !self.is_event_name(&event, place) {
            return None;
        }
        let mut data = None;
        let mut carried = Some(BTreeMap::new());
        if let Some(tree) = args.get(1) {
            let (node, kind) = self.boxed(tree);
            self.wants_record(&node, &kind);
            carried = match kind {
                Type::Record(record) => Some(record.properties.clone()),
                _ => None,
            };
            data = Some(node);
        }
        let span = self.script.span(place.start as usize, place.end as usize);
        let told = ToParent { event: event.clone(), data: carried, span };
        self.names.told.borrow_mut().push(told);
        Some(Op::Tell { to: Told::Parent, event, data })
    }

    /// A name that events may have, and not a pattern or one of the engine's own.
    fn is_event_name(&mut self, event: &str, at: Extent) -> bool {
        let good = event.split('.').all(crate::definition::parse::is_identifier);
        if let Some(word) = crate::definition::model::reserved(event) {
            self.reserved_event(event, word, at);
            return false;
        }
        if !good {
            let message = format!("`{event}` cannot be the name of an event");
            let problem = self.error("bad-name", at, message);
            self.report.push(problem.hint("write words with points between them"));
        }
        good
    }

    fn wants_record(&mut self, node: &Node, kind: &Type) {
        if !kind.is_open() && !matches!(kind, Type::Record(_)) {
            let message = format!("the data of an event is a record, this is {}", kind.name());
            let problem = self.error("wrong-type", node.at, message);
            self.report.push(problem.hint("such as `#{ reason: \"late\" }`"));
        }
    }

    /// The name of an event that the children's workflow knows.
    fn event_of_child(
        &mut self,
        function: &str,
        at: Extent,
        args: &[Tree],
        invoke: Option<u32>,
    ) -> Option<Arc<str>> {
        let (event, place) = self.literal(function, at, args, "the name of an event")?;
        if !self.is_event_name(&event, place) {
            return None;
        }
        if let Some(child) = invoke.and_then(|invoke| self.child(invoke))
            && !knows(child, &event)
        {
            let message = format!("the workflow `{}` has no event `{event}`", child.id.value);
            let problem = self.error("unknown-event", place, message);
            let known = child.events.iter().flat_map(|events| events.keys());
            let problem = match nearest(&event, known.map(String::as_str)) {
                Some(near) => problem.hint(format!("did you mean `{near}`?")),
                None => problem
                    .hint("declare it there, with `\"by\": []` where nobody else may send it"),
            };
            self.report.push(problem);
        }
        Some(event)
    }

    /// What an event for a child carries: its payload, and facts of its `sets` and `required`.
    fn told_data(
        &mut self,
        invoke: Option<u32>,
        event: Option<&Arc<str>>,
        tree: Option<&Tree>,
        at: Extent,
    ) -> Option<Box<Node>> {
        let made = tree.map(|tree| {
            let (node, kind) = self.boxed(tree);
            self.wants_record(&node, &kind);
            (node, kind)
        });
        let child = invoke.and_then(|invoke| self.child(invoke));
        if let (Some(child), Some(event)) = (child, event)
            && let Some(declared) = declared(child, event)
        {
            let nothing = BTreeMap::new();
            let carried = match &made {
                None => Some(&nothing),
                Some((_, Type::Record(record))) => Some(&record.properties),
                Some(_) => None,
            };
            let place = made.as_ref().map_or(at, |(node, _)| node.at);
            let slips = carried.map(|carried| slips(child, declared, carried));
            for slip in slips.into_iter().flatten() {
                let entry = made.as_ref().and_then(|(node, _)| entry_of(node, &slip.name));
                let problem =
                    self.error(slip.code, entry.map_or(place, |node| node.at), slip.message);
                self.report.push(match slip.hint {
                    Some(hint) => problem.hint(hint),
                    None => problem,
                });
            }
        }
        made.map(|(node, _)| node)
    }

    /// Warns of `all` over children with no `len` of them beside it: of none, all are anything.
    pub(super) fn all_of_none(&mut self, root: &Node) {
        if !self.reads.family {
            return;
        }
        let (mut asked, mut counted) = (Vec::new(), BTreeSet::new());
        let mut waiting = vec![root];
        while let Some(node) = waiting.pop() {
            match &node.op {
                Op::Each { each: Each::All, list, .. } => {
                    asked.extend(of_children(list).map(|invoke| (invoke, node.at)));
                }
                Op::Call(Builtin::Len, args) => {
                    counted.extend(args.first().and_then(of_children));
                }
                Op::Property(base, name) if &**name == "len" => counted.extend(of_children(base)),
                // One that is, is one at least.
                Op::Each { each: Each::Some | Each::Find, list, .. } => {
                    counted.extend(of_children(list));
                }
                _ => {}
            }
            waiting.extend(node.children());
        }
        for (invoke, at) in asked.into_iter().filter(|(invoke, _)| !counted.contains(invoke)) {
            let id = self.names.def.invokes.get(invoke as usize);
            let id = id.map_or("", |invoke| invoke.id.as_str());
            let message =
                format!("where `{id}` has no children, all of them are anything: this holds");
            let problem = self.warning("all-of-none", at, message);
            let hint = format!("write ``children(`{id}`).len() > 0 && …``");
            self.report.push(problem.hint(hint));
        }
    }
}

/// The `invoke` whose children a list is made of.
fn of_children(list: &Node) -> Option<u32> {
    match &list.op {
        Op::Children(invoke) => Some(*invoke),
        Op::Each { each: Each::Filter | Each::Map, list, .. } => of_children(list),
        _ => None,
    }
}

/// Whether a workflow takes events of a name.
pub(crate) fn knows(def: &Definition, event: &str) -> bool {
    match &def.events {
        Some(events) => prefixes(event).any(|prefix| events.contains_key(prefix)),
        None => def.transitions.rows().iter().any(|transition| match &transition.trigger {
            Trigger::Events(patterns) => patterns.iter().any(|pattern| matches(pattern, event)),
            _ => false,
        }),
    }
}

/// The declaration that governs an event.
pub(crate) fn declared<'d>(def: &'d Definition, event: &str) -> Option<&'d EventDecl> {
    let events = def.events.as_ref()?;
    prefixes(event).find_map(|prefix| events.get(prefix))
}

/// What is wrong with what an event carries from one case to another.
pub(crate) struct Slip {
    pub code: &'static str,
    pub name: Arc<str>,
    pub message: String,
    pub hint: Option<String>,
}

/// What is wrong with what an event carries to a case of another workflow, as far as the types tell.
pub(crate) fn slips(
    def: &Definition,
    declared: &EventDecl,
    carried: &BTreeMap<Arc<str>, Type>,
) -> Vec<Slip> {
    let event = declared.name.as_str();
    let facts = || declared.sets.iter().chain(&declared.required).map(|fact| fact.as_str());
    let mut found = Vec::new();
    for (name, kind) in carried {
        let fact = facts().find(|fact| **fact == **name);
        let fact = fact.and_then(|_| {
            def.facts
                .rows()
                .iter()
                .find(|fact| fact.name.as_str() == &**name)
                .map(|fact| &fact.shape)
        });
        match fact.or_else(|| declared.data.get(&**name)) {
            Some(shape) => {
                let wanted = Type::of(shape);
                if !kind.fits(&wanted) {
                    let message = format!(
                        "`{name}` of the event `{event}` must be {}, and is {}",
                        wanted.name(),
                        kind.name()
                    );
                    found.push(Slip {
                        code: "wrong-type",
                        name: name.clone(),
                        message,
                        hint: None,
                    });
                }
            }
            None => {
                let message =
                    format!("the event `{event}` of `{}` carries no `{name}`", def.id.as_str());
                let known = declared.data.keys().map(String::as_str).chain(facts());
                let hint = nearest(name, known).map(|near| format!("did you mean `{near}`?"));
                let hint = hint.or_else(|| {
                    Some("name it under `data`, `sets` or `required` of the event".to_owned())
                });
                found.push(Slip { code: "unknown-name", name: name.clone(), message, hint });
            }
        }
    }
    for needed in declared.required.iter().chain(&declared.data_required) {
        if !carried.contains_key(needed.as_str()) {
            let message =
                format!("the event `{event}` of `{}` needs `{}`", def.id.as_str(), needed.value);
            let name = Arc::from(needed.as_str());
            found.push(Slip { code: "missing-data", name, message, hint: None });
        }
    }
    found
}
