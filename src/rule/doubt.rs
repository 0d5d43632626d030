//! What is not known to whoever goes through a journal from which values were erased, and what a step may have come to
//! in spite of it.
//!
//! A fact that was erased is unknown in the situation and noted here. A rule that does not read it, through others too, is
//! run as ever. One that does is decided as what is unknown decides it, which holds for every value, unless it asks whether
//! something is known; where that decides nothing, one outcome after the other is supposed, first the one that the entry
//! tells of, until the step comes to what the entry says or there are no more ([`Doubt::next`]). Actions that read something
//! erased are not run: what they set is erased from then on.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value as Json;

use super::program::{EventPart, Node, Op, Place, Program, Root};
use super::{Context, Current, FactorProgram, Facts, Fault, Requirement, Rules, Senders, Truth};
use crate::diagnostic::Span;
use crate::person::{self, Person};
use crate::table::{FactId, FactorId, TransitionId};
use crate::value::{DateTime, Value};

/// The code of a script's failure that is supposed.
pub(crate) const SUPPOSED: &str = "erased";

/// What is not known behind one entry, and so before the next.
#[derive(Debug, Clone, Default)]
pub(crate) struct Erasures {
    /// Facts that may hold anything, as long as they are unknown in the situation.
    pub facts: BTreeSet<FactId>,
    /// Those of them that may hold nothing: a script that was not run may have forgotten them, or not set them.
    pub unset: BTreeSet<FactId>,
    pub persons: Persons,
    /// Names of events that may have been sent, nobody knows when.
    pub sent: BTreeSet<Arc<str>>,
    /// Events may have happened that no entry tells of.
    pub past: bool,
    /// Transitions that were signed for payload of which not everything is known.
    pub signed: BTreeSet<TransitionId>,
    /// By number of the `invoke` the children of which not everything is known that rules see.
    pub families: BTreeSet<u32>,
}

/// Persons whose ids were erased: each goes by a stand-in that nobody else has, and may be anybody.
#[derive(Debug, Clone, Default)]
pub(crate) struct Persons(pub BTreeSet<String>);

/// What an entry says that depends on what was erased: where something has to be supposed, that first.
#[derive(Debug, Default)]
pub(crate) struct Stated {
    /// Transitions that were taken, as they are spelt.
    pub taken: BTreeSet<String>,
    /// Transitions that were undecided.
    pub undecided: BTreeSet<String>,
    /// Terms with their dates.
    pub due: BTreeMap<String, DateTime>,
    pub is_failed: bool,
}

/// The doubt in which one entry is decided anew.
#[derive(Debug, Default)]
pub(crate) struct Doubt {
    pub persons: Persons,
    /// What is erased at first, and what of it may hold nothing.
    begin: BTreeSet<FactId>,
    unset: BTreeSet<FactId>,
    past: bool,
    families: BTreeSet<u32>,
    /// Payload of the event that was erased.
    data: BTreeSet<Arc<str>>,
    stated: Stated,
    facts: RefCell<BTreeSet<FactId>>,
    marks: RefCell<Marks>,
    path: RefCell<Path>,
    /// Not everything that could be is tried.
    is_partial: Cell<bool>,
    /// What all attempts have cost, in operations.
    spent: Cell<u64>,
    asked: RefCell<Asked>,
}

/// What rules asked for of what was erased, in all attempts at one entry.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    /// The facts.
    pub facts: BTreeSet<FactId>,
    /// Constants of the rules that ask for them, each once and no more than some.
    pub constants: Vec<Value>,
}

/// What was supposed on the way.
#[derive(Debug, Clone, Default)]
pub(crate) struct Marks {
    /// Anything at all read what was erased.
    pub is_touched: bool,
    /// A transition asks for what was erased, and stands as its being unknown decides, or is only told of; or the date of
    /// a term follows from it.
    pub is_read: bool,
    /// Something erased was set, perhaps to what it was.
    pub is_set: bool,
    /// Facts that scripts may have set that were not run.
    pub writes: BTreeSet<FactId>,
    /// An event was raised, perhaps, with any payload.
    pub is_raised: bool,
    /// A script failed, perhaps.
    pub is_failed: bool,
    /// Messages that may have been emitted.
    pub emits: BTreeSet<Arc<str>>,
    /// Events that may have been sent.
    pub sends: BTreeSet<Arc<str>>,
    /// Events that may have been sent to other cases of the whole.
    pub tells: BTreeSet<Arc<str>>,
    /// Terms whose dates follow from what was erased.
    pub dates: BTreeSet<String>,
}

