//! Facts that bring a rule to where one would have it: a coordinate search over the values that rules tell apart, with the
//! evaluator as judge.
//!
//! One fact at a time is changed to the value that costs least (see `rule::aim`), two at a time where one alone does not help;
//! what turns out not to matter is then put back. Of comparisons that are linear in a fact the gap between their sides gives
//! the very value (`a + b >= limit` is closed by growing `a` by the gap), whatever the limit is computed from. The search is
//! bounded: that it finds nothing proves nothing (see `prove`).

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::case::Case;
use crate::case::contract;
use crate::case::event::Actor;
use crate::definition::model::EventDecl;
use crate::definition::shape::{Kind, Shape};
use crate::partition::samples::{Gap, Palette, grid};
use crate::rule::outline::{Origin, Outline, Threshold};
use crate::rule::{Context, Current, Facts, Meter, Truth};
use crate::suggest::distance::SearchGoal;
use crate::suggest::inputs::Inputs;
use crate::table::{FactId, TransitionId};
use crate::value::{DateTime, Number, Value};
use crate::workflow::Compiled;

/// Evaluations of one search.
const EVALUATIONS: u32 = 4_000;
/// Changes that neither help nor hurt, from which one more is tried.
const LEVEL: usize = 64;
/// Operations that one clause costs, about: of loops in it each turn is counted besides.
const CLAUSE: u64 = 12;
/// Steps of a number that are gone through where nothing tells how far it is to go.
const SWEEP: i64 = 600;
/// Numbers that are tried from the first on where more than comparisons are made with them.
const FIRST: usize = 24;

/// What is tried: a transition that is to be judged, by an event or of itself.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub transition: TransitionId,
    /// The event that it answers; `None` for a term and for `always`.
    pub event: Option<String>,
    pub actor: Option<Actor>,
    /// Transitions that are tried before and must not be open, nor undecided.
    pub ahead: Vec<TransitionId>,
    /// The fact that holds the date of its term.
    pub due: Option<FactId>,
}

/// What rules read at the moment of judging.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Point {
    pub facts: Facts,
    pub data: BTreeMap<Arc<str>, Value>,
    pub time: DateTime,
}

pub(super) enum Solved {
    Found(Box<Point>),
    /// None was found within bounds.
    Nothing,
}

/// One thing that can be otherwise.
#[derive(Debug, Clone, PartialEq)]
enum Variable {
    Fact(FactId),
    Data(Arc<str>),
    Time,
}

pub(super) struct Solver<'w> {
    pub workflow: &'w Compiled,
    pub outline: &'w Outline,
    /// Operations of everything that is done for one workflow.
    pub meter: Meter,
}

/// One search.
struct Search<'w, 's> {
    solver: &'s Solver<'w>,
    case: &'s Case,
    target: &'s Target,
    aims: Vec<SearchGoal>,
    spent: Cell<u32>,
    /// Clauses that one evaluation looks at.
    weight: u64,
}

impl<'w> Solver<'w> {
    pub fn new(workflow: &'w Compiled) -> Self {
        Self {
            workflow,
            outline: workflow.outline(),
            meter: Meter::search(workflow.limits.search_operations),
        }
    }

    /// Whether no search is made any more.
    pub fn is_exhausted(&self) -> bool {
        self.meter.left() == 0
    }

    /// Searches from where a case stands. `near` changes only what comes with the event itself, and the time.
    pub fn solve(
        &self,
        case: &Case,
        target: &Target,
        aim: Option<SearchGoal>,
        near: bool,
    ) -> Solved {
        let rules = &self.workflow.rules;
        let mut inputs = rules.inputs(target.transition);
        let mut aims: Vec<SearchGoal> = aim.into_iter().collect();
        for id in &target.ahead {
            inputs.extend(rules.inputs(*id));
            if rules.guard(*id).is_some() || !rules.requirements(*id).is_empty() {
                aims.push(SearchGoal::Judged(*id, Truth::False));
            }
        }
        if let Some(due) = target.due {
            inputs.extend(rules.fact_inputs(due));
            aims.push(SearchGoal::Known(due));
        }
        if aim == Some(SearchGoal::Judged(target.transition, Truth::True)) {
            // What its actions read must be known too.
            for id in rules.action_inputs(target.transition).facts {
                let written = rules.actions(target.transition);
                let written = written.is_some_and(|program| program.writes.contains(&id));
                if !written {
                    inputs.facts.insert(id);
                    aims.push(SearchGoal::Known(id));
                }
            }
        }
        let judged = std::iter::once(target.transition).chain(target.ahead.iter().copied());
        let weight = 1 + self.outline.reach(judged.map(Origin::Transition)).clauses;
        let spent = Cell::new(0);
        let search = Search { solver: self, case, target, aims, spent, weight };
        search.run(inputs, near)
    }

