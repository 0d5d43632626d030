//! Makes checks of a test. A choice between words is made one between checks of them; what a variable holds is put in.

use super::super::facts::BLOCK;
use super::super::ir::{Bind, Cell, Leaf, Let, Linear, Operator, Path, RatioTest, Sum, Test, Word};
use super::super::syntax::Binary;
use super::cells::{Cells, Term};
use super::choice::{choice, lifted};
use super::formula::Formula;
use super::{Check, Checks, IDLE, MOST, SPAN};

/// Ranges that a set is made of.
const RANGES: usize = 3;

/// Choices between words in one test, one behind the other: each doubles what is checked.
const CHOICES: u8 = 40;

/// Half of what a word has room for: for words times factors, and for constants.
const ROOM: i64 = 1 << 61;

/// Words are at least this large before a sum is left to the tree.
const LEAST: i64 = 1 << 31;

/// A check, with places counted from the first word of all, and of what it is.
type Draft = (usize, usize, Check, Of);

#[derive(Debug, Clone, Copy, PartialEq)]
enum Of {
    Sum,
    Word,
}

/// Makes checks of a test.
#[derive(Default)]
struct Builder {
    checks: Vec<Draft>,
    /// The scope of the cells; others are read once, from outside of a loop.
    scope: u8,
    /// What is read so, by number of check.
    captured: Vec<(u8, Vec<(Cell, i64)>)>,
    /// By block.
    needs: Vec<(usize, i64)>,
    /// The largest word with which no sum overflows.
    most: u64,
    /// An unknown part may not wait for the rest, or may turn the answer round.
    awkward: bool,
    /// Checks without which it is not sure.
    guards: Vec<u8>,
    /// What variables hold.
    variables: Vec<(u8, Word)>,
    choices: u8,
}

impl Checks {
    /// `None` for a test that needs more than a few checks of cells that lie near one another.
    pub fn of(test: &Test) -> Option<Self> {
        let mut scope = 0;
        test.visit(&mut |leaf| {
            if let Leaf::Cell(cell) = leaf {
                scope = scope.max(cell.scope);
            }
        });
        let mut builder = Builder { most: u64::MAX, scope, ..Builder::default() };
        let mut formula = builder.formula(test, false)?;
        let start = builder.needs.iter().map(|(block, _)| *block).min()?;
        let mut needs = [0; SPAN];
        for (block, bits) in &builder.needs {
            *needs.get_mut(block - start)? |= bits;
        }
        let drafts = builder.checks;
        let placed = || drafts.iter().filter(|draft| draft.0 != NOWHERE);
        let last = placed().map(|(one, two, ..)| *one.max(two)).max()?;
        let span = last + 1 - start * BLOCK;
        let of = |of: Of| drafts.iter().filter(|draft| draft.3 == of).count();
        let counts = (of(Of::Sum), of(Of::Word));
        let found = Self {
            needs,
            start: u32::try_from(start).ok()?,
            scope,
            most: builder.most,
            ..Self::default()
        };
        let mut found = found.running(counts, span)?;
        // Sums of two words first; places between are idle, and read a word that is read anyway.
        let read = placed().find(|draft| draft.3 != Of::Word).or_else(|| placed().next())?;
        let place = |place: usize| {
            let place = if place == NOWHERE { read.0 } else { place };
            u8::try_from(place - start * BLOCK).ok()
        };
        let idle = Check { at: place(read.0)?, second: place(read.0)?, ..IDLE };
        found.checks = [idle; MOST];
        let (mut pair, mut range) = (0, usize::from(found.pairs));
        let mut numbers = [0; MOST];
        for (draft, number) in drafts.iter().zip(&mut numbers) {
            let (one, two, check, of) = *draft;
            let next = match of {
                Of::Sum => &mut pair,
                Of::Word => &mut range,
            };
            *found.checks.get_mut(*next)? = Check { at: place(one)?, second: place(two)?, ..check };
            *number = u8::try_from(*next).ok()?;
            *next += 1;
        }
        let number = |number: u8| numbers.get(usize::from(number)).copied().unwrap_or(0);
        found.lows = found.checks.map(|check| check.low);
        formula.renumbered(&number);
        let last = found.count - 1;
        found.guards = builder.guards.iter().fold(0, |all, own| all | 1 << (last - number(*own)));
        if !builder.captured.is_empty() {
            let captured = builder.captured.into_iter();
            found.captured = Some(captured.map(|(own, cells)| (number(own), cells)).collect());
        }
        let used = numbers.iter().take(drafts.len()).fold(0, |all, number| all | 1 << number);
        found.answering(&formula, used, !builder.awkward)
    }
}

