//! What is said and not meant: titles, descriptions, hints and sources of what both have.

use std::collections::BTreeMap;

use super::matching::States;
use super::part::{DECLARED, Of, pairs, rows};
use super::side::{Answer, Side};
use super::{Aspect, Change, Content, Part, Place};
use crate::definition::model::{EventDecl, Label, Noted, Notes, Validity};
use crate::definition::shape::{Kind, Shape};
use crate::value::Date;
use crate::workflow::chart::ROOT;

/// Texts by their keys: `title.sv`, `source.url`.
type Said = BTreeMap<String, String>;

pub(super) fn compare(
    a: &Side,
    b: &Side,
    states: &States,
    transitions: &[[&Answer; 2]],
) -> Vec<Change> {
    let mut found = Vec::new();
    let place = |side: &Side| side.place_of_state(ROOT);
    found.extend(change(Part::Workflow, place(a), place(b), whole(a), whole(b)));
    for part in DECLARED {
        for (before, after) in pairs(&rows(a, part), &rows(b, part)) {
            let (Some(before), Some(after)) = (before, after) else { continue };
            let place = |name: &str, notes: &Notes| Place {
                name: name.to_owned(),
                title: notes.title.clone(),
                route: None,
            };
            let (left, right) = (declared(before.1, before.2), declared(after.1, after.2));
            let places = (place(before.0, before.1), place(after.0, after.1));
            found.extend(change(part, places.0, places.1, left, right));
        }
    }
    for (before, after) in states.pairs() {
        let (Some(before), Some(after)) = (before, after) else { continue };
        if before != ROOT {
            let said = |side: &Side, id| notes(&side.definition.states.at(id).notes);
            let places = (a.place_of_state(before), b.place_of_state(after));
            let (left, right) = (said(a, before), said(b, after));
            found.extend(change(Part::State, places.0, places.1, left, right));
        }
    }
    for [before, after] in transitions {
        let said =
            |side: &Side, answer: &Answer| notes(&side.definition.transitions.at(answer.id).notes);
        let (left, right) = (said(a, before), said(b, after));
        if left != right {
            let places = (a.place_of_transition(before), b.place_of_transition(after));
            found.extend(change(Part::Transition, places.0, places.1, left, right));
        }
    }
    found
}

fn change(part: Part, before: Place, after: Place, left: Said, right: Said) -> Option<Change> {
    if left == right {
        return None;
    }
    let mut keys: Vec<&String> = left.keys().chain(right.keys()).collect();
    keys.sort_by_key(|key| (rank(key), *key));
    keys.dedup();
    let differing = keys.into_iter().filter(|key| left.get(*key) != right.get(*key));
    let word = |said: &Said, key| said.get(key).cloned().map(Content::Word);
    let aspects = differing.map(|key| Aspect::new(key, word(&left, key), word(&right, key)));
    let aspects: Vec<Aspect> = aspects.collect();
    Some(Change::of(part, Some(before), Some(after), aspects))
}

fn rank(key: &str) -> usize {
    const ORDER: [&str; 7] = ["id", "version", "title", "description", "hint", "source", "valid"];
    let first = key.split('.').next().unwrap_or(key);
    ORDER.iter().position(|known| *known == first).unwrap_or(ORDER.len())
}

fn whole(side: &Side) -> Said {
    let definition = side.definition;
    let mut said = notes(&definition.notes);
    said.insert("id".to_owned(), definition.id.value.clone());
    said.extend(definition.version.clone().map(|version| ("version".to_owned(), version)));
    said
}

fn notes(notes: &Notes) -> Said {
    let mut said = Said::new();
    let Noted { title, description, hint, source, valid } = &**notes;
    label("title", title, &mut said);
    label("description", description, &mut said);
    label("hint", hint, &mut said);
    if let Some(source) = source {
        if let Some(text) = &source.text {
            label("source.text", text, &mut said);
        }
        let url = source.url.clone().map(|url| ("source.url".to_owned(), url));
        let status = source.status.clone().map(|status| ("source.status".to_owned(), status));
        said.extend(url.into_iter().chain(status));
    }
    if let Some(Validity { from, until }) = valid {
        let day = |key: &str, day: &Option<Date>| day.map(|day| (key.to_owned(), day.to_string()));
        said.extend(day("valid.from", from).into_iter().chain(day("valid.until", until)));
    }
    said
}

fn label(key: &str, label: &Label, said: &mut Said) {
    for (tag, text) in label.iter() {
        let key = if tag.is_empty() { key.to_owned() } else { format!("{key}.{tag}") };
        said.insert(key, text.to_owned());
    }
}

fn declared(own: &Notes, of: Of) -> Said {
    let mut said = Said::new();
    match of {
        Of::Fact(fact) => shape("", &fact.shape, &mut said),
        Of::Parameter(parameter) => shape("", &parameter.shape, &mut said),
        Of::Event(EventDecl { data, .. }) => {
            for (name, declared) in data {
                shape(&format!("data.{name}."), declared, &mut said);
            }
        }
        _ => {}
    }
    said.extend(notes(own));
    said
}

/// Calls itself once for each level, which reading JSON has bounded.
fn shape(prefix: &str, declared: &Shape, said: &mut Said) {
    label(&format!("{prefix}title"), &declared.title, said);
    label(&format!("{prefix}description"), &declared.description, said);
    match &declared.kind {
        Kind::Enum(values) => {
            for (value, text) in values.iter() {
                label(&format!("{prefix}enum.{value}"), text, said);
            }
        }
        Kind::Array(items) => shape(&format!("{prefix}items."), items, said),
        Kind::Object(object) => {
            for (name, property) in &object.properties {
                shape(&format!("{prefix}properties.{name}."), property, said);
            }
            if let Some(additional) = &object.additional {
                shape(&format!("{prefix}additionalProperties."), additional, said);
            }
        }
        _ => {}
    }
}
