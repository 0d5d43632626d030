//! Missing information never opens a gate, not even through an else.
//!
//! A decision with two branches, `yes` if a guard holds and else `no`, over random guards, every subset of unknown
//! facts and random values of the others. What more knowledge could make of it is asked of the engine itself.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use tresteg::case::Availability;
use tresteg::{Case, Decision, Event, Outcome, Value, Workflow};

use crate::dice::{Dice, check};

const FACTS: [&str; 7] = ["f0", "f1", "f2", "n0", "n1", "e", "l"];

type Facts = BTreeMap<String, Value>;

fn random_value(dice: &mut Dice, fact: &str) -> Value {
    match fact {
        "n0" | "n1" => i64::try_from(dice.below(4)).unwrap().into(),
        "e" => (*dice.pick(&["x", "y", "z"])).into(),
        "l" => {
            let lists: [&[i64]; 4] = [&[], &[1], &[0, 3], &[2, 2, 4]];
            dice.pick(&lists).iter().map(|item| Value::from(*item)).collect()
        }
        _ => dice.once_in(2).into(),
    }
}

fn boolean(dice: &mut Dice, depth: usize) -> String {
    if depth > 0 && dice.once_in(2) {
        let (one, two) = (boolean(dice, depth - 1), boolean(dice, depth - 1));
        return match dice.below(6) {
            0 | 1 => format!("({one}) && ({two})"),
            2 | 3 => format!("({one}) || ({two})"),
            4 => format!("!({one})"),
            _ => {
                let three = boolean(dice, depth - 1);
                format!("if ({one}) {{ {two} }} else {{ {three} }}")
            }
        };
    }
    let leaves = [
        "f0",
        "f1",
        "f2",
        "!f0",
        "n0 >= 2",
        "n0 < n1",
        "n0 + n1 > 3",
        "e == `x`",
        "e != `y`",
        "e in [`x`, `z`]",
        "l.len() > 1",
        "l.all(|i| i > n0)",
        "l.some(|i| i == 2)",
        "n1 in l",
        "l.sum() > n1",
        "g0",
        "g1",
        "d0",
        "d1 > 2",
        "d2",
        "big(n0)",
        "max(n0, n1) == 2",
        "g2 > 0.5",
        "switch e { `x` => f0, `y` => n0 > 1, _ => f1 }",
        "{ let m = n0 * 2; m > n1 }",
        "(if f0 { n0 } else { n1 }) > 1",
    ];
    (*dice.pick(&leaves)).to_owned()
}

/// A name of what can be required.
fn requirement(dice: &mut Dice) -> &'static str {
    let name: &&str = dice.pick(&["f0", "f1", "f2", "g0", "g1", "d0", "d2"]);
    name
}

