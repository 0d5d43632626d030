//! Terms over years: working days, changes of clock, what waits and what comes of it, jumps, and the ten weeks of a permit.

use std::path::Path;

use serde_json::json;
use tresteg::case::{TermKind, TermStatus};
use tresteg::{Actor, Case, Date, DateTime, Event, Language, Outcome, Value, Workflow};

fn load(text: &serde_json::Value) -> Workflow {
    Workflow::from_json(&text.to_string()).unwrap_or_else(|report| panic!("{report}"))
}

fn time(text: &str) -> DateTime {
    text.parse().unwrap_or_else(|_| panic!("{text}"))
}

fn day(text: &str) -> Value {
    text.parse::<Date>().unwrap().into()
}

fn begin(workflow: &Workflow, at: &str, facts: &[(&str, Value)]) -> Case {
    let facts = facts.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Case::start(workflow, Some(time(at)), facts).unwrap_or_else(|error| panic!("{error}")).0
}

/// Names, kinds and ends of the open terms.
fn open(case: &Case) -> Vec<String> {
    let terms = case.terms();
    terms.iter().map(|term| format!("{:?} {} {}", term.kind, term.name, term.due)).collect()
}

fn counting(rule: &str, calendar: serde_json::Value) -> Workflow {
    load(&json!({
        "id": "w", "timezone": "Europe/Stockholm", "calendar": calendar,
        "facts": {
            "d": { "format": "date" }, "t": { "format": "date-time" }, "n": { "type": "integer" },
            "any": {}, "days": { "type": "array", "items": { "format": "date" } },
            "r": { "value": rule }
        },
        "states": { "s": {} }
    }))
}

#[test]
fn working_days_in_rules() {
    let sweden = json!({ "holidays": "SE", "eves": true });
    let facts = [
        ("d", day("2026-04-02")),
        ("t", time("2026-03-27T13:30:00+01:00").into()),
        ("n", 3.into()),
        ("any", 2.into()),
        ("days", Value::from(vec![day("2026-12-23"), day("2026-12-24")])),
    ];
    for (rule, wanted) in [
        ("d + workdays(1)", "2026-04-07"),
        ("workdays(1) + d", "2026-04-07"),
        ("d + workdays(n)", "2026-04-09"),
        ("d + workdays(any)", "2026-04-08"),
        ("d - workdays(n)", "2026-03-30"),
        ("d + workdays(-n)", "2026-03-30"),
        ("d + workdays(0)", "2026-04-02"),
        ("d + weeks(1) + workdays(2) - days(1)", "2026-04-12"),
        ("next_workday(d + days(1))", "2026-04-07"),
        ("next_workday(d)", "2026-04-02"),
        ("(d + workdays(1)).day", "7"),
        ("next_workday(d) == d && next_workday(d + days(1)) != d + days(1)", "true"),
        // A Friday to the Monday after the change of clocks: the same time of day.
        ("t + workdays(1)", "2026-03-30T13:30:00+02:00"),
        ("t - workdays(1)", "2026-03-26T13:30:00+01:00"),
        ("next_workday(t.date + days(1))", "2026-03-30"),
        ("days.map(|day| next_workday(day))[1]", "2026-12-28"),
        ("days.map(|day| day + workdays(1))[0]", "2026-12-28"),
        ("(d + workdays(6) - d).days", "12"),
        ("d + workdays(if n > 2 { 1 } else { 2 })", "2026-04-07"),
        ("{ let base = d; base + workdays(1) }", "2026-04-07"),
    ] {
        let case = begin(&counting(rule, sweden.clone()), "2026-01-01T00:00:00+01:00", &facts);
        assert_eq!(
            case.fact("r").map(|value| value.to_string()).as_deref(),
            Some(wanted),
            "{rule}"
        );
    }
    // Dates of the file's own; without eves, Midsummer Eve is an ordinary Friday.
    let listed = json!({ "holidays": ["2026-04-06", "2026-04-03", "2026-04-07"] });
    let case = begin(&counting("d + workdays(1)", listed), "2026-01-01T00:00:00+01:00", &facts);
    assert_eq!(case.fact("r"), Some(day("2026-04-08")));
}

