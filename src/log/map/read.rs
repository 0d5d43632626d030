//! Reading a map, and holding its names to the workflow.

use super::keys;
use super::{Costs, Ignored, Keys, LogMap, MappedEvent, Pattern};
use crate::case::contract;
use crate::definition;
use crate::definition::parse::{Fields, Reader, is_remark, opening};
use crate::diagnostic::{Diagnostic, Report, Spanned, quoted};
use crate::json::{self, Member, Node, NodeKind};
use crate::limits::Limits;
use crate::table::FactId;
use crate::value::write_json_string;
use crate::workflow::{Compiled, Workflow};

/// The derived fact that stands for `cases`: no file can declare it, for names are letters of scripts.
const CASES: &str = "cases_of_the_map";

type Resolve<'a> = &'a mut dyn FnMut(&str) -> Result<String, String>;

pub(super) fn load(
    name: &str,
    text: &str,
    resolve: Resolve,
    limits: &Limits,
) -> Result<LogMap, Report> {
    let mut report = Report::limited(limits.diagnostics);
    let file = report.sources.add(name, text);
    let root = json::read(text, file, limits, &mut report);
    let mut wrong = None;
    let map = root.as_ref().and_then(|root| {
        Loader { name, text, limits, report: &mut report, wrong: &mut wrong }.map(root, resolve)
    });
    if let Some(wrong) = wrong
        && !report.has_errors()
    {
        return Err(wrong);
    }
    report.sort();
    match map {
        Some(map) if !report.has_errors() => Ok(LogMap { report, ..map }),
        _ => Err(report),
    }
}

/// Whether somebody from outside may send an event of this name.
pub(super) fn takes(workflow: &Compiled, event: &str) -> bool {
    let governs = contract::governing(workflow, event);
    contract::wrong_name(workflow, governs, event).is_empty()
}

struct Loader<'r, 't> {
    name: &'t str,
    text: &'t str,
    limits: &'r Limits,
    report: &'r mut Report,
    wrong: &'r mut Option<Report>,
}

impl Loader<'_, '_> {
    fn map(&mut self, root: &Node, resolve: Resolve) -> Option<LogMap> {
        if !matches!(root.kind, NodeKind::Object(_)) {
            let message = format!("a map is an object, this is {}", root.describe());
            let found = Diagnostic::error("wrong-type", opening(root.span), message);
            self.report.push(found.hint("begin the file with `{`"));
            return None;
        }
        let mut reader = Reader::new(self.report, self.limits);
        let fields = reader.open("map", root, &keys::FILE)?;
        reader.text(fields, "$schema");
        reader.notes(fields);
        if let Some(format) = reader.whole(fields, "format").filter(|format| format.value != 1) {
            let message = format!("format {} is not known", format.value);
            reader.error("unsupported-format", format.span, message, "this version reads format 1");
        }
        let (workflow, path) = self.workflow(fields, resolve)?;
        let mut part = Part { reader: Reader::new(self.report, self.limits), workflow: &workflow };
        let facts = part.facts(fields, "facts");
        let start =
            fields.node("start").and_then(|node| part.reader.open("start", node, &keys::START));
        let start_at = start.and_then(|start| part.reader.text(start, "at")).map(|at| at.value);
        let start_facts = start.map(|start| part.facts(start, "facts")).unwrap_or_default();
        let events = part.events(fields);
        let keys = part.keys(fields);
        let other = part.reader.word(fields, &keys::FILE, "other");
        let (ignored, costs) = (part.ignored(fields), part.costs(fields));
        let cases = workflow.compiled().rules.fact_named(CASES);
        Some(LogMap {
            keys,
            facts,
            events,
            start_at,
            start_facts,
            cases,
            ignores_others: other.is_some_and(|word| word == "ignore"),
            ignored,
            costs,
            workflow,
            path,
            report: Report::default(),
        })
    }

