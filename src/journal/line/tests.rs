#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::json;

use super::*;

const SALT: &str = "00112233445566778899aabbccddeeff";

/// A line that somebody made whole who knows how.
fn forged(entry: &Json, private: &[(&str, &str)]) -> String {
    let mut entry = entry.clone();
    let digests = private.iter().map(|(path, value)| {
        ((*path).to_owned(), Json::from(String::from(digest_of(path, SALT, value))))
    });
    let digests: serde_json::Map<String, Json> = digests.collect();
    if !digests.is_empty() {
        entry["digests"] = Json::Object(digests);
    }
    let core = digest::canonical(&entry);
    let mut line = format!("{{\"entry\":{core}");
    begin_private(hash(&core).as_str(), &mut line);
    let mut private = private.to_vec();
    private.sort_unstable();
    let part = |(path, value): &(&str, &str)| {
        format!("{}:{{\"salt\":\"{SALT}\",\"value\":{value}}}", Json::from(*path))
    };
    let private: Vec<String> = private.iter().map(part).collect();
    format!("{line}{}}}}}\n", private.join(","))
}

fn problem(line: &str) -> String {
    CheckedLine::read(line).0.unwrap_err()
}

#[test]
fn a_line_is_known_by_its_parts() {
    let entry = json!({ "at": "a", "event": "e\"", "sequence": 7, "zones": [1], "extra": {} });
    let private = [("read.count(\"e\")", "3"), ("actor", "{\"id\":null}"), ("\n", "[]")];
    let line = CheckedLine::read(forged(&entry, &private)).0.unwrap();
    assert_eq!(line.said(Member::Event).unwrap(), "e\"");
    assert_eq!(line.member(Member::Zones), Some("[1]"));
    assert_eq!((line.member(Member::Kind), line.said(Member::Zones)), (None, None));
    assert_eq!(line.number(Member::Sequence), Some(7));
    let parts: Vec<_> = line.parts().map(|part| (part.path, part.value.unwrap())).collect();
    assert_eq!(
        parts,
        [("\n".into(), "[]"), ("actor".into(), "{\"id\":null}"), ("read.count(\"e\")".into(), "3")]
    );
    assert_eq!(line.private("read.count(\"e\")"), Some("3"));
    assert_eq!(line.around_digests().0, "{\"at\":\"a\",");

    // Whatever is taken out, the rest is a line again.
    for gone in ["\n", "actor", "read.count(\"e\")", ""] {
        let left = line.without(|path, _| path == gone || gone.is_empty());
        let erased = Line::read(left).unwrap();
        assert_eq!(erased.hash(), line.hash());
        for (path, _) in &private {
            let is_gone = *path == gone || gone.is_empty();
            assert_eq!(erased.private(path).is_none(), is_gone, "{path:?}");
            assert!(erased.digest(path).is_some());
            assert_eq!(erased.erased().any(|erased| erased == *path), is_gone);
        }
    }
}