    fn shape(&self, id: FactId) -> &'w Shape {
        &self.workflow.definition.facts.at(id).shape
    }
}

impl Search<'_, '_> {
    fn run(&self, inputs: Inputs, near: bool) -> Solved {
        let workflow = self.solver.workflow;
        let situation = self.case.situation();
        let mut point = Point {
            facts: Facts::clone(&situation.facts),
            data: BTreeMap::new(),
            time: situation.time,
        };
        // What the rule itself compares with comes first: of very many values the others may not be tried.
        let outline = self.solver.outline;
        let aim = self.aims.first().copied();
        let (rule, first) =
            aim.map(|aim| workflow.rules.aim_inputs(outline, aim)).unwrap_or_default();
        let mut constants = first.constants;
        constants.extend(inputs.constants.iter().cloned());
        let parameters = first.parameters.iter().chain(&inputs.parameters);
        let mut known: Vec<Value> = Vec::new();
        for id in parameters {
            let value = workflow.rules.parameter(*id);
            known.extend(value.as_list().unwrap_or(&[]).iter().cloned());
            known.push(value.clone());
        }
        constants.splice(0..0, known);
        let zone = &workflow.definition.zone;
        let palette = Palette { constants: &constants, now: situation.time, zone };
        let event = self.target.event.as_deref();
        let governs = event.and_then(|event| contract::governing(workflow, event));
        let mut variables: Vec<(Variable, Vec<Option<Value>>)> = Vec::new();
        let mut calculated = workflow.rules.compared(self.judged(), false).otherwise;
        let is_number =
            |id: &FactId| matches!(self.solver.shape(*id).kind, Kind::Integer | Kind::Number);
        calculated.retain(|id| is_number(id) && inputs.facts.contains(id));
        for id in &inputs.facts {
            if near && !carries(governs, &workflow.definition.facts.at(*id).name.value) {
                continue;
            }
            let mut values: Vec<Option<Value>> =
                palette.values(self.solver.shape(*id)).into_iter().map(Some).collect();
            let default = workflow.definition.facts.at(*id).default.clone();
            if calculated.contains(id) {
                let shape = self.solver.shape(*id);
                let first = palette.first(shape, FIRST).into_iter().map(Some);
                let first: Vec<_> = first.filter(|value| !values.contains(value)).collect();
                values.extend(first);
            }
            // Nobody has said it: then it is what it is by default.
            if !values.contains(&default) {
                values.insert(0, default);
            }
            variables.push((Variable::Fact(*id), values));
        }
        for name in &inputs.data {
            let shape = governs.and_then(|found| found.data.get(&**name));
            if let Some(shape) = shape {
                let values = palette.values(shape).into_iter().map(Some);
                let values = std::iter::once(None).chain(values).collect();
                variables.push((Variable::Data(Arc::clone(name)), values));
            }
        }
        if inputs.time {
            let day = 86_400_000_000_i64;
            let steps = [0, day, 31 * day, 400 * day, 3_600_000_000];
            let start = situation.time.microseconds();
            let times = steps.iter().filter_map(|step| {
                let time = DateTime::from_microseconds(start.checked_add(*step)?)?;
                Some(Some(Value::DateTime(time.in_zone(zone))))
            });
            variables.push((Variable::Time, times.collect()));
        }
        let (own, far): (Vec<_>, Vec<_>) =
            self.comparisons().into_iter().partition(|(found, _)| Some(found.rule) == rule);
        let mut best = self.cost(&point);
        while best > 0 {
            let better = self
                .improve(&point, best, &variables, [&own, &far], &palette)
                .or_else(|| self.sweep(&point, best, &calculated));
            let Some((better, cost)) = better else { break };
            (point, best) = (better, cost);
        }
        if best > 0 {
            return Solved::Nothing;
        }
        // What does not matter is as it was.
        for (variable, _) in &variables {
            let mut back = point.clone();
            match variable {
                Variable::Fact(id) => {
                    let before = situation.facts.get(*id);
                    set(&mut back, variable, before);
                }
                Variable::Data(_) => set(&mut back, variable, None),
                Variable::Time => back.time = situation.time,
            }
            if back != point && self.cost(&back) == 0 {
                point = back;
            }
        }
        Solved::Found(Box::new(point))
    }

    /// What is judged.
    fn judged(&self) -> impl Iterator<Item = Origin> {
        let ahead = self.target.ahead.iter().copied();
        std::iter::once(self.target.transition).chain(ahead).map(Origin::Transition)
    }

