//! GoRules' expressions as bytecode, with a virtual machine and scopes that are kept. Its numbers are decimals, as ours.

use std::hint::black_box;

use zen_expression::vm::VM;
use zen_expression::{Scope, compile_expression};

use super::{Question, json};
use crate::guards::measure;
use crate::{Made, Nanoseconds};

const GUARDS: &[(&str, &str)] = &[
    ("g1", "risk_assessed"),
    ("g2", "partner_sectors >= 2 and risk_assessed and trust >= 0.6"),
    (
        "g3",
        "dialogue_meetings >= 3 and (funding_sek > 50000 or in_kind) and not conflict_open and lead in ['kommun', 'civil', 'naringsliv']",
    ),
    ("g4", "0.3*diversity + 0.3*shared_power + 0.2*small_scale + 0.2*courage >= 0.6"),
    ("g5", "count(partners, #.signed and #.sector != 'brukare') >= 3"),
    ("g6", "risk != 'unacceptable'"),
    ("g7", "reported_on <= decided_on + 21"),
    ("g8", "funding_sek <= 300000 and trust >= 0.4 and diversity > 0.25"),
    ("g9", "len(sectors) >= 2 and 'civil' in sectors"),
    (
        "g10",
        "(asked != null and not conflict_open) or (risk_assessed and (in_kind or dialogue_meetings > 5))",
    ),
    (
        "g11",
        "(partner_sectors >= 2 ? 1 : 0) + (trust >= 0.4 ? 1 : 0) + (funding_sek <= 300000 ? 1 : 0) + (risk != 'unacceptable' ? 1 : 0) >= 3",
    ),
    ("g12", "round(fee * (weeks_late < 5 ? 1 - 0.2 * weeks_late : 0)) <= 20000"),
    (
        "g13",
        "risk == 'low' ? true : risk == 'medium' ? funding_sek < 100000 : risk == 'high' ? funding_sek < 50000 and trust >= 0.6 : false",
    ),
    ("g14", "some(partners, #.signed and #.share >= 0.5)"),
    ("g15", "reported_on - decided_on > 30 or floor(reported_on / 365) > floor(decided_on / 365)"),
];

pub fn ask(question: &Question, tell: &mut dyn FnMut(usize, bool)) -> Made<Nanoseconds> {
    let expression = compile_expression(question.among(GUARDS)?).map_err(|_| "not compiled")?;
    let scopes: Vec<Scope> = question.rows.iter().map(|row| Scope::new(json(row).into())).collect();
    let mut machine = VM::new();
    for (place, scope) in scopes.iter().enumerate() {
        let found = expression.evaluate_with_scope(scope, &mut machine).map_err(|_| "fails")?;
        tell(place, found.as_bool().ok_or("not a boolean")?);
    }
    Ok(measure(|| {
        for scope in &scopes {
            let found = expression.evaluate_with_scope(black_box(scope), &mut machine);
            black_box(found.ok().and_then(|found| found.as_bool()));
        }
        scopes.len()
    }))
}
