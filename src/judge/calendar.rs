//! What the calendar says of a day, told for the month that it lies in: of a candidate that is wrong about it.

use super::formula::F;
use super::linear::Lin;
use super::rational::{Exact, Ratio};
use super::theory::Model;
use super::unfold::{Function, Term, Unfolder};
use crate::value::{Date, DateTime};

/// Days around one that are looked through for where a count of months changes.
const AROUND: i64 = 400;
/// Microseconds of a quarter of an hour.
const QUARTER: usize = 900_000_000;

impl Unfolder<'_> {
    /// What a sum comes to; variables that nothing is said of are as plain as they can be.
    pub fn worth(&self, lin: &Lin, model: &Model) -> Exact<Ratio> {
        lin.terms.iter().try_fold(lin.constant, |sum, (variable, times)| {
            let value = match model.numbers.get(variable) {
                Some(value) => *value,
                None => self.plainly(*variable),
            };
            sum.add(value.mul(*times)?)
        })
    }

    fn plainly(&self, variable: super::linear::Number) -> Ratio {
        let Some(info) = self.formula.variables.get(variable.0 as usize) else {
            return Ratio::ZERO;
        };
        let low = info.low.filter(|low| *low > Ratio::ZERO || (info.above && low.is_zero()));
        let high = info.high.filter(|high| *high < Ratio::ZERO || (info.below && high.is_zero()));
        let step = if info.whole { Ratio::ZERO } else { Ratio::ONE };
        match (low, high) {
            (Some(low), _) if info.above => low.add(step).unwrap_or(low),
            (Some(low), _) => low,
            (_, Some(high)) if info.below => high.sub(step).unwrap_or(high),
            (_, Some(high)) => high,
            _ => Ratio::ZERO,
        }
    }

    /// What always holds and a candidate has not kept to.
    pub fn lemmas(&mut self, model: &Model) -> Vec<F> {
        let read: Vec<Term> = self
            .terms
            .iter()
            .filter(|term| model.numbers.contains_key(&term.variable))
            .cloned()
            .collect();
        read.iter().filter_map(|term| self.lemma(term, model).ok()?).collect()
    }

    fn lemma(&mut self, term: &Term, model: &Model) -> Exact<Option<F>> {
        let day = |this: &Self, lin: &Lin| -> Exact<Option<i64>> {
            Ok(this.worth(lin, model)?.to_whole().and_then(|day| i64::try_from(day).ok()))
        };
        let found = self.worth(&Lin::of(term.variable), model)?;
        let is = |days: i64| Ratio::whole(days.into());
        match (term.function, term.of.as_slice()) {
            (Function::Months | Function::Years, [from, to]) => {
                let (Some(first), Some(last)) = (day(self, from)?, day(self, to)?) else {
                    return Ok(None);
                };
                let count = |first: i64, last: i64| -> Option<i64> {
                    let months = Date::from_days(first)?.months_to(Date::from_days(last)?);
                    Some(if term.function == Function::Years { months / 12 } else { months })
                };
                let Some(actual) = count(first, last) else { return Ok(None) };
                if found == is(actual) {
                    return Ok(None);
                }
                // One of the two stays; the other may be any day for which the count is the same.
                let moves_last = from.is_constant() || !to.is_constant();
                let other = if moves_last { to } else { from };
                let (fixed, stays) = if moves_last { (from, first) } else { (to, last) };
                let around = if moves_last { last } else { first };
                let same = |day: i64| {
                    let count = if moves_last { count(first, day) } else { count(day, last) };
                    count == Some(actual)
                };
                let reach = |step: i64| {
                    let mut end = around;
                    for _ in 0..AROUND {
                        if !same(end + step) {
                            break;
                        }
                        end += step;
                    }
                    end
                };
                let (low, high) = (reach(-1), reach(1));
                // The count never falls while the last day moves on, and never rises while the first one does.
                let over = Lin::of(term.variable).plus(is(-actual))?;
                let at_most = self.formula.at_most_zero(&over, false)?;
                let at_least = self.formula.at_most_zero(&over.neg(), false)?;
                let later = self.formula.at_most_zero(&other.neg().plus(is(high))?, true)?;
                let earlier = self.formula.at_most_zero(&other.plus(is(-low))?, true)?;
                let (upward, downward) =
                    if moves_last { (later, earlier) } else { (earlier, later) };
                let first = self.formula.or(upward, at_most);
                let second = self.formula.or(downward, at_least);
                let moved = self.formula.and(first, second);
                let parts = self.outside(fixed, stays.into(), stays.into())?;
                Ok(Some(self.formula.or(parts, moved)))
            }
            (Function::DateOf, [of]) => self.day_of(term, of, model),
            (function, [of]) => {
                let Some(at) = day(self, of)? else { return Ok(None) };
                let Some((year, month, number)) = Date::parts_of_days(at) else { return Ok(None) };
                let first = at - (number - 1);
                let Some(last) = last_of(first) else { return Ok(None) };
                let variable = Lin::of(term.variable);
                let (low, high, same) = match function {
                    Function::Year => {
                        let (Some(start), Some(end)) =
                            (Date::new(year, 1, 1), Date::new(year, 12, 31))
                        else {
                            return Ok(None);
                        };
                        (start.days(), end.days(), variable.plus(is(-year))?)
                    }
                    Function::Month => (first, last, variable.plus(is(-month))?),
                    Function::Day => (first, last, variable.sub(of)?.plus(is(first - 1))?),
                    Function::Later(months) => {
                        let Some(start) = Date::days_after_months(first, months) else {
                            return Ok(None);
                        };
                        let Some(end) = last_of(start) else { return Ok(None) };
                        let both = (last - first).min(end - start);
                        if at <= first + both {
                            let same = variable.sub(of)?.plus(is(first - start))?;
                            (first, first + both, same)
                        } else {
                            (first + both + 1, last, variable.plus(is(-end))?)
                        }
                    }
                    Function::Months | Function::Years | Function::DateOf => return Ok(None),
                };
                if self.worth(&same, model)?.is_zero() {
                    return Ok(None);
                }
                let beyond = self.outside(of, low.into(), high.into())?;
                let same = self.formula.zero(&same)?;
                Ok(Some(self.formula.or(beyond, same)))
            }
            _ => Ok(None),
        }
    }
}

