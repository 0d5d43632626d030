//! A journal gone through from its first line: every hash, every decision and every state anew.

mod apart;
mod standing;

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::case::answer::Outcome;
use crate::case::contract::Erased;
use crate::case::decision::{Decision, StepLogs};
use crate::case::describe;
use crate::case::entries::Head;
use crate::case::event::Event;
use crate::case::ids::{self, AnsweredIds, FirstAnswer};
use crate::case::record::Origin;
use crate::case::replay::Replay;
use crate::case::step_log::StepLog;
use crate::journal::adopt::{self, Adopted};
use crate::journal::compare::{Comparer, ReplayedLine, differing};
use crate::journal::discrepancy::{Discrepancy, DiscrepancyKind, cause, failed, follow, too_early};
use crate::journal::doubt::{Attempt, Doubtful, Found, Held};
use crate::journal::floor::Floor;
use crate::journal::input::{Input, NOT_INSIDE};
use crate::journal::line::{CheckedLine, Line, Member};
use crate::journal::provenance::Provenance;
use crate::journal::senders::{by_another, of_no_known_unit, without_id};
use crate::journal::witness::Missing;
use crate::rule::doubt::{Asked, Doubt, Erasures, Stated};
use crate::value::brief;
use crate::workflow::Workflow;
use apart::Apart;

/// What a verified journal is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// The last entry.
    pub head: Head,
    /// How many entries were decided anew, with the same result; less than there are where erased values were needed.
    pub recomputed: u64,
    /// What was erased: the number of the entry and the name of the part.
    pub erased: Vec<(u64, String)>,
    /// Entries that were checked only in part, by their numbers: more could have been, by what was erased, than was tried.
    /// Their names, times and transitions can be, and their states follow from those before; what the rules decided and what
    /// was changed is only said. Of all others that were not decided anew some values of what was erased lead to what they
    /// say.
    pub partly: Vec<u64>,
}

/// Verifies a journal as one text. How its lines end is left alone, and so are blank lines and a mark in front
/// (`U+FEFF`): the chain covers the entries.
///
/// # Errors
///
/// The first difference.
pub fn verify(
    workflow: &Workflow,
    journal: &str,
    head: Option<&Head>,
) -> Result<Verified, Discrepancy> {
    let mut verifier = Verifier::new(workflow);
    let journal = journal.strip_prefix('\u{feff}').unwrap_or(journal);
    let is_blank = |line: &&str| line.bytes().all(|byte| byte.is_ascii_whitespace());
    for line in journal.split_inclusive('\n').filter(|line| !is_blank(line)) {
        verifier.line(line)?;
    }
    verifier.finish(head)
}

/// Verifies a journal line by line, so that it need not be in memory as a whole.
pub struct Verifier<'w> {
    workflow: &'w Workflow,
    comparer: Comparer<'w>,
    again: Option<Replay<'w>>,
    head: Head,
    recomputed: u64,
    erased: Vec<(u64, String)>,
    partly: Vec<u64>,
    /// Whether the case moved by an entry that was checked only in part.
    is_adopted: bool,
    /// What is not known, of what decisions may depend on.
    erasures: Erasures,
    /// Where more than the chain and the states cannot be judged any more.
    floor: Option<Floor>,
    /// Of a whole from which something was erased: its cases, each by itself.
    apart: Option<Apart>,
    /// Whether the last line depends on what was erased: what it says is possible.
    is_supposed: bool,
    /// What came in by the last line, where that was an event.
    event: Option<Event>,
    /// What the rules decide in the place of a line that differs.
    instead: Option<Decision>,
}

impl<'w> Verifier<'w> {
    /// Verifies against the workflow that the journal was written under.
    #[must_use]
    pub fn new(workflow: &'w Workflow) -> Self {
        Self {
            workflow,
            comparer: Comparer::new(workflow),
            again: None,
            head: Head::before_all(),
            recomputed: 0,
            erased: Vec::new(),
            partly: Vec::new(),
            is_adopted: false,
            erasures: Erasures::default(),
            floor: None,
            apart: None,
            is_supposed: false,
            event: None,
            instead: None,
        }
    }

    /// Asks what another version or variant would have decided on what came in: the first difference is where it would
    /// have gone another way.
    #[must_use]
    pub fn against(workflow: &'w Workflow) -> Self {
        Self { comparer: Comparer::against(workflow), ..Self::new(workflow) }
    }

