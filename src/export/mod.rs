//! A workflow as a drawing, in the text forms that other tools render.
//!
//! Labels are texts from strangers: each form escapes them in its own way, at the one place where it writes a text.

mod dot;
mod mermaid;
mod picture;
mod svg;

pub use dot::dot;
pub use mermaid::mermaid;
pub use svg::{
    Changed, Holding, Overlay, Prospect, Reading, Seen, Stride, SvgOptions, Theme, TransitionKey,
    svg,
};

#[cfg(test)]
mod tests;
