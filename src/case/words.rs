//! Answers in words that a caseworker understands: one table of messages, in Swedish and English.

mod signatures;
mod terms;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::case::answer::{
    Condition, Effects, Outcome, Reason, SignatureStatus, Step, StepCause, StepOutcome,
};
use crate::case::decision::Decision;
use crate::definition::model::StateKind;
use crate::label::Label;
use crate::rule::{Clause, FactorVerdict, Truth};
use crate::table::StateId;
use crate::value::{Value, visible};
use crate::workflow::TransitionRef;
use crate::workflow::{Compiled, Workflow};

/// The language of explanations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Language {
    /// Swedish.
    Swedish,
    /// English.
    #[default]
    English,
}

impl Language {
    /// Its tag in labels: `sv`, `en`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Swedish => "sv",
            Self::English => "en",
        }
    }
}

/// The message table: every phrase once, both languages side by side in [`SWEDISH`] and [`ENGLISH`].
struct Words {
    started: &'static str,
    moved: &'static str,
    advanced: &'static str,
    blocked: &'static str,
    not_expected: &'static str,
    error: &'static str,
    failed: &'static str,
    changed: &'static str,
    unknown: &'static str,
    emitted: &'static str,
    expected: &'static str,
    nothing_expected: &'static str,
    always: &'static str,
    role: &'static str,
    has_roles: &'static str,
    no_roles: &'static str,
    not_by: &'static str,
    not_by_nobody: &'static str,
    anonymous: &'static str,
    person: &'static str,
    repeat: &'static str,
    has_signed: &'static str,
    signed_by: &'static str,
    still_missing: &'static str,
    unsigned: &'static str,
    revoked: &'static str,
    changed_since: &'static str,
    other_payload: &'static str,
    state_left: &'static str,
    sign_nobody: &'static str,
    sign_twice: &'static str,
    sign_role: &'static str,
    sign_not: &'static str,
    nobody: &'static str,
    missing: &'static str,
    factor_false: &'static str,
    factor_unknown: &'static str,
    fact_false: &'static str,
    fact_unknown: &'static str,
    clause_false: &'static str,
    clause_unknown: &'static str,
    needs: &'static str,
    cut: &'static str,
    behind: &'static str,
    hint: &'static str,
    of: &'static str,
    in_all: &'static str,
    none: &'static str,
    yes: &'static str,
    no: &'static str,
    term: &'static str,
    sent: &'static str,
    also_blocked: &'static str,
    anew: &'static str,
}

const ENGLISH: Words = Words {
    started: "the case has begun",
    moved: "yes",
    advanced: "time has passed",
    blocked: "no, not yet",
    not_expected: "not expected here",
    error: "cannot be handled",
    failed: "failed and is put aside",
    changed: "is now",
    unknown: "unknown",
    emitted: "message",
    expected: "expected here:",
    nothing_expected: "nothing is expected any more",
    always: "by itself",
    role: "needs the role",
    has_roles: "the actor is",
    no_roles: "no actor with a role was given",
    not_by: "must be somebody else than who sent",
    not_by_nobody: "must be somebody with an id who did not send",
    anonymous: "nobody can be somebody else, for it is not known who sent",
    person: "must be sent by somebody with an id, so that somebody else can be told from them later:",
    repeat: "(answered before; nothing has happened now)",
    has_signed: "has signed:",
    signed_by: "signed by:",
    still_missing: "missing:",
    unsigned: "does not count any more:",
    revoked: "withdrawn",
    changed_since: "changed since:",
    other_payload: "another one signed with other details",
    state_left: "what was to be signed is over",
    sign_nobody: "must be signed by somebody with an id",
    sign_twice: "nobody signs twice; this was already signed by",
    sign_role: "needs a signature of:",
    sign_not: "nothing to withdraw: this was not signed by",
    nobody: "nobody",
    missing: "must come with it:",
    factor_false: "does not hold",
    factor_unknown: "is not decided",
    fact_false: "is not the case",
    fact_unknown: "is not known",
    clause_false: "does not hold",
    clause_unknown: "is not decided",
    needs: "needs to be known:",
    cut: "more, for which there is no room here",
    behind: "not tried, since this is undecided before it:",
    hint: "what to do:",
    of: "met, at least",
    in_all: "in all",
    none: "none",
    yes: "yes",
    no: "no",
    term: "term",
    sent: "sent event",
    also_blocked: "but elsewhere:",
    anew: "left and begun anew:",
};