    /// Takes the next line, with its line feed or, where the last line of a file has none, without.
    ///
    /// # Errors
    ///
    /// What differs; then nothing behind it says anything.
    pub fn line(&mut self, text: &str) -> Result<(), Discrepancy> {
        self.take(CheckedLine::read(text))
    }

    /// Takes the next line, whose own hashes have been checked already, perhaps on another thread.
    ///
    /// # Errors
    ///
    /// As [`line`](Self::line).
    pub fn take(&mut self, line: CheckedLine) -> Result<(), Discrepancy> {
        let line = self.admit(line)?;
        self.judge(&line)?;
        self.go_on(&line);
        Ok(())
    }

    /// Takes the next line as [`take`](Self::take) does, but leaves it to a [`Comparer`] to find whether it says what was
    /// decided: so that most of the work can be done on other threads. What [`finish`](Self::finish) says then holds if all
    /// replayed lines are found to hold. `None` for a line that was compared at once, or that only the chain speaks for.
    ///
    /// ```
    /// # use tresteg::journal::{CheckedLine, Comparer, Verifier};
    /// # use tresteg::{Case, Event, Workflow};
    /// # let workflow = Workflow::from_json(r#"{ "id": "w", "initial": "a", "states": { "a": { "on": { "go": "b" } }, "b": {} } }"#)?;
    /// # let (mut case, _) = Case::start(&workflow, None, Default::default())?;
    /// # case.fire(&Event::new("go"));
    /// # let entries = case.take_entries(&[7; 32]);
    /// let mut verifier = Verifier::new(&workflow);
    /// let mut replayed = Vec::new();
    /// for entry in &entries {
    ///     replayed.extend(verifier.decide(CheckedLine::read(format!("{}\n", entry.line)))?);
    /// }
    /// let mut comparer = Comparer::new(&workflow);
    /// replayed.iter().try_for_each(|one| comparer.compare(one))?;
    /// assert_eq!(verifier.finish(Some(&case.head()))?.recomputed, 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What differs; a line before it that does not hold comes first.
    pub fn decide(&mut self, line: CheckedLine) -> Result<Option<ReplayedLine>, Discrepancy> {
        let line = self.admit(line)?;
        // What a line says otherwise means something for those behind it where values were erased.
        if self.is_doubtful(&line) || !self.comparer.is_strict() || !self.decides(&line) {
            self.judge(&line)?;
            self.go_on(&line);
            return Ok(None);
        }
        self.event = None;
        let (act, _) = self.redo(&line).map_err(|message| differing(&line, message))?;
        self.recomputed += 1;
        self.go_on(&line);
        Ok(Some(ReplayedLine { line, act }))
    }

    /// What a line is by itself and in its place.
    fn admit(&mut self, line: CheckedLine) -> Result<Line, Discrepancy> {
        let line = follow(line, &self.head)?;
        let number = self.head.sequence.saturating_add(1);
        if number == 1 && self.comparer.is_strict() {
            self.belongs(&line)?;
        }
        self.erased.extend(line.erased().map(|path| (number, path.into_owned())));
        Ok(line)
    }

    /// Whether something was erased that a line may depend on.
    fn is_doubtful(&self, line: &Line) -> bool {
        let is_input =
            |path: &str| path == "actor" || path.starts_with("facts.") || path.starts_with("data.");
        self.apart.is_some()
            || !self.erasures.is_nothing()
            || line.erased().any(|path| is_input(&path))
    }

    /// Whether a line can be decided anew, or only the chain speaks for it.
    fn decides(&self, line: &Line) -> bool {
        self.again.is_some() || line.number(Member::Sequence) == Some(1)
    }

    fn judge(&mut self, line: &Line) -> Result<(), Discrepancy> {
        let strict = self.comparer.is_strict();
        self.is_supposed = false;
        if !self.decides(line) {
            return self.judge_possible(line).map_err(|message| differing(line, message));
        }
        let is_doubtful = self.is_doubtful(line);
        if is_doubtful && strict && self.workflow.is_whole() {
            return self.judge_apart(line).map_err(|message| differing(line, message));
        }
        if is_doubtful && strict {
            return self.judge_doubtful(line).map_err(|message| differing(line, message));
        }
        match self.recompute(line) {
            Ok(()) => self.recomputed += 1,
            // What other rules make of erased values cannot be known.
            Err(_) if is_doubtful => self.again = None,
            Err(message) => return Err(differing(line, message)),
        }
        Ok(())
    }

