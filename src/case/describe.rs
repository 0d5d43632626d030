//! Puts names to numbers: what a step did, and why it was not taken.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use crate::case::answer::{
    Condition, Effects, FactChange, Outcome, Proof, Reason, SignatureStatus, SigningRefusal,
};
use crate::case::contract::{self, Accepted};
use crate::case::event::Actor;
use crate::case::record::{Origin, Record};
use crate::case::requester::{Requester, count_roles, in_unit, is_another, plays};
use crate::case::select::Selection;
use crate::case::situation::{Situation, TimerRef};
use crate::case::step_log::{Narrated, PendingEntry, StepLog, StepTrigger};
use crate::case::trace::SignatureNote;
use crate::case::{codec, signing};
use crate::definition::model::{EventDecl, Label, matches, prefixes};
use crate::diagnostic::Spanned;
use crate::rule::{Context, Current, For, Meter, Requirement, Senders, Truth};
use crate::table::{FactId, TransitionId};
use crate::value::DateTime;
use crate::workflow::listeners::RESERVED;
use crate::workflow::naming::transition_ref;
use crate::workflow::{Compiled, TransitionRef};

/// An act in words, made when it is first asked for: some microseconds.
pub(crate) fn described(act: &StepLog) -> &Narrated {
    act.described.get_or_init(|| {
        let meter = Meter::words(&act.workflow.compiled().limits);
        let record = Arc::new(describe_step(act, &meter));
        Narrated { record, used: meter.used() }
    })
}

/// An entry in words.
pub(crate) fn record(entry: &PendingEntry) -> Arc<Record> {
    match entry {
        PendingEntry::Act(act) => Arc::clone(&described(act).record),
        PendingEntry::Told(record) => Arc::clone(record),
        PendingEntry::Packed(at, words) => {
            let words = serde_json::from_str(words).ok();
            let record = words.and_then(codec::from_words);
            // What was written is read.
            Arc::new(record.unwrap_or_else(|| Record::nothing(*at)))
        }
    }
}

/// Words of one step that take no bytes of the call: as many as a step may keep, of as many steps as there may be.
const WORDS_OF_A_STEP: usize = 1_024;

/// Puts an entry into words and these away; what that took, in operations and bytes. Words beyond what a step may keep are
/// such bytes: each tells of all that is active, which may be very much.
pub(crate) fn put_away(entry: &mut PendingEntry) -> (u64, u64) {
    let PendingEntry::Act(act) = &*entry else { return (0, 0) };
    let Narrated { record, used } = described(act);
    let words = serde_json::to_string(&codec::to_words(&**record)).unwrap_or_default();
    let (at, (operations, bytes)) = (act.at, *used);
    let more = u64::try_from(words.len().saturating_sub(WORDS_OF_A_STEP)).unwrap_or(u64::MAX);
    *entry = PendingEntry::Packed(at, words.into());
    (operations, bytes.saturating_add(more))
}

/// An act in words; what there is no room for is left out, and said to be.
pub(crate) fn describe_step(act: &StepLog, meter: &Meter) -> Record {
    let workflow = act.workflow.compiled();
    let problems = act.problems.clone();
    let origin = match &act.origin {
        StepTrigger::Start(facts) => {
            let name = |id: FactId| workflow.definition.facts.at(id).name.value.clone();
            let facts = facts.iter().map(|(id, value)| (name(*id), value.clone()));
            Origin::Start { facts: facts.collect() }
        }
        StepTrigger::Event(incoming) => Origin::Event { event: incoming.event(&act.workflow) },
        StepTrigger::Term { .. }
        | StepTrigger::Sent { .. }
        | StepTrigger::Look
        | StepTrigger::Stop => match act.cause() {
            Some(cause) => Origin::Step { cause },
            None => Origin::Start { facts: BTreeMap::new() },
        },
    };
    let mut record = Record {
        at: act.at,
        case: act.case.text().map(str::to_owned),
        origin,
        outcome: act.outcome,
        effects: Effects::default(),
        reasons: Vec::new(),
        problems,
    };
    // What was tried and found shut, and what had to hold.
    let (blocked, moved) = (act.outcome == Outcome::Blocked, act.outcome == Outcome::Moved);
    let (doubtful, proven) = (moved && act.found.has_undecided(), moved && act.proves);
    let event = act.event().map(|event| &*event.name);
    let mut verdicts = Vec::new();
    if blocked || doubtful || proven {
        let situation = act.asked();
        let context = Context { meter: Some(meter), ..situation.context(act.event()) };
        if blocked || doubtful {
            record.reasons = refusals(act, &situation, &context, For::Record);
        }
        if proven {
            let open = act.found.signed().iter().chain(&act.found.open);
            verdicts = held(workflow, &context, open, event);
        }
    }
    if moved || act.outcome == Outcome::Started {
        record.effects = effects(act, event, verdicts);
    }
    record
}