impl Unfolder<'_> {
    /// The day of an instant, told for all instants of that day where the clocks run through it.
    fn day_of(&mut self, term: &Term, of: &Lin, model: &Model) -> Exact<Option<F>> {
        let read =
            |lin: &Lin| lin.terms.iter().all(|(variable, _)| model.numbers.contains_key(variable));
        if !read(of) {
            return Ok(None);
        }
        let zone = &self.rules.zone;
        let date = |at: i64| Some(DateTime::from_microseconds(at)?.in_zone(zone).date());
        let at = self.worth(of, model)?.to_whole().and_then(|at| i64::try_from(at).ok());
        let Some((at, day)) = at.and_then(|at| Some((at, date(at)?))) else { return Ok(None) };
        if self.worth(&Lin::of(term.variable), model)? == Ratio::whole(day.days().into()) {
            return Ok(None);
        }
        let begins = Date::from_days(day.days() - 1).and_then(|before| before.end(zone));
        let ends = day.end(zone);
        let (mut low, mut high) = (at, at);
        if let (Some(begins), Some(ends)) = (begins, ends) {
            let (first, last) = (begins.microseconds(), ends.microseconds() - 1);
            let mut instants = (first..=last).step_by(QUARTER).chain([last]);
            if first <= at && at <= last && instants.all(|at| date(at) == Some(day)) {
                (low, high) = (first, last);
            }
        }
        let beyond = self.outside(of, low.into(), high.into())?;
        let same = Lin::of(term.variable).plus(Ratio::whole((-day.days()).into()))?;
        let same = self.formula.zero(&same)?;
        Ok(Some(self.formula.or(beyond, same)))
    }
}

/// The last day of the month that begins with a day.
fn last_of(first: i64) -> Option<i64> {
    match Date::days_after_months(first, 1) {
        Some(next) => Some(next - 1),
        // Of the last month that there is.
        None => Some(first + 30),
    }
}
