//! The help of commands in Swedish: clap's own pages with other texts.
//!
//! The texts stand in `sv.txt`: a line `= COMMAND --option value` and below it what is said. What stands without a command
//! is for every command that says nothing of its own; `<` is what stands below the options, `#` a heading.

use clap::builder::{PossibleValuesParser, StyledStr};
use clap::{Arg, Command};

const SWEDISH: &str = include_str!("sv.txt");

/// What clap says itself.
const FIXED: [(&str, &str); 8] = [
    ("Usage:", "Användning:"),
    ("Commands:", "Kommandon:"),
    ("Arguments:", "Argument:"),
    ("Options:", "Flaggor:"),
    ("Possible values:", "Möjliga värden:"),
    ("[possible values: ", "[möjliga värden: "),
    ("[default: ", "[förval: "),
    ("[aliases: ", "[även: "),
];

/// The page of a command, or of the whole program where none is named.
pub(super) fn page(
    program: &mut Command,
    command: Option<&str>,
    long: bool,
    colour: bool,
) -> String {
    let found = command.filter(|name| program.find_subcommand(name).is_some());
    let asked = match found {
        Some(name) => program.find_subcommand_mut(name),
        None => Some(program),
    };
    let Some(asked) = asked else { return String::new() };
    let page: StyledStr = if long { asked.render_long_help() } else { asked.render_help() };
    let mut said = if colour { page.ansi().to_string() } else { page.to_string() };
    for (english, swedish) in FIXED {
        said = said.replace(english, swedish);
    }
    said
}

/// The program with Swedish texts: to be shown, not to parse by.
pub(super) fn program(built: Command) -> Command {
    let mut program = translated(built, "tresteg");
    let names: Vec<String> =
        program.get_subcommands().map(|one| one.get_name().to_owned()).collect();
    for name in names {
        program = program.mut_subcommand(name.clone(), |command| translated(command, &name));
    }
    program
}

fn translated(mut command: Command, name: &str) -> Command {
    if let Some(said) = text(name) {
        command = command.about(said);
    }
    if let Some(said) = text(&format!("{name} <")) {
        command = command.after_help(said);
    }
    command.mut_args(|arg| {
        let key = key(&arg);
        let heading = arg.get_help_heading().and_then(|said| text(&format!("{name} #{said}")));
        let values: Vec<_> = arg
            .get_possible_values()
            .into_iter()
            .map(|value| {
                let said = own_or_common(name, &format!("{key} {}", value.get_name()));
                said.map_or_else(|| value.clone(), |said| value.clone().help(said))
            })
            .collect();
        let mut arg = match own_or_common(name, &key) {
            Some(said) => arg.help(said).long_help(said),
            None => arg,
        };
        if let Some(heading) = heading {
            arg = arg.help_heading(heading);
        }
        let takes_values = arg.get_action().takes_values() && !values.is_empty();
        if takes_values { arg.value_parser(PossibleValuesParser::new(values)) } else { arg }
    })
}

/// `--facts`, `WORKFLOW`.
fn key(arg: &Arg) -> String {
    match arg.get_long() {
        Some(long) => format!("--{long}"),
        None => {
            let named = arg.get_value_names().and_then(<[_]>::first);
            named.map_or_else(|| arg.get_id().as_str().to_uppercase(), ToString::to_string)
        }
    }
}

fn own_or_common(command: &str, key: &str) -> Option<&'static str> {
    text(&format!("{command} {key}")).or_else(|| text(key))
}

fn texts() -> impl Iterator<Item = (&'static str, &'static str)> {
    let entries = SWEDISH.strip_prefix("= ").unwrap_or(SWEDISH).split("\n= ");
    entries.filter_map(|entry| entry.split_once('\n')).map(|(key, said)| (key, said.trim_end()))
}

fn text(key: &str) -> Option<&'static str> {
    texts().find(|(known, _)| *known == key).map(|(_, said)| said)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory as _;

    use super::*;

    /// Whatever a command says has a Swedish text, and every text is said.
    #[test]
    fn every_text_is_said_in_swedish() {
        let mut program = super::super::super::Arguments::command();
        program.build();
        let mut missing = Vec::new();
        let mut used: BTreeSet<String> = BTreeSet::new();
        let mut ask = |own: String, common: Option<String>| match [Some(own.clone()), common]
            .into_iter()
            .flatten()
            .find(|key| text(key).is_some())
        {
            Some(key) => drop(used.insert(key)),
            None => missing.push(own),
        };
        let commands = std::iter::once(&program).chain(program.get_subcommands());
        for command in commands {
            let name = command.get_name();
            ask(name.to_owned(), None);
            if command.get_after_help().is_some() {
                ask(format!("{name} <"), None);
            }
            for arg in command.get_arguments() {
                let key = key(arg);
                ask(format!("{name} {key}"), Some(key.clone()));
                if let Some(said) = arg.get_help_heading() {
                    ask(format!("{name} #{said}"), None);
                }
                for value in arg.get_possible_values().iter().filter(|one| one.get_help().is_some())
                {
                    let key = format!("{key} {}", value.get_name());
                    ask(format!("{name} {key}"), Some(key));
                }
            }
        }
        assert!(missing.is_empty(), "sv.txt lacks: {missing:#?}");
        let idle: Vec<&str> =
            texts().map(|(key, _)| key).filter(|key| !used.contains(*key)).collect();
        assert!(idle.is_empty(), "nothing says: {idle:#?}");
    }
}
