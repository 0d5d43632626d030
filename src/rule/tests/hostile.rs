//! Scripts that try to take all time, memory or stack. Every test runs on a stack of 1 MiB.

use super::*;

fn small<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::Builder::new().stack_size(1024 * 1024).spawn(run).unwrap().join().unwrap()
}

fn refused(script: String) -> Vec<&'static str> {
    small(move || {
        let (_, _, report) = load(&file(Place::Guard, &script), &Limits::default());
        assert!(report.has_errors(), "{}", script.get(..80).unwrap_or(&script));
        report.diagnostics().iter().map(|one| one.code).collect()
    })
}

#[test]
fn nesting_is_refused() {
    for n in [50, 200, 5_000, 20_000] {
        for script in [
            format!("{}a", "!".repeat(n)),
            format!("{}n > 1", "-".repeat(n)),
            format!("{}n > 1", "- ".repeat(n)),
            format!("{}n > 1", "+ ".repeat(n)),
            format!("{}a{}", "(".repeat(n), ")".repeat(n)),
            "(".repeat(n),
            "[".repeat(n),
            "{".repeat(n),
            "#{a:".repeat(n),
            "|x|".repeat(n),
            "||".repeat(n),
            format!("{}1{} == 1", "[".repeat(n), "]".repeat(n)),
            format!("{}a{}", "if a {".repeat(n), "} else { b }".repeat(n)),
            "if a { ".repeat(n),
            "f(".repeat(n),
            "list[".repeat(n),
            "switch a { true => ".repeat(n),
            format!("a{}", " && (a".repeat(n)),
            format!("any{}", ".x(any".repeat(n)),
        ] {
            refused(script);
        }
    }
    for n in [300, 5_000, 15_000] {
        for script in [
            format!("n{} > 1", " + n".repeat(n)),
            format!("n{} > 1", " * n + n".repeat(n + 1)),
            format!("a{}", " == a".repeat(n + 1)),
            format!("a{}", " | a || b".repeat(n / 2 + 1)),
            format!("a{}", " || a | b".repeat(n / 2 + 1)),
            format!("n{} > 1", " ?? n > n".repeat(n + 1)),
            format!("switch n {{ 1 => a{} }}", " | a".repeat(n + 1)),
            format!("any{} == 1", ".x".repeat(n)),
            format!("any{} == 1", "[0]".repeat(n)),
            format!("any{} == 1", "[0].x".repeat(n / 2)),
            format!("t{} == t", ".trim()".repeat(n)),
            format!("known(\"any{}\")", ".x".repeat(n)),
            format!("{}{{ true }}", "if a { true } else ".repeat(n.min(3_300) + 1)),
            format!("list.all({}true)", "|x| ".repeat(n.min(15_000))),
            format!("list.all(|x| a{})", " ?? return a".repeat(n.min(5_000))),
        ] {
            refused(script);
        }
    }
    // However brackets add up, what lies inside them counts.
    for script in [
        format!("{}n{} > 1", "(".repeat(18), format!("{})", " + n".repeat(20)).repeat(18)),
        format!("{}{{ a }}", format!("if n{} > 0 {{ a }} else ", " + n".repeat(200)).repeat(150)),
    ] {
        refused(script);
    }
}

#[test]
fn lengths_are_no_nesting() {
    // As long as a script may be, on a small stack: read, checked, decided, explained and dropped.
    small(|| {
        for script in [
            format!("a{}", " && a".repeat(10_000)),
            format!("b{}", " || n > 5 && a".repeat(4_000)),
            format!("n{} > 0", " ?? n".repeat(10_000)),
            format!("n{} > 0", " + n".repeat(250)),
            format!("t{} == t", " + t".repeat(250)),
            format!("n{} > 0", " + n * n".repeat(250)),
            format!("{}{{ b }}", "if n > 5 { b } else ".repeat(290)),
            format!("n in [{}0]", "1, ".repeat(9_000)),
            format!("switch n {{ {}_ => a }}", "5 => b, ".repeat(5_000)),
            format!("switch n {{ {}9 => b, _ => a }}", "5 | ".repeat(5_000)),
            format!("t{} == t", ".trim()".repeat(40)),
            format!("{}a", "let lx = n; ".repeat(2_000)),
        ] {
            let world = world(&file(Place::Guard, &script)).with(&[
                ("a", "true"),
                ("b", "false"),
                ("n", "1"),
                ("t", "\"\""),
            ]);
            world.decide().unwrap();
            let _ = world.rules.explain(world.guard(), &world.context());
        }
    });
}

