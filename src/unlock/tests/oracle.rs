//! Against trying every value of every fact: the same minimal sets, the nearest values, the same ranges.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

const FACTS: &str = r#"
    "p": { "type": "integer", "minimum": 0, "maximum": 3 }, "q": { "type": "integer", "minimum": 0, "maximum": 3 },
    "b": { "type": "boolean" }, "c": { "type": "boolean" }, "e": { "enum": ["u", "v", "w"] },
    "twice": { "type": "integer", "value": "p * 2" }, "both": { "type": "boolean", "value": "b && c" }"#;

fn domain(name: &str) -> Vec<Value> {
    match name {
        "p" | "q" => (0..4).map(Value::from).collect(),
        "e" => ["u", "v", "w"].into_iter().map(Value::from).collect(),
        _ => vec![false.into(), true.into()],
    }
}

const NAMES: [&str; 5] = ["p", "q", "b", "c", "e"];

type Point = BTreeMap<String, Value>;

fn atom() -> impl Strategy<Value = String> {
    let number = prop::sample::select(vec![
        "p", "q", "twice", "p + q", "p - q", "(p ?? 1)", "p * q", "q % 2",
    ]);
    let order = prop::sample::select(vec!["<", "<=", "==", "!=", ">=", ">"]);
    let compared =
        (number, order, 0..5_i64).prop_map(|(left, op, right)| format!("{left} {op} {right}"));
    let plain = prop::sample::select(vec![
        "b",
        "c",
        "both",
        "known(\"b\")",
        "known(\"p\")",
        "(b ?? true)",
        "e == \"u\"",
        "e != \"v\"",
        "e in [\"v\", \"w\"]",
        "two",
        "p < q",
        "q < 2 ? b : c",
    ]);
    let plain = plain.prop_filter("", |text| !text.contains('?') || text.contains("??"));
    prop_oneof![2 => compared, 2 => plain.prop_map(str::to_owned)]
}

fn guard() -> impl Strategy<Value = String> {
    atom().prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|parts| format!("({})", parts.join(" && "))),
            prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|parts| format!("({})", parts.join(" || "))),
            inner.prop_map(|part| format!("!({part})")),
        ]
    })
}

fn start() -> impl Strategy<Value = Point> {
    let one = |name: &'static str| {
        prop::option::weighted(0.75, prop::sample::select(domain(name)))
            .prop_map(move |value| (name, value))
    };
    (one("p"), one("q"), one("b"), one("c"), one("e")).prop_map(|(p, q, b, c, e)| {
        let known = [p, q, b, c, e].into_iter();
        known.filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    })
}

/// Everything that the facts could be, with what would be changed.
fn points(base: &Point) -> Vec<(BTreeSet<String>, Point)> {
    let mut found = vec![(BTreeSet::new(), base.clone())];
    for name in NAMES {
        let mut more = Vec::new();
        for (changed, point) in &found {
            for value in domain(name).into_iter().filter(|value| base.get(name) != Some(value)) {
                let (mut changed, mut point) = (changed.clone(), point.clone());
                changed.insert(name.to_owned());
                point.insert(name.to_owned(), value);
                more.push((changed, point));
            }
        }
        found.extend(more);
    }
    found
}

