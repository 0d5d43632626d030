//! Branches, blocks, statements and loops, for all three forms of expressions.

use super::super::facts::Place;
use super::super::plan::{Expr, Flow, Lane, Over, Statement, Test, Thing, Turns, Word};
use super::test::{TestFn, test};
use super::thing::{ThingFn, thing};
use super::word::{Operand, WordFn, word};
use super::{Frame, Item, Row, Stop, Tri};
use crate::value::Value;

/// A form of expressions, made into closures.
pub(super) trait Fuse: Lane {
    type Answer<'a>;
    fn fused(&self) -> Made<Self>;
    fn stop<'a>(stop: Stop) -> Self::Answer<'a>;
    fn stopped(answer: &Self::Answer<'_>) -> Option<Stop>;
    /// What a body returns.
    fn returned<'a>(item: Item<'a>) -> Self::Answer<'a>;
}

pub(super) type Made<L> =
    Box<dyn for<'a, 'f> Fn(&Row<'a>, &mut Frame<'f, 'a>) -> <L as Fuse>::Answer<'a> + Send + Sync>;

fn made<L: Fuse>(
    closure: impl for<'a, 'f> Fn(&Row<'a>, &mut Frame<'f, 'a>) -> L::Answer<'a> + Send + Sync + 'static,
) -> Made<L> {
    Box::new(closure)
}

impl Fuse for Test {
    type Answer<'a> = Tri;
    fn fused(&self) -> TestFn {
        test(self)
    }
    fn stop<'a>(stop: Stop) -> Self::Answer<'a> {
        stop.into()
    }
    fn stopped(answer: &Tri) -> Option<Stop> {
        (!matches!(answer, Tri::True | Tri::False)).then(|| answer.stop())
    }
    fn returned<'a>(item: Item<'a>) -> Self::Answer<'a> {
        match item.value() {
            Value::Boolean(truth) => Tri::of(*truth),
            _ => Tri::Unsure,
        }
    }
}

impl Fuse for Word {
    type Answer<'a> = Result<i64, Stop>;
    fn fused(&self) -> WordFn {
        word(self)
    }
    fn stop<'a>(stop: Stop) -> Self::Answer<'a> {
        Err(stop)
    }
    fn stopped(answer: &Result<i64, Stop>) -> Option<Stop> {
        answer.err()
    }
    fn returned<'a>(_: Item<'a>) -> Self::Answer<'a> {
        Err(Stop::Unsure)
    }
}

impl Fuse for Thing {
    type Answer<'a> = Result<Item<'a>, Stop>;
    fn fused(&self) -> ThingFn {
        thing(self)
    }
    fn stop<'a>(stop: Stop) -> Self::Answer<'a> {
        Err(stop)
    }
    fn stopped(answer: &Result<Item<'_>, Stop>) -> Option<Stop> {
        answer.as_ref().err().copied()
    }
    fn returned<'a>(item: Item<'a>) -> Self::Answer<'a> {
        Ok(item)
    }
}

pub(super) fn flow<L: Fuse + 'static>(flow: &Flow<L>) -> Made<L> {
    match flow {
        Flow::Fault => made::<L>(|_, _| L::stop(Stop::Unsure)),
        Flow::If(condition, then, otherwise) => {
            let (condition, then, otherwise) = (test(condition), then.fused(), otherwise.fused());
            made::<L>(move |row, frame| match condition(row, frame) {
                Tri::True => then(row, frame),
                Tri::False => otherwise(row, frame),
                other => L::stop(other.stop()),
            })
        }
        Flow::Match(arms, otherwise) => {
            let arms: Vec<(TestFn, Made<L>)> =
                arms.iter().map(|(when, then)| (test(when), then.fused())).collect();
            let otherwise = otherwise.as_ref().map(Fuse::fused);
            made::<L>(move |row, frame| {
                for (when, then) in &arms {
                    match when(row, frame) {
                        Tri::True => return then(row, frame),
                        Tri::False => {}
                        other => return L::stop(other.stop()),
                    }
                }
                match &otherwise {
                    Some(otherwise) => otherwise(row, frame),
                    None => L::stop(Stop::Unsure),
                }
            })
        }
        Flow::Block(before, last) => {
            let (before, last) = (steps(before), last.fused());
            made::<L>(move |row, frame| match run(&before, row, frame) {
                Ok(()) => last(row, frame),
                Err(stop) => L::stop(stop),
            })
        }
        Flow::Coalesce(options) => {
            let options: Vec<Made<L>> = options.iter().map(Fuse::fused).collect();
            made::<L>(move |row, frame| {
                for option in &options {
                    let answer = option(row, frame);
                    if L::stopped(&answer) != Some(Stop::Unknown) {
                        return answer;
                    }
                }
                L::stop(Stop::Unknown)
            })
        }
        Flow::Body(inner, register) => {
            let (inner, register) = (inner.fused(), *register);
            made::<L>(move |row, frame| {
                let answer = inner(row, frame);
                if L::stopped(&answer) != Some(Stop::Return) {
                    return answer;
                }
                match frame.thing(register) {
                    Ok(item) => L::returned(item),
                    Err(stop) => L::stop(stop),
                }
            })
        }
    }
}

