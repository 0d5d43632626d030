//! `explain`, `schema`, `new`, `draw`, and the program as a whole.

use super::{FLAGSHIP, folder, run, run_with, write};

const PASSALEN: &str = "workflows/journeys/vastra-goteborg/passalen.jsonl";

#[test]
fn help_and_misuse_tell_their_exit_codes() {
    let help = run(&["--help"]);
    assert_eq!(help.code, 0);
    for word in ["check", "run", "explain", "schema", "new", "draw", "Exit codes"] {
        assert!(help.out.contains(word), "{word}");
    }
    assert_eq!(run(&["--version"]).out.trim(), format!("tresteg {}", env!("CARGO_PKG_VERSION")));
    let unknown = run(&["chek"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("'check'"), "{}", unknown.err);
    assert_eq!(run(&[]).code, 2);
    assert_eq!(run(&["run"]).code, 2);
    assert_eq!(run(&["run", FLAGSHIP, "--events", "no/such.jsonl"]).code, 2);
    assert_eq!(run(&["run", FLAGSHIP, "--facts", "no/such.json"]).code, 2);
    assert_eq!(run(&["run", FLAGSHIP, "--lang", "de"]).code, 2);
    assert_eq!(run(&["draw", FLAGSHIP, "--format", "png"]).code, 2);
}

#[test]
fn the_language_is_asked_for_or_taken_from_the_locale() {
    let line = "{\"event\": \"record_lesson\"}\n";
    assert!(run_with(&["run", FLAGSHIP], line).out.contains("no, not yet"));
    assert!(run_with(&["run", FLAGSHIP, "--lang", "sv"], line).out.contains("nej, inte än"));
    let output =
        super::tresteg().args(["explain", FLAGSHIP]).env("LC_ALL", "sv_SE.UTF-8").output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("det här kan hända nu"));
}

