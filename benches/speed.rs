//! The speed of rules, two lists of them: g1 to g15 (`guards.rs`), and rules as people write them (`written.rs`).
//!
//! Whatever is set beside something else is measured in the same rounds: a tenth of a millisecond of each in turn, the least of
//! all rounds counts. What else the machine does only adds, and between two of its turns there are many such samples. Every
//! answer is compared before anything is measured.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

use rhai::{AST, Engine, Scope};
use tresteg::batch::{FactHandle, Row, RuleHandle, Table};
use tresteg::{Truth, Value, Workflow};

use crate::guards::{self, Dice};
use crate::written;

/// Random rows of the first list; a power of two.
const ROWS: usize = 4_096;
/// Of the second, whose rows hold far more: some twenty records each. A power of two.
const FEWER: usize = 1_024;
/// Alike rows: as many as the nearest memory holds.
const ALIKE: usize = 64;
/// Rows for what is slow, so that a sample is short: whatever else the machine does falls between some of them.
const SLOW: usize = 64;

/// Asks all its rows once; how many questions that were.
pub type Run<'r> = Box<dyn FnMut() -> usize + 'r>;

type ByHand<N> = Box<dyn Fn(&N) -> bool>;

/// Facts by name; `None` is unknown.
type Values = Vec<(&'static str, Option<Value>)>;

pub struct Guard<N> {
    pub name: String,
    kind: String,
    /// The fact that is set anew before each question.
    sets: String,
    by_hand: ByHand<N>,
    rhai: String,
    handle: RuleHandle,
}

pub struct List<N> {
    title: &'static str,
    workflow: Workflow,
    pub guards: Vec<Guard<N>>,
    values: fn(&N) -> Values,
    scope: fn(&N, &str) -> Scope<'static>,
    rhai: Engine,
    /// By hand, floats may round otherwise.
    rounds: fn(&str) -> bool,
    alike: Vec<N>,
    random: Vec<N>,
    /// Only compared: their lists are of different lengths.
    ragged: Vec<N>,
}

/// Another engine that is asked in the same rounds.
pub trait Peer<N> {
    const NAME: &str;

    /// The guard over these rows; `None` where it is not written in this language. Answers are told first, by row.
    fn prepare<'r>(
        &'r self,
        guard: &str,
        rows: &'r [N],
        tell: &mut dyn FnMut(usize, bool),
    ) -> Option<Vec<Run<'r>>>;
}

/// What all take for one guard, in nanoseconds.
struct Taken {
    name: String,
    kind: String,
    by_hand: f64,
    asked: f64,
    set_and_asked: f64,
    evaluator: f64,
    rhai: f64,
    peer: Option<f64>,
    /// The share of rows on which it holds.
    holds: f64,
}

pub fn tuned() -> List<guards::Native> {
    let workflow = guards::workflow();
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let kind = |rule: &str| *guards::KINDS.iter().find(|kind| kind.0 == rule).unwrap();
    List {
        title: "g1 to g15",
        guards: (guards::RULES.iter())
            .map(|(name, _, rhai, by_hand)| Guard {
                name: (*name).to_owned(),
                kind: kind(name).1.to_owned(),
                sets: kind(name).2.to_owned(),
                by_hand: by_hand(),
                rhai: (*rhai).to_owned(),
                handle: workflow.rule_handle(name).unwrap(),
            })
            .collect(),
        workflow,
        values: guards::values,
        scope: |native, _| guards::scope(native),
        rhai: Engine::new(),
        rounds: guards::rounds,
        alike: vec![guards::all_true(); ALIKE],
        random: (0..ROWS).map(|_| guards::random(&mut dice)).collect(),
        ragged: Vec::new(),
    }
}

pub fn written() -> List<written::Native> {
    let workflow = written::workflow();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let file: serde_json::Value = serde_json::from_str(written::TEXT).unwrap();
    let factors = file["factors"].as_object().unwrap();
    let tagged = factors.values().filter(|factor| factor["x-kind"].is_string()).count();
    assert_eq!(tagged, written::RULES.len(), "each rule of the file is written by hand");
    let tag = |rule: &str, key: &str| factors[rule][key].as_str().unwrap().to_owned();
    List {
        title: "w1 to w64, as people write them",
        guards: (written::RULES.iter())
            .map(|(name, by_hand, rhai)| Guard {
                name: (*name).to_owned(),
                kind: tag(name, "x-kind"),
                sets: tag(name, "x-sets"),
                by_hand: by_hand(),
                rhai: format!("{}{rhai}", written::RHAI_HEAD),
                handle: workflow.rule_handle(name).unwrap(),
            })
            .collect(),
        workflow,
        values: written::values,
        scope: written::scope,
        rhai: written::engine(),
        rounds: |_| false,
        alike: vec![written::typical(); ALIKE],
        random: (0..FEWER).map(|_| written::random(&mut dice)).collect(),
        ragged: (0..8 * FEWER).map(|_| written::ragged(&mut dice)).collect(),
    }
}

