//! Open terms in words: what each is, when it ends, and what comes of it then.

use super::{Describer, Wording};
use crate::case::open_terms::{Source, Term, TermAction, TermKind, TermStatus, Told};
use crate::label::Label;
use crate::language::{Speaker, Terms, date, messages};
use crate::value::Date;
use crate::workflow::Workflow;

impl Workflow {
    /// Open terms in words, several lines each: what it is and until when, what comes of it then, its source, and for an
    /// overdue one why it was not taken. Nothing for no terms.
    #[must_use]
    pub fn describe_terms(&self, terms: &[Term], wording: impl Into<Wording>) -> String {
        let mut teller = Describer::new(self, wording.into());
        let words = Terms::of(teller.speaker.language);
        for term in terms {
            teller.term(term, words);
        }
        teller.out
    }
}

impl Describer<'_> {
    fn term(&mut self, term: &Term, words: &Terms) {
        let Terms { then, .. } = words;
        let name = match &term.kind {
            TermKind::Sent => self.event(&term.name),
            _ if term.title.is_empty() => self.term_name(&term.name),
            _ => self.titled(&term.title, &term.name),
        };
        let what = match (&term.kind, &term.state) {
            (TermKind::Sent, _) => format!("{} {name}", words.sent),
            (_, Some(state)) => format!("{name}, {}", self.state(state)),
            (_, None) => name,
        };
        let until = match term.last_day {
            Some(day) => format!("{} {}", words.until, date(day, self.speaker.language)),
            None => format!("{} {}", words.due, self.time(term.due)),
        };
        let from = match &term.start {
            Some(start) => format!(", {} {}", words.from, self.speaker.value(None, start)),
            None => String::new(),
        };
        let head = match &term.standing {
            TermStatus::Running => format!("· {what}: {until}{from}"),
            TermStatus::Overdue { .. } => {
                format!("✗ {what}: {} {}{from}", words.overdue, self.time(term.due))
            }
            TermStatus::Failed { problem } => {
                let problem = messages::translated(problem, self.speaker.language);
                format!("✗ {what}: {} {problem}", words.failed)
            }
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

    fn consequence(&self, consequence: &TermAction, words: &Terms) -> String {
        let TermAction { way, guarded, sets, emits, sends, tells, stops } = consequence;
        let mut parts: Vec<String> = Vec::new();
        let mut title = way.title.get(self.tag);
        if !way.to.is_empty() {
            let to: Vec<String> = way.to.iter().map(|state| self.state(state)).collect();
            let to = to.join(", ");
            // As a way is told everywhere: where it leads, then what it is called.
            parts.push(match title.take() {
                Some(title) => format!("→ {to}: {title}"),
                None => format!("→ {to}"),
            });
        }
        parts.extend(emits.iter().map(|name| {
            let title = self.titled(self.workflow.definition.emitted(name), name);
            format!("{} {title}", words.emits)
        }));
        parts.extend(sends.iter().map(|name| format!("{} {}", words.sends, self.event(name))));
        parts.extend(tells.iter().map(|told| self.told_to(told, words)));
        if !stops.is_empty() {
            let stops: Vec<String> = stops.iter().map(|case| self.address(case)).collect();
            parts.push(format!(
                "{} {}",
                words.stops,
                self.speaker.listed(stops.iter().cloned(), stops.len())
            ));
        }
        parts.extend(sets.iter().map(|name| format!("{} {}", words.sets, self.fact(name))));
        if parts.is_empty() {
            parts.push(words.nothing.to_owned());
        }
        let title = title.map(|title| format!("{title}: ")).unwrap_or_default();
        let guarded = if *guarded { format!(", {}", words.guarded) } else { String::new() };
        format!("{title}{}{guarded}", parts.join("; "))
    }

    /// An event for another case, by the names of that case's own file.
    fn told_to(&self, told: &Told, words: &Terms) -> String {
        let Told { to, event } = told;
        let Some(id) = to else {
            return format!("{} {event} {} {}", words.sends, words.to, words.parent);
        };
        let invoked = self.workflow.invoked.iter().find(|one| *one.id == **id);
        let invoke = self.workflow.definition.invokes.iter().find(|one| one.id.value == *id);
        let to = invoke.map_or(id.clone(), |one| self.titled(&one.notes.title, id));
        let event = match invoked {
            Some(one) => {
                let theirs = Speaker::new(one.workflow.compiled(), self.speaker.language);
                self.named(theirs.event(event), event)
            }
            None => event.clone(),
        };
        format!("{} {event} {} {to}", words.sends, words.to)
    }

    fn source(&mut self, source: &Source, words: &Terms) {
        let Source { text, url, status, valid_from, valid_until } = source;
        let sure = match status.as_deref() {
            Some("reconstructed") => Some(words.reconstructed.to_owned()),
            Some("unconfirmed") => Some(words.unconfirmed.to_owned()),
            _ => None,
        };
        let day = |word: &str, day: &Option<Date>| {
            day.map(|day| format!("{word} {}", date(day, self.speaker.language)))
        };
        let parts = [
            Label::get(text, self.tag).map(str::to_owned),
            url.clone(),
            sure,
            day(words.holds_from, valid_from),
            day(words.holds_until, valid_until),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if !parts.is_empty() {
            self.line(1, &format!("{} {}", words.source, parts.join(", ")));
        }
    }
}
