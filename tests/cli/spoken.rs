//! What the command line says by itself, in Swedish.

use super::{folder, run, run_with, tresteg, write};

#[test]
fn arguments_that_are_wrong_are_told_in_the_language_that_is_spoken() {
    let said = |arguments: &[&str]| {
        let ran = super::Ran::from(
            tresteg().env("LC_ALL", "sv_SE.UTF-8").args(arguments).output().unwrap(),
        );
        assert_eq!(ran.code, 2, "{arguments:?}: {}{}", ran.out, ran.err);
        ran.err
    };
    for (arguments, expected) in [
        (&["chek", "x"][..], "fel: okänt kommando 'chek'"),
        (&["check", "x", "--fast"], "fel: okänt argument '--fast'"),
        (&["run", "x", "--lang", "de"], "fel: ogiltigt värde 'de' för '--lang <LANGUAGE>'"),
        (&["diff", "x"], "fel: de här argumenten saknas:"),
        (&["run", "x", "--journal", "a", "--resume", "b"], "kan inte användas tillsammans med"),
    ] {
        let err = said(arguments);
        assert!(err.contains(expected) && err.contains("Mer står i"), "{err}");
        assert!(!err.contains("error:") && !err.contains("Usage:"), "{err}");
    }
    let ran = run(&["run", "x", "--lang", "de"]);
    assert!(ran.err.starts_with("error: invalid value 'de'"), "{}", ran.err);
}

const WORKFLOW: &str = r#"{
    "id": "w", "timezone": "Europe/Stockholm",
    "facts": { "n": { "type": "integer", "title": { "sv": "Antal", "en": "Number" } }, "share": { "type": "number" } },
    "events": {
        "go": { "title": { "sv": "Gå", "en": "Go" } },
        "set": { "sets": ["n"], "title": { "sv": "Sätt", "en": "Set" } }
    },
    "initial": "a",
    "states": {
        "a": { "on": { "go": { "target": "b", "actions": "share = 10 / n" }, "set": {} } },
        "b": { "type": "final" }
    }
}"#;

#[test]
fn faults_of_scripts_and_problems_of_events_are_told_by_title() {
    let workflow = write(&folder("spoken-faults"), "w.json", WORKFLOW);
    let lines = r#"{"start":"2026-01-31T09:00:00+01:00"}
{"event":"set","facts":{"n":0}}
{"event":"go"}
{"event":"go","facts":{"n":3}}
{"event":"set","at":"2026-01-01T09:00:00+01:00"}"#;
    let ran = run_with(&["run", &workflow, "--lang", "sv"], lines);
    for said in [
        "division med noll",
        "händelsen ”Gå” får inte ta med uppgiften ”Antal”",
        "händelsen ”Sätt” är för gammal: den är från 1 januari 2026 kl. 09.00, det senaste steget togs 31 januari 2026 kl. 09.00",
    ] {
        assert!(ran.out.contains(said), "{said}: {}", ran.out);
    }
    // What programs read has names.
    let ran = run_with(&["run", &workflow, "--lang", "sv", "--json"], lines);
    assert!(ran.out.contains("event `go` may not carry the fact `n`"), "{}", ran.out);
}

#[test]
fn journals_are_told_about_in_swedish() {
    let place = folder("spoken-journal");
    let workflow = write(&place, "w.json", WORKFLOW);
    let journal = place.join("j.jsonl");
    let journal = journal.to_str().unwrap();
    let lines =
        "{\"start\":\"2026-01-31T09:00:00+01:00\"}\n{\"event\":\"set\",\"facts\":{\"n\":2}}\n";
    assert_eq!(run_with(&["run", &workflow, "--journal", journal], lines).code, 0);
    let text = std::fs::read_to_string(journal).unwrap();
    let second = text.lines().nth(1).unwrap();
    write(&place, "j.jsonl", format!("{second}\n"));
    let told = |command: &str, workflow: &str| {
        let ran = run(&[command, journal, "--workflow", workflow, "--lang", "sv"]);
        assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
        ran.out
    };
    for command in ["verify", "replay"] {
        let said = told(command, &workflow);
        assert!(said.contains("✗ post 1 fortsätter inte den före: en post saknas"), "{said}");
    }
    write(&place, "j.jsonl", "{\n");
    let said = told("verify", &workflow);
    assert!(said.contains("✗ post 1 är ingen post: texten tar slut för tidigt"), "{said}");
}

