//! Bytes of a file as text: UTF-8, with or without a mark in front. What is something else is named, with what to do.

use super::words::say;

/// The mark that some editors put in front of UTF-8.
pub(super) const MARK: &[u8] = b"\xef\xbb\xbf";

/// Beginnings of what is no text at all.
const ARCHIVES: [(&[u8], &str); 6] = [
    (b"\x1f\x8b", "compressed (gzip)"),
    (b"PK\x03\x04", "a zip archive, as office programs write them"),
    (b"\x28\xb5\x2f\xfd", "compressed (zstd)"),
    (b"BZh", "compressed (bzip2)"),
    (b"\xfd7zXZ\x00", "compressed (xz)"),
    (b"%PDF-", "a PDF"),
];

/// What a file is by its first bytes, where that is not UTF-8: what is wrong, and what to do.
pub(super) fn foreign(start: &[u8]) -> Option<String> {
    let save = |what: &str| Some(say!(utf_save, what));
    match start {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => return save("UTF-32"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return save("UTF-16"),
        // The first letters of what people write are below 256, so that the other bytes of each are zero.
        [first, 0, 0, 0, ..] | [0, 0, 0, first, ..] if *first != 0 => return save("UTF-32"),
        [first, 0, second, 0, ..] | [0, first, 0, second, ..] if *first != 0 && *second != 0 => {
            return save("UTF-16");
        }
        _ => {}
    }
    let (_, what) = ARCHIVES.iter().find(|(begins, _)| start.starts_with(begins))?;
    Some(say!(utf_no_text, what))
}

/// The text of a whole file, without the mark in front; else what is wrong with it, and what to do.
pub(super) fn text(mut bytes: Vec<u8>) -> Result<String, String> {
    if let Some(wrong) = foreign(&bytes) {
        return Err(wrong);
    }
    if bytes.starts_with(MARK) {
        bytes.drain(..MARK.len());
    }
    String::from_utf8(bytes).map_err(|wrong| {
        let before = wrong.utf8_error().valid_up_to();
        let (good, bad) = wrong.as_bytes().split_at(before);
        let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
        let start = good.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let column = letters(good.get(start..).unwrap_or_default()) + 1;
        say!(utf_file, bad_byte(bad, &say!(utf_place, line, column)))
    })
}

/// One line of a file that is read line by line; else what is wrong with it, and what to do.
pub(super) fn line(bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|wrong| {
        let before = wrong.utf8_error().valid_up_to();
        let (good, bad) = wrong.as_bytes().split_at(before);
        let place = say!(utf_column, letters(good) + 1);
        say!(utf_line, bad_byte(bad, &place))
    })
}

fn letters(good: &[u8]) -> usize {
    std::str::from_utf8(good).map_or(0, |text| text.chars().count())
}

/// The first byte that belongs to no letter, and what it may have been meant for.
fn bad_byte(bad: &[u8], place: &str) -> String {
    let byte = bad.first().copied().unwrap_or_default();
    let meant = char::from(byte);
    if meant.is_alphabetic() {
        return say!(utf_meant, format!("{byte:02X}"), place, meant);
    }
    say!(utf_byte, format!("{byte:02X}"), place)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_in_front_is_left_out_and_only_there() {
        assert_eq!(text(b"\xef\xbb\xbf{}".to_vec()).unwrap(), "{}");
        assert_eq!(text("a\u{feff}".into()).unwrap(), "a\u{feff}");
        assert_eq!(text(Vec::new()).unwrap(), "");
    }

    #[test]
    fn other_encodings_are_named_with_what_to_do() {
        let wide = |text: &str, mark: &[u8], to: fn(u16) -> [u8; 2]| {
            [mark.to_vec(), text.encode_utf16().flat_map(to).collect()].concat()
        };
        let longer = |to: fn(u32) -> [u8; 4]| -> Vec<u8> {
            "{ å }".chars().flat_map(|letter| to(letter.into())).collect()
        };
        for (bytes, part) in [
            (wide("{ å }", b"\xff\xfe", u16::to_le_bytes), "is UTF-16 text"),
            (wide("{ å }", b"\xfe\xff", u16::to_be_bytes), "is UTF-16 text"),
            (wide("{ å }", b"", u16::to_le_bytes), "is UTF-16 text"),
            (wide("å,b", b"", u16::to_be_bytes), "is UTF-16 text"),
            (longer(u32::to_le_bytes), "is UTF-32 text"),
            (longer(u32::to_be_bytes), "is UTF-32 text"),
            (b"\x1f\x8b\x08".to_vec(), "gzip"),
            (b"PK\x03\x04".to_vec(), "zip archive"),
            (
                b"{\n  \"t\": \"\xc3\xa5\xe5\" }".to_vec(),
                "byte 0xE5 in line 2, column 10; it is `å` in",
            ),
            (b"\"\x92".to_vec(), "byte 0x92 in line 1, column 2; save the file as UTF-8"),
            (b"abc\xc3".to_vec(), "in line 1, column 4"),
        ] {
            let found = text(bytes.clone()).unwrap_err();
            assert!(found.contains(part), "{bytes:?}: {found}");
            assert!(found.contains("UTF-8"), "{found}");
        }
        let found = line(b"{\"a\": \"h\xe4r\"}".to_vec()).unwrap_err();
        assert!(found.contains("in column 9; it is `ä`"), "{found}");
    }
}
