//! Lists by counting: what is asked of items divides them into classes, and every class has so many items.
//!
//! A class that has an item has one that stands for all of its items, with variables of its own. So "how many are there that
//! …" is a sum of counts, and "some" and "all" are comparisons of such sums with 0.

use std::collections::{BTreeMap, BTreeSet};

use super::formula::F;
use super::linear::{Lin, Number as Var, Variable};
use super::places::{Root, Sort};
use super::rational::{Exact, Ratio};
use super::script::returns;
use super::symbol::{List, Outcomes, Symbol, Text, Verdicts};
use super::unfold::{Asks, Outcome, Predicate, Unfolder};
use crate::rule::program::{Each, Node, Op};
use crate::rule::syntax::{Binary, Extent};

/// Classes of one list.
const CLASSES: usize = 64;
/// Items of a list that is written out which are asked one by one.
const WRITTEN: usize = 24;

/// A class of the items of a list.
#[derive(Debug, Clone)]
pub(super) struct Class {
    /// How many items it has.
    pub count: Var,
    /// The item that stands for all.
    pub place: usize,
}

/// The classes of each list that a question comes to.
pub(super) type Classes = BTreeMap<usize, Vec<Class>>;

const OUTCOMES: [Outcome; 4] = [Outcome::Holds, Outcome::Fails, Outcome::Unknown, Outcome::Fault];

impl<'w> Unfolder<'w> {
    /// A closure asked of the items of a list.
    pub fn asked(
        &mut self,
        node: &'w Node,
        each: Each,
        list: &'w Node,
        slot: u32,
        body: &'w Node,
    ) -> Outcomes {
        let value = self.eval(list);
        let mut found = Outcomes { cases: Vec::new(), unknown: value.unknown, fault: value.fault };
        // Nobody can be said not to be among those who sent it without an id; rows may matter or not.
        let made = matches!(list.op, Op::Each { each: Each::Filter | Each::Map, .. });
        if list.asked_senders().is_some() || (made && value.unknown != F::FALSE) {
            found.unknown = F::TRUE;
        }
        for (when, symbol) in value.cases {
            let one = match symbol {
                Symbol::List(List::Items { list, filters }) => {
                    let ask = self.predicate_of(list, slot, body);
                    self.of_items(each, list, filters, ask)
                        .unwrap_or(Outcomes::vague("bound:digits"))
                }
                Symbol::List(List::Written(items))
                    if matches!(each, Each::All | Each::Some) && items.len() <= WRITTEN =>
                {
                    Outcomes::of(self.of_written(each == Each::All, &items, slot, body))
                }
                _ => match each {
                    Each::All | Each::Some => {
                        let flag = self.vague_flag("list", Some(node));
                        let fails = self.formula.opposite(flag);
                        let (unknown, fault) = (F::TRUE, F::TRUE);
                        Outcomes::of(Verdicts { holds: flag, fails, unknown, fault })
                    }
                    _ => Outcomes::vague("list"),
                },
            };
            let one = one.when(&mut self.formula, when);
            found.or(&mut self.formula, one);
        }
        found
    }

    fn of_items(
        &mut self,
        each: Each,
        list: usize,
        filters: Vec<usize>,
        ask: usize,
    ) -> Exact<Outcomes> {
        let all: Vec<(usize, Outcome)> =
            filters.iter().map(|filter| (*filter, Outcome::Holds)).collect();
        let some = |this: &mut Self, outcome: Outcome| -> Exact<(F, F)> {
            let with = all.iter().copied().chain([(ask, outcome)]).collect();
            let count = Lin::of(this.count(list, with));
            let some = this.formula.at_most_zero(&count.neg().plus(Ratio::ONE)?, false)?;
            Ok((some, this.formula.opposite(some)))
        };
        let (holds, none_holds) = some(self, Outcome::Holds)?;
        let (fails, none_fails) = some(self, Outcome::Fails)?;
        let (open, none_open) = some(self, Outcome::Unknown)?;
        let (fault, none_fault) = some(self, Outcome::Fault)?;
        Ok(match each {
            Each::All => {
                let holds = self.formula.all(vec![none_fails, none_open, none_fault]);
                // With rows that may be there or not nothing is said here of which decide.
                let unknown = self.formula.and(open, none_fails);
                Outcomes::of(Verdicts { holds, fails, unknown, fault })
            }
            Each::Some => {
                let fails = self.formula.all(vec![none_holds, none_open, none_fault]);
                let unknown = self.formula.and(open, none_holds);
                Outcomes::of(Verdicts { holds, fails, unknown, fault })
            }
            Each::Filter => {
                let mut filters = filters;
                filters.push(ask);
                let symbol = Symbol::List(List::Items { list, filters });
                Outcomes { cases: vec![(F::TRUE, symbol)], unknown: open, fault }
            }
            _ => Outcomes::vague("list"),
        })
    }