#[test]
fn working_days_in_actions() {
    let workflow = load(&json!({
        "id": "w", "timezone": "Europe/Stockholm", "calendar": { "holidays": "SE" },
        "facts": {
            "due": { "format": "date", "default": "2026-04-02" },
            "at": { "format": "date-time", "default": "2026-04-02T08:00:00+02:00" },
            "plan": { "type": "object", "properties": { "by": { "format": "date" } },
                      "default": { "by": "2026-04-02" } }
        },
        "events": { "push": {}, "remind": { "by": [] } },
        "states": { "s": { "on": {
            "push": { "actions": [
                "due += workdays(2);", "at -= workdays(1);", "plan.by += workdays(3);",
                "let copy = due; copy += workdays(1); if copy <= due { forget(`due`) }",
                "send(`remind`, today + workdays(5));", "send(`remind`, now + workdays(1));"
            ] },
            "remind": {}
        } } }
    }));
    let mut case = begin(&workflow, "2026-04-01T09:00:00+02:00", &[]);
    let decision = case.fire(&Event::new("push").at(time("2026-04-02T10:00:00+02:00")));
    assert_eq!(decision.outcome, Outcome::Moved, "{:?}", decision.problems);
    assert_eq!(case.fact("due"), Some(day("2026-04-08")));
    assert_eq!(case.fact("at").unwrap().to_string(), "2026-04-01T08:00:00+02:00");
    assert_eq!(case.fact("plan").unwrap().to_string(), "{by: 2026-04-09}");
    assert_eq!(
        open(&case),
        ["Sent remind 2026-04-07T10:00:00+02:00", "Sent remind 2026-04-14T00:00:00+02:00"]
    );
}

#[test]
fn too_many_working_days_are_an_error_at_once() {
    let sweden = json!({ "holidays": "SE", "eves": true });
    for (rule, code) in [
        ("d + workdays(1000000000)", "out of range"),
        ("d - workdays(1000000000)", "out of range"),
        ("d + workdays(9223372036854775807)", "out of range"),
        ("d - workdays(-9223372036854775807 - 1)", "too large"),
        ("date(1, 1, 2) + workdays(2400000)", "operations"),
    ] {
        let workflow = load(&json!({
            "id": "w", "calendar": sweden,
            "facts": { "d": { "format": "date" }, "end": { "format": "date" } },
            "states": { "s": { "on": { "go": { "actions": format!("end = {rule}") } } } }
        }));
        let mut case = begin(&workflow, "2026-01-01T00:00:00Z", &[("d", day("2026-01-01"))]);
        let decision = case.fire(&Event::new("go"));
        assert_eq!(decision.outcome, Outcome::Error, "{rule}");
        assert!(decision.problems[0].to_string().contains(code), "{rule}: {:?}", decision.problems);
    }
    // As far as the calendar goes it is counted: more than a thousand years.
    let case = begin(
        &counting("d + workdays(300000)", sweden),
        "2026-01-01T00:00:00+01:00",
        &[("d", day("2026-01-01"))],
    );
    let found = case.fact("r").unwrap();
    assert!(found.as_date().unwrap() > "3180-01-01".parse().unwrap(), "{found}");
}

#[test]
fn a_calendar_is_part_of_what_a_workflow_means() {
    let of = |calendar: serde_json::Value| {
        counting("next_workday(d)", calendar).fingerprint().to_owned()
    };
    let plain = of(json!({ "holidays": "SE" }));
    assert_eq!(plain, of(json!({ "eves": false, "holidays": "SE" })));
    assert_ne!(plain, of(json!({ "holidays": "SE", "eves": true })));
    assert_ne!(plain, of(json!({ "holidays": [] })));
    let listed = of(json!({ "holidays": ["2026-06-05", "2026-12-24"] }));
    assert_ne!(listed, of(json!({ "holidays": ["2026-06-05"] })));
    // The order means nothing, nor does a holiday on a Sunday.
    assert_eq!(listed, of(json!({ "holidays": ["2026-12-24", "2026-06-05", "2026-06-07"] })));
    let case = begin(
        &counting("next_workday(d)", json!({ "holidays": "SE" })),
        "2026-01-01T00:00:00Z",
        &[],
    );
    let other = counting("next_workday(d)", json!({ "holidays": "SE", "eves": true }));
    assert!(Case::restore(&other, case.snapshot()).is_err());
}

