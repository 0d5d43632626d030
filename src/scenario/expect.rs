//! What a step is expected to bring about, and whether it did.

use std::sync::Arc;

use crate::case::Case;
use crate::case::answer::{Condition, Outcome, SignatureStatus, SigningRefusal, StepOutcome};
use crate::case::claims::{ClaimStatus, ClaimVerdict};
use crate::case::decision::Decision;
use crate::case::{Availability, Choice};
use crate::diagnostic::Span;
use crate::error::Problem;
use crate::rule::{FactorVerdict, Truth};
use crate::value::{Date, DateTime, Duration, Number, Value, Zone};
use crate::workflow::TransitionRef;

/// One thing that is expected.
#[derive(Debug, Clone)]
pub(crate) struct Check {
    pub span: Span,
    pub wanted: Wanted,
    /// Of which case of a whole, by its address; `None`: of the one that the step is about.
    pub case: Option<Arc<str>>,
}

#[derive(Debug, Clone)]
pub(crate) enum Wanted {
    Answer(Outcome),
    /// No term or sent event fails on the way.
    NothingFails,
    /// The active leaf states are these.
    States(Vec<String>),
    In(String),
    NotIn(String),
    /// A fact has this value; `None`: is unknown.
    Fact(String, Option<Value>),
    Factor(String, Verdict),
    Emitted(Vec<Emission>),
    BlockedBy(Blocker, Vec<String>),
    Listed(Listing, String),
    Left(Vec<String>),
    Entered(Vec<String>),
    Taken(Vec<String>),
    /// Who has signed, of the transitions that the step was about.
    Signed(Vec<String>),
    /// The roles that are missing there, `a or b` where any would do.
    SignaturesMissing(Vec<String>),
    /// A term, by `KEY` or `STATE: KEY`, is due then; `None`: is not running.
    Term(String, Option<Due>),
    NextDeadline(Option<Due>),
    Ended(bool),
    Tags(Vec<String>),
    Problems(Vec<String>),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verdict {
    Truth(Truth),
    Score(Number),
}

/// A message with what it must carry at least.
#[derive(Debug, Clone)]
pub(crate) struct Emission {
    pub name: String,
    pub data: Vec<(String, Option<Value>)>,
}

/// What can stand in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blocker {
    Factors,
    Facts,
    Clauses,
    Unknown,
    Missing,
    Roles,
    NotBy,
    Signature,
}

/// How an event is listed among what could happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listing {
    /// Could be sent now by somebody, if need be with facts.
    Open,
    Blocked,
    NotExpected,
}

/// An instant, or any time of a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Due {
    Time(DateTime),
    Day(Date),
}

/// What there is to compare with, behind a step.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    /// The case that the step is about; `None` where it could not begin, or is not there.
    pub case: Option<&'a Case>,
    /// Its address; empty for the outermost.
    pub here: &'a str,
    /// The outermost, whose claims are judged and those of all below it; `None` where it could not begin.
    pub whole: Option<&'a Case>,
    /// Other cases of the whole of which something is expected.
    pub others: &'a [(Arc<str>, Option<Case>)],
    /// `None` where nothing happened in this step, or the case could not begin.
    pub decision: Option<&'a Decision>,
    /// Why the case could not begin.
    pub problems: &'a [Problem],
}

impl<'a> Scene<'a> {
    /// The claims that the whole has broken, in whichever of its cases.
    pub fn broken_claims(self) -> impl Iterator<Item = ClaimStatus> {
        let claims = self.whole.map(Case::claims).unwrap_or_default();
        claims.into_iter().filter(|status| status.verdict == ClaimVerdict::Broken)
    }
}

impl Blocker {
    pub const ALL: [(&'static str, Self); 8] = [
        ("factors", Self::Factors),
        ("facts", Self::Facts),
        ("clauses", Self::Clauses),
        ("unknown", Self::Unknown),
        ("missing", Self::Missing),
        ("roles", Self::Roles),
        ("not_by", Self::NotBy),
        ("signature", Self::Signature),
    ];

    pub fn key(self) -> &'static str {
        Self::ALL.iter().find(|(_, known)| *known == self).map_or("", |(key, _)| key)
    }
}