/// Why an act was refused, or in part, for whoever asks: what decided; with the operations and bytes that it took. What is
/// written down about it ([`described`]) says more, in the form in which that is proven.
pub(crate) fn why(act: &StepLog) -> (Vec<Reason>, (u64, u64)) {
    let (blocked, moved) = (act.outcome == Outcome::Blocked, act.outcome == Outcome::Moved);
    if !(blocked || moved && act.found.has_undecided()) {
        return (Vec::new(), (0, 0));
    }
    let workflow = act.workflow.compiled();
    let meter = Meter::words(&workflow.limits);
    let situation = act.asked();
    let context = Context { meter: Some(&meter), ..situation.context(act.event()) };
    let open = workflow.open_facts(&situation.active);
    let settled = |fact| workflow.is_settled(&open, fact);
    let reasons = refusals(act, &situation, &context, For::Answer(Some(&settled)));
    (reasons, meter.used())
}

/// Why an event was not let through, or not by everything that listens to it.
fn refusals(act: &StepLog, situation: &Situation, context: &Context, whom: For) -> Vec<Reason> {
    let workflow = act.workflow.compiled();
    let mut sent = None;
    let (actor, mut all) = match &act.origin {
        StepTrigger::Event(incoming) => {
            let (actor, accepted) = (incoming.actor(&act.workflow), &incoming.accepted);
            sent.clone_from(&actor);
            let actor = actor.map(|actor| in_unit(workflow, &act.before, &actor).into_owned());
            let mut grounds = Vec::new();
            let Current { name, actor: person, .. } = &accepted.current;
            if person.is_none() && workflow.remembered.asks_person(name) {
                grounds.push(Condition::Person { event: name.to_string() });
            }
            if let Some(declared) = accepted.declared(workflow) {
                let by = declared.by.as_ref();
                let roles = by.into_iter().flatten();
                if by.is_some() && !plays(actor.as_ref(), roles.clone().map(|role| role.as_str())) {
                    grounds.push(role_ground(workflow, roles, actor.as_ref()));
                }
                grounds.extend(missing(workflow, declared, accepted));
            }
            let whole = (!grounds.is_empty()).then(|| event_reason(workflow, accepted, grounds));
            (Some(actor), whole.into_iter().collect())
        }
        _ => (None, Vec::new()),
    };
    let asker =
        actor.as_ref().map_or(Requester::Inside, |actor| Requester::Outside(actor.as_ref()));
    let name = act.event().map_or("", |event| &event.name);
    if let Some(claim) = act.barred_by.and_then(|place| workflow.definition.claims.get(place)) {
        all.push(Reason {
            transition: act.found.open.first().map(|id| transition_ref(workflow, *id, Some(name))),
            grounds: vec![Condition::Claim {
                claim: claim.name.value.clone(),
                title: claim.notes.title.clone(),
            }],
            unknown: Vec::new(),
            hint: claim.notes.hint.clone(),
        });
    }
    all.extend(reasons(workflow, situation, context, &act.found, asker, name, whom));
    if let Some(sent) = sent.filter(|_| workflow.has_units) {
        let grounds = all.iter_mut().flat_map(|reason| &mut reason.grounds);
        grounds.for_each(|ground| of_another_unit(workflow, &sent, ground));
    }
    all
}

/// Where somebody has a role that is asked for, for another unit, that is what is told.
fn of_another_unit(workflow: &Compiled, sent: &Actor, ground: &mut Condition) {
    let Condition::Role { needed, .. } = ground else { return };
    let roles = &workflow.definition.roles;
    let theirs = needed.iter().filter(|role| sent.roles.contains(role));
    let found = theirs.filter_map(|name| roles.get(name)).find_map(|role| {
        let unit = role.unit.as_ref()?;
        Some(Condition::Unit {
            role: role.name.value.clone(),
            title: role.notes.title.clone(),
            fact: unit.value.clone(),
            has: sent.unit.clone(),
        })
    });
    if let Some(found) = found {
        *ground = found;
    }
}

