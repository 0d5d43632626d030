//! Any text as a map for road fines: refused with a report, or a small log checked under it.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use tresteg::Limits;
use tresteg::log::{AlignGuards, Bounds, CheckOptions, EventLog, LogMap, align, check, read_xes};

fuzz_target!(|text: &str| {
    static LOG: OnceLock<EventLog> = OnceLock::new();
    let log = LOG.get_or_init(|| {
        read_xes(&include_bytes!("../seeds/xes/fine")[..], &Bounds::default()).unwrap()
    });
    let mut files = |_: &str| Ok(include_str!("../../examples/logs/road-fine.json").to_owned());
    match LogMap::load("fuzz.map.json", text, &mut files, &Limits::default()) {
        Ok(map) => {
            let found = check(log, &map, CheckOptions::default());
            assert!(found.fitting <= found.fitting_unguarded);
            let _ = align(log, &map, CheckOptions::default(), AlignGuards::Off);
        }
        Err(report) => assert!(!report.to_string().is_empty()),
    }
});
