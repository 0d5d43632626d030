//! `tresteg help`: what a command takes, and the chapters of the guide in the terminal.

mod told;

use clap::CommandFactory as _;
use tresteg::Language;

use super::console::{Colour, Console};
use super::words::{language, say};
use super::{Done, Spoken, Stop, Verdict, manual};

/// The chapters by their names, in the order in which one reads them.
const CHAPTERS: [(&str, &str); 12] = [
    ("format", include_str!("../guide/format.md")),
    ("rules", include_str!("../guide/rules.md")),
    ("variants", include_str!("../guide/variants.md")),
    ("children", include_str!("../guide/children.md")),
    ("scenarios", include_str!("../guide/scenarios.md")),
    ("embedding", include_str!("../guide/embedding.md")),
    ("batch", include_str!("../guide/batch.md")),
    ("journal", include_str!("../guide/journal.md")),
    ("logs", include_str!("../guide/logs.md")),
    ("stores", include_str!("../guide/stores.md")),
    ("untrusted", include_str!("../guide/untrusted.md")),
    ("commands", include_str!("../guide/commands.md")),
];

/// Those with tables of what can be written.
const TOLD: [&str; 3] = ["rules", "format", "scenarios"];

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A command, or a chapter of the guide (in English): format, rules, variants, children,
    /// scenarios, embedding, batch, journal, logs, stores, untrusted, commands
    #[arg(value_name = "COMMAND|CHAPTER")]
    topic: Option<String>,
    #[command(flatten)]
    pub(super) spoken: Spoken,
}

/// The help that arguments ask for, in a language that clap does not speak; `None` where clap speaks it.
pub(super) fn asked(words: &[String], language: Language, on_terminal: bool) -> Option<String> {
    if language == Language::English {
        return None;
    }
    let mut program = told::program(built());
    let path = told::path(&program, words);
    let long = !words.iter().any(|word| word == "-h");
    Some(told::page(&mut program, &path, long, Colour::Auto.wanted(on_terminal)))
}

/// The program with what clap adds by itself.
fn built() -> clap::Command {
    let mut program = super::Arguments::command();
    program.build();
    program
}

pub(super) fn help(arguments: &Arguments, console: &mut Console<'_>) -> Done {
    let mut program = built();
    let page = |program: &mut clap::Command, command: Option<&str>| {
        if language() == Language::Swedish {
            let mut program = told::program(program.clone());
            let path: Vec<&str> = command.into_iter().collect();
            return Some(told::page(&mut program, &path, true, false));
        }
        let asked = match command {
            Some(name) => program.find_subcommand_mut(name)?,
            None => program,
        };
        Some(asked.render_long_help().to_string())
    };
    let Some(topic) = &arguments.topic else {
        console.out.write_all(page(&mut program, None).unwrap_or_default().as_bytes())?;
        return Ok(Verdict::Yes);
    };
    let is_command = program.find_subcommand(topic).is_some();
    let command = if is_command { page(&mut program, Some(topic)) } else { None };
    let chapter = CHAPTERS.iter().find(|(name, _)| name == topic);
    if command.is_none() && chapter.is_none() {
        let found = entries(topic);
        if !found.is_empty() {
            let text = manual::set(&found, console.paint_out);
            console.out.write_all(text.as_bytes())?;
            return Ok(Verdict::Yes);
        }
        let names: Vec<&str> = CHAPTERS.iter().map(|(name, _)| *name).collect();
        let shown = tresteg::diagnostic::visible(topic);
        let names = names.join(", ");
        return Err(Stop::Misuse(say!(no_topic, shown, names)));
    }
    let both = command.is_some() && chapter.is_some();
    if let Some(command) = command {
        console.out.write_all(command.as_bytes())?;
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

/// What the tables of the guide say of a function, an operator or a key, under the headings that they stand below. Linear
/// in the guide.
fn entries(word: &str) -> String {
    let mut found = String::new();
    for (chapter, text) in CHAPTERS.iter().filter(|(name, _)| TOLD.contains(name)) {
        let (mut heading, mut head, mut told) = ("", Vec::new(), false);
        let mut goes_on = false;
        for line in text.lines() {
            if line.starts_with('#') {
                (heading, told) = (line.trim_start_matches('#').trim(), false);
            }
            if !line.starts_with('|') {
                head.clear();
                continue;
            }
            if head.len() < 2 {
                head.push(line);
                continue;
            }
            let first = manual::first_cell(line);
            // Further examples stand below, with nothing in front.
            goes_on = if first.is_empty() { goes_on } else { is_named(&first, word) };
            if goes_on {
                if !told {
                    found.push_str(&format!("\n## {chapter}: {heading}\n\n{}\n", head.join("\n")));
                    told = true;
                }
                found.push_str(line);
                found.push('\n');
            }
        }
    }
    found
}

/// Whether the first cell of a row is about a word: `round(number)`, `list.len()`, `a % b`, `at_least`.
fn is_named(cell: &str, word: &str) -> bool {
    let call = cell.split_once('(').map(|(name, _)| name.rsplit('.').next().unwrap_or(name));
    let operator = cell.split_once(' ').and_then(|(_, rest)| rest.split_once(' '));
    cell == word
        || call == Some(word)
        || operator.is_some_and(|(operator, side)| operator == word && side == "b")
        || cell.rsplit_once('.').is_some_and(|(_, name)| name == word)
}
