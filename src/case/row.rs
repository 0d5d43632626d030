//! Facts without a case: to ask a workflow's rules about, as often as wanted.

pub(crate) mod json;

use std::fmt;
use std::sync::Arc;

use super::problem;
use crate::error::{Error, ErrorKind, Problem};
use crate::rule::{Alone, CaseHistory, Checks, Code, Fault, Requirement, Setter, Source, Truth};
use crate::table::FactId;
use crate::value::{DateTime, Value};
use crate::workflow::Workflow;

/// A fact of one workflow, found once by its name and set many times: see [`Row::set`].
#[derive(Clone, Copy)]
pub struct FactHandle {
    setter: Setter,
    /// Of the workflow.
    serial: u64,
}

impl FactHandle {
    /// The fact, if it is one of this workflow.
    pub(crate) fn of(self, workflow: &Workflow) -> Option<FactId> {
        (self.serial == workflow.serial()).then_some(self.setter.id)
    }
}

/// Equal are handles of one fact of one workflow, as it was loaded.
impl PartialEq for FactHandle {
    fn eq(&self, other: &Self) -> bool {
        (self.setter.id, self.serial) == (other.setter.id, other.serial)
    }
}

impl Eq for FactHandle {}

impl fmt::Debug for FactHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FactHandle").field(&self.setter.id.0).finish()
    }
}

/// A factor or boolean fact of one workflow, found once by its name and asked many times: see [`Row::holds`].
#[derive(Debug, Clone)]
pub struct RuleHandle {
    pub(crate) workflow: Workflow,
    pub(crate) requirement: Requirement,
    /// Of a rule that is no more than checks.
    checks: Option<Checks>,
    code: Option<Arc<Code>>,
}

/// Facts without a case: rules are asked about them, nothing moves. Made by [`Workflow::row`].
///
/// ```
/// use tresteg::{Truth, Workflow};
/// let workflow = Workflow::from_json(r#"{ "id": "w", "states": { "s": {} },
///     "facts": { "meetings": { "type": "integer" } }, "factors": { "dialogue": { "guard": "meetings >= 2" } } }"#)?;
/// let (meetings, dialogue) = (workflow.fact_handle("meetings").unwrap(), workflow.rule_handle("dialogue").unwrap());
/// let mut row = workflow.row();
/// assert_eq!(row.holds(&dialogue)?, Truth::Unknown);
/// row.set(meetings, 3)?;
/// assert_eq!(row.holds(&dialogue)?, Truth::True);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
// What a rule asks first lies together, in front: many rows are more than the nearest memory holds.
#[derive(Debug, Clone)]
#[repr(C)]
pub struct Row {
    workflow: Workflow,
    /// Of the workflow.
    serial: u64,
    alone: Alone,
}

impl Workflow {
    /// A row in which every fact is unknown, but for those with a default, at 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn row(&self) -> Row {
        let compiled = self.compiled();
        Row {
            workflow: self.clone(),
            serial: self.serial(),
            alone: Alone {
                facts: compiled.rules.facts_at_first(),
                past: CaseHistory::default(),
                now: DateTime::epoch(&compiled.definition.zone),
            },
        }
    }

    /// The fact of this name, to be set in rows; a derived one can only be read.
    #[must_use]
    pub fn fact_handle(&self, name: &str) -> Option<FactHandle> {
        let compiled = self.compiled();
        let id = compiled.rules.fact_named(name)?;
        Some(FactHandle { setter: *compiled.rules.setter(id), serial: self.serial() })
    }

    /// The factor or boolean fact of this name, to be asked of rows.
    #[must_use]
    pub fn rule_handle(&self, name: &str) -> Option<RuleHandle> {
        let rules = &self.compiled().rules;
        let requirement = rules.requirement(name)?;
        let code = rules.required(requirement);
        let checks = code.as_ref().and_then(|code| code.checks()).cloned();
        Some(RuleHandle { workflow: self.clone(), requirement, checks, code })
    }
}

impl Row {
    /// Sets a fact, as its declaration says. Cost: some nanoseconds; a list or record as much as it holds.
    ///
    /// # Errors
    ///
    /// Every way in which the value does not fit; a derived fact; a fact of another workflow. The row is then as before.
    #[inline]
    pub fn set(&mut self, fact: FactHandle, value: impl Into<Value>) -> Result<(), Error> {
        let value = value.into();
        if fact.serial == self.serial && self.alone.facts.set_directly(&fact.setter, &value) {
            // What has a word has nothing that must be freed: to ask costs as much as all the rest.
            std::mem::forget(value);
            return Ok(());
        }
        // Two numbers instead of the handle: for that, it would be copied each time.
        self.set_as_declared(fact.serial, fact.setter.id, value)
    }