/// The nanoseconds of one question, the least for each.
fn together(runs: &mut [Run]) -> Vec<f64> {
    const SAMPLE: f64 = 1e-4;
    let rounds = std::env::var("SPEED_ROUNDS").ok().and_then(|text| text.parse().ok());
    let rounds: usize = rounds.unwrap_or(80);
    let seconds = |run: &mut Run, batches: usize| {
        let started = Instant::now();
        let questions: usize = (0..batches).map(|_| run()).sum();
        (started.elapsed().as_secs_f64(), questions as f64)
    };
    let batches: Vec<usize> = (runs.iter_mut())
        .map(|run| {
            let least = (0..5).map(|_| seconds(run, 1).0).fold(f64::MAX, f64::min);
            ((SAMPLE / least) as usize).max(1)
        })
        .collect();
    let mut least = vec![f64::MAX; runs.len()];
    for _ in 0..rounds {
        for ((run, batches), least) in runs.iter_mut().zip(&batches).zip(&mut least) {
            // What the one before has left in the caches is not its business.
            run();
            let (seconds, questions) = seconds(run, *batches);
            *least = least.min(seconds * 1e9 / questions);
        }
    }
    least
}

impl<N> List<N> {
    fn rows(&self, natives: &[N]) -> Vec<Row> {
        let values = natives.iter().map(|native| (self.values)(native));
        values.map(|values| guards::row(&self.workflow, values)).collect()
    }

    /// Compiled, by the evaluator and by hand; each guard holds on some random rows, and on some not.
    fn compare(&self) {
        for natives in [&self.alike, &self.random, &self.ragged] {
            let rows = self.rows(natives);
            for guard in &self.guards {
                for (place, (row, native)) in rows.iter().zip(natives).enumerate() {
                    let found = row.holds(&guard.handle).unwrap();
                    let evaluated = row.holds_by_evaluator(&guard.handle).unwrap();
                    assert_eq!(found, evaluated, "{}, row {place}", guard.name);
                    let by_hand = if (guard.by_hand)(native) { Truth::True } else { Truth::False };
                    let close = (self.rounds)(&guard.name) && found != Truth::Unknown;
                    assert!(close || found == by_hand, "{}, row {place}: {found:?}", guard.name);
                }
            }
        }
        for guard in &self.guards {
            let holds = self.share(guard, &self.random);
            assert!((0.02..=0.98).contains(&holds), "{} on {holds} of the rows", guard.name);
        }
    }

    fn share(&self, guard: &Guard<N>, natives: &[N]) -> f64 {
        let holds = natives.iter().filter(|native| (guard.by_hand)(native)).count();
        holds as f64 / natives.len() as f64
    }

    fn take<P: Peer<N>>(&self, guard: &Guard<N>, natives: &[N], rows: &[Row], peer: &P) -> Taken {
        let handle = &guard.handle;
        let by_hand = black_box(&guard.by_hand);
        let checked = |engine: &str, place: usize, answer: bool| {
            let native = &natives[place];
            let exact = || rows[place].holds(handle) == Ok(Truth::True);
            let same = answer == by_hand(native) || (self.rounds)(&guard.name) && answer == exact();
            assert!(same, "{} in {engine}, row {place}", guard.name);
        };

        let set = self.workflow.fact_handle(&guard.sets).unwrap();
        let value = |native: &N| {
            let mut values = (self.values)(native).into_iter();
            values.find(|(name, _)| *name == guard.sets).unwrap().1
        };
        let mut values: Vec<Option<Value>> = natives.iter().map(value).collect();
        if values.iter().flatten().any(|value| matches!(value, Value::List(_))) {
            values.truncate(2 * SLOW);
        }
        let (mut changing, mut turn) = (rows[..values.len()].to_vec(), 0);

        let ast: AST = self.rhai.compile(&guard.rhai).unwrap();
        let slow = &natives[..natives.len().min(SLOW)];
        let mut scopes: Vec<Scope> =
            slow.iter().map(|native| (self.scope)(native, &guard.rhai)).collect();
        let in_rhai = |scope: &mut Scope<'static>| {
            let size = scope.len();
            let found = self.rhai.eval_ast_with_scope::<bool>(scope, &ast);
            scope.rewind(size);
            found.unwrap_or_else(|error| panic!("{} in Rhai: {error}", guard.name))
        };
        for (place, scope) in scopes.iter_mut().enumerate() {
            checked("Rhai", place, in_rhai(scope));
        }

