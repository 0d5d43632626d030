//! How the claims of a case stand, in words.

use std::io;

use tresteg::case::{ClaimCause, ClaimStatus, ClaimVerdict};
use tresteg::{Case, Language, Workflow};

use super::console::Console;
use super::words::{say, spoken};

pub(super) fn is_broken(claim: &ClaimStatus) -> bool {
    claim.verdict == ClaimVerdict::Broken
}

/// Those that a case has broken, or in which something waits for what must follow.
pub(super) fn stand_out(
    case: &Case,
    language: Language,
    console: &mut Console<'_>,
) -> io::Result<()> {
    let claims: Vec<ClaimStatus> = case
        .claims()
        .into_iter()
        .filter(|claim| matches!(claim.verdict, ClaimVerdict::Broken | ClaimVerdict::Open))
        .collect();
    told(case.workflow(), &claims, language, console)
}

/// One line for each claim.
pub(super) fn told(
    workflow: &Workflow,
    claims: &[ClaimStatus],
    language: Language,
    console: &mut Console<'_>,
) -> io::Result<()> {
    for claim in claims {
        console.line(&line(workflow, claim, language))?;
    }
    Ok(())
}

/// How one claim stands, such as `✗ Four eyes: broken after step 3, …`.
fn line(workflow: &Workflow, claim: &ClaimStatus, language: Language) -> String {
    // A child's title stands in its own file, and was taken from there.
    let name = claim.title.get(language.tag()).unwrap_or(&claim.name);
    let words = spoken();
    let step = claim.step.unwrap_or_default();
    let at = |at: Option<tresteg::DateTime>| {
        at.map(|at| workflow.describe_value("", &at.into(), language)).unwrap_or_default()
    };
    let (mark, said) = match (claim.verdict, claim.cause) {
        (ClaimVerdict::Kept, _) => ("✓", words.claim_kept.to_owned()),
        (ClaimVerdict::Open, _) if claim.due.is_some() => ("·", say!(claim_due, at(claim.due))),
        (ClaimVerdict::Open, _) => ("·", words.claim_open.to_owned()),
        (ClaimVerdict::Broken, Some(ClaimCause::Due)) => {
            ("✗", say!(claim_late, step, at(claim.at)))
        }
        (ClaimVerdict::Broken, Some(ClaimCause::DueUnknown)) => ("✗", say!(claim_no_date, step)),
        (ClaimVerdict::Broken, Some(ClaimCause::End)) => ("✗", say!(claim_ended, step)),
        (ClaimVerdict::Broken, Some(ClaimCause::Failed)) => ("✗", say!(claim_failed, step)),
        (ClaimVerdict::Broken, _) => ("✗", say!(claim_broken, step, at(claim.at))),
        _ => ("?", words.claim_unknown.to_owned()),
    };
    let of = claim.case.as_ref().map(|case| format!("{case}: ")).unwrap_or_default();
    format!("{mark} {of}{name}: {said}")
}
