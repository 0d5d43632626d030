//! What the case could take now: each event open, open if given facts, or blocked and why.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use fixedbitset::FixedBitSet;
use serde::Serialize;

use crate::case::Case;
use crate::case::answer::{Answer, Condition, Outcome, Reason, SignatureStatus};
use crate::case::contract;
use crate::case::event::{Actor, Event};
use crate::case::kin;
use crate::case::requester::{Requester, in_unit, plays};
use crate::case::select::{Wanted, select};
use crate::case::situation::Situation;
use crate::case::{describe, problem};
use crate::definition::model::{EventDecl, Label, prefixes};
use crate::error::Problem;
use crate::person;
use crate::rule::observer::Observer;
use crate::rule::{
    Clause, Context, Current, Dependencies, FactorVerdict, For, Joined, Meter, Truth, lacked,
};
use crate::table::{FactId, Id, TransitionId};
use crate::workflow::{Compiled, Workflow};

/// An event that some active state listens to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Choice {
    /// Its name.
    pub event: String,
    /// Its label.
    #[serde(skip_serializing_if = "Label::is_empty")]
    pub title: Label,
    /// Roles that may send it; empty where nobody in particular is asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
    /// Facts that it must carry.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub required: Vec<String>,
    /// Facts that it may carry besides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sets: Vec<String>,
    /// Transitions that this would sign, with who has signed and who is missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signatures: Vec<SignatureStatus>,
    /// Child cases that this would stop, by their addresses: of an open event those that it does stop, of any other those that
    /// run in what its transitions leave.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stops: Vec<String>,
    /// Whether it can be sent now.
    #[serde(flatten)]
    pub standing: Availability,
}

/// Whether an event can be sent now.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "standing")]
#[non_exhaustive]
pub enum Availability {
    /// As it is: the case would move.
    Open,
    /// If it carries these, with values that its guards accept.
    OpenIf {
        /// Facts, and entries of the payload as `event.data.NAME`.
        given: Vec<String>,
        /// What stands in the way as long as they are not given.
        reasons: Vec<Reason>,
    },
    /// Whatever it carries; who has signed may sign anew only by changing what was signed.
    Blocked {
        /// Why not.
        reasons: Vec<Reason>,
    },
    /// A script would fail.
    Fails {
        /// How.
        problems: Vec<Problem>,
    },
}

/// What a case could take: a list of [`Choice`]s that can be brought up to date once the case has gone on.
///
/// ```
/// use tresteg::case::Availability;
/// use tresteg::{Case, Event, Workflow};
/// let workflow = Workflow::from_json(r#"{ "id": "w", "initial": "s", "facts": { "key": { "type": "boolean" }, "paid": { "type": "boolean" } },
///     "events": { "note": { "sets": ["paid", "key"] }, "open": { "sets": [] }, "pay": { "sets": [] } },
///     "states": { "s": { "on": { "note": {}, "open": { "guard": "key" }, "pay": { "guard": "paid" } } } } }"#)?;
/// let (mut case, _) = Case::start(&workflow, None, [("key".into(), false.into()), ("paid".into(), false.into())].into())?;
/// let mut options = case.options(None);
/// assert_eq!(options.len(), 3);
/// case.fire(&Event::new("note").fact("key", true));
/// assert_eq!(options.update(&case), 2, "`open`, whose fact has changed, and `note`, which was open; `pay` was left alone");
/// assert_eq!(options[1].standing, Availability::Open);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Options {
    actor: Option<Actor>,
    choices: Vec<Choice>,
    /// By choice, what its standing was worked out from.
    grounds: Vec<Grounds>,
    workflow: Workflow,
    /// The case as it then stood.
    situation: Arc<Situation>,
    /// Who was asked for.
    asked: Actor,
    /// The case took nothing at all, for its entries waited to be taken.
    full: bool,
}

/// What the standing of a choice was worked out from.
#[derive(Debug, Clone, Default, PartialEq)]
struct Grounds {
    /// The transitions of active states that listen to the event.
    transitions: Vec<TransitionId>,
    /// What their rules read; `None` where anything at all may change the answer: an open event goes through scripts,
    /// eventless transitions and terms to its end, and signatures look at the whole case.
    depends: Option<Dependencies>,
}

