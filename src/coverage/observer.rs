//! Takes down how transitions are judged: what each clause was, whether it alone decided, how near each value came to the
//! threshold that it was compared with.
//!
//! A clause is *decisive* where its rule has an outcome and would have the other one if this clause alone were otherwise,
//! the rest as it was observed (masking MC/DC, here with a third value: what hangs on something unknown is not decided by
//! anybody). All clauses are looked at, those behind a deciding one too, as the answers to people name them.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::counts::{CoverageCounts, add};
use crate::rule::eval::{Eval, Evaluator, Stop};
use crate::rule::observer::Observer;
use crate::rule::outline::{Origin, Outline, Part, PartKind, RuleOutline, measurable};
use crate::rule::program::{Node, Op, Program};
use crate::rule::syntax::Extent;
use crate::rule::{Context, Rules, Truth};
use crate::table::{Id, StateId, TransitionId};
use crate::value::Value;

/// Takes down what it is told of, for the length of one call, of a workflow and of those that it invokes.
#[derive(Debug)]
pub(crate) struct CoverageObserver<'o> {
    watched: Vec<Watched<'o>>,
}

/// One workflow, and what was seen of it.
#[derive(Debug)]
struct Watched<'o> {
    rules: &'o Rules,
    outline: &'o Outline,
    seen: RefCell<CoverageCounts>,
}

impl<'o> CoverageObserver<'o> {
    pub fn new(all: impl Iterator<Item = (&'o Rules, &'o Outline, CoverageCounts)>) -> Self {
        let watched = all.map(|(rules, outline, seen)| {
            let seen = RefCell::new(seen);
            Watched { rules, outline, seen }
        });
        Self { watched: watched.collect() }
    }

    /// What was seen of each, in their order.
    pub fn into_seen(self) -> impl Iterator<Item = CoverageCounts> {
        self.watched.into_iter().map(|watched| watched.seen.into_inner())
    }

    fn of(&self, rules: &Rules) -> Option<&Watched<'o>> {
        self.watched.iter().find(|watched| std::ptr::eq(watched.rules, rules))
    }

    /// What a rule and all that it reads come to in this context, outside of any transition.
    pub fn looks(&self, rules: &Rules, origin: Origin, context: &Context) {
        let Some(watched) = self.of(rules) else { return };
        let Ok(mut seen) = watched.seen.try_borrow_mut() else { return };
        let context = Context { observer: None, ..*context };
        let mut looking = Looking { outline: watched.outline, rules, seen: &mut seen };
        looking.all(origin, &mut Evaluator::new(rules, context));
    }
}

impl Observer for CoverageObserver<'_> {
    /// Cost: some evaluations of the rule and of what that reads.
    fn judges(&self, rules: &Rules, id: TransitionId, context: &Context) {
        let Some(watched) = self.of(rules) else { return };
        // Whatever else is asked on the way is no decision.
        let Ok(mut seen) = watched.seen.try_borrow_mut() else { return };
        let context = Context { observer: None, meter: None, ..*context };
        let mut looking = Looking { outline: watched.outline, rules, seen: &mut seen };
        let outcome = looking.all(Origin::Transition(id), &mut Evaluator::new(rules, context));
        if let Some(transition) = seen.transitions.get_mut(id.index()) {
            transition.judged.add(outcome.unwrap_or(Truth::True));
        }
    }

    fn moved(&self, rules: &Rules, entered: &[StateId], taken: &[TransitionId]) {
        let Some(watched) = self.of(rules) else { return };
        let Ok(mut seen) = watched.seen.try_borrow_mut() else { return };
        for state in entered {
            add(seen.states.get_mut(state.index()));
        }
        for transition in taken {
            add(seen.transitions.get_mut(transition.index()).map(|found| &mut found.taken));
        }
    }

    fn sees_children(&self) -> bool {
        true
    }
}

/// What a part of a rule came to; `None` where its script fails for these values.
pub(crate) struct Valued {
    pub truth: Option<Truth>,
    parts: Vec<Valued>,
}

impl Valued {
    fn plain(truth: Option<Truth>) -> Self {
        Self { truth, parts: Vec::new() }
    }
}

/// What a rule comes to when one of its parts is true, false or unknown.
#[derive(Clone, Copy)]
struct Influence([Truth; 3]);

impl Influence {
    const ITSELF: Self = Self([Truth::True, Truth::False, Truth::Unknown]);

