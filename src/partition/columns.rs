//! Combinations of values that stand for all: a value of each class of each fact.

use super::classes::stand_ins;
use super::compared::Compared;
use crate::rule::{Facts, Rules};
use crate::table::FactId;
use crate::value::Value;

/// The values of each fact, unknown among them.
pub(crate) type Columns = Vec<(FactId, Vec<Option<Value>>)>;

impl Rules {
    /// Values of a fact that stand for all, unknown among them where it `may_be_unknown`; `None` where that cannot be told.
    pub fn column(
        &self,
        uses: &Compared,
        id: FactId,
        may_be_unknown: bool,
    ) -> Option<Vec<Option<Value>>> {
        if self.is_passing(id) {
            return None;
        }
        let shape = &self.facts.get(id)?.shape;
        let compared = !uses.otherwise.contains(&id);
        let values = stand_ins(shape, uses.constants.get(&id)?, compared, &self.zone)?;
        let unknown = may_be_unknown.then_some(None);
        Some(values.into_iter().map(Some).chain(unknown).collect())
    }
}

/// How many ways there are to choose a value of each; `None` for more than can be counted.
pub(crate) fn combinations(columns: &Columns) -> Option<usize> {
    columns.iter().try_fold(1_usize, |all, (_, values)| all.checked_mul(values.len()))
}

/// Gives the facts the values of a combination, by its number.
pub(crate) fn choose(facts: &mut Facts, columns: &Columns, number: usize) {
    let mut rest = number;
    for (id, values) in columns {
        let many = values.len().max(1);
        facts.set(*id, values.get(rest % many).cloned().flatten());
        rest /= many;
    }
}