/// The place of a check that reads nothing of its own.
const NOWHERE: usize = usize::MAX;

/// A part of a sum, of two words at most.
fn paired(terms: &[Term], like: &Check) -> Option<Draft> {
    let one = *terms.first()?;
    // What is not needed reads a word that is read anyway.
    let two = terms.get(1).copied().unwrap_or(Term { factor: 0, ..one });
    let needed = [one.needed, two.needed];
    let check = Check { factors: [one.factor, two.factor], needed, ..*like };
    Some((one.cell.place.index(), two.cell.place.index(), check, Of::Sum))
}

const LIKE: Check = Check { mask: -1, needed: [true; 2], factors: [1, 0], ..IDLE };

impl Builder {
    fn formula(&mut self, test: &Test, negated: bool) -> Option<Formula> {
        Some(match test {
            Test::Constant(truth) => Formula::Constant(*truth != negated),
            Test::Checks(checks) => self.formula(&checks.1, negated)?,
            Test::Not(inner) => self.formula(inner, !negated)?,
            Test::All { tests, strict } | Test::Any { tests, strict } => {
                let strict = *strict && tests.len() > 1;
                self.awkward |= strict;
                let parts = self.formulas(tests, negated)?;
                match matches!(test, Test::All { .. }) != negated {
                    true => Formula::All(parts, strict),
                    false => Formula::Any(parts, strict),
                }
            }
            Test::Count { tests, at_least } => {
                let parts = self.formulas(tests, negated)?;
                let least = match negated {
                    true => (tests.len() + 1).saturating_sub(*at_least),
                    false => *at_least,
                };
                Formula::Count(parts, least)
            }
            Test::Range { word, low, high, negated: outside } => {
                let negated = negated != *outside;
                self.bounded(word, below(*low), above(*high), negated)?
            }
            Test::Linear(linear) => {
                let Linear { sum, low, high, negated: outside } = &**linear;
                let word = Word::Sum(Box::new(sum.clone()));
                self.bounded(&word, *low, *high, negated != *outside)?
            }
            Test::Compare { op, sides } => self.compared(*op, sides, negated)?,
            Test::Ratio(test) => self.ratio(test, negated)?,
            Test::Mask { word, mask } => {
                let mut mask = *mask;
                let mut ranges = Vec::new();
                while mask != 0 {
                    let low = mask.trailing_zeros();
                    let length = (mask >> low).trailing_ones();
                    ranges.push((low.into(), (low + length - 1).into()));
                    mask &= u64::MAX.checked_shl(low + length).unwrap_or(0);
                }
                self.one_of(word, &ranges, negated)?
            }
            Test::OneOf { word, values } => {
                let ranges: Vec<(i64, i64)> = values.iter().map(|value| (*value, *value)).collect();
                self.one_of(word, &ranges, negated)?
            }
            Test::Holds { cell, bits } => {
                self.need(*cell)?;
                let check = Check { mask: *bits, ..LIKE };
                self.check(cell.place.index(), check, (*bits, *bits), negated)?
            }
            Test::Known(path) => {
                let Path::Cell(cell) = &**path else { return None };
                self.within(*cell)?;
                // Behind the bits of what has a word lie those of what has a value.
                let place = cell.place.block() * BLOCK + 1;
                let bit = cell.place.bit();
                let check = Check { mask: bit, needed: [false; 2], ..LIKE };
                self.check(place, check, (bit, bit), negated)?
            }
            Test::If(parts) => {
                let [condition, then, otherwise] = &**parts;
                self.awkward = true;
                Formula::If(Box::new([
                    self.formula(condition, false)?,
                    self.formula(then, negated)?,
                    self.formula(otherwise, negated)?,
                ]))
            }
            Test::Or(options) => {
                self.awkward = true;
                Formula::First(self.formulas(options, negated)?)
            }
            Test::Let(inner) => {
                let Let { bind, body } = &**inner;
                let (register, word) = match bind {
                    Bind::Word(register, word) => (Some(*register), word.clone()),
                    Bind::Known(Path::Cell(cell)) => (None, Word::Cell(*cell)),
                    Bind::Known(Path::Word(word)) => (None, word.clone()),
                    _ => return None,
                };
                self.behind(register, &word, negated, |this| this.formula(body, negated))?
            }
            _ => return None,
        })
    }

