//! `tresteg explain`: where a case stands, what it could take and why not, without acting.

use std::io;
use std::path::PathBuf;

use tresteg::case::{
    Availability, ChildCase, FactorVerdict, InboxEntry, Options, SignatureStatus, Term, Until,
};
use tresteg::lab;
use tresteg::workflow::{Field, RuleInfo};
use tresteg::{Actor, Case, DateTime, Decision, Event, Language, Outcome, Workflow};

use super::children::{children, in_children, inbox};
use super::console::Console;
use super::files::{self, Lines};
use super::headline::{headline, titled};
use super::journey::Journey;
use super::record::{self, Facts};
use super::run::{answered, is_yes, stands};
use super::terms::terms;
use super::unlock;
use super::words::{filled, language, say, wording_in, words};
use super::{CaseArguments, Done, Stop, Verdict, now};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The events are replayed first, as by `run`; lines that cannot be read are reported on standard
error and passed over. Then time passes to --at, by default to now: what falls due until then is
taken, and told. With --event the answer to that event is given instead, without acting.
With --unlock the answer ends with all smallest sets of changes that would open the event: what, to
which value, and who can bring it. As JSON these alone are given.

Exit codes: 0; with --event 1 when the answer is no, with --unlock 1 when nothing opens it; 1 also
when the workflow is wrong or the case could not begin; 2 misuse.")]
pub(super) struct Arguments {
    #[command(flatten)]
    case: CaseArguments,
    /// A snapshot of a case to go on from, instead of a case that begins
    #[arg(long, value_name = "FILE", conflicts_with = "facts")]
    snapshot: Option<PathBuf>,
    /// Ask about this event
    #[arg(long, value_name = "NAME", group = "asked")]
    event: Option<String>,
    /// Ask what would open this event
    #[arg(long, value_name = "NAME", group = "asked")]
    unlock: Option<String>,
    /// A role of whoever asks; several as `a,b` or by repeating. Without any: anybody, with whatever role is needed
    #[arg(long, value_name = "ROLE", value_delimiter = ',')]
    actor: Vec<String>,
    /// The id of whoever asks, with `--actor`: for what somebody may not do twice, or not after something else
    #[arg(long, value_name = "ID", requires = "actor", default_value = "anybody")]
    id: String,
    /// The unit that whoever asks speaks for, with `--actor`: for roles of one unit
    #[arg(long, value_name = "UNIT", requires = "actor")]
    unit: Option<String>,
    /// Ask in this child case, by its address, such as `boards/north`
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,
    /// A fact that the event would carry, as NAME=VALUE
    #[arg(long = "fact", value_name = "NAME=VALUE", requires = "asked")]
    carried: Vec<String>,
    /// When it is asked: a day `2026-01-31`, a time `2026-01-31T09:00` on the clock of the workflow, or one with an offset; by
    /// default now, or when the last event was if that is later
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Payload that the event would carry besides facts, as NAME=VALUE
    #[arg(long, value_name = "NAME=VALUE", requires = "asked")]
    data: Vec<String>,
}

impl Arguments {
    pub(super) fn spoken(&self) -> &super::Spoken {
        &self.case.spoken
    }

    pub(super) fn is_verbose(&self) -> bool {
        self.case.verbose
    }

    /// Whether it is asked about one event: then its exit code is the answer, too.
    pub(super) fn asks_an_event(&self) -> bool {
        self.event.is_some() || self.unlock.is_some()
    }
}

