//! A workflow with other values of its parameters, without a file for each.

use crate::diagnostic::{Report, nearest};
use crate::limits::Limits;
use crate::value::brief;
use crate::workflow::Workflow;

/// Why parameters cannot be set so.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Untunable {
    /// The workflow has no parameter of this name.
    Unknown {
        /// What was asked for.
        parameter: String,
        /// One that is written nearly so.
        near: Option<String>,
    },
    /// A value is no JSON.
    Value {
        /// The parameter.
        parameter: String,
        /// What is wrong.
        message: String,
    },
    /// With these values the workflow is wrong.
    Wrong(Report),
}

impl std::fmt::Display for Untunable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unknown { parameter, near } => {
                write!(f, "the workflow has no parameter `{}`", brief(parameter))?;
                near.as_ref().map_or(Ok(()), |near| write!(f, "; did you mean `{near}`?"))
            }
            Self::Value { parameter, message } => {
                write!(f, "the value of `{}` cannot be read: {message}", brief(parameter))
            }
            Self::Wrong(report) => write!(f, "{}", report.render(false)),
        }
    }
}

impl std::error::Error for Untunable {}

/// The workflow of a file with other values of some parameters, each as JSON: what a variant that says nothing else would
/// be. `resolve` is asked for the text of the file itself, by `path`, and of what that extends.
///
/// ```
/// use tresteg::compare::tuned;
/// use tresteg::{Limits, Workflow};
///
/// let text = r#"{ "id": "w", "parameters": { "least": { "type": "integer", "value": 50 } }, "facts": { "n": { "type": "integer" } },
///     "initial": "a", "states": { "a": { "on": { "go": { "target": "b", "guard": "n >= least" } } }, "b": {} } }"#;
/// let workflow = Workflow::from_json(text)?;
/// let values = [("least".to_owned(), "60".to_owned())];
/// let mut files = |_: &str| Ok(text.to_owned());
/// let other = tuned(&workflow, "w.json", &values, &mut files, &Limits::default())?;
/// assert_ne!(other.fingerprint(), workflow.fingerprint());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// A name that is no parameter of the workflow, a value that is no JSON, and the report of what does not fit its type.
pub fn tuned(
    workflow: &Workflow,
    path: &str,
    values: &[(String, String)],
    resolve: &mut dyn FnMut(&str) -> Result<String, String>,
    limits: &Limits,
) -> Result<Workflow, Untunable> {
    let parameters = workflow.compiled().definition.parameters.rows();
    let mut written = String::new();
    for (name, value) in values {
        if !parameters.iter().any(|known| known.name.as_str() == name) {
            let known = parameters.iter().map(|known| known.name.as_str());
            let near = nearest(name, known).map(str::to_owned);
            return Err(Untunable::Unknown { parameter: name.clone(), near });
        }
        if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(value) {
            let message = error.to_string();
            return Err(Untunable::Value { parameter: name.clone(), message });
        }
        if !written.is_empty() {
            written.push_str(", ");
        }
        written.push_str(&format!("{}: {value}", quoted(name)));
    }
    let file = path.rsplit('/').next().unwrap_or(path);
    let stem = path.strip_suffix(".json").unwrap_or(path);
    // An id of its own, as every variant has; it is told by the values.
    let id = format!("{}-set", workflow.id());
    let text = format!(
        "{{ \"extends\": {}, \"id\": {}, \"parameters\": {{ {written} }} }}\n",
        quoted(file),
        quoted(&id)
    );
    Workflow::load(&format!("{stem}.set.json"), &text, resolve, limits).map_err(Untunable::Wrong)
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
