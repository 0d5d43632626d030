//! Values that stand for all that a declaration admits.
//!
//! What a fact is compared with cuts its values into classes: below the first constant, the constant, between it and the
//! next, and so on. Rules that only compare cannot tell two values of a class apart. Of every class one value is given
//! that the declaration admits; a class without one is left out only where it is proven to be empty. Facts with few values
//! are given all of them, whatever the rules do with them.

use crate::definition::shape::{Kind, Shape};
use crate::value::{Date, DateTime, Duration, Number, Value, Zone};

/// As many values as a fact may have to be given all of them.
const ALL: usize = 200;
/// Classes of one fact.
const MOST: usize = 600;
/// Levels of lists and records in a plain value.
const LEVELS: usize = 4;

/// One value of every class. `None` where that cannot be told: then nothing is proven by trying.
pub(crate) fn stand_ins(
    shape: &Shape,
    constants: &[Value],
    only_compared: bool,
    zone: &Zone,
) -> Option<Vec<Value>> {
    let classes = Classes { shape, constants, only_compared, zone };
    let found = match &shape.kind {
        Kind::Boolean => vec![false.into(), true.into()],
        Kind::Enum(values) => values.keys().map(|value| value.as_str().into()).collect(),
        Kind::Integer | Kind::Number => classes.numbers()?,
        _ if !only_compared => return None,
        Kind::String => classes.texts()?,
        Kind::Date => classes.dates()?,
        Kind::DateTime => classes.times()?,
        _ if !constants.is_empty() => return None,
        // Only whether it is known counts.
        _ => vec![plain(shape, zone, LEVELS)?],
    };
    (found.len() <= MOST).then_some(found)
}

struct Classes<'a> {
    shape: &'a Shape,
    constants: &'a [Value],
    only_compared: bool,
    zone: &'a Zone,
}

/// What numbers a declaration admits that have steps: multiples of one, from the first to the last.
struct Grid {
    step: Number,
    first: Option<Number>,
    last: Option<Number>,
}

