//! What is put into words comes back from them.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use super::{from_words, to_words};
use crate::case::answer::{Condition, Outcome};
use crate::case::describe;
use crate::case::event::Event;
use crate::case::instance::Case;
use crate::label::Label;
use crate::limits::Limits;
use crate::rule::{ReadKind, ValueRead};
use crate::value::Value;
use crate::workflow::Workflow;

#[test]
fn what_was_read_goes_round_whatever_it_was_read_of() {
    for kind in ReadKind::ALL {
        for value in [None, Some(Value::Boolean(true)), Some(Value::List(vec![].into()))] {
            let title = Label::default();
            let read = ValueRead { name: "n".to_owned(), kind: kind.word(), value, title };
            assert_eq!(from_words(to_words(&read)), Some(read));
        }
    }
}

/// A record that reads something of each kind is put away and comes back whole.
#[test]
fn a_refusal_that_reads_everything_goes_round() {
    let text = r#"{ "id": "w", "facts": { "f": { "type": "boolean" },
            "l": { "type": "array", "items": { "type": "integer" } } },
        "parameters": { "p": 3 },
        "events": { "go": { "data": { "d": { "type": "integer" } } } },
        "invoke": { "id": "c", "workflow": "c.json", "each": "l", "returns": ["x"] },
        "initial": "a",
        "states": { "a": { "on": { "go": { "target": "b",
            "guard": "f || p < 2 || event.data.d > 5 || count(`go`) > 7 || now > event.at || children(`c`).len() > 9" } } },
            "b": {} } }"#;
    let child = r#"{ "id": "c", "facts": { "x": { "type": "integer", "default": 1 } }, "states": { "a": {} } }"#;
    let mut resolve = |_: &str| Ok(child.to_owned());
    let loaded = Workflow::load("w.json", text, &mut resolve, &Limits::default());
    let workflow = loaded.unwrap();
    let list = Value::List(vec![Value::Integer(1), Value::Integer(2)].into());
    let facts = BTreeMap::from([("l".to_owned(), list), ("f".to_owned(), Value::Boolean(false))]);
    let (mut case, _) = Case::start(&workflow, None, facts).unwrap();
    let mut event = Event::new("go");
    event.data.insert("d".to_owned(), Value::Integer(1));
    let decision = case.fire(&event);
    assert_eq!(decision.outcome, Outcome::Blocked, "{:?}", decision.problems);
    let mut kinds = BTreeSet::new();
    for entry in decision.acts() {
        let record = describe::record(&entry);
        assert_eq!(from_words(to_words(&*record)).as_ref(), Some(&*record));
        for ground in record.reasons.iter().flat_map(|reason| &reason.grounds) {
            let Condition::Guard { clauses, .. } = ground else { continue };
            kinds.extend(clauses.iter().flat_map(|clause| &clause.values).map(|read| read.kind));
        }
    }
    // A score is read as a factor.
    let all = ReadKind::ALL.iter().map(|kind| kind.word()).filter(|kind| *kind != "score");
    assert_eq!(kinds, all.collect());
}
