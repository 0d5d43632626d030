//! What child cases are called: by the labels of their keys, with the address that they are written by behind.

use super::{Describer, Wording};
use crate::case::Case;
use crate::case::decision::Decision;
use crate::label::Label;
use crate::workflow::Workflow;

impl Case {
    /// An answer in words, as [`Workflow::describe`] gives it, with child cases called by the titles of the records that
    /// started them, too.
    #[must_use]
    pub fn describe(&self, decision: &Decision, wording: impl Into<Wording>) -> String {
        let mut teller = Describer::new(self.workflow(), wording.into());
        teller.case = Some(self);
        teller.decision(decision)
    }

    /// What a child case is called, with its address: `The north board (boards/north)`; the address alone where nothing says
    /// what it is called.
    #[must_use]
    pub fn describe_address(&self, address: &str, wording: impl Into<Wording>) -> String {
        let mut teller = Describer::new(self.workflow(), wording.into());
        teller.case = Some(self);
        teller.address(address)
    }
}

impl Workflow {
    /// What a child case is called, with its address: `The north board (boards/north)`; the address alone where the file does
    /// not say what it is called. [`Case::describe_address`] knows the titles of records, too.
    ///
    /// ```
    /// # use tresteg::{Language, Limits, Workflow};
    /// let order = r#"{ "id": "order",
    ///     "facts": { "boards": { "type": "array", "items": { "enum": { "north": "The north board" } } } },
    ///     "invoke": { "id": "boards", "workflow": "board.json", "each": "boards" }, "states": { "ordered": {} } }"#;
    /// let mut files = |_: &str| Ok(r#"{ "id": "board", "states": { "waiting": {} } }"#.to_owned());
    /// let workflow = Workflow::load("order.json", order, &mut files, &Limits::default())?;
    /// assert_eq!(workflow.describe_address("boards/north", Language::English), "The north board (boards/north)");
    /// # Ok::<(), tresteg::diagnostic::Report>(())
    /// ```
    #[must_use]
    pub fn describe_address(&self, address: &str, wording: impl Into<Wording>) -> String {
        Describer::new(self, wording.into()).address(address)
    }
}

impl Describer<'_> {
    /// An address by the labels of its keys, the outer ones in front.
    pub(super) fn address(&self, address: &str) -> String {
        let parts: Vec<&str> = address.split('/').collect();
        let (mut said, mut here) = (Vec::new(), String::new());
        let mut workflow = Some(self.whole);
        for pair in parts.chunks(2) {
            let (id, key) = match pair {
                [id, key] => (*id, *key),
                _ => return address.to_owned(),
            };
            if !here.is_empty() {
                here.push('/');
            }
            here.push_str(&format!("{id}/{key}"));
            let compiled = workflow.map(Workflow::compiled);
            let number =
                compiled.and_then(|parent| parent.invoked.iter().position(|one| *one.id == *id));
            let known =
                number.zip(compiled).and_then(|(number, parent)| parent.child_label(number, key));
            let titled = self.case.map(|case| case.title_at(&here)).unwrap_or_default();
            let label = Label::get(&titled, self.tag).or_else(|| known?.get(self.tag));
            said.push(label.unwrap_or(key).to_owned());
            workflow = workflow.and_then(|parent| parent.child_at(id));
        }
        let keys = parts.iter().skip(1).step_by(2);
        match said.iter().map(String::as_str).eq(keys.copied()) {
            true => address.to_owned(),
            false => format!("{} ({address})", said.join(" / ")),
        }
    }
}
