//! The command line: the only place with files, standard streams, exit codes and a clock.
//!
//! It uses the library's public interface as a stranger would. A file a command; what they share is in `console`
//! (streams and colour), `files` (reading), `encoding` (bytes as text), `walk` (folders), `save` (writing), `journal_file` and
//! `entries` (journals on disk), `rules` (journals and their workflows), `journey` (a case driven by lines) and `words` (its own phrases).

mod analyze;
mod batch;
mod check;
mod children;
mod claims;
mod compare;
mod console;
mod coverage;
mod diff;
mod disk;
mod draw;
mod encoding;
mod entries;
mod explain;
mod export;
mod failure;
mod files;
mod headline;
mod help;
mod journal_blocks;
mod journal_file;
mod journey;
mod junit;
mod list;
mod log;
mod manual;
mod mutants;
mod new;
mod overlay;
mod play;
mod record;
mod recording;
mod replay;
mod report;
mod rules;
mod run;
mod save;
mod schema;
mod suites;
mod terminal;
mod terms;
mod test;
mod trial;
mod unlock;
mod verify;
mod walk;
mod watch;
mod words;
mod workers;

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::error::ErrorKind;
use clap::{Parser, Subcommand, ValueEnum};
use tresteg::case::Wording;
use tresteg::{DateTime, Language};

use console::{Colour, Console};
use words::spoken;

const AFTER_HELP: &str = "\
The guide, chapter by chapter: tresteg help format, rules, variants, children, scenarios, embedding, batch,
journal, logs, stores, untrusted, commands.

Exit codes:
  0  done; the answer is yes
  1  the answer is no, or a file is wrong (diff, compare: they differ); standard output was closed
  2  misuse: bad arguments, a file that cannot be read or written (diff, compare: any trouble)

Files are text in UTF-8, with or without a mark in front, and with any line ends. Of a folder what really
lies in it is read: links that lead out of it are passed over, with a warning. A file that is written
is written beside and then put in its place, as a whole or not at all.

Colour only on a terminal, and not when NO_COLOR is set.";

/// An embeddable rules-and-workflow engine: check a workflow, run cases through it, ask why.
#[derive(Debug, Parser)]
#[command(name = "tresteg", version, after_help = AFTER_HELP, arg_required_else_help = true)]
#[command(disable_help_subcommand = true)]
struct Arguments {
    /// When to colour the output.
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto, value_name = "WHEN")]
    color: Colour,
    #[command(flatten)]
    spoken: Spoken,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check workflow files and report every problem of each
    Check(check::Arguments),
    /// Look at the rules of workflows for all situations at once
    Analyze(analyze::Arguments),
    /// Run a case through a workflow: by hand on a terminal, else as a filter over lines of JSON
    Run(run::Arguments),
    /// Show where a case stands, what it could take now and why not
    Explain(explain::Arguments),
    /// Run scenarios and show where a workflow does not do what they expect
    Test(test::Arguments),
    /// Write a scenario that expects what happens in a case that is played
    Record(recording::Arguments),
    /// Check a journal: every hash, every decision and every state anew
    Verify(verify::Arguments),
    /// Tell the story of a case from its journal, or what another version of the rules would have decided
    Replay(replay::Arguments),
    /// Write journals as an event log for process mining
    Export(export::Arguments),
    /// Look at real event logs: what is in them, and whether it could have happened under a workflow's rules
    Log(log::Arguments),
    /// Play the same cases under several workflows: what would have come out otherwise, and why
    Compare(compare::Arguments),
    /// Print the JSON Schema of the format, or of the facts of a workflow
    Schema(schema::Arguments),
    /// Write a small workflow to begin with
    New(new::Arguments),
    /// Draw a workflow: as SVG, Mermaid or Graphviz DOT
    Draw(draw::Arguments),
    /// Say how two workflows differ, in the words of the process
    Diff(diff::Arguments),
    /// Write pages about workflows, to be read and printed
    Report(report::Arguments),
    /// Ask factors and events of many cases at once: JSON lines or CSV
    Batch(batch::Arguments),
    /// List workflows with what they have of everything
    List(list::Arguments),
    /// Show what a command takes, a chapter of the guide, or one function or key
    Help(help::Arguments),
}

/// The language of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Tongue {
    /// Swedish
    Sv,
    /// English
    En,
}

impl Tongue {
    fn language(self) -> Language {
        match self {
            Self::Sv => Language::Swedish,
            Self::En => Language::English,
        }
    }
}

#[derive(Debug, clap::Args)]
struct Spoken {
    /// Language of answers, labels and help; by default Swedish where the locale is, else English.
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    lang: Option<Tongue>,
}

impl Spoken {
    fn language(&self) -> Language {
        match self.lang {
            Some(tongue) => tongue.language(),
            None => words::language(),
        }
    }
}

