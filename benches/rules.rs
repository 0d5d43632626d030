//! What a rule costs: compiled, by the evaluator, in plain Rhai, and written by hand as a closure over a struct.
//!
//! `cargo bench --bench rules` prints nanoseconds (min, median, max over samples) for rows on which every clause holds and
//! for 4 096 random rows, with the ratios of the least: what else the machine does only adds.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing
)]

#[path = "guards.rs"]
mod guards;

use std::hint::black_box;

use rhai::{AST, Engine, Scope};
use tresteg::{Row, Truth, Workflow};

use guards::{Dice, Native, RULES, all_true, measure, ours, random, scope, workflow};

fn table(name: &str, workflow: &Workflow, natives: &[Native], slow: usize) {
    let rows: Vec<Row> = natives.iter().map(|native| ours(workflow, native)).collect();
    let engine = Engine::new();
    println!("\n{name} ({} rows), ns: min/median/max\n", natives.len());
    println!(
        "| rule | by hand | compiled | evaluator | Rhai | compiled / by hand | Rhai / compiled | evaluator / compiled |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let mut logs = [0.0_f64; 3];
    for (rule, _, in_rhai, by_hand) in RULES {
        let closure = black_box(by_hand());
        let handle = workflow.rule_handle(rule).unwrap();
        let ast: AST = engine.compile(in_rhai).unwrap();
        let mut scopes: Vec<Scope> = natives.iter().take(slow).map(scope).collect();
        for (row, native) in rows.iter().zip(natives) {
            let wanted = if closure(native) { Truth::True } else { Truth::False };
            // Floats round where decimals do not.
            let close = matches!(*rule, "g4" | "g12");
            assert!(close || row.holds(&handle).unwrap() == wanted, "{rule}");
            assert_eq!(
                row.holds(&handle).unwrap(),
                row.holds_by_evaluator(&handle).unwrap(),
                "{rule}"
            );
        }
        let native = measure(|| {
            natives.iter().filter(|native| black_box(&closure)(black_box(native))).count();
            natives.len()
        });
        let compiled = measure(|| {
            rows.iter()
                .filter(|row| matches!(black_box(row).holds(black_box(&handle)), Ok(Truth::True)))
                .count();
            rows.len()
        });
        let evaluator = measure(|| {
            rows.iter()
                .take(slow)
                .filter(|row| black_box(row).holds_by_evaluator(&handle) == Ok(Truth::True))
                .count();
            rows.len().min(slow)
        });
        let rhai = measure(|| {
            for scope in &mut scopes {
                let size = scope.len();
                black_box(engine.eval_ast_with_scope::<bool>(scope, &ast).unwrap());
                scope.rewind(size);
            }
            scopes.len()
        });
        let allocated = allocation_counter::measure(|| {
            for row in &rows {
                black_box(row.holds(&handle).is_ok());
            }
        });
        let ratios = [compiled[0] / native[0], rhai[0] / compiled[0], evaluator[0] / compiled[0]];
        for (log, ratio) in logs.iter_mut().zip(ratios) {
            *log += ratio.ln();
        }
        let show = |[min, median, max]: [f64; 3]| format!("{min:.1}/{median:.1}/{max:.1}");
        println!(
            "| {rule} | {} | {} | {} | {} | {:.2} | {:.0} | {:.0} |{}",
            show(native),
            show(compiled),
            show(evaluator),
            show(rhai),
            ratios[0],
            ratios[1],
            ratios[2],
            if allocated.count_total > 0 {
                format!(" {} allocations", allocated.count_total)
            } else {
                String::new()
            },
        );
    }
    let means = logs.map(|log| (log / RULES.len() as f64).exp());
    println!("| geometric mean | | | | | {:.2} | {:.0} | {:.0} |", means[0], means[1], means[2]);
}

/// Twenty facts of a row, set through handles.
fn setting(workflow: &Workflow) {
    let handle = |name: &str| workflow.fact_handle(name).unwrap();
    let booleans = ["risk_assessed", "in_kind", "conflict_open"].map(handle);
    let integers = ["partner_sectors", "dialogue_meetings", "weeks_late"].map(handle);
    let numbers = ["trust", "diversity", "shared_power", "small_scale", "courage"].map(handle);
    let amounts = ["funding_sek", "fee"].map(handle);
    let days = ["decided_on", "reported_on", "asked"].map(handle);
    let (share, amount): (tresteg::Number, tresteg::Number) =
        ("0.25".parse().unwrap(), "60000".parse().unwrap());
    let date: tresteg::Date = "2026-03-01".parse().unwrap();
    let mut row = workflow.row();
    let [min, median, max] = measure(|| {
        let row = black_box(&mut row);
        // Sixteen facts; the integers and a boolean twice.
        for fact in booleans.iter().chain(&booleans[..1]) {
            row.set(*fact, black_box(true)).unwrap();
        }
        for fact in integers.iter().chain(&integers) {
            row.set(*fact, black_box(3)).unwrap();
        }
        for fact in &numbers {
            row.set(*fact, black_box(share)).unwrap();
        }
        for fact in &amounts {
            row.set(*fact, black_box(amount)).unwrap();
        }
        for fact in &days {
            row.set(*fact, black_box(date)).unwrap();
        }
        1
    });
    println!("\nsetting 20 facts through handles: {min:.0}/{median:.0}/{max:.0} ns");
    let text = r#"{ "risk_assessed": true, "partner_sectors": 3, "trust": 0.25, "dialogue_meetings": 4, "funding_sek": 60000,
        "in_kind": true, "conflict_open": false, "lead": "civil", "diversity": 0.75, "shared_power": 0.8, "small_scale": 0.6,
        "courage": 0.5, "risk": "low", "decided_on": "2026-03-01", "reported_on": "2026-03-15", "asked": "2026-02-01",
        "fee": 20000.50, "weeks_late": 1, "share_a": 0.125, "share_b": 0.25 }"#;
    assert_eq!(text.matches("\":").count(), 20);
    let mut members: Vec<&str> =
        text.trim_matches(['{', '}', ' ']).split(',').map(str::trim).collect();
    members.sort_unstable();
    let sorted = format!("{{{}}}", members.join(","));
    for (order, text) in [("of the file", text), ("of their names, without spaces", &*sorted)] {
        let [min, median, max] = measure(|| {
            black_box(&mut row).set_json(black_box(text)).unwrap();
            1
        });
        println!(
            "setting 20 facts from JSON text, in the order {order}: {min:.0}/{median:.0}/{max:.0} ns"
        );
    }
}

fn main() {
    let workflow = workflow();
    setting(&workflow);
    if std::env::args().any(|argument| argument == "setting") {
        return;
    }
    // Alike, and as many as the nearest memory holds: the loop over them costs less than what is measured.
    table("every clause holds", &workflow, &vec![all_true(); 64], 1);
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let natives: Vec<Native> = (0..4_096).map(|_| random(&mut dice)).collect();
    table("random", &workflow, &natives, 256);
}