/// 90 civil days and 2 160 hours over the change to summer time: an hour apart; nearly the same start in winter: none.
#[test]
fn ninety_days_are_not_2160_hours_over_a_change_of_clocks() {
    let workflow = load(&json!({
        "id": "w", "timezone": "Europe/Stockholm", "initial": "s",
        "states": {
            "s": { "after": { "P90D": { "actions": "emit(`days`)" }, "PT2160H": { "actions": "emit(`hours`)" } } }
        }
    }));
    for (start, days, hours) in [
        ("2026-01-15T09:00:00+01:00", "2026-04-15T09:00:00+02:00", "2026-04-15T10:00:00+02:00"),
        ("2026-09-01T09:00:00+02:00", "2026-11-30T09:00:00+01:00", "2026-11-30T08:00:00+01:00"),
        ("2026-04-01T09:00:00+02:00", "2026-06-30T09:00:00+02:00", "2026-06-30T09:00:00+02:00"),
    ] {
        let mut case = begin(&workflow, start, &[]);
        let mut wanted = vec![(time(days), "days"), (time(hours), "hours")];
        wanted.sort_by_key(|(at, _)| *at);
        let ends: Vec<(DateTime, String)> =
            case.terms().iter().map(|term| (term.due, term.then[0].emits[0].clone())).collect();
        let wanted: Vec<(DateTime, String)> =
            wanted.into_iter().map(|(at, name)| (at, name.to_owned())).collect();
        assert_eq!(ends, wanted, "{start}");
        assert!(case.terms().iter().all(|term| term.start == Some(time(start).into())));
        let decision = case.advance(time("2027-01-01T00:00:00Z"));
        let taken: Vec<(DateTime, String)> = decision
            .steps
            .iter()
            .map(|step| (step.at, step.effects.emitted[0].name.clone()))
            .collect();
        assert_eq!(taken, wanted, "{start}");
        assert!(case.terms().is_empty());
    }
}

fn permit_like() -> Workflow {
    load(&json!({
        "id": "matter", "timezone": "Europe/Stockholm",
        "title": { "sv": "Ärendet", "en": "The matter" },
        "calendar": { "holidays": "SE", "eves": true },
        "parameters": { "patience": { "format": "duration", "value": "P30D", "title": { "sv": "Tålamod" } } },
        "facts": {
            "announced_on": { "format": "date", "title": { "sv": "Kungjort", "en": "Announced" } },
            "ends": { "format": "date", "value": "next_workday(announced_on + weeks(3))",
                      "title": { "sv": "Sista dag att överklaga", "en": "Last day to appeal" },
                      "source": { "text": { "sv": "Kommunallagen 13 kap. 5 §", "en": "Local Government Act 13:5" },
                                  "url": "https://example.org/kl", "status": "found" },
                      "valid": { "from": "2018-01-01" } },
            "quiet": { "type": "boolean", "title": { "sv": "Lugnt", "en": "Quiet" } },
            "divisor": { "type": "integer", "default": 0 },
            "result": { "type": "number" }
        },
        "events": { "say": { "sets": ["quiet", "divisor"] }, "ping": { "by": [], "title": { "sv": "Påminn", "en": "Remind" } } },
        "on": { "say": {} },
        "entry": "send(`ping`, days(10))",
        "initial": "open",
        "states": {
            "open": {
                "title": { "sv": "Öppet", "en": "Open" },
                "after": {
                    "P20D": { "target": "closed", "guard": "quiet", "title": { "sv": "Stängs", "en": "Closes" },
                              "source": { "status": "unconfirmed" }, "valid": { "until": "2026-12-31" } },
                    "patience": { "actions": "result = 1 / divisor" }
                },
                "at": { "ends": { "target": "closed", "actions": ["emit(`final`);", "announced_on = today;"] } }
            },
            "closed": { "type": "final", "title": { "sv": "Stängt", "en": "Closed" } }
        }
    }))
}

