//! `x-allow`: warnings that the author of a file answers for, each with the reason.
//!
//! It stands in the object that a finding points at: the declaration, state or transition. Lists of these and what is no
//! more than a part of one (a label, a source, the way into a state) do not count as objects of their own.

use super::keys::{
    COMMENT, EVENT_TRANSITION, Holds, INVOKE, Object, PARAMETER, TRANSITION, is_remark,
};
use super::variant::inside;
use crate::diagnostic::{AllowedWarning, Diagnostic, Report, Severity, Span, Spanned, quoted};
use crate::json::{Member, Node, NodeKind};

/// The key.
pub(crate) const ALLOW: &str = "x-allow";

/// What a file allows, and where its objects stand.
#[derive(Debug, Clone, Default)]
pub(crate) struct Allowed {
    entries: Vec<Entry>,
    /// For each object the one around it, where it is no more than a part of that.
    beyond: Vec<Option<usize>>,
    /// Texts of the file with the objects that they belong to, by where they begin, the longest first.
    places: Vec<Place>,
}

#[derive(Debug, Clone)]
struct Entry {
    object: usize,
    code: Spanned<String>,
    reason: String,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    span: Span,
    object: usize,
    /// The smallest of the places around it.
    around: Option<usize>,
}

impl Allowed {
    /// Reads what a merged file allows. Cost: linear in the file if it allows anything, else one look at every key.
    pub fn read(root: &Node, holds: Holds, report: &mut Report) -> Self {
        let mut found = Self::default();
        if !mentions(root) {
            return found;
        }
        Walk { found: &mut found, report }.node(root, holds, None);
        if found.entries.is_empty() {
            return Self::default();
        }
        found.nest();
        found
    }

    fn nest(&mut self) {
        let order =
            |place: &Place| (place.span.file, place.span.start, std::cmp::Reverse(place.span.end));
        self.places.sort_by_key(order);
        let mut open: Vec<(usize, Span)> = Vec::new();
        for (index, place) in self.places.iter_mut().enumerate() {
            while open.last().is_some_and(|(_, span)| !holds(*span, place.span)) {
                open.pop();
            }
            place.around = open.last().map(|(around, _)| *around);
            open.push((index, place.span));
        }
    }

    /// Takes out of a report the warnings that are allowed, and reports what allows nothing.
    pub fn apply(&self, report: &mut Report) {
        if self.entries.is_empty() {
            return;
        }
        let mut used = vec![false; self.entries.len()];
        let diagnostics = std::mem::take(&mut report.diagnostics);
        let mut refused = Vec::new();
        for diagnostic in diagnostics {
            let objects = diagnostic.span.map(|span| self.objects(span)).unwrap_or_default();
            let place = self.entries.iter().position(|entry| {
                entry.code.value == diagnostic.code && objects.contains(&entry.object)
            });
            let Some((place, entry)) = place.and_then(|at| Some((at, self.entries.get(at)?)))
            else {
                report.diagnostics.push(diagnostic);
                continue;
            };
            if diagnostic.severity == Severity::Error {
                refused.push(place);
                report.diagnostics.push(diagnostic);
                continue;
            }
            if let Some(used) = used.get_mut(place) {
                *used = true;
            }
            report.allowed.push(AllowedWarning { diagnostic, reason: entry.reason.clone() });
        }
        // An error may have kept a warning from being found.
        if report.has_errors() && refused.is_empty() {
            return;
        }
        for (place, (entry, used)) in self.entries.iter().zip(used).enumerate() {
            // What a base allows may be needed there alone, or in another variant.
            let inherited = entry.code.span.file != 0 || is_analysed(&entry.code);
            let code = quoted(&entry.code);
            let (message, hint) = match refused.contains(&place) {
                true => (
                    format!("{code} is an error here, and cannot be allowed"),
                    "mend it, and remove this",
                ),
                false if used || inherited || report.has_errors() => continue,
                false => (
                    format!("there is no {code} here that this allows"),
                    "remove it, or move it into the object that the warning points at",
                ),
            };
            let found = Diagnostic::warning("needless-allow", entry.code.span, message);
            report.push(found.hint(hint));
        }
    }

    /// Why a finding at a place is allowed, where it is.
    pub fn reason(&self, code: &str, span: Span) -> Option<&str> {
        if self.entries.is_empty() {
            return None;
        }
        let objects = self.objects(span);
        let mut entries = self.entries.iter();
        let found = entries.find(|entry| *entry.code == code && objects.contains(&entry.object));
        found.map(|entry| entry.reason.as_str())
    }

    /// The objects that a text belongs to: the innermost, and those around it of which that is a part.
    fn objects(&self, span: Span) -> Vec<usize> {
        let behind = self.places.partition_point(|place| {
            (place.span.file, place.span.start) <= (span.file, span.start)
        });
        let mut place = behind.checked_sub(1);
        // Of those that begin at one byte the longest stand first.
        while let Some(known) = place.and_then(|at| self.places.get(at)) {
            if holds(known.span, span) {
                let objects = std::iter::successors(Some(known.object), |object| {
                    self.beyond.get(*object).copied().flatten()
                });
                return objects.collect();
            }
            place = known.around;
        }
        Vec::new()
    }
}

