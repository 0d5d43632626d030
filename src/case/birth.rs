//! Cases that begin: by themselves, and the children that a case at rest ought to have.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::case::address::Address;
use crate::case::answer::{Message, Outcome};
use crate::case::claims;
use crate::case::contract;
use crate::case::family::{Child, Status};
#[cfg(debug_assertions)]
use crate::case::invariants;
use crate::case::machine::{Machine, within};
use crate::case::situation::{Route, Sent, Situation};
use crate::case::step_log::{StepLog, StepTrigger};
use crate::case::terms;
use crate::case::trace::{ToParent, Trace};
use crate::diagnostic::Span;
use crate::rule::observer::Observer;
use crate::rule::{Context, Fault, Meter};
use crate::table::FactId;
use crate::value::{DateTime, Value, brief, is_visible};
use crate::workflow::compiled::Invoked;
use crate::workflow::{Compiled, Workflow};

/// What it costs to start a child besides its scripts, in their operations.
const START: u64 = 50;

/// Begins a case: enters the file and its initial states, and starts its children.
pub(crate) fn start(
    workflow: &Workflow,
    time: DateTime,
    facts: Vec<(FactId, Value)>,
    here: Address,
    observer: Option<&dyn Observer>,
    meter: &Meter,
) -> Result<StepLog, Fault> {
    let compiled = workflow.compiled();
    let mut before = Situation::beginning(compiled, time, &facts);
    let doubt = observer.and_then(|observer| observer.doubt());
    if let Some(doubt) = doubt {
        doubt.facts().iter().for_each(|id| before.set_fact(*id, None));
    }
    let before = Arc::new(before);
    let mut after = Situation::clone(&before);
    let (situation, mut trace) = (&mut after, Trace::default());
    let mut machine =
        Machine::new(compiled, situation, &mut trace, None, observer, meter).at(&here);
    machine.start()?;
    let mut inner = std::mem::take(&mut machine.inner);
    inner.extend(children(workflow, None, situation, &here, (observer, meter))?);
    if !situation.ended {
        terms::refresh(compiled, None, situation, doubt, meter)?;
    }
    claims::judge(compiled, None, situation, doubt.is_some(), meter)?;
    #[cfg(debug_assertions)]
    if doubt.is_none() {
        invariants::assert_kept(compiled, None, situation);
    }
    if let Some(observer) = observer {
        observer.moved(&compiled.rules, &trace.entered, &trace.taken);
    }
    let sides = [before, Arc::new(after)];
    let act = StepLog::new(workflow, StepTrigger::Start(facts), Outcome::Started, time, sides);
    Ok(StepLog { trace, inner, case: here, ..act })
}

