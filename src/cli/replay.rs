//! `tresteg replay`: a case told from its journal, and what other rules would have made of it.

use std::path::PathBuf;

use tresteg::journal::Verifier;
use tresteg::{Language, Workflow};

use super::console::Console;
use super::rules::{self, Journal, NoRules};
use super::words::words;
use super::words::{say, wording_in};
use super::{Done, Spoken, Stop, Verdict, explain, files, run};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The story of a case under its own rules, entry by entry, and how it stands at the end or behind
the entry of --until. With --other, each entry is decided under other rules too, a later version
or a variant, until they decide otherwise: then both answers are told.

Where --workflow is a file that means something else than the one the case ran on, the story is
what that file makes of it, and ends where it decides otherwise.

Of a journal whose last line is torn the rest is told, with a warning and exit code 1.

Exit codes: 0 told to its end; 1 the journal is damaged or torn, or other rules decide otherwise;
2 misuse.")]
pub(super) struct Arguments {
    /// The journal: a file, or `-` for standard input
    #[arg(value_name = "JOURNAL")]
    journal: PathBuf,
    /// The workflow file that the case ran on, or a folder that holds it
    #[arg(long, value_name = "FILE|FOLDER")]
    workflow: PathBuf,
    /// Another version or variant, to compare
    #[arg(long, value_name = "FILE")]
    other: Option<PathBuf>,
    /// Stop behind the entry of this number
    #[arg(long, value_name = "NUMBER")]
    until: Option<u64>,
    /// Show rules as they are written too, and names beside titles
    #[arg(short, long)]
    pub(super) verbose: bool,
    #[command(flatten)]
    pub(super) spoken: Spoken,
}

pub(super) fn replay(arguments: &Arguments, console: &mut Console<'_>) -> Done {
    let language = arguments.spoken.language();
    let mut journal = Journal::open(&arguments.journal)?;
    let workflow = match rules::of(&journal, &arguments.workflow, console) {
        Ok(workflow) => workflow,
        Err(NoRules::Journal(found)) => {
            console.line(&format!("✗ {}", found.tell(language)))?;
            return Ok(Verdict::No);
        }
        Err(NoRules::Stop(stop)) => return Err(stop),
    };
    let other = arguments.other.as_deref();
    let other = other.map(|path| files::workflow(path, console)).transpose()?;
    // Where the journal cannot even say whose it is, the story begins and ends with that.
    let is_own = journal.provenance().map_or(true, |found| found.is(&workflow));
    let words = words(language);
    console.heading(&called(&workflow, language))?;
    if !is_own && other.is_none() {
        console.aside(&format!("{} {}", words.not_its_own, named(&workflow)))?;
    }
    if let Some(other) = &other {
        console.aside(&format!("{} {}", words.also_under, called(other, language)))?;
    }
    let verifier = if is_own || other.is_some() {
        Verifier::new(&workflow)
    } else {
        Verifier::against(&workflow)
    };
    let other = other.as_ref().map(|workflow| Other {
        workflow,
        verifier: Verifier::against(workflow),
        differs: None,
    });
    Story { workflow: &workflow, verifier, other, language }.describe(
        &mut journal,
        arguments.until.unwrap_or(u64::MAX),
        console,
    )
}

/// A case on its way, under its own rules and perhaps under others.
struct Story<'w> {
    workflow: &'w Workflow,
    verifier: Verifier<'w>,
    other: Option<Other<'w>>,
    language: Language,
}

/// Rules that are asked as well.
struct Other<'w> {
    workflow: &'w Workflow,
    verifier: Verifier<'w>,
    /// The entry that they decide otherwise.
    differs: Option<u64>,
}