    /// Something behind a word that a variable holds: all of it is unknown where that is.
    fn behind(
        &mut self,
        register: Option<u8>,
        word: &Word,
        negated: bool,
        body: impl FnOnce(&mut Self) -> Option<Formula>,
    ) -> Option<Formula> {
        let word = self.put_in(word)?;
        let known = self.bounded(&word, i128::MIN, i128::MAX, negated)?;
        self.variables.extend(register.map(|register| (register, word)));
        self.awkward = true;
        let parts = vec![known, body(self)?];
        Some(if negated { Formula::Any(parts, true) } else { Formula::All(parts, true) })
    }

    fn formulas(&mut self, tests: &[Test], negated: bool) -> Option<Vec<Formula>> {
        tests.iter().map(|test| self.formula(test, negated)).collect()
    }

    /// A word in which variables are what they hold.
    fn put_in(&self, word: &Word) -> Option<Word> {
        let both = |sides: &[Word; 2]| {
            let [left, right] = sides;
            Some(Box::new([self.put_in(left)?, self.put_in(right)?]))
        };
        Some(match word {
            Word::Register(register) => {
                let found = self.variables.iter().rev().find(|(known, _)| known == register);
                found.map_or_else(|| word.clone(), |(_, word)| word.clone())
            }
            Word::Binary { op, sides } => Word::Binary { op: *op, sides: both(sides)? },
            Word::Unary { op, word } => Word::Unary { op: *op, word: Box::new(self.put_in(word)?) },
            Word::Sum(sum) => {
                let terms =
                    sum.terms.iter().map(|(factor, word)| Some((*factor, self.put_in(word)?)));
                let terms = terms.collect::<Option<_>>()?;
                Word::Sum(Box::new(Sum { terms, constant: sum.constant }))
            }
            Word::If(parts) => {
                let (test, then, otherwise) = &**parts;
                Word::If(Box::new((test.clone(), self.put_in(then)?, self.put_in(otherwise)?)))
            }
            Word::Let(inner) => {
                let Let { bind: Bind::Word(register, word), body } = &**inner else { return None };
                let bind = Bind::Word(*register, self.put_in(word)?);
                Word::Let(Box::new(Let { bind, body: self.put_in(body)? }))
            }
            Word::Cell(_) | Word::Constant(_) | Word::Truth(_) | Word::Or(_) => word.clone(),
            _ => return None,
        })
    }

    /// All cells are of one scope.
    fn within(&mut self, cell: Cell) -> Option<()> {
        self.needs.push((cell.place.block(), 0));
        (cell.scope == self.scope).then_some(())
    }

    fn need(&mut self, cell: Cell) -> Option<()> {
        self.within(cell)?;
        self.needs.push((cell.place.block(), cell.place.bit()));
        Some(())
    }

    /// A set as a few ranges.
    fn one_of(&mut self, word: &Word, ranges: &[(i64, i64)], negated: bool) -> Option<Formula> {
        if ranges.is_empty() || ranges.len() > RANGES {
            return None;
        }
        let bounded =
            |(low, high): &(i64, i64)| self.bounded(word, (*low).into(), (*high).into(), negated);
        let parts = ranges.iter().map(bounded).collect::<Option<_>>()?;
        Some(if negated { Formula::All(parts, false) } else { Formula::Any(parts, false) })
    }

    /// A check between bounds, or outside of them: that is between them, too, around the other way.
    fn check(
        &mut self,
        place: usize,
        check: Check,
        (low, high): (i64, i64),
        negated: bool,
    ) -> Option<Formula> {
        self.draft((place, place, check, Of::Word), low, high, negated)
    }

    fn draft(&mut self, draft: Draft, low: i64, high: i64, negated: bool) -> Option<Formula> {
        let (one, two, check, of) = draft;
        let width = high.wrapping_sub(low).cast_unsigned();
        // What never holds, and is unknown where its cell is.
        let never = Check { mask: 0, factors: [0; 2], low: 1, width: 0, ..check };
        let check = match (low <= high, negated) {
            (true, false) => Check { low, width, ..check },
            (true, true) if width == u64::MAX => never,
            (true, true) => {
                Check { low: high.wrapping_add(1), width: u64::MAX - width - 1, ..check }
            }
            (false, true) => Check { low: 0, width: u64::MAX, ..check },
            (false, false) => never,
        };
        let draft = (one, two, check, of);
        // What belongs to more than itself is one of its own.
        let own = check.carry != 0 || check.part || one == NOWHERE;
        let known = self.checks.iter().position(|known| *known == draft && !own);
        if known.is_none() {
            self.checks.push(draft);
        }
        let number = known.unwrap_or(self.checks.len() - 1);
        if number < MOST { u8::try_from(number).ok().map(Formula::Check) } else { None }
    }

