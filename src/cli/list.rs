//! `tresteg list`: a catalogue of workflows.

use std::path::{Path, PathBuf};

use tresteg::Workflow;

use super::console::Console;
use super::{Done, Spoken, Verdict, files, walk};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Workflow files, or folders: every *.json below that is no *.scenario.json
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// One JSON object a line instead of a table
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pub(super) spoken: Spoken,
}

pub(super) fn list(arguments: &Arguments, console: &mut Console<'_>) -> Done {
    let language = arguments.spoken.language();
    let mut good = true;
    let mut rows: Vec<[String; 7]> = Vec::new();
    for path in walk::find(&arguments.paths, walk::Kind::Workflow, console)? {
        let workflow: Workflow = match files::load(&path)? {
            Ok(workflow) => workflow,
            Err(report) => {
                console.report(&report)?;
                good = false;
                continue;
            }
        };
        // The name of the file alone: workflows of one folder extend each other.
        let base = workflow.base().and_then(|base| Path::new(base).file_stem());
        let base = base.map(|stem| stem.to_string_lossy().into_owned());
        let counts = workflow.counts();
        let title = workflow.about().title(language).to_owned();
        if arguments.json {
            let row = serde_json::json!({
                "file": path.display().to_string(), "id": workflow.id(), "version": workflow.version(),
                "title": title, "extends": base, "states": counts.states, "transitions": counts.transitions,
                "factors": counts.factors, "terms": counts.terms, "facts": counts.facts, "events": counts.events,
                "invokes": workflow.invokes().map(|invoke| invoke.workflow().id().to_owned()).collect::<Vec<_>>(),
            });
            serde_json::to_writer(&mut *console.out, &row).map_err(std::io::Error::from)?;
            console.out.write_all(b"\n")?;
            continue;
        }
        let numbers = [counts.states, counts.transitions, counts.factors, counts.terms];
        let [states, transitions, factors, terms] = numbers.map(|number| number.to_string());
        let base = base.unwrap_or_default();
        rows.push([workflow.id().to_owned(), title, base, states, transitions, factors, terms]);
    }
    if !arguments.json {
        table(&rows, console)?;
    }
    Ok(Verdict::yes_if(good))
}

/// A table that is Markdown too.
fn table(rows: &[[String; 7]], console: &mut Console<'_>) -> Result<(), super::Stop> {
    let words = super::words::spoken();
    let head = [
        words.head_workflow,
        words.head_title,
        words.head_extends,
        words.head_states,
        words.head_transitions,
        words.head_factors,
        words.head_terms,
    ];
    let head = head.map(str::to_owned);
    let line = [const { String::new() }; 7].map(|_: String| "---".to_owned());
    for row in [&head, &line].into_iter().chain(rows) {
        let cells = row.each_ref().map(|cell| plain(cell));
        console.line(&format!("| {} |", cells.join(" | ")))?;
    }
    Ok(())
}

/// A cell that ends where it should and is neither code, nor a link, nor HTML. Underlines in names mean nothing to Markdown.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        if matches!(letter, '\\' | '|' | '`' | '*' | '[' | ']' | '<' | '>' | '&' | '~') {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}