impl Story<'_> {
    fn describe(mut self, journal: &mut Journal, until: u64, console: &mut Console<'_>) -> Done {
        while self.verifier.head().sequence < until {
            let Some(line) = journal.next()? else { break };
            if let Err(found) = self.verifier.line(&line) {
                console.line(&format!("\n✗ {}", found.tell(self.language)))?;
                if let Some(decision) = self.verifier.instead() {
                    indented(
                        &self.workflow.describe(decision, wording_in(self.language)),
                        console,
                    )?;
                }
                return Ok(Verdict::No);
            }
            self.entry(&line, console)?;
            if let Some(other) = &mut self.other {
                other.entry(&line, self.language, console)?;
            }
        }
        let last = self.verifier.head().sequence;
        let is_whole = journal.next()?.is_none();
        self.standing(console)?;
        let mut verdict = Verdict::yes_if(journal.is_whole(console)?);
        if last < until && until != u64::MAX {
            console.warn(&say!(no_such_entry, until, last))?;
            verdict = Verdict::No;
        }
        if let Some(other) = self.other
            && other.end(is_whole, self.language, console)? == Verdict::No
        {
            verdict = Verdict::No;
        }
        if is_whole && let Err(found) = self.verifier.finish(None) {
            console.line(&format!("\n✗ {}", found.tell(self.language)))?;
            verdict = Verdict::No;
        }
        Ok(verdict)
    }

    /// One entry: who came with what, and the answer.
    fn entry(&self, line: &str, console: &mut Console<'_>) -> Result<(), Stop> {
        let words = words(self.language);
        let number = self.verifier.head().sequence;
        let Some(decision) = self.verifier.decision() else {
            return self.erased(number, line, console);
        };
        let event = self.verifier.event();
        let who = event
            .and_then(|event| event.actor.as_ref())
            .map(|actor| format!("  {}", run::actor_in_words(self.workflow, actor, self.language)));
        let at = run::time(self.workflow, decision.at, self.language);
        console.aside(&format!("\n── {number}  {at}{} ──", who.unwrap_or_default()))?;
        console.text(&self.told(decision))?;
        if let Some(note) = event.and_then(|event| event.note.as_ref()) {
            console.line(&format!("  {}: {}", words.note, note.text))?;
            for attachment in &note.attachments {
                console.line(&format!("    {}", attachment.uri))?;
            }
        }
        Ok(())
    }

    /// An answer in words, with what is called by the titles of records. An entry that is a step of its own is told as that:
    /// that time has passed is no more than its heading says.
    fn told(&self, decision: &tresteg::Decision) -> String {
        let wording = wording_in(self.language);
        let is_whole = self.workflow.invokes().next().is_some();
        let case = if is_whole { self.verifier.case() } else { None };
        let told = match case {
            Some(case) => case.describe(decision, wording),
            None => self.workflow.describe(decision, wording),
        };
        let is_step = decision.outcome == tresteg::Outcome::Advanced && !decision.steps.is_empty();
        match told.split_once('\n') {
            Some((_, steps)) if is_step => steps.to_owned(),
            _ => told,
        }
    }

    /// An entry of which the chain alone speaks: what it says itself.
    fn erased(&self, number: u64, line: &str, console: &mut Console<'_>) -> Result<(), Stop> {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
        let said = |key: &str| {
            let found = entry.get("entry").and_then(|entry| entry.get(key)?.as_str());
            found.unwrap_or_default().to_owned()
        };
        let (workflow, language) = (self.workflow, self.language);
        let what = if said("kind") == "term" {
            let state = said("state");
            let title = workflow.state(&state).map(|state| state.title(language).to_owned());
            format!("{}: {}", title.unwrap_or(state), said("term"))
        } else {
            let event = said("event");
            let title = workflow.event(&event).map(|event| event.title(language).to_owned());
            title.unwrap_or(event)
        };
        let at = said("at").parse().map(|at| run::time(workflow, at, language));
        console.aside(&format!("\n── {number}  {} ──", at.unwrap_or_else(|_| said("at"))))?;
        let outcome = words(language).outcome(&said("outcome")).map(str::to_owned);
        console.line(&format!("{what}: {}", outcome.unwrap_or_else(|| said("outcome"))))?;
        console.line(&format!("  ? {}", words(self.language).erased))?;
        Ok(())
    }

    /// How the case stands behind the last entry that was told.
    fn standing(&self, console: &mut Console<'_>) -> Result<(), Stop> {
        // Nothing has begun: there is no entry, or none was to be told.
        if self.verifier.head().sequence == 0 {
            return Ok(());
        }
        let Some(case) = self.verifier.case() else {
            console.line(&format!("\n? {}", words(self.language).erased))?;
            return Ok(());
        };
        run::stands(&case, self.language, console)?;
        super::children::children(&case, self.language, console)?;
        explain::facts(&case, self.language, console)?;
        Ok(())
    }
}

impl Other<'_> {
    /// Decides an entry, and tells it where it would have been decided otherwise.
    fn entry(
        &mut self,
        line: &str,
        language: Language,
        console: &mut Console<'_>,
    ) -> Result<(), Stop> {
        if self.differs.is_some() {
            return Ok(());
        }
        let Err(found) = self.verifier.line(line) else { return Ok(()) };
        self.differs = Some(found.line);
        let words = words(language);
        console.line(&format!("≠ {} {}:", words.otherwise, named(self.workflow)))?;
        match self.verifier.instead() {
            Some(decision) => {
                indented(&self.workflow.describe(decision, wording_in(language)), console)?
            }
            None => {
                console.line(&format!("    {}", words.otherwise_nothing))?;
                console.aside(&format!("    ({})", found.message))?;
            }
        }
        Ok(())
    }

    fn end(
        self,
        is_whole: bool,
        language: Language,
        console: &mut Console<'_>,
    ) -> Result<Verdict, Stop> {
        let words = words(language);
        let name = named(self.workflow);
        let case = self.verifier.case();
        let differs = match self.differs {
            None if is_whole => self.verifier.finish(None).err().map(|found| found.line),
            differs => differs,
        };
        let Some(entry) = differs else {
            console.line(&format!("\n✓ {} {name}", words.same_throughout))?;
            return Ok(Verdict::Yes);
        };
        console.line(&format!("\n≠ {name}: {} {entry}", words.differs_from))?;
        if let Some(case) = case {
            console.line(&format!("  {}: {}", words.stood_there, run::states(&case, language)))?;
        }
        Ok(Verdict::No)
    }
}

fn indented(text: &str, console: &mut Console<'_>) -> Result<(), Stop> {
    for line in text.lines() {
        console.line(&format!("    {line}"))?;
    }
    Ok(())
}

/// Title, id and version, for people.
fn called(workflow: &Workflow, language: Language) -> String {
    let version = workflow.version().map(|version| format!(" {version}")).unwrap_or_default();
    format!(
        "{}{version}",
        super::headline::titled(Some(workflow.about().title(language)), workflow.id())
    )
}

/// What tells it apart.
fn named(workflow: &Workflow) -> String {
    let version = workflow.version().map(|version| format!(" {version}")).unwrap_or_default();
    format!("`{}`{version}", workflow.id())
}