#[test]
fn open_terms_say_when_why_and_what_then() {
    let workflow = permit_like();
    let start = "2026-05-29T09:00:00+02:00";
    let mut case = begin(&workflow, start, &[("announced_on", day("2026-05-29"))]);
    assert_eq!(
        open(&case),
        [
            "Sent ping 2026-06-08T09:00:00+02:00",
            "After P20D 2026-06-18T09:00:00+02:00",
            "At ends 2026-06-23T00:00:00+02:00",
            "After patience 2026-06-28T09:00:00+02:00",
        ]
    );
    let terms = case.terms();
    assert_eq!(terms[0].state, None);
    assert!(terms[0].then.is_empty(), "nothing listens to it");
    assert_eq!(terms[0].title.get("en"), Some("Remind"));
    assert_eq!(terms[1].title.get("en"), Some("Closes"));
    assert!(terms[1].then[0].guarded);
    assert_eq!(terms[1].source.as_ref().unwrap().status.as_deref(), Some("unconfirmed"));
    assert_eq!(terms[1].start, Some(time(start).into()));
    assert_eq!(terms[2].state.as_deref(), Some("open"));
    assert_eq!(terms[2].start, Some(day("2026-05-29")));
    assert_eq!(terms[2].last_day, Some("2026-06-22".parse().unwrap()));
    assert_eq!(terms[2].then[0].way.to, ["closed"]);
    assert_eq!(terms[2].then[0].emits, ["final"]);
    assert_eq!(terms[2].then[0].sets, ["announced_on"]);
    assert_eq!(terms[2].source.as_ref().unwrap().url.as_deref(), Some("https://example.org/kl"));
    assert_eq!(terms[3].title.get("sv"), Some("Tålamod"));

    // A guard that is not true leaves a term overdue; one whose script fails is put aside.
    case.advance(time("2026-06-19T09:00:00+02:00"));
    let terms = case.terms();
    let overdue = terms.iter().find(|term| term.name == "P20D").unwrap();
    let TermStatus::Overdue { reasons } = &overdue.standing else { panic!("{overdue:?}") };
    assert_eq!(reasons[0].unknown, ["quiet"]);
    assert_eq!(case.next_deadline(), Some(time("2026-06-23T00:00:00+02:00")));
    let told = workflow.describe_terms(&terms, Language::English);
    assert_eq!(
        told,
        "\
✗ Closes, Open: overdue since 18 June 2026, 09:00, from 29 May 2026, 09:00
  Open → Closed: Closes
    ? Not known: Quiet
  source: not confirmed, in force until 31 December 2026
· Last day to appeal, Open: to the end of 22 June 2026, from 29 May 2026
  then: → Closed; message final; changes Announced
  source: Local Government Act 13:5, https://example.org/kl, in force from 1 January 2018
· Tålamod, Open: due 28 June 2026, 09:00, from 29 May 2026, 09:00
  then: changes result
"
    );
    let told = workflow.describe_terms(&terms[1..2], Language::Swedish);
    assert_eq!(
        told,
        "\
· Sista dag att överklaga, Öppet: till och med 22 juni 2026, från 29 maj 2026
  då: → Stängt; meddelande final; ändrar Kungjort
  källa: Kommunallagen 13 kap. 5 §, https://example.org/kl, gäller från 1 januari 2018
"
    );
    let json = serde_json::to_value(&terms[1]).unwrap();
    assert_eq!(json["kind"], "at");
    assert_eq!(json["standing"], "running");
    assert_eq!(json["last_day"], "2026-06-22");
    assert_eq!(json["start"], "2026-05-29");
    assert_eq!(json["then"][0]["way"]["to"][0], "closed");

    // What it waited for opens it, in the same call.
    let mut quiet = case.clone();
    let decision =
        quiet.fire(&Event::new("say").at(time("2026-06-20T09:00:00+02:00")).fact("quiet", true));
    assert_eq!(decision.steps.len(), 1);
    assert!(quiet.is_ended() && quiet.terms().is_empty() && quiet.next_deadline().is_none());

    // An unknown date stops the term: it is not listed.
    let stopped = begin(&workflow, start, &[]);
    assert!(stopped.terms().iter().all(|term| term.name != "ends"));
}

