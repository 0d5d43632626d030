//! Coverage: what is taken down is what the answers say, decisive is what brute force says, and merging is adding up.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use tresteg::case::{Clause, Condition, FactorVerdict, InputLine, Until};
use tresteg::coverage::{Coverage, Goal};
use tresteg::{Case, Event, Language, Truth, Workflow};

use crate::library;

fn workflow(text: &str) -> Workflow {
    Workflow::from_json(text).unwrap_or_else(|report| panic!("{report}"))
}

/// Plays a journey; what it covers.
fn journey(workflow: &Workflow, text: &str) -> Coverage {
    let mut coverage = Coverage::new(workflow);
    let mut case: Option<Case> = None;
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        match InputLine::from_json(line).unwrap() {
            InputLine::Start { at, facts } => case = Some(coverage.start(at, facts).unwrap().0),
            other => {
                let case =
                    case.get_or_insert_with(|| coverage.start(None, BTreeMap::new()).unwrap().0);
                match other {
                    InputLine::Event(event) => coverage.fire(case, &event),
                    InputLine::Advance(until) => coverage.advance(case, until),
                    _ => unreachable!(),
                };
            }
        }
    }
    coverage
}

#[test]
fn journeys_cover_the_shipped_workflows_and_add_up() {
    let mut table = String::new();
    for (name, workflow) in library::all() {
        let mut all = Coverage::new(&workflow);
        let mut backwards = Coverage::new(&workflow);
        let journeys = library::journeys(&name);
        for text in &journeys {
            all.merge(&journey(&workflow, text)).unwrap();
        }
        for text in journeys.iter().rev() {
            backwards.merge(&journey(&workflow, text)).unwrap();
        }
        let totals = all.totals();
        assert_eq!(
            serde_json::to_string(&all).unwrap(),
            serde_json::to_string(&backwards).unwrap()
        );
        assert!(totals.states.covered > 0 && totals.outcomes.covered > 0, "{name}: {totals:?}");
        assert_eq!(totals.all.total, all.goals().count());
        assert_eq!(totals.all.total - totals.all.covered, all.missing().count());
        for goal in all.goals() {
            assert!(!all.title(goal, Language::Swedish).is_empty());
        }
        let (states, transitions) = (totals.states, totals.transitions);
        let _ =
            writeln!(table, "{name}: {}; states {states}, transitions {transitions}", totals.all);
    }
    println!("{table}");
}

/// Every clause of an answer's reasons.
fn clauses<'a>(found: &mut Vec<&'a Clause>, clauses: &'a [Clause]) {
    for clause in clauses {
        found.push(clause);
        for factor in &clause.factors {
            of_factor(found, factor);
        }
    }
}

fn of_factor<'a>(found: &mut Vec<&'a Clause>, factor: &'a FactorVerdict) {
    // A score is known or not, which is no truth.
    if factor.score.is_none() {
        clauses(found, &factor.clauses);
    }
    for part in &factor.of {
        of_factor(found, part);
    }
}