#[test]
fn two_columns_that_change_nothing_are_said_to() {
    let workflow = write(&folder("spoken-columns"), "w.json", WORKFLOW);
    let ran = run(&["draw", &workflow, "--format", "svg", "--columns", "2", "--lang", "sv"]);
    assert!(ran.code == 0 && ran.out.starts_with("<svg"), "{}", ran.err);
    assert!(ran.err.starts_with("varning: `--columns 2` ändrar inget"), "{}", ran.err);
    let ran = run(&["draw", &workflow, "--format", "svg", "--columns", "1"]);
    assert_eq!(ran.err, "");
}

#[test]
fn days_of_a_journey_are_told_in_its_picture() {
    let place = folder("spoken-journey");
    let workflow = write(&place, "w.json", WORKFLOW);
    let journal = place.join("j.jsonl");
    let journal = journal.to_str().unwrap();
    let lines = "{\"start\":\"2026-01-31T09:00:00+01:00\"}\n{\"event\":\"set\",\"facts\":{\"n\":2}}\n{\"event\":\"go\"}\n";
    assert_eq!(run_with(&["run", &workflow, "--journal", journal], lines).code, 0);
    let picture = |language: &str| {
        run(&["draw", &workflow, "--format", "svg", "--journal", journal, "--lang", language]).out
    };
    assert!(picture("sv").contains("31 januari 2026"));
    assert!(picture("en").contains("31 January 2026"));
}

const LOAN: &str = r#"{
  "id": "loan", "title": { "sv": "Boklån", "en": "Library loan" }, "timezone": "Europe/Stockholm",
  "roles": { "borrower": { "title": { "sv": "Låntagare", "en": "Borrower" } } },
  "facts": {
    "kind": { "enum": { "book": { "sv": "Bok", "en": "Book" }, "film": { "sv": "Film", "en": "Film" } }, "title": { "sv": "Slag", "en": "Kind" } },
    "fee": { "type": "number", "unit": "SEK", "minimum": 0.5, "title": { "sv": "Avgift", "en": "Fee" } }
  },
  "factors": { "cheap": { "guard": "fee < 20000", "title": { "sv": "Avgiften är låg", "en": "The fee is low" } } },
  "events": { "lend": { "by": ["borrower"], "required": ["kind", "fee"], "title": { "sv": "Låna", "en": "Borrow" } } },
  "claims": { "kept_low": { "never": "fee > 30000", "title": { "sv": "Aldrig dyrt", "en": "Never dear" } } },
  "initial": "in",
  "states": {
    "in": { "title": { "sv": "Inne", "en": "In" }, "on": { "lend": [{ "target": "out", "requires": ["cheap"] }, { "guard": "fee > 30000" }] }, "after": { "P14D": "out" } },
    "out": { "type": "final", "title": { "sv": "Ute", "en": "Out" } }
  }
}"#;

/// What was expected and what came stand in the language that is spoken, with titles, values and times as people write them.
#[test]
fn what_scenarios_expected_is_told_in_words() {
    let folder = folder("spoken-table");
    write(&folder, "loan.json", LOAN);
    let scenario = r#"{ "workflow": "loan.json", "start": "2026-01-05T09:00", "actors": { "eva": { "roles": ["borrower"] } },
      "scenarios": {
        "dear": { "steps": [{ "event": "lend", "actor": "eva", "facts": { "kind": "book", "fee": 25000.5 },
          "expect": { "states": "out", "facts": { "kind": "film" }, "factors": { "cheap": true }, "next_deadline": "2026-01-06T09:00:00+01:00", "ended": true, "blocked_by": { "factors": [] } } }] },
        "claim": { "steps": [{ "event": "lend", "actor": "eva", "facts": { "kind": "film", "fee": 40000 } }] }
      } }"#;
    let path = write(&folder, "loan.scenario.json", scenario);
    for (language, wanted) in [
        (
            "sv",
            &[
                "steg 1, händelsen Låna (lend) av eva",
                "Ute (out)",
                "│ Inne (in)",
                "uppgifter: Slag (kind)",
                "│ okänt",
                "faktorer: Avgiften är låg (cheap)",
                "│ oklart",
                "nästa frist",
                "│ 19 januari 2026 kl. 09.00",
                "│ inte slut",
                "hindras av faktorer",
                "│ Avgiften är låg (cheap)",
                "krav: Aldrig dyrt (kept_low)",
                "│ brutet efter steg 2, 5 januari 2026",
            ][..],
        ),
        (
            "en",
            &[
                "step 1, event Borrow (lend) by eva",
                "Out (out)",
                "│ In (in)",
                "facts: Kind (kind)",
                "│ unknown",
                "factors: The fee is low (cheap)",
                "│ is not decided",
                "next_deadline",
                "│ 19 January 2026, 09:00",
                "│ not ended",
                "blocked_by factors",
                "│ The fee is low (cheap)",
                "claims: Never dear (kept_low)",
                "│ broken after step 2, 5 January 2026",
            ],
        ),
    ] {
        let ran = run(&["test", &path, "--lang", language]);
        assert_eq!(ran.code, 1, "{}", ran.err);
        for wanted in wanted {
            assert!(ran.out.contains(wanted), "{wanted}: {}", ran.out);
        }
    }
}