fn workflow(dice: &mut Dice) -> (String, Workflow) {
    let guard = boolean(dice, 3);
    let factor = {
        let leaves = ["f0 && n0 > 1", "f1 || e == `x`", "f2", "n1 > 1 && !f1"];
        (*dice.pick(&leaves)).to_owned()
    };
    let at_least = 1 + dice.below(3);
    let mut yes =
        format!(r#""target": "yes", "guard": {}"#, serde_json::to_string(&guard).unwrap());
    if dice.once_in(4) {
        yes.push_str(&format!(r#", "requires": ["{}"]"#, requirement(dice)));
    }
    let otherwise = match dice.below(3) {
        0 => r#"{ "target": "no" }"#,
        // The same question the other way round, and an answer of the outer state.
        1 => r#"{ "target": "no", "guard": "f0 || !f0" }, { "target": "no" }"#,
        _ => "",
    };
    let outer = if otherwise.is_empty() { r#""on": { "go": "no" },"# } else { "" };
    let comma = if otherwise.is_empty() { "" } else { ", " };
    let text = format!(
        r#"{{
        "id": "w",
        "facts": {{
            "f0": {{ "type": "boolean" }}, "f1": {{ "type": "boolean" }}, "f2": {{ "type": "boolean" }},
            "n0": {{ "type": "integer" }}, "n1": {{ "type": "integer" }},
            "e": {{ "enum": ["x", "y", "z"] }}, "l": {{ "type": "array", "items": {{ "type": "integer" }} }},
            "d0": {{ "type": "boolean", "value": "f0 && n0 > 1" }}, "d1": {{ "type": "integer", "value": "n0 + n1" }},
            "d2": {{ "type": "boolean", "value": "d0 || d1 == 3" }}
        }},
        "functions": {{ "big": {{ "params": ["x"], "body": "x > 2" }} }},
        "factors": {{
            "g0": {{ "guard": {factor} }},
            "g1": {{ "of": ["f0", "g0", "d0"], "at_least": {at_least} }},
            "g2": {{ "score": "if f1 {{ 1 }} else {{ 0.25 }}" }}
        }},
        "events": {{ "go": {{ "sets": ["f0", "f1", "f2", "n0", "n1", "e", "l"] }} }},
        "initial": "outer",
        "states": {{
            "outer": {{
                {outer}
                "initial": "ask",
                "states": {{ "ask": {{ "on": {{ "go": [{{ {yes} }}{comma}{otherwise}] }} }} }}
            }},
            "yes": {{}},
            "no": {{}}
        }}
    }}"#,
        factor = serde_json::to_string(&factor).unwrap(),
    );
    let workflow = Workflow::from_json(&text).unwrap_or_else(|report| panic!("{text}\n{report}"));
    (text, workflow)
}

fn ask(workflow: &Workflow, facts: &Facts) -> (Case, Decision) {
    let (mut case, _) = Case::start(workflow, None, facts.clone()).unwrap();
    let decision = case.fire(&Event::new("go"));
    (case, decision)
}

/// What is named as unknown, without the way into a value.
fn named(decision: &Decision) -> BTreeSet<String> {
    let all = decision.reasons.iter().flat_map(|reason| reason.unknown.iter().cloned());
    all.collect()
}

#[test]
fn missing_knowledge_never_opens_a_gate() {
    let seen = std::cell::RefCell::new(BTreeMap::new());
    check(150, 120, |dice| {
        let (text, workflow) = workflow(dice);
        for subset in 0..1_usize << FACTS.len() {
            let mut facts = Facts::new();
            let mut unknown: Vec<&str> = Vec::new();
            for (index, fact) in FACTS.iter().enumerate() {
                if subset & (1 << index) == 0 {
                    facts.insert((*fact).to_owned(), random_value(dice, fact));
                } else {
                    unknown.push(*fact);
                }
            }
            let answer = one(dice, &text, &workflow, &facts, &unknown)?;
            *seen.borrow_mut().entry(answer).or_insert(0) += 1;
        }
        Ok(())
    });
    let seen: BTreeMap<&str, usize> = seen.into_inner();
    println!("{seen:?}");
    assert!(
        ["yes", "no", "blocked"].iter().all(|answer| seen.get(answer).is_some_and(|n| *n > 100)),
        "{seen:?}"
    );
}

fn one(
    dice: &mut Dice,
    text: &str,
    workflow: &Workflow,
    facts: &Facts,
    unknown: &[&str],
) -> Result<&'static str, TestCaseError> {
    let (case, decision) = ask(workflow, facts);
    let context = || format!("{text}\nknown: {facts:?}\n{decision:#?}");
    let (before, _) = Case::start(workflow, None, facts.clone()).unwrap();
    let options = before.options(None);
    let standing =
        options.iter().find(|choice| choice.event == "go").map(|choice| &choice.standing);
    let Some(standing) = standing else { return Err(TestCaseError::fail(context())) };
    let names = named(&decision);
    match decision.outcome {
        Outcome::Moved => {
            let answer = if case.is_in("yes") { "yes" } else { "no" };
            prop_assert_eq!(standing, &Availability::Open, "{}", context());
            // Whatever the unknown facts turn out to be, the answer stays.
            for _ in 0..if unknown.is_empty() { 0 } else { 3 } {
                let mut more = facts.clone();
                for fact in unknown {
                    more.insert((*fact).to_owned(), random_value(dice, fact));
                }
                let (after, decision) = ask(workflow, &more);
                prop_assert!(
                    after.is_in(answer),
                    "{}\nbut knowing {:?}: {:#?}",
                    context(),
                    more,
                    decision
                );
            }
            Ok(answer)
        }
        Outcome::Blocked => {
            prop_assert!(!names.is_empty(), "blocked, and nothing is named: {}", context());
            for name in &names {
                prop_assert!(
                    unknown.contains(&name.as_str()),
                    "`{}` is known: {}",
                    name,
                    context()
                );
            }
            let Availability::OpenIf { given, .. } = standing else {
                return Err(TestCaseError::fail(format!("{standing:?}\n{}", context())));
            };
            for name in given {
                prop_assert!(names.contains(name), "options ask for `{}`: {}", name, context());
            }
            prop_assert!(!given.is_empty(), "{}", context());
            // Giving what is named leads to a decision: each time something else may be named, never the same again.
            let mut event = Event::new("go");
            let mut waits = names;
            let mut after = before;
            for _ in 0..=FACTS.len() {
                for name in &waits {
                    prop_assert!(
                        !event.facts.contains_key(name),
                        "`{}` is named again: {}",
                        name,
                        context()
                    );
                    event = event.fact(name.clone(), random_value(dice, name));
                }
                let decision = after.fire(&event);
                match decision.outcome {
                    Outcome::Moved => return Ok("blocked"),
                    Outcome::Blocked => waits = named(&decision),
                    _ => {
                        return Err(TestCaseError::fail(format!(
                            "{}\nthen {decision:#?}",
                            context()
                        )));
                    }
                }
            }
            Err(TestCaseError::fail(format!("never decided: {}", context())))
        }
        _ => Err(TestCaseError::fail(context())),
    }
}

/// Two branches written out, each the other's opposite: with the fact unknown neither is taken.
#[test]
fn neither_branch_of_an_unknown_fact_is_taken() {
    let guards = [
        ("f0", "!f0"),
        ("n0 > 1", "n0 <= 1"),
        ("e == `x`", "e != `x`"),
        ("g0", "!g0"),
        ("d0", "!d0"),
        ("l.some(|i| i > 1)", "l.all(|i| i <= 1)"),
        ("if f0 { true } else { false }", "if f0 { false } else { true }"),
        ("switch e { `x` => true, _ => false }", "switch e { `x` => false, _ => true }"),
    ];
    for (yes, no) in guards {
        let text = format!(
            r#"{{ "id": "w",
            "facts": {{ "f0": {{ "type": "boolean" }}, "n0": {{ "type": "integer" }}, "e": {{ "enum": ["x", "y"] }},
                "l": {{ "type": "array", "items": {{ "type": "integer" }} }}, "d0": {{ "type": "boolean", "value": "f0" }} }},
            "factors": {{ "g0": {{ "guard": "f0" }} }},
            "initial": "a",
            "states": {{ "a": {{ "on": {{ "go": [ {{ "guard": "{yes}", "target": "b" }}, {{ "guard": "{no}", "target": "c" }}, "d" ] }} }},
                "b": {{}}, "c": {{}}, "d": {{}} }} }}"#
        );
        let workflow = Workflow::from_json(&text).unwrap_or_else(|report| panic!("{report}"));
        let (case, decision) = ask(&workflow, &Facts::new());
        assert_eq!(decision.outcome, Outcome::Blocked, "{yes}: {decision:#?}");
        assert_eq!(case.states(), ["a"]);
        // The one asked is named, those behind it say what hides them.
        assert_eq!(decision.reasons.len(), 3, "{decision:#?}");
        assert_eq!(named(&decision).len(), 1, "{decision:#?}");
    }
}

