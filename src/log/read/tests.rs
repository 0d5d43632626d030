#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::io::{BufReader, Read as _, Write as _};

use super::*;
use crate::log::event_log::AttributeKind;

fn xes(text: &str) -> Result<EventLog, ReadError> {
    read_xes(text.as_bytes(), &Bounds::default())
}

fn csv(text: &str) -> Result<EventLog, ReadError> {
    read_csv(text.as_bytes(), &CsvColumns::default(), &Bounds::default())
}

const PLAIN: &str = r#"<?xml version="1.0"?>
<log xmlns="http://www.xes-standard.org/"><extension name="Concept" prefix="concept" uri="u"/>
<global scope="event"><string key="concept:name" value="UNKNOWN"/></global>
<float key="meta" value="1.0"><float key="inner" value="2"/></float>
<trace><string key="concept:name" value="a&amp;b"/>
<event><string key="concept:name" value="Pay"/><date key="time:timestamp" value="2020-01-01T00:00:00Z"/>
<float key="amount" value="35.00"><string key="unit" value="EUR"><int key="deep" value="3"/></string></float></event>
<event><list key="items"><values><string key="x" value="1"/><string key="x" value="2"/></values></list></event>
</trace><trace/></log>"#;

#[test]
fn what_is_read_is_what_stands_there() {
    let log = xes(PLAIN).unwrap();
    assert_eq!((log.len(), log.events()), (2, 2));
    let trace = log.trace(0).unwrap();
    assert_eq!(trace.attribute("concept:name"), Some("a&b"));
    let events: Vec<Vec<_>> = trace.events().map(|event| event.attributes().collect()).collect();
    assert_eq!(
        events[0],
        [
            ("concept:name", AttributeKind::Text, "Pay"),
            ("time:timestamp", AttributeKind::Time, "2020-01-01T00:00:00Z"),
            ("amount", AttributeKind::Number, "35.00"),
            ("amount/unit", AttributeKind::Text, "EUR"),
            ("amount/unit/deep", AttributeKind::Integer, "3"),
        ]
    );
    assert_eq!(
        events[1],
        [("items/x", AttributeKind::Text, "1"), ("items/x", AttributeKind::Text, "2")]
    );
    assert_eq!(log.trace(1).unwrap().events().len(), 0);
}

