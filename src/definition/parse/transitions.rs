//! The transitions of one state: `done`, `on`, `always`, `after` and `at`.

use super::Reader;
use super::names;
use super::read::Fields;
use super::states::Chart;
use crate::definition::keys;
use crate::definition::keys::is_remark;
use crate::definition::model::{Term, Transition, Trigger, When, matches, reserved};
use crate::diagnostic::{Diagnostic, Span, Spanned, quoted};
use crate::json::{Node, NodeKind};
use crate::table::{StateId, TransitionId};
use crate::value::Duration;

/// Who answers: what a transition may not have depends on it.
#[derive(Clone, Copy, PartialEq)]
enum Asked {
    /// An event from outside, sent by an actor.
    Actor,
    /// `always`, `done` or a term: nobody is asked.
    Nobody(&'static str),
}

/// What a key of `after` or `at` is called: the one text of a duration, else itself.
fn called(key: &str, written: &Spanned<String>) -> Spanned<String> {
    match (key, Duration::parse(written)) {
        ("after", Some(duration)) => Spanned::new(duration.to_string(), written.span),
        _ => written.clone(),
    }
}

const TRANSITION: &str = "the name of a state, a transition, or a list of them";

impl<'n> Reader<'_, 'n> {
    /// All transitions of a state, in the order in which they are tried, whatever the order of the keys.
    pub(super) fn transitions(
        &mut self,
        chart: &mut Chart,
        state: StateId,
        name: &Spanned<String>,
        fields: Fields<'n>,
    ) {
        let mut found = Vec::new();
        if let Some(done) = fields.get("done") {
            let pattern = Spanned::new(format!("done.state.{}", name.value), done.key.span);
            let trigger = Trigger::Events(vec![pattern]);
            self.list(
                chart,
                state,
                &done.value,
                &trigger,
                Asked::Nobody("done"),
                "done",
                &mut found,
            );
        }
        if let Some(on) = fields.node("on") {
            self.on(chart, state, on, &mut found);
        }
        if let Some(always) = fields.node("always") {
            self.list(
                chart,
                state,
                always,
                &Trigger::Always,
                Asked::Nobody("always"),
                "always",
                &mut found,
            );
        }
        for key in ["after", "at"] {
            self.terms(chart, state, key, fields, &mut found);
        }
        chart.states.at_mut(state).transitions = found;
    }

    fn on(
        &mut self,
        chart: &mut Chart,
        state: StateId,
        node: &'n Node,
        found: &mut Vec<TransitionId>,
    ) {
        match &node.kind {
            NodeKind::Object(members) => {
                let mut keys: Vec<_> = members
                    .iter()
                    .filter(|member| !is_remark(&member.key))
                    .filter_map(|member| {
                        Some((self.pattern(&member.key, member.key.span)?, member))
                    })
                    .collect();
                // The longest name first; names of one length never match the same event.
                keys.sort_by(|(a, _), (b, _)| {
                    length(b).cmp(&length(a)).then_with(|| a.value.cmp(&b.value))
                });
                for pair in keys.windows(2) {
                    if let [(first, _), (second, _)] = pair
                        && first.value == second.value
                    {
                        let message = format!("`{0}` and `{0}.*` are the same", second.value);
                        let found = Diagnostic::error("duplicate-key", second.span, message);
                        self.report.push(
                            found
                                .related(first.span, "the other is here")
                                .hint("remove one of the two"),
                        );
                    }
                }
                // The second of two is not hidden besides.
                keys.dedup_by(|(second, _), (first, _)| first.value == second.value);
                for (pattern, member) in keys {
                    let asked = asked(&pattern);
                    let trigger = Trigger::Events(vec![pattern]);
                    self.list(chart, state, &member.value, &trigger, asked, &member.key, found);
                }
            }
            NodeKind::Array(items) => {
                for item in items {
                    self.listed(chart, state, item, found);
                }
            }
            _ => self.wrong("on", "an object: event → transition, or a list of transitions", node),
        }
    }