impl Listing {
    pub const ALL: [(&'static str, Self); 3] =
        [("open", Self::Open), ("blocked", Self::Blocked), ("not_expected", Self::NotExpected)];

    fn key(self) -> &'static str {
        Self::ALL.iter().find(|(_, known)| *known == self).map_or("", |(key, _)| key)
    }

    pub fn of(case: &Case, event: &str) -> (Self, Option<Choice>) {
        match case.options(None).into_iter().find(|choice| choice.event == event) {
            None => (Self::NotExpected, None),
            Some(choice) => match choice.standing {
                Availability::Open | Availability::OpenIf { .. } => (Self::Open, Some(choice)),
                _ => (Self::Blocked, Some(choice)),
            },
        }
    }
}

impl Wanted {
    /// The way to it in the expectation, such as `facts.votes`.
    pub fn key(&self) -> String {
        match self {
            Self::Answer(_) => "answer".to_owned(),
            Self::NothingFails => "steps".to_owned(),
            Self::States(_) => "states".to_owned(),
            Self::In(_) => "in".to_owned(),
            Self::NotIn(_) => "not_in".to_owned(),
            Self::Fact(name, _) => format!("facts.{name}"),
            Self::Factor(name, _) => format!("factors.{name}"),
            Self::Emitted(_) => "emitted".to_owned(),
            Self::BlockedBy(blocker, _) => format!("blocked_by.{}", blocker.key()),
            Self::Listed(listing, _) => listing.key().to_owned(),
            Self::Left(_) => "left".to_owned(),
            Self::Entered(_) => "entered".to_owned(),
            Self::Taken(_) => "taken".to_owned(),
            Self::Signed(_) => "signed".to_owned(),
            Self::SignaturesMissing(_) => "signatures_missing".to_owned(),
            Self::Term(key, _) => format!("terms.{key}"),
            Self::NextDeadline(_) => "next_deadline".to_owned(),
            Self::Ended(_) => "ended".to_owned(),
            Self::Tags(_) => "tags".to_owned(),
            Self::Problems(_) => "problems".to_owned(),
        }
    }

    /// Whether it is so. Nothing is formatted.
    pub fn is_met(&self, scene: Scene<'_>) -> bool {
        let case = scene.case;
        let in_case = |holds: &dyn Fn(&Case) -> bool| case.is_some_and(holds);
        match self {
            Self::Answer(wanted) => scene.answer() == Some(*wanted),
            Self::NothingFails => scene.failures().next().is_none(),
            Self::States(wanted) => in_case(&|case| same_set(wanted, &case.states())),
            Self::In(state) => in_case(&|case| case.is_in(state)),
            Self::NotIn(state) => in_case(&|case| !case.is_in(state)),
            Self::Fact(name, wanted) => {
                in_case(&|case| is_like_optional(wanted.as_ref(), case.fact(name).as_ref()))
            }
            Self::Factor(name, wanted) => in_case(&|case| {
                let found = factor(case, name);
                found.is_some_and(|found| verdict(wanted, &found) == *wanted)
            }),
            Self::Emitted(wanted) => {
                let mut found = scene.movements().flat_map(|effects| &effects.emitted);
                wanted.iter().all(|wanted| {
                    found.next().is_some_and(|found| {
                        wanted.name == found.name
                            && wanted.data.iter().all(|(key, value)| {
                                is_like_optional(value.as_ref(), found.data.get(key.as_str()))
                            })
                    })
                }) && found.next().is_none()
            }
            Self::BlockedBy(Blocker::Clauses, wanted) => {
                let found = scene.clauses();
                found.iter().all(|names| names.iter().any(|name| wanted.contains(name)))
                    && wanted.iter().all(|name| found.iter().any(|names| names.contains(name)))
            }
            Self::BlockedBy(blocker, wanted) => {
                let (must, may) = scene.blockers(*blocker);
                must.iter().all(|found| wanted.contains(found))
                    && wanted.iter().all(|name| must.contains(name) || may.contains(name))
            }
            Self::Listed(wanted, event) => in_case(&|case| Listing::of(case, event).0 == *wanted),
            Self::Left(wanted) => scene.names(|effects| &effects.left).eq(wanted),
            Self::Entered(wanted) => scene.names(|effects| &effects.entered).eq(wanted),
            Self::Taken(wanted) => {
                let mut found = scene.taken();
                wanted.iter().all(|wanted| found.next().is_some_and(|way| is_way(wanted, way)))
                    && found.next().is_none()
            }
            Self::Signed(wanted) => same_list(wanted, scene.signed()),
            Self::SignaturesMissing(wanted) => same_list(wanted, scene.signatures_missing()),
            Self::Term(key, wanted) => in_case(&|case| {
                let due = case.term_due(key);
                match (wanted, due.as_slice()) {
                    (None, []) => true,
                    (Some(wanted), [due]) => wanted.is(*due),
                    _ => false,
                }
            }),
            Self::NextDeadline(wanted) => in_case(&|case| match (wanted, case.next_deadline()) {
                (None, None) => true,
                (Some(wanted), Some(due)) => wanted.is(due),
                _ => false,
            }),
            Self::Ended(wanted) => in_case(&|case| case.is_ended() == *wanted),
            Self::Tags(wanted) => in_case(&|case| same_set(wanted, &case.tags())),
            Self::Problems(wanted) => {
                let found: Vec<&str> = scene.failures().map(|found| found.code.as_str()).collect();
                same_set(wanted, &found)
            }
        }
    }

