//! The child cases of a case, for whoever shows them: which there are, what they are called, how they stand, and what is
//! open to somebody in them.

use serde::Serialize;

use crate::case::Case;
use crate::case::address::Address;
use crate::case::event::Actor;
use crate::case::family::{Child, Status};
use crate::case::options::{Availability, Choice};
use crate::case::select::domain;
use crate::case::situation::Situation;
use crate::error::{Error, ErrorKind};
use crate::label::Label;
use crate::table::TransitionId;
use crate::value::Value;
use crate::workflow::compiled::Invoked;
use crate::workflow::{Compiled, Workflow};

/// A child case, at any depth.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ChildCase {
    /// Its address, such as `boards/angered`, for [`Event::to`](crate::Event::to) and [`Case::at`].
    pub address: String,
    /// The label of its key, or the `title` of the record that started it; of a child without a list, that of its `invoke`.
    #[serde(skip_serializing_if = "Label::is_empty")]
    pub title: Label,
    /// How it stands with its parent.
    pub status: ChildStatus,
    /// Its active leaf states, in the order of its file; where it ended, or was stopped.
    pub states: Vec<String>,
}

/// How a child case stands with its parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChildStatus {
    /// It runs.
    Active,
    /// It has ended by itself.
    Done,
    /// The state that invokes it was left, or its parent has ended.
    Stopped,
}

/// What is open to somebody in one case of a whole.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct InboxEntry {
    /// The address of the case; absent for the outermost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// What it is called; nothing for the outermost case.
    #[serde(skip_serializing_if = "Label::is_empty")]
    pub title: Label,
    /// What can be sent there now, as it is or with facts that it must carry.
    pub choices: Vec<Choice>,
}

impl From<Status> for ChildStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Active => Self::Active,
            Status::Done => Self::Done,
            Status::Stopped => Self::Stopped,
        }
    }
}

impl Case {
    /// One of its child cases, by its address such as `boards/angered`, as a case by itself: where it stands, what is known
    /// and open in it, what its terms are. What is done to it is done to a copy: to act, send an event
    /// [to](crate::Event::to) the address. The empty address is that of the case itself.
    ///
    /// # Errors
    ///
    /// An address that leads nowhere.
    pub fn at(&self, address: &str) -> Result<Self, Error> {
        if address.is_empty() {
            return Ok(self.clone());
        }
        let here = Address::find(&self.workflow, &self.situation, address)
            .map_err(|problem| Error::new(ErrorKind::Contract, vec![problem]))?;
        Ok(self.alone(&here))
    }

    /// Its child cases, theirs behind each of them, in the order of start. Those that are done or stopped are among them until
    /// the state that invokes them is entered anew. Cost: linear in their number.
    ///
    /// ```
    /// use tresteg::{Case, Limits, Workflow};
    /// let order = r#"{ "id": "order",
    ///     "facts": { "boards": { "type": "array", "items": { "enum": { "north": "The north board", "south": {} } } } },
    ///     "invoke": { "id": "boards", "workflow": "board.json", "each": "boards" }, "states": { "ordered": {} } }"#;
    /// # let order = &order.replace(", \"south\": {}", "");
    /// let mut files = |_: &str| Ok(r#"{ "id": "board", "states": { "waiting": {} } }"#.to_owned());
    /// let workflow = Workflow::load("order.json", order, &mut files, &Limits::default())?;
    /// let boards = [("boards".to_owned(), [tresteg::Value::from("north")].into_iter().collect())];
    /// let (case, _) = Case::start(&workflow, None, boards.into())?;
    /// let child = &case.children()[0];
    /// assert_eq!(child.address, "boards/north");
    /// assert_eq!(child.title.get("en"), Some("The north board"));
    /// assert_eq!(child.states, ["waiting"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn children(&self) -> Vec<ChildCase> {
        let mut found = Vec::new();
        walk(&self.workflow, &self.situation, &mut |here, place, child| {
            let Place { compiled, .. } = place;
            found.push(ChildCase {
                address: here.text().unwrap_or_default().to_owned(),
                title: title(place, child),
                status: child.status.into(),
                states: child
                    .situation
                    .active
                    .iter()
                    .filter(|id| compiled.chart.states.at(**id).children.is_empty())
                    .map(|id| compiled.definition.states.at(*id).name.value.clone())
                    .collect(),
            });
        });
        found
    }

    /// The addresses of its child cases, in the order of [`children`](Self::children).
    #[must_use]
    pub fn addresses(&self) -> Vec<String> {
        let mut found = Vec::new();
        walk(&self.workflow, &self.situation, &mut |here, _, _| {
            found.extend(here.text().map(str::to_owned));
        });
        found
    }

    /// What is open to somebody in this case and its child cases: one entry for each in which anything is, the outermost first,
    /// then as [`children`](Self::children) has them. An event that needs facts is among them, as [`Availability::OpenIf`].
    /// Cost: that of [`options`](Self::options) for each case.
    #[must_use]
    pub fn inbox(&self, actor: &Actor) -> Vec<InboxEntry> {
        let mut found = Vec::new();
        let mut tell = |case: Option<String>, title: Label, here: &Self| {
            let choices = here.options(Some(actor)).into_iter();
            let choices: Vec<Choice> = choices
                .filter(|choice| {
                    matches!(choice.standing, Availability::Open | Availability::OpenIf { .. })
                })
                .collect();
            if !choices.is_empty() {
                found.push(InboxEntry { case, title, choices });
            }
        };
        tell(None, Label::default(), self);
        walk(&self.workflow, &self.situation, &mut |here, place, child| {
            if child.status == Status::Active {
                let address = here.text().map(str::to_owned);
                tell(address, title(place, child), &self.alone(here));
            }
        });
        found
    }

    /// What a child case is called: nothing for an address that leads nowhere.
    pub(crate) fn title_at(&self, address: &str) -> Label {
        let Ok(here) = Address::find(&self.workflow, &self.situation, address) else {
            return Label::default();
        };
        let Some((last, before)) = here.parts().split_last() else { return Label::default() };
        let (mut workflow, mut situation) = (&self.workflow, &*self.situation);
        for part in before {
            let invoked = workflow.compiled().invoked.get(part.invoke as usize);
            let child = situation.family.child(part.invoke, part.number);
            let Some((invoked, child)) = invoked.zip(child) else { return Label::default() };
            (workflow, situation) = (&invoked.workflow, &child.situation);
        }
        let invoked = workflow.compiled().invoked.get(last.invoke as usize);
        let child = situation.family.child(last.invoke, last.number);
        let Some((invoked, child)) = invoked.zip(child) else { return Label::default() };
        title(&Place::new(workflow.compiled(), last.invoke, invoked), child)
    }
}

