//! The guide and the README, held to the engine: workflows load, scenarios are as expected, tables
//! have every key, and the commands do what is shown (`cli::readme`).

use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use tresteg::scenario::Suite;
use tresteg::{Limits, Workflow};

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The pages that a stranger reads, with their names.
pub fn pages() -> Vec<(String, String)> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(root().join("src/guide"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .collect();
    paths.sort();
    paths.extend(["README.md", "workflows/README.md"].map(|name| root().join(name)));
    let read = |path: PathBuf| {
        let name = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
        (name, std::fs::read_to_string(path).unwrap())
    };
    paths.into_iter().map(read).collect()
}

/// Blocks of code with what stands behind their fences.
fn blocks(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        match line.strip_prefix("```") {
            Some(_) if inside => inside = false,
            Some(info) => {
                inside = true;
                found.push((info.to_owned(), String::new()));
            }
            None if inside => {
                let text = &mut found.last_mut().unwrap().1;
                text.push_str(line);
                text.push('\n');
            }
            None => {}
        }
    }
    assert!(!inside, "a block does not end");
    found
}

/// The rows of the table behind a head, as cells.
fn rows(text: &str, head: &str) -> Vec<Vec<String>> {
    let table = text.split(head).nth(1).unwrap_or_else(|| panic!("there is no {head}"));
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect())
        .collect()
}

/// Files of a chapter: a block ```` ```json NAME.json ```` is what others extend or what scenarios
/// play.
fn file(chapter: &[(String, String)], name: &str) -> Result<String, String> {
    let wanted = format!("json {name}");
    let found = chapter.iter().find(|(info, _)| *info == wanted);
    match found {
        Some((_, text)) => Ok(text.clone()),
        None => std::fs::read_to_string(root().join("workflows").join(name))
            .map_err(|_| format!("there is no {name}")),
    }
}

#[test]
fn files_of_the_guide_are_right() {
    let (mut workflows, mut suites) = (0, 0);
    for (page, text) in pages() {
        let chapter = blocks(&text);
        for (info, text) in &chapter {
            let name = info.strip_prefix("json").map(str::trim);
            let Some(name) = name else { continue };
            let mut resolve = |path: &str| file(&chapter, path);
            if name.ends_with(".scenario.json") {
                let suite = Suite::load(name, text, &mut resolve, &Limits::default());
                let suite = suite.unwrap_or_else(|report| panic!("{page}\n{report}"));
                assert!(suite.warnings().diagnostics().is_empty(), "{page}\n{}", suite.warnings());
                for scenario in suite.scenarios() {
                    let failures = scenario.run();
                    assert!(failures.is_none(), "{page}: {failures:?}");
                }
                suites += 1;
            } else if name == "workflow" || name.ends_with(".json") {
                let workflow = Workflow::load(name, text, &mut resolve, &Limits::default());
                let workflow = workflow.unwrap_or_else(|report| panic!("{page}\n{report}"));
                let warnings = workflow.warnings();
                assert!(warnings.diagnostics().is_empty(), "{page}\n{warnings}");
                workflows += 1;
            } else {
                let lines = serde_json::Deserializer::from_str(text).into_iter::<Json>();
                for line in lines {
                    line.unwrap_or_else(|error| panic!("{page}: {error}\n{text}"));
                }
            }
        }
    }
    assert!(workflows >= 4 && suites >= 1, "{workflows} workflows, {suites} suites");
}

