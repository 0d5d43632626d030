//! Rows from JSON lines and from tables of text, held to the declarations of the workflow.

use std::collections::BTreeSet;
use std::fmt;

use super::Table;
use crate::case::problem::violation;
use crate::case::row::json as quick;
use crate::definition::model::{Fact, StateKind};
use crate::definition::parse::is_remark;
use crate::diagnostic::{Report, Span, quoted};
use crate::error::Problem;
use crate::json::{self, Member, Node, NodeKind};
use crate::label::Label;
use crate::language::problems as say;
use crate::rule::Facts;
use crate::said::Said;
use crate::table::{FactId, StateId};
use crate::value::{Decimals, Value, brief};
use crate::workflow::chart::ROOT;
use crate::workflow::{Field, Workflow};

/// The member or column that names the active states of a row, where no fact has this name.
const STATES: &str = "states";

/// So many problems of a row are told: a hostile one has thousands, and each costs a search.
const MISFITS: usize = 100;

/// So many members that are no facts are passed over in the quick way: each is looked for among those before it.
const PASSED: usize = 32;

/// Why a row was not taken: what is wrong with it, up to a hundred problems. The table is as before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    misfits: Vec<RowProblem>,
}

/// One thing that is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RowProblem {
    /// In JSON, the character of the line from 1; in a table of text, the column from 1; 0 where it is the whole row.
    pub column: usize,
    /// What is wrong.
    pub problem: Problem,
}

impl RowError {
    /// What is wrong, from left to right.
    #[must_use]
    pub fn misfits(&self) -> &[RowProblem] {
        &self.misfits
    }

    fn one(column: usize, problem: Problem) -> Self {
        Self { misfits: vec![RowProblem { column, problem }] }
    }
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, misfit) in self.misfits.iter().enumerate() {
            if place > 0 {
                f.write_str("\n")?;
            }
            write!(f, "column {}: {}", misfit.column, misfit.problem)?;
        }
        Ok(())
    }
}

impl std::error::Error for RowError {}

/// The columns of a table of text, by name: see [`Table::heading`].
#[derive(Debug, Clone)]
pub struct Header {
    workflow: Workflow,
    columns: Vec<Place>,
    decimals: Decimals,
}

impl Header {
    /// Reads numbers that are written so: a file that parts its columns with semicolons mostly comes from a
    /// country that writes `0,5`. Without it numbers have a decimal point.
    ///
    /// ```
    /// use tresteg::{Workflow, batch::{Decimals, Table}};
    ///
    /// let workflow = Workflow::from_json(
    ///     r#"{ "id": "w", "facts": { "share": { "type": "number" } }, "states": { "s": {} } }"#,
    /// )?;
    /// let mut table = Table::new(&workflow);
    /// let heading = table.heading(["share"]).unwrap().decimals(Decimals::Either);
    /// assert!(table.push_texts(&heading, ["1 000,5"]).is_ok());
    /// // 1.234 or 1234: nobody knows.
    /// assert!(table.push_texts(&heading, ["1,234"]).is_err());
    /// # Ok::<(), tresteg::diagnostic::Report>(())
    /// ```
    #[must_use]
    pub fn decimals(self, decimals: Decimals) -> Self {
        Self { decimals, ..self }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Fact(FactId),
    States,
    /// Of somebody else, or of a name that is to be passed over.
    Nothing,
}

/// A row on its way into the table.
struct Draft<'t> {
    table: &'t Table,
    row: Row,
    misfits: Vec<RowProblem>,
}

struct Row {
    facts: Facts,
    /// Facts that are not as at the start of a case.
    touched: Vec<FactId>,
    active: Vec<StateId>,
}

impl Table {
    /// Adds a row from a JSON object of facts; `states` may name the active states, as an array or one text. Facts that it
    /// does not name have their default; `null` is as if not there. Keys that begin with `x-` are left alone, in a
    /// [`lenient`](Table::lenient) table all that are no facts.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it: no JSON, an unknown or derived fact, a value that does not fit, states that are
    /// not active together.
    pub fn push_json(&mut self, line: &str) -> Result<(), RowError> {
        let row = self.fresh();
        let mut draft = Draft { table: self, row, misfits: Vec::new() };
        if draft.line(line).is_some() {
            let row = draft.done()?;
            self.take(row);
            return Ok(());
        }
        self.push_json_at_length(line)
    }

