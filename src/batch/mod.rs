//! Many cases at once: a [`Table`] holds their facts in columns, and a rule is asked of all of them in one go.
//!
//! For inboxes ("which of a million cases can move now"), for analysis and for simulation. Comparisons, sums and what joins
//! them run over columns, 64 rows to a word; whatever has no columns (a loop over a list, a text that is put together) is
//! asked row by row, and so is every row whose value has no word. The answers are those of one case after another.
//!
//! ```
//! use tresteg::Workflow;
//! use tresteg::batch::Table;
//! let workflow = Workflow::from_json(r#"{ "id": "w", "initial": "s", "states": { "s": { "on": { "go": { "target": "t", "guard": "meetings >= 2" } } }, "t": {} },
//!     "facts": { "meetings": { "type": "integer" } }, "factors": { "dialogue": { "guard": "meetings >= 2" } } }"#)?;
//! let mut table = Table::new(&workflow);
//! for line in [r#"{ "meetings": 3, "states": ["s"] }"#, r#"{ "meetings": 1, "states": ["s"] }"#, r#"{ "states": ["t"] }"#] {
//!     table.push_json(line).unwrap();
//! }
//! let dialogue = table.holds(&workflow.rule_handle("dialogue").unwrap())?;
//! assert_eq!((dialogue.truth().count(), dialogue.falsehood().count(), dialogue.unknown().count()), (1, 1, 1));
//! assert_eq!(table.open("go").truth().iter().collect::<Vec<_>>(), [0]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod ask;
mod read;
mod select;
mod verdicts;

use crate::case::Case;
use crate::error::{Error, ErrorKind, Problem};
use crate::rule::{CaseHistory, Columns, Facts, Requirement, RuleId, Truth};
use crate::table::StateId;
use crate::value::{DateTime, Number, Value};
use crate::workflow::Workflow;

pub use crate::case::row::{FactHandle, Row, RuleHandle};
pub use crate::value::Decimals;
pub use read::{Header, RowError, RowProblem};
pub use verdicts::{Bitmap, SetBits, Verdicts};

/// Facts, states and times of many cases, in columns.
///
/// A column costs a bit, 4 or 8 bytes a row, whatever its greatest word needs, and two bits for what is unknown or has no
/// word; texts, lists and records are kept as they are.
#[derive(Debug, Clone)]
pub struct Table {
    workflow: Workflow,
    columns: Columns,
    /// The past of each row; none where no row has any.
    pasts: Vec<CaseHistory>,
    /// Rows of cases that have ended.
    ended: Vec<usize>,
    now: DateTime,
    threads: usize,
    lenient: bool,
    /// Facts as at the start of a case; and, between two rows, ones that may be filled.
    blank: Facts,
    draft: Option<Facts>,
}

/// One transition, asked of every row.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TransitionVerdicts {
    /// The state that it leaves from.
    pub source: String,
    /// The events that it answers, as in the file; empty for one without an event and for a term.
    pub events: Vec<String>,
    /// Where it leads; empty where it stays.
    pub targets: Vec<String>,
    /// Its place among all transitions, in the order of the file, from 0.
    pub number: usize,
    /// Whether its requirements and its guard hold; false where its state is not active.
    pub verdicts: Verdicts,
}

/// A number for every row where it is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    /// By row; `None` while it is unknown, and where the script fails.
    pub values: Vec<Option<Number>>,
    /// Where it is known (true), unknown or fails; never false.
    pub verdicts: Verdicts,
}

