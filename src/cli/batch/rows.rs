//! The rows of a file, one after another, of bounded length.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;

use tresteg::Limits;
use tresteg::batch::{Heading, Table, WrongRow};

use super::super::Stop;
use super::super::files::{Line, Lines, said};

pub(super) enum Rows {
    Json(Lines),
    Csv(Box<Csv>),
}

pub(super) struct Csv {
    reader: csv::Reader<Bounded>,
    record: csv::StringRecord,
    heading: Option<Heading>,
    /// Bytes read since the last row.
    read: Rc<Cell<usize>>,
    name: String,
}

/// A stream of which no row may be longer than an event.
pub(super) struct Bounded {
    inner: Box<dyn Read>,
    read: Rc<Cell<usize>>,
}

/// Bytes that are read ahead.
const AHEAD: usize = 64 * 1024;

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let limit = Limits::default().event_bytes;
        if self.read.get() > limit + AHEAD {
            let message = format!("a row is longer than {limit} bytes, the most that is read");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        let count = self.inner.read(buffer)?;
        self.read.set(self.read.get() + count);
        Ok(count)
    }
}

/// A row's line, its size in bytes, and what is wrong with it: columns with problems.
pub(super) type Taken = (usize, usize, Result<(), Vec<(usize, String)>>);

impl Rows {
    pub(super) fn open(path: &Path, csv: bool) -> Result<Self, Stop> {
        if !csv {
            return Ok(Self::Json(Lines::open(path)?));
        }
        let (inner, name): (Box<dyn Read>, String) = if path == Path::new("-") {
            (Box::new(io::stdin()), "standard input".to_owned())
        } else {
            let file = File::open(path).map_err(|error| Stop::file(path, said(&error)))?;
            if file.metadata().is_ok_and(|found| found.is_dir()) {
                return Err(Stop::file(path, "is a folder"));
            }
            (Box::new(file), path.to_string_lossy().into_owned())
        };
        let read = Rc::new(Cell::new(0));
        let bounded = Bounded { inner, read: Rc::clone(&read) };
        let mut builder = csv::ReaderBuilder::new();
        let reader = builder.flexible(true).buffer_capacity(AHEAD).from_reader(bounded);
        let record = csv::StringRecord::new();
        Ok(Self::Csv(Box::new(Csv { reader, record, heading: None, read, name })))
    }

    pub(super) fn name(&self) -> &str {
        match self {
            Self::Json(lines) => &lines.name,
            Self::Csv(csv) => &csv.name,
        }
    }

    /// Reads the names of the columns, where there are any.
    pub(super) fn heading(
        &mut self,
        table: &Table,
        lenient: bool,
    ) -> Result<Result<(), WrongRow>, Stop> {
        let Self::Csv(csv) = self else { return Ok(Ok(())) };
        let names = match csv.reader.headers() {
            Ok(names) => names,
            Err(error) => return Err(Stop::Misuse(format!("{}: {error}", csv.name))),
        };
        // Some editors begin a file with a mark.
        let names = names.iter().map(|name| name.trim_start_matches('\u{feff}'));
        Ok(table.heading(names, lenient).map(|heading| csv.heading = Some(heading)))
    }

    /// Puts the next row into a table.
    pub(super) fn next(&mut self, table: &mut Table) -> Result<Option<Taken>, Stop> {
        let told = |wrong: WrongRow| -> Vec<(usize, String)> {
            let misfits = wrong.misfits().iter();
            misfits.map(|misfit| (misfit.column, misfit.problem.to_string())).collect()
        };
        match self {
            Self::Json(lines) => {
                let Some((number, line)) = lines.next()? else { return Ok(None) };
                let one = |message: &str| vec![(0, message.to_owned())];
                let (size, found) = match line {
                    Line::Text(text) => (text.len(), table.push_json(&text).map_err(told)),
                    Line::TooLong => (0, Err(one("the line is too long"))),
                    Line::NotUtf8 => (0, Err(one("the line is not UTF-8 text"))),
                };
                Ok(Some((number, size, found)))
            }
            Self::Csv(csv) => {
                let Csv { reader, record, heading, read, name } = &mut **csv;
                let Some(heading) = heading else { return Ok(None) };
                read.set(0);
                let line = |position: Option<&csv::Position>| {
                    position.map_or(0, |at| usize::try_from(at.line()).unwrap_or(usize::MAX))
                };
                match reader.read_record(record) {
                    Ok(false) => Ok(None),
                    Ok(true) => {
                        let found = table.push_texts(heading, record.iter()).map_err(told);
                        Ok(Some((line(record.position()), record.as_slice().len(), found)))
                    }
                    Err(error) => match error.kind() {
                        csv::ErrorKind::Utf8 { pos, err } => {
                            let wrong = vec![(err.field() + 1, "is not UTF-8 text".to_owned())];
                            Ok(Some((line(pos.as_ref()), 0, Err(wrong))))
                        }
                        _ => Err(Stop::Misuse(format!("{name}: {error}"))),
                    },
                }
            }
        }
    }
}