impl std::ops::Deref for Options {
    type Target = [Choice];

    fn deref(&self) -> &[Choice] {
        &self.choices
    }
}

impl IntoIterator for Options {
    type Item = Choice;
    type IntoIter = std::vec::IntoIter<Choice>;

    fn into_iter(self) -> Self::IntoIter {
        self.choices.into_iter()
    }
}

impl<'a> IntoIterator for &'a Options {
    type Item = &'a Choice;
    type IntoIter = std::slice::Iter<'a, Choice>;

    fn into_iter(self) -> Self::IntoIter {
        self.choices.iter()
    }
}

/// By their choices.
impl PartialEq for Options {
    fn eq(&self, other: &Self) -> bool {
        self.choices == other.choices
    }
}

/// As the list of choices.
impl Serialize for Options {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.choices.serialize(serializer)
    }
}

impl Options {
    /// Brings the choices up to what [`Case::options`] says now, and tells how many were worked out anew: those that were
    /// open or would have failed, and those whose rules read something that has changed since (a fact, directly or through
    /// factors and derived facts, the time, the past, the active states). Another case will do, even of another workflow.
    ///
    /// Cost: a comparison of the facts, and each of those choices.
    pub fn update(&mut self, case: &Case) -> usize {
        let anew = case.options_after(self.actor.as_ref(), Some(self));
        let count = anew.1;
        *self = anew.0;
        count
    }
}

impl Case {
    /// Every event that some active state listens to, in document order, and whether this actor could send it now, at the
    /// time of the last step. `None` asks for anybody with whatever role is needed, which is the first of
    /// [`somebody`](Self::somebody) to whom it is open.
    ///
    /// An event is listed as *open* exactly when [`fire`](Self::fire) would answer *moved* without facts.
    #[must_use]
    pub fn options(&self, actor: Option<&Actor>) -> Options {
        self.options_after(actor, None).0
    }

    /// The options, where what was found earlier for this actor need not be worked out again; with
    /// how many were.
    fn options_after(&self, actor: Option<&Actor>, earlier: Option<&Options>) -> (Options, usize) {
        let compiled = self.workflow.compiled();
        let asked = actor.map(|actor| actor.composed().into_owned());
        let asked = asked.unwrap_or_else(|| self.anybody());
        let signers = if actor.is_none() { self.signers() } else { Vec::new() };
        let full = self.is_full().is_some();
        let usable = |earlier: &&Options| {
            earlier.workflow.same(&self.workflow)
                && earlier.asked == asked
                && !full
                && !earlier.full
        };
        let earlier = earlier.filter(usable);
        let changed = earlier.map(|earlier| self.changes(&earlier.situation));
        // Only asked, never walked: its order reaches no output.
        let found = earlier.map(|earlier| earlier.choices.iter().zip(&earlier.grounds));
        let found: HashMap<&str, (&Choice, &Grounds)> =
            found.into_iter().flatten().map(|found| (found.0.event.as_str(), found)).collect();
        let (mut choices, mut grounds, mut anew) = (Vec::new(), Vec::new(), 0);
        let listening = Listening::new(compiled, &self.situation);
        let meter = self.meter();
        for name in describe::expected(compiled, &self.situation) {
            let transitions = listening.to(&name);
            let kept = changed.as_ref().and_then(|changed| {
                let (choice, found) = found.get(name.as_str())?;
                let stands = match (changed, &found.depends) {
                    (None, _) => true,
                    (Some(changed), Some(depends)) => !depends.meets(changed),
                    (Some(_), None) => false,
                };
                let stands = stands && found.transitions == transitions;
                stands.then(|| (Choice::clone(choice), Grounds::clone(found)))
            });
            let (choice, found) = kept.unwrap_or_else(|| {
                anew += 1;
                self.choice(compiled, name, (&asked, &signers), transitions, &meter)
            });
            choices.push(choice);
            grounds.push(found);
        }
        let (actor, workflow) = (actor.cloned(), self.workflow.clone());
        let situation = self.situation.clone();
        (Options { actor, choices, grounds, workflow, situation, asked, full }, anew)
    }