/// What stands behind a key, as short as the schema tells it.
fn holds(property: &Json) -> String {
    if let Some(name) = property["$ref"].as_str().and_then(|name| name.strip_prefix("#/$defs/")) {
        return match name {
            "entry" => "name, names, entry",
            "targets" => "name, names",
            "on" => "event → transitions",
            "values" => "name → value",
            "blockedBy" => "what blocks",
            // A value of a table, which may stand anywhere in scenarios.
            "column" => "",
            other => other,
        }
        .to_owned();
    }
    if let Some(words) = property["enum"].as_array() {
        let words = words.iter().map(|word| format!("`{}`", word.as_str().unwrap()));
        return words.collect::<Vec<_>>().join(" ");
    }
    if let Some(value) = property.get("const") {
        return format!("`{value}`").replace('"', "");
    }
    let named = |inner: &Json| {
        let patterns = inner["patternProperties"].as_object();
        let mut patterns = patterns.into_iter().flatten();
        let own = patterns.find(|(pattern, _)| !pattern.starts_with("^x-"));
        let kind = own.map(|(_, kind)| kind).unwrap_or(&inner["additionalProperties"]);
        match holds(kind) {
            kind if kind.is_empty() => "object".to_owned(),
            kind => format!("name → {kind}"),
        }
    };
    let of_type = |kind: &str| match kind {
        "string" => "text".to_owned(),
        "integer" => "whole number".to_owned(),
        "array" => match holds(&property["items"]).as_str() {
            "text" => "texts".to_owned(),
            "" => "list".to_owned(),
            other => format!("list of {other}"),
        },
        "object" => named(property),
        other => other.to_owned(),
    };
    if let Some(kind) = property["type"].as_str() {
        return of_type(kind);
    }
    let several = ["oneOf", "anyOf"].into_iter().filter_map(|key| property[key].as_array());
    let kinds = several.flatten().map(holds);
    let types = property["type"].as_array().into_iter().flatten();
    let kinds = kinds.chain(types.filter_map(Json::as_str).map(of_type));
    let mut all: Vec<String> = Vec::new();
    for kind in kinds.filter(|kind| !kind.is_empty()) {
        if !all.contains(&kind) {
            all.push(kind);
        }
    }
    match all.join(", ") {
        none if none.is_empty() && property["not"]["type"] == "null" => "value".to_owned(),
        none if none.is_empty() && !property["if"].is_null() => {
            format!("boolean, {}", holds(&property["else"]))
        }
        all => all,
    }
}

