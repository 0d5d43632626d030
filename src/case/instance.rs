//! One case: what it holds, and what is done to it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::case::address::Address;
use crate::case::answer::{Outcome, SignatureStatus};
use crate::case::contract;
use crate::case::decision::{Decision, StepLogs};
use crate::case::describe;
use crate::case::entries::{Head, PendingEntries};
use crate::case::event::{Event, Until};
use crate::case::ids;
use crate::case::ids::{AnsweredIds, FirstAnswer};
use crate::case::situation::Situation;
use crate::case::step;
use crate::case::step_log::Incoming;
use crate::case::turns::Turns;
use crate::case::whole;
use crate::error::{Error, ErrorKind, Problem};
use crate::language::problems as say;
use crate::limits::Limits;
use crate::rule::observer::Observer;
use crate::rule::{Context, FactorVerdict, For, Meter, ends_call, written_bytes};
use crate::said::Said;
use crate::value::{DateTime, Duration, Value};
use crate::workflow::{Workflow, naming};

/// A case: one matter, where it stands and what is known about it.
///
/// ```
/// use tresteg::{Case, Event, Outcome, Workflow};
///
/// let workflow = Workflow::from_json(r#"{
///     "id": "door",
///     "facts": { "key": { "type": "boolean" } },
///     "events": { "open": { "sets": ["key"] } },
///     "initial": "shut",
///     "states": {
///         "shut": { "on": { "open": { "target": "ajar", "guard": "key" } } },
///         "ajar": { "type": "final" }
///     }
/// }"#)?;
/// let (mut case, _) = Case::start(&workflow, None, Default::default())?;
/// assert_eq!(case.fire(&Event::new("open")).outcome, Outcome::Blocked);
/// assert_eq!(case.fire(&Event::new("open").fact("key", true)).outcome, Outcome::Moved);
/// assert_eq!(case.states(), ["ajar"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Case {
    pub(super) workflow: Workflow,
    pub(super) situation: Arc<Situation>,
    /// Which events with an id of their own were answered.
    pub(super) ids: AnsweredIds,
    /// What happened and has not been taken for the journal yet.
    pub(crate) records: PendingEntries,
    /// The last entry that was taken.
    pub(crate) head: Head,
}

impl PartialEq for Case {
    fn eq(&self, other: &Self) -> bool {
        self.workflow.same(&other.workflow)
            && self.situation == other.situation
            && self.ids == other.ids
            && self.records == other.records
            && self.head == other.head
    }
}

/// Bytes of what an event reports, about.
fn brought(event: &Event) -> u64 {
    let note = event.note.as_ref().map_or(0, |note| note.text.len() as u64);
    event
        .facts
        .values()
        .chain(event.data.values())
        .map(written_bytes)
        .fold(note, u64::saturating_add)
}

/// What an event meets with.
enum Reply {
    /// To a repeat, or to an event that cannot be taken: the case stays as it is.
    Before(Decision),
    /// That leads somewhere; with the digest of what an event with an id says.
    Now(Decision, Arc<Situation>, Option<u128>),
}

impl Case {
    /// Begins a case at a time (the Unix epoch when `None`) with what is known from the outset.
    ///
    /// # Errors
    ///
    /// Every fact that is undeclared, derived or does not fit; a script that fails; a limit. Then there is no case.
    pub fn start(
        workflow: &Workflow,
        at: Option<DateTime>,
        facts: BTreeMap<String, Value>,
    ) -> Result<(Self, Decision), Error> {
        let meter = Meter::call(&workflow.compiled().limits);
        Self::start_within(workflow, at, facts, None, &meter)
    }

