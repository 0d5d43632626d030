//! `tresteg batch`: factors and events asked of many cases at once, a block of rows after another.

mod rows;

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use tresteg::batch::{Scores, Table, Verdicts};
use tresteg::{DateTime, RuleHandle, Truth, Workflow};

use super::console::Console;
use super::files;
use super::{Done, Stop, Verdict};
use rows::Rows;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
A line of JSON is an object of facts, as {\"meetings\": 3}; the first line of a CSV file names
the facts, an empty field is unknown. `states` holds the active states: an array, or in CSV
names with commas. Without --factor, --factors and --event all factors are asked.

Each row is answered on standard output by `true`, `false`, `unknown` or `fails`, a score by
its number; the summary follows on standard error. Rows that cannot be read are reported with
line and column, passed over and counted.

Exit codes: 0; 1 when a row could not be read, a script failed or the workflow is wrong; 2 misuse.")]
pub(super) struct Arguments {
    /// The workflow file.
    workflow: PathBuf,
    /// The rows: JSON lines, or CSV where the name ends in `.csv`; `-` for standard input
    #[arg(long, value_name = "FILE|-")]
    facts: PathBuf,
    /// What the rows are, whatever the file is called
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<Format>,
    /// A factor or boolean fact to ask; may be repeated
    #[arg(long, value_name = "NAME")]
    factor: Vec<String>,
    /// Ask every factor
    #[arg(long)]
    factors: bool,
    /// Ask whether this event would find an open transition: its requirements and guards, not who sends it; may be repeated
    #[arg(long, value_name = "NAME")]
    event: Vec<String>,
    /// The time that rules see as `now`
    #[arg(long, value_name = "TIME")]
    at: Option<DateTime>,
    /// What the answers are written as
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Jsonl)]
    output: Format,
    /// Print nothing but the summary, on standard output
    #[arg(long)]
    summary: bool,
    /// Stop at the first row that cannot be read
    #[arg(long)]
    strict: bool,
    /// Pass over columns of CSV that are no facts
    #[arg(long)]
    lenient: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A JSON object a line
    Jsonl,
    /// Comma-separated values
    Csv,
}

/// Rows that are held at once, bytes of their text, and bytes of their columns: a workflow may have many states.
const ROWS: usize = 65_536;
const BYTES: usize = 32 * 1024 * 1024;
const COLUMNS: usize = 256 * 1024 * 1024;

/// Wrong rows that are told; more are counted.
const TOLD: usize = 100;

/// What is asked.
enum Question {
    Rule(Box<RuleHandle>),
    Event,
}

struct Asked {
    name: String,
    question: Question,
    /// Rows with each answer: true, false, unknown, fails.
    counts: [usize; 4],
}

enum Answers {
    Verdicts(Verdicts),
    Scores(Scores),
}

pub(super) fn batch(arguments: &Arguments, console: &mut Console<'_>) -> Done {
    let workflow = files::workflow(&arguments.workflow, console)?;
    let mut asked = questions(&workflow, arguments)?;
    let csv = arguments.facts.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    let format = arguments.format.unwrap_or(if csv { Format::Csv } else { Format::Jsonl });
    let mut table = Table::new(&workflow);
    if let Some(at) = arguments.at {
        table.at(at);
    }
    let mut rows = Rows::open(&arguments.facts, format == Format::Csv)?;
    if let Err(wrong) = rows.heading(&table, arguments.lenient)? {
        for misfit in wrong.misfits() {
            let place = format!("{}:1:{}", rows.name(), misfit.column);
            console.complain(&format!("{place}: {}", misfit.problem))?;
        }
        return Err(Stop::Wrong);
    }
    let bar = bar();
    let (mut taken, mut wrong, mut failed) = (0_usize, 0_usize, false);
    if !arguments.summary && arguments.output == Format::Csv {
        let names = asked.iter().map(|asked| quoted(&asked.name)).collect::<Vec<_>>();
        writeln!(console.out, "line,{}", names.join(","))?;
    }
    loop {
        table.clear();
        let mut lines = Vec::new();
        let mut bytes = 0;
        let mut ended = false;
        while lines.len() < ROWS && bytes < BYTES {
            if lines.len() % 1_024 == 1_023 && table.bytes() > COLUMNS {
                break;
            }
            match rows.next(&mut table)? {
                None => {
                    ended = true;
                    break;
                }
                Some((line, size, Ok(()))) => {
                    lines.push(line);
                    bytes += size;
                }
                Some((line, _, Err(misfits))) => {
                    wrong += 1;
                    for (column, problem) in misfits {
                        if wrong <= TOLD {
                            let place = format!("{}:{line}:{column}", rows.name());
                            bar.suspend(|| console.complain(&format!("{place}: {problem}")))?;
                        }
                    }
                    if arguments.strict {
                        bar.finish_and_clear();
                        return Err(Stop::Wrong);
                    }
                }
            }
        }
        failed |= block(&table, &lines, &mut asked, arguments, rows.name(), console)?;
        taken += lines.len();
        bar.set_position(taken as u64);
        if ended {
            break;
        }
    }
    bar.finish_and_clear();
    summary(&asked, taken, wrong, arguments.summary, console)?;
    Ok(Verdict::yes_if(wrong == 0 && !failed))
}

