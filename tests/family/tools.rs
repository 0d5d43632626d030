//! Tools that know child cases: coverage, mutants, suggestions, differences, pictures, scenarios that are recorded.

use tresteg::case::InputLine;
use tresteg::coverage::Coverage;
use tresteg::lab::{MutantStatus, suggest};
use tresteg::scenario::{Recorder, Suite};
use tresteg::{Actor, Case, Event, Language, Limits, Outcome, Workflow, diff, export};

use super::{Files, event, texts};

const ORDER: &str = r#"{
    "id": "order",
    "roles": { "office": {} },
    "facts": { "boards": { "type": "array", "items": { "type": "string" }, "default": [], "title": "The boards" } },
    "events": { "begin": { "required": ["boards"] }, "close": { "by": ["office"] } },
    "initial": "before",
    "states": {
        "before": { "on": { "begin": "running" } },
        "running": {
            "invoke": { "id": "parts", "workflow": "board.json", "each": "boards", "returns": ["done"], "title": "Parts" },
            "on": { "close": { "target": "over", "guard": "children(`parts`).len() > 0 && children(`parts`).all(|p| p.done ?? false)" } }
        },
        "over": { "type": "final" }
    }
}"#;

const BOARD: &str = r#"{
    "id": "board", "title": "One board",
    "facts": { "done": { "type": "boolean", "default": false } },
    "events": { "finish": {} },
    "initial": "open",
    "states": { "open": { "on": { "finish": { "target": "closed", "actions": "done = true" } } }, "closed": { "type": "final" } }
}"#;

fn load(board: &str) -> Workflow {
    let files = [("order.json", ORDER), ("board.json", board)];
    Files(&files).load().unwrap_or_else(|report| panic!("{report}"))
}

/// What children do counts for their own workflow, over all of them.
#[test]
fn coverage_looks_at_children_too() {
    let workflow = load(BOARD);
    let mut coverage = Coverage::new(&workflow);
    let (mut case, _) = coverage.start(None, Default::default()).unwrap();
    coverage.fire(&mut case, &event("begin").fact("boards", texts(&["a", "b", "c"])));
    coverage.fire(&mut case, &event("finish").to("parts/b"));
    let children: Vec<Coverage> = coverage.children().collect();
    assert_eq!(children.len(), 1);
    let states: Vec<(String, u64)> =
        children[0].states().map(|state| (state.name, state.entered)).collect();
    assert_eq!(states, [("open".to_owned(), 3), ("closed".to_owned(), 1)]);
    let mut twice = coverage.clone();
    twice.merge(&coverage).unwrap();
    let entered = twice.children().next().unwrap().states().next().unwrap().entered;
    assert_eq!(entered, 6);
}

/// Mutants of a parent are loaded with its children.
#[test]
fn mutants_of_a_whole_are_workflows() {
    let workflow = load(BOARD);
    let mutants = workflow.mutants();
    let made = mutants.iter().map(|mutant| mutant.workflow(&workflow));
    let made: Vec<MutantStatus> = made.collect();
    let whole = made.iter().filter(|status| match status {
        MutantStatus::Workflow(mutant) | MutantStatus::Undecided(mutant) => {
            mutant.invokes().count() == 1
        }
        _ => false,
    });
    assert!(whole.count() >= 4, "{}", made.len());
    // What rules read of children is not tried, and so nothing there is called the same.
    let same = mutants.iter().zip(&made).filter(|(mutant, status)| {
        mutant.context.contains("children(") && matches!(status, MutantStatus::Equivalent(_))
    });
    assert_eq!(same.count(), 0);
}

