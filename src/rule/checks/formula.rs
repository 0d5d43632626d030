//! How checks go together, where some of them may be unknown.

use super::super::Truth;

/// How checks go together.
#[derive(Debug)]
pub(super) enum Formula {
    Constant(bool),
    /// By number of check.
    Check(u8),
    /// Strict: unknown ends it.
    All(Vec<Formula>, bool),
    Any(Vec<Formula>, bool),
    Count(Vec<Formula>, usize),
    If(Box<[Formula; 3]>),
    /// The first that is known.
    First(Vec<Formula>),
}

/// A formula, step by step, without a branch that depends on what holds: what is guessed wrong costs more than all of it.
#[derive(Debug)]
pub(super) struct Steps {
    steps: Vec<Step>,
    /// Whether something is chosen because something else is unknown.
    stands_in: bool,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    /// One more value.
    Constant(u8),
    /// Whether a check holds, by the place of its bit.
    Check(u8),
    /// Two values become one: where it stands in a table.
    Join(u32),
    /// Condition and values become one.
    If,
    /// So many values: whether so many hold.
    Count(u8, u8),
}

const FALSE: u8 = 0;
const TRUE: u8 = 1;
const UNKNOWN: u8 = 2;

/// Values that wait at most; a power of two.
const WAITING: usize = 16;

/// What two values come to, two bits for each.
const fn table(all: bool, strict: bool) -> u32 {
    let (deciding, other) = if all { (FALSE, TRUE) } else { (TRUE, FALSE) };
    let mut table = 0;
    let mut place = 0;
    while place < 16 {
        let (a, b) = ((place >> 2) as u8, (place & 3) as u8);
        let found = if a == deciding || (b == deciding && (a == other || !strict)) {
            deciding
        } else if a == other && b == other {
            other
        } else {
            UNKNOWN
        };
        table |= (found as u32) << (2 * place);
        place += 1;
    }
    table
}

/// The first if it is known, else the second.
const FIRST: u32 = {
    let mut table = 0;
    let mut place = 0_u32;
    while place < 16 {
        let found = if place >> 2 == UNKNOWN as u32 { place & 3 } else { place >> 2 };
        table |= found << (2 * place);
        place += 1;
    }
    table
};

impl Formula {
    /// With other numbers of checks.
    pub fn renumbered(&mut self, number: &impl Fn(u8) -> u8) {
        match self {
            Self::Constant(_) => {}
            Self::Check(own) => *own = number(*own),
            Self::All(parts, _)
            | Self::Any(parts, _)
            | Self::Count(parts, _)
            | Self::First(parts) => parts.iter_mut().for_each(|part| part.renumbered(number)),
            Self::If(parts) => parts.iter_mut().for_each(|part| part.renumbered(number)),
        }
    }

    /// Adds its steps, with so many values waiting.
    fn steps(&self, count: u8, waiting: usize, into: &mut Vec<Step>) -> Option<()> {
        if waiting >= WAITING {
            return None;
        }
        let joined = |parts: &[Self], neutral: u8, table: u32, into: &mut Vec<Step>| {
            let Some((first, rest)) = parts.split_first() else {
                into.push(Step::Constant(neutral));
                return Some(());
            };
            first.steps(count, waiting, into)?;
            for part in rest {
                part.steps(count, waiting + 1, into)?;
                into.push(Step::Join(table));
            }
            Some(())
        };
        match self {
            Self::Constant(truth) => into.push(Step::Constant(u8::from(*truth))),
            Self::Check(number) => {
                into.push(Step::Check(count.checked_sub(1)?.checked_sub(*number)?))
            }
            Self::All(parts, strict) => {
                const TABLES: [u32; 2] = [table(true, false), table(true, true)];
                let [plain, ended] = TABLES;
                joined(parts, TRUE, if *strict { ended } else { plain }, into)?;
            }
            Self::Any(parts, strict) => {
                const TABLES: [u32; 2] = [table(false, false), table(false, true)];
                let [plain, ended] = TABLES;
                joined(parts, FALSE, if *strict { ended } else { plain }, into)?;
            }
            Self::First(parts) => joined(parts, UNKNOWN, FIRST, into)?,
            Self::If(parts) => {
                for (place, part) in parts.iter().enumerate() {
                    part.steps(count, waiting + place, into)?;
                }
                into.push(Step::If);
            }
            Self::Count(parts, least) => {
                for (place, part) in parts.iter().enumerate() {
                    part.steps(count, waiting + place, into)?;
                }
                let (parts, least) = (u8::try_from(parts.len()).ok()?, u8::try_from(*least).ok()?);
                into.push(Step::Count(parts, least));
            }
        }
        Some(())
    }
}

impl Steps {
    /// `None` for a formula of which too much waits at once.
    pub fn new(formula: &Formula, count: u8) -> Option<Self> {
        let mut steps = Vec::new();
        formula.steps(count, 0, &mut steps)?;
        let first = |step: &Step| matches!(step, Step::Join(FIRST));
        Some(Self { stands_in: steps.iter().any(first), steps })
    }

    /// Whether it says no more than what it comes to however what is unknown turns out: where that differs, it is unknown.
    #[inline]
    pub fn is_bounded(&self) -> bool {
        !self.stands_in
    }

    /// What it comes to where these checks fail, the first one's bit highest, and these are unknown.
    pub fn of(&self, failed: u32, open: u32) -> Truth {
        let mut values = [FALSE; WAITING];
        let mut top = 0_usize;
        let value = |values: &[u8; WAITING], place: usize| {
            u32::from(values.get(place & (WAITING - 1)).copied().unwrap_or(UNKNOWN))
        };
        for step in &self.steps {
            let found = match *step {
                Step::Constant(value) => value.into(),
                Step::Check(place) => {
                    let bit = |bits: u32| bits.wrapping_shr(place.into()) & 1;
                    bit(open) << 1 | (bit(!failed) & bit(!open))
                }
                Step::Join(table) => {
                    top = top.wrapping_sub(2);
                    let both = value(&values, top) << 2 | value(&values, top.wrapping_add(1));
                    table.wrapping_shr(2 * both) & 3
                }
                Step::If => {
                    top = top.wrapping_sub(3);
                    let (then, otherwise) =
                        (value(&values, top.wrapping_add(1)), value(&values, top.wrapping_add(2)));
                    let all = otherwise | then << 2 | u32::from(UNKNOWN) << 4;
                    all.wrapping_shr(2 * value(&values, top)) & 3
                }
                Step::Count(parts, least) => {
                    let (mut holding, mut failing) = (0, 0);
                    for _ in 0..parts {
                        top = top.wrapping_sub(1);
                        let part = value(&values, top);
                        holding += u32::from(part == u32::from(TRUE));
                        failing += u32::from(part == u32::from(FALSE));
                    }
                    let too_many = (u32::from(parts) + 1).saturating_sub(least.into());
                    match (holding >= least.into(), failing >= too_many) {
                        (true, _) => TRUE.into(),
                        (false, true) => FALSE.into(),
                        (false, false) => UNKNOWN.into(),
                    }
                }
            };
            if let Some(place) = values.get_mut(top & (WAITING - 1)) {
                *place = found.to_le_bytes()[0];
            }
            top = top.wrapping_add(1);
        }
        match values[0] {
            FALSE => Truth::False,
            TRUE => Truth::True,
            _ => Truth::Unknown,
        }
    }
}
