//! A journal on disk: begun, gone on with, and written entry by entry before an answer is given.
//!
//! One process at a time writes to it: it holds a lock for as long as it lives, and looks before each write whether the
//! file is still as it left it, for a lock is only advice.

use std::ffi::OsString;
use std::fs::{File, Metadata, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use tresteg::journal::{Unknown, UnknownPart, Verifier};
use tresteg::{Case, Workflow};

use super::Stop;
use super::console::Console;
use super::encoding;
use super::entries::{self, Entries, Tail};
use super::journal_blocks;
use super::rules::Journal;
use super::words::{say, spoken, wording_in};
use super::{disk, save};

/// What an answer waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Sync {
    /// Its entries are on the disk: they outlive a loss of power
    Line,
    /// Its entries are handed to the system: they outlive the end of this program, however it ends
    None,
}

/// Where entries are kept.
pub(super) struct JournalFile {
    file: File,
    path: PathBuf,
    salt: [u8; 32],
    sync: Sync,
    /// Bytes of the file as it was left.
    length: u64,
    /// The last line is whole but has no line feed, or white space stands behind it.
    lacks_feed: bool,
}

impl JournalFile {
    /// Begins a journal.
    pub(super) fn new(path: &Path, sync: Sync) -> Result<Self, Stop> {
        save::named(path).map_err(|error| save::wrong(path, &error))?;
        // A journal that is there is somebody's: it is not written over.
        let file = File::options().read(true).append(true).create_new(true).open(path);
        let file = file.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => {
                let is_file = path.metadata().is_ok_and(|found| found.is_file());
                Stop::file(
                    path,
                    if is_file { spoken().journal_is_there } else { spoken().journal_is_other },
                )
            }
            _ => save::wrong(path, &error),
        })?;
        lock(&file, path)?;
        if sync == Sync::Line {
            save::keep_name(disk::parent(path));
        }
        Ok(Self::of(file, path, sync, 0))
    }

    fn of(file: File, path: &Path, sync: Sync, length: u64) -> Self {
        disk::protect(path);
        Self { file, path: path.to_owned(), salt: unguessable(), sync, length, lacks_feed: false }
    }

    /// Opens a journal to go on with, and gives the case as it stands behind the last entry; `None` where the journal holds
    /// none. What is wrong with it is said, and then nothing is changed.
    pub(super) fn resume(
        path: &Path,
        sync: Sync,
        workflow: &Workflow,
        console: &mut Console<'_>,
    ) -> Result<(Self, Option<Case>), Stop> {
        save::named(path).map_err(|error| save::wrong(path, &error))?;
        let wrong = |error: io::Error| Stop::file(path, disk::said(&error));
        let file = File::options().read(true).append(true).open(path);
        // Who may read it may not have to be told so: what is missing is to write.
        let file = file.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => wrong(error),
            _ if path.is_dir() => wrong(io::ErrorKind::IsADirectory.into()),
            _ => save::wrong(path, &error),
        })?;
        let found = file.metadata().map_err(wrong)?;
        if !found.is_file() {
            return Err(Stop::file(path, spoken().not_gone_on));
        }
        lock(&file, path)?;
        let case = match verified(&file, path, workflow)? {
            Ok(case) => case,
            Err(found) => {
                console.complain(&say!(left_as_is, path.display(), found))?;
                return Err(Stop::Wrong);
            }
        };
        let mut keeper = Self::of(file, path, sync, found.len());
        let tail = keeper.tail().map_err(wrong)?;
        match Tail::of(&tail) {
            Tail::Torn => keeper.cut(&tail, case.as_ref(), console)?,
            Tail::Blank | Tail::Whole => keeper.lacks_feed = !tail.is_empty(),
            Tail::Returns => return Err(Stop::file(path, entries::RETURNS)),
        }
        if case.is_none() {
            let name = path.display();
            console.warn(&say!(no_entry, name))?;
        }
        Ok((keeper, case))
    }

    /// What stands behind the last line feed, or behind the mark in front of the only line.
    fn tail(&self) -> io::Result<Vec<u8>> {
        const PIECE: u64 = 64 * 1024;
        let mut file = &self.file;
        let mut tail = Vec::new();
        let mut start = self.length;
        // A longer line would not have been verified.
        while start > 0 && tail.len() <= Entries::LONGEST {
            let before = start.saturating_sub(PIECE);
            file.seek(SeekFrom::Start(before))?;
            let mut piece = Vec::new();
            file.take(start - before).read_to_end(&mut piece)?;
            let feed = piece.iter().rposition(|byte| *byte == b'\n');
            if let Some(feed) = feed {
                piece.drain(..=feed);
            }
            piece.append(&mut tail);
            tail = piece;
            if feed.is_some() {
                break;
            }
            start = before;
        }
        if start == 0 && tail.starts_with(encoding::MARK) {
            tail.drain(..encoding::MARK.len());
        }
        Ok(tail)
    }

    /// Cuts a torn line off, and keeps it beside.
    fn cut(
        &mut self,
        tail: &[u8],
        case: Option<&Case>,
        console: &mut Console<'_>,
    ) -> Result<(), Stop> {
        let torn = self.put_aside(tail)?;
        let bytes = u64::try_from(tail.len()).unwrap_or(u64::MAX);
        let whole = self.length.saturating_sub(bytes);
        let cut = self.file.set_len(whole).and_then(|()| self.file.sync_all());
        cut.map_err(|error| save::wrong(&self.path, &error))?;
        self.length = whole;
        let behind = match case {
            Some(case) => say!(behind_entry, case.head().sequence),
            None => String::new(),
        };
        let (path, torn) = (self.path.display(), torn.display());
        let message = say!(was_torn, path, bytes, behind, torn);
        Ok(console.warn(&message)?)
    }

    /// Writes what was torn into a file of its own; one that is there already is left alone.
    fn put_aside(&self, tail: &[u8]) -> Result<PathBuf, Stop> {
        const MOST: u32 = 10_000;
        let mut path = self.path.clone();
        for number in 1..MOST {
            let mut name = OsString::from(self.path.as_os_str());
            name.push(".torn");
            if number > 1 {
                name.push(format!("-{number}"));
            }
            path = name.into();
            let written = File::create_new(&path).and_then(|mut file| {
                let written = file.write_all(tail).and_then(|()| file.sync_all());
                written.inspect_err(|_| {
                    let _ = std::fs::remove_file(&path);
                })
            });
            match written {
                Ok(()) => {
                    save::keep_name(disk::parent(&path));
                    return Ok(path);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(save::wrong(&path, &error)),
            }
        }
        Err(Stop::file(&path, spoken().all_there))
    }

    /// Takes the entries of an answer from its case and writes them, all at once; they are on the disk then, if that is
    /// asked for. Where that fails, what was written of them is taken back.
    pub(super) fn keep(&mut self, case: &mut Case) -> Result<(), Stop> {
        let mut text = String::new();
        if self.lacks_feed {
            text.push('\n');
        }
        let before = text.len();
        let taken: Result<(), std::convert::Infallible> = case.hand_entries(&self.salt, |entry| {
            text.push_str(&entry.line);
            text.push('\n');
            Ok(())
        });
        let Ok(()) = taken;
        if text.len() == before {
            return Ok(());
        }
        if !self.is_ours() {
            let message = spoken().changed_meanwhile;
            return Err(Stop::file(&self.path, message));
        }
        let written = self.file.write_all(text.as_bytes()).and_then(|()| match self.sync {
            Sync::Line => self.file.sync_data(),
            Sync::None => Ok(()),
        });
        if let Err(error) = written {
            // Where that fails, too, the next who goes on with it finds a torn line.
            let _ = self.file.set_len(self.length);
            return Err(save::wrong(&self.path, &error));
        }
        self.length = self.length.saturating_add(text.len() as u64);
        self.lacks_feed = false;
        Ok(())
    }

    /// Whether the file is the one that was opened, and as long as it was left.
    fn is_ours(&self) -> bool {
        let is_as_left = |found: &Metadata| found.len() == self.length;
        let (Ok(own), Ok(named)) = (self.file.metadata(), std::fs::metadata(&self.path)) else {
            return false;
        };
        is_as_left(&own) && is_as_left(&named) && is_same(&own, &named)
    }
}