pub(super) fn explain(arguments: &Arguments, console: &mut Console<'_>) -> Done {
    let given = &arguments.case;
    let workflow = files::without_journal(&given.workflow, console)?;
    let language = given.spoken.language();
    let lines = match &given.events {
        Some(path) => Lines::open(path)?,
        None => Lines::none(),
    };
    let at = arguments.at.as_deref().map(|text| asked_time(&workflow, text)).transpose()?;
    let mut journey = match &arguments.snapshot {
        Some(path) => Journey::resume(files::restored(&workflow, path, &given.spoken)?, lines),
        None => match Journey::start(&workflow, given, lines, at, console)? {
            Ok((journey, _)) => journey,
            Err(problems) => {
                for problem in problems {
                    console.complain(&problem.to_string())?;
                }
                return Err(Stop::Wrong);
            }
        },
    };
    while let Some(answer) = journey.next()? {
        journey.doubts(&answer, console)?;
        for problem in answer.given.err().into_iter().flatten() {
            console.complain(&problem.to_string())?;
        }
    }
    let passed = pass(&workflow, &mut journey.case, at)?;
    if !given.json {
        let at = super::run::time(&workflow, journey.case.time(), language);
        let said = match passed {
            Asked::At(_) => say!(asked_at, at),
            Asked::Now(_) => say!(asked_now, at),
            Asked::Last => say!(asked_last, at),
        };
        console.aside(&said)?;
        if let Asked::At(Some(decision)) | Asked::Now(Some(decision)) = &passed {
            answered(&journey.case, decision, language, console)?;
        }
    }
    let case = &journey.case;
    let actor = actor(&workflow, &arguments.actor, &arguments.id, arguments.unit.as_deref())?;
    let to = arguments.to.as_deref().filter(|to| !to.is_empty());
    let here = case.at(to.unwrap_or_default()).map_err(|error| {
        let problems = error.problems().iter().map(|problem| problem.tell(language));
        Stop::Misuse(format!("--to: {}", problems.collect::<Vec<_>>().join("; ")))
    })?;
    if let Some(name) = arguments.event.as_ref().or(arguments.unlock.as_ref()) {
        let event = event(here.workflow(), name, &arguments.carried, &arguments.data)?;
        let event = to.into_iter().fold(event, |event, to| event.to(to));
        let event = actor.into_iter().fold(event, Event::by);
        let decision = match event.actor {
            Some(_) => case.explain(&event),
            None => asked_by_anybody(case, &here, &event),
        };
        if arguments.unlock.is_some() {
            let found = lab::unlock(case, &event);
            if given.json {
                record::write(&found, console)?;
            } else {
                answered(case, &decision, language, console)?;
                unlock::tell(&here, &found, language, console)?;
            }
            return Ok(Verdict::yes_if(found.is_open || !found.ways.is_empty()));
        }
        if given.json {
            record::decision(case, &decision, console)?;
        } else {
            answered(case, &decision, language, console)?;
        }
        return Ok(Verdict::yes_if(is_yes(&decision)));
    }
    if given.json {
        let standpoint = Standpoint { case: to, ..Standpoint::of(&here, actor.as_ref()) };
        record::write(&standpoint, console)?;
    } else {
        let case = &here;
        if let Some(to) = to {
            console.heading(&format!(
                "\n{}",
                journey.case.describe_address(to, wording_in(language))
            ))?;
        }
        stands(case, language, console)?;
        children(case, language, console)?;
        terms(case, language, console)?;
        facts(case, language, console)?;
        options(case, actor.as_ref(), language, console)?;
        inbox(case, actor.as_ref(), language, console)?;
        scorecard(case, language, console)?;
        if given.verbose {
            uncompiled(case, console)?;
        }
    }
    Ok(Verdict::Yes)
}

/// Where a case stands, as JSON.
#[derive(serde::Serialize)]
struct Standpoint<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<&'a str>,
    at: DateTime,
    states: Vec<&'a str>,
    ended: bool,
    facts: Facts<'a>,
    options: Options,
    factors: Vec<FactorVerdict>,
    signatures: Vec<SignatureStatus>,
    put_aside: Vec<String>,
    next_deadline: Option<DateTime>,
    terms: Vec<Term>,
    rules: Vec<RuleInfo>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    children: Vec<Child>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    inbox: Vec<InboxEntry>,
}

/// A child case, with what can be chosen in it.
#[derive(serde::Serialize)]
struct Child {
    #[serde(flatten)]
    child: ChildCase,
    options: Options,
}

impl Child {
    fn all(case: &Case, actor: Option<&Actor>) -> Vec<Self> {
        let children = case.children().into_iter();
        let with = children.filter_map(|child| {
            let options = case.at(&child.address).ok()?.options(actor);
            Some(Self { child, options })
        });
        with.collect()
    }
}

