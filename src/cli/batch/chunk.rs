//! What comes of some rows: their answers, how many gave each, and which rows could not be read.

use std::borrow::Cow;
use std::fmt::Write as _;

use tresteg::batch::{Header, Scores, Table, Verdicts};
use tresteg::{DateTime, Error, Truth, Workflow};

use super::rows::{Problems, Raw};
use super::{Asked, Format, Question, TOLD};

/// Bytes of columns that are held at once: a workflow may have many facts and states.
const COLUMNS: usize = 48 * 1024 * 1024;
/// Rows between two looks at them.
const BETWEEN: usize = 64;

/// What rows are asked, and how it is said.
pub(super) struct Asking<'a> {
    pub workflow: &'a Workflow,
    pub asked: &'a [Asked],
    pub heading: Option<Header>,
    pub at: Option<DateTime>,
    /// Columns and keys that are no facts are passed over.
    pub lenient: bool,
    /// What each row is answered as, if it is.
    pub output: Option<Format>,
    /// Rows behind the first that cannot be read are not asked.
    pub strict: bool,
    /// Columns that come back with the answers, by number and name.
    pub own: Vec<(usize, String)>,
}

#[derive(Default)]
pub(super) struct Chunk {
    /// Rows that were asked.
    pub rows: usize,
    /// By question: rows with each answer: true, false, unknown, fails.
    pub counts: Vec<[usize; 4]>,
    /// By question: the line of the first row for which a script failed, and why.
    pub failed: Vec<Option<(usize, String)>>,
    /// Rows that could not be read, and the first of them with their lines.
    pub wrong: usize,
    pub told: Vec<(usize, Problems)>,
    /// The answers of each row, as lines.
    pub said: String,
}

enum Answers {
    Verdicts(Verdicts),
    Scores(Scores),
}

impl Asking<'_> {
    /// Reads rows and asks them.
    pub(super) fn piece(&self, rows: &[Raw]) -> Result<Chunk, Error> {
        let count = self.asked.len();
        let mut piece =
            Chunk { counts: vec![[0; 4]; count], failed: vec![None; count], ..Chunk::default() };
        let mut table = Table::new(self.workflow);
        // Other pieces have the other processors.
        table.threads(1);
        table.lenient(self.lenient);
        if let Some(at) = self.at {
            table.at(at);
        }
        let (mut kept, mut problems) = (Vec::with_capacity(rows.len()), 0);
        for row in rows {
            match row.put(&mut table, self.heading.as_ref()) {
                Ok(()) => kept.push(row),
                Err(found) => {
                    piece.wrong += 1;
                    if problems < TOLD {
                        problems += found.len();
                        piece.told.push((row.line, found));
                    }
                    if self.strict {
                        break;
                    }
                }
            }
            if kept.len() % BETWEEN == BETWEEN - 1 && table.bytes() > COLUMNS {
                self.answer(&table, &kept, &mut piece)?;
                table.clear();
                kept.clear();
            }
        }
        self.answer(&table, &kept, &mut piece)?;
        Ok(piece)
    }

    fn answer(&self, table: &Table, rows: &[&Raw], piece: &mut Chunk) -> Result<(), Error> {
        piece.rows += rows.len();
        let mut answers = Vec::with_capacity(self.asked.len());
        for (asked, (counts, failed)) in
            self.asked.iter().zip(piece.counts.iter_mut().zip(&mut piece.failed))
        {
            let found = match &asked.question {
                Question::Rule(rule) => match table.scores(rule)? {
                    Some(scores) => Answers::Scores(scores),
                    None => Answers::Verdicts(table.holds(rule)?),
                },
                Question::Event => Answers::Verdicts(table.open(&asked.name)),
            };
            let verdicts = found.verdicts();
            let faults = verdicts.faults();
            if failed.is_none()
                && let Some(row) = faults.iter().next()
            {
                let why = match &asked.question {
                    Question::Rule(rule) => table.row_holds(row, rule).err(),
                    Question::Event => None,
                };
                let why = why.map_or_else(|| "a script fails".to_owned(), |why| why.to_string());
                *failed = Some((rows.get(row).map_or(0, |row| row.line), why));
            }
            let all = [verdicts.truth(), verdicts.falsehood(), verdicts.unknown(), faults];
            for (sum, found) in counts.iter_mut().zip(all) {
                *sum += found.count();
            }
            answers.push(found);
        }
        if let Some(output) = self.output {
            self.say(output, rows, &answers, &mut piece.said);
        }
        Ok(())
    }

    /// A line for each row. Writing into a text cannot fail.
    fn say(&self, output: Format, rows: &[&Raw], answers: &[Answers], said: &mut String) {
        let names: Vec<String> = self.asked.iter().map(|asked| super::json(&asked.name)).collect();
        for (row, raw) in rows.iter().enumerate() {
            let line = raw.line;
            match output {
                Format::Csv => {
                    let _ = write!(said, "{line}");
                    for own in raw.own(&self.own) {
                        said.push(',');
                        said.push_str(&super::quoted(&inert(&own)));
                    }
                    for answers in answers {
                        said.push(',');
                        answers.say(row, "", said);
                    }
                }
                Format::Jsonl => {
                    let _ = write!(said, "{{\"line\":{line},");
                    raw.say_own(&self.own, said);
                    said.push_str("\"answers\":{");
                    for (place, (name, answers)) in names.iter().zip(answers).enumerate() {
                        let comma = if place == 0 { "" } else { "," };
                        let _ = write!(said, "{comma}{name}:");
                        answers.say(row, "\"", said);
                    }
                    said.push_str("}}");
                }
            }
            said.push('\n');
        }
    }
}

/// A text that office programs would run as a formula, with the sign in front that they take for "a text"; numbers, also
/// those of telephones, stay as they are.
fn inert(text: &str) -> Cow<'_, str> {
    let of_numbers = |sign: char| sign.is_ascii_digit() || " +-.,()/".contains(sign);
    let runs = match text.chars().next() {
        Some('=' | '@' | '\t' | '\r') => true,
        Some('+' | '-') => !text.chars().all(of_numbers),
        _ => false,
    };
    if runs { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

impl Answers {
    fn verdicts(&self) -> &Verdicts {
        match self {
            Self::Verdicts(verdicts) => verdicts,
            Self::Scores(scores) => &scores.verdicts,
        }
    }

    /// The answer of a row: a number, or a word between quotes.
    fn say(&self, row: usize, quote: &str, said: &mut String) {
        if let Self::Scores(scores) = self
            && let Some(Some(number)) = scores.values.get(row)
        {
            let _ = write!(said, "{number}");
            return;
        }
        let word = match self.verdicts().get(row) {
            Some(Truth::True) => "true",
            Some(Truth::False) => "false",
            Some(_) => "unknown",
            None => "fails",
        };
        said.extend([quote, word, quote]);
    }
}
