//! Pictures: nothing lies on anything else, texts fit and are harmless, whatever the workflow.

mod forms;
mod geometry;
mod laws;

use std::path::{Path, PathBuf};

use tresteg::export::{
    ChangeMark, FactorStatus, HitCount, Orientation, Overlay, PathStep, SvgOptions, Theme,
    TransitionKey, TransitionStatus, svg,
};
use tresteg::{Language, Limits, Workflow};

use geometry::read;

fn shipped() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("workflows");
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            name.ends_with(".json") && !name.ends_with(".scenario.json")
        })
        .collect();
    found.sort();
    found
}

fn load(path: &Path) -> Workflow {
    let folder = path.parent().unwrap();
    let mut resolve = |name: &str| {
        let path = folder.join(Path::new(name).file_name().unwrap());
        std::fs::read_to_string(path).map_err(|error| error.to_string())
    };
    let text = std::fs::read_to_string(path).unwrap();
    Workflow::load(&path.to_string_lossy(), &text, &mut resolve, &Limits::default()).unwrap()
}

#[test]
fn nothing_lies_on_anything_else_in_any_shipped_workflow() {
    let mut problems = Vec::new();
    let workflows = shipped();
    assert!(workflows.len() >= 45);
    for path in workflows {
        let workflow = load(&path);
        for language in [Language::Swedish, Language::English] {
            for orientation in [Orientation::Auto, Orientation::Right] {
                let options = SvgOptions { language, orientation, ..SvgOptions::default() };
                let drawn = svg(&workflow, &options);
                if orientation == Orientation::Right {
                    assert_eq!(drawn, svg(&workflow, &options), "{}", workflow.id());
                }
                let picture = read(&drawn);
                let size = (picture.shapes.len(), picture.texts.len());
                assert!(size.0 >= 4 && size.1 > 10, "{} {size:?}", workflow.id());
                let found = picture.problems();
                let name = format!("{} {language:?} {orientation:?}", workflow.id());
                problems.extend(found.into_iter().map(|problem| format!("{name}: {problem}")));
            }
        }
    }
    assert!(
        problems.is_empty(),
        "{} problems\n{}",
        problems.len(),
        problems[..problems.len().min(40)].join("\n")
    );
}

/// Where a picture says that something is in the wrong place, the checks above say so too.
#[test]
fn the_checks_find_what_is_wrong() {
    let drawn = |inside: &str| {
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"200\" height=\"100\">{inside}</svg>"
        );
        read(&svg).problems()
    };
    let state = |id: &str, x: u32| {
        format!(
            "<g id=\"{id}\" class=\"n\"><rect class=\"b\" x=\"{x}\" y=\"10\" width=\"60\" height=\"30\"/><text class=\"tt\" x=\"{}\" y=\"28\" textLength=\"40\">a</text></g>",
            x + 10
        )
    };
    let way = |d: &str| format!("<g id=\"w\" class=\"w\"><path class=\"l\" d=\"{d}\"/></g>");
    let good = state("a", 10)
        + state("b", 120).as_str()
        + way("M70 20L90 20Q100 20 100 25L100 30L120 30").as_str();
    assert_eq!(drawn(&good), [""; 0]);
    for (wrong, said) in [
        (state("a", 10) + state("b", 60).as_str(), "boxes on each other"),
        (state("a", 10) + state("a", 120).as_str(), "twice"),
        (state("a", 150), "box outside the picture"),
        (state("a", 10).replace("\"40\"", "\"60\""), "text outside its box"),
        (state("a", 10) + way("M5 25L100 25").as_str(), "way w through a box"),
        (state("a", 10) + way("M5 25L100 25").as_str(), "way w through a text"),
        (way("M5 25L250 25"), "way outside the picture"),
        (way("M5 25L50 25") + way("M20 26L90 26").replace("\"w\"", "\"v\"").as_str(), "along each other"),
        (
            state("a", 10) + "<text class=\"tp\" x=\"50\" y=\"24\" textLength=\"90\">on it</text>",
            "text on a box",
        ),
        (
            "<text class=\"tp\" x=\"5\" y=\"24\" textLength=\"90\">x</text><text class=\"tp\" x=\"50\" y=\"30\" textLength=\"90\">y</text>"
                .to_owned(),
            "texts on each other",
        ),
        ("<text class=\"tp\" x=\"150\" y=\"24\" textLength=\"90\">x</text>".to_owned(), "text outside the picture"),
    ] {
        let found = drawn(&wrong);
        assert!(found.iter().any(|problem| problem.contains(said)), "{said}: {found:?}");
    }
}