    fn of_written(
        &mut self,
        every: bool,
        items: &[Outcomes],
        slot: u32,
        body: &'w Node,
    ) -> Verdicts {
        let mut parts = Vec::with_capacity(items.len());
        for item in items {
            let item = Outcomes { unknown: F::FALSE, fault: F::FALSE, ..item.clone() };
            let known = item.known(&mut self.formula);
            let found = self.with_item(slot, item, body).when(&mut self.formula, known);
            parts.push(if every { found } else { found.negated() });
        }
        let found = self.conjunction(&parts);
        if every { found } else { found.negated() }
    }

    fn with_item(&mut self, slot: u32, item: Outcomes, body: &'w Node) -> Verdicts {
        if returns(body) {
            return Verdicts { holds: F::TRUE, fails: F::TRUE, unknown: F::TRUE, fault: F::TRUE };
        }
        let before = self.locals.clone();
        let place = slot as usize;
        self.locals.resize(self.locals.len().max(place + 1), None);
        if let Some(local) = self.locals.get_mut(place) {
            *local = Some(item);
        }
        let found = self.truth(body);
        self.locals = before;
        found
    }

    /// The number of what a closure asks: closures that are written alike and hang on nothing but the item are one.
    fn predicate_of(&mut self, list: usize, slot: u32, body: &'w Node) -> usize {
        let Some(program) = self.program else { return usize::MAX };
        let mut places = Vec::new();
        let mut captures = false;
        let mut waiting = vec![body];
        while let Some(node) = waiting.pop() {
            match &node.op {
                Op::Local(own) if *own == slot => {
                    places.push(node.at.start.saturating_sub(body.at.start));
                }
                Op::Local(_) | Op::Let { .. } | Op::Assign { .. } | Op::Each { .. } => {
                    captures = true;
                }
                _ => {}
            }
            waiting.extend(node.children());
        }
        let key = format!(
            "{:?} {list} {places:?} {}",
            self.scope.event.map(|(id, _)| id),
            program.text(body.at)
        );
        if !captures && let Some(known) = self.known_predicates.get(&key) {
            return *known;
        }
        let asks = Asks::Closure { program, slot, body, locals: self.locals.clone() };
        self.predicates.push(Predicate { list, asks, event: self.scope.event });
        let number = self.predicates.len() - 1;
        if !captures {
            self.known_predicates.insert(key, number);
        }
        number
    }