    /// Decides once more what a line says was decided, as far as it does not depend on what was erased.
    fn judge_doubtful(&mut self, line: &Line) -> Result<(), String> {
        self.event = None;
        let input = self.input(line)?;
        let before = self.again.as_ref();
        let situation = before.map(Replay::situation);
        let doubtful = Doubtful::new(self.workflow, line, &input, &self.erasures, situation)?;
        self.is_new(&input)?;
        let before = self.again.as_ref();
        let comparer = &mut self.comparer;
        let mut differs = |attempt: &Attempt, doubt: &Doubt| {
            comparer.doubtful_difference(line, &attempt.act, doubt)
        };
        let mut found = doubtful.judge(before, &mut differs);
        if !matches!(found, Ok(Found::Holds(_))) {
            let theirs = by_another(self.workflow, line, &input, &self.erasures, before, differs)?;
            found = theirs.map_or(found, |held| Ok(Found::Holds(held)));
        }
        if found.is_err() && of_no_known_unit(self.workflow, &input, &self.erasures) {
            found = Ok(Found::Open);
        }
        match found? {
            Found::Holds(held) => {
                let is_shown =
                    !held.is_supposed || self.is_shown(line, &doubtful, &input, &held.asked);
                if !is_shown {
                    // Possible as far as was looked, and no values are at hand that lead to it.
                    self.partly.push(self.head.sequence.saturating_add(1));
                    self.is_adopted |=
                        ["started", "moved", "failed"].contains(&doubtful.text("outcome"));
                }
                let Held { attempt, situation, erasures, is_sure, .. } = *held;
                let is_sure = is_sure && is_shown;
                self.erasures = erasures;
                self.decided(&attempt.act, &input, is_sure);
                self.again =
                    Some(Replay::from(self.workflow, situation, attempt.described, attempt.ids));
                Ok(())
            }
            Found::Open => self.adopt(&doubtful, &input),
        }
    }

    /// Takes down that an entry was decided anew, `is_sure` without anything supposed, and its event.
    fn decided(&mut self, act: &StepLog, input: &Input, is_sure: bool) {
        self.is_supposed = !is_sure;
        self.recomputed += u64::from(is_sure);
        self.came_in(act, matches!(input, Input::Event { nameless: true, .. }));
    }

    fn came_in(&mut self, act: &StepLog, nameless: bool) {
        if let Origin::Event { event } = &describe::described(act).record.origin {
            let event = event.clone();
            self.event = Some(if nameless { without_id(event) } else { event });
        }
    }

    /// Whether values are found in the place of those that were erased with which the rules come to what a line says.
    fn is_shown(
        &mut self,
        line: &Line,
        doubtful: &Doubtful<'_>,
        input: &Input,
        asked: &Asked,
    ) -> bool {
        let missing = Missing {
            workflow: self.workflow,
            line,
            input,
            before: self.again.as_ref(),
            erasures: if self.again.is_some() { &self.erasures } else { &doubtful.erasures },
            event: doubtful.event.as_ref(),
            erased: &doubtful.erased,
            is_nameless: matches!(input, Input::Event { nameless: true, .. }),
            asked,
            place: None,
        };
        let comparer = &mut self.comparer;
        missing.are_found(|act| comparer.agrees(line, act, &doubtful.erasures.persons))
    }

