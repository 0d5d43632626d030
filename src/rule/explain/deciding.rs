//! Which clauses decided: the branch that was taken, of what is joined the sides that matter, of a list its items.

use super::{Clause, Explainer, Item, Joined, NESTED};
use crate::rule::eval::{Eval, Evaluator, Stop};
use crate::rule::program::{Arm, Each, Node, Op, Program};
use crate::rule::{Home, Truth};
use crate::table::FactId;
use crate::value::Value;

/// Items of a list of which it is told why.
const ITEMS: usize = 3;

/// What is asked of a piece of a rule.
#[derive(Clone, Copy)]
struct Asked<'r> {
    program: &'r Program,
    home: Home,
    /// What it must come to.
    wanted: bool,
    /// Whether it is evaluated from left to right, where what is unknown ends everything: all but the top of a rule.
    strict: bool,
}

impl<'r, 'c> Explainer<'r, 'c> {
    /// The clauses that decided; `None` where a rule does not let itself be taken apart.
    pub(super) fn deciding(&mut self, program: &'r Program, home: Home) -> Option<Vec<Clause>> {
        if ends_early(&program.root) {
            return None;
        }
        let mut evaluator = self.evaluator_for(program);
        let mut found = Vec::new();
        let asked = Asked { program, home, wanted: true, strict: false };
        let done = evaluator.framed(program, Vec::new(), |evaluator| {
            let mut root = &program.root;
            while let Op::Block(statements) = &root.op {
                let Some((last, before)) = statements.split_last() else { break };
                for statement in before {
                    evaluator.execute(statement)?;
                }
                root = last;
            }
            self.decide(evaluator, root, asked, &mut found);
            Ok(())
        });
        (done.is_ok() && !found.is_empty()).then_some(found)
    }

    /// What a piece came to, turned so that true is what is wanted.
    fn verdict(
        &self,
        evaluator: &mut Evaluator<'r, 'c>,
        node: &'r Node,
        asked: Asked<'r>,
    ) -> Truth {
        let noted = evaluator.noted();
        let truth = if asked.strict {
            evaluator.condition(node).map(Truth::of)
        } else {
            evaluator.clause(node)
        };
        evaluator.forgive(noted);
        let truth = truth.unwrap_or(Truth::Unknown);
        if asked.wanted { truth } else { truth.negated() }
    }

    fn decide(
        &mut self,
        evaluator: &mut Evaluator<'r, 'c>,
        node: &'r Node,
        asked: Asked<'r>,
        out: &mut Vec<Clause>,
    ) {
        if self.nested >= NESTED {
            out.push(self.leaf(evaluator, node, asked));
            return;
        }
        match &node.op {
            Op::Block(statements) => {
                let last = fresh(statements);
                let before = statements.split_last().map_or(&[][..], |(_, before)| before);
                match last {
                    Some(last) if before.iter().all(|one| evaluator.execute(one).is_ok()) => {
                        self.decide(evaluator, last, asked, out);
                    }
                    _ => out.push(self.leaf(evaluator, node, asked)),
                }
            }
            Op::And(nodes) => self.joined(evaluator, (node, nodes, true), asked, out),
            Op::Or(nodes) => self.joined(evaluator, (node, nodes, false), asked, out),
            Op::Not(inner) if is_taken_apart(inner) || !asked.wanted => {
                let asked = Asked { wanted: !asked.wanted, ..asked };
                self.decide(evaluator, inner, asked, out);
            }
            Op::If { .. } => self.branch(evaluator, node, asked, out),
            Op::Switch { subject, arms } => {
                self.chosen(evaluator, (node, subject, arms), asked, out);
            }
            Op::Function(number, args) => {
                self.function(evaluator, (node, *number, args), asked, out);
            }
            _ => out.push(self.leaf(evaluator, node, asked)),
        }
    }

