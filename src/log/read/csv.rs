//! CSV: a line of names, then an event on each.

use std::io::BufRead;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use indexmap::IndexMap;

use super::{Bounded, Bounds, ReadError};
use crate::log::event_log::{AttributeKind, EventLog};

/// Which column says of which case an event is, and what parts the columns.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct CsvColumns {
    /// The column with the case; columns that begin with `case:` are of the case, and are called without it.
    pub case: String,
    /// What parts the columns; `None` for the one of comma, semicolon and tab that the first line has most of.
    pub delimiter: Option<u8>,
}

impl Default for CsvColumns {
    fn default() -> Self {
        Self { case: "case:concept:name".to_owned(), delimiter: None }
    }
}

/// What stands in front of the columns of cases.
const OF_CASE: &str = "case:";

/// Reads a log in CSV (RFC 4180): the first line names the columns, every other is an event.
///
/// Events of a case may stand apart; each case stands where its first event does. Cells that are empty say nothing. All values
/// are texts; what a map takes for a fact is read by the fact's declaration.
///
/// # Errors
///
/// What is wrong and on which line: no column for the case, a line with more or fewer cells than the first, text that is not
/// UTF-8, a quote that does not end, a bound.
pub fn read_csv<R: BufRead>(
    input: R,
    columns: &CsvColumns,
    bounds: &Bounds,
) -> Result<EventLog, ReadError> {
    let mut input = Bounded::new(input, bounds.bytes);
    let mut rows = Rows::default();
    let wrong = |rows: &Rows, table: &Table, message: String| {
        let (traces, events) = (table.cases.len(), table.events());
        let (byte, line) = (rows.byte, Some(rows.line));
        Err(ReadError { message, byte, line, traces, events })
    };
    let mut table = Table::default();
    // The mark, and what parts the columns.
    let delimiter = match begin(&mut input, &mut rows) {
        Ok(found) => columns.delimiter.unwrap_or(found),
        Err(message) => return wrong(&rows, &table, message),
    };
    rows.reader = ReaderBuilder::new().delimiter(delimiter).build();
    let names = match rows.next(&mut input, bounds) {
        Ok(Some(names)) => names,
        Ok(None) => {
            return wrong(&rows, &table, "the log is empty: there is no line of names".to_owned());
        }
        Err(message) => return wrong(&rows, &table, message),
    };
    let bare = columns.case.strip_prefix(OF_CASE).unwrap_or(&columns.case);
    let case = names.iter().position(|name| *name == columns.case);
    let case =
        case.or_else(|| names.iter().position(|name| name.strip_prefix(OF_CASE) == Some(bare)));
    let Some(case) = case else {
        let listed = names.iter().take(20).map(|name| format!("`{}`", crate::value::brief(name)));
        let listed = listed.collect::<Vec<_>>().join(", ");
        let wanted = crate::value::brief(&columns.case);
        return wrong(
            &rows,
            &table,
            format!("there is no column `{wanted}` for the case; there are {listed}"),
        );
    };
    table.columns = names.len();
    loop {
        match rows.next(&mut input, bounds) {
            Ok(None) => break,
            Ok(Some(cells))
                if cells.len() == 1
                    && table.columns > 1
                    && cells.first().is_some_and(String::is_empty) => {}
            Ok(Some(cells)) if cells.len() != table.columns => {
                let (found, wanted) = (cells.len(), table.columns);
                return wrong(
                    &rows,
                    &table,
                    format!("the line has {found} cells, the first has {wanted}"),
                );
            }
            Ok(Some(cells)) => {
                if table.rows.len() >= bounds.events.saturating_mul(table.columns) {
                    let most = bounds.events;
                    return wrong(
                        &rows,
                        &table,
                        format!("there are more than {most} events, the most that there may be"),
                    );
                }
                if table.rows.len() >= bounds.attributes {
                    let most = bounds.attributes;
                    return wrong(
                        &rows,
                        &table,
                        format!("there are more than {most} cells, the most that there may be"),
                    );
                }
                table.push(case, &cells);
            }
            Err(message) => return wrong(&rows, &table, message),
        }
    }
    Ok(table.log(&names, case))
}

/// The cells as they came: texts by number.
#[derive(Default)]
struct Table {
    columns: usize,
    texts: indexmap::IndexSet<Box<str>>,
    rows: Vec<u32>,
    /// By case its rows.
    cases: IndexMap<u32, Vec<u32>>,
}

