//! From a tree to a [`Program`]: names get numbers, types are proven as far as they can be, and every problem is
//! reported. What this lets pass can still fail at run time, but it never means "false" by accident.

mod arms;
mod bounds;
mod builtin;
mod call;
mod claim;
mod event;
mod expression;
pub(super) mod family;
pub(crate) mod names;
mod operator;
mod persons;
mod statement;
mod workdays;

use std::collections::BTreeSet;
use std::sync::Arc;

use names::{Named, Names};

use super::hints;
use super::program::{Node, Op, Program, Reads};
use super::syntax::{Extent, Form, Tree};
use super::types::Type;
use crate::definition::model::Script;
use crate::diagnostic::{Diagnostic, Report, Span};
use crate::table::FactId;

/// What a script is for.
#[derive(Debug, Clone)]
pub(crate) enum Mode<'a> {
    /// A guard: true or false. The word is for messages (`a guard`).
    Boolean(&'static str),
    /// A number from 0 to 1.
    Score,
    /// The rule of a derived fact.
    Value(FactId),
    /// A script of a claim.
    Claim(Asserted),
    /// What a claim asks of the time before a step.
    Was,
    /// What a child is given, of this type, and of which type `item` is.
    Given { item: Option<Type>, wanted: Type },
    /// The body of the function of this number.
    Function(u32),
    /// Actions, with the facts that are known whenever they run.
    Actions(&'a BTreeSet<FactId>),
}

/// What a script of a claim is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asserted {
    Condition,
    /// A date or date-time.
    Due,
}

/// Checks one script.
pub(crate) fn check(
    names: &Names,
    script: &Script,
    tree: &Tree,
    mode: Mode,
    report: &mut Report,
) -> Program {
    let mut checker = Checker {
        names,
        script,
        report,
        mode: mode.clone(),
        locals: Vec::new(),
        next: 0,
        most: 0,
        reads: Reads::default(),
        writes: BTreeSet::new(),
        claims: Vec::new(),
        assured: BTreeSet::new(),
        lenient: 0,
        loops: 0,
        returns: Type::Never,
        last_call: Extent::default(),
    };
    let root = match &mode {
        Mode::Actions(assured) => {
            checker.assured.clone_from(assured);
            checker.effects(tree)
        }
        Mode::Function(number) => {
            let function = usize::try_from(*number).ok();
            let function = function.and_then(|number| names.def.functions.get(number));
            for (index, name) in function.iter().flat_map(|found| &found.params).enumerate() {
                let kind = names.handed(*number, index);
                checker.declare_at(Arc::from(name.value.as_str()), name.span, kind, true);
            }
            let (node, found) = checker.value(tree);
            let found = std::mem::replace(&mut checker.returns, Type::Never).join(found);
            names.gives(*number, &found);
            node
        }
        Mode::Given { item, .. } => {
            if let Some(item) = item {
                checker.declare_at(Arc::from("item"), script.span, item.clone(), true);
            }
            checker.whole(tree, &mode)
        }
        Mode::Boolean(_) | Mode::Score | Mode::Value(_) | Mode::Claim(_) => {
            checker.whole(tree, &mode)
        }
        // Checked within the claim that it is part of.
        Mode::Was => checker.value(tree).0,
    };
    checker.all_of_none(&root);
    checker.tell_claims();
    let depth = root.depth();
    let Checker { most, reads, writes, .. } = checker;
    Program { script: script.clone(), root, slots: most, depth, reads, writes, code: None }
}

pub(super) struct Checker<'a, 'r> {
    names: &'a Names<'a>,
    script: &'a Script,
    report: &'r mut Report,
    mode: Mode<'a>,
    locals: Vec<Local>,
    next: u32,
    most: u32,
    reads: Reads,
    writes: BTreeSet<FactId>,
    /// What actions say about the bounds of facts, to be told of those that they do not set.
    claims: Vec<(Vec<FactId>, Diagnostic)>,
    /// Facts that are known at this point of an action.
    assured: BTreeSet<FactId>,
    /// Inside `known` or left of `??`, where unknown is expected.
    lenient: u32,
    loops: u32,
    /// What `return` gives.
    returns: Type,
    /// The call that is being checked.
    last_call: Extent,
}

pub(super) struct Local {
    name: Arc<str>,
    slot: u32,
    kind: Type,
    constant: bool,
    /// Of which events it holds those who sent them, while it holds nothing else.
    senders: Option<Arc<str>>,
}

