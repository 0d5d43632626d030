//! Comparisons as text.

use std::collections::BTreeMap;

use tresteg::Outcome;
use tresteg::compare::{
    Answered, Comparison, Decider, DifferenceGroup, FirstDifference, TermFates, Variant,
    WorkflowFigures,
};

use super::said;
use crate::cli::Stop;
use crate::cli::console::Console;
use crate::cli::log::show::{count, figure, share};
use crate::cli::words::{filled, language};

/// So many lines of a list are shown.
const SHOWN: usize = 20;

fn line(number: usize, what: &str, console: &mut Console<'_>) -> Result<(), Stop> {
    Ok(console.line(&format!("{:>11}  {what}", count(number)))?)
}

fn heading(text: &str, console: &mut Console<'_>) -> Result<(), Stop> {
    Ok(console.heading(&format!("\n  {text}"))?)
}

fn rest(all: usize, console: &mut Console<'_>) -> Result<(), Stop> {
    if all > SHOWN {
        let more = filled(said().more, &[count(all - SHOWN)]);
        console.aside(&format!("{:>11}  {more}", "…"))?;
    }
    Ok(())
}

pub(super) fn comparison(found: &Comparison, console: &mut Console<'_>) -> Result<(), Stop> {
    let say = said();
    line(found.cases, &filled(say.cases, std::slice::from_ref(&found.base.name)), console)?;
    for (number, what) in [(found.left_out, say.left_out), (found.unordered, say.unordered)] {
        if number > 0 {
            line(number, what, console)?;
        }
    }
    strange(&found.base, console)?;
    for one in &found.variants {
        console.heading(&format!("\n{}", one.figures.name))?;
        variant(one, found.cases, console)?;
    }
    Ok(())
}

fn variant(found: &Variant, cases: usize, console: &mut Console<'_>) -> Result<(), Stop> {
    let say = said();
    if !found.is_different() {
        console.line(&format!("{:>11}  {}", "✓", say.none))?;
        return strange(&found.figures, console);
    }
    line(found.ends_otherwise, &ends_otherwise(found, cases), console)?;
    line(found.decided_otherwise, say.decided_otherwise, console)?;
    line(found.reach_other_states, say.reach_other_states, console)?;
    line(found.ends.variant, &ended(found), console)?;
    for text in days(found) {
        console.line(&format!("{:>11}  {text}", ""))?;
    }
    if !found.differences.is_empty() {
        heading(say.differences, console)?;
        for group in found.differences.iter().take(SHOWN) {
            line(group.cases, &event(group.event.as_deref()), console)?;
            for text in sides(group) {
                console.line(&format!("{:>11}    {text}", ""))?;
            }
        }
        rest(found.differences.len(), console)?;
    }
    if !found.first_differences.is_empty() {
        heading(say.each, console)?;
        for one in found.first_differences.iter().take(SHOWN) {
            first(one, console)?;
        }
        rest(found.first_differences.len(), console)?;
    }
    lists(found, console)?;
    strange(&found.figures, console)
}

fn first(one: &FirstDifference, console: &mut Console<'_>) -> Result<(), Stop> {
    let (number, what) = (one.step, event(one.event.as_deref()));
    console.line(&format!("    {}: {number} {what}", one.case))?;
    for (name, answer, ends) in [
        (said().in_base, &one.base, &one.base_ends),
        (said().in_variant, &one.variant, &one.variant_ends),
    ] {
        let ends = filled(said().ends_in, &[places(ends)]);
        console.line(&format!("      {name}: {}; {ends}", answered(answer)))?;
    }
    Ok(())
}

fn lists(found: &Variant, console: &mut Console<'_>) -> Result<(), Stop> {
    let say = said();
    let moved = found.states.iter().filter(|(_, one)| one.only_base + one.only_variant > 0);
    let moved: Vec<_> = moved.collect();
    if !moved.is_empty() {
        heading(say.states, console)?;
        for (state, one) in moved {
            let (base, here) = (count(one.base), count(one.variant));
            let (lost, won) = (count(one.only_base), count(one.only_variant));
            console.line(&format!("{base:>11} {here:>9} {lost:>9} {won:>9}  {state}"))?;
        }
    }
    let blocked = found.blocked.iter().filter(|one| one.base != one.variant);
    let blocked: Vec<_> = blocked.collect();
    if !blocked.is_empty() {
        heading(say.blocked, console)?;
        for one in blocked.iter().take(SHOWN) {
            let by = named(one.kind, &one.name);
            let what = filled(say.blocked_in, &[one.event.clone(), one.states.clone(), by]);
            console.line(&format!("{:>11} {:>9}  {what}", count(one.base), count(one.variant)))?;
        }
        rest(blocked.len(), console)?;
    }
    let terms = found.terms.iter().filter(|(_, one)| one.base != one.variant);
    let terms: Vec<_> = terms.collect();
    if !terms.is_empty() {
        heading(say.terms, console)?;
        for (term, one) in terms {
            let (base, here) = (fates(one.base), fates(one.variant));
            console.line(&format!("{base:>23} {here:>23}  {term}"))?;
        }
    }
    counts(say.facts, &found.facts, console)
}

