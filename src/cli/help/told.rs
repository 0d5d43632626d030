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

/// The command that words name, from the outermost to the innermost.
pub(super) fn path<'w>(program: &Command, words: &'w [String]) -> Vec<&'w str> {
    let mut path = Vec::new();
    let mut here = program;
    for word in words {
        if let Some(inner) = here.find_subcommand(word) {
            here = inner;
            path.push(word.as_str());
        }
    }
    path
}

/// The page of a command, or of the whole program where none is named.
pub(super) fn page(program: &mut Command, path: &[&str], long: bool, colour: bool) -> String {
    let mut asked = program;
    for name in path {
        asked = match asked.find_subcommand_mut(name) {
            Some(inner) => inner,
            None => return String::new(),
        };
    }
    let page: StyledStr = if long { asked.render_long_help() } else { asked.render_help() };
    let mut said = if colour { page.ansi().to_string() } else { page.to_string() };
    for (english, swedish) in FIXED {
        said = said.replace(english, swedish);
    }
    said
}

/// The program with Swedish texts: to be shown, not to parse by.
pub(super) fn program(built: Command) -> Command {
    translated(built, "tresteg")
}

/// What a command is called among the texts: `log check`.
fn called(outer: &str, inner: &str) -> String {
    if outer == "tresteg" { inner.to_owned() } else { format!("{outer} {inner}") }
}

fn translated(mut command: Command, name: &str) -> Command {
    if let Some(said) = text(name) {
        command = command.about(said);
    }
    if let Some(said) = text(&format!("{name} <")) {
        command = command.after_help(said);
    }
    let inner: Vec<String> =
        command.get_subcommands().map(|one| one.get_name().to_owned()).collect();
    for inner in inner {
        let called = called(name, &inner);
        command = command.mut_subcommand(inner, |command| translated(command, &called));
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
    keys(command, key).iter().find_map(|key| text(key))
}

/// Where a text is looked for: with the command, with the commands that it is one of, alone.
fn keys(command: &str, key: &str) -> [String; 3] {
    let group = command.split(' ').next().unwrap_or_default();
    [format!("{command} {key}"), format!("{group} {key}"), key.to_owned()]
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
        let mut ask = |keys: &[String]| match keys.iter().find(|key| text(key).is_some()) {
            Some(key) => drop(used.insert(key.clone())),
            None => missing.extend(keys.first().cloned()),
        };
        let mut waiting = vec![("tresteg".to_owned(), &program)];
        while let Some((name, command)) = waiting.pop() {
            let name = name.as_str();
            waiting.extend(
                command.get_subcommands().map(|inner| (called(name, inner.get_name()), inner)),
            );
            ask(&[name.to_owned()]);
            if command.get_after_help().is_some() {
                ask(&[format!("{name} <")]);
            }
            for arg in command.get_arguments() {
                let key = key(arg);
                ask(&keys(name, &key));
                if let Some(said) = arg.get_help_heading() {
                    ask(&[format!("{name} #{said}")]);
                }
                for value in arg.get_possible_values().iter().filter(|one| one.get_help().is_some())
                {
                    ask(&keys(name, &format!("{key} {}", value.get_name())));
                }
            }
        }
        assert!(missing.is_empty(), "sv.txt lacks: {missing:#?}");
        let idle: Vec<&str> =
            texts().map(|(key, _)| key).filter(|key| !used.contains(*key)).collect();
        assert!(idle.is_empty(), "nothing says: {idle:#?}");
    }
}