    fn of(self, truth: Truth) -> Truth {
        let [holds, fails, unknown] = self.0;
        match truth {
            Truth::True => holds,
            Truth::False => fails,
            Truth::Unknown => unknown,
        }
    }

    /// The influence of a part, from that of the whole and what the part makes of it.
    fn through(self, inner: impl Fn(Truth) -> Truth) -> Self {
        Self(Self::ITSELF.0.map(|truth| self.of(inner(truth))))
    }
}

struct Looking<'s, 'r> {
    outline: &'s Outline,
    rules: &'r Rules,
    seen: &'s mut CoverageCounts,
}

impl<'r> Looking<'_, 'r> {
    /// Looks at a rule and once at each that it reads, however far. The outcome of the first.
    fn all(&mut self, origin: Origin, evaluator: &mut Evaluator<'r, '_>) -> Option<Truth> {
        let outline = self.outline;
        let mut outcome = None;
        let mut known: BTreeSet<Origin> = BTreeSet::from([origin]);
        let mut waiting = vec![origin];
        while let Some(next) = waiting.pop() {
            let Some(number) = outline.rule(next) else { continue };
            let Some(rule) = outline.rules.get(number) else { continue };
            let truth = self.rule(number, rule, evaluator);
            if next == origin {
                outcome = truth;
            }
            // Functions are looked at where they are called.
            let read = rule.reads.iter().filter(|read| !matches!(read, Origin::Function(_)));
            waiting.extend(read.filter(|read| known.insert(**read)));
        }
        outcome
    }

    fn rule(
        &mut self,
        number: usize,
        rule: &RuleOutline,
        evaluator: &mut Evaluator<'r, '_>,
    ) -> Option<Truth> {
        let program = self.rules.program(rule.origin);
        let mut outcome = None;
        if let Some(form) = &rule.form {
            evaluator.rested();
            let valued = value(evaluator, rule.origin, form, None, program);
            outcome = valued.truth;
            if let (Some(truth), Some(seen)) = (outcome, self.seen.rules.get_mut(number)) {
                seen.add(truth);
            }
            self.take_down(form, &valued, Influence::ITSELF);
        } else if let Origin::Fact(id) = rule.origin {
            evaluator.rested();
            let known = settled(evaluator.fact(id, Extent::default()).map(|_| Truth::True));
            if let (Some(truth), Some(seen)) = (known, self.seen.rules.get_mut(number)) {
                seen.add(truth);
            }
        }
        let calls = rule.reads.iter().any(|read| matches!(read, Origin::Function(_)));
        if let Some(program) = program
            && (calls || !rule.thresholds.is_empty())
        {
            evaluator.rested();
            self.measure_program(evaluator, number, program, Vec::new());
        }
        outcome
    }

    /// What each clause was, and whether it decided.
    fn take_down(&mut self, part: &Part, valued: &Valued, influence: Influence) {
        if let (Some(clause), Some(truth)) = (part.clause, valued.truth)
            && let Some(seen) = self.seen.clauses.get_mut(clause)
        {
            seen.was.add(truth);
            let [holds, fails] = [Truth::True, Truth::False].map(|truth| influence.of(truth));
            let flips = holds != fails && holds != Truth::Unknown && fails != Truth::Unknown;
            let [by_holding, by_failing] = &mut seen.decided;
            match truth {
                Truth::True if flips => add(Some(by_holding)),
                Truth::False if flips => add(Some(by_failing)),
                _ => {}
            }
        }
        let (parts, least): (&[Part], usize) = match &part.kind {
            PartKind::All(parts) => (parts, parts.len()),
            PartKind::Any(parts) => (parts, 1),
            PartKind::AtLeast(least, parts) => (parts, *least),
            PartKind::Not(inner) => {
                if let Some(valued) = valued.parts.first() {
                    self.take_down(inner, valued, influence.through(Truth::negated));
                }
                return;
            }
            PartKind::Script(inner) => {
                if let Some(valued) = valued.parts.first() {
                    self.take_down(inner, valued, influence);
                }
                return;
            }
            PartKind::Leaf | PartKind::Whole | PartKind::Requirement(_) | PartKind::Score => return,
        };
        let all = Tally::of(&valued.parts);
        for (part, valued) in parts.iter().zip(&valued.parts) {
            let others = all.without(valued);
            let influence = influence.through(|truth| others.with(truth).outcome(least));
            self.take_down(part, valued, influence);
        }
    }

    fn measure_program(
        &mut self,
        evaluator: &mut Evaluator<'r, '_>,
        rule: usize,
        program: &'r Program,
        args: Vec<Value>,
    ) {
        let _: Eval<()> = evaluator
            .framed(program, args, |evaluator| self.measure(evaluator, rule, &program.root));
    }

    /// How near the sides of every comparison came. An error ends the way through the rule: then nothing can be told
    /// any more, as behind a `return`.
    fn measure(
        &mut self,
        evaluator: &mut Evaluator<'r, '_>,
        rule: usize,
        node: &'r Node,
    ) -> Eval<()> {
        evaluator.spend(node.at, 1)?;
        let outline = self.outline;
        match &node.op {
            Op::Binary { op_at, left, right, .. } => {
                self.measure(evaluator, rule, left)?;
                self.measure(evaluator, rule, right)?;
                if let Some(number) = outline.by_operator.get(&(rule, op_at.start))
                    && let Some(threshold) = outline.thresholds.get(*number)
                    && let (Ok(left), Ok(right)) = (evaluator.eval(left), evaluator.eval(right))
                    && let Some(seen) = self.seen.thresholds.get_mut(*number)
                {
                    let (subject, limit) =
                        if threshold.turned { (&right, &left) } else { (&left, &right) };
                    seen.add(subject, limit, &threshold.domain);
                }
                Ok(())
            }
            Op::Block(statements) => {
                let Some((last, before)) = statements.split_last() else { return Ok(()) };
                for statement in before {
                    self.measure(evaluator, rule, statement)?;
                    evaluator.execute(statement)?;
                }
                self.measure(evaluator, rule, last)
            }
            Op::If { condition, then, otherwise } => {
                self.measure(evaluator, rule, condition)?;
                match (evaluator.condition(condition)?, otherwise) {
                    (true, _) => self.measure(evaluator, rule, then),
                    (false, Some(otherwise)) => self.measure(evaluator, rule, otherwise),
                    (false, None) => Ok(()),
                }
            }
            Op::Switch { subject, arms } => {
                self.measure(evaluator, rule, subject)?;
                match evaluator.choose(subject, arms)? {
                    Some(body) => self.measure(evaluator, rule, body),
                    None => Ok(()),
                }
            }
            Op::Each { list, item, body, .. } => {
                self.measure(evaluator, rule, list)?;
                let Value::List(items) = evaluator.eval(list)? else { return Ok(()) };
                for value in items.iter() {
                    evaluator.set(*item, Some(value.clone()));
                    self.aside(evaluator, rule, body)?;
                }
                Ok(())
            }
            Op::Function(number, args) => {
                for arg in args {
                    self.measure(evaluator, rule, arg)?;
                }
                let args = evaluator.all(args)?;
                let rules = self.rules;
                if let Some(function) = outline.rule(Origin::Function(*number))
                    && let Some(Some(program)) = rules.functions.get(*number as usize)
                {
                    add(self.seen.rules.get_mut(function).map(|seen| &mut seen.holds));
                    self.measure_program(evaluator, function, program, args);
                }
                Ok(())
            }
            _ => {
                for child in measurable(node) {
                    self.aside(evaluator, rule, child)?;
                }
                Ok(())
            }
        }
    }

    /// One of several that stand side by side: where one of them has no value, the others are looked at all the same,
    /// unless it took too long.
    fn aside(
        &mut self,
        evaluator: &mut Evaluator<'r, '_>,
        rule: usize,
        node: &'r Node,
    ) -> Eval<()> {
        match self.measure(evaluator, rule, node) {
            Err(Stop::Fault(fault)) if fault.code == "limit-operations" => Err(Stop::Fault(fault)),
            _ => Ok(()),
        }
    }
}