/// Labels as strangers send them: of another format, another direction, without an end, without anything to be seen.
const STRANGE: [&str; 12] = [
    r#"</text></svg><script>alert(1)</script>&lt;&amp;"'--><![CDATA[ %3C {} ]]>"#,
    "javascript:alert(1) onload=\"x\" href='http://evil.example/' url(#a) @import \\",
    "\u{202e}gninrut\u{202c} \u{2066}isolated\u{2069}\u{200b}\u{feff}\u{ad}hidden\u{200e}\u{e0041}",
    "line\r\nfeed\u{0}\u{1}\u{1b}[31m\u{7f}\u{85}\u{2028}end\u{fffe}\u{ffff}",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsverordnungsentwurf",
    "👨‍👩‍👧‍👦👩🏽‍🚀🇸🇪🏳️‍🌈👨‍👩‍👧‍👦👩🏽‍🚀🇸🇪🏳️‍🌈👨‍👩‍👧‍👦👩🏽‍🚀🇸🇪🏳️‍🌈👨‍👩‍👧‍👦👩🏽‍🚀🇸🇪🏳️‍🌈",
    "שלום עולם הצעת תושבים لم يتم اتخاذ القرار بعد في هذا الأمر المهم جدا",
    "漢字假名交じり文の長いラベルがここにありますので折り返しが必要です漢字假名交じり文",
    "Z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{309}\u{30a}a\u{300}\u{301}\u{302}\u{303}\u{304}l\u{334}\u{335}\u{336}g",
    " \u{a0}\u{2003}\u{200b} ",
    "𝕱𝖗𝖆𝖐𝖙𝖚𝖗 ẞßÅåÄäÖöÆØœŁşğ Ωμέγα Привет €≤≥→",
    "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww",
];

/// Every kind of state, transition and declaration, all with one label.
fn everything(label: &str) -> Workflow {
    let text = r#"{
        "id": "w", "title": LABEL, "description": LABEL, "version": LABEL,
        "roles": { "boss": { "title": LABEL }, "clerk": { "title": LABEL } },
        "parameters": { "patience": { "type": "string", "format": "duration", "value": "P1Y6M", "title": LABEL } },
        "facts": { "t": { "type": "string", "title": LABEL }, "kind": { "enum": { "x": LABEL, "y": "Y" } },
                   "day": { "type": "string", "format": "date", "title": LABEL }, "ok": { "type": "boolean", "title": LABEL } },
        "factors": { "good": { "kind": LABEL, "title": LABEL, "guard": "t == `x` && known(`day`)", "hint": LABEL },
                     "some": { "kind": "success", "of": ["good", "ok"], "at_least": 1 } },
        "events": { "go": { "by": ["boss", "clerk"], "sets": ["t", "day", "kind", "ok"], "title": LABEL }, "stay": { "title": LABEL }, "reset": { "title": LABEL }, "again": { "title": LABEL } },
        "on": { "stay": { "title": LABEL }, "reset": "end" },
        "at": { "day": { "title": LABEL } },
        "initial": "first",
        "states": {
            "first": { "title": LABEL, "description": LABEL, "on": { "again": { "target": "first", "title": LABEL, "guard": "kind == `x`" }, "stay": { "title": LABEL }, "go": ["work", { "target": "end", "guard": "t != `<&>'`" }] }, "after": { "patience": { "target": "end", "title": LABEL } } },
            "work": {
                "title": LABEL, "type": "parallel",
                "on": { "stay": {}, "reset": { "target": "work" }, "again": "state" },
                "done": "end",
                "states": {
                    "left": {
                        "title": LABEL, "initial": "state",
                        "states": {
                            "state": { "title": LABEL, "on": { "go": { "target": "note", "guard": "t != `]}`", "requires": ["good", "some", "ok"], "by": ["boss"] }, "reset": "left", "again": "end" } },
                            "note": { "type": "final", "title": LABEL },
                            "back": { "type": "history", "history": "deep", "title": LABEL, "default": "state" }
                        }
                    },
                    "right": { "title": LABEL, "always": { "target": "class", "guard": "t == `y`" }, "initial": "as", "states": { "as": { "after": { "P1D": "class" }, "on": { "go": { "target": "first", "not_by": ["stay"] } } }, "class": { "type": "final" } } },
                    "third": { "title": LABEL }
                }
            },
            "end": { "title": LABEL, "on": { "go": "back", "again": "gone" } },
            "gone": { "type": "final", "title": LABEL }
        }
    }"#;
    let quoted = serde_json::to_string(label).unwrap();
    let text = text.replace("LABEL", &quoted);
    Workflow::from_json(&text).unwrap_or_else(|report| panic!("{report}"))
}

