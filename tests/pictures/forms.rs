//! What is tried only when something else is not taken, and what is sent, in every form. The files beside this one hold the
//! whole; `TRESTEG_BLESS=1` renews them.

use std::path::PathBuf;

use tresteg::export::{Drawing, FactorStatus, Overlay, PathStep, SvgOptions};
use tresteg::{Language, Workflow, export};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/pictures")
}

fn workflow() -> Workflow {
    let text = std::fs::read_to_string(folder().join("forms.json")).unwrap();
    Workflow::from_json(&text).unwrap_or_else(|report| panic!("{report}"))
}

fn hold(name: &str, text: &str) {
    let path = folder().join(name);
    if std::env::var_os("TRESTEG_BLESS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == text, "{name} is drawn otherwise; TRESTEG_BLESS=1 renews it\n{text}");
}

#[test]
fn every_form_says_what_is_otherwise_and_what_is_sent() {
    let workflow = workflow();
    let svg = |language, compact| {
        let options = SvgOptions { language, compact, ..SvgOptions::default() };
        let Drawing { svg, .. } = export::drawing(&workflow, &options);
        svg
    };
    let swedish = svg(Language::Swedish, false);
    for said in [
        ">annars<",
        ">skickar: receipt<",
        ">lägger bevakning: Påminn, efter<",
        ">14 dagar<",
        ">på väg in: skickar: asked<",
        ">på väg ut: tar bort bevakning:<",
        ">på väg in: skickar: received<",
        ">utlöser: Svara<",
        ">skickar: reminder<",
        ">vad som skickas<",
    ] {
        assert!(swedish.contains(said), "{said}\n{swedish}");
    }
    let otherwise = |text: &str, word: &str| text.matches(word).count();
    // Of `ask` the third, the second being apart from the first; of `answer` the open one, not that of another role; of
    // the term and of `always` the last.
    assert_eq!(otherwise(&swedish, ">annars<"), 4, "{swedish}");
    let brief = svg(Language::English, true);
    assert!(!brief.contains("receipt") || !brief.contains(">sends: receipt<"));
    assert_eq!(otherwise(&brief, ">otherwise<"), 4, "{brief}");
    let mermaid = export::mermaid(&workflow, Language::Swedish);
    let dot = export::dot(&workflow, Language::English);
    assert_eq!(otherwise(&mermaid, "annars"), 4, "{mermaid}");
    assert_eq!(otherwise(&dot, "otherwise"), 4, "{dot}");
    assert!(
        mermaid.contains("skickar#58; receipt") && dot.contains("sends: receipt"),
        "{mermaid}{dot}"
    );
    let outline = export::outline(&workflow, Language::English);
    let start = &outline.states[1];
    let said: Vec<bool> = start.transitions.iter().map(|of| of.otherwise).collect();
    assert_eq!(said, [false, false, true]);
    assert_eq!(start.transitions[0].sends, ["sends: receipt", "schedules: Remind, after 14 days"]);
    assert_eq!(outline.states[0].sends_on_entry, ["sends: received"]);
    assert_eq!(outline.states[2].sends_on_exit, ["cancels: Remind"]);
    hold("forms.sv.svg", &swedish);
    hold("forms.brief.en.svg", &brief);
    hold("forms.sv.mmd", &mermaid);
    hold("forms.en.dot", &dot);
    hold("forms.en.json", &(serde_json::to_string_pretty(&outline).unwrap() + "\n"));
}

#[test]
fn conditions_show_how_each_stood_on_the_way() {
    let workflow = Workflow::from_json(
        r#"{ "id": "w", "facts": { "x": { "type": "boolean" } }, "factors": { "f": { "guard": "x", "title": "Paid" }, "g": { "guard": "x", "title": "Ready" } },
             "initial": "a", "states": { "a": { "on": { "go": "b" } }, "b": {} } }"#,
    )
    .unwrap();
    let stride = |at: &str, entered: &str, stood: &[(&str, FactorStatus)]| PathStep {
        at: at.to_owned(),
        entered: vec![entered.to_owned()],
        factors: stood.iter().map(|(name, holding)| ((*name).to_owned(), *holding)).collect(),
        ..PathStep::default()
    };
    let path = vec![
        stride("2026-01-01", "a", &[("f", FactorStatus::Unknown), ("g", FactorStatus::No)]),
        stride("2026-01-02", "b", &[("f", FactorStatus::Yes)]),
    ];
    let overlay = Overlay { path, ..Overlay::default() };
    for compact in [false, true] {
        let options = SvgOptions { overlay: overlay.clone(), compact, ..SvgOptions::default() };
        let drawn = export::svg(&workflow, &options);
        for said in [
            ">Paid: holds<",
            ">step 1: not known · step 2: holds<",
            ">Ready: does not hold<",
            ">step 1: does not hold<",
            "step 2 2026-01-02: holds",
        ] {
            assert!(drawn.contains(said), "{said}\n{drawn}");
        }
        assert_eq!(super::read(&drawn).problems(), [""; 0]);
    }
}

#[test]
fn folded_states_are_drawn_closed() {
    let workflow = Workflow::from_json(
        r#"{ "id": "w", "initial": "a", "states": { "a": { "on": { "go": "c" } },
             "b": { "initial": "c", "states": { "c": { "on": { "on": "d" } }, "d": { "states": { "e": {} } } } } } }"#,
    )
    .unwrap();
    let drawn = |fold: &[&str]| {
        let fold = fold.iter().map(|name| (*name).to_owned()).collect();
        let svg = export::svg(&workflow, &SvgOptions { fold, ..SvgOptions::default() });
        let found = ["state-b", "state-c", "state-d", "state-e"];
        found.map(|id| svg.contains(&format!("id=\"{id}\"")))
    };
    assert_eq!(drawn(&[]), [true; 4]);
    assert_eq!(drawn(&["d"]), [true, true, true, false]);
    // The outermost of those that are folded stands for all within, and nothing else changes.
    assert_eq!(drawn(&["d", "b", "a", "w", "nothing"]), [true, false, false, false]);
}

/// Ten thousand states are no reason to think long: what is drawn is bounded, and what is left out is counted.
#[test]
fn ten_thousand_states_are_drawn_in_part() {
    let states: Vec<String> = (0..10_000)
        .map(|index| {
            let to = (index * 31 + 7) % 10_000;
            format!(
                "\"s{index}\": {{ \"on\": {{ \"a\": \"s{to}\", \"b\": \"s{}\" }} }}",
                (index + 1) % 10_000
            )
        })
        .collect();
    let text =
        format!("{{ \"id\": \"w\", \"initial\": \"s0\", \"states\": {{ {} }} }}", states.join(","));
    let workflow = Workflow::from_json(&text).unwrap();
    let drawn =
        export::drawing(&workflow, &SvgOptions { columns: Some(2), ..SvgOptions::default() });
    assert!(drawn.svg.contains("9850 states are not drawn"), "{}", drawn.svg.len());
    assert!(drawn.svg.len() < 1_000_000, "{}", drawn.svg.len());
    assert_eq!(super::read(&drawn.svg).problems(), [""; 0]);
}
