//! A workflow with those that it invokes: all files read once, and held to one another where they meet.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::definition::model::{Definition, Invoke};
use crate::definition::{self, normalize, relative};
use crate::diagnostic::{Diagnostic, Report, Span, Spanned, quoted};
use crate::limits::Limits;
use crate::rule::{Rules, ToParent, declared, knows, slips};
use crate::workflow::compiled::{Invoked, Workflow};

/// Gives the text of a file by its path, or says why it cannot.
type Resolver<'a> = &'a mut dyn FnMut(&str) -> Result<String, String>;

impl Workflow {
    /// Reads a workflow that stands by itself, under the default [`Limits`].
    ///
    /// # Errors
    ///
    /// The report of every problem, when at least one of them is an error.
    pub fn from_json(text: &str) -> Result<Self, Report> {
        let mut nothing =
            |_: &str| Err("a workflow read from a text alone has no other files".to_owned());
        Self::load("workflow.json", text, &mut nothing, &Limits::default())
    }

    /// Reads a workflow under a name for its diagnostics. `resolve` is asked for the text of each file that
    /// `extends` or the `workflow` of an `invoke` names, relative to the file that names it; the library itself opens no file.
    ///
    /// # Errors
    ///
    /// The report of every problem, when at least one of them is an error.
    pub fn load(
        name: &str,
        text: &str,
        resolve: &mut dyn FnMut(&str) -> Result<String, String>,
        limits: &Limits,
    ) -> Result<Self, Report> {
        let mut loader = Loader { resolve, limits, known: BTreeMap::new(), bytes: 0 };
        loader.load(&normalize("", name), name, text, &mut Vec::new())
    }
}

struct Loader<'a> {
    resolve: Resolver<'a>,
    limits: &'a Limits,
    /// By path; `None` for one that cannot be used, which has been reported.
    known: BTreeMap<String, Option<Workflow>>,
    /// Of the files that were read.
    bytes: usize,
}

impl Loader<'_> {
    /// Calls itself once for each file in a chain, which is bounded.
    fn load(
        &mut self,
        path: &str,
        name: &str,
        text: &str,
        chain: &mut Vec<String>,
    ) -> Result<Workflow, Report> {
        let (found, mut report) = definition::load(name, text, self.resolve, self.limits);
        let Some(found) = found else { return Err(report) };
        self.bytes = self.bytes.saturating_add(report.sources.bytes());
        chain.push(path.to_owned());
        let mut children = Vec::with_capacity(found.invokes.len());
        for invoke in &found.invokes {
            children.push(self.child(invoke, chain, &mut report));
        }
        chain.pop();
        compile(found, &children, report, self.limits)
    }

    /// The workflow of child cases, or `None` with what is wrong.
    fn child(
        &mut self,
        invoke: &Invoke,
        chain: &mut Vec<String>,
        report: &mut Report,
    ) -> Option<Workflow> {
        let Spanned { value: written, span } = &invoke.workflow;
        let from = report_file(&report.sources, *span);
        let mut wrong = |code, message: String, hint: &str| {
            let found = Diagnostic::error(code, *span, message);
            report.push(if hint.is_empty() { found } else { found.hint(hint) });
            None
        };
        let Some(path) = relative(&normalize("", &from), written) else {
            let message = format!("{} is not a path relative to this file", quoted(written));
            return wrong("bad-path", message, "write such as `board.json` or `parts/board.json`");
        };
        if chain.contains(&path) {
            let through = if chain.last() == Some(&path) { "" } else { " through other files" };
            let message = format!("{} invokes itself{through}", quoted(&path));
            let hint = "a part cannot have the whole as its part";
            return wrong("circular-invoke", message, hint);
        }
        if let Some(known) = self.known.get(&path) {
            return known.clone();
        }
        let Limits { invoke_depth, invoke_files, definition_bytes, .. } = *self.limits;
        if chain.len() > invoke_depth {
            let message = format!("more than the {invoke_depth} files that may invoke one another");
            return wrong("limit-invoke", message, "");
        }
        if self.known.len() >= invoke_files {
            let message = format!("more than the {invoke_files} files that may be invoked");
            return wrong("limit-invoke", message, "");
        }
        let text = match (self.resolve)(&path) {
            Ok(text) => text,
            Err(reason) => {
                let message = format!("cannot read the workflow {}: {reason}", quoted(&path));
                let hint = "the path is relative to the file that says `workflow`";
                return wrong("missing-child", message, hint);
            }
        };
        if self.bytes.saturating_add(text.len()) > definition_bytes {
            let path = quoted(&path);
            let message = format!(
                "with {path} the files have more than the {definition_bytes} bytes that are allowed"
            );
            return wrong("limit-size", message, "");
        }
        let child = match self.load(&path, &path, &text, chain) {
            Ok(child) => Some(child),
            Err(problems) => {
                report.adopt_errors(problems);
                None
            }
        };
        self.known.insert(path, child.clone());
        child
    }
}