const SWEDISH: Words = Words {
    started: "ärendet har börjat",
    moved: "ja",
    advanced: "tiden har gått",
    blocked: "nej, inte än",
    not_expected: "väntas inte här",
    error: "kan inte hanteras",
    failed: "misslyckades och läggs åt sidan",
    changed: "är nu",
    unknown: "okänt",
    emitted: "meddelande",
    expected: "här väntas:",
    nothing_expected: "ingenting väntas längre",
    always: "av sig självt",
    role: "kräver rollen",
    has_roles: "den som agerar är",
    no_roles: "ingen med en roll angavs",
    not_by: "måste vara någon annan än den som skickade",
    not_by_nobody: "måste vara någon med id som inte skickade",
    anonymous: "ingen kan vara någon annan, för det är inte känt vem som skickade",
    person: "måste skickas av någon med id, så att det senare går att se att någon annan är en annan:",
    repeat: "(besvarat tidigare; inget har hänt nu)",
    has_signed: "har undertecknat:",
    signed_by: "undertecknat av:",
    still_missing: "saknas:",
    unsigned: "gäller inte längre:",
    revoked: "återtagen",
    changed_since: "ändrat sedan dess:",
    other_payload: "någon annan undertecknade med andra uppgifter",
    state_left: "det som skulle undertecknas är över",
    sign_nobody: "måste undertecknas av någon med id",
    sign_twice: "ingen undertecknar två gånger; det här har redan undertecknats av",
    sign_role: "kräver underskrift av:",
    sign_not: "inget att återta: det här har inte undertecknats av",
    nobody: "någon",
    missing: "måste följa med:",
    factor_false: "håller inte",
    factor_unknown: "är inte avgjord",
    fact_false: "gäller inte",
    fact_unknown: "är inte känt",
    clause_false: "håller inte",
    clause_unknown: "är inte avgjort",
    needs: "behöver bli känt:",
    cut: "till, som inte får plats här",
    behind: "prövades inte, eftersom detta är oavgjort före:",
    hint: "gör så här:",
    of: "håller, minst",
    in_all: "i allt",
    none: "inga",
    yes: "ja",
    no: "nej",
    term: "frist",
    sent: "skickad händelse",
    also_blocked: "men på annat håll:",
    anew: "lämnas och börjar om:",
};

impl Workflow {
    /// An answer in words: what happened, or why not and what would help; several lines, indented by two spaces below the first.
    /// Labels come from the file, in the language asked for or else in the one there is.
    #[must_use]
    pub fn describe(&self, decision: &Decision, language: Language) -> String {
        let teller = Describer::new(self.compiled(), language);
        teller.decision(decision)
    }

    /// A factor's verdict in words, several lines.
    #[must_use]
    pub fn describe_factor(&self, factor: &FactorVerdict, language: Language) -> String {
        let mut teller = Describer::new(self.compiled(), language);
        teller.factor(factor, 0);
        teller.out
    }

    /// How signatures stand in words, several lines: who has signed, who is missing, which do not count any more.
    #[must_use]
    pub fn describe_signatures(
        &self,
        signatures: &[SignatureStatus],
        language: Language,
    ) -> String {
        let mut teller = Describer::new(self.compiled(), language);
        for signing in signatures {
            teller.signing(signing, 0);
        }
        teller.out
    }