impl<'a> Checker<'a, '_> {
    fn error(&self, code: &'static str, at: Extent, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, self.script.span(at.start as usize, at.end as usize), message)
    }

    fn warning(&self, code: &'static str, at: Extent, message: impl Into<String>) -> Diagnostic {
        Diagnostic::warning(code, self.script.span(at.start as usize, at.end as usize), message)
    }

    fn text(&self, at: Extent) -> &'a str {
        at.of(&self.script.text)
    }

    /// A node that stands for a problem: it fits everywhere, so that nothing is reported twice.
    fn broken(at: Extent) -> (Node, Type) {
        (Node::new(at, Op::Nothing), Type::Any)
    }

    fn in_actions(&self) -> bool {
        matches!(self.mode, Mode::Actions(_))
    }

    fn in_function(&self) -> bool {
        matches!(self.mode, Mode::Function(_))
    }

    /// A guard, score or value, whole.
    fn whole(&mut self, tree: &Tree, mode: &Mode) -> Node {
        if let Form::Assign { op_at, op: None, .. } = &tree.form {
            let found = self
                .error("assignment-in-condition", *op_at, "`=` assigns, it does not compare")
                .hint("write `==`");
            self.report.push(found);
            return Node::new(tree.at, Op::Nothing);
        }
        let (node, found) = self.value(tree);
        let found = std::mem::replace(&mut self.returns, Type::Never).join(found);
        match mode {
            Mode::Boolean(what) => self.wants_boolean(&node, &found, what),
            Mode::Score => {
                if !found.is_open() && !found.is_number() {
                    let problem = self
                        .error(
                            "wrong-type",
                            node.at,
                            format!(
                                "a score must be a number from 0 to 1, this is {}",
                                found.name()
                            ),
                        )
                        .hint("use `guard` for a condition that is true or false");
                    self.report.push(problem);
                }
                self.score_range(&node);
            }
            Mode::Value(id) => {
                let wanted = self.names.kind_of(*id);
                self.fit(&node, &found, &wanted);
                self.names.note_fact(*id, wanted.keeping(&found));
            }
            Mode::Given { wanted, .. } => self.fit(&node, &found, wanted),
            Mode::Claim(Asserted::Condition) => self.wants_boolean(&node, &found, "a claim"),
            Mode::Claim(Asserted::Due) => self.wants_instant(&node, &found),
            Mode::Function(_) | Mode::Actions(_) | Mode::Was => {}
        }
        node
    }

    fn score_range(&mut self, node: &Node) {
        if let (Some(range), Op::Constant(_)) = (self.range(node), &node.op)
            && !range.within_unit()
        {
            let problem = self.error("out-of-bounds", node.at, "a score must be from 0 to 1");
            self.report.push(problem);
        }
    }

    /// A condition: true or false.
    fn wants_boolean(&mut self, node: &Node, found: &Type, what: &str) {
        if found.is_open() || *found == Type::Boolean {
            return;
        }
        let problem = self.error(
            "not-boolean",
            node.at,
            format!("{what} must be true or false, this is {}", found.name()),
        );
        let problem = match &node.op {
            Op::Factor(id) => {
                let name = &self.names.def.factors.at(*id).name.value;
                problem.hint(format!("`{name}` is a score: compare it, such as `{name} >= 0.5`"))
            }
            _ if found.is_number() => problem.hint("compare it with something, such as `… >= 1`"),
            _ if found.is_text() => problem.hint("compare it with something, such as … == `text`"),
            _ => problem,
        };
        self.report.push(problem);
    }

    /// Makes a local variable. Its name must not hide what the file declares.
    fn declare(&mut self, name: Arc<str>, at: Extent, kind: Type, constant: bool) -> u32 {
        let span = self.script.span(at.start as usize, at.end as usize);
        self.declare_at(name, span, kind, constant)
    }

    fn declare_at(&mut self, name: Arc<str>, at: Span, kind: Type, constant: bool) -> u32 {
        let taken = match self.names.named(&name) {
            Some(Named::Fact(id)) => Some(("fact", self.names.def.facts.at(id).name.span)),
            Some(Named::Parameter(id)) => {
                Some(("parameter", self.names.def.parameters.at(id).name.span))
            }
            Some(Named::Factor(id)) => Some(("factor", self.names.def.factors.at(id).name.span)),
            None => None,
        };
        if let Some((what, span)) = taken {
            let problem = Diagnostic::error(
                "shadowed-name",
                at,
                format!("`{name}` is already the name of a {what}"),
            )
            .hint("choose another name")
            .related(span, "declared here");
            self.report.push(problem);
        } else if matches!(&*name, "now" | "today" | "event") {
            let problem = Diagnostic::error(
                "shadowed-name",
                at,
                format!("`{name}` already has a meaning in scripts"),
            )
            .hint("choose another name");
            self.report.push(problem);
        }
        let slot = self.next;
        self.next += 1;
        self.most = self.most.max(self.next);
        self.locals.push(Local { name, slot, kind, constant, senders: None });
        slot
    }

    /// Runs something in a scope of its own.
    fn scoped<T>(&mut self, inside: impl FnOnce(&mut Self) -> T) -> T {
        let (locals, next) = (self.locals.len(), self.next);
        let result = inside(self);
        self.locals.truncate(locals);
        self.next = next;
        result
    }

    /// Those who sent an event, where a variable holds them: whether somebody is among them is asked as of them.
    fn senders_of(&self, list: Box<Node>) -> Box<Node> {
        let Op::Local(slot) = &list.op else { return list };
        let local = self.locals.iter().rev().find(|local| local.slot == *slot);
        // What stands further down in a loop may have changed it.
        let stays = |local: &&Local| local.constant || self.loops == 0;
        match local.filter(stays).and_then(|local| local.senders.clone()) {
            Some(pattern) => Box::new(Node::new(list.at, Op::Who(pattern))),
            None => list,
        }
    }

    /// A variable is about to be changed.
    fn forget_senders(&mut self, name: &str) {
        if let Some(local) = self.locals.iter_mut().rev().find(|local| &*local.name == name) {
            local.senders = None;
        }
    }

    fn local(&self, name: &str) -> Option<&Local> {
        self.locals.iter().rev().find(|local| &*local.name == name)
    }

    /// Reports an unknown name, with what it may have been meant to be.
    fn unknown_name(&mut self, name: &str, at: Extent) {
        if self.report.is_full() {
            // It is only counted: a hostile script has thousands.
            let problem = self.error("unknown-name", at, format!("there is no `{name}`"));
            return self.report.push(problem);
        }
        let candidates: Vec<&str> = self
            .locals
            .iter()
            .map(|local| &*local.name)
            .chain(
                if self.in_function() { None } else { Some(self.names.values()) }
                    .into_iter()
                    .flatten(),
            )
            .chain(["now", "today", "event"])
            .collect();
        let problem = self.error(
            "unknown-name",
            at,
            format!("there is no fact, parameter or factor `{name}`"),
        );
        let problem = match hints::for_a_name(name, self.names.def) {
            Some(hint) => problem.hint(hint),
            None => {
                let problem = problem.suggest(name, candidates);
                match problem.hint {
                    None if !self.in_function() => problem.hint(format!(
                        "declare it under `facts`, such as `\"{name}\": {{ \"type\": \"number\" }}`"
                    )),
                    _ => problem,
                }
            }
        };
        self.report.push(problem);
    }
}