#[test]
fn as_deep_as_allowed_is_safe() {
    // Whatever is let through can be read, checked, evaluated, explained and dropped on a small stack.
    small(|| {
        for script in [
            format!("{}a{}", "(".repeat(19), ")".repeat(19)),
            format!("{}a", "!".repeat(20)),
            format!("{}n > 1", "- ".repeat(20)),
            format!("n{} > 1", " + n".repeat(120)),
            format!("a{}", " && a".repeat(120)),
            format!("a{}", " || (a && b)".repeat(100)),
            format!("{}a{}", "(a && ".repeat(19), ")".repeat(19)),
            format!("{}a{}", "(a || b && ".repeat(19), ")".repeat(19)),
            format!("{}a{}", "if a {".repeat(19), "} else { b }".repeat(19)),
            format!("{}{{ b }}", "if a { b } else ".repeat(290)),
            format!("{}1{} == [[]]", "[".repeat(19), "]".repeat(19)),
            format!("{}a{}", "list.all(|i| ".repeat(9), ")".repeat(9)),
            format!("{}n{} > 1", "twice(".repeat(19), ")".repeat(19)),
            format!("{}n{} > 1", "min(n + 1, ".repeat(19), ")".repeat(19)),
            format!("n{} > 1", " + (n * (n + n))".repeat(60)),
            format!("any{} == 1", ".x".repeat(20)),
            format!("any{} == 1", "[0]".repeat(20)),
            format!("t{} == t", ".trim()".repeat(20)),
            "switch n { 1 => switch n { 1 => a, _ => { a } }, _ => b }".to_owned(),
        ] {
            let (_, rules, report) = load(&file(Place::Guard, &script), &Limits::default());
            let codes: Vec<_> = report.diagnostics().iter().map(|one| one.code).collect();
            // Names of closures hide each other, which is fine.
            assert!(!codes.contains(&"too-deep"), "{script}: {report}");
            assert!(!report.has_errors(), "{script}: {report}");
            drop(rules);
            let world = world(&file(Place::Guard, &script)).with(&[
                ("a", "true"),
                ("n", "1"),
                ("b", "true"),
            ]);
            let _ = world.decide();
            let _ = world.rules.explain(world.guard(), &world.context());
        }
    });
}