    /// The workflow, with what the map adds to it.
    fn workflow(&mut self, fields: Fields<'_>, resolve: Resolve) -> Option<(Workflow, String)> {
        let mut reader = Reader::new(self.report, self.limits);
        let written = reader.text(fields, "workflow")?;
        let Some(path) = definition::relative(self.name, &written) else {
            let message = format!("{} is not a path relative to this file", quoted(&written));
            let found = Diagnostic::error("bad-path", written.span, message);
            self.report.push(found.hint("write such as `permit.json` or `permits/permit.json`"));
            return None;
        };
        let text = match resolve(&path) {
            Ok(text) => text,
            Err(reason) => {
                let message = format!("cannot use the workflow {}: {reason}", quoted(&path));
                let found = Diagnostic::error("missing-workflow", written.span, message);
                self.report.push(found.hint("the path is relative to the map"));
                return None;
            }
        };
        // Conformance keeps no journal.
        let limits = Limits { untaken_entries: 0, ..self.limits.clone() };
        let workflow = match Workflow::load(&path, &text, resolve, &limits) {
            Ok(workflow) => workflow,
            Err(report) => {
                self.wrong.get_or_insert(report);
                return None;
            }
        };
        if workflow.is_whole() {
            let message =
                format!("the workflow {} has child cases, which no log tells apart", quoted(&path));
            let found = Diagnostic::error("bad-combination", written.span, message);
            self.report.push(found.hint("map the log for one of the workflows that it invokes"));
            return None;
        }
        let added = self.additions(fields, &workflow, &path)?;
        if added.is_empty() {
            return Some((workflow, path));
        }
        // A variant of the workflow that has what the map adds.
        let mut given = Some(text);
        let mut with_own = |asked: &str| match given.take_if(|_| asked == path) {
            Some(text) => Ok(text),
            None => resolve(asked),
        };
        let name = format!("{path} with {}", self.name.rsplit('/').next().unwrap_or(self.name));
        let folder = path.rfind('/').map_or("", |at| path.get(..=at).unwrap_or_default());
        let name = format!("{folder}{}", name.rsplit('/').next().unwrap_or_default());
        match Workflow::load(&name, &added, &mut with_own, &limits) {
            Ok(workflow) => Some((workflow, path)),
            Err(report) => {
                self.wrong.get_or_insert(report);
                None
            }
        }
    }

    /// The variant that says what the map adds; empty where that is nothing.
    fn additions(&mut self, fields: Fields<'_>, workflow: &Workflow, path: &str) -> Option<String> {
        let mut reader = Reader::new(self.report, self.limits);
        let cases = reader.script(fields, "cases");
        let claims = fields.node("claims");
        if let Some(node) = claims {
            reader.entries("claims", "an object", node)?;
        }
        let mut members = Vec::new();
        if fields.node("cases").is_some() {
            let script = cases?;
            let mut text = String::new();
            write_json_string(&script.text, &mut text);
            members.push(format!(
                "\"facts\": {{ \"{CASES}\": {{ \"type\": \"boolean\", \"value\": {text} }} }}"
            ));
        }
        if let Some(node) = claims {
            let span = node.span;
            let text = self.text.get(span.start as usize..span.end as usize)?;
            members.push(format!("\"claims\": {text}"));
        }
        if members.is_empty() {
            return Some(String::new());
        }
        let (mut base, mut id) = (String::new(), String::new());
        write_json_string(path.rsplit('/').next().unwrap_or(path), &mut base);
        write_json_string(&format!("{} with a map", workflow.id()), &mut id);
        Some(format!(
            "{{ \"format\": 1, \"extends\": {base}, \"id\": {id}, {} }}",
            members.join(", ")
        ))
    }
}

/// What is held to the names of the workflow.
struct Part<'r, 'n, 'w> {
    reader: Reader<'r, 'n>,
    workflow: &'w Workflow,
}

