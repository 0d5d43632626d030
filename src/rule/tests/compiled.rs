//! Which rules are compiled: all of the library's, and those of the bench.

use super::*;
use crate::Workflow;

/// A file of the library.
fn library(name: &str) -> Workflow {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("workflows");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).map_err(|e| e.to_string());
    let text = read(name).unwrap();
    let mut resolve = |name: &str| read(name);
    Workflow::load(name, &text, &mut resolve, &Limits::default())
        .unwrap_or_else(|report| panic!("{report}"))
}

#[test]
fn every_rule_of_the_library_is_compiled() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("workflows");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json") && !name.contains(".scenario."))
        .collect();
    names.sort();
    assert!(names.len() > 20);
    let (mut rules, mut left) = (0, Vec::new());
    for name in names {
        let workflow = library(&name);
        let compiled = workflow.compiled();
        let sources = compiled.report.sources();
        rules += compiled.rules.rule_ids().len();
        for (id, no) in &compiled.rules.uncompiled {
            let text = sources.text(no.span);
            left.push(format!("{name}: {id:?} {}: `{text}`", no.reason));
        }
    }
    assert!(
        left.is_empty(),
        "{} of {rules} rules are not compiled\n{}",
        left.len(),
        left.join("\n")
    );
}

/// Why a guard is not compiled, with the text that is in the way.
fn left(script: &str) -> Option<(&'static str, String)> {
    let world = world(&file(Place::Guard, script));
    let (_, no) = world.rules.uncompiled.iter().find(|(id, _)| matches!(id, RuleId::Guard(_)))?;
    Some((no.reason, world.report.sources().text(no.span).to_owned()))
}

#[test]
fn what_the_language_has_is_compiled() {
    let all = [
        "n + m * 2 - 1 >= 3 && x / 2 < 0.5 && n % 2 == 1 && -n < 2",
        "risk in [`low`, `high`] && t !in [`a`] && `users` in sectors && n in 1..5",
        "t.lower().trim() + `x` == `ax` && t.starts_with(`a`) && t.len() > 2 && `a` in t",
        "day + weeks(2) <= today && (today - day).days > 3 && time + hours(2) > now && day.year == 2026",
        "ends.date >= today && span == days(2) && time + span < now && (now - time).hours > 2",
        "if a { n > 1 } else if b { x > 1 } else { c }",
        "switch risk { `low` => true, `medium` | `high` => n > 2, _ => false }",
        "switch n { 0 => a, 6 if c => b, 1..=5 => d, _ => false }",
        "{ let k = n * 2; let l = k + 1; l > 3 }",
        "(n ?? 0) > 1 || (x ?? 0) > 1 || (risk ?? `low`) == `high`",
        "known(`n`) && known(`partner.share`) && !active(`one`)",
        "last(`go`) < now && count(`go`) > 1 && since(`one`).date < today && `eva` in who(`go`)",
        "partner.share > 0.5 && partner.name == `p` && `low` in partner.risks && votes.keys().len() > 1",
        "{ let k = 0; for p in partners { if p.share > 0.5 { k += 1; } else { continue; } if k > 3 { break; } } k > 2 }",
        "{ let k = 0.0; for p in partners { k += p.share; } k > 2 }",
        "partners.all(|p| p.share > 0) && partners.some(|p| p.name == `a`) && partners.filter(|p| p.share > 1).len() > 2",
        "partners.map(|p| p.share).sum() > 1 && list.map(|v| v * 2).sum() > 2 && list.sum() > 1",
        "(partners.find(|p| p.share > 1) ?? #{ name: `x`, share: 1.0 }).share > 1",
        "twice(n) > 3 && fee(x) > 2 && min(n, 3) < max(x, 2) && abs(n) > round(x) && floor(x) < ceil(x) && div(n, 2) > 1",
        "list[0] > 1 && [1, 2, 3].contains(n) && list + [1] == [2, 1] && covers(sectors)",
        "event.data.count > 1 && event.data.reason == `x` && event.actor == `eva` && event.date == today",
        "fa && two && nested && rate > 0.5 && both && double > 3",
        "{ for p in partners { if p.share > 1 { return true; } } false }",
        "any.x > 1 || any == 3",
        "t.upper() == `A` && t.ends_with(`b`) && votes.values().sum() > 2 && list.filter(|v| v > 1).len() == 2",
        "date(2026, m, 1) > day && months(n) == span && round(x, 2) >= 0.25 && day - months(1) < day",
    ];
    for script in all {
        assert_eq!(left(script), None, "{script}");
    }
}
