//! Properties, with those of `event`, and what scripts say about events and states.

use std::sync::Arc;

use super::super::program::{Builtin, EventPart, Node, Op};
use super::super::syntax::{Extent, Form, Name, Tree};
use super::super::tokens::LINKS;
use super::super::types::{Flavour, Type};
use super::Checker;
use super::names::prefixes;
use super::persons::is_sent_by;
use crate::definition::model::reserved;
use crate::definition::shape::Shape;
use crate::diagnostic::nearest;
use crate::person;
use crate::table::StateId;
use crate::value::Value;
use crate::vocabulary::PROPERTIES;

impl Checker<'_, '_> {
    pub(super) fn property(&mut self, at: Extent, base: &Tree, name: &Name) -> (Node, Type) {
        let (base, kind) = self.expression(base);
        let text = &*name.text;
        let found = match &kind {
            Type::Event => return self.event_part(at, name),
            Type::EventData => return self.event_data(at, name),
            Type::Nothing => {
                let problem = self.error("no-value", base.at, "this gives no value");
                self.report.push(problem);
                return Self::broken(at);
            }
            Type::Record(record) => self.entry(record, text, name.at),
            Type::List(_) | Type::Text | Type::Person | Type::Kept | Type::Enum(_)
                if text == "len" =>
            {
                return (Node::new(at, Op::Call(Builtin::Len, vec![base])), Type::Integer);
            }
            kind if kind.is_open() => self.names.property(&name.text),
            kind => {
                let own = PROPERTIES.iter().find(|property| {
                    property.name == text && property.of.iter().any(|of| kind.has_property_of(*of))
                });
                if let Some(property) = own {
                    let found = Type::of_kind(property.gives).unwrap_or(Type::Any);
                    return (Node::new(at, Op::Property(Box::new(base), name.text.clone())), found);
                }
                let problem = self.error(
                    "unknown-name",
                    name.at,
                    format!("{} has no property `{text}`", kind.name()),
                );
                let problem = match (kind, text) {
                    (Type::Duration(Flavour::Exact), "days") => {
                        problem.hint("days count between dates: take `.date` of both date-times first")
                    }
                    (Type::Duration(Flavour::Months), "days") => {
                        problem.hint("no number of days is a month: count in days")
                    }
                    (Type::Duration(_), "hours") => problem.hint("hours count between date-times, not between dates"),
                    (Type::Date, "date") => problem.hint("it is a date already"),
                    (Type::Date | Type::DateTime, _) => problem.hint("there are `.year`, `.month`, `.day`, `.weekday` and, of date-times, `.date`"),
                    (Type::Duration(_), _) => problem.hint("there are `.days` between dates and `.hours` between date-times"),
                    (Type::List(_) | Type::Text | Type::Person | Type::Enum(_), "length" | "size" | "count" | "lenght") => {
                        problem.hint("did you mean `len`?")
                    }
                    _ => problem,
                };
                self.report.push(problem);
                return Self::broken(at);
            }
        };
        (Node::new(at, Op::Property(Box::new(base), name.text.clone())), found)
    }

    fn event_part(&mut self, at: Extent, name: &Name) -> (Node, Type) {
        self.reads.event = true;
        let (part, kind) = match &*name.text {
            "name" => (EventPart::Name, Type::Text),
            "actor" => (EventPart::Actor, Type::Person),
            "at" => (EventPart::At, Type::DateTime),
            "date" => (EventPart::Date, Type::Date),
            "data" => return (Node::new(at, Op::Nothing), Type::EventData),
            other => {
                let problem = self
                    .error("unknown-name", name.at, format!("an event has no `{other}`"))
                    .hint("there are `event.name`, `event.actor`, `event.at`, `event.date` and `event.data.NAME`");
                self.report.push(problem);
                return Self::broken(at);
            }
        };
        (Node::new(at, Op::Event(part)), kind)
    }

    fn event_data(&mut self, at: Extent, name: &Name) -> (Node, Type) {
        let node = Node::new(at, Op::Data(name.text.clone()));
        let kept = self.names.property(&name.text);
        let Some(events) = &self.names.def.events else { return (node, kept) };
        let kind = events
            .values()
            .filter_map(|event| event.data.get(&*name.text))
            .map(Type::of)
            .reduce(Type::join);
        // What `done.invoke.…` brings.
        let told = self.names.children.iter().enumerate().filter_map(|(invoke, child)| {
            match super::super::family::record(self.names.def, invoke, *child) {
                Type::Record(record) => record.properties.get(&*name.text).cloned(),
                other => Some(other),
            }
        });
        let told = told.reduce(Type::join);
        let kind = match (kind, told) {
            (Some(one), Some(other)) => Some(one.join(other)),
            (one, other) => one.or(other),
        };
        match kind {
            Some(kind) => (node, kind.keeping(&kept)),
            None => {
                let problem = self.error(
                    "unknown-name",
                    name.at,
                    format!("no event declares `{}` in its `data`", name.text),
                );
                let known = events.values().flat_map(|event| event.data.keys().map(String::as_str));
                let problem = match nearest(&name.text, known) {
                    Some(near) => problem.hint(format!("did you mean `{near}`?")),
                    None => problem.hint("declare it under `data` of the event; facts that it carries are read by their names"),
                };
                self.report.push(problem);
                (node, Type::Any)
            }
        }
    }

