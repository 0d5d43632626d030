//! Claims put to the test: cases that are played at random, and of what breaks a claim the shortest story.
//!
//! What is random comes from a seed. Where a case stands as none did before, it is kept, and others go on from there.

use std::collections::BTreeSet;

use serde::Serialize;

use super::explore::starts;
use super::less::{size, without_values};
use super::trace::{Action, Trace};
use super::{slug, unique, write};
use crate::Language;
use crate::case::answer::Outcome;
use crate::case::claims::{ClaimStatus, ClaimVerdict};
use crate::case::event::{Actor, Event, Until};
use crate::case::{Case, contract, describe};
use crate::definition::model::Trigger;
use crate::definition::shape::Shape;
use crate::label::Label;
use crate::language::Searches;
use crate::partition::samples::Palette;
use crate::rule::Meter;
use crate::scenario::{Scenario, Suite};
use crate::table::FactId;
use crate::value::{DateTime, Duration, Value};
use crate::workflow::{Compiled, Workflow};

/// Events and jumps in time of one case, behind where it begins.
const ACTS: u64 = 24;
/// Places that others go on from.
const PLACES: usize = 400;
/// Operations that an act takes besides its scripts.
const ACT: u64 = 64;
/// Values that rules compare with, of one workflow.
const CONSTANTS: usize = 1_000;
/// People who act.
const PEOPLE: [&str; 3] = ["anna", "bo", "cecilia"];
const DAY: i64 = 86_400_000_000;

/// What came of playing for the claims of a workflow: [`try_claims`].
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct ClaimTrial {
    /// Cases that were played.
    pub cases: u64,
    /// Starts, events and jumps in time that were tried in them, those of shortening among them.
    pub steps: u64,
    /// Whether it met the limit `search_operations` before all cases were played or all stories were shortened.
    pub is_cut: bool,
    /// The claims that were broken, each with a story that was shortened.
    pub broken: Vec<BrokenClaim>,
    /// A scenario file of those stories, as text; empty where there are none.
    #[serde(skip)]
    pub text: String,
}

/// A claim that a case has broken.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct BrokenClaim {
    /// Its name in the file.
    pub claim: String,
    /// The address of the child case whose claim it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// The title in the file.
    #[serde(skip_serializing_if = "Label::is_empty")]
    pub title: Label,
    /// The step of the case after which it did not hold, or since which something waits; 1 is the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<u64>,
    /// What happens in the story, in order: names of events and times.
    pub story: Vec<String>,
    /// The name of its scenario in [`ClaimTrial::text`], which was read again and breaks the claim; none where it cannot be
    /// written as one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
}

/// Plays so many random cases of a workflow, which the file calls by this path, and shortens what breaks one of its claims.
///
/// Cases begin with facts that are not derived and not kept by actions of the workflow alone. Events come from anybody or from those who may send them, with values at the bounds of rules and claims or left out, to child cases
/// too; time passes to just before, at and just after terms. Those scenarios that there are show where cases can stand.
/// A claim that no case broke may still be broken by another.
///
/// Unless [`ClaimTrial::is_cut`], no one event, jump, value or person of a story can be left out; a shorter one of other
/// events, times or values there may be. A story in which no other claim breaks before is preferred; where none was found,
/// its scenario fails at that other claim first. It is deterministic: the same arguments give the same result. Cost: the
/// limit [`Limits::search_operations`](crate::Limits) bounds playing, and once more shortening.
///
/// ```
/// use tresteg::lab::try_claims;
/// use tresteg::{Language, Workflow};
///
/// let workflow = Workflow::from_json(r#"{
///     "id": "w", "states": { "s": { "on": { "announce": {}, "wait": {} } } },
///     "claims": { "once": { "always": "count(`announce`) <= 1" } }
/// }"#)?;
/// let trial = try_claims(&workflow, &[], "w.json", 50, 1, Language::English);
/// assert_eq!(trial.broken[0].claim, "once");
/// assert_eq!(trial.broken[0].story, ["announce", "announce"]);
/// # Ok::<(), tresteg::diagnostic::Report>(())
/// ```
#[must_use]
pub fn try_claims(
    workflow: &Workflow,
    scenarios: &[Scenario],
    path: &str,
    cases: u64,
    seed: u64,
    language: Language,
) -> ClaimTrial {
    let mut trial =
        ClaimTrial { cases: 0, steps: 0, is_cut: false, broken: Vec::new(), text: String::new() };
    let bundle = workflow.bundle();
    if bundle.iter().all(|one| one.compiled().definition.claims.is_empty()) {
        return trial;
    }
    let mut player = Player {
        workflow,
        meter: Meter::search(workflow.limits().search_operations),
        random: Random(seed),
        constants: bundle.iter().flat_map(|one| constants(one.compiled())).collect(),
        starts: starts(workflow),
        given: given(workflow.compiled()),
        places: Vec::new(),
        keys: BTreeSet::new(),
        steps: 0,
    };
    let mut found: Vec<Broken> = Vec::new();
    // A way that a scenario goes may break one already, and is where others begin.
    let known = scenarios.iter().filter_map(|scenario| Trace::of(scenario, workflow));
    for trace in known.filter(|trace| trace.place.is_none()) {
        player.follow(&trace, &mut found);
    }
    while trial.cases < cases && player.meter.left() > 0 {
        player.game(&mut found);
        trial.cases += 1;
    }
    trial.is_cut = trial.cases < cases;
    // What was played is bounded; to shorten it there is room of its own.
    player.meter = Meter::search(workflow.limits().search_operations);
    let (mut names, mut written) = (BTreeSet::new(), Vec::new());
    for way in found {
        let Broken { status, trace, .. } = player.shorten(way);
        let story = trace.acts.iter().map(told).collect();
        let title = format!("{} `{}`", Searches::of(language).breaks_claim, status.name);
        let name = unique(slug(&title), &mut names);
        let text = player.written(&name, &title, &trace, &status);
        let scenario = text.is_some().then_some(name);
        written.extend(text);
        let ClaimStatus { name: claim, case, title, step, .. } = status;
        trial.broken.push(BrokenClaim { claim, case, title, step, story, scenario });
    }
    trial.is_cut |= player.meter.left() == 0;
    trial.steps = player.steps;
    if !written.is_empty() {
        trial.text = write::file(path, &written);
    }
    trial
}

