//! `tresteg verify`: whether a journal is whole and follows from its workflow.

use std::io;
use std::path::PathBuf;

use tresteg::{Difference, Head, Verified, Verifier, Workflow};

use super::console::Console;
use super::rules::{self, Journal, NoRules};
use super::{Done, Stop, Verdict, blocks};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
A chain of hashes proves that the entries up to a head are those that led to that head. Without
--head, a journal whose end was cut off, or that was written anew as a whole, is as consistent as
the first one: keep heads where the journal is not kept.

Exit codes: 0 the journal holds; 1 it does not, or the workflow is wrong; 2 misuse.")]
pub(super) struct Arguments {
    /// The journal: a file, or `-` for standard input
    #[arg(value_name = "JOURNAL")]
    pub journal: PathBuf,
    /// The workflow file that the case ran on, or a folder that holds it
    #[arg(long, value_name = "FILE|FOLDER")]
    workflow: PathBuf,
    /// The head that the journal must lead to, as NUMBER:HASH
    #[arg(long, value_name = "HEAD")]
    head: Option<Head>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn verify(arguments: &Arguments, console: &mut Console<'_>) -> Done {
    let mut journal = Journal::open(&arguments.journal)?;
    let found = match rules::of(&journal, &arguments.workflow, console) {
        Ok(workflow) => checked(&mut journal, &workflow, arguments.head.as_ref())?,
        Err(NoRules::Journal(found)) => Err(found),
        Err(NoRules::Stop(stop)) => return Err(stop),
    };
    match found {
        Ok(verified) => {
            told(&verified, arguments.json, console)?;
            Ok(Verdict::Yes)
        }
        Err(found) => {
            if arguments.json {
                let said = serde_json::json!({ "holds": false, "entry": found.line, "message": found.message });
                console.text(&said.to_string())?;
            } else {
                console.text(&format!("✗ {found}"))?;
            }
            Ok(Verdict::No)
        }
    }
}

/// What the whole journal comes to.
fn checked(
    journal: &mut Journal,
    workflow: &Workflow,
    head: Option<&Head>,
) -> Result<Result<Verified, Difference>, Stop> {
    let mut verifier = Verifier::new(workflow);
    Ok(match blocks::verify(journal, workflow, &mut verifier)? {
        Some(differs) => Err(differs),
        None => verifier.finish(head),
    })
}

fn told(verified: &Verified, json: bool, console: &mut Console<'_>) -> io::Result<()> {
    let Verified { head, recomputed, erased, .. } = verified;
    if json {
        let erased: Vec<_> = erased
            .iter()
            .map(|(entry, part)| serde_json::json!({ "entry": entry, "part": part }))
            .collect();
        let said = serde_json::json!({
            "holds": true, "entries": head.sequence, "head": head.to_string(), "recomputed": recomputed, "erased": erased,
        });
        return console.text(&said.to_string());
    }
    console.text(&format!(
        "✓ the chain of {} entries holds, {recomputed} of them decided anew",
        head.sequence
    ))?;
    console.text(&format!("  head {head}"))?;
    if *recomputed < head.sequence {
        console
            .text("? the others depend on what was erased: some values lead to what they say")?;
    }
    for (entry, part) in erased {
        console.text(&format!("  erased: `{part}` of entry {entry}"))?;
    }
    Ok(())
}