/// Facts that are surely known where a condition holds: an unknown one would have left it undecided.
pub(crate) fn assured(node: &Node, names: &Names) -> BTreeSet<FactId> {
    match &node.op {
        Op::Fact(id) => BTreeSet::from([*id]),
        Op::Factor(id) => names.assured_by.get(*id).cloned().unwrap_or_default(),
        Op::Known(path) => assured(path, names),
        Op::And(clauses) => clauses.iter().flat_map(|clause| assured(clause, names)).collect(),
        Op::Or(clauses) => {
            let mut sets = clauses.iter().map(|clause| assured(clause, names));
            let first = sets.next().unwrap_or_default();
            sets.fold(first, |all, one| all.intersection(&one).copied().collect())
        }
        // `!known("x")` says that it is not.
        Op::Not(inner) => match &inner.op {
            Op::Fact(_) | Op::Binary { .. } | Op::In { .. } => assured(inner, names),
            _ => BTreeSet::new(),
        },
        Op::Block(statements) => {
            statements.last().map(|last| assured(last, names)).unwrap_or_default()
        }
        Op::Coalesce(_) | Op::If { .. } | Op::Switch { .. } => BTreeSet::new(),
        Op::Each { list, .. } | Op::For { list, .. } => assured(list, names),
        _ => node.children().into_iter().flat_map(|child| assured(child, names)).collect(),
    }
}