/// The outcomes that were supposed: of how many which.
#[derive(Debug, Default)]
struct Path {
    chosen: Vec<(usize, usize)>,
    at: usize,
}

/// What actions may have done that were not run.
#[derive(Debug, Default)]
pub(crate) struct Supposed {
    pub writes: BTreeSet<FactId>,
    pub raises: Vec<Arc<str>>,
    pub cancels: BTreeSet<Arc<str>>,
}

/// Whether a rule reads what was erased, and whether its being unknown says more than that.
#[derive(Debug, Clone, Copy, Default)]
struct Touch {
    reads: bool,
    observes: bool,
}

impl Persons {
    pub fn is_any(&self) -> bool {
        !self.0.is_empty()
    }

    pub fn is_stand_in(&self, id: &str) -> bool {
        self.0.contains(id)
    }

    /// Whether one of them may be among those who sent an event.
    pub fn is_among(&self, who: &Senders) -> bool {
        /// Of more than these it is not asked, but supposed.
        const MOST: usize = 64;
        self.0.len() > MOST || self.0.iter().any(|id| who.contains(person::digest_of(id)))
    }

    /// Whether ids that were read may be these, of which some are stand-ins: these may be of anybody, of one of the others
    /// too.
    pub fn may_be(&self, theirs: Option<&str>, ours: Option<&str>) -> bool {
        let ids = |json: Option<&str>| -> Vec<Arc<str>> {
            let ids = match json.and_then(|json| serde_json::from_str(json).ok()) {
                Some(Json::Array(ids)) => ids,
                Some(id) => vec![id],
                None => Vec::new(),
            };
            ids.iter().map(|id| Arc::from(id.as_str().unwrap_or_default())).collect()
        };
        let (theirs, ours) = (ids(theirs), ids(ours));
        let stand_ins = ours.iter().filter(|id| self.is_stand_in(id)).count();
        let known = ours.iter().filter(|id| !self.is_stand_in(id)).map(|id| Person::of(id));
        let mut others: BTreeSet<Person> = theirs.iter().map(|id| Person::of(id)).collect();
        let all = others.len();
        stand_ins > 0
            && all == theirs.len()
            && all > 0
            && known.into_iter().all(|known| others.remove(&known))
            && others.len() <= stand_ins
    }

    /// Whether one who signed, and who is not known, may be the one who is told of.
    pub fn may_sign(&self, theirs: Option<&str>, ours: Option<&str>) -> bool {
        let read = |json: Option<&str>| json.and_then(|json| serde_json::from_str(json).ok());
        let (Some(Json::Object(theirs)), Some(Json::Object(ours))) = (read(theirs), read(ours))
        else {
            return false;
        };
        let is_stand_in =
            ours.get("id").and_then(Json::as_str).is_some_and(|id| self.is_stand_in(id));
        // Of whom nobody knows the unit is not known either.
        is_stand_in
            && theirs.len() == ours.len()
            && theirs.iter().all(|(key, said)| match ours.get(key) {
                Some(_) if key == "id" => said.is_string(),
                Some(Json::Null) => said.is_null() || said.is_string(),
                own => own == Some(said),
            })
    }

    /// Whether nobody knows who sends an event.
    pub fn has_stand_in(&self, event: Option<&Current>) -> bool {
        event.and_then(|event| event.actor.as_deref()).is_some_and(|id| self.is_stand_in(id))
    }
}

impl Erasures {
    pub fn is_nothing(&self) -> bool {
        let Self { facts, persons, sent, past, signed, families, unset: _ } = self;
        facts.is_empty()
            && !persons.is_any()
            && sent.is_empty()
            && !past
            && signed.is_empty()
            && families.is_empty()
    }
}

