//! `tresteg batch`: factors and events asked of many cases at once, a block of rows after another, on all processors.

mod chunk;
mod rows;

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use tresteg::Workflow;
use tresteg::batch::{Decimals, RuleHandle, Table};
use tresteg::diagnostic::visible;

use super::console::Console;
use super::headline::titled;
use super::words::{language, say, spoken};
use super::{Done, Stop, Verdict, files, workers};
use chunk::{Asking, Chunk};
use rows::{Raw, Rows};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
A line of JSON is an object of facts, as {\"meetings\": 3}; the first line of a CSV file names
the facts, parted by commas, semicolons or tabs; an empty field is unknown. `states` holds the
active states: an array, or in CSV names with commas; a row without them takes no event. What stands
under names that begin with `x-` comes back with the answer (of JSON answered as CSV: under those of
the first 65 536 rows; in CSV what an office program would run as a formula, such as `=1+1`, gets
an apostrophe in front). Office programs: a line `sep=;` in
front, a decimal comma, `1 000`, SANT and FALSKT, and dates with 00:00:00 are taken. Nothing has happened before to a row: `count` gives 0. Without
--factor, --factors and --event all factors are asked.

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
    /// The time that rules see as `now`: 2026-02-01T09:00:00+01:00, or 2026-02-01T09:00 or 2026-02-01 (its first
    /// instant) in the workflow's time zone; by default the Unix epoch, which is told where it matters
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// What the answers are written as
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Jsonl)]
    output: Format,
    /// Which sign begins the decimals of numbers in a CSV file; without it a file parted by semicolons or tabs may have
    /// either, and what could mean two numbers, such as `1,234`, is refused
    #[arg(long, value_enum, value_name = "SIGN")]
    decimal: Option<Decimal>,
    /// Print nothing but the summary, on standard output
    #[arg(long)]
    summary: bool,
    /// Stop at the first row that cannot be read
    #[arg(long)]
    strict: bool,
    /// Pass over columns of CSV and keys of JSON that are no facts; a misspelled fact is then unknown
    #[arg(long)]
    lenient: bool,
    #[command(flatten)]
    pub(super) spoken: super::Spoken,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A JSON object a line
    Jsonl,
    /// Comma-separated values
    Csv,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Decimal {
    /// `0.5`
    Point,
    /// `0,5`
    Comma,
}

/// Rows that are held at once, and bytes of their text; and rows that one processor works on at a time.
const ROWS: usize = 65_536;
const BYTES: usize = 32 * 1024 * 1024;
const PIECE: usize = 4_096;

/// Problems of rows that are told; rows beyond are counted.
const TOLD: usize = 100;

/// What is asked.
enum Question {
    Rule(Box<RuleHandle>),
    Event,
}

struct Asked {
    name: String,
    /// For people: the title, and the name behind it.
    label: String,
    question: Question,
}

/// What has come of the rows so far.
#[derive(Default)]
struct Sums {
    rows: usize,
    /// By question: rows with each answer: true, false, unknown, fails.
    counts: Vec<[usize; 4]>,
    /// Rows that could not be read, and problems that were told.
    wrong: usize,
    told: usize,
}