#[test]
fn name_space_mark_and_packing_change_nothing() {
    let log = xes(PLAIN).unwrap();
    let prefixed = PLAIN
        .replace("<log xmlns=", "<log xmlns:x=")
        .replace("<trace", "<x:trace")
        .replace("</trace", "</x:trace");
    assert_eq!(xes(&prefixed).unwrap(), log);
    assert_eq!(xes(&format!("\u{feff}{PLAIN}")).unwrap(), log);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(PLAIN.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let open =
        |bytes: &[u8]| BufReader::new(unpacked(std::io::Cursor::new(bytes.to_vec())).unwrap());
    assert_eq!(read(open(&packed), &CsvColumns::default(), &Bounds::default()).unwrap(), log);
    // Cut short, it is an error and no part.
    let cut = &packed[..packed.len() / 2];
    assert!(read(open(cut), &CsvColumns::default(), &Bounds::default()).is_err());
}

#[test]
fn what_is_broken_is_told_with_its_place_and_what_stood_before() {
    let cut = PLAIN.find("</trace>").unwrap();
    let error = xes(&PLAIN[..cut]).unwrap_err();
    assert_eq!((error.traces, error.events, error.byte), (0, 2, cut as u64));
    assert!(error.message.contains("breaks off"), "{error}");
    let told = |text: &str| xes(text).unwrap_err().to_string();
    assert_eq!(
        told("<x/>"),
        "byte 4: the document is a `<x>`, not a `<log>` (behind 0 whole traces and 0 events)"
    );
    assert!(told("").contains("empty"));
    assert!(told("<log><trace></log>").contains("trace"));
    assert!(told("<log><trace><string key='a'/></trace></log>").contains("no `value`"));
    assert!(told("<log><trace><string value='a'/></trace></log>").contains("no `key`"));
    assert!(
        told("<log><trace><strong key='a' value='b'/></trace></log>")
            .contains("no kind of attribute")
    );
    assert!(told("<log><event/></log>").contains("outside"));
    assert!(told("<log/><log/>").contains("behind"));
    assert!(told("<log><trace>text</trace></log>").contains("text between"));
}

#[test]
fn entities_are_not_expanded() {
    let bomb = r#"<!DOCTYPE log [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><log><trace><string key="k" value="&b;"/></trace></log>"#;
    assert!(xes(bomb).unwrap_err().message.contains('b'));
    let outside = r#"<!DOCTYPE log SYSTEM "file:///etc/passwd"><log><trace/></log>"#;
    assert_eq!(xes(outside).unwrap().len(), 1);
}

#[test]
fn every_bound_is_reached_and_one_beyond_is_refused() {
    let deep = |levels: usize| {
        let open = "<string key=\"a\" value=\"b\">".repeat(levels);
        format!("<log><trace>{open}{}</trace></log>", "</string>".repeat(levels))
    };
    let most = Bounds::default().depth;
    assert!(xes(&deep(most - 2)).is_ok());
    assert!(xes(&deep(most - 1)).unwrap_err().message.contains("deep"));
    let bounds = |bytes, piece_bytes, events, attributes| Bounds {
        bytes,
        piece_bytes,
        depth: 9,
        events,
        attributes,
    };
    let text = "<log><trace><string key='a' value='b'/></trace></log>";
    let length = text.len() as u64;
    let within = |bounds: Bounds| read_xes(text.as_bytes(), &bounds);
    assert!(within(bounds(length, 100, 1, 1)).is_ok());
    assert!(within(bounds(length - 1, 100, 1, 1)).unwrap_err().message.contains("bytes unpacked"));
    assert!(within(bounds(length, 100, 0, 1)).is_err());
    assert!(within(bounds(length, 100, 1, 0)).is_err());
    let long =
        format!("<log><trace><string key='a' value='{}'/></trace></log>", "b".repeat(100_000));
    let small = BufReader::with_capacity(64, long.as_bytes());
    assert!(
        read_xes(small, &bounds(1 << 20, 1_000, 9, 9)).unwrap_err().message.contains("one piece")
    );
    // A small file that grows to a large one ends at the bound.
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = std::io::repeat(b' ').take(50 << 20);
    packed.write_all(b"<log>").unwrap();
    std::io::copy(&mut { zeros }, &mut packed).unwrap();
    let packed = packed.finish().unwrap();
    let input = BufReader::new(unpacked(std::io::Cursor::new(packed)).unwrap());
    let bomb = read(input, &CsvColumns::default(), &Bounds { bytes: 1 << 20, ..Bounds::default() });
    assert!(bomb.unwrap_err().message.contains("bytes"));
}

#[test]
fn csv_groups_rows_by_case() {
    let text = "\u{feff}case:concept:name;case:channel;concept:name;amount\r\n1;web;Pay;\"3,5\"\r\n2;;Go;\r\n1;web;Close;\"a\"\"b\nc\"\r\n";
    let log = csv(text).unwrap();
    let shown: Vec<_> = log
        .traces()
        .map(|trace| {
            let events: Vec<Vec<_>> =
                trace.events().map(|event| event.attributes().collect()).collect();
            (trace.attributes().collect::<Vec<_>>(), events)
        })
        .collect();
    use AttributeKind::Text;
    assert_eq!(shown[0].0, [("concept:name", Text, "1"), ("channel", Text, "web")]);
    assert_eq!(shown[0].1[0], [("concept:name", Text, "Pay"), ("amount", Text, "3,5")]);
    assert_eq!(shown[0].1[1], [("concept:name", Text, "Close"), ("amount", Text, "a\"b\nc")]);
    assert_eq!(shown[1].0, [("concept:name", Text, "2")]);
    let told = |text: &str| csv(text).unwrap_err().to_string();
    assert!(told("a,b\n1,2\n").contains("no column `case:concept:name`"));
    assert!(told("").contains("empty"));
    let short = told("case:concept:name,a\n1,2\n1\n");
    assert!(
        short.starts_with("line 3: the line has 1 cells, the first has 2 (behind 1"),
        "{short}"
    );
    assert!(
        read_csv(&b"case:concept:name,a\n1,\xff\n"[..], &CsvColumns::default(), &Bounds::default())
            .is_err()
    );
}