/// The first of these variables that is set decides, as for every program that speaks.
fn of_locale() -> Language {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(std::env::var_os);
    let locale = set.into_iter().find(|value| !value.is_empty());
    if locale.is_some_and(|value| value.to_string_lossy().starts_with("sv")) {
        Language::Swedish
    } else {
        Language::English
    }
}

/// How a command ended that did what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Yes,
    No,
}

impl Verdict {
    fn yes_if(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

/// Why a command could not go on.
#[derive(Debug)]
enum Stop {
    /// Nobody reads the output any more.
    Closed,
    /// A file is wrong; what is wrong has been said.
    Wrong,
    /// Bad arguments, a file that cannot be read or written.
    Misuse(String),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::Closed
        } else {
            Self::Misuse(error.to_string())
        }
    }
}

impl Stop {
    /// A file that does not let itself be used.
    fn file(path: &std::path::Path, error: impl std::fmt::Display) -> Self {
        Self::Misuse(format!("{}: {error}", path.display()))
    }
}

type Done = Result<Verdict, Stop>;

/// The clock of the machine, where it shows a time that can be written.
fn now() -> Option<DateTime> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    DateTime::from_microseconds(i64::try_from(since.as_secs()).ok()?.checked_mul(1_000_000)?)
}

pub(crate) fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return misused(&error),
    };
    let (stdout, stderr) = (io::stdout(), io::stderr());
    let colour = arguments.color;
    let paint_out = colour.wanted(stdout.is_terminal());
    let paint_err = colour.wanted(stderr.is_terminal());
    let mut out = io::BufWriter::new(console::Answers(stdout.lock()));
    let mut err = console::Remarks(stderr.lock());
    let mut console = Console { out: &mut out, err: &mut err, paint_out, paint_err };
    let asked =
        [arguments.command.spoken(), &arguments.spoken].into_iter().find_map(|said| said.lang);
    let wording = Wording::of(asked.map_or_else(of_locale, Tongue::language));
    words::speak(if arguments.command.is_verbose() { wording.with_code() } else { wording });
    let answers = arguments.command.answers();
    // What `diff` and `compare` say by 1 is that something differs.
    let trouble = match arguments.command {
        Command::Diff(_) | Command::Compare(_) => 2,
        _ => 1,
    };
    let only = arguments.command.only_answers();
    let discarded = answers && console::is_discarded();
    if discarded {
        let _ = console.warn(spoken().stdout_closed);
    }
    let done = command(arguments.command, &mut console);
    // What was written before a command stopped still goes out.
    let flushed = console.out.flush().map_err(Stop::from);
    let code = match done.and_then(|verdict| flushed.map(|()| verdict)) {
        // Nothing came of it.
        Ok(Verdict::Yes) if discarded && only => 1,
        Ok(Verdict::Yes) => 0,
        Ok(Verdict::No) => 1,
        Err(Stop::Wrong) => trouble,
        Err(Stop::Closed) => {
            let _ = console.complain(spoken().stdout_was_closed);
            trouble
        }
        Err(Stop::Misuse(message)) => {
            let _ = console.complain(&words::told(&message));
            2
        }
    };
    ExitCode::from(code)
}

/// What is wrong with the arguments, or the help that they ask for.
fn misused(error: &clap::Error) -> ExitCode {
    let given: Vec<String> =
        std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let language = of_words(&given).unwrap_or_else(of_locale);
    if language == Language::English || error.kind() == ErrorKind::DisplayVersion {
        error.exit();
    }
    // Who asks for help gets it; whoever says nothing at all is told what there is, and that this was no command.
    let on_stderr = error.use_stderr();
    let is_help = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    let on_terminal =
        if on_stderr { io::stderr().is_terminal() } else { io::stdout().is_terminal() };
    let help = if is_help { help::asked(&given, language, on_terminal) } else { None };
    let told =
        help.unwrap_or_else(|| words::translated_lines(&error.render().to_string(), language));
    if on_stderr {
        let _ = io::Write::write_all(&mut io::stderr(), told.as_bytes());
        return ExitCode::from(2);
    }
    let written = io::Write::write_all(&mut io::stdout(), told.as_bytes());
    ExitCode::from(u8::from(written.is_err()))
}

/// The language that is asked for among arguments that cannot be read as a whole.
fn of_words(given: &[String]) -> Option<Language> {
    let mut words = given.iter().map(String::as_str);
    let asked = words.find_map(|word| match word {
        "--lang" => Some(None),
        _ => word.strip_prefix("--lang=").map(Some),
    })?;
    let asked = asked.or_else(|| words.next())?;
    Tongue::from_str(asked, true).ok().map(Tongue::language)
}