#[test]
fn what_is_taken_down_is_what_the_answers_say() {
    let mut compared = 0;
    for (name, workflow) in library::all() {
        let numbers: BTreeMap<_, _> = Coverage::new(&workflow)
            .clauses()
            .map(|clause| ((clause.span.file, clause.span.start, clause.span.end), clause.number))
            .collect();
        for text in library::journeys(&name) {
            let mut case = Case::start(&workflow, None, BTreeMap::new()).unwrap().0;
            for line in text.lines().filter(|line| !line.trim().is_empty()) {
                match InputLine::from_json(line).unwrap() {
                    InputLine::Start { at, facts } => {
                        case = Case::start(&workflow, at, facts).unwrap().0;
                    }
                    InputLine::Advance(until) => drop(case.advance(until)),
                    InputLine::Event(event) => {
                        // What was due comes first, so that the answer alone is looked at.
                        if let Some(at) = event.at {
                            case.advance(Until::Time(at));
                        }
                        let mut coverage = Coverage::new(&workflow);
                        let decision = coverage.fire(&mut case, &event);
                        let mut said = Vec::new();
                        // Refused by its role, nobody was let to ask.
                        let asked = decision.reasons.iter().filter(|reason| {
                            let mut grounds = reason.grounds.iter();
                            !grounds.any(|ground| {
                                matches!(ground, Condition::Role { .. } | Condition::NotBy { .. })
                            })
                        });
                        for ground in asked.flat_map(|reason| &reason.grounds) {
                            match ground {
                                Condition::Factor { factor } => of_factor(&mut said, factor),
                                Condition::Guard { clauses: found, .. } => {
                                    clauses(&mut said, found)
                                }
                                _ => {}
                            }
                        }
                        for clause in said {
                            let span = (clause.span.file, clause.span.start, clause.span.end);
                            // An answer goes into branches, which are decided as one.
                            let Some(&number) = numbers.get(&span) else { continue };
                            let goal = match (clause.verdict, clause.negated) {
                                (Truth::True, false) | (Truth::False, true) => {
                                    Goal::Holds { clause: number }
                                }
                                (Truth::False, false) | (Truth::True, true) => {
                                    Goal::Fails { clause: number }
                                }
                                _ => Goal::Unknown { clause: number },
                            };
                            assert!(coverage.has(goal), "{name}: {line}\n{clause:?}");
                            compared += 1;
                        }
                    }
                    _ => unreachable!(),
                }
            }
        }
    }
    assert!(compared > 100, "{compared} clauses compared");
}

/// A formula over facts `f0` … `f4`.
#[derive(Debug, Clone)]
pub(crate) enum Formula {
    Fact(usize),
    Not(Box<Formula>),
    All(Vec<Formula>),
    Any(Vec<Formula>),
}

pub(crate) fn formulas() -> impl Strategy<Value = Formula> {
    (0..5_usize).prop_map(Formula::Fact).prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inner| Formula::Not(Box::new(inner))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Formula::All),
            prop::collection::vec(inner, 2..4).prop_map(Formula::Any),
        ]
    })
}

impl Formula {
    pub(crate) fn script(&self) -> String {
        let joined = |parts: &[Self], sign: &str| {
            let parts: Vec<String> = parts.iter().map(Self::script).collect();
            format!("({})", parts.join(sign))
        };
        match self {
            Self::Fact(number) => format!("f{number}"),
            Self::Not(inner) => format!("!{}", inner.script()),
            Self::All(parts) => joined(parts, " && "),
            Self::Any(parts) => joined(parts, " || "),
        }
    }

    fn leaves(&self) -> usize {
        match self {
            Self::Fact(_) => 1,
            Self::Not(inner) => inner.leaves(),
            Self::All(parts) | Self::Any(parts) => parts.iter().map(Self::leaves).sum(),
        }
    }

    /// Kleene's logic by the book: false < unknown < true. The leaf `turned`, counted in the order of the text, is
    /// otherwise than its fact.
    fn naive(&self, facts: &[Option<bool>], next: &mut usize, turned: Option<usize>) -> i8 {
        match self {
            Self::Fact(number) => {
                let turn = turned == Some(*next);
                *next += 1;
                match facts[*number] {
                    None => 0,
                    Some(value) => {
                        if value != turn {
                            1
                        } else {
                            -1
                        }
                    }
                }
            }
            Self::Not(inner) => -inner.naive(facts, next, turned),
            Self::All(parts) => {
                parts.iter().map(|part| part.naive(facts, next, turned)).min().unwrap()
            }
            Self::Any(parts) => {
                parts.iter().map(|part| part.naive(facts, next, turned)).max().unwrap()
            }
        }
    }

    fn outcome(&self, facts: &[Option<bool>], turned: Option<usize>) -> i8 {
        self.naive(facts, &mut 0, turned)
    }
}

const FACTS: [&str; 5] = ["f0", "f1", "f2", "f3", "f4"];

