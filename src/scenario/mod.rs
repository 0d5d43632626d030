//! Scenarios: what is given, what happens and what is then expected, in files that the person who ordered the process can
//! read; run on the workflow, or on several variants of it.
//!
//! A [`Suite`] is a scenario file; each [`Scenario`] of it runs by itself and gives a [`Failure`] or none. A [`Recorder`]
//! writes such files from cases that were played by hand. [`Suite`] has an example.
//!
//! ```text
//! text ──json──► Node ──rows──► Node, a row each ──read──► Plan ──play──► Case ──expect──► what differs
//! ```

mod check;
mod expect;
pub(crate) mod keys;
pub(crate) mod plan;
mod read;
mod record;
mod rows;
pub(crate) mod schema;
mod told;
mod wanted;

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::case::ClaimCause;
use crate::case::claims::ClaimStatus;
use crate::case::decision::Decision;
use crate::case::event::Actor;
use crate::coverage::Coverage;
use crate::definition;
use crate::definition::allow::Allowed;
use crate::definition::keys::Holds;
use crate::definition::parse::{Fields, Reader, is_remark, opening};
use crate::diagnostic::{Diagnostic, Location, Report, SourceFiles, Span, Spanned, quoted};
use crate::error::Problem;
use crate::json::{self, Node, NodeKind};
use crate::label::Label;
use crate::language::Language;
use crate::limits::Limits;
use crate::rule::Meter;
use crate::value::is_visible;
use crate::workflow::{Compiled, Workflow};
use expect::{Check, Scene};
use plan::{Action, Cut, Moment, Plan};
use read::Planner;
use rows::{Budget, Rows};
use told::{Row, Teller, Told};

pub use record::Recorder;
pub use schema::schema;

/// A scenario file: scenarios over one workflow or several variants, read and held to their names.
///
/// ```
/// use tresteg::scenario::Suite;
/// use tresteg::Limits;
///
/// let door = r#"{
///     "id": "door",
///     "facts": { "key": { "type": "boolean" } },
///     "events": { "open": { "sets": ["key"] } },
///     "initial": "shut",
///     "states": {
///         "shut": { "on": { "open": { "target": "ajar", "guard": "key" } } },
///         "ajar": { "type": "final" }
///     }
/// }"#;
/// let text = r#"{
///     "workflow": "door.json",
///     "steps": [
///         { "event": "open", "expect": { "answer": "blocked", "blocked_by": { "unknown": ["key"] } } },
///         { "event": "open", "facts": { "key": true }, "expect": { "states": "ajar", "ended": true } }
///     ]
/// }"#;
/// let mut files = |path: &str| match path {
///     "door.json" => Ok(door.to_owned()),
///     _ => Err("there is no such file".to_owned()),
/// };
/// let suite = Suite::load("door.scenario.json", text, &mut files, &Limits::default())?;
/// for scenario in suite.scenarios() {
///     assert!(scenario.run().is_none());
/// }
/// # Ok::<(), tresteg::diagnostic::Report>(())
/// ```
#[derive(Debug)]
pub struct Suite {
    title: Label,
    workflows: Vec<Variant>,
    scenarios: Vec<Scenario>,
    report: Report,
}

/// One of the workflows of a scenario file.
#[derive(Debug, Clone)]
struct Variant {
    /// How it is called in `only` and `expect_in`: the name of its file without `.json`.
    name: String,
    path: String,
    workflow: Workflow,
}

/// One scenario on one workflow, with the values of one row: what a runner counts as one test.
#[derive(Debug, Clone)]
pub struct Scenario {
    name: String,
    title: Label,
    variant: Option<String>,
    path: String,
    row: Option<(usize, String)>,
    workflow: Workflow,
    plan: Plan,
    is_suggested: bool,
    span: Span,
    sources: Arc<SourceFiles>,
}

