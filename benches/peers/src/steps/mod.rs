//! A flat machine of ten states and five events with a guard each (`machine.json`), in every engine: the same events one after
//! another, in a round that ends where it began. An event moves the machine, is refused by its guard, or is not expected.
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
    fn read() -> Self {
        let machine: Value = serde_json::from_str(MACHINE).unwrap_or_default();
        let texts = |key: &str| -> Vec<String> {
            let all = machine[key].as_array().into_iter().flatten();
            all.filter_map(|text| text.as_str().map(str::to_owned)).collect()
        };
        Self { events: texts("x-events"), states: texts("x-states") }
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

pub fn print() {
    let round = Round::read();
    assert_eq!(round.states().collect::<std::collections::BTreeSet<_>>().len(), 10);
    let decide = ours::decide(&round);
    let fire = ours::fire(&round);
    let statig = by_hand::statig(&round);
    let petgraph = petgraph_rhai::handle(&round);
    println!("\n### a flat machine, ten states, {} events, ns an event\n", round.events.len());
    println!("| engine | min/median/max | to our deciding |");
    println!("|---|---|---|");
    let to = |taken: Nanoseconds| format!("{:.2} ×", taken[0] / decide[0]);
    println!("| tresteg, decided without recording | {} | 1 |", shown(decide));
    println!("| tresteg, `fire` | {} | {} |", shown(fire), to(fire));
    println!("| statig 0.4, macro | {} | {} |", shown(statig), to(statig));
    println!("| petgraph 0.8 + rhai 1.27, by hand | {} | {} |", shown(petgraph), to(petgraph));
    println!("\ndeciding takes {:.2} × statig", decide[0] / statig[0]);
    println!(
        "XState: `npm ci && node machine.mjs` in benches/peers/xstate; divide its least by {:.1}",
        decide[0]
    );
}
