//! Answers in words that a caseworker understands.

mod addresses;
mod clauses;
mod signatures;
mod terms;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::case::Case;
use crate::case::answer::{
    Condition, Effects, Message, Outcome, Reason, SignatureStatus, Step, StepCause, StepOutcome,
};
use crate::case::decision::Decision;
use crate::definition::model::StateKind;
use crate::error::Problem;
use crate::label::Label;
use crate::language::{Answers, Language, Speaker, date_time};
use crate::rule::{FactorVerdict, Truth};
use crate::table::StateId;
use crate::value::{DateTime, Value, visible};
use crate::workflow::TransitionRef;
use crate::workflow::{Compiled, Workflow};

/// How answers are told: in which language, and whether with the code of rules and the names of the file.
///
/// ```
/// use tresteg::{Language, case::Wording};
/// assert_eq!(Wording::from(Language::Swedish), Wording::of(Language::Swedish));
/// assert!(Wording::of(Language::English).with_code().code);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Wording {
    /// The language.
    pub language: Language,
    /// Whether rules are shown as they are written too, and names beside titles: for whoever wrote the file.
    pub code: bool,
}

impl Wording {
    /// For people who have not written the file.
    #[must_use]
    pub fn of(language: Language) -> Self {
        Self { language, code: false }
    }

    /// With the code of rules and the names of the file.
    #[must_use]
    pub fn with_code(self) -> Self {
        Self { code: true, ..self }
    }
}

impl From<Language> for Wording {
    fn from(language: Language) -> Self {
        Self::of(language)
    }
}

impl Workflow {
    /// An answer in words: what happened, or why not and what would help; several lines, indented by two spaces below the first.
    /// Labels come from the file, in the language asked for or else in the one there is.
    #[must_use]
    pub fn describe(&self, decision: &Decision, wording: impl Into<Wording>) -> String {
        let teller = Describer::new(self, wording.into());
        teller.decision(decision)
    }

    /// A factor's verdict in words, several lines.
    #[must_use]
    pub fn describe_factor(&self, factor: &FactorVerdict, wording: impl Into<Wording>) -> String {
        let mut teller = Describer::new(self, wording.into());
        teller.factor(factor, 0);
        teller.out
    }

    /// How signatures stand in words, several lines: who has signed, who is missing, which do not count any more.
    #[must_use]
    pub fn describe_signatures(
        &self,
        signatures: &[SignatureStatus],
        wording: impl Into<Wording>,
    ) -> String {
        let mut teller = Describer::new(self, wording.into());
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
    /// assert_eq!(workflow.describe_value("fee", &Value::from(50), Language::Swedish), "50 kr");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn describe_value(&self, fact: &str, value: &Value, language: Language) -> String {
        let said = Describer::new(self, language.into()).speaker.of(fact, Some(value));
        visible(&said).into_owned()
    }

    /// The grounds of a refusal in words, several lines.
    #[must_use]
    pub fn describe_reasons(&self, reasons: &[Reason], wording: impl Into<Wording>) -> String {
        let mut teller = Describer::new(self, wording.into());
        teller.reasons(reasons, 0);
        teller.out
    }
}

struct Describer<'w> {
    /// Of the outermost case.
    whole: &'w Workflow,
    /// Of the case that is told of.
    workflow: &'w Compiled,
    /// Where it is at hand: it knows what its children are called.
    case: Option<&'w Case>,
    speaker: Speaker<'w>,
    words: &'static Answers,
    tag: &'static str,
    code: bool,
    out: String,
}

impl<'w> Describer<'w> {
    fn new(whole: &'w Workflow, wording: Wording) -> Self {
        let Wording { language, code } = wording;
        let (words, tag) = (Answers::of(language), language.tag());
        let workflow = whole.compiled();
        let speaker = Speaker::new(workflow, language).naming_all();
        Self { whole, workflow, case: None, speaker, words, tag, code, out: String::new() }
    }

    /// Tells something of the case of an address, with the names of its own file.
    fn within(&mut self, address: Option<&str>, tell: impl FnOnce(&mut Self)) {
        let child = address.and_then(|address| self.whole.child_at(address));
        let Some(child) = child else { return tell(self) };
        let workflow = child.compiled();
        let theirs = Speaker::new(workflow, self.speaker.language).naming_all();
        let outer = (self.workflow, std::mem::replace(&mut self.speaker, theirs));
        self.workflow = workflow;
        tell(self);
        (self.workflow, self.speaker) = outer;
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
        self.within(decision.case.as_deref(), |this| this.own(decision));
        if !decision.repeat {
            for step in after {
                self.step(step);
            }
        }
        self.out
    }

