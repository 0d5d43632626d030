//! An event and how it stands, on one line.

use tresteg::case::{Availability, Choice, Condition, Reason};
use tresteg::{Language, Workflow};

use super::words::{filled, wording, words};

/// A label with the name behind it.
pub(super) fn titled(title: Option<&str>, name: &str) -> String {
    match title {
        Some(title) if title != name => format!("{title} ({name})"),
        _ => name.to_owned(),
    }
}

/// What somebody chooses by its title, with the name behind it for whoever wrote the file.
pub(super) fn chosen(title: Option<&str>, name: &str) -> String {
    match title {
        Some(title) if !wording().code => title.to_owned(),
        _ => titled(title, name),
    }
}

/// An event and how it stands, on one line that begins with a mark.
pub(super) fn headline(
    workflow: &Workflow,
    choice: &Choice,
    language: Language,
    titled: fn(Option<&str>, &str) -> String,
) -> String {
    let words = words(language);
    let name = &choice.event;
    let titled_event = titled(choice.title.get(language.tag()), name);
    match &choice.standing {
        Availability::Open => format!("✓ {titled_event}: {}", words.open),
        Availability::OpenIf { given, .. } => {
            let given = given.iter().map(|name| {
                titled(workflow.fact(name).and_then(|fact| fact.title(language)), name)
            });
            let given: Vec<String> = given.collect();
            format!("? {titled_event}: {} {}", words.open_if, given.join(", "))
        }
        Availability::Blocked { reasons } => {
            format!("✗ {titled_event}: {}", refused(workflow, reasons, language))
        }
        _ => format!("✗ {titled_event}: {}", words.fails),
    }
}

/// Why an event is not open, in a few words: that it is for others, or what is needed first.
fn refused(workflow: &Workflow, reasons: &[Reason], language: Language) -> String {
    let words = words(language);
    let role = |reason: &Reason| {
        reason.grounds.iter().find_map(|ground| match ground {
            Condition::Role { needed, titles, .. } => {
                let titles = needed.iter().enumerate().map(|(place, name)| {
                    let title = titles.get(place).and_then(|title| title.get(language.tag()));
                    title.unwrap_or(name).to_owned()
                });
                Some(titles.collect::<Vec<_>>().join(" / "))
            }
            Condition::Unit { role, title, .. } => {
                Some(title.get(language.tag()).unwrap_or(role).to_owned())
            }
            _ => None,
        })
    };
    let is_other = |reason: &Reason| {
        let other = |ground: &Condition| matches!(ground, Condition::NotBy { .. });
        reason.grounds.iter().any(other)
    };
    let (whole, ways): (Vec<&Reason>, Vec<&Reason>) =
        reasons.iter().partition(|reason| reason.transition.is_none());
    // Shut for this person, whatever happens: the event itself, or each of the ways that it has.
    if let Some(role) = whole.iter().find_map(|reason| role(reason)) {
        return filled(words.not_your_role, &[role]);
    }
    if !ways.is_empty() && ways.iter().all(|way| role(way).is_some() || is_other(way)) {
        return match ways.iter().find_map(|way| role(way)) {
            Some(role) => filled(words.not_your_role, &[role]),
            None => words.not_you.to_owned(),
        };
    }
    let told = workflow.describe_reasons(reasons, language);
    let is_need = |line: &&str| line.starts_with(['✗', '?']);
    let needs = || told.lines().map(str::trim).filter(is_need);
    // A line that heads others stands alone here.
    let short =
        |line: &str| line.trim_start_matches(['✗', '?', ' ']).trim_end_matches(':').to_owned();
    match (needs().next(), needs().count()) {
        (None, _) => words.blocked.to_owned(),
        (Some(first), 1) => filled(words.not_yet, &[short(first)]),
        (Some(first), _) => filled(words.not_yet_and_more, &[short(first)]),
    }
}