    /// A value of a fact in words: one of an `enum` by its label, a length of time in days and hours, a number with its unit.
    ///
    /// ```
    /// # use tresteg::{Language, Value, Workflow};
    /// # let workflow = Workflow::from_json(r#"{ "id": "w", "states": { "s": {} }, "facts": { "fee": { "type": "number", "unit": "SEK" } } }"#)?;
    /// assert_eq!(workflow.describe_value("fee", &Value::from(50), Language::Swedish), "50 SEK");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn describe_value(&self, fact: &str, value: &Value, language: Language) -> String {
        Describer::new(self.compiled(), language).of_fact(fact, Some(value))
    }

    /// The grounds of a refusal in words, several lines.
    #[must_use]
    pub fn describe_reasons(&self, reasons: &[Reason], language: Language) -> String {
        let mut teller = Describer::new(self.compiled(), language);
        teller.reasons(reasons, 0);
        teller.out
    }
}

struct Describer<'w> {
    workflow: &'w Compiled,
    words: &'static Words,
    tag: &'static str,
    out: String,
}

impl<'w> Describer<'w> {
    fn new(workflow: &'w Compiled, language: Language) -> Self {
        let words = match language {
            Language::Swedish => &SWEDISH,
            Language::English => &ENGLISH,
        };
        Self { workflow, words, tag: language.tag(), out: String::new() }
    }

    fn line(&mut self, indent: usize, text: &str) {
        // Names, labels and values come from strangers: none of them makes a line of its own. A String takes every write.
        let _ = writeln!(self.out, "{:width$}{}", "", visible(text), width = 2 * indent);
    }

    fn decision(mut self, decision: &Decision) -> String {
        let (before, after) = decision.steps.split_at(decision.before.min(decision.steps.len()));
        for step in before {
            self.step(step);
        }
        let words = self.words;
        let head = match decision.outcome {
            Outcome::Started => words.started,
            Outcome::Moved => words.moved,
            Outcome::Advanced => words.advanced,
            Outcome::Blocked => words.blocked,
            Outcome::NotExpected => words.not_expected,
            Outcome::Error => words.error,
        };
        let mark = match decision.outcome {
            Outcome::Moved => "✓ ",
            Outcome::Blocked | Outcome::Error => "✗ ",
            Outcome::NotExpected => "· ",
            Outcome::Started | Outcome::Advanced => "",
        };
        match &decision.event {
            Some(event) => {
                let event = self.event(event);
                let again = if decision.repeat { words.repeat } else { "" };
                let text = format!("{mark}{event}: {head} {again}");
                self.line(0, text.trim_end());
            }
            None => self.line(0, head),
        }
        if decision.repeat {
            return self.out;
        }
        self.effects(&decision.effects);
        if decision.outcome == Outcome::Moved && !decision.reasons.is_empty() {
            self.line(1, words.also_blocked);
        }
        self.reasons(&decision.reasons, 1);
        for problem in &decision.problems {
            self.line(1, &problem.to_string());
        }
        if decision.outcome == Outcome::NotExpected {
            if decision.expected.is_empty() {
                self.line(1, words.nothing_expected);
            } else {
                let expected: Vec<String> =
                    decision.expected.iter().map(|name| self.event(name)).collect();
                self.line(1, &format!("{} {}", words.expected, expected.join(", ")));
            }
        }
        for step in after {
            self.step(step);
        }
        self.out
    }

    fn step(&mut self, step: &Step) {
        let words = self.words;
        let what = match &step.cause {
            StepCause::Term { state, term, .. } => {
                format!("{} {term} ({})", words.term, self.state(state))
            }
            StepCause::Sent { event, .. } => format!("{} {}", words.sent, self.event(event)),
        };
        let head = match step.outcome {
            StepOutcome::Moved => words.moved,
            StepOutcome::Blocked => words.blocked,
            StepOutcome::NotExpected => words.not_expected,
            StepOutcome::Failed => words.failed,
        };
        let mark = match step.outcome {
            StepOutcome::Moved => "✓",
            StepOutcome::Blocked | StepOutcome::Failed => "✗",
            StepOutcome::NotExpected => "·",
        };
        self.line(0, &format!("{mark} {what}, {}: {head}", step.at));
        self.effects(&step.effects);
        self.reasons(&step.reasons, 1);
        for problem in &step.problems {
            self.line(1, &problem.to_string());
        }
    }

