//! Reading: workflows with what they extend, facts, and lines of bounded length.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use tresteg::case::Snapshot;
use tresteg::diagnostic::Report;
use tresteg::{Case, Limits, Workflow};

use super::console::Console;
use super::disk::{self, read, said};
use super::encoding;
use super::walk::Folder;
use super::words::say;
use super::{Spoken, Stop};

/// Loads a workflow for a command that needs one; what is wrong with it is said.
pub(super) fn workflow(path: &Path, console: &mut Console<'_>) -> Result<Workflow, Stop> {
    workflow_within(path, &Limits::default(), console)
}

/// Loads a workflow for a command that takes no entries of a journal: none are kept.
pub(super) fn without_journal(path: &Path, console: &mut Console<'_>) -> Result<Workflow, Stop> {
    let limits = Limits { untaken_entries: 0, ..Limits::default() };
    workflow_within(path, &limits, console)
}

fn workflow_within(
    path: &Path,
    limits: &Limits,
    console: &mut Console<'_>,
) -> Result<Workflow, Stop> {
    match load_within(path, limits)? {
        Ok(workflow) => Ok(workflow),
        Err(report) => {
            console.report(&report)?;
            Err(Stop::Wrong)
        }
    }
}

/// Loads a workflow; what it extends must lie in its folder or below.
pub(super) fn load(path: &Path) -> Result<Result<Workflow, Report>, Stop> {
    load_within(path, &Limits::default())
}

/// Loads a workflow under given bounds; what it extends must lie in its folder or below.
/// The bounds for running scenarios, which leave out the journal, that none of them looks at. `thorough` lifts those of
/// searches.
pub(super) fn limits_of_tests(thorough: bool) -> Limits {
    let limits = Limits { untaken_entries: 0, ..Limits::default() };
    if thorough { Limits { search_operations: u64::MAX, ..limits } } else { limits }
}

pub(super) fn load_within(path: &Path, limits: &Limits) -> Result<Result<Workflow, Report>, Stop> {
    let text = read(path, limits.definition_bytes);
    let text = text.map_err(|error| Stop::file(path, said(&error)))?;
    let folder = Folder::of(path);
    let mut resolve = |name: &str| match &folder {
        Ok(folder) => folder.read(Path::new(name), limits.definition_bytes),
        Err(message) => Err(message.clone()),
    };
    Ok(Workflow::load(&path.to_string_lossy(), &text, &mut resolve, limits))
}

/// Bytes of a snapshot that are read.
const SNAPSHOT: usize = 64 * 1024 * 1024;

/// The case of a snapshot.
pub(super) fn restored(workflow: &Workflow, path: &Path, spoken: &Spoken) -> Result<Case, Stop> {
    let text = read(path, SNAPSHOT).map_err(|error| Stop::file(path, said(&error)))?;
    let snapshot = snapshot(&text).map_err(|error| Stop::file(path, error))?;
    Case::restore(workflow, snapshot)
        .map_err(|error| Stop::file(path, error.tell(spoken.language())))
}

/// A snapshot of a case. It is bounded in bytes, and in values: each takes many times the memory of its text.
pub(super) fn snapshot(text: &str) -> Result<Snapshot, String> {
    let most = Limits::default().json_values;
    if values(text) > most {
        return Err(say!(too_many_values, most));
    }
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// About how many values a JSON text holds: one at each comma and each bracket that opens, outside of strings.
fn values(text: &str) -> usize {
    let (mut count, mut inside, mut escaped) = (0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if inside => escaped = true,
            b'"' => inside = !inside,
            b',' | b'[' | b'{' if !inside => count += 1,
            _ => {}
        }
    }
    count
}

/// Lines of a stream, each of bounded length, however long the stream's own are. They end with line feeds, or in a file
/// that has none with carriage returns.
pub(super) struct Lines {
    reader: Box<dyn BufRead>,
    limit: usize,
    number: usize,
    /// What ends a line; `None` before anything was read.
    end: Option<u8>,
    /// How the stream is called in messages.
    pub name: String,
}

/// One line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    Text(String),
    /// More bytes than the limit.
    TooLong,
    /// What is wrong with it, and what to do.
    NotUtf8(String),
}

impl Lines {
    /// Bytes of a line that are passed over to find its end.
    const LONGEST: usize = 64 * 1024 * 1024;

    pub(super) fn open(path: &Path) -> Result<Self, Stop> {
        if path == Path::new("-") {
            return Ok(Self::new(Box::new(io::stdin().lock()), &say!(standard_input)));
        }
        disk::protect(path);
        let file = File::open(path).map_err(|error| Stop::file(path, said(&error)))?;
        if file.metadata().is_ok_and(|found| found.is_dir()) {
            return Err(Stop::file(path, say!(is_a_folder)));
        }
        Ok(Self::new(Box::new(BufReader::new(file)), &path.to_string_lossy()))
    }

    /// No lines at all.
    pub(super) fn none() -> Self {
        Self::new(Box::new(io::empty()), "")
    }

    pub(super) fn new(reader: Box<dyn BufRead>, name: &str) -> Self {
        let limit = Limits::default().event_bytes;
        Self { reader, limit, number: 0, end: None, name: name.to_owned() }
    }

