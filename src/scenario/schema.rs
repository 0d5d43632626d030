//! The JSON Schema of scenario files.

/// JSON Schema (2020-12) of scenario files. The reader is stricter: names must lead somewhere, values must fit.
pub(crate) const SCENARIO_SCHEMA: &str = include_str!("scenario.schema.json");

/// The JSON Schema (2020-12) of scenario files, for editors that complete and check as one types.
///
/// ```
/// assert!(tresteg::scenario_schema().contains("https://json-schema.org/draft/2020-12/schema"));
/// ```
#[must_use]
pub fn scenario_schema() -> &'static str {
    SCENARIO_SCHEMA
}
