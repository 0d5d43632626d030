//! Paths as they are on the disk, texts that are read from there, and what went wrong with that in words.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::encoding;
use super::words::say;

/// Where a file really is; as it is named where that cannot be told.
pub(super) fn real(path: &Path) -> PathBuf {
    as_on_disk(path).canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// A path with its letters composed as they are on the disk: texts are composed when they are read, names of files are kept as
/// they were given, and some systems give them decomposed (`o` and a diaeresis for `ö`).
pub(super) fn as_on_disk(path: &Path) -> Cow<'_, Path> {
    match path.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            spelt_otherwise(path).map_or(Cow::Borrowed(path), Cow::Owned)
        }
        _ => Cow::Borrowed(path),
    }
}

fn spelt_otherwise(path: &Path) -> Option<PathBuf> {
    let mut found = PathBuf::new();
    for part in path.components() {
        let next = found.join(part);
        let Component::Normal(name) = part else {
            found = next;
            continue;
        };
        if next.symlink_metadata().is_ok() {
            found = next;
            continue;
        }
        let wanted = composed(name.to_str()?);
        let folder = if found.as_os_str().is_empty() { Path::new(".") } else { &found };
        let entries = std::fs::read_dir(folder).ok()?.filter_map(Result::ok);
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        // The first in order, so that it does not depend on the disk.
        let name = names.filter(|name| composed(name) == wanted).min()?;
        found.push(name);
    }
    Some(found)
}

/// A text in Unicode's composed form, as the library reads it.
pub(super) fn composed(text: &str) -> String {
    tresteg::Value::from(text).as_str().unwrap_or_default().to_owned()
}

/// The folder that a file lies in.
pub(super) fn parent(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Files that this process has read, where they really are. What comes of a workflow or a journal must not take its place.
static READ: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Sees to it that a file which is read is not written over.
pub(super) fn protect(path: &Path) {
    if let Ok(real) = path.canonicalize() {
        READ.lock().unwrap_or_else(PoisonError::into_inner).insert(real);
    }
}

/// Whether a file may be written over, given where it really is.
pub(super) fn is_free(target: &Path) -> io::Result<()> {
    match READ.lock().unwrap_or_else(PoisonError::into_inner).contains(target) {
        true => Err(io::Error::new(io::ErrorKind::InvalidInput, say!(is_read))),
        false => Ok(()),
    }
}

/// Reads a text of at most so many bytes and one more, by which the library sees that it is too large. No output of this
/// command takes its place.
pub(super) fn read(path: &Path, limit: usize) -> io::Result<String> {
    protect(path);
    read_once(path, limit)
}

/// Reads a text of at most so many bytes and one more, of a file that may be written over
/// afterwards.
pub(super) fn read_once(path: &Path, limit: usize) -> io::Result<String> {
    let wrong = |message: String| io::Error::new(io::ErrorKind::InvalidData, message);
    let file = File::open(path)?;
    let mut bytes = Vec::new();
    file.take(u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1))
        .read_to_end(&mut bytes)?;
    // Before its size is looked at: what is no text is not too large either.
    if let Some(foreign) = encoding::foreign(&bytes) {
        return Err(wrong(foreign));
    }
    if bytes.len() > limit {
        return Err(wrong(say!(too_large, limit)));
    }
    encoding::text(bytes).map_err(wrong)
}

/// What went wrong with a file, in the style of the library's messages.
pub(super) fn said(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => say!(no_such_file),
        io::ErrorKind::PermissionDenied => say!(may_not_be_read),
        io::ErrorKind::IsADirectory => say!(is_a_folder),
        _ => error.to_string(),
    }
}
