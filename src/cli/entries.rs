//! The lines of a journal, as people have them: with line feeds or carriage returns before them, with blank lines, with a
//! mark in front, and with or without an end to the last line. One that was cut off in the middle is told from all of these.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::Path;

use super::Stop;
use super::disk::{self, said};
use super::encoding;

/// The lines of a journal.
pub(super) struct Entries {
    reader: Box<dyn BufRead + Send>,
    /// The beginning of a line that was read with a block before it.
    begun: Vec<u8>,
    is_torn: bool,
}

/// What was read of a journal at once.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// Whole lines, at least one; the last of the journal may lack its line feed.
    Lines,
    /// The beginning of a line that is longer than any that is read.
    TooLong,
    End,
}

/// What stands behind the last line feed of a journal.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tail {
    /// Nothing but white space.
    Blank,
    /// A line that is whole but for its line feed, whatever it says.
    Whole,
    /// The beginning of an entry.
    Torn,
    /// Several lines, parted by carriage returns alone.
    Returns,
}

/// How every entry begins.
const BEGINS: &[u8] = b"{\"entry\":";

impl Tail {
    pub(super) fn of(bytes: &[u8]) -> Self {
        if is_blank(bytes) {
            return Self::Blank;
        }
        // JSON has none inside its texts, and entries none between.
        let inside = bytes.trim_ascii();
        if inside.contains(&b'\r') {
            return Self::Returns;
        }
        // What was never an entry is nothing that could be cut off. A disk may have kept the length of a line and not what
        // was in it.
        let filled = inside.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        let written = inside.get(..filled).unwrap_or_default();
        let length = filled.min(BEGINS.len());
        if written.get(..length) != BEGINS.get(..length) {
            return Self::Whole;
        }
        // Only what would have gone on is torn. What is wrong before its end was written so, or altered: several entries on
        // one line, another sign in place of the line feeds.
        match serde_json::from_slice::<serde::de::IgnoredAny>(written) {
            Err(error) if error.is_eof() => Self::Torn,
            Ok(_) if filled < inside.len() => Self::Torn,
            Ok(_) | Err(_) => Self::Whole,
        }
    }
}

/// Whether a line says nothing.
pub(super) fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}

pub(super) const RETURNS: &str =
    "has lines that end with carriage returns alone: save it with line feeds";

impl Entries {
    /// Bytes of one line that are read: an entry holds an event several times over.
    pub(super) const LONGEST: usize = 64 * 1024 * 1024;

    pub(super) fn open(path: &Path) -> Result<Self, Stop> {
        let reader: Box<dyn BufRead + Send> = if path == Path::new("-") {
            Box::new(BufReader::new(io::stdin()))
        } else {
            disk::protect(path);
            let file = File::open(path).map_err(|error| Stop::file(path, said(&error)))?;
            if file.metadata().is_ok_and(|found| found.is_dir()) {
                return Err(Stop::file(path, "is a folder"));
            }
            Box::new(BufReader::new(file))
        };
        Self::new(reader).map_err(|error| Stop::file(path, said(&error)))
    }

    /// The entries of a file that has been opened already, from its beginning.
    pub(super) fn of(file: File) -> io::Result<Self> {
        Self::new(Box::new(BufReader::new(file)))
    }

    fn new(mut reader: Box<dyn BufRead + Send>) -> io::Result<Self> {
        let mut start = Vec::new();
        reader.by_ref().take(4).read_to_end(&mut start)?;
        if let Some(foreign) = encoding::foreign(&start) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, foreign));
        }
        if start.starts_with(encoding::MARK) {
            start.drain(..encoding::MARK.len());
        }
        let reader = Box::new(io::Cursor::new(start).chain(reader));
        Ok(Self { reader, begun: Vec::new(), is_torn: false })
    }

    /// Whether the last line was found to be cut off, once the end has been reached. It is not handed out.
    pub(super) fn is_torn(&self) -> bool {
        self.is_torn
    }

    /// The next line that is not blank. What is not UTF-8 reads as what is no entry.
    pub(super) fn next(&mut self) -> io::Result<Option<String>> {
        loop {
            let mut line = Vec::new();
            let longest = Self::LONGEST as u64 + 1;
            self.reader.by_ref().take(longest).read_until(b'\n', &mut line)?;
            if line.len() > Self::LONGEST {
                let message = format!("holds a line of more than {} bytes", Self::LONGEST);
                return Err(io::Error::new(io::ErrorKind::InvalidData, message));
            }
            if line.is_empty() || !line.ends_with(b"\n") && !self.is_whole(&line)? {
                return Ok(None);
            }
            if !is_blank(&line) {
                return Ok(Some(text(line)));
            }
        }
    }

    /// The next lines, about as many bytes as are asked for. Not to be mixed with [`next`](Self::next).
    pub(super) fn block(&mut self, bytes: usize, block: &mut Vec<u8>) -> io::Result<Block> {
        block.clear();
        block.append(&mut self.begun);
        loop {
            let start = block.len();
            self.reader.by_ref().take(bytes as u64).read_to_end(block)?;
            let read = block.get(start..).unwrap_or_default();
            if read.is_empty() {
                let is_over = block.is_empty() || !self.is_whole(block)?;
                return Ok(if is_over { Block::End } else { Block::Lines });
            }
            if let Some(end) = read.iter().rposition(|byte| *byte == b'\n') {
                self.begun = block.split_off(start + end + 1);
                return Ok(Block::Lines);
            }
            if block.len() > Self::LONGEST {
                return Ok(Block::TooLong);
            }
        }
    }

    /// Whether there is a line in what stands behind the last line feed.
    fn is_whole(&mut self, tail: &[u8]) -> io::Result<bool> {
        match Tail::of(tail) {
            Tail::Blank => Ok(false),
            Tail::Whole => Ok(true),
            Tail::Torn => {
                self.is_torn = true;
                Ok(false)
            }
            Tail::Returns => Err(io::Error::new(io::ErrorKind::InvalidData, RETURNS)),
        }
    }
}

