//! Pages that stand by themselves: figures, plots and tables, with every text from a log escaped in one place.

mod plots;

use tresteg::log::{Alignments, Check, LogMap, Stats, Variant};

use super::show::{answer, count, figure, share, why};
use super::words::logs;
use crate::cli::words::{filled, language};
use plots::{bars, curve};

const STYLE: &str = include_str!("page.css");

/// So many rows of a table are shown.
const SHOWN: usize = 30;

/// The one place where a text becomes HTML.
pub(in crate::cli) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in tresteg::diagnostic::visible_lines(text).chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

pub(in crate::cli) fn page(title: &str, body: &str) -> String {
    let (lang, title, style) = (language().tag(), escaped(title), STYLE.replace('\n', ""));
    format!(
        "<!doctype html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{title}</title><style>{style}</style></head>\n<body><main><h1>{title}</h1>\n{body}</main></body></html>\n"
    )
}

pub(in crate::cli) fn section(title: &str, body: &str) -> String {
    format!("<section><h2>{}</h2>\n{body}</section>\n", escaped(title))
}

/// Figures beside each other.
pub(in crate::cli) fn figures(list: &[(String, &str)]) -> String {
    let each = list.iter().map(|(figure, what)| {
        format!("<div><dd>{}</dd><dt>{}</dt></div>", escaped(figure), escaped(what))
    });
    format!("<dl class=\"figures\">{}</dl>\n", each.collect::<String>())
}

/// A table; cells of columns beyond the first `texts` are numbers.
pub(in crate::cli) fn table(heads: &[&str], texts: usize, rows: &[Vec<String>]) -> String {
    let class = |place: usize| if place < texts { "" } else { " class=\"n\"" };
    let head = heads
        .iter()
        .enumerate()
        .map(|(place, text)| format!("<th scope=\"col\"{}>{}</th>", class(place), escaped(text)));
    let row = |cells: &Vec<String>| {
        let cells = cells.iter().enumerate().map(|(place, text)| {
            format!("<td{}>{}</td>", class(place), escaped(text).replace('\n', "<br>"))
        });
        format!("<tr>{}</tr>\n", cells.collect::<String>())
    };
    let more = match rows.len() > SHOWN {
        true => format!(
            "<p class=\"quiet\">{}</p>\n",
            filled(logs().more, &[count(rows.len() - SHOWN)])
        ),
        false => String::new(),
    };
    format!(
        "<div class=\"wide\"><table><thead><tr>{}</tr></thead>\n<tbody>{}</tbody></table></div>\n{more}",
        head.collect::<String>(),
        rows.iter().take(SHOWN).map(row).collect::<String>()
    )
}

/// What is in a log.
fn parts_of(stats: &Stats, variants: &[Variant]) -> String {
    let say = logs();
    let mut body = String::new();
    if let Some(found) = &stats.throughput {
        let list = [
            (figure(found.mean_days, 1), say.mean),
            (figure(found.median_days, 1), say.median),
            (figure(found.p90_days, 1), "90 %"),
            (figure(found.max_days, 1), say.longest),
        ];
        let plot = curve(&stats.quantiles, say.days, say.share_of_cases);
        body += &section(say.throughput, &(figures(&list) + plot.as_str()));
    }
    let named: Vec<(String, usize)> =
        stats.activities.iter().take(SHOWN).map(|one| (one.activity.clone(), one.events)).collect();
    body += &section(say.activities, &bars(&named));
    if !variants.is_empty() {
        let shown: Vec<Vec<String>> = variants
            .iter()
            .map(|one| {
                let share = share(one.cases, stats.cases);
                vec![one.activities.join(" → "), count(one.cases), share]
            })
            .collect();
        body += &section(say.variants, &table(&[say.variants, say.cases, "%"], 1, &shown));
    }
    for (title, list) in [(say.follows, &stats.follows), (say.handovers, &stats.handovers)] {
        if list.is_empty() {
            continue;
        }
        let rows: Vec<Vec<String>> = list
            .iter()
            .map(|one| {
                let median = one.median_days.map(|days| figure(days, 2)).unwrap_or_default();
                vec![format!("{} → {}", one.from, one.to), count(one.count), median]
            })
            .collect();
        body += &section(title, &table(&["", say.count, say.median_days], 1, &rows));
    }
    body
}