/// Help is told in the language that is asked for, before and behind the command.
#[test]
fn help_is_told_in_swedish() {
    for asked in [
        &["--lang", "sv", "help", "run"][..],
        &["help", "run", "--lang", "sv"],
        &["run", "--lang", "sv", "--help"],
        &["run", "--lang=sv", "-h"],
        &["--lang", "sv", "run", "--help"],
    ] {
        let ran = run(asked);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{asked:?}");
        for said in
            ["Kör ett ärende genom ett flöde", "Användning: ", "Flaggor:", "Slutkoder: 0 alla"]
        {
            assert!(ran.out.contains(said), "{asked:?}: {}", ran.out);
        }
        for said in ["Usage", "Options", "Print help", "Possible values", "[default"] {
            assert!(!ran.out.contains(said), "{asked:?}: {said}: {}", ran.out);
        }
    }
    assert!(run(&["--lang", "en", "help", "run"]).out.contains("Usage: "));
    let ran = run(&["--lang", "sv", "help", "nothing"]);
    assert_eq!((ran.code, ran.err.contains("det finns inget kommando")), (2, true), "{}", ran.err);
}

/// Values of an `enum` by their labels, numbers with their units; in a table with the names of its columns.
#[test]
fn what_is_wrong_with_values_is_told_by_labels() {
    let folder = folder("spoken-values");
    let path = write(&folder, "loan.json", LOAN);
    let rows = "{\"kind\": \"disc\", \"fee\": 0.25}\n";
    let ran = run_with(&["batch", &path, "--facts", "-", "--lang", "sv"], rows);
    for said in [
        "Slag (kind) ska vara ”Bok” eller ”Film”, är `disc`",
        "Avgift (fee) ska vara minst 0,5 kr, är 0,25 kr",
        "Avgiften är låg (cheap)",
    ] {
        assert!(ran.err.contains(said), "{said}: {}", ran.err);
    }
    let event = r#"{"event": "lend", "actor": {"roles": ["borrower"]}, "facts": {"kind": "disc", "fee": 0.25}}"#;
    let ran = run_with(&["run", &path, "--lang", "sv"], event);
    assert!(ran.out.contains("Slag ska vara ”Bok” eller ”Film”, är `disc`"), "{}", ran.out);
    let ran = run_with(&["run", &path, "--lang", "sv"], "nothing\n");
    assert!(ran.out.contains("`o` där JSON väntas"), "{}", ran.out);
    let ran = run_with(&["run", &path, "--json"], event);
    assert!(ran.out.contains("must be `book` or `film`, is `disc`"), "{}", ran.out);
}

