//! Text in, proof of validity out: what a workflow file says.

pub(crate) mod model;
pub(crate) mod shape;
