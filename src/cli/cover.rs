//! Coverage of the workflows that scenarios ran on: gathered from all files, told, and held to a least.

use std::collections::BTreeMap;

use tresteg::{Coverage, CoverageShare, Language, Suite};

use super::Stop;
use super::console::Console;

/// Coverage of several workflows, by their paths.
#[derive(Debug, Default)]
pub(super) struct Covered {
    workflows: BTreeMap<String, Coverage>,
}

impl Covered {
    /// Nothing yet, for the workflows of a scenario file.
    pub(super) fn of(suite: &Suite) -> Self {
        let workflows = suite.workflows();
        let workflows = workflows
            .map(|(_, path, workflow)| (path.to_owned(), Coverage::new(workflow)))
            .collect();
        Self { workflows }
    }

    /// The coverage of a workflow by its path, to run a scenario with.
    pub(super) fn get_mut(&mut self, path: &str) -> Option<&mut Coverage> {
        self.workflows.get_mut(path)
    }

    /// Takes in what another file's scenarios have shown.
    pub(super) fn merge(&mut self, other: Self) -> Result<(), Stop> {
        for (path, coverage) in other.workflows {
            match self.workflows.get_mut(&path) {
                Some(known) => {
                    known.merge(&coverage).map_err(|error| Stop::Misuse(error.to_string()))?;
                }
                None => {
                    self.workflows.insert(path, coverage);
                }
            }
        }
        Ok(())
    }

    /// All goals of all workflows together.
    fn all(&self) -> CoverageShare {
        let shares = self.workflows.values().map(|coverage| coverage.totals().all);
        shares.fold(CoverageShare::default(), CoverageShare::and)
    }

    /// What is covered of each, and what is not; whether all together reach the least percentage.
    pub(super) fn tell(
        &self,
        least: Option<u32>,
        language: Language,
        console: &mut Console<'_>,
    ) -> Result<bool, Stop> {
        for coverage in self.workflows.values() {
            console.text(&coverage.tell(language))?;
        }
        let all = self.all();
        if self.workflows.len() > 1 {
            console.text(&format!("all: {} % covered ({all})", all.percent()))?;
        }
        let Some(least) = least.filter(|least| all.percent() < *least) else { return Ok(true) };
        console.text(&format!("✗ less than {least} % covered: {} %", all.percent()))?;
        Ok(false)
    }

    /// The same for programs.
    pub(super) fn json(&self, least: Option<u32>) -> serde_json::Result<serde_json::Value> {
        let all = self.all();
        let workflows = self.workflows.iter().map(|(path, coverage)| {
            let mut found = serde_json::to_value(coverage)?;
            if let Some(entries) = found.as_object_mut() {
                entries.insert("file".to_owned(), path.as_str().into());
            }
            Ok(found)
        });
        let workflows: serde_json::Result<Vec<_>> = workflows.collect();
        Ok(serde_json::json!({
            "percent": all.percent(),
            "covered": all.covered,
            "total": all.total,
            "enough": least.is_none_or(|least| all.percent() >= least),
            "workflows": workflows?,
        }))
    }
}
