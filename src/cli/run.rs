//! `tresteg run`: a case, by hand or as a filter over lines of JSON.

use std::fs::File;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use tresteg::{Actor, Case, Decision, Input, Language, Outcome, Until, Workflow};

use super::console::Console;
use super::files::{self, Lines};
use super::journey::{Answer, Journey, Wrong};
use super::terms::terms;
use super::words::words;
use super::{CaseArguments, Done, Stop, Verdict, record, session};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Each line is one of
  {\"start\": \"2026-01-01T08:00:00+01:00\", \"facts\": {…}}      only as the first
  {\"event\": \"meet\", \"at\": …, \"actor\": {\"id\": …, \"roles\": […]}, \"facts\": {…}, \"data\": {…}}
  {\"advance\": \"P14D\"}      or to a time
and is answered by one line, the start too. The time of an event is by default that of the line
before, at first the Unix epoch. A line that cannot be read is answered with an error, and the
next is read. Without --events, lines come from standard input unless that is a terminal.

Exit codes: 0 all lines were answered, whatever the answers; 1 the case could not begin or the
workflow is wrong, with --strict also when any answer was no; 2 misuse.")]
pub(super) struct Arguments {
    #[command(flatten)]
    case: CaseArguments,
    /// Write the journal of the case to a new file, entry by entry; not with a dialogue
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// End with exit code 1 when any line was refused or wrong
    #[arg(long)]
    strict: bool,
}

pub(super) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Done {
    let Arguments { case: given, strict, journal } = arguments;
    let workflow = files::workflow(&given.workflow, console)?;
    let language = given.spoken.language();
    let lines = match &given.events {
        Some(path) => Lines::open(path)?,
        None if io::stdin().is_terminal() && !given.json => {
            if journal.is_some() {
                return Err(Stop::Misuse(
                    "--journal needs --events, or lines on standard input".to_owned(),
                ));
            }
            let facts = super::journey::facts(&workflow, given.facts.as_deref(), console)?;
            return session::play(&workflow, facts, language, console);
        }
        None => Lines::open(Path::new("-"))?,
    };
    let (mut journey, decision) = match Journey::start(&workflow, given, lines, console)? {
        Ok(begun) => begun,
        Err(problems) => {
            no_start(&problems, given, language, console)?;
            return Ok(Verdict::No);
        }
    };
    let mut keeper = journal.as_deref().map(Keeper::new).transpose()?;
    keep(&mut journey.case, keeper.as_mut())?;
    if given.json {
        record::decision(&journey.case, &decision, console)?;
    } else {
        begun(&workflow, &decision, language, console)?;
    }
    let mut all_yes = true;
    while let Some(answer) = journey.next()? {
        all_yes &= answer.is_yes();
        // Before it is told: an answer that is given has its entries in the journal.
        keep(&mut journey.case, keeper.as_mut())?;
        if given.json {
            match &answer.given {
                Ok(decision) => record::decision(&journey.case, decision, console)?,
                Err(problems) => record::wrong(Some(&journey.case), problems, console)?,
            }
        } else {
            told(&workflow, &answer, language, console)?;
        }
    }
    if !given.json {
        stands(&journey.case, language, console)?;
        terms(&journey.case, language, console)?;
    }
    Ok(Verdict::yes_if(all_yes || !strict))
}

/// Where entries are kept.
struct Keeper {
    file: File,
    path: PathBuf,
    salt: [u8; 32],
}

impl Keeper {
    fn new(path: &Path) -> Result<Self, Stop> {
        // A journal that is there is somebody's: it is not written over.
        let file = File::create_new(path).map_err(|error| Stop::file(path, files::said(&error)))?;
        Ok(Self { file, path: path.to_owned(), salt: unguessable() })
    }
}

/// Bytes from the keys that the standard library draws from the system for its hash maps.
fn unguessable() -> [u8; 32] {
    use std::hash::{BuildHasher, Hasher};
    let mut salt = [0; 32];
    for (number, part) in salt.chunks_mut(8).enumerate() {
        let mut hasher = std::hash::RandomState::new().build_hasher();
        hasher.write_usize(number);
        part.copy_from_slice(&hasher.finish().to_le_bytes());
    }
    salt
}

/// Entries go to their keeper; where there is none they are dropped, for nobody asked for a journal.
fn keep(case: &mut Case, keeper: Option<&mut Keeper>) -> Result<(), Stop> {
    let Some(Keeper { file, path, salt }) = keeper else {
        if case.untaken() > 1000 {
            case.take_entries(&[0; 32]);
        }
        return Ok(());
    };
    let written = case.hand_entries(salt, |mut entry| {
        entry.line.push('\n');
        file.write_all(entry.line.as_bytes())
    });
    written.map_err(|error| Stop::file(path, files::said(&error)))
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
        console.text(&format!("  ✗ {problem}"))?;
    }
    Ok(())
}

/// What the workflow is, and the start.
fn begun(
    workflow: &Workflow,
    decision: &Decision,
    language: Language,
    console: &mut Console<'_>,
) -> Result<(), Stop> {
    let version = workflow.version().map(|version| format!(" {version}")).unwrap_or_default();
    console.heading(&format!("{}{version}", workflow.about().title(language)))?;
    console.aside(&format!("\n── {} ──", decision.at))?;
    console.text(&workflow.tell(decision, language))?;
    Ok(())
}

/// An answer below a heading with time and actor.
fn told(
    workflow: &Workflow,
    answer: &Answer,
    language: Language,
    console: &mut Console<'_>,
) -> Result<(), Stop> {
    let words = words(language);
    match &answer.given {
        Err(problems) => {
            console.aside(&format!("\n── {} ──", words.unreadable))?;
            for problem in problems {
                console.text(&format!("  ✗ {problem}"))?;
            }
        }
        Ok(decision) => {
            let mut at = decision.at;
            let who = match &answer.input {
                Some(Input::Event(event)) => {
                    // An error leaves the case's time alone; the line has its own.
                    if decision.outcome == Outcome::Error {
                        at = event.at.unwrap_or(at);
                    }
                    event
                        .actor
                        .as_ref()
                        .map(|actor| format!("  {}", actor_in_words(workflow, actor, language)))
                }
                Some(Input::Advance(Until::For(length))) => {
                    Some(format!("  {} {length}", words.advance))
                }
                _ => None,
            };
            console.aside(&format!("\n── {at}{} ──", who.unwrap_or_default()))?;
            answered(workflow, decision, language, console)?;
        }
    }
    Ok(())
}

/// The answer itself, with a mark before its first line.
pub(super) fn answered(
    workflow: &Workflow,
    decision: &Decision,
    language: Language,
    console: &mut Console<'_>,
) -> io::Result<()> {
    console.text(&workflow.tell(decision, language))
}

pub(super) fn actor_in_words(workflow: &Workflow, actor: &Actor, language: Language) -> String {
    let words = words(language);
    let titled = |role: &String| {
        let declared = workflow.roles().find(|found| found.name() == role);
        declared.map_or(role.clone(), |found| found.title(language).to_owned())
    };
    let roles: Vec<String> = actor.roles.iter().map(titled).collect();
    let id = actor.id.as_deref().unwrap_or(words.unknown_actor);
    let roles = if roles.is_empty() { String::new() } else { format!(" ({})", roles.join(", ")) };
    let unit = actor.unit.as_ref().map(|unit| format!(", {unit}")).unwrap_or_default();
    format!("{} {id}{roles}{unit}", words.actor)
}

/// Where a case stands, in one or two lines.
pub(super) fn stands(case: &Case, language: Language, console: &mut Console<'_>) -> io::Result<()> {
    let words = words(language);
    let titles = case.states().into_iter().map(|name| {
        let state = case.workflow().state(name);
        match state.map(|state| state.title(language)) {
            Some(title) if title != name => format!("{title} ({name})"),
            _ => name.to_owned(),
        }
    });
    let titles: Vec<String> = titles.collect();
    let head = if case.is_ended() { words.ended } else { words.now_in };
    console.heading(&format!("\n{head}: {}", titles.join(", ")))?;
    if let Some(deadline) = case.next_deadline() {
        console.text(&format!("{}: {deadline}", words.next_deadline))?;
    }
    let signatures = case.signatures();
    if !signatures.is_empty() {
        console.text(&format!("{}:", words.signatures))?;
        let told = case.workflow().tell_signatures(&signatures, language);
        for line in told.lines() {
            console.text(&format!("  {line}"))?;
        }
    }
    let aside = case.put_aside();
    if !aside.is_empty() {
        console.text(&format!("{}:", words.put_aside))?;
        for problem in aside {
            console.text(&format!("  ✗ {problem}"))?;
        }
    }
    Ok(())
}

/// Whether an answer is a "yes", for an exit code.
pub(super) fn is_yes(decision: &Decision) -> bool {
    matches!(decision.outcome, Outcome::Moved | Outcome::Advanced)
}