    fn effects(&mut self, effects: &Effects) {
        let words = self.words;
        // What was taken with the last signature is told with those who gave them.
        let (complete, waiting): (Vec<&SignatureStatus>, Vec<&SignatureStatus>) =
            effects.signatures.iter().partition(|signing| signing.missing.is_empty());
        for way in &effects.taken {
            let signed = complete.iter().find(|signing| signing.transition == *way);
            // One that leads nowhere and has no title says no more than the event.
            if !way.to.is_empty() || way.title.get(self.tag).is_some() || signed.is_some() {
                let way = self.way(way);
                self.line(1, &way);
            }
            if let Some(signed) = signed {
                self.signed(signed, 2);
            }
        }
        // Parts of a parallel state that were left and entered again: their terms start anew.
        let anew = effects.left.iter().rev().filter(|state| self.begins_anew(state, effects));
        let anew: Vec<String> = anew.map(|state| self.state(state)).collect();
        if !anew.is_empty() {
            self.line(1, &format!("{} {}", words.anew, anew.join(", ")));
        }
        // Where that is, when a transition leads into a state with others inside.
        let leaves = self.arrived(effects);
        let named = |state: &String| effects.taken.iter().any(|way| way.to.contains(state));
        if leaves.iter().any(|state| !named(state)) {
            let leaves: Vec<String> = leaves.iter().map(|state| self.state(state)).collect();
            self.line(1, &format!("→ {}", leaves.join(", ")));
        }
        for change in &effects.changed {
            let after = self.of_fact(&change.fact, change.after.as_ref());
            let fact = self.fact(&change.fact);
            self.line(1, &format!("{fact} {} {after}", words.changed));
        }
        for signing in waiting {
            self.signing(signing, 1);
        }
        for message in &effects.emitted {
            let mut text = format!("{} {}", words.emitted, message.name);
            for (key, value) in &message.data {
                let _ = write!(text, " {key}={value}");
            }
            self.line(1, &text);
        }
    }

    fn begins_anew(&self, state: &String, effects: &Effects) -> bool {
        let states = &self.workflow.definition.states;
        let parent = self.workflow.state_named(state).and_then(|id| states.at(id).parent);
        let is_part = parent.is_some_and(|parent| states.at(parent).kind == StateKind::Parallel);
        is_part && effects.entered.contains(state)
    }

    fn reasons(&mut self, reasons: &[Reason], indent: usize) {
        let words = self.words;
        for reason in reasons {
            let mut deeper = indent;
            if let Some(way) = &reason.transition {
                let way = self.way(way);
                self.line(indent, &way);
                deeper += 1;
            }
            for ground in &reason.grounds {
                self.ground(ground, deeper);
            }
            if !reason.unknown.is_empty() && reason.transition.is_some() {
                let unknown: Vec<String> =
                    reason.unknown.iter().map(|name| self.fact(name)).collect();
                self.line(deeper, &format!("{} {}", words.needs, unknown.join(", ")));
            }
            self.hint(&reason.hint, deeper);
        }
    }

