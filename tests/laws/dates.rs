//! A term keeps its date as long as nothing changes that it follows from, and no longer.
//!
//! A case that was taken out of a snapshot works every date out anew: so each story runs beside one that is put away and
//! taken out at every step.

use super::*;

/// Dates and date-times, each following from something else: facts set directly, through others and through a factor,
/// branches, what has happened, when states were entered, what is active.
const DATES: [(&str, &str, &str); 11] = [
    ("d0", "date", "due + days(n)"),
    ("d1", "date-time", "(last(`*`) ?? since(`a1`)) + patience"),
    ("d2", "date", "if f { due } else { other }"),
    ("d3", "date-time", "last(`go`) + wait"),
    ("d4", "date-time", "since(`b1`) + hours(2 * n)"),
    ("d5", "date", "if active(`a2`) { due } else { other }"),
    ("d6", "date", "d0 + weeks(count(`go`))"),
    ("d7", "date", "if ready { d6 } else { due }"),
    ("d8", "date-time", "later(last(`plan`) ?? since(`w`))"),
    ("d9", "date", "if who(`go`).contains(`eva`) { other } else { due }"),
    ("d10", "date", "if since(`a2`) > since(`b2`) { due } else { other }"),
];

const LENGTHS: [(&str, &str); 5] = [
    ("w0", "days(40 * n + 30)"),
    ("w1", "days(today.day + 30)"),
    ("w2", "if active(`b2`) { days(50) } else { wait }"),
    ("w3", "if ready { days(30) } else { days(90) }"),
    ("w4", "weeks(count(`plan`) + 8)"),
];

/// A workflow with some of these as terms of its states.
fn file(dice: &mut Dice) -> String {
    let dates: Vec<&str> = DATES.iter().map(|(name, ..)| *name).chain(["due"]).collect();
    let lengths: Vec<&str> =
        LENGTHS.iter().map(|(name, _)| *name).chain(["wait", "patience"]).collect();
    let mut terms = |to: &str| {
        let mut all = Map::new();
        for (kind, names) in [("at", &dates), ("after", &lengths)] {
            let some = dice.some(names);
            // States that lead to each other by dates that have passed would never come to rest.
            let leads = kind == "after" || to == "b2";
            let mut one = |name: &&str| {
                let what = match dice.below(4) {
                    0 if leads => json!({ "actions": "n = n % 5 + 1" }),
                    1 if leads => json!({ "guard": "f", "target": to }),
                    2 if leads => json!({ "target": to }),
                    _ => json!({ "actions": "due = due + days(200)" }),
                };
                ((*name).to_owned(), what)
            };
            all.insert(kind.to_owned(), some.iter().take(3).map(&mut one).collect());
        }
        all
    };
    let mut state = |own: &[(&str, Json)], to: &str| {
        let mut state = terms(to);
        state.extend(own.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
        Json::Object(state)
    };
    let to = |target: &str| json!({ "go": target });
    let regions = json!({
        "a": { "initial": "a1", "states": {
            "a1": state(&[("on", to("a2"))], "a2"), "a2": state(&[("on", to("a1"))], "a1") } },
        "b": { "initial": "b1", "states": {
            "b1": state(&[("on", to("b2"))], "b2"), "b2": state(&[], "b1") } }
    });
    let outer = state(&[("type", json!("parallel")), ("states", regions)], "w");
    let mut facts = json!({
        "n": { "type": "integer", "default": 0, "minimum": 0, "maximum": 1_000_000 }, "f": { "type": "boolean" },
        "due": { "type": "string", "format": "date", "default": "1970-02-20" }, "other": { "type": "string", "format": "date" },
        "wait": { "type": "string", "format": "duration" }
    });
    let derived = DATES.into_iter().chain(LENGTHS.map(|(name, value)| (name, "duration", value)));
    for (name, format, value) in derived {
        facts[name] = json!({ "type": "string", "format": format, "value": value });
    }
    let file = json!({
        "id": "dates", "timezone": "Europe/Stockholm",
        "parameters": { "patience": { "type": "string", "format": "duration", "value": "P20D" } },
        "functions": { "later": { "params": ["at"], "body": "at + days(9)" } },
        "factors": { "ready": { "guard": "n > 3 || f" } },
        "facts": facts,
        "roles": { "r": {} },
        "events": { "go": { "sets": ["n"] }, "plan": { "sets": ["due", "other"] }, "say": { "sets": ["f", "wait"] } },
        "on": { "plan": {}, "say": {} },
        "initial": "w",
        "states": { "w": outer }
    });
    file.to_string()
}

#[test]
fn laws_on_dates_that_follow_from_much() {
    let seen = std::cell::RefCell::new(BTreeMap::new());
    check(16, 900, |dice| {
        let subject = Subject::new(&file(dice), Vec::new());
        story(dice, &subject, 25, &mut seen.borrow_mut())
    });
    let seen = seen.into_inner();
    println!("{seen:#?}");
    for outcome in ["Moved", "Advanced"] {
        assert!(seen.get(outcome).is_some_and(|count| *count > 20), "{outcome}: {seen:#?}");
    }
}
