//! How far values are from what one would have of a rule: what guides a search for facts that make a clause decide.
//!
//! A cost is 0 where the aim is reached. Else it counts the clauses that are not as they would have to be, through factors
//! and derived facts, choosing the cheapest where there is a choice (of `a || b` one must hold, both must fail).

use std::collections::BTreeMap;

use super::inputs::Inputs;
use crate::coverage::counts::{CoverageCounts, Side};
use crate::coverage::observer::{CoverageObserver, last};
use crate::rule::eval::{Evaluator, Stop};
use crate::rule::observer::Observer;
use crate::rule::outline::{Origin, Outline, Part, PartKind, Threshold};
use crate::rule::program::{Node, Op, Program};
use crate::rule::syntax::{Binary, Extent};
use crate::rule::{Context, Requirement, Rules, Truth};
use crate::table::{FactId, TransitionId};
use crate::value::Value;

/// What one would have of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SearchGoal {
    /// The condition of a transition comes to this.
    Judged(TransitionId, Truth),
    /// A clause is this.
    Clause(usize, Truth),
    /// A clause is this, and alone decides its rule by it.
    Decides(usize, Truth),
    /// The subject of a comparison lies here.
    Lies(usize, Side),
    /// A fact is known.
    Known(FactId),
}

/// A clause that is otherwise.
const MISS: u64 = 64;
/// A script that fails for these values.
const FAILS: u64 = 128;

impl Rules {
    /// How far from an aim; 0 where it is reached. `judged` is the transition by which what is aimed at is looked at.
    pub fn cost(
        &self,
        outline: &Outline,
        aim: SearchGoal,
        judged: TransitionId,
        context: &Context,
    ) -> u64 {
        let mut costing =
            Costing { rules: self, outline, context: *context, memo: BTreeMap::new(), inside: 0 };
        let mut evaluator = Evaluator::new(self, *context);
        match aim {
            SearchGoal::Judged(id, want) => {
                costing.rule(&mut evaluator, Origin::Transition(id), want).unwrap_or(match want {
                    // A transition without a rule is always open.
                    Truth::True => 0,
                    _ => u64::MAX / 4,
                })
            }
            SearchGoal::Clause(clause, want) => costing.clause(&mut evaluator, clause, want, false),
            SearchGoal::Decides(clause, want) => costing.clause(&mut evaluator, clause, want, true),
            SearchGoal::Lies(threshold, side) => costing.lies(threshold, side, judged),
            SearchGoal::Known(fact) => match evaluator.fact(fact, Extent::default()) {
                Ok(_) => 0,
                Err(Stop::Fault(_)) => FAILS,
                Err(_) => {
                    let node = Node::new(Extent::default(), Op::Fact(fact));
                    MISS + costing.open(&node)
                }
            },
        }
    }

    /// The rule that an aim is about, by its number, and everything that it reads in the end.
    pub fn aim_inputs(&self, outline: &Outline, aim: SearchGoal) -> (Option<usize>, Inputs) {
        let rule = match aim {
            SearchGoal::Judged(id, _) => outline.rule(Origin::Transition(id)),
            SearchGoal::Clause(clause, _) | SearchGoal::Decides(clause, _) => {
                outline.clauses.get(clause).map(|found| found.rule)
            }
            SearchGoal::Lies(threshold, _) => {
                outline.thresholds.get(threshold).map(|found| found.rule)
            }
            SearchGoal::Known(_) => None,
        };
        let mut inputs = Inputs::default();
        let origin = rule.and_then(|rule| outline.rules.get(rule)).map(|rule| rule.origin);
        if let Some(program) = origin.and_then(|origin| self.program(origin)) {
            self.gather(&program.root, &mut inputs);
        }
        (rule, inputs)
    }

    /// The two sides of a comparison, subject first; `None` where one is unknown, fails, or stands in a function or closure.
    pub fn sides(
        &self,
        outline: &Outline,
        threshold: usize,
        context: &Context,
    ) -> Option<(Value, Value)> {
        self.sides_of(outline, outline.thresholds.get(threshold)?, context)
    }

