//! `claims`: what must hold of every case.

use super::Reader;
use super::is_remark;
use super::read::Fields;
use crate::definition::keys;
use crate::definition::model::{Claim, ClaimRule};
use crate::diagnostic::{Diagnostic, quoted};
use crate::json::Member;
use crate::value::is_visible;

/// The keys of which a claim has one.
const KINDS: [&str; 4] = ["always", "never", "whenever", "different_persons"];

/// Keys that only go with another.
const BESIDE: [(&str, &str); 3] = [("without", "never"), ("then", "whenever"), ("due", "whenever")];

impl<'n> Reader<'_, 'n> {
    pub(super) fn claims(&mut self, fields: Fields<'n>) -> Vec<Claim> {
        let members = self.map(fields, "claims").iter().filter(|member| !is_remark(&member.key));
        let claims: Vec<Claim> = members.filter_map(|member| self.claim(member)).collect();
        let most = self.limits.names;
        if claims.len() > most {
            let message = format!("{} claims, more than the {most} that are allowed", claims.len());
            self.report.push(Diagnostic::error(
                "limit-names",
                super::opening(fields.span),
                message,
            ));
        }
        claims
    }

    fn claim(&mut self, member: &'n Member) -> Option<Claim> {
        let name = &member.key;
        if name.trim().is_empty() || !is_visible(name) {
            let message = format!("{} cannot be the name of a claim", quoted(name));
            self.error("bad-name", name.span, message, "write a word, such as `four_eyes`");
        }
        let fields = self.open(name, &member.value, &keys::CLAIM)?;
        let notes = self.notes(fields);
        let enforce = self.boolean(fields, "enforce").unwrap_or(false);
        let kinds: Vec<_> = KINDS.iter().filter_map(|key| fields.get(key)).collect();
        match kinds.as_slice() {
            [] => {
                let message = format!("the claim {} says nothing", quoted(name));
                let hint =
                    "write `always`, `never`, `whenever` with `then`, or `different_persons`";
                self.error("missing-key", name.span, message, hint);
            }
            [first, second, ..] => {
                let message = format!(
                    "a claim has `{}` or `{}`, not both",
                    first.key.value, second.key.value
                );
                let found = Diagnostic::error("bad-combination", second.key.span, message)
                    .related(first.key.span, "the other is here")
                    .hint("make two claims of it");
                self.report.push(found);
            }
            [_] => {}
        }
        for (key, with) in BESIDE {
            if let (Some(found), None) = (fields.get(key), fields.get(with)) {
                let message = format!("`{key}` stands beside `{with}`, which is not here");
                let hint = format!("remove it, or write `{with}`");
                self.error("bad-combination", found.key.span, message, hint);
            }
        }
        let script = |this: &mut Self, key: &str| this.script(fields, key);
        let rule = if let Some(always) = script(self, "always") {
            ClaimRule::Always(always)
        } else if let Some(never) = script(self, "never") {
            ClaimRule::Never { never, without: script(self, "without") }
        } else if let Some(found) = fields.get("whenever") {
            let whenever = script(self, "whenever");
            if fields.get("then").is_none() {
                let message = "what must then hold is missing";
                self.error(
                    "missing-key",
                    found.key.span,
                    message,
                    "write `then`, and perhaps `due`",
                );
            }
            if let Some(enforced) = fields.get("enforce").filter(|_| enforce) {
                let message = "what must hold later cannot be enforced: no step breaks it";
                let hint = "remove it, or write a term (`at`, `after`) that does what is due";
                self.error("bad-combination", enforced.key.span, message, hint);
            }
            let (then, due) = (script(self, "then"), script(self, "due"));
            ClaimRule::Whenever { whenever: whenever?, then: then?, due }
        } else {
            ClaimRule::DifferentPersons(self.different_persons(fields)?)
        };
        Some(Claim { name: name.clone(), rule, enforce, notes })
    }

    fn different_persons(
        &mut self,
        fields: Fields<'n>,
    ) -> Option<Vec<crate::diagnostic::Spanned<String>>> {
        let events = self.names(fields, "different_persons")?;
        self.once("different_persons", &events);
        if let (true, Some(node)) = (events.len() < 2, fields.node("different_persons")) {
            let message = "`different_persons` compares those who sent two or more events";
            self.error("empty", node.span, message, "name two events at least");
        }
        Some(events)
    }
}
