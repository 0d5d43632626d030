//! What a hint says to write is what is right: put where the problem is, it gives a file that loads.

use tresteg::Workflow;

const FILE: &str = r#"{
  "id": "w", "title": "T",
  "types": { "permit": { "enum": ["new", "old"] } },
  "facts": {
    "antal": { "type": "integer" }, "s": { "type": "string" }, "d": { "format": "date" }, "b": { "type": "boolean" },
    "l": { "type": "array", "items": { "type": "number" } }
  },
  "calendar": { "holidays": "SE" },
  "events": { "approve": {}, "ansok": {} },
  "initial": "a",
  "states": {
    "a": { "on": { "approve": { "target": "c", "guard": "b" }, "ansok": {} } },
    "c": { "initial": "d1", "states": { "d1": { "always": { "target": "e", "guard": "s.len() > 0 && antal > 0 && d > today && l.len() > 0" } }, "e": { "type": "final" } } }
  }
}"#;

/// The report of a file, and where its first error stands.
fn first_error(text: &str) -> Option<(std::ops::Range<usize>, String, String)> {
    let report = Workflow::from_json(text).err()?;
    let error = report
        .diagnostics()
        .iter()
        .find(|one| one.severity == tresteg::diagnostic::Severity::Error)?;
    let span = error.span.unwrap();
    let hint = error.hint.clone().unwrap_or_default();
    Some((span.start as usize..span.end as usize, hint, report.to_string()))
}

/// What a hint says to write.
fn meant(hint: &str) -> Option<String> {
    let behind = hint.strip_prefix("write ").or_else(|| hint.strip_prefix("did you mean "))?;
    // Code with backticks of its own goes to the end of the hint.
    match behind.strip_prefix('`') {
        Some(code) => Some(code.split('`').next().unwrap().to_owned()),
        None => Some(behind.to_owned()),
    }
}

/// Does what hints say until nothing is wrong any more.
fn follow(written: &str, mut text: String) -> Result<(), String> {
    for _ in 0..4 {
        let Some((place, hint, report)) = first_error(&text) else { return Ok(()) };
        let Some(said) = meant(&hint) else { return Err(format!("{written}: {report}")) };
        let there = text.get(place.clone()).unwrap();
        let quoted = there.starts_with('"') && !said.starts_with(['"', '{', '[', '\\']);
        let said = if quoted { format!("\"{said}\"") } else { said };
        // A text between backticks keeps them.
        let said = match hint.ends_with("with the backticks") {
            true => format!("`{said}`"),
            false => said,
        };
        text.replace_range(place, &said);
    }
    Err(format!("{written}: {}", first_error(&text).map(|found| found.2).unwrap_or_default()))
}