/// The first step of a scenario that did not go as expected.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Failure {
    /// The number of the step, from 1; 0 for the start.
    pub step: usize,
    /// What happened in it, such as `event pay by eva`.
    pub what: String,
    /// The step's title.
    #[serde(skip_serializing_if = "Label::is_empty")]
    pub title: Label,
    /// Where it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Location>,
    /// Everything that is not as expected.
    pub mismatches: Vec<Mismatch>,
    /// The answer, which says why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// Why there is no answer, where the case could not begin or its steps took too much together.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
    #[serde(skip)]
    did: Told<String>,
}

impl Failure {
    /// What happened in the step, in words and with titles, such as `event Pay the fee (pay) by eva`.
    #[must_use]
    pub fn tell(&self, language: Language) -> &str {
        self.did.in_language(language)
    }
}

/// One thing that is not as expected.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Mismatch {
    /// What, as the way to it in the expectation: `answer`, `facts.votes`, `blocked_by.factors`.
    pub key: String,
    /// What was expected, for people.
    pub expected: String,
    /// What is, for people.
    pub actual: String,
    /// Where the expectation stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Location>,
    #[serde(skip)]
    row: Told<Row>,
}

impl Mismatch {
    /// What, what was expected and what is: in words, with titles, and with values and times as people write them. A title
    /// is followed by the name in the file.
    #[must_use]
    pub fn tell(&self, language: Language) -> &[String; 3] {
        self.row.in_language(language)
    }

    /// A claim of the workflow that does not hold.
    fn claim(found: ClaimStatus, workflow: &Compiled) -> Self {
        let row = Told::of(|language| Teller::new(workflow, language).claim(&found));
        let mut actual = "broken".to_owned();
        if let (Some(step), Some(at)) = (found.step, found.at) {
            let word = match found.cause {
                Some(ClaimCause::Due) => "by step",
                _ => "after step",
            };
            actual = format!("broken {word} {step}, {at}");
        }
        let of = found.case.map(|case| format!("others.{case}.")).unwrap_or_default();
        let (key, expected) = (format!("{of}claims.{}", found.name), "kept".to_owned());
        Self { key, expected, actual, place: None, row }
    }
}

impl Suite {
    /// Reads a scenario file under a name for its diagnostics. `resolve` is asked for the text of each workflow, and of what
    /// that extends, by its path relative to the same place that `name` is relative to.
    ///
    /// # Errors
    ///
    /// The report of every problem, when at least one of them is an error: of the scenario file, or of the first workflow
    /// that is wrong.
    pub fn load(
        name: &str,
        text: &str,
        resolve: &mut dyn FnMut(&str) -> Result<String, String>,
        limits: &Limits,
    ) -> Result<Self, Report> {
        let mut wrong = None;
        let mut find = |path: &str| {
            let text = resolve(path)?;
            Workflow::load(path, &text, resolve, limits).map_err(|report| {
                wrong.get_or_insert(report);
                "it has errors".to_owned()
            })
        };
        let loaded = Self::load_on(name, text, &mut find, limits);
        match (loaded, wrong) {
            (Err(_), Some(report)) => Err(report),
            (loaded, _) => loaded,
        }
    }

    /// Reads a scenario file for workflows that are loaded already: `find` gives each by its path,
    /// or says why it cannot.
    ///
    /// # Errors
    ///
    /// The report of every problem of the scenario file, when at least one of them is an error.
    pub fn load_on(
        name: &str,
        text: &str,
        find: &mut dyn FnMut(&str) -> Result<Workflow, String>,
        limits: &Limits,
    ) -> Result<Self, Report> {
        let mut report = Report::limited(limits.diagnostics);
        let file = report.sources.add(name, text);
        let root = json::read(text, file, limits, &mut report);
        let suite = root
            .as_ref()
            .and_then(|root| Loader { name, limits, report: &mut report }.suite(root, find));
        if let Some(root) = &root {
            Allowed::read(root, Holds::One(&keys::FILE), &mut report).apply(&mut report);
        }
        report.sort();
        match suite {
            Some(suite) if !report.has_errors() => Ok(Self { report, ..suite }),
            _ => Err(report),
        }
    }

