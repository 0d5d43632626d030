//! Why: clauses as they are written, with what they read.

use super::*;

/// A line for each clause: verdict, text, values, what is unknown, factors.
fn told(clauses: &[Clause]) -> Vec<String> {
    clauses
        .iter()
        .map(|clause| {
            let values: Vec<String> = clause
                .values
                .iter()
                .map(|read| {
                    format!(
                        "{}={}",
                        read.name,
                        read.value.as_ref().map_or_else(|| "?".to_owned(), Value::to_json)
                    )
                })
                .collect();
            let factors: Vec<String> = clause
                .factors
                .iter()
                .map(|factor| format!("{}:{:?}", factor.name, factor.verdict))
                .collect();
            format!(
                "{:?} {} [{}] [{}] [{}]",
                clause.verdict,
                clause.text,
                values.join(" "),
                clause.unknown.join(" "),
                factors.join(" ")
            )
        })
        .collect()
}

#[test]
fn clauses_that_decide() {
    let table: &[(&str, &[(&str, &str)], &[&str])] = &[
        (
            "a && m >= 2 && unit <= share",
            &[("a", "true"), ("unit", "0.5")],
            &["False m >= 2 [m=0] [] []", "False unit <= share [unit=0.5 share=0.4] [] []"],
        ),
        ("a && m >= 2", &[], &["Unknown a [a=?] [a] []", "False m >= 2 [m=0] [] []"]),
        (
            "a && m >= 0.5 || n > 1",
            &[],
            &["False a && m >= 0.5 [a=? m=0] [] []", "Unknown n > 1 [n=?] [n] []"],
        ),
        ("(a || b) && !c", &[("c", "true"), ("b", "true")], &["False !c [c=true] [] []"]),
        ("(a || b) && !c", &[("c", "false")], &["Unknown (a || b) [a=? b=?] [a b] []"]),
        ("( m  >=  2 )", &[], &["False m  >=  2 [m=0] [] []"]),
        ("a", &[("a", "true")], &["True a [a=true] [] []"]),
        ("a && yes", &[("a", "true")], &["True a [a=true] [] []", "True yes [yes=true] [] []"]),
        (
            "fa && known(`n`)",
            &[("a", "false")],
            &["False fa [] [] [fa:False]", "False known(`n`) [n=?] [] []"],
        ),
        (
            "both && double > 3",
            &[("b", "true"), ("n", "1")],
            &["Unknown both [both=?] [a] []", "False double > 3 [double=2] [] []"],
        ),
        (
            "count(`go`) > 0 && event.name == `go`",
            &[],
            &[
                "False count(`go`) > 0 [count(`go`)=0] [] []",
                "Unknown event.name == `go` [event.name=?] [event.name] []",
            ],
        ),
        ("rate > 0.9", &[("unit", "1")], &["False rate > 0.9 [] [] [rate:True]"]),
        (
            "list.all(|i| i > m)",
            &[("list", "[0]")],
            &["False list.all(|i| i > m) [list=[0] m=0] [] []"],
        ),
        ("let k = m + 1; k > 1 && a", &[("a", "true")], &["False k > 1 [] [] []"]),
        (
            "if m == 0 { return false } a",
            &[],
            &["False if m == 0 { return false } a [m=0 a=?] [] []"],
        ),
        (
            "m - 1 >= 2 && -m < 0",
            &[("m", "5")],
            &["True m - 1 >= 2 [m=5] [] []", "True -m < 0 [m=5] [] []"],
        ),
    ];
    for (script, facts, wanted) in table {
        let world = world(&file(Place::Guard, script)).with(facts);
        let clauses = world.rules.explain(world.guard(), &world.context());
        assert_eq!(told(&clauses), *wanted, "{script}");
        for clause in &clauses {
            let at = world.report.sources().text(clause.span);
            assert_eq!(at, clause.text, "{script}");
        }
    }
}