    /// What is not as it was, as rules see it; `None` where everything is.
    fn changes(&self, before: &Situation) -> Option<Dependencies> {
        let now = &self.situation;
        if **now == *before {
            return None;
        }
        Some(Dependencies {
            // A derived fact is read through to those that it is worked out from.
            facts: now.facts.changed(&before.facts),
            time: now.time != before.time,
            past: now.past != before.past,
            active: now.active != before.active,
            family: !now.family.is_shared(&before.family),
        })
    }

    fn choice(
        &self,
        compiled: &Compiled,
        name: String,
        (actor, signers): (&Actor, &[Actor]),
        transitions: Vec<TransitionId>,
        meter: &Meter,
    ) -> (Choice, Grounds) {
        let governs = contract::governing(compiled, &name);
        let texts = |names: &[crate::diagnostic::Spanned<String>]| -> Vec<String> {
            names.iter().map(|name| name.value.clone()).collect()
        };
        let mut event = Event::new(&name);
        event.actor = Some(actor.clone());
        let mut decision = self.explain_within(&event, meter);
        // Only who has signed can take that back.
        let revokes = transitions.iter().any(|id| compiled.chart.revokes(*id, &name));
        for signer in signers.iter().filter(|_| revokes) {
            if decision.outcome != Outcome::Blocked {
                break;
            }
            event.actor = Some(signer.clone());
            let theirs = self.explain_within(&event, meter);
            if theirs.outcome == Outcome::Moved {
                decision = theirs;
            }
        }
        let mut depends = None;
        let stops = match decision.outcome {
            // The other way round than they are stopped: as they were started.
            Outcome::Moved if self.workflow.is_whole() => {
                decision.stopped().into_iter().rev().collect()
            }
            Outcome::Moved => Vec::new(),
            _ => kin::stopped_by(&self.workflow, &self.situation, &transitions),
        };
        let standing = match decision.outcome {
            Outcome::Moved => Availability::Open,
            outcome => {
                let Answer { reasons, problems, steps, used, .. } = decision.into_answer();
                // What it takes to say why not is part of the call.
                meter.spend(used.0);
                meter.grow(used.1);
                if outcome == Outcome::Error {
                    match lacking(governs, &problems) {
                        Some(given) => Availability::OpenIf { given, reasons },
                        None => Availability::Fails { problems },
                    }
                } else {
                    // A case that was not at rest has gone elsewhere before it answered.
                    // What claims read is not what transitions read.
                    let by_claim = reasons.iter().any(|reason| {
                        let claims = |ground: &Condition| matches!(ground, Condition::Claim { .. });
                        reason.grounds.iter().any(claims)
                    });
                    if steps.is_empty() && !by_claim {
                        depends = self::depends(compiled, &transitions);
                    }
                    let given = self.open_if(compiled, governs, &name, actor, meter);
                    match (meter.fault(), given) {
                        (Some(fault), _) => {
                            Availability::Fails { problems: vec![problem::fault(compiled, &fault)] }
                        }
                        (None, Some(given)) if !given.is_empty() => {
                            Availability::OpenIf { given, reasons }
                        }
                        // Its transition is open: the claim may be kept with other values.
                        (None, Some(_)) if by_claim && !may_carry(governs).is_empty() => {
                            Availability::OpenIf { given: may_carry(governs), reasons }
                        }
                        _ => Availability::Blocked { reasons },
                    }
                }
            }
        };
        let signatures = self.would_sign(compiled, &name, &transitions);
        let choice = Choice {
            title: governs.map(|found| found.notes.title.clone()).unwrap_or_default(),
            by: governs.and_then(|found| found.by.as_deref()).map(texts).unwrap_or_default(),
            required: governs.map(|found| texts(&found.required)).unwrap_or_default(),
            sets: governs.map(|found| texts(&found.sets)).unwrap_or_default(),
            signatures,
            stops,
            event: name,
            standing,
        };
        (choice, Grounds { transitions, depends })
    }

    /// The transitions of active states that an event signs.
    fn would_sign(
        &self,
        compiled: &Compiled,
        event: &str,
        listening: &[TransitionId],
    ) -> Vec<SignatureStatus> {
        let signed = listening.iter().filter(|id| {
            !compiled.definition.transitions.at(**id).signed_by.is_empty()
                && compiled.chart.listens(**id, event)
        });
        signed.map(|id| describe::status(compiled, &self.situation, *id, Some(event))).collect()
    }