    /// The two sides of any comparison that is watched, subject first.
    pub fn sides_of(
        &self,
        outline: &Outline,
        found: &Threshold,
        context: &Context,
    ) -> Option<(Value, Value)> {
        let origin = outline.rules.get(found.rule)?.origin;
        let program = self.program(origin).filter(|_| !matches!(origin, Origin::Function(_)))?;
        let node = found.find(&program.root)?;
        let Op::Binary { left, right, .. } = &node.op else { return None };
        let mut evaluator = Evaluator::new(self, *context);
        let both = evaluator.framed(program, Vec::new(), |evaluator| {
            let mut root = &program.root;
            while let Op::Block(statements) = &root.op {
                root = evaluator.up_to_last(root, statements)?;
            }
            Ok((evaluator.eval(left)?, evaluator.eval(right)?))
        });
        let (left, right) = both.ok()?;
        Some(if found.turned { (right, left) } else { (left, right) })
    }
}

impl Threshold {
    /// The comparison in its script, unless it stands in a closure, where its sides have no value of their own.
    pub(super) fn find<'n>(&self, root: &'n Node) -> Option<&'n Node> {
        let mut waiting = vec![root];
        while let Some(node) = waiting.pop() {
            match &node.op {
                Op::Binary { op_at, op, .. }
                    if op_at.start == self.operator && op.is_comparison() =>
                {
                    return Some(node);
                }
                Op::Each { list, .. } => waiting.push(list),
                _ => waiting.extend(node.children()),
            }
        }
        None
    }
}

struct Costing<'r, 'c, 'o> {
    rules: &'r Rules,
    outline: &'o Outline,
    context: Context<'c>,
    memo: BTreeMap<(Origin, u8), u64>,
    /// Rules that this is inside of.
    inside: usize,
}

/// Rules inside one another that are taken apart.
const RULES: usize = 12;

impl<'r> Costing<'r, '_, '_> {
    /// What it would take for a rule to come to this; `None` where it has no truth.
    fn rule(
        &mut self,
        evaluator: &mut Evaluator<'r, '_>,
        origin: Origin,
        want: Truth,
    ) -> Option<u64> {
        let key = (origin, want as u8);
        if let Some(known) = self.memo.get(&key) {
            return Some(*known);
        }
        let outline = self.outline;
        let rule = outline.rules.get(outline.rule(origin)?)?;
        let form = rule.form.as_ref()?;
        // Far down a chain of rules it is enough to know what the rest comes to.
        if self.inside >= RULES {
            return None;
        }
        let program = self.rules.program(origin);
        evaluator.rested();
        self.inside += 1;
        let cost = self.part(evaluator, origin, form, None, program, want);
        self.inside -= 1;
        self.memo.insert(key, cost);
        Some(cost)
    }

    fn clause(
        &mut self,
        evaluator: &mut Evaluator<'r, '_>,
        clause: usize,
        want: Truth,
        decides: bool,
    ) -> u64 {
        let outline = self.outline;
        let found = outline.clauses.get(clause).and_then(|found| outline.rules.get(found.rule));
        let Some(rule) = found else { return u64::MAX / 4 };
        let Some(form) = &rule.form else { return u64::MAX / 4 };
        let program = self.rules.program(rule.origin);
        let place = Place { origin: rule.origin, clause, want, decides };
        self.inside(evaluator, place, form, None, program).unwrap_or(u64::MAX / 4)
    }

