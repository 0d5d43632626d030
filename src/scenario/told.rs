//! What was expected of a step and what came instead, for people: with titles, values and times as they write them, in
//! every language.

use super::expect::{Blocker, Due, Listing, Scene, Verdict, Wanted, way_name};
use super::plan::{Action, When};
use crate::case::Case;
use crate::case::ClaimCause;
use crate::case::answer::Outcome;
use crate::case::claims::ClaimStatus;
use crate::diagnostic::visible;
use crate::error::Problem;
use crate::language::{Expectations, Language, Speaker};
use crate::rule::Truth;
use crate::value::{DateTime, Value};
use crate::workflow::Compiled;

/// The key, what was expected and what is.
pub(super) type Row = [String; 3];

/// Something in each language.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Told<T> {
    english: T,
    swedish: T,
}

impl<T> Told<T> {
    pub fn of(tell: impl Fn(Language) -> T) -> Self {
        Self { english: tell(Language::English), swedish: tell(Language::Swedish) }
    }

    pub fn in_language(&self, language: Language) -> &T {
        match language {
            Language::English => &self.english,
            Language::Swedish => &self.swedish,
        }
    }
}

/// Tells expectations of one workflow in one language.
pub(super) struct Teller<'w> {
    speaker: Speaker<'w>,
    words: &'static Expectations,
}

impl<'w> Teller<'w> {
    pub fn new(workflow: &'w Compiled, language: Language) -> Self {
        let speaker = Speaker::new(workflow, language).naming_all();
        Self { speaker, words: Expectations::of(language) }
    }

    /// What happened in a step.
    pub fn action(&self, action: Option<&Action>) -> String {
        let words = self.words;
        match action {
            None => words.start.to_owned(),
            Some(Action::Look(None)) => words.stands.to_owned(),
            Some(Action::Look(Some(to))) => words.child_stands.replacen("{0}", to, 1),
            Some(Action::Advance(When::After(length))) => {
                format!("{} {}", words.advance, self.speaker.duration(*length))
            }
            Some(Action::Advance(When::At(time))) => {
                format!("{} {}", words.advance_to, self.time(*time))
            }
            Some(Action::Advance(When::Now)) => words.advance.to_owned(),
            Some(Action::Event(event, _)) => {
                let actor = event.actor.as_ref().and_then(|actor| actor.id.as_deref());
                let by = actor.map(|id| format!(" {} {id}", words.by)).unwrap_or_default();
                let to = event.to.as_deref().map(|to| format!(" {} {to}", words.to));
                let name = self.event(&event.name);
                format!("{} {name}{}{by}", words.event, to.unwrap_or_default())
            }
            Some(Action::Received(event, _)) => {
                format!("{} {} {}", words.event, self.event(&event.name), words.from_parent)
            }
        }
    }

    /// A claim that does not hold.
    pub fn claim(&self, found: &ClaimStatus) -> Row {
        let words = self.words;
        let mut is = words.broken.to_owned();
        if let (Some(step), Some(at)) = (found.step, found.at) {
            let word = match found.cause {
                Some(ClaimCause::Due) => words.broken_by,
                _ => words.broken_after,
            };
            is = format!("{word} {step}, {}", self.time(at));
        }
        let title = found.title.get(self.speaker.language.tag());
        let name = titled(title.unwrap_or(&found.name).to_owned(), &found.name);
        let of = found.case.as_ref().map(|case| format!("{case}: ")).unwrap_or_default();
        [format!("{of}{}: {name}", words.claims), words.kept.to_owned(), is]
    }

    /// What is expected of.
    pub fn key(&self, wanted: &Wanted) -> String {
        let words = self.words;
        let plain = match wanted {
            Wanted::Fact(name, _) => return format!("{}: {}", words.facts, self.named(name)),
            Wanted::Factor(name, _) => return format!("{}: {}", words.factors, self.named(name)),
            Wanted::Term(key, _) => return format!("{}: {}", words.terms, self.term(key)),
            Wanted::BlockedBy(blocker, _) => {
                let by = match blocker {
                    Blocker::Factors => words.factors,
                    Blocker::Facts => words.facts,
                    Blocker::Clauses => words.clauses,
                    Blocker::Unknown => words.unknown_facts,
                    Blocker::Missing => words.missing,
                    Blocker::Roles => words.roles,
                    Blocker::NotBy => words.not_by,
                    Blocker::Signature => words.signature,
                };
                return format!("{} {by}", words.blocked_by);
            }
            Wanted::Answer(_) => words.answer,
            Wanted::NothingFails => words.steps,
            Wanted::States(_) => words.states,
            Wanted::In(_) => words.inside,
            Wanted::NotIn(_) => words.outside,
            Wanted::Emitted(_) => words.emitted,
            Wanted::Listed(listing, _) => self.listing(*listing),
            Wanted::Left(_) => words.left,
            Wanted::Entered(_) => words.entered,
            Wanted::Taken(_) => words.taken,
            Wanted::Signed(_) => words.signed,
            Wanted::SignaturesMissing(_) => words.signatures_missing,
            Wanted::NextDeadline(_) => words.next_deadline,
            Wanted::Ended(_) => words.case,
            Wanted::Tags(_) => words.tags,
            Wanted::Problems(_) => words.problems,
        };
        plain.to_owned()
    }

