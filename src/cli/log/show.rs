//! What was found, as text and as JSON.

use serde::Serialize;
use tresteg::log::{Alignments, Check, Failure, Follow, LogMap, Misfit, Stats, Variant};

use super::words::logs;
use crate::cli::console::Console;
use crate::cli::words::{filled, wording};
use crate::cli::{Stop, words};

/// So many lines of a list are shown.
const SHOWN: usize = 20;

pub(in crate::cli) fn json(found: &impl Serialize, console: &mut Console<'_>) -> Result<(), Stop> {
    let text = serde_json::to_string(found).map_err(|error| Stop::Misuse(error.to_string()))?;
    console.out.write_all(text.as_bytes())?;
    console.out.write_all(b"\n")?;
    Ok(())
}

/// A number with the thousands apart.
pub(in crate::cli) fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    text
}

/// A figure with so many decimals, as the language writes it.
pub(in crate::cli) fn figure(number: f64, decimals: usize) -> String {
    let text = format!("{number:.decimals$}");
    match words::language() {
        tresteg::Language::Swedish => text.replace('.', ","),
        _ => text,
    }
}

fn line(number: usize, what: &str, console: &mut Console<'_>) -> Result<(), Stop> {
    Ok(console.line(&format!("{:>11}  {what}", count(number)))?)
}

fn heading(text: &str, console: &mut Console<'_>) -> Result<(), Stop> {
    Ok(console.heading(&format!("\n{text}"))?)
}

fn rest(all: usize, console: &mut Console<'_>) -> Result<(), Stop> {
    if all > SHOWN {
        let more = filled(logs().more, &[count(all - SHOWN)]);
        console.aside(&format!("{:>11}  {more}", "…"))?;
    }
    Ok(())
}

pub(super) fn stats(stats: &Stats, console: &mut Console<'_>) -> Result<(), Stop> {
    let say = logs();
    line(stats.cases, say.cases, console)?;
    line(stats.events, say.events, console)?;
    line(stats.activities.len(), say.activities, console)?;
    line(stats.variants, say.variants, console)?;
    line(stats.reworked, say.reworked, console)?;
    line(stats.actors, say.actors, console)?;
    if stats.unordered > 0 {
        line(stats.unordered, say.unordered_cases, console)?;
    }
    if let (Some(first), Some(last)) = (&stats.first, &stats.last) {
        let span = filled(say.from_to, &[first.clone(), last.clone()]);
        console.line(&format!("{:>11}  {span}", ""))?;
    }
    if let Some(found) = &stats.throughput {
        heading(say.throughput, console)?;
        let quantile = |share: &str| filled(say.quantile, &[share.to_owned()]);
        for (figures, what) in [
            (found.mean_days, say.mean.to_owned()),
            (found.median_days, say.median.to_owned()),
            (found.min_days, say.shortest.to_owned()),
            (found.p10_days, quantile("10")),
            (found.p25_days, quantile("25")),
            (found.p75_days, quantile("75")),
            (found.p90_days, quantile("90")),
            (found.p95_days, quantile("95")),
            (found.max_days, say.longest.to_owned()),
        ] {
            console.line(&format!("{:>11}  {what}", figure(figures, 3)))?;
        }
    }
    heading(&format!("{}: {}, {}, {}", say.activities, say.count, say.begins, say.ends), console)?;
    for one in stats.activities.iter().take(SHOWN) {
        let (events, starts, ends) = (count(one.events), count(one.starts), count(one.ends));
        console.line(&format!("{events:>11} {starts:>11} {ends:>11}  {}", one.activity))?;
    }
    rest(stats.activities.len(), console)?;
    follows(say.follows, &stats.follows, console)?;
    follows(say.handovers, &stats.handovers, console)
}

fn follows(title: &str, follows: &[Follow], console: &mut Console<'_>) -> Result<(), Stop> {
    if follows.is_empty() {
        return Ok(());
    }
    heading(title, console)?;
    for one in follows.iter().take(SHOWN) {
        line(one.count, &format!("{} → {}", one.from, one.to), console)?;
    }
    rest(follows.len(), console)
}

pub(super) fn variants(
    variants: &[Variant],
    cases: usize,
    console: &mut Console<'_>,
) -> Result<(), Stop> {
    line(variants.len(), logs().variants, console)?;
    console.line("")?;
    for one in variants {
        let share = share(one.cases, cases);
        let names = one.activities.join(" → ");
        console.line(&format!("{:>11} {share:>7}  {names}", count(one.cases)))?;
    }
    Ok(())
}

#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
pub(in crate::cli) fn share(part: usize, whole: usize) -> String {
    format!("{} %", figure(100.0 * part as f64 / whole.max(1) as f64, 2))
}

/// Why cases fail, in words.
pub(super) fn why(misfit: Misfit) -> &'static str {
    let say = logs();
    match misfit {
        Misfit::NotExpected => say.not_expected,
        Misfit::Guard => say.guard,
        Misfit::Undecided => say.not_known,
        Misfit::NotEnded => say.not_ended,
        Misfit::Unordered => say.times_back,
        Misfit::NotBegun => say.not_begun,
        _ => say.script_fails,
    }
}