    /// What was expected and what is, for people.
    pub fn shown(&self, scene: Scene<'_>) -> (String, String) {
        let no_case = || "there is no case".to_owned();
        let of_case = |show: &dyn Fn(&Case) -> String| scene.case.map_or_else(no_case, show);
        match self {
            Self::Answer(wanted) => {
                let found = scene.answer().map_or("nothing", Outcome::name);
                (wanted.name().to_owned(), found.to_owned())
            }
            Self::NothingFails => {
                let found: Vec<String> = scene.failures().map(ToString::to_string).collect();
                ("no step fails".to_owned(), found.join("\n"))
            }
            Self::States(wanted) => (list(wanted), of_case(&|case| list(&case.states()))),
            Self::In(state) => (state.clone(), of_case(&|case| list(&case.states()))),
            Self::NotIn(state) => (format!("not {state}"), of_case(&|case| list(&case.states()))),
            Self::Fact(name, wanted) => {
                (known(wanted.as_ref()), of_case(&|case| known(case.fact(name).as_ref())))
            }
            Self::Factor(name, wanted) => (
                wanted.said(),
                of_case(&|case| match factor(case, name) {
                    Some(found) => verdict(wanted, &found).said(),
                    None => "there is no such factor".to_owned(),
                }),
            ),
            Self::Emitted(wanted) => {
                let wanted = wanted.iter().map(|message| {
                    let data = message.data.iter();
                    let data = data.map(|(key, value)| (key.as_str(), value.as_ref()));
                    emission(&message.name, data)
                });
                let found = scene.movements().flat_map(|effects| &effects.emitted);
                let found = found.map(|message| {
                    let data = message.data.iter().map(|(key, value)| (&**key, Some(value)));
                    emission(&message.name, data)
                });
                (lines(wanted), lines(found))
            }
            Self::BlockedBy(blocker, wanted) => (list(wanted), list(&scene.blockers(*blocker).0)),
            Self::Listed(wanted, event) => (
                format!("{event}: {}", wanted.said()),
                of_case(&|case| format!("{event}: {}", Listing::of(case, event).0.said())),
            ),
            Self::Left(wanted) => {
                (list(wanted), list(&scene.names(|effects| &effects.left).collect::<Vec<_>>()))
            }
            Self::Entered(wanted) => {
                (list(wanted), list(&scene.names(|effects| &effects.entered).collect::<Vec<_>>()))
            }
            Self::Taken(wanted) => {
                (lines(wanted.iter().cloned()), lines(scene.taken().map(way_name)))
            }
            Self::Signed(wanted) => (list(wanted), list(&scene.signed())),
            Self::SignaturesMissing(wanted) => (list(wanted), list(&scene.signatures_missing())),
            Self::Term(key, wanted) => (
                due(*wanted),
                of_case(&|case| match case.term_due(key).as_slice() {
                    [] => "none".to_owned(),
                    several => list(several),
                }),
            ),
            Self::NextDeadline(wanted) => (
                due(*wanted),
                of_case(&|case| {
                    case.next_deadline().map_or("none".to_owned(), |due| due.to_string())
                }),
            ),
            Self::Ended(wanted) => {
                let said = |ended: bool| if ended { "ended" } else { "not ended" }.to_owned();
                (said(*wanted), of_case(&|case| said(case.is_ended())))
            }
            Self::Tags(wanted) => (list(wanted), of_case(&|case| list(&case.tags()))),
            Self::Problems(wanted) => {
                let found =
                    scene.failures().map(|found| format!("{}: {}", found.code, found.message));
                (list(wanted), lines(found))
            }
        }
    }
}

impl<'a> Scene<'a> {
    /// With nothing to be seen but an answer.
    pub fn of_answer(decision: Option<&'a Decision>, problems: &'a [Problem]) -> Self {
        Self { case: None, whole: None, here: "", others: &[], decision, problems }
    }