/// Of a whole nothing is proven impossible, and it is said that children are not gone into.
#[test]
fn suggestions_say_what_they_leave_out() {
    let workflow = load(BOARD);
    let found = suggest(&Coverage::new(&workflow), &[], "order.json", Language::English);
    assert!(
        found.unreached.iter().any(|goal| goal.title.contains("over")),
        "{:?}",
        found.unreached
    );
    for goal in &found.unreached {
        assert!(
            !goal.is_impossible && goal.reason.contains("child cases are not gone into"),
            "{goal:?}"
        );
    }
    let child = workflow.invokes().next().unwrap().workflow().clone();
    let found = suggest(&Coverage::new(&child), &[], "board.json", Language::Swedish);
    assert!(found.text.contains("finish"), "{}", found.text);
}

/// There is a difference exactly where the fingerprints differ, and it is told with the name of the child's workflow.
#[test]
fn differences_are_found_through_the_bundle() {
    let (one, same) = (load(BOARD), load(&BOARD.replace("One board", "Another name")));
    let other = load(&BOARD.replace("done = true", "done = false"));
    assert_eq!(one.fingerprint(), same.fingerprint());
    assert!(diff::compare(&one, &same).same_meaning());
    assert_ne!(one.fingerprint(), other.fingerprint());
    let found = diff::compare(&one, &other);
    assert!(found.changes.is_empty() && !found.same_meaning());
    assert_eq!(found.children.len(), 1);
    let titles: Vec<String> =
        found.describe(Language::English).into_iter().map(|section| section.title).collect();
    assert!(titles.len() == 1 && titles[0].starts_with("One board: "), "{titles:?}");
}

#[test]
fn pictures_and_outlines_name_child_cases() {
    let workflow = load(BOARD);
    let told = "child cases: Parts (One board), one for each of The boards";
    let outline = export::outline(&workflow, Language::English);
    let running = outline.states.iter().find(|state| state.said.name == "running").unwrap();
    assert_eq!(running.child_cases, [told]);
    let svg = export::svg(&workflow, &export::SvgOptions::default()).to_string();
    assert!(svg.contains("One board"), "{svg}");
    let dot = export::dot(&workflow, Language::English);
    assert!(dot.contains("One board"), "{dot}");
    assert!(export::mermaid(&workflow, Language::Swedish).contains("One board"));
}