    /// What was expected and what is.
    pub fn sides(&self, wanted: &Wanted, scene: Scene<'_>) -> [String; 2] {
        let words = self.words;
        let of_case = |show: &dyn Fn(&Case) -> String| {
            scene.case.map_or_else(|| words.no_case.to_owned(), show)
        };
        let states = |names: &[&str]| self.list(names.iter().map(|name| self.state(name)));
        let now = || of_case(&|case| states(&case.states()));
        let names = |found: &[String], say: &dyn Fn(&str) -> String| {
            self.list(found.iter().map(|name| say(name)))
        };
        let state = |name: &str| self.state(name);
        let plain = |name: &str| name.to_owned();
        match wanted {
            Wanted::Answer(wanted) => {
                let found = scene.answer().map_or(words.nothing, |found| self.outcome(found));
                [self.outcome(*wanted), found].map(str::to_owned)
            }
            Wanted::NothingFails => {
                let found = scene.failures().map(|found| self.problem(found));
                [words.no_failure.to_owned(), self.lines(found)]
            }
            Wanted::States(wanted) => [names(wanted, &state), now()],
            Wanted::In(wanted) => [state(wanted), now()],
            Wanted::NotIn(wanted) => [format!("{} {}", words.not, state(wanted)), now()],
            Wanted::Fact(name, wanted) => [
                self.value(name, wanted.as_ref()),
                of_case(&|case| self.value(name, case.fact(name).as_ref())),
            ],
            Wanted::Factor(name, wanted) => [
                self.verdict(wanted),
                of_case(&|case| match case.factor(name) {
                    Some(found) => self.verdict(&super::expect::verdict(wanted, &found)),
                    None => words.no_factor.to_owned(),
                }),
            ],
            Wanted::Emitted(wanted) => {
                let wanted = wanted.iter().map(|message| {
                    let data = message.data.iter();
                    self.message(&message.name, data.map(|(key, value)| (&**key, value.as_ref())))
                });
                let found = scene.movements().flat_map(|effects| &effects.emitted);
                let found = found.map(|message| {
                    let data = message.data.iter().map(|(key, value)| (&**key, Some(value)));
                    self.message(&message.name, data)
                });
                [self.lines(wanted), self.lines(found)]
            }
            Wanted::BlockedBy(blocker, wanted) => {
                let say = |name: &str| self.blocker(*blocker, name);
                [names(wanted, &say), names(&scene.blockers(*blocker).0, &say)]
            }
            Wanted::Listed(wanted, event) => {
                let say = |listing| format!("{}: {}", self.event(event), self.listing(listing));
                [say(*wanted), of_case(&|case| say(Listing::of(case, event).0))]
            }
            Wanted::Left(wanted) => {
                let found = scene.names(|effects| &effects.left);
                [names(wanted, &state), self.list(found.map(|name| state(name)))]
            }
            Wanted::Entered(wanted) => {
                let found = scene.names(|effects| &effects.entered);
                [names(wanted, &state), self.list(found.map(|name| state(name)))]
            }
            Wanted::Taken(wanted) => {
                [self.lines(wanted.iter().cloned()), self.lines(scene.taken().map(way_name))]
            }
            Wanted::Signed(wanted) => [names(wanted, &plain), names(&scene.signed(), &plain)],
            Wanted::SignaturesMissing(wanted) => {
                let roles = |said: &str| self.roles(said);
                [names(wanted, &roles), names(&scene.signatures_missing(), &roles)]
            }
            Wanted::Term(key, wanted) => [
                self.due(*wanted),
                of_case(&|case| {
                    self.list(case.term_due(key).into_iter().map(|due| self.time(due)))
                }),
            ],
            Wanted::NextDeadline(wanted) => {
                [self.due(*wanted), of_case(&|case| self.due(case.next_deadline().map(Due::Time)))]
            }
            Wanted::Ended(wanted) => {
                let said =
                    |ended: bool| if ended { words.ended } else { words.going_on }.to_owned();
                [said(*wanted), of_case(&|case| said(case.is_ended()))]
            }
            Wanted::Tags(wanted) => [
                names(wanted, &plain),
                of_case(&|case| self.list(case.tags().into_iter().map(str::to_owned))),
            ],
            Wanted::Problems(wanted) => {
                let found = scene.failures();
                let found = found.map(|found| format!("{}: {}", found.code, self.problem(found)));
                [names(wanted, &plain), self.lines(found)]
            }
        }
    }

