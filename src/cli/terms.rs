//! Open terms on the screen.

use std::io;

use tresteg::{Case, Language};

use super::console::Console;
use super::words::{filled, wording_in, words};

/// The terms of so many child cases are shown.
const CASES: usize = 20;

/// Every open term with its end, what comes of it and its source; nothing where there is none.
pub(super) fn terms(case: &Case, language: Language, console: &mut Console<'_>) -> io::Result<()> {
    let terms = case.terms();
    if !terms.is_empty() {
        console.heading(&format!("\n{}", words(language).terms))?;
        for line in case.workflow().describe_terms(&terms, wording_in(language)).lines() {
            console.line(&format!("  {line}"))?;
        }
    }
    let (mut left, mut more) = (CASES, 0_usize);
    for address in case.addresses() {
        let Ok(child) = case.at(&address) else { continue };
        let terms = child.terms();
        if terms.is_empty() {
            continue;
        }
        if left == 0 {
            more += 1;
            continue;
        }
        left -= 1;
        let called = case.describe_address(&address, wording_in(language));
        console.heading(&format!("\n{called}: {}", words(language).terms))?;
        for line in child.workflow().describe_terms(&terms, wording_in(language)).lines() {
            console.line(&format!("  {line}"))?;
        }
    }
    if more > 0 {
        console.line(&format!("  {}", filled(words(language).more_cases, &[more.to_string()])))?;
    }
    Ok(())
}