    /// Reads a line with places, so that everything that is wrong is named.
    fn push_json_at_length(&mut self, line: &str) -> Result<(), RowError> {
        let compiled = self.workflow.compiled();
        let mut report = Report::limited(MISFITS);
        let file = report.sources.add("row", line);
        let limits = compiled.limits.of_events();
        let node = json::read(line, file, &limits, &mut report);
        let place = |report: &Report, span: Span| {
            report.sources().place(span).map_or(0, |place| place.column as usize)
        };
        let row = self.fresh();
        let mut draft = Draft { table: self, row, misfits: Vec::new() };
        match node {
            Some(Node { kind: NodeKind::Object(members), .. }) if !report.has_errors() => {
                for Member { key, value } in members {
                    let before = draft.misfits.len();
                    let span = match self.place(key.as_str()) {
                        // Left alone, but told of where it is no JSON.
                        Ok(Place::Nothing) => {
                            value.to_value(&mut report);
                            value.span
                        }
                        Ok(place) => {
                            let read = value.to_value(&mut report);
                            draft.member(place, read);
                            value.span
                        }
                        Err(problem) if self.passes_over(&problem) => {
                            value.to_value(&mut report);
                            value.span
                        }
                        Err(problem) => {
                            draft.misfits.push(RowProblem { column: 0, problem });
                            key.span
                        }
                    };
                    // Finding a place takes as long as the line is: only where something is wrong.
                    if let Some(found) =
                        draft.misfits.get_mut(before..).filter(|new| !new.is_empty())
                    {
                        let column = place(&report, span);
                        found.iter_mut().for_each(|misfit| misfit.column = column);
                    }
                    if draft.misfits.len() >= MISFITS {
                        break;
                    }
                }
            }
            Some(node) if !report.has_errors() => {
                let column = place(&report, node.span);
                let problem = Problem::new("row-shape", "a row must be an object of facts")
                    .hint("such as {\"meetings\": 3}");
                return Err(RowError::one(column, problem));
            }
            _ => {}
        }
        for diagnostic in report.diagnostics() {
            let problem = Problem {
                hint: diagnostic.hint.clone(),
                ..Problem::new(diagnostic.code, diagnostic.message.clone())
            };
            draft.misfits.push(RowProblem {
                column: diagnostic.span.map_or(0, |span| place(&report, span)),
                problem,
            });
        }
        let row = draft.done()?;
        self.take(row);
        Ok(())
    }

    /// Reads the names of the columns of a table of text: facts, and `states` for the active states. Columns of names that
    /// begin with `x-` are passed over, in a [`lenient`](Table::lenient) table those of any other name.
    ///
    /// # Errors
    ///
    /// A name that is no fact, is derived, or stands there twice; no name.
    pub fn heading<'n>(
        &self,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Result<Header, RowError> {
        let (mut columns, mut misfits) = (Vec::new(), Vec::new());
        let mut seen = BTreeSet::new();
        for (index, name) in names.into_iter().enumerate() {
            if misfits.len() >= MISFITS {
                break;
            }
            let name = name.trim();
            let place = match self.place(name) {
                Ok(_) if !seen.insert(name.to_owned()) => {
                    let message = Said::of(&say::COLUMN_TWICE, [quoted(name).into()]);
                    Err(Problem::said("column-twice", message))
                }
                Err(problem) if self.passes_over(&problem) => Ok(Place::Nothing),
                Err(_) if name.is_empty() => {
                    let message = Said::of(&say::COLUMN_NAMELESS, []);
                    let problem = Problem::said("unknown-fact", message);
                    Err(problem.hint(Said::of(&say::COLUMN_NAME_IT, [])))
                }
                found => found,
            };
            match place {
                Ok(place) => columns.push(place),
                Err(problem) => misfits.push(RowProblem { column: index + 1, problem }),
            }
        }
        if !misfits.is_empty() {
            return Err(RowError { misfits });
        }
        Ok(Header { workflow: self.workflow.clone(), columns, decimals: Decimals::Point })
    }