/// Starts the children that a case at rest ought to have and has not, where its lists have changed since `before`: what they
/// did, in order. All of them start, or none.
pub(crate) fn children(
    workflow: &Workflow,
    before: Option<&Situation>,
    situation: &mut Situation,
    here: &Address,
    (observer, meter): (Option<&dyn Observer>, &Meter),
) -> Result<Vec<Arc<StepLog>>, Fault> {
    // Those that are given what was erased are left to their own entries.
    let doubt = observer.and_then(|observer| observer.doubt());
    let observer = observer.filter(|observer| observer.sees_children());
    let compiled = workflow.compiled();
    let mut acts = Vec::new();
    if situation.ended {
        return Ok(acts);
    }
    for (invoke, invoked) in (0_u32..).zip(&compiled.invoked) {
        if !situation.is_active(invoked.state) {
            continue;
        }
        let given = || compiled.rules.invoked.get(invoke as usize).into_iter();
        if doubt.is_some_and(|doubt| {
            let programs = given().flat_map(|given| &given.facts).map(|(_, program)| program);
            doubt.touches_programs(&compiled.rules, programs, &situation.facts)
        }) {
            continue;
        }
        let is_new = situation.family.brood(invoke).is_none_or(|brood| brood.children.is_none());
        let Some(each) = invoked.each else {
            if is_new {
                let birth = Birth { compiled, invoke, invoked, here, observer, meter };
                birth.start(situation, "1".into(), None, &mut acts)?;
            }
            continue;
        };
        if !is_new && before.is_some_and(|before| situation.facts.agrees(each, &before.facts)) {
            continue;
        }
        let Some(Value::List(items)) = situation.fact(each) else { continue };
        if is_new && let Some(brood) = situation.family.change(invoke) {
            brood.children = Some(Default::default());
        }
        let birth = Birth { compiled, invoke, invoked, here, observer, meter };
        meter.spend(items.len() as u64 / 8);
        let mut seen: BTreeSet<Arc<str>> = BTreeSet::new();
        for item in items.iter() {
            let key = birth.key(item)?;
            if !seen.insert(Arc::clone(&key)) {
                let message = format!(
                    "`{}` stands twice in the list that starts `{}`",
                    brief(&key),
                    invoked.id
                );
                let hint = "each item starts one child: leave one of them out".to_owned();
                return Err(birth.fault(message, Some(hint)));
            }
            let known = situation.family.brood(invoke);
            if known.is_some_and(|brood| brood.keys.contains_key(&key)) {
                continue;
            }
            birth.start(situation, key, Some(item), &mut acts)?;
        }
    }
    Ok(acts)
}

/// The children of one `invoke` of a case.
struct Birth<'b> {
    compiled: &'b Compiled,
    invoke: u32,
    invoked: &'b Invoked,
    here: &'b Address,
    observer: Option<&'b dyn Observer>,
    meter: &'b Meter,
}

/// What the child of an item is called by, whatever that is.
pub(crate) fn key_of(item: &Value) -> Option<Arc<str>> {
    let key = match item {
        Value::Record(record) => record.get("key"),
        item => Some(item),
    };
    match key {
        Some(Value::Text(text)) => Some(Arc::clone(text)),
        Some(Value::Integer(number)) => Some(number.to_string().into()),
        _ => None,
    }
}

/// Why something cannot be a key.
pub(crate) fn wrong_key(key: &str, most: usize) -> Option<String> {
    match key {
        "" => Some("is empty".to_owned()),
        key if key.contains('/') => Some("has a `/`, which parts addresses".to_owned()),
        key if key.len() > most => {
            Some(format!("has {} bytes, at most {most} are allowed", key.len()))
        }
        key if !is_visible(key) || key.trim() != key || key.chars().any(char::is_control) => {
            Some("has white space at its ends, or what cannot be seen".to_owned())
        }
        _ => None,
    }
}