    /// The file's own label.
    #[must_use]
    pub fn title(&self) -> &Label {
        &self.title
    }

    /// The workflows that it is about: how each is called, its path, and itself.
    pub fn workflows(&self) -> impl Iterator<Item = (&str, &str, &Workflow)> {
        let workflows = self.workflows.iter();
        workflows.map(|found| (found.name.as_str(), found.path.as_str(), &found.workflow))
    }

    /// Every scenario, one for each row and each workflow that it concerns, in the order of the file.
    #[must_use]
    pub fn scenarios(&self) -> &[Scenario] {
        &self.scenarios
    }

    /// Warnings that came up while reading; errors never get this far.
    #[must_use]
    pub fn warnings(&self) -> &Report {
        &self.report
    }
}

impl Scenario {
    /// Its name: its key in `scenarios`, or that of the file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its label.
    #[must_use]
    pub fn title(&self) -> &Label {
        &self.title
    }

    /// How its workflow is called, where the file has several.
    #[must_use]
    pub fn variant(&self) -> Option<&str> {
        self.variant.as_deref()
    }

    /// The path of its workflow, as [`Suite::workflows`] gives it.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The number of its row, from 1, and the row's values for people; `None` without a table.
    #[must_use]
    pub fn row(&self) -> Option<(usize, &str)> {
        self.row.as_ref().map(|(number, said)| (*number, said.as_str()))
    }

    /// Where it stands.
    #[must_use]
    pub fn place(&self) -> Option<Location> {
        self.sources.place(self.span)
    }

    /// The workflow that it runs on.
    #[must_use]
    pub fn workflow(&self) -> &Workflow {
        &self.workflow
    }

    /// What happens in it.
    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Whether it was suggested and nobody has read it yet: it says `"x-suggested": true`, which whoever has read it takes
    /// away. What it expects is what the workflow did, right or wrong.
    #[must_use]
    pub fn is_suggested(&self) -> bool {
        self.is_suggested
    }

