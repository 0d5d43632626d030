//! What the terms of a state count by, with the names that hold it looked up.

use std::sync::OnceLock;

use crate::definition::model::{Definition, When};
use crate::rule::{Reads, Rules};
use crate::table::{FactId, ParameterId, Sparse, StateId};
use crate::value::Duration;

/// By state, in the order of its terms.
pub(crate) type Dues = Sparse<StateId, Vec<Due>>;

#[derive(Debug)]
pub(crate) enum Due {
    /// So long after the state was entered.
    After(Duration),
    /// By what this holds.
    By(Named),
    /// By a name that nothing has.
    Never,
}

/// A term by the name of what holds its date or its length.
#[derive(Debug)]
pub(crate) struct Named {
    /// Whether that is a date.
    pub at: bool,
    pub holder: Holder,
    reads: OnceLock<Box<Reads>>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Holder {
    Parameter(ParameterId),
    Fact(FactId),
}

pub(crate) fn dues(definition: &Definition, rules: &Rules) -> Dues {
    let mut dues = Dues::new();
    let states = definition.states.iter().filter(|(_, state)| !state.terms.is_empty());
    for (id, state) in states {
        let terms = state.terms.iter().map(|term| {
            let holder = || {
                let parameter = rules.parameter_named(&term.key).map(Holder::Parameter);
                parameter.or_else(|| rules.fact_named(&term.key).map(Holder::Fact))
            };
            let by = |at| {
                let named = |holder| Due::By(Named { at, holder, reads: OnceLock::new() });
                holder().map_or(Due::Never, named)
            };
            match &term.when {
                When::After(length) => Due::After(*length),
                When::AfterNamed => by(false),
                When::At => by(true),
            }
        });
        dues.push(id, terms.collect());
    }
    dues
}

impl Named {
    /// What it follows from. Cost: worked out when it is first asked for, about what it costs to work out the date.
    pub fn reads(&self, rules: &Rules) -> &Reads {
        self.reads.get_or_init(|| match self.holder {
            Holder::Parameter(_) => Box::default(),
            Holder::Fact(id) => Box::new(rules.reads_of_fact(id)),
        })
    }
}
