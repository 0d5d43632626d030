//! Base and patch in, merged file and report out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::{Map, Value as Json, json};

use super::{merge, resolve, shorthand};
use crate::definition::keys::{Holds, WORKFLOW};
use crate::diagnostic::Report;
use crate::json::{Node, NodeKind, read};
use crate::limits::Limits;

fn plain(node: &Node) -> Json {
    match &node.kind {
        NodeKind::Null => Json::Null,
        NodeKind::Boolean(value) => json!(value),
        NodeKind::Number(text) => serde_json::from_str(text).unwrap(),
        NodeKind::String(text) => json!(text.value),
        NodeKind::Array(items) => items.iter().map(plain).collect(),
        NodeKind::Object(members) => {
            let members =
                members.iter().map(|member| (member.key.value.clone(), plain(&member.value)));
            Json::Object(members.collect::<Map<_, _>>())
        }
    }
}

fn merged(base: &Json, patch: &Json) -> (Json, Vec<String>) {
    let mut report = Report::default();
    let mut node = |json: &Json| {
        let text = json.to_string();
        let file = report.sources.add("x", &text);
        let mut node = read(&text, file, &Limits::default(), &mut report).unwrap();
        shorthand::write_out(&mut node, Holds::One(&WORKFLOW));
        node
    };
    let (base, patch) = (node(base), node(patch));
    let merged = plain(&merge::apply(base, patch, &mut report));
    let codes = report.diagnostics().iter();
    let shown =
        codes.map(|found| format!("{} {}", found.code, report.sources().text(found.span.unwrap())));
    (merged, shown.collect())
}