    /// As it is for what is expected of one of the cases.
    pub fn of(self, check: &'a Check) -> Self {
        let Some(address) = &check.case else { return self };
        let found = self.others.iter().find(|(known, _)| known == address);
        Self { case: found.and_then(|(_, case)| case.as_ref()), here: address, ..self }
    }

    pub fn answer(self) -> Option<Outcome> {
        match self.decision {
            Some(decision) => Some(decision.outcome),
            None if self.case.is_none() => Some(Outcome::Error),
            None => None,
        }
    }

    /// Problems of the answer, and of terms and sent events on the way.
    pub fn failures(self) -> impl Iterator<Item = &'a Problem> {
        let own = self.decision.into_iter().flat_map(|decision| &decision.problems);
        let steps = self.decision.into_iter().flat_map(|decision| &decision.steps);
        let failed = steps.filter(|step| step.outcome == StepOutcome::Failed);
        self.problems.iter().chain(own).chain(failed.flat_map(|step| &step.problems))
    }

    /// What was changed in this case.
    pub fn movements(self) -> impl Iterator<Item = &'a crate::case::answer::Effects> {
        let of = self.decision.into_iter();
        of.flat_map(move |decision| decision.movements_in(self.here))
    }

    pub fn names(
        self,
        part: impl Fn(&'a crate::case::answer::Effects) -> &'a Vec<String>,
    ) -> impl Iterator<Item = &'a String> {
        self.movements().flat_map(part)
    }

    pub fn taken(self) -> impl Iterator<Item = &'a TransitionRef> {
        self.movements().flat_map(|effects| &effects.taken)
    }

    /// How signatures stand behind the step, of each transition that it was about.
    fn signings(self) -> impl Iterator<Item = &'a SignatureStatus> {
        let mut last: Vec<&SignatureStatus> = Vec::new();
        for signing in self.movements().flat_map(|effects| &effects.signatures) {
            last.retain(|known| known.transition != signing.transition);
            last.push(signing);
        }
        last.into_iter()
    }

    /// The ids of those whose signatures stand.
    pub fn signed(self) -> Vec<String> {
        let signed = self.signings().flat_map(|signing| &signing.signed);
        signed.map(|signature| signature.actor.clone()).collect()
    }

    /// The roles that are missing, `a or b` where any would do.
    pub fn signatures_missing(self) -> Vec<String> {
        let missing = self.signings().flat_map(|signing| &signing.missing);
        missing.map(|roles| roles.join(" or ")).collect()
    }

    /// Whether the step was about signatures at all.
    pub fn is_signing(self) -> bool {
        self.signings().next().is_some()
    }

    /// Clauses that stand in the way, each with the names that it may be quoted by: more than one only in a mutant.
    fn clauses(self) -> Vec<Vec<String>> {
        let quoted = self.case.map(|case| &case.workflow().compiled().quoted);
        let reasons = self.decision.map(Decision::recorded_reasons).unwrap_or_default();
        let grounds = reasons.iter().flat_map(|reason| &reason.grounds);
        let clauses = grounds.flat_map(|ground| match ground {
            Condition::Guard { clauses, .. } => clauses.as_slice(),
            _ => &[],
        });
        let names = clauses.map(|clause| {
            let mut known = quoted.into_iter().flat_map(|quoted| &quoted.clauses);
            match known.find(|(span, _)| *span == clause.span) {
                Some((_, names)) => names.iter().map(|name| spaced(name)).collect(),
                None => vec![spaced(&clause.text)],
            }
        });
        names.collect()
    }

    /// What is unknown, as it is called; in a mutant as it was called before.
    fn unknown(self, name: &str) -> String {
        let quoted = self.case.map(|case| &case.workflow().compiled().quoted);
        let mut known = quoted.into_iter().flat_map(|quoted| &quoted.unknown);
        known.find(|(new, _)| new == name).map_or(name, |(_, old)| old).to_owned()
    }

    /// What stands in the way: what must be listed, and what may be besides.
    pub fn blockers(self, blocker: Blocker) -> (Vec<String>, Vec<String>) {
        let mut must: Vec<String> = Vec::new();
        let mut may: Vec<String> = Vec::new();
        let reasons = self.decision.map(Decision::recorded_reasons).unwrap_or_default();
        for reason in &reasons {
            if blocker == Blocker::Unknown {
                must.extend(reason.unknown.iter().map(|name| self.unknown(name)));
            }
            for ground in &reason.grounds {
                match (blocker, ground) {
                    (Blocker::Factors, Condition::Factor { factor }) => {
                        must.push(factor.name.clone());
                        parts(factor, &mut may);
                    }
                    (Blocker::Facts, Condition::Fact { fact, .. })
                    | (Blocker::Missing, Condition::Missing { fact, .. }) => {
                        must.push(fact.clone())
                    }
                    (Blocker::Clauses, Condition::Guard { clauses, .. }) => {
                        must.extend(clauses.iter().map(|clause| spaced(&clause.text)));
                    }
                    (Blocker::Roles, Condition::Unit { role, .. }) => must.push(role.clone()),
                    (Blocker::Roles, Condition::Role { needed, .. }) => {
                        must.extend(needed.iter().cloned());
                    }
                    (Blocker::Signature, Condition::Signature { refusal, .. }) => {
                        must.push(refused(*refusal).to_owned());
                    }
                    (Blocker::NotBy, Condition::NotBy { events, .. }) => {
                        must.extend(events.iter().cloned());
                    }
                    (Blocker::NotBy, Condition::Person { event }) => must.push(event.clone()),
                    _ => {}
                }
            }
        }
        must.sort_unstable();
        must.dedup();
        (must, may)
    }
}

