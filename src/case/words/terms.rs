//! Open terms in words: what each is, when it ends, and what comes of it then.

use super::{Describer, Language};
use crate::case::open_terms::{Source, Term, TermAction, TermKind, TermStatus};
use crate::label::Label;
use crate::workflow::Workflow;

struct Words {
    until: &'static str,
    due: &'static str,
    overdue: &'static str,
    failed: &'static str,
    from: &'static str,
    sent: &'static str,
    then: &'static str,
    unheard: &'static str,
    guarded: &'static str,
    sets: &'static str,
    emits: &'static str,
    sends: &'static str,
    nothing: &'static str,
    source: &'static str,
    reconstructed: &'static str,
}

const ENGLISH: Words = Words {
    until: "to the end of",
    due: "due",
    overdue: "overdue since",
    failed: "failed and is put aside:",
    from: "from",
    sent: "sent event",
    then: "then:",
    unheard: "then nothing here listens to it",
    guarded: "if its conditions hold",
    sets: "changes",
    emits: "message",
    sends: "sends",
    nothing: "changes nothing",
    source: "source:",
    reconstructed: "reconstructed, not attested",
};

const SWEDISH: Words = Words {
    until: "till och med",
    due: "infaller",
    overdue: "förfallen sedan",
    failed: "misslyckades och är lagd åt sidan:",
    from: "från",
    sent: "skickad händelse",
    then: "då:",
    unheard: "då lyssnar ingenting här på den",
    guarded: "om villkoren håller",
    sets: "ändrar",
    emits: "meddelande",
    sends: "skickar",
    nothing: "ändrar ingenting",
    source: "källa:",
    reconstructed: "rekonstruerad, inte belagd",
};

impl Workflow {
    /// Open terms in words, several lines each: what it is and until when, what comes of it then, its source, and for an
    /// overdue one why it was not taken. Nothing for no terms.
    #[must_use]
    pub fn describe_terms(&self, terms: &[Term], language: Language) -> String {
        let mut teller = Describer::new(self.compiled(), language);
        let words = if language == Language::Swedish { &SWEDISH } else { &ENGLISH };
        for term in terms {
            teller.term(term, words);
        }
        teller.out
    }
}

impl Describer<'_> {
    fn term(&mut self, term: &Term, words: &Words) {
        let Words { then, .. } = words;
        let name = self.titled(&term.title, &term.name);
        let what = match (&term.kind, &term.state) {
            (TermKind::Sent, _) => format!("{} {name}", words.sent),
            (_, Some(state)) => format!("{name}, {}", self.state(state)),
            (_, None) => name,
        };
        let until = match term.last_day {
            Some(day) => format!("{} {day}", words.until),
            None => format!("{} {}", words.due, term.due),
        };
        let from = match &term.start {
            Some(start) => format!(", {} {start}", words.from),
            None => String::new(),
        };
        let head = match &term.standing {
            TermStatus::Running => format!("· {what}: {until}{from}"),
            TermStatus::Overdue { .. } => {
                format!("✗ {what}: {} {}{from}", words.overdue, term.due)
            }
            TermStatus::Failed { problem } => format!("✗ {what}: {} {problem}", words.failed),
        };
        self.line(0, &head);
        if term.then.is_empty() && term.kind == TermKind::Sent {
            self.line(1, words.unheard);
        }
        match &term.standing {
            TermStatus::Overdue { reasons } => self.reasons(reasons, 1),
            _ => {
                for consequence in &term.then {
                    let consequence = self.consequence(consequence, words);
                    self.line(1, &format!("{then} {consequence}"));
                }
            }
        }
        if let Some(source) = &term.source {
            self.source(source, words);
        }
    }

    fn consequence(&self, consequence: &TermAction, words: &Words) -> String {
        let TermAction { way, guarded, sets, emits, sends } = consequence;
        let mut parts: Vec<String> = Vec::new();
        if !way.to.is_empty() {
            let to: Vec<String> = way.to.iter().map(|state| self.state(state)).collect();
            parts.push(format!("→ {}", to.join(", ")));
        }
        parts.extend(emits.iter().map(|name| format!("{} {name}", words.emits)));
        parts.extend(sends.iter().map(|name| format!("{} {}", words.sends, self.event(name))));
        parts.extend(sets.iter().map(|name| format!("{} {}", words.sets, self.fact(name))));
        if parts.is_empty() {
            parts.push(words.nothing.to_owned());
        }
        let title = way.title.get(self.tag).map(|title| format!("{title}: ")).unwrap_or_default();
        let guarded = if *guarded { format!(", {}", words.guarded) } else { String::new() };
        format!("{title}{}{guarded}", parts.join("; "))
    }

    fn source(&mut self, source: &Source, words: &Words) {
        let Source { text, url, status } = source;
        let reconstructed =
            (status.as_deref() == Some("reconstructed")).then(|| words.reconstructed.to_owned());
        let parts = [Label::get(text, self.tag).map(str::to_owned), url.clone(), reconstructed];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if !parts.is_empty() {
            self.line(1, &format!("{} {}", words.source, parts.join(", ")));
        }
    }
}
