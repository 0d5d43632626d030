//! What the clauses of a script that was changed in one place were called before: whoever quotes a clause means the clause,
//! and not how it is written.

use super::program::{Builtin, Each, Node, Op, Program};
use super::syntax::Extent;
use super::{FactorProgram, Rules};
use crate::diagnostic::Span;

/// One change of the text of a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rewritten {
    /// Where the script begins in its file.
    pub script: u32,
    /// What was replaced in its text.
    pub at: Extent,
    /// How many bytes stand there instead.
    pub bytes: u32,
}

/// Names that a changed workflow gives to something, and those that it had before the change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Quoted {
    /// Clauses of guards by their place: each is one clause of before, or several where `&&` and `||` were changed.
    pub clauses: Vec<(Span, Vec<String>)>,
    /// Texts that answers give as the name of something unknown.
    pub unknown: Vec<(String, String)>,
}

impl Rewritten {
    /// The place in the text of before that a place in the changed text was made of.
    fn before(&self, at: Extent) -> Extent {
        let end = self.at.start.saturating_add(self.bytes);
        let back = |offset: u32| offset.saturating_sub(end).saturating_add(self.at.end);
        let moved = |offset: u32, inside: u32| match offset {
            offset if offset <= self.at.start => offset,
            offset if offset >= end => back(offset),
            _ => inside,
        };
        Extent { start: moved(at.start, self.at.start), end: moved(at.end, self.at.end) }
    }
}

impl Rules {
    /// What the clauses of the changed script are called in these rules, those of before. `file` is the one that was changed.
    pub fn quoted(&self, changed: &Self, file: u32, change: Rewritten) -> Quoted {
        let is_it = |program: &&Program| {
            let span = program.script.span;
            (span.file, span.start) == (file, change.script)
        };
        let mut quoted = Quoted::default();
        if let (Some(one), Some(two)) =
            (self.guards.values().find(is_it), changed.guards.values().find(is_it))
        {
            let known = clauses(one);
            quoted.clauses = clauses(two)
                .into_iter()
                .map(|at| {
                    let before = change.before(at);
                    let meets =
                        |known: &&Extent| known.start < before.end && before.start < known.end;
                    let names = known.iter().filter(meets).map(|at| one.text(*at).to_owned());
                    (two.span(at), names.collect())
                })
                .collect();
        }
        let answering = |rules: &Self| -> Option<Program> {
            let factors = rules.factors.rows().iter().filter_map(|factor| match &factor.program {
                FactorProgram::Guard(program) | FactorProgram::Score(program) => Some(program),
                FactorProgram::Of { .. } | FactorProgram::Broken => None,
            });
            let values = rules.facts.rows().iter().filter_map(|fact| fact.value.as_ref());
            let functions = rules.functions.iter().flatten();
            rules.guards.values().chain(values).chain(factors).chain(functions).find(is_it).cloned()
        };
        if let (Some(one), Some(two)) = (answering(self), answering(changed)) {
            let mut waiting = vec![&two.root];
            while let Some(node) = waiting.pop() {
                let (new, old) = (two.text(node.at), one.text(change.before(node.at)));
                if is_named_by_its_text(node) && new != old {
                    quoted.unknown.push((new.to_owned(), old.to_owned()));
                }
                waiting.extend(node.children());
            }
        }
        quoted
    }
}

/// What is unknown under its own text: an item that is not found, and what a record lacks.
fn is_named_by_its_text(node: &Node) -> bool {
    match &node.op {
        Op::Each { each, .. } => matches!(each, Each::Find | Each::MinBy | Each::MaxBy),
        Op::Call(Builtin::Min | Builtin::Max, args) => args.len() == 1,
        Op::Property(..) | Op::Item(..) => true,
        _ => false,
    }
}

/// The clauses that an explanation tells of a rule, and the whole of it, which is told where what stands in front decides.
fn clauses(program: &Program) -> Vec<Extent> {
    let mut root = &program.root;
    while let Op::Block(statements) = &root.op {
        let Some(last) = statements.last() else { break };
        root = last;
    }
    let mut found = match &root.op {
        Op::And(nodes) | Op::Or(nodes) => nodes.iter().map(|node| node.at).collect(),
        _ => vec![root.at],
    };
    if !found.contains(&program.root.at) {
        found.push(program.root.at);
    }
    found
}