#[test]
fn failed_terms_are_listed_with_their_problem() {
    let workflow = permit_like();
    let mut case = begin(&workflow, "2026-05-29T09:00:00+02:00", &[]);
    case.advance(time("2026-07-01T09:00:00+02:00"));
    let terms = case.terms();
    let failed = terms.iter().find(|term| term.name == "patience").unwrap();
    let TermStatus::Failed { problem } = &failed.standing else { panic!("{failed:?}") };
    assert!(problem.contains("division by zero"), "{problem}");
    assert!(workflow.describe_terms(&terms, Language::Swedish).contains("lagd åt sidan"));
    case.fire(&Event::new("say").fact("divisor", 4));
    assert!(case.terms().iter().all(|term| term.name != "patience"), "{:?}", case.terms());
    assert_eq!(case.fact("result").unwrap().to_string(), "0.25");
}

/// A jump of thirty years over a term that comes again every month and one every year, another that is suspended and restarted
/// on the way, in one call and in many.
#[test]
fn thirty_years_at_once_are_thirty_years_in_steps() {
    let workflow = load(&json!({
        "id": "rounds", "timezone": "Europe/Stockholm", "calendar": { "holidays": "SE", "eves": true },
        "facts": {
            "from": { "format": "date", "default": "2000-01-31" }, "month": { "type": "integer", "default": 1 },
            "next_report": { "format": "date", "value": "next_workday(from + months(month))" },
            "reports": { "type": "integer", "default": 0 }, "years": { "type": "integer", "default": 0 }
        },
        "initial": "year",
        "states": {
            "year": {
                "after": { "P1Y": { "target": "year", "actions": "years += 1" } },
                "at": { "next_report": { "actions": ["reports += 1;", "month += 1;", "emit(`report`, #{ on: today });"] } }
            }
        }
    }));
    let start = "2000-01-31T08:00:00+01:00";
    let end = time("2030-01-31T12:00:00+01:00");
    let mut jumped = begin(&workflow, start, &[]);
    let decision = jumped.advance(end);
    assert_eq!(decision.outcome, Outcome::Advanced, "{:?}", decision.problems);
    // The report of January 2030 is due at the end of the 31st.
    assert_eq!(jumped.fact("years"), Some(30.into()));
    assert_eq!(jumped.fact("reports"), Some(359.into()));
    assert!(decision.steps.is_sorted_by_key(|step| step.at));
    assert!(decision.steps.iter().all(|step| step.at <= end && step.problems.is_empty()));
    assert_eq!(jumped.time(), end);
    let first = decision.emitted().take(3).map(|message| message.data["on"].to_string());
    // On the day behind the last: 29 February, 31 March, and 30 April of 2000, none of them on a day off.
    assert_eq!(first.collect::<Vec<_>>(), ["2000-03-01", "2000-04-01", "2000-05-03"]);

    let mut stepped = begin(&workflow, start, &[]);
    let mut steps = Vec::new();
    while let Some(next) = stepped.next_deadline().filter(|next| *next <= end) {
        let decision = stepped.advance(next);
        assert!(!decision.steps.is_empty(), "something is due at {next}");
        steps.extend(decision.into_answer().steps);
    }
    stepped.advance(end);
    assert_eq!(steps, decision.steps);
    assert_eq!(stepped.facts(), jumped.facts());
    assert_eq!(stepped.terms(), jumped.terms());
}

fn shipped(name: &str) -> Workflow {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("workflows").join(name);
    Workflow::from_json(&std::fs::read_to_string(path).unwrap())
        .unwrap_or_else(|report| panic!("{report}"))
}

/// One officer fires everything that a permit needs.
struct Permit {
    case: Case,
}

impl Permit {
    fn register(arrived: &str, deviates: bool) -> Self {
        let workflow = shipped("bygglov.json");
        let at = format!("{arrived}T09:00:00+01:00");
        let mut permit = Self { case: begin(&workflow, &at, &[]) };
        let fee: tresteg::Number = "10000".parse().unwrap();
        permit.fire(
            Event::new("register")
                .at(time(&at))
                .fact("arrived_on", arrived.parse::<Date>().unwrap())
                .fact("deviates_or_unplanned", deviates)
                .fact("full_fee_sek", fee),
        );
        permit
    }

