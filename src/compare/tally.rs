//! What many cases come to: counted in pieces, put together in their order.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::course::{Course, Fate, Moment, Strange};
use super::decide::{Decider, blockers, deciders};
use super::exact;
use super::found::{
    Answered, Blocked, Comparison, Days, DifferenceGroup, Ends, FirstDifference, StateCount,
    TermCount, TermFates, Variant, WorkflowFigures,
};
use crate::case::answer::Outcome;
use crate::log::stats;

/// So many first differences are kept with their reasons in full.
const IN_FULL: usize = 1_000;

/// What came of some of the cases.
#[derive(Debug, Default)]
pub struct Piece {
    cases: usize,
    pub(super) left_out: usize,
    pub(super) unordered: usize,
    /// The base first.
    sides: Vec<Side>,
    against: Vec<Against>,
}

/// One workflow.
#[derive(Debug, Default)]
struct Side {
    ended: usize,
    not_begun: usize,
    blocked: BTreeMap<BlockedKey, usize>,
    reached: BTreeMap<String, usize>,
    terms: BTreeMap<String, TermFates>,
    strange: Strange,
}

/// Event, states, kind and name of what blocked.
type BlockedKey = (String, String, &'static str, String);

/// A variant beside the base, case by case.
#[derive(Debug, Default)]
struct Against {
    ends_otherwise: usize,
    decided_otherwise: usize,
    reach_other_states: usize,
    gained: BTreeMap<String, usize>,
    lost: BTreeMap<String, usize>,
    /// Later by so much, in microseconds, of the cases that end under both.
    later: Vec<i64>,
    only_base: usize,
    only_variant: usize,
    facts: BTreeMap<String, usize>,
    terms_lost: BTreeMap<String, usize>,
    terms_won: BTreeMap<String, usize>,
    list: Vec<FirstDifference>,
    groups: IndexMap<GroupKey, DifferenceGroup>,
}

type GroupKey = (Option<String>, &'static str, &'static str, Vec<String>, Vec<String>);

fn add<K: Ord>(sum: &mut BTreeMap<K, usize>, more: BTreeMap<K, usize>) {
    for (key, count) in more {
        *sum.entry(key).or_default() += count;
    }
}

impl Piece {
    pub(super) fn new(workflows: usize) -> Self {
        let mut piece = Self::default();
        piece.sides.resize_with(workflows, Side::default);
        piece.against.resize_with(workflows.saturating_sub(1), Against::default);
        piece
    }

    /// Takes in one case, under each workflow.
    pub(super) fn case(&mut self, name: &str, courses: Vec<Course>) {
        self.cases += 1;
        let Some((base, variants)) = courses.split_first() else { return };
        for (course, against) in variants.iter().zip(&mut self.against) {
            against.case(name, base, course);
        }
        for (course, side) in courses.into_iter().zip(&mut self.sides) {
            side.case(course);
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.cases += other.cases;
        self.left_out += other.left_out;
        self.unordered += other.unordered;
        for (own, new) in self.sides.iter_mut().zip(other.sides) {
            own.merge(new);
        }
        for (own, new) in self.against.iter_mut().zip(other.against) {
            own.merge(new);
        }
    }

    /// The figures of all, under names in the order of the workflows.
    pub(super) fn whole(self, names: &[String]) -> Comparison {
        let figures: Vec<WorkflowFigures> = self
            .sides
            .iter()
            .zip(names)
            .map(|(side, name)| WorkflowFigures {
                name: name.clone(),
                ended: side.ended,
                not_begun: side.not_begun,
                unknown: side.strange.unknown.clone(),
                unexpected: side.strange.unexpected.clone(),
                errors: side.strange.errors.clone(),
                left_out: side.strange.left_out.clone(),
            })
            .collect();
        let mut figures = figures.into_iter();
        let base = figures.next().unwrap_or_default();
        let (first, sides) = match self.sides.split_first() {
            Some((first, sides)) => (first, sides),
            None => (&Side::default(), &[][..]),
        };
        let both = sides.iter().zip(self.against).zip(figures);
        let cases = self.cases;
        let variants =
            both.map(|((side, against), figures)| against.whole(cases, first, side, figures));
        Comparison {
            cases,
            left_out: self.left_out,
            unordered: self.unordered,
            variants: variants.collect(),
            base,
        }
    }
}

impl Side {
    fn case(&mut self, course: Course) {
        self.ended += usize::from(course.ended.is_some());
        self.not_begun += usize::from(!course.has_begun);
        let mut states: &[String] = &[];
        for moment in &course.moments {
            if moment.outcome == Outcome::Blocked
                && let Some(decision) = &moment.decision
            {
                let event = moment.event.clone().unwrap_or_default();
                for one in blockers(decision) {
                    let key = (event.clone(), states.join(" + "), one.kind, one.name);
                    *self.blocked.entry(key).or_default() += 1;
                }
            }
            states = &moment.states;
        }
        for state in course.reached {
            *self.reached.entry(state).or_default() += 1;
        }
        for (term, fate) in course.terms {
            let count = self.terms.entry(term).or_default();
            match fate {
                Fate::Kept => count.kept += 1,
                Fate::Lapsed => count.lapsed += 1,
                Fate::Open => count.open += 1,
            }
        }
        self.strange.merge(course.strange);
    }

    fn merge(&mut self, other: Self) {
        self.ended += other.ended;
        self.not_begun += other.not_begun;
        add(&mut self.blocked, other.blocked);
        add(&mut self.reached, other.reached);
        for (term, count) in other.terms {
            let sum = self.terms.entry(term).or_default();
            sum.kept += count.kept;
            sum.lapsed += count.lapsed;
            sum.open += count.open;
        }
        self.strange.merge(other.strange);
    }
}

impl Strange {
    fn merge(&mut self, other: Self) {
        add(&mut self.unknown, other.unknown);
        add(&mut self.unexpected, other.unexpected);
        add(&mut self.errors, other.errors);
        add(&mut self.left_out, other.left_out);
    }
}

impl Against {
    fn case(&mut self, name: &str, base: &Course, variant: &Course) {
        let ends_otherwise = base.states != variant.states
            || base.ended.is_some() != variant.ended.is_some()
            || base.has_begun != variant.has_begun;
        self.ends_otherwise += usize::from(ends_otherwise);
        let pairs = base.moments.iter().zip(&variant.moments);
        let differs = pairs.enumerate().find(|(_, (one, other))| !one.is_like(other));
        if let Some((step, (one, other))) = differs {
            self.decided_otherwise += 1;
            let (one, other) = (answered(one, &other.event), answered(other, &one.event));
            self.group(&one, &other);
            if ends_otherwise {
                self.list.push(FirstDifference {
                    case: name.to_owned(),
                    step,
                    event: one.event.clone(),
                    base_ends: base.states.clone(),
                    variant_ends: variant.states.clone(),
                    base: one,
                    variant: other,
                });
                self.cut();
            }
        }
        if base.reached != variant.reached {
            self.reach_other_states += 1;
            for state in variant.reached.difference(&base.reached) {
                *self.gained.entry(state.clone()).or_default() += 1;
            }
            for state in base.reached.difference(&variant.reached) {
                *self.lost.entry(state.clone()).or_default() += 1;
            }
        }
        match (base.ended, variant.ended) {
            (Some(one), Some(other)) => {
                self.later.push(other.microseconds().saturating_sub(one.microseconds()));
            }
            (Some(_), None) => self.only_base += 1,
            (None, Some(_)) => self.only_variant += 1,
            (None, None) => {}
        }
        for (fact, value) in &variant.facts {
            if base.facts.get(fact).is_some_and(|other| other != value) {
                *self.facts.entry(fact.clone()).or_default() += 1;
            }
        }
        for (term, fate) in &variant.terms {
            match (base.terms.get(term), fate) {
                (Some(Fate::Kept), Fate::Lapsed) => {
                    *self.terms_lost.entry(term.clone()).or_default() += 1;
                }
                (Some(Fate::Lapsed), Fate::Kept) => {
                    *self.terms_won.entry(term.clone()).or_default() += 1;
                }
                _ => {}
            }
        }
    }

    fn group(&mut self, base: &Answered, variant: &Answered) {
        let keys = |by: &[Decider]| by.iter().map(Decider::key).collect::<Vec<_>>();
        let (one, other) = (base.outcome.name(), variant.outcome.name());
        let key = (base.event.clone(), one, other, keys(&base.by), keys(&variant.by));
        let bare = |by: &[Decider]| {
            by.iter()
                .map(|one| Decider { values: BTreeMap::new(), ..one.clone() })
                .collect::<Vec<_>>()
        };
        let group = self.groups.entry(key).or_insert_with(|| DifferenceGroup {
            event: base.event.clone(),
            base: base.outcome,
            variant: variant.outcome,
            base_by: bare(&base.by),
            variant_by: bare(&variant.by),
            cases: 0,
        });
        group.cases += 1;
    }

    /// Beyond so many the reasons are left out of what was added last.
    fn cut(&mut self) {
        if self.list.len() > IN_FULL
            && let Some(last) = self.list.last_mut()
        {
            last.base.reasons = Vec::new();
            last.variant.reasons = Vec::new();
        }
    }

    fn merge(&mut self, other: Self) {
        self.ends_otherwise += other.ends_otherwise;
        self.decided_otherwise += other.decided_otherwise;
        self.reach_other_states += other.reach_other_states;
        add(&mut self.gained, other.gained);
        add(&mut self.lost, other.lost);
        self.later.extend(other.later);
        self.only_base += other.only_base;
        self.only_variant += other.only_variant;
        add(&mut self.facts, other.facts);
        add(&mut self.terms_lost, other.terms_lost);
        add(&mut self.terms_won, other.terms_won);
        for one in other.list {
            self.list.push(one);
            self.cut();
        }
        for (key, group) in other.groups {
            match self.groups.get_mut(&key) {
                Some(known) => known.cases += group.cases,
                None => {
                    self.groups.insert(key, group);
                }
            }
        }
    }

    fn whole(self, cases: usize, base: &Side, side: &Side, figures: WorkflowFigures) -> Variant {
        let mut groups: Vec<DifferenceGroup> = self.groups.into_values().collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.cases));
        let days = days(self.later);
        Variant {
            ends_otherwise: self.ends_otherwise,
            ends_otherwise_interval: exact::share(self.ends_otherwise, cases),
            decided_otherwise: self.decided_otherwise,
            first_differences: self.list,
            differences: groups,
            reach_other_states: self.reach_other_states,
            states: states(base, side, &self.gained, &self.lost),
            blocked: blocked(base, side),
            ends: Ends {
                base: base.ended,
                variant: side.ended,
                only_base: self.only_base,
                only_variant: self.only_variant,
                p: exact::sign_test(self.only_base, self.only_variant),
            },
            median_days: days.as_ref().map(|days| days.median),
            days,
            terms: terms(base, side, &self.terms_lost, &self.terms_won),
            facts: self.facts,
            figures,
        }
    }
}

