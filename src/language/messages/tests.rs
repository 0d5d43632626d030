#![allow(clippy::unwrap_used, reason = "tests")]

use super::super::Language::{English, Swedish};
use super::{MESSAGES, best, translated};

fn told(message: &str) -> String {
    translated(message, Swedish).into_owned()
}

#[test]
fn messages_are_told_with_what_they_are_about() {
    assert_eq!(
        told("says `\"a\"` as `states`, the rules give nothing"),
        "säger `\"a\"` som `states`, reglerna ger ingenting"
    );
    assert_eq!(
        told(
            "comes too early: the term `P3D` of `a`, of 2026-01-31T09:00:00+01:00, was due before it and has no entry"
        ),
        "kommer för tidigt: fristen `P3D` i `a`, från 31 januari 2026 kl. 09.00, skulle komma före och har ingen post"
    );
    assert_eq!(translated("division by zero", English), "division by zero");
    assert_eq!(told("what nobody knows"), "what nobody knows");
}

#[test]
fn names_and_values_stay_as_they_are() {
    assert_eq!(told("the workflow has no state `a list`"), "flödet har inget läge `a list`");
    assert_eq!(told("`a text` has no value yet"), "`a text` har inget värde ännu");
}

#[test]
fn messages_stand_in_one_another() {
    assert_eq!(
        told("is answered with an error: `cost` must be at least 3, is 2 [fact-value]; 2 more"),
        "besvaras med ett fel: `cost` ska vara minst 3, är 2; 2 till"
    );
    assert_eq!(
        told("`boards/north`: this needs a list, it is a number"),
        "`boards/north`: här behövs en lista, det är ett tal"
    );
}

/// Of two messages that both fit a text the one that says more is taken.
#[test]
fn none_hides_another() {
    for (english, swedish) in MESSAGES.into_iter().flatten() {
        let filled = |text: &str| {
            (0..6).fold(text.to_owned(), |text, n| {
                text.replace(&format!("{{{n}}}"), &format!("§{n}"))
            })
        };
        let text = filled(english);
        assert_eq!(best(&text).unwrap().0, *english);
        assert_eq!(told(&text), filled(swedish), "{english}");
    }
}

/// What a journal or a stored case is told to be wrong with is told in every language: a message that is new there needs a
/// row here.
#[test]
fn every_message_of_journals_and_stored_cases_is_known() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = vec![root.join("case/snapshot.rs")];
    let mut folders = vec![root.join("journal"), root.join("case/snapshot")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    let mut unknown = Vec::new();
    for path in files.iter().filter(|path| !path.to_string_lossy().contains("tests")) {
        let text = std::fs::read_to_string(path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        let lines = code.lines().map(str::trim).filter(|line| !line.starts_with("//"));
        for line in lines.filter(|line| !line.contains("expect(") && !line.contains("must_use")) {
            for text in line.split('"').skip(1).step_by(2).filter(|text| is_message(text)) {
                let shown = numbered(text);
                if told(&shown) == shown {
                    unknown.push(format!("{}: {text}", path.display()));
                }
            }
        }
    }
    assert!(unknown.is_empty(), "{}", unknown.join("\n"));
}

/// Whether a text of the code is a sentence for people, as far as its first words show that.
fn is_message(text: &str) -> bool {
    let begins = [
        "is ",
        "says ",
        "does not ",
        "holds ",
        "begins ",
        "belongs ",
        "carries ",
        "cannot ",
        "comes ",
        "repeats ",
        "leads ",
        "goes ",
        "was ",
        "the ",
        "fact `",
        "an entry ",
        "a journal ",
        "those ",
        "no rule ",
        "what was ",
    ];
    text.split_whitespace().count() > 2 && begins.iter().any(|start| text.starts_with(start))
}

/// With something in every place.
fn numbered(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some((before, place)) = rest.split_once('{') {
        shown.push_str(before);
        shown.push('§');
        rest = place.split_once('}').map_or("", |(_, after)| after);
    }
    shown + rest
}