    fn fire(&mut self, event: Event) {
        let roles = ["officer", "applicant", "committee"];
        let name = event.name.clone();
        // Who applied does not find the application complete.
        let id = if name == "complete_application" { "the applicant" } else { "someone" };
        let actor = roles.iter().fold(Actor::new(id), |actor, role| actor.role(*role));
        let decision = self.case.fire(&event.by(actor));
        assert_eq!(decision.outcome, Outcome::Moved, "{name}: {decision:?}");
    }

    fn at(&mut self, name: &str, at: &str) {
        self.fire(Event::new(name).at(time(at)));
    }

    fn grant(&mut self, at: &str) {
        self.fire(
            Event::new("grant")
                .at(time(at))
                .fact("meets_requirements", true)
                .fact("reasons_given", true)
                .fact("applicant_informed", true),
        );
    }

    fn fact(&self, name: &str) -> String {
        self.case.fact(name).map_or_else(|| "unknown".to_owned(), |value| value.to_string())
    }

    fn runs(&self, name: &str) -> bool {
        self.case.terms().iter().any(|term| term.name == name)
    }
}

/// Ten weeks from arrival; a completion that is ordered in time stops the clock, and it restarts from the day it was cured;
/// one extension of at most ten weeks; a fifth off the fee for each week begun too late.
#[test]
fn a_permit_is_suspended_restarted_and_extended_once() {
    // Undisturbed: ten weeks from Thursday 9 January 2025.
    let permit = Permit::register("2025-01-09", false);
    assert_eq!(permit.fact("decision_due"), "2025-03-20");

    // Suspended on the last day of three weeks: no time runs, over half a year.
    let mut permit = Permit::register("2025-01-09", false);
    permit.fire(
        Event::new("order_completion")
            .at(time("2025-01-30T16:00:00+01:00"))
            .fact("completion_wanted", "x"),
    );
    assert_eq!(permit.fact("decision_due"), "unknown");
    assert!(!permit.runs("decision_due"));
    permit.case.advance(time("2025-08-02T00:00:00+02:00"));
    permit.at("complete_application", "2025-08-04T09:00:00+02:00");
    // No time runs until somebody has seen that it is enough.
    assert_eq!(permit.fact("decision_due"), "unknown");
    permit.at("accept_as_complete", "2025-08-04T15:00:00+02:00");
    // Restarted: ten whole weeks from the day it was cured, over the autumn.
    assert_eq!(permit.fact("decision_due"), "2025-10-13");
    // Extended once, by at most ten weeks.
    let weeks = |weeks: i64| {
        Event::new("extend")
            .at(time("2025-10-02T09:00:00+02:00"))
            .fact("extension_reason", "x")
            .data("weeks", weeks)
    };
    let actor = || Actor::new("someone").role("officer").role("committee");
    let refused = |permit: &mut Permit, event: Event| permit.case.fire(&event.by(actor())).outcome;
    assert_eq!(refused(&mut permit, weeks(11)), Outcome::Blocked);
    permit.fire(weeks(10));
    assert_eq!(permit.fact("decision_due"), "2025-12-22");
    assert_eq!(refused(&mut permit, weeks(1)), Outcome::Blocked);
    let term = permit.case.terms().into_iter().find(|term| term.name == "decision_due").unwrap();
    assert_eq!(term.start, Some(day("2025-08-04")));
    assert!(term.source.unwrap().text.get("sv").unwrap().contains("9 kap. 27 §"));

    // The fee: whole on the last day, then a fifth less for each week begun, nothing after five.
    for (decided, weeks, fee) in [
        ("2025-12-22T23:59:00+01:00", "0", "10000"),
        ("2025-12-23T00:00:00+01:00", "1", "8000"),
        ("2025-12-29T23:59:00+01:00", "1", "8000"),
        ("2025-12-30T00:00:00+01:00", "2", "6000"),
        ("2026-01-06T00:00:00+01:00", "3", "4000"),
        ("2026-01-13T00:00:00+01:00", "4", "2000"),
        ("2026-01-20T00:00:00+01:00", "5", "0"),
        ("2030-01-20T00:00:00+01:00", "213", "0"),
    ] {
        let mut decided_then = Permit { case: permit.case.clone() };
        decided_then.grant(decided);
        assert_eq!(decided_then.fact("weeks_late"), weeks, "{decided}");
        assert_eq!(decided_then.fact("fee_charged_sek"), fee, "{decided}");
    }
}