/// The two ways to speak of what is unknown.
#[test]
fn known_and_a_stand_in_decide() {
    let text = r#"{ "id": "w", "facts": { "n": { "type": "integer" }, "d": { "type": "integer", "default": 1 } },
        "initial": "a",
        "states": { "a": { "on": {
            "asks": { "guard": "known(`n`)" }, "denies": { "guard": "!known(`n`)" }, "default": { "guard": "known(`d`)" },
            "stands_in": { "guard": "(n ?? 5) == 5" }, "short": { "guard": "known(`n`) && n > 3" } } } } }"#;
    let workflow = Workflow::from_json(text).unwrap_or_else(|report| panic!("{report}"));
    let answers = |facts: Facts| -> Vec<Outcome> {
        ["asks", "denies", "default", "stands_in", "short"]
            .iter()
            .map(|event| {
                Case::start(&workflow, None, facts.clone())
                    .unwrap()
                    .0
                    .fire(&Event::new(*event))
                    .outcome
            })
            .collect()
    };
    use Outcome::{Blocked, Moved};
    assert_eq!(answers(Facts::new()), [Blocked, Moved, Moved, Moved, Blocked]);
    assert_eq!(
        answers(Facts::from([("n".to_owned(), 5.into())])),
        [Moved, Blocked, Moved, Moved, Moved]
    );
}

