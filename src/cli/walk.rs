//! Folders: what files are meant by one, and that nothing outside of it is read.
//!
//! A file or folder that is named on the command line may be a link, for whoever names it means it. What is found in a
//! folder is read only where it really lies in that folder: a link could lead to anything, and a report shows lines of it.

use std::collections::BTreeMap;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde_json::value::RawValue;
use tresteg::Limits;

use super::Stop;
use super::console::Console;
use super::disk::{as_on_disk, parent, read, said};
use super::words::{say, spoken};

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

/// Whether a file is one of scenarios, by its name.
pub(super) fn is_scenario(name: &str) -> bool {
    name.ends_with(".scenario.json")
}

/// What was found, and what was passed over: a path with the reason.
#[derive(Default)]
pub(super) struct Found {
    pub files: Vec<PathBuf>,
    passed_over: Vec<(PathBuf, &'static str)>,
}

/// The files meant: those named, and of folders what looks like one of the kind, in the order of their names. What is
/// passed over is said.
pub(super) fn find(
    paths: &[PathBuf],
    kind: Kind,
    console: &mut Console<'_>,
) -> Result<Vec<PathBuf>, Stop> {
    let found = look(paths, kind)?;
    found.say(console)?;
    Ok(found.files)
}

/// The files meant, without a word about what is passed over: for those who look again and again.
pub(super) fn look(paths: &[PathBuf], kind: Kind) -> Result<Found, Stop> {
    let mut all = Found::default();
    for path in paths {
        if !path.is_dir() {
            all.files.push(path.clone());
            continue;
        }
        let before = all.files.len();
        below(path, kind, true, &mut all)?;
        if all.files.len() == before {
            let lacks = match kind {
                Kind::Scenario => spoken().no_scenario_in,
                Kind::Workflow | Kind::Any => spoken().no_workflow_in,
            };
            let but = all.passed_over.iter().find(|(passed, _)| passed.starts_with(path));
            let but = but.map(|(passed, why)| format!("; {} {why}", passed.display()));
            return Err(Stop::file(path, format!("{lacks}{}", but.unwrap_or_default())));
        }
    }
    Ok(all)
}

/// The scenario files in a folder, not below.
pub(super) fn scenarios_in(folder: &Path, console: &mut Console<'_>) -> Result<Vec<PathBuf>, Stop> {
    let mut found = Found::default();
    below(folder, Kind::Scenario, false, &mut found)?;
    found.say(console)?;
    Ok(found.files)
}

impl Found {
    fn say(&self, console: &mut Console<'_>) -> io::Result<()> {
        for (path, why) in &self.passed_over {
            console.warn(&say!(passed_over, path.display(), why))?;
        }
        Ok(())
    }
}

/// Whether a file is a JSON Schema, as editors want them beside the files that they describe: it says so, and says nothing
/// that a workflow or a file of scenarios must say. What cannot be read is none; whoever reads it says why.
fn is_schema(path: &Path) -> bool {
    const MARK: &[u8] = b"json-schema.org";
    const BEGINS: usize = 4_096;
    let mut start = Vec::new();
    let read =
        std::fs::File::open(path).and_then(|file| file.take(BEGINS as u64).read_to_end(&mut start));
    if read.is_err() || !start.windows(MARK.len()).any(|part| part == MARK) {
        return false;
    }
    let limit = Limits::default().definition_bytes;
    let Ok(text) = super::disk::read(path, limit) else { return false };
    let keys: BTreeMap<String, &RawValue> = serde_json::from_str(&text).unwrap_or_default();
    let says = keys.get("$schema").is_some_and(|value| value.get().contains("json-schema.org"));
    says && !["states", "extends", "scenarios", "workflow"]
        .iter()
        .any(|key| keys.contains_key(*key))
}

/// Files of a folder and perhaps below. Links to folders are not followed, so that no circle is walked; hidden entries are
/// passed over.
fn below(folder: &Path, kind: Kind, deep: bool, all: &mut Found) -> Result<(), Stop> {
    let root = folder.canonicalize().map_err(|error| Stop::file(folder, said(&error)))?;
    let mut found = Found::default();
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
            let (path, is) = (entry.path(), entry.file_type().map_err(wrong)?);
            if is.is_dir() {
                if deep {
                    waiting.push(path);
                }
            } else if is.is_symlink() {
                match path.canonicalize() {
                    Ok(to) if !to.starts_with(&root) => {
                        if kind.has(&name) || deep && to.is_dir() {
                            found.passed_over.push((path, spoken().link_out));
                        }
                    }
                    // A folder inside is walked where it really is.
                    Ok(to) if !kind.has(&name) || to.is_dir() => {}
                    Ok(to) if to.is_file() => found.files.push(path),
                    Ok(_) => found.passed_over.push((path, spoken().no_file)),
                    Err(_) if kind.has(&name) => {
                        found.passed_over.push((path, spoken().link_nowhere))
                    }
                    Err(_) => {}
                }
            } else if kind.has(&name) {
                match is.is_file() {
                    true if is_schema(&path) => found.passed_over.push((path, spoken().a_schema)),
                    true => found.files.push(path),
                    false => found.passed_over.push((path, spoken().no_file)),
                }
            }
        }
    }
    found.files.sort();
    found.passed_over.sort();
    all.files.append(&mut found.files);
    all.passed_over.append(&mut found.passed_over);
    Ok(())
}

/// The folder that nothing outside of is read for a workflow: a workflow from a stranger could name any file.
pub(super) struct Folder {
    root: PathBuf,
}

impl Folder {
    pub(super) fn of(file: &Path) -> Result<Self, String> {
        let root = parent(file).canonicalize().map_err(|error| said(&error))?;
        Ok(Self { root })
    }

    pub(super) fn read(&self, path: &Path, limit: usize) -> Result<String, String> {
        read(&self.locate(path)?, limit).map_err(|error| said(&error))
    }

    /// Where a file really is, if that is inside.
    pub(super) fn locate(&self, path: &Path) -> Result<PathBuf, String> {
        // Links are followed first: where the file really is counts, and that path is opened.
        let found = as_on_disk(path).canonicalize().map_err(|error| said(&error))?;
        if !found.starts_with(&self.root) {
            let message = spoken().outside;
            return Err(message.to_owned());
        }
        if !found.is_file() {
            return Err(say!(is_no_file));
        }
        Ok(found)
    }
}
