//! The codes of problems, each with what it stands for.

/// Every code that a [`Diagnostic`](crate::diagnostic::Diagnostic) can have, with one line that explains it, in the order of the alphabet.
///
/// Codes are stable: a program may act on them.
pub const CODES: &[(&str, &str)] = &[
    ("all-of-none", "a question of all children that has the answer yes where there are none"),
    ("always-true", "a comparison that holds whatever the facts are"),
    ("assignment-in-condition", "`=` where something is compared"),
    ("bad-bounds", "bounds between which nothing lies, or a number that cannot be reached"),
    ("bad-combination", "keys that exclude one another, or that say nothing here"),
    ("bad-condition", "a name that is not of the kind that is needed here"),
    ("bad-date", "a text that is not a date"),
    ("bad-duration", "a text that is not a duration, or a negative one"),
    ("bad-invoke", "child cases that cannot start, or a fact that they cannot be given"),
    ("bad-name", "a text that cannot be a name"),
    ("bad-path", "an `extends` that is not a relative path"),
    (
        "bad-pattern",
        "a text that is no regular expression, or one that takes more than linear time",
    ),
    (
        "bad-states",
        "states that cannot be active together, or a state with others inside where a leaf is needed",
    ),
    ("bad-target", "targets that cannot be entered from here, or not together"),
    ("bad-term", "a term that counts on something that is no duration or date"),
    ("bad-value", "a value that does not fit its declaration"),
    ("bad-word", "a text where only certain words may stand"),
    ("chained-comparison", "a comparison of the result of a comparison"),
    ("circular-extends", "a file that extends itself, perhaps through others"),
    ("circular-invoke", "a workflow that invokes itself, perhaps through others"),
    ("circular-rule", "rules that need one another to be decided"),
    ("circular-type", "a type that contains itself"),
    ("dead-end", "a state that nothing leads on from, and that is not final"),
    ("depends-on-now", "a term whose date moves with the clock"),
    ("division-by-zero", "a division by a zero that is written out"),
    ("duplicate-key", "a key that stands twice in one object"),
    ("duplicate-name", "a name that stands twice where each may stand once"),
    ("empty", "a list, object or script with nothing in it"),
    ("endless-always", "an eventless transition that is taken again and again"),
    ("impossible", "a comparison that never holds, whatever the facts are"),
    ("invoke-restart", "a transition that stops all children of a state and starts new ones"),
    ("json-escape", "an escape in a text that stands for no character"),
    ("json-syntax", "a text that is not JSON"),
    ("limit-depth", "nesting deeper than allowed"),
    ("limit-extends", "more files in a chain of `extends` than allowed"),
    ("limit-invoke", "more files that invoke one another than allowed"),
    ("limit-name", "a name longer than allowed"),
    ("limit-names", "more declarations than allowed"),
    ("limit-pattern", "a pattern larger than allowed"),
    (
        "limit-scenario-bytes",
        "more bytes in the scenarios of a file than allowed, rows and workflows counted",
    ),
    (
        "limit-scenario-steps",
        "more steps in the scenarios of a file than allowed, rows and workflows counted",
    ),
    ("limit-scenarios", "more scenarios in a file than allowed, rows and workflows counted"),
    ("limit-script", "a script longer than allowed"),
    ("limit-signatures", "more signatures on one transition than allowed"),
    ("limit-size", "more bytes than allowed"),
    ("limit-states", "more states than allowed"),
    ("limit-transitions", "more transitions than allowed"),
    ("limit-values", "more values in a text of JSON than allowed"),
    ("maybe-unknown", "an action that reads a fact that may be unknown"),
    ("missing-base", "a file that is extended and cannot be read"),
    ("missing-child", "a workflow of child cases that cannot be read"),
    ("missing-data", "an event raised or sent without something that it must carry"),
    ("missing-key", "a key that must be there and is not"),
    ("missing-workflow", "a workflow that a scenario file names and that cannot be used"),
    ("mixed-types", "values of types that do not go together"),
    ("name-clash", "a name that stands for something else already"),
    (
        "narrow-signature",
        "a signature that is asked for, and that something else keeps some from giving or withdrawing",
    ),
    ("needless-allow", "an `x-allow` that allows nothing"),
    ("never-done", "an answer to a state being done that never is"),
    (
        "never-sent",
        "an event under `not_by` that nothing else speaks of, or that only the case itself sends",
    ),
    ("never-signed", "a signature that nobody can ever give or withdraw"),
    ("no-calendar", "working days in a file that does not say which days are off"),
    ("no-value", "a script that gives no value where one is needed"),
    ("not-allowed", "a part of the script language that is not available"),
    ("not-assignable", "an assignment to something that is no fact and no variable"),
    ("not-boolean", "a value that is neither true nor false where a condition is needed"),
    ("not-carried", "a fact that an event may not carry, or that cannot be set"),
    ("not-literal", "a name that must be written out and is computed"),
    ("null-in-list", "`null` as an item of a list"),
    ("number-range", "a number with more digits than are kept exactly"),
    ("out-of-bounds", "a value outside of what is declared"),
    ("parallel-conflict", "a transition that may keep another one from being taken"),
    (
        "parallel-restart",
        "a transition of one part of a parallel state that makes the others begin anew",
    ),
    ("parallel-writes", "a fact that two parts of a parallel state write on one event"),
    ("patch-list", "a patch over a list that does not say which entry it means"),
    ("patch-no-change", "a part of a variant that is in its base as it is"),
    ("patch-removes-missing", "a `null` in a variant for something that its base does not have"),
    ("recursion", "a function that calls itself, perhaps through others"),
    ("reserved-name", "a name that means something else already"),
    ("returns-clock", "a returned fact or factor that moves with the clock"),
    ("shadowed-name", "a variable that hides a declared name"),
    (
        "shadowed-transition",
        "a transition that is never tried because one in front of it is always taken",
    ),
    ("syntax", "a script that cannot be read"),
    (
        "too-deep",
        "a script that nests deeper than allowed, perhaps through the functions that it calls",
    ),
    (
        "unclear-duration",
        "a duration that is compared or added, and may be counted in days, months or hours",
    ),
    ("unclosed-comment", "a comment in a script that never ends"),
    ("unknown-code", "the code of a warning that there is not"),
    ("unknown-column", "a column that no row of the scenario has"),
    ("unknown-event", "the name of an event that nothing declares"),
    ("unknown-invoke", "the name of child cases that no `invoke` has"),
    ("unknown-key", "a key that the format does not have"),
    ("unknown-language", "a label in a language that there is not, or rarely meant"),
    ("unknown-name", "a name that nothing declares"),
    ("unknown-role", "the name of a role that nothing declares"),
    ("unknown-state", "the name of a state that there is not"),
    ("unknown-timezone", "the name of a time zone that there is not"),
    ("unknown-type", "the name of a type that nothing declares"),
    ("unknown-value", "a text that an enum does not have"),
    ("unreachable-arm", "a case of a `switch` that is never reached"),
    ("unreachable-state", "a state that no path enters"),
    ("unsupported-format", "a format that this version does not read"),
    ("unused-column", "a column of a table that stands nowhere in the scenario"),
    ("unused-event", "an event that is declared and answered nowhere, or that nobody can send"),
    ("unused-fact", "a fact that nothing reads"),
    ("unused-factor", "a factor that nothing reads"),
    ("unused-function", "a function that nothing calls"),
    ("unused-message", "a label of a message that nothing emits"),
    ("unused-parameter", "a parameter that nothing reads"),
    ("unused-role", "a role that nothing asks for"),
    ("unused-type", "a type that no declaration is of"),
    ("unused-value", "a value that a script computes and throws away"),
    ("variant-id", "a variant without an `id` of its own"),
    ("wrong-arguments", "a function called with arguments that it does not take"),
    ("wrong-type", "a value of the wrong type of JSON"),
];

