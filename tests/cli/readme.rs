//! The README's commands, run as written: what it shows is what comes out.

use super::tresteg;

/// Blocks of ```console: lines that begin with `$ ` are commands, the others what they print; `…` alone stands for any lines.
fn transcripts(text: &str) -> Vec<(String, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        match line {
            "```console" => inside = true,
            "```" => inside = false,
            _ if !inside => {}
            _ => match line.strip_prefix("$ ") {
                Some(command) => found.push((command.to_owned(), Vec::new())),
                None => found.last_mut().unwrap().1.push(line.to_owned()),
            },
        }
    }
    found
}

fn matches(said: &[&str], shown: &[String]) -> bool {
    match shown.split_first() {
        None => said.is_empty(),
        Some((first, rest)) if first == "…" => {
            (0..=said.len()).any(|skipped| matches(&said[skipped..], rest))
        }
        Some((first, rest)) => said.first() == Some(&first.as_str()) && matches(&said[1..], rest),
    }
}

#[test]
fn commands_do_what_is_shown() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let mut ran = 0;
    for (command, shown) in transcripts(&readme) {
        let Some(arguments) = command.strip_prefix("cargo tresteg ") else {
            assert!(command.starts_with("cargo "), "{command}");
            continue;
        };
        let output = tresteg().args(arguments.split_whitespace()).output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        let lines: Vec<&str> = said.trim_end().lines().collect();
        assert!(shown.is_empty() || matches(&lines, &shown), "`{command}` prints\n{said}");
        ran += 1;
    }
    assert!(ran >= 5, "{ran} commands were found");
}

/// The table of the format against the schema, which is itself held to the parser.
#[test]
fn the_reference_lists_the_keys_of_the_format() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let schema: serde_json::Value = serde_json::from_str(tresteg::schema()).unwrap();
    let keys = |object: &str| -> std::collections::BTreeSet<String> {
        let own = schema["$defs"][object]["properties"].as_object();
        let common = ["$comment", "title", "description", "hint", "source"];
        own.into_iter()
            .flat_map(|own| own.keys())
            .filter(|key| !common.contains(&key.as_str()))
            .cloned()
            .collect()
    };
    let table = readme.split("| object | its keys |").nth(1).unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let mut checked = Vec::new();
    for row in rows {
        let (object, listed) = row.trim_matches('|').split_once('|').unwrap();
        let object = object.trim().split(' ').next().unwrap();
        let mut listed: std::collections::BTreeSet<String> =
            listed.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        let expected = match object {
            "fact" => {
                listed.extend(keys("declaration"));
                keys("fact")
            }
            // These have two forms each in the schema.
            "parameter" | "entry" => continue,
            "transition" => {
                listed.remove("on");
                keys("eventTransition")
            }
            other => keys(other),
        };
        assert_eq!(listed, expected, "{object}");
        checked.push(object.to_owned());
    }
    assert!(checked.len() >= 9, "{checked:?}");
}

/// The table of scenarios against their schema, which is itself held to the reader.
#[test]
fn the_reference_lists_the_keys_of_scenarios() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let schema: serde_json::Value = serde_json::from_str(tresteg::scenario_schema()).unwrap();
    let common = ["$comment", "title", "description", "hint", "source"];
    let keys = |object: &str| -> std::collections::BTreeSet<String> {
        let own = schema["$defs"][object]["properties"].as_object().unwrap();
        own.keys().filter(|key| !common.contains(&key.as_str())).cloned().collect()
    };
    let table = readme.split("| object of a scenario file | its keys |").nth(1).unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let mut checked = 0;
    for row in rows {
        let (object, listed) = row.trim_matches('|').split_once('|').unwrap();
        let mut listed: std::collections::BTreeSet<String> =
            listed.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        let object = object.trim();
        if object == "file" {
            listed.extend(keys("scenario"));
            listed.remove("only");
        }
        assert_eq!(listed, keys(object), "{object}");
        checked += 1;
    }
    assert_eq!(checked, 4);
}

#[test]
fn the_bounds_are_those_of_the_library() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let limits = tresteg::Limits::default();
    let thousands = |number: usize| {
        let digits = number.to_string();
        let head = digits.len() % 3;
        let mut groups: Vec<&str> = vec![&digits[..head]];
        groups.extend((head..digits.len()).step_by(3).map(|at| &digits[at..at + 3]));
        groups.retain(|group| !group.is_empty());
        groups.join(" ")
    };
    for shown in [
        format!("| {} MiB, {} files |", limits.definition_bytes >> 20, limits.extends_depth),
        format!(
            "| {} in workflow files (126 states inside one another), else {}; {} values |",
            limits.definition_depth,
            limits.json_depth,
            thousands(limits.json_values)
        ),
        format!(
            "| {}, {}, {}; a name has {} bytes |",
            thousands(limits.states),
            thousands(limits.transitions),
            thousands(limits.names),
            thousands(limits.name_bytes)
        ),
        format!(
            "| {} KiB, functions inside functions {} (4 a call), {} operations an evaluation |",
            limits.script_bytes >> 10,
            limits.script_depth,
            thousands(usize::try_from(limits.operations).unwrap())
        ),
        format!(
            "| texts of {} MiB, {} items |",
            limits.text_bytes >> 20,
            thousands(limits.list_items)
        ),
        format!(
            "| {}, {}, {} MiB |",
            thousands(limits.scenarios),
            thousands(limits.scenario_steps),
            limits.scenario_bytes >> 20
        ),
        format!(
            "| {} operations, {} MiB of values and messages, reasons of {} MiB a step |",
            thousands(usize::try_from(limits.call_operations).unwrap()),
            limits.call_bytes >> 20,
            limits.answer_bytes >> 20
        ),
        format!(
            "| {} ids of events, the oldest forgotten first; {} persons, where a rule asks for them |",
            thousands(limits.remembered_ids),
            thousands(limits.remembered_persons)
        ),
        format!(
            "| {} sent events, {} signatures, {} entries of the journal or {} MiB |",
            thousands(limits.queued_events),
            thousands(limits.waiting_signatures),
            thousands(limits.untaken_entries),
            limits.untaken_bytes >> 20
        ),
        format!("| a transition | {} signatures |", limits.signatures),
        format!("| an event, a line | {} MiB |", limits.event_bytes >> 20),
        format!(
            "| {} microsteps; {} steps at one instant, {} in all |",
            thousands(limits.microsteps),
            thousands(limits.steps_per_instant),
            thousands(limits.steps)
        ),
    ] {
        assert!(readme.contains(&shown), "`{shown}` is not in the README");
    }
}

/// The catalogue in the README is what the program prints.
#[test]
fn the_catalogue_is_what_is_shipped() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let output = tresteg().args(["list", "workflows", "--lang", "en"]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && said.lines().count() > 40, "{said}");
    assert!(readme.contains(&said), "README.md lacks this table:\n{said}");
}