    /// Whoever may be meant where nobody is named: first somebody with every role who has not done anything in this case,
    /// then everybody whose signature waits, with every role too, since only they can take it back.
    ///
    /// ```
    /// use tresteg::case::Availability;
    /// use tresteg::{Actor, Case, Event, Outcome, Workflow};
    /// let workflow = Workflow::from_json(r#"{ "id": "w", "roles": { "a": {}, "b": {} }, "states": { "s": { "on": {
    ///     "sign": { "signed_by": ["a", "b"], "revoke": "take_back" } } } } }"#)?;
    /// let (mut case, _) = Case::start(&workflow, None, Default::default())?;
    /// case.fire(&Event::new("sign").by(Actor::new("eva").role("a")));
    /// let ids: Vec<_> = case.somebody().into_iter().filter_map(|actor| actor.id).collect();
    /// assert_eq!(ids, ["anybody", "eva"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn somebody(&self) -> Vec<Actor> {
        let mut found = vec![self.anybody()];
        found.extend(self.signers());
        found
    }

    /// Those whose signatures wait, each once, with every role.
    fn signers(&self) -> Vec<Actor> {
        let mut met = BTreeSet::new();
        let waiting = self.situation.signatures.values().flat_map(|waiting| &waiting.given);
        let ids = waiting.filter(|given| met.insert(&given.person)).map(|given| &given.actor);
        ids.map(|id| self.with_every_role(id.to_string())).collect()
    }

    fn with_every_role(&self, id: String) -> Actor {
        let compiled = self.workflow.compiled();
        let roles = &compiled.definition.roles;
        // One speaks for one unit: that of the first role whose unit is known.
        let mut units = roles.values().filter_map(|role| {
            let fact = compiled.rules.fact_named(role.unit.as_ref()?)?;
            let held = compiled.rules.fact(fact, &self.situation.context(None)).ok()??;
            held.as_str().map(str::to_owned)
        });
        let unit = units.next();
        let somebody = Actor { unit, ..Actor::new(id) };
        roles.keys().fold(somebody, |actor, role| actor.role(role.clone()))
    }

    /// Somebody with every role, who has not done anything in this case.
    fn anybody(&self) -> Actor {
        let mut id = "anybody".to_owned();
        let senders = |id: &str| {
            let person = person::digest_of(id);
            self.situation.past.senders("*").any(|who| who.contains(person))
        };
        while senders(&id) {
            id.push('*');
        }
        self.with_every_role(id)
    }

    /// The facts and payload with which the event might be open: what it must carry, and what leaves a transition
    /// undecided when everything that it may carry counts as unknown. `None` where no such thing opens it.
    fn open_if(
        &self,
        compiled: &Compiled,
        governs: Option<&EventDecl>,
        name: &str,
        actor: &Actor,
        meter: &Meter,
    ) -> Option<Vec<String>> {
        let actor = &*in_unit(compiled, &self.situation, actor);
        let actor = Some(actor);
        let declared = governs?;
        if let Some(by) = &declared.by
            && !plays(actor, by.iter().map(|role| role.as_str()))
        {
            return None;
        }
        let carried = || declared.required.iter().chain(&declared.sets);
        let mut may: BTreeSet<String> = carried().map(|fact| fact.value.clone()).collect();
        may.extend(declared.data.keys().map(|key| format!("event.data.{key}")));
        let mut given: Vec<String> = Vec::new();
        given.extend(declared.required.iter().map(|fact| fact.value.clone()));
        given.extend(
            declared.data_required.iter().map(|key| format!("event.data.{}", key.as_str())),
        );
        // First with what is unknown now; only if that does not help, known facts may be reported anew.
        let mut anew = FixedBitSet::with_capacity(compiled.definition.facts.len());
        for id in carried().filter_map(|fact| compiled.rules.fact_named(fact)) {
            anew.insert(FactId::index(id));
        }
        let id = actor.and_then(|actor| actor.id.as_deref()).map(Arc::from);
        let at = self.situation.time;
        let event = Current { name: name.into(), actor: id, at, data: Default::default() };
        let plain = self.situation.context(Some(&event));
        let asker = Requester::Outside(actor);
        let reported_anew = self.situation.facts.without(&anew);
        // At last with what `known` and `??` say of what is unknown left open.
        let hope: &dyn Observer = &Hope(&may);
        let ways = [(plain.facts, None), (&reported_anew, None), (&reported_anew, Some(hope))];
        for (facts, observer) in ways {
            let context = Context { facts, supposed: true, observer, meter: Some(meter), ..plain };
            let wanted = Wanted::Event(name);
            let Ok(found) = select(compiled, &self.situation, &context, wanted, asker) else {
                continue;
            };
            if found.is_open() {
                return Some(given);
            }
            // One undecided transition that waits for nothing but what the event may carry is enough.
            let reasons = describe::reasons(
                compiled,
                &self.situation,
                &context,
                &found,
                asker,
                name,
                For::Answer(None),
            );
            let waiting = reasons.into_iter().find_map(|reason| {
                if reason.unknown.is_empty() {
                    return None;
                }
                match reason.unknown.iter().all(|unknown| is_among(&may, unknown)) {
                    true => Some(reason.unknown),
                    false => opened_by(&reason, &may),
                }
            });
            if let Some(waiting) = waiting {
                let more = waiting.into_iter();
                let more: Vec<String> = more.filter(|unknown| !given.contains(unknown)).collect();
                given.extend(more);
                return Some(given);
            }
        }
        None
    }
}