        let mut runs: Vec<Run> = vec![
            Box::new(|| {
                natives.iter().filter(|native| black_box(by_hand)(black_box(native))).count();
                natives.len()
            }),
            Box::new(|| {
                let holds = |row: &&Row| holds(row, handle);
                rows.iter().filter(holds).count();
                rows.len()
            }),
            Box::new(|| {
                turn += 1;
                let mask = changing.len() - 1;
                for (place, row) in changing.iter_mut().enumerate() {
                    change(row, set, &values[(place + turn) & mask]);
                    black_box(holds(row, handle));
                }
                changing.len()
            }),
            Box::new(|| {
                for row in &rows[..slow.len()] {
                    let found = black_box(row).holds_by_evaluator(black_box(handle));
                    black_box(matches!(found, Ok(Truth::True)));
                }
                slow.len()
            }),
            Box::new(|| {
                for scope in &mut scopes {
                    black_box(in_rhai(scope));
                }
                slow.len()
            }),
        ];
        let others =
            peer.prepare(&guard.name, natives, &mut |place, found| checked(P::NAME, place, found));
        runs.extend(others.into_iter().flatten());
        let least = together(&mut runs);
        Taken {
            name: guard.name.clone(),
            kind: guard.kind.clone(),
            by_hand: least[0],
            asked: least[1],
            set_and_asked: least[2],
            evaluator: least[3],
            rhai: least[4],
            peer: least[5..].iter().copied().reduce(f64::min),
            holds: self.share(guard, natives),
        }
    }

    /// All guards in turn on each row: by hand, asked. Piece by piece, since a sample of all rows would be long; a piece has
    /// some eight thousand questions, which no predictor learns.
    fn in_turn(&self, natives: &[N]) -> [f64; 2] {
        let rows = self.rows(natives);
        let piece = (8_192 / self.guards.len()).min(natives.len());
        let mut sums = [0.0; 2];
        for (natives, rows) in natives.chunks_exact(piece).zip(rows.chunks_exact(piece)) {
            let questions = rows.len() * self.guards.len();
            let least = together(&mut [
                Box::new(|| {
                    for native in natives {
                        for guard in &self.guards {
                            black_box(black_box(&guard.by_hand)(black_box(native)));
                        }
                    }
                    questions
                }),
                Box::new(|| {
                    for row in rows {
                        for guard in &self.guards {
                            black_box(holds(row, &guard.handle));
                        }
                    }
                    questions
                }),
            ]);
            sums = [sums[0] + least[0], sums[1] + least[1]];
        }
        sums.map(|sum| sum / (natives.len() / piece) as f64)
    }

    /// Each guard asked of rows on which three of ten facts are unknown.
    fn unknown(&self) -> Vec<f64> {
        let mut dice = Dice(0x1234_5678_9abc_def1);
        let mut rows = self.rows(&self.random);
        for (row, native) in rows.iter_mut().zip(&self.random) {
            for (name, _) in (self.values)(native) {
                if dice.below(10) < 3 {
                    row.forget(self.workflow.fact_handle(name).unwrap());
                }
            }
        }
        let each = self.guards.iter().map(|guard| {
            for (place, row) in rows.iter().enumerate() {
                let found = row.holds(&guard.handle).unwrap();
                let evaluated = row.holds_by_evaluator(&guard.handle).unwrap();
                assert_eq!(found, evaluated, "{}, row {place}, some unknown", guard.name);
            }
            let run: Run = Box::new(|| {
                for row in &rows {
                    black_box(holds(row, &guard.handle));
                }
                rows.len()
            });
            together(&mut [run])[0]
        });
        each.collect()
    }

    /// Nanoseconds a row of a table, on one thread, and whether all rows are answered by columns.
    fn by_columns(&self) -> Vec<(f64, bool)> {
        let (mut table, mut few) = (Table::new(&self.workflow), Table::new(&self.workflow));
        table.threads(1);
        few.threads(1);
        for (place, native) in self.random.iter().enumerate() {
            let known = (self.values)(native).into_iter();
            let known = known.filter_map(|(name, value)| Some((name, value?)));
            let row: Value = known.collect();
            let row = serde_json::to_string(&row).unwrap();
            table.push_json(&row).unwrap();
            if place < SLOW {
                few.push_json(&row).unwrap();
            }
        }
        let each = self.guards.iter().map(|guard| {
            let found = table.holds(&guard.handle).unwrap();
            for (place, native) in self.random.iter().enumerate() {
                let close = (self.rounds)(&guard.name);
                let same = found.truth().get(place) == (guard.by_hand)(native);
                assert!(close || same, "{} in a table, row {place}", guard.name);
            }
            let asked = if found.asked() == 0 { &table } else { &few };
            let run: Run = Box::new(|| asked.holds(black_box(&guard.handle)).unwrap().rows());
            (together(&mut [run])[0], found.asked() == 0)
        });
        each.collect()
    }
}

