//! 1 024 rows of a table. A loop over lists goes row by row, over the cells that it reads.

use super::super::Checks;
use super::super::facts::{BLOCK as CELLS, Place};
use super::super::ir::{
    At, Body, Cell, Each, Fold, Leaf, Linear, Outside, REGISTERS, Sum, Test, Text, TextTest, Word,
};
use super::super::{Rules, Truth};
use super::bits::{self, ALL, BLOCK, Bits, LANES, NONE, linear, range_full, range_narrow};
use super::code::{LOOPS, VARIABLES};
use super::columns::{self, Column, Columns};
use super::many::Many;
use super::row::Row;
use super::source::{Frame, Source};
use super::width::One;
use super::{Code, Kleene, Lane, Rows};
use crate::table::{FactId, StateId};
use crate::value::Number;

/// What a rule gives for a block of rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answers {
    /// Where it holds; only where it is known.
    pub truth: Bits,
    pub known: Bits,
    /// Where the row must be asked; nowhere where it is known.
    pub unsure: Bits,
}

impl Answers {
    pub const UNSURE: Self = Self { truth: NONE, known: NONE, unsure: ALL };
    pub const UNKNOWN: Self = Self { truth: NONE, known: NONE, unsure: NONE };

    /// The answer of a row that was unknown; what fails stays unsure.
    pub fn set(&mut self, row: usize, answer: Result<Truth, ()>) {
        match answer {
            Ok(Truth::True) => {
                bits::set(&mut self.truth, row);
                bits::set(&mut self.known, row);
            }
            Ok(Truth::False) => bits::set(&mut self.known, row),
            Ok(Truth::Unknown) => {}
            Err(()) => bits::set(&mut self.unsure, row),
        }
    }
}

/// Decimals for each row of a block.
pub(crate) struct Numbers {
    decimals: u32,
    lane: Lane<Many, Bits>,
    unsure: Bits,
}

impl Numbers {
    /// The number of a row; `Err` where the row must be asked.
    pub fn get(&self, row: usize) -> Result<Option<Number>, ()> {
        if bits::get(&self.unsure, row) {
            return Err(());
        }
        let word = self.lane.words.0.get(row).filter(|_| bits::get(&self.lane.known, row));
        Ok(word.map(|word| Number::from_scaled(*word, self.decimals)))
    }
}

/// One block of rows, being asked.
pub(crate) struct Block<'c> {
    rules: &'c Rules,
    columns: &'c Columns,
    block: usize,
    unsure: Bits,
    registers: [Option<Many>; REGISTERS],
    /// What loops of the rule that is asked may take, and by row what they have.
    room: u64,
    used: Vec<u64>,
    /// By row: what it has used of what one call may.
    spent: &'c mut [u64],
}

impl<'c> Block<'c> {
    pub fn new(rules: &'c Rules, columns: &'c Columns, block: usize, spent: &'c mut [u64]) -> Self {
        let registers = [const { None }; REGISTERS];
        let room = rules.limits.operations;
        Self { rules, columns, block, unsure: NONE, registers, room, used: Vec::new(), spent }
    }

    /// Whether a rule holds, or where its word is known.
    pub fn decide(&mut self, code: &Code) -> Answers {
        self.begin(code);
        let there = self.columns.there(self.block);
        let found = match code.body() {
            Body::Test(test) => self.test(test, there),
            Body::Word(_, word) => {
                let known = self.word(word, there).known;
                Kleene { truth: known, known }
            }
        };
        self.answers(found)
    }

    fn begin(&mut self, code: &Code) {
        self.room = code.room(self.rules);
        self.used.clear();
    }

    fn answers(&self, found: Kleene<Bits>) -> Answers {
        let known = bits::minus(found.known, &self.unsure);
        Answers { truth: bits::and(found.truth, &known), known, unsure: self.unsure }
    }

    /// A fact of its own that is true or false.
    pub fn fact(&mut self, id: FactId) -> Answers {
        let found = self.cell_range(Cell::of(0, id.0), 1, 1, self.columns.there(self.block));
        self.answers(found)
    }

    /// The words of a rule that is a number, date, …, and where they are not sure.
    pub fn words(&mut self, code: &Code) -> Option<(Lane<Many, Bits>, Bits)> {
        let Body::Word(_, word) = code.body() else { return None };
        self.begin(code);
        let mut lane = self.word(word, self.columns.there(self.block));
        lane.known = bits::minus(lane.known, &self.unsure);
        Some((lane, self.unsure))
    }

    /// The numbers of a score.
    pub fn scores(&mut self, code: &Code) -> Option<Numbers> {
        let decimals = u32::from(code.kind()?.decimals()?);
        let (lane, unsure) = self.words(code)?;
        Some(Numbers { decimals, lane, unsure })
    }

