//! What is said in English where it arises, in other languages: faults of scripts, what is wrong with a journal or with a
//! stored case.
//!
//! Such a message arises deep in the engine, as one text, and is written down there as it is. Each stands here beside what
//! it is in Swedish; `{0}`, `{1}`, … are what it is about. A message that stands nowhere is told as it is.

mod cases;
mod commands;
mod journals;
mod lines;
mod scripts;
mod texts;

use std::borrow::Cow;

use super::{Language, amounts};
use crate::value::DateTime;

/// Bytes of a message that is looked up: longer ones hold values of strangers.
const LONGEST: usize = 4_000;
/// How many messages may stand in one another.
const DEEPEST: usize = 6;

/// Every message in English and in Swedish, by subject.
const MESSAGES: [&[(&str, &str)]; 6] =
    [journals::ALL, texts::ALL, lines::ALL, cases::ALL, scripts::ALL, commands::ALL];

/// A message of the engine in a language: what is wrong with a script's run, an entry, a stored case. Places of files,
/// names and values stay as they are; a message that is not known is told as it is. Cost: linear in the table, and in the
/// message where it is short.
pub(crate) fn translated(message: &str, language: Language) -> Cow<'_, str> {
    match language {
        Language::English => Cow::Borrowed(message),
        Language::Swedish => swedish(message, DEEPEST),
    }
}

fn swedish(message: &str, deep: usize) -> Cow<'_, str> {
    if deep == 0 || message.len() > LONGEST {
        return Cow::Borrowed(message);
    }
    if let Some(told) = phrased(message, deep) {
        return told.into();
    }
    // A code behind it is for programs.
    if let Some((plain, code)) = message.strip_suffix(']').and_then(|rest| rest.rsplit_once(" ["))
        && code.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-')
    {
        return swedish(plain, deep);
    }
    // Several after one another, and one about something that is named before it.
    if message.contains("; ") {
        let told: Vec<Cow<'_, str>> =
            message.split("; ").map(|one| swedish(one, deep - 1)).collect();
        return told.join("; ").into();
    }
    let named = message.strip_prefix('`').and_then(|rest| rest.split_once('`'));
    if let Some((name, rest)) = named
        && let Some((between, rest)) =
            [": ", " "].into_iter().find_map(|between| Some((between, rest.strip_prefix(between)?)))
    {
        return format!("`{name}`{between}{}", swedish(rest, deep - 1)).into();
    }
    // Behind the place in a file that it is said of.
    if let Some((place, rest)) = message.split_once(": ")
        && let Some((file, column)) = place.rsplit_once(':')
        && let Some((_, line)) = file.rsplit_once(':')
        && [line, column].iter().all(|number| number.parse::<u32>().is_ok())
    {
        return format!("{place}: {}", swedish(rest, deep - 1)).into();
    }
    match message.parse::<DateTime>() {
        Ok(at) => amounts::date_time(at, Language::Swedish).into(),
        Err(_) => Cow::Borrowed(message),
    }
}

/// By the pattern that fits and says the most by itself; of several the first.
fn phrased(message: &str, deep: usize) -> Option<String> {
    let (_, swedish, parts) = best(message)?;
    Some(filled(swedish, &parts, deep))
}

/// A pattern in English and in Swedish, with what stands in its places.
type Found<'m> = (&'static str, &'static str, Vec<Part<'m>>);

fn best(message: &str) -> Option<Found<'_>> {
    let own = MESSAGES.iter().copied().flatten().copied();
    let shared = super::problems::ALL.iter().map(|phrase| (phrase.english, phrase.swedish));
    let mut best: Option<(usize, Found<'_>)> = None;
    for (english, swedish) in own.chain(shared) {
        let own = english.chars().filter(|letter| letter.is_alphabetic()).count();
        if own < 2 || best.as_ref().is_some_and(|(most, _)| own <= *most) {
            continue;
        }
        let mut parts = Vec::new();
        if matches(english, message, '\0', &mut parts) {
            best = Some((own, (english, swedish, parts)));
        }
    }
    best.map(|(_, found)| found)
}

/// What stands in a place of a pattern: its number, the text, and whether it is quoted there, as names and values are.
type Part<'m> = (usize, &'m str, bool);

/// Whether a text is of a pattern; what stands in its places.
fn matches<'m>(pattern: &str, text: &'m str, before: char, parts: &mut Vec<Part<'m>>) -> bool {
    let Some((start, rest)) = pattern.split_once('{') else { return text == pattern };
    let Some((number, rest)) = rest.split_once('}') else { return false };
    let Some(text) = text.strip_prefix(start) else { return false };
    let number = number.parse().unwrap_or(usize::MAX);
    let quoted = ['`', '\''].contains(&start.chars().next_back().unwrap_or(before));
    if rest.is_empty() {
        parts.push((number, text, quoted));
        return true;
    }
    let next = rest.split('{').next().unwrap_or(rest);
    text.match_indices(next).any(|(at, _)| {
        let (part, rest_of_text) = text.split_at(at);
        let known = parts.len();
        parts.push((number, part, quoted));
        let fits = matches(rest, rest_of_text, '\0', parts);
        if !fits {
            parts.truncate(known);
        }
        fits
    })
}

fn filled(phrase: &str, parts: &[Part], deep: usize) -> String {
    let mut said = String::with_capacity(phrase.len());
    let mut rest = phrase;
    while let Some((before, place)) = rest.split_once('{') {
        said.push_str(before);
        let Some((number, after)) = place.split_once('}') else { break };
        let wanted: usize = number.parse().unwrap_or(usize::MAX);
        match parts.iter().find(|(number, ..)| *number == wanted) {
            Some((_, part, true)) => said.push_str(part),
            Some((_, part, false)) => said.push_str(&swedish(part, deep - 1)),
            None => {}
        }
        rest = after;
    }
    said.push_str(rest);
    said
}

#[cfg(test)]
mod tests;