    /// How many steps it has.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.plan.steps.len()
    }

    /// Runs it. `None` when all is as expected; else the first step that is not. A hundred steps together have the budget of
    /// one call ([`Limits::call_operations`](crate::Limits::call_operations)), each further hundred the same again, up to that
    /// of twenty: a step that has no room in it is not as expected.
    #[must_use]
    pub fn run(&self) -> Option<Failure> {
        self.run_on(&self.workflow)
    }

    /// Runs it on another workflow, such as one that was changed to see whether anybody notices.
    /// `None` when all is as expected; else the first step that is not.
    #[must_use]
    pub fn run_on(&self, workflow: &Workflow) -> Option<Failure> {
        self.run_with(workflow, None)
    }

    /// Runs it and takes down what it shows of the workflow of `coverage`, up to the first step
    /// that is not as expected. What led to a state in which a scenario begins by `from` is not
    /// run, and shows nothing.
    pub fn run_covering(&self, coverage: &mut Coverage) -> Option<Failure> {
        let workflow = coverage.workflow().clone();
        self.run_with(&workflow, Some(coverage))
    }

    fn run_with(&self, workflow: &Workflow, coverage: Option<&mut Coverage>) -> Option<Failure> {
        let mut failure = None;
        let cut =
            self.plan.play(workflow, coverage, None, &mut |Moment { step, expect, scene }| {
                let wrong: Vec<_> =
                    expect.iter().filter(|check| !check.wanted.is_met(scene.of(check))).collect();
                let told = workflow.compiled();
                let broken: Vec<Mismatch> =
                    scene.broken_claims().map(|found| Mismatch::claim(found, told)).collect();
                if wrong.is_empty() && broken.is_empty() {
                    return true;
                }
                let mismatches = wrong.into_iter().map(|check| {
                    let (expected, actual) = check.wanted.shown(scene.of(check));
                    let place = self.sources.place(check.span);
                    let (expected, actual) = (shortened(expected), shortened(actual));
                    let key = match &check.case {
                        Some(case) => format!("others.{case}.{}", check.wanted.key()),
                        None => check.wanted.key(),
                    };
                    let row = Told::of(|language| row(check, scene.of(check), told, language));
                    Mismatch { key, expected, actual, place, row }
                });
                let mismatches = mismatches.chain(broken).collect();
                failure = Some(self.failure(step, mismatches, scene, told));
                false
            });
        failure.or_else(|| {
            let Cut { step, problem } = cut?;
            let problems = [problem];
            let scene = Scene::of_answer(None, &problems);
            Some(self.failure(Some(step), Vec::new(), scene, workflow.compiled()))
        })
    }

    /// Whether all is as expected on a workflow. Stops at the first thing that is not, and puts nothing into words.
    #[must_use]
    pub fn passes_on(&self, workflow: &Workflow) -> bool {
        self.passes(workflow, None)
    }

    /// Whether all is as expected on a workflow, where work is counted over many runs. Where there is no more room for it,
    /// which [`Work::is_exhausted`](crate::lab::Work::is_exhausted) tells, nothing that was not as expected was found.
    #[cfg(feature = "lab")]
    #[must_use]
    pub fn passes_on_within(&self, workflow: &Workflow, work: &crate::rule::Work) -> bool {
        self.passes(workflow, Some(work.meter()))
    }

    fn passes(&self, workflow: &Workflow, counted: Option<&Meter>) -> bool {
        let mut passes = true;
        let cut =
            self.plan.play(workflow, None, counted, &mut |Moment { expect, scene, .. }| {
                passes = expect.iter().all(|check| check.wanted.is_met(scene.of(check)))
                    && scene.broken_claims().next().is_none();
                passes
            });
        passes && cut.is_none()
    }

    fn failure(
        &self,
        number: Option<usize>,
        mismatches: Vec<Mismatch>,
        scene: Scene<'_>,
        workflow: &Compiled,
    ) -> Failure {
        let step = number.and_then(|number| self.plan.steps.get(number));
        let act = step.map(|step| &step.act);
        let did = Told::of(|language| Teller::new(workflow, language).action(act));
        let what = match act {
            None => "start".to_owned(),
            Some(Action::Look(None)) => "where the case stands".to_owned(),
            Some(Action::Look(Some(to))) => format!("where {to} stands"),
            Some(Action::Advance(plan::When::After(length))) => format!("advance {length}"),
            Some(Action::Advance(plan::When::At(time))) => format!("advance to {time}"),
            Some(Action::Advance(plan::When::Now)) => "advance".to_owned(),
            Some(Action::Event(event, _)) => {
                let actor = event.actor.as_ref().and_then(|actor| actor.id.as_deref());
                let by = actor.map(|id| format!(" by {id}")).unwrap_or_default();
                let to = event.to.as_deref().map(|to| format!(" to {to}")).unwrap_or_default();
                format!("event {}{to}{by}", event.name)
            }
            Some(Action::Received(event, _)) => format!("event {} from the parent", event.name),
        };
        Failure {
            step: number.map_or(0, |number| number + 1),
            what,
            title: step.map(|step| step.title.clone()).unwrap_or_default(),
            place: self.sources.place(step.map_or(self.span, |step| step.span)),
            mismatches,
            decision: scene.decision.cloned(),
            problems: scene.problems.to_vec(),
            did,
        }
    }
}

/// What stands in the way according to an answer, by the keys of `blocked_by`.
pub(crate) fn blockers(decision: &Decision) -> Vec<(&'static str, Vec<String>)> {
    let scene = Scene::of_answer(Some(decision), &[]);
    let all = expect::Blocker::ALL.iter();
    all.map(|(key, blocker)| (*key, scene.blockers(*blocker).0)).collect()
}

