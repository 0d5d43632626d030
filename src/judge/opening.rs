//! What would open something in one situation: whether anything does, and between which values rules make a difference.

use std::sync::Arc;

use super::formula::F;
use super::linear::Lin;
use super::places::Root;
use super::rational::Ratio;
use super::unfold::{Scope, Unfolder};
use super::witness;
use super::world::{Input, World};
use super::{Answer, Asked, Judge, Situation, Tried, search};
use crate::definition::model::{Definition, EventDecl};
use crate::rule::{Requirement, Rules};
use crate::table::TransitionId;
use crate::value::Value;

/// What one would have of a situation.
#[derive(Debug, Clone, Default)]
pub(crate) struct Opening {
    /// One of these transitions holds, and of those behind it none is undecided.
    pub ways: Vec<(TransitionId, Vec<TransitionId>)>,
    /// These are known.
    pub required: Vec<Input>,
    /// This lies between two values: from the first, up to but not the second, or the other way round.
    pub between: Option<(Input, Bounds)>,
}

/// Bounds of a value, each with whether it is itself excluded.
pub(crate) type Bounds = (Option<(Value, bool)>, Option<(Value, bool)>);

/// Values of one thing between which rules make no difference.
#[derive(Debug, Clone)]
pub(crate) struct Region {
    /// Where it begins and ends, with whether that is excluded; `None` where the declaration ends it.
    pub low: Option<(Value, bool)>,
    pub high: Option<(Value, bool)>,
    /// One of them.
    pub sample: Value,
}