    /// Comparisons in what is judged, with what each reads.
    fn comparisons(&self) -> Vec<(&Threshold, Inputs)> {
        let outline = self.solver.outline;
        let rules = &self.solver.workflow.rules;
        let reach = outline.reach(self.judged());
        let by_order = reach.thresholds.iter().filter_map(|number| outline.thresholds.get(*number));
        let equalities =
            outline.equalities.iter().filter(|found| reach.rules.contains(&found.rule));
        let found = by_order.chain(equalities);
        found.map(|found| (found, rules.read_at(outline, found))).collect()
    }

    /// Steps of numbers that rules calculate with, from where they are and back: the first that costs less. Remainders and
    /// what is rounded say nothing of how far it is to go.
    fn sweep(
        &self,
        point: &Point,
        best: u64,
        calculated: &BTreeSet<FactId>,
    ) -> Option<(Point, u64)> {
        let zone = &self.solver.workflow.definition.zone;
        for id in calculated {
            let shape = self.solver.shape(*id);
            let here = match point.facts.get(*id) {
                Some(value) => value.as_number(),
                None => Some(Number::ZERO),
            };
            let (Some(step), Some(here)) = (grid(shape), here) else { continue };
            let Ok(odd) = here.checked_rem(step) else { continue };
            for number in (1..=SWEEP).flat_map(|number| [number, -number]) {
                if self.spent.get() > EVALUATIONS {
                    return None;
                }
                let by = step.checked_mul(number.into());
                let to = by.and_then(|by| here.checked_add(by)).and_then(|to| to.checked_sub(odd));
                let Some(to) = to.ok().and_then(|to| shape.admit(to.into(), zone).ok()) else {
                    continue;
                };
                let mut other = point.clone();
                other.facts.set(*id, Some(to));
                let cost = self.cost(&other);
                if cost < best {
                    return Some((other, cost));
                }
            }
        }
        None
    }

    /// The first change of one variable that costs less; else of two. `thresholds` are those of the rule itself, and others.
    fn improve(
        &self,
        point: &Point,
        best: u64,
        variables: &[(Variable, Vec<Option<Value>>)],
        thresholds: [&[(&Threshold, Inputs)]; 2],
        palette: &Palette,
    ) -> Option<(Point, u64)> {
        let [own, far] = thresholds;
        let mut level: Vec<Point> = Vec::new();
        for (round, thresholds) in [own, far].into_iter().enumerate() {
            for (variable, values) in variables {
                let near = self.near(point, variable, thresholds, palette);
                let values = values.iter().filter(|_| round == 0).cloned();
                for value in near.into_iter().chain(values) {
                    if self.spent.get() > EVALUATIONS {
                        return None;
                    }
                    let mut other = point.clone();
                    set(&mut other, variable, value);
                    if other == *point {
                        continue;
                    }
                    let cost = self.cost(&other);
                    if cost < best {
                        return Some((other, cost));
                    }
                    if cost == best && level.len() < LEVEL {
                        level.push(other);
                    }
                }
            }
        }
        // Nothing alone helps: from where it does not hurt, one more.
        for from in level {
            for (variable, values) in variables {
                let near = self.near(&from, variable, own, palette);
                for value in near.into_iter().chain(values.iter().cloned()) {
                    if self.spent.get() > EVALUATIONS {
                        return None;
                    }
                    let mut other = from.clone();
                    set(&mut other, variable, value);
                    let cost = self.cost(&other);
                    if cost < best {
                        return Some((other, cost));
                    }
                }
            }
        }
        None
    }

    /// Values that bring the sides of some comparison together.
    fn near(
        &self,
        point: &Point,
        variable: &Variable,
        thresholds: &[(&Threshold, Inputs)],
        palette: &Palette,
    ) -> Vec<Option<Value>> {
        let mut found = Vec::new();
        let event = self.event(point);
        let context = self.context(point, event.as_ref());
        let rules = &self.solver.workflow.rules;
        let outline = self.solver.outline;
        for (threshold, inputs) in thresholds {
            let concerned = match variable {
                Variable::Fact(id) => inputs.facts.contains(id),
                Variable::Data(name) => inputs.data.contains(name),
                Variable::Time => inputs.time,
            };
            if !concerned {
                continue;
            }
            let Some((subject, limit)) = rules.sides_of(outline, threshold, &context) else {
                continue;
            };
            let unit = |limit| threshold.domain.unit(limit);
            let Some(gap) = Gap::between(&subject, &limit, unit) else { continue };
            match variable {
                Variable::Fact(id) => {
                    let shape = self.solver.shape(*id);
                    if let Some(value) = point.facts.get(*id) {
                        let mut close = gap.close(&value, shape, palette);
                        close.extend(self.along(point, *id, threshold, gap));
                        let close = close.into_iter();
                        let close = close.filter_map(|value| shape.admit(value, palette.zone).ok());
                        found.extend(close.map(Some));
                    }
                }
                Variable::Data(name) => {
                    let event = self.target.event.as_deref();
                    let governs =
                        event.and_then(|event| contract::governing(self.solver.workflow, event));
                    if let Some(shape) = governs.and_then(|found| found.data.get(&**name))
                        && let Some(value) = point.data.get(name)
                    {
                        let close = gap.close(value, shape, palette).into_iter();
                        let close = close.filter_map(|value| shape.admit(value, palette.zone).ok());
                        found.extend(close.map(Some));
                    }
                }
                Variable::Time => {
                    let now = point.time.microseconds();
                    let times = gap.instants().into_iter().filter_map(|gap| {
                        let time = DateTime::from_microseconds(now.checked_add(gap)?)?;
                        Some(Some(Value::DateTime(time.in_zone(palette.zone))))
                    });
                    found.extend(times);
                }
            }
        }
        found
    }