impl Command {
    /// In which language it was asked to speak.
    fn spoken(&self) -> &Spoken {
        match self {
            Self::Run(arguments) => arguments.spoken(),
            Self::Explain(arguments) => arguments.spoken(),
            Self::Test(arguments) => &arguments.spoken,
            Self::Verify(arguments) => &arguments.spoken,
            Self::Replay(arguments) => &arguments.spoken,
            Self::Analyze(arguments) => &arguments.spoken,
            Self::List(arguments) => &arguments.spoken,
            Self::Batch(arguments) => &arguments.spoken,
            Self::Schema(arguments) => &arguments.spoken,
            Self::Draw(arguments) => &arguments.spoken,
            Self::Diff(arguments) => &arguments.spoken,
            Self::Report(arguments) => &arguments.spoken,
            Self::Check(arguments) => &arguments.spoken,
            Self::Record(arguments) => &arguments.spoken,
            Self::Export(arguments) => &arguments.spoken,
            Self::New(arguments) => &arguments.spoken,
            Self::Help(arguments) => &arguments.spoken,
            Self::Log(arguments) => arguments.spoken(),
            Self::Compare(arguments) => &arguments.spoken,
        }
    }

    /// Whether it shows rules as they are written too.
    fn is_verbose(&self) -> bool {
        match self {
            Self::Run(arguments) => arguments.is_verbose(),
            Self::Explain(arguments) => arguments.is_verbose(),
            Self::Replay(arguments) => arguments.verbose,
            _ => false,
        }
    }
}

impl Command {
    /// Whether it is asked for what it prints, and not for its exit code or a file that it writes.
    fn answers(&self) -> bool {
        match self {
            Self::Run(_) | Self::Explain(_) | Self::Replay(_) | Self::Schema(_) => true,
            Self::Diff(_) | Self::Batch(_) | Self::List(_) | Self::Help(_) => true,
            Self::Log(_) | Self::Compare(_) => true,
            Self::Record(arguments) => arguments.output.is_none(),
            Self::Export(arguments) => arguments.output.is_none(),
            Self::Draw(arguments) => arguments.output.is_none(),
            Self::Check(_) | Self::Analyze(_) | Self::Test(_) | Self::Verify(_) => false,
            Self::New(_) | Self::Report(_) => false,
        }
    }
}

impl Command {
    /// Whether what it prints is all that comes of it: no file is written, and its exit code says nothing else. Only then is a
    /// closed standard output taken for a failure: a host may throw away on purpose what it does not need.
    fn only_answers(&self) -> bool {
        match self {
            Self::Run(arguments) => arguments.only_answers(),
            Self::Explain(arguments) => !arguments.asks_an_event(),
            Self::Diff(_) | Self::Compare(_) => false,
            Self::Log(arguments) => arguments.only_answers(),
            other => other.answers(),
        }
    }
}

fn command(command: Command, console: &mut Console<'_>) -> Done {
    match command {
        Command::Check(arguments) => check::check(&arguments, console),
        Command::Analyze(arguments) => analyze::analyze(&arguments, console),
        Command::Run(arguments) => run::run(&arguments, console),
        Command::Explain(arguments) => explain::explain(&arguments, console),
        Command::Test(arguments) => test::test(&arguments, console),
        Command::Record(arguments) => recording::record(&arguments, console),
        Command::Verify(arguments) => verify::verify(&arguments, console),
        Command::Replay(arguments) => replay::replay(&arguments, console),
        Command::Export(arguments) => export::export(&arguments, console),
        Command::Log(arguments) => log::log(&arguments, console),
        Command::Compare(arguments) => compare::compare(&arguments, console),
        Command::Schema(arguments) => schema::schema(&arguments, console),
        Command::New(arguments) => new::new(&arguments, console),
        Command::Draw(arguments) => draw::draw(&arguments, console),
        Command::Diff(arguments) => diff::diff(&arguments, console),
        Command::Report(arguments) => report::report(&arguments, console),
        Command::Batch(arguments) => batch::batch(&arguments, console),
        Command::List(arguments) => list::list(&arguments, console),
        Command::Help(arguments) => help::help(&arguments, console),
    }
}

/// A time as people type it: with a blank between the day and the clock too.
fn typed_time(workflow: &tresteg::Workflow, text: &str) -> Option<DateTime> {
    let text = text.trim();
    let joined = text.split_once(' ').map(|(day, clock)| format!("{day}T{}", clock.trim_start()));
    workflow.time(text).ok().or_else(|| workflow.time(&joined?).ok())
}

/// What `run` and `explain` have in common: a workflow and what happens to a case.
#[derive(Debug, clap::Args)]
struct CaseArguments {
    /// The workflow file.
    workflow: PathBuf,
    /// A JSON object of facts known at the start.
    #[arg(long, value_name = "FILE")]
    facts: Option<PathBuf>,
    /// Lines of JSON, one event each; `-` for standard input.
    #[arg(long, value_name = "FILE|-")]
    events: Option<PathBuf>,
    #[command(flatten)]
    spoken: Spoken,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
    /// Show rules as they are written too, and names beside titles.
    #[arg(short, long)]
    verbose: bool,
}
