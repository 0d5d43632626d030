//! Terms of law as a table: each row through the engine, as a workflow whose term is named after a derived fact.
//!
//! The table was written from the statutes with almanacs at hand, not with the engine. Days on which a holiday moves an end
//! follow 2 § of lag (1930:173); where it moves nothing, the row says why.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use tresteg::case::{StepCause, Term, TermStatus};
use tresteg::{Case, Date, DateTime, Event, Outcome, Workflow};

const TABLE: &str = include_str!("deadlines/table.json");

const ROWS: [&str; 21] = [
    "audit_discharge",
    "fl_appeal",
    "fl_delay",
    "kaa_end",
    "kl_announce",
    "kl_appeal",
    "kl_minutes",
    "kl_motion",
    "kl_notice",
    "lou_innov_apply",
    "lou_standstill",
    "pbl_completion",
    "pbl_county",
    "pbl_permit",
    "pbl_planbesked",
    "pbl_review",
    "pbl_samrad_ext",
    "pbl_start",
    "remiss_gov",
    "sol_investigate",
    "sol_open",
];

fn workflow(rule: &str, law: &str) -> Workflow {
    let text = json!({
        "id": "term",
        "timezone": "Europe/Stockholm",
        "calendar": { "holidays": "SE", "eves": true },
        "facts": {
            "start": { "format": "date" },
            "ends": { "format": "date", "value": rule, "source": { "text": law } }
        },
        "events": { "act": {} },
        "initial": "open",
        "states": {
            "open": { "on": { "act": { "target": "acted" } }, "at": { "ends": "over" } },
            "acted": { "type": "final" },
            "over": { "type": "final" }
        }
    });
    Workflow::from_json(&text.to_string()).unwrap_or_else(|report| panic!("{report}"))
}

fn time(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn before(at: DateTime) -> DateTime {
    DateTime::from_microseconds(at.microseconds() - 1).unwrap()
}

/// A case that begins on the morning of the start, or of the last day if the term counts backwards.
fn begin(workflow: &Workflow, start: &str, end: &str) -> Case {
    let day: Date = start.parse().unwrap();
    let begins = time(&format!("{}T00:00:00+01:00", start.min(end)));
    Case::start(workflow, Some(begins), [("start".to_owned(), day.into())].into()).unwrap().0
}

fn only_term(case: &Case) -> Term {
    let terms = case.terms();
    assert_eq!(terms.len(), 1, "{terms:?}");
    terms.into_iter().next().unwrap()
}

#[test]
fn terms_of_law_end_when_the_table_says() {
    let table: Json = serde_json::from_str(TABLE).unwrap();
    let mut seen = BTreeSet::new();
    for row in table["rows"].as_array().unwrap() {
        let text = |key: &str| row[key].as_str().unwrap_or_else(|| panic!("{key} of {row}"));
        seen.insert(text("row"));
        let workflow = workflow(text("rule"), text("law"));
        assert!(workflow.warnings().diagnostics().is_empty(), "{}", workflow.warnings());
        let moves = text("rule").starts_with("next_workday(");
        assert_eq!(moves, row["note"].is_null(), "a row that does not move says why: {row}");
        for example in row["cases"].as_array().unwrap() {
            let text = |key: &str| example[key].as_str().unwrap();
            let place = format!("{} {}", row["row"], example);
            let (end, due) = (text("end"), time(text("due")));
            let case = begin(&workflow, text("start"), end);

            let term = only_term(&case);
            assert_eq!(term.last_day.map(|day| day.to_string()).as_deref(), Some(end), "{place}");
            assert_eq!(term.due.to_string(), text("due"), "{place}");
            assert_eq!(term.standing, TermStatus::Running, "{place}");
            let source = term.source.unwrap().text;
            assert_eq!(source.get("sv"), row["law"].as_str(), "{place}");
            if text("start") != end && row["row"] != "audit_discharge" {
                let start = term.start.unwrap_or_else(|| panic!("{place} counts from nothing"));
                assert_eq!(start.to_string(), text("start"), "{place}");
            }
            assert_eq!(case.next_deadline(), Some(due), "{place}");

            // To the last instant of the last day it can still be done.
            let mut last_minute = case.clone();
            let done = last_minute.fire(&Event::new("act").at(before(due)));
            assert_eq!(
                (done.outcome, last_minute.states()),
                (Outcome::Moved, vec!["acted"]),
                "{place}"
            );
            let mut too_late = case.clone();
            let done = too_late.fire(&Event::new("act").at(due));
            assert_eq!(
                (done.outcome, too_late.states()),
                (Outcome::NotExpected, vec!["over"]),
                "{place}"
            );

            // However far the jump, it is taken at its own time.
            let mut jumped = case.clone();
            let decision = jumped.advance(time("2150-01-01T00:00:00Z"));
            assert_eq!(jumped.states(), ["over"], "{place}");
            let [step] = decision.steps.as_slice() else { panic!("{place}: {decision:?}") };
            assert_eq!(step.at, due, "{place}");
            assert!(
                matches!(&step.cause, StepCause::Term { term, .. } if term == "ends"),
                "{place}"
            );
        }
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), ROWS);
}

/// The statutory cases that the table must not lose.
#[test]
fn the_table_has_the_days_that_go_wrong() {
    let table: Json = serde_json::from_str(TABLE).unwrap();
    let cases: Vec<&Json> = table["rows"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|row| row["cases"].as_array().unwrap())
        .collect();
    let any = |what: &dyn Fn(&str, &str) -> bool| {
        cases
            .iter()
            .any(|case| what(case["start"].as_str().unwrap(), case["end"].as_str().unwrap()))
    };
    assert!(any(&|_, end| end.ends_with("-02-29")), "a leap day");
    assert!(any(&|start, end| start[..4] < end[..4]), "the end of a year");
    assert!(any(&|_, end| end == "2026-04-07"), "Easter");
    assert!(any(&|_, end| end == "2026-06-22"), "Midsummer");
    assert!(any(&|start, end| start < "2026-03-29" && "2026-03-29" < end), "the change of clocks");
    assert!(any(&|start, end| start < "2026-10-25" && "2026-10-25" < end), "the change back");
    assert!(cases.len() > 100);
}