/// Every state of knowledge of two facts, against the tables of SQL.
#[test]
fn the_tables_of_three_valued_logic() {
    let values = [Some(true), Some(false), None];
    let not = |a: Option<bool>| a.map(|a| !a);
    let and = |a, b| match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    };
    for (written, table) in [
        ("f && g", (&|f, g| and(f, g)) as &dyn Fn(Option<bool>, Option<bool>) -> Option<bool>),
        ("f || g", &|f, g| not(and(not(f), not(g)))),
        ("!f && g", &|f, g| and(not(f), g)),
        ("!(f && g)", &|f, g| not(and(f, g))),
        ("f == g", &|f, g| Some(f? == g?)),
        ("f != g", &|f, g| Some(f? != g?)),
        ("h && g", &|f, g| and(f, g)),
        ("k || g", &|f, g| not(and(not(f), not(g)))),
    ] {
        let text = format!(
            r#"{{ "id": "w", "facts": {{ "f": {{ "type": "boolean" }}, "g": {{ "type": "boolean" }}, "h": {{ "type": "boolean", "value": "f" }},
                "whole": {{ "type": "boolean", "value": "{written}" }} }},
            "factors": {{ "k": {{ "guard": "f" }}, "all": {{ "guard": "{written}" }} }},
            "initial": "a", "states": {{ "a": {{ "on": {{
                "guard": {{ "guard": "{written}" }}, "fact": {{ "requires": ["whole"] }}, "factor": {{ "requires": ["all"] }},
                "turned": {{ "guard": "!({written})" }} }} }} }} }}"#
        );
        let workflow = Workflow::from_json(&text).unwrap_or_else(|report| panic!("{report}"));
        for f in values {
            for g in values {
                let mut facts = Facts::new();
                facts.extend(f.map(|f| ("f".to_owned(), f.into())));
                facts.extend(g.map(|g| ("g".to_owned(), g.into())));
                let answer = |event: &str| {
                    let (mut case, _) = Case::start(&workflow, None, facts.clone()).unwrap();
                    let decision = case.fire(&Event::new(event));
                    match (decision.outcome, named(&decision).is_empty()) {
                        (Outcome::Moved, _) => Some(true),
                        (Outcome::Blocked, true) => Some(false),
                        (Outcome::Blocked, false) => None,
                        _ => panic!("{decision:#?}"),
                    }
                };
                let wanted = table(f, g);
                for event in ["guard", "fact", "factor"] {
                    assert_eq!(
                        answer(event),
                        wanted,
                        "{written} as {event} with f = {f:?}, g = {g:?}"
                    );
                }
                assert_eq!(
                    answer("turned"),
                    not(wanted),
                    "not {written} with f = {f:?}, g = {g:?}"
                );
                let (case, _) = Case::start(&workflow, None, facts.clone()).unwrap();
                assert_eq!(
                    case.fact("whole").and_then(|value| value.as_bool()),
                    wanted,
                    "{written}"
                );
            }
        }
    }
}