    #[inline(never)]
    fn set_as_declared(&mut self, serial: u64, id: FactId, value: Value) -> Result<(), Error> {
        if serial != self.serial {
            return Err(contract(vec![foreign()]));
        }
        let compiled = self.workflow.compiled();
        let value = match compiled.rules.setter(id).direct.word(&value) {
            Some(_) => value,
            None => json::admitted(compiled, id, value).map_err(contract)?,
        };
        self.alone.facts.set(id, Some(value));
        Ok(())
    }

    /// Makes a fact unknown, whatever its default. A fact of another workflow is none here.
    pub fn forget(&mut self, fact: FactHandle) {
        if fact.serial == self.serial {
            self.alone.facts.set(fact.setter.id, None);
        }
    }

    /// The time that rules see as `now`.
    pub fn at(&mut self, now: DateTime) {
        self.alone.now = now.in_zone(&self.workflow.compiled().definition.zone);
    }

    /// Whether a factor or boolean fact holds. Cost: some nanoseconds where its rule is compiled.
    ///
    /// # Errors
    ///
    /// The script fails for these facts: a division by zero, an overflow. The rule is of another workflow.
    #[inline]
    pub fn holds(&self, rule: &RuleHandle) -> Result<Truth, Error> {
        if self.workflow.same(&rule.workflow)
            && let Some(truth) = match &rule.checks {
                Some(checks) => checks.decide(self.alone.facts.words().as_slice()),
                None => self.decided(rule),
            }
        {
            return Ok(truth);
        }
        self.evaluated(rule)
    }

    #[inline(always)]
    fn decided(&self, rule: &RuleHandle) -> Option<Truth> {
        let rules = &self.workflow.compiled().rules;
        rule.code.as_ref()?.decide_for(rules, Source::Alone(&self.alone))
    }

    /// What is not sure, or not compiled.
    #[inline(never)]
    fn evaluated(&self, rule: &RuleHandle) -> Result<Truth, Error> {
        self.owns(rule)?;
        // A sum that is too large for checks is none for the tree beneath them.
        if rule.checks.is_some()
            && let Some(truth) = self.decided(rule)
        {
            return Ok(truth);
        }
        let (rules, context) = (&self.workflow.compiled().rules, self.alone.context());
        let found = match rule.code {
            Some(_) => rules.holds_by_evaluator(rule.requirement, &context),
            None => rules.holds(rule.requirement, &context),
        };
        found.map_err(|fault| self.failed(&fault))
    }

    fn owns(&self, rule: &RuleHandle) -> Result<(), Error> {
        if self.workflow.same(&rule.workflow) { Ok(()) } else { Err(another()) }
    }

    /// The value of a fact, worked out for a derived one; `None` while it is unknown.
    ///
    /// # Errors
    ///
    /// The script of a derived fact fails for these facts. The fact is of another workflow.
    pub fn value(&self, fact: FactHandle) -> Result<Option<Value>, Error> {
        let Some(id) = fact.of(&self.workflow) else { return Err(contract(vec![foreign()])) };
        let rules = &self.workflow.compiled().rules;
        rules.fact(id, &self.alone.context()).map_err(|fault| self.failed(&fault))
    }

    /// What [`Row::holds`] answers, without the compiled form: for measuring.
    #[doc(hidden)]
    pub fn holds_by_evaluator(&self, rule: &RuleHandle) -> Result<Truth, Error> {
        self.owns(rule)?;
        let rules = &self.workflow.compiled().rules;
        rules
            .holds_by_evaluator(rule.requirement, &self.alone.context())
            .map_err(|fault| self.failed(&fault))
    }

    #[cold]
    fn failed(&self, fault: &Fault) -> Error {
        Error::new(ErrorKind::Script, vec![problem::fault(self.workflow.compiled(), fault)])
    }
}

#[cold]
fn another() -> Error {
    let message = "the rule is of another workflow than the row";
    contract(vec![Problem::new("unknown-rule", message)])
}

#[cold]
fn foreign() -> Problem {
    Problem::new("unknown-fact", "it is of another workflow")
}

fn derived(name: &str) -> Problem {
    Problem::new("derived-fact", format!("`{name}` is derived and cannot be set"))
}

#[cold]
fn contract(problems: Vec<Problem>) -> Error {
    Error::new(ErrorKind::Contract, problems)
}

#[cfg(test)]
mod tests;
