//! Child cases, as far as the file itself can say: names, lists and keys. What lies in their own
//! workflows is looked at where these are known.

use std::collections::HashMap;

use super::{Checker, Named};
use crate::definition::model::Invoke;
use crate::definition::shape::Kind;
use crate::diagnostic::{Diagnostic, Span, Spanned, quoted};

pub(super) fn check(checker: &mut Checker<'_, '_>) {
    let mut ids: HashMap<&str, Span> = HashMap::new();
    for invoke in &checker.definition.invokes {
        if let Some(first) = ids.insert(&invoke.id, invoke.id.span) {
            let message = format!("two `invoke` are called {}", quoted(&invoke.id));
            let found = Diagnostic::error("duplicate-name", invoke.id.span, message)
                .related(first, "the first is here");
            checker.report.push(found.hint("they are unique in the whole file: rename one"));
        }
        if let Some(each) = &invoke.each {
            checker.each(invoke, each);
        }
    }
}

impl Checker<'_, '_> {
    /// `each` is a list that is reported, of texts, integers or records that have a `key`.
    fn each(&mut self, invoke: &Invoke, each: &Spanned<String>) {
        let definition = self.definition;
        let id = match self.names.get(each.as_str()).copied() {
            Some(Named::Fact(id)) => id,
            Some(Named::Parameter(_) | Named::Factor(_)) => {
                let message = format!("{} is not a fact", quoted(each));
                let found = Diagnostic::error("bad-invoke", each.span, message);
                self.report.push(found.hint("`each` names a list fact: each item starts a child"));
                return;
            }
            None => {
                let known = self.names_where(|named| match named {
                    Named::Fact(id) => {
                        matches!(definition.facts.at(id).shape.kind, Kind::Array(_))
                    }
                    _ => false,
                });
                return self.unknown(
                    "unknown-name",
                    each,
                    "fact",
                    known,
                    "declare it under `facts`",
                );
            }
        };
        let fact = definition.facts.at(id);
        let wrong = match &fact.shape.kind {
            _ if fact.value.is_some() => Some((
                "is derived",
                "children start by what is reported: name a fact without `value`",
            )),
            Kind::Array(item) => match item.child_key() {
                Some(key) if key.personal || item.personal || fact.shape.personal => Some((
                    "has personal keys",
                    "keys stand in addresses and in the journal for ever: take a number or a word of your own",
                )),
                Some(key) => match &key.kind {
                    Kind::Enum(words) if words.keys().any(|word| !is_key(word)) => Some((
                        "has keys that are empty or have a `/`",
                        "addresses are made of keys and `/`: choose other words",
                    )),
                    _ => None,
                },
                None => Some((
                    "has items without a key",
                    "an item is a text, an integer, an `enum`, or a record whose `key` is one and `required`",
                )),
            },
            _ => Some(("is not a list", "declare it as `{ \"type\": \"array\", \"items\": … }`")),
        };
        if let Some((wrong, hint)) = wrong {
            let message =
                format!("{} {wrong}, so {} cannot start", quoted(each), quoted(&invoke.id));
            let found = Diagnostic::error("bad-invoke", each.span, message)
                .related(fact.name.span, "it is declared here");
            self.report.push(found.hint(hint));
        }
    }

    /// `done.invoke.ID`.
    pub(super) fn done_invoke(&mut self, pattern: &Spanned<String>, id: &str) {
        let invokes = &self.definition.invokes;
        if invokes.iter().any(|invoke| invoke.id.as_str() == id) {
            return;
        }
        let known = invokes.iter().map(|invoke| invoke.id.as_str()).collect();
        let written = Spanned::new(id.to_owned(), pattern.span);
        let hint = "it is the `id` of an `invoke`";
        self.unknown("unknown-invoke", &written, "group of child cases", known, hint);
    }
}

/// Whether a text can be the key of a child: a part of an address.
fn is_key(text: &str) -> bool {
    !text.is_empty() && !text.contains('/')
}