/// One thing that is not as expected, in a language.
fn row(check: &Check, scene: Scene<'_>, workflow: &Compiled, language: Language) -> Row {
    // A child's names are those of its own file.
    let of = scene.case.map_or(workflow, |case| case.workflow().compiled());
    let teller = Teller::new(of, language);
    let [expected, is] = teller.sides(&check.wanted, scene).map(shortened);
    let key = teller.key(&check.wanted);
    match &check.case {
        Some(case) => [format!("{case}: {key}"), expected, is],
        None => [key, expected, is],
    }
}

/// For people: the beginning of what is very long.
fn shortened(mut text: String) -> String {
    const MOST: usize = 2_000;
    if let Some((end, _)) = text.char_indices().nth(MOST) {
        text.truncate(end);
        text.push('…');
    }
    text
}

struct Loader<'r, 't> {
    name: &'t str,
    limits: &'r Limits,
    report: &'r mut Report,
}

impl Loader<'_, '_> {
    fn suite(
        &mut self,
        root: &Node,
        find: &mut dyn FnMut(&str) -> Result<Workflow, String>,
    ) -> Option<Suite> {
        if !matches!(root.kind, NodeKind::Object(_)) {
            let message = format!("a scenario file is an object, this is {}", root.describe());
            let found = Diagnostic::error("wrong-type", opening(root.span), message);
            self.report.push(found.hint("begin the file with `{`"));
            return None;
        }
        let mut reader = Reader::new(self.report, self.limits);
        let fields = reader.open("scenario file", root, &keys::FILE)?;
        reader.text(fields, "$schema");
        if let Some(format) = reader.whole(fields, "format").filter(|format| format.value != 1) {
            let message = format!("format {} is not known", format.value);
            reader.error("unsupported-format", format.span, message, "this version reads format 1");
        }
        let title = reader.notes(fields).title.clone();
        let workflows = self.workflows(fields, find)?;
        let names: Vec<String> = workflows.iter().map(|found| found.name.clone()).collect();
        let actors = self.actors(fields, &workflows);
        let found = self.written(fields);
        let mut scenarios = Vec::new();
        let mut room = Room {
            scenarios: self.limits.scenarios,
            steps: self.limits.scenario_steps,
            bytes: Budget(self.limits.scenario_bytes),
        };
        for written in &found {
            if self.plans(written, &workflows, &names, &actors, &mut room, &mut scenarios).is_none()
            {
                break;
            }
        }
        if scenarios.is_empty() && !self.report.has_errors() {
            let message = "the file has no scenario that concerns any of its workflows";
            self.report.push(Diagnostic::error("empty", opening(root.span), message));
        }
        let sources = Arc::new(self.report.sources.clone());
        for scenario in &mut scenarios {
            scenario.sources = Arc::clone(&sources);
        }
        Some(Suite { title, workflows, scenarios, report: Report::default() })
    }

    fn workflows(
        &mut self,
        fields: Fields<'_>,
        find: &mut dyn FnMut(&str) -> Result<Workflow, String>,
    ) -> Option<Vec<Variant>> {
        let node = fields.node("workflow")?;
        let paths = Reader::new(self.report, self.limits).targets("workflow", node);
        let mut workflows: Vec<Variant> = Vec::new();
        let whole = paths.len();
        for written in paths {
            let Some(path) = definition::relative(self.name, &written) else {
                let message = format!("{} is not a path relative to this file", quoted(&written));
                let found = Diagnostic::error("bad-path", written.span, message);
                self.report
                    .push(found.hint("write such as `permit.json` or `permits/permit.json`"));
                continue;
            };
            let file = path.rsplit('/').next().unwrap_or(&path);
            let name = file.strip_suffix(".json").unwrap_or(file).to_owned();
            if workflows.iter().any(|known| known.name == name) {
                let message = format!("two workflows are called {}", quoted(&name));
                let found = Diagnostic::error("duplicate-name", written.span, message);
                self.report.push(found.hint("a workflow is called as its file, without `.json`"));
                continue;
            }
            match find(&path) {
                Ok(workflow) => workflows.push(Variant { name, path, workflow }),
                Err(reason) => {
                    let message = format!("cannot use the workflow {}: {reason}", quoted(&path));
                    let found = Diagnostic::error("missing-workflow", written.span, message);
                    self.report.push(found.hint("the path is relative to the scenario file"));
                }
            }
        }
        // What is said of the others could be wrong because of the one that is missing.
        (!workflows.is_empty() && workflows.len() == whole).then_some(workflows)
    }

