//! `tresteg run` on a terminal: a case played by hand.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use tresteg::case::{Availability, Choice, Until};
use tresteg::workflow::{Field, FieldKind};
use tresteg::{Actor, Case, DateTime, Duration, Event, Language, Value, Workflow};

use super::children::{called, children, in_children, roles, tell_stopped};
use super::console::Console;
use super::explain::{facts, scorecard};
use super::headline::{chosen, headline};
use super::journal_file::JournalFile;
use super::run::{actor_in_words, answered, gone_on, stands};
use super::save::{self, Place};
use super::terminal::{Ask, Terminal};
use super::terms::terms;
use super::words::{Words, say, unit_of, wording_in, words};
use super::{Done, Stop, Verdict, disk, files, now, typed_time};

/// How many steps can be undone.
const REMEMBERED: usize = 100;
/// Bytes of a stored case that are read.
const LARGEST_SNAPSHOT: usize = 64 * 1024 * 1024;

/// What is played.
pub(super) enum Begin {
    /// A case that begins with these facts.
    Facts(BTreeMap<String, Value>),
    /// One that is gone on with.
    Case(Box<Case>),
}

pub(super) fn play(
    workflow: &Workflow,
    begin: Begin,
    mut keeper: Option<JournalFile>,
    language: Language,
    console: &mut Console<'_>,
) -> Done {
    let case = match begin {
        Begin::Facts(known) => match Case::start(workflow, now(), known) {
            Ok((mut case, decision)) => {
                keep(&mut case, keeper.as_mut())?;
                console.heading(workflow.about().title(language))?;
                if let Some(description) = workflow.about().description(language) {
                    console.aside(description)?;
                }
                console.text(&case.describe(&decision, wording_in(language)))?;
                case
            }
            Err(error) => {
                for problem in error.problems() {
                    console.complain(&problem.tell(language))?;
                }
                return Ok(Verdict::No);
            }
        },
        Begin::Case(case) => {
            gone_on(&case, language, console)?;
            *case
        }
    };
    let (earlier, words) = (Vec::new(), words(language));
    let here = String::new();
    let mut session = Session { case, here, earlier, keeper, actor: None, language, words };
    match session.run(&mut Terminal, console) {
        // Ctrl-C or Ctrl-D in the middle of a question is a way to leave.
        Err(Stop::Closed) => Ok(Verdict::Yes),
        Err(Stop::Misuse(_)) if !terminal_is_there() => Ok(Verdict::Yes),
        done => done,
    }
}

/// Entries go to their keeper; where nobody keeps them, they are dropped.
fn keep(case: &mut Case, keeper: Option<&mut JournalFile>) -> Result<(), Stop> {
    keeper.map_or(Ok(()), |keeper| keeper.keep(case))
}

fn terminal_is_there() -> bool {
    io::IsTerminal::is_terminal(&io::stdin())
}

struct Session {
    case: Case,
    /// The child case that is looked at, by its address; empty for the outermost.
    here: String,
    earlier: Vec<Case>,
    /// Where what happens is written down; then nothing is undone.
    keeper: Option<JournalFile>,
    actor: Option<Actor>,
    language: Language,
    words: &'static Words,
}

/// What can be chosen besides events.
#[derive(Clone, Copy)]
enum Other {
    Advance,
    Case,
    Terms,
    Scorecard,
    Facts,
    Who,
    Undo,
    Save,
    Load,
    Quit,
}

impl Other {
    /// Whether it can be chosen where what happens is written down.
    fn is_free(self) -> bool {
        !matches!(self, Self::Undo | Self::Load)
    }
}

