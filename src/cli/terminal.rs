//! Questions to a person at a terminal.

use std::fmt;
use std::io::{self, BufRead as _, Write as _};

use dialoguer::theme::Theme;
use dialoguer::{MultiSelect, Select};

use tresteg::diagnostic::visible;

use super::words::spoken;

/// Somebody who answers questions: a person, or a test.
pub(super) trait Ask {
    /// One of several; `None` when the person would rather not.
    fn choose(&mut self, prompt: &str, items: &[String]) -> io::Result<Option<usize>>;
    /// Any of several, some marked beforehand.
    fn choose_many(
        &mut self,
        prompt: &str,
        items: &[String],
        marked: &[bool],
    ) -> io::Result<Option<Vec<usize>>>;
    /// Yes or no.
    fn confirm(&mut self, prompt: &str) -> io::Result<Option<bool>>;
    /// A text that passes a check, asked for until it does.
    fn text(
        &mut self,
        prompt: &str,
        default: Option<&str>,
        check: &dyn Fn(&str) -> Result<(), String>,
    ) -> io::Result<String>;
}

/// A person at a terminal.
pub(super) struct Terminal;

/// Lists as they look on any terminal.
struct Plain;

/// Shows the cursor, which is hidden while somebody chooses: who leaves by Ctrl-C would have none.
const CURSOR: &str = "\x1b[?25h";

impl Theme for Plain {
    fn format_select_prompt(&self, f: &mut dyn fmt::Write, prompt: &str) -> fmt::Result {
        write!(f, "{CURSOR}{prompt}:")
    }

    fn format_multi_select_prompt(&self, f: &mut dyn fmt::Write, prompt: &str) -> fmt::Result {
        write!(f, "{CURSOR}{prompt}:")
    }
}

fn failed(error: dialoguer::Error) -> io::Error {
    let dialoguer::Error::IO(error) = error;
    error
}

fn shown(items: &[String]) -> Vec<String> {
    items.iter().map(|item| visible(item).into_owned()).collect()
}

/// Yes or no as people write it, in either language; nothing for who would rather not say.
fn answer(text: &str) -> Result<Option<bool>, ()> {
    match text.trim().to_lowercase().as_str() {
        "" => Ok(None),
        "j" | "ja" | "y" | "yes" => Ok(Some(true)),
        "n" | "nej" | "no" => Ok(Some(false)),
        _ => Err(()),
    }
}

impl Ask for Terminal {
    fn choose(&mut self, prompt: &str, items: &[String]) -> io::Result<Option<usize>> {
        Select::with_theme(&Plain)
            .with_prompt(visible(prompt))
            .items(shown(items))
            .default(0)
            .interact_opt()
            .map_err(failed)
    }

    fn choose_many(
        &mut self,
        prompt: &str,
        items: &[String],
        marked: &[bool],
    ) -> io::Result<Option<Vec<usize>>> {
        let asked = MultiSelect::with_theme(&Plain)
            .with_prompt(visible(prompt))
            .items(shown(items))
            .defaults(marked);
        asked.interact_opt().map_err(failed)
    }

    fn confirm(&mut self, prompt: &str) -> io::Result<Option<bool>> {
        let words = spoken();
        let prompt = format!("{} [{}]", visible(prompt), words.yes_or_no);
        let wrong =
            |text: &str| answer(text).map(drop).map_err(|()| words.say_yes_or_no.to_owned());
        let text = asked(&prompt, &wrong)?;
        Ok(answer(&text).unwrap_or(None))
    }

    fn text(
        &mut self,
        prompt: &str,
        default: Option<&str>,
        check: &dyn Fn(&str) -> Result<(), String>,
    ) -> io::Result<String> {
        let Some(default) = default else { return asked(&visible(prompt), check) };
        let prompt = format!("{} [{}]", visible(prompt), visible(default));
        let text = asked(&prompt, &|text| if text.is_empty() { Ok(()) } else { check(text) })?;
        Ok(if text.is_empty() { default.to_owned() } else { text })
    }
}

/// A line that passes a check, asked for until it does. The terminal edits it, so that Ctrl-D and Ctrl-C mean what they mean
/// everywhere: with the one whoever is asked leaves, with the other the program ends.
fn asked(prompt: &str, check: &dyn Fn(&str) -> Result<(), String>) -> io::Result<String> {
    let (mut terminal, stdin) = (io::stderr(), io::stdin());
    loop {
        write!(terminal, "{prompt}: ")?;
        terminal.flush()?;
        let mut line = Vec::new();
        if stdin.lock().read_until(b'\n', &mut line)? == 0 {
            writeln!(terminal)?;
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let wrong = match String::from_utf8(line) {
            Ok(line) => {
                let line = line.trim_end_matches(['\n', '\r']).to_owned();
                match check(&line) {
                    Ok(()) => return Ok(line),
                    Err(wrong) => wrong,
                }
            }
            Err(_) => spoken().unreadable.to_owned(),
        };
        writeln!(terminal, "{} {}", spoken().error, visible(&wrong))?;
    }
}
