//! Expressions with the values that they give.

use super::*;

#[test]
fn arithmetic_is_exact() {
    for (script, wanted) in [
        ("1 + 2 * 3", "7"),
        ("0.1 + 0.2", "0.3"),
        ("7 / 2", "3.5"),
        ("6 / 2", "3"),
        ("div(7, 2)", "3"),
        ("div(-7, 2)", "-3"),
        ("-7 % 3", "-1"),
        ("7 % -3", "1"),
        ("7.5 % 2", "1.5"),
        ("1_000 + 0x10 + 0b11 + 0o7", "1026"),
        ("- 5 + 3", "-2"),
        ("-(2 + 3)", "-5"),
        ("2 - -3", "5"),
        ("1e3", "1000"),
        ("1.5e-3", "0.0015"),
        ("0.1234567890123456789", "0.1234567890123456789"),
        ("round(2.5)", "3"),
        ("round(-2.5)", "-3"),
        ("round(2.345, 2)", "2.35"),
        ("round(10, 2)", "10"),
        ("floor(-1.5)", "-2"),
        ("ceil(1.2)", "2"),
        ("floor(3)", "3"),
        ("abs(-3)", "3"),
        ("abs(-3.5)", "3.5"),
        ("min(2, 1.5)", "1.5"),
        ("max(2, 1.5)", "2"),
        ("twice(4)", "8"),
        ("fee(1000)", "100"),
        ("fee(10)", "4"),
        ("9223372036854775807", "9223372036854775807"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("-9223372036854775808 % -1", "0"),
        ("max_budget * share", "120000"),
    ] {
        assert_eq!(evaluated(script, &[]), wanted, "{script}");
    }
}

#[test]
fn what_has_no_answer_is_a_fault() {
    for (script, wanted) in [
        ("9223372036854775807 + n", "overflow"),
        ("-9223372036854775808 - n", "overflow"),
        ("9223372036854775807 * (n + 1)", "overflow"),
        ("div(-9223372036854775808, -n)", "overflow"),
        ("abs(-9223372036854775808 + n - 1)", "overflow"),
        ("-(-9223372036854775808 + n - 1)", "overflow"),
        ("1 / (n - 1)", "division-by-zero"),
        ("1 % (n - 1)", "division-by-zero"),
        ("div(1, n - 1)", "division-by-zero"),
        ("1.5 / (n - 1)", "division-by-zero"),
        ("round(1.5, n + 28)", "out-of-bounds"),
        ("days(9223372036854775807) + days(n)", "overflow"),
        ("date(\"9999-12-31\") + days(n)", "overflow"),
        ("date(2026, n + 12, 1)", "bad-date"),
        ("list[n]", "index"),
        ("list[-n + 0]", "index"),
        ("any + 1", "mixed-types"),
        ("hours(1) + hours(any.x)", "wrong-type"),
        ("floor(9000000000000000000000.5 * n)", "overflow"),
    ] {
        let facts = [("n", "1"), ("list", "[1]"), ("any", r#"{"x":"y"}"#)];
        assert_eq!(evaluated(script, &facts), format!("fault {wanted}"), "{script}");
    }
}

#[test]
fn dates_and_durations() {
    for (script, wanted) in [
        ("date(\"2026-09-01\") + days(30)", "\"2026-10-01\""),
        ("date(2026, 1, 31) + months(1)", "\"2026-02-28\""),
        ("days(1) + date(2026, 1, 31)", "\"2026-02-01\""),
        ("date(2026, 3, 1) - weeks(1)", "\"2026-02-22\""),
        ("date(2024, 2, 29) + years(1)", "\"2025-02-28\""),
        ("(date(2026, 3, 1) - date(2026, 2, 1)).days", "28"),
        ("(date(2026, 3, 1) - date(2026, 2, 1)) > days(27)", "true"),
        ("days(2) * 3 == weeks(1) - days(1)", "true"),
        ("hours(36) > hours(35)", "true"),
        ("(now + hours(36) - now).hours", "36"),
        // Clocks go back in October: civil days are not 24 hours.
        ("(now + days(60) - now).hours", "1441"),
        ("(now + days(60)).date", "\"2026-10-31\""),
        ("today.year * 10000 + today.month * 100 + today.day", "20260901"),
        ("min(date(2026, 1, 1), today)", "\"2026-01-01\""),
        ("max(days(1), days(2)).days", "2"),
        ("patience", "\"P180D\""),
        ("years(1)", "\"P1Y\""),
    ] {
        assert_eq!(evaluated(script, &[]), wanted, "{script}");
    }
}

#[test]
fn lists_texts_and_records() {
    let facts = [
        ("list", "[3, 1, 2]"),
        ("t", "\"Åre by\""),
        ("sectors", "[\"users\", \"business\"]"),
        ("partner", r#"{"name":"p","share":0.5,"risks":["low"]}"#),
        ("partners", r#"[{"name":"x","share":1},{"name":"y","share":2.5}]"#),
        ("votes", r#"{"b":2,"a":1}"#),
    ];
    for (script, wanted) in [
        ("list.len()", "3"),
        ("list.len", "3"),
        ("len(list)", "3"),
        ("t.len()", "6"),
        ("votes.len()", "2"),
        ("list[1]", "1"),
        ("list[list.len() - 1]", "2"),
        ("1 in list", "true"),
        ("5 !in list", "true"),
        ("list.contains(2)", "true"),
        ("\"by\" in t", "true"),
        ("t.contains(\"Å\")", "true"),
        ("\"a\" in votes", "true"),
        ("2.0 in list", "true"),
        ("list.filter(|i| i > 1)", "[3,2]"),
        ("list.map(|i| i * 2)", "[6,2,4]"),
        ("list.map(|i| { let k = i; k + m })", "[3,1,2]"),
        ("list.find(|i| i < 3)", "1"),
        ("list.find(|i| i > 3)", "unknown"),
        ("list.find(|i| i > 3) ?? 0", "0"),
        ("list.all(|i| i > 0)", "true"),
        ("list.some(|i| i > 2)", "true"),
        ("list.sum()", "6"),
        ("empty.sum()", "0"),
        ("partners.map(|p| p.share).sum()", "3.5"),
        ("partners.filter(|p| p.share > min_sectors).map(|p| p.name)", "[\"y\"]"),
        ("partners[1].name", "\"y\""),
        ("partners.some(|p| p.name == \"x\" && p.share == 1)", "true"),
        ("sectors.covers()", "false"),
        ("[\"a\", \"b\"] + [\"c\"]", "[\"a\",\"b\",\"c\"]"),
        ("\"a\" + \"b\" + `c`", "\"abc\""),
        ("votes.keys()", "[\"a\",\"b\"]"),
        ("votes.values()", "[1,2]"),
        ("votes.a + votes[\"b\"]", "3"),
        ("votes.zz", "unknown"),
        ("partner.name + \"!\"", "\"p!\""),
        ("#{ x: 1, \"y z\": [1, 2] }", "{\"x\":1,\"y z\":[1,2]}"),
        ("[1, 2] == [1, 2.0]", "true"),
        ("#{ x: 1 } == #{ x: 1.0 }", "true"),
        ("[1, 2] != [2, 1]", "true"),
        ("lower(\"ÅB\") + upper(\"å\") + trim(\" x \")", "\"åbÅx\""),
        ("t.starts_with(\"Åre\") && t.ends_with(\"by\")", "true"),
        ("1..4", "[1,2,3]"),
        ("(1..=3).map(|i| i * i)", "[1,4,9]"),
    ] {
        assert_eq!(evaluated(script, &facts), wanted, "{script}");
    }
}

#[test]
fn control_flow() {
    for (script, wanted) in [
        ("if m > 0 { 1 } else if m == 0 { 2 } else { 3 }", "2"),
        ("switch risk { \"low\" => 1, \"medium\" | \"high\" => 2, _ => 3 }", "2"),
        ("switch risk { \"low\" => 1, \"medium\" | \"high\" => 2, \"unacceptable\" => 3 }", "2"),
        ("switch n { 0..5 => 1, 5..=7 => 2, _ => 3 }", "2"),
        ("switch n { 7 if m > 0 => 1, 7 => 2, _ => 3 }", "2"),
        ("switch n { -7 => 1, 7 => { let k = 2; k } _ => 3 }", "2"),
        ("switch yes { true => 2, false => 3 }", "2"),
        ("let s = 0; for i in [1, 2, 3] { s += i; } s", "6"),
        ("let s = 0; for i in 1..=4 { if i == 3 { continue } s += i; } s", "7"),
        ("let s = 0; for (i, k) in [5, 6] { s += i * k; } s", "6"),
        ("let s = []; for i in 0..3 { s.push(i); } s", "[0,1,2]"),
        ("let s = 0; for i in 0..100 { if i > 3 { break } s = i; } s", "3"),
        ("let r = #{ x: 1 }; r.x += 2; r.y = 3; r.x + r.y", "6"),
        ("const k = 2; k * 3", "6"),
        ("for i in [1, 2] { if i == 2 { return i } } 0", "2"),
        ("{ let k = 1; k + 1 }", "2"),
        ("let k = if yes { 2 } else { 3 }; k", "2"),
        ("let f = [[1, 2], [3]]; f[0][1] = 9; f", "[[1,9],[3]]"),
        ("let f = [1, 2]; let g = f; g.push(3); f.len() * 10 + g.len()", "23"),
        ("let f = [1, 2, 3]; let k = f.remove(1); f.insert(0, k); f", "[2,1,3]"),
        ("/* a /* nested */ comment */ 1 // and more", "1"),
    ] {
        let facts = [("risk", "\"high\""), ("n", "7")];
        let found = evaluated(script, &facts);
        assert_eq!(found, wanted, "{script}");
    }
}

#[test]
fn derived_facts_keep_their_declaration() {
    let shape = r#""type": "integer", "minimum": 0, "#;
    let world = world(&file(Place::Fact(shape), "n - 5")).with(&[("n", "3")]);
    let id = world.rules.fact_named("found").unwrap();
    assert_eq!(world.rules.fact(id, &world.context()).unwrap_err().code, "fact-value");
    let world = world.with(&[("n", "8")]);
    assert_eq!(world.fact("found").as_deref(), Some("3"));
}

#[test]
fn factors_and_scores() {
    let mut world =
        world(&file(Place::Guard, "a")).with(&[("unit", "0.5"), ("a", "true"), ("b", "true")]);
    let id = |name: &str| world.rules.factor_named(name).unwrap();
    let context = world.context();
    assert_eq!(
        world.rules.score(id("rate"), &context).unwrap().map(|n| n.to_string()).as_deref(),
        Some("0.25")
    );
    assert_eq!(world.rules.score(id("two"), &context).unwrap(), None);
    assert_eq!(world.rules.holds(Requirement::Factor(id("two")), &context), Ok(Truth::True));
    assert_eq!(world.rules.holds(Requirement::Factor(id("nested")), &context), Ok(Truth::Unknown));
    assert_eq!(
        world.rules.holds(world.rules.requirement("yes").unwrap(), &context),
        Ok(Truth::True)
    );
    world.facts = world.rules.facts_unknown();
    assert_eq!(
        world.rules.score(world.rules.factor_named("rate").unwrap(), &world.context()),
        Ok(None)
    );
}

#[test]
fn what_a_program_reads_through_others() {
    let world =
        world(&file(Place::Guard, "nested && both && fee(n) > 1 && ends > now && active(\"one\")"));
    let reads = world.rules.reads(world.guard());
    let names: Vec<&str> =
        reads.facts.iter().map(|id| world.def.facts.at(*id).name.value.as_str()).collect();
    assert_eq!(names, ["a", "b", "c", "n", "x", "both", "ends"]);
    let names: Vec<&str> = reads
        .parameters
        .iter()
        .map(|id| world.def.parameters.at(*id).name.value.as_str())
        .collect();
    assert_eq!(names, ["share", "patience"]);
    assert_eq!(reads.factors.len(), 4);
    assert!(reads.now && reads.past && reads.active && !reads.event);
}

/// Texts, lists in order, and what lies between dates.
#[test]
fn texts_lists_and_dates_are_taken_apart() {
    for (script, value) in [
        ("`abc`.sub_string(1)", "\"bc\""),
        ("`åäö`.sub_string(1, 1)", "\"ä\""),
        ("`abc`.sub_string(9, 2)", "\"\""),
        ("`abc`.sub_string(0, 0)", "\"\""),
        ("`abc`.sub_string(-1)", "fault out-of-bounds"),
        ("`a,,b`.split(`,`)", "[\"a\",\"\",\"b\"]"),
        ("``.split(`,`)", "[\"\"]"),
        ("`KS 2026-14`.matches(`^[A-Z]{2} \\d{4}-`)", "true"),
        ("`ks 2026-14`.matches(`^[A-Z]`)", "false"),
        ("[3, 1.5, 2].sort()", "[1.5,2,3]"),
        ("[days(3), days(1)].sort()", "[\"P1D\",\"P3D\"]"),
        ("[].min() ?? 7", "7"),
        ("[3, 1, 2].min()", "1"),
        ("[date(2026, 3, 1), date(2026, 2, 1)].max()", "\"2026-03-01\""),
        ("[#{ k: 2, n: `a` }, #{ k: 1, n: `b` }, #{ k: 1, n: `c` }].min_by(|r| r.k).n", "\"b\""),
        (
            "[#{ k: 2, n: `a` }, #{ k: 1, n: `b` }, #{ k: 1, n: `c` }].sort_by(|r| r.k).map(|r| r.n)",
            "[\"b\",\"c\",\"a\"]",
        ),
        ("empty.max_by(|r| r)", "unknown"),
        ("empty.is_empty() && ``.is_empty() && votes.is_empty()", "true"),
        ("years_between(date(2008, 2, 29), date(2026, 2, 28))", "18"),
        ("years_between(date(2008, 3, 1), date(2026, 2, 28))", "17"),
        ("months_between(date(2026, 2, 28), date(2026, 1, 31))", "-1"),
        ("months_between(date(2026, 3, 1), date(2026, 3, 1))", "0"),
        ("(minutes(90) + seconds(30)).minutes", "90.5"),
        ("hours(1) == minutes(60) && minutes(1) == seconds(60)", "true"),
    ] {
        assert_eq!(evaluated(script, &[]), value, "{script}");
    }
}