#[test]
fn labels_of_strangers_do_no_harm() {
    let hidden = |letter: &char| matches!(u32::from(*letter), 0..=9 | 0xb..=0x1f | 0x7f..=0x9f | 0xad | 0x200b | 0x200e..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff | 0xfff0..=0xffff | 0xe0000..=0xe0fff);
    for label in STRANGE {
        let workflow = everything(label);
        for orientation in [Orientation::Down, Orientation::Right] {
            for theme in [Theme::Auto, Theme::Light, Theme::Dark] {
                let options = SvgOptions {
                    orientation,
                    theme,
                    prefix: "p<\"1-".to_owned(),
                    ..SvgOptions::default()
                };
                let drawn = svg(&workflow, &options);
                assert_eq!(drawn.chars().find(hidden), None, "{label}");
                let document = roxmltree::Document::parse(&drawn).unwrap();
                for node in document.descendants().filter(roxmltree::Node::is_element) {
                    let name = node.tag_name().name();
                    let known = [
                        "svg", "g", "rect", "path", "circle", "line", "text", "title", "desc",
                        "style",
                    ];
                    assert!(known.contains(&name), "{name}");
                    for attribute in node.attributes() {
                        let name = attribute.name();
                        assert!(!name.starts_with("on") && name != "href", "{name}");
                    }
                    if let Some(id) = node.attribute("id") {
                        assert!(id.starts_with("p1-") && !id.contains(' '), "{id}");
                    }
                    if name == "style" {
                        assert!(!node.text().unwrap().contains("url"));
                    }
                    // Towers of accents are cut down.
                    let marks = |text: &str| {
                        text.chars().filter(|c| ('\u{300}'..='\u{36f}').contains(c)).count()
                    };
                    assert!(
                        node.text().is_none_or(|text| marks(text) * 2 <= text.chars().count() * 3),
                        "{label}"
                    );
                }
                let found = read(&drawn).problems();
                assert!(found.is_empty(), "{label} {orientation:?}\n{}", found.join("\n"));
            }
        }
    }
}

fn many(states: usize, leads: impl Fn(usize) -> Vec<usize>, depth: usize) -> Workflow {
    let state = |index: usize| {
        let on: Vec<String> = leads(index)
            .into_iter()
            .enumerate()
            .map(|(event, to)| format!("\"e{event}\": \"s{to}\""))
            .collect();
        format!(
            "\"s{index}\": {{ \"title\": \"State number {index}\", \"on\": {{ {} }} ",
            on.join(", ")
        )
    };
    let mut text = String::from("{ \"id\": \"many\", \"initial\": \"s0\", \"states\": {");
    if depth == 0 {
        let all: Vec<String> = (0..states).map(|index| state(index) + "}").collect();
        text += &all.join(",\n");
        text += "} }";
    } else {
        // Chains of boxes in boxes.
        let mut chains = Vec::new();
        for first in (0..states).step_by(depth) {
            let mut chain = String::new();
            let last = (first + depth).min(states) - 1;
            for index in first..=last {
                chain += &state(index);
                if index < last {
                    chain += ", \"states\": {";
                }
            }
            chain += "}";
            for _ in first..last {
                chain += "} }";
            }
            chains.push(chain);
        }
        text += &chains.join(",\n");
        text += "} }";
    }
    Workflow::from_json(&text).unwrap_or_else(|report| panic!("{report}"))
}

