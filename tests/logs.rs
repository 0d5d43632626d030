//! Real event logs against workflows: small ones written here, and those beside the repository, where they are.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use tresteg::Limits;
use tresteg::log::{
    AlignGuards, Bounds, Check, CheckOptions, CsvColumns, EventLog, LogMap, Misfit, Order,
    StatKeys, Terms, align, check, read, read_csv, read_xes, stats, unpacked, variants,
};

/// A log beside the repository; where it is not, that is said and the test passes.
fn real(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("TRESTEG_LOGS").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    // In a worktree.
    let further = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let found = folder.into_iter().chain([beside, further]);
    let found = found.map(|folder| folder.join(name)).find(|path| path.is_file());
    if found.is_none() {
        println!("skipped: {name} is neither in ../shared/data nor where TRESTEG_LOGS points");
    }
    found
}

fn read_file(path: &Path) -> EventLog {
    let input = BufReader::new(unpacked(File::open(path).unwrap()).unwrap());
    read(input, &CsvColumns::default(), &Bounds::default()).unwrap()
}

fn example(map: &str) -> LogMap {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/logs");
    let text = std::fs::read_to_string(folder.join(map)).unwrap();
    let mut files =
        |path: &str| std::fs::read_to_string(folder.join(path)).map_err(|error| error.to_string());
    LogMap::load(map, &text, &mut files, &Limits::default())
        .unwrap_or_else(|report| panic!("{report}"))
}

fn map(workflow: &str, map: &str) -> LogMap {
    let mut files = |_: &str| Ok(workflow.to_owned());
    LogMap::load("m.json", map, &mut files, &Limits::default())
        .unwrap_or_else(|report| panic!("{report}"))
}

/// Events as `name`, `name@time` or `name key=value …`, a trace each line.
fn small(traces: &[&str]) -> EventLog {
    let mut text = String::from("<log>");
    for trace in traces {
        text.push_str("<trace>");
        for event in trace.split(';').map(str::trim).filter(|event| !event.is_empty()) {
            let mut words = event.split(' ');
            let (name, at) = words
                .next()
                .unwrap()
                .split_once('@')
                .unwrap_or((event.split(' ').next().unwrap(), ""));
            text.push_str(&format!("<event><string key=\"concept:name\" value=\"{name}\"/>"));
            if !at.is_empty() {
                text.push_str(&format!(
                    "<date key=\"time:timestamp\" value=\"2020-01-{at}T00:00:00Z\"/>"
                ));
            }
            for (key, value) in words.filter_map(|word| word.split_once('=')) {
                text.push_str(&format!("<string key=\"{key}\" value=\"{value}\"/>"));
            }
            text.push_str("</event>");
        }
        text.push_str("</trace>");
    }
    read_xes(format!("{text}</log>").as_bytes(), &Bounds::default()).unwrap()
}

const GRANT: &str = r#"{ "id": "grant", "facts": { "amount": { "type": "number" } },
    "events": { "apply": { "sets": ["amount"] }, "grant": {}, "refuse": {}, "close": { "silent": true } },
    "initial": "new", "states": {
        "new": { "on": { "apply": "open" } },
        "open": { "on": { "grant": { "target": "granted", "guard": "amount <= 100", "id": "small" }, "close": "end" }, "after": { "P5D": "late" } },
        "granted": { "on": { "close": "end" } },
        "late": { "on": { "refuse": "end" } },
        "end": { "type": "final" } } }"#;
const GRANT_MAP: &str = r#"{ "workflow": "grant.json", "facts": { "amount": "sum" },
    "events": { "Apply": "apply", "Grant*": "grant", "Refuse": "refuse" } }"#;

fn checked(traces: &[&str], options: CheckOptions) -> Check {
    check(&small(traces), &map(GRANT, GRANT_MAP), options)
}

#[test]
fn guards_are_gates_costs_and_undecided() {
    let found = checked(
        &[
            "Apply sum=100; Grant",
            "Apply sum=101; Granted",
            "Apply; Grant",
            "Apply",
            "Grant",
            "Apply sum=5; Refuse",
        ],
        CheckOptions::default(),
    );
    assert_eq!((found.cases, found.events, found.activities, found.variants), (6, 10, 4, 5));
    assert_eq!((found.fitting, found.fitting_unguarded, found.undecided), (2, 4, 1));
    assert_eq!(found.violations, [(0, 3), (1, 1)].into());
    let small = &found.guards["small"];
    assert_eq!((small.asked, small.violated, small.undecided), (3, 1, 1));
    let why: Vec<_> =
        found.failures.iter().map(|one| (one.activity.as_str(), one.why, one.event)).collect();
    assert!(why.contains(&("Granted", Misfit::Guard, 2)), "{why:?}");
    assert!(why.contains(&("Grant", Misfit::Undecided, 2)), "{why:?}");
    assert!(why.contains(&("Grant", Misfit::NotExpected, 1)), "{why:?}");
    let refused = found.failures.iter().find(|one| one.why == Misfit::Guard).unwrap();
    let reasons = &refused.decision.as_ref().unwrap().reasons;
    assert!(matches!(reasons[0].grounds[0], tresteg::case::Condition::Guard { .. }), "{reasons:?}");
    assert!(found.is_whole());
}