/// The formula as the guard of a transition, or half of it as a factor that the guard reads.
pub(crate) fn asking(formula: &Formula) -> Workflow {
    let facts: Vec<String> =
        FACTS.iter().map(|name| format!(r#""{name}": {{ "type": "boolean" }}"#)).collect();
    workflow(&format!(
        r#"{{ "id": "w", "facts": {{ {} }},
              "events": {{ "go": {{ "sets": ["f0", "f1", "f2", "f3", "f4"] }} }},
              "initial": "a",
              "states": {{ "a": {{ "on": {{ "go": {{ "target": "b", "guard": "{}" }} }} }}, "b": {{}} }} }}"#,
        facts.join(", "),
        formula.script()
    ))
}

pub(crate) fn fired(workflow: &Workflow, facts: &[Option<bool>]) -> Coverage {
    let mut coverage = Coverage::new(workflow);
    let (mut case, _) = coverage.start(None, BTreeMap::new()).unwrap();
    let mut event = Event::new("go");
    for (name, value) in FACTS.iter().zip(facts) {
        if let Some(value) = value {
            event = event.fact(*name, *value);
        }
    }
    coverage.fire(&mut case, &event);
    coverage
}

fn assignments() -> impl Strategy<Value = Vec<Option<bool>>> {
    prop::collection::vec(prop_oneof![4 => any::<bool>().prop_map(Some), 1 => Just(None)], 5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn decisive_is_what_brute_force_says(formula in formulas(), all in prop::collection::vec(assignments(), 1..6)) {
        let workflow = asking(&formula);
        for facts in &all {
            let coverage = fired(&workflow, facts);
            let outcome = formula.outcome(facts, None);
            let rule = coverage.rules().next().unwrap();
            let seen = [rule.holds, rule.fails, rule.unknown];
            prop_assert_eq!(seen, [1, -1, 0].map(|wanted| u64::from(outcome == wanted)));
            // `!f` is one clause, `!(…)` is not; in both the clause counts from left to right.
            let leaves: Vec<_> = coverage.clauses().filter(|clause| clause.is_whole).collect();
            prop_assert_eq!(leaves.len(), formula.leaves());
            for (place, clause) in leaves.iter().enumerate() {
                let turned = formula.outcome(facts, Some(place));
                let decides = u64::from(outcome != 0 && turned == -outcome);
                let decided = [clause.decided_by_holding, clause.decided_by_failing];
                let expected = if clause.holds > 0 { [decides, 0] } else { [0, decides] };
                prop_assert_eq!(decided, expected, "{} of {} with {:?}", clause.text, formula.script(), facts);
            }
        }
    }

    #[test]
    fn merging_is_commutative_and_associative(formula in formulas(), all in prop::collection::vec(assignments(), 3)) {
        let workflow = asking(&formula);
        let parts: Vec<Coverage> = all.iter().map(|facts| fired(&workflow, facts)).collect();
        let both = |a: &Coverage, b: &Coverage| {
            let mut sum = a.clone();
            sum.merge(b).unwrap();
            sum
        };
        let text = |coverage: &Coverage| serde_json::to_string(coverage).unwrap();
        let [a, b, c] = [&parts[0], &parts[1], &parts[2]];
        prop_assert_eq!(text(&both(a, b)), text(&both(b, a)));
        prop_assert_eq!(text(&both(&both(a, b), c)), text(&both(a, &both(b, c))));
        prop_assert_eq!(text(&both(a, &Coverage::new(&workflow))), text(a));
        // Nothing that one of them has gets lost, and nothing comes of itself.
        let sum: BTreeSet<Goal> = both(a, b).goals().filter(|goal| both(a, b).has(*goal)).collect();
        let each: BTreeSet<Goal> = a.goals().filter(|goal| a.has(*goal) || b.has(*goal)).collect();
        prop_assert_eq!(sum, each);
    }
}

#[test]
fn counting_factors_are_decided_by_those_that_tip_the_scale() {
    let workflow = workflow(
        r#"{ "id": "w",
             "facts": { "a": { "type": "boolean" }, "b": { "type": "boolean" }, "c": { "type": "boolean" } },
             "factors": { "two": { "of": ["a", "b", "c"], "at_least": 2 } },
             "events": { "go": { "sets": ["a", "b", "c"] } },
             "states": { "s": { "on": { "go": { "requires": ["two"] } } } } }"#,
    );
    // For each: who decided, of a, b, c. With two of three true and one unknown, the true ones decide together only.
    let told = [
        ([Some(true), Some(true), Some(false)], [true, true, false]),
        ([Some(true), Some(false), Some(false)], [false, true, true]),
        ([Some(true), Some(true), Some(true)], [false, false, false]),
        ([Some(true), Some(true), None], [false, false, false]),
        ([Some(false), Some(false), None], [true, true, false]),
    ];
    for (facts, decided) in told {
        let mut coverage = Coverage::new(&workflow);
        let (mut case, _) = coverage.start(None, BTreeMap::new()).unwrap();
        let mut event = Event::new("go");
        for (name, value) in ["a", "b", "c"].iter().zip(facts) {
            if let Some(value) = value {
                event = event.fact(*name, value);
            }
        }
        coverage.fire(&mut case, &event);
        let found: Vec<bool> = coverage
            .clauses()
            .filter(|clause| clause.text != "two")
            .map(|clause| clause.decided_by_holding + clause.decided_by_failing > 0)
            .collect();
        // By failing, a flip of one that leaves the outcome open is no flip.
        let expected: Vec<bool> = if facts == [Some(false), Some(false), None] {
            vec![false, false, false]
        } else {
            decided.to_vec()
        };
        assert_eq!(found, expected, "{facts:?}");
    }
}

