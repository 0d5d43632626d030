use crate::Workflow;
use crate::limits::Limits;

fn load(text: &str) -> Workflow {
    Workflow::from_json(text).unwrap_or_else(|report| panic!("{report}\n{text}"))
}

/// Codes that are left, and those that are allowed.
fn codes(workflow: &Workflow) -> (Vec<&'static str>, Vec<&'static str>) {
    let report = workflow.warnings();
    let allowed = report.allowed().iter().map(|allowed| allowed.diagnostic.code);
    (report.diagnostics().iter().map(|found| found.code).collect(), allowed.collect())
}

/// A file in which one object each is pointed at, with a place for what it allows.
fn file(places: [&str; 7]) -> String {
    let [whole, fact, parameter, on, transition, state, label] = places;
    format!(
        r#"{{ "id": "w"{whole}, "roles": {{ "r": {{ "title": {{ "eng": "R"{label} }} }} }},
            "parameters": {{ "p": {{ "value": 1{parameter} }} }}, "facts": {{ "f": {{ "type": "string"{fact} }} }},
            "initial": "a",
            "states": {{ "a": {{ "on": {{ "go": {{ "target": "b", "by": ["r"] }}, "no": {{ "guard": "1 == 1", "target": "b"{transition} }}{on} }} }},
                        "b": {{ "type": "parallel", "states": {{ "x": {{}}, "y": {{ "initial": "m", "states": {{ "m": {{ "on": {{ "z": "n", "end": "c" }} }}, "n": {{ "on": {{ "z": "x" }}{state} }} }} }} }} }},
                        "c": {{ "type": "final" }} }} }}"#
    )
}

#[test]
fn warnings_are_allowed_where_they_point() {
    let all = codes(&load(&file([""; 7])));
    let found = ["unknown-language", "unused-parameter", "unused-fact", "always-true"];
    for code in found {
        assert!(all.0.contains(&code), "{code}: {all:?}");
    }
    let allow = |code: &str| format!(r#", "x-allow": {{ "{code}": "why" }}"#);
    for (place, code) in
        [(1, "unused-fact"), (2, "unused-parameter"), (4, "always-true"), (6, "unknown-language")]
    {
        let text = allow(code);
        let mut places = [""; 7];
        places[place] = &text;
        let (left, allowed) = codes(&load(&file(places)));
        assert_eq!(allowed, [code], "{place}");
        assert!(!left.contains(&code) && !left.contains(&"needless-allow"), "{left:?}");
        // Anywhere else it allows nothing, and is told.
        for other in (0..7).filter(|other| *other != place) {
            let mut places = [""; 7];
            places[other] = &text;
            let (left, allowed) = codes(&load(&file(places)));
            assert!(left.contains(&code) && left.contains(&"needless-allow"), "{other} {left:?}");
            assert!(allowed.is_empty());
        }
    }
}

/// Labels, sources and lists are parts of what they stand in; a shorthand has nothing that anything could be put into.
#[test]
fn parts_belong_to_what_they_stand_in() {
    for text in [
        r#"{ "id": "w", "x-allow": { "unknown-language": "why" }, "title": { "eng": "x" }, "states": { "s": {} } }"#,
        r#"{ "id": "w", "states": { "s": { "x-allow": { "unknown-language": "why" }, "source": { "text": { "eng": "x" } } } } }"#,
        r#"{ "id": "w", "x-allow": { "unused-parameter": "why" }, "parameters": { "p": 3 }, "states": { "s": {} } }"#,
        r#"{ "id": "w", "parameters": { "p": 3, "x-allow": { "unused-parameter": "why" } }, "states": { "s": {} } }"#,
        r#"{ "id": "w", "initial": "s", "states": { "s": { "x-allow": { "shadowed-transition": "why" }, "on": { "e": ["t", "t"] } }, "t": { "type": "final" } } }"#,
    ] {
        let (left, allowed) = codes(&load(text));
        assert!(left.is_empty() && allowed.len() == 1, "{left:?} {allowed:?} {text}");
    }
    // What is data is not read.
    let data = r#"{ "id": "w", "facts": { "f": { "type": "object", "additionalProperties": true, "default": { "x-allow": 3 } },
        "e": { "enum": { "x-allow": "X" } } }, "initial": "a",
        "states": { "a": { "on": { "go": { "target": "b", "guard": "f.len() > 1 && e == `x-allow`" } } }, "b": { "type": "final" } } }"#;
    assert_eq!(codes(&load(data)), (vec![], vec![]));
}

#[test]
fn variants_take_over_what_their_base_allows() {
    let base = r#"{ "id": "base", "facts": { "f": { "type": "boolean", "x-allow": { "unused-fact": "variants read it" } } },
        "initial": "a", "states": { "a": { "on": { "go": "b" } }, "b": { "type": "final" } } }"#;
    let read = |text: &str| {
        Workflow::load("v.json", text, &mut |_| Ok(base.to_owned()), &Limits::default()).unwrap()
    };
    assert_eq!(codes(&load(base)).1, ["unused-fact"]);
    let plain = r#"{ "id": "v", "extends": "base.json", "version": "2", "states": { "a": { "on": { "stop": "b" } } } }"#;
    assert_eq!(codes(&read(plain)), (vec![], vec!["unused-fact"]));
    // Not needed here, and not told: it stands in the base.
    let reading = r#"{ "id": "v", "extends": "base.json", "states": { "a": { "on": { "go": { "guard": "f" } } } } }"#;
    assert_eq!(codes(&read(reading)), (vec![], vec![]));
    let own = r#"{ "id": "v", "extends": "base.json", "facts": { "f": { "x-allow": { "dead-end": "why" } } } }"#;
    assert_eq!(codes(&read(own)), (vec!["needless-allow"], vec!["unused-fact"]));
    let shorthand = r#"{ "id": "v", "extends": "base.json", "states": { "a": { "x-allow": { "shadowed-transition": "why" }, "on": { "x": ["b", "b"] } } } }"#;
    assert_eq!(codes(&read(shorthand)), (vec![], vec!["shadowed-transition", "unused-fact"]));
}

#[test]
fn the_fingerprint_does_not_see_it() {
    let allow = r#", "x-allow": { "unused-fact": "why", "dead-end": "why" }"#;
    let places = ["", allow, "", "", "", allow, ""];
    assert_eq!(load(&file([""; 7])).fingerprint(), load(&file(places)).fingerprint());
}