impl Classes<'_> {
    fn admitted(&self, value: impl Into<Value>) -> Option<Value> {
        self.shape.admit(value.into(), self.zone).ok()
    }

    fn numbers(&self) -> Option<Vec<Value>> {
        let mut cuts: Vec<Number> =
            self.constants.iter().map(Value::as_number).collect::<Option<_>>()?;
        cuts.sort_unstable();
        cuts.dedup();
        match step(self.shape)? {
            Some(step) => self.on_grid(&self.grid(step)?, &cuts),
            None if self.only_compared => self.dense(cuts),
            None => None,
        }
    }

    fn grid(&self, step: Number) -> Option<Grid> {
        let shape = self.shape;
        let whole = shape.kind == Kind::Integer;
        let least = [shape.minimum, shape.exclusive_minimum, whole.then(|| i64::MIN.into())];
        let mut first: Option<Number> = None;
        for bound in least.into_iter().flatten() {
            let at = at_or_above(bound, step)?;
            first = Some(first.map_or(at, |known| known.max(at)));
        }
        if let (Some(bound), Some(at)) = (shape.exclusive_minimum, first)
            && at <= bound
        {
            first = Some(above(bound, step)?);
        }
        let most = [shape.maximum, shape.exclusive_maximum, whole.then(|| i64::MAX.into())];
        let mut last: Option<Number> = None;
        for bound in most.into_iter().flatten() {
            let at = at_or_above(bound.neg(), step)?.neg();
            last = Some(last.map_or(at, |known| known.min(at)));
        }
        if let (Some(bound), Some(at)) = (shape.exclusive_maximum, last)
            && at >= bound
        {
            last = Some(above(bound.neg(), step)?.neg());
        }
        Some(Grid { step, first, last })
    }

    fn on_grid(&self, grid: &Grid, cuts: &[Number]) -> Option<Vec<Value>> {
        if let (Some(first), Some(last)) = (grid.first, grid.last) {
            let mut all = Vec::new();
            let mut at = first;
            while at <= last && all.len() <= ALL {
                // What lies on the grid within the bounds is admitted, or something here is wrong.
                all.push(self.admitted(at)?);
                at = at.checked_add(grid.step).ok()?;
            }
            if all.len() <= ALL {
                return Some(all);
            }
        }
        if !self.only_compared {
            return None;
        }
        let mut found = Vec::new();
        let mut put = |number: Number| -> Option<()> {
            found.push(self.admitted(number)?);
            Some(())
        };
        let fits = |number: Number| {
            grid.first.is_none_or(|first| number >= first)
                && grid.last.is_none_or(|last| number <= last)
        };
        let Some(lowest) = cuts.first() else {
            put(grid.first.or(grid.last).unwrap_or(Number::ZERO))?;
            return Some(found);
        };
        // Below the lowest: the first there is, else the next one down.
        let below = match grid.first {
            Some(first) => first,
            None => {
                let next = above(lowest.neg(), grid.step)?.neg();
                grid.last.map_or(next, |last| next.min(last))
            }
        };
        if below < *lowest && fits(below) {
            put(below)?;
        }
        for (place, cut) in cuts.iter().enumerate() {
            if cut.checked_rem(grid.step).ok()?.is_zero() && fits(*cut) {
                put(*cut)?;
            }
            let mut next = above(*cut, grid.step)?;
            if let Some(first) = grid.first {
                next = next.max(first);
            }
            let limit = cuts.get(place + 1);
            if limit.is_none_or(|limit| next < *limit) && fits(next) {
                put(next)?;
            }
        }
        Some(found)
    }

    /// Numbers without steps: of what lies between two neighbours, bounds among them, all is admitted or nothing.
    fn dense(&self, mut cuts: Vec<Number>) -> Option<Vec<Value>> {
        let shape = self.shape;
        let bounds =
            [shape.minimum, shape.maximum, shape.exclusive_minimum, shape.exclusive_maximum];
        cuts.extend(bounds.into_iter().flatten());
        cuts.sort_unstable();
        cuts.dedup();
        let (Some(lowest), Some(highest)) = (cuts.first(), cuts.last()) else {
            return Some(vec![self.admitted(Number::ZERO)?]);
        };
        let one = Number::from(1);
        let mut all = cuts.clone();
        let (below, above) = (lowest.checked_sub(one).ok()?, highest.checked_add(one).ok()?);
        if !(below < *lowest && above > *highest) {
            return None;
        }
        all.extend([below, above]);
        for pair in cuts.windows(2) {
            let [low, high] = pair else { continue };
            let half = high.checked_sub(*low).ok()?.checked_div(Number::from(2)).ok()?;
            let inside = low.checked_add(half).ok()?;
            if !(inside > *low && inside < *high) {
                return None;
            }
            all.push(inside);
        }
        Some(all.into_iter().filter_map(|number| self.admitted(number)).collect())
    }

    /// Every text that is compared with, and one that is none of them.
    fn texts(&self) -> Option<Vec<Value>> {
        if self.constants.iter().any(|value| !matches!(value, Value::Text(_))) {
            return None;
        }
        let mut found: Vec<Value> =
            self.constants.iter().filter_map(|value| self.admitted(value.clone())).collect();
        let is_another =
            |value: &Value| !self.constants.iter().any(|constant| constant.loose_eq(value));
        let samples =
            self.shape.pattern.iter().flat_map(|pattern| pattern.samples().iter().cloned());
        let mut candidates = (0..=self.constants.len())
            .flat_map(|number| [format!("text {number}"), format!("{number}")])
            .map(|text| fitted(self.shape, &text))
            .chain(samples)
            .filter_map(|text| self.admitted(text));
        let another = candidates.find(is_another);
        found.push(another?);
        Some(found)
    }

    fn dates(&self) -> Option<Vec<Value>> {
        let mut cuts: Vec<i64> = Vec::new();
        for value in self.constants {
            let Value::Date(date) = value else { return None };
            cuts.push(date.days());
        }
        let plain = Date::parse("2026-01-05").map(Date::days)?;
        let day = |days: i64| Some(self.admitted(Date::from_days(days)?));
        self.counted(cuts, plain, day)
    }

    fn times(&self) -> Option<Vec<Value>> {
        let mut cuts: Vec<i64> = Vec::new();
        for value in self.constants {
            let Value::DateTime(at) = value else { return None };
            cuts.push(at.microseconds());
        }
        let time = |at: i64| {
            let time = DateTime::from_microseconds(at)?.in_zone(self.zone);
            Some(self.admitted(time))
        };
        self.counted(cuts, 1_767_603_600_000_000, time)
    }

    /// What is counted in whole steps and has no bounds of its own. Of a class that is refused nothing is known.
    fn counted(
        &self,
        mut cuts: Vec<i64>,
        plain: i64,
        make: impl Fn(i64) -> Option<Option<Value>>,
    ) -> Option<Vec<Value>> {
        cuts.sort_unstable();
        cuts.dedup();
        let Some(lowest) = cuts.first() else {
            return Some(vec![make(plain)??]);
        };
        let mut found = vec![make(lowest.checked_sub(1)?)??];
        for (place, cut) in cuts.iter().enumerate() {
            // A constant is a class of its own: where it is refused, that is empty.
            found.extend(make(*cut)?);
            let next = cut.checked_add(1)?;
            if cuts.get(place + 1).is_none_or(|limit| next < *limit) {
                found.push(make(next)??);
            }
        }
        Some(found)
    }
}