#[test]
fn terms_are_off_unseen_or_strict() {
    let options = |terms| CheckOptions { terms, ..CheckOptions::default() };
    let fits = |trace: &str, terms| checked(&[trace, "Apply@31"], options(terms)).fitting - 1;
    let late = "Apply@01 sum=1; Refuse@10";
    let granted = "Apply@01 sum=1; Grant@10";
    assert_eq!(
        [Terms::Off, Terms::Silent, Terms::Strict].map(|terms| fits(late, terms)),
        [0, 1, 1]
    );
    assert_eq!(
        [Terms::Off, Terms::Silent, Terms::Strict].map(|terms| fits(granted, terms)),
        [1, 1, 0]
    );
    // Before it is due it cannot have happened.
    assert_eq!(fits("Apply@01 sum=1; Refuse@04", Terms::Silent), 0);
}

#[test]
fn times_that_run_backwards_are_reported_or_stand() {
    let back = "Apply@05 sum=1; Grant@04";
    let found = checked(&[back], CheckOptions::default());
    assert_eq!((found.unordered, found.fitting, found.fitting_unguarded), (1, 0, 0));
    assert_eq!(found.failures[0].why, Misfit::Unordered);
    let stands = CheckOptions { order: Order::Document, ..CheckOptions::default() };
    let found = checked(&[back], stands);
    assert_eq!((found.unordered, found.fitting), (0, 1));
}

#[test]
fn what_is_neither_mapped_nor_ignored_is_listed() {
    let log = small(&["Apply sum=100 extra=1; Call; Grant", "Apply sum=much"]);
    let found = check(&log, &map(GRANT, GRANT_MAP), CheckOptions::default());
    assert!(!found.is_whole());
    assert_eq!(found.unmapped.activities, [("Call".to_owned(), 1)].into());
    assert_eq!(found.unmapped.attributes, [("extra".to_owned(), 1)].into());
    let wrong = &found.unreadable[0];
    assert_eq!(
        (wrong.attribute.as_str(), wrong.fact.as_str(), wrong.example.as_str()),
        ("sum", "amount", "much")
    );
    let text = GRANT_MAP.replace(
        "\"facts\"",
        "\"other\": \"ignore\", \"ignore\": { \"attributes\": \"*\" }, \"facts\"",
    );
    let found = check(
        &small(&["Apply sum=100 extra=1; Call; Grant"]),
        &map(GRANT, &text),
        CheckOptions::default(),
    );
    assert!(found.is_whole());
}

#[test]
fn claims_of_the_map_are_judged_over_traces() {
    let claims =
        r#""claims": { "little": { "always": "!known(`amount`) || amount < 50" } }, "facts""#;
    let text = GRANT_MAP.replace("\"facts\"", claims);
    let log = small(&["Apply sum=10; Grant", "Apply sum=60; Grant"]);
    let found = check(&log, &map(GRANT, &text), CheckOptions::default());
    let little = &found.claims["little"];
    assert_eq!((little.kept, little.broken), (1, 1));
}

#[test]
fn cases_are_chosen_by_facts_of_the_start() {
    let workflow = r#"{ "id": "w", "facts": { "status": { "type": "string" } }, "events": { "go": {} },
        "initial": "a", "states": { "a": { "on": { "go": "b" } }, "b": { "type": "final" } } }"#;
    let text = r#"{ "workflow": "w.json", "start": { "at": "begun", "facts": { "status": "state" } },
        "cases": "status == `G`", "events": { "Go": { "event": "go" } } }"#;
    let csv = "case:concept:name,case:state,case:begun,concept:name\n1,G,2020-01-01 10:00:00+01:00,Go\n2,O,2020-01-01,Go\n";
    let log = read_csv(csv.as_bytes(), &CsvColumns::default(), &Bounds::default()).unwrap();
    let found = check(&log, &map(workflow, text), CheckOptions::default());
    assert_eq!((found.cases, found.left_out, found.fitting), (1, 1, 1));
    assert!(found.is_whole(), "{:?}", found.unmapped);
}

