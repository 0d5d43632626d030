//! The rows of a file, one after another, of bounded length.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use serde_json::value::RawValue;
use tresteg::Limits;
use tresteg::batch::{Decimals, Header, RowError, Table};
use tresteg::case::Problem;

use super::super::Stop;
use super::super::files::{Line, Lines};
use super::super::words::{language, say};

pub(super) enum Rows {
    Json(Lines),
    Csv(Box<Csv>),
}

/// A row as it stands in the file.
pub(super) struct Raw {
    /// The line that it begins in.
    pub line: usize,
    /// Bytes.
    pub size: usize,
    text: Result<Text, Cow<'static, str>>,
}

enum Text {
    Json(String),
    /// Texts one behind another, and where each ends.
    Csv(String, Box<[usize]>),
}

/// What is wrong with a row: columns, 0 for all of it, with problems.
pub(super) type Problems = Vec<(usize, String)>;

/// How names begin that are the reader's own.
const OWN: &str = "x-";

const TOO_LONG: &str = "the line is too long";

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
    ) -> Result<Result<Option<Header>, (usize, Problems)>, Stop> {
        let Self::Csv(csv) = self else { return Ok(Ok(None)) };
        let Some(row) = csv.next()? else {
            return Ok(Err((1, whole(&say!(no_heading)))));
        };
        let found = match &row.text {
            Ok(text) => table.heading(text.parts()).map_err(|wrong| told(&wrong)),
            Err(problem) => Err(whole(problem)),
        };
        csv.is_begun = true;
        if let Ok(text) = &row.text {
            let names = text.parts().map(str::trim).enumerate();
            let own = names.filter(|(_, name)| name.starts_with(OWN));
            csv.own = own.map(|(place, name)| (place, name.to_owned())).collect();
        }
        Ok(found.map(Some).map_err(|problems| (row.line, problems)))
    }

    /// How numbers are written, as far as what parts the columns tells.
    pub(super) fn decimals(&self) -> Decimals {
        match self {
            Self::Csv(csv) if csv.delimiter != b',' => Decimals::Either,
            _ => Decimals::Point,
        }
    }

    /// Columns that are the reader's own, by number and name, once the heading was read.
    pub(super) fn own(&self) -> Vec<(usize, String)> {
        match self {
            Self::Csv(csv) => csv.own.clone(),
            Self::Json(_) => Vec::new(),
        }
    }

    pub(super) fn next(&mut self) -> Result<Option<Raw>, Stop> {
        match self {
            Self::Json(lines) => Ok(lines.next()?.map(|(line, found)| match found {
                Line::Text(text) => Raw { line, size: text.len(), text: Ok(Text::Json(text)) },
                Line::TooLong => Raw { line, size: 0, text: Err(TOO_LONG.into()) },
                Line::NotUtf8(wrong) => Raw { line, size: 0, text: Err(wrong.into()) },
            })),
            Self::Csv(csv) => csv.next(),
        }
    }
}

impl Raw {
    /// What stands in columns that are the reader's own, or under keys.
    pub(super) fn own<'r>(
        &'r self,
        own: &'r [(usize, String)],
    ) -> impl Iterator<Item = Cow<'r, str>> {
        let text = self.text.as_ref().ok();
        let keys = self.keys();
        own.iter().map(move |(place, name)| match keys.get(name) {
            // A text by its letters, all else as it is written.
            Some(value) => match serde_json::from_str::<String>(value.get()) {
                Ok(text) => Cow::Owned(text),
                Err(_) => Cow::Borrowed(value.get()),
            },
            None => {
                Cow::Borrowed(text.and_then(|text| text.parts().nth(*place)).unwrap_or_default())
            }
        })
    }

    /// What is the reader's own in a line of JSON, which was read before, with every number as it is written.
    fn keys(&self) -> BTreeMap<String, &RawValue> {
        let mut read: BTreeMap<String, &RawValue> = match &self.text {
            Ok(Text::Json(text)) if text.contains("\"x-") => {
                serde_json::from_str(text).unwrap_or_default()
            }
            _ => BTreeMap::new(),
        };
        read.retain(|name, _| name.starts_with(OWN));
        read
    }

    /// Own keys and columns as members of a JSON object, each with a comma behind it.
    pub(super) fn say_own(&self, own: &[(usize, String)], said: &mut String) {
        match &self.text {
            Ok(Text::Json(_)) => {
                for (name, value) in self.keys() {
                    said.extend([&super::json(&name), ":", value.get(), ","]);
                }
            }
            _ => {
                for ((_, name), text) in own.iter().zip(self.own(own)) {
                    said.extend([&super::json(name), ":", &super::json(&text), ","]);
                }
            }
        }
    }

    /// Puts it into a table; the heading is that of the file, if it has any.
    pub(super) fn put(&self, table: &mut Table, heading: Option<&Header>) -> Result<(), Problems> {
        match (&self.text, heading) {
            (Ok(Text::Json(text)), _) => table.push_json(text).map_err(|wrong| told(&wrong)),
            (Ok(text), Some(heading)) => {
                table.push_texts(heading, text.parts()).map_err(|wrong| told(&wrong))
            }
            (Ok(_), None) => Err(whole(&say!(no_heading))),
            (Err(problem), _) => Err(whole(problem)),
        }
    }
}

/// The keys that are the reader's own in lines of JSON, as columns, in the order of their names.
pub(super) fn own_keys(rows: &[Raw]) -> Vec<(usize, String)> {
    let names: BTreeSet<String> = rows.iter().flat_map(|row| row.keys().into_keys()).collect();
    names.into_iter().enumerate().collect()
}