    /// `known("fact")`, `known("partner.name")`, `known("event.data.x")`.
    pub(super) fn known(&mut self, at: Extent, args: &[Tree]) -> (Node, Type) {
        let Some((path, path_at)) = self.literal("known", at, args, "the name of a fact") else {
            return Self::broken(at);
        };
        if path.split('.').nth(LINKS).is_some() {
            let message = format!("this path has more than {LINKS} parts");
            let problem = self.error("too-deep", path_at, message);
            self.report.push(problem);
            return Self::broken(at);
        }
        let mut parts = path.split('.');
        let first: Arc<str> = Arc::from(parts.next().unwrap_or(""));
        let mut tree = Tree { at: path_at, form: Form::Name(first) };
        for part in parts {
            tree = Tree {
                at: path_at,
                form: Form::Property(Box::new(tree), Name { text: Arc::from(part), at: path_at }),
            };
        }
        self.lenient += 1;
        let (node, kind) = self.value(&tree);
        self.lenient -= 1;
        if matches!(node.op, Op::Parameter(_) | Op::Local(_) | Op::Now | Op::Today)
            && !matches!(kind, Type::Any | Type::Somebody)
        {
            let problem = self
                .warning("always-true", at, format!("`{path}` is always known"))
                .hint("`known` asks whether a fact is known");
            self.report.push(problem);
        }
        (Node::new(at, Op::Known(Box::new(node))), Type::Boolean)
    }

    /// The one argument of a function that takes only a text written out.
    pub(super) fn literal(
        &mut self,
        function: &str,
        at: Extent,
        args: &[Tree],
        what: &str,
    ) -> Option<(Arc<str>, Extent)> {
        if let [Tree { at, form: Form::Text(text) }] = args {
            let most = self.names.most;
            if text.len() > most {
                let span = self.script.span(at.start as usize, at.end as usize);
                if let Some(problem) = crate::json::too_long(text, span, most) {
                    self.report.push(problem);
                }
                return None;
            }
            return Some((text.clone(), *at));
        }
        let place = args.first().map_or(at, |tree| tree.at);
        let problem = self.error(
            "not-literal",
            place,
            format!("`{function}` takes {what}, written out as a text"),
        );
        let problem = match args {
            [Tree { form: Form::Name(name), .. }] => {
                problem.hint(format!("write `{name}`, with the backticks"))
            }
            [Tree { form: Form::Property(..), .. }] if function == "known" => problem.hint(
                "of a property ask `x.name ?? 0`; of a child return a factor that says it, such as `{ \"guard\": \"known(`lesson`)\" }`",
            ),
            _ => problem.hint(format!("such as {function}(`name`)")),
        };
        self.report.push(problem);
        None
    }

    /// The name of an event in `last`, `count`, `who`.
    pub(super) fn event_pattern(
        &mut self,
        function: &str,
        at: Extent,
        args: &[Tree],
    ) -> Option<Arc<str>> {
        let (name, place) = self.literal(function, at, args, "the name of an event")?;
        let name: Arc<str> = name.strip_suffix(".*").map_or(name.clone(), Arc::from);
        match reserved(&name) {
            Some("done") if name.starts_with("done.") => self.done_event(&name, place),
            Some(word) => self.reserved_event(&name, word, place),
            None if !self.names.can_match(&name) => self.unknown_event(&name, place),
            None => {}
        }
        self.reads.past = true;
        Some(name)
    }

    /// The name of an event that is raised, sent or cancelled.
    pub(super) fn event_name(
        &mut self,
        function: &str,
        at: Extent,
        args: &[Tree],
    ) -> Option<Arc<str>> {
        let (name, place) = self.literal(function, at, args, "the name of an event")?;
        if name.contains('*') {
            let problem = self.error(
                "not-literal",
                place,
                format!("`{function}` takes the name of one event, not a pattern"),
            );
            self.report.push(problem);
            return None;
        }
        match reserved(&name) {
            Some(word) => self.reserved_event(&name, word, place),
            None if !self.names.governs(&name) => self.unknown_event(&name, place),
            None => {}
        }
        Some(name)
    }

    /// Reports a text that is compared with the name of the event, or with the id of who sent it, and that neither can ever be:
    /// what is asked for in order to shut somebody out would let everybody through.
    pub(super) fn never_sent(&mut self, (subject, kind): (&Node, &Type), text: &Node) {
        let Op::Constant(Value::Text(said)) = &text.op else { return };
        if matches!(subject.op, Op::Event(EventPart::Name)) {
            match (reserved(said), said.strip_prefix("done.state.")) {
                (_, Some(state)) => drop(self.state_named(state, text.at)),
                (Some(word), None) => self.reserved_event(said, word, text.at),
                (None, None) if !self.names.governs(said) => self.unknown_event(said, text.at),
                (None, None) => {}
            }
        } else if is_sent_by(subject, kind)
            && let Some(wrong) = person::wrong(said)
        {
            let message = format!("nobody has this id: {}", wrong.message);
            let problem = self.error("impossible", text.at, message);
            self.report.push(problem.hint("write it as the host does"));
        }
    }