fn answered(moment: &Moment, event: &Option<String>) -> Answered {
    let reasons = moment.decision.as_ref().map(|decision| decision.reasons.clone());
    Answered {
        event: moment.event.clone().or_else(|| event.clone()),
        at: moment.at,
        outcome: moment.outcome,
        states: moment.states.clone(),
        by: deciders(moment),
        reasons: reasons.unwrap_or_default(),
    }
}

fn states(
    base: &Side,
    side: &Side,
    gained: &BTreeMap<String, usize>,
    lost: &BTreeMap<String, usize>,
) -> BTreeMap<String, StateCount> {
    let names = base.reached.keys().chain(side.reached.keys());
    let at = |counts: &BTreeMap<String, usize>, name: &String| counts.get(name).copied();
    names
        .map(|name| {
            let count = StateCount {
                base: at(&base.reached, name).unwrap_or(0),
                variant: at(&side.reached, name).unwrap_or(0),
                only_base: at(lost, name).unwrap_or(0),
                only_variant: at(gained, name).unwrap_or(0),
            };
            (name.clone(), count)
        })
        .collect()
}

fn blocked(base: &Side, side: &Side) -> Vec<Blocked> {
    let mut all: BTreeMap<&BlockedKey, (usize, usize)> = BTreeMap::new();
    for (key, count) in &base.blocked {
        all.entry(key).or_default().0 = *count;
    }
    for (key, count) in &side.blocked {
        all.entry(key).or_default().1 = *count;
    }
    let all = all.into_iter().map(|((event, states, kind, name), (base, variant))| Blocked {
        event: event.clone(),
        states: states.clone(),
        kind,
        name: name.clone(),
        base,
        variant,
    });
    let mut all: Vec<Blocked> = all.collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.base.abs_diff(one.variant)));
    all
}

