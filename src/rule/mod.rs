//! The evaluation core: scripts in, verdicts with their reasons out.
//!
//! ```text
//! Script ──parse (Rhai)──► AST ──check──► Program (typed, over numbers) ──eval──► value | unknown | Fault
//!                                                     └─explain──► the clauses that decided
//! ```
//!
//! Only `parse` and `lower` name rhai. Nothing here knows cases: a [`Context`] is what a rule may read.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::Span;
use crate::table::StateId;
use crate::value::{DateTime, Value};

/// Three-valued truth, as in SQL and FEEL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Truth {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// Something it depends on is not known.
    Unknown,
}

/// What a rule may read.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    /// By number of fact; `None` is unknown. Defaults are filled in; the places of derived facts are `None`.
    pub facts: &'a [Option<Value>],
    pub past: &'a Past,
    /// Active states, in document order (ascending numbers), compound ones included.
    pub active: &'a [StateId],
    /// The time of the step, in the workflow's zone.
    pub now: DateTime,
    /// The event that is being answered; none at the start and for a term.
    pub event: Option<&'a Current>,
    pub assume_unknown: Option<&'a fixedbitset::FixedBitSet>,
}

/// The event that is being answered, as scripts see it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Current {
    pub name: Arc<str>,
    /// The actor's id.
    pub actor: Option<Arc<str>>,
    pub at: DateTime,
    pub data: BTreeMap<Arc<str>, Value>,
}

/// What rules can ask about the past of a case.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Past {
    /// Accepted events (from outside, raised and sent; not terms, not `done.…`), by name.
    pub events: BTreeMap<Arc<str>, Occurrence>,
    /// When each state was last entered.
    pub entered: BTreeMap<StateId, DateTime>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Occurrence {
    pub count: u64,
    pub last: DateTime,
    /// Ids of the actors, each once, in the order of their first.
    pub who: Vec<Arc<str>>,
}

/// An evaluation that failed: the script is wrong for these values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Stable, such as `division-by-zero`, `overflow`, `limit-operations`, `unknown-in-action`.
    pub code: &'static str,
    pub message: String,
    /// Where in the file.
    pub span: Span,
    pub hint: Option<String>,
}

/// What an action asks for, besides assigning facts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Effect {
    Raise { event: Arc<str>, data: BTreeMap<Arc<str>, Value> },
    /// `due` is computed: the step's own time when the script gives none; a date is due when its day has ended, as for terms.
    Send { event: Arc<str>, due: DateTime, data: BTreeMap<Arc<str>, Value> },
    Cancel { event: Arc<str> },
    Emit { name: Arc<str>, data: BTreeMap<Arc<str>, Value> },
}

// STUB BEGIN
use crate::definition::model::{Definition, Label};
use crate::diagnostic::Report;
use crate::limits::Limits;
use crate::table::{FactId, FactorId, ParameterId, TransitionId};
#[derive(Debug)]
pub(crate) struct Program;
#[derive(Debug)]
pub(crate) struct Rules { v: Value }
#[derive(Debug, Clone, Copy)]
pub(crate) enum Requirement { Factor(FactorId), Fact(FactId) }
pub(crate) struct Scratch<'a> { pub facts: &'a mut [Option<Value>], pub past: &'a Past, pub active: &'a [StateId], pub now: DateTime, pub event: Option<&'a Current>, pub effects: &'a mut Vec<Effect> }
/// x
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Clause { /// x
 pub text: String, /// x
 pub verdict: Truth, /// x
 pub values: Vec<Read>, /// x
 pub unknown: Vec<String>, /// x
 pub factors: Vec<FactorVerdict> }
/// x
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Read { /// x
 pub name: String, /// x
 pub value: Option<Value> }
/// x
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct FactorVerdict { /// x
 pub name: String, /// x
 pub title: Label, /// x
 pub hint: Label, /// x
 pub verdict: Truth, /// x
 pub score: Option<crate::value::Number>, /// x
 pub clauses: Vec<Clause>, /// x
 pub of: Vec<FactorVerdict>, /// x
 pub at_least: Option<i64>, /// x
 pub reached: Option<i64> }
impl FactorVerdict { pub(crate) fn unknown(&self) -> Vec<String> { Vec::new() } }
#[allow(unused)]
impl Rules {
  pub fn compile(def: &Definition, limits: &Limits, report: &mut Report) -> Rules { Rules{v:Value::Boolean(true)} }
  pub fn guard(&self, t: TransitionId) -> Option<&Program> {None}
  pub fn actions(&self, t: TransitionId) -> Option<&Program> {None}
  pub fn entry(&self, t: StateId) -> Option<&Program> {None}
  pub fn exit(&self, t: StateId) -> Option<&Program> {None}
  pub fn initial_actions(&self, t: StateId) -> Option<&Program> {None}
  pub fn fact_named(&self, n:&str)->Option<FactId>{None}
  pub fn parameter_named(&self, n:&str)->Option<ParameterId>{None}
  pub fn requirements(&self, t: TransitionId)->&[Requirement]{&[]}
  pub fn decide(&self, p: &Program, ctx: &Context) -> Result<Truth, Fault>{Ok(Truth::True)}
  pub fn holds(&self, r: Requirement, ctx:&Context) -> Result<Truth, Fault>{Ok(Truth::True)}
  pub fn fact(&self, id: FactId, ctx:&Context) -> Result<Option<Value>, Fault>{Ok(None)}
  pub fn parameter(&self, id: ParameterId) -> &Value{&self.v}
  pub fn run(&self, p: &Program, scratch: &mut Scratch) -> Result<(), Fault>{Ok(())}
  pub fn explain(&self, p: &Program, ctx:&Context) -> Vec<Clause>{Vec::new()}
  pub fn explain_factor(&self, f: FactorId, ctx:&Context) -> FactorVerdict{ unimplemented!()}
  pub fn unknown_of_fact(&self, f: FactId, ctx:&Context)->Vec<String>{Vec::new()}
}
impl Past { pub fn has_sent(&self, pattern:&str, id:&str)->bool{false} }