/// What was played with addresses is written down, and holds.
#[test]
fn what_is_recorded_with_addresses_holds() {
    let workflow = load(BOARD);
    let (mut case, decision) = Case::start(&workflow, None, Default::default()).unwrap();
    let mut recorder = Recorder::new("order.json");
    recorder.start("story", None, &Default::default(), &case, &decision);
    let office = Actor::new("eva").role("office");
    let story = [
        Event::new("begin").fact("boards", texts(&["a", "b"])),
        Event::new("finish").to("parts/a"),
        Event::new("close").by(office.clone()),
        Event::new("finish").to("parts/b"),
        Event::new("close").by(office),
    ];
    for event in story {
        let decision = case.fire(&event);
        assert_ne!(decision.outcome, Outcome::Error, "{decision:?}");
        recorder.step(&InputLine::Event(event), None, &case, &decision);
    }
    assert!(case.is_ended());
    let text = recorder.finish();
    assert!(text.contains(r#""to": "parts/a", "expect": { "states": ["closed"]"#), "{text}");
    assert!(text.contains(r#""others": { "parts/a": { "states": ["open"] }"#), "{text}");
    let mut find = |_: &str| Ok(workflow.clone());
    let suite = Suite::load_on("s", &text, &mut find, &Limits::default());
    let suite = suite.unwrap_or_else(|report| panic!("{report}"));
    assert!(suite.scenarios().iter().all(|scenario| scenario.run().is_none()));
}

/// What a scenario says of other cases must be so, and its names must be theirs.
#[test]
fn scenarios_are_held_to_the_case_that_they_name() {
    let workflow = load(BOARD);
    let suite = |steps: &str| {
        let text = format!(
            r#"{{ "workflow": "order.json", "steps": [{{ "event": "begin", "facts": {{ "boards": ["a"] }} }}, {steps}] }}"#
        );
        let mut find = |_: &str| Ok(workflow.clone());
        Suite::load_on("s.scenario.json", &text, &mut find, &Limits::default())
    };
    let fails = |steps: &str| {
        let suite = suite(steps).unwrap_or_else(|report| panic!("{report}"));
        let failure = suite.scenarios()[0].run();
        failure.map(|failure| {
            failure.mismatches.into_iter().map(|wrong| wrong.key).collect::<Vec<_>>().join(" ")
        })
    };
    let finish = r#"{ "event": "finish", "to": "parts/a""#;
    assert_eq!(
        fails(&format!(
            r#"{finish}, "expect": {{ "states": "closed" }}, "others": {{ "": {{ "states": "running" }} }} }}"#
        )),
        None
    );
    assert_eq!(
        fails(&format!(r#"{finish}, "others": {{ "": {{ "states": "over" }} }} }}"#)).as_deref(),
        Some("others..states")
    );
    assert_eq!(fails(r#"{ "event": "finish", "to": "parts/z" }"#).as_deref(), Some("answer steps"));
    assert_eq!(
        fails(r#"{ "to": "parts/a", "expect": { "states": "open", "facts": { "done": false } } }"#),
        None
    );
    assert_eq!(
        fails(r#"{ "to": "parts/z", "expect": { "ended": false } }"#).as_deref(),
        Some("ended")
    );
    for (steps, code) in [
        (r#"{ "event": "finish", "to": "part/a" }"#, "unknown-invoke"),
        (r#"{ "event": "finish", "to": "parts" }"#, "unknown-invoke"),
        (r#"{ "event": "close", "to": "parts/a" }"#, "unknown-event"),
        (
            r#"{ "event": "close", "actor": "office", "others": { "parts/a": { "states": "over" } } }"#,
            "unknown-state",
        ),
        (
            r#"{ "event": "close", "actor": "office", "others": { "parts/a": { "answer": "moved" } } }"#,
            "bad-combination",
        ),
        (r#"{ "advance": "P1D", "to": "parts/a" }"#, "bad-combination"),
        (r#"{ "event": "begin", "from": "parent", "actor": "office" }"#, "bad-combination"),
    ] {
        let report = suite(steps).map(drop).expect_err(steps);
        let codes: Vec<_> = report.diagnostics().iter().map(|found| found.code).collect();
        assert!(codes.contains(&code), "{steps}: {codes:?}");
    }
}

/// What an `invoke` and a role of one unit say differently is told in words, with labels, in both languages.
#[test]
fn differences_of_invoke_and_unit_are_told_in_words() {
    let before = load(BOARD);
    let other = ORDER
        .replace("\"office\": {}", "\"office\": { \"unit\": \"own\" }")
        .replace(
            "\"facts\": {",
            "\"facts\": { \"own\": { \"type\": \"string\", \"title\": \"Own\" },",
        )
        .replace("\"each\": \"boards\"", "\"facts\": { \"done\": \"true\" }")
        .replace("\"returns\": [\"done\"]", "\"returns\": [\"done\", \"late\"]");
    let board = BOARD.replace(
        "\"facts\": {",
        "\"facts\": { \"late\": { \"type\": \"boolean\", \"title\": { \"en\": \"Too late\", \"sv\": \"För sent\" } },",
    );
    let files = [("order.json", &*other), ("board.json", &*board)];
    let after = Files(&files).load().unwrap_or_else(|report| panic!("{report}"));
    let found = diff::compare(&before, &after);
    let told = |language| {
        let mut told = Vec::new();
        for section in found.describe(language) {
            for item in section.items {
                for line in item.lines {
                    told.push(format!("{}/{}: {line:?}", section.title, item.head));
                }
            }
        }
        told.join("\n")
    };
    let english = told(Language::English);
    for part in [
        "roles/office: Text(\"speaks for the unit in (new): Own (own)\")",
        "child cases/Parts (parts): Text(\"one for each of (no longer): The boards (boards)\")",
        "child cases/Parts (parts): Text(\"what is seen of them: also Too late (late)\")",
        "what: \"is given `done` (new)\", before: None, after: Some(\"true\")",
    ] {
        assert!(english.contains(part), "{part}\n{english}");
    }
    let swedish = told(Language::Swedish);
    for part in [
        "delärenden/Parts",
        "ett för varje i",
        "vad som syns av dem: dessutom För sent",
        "talar för enheten i",
    ] {
        assert!(swedish.contains(part), "{part}\n{swedish}");
    }
    assert!(!english.contains('{') || !english.contains("\"id\""), "{english}");
    // The same both ways, and one that is gone.
    let alone =
        ORDER.replace("\"invoke\": { \"id\": \"parts\"", "\"invoke\": { \"id\": \"pieces\"");
    let alone = alone.replace("`parts`", "`pieces`");
    let files = [("order.json", &*alone), ("board.json", BOARD)];
    let renamed = Files(&files).load().unwrap_or_else(|report| panic!("{report}"));
    let found = diff::compare(&before, &renamed);
    let kinds = found.changes.iter().filter(|change| change.part == diff::Part::Invoke);
    let kinds: Vec<diff::ChangeKind> = kinds.map(|change| change.kind).collect();
    assert_eq!(kinds, [diff::ChangeKind::Removed, diff::ChangeKind::Added]);
}

/// Where several kinds of children live in one state their order means something, too.
#[test]
fn differences_of_order_are_told() {
    let invoke = |id: &str| format!("{{ \"id\": \"{id}\", \"workflow\": \"board.json\" }}");
    let load = |ids: [&str; 2]| {
        let ids = ids.map(invoke).join(", ");
        let order =
            format!("{{ \"id\": \"o\", \"invoke\": [{ids}], \"states\": {{ \"s\": {{}} }} }}");
        Files(&[("order.json", &*order), ("board.json", BOARD)]).load().unwrap()
    };
    let (one, two) = (load(["a", "b"]), load(["b", "a"]));
    assert_ne!(one.fingerprint(), two.fingerprint());
    let found = diff::compare(&one, &two);
    assert!(!found.same_meaning());
    let told = format!("{:?}", found.describe(Language::English));
    assert!(told.contains("order of child cases: a, b → b, a"), "{told}");
}

/// A box of which child cases are drawn elsewhere leads there.
#[test]
fn a_box_links_to_the_picture_of_its_children() {
    let workflow = load(BOARD);
    let children = [("parts".to_owned(), "board.html".to_owned())].into();
    for links in [None, Some("#state-".to_owned())] {
        let options =
            export::SvgOptions { children: Clone::clone(&children), links, ..Default::default() };
        let svg = export::svg(&workflow, &options).to_string();
        assert!(svg.contains("<a href=\"board.html\"><title>Parts</title>"), "{svg}");
        let document = roxmltree::Document::parse(&svg).unwrap();
        let links = document.descendants().filter(|node| node.has_tag_name("a"));
        for link in links {
            assert!(!link.ancestors().skip(1).any(|outer| outer.has_tag_name("a")));
        }
    }
}

/// What is wrong in a part is noticed by the scenarios of the whole.
#[test]
fn mutants_of_a_part_are_made_in_the_whole() {
    use tresteg::lab::Work;
    let whole = load(BOARD);
    let part = whole.invokes().next().unwrap().workflow().clone();
    let made = part.mutants().into_iter().filter_map(|mutant| {
        let work = Work::of(whole.limits(), 1);
        let made = mutant.whole(&part, &whole, &work).ok().flatten()?;
        Some((mutant, made))
    });
    let made: Vec<_> = made.collect();
    assert!(made.len() >= 3, "{}", made.len());
    for (mutant, made) in &made {
        assert_eq!(made.id(), "order");
        assert_ne!(made.fingerprint(), whole.fingerprint(), "{mutant}");
    }
    // Of a workflow that is no part of it nothing is made.
    let mutant = whole.mutants().into_iter().next().unwrap();
    let work = Work::of(whole.limits(), 1);
    assert!(matches!(mutant.whole(&whole, &whole, &work), Ok(None)));
}
