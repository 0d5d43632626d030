//! Differences laid over the picture of the second workflow.

use super::describe::{Describer, Line};
use super::{Change, ChangeKind, Diff, Part, Place};
use crate::Language;
use crate::definition::model::{Definition, Trigger};
use crate::export::{ChangeMark, Overlay, TransitionKey};
use crate::table::StateId;
use crate::workflow::Workflow;

/// Names of other things that differ, of one kind, that stand under a picture.
const NAMED: usize = 6;

impl Diff {
    /// What differs, for the picture of `after`, which is the second of the two workflows: its new and changed states and
    /// transitions, what it lacks, and in a line a kind what else differs.
    ///
    /// ```
    /// use tresteg::export::{SvgOptions, svg};
    /// use tresteg::{Language, Workflow, diff};
    /// let before = Workflow::from_json(r#"{ "id": "a", "states": { "s": {} } }"#)?;
    /// let after = Workflow::from_json(r#"{ "id": "b", "states": { "s": { "on": { "go": {} } } } }"#)?;
    /// let overlay = diff::compare(&before, &after).overlay(&after, Language::English);
    /// let picture = svg(&after, &SvgOptions { overlay, ..SvgOptions::default() });
    /// assert!(picture.contains("go"));
    /// # Ok::<(), tresteg::diagnostic::Report>(())
    /// ```
    #[must_use]
    pub fn overlay(&self, after: &Workflow, language: Language) -> Overlay {
        let definition = &after.compiled().definition;
        let teller = Describer::new(self, language);
        let mut overlay = Overlay::default();
        for change in &self.changes {
            let how = how(&teller, change);
            match (change.part, change.kind) {
                (Part::State, ChangeKind::Removed) => {
                    overlay.removed.push(teller.titled(change.place()));
                }
                (Part::State, kind) => {
                    let name = change.place().name.clone();
                    overlay.changed_states.insert(name, (changed(kind), how));
                }
                (Part::Transition, ChangeKind::Removed) if !teller.is_told(change) => {
                    overlay.removed.push(teller.arrow(change.place()));
                }
                (Part::Transition, kind) => {
                    if let Some(key) = key(after, definition, change.place()) {
                        overlay.changed_transitions.push((key, changed(kind), how));
                    }
                }
                _ => {}
            }
        }
        for section in self.describe(language) {
            let heads: Vec<String> = section.items.iter().map(|item| item.head.clone()).collect();
            // States and transitions show in the picture itself.
            if section.title == teller.states_title() || heads.is_empty() {
                continue;
            }
            let shown = heads.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
            let more = if heads.len() > NAMED { ", …" } else { "" };
            overlay.about.push(format!("{}: {shown}{more}", section.title));
        }
        overlay
    }
}

fn changed(kind: ChangeKind) -> ChangeMark {
    match kind {
        ChangeKind::Added => ChangeMark::Added,
        ChangeKind::Removed => ChangeMark::Removed,
        ChangeKind::Changed => ChangeMark::Altered,
    }
}

fn how(teller: &Describer<'_>, change: &Change) -> String {
    let said = teller.lines(change).into_iter().map(|line| match line {
        Line::Text(text) => text,
        Line::Script { what, before, after } => {
            let side = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
            format!("{what}: {} → {}", side(before), side(after))
        }
    });
    said.collect::<Vec<_>>().join("\n")
}

/// What a picture knows the transition by.
fn key(after: &Workflow, definition: &Definition, place: &Place) -> Option<TransitionKey> {
    let route = place.route.as_ref()?;
    let source = match &route.source {
        Some(state) => after.compiled().state_named(&state.name)?,
        None => StateId(0),
    };
    let state = definition.states.get(source)?;
    let id = *state.transitions.get(route.position)?;
    let same = |one, two| key_of(definition, source, one) == key_of(definition, source, two);
    let alike = state.transitions.iter().filter(|other| **other < id && same(**other, id));
    let nth = alike.count();
    key_of(definition, source, id).map(|key| TransitionKey { nth, ..key })
}

fn key_of(
    definition: &Definition,
    source: StateId,
    id: crate::table::TransitionId,
) -> Option<TransitionKey> {
    let state = definition.states.get(source)?;
    let transition = definition.transitions.get(id)?;
    let on = match &transition.trigger {
        Trigger::Always => "always".to_owned(),
        Trigger::Events(patterns) => patterns.first()?.value.clone(),
        Trigger::Term(index) => state.terms.get(*index as usize)?.called(),
    };
    Some(TransitionKey {
        from: state.name.value.clone(),
        on,
        to: transition.targets.iter().map(|target| target.value.clone()).collect(),
        id: transition.id.as_ref().map(|id| id.value.clone()),
        nth: 0,
    })
}
