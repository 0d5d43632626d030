#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use crate::{Language, Workflow};

use super::{dot, mermaid};

/// Everything that some form or other takes for its own.
const NASTY: &str = r##"a"b\nc ]; } --> d # <b>&amp;</b> %% : | `x` *y* _z_ -- end note {"##;

fn workflow(json: &str) -> Workflow {
    Workflow::from_json(json).unwrap_or_else(|report| panic!("{report}"))
}

/// Every kind of state and arrow, with labels from a stranger.
fn hostile() -> Workflow {
    let label = serde_json::to_string(&format!("{NASTY}\r\n\u{1b}[31m")).unwrap();
    workflow(
        &r#"{
            "id": "w", "title": LABEL,
            "roles": { "boss": { "title": LABEL } },
            "facts": { "t": { "type": "string", "title": LABEL }, "day": { "type": "string", "format": "date", "title": LABEL } },
            "factors": { "good": { "title": LABEL, "guard": "t == `x`" } },
            "events": { "go": { "by": ["boss"], "sets": ["t", "day"], "title": LABEL }, "stay": {}, "reset": {}, "seal": {}, "unseal": { "title": LABEL } },
            "on": { "stay": { "title": LABEL }, "reset": "end" },
            "at": { "day": {} },
            "initial": "work",
            "states": {
                "work": {
                    "title": LABEL, "type": "parallel",
                    "on": { "stay": {}, "reset": { "target": "work" } },
                    "done": "end",
                    "states": {
                        "left": {
                            "title": LABEL, "initial": "state",
                            "states": {
                                "state": { "title": LABEL, "on": { "go": { "target": "note", "guard": "t != \"\\\"-->;#\" && t != `]}`", "requires": ["good"], "by": ["boss"] }, "reset": "left", "seal": { "target": "note", "signed_by": ["boss", "boss"], "revoke": "unseal" } } },
                                "note": { "type": "final", "title": LABEL },
                                "back": { "type": "history", "history": "deep", "title": LABEL, "default": "state" }
                            }
                        },
                        "right": { "always": { "target": "class", "guard": "t == `y`" }, "initial": "as", "states": { "as": { "after": { "P1D": "class" } }, "class": { "type": "final" } } }
                    }
                },
                "end": { "title": "", "on": { "go": "back" } }
            }
        }"#
        .replace("LABEL", &label),
    )
}

#[test]
fn mermaid_labels_hold_nothing_that_mermaid_reads() {
    let drawing = mermaid(&hostile(), Language::English);
    let mut lines = drawing.lines();
    assert_eq!(lines.next(), Some("---"));
    let title = lines.next().and_then(|line| line.strip_prefix("title: ")).unwrap();
    let title: String = serde_json::from_str(title).unwrap();
    assert!(title.contains("a\"b\\nc"), "{title}");
    assert_eq!((lines.next(), lines.next()), (Some("---"), Some("stateDiagram-v2")));
    let id = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let label = |text: &str| {
        let text = text.replace("<br/>", " ");
        let mut rest = text.as_str();
        while let Some(at) = rest.find('#') {
            let (entity, after) = rest[at + 1..].split_once(';').unwrap();
            assert!(entity.chars().all(|c| c.is_ascii_digit()), "{entity}");
            assert!(rest[..at].chars().all(is_harmless), "{text}");
            rest = after;
        }
        assert!(rest.chars().all(is_harmless), "{text}");
        true
    };
    fn is_harmless(letter: char) -> bool {
        letter.is_alphanumeric() || " ,()/".contains(letter)
    }
    let mut depth = 0;
    let mut arrows = 0;
    for line in lines {
        let line = line.trim_start();
        if line == "}" {
            depth -= 1;
        } else if line == "--" {
            assert!(depth > 0);
        } else if let Some(rest) = line.strip_prefix("state \"") {
            let (text, rest) = rest.split_once("\" as ").unwrap();
            depth += i32::from(rest.ends_with(" {"));
            assert!(label(text) && id(rest.trim_end_matches(" {")), "{line}");
        } else if let Some((from, rest)) = line.split_once(" --> ") {
            let (to, text) = rest.split_once(" : ").unwrap_or((rest, ""));
            assert!([from, to].iter().all(|end| *end == "[*]" || id(end)) && label(text), "{line}");
            arrows += 1;
        } else {
            let (of, text) = line.split_once(" : ").unwrap();
            assert!(id(of) && label(text), "{line}");
        }
    }
    assert_eq!(depth, 0);
    assert!(arrows > 10, "{drawing}");
}

