//! OCEL 2.0 in JSON: events, then objects, then the types that were used.

use std::collections::{BTreeMap, BTreeSet};

use crate::journal::Provenance;
use crate::log::entry::{Attribute, Happening, Kind};
use crate::value::write_json_string;

/// What is the same at all times bears this one.
const ALWAYS: &str = "1970-01-01T00:00:00Z";

/// A document in the making: what its end must say.
#[derive(Debug, Default)]
pub(super) struct Document {
    event_types: Types,
    object_types: Types,
    actors: BTreeSet<String>,
    units: BTreeSet<String>,
    /// Whether an item of the list stands before.
    behind_another: bool,
}

/// By type its attributes; one that has had no value yet has no type of its own.
type Types = BTreeMap<String, BTreeMap<String, Option<Kind>>>;

impl Document {
    pub fn begin_events(&mut self, out: &mut String) {
        out.push_str("{\"events\":[");
    }

    pub fn end_events(&mut self, out: &mut String) {
        out.push_str("\n],\n");
    }

    pub fn begin_objects(&mut self, out: &mut String) {
        self.behind_another = false;
        out.push_str("\"objects\":[");
    }

    pub fn event(&mut self, case: &str, happening: &Happening, out: &mut String) {
        let own = self.event_types.entry(happening.activity.clone()).or_default();
        self.behind_another = item(self.behind_another, out);
        out.push_str("{\"id\":");
        write_json_string(&format!("{case}#{}", happening.sequence), out);
        out.push_str(",\"type\":");
        write_json_string(&happening.activity, out);
        out.push_str(",\"time\":");
        write_json_string(&happening.at.to_string(), out);
        out.push_str(",\"attributes\":[");
        let lifecycle = if happening.accepted { "complete" } else { "ate_abort" };
        let lifecycle = ("lifecycle".to_owned(), Attribute::text(lifecycle));
        let roles = ("roles".to_owned(), Attribute::text(happening.roles.as_str()));
        let roles = (!happening.roles.is_empty()).then_some(&roles);
        let all = std::iter::once(&lifecycle).chain(roles).chain(&happening.attributes);
        for (index, (name, attribute)) in all.enumerate() {
            if index > 0 {
                out.push(',');
            }
            widen(own, name, Some(attribute.kind));
            named(name, &attribute.text, None, out);
        }
        out.push_str("],\"relationships\":[");
        related(&case_id(case), "case", out);
        if let Some(actor) = &happening.actor {
            out.push(',');
            related(&actor_id(actor), "actor", out);
            self.actors.insert(actor.clone());
        }
        if let Some(unit) = &happening.unit {
            out.push(',');
            related(&unit_id(unit), "unit", out);
            self.units.insert(unit.clone());
        }
        out.push_str("]}");
    }

    pub fn begin_case(&mut self, case: &str, provenance: &Provenance, out: &mut String) {
        self.begin_object(&case_id(case), &provenance.workflow, out);
        let own = self.object_types.entry(provenance.workflow.clone()).or_default();
        let said = [
            ("workflow.fingerprint", Some(&provenance.fingerprint)),
            ("workflow.id", Some(&provenance.workflow)),
            ("workflow.version", provenance.version.as_ref()),
        ];
        let said = said.into_iter().filter_map(|(name, text)| Some((name, text?)));
        for (index, (name, text)) in said.enumerate() {
            if index > 0 {
                out.push(',');
            }
            widen(own, name, Some(Kind::Text));
            named(name, text, Some(ALWAYS), out);
        }
    }

    /// Facts are attributes of the case, each with the times at which it got its values; `kind` is its workflow.
    pub fn facts(&mut self, kind: &str, happening: &Happening, out: &mut String) {
        let own = self.object_types.entry(kind.to_owned()).or_default();
        for (fact, value) in &happening.facts {
            let name = format!("fact.{fact}");
            // OCEL has no sign for a value that is not there any more; its readers know this text as one.
            let text = value.as_ref().map_or("null", |value| value.text.as_str());
            widen(own, &name, value.as_ref().map(|value| value.kind));
            out.push(',');
            named(&name, text, Some(&happening.at.to_string()), out);
        }
    }