    fn column(&self, cell: Cell) -> Option<&'c Column> {
        self.columns.cells.get(cell.number as usize)
    }

    fn wide(&mut self, column: &Column, live: Bits) {
        self.doubt(bits::and(bits::block(&column.wide, self.block), &live));
    }

    fn read(&mut self, column: &Column, live: Bits) -> Lane<Many, Bits> {
        self.wide(column, live);
        Lane {
            words: words(&column.words, self.block),
            known: bits::block(&column.present, self.block),
        }
    }

    fn unsure(&mut self, live: Bits) -> Lane<Many, Bits> {
        self.doubt(live);
        Lane { words: <Many as super::Words>::splat(0), known: NONE }
    }

    /// The terms of a sum in 32 bits, where the columns' bounds prove that no step overflows.
    fn narrow(&self, linear: &Linear) -> Option<Bits> {
        let Linear { sum, low, high, .. } = linear;
        let constant = i32::try_from(sum.constant).ok()?;
        let mut terms: [(i32, &[i32]); TERMS] = [(0, &[]); TERMS];
        let mut most = i128::from(constant).abs();
        for (place, (factor, word)) in sum.terms.iter().enumerate() {
            let Word::Cell(cell) = word else { return None };
            let column = self.column(*cell)?;
            let columns::Words::Narrow(words) = &column.words else { return None };
            let bound = i128::from(column.most).max(-i128::from(column.least));
            most += i128::from(*factor).abs() * bound;
            let words = words.as_chunks::<BLOCK>().0.get(self.block)?;
            *terms.get_mut(place)? = (i32::try_from(*factor).ok()?, words);
        }
        if most > i32::MAX.into() || *high < i32::MIN.into() || *low > i32::MAX.into() {
            return None;
        }
        let clamp = |bound: i128| {
            i32::try_from(bound.clamp(i32::MIN.into(), i32::MAX.into())).unwrap_or_default()
        };
        Some(self::linear(terms.get(..sum.terms.len())?, constant, most, clamp(*low), clamp(*high)))
    }

    /// Runs something in each live row by itself, with the cells that it reads; what it reads besides is not sure.
    #[inline(never)]
    fn row_by_row(
        &mut self,
        visit: impl FnOnce(&mut dyn FnMut(Leaf)),
        live: Bits,
        mut run: impl FnMut(&mut Row<'_>, usize),
    ) {
        let (mut cells, mut registers, mut plain) = (Vec::new(), Vec::new(), true);
        visit(&mut |leaf| match leaf {
            Leaf::Cell(cell) if cell.scope == 0 && !cells.contains(&cell.number) => {
                cells.push(cell.number);
            }
            Leaf::Outside => plain = false,
            Leaf::Register(register) if !registers.contains(&register) => registers.push(register),
            Leaf::Cell(_) | Leaf::Register(_) => {}
        });
        if !plain {
            self.doubt(live);
            return;
        }
        let last = cells.iter().max().copied().map_or(0, |cell| Place::of(cell).block());
        let limits = &self.rules.limits;
        let mut scratch = vec![[0_i64; CELLS]; last + 2];
        self.used.resize(BLOCK, 0);
        for place in bits::ones(&live) {
            let number = self.block * BLOCK + place;
            for cell in &cells {
                let column = self.columns.cells.get(*cell as usize);
                let found =
                    column.map_or(super::super::facts::Cell::WIDE, |column| column.cell(number));
                Place::of(*cell).put(scratch.as_flattened_mut(), found);
            }
            let spent = self.spent.get(place).copied().unwrap_or(0);
            let before = self.used.get(place).copied().unwrap_or(0);
            let left = self.room.saturating_sub(before);
            let budget = left.min(limits.call_operations.saturating_sub(spent));
            let table = (self.columns, number);
            let source = Source::Table(&table);
            let mut frame = Frame::<VARIABLES, LOOPS>::EMPTY;
            for register in registers.iter().map(|register| usize::from(*register)) {
                if let (Some(to), Some(Some(words))) =
                    (frame.variables.get_mut(register), self.registers.get(register))
                {
                    *to = words.0.get(place).copied().unwrap_or(0);
                }
            }
            let cells = scratch.as_flattened();
            let mut row = Row::new(self.rules, cells, source, budget, frame.places());
            run(&mut row, place);
            let (unsure, used) = (row.unsure || row.grown > 0, budget - row.left());
            if unsure {
                bits::set(&mut self.unsure, place);
            } else {
                for all in [self.spent.get_mut(place), self.used.get_mut(place)] {
                    all.into_iter().for_each(|all| *all += used);
                }
            }
        }
    }

    fn loop_words(
        &mut self,
        visit: impl FnOnce(&mut dyn FnMut(Leaf)),
        live: Bits,
        mut run: impl FnMut(&mut Row<'_>) -> Lane<i64, bool>,
    ) -> Lane<Many, Bits> {
        let (mut words, mut known) = (Box::new([0; BLOCK]), NONE);
        self.row_by_row(visit, live, |row, place| {
            let found = run(row);
            if found.known
                && let Some(word) = words.get_mut(place)
            {
                *word = found.words;
                bits::set(&mut known, place);
            }
        });
        Lane { words: Many(words), known }
    }
}

/// Terms of a sum that is worked out in 32 bits.
const TERMS: usize = 8;

impl Rows for Block<'_> {
    type Bits = Bits;
    type Live = Bits;
    type Words = Many;

    fn rules(&self) -> &Rules {
        self.rules
    }

    fn note(&mut self, rows: Bits) {
        self.unsure = bits::or(self.unsure, &rows);
    }

    fn doubted(&self) -> Bits {
        self.unsure
    }

    fn register(&self, register: u8) -> Many {
        match self.registers.get(usize::from(register)) {
            Some(Some(words)) => words.clone(),
            _ => <Many as super::Words>::splat(0),
        }
    }

    fn set(&mut self, register: u8, words: Many) {
        if let Some(place) = self.registers.get_mut(usize::from(register)) {
            *place = Some(words);
        }
    }

    fn cell(&mut self, cell: Cell, live: Bits) -> Lane<Many, Bits> {
        match self.column(cell) {
            Some(column) => self.read(column, live),
            None => self.unsure(live),
        }
    }

    fn there(&mut self, cell: Cell) -> Bits {
        self.column(cell).map_or(NONE, |column| {
            bits::or(
                bits::block(&column.present, self.block),
                &bits::block(&column.wide, self.block),
            )
        })
    }

    fn cell_range(&mut self, cell: Cell, low: i64, high: i64, live: Bits) -> Kleene<Bits> {
        let Some(column) = self.column(cell) else {
            self.doubt(live);
            return Kleene::UNKNOWN;
        };
        self.wide(column, live);
        let known = bits::block(&column.present, self.block);
        let truth = ranged(&column.words, self.block, low, high);
        Kleene { truth: bits::and(truth, &known), known }
    }

    /// In 64 bits, where the words prove that no step overflows; else the rows must be asked.
    fn sum(&mut self, sum: &Sum, live: Bits) -> Lane<Many, Bits> {
        let mut all = Lane { words: <Many as super::Words>::splat(sum.constant), known: ALL };
        let mut most = i128::from(sum.constant).abs();
        for (factor, word) in &sum.terms {
            let lane = self.word(word, live);
            let (least, greatest) = lane
                .words
                .0
                .iter()
                .fold((0, 0), |(least, most), word| (*word.min(&least), *word.max(&most)));
            let bound = i128::from(greatest).max(-i128::from(least));
            most = most.saturating_add(i128::from(*factor).abs().saturating_mul(bound));
            for (sum, word) in all.words.0.iter_mut().zip(lane.words.0.iter()) {
                *sum = sum.wrapping_add(word.wrapping_mul(*factor));
            }
            all.known = bits::and(all.known, &lane.known);
        }
        if most > i64::MAX.into() {
            self.doubt(bits::and(live, &all.known));
            all.known = NONE;
        }
        all
    }

    fn linear(&mut self, linear: &Linear, live: Bits) -> Kleene<Bits> {
        let Linear { sum, low, high, .. } = linear;
        if low <= high
            && let Some(truth) = self.narrow(linear)
        {
            let mut known = ALL;
            for (_, word) in &sum.terms {
                if let Word::Cell(cell) = word
                    && let Some(column) = self.column(*cell)
                {
                    self.wide(column, live);
                    known = bits::and(known, &bits::block(&column.present, self.block));
                }
            }
            return Kleene { truth: bits::and(truth, &known), known };
        }
        let lane = self.sum(sum, live);
        let clamp = |bound: i128| {
            i64::try_from(bound.clamp(i64::MIN.into(), i64::MAX.into())).unwrap_or_default()
        };
        // A sum that is known lies within 64 bits.
        let truth = if low > high || *low > i64::MAX.into() || *high < i64::MIN.into() {
            NONE
        } else {
            range_full(&lane.words.0[..], clamp(*low), clamp(*high))
        };
        Kleene { truth: bits::and(truth, &lane.known), known: lane.known }
    }

    fn checks(&mut self, checks: &(Checks, Test), live: Bits) -> Kleene<Bits> {
        self.test(&checks.1, live)
    }

    fn active(&self, state: StateId) -> Bits {
        self.columns.active(state, self.block)
    }

    fn outside(&mut self, outside: &Outside, live: Bits) -> Lane<Many, Bits> {
        match outside {
            Outside::Now => self.read(&self.columns.now, live),
            Outside::Today => self.read(&self.columns.today, live),
            _ => self.unsure(live),
        }
    }

    fn text(&mut self, _: &TextTest, live: Bits) -> Kleene<Bits> {
        self.doubt(live);
        Kleene::UNKNOWN
    }

    fn length(&mut self, _: &Text, live: Bits) -> Lane<Many, Bits> {
        self.unsure(live)
    }

    fn text_known(&mut self, text: &Text, live: Bits) -> Bits {
        match text {
            Text::Constant(_) => ALL,
            Text::Fact(fact, path) if path.is_empty() => self.there(Cell::of(0, fact.0)),
            _ => {
                self.doubt(live);
                NONE
            }
        }
    }

    fn at(&mut self, at: &At, live: Bits) -> Lane<Many, Bits> {
        let word = Word::At(Box::new(at.clone()));
        self.loop_words(|seen| word.visit(seen), live, |row| row.at(at, One))
    }

    fn quantified(&mut self, each: &Each, every: bool, live: Bits) -> Kleene<Bits> {
        let mut all = Kleene::<Bits>::UNKNOWN;
        self.row_by_row(
            |seen| each.visit(seen),
            live,
            |row, place| {
                let found = row.quantified(each, every, One);
                if found.known {
                    bits::set(&mut all.known, place);
                }
                if found.truth {
                    bits::set(&mut all.truth, place);
                }
            },
        );
        all
    }

    fn first(&mut self, each: &Each, live: Bits) -> Lane<Many, Bits> {
        self.loop_words(|seen| each.visit(seen), live, |row| row.first(each, One))
    }

    fn counted(&mut self, each: &Each, live: Bits) -> Lane<Many, Bits> {
        self.loop_words(|seen| each.visit(seen), live, |row| row.counted(each, One))
    }

    fn total(&mut self, each: &Each, word: &Word, live: Bits) -> Lane<Many, Bits> {
        let visit = |seen: &mut dyn FnMut(Leaf)| {
            each.visit(seen);
            word.visit(seen);
        };
        self.loop_words(visit, live, |row| row.total(each, word, One))
    }

    fn fold(&mut self, fold: &Fold, live: Bits) -> Bits {
        let mut known = NONE;
        let set = fold.before.iter().map(|(register, _)| *register);
        let mut found: Vec<(u8, Many)> =
            set.map(|register| (register, <Many as super::Words>::splat(0))).collect();
        let bind = super::Bind::Fold(fold.clone());
        self.row_by_row(
            |seen| bind.visit(seen),
            live,
            |row, place| {
                if row.fold(fold, One) {
                    bits::set(&mut known, place);
                    for (register, words) in &mut found {
                        if let Some(word) = words.0.get_mut(place) {
                            *word = row.register(*register);
                        }
                    }
                }
            },
        );
        for (register, words) in found {
            self.set(register, words);
        }
        known
    }
}