pub(super) fn stats(name: &str, stats: &Stats, variants: &[Variant]) -> String {
    let say = logs();
    let mut body = figures(&[
        (count(stats.cases), say.cases),
        (count(stats.events), say.events),
        (count(stats.activities.len()), say.activities),
        (count(stats.variants), say.variants),
        (count(stats.reworked), say.reworked),
    ]);
    body += &parts_of(stats, variants);
    page(&filled(say.page_log, &[name.to_owned()]), &body)
}

pub(super) fn check(name: &str, map: &LogMap, check: &Check, stats: &Stats) -> String {
    let say = logs();
    let mut body = format!("<p class=\"lead\">{}</p>\n", escaped(&under(map)));
    let of = |part: usize| format!("{} ({})", count(part), share(part, check.cases));
    body += &figures(&[
        (count(check.cases), say.cases),
        (count(check.events), say.events),
        (of(check.fitting), say.fitting),
        (of(check.fitting_unguarded), say.fitting_unguarded),
        (of(check.undecided), say.undecided),
    ]);
    let violations: Vec<(String, usize)> =
        check.violations.iter().map(|(number, cases)| (number.to_string(), *cases)).collect();
    body += &section(say.violations, &bars(&violations));
    let failures: Vec<Vec<String>> = check
        .failures
        .iter()
        .map(|one| {
            let mut told = why(one.why).to_owned();
            if let Some(answer) = answer(one, map) {
                told = format!("{told}\n{}", answer.trim_end());
            }
            let first = filled(say.first_case, &[one.case.clone(), one.event.to_string()]);
            vec![one.activity.clone(), told, first, count(one.cases)]
        })
        .collect();
    if !failures.is_empty() {
        body +=
            &section(say.failures, &table(&[say.activity, say.why, "", say.cases], 3, &failures));
    }
    let guards: Vec<Vec<String>> = check
        .guards
        .iter()
        .map(|(name, one)| {
            vec![
                name.clone(),
                one.asked.to_string(),
                one.violated.to_string(),
                one.undecided.to_string(),
            ]
        })
        .collect();
    if !guards.is_empty() {
        body += &section(say.guards, &table(&["", "", "", ""], 1, &guards));
    }
    let claims: Vec<Vec<String>> = check
        .claims
        .iter()
        .map(|(name, one)| {
            vec![name.clone(), one.kept.to_string(), one.open.to_string(), one.broken.to_string()]
        })
        .collect();
    if !claims.is_empty() {
        body += &section(say.claims, &table(&["", "", "", ""], 1, &claims));
    }
    for (title, list) in [
        (say.unmapped_activities, &check.unmapped.activities),
        (say.unmapped_attributes, &check.unmapped.attributes),
    ] {
        let rows: Vec<Vec<String>> =
            list.iter().map(|(name, number)| vec![name.clone(), count(*number)]).collect();
        if !rows.is_empty() {
            body += &section(title, &table(&["", say.count], 1, &rows));
        }
    }
    body += &parts_of(stats, &[]);
    page(&filled(say.page_log, &[name.to_owned()]), &body)
}

fn under(map: &LogMap) -> String {
    let workflow = map.workflow();
    filled(logs().page_under, &[workflow.about().title(language()).to_owned()])
}

pub(super) fn align(name: &str, map: &LogMap, found: &Alignments) -> String {
    let say = logs();
    let mut body = format!("<p class=\"lead\">{}</p>\n", escaped(&under(map)));
    body += &figures(&[
        (count(found.cases), say.cases),
        (figure(found.mean_trace_fitness, 6), say.mean_fitness),
        (figure(found.log_fitness, 6), say.log_fitness),
        (count(found.classes), say.classes),
    ]);
    let costs: Vec<(String, usize)> =
        found.cost.iter().map(|(cost, cases)| (cost.to_string(), *cases)).collect();
    body += &section(say.alignments, &bars(&costs));
    for (title, moves) in [(say.log_only, &found.log_moves), (say.model_only, &found.model_moves)] {
        let mut moves: Vec<(String, usize)> =
            moves.iter().map(|(name, number)| (name.clone(), *number)).collect();
        moves.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
        if !moves.is_empty() {
            body += &section(title, &bars(&moves));
        }
    }
    body += &format!("<p class=\"quiet\">{}</p>\n", escaped(say.model_moves));
    page(&filled(say.page_log, &[name.to_owned()]), &body)
}
