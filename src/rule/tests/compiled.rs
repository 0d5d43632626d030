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
        // What looks at child cases is left to the evaluator.
        let of_children = |reason: &str| reason.contains("child cases");
        // So is a table that is a parameter: only facts have cells for the records of a list.
        let of_a_table = name.starts_with("delegationsbeslut");
        // Lists of dates without others, a quotient of a quotient, and one that is held to the bounds of its declaration.
        let is_known = [
            "orosanmalan.json",
            "orosanmalan-stadsdel.json",
            "radical-efficiency.json",
            "samordning-mottagande.json",
        ]
        .contains(&&*name);
        // And a record that an event carries: payload has no cells.
        let of_payload = |text: &str| text.contains("event.data.");
        let of_a_table = of_a_table || is_known;
        let is_left = |no: &NotCompiled| of_children(no.reason) || of_a_table;
        for (id, no) in compiled.rules.uncompiled.iter().filter(|(_, no)| !is_left(no)) {
            let text = sources.text(no.span);
            if of_payload(text) {
                continue;
            }
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
        "t.lower().trim() == `ax` && t.starts_with(`a`) && t.len() > 2 && `a` in t",
        "day + weeks(2) <= today && (today - day).days > 3 && time + hours(2) > now && day.year == 2026",
        "ends.date >= today && span == days(2) && time + span < now && (now - time).hours > 2",
        "if a { n > 1 } else if b { x > 1 } else { c }",
        "switch risk { `low` => true, `medium` | `high` => n > 2, _ => false }",
        "switch n { 0 => a, 6 if c => b, 1..=5 => d, _ => false }",
        "{ let k = n * 2; let l = k + 1; l > 3 }",
        "(n ?? 0) > 1 || (x ?? 0) > 1 || (risk ?? `low`) == `high`",
        "known(`n`) && known(`partner.share`) && !active(`one`)",
        "last(`go`) < now && count(`go`) > 1 && since(`one`).date < today",
        "partner.share > 0.5 && partner.name == `p` && `low` in partner.risks && votes.keys().len() > 1",
        "{ let k = 0; for p in partners { if p.share > 0.5 { k += 1; } else { continue; } if k > 3 { break; } } k > 2 }",
        "{ let k = 0.0; for p in partners { k += p.share; } k > 2 }",
        "partners.all(|p| p.share > 0) && partners.some(|p| p.name == `a`) && partners.filter(|p| p.share > 1).len() > 2",
        "partners.map(|p| p.share).sum() > 1 && list.map(|v| v * 2).sum() > 2 && list.sum() > 1",
        "partners.find(|p| p.share > 1).share > 1 && (partners.find(|p| p.share > 1).share ?? 2) > 1",
        "twice(n) > 3 && fee(x) > 2 && min(n, 3) < max(x, 2) && abs(n) > round(x) && floor(x) < ceil(x) && div(n, 2) > 1",
        "list[0] > 1 && [1, 2, 3].contains(n) && list + [1] == [2, 1] && covers(sectors)",
        "event.data.count > 1 && event.data.reason == `x` && event.date == today",
        "fa && two && nested && rate > 0.5 && both && double > 3",
        "{ for p in partners { if p.share > 1 { return true; } } false }",
        "t.upper() == `A` && t.ends_with(`b`) && votes.values().sum() > 2 && list.filter(|v| v > 1).len() == 2",
        "switch x { 50000 | 60000.5 => c, 0..=1 => a, 1..3 => b, _ => false }",
        "(if a { n } else { x }) % 2 == 1 && [min(n, x)].sum() > 3",
        "{ let k = 0; for p in partners { k += p.share; } k == 1.5 }",
        "date(2026, m, 1) > day && days(n) == span && round(x, 2) >= 0.25 && day - months(1) < day",
    ];
    let left: Vec<_> = all.iter().filter_map(|script| Some((script, left(script)?))).collect();
    assert!(left.is_empty(), "{left:#?}");
}

/// What has no word, or could be of any type, the evaluator works out.
#[test]
fn what_is_made_is_left_to_the_evaluator() {
    for (script, reason) in [
        ("t + `x` == `ax`", "this calculation has no compiled form"),
        (
            "(partners.find(|p| p.share > 1) ?? #{ name: `x`, share: 1.0 }).share > 1",
            "it makes a record",
        ),
        ("any.x > 1 || any == 3", "what it reads may be of any type"),
        ("[x ?? 1] == [1]", "what is compared has no compiled form"),
        ("`eva` in who(`go`)", "it asks who sent an event"),
    ] {
        assert_eq!(left(script).map(|(reason, _)| reason), Some(reason), "{script}");
        // Behind another clause it is left to it only when it comes to that.
        let world = world(&file(Place::Guard, &format!("a && ({script})")));
        assert!(world.rules.uncompiled.is_empty(), "{script}");
        let left: Vec<&str> = world.rules.left.values().map(|no| no.reason).collect();
        assert_eq!(left, [reason], "{script}");
        let decided = |a| {
            let world = world_of(&format!("a && ({script})"), a);
            world.guard().code.as_ref().unwrap().decide(&world.rules, &world.context())
        };
        assert_eq!((decided("false"), decided("true")), (Some(Truth::False), None), "{script}");
    }
}