/// The codes of what is found by looking at rules for all situations at once, each with what it stands for. They can be
/// allowed as the codes of warnings are.
pub const ANALYSED: &[(&str, &str)] = &[
    ("always-holds", "a rule that holds whatever the facts are"),
    ("gap", "an event that may find every way shut"),
    ("implied-clause", "a part of a rule that follows from its other parts"),
    ("never-holds", "a rule that never holds, whatever the facts are"),
    ("outside-bounds", "a comparison that is the same for all that declarations allow"),
    ("overlap", "two transitions that may be open together and lead elsewhere"),
    ("shadowed", "a transition that is never taken, because one before it is open whenever it is"),
    ("useless-clause", "a part of a rule that changes nothing of what it comes to"),
];

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::CODES;
    use std::collections::BTreeSet;
    use std::path::Path;

    const CALLS: [&str; 5] =
        ["Diagnostic::error(", "Diagnostic::warning(", ".error(", ".warning(", "Problem::new("];

    /// Sources of the stages that report problems of files, without their tests.
    fn sources(path: &Path, found: &mut Vec<String>) {
        if path.is_dir() {
            for entry in std::fs::read_dir(path).unwrap() {
                sources(&entry.unwrap().path(), found);
            }
        } else if path.extension().is_some_and(|ending| ending == "rs")
            && !path.ends_with("codes.rs")
        {
            let text = std::fs::read_to_string(path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or("").to_owned();
            found.push(code);
        }
    }

    fn all_sources() -> Vec<String> {
        let mut found = Vec::new();
        for stage in ["json", "json.rs", "definition", "rule", "workflow", "scenario"] {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(stage);
            if path.exists() {
                sources(&path, &mut found);
            }
        }
        found
    }

    /// Codes in the sources: the first text that a call which makes a problem is given.
    fn used() -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for text in all_sources() {
            for call in CALLS {
                for (at, _) in text.match_indices(call) {
                    let rest = text.get(at + call.len()..).unwrap_or("").trim_start();
                    let Some((code, behind)) =
                        rest.strip_prefix('"').and_then(|rest| rest.split_once('"'))
                    else {
                        continue;
                    };
                    let is_code = code.chars().all(|c| c.is_ascii_lowercase() || c == '-');
                    if is_code && behind.starts_with(',') {
                        found.insert(code.to_owned());
                    }
                }
            }
        }
        found
    }

    #[test]
    fn every_code_that_is_used_is_listed() {
        let listed: BTreeSet<_> = CODES.iter().map(|(code, _)| (*code).to_owned()).collect();
        let missing: Vec<_> = used().difference(&listed).cloned().collect();
        assert!(missing.is_empty(), "not listed: {missing:?}");
    }

    #[test]
    fn every_code_that_is_listed_is_used() {
        let sources = all_sources();
        let idle: Vec<_> = CODES
            .iter()
            .map(|(code, _)| format!("\"{code}\""))
            .filter(|code| sources.iter().all(|text| !text.contains(code.as_str())))
            .collect();
        assert!(idle.is_empty(), "used nowhere: {idle:?}");
    }

    #[test]
    fn codes_are_in_order_and_explained() {
        assert!(CODES.is_sorted_by(|a, b| a.0 < b.0));
        for (code, line) in CODES {
            assert!(
                !line.is_empty() && !line.ends_with('.') && !line.starts_with(char::is_uppercase),
                "{code}"
            );
        }
    }
}