    fn ground(&mut self, ground: &Condition, indent: usize) {
        let words = self.words;
        match ground {
            Condition::Role { needed, titles, has } => {
                let named = needed.iter().enumerate().map(|(index, role)| {
                    titles.get(index).and_then(|title| title.get(self.tag)).unwrap_or(role)
                });
                let needed = named.collect::<Vec<_>>().join(" / ");
                let has = if has.is_empty() {
                    words.no_roles.to_owned()
                } else {
                    let titles = has.iter().map(|role| self.role(role)).collect::<Vec<_>>();
                    format!("{} {}", words.has_roles, titles.join(", "))
                };
                self.line(indent, &format!("✗ {} {needed}; {has}", words.role));
            }
            Condition::NotBy { events, actor, anonymous } => {
                let text = if actor.is_none() {
                    words.not_by_nobody
                } else if anonymous.is_empty() {
                    words.not_by
                } else {
                    words.anonymous
                };
                let is_known = actor.is_none() || anonymous.is_empty();
                let events = if is_known { events } else { anonymous };
                let events: Vec<String> = events.iter().map(|name| self.event(name)).collect();
                self.line(indent, &format!("✗ {text} {}", events.join(", ")));
            }
            Condition::Person { event } => {
                let event = self.event(event);
                self.line(indent, &format!("✗ {} {event}", words.person));
            }
            Condition::Missing { fact, title } => {
                let name = self.titled(title, fact);
                self.line(indent, &format!("✗ {} {name}", words.missing));
            }
            Condition::Factor { factor } => self.factor(factor, indent),
            Condition::Fact { fact, title, verdict } => {
                let name = self.titled(title, fact);
                let (mark, text) = match verdict {
                    Truth::Unknown => ("?", words.fact_unknown),
                    _ => ("✗", words.fact_false),
                };
                self.line(indent, &format!("{mark} {name} {text}"));
            }
            Condition::Guard { clauses, .. } => {
                for clause in clauses {
                    self.clause(clause, indent);
                }
            }
            Condition::Signature { refusal, actor, signed, missing } => {
                self.signature_ground(*refusal, actor.as_deref(), signed, missing, indent);
            }
            Condition::Behind { undecided } => {
                let way = self.way(undecided);
                self.line(indent, &format!("? {} {way}", words.behind));
            }
            Condition::Cut { more } => self.cut(*more, indent),
        }
    }

    fn factor(&mut self, factor: &FactorVerdict, indent: usize) {
        let words = self.words;
        let name = self.titled(&factor.title, &factor.name);
        let (mark, text) = match (factor.verdict, factor.score) {
            (_, Some(score)) => ("·", format!("{score}")),
            (Truth::True, _) => ("✓", words.yes.to_owned()),
            (Truth::False, _) => ("✗", words.factor_false.to_owned()),
            (Truth::Unknown, _) => ("?", words.factor_unknown.to_owned()),
        };
        let counted = factor.at_least.map(|at_least| {
            let reached = factor.reached.unwrap_or(0);
            format!(" ({reached} {} {at_least})", words.of)
        });
        self.line(indent, &format!("{mark} {name} {text}{}", counted.unwrap_or_default()));
        if factor.verdict == Truth::True {
            return;
        }
        for clause in &factor.clauses {
            self.clause(clause, indent + 1);
        }
        for part in &factor.of {
            self.factor(part, indent + 1);
        }
        self.cut(factor.cut, indent + 1);
        if let Some(failed) = &factor.failed {
            self.line(indent + 1, failed);
        }
        self.hint(&factor.hint, indent + 1);
    }

    fn clause(&mut self, clause: &Clause, indent: usize) {
        let words = self.words;
        let (mark, text) = match clause.verdict {
            Truth::True => ("✓", words.yes),
            Truth::False => ("✗", words.clause_false),
            Truth::Unknown => ("?", words.clause_unknown),
        };
        let mut line = format!("{mark} {} {text}", clause.text);
        let mut values: Vec<String> = Vec::new();
        for read in &clause.values {
            let value = self.read(&read.name, read.value.as_ref());
            values.push(format!("{} = {value}", read.name));
        }
        if !values.is_empty() {
            let _ = write!(line, ": {}", values.join(", "));
        }
        self.line(indent, &line);
        for factor in &clause.factors {
            self.factor(factor, indent + 1);
        }
        self.cut(clause.cut, indent + 1);
    }