    pub(crate) fn start_within(
        workflow: &Workflow,
        at: Option<DateTime>,
        facts: BTreeMap<String, Value>,
        observer: Option<&dyn Observer>,
        meter: &Meter,
    ) -> Result<(Self, Decision), Error> {
        let compiled = workflow.compiled();
        let zone = &compiled.definition.zone;
        let mut problems = Vec::new();
        let admitted = contract::admit_facts(compiled, &facts, &mut problems);
        if !problems.is_empty() {
            return Err(Error::new(ErrorKind::Contract, problems));
        }
        let brought = admitted.iter().map(|(_, value)| written_bytes(value)).sum::<u64>();
        let time = at.map_or_else(|| DateTime::epoch(zone), |at| at.in_zone(zone));
        let script = |problem: Problem| Error::new(ErrorKind::Script, vec![problem]);
        meter.number_sent_of(workflow.is_whole());
        let own = step::start(workflow, time, admitted, observer, meter).map_err(script)?;
        let mut run = Turns::new(workflow, Arc::clone(&own.after), meter, observer);
        run.started(&own);
        run.settle(time).map_err(script)?;
        let (situation, steps) = run.end();
        let acts = StepLogs { own: Some(Arc::new(own)), steps, ..StepLogs::default() };
        let decision = Decision::of(Outcome::Started, None, situation.time, acts);
        let mut case = Self {
            workflow: workflow.clone(),
            situation,
            ids: AnsweredIds::default(),
            records: PendingEntries::default(),
            head: Head::before_all(),
        };
        case.keep(&decision, brought.saturating_add(meter.used().1));
        Ok((case, decision))
    }

    /// Answers an event. All that is due up to its time is taken first; then the event; then what it sent.
    ///
    /// An event with an `id` that was answered before is a *repeat* if it says the same (name, person, facts, payload, note; not
    /// its time): nothing happens, and the answer has the first outcome, [`Decision::repeat`] and nothing else. If it says
    /// anything else it is an error, `event-id-reused`. One that ended in an error may be sent again. The newest
    /// [`Limits::remembered_ids`](crate::Limits::remembered_ids) ids are remembered.
    ///
    /// Whatever the answer, the case is consistent: a refusal changes nothing but its time, an error nothing of the event's own.
    /// Cost: a copy of what the event changes, and the guards of the transitions that listen. What the answer says is put
    /// into words when it is read: see [`Decision`].
    pub fn fire(&mut self, event: &Event) -> Decision {
        self.fire_within(event, None, &self.meter())
    }

    pub(crate) fn fire_within(
        &mut self,
        event: &Event,
        observer: Option<&dyn Observer>,
        meter: &Meter,
    ) -> Decision {
        let event = &*event.composed();
        match self.answer(event, self.is_full(), observer, meter) {
            Reply::Before(decision) => decision,
            Reply::Now(decision, situation, content) => {
                self.keep(&decision, brought(event).saturating_add(meter.used().1));
                self.situation = situation;
                let outcome = decision.outcome;
                if outcome != Outcome::Error
                    && let (Some(id), Some(content)) = (&event.id, content)
                {
                    let most = self.workflow.compiled().limits.remembered_ids;
                    self.ids.insert(id, FirstAnswer { content, outcome }, most);
                }
                decision
            }
        }
    }

    /// What an event is answered, and where the case then stands: nothing is changed here.
    fn answer(
        &self,
        event: &Event,
        full: Option<Problem>,
        observer: Option<&dyn Observer>,
        meter: &Meter,
    ) -> Reply {
        if let Some(answer) = self.again(event) {
            return Reply::Before(answer);
        }
        let wrong = |problems| {
            let acts = StepLogs { problems, ..StepLogs::default() };
            let name = Some(Arc::from(event.name.as_str()));
            let decision = Decision::of(Outcome::Error, name, self.situation.time, acts);
            Reply::Before(decision.of_case(event.to.as_deref()))
        };
        if let Some(problem) = full {
            return wrong(vec![problem]);
        }
        let here = match self.addressed(event) {
            Ok(here) => here,
            Err(problem) => return wrong(vec![problem]),
        };
        let (workflow, situation) = self.part(&here);
        let accepted = match contract::check(workflow.compiled(), &situation, event) {
            Ok(accepted) => accepted,
            Err(problems) => return wrong(problems),
        };
        let content =
            event.id.as_ref().map(|_| ids::content(workflow.compiled(), &accepted, event));
        let at = accepted.current.at;
        let name = Some(Arc::clone(&accepted.current.name));
        let mut run = Turns::new(&self.workflow, Arc::clone(&self.situation), meter, observer);
        if let Err(problem) = run.settle(at) {
            return wrong(vec![problem]);
        }
        // What was due before may have ended the children of another time.
        if !here.parts().is_empty()
            && Address::find(&self.workflow, run.situation(), here.text().unwrap_or_default()).ok()
                != Some(here.clone())
        {
            let message = contract::said(&say::CASE_GONE, [here.text().unwrap_or_default().into()]);
            return wrong(vec![Problem::said("unknown-address", message)]);
        }
        let mut acts = StepLogs { before: run.steps(), ..StepLogs::default() };
        let mut outcome = Outcome::Error;
        match run.answer(&here, Incoming::new(workflow, accepted, event), event.actor.as_ref()) {
            Ok(own) => {
                if let Err(problem) = run.settle(at) {
                    return wrong(vec![problem]);
                }
                outcome = own.outcome;
                acts.own = Some(own);
            }
            Err(problem) if ends_call(&problem.code) => return wrong(vec![problem]),
            Err(problem) => acts.problems.push(problem),
        }
        let (situation, steps) = run.end();
        acts.steps = steps;
        let decision = Decision::of(outcome, name, situation.time, acts);
        Reply::Now(decision.of_case(here.text()), situation, content)
    }