#[test]
fn chains_of_rules_need_no_stack() {
    for count in [20, 300, 5_000] {
        small(move || {
            let mut facts = String::from(r#""f0": { "type": "boolean", "value": "a" }"#);
            let mut factors = String::from(r#""g0": { "guard": "a" }, "h0": { "of": ["a"] }"#);
            for i in 1..count {
                let before = i - 1;
                facts.push_str(&format!(
                    r#", "f{i}": {{ "type": "boolean", "value": "b && (f{before} || c)" }}"#
                ));
                factors.push_str(&format!(r#", "g{i}": {{ "guard": "g{before} && a" }}, "h{i}": {{ "of": ["h{before}", "b"], "at_least": 1 }}"#));
            }
            let last = count - 1;
            let text = format!(
                r#"{{ "id": "chain", "facts": {{ "a": {{ "type": "boolean" }}, "b": {{ "type": "boolean", "default": true }}, "c": {{ "type": "boolean" }}, {facts} }},
                    "factors": {{ {factors} }},
                    "states": {{ "s": {{ "on": {{ "go": {{ "target": "s", "guard": "f{last} && g{last} && h{last}" }} }} }} }} }}"#
            );
            let (_, rules, report) = load(&text, &Limits::default());
            assert!(!report.has_errors(), "{count}: {report}");
            drop(rules);
            {
                let world = world(&text);
                assert_eq!(world.decide(), Ok(Truth::Unknown));
                assert_eq!(world.rules.unknowns(world.guard(), &world.context()), ["a", "c"]);
                let _ = world.rules.explain(world.guard(), &world.context());
            }
        });
    }
}

#[test]
fn the_deepest_chain_that_is_allowed_is_safe() {
    small(|| {
        // Find the longest chain of each kind that loads, and evaluate it.
        let build = |count: usize, rule: &dyn Fn(usize) -> String| {
            let mut facts = String::new();
            for i in 1..=count {
                facts.push_str(&format!(
                    r#", "f{i}": {{ "type": "boolean", "value": "{}" }}"#,
                    rule(i - 1)
                ));
            }
            format!(
                r#"{{ "id": "chain", "facts": {{ "f0": {{ "type": "boolean" }}{facts} }},
                    "states": {{ "s": {{ "on": {{ "go": {{ "target": "s", "guard": "f{count}" }} }} }} }} }}"#
            )
        };
        let rules: [&dyn Fn(usize) -> String; 4] = [
            &|i| format!("f{i}"),
            &|i| format!("!f{i}"),
            &|i| format!("if f{i} {{ true }} else {{ false }}"),
            &|i| format!("[f{i}].all(|x| x == f{i})"),
        ];
        for rule in rules {
            let loads =
                |count: usize| !load(&build(count, rule), &Limits::default()).2.has_errors();
            let (mut low, mut high) = (1, 400);
            while high - low > 1 {
                let middle = (low + high) / 2;
                if loads(middle) { low = middle } else { high = middle }
            }
            assert!(low > 20, "only {low}");
            let world = world(&build(low, rule)).with(&[("f0", "true")]);
            let _ = world.decide();
            let _ = world.rules.explain(world.guard(), &world.context());
        }
    });
}

#[test]
fn endless_and_huge_actions_end() {
    let facts = [("n", "1"), ("t", "\"x\""), ("list", "[1]"), ("any", "1")];
    let mut missed = Vec::new();
    for (script, code) in [
        ("loop { }", "limit-operations"),
        ("while true { m += 1 }", "limit-operations"),
        ("do { } while true", "limit-operations"),
        ("for i in 0..9223372036854775807 { }", "limit-operations"),
        ("for i in 0..=9223372036854775807 { }", "overflow"),
        ("let k = (0..9223372036854775807).len(); m = k", "limit-list-items"),
        ("loop { t = t + t }", "limit-text-bytes"),
        ("let k = t; loop { k += k }", "limit-text-bytes"),
        ("loop { list += list }", "limit-list-items"),
        ("loop { list.push(1) }", "limit-list-items"),
        ("let k = [any]; loop { k = [k, k] }", "limit-operations"),
        ("let k = [any, 2, 3]; loop { k = [k, k, k, k, k, k, k, k, k] }", "limit-operations"),
        ("let k = #{ a: 1 }; loop { k = #{ a: k, b: k, c: k } }", "limit-operations"),
        ("let k = [any]; loop { k = [k] }", "limit-nesting"),
        ("let k = []; loop { k.push(k) }", "limit-operations"),
        ("let k = #{}; loop { k.x = k }", "limit-nesting"),
        ("let k = [any]; loop { k[0] = k }", "limit-nesting"),
        ("let k = 0..10000; loop { k = k.map(|i| i) }", "limit-operations"),
        (
            "let k = (0..10000).map(|i| t); loop { m = k.filter(|i| i in k).len() }",
            "limit-operations",
        ),
        ("let k = 0..10000; loop { if k == k { m = 1 } }", "limit-operations"),
        ("let k = 0..9000; loop { k.remove(0); k.insert(0, 1) }", "limit-operations"),
        (
            "let i = 0; while i < 9000 { votes[\"k\" + t] = i; t += \"x\"; i += 1 }",
            "limit-operations",
        ),
        ("loop { emit(\"x\", #{ a: t }) }", "limit-operations"),
        ("loop { raise(\"go\") }", "limit-operations"),
        ("m = 1; loop { m *= 2 }", "overflow"),
        ("x = 1; loop { x *= 10.5 }", "overflow"),
        ("day = today; loop { day = day + years(1000) }", "overflow"),
        ("let k = days(1); loop { k = k * 1000 }", "overflow"),
    ] {
        let begun = std::time::Instant::now();
        let found = small(move || {
            let mut world = world(&file(Place::Actions, script)).with(&facts);
            let before = world.facts.clone();
            let fault = world.run().unwrap_err();
            assert_eq!(world.facts, before);
            fault.code
        });
        if found != code {
            missed.push(format!("{script}: {found}"));
        }
        assert!(begun.elapsed().as_secs() < 10, "{script} took {:?}", begun.elapsed());
    }
    assert!(missed.is_empty(), "{missed:?}");
}