fn world_of(script: &str, a: &str) -> World {
    world(&file(Place::Guard, script)).with(&[("a", a)])
}

/// What the compiled guard says where it is sure, and what the evaluator says.
fn both(script: &str, facts: &[(&str, &str)]) -> (Option<Truth>, Result<Truth, &'static str>) {
    let world = world(&file(Place::Guard, script)).with(facts);
    let program = world.guard();
    let code = program.code.as_ref().unwrap_or_else(|| panic!("{script} is not compiled"));
    let reference = Evaluator::new(&world.rules, world.context()).decide(program);
    (code.decide(&world.rules, &world.context()), reference.map_err(|fault| fault.code))
}

#[test]
fn a_sum_that_is_too_large_to_be_rounded_is_left_to_the_evaluator() {
    for script in ["floor(x * 100000) > 1", "round(x * 1000000) >= 5", "ceil(x * 10000 + 0.5) < 5"]
    {
        let found = both(script, &[("x", "922337203685477.5807")]);
        assert_eq!(found, (None, Err("overflow")), "{script}");
        assert!(both(script, &[("x", "0.5")]).0.is_some(), "{script}");
    }
}

#[test]
fn a_sum_that_is_never_equal_may_be_too_large_all_the_same() {
    let large = [("n", "9223372036854775807"), ("m", "1"), ("a", "true")];
    for script in ["n + m != 0.5", "0.5 == n + m", "n * 2 != 0.5 || a", "double != 0.5"] {
        assert_eq!(both(script, &large), (None, Err("overflow")), "{script}");
        let found = both(script, &[("n", "1"), ("m", "1"), ("a", "true")]);
        assert_eq!(found.0, found.1.ok(), "{script}");
    }
}

#[test]
fn what_fails_in_a_variable_fails_before_what_is_unknown_behind_it() {
    let large = ("n", "9223372036854775807");
    for script in [
        "{ let k = n * 2; m + k > 3 }",
        "{ let k = n * 2; m > k }",
        "{ let k = n * 2; day + months(k) > today }",
        "months(n) + day > today",
        "twice(n) > 3 || { let k = twice(n); m == k }",
    ] {
        let mut world = world(&file(Place::Guard, script)).with(&[large]);
        let m = world.rules.fact_named("m").unwrap();
        world.facts.set(m, None);
        let program = world.guard();
        let code = program.code.as_ref().unwrap();
        assert_eq!(code.decide(&world.rules, &world.context()), None, "{script}");
        let code = Evaluator::new(&world.rules, world.context()).decide(program);
        assert_eq!(code.map_err(|fault| fault.code), Err("overflow"), "{script}");
    }
}

#[test]
fn an_integer_that_has_become_a_decimal_stays_one() {
    // As integers they would overflow.
    let large = [("n", "9223372036854775807")];
    let found = both("[round(n, 2)][0] + n > 3", &large);
    assert_eq!(found, (Some(Truth::True), Ok(Truth::True)));
}

#[test]
fn numbers_are_cases_of_ranges_with_their_decimals() {
    let script = "switch x { 0..=1 => true, 1..3 => n > 0, _ => false }";
    for (x, wanted) in [
        ("0", Truth::True),
        ("1", Truth::True),
        ("1.0000000000000000000000001", Truth::Unknown),
        ("1.0001", Truth::Unknown),
        ("2.9999", Truth::Unknown),
        ("3", Truth::False),
        ("-0.0001", Truth::False),
        ("1e20", Truth::False),
    ] {
        let (compiled, reference) = both(script, &[("x", x)]);
        assert_eq!(reference, Ok(wanted), "{x}");
        assert!(compiled.is_none_or(|found| found == wanted), "{x}: {compiled:?}");
        assert!(compiled.is_some() || x.len() > 8 || x == "1e20", "{x}");
    }
}

#[test]
fn a_rule_may_have_some_variables_at_once_and_many_in_all() {
    let fees = ["fee(x)"; 5].join(" + ");
    let (compiled, reference) = both(&format!("{fees} == 5 * share"), &[("x", "1")]);
    assert_eq!((compiled, reference), (Some(Truth::True), Ok(Truth::True)));
    let fees = ["fee(x)"; 60].join(", ");
    let world = world(&file(Place::Guard, &format!("[{fees}].sum() == 60 * share")));
    let world = world.with(&[("x", "1")]);
    assert_eq!(world.decide(), Ok(Truth::True));
}