#[test]
fn large_workflows_say_what_they_leave_out() {
    let drawn = |workflow: &Workflow, options: &SvgOptions| {
        let begun = std::time::Instant::now();
        let drawn = svg(workflow, options);
        // Far more than it takes, on a machine that is busy and without optimization: what grows too fast shows.
        assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
        assert!(drawn.len() < 4_000_000, "{}", drawn.len());
        let picture = read(&drawn);
        let found = picture.problems();
        assert!(found.is_empty(), "{}", found[..found.len().min(20)].join("\n"));
        picture
    };
    let says = |picture: &geometry::Picture, what: &str| {
        assert!(picture.texts.iter().any(|text| text.said.contains(what)), "{what}");
    };
    let plain = SvgOptions::default();
    // One after the other.
    let line = many(1_000, |index| if index < 999 { vec![index + 1] } else { vec![0] }, 0);
    let picture = drawn(&line, &plain);
    assert_eq!(picture.shapes.len(), 150);
    says(&picture, "850 states are not drawn");
    // From one to all.
    let star = many(1_000, |index| if index == 0 { (1..1_000).collect() } else { vec![0] }, 0);
    let picture = drawn(&star, &plain);
    assert_eq!(picture.shapes.len(), 150);
    assert!(picture.size.0 < 9_000.0, "{:?}", picture.size);
    // Each to many, back and forth.
    let dense =
        many(300, |index| (1..6).map(|step| (index * 7 + step * step * 31) % 300).collect(), 0);
    let few = SvgOptions { states: 40, ..plain.clone() };
    says(&drawn(&dense, &few), "260 states are not drawn");
    // Nested: what is deep is closed, and said to be.
    let nested = many(1_000, |index| vec![(index + 13) % 1_000], 10);
    let picture = drawn(&nested, &plain);
    says(&picture, "+ 9 states within");
    let picture = drawn(&nested, &SvgOptions { depth: Some(1), states: 1_000, ..plain.clone() });
    assert_eq!(picture.shapes.len(), 100);
    // A list without an end in one state.
    let rows: Vec<String> = (0..2_000).map(|row| format!("\"e{row}\": {{}}")).collect();
    let text = format!(
        "{{ \"id\": \"w\", \"on\": {{ {0} }}, \"states\": {{ \"s\": {{ \"on\": {{ {0} }} }} }} }}",
        rows.join(",")
    );
    let picture = drawn(&Workflow::from_json(&text).unwrap(), &plain);
    says(&picture, "transitions are not drawn");
    says(&picture, "… + ");
}

/// What a small change in the file changes in the picture.
#[test]
fn a_small_change_in_the_file_is_a_small_change_in_the_picture() {
    let text = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("workflows/medborgarforslag.json"),
    )
    .unwrap();
    let drawn = |text: &str| {
        let workflow = Workflow::from_json(text).unwrap();
        svg(&workflow, &SvgOptions { language: Language::Swedish, ..SvgOptions::default() })
    };
    let before = drawn(&text);
    let differ = |after: &str| {
        let lines: std::collections::BTreeSet<&str> = before.lines().collect();
        after.lines().filter(|line| !lines.contains(line)).count()
    };
    let told = text.replace("Pröva om förslaget kan tas upp.", "Pröva om vi kan ta upp förslaget.");
    assert_ne!(told, text);
    assert_eq!(differ(&drawn(&told)), 1);
    assert!(drawn(&told).contains("<title>Inkommet\nPröva om vi kan ta upp förslaget.\n"));
    let named = text.replace("\"sv\": \"Beslutat\"", "\"sv\": \"Beslutet\"");
    assert_ne!(named, text);
    let changed = differ(&drawn(&named));
    assert!((1..8).contains(&changed), "{changed}");
}

fn key(from: &str, on: &str, to: &[&str]) -> TransitionKey {
    TransitionKey {
        from: from.to_owned(),
        on: on.to_owned(),
        to: to.iter().map(|to| (*to).to_owned()).collect(),
        ..TransitionKey::default()
    }
}

/// The group of an id, as text.
fn group<'a>(drawn: &'a str, id: &str) -> &'a str {
    let begin =
        drawn.find(&format!("<g id=\"{id}\"")).unwrap_or_else(|| panic!("{id} in\n{drawn}"));
    let end = drawn[begin..].find("</g>\n").unwrap();
    &drawn[begin..begin + end]
}