impl Doubt {
    pub fn new(erasures: &Erasures, data: BTreeSet<Arc<str>>, stated: Stated) -> Self {
        Self {
            persons: erasures.persons.clone(),
            begin: erasures.facts.clone(),
            unset: erasures.unset.clone(),
            past: erasures.past,
            families: erasures.families.clone(),
            data,
            stated,
            ..Self::default()
        }
    }

    /// Goes on to the next attempt. `is_set` is whether something erased comes in by it.
    pub fn begin(&self, is_set: bool) {
        self.facts.replace(self.begin.clone());
        self.marks.replace(Marks { is_set, ..Marks::default() });
        self.path.borrow_mut().at = 0;
    }

    /// Whether anything was supposed in this attempt, if only that nothing was.
    pub fn supposes(&self) -> bool {
        self.path.borrow().at > 0 || self.marks.borrow().is_touched
    }

    /// Whether events may have happened that no entry tells of.
    pub fn is_past_doubtful(&self) -> bool {
        self.past || self.marks.borrow().is_raised
    }

    /// Whether there is an attempt more.
    pub fn next(&self) -> bool {
        let mut path = self.path.borrow_mut();
        while let Some((chosen, all)) = path.chosen.pop() {
            if chosen + 1 < all {
                path.chosen.push((chosen + 1, all));
                return true;
            }
        }
        false
    }

    /// What comes of it holds for some value, and not for every one that could be tried.
    pub fn give_up(&self) {
        self.is_partial.set(true);
    }

    pub fn is_partial(&self) -> bool {
        self.is_partial.get()
    }

    /// What rules have asked for of what was erased.
    pub fn asked(&self) -> Asked {
        self.asked.borrow().clone()
    }

    /// An attempt has cost so many operations.
    pub fn spend(&self, operations: u64) {
        self.spent.set(self.spent.get().saturating_add(operations));
    }

    pub fn spent(&self) -> u64 {
        self.spent.get()
    }

    pub fn marks(&self) -> Marks {
        self.marks.borrow().clone()
    }

    /// The facts that are erased by now.
    pub fn facts(&self) -> BTreeSet<FactId> {
        self.facts.borrow().clone()
    }

    /// Whether a fact was erased before anything came in, or as what came in.
    pub fn is_erased_before(&self, id: FactId) -> bool {
        self.begin.contains(&id)
    }

    /// Whether a fact that was erased before may have held nothing.
    pub fn is_unset_before(&self, id: FactId) -> bool {
        self.unset.contains(&id)
    }

    /// An event comes in, perhaps, with any payload.
    pub fn raises(&self) {
        let mut marks = self.marks.borrow_mut();
        (marks.is_touched, marks.is_raised) = (true, true);
    }

    /// Something depends on what was erased.
    pub fn touches(&self) {
        self.marks.borrow_mut().is_touched = true;
    }

    /// A script was run that forgot these: they hold nothing from then on, which is known.
    pub fn forgets(&self, ids: &[FactId]) {
        for id in ids {
            if self.facts.borrow_mut().remove(id) {
                self.touches();
                self.asked.borrow_mut().facts.insert(*id);
            }
        }
    }

    /// What is told of rests on what was erased, and whatever that was it stands as it does.
    pub fn reads(&self) {
        self.marks.borrow_mut().is_read = true;
    }

    /// Which of so many outcomes is supposed now.
    pub fn choose(&self, all: usize) -> usize {
        let mut path = self.path.borrow_mut();
        let at = path.at;
        path.at += 1;
        match path.chosen.get(at) {
            Some((chosen, _)) => *chosen,
            None => {
                path.chosen.push((0, all));
                0
            }
        }
    }

    fn fails(&self) -> Fault {
        let mut marks = self.marks.borrow_mut();
        (marks.is_touched, marks.is_failed) = (true, true);
        drop(marks);
        let message = "a script may have failed that read what was erased".to_owned();
        Fault { code: SUPPOSED, message, span: Span::default(), hint: None }
    }