impl<'a> Standpoint<'a> {
    fn of(case: &'a Case, actor: Option<&Actor>) -> Self {
        Self {
            at: case.time(),
            states: case.states(),
            ended: case.is_ended(),
            facts: Facts(case.facts()),
            options: case.options(actor),
            factors: case.factors(),
            signatures: case.signatures(),
            put_aside: case.put_aside(),
            next_deadline: case.next_deadline(),
            terms: case.terms(),
            rules: case.workflow().rules(),
            case: None,
            children: Child::all(case, actor),
            inbox: in_children(case, actor),
        }
    }
}

/// Whoever asks; `None` for anybody.
fn actor(
    workflow: &Workflow,
    roles: &[String],
    id: &str,
    unit: Option<&str>,
) -> Result<Option<Actor>, Stop> {
    let known = super::children::roles(workflow);
    let known: Vec<&str> = known.into_iter().map(|(name, _)| name).collect();
    for role in roles {
        if !known.contains(&role.as_str()) {
            let known = if known.is_empty() { say!(none_declared) } else { known.join(", ") };
            return Err(Stop::Misuse(say!(unknown_role, role, known)));
        }
    }
    let actor = roles.iter().fold(Actor::new(id), |actor, role| actor.role(role.clone()));
    let actor = unit.into_iter().fold(actor, |actor, unit| actor.unit(unit));
    Ok((!roles.is_empty()).then_some(actor))
}

/// The answer to somebody with whatever role is needed `here`, in the case that is asked; to who has signed, where only they
/// can be meant.
pub(super) fn asked_by_anybody(case: &Case, here: &Case, event: &Event) -> Decision {
    let mut actors = here.somebody().into_iter();
    let mut ask = || actors.next().map(|actor| case.explain(&event.clone().by(actor)));
    let first = ask().unwrap_or_else(|| case.explain(event));
    if first.outcome != Outcome::Blocked {
        return first;
    }
    std::iter::from_fn(ask).find(|decision| decision.outcome == Outcome::Moved).unwrap_or(first)
}

fn event(
    workflow: &Workflow,
    name: &str,
    carried: &[String],
    data: &[String],
) -> Result<Event, Stop> {
    let mut event = Event::new(name);
    for text in data {
        let Some((key, value)) = text.split_once('=') else {
            return Err(Stop::Misuse(say!(not_name_value, format!("--data {text}"))));
        };
        let declared = workflow.event_data(name).map(|(field, _)| field);
        let Some(field) = declared.into_iter().find(|field| field.name() == key) else {
            return Err(Stop::Misuse(say!(no_data, name, key)));
        };
        let value =
            field.parse_in(value, language()).map_err(|wrong| misfit(&field, key, &wrong))?;
        event = event.data(key, value);
    }
    for text in carried {
        let Some((fact, value)) = text.split_once('=') else {
            return Err(Stop::Misuse(say!(not_name_value, format!("--fact {text}"))));
        };
        let Some(field) = workflow.fact(fact) else {
            return Err(Stop::Misuse(say!(unknown_fact, fact)));
        };
        let value =
            field.parse_in(value, language()).map_err(|wrong| misfit(&field, fact, &wrong))?;
        event = event.fact(fact, value);
    }
    Ok(event)
}

/// What is wrong with a value that was given.
fn misfit(field: &Field<'_>, name: &str, wrong: &str) -> Stop {
    let named = match field.title(language()) {
        Some(title) => titled(Some(title), name),
        None => format!("`{name}`"),
    };
    Stop::Misuse(format!("{named} {wrong}"))
}

pub(super) fn facts(case: &Case, language: Language, console: &mut Console<'_>) -> io::Result<()> {
    let words = words(language);
    let known = case.facts();
    if known.is_empty() {
        return console.aside(&format!("\n{}", words.nothing_known));
    }
    console.heading(&format!("\n{}", words.facts))?;
    for (name, value) in known {
        let field = case.workflow().fact(name);
        let title = field.and_then(|field| field.title(language));
        let title = match (title, wording_in(language).code) {
            (Some(title), false) => title.to_owned(),
            (title, _) => titled(title, name),
        };
        let value = case.workflow().describe_value(name, &value, language);
        console.line(&format!("  {title}: {value}"))?;
    }
    Ok(())
}

