//! The rows of a file, one after another, of bounded length.

use std::path::Path;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use tresteg::Limits;
use tresteg::batch::{Heading, Table, WrongRow};

use super::super::Stop;
use super::super::files::{Line, Lines};

pub(super) enum Rows {
    Json(Lines),
    Csv(Box<Csv>),
}

/// Rows of comma-separated values. Lines are counted here: a row may go over several, and begins where its first one does.
pub(super) struct Csv {
    lines: Lines,
    reader: Reader,
    heading: Option<Heading>,
    /// The line that is being read with its line feed, its number, and how much of it has been read.
    line: String,
    number: usize,
    at: usize,
    /// Room for the texts of a row, one behind another, and for where each ends; and how much of both the last row took.
    texts: Vec<u8>,
    ends: Vec<usize>,
    taken: (usize, usize),
}

/// What is wrong with a row: columns, 0 for all of it, with problems.
pub(super) type Problems = Vec<(usize, String)>;

/// A row's line, its size in bytes, and what is wrong with it.
pub(super) type Taken = (usize, usize, Result<(), Problems>);

const TOO_LONG: &str = "the line is too long";
const NOT_UTF8: &str = "the line is not UTF-8 text";

impl Rows {
    pub(super) fn open(path: &Path, csv: bool) -> Result<Self, Stop> {
        let lines = Lines::open(path)?;
        Ok(if csv { Self::Csv(Box::new(Csv::new(lines))) } else { Self::Json(lines) })
    }

    pub(super) fn name(&self) -> &str {
        match self {
            Self::Json(lines) => &lines.name,
            Self::Csv(csv) => &csv.lines.name,
        }
    }

    /// Reads the names of the columns, where there are any. What is wrong has a line.
    pub(super) fn heading(
        &mut self,
        table: &Table,
        lenient: bool,
    ) -> Result<Result<(), (usize, Problems)>, Stop> {
        let Self::Csv(csv) = self else { return Ok(Ok(())) };
        Ok(match csv.record()? {
            None => Ok(()),
            Some((line, Err(problem))) => Err((line, whole(problem))),
            Some((line, Ok(()))) => match table.heading(csv.texts(), lenient) {
                Ok(heading) => {
                    csv.heading = Some(heading);
                    Ok(())
                }
                Err(wrong) => Err((line, told(&wrong))),
            },
        })
    }

    /// Puts the next row into a table.
    pub(super) fn next(&mut self, table: &mut Table) -> Result<Option<Taken>, Stop> {
        Ok(match self {
            Self::Json(lines) => lines.next()?.map(|(number, line)| match line {
                Line::Text(text) => {
                    (number, text.len(), table.push_json(&text).map_err(|wrong| told(&wrong)))
                }
                Line::TooLong => (number, 0, Err(whole(TOO_LONG))),
                Line::NotUtf8 => (number, 0, Err(whole(NOT_UTF8))),
            }),
            Self::Csv(csv) => {
                let Some((line, found)) = csv.record()? else { return Ok(None) };
                let Some(heading) = &csv.heading else { return Ok(None) };
                let found = match found {
                    Ok(()) => table.push_texts(heading, csv.texts()).map_err(|wrong| told(&wrong)),
                    Err(problem) => Err(whole(problem)),
                };
                Some((line, csv.taken.0, found))
            }
        })
    }
}

fn told(wrong: &WrongRow) -> Problems {
    let misfits = wrong.misfits().iter();
    misfits.map(|misfit| (misfit.column, misfit.problem.to_string())).collect()
}

fn whole(problem: &str) -> Problems {
    vec![(0, problem.to_owned())]
}

impl Csv {
    fn new(lines: Lines) -> Self {
        Self {
            lines,
            reader: Reader::new(),
            heading: None,
            line: String::new(),
            number: 0,
            at: 0,
            texts: vec![0; 1_024],
            ends: vec![0; 64],
            taken: (0, 0),
        }
    }

    /// The texts of the row that was read last.
    fn texts(&self) -> impl Iterator<Item = &str> {
        let (texts, ends) = self.taken;
        let all = self.texts.get(..texts).unwrap_or_default();
        let all = std::str::from_utf8(all).unwrap_or_default();
        let ends = self.ends.get(..ends).unwrap_or_default();
        let starts = std::iter::once(0).chain(ends.iter().copied());
        starts.zip(ends).map(move |(start, end)| all.get(start..*end).unwrap_or_default())
    }

    /// Reads the next row: the line that it begins in, and why it cannot be read.
    fn record(&mut self) -> Result<Option<(usize, Result<(), &'static str>)>, Stop> {
        let limit = Limits::default().event_bytes;
        let (mut texts, mut ends, mut first, mut size) = (0, 0, None, 0);
        loop {
            let rest = self.line.get(self.at..).unwrap_or_default();
            // Behind a row there may be the other half of its line's end.
            if first.is_none() && rest.trim_end_matches(['\r', '\n']).is_empty() || rest.is_empty()
            {
                let wrong = match self.lines.any()? {
                    None if first.is_none() => return Ok(None),
                    None => "a quote that is opened in this row is never closed",
                    Some((number, Line::Text(text))) => {
                        self.begin(number, text, first.is_none());
                        size += self.line.len();
                        if size <= limit + 1 {
                            continue;
                        }
                        "a quote that is opened in this row is not closed for too long"
                    }
                    Some((number, line)) => {
                        first = first.or(Some(number));
                        if line == Line::TooLong { TOO_LONG } else { NOT_UTF8 }
                    }
                };
                self.reader.reset();
                self.line.clear();
                return Ok(Some((first.unwrap_or(self.number), Err(wrong))));
            }
            first = first.or(Some(self.number));
            let (found, read, written, ended) = self.reader.read_record(
                rest.as_bytes(),
                self.texts.get_mut(texts..).unwrap_or_default(),
                self.ends.get_mut(ends..).unwrap_or_default(),
            );
            (self.at, texts, ends) = (self.at + read, texts + written, ends + ended);
            match found {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.texts.resize(self.texts.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record | ReadRecordResult::End => {
                    self.taken = (texts, ends);
                    return Ok(Some((first.unwrap_or(self.number), Ok(()))));
                }
            }
        }
    }

    /// Goes on to a line. The heading shows what parts its fields: office programs write what their country does.
    fn begin(&mut self, number: usize, text: String, is_first: bool) {
        if self.heading.is_none() && is_first {
            let parts = [',', ';', '\t'].into_iter().find(|part| outside_quotes(&text, *part));
            let delimiter = parts.and_then(|part| u8::try_from(part).ok()).unwrap_or(b',');
            self.reader = ReaderBuilder::new().delimiter(delimiter).build();
        }
        (self.line, self.number, self.at) = (text, number, 0);
        self.line.push('\n');
    }
}

fn outside_quotes(line: &str, part: char) -> bool {
    line.split('"').step_by(2).any(|outside| outside.contains(part))
}
