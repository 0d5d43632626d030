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

How lines end, blank lines and a mark in front make no difference: the chain covers the entries. A
last line that is torn, as when a process was killed, is told as that; `run --resume` repairs it.

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
    if journal.is_torn() {
        torn(found.as_ref(), arguments.json, console)?;
        return Ok(Verdict::No);
    }
    match found {
        Ok(verified) => {
            told(&verified, arguments.json, console)?;
            Ok(Verdict::Yes)
        }
        Err(found) => {
            if arguments.json {
                let said = serde_json::json!({ "holds": false, "entry": found.line, "message": found.message });
                writeln!(console.out, "{said}")?;
            } else {
                console.line(&format!("✗ {found}"))?;
            }
            Ok(Verdict::No)
        }
    }
}

/// Of a journal whose last line is torn: how far it holds.
fn torn(
    found: Result<&Verified, &Difference>,
    json: bool,
    console: &mut Console<'_>,
) -> io::Result<()> {
    if json {
        let (entry, message) = match found {
            Ok(verified) => (verified.head.sequence.saturating_add(1), rules::TORN.to_owned()),
            Err(found) => (found.line, found.message.clone()),
        };
        let mut said = serde_json::json!({
            "holds": false, "torn": true, "entry": entry, "message": message,
        });
        if let (Ok(Verified { head, .. }), Some(said)) = (found, said.as_object_mut()) {
            said.insert("entries".to_owned(), head.sequence.into());
            said.insert("head".to_owned(), head.to_string().into());
        }
        return console.text(&said.to_string());
    }
    match found {
        Ok(Verified { head, .. }) => {
            console.text(&format!("✗ {}", rules::TORN))?;
            console
                .text(&format!("  the chain of the {} entries before it holds", head.sequence))?;
            console.text(&format!("  head {head}"))
        }
        Err(found) => {
            console.text(&format!("✗ {found}"))?;
            console.text(&format!("✗ {}", rules::TORN))
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
        return writeln!(console.out, "{said}");
    }
    console.line(&format!(
        "✓ the chain of {} entries holds, {recomputed} of them decided anew",
        head.sequence
    ))?;
    console.line(&format!("  head {head}"))?;
    if *recomputed < head.sequence {
        console
            .text("? the others depend on what was erased: some values lead to what they say")?;
    }
    for (entry, part) in erased {
        console.line(&format!("  erased: `{part}` of entry {entry}"))?;
    }
    Ok(())
}