    /// A transition with its `event`, in the list form of `on`.
    fn listed(
        &mut self,
        chart: &mut Chart,
        state: StateId,
        node: &'n Node,
        found: &mut Vec<TransitionId>,
    ) {
        let Some(fields) = self.open("on", node, &keys::EVENT_TRANSITION) else { return };
        let mut patterns = Vec::new();
        if let Some(event) = self.text(fields, "event") {
            for word in event.split_whitespace() {
                patterns.extend(self.pattern(word, event.span));
            }
            if event.trim().is_empty() {
                self.error(
                    "empty",
                    event.span,
                    "`event` names no event",
                    "name an event, or several",
                );
            }
        }
        let asked = patterns.first().map_or(Asked::Actor, asked);
        let id = self.transition(
            chart,
            state,
            node.span,
            Some(fields),
            Vec::new(),
            &Trigger::Events(patterns),
            asked,
        );
        found.extend(id);
    }

    /// The name of an event, or the beginning of names, without `.*`.
    fn pattern(&mut self, written: &str, span: Span) -> Option<Spanned<String>> {
        let bare = written.strip_suffix(".*").unwrap_or(written);
        if written != "*" && !names::is_event(bare) {
            let message = format!("{} cannot be the name of an event", quoted(written));
            let hint = if written.contains(char::is_whitespace) {
                "for several events at once write `on` as a list: `[{ \"event\": \"a b\", … }]`"
                    .to_owned()
            } else {
                names::event_hint(written)
            };
            self.error("bad-name", span, message, hint);
            return None;
        }
        if let Some(prefix) = reserved(bare).filter(|word| *word != "done" || bare == "done") {
            let message = if bare == prefix {
                format!("no event is ever called `{prefix}`")
            } else {
                format!("no event ever begins with `{prefix}.`")
            };
            let hint = match prefix {
                "after" => "terms are written under `after` and `at`",
                "done" => {
                    "nobody can send it: choose another name; `done.state.NAME` hears that a state is done"
                }
                _ => "an error undoes the step and is given to whoever asked for it",
            };
            self.error("reserved-name", span, message, hint);
        }
        Some(Spanned::new(bare.to_owned(), span))
    }

    fn terms(
        &mut self,
        chart: &mut Chart,
        state: StateId,
        key: &'static str,
        fields: Fields<'n>,
        found: &mut Vec<TransitionId>,
    ) {
        let members = self.map(fields, key).iter().filter(|member| !is_remark(&member.key));
        // A duration is called after its length, however it is written: `P1W` is `P7D`.
        let mut members: Vec<(Spanned<String>, _)> =
            members.map(|member| (called(key, &member.key), member)).collect();
        members.sort_by(|(a, _), (b, _)| a.value.cmp(&b.value));
        for pair in members.windows(2) {
            if let [(one, first), (other, second)] = pair
                && one.value == other.value
            {
                let (first, second) = (&first.key, &second.key);
                let message =
                    format!("{} and {} are the same duration", quoted(first), quoted(second));
                let found = Diagnostic::error("duplicate-key", second.span, message)
                    .related(first.span, "the other is here");
                self.report.push(found.hint("remove one of the two, or write a list"));
            }
        }
        for (name, member) in members {
            let when = match key {
                "at" => Some(When::At),
                _ => self.after(&member.key),
            };
            if key == "at" {
                self.identifier(&member.key, "fact");
            }
            let Some(when) = when else { continue };
            let number = u32::try_from(chart.states.at(state).terms.len()).unwrap_or(u32::MAX);
            chart.states.at_mut(state).terms.push(Term {
                key: name,
                when,
                transitions: Vec::new(),
            });
            let mut own = Vec::new();
            let trigger = Trigger::Term(number);
            self.list(
                chart,
                state,
                &member.value,
                &trigger,
                Asked::Nobody(key),
                &member.key,
                &mut own,
            );
            found.extend(&own);
            if let Some(term) = chart.states.at_mut(state).terms.last_mut() {
                term.transitions = own;
            }
        }
    }