#[test]
fn explain_shows_options_reasons_and_factors() {
    let ran = run(&["explain", FLAGSHIP]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    for said in [
        "now in: Idea (idea)",
        "what can happen now",
        "? Record a lesson (record_lesson): possible if given: Latest lesson (lesson)",
        "\nconditions\n  ✗ Not met: Dialogue\n    ✗ Meetings so far is 0, at least 2 required\n",
    ] {
        assert!(ran.out.contains(said), "`{said}` is missing in\n{}", ran.out);
    }
    let ended = run(&["explain", FLAGSHIP, "--events", PASSALEN]);
    assert!(
        ended.out.contains("the case has ended in: Ordinary operation (embedded)"),
        "{}",
        ended.out
    );
    assert!(ended.out.contains("nothing is expected any more"));
}

#[test]
fn explain_as_json_is_one_object() {
    let ran = run(&["explain", FLAGSHIP, "--json", "--actor", "guide"]);
    let said = &ran.json_lines()[0];
    assert_eq!(said["states"], serde_json::json!(["idea"]));
    let options = said["options"].as_array().unwrap();
    let of = |event: &str| options.iter().find(|choice| choice["event"] == event).unwrap();
    assert_eq!(of("appoint")["standing"], "blocked");
    assert_eq!(of("record_lesson")["standing"], "open_if");
    assert_eq!(of("record_lesson")["given"], serde_json::json!(["lesson"]));
    assert!(said["factors"].as_array().unwrap().len() > 10);
}

#[test]
fn explain_lists_open_terms() {
    let matter = concat!(env!("CARGO_MANIFEST_DIR"), "/workflows/bygglov.json");
    let journeys = concat!(env!("CARGO_MANIFEST_DIR"), "/workflows/journeys/bygglov");
    let written = std::fs::read_to_string(format!("{journeys}/omstart-och-forlangning.jsonl"));
    let lines: Vec<String> = written.unwrap().lines().take(8).map(str::to_owned).collect();
    let path = std::env::temp_dir().join(format!("tresteg-terms-{}.jsonl", std::process::id()));
    std::fs::write(&path, lines.join("\n")).unwrap();
    let events = path.to_str().unwrap();
    let asked = ["explain", matter, "--events", events, "--at", "2025-08-13T12:00", "--lang", "sv"];
    let ran = run(&asked);
    for said in [
        "så som det är 13 augusti 2025 kl. 12.00\n",
        "frister\n  · Sista dag för beslut, Nämnden handlägger: till och med 20 oktober 2025, från 11 augusti 2025",
        "då: Tio veckor har gått: avgiften börjar sjunka: meddelande Beslutet är sent",
        "källa: Plan- och bygglagen (2010:900) 9 kap. 27 §",
    ] {
        assert!(ran.out.contains(said), "`{said}` is missing in\n{}", ran.out);
    }
    let told = run(&["run", matter, "--events", events, "--lang", "en"]);
    assert!(told.out.contains("terms\n  · Last day for the decision, "), "{}", told.out);
    let json = run(&["explain", matter, "--events", events, "--at", "2025-08-13T12:00", "--json"]);
    let terms = &json.json_lines()[0]["terms"];
    assert_eq!(terms[0]["name"], "decision_due");
    assert_eq!(terms[0]["due"], "2025-10-21T00:00:00+02:00");
    assert_eq!(terms[0]["standing"], "running");
    assert_eq!(terms[0]["then"][0]["emits"], serde_json::json!(["decision_late"]));
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn clauses_show_values_in_words() {
    let said = |language: &str| {
        let ran = run(&["explain", "tests/cli/values.json", "--event", "go", "--lang", language]);
        assert_eq!(ran.code, 1, "{}", ran.err);
        ran.out
    };
    let (swedish, english) = (said("sv"), said("en"));
    for wanted in [
        "✗ risk är Oacceptabel, ska vara Låg\n",
        "✗ Brukare finns inte bland sectors\n",
        "✗ shift är 37 timmar 30 minuter, mindre än 1 timme krävs\n",
        "✗ pause är 2 år, ska vara 1 år 1 månad\n",
    ] {
        assert!(swedish.contains(wanted), "{wanted}{swedish}");
    }
    for wanted in
        ["✗ risk is Unacceptable, must be ", "✗ pause is 2 years, must be 1 year 1 month\n"]
    {
        assert!(english.contains(wanted), "{wanted}{english}");
    }
    let stands = run(&["explain", "tests/cli/values.json", "--lang", "sv"]);
    let facts = "  risk: Oacceptabel\n  sectors: Näringsliv\n  wait: 2 dagar\n  pause: 2 år\n  shift: 37 timmar 30 minuter\n  fees: 50 kr, 7,5 kr\n  none: inga\n";
    assert!(stands.out.contains(facts), "{}", stands.out);
}

#[test]
fn explaining_one_event_answers_without_acting_and_by_exit_code() {
    let ask = ["explain", FLAGSHIP, "--event", "record_lesson", "--actor", "guide"];
    let no = run(&ask);
    assert_eq!(no.code, 1);
    assert!(no.out.contains("must be given: Latest lesson\n"), "{}", no.out);
    let yes = run(&[&ask[..], &["--fact", "lesson=Fler kan vara med"]].concat());
    assert_eq!(yes.code, 0, "{}{}", yes.out, yes.err);
    let json = run(&[&ask[..], &["--json"]].concat());
    assert_eq!(json.json_lines()[0]["outcome"], "blocked");
    let unknown = run(&["explain", FLAGSHIP, "--event", "record_lesson", "--actor", "gude"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("`gude`") && unknown.err.contains("guide"), "{}", unknown.err);
    for wrong in ["lesson", "lesso=x", "test_days=many"] {
        assert_eq!(run(&[&ask[..], &["--fact", wrong]].concat()).code, 2, "{wrong}");
    }
    let typo = run(&["explain", FLAGSHIP, "--event", "record_lessons"]);
    assert_eq!(typo.code, 1);
    assert!(typo.out.contains("record_lesson"), "{}", typo.out);
}

#[test]
fn explain_passes_over_lines_that_are_wrong_but_says_so() {
    let events = write(
        &folder("explain-wrong"),
        "e.jsonl",
        "{\"event\": \"record_lesson\", \"facts\": {\"lesson\": \"x\"}}\nnonsense\n",
    );
    let ran = run(&["explain", FLAGSHIP, "--events", &events]);
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("e.jsonl:2:"), "{}", ran.err);
    assert!(ran.out.contains("Latest lesson: x"), "{}", ran.out);
}

#[test]
fn schemas_are_json_schemas() {
    let format: serde_json::Value = serde_json::from_str(&run(&["schema"]).out).unwrap();
    assert_eq!(format["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let flagship =
        std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(FLAGSHIP))
            .unwrap();
    let flagship = serde_json::from_str(&flagship).unwrap();
    let validator = jsonschema::draft202012::new(&format).unwrap();
    let wrong: Vec<String> =
        validator.iter_errors(&flagship).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");

    let facts: serde_json::Value =
        serde_json::from_str(&run(&["schema", "--facts", FLAGSHIP, "--lang", "sv"]).out).unwrap();
    assert!(jsonschema::draft202012::meta::is_valid(&facts));
    assert_eq!(facts["properties"]["partner_seat_share"]["maximum"], 1);
    assert!(facts["properties"].get("days_tested").is_none(), "a derived fact cannot be reported");
    let validator = jsonschema::draft202012::new(&facts).unwrap();
    assert!(
        validator.is_valid(&serde_json::json!({ "partner_sectors": ["users"], "test_days": 90 }))
    );
    assert!(!validator.is_valid(&serde_json::json!({ "partner_sectors": ["martians"] })));
    assert!(!validator.is_valid(&serde_json::json!({ "no_such_fact": 1 })));
}

#[test]
fn a_new_workflow_is_a_good_one_and_nothing_is_written_over() {
    let folder = folder("new");
    let path = folder.join("mine.json");
    let path = path.to_str().unwrap();
    let ran = run(&["new", path]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.contains("tresteg check"));
    let ran = run(&["check", "--deny-warnings", path]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    std::fs::write(path, "mine").unwrap();
    let ran = run(&["new", path]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("--force"), "{}", ran.err);
    assert_eq!(std::fs::read_to_string(path).unwrap(), "mine");
    assert_eq!(run(&["new", path, "--force"]).code, 0);
    assert_eq!(run(&["check", path]).code, 0);
    assert_eq!(run(&["new", "/no/such/folder/x.json"]).code, 2);
}

#[test]
fn drawings_go_to_standard_output_or_to_a_file() {
    let mermaid = run(&["draw", FLAGSHIP, "--lang", "sv"]);
    assert_eq!(mermaid.code, 0);
    assert!(mermaid.out.contains("stateDiagram-v2") && mermaid.out.contains("Testa småskaligt"));
    let dot = run(&["draw", FLAGSHIP, "--format", "dot"]);
    assert!(dot.out.starts_with("digraph"));
    let path = folder("draw").join("drawing.mmd");
    let ran = run(&["draw", FLAGSHIP, "--lang", "sv", "-o", path.to_str().unwrap()]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    assert_eq!(std::fs::read_to_string(path).unwrap(), mermaid.out);
    assert_eq!(run(&["draw", FLAGSHIP, "-o", "/no/such/folder/x"]).code, 2);
}

#[test]
fn a_picture_shows_a_case_and_the_way_that_it_went() {
    let svg = |more: &[&str]| {
        let mut arguments = vec!["draw", FLAGSHIP, "--format", "svg", "--lang", "sv"];
        arguments.extend(more);
        run(&arguments)
    };
    let bare = svg(&["--theme", "dark", "--direction", "right", "--depth", "1", "--states", "3"]);
    assert_eq!((bare.code, bare.err.as_str()), (0, ""));
    assert!(bare.out.starts_with("<svg ") && bare.out.contains("tresteg-dark"));
    assert!(bare.out.contains("lägen inuti") && bare.out.contains("lägen är inte ritade"));

    let path = folder("picture");
    let (journal, snapshot) = (path.join("journal.jsonl"), path.join("case.json"));
    let (journal, snapshot) = (journal.to_str().unwrap(), snapshot.to_str().unwrap());
    let _ = std::fs::remove_file(journal);
    let events = "workflows/journeys/vastra-goteborg/relationer-over-generation.jsonl";
    assert_eq!(run(&["run", FLAGSHIP, "--events", events, "--journal", journal, "--json"]).code, 0);
    let way = svg(&["--journal", journal]);
    assert_eq!((way.code, way.err.as_str()), (0, ""));
    assert!(
        way.out.contains(">steg 2 · 1 februari 2016</text>") && way.out.contains(">här nu</text>")
    );
    assert!(way.out.contains("id=\"line-idea-active\" class=\"w kp\""));

    let text = std::fs::read_to_string(FLAGSHIP).unwrap();
    let workflow = tresteg::Workflow::from_json(&text).unwrap();
    let (case, _) = tresteg::Case::start(&workflow, None, Default::default()).unwrap();
    std::fs::write(snapshot, serde_json::to_string(&case.snapshot()).unwrap()).unwrap();
    let since = svg(&["--diff", "workflows/vastra-goteborg-r2.json"]);
    assert_eq!(since.code, 0, "{}", since.err);
    assert!(since.out != svg(&[]).out && since.out.starts_with("<svg "));
    let seen = svg(&["--coverage", "workflows/vastra-goteborg.scenario.json"]);
    assert_eq!(seen.code, 0, "{}", seen.err);
    assert!(seen.out.contains("×"), "how often is counted");
    let stands = svg(&["--snapshot", snapshot]);
    assert_eq!((stands.code, stands.err.as_str()), (0, ""));
    assert!(stands.out.contains("id=\"state-idea\" class=\"n kh\""));
    // The way out of the first state needs somebody in charge, of whom nothing is known yet.
    let begin = stands.out.find("id=\"line-idea-active\"").unwrap();
    let line = &stands.out[begin..begin + 400];
    assert!(line.contains("class=\"w kb\"") || line.contains("class=\"w kq\""), "{line}");
    assert!(line.contains("✗ En ansvarig är utsedd"), "{line}");
    assert!(
        stands.out.contains(": inte känt</text>") || stands.out.contains(": gäller inte</text>")
    );

    for (arguments, said) in [
        (&["--snapshot", journal][..], "journal.jsonl"),
        (&["--journal", snapshot], "case.json"),
        (&["--snapshot", "/no/such/file"], "/no/such/file"),
    ] {
        let ran = svg(arguments);
        assert_eq!(ran.code, 2, "{}", ran.err);
        assert!(ran.err.contains(said), "{}", ran.err);
    }
    let ran = run(&["draw", FLAGSHIP, "--theme", "dark"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("--format svg"), "{}", ran.err);
}

const PAID: &str = r#"{ "id": "w", "roles": { "r": {}, "q": {} },
  "facts": { "paid": { "type": "number", "default": 0 }, "cost": { "type": "number" }, "left": { "type": "number" } },
  "events": { "pay": { "data": { "amount": { "type": "number", "minimum": 1 } } }, "price": { "sets": ["cost"] }, "lost": {}, "sign": {}, "take_back": {} },
  "initial": "s", "states": {
    "s": { "on": {
      "pay": { "actions": "paid += event.data.amount" },
      "price": { "actions": "left = cost - paid" },
      "lost": { "actions": "left = left - 1" },
      "sign": { "target": "way", "signed_by": ["r", "q"], "revoke": "take_back" } } },
    "way": { "always": { "target": "done" } }, "done": { "on": { "pay": {} } } } }"#;

/// An action that only lacks what the event may carry does not fail: it is asked for, and can be given.
#[test]
fn explain_asks_for_payload_that_actions_need() {
    let folder = folder("explain-payload");
    let file = write(&folder, "w.json", PAID);
    let ran = run(&["explain", &file]);
    assert!(ran.out.contains("? pay: possible if given: event.data.amount\n"), "{}", ran.out);
    assert!(ran.out.contains("? price: possible if given: cost\n"), "{}", ran.out);
    assert!(ran.out.contains("✗ lost: a rule would fail\n"), "{}", ran.out);
    let ran = run(&["explain", &file, "--event", "pay", "--data", "amount=12.5"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("paid: 12.5"), "{}", ran.out);
    for (data, said) in [
        ("amount=0", "`amount` must be at least 1, is 0"),
        ("amont=3", "`pay` has no `data` named `amont`"),
        ("amount", "`--data amount` is not NAME=VALUE"),
    ] {
        let ran = run(&["explain", &file, "--event", "pay", "--data", data]);
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains(said), "{}", ran.err);
    }
}

/// Nobody says that nobody has signed where somebody has; and what was only passed through is not where the case came to.
#[test]
fn explain_and_run_say_who_signed_and_where_it_came_to() {
    let folder = folder("explain-signed");
    let file = write(&folder, "w.json", PAID);
    let signed = r#"{"event":"sign","actor":{"id":"eva","roles":["r"]}}"#;
    let events = write(&folder, "one.jsonl", signed);
    let ran = run(&["explain", &file, "--events", &events]);
    assert!(ran.out.contains("✓ take_back: possible\n"), "{}", ran.out);
    let ran = run(&["explain", &file, "--events", &events, "--event", "take_back"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("does not count any more: r (eva)"), "{}", ran.out);
    let ran = run(&["explain", &file, "--event", "take_back"]);
    assert_eq!(ran.code, 1);
    let other = ["--event", "take_back", "--actor", "r", "--id", "bo"];
    let ran = run(&[&["explain", &file, "--events", &events], &other[..]].concat());
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("this was not signed by bo"), "{}", ran.out);
    let both = format!("{signed}\n{}", signed.replace("eva", "bo").replace("\"r\"", "\"q\""));
    let ran = run_with(&["run", &file, "--events", "-"], both);
    assert!(ran.out.contains("way → done (by itself)"), "{}", ran.out);
    assert!(!ran.out.contains("→ way, done"), "{}", ran.out);
}

/// Without events a case begins when it is asked about, and answers in the list stand on one line.
#[test]
fn explain_without_events_is_asked_at_any_time() {
    let asked = ["explain", "tests/cli/table.json", "--at", "2016-08-28T10:00", "--lang", "sv"];
    let ran = run(&asked);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.starts_with("så som det är 28 augusti 2016 kl. 10.00\n"), "{}", ran.out);
    assert!(!ran.out.contains(":;") && !ran.out.contains(":\n      Ö"), "{}", ran.out);
    let ran = run(&["explain", "tests/cli/table.json", "--at", "i går", "--lang", "sv"]);
    assert_eq!(
        ran.err,
        "fel: --at: `i går` är ingen tid som `2026-01-31T09:00` eller `2026-01-31`\n"
    );
    let fact = ["--event", "go", "--fact", "urgent=kanske", "--lang", "sv"];
    let ran = run(&[&["explain", "tests/cli/table.json"][..], &fact].concat());
    assert_eq!(ran.err, "fel: Brådskar (urgent) ska vara ja eller nej, är `kanske`\n");
}