#[test]
fn overlays_mark_what_they_name_with_colour_sign_and_word() {
    let workflow = Workflow::from_json(
        r#"{ "id": "w", "initial": "a", "factors": { "f": { "guard": "1 < 2", "title": "Factor F" } },
             "states": {
                "a": { "on": { "go": [{ "target": "b", "guard": "1 < 2" }, { "target": "b" }], "no": "c", "wait": {} } },
                "b": { "on": { "back": "a" } }, "c": { "type": "final" } } }"#,
    )
    .unwrap();
    let with = |overlay: Overlay| svg(&workflow, &SvgOptions { overlay, ..SvgOptions::default() });
    let bare = with(Overlay::default());
    assert!(!bare.contains("class=\"n k") && !bare.contains("class=\"w k"));

    let standing = with(Overlay {
        current: vec!["a".to_owned()],
        statuses: vec![(
            TransitionKey { nth: 1, ..key("a", "go", &["b"]) },
            TransitionStatus::Open,
            "why so".to_owned(),
        )],
        events: vec![
            ("go".to_owned(), TransitionStatus::NotExpected, String::new()),
            ("no".to_owned(), TransitionStatus::Blocked, "because".to_owned()),
            ("wait".to_owned(), TransitionStatus::OpenIf, String::new()),
            ("back".to_owned(), TransitionStatus::Open, String::new()),
        ],
        factors: [("f".to_owned(), (FactorStatus::No, "1 / 2".to_owned()))].into(),
        ..Overlay::default()
    });
    let here = group(&standing, "state-a");
    assert!(
        here.starts_with("<g id=\"state-a\" class=\"n kh\"") && here.contains(">here now</text>")
    );
    assert!(here.contains(">open if more is known</text>"));
    let go = group(&standing, "line-a-b");
    assert!(go.starts_with("<g id=\"line-a-b\" class=\"w ko\"") && go.contains("why so"), "{go}");
    let no = group(&standing, "line-a-c");
    assert!(
        no.contains("class=\"w kb\"") && no.contains(">blocked</text>") && no.contains("because")
    );
    // Nothing that listens in another state is open, whatever an event of its name is.
    assert!(group(&standing, "line-b-a").contains("class=\"w kf\""));
    assert!(standing.contains("Factor F: does not hold") && standing.contains("1 / 2"));

    let stride = |taken: &[TransitionKey], entered: &str, at: &str| PathStep {
        taken: taken.to_vec(),
        entered: vec![entered.to_owned()],
        at: at.to_owned(),
        ..PathStep::default()
    };
    let way = with(Overlay {
        path: vec![
            stride(&[], "a", "2026-01-01"),
            stride(&[key("a", "go", &["b"])], "b", "2026-01-02"),
            stride(&[key("b", "back", &["a"])], "a", "2026-01-03"),
        ],
        ..Overlay::default()
    });
    assert!(group(&way, "line-a-b").contains("class=\"w kp\""));
    assert!(group(&way, "line-a-b").contains(">step 2 · 2026-01-02</text>"));
    assert!(group(&way, "state-a").contains(">steps 1, 3 (2×)</text>"));
    assert!(group(&way, "line-a-c").contains("class=\"w kf\""));

    let seen = with(Overlay {
        state_hits: [("a".to_owned(), HitCount { times: 3, missing: Vec::new() })].into(),
        transition_hits: vec![(
            key("a", "no", &["c"]),
            HitCount { times: 1, missing: vec!["never false".to_owned()] },
        )],
        ..Overlay::default()
    });
    assert!(group(&seen, "state-a").contains(">tested 3×</text>"));
    assert!(group(&seen, "state-b").contains(">never tested</text>"));
    assert!(group(&seen, "line-a-c").contains(">partly tested 1×</text>"));
    assert!(group(&seen, "line-a-c").contains("never false"));
    assert!(group(&seen, "line-b-a").contains(">never tested</text>"));

    let changed = with(Overlay {
        changed_states: [("b".to_owned(), (ChangeMark::Added, String::new()))].into(),
        changed_transitions: vec![(
            key("a", "no", &["c"]),
            ChangeMark::Altered,
            "guard: 1 < 3".to_owned(),
        )],
        removed: vec!["state `old`".to_owned()],
        ..Overlay::default()
    });
    assert!(group(&changed, "state-b").contains(">added</text>"));
    assert!(group(&changed, "line-a-c").contains("guard: 1 &lt; 3"));
    assert!(changed.contains("state `old`") && changed.contains("Only in the other version"));
    for drawn in [standing, way, seen, changed] {
        assert_eq!(read(&drawn).problems(), [""; 0]);
    }
    // What names nothing changes nothing.
    let nothing = Overlay {
        statuses: vec![(key("x", "y", &[]), TransitionStatus::Open, String::new())],
        ..Overlay::default()
    };
    read(&with(nothing));
}

