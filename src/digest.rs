//! Hashes, and the one form of a JSON value that is hashed.

use std::fmt::Write as _;

use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use crate::value::write_json_string;

/// A hash as text: 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hex([u8; 64]);

impl Hex {
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl From<Hex> for String {
    fn from(hash: Hex) -> Self {
        hash.as_str().to_owned()
    }
}

/// SHA-256 of several pieces one after the other. Small ones are put together first: hashing is by blocks.
pub(crate) fn sha256(pieces: &[&[u8]]) -> Hex {
    let mut text = [0; 64];
    for (digits, byte) in text.chunks_exact_mut(2).zip(sha256_bytes(pieces)) {
        for (place, digit) in digits.iter_mut().zip([byte >> 4, byte & 15]) {
            *place = if digit < 10 { b'0' + digit } else { b'a' + digit - 10 };
        }
    }
    Hex(text)
}

/// The first half of a SHA-256, to find equals by: nobody makes two texts that have the same.
pub(crate) fn short(pieces: &[&[u8]]) -> u128 {
    sha256_bytes(pieces).into_iter().take(16).fold(0, |all, byte| all << 8 | u128::from(byte))
}

fn sha256_bytes(pieces: &[&[u8]]) -> [u8; 32] {
    const SMALL: usize = 256;
    let mut hasher = Sha256::new();
    let mut gathered = [0; SMALL];
    let mut length = 0;
    for piece in pieces {
        if let Some(place) = gathered.get_mut(length..).and_then(|left| left.get_mut(..piece.len()))
        {
            place.copy_from_slice(piece);
            length += piece.len();
        } else {
            hasher.update(gathered.get(..length).unwrap_or_default());
            length = 0;
            hasher.update(piece);
        }
    }
    hasher.update(gathered.get(..length).unwrap_or_default());
    hasher.finalize().into()
}

/// Whether a text is what [`sha256`] gives.
pub(crate) fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// A JSON value as one text: no white space, keys in the order of their code points, only the escapes that JSON demands.
/// Equal values give equal texts, whatever the features that serde_json was built with.
pub(crate) fn canonical(json: &Json) -> String {
    let mut text = String::new();
    write_canonical(json, &mut text);
    text
}

/// Calls itself once for each level; what is read has at most the 128 that serde_json allows.
pub(crate) fn write_canonical(json: &Json, out: &mut String) {
    match json {
        Json::Null => out.push_str("null"),
        Json::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Json::Number(number) => {
            let _: std::fmt::Result = write!(out, "{number}");
        }
        Json::String(text) => write_json_string(text, out),
        Json::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_canonical(item, out);
            }
            out.push(']');
        }
        Json::Object(members) if members.keys().is_sorted() => write_members(members.iter(), out),
        Json::Object(members) => {
            let mut sorted: Vec<(&String, &Json)> = members.iter().collect();
            sorted.sort_by_key(|(key, _)| *key);
            write_members(sorted.into_iter(), out);
        }
    }
}

fn write_members<'a>(members: impl Iterator<Item = (&'a String, &'a Json)>, out: &mut String) {
    out.push('{');
    for (index, (key, value)) in members.enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_json_string(key, out);
        out.push(':');
        write_canonical(value, out);
    }
    out.push('}');
}
