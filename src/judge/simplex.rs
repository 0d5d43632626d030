//! Whether sums of variables can lie within bounds, in exact fractions. (Dutertre and de Moura, *A fast linear-arithmetic
//! solver for DPLL(T)*, 2006.) Strict bounds are pairs: a number and how many of something very small are added to it.

use std::collections::BTreeMap;

use super::linear::{Number, Variable, gcd};
use super::rational::{Exact, Ratio};

/// A number and a multiple of something smaller than every number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Near {
    pub real: Ratio,
    pub little: Ratio,
}

impl Near {
    pub const ZERO: Self = Self { real: Ratio::ZERO, little: Ratio::ZERO };

    pub fn at(real: Ratio) -> Self {
        Self { real, little: Ratio::ZERO }
    }

    pub fn above(real: Ratio) -> Self {
        Self { real, little: Ratio::ONE }
    }

    pub fn below(real: Ratio) -> Self {
        Self { real, little: Ratio::ONE.neg() }
    }

    fn add(self, other: Self) -> Exact<Self> {
        Ok(Self { real: self.real.add(other.real)?, little: self.little.add(other.little)? })
    }

    fn sub(self, other: Self) -> Exact<Self> {
        Ok(Self { real: self.real.sub(other.real)?, little: self.little.sub(other.little)? })
    }

    fn times(self, by: Ratio) -> Exact<Self> {
        let little = if self.little.is_zero() { Ratio::ZERO } else { self.little.mul(by)? };
        Ok(Self { real: self.real.mul(by)?, little })
    }
}

/// Why a bound is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    /// It always is.
    Always,
    /// A literal, by its number among those that are looked at.
    Given(u32),
    /// It is being tried, so deep down.
    Tried(u32),
}

/// Bounds that cannot be all, or a calculation that came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Clash {
    Bounds(Vec<Reason>),
    TooLarge,
    TooLong,
}

impl From<super::rational::TooLarge> for Clash {
    fn from(_: super::rational::TooLarge) -> Self {
        Self::TooLarge
    }
}

type Bound = Option<(Near, Reason)>;
type Row = BTreeMap<usize, Ratio>;

/// Pivots of one check.
const PIVOTS: u32 = 4_000;

#[derive(Debug, Clone)]
pub(super) struct Simplex {
    /// By column, `None` where it is not basic.
    rows: BTreeMap<usize, Row>,
    pub low: Vec<Bound>,
    pub high: Vec<Bound>,
    values: Vec<Near>,
    /// The column of each form.
    columns: Vec<usize>,
    pivots: u32,
}

impl Simplex {
    /// Variables come first, then a column for every sum of several.
    pub fn new(variables: &[Variable], forms: &[Vec<(Number, Ratio)>], exact: bool) -> Self {
        let mut low: Vec<Bound> = Vec::new();
        let mut high: Vec<Bound> = Vec::new();
        for info in variables {
            if info.error && exact {
                let zero = Some((Near::ZERO, Reason::Always));
                low.push(zero);
                high.push(zero);
                continue;
            }
            let bound = |end: Option<Ratio>, strict: bool, near: fn(Ratio) -> Near| {
                end.map(|end| (if strict { near(end) } else { Near::at(end) }, Reason::Always))
            };
            low.push(bound(info.low, info.above, Near::above));
            high.push(bound(info.high, info.below, Near::below));
        }
        let mut values = vec![Near::ZERO; variables.len()];
        for (value, (low, high)) in values.iter_mut().zip(low.iter().zip(&high)) {
            if let Some((low, _)) = low.filter(|(low, _)| *low > Near::ZERO) {
                *value = low;
            } else if let Some((high, _)) = high.filter(|(high, _)| *high < Near::ZERO) {
                *value = high;
            }
        }
        let mut all =
            Self { rows: BTreeMap::new(), low, high, values, columns: Vec::new(), pivots: 0 };
        for form in forms {
            let column = match form.as_slice() {
                [(only, times)] if *times == Ratio::ONE => only.0 as usize,
                _ => all.slack(form),
            };
            all.columns.push(column);
        }
        all
    }

    fn slack(&mut self, form: &[(Number, Ratio)]) -> usize {
        let column = self.values.len();
        let row = form.iter().map(|(variable, times)| (variable.0 as usize, *times)).collect();
        self.low.push(None);
        self.high.push(None);
        // Its value is worked out when it is first looked at.
        self.values.push(Near::ZERO);
        self.rows.insert(column, row);
        column
    }

