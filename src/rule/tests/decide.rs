//! Guards: three values at the top, left to right below.

use fixedbitset::FixedBitSet;

use super::*;
use crate::table::Id;
use Truth::{False, True, Unknown};

#[test]
fn three_values() {
    let table: &[(&str, &[(&str, &str)], Truth)] = &[
        ("a", &[], Unknown),
        ("a", &[("a", "true")], True),
        ("!a", &[], Unknown),
        ("!a", &[("a", "true")], False),
        ("a && b", &[("b", "false")], False),
        ("a && b", &[("a", "false")], False),
        ("a && b", &[("a", "true")], Unknown),
        ("a || b", &[("b", "true")], True),
        ("a || b", &[("b", "false")], Unknown),
        ("!(a && b)", &[("b", "false")], True),
        ("n > 3 && x > 3", &[("x", "1")], False),
        ("n > 3 || x > 3", &[("x", "4")], True),
        ("(a || n > 3) && (b || x > 1)", &[("b", "false"), ("x", "0")], False),
        ("known(\"a\")", &[], False),
        ("known(\"a\")", &[("a", "false")], True),
        ("known(\"m\")", &[], True),
        ("known(\"double\")", &[], False),
        ("known(\"double\")", &[("n", "1")], True),
        ("!known(\"partner.share\")", &[("partner", r#"{"name":"p"}"#)], True),
        ("known(\"partner.name\")", &[("partner", r#"{"name":"p"}"#)], True),
        ("known(\"partner.name\")", &[], False),
        ("known(\"event.data.reason\")", &[], False),
        ("a ?? true", &[], True),
        ("a ?? false", &[("a", "true")], True),
        ("a ?? b ?? c", &[("c", "true")], True),
        ("n ?? 0 > 3", &[], False),
        ("(n ?? 4) > 3", &[], True),
        ("partner.share ?? 0 > 0.5", &[("partner", r#"{"name":"p"}"#)], False),
        ("partner.share > 0.5", &[("partner", r#"{"name":"p"}"#)], Unknown),
        ("both", &[("a", "false")], False),
        ("both", &[("a", "true")], Unknown),
        ("both || c", &[("c", "true")], True),
        ("fa", &[], Unknown),
        ("!fa", &[("a", "true")], False),
        ("fn_", &[("x", "2")], False),
        ("fn_", &[("n", "3"), ("x", "0.5")], True),
        ("two", &[("a", "true")], Unknown),
        ("two", &[("a", "true"), ("c", "true")], True),
        ("two", &[("a", "false"), ("c", "false")], False),
        ("rate >= 0.5", &[("unit", "1")], True),
        ("rate >= 0.5", &[], Unknown),
        // Below the top an unknown read leaves the whole undecided.
        ("if a { b } else { b }", &[("b", "true")], Unknown),
        ("if n > 1 { true } else { false }", &[], Unknown),
        ("(a && b) == false", &[("b", "false")], Unknown),
        ("list.all(|i| i > n)", &[("list", "[]")], True),
        ("list.all(|i| i > n)", &[("list", "[1]")], Unknown),
        // Statements in front, then three values again.
        ("let k = m + 1; k > 0 && a || b", &[("b", "true")], True),
        ("let k = n; k > 0 && a", &[("a", "false")], Unknown),
        ("if m > 1 { return false } a && b", &[("b", "false")], False),
        ("if m == 0 { return true } a", &[], True),
    ];
    for (script, facts, wanted) in table {
        assert_eq!(decided(script, facts), *wanted, "{script} with {facts:?}");
    }
}

#[test]
fn errors_before_the_deciding_clause_are_faults() {
    assert_eq!(fault("m / (m - m) > 1 && a", &[("a", "false")]), "division-by-zero");
    assert_eq!(decided("a && m / (m - m) > 1", &[("a", "false")]), False);
    assert_eq!(fault("a && m / (m - m) > 1", &[("a", "true")]), "division-by-zero");
    assert_eq!(fault("any > 1", &[("any", "\"x\"")]), "mixed-types");
    assert_eq!(fault("any == 1", &[("any", "\"x\"")]), "mixed-types");
    assert_eq!(fault("any", &[("any", "1")]), "not-boolean");
    assert_eq!(fault("any.x > 1", &[("any", "1")]), "wrong-type");
    assert_eq!(fault("list[0] > 1", &[("list", "[]")]), "index");
    assert_eq!(fault("list[0 - 1] > 1", &[("list", "[1]")]), "index");
    assert_eq!(fault("1 in any", &[("any", "[\"x\"]")]), "mixed-types");
}

#[test]
fn what_fails_behind_an_undecided_clause_counts_as_undecided() {
    let table: &[(&str, &[(&str, &str)], Truth)] = &[
        ("a && m / (m - m) > 1", &[], Unknown),
        ("a || m / (m - m) > 1", &[], Unknown),
        ("a && m / (m - m) > 1 && b", &[("b", "false")], False),
        ("a || m / (m - m) > 1 || b", &[("b", "true")], True),
        ("!(a && m / (m - m) > 1)", &[], Unknown),
        ("a && (b || m / (m - m) > 1)", &[("b", "false")], Unknown),
        ("both && list[0] > 1", &[("list", "[]")], Unknown),
    ];
    for (script, facts, wanted) in table {
        assert_eq!(decided(script, facts), *wanted, "{script} with {facts:?}");
    }
    // Deeper in a script it is left to right, and what fails before fails.
    assert_eq!(fault("m / (m - m) > 1 && a", &[]), "division-by-zero");
    let world = world(&file(Place::Guard, "a && m / (m - m) > 1"));
    assert_eq!(world.rules.unknowns(world.guard(), &world.context()), ["a"]);
    // A bound of the engine is no clause that fails.
    assert_eq!(fault("a && (0..9223372036854775807).len() > 1", &[]), "limit-list-items");
}

#[test]
fn a_fact_can_be_assumed_unknown() {
    let world = world(&file(Place::Guard, "a && b")).with(&[("a", "true"), ("b", "true")]);
    let mut unknown = FixedBitSet::with_capacity(world.def.facts.len());
    unknown.insert(world.rules.fact_named("b").unwrap().index());
    let facts = world.facts.without(&unknown);
    let context = Context { facts: &facts, ..world.context() };
    assert_eq!(world.rules.decide(world.guard(), &context), Ok(Unknown));
    assert_eq!(world.rules.unknowns(world.guard(), &context), ["b"]);
}

#[test]
fn names_of_what_is_unknown_are_those_that_matter() {
    let table: &[(&str, &[(&str, &str)], &[&str])] = &[
        ("a && n > 2", &[], &["a", "n"]),
        ("(a && b) || c", &[("b", "false")], &["c"]),
        ("both || double > 3", &[("a", "true")], &["b", "n"]),
        ("fa && two", &[("b", "true")], &["a", "c"]),
        ("(x ?? 1) > 2 || a", &[], &["a"]),
        ("partner.share > 1", &[("partner", r#"{"name":"p"}"#)], &["partner.share"]),
        ("event.data.reason == \"x\"", &[], &["event.data.reason"]),
        ("last(\"go\") > now", &[], &["last(\"go\")"]),
        ("both && both", &[], &["a", "b"]),
        ("nested", &[("a", "true")], &["b", "c", "n", "x"]),
    ];
    for (script, facts, wanted) in table {
        let world = world(&file(Place::Guard, script)).with(facts);
        assert_eq!(world.rules.unknowns(world.guard(), &world.context()), *wanted, "{script}");
    }
}

#[test]
fn the_past_the_state_and_the_event() {
    let script = |script: &str| {
        let world = world(&file(Place::Guard, script))
            .happened(&[
                ("go", 2, "2026-08-01T10:00:00+02:00", &["eva", "ada"]),
                ("report.late", 1, "2026-08-20T10:00:00+02:00", &["eva"]),
                ("report.early", 3, "2026-08-10T10:00:00+02:00", &[]),
            ])
            .event(r#"{ "reason": "late", "count": 3 }"#);
        let mut world = world;
        let one = world.def.states.iter().find(|(_, state)| &*state.name.value == "one").unwrap().0;
        world.active = vec![one];
        world.past.entered.insert(one, world.now);
        world.decide().unwrap()
    };
    for (text, wanted) in [
        ("count(\"go\") == 2", True),
        ("count(\"report\") == 4", True),
        ("count(\"report.late\") == 1", True),
        ("count(\"*\") == 6", True),
        ("count(\"tick\") == 0", True),
        ("last(\"report\").day == 20", True),
        ("last(\"*\").date == date(\"2026-08-20\")", True),
        ("last(\"tick\") < now", Unknown),
        ("who(\"go\") == [\"eva\", \"ada\"]", True),
        ("who(\"report\").len() == 1", True),
        ("who(\"tick\") == []", True),
        ("event.actor in who(\"go\")", True),
        ("active(\"one\") && !active(\"end\")", True),
        ("since(\"one\") == now", True),
        ("since(\"end\") == now", Unknown),
        ("event.name == \"go\"", True),
        ("event.data.count == 3", True),
        ("event.at.date == date(2026, 8, 31)", True),
        ("event.date == date(2026, 8, 31)", True),
        ("today == date(2026, 9, 1)", True),
        ("today.weekday == 2 && now.year == 2026", True),
        ("(now - event.at).hours == 12.5", True),
        ("ends > now", True),
    ] {
        assert_eq!(script(text), wanted, "{text}");
    }
}

/// Whether rules read the time is found once for all of them, however long the chains in which they stand.
#[test]
fn what_reads_the_time_is_found_once_for_all() {
    let work = |many: usize| {
        let mut factors = serde_json::json!({ "f0": { "guard": "today > d" } });
        for number in 1..many {
            factors[format!("f{number}")] =
                serde_json::json!({ "of": [format!("f{}", number - 1)] });
        }
        let file = serde_json::json!({ "id": "w", "facts": { "d": { "format": "date" } }, "factors": factors, "states": { "a": {} } });
        let workflow = crate::Workflow::from_json(&file.to_string()).unwrap();
        let rules = &workflow.compiled().rules;
        crate::work::counted(|| {
            for id in rules.factors.ids() {
                assert!(rules.reads_time(RuleId::Factor(id)));
            }
        })
    };
    let (few, many) = (work(200), work(400));
    assert!(few > 0 && many < few * 3, "{few} {many}");
}
