//! Questions to a person at a terminal.

use std::fmt;
use std::io;

use dialoguer::theme::Theme;
use dialoguer::{Input, MultiSelect, Select};

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

/// Questions as they look on any terminal, with what is wrong with an answer in the language that is spoken.
struct Plain;

impl Theme for Plain {
    fn format_error(&self, f: &mut dyn fmt::Write, wrong: &str) -> fmt::Result {
        write!(f, "{} {wrong}", spoken().error)
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
        let asked = Input::<String>::with_theme(&Plain).with_prompt(prompt).allow_empty(true);
        let asked = asked.validate_with(|text: &String| match answer(text) {
            Ok(_) => Ok(()),
            Err(()) => Err(words.say_yes_or_no),
        });
        let text = asked.interact_text().map_err(failed)?;
        Ok(answer(&text).unwrap_or(None))
    }

    fn text(
        &mut self,
        prompt: &str,
        default: Option<&str>,
        check: &dyn Fn(&str) -> Result<(), String>,
    ) -> io::Result<String> {
        let mut asked =
            Input::<String>::with_theme(&Plain).with_prompt(visible(prompt)).allow_empty(true);
        if let Some(default) = default {
            asked = asked.default(default.to_owned());
        }
        let asked = asked.validate_with(|text: &String| {
            check(text).map_err(|wrong| visible(&wrong).into_owned())
        });
        asked.interact_text().map_err(failed)
    }
}