#[inline(always)]
fn holds(row: &Row, rule: &RuleHandle) -> bool {
    matches!(black_box(row).holds(black_box(rule)), Ok(Truth::True))
}

/// Set, or made unknown.
#[inline(always)]
fn change(row: &mut Row, fact: FactHandle, value: &Option<Value>) {
    match black_box(value) {
        Some(value) => row.set(fact, value.clone()).unwrap(),
        None => row.forget(fact),
    }
}

/// What a kind of rule may take, in nanoseconds: the class and its ceiling.
fn ceiling(kind: &str) -> (&'static str, f64) {
    match kind {
        "ratio" | "arithmetic" | "index" => ("one arithmetic word, index, ratio", 15.0),
        "dates" | "working days" | "texts" => ("dates, working days, texts", 30.0),
        "loop" => ("loop over 5 records", 45.0),
        "nested loop" => ("nested loop", 80.0),
        _ => ("checks, sums, if, switch, ??, functions", 10.0),
    }
}

fn mean(numbers: impl IntoIterator<Item = f64>) -> f64 {
    let (count, logs) =
        numbers.into_iter().fold((0, 0.0), |(count, logs), one| (count + 1, logs + one.ln()));
    (logs / f64::from(count.max(1))).exp()
}

fn shown(value: f64) -> String {
    if value < 100.0 { format!("{value:.1}") } else { format!("{value:.0}") }
}

/// A sentence of the guards for which something is so.
fn named(what: &str, all: &[Taken], say: impl Fn(&Taken) -> Option<String>) {
    let found: Vec<String> =
        (all.iter()).filter_map(|taken| Some(format!("{} {}", taken.name, say(taken)?))).collect();
    match found.len() {
        0 => println!("* {what}: none."),
        some => println!("* {what}: {some} of {}: {}.", all.len(), found.join(", ")),
    }
}

/// What one list takes.
struct Told {
    title: &'static str,
    alike: Vec<Taken>,
    random: Vec<Taken>,
    unknown: Vec<f64>,
    /// Rows of a table, and whether columns answer all.
    columns: Vec<(f64, bool)>,
    /// By hand, asked; alike and random rows.
    in_turn: [[f64; 2]; 2],
}

fn told<N, P: Peer<N>>(list: &List<N>, peer: &P) -> Told {
    list.compare();
    let taken = |natives: &[N]| -> Vec<Taken> {
        let rows = list.rows(natives);
        list.guards.iter().map(|guard| list.take(guard, natives, &rows, peer)).collect()
    };
    Told {
        title: list.title,
        alike: taken(&list.alike),
        random: taken(&list.random),
        unknown: list.unknown(),
        columns: list.by_columns(),
        in_turn: [list.in_turn(&list.alike), list.in_turn(&list.random)],
    }
}

