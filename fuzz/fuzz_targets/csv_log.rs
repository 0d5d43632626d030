//! Any bytes as a log in CSV: refused with a line, or read and counted.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tresteg::log::{Bounds, CsvColumns, StatKeys, read_csv, stats};

fuzz_target!(|bytes: &[u8]| {
    let columns = CsvColumns { case: "c".to_owned(), delimiter: None };
    match read_csv(bytes, &columns, &Bounds::default()) {
        Ok(log) => {
            let found = stats(&log, &StatKeys::default());
            assert_eq!(found.events, log.events());
        }
        Err(error) => assert!(error.line.is_some(), "{error}"),
    }
});