/// A trace with names, and the facts that changed.
fn effects(act: &StepLog, event: Option<&str>, verdicts: Vec<Reason>) -> Effects {
    let workflow = act.workflow.compiled();
    let StepLog { before, after, trace, .. } = act;
    let states = &workflow.definition.states;
    let name = |id: &crate::table::StateId| states.at(*id).name.value.clone();
    let changed = before.facts.differing(&after.facts).map(|id| {
        let fact = workflow.definition.facts.at(id).name.value.clone();
        FactChange { fact, before: before.facts.get(id), after: after.facts.get(id) }
    });
    Effects {
        left: trace.left.iter().map(name).collect(),
        taken: trace.taken.iter().map(|id| transition_ref(workflow, *id, event)).collect(),
        entered: trace.entered.iter().map(name).collect(),
        changed: changed.collect(),
        emitted: trace.emitted.clone(),
        to_parent: match act.case.text() {
            None => trace.to_parent.iter().map(|sent| sent.event.clone()).collect(),
            Some(_) => Vec::new(),
        },
        signatures: signatures(workflow, &trace.signatures, after, event),
        proof: Proof {
            verdicts,
            states: leaves(workflow, after),
            due: moved_terms(workflow, before, after),
        },
    }
}

/// The active leaf states by name, in the order of the file.
fn leaves(workflow: &Compiled, situation: &Situation) -> Vec<String> {
    let leaves =
        situation.active.iter().filter(|id| workflow.chart.states.at(**id).children.is_empty());
    leaves.map(|id| workflow.definition.states.at(*id).name.value.clone()).collect()
}

/// Open terms that did not run before or had another date.
pub(crate) fn moved_terms(
    workflow: &Compiled,
    before: &Situation,
    after: &Situation,
) -> Vec<(String, DateTime)> {
    // Both are in the order of state and place, and so are walked side by side.
    let mut old = before.terms.iter().peekable();
    let open = after.terms.iter().filter(|term| term.is_open());
    let moved = open.filter(|term| {
        let place = (term.state, term.index);
        while old.next_if(|old| (old.state, old.index) < place).is_some() {}
        !old.peek().is_some_and(|old| {
            (old.state, old.index) == place && old.due == term.due && old.is_open()
        })
    });
    let named = moved.filter_map(|term| {
        let state = workflow.definition.states.at(term.state);
        let key = state.terms.get(term.index as usize)?.key.as_str();
        Some((format!("{}: {key}", state.name.as_str()), term.due?))
    });
    named.collect()
}

/// What held, for each of these transitions that had anything to hold.
fn held<'a>(
    workflow: &Compiled,
    context: &Context,
    open: impl Iterator<Item = &'a TransitionId>,
    event: Option<&str>,
) -> Vec<Reason> {
    let rules = &workflow.rules;
    let mut described = Reasons::new(context);
    for id in open {
        described.add(|| {
            let (mut grounds, mut cut) = (Vec::new(), 0);
            for requirement in rules.requirements(*id) {
                if context.meter.is_some_and(Meter::is_full) {
                    cut += 1;
                    continue;
                }
                match requirement {
                    Requirement::Factor(factor) => {
                        grounds.push(Condition::Factor {
                            factor: rules.explain_factor(*factor, context, For::Record),
                        });
                    }
                    Requirement::Fact(fact) => {
                        let fact = workflow.definition.facts.at(*fact);
                        let (fact, title) = (fact.name.value.clone(), fact.notes.title.clone());
                        let (verdict, clauses) = (Truth::True, Vec::new());
                        grounds.push(Condition::Fact { fact, title, verdict, clauses });
                    }
                }
            }
            if rules.guard(*id).is_some() {
                let clauses = rules.explain_guard(*id, context, For::Record);
                grounds.push(Condition::Guard { verdict: Truth::True, clauses });
            }
            grounds.extend((cut > 0).then_some(Condition::Cut { more: cut }));
            grounds.shrink_to_fit();
            let transition = Some(transition_ref(workflow, *id, event));
            (!grounds.is_empty()).then(|| Reason {
                transition,
                grounds,
                unknown: Vec::new(),
                hint: Label::default(),
            })
        });
    }
    described.reasons()
}

