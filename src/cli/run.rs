//! `tresteg run`: a case, by hand or as a filter over lines of JSON.

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use tresteg::case::{InputLine, Until};
use tresteg::{Actor, Case, DateTime, Decision, Language, Outcome, Workflow};

use super::children::children;
use super::claims;
use super::console::Console;
use super::files::{self, Lines};
use super::headline::titled;
use super::journal_file::{JournalFile, Sync};
use super::journey::{Answer, Journey, Wrong};
use super::terms::terms;
use super::words::words;
use super::words::{say, translated, wording_in};
use super::{CaseArguments, Done, Stop, Verdict, play, record};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Each line is one of
  {\"start\": \"2026-01-01T08:00:00+01:00\", \"facts\": {…}}      only as the first
  {\"event\": \"meet\", \"at\": …, \"actor\": {\"id\": …, \"roles\": […]}, \"facts\": {…}, \"data\": {…}}
  {\"event\": …, \"to\": \"boards/north\"}     for a child case, by its address
  {\"advance\": \"P14D\"}      or to a time
and is answered by one line, the start too. The time of an event is by default that of the line
before, at first now. A line that cannot be read is answered with an error, and the
next is read. Without --events, lines come from standard input unless that is a terminal. Of a role
that the workflow does not declare a warning is given, once.

With --journal and --resume an answer is printed after its entries are in the file: with --sync line
(the default) on the disk, so that they outlive a loss of power, with --sync none in the hands of the
system, so that they outlive the end of this program, however it ends. What was answered is never
lost; of what was not, the entries may be there or not, and the next answers go on from them. One
process at a time writes to a journal.

--resume verifies every hash and decision first. A last line that is torn is cut off, with a warning,
and kept beside as JOURNAL.torn; whatever else is wrong is told, and nothing is changed. The case
stands as behind the last entry, at its time, and that is the first answer (`resumed`): time that
passed without anything falling due has no entry, and is to be passed again. A line that
starts a case is an error then, and an event whose `id` was answered before is a repeat. A journal
without a whole entry begins anew, with --facts and a start, if they are given.

When standard output is closed, no more lines are read; how many were answered is said.

Exit codes: 0 all lines were answered, whatever the answers; 1 the case could not begin, the
workflow or the journal is wrong, or standard output was closed, with --strict also when any answer
was no; 2 misuse.")]
pub(super) struct Arguments {
    #[command(flatten)]
    case: CaseArguments,
    /// Write the journal of the case to a new file, answer by answer
    #[arg(long, value_name = "FILE", conflicts_with = "resume")]
    journal: Option<PathBuf>,
    /// Go on with the case of a journal, and write to it; what was torn is repaired
    #[arg(long, value_name = "JOURNAL")]
    resume: Option<PathBuf>,
    /// What an answer waits for, with --journal and --resume
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Sync::Line)]
    sync: Sync,
    /// End with exit code 1 when any line was refused or wrong
    #[arg(long)]
    strict: bool,
}

impl Arguments {
    pub(super) fn spoken(&self) -> &super::Spoken {
        &self.case.spoken
    }

    pub(super) fn is_verbose(&self) -> bool {
        self.case.verbose
    }

    /// Whether it neither writes a journal nor says by its exit code whether all went well.
    pub(super) fn only_answers(&self) -> bool {
        self.journal.is_none() && self.resume.is_none() && !self.strict
    }
}

pub(super) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Done {
    let Arguments { case: given, journal, resume, sync, .. } = arguments;
    let workflow = match journal.is_some() || resume.is_some() {
        true => files::workflow(&given.workflow, console)?,
        false => files::without_journal(&given.workflow, console)?,
    };
    let (mut keeper, resumed) = match resume {
        Some(path) => {
            let (keeper, case) = JournalFile::resume(path, *sync, &workflow, console)?;
            if case.is_some() && given.facts.is_some() {
                return Err(Stop::Misuse(say!(facts_of_begin)));
            }
            (Some(keeper), case)
        }
        None => (None, None),
    };
    let by_hand = given.events.is_none() && io::stdin().is_terminal() && !given.json;
    if by_hand {
        if let Some(path) = journal {
            keeper = Some(JournalFile::new(path, *sync)?);
        }
        let language = given.spoken.language();
        let begin = match resumed {
            Some(case) => play::Begin::Case(Box::new(case)),
            None => play::Begin::Facts(super::journey::facts(
                &workflow,
                given.facts.as_deref(),
                console,
            )?),
        };
        return play::play(&workflow, begin, keeper, language, console);
    }
    let lines = match &given.events {
        Some(path) => Lines::open(path)?,
        None => Lines::open(Path::new("-"))?,
    };
    let mut answered = 0;
    let done = filter(arguments, &workflow, lines, resumed, keeper, &mut answered, console);
    let many = if answered == 1 { say!(one_line) } else { say!(lines, answered) };
    match done {
        Err(Stop::Closed) => {
            console.complain(&say!(closed_while, many))?;
            Err(Stop::Wrong)
        }
        Err(Stop::Misuse(message)) if answered > 0 => {
            Err(Stop::Misuse(say!(answered_so_far, message, many)))
        }
        done => done,
    }
}

/// Answers line by line, and counts the lines that were answered.
fn filter(
    arguments: &Arguments,
    workflow: &Workflow,
    lines: Lines,
    resumed: Option<Case>,
    mut keeper: Option<JournalFile>,
    answered: &mut usize,
    console: &mut Console<'_>,
) -> Done {
    let Arguments { case: given, journal, sync, strict, .. } = arguments;
    let language = given.spoken.language();
    let mut journey = if let Some(case) = resumed {
        if given.json {
            record::resumed(&case, console)?;
        } else {
            gone_on(&case, language, console)?;
            stands(&case, language, console)?;
        }
        Journey::resume(case, lines)
    } else {
        let (mut journey, decision) = match Journey::start(workflow, given, lines, None, console)? {
            Ok(begun) => begun,
            Err(problems) => {
                no_start(&problems, given, language, console)?;
                return Ok(Verdict::No);
            }
        };
        if let Some(path) = journal {
            keeper = Some(JournalFile::new(path, *sync)?);
        }
        keep(&mut journey.case, keeper.as_mut())?;
        if given.json {
            record::decision(&journey.case, &decision, console)?;
        } else {
            begun(&journey.case, &decision, language, console)?;
        }
        console.out.flush()?;
        *answered += usize::from(journey.is_started_by_line);
        journey
    };
    let mut all_yes = true;
    while let Some(answer) = journey.next()? {
        all_yes &= answer.is_yes();
        // Before it is told: an answer that is given has its entries in the journal.
        keep(&mut journey.case, keeper.as_mut())?;
        journey.doubts(&answer, console)?;
        if given.json {
            match &answer.given {
                Ok(decision) => record::decision(&journey.case, decision, console)?,
                Err(problems) => record::wrong(Some(&journey.case), problems, console)?,
            }
        } else {
            told(&journey.case, &answer, language, console)?;
        }
        console.out.flush()?;
        *answered += 1;
    }
    if !given.json {
        stands(&journey.case, language, console)?;
        children(&journey.case, language, console)?;
        terms(&journey.case, language, console)?;
    }
    Ok(Verdict::yes_if(all_yes || !strict))
}

/// Entries go to their keeper, where there is one; without one the case keeps none.
fn keep(case: &mut Case, keeper: Option<&mut JournalFile>) -> Result<(), Stop> {
    keeper.map_or(Ok(()), |keeper| keeper.keep(case))
}

/// What the workflow is, and from where the case is gone on with.
pub(super) fn gone_on(
    case: &Case,
    language: Language,
    console: &mut Console<'_>,
) -> io::Result<()> {
    console.heading(&called(case.workflow(), language))?;
    let (words, number) = (words(language), case.head().sequence);
    let at = time(case.workflow(), case.time(), language);
    console.aside(&format!("\n── {} {number}, {at} ──", words.resumed))
}

fn called(workflow: &Workflow, language: Language) -> String {
    let version = workflow.version().map(|version| format!(" {version}")).unwrap_or_default();
    format!("{}{version}", workflow.about().title(language))
}

fn no_start(
    problems: &[Wrong],
    given: &CaseArguments,
    language: Language,
    console: &mut Console<'_>,
) -> Result<(), Stop> {
    if given.json {
        record::wrong(None, problems, console)?;
        return Ok(());
    }
    console.heading(words(language).no_start)?;
    for problem in problems {
        console.line(&format!("  ✗ {problem}"))?;
    }
    Ok(())
}

/// What the workflow is, and the start.
fn begun(
    case: &Case,
    decision: &Decision,
    language: Language,
    console: &mut Console<'_>,
) -> Result<(), Stop> {
    let workflow = case.workflow();
    console.heading(&called(workflow, language))?;
    console.aside(&format!("\n── {} ──", time(workflow, decision.at, language)))?;
    console.text(&case.describe(decision, wording_in(language)))?;
    Ok(())
}

/// An answer below a heading with time and actor.
fn told(
    case: &Case,
    answer: &Answer,
    language: Language,
    console: &mut Console<'_>,
) -> Result<(), Stop> {
    let (words, workflow) = (words(language), case.workflow());
    match &answer.given {
        Err(problems) => {
            console.aside(&format!("\n── {} ──", words.unreadable))?;
            for problem in problems {
                console.line(&format!("  ✗ {problem}"))?;
            }
        }
        Ok(decision) => {
            let mut at = decision.at;
            let who = match &answer.input {
                Some(InputLine::Event(event)) => {
                    // An error leaves the case's time alone; the line has its own.
                    if decision.outcome == Outcome::Error {
                        at = event.at.unwrap_or(at);
                    }
                    event
                        .actor
                        .as_ref()
                        .map(|actor| format!("  {}", actor_in_words(workflow, actor, language)))
                }
                Some(InputLine::Advance(Until::For(length))) => {
                    let length = workflow.describe_value("", &(*length).into(), language);
                    Some(format!("  {}", say!(time_has_passed, length)))
                }
                _ => None,
            };
            let at = time(workflow, at, language);
            console.aside(&format!("\n── {at}{} ──", who.unwrap_or_default()))?;
            answered(case, decision, language, console)?;
        }
    }
    Ok(())
}

/// The answer itself, with a mark before its first line.
pub(super) fn answered(
    case: &Case,
    decision: &Decision,
    language: Language,
    console: &mut Console<'_>,
) -> io::Result<()> {
    console.text(&case.describe(decision, wording_in(language)))
}

pub(super) fn actor_in_words(workflow: &Workflow, actor: &Actor, language: Language) -> String {
    let words = words(language);
    let titled = |role: &String| {
        let bundle = workflow.bundle();
        let mut declared = bundle.iter().flat_map(|workflow| workflow.roles());
        let declared = declared.find(|found| found.name() == role);
        declared.map_or(role.clone(), |found| found.title(language).to_owned())
    };
    let roles: Vec<String> = actor.roles.iter().map(titled).collect();
    let id = actor.id.as_deref().unwrap_or(words.unknown_actor);
    let roles = if roles.is_empty() { String::new() } else { format!(" ({})", roles.join(", ")) };
    let unit = actor.unit.as_ref().map(|unit| format!(", {unit}")).unwrap_or_default();
    format!("{} {id}{roles}{unit}", words.actor)
}

/// A time as people write it, in the time zone of the workflow.
pub(super) fn time(workflow: &Workflow, at: DateTime, language: Language) -> String {
    workflow.describe_value("", &at.into(), language)
}

/// The states of a case, each with its title and its name.
pub(super) fn states(case: &Case, language: Language) -> String {
    let titles = case.states().into_iter().map(|name| {
        let state = case.workflow().state(name);
        titled(state.map(|state| state.title(language)), name)
    });
    titles.collect::<Vec<_>>().join(", ")
}

/// Where a case stands, in one or two lines.
pub(super) fn stands(case: &Case, language: Language, console: &mut Console<'_>) -> io::Result<()> {
    let words = words(language);
    let head = if case.is_ended() { words.ended } else { words.now_in };
    console.heading(&format!("\n{head}: {}", states(case, language)))?;
    if let Some(deadline) = case.next_deadline() {
        let deadline = time(case.workflow(), deadline, language);
        console.line(&format!("{}: {deadline}", words.next_deadline))?;
    }
    claims::stand_out(case, language, console)?;
    let signatures = case.signatures();
    if !signatures.is_empty() {
        console.line(&format!("{}:", words.signatures))?;
        let told = case.workflow().describe_signatures(&signatures, wording_in(language));
        for line in told.lines() {
            console.line(&format!("  {line}"))?;
        }
    }
    let aside = case.put_aside();
    if !aside.is_empty() {
        console.line(&format!("{}:", words.put_aside))?;
        for problem in aside {
            console.line(&format!("  ✗ {}", translated(&problem, language)))?;
        }
    }
    Ok(())
}

/// Whether an answer is a "yes", for an exit code.
pub(super) fn is_yes(decision: &Decision) -> bool {
    matches!(decision.outcome, Outcome::Moved | Outcome::Advanced)
}
