//! What no case can show: proven by trying values that stand for all others, with the very code that takes coverage down.
//!
//! A rule is looked at for itself, then as a transition comes to ask it, then with the transitions that are tried before
//! that one shut. Each is looked at once, for all goals. Where values do not stand for all, nothing is proven, and it is
//! said what stood in the way.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use super::{Asked, Goal};
use crate::coverage::Coverage;
use crate::coverage::counts::CoverageCounts;
use crate::coverage::observer::CoverageObserver;
use crate::definition::model::Trigger;
use crate::judge::{Answer, Asked as Question, Judge, Want};
use crate::partition::columns::{choose, combinations};
use crate::rule::observer::Observer;
use crate::rule::outline::{Origin, Outline, Part, PartKind};
use crate::rule::program::{Node, Op};
use crate::rule::{CaseHistory, Context, Meter, Truth};
use crate::table::{FactId, TransitionId};
use crate::value::DateTime;
use crate::workflow::Compiled;

/// Combinations of values that are tried for one proof.
const COMBINATIONS: usize = 20_000;
/// Clauses that are evaluated for one proof, and for all of one workflow: what a stranger's file can ask for is bounded.
const CLAUSES: u64 = 60_000;
const ALL_CLAUSES: u64 = 4_000_000;
/// Questions for the judge of rules.
const QUESTIONS: u32 = 400;

/// Why nothing is proven.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Stopped {
    /// Facts of which not all values could be tried.
    pub facts: Vec<FactId>,
    pub time: bool,
    pub past: bool,
    pub event: bool,
    /// More combinations than are tried.
    pub many: bool,
}

/// What is proven of a goal.
#[derive(Debug)]
pub(super) enum Verdict {
    /// It cannot be, whatever the facts; these are the ones that were tried. `true` where transitions that are tried before
    /// must stay shut for it.
    Never(Vec<FactId>, bool),
    /// It is proven that it cannot be, by what these facts may be together; otherwise likewise.
    Excluded(Vec<FactId>, bool),
    /// There are values, if any case has them.
    Possible,
    Open(Stopped),
}

/// What is looked at, and so asked once only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Look {
    Rule(Origin),
    Asked(TransitionId),
    /// With those before it shut.
    Behind(TransitionId),
}

/// Everything that can be seen of something.
#[derive(Debug)]
struct All {
    seen: CoverageCounts,
    /// Whether the transition can be open.
    opens: bool,
    /// With what lies just beside what is compared.
    near: bool,
    facts: Vec<FactId>,
}

type Looked = Rc<Result<All, Stopped>>;

pub(super) struct Prover<'w> {
    workflow: &'w Compiled,
    outline: &'w Outline,
    looked: RefCell<BTreeMap<Look, Looked>>,
    spent: Cell<u64>,
    /// Operations of all proofs, whose rules may loop: the budget of one call.
    meter: Meter,
    judge: OnceCell<RefCell<Judge<'w>>>,
    /// Questions that the judge may still be asked.
    questions: Cell<u32>,
}

impl<'w> Prover<'w> {
    pub fn new(workflow: &'w Compiled) -> Self {
        let (looked, spent) = (RefCell::default(), Cell::new(0));
        let meter = Meter::search(workflow.limits.call_operations);
        let (judge, questions) = (OnceCell::new(), Cell::new(QUESTIONS));
        Self { workflow, outline: workflow.outline(), looked, spent, meter, judge, questions }
    }

    /// Whether a transition that is judged can ever show a goal.
    pub fn judge(&self, goal: Goal, transition: TransitionId) -> Verdict {
        let rule = match Asked::by(goal) {
            Asked::Clause(clause, ..) => self.outline.clauses.get(clause).map(|found| found.rule),
            Asked::Threshold(limit, _) => {
                self.outline.thresholds.get(limit).map(|found| found.rule)
            }
            Asked::State(_) | Asked::Transition(_) => None,
        };
        let origin = rule.and_then(|rule| self.outline.rules.get(rule)).map(|rule| rule.origin);
        // What a function shows hangs on who calls it.
        let alone = origin.filter(|origin| !matches!(origin, Origin::Function(_)));
        let looks = alone.map(Look::Rule).into_iter();
        let mut stopped: Option<Stopped> = None;
        for look in looks.chain([Look::Asked(transition), Look::Behind(transition)]) {
            if look == Look::Behind(transition) && self.before(transition).is_empty() {
                continue;
            }
            match self.look(look).as_ref() {
                Ok(all) => {
                    let shown = match goal {
                        Goal::Transition { .. } => all.opens,
                        _ => Coverage::times_in(&all.seen, goal) > 0,
                    };
                    let tells = all.near || !matches!(Asked::by(goal), Asked::Threshold(..));
                    if !shown && tells {
                        return Verdict::Never(all.facts.clone(), matches!(look, Look::Behind(_)));
                    }
                    if !shown {
                        stopped.get_or_insert(Stopped { many: true, ..Stopped::default() });
                    }
                }
                Err(why) => stopped = Some(why.clone()),
            }
        }
        let Some(stopped) = stopped else { return Verdict::Possible };
        self.excluded(goal, transition).unwrap_or(Verdict::Open(stopped))
    }