fn told(act: &Action) -> String {
    match act {
        Action::Fire(event) => match &event.to {
            Some(to) => format!("{to}: {}", event.name),
            None => event.name.clone(),
        },
        Action::Advance(time) => time.to_string(),
    }
}

/// Facts that a case may begin with: not what is derived, nor what only actions of the workflow keep, such as a counter.
fn given(compiled: &Compiled) -> Vec<FactId> {
    let (definition, rules) = (&compiled.definition, &compiled.rules);
    let states = definition.states.ids();
    let of_states =
        states.flat_map(|id| [rules.entry(id), rules.exit(id), rules.initial_actions(id)]);
    let of_transitions = definition.transitions.ids().map(|id| rules.actions(id));
    let actions = of_states.chain(of_transitions).flatten();
    let kept: BTreeSet<FactId> =
        actions.flat_map(|program| rules.writes(program).into_keys()).collect();
    let events = definition.events.iter().flat_map(|events| events.values());
    let set: BTreeSet<&str> =
        events.flat_map(|event| &event.sets).map(|fact| fact.value.as_str()).collect();
    let may_be_given = |id: &FactId| {
        let is_derived = rules.facts.get(*id).is_some_and(|fact| fact.value.is_some());
        let is_set = set.contains(definition.facts.at(*id).name.value.as_str());
        !is_derived && (is_set || !kept.contains(id))
    };
    definition.facts.ids().filter(may_be_given).collect()
}

/// Values that claims and rules tell apart.
fn constants(compiled: &Compiled) -> Vec<Value> {
    let definition = &compiled.definition;
    let mut found: Vec<Value> = Vec::new();
    let transitions = definition.transitions.ids().map(|id| compiled.rules.inputs(id));
    let facts = definition.facts.ids().map(|id| compiled.rules.fact_inputs(id));
    let claims = std::iter::once_with(|| compiled.rules.claim_inputs());
    let read = claims.chain(transitions).chain(facts).flat_map(|inputs| {
        let named = inputs.parameters.into_iter();
        let named = named.map(|id| definition.parameters.at(id).value.clone());
        inputs.constants.into_iter().chain(named).collect::<Vec<_>>()
    });
    for value in read {
        if found.len() < CONSTANTS && !found.contains(&value) {
            found.push(value);
        }
    }
    found
}

fn is_same(a: &ClaimStatus, b: &ClaimStatus) -> bool {
    a.name == b.name && a.case == b.case
}

fn broken(case: &Case) -> impl Iterator<Item = ClaimStatus> {
    case.claims().into_iter().filter(|claim| claim.verdict == ClaimVerdict::Broken)
}

/// A claim that is broken, and a way there.
struct Broken {
    status: ClaimStatus,
    trace: Trace,
    /// Whether no other claim breaks before on that way.
    is_first: bool,
}

