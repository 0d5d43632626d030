//! One row: the facts of a case, or an item of a list.

use std::ops::ControlFlow;

use super::super::Checks;
use super::super::facts::{Facts, List, Presence};
use super::super::ir::{
    At, Cell, Each, Fold, Linear, ListRef, Outside, Over, Sum, Test, Text, TextTest, Word,
};
use super::super::{Context, Past, Rules, Truth};
use super::columns::Columns;
use super::width::{Lane, One, Three};
use super::Rows;
use crate::table::StateId;
use crate::value::DateTime;

/// What a rule looks at, one row wide. As little as is possible: most rules take less time than to put more in place.
pub(super) struct Row<'a> {
    /// Those of the facts.
    cells: &'a [i64],
    pub(super) source: Source<'a>,
    pub(super) rules: &'a Rules,
    frame: Option<&'a mut Parts<'a>>,
    pub(super) unsure: bool,
    /// What loops and texts may still cost, and what has been made, in bytes.
    budget: u64,
    pub(super) grown: u64,
}

/// The cells of an item, and the list of which it is one.
type Item<'a> = (&'a [i64], Option<&'a List>);

/// What variables and items of loops are kept in: so many of each. Clearing it costs more than most rules do.
pub(super) struct Frame<'a, const V: usize, const L: usize> {
    pub variables: [i64; V],
    items: [Item<'a>; L],
}

impl<'a, const V: usize, const L: usize> Frame<'a, V, L> {
    pub const EMPTY: Self = Self { variables: [0; V], items: [(&[], None); L] };

    pub fn parts(&'a mut self) -> Parts<'a> {
        Parts { variables: &mut self.variables, items: &mut self.items }
    }
}

/// A frame of any size.
pub(super) struct Parts<'a> {
    variables: &'a mut [i64],
    /// By scope, from 1 on.
    items: &'a mut [Item<'a>],
}

/// Facts without a case, and what else a rule may read.
// Facts first, as they lie in memory.
#[derive(Debug, Clone)]
#[repr(C)]
pub(crate) struct Alone {
    pub facts: Facts,
    pub past: Past,
    pub now: DateTime,
}

impl Alone {
    pub fn context(&self) -> Context<'_> {
        let Self { facts, past, now } = self;
        Context {
            facts,
            past,
            active: &[],
            now: *now,
            event: None,
            supposed: false,
            observer: None,
            meter: None,
        }
    }
}

/// Where it lies.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    Case(&'a Context<'a>),
    Alone(&'a Alone),
    /// A row of a table: cells and lists alone.
    Table(&'a (&'a Columns, usize)),
}

impl<'a> Source<'a> {
    /// What can be read besides cells.
    #[inline(always)]
    pub fn context(&self) -> Option<Context<'a>> {
        match *self {
            Self::Case(context) => Some(*context),
            Self::Alone(alone) => Some(alone.context()),
            Self::Table(_) => None,
        }
    }
}

/// How a loop ended: behind its last turn, or early; `None` where it is not known what it goes through.
type Ended<T> = Option<ControlFlow<T>>;

impl<'a> Row<'a> {
    /// The row of a case. Loops may take so much.
    #[inline(always)]
    pub fn over(
        rules: &'a Rules,
        source: Source<'a>,
        room: u64,
        frame: Option<&'a mut Parts<'a>>,
    ) -> Self {
        let (cells, budget) = match source {
            Source::Case(context) => (
                context.facts.words().as_slice(),
                context.meter.map_or(room, |meter| room.min(meter.left())),
            ),
            Source::Alone(alone) => (alone.facts.words().as_slice(), room),
            Source::Table(_) => (&[][..], room),
        };
        Self::new(rules, cells, source, budget, frame)
    }

    #[inline(always)]
    pub fn new(
        rules: &'a Rules,
        cells: &'a [i64],
        source: Source<'a>,
        budget: u64,
        frame: Option<&'a mut Parts<'a>>,
    ) -> Self {
        Self { cells, source, rules, frame, unsure: false, budget, grown: 0 }
    }

    #[inline]
    pub fn decide(&mut self, test: &Test) -> Option<Truth> {
        let before = self.budget;
        let found = self.test(test, One);
        if self.unsure {
            return None;
        }
        if before != self.budget || self.grown != 0 {
            self.charge(before);
        }
        Some(match (found.known, found.truth) {
            (false, _) => Truth::Unknown,
            (true, truth) => Truth::of(truth),
        })
    }