impl Table {
    /// A table without rows, at 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn new(workflow: &Workflow) -> Self {
        let compiled = workflow.compiled();
        Self {
            workflow: workflow.clone(),
            columns: Columns::new(&compiled.rules, compiled.chart.states.len()),
            pasts: Vec::new(),
            ended: Vec::new(),
            now: DateTime::epoch(&compiled.definition.zone),
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            lenient: false,
            blank: compiled.rules.facts_at_first(),
            draft: None,
        }
    }

    /// A row for each case, at its own time and with its own past.
    ///
    /// # Errors
    ///
    /// A case of another workflow.
    pub fn from_cases<'c>(
        workflow: &Workflow,
        cases: impl IntoIterator<Item = &'c Case>,
    ) -> Result<Self, Error> {
        let mut table = Self::new(workflow);
        for case in cases {
            table.push_case(case)?;
        }
        Ok(table)
    }

    /// Adds a case, with its states, time and past.
    ///
    /// # Errors
    ///
    /// It is a case of another workflow.
    pub fn push_case(&mut self, case: &Case) -> Result<(), Error> {
        if !case.workflow().same(&self.workflow) {
            let problem = Problem::new("snapshot-workflow", "the case runs on another workflow")
                .hint("load the workflow once, for the cases and for the table");
            return Err(Error::new(ErrorKind::Contract, vec![problem]));
        }
        let (context, ended) = case.read();
        let rules = &self.workflow.compiled().rules;
        if ended {
            self.ended.push(self.columns.rows());
        }
        self.pasts.resize_with(self.columns.rows(), CaseHistory::default);
        self.pasts.push(context.past.clone());
        self.columns.push(rules, context.facts, context.active, context.now);
        Ok(())
    }

    /// The time that rules see as `now` in rows that are added from here on, but for those of cases.
    pub fn at(&mut self, now: DateTime) {
        self.now = now.in_zone(&self.workflow.compiled().definition.zone);
    }

    /// On how many threads rules are asked; by default as many as the machine has processors. Answers do not depend on it.
    pub fn threads(&mut self, threads: usize) {
        self.threads = threads.max(1);
    }

    /// Whether columns and members that are no facts are passed over; by default they are wrong. A misspelled fact is then
    /// unknown in silence.
    pub fn lenient(&mut self, lenient: bool) {
        self.lenient = lenient;
    }

    /// Takes all rows away. What was allocated is kept for the next ones.
    pub fn clear(&mut self) {
        self.columns.clear();
        self.pasts.clear();
        self.ended.clear();
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.columns.rows()
    }

    /// Bytes that the columns take, without texts, lists and records.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.columns.bytes()
    }

    /// The workflow that it is of.
    #[must_use]
    pub fn workflow(&self) -> &Workflow {
        &self.workflow
    }

    /// The value of a fact in a row, as it was put in; `None` while it is unknown, for a derived one, for one of
    /// another workflow and beyond the last row.
    #[must_use]
    pub fn value(&self, row: usize, fact: FactHandle) -> Option<Value> {
        self.columns.value(&self.workflow.compiled().rules, fact.of(&self.workflow)?, row)
    }

    /// Whether a factor or boolean fact holds, in every row; a score holds where it is known.
    ///
    /// # Errors
    ///
    /// The rule is of another workflow.
    pub fn holds(&self, rule: &RuleHandle) -> Result<Verdicts, Error> {
        let id = self.owned(rule)?;
        Ok(self.ask_all(&[id]).pop().unwrap_or_default())
    }

    /// Every factor with its name, in the order of the file, in every row.
    #[must_use]
    pub fn factors(&self) -> Vec<(&str, Verdicts)> {
        let factors = &self.workflow.compiled().definition.factors;
        let ids: Vec<RuleId> = factors.ids().map(RuleId::Factor).collect();
        let names = factors.rows().iter().map(|factor| factor.name.as_str());
        names.zip(self.ask_all(&ids)).collect()
    }

    /// The score of a factor in every row; `None` for what is no score.
    ///
    /// # Errors
    ///
    /// The rule is of another workflow.
    pub fn scores(&self, rule: &RuleHandle) -> Result<Option<Scores>, Error> {
        Ok(match self.owned(rule)? {
            RuleId::Factor(id) if self.workflow.compiled().rules.is_score(id) => {
                Some(self.scored(id))
            }
            _ => None,
        })
    }

    /// Whether the answer of a rule may depend on the time at which it is asked, as [`at`](Self::at) sets it.
    ///
    /// # Errors
    ///
    /// The rule is of another workflow.
    pub fn reads_time(&self, rule: &RuleHandle) -> Result<bool, Error> {
        Ok(self.workflow.compiled().rules.reads_time(self.owned(rule)?))
    }

    /// Whether what [`open`](Self::open) asks for an event reads the time.
    #[must_use]
    pub fn event_reads_time(&self, event: &str) -> bool {
        let compiled = self.workflow.compiled();
        let listening = compiled.definition.transitions.ids();
        let mut listening = listening.filter(|id| compiled.chart.listens(*id, event));
        listening.any(|id| compiled.rules.reads_time(RuleId::Guard(id)))
    }

    /// Why a row answers what it does: the answer of one row, with the error where its script fails.
    ///
    /// # Errors
    ///
    /// The script fails for the facts of this row. The rule is of another workflow.
    pub fn row_holds(&self, row: usize, rule: &RuleHandle) -> Result<Truth, Error> {
        let id = self.owned(rule)?;
        let compiled = self.workflow.compiled();
        self.ask_row(id, row, None).map_err(|fault| {
            let problem = crate::case::problem::fault(compiled, &fault);
            Error::new(ErrorKind::Script, vec![problem])
        })
    }

    /// The rule of a handle. Handles are numbers: one of another workflow would silently mean another rule.
    fn owned(&self, rule: &RuleHandle) -> Result<RuleId, Error> {
        if !rule.workflow.same(&self.workflow) {
            let message = "the rule is of another workflow than the table";
            let problem = Problem::new("unknown-rule", message);
            return Err(Error::new(ErrorKind::Contract, vec![problem]));
        }
        Ok(match rule.requirement {
            Requirement::Factor(id) => RuleId::Factor(id),
            Requirement::Fact(id) => RuleId::Fact(id),
        })
    }

    /// The names of the active states of a row that have none inside them, in document order.
    #[must_use]
    pub fn states(&self, row: usize) -> Vec<&str> {
        let compiled = self.workflow.compiled();
        let active = self.columns.active_in(row).into_iter();
        let leaves = active.filter(|id| compiled.chart.states.at(*id).children.is_empty());
        leaves.map(|id: StateId| compiled.definition.states.at(id).name.as_str()).collect()
    }
}