#[test]
fn thresholds_know_their_steps_and_their_bounds() {
    let workflow = workflow(
        r#"{ "id": "w",
             "parameters": { "limit": 200, "share": 0.4, "wait": { "type": "string", "format": "duration", "value": "P30D" } },
             "facts": { "votes": { "type": "integer", "minimum": 0, "maximum": 200 }, "part": { "type": "number", "minimum": 0, "maximum": 1 },
                        "cost": { "type": "number", "multipleOf": 0.5 }, "day": { "type": "string", "format": "date" },
                        "list": { "type": "array", "items": { "type": "integer" }, "default": [] } },
             "functions": { "dear": { "params": ["x"], "body": "x > 100" } },
             "events": { "go": { "sets": ["votes", "part", "cost", "day", "list"] } },
             "states": { "s": { "on": { "go": { "guard": "votes >= limit && share <= part && dear(cost) && day < event.date + wait && list.all(|x| x >= 3)" } } } } }"#,
    );
    let fire = |json: &str| {
        let mut coverage = Coverage::new(&workflow);
        let (mut case, _) = coverage.start(None, BTreeMap::new()).unwrap();
        let text = format!(r#"{{ "event": "go", "at": "2026-01-01T00:00:00Z", "facts": {json} }}"#);
        let event = Event::from_json(&text).unwrap();
        coverage.fire(&mut case, &event);
        let seen = coverage.thresholds().map(|found| {
            let sides = [found.below, found.just_below, found.at, found.just_above, found.above];
            (found.text, sides)
        });
        seen.collect::<BTreeMap<_, _>>()
    };
    let seen = fire(
        r#"{ "votes": 199, "part": 0.41, "cost": 100.5, "day": "2026-01-31", "list": [2, 3, 4, 9, 3] }"#,
    );
    assert_eq!(seen["votes >= limit"], [0, 1, 0, 0, 0]);
    assert_eq!(seen["share <= part"], [0, 0, 0, 1, 0]);
    assert_eq!(seen["x > 100"], [0, 0, 0, 1, 0]);
    assert_eq!(seen["day < event.date + wait"], [0, 0, 1, 0, 0]);
    assert_eq!(seen["x >= 3"], [0, 1, 2, 1, 1]);
    let seen = fire(r#"{ "votes": 3, "part": 0.42, "cost": 98.5, "day": "2026-02-02" }"#);
    assert_eq!(seen["votes >= limit"], [1, 0, 0, 0, 0]);
    assert_eq!(seen["share <= part"], [0, 0, 0, 0, 1]);
    assert_eq!(seen["x > 100"], [1, 0, 0, 0, 0]);
    assert_eq!(seen["day < event.date + wait"], [0, 0, 0, 0, 1]);
    // More than 200 votes cannot be.
    let coverage = Coverage::new(&workflow);
    let votes = coverage.thresholds().find(|found| found.text == "votes >= limit").unwrap();
    assert_eq!(votes.possible, [true, true, false]);
    assert!(!coverage.goals().any(|goal| goal == Goal::JustAbove { threshold: votes.number }));
}

#[test]
fn what_the_host_asks_does_not_count_and_every_decision_does() {
    let workflow = workflow(
        r#"{ "id": "w", "facts": { "n": { "type": "integer", "default": 0 }, "ok": { "type": "boolean" } },
             "events": { "go": {}, "inner": { "by": [] }, "later": { "by": [] } },
             "initial": "a",
             "states": {
               "a": { "on": { "go": { "target": "b", "actions": "n += 1; raise(`inner`); send(`later`, days(2))" } } },
               "b": { "always": { "guard": "n > 5", "target": "c" },
                      "on": { "inner": { "guard": "n == 1", "actions": "n += 1" }, "later": { "guard": "n == 2" } },
                      "after": { "P1D": { "guard": "ok" }, "P3D": "c" } },
               "c": { "type": "final" } } }"#,
    );
    let mut coverage = Coverage::new(&workflow);
    let (mut case, _) = coverage.start(None, BTreeMap::new()).unwrap();
    let before = serde_json::to_string(&coverage).unwrap();
    let _ = case.explain(&Event::new("go"));
    let _ = case.options(None);
    assert_eq!(serde_json::to_string(&coverage).unwrap(), before);
    coverage.fire(&mut case, &Event::new("go"));
    let judged = |coverage: &Coverage, on: &str| {
        let found = coverage.transitions().find(|found| found.way.on == on).unwrap();
        [found.holds, found.fails, found.unknown, found.taken]
    };
    assert_eq!(judged(&coverage, "go"), [1, 0, 0, 1]);
    assert_eq!(judged(&coverage, "inner"), [1, 0, 0, 1]);
    // Before and behind the raised event.
    assert_eq!(judged(&coverage, "always"), [0, 2, 0, 0]);
    coverage.advance(&mut case, workflow_time("P2D"));
    // The term is tried when it is due, behind the sent event, and at the time to which the host advances.
    assert_eq!(judged(&coverage, "after P1D"), [0, 0, 3, 0]);
    assert_eq!(judged(&coverage, "later"), [1, 0, 0, 1]);
    coverage.advance(&mut case, workflow_time("P1D"));
    assert_eq!(coverage.totals().states.to_string(), "3 of 3");
    assert!(case.is_ended());
}