impl<'n> Part<'_, 'n, '_> {
    fn keys(&mut self, fields: Fields<'n>) -> Keys {
        let mut keys = Keys::default();
        let unit = self.reader.text(fields, "unit").map(|unit| unit.value);
        let log = fields.node("log").and_then(|node| self.reader.open("log", node, &keys::LOG));
        keys.unit = unit;
        let Some(log) = log else { return keys };
        let mut text = |key: &str| self.reader.text(log, key).map(|text| text.value);
        keys.case = text("case").unwrap_or(keys.case);
        keys.activity = text("activity").unwrap_or(keys.activity);
        keys.time = text("time").unwrap_or(keys.time);
        keys.actor = text("actor");
        keys.unit = text("unit").or(keys.unit);
        if let Some(delimiter) = self.reader.text(log, "delimiter") {
            match delimiter.as_bytes() {
                [one] if one.is_ascii() && !matches!(one, b'"' | b'\r' | b'\n') => {
                    keys.delimiter = Some(*one);
                }
                _ => self.reader.error(
                    "bad-word",
                    delimiter.span,
                    format!("{} parts no columns", quoted(&delimiter)),
                    "write one sign, such as `;` or `\\t`",
                ),
            }
        }
        let lifecycle = self.reader.names(log, "lifecycle").unwrap_or_default();
        keys.lifecycle = lifecycle.into_iter().map(|one| one.value).collect();
        keys
    }

    fn ignored(&mut self, fields: Fields<'n>) -> Ignored {
        let node = fields.node("ignore");
        let Some(fields) = node.and_then(|node| self.reader.open("ignore", node, &keys::IGNORE))
        else {
            return Ignored::default();
        };
        let mut patterns = |key: &str| {
            let node = fields.node(key);
            let found = node.map(|node| self.reader.targets(key, node)).unwrap_or_default();
            found.iter().map(|text| Pattern::of(text)).collect()
        };
        Ignored { activities: patterns("activities"), attributes: patterns("attributes") }
    }

    fn costs(&mut self, fields: Fields<'n>) -> Costs {
        let mut costs = Costs::default();
        let node = fields.node("costs");
        let Some(fields) = node.and_then(|node| self.reader.open("costs", node, &keys::COSTS))
        else {
            return costs;
        };
        for (key, cost) in [
            ("log", &mut costs.log),
            ("model", &mut costs.model),
            ("silent", &mut costs.silent),
            ("guard", &mut costs.guard),
        ] {
            if let Some(written) = self.reader.whole(fields, key) {
                // Sums over a trace stay far from what a number holds.
                if written.value > 1_000_000 {
                    let message = format!("the cost {} is too much", written.value);
                    self.reader.error(
                        "number-range",
                        written.span,
                        message,
                        "write 1000000 at most",
                    );
                }
                *cost = written.value;
            }
        }
        costs
    }

    /// Facts with the attributes that they are in.
    fn facts(&mut self, fields: Fields<'n>, key: &str) -> Vec<(FactId, String)> {
        let mut facts = Vec::new();
        for member in self.reader.map(fields, key).iter().filter(|member| !is_remark(&member.key)) {
            let Some(attribute) = self.attribute(member) else { continue };
            if let Some(id) = self.fact(&member.key) {
                facts.push((id, attribute));
            }
        }
        facts
    }

    fn attribute(&mut self, member: &Member) -> Option<String> {
        match &member.value.kind {
            NodeKind::String(text) => Some(text.value.clone()),
            _ => {
                self.reader.wrong(&member.key, "the name of an attribute", &member.value);
                None
            }
        }
    }

    fn fact(&mut self, name: &Spanned<String>) -> Option<FactId> {
        let compiled = self.workflow.compiled();
        let Some(id) = compiled.rules.fact_named(name) else {
            let message = format!("the workflow has no fact {}", quoted(name));
            let found = Diagnostic::error("unknown-name", name.span, message);
            let known = compiled.definition.facts.rows().iter().map(|fact| fact.name.as_str());
            self.reader.report.push_near(found, name, known);
            return None;
        };
        if compiled.definition.facts.at(id).value.is_some() {
            let message = format!("the fact {} is derived: no log says it", quoted(name));
            self.reader.error("not-assignable", name.span, message, "leave it out");
            return None;
        }
        Some(id)
    }