    /// Adds a row of a table of text. Values are written as people type them; an empty one leaves the fact as it is at the
    /// start of a case: unknown, or its default. Several states are parted by commas.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, by column. The heading is of another workflow.
    pub fn push_texts<'x>(
        &mut self,
        heading: &Header,
        texts: impl IntoIterator<Item = &'x str>,
    ) -> Result<(), RowError> {
        if !heading.workflow.same(&self.workflow) {
            let message = "the heading is of another workflow than the table";
            return Err(RowError::one(0, Problem::new("unknown-heading", message)));
        }
        let row = self.fresh();
        let mut draft = Draft { table: self, row, misfits: Vec::new() };
        let mut count = 0;
        for (index, text) in texts.into_iter().enumerate() {
            count += 1;
            if draft.misfits.len() >= MISFITS {
                continue;
            }
            let (column, bare) = (index + 1, text.trim());
            match heading.columns.get(index) {
                Some(Place::Fact(id)) if !bare.is_empty() => {
                    draft.text(*id, text, heading.decimals, column)
                }
                Some(Place::States) if !bare.is_empty() => {
                    let names = || bare.split(',').map(str::trim).filter(|name| !name.is_empty());
                    draft.states(names(), names().count(), column);
                }
                _ => {}
            }
        }
        if count != heading.columns.len() {
            let counts = [count, heading.columns.len()].map(|count| Said::from(count.to_string()));
            let problem = Problem::said("row-columns", Said::of(&say::ROW_COLUMNS, counts));
            // A decimal comma parts a number in two where commas part the columns.
            let problem = match count > heading.columns.len() {
                true => problem.hint(Said::of(&say::ROW_QUOTES, [])),
                false => problem,
            };
            let column = count.min(heading.columns.len() + 1);
            draft.misfits.push(RowProblem { column, problem });
        }
        let row = draft.done()?;
        self.take(row);
        Ok(())
    }

    /// What a member or column of this name is of.
    fn place(&self, name: &str) -> Result<Place, Problem> {
        let compiled = self.workflow.compiled();
        match compiled.rules.fact_named(name) {
            Some(id) if compiled.definition.facts.at(id).value.is_some() => {
                let message = Said::of(&say::FACT_DERIVED, [quoted(name).into()]);
                Err(Problem::said("fact-derived", message))
            }
            Some(id) => Ok(Place::Fact(id)),
            None if name == STATES => Ok(Place::States),
            None if is_remark(name) => Ok(Place::Nothing),
            None => {
                let known = compiled.definition.facts.rows().iter();
                let known = known.map(|fact| fact.name.as_str()).chain([STATES]);
                let message = Said::of(&say::UNKNOWN_FACT, [brief(name).into()]);
                let problem = Problem::said("unknown-fact", message);
                // As a table for people would be headed.
                let written = name.to_lowercase();
                let mut titled = compiled.definition.facts.rows().iter().filter(|fact| {
                    fact.title().iter().any(|(_, title)| title.to_lowercase() == written)
                });
                Err(match (titled.next(), titled.next()) {
                    (Some(fact), None) => {
                        let name = fact.name.value.clone();
                        problem.hint(Said::of(&say::COLUMN_TITLE, [name.into()]))
                    }
                    _ => problem.suggest(name, known),
                })
            }
        }
    }

    /// Whether a name that has no place is let pass.
    fn passes_over(&self, problem: &Problem) -> bool {
        self.lenient && problem.code == "unknown-fact"
    }

    fn take(&mut self, row: Row) {
        let Row { mut facts, touched, active } = row;
        let compiled = self.workflow.compiled();
        let ends = |id: &StateId| {
            let row = compiled.chart.states.at(*id);
            row.kind == StateKind::Final && row.parent == Some(ROOT)
        };
        if active.iter().any(ends) {
            self.ended.push(self.columns.rows());
        }
        self.columns.push(&compiled.rules, &facts, &active, self.now);
        for id in touched {
            facts.set(id, self.blank.get(id));
        }
        self.draft = Some(facts);
    }

    /// A row in which nothing is set: facts that the last one left, or new ones.
    fn fresh(&mut self) -> Row {
        let facts = self.draft.take().unwrap_or_else(|| self.blank.clone());
        Row { facts, touched: Vec::new(), active: Vec::new() }
    }
}

impl<'t> Draft<'t> {
    fn set(&mut self, id: FactId, value: Option<Value>) {
        self.row.touched.push(id);
        self.row.facts.set(id, value);
    }

    fn wrong(&mut self, column: usize, code: &str, message: Said) {
        self.misfits.push(RowProblem { column, problem: Problem::said(code, message) });
    }

