//! Factors and clauses in words: what decided, with what is and what must be.

use super::Describer;
use crate::language::messages;
use crate::rule::{Clause, FactorVerdict, Item, Joined, Truth};
use crate::value::Value;

fn mark(verdict: Truth) -> &'static str {
    match verdict {
        Truth::True => "✓",
        Truth::False => "✗",
        Truth::Unknown => "?",
    }
}

impl Describer<'_> {
    pub(super) fn factor(&mut self, factor: &FactorVerdict, indent: usize) {
        let head = self.factor_head(factor);
        self.line(indent, &head);
        if factor.verdict == Truth::True {
            return;
        }
        self.clauses(&factor.clauses, indent + 1);
        for part in &factor.of {
            self.factor(part, indent + 1);
        }
        self.cut(factor.cut, indent + 1);
        if let Some(failed) = &factor.failed {
            let failed = messages::translated(failed, self.speaker.language);
            let text = format!("{} {failed}", self.words.rule_failed);
            self.line(indent + 1, &text);
        }
        self.hint(&factor.hint, indent + 1);
    }

    fn factor_head(&self, factor: &FactorVerdict) -> String {
        let words = self.words;
        let name = self.titled(&factor.title, &factor.name);
        if let Some(score) = factor.score {
            let score = crate::language::number(&score.to_string(), self.speaker.language);
            return format!("· {name}: {score}");
        }
        let is_reported =
            factor.kind.as_deref() == Some("fact") && factor.clauses.is_empty() && factor.cut == 0;
        let verdict = match factor.verdict {
            Truth::True => String::new(),
            Truth::False => format!("{} ", words.unmet),
            Truth::Unknown if is_reported => format!("{} ", words.not_known),
            Truth::Unknown => format!("{} ", words.undecided),
        };
        let counted = factor.at_least.map(|least| {
            let reached = factor.reached.unwrap_or(0);
            let all = i64::try_from(factor.of.len() + factor.cut).unwrap_or(i64::MAX);
            // Where parts are left out how many there are is not known.
            let of =
                if all > 0 { format!("{reached} {} {all}", words.of) } else { reached.to_string() };
            let needed = if least == all {
                words.all_needed.to_owned()
            } else {
                format!("{} {least} {}", words.at_least, words.needed)
            };
            format!(" ({of} {}, {needed})", words.are_met)
        });
        format!("{} {verdict}{name}{}", mark(factor.verdict), counted.unwrap_or_default())
    }

    pub(super) fn clauses(&mut self, clauses: &[Clause], indent: usize) {
        for clause in clauses {
            self.clause(clause, indent);
        }
    }

    fn clause(&mut self, clause: &Clause, indent: usize) {
        let words = self.words;
        if let Some(joined) = clause.joined {
            let head = match (joined, clause.verdict) {
                (Joined::Any, Truth::True) => words.one_is_met,
                (Joined::Any, Truth::False) => words.none_is_met,
                (Joined::Any, Truth::Unknown) => words.one_is_enough,
                _ => words.all_are_needed,
            };
            self.line(indent, &format!("{} {head}", mark(clause.verdict)));
            self.clauses(&clause.parts, indent + 1);
            return;
        }
        // A factor alone says itself what it is.
        if let [factor] = clause.factors.as_slice()
            && clause.values.is_empty()
            && clause.sides.is_empty()
            && clause.rows.is_empty()
            && !clause.negated
            && factor.verdict == clause.verdict
        {
            self.factor(factor, indent);
            self.code(clause, indent + 1);
            return;
        }
        let mut text = format!("{} {}", mark(clause.verdict), self.speaker.clause(clause));
        if clause.settled {
            text = format!("{text} ({})", words.settled);
        }
        self.line(indent, &text);
        self.code(clause, indent + 1);
        self.clauses(&clause.parts, indent + 1);
        for row in &clause.rows {
            self.row(row, indent + 1);
        }
        let more = clause.failing.saturating_sub(clause.rows.len());
        if more > 0 && !clause.rows.is_empty() {
            let more = crate::language::number(&more.to_string(), self.speaker.language);
            let text = format!("… {more} {}", words.more);
            self.line(indent + 1, &text);
        }
        for factor in &clause.factors {
            // Of a derived fact the line itself has said whether it holds.
            if factor.kind.as_deref() == Some("fact") {
                self.clauses(&factor.clauses, indent + 1);
            } else {
                self.factor(factor, indent + 1);
            }
        }
        self.cut(clause.cut, indent + 1);
    }

    /// An item of a list, counted from 1 as people do.
    fn row(&mut self, row: &Item, indent: usize) {
        let Item { number, value, verdict, clauses } = row;
        let place = match child_of(value) {
            Some(key) => format!("{} {key}", mark(*verdict)),
            None => format!("{} {} {}", mark(*verdict), self.words.item, number + 1),
        };
        match clauses.as_slice() {
            [only] if only.joined.is_none() && only.rows.is_empty() && only.factors.is_empty() => {
                let clause = self.speaker.clause(only);
                self.line(indent, &format!("{place}: {clause}"));
                self.code(only, indent + 1);
            }
            _ => {
                let value = self.speaker.value(None, value);
                self.line(indent, &format!("{place}: {value}"));
                self.clauses(clauses, indent + 1);
            }
        }
    }

    /// The rule as it is written and what it read, for whoever wrote it.
    fn code(&mut self, clause: &Clause, indent: usize) {
        if !self.code {
            return;
        }
        let text = clause.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let read = clause.values.iter().map(|read| {
            let value = read.value.as_ref().map(|value| crate::value::brief(&value.to_string()));
            format!("{} = {}", read.name, value.unwrap_or_else(|| self.words.unknown.to_owned()))
        });
        let read = self.speaker.listed(read, clause.values.len());
        let colon = if read.is_empty() { "" } else { ": " };
        self.line(indent, &format!("`{text}`{colon}{read}"));
    }
}

/// The key of a child case, where an item is what a parent sees of one.
fn child_of(item: &Value) -> Option<String> {
    let Value::Record(record) = item else { return None };
    let is_child = ["status", "states"].iter().all(|name| record.contains_key(*name));
    match record.get("key").filter(|_| is_child)? {
        Value::Text(key) => Some(key.to_string()),
        other => Some(other.to_json()),
    }
}
