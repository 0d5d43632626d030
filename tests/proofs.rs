//! Proofs are proofs: what a suggestion calls impossible is never reached by very many random events, and what is called the
//! same never answers differently. The workflows are made as people write them, not as a prover would like them.
//!
//! `TRESTEG_PROOF_EVENTS=1000000 TRESTEG_PROOF_SEEDS=1..41 cargo test --release --test main -- --ignored proofs::at_length
//! --nocapture` runs as many events for each workflow of these seeds.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use proptest::prelude::*;
use tresteg::case::Until;
use tresteg::coverage::Coverage;
use tresteg::lab::{MutantStatus, suggest};
use tresteg::{Actor, Case, Decision, Event, Language, Value, Workflow};

/// Numbers that look like chance: see SplitMix64.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, sides: u64) -> u64 {
        self.roll() % sides
    }

    fn between(&mut self, least: i64, most: i64) -> i64 {
        least + i64::try_from(self.below(u64::try_from(most - least + 1).unwrap())).unwrap()
    }

    /// Once in so many times.
    fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }
}

/// A number as it is declared: whole ones in units, others in quarters.
#[derive(Debug, Clone, Copy)]
struct Range {
    least: Option<i64>,
    most: Option<i64>,
    step: i64,
}

/// How much there is to a workflow: suggestions for a big one take seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Size {
    Small,
    Big,
}

/// A workflow of its own, with what is worth sending it.
struct Made {
    text: String,
    n: Range,
    k: Range,
    /// In quarters.
    m: Range,
    numbers: Vec<i64>,
}

const KINDS: [&str; 3] = ["red", "green", "blue"];
const DAYS: [&str; 5] = ["2026-01-05", "2026-01-31", "2026-02-28", "2026-03-01", "2027-01-01"];
const WORDS: [&str; 4] = ["", "abc", "abcd", "bid"];

struct Maker<'d> {
    dice: &'d mut Dice,
    numbers: Vec<i64>,
    /// Names of factors and derived facts that may be read here.
    factors: Vec<&'static str>,
    scores: Vec<&'static str>,
    derived: Vec<&'static str>,
    functions: bool,
    is_small: bool,
    /// Time, payload, actor and what happened.
    outside: bool,
}