    /// Whether a word lies between two bounds.
    fn bounded(&mut self, word: &Word, low: i128, high: i128, negated: bool) -> Option<Formula> {
        let word = &self.put_in(word)?;
        if let (Word::Cell(cell), Ok(low), Ok(high)) =
            (word, i64::try_from(low), i64::try_from(high))
            && cell.scope == self.scope
        {
            self.need(*cell)?;
            return self.check(cell.place.index(), LIKE, (low, high), negated);
        }
        if let Some((register, held, rest)) = lifted(word) {
            return self.behind(Some(register), &held, negated, |this| {
                this.bounded(&rest, low, high, negated)
            });
        }
        if let Some((test, then, otherwise)) = choice(word) {
            self.choices += 1;
            if self.choices > CHOICES {
                return None;
            }
            self.awkward = true;
            let condition = self.formula(&test, false)?;
            let then = self.bounded(&then, low, high, negated)?;
            let otherwise = self.bounded(&otherwise, low, high, negated)?;
            return Some(Formula::If(Box::new([condition, then, otherwise])));
        }
        self.sum(Cells::of(word)?, low, high, negated)
    }

    /// A quotient against a constant: multiplied out, where what is divided by is above zero.
    fn ratio(&mut self, test: &RatioTest, negated: bool) -> Option<Formula> {
        let RatioTest { ratio, op, with: Word::Constant(with), decimals } = test else {
            return None;
        };
        if ratio.scaled {
            return None;
        }
        let power = |decimals: u8| 10_i64.checked_pow(decimals.into());
        let times = |word: &Word, factor: i64| {
            let sides = Box::new([word.clone(), Word::Constant(factor)]);
            Word::Binary { op: Operator::Multiply, sides }
        };
        let sides = [
            times(&ratio.over, power(*decimals)?),
            times(&ratio.under, power(ratio.decimals)?.checked_mul(*with)?),
        ];
        let difference = Word::Binary { op: Operator::Subtract, sides: Box::new(sides) };
        let above = self.bounded(&ratio.under, 1, i128::MAX, false)?;
        self.guard(&above)?;
        if ratio.first.is_some() {
            // Something was done to the quotient: what is equal may have been rounded.
            let unequal = self.bounded(&difference, 0, 0, true)?;
            self.guard(&unequal)?;
        }
        // The evaluator keeps 28 digits: what it rounds away must be far smaller than what is told apart.
        let room = 10_i128.pow(if ratio.first.is_some() { 17 } else { 27 }) - 1;
        let under = Cells::of(&self.put_in(&ratio.under)?)?;
        let unit = i128::from(power(*decimals)?.max(with.checked_abs()?));
        let unit = unit * i128::from(power(ratio.decimals)?);
        let most = (room / unit - i128::from(under.largest)) / i128::from(under.heaviest.max(1));
        if most < LEAST.into() {
            return None;
        }
        self.most = self.most.min(u64::try_from(most).unwrap_or(u64::MAX));
        let (low, high, outside) = distance(*op);
        let found = self.bounded(&difference, low, high, negated != outside)?;
        self.awkward = true;
        Some(Formula::If(Box::new([above, found, Formula::Constant(false)])))
    }

    fn guard(&mut self, formula: &Formula) -> Option<()> {
        match formula {
            Formula::Check(number) => self.guards.push(*number),
            Formula::Constant(true) => {}
            _ => return None,
        }
        Some(())
    }

    /// Needs the cells of a sum, none of which is so large that it overflows.
    fn sized(&mut self, cells: &Cells) -> Option<()> {
        let most = (ROOM / cells.heaviest.max(1)).min(cells.most);
        if cells.largest > ROOM || ROOM / cells.heaviest.max(1) < LEAST {
            return None;
        }
        let scope = self.scope;
        for term in cells.terms.iter().filter(|term| term.cell.scope == scope) {
            self.need(term.cell)?;
        }
        self.most = self.most.min(most.unsigned_abs());
        Some(())
    }

    /// Where a word may lie, so that a sum of it alone lies between two bounds: then it is asked itself.
    fn alone(&self, cells: &Cells, low: i128, high: i128) -> Option<(Term, (i64, i64))> {
        let [term] = cells.terms.as_slice() else { return None };
        if !cells.exact || term.factor == 0 || term.cell.scope != self.scope {
            return None;
        }
        let (factor, constant) = (i128::from(term.factor), i128::from(cells.constant));
        // Far beyond every word, and small enough to be divided.
        let shifted = |bound: i128| bound.saturating_sub(constant).clamp(-(1 << 126), 1 << 126);
        let (low, high) = (shifted(low), shifted(high));
        let (low, high) = if factor < 0 { (high, low) } else { (low, high) };
        // Rounded inwards.
        let (floor, ceil) = (high.div_euclid(factor), low.div_euclid(factor));
        let floor = if factor < 0 && high.rem_euclid(factor) != 0 { floor - 1 } else { floor };
        let ceil = if factor > 0 && low.rem_euclid(factor) != 0 { ceil + 1 } else { ceil };
        let (least, most) = (i128::from(i64::MIN), i128::from(i64::MAX));
        if floor < least || ceil > most || ceil > floor {
            return Some((*term, (1, 0)));
        }
        let clamp = |bound: i128| i64::try_from(bound.clamp(least, most)).ok();
        Some((*term, (clamp(ceil)?, clamp(floor)?)))
    }

