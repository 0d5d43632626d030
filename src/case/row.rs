//! Facts without a case: to ask a workflow's rules about, as often as wanted.

use std::sync::Arc;

use super::problem;
use crate::error::{Error, ErrorKind, Problem};
use crate::rule::{Context, Facts, Fault, Fused, Past, Requirement, Truth};
use crate::table::FactId;
use crate::value::{DateTime, Value};
use crate::workflow::Workflow;

/// A fact of one workflow, found once by its name and set many times: see [`Row::set`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FactHandle(pub(crate) FactId);

/// A factor or boolean fact of one workflow, found once by its name and asked many times: see [`Row::holds`].
#[derive(Debug, Clone)]
pub struct RuleHandle {
    pub(crate) workflow: Workflow,
    pub(crate) requirement: Requirement,
    fused: Option<Arc<Fused>>,
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
#[derive(Debug, Clone)]
pub struct Row {
    workflow: Workflow,
    facts: Facts,
    past: Past,
    now: DateTime,
}

impl Workflow {
    /// A row in which every fact is unknown, but for those with a default, at 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn row(&self) -> Row {
        let compiled = self.compiled();
        Row {
            workflow: self.clone(),
            facts: compiled.rules.facts_at_first(),
            past: Past::default(),
            now: DateTime::epoch(&compiled.definition.zone),
        }
    }

    /// The fact of this name, to be set in rows; a derived one can only be read.
    #[must_use]
    pub fn fact_handle(&self, name: &str) -> Option<FactHandle> {
        self.compiled().rules.fact_named(name).map(FactHandle)
    }

    /// The factor or boolean fact of this name, to be asked of rows.
    #[must_use]
    pub fn rule_handle(&self, name: &str) -> Option<RuleHandle> {
        let rules = &self.compiled().rules;
        let requirement = rules.requirement(name)?;
        let fused = rules.fused(requirement).cloned();
        Some(RuleHandle { workflow: self.clone(), requirement, fused })
    }
}

impl Row {
    /// Sets a fact, as its declaration says. Cost: some nanoseconds; a list or record as much as it holds.
    ///
    /// # Errors
    ///
    /// Every way in which the value does not fit; a derived fact. The row is then as before.
    pub fn set(&mut self, fact: FactHandle, value: impl Into<Value>) -> Result<(), Error> {
        let definition = &self.workflow.compiled().definition;
        let FactHandle(id) = fact;
        let Some(declared) = definition.facts.get(id) else {
            return Err(contract(vec![Problem::new("unknown-fact", "it is of another workflow")]));
        };
        let name = &declared.name.value;
        if declared.value.is_some() {
            let message = format!("`{name}` is derived and cannot be set");
            return Err(contract(vec![Problem::new("derived-fact", message)]));
        }
        match declared.shape.admit(value.into(), &definition.zone) {
            Ok(value) => {
                self.facts.set(id, Some(value));
                Ok(())
            }
            Err(violations) => {
                let found = violations.into_iter();
                Err(contract(
                    found.map(|found| problem::violation("fact-value", name, found)).collect(),
                ))
            }
        }
    }

    /// Makes a fact unknown, whatever its default.
    pub fn forget(&mut self, fact: FactHandle) {
        let FactHandle(id) = fact;
        self.facts.set(id, None);
    }

    /// The time that rules see as `now`.
    pub fn at(&mut self, now: DateTime) {
        self.now = now.in_zone(&self.workflow.compiled().definition.zone);
    }

    /// Whether a factor or boolean fact holds. Cost: some nanoseconds where its rule is compiled.
    ///
    /// # Errors
    ///
    /// The script fails for these facts: a division by zero, an overflow. The rule is of another workflow.
    #[inline]
    pub fn holds(&self, rule: &RuleHandle) -> Result<Truth, Error> {
        if let Some(fused) = &rule.fused
            && self.workflow.same(&rule.workflow)
            && let Some(truth) = fused.quick(&self.facts)
        {
            return Ok(truth);
        }
        self.holds_at_length(rule)
    }

    fn holds_at_length(&self, rule: &RuleHandle) -> Result<Truth, Error> {
        self.owns(rule)?;
        let rules = &self.workflow.compiled().rules;
        rules.holds(rule.requirement, &self.context()).map_err(|fault| self.failed(&fault))
    }

    fn owns(&self, rule: &RuleHandle) -> Result<(), Error> {
        if self.workflow.same(&rule.workflow) {
            return Ok(());
        }
        let message = "the rule is of another workflow than the row";
        Err(contract(vec![Problem::new("unknown-rule", message)]))
    }

    /// The value of a fact, worked out for a derived one; `None` while it is unknown.
    ///
    /// # Errors
    ///
    /// The script of a derived fact fails for these facts.
    pub fn value(&self, fact: FactHandle) -> Result<Option<Value>, Error> {
        let FactHandle(id) = fact;
        let rules = &self.workflow.compiled().rules;
        rules.fact(id, &self.context()).map_err(|fault| self.failed(&fault))
    }

    /// The same as [`Row::holds`] without the compiled form: for measuring.
    #[doc(hidden)]
    pub fn holds_by_evaluator(&self, rule: &RuleHandle) -> Result<Truth, Error> {
        self.owns(rule)?;
        let rules = &self.workflow.compiled().rules;
        rules
            .holds_by_evaluator(rule.requirement, &self.context())
            .map_err(|fault| self.failed(&fault))
    }

    #[cold]
    fn failed(&self, fault: &Fault) -> Error {
        Error::new(ErrorKind::Script, vec![problem::fault(self.workflow.compiled(), fault)])
    }

    fn context(&self) -> Context<'_> {
        Context {
            facts: &self.facts,
            past: &self.past,
            active: &[],
            now: self.now,
            event: None,
            supposed: false,
            watch: None,
        }
    }
}

fn contract(problems: Vec<Problem>) -> Error {
    Error::new(ErrorKind::Contract, problems)
}