/// Compiles what was read, with the workflows of its children, by number of the `invoke`.
fn compile(
    definition: Definition,
    children: &[Option<Workflow>],
    mut report: Report,
    limits: &Limits,
) -> Result<Workflow, Report> {
    let known: Vec<Option<&Definition>> = children
        .iter()
        .map(|child| child.as_ref().map(|child| &child.compiled().definition))
        .collect();
    let rules = Rules::compile(&definition, &known, limits, &mut report);
    // A slip here may be what makes a script of the parent wrong: both are told.
    let invoked = connect(&definition, &rules, children, &mut report);
    if report.has_errors() {
        definition.allowed.apply(&mut report);
        report.sort();
        return Err(report);
    }
    Ok(Workflow::put_together(definition, rules, invoked, report, limits))
}

/// The path of a workflow that a file names.
fn path_of(sources: &crate::diagnostic::SourceFiles, written: &Spanned<String>) -> Option<String> {
    relative(&normalize("", &report_file(sources, written.span)), written)
}

/// The name of the file in which a text stands.
fn report_file(sources: &crate::diagnostic::SourceFiles, span: Span) -> String {
    sources.file(span.file).map(|(name, _)| name.to_owned()).unwrap_or_default()
}

/// Holds a workflow to those that it invokes, which are without errors.
fn connect(
    definition: &Definition,
    rules: &Rules,
    children: &[Option<Workflow>],
    report: &mut Report,
) -> Vec<Invoked> {
    let mut connected = Vec::with_capacity(children.len());
    for (invoke, child) in definition.invokes.iter().zip(children) {
        let Some(child) = child else { continue };
        for (name, _) in &invoke.facts {
            given(child, invoke, name, report);
        }
        for name in &invoke.returns {
            returned(child, name, report);
        }
        let mut moved = None;
        for told in &child.compiled().rules.told {
            to_parent(definition, child, told, &mut moved, report);
        }
        for event in definition.transitions.rows().iter().flat_map(|one| &one.not_by) {
            not_by(child, invoke, event, report);
        }
        let done: Arc<str> = format!("done.invoke.{}", invoke.id.value).into();
        connected.push(Invoked {
            id: invoke.id.as_str().into(),
            state: invoke.state,
            path: path_of(&report.sources, &invoke.workflow).unwrap_or_default().into(),
            workflow: child.clone(),
            each: invoke.each.as_ref().and_then(|each| rules.fact_named(each)),
            returns: invoke.returns.iter().map(|name| name.as_str().into()).collect(),
            done: is_heard(definition, &done).then_some(done),
        });
    }
    connected
}

fn is_heard(definition: &Definition, event: &str) -> bool {
    use crate::definition::model::{Trigger, matches};
    definition.transitions.rows().iter().any(|transition| match &transition.trigger {
        Trigger::Events(patterns) => patterns.iter().any(|pattern| matches(pattern, event)),
        _ => false,
    })
}

