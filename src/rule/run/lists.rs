//! Loops of one row: over the items of a list, which is a small table, or over numbers.

use std::ops::ControlFlow;

use super::super::facts::List;
use super::super::ir::{Cell, Each, ListRef, Over, Test, Turns, Word};
use super::Rows;
use super::row::Row;
use super::source::Source;
use super::width::{Kleene, One};

/// How a loop ended: behind its last turn, or early; `None` where it is not known what it goes through.
pub(super) type Ended<T> = Option<ControlFlow<T>>;

/// Which items of a short list pass, and for which of them a test holds; its cells, and how many items there are.
pub(super) struct Checked<'a> {
    pub passing: u64,
    pub holding: u64,
    list: &'a List,
    pub count: u64,
}

impl<'a> Row<'a> {
    /// A list as a table; `None` where it is unknown or not sure.
    #[inline]
    pub(super) fn list(&mut self, list: ListRef) -> Option<&'a List> {
        let (found, cell) = match list {
            // There is none where it is unknown.
            ListRef::Fact { length, slot } => {
                let found = match self.source {
                    Source::Table((columns, row)) => columns.list(slot, *row),
                    Source::Case(context) => context.facts.list(slot).map(|list| &**list),
                    Source::Alone(alone) => alone.facts.list(slot).map(|list| &**list),
                };
                (found, length)
            }
            ListRef::Item(cell) => match self.read(cell) {
                (number, true) => {
                    (self.item_list(cell.scope).and_then(|list| list.list(number)), cell)
                }
                _ => return None,
            },
        };
        if found.is_none() {
            let (_, known) = self.read(cell);
            self.doubt(known);
        }
        found
    }

    /// Goes through a loop, until a turn ends it.
    #[inline(always)]
    pub(super) fn turns<T>(
        &mut self,
        turns: &Turns,
        mut turn: impl FnMut(&mut Self, usize) -> ControlFlow<T>,
    ) -> Ended<T> {
        let (mut early, mut taken) = (ControlFlow::Continue(()), 0_usize);
        match &turns.over {
            Over::List(list) => {
                let list = self.list(*list)?;
                self.item_mut(turns.scope)?.1 = Some(list);
                for cells in list.rows() {
                    self.item_mut(turns.scope)?.0 = cells;
                    early = turn(self, taken);
                    taken += 1;
                    if self.unsure {
                        return None;
                    }
                    if early.is_break() {
                        break;
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
                if length > most || self.unsure {
                    self.doubt(true);
                    return None;
                }
                for word in from.words..below.words {
                    self.set(*register, word);
                    early = turn(self, taken);
                    taken += 1;
                    if self.unsure {
                        return None;
                    }
                    if early.is_break() {
                        break;
                    }
                }
            }
        }
        self.spend(taken as u64 * u64::from(turns.cost));
        if self.unsure { None } else { Some(early) }
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

    /// Which items of a short list pass, where filter and test are checks and all is known.
    #[inline(always)]
    pub(super) fn checked(&mut self, each: &Each) -> Option<Checked<'a>> {
        let Over::List(list) = &each.turns.over else { return None };
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
            Some(filter) => self.holding(list, each.turns.scope, filter)?,
            None => u64::MAX,
        };
        let holding = self.holding(list, each.turns.scope, &each.test)?;
        Some(Checked { passing: passing & all, holding, list, count: count as u64 })
    }

    /// The sum of a cell over the items of a short list for which checks hold, where all that is known.
    #[inline(always)]
    pub(super) fn total_of_checked(&mut self, each: &Each, word: &Word) -> Option<i64> {
        let Word::Cell(cell) = word else { return None };
        if cell.scope != each.turns.scope {
            return None;
        }
        let found = self.checked(each)?;
        let held = found.passing & found.holding;
        let mut sum = 0_i64;
        for (place, row) in found.list.rows().enumerate() {
            if held >> place & 1 == 1 {
                sum = sum.checked_add(cell.place.word(row)?)?;
            }
        }
        self.spend(found.count * u64::from(each.turns.cost));
        (found.count <= self.rules.limits.list_items as u64).then_some(sum)
    }

    /// Whether an item passes and its test holds; `None` where something of it is unknown or not sure.
    #[inline(always)]
    pub(super) fn passes(&mut self, each: &Each) -> Option<bool> {
        if let Some(filter) = &each.filter {
            let passes = self.asked(filter)?;
            if !passes {
                return Some(false);
            }
        }
        self.asked(&each.test)
    }

    #[inline(always)]
    pub(super) fn asked(&mut self, test: &Test) -> Option<bool> {
        let found = self.test(test, One);
        (found.known && !self.unsure).then_some(found.truth)
    }

    /// The items of a short list that decide, where filter and test are checks and all is known.
    #[inline(always)]
    pub(super) fn deciding(&mut self, each: &Each, wanted: bool) -> Option<u64> {
        let Checked { passing, holding, count, .. } = self.checked(each)?;
        let deciding = passing & if wanted { holding } else { !holding };
        let first = u64::from(deciding.trailing_zeros());
        let turns = if each.filter.is_some() { count } else { count.min(first + 1) };
        self.spend(turns * u64::from(each.turns.cost));
        Some(deciding)
    }

    /// What decides, in the order of the list: the number of the item whose test comes to that.
    #[inline(always)]
    pub(super) fn search(&mut self, each: &Each, wanted: bool) -> Ended<Option<usize>> {
        if let Some(deciding) = self.deciding(each, wanted) {
            return match (self.unsure, deciding) {
                (true, _) => None,
                (false, 0) => Some(ControlFlow::Continue(())),
                _ => Some(ControlFlow::Break(Some(deciding.trailing_zeros() as usize))),
            };
        }
        self.search_each(each, wanted)
    }

    /// Up to the first item that decides. Where none does, and something is unknown of one, so is the answer.
    #[inline(never)]
    pub(super) fn quantified_openly(&mut self, each: &Each, every: bool) -> Kleene<bool> {
        let mut undecided = false;
        let ended = self.turns(&each.turns, |this, _| {
            let found = this.test(&each.test, One);
            undecided |= !found.known;
            let decides = found.known & (found.truth != every);
            if decides { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        match ended {
            Some(ControlFlow::Break(())) => Kleene { truth: !every, known: true },
            Some(ControlFlow::Continue(())) if !undecided => Kleene { truth: every, known: true },
            _ => Kleene::UNKNOWN,
        }
    }

    /// One after another.
    #[inline(never)]
    pub(super) fn search_each(&mut self, each: &Each, wanted: bool) -> Ended<Option<usize>> {
        if each.filter.is_some() {
            return self.search_filtered(each, wanted);
        }
        self.turns(&each.turns, |this, number| match this.asked(&each.test) {
            Some(found) if found != wanted => ControlFlow::Continue(()),
            Some(_) => ControlFlow::Break(Some(number)),
            None => ControlFlow::Break(None),
        })
    }

    /// The filter is asked of every item, even behind one that decides.
    fn search_filtered(&mut self, each: &Each, wanted: bool) -> Ended<Option<usize>> {
        let filter = each.filter.as_ref()?;
        let mut found: Option<Option<usize>> = None;
        let all = self.turns(&each.turns, |this, number| {
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
}
