//! Journals, and the workflow that each was made under: a file, or the one of a folder that means the same.

use std::path::{Path, PathBuf};

use tresteg::Workflow;
use tresteg::journal::{Discrepancy, Provenance};

use super::console::Console;
use super::entries::{Block, Entries};
use super::words::{say, spoken};
use super::{Stop, disk, files, walk};

/// A journal, read from its first line on.
pub(super) struct Journal {
    path: PathBuf,
    entries: Entries,
    /// The first line, until it is asked for.
    first: Option<String>,
}

impl Journal {
    pub(super) fn open(path: &Path) -> Result<Self, Stop> {
        Self::of(path, Entries::open(path)?)
    }

    /// The journal of entries that have been opened already.
    pub(super) fn of(path: &Path, entries: Entries) -> Result<Self, Stop> {
        let mut journal = Self { path: path.to_owned(), entries, first: None };
        journal.first = journal.next()?;
        Ok(journal)
    }

    /// Whether its end was reached in the middle of a line, which is not handed out.
    pub(super) fn is_torn(&self) -> bool {
        self.entries.is_torn()
    }

    /// Whether its end was reached and is one; where it is not, that is said.
    pub(super) fn is_whole(&self, console: &mut Console<'_>) -> Result<bool, Stop> {
        if self.is_torn() {
            console.warn(&say!(torn_told, self.path.display(), spoken().torn))?;
        }
        Ok(!self.is_torn())
    }

    /// Which workflow it was made under.
    pub(super) fn provenance(&self) -> Result<Provenance, Discrepancy> {
        Provenance::of(self.first.as_deref().unwrap_or_default())
    }

    /// The next line that is not blank; one that is no text reads as one that is no entry.
    pub(super) fn next(&mut self) -> Result<Option<String>, Stop> {
        if self.first.is_some() {
            return Ok(self.first.take());
        }
        self.entries.next().map_err(|error| Stop::file(&self.path, disk::said(&error)))
    }

    /// The next lines, about as many bytes as are asked for; from then on only blocks.
    pub(super) fn block(&mut self, bytes: usize, block: &mut Vec<u8>) -> Result<Block, Stop> {
        if let Some(first) = self.first.take() {
            block.clear();
            block.extend_from_slice(first.as_bytes());
            return Ok(Block::Lines);
        }
        let read = self.entries.block(bytes, block);
        read.map_err(|error| Stop::file(&self.path, disk::said(&error)))
    }
}

/// What a command wants of a journal that it cannot have.
pub(super) enum NoRules {
    Stop(Stop),
    /// The journal itself is wrong.
    Journal(Discrepancy),
}

impl From<Stop> for NoRules {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

/// The workflow at a path; in a folder the one that a journal names.
pub(super) fn of(
    journal: &Journal,
    path: &Path,
    console: &mut Console<'_>,
) -> Result<Workflow, NoRules> {
    if !path.is_dir() {
        return Ok(files::workflow(path, console)?);
    }
    let provenance = journal.provenance().map_err(NoRules::Journal)?;
    let mut found = all(&[provenance], &[path.to_owned()], console)?;
    found.pop().ok_or(NoRules::Stop(Stop::Wrong))
}

/// For each of these a workflow from files and folders. What is missing is said.
pub(super) fn all(
    wanted: &[Provenance],
    paths: &[PathBuf],
    console: &mut Console<'_>,
) -> Result<Vec<Workflow>, Stop> {
    let mut found: Vec<Workflow> = Vec::new();
    let mut alike: Vec<(PathBuf, String)> = Vec::new();
    let is_missing =
        |found: &[Workflow], wanted: &Provenance| !found.iter().any(|workflow| wanted.is(workflow));
    for path in paths {
        for file in walk::find(std::slice::from_ref(path), walk::Kind::Workflow, console)? {
            if !wanted.iter().any(|wanted| is_missing(&found, wanted)) {
                return Ok(found);
            }
            let workflow = if path.is_dir() {
                // What else lies in a folder may be wrong in any way.
                match files::load(&file) {
                    Ok(Ok(workflow)) => workflow,
                    _ => continue,
                }
            } else {
                files::workflow(&file, console)?
            };
            if wanted.iter().any(|wanted| wanted.is(&workflow)) {
                found.push(workflow);
            } else {
                alike.push((file, workflow.id().to_owned()));
            }
        }
    }
    let mut missing: Vec<&Provenance> = Vec::new();
    for wanted in wanted {
        if is_missing(&found, wanted) && !missing.contains(&wanted) {
            missing.push(wanted);
        }
    }
    for wanted in &missing {
        let namesake = alike.iter().find(|(_, id)| *id == wanted.workflow);
        let hint = namesake.map_or(String::new(), |(file, _)| say!(has_id, file.display()));
        console.complain(&say!(
            none_is,
            wanted,
            wanted.fingerprint.get(..12).unwrap_or(&wanted.fingerprint),
            hint
        ))?;
    }
    if missing.is_empty() { Ok(found) } else { Err(Stop::Wrong) }
}