/// The examples of RFC 7396, appendix A, inside of a parameter's value, where nothing has a shorthand.
#[test]
fn merges_as_rfc_7396_says() {
    for (base, patch, wanted) in [
        (json!({"a":"b"}), json!({"a":"c"}), json!({"a":"c"})),
        (json!({"a":"b"}), json!({"b":"c"}), json!({"a":"b","b":"c"})),
        (json!({"a":"b"}), json!({"a":null}), json!({})),
        (json!({"a":"b","b":"c"}), json!({"a":null}), json!({"b":"c"})),
        (json!({"a":["b"]}), json!({"a":"c"}), json!({"a":"c"})),
        (json!({"a":"c"}), json!({"a":["b"]}), json!({"a":["b"]})),
        (json!({"a":{"b":"c"}}), json!({"a":{"b":"d","c":null}}), json!({"a":{"b":"d"}})),
        (json!({"a":[{"b":"c"}]}), json!({"a":[1]}), json!({"a":[1]})),
        (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
        (json!({"a":"b"}), json!(["c"]), json!(["c"])),
        (json!({"a":"foo"}), json!("bar"), json!("bar")),
        (json!({"e":null}), json!({"a":1}), json!({"e":null,"a":1})),
        (json!("foo"), json!({"a":"b","c":null}), json!({"a":"b"})),
        (json!({}), json!({"a":{"bb":{"ccc":null}}}), json!({"a":{"bb":{}}})),
    ] {
        let inside = |value: &Json| json!({ "parameters": { "p": { "value": value } } });
        let (found, _) = merged(&inside(&base), &inside(&patch));
        assert_eq!(found, inside(&wanted), "{base} and {patch}");
    }
}

#[test]
fn shorthands_are_written_out_on_both_sides() {
    let open = |on: Json| json!({ "states": { "open": { "on": on } } });
    for (base, patch, wanted) in [
        // Adding a guard never loses a target.
        (
            open(json!({"go": "end"})),
            open(json!({"go": {"guard": "g"}})),
            open(json!({"go": {"target": "end", "guard": "g"}})),
        ),
        (
            open(json!({"go": {"guard": "g"}})),
            open(json!({"go": "end"})),
            open(json!({"go": {"guard": "g", "target": "end"}})),
        ),
        (
            open(json!({"go.*": "end"})),
            open(json!({"go": {"guard": "g"}})),
            open(json!({"go": {"target": "end", "guard": "g"}})),
        ),
        (
            json!({"parameters": {"p": 3}}),
            json!({"parameters": {"p": {"title": "P"}}}),
            json!({"parameters": {"p": {"value": 3, "title": "P"}}}),
        ),
        (
            json!({"parameters": {"p": {"value": 3, "title": "P"}}}),
            json!({"parameters": {"p": 4}}),
            json!({"parameters": {"p": {"value": 4, "title": "P"}}}),
        ),
        (
            json!({"facts": {"f": {"enum": ["a", "b"]}}}),
            json!({"facts": {"f": {"enum": {"a": null, "c": true, "b": "B"}}}}),
            json!({"facts": {"f": {"enum": {"b": "B", "c": {}}}}}),
        ),
        (
            json!({"facts": {"f": {"items": {"enum": ["a"]}}}}),
            json!({"facts": {"f": {"items": {"enum": ["b"]}}}}),
            json!({"facts": {"f": {"items": {"enum": {"a": {}, "b": {}}}}}}),
        ),
        (
            json!({"initial": "a"}),
            json!({"initial": {"actions": "x"}}),
            json!({"initial": {"target": "a", "actions": "x"}}),
        ),
        (
            json!({"after": {"P1D": "a"}}),
            json!({"after": {"P1D": {"guard": "g"}}}),
            json!({"after": {"P1D": {"target": "a", "guard": "g"}}}),
        ),
        (json!({"always": ["a"]}), json!({"always": ["b"]}), json!({"always": [{"target": "b"}]})),
    ] {
        assert_eq!(merged(&base, &patch), (wanted, Vec::new()), "{base} and {patch}");
    }
}

#[test]
fn keys_over_a_list_name_its_entries() {
    let base = json!({ "tags": 0, "events": { "e": { "by": ["a", "b"] } }, "on": { "e": [
        { "id": "x", "target": "s" }, { "id": "y", "target": "t" }, "u"
    ] } });
    let e = |patch: Json| json!({ "on": { "e": patch } });
    let by = |patch: Json| json!({ "events": { "e": { "by": patch } } });
    for (patch, way, wanted) in [
        (by(json!({"a": null, "c": true})), "/events/e/by", json!(["b", "c"])),
        (by(json!({"x-ray": true})), "/events/e/by", json!(["a", "b", "x-ray"])),
        (
            e(json!({"y": {"guard": "g"}})),
            "/on/e/1",
            json!({"id": "y", "target": "t", "guard": "g"}),
        ),
        (e(json!({"y": "v"})), "/on/e/1", json!({"id": "y", "target": "v"})),
        (e(json!({"x": null})), "/on/e/0", json!({"id": "y", "target": "t"})),
        (e(json!({"z": {"target": "w"}})), "/on/e/3", json!({"target": "w", "id": "z"})),
        (e(json!(["w"])), "/on/e", json!([{"target": "w"}])),
    ] {
        let (found, report) = merged(&base, &patch);
        assert_eq!(found.pointer(way), Some(&wanted), "{patch}");
        assert!(report.is_empty(), "{patch}: {report:?}");
    }
    for (patch, wanted) in [
        (e(json!({"guard": "g"})), "patch-list \"guard\""),
        (e(json!("t")), "patch-list \"t\""),
        (e(json!({"y": true})), "patch-list true"),
        (e(json!({"z": null})), "patch-removes-missing \"z\""),
        (by(json!({"a": true})), "patch-no-change \"a\""),
        (by(json!({"c": null})), "patch-removes-missing \"c\""),
        (by(json!({"a": {}})), "patch-list {}"),
        (by(json!(["a", "b"])), "patch-no-change \"e\""),
        (json!({"parameters": {"p": null}}), "patch-removes-missing \"p\""),
    ] {
        assert_eq!(merged(&base, &patch).1, [wanted], "{patch}");
    }
}

#[test]
fn what_changes_nothing_is_told_once_and_at_its_place() {
    let base = json!({ "id": "b", "title": "T", "parameters": { "p": 1, "q": 1 }, "states": {
        "s": { "entry": "x", "on": { "go": { "target": "t", "guard": "g" } } } } });
    for (patch, wanted) in [
        (json!({"parameters": {"p": 1, "q": 2}}), vec!["patch-no-change \"p\""]),
        (
            json!({"parameters": {"p": 1.0}, "title": "T"}),
            vec!["patch-no-change \"p\"", "patch-no-change \"title\""],
        ),
        (json!({"parameters": {}}), vec!["patch-no-change \"parameters\""]),
        (json!({"states": {"s": {"on": {"go": "t"}}}}), vec!["patch-no-change \"go\""]),
        // Repeating the target beside a new guard is natural.
        (json!({"states": {"s": {"on": {"go": {"target": "t", "guard": "h"}}}}}), vec![]),
        (
            json!({"id": "v", "version": "2", "format": 1, "$comment": "c", "x-y": 1}),
            vec![
                "patch-no-change {\"$comment\":\"c\",\"format\":1,\"id\":\"v\",\"version\":\"2\",\"x-y\":1}",
            ],
        ),
    ] {
        assert_eq!(merged(&base, &patch).1, wanted, "{patch}");
    }
}

#[test]
fn keys_of_the_base_keep_their_place() {
    let mut report = Report::default();
    let mut files = |path: &str| {
        match path {
        "b.json" => Ok(r#"{ "extends": "c/c.json", "id": "b", "facts": { "n": {}, "a": { "type": "string" } } }"#.to_owned()),
        "c/c.json" => Ok(r#"{ "id": "c", "facts": { "z": {}, "a": { "type": "integer" }, "m": {} } }"#.to_owned()),
        other => Err(format!("no {other}")),
    }
    };
    let text = r#"{ "id": "a", "extends": "b.json", "facts": { "m": null, "y": {}, "z": { "type": "boolean" } } }"#;
    let file = report.sources.add("a.json", text);
    let root = read(text, file, &Limits::default(), &mut report).unwrap();
    let merged = resolve(root, "a.json", &mut files, &Limits::default(), &mut report).unwrap();
    assert!(report.diagnostics().is_empty(), "{report}");
    let NodeKind::Object(members) = &merged.kind else { panic!() };
    assert_eq!(
        members.iter().map(|member| member.key.as_str()).collect::<Vec<_>>(),
        ["id", "facts"]
    );
    assert_eq!(plain(&members[0].value), "a");
    let NodeKind::Object(facts) = &members[1].value.kind else { panic!() };
    let shown: Vec<_> = facts.iter().map(|fact| (fact.key.as_str(), fact.key.span.file)).collect();
    assert_eq!(shown, [("z", 2), ("a", 2), ("n", 1), ("y", 0)]);
    let NodeKind::Object(z) = &facts[0].value.kind else { panic!() };
    assert_eq!((z[0].key.as_str(), z[0].value.span.file), ("type", 0));
}

/// A key is found by what it means, however base and variant write it.
#[test]
fn keys_of_one_meaning_are_one_key() {
    let after = |terms: Json| json!({ "states": { "s": { "after": terms } } });
    let on = |events: Json| json!({ "states": { "s": { "on": events } } });
    for (base, patch, wanted) in [
        (
            after(json!({"P7D": "x"})),
            after(json!({"P1W": {"guard": "g"}})),
            after(json!({"P7D": {"target": "x", "guard": "g"}})),
        ),
        (
            after(json!({"P12M": "x", "P1D": "y"})),
            after(json!({"P1Y": null})),
            after(json!({"P1D": {"target": "y"}})),
        ),
        (
            after(json!({"PT24H": "x"})),
            after(json!({"PT1440M": "y"})),
            after(json!({"PT24H": {"target": "y"}})),
        ),
        (
            on(json!({"go": "x"})),
            on(json!({"go.*": {"guard": "g"}})),
            on(json!({"go": {"target": "x", "guard": "g"}})),
        ),
        (on(json!({"go.*": "x"})), on(json!({"go": null})), on(json!({}))),
        // A day is not 24 hours.
        (
            after(json!({"P1D": "x"})),
            after(json!({"PT24H": "y"})),
            after(json!({"P1D": {"target": "x"}, "PT24H": {"target": "y"}})),
        ),
    ] {
        let (found, told) = merged(&base, &patch);
        assert_eq!((found, told), (wanted, vec![]), "{base} and {patch}");
    }
    // Facts under `at` are names, whatever they look like.
    let at = |terms: Json| json!({ "states": { "s": { "at": terms } } });
    let (_, told) = merged(&at(json!({"P7D": "x"})), &at(json!({"P1W": null})));
    assert_eq!(told, ["patch-removes-missing \"P1W\""]);
    // Two of one meaning in the patch are left for the reader to report.
    let (found, _) = merged(&after(json!({"P7D": "x"})), &after(json!({"P7D": "y", "P1W": "z"})));
    assert_eq!(found["states"]["s"]["after"].as_object().unwrap().len(), 2);
}