    fn events(&mut self, fields: Fields<'n>) -> Vec<MappedEvent> {
        let mut events = Vec::new();
        for member in
            self.reader.map(fields, "events").iter().filter(|member| !is_remark(&member.key))
        {
            let pattern = Pattern::of(&member.key);
            let (event, own) = match &member.value.kind {
                NodeKind::String(text) => {
                    (Spanned::new(text.value.clone(), member.value.span), None)
                }
                _ => {
                    let own = self.reader.open(&member.key, &member.value, &keys::EVENT);
                    let event = own.and_then(|own| self.reader.text(own, "event"));
                    let Some(event) = event else { continue };
                    (event, own)
                }
            };
            if !self.event(&event) {
                continue;
            }
            let facts = own.filter(|own| own.get("facts").is_some()).map(|own| {
                let facts = self.facts(own, "facts");
                self.carried(&event, own, &facts);
                facts
            });
            let data = own.map(|own| self.data(&event, own)).unwrap_or_default();
            events.push(MappedEvent { pattern, event: event.value, facts, data });
        }
        events
    }

    fn event(&mut self, name: &Spanned<String>) -> bool {
        let compiled = self.workflow.compiled();
        let governs = contract::governing(compiled, name);
        let wrong = contract::wrong_name(compiled, governs, name);
        let is_silent = governs.is_some_and(|found| found.silent);
        if let Some(problem) = wrong.first() {
            let found = Diagnostic::error("unknown-event", name.span, problem.message.clone());
            let known = contract::known_events(compiled);
            self.reader.report.push_near(found, name, known);
        } else if is_silent {
            let message = format!("the event {} is silent: no log says it", quoted(name));
            let hint = "map the activity to another event, or take `silent` from its declaration";
            self.reader.error("bad-combination", name.span, message, hint);
        }
        wrong.is_empty() && !is_silent
    }

    /// Facts that the event itself may not carry.
    fn carried(&mut self, event: &str, own: Fields<'n>, facts: &[(FactId, String)]) {
        let compiled = self.workflow.compiled();
        let governs = contract::governing(compiled, event);
        for (id, _) in facts {
            let fact = compiled.definition.facts.at(*id).name.as_str();
            let carries = governs.is_some_and(|found| {
                found.sets.iter().chain(&found.required).any(|name| name.as_str() == fact)
            });
            let members = self.reader.map(own, "facts").iter();
            let member = members.into_iter().find(|member| member.key.as_str() == fact);
            if let (false, Some(member)) = (carries, member) {
                let message =
                    format!("the event {} does not carry {}", quoted(event), quoted(fact));
                let hint =
                    "name the fact under `sets` of the event in the workflow, or leave it out";
                self.reader.error("not-carried", member.key.span, message, hint);
            }
        }
    }

    fn data(&mut self, event: &str, own: Fields<'n>) -> Vec<(String, String)> {
        let compiled = self.workflow.compiled();
        let governs = contract::governing(compiled, event);
        let mut data = Vec::new();
        for member in self.reader.map(own, "data").iter().filter(|member| !is_remark(&member.key)) {
            let Some(attribute) = self.attribute(member) else { continue };
            if governs.is_none_or(|found| !found.data.contains_key(member.key.as_str())) {
                let message =
                    format!("the event {} has no data {}", quoted(event), quoted(&member.key));
                let found = Diagnostic::error("unknown-name", member.key.span, message);
                let known =
                    governs.into_iter().flat_map(|found| found.data.keys().map(String::as_str));
                self.reader.report.push_near(found, &member.key, known);
                continue;
            }
            data.push((member.key.value.clone(), attribute));
        }
        data
    }
}
