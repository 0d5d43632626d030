//! A whole from whose journal something was erased: each of its cases is gone through by itself, as a case alone is. What a
//! case has told the others that is not known is not known of them either; which of them is to come next is not asked.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use super::Verifier;
use crate::case::answer::{Outcome, StepCause};
use crate::case::describe;
use crate::case::record::Origin;
use crate::case::replay::Replay;
use crate::case::step_log::{StepLog, StepTrigger};
use crate::definition::model::StateKind;
use crate::journal::discrepancy::{failed, too_early};
use crate::journal::doubt::{Attempt, Doubtful, Found, Held};
use crate::journal::floor::Floor;
use crate::journal::input::{Input, NOT_INSIDE};
use crate::journal::line::{Line, Member};
use crate::journal::scan;
use crate::journal::senders::{by_another, of_no_known_unit};
use crate::journal::witness::Missing;
use crate::rule::doubt::{Doubt, Erasures, Stated};
use crate::rule::told_names;
use crate::table::StateId;
use crate::value::{DateTime, brief};
use crate::workflow::Workflow;
use crate::workflow::chart::ROOT;
use crate::workflow::compiled::Invoked;

/// What is not known of a whole, case by case.
#[derive(Default)]
pub(super) struct Apart {
    /// By address; nothing of those of which everything is known.
    erasures: BTreeMap<String, Erasures>,
    /// Cases of which their parents see what is not known.
    seen: BTreeSet<String>,
    /// Cases of which only the chain and the states speak.
    floors: BTreeMap<String, Floor>,
    /// Events that one case may have sent to another.
    told: BTreeSet<Arc<str>>,
    /// What the last step did in other cases, which has entries of its own.
    inside: VecDeque<Arc<StepLog>>,
    /// The case of the last line, where that was a step.
    last: Option<String>,
    /// An event that the last line may have sent to another case.
    telling: Option<Arc<str>>,
}

impl Apart {
    /// What is not known of cases that are gone through, by their addresses.
    pub fn erasures(&self) -> impl Iterator<Item = (&str, &Erasures)> {
        self.erasures.iter().map(|(case, erasures)| (case.as_str(), erasures))
    }

    /// The cases of which no more is known than their states.
    pub fn floors(&self) -> impl Iterator<Item = &str> {
        self.floors.keys().map(String::as_str)
    }

    pub fn last(&self) -> &str {
        self.last.as_deref().unwrap_or_default()
    }

    pub fn telling(&self) -> Option<&str> {
        self.telling.as_deref()
    }

    /// Steps that have no line yet, though they were taken.
    pub fn inside(&self) -> &VecDeque<Arc<StepLog>> {
        &self.inside
    }

    fn is_told(&self, event: &str) -> bool {
        self.told.contains(event)
    }

    /// The children of a case of which its rules see what is not known.
    fn families(&self, workflow: &Workflow, case: &str) -> BTreeSet<u32> {
        let join = if case.is_empty() { "" } else { "/" };
        let invoked = (0_u32..).zip(&workflow.compiled().invoked);
        let is_seen = |invoked: &Invoked| {
            let from = format!("{case}{join}{}/", invoked.id);
            let mut behind = self.seen.range(from.clone()..);
            behind.next().is_some_and(|seen| seen.starts_with(&from))
        };
        invoked.filter(|(_, invoked)| is_seen(invoked)).map(|(invoke, _)| invoke).collect()
    }
}

/// The address of the case around a child.
fn around(case: &str) -> &str {
    case.rsplitn(3, '/').nth(2).unwrap_or("")
}

