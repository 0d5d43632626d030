//! The JSON Schema of workflow files: editors complete and explain with it.

/// JSON Schema (2020-12) of the workflow format. The reader is stricter: names must lead somewhere, scripts must be right.
pub(crate) const WORKFLOW_SCHEMA: &str = include_str!("workflow.schema.json");

/// The JSON Schema (2020-12) of the workflow format, for editors that complete and check as one types.
///
/// ```
/// assert!(tresteg::workflow::schema().contains("https://json-schema.org/draft/2020-12/schema"));
/// ```
#[must_use]
pub fn schema() -> &'static str {
    WORKFLOW_SCHEMA
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
pub(crate) mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use serde_json::{Value as Json, json};

    use super::WORKFLOW_SCHEMA;
    use crate::definition::keys::{self, Holds, Object};
    use crate::definition::load;
    use crate::limits::Limits;

    fn validator() -> jsonschema::Validator {
        jsonschema::validator_for(&serde_json::from_str(WORKFLOW_SCHEMA).unwrap()).unwrap()
    }

    /// What an editor shows of a slip: one message, at the place of it, that says what is wrong.
    #[test]
    fn a_slip_has_one_message_at_its_place() {
        let right = json!({
            "id": "w", "facts": { "n": { "type": "integer" }, "l": { "type": "array", "items": { "type": "number" } } },
            "factors": { "f": { "guard": "n > 1" } }, "initial": "a",
            "states": { "a": { "on": { "go": { "target": "b", "guard": "n > 1" } } }, "b": { "type": "final" } }
        });
        let validator = validator();
        assert!(validator.is_valid(&right));
        for (place, wrong, shown, said) in [
            ("/states/a/on/go", json!({ "targt": "b" }), "/states/a/on/go", "targt"),
            ("/states/a/on/go", json!(7), "/states/a/on/go", "not of types"),
            ("/states/a/on/go", json!([{ "to": "b" }]), "/states/a/on/go/0", "to"),
            (
                "/states/a/on/go",
                json!({ "target": [1] }),
                "/states/a/on/go/target/0",
                "not of type",
            ),
            ("/states/a/on/go/guard", json!(3), "/states/a/on/go/guard", "not of types"),
            ("/states/a/on", json!(["go"]), "/states/a/on/0", "not of type"),
            ("/states/b/type", json!("finial"), "/states/b/type", "finial"),
            ("/facts/n", json!("integer"), "/facts/n", "not of type"),
            ("/facts/n/type", json!(12), "/facts/n/type", "not of type"),
            ("/facts/n", json!({ "enum": [1] }), "/facts/n/enum/0", "not of type"),
            ("/facts/l/items", json!("number"), "/facts/l/items", "not of type"),
            ("/factors/f", json!({}), "/factors/f", "guard"),
            ("/factors/f", json!({ "of": ["f"], "at_least": 0 }), "/factors/f/at_least", "minimum"),
            ("/factors/f", json!({ "of": ["f"], "guard": "n > 1" }), "/factors/f/guard", "n > 1"),
            ("/id", json!(5), "/id", "not of type"),
        ] {
            let mut file = right.clone();
            *file.pointer_mut(place).unwrap() = wrong;
            let found: Vec<(String, String)> = validator
                .iter_errors(&file)
                .map(|error| (error.instance_path().to_string(), error.to_string()))
                .collect();
            let [(at, message)] = found.as_slice() else { panic!("{file}: {found:?}") };
            assert!(at == shown && message.contains(said), "{at}: {message}");
        }
    }

    /// Files that are right, by their path.
    fn corpus() -> Vec<(String, String)> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut found = Vec::new();
        for folder in ["tests/definitions", "workflows"] {
            let Ok(entries) = std::fs::read_dir(root.join(folder)) else { continue };
            for entry in entries {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                if name.ends_with(".json") && !name.ends_with(".scenario.json") {
                    found.push((
                        format!("{folder}/{name}"),
                        std::fs::read_to_string(&path).unwrap(),
                    ));
                }
            }
        }
        found.sort();
        found
    }

    fn problems(name: &str, text: &str) -> Option<String> {
        let mut resolver = |path: &str| {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
            std::fs::read_to_string(path).map_err(|error| error.to_string())
        };
        let (_, report) = load(name, text, &mut resolver, &Limits::default());
        report.has_errors().then(|| report.to_string())
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

    /// An object of the corpus: the way to it, and its kind.
    pub(crate) type Place = (Vec<String>, &'static Object);

    /// Every object whose keys the table knows.
    pub(crate) fn places(json: &Json, holds: Holds, way: &mut Vec<String>, found: &mut Vec<Place>) {
        let object = |object: &'static Object, way: &mut Vec<String>, found: &mut Vec<Place>| {
            let Json::Object(members) = json else { return };
            found.push((way.clone(), object));
            for (key, value) in members {
                if let Some(known) = object.keys().find(|known| known.name == key) {
                    way.push(key.clone());
                    places(value, known.holds, way, found);
                    way.pop();
                }
            }
        };
        let mut each = |holds: Holds, way: &mut Vec<String>| {
            let members: Vec<(String, &Json)> = match json {
                Json::Object(members) => {
                    members.iter().map(|(key, value)| (key.clone(), value)).collect()
                }
                Json::Array(items) => items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| (index.to_string(), item))
                    .collect(),
                _ => Vec::new(),
            };
            for (key, value) in members {
                if !key.starts_with("x-") && key != "$comment" {
                    way.push(key);
                    places(value, holds, way, found);
                    way.pop();
                }
            }
        };
        match holds {
            Holds::One(kind) | Holds::BooleanOr(kind) => object(kind, way, found),
            Holds::Map(kind) => each(Holds::One(kind), way),
            Holds::Parameters => each(Holds::One(&keys::PARAMETER), way),
            Holds::Entry => object(&keys::ENTRY, way, found),
            Holds::Transitions if json.is_array() => each(Holds::One(&keys::TRANSITION), way),
            Holds::Transitions => object(&keys::TRANSITION, way, found),
            Holds::On if json.is_array() => each(Holds::One(&keys::EVENT_TRANSITION), way),
            Holds::On | Holds::TransitionMap => each(Holds::Transitions, way),
            Holds::Invokes if json.is_array() => each(Holds::One(&keys::INVOKE), way),
            Holds::Invokes => object(&keys::INVOKE, way, found),
            Holds::List(kind) | Holds::TextsOr(kind) => each(Holds::One(kind), way),
            Holds::TextOr(kind) | Holds::TargetsOr(kind) => object(kind, way, found),
            _ => {}
        }
    }

    /// Whether this JSON can stand behind a key, as far as its form goes.
    pub(crate) fn fits(holds: Holds, json: &Json) -> bool {
        let texts =
            |json: &Json| json.as_array().is_some_and(|items| items.iter().all(Json::is_string));
        match holds {
            Holds::Text => json.is_string(),
            Holds::Label => {
                json.is_string()
                    || json.as_object().is_some_and(|texts| texts.values().all(Json::is_string))
            }
            Holds::Boolean => json.is_boolean(),
            Holds::Whole => json.is_u64(),
            Holds::WholeOrName => {
                json.is_string() || json.as_u64().is_some_and(|number| number > 0)
            }
            Holds::Number => json.is_number(),
            Holds::Bound => json.is_number() || json.is_string(),
            Holds::Word(words) => json.as_str().is_some_and(|word| words.contains(&word)),
            Holds::Names => texts(json),
            Holds::Targets | Holds::Script => {
                json.is_string() || (texts(json) && json != &json!([]))
            }
            Holds::Value => !json.is_null(),
            Holds::Enum => (texts(json) && json != &json!([])) || json.is_object(),
            Holds::Holidays => json == "SE" || texts(json),
            Holds::One(_) | Holds::Map(_) | Holds::Parameters => json.is_object(),
            Holds::BooleanOr(_) => json.is_boolean() || json.is_object(),
            Holds::TransitionMap => json.is_object(),
            Holds::Entry | Holds::Transitions => {
                json.is_string() || json.is_object() || (json.is_array() && json != &json!([]))
            }
            Holds::On => json.is_object() || json.is_array(),
            Holds::List(_) => {
                json.as_array().is_some_and(|items| items.iter().all(Json::is_object))
            }
            Holds::Invokes => {
                json.is_object()
                    || json
                        .as_array()
                        .is_some_and(|items| !items.is_empty() && items.iter().all(Json::is_object))
            }
            Holds::Scripts => json.is_object(),
            Holds::Rows => json
                .as_array()
                .is_some_and(|rows| !rows.is_empty() && rows.iter().all(Json::is_object)),
            Holds::Values => json.is_object(),
            Holds::TextOr(_) => json.is_string() || json.is_object(),
            Holds::TargetsOr(_) => {
                json.is_string() || json.is_object() || (texts(json) && json != &json!([]))
            }
            Holds::TextsOr(_) => json
                .as_array()
                .is_some_and(|items| items.iter().all(|item| item.is_string() || item.is_object())),
            Holds::TextOrNull => json.is_string() || json.is_null(),
            Holds::TextMap | Holds::VerdictMap => json.is_object(),
        }
    }

    pub(crate) fn at<'a>(
        json: &'a mut Json,
        way: &[String],
    ) -> &'a mut serde_json::Map<String, Json> {
        let found = way.iter().fold(json, |json, key| match json {
            Json::Array(items) => &mut items[key.parse::<usize>().unwrap()],
            other => &mut other[key.as_str()],
        });
        found.as_object_mut().unwrap()
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
        let name = "every-key.json";
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/definitions").join(name);
        let file: Json = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let mut found = Vec::new();
        places(&file, Holds::One(&keys::WORKFLOW), &mut Vec::new(), &mut found);
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
                // Once for each key of the table: in other places of the file it is the same key.
                if !met.insert((object.name, key.name)) {
                    continue;
                }
                if key.required {
                    at(&mut changed, &way).remove(key.name);
                    check(&changed, format!("{shown} - {}", key.name));
                }
                for value in &wrong_values {
                    // With `extends` the schema is that of variants, in which `null` means something.
                    if !fits(key.holds, value) && key.name != "extends" {
                        at(&mut changed, &way).insert(key.name.to_owned(), value.clone());
                        check(&changed, format!("{shown}/{} = {value}", key.name));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
        for object in all_objects() {
            for key in object.keys().filter(|key| key.name != "extends") {
                assert!(
                    met.contains(&(object.name, key.name)),
                    "no file of the corpus has {} in a {}",
                    key.name,
                    object.name
                );
            }
        }
    }

    fn all_objects() -> [&'static Object; 16] {
        [
            &keys::WORKFLOW,
            &keys::STATE,
            &keys::TRANSITION,
            &keys::EVENT_TRANSITION,
            &keys::ENTRY,
            &keys::ROLE,
            &keys::DECLARATION,
            &keys::FACT,
            &keys::PARAMETER,
            &keys::FACTOR,
            &keys::FUNCTION,
            &keys::EVENT,
            &keys::INVOKE,
            &keys::SOURCE,
            &keys::VALID,
            &keys::CALENDAR,
        ]
    }

    /// Every property that the schema has is one of the table and explained, and the other way round.
    #[test]
    fn the_schema_has_the_keys_of_the_table() {
        let schema: Json = serde_json::from_str(WORKFLOW_SCHEMA).unwrap();
        let defs = &schema["$defs"];
        let part = |name: &str| match name {
            "parameter" | "entry" => &defs[name]["then"],
            _ => &defs[name],
        };
        for (name, object) in [
            ("workflow", &keys::WORKFLOW),
            ("state", &keys::STATE),
            ("transition", &keys::TRANSITION),
            ("eventTransition", &keys::EVENT_TRANSITION),
            ("entry", &keys::ENTRY),
            ("role", &keys::ROLE),
            ("declaration", &keys::DECLARATION),
            ("fact", &keys::FACT),
            ("parameter", &keys::PARAMETER),
            ("factor", &keys::FACTOR),
            ("function", &keys::FUNCTION),
            ("event", &keys::EVENT),
            ("invoke", &keys::INVOKE),
            ("source", &keys::SOURCE),
            ("valid", &keys::VALID),
            ("calendar", &keys::CALENDAR),
        ] {
            let properties = part(name)["properties"].as_object().unwrap();
            let listed: BTreeSet<_> =
                properties.keys().map(String::as_str).filter(|key| *key != keys::COMMENT).collect();
            let known: BTreeSet<_> = object.keys().map(|key| key.name).collect();
            assert_eq!(listed, known, "{name}");
            for (key, property) in properties {
                let referred = property["$ref"].as_str().and_then(|to| to.strip_prefix("#/$defs/"));
                let described = |json: &Json| json["description"].is_string();
                assert!(
                    described(property) || referred.is_some_and(|to| described(&defs[to])),
                    "{name}.{key}"
                );
            }
        }
        let variant = part("variant")["properties"].as_object().unwrap();
        let workflow = part("workflow")["properties"].as_object().unwrap();
        assert_eq!(variant.keys().collect::<BTreeSet<_>>(), workflow.keys().collect());
    }
}
