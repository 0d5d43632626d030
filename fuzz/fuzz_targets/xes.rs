//! Any bytes as a log in XES: refused with a place, or read and counted.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tresteg::log::{Bounds, StatKeys, read_xes, stats};

fuzz_target!(|bytes: &[u8]| {
    match read_xes(bytes, &Bounds::default()) {
        Ok(log) => {
            let found = stats(&log, &StatKeys::default());
            assert_eq!(found.cases, log.len());
        }
        Err(error) => assert!(error.byte <= bytes.len() as u64, "{error}"),
    }
});