/// Why each transition that listens is not open, every ground of each.
pub(crate) fn reasons(
    workflow: &Compiled,
    situation: &Situation,
    context: &Context,
    found: &Selection,
    asker: Requester,
    event: &str,
    whom: For,
) -> Vec<Reason> {
    let mut described = Reasons::new(context);
    for (id, truth) in &found.refused {
        described.add(|| {
            let (grounds, unknown) = grounds(workflow, situation, context, (*id, asker), whom);
            // What is unknown matters only where it decides.
            let unknown = if *truth == Truth::Unknown { unknown } else { Vec::new() };
            Some(Reason {
                transition: Some(transition_ref(workflow, *id, Some(event))),
                grounds,
                unknown,
                hint: workflow.definition.transitions.at(*id).notes.hint.clone(),
            })
        });
    }
    let rest = found.rest.as_deref();
    for id in rest.into_iter().flat_map(|rest| &rest.unsigned) {
        described.add(|| {
            let refusal = SigningRefusal::NotSigned;
            let ground = signature_ground(workflow, situation, *id, refusal, asker.actor());
            Some(Reason {
                transition: Some(revocation(workflow, *id, event)),
                grounds: vec![ground],
                unknown: Vec::new(),
                hint: Label::default(),
            })
        });
    }
    for (id, by) in rest.into_iter().flat_map(|rest| &rest.hidden) {
        described.add(|| {
            Some(Reason {
                transition: Some(transition_ref(workflow, *id, Some(event))),
                grounds: vec![Condition::Behind {
                    undecided: transition_ref(workflow, *by, Some(event)),
                }],
                unknown: Vec::new(),
                hint: Label::default(),
            })
        });
    }
    described.reasons()
}

/// Reasons as long as there is room for them.
struct Reasons<'c> {
    meter: Option<&'c Meter>,
    reasons: Vec<Reason>,
    cut: usize,
}

/// What a reason weighs besides what its rules say, in bytes; and each state that a transition leads to.
const REASON: usize = 256;
const TARGET: usize = 48;

impl<'c> Reasons<'c> {
    fn new(context: &Context<'c>) -> Self {
        Self { meter: context.meter, reasons: Vec::new(), cut: 0 }
    }

    /// One more, if there is room and it can be found out.
    fn add(&mut self, reason: impl FnOnce() -> Option<Reason>) {
        let Some(meter) = self.meter else { return self.reasons.extend(reason()) };
        if self.cut > 0 || meter.is_full() {
            self.cut += 1;
            return;
        }
        let Some(reason) = reason() else { return };
        let targets =
            reason.transition.as_ref().map_or(0, |transition_ref| transition_ref.to.len());
        let names: usize = reason.unknown.iter().map(String::len).sum();
        meter.has_room((REASON + TARGET * targets + names) as u64);
        // Where the operations have run out on the way, what it says need not be so.
        match meter.fault() {
            Some(_) => self.cut += 1,
            None => self.reasons.push(reason),
        }
    }

    fn reasons(mut self) -> Vec<Reason> {
        if self.cut > 0 {
            self.reasons.push(Reason {
                transition: None,
                grounds: vec![Condition::Cut { more: self.cut }],
                unknown: Vec::new(),
                hint: Label::default(),
            });
        }
        self.reasons.shrink_to_fit();
        self.reasons
    }
}

/// The withdrawal of a signature as a way of its own: it leads nowhere.
fn revocation(workflow: &Compiled, id: TransitionId, event: &str) -> TransitionRef {
    let to = Vec::new();
    TransitionRef {
        to,
        on: event.to_owned(),
        id: None,
        title: Label::default(),
        ..transition_ref(workflow, id, None)
    }
}

fn signature_ground(
    workflow: &Compiled,
    situation: &Situation,
    id: TransitionId,
    refusal: SigningRefusal,
    actor: Option<&Actor>,
) -> Condition {
    let SignatureStatus { signed, missing, .. } = status(workflow, situation, id, None);
    let actor = actor.and_then(|actor| actor.id.clone());
    Condition::Signature { refusal, actor, signed, missing }
}

/// About what a text takes beside its bytes.
const WORD: usize = 32;

