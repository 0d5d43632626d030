//! One row: the facts of a case, or an item of a list.

use std::ops::ControlFlow;

use super::super::Checks;
use super::super::facts::{Facts, List, Presence};
use super::super::ir::{At, Cell, Each, Fold, Linear, Outside, Sum, Test, Text, TextTest, Word};
use super::super::{Context, Rules, Truth};
use super::Rows;
use super::source::{Item, Places, Source};
use super::width::{Kleene, Lane, One};
use crate::table::StateId;

/// What a rule looks at, one row wide. As little as is possible: most rules take less time than to put more in place.
pub(super) struct Row<'a> {
    /// Those of the facts.
    cells: &'a [i64],
    pub(super) source: Source<'a>,
    pub(super) rules: &'a Rules,
    variables: &'a mut [i64],
    /// By scope, from 1 on.
    items: &'a mut [Item<'a>],
    pub(super) unsure: bool,
    /// What loops and texts may still cost, and what has been made, in bytes.
    budget: u64,
    pub(super) grown: u64,
}

impl<'a> Row<'a> {
    /// The row of a case. Loops may take so much.
    #[inline(always)]
    pub fn over(
        rules: &'a Rules,
        source: Source<'a>,
        room: u64,
        (variables, items): Places<'a>,
    ) -> Self {
        let budget = match source {
            Source::Case(context) => context.meter.map_or(room, |meter| room.min(meter.left())),
            Source::Alone(_) | Source::Table(_) => room,
        };
        Self::new(rules, source.cells(), source, budget, (variables, items))
    }

    #[inline(always)]
    pub fn new(
        rules: &'a Rules,
        cells: &'a [i64],
        source: Source<'a>,
        budget: u64,
        (variables, items): Places<'a>,
    ) -> Self {
        Self { cells, source, rules, variables, items, unsure: false, budget, grown: 0 }
    }

    #[inline(always)]
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
    pub(super) fn cells(&self, scope: u8) -> &'a [i64] {
        match scope {
            0 => self.cells,
            scope => self.item(scope).map_or(&[], |item| item.0),
        }
    }

    #[inline(always)]
    fn item(&self, scope: u8) -> Option<&Item<'a>> {
        self.items.get(usize::from(scope).wrapping_sub(1))
    }

    #[inline(always)]
    pub(super) fn item_mut(&mut self, scope: u8) -> Option<&mut Item<'a>> {
        self.items.get_mut(usize::from(scope).wrapping_sub(1))
    }

    /// The word of a cell, if it is known.
    #[inline(always)]
    pub(super) fn read(&mut self, cell: Cell) -> (i64, bool) {
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
        self.variables.get(usize::from(register)).copied().unwrap_or(0)
    }

    #[inline(always)]
    fn set(&mut self, register: u8, word: i64) {
        if let Some(place) = self.variables.get_mut(usize::from(register)) {
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
    fn cell_range(&mut self, cell: Cell, low: i64, high: i64, _: One) -> Kleene<bool> {
        let (word, known) = self.read(cell);
        Kleene { truth: known & (word >= low) & (word <= high), known }
    }

    #[inline(never)]
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

    fn linear(&mut self, linear: &Linear, _: One) -> Kleene<bool> {
        let (all, known) = self.added_up(&linear.sum);
        Kleene { truth: known & (all >= linear.low) & (all <= linear.high), known }
    }

    #[inline]
    fn checks(&mut self, checks: &(Checks, Test), _: One) -> Kleene<bool> {
        let (checks, tree) = checks;
        if checks.captures() {
            return self.test(tree, One);
        }
        match checks.decide(self.cells(checks.scope())) {
            Some(Truth::True) => Kleene { truth: true, known: true },
            Some(Truth::False) => Kleene { truth: false, known: true },
            Some(Truth::Unknown) => Kleene::UNKNOWN,
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

    fn text(&mut self, test: &TextTest, _: One) -> Kleene<bool> {
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
        match at.cell.place.word(cells) {
            Some(words) => Lane { words, known: true },
            None => {
                self.doubt(at.cell.place.cell(cells).presence == Presence::Wide);
                unknown
            }
        }
    }

    #[inline(never)]
    fn quantified(&mut self, each: &Each, every: bool, _: One) -> Kleene<bool> {
        if let Some(deciding) = self.deciding(each, !every) {
            return Kleene { truth: (deciding == 0) == every, known: true };
        }
        if each.open {
            return self.quantified_openly(each, every);
        }
        match self.search_each(each, !every) {
            Some(ControlFlow::Break(Some(_))) => Kleene { truth: !every, known: true },
            Some(ControlFlow::Continue(())) => Kleene { truth: every, known: true },
            Some(ControlFlow::Break(None)) | None => {
                // Another row may decide, and the evaluator asks them all.
                self.doubt(true);
                Kleene::UNKNOWN
            }
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
        if let Some(found) = self.checked(each) {
            self.spend(found.count * u64::from(each.turns.cost));
            let words = (found.passing & found.holding).count_ones().into();
            return Lane { words, known: !self.unsure };
        }
        let mut count = 0;
        let ended = self.turns(&each.turns, |this, _| {
            match this.passes(each) {
                Some(passes) => count += i64::from(passes),
                None => {
                    // What is unknown of a row may not matter, and the evaluator knows.
                    this.doubt(true);
                    return ControlFlow::Break(());
                }
            }
            ControlFlow::Continue(())
        });
        let known = matches!(ended, Some(ControlFlow::Continue(())));
        Lane { words: count, known }
    }

    #[inline(never)]
    fn total(&mut self, each: &Each, word: &Word, _: One) -> Lane<i64, bool> {
        if let Some(sum) = self.total_of_checked(each, word) {
            return Lane { words: sum, known: !self.unsure };
        }
        let most = self.rules.limits.list_items;
        let mut sum = 0_i64;
        let ended = self.turns(&each.turns, |this, number| {
            match this.passes(each) {
                Some(true) => {}
                Some(false) => return ControlFlow::Continue(()),
                None => {
                    this.doubt(true);
                    return ControlFlow::Break(());
                }
            }
            let found = this.word(word, One);
            if !found.known {
                this.doubt(true);
                return ControlFlow::Break(());
            }
            match sum.checked_add(found.words).filter(|_| number < most) {
                Some(found) => sum = found,
                None => this.doubt(true),
            }
            if this.unsure { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        let known = matches!(ended, Some(ControlFlow::Continue(())));
        Lane { words: sum, known }
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
        let ended = self.turns(&fold.turns, |this, number| {
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