    /// What the judge of rules has proven of a goal, for all values at once.
    fn excluded(&self, goal: Goal, transition: TransitionId) -> Option<Verdict> {
        let rules = &self.workflow.rules;
        let left = self.questions.get().checked_sub(1)?;
        self.questions.set(left);
        // Rules that see what no declaration admits are looked at by nobody.
        if rules.facts.ids().any(|id| rules.is_passing(id)) {
            return None;
        }
        let asked = Asked::by(goal);
        let (wanted, origin) = match asked {
            Asked::Clause(clause, truth, _) => {
                let (asked, origin) = self.clause(clause)?;
                let want = match truth {
                    Truth::True => Want::Holds,
                    Truth::False => Want::Fails,
                    Truth::Unknown => Want::Undecided,
                };
                (vec![(asked, want)], origin)
            }
            Asked::Transition(id) => {
                (vec![(Question::Transition(id), Want::Holds)], Origin::Transition(id))
            }
            Asked::State(_) | Asked::Threshold(..) => return None,
        };
        let judge = || RefCell::new(Judge::new(rules, &self.workflow.definition, true));
        let mut judge = self.judge.get_or_init(judge).try_borrow_mut().ok()?;
        let facts = rules.compared([origin], false).constants.into_keys().collect();
        if judge.possible(&wanted).0 == Answer::Impossible {
            return Some(Verdict::Excluded(facts, false));
        }
        let before = self.before(transition);
        if before.is_empty() || !matches!(asked, Asked::Transition(_)) {
            return None;
        }
        let shut = before.iter().map(|id| (Question::Transition(*id), Want::Fails));
        let wanted: Vec<_> = wanted.into_iter().chain(shut).collect();
        let never = judge.possible(&wanted).0 == Answer::Impossible;
        never.then_some(Verdict::Excluded(facts, true))
    }

    /// A clause as the judge is asked about it, with the rule that it is of.
    fn clause(&self, clause: usize) -> Option<(Question<'w>, Origin)> {
        let (workflow, outline) = (self.workflow, self.outline);
        let found = outline.clauses.get(clause).filter(|found| !found.is_score)?;
        let rule = outline.rules.get(found.rule)?;
        if matches!(rule.origin, Origin::Function(_)) {
            return None;
        }
        let mut waiting: Vec<&Part> = rule.form.iter().collect();
        while let Some(part) = waiting.pop() {
            match &part.kind {
                PartKind::Requirement(requirement) if part.clause == Some(clause) => {
                    return Some((Question::Requirement(*requirement), rule.origin));
                }
                PartKind::All(parts) | PartKind::Any(parts) | PartKind::AtLeast(_, parts) => {
                    waiting.extend(parts);
                }
                PartKind::Script(inner) | PartKind::Not(inner) => waiting.push(inner),
                _ => {}
            }
        }
        let program = workflow.rules.program(rule.origin)?;
        let mut waiting: Vec<&'w Node> = vec![&program.root];
        while let Some(node) = waiting.pop() {
            if program.span(node.at) == found.span && !matches!(node.op, Op::Block(_)) {
                return Some((Question::Clause(program, node), rule.origin));
            }
            match &node.op {
                Op::And(parts) | Op::Or(parts) => waiting.extend(parts),
                Op::Not(inner) => waiting.push(inner),
                Op::Block(statements) => waiting.extend(statements.last()),
                _ => {}
            }
        }
        None
    }

    fn look(&self, look: Look) -> Looked {
        if let Some(known) = self.looked.borrow().get(&look) {
            return Rc::clone(known);
        }
        let found = match self.all(look, true) {
            Err(Stopped { many: true, .. }) => self.all(look, false),
            found => found,
        };
        let found = Rc::new(found);
        self.looked.borrow_mut().insert(look, Rc::clone(&found));
        found
    }