fn words(words: &columns::Words, number: usize) -> Many {
    match words {
        columns::Words::Bits(all) => super::Words::of_bits(bits::block(all, number)),
        columns::Words::Narrow(all) => {
            let mut found = Box::new([0; BLOCK]);
            if let Some(block) = all.as_chunks::<BLOCK>().0.get(number) {
                found.iter_mut().zip(block).for_each(|(to, from)| *to = i64::from(*from));
            }
            Many(found)
        }
        columns::Words::Full(all) => {
            Many(Box::new(all.as_chunks::<BLOCK>().0.get(number).copied().unwrap_or([0; BLOCK])))
        }
    }
}

/// Which words of a column lie between two bounds.
fn ranged(words: &columns::Words, number: usize, low: i64, high: i64) -> Bits {
    match words {
        _ if low > high => NONE,
        columns::Words::Bits(words) => {
            let bits = bits::block(words, number);
            let within = |word| (low..=high).contains(&word);
            match (within(0), within(1)) {
                (true, true) => ALL,
                (true, false) => bits::minus(ALL, &bits),
                (false, true) => bits,
                (false, false) => NONE,
            }
        }
        columns::Words::Narrow(words) => {
            let (least, most) = (i64::from(i32::MIN), i64::from(i32::MAX));
            if low > most || high < least {
                return NONE;
            }
            let clamp = |bound: i64| i32::try_from(bound.clamp(least, most)).unwrap_or_default();
            let (blocks, _) = words.as_chunks::<BLOCK>();
            let words = blocks.get(number).map_or(&[][..], |words| &words[..]);
            range_narrow(words, clamp(low), clamp(high))
        }
        columns::Words::Full(words) => {
            let (blocks, _) = words.as_chunks::<BLOCK>();
            let words = blocks.get(number).map_or(&[][..], |words| &words[..]);
            range_full(words, low, high)
        }
    }
}

const _: () = assert!(LANES * 64 == BLOCK);