    /// How a transition is supposed to stand; `None` where nothing of what was erased matters to it. `is_doubtful` is
    /// whether the actor may be somebody who may not take it; `spelt` is how the journal calls it.
    pub fn weigh(
        &self,
        rules: &Rules,
        id: TransitionId,
        context: &Context,
        is_doubtful: bool,
        spelt: impl FnOnce() -> String,
    ) -> Result<Option<Truth>, Fault> {
        let touch = self.touch_transition(rules, id, context.facts, &self.facts.borrow());
        if !touch.reads && !is_doubtful {
            return Ok(None);
        }
        self.marks.borrow_mut().is_read |= touch.reads;
        let found = holds(rules, id, &Context { observer: None, ..*context });
        let mut options = vec![Truth::True, Truth::False, Truth::Unknown];
        if !touch.reads {
            // As far as the actor is not one of those who may not, it is as it is found; else it is shut.
            let found = found?;
            if found == Truth::False {
                return Ok(Some(found));
            }
            options = vec![found, Truth::False];
        } else if !touch.observes {
            match found {
                Ok(Truth::False) => return Ok(Some(Truth::False)),
                Ok(Truth::True) if !is_doubtful => return Ok(Some(Truth::True)),
                Ok(Truth::True) => options.truncate(2),
                Ok(Truth::Unknown) | Err(_) => {}
            }
        }
        let spelt = spelt();
        let first = if self.stated.taken.contains(&spelt) {
            Truth::True
        } else if self.stated.undecided.contains(&spelt) {
            Truth::Unknown
        } else {
            Truth::False
        };
        let plain = options.first().copied();
        options.sort_by_key(|option| *option != first);
        let may_fail = usize::from(self.stated.is_failed && touch.reads);
        let chosen = self.choose(options.len() + may_fail);
        let Some(truth) = options.get(chosen).copied() else { return Err(self.fails()) };
        // That somebody is nobody else is what is found as long as nothing speaks against it.
        self.marks.borrow_mut().is_touched |= touch.reads || Some(truth) != plain;
        Ok(Some(truth))
    }

    /// What actions may do that read what was erased; `None` for those that do not, and so can be run.
    pub fn skip(
        &self,
        rules: &Rules,
        program: &Program,
        facts: &Facts,
    ) -> Option<Result<Supposed, Fault>> {
        if !self.touch([&program.root], rules, facts, &self.facts.borrow()).reads {
            return None;
        }
        self.marks.borrow_mut().is_touched = true;
        if self.stated.is_failed && self.choose(2) == 0 {
            return Some(Err(self.fails()));
        }
        let mut supposed = Supposed { writes: program.writes.clone(), ..Supposed::default() };
        let mut marks = self.marks.borrow_mut();
        marks.is_set |= !supposed.writes.is_empty();
        let mut waiting = vec![&program.root];
        while let Some(node) = waiting.pop() {
            match &node.op {
                Op::Emit { name, .. } => drop(marks.emits.insert(name.clone())),
                Op::Send { event, .. } => drop(marks.sends.insert(event.clone())),
                Op::Tell { event, .. } => drop(marks.tells.insert(event.clone())),
                Op::Cancel(event) => {
                    // What waits of this name may be gone.
                    marks.sends.insert(event.clone());
                    supposed.cancels.insert(event.clone());
                }
                Op::Raise { event, .. } if !supposed.raises.contains(event) => {
                    supposed.raises.push(event.clone());
                }
                _ => {}
            }
            waiting.extend(node.children().into_iter().rev());
        }
        self.facts.borrow_mut().extend(&supposed.writes);
        marks.writes.extend(&supposed.writes);
        if !supposed.raises.is_empty() {
            // All of them, none, one of them; each more than once, and in another order, is not tried.
            self.is_partial.set(true);
            marks.is_raised = true;
            match self.choose(2 + supposed.raises.len()) {
                0 => {}
                chosen => {
                    let one = chosen.checked_sub(2).and_then(|one| supposed.raises.get(one));
                    supposed.raises = one.cloned().into_iter().collect();
                }
            }
        }
        Some(Ok(supposed))
    }