    /// Tries everything. What is proven so holds wherever a case stands and whoever asks, as nothing but facts is read.
    fn all(&self, look: Look, near: bool) -> Result<All, Stopped> {
        let Self { workflow, outline, .. } = self;
        let rules = &workflow.rules;
        let before = match look {
            Look::Behind(transition) => self.before(transition),
            Look::Rule(_) | Look::Asked(_) => Vec::new(),
        };
        let own = match look {
            Look::Rule(origin) => origin,
            Look::Asked(transition) | Look::Behind(transition) => Origin::Transition(transition),
        };
        let origins = || std::iter::once(own).chain(before.iter().copied().map(Origin::Transition));
        let uses = rules.compared(origins(), near);
        if !uses.only_facts() {
            let (time, past, event) = (uses.time, uses.past, uses.event);
            return Err(Stopped { time, past, event, ..Stopped::default() });
        }
        // A fact with a default is never unknown: to forget it brings the default back.
        let facts = &workflow.definition.facts;
        let may_be_unknown = |id: FactId| facts.at(id).default.is_none();
        let mut columns = Vec::new();
        let mut beyond = Vec::new();
        for id in uses.constants.keys() {
            match rules.column(&uses, *id, may_be_unknown(*id)) {
                Some(values) => columns.push((*id, values)),
                None => beyond.push(*id),
            }
        }
        if !beyond.is_empty() {
            return Err(Stopped { facts: beyond, ..Stopped::default() });
        }
        let many = || Stopped { many: true, ..Stopped::default() };
        let weight = outline.reach(origins()).clauses.saturating_add(1);
        let all = combinations(&columns).filter(|all| *all <= COMBINATIONS).ok_or_else(many)?;
        let cost = u64::try_from(all).unwrap_or(u64::MAX).saturating_mul(weight);
        let spent = self.spent.get().saturating_add(cost);
        if cost > CLAUSES || spent > ALL_CLAUSES {
            return Err(many());
        }
        self.spent.set(spent);
        let transitions = workflow.definition.transitions.len();
        let nothing = CoverageCounts::nothing(outline, 0, transitions);
        let observer = CoverageObserver::new(std::iter::once((rules, *outline, nothing)));
        let (mut values, past) = (rules.facts_unknown(), CaseHistory::default());
        let mut opens = false;
        for number in 0..all {
            // What fails for want of room proves nothing.
            if self.meter.left() == 0 {
                return Err(many());
            }
            choose(&mut values, &columns, number);
            let context = Context {
                facts: &values,
                past: &past,
                active: &[],
                now: DateTime::epoch(&workflow.definition.zone),
                event: None,
                family: None,
                supposed: false,
                observer: None,
                meter: Some(&self.meter),
            };
            // An open one is taken, an undecided one hides what follows, a failing one ends the step.
            let is_shut = |id: &TransitionId| rules.judged(*id, &context) == Ok(Truth::False);
            if !before.iter().all(is_shut) {
                continue;
            }
            match look {
                Look::Rule(origin) => observer.looks(rules, origin, &context),
                Look::Asked(transition) | Look::Behind(transition) => {
                    observer.judges(rules, transition, &context);
                    opens |= rules.judged(transition, &context) == Ok(Truth::True);
                }
            }
        }
        if self.meter.left() == 0 {
            return Err(many());
        }
        let facts = columns.iter().map(|(id, _)| *id).collect();
        let seen = observer.into_seen().next().unwrap_or_default();
        Ok(All { seen, opens, near, facts })
    }

    /// Transitions of the same state that are tried before this one whenever it is, by whomever. One that asks who it is
    /// may be passed over by its people alone, so that what it asks says nothing.
    fn before(&self, transition: TransitionId) -> Vec<TransitionId> {
        let definition = &self.workflow.definition;
        let chart = &self.workflow.chart;
        let written = definition.transitions.at(transition);
        let row = chart.states.at(written.source);
        let listed: &[TransitionId] = match &written.trigger {
            Trigger::Events(_) => &row.on,
            Trigger::Always => &row.always,
            Trigger::Term(index) => {
                let terms = &definition.states.at(written.source).terms;
                terms.get(*index as usize).map_or(&[], |term| &term.transitions)
            }
        };
        let own = &chart.transitions.at(transition).patterns;
        let before = listed.iter().copied().take_while(|id| *id != transition);
        before
            .filter(|id| {
                let other = definition.transitions.at(*id);
                let patterns = &chart.transitions.at(*id).patterns;
                let hears_all =
                    own.iter().all(|listeners| patterns.iter().any(|pattern| pattern == listeners));
                hears_all
                    && other.by.is_none()
                    && other.not_by.is_empty()
                    && other.signed_by.is_empty()
            })
            .collect()
    }
}