/// What a part comes to, and what its own parts do.
pub(crate) fn value<'r>(
    evaluator: &mut Evaluator<'r, '_>,
    origin: Origin,
    part: &Part,
    node: Option<&'r Node>,
    program: Option<&'r Program>,
) -> Valued {
    let (parts, least): (&[Part], usize) = match &part.kind {
        PartKind::Leaf => {
            return Valued::plain(node.and_then(|node| settled(evaluator.clause(node))));
        }
        PartKind::Whole => {
            return Valued::plain(program.and_then(|program| evaluator.decide(program).ok()));
        }
        PartKind::Requirement(requirement) => {
            return Valued::plain(settled(evaluator.requirement(*requirement, Extent::default())));
        }
        PartKind::Score => {
            let Origin::Factor(id) = origin else { return Valued::plain(None) };
            let score = evaluator.score(id, Extent::default());
            return Valued::plain(settled(score.map(|_| Truth::True)));
        }
        PartKind::Script(inner) => {
            let Some(program) = program else { return Valued::plain(None) };
            return script(evaluator, origin, inner, program);
        }
        PartKind::Not(inner) => {
            let below = match node.map(|node| &node.op) {
                Some(Op::Not(below)) => Some(&**below),
                _ => None,
            };
            let valued = value(evaluator, origin, inner, below, program);
            return Valued { truth: valued.truth.map(Truth::negated), parts: vec![valued] };
        }
        PartKind::All(parts) => (parts, parts.len()),
        PartKind::Any(parts) => (parts, 1),
        PartKind::AtLeast(least, parts) => (parts, *least),
    };
    let nodes: &'r [Node] = match node.map(|node| &node.op) {
        Some(Op::And(nodes) | Op::Or(nodes)) => nodes,
        _ => &[],
    };
    let valued: Vec<Valued> = parts
        .iter()
        .enumerate()
        .map(|(place, part)| value(evaluator, origin, part, nodes.get(place), program))
        .collect();
    let tally = Tally::of(&valued);
    let outcome = tally.outcome(least);
    // What fails is no answer; it does not matter where the others decide, nor behind an undecided clause.
    let first = |wanted: Option<Truth>| valued.iter().position(|part| part.truth == wanted);
    let behind = !matches!(part.kind, PartKind::AtLeast(..))
        && first(Some(Truth::Unknown)).is_some_and(|open| first(None).is_none_or(|no| open < no));
    let answers = outcome != Truth::Unknown || tally.failed == 0 || behind;
    let truth = answers.then_some(outcome);
    Valued { truth, parts: valued }
}

