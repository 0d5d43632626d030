//! What is wrong with a script is found when the file is read, at its place.

use super::*;

/// Scripts with the code of the problem and the text that it points at.
fn found(place: Place, table: &[(&str, &str, &str)]) {
    let mut missed = Vec::new();
    for (script, code, at) in table {
        let found = problems(place, script);
        if !found.iter().any(|(one, text)| one == code && text == at) {
            missed.push(format!("{script}: wanted {code} at {at:?}, found {found:?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn in_guards() {
    found(
        Place::Guard,
        &[
            ("riks == \"low\"", "unknown-name", "riks"),
            ("a && foo(1)", "unknown-name", "foo"),
            ("risk == \"lwo\"", "unknown-value", "\\\"lwo\\\""),
            ("risk == `lwo`", "unknown-value", "`lwo`"),
            ("`lwo` != risk", "unknown-value", "`lwo`"),
            ("risk in [`low`, `hihg`]", "unknown-value", "`hihg`"),
            ("sectors.contains(`user`)", "unknown-value", "`user`"),
            ("`user` in sectors", "unknown-value", "`user`"),
            ("sectors == [`user`]", "unknown-value", "`user`"),
            ("(risk ?? `lo`) == `low`", "unknown-value", "`lo`"),
            ("switch risk { `lo` => true, _ => false }", "unknown-value", "`lo`"),
            ("partner.risks.contains(`medium`)", "unknown-value", "`medium`"),
            ("partners.some(|p| p.nmae == `x`)", "unknown-name", "nmae"),
            ("risk == colour", "impossible", "risk == colour"),
            ("n == `1`", "mixed-types", "n == `1`"),
            ("a == 1", "mixed-types", "a == 1"),
            ("day > time", "mixed-types", "day > time"),
            ("span > 14", "mixed-types", "span > 14"),
            ("days(14) > hours(2)", "mixed-types", "days(14) > hours(2)"),
            ("day + 14 > today", "mixed-types", "+"),
            ("day - hours(3) > today", "mixed-types", "-"),
            ("time - day > days(1)", "mixed-types", "-"),
            ("day == `2026-09-01`", "mixed-types", "`2026-09-01`"),
            ("t > `a`", "wrong-type", "t > `a`"),
            ("a > b", "wrong-type", "a > b"),
            ("list > 3", "mixed-types", "list > 3"),
            ("1 + t == `x`", "mixed-types", "+"),
            ("n && a", "not-boolean", "n"),
            ("a || t", "not-boolean", "t"),
            ("!n", "not-boolean", "n"),
            ("n", "not-boolean", "n"),
            ("rate", "not-boolean", "rate"),
            ("a && rate", "not-boolean", "rate"),
            ("if n { true } else { false }", "not-boolean", "n"),
            ("a & b", "not-allowed", "&"),
            ("a | b", "not-allowed", "|"),
            ("a ^ b", "not-allowed", "^"),
            ("1 < n < 3", "chained-comparison", "1 < n < 3"),
            ("n == m == 3", "chained-comparison", "n == m == 3"),
            ("a; b", "unused-value", "a"),
            ("n == 3; a", "unused-value", "n == 3"),
            ("a = true", "assignment-in-condition", "="),
            ("if a = b { true } else { false }", "assignment-in-condition", "="),
            ("n = 3; a", "assignment-in-condition", "="),
            ("let n = 3; n > 2", "shadowed-name", "n"),
            ("let fa = 3; fa > 2", "shadowed-name", "fa"),
            ("let today = 3; today > 2", "shadowed-name", "today"),
            ("list.all(|n| n > 2)", "shadowed-name", "n"),
            ("for n in list { } a", "shadowed-name", "n"),
            ("a && /* b", "unclosed-comment", "/*"),
            ("unit > 1", "impossible", "unit > 1"),
            ("unit >= 1.5", "impossible", "unit >= 1.5"),
            ("unit == 2", "impossible", "unit == 2"),
            ("unit < 0", "impossible", "unit < 0"),
            ("m < 0", "impossible", "m < 0"),
            ("m == 1.5", "impossible", "m == 1.5"),
            ("rate > 1", "impossible", "rate > 1"),
            ("sectors.len() > 4", "impossible", "sectors.len() > 4"),
            ("list.len() < 0", "impossible", "list.len() < 0"),
            ("short.len() > 5", "impossible", "short.len() > 5"),
            ("count(\"go\") < 0", "impossible", "count(\\\"go\\\") < 0"),
            ("unit >= 0", "always-true", "unit >= 0"),
            ("known(n)", "not-literal", "n"),
            ("known(\"nn\")", "unknown-name", "\\\"nn\\\""),
            ("known(\"partner.nmae\")", "unknown-name", "\\\"partner.nmae\\\""),
            ("last(`goo`) < now", "unknown-event", "`goo`"),
            ("count(t) > 1", "not-literal", "t"),
            ("active(`two`)", "unknown-state", "`two`"),
            ("active(one)", "not-literal", "one"),
            ("since(`on`) < now", "unknown-state", "`on`"),
            ("event.nmae == `x`", "unknown-name", "nmae"),
            ("event.data.raeson == `x`", "unknown-name", "raeson"),
            ("event.data.reason == 3", "mixed-types", "event.data.reason == 3"),
            ("event == `go`", "wrong-type", "event"),
            ("day.days > 3", "unknown-name", "days"),
            ("(now - time).days > 3", "unknown-name", "days"),
            ("(today - day).hours > 3", "unknown-name", "hours"),
            ("t.year > 3", "unknown-name", "year"),
            ("list.any(|i| i > 2)", "unknown-name", "any"),
            ("n.len() > 2", "wrong-type", "n.len()"),
            ("list.all(a)", "wrong-arguments", "a"),
            ("list.all(|i, k| i > k)", "wrong-arguments", "|i, k| i > k"),
            ("list.len(1) > 2", "wrong-arguments", "list.len(1)"),
            ("days() > days(1)", "wrong-arguments", "days()"),
            ("twice(1, 2) > 1", "wrong-arguments", "twice(1, 2)"),
            ("n.twice() > 1", "wrong-arguments", "n.twice()"),
            ("days(1.5) > days(1)", "wrong-type", "1.5"),
            ("min(1, t) > 1", "mixed-types", "min(1, t)"),
            ("list.covers()", "wrong-type", "list.covers()"),
            ("date(\"2026-02-30\") > today", "bad-date", "\\\"2026-02-30\\\""),
            ("list[-1] > 1", "out-of-bounds", "-1"),
            ("n / 0 > 1", "division-by-zero", "0"),
            ("if a { true }", "no-value", "if a { true }"),
            ("switch n { 1 => true }", "no-value", "switch n { 1 => true }"),
            ("switch n { m => true, _ => false }", "syntax", "m"),
            ("while a { } b", "not-allowed", "while"),
            ("raise(`go`); a", "not-allowed", "raise(`go`)"),
            ("forget(`n`)", "not-allowed", "forget(`n`)"),
            ("list.push(1); a", "assignment-in-condition", "push"),
            ("let f = |v| v; a", "not-allowed", "|v| v"),
            ("twice > 3", "unknown-name", "twice"),
            ("t == 'x'", "syntax", "'x'"),
            ("t == `a${n}`", "not-allowed", "`a${n}`"),
            ("a and b", "syntax", "and"),
            ("a && (b", "syntax", "b"),
            ("a b", "syntax", "b"),
            ("a && ", "syntax", "&&"),
            ("t == \"abc", "syntax", "\\\""),
            ("", "empty", "\"\""),
            ("// nothing", "empty", "// nothing"),
            (
                "x > 1.00000000000000000000000000001",
                "number-range",
                "1.00000000000000000000000000001",
            ),
        ],
    );
}

#[test]
fn what_the_sandbox_does_not_have() {
    for script in [
        "eval(`a`)",
        "print(a); a",
        "debug(a); a",
        "import \"x\" as y; a",
        "export a; a",
        "fn f() { 1 } a",
        "this.a",
        "try { a } catch { b }",
        "throw 1",
        "type_of(a) == `bool`",
        "Fn(`f`).call()",
        "a.call()",
        "f.curry(1)",
        "global::a",
        "is_def_var(`a`)",
        "is_def_fn(`a`, 1)",
        "is_shared(a)",
        "2 ** 3 > n",
        "n << 1 > 3",
        "n >> 1 > 3",
        "partner?.name == `x`",
        "list?[0] > 1",
        "sleep(1) == 1",
        "timestamp() > now",
        "rand() > 1",
        "a === b",
        "x::y(1)",
        "private fn f() {} a",
        "#\"x\"# == t",
        "async a",
        "goto a",
        "a !== b",
        "exit(1)",
        "`ab`.pad(5, ``) == t",
        "t.replace(`a`, `b`) == t",
        "t.to_string() == t",
        "list.reduce(|s, v| s + v) > 1",
        "list.clear() == list",
        "t.split(` `) == list",
        "t.sub_string() == t",
        "parse_int(t) > 1",
        "n.to_float() > 1.0",
        "list.clear(); a",
        "n.is_empty()",
        "t.index_of(`a`) > 1",
        "sqrt(n) > 2",
        "n.is_odd()",
        "a.b.c()",
        "f!(1)",
    ] {
        let (_, _, report) = load(&file(Place::Guard, script), &Limits::default());
        assert!(report.has_errors(), "{script} is let through: {report}");
        for diagnostic in report.diagnostics() {
            let own = ["Expr", "Token", "Dynamic", "i64", "f64", "ImmutableString", "Rhai"];
            assert!(
                !own.iter().any(|word| diagnostic.message.contains(word)),
                "{script}: {}",
                diagnostic.message
            );
        }
    }
}

#[test]
fn in_actions() {
    found(
        Place::Actions,
        &[
            ("double = 3", "not-assignable", "double"),
            ("share = 0.5", "not-assignable", "share"),
            ("fa = true", "not-assignable", "fa"),
            ("event = 3", "unknown-name", "event"),
            ("k = 3", "unknown-name", "k"),
            ("const k = 3; k = 4", "not-assignable", "k"),
            ("m == 3", "unused-value", "m == 3"),
            ("m + 3; m = 1", "unused-value", "m + 3"),
            ("m = `x`", "wrong-type", "`x`"),
            ("m = m / 2", "wrong-type", "m / 2"),
            ("m = -1", "out-of-bounds", "-1"),
            ("short = \"abcdef\"", "out-of-bounds", "\\\"abcdef\\\""),
            ("unit = 1.5", "out-of-bounds", "1.5"),
            ("risk = `lwo`", "unknown-value", "`lwo`"),
            ("risk = if yes { `lwo` } else { `low` }", "unknown-value", "`lwo`"),
            ("sectors.push(`user`)", "unknown-value", "`user`"),
            ("sectors = [`user`]", "unknown-value", "`user`"),
            ("partners.push(#{ nmae: `x` })", "unknown-name", "`x`"),
            ("partners[0].nmae = `x`", "unknown-name", "nmae"),
            ("partner.risks.push(`medium`)", "unknown-value", "`medium`"),
            ("list.push(`x`)", "wrong-type", "`x`"),
            ("empty.insert(`x`, 1)", "wrong-type", "`x`"),
            ("m.push(1)", "wrong-type", "m"),
            ("day = `2026-09-01`", "wrong-type", "`2026-09-01`"),
            ("m += `x`", "mixed-types", "+="),
            ("let k = 1; k = `x`", "mixed-types", "`x`"),
            ("raise(`goo`)", "unknown-event", "`goo`"),
            ("raise(t)", "not-literal", "t"),
            ("raise(`*`)", "not-literal", "`*`"),
            ("raise(`go`, #{ raeson: `x` })", "unknown-name", "#{ raeson: `x` }"),
            ("raise(`go`, #{ reason: 1 })", "wrong-type", "1"),
            ("raise(`go`, 1)", "wrong-type", "1"),
            ("send(`tick`, 14)", "wrong-type", "14"),
            ("send(`tcik`, days(1))", "unknown-event", "`tcik`"),
            ("cancel(`tcik`)", "unknown-event", "`tcik`"),
            ("forget(`nn`)", "unknown-name", "`nn`"),
            ("forget(`double`)", "not-assignable", "`double`"),
            ("forget(n)", "not-literal", "n"),
            ("m = n", "maybe-unknown", "n"),
            ("n += 1", "maybe-unknown", "n"),
            ("list.push(1)", "maybe-unknown", "list"),
            ("if known(`n`) || a { m = n }", "maybe-unknown", "n"),
            ("return 3", "unused-value", "3"),
            ("m = if a { 1 }", "no-value", "if a { 1 }"),
            ("1 = m", "not-assignable", "1"),
            ("m + 1 = 3", "not-assignable", "+"),
            ("break", "syntax", "break"),
        ],
    );
}

#[test]
fn what_is_known_needs_no_warning() {
    for script in [
        "m = m + 1",
        "if known(`n`) { m = n }",
        "if known(`n`) && n > 2 { m = n }",
        "m = n ?? 0",
        "n = 1; m = n",
        "if yes { n = 1 } else { n = 2 } m = n",
        "if !known(`n`) { return } m = 1",
        "m = double",
        "if (n ?? 0) > 1 { m = 2 }",
    ] {
        assert_eq!(problems(Place::Actions, script), [], "{script}");
    }
    // What an event must carry, and what the guard or a factor has read, is known.
    for (transition, facts) in [
        (r#""report.late": { "target": "one", "actions": "m = n" }"#, 0),
        (r#""report": { "target": "one", "actions": "m = n" }"#, 1),
        (
            r#""report.late report.early": "one", "report.early": { "target": "one", "actions": "m = n" }"#,
            1,
        ),
        (r#""report.early": { "target": "one", "guard": "n > 3 && yes", "actions": "m = n" }"#, 0),
        (r#""report.early": { "target": "one", "guard": "n > 3 || yes", "actions": "m = n" }"#, 1),
        (r#""report.early": { "target": "one", "requires": ["nested"], "actions": "m = n" }"#, 0),
        (
            r#""report.early": { "target": "one", "requires": ["two"], "actions": "if b { m = 1 }" }"#,
            1,
        ),
        (
            r#""report.early": { "target": "one", "requires": ["a"], "actions": "if a { m = 1 }" }"#,
            0,
        ),
    ] {
        let text = file(Place::Guard, "a").replace(r#""report": "one""#, transition);
        let (_, _, report) = load(&text, &Limits::default());
        let warned = report.diagnostics().iter().filter(|one| one.code == "maybe-unknown").count();
        assert_eq!(warned, facts, "{transition}: {report}");
    }
}

#[test]
fn across_scripts() {
    let with = |from: &str, to: &str| {
        let text = file(Place::Guard, "a").replace(from, to);
        let (_, _, report) = load(&text, &Limits::default());
        report
    };
    let codes =
        |report: &Report| report.diagnostics().iter().map(|one| one.code).collect::<Vec<_>>();
    let circle = with(r#""value": "n * 2""#, r#""value": "if both { 1 } else { 2 }""#).to_string();
    assert!(!circle.contains("circular"), "{circle}");
    let report = with(r#""value": "a && b""#, r#""value": "fa && known(`both`)""#);
    assert!(report.to_string().contains("`both → both`"), "{report}");
    let report = with(r#""guard": "a", "hint""#, r#""guard": "both", "hint""#);
    assert!(!report.has_errors(), "{report}");
    let report = with(r#""value": "a && b""#, r#""value": "a && nested""#);
    assert!(!report.has_errors(), "{report}");
    let report = with(r#""guard": "n >= 2 && x < 1""#, r#""guard": "double >= 2 && nested""#);
    assert!(report.to_string().contains("`fn_ → nested → fn_`"), "{report}");
    let report = with(r#""body": "v * 2""#, r#""body": "fee(v)""#);
    assert!(!report.has_errors(), "{report}");
    let report = with(r#""body": "v * 2""#, r#""body": "twice(v)""#);
    assert_eq!(codes(&report), ["recursion"], "{report}");
    let report = with(r#""body": "v * 2""#, r#""body": "v * n""#);
    assert_eq!(codes(&report), ["not-allowed"], "{report}");
    let report =
        with(r#""body": "v * 2""#, r#""body": "if now > today { last(`go`) } else { event.at }""#);
    assert_eq!(codes(&report), ["not-allowed"; 4], "{report}");
    let report = with(r#""score": "unit / 2""#, r#""score": "a""#);
    assert_eq!(codes(&report), ["wrong-type"], "{report}");
    let report = with(r#""score": "unit / 2""#, r#""score": "1.5""#);
    assert_eq!(codes(&report), ["out-of-bounds"], "{report}");
    let report = with(r#""value": "n * 2""#, r#""value": "n / 2""#);
    assert_eq!(codes(&report), ["wrong-type"], "{report}");
    let report = with(r#""params": ["v"]"#, r#""params": ["n"]"#);
    assert!(
        codes(&report).contains(&"shadowed-name") || codes(&report).contains(&"name-clash"),
        "{report}"
    );
    let at = with(
        r#""initial": "one""#,
        r#""initial": "one", "at": { "ends": { "actions": "m = 1" } }"#,
    );
    assert!(!at.has_errors(), "{at}");
    let text = file(Place::Guard, "a")
        .replace(
            r#""initial": "one""#,
            r#""initial": "one", "at": { "ends": { "actions": "m = 1" } }"#,
        )
        .replace(
            "last(`*`) + patience",
            "if count(`go`) > now.day { now } else { now + patience }",
        );
    let (_, _, report) = load(&text, &Limits::default());
    assert_eq!(codes(&report), ["depends-on-now"], "{report}");
}

#[test]
fn a_slip_of_the_pen_is_always_found() {
    // What people write, and what becomes of it by one slip.
    for (good, slips) in [
        (
            "a && b",
            &["a ; b", "a & b", "a b", "a && B", "a && ,b", "a &&& b", "a && b)", "a && b /*"][..],
        ),
        (
            "risk == `low`",
            &[
                "risk = `low`",
                "risk == `lo`",
                "risk == low",
                "risk === `low`",
                "rsik == `low`",
                "risk == 'low'",
                "risk == `low",
            ],
        ),
        (
            "unit <= share",
            &[
                "unit <= `share`",
                "unti <= share",
                "unit =< share",
                "unit <= sahre",
                "unit <= share;;; ,",
            ],
        ),
        (
            "today > day + days(14)",
            &[
                "today > day + 14",
                "today > day + day(14)",
                "today > day + days(14",
                "now > day + days(14)",
                "today > day + hours(14)",
                "today > days(14)",
            ],
        ),
        (
            "sectors.len() >= min_sectors",
            &[
                "sectors.len >= min_sector",
                "sectors >= min_sectors",
                "sector.len() >= min_sectors",
                "sectors.lenn() >= min_sectors",
            ],
        ),
        (
            "partners.all(|p| p.share < 0.5)",
            &[
                "partners.all(|p| p.shre < 0.5)",
                "partners.all(|p| q.share < 0.5)",
                "partners.all(p.share < 0.5)",
                "partners.all(|p| p < 0.5)",
                "partners.al(|p| p.share < 0.5)",
                "partners.all(|p| p.share)",
            ],
        ),
        (
            "known(`n`) && n > 3",
            &[
                "known(n) && n > 3",
                "known(`nn`) && n > 3",
                "known(`n`) && n > three",
                "know(`n`) && n > 3",
            ],
        ),
    ] {
        assert_eq!(problems(Place::Guard, good), [], "{good}");
        for slip in slips {
            let (_, _, report) = load(&file(Place::Guard, slip), &Limits::default());
            assert!(report.has_errors(), "`{slip}` for `{good}` passes");
        }
    }
}

#[test]
fn words_of_other_languages_are_told_how_to_be_written() {
    for (script, wanted) in [
        (
            "partners.count(|p| p.share > 1) > 2",
            "write `list.filter(…).len()`; count(`event`) counts events",
        ),
        ("list.average() > 2", "write `list.sum() / list.len()`"),
        ("list.first() > 2", "write `list[0]`"),
        ("today() > day", "write `today`"),
        ("not(a)", "write `!`"),
        ("is_known(n)", "ask known(`fact`)"),
        ("a ? b : c", "write `if a { b } else { c }`, or `a ?? b` where `a` may be unknown"),
        ("n == null", "what nobody has said is unknown: ask known(`fact`)"),
    ] {
        let (_, _, report) = load(&file(Place::Guard, script), &Limits::default());
        let hints: Vec<&str> =
            report.diagnostics().iter().filter_map(|one| one.hint.as_deref()).collect();
        assert!(hints.contains(&wanted), "{script}: {hints:?}");
    }
}