/// The facts and payload that an event may carry, without having to.
fn may_carry(governs: Option<&EventDecl>) -> Vec<String> {
    let Some(declared) = governs else { return Vec::new() };
    let sets = declared.sets.iter().map(|fact| fact.value.clone());
    sets.chain(declared.data.keys().map(|key| format!("event.data.{key}"))).collect()
}

/// The facts and payload for the want of which scripts fail, where the event may carry them; `None` where they fail for
/// anything else.
fn lacking(governs: Option<&EventDecl>, problems: &[Problem]) -> Option<Vec<String>> {
    let declared = governs?;
    let mut given: Vec<String> = Vec::new();
    for problem in problems {
        let name = lacked(&problem.code, &problem.message)?;
        let fits = match name.strip_prefix("event.data.") {
            Some(path) => declared.data.keys().any(|key| begins(path, key)),
            None => {
                let mut facts = declared.required.iter().chain(&declared.sets);
                facts.any(|fact| begins(name, fact))
            }
        };
        if !fits {
            return None;
        }
        if !given.iter().any(|known| known == name) {
            given.push(name.to_owned());
        }
    }
    (!given.is_empty()).then_some(given)
}

/// Who listens to what among the transitions of active states: looked up by name, not matched one by one.
pub(crate) struct Listening<'w> {
    /// By pattern, each transition with its place in the order of the file. Only asked, never walked: its order reaches no
    /// output.
    by_pattern: HashMap<&'w str, Vec<(usize, TransitionId)>>,
}

impl<'w> Listening<'w> {
    /// Cost: linear in the transitions of the active states.
    pub fn new(compiled: &'w Compiled, situation: &Situation) -> Self {
        let chart = &compiled.chart;
        let rows = situation.active.iter().map(|state| chart.states.at(*state));
        let own = rows.flat_map(|row| row.on.iter().chain(&row.revocable)).copied();
        let mut by_pattern: HashMap<&str, Vec<(usize, TransitionId)>> = HashMap::new();
        for (place, id) in own.enumerate() {
            let row = chart.transitions.at(id);
            for pattern in row.patterns.iter().chain(&row.revoke) {
                by_pattern.entry(pattern).or_default().push((place, id));
            }
        }
        Self { by_pattern }
    }

    /// The transitions that an event of this name reaches, each once, in the order of the file.
    pub fn to(&self, event: &str) -> Vec<TransitionId> {
        let patterns = prefixes(event).chain(["*"]);
        let all = patterns.filter_map(|pattern| self.by_pattern.get(pattern)).flatten();
        let mut found: Vec<(usize, TransitionId)> = all.copied().collect();
        found.sort_unstable();
        let mut met = BTreeSet::new();
        found.into_iter().filter(|(_, id)| met.insert(*id)).map(|(_, id)| id).collect()
    }
}