    /// `parent` is the case around a child.
    pub fn end_case(&self, parent: Option<&str>, out: &mut String) {
        out.push(']');
        if let Some(parent) = parent {
            out.push_str(",\"relationships\":[");
            related(&case_id(parent), "parent", out);
            out.push(']');
        }
        out.push('}');
    }

    pub fn end_objects(&mut self, out: &mut String) {
        for actor in std::mem::take(&mut self.actors) {
            self.begin_object(&actor_id(&actor), "actor", out);
            self.object_types.entry("actor".to_owned()).or_default();
            out.push_str("]}");
        }
        for unit in std::mem::take(&mut self.units) {
            self.begin_object(&unit_id(&unit), "unit", out);
            self.object_types.entry("unit".to_owned()).or_default();
            out.push_str("]}");
        }
        out.push_str("\n],\n\"eventTypes\":[");
        types(&self.event_types, out);
        out.push_str("\n],\n\"objectTypes\":[");
        types(&self.object_types, out);
        out.push_str("\n]}\n");
    }

    fn begin_object(&mut self, id: &str, kind: &str, out: &mut String) {
        self.behind_another = item(self.behind_another, out);
        out.push_str("{\"id\":");
        write_json_string(id, out);
        out.push_str(",\"type\":");
        write_json_string(kind, out);
        out.push_str(",\"attributes\":[");
    }
}

// Ids are of all objects alike: the type before the name keeps a case apart from an actor of the same name.
fn case_id(name: &str) -> String {
    format!("case:{name}")
}

fn actor_id(name: &str) -> String {
    format!("actor:{name}")
}

fn unit_id(name: &str) -> String {
    format!("unit:{name}")
}

/// Begins an item of a list on a line of its own.
fn item(behind_another: bool, out: &mut String) -> bool {
    out.push_str(if behind_another { ",\n" } else { "\n" });
    true
}

/// An attribute that has values of several types is a text.
fn widen(types: &mut BTreeMap<String, Option<Kind>>, name: &str, kind: Option<Kind>) {
    match types.get_mut(name) {
        None => {
            types.insert(name.to_owned(), kind);
        }
        Some(known @ None) => *known = kind,
        Some(known) if kind.is_some() && *known != kind => *known = Some(Kind::Text),
        Some(_) => {}
    }
}

fn named(name: &str, text: &str, time: Option<&str>, out: &mut String) {
    out.push_str("{\"name\":");
    write_json_string(name, out);
    if let Some(time) = time {
        out.push_str(",\"time\":");
        write_json_string(time, out);
    }
    out.push_str(",\"value\":");
    write_json_string(text, out);
    out.push('}');
}

fn related(object: &str, qualifier: &str, out: &mut String) {
    out.push_str("{\"objectId\":");
    write_json_string(object, out);
    out.push_str(",\"qualifier\":");
    write_json_string(qualifier, out);
    out.push('}');
}

fn types(types: &Types, out: &mut String) {
    let mut behind_another = false;
    for (name, attributes) in types {
        behind_another = item(behind_another, out);
        out.push_str("{\"name\":");
        write_json_string(name, out);
        out.push_str(",\"attributes\":[");
        for (index, (name, kind)) in attributes.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            out.push_str("{\"name\":");
            write_json_string(name, out);
            let kind = match kind {
                None | Some(Kind::Text) => "string",
                Some(Kind::Time) => "time",
                Some(Kind::Integer) => "integer",
                Some(Kind::Number) => "float",
                Some(Kind::Boolean) => "boolean",
            };
            out.push_str(",\"type\":\"");
            out.push_str(kind);
            out.push_str("\"}");
        }
        out.push_str("]}");
    }
}