/// Factors and boolean facts inside a factor that do not hold.
fn parts(factor: &FactorVerdict, found: &mut Vec<String>) {
    let mut waiting = vec![factor];
    while let Some(factor) = waiting.pop() {
        let read = factor.clauses.iter().flat_map(|clause| &clause.factors);
        for inner in factor.of.iter().chain(read) {
            if inner.verdict != Truth::True {
                found.push(inner.name.clone());
            }
            waiting.push(inner);
        }
    }
}

/// A clause with single spaces, as it is compared.
pub(crate) fn spaced(clause: &str) -> String {
    clause.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn factor(case: &Case, name: &str) -> Option<FactorVerdict> {
    case.factor(name)
}

/// The verdict in the terms of what is expected: a score where a score is.
pub(super) fn verdict(wanted: &Verdict, found: &FactorVerdict) -> Verdict {
    match (wanted, found.score) {
        (Verdict::Score(_), Some(score)) => Verdict::Score(score),
        _ => Verdict::Truth(found.verdict),
    }
}

impl Verdict {
    fn said(&self) -> String {
        match self {
            Self::Truth(Truth::True) => "holds".to_owned(),
            Self::Truth(Truth::False) => "does not hold".to_owned(),
            Self::Truth(Truth::Unknown) => "is not decided".to_owned(),
            Self::Score(score) => score.to_string(),
        }
    }
}

impl Listing {
    fn said(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Blocked => "blocked",
            Self::NotExpected => "not expected",
        }
    }
}

impl Due {
    fn is(self, found: DateTime) -> bool {
        match self {
            Self::Time(time) => time == found,
            Self::Day(day) => day == found.date(),
        }
    }
}