impl Text {
    fn parts(&self) -> impl Iterator<Item = &str> {
        let (texts, ends): (&str, &[usize]) = match self {
            Self::Json(text) => (text, &[]),
            Self::Csv(texts, ends) => (texts, ends),
        };
        let starts = std::iter::once(0).chain(ends.iter().copied());
        starts.zip(ends).map(|(start, end)| texts.get(start..*end).unwrap_or_default())
    }
}

fn told(wrong: &RowError) -> Problems {
    let misfits = wrong.misfits().iter();
    let told = |problem: &Problem| format!("{} [{}]", problem.tell(language()), problem.code);
    misfits.map(|misfit| (misfit.column, told(&misfit.problem))).collect()
}

fn whole(problem: &str) -> Problems {
    vec![(0, problem.to_owned())]
}

/// Rows of comma-separated values. Lines are counted here: a row may go over several, and begins where its first one does.
/// Where a quote is never closed only the line that opens it is lost: those behind it are read again. None of them closes a
/// quote, so each is read twice at most.
pub(super) struct Csv {
    lines: Lines,
    reader: Reader,
    /// The heading has been read.
    is_begun: bool,
    delimiter: u8,
    /// What a line in front says it is.
    said: Option<u8>,
    own: Vec<(usize, String)>,
    /// The line that is being read with its line feed, its number, and how much of it has been read.
    line: String,
    number: usize,
    at: usize,
    /// Lines behind the first of the row that is being read, and those of one that came to nothing.
    behind: VecDeque<(usize, String)>,
    again: VecDeque<(usize, String)>,
    /// Room for the texts of a row, one behind another, and for where each ends.
    texts: Vec<u8>,
    ends: Vec<usize>,
}

impl Csv {
    fn new(lines: Lines) -> Self {
        Self {
            lines,
            reader: Reader::new(),
            is_begun: false,
            delimiter: b',',
            said: None,
            own: Vec::new(),
            line: String::new(),
            number: 0,
            at: 0,
            behind: VecDeque::new(),
            again: VecDeque::new(),
            texts: vec![0; 1_024],
            ends: vec![0; 64],
        }
    }

    fn next(&mut self) -> Result<Option<Raw>, Stop> {
        let limit = Limits::default().event_bytes;
        let (mut texts, mut ends, mut first, mut size) = (0, 0, None, 0);
        self.behind.clear();
        loop {
            let rest = self.line.get(self.at..).unwrap_or_default();
            // Behind a row there may be the other half of its line's end.
            if first.is_none() && rest.trim_end_matches(['\r', '\n']).is_empty() || rest.is_empty()
            {
                let wrong: Cow<'static, str> = match self.line()? {
                    None if first.is_none() => return Ok(None),
                    None => say!(quote_never).into(),
                    Some((_, Line::Text(text))) if self.says_delimiter(&text) => continue,
                    Some((number, Line::Text(text))) => {
                        if first.is_some() {
                            self.behind.push_back((number, text.clone()));
                        }
                        self.begin(number, text, first.is_none());
                        size += self.line.len();
                        if size <= limit + 1 {
                            continue;
                        }
                        say!(quote_open).into()
                    }
                    Some((number, line)) => {
                        first = first.or(Some(number));
                        match line {
                            Line::NotUtf8(wrong) => say!(in_excel, wrong).into(),
                            _ => TOO_LONG.into(),
                        }
                    }
                };
                self.reader.reset();
                self.line.clear();
                self.behind.append(&mut self.again);
                std::mem::swap(&mut self.behind, &mut self.again);
                let line = first.unwrap_or(self.number);
                return Ok(Some(Raw { line, size: 0, text: Err(wrong) }));
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
                    let line = first.unwrap_or(self.number);
                    let texts = self.texts.get(..texts).unwrap_or_default();
                    let ends = self.ends.get(..ends).unwrap_or_default();
                    // Lines are UTF-8, and are parted at characters of one byte.
                    let text = match std::str::from_utf8(texts) {
                        Ok(texts) => Ok(Text::Csv(texts.to_owned(), ends.into())),
                        Err(_) => Err("the line is not UTF-8 text".into()),
                    };
                    return Ok(Some(Raw { line, size: texts.len(), text }));
                }
            }
        }
    }

    /// The next line, of those that are read again first.
    fn line(&mut self) -> Result<Option<(usize, Line)>, Stop> {
        match self.again.pop_front() {
            Some((number, text)) => Ok(Some((number, Line::Text(text)))),
            None => Ok(self.lines.any()?),
        }
    }

    /// Whether a line in front of the heading says what parts the columns: `sep=;`.
    fn says_delimiter(&mut self, text: &str) -> bool {
        let bare = text.trim_end_matches('\r').trim_matches('"');
        let said = bare.strip_prefix("sep=").filter(|_| !self.is_begun).unwrap_or_default();
        match said.as_bytes() {
            [sign @ (b',' | b';' | b'\t' | b'|'), rest @ ..]
                if rest.iter().all(|other| other == sign) =>
            {
                self.said = Some(*sign);
                true
            }
            _ => false,
        }
    }

    /// Goes on to a line. The heading shows what parts its fields: office programs write what their country does.
    fn begin(&mut self, number: usize, text: String, is_first: bool) {
        if !self.is_begun && is_first {
            let parts = [',', ';', '\t'].into_iter().find(|part| outside_quotes(&text, *part));
            let delimiter = parts.and_then(|part| u8::try_from(part).ok()).unwrap_or(b',');
            let delimiter = self.said.unwrap_or(delimiter);
            self.delimiter = delimiter;
            self.reader = ReaderBuilder::new().delimiter(delimiter).build();
        }
        (self.line, self.number, self.at) = (text, number, 0);
        self.line.push('\n');
    }
}

fn outside_quotes(line: &str, part: char) -> bool {
    line.split('"').step_by(2).any(|outside| outside.contains(part))
}
