//! `tresteg verify`: whether a journal is whole and follows from its workflow.

use std::io;
use std::path::PathBuf;

use tresteg::Workflow;
use tresteg::case::ClaimStatus;
use tresteg::journal::{Discrepancy, Head, Verified, Verifier};

use super::console::Console;
use super::rules::{self, Journal, NoRules};
use super::words::{language, say, spoken};
use super::{Done, Spoken, Stop, Verdict, claims, journal_blocks};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
A chain of hashes proves that the entries up to a head are those that led to that head. Without
--head, a journal whose end was cut off, or that was written anew as a whole, is as consistent as
the first one: keep heads where the journal is not kept.

Where values were erased, what needs none of them is decided anew as ever, and what does holds if
some values lead to what the entry says. Where more could have been than can be tried, an entry is
checked only in part, and its number is told: its names, times and states can be, what the rules
decided and what was changed is only said. With --strict the answer is then no.

How lines end, blank lines and a mark in front make no difference: the chain covers the entries. A
last line that is torn, as when a process was killed, is told as that; `run --resume` repairs it.

With --claims it says which claims of the workflow the case has kept. Those that ask for what was
erased are not judged.

Exit codes: 0 the journal holds; 1 it does not, with --claims also where one is broken, with
--strict also where an entry was checked only
in part, or the workflow is wrong; 2 misuse.")]
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
    /// Say how the claims of the workflow stand, too; exit code 1 when one is broken
    #[arg(long)]
    claims: bool,
    /// End with exit code 1 when any entry was checked only in part
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    pub(super) spoken: Spoken,
}

pub(super) fn verify(arguments: &Arguments, console: &mut Console<'_>) -> Done {
    let mut journal = Journal::open(&arguments.journal)?;
    let found = match rules::of(&journal, &arguments.workflow, console) {
        Ok(workflow) => {
            let (found, claims) = checked(&mut journal, &workflow, arguments.head.as_ref())?;
            found.map(|verified| (verified, claims, workflow))
        }
        Err(NoRules::Journal(found)) => Err(found),
        Err(NoRules::Stop(stop)) => return Err(stop),
    };
    if journal.is_torn() {
        torn(found.as_ref().map(|(verified, ..)| verified), arguments.json, console)?;
        return Ok(Verdict::No);
    }
    match found {
        Ok((verified, claims, workflow)) => {
            let claims = arguments.claims.then_some(claims);
            told(&verified, claims.as_deref(), arguments.json, console)?;
            let language = arguments.spoken.language();
            if let (Some(claims), false) = (&claims, arguments.json) {
                claims::told(&workflow, claims, language, console)?;
            }
            let is_whole = !arguments.strict || verified.partly.is_empty();
            let are_kept = !claims.iter().flatten().any(claims::is_broken);
            Ok(Verdict::yes_if(is_whole && are_kept))
        }
        Err(found) => {
            if arguments.json {
                let said = serde_json::json!({ "holds": false, "entry": found.line, "message": found.message });
                writeln!(console.out, "{said}")?;
            } else {
                console.line(&format!("✗ {}", found.tell(language())))?;
            }
            Ok(Verdict::No)
        }
    }
}

/// Of a journal whose last line is torn: how far it holds.
fn torn(
    found: Result<&Verified, &Discrepancy>,
    json: bool,
    console: &mut Console<'_>,
) -> io::Result<()> {
    if json {
        let (entry, message) = match found {
            Ok(verified) => (verified.head.sequence.saturating_add(1), spoken().torn.to_owned()),
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
            console.text(&format!("✗ {}", spoken().torn))?;
            console.text(&format!("  {}", say!(chain_before, head.sequence)))?;
            console.text(&format!("  {}", say!(head, head)))
        }
        Err(found) => {
            console.text(&format!("✗ {}", found.tell(language())))?;
            console.text(&format!("✗ {}", spoken().torn))
        }
    }
}

/// What the whole journal comes to.
fn checked(
    journal: &mut Journal,
    workflow: &Workflow,
    head: Option<&Head>,
) -> Result<(Result<Verified, Discrepancy>, Vec<ClaimStatus>), Stop> {
    let mut verifier = Verifier::new(workflow);
    Ok(match journal_blocks::verify(journal, workflow, &mut verifier)? {
        Some(differs) => (Err(differs), Vec::new()),
        None => {
            let claims = verifier.case().map(|case| case.claims()).unwrap_or_default();
            (verifier.finish(head), claims)
        }
    })
}

fn told(
    verified: &Verified,
    claims: Option<&[ClaimStatus]>,
    json: bool,
    console: &mut Console<'_>,
) -> io::Result<()> {
    let Verified { head, recomputed, erased, partly, .. } = verified;
    if json {
        let erased: Vec<_> = erased
            .iter()
            .map(|(entry, part)| serde_json::json!({ "entry": entry, "part": part }))
            .collect();
        let mut said = serde_json::json!({
            "holds": true, "entries": head.sequence, "head": head.to_string(), "recomputed": recomputed, "erased": erased,
            "partly": partly,
        });
        if let (Some(claims), Some(said)) = (claims, said.as_object_mut()) {
            said.insert("claims".to_owned(), serde_json::json!(claims));
        }
        return writeln!(console.out, "{said}");
    }
    let all = head.sequence;
    console.line(&say!(chain_holds, all, recomputed))?;
    console.line(&format!("  {}", say!(head, head)))?;
    if recomputed.saturating_add(partly.len() as u64) < all {
        console.text(&say!(others_erased))?;
    }
    if !partly.is_empty() {
        console.text(&say!(partly, ranges(partly)))?;
    }
    for (entry, part) in erased {
        console.line(&format!("  {}", say!(erased_part, part, entry)))?;
    }
    Ok(())
}

/// Ascending numbers, those that follow one another as one.
fn ranges(numbers: &[u64]) -> String {
    let mut told: Vec<(u64, u64)> = Vec::new();
    for number in numbers {
        match told.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*number) => *last = *number,
            _ => told.push((*number, *number)),
        }
    }
    let told = told.iter().map(|(first, last)| match first == last {
        true => first.to_string(),
        false => format!("{first}–{last}"),
    });
    told.collect::<Vec<String>>().join(", ")
}