fn due(wanted: Option<Due>) -> String {
    match wanted {
        None => "none".to_owned(),
        Some(Due::Time(time)) => time.to_string(),
        Some(Due::Day(day)) => day.to_string(),
    }
}

fn known(value: Option<&Value>) -> String {
    value.map_or("unknown".to_owned(), Value::to_json)
}

fn emission<'a>(name: &str, data: impl Iterator<Item = (&'a str, Option<&'a Value>)>) -> String {
    let data: Vec<String> = data.map(|(key, value)| format!("{key}: {}", known(value))).collect();
    if data.is_empty() { name.to_owned() } else { format!("{name} {{ {} }}", data.join(", ")) }
}

fn list(names: &[impl ToString]) -> String {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn lines(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    if items.is_empty() { "none".to_owned() } else { items.join("\n") }
}

/// Why somebody may not sign or withdraw, as scenarios write it.
pub(crate) const REFUSALS: [&str; 4] = ["nobody", "twice", "role", "not_signed"];

fn refused(refusal: SigningRefusal) -> &'static str {
    match refusal {
        SigningRefusal::Nobody => "nobody",
        SigningRefusal::Twice => "twice",
        SigningRefusal::Role => "role",
        SigningRefusal::NotSigned => "not_signed",
    }
}

/// Whether two lists hold the same in whatever order, a role twice for two persons.
fn same_list(wanted: &[String], mut found: Vec<String>) -> bool {
    let mut wanted = wanted.to_vec();
    wanted.sort_unstable();
    found.sort_unstable();
    wanted == found
}

fn same_set(wanted: &[String], found: &[&str]) -> bool {
    wanted.iter().all(|name| found.contains(&name.as_str()))
        && found.iter().all(|name| wanted.iter().any(|wanted| wanted == name))
}

/// A transition by its `id`, else as `from -> to`.
pub(crate) fn way_name(way: &TransitionRef) -> String {
    match &way.id {
        Some(id) => id.clone(),
        None => between(&way.from, &way.to),
    }
}

/// `from -> to`; a transition without a target has nothing behind the arrow but its own state.
pub(crate) fn between(from: &str, to: &[impl AsRef<str>]) -> String {
    let to: Vec<&str> = to.iter().map(AsRef::as_ref).collect();
    if to.is_empty() { format!("{from} -> {from}") } else { format!("{from} -> {}", to.join(", ")) }
}

fn is_way(wanted: &str, way: &TransitionRef) -> bool {
    way.id.as_deref() == Some(wanted) || is_between(wanted, &between(&way.from, &way.to))
}

/// Whether a text names the way between two states, however its arrow and spaces are written.
pub(crate) fn is_between(wanted: &str, way: &str) -> bool {
    wanted == way || (wanted.contains(['→', '>']) && bare(&wanted.replace('→', "->")) == bare(way))
}

fn bare(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}

fn is_like_optional(wanted: Option<&Value>, found: Option<&Value>) -> bool {
    match (wanted, found) {
        (None, None) => true,
        (Some(wanted), Some(found)) => is_like(wanted, found),
        _ => false,
    }
}

/// Whether a value is what was written without a type: texts stand for dates and durations, 1 is 1.0, a record has the
/// entries written and may have more, a list is as long and in the same order.
fn is_like(wanted: &Value, found: &Value) -> bool {
    match (wanted, found) {
        (Value::Text(text), Value::Date(found)) => Date::parse(text) == Some(*found),
        (Value::Text(text), Value::DateTime(found)) => {
            DateTime::parse(text, &Zone::utc()) == Some(*found)
        }
        (Value::Text(text), Value::Duration(found)) => Duration::parse(text)
            .is_some_and(|wanted| Value::Duration(wanted).loose_eq(&Value::Duration(*found))),
        (Value::List(wanted), Value::List(found)) => {
            wanted.len() == found.len()
                && wanted.iter().zip(found.iter()).all(|(wanted, found)| is_like(wanted, found))
        }
        (Value::Record(wanted), Value::Record(found)) => wanted
            .iter()
            .all(|(key, wanted)| found.get(key).is_some_and(|found| is_like(wanted, found))),
        _ => wanted.loose_eq(found),
    }
}
