//! Actions: what they change, all or nothing.

use super::*;

fn act(script: &str, facts: &[(&str, &str)]) -> World {
    let mut world = world(&file(Place::Actions, script)).with(facts);
    world.run().unwrap_or_else(|fault| panic!("{script}: {fault:?}"));
    world
}

fn failed(script: &str, facts: &[(&str, &str)]) -> Fault {
    let mut world = world(&file(Place::Actions, script)).with(facts);
    let before = world.facts.clone();
    let fault = world.run().unwrap_err();
    assert_eq!(world.facts, before, "{script} left something behind");
    fault
}

#[test]
fn facts_change() {
    let facts =
        [("n", "5"), ("list", "[1,2]"), ("partner", r#"{"name":"p"}"#), ("sectors", "[\"users\"]")];
    for (script, fact, wanted) in [
        ("m = 3", "m", "3"),
        ("m += 2; m += n;", "m", "7"),
        ("m = n * 2; m -= 1; m *= 3", "m", "27"),
        ("x = n / 2", "x", "2.5"),
        ("x = 1; x /= 4", "x", "0.25"),
        ("x = 4", "x", "4"),
        ("a = n > 4 && yes", "a", "true"),
        ("if n > 4 { m = 1 } else { m = 2 }", "m", "1"),
        ("switch n { 5 => m = 7, _ => m = 8 }", "m", "7"),
        ("while m < 10 { m += 3 }", "m", "12"),
        ("loop { m += 1; if m > 4 { break } }", "m", "5"),
        ("do { m += 1 } while m < 3", "m", "3"),
        ("do { m += 1 } until m >= 3", "m", "3"),
        ("for i in list { m += i }", "m", "3"),
        ("list.push(3)", "list", "[1,2,3]"),
        ("list.insert(0, 9)", "list", "[9,1,2]"),
        ("list.remove(0)", "list", "[2]"),
        ("let k = list.remove(1); m = k", "m", "2"),
        ("list[0] = 7", "list", "[7,2]"),
        ("list[1] += 5", "list", "[1,7]"),
        ("list += [3]", "list", "[1,2,3]"),
        (
            "sectors.push(\"users\"); sectors.push(\"business\")",
            "sectors",
            "[\"users\",\"business\"]",
        ),
        ("partner.name = \"q\"", "partner", r#"{"name":"q"}"#),
        ("partner.share = 0.5", "partner", r#"{"name":"p","share":0.5}"#),
        ("partner[\"name\"] = \"r\"", "partner", r#"{"name":"r"}"#),
        (
            "partners.push(#{ name: \"x\" }); partners[0].share = 2",
            "partners",
            r#"[{"name":"x","share":2}]"#,
        ),
        ("votes.eva = 1; votes[\"ada\"] = 2; votes.eva += 1", "votes", r#"{"ada":2,"eva":2}"#),
        ("votes.eva = 1; votes.remove(\"eva\")", "votes", "{}"),
        ("risk = \"low\"", "risk", "\"low\""),
        ("day = today + days(1)", "day", "\"2026-09-02\""),
        ("time = now", "time", "\"2026-09-01T12:00:00+02:00\""),
        ("m = 9; forget(\"m\")", "m", "0"),
        // What was assigned is seen by what is worked out from it.
        ("n = 10; m = double", "m", "20"),
        ("a = true; b = true; if both { m = 1 }", "m", "1"),
        ("a = true; if fa { m = 1 }", "m", "1"),
        ("if known(\"t\") { m = 1 } else { m = 2 }", "m", "2"),
        ("m = 1; return; m = 2", "m", "1"),
    ] {
        let world = act(script, &facts);
        assert_eq!(world.fact(fact).as_deref(), Some(wanted), "{script}");
    }
    assert_eq!(act("forget(\"n\")", &facts).fact("n"), None);
    assert_eq!(act("forget(\"n\")", &facts).fact("double"), None);
}

#[test]
fn what_does_not_fit_is_undone() {
    let big = [("n", "5"), ("list", "[1]")];
    for (script, facts, code) in [
        ("m = 0 - n", &big[..], "fact-value"),
        ("m = 1; m = m - n;", &big, "fact-value"),
        ("m = 1; a = b", &[], "unknown-in-action"),
        ("m = 1; m += n", &[], "unknown-in-action"),
        ("m = 1; list.push(1)", &[], "unknown-in-action"),
        ("m = 1; partner.name = \"x\"", &[], "unknown-in-action"),
        ("m = 1; if a { m = 2 }", &[], "unknown-in-action"),
        ("m = 1; short = short + short", &[], "fact-value"),
        ("m = 1; risk = t", &[("t", "\"lwo\"")], "fact-value"),
        ("m = 1; list[3] = 1", &big, "index"),
        ("m = 1; list.insert(3, 1)", &big, "index"),
        ("m = 1; list.remove(1)", &big, "index"),
        ("m = 1; m = 1 % (n - 5)", &big, "division-by-zero"),
        ("raise(\"go\", any)", &[("any", "3")], "wrong-type"),
        ("let k; m = k", &[], "no-value"),
    ] {
        assert_eq!(failed(script, facts).code, code, "{script}");
    }
    let fault = failed("m = 1; m = n", &[]);
    assert!(fault.message.contains("`n`"), "{fault:?}");
}

#[test]
fn effects_in_order() {
    let script = r#"raise("go", #{ reason: "x" }); send("tick"); send("tick", days(2), #{}); send("tick", date(2026, 9, 3));
        send("tick", now + hours(1)); cancel("tick"); emit("hello there", #{ n: 1 + 1 }); emit("bye")"#;
    let mut world = world(&file(Place::Actions, script));
    let effects = world.run().unwrap();
    let time = |text: &str| DateTime::parse(text, &world.def.zone).unwrap();
    let none = BTreeMap::new;
    let one = |name: &str, value: Value| BTreeMap::from([(Arc::from(name), value)]);
    assert_eq!(
        effects,
        [
            Effect::Raise { event: "go".into(), data: one("reason", Value::Text("x".into())) },
            Effect::Send { event: "tick".into(), due: world.now, data: none() },
            Effect::Send {
                event: "tick".into(),
                due: time("2026-09-03T12:00:00+02:00"),
                data: none()
            },
            Effect::Send {
                event: "tick".into(),
                due: time("2026-09-04T00:00:00+02:00"),
                data: none()
            },
            Effect::Send {
                event: "tick".into(),
                due: time("2026-09-01T13:00:00+02:00"),
                data: none()
            },
            Effect::Cancel { event: "tick".into() },
            Effect::Emit { name: "hello there".into(), data: one("n", Value::Integer(2)) },
            Effect::Emit { name: "bye".into(), data: none() },
        ]
    );
}

#[test]
fn the_place_of_a_fault_is_what_was_written() {
    let text = file(Place::Actions, "m = 1;\nm = 1 + 2 % (m - 1)");
    let mut world = world(&text);
    let fault = world.run().unwrap_err();
    assert_eq!(world.report.sources().text(fault.span), "%");
    let text = file(Place::Actions, "m = 1;\nx = n * 2");
    let mut world = super::world(&text);
    let fault = world.run().unwrap_err();
    assert_eq!(world.report.sources().text(fault.span), "x = n * 2");
}