/// A clause about a list says which item leaves it undecided, and shows a long list by its beginning.
#[test]
fn of_a_long_list_the_item_that_is_unknown_is_named() {
    let workflow = Workflow::from_json(
        r#"{ "id": "w", "states": { "s": { "on": { "go": { "guard": "all.all(|one| one.ok)" } } } },
            "facts": { "all": { "type": "array", "items": { "type": "object", "properties": { "ok": { "type": "boolean" } } } } } }"#,
    )
    .unwrap();
    let told = |items: usize, language| {
        let mut list = vec!["{\"ok\": true}"; items];
        list.push("{}");
        let facts = format!("{{\"all\": [{}]}}", list.join(", "));
        let facts = tresteg::case::facts_from_json(&facts).unwrap();
        let (mut case, _) = Case::start(&workflow, None, facts).unwrap();
        let decision = case.fire(&Event::new("go"));
        assert_eq!(decision.reasons[0].unknown, [format!("all[{items}].ok")]);
        workflow.describe(&decision, language)
    };
    let short = told(2, tresteg::Language::English);
    assert!(short.contains("? item 3: Not known: ok\n"), "{short}");
    let long = told(999, tresteg::Language::English);
    assert!(long.contains("? item 1000: Not known: ok\n") && long.len() < 500, "{long}");
    let long = told(999, tresteg::Language::Swedish);
    assert!(long.contains("? post 1000: Inte känt: ok\n") && long.len() < 500, "{long}");
}

/// What a guard says: yes, no, or that it depends on what is not known; `None` where it fails.
fn said(workflow: &Workflow, rows: &str) -> Option<Option<bool>> {
    let facts = workflow.facts_from_json(&format!("{{ \"l\": {rows} }}")).unwrap();
    let (_, decision) = ask(workflow, &facts);
    match (decision.outcome, named(&decision).is_empty()) {
        (Outcome::Moved, _) => Some(Some(true)),
        (Outcome::Blocked, true) => Some(Some(false)),
        (Outcome::Blocked, false) => Some(None),
        _ => None,
    }
}

