//! A flat machine of ten states and five events with a guard each (`machine.json`), in every engine: the same events one after
//! another, in a round that ends where it began. An event moves the machine, is refused by its guard, or is not expected.
//!
//! What is not expected costs most engines next to nothing, and is more than a quarter of the round, as it is of all pairs of a
//! state and an event. So beside the figure of the whole round stands that of the same round without it: every event asks a guard.
//!
//! Facts are set before, and stay. A peer's machine moves; ours is asked what it would do, without recording, in the state that
//! the machine has then come to, and beside that fires.

mod by_hand;
mod ours;
mod petgraph_rhai;

use serde_json::Value;

use crate::guards::measure;
use crate::{Nanoseconds, shown};

const MACHINE: &str = include_str!("../../machine.json");

/// The events of a round, and the state after each.
struct Round {
    events: Vec<String>,
    states: Vec<String>,
}

impl Round {
    fn read(machine: &Value) -> Self {
        let texts = |key: &str| -> Vec<String> {
            let all = machine[key].as_array().into_iter().flatten();
            all.filter_map(|text| text.as_str().map(str::to_owned)).collect()
        };
        Self { events: texts("x-events"), states: texts("x-states") }
    }

    /// Without events that are not expected, which leave the machine where it is.
    fn asking(&self, machine: &Value) -> Self {
        let all = self.before().zip(self.events.iter().zip(&self.states));
        let asking = all.filter(|(before, (event, _))| {
            !machine["states"][*before]["on"][event.as_str()].is_null()
        });
        let (events, states) = asking.map(|(_, pair)| pair).unzip::<_, _, Vec<_>, Vec<_>>();
        let owned = |texts: Vec<&String>| texts.into_iter().cloned().collect();
        Self { events: owned(events), states: owned(states) }
    }

    fn states(&self) -> impl Iterator<Item = &str> {
        self.states.iter().map(String::as_str)
    }

    /// The state in which each event comes.
    fn before(&self) -> impl Iterator<Item = &str> {
        self.states().last().into_iter().chain(self.states()).take(self.events.len())
    }

    /// Nanoseconds of an event.
    fn measure(&self, mut run: impl FnMut()) -> Nanoseconds {
        measure(|| {
            run();
            self.events.len()
        })
    }
}

/// How an engine answers a round.
type Answer = fn(&Round) -> Nanoseconds;

const ENGINES: &[(&str, Answer)] = &[
    ("tresteg, decided without recording", ours::decide),
    ("tresteg, `fire`", ours::fire),
    ("statig 0.4, macro", by_hand::statig),
    ("petgraph 0.8 + rhai 1.27, by hand", petgraph_rhai::handle),
];

pub fn print() {
    let machine: Value = serde_json::from_str(MACHINE).unwrap_or_default();
    let round = Round::read(&machine);
    assert_eq!(round.states().collect::<std::collections::BTreeSet<_>>().len(), 10);
    let asking = round.asking(&machine);
    let rounds = [&round, &asking];
    let taken = ENGINES.iter().map(|(_, answer)| rounds.map(answer));
    let taken: Vec<[Nanoseconds; 2]> = taken.collect();
    let counts = rounds.map(|round| round.events.len());
    println!("\n### a flat machine, ten states, ns an event: min/median/max\n");
    println!(
        "| engine | all {} events | to our deciding | the {} that ask a guard | to our deciding |",
        counts[0], counts[1]
    );
    println!("|---|---|---|---|---|");
    for ((engine, _), own) in ENGINES.iter().zip(&taken) {
        let columns = own
            .iter()
            .zip(&taken[0])
            .map(|(own, decide)| format!("{} | {:.2} ×", shown(*own), own[0] / decide[0]));
        println!("| {engine} | {} |", columns.collect::<Vec<_>>().join(" | "));
    }
    let [all, asking] = [0, 1].map(|round| taken[0][round][0]);
    println!(
        "\ndeciding takes {:.2} × statig, {:.2} × where a guard is asked",
        all / taken[2][0][0],
        asking / taken[2][1][0]
    );
    println!(
        "XState: `npm ci && node machine.mjs` in benches/peers/xstate; divide its least by {all:.1} and {asking:.1}"
    );
}
