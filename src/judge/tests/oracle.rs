//! Against Z3: random rules in sums of whole numbers, decimals and days, texts and booleans, each said to be possible or
//! impossible by both. Skipped where there is no Z3.
//!
//! `TRESTEG_FORMULAS=n` asks so many instead of the ordinary number, `TRESTEG_SEED=n` others, `TRESTEG_Z3` says where it is.

#![allow(clippy::print_stdout)]

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::*;

impl Dice {
    fn number(&mut self, from: i64, to: i64) -> i64 {
        from + i64::try_from(self.below(usize::try_from(to - from + 1).unwrap())).unwrap()
    }
}

/// A rule as a script and as SMT-LIB.
type Both = (String, String);

fn smt(number: i64) -> String {
    if number < 0 { format!("(- {})", -number) } else { number.to_string() }
}

/// A sum of whole numbers.
fn whole(dice: &mut Dice, depth: usize) -> Both {
    match dice.below(if depth == 0 { 3 } else { 8 }) {
        0 => {
            let number = dice.number(-9, 30);
            (format!("({number})"), smt(number))
        }
        1 | 2 => {
            let name = format!("i{}", dice.below(4));
            (name.clone(), name)
        }
        3 => {
            let (a, b) = (dice.number(2, 5), whole(dice, 0));
            (format!("({a} * {})", b.0), format!("(* {a} {})", b.1))
        }
        4 => {
            let (a, c) = (whole(dice, 0), dice.number(2, 6));
            let text = format!("({} % {c})", a.0);
            let a = a.1;
            (text, format!("(ite (>= {a} 0) (mod {a} {c}) (- (mod (- {a}) {c})))"))
        }
        5 => {
            let (a, b) = (day(dice), day(dice));
            (format!("({} - {}).days", a.0, b.0), format!("(- {} {})", a.1, b.1))
        }
        6 => {
            let (a, b, c) = (test(dice, 0), whole(dice, depth - 1), whole(dice, depth - 1));
            (
                format!("(if {} {{ {} }} else {{ {} }})", a.0, b.0, c.0),
                format!("(ite {} {} {})", a.1, b.1, c.1),
            )
        }
        _ => {
            let (a, b) = (whole(dice, depth - 1), whole(dice, depth - 1));
            let op = ["+", "-"][dice.below(2)];
            (format!("({} {op} {})", a.0, b.0), format!("({op} {} {})", a.1, b.1))
        }
    }
}

/// A sum of decimals, in halves.
fn halves(dice: &mut Dice, depth: usize) -> Both {
    match dice.below(if depth == 0 { 3 } else { 5 }) {
        0 => {
            let number = dice.number(-20, 60);
            let text = format!(
                "({}{}.{})",
                if number < 0 { "-" } else { "" },
                number.abs() / 2,
                number.abs() % 2 * 5
            );
            (text, smt(number))
        }
        1 | 2 => {
            let name = format!("x{}", dice.below(3));
            (name.clone(), name)
        }
        3 => {
            let (a, b) = (dice.number(2, 4), halves(dice, 0));
            (format!("({a} * {})", b.0), format!("(* {a} {})", b.1))
        }
        _ => {
            let (a, b) = (halves(dice, depth - 1), halves(dice, depth - 1));
            let op = ["+", "-"][dice.below(2)];
            (format!("({} {op} {})", a.0, b.0), format!("({op} {} {})", a.1, b.1))
        }
    }
}

fn day(dice: &mut Dice) -> Both {
    let name = format!("d{}", dice.below(3));
    match dice.below(3) {
        0 => {
            let days = dice.number(-40, 40);
            (format!("({name} + days({days}))"), format!("(+ {name} {})", smt(days)))
        }
        _ => (name.clone(), name),
    }
}

fn test(dice: &mut Dice, depth: usize) -> Both {
    match dice.below(if depth == 0 { 8 } else { 14 }) {
        0 => {
            let name = format!("b{}", dice.below(3));
            (name.clone(), name)
        }
        1 => {
            let (name, word) = (format!("e{}", dice.below(2)), ["a", "b", "c"][dice.below(3)]);
            (format!("{name} == `{word}`"), format!("(= {name} {})", word.as_bytes()[0] - b'a'))
        }
        kind @ 2..=7 => {
            let op = ["<", "<=", ">", ">=", "==", "!="][dice.below(6)];
            let (a, b) = match kind {
                2..=4 => (whole(dice, 2), whole(dice, 1)),
                5 | 6 => (halves(dice, 2), halves(dice, 1)),
                _ => (day(dice), day(dice)),
            };
            let said = match op {
                "==" => format!("(= {} {})", a.1, b.1),
                "!=" => format!("(not (= {} {}))", a.1, b.1),
                op => format!("({op} {} {})", a.1, b.1),
            };
            (format!("{} {op} {}", a.0, b.0), said)
        }
        8 => {
            let a = test(dice, depth - 1);
            (format!("!({})", a.0), format!("(not {})", a.1))
        }
        kind => {
            let parts: Vec<Both> = (0..2 + dice.below(3)).map(|_| test(dice, depth - 1)).collect();
            let (op, said) = if kind < 12 { ("&&", "and") } else { ("||", "or") };
            let texts: Vec<String> = parts.iter().map(|part| format!("({})", part.0)).collect();
            let all: Vec<&str> = parts.iter().map(|part| part.1.as_str()).collect();
            (texts.join(&format!(" {op} ")), format!("({said} {})", all.join(" ")))
        }
    }
}

