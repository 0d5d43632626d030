//! A tree of JSON becomes a definition: every key read, every wrong one reported.

mod bounds;
mod claims;
mod declarations;
mod invokes;
mod languages;
mod names;
pub(crate) use names::is_identifier;
mod read;
pub(crate) use super::keys::is_remark;
pub(crate) use read::{Fields, opening};
mod shapes;
mod states;
mod times;
mod transitions;

use std::collections::{HashMap, HashSet};

use super::allow::Allowed;
use super::keys;
use super::model::{Definition, Emitted, EventDecl, Role, When};
use crate::diagnostic::{Diagnostic, Report, Span, Spanned, quoted};
use crate::json::{Node, NodeKind};
use crate::limits::Limits;
use crate::table::{FactId, Table};
use crate::value::{Calendar, Date, Holidays, Zone, is_visible};
use indexmap::IndexMap;
use shapes::Types;

/// What is needed everywhere while a file is read.
pub(crate) struct Reader<'r, 'n> {
    pub report: &'r mut Report,
    limits: &'r Limits,
    zone: Zone,
    types: Types<'n>,
    /// The one space of names that facts, parameters and factors share.
    names: HashMap<String, Span>,
}

impl<'r> Reader<'r, '_> {
    pub fn new(report: &'r mut Report, limits: &'r Limits) -> Self {
        let (types, names) = (Types::default(), HashMap::new());
        Self { report, limits, zone: Zone::utc(), types, names }
    }
}

/// Reads a whole, merged file. `None` where it is not even an object.
pub(super) fn workflow(root: &Node, limits: &Limits, report: &mut Report) -> Option<Definition> {
    let mut reader = Reader::new(report, limits);
    if !matches!(root.kind, NodeKind::Object(_)) {
        let message = format!("a workflow is an object, this is {}", root.describe());
        reader.error("wrong-type", opening(root.span), message, "begin the file with `{`");
        return None;
    }
    if let NodeKind::Object(members) = &root.kind {
        let get = |key: &str| members.iter().find(|member| *member.key == key);
        let says = get("$schema").filter(|member| match &member.value.kind {
            NodeKind::String(text) => text.value.contains("json-schema.org"),
            _ => false,
        });
        if let (Some(says), None, None) = (says, get("states"), get("extends")) {
            let hint = "give the workflow; it may name its schema under `$schema`, for editors";
            reader.error(
                "wrong-type",
                says.value.span,
                "this is a JSON Schema, not a workflow",
                hint,
            );
            return None;
        }
    }
    let fields = reader.open("workflow", root, &keys::WORKFLOW)?;
    Some(reader.definition(fields))
}