#[test]
fn factors_with_their_parts() {
    let world =
        world(&file(Place::Guard, "nested")).with(&[("a", "true"), ("x", "2"), ("b", "false")]);
    let id = |name: &str| world.rules.factor_named(name).unwrap();
    let nested = world.rules.explain_factor(id("nested"), &world.context(), For::Record);
    assert_eq!((nested.verdict, nested.at_least, nested.reached), (Truth::False, Some(3), Some(1)));
    let parts: Vec<_> = nested.of.iter().map(|part| (part.name.as_str(), part.verdict)).collect();
    assert_eq!(parts, [("fa", Truth::True), ("fn_", Truth::False), ("two", Truth::Unknown)]);
    assert_eq!(nested.of[0].kind.as_deref(), Some("success"));
    assert_eq!(nested.of[0].title.get("en"), Some("Factor A"));
    assert_eq!(nested.of[0].hint.get("en"), Some("do a"));
    assert_eq!(
        told(&nested.of[1].clauses),
        ["Unknown n >= 2 [n=?] [n] []", "False x < 1 [x=2] [] []"]
    );
    let two = &nested.of[2];
    assert_eq!((two.at_least, two.reached), (Some(2), Some(1)));
    let parts: Vec<_> = two
        .of
        .iter()
        .map(|part| (part.name.as_str(), part.kind.as_deref(), part.verdict))
        .collect();
    assert_eq!(
        parts,
        [
            ("a", Some("fact"), Truth::True),
            ("b", Some("fact"), Truth::False),
            ("c", Some("fact"), Truth::Unknown)
        ]
    );
    assert_eq!(two.unknown(), ["c"]);
    assert!(nested.unknown().is_empty());
    let rate = world.rules.explain_factor(id("rate"), &world.context(), For::Record);
    assert_eq!(
        (rate.verdict, rate.score, rate.unknown()),
        (Truth::Unknown, None, vec!["unit".to_owned()])
    );
    assert_eq!(told(&rate.clauses), ["Unknown unit / 2 [unit=?] [unit] []"]);
    let fact =
        world.rules.explain_requirement(world.rules.requirement("both").unwrap(), &world.context());
    assert_eq!(
        (fact.verdict, told(&fact.clauses)),
        (Truth::False, vec!["False b [b=false] [] []".to_owned()])
    );
    let json = serde_json::to_string(&nested).unwrap();
    assert!(json.starts_with(r#"{"name":"nested","verdict":"false","at_least":3,"reached":1,"of":[{"name":"fa","kind":"success","verdict":"true""#), "{json}");
}

#[test]
fn factors_that_share_parts_are_told_within_bounds() {
    let mut factors = String::from(r#""f0": { "of": ["a", "a"] }"#);
    for i in 1..30 {
        factors.push_str(&format!(r#", "f{i}": {{ "guard": "f{0} && (f{0} || a)" }}"#, i - 1));
    }
    let text = format!(
        r#"{{ "id": "shared", "facts": {{ "a": {{ "type": "boolean" }} }}, "factors": {{ {factors} }},
            "states": {{ "s": {{ "on": {{ "go": {{ "target": "s", "guard": "f29" }} }} }} }} }}"#
    );
    let text = text.replace(r#"["a", "a"]"#, r#"["a"]"#);
    let world = world(&text);
    let clauses = world.rules.explain(world.guard(), &world.context());
    assert_eq!(clauses[0].unknown, ["a"]);
    assert!(serde_json::to_string(&clauses).unwrap().len() < 1_000_000);
}

#[test]
fn the_item_of_which_something_is_unknown_is_named() {
    let named = |script: &str, facts: &[(&str, &str)]| -> Vec<String> {
        let world = world(&file(Place::Guard, script)).with(facts);
        let clauses = world.rules.explain(world.guard(), &world.context());
        clauses.into_iter().flat_map(|clause| clause.unknown).collect()
    };
    let partners = r#"[{ "name": "a", "share": 0.5 }, { "name": "b" }, {}]"#;
    for (script, wanted) in [
        ("partners.all(|p| p.share > 0)", "partners[1].share"),
        (
            "{ let k = 0; for p in partners { if p.share > 0 { k += 1; } } k > 2 }",
            "partners[1].share",
        ),
        ("partners.filter(|p| p.name == `b`).some(|p| p.share > 0)", "partners[2].name"),
        ("partners.find(|p| p.share < 0).name == `a`", "partners[1].share"),
        ("partners[1].share > 0", "partners[1].share"),
        // A variable that takes the place of another is not its item.
        (
            "{ for p in partners { if p.name == `b` { break; } } let q = partners[2]; q.share > 0 }",
            "q.share",
        ),
    ] {
        assert_eq!(named(script, &[("partners", partners)]), [wanted], "{script}");
    }
}