    pub fn value(&mut self, word: &Word) -> Option<Option<i64>> {
        let before = self.budget;
        let found = self.word(word, One);
        self.charge(before);
        (!self.unsure).then(|| found.known.then_some(found.words))
    }

    /// What is left of a budget.
    pub fn left(&self) -> u64 {
        self.budget
    }

    /// What loops did cost counts for the call as a whole.
    #[inline(never)]
    fn charge(&mut self, before: u64) {
        if self.unsure {
            return;
        }
        if let Source::Case(Context { meter: Some(meter), .. }) = self.source {
            meter.spend(before - self.budget);
            meter.grow(self.grown);
        }
    }

    /// Loops end: what takes long is left to the evaluator and its bound.
    pub(super) fn spend(&mut self, cost: u64) {
        match self.budget.checked_sub(cost) {
            Some(left) => self.budget = left,
            None => self.doubt(true),
        }
    }

    pub(super) fn facts(&self) -> Option<&'a Facts> {
        match self.source {
            Source::Case(context) => Some(context.facts),
            Source::Alone(alone) => Some(&alone.facts),
            Source::Table(_) => None,
        }
    }

    pub(super) fn item_list(&self, scope: u8) -> Option<&'a List> {
        self.item(scope)?.1
    }

    #[inline(always)]
    fn cells(&self, scope: u8) -> &'a [i64] {
        match scope {
            0 => self.cells,
            scope => self.item(scope).map_or(&[], |item| item.0),
        }
    }

    #[inline(always)]
    fn item(&self, scope: u8) -> Option<&Item<'a>> {
        self.frame.as_ref()?.items.get(usize::from(scope).wrapping_sub(1))
    }

    #[inline(always)]
    fn item_mut(&mut self, scope: u8) -> Option<&mut Item<'a>> {
        self.frame.as_mut()?.items.get_mut(usize::from(scope).wrapping_sub(1))
    }

    /// The word of a cell, if it is known.
    #[inline(always)]
    fn read(&mut self, cell: Cell) -> (i64, bool) {
        match cell.place.word(self.cells(cell.scope)) {
            Some(word) => (word, true),
            None => self.missing(cell),
        }
    }

    #[inline(never)]
    fn missing(&mut self, cell: Cell) -> (i64, bool) {
        let there = cell.place.cell(self.cells(cell.scope)).presence != Presence::Unknown;
        self.doubt(there);
        (0, false)
    }

    /// A list as a table; `None` where it is unknown or not sure.
    #[inline]
    fn list(&mut self, list: ListRef) -> Option<&'a List> {
        let found = match list {
            ListRef::Fact { length, slot } => {
                if !self.read(length).1 {
                    return None;
                }
                match self.source {
                    Source::Table((columns, row)) => columns.list(slot, *row),
                    _ => self.facts().and_then(|facts| facts.list(slot)).map(|list| &**list),
                }
            }
            ListRef::Item(cell) => {
                let (number, known) = self.read(cell);
                if !known {
                    return None;
                }
                self.item_list(cell.scope).and_then(|list| list.list(number))
            }
        };
        if found.is_none() {
            self.doubt(true);
        }
        found
    }

    /// Goes through a loop, until a turn ends it.
    #[inline(always)]
    fn turns<T>(
        &mut self,
        over: &Over,
        scope: u8,
        cost: u32,
        mut turn: impl FnMut(&mut Self, usize) -> ControlFlow<T>,
    ) -> Ended<T> {
        match over {
            Over::List(list) => {
                let list = self.list(*list)?;
                self.item_mut(scope)?.1 = Some(list);
                for (number, cells) in list.rows().enumerate() {
                    self.spend(cost.into());
                    if self.unsure {
                        return None;
                    }
                    self.item_mut(scope)?.0 = cells;
                    if let ControlFlow::Break(early) = turn(self, number) {
                        return Some(ControlFlow::Break(early));
                    }
                }
            }
            Over::Numbers { from, below, register } => {
                let (from, below) = (self.word(from, One), self.word(below, One));
                if self.unsure || !from.known || !below.known {
                    return None;
                }
                let length = i128::from(below.words) - i128::from(from.words);
                self.spend(u64::try_from(length).unwrap_or(if length > 0 { u64::MAX } else { 0 }));
                let most = self.rules.limits.list_items as i128;
                if length > most {
                    self.doubt(true);
                }
                for (number, word) in (from.words..below.words).enumerate() {
                    self.spend(cost.into());
                    if self.unsure {
                        return None;
                    }
                    self.set(*register, word);
                    if let ControlFlow::Break(early) = turn(self, number) {
                        return Some(ControlFlow::Break(early));
                    }
                }
            }
        }
        Some(ControlFlow::Continue(()))
    }

    /// For which items a test holds that is no more than checks of their cells.
    #[inline(always)]
    fn holding(&self, list: &List, scope: u8, test: &Test) -> Option<u64> {
        match test {
            Test::Constant(true) => Some(u64::MAX),
            Test::Checks(checks) if checks.0.scope() == scope => {
                let (count, cells, width) = list.cells();
                let read = |cell: Cell| cell.place.word(self.cells(cell.scope));
                if count <= 64 { checks.0.decide_rows(cells, width, read) } else { None }
            }
            _ => None,
        }
    }

    /// Which items of a short list pass, and for which of them a test holds, where both are checks and all is known; and how
    /// many items there are.
    #[inline(always)]
    fn checked(&mut self, each: &Each) -> Option<(u64, u64, u32)> {
        let Over::List(list) = &each.over else { return None };
        if !matches!(each.test, Test::Checks(_) | Test::Constant(true)) {
            return None;
        }
        let list = self.list(*list)?;
        let count = list.cells().0;
        if count > 64 {
            return None;
        }
        let all = if count == 64 { u64::MAX } else { (1 << count) - 1 };
        let passing = match &each.filter {
            Some(filter) => self.holding(list, each.scope, filter)?,
            None => u64::MAX,
        };
        let holding = self.holding(list, each.scope, &each.test)?;
        Some((passing & all, holding, u32::try_from(count).ok()?))
    }

    /// The sum of a cell over the items of a short list for which checks hold, where all that is known.
    #[inline(always)]
    fn total_of_checked(&mut self, each: &Each, word: &Word) -> Option<i64> {
        let (Over::List(list), Word::Cell(cell)) = (&each.over, word) else { return None };
        if cell.scope != each.scope {
            return None;
        }
        let (passing, holding, count) = self.checked(each)?;
        let found = passing & holding;
        let mut sum = 0_i64;
        for (place, row) in self.list(*list)?.rows().enumerate() {
            if found >> place & 1 == 1 {
                sum = sum.checked_add(cell.place.word(row)?)?;
            }
        }
        self.spend(u64::from(count) * u64::from(each.cost));
        (count as usize <= self.rules.limits.list_items).then_some(sum)
    }

    /// Whether an item passes and its test holds; `None` where something of it is unknown or not sure.
    #[inline(always)]
    fn passes(&mut self, each: &Each) -> Option<bool> {
        if let Some(filter) = &each.filter {
            let passes = self.asked(filter)?;
            if !passes {
                return Some(false);
            }
        }
        self.asked(&each.test)
    }

    #[inline(always)]
    fn asked(&mut self, test: &Test) -> Option<bool> {
        let found = self.test(test, One);
        (found.known && !self.unsure).then_some(found.truth)
    }

    /// What decides, in the order of the list: the number of the item whose test comes to that.
    #[inline(always)]
    fn search(&mut self, each: &Each, wanted: bool) -> Ended<Option<usize>> {
        if let Some((passing, holding, count)) = self.checked(each) {
            let first = (passing & if wanted { holding } else { !holding }).trailing_zeros();
            let turns = if each.filter.is_some() { count } else { count.min(first.saturating_add(1)) };
            self.spend(u64::from(turns) * u64::from(each.cost));
            return match (self.unsure, first < count) {
                (true, _) => None,
                (false, true) => Some(ControlFlow::Break(Some(first as usize))),
                (false, false) => Some(ControlFlow::Continue(())),
            };
        }
        if each.filter.is_some() {
            return self.search_filtered(each, wanted);
        }
        self.turns(&each.over, each.scope, each.cost, |this, number| match this.asked(&each.test) {
            Some(found) if found != wanted => ControlFlow::Continue(()),
            Some(_) => ControlFlow::Break(Some(number)),
            None => ControlFlow::Break(None),
        })
    }

    /// The filter is asked of every item, even behind one that decides.
    fn search_filtered(&mut self, each: &Each, wanted: bool) -> Ended<Option<usize>> {
        let filter = each.filter.as_ref()?;
        let mut found: Option<Option<usize>> = None;
        let all = self.turns(&each.over, each.scope, each.cost, |this, number| {
            match this.asked(filter) {
                Some(false) => {}
                Some(true) if found.is_some() => {}
                Some(true) => match this.asked(&each.test) {
                    Some(truth) if truth != wanted => {}
                    Some(_) => found = Some(Some(number)),
                    None => found = Some(None),
                },
                None => {
                    this.doubt(each.chained);
                    return ControlFlow::Break(None);
                }
            }
            ControlFlow::Continue(())
        })?;
        Some(match (all, found) {
            (ControlFlow::Continue(()), Some(found)) => ControlFlow::Break(found),
            (all, _) => all,
        })
    }

    /// 128 bits are enough for every sum: factors are small together.
    #[inline(always)]
    fn added_up(&mut self, sum: &Sum) -> (i128, bool) {
        let (mut all, mut known) = (i128::from(sum.constant), true);
        for (factor, word) in &sum.terms {
            let (word, there) = match word {
                Word::Cell(cell) => self.read(*cell),
                word => {
                    let found = self.word(word, One);
                    (found.words, found.known)
                }
            };
            known &= there;
            all = all.wrapping_add(i128::from(word).wrapping_mul(i128::from(*factor)));
        }
        (all, known)
    }
}

