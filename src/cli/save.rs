//! Writing files: beside where they shall be, made durable, and only then put in their place. Whatever goes wrong, what was
//! there before stays, and no half or empty file is left behind.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Stop;
use super::disk::{is_free, parent};
use super::words::say;

/// What may be in the place of a file that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Nothing: what is there is somebody's.
    New,
    /// What is there is written over.
    Any,
}

/// Writes a whole file.
pub(super) fn save(path: &Path, place: Place, text: &str) -> Result<(), Stop> {
    let mut draft = Draft::new(path, place)?;
    draft.write(text)?;
    draft.finish()
}

/// Writes a whole file, where the caller deals with what goes wrong.
pub(super) fn try_save(path: &Path, place: Place, text: &str) -> io::Result<()> {
    let mut draft = Draft::open(path, place)?;
    draft.file.write_all(text.as_bytes())?;
    draft.put()
}

/// A file that is being written. Dropped before it is finished, it leaves nothing behind.
pub(super) struct Draft {
    /// As it was named.
    path: PathBuf,
    file: File,
    /// Where it is written and where it shall be; `None` where it is written at once: a device, a pipe.
    beside: Option<(PathBuf, PathBuf)>,
    place: Place,
}

impl Draft {
    pub(super) fn new(path: &Path, place: Place) -> Result<Self, Stop> {
        Self::open(path, place).map_err(|error| wrong(path, &error))
    }

    fn open(path: &Path, place: Place) -> io::Result<Self> {
        named(path)?;
        let (target, known) = match (place, fs::metadata(path)) {
            (Place::New, _) if path.symlink_metadata().is_ok() => {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            (_, Ok(found)) if found.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            (_, Ok(found)) if !found.is_file() => {
                let file = File::options().write(true).open(path)?;
                return Ok(Self { path: path.to_owned(), file, beside: None, place });
            }
            // A link stays one: what it leads to is written.
            (_, Ok(found)) => (path.canonicalize()?, Some(found)),
            (_, Err(_)) => (path.to_owned(), None),
        };
        if let Some(found) = &known
            && found.permissions().readonly()
        {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        is_free(&target)?;
        let (file, beside) = beside(&target)?;
        let draft =
            Self { path: path.to_owned(), file, beside: Some((beside.clone(), target)), place };
        if let Some(found) = known {
            fs::set_permissions(&beside, found.permissions())?;
        }
        Ok(draft)
    }

    pub(super) fn write(&mut self, text: &str) -> Result<(), Stop> {
        let written = self.file.write_all(text.as_bytes());
        written.map_err(|error| wrong(&self.path, &error))
    }

    /// Makes what was written durable and puts it in its place.
    pub(super) fn finish(mut self) -> Result<(), Stop> {
        self.put().map_err(|error| wrong(&self.path, &error))
    }

    fn put(&mut self) -> io::Result<()> {
        let Some((beside, target)) = &self.beside else { return self.file.flush() };
        // It may have been read only after it was named.
        is_free(target)?;
        self.file.sync_all()?;
        match self.place {
            Place::Any => fs::rename(beside, target)?,
            // A link is not made where something has come in between. Some file systems have none: there the name is taken
            // first, and given back if it comes to nothing.
            Place::New => match fs::hard_link(beside, target) {
                Ok(()) => fs::remove_file(beside)?,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
                Err(_) => {
                    drop(File::create_new(target)?);
                    fs::rename(beside, target).inspect_err(|_| {
                        let _ = fs::remove_file(target);
                    })?;
                }
            },
        }
        let folder = parent(target).to_owned();
        self.beside = None;
        keep_name(&folder);
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if let Some((beside, _)) = &self.beside {
            // There is nowhere to say that it could not be taken away.
            let _ = fs::remove_file(beside);
        }
    }
}

/// Sees to it that a new name outlives a loss of power, where the system offers that for folders.
pub(super) fn keep_name(folder: &Path) {
    if cfg!(unix) {
        // The file itself is safe; that its name is, some file systems do not promise at all.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

/// A new file in the folder of another, by a name that no walk through folders looks at.
fn beside(target: &Path) -> io::Result<(File, PathBuf)> {
    const TRIES: u32 = 100;
    let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let process = std::process::id();
    for number in 0..TRIES {
        let mut own = std::ffi::OsString::from(".");
        own.push(name);
        own.push(format!(".{process}-{number}.part"));
        // A name may be so long that a longer one is none.
        if own.len() > 250 {
            own = format!(".tresteg-{process}-{number}.part").into();
        }
        let path = target.with_file_name(own);
        match File::create_new(&path) {
            Ok(file) => return Ok((file, path)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// A file that could not be written, and why.
pub(super) fn wrong(path: &Path, error: &io::Error) -> Stop {
    Stop::file(path, said(error))
}

/// Refuses `-`, which elsewhere stands for standard output: nobody looks for a file of this name.
pub(super) fn named(path: &Path) -> io::Result<()> {
    if path != Path::new("-") {
        return Ok(());
    }
    let message = say!(dash);
    Err(io::Error::new(io::ErrorKind::InvalidInput, message))
}

/// Why a file could not be written, in the style of the library's messages.
pub(super) fn said(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => say!(no_folder),
        io::ErrorKind::PermissionDenied => say!(may_not_be_written),
        io::ErrorKind::IsADirectory => say!(is_a_folder),
        io::ErrorKind::AlreadyExists => say!(is_there),
        io::ErrorKind::StorageFull => say!(no_space),
        io::ErrorKind::QuotaExceeded => say!(quota),
        io::ErrorKind::FileTooLarge => {
            say!(too_large_to_write)
        }
        io::ErrorKind::ReadOnlyFilesystem => say!(read_only),
        _ => say!(not_written, error),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder =
            std::env::temp_dir().join(format!("tresteg-save-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn names(folder: &Path) -> Vec<String> {
        let found = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            found.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_is_not_finished_leaves_what_was_there() {
        let folder = folder("draft");
        let path = folder.join("a.txt");
        save(&path, Place::New, "one").unwrap();
        assert!(save(&path, Place::New, "two").is_err());
        let mut draft = Draft::new(&path, Place::Any).unwrap();
        draft.write("half").unwrap();
        drop(draft);
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        save(&path, Place::Any, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        // Somebody else was quicker.
        let mut draft = Draft::new(&folder.join("b.txt"), Place::New).unwrap();
        draft.write("mine").unwrap();
        fs::write(folder.join("b.txt"), "theirs").unwrap();
        assert!(draft.finish().is_err());
        assert_eq!(fs::read_to_string(folder.join("b.txt")).unwrap(), "theirs");
        assert_eq!(names(&folder), ["a.txt", "b.txt"]);
        fs::remove_dir_all(folder).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_links_and_rights_stay_as_they_were() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = folder("link");
        let path = folder.join("real.txt");
        fs::write(&path, "one").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("real.txt", folder.join("link.txt")).unwrap();
        save(&folder.join("link.txt"), Place::Any, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert!(folder.join("link.txt").is_symlink());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        // A link that leads nowhere is taken, too.
        symlink("nothing", folder.join("broken.txt")).unwrap();
        assert!(save(&folder.join("broken.txt"), Place::New, "x").is_err());
        fs::remove_dir_all(folder).unwrap();
    }
}