/// Every ground against one transition, and what is unknown about it.
fn grounds(
    workflow: &Compiled,
    situation: &Situation,
    context: &Context,
    (id, asker): (TransitionId, Requester),
    whom: For,
) -> (Vec<Condition>, Vec<String>) {
    let transition = workflow.definition.transitions.at(id);
    let rules = &workflow.rules;
    let (mut grounds, mut cut) = (Vec::new(), 0);
    let mut unknown = BTreeSet::new();
    let actor = asker.actor();
    // What stands in the event is told anew for each transition.
    let room = |bytes: usize| context.meter.is_none_or(|meter| meter.has_room(bytes as u64));
    let own = actor.map_or(0, |actor| actor.roles.iter().map(|role| role.len() + WORD).sum());
    if let (Requester::Outside(_), Some(roles)) = (asker, &transition.by) {
        let played = count_roles(context, actor, roles.len())
            && plays(actor, roles.iter().map(|role| role.as_str()));
        if !played {
            let needed: usize = roles.iter().map(|role| role.value.len() + WORD).sum();
            if room(needed.saturating_add(own)) {
                grounds.push(role_ground(workflow, roles, actor));
            } else {
                cut += 1;
            }
        }
    }
    let named: usize = transition.not_by.iter().map(|event| event.value.len() + WORD).sum();
    let same = !transition.not_by.is_empty() && !is_another(context, transition, asker);
    if same && !room(named) {
        cut += 1;
    } else if same {
        let events = transition.not_by.iter().map(|event| event.value.clone());
        let nobody = |event: &String| context.past.senders(event).any(Senders::is_anonymous);
        grounds.push(Condition::NotBy {
            anonymous: events.clone().filter(nobody).collect(),
            events: events.collect(),
            actor: actor.and_then(|actor| actor.id.clone()),
        });
    }
    if let Some(refusal) = signing::refusal(transition, situation, context, id, asker) {
        grounds.push(signature_ground(workflow, situation, id, refusal, actor));
    }
    for requirement in rules.requirements(id) {
        if context.meter.is_some_and(Meter::is_full) {
            cut += 1;
            continue;
        }
        // A fault of the rule was raised when the transition was tried, unless something before it was false already.
        let verdict = rules.holds(*requirement, context).unwrap_or(Truth::Unknown);
        if verdict == Truth::True {
            continue;
        }
        match requirement {
            Requirement::Factor(id) => {
                let factor = rules.explain_factor(*id, context, whom);
                unknown.extend(factor.unknown());
                grounds.push(Condition::Factor { factor });
            }
            Requirement::Fact(id) => {
                let fact = workflow.definition.facts.at(*id);
                if verdict == Truth::Unknown {
                    unknown.extend(rules.unknown_of_fact(*id, context));
                }
                grounds.push(Condition::Fact {
                    fact: fact.name.value.clone(),
                    title: fact.notes.title.clone(),
                    verdict,
                    clauses: match whom {
                        For::Record => Vec::new(),
                        For::Answer(_) => rules.explain_fact(*id, context, whom),
                    },
                });
            }
        }
    }
    if let Some(guard) = rules.guard(id) {
        let verdict = rules.decide(guard, context).unwrap_or(Truth::Unknown);
        if verdict != Truth::True {
            let clauses = rules.explain_guard(id, context, whom);
            for clause in &clauses {
                unknown.extend(clause.undecided().into_iter().cloned());
            }
            grounds.push(Condition::Guard { verdict, clauses });
        }
    }
    grounds.extend((cut > 0).then_some(Condition::Cut { more: cut }));
    (grounds, unknown.into_iter().collect())
}

/// The actor has none of these roles.
fn role_ground<'r>(
    workflow: &Compiled,
    roles: impl IntoIterator<Item = &'r Spanned<String>>,
    actor: Option<&Actor>,
) -> Condition {
    let needed: Vec<String> = roles.into_iter().map(|role| role.value.clone()).collect();
    let titles = needed.iter().map(|name| {
        let role = workflow.definition.roles.get(name);
        role.map(|role| role.notes.title.clone()).unwrap_or_default()
    });
    let titles = titles.collect();
    let has = actor.map(|actor| actor.roles.clone()).unwrap_or_default();
    Condition::Role { needed, titles, has }
}

/// What an event must carry and does not.
fn missing(workflow: &Compiled, declared: &EventDecl, accepted: &Accepted) -> Vec<Condition> {
    let facts = declared.required.iter().filter_map(|name| {
        let id = workflow.rules.fact_named(name)?;
        let sent = accepted.facts.iter().any(|(fact, _)| *fact == id)
            || accepted.erased().facts.contains(&id);
        let title = workflow.definition.facts.at(id).notes.title.clone();
        (!sent).then(|| Condition::Missing { fact: name.value.clone(), title })
    });
    let data = declared.data_required.iter().filter_map(|name| {
        let sent = accepted.current.data.contains_key(name.as_str())
            || accepted.erased().data.contains(name.as_str());
        let title = declared.data.get(name.as_str()).map(|shape| shape.title.clone());
        let fact = format!("event.data.{}", name.as_str());
        (!sent).then(|| Condition::Missing { fact, title: title.unwrap_or_default() })
    });
    facts.chain(data).collect()
}

