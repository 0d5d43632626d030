//! Child cases: how they stand to what invokes them, and the whole at rest.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Check, MOST};
use crate::case::birth::{key_of, wrong_key};
use crate::case::family::{Brood, Child, Status};
use crate::case::select::first_open;
use crate::case::situation::{Route, Sent, Situation, TimerRef};
use crate::case::terms;
use crate::definition::shape::Kind;
use crate::error::Problem;
use crate::rule::{Context, Meter, told_names};
use crate::value::{DateTime, Value, brief};
use crate::workflow::compiled::Invoked;
use crate::workflow::{Compiled, Workflow};

const CODE: &str = "situation-children";

impl Check<'_> {
    /// Its children, as they stand to it; what each is by itself was looked at before.
    pub(super) fn children(&mut self) {
        let workflow = self.workflow;
        for (invoke, invoked) in (0_u32..).zip(&workflow.invoked) {
            if let Some(brood) = self.situation.family.brood(invoke) {
                self.brood(invoked, brood);
            }
        }
    }

    fn brood(&mut self, invoked: &Invoked, brood: &Brood<Situation>) {
        let id = &invoked.id;
        let Some(entered) = self.entered_at(invoked.state) else {
            if brood.round > 0 || brood.children.is_some() {
                let message =
                    format!("child cases of `{id}` are there, and its state was never entered");
                self.wrong(CODE, message);
            }
            return;
        };
        if brood.round == 0 {
            let message =
                format!("the state of `{id}` was entered, and its child cases are of no time");
            return self.wrong(CODE, message);
        }
        let runs = self.situation.is_active(invoked.state) && !self.situation.ended;
        let list = invoked.each.map(|each| self.situation.fact(each));
        let Some(children) = &brood.children else {
            // A list that is known starts its cases at once, were there none in it.
            if runs && !matches!(list, Some(None)) {
                self.wrong(CODE, format!("the child cases of `{id}` are missing"));
            }
            return;
        };
        if runs {
            let is_one = invoked.each.is_none() && children.len() != 1;
            let items = match &list {
                Some(Some(Value::List(items))) => items.iter().as_slice(),
                _ => &[],
            };
            let mut seen = BTreeSet::new();
            for key in items.iter().map(key_of) {
                let Some(key) = key.filter(|key| seen.insert(Arc::clone(key))) else {
                    let message =
                        format!("an item that starts `{id}` has no key, or stands there twice");
                    self.wrong(CODE, message);
                    continue;
                };
                if !brood.keys.contains_key(&key) {
                    let message = format!(
                        "`{}` stands in the list that starts `{id}`, and has no child case",
                        brief(&key)
                    );
                    self.wrong(CODE, message);
                }
            }
            if is_one {
                self.wrong(
                    CODE,
                    format!("`{id}` starts one child case, and there are {}", children.len()),
                );
            }
        }
        if brood.keys.len() < children.len() {
            self.wrong(CODE, format!("two child cases of `{id}` have one key"));
        }
        let mut last = entered;
        for child in children.iter() {
            self.child(invoked, child, runs, &mut last);
        }
    }

    fn child(
        &mut self,
        invoked: &Invoked,
        child: &Child<Situation>,
        runs: bool,
        last: &mut DateTime,
    ) {
        let named = format!("{}/{}", invoked.id, brief(&child.key));
        let mut wrong =
            |what: String| self.problems.push(Problem::new(CODE, format!("`{named}` {what}")));
        let inside = &*child.situation;
        if let Some(problem) = wrong_key(&child.key, self.workflow.limits.name_bytes) {
            wrong(format!("has a key that {problem}"));
        }
        match (invoked.each, &child.item) {
            (None, None) if *child.key == *"1" => {}
            (Some(each), Some(item)) if key_of(item).as_ref() == Some(&child.key) => {
                let definition = &self.workflow.definition;
                let fits = match &definition.facts.at(each).shape.kind {
                    Kind::Array(shape) => {
                        shape.admit(item.clone(), &definition.zone).as_ref() == Ok(item)
                    }
                    _ => false,
                };
                if !fits {
                    wrong("was started by an item that its list cannot hold".to_owned());
                }
            }
            _ => wrong("has another key than the item that started it".to_owned()),
        }
        let status = match (inside.ended, inside.stopped) {
            (false, _) => Status::Active,
            (true, false) => Status::Done,
            (true, true) => Status::Stopped,
        };
        if status != child.status {
            wrong(format!(
                "is {}, and stands as if it were {}",
                child.status.name(),
                status.name()
            ));
        }
        match (status, runs) {
            (Status::Active, false) => wrong("is active, and its state is not".to_owned()),
            (Status::Stopped, true) => wrong("was stopped, and its state was not left".to_owned()),
            _ => {}
        }
        let begun = inside.past.entered.get(&crate::workflow::chart::ROOT).copied();
        let begun = begun.unwrap_or(inside.time);
        if inside.time > self.situation.time {
            wrong(format!(
                "is at {}, and the case around it at {}",
                inside.time, self.situation.time
            ));
        }
        if begun < *last {
            wrong(format!(
                "began at {begun}, before the one before it or before its state was entered"
            ));
        }
        *last = begun.max(*last);
    }
}