impl Maker<'_> {
    fn constant(&mut self) -> i64 {
        let number = match self.dice.below(6) {
            0..=3 => self.dice.between(-5, 30),
            4 => self.dice.between(0, 130),
            _ => *self.dice.of(&[100, 500, 1200, 7, 12]),
        };
        self.numbers.push(number);
        number
    }

    /// A constant as people write it.
    fn literal(&mut self) -> String {
        let number = self.constant();
        match self.dice.below(8) {
            0 => "limit".to_owned(),
            1 => format!("{number}.5"),
            2 if number > 2 => format!("({} + 2)", number - 2),
            _ => number.to_string(),
        }
    }

    fn whole(&mut self, depth: u32) -> String {
        if depth == 0 || self.dice.one_in(2) {
            return (*self.dice.of(&["n", "n", "k", "n", "m"])).to_owned();
        }
        let a = self.whole(depth - 1);
        let c = self.dice.between(2, 12);
        self.numbers.push(c);
        match self.dice.below(16) {
            0 => format!("{a} * {c}"),
            1 | 2 => format!("{a} % {c}"),
            3 => format!("{a} + {c}"),
            4 => format!("{a} - k"),
            5 => format!("({a} ?? {c})"),
            6 => format!("(if {} {{ {a} }} else {{ {c} }})", self.truth(0)),
            7 => format!("abs({a})"),
            8 => format!("max({a}, {c})"),
            9 => format!("{a} / {c}"),
            10 => "l.len".to_owned(),
            11 if self.functions => format!("twice({a})"),
            12 => format!("round({a} / {c})"),
            13 => format!("(switch e {{ `red` => {a}, `green` => {c}, _ => 0 }})"),
            14 if !self.derived.is_empty() => (*self.dice.of(&self.derived)).to_owned(),
            15 => "(n ?? k ?? 0)".to_owned(),
            _ => format!("-{a}"),
        }
    }

    fn comparison(&mut self) -> String {
        let order = *self.dice.of(&["<", "<=", ">", ">=", "==", "!="]);
        let depth = u32::try_from(*self.dice.of(&[0_u64, 0, 0, 1, 2])).unwrap();
        let left = self.whole(depth);
        let right = if self.dice.one_in(6) { self.whole(1) } else { self.literal() };
        if self.dice.one_in(5) {
            format!("{right} {order} {left}")
        } else {
            format!("{left} {order} {right}")
        }
    }

    fn clause(&mut self) -> String {
        let (a, b, c) = (self.constant(), self.constant(), self.dice.between(0, 4));
        let day = *self.dice.of(&DAYS);
        let order = *self.dice.of(&["<", "<=", ">", ">=", "==", "!="]);
        let kind = *self.dice.of(&KINDS);
        match self.dice.below(30) {
            0..=8 => self.comparison(),
            9 => (*self.dice.of(&["b", "c"])).to_owned(),
            10 => format!("e == `{kind}`"),
            11 => format!("e in [`{kind}`, `{}`]", self.dice.of(&KINDS)),
            12 => format!("known(`{}`)", self.dice.of(&["n", "m", "b", "d", "t", "l", "k"])),
            13 => format!("n in [{a}, {b}, {c}]"),
            14 => format!("d {order} date(`{day}`)"),
            15 => format!("d + days({c}) {order} d2"),
            16 => format!("d.weekday {order} {c}"),
            17 => format!("t {} `{}`", self.dice.of(&["==", "!="]), self.dice.of(&WORDS)),
            18 => format!("t.len {order} {c}"),
            19 => format!("l.some(|i| i {order} {a})"),
            20 => format!("l.len {order} {c}"),
            21 => format!("{a} in l"),
            22 => format!("(if b {{ n {order} {a} }} else {{ m {order} {b} }})"),
            23 => format!("(switch n {{ {c} => b, {}..{} => c, _ => n > {a} }})", c + 1, c + 6),
            24 if !self.factors.is_empty() => (*self.dice.of(&self.factors)).to_owned(),
            25 if !self.scores.is_empty() => {
                format!("{} {order} 0.{}", self.dice.of(&self.scores), self.dice.between(1, 9))
            }
            26 if self.functions => format!("odd(n + {c})"),
            27 if self.outside => match self.dice.below(6) {
                0 => format!("today {order} d"),
                1 => format!("event.data.q {order} {a}"),
                2 => "event.actor == `eva`".to_owned(),
                3 => format!("count(`go`) {order} {c}"),
                4 => "active(`s1`)".to_owned(),
                _ => format!("now {order} since(`s0`) + hours({c})"),
            },
            28 => format!("(d2 - d).days {order} {a}"),
            29 => format!("r.share {order} {a}"),
            _ => format!("(n ?? {c}) {order} {a}"),
        }
    }

    fn truth(&mut self, depth: u32) -> String {
        if depth == 0 {
            return self.clause();
        }
        let many = self.dice.between(2, 3);
        let parts: Vec<String> = (0..many)
            .map(|_| {
                let inner = self.dice.between(0, i64::from(depth) - 1);
                let part = self.truth(u32::try_from(inner).unwrap());
                if self.dice.one_in(6) { format!("!({part})") } else { part }
            })
            .collect();
        let sign = *self.dice.of(&[" && ", " && ", " || "]);
        format!("({})", parts.join(sign))
    }

    fn guard(&mut self) -> String {
        if self.is_small {
            let truth = [self.clause(), self.clause()];
            return truth.join(" && ");
        }
        let depth = u32::try_from(*self.dice.of(&[0_u64, 1, 1, 1, 2])).unwrap();
        let truth = self.truth(depth);
        match self.dice.below(12) {
            0 => format!("let q = n; q > 3 && {truth}"),
            1 => format!("let limit2 = limit + 1; n < limit2 || {truth}"),
            _ => truth,
        }
    }
}