impl Rows for Row<'_> {
    type Bits = bool;
    type Live = One;
    type Words = i64;

    fn rules(&self) -> &Rules {
        self.rules
    }

    #[cold]
    fn note(&mut self, rows: bool) {
        self.unsure |= rows;
    }

    #[inline(always)]
    fn doubted(&self) -> bool {
        self.unsure
    }

    #[inline(always)]
    fn register(&self, register: u8) -> i64 {
        self.frame.as_ref().and_then(|frame| frame.variables.get(usize::from(register))).copied().unwrap_or(0)
    }

    #[inline(always)]
    fn set(&mut self, register: u8, word: i64) {
        if let Some(place) =
            self.frame.as_mut().and_then(|frame| frame.variables.get_mut(usize::from(register)))
        {
            *place = word;
        }
    }

    #[inline(always)]
    fn cell(&mut self, cell: Cell, _: One) -> Lane<i64, bool> {
        let (words, known) = self.read(cell);
        Lane { words, known }
    }

    fn there(&mut self, cell: Cell) -> bool {
        cell.place.cell(self.cells(cell.scope)).presence != Presence::Unknown
    }

    #[inline(always)]
    fn cell_range(&mut self, cell: Cell, low: i64, high: i64, _: One) -> Three<bool> {
        let (word, known) = self.read(cell);
        Three { truth: known & (word >= low) & (word <= high), known }
    }

    fn sum(&mut self, sum: &Sum, _: One) -> Lane<i64, bool> {
        let (all, known) = self.added_up(sum);
        match i64::try_from(all) {
            Ok(words) => Lane { words, known },
            Err(_) => {
                self.doubt(known);
                Lane::unknown()
            }
        }
    }

    fn linear(&mut self, linear: &Linear, _: One) -> Three<bool> {
        let (all, known) = self.added_up(&linear.sum);
        Three { truth: known & (all >= linear.low) & (all <= linear.high), known }
    }

    #[inline]
    fn checks(&mut self, checks: &(Checks, Test), _: One) -> Three<bool> {
        let (checks, tree) = checks;
        match checks.decide_words(self.cells(checks.scope())) {
            Some(Truth::True) => Three { truth: true, known: true },
            Some(Truth::False) => Three { truth: false, known: true },
            Some(Truth::Unknown) => Three::UNKNOWN,
            None => self.test(tree, One),
        }
    }

    fn active(&self, state: StateId) -> bool {
        match self.source {
            Source::Case(context) => context.active.binary_search(&state).is_ok(),
            Source::Alone(_) | Source::Table(_) => false,
        }
    }

    #[inline(never)]
    fn outside(&mut self, outside: &Outside, _: One) -> Lane<i64, bool> {
        let Some(context) = self.source.context() else {
            self.doubt(true);
            return Lane::unknown();
        };
        if matches!(outside, Outside::Last(_) | Outside::Count(_)) {
            self.spend(context.past.events.len() as u64 / 16);
        }
        let found = match outside {
            Outside::Now => Some(context.now.microseconds()),
            Outside::Today => Some(context.now.date().days()),
            Outside::EventAt => context.event.map(|event| event.at.microseconds()),
            Outside::EventDate => context.event.map(|event| event.at.date().days()),
            Outside::Last(pattern) => context.past.last(pattern).map(|time| time.microseconds()),
            Outside::Count(pattern) => {
                Some(i64::try_from(context.past.count(pattern)).unwrap_or(i64::MAX))
            }
            Outside::Since(state) => {
                context.past.entered.get(state).map(|time| time.microseconds())
            }
            Outside::Data(name, form) => {
                context.event.and_then(|event| event.data.get(name)).map(|value| {
                    let cell = form.cell(value);
                    self.doubt(cell.presence == Presence::Wide);
                    cell.word
                })
            }
        };
        Lane { words: found.unwrap_or(0), known: found.is_some() }
    }

    fn text(&mut self, test: &TextTest, _: One) -> Three<bool> {
        self.text_holds(test)
    }

    fn length(&mut self, text: &Text, _: One) -> Lane<i64, bool> {
        self.text_length(text)
    }

    fn text_known(&mut self, text: &Text, _: One) -> bool {
        self.is_text_known(text)
    }

    #[inline(never)]
    fn at(&mut self, at: &At, _: One) -> Lane<i64, bool> {
        let index = self.word(&at.index, One);
        let list = self.list(at.list);
        let unknown = Lane::unknown();
        let (Some(list), true, false) = (list, index.known, self.unsure) else { return unknown };
        let cells = usize::try_from(index.words).ok().and_then(|number| list.row(number));
        let Some(cells) = cells else {
            self.doubt(true);
            return unknown;
        };
        let found = at.cell.place.cell(cells);
        if found.presence == Presence::Wide {
            self.doubt(true);
        }
        Lane { words: found.word, known: found.presence == Presence::Exact }
    }

    #[inline(never)]
    fn quantified(&mut self, each: &Each, every: bool, _: One) -> Three<bool> {
        match self.search(each, !every) {
            Some(ControlFlow::Break(Some(_))) => Three { truth: !every, known: true },
            Some(ControlFlow::Continue(())) => Three { truth: every, known: true },
            Some(ControlFlow::Break(None)) | None => Three::UNKNOWN,
        }
    }

    #[inline(never)]
    fn first(&mut self, each: &Each, _: One) -> Lane<i64, bool> {
        match self.search(each, true) {
            Some(ControlFlow::Break(Some(number))) => {
                Lane { words: i64::try_from(number).unwrap_or(i64::MAX), known: true }
            }
            _ => Lane::unknown(),
        }
    }

    #[inline(never)]
    fn counted(&mut self, each: &Each, _: One) -> Lane<i64, bool> {
        if let Some((passing, holding, count)) = self.checked(each) {
            self.spend(u64::from(count) * u64::from(each.cost));
            let words = (passing & holding).count_ones().into();
            return Lane { words, known: !self.unsure };
        }
        let mut count = 0;
        let ended = self.turns(&each.over, each.scope, each.cost, |this, _| {
            match this.passes(each) {
                Some(passes) => count += i64::from(passes),
                None => {
                    this.doubt(each.chained);
                    return ControlFlow::Break(());
                }
            }
            ControlFlow::Continue(())
        });
        Lane { words: count, known: matches!(ended, Some(ControlFlow::Continue(()))) }
    }

    #[inline(never)]
    fn total(&mut self, each: &Each, word: &Word, _: One) -> Lane<i64, bool> {
        if let Some(sum) = self.total_of_checked(each, word) {
            return Lane { words: sum, known: !self.unsure };
        }
        let most = self.rules.limits.list_items;
        let mut sum = 0_i64;
        let ended = self.turns(&each.over, each.scope, each.cost, |this, number| {
            match this.passes(each) {
                Some(true) => {}
                Some(false) => return ControlFlow::Continue(()),
                None => {
                    this.doubt(each.chained);
                    return ControlFlow::Break(());
                }
            }
            let found = this.word(word, One);
            if !found.known {
                this.doubt(each.chained);
                return ControlFlow::Break(());
            }
            match sum.checked_add(found.words).filter(|_| number < most) {
                Some(found) => sum = found,
                None => this.doubt(true),
            }
            if this.unsure { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        Lane { words: sum, known: matches!(ended, Some(ControlFlow::Continue(()))) }
    }

    #[inline(never)]
    fn fold(&mut self, fold: &Fold, _: One) -> bool {
        for (register, word) in &fold.before {
            let found = self.word(word, One);
            if !found.known || self.unsure {
                return false;
            }
            self.set(*register, found.words);
        }
        let ended = self.turns(&fold.over, fold.scope, fold.cost, |this, number| {
            if let Some(counter) = fold.counter {
                this.set(counter, i64::try_from(number).unwrap_or(i64::MAX));
            }
            for step in &fold.steps {
                if this.bound(step, One).is_none() {
                    return ControlFlow::Break(false);
                }
            }
            match fold.until {
                Some(until) if this.register(until) != 0 => ControlFlow::Break(true),
                _ => ControlFlow::Continue(()),
            }
        });
        matches!(ended, Some(ControlFlow::Continue(()) | ControlFlow::Break(true)))
    }
}