    fn sum(&mut self, cells: Cells, low: i128, high: i128, negated: bool) -> Option<Formula> {
        if let Some((term, bounds)) = self.alone(&cells, low, high) {
            self.need(term.cell)?;
            let check = Check { needed: [term.needed; 2], ..LIKE };
            return self.check(term.cell.place.index(), check, bounds, negated);
        }
        self.sized(&cells)?;
        let constant = i128::from(cells.constant);
        // A sum lies between twice the room on either side.
        let clamp = |bound: i128| {
            let room = i128::from(ROOM) * 2;
            i64::try_from(bound.saturating_sub(constant).clamp(-room, room)).ok()
        };
        let (below, above) = (clamp(low)?, clamp(high)?);
        if low > high {
            // Nothing lies there, but a step of the sum may be too large for an integer all the same.
            return None;
        }
        if cells.terms.is_empty() {
            return Some(Formula::Constant((below <= 0 && 0 <= above) != negated));
        }
        let scope = self.scope;
        let (own, outer): (Vec<Term>, Vec<Term>) =
            cells.terms.into_iter().partition(|term| term.cell.scope == scope);
        let mut parts =
            own.chunks(2).map(|terms| paired(terms, &LIKE)).collect::<Option<Vec<_>>>()?;
        let idle = || (NOWHERE, NOWHERE, IDLE, Of::Sum);
        let mut last = parts.pop().unwrap_or_else(idle);
        if !parts.is_empty() {
            last.2.carry = -1;
        }
        for (place, (one, two, check, of)) in parts.into_iter().enumerate() {
            let carry = if place == 0 { 0 } else { -1 };
            let check = Check { low: 0, width: u64::MAX, carry, part: true, ..check };
            self.checks.push((one, two, check, of));
        }
        if outer.is_empty() {
            return self.draft(last, below, above, negated);
        }
        // One of its own.
        last.2.mask = i64::try_from(self.captured.len()).ok()?;
        let found = self.draft(last, below, above, negated)?;
        let Formula::Check(number) = found else { return None };
        let cells = outer.iter().map(|term| (term.cell, term.factor)).collect();
        if !self.captured.iter().any(|(known, _)| *known == number) {
            self.captured.push((number, cells));
        }
        Some(found)
    }

    fn compared(&mut self, op: Binary, sides: &[Word; 2], negated: bool) -> Option<Formula> {
        let [left, right] = sides;
        let (low, high, outside) = distance(op);
        let sides = match (left, right) {
            // Two booleans of their own.
            (Word::Truth(one), Word::Truth(two)) if single(one).is_some() => {
                [single(one), single(two)].map(|cell| cell.map_or(Word::Unsure, Word::Cell))
            }
            (left, right) => [left.clone(), right.clone()],
        };
        let [left, right] = sides;
        let sum = Sum { terms: vec![(1, left), (-1, right)], constant: 0 };
        self.bounded(&Word::Sum(Box::new(sum)), low, high, negated != outside)
    }
}

/// The least word is no bound, and the largest is none: a sum may lie beyond them.
fn below(low: i64) -> i128 {
    if low == i64::MIN { i128::MIN } else { low.into() }
}

fn above(high: i64) -> i128 {
    if high == i64::MAX { i128::MAX } else { high.into() }
}

/// Between which bounds the difference of two words lies that compare in this way, or outside of them.
fn distance(op: Binary) -> (i128, i128, bool) {
    match op {
        Binary::Less => (i128::MIN, -1, false),
        Binary::LessOrEqual => (i128::MIN, 0, false),
        Binary::Greater => (1, i128::MAX, false),
        Binary::GreaterOrEqual => (0, i128::MAX, false),
        Binary::NotEqual => (0, 0, true),
        _ => (0, 0, false),
    }
}

/// The cell of a boolean.
fn single(test: &Test) -> Option<Cell> {
    match test {
        Test::Range { word: Word::Cell(cell), low: 1, high: 1, negated: false } => Some(*cell),
        _ => None,
    }
}
