//! Costs of verdicts against the case that fires.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::fmt::Write as _;

use proptest::prelude::*;

use super::rows::{Binding, Known};
use super::situations::Player;
use super::*;
use crate::case::event::Event;
use crate::case::instance::Case;
use crate::case::step::ways::{Deviations, Guards};
use crate::limits::Limits;

/// Guards over two facts, of which either may be unknown.
const GUARDS: [&str; 6] =
    ["x > 0", "y > 0", "x > y", "count(`e0`) < 2", "x > 0 && y < 2", "x == 1 || y == 1"];

/// A workflow of four states and three events, and one that is silent; what stands where is drawn.
fn workflow(drawn: &[u8], has_silent: bool) -> String {
    let mut drawn = drawn.iter().copied().cycle();
    let mut next = move |most: u8| drawn.next().unwrap_or(0) % most;
    let mut states = String::new();
    for state in 0..4 {
        let mut on = Vec::new();
        for event in ["e0", "e1", "e2", "s"] {
            let many = next(3);
            if event == "s" && !has_silent {
                continue;
            }
            let list: Vec<String> = (0..many)
                .map(|_| {
                    let target = match next(5) {
                        4 => "end".to_owned(),
                        other => format!("q{other}"),
                    };
                    let guard = match next(3) {
                        0 => String::new(),
                        _ => format!(", \"guard\": \"{}\"", GUARDS[usize::from(next(6))]),
                    };
                    format!("{{ \"target\": \"{target}\"{guard} }}")
                })
                .collect();
            if !list.is_empty() {
                on.push(format!("\"{event}\": [{}]", list.join(", ")));
            }
        }
        let always = match next(6) {
            0 => format!(
                ", \"always\": [{{ \"target\": \"q{}\", \"guard\": \"x == 3\" }}]",
                (state + 1) % 4
            ),
            _ => String::new(),
        };
        let _: std::fmt::Result =
            write!(states, "\"q{state}\": {{ \"on\": {{ {} }}{always} }},", on.join(", "));
    }
    format!(
        r#"{{ "id": "w", "facts": {{ "x": {{ "type": "integer" }}, "y": {{ "type": "integer" }} }},
        "events": {{ "e0": {{ "sets": ["x"] }}, "e1": {{ "sets": ["x", "y"] }}, "e2": {{ "sets": ["y"] }}, "s": {{ "silent": true }} }},
        "initial": "q0", "states": {{ {states} "end": {{ "type": "final" }} }} }}"#
    )
}

fn load(text: &str) -> Option<LogMap> {
    let map = r#"{ "workflow": "w.json", "facts": { "x": "x", "y": "y" }, "events": { "e0": "e0", "e1": "e1", "e2": "e2" } }"#;
    LogMap::load("m.json", map, &mut |_: &str| Ok(text.to_owned()), &Limits::default()).ok()
}

/// Events with what each says.
type Trace = Vec<(u8, Option<u8>, Option<u8>)>;

fn log(trace: &Trace) -> EventLog {
    let mut text = String::from("<log><trace>");
    for (event, x, y) in trace {
        let _: std::fmt::Result =
            write!(text, "<event><string key=\"concept:name\" value=\"e{event}\"/>");
        for (key, value) in [("x", x), ("y", y)] {
            if let Some(value) = value {
                let _: std::fmt::Result = write!(text, "<int key=\"{key}\" value=\"{value}\"/>");
            }
        }
        text.push_str("</event>");
    }
    read_xes(format!("{text}</trace></log>").as_bytes(), &Bounds::default()).unwrap()
}

fn traces() -> impl Strategy<Value = Trace> {
    let value = || proptest::option::of(0_u8..4);
    proptest::collection::vec((0_u8..3, value(), value()), 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn without_cost_a_trace_goes_the_way_of_a_case_that_fires(
        drawn in proptest::collection::vec(any::<u8>(), 40..80),
        trace in traces(),
    ) {
        let Some(map) = load(&workflow(&drawn, false)) else { return Ok(()) };
        let log = log(&trace);
        let found = check(&log, &map, CheckOptions::default());
        let mut case = Case::start(map.workflow(), None, Default::default()).unwrap().0;
        let fired = trace.iter().all(|(event, x, y)| {
            let mut fired = Event::new(format!("e{event}"));
            let carries = [*event < 2, *event > 0];
            for (name, value, carries) in [("x", x, carries[0]), ("y", y, carries[1])] {
                if let Some(value) = value.filter(|_| carries) {
                    fired = fired.fact(name, i64::from(value));
                }
            }
            case.fire(&fired).is_moved()
        });
        prop_assert_eq!(found.fitting == 1, fired && case.is_ended());
    }

    #[test]
    fn no_cost_is_what_gates_let_through_and_guards_off_lets_through_more(
        drawn in proptest::collection::vec(any::<u8>(), 40..80),
        trace in traces(),
    ) {
        let Some(map) = load(&workflow(&drawn, true)) else { return Ok(()) };
        let log = log(&trace);
        let binding = Binding::new(&log, &map);
        let mut known = Known::default();
        let player = Player::new(&binding, Terms::Silent, None);
        let rows = binding.rows(&log.trace(0).unwrap(), false, false, &mut known);
        let start = rows.start.unwrap();
        let gate = player.replay(&start, &rows.rows, &known, Guards::Gate);
        let cost = player.replay(&start, &rows.rows, &known, Guards::Cost);
        prop_assume!(!cost.is_cut);
        let free = cost.end.as_ref().is_some_and(|end| end.cost == Deviations::default());
        prop_assert_eq!(gate.end.is_some(), free);
        // With the guards off an alignment without cost is a replay at any.
        let off = align(&log, &map, CheckOptions::default(), AlignGuards::Off);
        prop_assert_eq!(off.cost.contains_key(&0), cost.end.is_some());
        let hard = align(&log, &map, CheckOptions::default(), AlignGuards::Hard);
        prop_assert_eq!(hard.cost.contains_key(&0), gate.end.is_some());
    }
}
