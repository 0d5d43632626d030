//! `tresteg replay`: a case told from its journal.

use std::path::PathBuf;

use tresteg::{Verifier, Workflow};

use super::console::Console;
use super::files::{self, Entries};
use super::run;
use super::verify::next;
use super::{Done, Spoken, Verdict};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
With the workflow that the case ran on, this is its story. With another version or variant of it,
the story goes on until the other rules would have decided otherwise, and says where and what.

Exit codes: 0 told to its end; 1 the journal is damaged, or other rules decide otherwise; 2 misuse.")]
pub(super) struct Arguments {
    /// The journal: a file, or `-` for standard input
    #[arg(value_name = "JOURNAL")]
    journal: PathBuf,
    /// The workflow file
    #[arg(long, value_name = "FILE")]
    workflow: PathBuf,
    /// Stop behind the entry of this number
    #[arg(long, value_name = "NUMBER")]
    until: Option<u64>,
    #[command(flatten)]
    spoken: Spoken,
}

pub(super) fn replay(arguments: &Arguments, console: &mut Console<'_>) -> Done {
    let workflow: Workflow = files::workflow(&arguments.workflow, console)?;
    let language = arguments.spoken.language();
    let mut verifier = Verifier::against(&workflow);
    let mut entries = Entries::open(&arguments.journal)?;
    let until = arguments.until.unwrap_or(u64::MAX);
    console.heading(workflow.about().title(language))?;
    while verifier.head().sequence < until
        && let Some(line) = next(&mut entries, &arguments.journal)?
    {
        if let Err(found) = verifier.line(&line) {
            console.text(&format!("\n✗ {found}"))?;
            return Ok(Verdict::No);
        }
        let number = verifier.head().sequence;
        match verifier.decision() {
            Some(decision) => {
                console.aside(&format!("\n── {number}  {} ──", decision.at))?;
                console.text(&workflow.tell(decision, language))?;
            }
            None => console.aside(&format!("\n── {number}  ? ──"))?,
        }
    }
    if let Some(case) = verifier.case() {
        run::stands(&case, language, console)?;
        for (fact, value) in case.facts() {
            console.text(&format!("  {fact}: {value}"))?;
        }
    }
    Ok(Verdict::Yes)
}