    fn after(&mut self, key: &Spanned<String>) -> Option<When> {
        match Duration::parse(key) {
            Some(duration) if duration.is_negative() => {
                let message = format!("{} is a negative duration", quoted(key));
                self.error(
                    "bad-duration",
                    key.span,
                    message,
                    "a term ends after the state was entered: remove the `-`",
                );
                None
            }
            Some(duration) => Some(When::After(duration)),
            None if names::is_identifier(key) && !looks_like_duration(key) => {
                Some(When::AfterNamed)
            }
            None => {
                let message = match Duration::parse_explained(key) {
                    Err(problem) => format!("{} is not a duration: it {problem}", quoted(key)),
                    Ok(_) => format!("{} is not a duration", quoted(key)),
                };
                let hint = "write such as `P90D` (days), `P2W`, `P6M` (months), `P1Y`, `PT36H` (hours), or the name of a parameter or fact; \
                            calendar and clock parts do not mix";
                self.error("bad-duration", key.span, message, hint);
                None
            }
        }
    }

    /// A target's name, a transition, or a list of them.
    #[allow(clippy::too_many_arguments)]
    fn list(
        &mut self,
        chart: &mut Chart,
        state: StateId,
        node: &'n Node,
        trigger: &Trigger,
        asked: Asked,
        what: &str,
        found: &mut Vec<TransitionId>,
    ) {
        match &node.kind {
            NodeKind::Array(items) if items.is_empty() => {
                let hint = "write `{}` for a transition that only takes the event";
                self.error("empty", node.span, format!("{} is an empty list", quoted(what)), hint);
            }
            NodeKind::Array(items) => {
                for item in items {
                    self.one(chart, state, item, trigger, asked, what, found);
                }
            }
            _ => self.one(chart, state, node, trigger, asked, what, found),
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn one(
        &mut self,
        chart: &mut Chart,
        state: StateId,
        node: &'n Node,
        trigger: &Trigger,
        asked: Asked,
        what: &str,
        found: &mut Vec<TransitionId>,
    ) {
        let (fields, targets) = match &node.kind {
            NodeKind::String(text) => (None, vec![Spanned::new(text.value.clone(), node.span)]),
            NodeKind::Object(_) => {
                let Some(fields) = self.open(what, node, &keys::TRANSITION) else { return };
                (Some(fields), Vec::new())
            }
            _ => return self.wrong(what, TRANSITION, node),
        };
        found.extend(self.transition(chart, state, node.span, fields, targets, trigger, asked));
    }

    #[allow(clippy::too_many_arguments)]
    fn transition(
        &mut self,
        chart: &mut Chart,
        source: StateId,
        span: Span,
        fields: Option<Fields<'n>>,
        targets: Vec<Spanned<String>>,
        trigger: &Trigger,
        asked: Asked,
    ) -> Option<TransitionId> {
        if chart.transitions.len() >= self.limits.transitions {
            self.too_many(chart, "transitions", "limit-transitions", self.limits.transitions, span);
            return None;
        }
        let fields = fields.unwrap_or(Fields { members: &[], span });
        let targets = match fields.node("target") {
            Some(node) => self.targets("target", node),
            None => targets,
        };
        self.once("target", &targets);
        if let Asked::Nobody(word) = asked {
            for member in
                ["by", "not_by", "signed_by", "revoke"].iter().filter_map(|key| fields.get(key))
            {
                let message = format!(
                    "`{}` asks for an actor, and under `{word}` there is none",
                    member.key.value
                );
                self.error(
                    "bad-combination",
                    member.key.span,
                    message,
                    "remove it, or put the transition under `on`",
                );
            }
        }
        let by = self.names(fields, "by");
        if let (Some([]), Some(node)) = (by.as_deref(), fields.node("by")) {
            self.error(
                "empty",
                node.span,
                "`by` is an empty list: nobody could take this transition",
                "name the roles that may",
            );
        }
        let mut list = |key| self.names(fields, key).unwrap_or_default();
        let (requires, not_by, signed_by) = (list("requires"), list("not_by"), list("signed_by"));
        self.once("by", by.as_deref().unwrap_or(&[]));
        self.once("requires", &requires);
        self.once("not_by", &not_by);
        if let (Some(node), true) = (fields.node("signed_by"), signed_by.is_empty()) {
            self.error(
                "empty",
                node.span,
                "`signed_by` names no role",
                "name the roles that must sign, or remove it",
            );
        }
        if let (Some(node), true) = (fields.node("not_by"), not_by.is_empty()) {
            let message = "`not_by` names no event: it shuts nobody out";
            let found = Diagnostic::warning("empty", node.span, message);
            self.report
                .push(found.hint("name the events whose senders may not do this, or remove it"));
        }
        let most = self.limits.signatures;
        if let (Some(role), Some(node)) = (signed_by.get(most), fields.node("signed_by")) {
            let message = format!(
                "`signed_by` asks for {} signatures, {most} are the most that one transition may",
                signed_by.len()
            );
            let found = Diagnostic::error("limit-signatures", role.span, message);
            self.report.push(found.related(node.span, "the list is here").hint(
                "count them in a fact, with an event of their own, and ask for the number in `guard`",
            ));
        }
        if let (Some(member), true) = (fields.get("revoke"), signed_by.is_empty()) {
            let message = "`revoke` takes back signatures, and there is no `signed_by`";
            self.error(
                "bad-combination",
                member.key.span,
                message,
                "remove it, or add `signed_by`",
            );
        }
        let internal = self.word(fields, &keys::TRANSITION, "type").is_some();
        let id = self.text(fields, "id");
        if let Some(id) = &id {
            self.transition_id(chart, id);
        }
        Some(chart.transitions.push(Transition {
            source,
            trigger: trigger.clone(),
            targets,
            guard: self.script(fields, "guard"),
            requires,
            by,
            not_by,
            signed_by,
            revoke: self.revoke(fields).map(Box::new),
            actions: self.script(fields, "actions"),
            // No transition leaves the file.
            internal: internal || source.0 == 0,
            id: id.map(Box::new),
            notes: self.notes(fields),
            span,
        }))
    }

    /// The one event that withdraws a signature: by its name, as an actor sends it.
    fn revoke(&mut self, fields: Fields<'n>) -> Option<Spanned<String>> {
        let event = self.text(fields, "revoke")?;
        let reserved = ["done", "error", "after"].iter().any(|word| matches(word, &event));
        if reserved || !names::is_event(&event) {
            let message = format!("{} cannot be the name of an event", quoted(&event));
            let hint = "write the name of the event that withdraws a signature, such as `withdraw`";
            self.error("bad-name", event.span, message, hint);
            return None;
        }
        Some(event)
    }

    fn transition_id(&mut self, chart: &mut Chart, id: &Spanned<String>) {
        if id.trim().is_empty() {
            self.error(
                "bad-name",
                id.span,
                "the `id` of a transition is empty",
                "write a short name, or remove it",
            );
        } else if let Some(first) = chart.ids.insert(id.value.clone(), id.span) {
            let message = format!("two transitions have the `id` {}", quoted(id));
            let found = Diagnostic::error("duplicate-name", id.span, message)
                .related(first, "the first is here");
            self.report.push(found.hint("give each an `id` of its own"));
        }
    }
}

/// Tokens of a pattern; `*` is the shortest.
fn length(pattern: &str) -> usize {
    if pattern == "*" { 0 } else { pattern.split('.').count() }
}

/// Nobody sends `done.…`.
fn asked(pattern: &Spanned<String>) -> Asked {
    if pattern.starts_with("done.") { Asked::Nobody("done") } else { Asked::Actor }
}

/// Such as `P90X` or `PT`: rather a slip in a duration than a name.
fn looks_like_duration(key: &str) -> bool {
    let rest = key.strip_prefix('P').map(|rest| rest.strip_prefix('T').unwrap_or(rest));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_digit()))
}
