//! `tresteg report`: pages about workflows, for people who read and do not run anything.
//!
//! ```text
//! paths ─► library (workflows, and how their scenarios went) ─► page (what is shown) ─► templates ─► DIR/*.html
//! ```

mod library;
mod page;
mod sheets;
mod templates;
use tresteg::language::pages as words;

use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use tresteg::Workflow;
use tresteg::workflow::Counts;

use super::console::Console;
use super::save::{self, Place};
use super::words::say;
use super::{Done, Spoken, Stop, Verdict, workers};
use library::Library;
use templates::Templates;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
DIR gets index.html and for each workflow a page, by the name of its file. They need no network, no
program and no script: open them from the disk, print them, put them on any web server. Scenarios
that lie beside the workflows are run, and how they went stands on the pages.

A workflow of more than 30 000 states, transitions, facts and other parts has no page, and then nothing
is written.

Pages of an earlier report are replaced, each as a whole, and so are empty files. A file of another making is never written over, and nothing
is ever removed.

Exit codes: 0 all is written and every scenario went as expected; 1 a file is wrong (the index names
it) or a scenario did not go as expected; 2 misuse: nothing was found, a file cannot be read or
written.")]
pub(super) struct Arguments {
    /// Workflow files, or folders: every *.json below
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// The folder to write to, made where there is none
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Name the small slips in the rules that no scenario notices, too; takes much longer
    #[arg(long)]
    mutate: bool,
    #[command(flatten)]
    pub(super) spoken: Spoken,
}

pub(super) fn report(arguments: &Arguments, console: &mut Console<'_>) -> Done {
    let language = arguments.spoken.language();
    let library = Library::read(&arguments.paths, console)?;
    if let Some(found) = library.shelf.iter().find(|found| parts(&found.workflow) > PARTS) {
        let message = format!(
            "has {} states, transitions, facts and other parts, more than the {PARTS} that a page is made of",
            parts(&found.workflow)
        );
        return Err(Stop::file(&found.path, message));
    }
    let templates = Templates::new(language).map_err(|error| Stop::Misuse(error.to_string()))?;
    let names = library.shelf.iter().map(|found| found.page.as_str()).chain(["index.html"]);
    let folder = prepare(&arguments.output, names)?;
    let pages = written(&library, &templates, &folder, arguments.mutate)?;
    let index = templates.index(&page::index(&library, &pages));
    let index = index.map_err(|error| Stop::Misuse(error.to_string()))?;
    write(&folder.join("index.html"), &index)?;
    for problem in &library.problems {
        console.report(&problem.report)?;
    }
    let (workflows, scenarios) = (library.shelf.len(), library.scenarios());
    let mut said =
        if workflows == 1 { say!(report_workflow) } else { say!(report_workflows, workflows) };
    said += ", ";
    said += &if scenarios == 1 { say!(report_scenario) } else { say!(report_scenarios, scenarios) };
    said += &match library.failed() {
        0 => String::new(),
        failed => say!(report_failed, failed),
    };
    said += &match library.problems.len() {
        0 => String::new(),
        1 => say!(report_file_wrong),
        wrong => say!(report_files_wrong, wrong),
    };
    said += &match library.suggested() {
        0 => String::new(),
        suggested => say!(report_suggested, suggested),
    };
    let good = library.problems.is_empty() && library.failed() == 0;
    console.line(&folder.join("index.html").display().to_string())?;
    console.line(&format!("{} {said}", if good { "✓" } else { "✗" }))?;
    Ok(Verdict::yes_if(good))
}

/// What a page may tell of: it is made in memory as a whole, some 12 kB a part.
const PARTS: usize = 30_000;

fn parts(workflow: &Workflow) -> usize {
    let Counts { states, transitions, facts, factors, events, .. } = workflow.counts();
    states + transitions + facts + factors + events
}

/// Makes and writes the page of every workflow, as many at a time as there are processors.
fn written(
    library: &Library,
    templates: &Templates,
    folder: &Path,
    mutate: bool,
) -> Result<Vec<page::Summary>, Stop> {
    // Shows itself on a terminal only.
    let bar = ProgressBar::new(u64::try_from(library.shelf.len()).unwrap_or(u64::MAX));
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    let done = workers::all(&library.shelf, |found| {
        let page = page::workflow(library, found, mutate, templates.language());
        let text = templates.workflow(&page);
        let text = text.map_err(|error| Stop::Misuse(error.to_string()));
        let wrote = text.and_then(|text| write(&folder.join(&found.page), &text));
        bar.set_message(found.page.clone());
        bar.inc(1);
        wrote.map(|()| page.summary(&found.page))
    });
    bar.finish_and_clear();
    done.into_iter().collect()
}

/// How a page of ours begins: by this it is told from a file that somebody else put there.
const OURS: &str = "<meta name=\"generator\" content=\"tresteg ";

/// Makes the folder, and sees to it that no file of another making is in the way.
fn prepare<'n>(folder: &Path, names: impl Iterator<Item = &'n str>) -> Result<PathBuf, Stop> {
    save::named(folder).map_err(|error| save::wrong(folder, &error))?;
    std::fs::create_dir_all(folder).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Stop::file(folder, "is no folder"),
        _ => Stop::file(folder, error),
    })?;
    for name in names {
        let path = folder.join(name);
        let Ok(found) = std::fs::symlink_metadata(&path) else { continue };
        if !found.is_file() || !is_ours(&path) {
            let message = "is no page of an earlier report, and is not written over; remove it or choose another folder";
            return Err(Stop::file(&path, message));
        }
    }
    Ok(folder.to_owned())
}

fn is_ours(path: &Path) -> bool {
    use std::io::Read as _;
    let mut start = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(512).read_to_end(&mut start));
    // Where nothing is, nothing is lost: a full disk may have left it so.
    read.is_ok() && (start.is_empty() || String::from_utf8_lossy(&start).contains(OURS))
}

fn write(path: &Path, text: &str) -> Result<(), Stop> {
    save::save(path, Place::Any, text)
}
