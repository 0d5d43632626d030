//! Random trees of `&&`, `||`, `!` against a naive table of three-valued logic, with every subset of facts unknown.

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Logic {
    Fact(usize),
    /// A factor that reads the first fact.
    Factor,
    /// `??` with true behind a fact.
    Stand(usize),
    Known(usize),
    Not(Box<Logic>),
    And(Vec<Logic>),
    Or(Vec<Logic>),
}

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

impl Logic {
    fn text(&self) -> String {
        let all = |parts: &[Self], by: &str| {
            let parts: Vec<String> = parts.iter().map(Self::text).collect();
            format!("({})", parts.join(by))
        };
        match self {
            Self::Fact(i) => NAMES[*i].to_owned(),
            Self::Factor => "fa".to_owned(),
            Self::Stand(i) => format!("({} ?? true)", NAMES[*i]),
            Self::Known(i) => format!("known(`{}`)", NAMES[*i]),
            Self::Not(inner) => format!("!{}", inner.text()),
            Self::And(parts) => all(parts, " && "),
            Self::Or(parts) => all(parts, " || "),
        }
    }

    fn truth(&self, facts: &[Option<bool>; 4]) -> Option<bool> {
        match self {
            Self::Fact(i) => facts[*i],
            Self::Factor => facts[0],
            Self::Stand(i) => Some(facts[*i].unwrap_or(true)),
            Self::Known(i) => Some(facts[*i].is_some()),
            Self::Not(inner) => inner.truth(facts).map(|truth| !truth),
            Self::And(parts) => {
                let truths: Vec<_> = parts.iter().map(|part| part.truth(facts)).collect();
                if truths.contains(&Some(false)) {
                    Some(false)
                } else if truths.contains(&None) {
                    None
                } else {
                    Some(true)
                }
            }
            Self::Or(parts) => {
                let truths: Vec<_> = parts.iter().map(|part| part.truth(facts)).collect();
                if truths.contains(&Some(true)) {
                    Some(true)
                } else if truths.contains(&None) {
                    None
                } else {
                    Some(false)
                }
            }
        }
    }
}

fn logic() -> impl Strategy<Value = Logic> {
    let leaf = prop_oneof![
        6 => (0..4_usize).prop_map(Logic::Fact),
        1 => Just(Logic::Factor),
        1 => (0..4_usize).prop_map(Logic::Stand),
        1 => (0..4_usize).prop_map(Logic::Known),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inner| Logic::Not(Box::new(inner))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Logic::And),
            prop::collection::vec(inner, 2..4).prop_map(Logic::Or),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_walk_agrees_with_the_tables(tree in logic()) {
        let mut world = world(&file(Place::Guard, &tree.text()));
        let ids: Vec<FactId> = NAMES.iter().map(|name| world.rules.fact_named(name).unwrap()).collect();
        for which in 0..81 {
            let mut facts = [None; 4];
            let mut rest = which;
            for fact in &mut facts {
                *fact = [None, Some(false), Some(true)][rest % 3];
                rest /= 3;
            }
            for (id, fact) in ids.iter().zip(facts) {
                world.facts.set(*id, fact.map(Value::Boolean));
            }
            let wanted = match tree.truth(&facts) {
                None => Truth::Unknown,
                Some(true) => Truth::True,
                Some(false) => Truth::False,
            };
            prop_assert_eq!(world.decide(), Ok(wanted), "{} with {:?}", tree.text(), facts);
            // What is named as unknown is unknown, and something is named exactly where nothing is decided.
            let names = world.rules.unknowns(world.guard(), &world.context());
            prop_assert_eq!(names.is_empty(), wanted != Truth::Unknown);
            for name in names {
                let index = NAMES.iter().position(|one| **one == name);
                prop_assert_eq!(index.map(|index| facts[index]), Some(None));
            }
            // Clauses that are shown bear the verdict out.
            let clauses = world.rules.explain(world.guard(), &world.context());
            prop_assert!(!clauses.is_empty());
            match (&tree, wanted) {
                (Logic::And(_), Truth::False) => prop_assert!(clauses.iter().any(|clause| clause.verdict == Truth::False)),
                (Logic::And(_), Truth::Unknown) => prop_assert!(clauses.iter().all(|clause| clause.verdict == Truth::Unknown)),
                (Logic::Or(_), Truth::False) => prop_assert!(clauses.iter().all(|clause| clause.verdict == Truth::False)),
                _ => {}
            }
        }
    }
}
