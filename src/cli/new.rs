//! `tresteg new`: a small workflow to begin with.

use std::io;
use std::path::PathBuf;

use tresteg::diagnostic::visible;

use super::console::Console;
use super::save::{self, Place};
use super::{Done, Spoken, Stop, Verdict};

const STARTER: &str = include_str!("starter.json");

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The file to write
    #[arg(default_value = "workflow.json")]
    path: PathBuf,
    /// Write over a file that exists
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    pub(super) spoken: Spoken,
}

pub(super) fn new(arguments: &Arguments, console: &mut Console<'_>) -> Done {
    let path = &arguments.path;
    if path.is_dir() {
        let file = path.join("workflow.json");
        let message = format!("is a folder; name a file, such as {}", file.display());
        return Err(Stop::file(path, message));
    }
    let place = if arguments.force { Place::Any } else { Place::New };
    save::try_save(path, place, STARTER).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Stop::file(path, "exists already; --force writes over it"),
        _ => save::wrong(path, &error),
    })?;
    let shown = path.display().to_string();
    let shown = visible(&shown);
    let steps = format!(
        "{shown} is written: a workflow with comments that say what is what\n\n\
         next:\n  \
         tresteg check {shown}      after each change\n  \
         tresteg run {shown}        play a case through it\n  \
         tresteg explain {shown}    what a case could do at the start\n  \
         tresteg draw {shown}       a picture of it, for Mermaid\n"
    );
    console.text(&steps)?;
    Ok(Verdict::Yes)
}
