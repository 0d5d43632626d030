//! What a comparison found, as plain data.

use std::collections::BTreeMap;

use serde::Serialize;

use super::decide::Decider;
use crate::case::answer::{Outcome, Reason};
use crate::value::DateTime;

/// Workflows compared over the same cases.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Comparison {
    /// Cases that were compared.
    pub cases: usize,
    /// Cases that the map of the log leaves out.
    pub left_out: usize,
    /// Cases of the log whose times run backwards: not compared.
    pub unordered: usize,
    /// The workflow that the others are compared with.
    pub base: WorkflowFigures,
    /// The others, in the order given.
    pub variants: Vec<Variant>,
}

impl Comparison {
    /// Whether any case came out otherwise under any of the variants.
    #[must_use]
    pub fn is_different(&self) -> bool {
        self.variants.iter().any(Variant::is_different)
    }
}

/// One workflow by itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct WorkflowFigures {
    /// How it is called here.
    pub name: String,
    /// Cases that ended.
    pub ended: usize,
    /// Cases that could not begin.
    pub not_begun: usize,
    /// Events that it does not know, by name.
    pub unknown: BTreeMap<String, usize>,
    /// Events that came where it does not expect them, by name.
    pub unexpected: BTreeMap<String, usize>,
    /// Events that ended in an error, by name and code.
    pub errors: BTreeMap<String, usize>,
    /// Facts and payload that came with events that do not take them here, by name: they were left out.
    pub left_out: BTreeMap<String, usize>,
}

/// A variant beside the base, over the same cases.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Variant {
    /// The variant by itself.
    #[serde(flatten)]
    pub figures: WorkflowFigures,
    /// Cases that end in other states, or that end under one of the two only.
    pub ends_otherwise: usize,
    /// The exact 95 % interval of their share (Clopper and Pearson); `None` without cases.
    pub ends_otherwise_interval: Option<[f64; 2]>,
    /// Cases with a decision that comes to something else.
    pub decided_otherwise: usize,
    /// Each case that ends otherwise, with the first decision that differs.
    pub first_differences: Vec<FirstDifference>,
    /// The first decisions that differ, of all cases, by what decided them; most cases first.
    pub differences: Vec<DifferenceGroup>,
    /// Cases that were in other states on the way.
    pub reach_other_states: usize,
    /// By state: cases that were in it.
    pub states: BTreeMap<String, StateCount>,
    /// Where and by what events were blocked; the largest differences first.
    pub blocked: Vec<Blocked>,
    /// Cases that end at all.
    pub ends: Ends,
    /// The median of `days`, for short.
    pub median_days: Option<f64>,
    /// How much later cases end under the variant; `None` where no case ends under both.
    pub days: Option<Days>,
    /// What became of terms, by `STATE: TERM`.
    pub terms: BTreeMap<String, TermCount>,
    /// Facts of both that have another value in the end: name → cases.
    pub facts: BTreeMap<String, usize>,
}

impl Variant {
    /// Whether any case came out otherwise than under the base.
    #[must_use]
    pub fn is_different(&self) -> bool {
        let moved = self.days.as_ref().is_some_and(|days| days.earlier + days.later > 0);
        self.ends_otherwise > 0
            || self.decided_otherwise > 0
            || self.reach_other_states > 0
            || !self.facts.is_empty()
            || moved
    }
}

/// A case that ends otherwise, and the first decision that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FirstDifference {
    /// The case.
    pub case: String,
    /// Which decision: 0 is the start; the one behind the last event is what came of time alone.
    pub step: usize,
    /// The event that was decided; `None` for the start and for time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// Where the case stands in the end under the base.
    pub base_ends: Vec<String>,
    /// Where it stands in the end under the variant.
    pub variant_ends: Vec<String>,
    /// What the base decided.
    pub base: Answered,
    /// What the variant decided.
    pub variant: Answered,
}

/// One decision, and what decided it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Answered {
    /// The event.
    #[serde(skip)]
    pub event: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime>,
    /// How it was answered; an event that is not known counts as not expected.
    pub outcome: Outcome,
    /// Where the case stands behind it.
    pub states: Vec<String>,
    /// The clauses and factors that decided: what stood in the way, or of what moved what held.
    pub by: Vec<Decider>,
    /// The reasons of a refusal in full; of the first thousand cases.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
}

/// First differences that are alike.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DifferenceGroup {
    /// The event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// How the base answered.
    pub base: Outcome,
    /// How the variant answered.
    pub variant: Outcome,
    /// What decided under the base.
    pub base_by: Vec<Decider>,
    /// What decided under the variant.
    pub variant_by: Vec<Decider>,
    /// Cases.
    pub cases: usize,
}

/// Cases that were in a state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StateCount {
    /// Under the base.
    pub base: usize,
    /// Under the variant.
    pub variant: usize,
    /// Under the base only.
    pub only_base: usize,
    /// Under the variant only.
    pub only_variant: usize,
}

/// Events that were blocked in one place by one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Blocked {
    /// The event.
    pub event: String,
    /// The states that the case was in.
    pub states: String,
    /// What blocked it, as [`Decider::kind`] says.
    pub kind: &'static str,
    /// The factor's name, the clause's text.
    pub name: String,
    /// How often under the base.
    pub base: usize,
    /// How often under the variant.
    pub variant: usize,
}

/// Cases that end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Ends {
    /// Under the base.
    pub base: usize,
    /// Under the variant.
    pub variant: usize,
    /// Under the base only.
    pub only_base: usize,
    /// Under the variant only.
    pub only_variant: usize,
    /// How likely so uneven a split of these two is by chance: the exact two-sided sign test.
    pub p: f64,
}

/// By how many days cases end later under the variant, paired by case; earlier is negative.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Days {
    /// Cases that end under both.
    pub pairs: usize,
    /// Of these end earlier.
    pub earlier: usize,
    /// Of these end at the same time.
    pub same: usize,
    /// Of these end later.
    pub later: usize,
    /// How likely so uneven a split of earlier and later is by chance: the exact two-sided sign test.
    pub p: f64,
    /// The median.
    pub median: f64,
    /// Between these the median lies with at least 95 %, by the sign test; `None` of fewer than six.
    pub median_interval: Option<[f64; 2]>,
    /// The least.
    pub min: f64,
    /// 5 of 100 are below.
    pub p5: f64,
    /// 25 of 100 are below.
    pub p25: f64,
    /// 75 of 100 are below.
    pub p75: f64,
    /// 95 of 100 are below.
    pub p95: f64,
    /// The most.
    pub max: f64,
}

/// What became of a term: cases in which it ran.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TermFates {
    /// It never fell due.
    pub kept: usize,
    /// It fell due and was taken.
    pub lapsed: usize,
    /// It still ran when the case was last seen.
    pub open: usize,
}

/// What became of a term under both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TermCount {
    /// Under the base.
    pub base: TermFates,
    /// Under the variant.
    pub variant: TermFates,
    /// Cases in which the base keeps it and the variant does not.
    pub only_base_keeps: usize,
    /// Cases in which the variant keeps it and the base does not.
    pub only_variant_keeps: usize,
}
