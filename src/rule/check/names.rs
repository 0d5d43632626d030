//! The names that scripts can use, and what they stand for.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::family::ToParent;
use super::super::types::Type;
pub(crate) use crate::definition::model::prefixes;
use crate::definition::model::{Definition, Trigger};
use crate::limits::Limits;
use crate::table::{FactId, FactorId, ParameterId, StateId, Table};
use crate::vocabulary;

/// Names of a definition by what they mean. Built once for all scripts of a workflow.
pub(crate) struct Names<'a> {
    pub def: &'a Definition,
    /// The workflows of its children, by number of the `invoke`; `None` for one that could not be read.
    pub children: &'a [Option<&'a Definition>],
    named: BTreeMap<&'a str, Named>,
    functions: BTreeMap<&'a str, u32>,
    states: BTreeMap<&'a str, StateId>,
    /// Patterns of `on` and `revoke`, without `*`; whether there is a `*` is kept apart.
    patterns: BTreeSet<&'a str>,
    any_pattern: bool,
    /// Names of declared events.
    declared: BTreeSet<&'a str>,
    /// Bytes that a name may have.
    pub most: usize,
    /// What a pattern may be, in steps for each character.
    pub pattern_size: usize,
    /// Facts that are known wherever a factor is true.
    pub assured_by: Table<FactorId, BTreeSet<FactId>>,
    /// What a claim asks of the time before a step, each with whether it is a condition.
    pub was: RefCell<Vec<(super::super::Program, bool)>>,
    /// What scripts send to the parent.
    pub told: RefCell<Vec<ToParent>>,
    /// Where ids of actors go.
    pub(super) persons: RefCell<Persons>,
}

/// Where ids of actors go, as far as it has been found.
#[derive(Debug, Default)]
pub(super) struct Persons {
    /// What facts hold that such are put into.
    pub facts: BTreeMap<FactId, Type>,
    /// Functions and parameters.
    pub handed: BTreeSet<(u32, usize)>,
    /// Functions that give them.
    pub given: BTreeSet<u32>,
    /// Properties of records that scripts write out.
    pub properties: BTreeSet<Arc<str>>,
    pub is_new: bool,
}

/// What a name in the one name space of facts, parameters and factors stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    Fact(FactId),
    Parameter(ParameterId),
    Factor(FactorId),
}

impl<'a> Names<'a> {
    pub fn new(
        def: &'a Definition,
        children: &'a [Option<&'a Definition>],
        limits: &Limits,
    ) -> Self {
        let mut named = BTreeMap::new();
        for (id, fact) in def.facts.iter() {
            named.entry(fact.name.value.as_str()).or_insert(Named::Fact(id));
        }
        for (id, parameter) in def.parameters.iter() {
            named.entry(parameter.name.value.as_str()).or_insert(Named::Parameter(id));
        }
        for (id, factor) in def.factors.iter() {
            named.entry(factor.name.value.as_str()).or_insert(Named::Factor(id));
        }
        let mut functions = BTreeMap::new();
        for (index, function) in (0_u32..).zip(&def.functions) {
            functions.entry(function.name.value.as_str()).or_insert(index);
        }
        let mut states = BTreeMap::new();
        for (id, state) in def.states.iter() {
            states.entry(state.name.value.as_str()).or_insert(id);
        }
        let mut patterns = BTreeSet::new();
        for (_, transition) in def.transitions.iter() {
            if let Trigger::Events(events) = &transition.trigger {
                patterns.extend(events.iter().map(|event| event.value.as_str()));
            }
            patterns.extend(transition.revoke.iter().map(|event| event.value.as_str()));
        }
        let any_pattern = patterns.remove("*");
        let assured_by = def.factors.iter().map(|_| BTreeSet::new()).collect();
        let declared = def.events.iter().flat_map(|events| events.keys()).map(String::as_str);
        let declared = declared.collect();
        let persons = RefCell::default();
        Self {
            def,
            children,
            was: RefCell::default(),
            told: RefCell::default(),
            named,
            functions,
            states,
            patterns,
            any_pattern,
            declared,
            most: limits.name_bytes,
            pattern_size: limits.pattern_size,
            assured_by,
            persons,
        }
    }

    pub fn named(&self, name: &str) -> Option<Named> {
        self.named.get(name).copied()
    }

    /// Every name of a fact, parameter or factor.
    pub fn all(&self) -> BTreeMap<std::sync::Arc<str>, Named> {
        self.named.iter().map(|(name, named)| ((*name).into(), *named)).collect()
    }

    pub fn function(&self, name: &str) -> Option<u32> {
        self.functions.get(name).copied()
    }

    pub fn state(&self, name: &str) -> Option<StateId> {
        self.states.get(name).copied()
    }

    pub fn state_names(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.states.keys().copied()
    }

    /// Names of facts, parameters and factors, for suggestions.
    pub fn values(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.named.keys().copied()
    }

    /// Names that can be called, for suggestions.
    pub fn callable(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.functions
            .keys()
            .copied()
            .chain(vocabulary::functions().map(|name| -> &'a str { name }))
    }

    /// Names of events, for suggestions.
    pub fn events(&self) -> Vec<&'a str> {
        match &self.def.events {
            Some(events) => events.keys().map(String::as_str).collect(),
            None => self.patterns.iter().copied().collect(),
        }
    }

    /// Whether the file knows an event that can be raised or sent under this name.
    pub fn governs(&self, event: &str) -> bool {
        match &self.def.events {
            Some(events) => prefixes(event).any(|prefix| events.contains_key(prefix)),
            None => {
                self.any_pattern || prefixes(event).any(|prefix| self.patterns.contains(prefix))
            }
        }
    }

    /// Whether a pattern (`a` for `a.b`, `*`) can ever match an event of the file.
    pub fn can_match(&self, pattern: &str) -> bool {
        pattern == "*"
            || self.governs(pattern)
            || match &self.def.events {
                Some(_) => within(&self.declared, pattern),
                None => within(&self.patterns, pattern),
            }
    }
}

/// Whether one of the names lies inside another: these stand together in the order of the alphabet, from `name.` to
/// `name/`, the character behind the point.
fn within(names: &BTreeSet<&str>, name: &str) -> bool {
    let first = format!("{name}.");
    names.range(first.as_str()..).next().is_some_and(|found| found.starts_with(&first))
}
