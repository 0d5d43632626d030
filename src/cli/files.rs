//! Reading: workflows with what they extend, facts, and lines of bounded length.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use tresteg::{Limits, Report, Workflow};

use super::Stop;
use super::console::Console;

/// Loads a workflow for a command that needs one; what is wrong with it is said.
pub(super) fn workflow(path: &Path, console: &mut Console<'_>) -> Result<Workflow, Stop> {
    match load(path)? {
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

/// The same under given bounds.
pub(super) fn load_within(path: &Path, limits: &Limits) -> Result<Result<Workflow, Report>, Stop> {
    let text = read(path, limits.definition_bytes).map_err(|error| Stop::file(path, error))?;
    let folder = Folder::of(path);
    let mut resolve = |name: &str| match &folder {
        Ok(folder) => folder.read(Path::new(name), limits.definition_bytes),
        Err(message) => Err(message.clone()),
    };
    Ok(Workflow::load(&path.to_string_lossy(), &text, &mut resolve, limits))
}

/// Files of a kind below folders, and files that are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `*.json`, scenarios left out.
    Workflow,
    /// `*.scenario.json`.
    Scenario,
    /// Both.
    Any,
}

impl Kind {
    fn has(self, name: &str) -> bool {
        let scenario = is_scenario(name);
        name.ends_with(".json")
            && match self {
                Self::Workflow => !scenario,
                Self::Scenario => scenario,
                Self::Any => true,
            }
    }
}

/// Where a file really is; as it is named where that cannot be told.
pub(super) fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// Whether a file is one of scenarios, by its name.
pub(super) fn is_scenario(name: &str) -> bool {
    name.ends_with(".scenario.json")
}

/// The files meant: those named, and of folders what looks like one of the kind, in the order of their names.
pub(super) fn find(paths: &[PathBuf], kind: Kind) -> Result<Vec<PathBuf>, Stop> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let before = files.len();
            below(path, kind, &mut files)?;
            if files.len() == before {
                let lacks = match kind {
                    Kind::Scenario => "holds no scenario: no *.scenario.json in it or below",
                    Kind::Workflow | Kind::Any => "holds no workflow: no *.json in it or below",
                };
                return Err(Stop::file(path, lacks));
            }
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

/// Files below a folder. Links to folders are not followed, so that no circle is walked; hidden entries are passed over.
fn below(folder: &Path, kind: Kind, files: &mut Vec<PathBuf>) -> Result<(), Stop> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(folder) = waiting.pop() {
        let wrong = |error: io::Error| Stop::file(&folder, said(&error));
        for entry in std::fs::read_dir(&folder).map_err(wrong)? {
            let entry = entry.map_err(wrong)?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with('.') {
                continue;
            }
            if entry.file_type().map_err(wrong)?.is_dir() {
                waiting.push(entry.path());
            } else if kind.has(&name) && entry.path().is_file() {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    files.append(&mut found);
    Ok(())
}

/// The folder that nothing outside of is read for a workflow: a workflow from a stranger could name any file.
pub(super) struct Folder {
    root: PathBuf,
}

impl Folder {
    pub(super) fn of(file: &Path) -> Result<Self, String> {
        let folder = match file.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let root = folder.canonicalize().map_err(|error| said(&error))?;
        Ok(Self { root })
    }

    fn read(&self, path: &Path, limit: usize) -> Result<String, String> {
        read(&self.locate(path)?, limit).map_err(|error| said(&error))
    }

    /// Where a file really is, if that is inside.
    pub(super) fn locate(&self, path: &Path) -> Result<PathBuf, String> {
        // Links are followed first: where the file really is counts, and that path is opened.
        let found = path.canonicalize().map_err(|error| said(&error))?;
        if !found.starts_with(&self.root) {
            return Err("lies outside the folder of the workflow".to_owned());
        }
        if !found.is_file() {
            return Err("is no file".to_owned());
        }
        Ok(found)
    }
}

/// Reads a text of at most so many bytes and one more, by which the library sees that it is too large.
pub(super) fn read(path: &Path, limit: usize) -> io::Result<String> {
    let file = File::open(path)?;
    let mut bytes = Vec::new();
    file.take(u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1))
        .read_to_end(&mut bytes)?;
    if bytes.len() > limit {
        let message = format!("is larger than {limit} bytes, the most that is read");
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        io::Error::new(io::ErrorKind::InvalidData, format!("is not UTF-8 text (byte {at})"))
    })
}

/// What went wrong with a file, in the style of the library's messages.
pub(super) fn said(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "does not exist".to_owned(),
        io::ErrorKind::PermissionDenied => "may not be read".to_owned(),
        io::ErrorKind::IsADirectory => "is a folder".to_owned(),
        _ => error.to_string(),
    }
}

/// Lines of a stream, each of bounded length, however long the stream's own are.
pub(super) struct Lines {
    reader: Box<dyn BufRead>,
    limit: usize,
    number: usize,
    /// How the stream is called in messages.
    pub name: String,
}

/// One line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    Text(String),
    /// More bytes than the limit.
    TooLong,
    NotUtf8,
}

impl Lines {
    pub(super) fn open(path: &Path) -> Result<Self, Stop> {
        if path == Path::new("-") {
            return Ok(Self::new(Box::new(io::stdin().lock()), "standard input"));
        }
        let file = File::open(path).map_err(|error| Stop::file(path, said(&error)))?;
        if file.metadata().is_ok_and(|found| found.is_dir()) {
            return Err(Stop::file(path, "is a folder"));
        }
        Ok(Self::new(Box::new(BufReader::new(file)), &path.to_string_lossy()))
    }

