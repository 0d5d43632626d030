//! Tables: one scenario for many rows of values, which are put where `<column>` stands.

use std::collections::{BTreeSet, HashMap};

use crate::definition::parse::{is_remark, opening};
use crate::diagnostic::{Diagnostic, Report, Span, Spanned, quoted};
use crate::json::{Member, Node, NodeKind, Text};
use crate::work::looked_at;

/// The rows of one scenario.
pub(super) struct Rows<'n> {
    pub rows: Vec<Row<'n>>,
    /// Every column of any row, with the place where it is named first.
    columns: Vec<(&'n str, Span)>,
}

/// One row.
pub(super) struct Row<'n> {
    /// From 1.
    pub number: usize,
    cells: HashMap<&'n str, &'n Node>,
    span: Span,
    /// Its values for people: `votes = 49, answer = blocked`.
    pub said: String,
}

/// Bytes that may still be written out.
pub(super) struct Budget(pub usize);

impl Budget {
    /// `false` where there are not so many left.
    pub fn take(&mut self, bytes: usize) -> bool {
        match self.0.checked_sub(bytes) {
            Some(left) => {
                self.0 = left;
                true
            }
            None => {
                self.0 = 0;
                false
            }
        }
    }
}

/// Characters of a row that its name shows.
const SAID: usize = 80;

impl<'n> Rows<'n> {
    /// Reads the value of `rows`; problems are reported.
    pub fn read(node: &'n Node, report: &mut Report) -> Option<Self> {
        let NodeKind::Array(items) = &node.kind else {
            let message = format!("`rows` must be a list of objects, is {}", node.describe());
            report.push(Diagnostic::error("wrong-type", node.span, message));
            return None;
        };
        if items.is_empty() {
            let found = Diagnostic::error("empty", node.span, "`rows` is an empty list");
            report.push(found.hint("leave the key out, or write at least one row"));
            return None;
        }
        let mut columns: Vec<(&str, Span)> = Vec::new();
        let mut known: BTreeSet<&str> = BTreeSet::new();
        let mut rows = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let NodeKind::Object(members) = &item.kind else {
                let message = format!("a row must be an object, is {}", item.describe());
                report.push(Diagnostic::error("wrong-type", item.span, message));
                continue;
            };
            let mut row = Row {
                number: index + 1,
                cells: HashMap::new(),
                span: item.span,
                said: String::new(),
            };
            for member in members.iter().filter(|member| !is_remark(&member.key)) {
                if !is_column(&member.key) {
                    let message = format!("{} cannot be the name of a column", quoted(&member.key));
                    let found = Diagnostic::error("bad-name", member.key.span, message);
                    report.push(found.hint("write a word, such as `votes`"));
                    continue;
                }
                row.cells.insert(&member.key, &member.value);
                row.say(&member.key, &member.value);
                if known.insert(&member.key) {
                    columns.push((&member.key, member.key.span));
                }
            }
            rows.push(row);
        }
        Some(Self { rows, columns })
    }

    /// Reports columns that stand nowhere in the scenario, and rows without one that does. Whether all are whole.
    pub fn check(&self, scenario: &[Member], report: &mut Report) -> bool {
        let mut whole = true;
        let known: BTreeSet<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        let mut used = BTreeSet::new();
        for member in scenario.iter().filter(|member| member.key.as_str() != "rows") {
            columns_of(&member.value, &mut |column, span| {
                looked_at(1);
                if known.contains(column) {
                    used.insert(column.to_owned());
                } else {
                    whole = false;
                    let message = format!("no row has a column {}", quoted(column));
                    let found = Diagnostic::error("unknown-column", span, message)
                        .hint("in a scenario with `rows` a word in `<…>` is a column");
                    report.push_near(found, column, self.columns.iter().map(|(name, _)| *name));
                }
            });
        }
        for (column, span) in &self.columns {
            // One that is misspelt where it is used is not unused.
            if whole && !used.contains(*column) {
                let message =
                    format!("the column {} stands nowhere in the scenario", quoted(column));
                let found = Diagnostic::warning("unused-column", *span, message);
                report.push(found.hint(format!("write `\"<{column}>\"` where its values belong")));
            }
        }
        for row in &self.rows {
            // That they are not whole is said by then, as often as it may be.
            if !whole && report.is_full() {
                break;
            }
            looked_at(used.len());
            for column in used.iter().filter(|column| !row.cells.contains_key(column.as_str())) {
                whole = false;
                let message = format!("row {} lacks the column {}", row.number, quoted(column));
                let found = Diagnostic::error("missing-key", opening(row.span), message);
                report.push(found.hint("`null` stands for nothing: a fact that is not sent"));
            }
        }
        whole
    }
}