/// The event as a whole is refused.
fn event_reason(workflow: &Compiled, accepted: &Accepted, grounds: Vec<Condition>) -> Reason {
    let unknown = grounds.iter().filter_map(|ground| match ground {
        Condition::Missing { fact, .. } => Some(fact.clone()),
        _ => None,
    });
    let unknown = unknown.collect();
    let hint = accepted.declared(workflow);
    let hint = hint.map(|declared| declared.notes.hint.clone()).unwrap_or_default();
    Reason { transition: None, grounds, unknown, hint }
}

/// Names of events from outside that some active state listens to, in document order.
pub(crate) fn expected(workflow: &Compiled, situation: &Situation) -> Vec<String> {
    if situation.ended {
        return Vec::new();
    }
    let mut listeners = Vec::new();
    let listening = situation.active.iter().flat_map(|state| &workflow.chart.states.at(*state).on);
    for id in listening {
        let row = workflow.chart.transitions.at(*id);
        listeners.extend(row.patterns.iter().chain(&row.revoke).map(|pattern| &**pattern));
    }
    let outside = |name: &str| {
        let internal = contract::governing(workflow, name)
            .is_some_and(|declared| declared.by.as_ref().is_some_and(Vec::is_empty));
        !(internal || RESERVED.iter().any(|prefix| matches(prefix, name)))
    };
    let mut names: Vec<String> = Vec::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let declared = workflow.definition.events.iter().flat_map(|events| events.keys());
    // A declared event that a shorter pattern or `*` hears, then what is heard by its own name.
    let declared = declared.map(String::as_str);
    let patterns: HashSet<&str> = listeners.iter().copied().collect();
    let any = patterns.contains("*");
    let declared =
        declared.filter(|name| any || prefixes(name).any(|prefix| patterns.contains(prefix)));
    let own = listeners.iter().copied().filter(|pattern| *pattern != "*");
    for name in declared.chain(own) {
        if outside(name) && seen.insert(name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// What is put aside, for people.
pub(crate) fn aside(workflow: &Compiled, situation: &Situation) -> Vec<String> {
    let describe_step = situation.aside.iter();
    describe_step
        .map(|aside| {
            let what = match &aside.what {
                TimerRef::Term { state, index } => {
                    let state = workflow.definition.states.at(*state);
                    let key = state.terms.get(*index as usize).map_or("", |term| term.key.as_str());
                    format!("term `{key}` of `{}`", state.name.as_str())
                }
                TimerRef::Sent(sent) => format!("sent event `{}`", sent.event),
            };
            format!("{what}: {}", aside.problem)
        })
        .collect()
}

/// How the signatures of a transition stand; `event` is the one to name it by.
pub(crate) fn status(
    workflow: &Compiled,
    situation: &Situation,
    id: TransitionId,
    event: Option<&str>,
) -> SignatureStatus {
    let transition = workflow.definition.transitions.at(id);
    let given = situation.signatures.get(&id).map_or(&[][..], |waiting| &waiting.given);
    SignatureStatus {
        transition: transition_ref(workflow, id, event),
        signed: signing::signatures(transition, given),
        missing: signing::seated(transition, given).missing(),
        dropped: Vec::new(),
    }
}

/// What became of signatures in a step, by transition.
fn signatures(
    workflow: &Compiled,
    notes: &[SignatureNote],
    after: &Situation,
    event: Option<&str>,
) -> Vec<SignatureStatus> {
    let mut described: Vec<(TransitionId, SignatureStatus)> = Vec::new();
    for note in notes {
        let id = match note {
            SignatureNote::Given(id)
            | SignatureNote::Complete(id, _)
            | SignatureNote::Dropped(id, _) => *id,
        };
        let place = described.iter().position(|(known, _)| *known == id).unwrap_or_else(|| {
            described.push((id, status(workflow, after, id, event)));
            described.len() - 1
        });
        let Some((_, signing)) = described.get_mut(place) else { continue };
        match note {
            SignatureNote::Given(_) => {}
            SignatureNote::Complete(_, all) => {
                signing.signed.clone_from(all);
                signing.missing.clear();
            }
            SignatureNote::Dropped(_, dropped) => signing.dropped.extend(dropped.iter().cloned()),
        }
    }
    described.into_iter().map(|(_, signing)| signing).collect()
}