/// A fact that children are given.
fn given(child: &Workflow, invoke: &Invoke, name: &Spanned<String>, report: &mut Report) {
    let compiled = child.compiled();
    if compiled.rules.is_given_fact(name) {
        return;
    }
    let id = quoted(child.id());
    if compiled.rules.fact_named(name).is_some() {
        let message = format!("{} is derived in {id}: nobody can give it", quoted(name));
        let found = Diagnostic::error("bad-invoke", name.span, message);
        return report.push(found.hint("give the facts that it follows from"));
    }
    let message = format!("{id} has no fact {}", quoted(name));
    let found = Diagnostic::error("unknown-name", name.span, message)
        .hint(format!("the facts of {} are those of its own file", quoted(&invoke.id)));
    let facts = compiled.definition.facts.rows().iter();
    report.push_near(found, name, facts.map(|fact| fact.name.as_str()));
}

/// An event of children whose senders may not take a transition: one that somebody can send there.
fn not_by(child: &Workflow, invoke: &Invoke, name: &Spanned<String>, report: &mut Report) {
    let Some((id, event)) = name.split_once('/') else { return };
    if id != invoke.id.as_str() || knows(&child.compiled().definition, event) {
        return;
    }
    let message = format!("{} has no event {}", quoted(child.id()), quoted(event));
    let found = Diagnostic::error("unknown-event", name.span, message)
        .hint(format!("the events of {} are those of its own file", quoted(&invoke.id)));
    let events = child.compiled().definition.events.iter().flat_map(|events| events.keys());
    report.push_near(found, event, events.map(String::as_str));
}

/// A fact or factor that the parent sees.
fn returned(child: &Workflow, name: &Spanned<String>, report: &mut Report) {
    let compiled = child.compiled();
    let rules = &compiled.rules;
    let id = quoted(child.id());
    if matches!(name.as_str(), "key" | "status" | "states") {
        let message = format!("{} of a child is something else", quoted(name));
        let found = Diagnostic::error("name-clash", name.span, message);
        report.push(found.hint("give the fact another name, or return a derived one that is it"));
    } else if rules.fact_named(name).is_none() && rules.factor_named(name).is_none() {
        let message = format!("{id} has no fact or factor {}", quoted(name));
        let found = Diagnostic::error("unknown-name", name.span, message);
        let facts = compiled.definition.facts.rows().iter().map(|fact| fact.name.as_str());
        let factors = compiled.definition.factors.rows().iter().map(|one| one.name.as_str());
        report.push_near(found, name, facts.chain(factors));
    } else if rules.moves_with_the_clock(name) {
        let message = format!("{} of {id} moves with the clock", quoted(name));
        let found = Diagnostic::error("returns-clock", name.span, message);
        report.push(found.hint(
            "a parent looks at a child when something happened there: return the date, and compare it in the parent",
        ));
    }
}

/// An event that a child sends to whoever is its parent. `moved` is where its files stand in the report, once they do.
fn to_parent(
    parent: &Definition,
    child: &Workflow,
    told: &ToParent,
    moved: &mut Option<u32>,
    report: &mut Report,
) {
    let ToParent { event, data, span } = told;
    let parent_id = quoted(&parent.id);
    let mut problems: Vec<Diagnostic> = Vec::new();
    if !knows(parent, event) {
        let message = format!("the parent {parent_id} has no event {}", quoted(event));
        let found = Diagnostic::error("unknown-event", *span, message);
        let known = parent.events.iter().flat_map(|events| events.keys().map(String::as_str));
        let found = found.hint("declare it there, with `\"by\": []` where nobody else may send it");
        problems.push(match crate::diagnostic::nearest(event, known) {
            Some(near) => found.hint(format!("did you mean `{near}`?")),
            None => found,
        });
    } else if let (Some(declared), Some(data)) = (declared(parent, event), data) {
        for slip in slips(parent, declared, data) {
            let found = Diagnostic::error(slip.code, *span, slip.message);
            problems.push(match slip.hint {
                Some(hint) => found.hint(hint),
                None => found,
            });
        }
    }
    if problems.is_empty() {
        return;
    }
    let sources = &child.compiled().report.sources;
    let moved = *moved.get_or_insert_with(|| report.adopt_sources(sources));
    for mut found in problems {
        let span = Span { file: span.file.saturating_add(moved), ..*span };
        found.span = Some(span);
        report.push(found);
    }
}