    fn actors(&mut self, fields: Fields<'_>, workflows: &[Variant]) -> IndexMap<String, Actor> {
        let mut actors = IndexMap::new();
        let mut reader = Reader::new(self.report, self.limits);
        for member in reader.map(fields, "actors").iter().filter(|member| !is_remark(&member.key)) {
            let name = member.key.as_str();
            let read = read::read_actor(&mut reader, name, &member.value, Some(name));
            let Some((actor, roles)) = read else { continue };
            for role in roles {
                known_role(&role, workflows, reader.report);
            }
            actors.insert(name.to_owned(), actor);
        }
        actors
    }

    /// The scenarios as they are written: the file itself, or those under `scenarios`.
    fn written<'n>(&mut self, fields: Fields<'n>) -> Vec<Written<'n>> {
        let span = fields.members.first().map_or(fields.span, |member| member.key.span);
        if fields.get("scenarios").is_none() {
            let name = self.name.rsplit('/').next().unwrap_or(self.name);
            let name = name.strip_suffix(".scenario.json").unwrap_or(name).to_owned();
            return vec![Written { name, span, fields, file: None }];
        }
        if let Some(rows) = fields.get("rows") {
            let message = "`rows` of the file stand for no scenario, for it has several";
            let found = Diagnostic::error("bad-combination", rows.key.span, message);
            self.report.push(found.hint("move them into the scenario that they belong to"));
        }
        let mut reader = Reader::new(self.report, self.limits);
        let members = reader.map(fields, "scenarios").iter();
        let mut written = Vec::new();
        for member in members.filter(|member| !is_remark(&member.key)) {
            if member.key.trim().is_empty() || !is_visible(&member.key) {
                let message = format!("{} cannot be the name of a scenario", quoted(&member.key));
                reader.error("bad-name", member.key.span, message, "write what it is about");
            }
            let opened = reader.open(&member.key, &member.value, &keys::SCENARIO);
            written.extend(opened.map(|own| Written {
                name: member.key.value.clone(),
                span: member.key.span,
                fields: own,
                file: Some(fields),
            }));
        }
        written
    }

    /// The plans of one scenario, for every row and workflow. `None` where a bound is hit.
    fn plans(
        &mut self,
        written: &Written<'_>,
        workflows: &[Variant],
        names: &[String],
        actors: &IndexMap<String, Actor>,
        room: &mut Room,
        scenarios: &mut Vec<Scenario>,
    ) -> Option<()> {
        let table = match written.fields.node("rows") {
            None => None,
            Some(node) => {
                let table = Rows::read(node, self.report)?;
                // What is made of an incomplete table says nothing more.
                if !table.check(written.fields.members, self.report) {
                    return Some(());
                }
                Some(table)
            }
        };
        let rows: Vec<_> = match &table {
            None => vec![None],
            Some(table) => table.rows.iter().map(Some).collect(),
        };
        let shown = [written.file, Some(written.fields)];
        let shown: usize = shown.into_iter().flatten().map(size).sum();
        for row in rows {
            let filled = match row {
                None => None,
                Some(row) => {
                    let members = written.fields.members.iter();
                    let kept = members.filter(|member| member.key.as_str() != "rows").cloned();
                    let node =
                        Node { span: written.fields.span, kind: NodeKind::Object(kept.collect()) };
                    match row.fill(&node, &mut room.bytes, self.report) {
                        Some(filled) => Some(filled),
                        None => return self.too_much(written, Bound::Bytes),
                    }
                }
            };
            let own = match filled.as_ref().map(|node| (&node.kind, node.span)) {
                Some((NodeKind::Object(members), span)) => Fields { members, span },
                _ => written.fields,
            };
            let title = Reader::new(self.report, self.limits).notes(own).title.clone();
            for variant in workflows {
                if !room.bytes.take(shown) {
                    return self.too_much(written, Bound::Bytes);
                }
                let called = (variant.name.as_str(), names);
                let mut planner =
                    Planner::new(self.report, self.limits, &variant.workflow, called, actors);
                let Some(plan) = planner.plan(written.file, own) else { continue };
                let steps = room.steps.checked_sub(plan.steps.len());
                let scenario = room.scenarios.checked_sub(1);
                let (Some(steps), Some(left)) = (steps, scenario) else {
                    return match scenario {
                        None => self.too_much(written, Bound::Scenarios),
                        Some(_) => self.too_much(written, Bound::Steps),
                    };
                };
                (room.steps, room.scenarios) = (steps, left);
                scenarios.push(Scenario {
                    name: written.name.clone(),
                    title: title.clone(),
                    variant: (workflows.len() > 1).then(|| variant.name.clone()),
                    path: variant.path.clone(),
                    row: row.map(|row| (row.number, row.said.clone())),
                    workflow: variant.workflow.clone(),
                    plan,
                    is_suggested: own.node(SUGGESTED).is_some_and(is_true),
                    span: written.span,
                    sources: Arc::default(),
                });
            }
        }
        Some(())
    }

    fn too_much(&mut self, written: &Written<'_>, bound: Bound) -> Option<()> {
        let Limits { scenarios, scenario_steps, scenario_bytes, .. } = *self.limits;
        let (code, what, most) = match bound {
            Bound::Scenarios => ("limit-scenarios", "scenarios", scenarios),
            Bound::Steps => ("limit-scenario-steps", "steps", scenario_steps),
            Bound::Bytes => ("limit-scenario-bytes", "bytes", scenario_bytes),
        };
        let message = format!(
            "with all rows and workflows these are more than the {most} {what} that are allowed"
        );
        let found = Diagnostic::error(code, written.span, message);
        self.report.push(found.hint("divide the scenarios among several files"));
        None
    }
}