/// What the selection among some transitions reads; `None` where signatures have a part in it.
fn depends(compiled: &Compiled, transitions: &[TransitionId]) -> Option<Dependencies> {
    let mut all = Dependencies::default();
    for id in transitions {
        let transition = compiled.definition.transitions.at(*id);
        if !transition.signed_by.is_empty() || transition.revoke.is_some() {
            return None;
        }
        all.extend(compiled.rules.depends(*id)?);
        all.past |= !transition.not_by.is_empty();
    }
    Some(all)
}

/// Whether a path such as `partners[0].name` begins with one of the names.
fn is_among(names: &BTreeSet<String>, path: &str) -> bool {
    names.contains(path) || names.iter().any(|name| begins(path, name))
}

/// What of what may come would open a transition that other unknowns leave undecided, too: of `a || b` one side is enough.
/// `None` where what does not come is needed everywhere.
fn opened_by(reason: &Reason, may: &BTreeSet<String>) -> Option<Vec<String>> {
    let mut needed = BTreeSet::new();
    let is_opened = reason.grounds.iter().all(|ground| match ground {
        Condition::Guard { clauses, .. } => clauses.iter().all(|one| opens(one, may, &mut needed)),
        Condition::Factor { factor } => factor_opens(factor, may, &mut needed),
        Condition::Fact { fact, verdict: Truth::Unknown, clauses, .. } => {
            match clauses.as_slice() {
                [] => {
                    needed.insert(fact.clone());
                    is_among(may, fact)
                }
                clauses => clauses.iter().all(|one| opens(one, may, &mut needed)),
            }
        }
        _ => false,
    });
    (is_opened && !needed.is_empty()).then(|| needed.into_iter().collect())
}

/// Whether a clause is true, or may be once what may come has come; what it then needs is taken down.
fn opens(clause: &Clause, may: &BTreeSet<String>, needed: &mut BTreeSet<String>) -> bool {
    match (clause.verdict, clause.joined) {
        (Truth::True, _) => true,
        (Truth::False, _) => false,
        (Truth::Unknown, Some(Joined::Any)) if !clause.parts.is_empty() => {
            // Each alternative that may come is one; all are told.
            let mut is_open = false;
            for part in &clause.parts {
                let mut own = BTreeSet::new();
                if opens(part, may, &mut own) {
                    is_open = true;
                    needed.extend(own);
                }
            }
            is_open
        }
        (Truth::Unknown, _) if !clause.parts.is_empty() => {
            clause.parts.iter().all(|part| opens(part, may, needed))
        }
        (Truth::Unknown, _) if !clause.factors.is_empty() => {
            clause.factors.iter().all(|factor| factor_opens(factor, may, needed))
        }
        (Truth::Unknown, _) => {
            let is_there = clause.unknown.iter().all(|unknown| is_among(may, unknown));
            if is_there {
                needed.extend(clause.unknown.iter().cloned());
            }
            is_there && !clause.unknown.is_empty()
        }
    }
}

fn factor_opens(
    factor: &FactorVerdict,
    may: &BTreeSet<String>,
    needed: &mut BTreeSet<String>,
) -> bool {
    match factor.verdict {
        Truth::True => return true,
        Truth::False => return false,
        Truth::Unknown => {}
    }
    if !factor.of.is_empty() {
        let most = i64::try_from(factor.of.len()).unwrap_or(i64::MAX);
        let mut open = 0_i64;
        for part in &factor.of {
            let mut own = BTreeSet::new();
            if factor_opens(part, may, &mut own) {
                open = open.saturating_add(1);
                needed.extend(own);
            }
        }
        return open >= factor.at_least.unwrap_or(most);
    }
    if !factor.clauses.is_empty() {
        return factor.clauses.iter().all(|clause| opens(clause, may, needed));
    }
    let is_there = factor.unknown.iter().all(|unknown| is_among(may, unknown));
    if is_there {
        needed.extend(factor.unknown.iter().cloned());
    }
    is_there && !factor.unknown.is_empty()
}

/// What an event may carry besides what is known.
struct Hope<'a>(&'a BTreeSet<String>);

impl Observer for Hope<'_> {
    fn hopes(&self, path: &str) -> bool {
        is_among(self.0, path)
    }
}

/// Whether a path is that of a name, or of something in it.
fn begins(path: &str, name: &str) -> bool {
    path.strip_prefix(name)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || rest.starts_with('['))
}