/// A statement.
pub(super) enum Step {
    Word(u32, Operand),
    Thing(u32, ThingFn),
    Clear(u32),
    If(TestFn, Box<[Step]>, Box<[Step]>),
    Match(Box<[(TestFn, Box<[Step]>)]>, Box<[Step]>),
    For(Loop, Box<[Step]>),
    Return(u32, ThingFn),
    Break,
    Continue,
    Test(TestFn),
    Run(WordFn),
    Fault,
}

pub(super) fn steps(statements: &[Statement]) -> Box<[Step]> {
    statements
        .iter()
        .map(|statement| match statement {
            Statement::Word(register, word) => Step::Word(*register, Operand::new(word)),
            Statement::Thing(register, inner) => Step::Thing(*register, thing(inner)),
            Statement::Clear(register) => Step::Clear(*register),
            Statement::If(condition, then, otherwise) => {
                Step::If(test(condition), steps(then), steps(otherwise))
            }
            Statement::Match(arms, otherwise) => Step::Match(
                arms.iter().map(|(when, then)| (test(when), steps(then))).collect(),
                steps(otherwise),
            ),
            Statement::For(over, body) => Step::For(turns(over), steps(body)),
            Statement::Return(register, inner) => Step::Return(*register, thing(inner)),
            Statement::Break => Step::Break,
            Statement::Continue => Step::Continue,
            Statement::Run(Expr::Test(inner)) => Step::Test(test(inner)),
            Statement::Run(Expr::Word(_, inner)) => Step::Run(word(inner)),
            Statement::Run(Expr::Thing(inner)) => {
                let inner = thing(inner);
                Step::Run(super::word::made(move |row, frame| inner(row, frame).map(|_| 0)))
            }
            Statement::Run(Expr::Never(_)) | Statement::Fault => Step::Fault,
        })
        .collect()
}

/// Runs statements in a row.
pub(super) fn run<'a>(
    steps: &[Step],
    row: &Row<'a>,
    frame: &mut Frame<'_, 'a>,
) -> Result<(), Stop> {
    for step in steps {
        match step {
            Step::Word(register, operand) => {
                let found = operand.read(row, frame)?;
                frame.set_word(*register, found);
            }
            Step::Thing(register, inner) => {
                let found = inner(row, frame)?;
                frame.set_thing(*register, Some(found));
            }
            Step::Clear(register) => frame.set_thing(*register, None),
            Step::If(condition, then, otherwise) => match condition(row, frame) {
                Tri::True => run(then, row, frame)?,
                Tri::False => run(otherwise, row, frame)?,
                other => return Err(other.stop()),
            },
            Step::Match(arms, otherwise) => choose(arms, otherwise, row, frame)?,
            Step::For(over, body) => {
                over.run(row, frame, |row, frame| match run(body, row, frame) {
                    Ok(()) | Err(Stop::Continue) => Ok(true),
                    Err(Stop::Break) => Ok(false),
                    Err(other) => Err(other),
                })?;
            }
            Step::Return(register, inner) => {
                let found = inner(row, frame)?;
                frame.set_thing(*register, Some(found));
                return Err(Stop::Return);
            }
            Step::Break => return Err(Stop::Break),
            Step::Continue => return Err(Stop::Continue),
            Step::Test(inner) => {
                let found = inner(row, frame);
                if !matches!(found, Tri::True | Tri::False) {
                    return Err(found.stop());
                }
            }
            Step::Run(inner) => {
                inner(row, frame)?;
            }
            Step::Fault => return Err(Stop::Unsure),
        }
    }
    Ok(())
}