/// A script: what stands before its last expression runs first, and may leave the rest without an answer.
fn script<'r>(
    evaluator: &mut Evaluator<'r, '_>,
    origin: Origin,
    inner: &Part,
    program: &'r Program,
) -> Valued {
    let done = evaluator.framed(program, Vec::new(), |evaluator| {
        let root = last(evaluator, inner, program)?;
        Ok(value(evaluator, origin, inner, Some(root), Some(program)))
    });
    match done {
        Ok(valued) => Valued { truth: valued.truth, parts: vec![valued] },
        Err(stop) => Valued::plain(settled(Err(stop))),
    }
}

/// The last expression of a script, when what stands before it has run.
pub(crate) fn last<'r>(
    evaluator: &mut Evaluator<'r, '_>,
    inner: &Part,
    program: &'r Program,
) -> Eval<&'r Node> {
    let mut root = &program.root;
    while let (Op::Block(statements), false) = (&root.op, matches!(inner.kind, PartKind::Whole)) {
        root = evaluator.up_to_last(root, statements)?;
    }
    Ok(root)
}

fn settled(found: Eval<Truth>) -> Option<Truth> {
    match found {
        Ok(truth) => Some(truth),
        Err(Stop::Fault(_)) => None,
        Err(_) => Some(Truth::Unknown),
    }
}

/// How many of some parts hold and may hold.
#[derive(Clone, Copy, Default)]
struct Tally {
    holds: usize,
    open: usize,
    /// Among the open ones: scripts that fail.
    failed: usize,
}

impl Tally {
    fn of(parts: &[Valued]) -> Self {
        parts.iter().fold(Self::default(), |tally, part| {
            let tally = tally.with(part.truth.unwrap_or(Truth::Unknown));
            Self { failed: tally.failed + usize::from(part.truth.is_none()), ..tally }
        })
    }

    fn with(self, truth: Truth) -> Self {
        match truth {
            Truth::True => Self { holds: self.holds + 1, ..self },
            Truth::Unknown => Self { open: self.open + 1, ..self },
            Truth::False => self,
        }
    }

    /// Without one of those that were counted.
    fn without(self, part: &Valued) -> Self {
        match part.truth {
            Some(Truth::True) => Self { holds: self.holds.saturating_sub(1), ..self },
            Some(Truth::False) => self,
            Some(Truth::Unknown) | None => Self { open: self.open.saturating_sub(1), ..self },
        }
    }

    /// Whether so many hold.
    fn outcome(self, least: usize) -> Truth {
        if self.holds >= least {
            Truth::True
        } else if self.holds + self.open < least {
            Truth::False
        } else {
            Truth::Unknown
        }
    }
}