    fn outcome(&self, outcome: Outcome) -> &'static str {
        let words = self.words;
        match outcome {
            Outcome::Started => words.started,
            Outcome::Moved => words.moved,
            Outcome::Advanced => words.advanced,
            Outcome::Blocked => words.blocked,
            Outcome::NotExpected => words.not_expected,
            Outcome::Error => words.error,
        }
    }

    fn listing(&self, listing: Listing) -> &'static str {
        match listing {
            Listing::Open => self.words.possible,
            Listing::Blocked => self.words.not_yet,
            Listing::NotExpected => self.words.not_expected_here,
        }
    }

    fn verdict(&self, verdict: &Verdict) -> String {
        match verdict {
            Verdict::Truth(Truth::True) => self.words.holds.to_owned(),
            Verdict::Truth(Truth::False) => self.words.fails.to_owned(),
            Verdict::Truth(Truth::Unknown) => self.words.undecided.to_owned(),
            Verdict::Score(score) => self.speaker.of("", Some(&Value::from(*score))),
        }
    }

    fn blocker(&self, blocker: Blocker, name: &str) -> String {
        let words = self.words;
        match blocker {
            Blocker::Factors | Blocker::Facts | Blocker::Missing => self.named(name),
            Blocker::Unknown => titled(self.speaker.reported(name), name),
            Blocker::Roles => self.roles(name),
            Blocker::NotBy => self.event(name),
            Blocker::Clauses => name.to_owned(),
            Blocker::Signature => match name {
                "nobody" => words.nobody,
                "twice" => words.twice,
                "role" => words.role,
                "not_signed" => words.not_signed,
                other => other,
            }
            .to_owned(),
        }
    }

    /// `a or b` where any would do.
    fn roles(&self, said: &str) -> String {
        let roles = said.split(" or ").map(|name| titled(self.speaker.role(name), name));
        roles.collect::<Vec<_>>().join(&format!(" {} ", self.words.or))
    }

    fn state(&self, name: &str) -> String {
        titled(self.speaker.state(name), name)
    }

    fn event(&self, name: &str) -> String {
        titled(self.speaker.event(name), name)
    }

    fn named(&self, name: &str) -> String {
        titled(self.speaker.named(name), name)
    }

    /// `KEY` or `STATE: KEY`.
    fn term(&self, key: &str) -> String {
        match key.split_once(": ") {
            Some((state, key)) => format!("{}: {}", self.state(state), self.named(key)),
            None => self.named(key),
        }
    }

    /// A value by the declaration of the fact; what is written there as text is a date where a date is declared.
    fn value(&self, name: &str, value: Option<&Value>) -> String {
        let value = match value {
            Some(Value::Text(text)) => match text.parse() {
                Ok(date) => Some(Value::Date(date)),
                Err(_) => value.cloned(),
            },
            other => other.cloned(),
        };
        visible(&self.speaker.of(name, value.as_ref())).into_owned()
    }

    fn message<'a>(
        &self,
        name: &str,
        data: impl Iterator<Item = (&'a str, Option<&'a Value>)>,
    ) -> String {
        let title = self.speaker.label(self.speaker.definition.emitted(name), name);
        let data: Vec<String> = data
            .map(|(key, value)| {
                let named = self.speaker.named(key);
                format!("{}: {}", visible(&named), self.value(key, value))
            })
            .collect();
        let said = titled(title, name);
        if data.is_empty() { said } else { format!("{said} {{ {} }}", data.join(", ")) }
    }

    fn problem(&self, found: &Problem) -> String {
        match self.speaker.language {
            Language::English => found.to_string(),
            language => visible(&format!("{} [{}]", found.tell(language), found.code)).into_owned(),
        }
    }

    fn time(&self, time: DateTime) -> String {
        self.speaker.of("", Some(&Value::DateTime(time)))
    }

    fn due(&self, due: Option<Due>) -> String {
        match due {
            None => self.words.none.to_owned(),
            Some(Due::Time(time)) => self.time(time),
            Some(Due::Day(day)) => self.speaker.of("", Some(&Value::Date(day))),
        }
    }

    fn list(&self, said: impl Iterator<Item = String>) -> String {
        self.parted(said, ", ")
    }

    fn lines(&self, said: impl Iterator<Item = String>) -> String {
        self.parted(said, "\n")
    }

    fn parted(&self, said: impl Iterator<Item = String>, between: &str) -> String {
        let said: Vec<String> = said.collect();
        if said.is_empty() { self.words.none.to_owned() } else { said.join(between) }
    }
}

/// A title with the name that stands in files, where that is another.
fn titled(title: String, name: &str) -> String {
    let title = visible(&title);
    if title == name { title.into_owned() } else { format!("{title} ({name})") }
}