    /// What is said of the call itself.
    fn own(&mut self, decision: &Decision) {
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
                let case = decision.case.as_deref().map(|case| format!("{}: ", self.address(case)));
                let case = case.unwrap_or_default();
                let text = format!("{mark}{case}{event}: {head} {again}");
                self.line(0, text.trim_end());
            }
            None => self.line(0, head),
        }
        if decision.repeat {
            return;
        }
        self.effects(&decision.effects);
        if decision.outcome == Outcome::Moved && !decision.reasons.is_empty() {
            self.line(1, words.also_blocked);
        }
        self.reasons(&decision.reasons, 1);
        for problem in &decision.problems {
            let text = self.problem(problem);
            self.line(1, &text);
        }
        if decision.outcome == Outcome::NotExpected {
            if decision.expected.is_empty() {
                self.line(1, words.nothing_expected);
            } else {
                let names = decision.expected.iter();
                let expected: Vec<String> =
                    names.map(|name| Self::with_name(self.speaker.event(name), name)).collect();
                self.line(1, &format!("{} {}", words.expected, expected.join(", ")));
            }
        }
    }

    fn step(&mut self, step: &Step) {
        self.within(step.case.as_deref(), |this| this.told(step));
    }

    fn told(&mut self, step: &Step) {
        let words = self.words;
        let what = match &step.cause {
            StepCause::Term { state, term, .. } => {
                format!("{} {}, {}", words.term, self.term_name(term), self.state(state))
            }
            StepCause::Sent { event, .. } => format!("{} {}", words.sent, self.event(event)),
            StepCause::Children => words.children.to_owned(),
            StepCause::Invoked => words.invoked.to_owned(),
            StepCause::Stopped => words.stopped.to_owned(),
        };
        let what = match &step.case {
            Some(case) => format!("{}: {what}", self.address(case)),
            None => what,
        };
        let head = match step.outcome {
            StepOutcome::Moved => "",
            StepOutcome::Blocked => words.blocked,
            StepOutcome::NotExpected => words.not_expected,
            StepOutcome::Failed => words.failed,
        };
        let mark = match step.outcome {
            StepOutcome::Moved => "✓",
            StepOutcome::Blocked | StepOutcome::Failed => "✗",
            StepOutcome::NotExpected => "·",
        };
        let at = self.time(step.at);
        let colon = if head.is_empty() { "" } else { ": " };
        self.line(0, &format!("{mark} {at}: {what}{colon}{head}"));
        self.effects(&step.effects);
        self.reasons(&step.reasons, 1);
        for problem in &step.problems {
            let text = self.problem(problem);
            self.line(1, &text);
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
            let after = self.speaker.of(&change.fact, change.after.as_ref());
            let fact = self.fact(&change.fact);
            self.line(1, &format!("{fact}: {after}"));
        }
        for signing in waiting {
            self.signing(signing, 1);
        }
        for message in &effects.emitted {
            let text = self.message(message);
            self.line(1, &text);
        }
        for sent in &effects.to_parent {
            let text = format!("{} {}{}", self.words.no_parent, sent.name, self.carried(sent));
            self.line(1, &text);
        }
    }

    /// A message to the host: by its title, with what it carries.
    fn message(&self, message: &Message) -> String {
        let name = &message.name;
        let title = self.titled(self.workflow.definition.emitted(name), name);
        format!("{} {title}{}", self.words.emitted, self.carried(message))
    }

    /// What a message carries, in brackets; nothing where that is nothing.
    fn carried(&self, message: &Message) -> String {
        let data = &message.data;
        let carried = data.iter().map(|(key, value)| {
            let shape = self.speaker.shape(key);
            let title = match shape {
                Some(_) => self.speaker.named(key),
                None => key.to_string(),
            };
            format!("{title}: {}", self.speaker.value(shape, value))
        });
        let carried = self.speaker.listed(carried, data.len());
        if carried.is_empty() { carried } else { format!(" ({carried})") }
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
            let before = self.out.len();
            for ground in &reason.grounds {
                self.ground(ground, deeper);
            }
            if reason.transition.is_some() {
                // What the grounds have called unknown is not told again.
                let told = self.out.get(before..).unwrap_or_default();
                let unknown = reason.unknown.iter().filter(|name| !self.says_unknown(told, name));
                let unknown: Vec<String> = unknown.map(|name| self.fact(name)).collect();
                if !unknown.is_empty() {
                    self.line(deeper, &format!("{} {}", words.needs, unknown.join(", ")));
                }
            }
            self.hint(&reason.hint, deeper);
        }
    }

    /// Whether lines of grounds have said of a fact that it is not known: by itself, or beside a clause that read it.
    fn says_unknown(&self, told: &str, name: &str) -> bool {
        let title = visible(&self.speaker.reported(name)).into_owned();
        let alone = format!("{} {title}", self.words.not_known);
        let read = format!("{title} {} {}", self.words.is, self.words.unknown);
        let settled = format!(" ({})", self.words.settled);
        let ends = |rest: &str| rest.is_empty() || rest.starts_with([',', ')']) || rest == settled;
        told.lines().any(|line| {
            let line = line.trim_start_matches(['?', '✗', ' ']);
            line.strip_prefix(&*alone).is_some_and(ends)
                || line.split_once(&*read).is_some_and(|(_, rest)| ends(rest))
        })
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
            Condition::Unit { role, title, fact, has } => {
                let role = self.titled(title, role);
                let (fact, has) = (self.fact(fact), has.as_deref().unwrap_or(words.no_unit));
                let text = format!(
                    "✗ {} {role}, {} {fact}; {} {has}",
                    words.role, words.of_unit, words.speaks_for
                );
                self.line(indent, &text);
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
            Condition::Fact { fact, title, verdict, clauses } => {
                let name = self.titled(title, fact);
                let (mark, text) = match verdict {
                    Truth::Unknown if clauses.is_empty() => ("?", words.not_known),
                    Truth::Unknown => ("?", words.undecided),
                    _ => ("✗", words.unmet),
                };
                self.line(indent, &format!("{mark} {text} {name}"));
                self.clauses(clauses, indent + 1);
            }
            Condition::Guard { clauses, .. } => self.clauses(clauses, indent),
            Condition::Signature { refusal, actor, signed, missing } => {
                self.signature_ground(*refusal, actor.as_deref(), signed, missing, indent);
            }
            Condition::Claim { claim, title } => {
                let name = self.titled(title, claim);
                self.line(indent, &format!("✗ {} {name}", words.claim));
            }
            Condition::Behind { undecided } => {
                let way = self.way(undecided);
                self.line(indent, &format!("? {} {way}", words.behind));
            }
            Condition::Cut { more } => self.cut(*more, indent),
        }
    }

    /// How many there is no room for.
    fn cut(&mut self, more: usize, indent: usize) {
        if more > 0 {
            let text = format!("… {more} {}", self.words.cut);
            self.line(indent, &text);
        }
    }

    fn problem(&self, found: &Problem) -> String {
        if self.code { found.to_string() } else { found.tell(self.speaker.language) }
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
            // That its time is out, and which, is said before it.
            (None, on) if on.starts_with("after ") || on.starts_with("at ") => {
                format!("{from}{to}")
            }
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

    /// A label; with the name behind it for whoever wrote the file.
    fn titled(&self, title: &Label, name: &str) -> String {
        match title.get(self.tag) {
            Some(title) if self.code && title != name => format!("{title} ({name})"),
            Some(title) => title.to_owned(),
            None => name.to_owned(),
        }
    }

    /// A title with the name behind it, for what somebody may want to write.
    fn with_name(title: String, name: &str) -> String {
        if title == name { title } else { format!("{title} ({name})") }
    }

    fn named(&self, title: String, name: &str) -> String {
        if self.code { Self::with_name(title, name) } else { title }
    }

    fn state(&self, name: &str) -> String {
        self.speaker.state(name)
    }

    fn event(&self, name: &str) -> String {
        self.named(self.speaker.event(name), name)
    }

    fn role(&self, name: &str) -> String {
        self.speaker.role(name)
    }

    /// What is reported: a fact, something in it, or an entry of a payload.
    fn fact(&self, path: &str) -> String {
        self.named(self.speaker.reported(path), path)
    }

    /// A term by what it is called: a length of time, or the title of what holds it.
    fn term_name(&self, key: &str) -> String {
        match key.parse() {
            Ok(length) => self.speaker.duration(length),
            Err(_) => self.fact(key),
        }
    }

    fn time(&self, at: DateTime) -> String {
        date_time(at, self.speaker.language)
    }
}