    /// The case that an event is for.
    fn addressed(&self, event: &Event) -> Result<Address, Problem> {
        match event.to.as_deref() {
            None | Some("") => Ok(Address::default()),
            Some(to) => Address::find(&self.workflow, &self.situation, to),
        }
    }

    /// Workflow and situation of one of the cases, at the time of the whole.
    fn part(&self, here: &Address) -> (&Workflow, Arc<Situation>) {
        let (workflow, situation) = whole::case(&self.workflow, &self.situation, here);
        (workflow, whole::at(workflow, situation, self.situation.time))
    }

    /// One of its child cases by itself, at the time of the whole.
    pub(super) fn alone(&self, here: &Address) -> Self {
        let (workflow, mut situation) = self.part(here);
        // What waits in it keeps its number.
        if workflow.is_whole() || !situation.aside.is_empty() {
            Arc::make_mut(&mut situation).sends = self.situation.sends;
        }
        Self {
            workflow: workflow.clone(),
            situation,
            ids: AnsweredIds::default(),
            records: PendingEntries::default(),
            head: Head::before_all(),
        }
    }

    /// The answer to an event whose id is remembered.
    fn again(&self, event: &Event) -> Option<Decision> {
        let id = event.id.as_deref()?;
        let first = self.ids.get(id)?;
        let time = self.situation.time;
        let name = Some(Arc::from(event.name.as_str()));
        // When it is sent again is no part of what it says. What does not keep the contract now is not what was taken then.
        let timeless = Event { at: None, ..event.clone() };
        let content = self.addressed(event).ok().and_then(|here| {
            let (workflow, situation) = self.part(&here);
            let accepted = contract::check(workflow.compiled(), &situation, &timeless).ok()?;
            Some(ids::content(workflow.compiled(), &accepted, event))
        });
        if content == Some(first.content) {
            let decision = Decision::again(first.outcome, name, time);
            return Some(decision.of_case(event.to.as_deref()));
        }
        let message = contract::said(&say::ID_REUSED, [crate::value::brief(id)]);
        let hint = contract::said(&say::ID_REUSED_HINT, []);
        let problems = vec![Problem::said("event-id-reused", message).hint(hint)];
        let acts = StepLogs { problems, ..StepLogs::default() };
        Some(Decision::of(Outcome::Error, name, time, acts))
    }

    /// Keeps what an answer tells of for the journal, unless there is none.
    fn keep(&mut self, decision: &Decision, bytes: u64) {
        if self.workflow.compiled().limits.untaken_entries > 0 {
            for entry in decision.acts() {
                self.records.push(entry);
            }
            self.records.grow(bytes);
        }
    }

    /// What [`fire`](Self::fire) would answer, without acting; to a repeat too.
    #[must_use]
    pub fn explain(&self, event: &Event) -> Decision {
        self.explain_within(event, &self.meter())
    }

    /// What a call may use.
    pub(super) fn meter(&self) -> Meter {
        Meter::call(&self.workflow.compiled().limits)
    }