impl Table {
    fn events(&self) -> usize {
        self.rows.len().checked_div(self.columns).unwrap_or(0)
    }

    fn push(&mut self, case: usize, cells: &[String]) {
        let row = u32::try_from(self.events()).unwrap_or(u32::MAX);
        for (column, cell) in cells.iter().enumerate() {
            let place = match self.texts.get_index_of(cell.as_str()) {
                Some(place) => place,
                None => self.texts.insert_full(cell.as_str().into()).0,
            };
            let place = u32::try_from(place).unwrap_or(u32::MAX);
            self.rows.push(place);
            if column == case {
                self.cases.entry(place).or_default().push(row);
            }
        }
    }

    fn cell(&self, row: u32, column: usize) -> &str {
        let place = self.rows.get(row as usize * self.columns + column).copied().unwrap_or(0);
        self.texts.get_index(place as usize).map_or("", |text| text)
    }

    fn log(&self, names: &[String], case: usize) -> EventLog {
        let mut log = EventLog::default();
        let of_case =
            |column: usize| match names.get(column).and_then(|name| name.strip_prefix(OF_CASE)) {
                Some(bare) => Some(bare),
                None if column == case => Some("concept:name"),
                None => None,
            };
        for rows in self.cases.values() {
            log.begin_trace();
            for column in 0..names.len() {
                let Some(key) = of_case(column) else { continue };
                let said =
                    rows.iter().map(|row| self.cell(*row, column)).find(|cell| !cell.is_empty());
                if let Some(cell) = said {
                    log.attribute(key, AttributeKind::Text, cell);
                }
            }
            for row in rows {
                log.begin_event();
                for (column, key) in names.iter().enumerate() {
                    let cell = self.cell(*row, column);
                    if of_case(column).is_none() && !cell.is_empty() {
                        log.attribute(key, AttributeKind::Text, cell);
                    }
                }
            }
        }
        log
    }
}

/// Passes over a byte order mark, and counts what may part the columns of the first line.
fn begin<R: BufRead>(input: &mut Bounded<R>, rows: &mut Rows) -> Result<u8, String> {
    let start = input.fill_buf().map_err(|error| error.to_string())?;
    let marked = start.starts_with(b"\xef\xbb\xbf");
    let line = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |wanted: u8| line.iter().filter(|byte| **byte == wanted).count();
    // The first of the best.
    let found = [b'\t', b';', b','].into_iter().max_by_key(|byte| count(*byte)).unwrap_or(b',');
    if marked {
        input.consume(3);
        rows.byte += 3;
    }
    Ok(found)
}

/// The records of a stream.
struct Rows {
    reader: Reader,
    /// The line on which the last record began.
    line: u64,
    byte: u64,
    cells: Vec<u8>,
    ends: Vec<usize>,
}

impl Default for Rows {
    fn default() -> Self {
        Self { reader: Reader::new(), line: 1, byte: 0, cells: vec![0; 1 << 12], ends: vec![0; 64] }
    }
}

impl Rows {
    fn next<R: BufRead>(
        &mut self,
        input: &mut Bounded<R>,
        bounds: &Bounds,
    ) -> Result<Option<Vec<String>>, String> {
        let (mut written, mut ended) = (0, 0);
        self.line = self.reader.line();
        loop {
            let chunk = input.fill_buf().map_err(|error| error.to_string())?;
            let is_end = chunk.is_empty();
            let cells = self.cells.get_mut(written..).unwrap_or_default();
            let ends = self.ends.get_mut(ended..).unwrap_or_default();
            let (result, read, wrote, found) = self.reader.read_record(chunk, cells, ends);
            input.consume(read);
            self.byte += read as u64;
            written += wrote;
            ended += found;
            match result {
                ReadRecordResult::InputEmpty if is_end => continue,
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.cells.len() >= bounds.piece_bytes => {
                    let most = bounds.piece_bytes;
                    return Err(format!(
                        "the line has more than {most} bytes, the most that it may; does a quote not end?"
                    ));
                }
                ReadRecordResult::OutputFull => self.cells.resize(self.cells.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::Record => break,
            }
        }
        let mut row = Vec::with_capacity(ended);
        let mut from = 0;
        for end in self.ends.iter().take(ended) {
            let cell = self.cells.get(from..*end).unwrap_or_default();
            let cell =
                std::str::from_utf8(cell).map_err(|_| "the line is not UTF-8 text".to_owned())?;
            row.push(cell.to_owned());
            from = *end;
        }
        Ok(Some(row))
    }
}