/// What no host writes, with a hash that fits.
#[test]
fn forms_that_entries_do_not_have_are_refused() {
    let entry = json!({ "at": "a", "sequence": 1 });
    let whole = forged(&entry, &[("facts.a", "1"), ("facts.b", "\"x\"")]);
    for end in ["\n", "\r\n", "", "\r"] {
        let line = whole.trim_end().to_owned() + end;
        assert!(CheckedLine::read(line).0.is_ok(), "{end:?}");
    }
    let form = "is not written as entries are";
    let altered = |from: &str, to: &str| {
        assert!(whole.contains(from), "{from} in {whole}");
        problem(&whole.replacen(from, to, 1))
    };
    for (from, to, part) in [
        ("{\"entry\"", "\u{feff}{\"entry\"", "is not an entry: expected value"),
        ("{\"entry\"", " {\"entry\"", form),
        ("\"entry\":", "\"entry\": ", form),
        ("\"private\":{", "\"private\":{ ", form),
        ("\"value\":1", "\"value\":1.0", "holds another `facts.a`"),
        ("\"value\":1", "\"value\":01", "is not an entry"),
        ("\"value\":1", "\"value\":2", "holds another `facts.a`"),
        ("\"x\"", "\"\\u0078\"", form),
        ("\"x\"", "\"x\0\"", "is not an entry: control character"),
        ("\"facts.a\":{", "\"facts.\\u0061\":{", form),
        ("\"facts.b\":{", "\"facts.c\":{", "holds another `facts.c`"),
        ("\"salt\":\"00", "\"salt\":\"01", "holds another `facts.a`"),
        ("\"hash\":\"", "\"hash\":\"A", "does not have its hash"),
        ("\"sequence\":1", "\"sequence\":2", "does not have its hash"),
        ("}}\n", "}", "is cut off"),
        ("}}\n", "}} \n", form),
        ("}}\n", "}\n", "is not an entry: EOF"),
        ("}}\n", "}}}\n", "is not an entry: trailing characters"),
        ("}}\n", "},\"more\":1}\n", "is not an entry: unknown field `more`"),
        (
            ",\"facts.b\":{",
            ",\"facts.a\":{\"salt\":\"\",\"value\":0},\"facts.b\":{",
            "another `facts.a`",
        ),
    ] {
        let found = altered(from, to);
        assert!(found.contains(part), "{from:?} → {to:?}: {found}");
    }
    // Twice the same part, the last of which is right.
    let (start, end) = whole.split_at(whole.find("\"facts.a\":{").unwrap());
    let twice = format!("{start}{}{end}", "\"facts.a\":{\"salt\":\"\",\"value\":0},");
    assert!(problem(&twice).contains(form));
    // Whole by their hashes, and of no form that entries have.
    for (entry, part) in [
        (json!([]), "it is no object"),
        (json!({ "n": 1.5 }), form),
        (json!({ "n": 1e300 }), form),
        (json!({ "digests": {} }), form),
        (json!({ "digests": [] }), form),
        (json!({ "digests": { "facts.a": "" } }), form),
        (json!({ "digests": { "facts.a": 1 } }), form),
        (json!({ "digests": { "facts.a": "A".repeat(64) } }), form),
    ] {
        let found = problem(&forged(&entry, &[]));
        assert!(found.contains(part), "{entry}: {found}");
    }
    let core = "{\"b\":1,\"a\":2}";
    let line =
        format!("{{\"entry\":{core},\"hash\":\"{}\",\"private\":{{}}}}\n", hash(core).as_str());
    assert!(problem(&line).contains(form));
    let core = "{\"a\":1,\"a\":2}";
    let line =
        format!("{{\"entry\":{core},\"hash\":\"{}\",\"private\":{{}}}}\n", hash(core).as_str());
    assert!(problem(&line).contains(form));
}

#[test]
fn large_and_deep_lines_are_bounded() {
    let nested = |levels: usize| ["[", "]"].map(|one| one.repeat(levels)).concat();
    let entry = json!({ "at": "a" });
    // As deep as readers of JSON go from the beginning of the line.
    assert!(CheckedLine::read(forged(&entry, &[("x", &nested(124))])).0.is_ok());
    for levels in [125, 1_000, 1_000_000] {
        let found = problem(&forged(&entry, &[("x", &nested(levels))]));
        let expected = ["is not an entry: recursion limit exceeded", NOT_ITS_FORM];
        assert!(expected.iter().any(|text| found.starts_with(text)), "{levels}: {found}");
    }
    // Each is looked up without going through the others.
    let digests: serde_json::Map<String, Json> =
        (0..50_000).map(|n| (format!("facts.x{n:06}"), Json::from("0".repeat(64)))).collect();
    let line = forged(&json!({ "digests": digests }), &[]);
    let line = CheckedLine::read(line).0.unwrap();
    assert_eq!(line.erased().count(), 50_000);
    assert!((0..50_000).all(|n| line.digest(&format!("facts.x{n:06}")).is_some()));
    let path = "x".repeat(1 << 20);
    let found = problem(&forged(&entry, &[(&path, "1")]).replacen("\"value\":1", "\"value\":2", 1));
    assert!(found.starts_with("holds another `xxx") && found.len() < 200, "{found}");
}