    /// The cost of what is asked of a clause somewhere inside a part; `None` where it is not inside.
    fn inside(
        &mut self,
        evaluator: &mut Evaluator<'r, '_>,
        place: Place,
        part: &Part,
        node: Option<&'r Node>,
        program: Option<&'r Program>,
    ) -> Option<u64> {
        if part.clause == Some(place.clause) {
            return Some(self.part(evaluator, place.origin, part, node, program, place.want));
        }
        let (parts, least): (&[Part], usize) = match &part.kind {
            PartKind::Script(inner) => {
                let program = program?;
                let done = evaluator.framed(program, Vec::new(), |evaluator| {
                    let root = last(evaluator, inner, program)?;
                    Ok(self.inside(evaluator, place, inner, Some(root), Some(program)))
                });
                // What stands before the last expression leaves it without an answer.
                return done.unwrap_or(Some(FAILS));
            }
            PartKind::Not(inner) => {
                return self.inside(evaluator, place, inner, below(node), program);
            }
            PartKind::All(parts) => (parts, parts.len()),
            PartKind::Any(parts) => (parts, 1),
            PartKind::AtLeast(least, parts) => (parts, *least),
            PartKind::Leaf | PartKind::Whole | PartKind::Requirement(_) | PartKind::Score => {
                return None;
            }
        };
        let nodes = nodes(node);
        let (position, own) = parts.iter().enumerate().find_map(|(position, part)| {
            let node = nodes.get(position);
            Some((position, self.inside(evaluator, place, part, node, program)?))
        })?;
        if !place.decides {
            return Some(own);
        }
        // It tips the scale where of the others exactly one too few hold.
        let mut costs = Vec::new();
        for (index, part) in parts.iter().enumerate().filter(|(index, _)| *index != position) {
            let node = nodes.get(index);
            let mut cost = |want| self.part(evaluator, place.origin, part, node, program, want);
            costs.push((cost(Truth::True), cost(Truth::False)));
        }
        Some(own.saturating_add(exactly(&mut costs, least.saturating_sub(1))))
    }

    fn part(
        &mut self,
        evaluator: &mut Evaluator<'r, '_>,
        origin: Origin,
        part: &Part,
        node: Option<&'r Node>,
        program: Option<&'r Program>,
        want: Truth,
    ) -> u64 {
        let (parts, least): (&[Part], usize) = match &part.kind {
            PartKind::Leaf => {
                return node.map_or(FAILS, |node| self.leaf(evaluator, node, want));
            }
            PartKind::Requirement(requirement) => {
                return match requirement {
                    Requirement::Factor(id) => self
                        .rule(evaluator, Origin::Factor(*id), want)
                        .unwrap_or_else(|| plainly(evaluator, *requirement, want)),
                    Requirement::Fact(id) => self.fact(evaluator, *id, want),
                };
            }
            PartKind::Whole | PartKind::Score => {
                let truth =
                    crate::coverage::observer::value(evaluator, origin, part, node, program).truth;
                let open = program.map_or(0, |program| match truth {
                    Some(Truth::Unknown) => self.open(&program.root),
                    _ => 0,
                });
                return miss(truth, want, open);
            }
            PartKind::Script(inner) => {
                let Some(program) = program else { return FAILS };
                let done = evaluator.framed(program, Vec::new(), |evaluator| {
                    let root = last(evaluator, inner, program)?;
                    Ok(self.part(evaluator, origin, inner, Some(root), Some(program), want))
                });
                return match done {
                    Ok(cost) => cost,
                    Err(Stop::Fault(_)) => FAILS,
                    Err(_) => miss(Some(Truth::Unknown), want, self.open(&program.root)),
                };
            }
            PartKind::Not(inner) => {
                return self.part(evaluator, origin, inner, below(node), program, want.negated());
            }
            PartKind::All(parts) => (parts, parts.len()),
            PartKind::Any(parts) => (parts, 1),
            PartKind::AtLeast(least, parts) => (parts, *least),
        };
        let nodes = nodes(node);
        let mut each = |want: Truth| -> Vec<u64> {
            let parts = parts.iter().enumerate();
            parts
                .map(|(place, part)| {
                    self.part(evaluator, origin, part, nodes.get(place), program, want)
                })
                .collect()
        };
        match want {
            Truth::True => cheapest(each(Truth::True), least),
            Truth::False => {
                let few = (parts.len() + 1).saturating_sub(least);
                // So many must fail that too few are left.
                if few == 0 { 0 } else { cheapest(each(Truth::False), few) }
            }
            Truth::Unknown => {
                let (holds, fails, open) =
                    (each(Truth::True), each(Truth::False), each(Truth::Unknown));
                let ways = open.iter().enumerate().map(|(place, own)| {
                    let mut others: Vec<(u64, u64)> = holds
                        .iter()
                        .copied()
                        .zip(fails.iter().copied())
                        .enumerate()
                        .filter(|(other, _)| *other != place)
                        .map(|(_, pair)| pair)
                        .collect();
                    own.saturating_add(exactly(&mut others, least.saturating_sub(1)))
                });
                // Of very many parts the first ones will do.
                ways.take(64).min().unwrap_or(FAILS)
            }
        }
    }