    pub(super) fn explain_within(&self, event: &Event, meter: &Meter) -> Decision {
        match self.answer(&event.composed(), self.is_full(), None, meter) {
            Reply::Before(decision) | Reply::Now(decision, ..) => decision,
        }
    }

    /// Entries that nobody takes must not fill the memory, nor be lost without a word.
    pub(super) fn is_full(&self) -> Option<Problem> {
        let Limits { untaken_entries, untaken_bytes, .. } = self.workflow.compiled().limits;
        if untaken_entries == 0 {
            return None;
        }
        let (code, most, what) = if self.records.len() >= untaken_entries {
            ("limit-untaken-entries", untaken_entries, &say::ENTRIES)
        } else if self.records.bytes() >= untaken_bytes as u64 {
            ("limit-untaken-bytes", untaken_bytes, &say::BYTES)
        } else {
            return None;
        };
        let parts = [most.to_string().into(), Said::of(what, [])];
        let hint = contract::said(&say::UNTAKEN_HINT, []);
        Some(Problem::said(code, Said::of(&say::UNTAKEN, parts)).hint(hint))
    }

    /// Lets time pass: takes all that falls due on the way, in order, each at its own time.
    ///
    /// What was taken leaves an entry for the journal; that time passed leaves none of its own, for it decides nothing. A term
    /// that is due is tried at its time and at the end of each call, so one whose guard reads the clock has its entry at the
    /// moment at which it opened; an event bears its own time. So a journal proves every decision and state, but not how long
    /// a case went on being looked at after its last entry; of two cases with equal heads, one may be later.
    pub fn advance(&mut self, until: impl Into<Until>) -> Decision {
        self.advance_within(until.into(), None, &self.meter())
    }

    pub(crate) fn advance_within(
        &mut self,
        until: Until,
        observer: Option<&dyn Observer>,
        meter: &Meter,
    ) -> Decision {
        let compiled = self.workflow.compiled();
        let zone = &compiled.definition.zone;
        let wrong = |problems| {
            let acts = StepLogs { problems, ..StepLogs::default() };
            Decision::of(Outcome::Error, None, self.situation.time, acts)
        };
        let until = match until {
            Until::Time(at) => at.in_zone(zone),
            Until::For(length) => match self.later(length) {
                Ok(at) => at,
                Err(problem) => return wrong(vec![problem]),
            },
        };
        if let Some(problem) = self.is_full() {
            return wrong(vec![problem]);
        }
        if let Err(problems) = contract::check_time(&self.situation, until) {
            return wrong(problems);
        }
        let mut run = Turns::new(&self.workflow, Arc::clone(&self.situation), meter, observer);
        if let Err(problem) = run.advance(until) {
            return wrong(vec![problem]);
        }
        let before = run.steps();
        let (situation, steps) = run.end();
        let acts = StepLogs { steps, before, ..StepLogs::default() };
        let decision = Decision::of(Outcome::Advanced, None, until, acts);
        self.situation = situation;
        self.keep(&decision, meter.used().1);
        decision
    }

    /// So long after the last step.
    pub(crate) fn later(&self, length: Duration) -> Result<DateTime, Problem> {
        let time = self.situation.time;
        time.add(length, &self.workflow.compiled().definition.zone).ok_or_else(|| {
            let parts = [Said::Time(time), length.to_string().into()];
            Problem::said("time-range", Said::of(&say::TIME_RANGE, parts))
        })
    }

    /// Where it stands, as data.
    pub(crate) fn situation(&self) -> &Situation {
        &self.situation
    }

    /// The workflow that it runs on.
    #[must_use]
    pub fn workflow(&self) -> &Workflow {
        &self.workflow
    }

    /// The time of the last step.
    #[must_use]
    pub fn time(&self) -> DateTime {
        self.situation.time
    }

    /// The active leaf states, in document order; after the end, where it ended.
    #[must_use]
    pub fn states(&self) -> Vec<&str> {
        let compiled = self.workflow.compiled();
        let leaves = self.situation.active.iter();
        leaves
            .filter(|state| compiled.chart.states.at(**state).children.is_empty())
            .map(|state| compiled.definition.states.at(*state).name.as_str())
            .collect()
    }