fn all(found: Vec<Result<(), String>>) {
    let wrong: Vec<String> = found.into_iter().filter_map(Result::err).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_guard_with_a_slip_becomes_what_its_hint_says() {
    let followed = [
        "d == date(2025-01-01)",
        "known(s)",
        "count(approve) > 1",
        "last(approve) < now",
        "d > `2025-01-01`",
        "antal > 3 AND b",
        "antal > 3 and b",
        "antal > 3 OCH b",
        "antal > 3 OR b",
        "antal > 3 eller b",
        "IF b { true } else { false }",
        "IF(antal > 3, true, false)",
        "if(antal > 3, true, false)",
        "antal between 1 and 3",
        "antal BETWEEN 1 AND 3",
        "between(antal, 1, 3)",
        "AND(antal > 3, b)",
        "OR(antal > 3, b)",
        "antal in (1, 2)",
        "s in (`x`, `y`)",
        "antal === 3",
        "antal !== 3",
        "antal ≠ 3",
        "antal ≥ 3",
        "antal ≤ 3",
        "antal => 3",
        "antal =< 3",
        "antal <> 3",
        "s = `x`",
        "s == 'x'",
        "s == 'two words'",
        "s.lenght() > 3",
        "s.length() > 3",
        "s.Length() > 3",
        "s.lenght > 3",
        "s.toUpperCase() == `X`",
        "s.toLowerCase() == `x`",
        "s.startsWith(`x`)",
        "s.includes(`x`)",
        "s.isEmpty()",
        "isEmpty(s)",
        "TODAY() > d",
        "today() > d",
        "now() > last(`approve`)",
        "tody > d",
        "True && b",
        "b == sant",
        "d + workday(3) > today",
        "d.addDays(14) > today",
        "antel > 3",
        "l.any(|x| x > 3)",
        "l.every(|x| x > 3)",
        "antal > 1 && antal < 5 & b",
        "s.substring(1) == `x`",
        "s.match(`^x`)",
        "networkdays(d, today) > 3",
        "maximum(antal, 3) > 2",
    ]
    .map(|written| {
        let json = serde_json::to_string(written).unwrap();
        follow(written, FILE.replace(r#""guard": "b""#, &format!("\"guard\": {json}")))
    });
    all(followed.into());
}

#[test]
fn a_file_with_a_slip_becomes_what_its_hints_say() {
    let mut followed = Vec::new();
    for (right, wrong) in [
        (r#""target": "c""#, r#""to": "c""#),
        (r#""target": "c""#, r#""next": "c""#),
        (r#""title": "T""#, r#""name": "T""#),
        (r#""title": "T""#, r#""titel": "T""#),
        (r#""facts": {"#, r#""context": {"#),
        (r#""facts": {"#, r#""variables": {"#),
        (r#""guard": "b""#, r#""cond": "b""#),
        (r#""guard": "b""#, r#""condition": "b""#),
        (r#""guard": "b""#, r#""gaurd": "b""#),
        (r#""initial": "a""#, r#""start": "a""#),
        (r#""initial": "a""#, r#""intial": "a""#),
        (r#""on": { "approve""#, r#""transitions": { "approve""#),
        (r#""on": { "approve""#, r#""on": { "aprove""#),
        (r#""ansok": {} } }"#, r#""ansök": {} } }"#),
        (r#""ansok": {} } }"#, r#""ansok": {}, "an sok.x": {} } }"#),
        (r#""target": "e""#, r#""target": "ee""#),
        (r#""states": { "d1""#, r#""states": { "nämnd 2": { "on": { "approve": "e" } }, "d1""#),
        (r#""items": { "type": "number" }"#, r#""items": "number""#),
        (r#""s": { "type": "string" }"#, r#""s": { "type": "text" }"#),
        (r#""d": { "format": "date" }"#, r#""d": "date""#),
        (r#""b": { "type": "boolean" }"#, r#""b": "bool""#),
        (r#""b": { "type": "boolean" }"#, r#""b": { "type": "bool" }"#),
        (
            r#""antal": { "type""#,
            r#""permits": { "type": "array", "items": "permit" }, "antal": { "type""#,
        ),
        (r#""antal": { "type""#, r#""one": "permit", "antal": { "type""#),
        (r#""type": "string""#, r#""type": "string", "min": 1"#),
        (r#""type": "final""#, r#""type": "finial""#),
        (r#""title": "T""#, r#""title": "Ett "stort" lov""#),
        (r#""guard": "b""#, r#""guard": "s == "x"""#),
        (r#""guard": "b""#, r#""guard": "known("s") && b""#),
    ] {
        assert!(FILE.contains(right), "{right}");
        // What cannot be put in one place is named for a reader.
        if wrong.contains("an sok") || wrong.contains("\"min\": 1") {
            let (_, hint, report) = first_error(&FILE.replacen(right, wrong, 1)).unwrap();
            assert!(!hint.is_empty(), "{report}");
            continue;
        }
        followed.push(follow(wrong, FILE.replacen(right, wrong, 1)));
    }
    all(followed);
}

#[test]
fn files_of_other_languages_are_called_by_their_names() {
    for (text, what) in [
        (
            "<?xml version=\"1.0\"?>\n<scxml xmlns=\"http://www.w3.org/2005/07/scxml\"/>",
            "this is SCXML",
        ),
        ("<scxml/>", "this is SCXML"),
        ("<?xml version=\"1.0\"?>\n<bpmn:definitions/>", "this is BPMN"),
        ("<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\"/>", "this is BPMN"),
        ("<note/>", "this is XML"),
        ("<!DOCTYPE html>\n<html>", "this is HTML"),
        ("id: w\nstates:\n  a: {}\n", "this is YAML"),
        ("# remark\n---\nid: w\n", "this is YAML"),
        ("- event: go\n  at: x\n", "this is YAML"),
        ("[w]\nid = \"x\"\n", "this is TOML"),
        ("id = \"x\"\n", "this is TOML"),
    ] {
        let (_, hint, report) = first_error(text).unwrap();
        assert!(report.contains(what) && !hint.is_empty(), "{report}");
    }
    for text in ["{ id: 1 }", "[1 2]", "[true, x]", "x", "{\"a\": 1} x: y", "'a': 1"] {
        let (_, _, report) = first_error(text).unwrap();
        assert!(!report.contains("this is"), "{report}");
    }
}

/// Whoever declares what is named finds it declared.
#[test]
fn what_nobody_declared_is_declared_as_the_hint_says() {
    let text = FILE.replace(r#""guard": "b""#, r#""guard": "belopp > 3""#);
    let (_, hint, _) = first_error(&text).unwrap();
    let (_, declared) = hint.split_once("such as `").unwrap();
    let declared = declared.trim_end_matches('`');
    let text = text.replacen("\"facts\": {", &format!("\"facts\": {{ {declared},"), 1);
    assert!(first_error(&text).is_none(), "{:?}", first_error(&text));
}