    /// The date of a term that follows from what was erased: as the entry says, else as it was, if nothing has been set.
    /// `known` is its date before, `None` where the term is new. What the entry says of it, if only by its silence where it
    /// may have moved, has to be shown.
    pub fn date(
        &self,
        called: impl FnOnce() -> String,
        known: Option<Option<DateTime>>,
    ) -> Option<DateTime> {
        let mut marks = self.marks.borrow_mut();
        let called = called();
        let stated = self.stated.due.get(&called).copied();
        let is_set = marks.is_set;
        marks.is_read |= stated.is_some() || is_set || known.is_none();
        marks.dates.insert(called);
        stated.or(known.flatten().filter(|_| !is_set))
    }

    /// Whether any of these scripts reads what was erased.
    pub fn touches_programs<'p>(
        &self,
        rules: &'p Rules,
        programs: impl IntoIterator<Item = &'p Program>,
        facts: &Facts,
    ) -> bool {
        let roots = programs.into_iter().map(|program| &program.root);
        self.touch(roots, rules, facts, &self.facts.borrow()).reads
    }

    /// Whether a fact is erased, or follows from what was.
    pub fn touches_fact(&self, rules: &Rules, id: FactId, facts: &Facts) -> bool {
        let op = Op::Fact(id);
        let node = Node::new(super::syntax::Extent::default(), op);
        self.touch([&node], rules, facts, &self.facts.borrow()).reads
    }

    /// What was erased at any time of the step, forgotten in it or not.
    fn ever(&self) -> BTreeSet<FactId> {
        self.facts.borrow().union(&self.begin).copied().collect()
    }

    /// Whether a fact or factor, by its name, was erased in the step or follows from what was.
    pub fn touches_named(&self, rules: &Rules, name: &str, facts: &Facts) -> bool {
        let at = super::syntax::Extent::default();
        let op = match (rules.fact_named(name), rules.factor_named(name)) {
            (Some(id), _) => Op::Fact(id),
            (_, Some(id)) => Op::Factor(id),
            (None, None) => return false,
        };
        self.touch([&Node::new(at, op)], rules, facts, &self.ever()).reads
    }

    /// Whether anything that a transition asks for was erased in the step.
    pub fn touches_transition(&self, rules: &Rules, id: TransitionId, facts: &Facts) -> bool {
        self.touch_transition(rules, id, facts, &self.ever()).reads
    }

    fn touch_transition(
        &self,
        rules: &Rules,
        id: TransitionId,
        facts: &Facts,
        erased: &BTreeSet<FactId>,
    ) -> Touch {
        let at = super::syntax::Extent::default();
        let required: Vec<Node> = rules
            .requirements(id)
            .iter()
            .map(|requirement| match requirement {
                Requirement::Factor(id) => Node::new(at, Op::Factor(*id)),
                Requirement::Fact(id) => Node::new(at, Op::Fact(*id)),
            })
            .collect();
        let guard = rules.guard(id).map(|program| &program.root);
        self.touch(required.iter().chain(guard), rules, facts, erased)
    }

    /// Whether scripts read what was erased, through others too. Cost: linear in these.
    fn touch<'n>(
        &self,
        nodes: impl IntoIterator<Item = &'n Node>,
        rules: &'n Rules,
        facts: &Facts,
        erased: &BTreeSet<FactId>,
    ) -> Touch {
        let is_raised = self.marks.borrow().is_raised;
        let mut seen = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let mut touch = Touch::default();
        let mut asked = Asked::default();
        let mut waiting: Vec<&Node> = nodes.into_iter().collect();
        while let Some(node) = waiting.pop() {
            let mut read_facts: Vec<FactId> = Vec::new();
            let mut read_factors: Vec<FactorId> = Vec::new();
            let mut apart = false;
            match &node.op {
                Op::Fact(id) => read_facts.push(*id),
                Op::Factor(id) => read_factors.push(*id),
                Op::Assign { place: Place { root: Root::Fact(id), steps, .. }, op, .. }
                    if op.is_some() || !steps.is_empty() =>
                {
                    read_facts.push(*id);
                }
                Op::Mutate { place: Place { root: Root::Fact(id), .. }, .. } => {
                    read_facts.push(*id);
                }
                Op::Function(number, _) if seen.2.insert(*number) => {
                    let called = rules.functions.get(*number as usize).and_then(Option::as_ref);
                    waiting.extend(called.map(|program| &program.root));
                }
                Op::Data(name) => touch.reads |= is_raised || self.data.contains(name),
                Op::Children(invoke) => apart = self.families.contains(invoke),
                Op::Event(EventPart::Actor) => apart = self.persons.is_any(),
                // Who is not known may be anybody, and so may what nobody known raised have come from nobody.
                Op::Who(_) => apart = self.persons.is_any() || self.past || is_raised,
                Op::Last(_) | Op::Count(_) => apart = self.past || is_raised,
                Op::Known(_) | Op::Coalesce(_) => touch.observes = true,
                Op::Constant(value) => asked.note(value),
                Op::Parameter(id) => asked.note(rules.parameter(*id)),
                _ => {}
            }
            touch.reads |= apart;
            touch.observes |= apart;
            while let Some(id) = read_factors.pop() {
                if !seen.1.insert(id) {
                    continue;
                }
                match rules.factors.get(id).map(|factor| &factor.program) {
                    Some(FactorProgram::Guard(program) | FactorProgram::Score(program)) => {
                        waiting.push(&program.root);
                    }
                    Some(FactorProgram::Of { of, .. }) => {
                        for member in of {
                            match member {
                                Requirement::Fact(id) => read_facts.push(*id),
                                Requirement::Factor(id) => read_factors.push(*id),
                            }
                        }
                    }
                    Some(FactorProgram::Broken) | None => {}
                }
            }
            for id in read_facts {
                if erased.contains(&id) && !facts.is_known(id) {
                    touch.reads = true;
                    asked.facts.insert(id);
                }
                if seen.0.insert(id) {
                    let rule = rules.facts.get(id).and_then(|fact| fact.value.as_ref());
                    waiting.extend(rule.map(|program| &program.root));
                }
            }
            waiting.extend(node.children());
        }
        if touch.reads {
            let mut all = self.asked.borrow_mut();
            all.facts.extend(&asked.facts);
            asked.constants.iter().for_each(|value| all.note(value));
        }
        touch
    }
}