/// Whatever rows turn out to be that are not known yet, an answer that is given stays; and where only it is unknown whether
/// a row counts, the answer is given as soon as it is the same either way. Every way to fill in what is unknown is tried.
#[test]
fn an_unknown_row_matters_where_it_matters() {
    let properties: [(&str, &[&str]); 3] =
        [("k", &["true", "false"]), ("v", &["0", "2", "3"]), ("e", &["\"a\"", "\"b\""])];
    // Whether all that follows from the rows is found out, not only nothing that does not follow.
    let rules = [
        ("l.filter(|x| x.k).len() >= 2", true),
        ("l.filter(|x| x.k).is_empty()", true),
        ("l.filter(|x| x.k).map(|x| x.v).min() >= 2", true),
        ("l.filter(|x| x.k).map(|x| x.v).min() < 1", true),
        ("l.filter(|x| x.k).map(|x| x.v).max() <= 2", true),
        ("l.filter(|x| x.k).map(|x| x.v).max() > 2", true),
        ("l.filter(|x| x.k).map(|x| x.v).max() == 3", false),
        ("l.filter(|x| x.k).map(|x| x.v).min() != 2", false),
        ("l.filter(|x| x.k).map(|x| x.v).max() * -1 < -2", true),
        ("l.filter(|x| x.k).map(|x| x.e).covers()", true),
        ("!l.filter(|x| x.k).map(|x| x.e).covers()", true),
        ("`a` in l.filter(|x| x.k).map(|x| x.e)", true),
        ("`a` !in l.filter(|x| x.k).map(|x| x.e)", true),
        ("l.filter(|x| x.k).map(|x| x.v).sum() >= 4", true),
        ("l.filter(|x| x.k).all(|x| x.v >= 2)", true),
        ("l.filter(|x| x.k).some(|x| x.v >= 2)", true),
        ("l.filter(|x| x.v >= 2).map(|x| x.e).covers()", true),
        ("l.filter(|x| x.v >= 2 && x.k).map(|x| x.v).min() >= 2", false),
        ("l.map(|x| x.v).is_empty()", true),
        ("l.map(|x| x.v).min() >= 0", false),
    ];
    let workflows: Vec<(&str, bool, Workflow)> = rules
        .iter()
        .map(|(rule, whole)| {
            let text = format!(
                r#"{{ "id": "w", "initial": "a", "states": {{ "a": {{ "on": {{ "go": {{ "guard": "{rule}", "target": "b" }} }} }}, "b": {{}} }},
                "facts": {{ "l": {{ "type": "array", "items": {{ "type": "object", "properties": {{ "k": {{ "type": "boolean" }},
                    "v": {{ "type": "integer" }}, "e": {{ "enum": ["a", "b"] }} }} }} }} }} }}"#
            );
            let workflow = Workflow::from_json(&text).unwrap_or_else(|report| panic!("{report}"));
            (*rule, *whole, workflow)
        })
        .collect();
    let row = |values: &[Option<&str>]| {
        let members = properties.iter().zip(values);
        let members =
            members.filter_map(|((name, _), value)| Some(format!("\"{name}\": {}", (*value)?)));
        format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
    };
    let (seen, given) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    check(60, 60, |dice| {
        let width = properties.len();
        let mut cells: Vec<Option<&str>> = Vec::new();
        let only_counts = dice.once_in(2);
        for _ in 0..1 + dice.below(3) {
            for (name, values) in &properties {
                let is_unknown = dice.once_in(3) && (*name == "k" || !only_counts);
                cells.push((!is_unknown).then(|| *dice.pick(values)));
            }
        }
        let missing: Vec<usize> =
            (0..cells.len()).filter(|at| cells[*at].is_none()).take(4).collect();
        // What is beyond the fourth is made known, so that all ways can be tried.
        for at in 0..cells.len() {
            if cells[at].is_none() && !missing.contains(&at) {
                cells[at] = Some(*dice.pick(properties[at % width].1));
            }
        }
        let list = |cells: &[Option<&str>]| {
            let rows: Vec<String> = cells.chunks(width).map(row).collect();
            format!("[{}]", rows.join(", "))
        };
        let mut fillings = vec![cells.clone()];
        for at in &missing {
            let values = properties[at % width].1;
            fillings = fillings
                .into_iter()
                .flat_map(|filling| {
                    values.iter().map(move |value| {
                        let mut filling = filling.clone();
                        filling[*at] = Some(*value);
                        filling
                    })
                })
                .collect();
        }
        let counts_alone = missing.iter().all(|at| at % width == 0);
        for (rule, whole, workflow) in &workflows {
            let is = said(workflow, &list(&cells));
            let all: BTreeSet<Option<Option<bool>>> =
                fillings.iter().map(|filling| said(workflow, &list(filling))).collect();
            seen.set(seen.get() + 1);
            let context = || format!("{rule} of {}: {is:?}, then {all:?}", list(&cells));
            if let Some(Some(_)) = is {
                given.set(given.get() + 1);
                prop_assert_eq!(&all, &BTreeSet::from([is]), "{}", context());
            }
            let is_same = matches!(all.iter().collect::<Vec<_>>().as_slice(), [Some(Some(_))]);
            if *whole && is_same && (counts_alone || rule.ends_with("is_empty()")) {
                prop_assert_eq!(&BTreeSet::from([is]), &all, "{}", context());
            }
        }
        Ok(())
    });
    assert!(given.get() * 3 > seen.get(), "{} of {}", given.get(), seen.get());
}