fn choose<'a>(
    arms: &[(TestFn, Box<[Step]>)],
    otherwise: &[Step],
    row: &Row<'a>,
    frame: &mut Frame<'_, 'a>,
) -> Result<(), Stop> {
    for (when, then) in arms {
        match when(row, frame) {
            Tri::True => return run(then, row, frame),
            Tri::False => {}
            other => return Err(other.stop()),
        }
    }
    run(otherwise, row, frame)
}

/// A loop.
pub(super) struct Loop {
    over: Source,
    counter: u32,
    cost: u64,
}

enum Source {
    Rows(Place),
    Items(ThingFn, u32),
    Numbers { from: Operand, below: Operand, item: u32 },
}

pub(super) fn turns(turns: &Turns) -> Loop {
    let over = match &turns.over {
        Over::Rows(fact) => Source::Rows(Place::of(fact.0)),
        Over::Items(list, item) => Source::Items(thing(list), *item),
        Over::Numbers { from, below, item } => {
            Source::Numbers { from: Operand::new(from), below: Operand::new(below), item: *item }
        }
    };
    Loop { over, counter: turns.counter, cost: u64::from(turns.cost.max(1)) }
}

impl Loop {
    /// Runs the turns, until one says that it was the last (false).
    #[inline(always)]
    pub fn run<'a>(
        &self,
        row: &Row<'a>,
        frame: &mut Frame<'_, 'a>,
        mut turn: impl FnMut(&Row<'a>, &mut Frame<'_, 'a>) -> Result<bool, Stop>,
    ) -> Result<(), Stop> {
        match &self.over {
            Source::Rows(length) => {
                for number in 0..row.cell(*length)? {
                    frame.spend(self.cost)?;
                    frame.set_word(self.counter, number);
                    if !turn(row, frame)? {
                        break;
                    }
                }
                Ok(())
            }
            Source::Items(list, item) => self.items(list, *item, row, frame, &mut turn),
            Source::Numbers { from, below, item } => {
                let (from, below) = (from.read(row, frame)?, below.read(row, frame)?);
                let length = below.checked_sub(from).ok_or(Stop::Unsure)?;
                if usize::try_from(length).is_ok_and(|length| length > row.rules.limits.list_items)
                {
                    return Err(Stop::Unsure);
                }
                for (count, number) in (0..).zip(from..below) {
                    frame.spend(self.cost)?;
                    frame.set_word(self.counter, count);
                    frame.set_word(*item, number);
                    if !turn(row, frame)? {
                        break;
                    }
                }
                Ok(())
            }
        }
    }

    fn items<'a>(
        &self,
        list: &ThingFn,
        register: u32,
        row: &Row<'a>,
        frame: &mut Frame<'_, 'a>,
        turn: &mut impl FnMut(&Row<'a>, &mut Frame<'_, 'a>) -> Result<bool, Stop>,
    ) -> Result<(), Stop> {
        let mut one = |count: usize, item: Item<'a>, frame: &mut Frame<'_, 'a>| {
            frame.spend(self.cost)?;
            frame.set_word(self.counter, i64::try_from(count).unwrap_or(i64::MAX));
            frame.set_thing(register, Some(item));
            turn(row, frame)
        };
        match list(row, frame)? {
            Item::Held(Value::List(items)) => {
                for (count, item) in items.iter().enumerate() {
                    if !one(count, Item::Held(item), frame)? {
                        break;
                    }
                }
                Ok(())
            }
            Item::Made(Value::List(items)) => {
                for (count, item) in items.iter().enumerate() {
                    if !one(count, Item::Made(item.clone()), frame)? {
                        break;
                    }
                }
                Ok(())
            }
            _ => Err(Stop::Unsure),
        }
    }
}