    /// Sides of `&&` or `||`: where all must be as wanted those that are not, where one is enough each of them.
    fn joined(
        &mut self,
        evaluator: &mut Evaluator<'r, 'c>,
        (node, nodes, is_and): (&'r Node, &'r [Node], bool),
        asked: Asked<'r>,
        out: &mut Vec<Clause>,
    ) {
        let mut found: Vec<(&'r Node, Truth)> = Vec::new();
        for side in nodes {
            let verdict = self.verdict(evaluator, side, asked);
            found.push((side, verdict));
            let ends = Truth::of(is_and != asked.wanted);
            if asked.strict && (verdict == Truth::Unknown || verdict == ends) {
                break;
            }
        }
        let are = |truth: Truth| found.iter().any(|(_, verdict)| *verdict == truth);
        let decisive = match is_and == asked.wanted {
            true if are(Truth::False) => Some(Truth::False),
            true if are(Truth::Unknown) => Some(Truth::Unknown),
            _ if are(Truth::True) => Some(Truth::True),
            _ => None,
        };
        if let Some(decisive) = decisive {
            for (side, _) in found.iter().filter(|(_, verdict)| *verdict == decisive) {
                self.decide(evaluator, side, asked, out);
            }
            return;
        }
        let verdict = if are(Truth::Unknown) { Truth::Unknown } else { Truth::False };
        let sides = found.into_iter().map(|(side, _)| (side, asked)).collect();
        out.push(self.any(evaluator, (node, sides), verdict, asked));
    }

    /// Ways of which one would be enough: of one that is shut for good only why.
    fn any(
        &mut self,
        evaluator: &mut Evaluator<'r, 'c>,
        (node, ways): (&'r Node, Vec<(&'r Node, Asked<'r>)>),
        verdict: Truth,
        asked: Asked<'r>,
    ) -> Clause {
        let mut parts = Vec::new();
        self.nested += 1;
        for (way, asked) in ways {
            let mut half = Vec::new();
            self.decide(evaluator, way, asked, &mut half);
            if let Some(settled) = half.iter().position(|clause| clause.settled) {
                half = vec![half.swap_remove(settled)];
            }
            match <[Clause; 1]>::try_from(half) {
                Ok([only]) => parts.push(only),
                Err(half) => {
                    let verdict = worst(&half);
                    let group = self.group(way, Joined::All, half, verdict, asked);
                    parts.push(group);
                }
            }
        }
        self.nested -= 1;
        self.group(node, Joined::Any, parts, verdict, asked)
    }

    fn group(
        &self,
        node: &'r Node,
        joined: Joined,
        parts: Vec<Clause>,
        verdict: Truth,
        asked: Asked<'r>,
    ) -> Clause {
        let text = asked.program.text(node.at).to_owned();
        self.has_room(super::CLAUSE + text.len());
        let settled = !parts.is_empty() && parts.iter().all(|part| part.settled);
        Clause {
            joined: Some(joined),
            parts,
            settled,
            negated: !asked.wanted,
            home: Some(asked.home),
            at: node.at,
            ..Clause::new(text, verdict, asked.program.span(node.at))
        }
    }

    /// `if`, with the chain of its `else if`: the branch that was taken, or why it was that one where the branch itself says
    /// no more than yes or no.
    fn branch(
        &mut self,
        evaluator: &mut Evaluator<'r, 'c>,
        node: &'r Node,
        asked: Asked<'r>,
        out: &mut Vec<Clause>,
    ) {
        // Each condition that was asked, whether it holds, and where it leads if it were otherwise.
        let mut passed: Vec<(&'r Node, bool, Option<&'r Node>)> = Vec::new();
        let mut current = node;
        let body = loop {
            let Op::If { condition, then, otherwise } = &current.op else { break current };
            let (then, otherwise) = (bare(then), otherwise.as_deref().map(bare));
            let noted = evaluator.noted();
            let holds = evaluator.condition(condition);
            evaluator.forgive(noted);
            match (holds, otherwise) {
                (Ok(true), _) => {
                    passed.push((condition, true, otherwise));
                    break then;
                }
                (Ok(false), Some(otherwise)) => {
                    passed.push((condition, false, Some(then)));
                    current = otherwise;
                }
                (Ok(false), None) => return out.push(self.leaf(evaluator, node, asked)),
                // What must be known first.
                (Err(Stop::Unknown), _) => {
                    let asked = Asked { wanted: true, strict: true, ..asked };
                    return self.decide(evaluator, condition, asked, out);
                }
                (Err(_), _) => return out.push(self.leaf(evaluator, node, asked)),
            }
        };
        let Op::Constant(Value::Boolean(is)) = &body.op else {
            let asked = Asked { strict: true, ..asked };
            return self.decide(evaluator, body, asked, out);
        };
        let of = |(condition, held, _): (&'r Node, bool, Option<&'r Node>), same: bool| {
            (condition, Asked { wanted: held == same, strict: true, ..asked })
        };
        if *is == asked.wanted {
            if let Some(last) = passed.pop() {
                let (condition, asked) = of(last, true);
                self.decide(evaluator, condition, asked, out);
            }
            return;
        }
        let leads = |(.., other): &(&Node, bool, Option<&Node>)| {
            other.is_some_and(|other| !is_constant(other, !asked.wanted))
        };
        let ways: Vec<(&'r Node, Asked<'r>)> =
            passed.into_iter().filter(leads).map(|way| of(way, false)).collect();
        match ways.as_slice() {
            [] => out.push(self.leaf(evaluator, node, asked)),
            [(condition, asked)] => self.decide(evaluator, condition, *asked, out),
            _ => out.push(self.any(evaluator, (node, ways), Truth::False, asked)),
        }
    }

    /// `switch`: the case that fits, or what its subject would have to be where that case says no more than no.
    fn chosen(
        &mut self,
        evaluator: &mut Evaluator<'r, 'c>,
        (node, subject, arms): (&'r Node, &'r Node, &'r [Arm]),
        asked: Asked<'r>,
        out: &mut Vec<Clause>,
    ) {
        let noted = evaluator.noted();
        let value = evaluator.eval(subject);
        let body = evaluator.choose(subject, arms);
        evaluator.forgive(noted);
        let body = match body {
            Ok(Some(body)) => Some(bare(body)),
            _ => None,
        };
        let is_plain = |body: &&Node| matches!(body.op, Op::Constant(Value::Boolean(_)));
        if let Some(body) = body.filter(|body| !is_plain(body)) {
            return self.decide(evaluator, body, Asked { strict: true, ..asked }, out);
        }
        let mut clause = self.bare_leaf(evaluator, node, asked);
        if value.is_err() || body.is_some() {
            let others = arms.iter().filter(|arm| !is_constant(bare(&arm.body), !asked.wanted));
            let others = others.flat_map(|arm| &arm.cases).filter_map(|case| match &case.op {
                Op::Constant(value) => Some(Some(value.clone())),
                _ => None,
            });
            clause.sides = std::iter::once(value.ok()).chain(others).collect();
            self.reads(evaluator, asked.program, subject, &mut clause);
            clause.settled = clause.verdict == Truth::False && self.is_settled(subject);
        } else {
            self.reads(evaluator, asked.program, node, &mut clause);
        }
        out.push(clause);
    }

    /// A function of the file: what decided inside it.
    fn function(
        &mut self,
        evaluator: &mut Evaluator<'r, 'c>,
        (node, number, args): (&'r Node, u32, &'r [Node]),
        asked: Asked<'r>,
        out: &mut Vec<Clause>,
    ) {
        let rules = self.rules;
        let program = rules.functions.get(number as usize).and_then(Option::as_ref);
        let noted = evaluator.noted();
        let given: Result<Vec<Value>, Stop> = args.iter().map(|arg| evaluator.eval(arg)).collect();
        evaluator.forgive(noted);
        let (Some(program), Ok(given)) = (program.filter(|found| !ends_early(&found.root)), given)
        else {
            return out.push(self.leaf(evaluator, node, asked));
        };
        let inner = Asked { program, home: Home::Function(number), strict: true, ..asked };
        self.nested += 1;
        let mut found = Vec::new();
        let _: Eval<()> = evaluator.framed(program, given, |evaluator| {
            self.decide(evaluator, &program.root, inner, &mut found);
            Ok(())
        });
        self.nested -= 1;
        let mut clause = self.bare_leaf(evaluator, node, asked);
        for arg in args {
            self.reads(evaluator, asked.program, arg, &mut clause);
        }
        clause.settled = clause.verdict == Truth::False && found.iter().any(|inner| inner.settled);
        clause.parts = found;
        out.push(clause);
    }

    /// What is decided as one, with everything that is to be known about it.
    fn leaf(
        &mut self,
        evaluator: &mut Evaluator<'r, 'c>,
        node: &'r Node,
        asked: Asked<'r>,
    ) -> Clause {
        let mut clause = self.bare_leaf(evaluator, node, asked);
        self.reads(evaluator, asked.program, node, &mut clause);
        let noted = evaluator.noted();
        let (mut core, mut wanted) = (node, asked.wanted);
        while let Op::Not(inner) = &core.op {
            (core, wanted) = (inner, !wanted);
        }
        match &core.op {
            Op::Binary { op, left, right, .. } if op.is_comparison() => {
                clause.sides = vec![evaluator.eval(left).ok(), evaluator.eval(right).ok()];
            }
            Op::In { item, list, .. } => {
                clause.sides = vec![evaluator.eval(item).ok(), evaluator.eval(list).ok()];
            }
            Op::Each { each: each @ (Each::All | Each::Some), list, item, body }
                if clause.verdict != Truth::True =>
            {
                let list = (*each, &**list, *item, &**body);
                let asked = Asked { wanted, ..asked };
                self.items(evaluator, list, asked, &mut clause);
            }
            // A derived fact has reasons of its own.
            Op::Fact(id) if clause.verdict != Truth::True => {
                let derived = self.rules.facts.get(*id).is_some_and(|fact| fact.value.is_some());
                if derived && self.nested < NESTED && self.has_part() {
                    let verdict = self.fact(*id);
                    clause.factors.push(verdict);
                }
            }
            _ => {}
        }
        evaluator.forgive(noted);
        clause.settled = clause.verdict == Truth::False && self.is_settled(node);
        clause
    }

    /// Without anything that it read.
    fn bare_leaf(
        &mut self,
        evaluator: &mut Evaluator<'r, 'c>,
        node: &'r Node,
        asked: Asked<'r>,
    ) -> Clause {
        let clause = self.judged(evaluator, asked.program, node);
        let verdict = if asked.wanted { clause.verdict } else { clause.verdict.negated() };
        Clause { verdict, negated: !asked.wanted, home: Some(asked.home), at: node.at, ..clause }
    }

    /// The items of a list that are not as they must be, the first of them with the reason.
    fn items(
        &mut self,
        evaluator: &mut Evaluator<'r, 'c>,
        (each, list, slot, body): (Each, &'r Node, u32, &'r Node),
        asked: Asked<'r>,
        clause: &mut Clause,
    ) {
        let name = evaluator.list_name(list);
        let Ok(Value::List(items)) = evaluator.eval(list) else { return };
        let of = match clause.verdict {
            Truth::Unknown => Truth::Unknown,
            _ => Truth::False,
        };
        // That all are so is refused by no item alone.
        if each == Each::All && !asked.wanted {
            return;
        }
        let asked = Asked { strict: true, ..asked };
        clause.items = items.len();
        self.nested += 1;
        for (number, item) in items.iter().enumerate() {
            evaluator.set_item(slot, item.clone(), name.as_ref(), number);
            let noted = evaluator.noted();
            let found = evaluator.eval(body);
            evaluator.forgive(noted);
            let truth = match found {
                Ok(Value::Boolean(truth)) | Err(Stop::Return(Some(Value::Boolean(truth)))) => {
                    Truth::of(truth == asked.wanted)
                }
                Err(Stop::Unknown) => Truth::Unknown,
                _ => break,
            };
            if truth != of {
                continue;
            }
            clause.failing += 1;
            if clause.rows.len() >= ITEMS || !self.has_part() {
                continue;
            }
            let mut clauses = Vec::new();
            if !ends_early(body) {
                self.decide(evaluator, body, asked, &mut clauses);
            }
            clause.rows.push(Item { number, value: item.clone(), verdict: truth, clauses });
        }
        self.nested -= 1;
    }

    /// Whether an expression stays what it is for the rest of the case.
    fn is_settled(&self, node: &Node) -> bool {
        match &node.op {
            Op::Constant(_) | Op::Parameter(_) => true,
            Op::Fact(id) => self.settled.is_some_and(|settled| settled(*id)),
            Op::Binary { .. }
            | Op::In { .. }
            | Op::Call(..)
            | Op::Not(_)
            | Op::Minus(_)
            | Op::And(_)
            | Op::Or(_)
            | Op::List(_)
            | Op::Property(..)
            | Op::Known(_) => node.children().into_iter().all(|child| self.is_settled(child)),
            _ => false,
        }
    }
}

/// Which facts stay what they are.
pub(crate) type Settled<'s> = &'s dyn Fn(FactId) -> bool;

/// The worst of several verdicts.
fn worst(clauses: &[Clause]) -> Truth {
    let has = |truth| clauses.iter().any(|clause| clause.verdict == truth);
    if has(Truth::False) {
        Truth::False
    } else if has(Truth::Unknown) {
        Truth::Unknown
    } else {
        Truth::True
    }
}

fn is_taken_apart(node: &Node) -> bool {
    matches!(
        node.op,
        Op::And(_)
            | Op::Or(_)
            | Op::Not(_)
            | Op::If { .. }
            | Op::Switch { .. }
            | Op::Block(_)
            | Op::Function(..)
    )
}

fn is_constant(node: &Node, truth: bool) -> bool {
    matches!(node.op, Op::Constant(Value::Boolean(is)) if is == truth)
}

/// What stands in braces alone.
fn bare(node: &Node) -> &Node {
    let mut node = node;
    while let Op::Block(statements) = &node.op
        && let [only] = statements.as_slice()
    {
        node = only;
    }
    node
}

/// The last of statements of which the others only name things, so that they may run once more.
fn fresh(statements: &[Node]) -> Option<&Node> {
    let (last, before) = statements.split_last()?;
    before.iter().all(|one| matches!(one.op, Op::Let { .. })).then_some(last)
}

/// Whether a script may end before its last expression. What is inside a closure ends that alone.
fn ends_early(node: &Node) -> bool {
    let mut waiting = vec![node];
    while let Some(node) = waiting.pop() {
        match &node.op {
            Op::Return(_) => return true,
            Op::Each { list, .. } => waiting.push(list),
            _ => waiting.extend(node.children()),
        }
    }
    false
}