#[test]
fn lengths_are_bounded() {
    assert_eq!(refused("a ".repeat(40_000)), ["limit-script"]);
    assert_eq!(refused(format!("t == \"{}\"", "x".repeat(70_000))), ["limit-script"]);
    refused(format!("n > {}", "9".repeat(60_000)));
    refused(format!("x > 0.{}", "9".repeat(60_000)));
    refused(format!("{} > 1", "x".repeat(60_000)));
    refused("/*".repeat(30_000));
    refused("\"".repeat(30_001));
    refused("`".repeat(30_001));
    refused("`${".repeat(20_000));
    refused("a\n".repeat(30_000));
    refused("zzz;".repeat(16_000));
    refused(format!(
        "#{{ {} }} == any",
        (0..5_000).map(|i| format!("k{i}: 1, ")).collect::<String>()
    ));
    refused("\u{0}".repeat(100));
    refused("\u{feff}a".to_owned());
    refused("å > 1".to_owned());
    // A long list is allowed, and so are many lines.
    small(|| {
        let items: Vec<String> = (0..3_000).map(|i| i.to_string()).collect();
        let script = format!("n in [{}]", items.join(",\n"));
        assert_eq!(decided(&script, &[("n", "2999")]), Truth::True);
    });
}

#[test]
fn no_text_makes_the_reader_panic() {
    // Words in any order: every answer is fine, a panic is not.
    let words = [
        "a", "n", "list", "any", "1", "-1", "2.5", "\"x\"", "`y`", "'c'", "(", ")", "[", "]", "{",
        "}", "#{", "||", "|", "&&", "&", "!", "==", "=", "+=", "+", "-", "*", "/", "%", "<", "..",
        "..=", "??", ".", "?.", "?[", ",", ";", ":", "::", "=>", "_", "let", "const", "if", "else",
        "switch", "while", "loop", "do", "until", "for", "in", "!in", "return", "break",
        "continue", "fn", "this", "x", "len", "()", "|x|", "/*", "*/", "//", "\n", "true", "event",
        "data", "known", "${", "#", "@", "\\", "\"", "'", "`", "~", "**",
    ];
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % 1_000_000).unwrap()
    };
    let world = world(&file(Place::Guard, "a"));
    let names = check::names::Names::new(&world.def, &[], &Limits::default());
    let mut accepted = 0;
    for _ in 0..20_000 {
        let length = 1 + next() % 12;
        let text = (0..length)
            .map(|_| words[next() % words.len()])
            .collect::<Vec<_>>()
            .join(if next() % 3 == 0 { "" } else { " " });
        let script = definition::model::Script::new(text, Span::default(), vec![(0, 1)]);
        let mut report = Report::default();
        for mode in [check::Mode::Boolean("a guard"), check::Mode::Actions(&Default::default())] {
            if let Some(tree) = parse::parse(&script, &Limits::default(), &mut report) {
                accepted += 1;
                let program = check::check(&names, &script, &tree, mode, &mut report);
                if report.diagnostics().is_empty() {
                    let _ = world.rules.decide(&program, &world.context());
                }
            }
        }
    }
    assert!(accepted > 500, "{accepted}");
}