/// An order that comes too late does not stop the clock; what is late stays listed until the decision.
#[test]
fn a_permit_s_clock_goes_on_after_three_weeks() {
    let mut permit = Permit::register("2025-01-09", false);
    permit.fire(
        Event::new("order_completion")
            .at(time("2025-01-31T08:00:00+01:00"))
            .fact("completion_wanted", "x"),
    );
    assert_eq!(permit.fact("decision_due"), "2025-03-20");
    permit.at("complete_application", "2025-03-02T09:00:00+01:00");
    permit.at("accept_as_complete", "2025-03-03T09:00:00+01:00");
    assert_eq!(permit.fact("decision_due"), "2025-03-20");
}

/// Ends of terms of law that fall on a day off move to the next working day.
#[test]
fn a_permit_s_terms_do_not_end_on_a_day_off() {
    // Ten weeks end on Good Friday 2025, the three for an order of completion on an ordinary Friday.
    let permit = Permit::register("2025-02-07", false);
    assert_eq!(permit.fact("decision_due"), "2025-04-22");
    assert_eq!(permit.fact("completion_order_due"), "2025-02-28");
    assert_eq!(
        permit.case.terms().iter().map(|term| term.kind).collect::<Vec<_>>(),
        [TermKind::At, TermKind::At]
    );
}

/// The example of the guide does what the text around it says.
#[test]
fn the_guide_s_terms() {
    let guide = include_str!("../src/guide/format.md");
    let mut blocks = guide.split("```json workflow\n").filter_map(|rest| rest.split("```").next());
    let example = blocks.find(|block| block.contains("next_workday")).unwrap();
    let workflow = Workflow::from_json(example).unwrap_or_else(|report| panic!("{report}"));
    assert!(workflow.warnings().diagnostics().is_empty(), "{}", workflow.warnings());
    let mut case = begin(&workflow, "2026-01-22T09:00:00+01:00", &[]);
    let mut fire = |event: Event, at: &str| {
        let decision = case.fire(&event.at(time(at)));
        (
            decision.outcome,
            case.terms()
                .iter()
                .map(|term| format!("{} {}", term.name, term.last_day.unwrap()))
                .collect::<Vec<_>>(),
        )
    };
    // Ten weeks end on Good Friday.
    let (_, terms) = fire(Event::new("complete"), "2026-01-23T09:00:00+01:00");
    assert_eq!(terms, ["decide_by 2026-04-07"]);
    let (_, terms) = fire(Event::new("ask_for_more"), "2026-02-02T09:00:00+01:00");
    assert!(terms.is_empty());
    let (_, terms) = fire(Event::new("complete"), "2026-03-02T09:00:00+01:00");
    assert_eq!(terms, ["decide_by 2026-05-11"]);
    let extend = || Event::new("extend").fact("extra_weeks", 10);
    let (_, terms) = fire(extend(), "2026-03-03T09:00:00+01:00");
    assert_eq!(terms, ["decide_by 2026-07-20"]);
    assert_eq!(fire(extend(), "2026-03-04T09:00:00+01:00").0, Outcome::Blocked);
    // The second day after a Thursday is a Saturday.
    let (_, terms) = fire(Event::new("adjust"), "2026-03-05T09:00:00+01:00");
    assert_eq!(terms, ["announce_by 2026-03-09", "decide_by 2026-07-20"]);
    let (_, terms) = fire(Event::new("announce"), "2026-03-13T09:00:00+01:00");
    assert_eq!(terms, ["appeal_ends 2026-04-07", "decide_by 2026-07-20"]);
    assert_eq!(case.fact("reply_by"), Some(day("2026-03-09")));
    let decision = case.advance(time("2026-04-08T00:00:00+02:00"));
    assert_eq!(case.states(), ["final"]);
    assert!(decision.emitted().next().is_none());
}