impl Broken {
    /// What is preferred comes first.
    fn rank(&self) -> (bool, usize) {
        (!self.is_first, self.trace.acts.len())
    }
}

/// Takes down the claims that the last act broke, each with the best way that was seen. `before` holds what was broken
/// already, and is brought up to date.
fn note(found: &mut Vec<Broken>, before: &mut Vec<ClaimStatus>, case: &Case, trace: &Trace) {
    let is_first = before.is_empty();
    let new: Vec<ClaimStatus> =
        broken(case).filter(|claim| !before.iter().any(|known| is_same(known, claim))).collect();
    for status in new {
        before.push(status.clone());
        let way = Broken { status, trace: trace.clone(), is_first };
        match found.iter_mut().find(|known| is_same(&known.status, &way.status)) {
            None => found.push(way),
            Some(known) if known.rank() > way.rank() => *known = way,
            Some(_) => {}
        }
    }
}

/// Numbers that look random: splitmix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One of so many, from 0 on.
    fn below(&mut self, many: u64) -> u64 {
        self.next().checked_rem(many).unwrap_or(0)
    }

    /// Whether something is so that is so in so many of a hundred.
    fn is(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn of<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        let place = self.below(u64::try_from(things.len()).unwrap_or(u64::MAX));
        things.get(usize::try_from(place).unwrap_or(0))
    }
}

struct Player<'w> {
    workflow: &'w Workflow,
    meter: Meter,
    random: Random,
    constants: Vec<Value>,
    starts: Vec<DateTime>,
    /// Facts that a case may begin with.
    given: Vec<FactId>,
    /// Where others go on from.
    places: Vec<(Case, Trace)>,
    keys: BTreeSet<Vec<String>>,
    steps: u64,
}