/// Where a child hangs.
struct Place<'c> {
    parent: &'c Compiled,
    invoke: u32,
    /// Its own workflow.
    compiled: &'c Compiled,
}

impl<'c> Place<'c> {
    fn new(parent: &'c Compiled, invoke: u32, invoked: &'c Invoked) -> Self {
        Self { parent, invoke, compiled: invoked.workflow.compiled() }
    }
}

/// Goes through all child cases, theirs behind each of them, in the order of start.
fn walk<'c>(
    workflow: &'c Workflow,
    outermost: &'c Situation,
    tell: &mut dyn FnMut(&Address, &Place<'c>, &'c Child<Situation>),
) {
    let mut waiting: Vec<(Address, Place<'c>, &Child<Situation>)> = Vec::new();
    let push = |waiting: &mut Vec<(Address, Place<'c>, &'c Child<Situation>)>,
                here: &Address,
                compiled: &'c Compiled,
                situation: &'c Situation| {
        let from = waiting.len();
        for (invoke, invoked) in (0_u32..).zip(&compiled.invoked) {
            let brood = situation.family.brood(invoke);
            let children = brood.and_then(|brood| brood.children.as_ref());
            for (number, child) in (0_u32..).zip(children.iter().flat_map(|all| all.iter())) {
                let there = here.join(invoke, number, &invoked.id, &child.key);
                waiting.push((there, Place::new(compiled, invoke, invoked), child));
            }
        }
        if let Some(new) = waiting.get_mut(from..) {
            new.reverse();
        }
    };
    push(&mut waiting, &Address::default(), workflow.compiled(), outermost);
    while let Some((here, place, child)) = waiting.pop() {
        tell(&here, &place, child);
        push(&mut waiting, &here, place.compiled, &child.situation);
    }
}

/// What a child is called.
fn title(place: &Place<'_>, child: &Child<Situation>) -> Label {
    if let Some(Value::Record(record)) = &child.item {
        let title = record.get("title").and_then(Value::as_str);
        return title
            .map(|title| Label(vec![(String::new(), title.to_owned())]))
            .unwrap_or_default();
    }
    let label = place.parent.child_label(place.invoke as usize, &child.key);
    label.cloned().unwrap_or_default()
}

/// The addresses of the child cases that run and would be stopped if some transitions were taken, theirs behind each of them.
pub(crate) fn stopped_by(
    workflow: &Workflow,
    situation: &Situation,
    transitions: &[TransitionId],
) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    if !situation.family.is_any() {
        return found;
    }
    let chart = &workflow.compiled().chart;
    let domains: Vec<_> =
        transitions.iter().filter_map(|id| domain(chart, situation, *id)).collect();
    let invoked = &workflow.compiled().invoked;
    walk(workflow, situation, &mut |here, _, child| {
        let first = here.parts().first().and_then(|part| invoked.get(part.invoke as usize));
        let is_left =
            |state| domains.iter().any(|domain| state != *domain && chart.inside(state, *domain));
        if child.status == Status::Active
            && first.is_some_and(|first| situation.is_active(first.state) && is_left(first.state))
        {
            found.extend(here.text().map(str::to_owned));
        }
    });
    found
}
