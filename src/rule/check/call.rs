//! Calls: the functions of the language, those of the file, and what only actions may do.

use super::super::hints;
use super::super::program::{Builtin, Each, Mutation, Node, Op, Root};
use super::super::syntax::{Extent, Form, Name, Tree};
use super::super::types::Type;
use super::Checker;
use super::names::Named;
use crate::value::Value;
use crate::vocabulary::{self, Call, Function};

impl Checker<'_, '_> {
    pub(super) fn call(
        &mut self,
        at: Extent,
        name: &Name,
        args: &[Tree],
        method: bool,
    ) -> (Node, Type) {
        self.last_call = at;
        let own = vocabulary::function(&name.text);
        match own.map(|own| &own.call) {
            Some(Call::Asks) if !method => self.past(at, name, args),
            Some(Call::Acts) if !method => self.effect(at, name, args),
            Some(Call::Family) if !method => self.family(at, name, args),
            Some(Call::Claims) if !method => self.claimed(at, name, args),
            Some(Call::Each(each)) if !self.is_function(name) => self.each(at, name, *each, args),
            Some(Call::Changes(mutation)) if method => self.mutate(at, name, *mutation, args),
            Some(Call::Contains) => match self.counted(name, at, args, method) {
                true => match args {
                    [list, item] => self.call_contains(at, list, item),
                    _ => Self::broken(at),
                },
                false => Self::broken(at),
            },
            _ => match self.names.function(&name.text) {
                Some(number) => self.function(at, number, args, method),
                None => self.builtin(at, name, args, method),
            },
        }
    }

    fn is_function(&self, name: &Name) -> bool {
        self.names.function(&name.text).is_some()
    }

    /// Whether a function of the table has as many arguments as it takes; the receiver of a method
    /// counts as one.
    pub(super) fn counted(&mut self, name: &Name, at: Extent, args: &[Tree], method: bool) -> bool {
        let Some((least, most)) = vocabulary::function(&name.text).map(Function::arguments) else {
            return false;
        };
        if (least..=most).contains(&args.len()) {
            return true;
        }
        let own = usize::from(method);
        let (least, most, found) =
            (least.saturating_sub(own), most.saturating_sub(own), args.len().saturating_sub(own));
        let number = if least == most { least.to_string() } else { format!("{least} to {most}") };
        let plural = if most == 1 { "argument" } else { "arguments" };
        let are = if found == 1 { "is" } else { "are" };
        let message = format!("`{}` takes {number} {plural}, here {are} {found}", name.text);
        let problem = self.error("wrong-arguments", at, message);
        let problem = match hints::for_a_call(&name.text, args.len()) {
            Some(hint) => problem.hint(hint),
            None => problem,
        };
        self.report.push(problem);
        for arg in args {
            // A closure is an argument here, if one too many.
            if !matches!(arg.form, Form::Closure { .. }) {
                self.expression(arg);
            }
        }
        false
    }

    /// What rules ask about the past and the present state.
    fn past(&mut self, at: Extent, name: &Name, args: &[Tree]) -> (Node, Type) {
        if !self.outside_function(&name.text, at) {
            return Self::broken(at);
        }
        let made = |op, kind| (Node::new(at, op), kind);
        let found = match &*name.text {
            "known" => return self.known(at, args),
            "last" => self
                .event_pattern("last", at, args)
                .map(|event| made(Op::Last(event), Type::DateTime)),
            "count" => self
                .event_pattern("count", at, args)
                .map(|event| made(Op::Count(event), Type::Integer)),
            "who" => self
                .event_pattern("who", at, args)
                .map(|event| made(Op::Who(event), Type::List(Box::new(Type::Person)))),
            "since" => {
                self.reads.past = true;
                self.state_name("since", at, args)
                    .map(|state| made(Op::Since(state), Type::DateTime))
            }
            _ => {
                self.reads.active = true;
                self.state_name("active", at, args)
                    .map(|state| made(Op::Active(state), Type::Boolean))
            }
        };
        found.unwrap_or_else(|| Self::broken(at))
    }

