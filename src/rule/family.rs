//! What rules know of child cases: what they see of them, what they give them, what they send.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::eval::{Evaluator, Stop};
use super::program::Program;
use super::types::Type;
use super::{Context, Fault, Rules, Truth};
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
    Type::Record(Arc::new(super::types::Record { properties, additional: None }))
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

impl Rules {
    /// The value of what a child is given, of which `item` is the item that starts it; `None` while it is unknown.
    pub fn given(
        &self,
        program: &Program,
        item: Option<&Value>,
        context: &Context,
    ) -> Result<Option<Value>, Fault> {
        let mut evaluator = Evaluator::new(self, *context);
        let args = item.cloned().into_iter().collect();
        match evaluator.framed(program, args, |this| this.eval(&program.root)) {
            Ok(value) | Err(Stop::Return(Some(value))) => Ok(Some(value)),
            Err(Stop::Fault(fault)) => Err(*fault),
            Err(_) => Ok(None),
        }
    }

    /// What a parent sees of a fact or factor; what fails is as unknown as what nobody knows, unless the call is at its end.
    pub fn shown(&self, name: &str, context: &Context) -> Result<Option<Value>, Fault> {
        let soft = |fault: Fault| if fault.ends_call() { Err(fault) } else { Ok(None) };
        if let Some(id) = self.fact_named(name) {
            return self.fact(id, context).or_else(soft);
        }
        let Some(id) = self.factor_named(name) else { return Ok(None) };
        if self.is_score(id) {
            let score = self.score(id, context).map(|score| score.map(Value::Number));
            return score.or_else(soft);
        }
        let truth = self.holds(super::Requirement::Factor(id), context);
        let truth = truth.map(|truth| match truth {
            Truth::True => Some(Value::Boolean(true)),
            Truth::False => Some(Value::Boolean(false)),
            Truth::Unknown => None,
        });
        truth.or_else(soft)
    }

    /// Whether a fact or factor follows from the clock, or is worked out from who sent what.
    pub fn moves_with_the_clock(&self, name: &str) -> bool {
        let mut reads = super::Reads::default();
        match (self.fact_named(name), self.factor_named(name)) {
            (Some(id), _) => _ = reads.facts.insert(id),
            (None, Some(id)) => _ = reads.factors.insert(id),
            (None, None) => {}
        }
        self.reads_through(reads).now
    }

    /// Whether this is a fact that can be given to a case that starts.
    pub fn is_given_fact(&self, name: &str) -> bool {
        self.fact_named(name).is_some_and(|id| self.is_given(id))
    }
}
