//! Rows a second on one core, from memory: rules asked of a table, beside a hand-written loop over the same columns.
//!
//! `cargo bench --bench batch` prints nanoseconds a row (min, median, max over samples) and million rows a second; the package
//! `peers` prints it too.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, clippy::indexing_slicing)]

use std::hint::black_box;
use std::time::Instant;

use tresteg::Workflow;
use tresteg::batch::Table;

const ROWS: usize = 1 << 20;
const SAMPLES: usize = 31;

struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

fn workflow() -> Workflow {
    let share = r#"{ "type": "number", "minimum": 0, "maximum": 1 }"#;
    Workflow::from_json(&format!(
        r#"{{ "id": "w", "states": {{ "s": {{}} }},
        "facts": {{ "partner_sectors": {{ "type": "integer" }}, "risk_assessed": {{ "type": "boolean" }}, "trust": {share}, "diversity": {share},
            "shared_power": {share}, "small_scale": {share}, "courage": {share},
            "note": {{ "type": "string" }}, "partners": {{ "type": "array", "items": {{ "type": "object", "properties": {{ "signed": {{ "type": "boolean" }} }} }} }} }},
        "factors": {{ "g2": {{ "guard": "partner_sectors >= 2 && risk_assessed && trust >= 0.6" }},
            "g4": {{ "guard": "0.3*diversity + 0.3*shared_power + 0.2*small_scale + 0.2*courage >= 0.6" }},
            "looped": {{ "guard": "partners.some(|p| p.signed)" }}, "text": {{ "guard": "lower(note) == `yes`" }} }} }}"#
    ))
    .unwrap()
}

/// The same columns, as a program would hold them.
#[derive(Default)]
struct Native {
    partner_sectors: Vec<i32>,
    risk_assessed: Vec<u8>,
    shares: [Vec<i32>; 5],
}

/// A hand-written loop: whether each row holds, a byte for each.
fn g2(native: &Native, out: &mut [u8]) {
    let columns = native.partner_sectors.iter().zip(&native.risk_assessed).zip(&native.shares[0]);
    for (out, ((sectors, risk), trust)) in out.iter_mut().zip(columns) {
        *out = u8::from(*sectors >= 2) & risk & u8::from(*trust >= 600_000);
    }
}

fn g4(native: &Native, out: &mut [u8]) {
    let [_, a, b, c, d] = &native.shares;
    for (out, (((a, b), c), d)) in out.iter_mut().zip(a.iter().zip(b).zip(c).zip(d)) {
        let sum = a.wrapping_mul(3).wrapping_add(b.wrapping_mul(3));
        *out = u8::from(
            sum.wrapping_add(c.wrapping_mul(2)).wrapping_add(d.wrapping_mul(2)) >= 6_000_000,
        );
    }
}

/// Nanoseconds a row: least, median, most.
fn measure(rows: usize, mut run: impl FnMut() -> usize) -> [f64; 3] {
    let mut samples: Vec<f64> = (0..SAMPLES)
        .map(|_| {
            let started = Instant::now();
            black_box(run());
            started.elapsed().as_secs_f64() * 1e9 / rows as f64
        })
        .collect();
    samples.sort_by(f64::total_cmp);
    [samples[0], samples[SAMPLES / 2], samples[SAMPLES - 1]]
}

/// What else the machine does only adds: rates and ratios are those of the least.
fn tell(name: &str, [least, median, most]: [f64; 3], ratio: Option<f64>) {
    println!(
        "| {name} | {least:.3} | {median:.3} | {most:.3} | {:.0} | {} |",
        1e3 / least,
        ratio.map_or(String::new(), |ratio| format!("{ratio:.2}"))
    );
}

/// Prints the table.
pub fn main() {
    let workflow = workflow();
    let mut table = Table::new(&workflow);
    table.threads(1);
    let mut native = Native::default();
    let mut dice = Dice(7);
    let names = ["trust", "diversity", "shared_power", "small_scale", "courage"];
    let heading =
        table.heading(["partner_sectors", "risk_assessed"].into_iter().chain(names)).unwrap();
    let started = Instant::now();
    for _ in 0..ROWS {
        let (sectors, risk) = (dice.below(5), dice.below(2));
        let shares = names.map(|_| dice.below(1_000_001));
        native.partner_sectors.push(sectors as i32);
        native.risk_assessed.push(risk as u8);
        for (column, share) in native.shares.iter_mut().zip(shares) {
            column.push(share as i32);
        }
        let mut texts = vec![sectors.to_string(), ["no", "yes"][risk as usize].to_owned()];
        texts.extend(shares.map(|share| format!("{}.{:06}", share / 1_000_000, share % 1_000_000)));
        table.push_texts(&heading, texts.iter().map(String::as_str)).unwrap();
    }
    println!(
        "\n### Tables: {ROWS} rows read from texts in {:.2} s, {} bytes a row\n",
        started.elapsed().as_secs_f64(),
        table.bytes() / ROWS
    );
    println!("| | ns a row, least | median | most | million rows a second | × by hand |");
    println!("|---|---|---|---|---|---|");
    let mut out = vec![0_u8; ROWS];
    for (name, hand) in [("g2", g2 as fn(&Native, &mut [u8])), ("g4", g4)] {
        let rule = workflow.rule_handle(name).unwrap();
        let ours = measure(ROWS, || table.holds(&rule).unwrap().rows());
        let by_hand = measure(ROWS, || {
            hand(black_box(&native), &mut out);
            out.len()
        });
        let all = table.holds(&rule).unwrap();
        assert_eq!(all.truth().count(), out.iter().filter(|byte| **byte == 1).count());
        assert_eq!(all.asked(), 0);
        tell(&format!("{name}, one thread"), ours, Some(ours[0] / by_hand[0]));
        tell(&format!("{name}, by hand"), by_hand, None);
        let mut both = table.clone();
        both.threads(2);
        let two = measure(ROWS, || both.holds(&rule).unwrap().rows());
        tell(&format!("{name}, two threads"), two, None);
    }
    let mut few = Table::new(&workflow);
    few.threads(1);
    for row in 0..1 << 14 {
        few.push_json(&format!(
            r#"{{"note": "{}", "partners": [{{"signed": {}}}, {{"signed": false}}]}}"#,
            ["Yes", "no"][row % 2],
            row % 2 == 0
        ))
        .unwrap();
    }
    for name in ["looped", "text"] {
        let rule = workflow.rule_handle(name).unwrap();
        let found = few.holds(&rule).unwrap();
        assert_eq!(found.truth().count(), 1 << 13);
        let by = if found.asked() == 0 { "by columns" } else { "row by row" };
        let taken = measure(1 << 14, || few.holds(&rule).unwrap().rows());
        tell(&format!("a {name}, {by}"), taken, None);
    }
}
