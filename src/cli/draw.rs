//! `tresteg draw`: a workflow as a picture for other tools.

use std::path::PathBuf;

use clap::ValueEnum;
use tresteg::export;

use super::console::Console;
use super::{Done, Spoken, Stop, Verdict, files};

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// Mermaid's stateDiagram-v2: GitHub, GitLab and many editors show it
    Mermaid,
    /// Graphviz: `dot -Tsvg`
    Dot,
    /// A picture that needs no other tool
    Svg,
}

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The workflow file
    workflow: PathBuf,
    /// What to draw for
    #[arg(long, value_enum, default_value_t = Format::Mermaid)]
    format: Format,
    #[command(flatten)]
    spoken: Spoken,
    /// Write to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn draw(arguments: &Arguments, console: &mut Console<'_>) -> Done {
    let workflow = files::workflow(&arguments.workflow, console)?;
    let language = arguments.spoken.language();
    let drawing = match arguments.format {
        Format::Mermaid => export::mermaid(&workflow, language),
        Format::Dot => export::dot(&workflow, language),
        Format::Svg => {
            let options = export::SvgOptions { language, ..Default::default() };
            export::svg(&workflow, &options)
        }
    };
    match &arguments.output {
        Some(path) => {
            std::fs::write(path, drawing).map_err(|error| Stop::file(path, files::said(&error)))?;
        }
        None => console.out.write_all(drawing.as_bytes())?,
    }
    Ok(Verdict::Yes)
}
