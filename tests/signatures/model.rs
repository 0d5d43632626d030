//! Random stories on random demands, against the rules of signing written down once more without any cleverness: who may
//! sign is found by trying every way to give out the roles.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use tresteg::case::Availability;
use tresteg::journal::verify;
use tresteg::{Actor, Case, Event, Outcome, Value};

use super::{signers, workflow};
use crate::dice::{Dice, check};

const ROLES: [&str; 3] = ["a", "b", "c"];
const FACTS: [&str; 5] = ["asked", "read", "acted", "noise", "out"];

/// What a case with these rules must be like.
#[derive(Default)]
struct Model {
    demand: Vec<&'static str>,
    apart: bool,
    away: bool,
    facts: BTreeMap<&'static str, i64>,
    given: Vec<(String, BTreeSet<&'static str>)>,
    payload: Option<i64>,
    reporters: BTreeSet<String>,
    taken: usize,
}

/// Whether everybody can stand for a place of its own.
fn can_stand(places: &[&str], persons: &[(String, BTreeSet<&'static str>)]) -> bool {
    let Some(((_, roles), rest)) = persons.split_first() else { return true };
    (0..places.len()).any(|place| {
        roles.contains(places[place]) && {
            let mut others = places.to_vec();
            others.remove(place);
            can_stand(&others, rest)
        }
    })
}

#[derive(Debug)]
enum Deed {
    Sign { actor: Option<Actor>, asked: Option<i64>, payload: Option<i64> },
    Undo { actor: Option<Actor> },
    Report { actor: Option<Actor>, facts: Vec<(&'static str, i64)> },
    Leave,
}

impl Deed {
    fn event(&self) -> Event {
        let by = |event: Event, actor: &Option<Actor>| match actor {
            Some(actor) => event.by(actor.clone()),
            None => event,
        };
        match self {
            Self::Sign { actor, asked, payload } => {
                let mut event = by(Event::new("sign"), actor);
                if let Some(asked) = asked {
                    event = event.fact("asked", *asked);
                }
                if let Some(payload) = payload {
                    event = event.data("place", *payload);
                }
                event
            }
            Self::Undo { actor } => by(Event::new("undo"), actor),
            Self::Report { actor, facts } => {
                let event = by(Event::new("report"), actor);
                facts.iter().fold(event, |event, (name, value)| event.fact(*name, *value))
            }
            Self::Leave => Event::new("leave"),
        }
    }
}

fn named(actor: &Option<Actor>) -> Option<(String, BTreeSet<&'static str>)> {
    let actor = actor.as_ref()?;
    let roles = ROLES.into_iter().filter(|role| actor.roles.iter().any(|own| own == role));
    Some((actor.id.clone()?, roles.collect()))
}

impl Model {
    fn answer(&mut self, deed: &Deed) -> Outcome {
        match deed {
            Deed::Sign { .. } | Deed::Undo { .. } if self.away => Outcome::NotExpected,
            Deed::Sign { actor, asked, payload } => {
                let new = asked.is_some_and(|asked| asked != self.facts["asked"]);
                let mut stand = self.given.clone();
                if new || *payload != self.payload {
                    stand.clear();
                }
                let Some(one) = named(actor) else { return Outcome::Blocked };
                let shut_out = self.apart && self.reporters.contains(&one.0);
                if shut_out || stand.iter().any(|(id, _)| *id == one.0) || self.facts["read"] > 2 {
                    return Outcome::Blocked;
                }
                stand.push(one);
                if !can_stand(&self.demand, &stand) {
                    return Outcome::Blocked;
                }
                if let Some(asked) = asked {
                    self.facts.insert("asked", *asked);
                }
                self.given = stand;
                self.payload = *payload;
                if self.given.len() == self.demand.len() {
                    self.given.clear();
                    self.taken += 1;
                    let out = self.facts["acted"];
                    self.facts.insert("out", out);
                }
                Outcome::Moved
            }
            Deed::Undo { actor } => {
                let id = actor.as_ref().and_then(|actor| actor.id.clone());
                let before = self.given.len();
                self.given.retain(|(own, _)| Some(own) != id.as_ref());
                if self.given.len() < before { Outcome::Moved } else { Outcome::Blocked }
            }
            // Who reports must be known where that keeps them from signing.
            Deed::Report { actor, .. } if self.apart && named(actor).is_none() => Outcome::Blocked,
            Deed::Report { actor, facts } => {
                for (name, value) in facts {
                    if self.facts.insert(name, *value) != Some(*value) && *name != "noise" {
                        self.given.clear();
                    }
                }
                self.reporters.extend(actor.as_ref().and_then(|actor| actor.id.clone()));
                Outcome::Moved
            }
            Deed::Leave => {
                self.given.clear();
                self.away = !self.away;
                Outcome::Moved
            }
        }
    }
}

fn actor(dice: &mut Dice) -> Option<Actor> {
    if dice.once_in(12) {
        return None;
    }
    let roles = if dice.once_in(3) { dice.some(&ROLES) } else { vec![*dice.pick(&ROLES)] };
    let mut actor = roles.into_iter().fold(Actor::default(), |actor, role| actor.role(role));
    if !dice.once_in(12) {
        actor.id = Some((*dice.pick(&["eva", "bo", "kim", "åsa", "li"])).to_owned());
    }
    Some(actor)
}

fn small(dice: &mut Dice) -> i64 {
    i64::try_from(dice.below(4)).unwrap()
}

fn deed(dice: &mut Dice) -> Deed {
    match dice.below(14) {
        0..=8 => {
            let asked = if dice.once_in(8) { Some(small(dice)) } else { None };
            let payload = if dice.once_in(8) { Some(small(dice)) } else { None };
            Deed::Sign { actor: actor(dice), asked, payload }
        }
        9 | 10 => Deed::Undo { actor: actor(dice) },
        11 | 12 => {
            let mut facts = vec![("noise", small(dice))];
            if dice.once_in(2) {
                facts = vec![(*dice.pick(&["read", "acted", "noise"]), small(dice))];
            }
            Deed::Report { actor: actor(dice), facts }
        }
        _ => Deed::Leave,
    }
}

/// The rules as a file: `read` is read through a factor and a derived fact, `acted` by the action alone.
fn file(demand: &[&str], apart: bool) -> String {
    let apart = if apart { r#""not_by": ["report"], "# } else { "" };
    format!(
        r#"{{ "id": "w", "roles": {{ "a": {{}}, "b": {{}}, "c": {{}} }},
        "facts": {{
            "asked": {{ "type": "integer", "default": 0 }}, "read": {{ "type": "integer", "default": 0 }},
            "acted": {{ "type": "integer", "default": 0 }}, "noise": {{ "type": "integer", "default": 0 }},
            "out": {{ "type": "integer", "default": 0 }}, "twice": {{ "value": "read * 2" }} }},
        "factors": {{ "low": {{ "guard": "twice < 5" }} }},
        "events": {{
            "sign": {{ "sets": ["asked"], "data": {{ "place": {{ "type": "integer" }} }} }}, "undo": {{}},
            "report": {{ "sets": ["read", "acted", "noise"] }}, "leave": {{}} }},
        "on": {{ "report": {{}} }}, "initial": "here",
        "states": {{
            "here": {{ "on": {{ "leave": "away",
                "sign": {{ {apart}"signed_by": {demand:?}, "revoke": "undo", "requires": ["low"], "target": "here", "actions": "out = acted" }} }} }},
            "away": {{ "on": {{ "leave": "here" }} }} }} }}"#
    )
}

fn story(
    dice: &mut Dice,
    seen: &RefCell<BTreeMap<&'static str, usize>>,
) -> Result<(), TestCaseError> {
    let count = |what| *seen.borrow_mut().entry(what).or_insert(0) += 1;
    let demand: Vec<&str> = (0..1 + dice.below(4)).map(|_| *dice.pick(&ROLES)).collect();
    let apart = dice.once_in(4);
    let workflow = workflow(&file(&demand, apart));
    let mut case = Case::start(&workflow, None, BTreeMap::new()).unwrap().0;
    let facts = FACTS.into_iter().map(|fact| (fact, 0)).collect();
    let mut model = Model { demand, apart, facts, ..Model::default() };
    let mut done = Vec::new();
    for _ in 0..30 {
        let deed = deed(dice);
        let event = deed.event();
        let before = case.clone();
        let foretold = case.explain(&event);
        prop_assert_eq!(&case, &before);
        let standing = match &deed {
            Deed::Sign { actor, asked: None, payload: None } | Deed::Undo { actor } => {
                let options = case.options(Some(&actor.clone().unwrap_or_default()));
                options.into_iter().find(|one| one.event == event.name).map(|one| one.standing)
            }
            _ => None,
        };
        let (given, taken) = (model.given.len(), model.taken);
        let expected = model.answer(&deed);
        let decision = case.fire(&event);
        done.push(deed);
        let told = || format!("{:?} {}\n{done:#?}\n{decision:#?}", model.demand, model.apart);
        prop_assert_eq!(decision.outcome, expected, "{}", told());
        prop_assert_eq!(&foretold, &decision);
        if let Some(standing) = standing {
            prop_assert_eq!(
                standing == Availability::Open,
                expected == Outcome::Moved,
                "{}",
                told()
            );
        }
        if expected != Outcome::Moved {
            prop_assert_eq!(before.signatures(), case.signatures());
            prop_assert_eq!(before.facts(), case.facts());
        }
        for fact in FACTS {
            prop_assert_eq!(
                case.fact(fact),
                Some(Value::from(model.facts[fact])),
                "{} {}",
                fact,
                told()
            );
        }
        prop_assert_eq!(
            decision.effects.taken.iter().any(|way| way.on == "sign"),
            model.taken > taken,
            "{}",
            told()
        );
        count(match (given, model.given.len(), model.taken > taken, expected) {
            (_, _, true, _) => "taken",
            (_, _, _, Outcome::Blocked) => "blocked",
            (before, now, ..) if now > before => "signed",
            (before, now, ..) if now < before => "fewer",
            _ => "as before",
        });

        // Who has signed, for which role, and who is missing.
        let signatures = case.signatures();
        let ids: Vec<&str> = signers(&signatures).iter().map(|(id, _)| *id).collect();
        let wanted: Vec<&str> = model.given.iter().map(|(id, _)| id.as_str()).collect();
        prop_assert_eq!(ids, wanted, "{}", told());
        if let [signing] = signatures.as_slice() {
            let mut left = model.demand.clone();
            for ((_, roles), signature) in model.given.iter().zip(&signing.signed) {
                prop_assert!(roles.contains(signature.role.as_str()), "{}", told());
                let place = left.iter().position(|role| *role == signature.role);
                prop_assert!(place.is_some(), "a role is counted too often: {}", told());
                left.remove(place.unwrap());
            }
            prop_assert_eq!(signing.missing.len(), left.len());
            for role in ROLES {
                let mut more = model.given.clone();
                more.push(("another".into(), BTreeSet::from([role])));
                prop_assert_eq!(
                    signing.missing.iter().any(|any| any.iter().any(|one| one == role)),
                    can_stand(&model.demand, &more),
                    "{} {}",
                    role,
                    told()
                );
            }
        }
        // Put away in the middle of signing, and taken out again.
        let text = serde_json::to_string(&case.snapshot()).unwrap();
        let restored = Case::restore(&workflow, serde_json::from_str(&text).unwrap());
        let restored = restored.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(&restored, &case);
        case = restored;
    }
    let entries = case.take_entries(&[5; 32]);
    let text: String = entries.iter().map(|entry| format!("{}\n", entry.line)).collect();
    let verified = verify(&workflow, &text, Some(&case.head()));
    let verified = verified.map_err(|found| TestCaseError::fail(found.to_string()))?;
    prop_assert_eq!(verified.recomputed, case.head().sequence);
    Ok(())
}

#[test]
fn signatures_are_as_the_rules_written_down_plainly_say() {
    let seen = RefCell::new(BTreeMap::new());
    check(120, 400, |dice| story(dice, &seen));
    for what in ["taken", "blocked", "signed", "fewer", "as before"] {
        assert!(seen.borrow().get(what).is_some_and(|count| *count > 50), "{what}: {seen:?}");
    }
}
