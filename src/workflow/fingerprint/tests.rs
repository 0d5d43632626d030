//! What keeps a fingerprint and what changes it.

use crate::workflow::Workflow;

const BASE: &str = r#"{
  "id": "w", "version": "1", "title": "T", "timezone": "Europe/Stockholm",
  "roles": { "guide": {}, "manager": {} },
  "parameters": { "most": 3, "wait": { "type": "string", "format": "duration", "value": "P3D" } },
  "facts": {
    "n": { "type": "integer", "minimum": 0, "default": 0, "title": "N" },
    "risk": { "enum": { "low": "Low", "high": "High" } },
    "sum": { "type": "number", "value": "n * 1.5" },
    "ok": { "type": "boolean" }
  },
  "functions": { "f": { "params": ["x"], "body": "x + 1" } },
  "factors": {
    "many": { "kind": "success", "guard": "n > most", "hint": "More." },
    "all": { "of": ["many", "ok"], "at_least": 1 }
  },
  "events": {
    "go": { "by": ["guide", "manager"], "sets": ["n", "risk"] },
    "stop": { "required": ["ok"], "note": true, "data": { "why": { "type": "string" } } }
  },
  "initial": "a",
  "states": {
    "a": {
      "entry": "n = 1;",
      "on": {
        "go": [{ "target": "b", "guard": "f(n) == 2 && risk != `high`", "requires": ["all"] }, { "target": "c" }],
        "stop": { "target": "c", "actions": ["n = 2;", "emit(\"x\");"] }
      },
      "after": { "P1D": "b", "wait": { "target": "c" } }
    },
    "b": { "type": "parallel", "states": { "p": {}, "q": {} } },
    "c": { "type": "final", "tags": ["x", "y"] }
  }
}"#;

fn of(text: &str) -> String {
    Workflow::from_json(text)
        .unwrap_or_else(|report| panic!("{report:#}\n{text}"))
        .fingerprint()
        .to_owned()
}

fn changed(from: &str, to: &str) -> String {
    assert_eq!(BASE.matches(from).count(), 1, "{from}");
    of(&BASE.replacen(from, to, 1))
}

#[test]
fn is_kept_by_what_no_answer_depends_on() {
    let base = of(BASE);
    assert!(crate::digest::is_sha256(&base));
    let same = [
        ("\"id\": \"w\"", "\"id\": \"other\""),
        ("\"version\": \"1\"", "\"version\": \"2\""),
        ("\"title\": \"T\"", "\"title\": { \"sv\": \"S\" }, \"description\": \"D\""),
        ("\"title\": \"N\"", "\"title\": \"M\""),
        ("\"hint\": \"More.\"", "\"hint\": \"Much more.\", \"source\": { \"text\": \"law\" }"),
        ("\"low\": \"Low\", \"high\": \"High\"", "\"high\": \"Hög\", \"low\": \"Låg\""),
        (
            "{ \"guide\": {}, \"manager\": {} }",
            "{ \"manager\": { \"title\": \"M\" }, \"guide\": {} }",
        ),
        ("[\"guide\", \"manager\"]", "[\"manager\", \"guide\"]"),
        ("\"sets\": [\"n\", \"risk\"]", "\"sets\": [\"risk\", \"n\"]"),
        ("f(n) == 2 && risk", "f( n )==2\\n  &&  /* why */ risk"),
        ("`high`\"", "\\\"high\\\" // said otherwise\""),
        (
            "\"P1D\": \"b\", \"wait\": { \"target\": \"c\" }",
            "\"wait\": \"c\", \"P1D\": { \"target\": \"b\" }",
        ),
        ("[\"n = 2;\", \"emit(\\\"x\\\");\"]", "\"n = 2; emit(`x`);\""),
        ("[\"x\", \"y\"]", "[\"y\", \"x\"]"),
        ("\"minimum\": 0, \"default\": 0", "\"default\": 0, \"minimum\": 0.0"),
        ("\"minimum\": 0, \"default\": 0", "\"default\": 0.0, \"minimum\": 0e0, \"multipleOf\": 1"),
        ("n * 1.5", "(n * 1.50)"),
        ("n * 1.5", "n * 15e-1 // a half more"),
        ("x + 1\"", "(x) + (1);\""),
        ("n > most", "((n) > most)"),
        ("f(n) == 2 && risk != `high`", "(f((n)) == 2) && (risk != \\\"high\\\")"),
        ("\"n = 1;\"", "[\"n = 0x1\", \"\"]"),
        ("[\"n = 2;\", \"emit(\\\"x\\\");\"]", "\"n = (2); ; emit((`x`))\""),
        ("\"P3D\"", "\"P0M3D\""),
        ("\"type\": \"string\", \"format\": \"duration\"", "\"format\": \"duration\""),
        ("\"P1D\": \"b\"", "\"P0M1D\": { \"target\": [\"b\"] }"),
        ("\"most\": 3", "\"most\": { \"value\": 3 }"),
        ("\"note\": true", "\"note\": true, \"silent\": false"),
        (
            "{ \"type\": \"string\" } } }",
            "{ \"type\": \"string\", \"minLength\": 0, \"personal\": false } } }",
        ),
        ("\"q\": {}", "\"q\": { \"x-allow\": { \"dead-end\": \"why\" } }"),
        ("\"timezone\": \"Europe/Stockholm\"", "\"timezone\": \"Europe/Stockholm\", \"format\": 1"),
    ];
    for (from, to) in same {
        assert_eq!(changed(from, to), base, "{from} → {to}");
    }
    let json: serde_json::Value = serde_json::from_str(BASE).unwrap();
    assert_eq!(of(&crate::digest::canonical(&json)), base, "keys in another order");
}

