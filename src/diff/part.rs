//! What of a part differs: two pieces of the meaning, aspect by aspect.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value as Json};

use super::matching;
use super::side::Side;
use super::{Aspect, Change, Content, Name, Part, Place};
use crate::definition::model::{FactorRule, Label, Notes, Script};
use crate::definition::shape::{Kind, Shape};
use crate::digest;
use crate::value::{Number, Value};

/// A piece of the meaning of one side, with what it is shown by.
#[derive(Clone, Copy)]
pub(super) struct Piece<'s, 'w> {
    pub side: &'s Side<'w>,
    pub part: Part,
    pub meaning: &'s Json,
    pub of: Of<'w>,
}

/// Where the scripts and labels of a piece stand.
#[derive(Clone, Copy)]
pub(super) enum Of<'w> {
    Nothing,
    Parameter(&'w crate::definition::model::Parameter),
    Fact(&'w crate::definition::model::Fact),
    Factor(&'w crate::definition::model::Factor),
    Function(&'w crate::definition::model::Function),
    Event(&'w crate::definition::model::EventDecl),
    Invoke(&'w crate::definition::model::Invoke),
    State(&'w crate::definition::model::State),
    Transition(&'w crate::definition::model::Transition),
}

impl<'w> Of<'w> {
    fn script(self, key: &str) -> Option<&'w Script> {
        match (self, key) {
            (Self::Fact(fact), "value") => fact.value.as_ref(),
            (Self::Factor(factor), "guard" | "score") => match &factor.rule {
                FactorRule::Guard(script) | FactorRule::Score(script) => Some(script),
                FactorRule::Of { .. } => None,
            },
            (Self::Function(function), "body") => Some(&function.body),
            (Self::Invoke(invoke), key) => {
                let given = key.strip_prefix("facts.")?;
                let mut facts = invoke.facts.iter();
                facts.find(|(name, _)| name.as_str() == given).map(|(_, value)| value)
            }
            (Self::State(state), "entry") => state.entry.as_ref(),
            (Self::State(state), "exit") => state.exit.as_ref(),
            (Self::State(state), "initial.actions") => state.initial.as_ref()?.actions.as_ref(),
            (Self::Transition(found), "guard") => found.guard.as_ref(),
            (Self::Transition(found), "actions") => found.actions.as_ref(),
            _ => None,
        }
    }

    fn unit(self) -> Option<String> {
        match self {
            Self::Fact(fact) => fact.shape.unit.clone(),
            Self::Parameter(parameter) => parameter.shape.unit.clone(),
            _ => None,
        }
    }

    /// Labels of the values of an enum.
    fn label(self, value: &str) -> Option<&'w Label> {
        let shape = match self {
            Self::Fact(fact) => &fact.shape,
            Self::Parameter(parameter) => &parameter.shape,
            _ => return None,
        };
        let mut shape: &Shape = shape;
        loop {
            match &shape.kind {
                Kind::Enum(values) => return values.get(value),
                Kind::Array(items) => shape = items,
                _ => return None,
            }
        }
    }
}

/// Pieces are the same when the texts that are hashed are.
pub(super) fn same(a: &Json, b: &Json) -> bool {
    digest::canonical(a) == digest::canonical(b)
}

/// All that differs; of a piece that only one side has, all that it says. Never empty for two pieces that are not the same.
pub(super) fn aspects(before: Option<Piece>, after: Option<Piece>) -> Vec<Aspect> {
    if let (Some(before), Some(after)) = (before, after)
        && same(before.meaning, after.meaning)
    {
        return Vec::new();
    }
    let of = |piece: Option<Piece<'_, '_>>| {
        piece.map(|piece| leaves(piece.part, piece.meaning)).unwrap_or_default()
    };
    let (left, right) = (of(before), of(after));
    let alone = before.is_none() || after.is_none();
    let mut keys: Vec<&String> = left.keys().chain(right.keys()).collect();
    keys.sort_by_key(|key| (rank(key), *key));
    keys.dedup();
    let mut found = Vec::new();
    for key in keys {
        let (a, b) = (left.get(key), right.get(key));
        let equal = match (a, b) {
            (Some(a), Some(b)) => same(a, b),
            _ => false,
        };
        // What is not said of something new is as good as absent; its name stands with it.
        if equal
            || (alone && key == "name")
            || (alone && a.or(b).is_some_and(|leaf| is_nothing(key, leaf)))
        {
            continue;
        }
        let content = |piece: Option<Piece<'_, '_>>, leaf: Option<&Json>| {
            piece.zip(leaf).map(|(piece, leaf)| content(piece, key, leaf))
        };
        let unit = match key.as_str() {
            "unit" => None,
            _ => after.or(before).and_then(|piece| piece.of.unit()),
        };
        found.push(Aspect { unit, ..Aspect::new(key, content(before, a), content(after, b)) });
    }
    if let (Some(before), Some(after), true) = (before, after, found.is_empty()) {
        // Nothing that is hashed goes unsaid, whatever this file knows of it.
        let whole = |json: &Json| Some(Content::Word(digest::canonical(json)));
        let (before, after) = (whole(before.meaning), whole(after.meaning));
        found.push(Aspect::new("meaning", before, after));
    }
    found
}

fn is_nothing(key: &str, leaf: &Json) -> bool {
    match leaf {
        Json::Bool(value) => !value && key != "value" && key != "default",
        Json::Array(items) => items.is_empty() && key != "by" && key != "value" && key != "default",
        _ => false,
    }
}

type Leaves = BTreeMap<String, Json>;

/// A piece as aspects by their keys; `null` is the same as absent.
fn leaves(part: Part, json: &Json) -> Leaves {
    let mut found = Leaves::new();
    let none = Map::new();
    for (key, value) in json.as_object().unwrap_or(&none) {
        match (part, key.as_str()) {
            (Part::Parameter | Part::Fact, "shape") => shape("", value, &mut found),
            // A value may be an object itself.
            (Part::Parameter | Part::Fact, _) => leaf(key.clone(), value, &mut found),
            (Part::Factor, "rule") => plain("", value, &mut found),
            (Part::Event, "data") => {
                for (name, declared) in value.as_object().unwrap_or(&none) {
                    shape(&format!("data.{name}."), declared, &mut found);
                }
            }
            (Part::State | Part::Workflow, "initial") => {
                if let Some(members) = value.as_object() {
                    for (inner, value) in members {
                        let key = if inner == "targets" { "initial" } else { "initial.actions" };
                        leaf(key.to_owned(), value, &mut found);
                    }
                }
            }
            (Part::State, "kind") => leaf("type".to_owned(), value, &mut found),
            (Part::Transition, "targets") => leaf("target".to_owned(), value, &mut found),
            _ => plain(key, value, &mut found),
        }
    }
    found
}

fn leaf(key: String, value: &Json, found: &mut Leaves) {
    if !value.is_null() {
        found.insert(key, value.clone());
    }
}

/// Members of objects by their way, joined by points. Calls itself once for each level, which the model has few of.
fn plain(key: &str, value: &Json, found: &mut Leaves) {
    match value {
        Json::Object(members) if !members.is_empty() => {
            for (inner, value) in members {
                let key = if key.is_empty() { inner.clone() } else { format!("{key}.{inner}") };
                plain(&key, value, found);
            }
        }
        _ => leaf(key.to_owned(), value, found),
    }
}

/// A declaration in the words of the format. Calls itself once for each level, which reading JSON has bounded.
fn shape(prefix: &str, declared: &Json, found: &mut Leaves) {
    let none = Map::new();
    for (key, value) in declared.as_object().unwrap_or(&none) {
        let name = match key.as_str() {
            "kind" => "type",
            "exclusive_minimum" => "exclusiveMinimum",
            "exclusive_maximum" => "exclusiveMaximum",
            "multiple_of" => "multipleOf",
            "min_length" => "minLength",
            "max_length" => "maxLength",
            "min_items" => "minItems",
            "max_items" => "maxItems",
            "unique_items" => "uniqueItems",
            "inner" => {
                inner(prefix, value, found);
                continue;
            }
            other => other,
        };
        leaf(format!("{prefix}{name}"), value, found);
    }
}

fn inner(prefix: &str, value: &Json, found: &mut Leaves) {
    let record = value.get("properties").and_then(Json::as_object);
    match (value, record) {
        (Json::Array(_), _) => leaf(format!("{prefix}enum"), value, found),
        // A list's items are a declaration, which has a kind.
        (Json::Object(_), _) if value.get("kind").is_some_and(Json::is_string) => {
            shape(&format!("{prefix}items."), value, found);
        }
        (_, Some(properties)) => {
            for (name, declared) in properties {
                shape(&format!("{prefix}properties.{name}."), declared, found);
            }
            if let Some(required) = value.get("required") {
                leaf(format!("{prefix}required"), required, found);
            }
            if let Some(additional) = value.get("additional") {
                shape(&format!("{prefix}additionalProperties."), additional, found);
            }
        }
        _ => {}
    }
}

/// Aspects in the order in which one would tell them.
fn rank(key: &str) -> usize {
    const ORDER: [&str; 22] = [
        "name",
        "parent",
        "source",
        "type",
        "trigger",
        "target",
        "value",
        "guard",
        "score",
        "of",
        "at_least",
        "requires",
        "by",
        "not_by",
        "signed_by",
        "revoke",
        "required",
        "sets",
        "initial",
        "entry",
        "exit",
        "actions",
    ];
    ORDER.iter().position(|known| *known == key).unwrap_or(ORDER.len())
}

fn content(piece: Piece, key: &str, json: &Json) -> Content {
    if let (Some(script), Json::String(_)) = (piece.of.script(key), json) {
        return Content::Script(script.text.clone());
    }
    let last = key.rsplit('.').next().unwrap_or(key);
    let declared = matches!(piece.part, Part::Parameter | Part::Fact);
    if declared && matches!(key, "value" | "default") {
        return Value::from_wire(json)
            .map_or_else(|_| Content::Word(digest::canonical(json)), Content::Value);
    }
    let name = |name: &str| resolve(piece, last, name);
    match json {
        Json::Bool(value) => Content::Value(Value::Boolean(*value)),
        Json::Number(number) => match number.as_i64() {
            Some(number) => Content::Value(Value::Integer(number)),
            None => Content::Word(number.to_string()),
        },
        Json::Array(items) if items.iter().all(Json::is_string) => {
            let mut names: Vec<&str> = items.iter().filter_map(Json::as_str).collect();
            // Sorted where their order means nothing; a reader looks for that of the file.
            if names.is_sorted() {
                names.sort_by_key(|name| piece.side.place(last, name));
            }
            Content::Names(names.into_iter().map(name).collect())
        }
        Json::String(text) => match last {
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => {
                match text.parse::<Number>() {
                    Ok(number) => Content::Value(Value::Number(number)),
                    Err(_) => Content::Word(text.clone()),
                }
            }
            "at_least" | "revoke" | "each" => Content::Names(vec![name(text)]),
            "unit" | "state" if !declared => Content::Names(vec![name(text)]),
            _ => Content::Word(text.clone()),
        },
        _ => Content::Word(digest::canonical(json)),
    }
}

/// A name with the label of what it is the name of.
fn resolve(piece: Piece, key: &str, name: &str) -> Name {
    let side = piece.side;
    let plain = || Name { name: name.to_owned(), title: Label::default() };
    match (piece.part, key) {
        (_, "enum") => {
            let title = piece.of.label(name).cloned().unwrap_or_default();
            Name { name: name.to_owned(), title }
        }
        (_, "by" | "signed_by") => side.role(name),
        (Part::Event, "sets" | "required") | (_, "requires" | "of" | "at_least") => {
            side.declared(name)
        }
        (_, "target" | "initial") | (Part::Invoke, "state") => side.state(name),
        (Part::Invoke, "each") | (Part::Role, "unit") => side.declared(name),
        (Part::Invoke, "returns") => match piece.of {
            Of::Invoke(invoke) => side.of_child(&invoke.id, name),
            _ => plain(),
        },
        (_, "not_by" | "revoke") => side.event(name),
        _ => plain(),
    }
}

/// What differs of the file itself, and of it as the outermost state.
pub(super) fn whole(a: &Side, b: &Side, outermost: Vec<Aspect>) -> Option<Change> {
    let piece =
        |side, meaning| Some(Piece { side, part: Part::Workflow, meaning, of: Of::Nothing });
    let mut found = aspects(piece(a, &a.rest), piece(b, &b.rest));
    if a.events.is_some() != b.events.is_some() {
        let declared =
            |side: &Side| side.events.as_ref().map(|_| Content::Value(Value::Boolean(true)));
        found.push(Aspect::new("events", declared(a), declared(b)));
    }
    found.extend(order_of_children(a, b));
    found.extend(outermost);
    let place = |side: &Side| Some(side.place_of_state(crate::workflow::chart::ROOT));
    (!found.is_empty()).then(|| Change::of(Part::Workflow, place(a), place(b), found))
}

/// Children of one `invoke` come before those of the next, of those that both have.
fn order_of_children(a: &Side, b: &Side) -> Option<Aspect> {
    let common = |one: &Side, other: &Side| -> Vec<String> {
        let ids = one.definition.invokes.iter().map(|invoke| invoke.id.value.clone());
        ids.filter(|id| other.invokes.contains_key(id)).collect()
    };
    let (left, right) = (common(a, b), common(b, a));
    let named = |side: &Side, ids: &[String]| -> Content {
        Content::Names(ids.iter().map(|id| side.invoke(id)).collect())
    };
    (left != right)
        .then(|| Aspect::new("order.invoke", Some(named(a, &left)), Some(named(b, &right))))
}

/// A declaration of one side: its name, its label, and where its scripts stand.
pub(super) type Row<'w> = (&'w str, &'w Notes, Of<'w>);

/// Kinds of declarations, in the order in which they are told.
pub(super) const DECLARED: [Part; 7] = [
    Part::Role,
    Part::Parameter,
    Part::Fact,
    Part::Factor,
    Part::Function,
    Part::Event,
    Part::Invoke,
];

/// The declarations of a kind, in the order of the file.
pub(super) fn rows<'w>(side: &Side<'w>, part: Part) -> Vec<Row<'w>> {
    let definition = side.definition;
    match part {
        Part::Role => {
            let roles = definition.roles.values();
            roles.map(|role| (role.name.as_str(), &role.notes, Of::Nothing)).collect()
        }
        Part::Parameter => {
            let rows = definition.parameters.rows().iter();
            rows.map(|row| (row.name.as_str(), &row.notes, Of::Parameter(row))).collect()
        }
        Part::Fact => {
            let rows = definition.facts.rows().iter();
            rows.map(|row| (row.name.as_str(), &row.notes, Of::Fact(row))).collect()
        }
        Part::Factor => {
            let rows = definition.factors.rows().iter();
            rows.map(|row| (row.name.as_str(), &row.notes, Of::Factor(row))).collect()
        }
        Part::Function => {
            let rows = definition.functions.iter();
            rows.map(|row| (row.name.as_str(), &row.notes, Of::Function(row))).collect()
        }
        Part::Event => {
            let rows = definition.events.iter().flat_map(|events| events.values());
            rows.map(|row| (row.name.as_str(), &row.notes, Of::Event(row))).collect()
        }
        Part::Invoke => {
            let rows = definition.invokes.iter();
            rows.map(|row| (row.id.as_str(), &row.notes, Of::Invoke(row))).collect()
        }
        Part::Workflow | Part::State | Part::Transition => Vec::new(),
    }
}

fn meaning<'s>(side: &'s Side, part: Part, name: &str) -> &'s Json {
    // Of most roles nothing but the name means something.
    const NOTHING: &Json = &Json::Null;
    let members = match part {
        Part::Parameter => Some(&side.parameters),
        Part::Fact => Some(&side.facts),
        Part::Factor => Some(&side.factors),
        Part::Function => Some(&side.functions),
        Part::Event => side.events.as_ref(),
        Part::Role => Some(&side.units),
        Part::Invoke => Some(&side.invokes),
        _ => None,
    };
    members.and_then(|members| members.get(name)).unwrap_or(NOTHING)
}

