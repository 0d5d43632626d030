//! What the terms of a state count by, with the names that hold it looked up.

use crate::definition::model::{Definition, When};
use crate::rule::Rules;
use crate::table::{FactId, ParameterId, Sparse, StateId};
use crate::value::Duration;

/// By state, in the order of its terms.
pub(crate) type Dues = Sparse<StateId, Vec<Due>>;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Due {
    /// So long after the state was entered.
    After(Duration),
    /// By what this holds.
    By { at: bool, holder: Holder },
    /// By a name that nothing has.
    Never,
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
            let by = |at| holder().map_or(Due::Never, |holder| Due::By { at, holder });
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
