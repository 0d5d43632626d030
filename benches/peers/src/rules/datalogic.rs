//! JSONLogic, compiled, over rows that already lie in an arena: the tier that its manual calls zero-copy. What evaluations leave
//! in their own arena is cleared after some hundreds.

use std::hint::black_box;

use bumpalo::Bump;
use datalogic_rs::{DataValue, Engine, Logic};

use super::{Question, json};
use crate::guards::measure;
use crate::{Made, Nanoseconds};

/// `round` is no operator: half away from zero of what is not negative is the floor of one half more.
const GUARDS: &[(&str, &str)] = &[
    ("g1", r#"{"var": "risk_assessed"}"#),
    (
        "g2",
        r#"{"and": [{">=": [{"var": "partner_sectors"}, 2]}, {"var": "risk_assessed"}, {">=": [{"var": "trust"}, 0.6]}]}"#,
    ),
    (
        "g3",
        r#"{"and": [{">=": [{"var": "dialogue_meetings"}, 3]}, {"or": [{">": [{"var": "funding_sek"}, 50000]}, {"var": "in_kind"}]},
            {"!": {"var": "conflict_open"}}, {"in": [{"var": "lead"}, ["kommun", "civil", "naringsliv"]]}]}"#,
    ),
    (
        "g4",
        r#"{">=": [{"+": [{"*": [0.3, {"var": "diversity"}]}, {"*": [0.3, {"var": "shared_power"}]}, {"*": [0.2, {"var": "small_scale"}]},
            {"*": [0.2, {"var": "courage"}]}]}, 0.6]}"#,
    ),
    (
        "g5",
        r#"{">=": [{"length": {"filter": [{"var": "partners"}, {"and": [{"var": "signed"}, {"!==": [{"var": "sector"}, "brukare"]}]}]}}, 3]}"#,
    ),
    ("g6", r#"{"!==": [{"var": "risk"}, "unacceptable"]}"#),
    ("g7", r#"{"<=": [{"var": "reported_on"}, {"+": [{"var": "decided_on"}, 21]}]}"#),
    (
        "g8",
        r#"{"and": [{"<=": [{"var": "funding_sek"}, 300000]}, {">=": [{"var": "trust"}, 0.4]}, {">": [{"var": "diversity"}, 0.25]}]}"#,
    ),
    (
        "g9",
        r#"{"and": [{">=": [{"length": {"var": "sectors"}}, 2]}, {"in": ["civil", {"var": "sectors"}]}]}"#,
    ),
    (
        "g10",
        r#"{"or": [{"and": [{"!==": [{"var": "asked"}, null]}, {"!": {"var": "conflict_open"}}]},
            {"and": [{"var": "risk_assessed"}, {"or": [{"var": "in_kind"}, {">": [{"var": "dialogue_meetings"}, 5]}]}]}]}"#,
    ),
    (
        "g11",
        r#"{">=": [{"+": [{"if": [{">=": [{"var": "partner_sectors"}, 2]}, 1, 0]}, {"if": [{">=": [{"var": "trust"}, 0.4]}, 1, 0]},
            {"if": [{"<=": [{"var": "funding_sek"}, 300000]}, 1, 0]}, {"if": [{"!==": [{"var": "risk"}, "unacceptable"]}, 1, 0]}]}, 3]}"#,
    ),
    (
        "g12",
        r#"{"<=": [{"floor": {"+": [{"*": [{"var": "fee"}, {"max": [0, {"-": [1, {"*": [0.2, {"var": "weeks_late"}]}]}]}]}, 0.5]}}, 20000]}"#,
    ),
    (
        "g13",
        r#"{"if": [{"===": [{"var": "risk"}, "low"]}, true, {"===": [{"var": "risk"}, "medium"]}, {"<": [{"var": "funding_sek"}, 100000]},
            {"===": [{"var": "risk"}, "high"]}, {"and": [{"<": [{"var": "funding_sek"}, 50000]}, {">=": [{"var": "trust"}, 0.6]}]}, false]}"#,
    ),
    (
        "g14",
        r#"{"some": [{"var": "partners"}, {"and": [{"var": "signed"}, {">=": [{"var": "share"}, 0.5]}]}]}"#,
    ),
    (
        "g15",
        r#"{"or": [{">": [{"-": [{"var": "reported_on"}, {"var": "decided_on"}]}, 30]},
            {">": [{"floor": {"/": [{"var": "reported_on"}, 365]}}, {"floor": {"/": [{"var": "decided_on"}, 365]}}]}]}"#,
    ),
];

/// Evaluations between two times that their arena is cleared.
const KEPT: usize = 256;

pub fn ask(question: &Question, tell: &mut dyn FnMut(usize, bool)) -> Made<Nanoseconds> {
    let engine = Engine::new();
    let logic = engine.compile(question.among(GUARDS)?).map_err(|_| "not compiled")?;
    let texts: Vec<String> = question.rows.iter().map(|row| json(row).to_string()).collect();
    let held = Bump::new();
    let rows: Vec<DataValue> = (texts.iter())
        .map(|text| DataValue::from_str(text, &held).map_err(|_| "no JSON"))
        .collect::<Made<_>>()?;
    let mut arena = Bump::new();
    for (place, row) in rows.iter().enumerate() {
        tell(place, holds(&engine, &logic, row, &arena).ok_or("not a boolean")?);
    }
    let mut since = 0;
    Ok(measure(|| {
        for row in &rows {
            black_box(holds(&engine, black_box(&logic), black_box(row), &arena));
            since += 1;
            if since == KEPT {
                since = 0;
                arena.reset();
            }
        }
        rows.len()
    }))
}

#[inline(always)]
fn holds<'a>(
    engine: &Engine,
    logic: &'a Logic,
    row: &'a DataValue<'a>,
    arena: &'a Bump,
) -> Option<bool> {
    engine.evaluate(logic, row, arena).ok()?.as_bool()
}