    /// Goes on from what a line says, of which more could have been than was tried.
    fn adopt(&mut self, doubtful: &Doubtful<'_>, input: &Input) -> Result<(), String> {
        self.partly.push(self.head.sequence.saturating_add(1));
        self.is_supposed = true;
        let compiled = self.workflow.compiled();
        let before = self.again.take();
        let situation = before.as_ref().map(Replay::situation);
        let at = input.at();
        let mut floor = situation.map_or_else(|| Floor::beginning(at), Floor::of);
        floor.take(compiled, input, &doubtful.entry)?;
        let adopted = adopt::adopt(doubtful, situation, &self.erasures, floor.active())?;
        let Some(Adopted { situation, erasures, accepted }) = adopted else {
            self.floor = Some(floor);
            return Ok(());
        };
        let outcome = match doubtful.text("outcome") {
            "started" => Outcome::Started,
            "moved" => Outcome::Moved,
            "blocked" => Outcome::Blocked,
            "failed" => Outcome::Error,
            _ => Outcome::NotExpected,
        };
        let mut ids = before.map_or_else(AnsweredIds::default, |again| again.ids().clone());
        if let (Some(accepted), Some(event)) = (&accepted, &doubtful.event)
            && let Some(id) = &event.id
        {
            let content = ids::content(compiled, accepted, event);
            ids.insert(id, FirstAnswer { content, outcome }, compiled.limits.remembered_ids);
        }
        self.is_adopted |= matches!(outcome, Outcome::Started | Outcome::Moved | Outcome::Error);
        self.erasures = erasures;
        let name = accepted.map(|accepted| accepted.current.name);
        let described = Decision::of(outcome, name, situation.time, StepLogs::default());
        self.again = Some(Replay::from(self.workflow, situation, described, ids));
        Ok(())
    }

    /// Whether a line can be at all, where nothing more is known than how the case stands.
    fn judge_possible(&mut self, line: &Line) -> Result<(), String> {
        self.is_supposed = true;
        self.partly.push(self.head.sequence.saturating_add(1));
        let Some(mut floor) = self.floor.take() else { return Ok(()) };
        let input = self.input(line)?;
        let entry = serde_json::from_str(line.core()).unwrap_or_default();
        floor.take(self.workflow.compiled(), &input, &entry)?;
        self.floor = Some(floor);
        Ok(())
    }

    fn go_on(&mut self, line: &Line) {
        self.head.sequence = self.head.sequence.saturating_add(1);
        self.head.hash.clear();
        self.head.hash.push_str(line.hash());
    }

    /// The journal is at its end.
    ///
    /// # Errors
    ///
    /// The end is missing, or is another than the head says.
    pub fn finish(self, head: Option<&Head>) -> Result<Verified, Discrepancy> {
        let line = self.head.sequence.saturating_add(1);
        if self.head.sequence == 0 {
            return Err(Discrepancy::empty());
        }
        if let Some(head) = head
            && *head != self.head
        {
            let (line, message) = match head.sequence.cmp(&self.head.sequence) {
                Ordering::Greater => {
                    (line, format!("is missing: the head is of entry {}", head.sequence))
                }
                Ordering::Less => (
                    head.sequence.saturating_add(1),
                    format!("goes beyond the head, which is of entry {}", head.sequence),
                ),
                Ordering::Equal => (
                    head.sequence,
                    "is not the one that the head is of: one of the two is of another journal"
                        .to_owned(),
                ),
            };
            return Err(Discrepancy { line, kind: DiscrepancyKind::Head, message });
        }
        if let Some(message) = self.missing_apart() {
            return Err(Discrepancy { line, kind: DiscrepancyKind::Order, message });
        }
        if let Some(again) = self.again.as_ref().filter(|_| self.apart.is_none()) {
            let doubt = Doubt::new(&self.erasures, BTreeSet::new(), Stated::default());
            doubt.begin(false);
            let mut again = again.under(&doubt);
            if let Ok(Some(act)) = again.before(again.time())
                && !doubt.marks().is_touched
            {
                let message =
                    format!("is missing: {} was due", cause(&describe::described(&act).record));
                return Err(Discrepancy { line, kind: DiscrepancyKind::Order, message });
            }
        }
        let Self { head, recomputed, erased, mut partly, .. } = self;
        partly.dedup();
        Ok(Verified { head, recomputed, erased, partly })
    }

    /// The answer of the last line, decided anew: what a person may read of it. A term or sent event is told as a step.
    /// `None` before the first, and where it depends on what was erased: then what the line says is possible, and no more.
    #[must_use]
    pub fn decision(&self) -> Option<&Decision> {
        self.again.as_ref().filter(|_| !self.is_supposed).map(|again| &again.described)
    }

    /// The event that the last line answers, as it came in; `None` where the line is of no event, and where
    /// [`decision`](Self::decision) is. An actor that was erased has no id.
    #[must_use]
    pub fn event(&self) -> Option<&Event> {
        self.event.as_ref().filter(|_| !self.is_supposed)
    }

