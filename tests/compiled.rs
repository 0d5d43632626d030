//! Compiled rules, from outside: rows, handles, no allocation, and what is said of rules that are not compiled.

use tresteg::{Truth, Value, Workflow};

const RULES: &str = r#"{
    "id": "rules", "timezone": "Europe/Stockholm", "states": { "s": {} },
    "types": { "sector": { "enum": ["kommun", "civil", "naringsliv", "brukare"] } },
    "parameters": { "most": 300000 },
    "functions": { "enough": { "params": ["n"], "body": "n >= 3" } },
    "facts": {
        "risk_assessed": { "type": "boolean" }, "partner_sectors": { "type": "integer" }, "trust": { "type": "number", "minimum": 0, "maximum": 1 },
        "dialogue_meetings": { "type": "integer" }, "funding_sek": { "type": "number" }, "in_kind": { "type": "boolean" },
        "conflict_open": { "type": "boolean" }, "lead": { "type": "string" }, "diversity": { "type": "number" }, "shared_power": { "type": "number" },
        "small_scale": { "type": "number" }, "courage": { "type": "number" }, "decided_on": { "type": "string", "format": "date" },
        "sectors": { "type": "array", "items": { "type": "sector" }, "default": [] },
        "partners": { "type": "array", "items": { "type": "object", "properties": { "sector": { "type": "sector" }, "signed": { "type": "boolean" } } } },
        "due": { "type": "string", "format": "date", "value": "decided_on + weeks(3)" }
    },
    "factors": {
        "g1": { "guard": "risk_assessed" },
        "g2": { "guard": "partner_sectors >= 2 && risk_assessed && trust >= 0.6" },
        "g3": { "guard": "dialogue_meetings >= 3 && (funding_sek > 50000.0 || in_kind) && !conflict_open && lead in [\"kommun\", \"civil\", \"naringsliv\"]" },
        "g4": { "guard": "0.3*diversity + 0.3*shared_power + 0.2*small_scale + 0.2*courage >= 0.6" },
        "g5": { "guard": ["let n = 0;", "for p in partners { if p.signed && p.sector != \"brukare\" { n += 1; } }", "enough(n)"] },
        "g6": { "of": ["g1", "g2", "g3", "g4", "g5"], "at_least": 4 },
        "g7": { "guard": "due >= today && sectors.len() >= 2 && `civil` in sectors && known(`lead`)" },
        "g8": { "guard": "switch lead { `kommun` | `civil` => funding_sek <= most, _ => false }" },
        "g9": { "guard": "(trust ?? 0) / 2 > 0.25 && partners.some(|p| p.sector == `civil`)" }
    }
}"#;

const FACTS: &[(&str, &str)] = &[
    ("risk_assessed", "true"),
    ("partner_sectors", "3"),
    ("trust", "0.6"),
    ("dialogue_meetings", "3"),
    ("funding_sek", "50000.01"),
    ("in_kind", "false"),
    ("conflict_open", "false"),
    ("lead", "civil"),
    ("diversity", "0.6"),
    ("shared_power", "0.6"),
    ("small_scale", "0.6"),
    ("courage", "0.6"),
    ("decided_on", "1970-01-01"),
];

fn workflow() -> Workflow {
    Workflow::from_json(RULES).unwrap_or_else(|report| panic!("{report}"))
}

fn filled(workflow: &Workflow) -> tresteg::batch::Row {
    let mut row = workflow.row();
    for (name, text) in FACTS {
        let value = workflow.fact(name).unwrap().parse(text).unwrap();
        row.set(workflow.fact_handle(name).unwrap(), value).unwrap();
    }
    let sectors: Value = ["kommun", "civil"].into_iter().map(Value::from).collect();
    row.set(workflow.fact_handle("sectors").unwrap(), sectors).unwrap();
    let partner = |sector: &str| -> Value {
        [("sector", Value::from(sector)), ("signed", Value::from(true))].into_iter().collect()
    };
    let partners: Value =
        ["kommun", "civil", "brukare", "civil"].into_iter().map(partner).collect();
    row.set(workflow.fact_handle("partners").unwrap(), partners).unwrap();
    row
}

