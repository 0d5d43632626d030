//! Which rules of a workflow are compiled, and why others are not.

use crate::definition::model::{Term, Trigger};
use crate::rule::RuleId;
use crate::table::TransitionId;
use crate::workflow::{Compiled, Workflow};

/// A rule of a workflow: that of a derived fact, of a factor, or the guard of a transition.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct RuleInfo {
    /// `fact`, `factor` or `guard`.
    pub kind: &'static str,
    /// Name of the fact or factor; for a guard the state and what its transition listens to, such as `draft: send`.
    pub name: String,
    /// Whether it runs over typed facts: some nanoseconds. If not, the evaluator runs it, which means the same and takes some
    /// hundred times longer. It also answers for a compiled rule where a sum is too large, a divisor is 0, or a value has more
    /// decimals than are kept at hand.
    pub compiled: bool,
    /// Why it is not compiled, or left to the evaluator where it comes to some part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// File, line and column of what is in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

impl Workflow {
    /// All rules: derived facts, factors and guards, each in the order of the file, with whether they are compiled.
    #[must_use]
    pub fn rules(&self) -> Vec<RuleInfo> {
        let compiled = self.compiled();
        compiled.rules.rule_ids().into_iter().map(|id| compiled.rule_info(id)).collect()
    }
}

impl Compiled {
    fn rule_info(&self, id: RuleId) -> RuleInfo {
        let definition = &self.definition;
        let (kind, name) = match id {
            RuleId::Fact(id) => ("fact", definition.facts.at(id).name.value.clone()),
            RuleId::Factor(id) => ("factor", definition.factors.at(id).name.value.clone()),
            RuleId::Guard(id) => ("guard", self.guard_name(id)),
        };
        let uncompiled = self.rules.uncompiled(id);
        let left = uncompiled.or_else(|| self.rules.left(id));
        let place = left.filter(|no| no.span.end > 0).and_then(|no| {
            let at = self.report.sources().place(no.span)?;
            Some(format!("{}:{}:{}", at.file, at.line, at.column))
        });
        let reason = left.map(|no| no.reason);
        RuleInfo { kind, name, compiled: uncompiled.is_none(), reason, place }
    }

    fn guard_name(&self, id: TransitionId) -> String {
        let transition = self.definition.transitions.at(id);
        let source = self.definition.states.at(transition.source);
        let on = match &transition.trigger {
            Trigger::Always => "always".to_owned(),
            Trigger::Term(index) => {
                source.terms.get(*index as usize).map(Term::called).unwrap_or_default()
            }
            Trigger::Events(patterns) => {
                let patterns: Vec<&str> = patterns.iter().map(|pattern| pattern.as_str()).collect();
                patterns.join(" ")
            }
        };
        match source.name.as_str() {
            "" => on,
            name => format!("{name}: {on}"),
        }
    }
}
