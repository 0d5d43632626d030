//! What rules know of child cases: what they see of them, what they give them, what they send.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::program::Program;
use super::types::Type;
use crate::definition::model::Definition;
use crate::definition::shape::Kind;
use crate::diagnostic::Span;
use crate::label::Label;
use crate::value::Value;
use indexmap::IndexMap;

/// The child cases of a case, as its rules see them.
pub(crate) trait Family: Sync {
    /// The records of an `invoke`, by its number, in order of start; `None` while none has started.
    fn children(&self, invoke: u32) -> Option<Arc<Vec<Value>>>;
}

/// Who receives an event that is for another case.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Recipient {
    Children(u32),
    Child(u32, Arc<str>),
    Parent,
}

/// What the children of an `invoke` are given when they start, in the order of the file.
#[derive(Debug, Default)]
pub(crate) struct Given {
    /// By name of the child's fact.
    pub facts: Vec<(Arc<str>, Program)>,
}

/// An event that a script sends to its parent, as far as it is known before.
#[derive(Debug)]
pub(crate) struct ToParent {
    pub event: Arc<str>,
    /// What it carries, where that is a record that is written out.
    pub data: Option<BTreeMap<Arc<str>, Type>>,
    pub span: Span,
}

/// The words of `status`.
pub(crate) const STATUS: [&str; 3] = ["active", "done", "stopped"];

/// What the parent sees of a child: its record, as a type.
pub(crate) fn record(def: &Definition, invoke: usize, child: Option<&Definition>) -> Type {
    let Some((invoke, child)) = def.invokes.get(invoke).zip(child) else { return Type::Any };
    let names = |names: &mut dyn Iterator<Item = &str>| {
        let names: IndexMap<String, Label> =
            names.map(|name| (name.to_owned(), Label::default())).collect();
        Type::Enum(Arc::new(names))
    };
    let leaves = child.states.iter().skip(1).map(|(_, state)| state);
    let leaves = leaves.filter(|state| state.children.is_empty());
    let states = names(&mut leaves.map(|state| state.name.as_str()));
    let mut properties: BTreeMap<Arc<str>, Type> = BTreeMap::new();
    for name in &invoke.returns {
        properties.extend(returned(child, name).map(|kind| (Arc::from(name.as_str()), kind)));
    }
    properties.insert("key".into(), key(def, invoke.each.as_ref().map(|each| each.as_str())));
    properties.insert("status".into(), names(&mut STATUS.into_iter()));
    properties.insert("states".into(), Type::List(Box::new(states)));
    Type::Record(Arc::new(super::types::Record {
        properties,
        additional: None,
        named_by_ids: false,
    }))
}

/// Whether a record is that of a child case.
pub(crate) fn is_record(record: &super::types::Record) -> bool {
    let status = |kind: &Type| match kind {
        Type::Enum(values) => values.keys().map(String::as_str).eq(STATUS),
        _ => false,
    };
    record.properties.contains_key("states") && record.properties.get("status").is_some_and(status)
}

/// The type of what a child is called by.
fn key(def: &Definition, each: Option<&str>) -> Type {
    let Some(each) = each else { return Type::Text };
    match item(def, each).and_then(|item| item.child_key()) {
        Some(key) => Type::of(key),
        None => Type::Any,
    }
}

/// The items that start children, as they are declared.
pub(super) fn item<'d>(
    def: &'d Definition,
    each: &str,
) -> Option<&'d crate::definition::shape::Shape> {
    let fact = def.facts.rows().iter().find(|fact| fact.name.as_str() == each)?;
    match &fact.shape.kind {
        Kind::Array(item) => Some(item),
        _ => None,
    }
}

/// The type of a fact or factor; `None` where there is none of this name.
fn returned(child: &Definition, name: &str) -> Option<Type> {
    use crate::definition::model::FactorRule;
    if let Some(fact) = child.facts.rows().iter().find(|fact| fact.name.as_str() == name) {
        return Some(Type::of(&fact.shape));
    }
    let factor = child.factors.rows().iter().find(|factor| factor.name.as_str() == name)?;
    Some(match factor.rule {
        FactorRule::Score(_) => Type::Number,
        FactorRule::Guard(_) | FactorRule::Of { .. } => Type::Boolean,
    })
}