/// So many child cases that an event would stop are named.
const STOPS: usize = 6;

/// Every event that is heard here, and why it is not open.
pub(super) fn options(
    case: &Case,
    actor: Option<&Actor>,
    language: Language,
    console: &mut Console<'_>,
) -> io::Result<()> {
    let words = words(language);
    let options = case.options(actor);
    if options.is_empty() {
        return console.aside(&format!("\n{}", words.nothing_expected));
    }
    console.heading(&format!("\n{}", words.options))?;
    for choice in &options {
        console.line(&format!("  {}", headline(case.workflow(), choice, language, titled)))?;
        if !choice.stops.is_empty() {
            let count = choice.stops.len();
            let stopped: Vec<String> = choice
                .stops
                .iter()
                .take(STOPS)
                .map(|address| case.describe_address(address, wording_in(language)))
                .collect();
            let more = count.saturating_sub(STOPS);
            let more = (more > 0).then(|| filled(words.more_cases, &[more.to_string()]));
            let stopped: Vec<String> = stopped.into_iter().chain(more).collect();
            console.line(&format!("      ! {} {}", words.would_stop, stopped.join(", ")))?;
        }
        // A refusal says itself how the signatures stand.
        if !matches!(choice.standing, Availability::Blocked { .. }) {
            let signatures =
                case.workflow().describe_signatures(&choice.signatures, wording_in(language));
            for line in signatures.lines() {
                console.line(&format!("      {line}"))?;
            }
        }
        if let Availability::OpenIf { reasons, .. } | Availability::Blocked { reasons } =
            &choice.standing
        {
            let reasons = case.workflow().describe_reasons(reasons, wording_in(language));
            for line in reasons.lines() {
                console.line(&format!("      {line}"))?;
            }
        }
        if let Availability::Fails { problems } = &choice.standing {
            for problem in problems {
                console.line(&format!("      ✗ {}", problem.tell(language)))?;
            }
        }
    }
    Ok(())
}

/// What `--at` says.
pub(super) fn asked_time(workflow: &Workflow, text: &str) -> Result<DateTime, Stop> {
    let wrong = match super::typed_time(workflow, text) {
        Some(time) => return Ok(time),
        None => workflow.time(text.trim()),
    };
    wrong.map_err(|wrong| {
        Stop::Misuse(match language() {
            Language::English => format!("--at: {wrong}"),
            _ => say!(no_time, text.trim()),
        })
    })
}

/// When it was asked, and what fell due until then.
enum Asked {
    At(Option<Decision>),
    Now(Option<Decision>),
    /// The last event is later than the clock, or there is none.
    Last,
}

/// Lets time pass to when it is asked.
fn pass(workflow: &Workflow, case: &mut Case, given: Option<DateTime>) -> Result<Asked, Stop> {
    let Some(time) = given.or_else(now) else { return Ok(Asked::Last) };
    if time < case.time() {
        return match given {
            Some(_) => {
                let last = super::run::time(workflow, case.time(), language());
                Err(Stop::Misuse(say!(at_is_past, last)))
            }
            None => Ok(Asked::Last),
        };
    }
    let decision = case.advance(Until::Time(time));
    let told = !decision.steps.is_empty() || !decision.problems.is_empty();
    let decision = told.then_some(decision);
    Ok(if given.is_some() { Asked::At(decision) } else { Asked::Now(decision) })
}

/// Rules that take longer: none, nearly always.
fn uncompiled(case: &Case, console: &mut Console<'_>) -> io::Result<()> {
    for rule in case.workflow().rules() {
        if let Some(left) = super::check::uncompiled(&rule) {
            console.aside(&left)?;
        }
    }
    Ok(())
}

pub(super) fn scorecard(
    case: &Case,
    language: Language,
    console: &mut Console<'_>,
) -> io::Result<()> {
    let factors = case.factors();
    if factors.is_empty() {
        return Ok(());
    }
    console.heading(&format!("\n{}", words(language).scorecard))?;
    for factor in &factors {
        for line in case.workflow().describe_factor(factor, wording_in(language)).lines() {
            console.line(&format!("  {line}"))?;
        }
    }
    Ok(())
}