/// What is impossible about a whole between two calls, when all that is due has been taken: what can only be said of all of
/// its cases together. Cost: linear in the whole.
pub(crate) fn at_rest(workflow: &Workflow, outermost: &Situation) -> Vec<Problem> {
    let mut rest = Rest { now: outermost.time, orders: BTreeSet::new(), problems: Vec::new() };
    let compiled = workflow.compiled();
    let from_children = from_children(compiled);
    rest.case(compiled, outermost, "", &from_children);
    let latest = rest.orders.last().copied().unwrap_or(0);
    if outermost.sends < latest || outermost.sends > MOST {
        let message =
            format!("{} events were sent, and one of them was number {latest}", outermost.sends);
        rest.wrong("situation-sent", "", message);
    }
    let (cases, most) = (outermost.family.cases(), compiled.limits.children);
    if cases > most {
        rest.wrong(CODE, "", format!("{cases} child cases, and only {most} may be"));
    }
    rest.problems
}

struct Rest {
    now: DateTime,
    /// The numbers of what waits, each once.
    orders: BTreeSet<u64>,
    problems: Vec<Problem>,
}

impl Rest {
    fn wrong(&mut self, code: &str, here: &str, message: String) {
        let message =
            if here.is_empty() { message } else { format!("`{}`: {message}", brief(here)) };
        self.problems.push(Problem::new(code, message));
    }

    /// Calls itself once for each level of children.
    fn case(
        &mut self,
        compiled: &Compiled,
        situation: &Situation,
        here: &str,
        receives: &BTreeSet<Arc<str>>,
    ) {
        self.waiting(situation, here, receives);
        self.looked(compiled, situation, here);
        for (invoke, invoked) in (0_u32..).zip(&compiled.invoked) {
            let brood = situation.family.brood(invoke);
            let Some(children) = brood.and_then(|brood| brood.children.as_ref()) else { continue };
            let inside = invoked.workflow.compiled();
            let mut receives = from_children(inside);
            let told = told_names(&compiled.rules).into_iter();
            receives.extend(
                told.filter(|(to, _)| *to == Some(invoke)).map(|(_, name)| Arc::from(name)),
            );
            for child in children.iter() {
                let join = if here.is_empty() { "" } else { "/" };
                let there = format!("{here}{join}{}/{}", invoked.id, child.key);
                self.case(inside, &child.situation, &there, &receives);
            }
        }
    }

    fn waiting(&mut self, situation: &Situation, here: &str, receives: &BTreeSet<Arc<str>>) {
        for sent in situation.sent.iter() {
            if sent.to != Route::Own || sent.due <= self.now {
                let message = format!("the event `{}` waits, and was due", brief(&sent.event));
                self.wrong("situation-sent", here, message);
            }
        }
        let aside = situation.aside.iter().filter_map(|aside| match &aside.what {
            TimerRef::Sent(sent) => Some(sent),
            TimerRef::Term { .. } => None,
        });
        let aside: Vec<&Sent> = aside.collect();
        for sent in &aside {
            if sent.to == Route::Received && !receives.contains(&sent.event) {
                let message = format!("no other case sends `{}` to it", brief(&sent.event));
                self.wrong("situation-sent", here, message);
            }
        }
        for sent in situation.sent.iter().chain(aside) {
            // What went to several children has one number at each of them.
            let is_own = sent.to == Route::Own;
            if sent.order == 0 || (!self.orders.insert(sent.order) && is_own) {
                let message = format!(
                    "the event `{}` has no number in the order of sending, or that of another",
                    brief(&sent.event)
                );
                self.wrong("situation-sent", here, message);
            }
        }
    }

    /// Terms that were tried in vain: they are not open now.
    fn looked(&mut self, compiled: &Compiled, situation: &Situation, here: &str) {
        let Some(looked) = situation.looked.0 else { return };
        if looked.at > self.now {
            return self.wrong(
                "situation-terms",
                here,
                "terms were tried ahead of their time".to_owned(),
            );
        }
        if situation.ended {
            return;
        }
        let is_aside = |term: &crate::case::situation::Term| {
            situation.aside.iter().any(|aside| {
                matches!(aside.what, TimerRef::Term { state, index } if (state, index) == (term.state, term.index))
            })
        };
        let meter = Meter::call(&compiled.limits);
        let now = self.now.in_zone(&compiled.definition.zone);
        let context = Context { now, meter: Some(&meter), ..situation.context(None) };
        let tried = situation.terms.iter().filter(|term| term.is_open());
        let tried =
            tried.filter(|term| term.due.is_some_and(|due| due <= looked.until) && !is_aside(term));
        let mut names: BTreeMap<String, ()> = BTreeMap::new();
        for term in tried {
            let written = compiled.definition.states.at(term.state).terms.get(term.index as usize);
            let transitions = written.map_or(&[][..], |written| &written.transitions);
            if let Ok(Some(_)) = first_open(compiled, situation, &context, transitions) {
                names.insert(terms::called(compiled, term.state, term.index), ());
            }
        }
        for name in names.into_keys() {
            self.wrong(
                "situation-terms",
                here,
                format!("the term `{name}` was tried in vain, and is open"),
            );
        }
    }
}

/// What a case may receive from its children.
fn from_children(compiled: &Compiled) -> BTreeSet<Arc<str>> {
    let mut names: BTreeSet<Arc<str>> = BTreeSet::new();
    for invoked in &compiled.invoked {
        names.extend(invoked.done.clone());
        let told = told_names(&invoked.workflow.compiled().rules).into_iter();
        names.extend(told.filter(|(to, _)| to.is_none()).map(|(_, name)| Arc::from(name)));
    }
    names
}
