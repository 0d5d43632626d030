//! `tresteg test --watch`: runs again what rests on a file that changes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use notify::{Config, Event, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::console::Console;
use super::suites::Ran;
use super::words::say;
use super::{Done, Stop, walk};

/// So long nothing must change before it is run: an editor writes a file in several moves.
const QUIET: Duration = Duration::from_millis(200);

/// Runs until it is stopped from outside, or what it watches cannot be watched: first `paths`, then whichever below `below`
/// rests on what changed. `run` runs files of scenarios and gives what came of each.
pub(super) fn watch(
    below: &[PathBuf],
    paths: Vec<PathBuf>,
    console: &mut Console<'_>,
    run: impl Fn(&[PathBuf], &mut Console<'_>, &mut dyn FnMut(Ran)) -> Result<(), Stop>,
) -> Done {
    let wrong = |error: notify::Error| Stop::Misuse(say!(cannot_watch, error));
    let (send, receive) = mpsc::channel();
    // What a link leads to is nothing of the folder.
    let config = Config::default().with_follow_symlinks(false);
    let mut watcher = RecommendedWatcher::new(send, config).map_err(wrong)?;
    // Before the first run: what changes meanwhile is not missed.
    for path in below {
        let folder = folder(path);
        let mode =
            if path.is_dir() { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
        watcher.watch(folder, mode).map_err(wrong)?;
    }
    let mut rests_on: BTreeMap<PathBuf, BTreeSet<PathBuf>> = BTreeMap::new();
    let mut due = paths;
    loop {
        if !due.is_empty() {
            run(&due, console, &mut |ran| {
                rests_on.insert(ran.path, ran.rests_on);
            })?;
            console.aside(&say!(waiting))?;
            console.out.flush()?;
        }
        let changed = changes(&receive)?;
        // A folder may be empty for a moment, or a file away while it is written.
        let found = walk::look(below, walk::Kind::Scenario);
        let found = found.map(|found| found.files).unwrap_or_default();
        rests_on.retain(|path, _| found.contains(path));
        let concerned = |path: &PathBuf| match rests_on.get(path) {
            None => path.is_file(),
            Some(files) => files.iter().any(|file| changed.contains(file)),
        };
        due = found.into_iter().filter(concerned).collect();
    }
}

/// The files of the next changes, once there are no more for a while.
fn changes(receive: &Receiver<notify::Result<Event>>) -> Result<BTreeSet<PathBuf>, Stop> {
    let mut changed = BTreeSet::new();
    loop {
        let next = match changed.is_empty() {
            true => receive.recv().map_err(|mpsc::RecvError| RecvTimeoutError::Disconnected),
            false => receive.recv_timeout(QUIET),
        };
        match next {
            // That a file is read, by this program for one, changes nothing.
            Ok(Ok(event)) if event.kind.is_access() => {}
            Ok(Ok(event)) => changed.extend(event.paths.iter().map(|path| real(path))),
            Ok(Err(error)) => return Err(Stop::Misuse(say!(cannot_watch, error))),
            Err(RecvTimeoutError::Timeout) => return Ok(changed),
            // The watcher is gone, and nothing will come any more.
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Stop::Misuse(say!(not_watched)));
            }
        }
    }
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        _ if path.is_dir() => path,
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Where a file is or was: one that was removed has only its folder left to be found.
fn real(path: &Path) -> PathBuf {
    let inside = || Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?));
    path.canonicalize().ok().or_else(inside).unwrap_or_else(|| path.to_owned())
}