#[cfg(unix)]
fn is_same(one: &Metadata, two: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (one.dev(), one.ino()) == (two.dev(), two.ino())
}

#[cfg(not(unix))]
fn is_same(_: &Metadata, _: &Metadata) -> bool {
    true
}

/// Keeps others out who ask, too.
fn lock(file: &File, path: &Path) -> Result<(), Stop> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(Stop::file(path, spoken().is_written)),
        // A file system without locks: what somebody else writes is found all the same.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
    }
}

/// The case of a journal that holds, behind its last whole entry.
fn verified(
    file: &File,
    path: &Path,
    workflow: &Workflow,
) -> Result<Result<Option<Case>, String>, Stop> {
    let wrong = |error: io::Error| Stop::file(path, disk::said(&error));
    let reader = file.try_clone().map_err(wrong)?;
    let mut journal = Journal::of(path, Entries::of(reader).map_err(wrong)?)?;
    let mut verifier = Verifier::new(workflow);
    if let Some(found) = journal_blocks::verify(&mut journal, workflow, &mut verifier)? {
        return Ok(Err(found.tell(super::words::language())));
    }
    if verifier.head().sequence == 0 {
        return Ok(Ok(None));
    }
    let case = verifier.case();
    // Steps that were due may be missing at the end, where it was cut off between the entries of one answer: they are taken
    // first by whatever comes next.
    Ok(match case {
        Some(case) => Ok(Some(case)),
        None => {
            let unknown = verifier.unknown();
            let mut told: Vec<String> =
                unknown.iter().take(TOLD).map(|one| unknown_in_words(workflow, one)).collect();
            if unknown.len() > TOLD {
                told.push("…".to_owned());
            }
            Err(say!(erased_needed, told.join("; ")))
        }
    })
}

/// So many things that are not known are named.
const TOLD: usize = 5;

fn unknown_in_words(workflow: &Workflow, unknown: &Unknown) -> String {
    let what = match &unknown.what {
        UnknownPart::Fact(name) => say!(unknown_value, name),
        UnknownPart::Sent(event) => say!(unknown_sent, event),
        UnknownPart::Past => spoken().unknown_past.to_owned(),
        UnknownPart::Signature => spoken().unknown_signature.to_owned(),
        UnknownPart::Step(entry) => say!(unknown_step, entry),
        _ => spoken().unknown_changes.to_owned(),
    };
    match unknown.case.as_deref() {
        None => what,
        Some(case) => {
            let wording = wording_in(super::words::language());
            format!("{}: {what}", workflow.describe_address(case, wording))
        }
    }
}

/// Bytes from the keys that the standard library draws from the system for its hash maps.
fn unguessable() -> [u8; 32] {
    use std::hash::{BuildHasher, Hasher};
    let mut salt = [0; 32];
    for (number, part) in salt.chunks_mut(8).enumerate() {
        let mut hasher = std::hash::RandomState::new().build_hasher();
        hasher.write_usize(number);
        part.copy_from_slice(&hasher.finish().to_le_bytes());
    }
    salt
}
