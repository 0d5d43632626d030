//! The child cases of a case, for whoever shows them: which there are, what they are called, how they stand, and what is
//! open to somebody in them.

use serde::Serialize;

use crate::case::Case;
use crate::case::address::Address;
use crate::case::claims::{self, ClaimStatus};
use crate::case::event::Actor;
use crate::case::family::Status;
use crate::case::kin::{Place, title, walk};
use crate::case::options::{Availability, Choice};
use crate::error::{Error, ErrorKind};
use crate::label::Label;

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

    /// How the claims of its workflow stand, in the order of the file: of a running case, so far. Behind them those of its child
    /// cases, by address, as [`children`](Self::children) has these. Cost: linear in the cases whose workflow makes claims.
    ///
    /// ```
    /// use tresteg::case::ClaimVerdict;
    /// use tresteg::{Case, Event, Workflow};
    /// let workflow = Workflow::from_json(r#"{
    ///     "id": "w", "states": { "s": { "on": { "announce": {} } } },
    ///     "claims": { "once": { "always": "count(`announce`) <= 1" } }
    /// }"#)?;
    /// let (mut case, _) = Case::start(&workflow, None, Default::default())?;
    /// case.fire(&Event::new("announce"));
    /// assert_eq!(case.claims()[0].verdict, ClaimVerdict::Kept);
    /// case.fire(&Event::new("announce"));
    /// assert_eq!((case.claims()[0].verdict, case.claims()[0].step), (ClaimVerdict::Broken, Some(3)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn claims(&self) -> Vec<ClaimStatus> {
        let compiled = self.workflow.compiled();
        let now = self.situation.time;
        let mut found = claims::statuses(compiled, &self.situation, now, None);
        let bundle = self.workflow.bundle();
        if bundle.iter().skip(1).any(|one| !one.compiled().definition.claims.is_empty()) {
            walk(&self.workflow, &self.situation, &mut |here, place, child| {
                found.extend(claims::statuses(place.compiled, &child.situation, now, here.text()));
            });
        }
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