#[test]
fn is_changed_by_what_an_answer_depends_on() {
    let base = of(BASE);
    let different = [
        ("Europe/Stockholm", "Europe/Helsinki"),
        ("{ \"guide\": {}, \"manager\": {} }", "{ \"guide\": {}, \"manager\": {}, \"third\": {} }"),
        ("\"most\": 3", "\"most\": 4"),
        ("\"P3D\"", "\"P4D\""),
        ("\"minimum\": 0, \"default\": 0", "\"minimum\": 0, \"default\": 1"),
        ("\"minimum\": 0, \"default\": 0", "\"minimum\": -1, \"default\": 0"),
        ("\"default\": 0, \"title\"", "\"default\": 0, \"personal\": true, \"title\""),
        ("\"high\": \"High\"", "\"high\": \"High\", \"top\": \"Top\""),
        (
            "\"why\": { \"type\": \"string\" }",
            "\"why\": { \"type\": \"string\", \"pattern\": \"^x\" }",
        ),
        ("\"timezone\"", "\"calendar\": { \"holidays\": \"SE\" }, \"timezone\""),
        ("n * 1.5", "n * 1.6"),
        ("x + 1", "x + 2"),
        ("n > most", "n >= most"),
        ("\"kind\": \"success\"", "\"kind\": \"support\""),
        ("\"at_least\": 1", "\"at_least\": 2"),
        ("[\"guide\", \"manager\"]", "[\"guide\"]"),
        ("\"sets\": [\"n\", \"risk\"]", "\"sets\": [\"n\"]"),
        ("\"required\": [\"ok\"]", "\"sets\": [\"ok\"]"),
        ("\"note\": true", "\"note\": false"),
        ("{ \"type\": \"string\" } } }", "{ \"type\": \"integer\" } } }"),
        ("\"initial\": \"a\"", "\"initial\": \"b\""),
        ("n = 1;", "n = 3;"),
        ("`high`", "`low`"),
        ("\"requires\": [\"all\"]", "\"requires\": [\"many\"]"),
        ("{ \"target\": \"c\" }],", "{ \"target\": \"b\" }],"),
        ("\"n = 2;\"", "\"n = 5;\""),
        ("\"P1D\": \"b\"", "\"P2D\": \"b\""),
        ("\"p\": {}, \"q\": {}", "\"q\": {}, \"p\": {}"),
        ("\"type\": \"parallel\"", "\"initial\": \"p\""),
        ("[\"x\", \"y\"]", "[\"x\"]"),
    ];
    for (from, to) in different {
        assert_ne!(changed(from, to), base, "{from} → {to}");
    }
}

#[test]
fn own_closing_days_and_patterns_are_part_of_it() {
    let with = |calendar: &str, pattern: &str| {
        let text = BASE.replacen(
            "\"timezone\"",
            &format!("\"calendar\": {{ \"holidays\": {calendar} }}, \"timezone\""),
            1,
        );
        of(&text.replacen(
            "{ \"type\": \"string\" } }",
            &format!("{{ \"type\": \"string\", \"pattern\": \"{pattern}\" }} }}"),
            1,
        ))
    };
    let all = [
        with("\"SE\"", "^a"),
        with("[\"SE\", \"2026-05-15\"]", "^a"),
        with("[\"2026-05-15\"]", "^a"),
        with("\"SE\"", "^b"),
    ];
    for (number, one) in all.iter().enumerate() {
        assert!(!all.iter().skip(number + 1).any(|other| other == one), "{number}");
    }
    // A list of the national ones alone says the same, and so does a day of one's own that is off anyway by its weekday.
    let [national, own, ..] = &all;
    assert_eq!(&with("[\"SE\"]", "^a"), national);
    assert_eq!(&with("[\"2026-05-15\", \"SE\", \"2026-05-16\"]", "^a"), own);
}