    /// How many there is no room for.
    fn cut(&mut self, more: usize, indent: usize) {
        if more > 0 {
            let text = format!("… {more} {}", self.words.cut);
            self.line(indent, &text);
        }
    }

    fn hint(&mut self, hint: &Label, indent: usize) {
        if let Some(text) = hint.get(self.tag) {
            let text = format!("{} {text}", self.words.hint);
            self.line(indent, &text);
        }
    }

    fn way(&self, way: &TransitionRef) -> String {
        let from = self.state(&way.from);
        let to: Vec<String> = way.to.iter().map(|state| self.state(state)).collect();
        let to = if to.is_empty() { String::new() } else { format!(" → {}", to.join(", ")) };
        match (way.title.get(self.tag), way.on.as_str()) {
            (Some(title), _) => format!("{from}{to}: {title}"),
            (None, "always") => format!("{from}{to} ({})", self.words.always),
            (None, on) => format!("{from}{to} ({})", self.event(on)),
        }
    }

    /// The innermost states that were entered and not left again on the way. Of two that exclude one another, the one that
    /// was entered later stands: it could not have been entered before the other was left.
    fn arrived<'m>(&self, effects: &'m Effects) -> Vec<&'m String> {
        let (chart, states) = (&self.workflow.chart, &self.workflow.definition.states);
        // Of each state that holds one at a time, which.
        let mut chosen: BTreeMap<StateId, StateId> = BTreeMap::new();
        let mut met: BTreeSet<StateId> = BTreeSet::new();
        let mut found: Vec<&String> = Vec::new();
        for name in effects.entered.iter().rev() {
            let Some(leaf) = self.workflow.state_named(name) else { continue };
            if !chart.states.at(leaf).children.is_empty() {
                continue;
            }
            let path = || std::iter::once(leaf).chain(chart.ancestors(leaf));
            let steps = || path().zip(path().skip(1));
            let alone = |outer: StateId| states.at(outer).kind != StateKind::Parallel;
            let fits = steps()
                .all(|(inner, outer)| chosen.get(&outer).is_none_or(|known| *known == inner));
            // Entered twice, it stands where it was entered last.
            if fits && met.insert(leaf) {
                chosen.extend(
                    steps().filter(|(_, outer)| alone(*outer)).map(|(inner, outer)| (outer, inner)),
                );
                found.push(name);
            }
        }
        found.reverse();
        found
    }

    /// A label with the name behind it, since scripts and files speak of names.
    fn titled(&self, title: &Label, name: &str) -> String {
        match title.get(self.tag) {
            Some(title) if title != name => format!("{title} ({name})"),
            _ => name.to_owned(),
        }
    }

    fn state(&self, name: &str) -> String {
        let definition = &self.workflow.definition;
        let title = match self.workflow.state_named(name) {
            Some(id) => Some(&definition.states.at(id).notes.title),
            None => Some(&definition.notes.title),
        };
        title.and_then(|title| title.get(self.tag)).unwrap_or(name).to_owned()
    }

    fn event(&self, name: &str) -> String {
        let declared = crate::case::contract::governing(self.workflow, name);
        let title = declared.and_then(|declared| declared.notes.title.get(self.tag));
        match title {
            Some(title) if title != name => format!("{title} ({name})"),
            _ => name.to_owned(),
        }
    }

    fn role(&self, name: &str) -> String {
        let role = self.workflow.definition.roles.get(name);
        role.and_then(|role| role.notes.title.get(self.tag)).unwrap_or(name).to_owned()
    }

    fn fact(&self, name: &str) -> String {
        let id = self.workflow.rules.fact_named(name);
        let title = id.map(|id| &self.workflow.definition.facts.at(id).notes.title);
        title.map_or_else(|| name.to_owned(), |title| self.titled(title, name))
    }
}