impl Told {
    fn table(&self, peer: &str) {
        println!("\n### {}\n", self.title);
        let mut heading = "| guard | kind | holds | by hand | asked | × | by hand | asked | × | set, asked | some unknown | a row of a table | evaluator | Rhai |".to_owned();
        if !peer.is_empty() {
            let _ = write!(heading, " {peer} | {peer} |");
        }
        println!("{heading}\n|{}", "---|".repeat(heading.matches('|').count() - 1));
        let by = |taken: &Taken| {
            let ratio = shown(taken.asked / taken.by_hand);
            format!(" {} | {} | {ratio} |", shown(taken.by_hand), shown(taken.asked))
        };
        for (place, (alike, random)) in self.alike.iter().zip(&self.random).enumerate() {
            let (column, all) = self.columns[place];
            let mut line =
                format!("| {} | {} | {:.0} % |", random.name, random.kind, random.holds * 100.0);
            line += &by(alike);
            line += &by(random);
            let row = if all { shown(column) } else { format!("({})", shown(column)) };
            let _ = write!(
                line,
                " {} | {} | {row} | {} | {} |",
                shown(random.set_and_asked),
                shown(self.unknown[place]),
                shown(random.evaluator),
                shown(random.rhai)
            );
            if !peer.is_empty() {
                let luas = [alike, random].map(|taken| taken.peer.map_or("–".to_owned(), shown));
                let _ = write!(line, " {} | {} |", luas[0], luas[1]);
            }
            println!("{line}");
        }
        let over = |all: &[Taken], get: fn(&Taken) -> f64| shown(mean(all.iter().map(get)));
        let mut line = "| geometric mean | | |".to_owned();
        for all in [&self.alike, &self.random] {
            let by_hand = over(all, |taken| taken.by_hand);
            let asked = over(all, |taken| taken.asked);
            let _ = write!(line, " {by_hand} | {asked} | **{:.2}** |", ratio(all));
        }
        let _ = write!(
            line,
            " {} | **{}** | {} | {} | {} |",
            over(&self.random, |taken| taken.set_and_asked),
            shown(mean(self.unknown.iter().copied())),
            shown(mean(self.columns.iter().map(|(row, _)| *row))),
            over(&self.random, |taken| taken.evaluator),
            over(&self.random, |taken| taken.rhai),
        );
        if !peer.is_empty() {
            for all in [&self.alike, &self.random] {
                let _ = write!(line, " {} |", shown(mean(all.iter().filter_map(|t| t.peer))));
            }
        }
        println!("{line}");
    }

    /// What is asked of each guard alone.
    fn verdicts(&self, peer: &str) {
        println!();
        for (rows, all) in [("alike", &self.alike), ("random", &self.random)] {
            let by_hand = |taken: &Taken| taken.asked / taken.by_hand;
            let above = |taken: &Taken| taken.asked > ceiling(&taken.kind).1;
            named(
                &format!("{rows} rows, over 15 × by hand (in brackets: under its ceiling)"),
                all,
                |taken| {
                    let text = format!("{} ×", shown(by_hand(taken)));
                    let over = by_hand(taken) > 15.0;
                    over.then(|| if above(taken) { text } else { format!("({text})") })
                },
            );
            named(&format!("{rows} rows, above the ceiling of its kind"), all, |taken| {
                let [asked, most] = [taken.asked, ceiling(&taken.kind).1].map(shown);
                above(taken).then(|| format!("{asked} of {}", most.trim_end_matches(".0")))
            });
            if !peer.is_empty() {
                named(&format!("{rows} rows, slower than {peer}"), all, |taken| {
                    let peer = taken.peer.filter(|peer| *peer < taken.asked)?;
                    Some(format!("{} to {}", shown(taken.asked), shown(peer)))
                });
            }
        }
        let mut classes: Vec<(&str, f64)> =
            self.random.iter().map(|taken| ceiling(&taken.kind)).collect();
        classes.sort_by(|a, b| a.1.total_cmp(&b.1));
        classes.dedup();
        println!(
            "\n| kind | guards | × by hand, alike | ns, mean | ns, most | × by hand, random | ns, mean | ns, most | ceiling, ns |"
        );
        println!("|{}", "---|".repeat(9));
        for class in classes {
            let of = |all: &[Taken]| -> [String; 3] {
                let of: Vec<&Taken> =
                    all.iter().filter(|taken| ceiling(&taken.kind) == class).collect();
                [
                    mean(of.iter().map(|taken| taken.asked / taken.by_hand)),
                    mean(of.iter().map(|taken| taken.asked)),
                    of.iter().map(|taken| taken.asked).fold(0.0, f64::max),
                ]
                .map(shown)
            };
            let guards = self.random.iter().filter(|t| ceiling(&t.kind) == class).count();
            let numbers = [of(&self.alike), of(&self.random)].concat().join(" | ");
            println!("| {} | {guards} | {numbers} | {:.0} |", class.0, class.1);
        }
    }