fn z3() -> Option<Command> {
    let path = std::env::var("TRESTEG_Z3").unwrap_or_else(|_| "z3".to_owned());
    let found = Command::new(&path).arg("--version").output().ok()?;
    found.status.success().then(|| Command::new(path))
}

#[test]
fn z3_says_the_same() {
    let number = |name: &str| std::env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
    let Some(mut command) = z3() else {
        println!("skipped: there is no z3 (set TRESTEG_Z3, or install z3-solver from PyPI)");
        return;
    };
    let wanted = number("TRESTEG_FORMULAS").unwrap_or(300);
    let mut dice = Dice(number("TRESTEG_SEED").unwrap_or(1));
    let facts = [
        numbered("i", 4, r#"{ "type": "integer", "minimum": -20, "maximum": 20 }"#),
        numbered(
            "x",
            3,
            r#"{ "type": "number", "minimum": -25, "maximum": 25, "multipleOf": 0.5 }"#,
        ),
        numbered("b", 3, r#"{ "type": "boolean" }"#),
        numbered("e", 2, r#"{ "enum": ["a", "b", "c"] }"#),
        numbered(
            "d",
            3,
            r#"{ "format": "date", "minimum": "2024-01-01", "maximum": "2024-04-10" }"#,
        ),
    ]
    .join(", ");
    let mut said = String::new();
    let mut declare = |name: &str, count: usize, low: i64, high: i64| {
        for number in 0..count {
            let (low, high) = (smt(low), smt(high));
            said.push_str(&format!(
                "(declare-const {name}{number} Int)(assert (and (>= {name}{number} {low}) (<= {name}{number} {high})))\n"
            ));
        }
    };
    declare("i", 4, -20, 20);
    declare("x", 3, -50, 50);
    declare("e", 2, 0, 2);
    declare("d", 3, 0, 100);
    for number in 0..3 {
        said.push_str(&format!("(declare-const b{number} Bool)\n"));
    }
    let mut rules: Vec<String> = Vec::new();
    for _ in 0..wanted {
        // Several together are more often impossible.
        let parts: Vec<Both> = (0..1 + dice.below(6)).map(|_| test(&mut dice, 2)).collect();
        let texts: Vec<String> = parts.iter().map(|part| format!("({})", part.0)).collect();
        let all: Vec<&str> = parts.iter().map(|part| part.1.as_str()).collect();
        rules.push(texts.join(" && "));
        said.push_str(&format!("(push)(assert (and true {}))(check-sat)(pop)\n", all.join(" ")));
    }
    command.arg("-in").arg("-smt2").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(said.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let answers = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<&str> = answers.lines().collect();
    assert_eq!(answers.len(), rules.len(), "{answers:?}");
    let (mut possible, mut impossible, mut unknown, mut wrong) = (0, 0, 0, Vec::new());
    for (rule, answer) in rules.iter().zip(answers) {
        // What takes no facts at all, or compares a thing with itself, may be refused by the checks.
        let quoted = serde_json::to_string(rule).unwrap();
        let text = format!(
            r#"{{ "id": "w", "facts": {{ {facts} }}, "initial": "a", "states": {{
            "a": {{ "on": {{ "go": {{ "target": "b", "guard": {quoted} }} }} }}, "b": {{}} }} }}"#
        );
        let Ok(workflow) = Workflow::from_json(&text) else { continue };
        match (asked(&workflow, Want::Holds), answer) {
            (Answer::Possible, "sat") => possible += 1,
            (Answer::Impossible, "unsat") => impossible += 1,
            (Answer::Unknown(why), _) => {
                unknown += 1;
                println!("{why:?}: {answer}: {rule}");
            }
            (found, answer) => wrong.push(format!("{found:?}, z3 says {answer}: {rule}")),
        }
    }
    println!(
        "{possible} possible, {impossible} impossible, {unknown} not decided, {} differ",
        wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(unknown * 20 < possible + impossible, "{unknown} are not decided");
}