fn workflow_time(text: &str) -> Until {
    match InputLine::from_json(&format!(r#"{{ "advance": "{text}" }}"#)).unwrap() {
        InputLine::Advance(until) => until,
        _ => unreachable!(),
    }
}

#[test]
fn a_rule_of_a_thousand_clauses_is_looked_at_in_no_time() {
    let factors: Vec<String> = (0..1000)
        .map(|n| format!(r#""f{n}": {{ "guard": "x != {n} && (x <= {n} || x > {n})" }}"#))
        .collect();
    let names: Vec<String> = (0..1000).map(|n| format!(r#""f{n}""#)).collect();
    let text = format!(
        r#"{{ "id": "w", "facts": {{ "x": {{ "type": "integer" }} }}, "events": {{ "go": {{ "required": ["x"] }} }},
              "factors": {{ {} }}, "states": {{ "s": {{ "on": {{ "go": {{ "requires": [{}] }} }} }} }} }}"#,
        factors.join(", "),
        names.join(", ")
    );
    let workflow = workflow(&text);
    let mut coverage = Coverage::new(&workflow);
    let (mut case, _) = coverage.start(None, BTreeMap::new()).unwrap();
    let began = Instant::now();
    coverage.fire(&mut case, &Event::new("go").fact("x", 500));
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    let decided: Vec<_> = coverage
        .clauses()
        .filter(|clause| clause.is_whole && clause.decided_by_failing > 0)
        .map(|clause| clause.text)
        .collect();
    // The transition by its factor, the factor by its clause.
    assert_eq!(decided, ["f500", "x != 500"]);
}

/// Compares with a file; `TRESTEG_BLESS=1` renews it.
pub(crate) fn golden(name: &str, text: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/coverage").join(name);
    if std::env::var_os("TRESTEG_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, kept, "{name}; TRESTEG_BLESS=1 renews it");
}

#[test]
fn different_rules_do_not_add_up() {
    let one = asking(&Formula::Fact(0));
    let other = asking(&Formula::Fact(1));
    let mut sum = Coverage::new(&one);
    let error = sum.merge(&Coverage::new(&other)).unwrap_err();
    assert_eq!(error.kind(), tresteg::ErrorKind::Coverage);
    // Read twice it is the same.
    sum.merge(&Coverage::new(&asking(&Formula::Fact(0)))).unwrap();
}

#[test]
fn the_report_names_what_is_missing() {
    let workflow = workflow(include_str!("definitions/three-steps.json"));
    let mut coverage = Coverage::new(&workflow);
    let (mut case, _) = coverage.start(None, BTreeMap::new()).unwrap();
    coverage.fire(&mut case, &Event::new("meet"));
    golden("report.en.txt", &coverage.describe(Language::English));
    golden("report.sv.txt", &coverage.describe(Language::Swedish));
}

/// What never varies is no goal; a verdict that a scenario expects shows what its factor rests on.
#[test]
fn constants_are_no_goals_and_factors_that_are_expected_count() {
    let file = r#"{ "id": "w", "parameters": { "most": 3, "on": true }, "facts": { "n": { "type": "integer" }, "b": { "type": "boolean" } },
        "factors": { "small": { "guard": "n <= most" }, "open": { "guard": "on" } }, "events": { "go": {}, "tell": { "sets": ["n", "b"] } }, "initial": "a",
        "states": { "a": { "on": { "tell": {}, "go": { "target": "c", "requires": ["small"], "guard": "on && most >= 3 && open && b" } } }, "c": {} } }"#;
    let workflow = workflow(file);
    let coverage = Coverage::new(&workflow);
    let clauses: Vec<_> = coverage.clauses().collect();
    let texts: BTreeSet<&str> = coverage
        .goals()
        .filter_map(|goal| match goal {
            Goal::Holds { clause } => Some(clauses[clause].text.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(texts, BTreeSet::from(["b", "n <= most", "small"]));
    let suite = |expect: &str| {
        let text = format!(
            r#"{{ "workflow": "w.json", "scenarios": {{ "s": {{ "facts": {{ "n": 2 }}, "expect": {{ "states": "a"{expect} }} }} }} }}"#
        );
        let suite = tresteg::scenario::Suite::load(
            "s.scenario.json",
            &text,
            &mut |_| Ok(file.to_owned()),
            &tresteg::Limits::default(),
        );
        suite.unwrap_or_else(|report| panic!("{report}"))
    };
    let covered = |expect: &str| {
        let mut coverage = Coverage::new(&workflow);
        for scenario in suite(expect).scenarios() {
            assert!(scenario.run_covering(&mut coverage).is_none());
        }
        coverage.totals().outcomes.covered
    };
    assert_eq!(covered(""), 0);
    assert!(covered(r#", "factors": { "small": true }"#) > 0);
}