/// What admitted numbers are multiples of: `Some(None)` where of nothing, `None` where that cannot be told.
pub(crate) fn step(shape: &Shape) -> Option<Option<Number>> {
    let one = Number::from(1);
    Some(match (&shape.kind, shape.multiple_of) {
        (Kind::Integer, None) => Some(one),
        (_, Some(multiple)) if multiple <= Number::ZERO => return None,
        // The least whole multiple: of 2.5 it is 5.
        (Kind::Integer, Some(multiple)) => {
            let scale = multiple.scale();
            let power = 10_i64.checked_pow(scale)?;
            let word = multiple.scaled(scale)?;
            Some(Number::from(word / common(word, power)))
        }
        (_, multiple) => multiple,
    })
}

/// The greatest common divisor of two numbers above 0.
fn common(mut a: i64, mut b: i64) -> i64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

/// The smallest multiple of a step that is not below a number.
fn at_or_above(number: Number, step: Number) -> Option<Number> {
    let rest = number.checked_rem(step).ok()?;
    let towards_zero = number.checked_sub(rest).ok()?;
    let found =
        if towards_zero < number { towards_zero.checked_add(step).ok()? } else { towards_zero };
    // Beyond 28 digits sums are rounded.
    let before = found.checked_sub(step).ok()?;
    let holds = found.checked_rem(step).ok()?.is_zero() && found >= number && before < number;
    holds.then_some(found)
}

/// The smallest multiple of a step that is above a number.
fn above(number: Number, step: Number) -> Option<Number> {
    let found = at_or_above(number, step)?;
    if found > number {
        return Some(found);
    }
    let next = found.checked_add(step).ok()?;
    (next > number && next.checked_rem(step).ok()?.is_zero()).then_some(next)
}

/// A text of a length that is allowed.
fn fitted(shape: &Shape, text: &str) -> String {
    let length = |bound: u64| usize::try_from(bound).unwrap_or(usize::MAX);
    let most = shape.max_length.map_or(usize::MAX, length);
    let least = shape.min_length.map_or(0, length).min(10_000);
    let mut text: String = text.chars().take(most).collect();
    for _ in text.chars().count()..least {
        text.push('x');
    }
    text
}

/// Some value that is admitted.
fn plain(shape: &Shape, zone: &Zone, levels: usize) -> Option<Value> {
    let levels = levels.checked_sub(1)?;
    let value = match &shape.kind {
        Kind::Any => true.into(),
        Kind::Duration => Value::Duration(Duration::days(1)?),
        Kind::Array(items) => {
            let least = usize::try_from(shape.min_items.unwrap_or(0)).ok()?;
            if least == 0 {
                Value::List(std::sync::Arc::default())
            } else {
                let item = plain(items, zone, levels)?;
                std::iter::repeat_n(item, least.min(ALL)).collect()
            }
        }
        Kind::Object(object) => {
            let mut entries: Vec<(std::sync::Arc<str>, Value)> = Vec::new();
            for name in &object.required {
                let shape = object.properties.get(name).or(object.additional.as_ref())?;
                entries.push((name.as_str().into(), plain(shape, zone, levels)?));
            }
            entries.into_iter().collect()
        }
        _ => stand_ins(shape, &[], true, zone)?.into_iter().next()?,
    };
    shape.admit(value, zone).ok()
}