    /// Values of a number that close a gap, as far as its sides are straight lines: a step shows the slope.
    fn along(&self, point: &Point, id: FactId, threshold: &Threshold, gap: Gap) -> Vec<Value> {
        let Gap::Numbers(gap, unit) = gap else { return Vec::new() };
        let Some(value) = point.facts.get(id).as_ref().and_then(Value::as_number) else {
            return Vec::new();
        };
        let shape = self.solver.shape(id);
        let grid = grid(shape);
        let step = grid.unwrap_or(Number::from(1));
        let mut beside = point.clone();
        let Ok(next) = value.checked_add(step) else { return Vec::new() };
        beside.facts.set(id, Some(Value::Number(next)));
        let event = self.event(&beside);
        let context = self.context(&beside, event.as_ref());
        let outline = self.solver.outline;
        let sides = self.solver.workflow.rules.sides_of(outline, threshold, &context);
        let Some((subject, limit)) = sides else { return Vec::new() };
        let moved = match Gap::between(&subject, &limit, |_| unit) {
            Some(Gap::Numbers(other, _)) => gap.checked_sub(other),
            _ => return Vec::new(),
        };
        let Ok(moved) = moved else { return Vec::new() };
        let half = unit.checked_div(2.into()).unwrap_or(unit);
        let mut found = Vec::new();
        for aside in [Number::ZERO, unit, unit.neg(), half, half.neg()] {
            let Ok(meant) = gap.checked_add(aside) else { continue };
            let steps = meant.checked_mul(step).and_then(|meant| meant.checked_div(moved));
            let Ok(target) = steps.and_then(|steps| value.checked_add(steps)) else { continue };
            match grid {
                None => found.push(target),
                // The nearest on either side.
                Some(grid) => {
                    let Ok(places) = target.checked_div(grid) else { continue };
                    for place in [places.floor(), places.ceil()] {
                        found.extend(place.checked_mul(grid));
                    }
                }
            }
        }
        found.into_iter().map(Value::Number).collect()
    }

    fn event(&self, point: &Point) -> Option<Current> {
        let name = self.target.event.as_deref()?;
        let actor = self.target.actor.as_ref().and_then(|actor| actor.id.as_deref());
        Some(Current {
            name: Arc::from(name),
            actor: actor.map(Arc::from),
            at: point.time,
            data: point.data.clone(),
        })
    }

    fn context<'a>(&'a self, point: &'a Point, event: Option<&'a Current>) -> Context<'a> {
        let situation = self.case.situation();
        Context {
            facts: &point.facts,
            now: point.time,
            meter: Some(&self.solver.meter),
            ..situation.context(event)
        }
    }

    fn cost(&self, point: &Point) -> u64 {
        self.spent.set(self.spent.get().saturating_add(1));
        let solver = self.solver;
        solver.meter.spend(self.weight.saturating_mul(CLAUSE));
        if solver.is_exhausted() {
            return u64::MAX / 2;
        }
        if point.time < self.case.time() {
            return u64::MAX / 2;
        }
        let event = self.event(point);
        let context = self.context(point, event.as_ref());
        let rules = &self.solver.workflow.rules;
        let outline = self.solver.outline;
        let costs = self.aims.iter();
        costs
            .map(|aim| rules.cost(outline, *aim, self.target.transition, &context))
            .fold(0, u64::saturating_add)
    }
}

/// Whether an event may carry a fact.
pub(super) fn carries(governs: Option<&EventDecl>, fact: &str) -> bool {
    governs.is_some_and(|found| {
        found.sets.iter().chain(&found.required).any(|name| name.value == fact)
    })
}

fn set(point: &mut Point, variable: &Variable, value: Option<Value>) {
    match variable {
        Variable::Fact(id) => {
            point.facts.set(*id, value);
        }
        Variable::Data(name) => match value {
            Some(value) => {
                point.data.insert(Arc::clone(name), value);
            }
            None => {
                point.data.remove(name);
            }
        },
        Variable::Time => {
            if let Some(Value::DateTime(time)) = value {
                point.time = time;
            }
        }
    }
}
