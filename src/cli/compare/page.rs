//! A comparison as one page that stands by itself.

use std::fmt::Write as _;

use tresteg::compare::{Comparison, Variant};

use super::said;
use super::show::{answered, days, ended, ends_otherwise, event, fates, not_taken, places, sides};
use crate::cli::log::page::{escaped, figures, section, table};
use crate::cli::log::show::{count, figure, share};
use crate::cli::words::filled;

pub(super) fn page(found: &Comparison) -> String {
    let say = said();
    let lead = filled(say.cases, std::slice::from_ref(&found.base.name));
    let mut body = figures(&[(count(found.cases), &lead)]);
    let shares = found.variants.iter().filter_map(|one| {
        let [low, high] = one.ends_otherwise_interval?;
        let middle = ratio(one.ends_otherwise, found.cases);
        let name = one.figures.name.clone();
        Some(Bar {
            name,
            outer: None,
            inner: Some([low, high].map(hundred)),
            middle: hundred(middle),
        })
    });
    body += &plotted(say.share_plot, "%", &shares.collect::<Vec<_>>());
    let lengths = found.variants.iter().filter_map(|one| {
        let days = one.days.as_ref()?;
        let name = one.figures.name.clone();
        let outer = Some([days.p5, days.p95]);
        Some(Bar { name, outer, inner: days.median_interval, middle: days.median })
    });
    body += &plotted(say.plot, "", &lengths.collect::<Vec<_>>());
    for one in &found.variants {
        body += &section(&one.figures.name, &variant(one, found));
    }
    let title = filled(say.title, std::slice::from_ref(&found.base.name));
    crate::cli::log::page::page(&title, &body)
}

fn hundred(share: f64) -> f64 {
    100.0 * share
}

#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn variant(one: &Variant, found: &Comparison) -> String {
    let say = said();
    if !one.is_different() {
        return format!("<p class=\"lead\">{}</p>\n", escaped(say.none)) + strange(one).as_str();
    }
    let of = |part: usize| format!("{} ({})", count(part), share(part, found.cases));
    let mut body = figures(&[
        (of(one.ends_otherwise), say.ends_otherwise),
        (of(one.decided_otherwise), say.decided_otherwise),
        (of(one.reach_other_states), say.reach_other_states),
    ]);
    let said_of =
        [ends_otherwise(one, found.cases), format!("{} {}", count(one.ends.variant), ended(one))];
    for text in said_of.into_iter().chain(days(one)) {
        body += &format!("<p class=\"quiet\">{}</p>\n", escaped(&text));
    }
    let groups: Vec<Vec<String>> = one
        .differences
        .iter()
        .map(|group| {
            let told = sides(group).join("\n");
            vec![event(group.event.as_deref()), told, count(group.cases)]
        })
        .collect();
    body += &titled(say.differences, &[say.event, "", say.count], 2, &groups);
    let cases: Vec<Vec<String>> = one
        .first_differences
        .iter()
        .map(|first| {
            let side = |answer, ends: &[String]| {
                format!("{}\n{}", answered(answer), filled(say.ends_in, &[places(ends)]))
            };
            vec![
                first.case.clone(),
                event(first.event.as_deref()),
                side(&first.base, &first.base_ends),
                side(&first.variant, &first.variant_ends),
            ]
        })
        .collect();
    body += &titled(say.each, &["", say.event, say.in_base, say.in_variant], 4, &cases);
    let moved = one.states.iter().filter(|(_, state)| state.only_base + state.only_variant > 0);
    let moved = moved.map(|(name, state)| {
        let numbers = [state.base, state.variant, state.only_base, state.only_variant];
        std::iter::once(name.clone()).chain(numbers.map(count)).collect()
    });
    body += &titled(say.states, &[say.state, "", "", "", ""], 1, &moved.collect::<Vec<_>>());
    let blocked = one.blocked.iter().filter(|blocked| blocked.base != blocked.variant);
    let blocked = blocked.map(|blocked| {
        let parts = [blocked.event.clone(), blocked.states.clone(), blocked.name.clone()];
        vec![filled(say.blocked_in, &parts), count(blocked.base), count(blocked.variant)]
    });
    body += &titled(say.blocked, &["", "", ""], 1, &blocked.collect::<Vec<_>>());
    let terms = one.terms.iter().filter(|(_, term)| term.base != term.variant);
    let terms = terms.map(|(name, term)| vec![name.clone(), fates(term.base), fates(term.variant)]);
    body += &titled(say.terms, &["", "", ""], 1, &terms.collect::<Vec<_>>());
    let facts = one.facts.iter().map(|(name, cases)| vec![name.clone(), count(*cases)]);
    body += &titled(say.facts, &["", say.count], 1, &facts.collect::<Vec<_>>());
    body + strange(one).as_str()
}