fn piece<'s, 'w>(side: &'s Side<'w>, part: Part, row: &Row<'w>) -> Piece<'s, 'w> {
    let (name, _, of) = *row;
    Piece { side, part, meaning: meaning(side, part, name), of }
}

/// All declarations, one kind after the other.
pub(super) fn declarations(a: &Side, b: &Side) -> Vec<Change> {
    let mut changes = Vec::new();
    for part in DECLARED {
        let (left, right) = (rows(a, part), rows(b, part));
        for (before, after) in pairs(&left, &right) {
            let found = aspects(
                before.map(|row| piece(a, part, row)),
                after.map(|row| piece(b, part, row)),
            );
            if !found.is_empty() || before.is_none() || after.is_none() {
                let place = |row: Option<&Row>| row.map(|(name, notes, _)| place(name, notes));
                changes.push(Change::of(part, place(before), place(after), found));
            }
        }
    }
    changes
}

/// Declarations of both by their names, as a reader meets them.
pub(super) fn pairs<'r, 'a, 'b>(
    left: &'r [Row<'a>],
    right: &'r [Row<'b>],
) -> Vec<(Option<&'r Row<'a>>, Option<&'r Row<'b>>)> {
    let places: HashMap<&str, usize> =
        right.iter().enumerate().map(|(index, row)| (row.0, index)).collect();
    let matched: Vec<Option<usize>> = left.iter().map(|row| places.get(row.0).copied()).collect();
    let both = matching::merged(&matched, right.len());
    let row = |(a, b): (Option<usize>, Option<usize>)| {
        (a.and_then(|a| left.get(a)), b.and_then(|b| right.get(b)))
    };
    both.into_iter().map(row).collect()
}

fn place(name: &str, notes: &Notes) -> Place {
    Place { name: name.to_owned(), title: notes.title.clone(), route: None }
}
