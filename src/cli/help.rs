//! `tresteg help`: what a command takes, and the chapters of the guide in the terminal.

use clap::CommandFactory as _;

use super::console::Console;
use super::{Done, Stop, Verdict, manual};

/// The chapters by their names, in the order in which one reads them.
const CHAPTERS: [(&str, &str); 10] = [
    ("format", include_str!("../guide/format.md")),
    ("rules", include_str!("../guide/rules.md")),
    ("variants", include_str!("../guide/variants.md")),
    ("scenarios", include_str!("../guide/scenarios.md")),
    ("embedding", include_str!("../guide/embedding.md")),
    ("batch", include_str!("../guide/batch.md")),
    ("journal", include_str!("../guide/journal.md")),
    ("stores", include_str!("../guide/stores.md")),
    ("untrusted", include_str!("../guide/untrusted.md")),
    ("commands", include_str!("../guide/commands.md")),
];

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A command, or a chapter of the guide (in English): format, rules, variants, scenarios,
    /// embedding, batch, journal, stores, untrusted, commands
    #[arg(value_name = "COMMAND|CHAPTER")]
    topic: Option<String>,
}

pub(super) fn help(arguments: &Arguments, console: &mut Console<'_>) -> Done {
    let mut program = super::Arguments::command();
    program.build();
    let Some(topic) = &arguments.topic else {
        let said = program.render_long_help().to_string();
        console.out.write_all(said.as_bytes())?;
        return Ok(Verdict::Yes);
    };
    let command = program.find_subcommand_mut(topic).map(|command| command.render_long_help());
    let chapter = CHAPTERS.iter().find(|(name, _)| name == topic);
    if command.is_none() && chapter.is_none() {
        let names: Vec<&str> = CHAPTERS.iter().map(|(name, _)| *name).collect();
        let shown = tresteg::visible(topic);
        let names = names.join(", ");
        return Err(Stop::Misuse(format!(
            "there is no command and no chapter `{shown}`; the chapters are {names}"
        )));
    }
    let both = command.is_some() && chapter.is_some();
    if let Some(command) = command {
        console.out.write_all(command.to_string().as_bytes())?;
    }
    if both {
        console.out.write_all(b"\n")?;
    }
    if let Some((_, text)) = chapter {
        let text = manual::set(text, console.paint_out);
        console.out.write_all(text.as_bytes())?;
    }
    Ok(Verdict::Yes)
}