    /// What these rules decide in the place of the line that [`line`](Self::line) found to differ: another answer to its
    /// event, or a step that was due before it. `None` where nothing would have happened, or where it was no decision that
    /// differed.
    #[must_use]
    pub fn instead(&self) -> Option<&Decision> {
        self.instead.as_ref()
    }

    /// The number and hash of the last line that was taken.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    fn belongs(&self, line: &Line) -> Result<(), Discrepancy> {
        let theirs = Provenance::of_entry(line)?;
        let message = if theirs.workflow != self.workflow.id() {
            format!(
                "belongs to the workflow `{}`, this is `{}`",
                brief(&theirs.workflow),
                self.workflow.id()
            )
        } else if !theirs.is(self.workflow) {
            format!(
                "was made under other rules than these: the file of {theirs} meant something else"
            )
        } else {
            return Ok(());
        };
        Err(Discrepancy { line: 1, kind: DiscrepancyKind::Workflow, message })
    }

    /// Decides once more what a line says was decided.
    fn recompute(&mut self, line: &Line) -> Result<(), String> {
        self.event = None;
        let (act, nameless) = self.redo(line)?;
        let difference = self.comparer.difference(line, &describe::described(&act).record);
        self.came_in(&act, nameless);
        let Some(difference) = difference else { return Ok(()) };
        self.instead = self.again.as_ref().map(|again| again.described.clone());
        Err(difference)
    }

    /// What came in by a line.
    fn input(&self, line: &Line) -> Result<Input, String> {
        /// Facts that are looked at one by one, known or not: for each that is not others are looked for that are alike.
        const FACTS: usize = 1000;
        let input = Input::of(line)?;
        let carried = match &input {
            Input::Start { facts, .. } => facts.len(),
            Input::Event { event, .. } => event.facts.len(),
            Input::Step { .. } | Input::Inside { .. } => 0,
        };
        if carried > FACTS.max(self.workflow.compiled().definition.facts.len()) {
            return Err(format!("carries {carried} facts, more than the workflow has"));
        }
        Ok(input)
    }

    /// Notes the id of an event, which none before it has.
    fn is_new(&self, input: &Input) -> Result<(), String> {
        if let Input::Event { event, .. } = input
            && let Some(id) = &event.id
            && self.again.as_ref().is_some_and(|again| again.remembers(id))
        {
            return Err(format!("repeats the event with the id `{}`", brief(id)));
        }
        Ok(())
    }

    /// What happened by the rules, and whether the actor's id in it is a stand-in.
    fn redo(&mut self, line: &Line) -> Result<(Arc<StepLog>, bool), String> {
        let input = self.input(line)?;
        if let Input::Start { at, facts } = &input {
            if self.again.is_some() {
                return Err("begins the case a second time".to_owned());
            }
            let (again, act) =
                Replay::start(self.workflow, *at, facts, None).map_err(|found| failed(&found))?;
            self.again = Some(again);
            return Ok((act, false));
        }
        let Some(again) = &mut self.again else { return Err("does not begin the case".to_owned()) };
        match input {
            Input::Event { at, event, nameless } => {
                if let Some(act) = again.before(at).map_err(|found| failed(&[found]))? {
                    self.instead = Some(again.described.clone());
                    return Err(too_early(&describe::described(&act).record));
                }
                if let Some(id) = &event.id
                    && again.remembers(id)
                {
                    return Err(format!("repeats the event with the id `{}`", brief(id)));
                }
                let act = again.event(&event, Erased::default()).map_err(|decision| {
                    let message = failed(&decision.problems);
                    self.instead = Some(*decision);
                    message
                })?;
                Ok((act, nameless))
            }
            Input::Step { at, name } => match again.due(at).map_err(|found| failed(&[found]))? {
                Some(record) => Ok((record, false)),
                None => Err(format!("says that `{}` was due, and nothing was", brief(&name))),
            },
            Input::Inside { .. } => {
                again.inside().map(|act| (act, false)).ok_or_else(|| NOT_INSIDE.to_owned())
            }
            Input::Start { .. } => Err("begins the case a second time".to_owned()),
        }
    }
}

impl fmt::Debug for Verifier<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("head", &self.head)
            .field("recomputed", &self.recomputed)
            .finish_non_exhaustive()
    }
}