impl Row<'_> {
    fn say(&mut self, column: &str, value: &Node) {
        let length = self.said.chars().count();
        if length >= SAID {
            return;
        }
        let shown = match &value.kind {
            NodeKind::Null => "null".to_owned(),
            NodeKind::Boolean(value) => value.to_string(),
            NodeKind::Number(text) => text.clone(),
            NodeKind::String(text) => text.value.clone(),
            NodeKind::Array(_) => "[…]".to_owned(),
            NodeKind::Object(_) => "{…}".to_owned(),
        };
        let comma = if self.said.is_empty() { "" } else { ", " };
        let entry = format!("{comma}{column} = {shown}");
        self.said.extend(entry.chars().take(SAID - length));
        if length + entry.chars().count() > SAID {
            self.said.push('…');
        }
    }

    /// The node with this row's values in the places of its columns. `None` where it would be too large.
    pub fn fill(&self, node: &Node, budget: &mut Budget, report: &mut Report) -> Option<Node> {
        let kind = match &node.kind {
            NodeKind::String(text) => return self.fill_text(text, node, budget, report),
            NodeKind::Array(items) => {
                let items = items.iter().map(|item| self.fill(item, budget, report));
                NodeKind::Array(items.collect::<Option<_>>()?)
            }
            NodeKind::Object(members) => {
                let members = members.iter().map(|member| {
                    let value = self.fill(&member.value, budget, report)?;
                    let key = Spanned::new(member.key.value.clone(), member.key.span);
                    budget.take(key.value.len()).then_some(Member { key, value })
                });
                NodeKind::Object(members.collect::<Option<_>>()?)
            }
            kind => kind.clone(),
        };
        budget.take(1).then_some(Node { span: node.span, kind })
    }

    fn fill_text(
        &self,
        text: &Text,
        node: &Node,
        budget: &mut Budget,
        report: &mut Report,
    ) -> Option<Node> {
        let mut filled = String::new();
        let mut rest = text.value.as_str();
        while let Some((before, column, after)) = next_column(rest) {
            let cell = self.cells.get(column).copied();
            if let (true, true, true, Some(cell)) =
                (filled.is_empty(), before.is_empty(), after.is_empty(), cell)
            {
                let size = (cell.span.end - cell.span.start) as usize;
                return budget.take(size.saturating_add(1)).then(|| cell.clone());
            }
            filled.push_str(before);
            match cell.map(|cell| &cell.kind) {
                Some(NodeKind::String(text)) => filled.push_str(&text.value),
                Some(NodeKind::Number(text)) => filled.push_str(text),
                Some(NodeKind::Boolean(value)) => filled.push_str(&value.to_string()),
                Some(_) => {
                    let message = format!(
                        "inside a text {} must be a text, a number or a boolean in row {}",
                        quoted(column),
                        self.number
                    );
                    report.push(Diagnostic::error("wrong-type", node.span, message));
                }
                // Reported by `check`.
                None => {}
            }
            if !budget.take(filled.len()) {
                return None;
            }
            rest = after;
        }
        filled.push_str(rest);
        budget.take(filled.len() + 1).then(|| {
            let kind = NodeKind::String(Text { value: filled, pieces: Vec::new() });
            Node { span: node.span, kind }
        })
    }
}

/// The first `<column>` of a text, with what stands before and behind it.
fn next_column(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let open = from + text.get(from..)?.find('<')?;
        let inside = text.get(open + 1..)?;
        if let Some(length) = inside.find(['<', '>'])
            && inside.get(length..)?.starts_with('>')
            && is_column(inside.get(..length)?)
        {
            return Some((text.get(..open)?, inside.get(..length)?, inside.get(length + 1..)?));
        }
        from = open + 1;
    }
}

fn is_column(name: &str) -> bool {
    name.starts_with(char::is_alphabetic)
        && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}

fn columns_of(node: &Node, found: &mut dyn FnMut(&str, Span)) {
    match &node.kind {
        NodeKind::String(text) => {
            let mut rest = text.value.as_str();
            while let Some((_, column, after)) = next_column(rest) {
                found(column, node.span);
                rest = after;
            }
        }
        NodeKind::Array(items) => items.iter().for_each(|item| columns_of(item, found)),
        NodeKind::Object(members) => {
            members.iter().for_each(|member| columns_of(&member.value, found));
        }
        _ => {}
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::next_column;
    use crate::limits::Limits;
    use crate::scenario::Suite;
    use crate::work::counted;
    use crate::workflow::Workflow;

    /// Of rows that all lack a column only as many are looked at as are told of.
    #[test]
    fn rows_that_lack_a_column_are_looked_through_once() {
        let workflow = Workflow::from_json(
            r#"{ "id": "w", "events": { "e": {} }, "states": { "a": { "on": { "e": "a" } } } }"#,
        )
        .unwrap();
        let looked = |rows: usize| {
            let columns: Vec<String> = (0..50).map(|column| format!(r#""<c{column}>""#)).collect();
            let text = format!(
                r#"{{ "workflow": "w.json", "steps": [{{ "event": "e", "note": {{ "x": [{}] }} }}], "rows": [{}] }}"#,
                columns.join(", "),
                vec!["{}"; rows].join(", ")
            );
            let limits = Limits { diagnostics: 100, ..Limits::default() };
            counted(|| {
                let mut find = |_: &str| Ok(workflow.clone());
                assert!(Suite::load_on("w.scenario.json", &text, &mut find, &limits).is_err());
            })
        };
        let (few, many) = (looked(200), looked(20_000));
        assert!(many < 2 * few, "{few} and {many}");
    }

    #[test]
    fn columns_stand_in_angle_brackets() {
        assert_eq!(next_column("<a>"), Some(("", "a", "")));
        assert_eq!(next_column("1 < 2 and <days-left> >"), Some(("1 < 2 and ", "days-left", " >")));
        assert_eq!(next_column("<<år>"), Some(("<", "år", "")));
        for none in ["", "<", "<>", "< a>", "<a", "<1>", "a < b > c"] {
            assert_eq!(next_column(none), None, "{none}");
        }
    }
}