pub(super) fn fates(fates: TermFates) -> String {
    format!("{} / {} / {}", count(fates.kept), count(fates.lapsed), count(fates.open))
}

fn counts(
    title: &str,
    list: &BTreeMap<String, usize>,
    console: &mut Console<'_>,
) -> Result<(), Stop> {
    if list.is_empty() {
        return Ok(());
    }
    heading(title, console)?;
    let mut list: Vec<_> = list.iter().collect();
    list.sort_by_key(|(_, number)| std::cmp::Reverse(**number));
    for (name, number) in list.iter().take(SHOWN) {
        line(**number, name, console)?;
    }
    rest(list.len(), console)
}

/// What a workflow did not take.
fn strange(figures: &WorkflowFigures, console: &mut Console<'_>) -> Result<(), Stop> {
    if figures.not_begun > 0 {
        line(figures.not_begun, said().not_begun, console)?;
    }
    for (title, list) in not_taken(figures) {
        counts(title, list, console)?;
    }
    Ok(())
}

pub(super) fn not_taken(
    figures: &WorkflowFigures,
) -> [(&'static str, &BTreeMap<String, usize>); 4] {
    let say = said();
    [
        (say.unknown, &figures.unknown),
        (say.unexpected, &figures.unexpected),
        (say.errors, &figures.errors),
        (say.not_taken, &figures.left_out),
    ]
}

pub(super) fn ends_otherwise(found: &Variant, cases: usize) -> String {
    let percent = |share: f64| format!("{} %", figure(100.0 * share, 2));
    let interval = found.ends_otherwise_interval.map(|[low, high]| {
        format!(", {}", filled(said().interval, &[percent(low), percent(high)]))
    });
    let share = share(found.ends_otherwise, cases);
    format!("{} ({share}{})", said().ends_otherwise, interval.unwrap_or_default())
}

pub(super) fn ended(found: &Variant) -> String {
    let ends = found.ends;
    let (lost, won) = (count(ends.only_base), count(ends.only_variant));
    filled(said().ended, &[count(ends.base), lost, won, figure(ends.p, 4)])
}

pub(super) fn days(found: &Variant) -> Vec<String> {
    let Some(days) = &found.days else { return Vec::new() };
    let at = |days: f64| figure(days, 2);
    let quantiles =
        [count(days.pairs), at(days.median), at(days.p5), at(days.p25), at(days.p75), at(days.p95)];
    let signs = [count(days.earlier), count(days.same), count(days.later), figure(days.p, 4)];
    let mut all = vec![filled(said().days, &quantiles), filled(said().signs, &signs)];
    if let Some([low, high]) = days.median_interval {
        all.push(filled(said().median_interval, &[at(low), at(high)]));
    }
    all
}

pub(super) fn event(event: Option<&str>) -> String {
    event.unwrap_or(said().time).to_owned()
}

/// What decided alike, under both.
pub(super) fn sides(group: &DifferenceGroup) -> [String; 2] {
    let side = |name: &str, outcome: Outcome, by: &[Decider]| {
        format!("{name}: {}{}", word(outcome), behind(by))
    };
    [
        side(said().in_base, group.base, &group.base_by),
        side(said().in_variant, group.variant, &group.variant_by),
    ]
}

/// What decided, where the outcome does not say it.
fn behind(by: &[Decider]) -> String {
    let by = by.iter().filter(|one| one.kind != "not_expected").map(decider);
    let by: Vec<String> = by.collect();
    if by.is_empty() { String::new() } else { format!(" ({})", by.join("; ")) }
}

pub(super) fn answered(answer: &Answered) -> String {
    format!("{} → {}{}", word(answer.outcome), places(&answer.states), behind(&answer.by))
}

pub(super) fn places(states: &[String]) -> String {
    if states.is_empty() { said().nowhere.to_owned() } else { states.join(" + ") }
}

fn decider(one: &Decider) -> String {
    let name = one.title.get(language().tag()).unwrap_or(&one.name);
    let named = named(one.kind, name);
    let values = one.values.iter().map(|(name, value)| {
        let value = value.as_ref().map_or_else(|| said().not_known.to_owned(), ToString::to_string);
        format!("{name} = {value}")
    });
    let values: Vec<String> = values.collect();
    if values.is_empty() { named } else { format!("{named}: {}", values.join(", ")) }
}

fn named(kind: &str, name: &str) -> String {
    let say = said();
    let phrase = match kind {
        "role" | "unit" => say.role,
        "missing" => say.missing,
        "term" => say.term,
        "not_by" => say.not_by,
        "claim" => say.claim,
        "transition" => say.way,
        "person" => return say.person.to_owned(),
        "signature" => return say.signature.to_owned(),
        "unknown_event" => return say.unknown_event.to_owned(),
        _ => "{0}",
    };
    filled(phrase, &[name.to_owned()])
}

fn word(outcome: Outcome) -> &'static str {
    let say = said();
    match outcome {
        Outcome::Started => say.started,
        Outcome::Moved => say.moved,
        Outcome::Advanced => say.advanced,
        Outcome::Blocked => say.was_blocked,
        Outcome::NotExpected => say.not_expected,
        _ => say.error,
    }
}