impl Verifier<'_> {
    /// Decides once more what a line of a whole says, as far as that does not depend on what was erased.
    pub(super) fn judge_apart(&mut self, line: &Line) -> Result<(), String> {
        self.event = None;
        let input = self.input(line)?;
        self.is_new(&input)?;
        let case = line.said(Member::Case).unwrap_or_default().into_owned();
        let mut apart = self.apart.take().unwrap_or_default();
        let outcome = line.said(Member::Outcome).unwrap_or_default();
        let is_step = ["started", "moved", "stopped"].contains(&&*outcome);
        (apart.last, apart.telling) = (is_step.then(|| case.clone()), None);
        if let Some(again) = &mut self.again {
            apart.inside.extend(again.take_inside());
            if input.at() < again.time() {
                let (at, last) = (input.at(), again.time());
                return Err(format!("is of {at}, and the last step was at {last}"));
            }
        }
        if !matches!(input, Input::Inside { .. }) {
            while apart.inside.front().is_some_and(|act| self.has_ended(&apart, act)) {
                apart.inside.pop_front();
            }
        }
        let found = match &input {
            Input::Inside { .. } => self.judge_inside(line, &case, &mut apart),
            _ => match apart.inside.front() {
                Some(act) => Err(too_early(&describe::described(act).record)),
                None => self.judge_part(line, &input, &case, &mut apart),
            },
        };
        self.apart = Some(apart);
        found
    }

    /// Whether a step that has no line would stop a child that had ended by itself: of its case only the states are known,
    /// so the whole that is gone on with has not seen that end.
    fn has_ended(&self, apart: &Apart, act: &StepLog) -> bool {
        let record = &describe::described(act).record;
        let Origin::Step { cause: StepCause::Stopped } = record.origin else { return false };
        let case = record.case.as_deref().unwrap_or_default();
        let Some((workflow, _)) = crate::case::address::workflow(self.workflow, case) else {
            return false;
        };
        let states = &workflow.compiled().definition.states;
        apart.floors.get(case).is_some_and(|floor| {
            floor
                .active()
                .iter()
                .map(|id| states.at(*id))
                .any(|state| state.kind == StateKind::Final && state.parent == Some(ROOT))
        })
    }

    /// Only the chain and the states speak for a line.
    fn only_said(&mut self) {
        self.partly.push(self.head.sequence.saturating_add(1));
        self.is_supposed = true;
        self.is_adopted = true;
    }

    /// A case of which no more can be told than its states: what others see of it and are sent by it is not known.
    fn gives_up(&mut self, apart: &mut Apart, case: &str, workflow: &Workflow, floor: Floor) {
        let compiled = workflow.compiled();
        apart.told.extend(told_names(&compiled.rules).into_iter().map(|(_, name)| Arc::from(name)));
        apart.seen.insert(case.to_owned());
        if let Some(invoked) = self.invoked(case) {
            apart.told.extend(invoked.done.clone());
        }
        apart.erasures.remove(case);
        apart.floors.insert(case.to_owned(), floor);
    }

    /// By which `invoke` a child began.
    fn invoked(&self, case: &str) -> Option<&Invoked> {
        let (parent, _) = crate::case::address::workflow(self.workflow, around(case))?;
        let id = case.rsplit('/').nth(1)?;
        parent.compiled().invoked.iter().find(|invoked| *invoked.id == *id)
    }

    /// A line of a case of which nothing more is known than its states.
    fn judge_floor(
        &mut self,
        line: &Line,
        input: &Input,
        workflow: &Workflow,
        floor: &mut Floor,
    ) -> Result<(), String> {
        self.only_said();
        let entry = serde_json::from_str(line.core()).unwrap_or_default();
        floor.take(workflow.compiled(), input, &entry)
    }

    /// A line of one case: what came in, what fell due, what was sent to it, a look at its children.
    fn judge_part(
        &mut self,
        line: &Line,
        input: &Input,
        case: &str,
        apart: &mut Apart,
    ) -> Result<(), String> {
        let strange =
            || format!("is of the case `{}`, which the workflow cannot have", brief(case));
        let outermost = self.workflow;
        let (workflow, _) = crate::case::address::workflow(outermost, case).ok_or_else(strange)?;
        if let Some(mut floor) = apart.floors.remove(case) {
            let found = self.judge_floor(line, input, workflow, &mut floor);
            apart.floors.insert(case.to_owned(), floor);
            return found;
        }
        let begins = matches!(input, Input::Start { .. });
        let mut before = match &mut self.again {
            None if begins => None,
            None => return Err("does not begin the case".to_owned()),
            Some(_) if begins => return Err("begins the case a second time".to_owned()),
            Some(again) => match again.apart(case) {
                Some(before) => Some(before),
                None => return self.judge_missing(line, input, case, apart),
            },
        };
        let sent = self.is_sent(line, input);
        let mut may_be_told = false;
        if let (Some((name, due)), Some(before)) = (&sent, &mut before) {
            let mut waits = before.situation().sent.iter();
            let waits = waits.any(|sent| *sent.event == **name && sent.due == *due);
            let here = before.place().map(|place| place.here.clone()).unwrap_or_default();
            let found = match &mut self.again {
                Some(again) if !waits => again.fetch(&here, name, *due),
                _ => None,
            };
            let is_there = waits || found.is_some();
            if let Some(found) = found {
                before.change().sent.change().push(found);
            }
            may_be_told = !is_there && apart.is_told(name);
            let mut known = apart.erasures.get(case).into_iter();
            if may_be_told && !known.any(|known| known.sent.contains(&**name)) {
                // It was sent by what is not known, with whatever it carried.
                let mut floor = Floor::of(before.situation()).of_part();
                let found = self.judge_floor(line, input, workflow, &mut floor);
                self.gives_up(apart, case, workflow, floor);
                return found;
            }
        }
        let mut erasures = apart.erasures.get(case).cloned().unwrap_or_default();
        erasures.families = apart.families(workflow, case);
        let situation = before.as_ref().map(Replay::situation);
        let mut doubtful = Doubtful::new(workflow, line, input, &erasures, situation)?;
        doubtful.erased.data.extend(self.unknown_data(workflow, case, &sent, apart));
        let comparer = &mut self.comparer;
        let mut differs = |attempt: &Attempt, doubt: &Doubt| {
            comparer.doubtful_difference(line, &attempt.act, doubt)
        };
        let mut found = doubtful.judge(before.as_ref(), &mut differs);
        if !matches!(found, Ok(Found::Holds(_))) {
            let theirs = by_another(workflow, line, input, &erasures, before.as_ref(), differs)?;
            found = theirs.map_or(found, |held| Ok(Found::Holds(held)));
        }
        if found.is_err() && (may_be_told || of_no_known_unit(workflow, input, &erasures)) {
            found = Ok(Found::Open);
        }
        match found? {
            Found::Holds(held) => {
                let known = apart.erasures.get(case).cloned().unwrap_or_default();
                self.holds(line, input, case, apart, &doubtful, before.as_ref(), &known, *held)
            }
            Found::Open => {
                let mut floor = match &before {
                    Some(before) => Floor::of(before.situation()).of_part(),
                    None => Floor::beginning(input.at()).of_part(),
                };
                let found = self.judge_floor(line, input, workflow, &mut floor);
                self.gives_up(apart, case, workflow, floor);
                found
            }
        }
    }

    /// Goes on from an entry that holds.
    #[allow(clippy::too_many_arguments, reason = "one place, and all of it is of one entry")]
    fn holds(
        &mut self,
        line: &Line,
        input: &Input,
        case: &str,
        apart: &mut Apart,
        doubtful: &Doubtful<'_>,
        before: Option<&Replay<'_>>,
        known: &Erasures,
        held: Held,
    ) -> Result<(), String> {
        let missing = Missing {
            workflow: doubtful.workflow,
            line,
            input,
            before,
            erasures: if before.is_some() { known } else { &doubtful.erasures },
            event: doubtful.event.as_ref(),
            erased: &doubtful.erased,
            is_nameless: matches!(input, Input::Event { nameless: true, .. }),
            asked: &held.asked,
            place: doubtful.place.clone(),
        };
        let comparer = &mut self.comparer;
        let is_shown = !held.is_supposed
            || missing.are_found(|act| comparer.agrees(line, act, &doubtful.erasures.persons));
        if !is_shown {
            self.partly.push(self.head.sequence.saturating_add(1));
            self.is_adopted |= ["started", "moved", "failed"].contains(&doubtful.text("outcome"));
        }
        let Held { attempt, situation, mut erasures, is_sure, tells, sends, .. } = held;
        let is_sure = is_sure && is_shown;
        self.decided(&attempt.act, input, is_sure);
        apart.telling = tells.first().filter(|_| !is_sure).cloned();
        apart.told.extend(tells);
        erasures.families.clear();
        let act = attempt.act;
        let to_parent = &act.trace.to_parent;
        let put = match (&mut self.again, &doubtful.place) {
            (None, _) => {
                let (described, ids) = (attempt.described, attempt.ids);
                let mut again = Replay::from(self.workflow, situation, described, ids);
                again.change().sends = again.situation().sends.max(sends);
                self.again = Some(again);
                Ok(())
            }
            (Some(again), Some(place)) => again.begin(place, situation, to_parent),
            (Some(again), None) => {
                let here = attempt.place.map(|place| place.here).unwrap_or_default();
                again.described = attempt.described;
                again.answered(attempt.ids);
                let own = (act.outcome == Outcome::Moved
                    && matches!(act.origin, StepTrigger::Event(_)))
                .then_some(&*act);
                again.put(&here, situation, sends, to_parent, own)
            }
        };
        put.map_err(|problem| failed(&[problem]))?;
        self.sees(apart, case, &erasures);
        // A parent may remember who sent something to its child.
        if !case.is_empty() && erasures.persons.is_any() {
            let parent = apart.erasures.entry(around(case).to_owned()).or_default();
            parent.persons.0.extend(erasures.persons.0.iter().cloned());
        }
        if erasures.is_nothing() {
            apart.erasures.remove(case);
        } else {
            apart.erasures.insert(case.to_owned(), erasures);
        }
        // What a child that began anew started stands in the place of what it was thought to start.
        let address = |act: &StepLog| act.case.text().unwrap_or_default().to_owned();
        if doubtful.place.is_some() {
            let inner = format!("{case}/");
            while apart.inside.front().is_some_and(|act| address(act).starts_with(&inner)) {
                apart.inside.pop_front();
            }
        }
        for act in act.inner.iter().rev() {
            apart.inside.push_front(Arc::clone(act));
        }
        Ok(())
    }

    /// Notes whether the parent of a case, and theirs, see of it what is not known.
    fn sees(&self, apart: &mut Apart, case: &str, erasures: &Erasures) {
        let mut case = case;
        let mut erasures = Erasures { families: BTreeSet::new(), ..erasures.clone() };
        while !case.is_empty() {
            let Some((workflow, _)) = crate::case::address::workflow(self.workflow, case) else {
                return;
            };
            let Some(invoked) = self.invoked(case) else { return };
            let Some(found) = self.again.as_ref().and_then(|again| again.apart(case)) else {
                return;
            };
            erasures.families = apart.families(workflow, case);
            let doubt = Doubt::new(&erasures, BTreeSet::new(), Stated::default());
            doubt.begin(false);
            let (rules, facts) = (&workflow.compiled().rules, &found.situation().facts);
            let mut returns = invoked.returns.iter();
            if returns.any(|name| doubt.touches_named(rules, name, facts)) {
                apart.seen.insert(case.to_owned());
            } else if !apart.seen.remove(case) {
                return;
            }
            case = around(case);
            erasures = apart.erasures.get(case).cloned().unwrap_or_default();
        }
    }

    /// The name and date of a sent event that a line is of.
    fn is_sent(&self, line: &Line, input: &Input) -> Option<(Arc<str>, DateTime)> {
        let Input::Step { name, .. } = input else { return None };
        let is_sent = line.said(Member::Kind).as_deref() == Some("sent");
        let of = scan::member(line.core(), "of").and_then(scan::said);
        let of = of.and_then(|of| DateTime::from_wire_text(&of)).filter(|_| is_sent)?;
        Some((Arc::from(name.as_str()), of))
    }

    /// What is not known of what a child that is done has given back.
    fn unknown_data(
        &self,
        workflow: &Workflow,
        case: &str,
        sent: &Option<(Arc<str>, DateTime)>,
        apart: &Apart,
    ) -> BTreeSet<Arc<str>> {
        let Some((name, _)) = sent else { return BTreeSet::new() };
        let families = apart.families(workflow, case);
        let invoked = (0_u32..).zip(&workflow.compiled().invoked);
        let meant = invoked.filter(|(invoke, invoked)| {
            families.contains(invoke) && invoked.done.as_ref() == Some(name)
        });
        meant.flat_map(|(_, invoked)| invoked.returns.iter().cloned()).collect()
    }

    /// A line of a child that is not there: one that an event was for, or that has begun without its being known.
    fn judge_missing(
        &mut self,
        line: &Line,
        input: &Input,
        case: &str,
        apart: &mut Apart,
    ) -> Result<(), String> {
        let there = || format!("is of the case `{}`, which is not there", brief(case));
        let said = |member| line.said(member).unwrap_or_default().into_owned();
        let (Some((name, due)), "not_expected") =
            (self.is_sent(line, input), &*said(Member::Outcome))
        else {
            return Err(there());
        };
        let key: Arc<str> = case.rsplit('/').next().unwrap_or_default().into();
        let parent = around(case).to_owned();
        let invoke = self.invoked(case).map(|invoked| Arc::clone(&invoked.id));
        let sent = self.again.as_mut().is_some_and(|again| {
            invoke.is_some_and(|id| again.drops(&parent, &id, &key, &name, due))
        });
        if !sent && !apart.is_told(&name) {
            return Err(there());
        }
        self.only_said();
        Ok(())
    }

    /// A line of a child that has started or was stopped by the step before it.
    fn judge_inside(&mut self, line: &Line, case: &str, apart: &mut Apart) -> Result<(), String> {
        let starts = line.said(Member::Kind).as_deref() == Some("start");
        let strange =
            || format!("is of the case `{}`, which the workflow cannot have", brief(case));
        let outermost = self.workflow;
        let (workflow, _) = crate::case::address::workflow(outermost, case).ok_or_else(strange)?;
        let parent = around(case);
        let is_expected = apart.inside.front().is_some_and(|act| {
            act.case.text() == Some(case) && starts == matches!(act.origin, StepTrigger::Start(_))
        });
        let act = if is_expected { apart.inside.pop_front() } else { None };
        let input = if starts { Input::beginning(line)? } else { self.input(line)? };
        if apart.floors.contains_key(parent) || !starts && apart.floors.contains_key(case) {
            return self.inside_of_floor(line, &input, case, workflow, apart);
        }
        let mut message = NOT_INSIDE.to_owned();
        if let Some(act) = &act {
            let known = |path: &str| {
                let rules = &workflow.compiled().rules;
                let fact = path.strip_prefix("facts.").and_then(|name| rules.fact_named(name));
                fact.is_some_and(|fact| act.before.facts.is_known(fact))
            };
            let is_known = line.erased().all(|path| !path.starts_with("facts.") || known(&path));
            let found = self.comparer.difference(line, &describe::described(act).record);
            match found {
                None if is_known => {
                    if starts {
                        // Those of another round are none of these.
                        apart.erasures.remove(case);
                        apart.floors.remove(case);
                        self.sees(apart, case, &Erasures::default());
                    }
                    self.recomputed += 1;
                    if let Some(again) = &mut self.again {
                        again.tells(act);
                    }
                    return Ok(());
                }
                None => {}
                Some(found) => message = found,
            }
        }
        let mut around = apart.erasures.get(parent).cloned().unwrap_or_default();
        let (parents, _) = crate::case::address::workflow(outermost, parent).ok_or_else(strange)?;
        around.families = apart.families(parents, parent);
        let is_doubtful =
            !around.is_nothing() || line.erased().any(|path| path.starts_with("facts."));
        if !starts {
            let is_own =
                apart.erasures.contains_key(case) || !apart.families(workflow, case).is_empty();
            if !(is_doubtful || is_own) {
                return Err(message);
            }
            let again = self.again.as_ref().and_then(|again| again.apart(case));
            let floor = again.map(|again| Floor::of(again.situation()).of_part());
            self.gives_up(
                apart,
                case,
                workflow,
                floor.unwrap_or_else(|| Floor::beginning(input.at())),
            );
            return self.inside_of_floor(line, &input, case, workflow, apart);
        }
        let place = self.again.as_ref().and_then(|again| again.place_for(case));
        let Some(place) = place else { return Err(message) };
        // What was put into its list was erased where it came in, and is known by what it was changed to.
        let ought = act.is_none() && self.again.as_ref().is_some_and(|again| again.ought(&place));
        if !is_doubtful && !ought {
            return Err(message);
        }
        // That it was given what it says is only said.
        self.partly.push(self.head.sequence.saturating_add(1));
        apart.floors.remove(case);
        apart.erasures.remove(case);
        let mut doubtful = Doubtful::new(workflow, line, &input, &Erasures::default(), None)?;
        doubtful.place = Some(place);
        let comparer = &mut self.comparer;
        let found = doubtful
            .judge(None, |attempt, doubt| comparer.doubtful_difference(line, &attempt.act, doubt));
        match found? {
            Found::Holds(held) => {
                let known = Erasures::default();
                self.holds(line, &input, case, apart, &doubtful, None, &known, *held)
            }
            Found::Open => {
                let mut floor = Floor::beginning(input.at()).of_part();
                let found = self.judge_floor(line, &input, workflow, &mut floor);
                self.gives_up(apart, case, workflow, floor);
                found
            }
        }
    }

    /// A child of a case of which only the states are known has started or was stopped.
    fn inside_of_floor(
        &mut self,
        line: &Line,
        input: &Input,
        case: &str,
        workflow: &Workflow,
        apart: &mut Apart,
    ) -> Result<(), String> {
        if let Input::Start { .. } = input {
            let mut floor = Floor::beginning(input.at()).of_part();
            let found = self.judge_floor(line, input, workflow, &mut floor);
            self.gives_up(apart, case, workflow, floor);
            return found;
        }
        self.only_said();
        let states = line.member(Member::States).and_then(scan::items).unwrap_or_default();
        // Each once, in the order of the file.
        let states: Vec<String> =
            states.into_iter().filter_map(|name| Some(scan::said(name)?.into_owned())).collect();
        let floor = apart.floors.get(case);
        let compiled = workflow.compiled();
        // Where it stood is not known: it was in states that can be active together.
        let can_be = || {
            let ids = states.iter().map(|name| compiled.state_named(name));
            let leaves: Option<Vec<StateId>> = ids.collect();
            leaves.is_some_and(|leaves| {
                let chart = &compiled.chart;
                let all: BTreeSet<StateId> =
                    leaves.iter().flat_map(|id| chart.ancestors(*id)).collect();
                let all = all.into_iter().chain(leaves.iter().copied()).chain([ROOT]).collect();
                leaves.windows(2).all(|pair| matches!(pair, [one, two] if one < two))
                    && chart.is_configuration(&all)
            })
        };
        let is_same = floor.map_or_else(can_be, |floor| {
            let leaves = floor.active().iter();
            let leaves = leaves.filter(|id| compiled.chart.states.at(**id).children.is_empty());
            let names = leaves.map(|id| compiled.definition.states.at(*id).name.value.clone());
            names.collect::<Vec<String>>() == states
        });
        if !is_same {
            return Err("says that it was stopped in other states than it was in".to_owned());
        }
        Ok(())
    }

    /// What is missing at the end of a whole that was gone through case by case.
    pub(super) fn missing_apart(&self) -> Option<String> {
        let apart = self.apart.as_ref()?;
        if let Some(act) = apart.inside.iter().find(|act| !self.has_ended(apart, act)) {
            return Some(too_early(&describe::described(act).record));
        }
        let again = self.again.as_ref()?;
        let cases = again.addresses();
        let known = cases.iter().map(String::as_str).chain([""]).filter(|case| {
            !apart.floors.contains_key(*case) && !apart.erasures.contains_key(*case)
        });
        for case in known {
            let Some((workflow, _)) = crate::case::address::workflow(self.workflow, case) else {
                continue;
            };
            if !apart.families(workflow, case).is_empty() {
                continue;
            }
            let Some(mut alone) = again.apart(case) else { continue };
            if let Ok(Some(act)) = alone.before(again.time()) {
                return Some(too_early(&describe::described(&act).record));
            }
        }
        None
    }
}
