//! The library beside other engines, in one process: both lists of guards beside LuaJIT, g1 to g15 in every engine, and steps of
//! a flat state machine.
//!
//! `cargo run --release --manifest-path benches/peers/Cargo.toml` prints the tables; `speed`, `rules` or `steps` behind `--` prints
//! one of them. `--no-default-features` builds LuaJIT and Rhai alone, for `speed`. XState runs under Node, see `xstate/machine.mjs`. Every answer is compared before anything is measured.

#[path = "../../batch.rs"]
mod batch;
#[path = "../../calendar.rs"]
mod calendar;
#[path = "../../guards.rs"]
mod guards;
mod jit;
mod rules;
#[path = "../../speed.rs"]
mod speed;
#[cfg(feature = "others")]
mod steps;
mod texts;
#[path = "../../written.rs"]
mod written;

/// An engine that cannot be asked says why.
pub type Made<T> = Result<T, &'static str>;

/// Least, median and most nanoseconds of a call.
pub type Nanoseconds = [f64; 3];

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let all = wanted.is_empty();
    if all || wanted.iter().any(|name| name == "speed") {
        jit::run();
        batch::main();
    }
    if all || wanted.iter().any(|name| name == "rules") {
        rules::print();
    }
    #[cfg(feature = "others")]
    if all || wanted.iter().any(|name| name == "steps") {
        steps::print();
    }
}

fn shown([least, median, most]: Nanoseconds) -> String {
    let digits = |value: f64| match value {
        value if value < 100.0 => format!("{value:.1}"),
        value => format!("{value:.0}"),
    };
    format!("{}/{}/{}", digits(least), digits(median), digits(most))
}

/// The geometric mean.
fn mean(ratios: impl IntoIterator<Item = f64>) -> f64 {
    let (count, logs) =
        ratios.into_iter().fold((0, 0.0), |(count, logs), ratio| (count + 1, logs + ratio.ln()));
    (logs / f64::from(count.max(1))).exp()
}