    pub(super) fn reserved_event(&mut self, name: &str, word: &str, at: Extent) {
        let message = format!("no event is sent as `{name}`: `{word}` is the engine's own");
        let problem = self
            .error("reserved-name", at, message)
            .hint("choose another name; `done.state.NAME` comes by itself");
        self.report.push(problem);
    }

    /// What a state does by itself is none of the events that have happened: `count` of it would be 0 for ever.
    fn done_event(&mut self, name: &str, at: Extent) {
        let message = format!("`{name}` is not remembered: nobody sends it");
        let problem = self.error("reserved-name", at, message);
        let state = name.strip_prefix("done.state.").unwrap_or_default();
        let hint = match self.names.state(state) {
            Some(_) => format!(
                "set a fact in the actions of its `done`, or ask ``since(`{state}`)``, when it was entered"
            ),
            None => "set a fact in the actions of a `done`".to_owned(),
        };
        self.report.push(problem.hint(hint));
    }

    fn unknown_event(&mut self, name: &str, at: Extent) {
        let problem = self.error("unknown-event", at, format!("there is no event `{name}`"));
        let known = if self.report.is_full() { Vec::new() } else { self.names.events() };
        let problem = match nearest(name, known) {
            Some(near) => problem.hint(format!("did you mean `{near}`?")),
            None if self.names.def.events.is_some() => problem.hint("declare it under `events`"),
            None => problem.hint("no `on` of the file names it"),
        };
        self.report.push(problem);
    }

    pub(super) fn state_name(
        &mut self,
        function: &str,
        at: Extent,
        args: &[Tree],
    ) -> Option<StateId> {
        let (name, place) = self.literal(function, at, args, "the name of a state")?;
        self.state_named(&name, place)
    }

    fn state_named(&mut self, name: &str, place: Extent) -> Option<StateId> {
        let found = self.names.state(name);
        if found.is_none() {
            let problem = self.error("unknown-state", place, format!("there is no state `{name}`"));
            let problem = match nearest(name, self.names.state_names()) {
                Some(near) => problem.hint(format!("did you mean `{near}`?")),
                None => problem,
            };
            self.report.push(problem);
        }
        found
    }

    /// The data of a raised or sent event: a record with what the event declares.
    pub(super) fn payload(
        &mut self,
        event: Option<&str>,
        tree: Option<&Tree>,
    ) -> Option<Box<Node>> {
        let declared = match (event, &self.names.def.events) {
            (Some(event), Some(events)) => prefixes(event).find_map(|prefix| events.get(prefix)),
            _ => None,
        };
        let made = tree.map(|tree| {
            let (node, kind) = self.boxed(tree);
            if !kind.is_open() && !matches!(kind, Type::Record(_)) {
                let problem = self
                    .error(
                        "wrong-type",
                        node.at,
                        format!("the data of an event is a record, this is {}", kind.name()),
                    )
                    .hint("such as #{ reason: `late` }");
                self.report.push(problem);
            }
            (node, kind)
        });
        if let Some(declared) = declared {
            if let Some((node, Type::Record(record))) = &made {
                for (name, kind) in &record.properties {
                    let shape: Option<&Shape> = declared.data.get(&**name);
                    match shape {
                        Some(shape) => {
                            let wanted = Type::of(shape);
                            let value = entry_of(node, name).unwrap_or(node);
                            self.fit(value, kind, &wanted);
                        }
                        None => {
                            let message = format!(
                                "the event `{}` declares no `{name}` in its `data`",
                                declared.name.value
                            );
                            let problem = self.error("unknown-name", node.at, message);
                            let problem =
                                problem.suggest(name, declared.data.keys().map(String::as_str));
                            self.report.push(problem);
                        }
                    }
                }
            }
            for needed in &declared.data_required {
                let given = match &made {
                    Some((_, Type::Record(record))) => {
                        record.properties.contains_key(needed.value.as_str())
                    }
                    Some(_) => true,
                    None => false,
                };
                if !given && let Some(at) = tree.map(|tree| tree.at).or(Some(self.last_call)) {
                    let message = format!(
                        "the event `{}` needs `{}` in its data",
                        declared.name.value, needed.value
                    );
                    let problem = self
                        .error("missing-data", at, message)
                        .related(needed.span, "declared here");
                    self.report.push(problem);
                }
            }
        }
        made.map(|(node, _)| node)
    }
}

pub(super) fn entry_of<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    match &node.op {
        Op::Record(entries) => {
            entries.iter().find(|(found, _)| &**found == name).map(|(_, node)| node)
        }
        Op::Constant(Value::Record(_)) => None,
        _ => None,
    }
}