impl Session {
    fn run(&mut self, ask: &mut dyn Ask, console: &mut Console<'_>) -> Done {
        // Questions go to the terminal past the buffer.
        console.out.flush()?;
        if !roles(self.case.workflow()).is_empty() {
            self.who(ask)?;
        }
        loop {
            let here = self.look(console)?;
            stands(&here, self.language, console)?;
            children(&here, self.language, console)?;
            self.hints(&here, console)?;
            let options = here.options(self.actor.as_ref());
            let words = self.words;
            let mut items: Vec<String> = (1..)
                .zip(&options)
                .map(|(number, choice)| {
                    let one = headline(here.workflow(), choice, self.language, chosen);
                    format!("{number}. {one}")
                })
                .collect();
            let others = [
                (Other::Case, words.other_case),
                (Other::Advance, words.let_time_pass),
                (Other::Terms, words.terms),
                (Other::Scorecard, words.scorecard),
                (Other::Facts, words.facts),
                (Other::Who, words.who),
                (Other::Undo, words.undo),
                (Other::Save, words.save),
                (Other::Load, words.load),
                (Other::Quit, words.quit),
            ];
            // What is in a journal has happened.
            let is_kept = self.keeper.is_some();
            let is_whole = self.case.workflow().invokes().next().is_some();
            let others = others.into_iter().filter(|(other, _)| !is_kept || other.is_free());
            let others = others.filter(|(other, _)| is_whole || !matches!(other, Other::Case));
            let others: Vec<(Other, &str)> = others.collect();
            items.extend(others.iter().map(|(_, name)| (*name).to_owned()));
            console.out.flush()?;
            let Some(chosen) = ask.choose(words.what_next, &items)? else {
                return Ok(Verdict::Yes);
            };
            if let Some(choice) = options.get(chosen) {
                self.event(&here, choice, ask, console)?;
                continue;
            }
            match others.get(chosen - options.len()).map(|(other, _)| *other) {
                Some(Other::Case) => self.go(ask)?,
                Some(Other::Advance) => self.advance(ask, console)?,
                Some(Other::Terms) if here.terms().is_empty() => {
                    console.aside(words.no_terms)?;
                }
                Some(Other::Terms) => terms(&here, self.language, console)?,
                Some(Other::Scorecard) => scorecard(&here, self.language, console)?,
                Some(Other::Facts) => facts(&here, self.language, console)?,
                Some(Other::Who) => self.who(ask)?,
                Some(Other::Undo) => match self.earlier.pop() {
                    Some(case) => self.case = case,
                    None => console.aside(words.nothing_to_undo)?,
                },
                Some(Other::Save) => self.save(ask, console)?,
                Some(Other::Load) => self.load(ask, console)?,
                Some(Other::Quit) | None => return Ok(Verdict::Yes),
            }
        }
    }

    /// The case that is looked at: one that is not there any more gives way to the outermost.
    fn look(&mut self, console: &mut Console<'_>) -> Result<Case, Stop> {
        if self.here.is_empty() {
            return Ok(self.case.clone());
        }
        let wording = wording_in(self.language);
        match self.case.at(&self.here) {
            Ok(case) => {
                let called = self.case.describe_address(&self.here, wording);
                console.heading(&format!("\n{called}"))?;
                Ok(case)
            }
            Err(_) => {
                let gone = std::mem::take(&mut self.here);
                console.aside(&format!("{gone} {}", self.words.case_gone))?;
                Ok(self.case.clone())
            }
        }
    }

    /// Asks which case is to be looked at, and says what is open in each to whoever plays.
    fn go(&mut self, ask: &mut dyn Ask) -> Result<(), Stop> {
        let open = in_children(&self.case, self.actor.as_ref());
        let mut addresses = vec![String::new()];
        let mut items = vec![self.words.the_whole.to_owned()];
        for child in self.case.children() {
            let entry = open.iter().find(|entry| entry.case.as_ref() == Some(&child.address));
            let mark = if entry.is_some() { "✓ " } else { "" };
            let called = called(&self.case, &child, self.language);
            let stands = super::children::stands(&self.case, &child, self.language);
            items.push(format!("{mark}{called}: {stands}"));
            addresses.push(child.address);
        }
        if let Some(chosen) = ask.choose(self.words.which_case, &items)? {
            self.here = addresses.get(chosen).cloned().unwrap_or_default();
        }
        Ok(())
    }

    /// What the file says to do in the states that a case is in.
    fn hints(&self, here: &Case, console: &mut Console<'_>) -> io::Result<()> {
        for name in here.states() {
            if let Some(hint) =
                here.workflow().state(name).and_then(|state| state.hint(self.language))
            {
                console.aside(hint)?;
            }
        }
        Ok(())
    }