fn strange(one: &Variant) -> String {
    let lists = not_taken(&one.figures).into_iter().map(|(title, list)| {
        let rows = list.iter().map(|(name, number)| vec![name.clone(), count(*number)]);
        titled(title, &["", said().count], 1, &rows.collect::<Vec<_>>())
    });
    lists.collect()
}

/// A table under a title; nothing where there are no rows.
fn titled(title: &str, heads: &[&str], texts: usize, rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    format!("<h3>{}</h3>\n{}", escaped(title), table(heads, texts, rows))
}

/// A value with the interval that it lies in, and how far the cases reach.
struct Bar {
    name: String,
    outer: Option<[f64; 2]>,
    inner: Option<[f64; 2]>,
    middle: f64,
}

/// Values with their intervals, one below the other on one scale that has 0 on it.
fn plotted(title: &str, unit: &str, bars: &[Bar]) -> String {
    /// So many are drawn.
    const MOST: usize = 40;
    const ROW: usize = 30;
    if bars.is_empty() {
        return String::new();
    }
    let shown = bars.get(..MOST).unwrap_or(bars);
    let ends = shown.iter().flat_map(|bar| {
        let both = bar.outer.into_iter().chain(bar.inner).flatten();
        both.chain([bar.middle])
    });
    let (low, high) =
        ends.fold((0.0_f64, 0.0_f64), |(low, high), one| (low.min(one), high.max(one)));
    let width = if high > low { high - low } else { 1.0 };
    let across = |value: f64| 290.0 + 490.0 * (value - low) / width;
    let bottom = shown.len() * ROW + 8;
    let mut svg = format!(
        "<div class=\"wide\"><svg class=\"plot\" viewBox=\"0 0 820 {}\" width=\"820\" role=\"img\">",
        bottom + 26
    );
    let line = |one: f64, other: f64, y: f64, wide: u32| {
        let (one, other) = (across(one), across(other));
        format!(
            "<rect x=\"{one:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{wide}\"/>",
            y - f64::from(wide) / 2.0,
            (other - one).max(1.0)
        )
    };
    let zero = across(0.0);
    let _: std::fmt::Result =
        write!(svg, "<line x1=\"{zero:.1}\" x2=\"{zero:.1}\" y1=\"0\" y2=\"{bottom}\"/>");
    for (bar, row) in shown.iter().zip(0_u32..) {
        let y = 30.0 * f64::from(row) + 18.0;
        let short: String = bar.name.chars().take(36).collect();
        let _: std::fmt::Result = write!(
            svg,
            "<text x=\"280\" y=\"{:.1}\" text-anchor=\"end\">{}<title>{}</title></text>",
            y + 4.0,
            escaped(&short),
            escaped(&bar.name)
        );
        if let Some([from, to]) = bar.outer {
            svg += &line(from, to, y, 2);
        }
        if let Some([from, to]) = bar.inner {
            svg += &line(from, to, y, 8);
        }
        let _: std::fmt::Result = write!(
            svg,
            "<circle cx=\"{:.1}\" cy=\"{y:.1}\" r=\"5\" fill=\"var(--ink)\"><title>{}</title></circle>",
            across(bar.middle),
            figure(bar.middle, 2)
        );
    }
    for (value, anchor) in [(low, "start"), (high, "end")] {
        let _: std::fmt::Result = write!(
            svg,
            "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"{anchor}\" class=\"quiet\">{} {unit}</text>",
            across(value),
            bottom + 18,
            figure(value, 1)
        );
    }
    svg += "</svg></div>\n";
    let more = match bars.len() > MOST {
        true => filled(said().more, &[count(bars.len() - MOST)]),
        false => String::new(),
    };
    section(title, &format!("{svg}<p class=\"quiet\">{}</p>\n", escaped(&more)))
}