    /// Whether some item of a list is a value.
    pub fn item_is(&mut self, list: usize, symbol: &Symbol) -> Verdicts {
        let vague = Verdicts { holds: F::TRUE, fails: F::TRUE, unknown: F::FALSE, fault: F::TRUE };
        if matches!(symbol, Symbol::Vague(_) | Symbol::List(_) | Symbol::Record(_)) {
            return vague;
        }
        let same = |other: &Predicate<'w>| {
            other.list == list && matches!(&other.asks, Asks::Equals(known) if known == symbol)
        };
        let ask = match self.predicates.iter().position(same) {
            Some(known) => known,
            None => {
                let asks = Asks::Equals(symbol.clone());
                self.predicates.push(Predicate { list, asks, event: self.scope.event });
                self.predicates.len() - 1
            }
        };
        match self.of_items(Each::Some, list, Vec::new(), ask) {
            Ok(found) => self.verdicts(found, None),
            Err(_) => vague,
        }
    }

    /// How many items a list has that all filters let through.
    pub fn how_many(&mut self, list: usize, filters: &[usize]) -> Outcomes {
        let all = filters.iter().map(|filter| (*filter, Outcome::Holds)).collect();
        let lin = Lin::of(self.count(list, all));
        Outcomes::just(Symbol::Number { lin, places: Some(0), whole: true })
    }

    /// How many items there are that come to all of these.
    fn count(&mut self, list: usize, mut all: Vec<(usize, Outcome)>) -> Var {
        all.sort_unstable();
        all.dedup();
        let key = (list, all);
        if let Some(known) = self.known_counts.get(&key) {
            return *known;
        }
        let variable = match (self.places.lists.get(list), key.1.is_empty()) {
            (Some(declared), true) => declared.length,
            _ => self.formula.variable(Variable::whole(Some(0), Some(i64::MAX.into()))),
        };
        self.counts.insert(variable, key.clone());
        self.known_counts.insert(key, variable);
        variable
    }

    /// What a predicate comes to for an item.
    fn comes_to(&mut self, ask: usize, place: usize) -> Verdicts {
        if let Some(known) = self.known_items.get(&(ask, place)) {
            return *known;
        }
        let all = Verdicts { holds: F::TRUE, fails: F::TRUE, unknown: F::TRUE, fault: F::TRUE };
        let Some(predicate) = self.predicates.get(ask).cloned() else { return all };
        let item = self.places.outcomes(&mut self.formula, place);
        let outer = std::mem::replace(&mut self.scope.event, predicate.event);
        let found = match predicate.asks {
            Asks::Closure { program, slot, body, locals } => {
                let before = std::mem::replace(&mut self.locals, locals);
                let running = self.program.replace(program);
                let found = self.with_item(slot, item, body);
                self.program = running;
                self.locals = before;
                found
            }
            Asks::Equals(symbol) => {
                let node = Node::new(Extent::default(), Op::Nothing);
                let found = self.pair(&node, Binary::Equal, &Outcomes::just(symbol), &item);
                self.verdicts(found, None)
            }
        };
        self.scope.event = outer;
        self.known_items.insert((ask, place), found);
        found
    }

    fn item_place(&mut self, list: usize, label: String) -> Option<usize> {
        let item = self.places.lists.get(list)?.item;
        Some(self.places.place(&mut self.formula, Root::Item(list, label), item, true))
    }

    /// What always holds of the counts of a list, for what a question asks of its items. `None` where there are more classes
    /// than are told apart; then nothing is said.
    pub fn classes(
        &mut self,
        list: usize,
        asks: &BTreeSet<usize>,
        counts: &[Var],
    ) -> Option<(Vec<F>, Vec<Class>)> {
        let probe = self.item_place(list, String::new())?;
        let mut all: Vec<Vec<(usize, Outcome)>> = vec![Vec::new()];
        for ask in asks {
            let verdicts = self.comes_to(*ask, probe);
            let possible: Vec<Outcome> =
                OUTCOMES.into_iter().filter(|outcome| outcome.of(verdicts) != F::FALSE).collect();
            // An item is one constant at most.
            let is_word = |ask: usize| {
                let asks = self.predicates.get(ask).map(|predicate| &predicate.asks);
                matches!(asks, Some(Asks::Equals(Symbol::Text(Text::Word(_)))))
            };
            let own = is_word(*ask);
            let mut more = Vec::new();
            for class in &all {
                let taken = own
                    && class
                        .iter()
                        .any(|(other, found)| *found == Outcome::Holds && is_word(*other));
                for outcome in possible.iter().filter(|one| !taken || **one != Outcome::Holds) {
                    more.push(class.iter().copied().chain([(*ask, *outcome)]).collect::<Vec<_>>());
                }
            }
            if more.len() > CLASSES {
                return None;
            }
            all = more;
        }
        let mut axioms = Vec::new();
        let mut classes = Vec::new();
        let mut members: Vec<(Var, Vec<(usize, Outcome)>)> = Vec::new();
        for class in all {
            let label = format!("{class:?}");
            let place = self.item_place(list, label.clone())?;
            // Nothing fits into such a list, which is another matter than that it is not there.
            if matches!(self.places.all.get(place)?.sort, Sort::Nothing) {
                return None;
            }
            let mut conditions = Vec::new();
            for (ask, outcome) in &class {
                let verdicts = self.comes_to(*ask, place);
                conditions.push(outcome.of(verdicts));
            }
            let condition = self.formula.all(conditions);
            if condition == F::FALSE {
                continue;
            }
            let key = (list, label);
            let count = match self.class_counts.get(&key) {
                Some(known) => *known,
                None => {
                    let info = Variable::whole(Some(0), Some(i64::MAX.into()));
                    let count = self.formula.variable(info);
                    self.class_counts.insert(key, count);
                    count
                }
            };
            let none = self.formula.at_most_zero(&Lin::of(count), false).ok()?;
            axioms.push(self.formula.or(none, condition));
            classes.push(Class { count, place });
            members.push((count, class));
        }
        for counted in counts {
            let (_, wanted) = self.counts.get(counted)?.clone();
            let mut sum = Lin::of(*counted).neg();
            for (count, class) in &members {
                if wanted.iter().all(|one| class.contains(one)) {
                    sum = sum.add(&Lin::of(*count)).ok()?;
                }
            }
            axioms.push(self.formula.zero(&sum).ok()?);
        }
        Some((axioms, classes))
    }
}

impl Outcome {
    fn of(self, verdicts: Verdicts) -> F {
        match self {
            Self::Holds => verdicts.holds,
            Self::Fails => verdicts.fails,
            Self::Unknown => verdicts.unknown,
            Self::Fault => verdicts.fault,
        }
    }
}