    /// Works out the values of all sums from those of the variables.
    pub fn settle(&mut self) -> Result<(), Clash> {
        let found: Vec<(usize, Near)> = self
            .rows
            .iter()
            .map(|(column, row)| Ok((*column, self.sum(row)?)))
            .collect::<Exact<_>>()?;
        for (column, value) in found {
            self.values[column] = value;
        }
        Ok(())
    }

    fn sum(&self, row: &Row) -> Exact<Near> {
        row.iter().try_fold(Near::ZERO, |sum, (column, times)| {
            sum.add(self.values[*column].times(*times)?)
        })
    }

    pub fn column(&self, form: u32) -> usize {
        self.columns[form as usize]
    }

    pub fn value(&self, column: usize) -> Near {
        self.values[column]
    }

    pub fn bounds(&self) -> (Vec<Bound>, Vec<Bound>) {
        (self.low.clone(), self.high.clone())
    }

    pub fn restore(&mut self, (low, high): (Vec<Bound>, Vec<Bound>)) -> Result<(), Clash> {
        self.low = low;
        self.high = high;
        // Those that are not basic have to lie within their bounds.
        for column in 0..self.values.len() {
            if self.rows.contains_key(&column) {
                continue;
            }
            let value = self.values[column];
            if let Some((low, _)) = self.low[column].filter(|(low, _)| value < *low) {
                self.update(column, low)?;
            } else if let Some((high, _)) = self.high[column].filter(|(high, _)| value > *high) {
                self.update(column, high)?;
            }
        }
        Ok(())
    }

    /// Begins a check: what it may cost is counted from here.
    pub fn begin(&mut self) {
        self.pivots = 0;
    }

    pub fn at_most(&mut self, column: usize, bound: Near, reason: Reason) -> Result<(), Clash> {
        if self.high[column].is_some_and(|(high, _)| high <= bound) {
            return Ok(());
        }
        if let Some((_, other)) = self.low[column].filter(|(low, _)| *low > bound) {
            return Err(Clash::Bounds(vec![reason, other]));
        }
        self.high[column] = Some((bound, reason));
        if !self.rows.contains_key(&column) && self.values[column] > bound {
            self.update(column, bound)?;
        }
        Ok(())
    }

    pub fn at_least(&mut self, column: usize, bound: Near, reason: Reason) -> Result<(), Clash> {
        if self.low[column].is_some_and(|(low, _)| low >= bound) {
            return Ok(());
        }
        if let Some((_, other)) = self.high[column].filter(|(high, _)| *high < bound) {
            return Err(Clash::Bounds(vec![reason, other]));
        }
        self.low[column] = Some((bound, reason));
        if !self.rows.contains_key(&column) && self.values[column] < bound {
            self.update(column, bound)?;
        }
        Ok(())
    }

    fn update(&mut self, column: usize, value: Near) -> Result<(), Clash> {
        let by = value.sub(self.values[column])?;
        let mut moved = Vec::new();
        for (basic, row) in &self.rows {
            if let Some(times) = row.get(&column) {
                moved.push((*basic, self.values[*basic].add(by.times(*times)?)?));
            }
        }
        for (basic, value) in moved {
            self.values[basic] = value;
        }
        self.values[column] = value;
        Ok(())
    }

    /// Brings every sum within its bounds, or tells which bounds cannot be together.
    pub fn check(&mut self) -> Result<(), Clash> {
        loop {
            let beyond = self.rows.keys().find_map(|basic| {
                let value = self.values[*basic];
                if let Some((low, reason)) = self.low[*basic].filter(|(low, _)| value < *low) {
                    return Some((*basic, low, reason, true));
                }
                let high = self.high[*basic].filter(|(high, _)| value > *high);
                high.map(|(high, reason)| (*basic, high, reason, false))
            });
            let Some((basic, bound, reason, grows)) = beyond else { return Ok(()) };
            self.pivots += 1;
            if self.pivots > PIVOTS {
                return Err(Clash::TooLong);
            }
            let row = &self.rows[&basic];
            let can_help = |(column, times): &(&usize, &Ratio)| {
                let up = times.is_negative() != grows;
                let value = self.values[**column];
                match up {
                    true => self.high[**column].is_none_or(|(high, _)| value < high),
                    false => self.low[**column].is_none_or(|(low, _)| value > low),
                }
            };
            // The smallest number first, so that it comes to an end (Bland).
            let Some(column) = row.iter().find(can_help).map(|(column, _)| *column) else {
                let mut reasons = vec![reason];
                for (column, times) in row {
                    let up = times.is_negative() != grows;
                    let bound = if up { self.high[*column] } else { self.low[*column] };
                    reasons.extend(bound.map(|(_, reason)| reason));
                }
                return Err(Clash::Bounds(reasons));
            };
            self.pivot(basic, column, bound)?;
        }
    }