/// A text of bytes; what is not UTF-8 in it is replaced, and so is not what it was.
pub(super) fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|wrong| String::from_utf8_lossy(wrong.as_bytes()).into_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn entries(bytes: impl Into<Vec<u8>>) -> Entries {
        Entries::new(Box::new(io::Cursor::new(bytes.into()))).unwrap()
    }

    #[test]
    fn blocks_are_whole_lines() {
        let journal: Vec<String> = (1..60).map(|length| "7".repeat(length) + "\n").collect();
        for (end, bytes) in [("", 1), ("", 7), ("", 100), ("777", 30), ("{\"ent", 30), ("", 5000)] {
            let mut entries = entries(journal.concat() + end);
            let (mut block, mut whole) = (Vec::new(), Vec::new());
            let wanted = if end.starts_with('{') { "" } else { end };
            let wanted = journal.concat() + wanted;
            while entries.block(bytes, &mut block).unwrap() == Block::Lines {
                assert!(block.ends_with(b"\n") || whole.len() + block.len() == wanted.len());
                assert!(block.len() < bytes + 61);
                whole.extend_from_slice(&block);
            }
            assert_eq!(whole, wanted.as_bytes());
            assert_eq!(entries.is_torn(), end.starts_with('{'));
        }
        let long = io::repeat(b'x').take(2 * Entries::LONGEST as u64);
        let long = b"a\n".as_slice().chain(long);
        let mut entries = Entries::new(Box::new(BufReader::new(long))).unwrap();
        let mut block = Vec::new();
        assert_eq!(entries.block(1 << 20, &mut block).unwrap(), Block::Lines);
        assert_eq!(entries.block(1 << 20, &mut block).unwrap(), Block::TooLong);
    }

    #[test]
    fn lines_are_told_from_what_is_torn() {
        for (bytes, wanted, torn) in [
            ("{}\n[]\n", vec!["{}\n", "[]\n"], false),
            ("\u{feff}{}\r\n[]\r\n", vec!["{}\r\n", "[]\r\n"], false),
            ("{}\n[]", vec!["{}\n", "[]"], false),
            ("{}\n\n \r\n", vec!["{}\n"], false),
            ("\n{}\n   ", vec!["{}\n"], false),
            ("{}\n{\"entry\":{\"a", vec!["{}\n"], true),
            ("{}\n{", vec!["{}\n"], true),
            ("{}\n{\"a\":", vec!["{}\n", "{\"a\":"], false),
            ("no journal at all", vec!["no journal at all"], false),
            ("{}\n\0\0\0", vec!["{}\n"], true),
            ("{}\n{\"entry\":{\"a\0\0\0", vec!["{}\n"], true),
            ("{}\n{\"en\0\0\0\0\0\0\0\0", vec!["{}\n"], true),
            ("{}\n[1]\0\0", vec!["{}\n", "[1]\0\0"], false),
            ("{}\n{\"entry\":{}}\0", vec!["{}\n"], true),
            // What is wrong before its end was not cut off.
            ("{\"entry\":{}}{\"entry\":{}}", vec!["{\"entry\":{}}{\"entry\":{}}"], false),
            ("{\"entry\":{}}\u{85}{\"entry\"", vec!["{\"entry\":{}}\u{85}{\"entry\""], false),
            ("{\"entry\":{a", vec!["{\"entry\":{a"], false),
            ("{\"e", vec![], true),
            ("", vec![], false),
        ] {
            let mut entries = entries(bytes);
            let found: Vec<String> = std::iter::from_fn(|| entries.next().unwrap()).collect();
            assert_eq!(
                (found, entries.is_torn()),
                (wanted.iter().map(|line| (*line).to_owned()).collect(), torn),
                "{bytes:?}"
            );
        }
        assert!(entries("{}\r[]\r").next().is_err());
        assert_eq!(Tail::of(b"{}\r"), Tail::Whole);
        assert!(Entries::new(Box::new(b"\xff\xfe{\0".as_slice())).is_err());
    }
}