pub(super) fn batch(arguments: &Arguments, console: &mut Console<'_>) -> Done {
    let workflow = files::workflow(&arguments.workflow, console)?;
    let at = arguments.at.as_deref();
    let at = at.map(|text| super::explain::asked_time(&workflow, text)).transpose()?;
    let mut table = Table::new(&workflow);
    table.lenient(arguments.lenient);
    let asked = questions(&workflow, &table, arguments)?;
    let csv = arguments.facts.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    let format = arguments.format.unwrap_or(if csv { Format::Csv } else { Format::Jsonl });
    let mut rows = Rows::open(&arguments.facts, format == Format::Csv)?;
    let heading = match rows.heading(&table)? {
        Ok(heading) => heading.map(|heading| {
            heading.decimals(match arguments.decimal {
                Some(Decimal::Point) => Decimals::Point,
                Some(Decimal::Comma) => Decimals::Comma,
                None => rows.decimals(),
            })
        }),
        Err((line, problems)) => {
            for (column, problem) in problems {
                console.complain(&format!("{}: {problem}", place(rows.name(), line, column)))?;
            }
            return Err(Stop::Wrong);
        }
    };
    // Of JSON each row has its own keys: columns are those of the first rows.
    let is_apart = format == Format::Jsonl && arguments.output == Format::Csv;
    let mut first = if is_apart && !arguments.summary { Some(block(&mut rows)?) } else { None };
    let own = first.as_deref().map_or_else(|| rows.own(), rows::own_keys);
    let asking = Asking {
        workflow: &workflow,
        asked: &asked,
        heading,
        at,
        lenient: arguments.lenient,
        output: (!arguments.summary).then_some(arguments.output),
        strict: arguments.strict,
        own,
    };
    if asking.output == Some(Format::Csv) {
        let names = asked.iter().map(|asked| quoted(&asked.name)).collect::<Vec<_>>();
        let own = asking.own.iter().map(|(_, name)| quoted(name));
        let names: Vec<String> = own.chain(names).collect();
        writeln!(console.out, "line,{}", names.join(","))?;
    }
    if at.is_none() {
        timeless(&table, &asked, console)?;
    }
    let bar = bar();
    // Rows whose answers have all been written.
    let mut answered = 0;
    let mut sums = Sums { counts: vec![[0; 4]; asked.len()], ..Sums::default() };
    loop {
        let held = match first.take() {
            Some(held) => held,
            None => block(&mut rows)?,
        };
        if held.is_empty() {
            break;
        }
        let pieces: Vec<&[Raw]> = held.chunks(PIECE).collect();
        // `None` where a row that cannot be read is the end.
        let went = workers::each(
            &pieces,
            |rows| asking.piece(rows),
            |piece| {
                let piece = piece.map_err(|error| Some(Stop::Misuse(error.to_string())))?;
                let told = bar.suspend(|| {
                    sums.add(&piece, &asked, rows.name(), console)?;
                    console.out.flush()
                });
                told.map_err(|error| Some(Stop::from(error)))?;
                answered = sums.rows;
                bar.set_position(sums.rows as u64);
                if asking.strict && piece.wrong > 0 { Err(None) } else { Ok(()) }
            },
        );
        match went {
            Ok(()) => {}
            Err(None) => break,
            Err(Some(Stop::Closed)) => {
                let rows = answered;
                let many = if rows == 1 { say!(one_row_was) } else { say!(rows_were, rows) };
                console.complain(&say!(closed_while, many))?;
                return Err(Stop::Wrong);
            }
            Err(Some(stop)) => return Err(stop),
        }
    }
    bar.finish_and_clear();
    summary(&asked, &sums, arguments.summary, console)?;
    let failed = sums.counts.iter().any(|[.., fails]| *fails > 0);
    Ok(Verdict::yes_if(sums.wrong == 0 && !failed))
}

/// The next rows, as many as are held at once.
fn block(rows: &mut Rows) -> Result<Vec<Raw>, Stop> {
    let (mut held, mut bytes) = (Vec::new(), 0);
    while held.len() < ROWS && bytes < BYTES {
        let Some(row) = rows.next()? else { break };
        bytes += row.size;
        held.push(row);
    }
    Ok(held)
}