impl<'n> Reader<'_, 'n> {
    fn definition(&mut self, fields: Fields<'n>) -> Definition {
        self.format(fields);
        self.text(fields, "$schema");
        self.text(fields, "extends");
        let id = self.id(fields);
        let version = self.text(fields, "version").map(|text| text.value);
        let notes = self.notes(fields);
        if let Some(zone) = self.time_zone(fields) {
            self.zone = zone;
        }
        let calendar = self.calendar(fields);
        let roles = self.roles(fields);
        self.types = Types::new(self.map(fields, "types"));
        self.check_types();
        let parameters: Table<_, _> = self.parameters(fields).into_iter().collect();
        let mut facts: Table<FactId, _> = self.facts(fields).into_iter().collect();
        let factors: Table<_, _> = self.factors(fields).into_iter().collect();
        self.check_number_of_names(parameters.len() + facts.len() + factors.len(), fields.span);
        let functions = self.functions(fields);
        let events = fields.get("events").map(|_| self.events(fields));
        let emitted = self.emitted(fields);
        let claims = self.claims(fields);
        self.unused_types();
        let (mut states, mut transitions, invokes) = self.chart(fields, &id);
        states.shrink();
        transitions.shrink();
        let terms = states.rows().iter().flat_map(|state| &state.terms);
        let named = terms.filter(|term| matches!(term.when, When::AfterNamed));
        let named: HashSet<&str> = named.map(|term| term.key.as_str()).collect();
        let ids: Vec<FactId> = facts.ids().collect();
        for id in ids.into_iter().filter(|_| !named.is_empty()) {
            let fact = facts.at_mut(id);
            fact.shape.counted_from = named.contains(fact.name.as_str());
        }
        Definition {
            id,
            version,
            notes,
            zone: self.zone.clone(),
            calendar,
            roles,
            parameters,
            facts,
            factors,
            functions,
            events,
            emitted,
            claims,
            states,
            transitions,
            invokes,
            allowed: Allowed::default(),
        }
    }

    fn format(&mut self, fields: Fields<'n>) {
        if let Some(format) = self.whole(fields, "format").filter(|format| format.value != 1) {
            let message = format!("format {} is not known", format.value);
            self.error("unsupported-format", format.span, message, "this version reads format 1");
        }
    }

    fn id(&mut self, fields: Fields<'n>) -> Spanned<String> {
        match self.text(fields, "id") {
            Some(id) if id.trim().is_empty() || !is_visible(&id) => {
                self.error(
                    "bad-name",
                    id.span,
                    "`id` is empty or not printable",
                    "write a short text, such as `permit`",
                );
                id
            }
            Some(id) => id,
            None => Spanned::new(String::new(), opening(fields.span)),
        }
    }

    fn time_zone(&mut self, fields: Fields<'n>) -> Option<Zone> {
        let name = self.text(fields, "timezone")?;
        let zone = Zone::named(&name);
        if zone.is_none() {
            let message = format!("no time zone is called {}", quoted(&name));
            let found = Diagnostic::error("unknown-timezone", name.span, message)
                .hint("zones have names such as `Europe/Stockholm`");
            let known = Zone::names();
            self.report.push_near(found, &name, known.iter().map(String::as_str));
        }
        zone
    }

    fn calendar(&mut self, fields: Fields<'n>) -> Option<Calendar> {
        let node = fields.node("calendar")?;
        let fields = self.open("calendar", node, &keys::CALENDAR)?;
        let eves = self.boolean(fields, "eves").unwrap_or(false);
        let node = fields.node("holidays")?;
        let holidays = match &node.kind {
            NodeKind::String(text) => {
                if text.value != "SE" {
                    let message = format!("no list of holidays is called {}", quoted(&text.value));
                    let hint = match text.value.to_uppercase().as_str() {
                        "SE" => "write `SE`, in capitals",
                        _ => "write `SE`, or a list of dates",
                    };
                    self.error("bad-word", node.span, message, hint);
                }
                // What reads it is not wrong besides.
                Holidays::Sweden
            }
            NodeKind::Array(items) => self.listed_holidays(node, items),
            _ => {
                self.wrong("holidays", "`SE`, a list of dates, or both in a list", node);
                Holidays::Sweden
            }
        };
        Some(Calendar { holidays, eves })
    }

    fn listed_holidays(&mut self, node: &Node, items: &[Node]) -> Holidays {
        let most = self.limits.list_items;
        if items.len() > most {
            let number = items.len();
            let message = format!("{number} holidays, more than the {most} that are allowed");
            self.report.push(Diagnostic::error("limit-names", opening(node.span), message));
            return Holidays::listed(Vec::new());
        }
        let mut dates: HashMap<Date, Span> = HashMap::new();
        let mut sweden: Option<Span> = None;
        for item in items {
            let NodeKind::String(text) = &item.kind else {
                self.wrong("holidays", "a list of dates", item);
                continue;
            };
            if text.value == "SE" {
                if let Some(first) = sweden.replace(item.span) {
                    let found = Diagnostic::error("duplicate-name", item.span, "`SE` stands twice")
                        .related(first, "first here")
                        .hint("leave one of them out");
                    self.report.push(found);
                }
                continue;
            }
            let Some(date) = Date::parse(&text.value) else {
                let message = format!("{} is not a date", quoted(&text.value));
                let hint = Date::slip(&text.value);
                let hint = hint.unwrap_or_else(|| "write such as `2026-12-24`".to_owned());
                self.error("bad-date", item.span, message, hint);
                continue;
            };
            if let Some(first) = dates.insert(date, item.span) {
                let message = format!("{} stands twice", quoted(&text.value));
                let found = Diagnostic::error("duplicate-name", item.span, message)
                    .related(first, "first here")
                    .hint("leave one of them out");
                self.report.push(found);
            }
        }
        let dates = dates.into_keys().collect();
        if sweden.is_some() { Holidays::sweden_and(dates) } else { Holidays::listed(dates) }
    }

    fn roles(&mut self, fields: Fields<'n>) -> IndexMap<String, Role> {
        let mut roles = IndexMap::new();
        for member in self.map(fields, "roles").iter().filter(|member| !is_remark(&member.key)) {
            if member.key.trim().is_empty() || !is_visible(&member.key) {
                let message = format!("{} cannot be the name of a role", quoted(&member.key));
                self.error("bad-name", member.key.span, message, "write a word, such as `manager`");
            }
            let opened = self.open(&member.key, &member.value, &keys::ROLE);
            let notes = opened.map(|fields| self.notes(fields)).unwrap_or_default();
            let unit = opened.and_then(|fields| self.text(fields, "unit"));
            roles.insert(member.key.value.clone(), Role { name: member.key.clone(), unit, notes });
        }
        roles
    }

    fn events(&mut self, fields: Fields<'n>) -> IndexMap<String, EventDecl> {
        let mut events = IndexMap::new();
        for member in self.map(fields, "events").iter().filter(|member| !is_remark(&member.key)) {
            self.event_name(&member.key);
            if let Some(fields) = self.open(&member.key, &member.value, &keys::EVENT) {
                events.insert(member.key.value.clone(), self.event(&member.key, fields));
            }
        }
        events
    }

    fn emitted(&mut self, fields: Fields<'n>) -> IndexMap<String, Emitted> {
        let mut emitted = IndexMap::new();
        for member in self.map(fields, "emitted").iter().filter(|member| !is_remark(&member.key)) {
            let opened = self.open(&member.key, &member.value, &keys::EMITTED);
            let notes = opened.map(|fields| self.notes(fields)).unwrap_or_default();
            emitted.insert(member.key.value.clone(), Emitted { name: member.key.clone(), notes });
        }
        emitted
    }

    fn check_number_of_names(&mut self, number: usize, span: Span) {
        let most = self.limits.names;
        if number > most {
            let message = format!(
                "{number} facts, parameters and factors, more than the {most} that are allowed"
            );
            self.report.push(Diagnostic::error("limit-names", opening(span), message));
        }
    }
}
