//! The JSON Schema of scenario files.

/// JSON Schema (2020-12) of scenario files. The reader is stricter: names must lead somewhere, values must fit.
pub(crate) const SCENARIO_SCHEMA: &str = include_str!("scenario.schema.json");

/// The JSON Schema (2020-12) of scenario files, for editors that complete and check as one types.
///
/// ```
/// assert!(tresteg::scenario::schema().contains("https://json-schema.org/draft/2020-12/schema"));
/// ```
#[must_use]
pub fn schema() -> &'static str {
    SCENARIO_SCHEMA
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use serde_json::{Value as Json, json};

    use super::SCENARIO_SCHEMA;
    use crate::definition::keys::{self as workflow_keys, Holds, Object};
    use crate::definition::schema::tests::{at, fits, places};
    use crate::limits::Limits;
    use crate::scenario::{Suite, keys};

    fn validator() -> jsonschema::Validator {
        jsonschema::validator_for(&serde_json::from_str(SCENARIO_SCHEMA).unwrap()).unwrap()
    }

    fn problems(name: &str, text: &str) -> Option<String> {
        let mut resolver = |path: &str| {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
            std::fs::read_to_string(path).map_err(|error| error.to_string())
        };
        Suite::load(name, text, &mut resolver, &Limits::default())
            .err()
            .map(|report| report.to_string())
    }

    /// Scenarios that are right: those shipped, and one that has every key.
    fn corpus() -> Vec<(String, String)> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut found = Vec::new();
        for folder in ["tests/scenarios", "workflows"] {
            for entry in std::fs::read_dir(root.join(folder)).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                if name.ends_with(".scenario.json") {
                    let text = std::fs::read_to_string(&path).unwrap();
                    found.push((format!("{folder}/{name}"), text));
                }
            }
        }
        found.sort();
        found
    }

    #[test]
    fn both_take_what_is_right() {
        let schema = validator();
        let corpus = corpus();
        assert!(corpus.len() >= 3);
        for (name, text) in corpus {
            if let Some(report) = problems(&name, &text) {
                panic!("the reader refuses {name}:\n{report}");
            }
            let errors: Vec<_> = schema
                .iter_errors(&serde_json::from_str(&text).unwrap())
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "the schema refuses {name}:\n{}", errors.join("\n"));
        }
    }

    /// Both refuse every file in which one key is unknown, missing or holds the wrong type.
    #[test]
    fn both_refuse_what_is_wrong() {
        let schema = validator();
        let mut met = BTreeSet::new();
        let mut wrong = Vec::new();
        let wrong_values = [
            json!(null),
            json!(true),
            json!(-1.5),
            json!(7),
            json!("§"),
            json!([]),
            json!([7]),
            json!([{}]),
            json!({}),
            json!({ "a": 7 }),
        ];
        let name = "tests/scenarios/every-key.scenario.json";
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        let file: Json = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let mut found = Vec::new();
        places(&file, Holds::One(&keys::FILE), &mut Vec::new(), &mut found);
        let mut check = |file: &Json, what: String| {
            let reader = problems(name, &file.to_string()).is_some();
            let schema = !schema.is_valid(file);
            if !(reader && schema) {
                wrong.push(format!("{what}: reader refuses: {reader}, schema refuses: {schema}"));
            }
        };
        for (way, object) in found {
            let shown = way.join("/");
            let mut changed = file.clone();
            at(&mut changed, &way).insert("nonsense".to_owned(), json!(1));
            check(&changed, format!("{shown} + nonsense"));
            for key in object.keys() {
                let mut changed = file.clone();
                if at(&mut changed, &way).get(key.name).is_none() {
                    continue;
                }
                if !met.insert((object.name, key.name)) {
                    continue;
                }
                if key.required {
                    at(&mut changed, &way).remove(key.name);
                    check(&changed, format!("{shown} - {}", key.name));
                }
                for value in &wrong_values {
                    if !fits(key.holds, value) {
                        at(&mut changed, &way).insert(key.name.to_owned(), value.clone());
                        check(&changed, format!("{shown}/{} = {value}", key.name));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
        for (_, object) in all_objects() {
            for key in object.keys() {
                // A file of several scenarios has none of its own, and the key is the same in each of them.
                if (object.name, key.name) == ("scenario file", "rows") {
                    continue;
                }
                assert!(
                    met.contains(&(object.name, key.name)),
                    "no file of the corpus has {} in a {}",
                    key.name,
                    object.name
                );
            }
        }
    }

    fn all_objects() -> [(&'static str, &'static Object); 11] {
        [
            ("file", &keys::FILE),
            ("scenario", &keys::SCENARIO),
            ("place", &keys::PLACE),
            ("happened", &keys::HAPPENED),
            ("step", &keys::STEP),
            ("actor", &keys::ACTOR),
            ("note", &keys::NOTE),
            ("attachment", &keys::ATTACHMENT),
            ("expectation", &keys::EXPECT),
            ("blockedBy", &keys::BLOCKED_BY),
            ("message", &keys::MESSAGE),
        ]
    }

    /// Every property that the schema has is one of the table and explained, and the other way round.
    #[test]
    fn the_schema_has_the_keys_of_the_table() {
        let schema: Json = serde_json::from_str(SCENARIO_SCHEMA).unwrap();
        for (name, object) in all_objects() {
            let properties = schema["$defs"][name]["properties"].as_object().unwrap();
            let remark = |key: &&str| *key != workflow_keys::COMMENT;
            let listed: BTreeSet<_> =
                properties.keys().map(String::as_str).filter(remark).collect();
            let known: BTreeSet<_> = object.keys().map(|key| key.name).collect();
            assert_eq!(listed, known, "{name}");
            for (key, property) in properties {
                assert!(property["description"].is_string(), "{name}.{key}");
            }
        }
    }
}