/// A table of each object of a schema: its keys, what they hold and mean.
fn tables(schema: &str, objects: &[(&str, &str)], common: &[&str]) -> String {
    let schema: Json = serde_json::from_str(schema).unwrap();
    let mut text = String::new();
    for (object, title) in objects {
        let mut def = &schema["$defs"][object];
        if def["properties"].is_null() {
            def = &def["then"];
        }
        let required: Vec<&str> =
            def["required"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
        text += &format!("\n### {title}\n\n| key | holds | means |\n|---|---|---|\n");
        for (key, property) in def["properties"].as_object().unwrap() {
            if common.contains(&key.as_str()) {
                continue;
            }
            let referred = property["$ref"].as_str().and_then(|to| to.strip_prefix("#/$defs/"));
            let means = property["description"]
                .as_str()
                .or_else(|| schema["$defs"][referred?]["description"].as_str())
                .unwrap_or_else(|| panic!("{object}.{key}"));
            let must = if required.contains(&key.as_str()) { " Must be there." } else { "" };
            let holds = holds(property).replace('|', "\\|");
            text += &format!("| `{key}` | {holds} | {}{must} |\n", means.replace('|', "\\|"));
        }
    }
    text
}

/// Compares what stands in a page between two marks with what it must be; `TRESTEG_BLESS=1` renews
/// it.
fn held(page: &str, mark: &str, wanted: &str) {
    let path = root().join(page);
    let text = std::fs::read_to_string(&path).unwrap();
    let begin = format!("<!-- {mark} -->\n");
    let (before, rest) = text.split_once(&begin).unwrap();
    let (_, after) = rest.split_once("<!-- end -->").unwrap();
    let renewed = format!("{before}{begin}{wanted}\n<!-- end -->{after}");
    if std::env::var_os("TRESTEG_BLESS").is_some() {
        // Beside it and then in its place: other tests are reading it.
        let draft = path.with_extension("draft");
        std::fs::write(&draft, &renewed).unwrap();
        std::fs::rename(&draft, &path).unwrap();
        return;
    }
    assert!(text == renewed, "{page} is not up to date; TRESTEG_BLESS=1 renews it:\n{wanted}");
}

const NOTES: [&str; 6] = ["$comment", "title", "description", "hint", "source", "valid"];

/// The keys of the format in the guide are those of the schema, which is itself held to the reader.
#[test]
fn the_guide_has_every_key_of_the_format() {
    let objects = [
        ("workflow", "The file"),
        ("declaration", "A declaration"),
        ("fact", "A fact"),
        ("parameter", "A parameter"),
        ("factor", "A factor"),
        ("claim", "A claim"),
        ("function", "A function"),
        ("event", "An event"),
        ("state", "A state"),
        ("transition", "A transition"),
        ("eventTransition", "A transition in the list form of `on`"),
        ("entry", "Where it begins: `initial` and `default`"),
        ("source", "A source"),
        ("valid", "From when until when: `valid`"),
        ("calendar", "The calendar"),
    ];
    // Facts, parameters and transitions of lists have the keys of what they are, and these.
    let schema: Json = serde_json::from_str(tresteg::workflow::schema()).unwrap();
    let keys = |object: &str| -> Vec<String> {
        let def = &schema["$defs"][object];
        let def = if def["properties"].is_null() { &def["then"] } else { def };
        def["properties"].as_object().unwrap().keys().cloned().collect()
    };
    let mut text = String::new();
    for (object, title) in objects {
        let base = match object {
            "fact" | "parameter" => keys("declaration"),
            "eventTransition" => keys("transition"),
            _ => Vec::new(),
        };
        let mut common: Vec<&str> = base.iter().map(String::as_str).collect();
        common.extend(NOTES);
        let title = match object {
            "fact" | "parameter" => format!("{title}: the keys of a declaration, and"),
            "eventTransition" => format!("{title}: the keys of a transition, and"),
            _ => title.to_owned(),
        };
        text += &tables(tresteg::workflow::schema(), &[(object, &title)], &common);
    }
    held("src/guide/format.md", "keys", &text);
}

#[test]
fn the_guide_has_every_key_of_scenarios() {
    let objects = [
        ("file", "The file"),
        ("scenario", "One of `scenarios`"),
        ("step", "A step"),
        ("expectation", "What is expected"),
        ("blockedBy", "`blocked_by`"),
        ("actor", "An actor"),
        ("place", "`from`"),
        ("happened", "One of `happened`"),
        ("message", "One of `emitted`"),
        ("note", "A note"),
        ("attachment", "One of `attachments`"),
    ];
    held("src/guide/scenarios.md", "keys", &tables(tresteg::scenario::schema(), &objects, &NOTES));
}

/// No chapter is left out of the crate's documentation or of `tresteg help`.
#[test]
fn every_chapter_is_shown() {
    let guide = std::fs::read_to_string(root().join("src/guide.rs")).unwrap();
    let help = std::fs::read_to_string(root().join("src/cli/help.rs")).unwrap();
    for (page, _) in pages() {
        if let Some(name) = page.strip_prefix("src/guide/") {
            assert!(guide.contains(&format!("guide/{name}")), "{page}");
            assert!(help.contains(&format!("guide/{name}")), "{page}");
        }
    }
}

#[test]
fn the_bounds_are_those_of_the_library() {
    let text = std::fs::read_to_string(root().join("src/guide/untrusted.md")).unwrap();
    let shown = rows(&text, "| bound | default | field |");
    let debug = format!("{:?}", Limits::default());
    let inside = debug.split_once('{').unwrap().1.trim_end_matches('}');
    let mut left: std::collections::BTreeMap<&str, u64> = inside
        .split(',')
        .map(|field| field.split_once(':').unwrap())
        .map(|(name, value)| (name.trim(), value.trim().parse().unwrap()))
        .collect();
    for row in &shown {
        let field = row[2].trim_matches('`');
        let value = left.remove(field).unwrap_or_else(|| panic!("there is no limit {field}"));
        let number = row[1].replace(' ', "");
        let digits = number.trim_end_matches(|c: char| !c.is_ascii_digit());
        let unit = match number.trim_start_matches(|c: char| c.is_ascii_digit()) {
            "MiB" => 1 << 20,
            "KiB" => 1 << 10,
            "" => 1,
            other => panic!("{field}: {other}"),
        };
        assert_eq!(digits.parse::<u64>().unwrap() * unit, value, "{field}");
    }
    assert!(left.is_empty(), "not in the table: {left:?}");
}

/// The map leads to what is there.
#[test]
fn the_map_names_what_is_there() {
    let mut missing = Vec::new();
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let text = std::fs::read_to_string(root().join(page)).unwrap();
        for code in text.split('`').skip(1).step_by(2) {
            let place = ["src/", "tests/", "workflows/", "fuzz/"];
            let is_path = place.iter().any(|place| code.starts_with(place));
            let is_one = !code.contains([' ', '*']) && !code.contains("NAME");
            if is_path && is_one && !root().join(code).exists() {
                missing.push(format!("{page}: {code}"));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    // Every room of the source is on it.
    let map = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for entry in std::fs::read_dir(root().join("src")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let known = ["diagnostic", "json", "vocabulary"];
        if path.is_dir() && !known.contains(&name.as_str()) {
            let shown = [format!("`src/{name}`"), format!("`{name}`")];
            let is_there = shown.iter().any(|shown| map.contains(shown));
            assert!(is_there, "ARCHITECTURE.md has no src/{name}");
        }
    }
}
