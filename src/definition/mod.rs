//! Text in, proof of validity out: what a workflow file says.

pub(crate) mod model;
pub(crate) mod shape;

use crate::{diagnostic::Report, limits::Limits};
#[allow(unused)]
pub(crate) fn load(name: &str, text: &str, resolve: &mut dyn FnMut(&str) -> Result<String, String>, limits: &Limits) -> (Option<model::Definition>, Report) { (None, Report::default()) }