#[test]
fn rules_are_asked_of_rows_without_an_allocation() {
    let workflow = workflow();
    assert!(workflow.rules().iter().all(|rule| rule.compiled), "{:?}", workflow.rules());
    let (full, empty) = (filled(&workflow), workflow.row());
    for name in ["g1", "g2", "g3", "g4", "g5", "g6", "g7", "g8", "g9"] {
        let rule = workflow.rule_handle(name).unwrap();
        assert_eq!(full.holds(&rule), Ok(Truth::True), "{name}");
        assert_eq!(full.holds_by_evaluator(&rule), Ok(Truth::True), "{name}");
        assert_eq!(empty.holds(&rule), empty.holds_by_evaluator(&rule), "{name}");
        let allocated = allocation_counter::measure(|| {
            for row in [&full, &empty] {
                std::hint::black_box(row.holds(&rule).is_ok());
            }
        });
        assert_eq!(allocated.count_total, 0, "{name}");
    }
}

#[test]
fn what_a_row_refuses() {
    let workflow = workflow();
    let mut row = workflow.row();
    let trust = workflow.fact_handle("trust").unwrap();
    let problems = row.set(trust, 2).unwrap_err();
    assert_eq!(problems.to_string(), "`trust` must be at most 1, is 2 [fact-value]");
    assert_eq!(row.value(trust), Ok(None));
    let due = workflow.fact_handle("due").unwrap();
    assert_eq!(row.set(due, "2026-01-01").unwrap_err().problems()[0].code, "derived-fact");
    row.set(workflow.fact_handle("decided_on").unwrap(), "2026-01-01").unwrap();
    assert_eq!(row.value(due).unwrap().unwrap().to_string(), "2026-01-22");
    row.set(trust, 1).unwrap();
    row.forget(trust);
    assert_eq!(row.value(trust), Ok(None));
}

#[test]
fn at_the_edge_of_what_cells_hold_the_answer_is_exact() {
    let workflow = workflow();
    let mut row = filled(&workflow);
    let rule = workflow.rule_handle("g4").unwrap();
    let diversity = workflow.fact_handle("diversity").unwrap();
    for (text, wanted) in [
        ("0.6", Truth::True),
        ("0.5999", Truth::False),
        ("0.59999999999999999999999999", Truth::False),
        ("0.60000000000000000000000001", Truth::True),
        ("1e20", Truth::True),
        ("-1e20", Truth::False),
    ] {
        row.set(diversity, text.parse::<tresteg::Number>().unwrap()).unwrap();
        assert_eq!(row.holds(&rule), Ok(wanted), "{text}");
        assert_eq!(row.holds_by_evaluator(&rule), Ok(wanted), "{text}");
    }
}

#[test]
fn a_rule_that_is_not_compiled_says_why_and_where() {
    let text = r#"{ "id": "w", "states": { "s": { "on": { "go": { "guard": "switch any { 0..1 => true, _ => false }" } } } },
        "facts": { "any": {} }, "factors": { "f": { "guard": "let l = [1]; l.push(2); l.len() == 2" } } }"#;
    let workflow = Workflow::from_json(text).unwrap_or_else(|report| panic!("{report}"));
    let left: Vec<String> = workflow
        .rules()
        .into_iter()
        .filter_map(|rule| {
            Some(format!("{} {}: {} at {}", rule.kind, rule.name, rule.reason?, rule.place?))
        })
        .collect();
    assert_eq!(
        left,
        [
            "factor f: it changes a list or record at workflow.json:2:76",
            "guard s: go: what it reads may be of any type at workflow.json:1:66"
        ]
    );
    // They mean the same all the same.
    let row = workflow.row();
    assert_eq!(row.holds(&workflow.rule_handle("f").unwrap()), Ok(Truth::True));
}

/// A loop that has added too much before it meets a row of which something is unknown fails, and is not undecided.
#[test]
fn what_a_loop_added_before_something_unknown_counts() {
    let workflow = Workflow::from_json(
        r#"{ "id": "w", "states": { "s": {} }, "facts": { "most": { "type": "integer" },
            "list": { "type": "array", "items": { "type": "object", "properties": { "signed": { "type": "boolean" } } } } },
            "factors": { "f": { "guard": "{ let n = most; for one in list { if one.signed { n += 1; } } n > 3 }" } } }"#,
    )
    .unwrap();
    let rule = workflow.rule_handle("f").unwrap();
    let mut row = workflow.row();
    row.set(workflow.fact_handle("most").unwrap(), i64::MAX).unwrap();
    row.set_json(r#"{ "list": [{ "signed": true }, {}] }"#).unwrap();
    let found = row.holds(&rule);
    assert_eq!(found.clone().unwrap_err().problems()[0].code, "overflow");
    assert_eq!(found, row.holds_by_evaluator(&rule));
}