/// A bar for a person who waits; where nobody looks it is hidden.
fn bar() -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {human_pos} rows, {per_sec}") {
        bar.set_style(style);
    }
    bar
}

fn questions(workflow: &Workflow, arguments: &Arguments) -> Result<Vec<Asked>, Stop> {
    let every = arguments.factors || (arguments.factor.is_empty() && arguments.event.is_empty());
    let mut names = arguments.factor.clone();
    if every {
        let table = Table::new(workflow);
        for (name, _) in table.factors() {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
    }
    let mut asked = Vec::new();
    for name in names {
        let Some(rule) = workflow.rule_handle(&name) else {
            return Err(Stop::Misuse(format!("unknown factor `{name}`")));
        };
        asked.push(Asked { name, question: Question::Rule(Box::new(rule)), counts: [0; 4] });
    }
    for name in &arguments.event {
        asked.push(Asked { name: name.clone(), question: Question::Event, counts: [0; 4] });
    }
    if asked.is_empty() {
        return Err(Stop::Misuse(
            "the workflow has no factors; ask with --factor or --event".to_owned(),
        ));
    }
    Ok(asked)
}

/// Answers for a block of rows. Whether a script failed.
fn block(
    table: &Table,
    lines: &[usize],
    asked: &mut [Asked],
    arguments: &Arguments,
    file: &str,
    console: &mut Console<'_>,
) -> Result<bool, Stop> {
    let mut failed = false;
    let mut answers = Vec::with_capacity(asked.len());
    for asked in asked.iter_mut() {
        let found = match &asked.question {
            Question::Rule(rule) => match table.scores(rule) {
                Some(scores) => Answers::Scores(scores),
                None => Answers::Verdicts(table.holds(rule)),
            },
            Question::Event => Answers::Verdicts(table.open(&asked.name)),
        };
        let verdicts = found.verdicts();
        let faults = verdicts.faults();
        if asked.counts.last() == Some(&0)
            && let Some(row) = faults.iter().next()
        {
            let line = lines.get(row).copied().unwrap_or_default();
            let why = match &asked.question {
                Question::Rule(rule) => table.row_holds(row, rule).err(),
                Question::Event => None,
            };
            let why = why.map_or_else(|| "a script fails".to_owned(), |why| why.to_string());
            console
                .complain(&format!("{file}:{line}: `{}` fails here first: {why}", asked.name))?;
        }
        failed |= faults.count() > 0;
        let counts = [verdicts.truth(), verdicts.falsehood(), verdicts.unknown(), faults];
        for (sum, found) in asked.counts.iter_mut().zip(counts) {
            *sum += found.count();
        }
        answers.push(found);
    }
    if arguments.summary {
        return Ok(failed);
    }
    let names: Vec<String> = asked.iter().map(|asked| json(&asked.name)).collect();
    for (row, line) in lines.iter().enumerate() {
        let said = answers.iter().map(|answers| answers.said(row));
        match arguments.output {
            Format::Csv => {
                let said: Vec<String> = said.map(|(said, _)| said).collect();
                writeln!(console.out, "{line},{}", said.join(","))?;
            }
            Format::Jsonl => {
                let said = names.iter().zip(said).map(|(name, (said, number))| {
                    if number { format!("{name}:{said}") } else { format!("{name}:\"{said}\"") }
                });
                let said: Vec<String> = said.collect();
                writeln!(console.out, "{{\"line\":{line},\"answers\":{{{}}}}}", said.join(","))?;
            }
        }
    }
    Ok(failed)
}

impl Answers {
    fn verdicts(&self) -> &Verdicts {
        match self {
            Self::Verdicts(verdicts) => verdicts,
            Self::Scores(scores) => &scores.verdicts,
        }
    }

    /// The answer of a row, and whether it is a number.
    fn said(&self, row: usize) -> (String, bool) {
        if let Self::Scores(scores) = self
            && let Some(Some(number)) = scores.values.get(row)
        {
            return (number.to_string(), true);
        }
        let said = match self.verdicts().get(row) {
            Some(Truth::True) => "true",
            Some(Truth::False) => "false",
            Some(_) => "unknown",
            None => "fails",
        };
        (said.to_owned(), false)
    }
}

/// How many rows gave each answer.
fn summary(
    asked: &[Asked],
    rows: usize,
    wrong: usize,
    out: bool,
    console: &mut Console<'_>,
) -> io::Result<()> {
    let longest = asked.iter().map(|asked| asked.name.chars().count()).max().unwrap_or(0);
    let mut text =
        format!("{:longest$}  {:>9} {:>9} {:>9} {:>9}\n", "", "true", "false", "unknown", "fails");
    for Asked { name, counts: [holds, not, unknown, fails], .. } in asked {
        text += &format!("{name:longest$}  {holds:>9} {not:>9} {unknown:>9} {fails:>9}\n");
    }
    text += &match wrong {
        0 => format!("{rows} rows"),
        _ => format!("{rows} rows; {wrong} more could not be read"),
    };
    if out {
        return console.text(&text);
    }
    console.out.flush()?;
    writeln!(console.err, "{text}")
}

fn json(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
