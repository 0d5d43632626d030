//! Any lines as rows of facts for the flagship: a table of all of them answers as each row does alone.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use tresteg::Workflow;
use tresteg::batch::Table;

fuzz_target!(|text: &str| {
    static FLAGSHIP: OnceLock<Workflow> = OnceLock::new();
    let workflow = FLAGSHIP.get_or_init(|| {
        Workflow::from_json(include_str!("../../workflows/vastra-goteborg.json")).unwrap()
    });
    let mut all = Table::new(workflow);
    let mut alone: Vec<Table> = Vec::new();
    for line in text.lines().take(40) {
        let mut one = Table::new(workflow);
        assert_eq!(all.push_json(line).is_ok(), one.push_json(line).is_ok(), "{line}");
        if one.rows() == 1 {
            alone.push(one);
        }
    }
    assert_eq!(all.rows(), alone.len());
    let factors = all.factors();
    for (row, one) in alone.iter().enumerate() {
        for ((name, all), (_, one)) in factors.iter().zip(one.factors()) {
            assert_eq!(all.get(row), one.get(0), "{name} of row {row}");
        }
    }
});
