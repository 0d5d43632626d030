//! What would open an event that is refused, in words.

use std::io;

use tresteg::lab::{Bringer, BringingEvent, Change, Changed, Unlocking, Way};
use tresteg::{Case, Language, Value};

use super::console::Console;
use super::headline::chosen;
use super::words::{say, words};

/// Tells the ways as the last lines of a refusal.
pub(super) fn tell(
    case: &Case,
    found: &Unlocking,
    language: Language,
    console: &mut Console<'_>,
) -> io::Result<()> {
    let words = words(language);
    if found.is_open {
        return Ok(());
    }
    if found.ways.is_empty() {
        let told = if found.is_complete && found.why.iter().any(|why| why == "past") {
            words.unlock_past.to_owned()
        } else if found.is_complete {
            words.unlock_nothing.to_owned()
        } else {
            say!(unlock_open, found.why.join(", "))
        };
        return console.line(&told);
    }
    console.heading(words.unlock)?;
    for (number, way) in (1..).zip(&found.ways) {
        for (place, change) in way.changes.iter().enumerate() {
            let mark = if place == 0 { format!("{number}.") } else { " ".repeat(digits(number)) };
            console.line(&format!("  {mark} {}", line(case, way, change, language)))?;
        }
        if !way.is_minimal {
            console.line(&format!("  {} {}", " ".repeat(digits(number)), words.unlock_less))?;
        }
    }
    if !found.is_complete {
        console.line(&say!(unlock_open, found.why.join(", ")))?;
    }
    Ok(())
}

/// As wide as the number of a way with its point.
fn digits(number: usize) -> usize {
    number.to_string().len() + 1
}

/// One change: what, to what, from what, by whom.
fn line(case: &Case, way: &Way, change: &Change, language: Language) -> String {
    let words = words(language);
    let workflow = case.workflow();
    let (name, now) = match &change.what {
        Changed::Fact(name) => {
            let title = workflow.fact(name).and_then(|field| field.title(language));
            let is = match case.fact(name) {
                Some(value) => {
                    say!(unlock_now, workflow.describe_value(name, &value, language))
                }
                None => words.unlock_unknown.to_owned(),
            };
            (chosen(title, name), Some(is))
        }
        Changed::Data(name) => {
            let field = workflow.event_data(&way.event).map(|(field, _)| field);
            let field = field.into_iter().find(|field| field.name() == name);
            (chosen(field.and_then(|field| field.title(language)), name), None)
        }
        _ => (words.unlock_time.to_owned(), None),
    };
    let value = |value: &Value| match &change.what {
        Changed::Fact(name) => workflow.describe_value(name, value, language),
        _ => workflow.describe_value("", value, language),
    };
    let mut told = format!("{name}: {}", wanted(change, &value));
    for part in now.into_iter().chain([brought(case, &change.by, language)]) {
        told.push_str("; ");
        told.push_str(&part);
    }
    told
}

/// The value that is needed, or the range.
fn wanted(change: &Change, value: &dyn Fn(&Value) -> String) -> String {
    if !change.one_of.is_empty() {
        let all: Vec<String> = change.one_of.iter().map(value).collect();
        return all.join(super::words::spoken().unlock_or);
    }
    let is_time = matches!(change.value, Value::Date(_) | Value::DateTime(_));
    let low = change.from.as_ref().filter(|_| change.is_range).map(value);
    let high = change.to.as_ref().filter(|_| change.is_range).map(value);
    let low = low.map(|low| match (is_time, change.is_above) {
        (true, false) => say!(unlock_earliest, low),
        (true, true) => say!(unlock_after, low),
        (false, false) => say!(unlock_least, low),
        (false, true) => say!(unlock_more, low),
    });
    let high = high.map(|high| match (is_time, change.is_below) {
        (true, false) => say!(unlock_latest, high),
        (true, true) => say!(unlock_before, high),
        (false, false) => say!(unlock_most, high),
        (false, true) => say!(unlock_fewer, high),
    });
    let range: Vec<String> = low.into_iter().chain(high).collect();
    if !range.is_empty() {
        return range.join(super::words::spoken().unlock_and);
    }
    let told = value(&change.value);
    if change.is_nearest { told } else { say!(unlock_instance, told) }
}

/// Who can bring it.
fn brought(case: &Case, by: &Bringer, language: Language) -> String {
    let words = words(language);
    match by {
        Bringer::Time => words.unlock_by_time.to_owned(),
        Bringer::Actions => words.unlock_by_actions.to_owned(),
        Bringer::Nobody => words.unlock_by_nobody.to_owned(),
        Bringer::Events(events) => {
            // What can be sent now is enough, where there is any.
            let is_near = |event: &&BringingEvent| event.is_itself || event.is_now;
            let mut near: Vec<&BringingEvent> = events.iter().filter(is_near).collect();
            let is_now = !near.is_empty();
            if near.is_empty() {
                near.extend(events);
            }
            let told: Vec<String> = near
                .into_iter()
                .map(|event| {
                    let title = match event.is_itself {
                        true => words.unlock_itself.to_owned(),
                        false => {
                            let declared = case.workflow().event(&event.event);
                            chosen(declared.map(|found| found.title(language)), &event.event)
                        }
                    };
                    match roles(case, &event.roles, language) {
                        Some(roles) => format!("{title} ({roles})"),
                        None => title,
                    }
                })
                .collect();
            let told = told.join(words.unlock_or);
            if is_now { say!(unlock_by, told) } else { say!(unlock_by_later, told) }
        }
        _ => String::new(),
    }
}

fn roles(case: &Case, names: &[String], language: Language) -> Option<String> {
    let title = |name: &String| {
        let declared = case.workflow().roles().find(|role| role.name() == name);
        chosen(declared.map(|role| role.title(language)), name)
    };
    let told: Vec<String> = names.iter().map(title).collect();
    (!told.is_empty()).then(|| told.join(", "))
}