/// The mark of a scenario that was suggested, until somebody has read it.
pub(crate) const SUGGESTED: &str = "x-suggested";

fn is_true(node: &Node) -> bool {
    matches!(node.kind, NodeKind::Boolean(true))
}

/// What scenarios can be too many of.
#[derive(Clone, Copy)]
enum Bound {
    Scenarios,
    Steps,
    Bytes,
}

/// A scenario as it is written.
struct Written<'n> {
    name: String,
    span: Span,
    fields: Fields<'n>,
    /// What the file itself says for all of its scenarios.
    file: Option<Fields<'n>>,
}

/// How much more may come.
struct Room {
    scenarios: usize,
    steps: usize,
    bytes: Budget,
}

/// Bytes that a scenario takes in the file, the other scenarios and the table left out.
fn size(fields: Fields<'_>) -> usize {
    let members = fields.members.iter();
    let own = members.filter(|member| !["scenarios", "rows"].contains(&member.key.as_str()));
    own.map(|member| (member.value.span.end - member.key.span.start) as usize).sum()
}

/// A role of the file's actors must be one in some of its workflows.
fn known_role(role: &Spanned<String>, workflows: &[Variant], report: &mut Report) {
    let known: BTreeMap<&str, ()> = workflows
        .iter()
        .flat_map(|variant| variant.workflow.bundle())
        .flat_map(|workflow| workflow.compiled().definition.roles.keys())
        .map(|name| (name.as_str(), ()))
        .collect();
    if !known.contains_key(role.as_str()) {
        let message = format!("unknown role {}", quoted(role));
        let found = Diagnostic::error("unknown-role", role.span, message);
        report.push_near(found, role, known.into_keys());
    }
}
