//! `tresteg schema`: the JSON Schema of the format, of scenarios, of maps of event logs, or of a workflow's facts.

use std::path::PathBuf;

use super::console::Console;
use super::{Done, Spoken, Verdict, files};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Print the facts of this workflow as the JSON Schema of an object instead
    #[arg(long, value_name = "WORKFLOW", conflicts_with = "scenarios")]
    facts: Option<PathBuf>,
    /// Print the JSON Schema of scenario files instead
    #[arg(long)]
    scenarios: bool,
    /// Print the JSON Schema of maps of event logs instead
    #[arg(long, conflicts_with_all = ["facts", "scenarios"])]
    map: bool,
    #[command(flatten)]
    pub(super) spoken: Spoken,
}

pub(super) fn schema(arguments: &Arguments, console: &mut Console<'_>) -> Done {
    match &arguments.facts {
        None if arguments.map => {
            console.out.write_all(tresteg::log::map_schema().trim_end().as_bytes())?;
        }
        None if arguments.scenarios => {
            console.out.write_all(tresteg::scenario::schema().trim_end().as_bytes())?;
        }
        None => console.out.write_all(tresteg::workflow::schema().trim_end().as_bytes())?,
        Some(path) => {
            let workflow = files::workflow(path, console)?;
            let schema = workflow.facts_schema(arguments.spoken.language());
            console.out.write_all(schema.as_bytes())?;
        }
    }
    console.out.write_all(b"\n")?;
    Ok(Verdict::Yes)
}