    /// Rows of a table for the guards with loops: the mean, the most.
    fn loops(&self) -> [f64; 2] {
        let loops: Vec<f64> = (self.random.iter().zip(&self.columns))
            .filter(|(taken, _)| taken.kind == "loop" || taken.kind == "nested loop")
            .map(|(_, (row, _))| *row)
            .collect();
        [mean(loops.iter().copied()), loops.iter().copied().fold(0.0, f64::max)]
    }

    /// One JSON object a guard into the file that `SPEED_LINES` names.
    fn lines(&self) {
        let Ok(path) = std::env::var("SPEED_LINES") else { return };
        let mut text = String::new();
        for (rows, all) in [("alike", &self.alike), ("random", &self.random)] {
            for (place, taken) in all.iter().enumerate() {
                let line = serde_json::json!({
                    "rows": rows, "guard": taken.name, "kind": taken.kind, "holds": taken.holds, "by_hand": taken.by_hand,
                    "asked": taken.asked, "set_and_asked": taken.set_and_asked, "evaluator": taken.evaluator,
                    "rhai": taken.rhai, "luajit": taken.peer, "some_unknown": self.unknown[place],
                    "row_of_a_table": self.columns[place].0, "by_columns": self.columns[place].1,
                });
                let _ = writeln!(text, "{line}");
            }
        }
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
        std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
    }
}

/// The geometric mean of what asking takes over by hand.
fn ratio(all: &[Taken]) -> f64 {
    mean(all.iter().map(|taken| taken.asked / taken.by_hand))
}

/// All tables, ready for the page.
pub fn print<P: Peer<guards::Native> + Peer<written::Native>>(peer: &P) {
    let name = <P as Peer<guards::Native>>::NAME;
    println!(
        "Nanoseconds of one question, the least of many short samples. The first three figures: {ALIKE} alike rows; all others: random rows, \
         {ROWS} of the first list and {FEWER} of the second. In brackets: asked row by row.{}",
        if name.is_empty() { String::new() } else { format!(" {name}: alike, random.") }
    );
    let all = [told(&tuned(), peer), told(&written(), peer)];
    println!("\n### Classes\n");
    println!("| | {} | {} |\n|---|---|---|", all[0].title, all[1].title);
    let line = |what: &str, say: &dyn Fn(&Told) -> String| {
        println!("| {what} | {} | {} |", say(&all[0]), say(&all[1]));
    };
    line("× by hand, alike rows", &|told| format!("{:.2}", ratio(&told.alike)));
    line("× by hand, random rows", &|told| format!("{:.2}", ratio(&told.random)));
    for (place, rows) in ["alike", "random"].into_iter().enumerate() {
        line(&format!("all guards in turn on each row, {rows} rows, × by hand"), &|told| {
            let [by_hand, asked] = told.in_turn[place];
            format!("{:.2} ({} to {} ns)", asked / by_hand, shown(asked), shown(by_hand))
        });
    }
    line("three of ten facts unknown, ns", &|told| shown(mean(told.unknown.iter().copied())));
    line("a fact set, then asked, random rows, ns", &|told| {
        shown(mean(told.random.iter().map(|taken| taken.set_and_asked)))
    });
    let each = |what: &str, is: &dyn Fn(&Taken) -> bool| {
        line(&format!("{what}: alike, random rows"), &|told| {
            let of = |all: &[Taken]| all.iter().filter(|taken| is(taken)).count();
            format!("{}, {} of {}", of(&told.alike), of(&told.random), told.random.len())
        });
    };
    let above = |taken: &Taken| taken.asked > ceiling(&taken.kind).1;
    each("above their ceiling", &above);
    each("over 15 × by hand and above it", &|t| above(t) && t.asked > 15.0 * t.by_hand);
    if !name.is_empty() {
        let slower = |taken: &Taken| taken.peer.is_some_and(|peer| peer < taken.asked);
        each(&format!("slower than {name}"), &slower);
    }
    line("guards with loops in a table, ns a row: mean, most", &|told| {
        told.loops().map(shown).join(", ")
    });
    line("answered by columns", &|told| {
        format!("{} of {}", told.columns.iter().filter(|(_, all)| *all).count(), told.columns.len())
    });
    for told in all.iter().rev() {
        told.table(name);
        told.verdicts(name);
        told.lines();
    }
}