fn terms(
    base: &Side,
    side: &Side,
    lost: &BTreeMap<String, usize>,
    won: &BTreeMap<String, usize>,
) -> BTreeMap<String, TermCount> {
    let names = base.terms.keys().chain(side.terms.keys());
    names
        .map(|name| {
            let count = TermCount {
                base: base.terms.get(name).copied().unwrap_or_default(),
                variant: side.terms.get(name).copied().unwrap_or_default(),
                only_base_keeps: lost.get(name).copied().unwrap_or(0),
                only_variant_keeps: won.get(name).copied().unwrap_or(0),
            };
            (name.clone(), count)
        })
        .collect()
}

fn days(mut later: Vec<i64>) -> Option<Days> {
    if later.is_empty() {
        return None;
    }
    let count = |is: fn(i64) -> bool| later.iter().filter(|length| is(**length)).count();
    let (earlier, after) = (count(|length| length < 0), count(|length| length > 0));
    let same = count(|length| length == 0);
    later.sort_unstable();
    let places = exact::median_places(later.len());
    let at = |place: usize| later.get(place).map_or(0.0, |length| in_days(*length));
    Some(Days {
        pairs: later.len(),
        earlier,
        same,
        later: after,
        p: exact::sign_test(earlier, after),
        median: quantile(&later, 0.5),
        median_interval: places.map(|(low, high)| [at(low), at(high)]),
        min: quantile(&later, 0.0),
        p5: quantile(&later, 0.05),
        p25: quantile(&later, 0.25),
        p75: quantile(&later, 0.75),
        p95: quantile(&later, 0.95),
        max: quantile(&later, 1.0),
    })
}

fn in_days(microseconds: i64) -> f64 {
    exact::rounded(stats::days(microseconds))
}

fn quantile(sorted: &[i64], share: f64) -> f64 {
    exact::rounded(stats::quantile(sorted, share, in_days))
}