    fn fact(&mut self, evaluator: &mut Evaluator<'r, '_>, id: FactId, want: Truth) -> u64 {
        if let Some(cost) = self.rule(evaluator, Origin::Fact(id), want) {
            return cost;
        }
        plainly(evaluator, Requirement::Fact(id), want)
    }

    fn leaf(&mut self, evaluator: &mut Evaluator<'r, '_>, node: &'r Node, want: Truth) -> u64 {
        match &node.op {
            Op::Not(inner) => return self.leaf(evaluator, inner, want.negated()),
            Op::Factor(id) => {
                if let Some(cost) = self.rule(evaluator, Origin::Factor(*id), want) {
                    return cost;
                }
            }
            Op::Fact(id) => {
                if let Some(cost) = self.rule(evaluator, Origin::Fact(*id), want) {
                    return cost;
                }
            }
            Op::If { condition, then, otherwise: Some(otherwise) } => {
                let mut way = |test: Truth, then: &'r Node| {
                    let cost = self.leaf(evaluator, condition, test);
                    cost.saturating_add(self.leaf(evaluator, then, want))
                };
                return way(Truth::True, then).min(way(Truth::False, otherwise));
            }
            Op::Block(statements) if statements.len() == 1 => {
                if let Some(only) = statements.first() {
                    return self.leaf(evaluator, only, want);
                }
            }
            Op::And(nodes) | Op::Or(nodes) => {
                let all = matches!(node.op, Op::And(_)) == (want == Truth::True);
                let costs: Vec<u64> =
                    nodes.iter().map(|node| self.leaf(evaluator, node, want)).collect();
                if want != Truth::Unknown {
                    let count = if all { costs.len() } else { 1 };
                    return cheapest(costs, count);
                }
            }
            Op::Binary { op: op @ (Binary::Equal | Binary::NotEqual), left, right, .. } => {
                let same = match (op, want) {
                    (_, Truth::Unknown) => None,
                    (Binary::Equal, want) => Some(want == Truth::True),
                    (_, want) => Some(want == Truth::False),
                };
                let sides = match (self.rules.fixed_value(left), self.rules.fixed_value(right)) {
                    (None, Some(value)) => Some((left, value)),
                    (Some(value), None) => Some((right, value)),
                    _ => None,
                };
                if let (Some(same), Some((node, value))) = (same, sides)
                    && let Op::Fact(id) = node.op
                    && let Some(program) =
                        self.rules.facts.get(id).and_then(|fact| fact.value.as_ref())
                {
                    let cost = evaluator.framed(program, Vec::new(), |evaluator| {
                        Ok(self.valued(evaluator, &program.root, value, same))
                    });
                    if let Ok(Some(cost)) = cost {
                        return cost;
                    }
                }
            }
            _ => {}
        }
        let truth = evaluator.clause(node).ok();
        let open = if truth == Some(Truth::Unknown) { self.open(node) } else { 0 };
        miss(truth, want, open)
    }

    /// What it takes that a script comes to a value, or to another: along the branches that end in constants. `None` where
    /// its form does not tell.
    fn valued(
        &mut self,
        evaluator: &mut Evaluator<'r, '_>,
        node: &'r Node,
        value: &Value,
        same: bool,
    ) -> Option<u64> {
        match &node.op {
            Op::If { condition, then, otherwise: Some(otherwise) } => {
                let mut way = |test: Truth, then: &'r Node| {
                    let inner = self.valued(evaluator, then, value, same)?;
                    Some(self.leaf(evaluator, condition, test).saturating_add(inner))
                };
                let (one, other) = (way(Truth::True, then)?, way(Truth::False, otherwise)?);
                Some(one.min(other))
            }
            Op::Block(statements) => match statements.as_slice() {
                [only] => self.valued(evaluator, only, value, same),
                _ => None,
            },
            _ => {
                let found = self.rules.fixed_value(node)?;
                Some(if found.loose_eq(value) == same { 0 } else { u64::MAX / 8 })
            }
        }
    }

    /// How many facts that a piece reads are unknown.
    fn open(&self, node: &Node) -> u64 {
        let mut inputs = Inputs::default();
        self.rules.gather(node, &mut inputs);
        let unknown = inputs.facts.iter().filter(|id| !self.context.facts.is_known(**id));
        let data = self.context.event.map(|event| &event.data);
        let missing = inputs
            .data
            .iter()
            .filter(|name| data.is_none_or(|data| !data.contains_key(name.as_ref())));
        u64::try_from(unknown.count() + missing.count()).unwrap_or(0).min(MISS / 2)
    }

    fn lies(&self, threshold: usize, side: Side, judged: TransitionId) -> u64 {
        let outline = self.outline;
        let Some(found) = outline.thresholds.get(threshold) else { return u64::MAX / 4 };
        if let Some((subject, limit)) = self.rules.sides(outline, threshold, &self.context) {
            return match Side::of(&subject, &limit, &found.domain) {
                Some(now) if now == side => 0,
                Some(_) => MISS,
                None => FAILS,
            };
        }
        // In a function or closure: one looks.
        let nothing = CoverageCounts::nothing(outline, 0, 0);
        let observer = CoverageObserver::new(std::iter::once((self.rules, outline, nothing)));
        observer.judges(self.rules, judged, &self.context);
        let seen = observer.into_seen().next().unwrap_or_default();
        let seen = seen.thresholds.get(threshold).copied().unwrap_or_default();
        if seen.times(side) > 0 {
            return 0;
        }
        let inputs = self.rules.read_at(outline, found);
        let unknown = inputs.facts.iter().filter(|id| !self.context.facts.is_known(**id));
        MISS + u64::try_from(unknown.count()).unwrap_or(0)
    }
}