    fn who(&mut self, ask: &mut dyn Ask) -> Result<(), Stop> {
        let id = ask.text(self.words.who_id, None, &|_| Ok(()))?;
        let mut actor = Actor::default();
        if !id.trim().is_empty() {
            actor.id = Some(id.trim().to_owned());
        }
        let workflow = self.case.workflow();
        let roles: Vec<_> = roles(workflow)
            .into_iter()
            .filter_map(|(name, workflow)| workflow.roles().find(|role| role.name() == name))
            .collect();
        let titles: Vec<String> =
            roles.iter().map(|role| chosen(Some(role.title(self.language)), role.name())).collect();
        if !roles.is_empty() {
            let chosen = ask.choose_many(self.words.who_roles, &titles, &[])?.unwrap_or_default();
            let names = chosen.into_iter().filter_map(|index| roles.get(index));
            actor.roles = names.map(|role| role.name().to_owned()).collect();
        }
        if workflow.bundle().iter().any(|workflow| workflow.has_units()) {
            let unit = ask.text(self.words.who_unit, None, &|_| Ok(()))?;
            let unit = unit.trim();
            actor.unit = (!unit.is_empty()).then(|| unit.to_owned());
        }
        self.actor = Some(actor);
        Ok(())
    }

    fn event(
        &mut self,
        here: &Case,
        choice: &Choice,
        ask: &mut dyn Ask,
        console: &mut Console<'_>,
    ) -> Result<(), Stop> {
        let words = self.words;
        let workflow = here.workflow().clone();
        if let Some(hint) =
            workflow.event(&choice.event).and_then(|event| event.hint(self.language))
        {
            console.aside(hint)?;
        }
        if let Availability::Blocked { reasons } = &choice.standing {
            console.text(&workflow.describe_reasons(reasons, wording_in(self.language)))?;
            console.out.flush()?;
            if ask.confirm(words.anyway)? != Some(true) {
                return Ok(());
            }
        }
        if !choice.signatures.is_empty() && !matches!(choice.standing, Availability::Blocked { .. })
        {
            console.text(
                &workflow.describe_signatures(&choice.signatures, wording_in(self.language)),
            )?;
        }
        console.out.flush()?;
        let mut event = Event::new(choice.event.clone());
        event.actor = self.actor.clone();
        event.to = (!self.here.is_empty()).then(|| self.here.clone());
        let given = match &choice.standing {
            Availability::OpenIf { given, .. } => given.as_slice(),
            _ => &[],
        };
        // Fields with the name that the engine calls each by, and whether it must be there.
        let mut fields: Vec<(String, Field<'_>, bool)> = Vec::new();
        for name in choice.required.iter().chain(&choice.sets) {
            if let Some(field) = workflow.fact(name)
                && !fields.iter().any(|(known, ..)| known == name)
            {
                fields.push((name.clone(), field, choice.required.contains(name)));
            }
        }
        for (field, required) in workflow.event_data(&choice.event) {
            fields.push((format!("event.data.{}", field.name()), field, required));
        }
        let (required, optional): (Vec<_>, Vec<_>) =
            fields.into_iter().partition(|(.., required)| *required);
        let mut asked = required;
        if !optional.is_empty() {
            let titles: Vec<String> = optional
                .iter()
                .map(|(_, field, _)| chosen(field.title(self.language), field.name()))
                .collect();
            let marked: Vec<bool> =
                optional.iter().map(|(name, ..)| given.contains(name)).collect();
            let chosen = ask.choose_many(words.optional, &titles, &marked)?.unwrap_or_default();
            asked.extend(chosen.into_iter().filter_map(|index| optional.get(index).cloned()));
        }
        for (name, field, required) in asked {
            match self.value(here, field, required, ask)? {
                Some(value) if name.starts_with("event.data.") => {
                    event = event.data(field.name(), value)
                }
                Some(value) => event = event.fact(name, value),
                None if required => return Ok(console.aside(words.skipped)?),
                None => {}
            }
        }
        event.at = Some(self.time(ask)?);
        // Those who would be stopped are told of before it happens.
        if self.case.workflow().invokes().next().is_some() {
            let stopped = self.case.explain(&event).stopped();
            if !stopped.is_empty() {
                tell_stopped(&self.case, &stopped, words, self.language, console)?;
                console.out.flush()?;
                if ask.confirm(words.go_on)? != Some(true) {
                    return Ok(console.aside(words.skipped)?);
                }
            }
        }
        let before = self.case.clone();
        let decision = self.case.fire(&event);
        keep(&mut self.case, self.keeper.as_mut())?;
        self.remember(before);
        if let Some(actor) = &event.actor {
            console.aside(&format!(
                "\n── {}  {} ──",
                super::run::time(&workflow, decision.at, self.language),
                actor_in_words(&workflow, actor, self.language)
            ))?;
        }
        answered(&self.case, &decision, self.language, console)?;
        Ok(())
    }

    fn remember(&mut self, before: Case) {
        if before != self.case && self.keeper.is_none() {
            if self.earlier.len() == REMEMBERED {
                self.earlier.remove(0);
            }
            self.earlier.push(before);
        }
    }

    /// Asks for a value by its declared type.
    fn value(
        &self,
        here: &Case,
        field: Field<'_>,
        required: bool,
        ask: &mut dyn Ask,
    ) -> Result<Option<Value>, Stop> {
        let mut prompt = chosen(field.title(self.language), field.name());
        if let Some(unit) = field.unit() {
            prompt = format!("{prompt} [{}]", unit_of(unit, self.language));
        }
        if let Some(help) = field.help(self.language) {
            prompt = format!("{prompt}: {help}");
        }
        match field.kind() {
            FieldKind::Boolean => Ok(ask.confirm(&prompt)?.map(Value::Boolean)),
            FieldKind::Enum(choices) => {
                let values: Vec<(&str, &str)> = choices.iter(self.language).collect();
                let titles: Vec<String> =
                    values.iter().map(|(value, label)| chosen(Some(label), value)).collect();
                let chosen = ask.choose(&prompt, &titles)?;
                Ok(chosen.and_then(|index| values.get(index)).map(|(value, _)| Value::from(*value)))
            }
            FieldKind::List(items) => match items.kind() {
                FieldKind::Enum(choices) => {
                    let values: Vec<(&str, &str)> = choices.iter(self.language).collect();
                    let titles: Vec<String> =
                        values.iter().map(|(value, label)| chosen(Some(label), value)).collect();
                    let known = here.fact(field.name());
                    let has = |value: &str| {
                        let items = known.as_ref().and_then(Value::as_list).unwrap_or_default();
                        items.iter().any(|item| item.as_str() == Some(value))
                    };
                    let marked: Vec<bool> = values.iter().map(|(value, _)| has(value)).collect();
                    let chosen = ask.choose_many(&prompt, &titles, &marked)?;
                    Ok(chosen.map(|chosen| {
                        let values = chosen.into_iter().filter_map(|index| values.get(index));
                        values.map(|(value, _)| Value::from(*value)).collect()
                    }))
                }
                _ => self.typed(field, &prompt, required, ask),
            },
            _ => self.typed(field, &prompt, required, ask),
        }
    }

    fn typed(
        &self,
        field: Field<'_>,
        prompt: &str,
        required: bool,
        ask: &mut dyn Ask,
    ) -> Result<Option<Value>, Stop> {
        let (missing, language) = (self.words.must_be_given, self.language);
        let prompt = match field.example() {
            Some(example) => format!("{prompt}, {}", say!(written_such_as, example)),
            None => prompt.to_owned(),
        };
        let text = ask.text(&prompt, None, &|text| {
            if text.trim().is_empty() {
                return if required { Err(missing.to_owned()) } else { Ok(()) };
            }
            field.parse_in(text, language).map(drop)
        })?;
        if text.trim().is_empty() {
            return Ok(None);
        }
        Ok(field.parse_in(&text, self.language).ok())
    }

    /// When it happens: by default now, but not before the last step.
    fn time(&self, ask: &mut dyn Ask) -> Result<DateTime, Stop> {
        let last = self.case.time();
        let default = now().filter(|now| *now > last).unwrap_or(last);
        let (wrong, workflow) = (self.words.must_be_time, self.case.workflow());
        let shown = local(workflow, default);
        let text =
            ask.text(self.words.when, Some(&shown), &|text| match typed_time(workflow, text) {
                Some(time) if time < last => Err(say!(before_last, local(workflow, last))),
                Some(_) => Ok(()),
                None => Err(wrong.to_owned()),
            })?;
        // What was not changed is exactly what it was.
        if text.trim() == shown {
            return Ok(default);
        }
        Ok(typed_time(workflow, &text).unwrap_or(default))
    }

    fn advance(&mut self, ask: &mut dyn Ask, console: &mut Console<'_>) -> Result<(), Stop> {
        let (wrong, workflow) = (self.words.must_be_length, self.case.workflow().clone());
        let (last, deadline) = (self.case.time(), self.case.next_deadline());
        let default = deadline.map(|deadline| local(&workflow, deadline));
        let text = ask.text(self.words.how_far, default.as_deref(), &|text| match until(
            &workflow, text,
        ) {
            Some(Until::Time(time)) if time < last => {
                Err(say!(before_last, local(&workflow, last)))
            }
            Some(_) => Ok(()),
            None => Err(wrong.to_owned()),
        })?;
        // What was not changed is exactly what it was.
        let until = match deadline {
            Some(deadline) if default.as_deref() == Some(text.trim()) => {
                Some(Until::Time(deadline))
            }
            _ => until(&workflow, &text),
        };
        let Some(until) = until else { return Ok(()) };
        let before = self.case.clone();
        let decision = self.case.advance(until);
        keep(&mut self.case, self.keeper.as_mut())?;
        self.remember(before);
        Ok(answered(&self.case, &decision, self.language, console)?)
    }

    fn save(&mut self, ask: &mut dyn Ask, console: &mut Console<'_>) -> Result<(), Stop> {
        let path = ask.text(self.words.file, Some("case.json"), &|_| Ok(()))?;
        let path = Path::new(path.trim());
        if path.exists() && ask.confirm(self.words.overwrite)? != Some(true) {
            return Ok(());
        }
        let written = serde_json::to_string_pretty(&self.case.snapshot())
            .map_err(io::Error::from)
            .and_then(|text| save::try_save(path, Place::Any, &text));
        match written {
            Ok(()) => console.aside(&format!("{}: {}", self.words.saved, path.display()))?,
            Err(error) => {
                console.complain(&format!("{}: {}", path.display(), save::said(&error)))?
            }
        }
        Ok(())
    }

    /// A case from a file; whatever is wrong with it, the one at hand stays.
    fn load(&mut self, ask: &mut dyn Ask, console: &mut Console<'_>) -> Result<(), Stop> {
        let path = ask.text(self.words.file, Some("case.json"), &|_| Ok(()))?;
        let path = Path::new(path.trim());
        let read = disk::read_once(path, LARGEST_SNAPSHOT).map_err(|error| disk::said(&error));
        let restored = read.and_then(|text| {
            let snapshot = files::snapshot(&text)?;
            Case::restore(self.case.workflow(), snapshot).map_err(|error| error.tell(self.language))
        });
        match restored {
            Ok(case) => {
                let before = std::mem::replace(&mut self.case, case);
                self.remember(before);
                console.aside(&format!("{}: {}", self.words.loaded, path.display()))?;
            }
            Err(message) => console.complain(&format!("{}: {message}", path.display()))?,
        }
        Ok(())
    }
}

/// A time as the clocks show it where the workflow is at home, to be changed by hand: `2026-01-05 09:00`.
fn local(workflow: &Workflow, time: DateTime) -> String {
    let text = time.to_string();
    let there = workflow.time(&text).map_or(text, |time| time.to_string());
    let (Some(day), Some(minutes), Some(seconds)) =
        (there.get(..10), there.get(11..16), there.get(16..19))
    else {
        return there;
    };
    format!("{day} {minutes}{}", if seconds == ":00" { "" } else { seconds })
}

fn until(workflow: &Workflow, text: &str) -> Option<Until> {
    let text = text.trim();
    let length = text.parse::<Duration>().ok().map(Until::For);
    length.or_else(|| typed_time(workflow, text).map(Until::Time))
}

#[cfg(test)]
mod tests;