impl Birth<'_> {
    fn fault(&self, message: String, hint: Option<String>) -> Fault {
        let message = match self.here.text() {
            Some(here) => format!("`{here}`: {message}"),
            None => message,
        };
        Fault { code: "child", message, span: Span::default(), hint }
    }

    /// What the child of an item is called by.
    fn key(&self, item: &Value) -> Result<Arc<str>, Fault> {
        let id = &self.invoked.id;
        let hint = "a key is a text or an integer, and not empty".to_owned();
        let Some(key) = key_of(item) else {
            return Err(self.fault(format!("an item that starts `{id}` has no key"), Some(hint)));
        };
        match wrong_key(&key, self.compiled.limits.name_bytes) {
            None => Ok(key),
            Some(wrong) => {
                let message = format!("the key `{}` of `{id}` {wrong}", brief(&key));
                Err(self.fault(message, Some(hint)))
            }
        }
    }

    /// Starts one child and takes in what it sends.
    fn start(
        &self,
        parent: &mut Situation,
        key: Arc<str>,
        item: Option<&Value>,
        acts: &mut Vec<Arc<StepLog>>,
    ) -> Result<(), Fault> {
        self.meter.spend(START);
        if let Some(fault) = self.meter.fault() {
            return Err(fault);
        }
        let Self { compiled, invoke, invoked, here, observer, meter } = *self;
        let most = compiled.limits.children;
        if parent.family.cases() >= most {
            let message = format!("{most} child cases, the most that may be");
            return Err(Fault { code: "limit-children", ..self.fault(message, None) });
        }
        let brood = parent.family.brood(invoke);
        let children = brood.and_then(|brood| brood.children.as_ref());
        let number =
            u32::try_from(children.map_or(0, |children| children.len())).unwrap_or(u32::MAX);
        let there = here.join(invoke, number, &invoked.id, &key);
        let facts = self.given(parent, item, &there)?;
        let zone = &invoked.workflow.compiled().definition.zone;
        let time = parent.time.in_zone(zone);
        let act = start(&invoked.workflow, time, facts, there.clone(), observer, meter);
        let mut act = act.map_err(|fault| within(&there, fault))?;
        let inner = std::mem::take(&mut act.inner);
        let child = Child::new(invoked, key, item.cloned(), Arc::clone(&act.after), meter)?;
        deliver(compiled, invoked, parent, &child, &act.trace.to_parent, meter)?;
        if let Some(brood) = parent.family.change(invoke) {
            brood.push(child);
        }
        acts.push(Arc::new(act));
        acts.extend(inner);
        Ok(())
    }

    /// The facts of a child that starts.
    fn given(
        &self,
        parent: &Situation,
        item: Option<&Value>,
        there: &Address,
    ) -> Result<Vec<(FactId, Value)>, Fault> {
        let Self { compiled, invoke, invoked, meter, .. } = *self;
        let context = Context { meter: Some(meter), ..parent.context(None) };
        let programs = compiled.rules.invoked.get(invoke as usize);
        let mut values: BTreeMap<String, Value> = BTreeMap::new();
        for (name, program) in programs.iter().flat_map(|given| &given.facts) {
            let value = compiled.rules.given(program, item, &context);
            let value = value.map_err(|fault| within(there, fault))?;
            values.extend(value.map(|value| (name.to_string(), value)));
        }
        let mut problems = Vec::new();
        let admitted = contract::admit_facts(invoked.workflow.compiled(), &values, &mut problems);
        match problems.into_iter().next() {
            None => Ok(admitted),
            Some(problem) => {
                let fault = Fault { hint: problem.hint, ..self.fault(problem.message, None) };
                Err(within(there, Fault { code: "fact-value", ..fault }))
            }
        }
    }
}

/// Takes in what a child has sent to its parent, and that it is done.
pub(crate) fn deliver(
    parent: &Compiled,
    invoked: &Invoked,
    situation: &mut Situation,
    child: &Child<Situation>,
    to_parent: &[ToParent],
    meter: &Meter,
) -> Result<(), Fault> {
    let done = invoked.done.as_ref().filter(|_| child.status == Status::Done);
    let limit = parent.limits.queued_events;
    if situation.sent.len() + situation.aside.len() + to_parent.len() >= limit {
        let message = format!("{limit} sent events wait, the most that may");
        let fault =
            Fault { code: "limit-queued-events", message, span: Span::default(), hint: None };
        return Err(fault);
    }
    let due = situation.time;
    let mut receive = |order: u64, event: Arc<str>, data: BTreeMap<Arc<str>, Value>| {
        let sent = Sent { event, due, data, to: Route::Received, order };
        situation.sent.change().push(sent);
    };
    for ToParent { order, event: Message { name, data } } in to_parent {
        receive(*order, Arc::from(name.as_str()), data.clone());
    }
    if let (Some(done), Value::Record(record)) = (done, &child.record) {
        let mut data = BTreeMap::clone(record);
        data.remove("states");
        data.remove("status");
        receive(meter.next_sent(), Arc::clone(done), data);
    }
    Ok(())
}