    /// A line that is as one expects; `None` for any other.
    fn line(&mut self, line: &str) -> Option<()> {
        let mut states = None;
        let mut passed: Vec<String> = Vec::new();
        let lenient = self.table.lenient;
        let found = quick::read(self.table.workflow.compiled(), line, &mut |key, value| {
            // Once, and not `null`, which is no value.
            if key == STATES {
                return states.is_none().then(|| states = Some(value));
            }
            // Each once, too: of many that is not looked for here.
            let is_new = || passed.len() < PASSED && !passed.iter().any(|known| known == key);
            (lenient && is_new()).then(|| passed.push(key.to_owned()))
        })?;
        if let Some(states) = states {
            self.member(Place::States, Some(states));
        }
        self.row.touched.extend(found.iter().map(|one| one.setter.id));
        found.into_iter().for_each(|one| one.put(&mut self.row.facts));
        self.misfits.is_empty().then_some(())
    }

    /// A member of an object; what is wrong gets its column later. `null` is as if not
    /// there; a value that cannot be read is told of elsewhere.
    fn member(&mut self, place: Place, value: Option<Value>) {
        match (place, value) {
            (Place::Fact(id), Some(value)) => self.fact(id, value, 0),
            (Place::States, Some(Value::List(items))) => {
                let names = items.iter().filter_map(Value::as_str);
                self.states(names, items.len(), 0);
            }
            (Place::States, Some(Value::Text(name))) => self.states([&*name].into_iter(), 1, 0),
            (Place::States, Some(_)) => {
                self.wrong(0, "states-shape", Said::of(&say::STATES_SHAPE, []))
            }
            _ => {}
        }
    }

    fn fact(&mut self, id: FactId, value: Value, column: usize) {
        let definition = &self.table.workflow.compiled().definition;
        let fact = definition.facts.at(id);
        match fact.shape.admit(value, &definition.zone) {
            Ok(value) => self.set(id, Some(value)),
            Err(violations) => {
                let name = &fact.name.value;
                self.misfits.extend(violations.into_iter().map(|found| RowProblem {
                    column,
                    problem: violation("fact-value", name, &titled(fact), found),
                }));
            }
        }
    }

    fn text(&mut self, id: FactId, text: &str, decimals: Decimals, column: usize) {
        let compiled = self.table.workflow.compiled();
        let definition = &compiled.definition;
        let fact = definition.facts.at(id);
        let field = Field::of(fact, compiled);
        let read = match field.read_in_table(text, decimals) {
            Ok(value) => {
                if self.row.facts.set_directly(compiled.rules.setter(id), &value) {
                    return self.row.touched.push(id);
                }
                field.admit(value)
            }
            Err(message) => Err(message),
        };
        match read {
            Ok(value) => self.set(id, Some(value)),
            Err(message) => {
                let (name, title) = (fact.name.value.clone(), titled(fact));
                let name = Said::Named { name, title, path: String::new() };
                self.wrong(column, "fact-value", Said::of(&say::VALUE, [name, message]));
            }
        }
    }

    fn states<'n>(&mut self, names: impl Iterator<Item = &'n str>, count: usize, column: usize) {
        let compiled = self.table.workflow.compiled();
        let mut active = BTreeSet::from([ROOT]);
        let mut found = 0;
        for name in names {
            found += 1;
            let Some(id) = compiled.state_named(name) else {
                let states = compiled.definition.states.rows().iter().skip(1);
                let known = states.map(|state| state.name.as_str());
                let message = Said::of(&say::UNKNOWN_STATE, [brief(name).into()]);
                let problem = Problem::said("unknown-state", message);
                self.misfits.push(RowProblem { column, problem: problem.suggest(name, known) });
                return;
            };
            active.insert(id);
            active.extend(compiled.chart.ancestors(id));
        }
        if found != count {
            return self.wrong(column, "states-shape", Said::of(&say::STATES_NAMED, []));
        }
        if found > 0 && !compiled.chart.is_configuration(&active) {
            let message = Said::of(&say::STATES_TOGETHER, []);
            return self.wrong(column, "states-together", message);
        }
        if found > 0 {
            self.row.active = active.into_iter().collect();
        }
    }

    fn done(self) -> Result<Row, RowError> {
        let Self { row, mut misfits, .. } = self;
        if misfits.is_empty() {
            return Ok(row);
        }
        misfits.sort_by_key(|misfit| misfit.column);
        misfits.truncate(MISFITS);
        Err(RowError { misfits })
    }
}

/// The title of a fact with the name that its column has.
fn titled(fact: &Fact) -> Label {
    let name = &fact.name.value;
    let texts = fact.notes.title.0.iter();
    Label(texts.map(|(tag, text)| (tag.clone(), format!("{text} ({name})"))).collect())
}