impl Asked {
    fn note(&mut self, value: &Value) {
        /// More than these are not tried.
        const MOST: usize = 64;
        if self.constants.len() < MOST && !self.constants.contains(value) {
            self.constants.push(value.clone());
        }
    }
}

/// What actions may do besides setting facts, whatever they read.
#[derive(Debug, Clone, Default)]
pub(crate) struct ActionEffects {
    pub emits: BTreeSet<Arc<str>>,
    pub sends: BTreeSet<Arc<str>>,
    pub cancels: BTreeSet<Arc<str>>,
    pub raises: bool,
}

impl ActionEffects {
    /// Adds those of a script. Cost: linear in it.
    pub fn add(&mut self, program: &Program) {
        let mut waiting = vec![&program.root];
        while let Some(node) = waiting.pop() {
            match &node.op {
                Op::Emit { name, .. } => drop(self.emits.insert(name.clone())),
                Op::Send { event, .. } => drop(self.sends.insert(event.clone())),
                Op::Cancel(event) => drop(self.cancels.insert(event.clone())),
                Op::Raise { .. } => self.raises = true,
                _ => {}
            }
            waiting.extend(node.children());
        }
    }
}

/// What a transition requires, and its guard.
fn holds(rules: &Rules, id: TransitionId, context: &Context) -> Result<Truth, Fault> {
    let mut truth = Truth::True;
    for requirement in rules.requirements(id) {
        match rules.holds(*requirement, context)? {
            Truth::False => return Ok(Truth::False),
            Truth::Unknown => truth = Truth::Unknown,
            Truth::True => {}
        }
    }
    match rules.guard(id).map(|guard| rules.decide(guard, context)).transpose()? {
        Some(Truth::False) => Ok(Truth::False),
        Some(Truth::Unknown) => Ok(Truth::Unknown),
        Some(Truth::True) | None => Ok(truth),
    }
}