    /// Whether a state is active, be it a leaf or not.
    #[must_use]
    pub fn is_in(&self, state: &str) -> bool {
        let definition = &self.workflow.compiled().definition;
        let mut active = self.situation.active.iter().skip(1);
        active.any(|id| definition.states.at(*id).name.as_str() == state)
    }

    /// The `tags` of the active states, leaves or not, in document order, each once.
    #[must_use]
    pub fn tags(&self) -> Vec<&str> {
        let definition = &self.workflow.compiled().definition;
        let mut tags: Vec<&str> = Vec::new();
        for tag in self.situation.active.iter().flat_map(|id| &definition.states.at(*id).tags) {
            if !tags.contains(&tag.as_str()) {
                tags.push(tag);
            }
        }
        tags
    }

    /// Whether a final state of the file has been entered.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.situation.ended
    }

    /// The value of a fact: as reported or by default, or computed for a derived one. `None` when it is unknown, when its
    /// rule fails on the values at hand, and for a name that is no fact.
    #[must_use]
    pub fn fact(&self, name: &str) -> Option<Value> {
        let rules = &self.workflow.compiled().rules;
        rules.fact(rules.fact_named(name)?, &self.situation.context(None)).ok().flatten()
    }

    /// Every known fact that is not derived, defaults included, in the order of the file.
    #[must_use]
    pub fn facts(&self) -> Vec<(&str, Value)> {
        let facts = self.workflow.compiled().definition.facts.iter();
        facts
            .filter_map(|(id, fact)| Some((fact.name.as_str(), self.situation.fact(id)?)))
            .collect()
    }

    /// The transitions that wait for more signatures, with who has signed and who is missing.
    #[must_use]
    pub fn signatures(&self) -> Vec<SignatureStatus> {
        let (compiled, situation) = (self.workflow.compiled(), &self.situation);
        let waiting = situation.signatures.keys();
        waiting.map(|id| describe::status(compiled, situation, *id, None)).collect()
    }

    /// The next time at which a term or a sent event will be due.
    #[must_use]
    pub fn next_deadline(&self) -> Option<DateTime> {
        whole::next_deadline(&self.situation)
    }

    /// Terms and sent events that failed and are put aside until the case changes, each with its problem.
    #[must_use]
    pub fn put_aside(&self) -> Vec<String> {
        describe::aside(self.workflow.compiled(), &self.situation)
    }

    /// What rules read of it, and whether it has ended.
    pub(crate) fn read(&self) -> (crate::rule::Context<'_>, bool) {
        (self.situation.context(None), self.situation.ended)
    }

    /// The verdict of one factor; `None` for a name that is none.
    pub(crate) fn factor(&self, name: &str) -> Option<FactorVerdict> {
        let rules = &self.workflow.compiled().rules;
        let meter = self.meter();
        let context = Context { meter: Some(&meter), ..self.situation.context(None) };
        Some(rules.explain_factor(rules.factor_named(name)?, &context, For::Answer(None)))
    }

    /// When the open terms of a key are due, `KEY` in any active state or `STATE: KEY`, in the order of the states.
    pub(crate) fn term_due(&self, key: &str) -> Vec<DateTime> {
        let states = &self.workflow.compiled().definition.states;
        let terms = self.situation.terms.iter().filter(|term| term.is_open());
        let named = terms.filter(|term| {
            let state = states.at(term.state);
            state.terms.get(term.index as usize).is_some_and(|written| {
                let written = written.key.as_str();
                key == written || naming::is_term_of(key, state.name.as_str(), written)
            })
        });
        named.filter_map(|term| term.due).collect()
    }

    /// The scorecard: every factor's verdict with the values that it read, in the order of the file.
    #[must_use]
    pub fn factors(&self) -> Vec<FactorVerdict> {
        let compiled = self.workflow.compiled();
        let meter = self.meter();
        let context = Context { meter: Some(&meter), ..self.situation.context(None) };
        let open = compiled.open_facts(&self.situation.active);
        let settled = |fact| compiled.is_settled(&open, fact);
        compiled.rules.explain_factors(&context, For::Answer(Some(&settled)))
    }
}
