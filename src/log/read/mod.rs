//! Reading event logs as others write them: XES (IEEE 1849, 1849-2016 and the drafts before it, with or without name space)
//! and CSV, packed with gzip or not, as they come, event by event.
//!
//! What comes is a stranger's: no entity is expanded, and depth, sizes and what a packed file grows to are bounded
//! ([`Bounds`]). A log that is broken is an error with the place, and what stood before is counted; a part is never given for
//! the whole.

mod csv;
mod xes;

use std::fmt;
use std::io::{self, BufRead, BufReader, Read};

use super::event_log::EventLog;

pub use csv::{CsvColumns, read_csv};
pub use xes::read_xes;

/// What a log may come to, so that a small file cannot fill the memory.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct Bounds {
    /// Bytes of the log, unpacked.
    pub bytes: u64,
    /// Bytes of one tag with its attributes, or of one record of CSV.
    pub piece_bytes: usize,
    /// How deep elements may stand in one another.
    pub depth: usize,
    /// Traces and events together.
    pub events: usize,
    /// Attributes in all.
    pub attributes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            bytes: 8 << 30,
            piece_bytes: 1 << 20,
            depth: 64,
            events: 50_000_000,
            attributes: 300_000_000,
        }
    }
}

/// Why a log cannot be read, where, and how much of it stood before that.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadError {
    /// What is wrong.
    pub message: String,
    /// The byte of the unpacked log at which it was found, from 0.
    pub byte: u64,
    /// The line of CSV, from 1.
    pub line: Option<u64>,
    /// Whole traces before that.
    pub traces: usize,
    /// Events before that.
    pub events: usize,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: ")?,
            None => write!(f, "byte {}: ", self.byte)?,
        }
        let Self { message, traces, events, .. } = self;
        write!(f, "{message} (behind {traces} whole traces and {events} events)")
    }
}

impl std::error::Error for ReadError {}

impl ReadError {
    fn new(message: impl Into<String>, byte: u64, log: &EventLog) -> Self {
        let (traces, events) = (log.len(), log.events());
        Self { message: message.into(), byte, line: None, traces, events }
    }
}

/// The form of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogForm {
    /// XES in XML.
    Xes,
    /// CSV with a line of names.
    Csv,
}

/// What a stream holds: packed or not.
///
/// # Errors
///
/// Those of the stream.
pub fn unpacked<'r, R: Read + Send + 'r>(input: R) -> io::Result<Box<dyn Read + Send + 'r>> {
    let mut input = BufReader::with_capacity(1 << 16, input);
    let start = loop {
        match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => break other?,
        }
    };
    if start.starts_with(&[0x1f, 0x8b]) {
        return Ok(Box::new(flate2::bufread::MultiGzDecoder::new(input)));
    }
    Ok(Box::new(input))
}

/// The form of a log by its first letter, and the log from there on: a byte order mark is passed over.
///
/// # Errors
///
/// Those of the stream.
pub fn form_of<R: BufRead>(input: &mut R) -> io::Result<LogForm> {
    let start = loop {
        match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => break other?,
        }
    };
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    Ok(if first == Some(&b'<') { LogForm::Xes } else { LogForm::Csv })
}

/// Reads a log of either form: what begins with `<` is XES. Columns are those of CSV.
///
/// # Errors
///
/// What is wrong, where, and how much stood before.
pub fn read<R: BufRead>(
    mut input: R,
    columns: &CsvColumns,
    bounds: &Bounds,
) -> Result<EventLog, ReadError> {
    let form = form_of(&mut input);
    match form.map_err(|error| ReadError::new(error.to_string(), 0, &EventLog::default()))? {
        LogForm::Xes => read_xes(input, bounds),
        LogForm::Csv => read_csv(input, columns, bounds),
    }
}

/// So many bytes come through, and one more is an error: what a packed file grows to ends here.
struct Bounded<R> {
    inner: R,
    left: u64,
    most: u64,
}

impl<R> Bounded<R> {
    fn new(inner: R, most: u64) -> Self {
        Self { inner, left: most, most }
    }
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buf)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let most = self.most;
        let buffer = self.inner.fill_buf()?;
        if self.left == 0 && !buffer.is_empty() {
            let message =
                format!("the log has more than {most} bytes unpacked, the most that it may");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        Ok(buffer.get(..most).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.left = self.left.saturating_sub(count as u64);
        self.inner.consume(count);
    }
}

#[cfg(test)]
mod tests;
