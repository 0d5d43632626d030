//! A workflow to be looked at: as a drawing, in the text forms that other tools render, and laid out as plain data.
//!
//! Labels are texts from strangers: each form escapes them in its own way, at the one place where it writes a text.

mod does;
mod dot;
mod mermaid;
mod outline;
mod picture;
mod svg;

pub use dot::dot;
pub use mermaid::mermaid;
pub use outline::{
    Described, Outline, OutlinedEvent, OutlinedFact, OutlinedFactor, OutlinedFunction,
    OutlinedParameter, OutlinedRule, OutlinedSource, OutlinedState, OutlinedTerm,
    OutlinedTransition, Reference, ReferenceKind, outline,
};
pub use svg::{
    ChangeMark, Drawing, FactorStatus, HitCount, Orientation, Overlay, PathStep, SvgOptions, Theme,
    TransitionKey, TransitionStatus, drawing, svg,
};

#[cfg(test)]
mod tests;