    /// Exchanges a basic column for another and gives it a value.
    fn pivot(&mut self, basic: usize, column: usize, value: Near) -> Result<(), Clash> {
        let times = self.rows[&basic][&column];
        let inverse = times.inverse()?;
        let by = value.sub(self.values[basic])?.times(inverse)?;
        let mut moved = vec![(basic, value), (column, self.values[column].add(by)?)];
        for (other, row) in &self.rows {
            if *other != basic
                && let Some(times) = row.get(&column)
            {
                moved.push((*other, self.values[*other].add(by.times(*times)?)?));
            }
        }
        // column = (basic - the rest) / times
        let mut new = Row::new();
        for (other, factor) in &self.rows[&basic] {
            if *other != column {
                new.insert(*other, factor.mul(inverse)?.neg());
            }
        }
        new.insert(basic, inverse);
        let mut changed = Vec::new();
        for (other, row) in &self.rows {
            if *other == basic {
                continue;
            }
            let Some(factor) = row.get(&column).copied() else { continue };
            let mut row = row.clone();
            row.remove(&column);
            for (variable, times) in &new {
                let sum = row.get(variable).copied().unwrap_or(Ratio::ZERO);
                let sum = sum.add(times.mul(factor)?)?;
                if sum.is_zero() {
                    row.remove(variable);
                } else {
                    row.insert(*variable, sum);
                }
            }
            changed.push((*other, row));
        }
        for (other, value) in moved {
            self.values[other] = value;
        }
        self.rows.extend(changed);
        self.rows.remove(&basic);
        self.rows.insert(column, new);
        Ok(())
    }

    /// Whether a row of whole numbers comes out even: what is fixed in it must be a multiple of what the rest is. Tells which
    /// bounds exclude that.
    pub fn even(&self, whole: &[bool]) -> Result<(), Clash> {
        'rows: for (basic, row) in &self.rows {
            let mut under = 1_i128;
            for (column, times) in row {
                if whole.get(*column) != Some(&true) {
                    continue 'rows;
                }
                let by = gcd(under, times.under()).max(1);
                under = (under / by).checked_mul(times.under()).ok_or(Clash::TooLarge)?;
            }
            if whole.get(*basic) != Some(&true) {
                continue;
            }
            let (mut common, mut fixed, mut reasons) = (0_i128, Ratio::ZERO, Vec::new());
            let all = row.iter().map(|(column, times)| (*column, *times));
            for (column, times) in all.chain([(*basic, Ratio::ONE.neg())]) {
                let times = times.mul(Ratio::whole(under))?;
                match (self.low[column], self.high[column]) {
                    (Some((low, first)), Some((high, second))) if low == high => {
                        fixed = fixed.add(low.real.mul(times)?)?;
                        reasons.extend([first, second]);
                    }
                    _ => common = gcd(common, times.to_whole().unwrap_or(1)),
                }
            }
            let odd = match common {
                0 => !fixed.is_zero(),
                common => !fixed.mul(Ratio::new(1, common)?)?.is_whole(),
            };
            if odd && fixed.is_whole() {
                return Err(Clash::Bounds(reasons));
            }
        }
        Ok(())
    }

    /// How much the something very small may be, so that all bounds are kept.
    pub fn little(&self) -> Exact<Ratio> {
        let mut little = Ratio::ONE;
        for column in 0..self.values.len() {
            let value = self.values[column];
            let low = self.low[column].map(|(low, _)| (low, value));
            let high = self.high[column].map(|(high, _)| (value, high));
            for (below, above) in [low, high].into_iter().flatten() {
                if below.real < above.real && below.little > above.little {
                    let room = above.real.sub(below.real)?;
                    let by = below.little.sub(above.little)?;
                    little = little.min(room.mul(by.inverse()?)?);
                }
            }
        }
        // A power of ten, for numbers that can be written.
        let mut tenth = Ratio::ONE;
        while tenth > little {
            tenth = tenth.mul(Ratio::new(1, 10)?)?;
        }
        Ok(tenth)
    }
}