#[test]
fn dot_strings_end_where_they_should() {
    let drawing = dot(&hostile(), Language::English);
    // What stands outside of strings is the grammar's alone.
    let mut outside = String::new();
    let mut letters = drawing.chars();
    while let Some(letter) = letters.next() {
        if letter != '"' {
            outside.push(letter);
            continue;
        }
        loop {
            match letters.next() {
                Some('\\') => assert!(matches!(letters.next(), Some('"' | '\\' | 'n' | 'l'))),
                Some('"') => break,
                Some(letter) => assert!(!letter.is_control(), "{letter:?}"),
                None => panic!("a string without an end"),
            }
        }
    }
    assert!(
        !outside.contains("amp") && !outside.contains('#') && !outside.contains('`'),
        "{outside}"
    );
    assert_eq!(outside.matches('{').count(), outside.matches('}').count());
    assert!(drawing.contains(r#"a\"b\\nc ]; } --> d # <b>&amp;amp;</b>"#), "{drawing}");
}

#[test]
fn states_are_drawn_within_one_another() {
    let workflow = workflow(
        r#"{ "id": "w", "initial": "a", "states": {
            "a": { "on": { "go": { "target": "c", "guard": "active(`a`)" } } },
            "b": { "initial": "c", "on": { "back": "a", "deeper": "d", "note": {} }, "states": { "c": { "on": { "out": "b" } }, "d": {} } } } }"#,
    );
    let drawn = mermaid(&workflow, Language::English);
    let expected = "\
---
title: \"w\"
---
stateDiagram-v2
  [*] --> s_a
  state \"a\" as s_a
  state \"b\" as s_b {
    [*] --> s_c
    state \"c\" as s_c
    state \"d\" as s_d
    state \"anywhere in b\" as in_b
    in_b : note
  }
  s_a --> s_c : go<br/>if the case is in #8220;a#8221;
  s_b --> s_a : back
  in_b --> s_d : deeper
  s_c --> s_b : out
";
    assert_eq!(drawn, expected);
    let drawn = dot(&workflow, Language::Swedish);
    for line in [
        "  \"begin_w\" -> \"s_a\";",
        "  subgraph \"cluster_b\" {",
        "    \"in_b\" [shape=note, style=dashed, label=\"var som helst i b\\n\\nnote\\l\"];",
        "  \"s_a\" -> \"s_c\" [label=\"go\\nom ärendet är i ”a”\"];",
        "  \"begin_b\" -> \"s_a\" [label=\"back\", ltail=\"cluster_b\"];",
        "  \"in_b\" -> \"s_d\" [label=\"deeper\"];",
        "  \"s_c\" -> \"begin_b\" [label=\"out\"];",
    ] {
        assert!(drawn.lines().any(|drawn| drawn == line), "`{line}` is missing in\n{drawn}");
    }
}

#[test]
fn terms_guards_and_conditions_are_named() {
    let workflow = workflow(
        r#"{ "id": "w", "facts": { "due": { "type": "string", "format": "date", "title": { "sv": "Sista dag", "en": "Last day" } }, "ok": { "type": "boolean", "title": { "sv": "Klart" } } },
             "initial": "a", "states": {
                "a": { "after": { "P2D": "b" }, "at": { "due": "b" }, "always": { "target": "b", "requires": ["ok"] } },
                "b": { "type": "final" } } }"#,
    );
    let drawn = mermaid(&workflow, Language::Swedish);
    for label in
        ["efter 2 dagar", "när tiden är ute#58; Sista dag", "av sig självt<br/>kräver#58; Klart"]
    {
        assert!(
            drawn.contains(&format!("s_a --> s_b : {label}\n")),
            "`{label}` is missing in\n{drawn}"
        );
    }
}

#[test]
fn messages_have_titles_and_choices_begin_with_one_if() {
    let workflow = workflow(
        r#"{ "id": "w", "facts": { "n": { "type": "integer", "title": { "sv": "Antal" } } },
             "events": { "go": { "sets": ["n"] } }, "emitted": { "late": { "title": { "sv": "Det är sent" } } },
             "states": { "a": { "entry": "emit(`late`)", "on": { "go": { "target": "b", "guard": "if n > 1 { n < 3 } else { n == 0 }" } } },
                         "b": { "type": "final" } }, "initial": "a" }"#,
    );
    let drawn = mermaid(&workflow, Language::Swedish);
    assert!(drawn.contains("på väg in#58; skickar#58; Det är sent"), "{drawn}");
    assert!(drawn.contains("go<br/>om Antal") && !drawn.contains("om om"), "{drawn}");
}

#[test]
fn the_same_workflow_gives_the_same_drawing() {
    assert_eq!(mermaid(&hostile(), Language::Swedish), mermaid(&hostile(), Language::Swedish));
    assert_eq!(dot(&hostile(), Language::Swedish), dot(&hostile(), Language::Swedish));
}

#[test]
fn who_signs_is_drawn() {
    let workflow = workflow(
        r#"{ "id": "w", "roles": { "a": { "title": { "sv": "Nämnden" } }, "b": {} }, "events": { "sign": {}, "undo": {} },
        "states": { "s": { "on": { "sign": { "target": "t", "signed_by": ["b", "a", "a"], "revoke": "undo" } } }, "t": {} }, "initial": "s" }"#,
    );
    let drawing = dot(&workflow, Language::Swedish);
    assert!(drawing.contains("undertecknas av: b + Nämnden + Nämnden"), "{drawing}");
    assert!(drawing.contains("återtas med: undo"), "{drawing}");
    assert!(mermaid(&workflow, Language::English).contains("signed by#58; b #43; Nämnden"));
}