fn range(dice: &mut Dice) -> Range {
    let least = (!dice.one_in(3)).then(|| *dice.of(&[-3, 0, 0, 1, 1, 5]));
    let most = dice.one_in(3).then(|| *dice.of(&[12, 30, 40, 60, 200]));
    let step = if dice.one_in(3) { *dice.of(&[2, 3, 4, 5, 7, 10, 500]) } else { 1 };
    Range { least, most, step }
}

/// Quarters as a decimal.
fn quarters(number: i64) -> String {
    let (sign, size) = (if number < 0 { "-" } else { "" }, number.abs());
    let rest = ["", ".25", ".5", ".75"][usize::try_from(size % 4).unwrap()];
    format!("{sign}{}{rest}", size / 4)
}

fn declared(dice: &mut Dice, range: Range, kind: &str) -> String {
    let told = |number: i64| if kind == "integer" { number.to_string() } else { quarters(number) };
    let mut text = format!(r#""type": "{kind}""#);
    if let Some(least) = range.least {
        let word = if dice.one_in(4) { "exclusiveMinimum" } else { "minimum" };
        let _ = write!(text, r#", "{word}": {}"#, told(least));
    }
    if let Some(most) = range.most {
        let word = if dice.one_in(4) { "exclusiveMaximum" } else { "maximum" };
        let _ = write!(text, r#", "{word}": {}"#, told(most));
    }
    if range.step > 1 {
        let _ = write!(text, r#", "multipleOf": {}"#, told(range.step));
    }
    if dice.one_in(6) {
        let least = range.least.unwrap_or(0).max(0);
        let fits = (least + 1..least + range.step + 1).find(|number| number % range.step == 0);
        let _ = write!(text, r#", "default": {}"#, told(fits.unwrap_or(0)));
    }
    text
}

/// The first of a seed that the checks let pass: they refuse comparisons that can never be.
fn made(seed: u64, size: Size) -> (Made, Workflow) {
    let mut dice = Dice(seed);
    loop {
        let made = written(dice.roll(), size);
        if let Ok(workflow) = Workflow::from_json(&made.text) {
            return (made, workflow);
        }
    }
}

fn written(seed: u64, size: Size) -> Made {
    let mut dice = Dice(seed);
    let (n, k, m) = (range(&mut dice), range(&mut dice), range(&mut dice));
    let mut facts = String::new();
    for (name, range, kind) in [("n", n, "integer"), ("k", k, "integer"), ("m", m, "number")] {
        let _ = write!(facts, r#""{name}": {{ {} }}, "#, declared(&mut dice, range, kind));
    }
    let default = if dice.one_in(4) { r#", "default": false"# } else { "" };
    let _ = write!(
        facts,
        r#""b": {{ "type": "boolean"{default} }}, "c": {{ "type": "boolean" }}, "e": {{ "enum": ["red", "green", "blue"] }},
           "d": {{ "type": "string", "format": "date" }}, "d2": {{ "type": "string", "format": "date" }},
           "t": {{ "type": "string"{} }}, "l": {{ "type": "array", "items": {{ "type": "integer" }} }},
           "r": {{ "type": "object", "properties": {{ "share": {{ "type": "number" }} }} }}"#,
        dice.of(&["", "", r#", "maxLength": 3"#, r#", "minLength": 2"#])
    );
    let mut maker = Maker {
        dice: &mut dice,
        numbers: Vec::new(),
        factors: Vec::new(),
        scores: Vec::new(),
        derived: Vec::new(),
        functions: false,
        is_small: size == Size::Small,
        outside: false,
    };
    let functions = r#""functions": { "twice": { "params": ["x"], "body": "x * 2" },
        "odd": { "params": ["x"], "body": "x % 2 == 1" } },"#;
    maker.functions = true;
    let value = maker.whole(2);
    let _ = write!(facts, r#", "dv": {{ "type": "number", "value": "{value}" }}"#);
    maker.derived = vec!["dv"];
    let flag = maker.truth(1);
    let _ = write!(facts, r#", "flag": {{ "type": "boolean", "value": "{flag}" }}"#);
    let f1 = maker.truth(1);
    let score = *maker.dice.of(&[
        "if n > 10 { 1 } else { 0.5 }",
        "(switch e { `red` => 0.2, `green` => 0.6, _ => 1 })",
        "if b { 1 } else { 0 }",
    ]);
    maker.factors = vec!["f1", "flag"];
    maker.scores = vec!["s1"];
    maker.outside = maker.dice.one_in(4);
    let of = format!(r#"["f1", "b", "c"], "at_least": {}"#, maker.dice.between(1, 3));
    let f2 = if maker.dice.one_in(2) {
        format!(r#"{{ "of": {of} }}"#)
    } else {
        format!(r#"{{ "guard": "{}" }}"#, maker.truth(1))
    };
    let mut transitions = Vec::new();
    let targets = ["s1", "s2", "s0"];
    let many = if size == Size::Small { 2 } else { 3 };
    for (number, target) in targets.iter().take(many).enumerate() {
        let requires = match maker.dice.below(if size == Size::Small { 30 } else { 5 }) {
            0 => r#", "requires": ["f1"]"#,
            1 => r#", "requires": ["f2", "c"]"#,
            _ => "",
        };
        let by = if maker.dice.one_in(6) { r#", "by": ["clerk"]"# } else { "" };
        let not_by = if maker.dice.one_in(8) { r#", "not_by": ["set"]"# } else { "" };
        let guard = if number + 1 == many && maker.dice.one_in(2) {
            String::new()
        } else {
            format!(r#", "guard": "{}""#, maker.guard())
        };
        transitions.push(format!(r#"{{ "target": "{target}"{requires}{by}{not_by}{guard} }}"#));
    }
    let action =
        *maker.dice.of(&["n = n + 1", "forget(`b`)", "k = n * 2", "b = !b", "c = known(`n`)"]);
    let always = match maker.dice.below(if size == Size::Small { 12 } else { 3 }) {
        0 => format!(r#", "always": {{ "target": "s3", "guard": "{}" }}"#, maker.guard()),
        1 => format!(
            r#", "after": {{ "P10D": {{ "target": "s3", "guard": "{}" }} }}"#,
            maker.guard()
        ),
        _ => String::new(),
    };
    let back = if size == Size::Small { maker.clause() } else { maker.guard() };
    let Maker { numbers, .. } = maker;
    let text = format!(
        r#"{{ "id": "w", "roles": {{ "clerk": {{}}, "chair": {{}} }}, "parameters": {{ "limit": {} }},
          {functions}
          "facts": {{ {facts} }},
          "factors": {{ "f1": {{ "guard": "{f1}" }}, "s1": {{ "score": "{score}" }}, "f2": {f2} }},
          "events": {{
            "go": {{ "sets": ["n", "m", "b", "c", "e", "d", "t", "l", "r"], "data": {{ "q": {{ "type": "integer" }} }} }},
            "set": {{ "sets": ["n", "k", "m", "b", "c", "e", "d", "d2", "t", "l", "r"] }} }},
          "initial": "s0",
          "states": {{
            "s0": {{ "on": {{ "go": [{}], "set": {{ "actions": "{action}" }} }} }},
            "s1": {{ "on": {{ "go": {{ "target": "s0", "guard": "{back}" }}, "set": {{}} }}{always} }},
            "s2": {{ "on": {{ "go": "s0", "set": {{}} }} }},
            "s3": {{ "on": {{ "go": "s0" }} }} }} }}"#,
        dice.between(3, 20),
        transitions.join(", ")
    );
    Made { text, n, k, m, numbers }
}

impl Made {
    fn number(&self, dice: &mut Dice, range: Range, scale: i64) -> i64 {
        let number = match dice.below(6) {
            0 | 1 => dice.of(&self.numbers) * scale + dice.between(-2, 2),
            2 => range.least.unwrap_or(0) + dice.between(0, 3) * range.step,
            3 => range.most.unwrap_or(40) - dice.between(0, 3) * range.step,
            4 => dice.between(-40, 160) * scale,
            _ => dice.between(0, 400) * range.step,
        };
        // Mostly as it is declared.
        if dice.one_in(10) { number } else { number - number.rem_euclid(range.step) }
    }

    fn facts(&self, dice: &mut Dice, names: &[&str]) -> BTreeMap<String, Value> {
        let mut facts: BTreeMap<String, Value> = BTreeMap::new();
        let most = dice.between(1, 6);
        for name in names {
            if dice.below(8) >= u64::try_from(most).unwrap() {
                continue;
            }
            let value: Value = match *name {
                "n" => self.number(dice, self.n, 1).into(),
                "k" => self.number(dice, self.k, 1).into(),
                "m" => Value::Number(quarters(self.number(dice, self.m, 4)).parse().unwrap()),
                "b" | "c" => dice.one_in(2).into(),
                "e" => (*dice.of(&KINDS)).into(),
                "d" | "d2" => {
                    let day = dice.between(1, 28);
                    let month = dice.between(1, 3);
                    let year = dice.between(2025, 2027);
                    let plain = format!("{year}-{month:02}-{day:02}");
                    if dice.one_in(2) { (*dice.of(&DAYS)).into() } else { plain.into() }
                }
                "t" => (*dice.of(&["", "abc", "abcd", "bid", "ab", "zz", "longer"])).into(),
                "l" => (0..dice.between(0, 5))
                    .map(|_| Value::from(self.number(dice, self.n, 1)))
                    .collect(),
                _ => {
                    let share = (!dice.one_in(4)).then(|| Value::from(dice.between(-5, 30)));
                    share.into_iter().map(|share| ("share", share)).collect()
                }
            };
            facts.insert((*name).to_owned(), value);
        }
        facts
    }

    fn event(&self, dice: &mut Dice) -> Event {
        const GO: [&str; 9] = ["n", "m", "b", "c", "e", "d", "t", "l", "r"];
        const SET: [&str; 11] = ["n", "k", "m", "b", "c", "e", "d", "d2", "t", "l", "r"];
        let goes = !dice.one_in(4);
        let mut event = Event::new(if goes { "go" } else { "set" });
        event.facts = self.facts(dice, if goes { &GO } else { &SET });
        if goes && dice.one_in(2) {
            event.data.insert("q".to_owned(), dice.between(-5, 30).into());
        }
        if !dice.one_in(3) {
            let role = *dice.of(&["clerk", "chair"]);
            event = event.by(Actor::new(*dice.of(&["eva", "bo", "kim"])).role(role));
        }
        event
    }

    fn start(&self, dice: &mut Dice) -> BTreeMap<String, Value> {
        const ALL: [&str; 11] = ["n", "k", "m", "b", "c", "e", "d", "d2", "t", "l", "r"];
        if dice.one_in(3) { BTreeMap::new() } else { self.facts(dice, &ALL) }
    }
}

#[derive(Debug, Default)]
struct Figures {
    workflows: u64,
    goals: u64,
    impossible: u64,
    open: u64,
    equivalent: u64,
    undecided: u64,
    mutants: u64,
}

/// What is called impossible in the workflow of a seed is not reached by so many events.
fn nothing_impossible_happens(seed: u64, size: Size, events: u64, figures: &mut Figures) {
    let (made, workflow) = made(seed, size);
    let found = suggest(&Coverage::new(&workflow), &[], "w.json", Language::English);
    let never: Vec<_> = found.unreached.iter().filter(|goal| goal.is_impossible).collect();
    figures.workflows += 1;
    figures.goals += Coverage::new(&workflow).goals().count() as u64;
    figures.impossible += never.len() as u64;
    figures.open += (found.unreached.len() - never.len()) as u64;
    for goal in &found.unreached {
        assert_eq!(goal.is_impossible, !goal.reason.starts_with("not decided"), "{}", goal.reason);
    }
    if never.is_empty() {
        return;
    }
    let mut dice = Dice(seed ^ 0x5eed);
    let mut coverage = Coverage::new(&workflow);
    let mut fired = 0;
    while fired < events {
        let facts = made.start(&mut dice);
        let Ok((mut case, _)) = coverage.start(None, facts) else {
            fired += 1;
            continue;
        };
        for _ in 0..dice.between(1, 12) {
            if dice.one_in(12) {
                let later = case.time().microseconds() + dice.between(1, 30) * 86_400_000_000;
                if let Some(time) = tresteg::DateTime::from_microseconds(later) {
                    coverage.advance(&mut case, Until::Time(time));
                }
            }
            coverage.fire(&mut case, &made.event(&mut dice));
            fired += 1;
        }
    }
    for goal in never {
        assert!(
            !coverage.has(goal.goal),
            "seed {seed}: {} was reached: {}\n{}",
            goal.title,
            goal.reason,
            made.text
        );
    }
}

/// What an answer comes to.
fn outcome(case: &Case, decision: &Decision) -> String {
    let mut unknown: Vec<&String> =
        decision.reasons.iter().flat_map(|reason| &reason.unknown).collect();
    unknown.sort();
    unknown.dedup();
    format!("{:?} {:?} {unknown:?} {:?}", decision.outcome, case.states(), case.facts())
}

/// What is called the same answers alike to so many events.
fn nothing_equivalent_differs(seed: u64, size: Size, events: u64, figures: &mut Figures) {
    let (made, workflow) = made(seed, size);
    let mut dice = Dice(seed ^ 0xd1ce);
    for mutant in workflow.mutants() {
        figures.mutants += 1;
        let other = match mutant.workflow(&workflow) {
            MutantStatus::Equivalent(other) => other,
            MutantStatus::Undecided(_) => {
                figures.undecided += 1;
                continue;
            }
            _ => continue,
        };
        figures.equivalent += 1;
        let mut fired = 0;
        while fired < events {
            let facts = made.start(&mut dice);
            let one = Case::start(&workflow, None, facts.clone());
            let two = Case::start(&other, None, facts);
            let (Ok((mut one, _)), Ok((mut two, _))) = (one, two) else {
                fired += 1;
                continue;
            };
            for _ in 0..dice.between(1, 8) {
                let event = made.event(&mut dice);
                let first = one.fire(&event);
                let second = two.fire(&event);
                let (first, second) = (outcome(&one, &first), outcome(&two, &second));
                assert_eq!(first, second, "seed {seed}: {mutant}: {event:?}\n{}", made.text);
                fired += 1;
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn what_is_impossible_never_happens(seed in any::<u64>()) {
        nothing_impossible_happens(seed, Size::Small, 400, &mut Figures::default());
    }

    #[test]
    fn what_is_the_same_never_differs(seed in any::<u64>()) {
        nothing_equivalent_differs(seed, Size::Small, 40, &mut Figures::default());
    }
}

/// Laws over nothing prove nothing.
#[test]
fn there_is_something_to_prove() {
    let refused: Vec<String> = (0..40)
        .filter_map(|seed| Workflow::from_json(&written(seed, Size::Big).text).err())
        .map(|report| report.to_string())
        .collect();
    assert!(refused.len() <= 30, "{} of 40: {}", refused.len(), refused.join("\n"));
    let mut figures = Figures::default();
    nothing_impossible_happens(3, Size::Small, 1, &mut figures);
    nothing_equivalent_differs(3, Size::Small, 1, &mut figures);
    assert!(figures.impossible > 0 && figures.equivalent > 0, "{figures:?}");
}

#[test]
#[ignore = "takes minutes"]
fn at_length() {
    let events = std::env::var("TRESTEG_PROOF_EVENTS").ok().and_then(|text| text.parse().ok());
    let events: u64 = events.unwrap_or(20_000);
    let seeds = crate::dice::seeds("TRESTEG_PROOF_SEEDS", 0..40);
    let only_small = std::env::var("TRESTEG_PROOF_SIZE").is_ok_and(|size| size == "small");
    let sizes: &[Size] = if only_small { &[Size::Small] } else { &[Size::Small, Size::Big] };
    let mut figures = Figures::default();
    for seed in seeds {
        for size in sizes {
            nothing_impossible_happens(seed, *size, events, &mut figures);
            nothing_equivalent_differs(seed, *size, (events / 50).max(100), &mut figures);
        }
        println!("{seed}: {figures:?}");
    }
}