#[test]
fn what_is_personal_is_not_named() {
    let workflow = Workflow::from_json(
        r#"{ "id": "w", "initial": "a",
             "facts": { "illness": { "type": "string", "title": "Diagnosis", "personal": true, "default": "flu" },
                        "patient": { "type": "object", "title": "Patient", "properties": { "age": { "type": "integer", "personal": true } } },
                        "sick": { "type": "boolean", "personal": true, "title": "Is sick" },
                        "leave": { "type": "string", "format": "date", "personal": true, "title": "Sick leave ends" } },
             "factors": { "f": { "title": "Fit", "guard": "illness != `flu` || patient.age > 70" } },
             "events": { "go": { "sets": ["illness", "sick"], "data": { "secret": { "type": "boolean", "personal": true, "title": "Secret" } } } },
             "states": { "a": { "on": { "go": { "target": "b", "guard": "known(`illness`) && event.data.secret && illness == `flu`", "requires": ["sick", "f"] } },
                                "at": { "leave": "b" } }, "b": {} } }"#,
    )
    .unwrap_or_else(|report| panic!("{report}"));
    let drawn = svg(&workflow, &SvgOptions::default());
    for word in [
        "illness",
        "Diagnosis",
        "patient",
        "Patient",
        "age ",
        "sick",
        "secret",
        "Secret",
        "Sick leave",
    ] {
        assert!(!drawn.contains(word), "{word}");
    }
    assert!(drawn.contains("personal data") && drawn.contains(">Fit</text>"));
}

#[test]
fn rules_and_terms_are_said_in_words() {
    let workflow = Workflow::from_json(
        r#"{ "id": "w", "initial": "a",
             "parameters": { "grace": { "type": "string", "format": "duration", "value": "P90D" }, "least": { "value": 3, "title": { "sv": "Minst", "en": "Least" } } },
             "facts": { "n": { "type": "integer", "title": { "sv": "Antal möten", "en": "Meetings" } }, "risk": { "enum": { "low": { "sv": "Låg", "en": "Low" } }, "title": "Risk" },
                        "due": { "type": "string", "format": "date", "title": { "sv": "Sista dag", "en": "Last day" } } },
             "events": { "go": { "sets": ["n", "risk", "due"] }, "stop": { "title": { "sv": "Stoppa", "en": "Stop" } } },
             "states": { "a": { "on": { "go": { "target": "b", "guard": "n >= least && !(risk == `low`) && known(`due`) && today <= due + months(2) && count(`stop`) == 0" }, "stop": {} },
                                "after": { "grace": { "target": "b", "title": { "sv": "Tiden gick ut", "en": "Time ran out" } }, "P1Y1M": "b" } }, "b": {} } }"#,
    )
    .unwrap_or_else(|report| panic!("{report}"));
    let said = |language| svg(&workflow, &SvgOptions { language, ..SvgOptions::default() });
    let swedish = said(Language::Swedish);
    let rule = "om Antal möten ≥ Minst och Risk ≠ Låg och Sista dag är känt och i dag ≤ Sista dag + 2 månader och antal ”Stoppa” = 0";
    assert!(swedish.contains(rule), "{swedish}");
    assert!(
        swedish.contains(">efter 90 dagar</text>") && swedish.contains("efter 1 år 1 månad"),
        "{swedish}"
    );
    let english = said(Language::English);
    assert!(english.contains(">after 90 days</text>") && english.contains("after 1 year 1 month"));
}
