//! Any change of a whole journal is noticed, and any text at all is answered without a panic. The first byte says which.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use tresteg::journal::verify;
use tresteg::{Case, Event, Workflow};

fn whole() -> &'static (Workflow, String) {
    static WHOLE: OnceLock<(Workflow, String)> = OnceLock::new();
    WHOLE.get_or_init(|| {
        let text = include_str!("../../workflows/vastra-goteborg.json");
        let workflow = Workflow::from_json(text).unwrap();
        let (mut case, _) = Case::start(&workflow, None, Default::default()).unwrap();
        for event in include_str!("../../workflows/journeys/vastra-goteborg/referred.jsonl").lines()
        {
            if let Ok(event) = Event::from_json(event) {
                case.fire(&event);
            }
        }
        let journal =
            case.take_entries(&[7; 32]).iter().map(|entry| format!("{}\n", entry.line)).collect();
        (workflow, journal)
    })
}

/// However lines end, blank ones among them and a mark in front, a journal is the same.
fn lines(text: &str) -> Vec<&str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let is_blank = |line: &&str| line.bytes().all(|byte| byte.is_ascii_whitespace());
    text.split('\n')
        .filter(|line| !is_blank(line))
        .map(|line| line.trim_end_matches('\r'))
        .collect()
}

fuzz_target!(|data: &[u8]| {
    let (workflow, journal) = whole();
    let Some((kind, rest)) = data.split_first() else { return };
    if kind % 2 == 0 {
        let _ = verify(workflow, &String::from_utf8_lossy(rest), None);
        return;
    }
    let mut bytes = journal.clone().into_bytes();
    for edit in rest.chunks_exact(4) {
        let place = u16::from_le_bytes([edit[0], edit[1]]) as usize % bytes.len();
        match edit[2] % 3 {
            0 => bytes[place] = edit[3],
            1 => bytes.insert(place, edit[3]),
            _ => drop(bytes.remove(place)),
        }
    }
    let Ok(text) = String::from_utf8(bytes) else { return };
    assert_eq!(verify(workflow, &text, None).is_ok(), lines(&text) == lines(journal), "{text}");
});