#[test]
fn alignments_cost_what_the_log_or_the_model_does_alone() {
    let log = small(&[
        "Apply sum=1; Grant",
        "Grant",
        "Apply sum=1; Apply sum=1; Grant",
        "Apply sum=500; Grant",
        "Refuse; Refuse",
    ]);
    let costs =
        |guards, text: &str| align(&log, &map(GRANT, text), CheckOptions::default(), guards).cost;
    // With the guards off no time counts: the term that leads to a refusal may have been taken.
    assert_eq!(costs(AlignGuards::Off, GRANT_MAP), [(0, 2), (1, 2), (2, 1)].into());
    // Granted without an amount the guard is not known: it stays a move of the log alone.
    assert_eq!(costs(AlignGuards::Hard, GRANT_MAP), [(0, 1), (1, 2), (2, 1), (3, 1)].into());
    assert_eq!(costs(AlignGuards::Cost, GRANT_MAP), [(0, 1), (1, 2), (2, 1), (3, 1)].into());
    let dear = GRANT_MAP
        .replace("\"facts\"", "\"costs\": { \"guard\": 5, \"log\": 2, \"model\": 3 }, \"facts\"");
    assert_eq!(costs(AlignGuards::Cost, &dear), [(0, 1), (2, 2), (5, 1), (7, 1)].into());
    let found = align(&log, &map(GRANT, GRANT_MAP), CheckOptions::default(), AlignGuards::Off);
    assert_eq!(found.shortest, 1);
    // 4 of 10 events and 5 runs of one step.
    assert!((found.log_fitness - (1.0 - 4.0 / 15.0)).abs() < 1e-12, "{found:?}");
}

#[test]
fn a_first_map_is_one() {
    let log = small(&["Apply sum=1 amount=2; Grant it; Refuse"]);
    let workflow = tresteg::Workflow::from_json(GRANT).unwrap();
    let text = LogMap::first(&log, &workflow, "grant.json");
    let first = map(GRANT, &text);
    assert_eq!(first.workflow().id(), "grant");
    assert!(
        text.contains("\"Apply\": \"apply\"") && text.contains("\"amount\": \"amount\""),
        "{text}"
    );
}

#[test]
fn the_examples_load() {
    for name in ["road-fine", "road-fine-swapped", "receipt-strict", "receipt-tolerant", "bpic15"] {
        example(&format!("{name}.map.json"));
    }
}

#[test]
fn real_logs_have_their_figures() {
    for (name, figures) in [
        ("08_receipt.xes.gz", (1_434, 8_577, 27, 116)),
        ("receipt.csv", (1_434, 8_577, 27, 116)),
        ("BPIC15_4.xes.gz", (1_053, 47_293, 356, 1_049)),
        ("BPIC15_1.xes.gz", (1_199, 52_217, 398, 1_170)),
    ] {
        let Some(path) = real(name) else { return };
        if cfg!(debug_assertions) && name.starts_with("BPIC") {
            continue;
        }
        let log = read_file(&path);
        let found = stats(&log, &StatKeys::default());
        assert_eq!(
            (found.cases, found.events, found.activities.len(), found.variants),
            figures,
            "{name}"
        );
        if name.contains("receipt") {
            let throughput = found.throughput.unwrap();
            assert_eq!(
                format!("{:.3} {:.3}", throughput.mean_days, throughput.median_days),
                "5.408 0.033"
            );
            let top: Vec<usize> =
                variants(&log, &StatKeys::default()).iter().take(5).map(|one| one.cases).collect();
            assert_eq!(top, [713, 123, 116, 115, 75]);
        }
    }
}

#[test]
fn road_fines_have_their_known_answers() {
    let Some(path) = real("Road_Traffic_Fine_Management_Process.xes.gz") else { return };
    if cfg!(debug_assertions) && std::env::var_os("TRESTEG_LOGS").is_none() {
        println!("skipped: takes minutes unoptimized; set TRESTEG_LOGS, or run it with --release");
        return;
    }
    let log = read_file(&path);
    let found = check(&log, &example("road-fine.map.json"), CheckOptions::default());
    assert_eq!(
        (found.cases, found.events, found.activities, found.variants),
        (150_370, 561_470, 11, 231)
    );
    assert_eq!(
        (found.fitting_unguarded, found.variants_unguarded, found.fitting),
        (146_773, 78, 85_470)
    );
    assert!(found.is_whole(), "{:?} {:?}", found.unmapped, found.unreadable);
    let aligned =
        align(&log, &example("road-fine.map.json"), CheckOptions::default(), AlignGuards::Off);
    assert_eq!(aligned.cost, [(0, 146_773), (1, 3_333), (2, 229), (3, 35)].into());
    assert_eq!(
        format!("{:.6} {:.6}", aligned.mean_trace_fitness, aligned.log_fitness),
        "0.996523 0.994527"
    );
}

#[test]
fn our_own_export_is_read_as_it_was_written() {
    let (text, pairs) = crate::log::exported();
    let log = read_xes(text.as_bytes(), &Bounds::default()).unwrap();
    let mut found = Vec::new();
    for trace in log.traces() {
        found.extend(trace.attributes().map(|(key, _, value)| (key.to_owned(), value.to_owned())));
        for event in trace.events() {
            found.extend(
                event.attributes().map(|(key, _, value)| (key.to_owned(), value.to_owned())),
            );
        }
    }
    assert_eq!(found, pairs);
}