/// Whether a code is one of what only an analysis finds: without one nobody knows whether it is needed.
fn is_analysed(code: &str) -> bool {
    super::codes::ANALYSED.iter().any(|(analysed, _)| *analysed == code)
}

fn holds(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}

fn mentions(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Array(items) => items.iter().any(mentions),
        NodeKind::Object(members) => {
            members.iter().any(|member| member.key.as_str() == ALLOW || mentions(&member.value))
        }
        _ => false,
    }
}

struct Walk<'a, 'r> {
    found: &'a mut Allowed,
    report: &'r mut Report,
}

impl Walk<'_, '_> {
    /// Calls itself once for each level, which reading JSON has bounded.
    fn node(&mut self, node: &Node, holds: Holds, object: Option<usize>) {
        match &node.kind {
            NodeKind::Object(members) if is_read(holds) => {
                let number = self.found.beyond.len();
                // A shorthand that was written out is no object that anything can be put into.
                let short = members.iter().any(|member| member.value.span == node.span);
                self.found.beyond.push(if is_own(holds) && !short { None } else { object });
                self.place(node.span, number);
                self.members(members, holds, number);
            }
            // Its keys are texts of any kind.
            NodeKind::Object(members) if matches!(holds, Holds::Enum) => {
                self.place(node.span, object.unwrap_or(0));
                for member in members {
                    self.place(member.key.span, object.unwrap_or(0));
                    self.node(&member.value, Holds::Label, object);
                }
            }
            NodeKind::Array(items) => {
                self.place(node.span, object.unwrap_or(0));
                for item in items {
                    self.node(item, item_of(holds), object);
                }
            }
            _ => self.place(node.span, object.unwrap_or(0)),
        }
    }

    fn members(&mut self, members: &[Member], holds: Holds, object: usize) {
        for Member { key, value } in members {
            if key.as_str() == ALLOW {
                self.entries(value, object);
            }
            if is_remark(key) {
                self.place(key.span, object);
                continue;
            }
            // What is called after a key belongs to what stands behind it.
            let before = self.found.beyond.len();
            self.node(value, inside(holds, key), Some(object));
            let own = matches!(value.kind, NodeKind::Object(_)) && self.found.beyond.len() > before;
            self.place(key.span, if own { before } else { object });
        }
    }

    fn place(&mut self, span: Span, object: usize) {
        self.found.places.push(Place { span, object, around: None });
    }

    fn entries(&mut self, node: &Node, object: usize) {
        let NodeKind::Object(members) = &node.kind else {
            let message =
                format!("`{ALLOW}` must be an object: code → reason, is {}", node.describe());
            let found = Diagnostic::error("wrong-type", node.span, message);
            self.report.push(found.hint("such as `{ \"unused-role\": \"the host asks for it\" }`"));
            return;
        };
        for Member { key, value } in members.iter().filter(|member| *member.key != COMMENT) {
            let all = super::codes::CODES.iter().chain(super::codes::ANALYSED);
            let codes = all.map(|(code, _)| *code);
            if !codes.clone().any(|code| code == key.as_str()) {
                let message = format!("no warning has the code {}", quoted(key));
                let found = Diagnostic::error("unknown-code", key.span, message)
                    .hint("codes stand in brackets in front of what `check` says");
                self.report.push_near(found, key, codes);
                continue;
            }
            let NodeKind::String(reason) = &value.kind else {
                let message = format!(
                    "the reason of {} must be a text, is {}",
                    quoted(key),
                    value.describe()
                );
                self.report.push(Diagnostic::error("wrong-type", value.span, message));
                continue;
            };
            if reason.value.trim().is_empty() {
                let message = format!("{} is allowed without a reason", quoted(key));
                let found = Diagnostic::error("empty", value.span, message);
                self.report.push(found.hint("say why it is right here"));
                continue;
            }
            let (code, reason) = (key.clone(), reason.value.trim().to_owned());
            self.found.entries.push(Entry { object, code, reason });
        }
    }
}

/// Whether an object behind such a key is one of the format, in which `x-allow` is read, and not data.
fn is_read(holds: Holds) -> bool {
    !matches!(
        holds,
        Holds::Value
            | Holds::Values
            | Holds::Rows
            | Holds::Enum
            | Holds::TextMap
            | Holds::VerdictMap
            | Holds::Text
            | Holds::Script
            | Holds::Scripts
    )
}

/// Whether an object behind such a key is a thing of its own.
fn is_own(holds: Holds) -> bool {
    let own = |object: &'static Object| {
        !matches!(object.name, "source" | "validity" | "way into a state" | "calendar")
    };
    match holds {
        Holds::One(object) | Holds::BooleanOr(object) | Holds::TextOr(object) => own(object),
        Holds::TargetsOr(object) | Holds::TextsOr(object) | Holds::List(object) => own(object),
        Holds::Transitions | Holds::Invokes => true,
        _ => false,
    }
}

fn item_of(holds: Holds) -> Holds {
    match holds {
        Holds::On => Holds::One(&EVENT_TRANSITION),
        Holds::Transitions => Holds::One(&TRANSITION),
        Holds::Invokes => Holds::One(&INVOKE),
        Holds::List(object) | Holds::TextsOr(object) => Holds::One(object),
        Holds::Parameters => Holds::One(&PARAMETER),
        _ => Holds::Value,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
mod tests;