/// What is wrong with a line of events is told in Swedish, whatever it is, with what to write instead.
#[test]
fn lines_that_cannot_be_read_are_told_in_swedish() {
    let workflow = write(&folder("spoken-lines"), "w.json", WORKFLOW);
    for (line, said) in [
        (
            r#"{"at":"2026-04-24"}"#,
            "en rad ska vara ett objekt med `event`, `advance` eller `start`",
        ),
        ("[1]", r#"en rad ska vara ett objekt som {"event": "meet"}"#),
        (
            r#"{"event":"go","at":"nu"}"#,
            "`at` ska vara en tidpunkt, som 2026-01-05T09:00:00+01:00, 2026-01-05T09:00 eller 2026-01-05",
        ),
        (r#"{"event":5}"#, "`event` ska vara en text"),
        (r#"{"event":"set","facts":[]}"#, "`facts` ska vara ett objekt"),
        (
            r#"{"event":"go","actor":"eva"}"#,
            "`actor` ska vara ett objekt med `id` och `roles` [event-shape]; skriv `{ \"id\": …, \"roles\": [ … ] }`",
        ),
        (r#"{"event":"go","actor":{"roles":"x"}}"#, "`roles` ska vara en lista av texter"),
        (r#"{"event":"go","actor":{"roles":[3]}}"#, "en roll ska vara en text"),
        (
            r#"{"event":"go","fact":{}}"#,
            "nyckeln `fact` är okänd här [unknown-key]; menade du `facts`?",
        ),
        (
            r#"{"advance":"20 days"}"#,
            "`advance` ska vara en tidslängd som P14D, en dag som 2026-01-05 eller en tidpunkt [event-shape]; skriv `P20D`",
        ),
        (
            r#"{"event":"go","note":5}"#,
            "`note` ska vara en text, eller ett objekt med `text` och `attachments`",
        ),
        (r#"{"event":"go","event":"go"}"#, "ta bort en av dem, eller ge den ett annat namn"),
        (r#"{"event":"go""#, "skriv `}` där den ska sluta"),
        (r#"{"event":'go'}"#, "skriv `\"` i stället för `'`"),
        (r#"{"event":"go",}"#, "ta bort kommat"),
        (r#"{"event":True}"#, "skriv `true`, `false` eller `null` med små bokstäver"),
        (r#"{"event" "go"}"#, "skriv `:` mellan dem"),
        (r#"{"event":"go"} x"#, "ta bort det; en fil har ett värde, och det har varje rad"),
    ] {
        let ran = run_with(&["run", &workflow, "--lang", "sv"], line);
        assert!(ran.out.contains(said), "{line}: {said}\n{}", ran.out);
    }
}

#[test]
fn a_picture_whose_name_says_another_format_is_said_to_be_so() {
    let place = folder("spoken-misnamed");
    let workflow = write(&place, "w.json", WORKFLOW);
    let picture = place.join("w.svg").to_str().unwrap().to_owned();
    let ran = run(&["draw", &workflow, "-o", &picture, "--lang", "sv"]);
    assert!(ran.err.contains("skrivs som mermaid; med `--format svg` blir den"), "{}", ran.err);
}

/// A term's way is told as ways are everywhere: where it leads, then what it is called.
#[test]
fn what_a_term_brings_is_told_as_a_way() {
    let text = r#"{
        "id": "w", "title": { "sv": "Båtplats", "en": "Berth" }, "timezone": "Europe/Stockholm", "initial": "a",
        "states": {
            "a": { "after": { "P20D": [
                { "target": "late", "title": { "sv": "Ingen har svarat", "en": "Nobody answered" } }
            ] } },
            "late": { "title": { "sv": "Försenad", "en": "Late" } }
        }
    }"#;
    let workflow = write(&folder("spoken-term"), "w.json", text);
    for (language, said) in
        [("sv", "då: → Försenad: Ingen har svarat\n"), ("en", "then: → Late: Nobody answered\n")]
    {
        let line = r#"{"start":"2026-01-31T09:00"}"#;
        let ran = run_with(&["run", &workflow, "--lang", language], line);
        assert!(ran.out.contains(said), "{}", ran.out);
    }
}

/// What is asked of each item of a list stands on a page in words, as answers and pictures tell it; on paper nothing is
/// smaller than 7 points.
#[test]
fn rules_about_lists_stand_on_pages_in_words() {
    let text = r#"{
        "id": "w", "title": { "sv": "Upphandling", "en": "Procurement" }, "initial": "a",
        "facts": {
            "bids": { "type": "array", "items": { "type": "number" }, "title": { "sv": "Anbud", "en": "Bids" } },
            "name": { "type": "string", "title": { "sv": "Namn", "en": "Name" } }
        },
        "factors": {
            "each": { "guard": "bids.all(|bid| bid > 1)", "title": { "sv": "Alla duger", "en": "All will do" } },
            "none": { "guard": "(bids ?? []).all(|bid| bid < 9)", "title": { "sv": "Inget är dyrt", "en": "None is dear" } },
            "both": { "guard": "name.split(` `).len() == 2", "title": { "sv": "Två namn", "en": "Two names" } }
        },
        "events": { "buy": { "sets": ["bids", "name"] } },
        "states": { "a": { "on": { "buy": { "target": "b", "requires": ["each", "none", "both"] } } }, "b": { "type": "final" } }
    }"#;
    let place = folder("spoken-lists");
    let workflow = write(&place, "w.json", text);
    let pages = place.join("pages");
    for (language, all, both) in [
        ("sv", "för alla i Anbud gäller", "antal delar av Namn mellan"),
        ("en", "for all of Bids this holds", "number of parts of Name between"),
    ] {
        let out = pages.to_str().unwrap();
        assert_eq!(run(&["report", &workflow, "-o", out, "--lang", language]).code, 0);
        let page = std::fs::read_to_string(pages.join("w.html")).unwrap();
        assert!(page.contains(all) && page.contains(both), "{page}");
        let empty = if language == "sv" { "annars inga)" } else { "else none)" };
        assert!(page.contains(empty), "{page}");
        let (_, print) = page.split_once("@media print").unwrap();
        for what in [".name", "code,pre", ".tag,.change"] {
            assert!(print.contains(&format!("{what}{{font-size:max(7pt,")), "{what}");
        }
    }
}