    /// Whether a line was read.
    pub(super) fn is_begun(&self) -> bool {
        self.number > 0
    }

    /// The next line that is not blank, with its number from 1.
    pub(super) fn next(&mut self) -> io::Result<Option<(usize, Line)>> {
        while let Some((number, line)) = self.any()? {
            match line {
                Line::Text(text) if text.trim().is_empty() => {}
                line => return Ok(Some((number, line))),
            }
        }
        Ok(None)
    }

    /// The next line, even a blank one, with its number from 1.
    pub(super) fn any(&mut self) -> io::Result<Option<(usize, Line)>> {
        let Some(line) = self.read_line()? else { return Ok(None) };
        self.number += 1;
        Ok(Some((self.number, line)))
    }

    fn wrong(&self, message: &str) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, format!("{}: {message}", self.name))
    }

    /// Looks at the first bytes, as many as have come: what they are, and how their lines end.
    fn begin(&mut self) -> io::Result<u8> {
        let start = loop {
            match self.reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(start) => break start,
            }
        };
        if let Some(foreign) = encoding::foreign(start) {
            return Err(self.wrong(&foreign));
        }
        // The line feed behind a return at the end may still come.
        let inside = start.split_last().map_or(start, |(_, inside)| inside);
        let returns = inside.contains(&b'\r') && !start.contains(&b'\n');
        let end = if returns { b'\r' } else { b'\n' };
        self.end = Some(end);
        Ok(end)
    }

    fn read_line(&mut self) -> io::Result<Option<Line>> {
        let end = match self.end {
            Some(end) => end,
            None => self.begin()?,
        };
        let mut bytes: Vec<u8> = Vec::new();
        let mut seen = 0_usize;
        let mut too_long = false;
        loop {
            let chunk = match self.reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                result => result?,
            };
            if chunk.is_empty() {
                break;
            }
            let found = chunk.iter().position(|byte| *byte == end);
            let (part, taken) = match found.and_then(|end| chunk.get(..end)) {
                Some(part) => (part, part.len() + 1),
                None => (chunk, chunk.len()),
            };
            seen = seen.saturating_add(taken);
            too_long |= bytes.len() + part.len() > self.limit;
            if too_long {
                bytes.clear();
            } else {
                bytes.extend_from_slice(part);
            }
            self.reader.consume(taken);
            if found.is_some() {
                break;
            }
            if seen > Self::LONGEST {
                let most = Self::LONGEST;
                return Err(self.wrong(&say!(long_line, most)));
            }
        }
        if seen == 0 {
            return Ok(None);
        }
        if too_long {
            return Ok(Some(Line::TooLong));
        }
        // Some editors begin a file with a mark that no JSON may have.
        if self.number == 0 && bytes.starts_with(encoding::MARK) {
            bytes.drain(..encoding::MARK.len());
        }
        Ok(Some(encoding::line(bytes).map_or_else(Line::NotUtf8, Line::Text)))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn lines(bytes: &'static [u8], limit: usize) -> Vec<(usize, Line)> {
        // A reader with a small buffer: a line comes in many pieces.
        let reader = BufReader::with_capacity(3, bytes);
        let mut lines = Lines { limit, ..Lines::new(Box::new(reader), "test") };
        std::iter::from_fn(|| lines.next().unwrap()).collect()
    }

    #[test]
    fn values_are_counted_outside_of_strings() {
        assert_eq!(values(r#"{"a": [1, 2, "x,[\"{"], "b": {}}"#), 6);
        let many = format!("[{}0]", "0,".repeat(2_000_000));
        assert!(snapshot(&many).unwrap_err().contains("more than 2000000 values"));
    }

    #[test]
    fn lines_keep_their_numbers_across_blank_ones() {
        let found = lines(b"\xef\xbb\xbfa\r\n\n  \nbcdef", 5);
        assert_eq!(found, [(1, Line::Text("a\r".into())), (4, Line::Text("bcdef".into()))]);
    }

    #[test]
    fn lines_may_end_with_returns_alone_where_no_line_feed_is() {
        let read = |bytes: &'static [u8]| {
            let mut lines = Lines::new(Box::new(bytes), "test");
            std::iter::from_fn(|| lines.next().unwrap()).collect::<Vec<_>>()
        };
        let wanted = [(1, Line::Text("a".into())), (3, Line::Text("b".into()))];
        assert_eq!(read(b"a\r\rb\r"), wanted);
        assert_eq!(read(b"a\rb\n"), [(1, Line::Text("a\rb".into()))]);
        let mut lines = Lines::new(Box::new(b"\xff\xfea\0".as_slice()), "test");
        let wrong = lines.next().unwrap_err().to_string();
        assert!(wrong.starts_with("test: is UTF-16 text"), "{wrong}");
    }

    #[test]
    fn a_long_line_is_skipped_and_the_next_is_read() {
        let found = lines(b"123456\n12345\n\xff\n", 5);
        assert_eq!(
            found,
            [
                (1, Line::TooLong),
                (2, Line::Text("12345".into())),
                (
                    3,
                    Line::NotUtf8(
                        "the line is not UTF-8 text: byte 0xFF in column 1; it is `ÿ` in Latin-1 and Windows-1252: save the file as UTF-8".into()
                    )
                )
            ]
        );
    }
}