#[derive(Clone, Copy)]
struct Place {
    origin: Origin,
    clause: usize,
    want: Truth,
    decides: bool,
}

/// What it takes by the verdict alone.
fn plainly<'r>(evaluator: &mut Evaluator<'r, '_>, asked: Requirement, want: Truth) -> u64 {
    let truth = match evaluator.requirement(asked, Extent::default()) {
        Ok(truth) => Some(truth),
        Err(Stop::Fault(_)) => None,
        Err(_) => Some(Truth::Unknown),
    };
    miss(truth, want, 1)
}

fn miss(truth: Option<Truth>, want: Truth, open: u64) -> u64 {
    match truth {
        Some(truth) if truth == want => 0,
        Some(Truth::Unknown) => MISS + open,
        Some(_) => MISS,
        None => FAILS,
    }
}

fn cheapest(mut costs: Vec<u64>, count: usize) -> u64 {
    if count > costs.len() {
        return u64::MAX / 4;
    }
    costs.sort_unstable();
    costs.into_iter().take(count).fold(0, u64::saturating_add)
}

/// What it takes that exactly so many hold and the others fail, given what each takes to hold and to fail.
fn exactly(costs: &mut [(u64, u64)], count: usize) -> u64 {
    if count > costs.len() {
        return u64::MAX / 4;
    }
    costs.sort_by_key(|(holds, fails)| (*holds as i128) - (*fails as i128));
    let costs = costs.iter().enumerate();
    costs
        .map(|(place, (holds, fails))| if place < count { *holds } else { *fails })
        .fold(0, u64::saturating_add)
}

fn below(node: Option<&Node>) -> Option<&Node> {
    match node.map(|node| &node.op) {
        Some(Op::Not(below)) => Some(below),
        _ => None,
    }
}

fn nodes(node: Option<&Node>) -> &[Node] {
    match node.map(|node| &node.op) {
        Some(Op::And(nodes) | Op::Or(nodes)) => nodes,
        _ => &[],
    }
}