    /// No lines at all.
    pub(super) fn none() -> Self {
        Self::new(Box::new(io::empty()), "")
    }

    pub(super) fn new(reader: Box<dyn BufRead>, name: &str) -> Self {
        Self { reader, limit: Limits::default().event_bytes, number: 0, name: name.to_owned() }
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

    fn read_line(&mut self) -> io::Result<Option<Line>> {
        let mut bytes: Vec<u8> = Vec::new();
        let mut seen = false;
        let mut too_long = false;
        loop {
            let chunk = match self.reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                result => result?,
            };
            if chunk.is_empty() {
                break;
            }
            seen = true;
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let (part, taken) = match end.and_then(|end| chunk.get(..end)) {
                Some(part) => (part, part.len() + 1),
                None => (chunk, chunk.len()),
            };
            too_long |= bytes.len() + part.len() > self.limit;
            if too_long {
                bytes.clear();
            } else {
                bytes.extend_from_slice(part);
            }
            self.reader.consume(taken);
            if end.is_some() {
                break;
            }
        }
        if !seen {
            return Ok(None);
        }
        if too_long {
            return Ok(Some(Line::TooLong));
        }
        // Some editors begin a file with a mark that no JSON may have.
        if self.number == 0 && bytes.starts_with(b"\xef\xbb\xbf") {
            bytes.drain(..3);
        }
        Ok(Some(String::from_utf8(bytes).map_or(Line::NotUtf8, Line::Text)))
    }
}

/// The lines of a journal, each with its line feed: one that has none was cut off.
pub(super) struct Entries {
    reader: Box<dyn BufRead + Send>,
    /// The beginning of a line that was read with a block before it.
    begun: Vec<u8>,
}

/// What was read of a journal at once.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// Whole lines, at least one; the last of the journal may be cut off.
    Lines,
    /// The beginning of a line that is longer than any that is read.
    TooLong,
    End,
}

impl Entries {
    /// Bytes of one line that are read: an entry holds an event several times over.
    pub(super) const LONGEST: usize = 64 * 1024 * 1024;

    pub(super) fn open(path: &Path) -> Result<Self, Stop> {
        if path == Path::new("-") {
            return Ok(Self::new(Box::new(BufReader::new(io::stdin()))));
        }
        let file = File::open(path).map_err(|error| Stop::file(path, said(&error)))?;
        if file.metadata().is_ok_and(|found| found.is_dir()) {
            return Err(Stop::file(path, "is a folder"));
        }
        Ok(Self::new(Box::new(BufReader::new(file))))
    }

    fn new(reader: Box<dyn BufRead + Send>) -> Self {
        Self { reader, begun: Vec::new() }
    }

    /// The next line. What is not UTF-8 reads as what is no entry.
    pub(super) fn next(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        let longest = Self::LONGEST as u64 + 1;
        self.reader.by_ref().take(longest).read_until(b'\n', &mut line)?;
        if line.len() > Self::LONGEST {
            let message = format!("holds a line of more than {} bytes", Self::LONGEST);
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        Ok((!line.is_empty()).then(|| text(line)))
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
                return Ok(if block.is_empty() { Block::End } else { Block::Lines });
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

    fn lines(bytes: &'static [u8], limit: usize) -> Vec<(usize, Line)> {
        // A reader with a small buffer: a line comes in many pieces.
        let reader = BufReader::with_capacity(3, bytes);
        let mut lines = Lines { limit, ..Lines::new(Box::new(reader), "test") };
        std::iter::from_fn(|| lines.next().unwrap()).collect()
    }

    #[test]
    fn lines_keep_their_numbers_across_blank_ones() {
        let found = lines(b"\xef\xbb\xbfa\r\n\n  \nbcdef", 5);
        assert_eq!(found, [(1, Line::Text("a\r".into())), (4, Line::Text("bcdef".into()))]);
    }

    #[test]
    fn blocks_are_whole_lines() {
        let journal: Vec<String> = (1..60).map(|length| "x".repeat(length) + "\n").collect();
        for (end, bytes) in [("", 1), ("", 7), ("", 100), ("cut off", 30), ("", 5000)] {
            let text = journal.concat() + end;
            let mut entries = Entries::new(Box::new(io::Cursor::new(text.clone())));
            let (mut block, mut whole) = (Vec::new(), Vec::new());
            while entries.block(bytes, &mut block).unwrap() == Block::Lines {
                assert!(block.ends_with(b"\n") || whole.len() + block.len() == text.len());
                assert!(block.len() < bytes + 61);
                whole.extend_from_slice(&block);
            }
            assert_eq!(whole, text.as_bytes());
        }
        let long = io::repeat(b'x').take(2 * Entries::LONGEST as u64);
        let long = b"a\n".as_slice().chain(long);
        let mut entries = Entries::new(Box::new(BufReader::new(long)));
        let mut block = Vec::new();
        assert_eq!(entries.block(1 << 20, &mut block).unwrap(), Block::Lines);
        assert_eq!(entries.block(1 << 20, &mut block).unwrap(), Block::TooLong);
    }

    #[test]
    fn a_long_line_is_skipped_and_the_next_is_read() {
        let found = lines(b"123456\n12345\n\xff\n", 5);
        assert_eq!(
            found,
            [(1, Line::TooLong), (2, Line::Text("12345".into())), (3, Line::NotUtf8)]
        );
    }
}