fn place(name: &str, value: &Value) -> i64 {
    let found = domain(name).iter().position(|one| one == value).unwrap();
    i64::try_from(found).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: std::env::var("TRESTEG_UNLOCKS").ok().and_then(|n| n.parse().ok()).unwrap_or(40),
        failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn all_minimal_sets_are_those_that_trying_finds(
        base in start(), first in guard(), second in guard(), carries in any::<bool>(), two in 1..3_usize, other in any::<bool>(),
    ) {
        let carried = if carries { r#""p", "q", "b", "c", "e""# } else { "" };
        let json = |text: &str| serde_json::to_string(text).unwrap();
        let second = if other { format!(r#", {{ "target": "c", "guard": {} }}"#, json(&second)) } else { String::new() };
        let text = format!(r#"{{ "id": "w", "facts": {{ {FACTS} }},
            "factors": {{ "high": {{ "guard": "p > 1" }}, "yes": {{ "guard": "b" }}, "two": {{ "of": ["high", "yes"], "at_least": {two} }} }},
            "events": {{ "go": {{ "sets": [{carried}] }} }}, "initial": "a", "states": {{
            "a": {{ "on": {{ "go": [{{ "target": "b", "guard": {} }}{second}] }} }}, "b": {{}}, "c": {{}} }} }}"#, json(&first));
        // Rules that are the same in every case are refused.
        let Ok(workflow) = Workflow::from_json(&text) else { return Ok(()) };
        let at = workflow.time("2026-03-10T12:00").unwrap();
        let open = |point: &Point| {
            let (case, _) = Case::start(&workflow, Some(at), point.clone()).unwrap();
            case.explain(&Event::new("go")).is_moved()
        };
        let all: Vec<(BTreeSet<String>, Point)> = points(&base).into_iter().filter(|(_, point)| open(point)).collect();
        let (case, _) = Case::start(&workflow, Some(at), base.clone()).unwrap();
        let found = unlock(&case, &Event::new("go"));
        let shown = serde_json::to_string(&found).unwrap();
        if all.iter().any(|(changed, _)| changed.is_empty()) {
            prop_assert!(found.is_open && found.ways.is_empty(), "{text}\n{base:?}\n{shown}");
            return Ok(());
        }
        let sets: BTreeSet<&BTreeSet<String>> = all.iter().map(|(changed, _)| changed).collect();
        let least: BTreeSet<&BTreeSet<String>> =
            sets.iter().filter(|set| !sets.iter().any(|other| other != *set && other.is_subset(set))).copied().collect();
        let name = |change: &Change| match &change.what {
            Changed::Fact(name) => name.clone(),
            what => panic!("{what:?}"),
        };
        let given: Vec<BTreeSet<String>> = found.ways.iter().map(|way| way.changes.iter().map(name).collect()).collect();
        for (way, set) in found.ways.iter().zip(&given) {
            let mut point = base.clone();
            point.extend(way.changes.iter().map(|change| (name(change), change.value.clone())));
            prop_assert!(open(&point), "does not open\n{text}\n{base:?}\n{shown}");
            prop_assert!(!way.is_minimal || least.contains(set), "not minimal\n{text}\n{base:?}\n{shown}");
            for change in way.changes.iter().filter(|change| change.is_nearest) {
                let fact = name(change);
                let opens = |value: &Value| {
                    let mut point = point.clone();
                    point.insert(fact.clone(), value.clone());
                    open(&point)
                };
                let others: Vec<Value> = domain(&fact).into_iter().filter(|value| base.get(&fact) != Some(value) && opens(value)).collect();
                if fact == "p" || fact == "q" {
                    if let Some(was) = base.get(&fact) {
                        let far = |value: &Value| (place(&fact, value) - place(&fact, was)).abs();
                        let nearest = others.iter().map(far).min();
                        prop_assert_eq!(Some(far(&change.value)), nearest, "not nearest\n{}\n{:?}\n{}", text, base, shown);
                    }
                    if change.is_range {
                        let (from, to) = (change.from.as_ref().map_or(0, |from| place(&fact, from)), change.to.as_ref().map_or(3, |to| place(&fact, to)));
                        for value in domain(&fact) {
                            let at = place(&fact, &value);
                            let inside = from <= at && at <= to;
                            let beside = at == from - 1 || at == to + 1;
                            let was = base.get(&fact) == Some(&value);
                            prop_assert!(!inside || opens(&value), "{value} of the range stays shut\n{text}\n{base:?}\n{shown}");
                            prop_assert!(was || !beside || !opens(&value), "{value} opens too\n{text}\n{base:?}\n{shown}");
                        }
                    }
                } else {
                    prop_assert!(change.one_of.is_empty() && others.len() == 1 || change.one_of == others
                        || change.one_of.iter().all(|one| others.contains(one)) && change.one_of.len() == others.len(), "{text}\n{base:?}\n{shown}");
                }
            }
        }
        if found.is_complete {
            let given: BTreeSet<&BTreeSet<String>> = given.iter().collect();
            prop_assert_eq!(given, least, "{}\n{:?}\n{}", text, base, shown);
        } else {
            // Only what is not linear may stop it.
            prop_assert!(text.contains("p * q"), "{text}\n{base:?}\n{shown}");
        }
    }
}