impl Player<'_> {
    /// One case, from its start or from where another stood.
    fn game(&mut self, found: &mut Vec<Broken>) {
        let on = if self.random.is(70) { self.random.of(&self.places).cloned() } else { None };
        // What was broken where another stood was taken down there.
        let mut before: Vec<ClaimStatus> =
            on.iter().flat_map(|(case, _)| broken(case).collect::<Vec<_>>()).collect();
        let Some((mut case, mut trace)) = on.or_else(|| self.begin()) else { return };
        note(found, &mut before, &case, &trace);
        let mut last: Option<Action> = None;
        for _ in 0..ACTS {
            if case.is_ended() || self.meter.left() == 0 {
                break;
            }
            let repeated = if self.random.is(8) { last.clone() } else { None };
            let Some(act) = repeated.or_else(|| self.act(&case)) else { continue };
            if self.goes(&mut case, &mut trace, &act) {
                note(found, &mut before, &case, &trace);
                self.keep(&case, &trace);
            }
            last = Some(act);
        }
    }

    /// What of a way happens: others go on from wherever it leads.
    fn follow(&mut self, way: &Trace, found: &mut Vec<Broken>) {
        let Some(mut case) = self.start(way) else { return };
        let mut trace = Trace { acts: Vec::new(), ..way.clone() };
        let mut before = Vec::new();
        note(found, &mut before, &case, &trace);
        self.keep(&case, &trace);
        for act in &way.acts {
            if self.goes(&mut case, &mut trace, act) {
                note(found, &mut before, &case, &trace);
                self.keep(&case, &trace);
            }
        }
    }

    /// Takes an act into a way if it happens; what does not leaves the case as it was.
    fn goes(&mut self, case: &mut Case, trace: &mut Trace, act: &Action) -> bool {
        let mut next = case.clone();
        let happens = self.take(&mut next, act);
        if happens {
            *case = next;
            trace.acts.push(act.clone());
        }
        happens
    }

    fn begin(&mut self) -> Option<(Case, Trace)> {
        let mut trace = Trace::new(*self.random.of(&self.starts)?);
        let compiled = self.workflow.compiled();
        for id in self.given.clone() {
            if self.random.is(20) {
                let fact = compiled.definition.facts.at(id);
                let value = self.value(compiled, &fact.shape, trace.at);
                trace.facts.extend(value.map(|value| (fact.name.value.clone(), value)));
            }
        }
        let begun = self.start(&trace).or_else(|| {
            trace.facts.clear();
            self.start(&trace)
        });
        begun.map(|case| (case, trace))
    }

    fn start(&mut self, trace: &Trace) -> Option<Case> {
        self.steps += 1;
        self.meter.spend(ACT);
        let facts = trace.facts.clone();
        let begun = match &trace.place {
            Some(place) => Case::placed(self.workflow, Some(trace.at), &facts, place).ok(),
            None => {
                let begun =
                    Case::start_within(self.workflow, Some(trace.at), facts, None, &self.meter);
                begun.ok().map(|(case, _)| case)
            }
        };
        begun.map(|mut case| {
            case.records.clear();
            case
        })
    }

    /// Lets something happen. Whether it did.
    fn take(&mut self, case: &mut Case, act: &Action) -> bool {
        self.steps += 1;
        self.meter.spend(ACT);
        let decision = match act {
            Action::Fire(event) => case.fire_within(event, None, &self.meter),
            Action::Advance(time) if *time < case.time() => return false,
            Action::Advance(time) => case.advance_within(Until::Time(*time), None, &self.meter),
        };
        case.records.clear();
        let is_refused =
            matches!(decision.outcome, Outcome::Blocked | Outcome::NotExpected | Outcome::Error);
        !is_refused && decision.steps.iter().all(|step| step.problems.is_empty())
    }

    /// Keeps a place at which no case stood before.
    fn keep(&mut self, case: &Case, trace: &Trace) {
        if self.places.len() >= PLACES || case.is_ended() {
            return;
        }
        let mut key: Vec<String> = case.states().into_iter().map(str::to_owned).collect();
        for child in case.children() {
            key.push(child.address);
            key.extend(child.states);
        }
        let events = case.situation().past.events.iter();
        key.extend(events.map(|(name, found)| format!("{name} {}", found.count.min(2))));
        if self.keys.insert(key) {
            self.places.push((case.clone(), trace.clone()));
        }
    }

    /// Something that may happen where a case stands.
    fn act(&mut self, case: &Case) -> Option<Action> {
        if self.random.is(20) {
            return self.wait(case).map(Action::Advance);
        }
        let addresses = case.addresses();
        let to = if self.random.is(60) { self.random.of(&addresses).cloned() } else { None };
        let there = match &to {
            Some(address) => case.at(address).ok()?,
            None => case.clone(),
        };
        let compiled = there.workflow().compiled();
        let names = describe::expected(compiled, there.situation());
        let name = self.random.of(&names)?;
        let mut event = Event::new(name.clone());
        event.to = to;
        event.actor = self.actor(compiled, &there, name);
        if let Some(declared) = contract::governing(compiled, name) {
            let required = declared.required.iter().map(|fact| (&fact.value, 97));
            let may = declared.sets.iter().map(|fact| (&fact.value, 45));
            for (fact, often) in required.chain(may) {
                let Some(id) = compiled.rules.fact_named(fact) else { continue };
                if event.facts.contains_key(fact) || !self.random.is(often) {
                    continue;
                }
                let shape = &compiled.definition.facts.at(id).shape;
                let value = self.value(compiled, shape, case.time());
                event.facts.extend(value.map(|value| (fact.clone(), value)));
            }
            for (key, shape) in &declared.data {
                let is_asked = declared.data_required.iter().any(|asked| asked.value == *key);
                if self.random.is(if is_asked { 97 } else { 45 }) {
                    let value = self.value(compiled, shape, case.time());
                    event.data.extend(value.map(|value| (key.clone(), value)));
                }
            }
        }
        Some(Action::Fire(Box::new(event)))
    }

    /// To just before, at or just after what is due, or some days.
    fn wait(&mut self, case: &Case) -> Option<DateTime> {
        let zone = &self.workflow.compiled().definition.zone;
        let now = case.time();
        let by = |time: DateTime, by: i64| {
            let moved = DateTime::from_microseconds(time.microseconds().checked_add(by)?)?;
            Some(moved.in_zone(zone))
        };
        let due = case.next_deadline().filter(|due| *due >= now && self.random.is(65));
        let until = match due {
            Some(due) => by(due, *self.random.of(&[-1, 0, 0, 1, DAY])?)?,
            None => {
                let days = *self.random.of(&[1, 7, 14, 15, 30, 90, 366, 1_900])?;
                now.add(Duration::days(days)?, zone)?
            }
        };
        Some(until.max(now))
    }

    /// Mostly somebody who may send it; one person in several roles, or another.
    fn actor(&mut self, compiled: &Compiled, case: &Case, event: &str) -> Option<Actor> {
        let definition = &compiled.definition;
        let governs = contract::governing(compiled, event);
        let mut roles: Vec<&str> = Vec::new();
        let of_event = governs.and_then(|found| found.by.as_deref()).unwrap_or_default();
        roles.extend(of_event.iter().map(|role| role.as_str()));
        for state in &case.situation().active {
            for id in &definition.states.at(*state).transitions {
                let transition = definition.transitions.at(*id);
                if matches!(transition.trigger, Trigger::Events(_))
                    && compiled.chart.listens(*id, event)
                {
                    let by = transition.by.as_deref().unwrap_or_default();
                    roles.extend(by.iter().map(|role| role.as_str()));
                }
            }
        }
        let all: Vec<&str> = definition.roles.keys().map(String::as_str).collect();
        let mut role = if self.random.is(92) { self.random.of(&roles) } else { None };
        if role.is_none() && self.random.is(50) {
            role = self.random.of(&all);
        }
        if role.is_none() && self.random.is(30) {
            return None;
        }
        let person = Actor::new(*self.random.of(&PEOPLE)?);
        Some(match role {
            Some(role) => person.role(*role),
            None => person,
        })
    }

    fn value(&mut self, compiled: &Compiled, shape: &Shape, now: DateTime) -> Option<Value> {
        let zone = &compiled.definition.zone;
        let values = Palette { constants: &self.constants, now, zone }.values(shape);
        self.random.of(&values).cloned()
    }

    /// What of a way happens, up to where it breaks a claim: `None` where it does not.
    fn replay(&mut self, way: &Trace, claim: &ClaimStatus) -> Option<Broken> {
        let mut case = self.start(way)?;
        let mut trace = Trace { acts: Vec::new(), ..way.clone() };
        let mut acts = way.acts.iter();
        let mut is_first = true;
        loop {
            let all: Vec<ClaimStatus> = broken(&case).collect();
            let is_any = !all.is_empty();
            if let Some(status) = all.into_iter().find(|status| is_same(status, claim)) {
                return Some(Broken { status, trace, is_first });
            }
            is_first &= !is_any;
            while !self.goes(&mut case, &mut trace, acts.next()?) {}
        }
    }

    /// Goes a shorter way if it breaks the same claim, and no other before where none does yet.
    fn goes_shorter(&mut self, known: &mut Broken, less: &Trace) -> bool {
        let shorter = self.replay(less, &known.status);
        match shorter.filter(|way| way.is_first || !known.is_first) {
            Some(way) => {
                *known = way;
                true
            }
            None => false,
        }
    }

    /// A way that breaks a claim of which no act and no value can be left out, as far as there is room to try.
    fn shorten(&mut self, mut way: Broken) -> Broken {
        let whole = way.trace.clone();
        self.goes_shorter(&mut way, &whole);
        loop {
            let before = size(&way.trace);
            let mut piece = way.trace.acts.len();
            while piece > 0 {
                let mut end = way.trace.acts.len();
                while end > 0 {
                    let from = end.saturating_sub(piece);
                    let mut less = way.trace.clone();
                    less.acts.drain(from..end);
                    end = from;
                    if self.goes_shorter(&mut way, &less) {
                        end = end.min(way.trace.acts.len());
                    }
                }
                piece /= 2;
            }
            for less in without_values(&way.trace) {
                let less = less(&way.trace);
                let acts = way.trace.acts.len();
                // An act more that is left out would shift the others: they are looked at in the next round.
                if size(&less) < size(&way.trace)
                    && self.goes_shorter(&mut way, &less)
                    && way.trace.acts.len() != acts
                {
                    break;
                }
            }
            if size(&way.trace) >= before || self.meter.left() == 0 {
                return way;
            }
        }
    }

    /// A way as a scenario: read again and gone to its end, it must break the claim, all else being as it says.
    fn written(&self, name: &str, title: &str, way: &Trace, claim: &ClaimStatus) -> Option<String> {
        let workflow = self.workflow;
        let played = way.play(workflow, &Meter::call(workflow.limits()))?;
        let text = write::scenario(name, title, way, &played, None);
        let file = write::file("workflow.json", std::slice::from_ref(&text));
        let mut find = |_: &str| Ok(workflow.clone());
        let suite = Suite::load_on("claims", &file, &mut find, workflow.limits()).ok()?;
        let (mut breaks, mut is_met) = (false, true);
        let plan = suite.scenarios().first()?.plan();
        let cut = plan.play(workflow, None, None, &mut |moment| {
            let scene = moment.scene;
            is_met &= moment.expect.iter().all(|check| check.wanted.is_met(scene.of(check)));
            breaks |= scene.broken_claims().any(|status| is_same(&status, claim));
            is_met
        });
        (is_met && breaks && cut.is_none()).then_some(text)
    }
}