/// What a case was answered where it fails first.
pub(super) fn answer(failure: &Failure, map: &LogMap) -> Option<String> {
    let language = words::language();
    let told = failure.problem.as_ref().map(|problem| problem.tell(language));
    told.or_else(|| {
        let decision = failure.decision.as_ref()?;
        Some(map.workflow().describe_reasons(&decision.reasons, wording()))
    })
}

pub(super) fn check(check: &Check, map: &LogMap, console: &mut Console<'_>) -> Result<(), Stop> {
    let say = logs();
    let cases = |part: usize, what: &str, console: &mut Console<'_>| -> Result<(), Stop> {
        let share = share(part, check.cases);
        Ok(console.line(&format!("{:>11}  {what} ({share})", count(part)))?)
    };
    line(check.cases, say.cases, console)?;
    line(check.events, say.events, console)?;
    line(check.activities, say.activities, console)?;
    line(check.variants, say.variants, console)?;
    cases(check.fitting, say.fitting, console)?;
    cases(check.fitting_unguarded, say.fitting_unguarded, console)?;
    cases(check.undecided, say.undecided, console)?;
    for (number, what) in
        [(check.left_out, say.left_out), (check.unordered, say.unordered), (check.cut, say.cut)]
    {
        if number > 0 {
            line(number, what, console)?;
        }
    }
    if !check.violations.is_empty() {
        heading(say.violations, console)?;
        for (violations, number) in &check.violations {
            line(*number, &violations.to_string(), console)?;
        }
    }
    if !check.guards.is_empty() {
        heading(say.guards, console)?;
        for (name, found) in &check.guards {
            let (asked, violated) = (found.asked, found.violated);
            console.line(&format!("{asked:>11} {violated:>11} {:>11}  {name}", found.undecided))?;
        }
    }
    if !check.claims.is_empty() {
        heading(say.claims, console)?;
        for (name, found) in &check.claims {
            let (kept, open) = (found.kept, found.open);
            console.line(&format!("{kept:>11} {open:>11} {:>11}  {name}", found.broken))?;
        }
    }
    if !check.failures.is_empty() {
        heading(say.failures, console)?;
        for failure in check.failures.iter().take(SHOWN) {
            failed(failure, map, console)?;
        }
        rest(check.failures.len(), console)?;
    }
    for (title, list) in [
        (say.unmapped_activities, &check.unmapped.activities),
        (say.unmapped_attributes, &check.unmapped.attributes),
    ] {
        if !list.is_empty() {
            heading(title, console)?;
            for (name, number) in list {
                line(*number, name, console)?;
            }
        }
    }
    if !check.unreadable.is_empty() {
        heading(say.unreadable, console)?;
        for one in &check.unreadable {
            let example = filled(say.such_as, std::slice::from_ref(&one.example));
            let to = if one.fact.is_empty() { String::new() } else { format!(" → {}", one.fact) };
            line(one.count, &format!("{}{to}, {example}", one.attribute), console)?;
        }
    }
    Ok(())
}

fn failed(failure: &Failure, map: &LogMap, console: &mut Console<'_>) -> Result<(), Stop> {
    let say = logs();
    line(failure.cases, &format!("{}: {}", failure.activity, why(failure.why)), console)?;
    let place = filled(say.first_case, &[failure.case.clone(), failure.event.to_string()]);
    let states = match failure.states.is_empty() {
        true => String::new(),
        false => format!(", {}", filled(say.stood_in, &[failure.states.join(", ")])),
    };
    console.aside(&format!("{:>11}  {place}{states}", ""))?;
    let told = answer(failure, map).unwrap_or_default();
    for line in told.lines().filter(|line| !line.trim().is_empty()) {
        console.line(&format!("{:>11}    {line}", ""))?;
    }
    Ok(())
}

pub(super) fn align(found: &Alignments, console: &mut Console<'_>) -> Result<(), Stop> {
    let say = logs();
    line(found.cases, say.cases, console)?;
    line(found.classes, say.classes, console)?;
    for (fitness, what) in
        [(found.mean_trace_fitness, say.mean_fitness), (found.log_fitness, say.log_fitness)]
    {
        console.line(&format!("{:>11}  {what}", figure(fitness, 6)))?;
    }
    for (number, what) in [(found.unreached, say.unreached), (found.undetermined, say.undetermined)]
    {
        if number > 0 {
            line(number, what, console)?;
        }
    }
    heading(say.alignments, console)?;
    for (cost, cases) in &found.cost {
        console.line(&format!("{cost:>11} {:>11}", count(*cases)))?;
    }
    for (title, moves) in [(say.log_only, &found.log_moves), (say.model_only, &found.model_moves)] {
        if !moves.is_empty() {
            heading(title, console)?;
            let mut moves: Vec<_> = moves.iter().collect();
            moves.sort_by_key(|(_, number)| std::cmp::Reverse(**number));
            for (name, number) in moves.iter().take(SHOWN) {
                line(**number, name, console)?;
            }
            rest(moves.len(), console)?;
        }
    }
    console.aside(&format!("\n{}", say.model_moves))?;
    Ok(())
}