impl Sums {
    /// Tells what came of further rows.
    fn add(
        &mut self,
        piece: &Chunk,
        asked: &[Asked],
        file: &str,
        console: &mut Console<'_>,
    ) -> io::Result<()> {
        for (line, problems) in &piece.told {
            for (column, problem) in problems {
                self.told += 1;
                if self.told <= TOLD {
                    console.complain(&format!("{}: {problem}", place(file, *line, *column)))?;
                }
            }
        }
        for (asked, (sums, (counts, failed))) in
            asked.iter().zip(self.counts.iter_mut().zip(piece.counts.iter().zip(&piece.failed)))
        {
            if let ([.., 0], Some((line, why))) = (&sums, failed) {
                console.complain(&say!(fails_first, file, line, asked.label, why))?;
            }
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
        self.rows += piece.rows;
        self.wrong += piece.wrong;
        console.out.write_all(piece.said.as_bytes())
    }
}

/// Where something is wrong: in a whole line, or from a column on.
fn place(file: &str, line: usize, column: usize) -> String {
    match column {
        0 => format!("{file}:{line}"),
        column => format!("{file}:{line}:{column}"),
    }
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

/// Says what is asked at a time that nobody has set.
fn timeless(table: &Table, asked: &[Asked], console: &mut Console<'_>) -> Result<(), Stop> {
    let mut names = Vec::new();
    for Asked { name, label, question } in asked {
        let reads = match question {
            Question::Rule(rule) => table.reads_time(rule).map_err(|e| Stop::Misuse(e.to_string())),
            Question::Event => Ok(table.event_reads_time(name)),
        };
        if reads? {
            names.push(format!("`{label}`"));
        }
    }
    match names.as_slice() {
        [] => Ok(()),
        [one] => console.warn(&say!(reads_time, one)),
        all => {
            let all = all.join(", ");
            console.warn(&say!(read_time, all))
        }
    }
    .map_err(Stop::from)
}

fn questions(
    workflow: &Workflow,
    table: &Table,
    arguments: &Arguments,
) -> Result<Vec<Asked>, Stop> {
    let every = arguments.factors || (arguments.factor.is_empty() && arguments.event.is_empty());
    let all = table.factors();
    let all = all.iter().map(|(name, _)| *name).filter(|_| every);
    // Each once: a JSON object does not have a key twice.
    let mut names: Vec<&str> = Vec::new();
    for name in arguments.factor.iter().map(String::as_str).chain(all) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut asked = Vec::new();
    for name in names {
        let Some(rule) = workflow.rule_handle(name) else {
            let message = match workflow.fact_handle(name) {
                Some(_) => say!(not_a_truth, name),
                None => say!(unknown_factor, name),
            };
            return Err(Stop::Misuse(message));
        };
        let fact = workflow.fact(name).and_then(|fact| fact.title(language()));
        let factor = workflow.factor(name);
        let title = fact.or_else(|| factor.map(|factor| factor.title(language())));
        let label = visible(&titled(title, name)).into_owned();
        let question = Question::Rule(Box::new(rule));
        asked.push(Asked { name: name.to_owned(), label, question });
    }
    for (place, name) in arguments.event.iter().enumerate() {
        if arguments.event.iter().take(place).any(|known| known == name) {
            continue;
        }
        // What nobody may send is a slip of the pen, which must not read as `false` in every row.
        if workflow.event_handle(name).is_none() {
            return Err(Stop::Misuse(say!(unknown_event, name)));
        }
        if asked.iter().any(|asked| asked.name == *name) {
            let message = say!(both, name);
            return Err(Stop::Misuse(message));
        }
        let title = workflow.event(name).map(|event| event.title(language()));
        let label = visible(&titled(title, name)).into_owned();
        asked.push(Asked { name: name.clone(), label, question: Question::Event });
    }
    if asked.is_empty() {
        return Err(Stop::Misuse(say!(no_factors)));
    }
    Ok(asked)
}

/// How many rows gave each answer.
fn summary(asked: &[Asked], sums: &Sums, out: bool, console: &mut Console<'_>) -> io::Result<()> {
    let words = spoken();
    let longest = asked.iter().map(|asked| asked.label.chars().count()).max().unwrap_or(0);
    let mut text = format!(
        "{:longest$}  {:>9} {:>9} {:>9} {:>9}\n",
        "", words.r#true, words.r#false, words.unknown_column, words.fails_column
    );
    for (Asked { label, .. }, [holds, not, unknown, fails]) in asked.iter().zip(&sums.counts) {
        text += &format!("{label:longest$}  {holds:>9} {not:>9} {unknown:>9} {fails:>9}\n");
    }
    text += &match sums.rows {
        1 => say!(one_row),
        rows => say!(rows, rows),
    };
    text += &match sums.wrong {
        0 => String::new(),
        wrong => say!(more_unreadable, wrong),
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
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
