//! Open terms on the screen.

use std::io;

use tresteg::{Case, Language};

use super::console::Console;
use super::words::{wording_in, words};

/// Every open term with its end, what comes of it and its source; nothing where there is none.
pub(super) fn terms(case: &Case, language: Language, console: &mut Console<'_>) -> io::Result<()> {
    let terms = case.terms();
    if terms.is_empty() {
        return Ok(());
    }
    console.heading(&format!("\n{}", words(language).terms))?;
    for line in case.workflow().describe_terms(&terms, wording_in(language)).lines() {
        console.line(&format!("  {line}"))?;
    }
    Ok(())
}