    /// What only actions do.
    fn effect(&mut self, at: Extent, name: &Name, args: &[Tree]) -> (Node, Type) {
        if !self.in_actions() {
            let problem = self
                .error("not-allowed", at, format!("`{}` is only allowed in actions", name.text))
                .hint("guards, scores and values change nothing");
            self.report.push(problem);
            return Self::broken(at);
        }
        let first = args.get(..1).unwrap_or(&[]);
        let op = match &*name.text {
            "forget" => {
                if !self.counted(name, at, args, false) {
                    return Self::broken(at);
                }
                let Some((fact, place)) = self.literal("forget", at, args, "the name of a fact")
                else {
                    return Self::broken(at);
                };
                match self.names.named(&fact) {
                    Some(Named::Fact(id)) if self.names.def.facts.at(id).value.is_none() => {
                        self.writes.insert(id);
                        if self.names.def.facts.at(id).default.is_none() {
                            self.assured.remove(&id);
                        }
                        Op::Forget(id)
                    }
                    Some(_) => {
                        let problem = self.error(
                            "not-assignable",
                            place,
                            format!("`{fact}` is not a fact that scripts can change"),
                        );
                        self.report.push(problem);
                        return Self::broken(at);
                    }
                    None => {
                        self.unknown_name(&fact, place);
                        return Self::broken(at);
                    }
                }
            }
            "cancel" => {
                if !self.counted(name, at, args, false) {
                    return Self::broken(at);
                }
                match self.event_name("cancel", at, args) {
                    Some(event) => Op::Cancel(event),
                    None => return Self::broken(at),
                }
            }
            "raise" => {
                if !self.counted(name, at, args, false) {
                    return Self::broken(at);
                }
                let event = self.event_name("raise", at, first);
                let data = self.payload(event.as_deref(), args.get(1));
                match event {
                    Some(event) => Op::Raise { event, data },
                    None => return Self::broken(at),
                }
            }
            "emit" => {
                if !self.counted(name, at, args, false) {
                    return Self::broken(at);
                }
                let emitted = self.literal("emit", at, first, "a name");
                let data = self.payload(None, args.get(1));
                match emitted {
                    Some((name, _)) => Op::Emit { name, data },
                    None => return Self::broken(at),
                }
            }
            _ => {
                if !self.counted(name, at, args, false) {
                    return Self::broken(at);
                }
                let event = self.event_name("send", at, first);
                let when = args.get(1).map(|when| {
                    let (node, kind) = self.boxed(when);
                    if !kind.is_open()
                        && !matches!(kind, Type::Duration(_) | Type::Date | Type::DateTime)
                    {
                        let problem = self
                            .error(
                                "wrong-type",
                                node.at,
                                format!(
                                    "`send` needs a duration, a date or a date-time, this is {}",
                                    kind.name()
                                ),
                            )
                            .hint("such as send(`reminder`, days(14)); use `raise` for at once");
                        self.report.push(problem);
                    }
                    self.forwards(&node);
                    node
                });
                let data = self.payload(event.as_deref(), args.get(2));
                match event {
                    Some(event) => Op::Send { event, when, data },
                    None => return Self::broken(at),
                }
            }
        };
        (Node::new(at, op), Type::Nothing)
    }

    /// `list.filter(|x| …)` and its like.
    fn each(&mut self, at: Extent, name: &Name, each: Each, args: &[Tree]) -> (Node, Type) {
        if !self.counted(name, at, args, true) {
            return Self::broken(at);
        }
        let [list, closure] = args else { return Self::broken(at) };
        let (list, kind) = self.boxed(list);
        let list = self.senders_of(list);
        let item_kind = match kind {
            Type::List(items) => *items,
            kind if kind.is_open() => kind.item(),
            kind => {
                let problem = self.error(
                    "wrong-type",
                    list.at,
                    format!("`{}` needs a list, this is {}", name.text, kind.name()),
                );
                self.report.push(problem);
                Type::Any
            }
        };
        let Form::Closure { params, body } = &closure.form else {
            let problem = self
                .error("wrong-arguments", closure.at, format!("`{}` needs a closure", name.text))
                .hint(format!("such as `list.{}(|x| …)`", name.text));
            self.report.push(problem);
            return Self::broken(at);
        };
        let [param] = params.as_slice() else {
            let problem = self
                .error(
                    "wrong-arguments",
                    closure.at,
                    "this closure needs one name between its bars",
                )
                .hint("such as `|x| x > 0`");
            self.report.push(problem);
            return Self::broken(at);
        };
        let before = self.assured.clone();
        let outer = std::mem::replace(&mut self.returns, Type::Never);
        let (item, body, found) = self.scoped(|checker| {
            let item = checker.declare(param.text.clone(), param.at, item_kind.clone(), true);
            let (body, found) = checker.boxed(body);
            (item, body, found)
        });
        let found = std::mem::replace(&mut self.returns, outer).join(found);
        self.assured = before;
        let result = match each {
            Each::Filter => Type::List(Box::new(item_kind)),
            Each::Find | Each::MinBy | Each::MaxBy => item_kind,
            Each::SortBy => Type::List(Box::new(item_kind)),
            Each::Map => Type::List(Box::new(found.clone())),
            Each::All | Each::Some => Type::Boolean,
        };
        match each {
            Each::Map => {}
            Each::MinBy | Each::MaxBy | Each::SortBy => {
                self.wants_order(body.at, &name.text, &found);
            }
            _ => self.wants_boolean(&body, &found, &format!("the closure of `{}`", name.text)),
        }
        (Node::new(at, Op::Each { each, list, item, body }), result)
    }