impl<'w> Judge<'w> {
    /// For one situation of a case, of which some things may be otherwise. `needed`: the rules that will be read, those that
    /// others read first.
    pub fn within(
        rules: &'w Rules,
        definition: &'w Definition,
        event: Option<(u32, &'w EventDecl)>,
        world: World<'w>,
        needed: &[Requirement],
    ) -> Self {
        let mut unfolder = Unfolder::new(rules, definition, true);
        unfolder.scope = Scope { event };
        unfolder.world = Some(world);
        for requirement in needed {
            match requirement {
                Requirement::Fact(id) => drop(unfolder.fact(*id)),
                Requirement::Factor(id) if rules.is_score(*id) => drop(unfolder.score(*id)),
                Requirement::Factor(id) => _ = unfolder.factor(*id),
            }
        }
        Self { unfolder, rules, kept: std::collections::VecDeque::new() }
    }

    /// What must hold for something to be open, all of it.
    fn roots(&mut self, opening: &Opening) -> Option<Vec<F>> {
        let mut ways = Vec::with_capacity(opening.ways.len());
        for (id, before) in &opening.ways {
            let mut parts = vec![self.verdicts(Asked::Transition(*id)).holds];
            for other in before {
                let found = self.verdicts(Asked::Transition(*other));
                parts.push(self.unfolder.formula.or(found.holds, found.fails));
            }
            ways.push(self.unfolder.formula.all(parts));
        }
        let mut roots = vec![self.unfolder.formula.any(ways)];
        for input in &opening.required {
            let found = match input {
                Input::Fact(id) => self.unfolder.fact(*id),
                Input::Data(name) => self.unfolder.data(name),
                Input::Time => continue,
            };
            roots.push(found.known(&mut self.unfolder.formula));
        }
        if let Some((input, (low, high))) = &opening.between {
            let lin = self.line(input)?;
            for (bound, is_low) in [(low, true), (high, false)] {
                let Some((value, excluded)) = bound else { continue };
                let over = lin.plus(measure(value, self.is_days(input))?.neg()).ok()?;
                let over = if is_low { over.neg() } else { over };
                roots.push(self.unfolder.formula.at_most_zero(&over, *excluded).ok()?);
            }
        }
        Some(roots)
    }

    /// Whether there is a situation, with nothing else otherwise than what may be, in which something is open as `plays` says.
    pub fn opens(
        &mut self,
        opening: &Opening,
        plays: &mut dyn FnMut(&Situation) -> bool,
    ) -> (Answer, Option<Situation>) {
        let Some(roots) = self.roots(opening) else {
            return (Answer::Unknown(["bound:digits"].into()), None);
        };
        let mut found = None;
        let answer = search(&mut self.unfolder, &roots, &mut |unfolder, model, classes| {
            let lemmas = unfolder.lemmas(model);
            if !lemmas.is_empty() {
                return Tried::Lemmas(lemmas);
            }
            match witness::situation(unfolder, model, classes, None) {
                Some(situation) if plays(&situation) => {
                    found = Some(situation);
                    Tried::Plays
                }
                _ => Tried::Fails,
            }
        });
        (answer, found)
    }

    /// The number behind a thing that has an order.
    fn line(&mut self, input: &Input) -> Option<Lin> {
        let place = match input {
            Input::Time => {
                let unfolder = &self.unfolder;
                let read = unfolder.clock_read("now").or_else(|| unfolder.clock_read("today"))?;
                return Some(Lin::of(read));
            }
            Input::Fact(id) => {
                drop(self.unfolder.fact(*id));
                self.unfolder.places.find(&Root::Fact(*id))?
            }
            Input::Data(name) => {
                drop(self.unfolder.data(name));
                let (event, _) = self.unfolder.scope.event?;
                self.unfolder.places.find(&Root::Data(event, Arc::clone(name)))?
            }
        };
        self.unfolder.places.all.get(place)?.sort.line()
    }

    /// Whether a time is only read by its day.
    fn is_days(&self, input: &Input) -> bool {
        *input == Input::Time && self.unfolder.clock_read("now").is_none()
    }

    /// The values of a thing by what rules tell apart, ascending, where it alone may be otherwise and everything that they
    /// ask of it is a comparison with what stands. `None` where they ask something else, or it has no order.
    pub fn regions(&mut self, opening: &Opening, input: &Input) -> Option<Vec<Region>> {
        let roots = self.roots(opening)?;
        let lin = self.line(input)?;
        let [(variable, step)] = lin.terms.as_slice() else { return None };
        let cuts = super::decide::cuts(&self.unfolder.formula, &roots, *variable)?;
        let info = self.unfolder.formula.variables.get(variable.0 as usize)?.clone();
        let is_days = self.is_days(input);
        let value = |at: Ratio| -> Option<Value> {
            let at = at.mul(*step).ok()?.add(lin.constant).ok()?;
            self.worth(input, at, is_days)
        };
        let mut found = Vec::new();
        if info.whole {
            let (first, last) = (info.low?.to_whole()?, info.high?.to_whole()?);
            let inner = cuts.into_iter().filter_map(|(bound, _)| bound.to_whole());
            let mut starts: Vec<i128> =
                inner.map(|bound| bound + 1).filter(|at| *at > first && *at <= last).collect();
            starts.dedup();
            let ends = starts.iter().map(|start| start - 1).chain([last]);
            for (low, high) in [first].into_iter().chain(starts.iter().copied()).zip(ends) {
                let end = |at: i128, is_end: bool| {
                    if is_end { Some(None) } else { Some(Some((value(Ratio::whole(at))?, false))) }
                };
                let sample = 0.clamp(low, high);
                found.push(Region {
                    low: end(low, low == first)?,
                    high: end(high, high == last)?,
                    sample: value(Ratio::whole(sample))?,
                });
            }
            return Some(found);
        }
        let mut bounds: Vec<Ratio> = cuts.into_iter().map(|(bound, _)| bound).collect();
        bounds.dedup();
        let (low, high) = (info.low?, info.high?);
        bounds.retain(|at| {
            (low < *at || low == *at && !info.above) && (*at < high || *at == high && !info.below)
        });
        let mut before = None;
        for bound in bounds.iter().copied().map(Some).chain([None]) {
            let (start, end) = (before.unwrap_or(low), bound.unwrap_or(high));
            let half = start.add(end).ok()?.mul(Ratio::new(1, 2).ok()?).ok()?;
            let one = Ratio::ONE;
            // As plain as there is room for.
            let near = match (before, bound) {
                (None, Some(end)) => end.sub(one).ok().filter(|at| *at > start),
                (Some(start), _) => start.add(one).ok().filter(|at| *at < end),
                (None, None) => Some(Ratio::ZERO).filter(|at| *at > start && *at < end),
            };
            let cut = |at: Option<Ratio>, excluded: bool| match at {
                Some(at) => Some(Some((value(at)?, excluded))),
                None => Some(None),
            };
            if start < end {
                let sample = value(near.unwrap_or(half))?;
                found.push(Region { low: cut(before, true)?, high: cut(bound, true)?, sample });
            }
            if let Some(at) = bound {
                let (first, last) = ((at != low).then_some(at), (at != high).then_some(at));
                let (low, high) = (cut(first, false)?, cut(last, false)?);
                found.push(Region { low, high, sample: value(at)? });
            }
            before = bound;
        }
        Some(found)
    }

    fn worth(&self, input: &Input, at: Ratio, is_days: bool) -> Option<Value> {
        let kind = match input {
            Input::Time if is_days => crate::definition::shape::Kind::Date,
            Input::Time => crate::definition::shape::Kind::DateTime,
            Input::Fact(_) | Input::Data(_) => {
                let root = match input {
                    Input::Fact(id) => Root::Fact(*id),
                    Input::Data(name) => Root::Data(self.unfolder.scope.event?.0, Arc::clone(name)),
                    Input::Time => return None,
                };
                let place = self.unfolder.places.find(&root)?;
                let place = self.unfolder.places.all.get(place)?;
                return witness::valued(&place.sort, at, &self.unfolder.rules.zone);
            }
        };
        witness::timed(&kind, at, &self.unfolder.rules.zone)
    }

    /// Texts that the rules asked so far compare with.
    pub fn words(&self) -> Vec<Arc<str>> {
        self.unfolder.formula.words.clone()
    }
}

/// A value as the number that it is reckoned with.
fn measure(value: &Value, is_days: bool) -> Option<Ratio> {
    let whole = |number: i64| Some(Ratio::whole(number.into()));
    match value {
        Value::Integer(number) => whole(*number),
        Value::Number(number) => Ratio::of(*number).ok(),
        Value::Date(date) => whole(date.days()),
        Value::DateTime(at) if is_days => whole(at.date().days()),
        Value::DateTime(at) => whole(at.microseconds()),
        Value::Duration(length) => match length.length() {
            crate::value::Length::Civil { months: 0, days } => whole(days.into()),
            crate::value::Length::Civil { months, days: 0 } => whole(months.into()),
            crate::value::Length::Civil { .. } => None,
            crate::value::Length::Exact { microseconds } => whole(microseconds),
        },
        _ => None,
    }
}
