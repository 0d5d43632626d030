//! Growth: differences of twice the size in twice the work.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use crate::{Language, Workflow};

/// Every event of the first is gone, and with each a transition.
#[test]
fn what_went_with_an_event_is_looked_up_once() {
    let work = |events: usize| {
        let on: Vec<_> = (0..events).map(|index| format!(r#""e{index}": {{}}"#)).collect();
        let text = format!(
            r#"{{ "id": "w", "events": {{ {0} }}, "states": {{ "s": {{ "on": {{ {0} }} }} }} }}"#,
            on.join(", ")
        );
        let before = Workflow::from_json(&text).unwrap();
        let after = Workflow::from_json(r#"{ "id": "w", "events": {}, "states": { "s": {} } }"#);
        let diff = crate::diff::compare(&before, &after.unwrap());
        crate::work::counted(|| {
            let sections = diff.describe(Language::English);
            assert_eq!(sections[0].items.len(), events);
        })
    };
    assert!(work(2_000) <= work(1_000) * 3, "{}", work(2_000));
}
