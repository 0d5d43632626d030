//! What a workflow invokes, for whoever shows it: the workflows of its child cases, and what these are called.

use crate::Language;
use crate::definition::shape::Kind;
use crate::label::Label;
use crate::workflow::{Compiled, Workflow};

/// Child cases that a workflow starts: one `invoke` of its file.
///
/// ```
/// use tresteg::{Limits, Workflow};
/// let order = r#"{ "id": "order", "states": { "a": { "invoke": { "id": "check", "workflow": "check.json" } } } }"#;
/// let mut files = |_: &str| Ok(r#"{ "id": "check", "states": { "b": {} } }"#.to_owned());
/// let workflow = Workflow::load("order.json", order, &mut files, &Limits::default())?;
/// let invoke = workflow.invokes().next().ok_or("it invokes one")?;
/// assert_eq!((invoke.id(), invoke.workflow().id(), invoke.state()), ("check", "check", Some("a")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct InvokeInfo<'w> {
    parent: &'w Compiled,
    number: usize,
    workflow: &'w Workflow,
}

impl<'w> InvokeInfo<'w> {
    /// Its `id`: the first part of addresses.
    #[must_use]
    pub fn id(&self) -> &'w str {
        self.parent.definition.invokes.get(self.number).map_or("", |invoke| invoke.id.as_str())
    }

    /// What it is called: its `title`, else the title of the children's workflow, else its `id`.
    #[must_use]
    pub fn title(&self, language: Language) -> &'w str {
        let own = self.parent.definition.invokes.get(self.number);
        let own = own.and_then(|invoke| invoke.notes.title.get(language.tag()));
        let theirs = || self.workflow.compiled().definition.notes.title.get(language.tag());
        own.or_else(theirs).unwrap_or_else(|| self.id())
    }

    /// The workflow of the children.
    #[must_use]
    pub fn workflow(&self) -> &'w Workflow {
        self.workflow
    }

    /// The path of its file, as it is written.
    #[must_use]
    pub fn path(&self) -> &'w str {
        self.parent.definition.invokes.get(self.number).map_or("", |one| one.workflow.as_str())
    }

    /// The state while which they live; `None` where that is the whole case.
    #[must_use]
    pub fn state(&self) -> Option<&'w str> {
        let invoke = self.parent.definition.invokes.get(self.number)?;
        let state = self.parent.definition.states.at(invoke.state);
        (invoke.state != crate::workflow::chart::ROOT).then_some(state.name.as_str())
    }

    /// The list fact whose items start one child each; `None` where there is one child.
    #[must_use]
    pub fn each(&self) -> Option<&'w str> {
        let invoke = self.parent.definition.invokes.get(self.number)?;
        invoke.each.as_ref().map(|each| each.as_str())
    }
}

impl Workflow {
    /// What it invokes, in the order of the file.
    pub fn invokes(&self) -> impl Iterator<Item = InvokeInfo<'_>> {
        let parent = self.compiled();
        let invoked = parent.invoked.iter().enumerate();
        invoked.map(move |(number, one)| InvokeInfo { parent, number, workflow: &one.workflow })
    }

    /// The workflow itself and all that it invokes, through others too, each once: parents in front of their children.
    #[must_use]
    pub fn bundle(&self) -> Vec<&Self> {
        let mut found: Vec<&Self> = Vec::new();
        let mut waiting: Vec<&Self> = vec![self];
        while let Some(next) = waiting.pop() {
            if found.iter().any(|known| known.same(next)) {
                continue;
            }
            found.push(next);
            let invoked = next.compiled().invoked.iter().rev();
            waiting.extend(invoked.map(|one| &one.workflow));
        }
        found
    }

    /// The workflow of a case of a whole, by its address; the keys of children are not looked at.
    pub(crate) fn child_at(&self, address: &str) -> Option<&Self> {
        let mut here = self;
        for id in address.split('/').step_by(2).filter(|id| !id.is_empty()) {
            let invoked = here.compiled().invoked.iter().find(|one| *one.id == *id)?;
            here = &invoked.workflow;
        }
        Some(here)
    }
}

impl Compiled {
    /// What a child case is called as far as the file says: the label of its key, or the title of an `invoke` that starts one.
    pub fn child_label(&self, invoke: usize, key: &str) -> Option<&Label> {
        let invoke = self.definition.invokes.get(invoke)?;
        let Some(each) = &invoke.each else { return Some(&invoke.notes.title) };
        let fact = self.rules.fact_named(each)?;
        let Kind::Array(item) = &self.definition.facts.at(fact).shape.kind else { return None };
        match &item.child_key()?.kind {
            Kind::Enum(values) => values.get(key),
            _ => None,
        }
    }
}