    /// `list.push(x)`, `list.insert(i, x)`, `list.remove(i)`.
    fn mutate(
        &mut self,
        at: Extent,
        name: &Name,
        mutation: Mutation,
        args: &[Tree],
    ) -> (Node, Type) {
        if !self.counted(name, at, args, true) {
            return Self::broken(at);
        }
        let Some((target, rest)) = args.split_first() else { return Self::broken(at) };
        let mut values: Vec<(Node, Type)> = rest.iter().map(|arg| self.value(arg)).collect();
        let Some((place, kind)) = self.place(target, name.at, true) else {
            return Self::broken(at);
        };
        let items = match &kind {
            Type::List(items) => (**items).clone(),
            // `remove` of a record's entry.
            Type::Record(_) if mutation == Mutation::Remove => {
                if let Some((node, found)) = values.first_mut() {
                    self.wants(node, found, &Type::Text, "the name of an entry");
                    *node = self.entry_of_person(place.read(), node.clone(), found);
                }
                Type::Any
            }
            kind if kind.is_open() => Type::Any,
            kind => {
                let problem = self.error(
                    "wrong-type",
                    target.at,
                    format!("`{}` needs a list, this is {}", name.text, kind.name()),
                );
                self.report.push(problem);
                return Self::broken(at);
            }
        };
        if let Type::List(_) = kind {
            if mutation != Mutation::Push
                && let Some((node, found)) = values.first()
            {
                self.wants(&node.clone(), &found.clone(), &Type::Integer, "the number of an item");
            }
            if mutation != Mutation::Remove
                && let Some((node, found)) = values.pop()
            {
                match place.root {
                    Root::Local(slot) if place.steps.is_empty() => self.grow(slot, found.clone()),
                    _ => {
                        self.fit(&node, &found, &items);
                        self.keeps_item(&place, &found);
                    }
                }
                values.push((node, found));
            }
        }
        let args = values.into_iter().map(|(node, _)| node).collect();
        let result = if mutation == Mutation::Remove { items } else { Type::Nothing };
        (Node::new(at, Op::Mutate { mutation, place, args }), result)
    }

    fn grow(&mut self, slot: u32, found: Type) {
        if let Some(local) = self.locals.iter_mut().rev().find(|local| local.slot == slot) {
            local.kind = match &local.kind {
                Type::List(items) if items.is_open() => Type::List(Box::new(found)),
                Type::List(items) => Type::List(Box::new((**items).clone().join(found))),
                kind => kind.clone(),
            };
        }
    }

    fn function(&mut self, at: Extent, number: u32, args: &[Tree], method: bool) -> (Node, Type) {
        let Some(function) =
            usize::try_from(number).ok().and_then(|index| self.names.def.functions.get(index))
        else {
            return Self::broken(at);
        };
        let name = &function.name.value;
        if method {
            let receiver = args.first().map_or("…", |arg| self.text(arg.at));
            let problem = self
                .error(
                    "wrong-arguments",
                    at,
                    format!("`{name}` is a function of the file, not a method"),
                )
                .hint(format!("write `{name}({receiver}, …)`"));
            self.report.push(problem);
        }
        if args.len() != function.params.len() {
            let message = format!(
                "`{name}` takes {} arguments, here are {}",
                function.params.len(),
                args.len()
            );
            let problem = self
                .error("wrong-arguments", at, message)
                .related(function.name.span, "declared here");
            self.report.push(problem);
        }
        self.reads.functions.insert(number);
        let mut nodes = Vec::with_capacity(args.len());
        for (index, arg) in args.iter().enumerate() {
            let (node, kind) = self.value(arg);
            self.names.hand_over(number, index, &kind);
            nodes.push(node);
        }
        (Node::new(at, Op::Function(number, nodes)), self.names.given(number))
    }

    /// A time to send at that is written out must not lie back in time.
    fn forwards(&mut self, when: &Node) {
        let written = |node: &Node| match &node.op {
            Op::Constant(Value::Integer(count)) => Some(*count),
            Op::Minus(inner) => match inner.op {
                Op::Constant(Value::Integer(count)) => count.checked_neg(),
                _ => None,
            },
            _ => None,
        };
        let counted = |node: &Node| match &node.op {
            Op::Call(
                Builtin::Days
                | Builtin::Weeks
                | Builtin::Months
                | Builtin::Years
                | Builtin::Hours
                | Builtin::Minutes
                | Builtin::Seconds,
                args,
            ) => args.first().and_then(written),
            _ => None,
        };
        let back = match &when.op {
            Op::Minus(inner) => counted(inner).is_some_and(|count| count > 0),
            Op::Constant(Value::Duration(length)) => length.is_negative(),
            _ => counted(when).is_some_and(|count| count < 0),
        };
        if back {
            let problem = self
                .error("bad-duration", when.at, "`send` cannot go back in time")
                .hint("remove the `-`; use `raise` for at once");
            self.report.push(problem);
        }
    }
}
