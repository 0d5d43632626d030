//! Who may know whom: the imports inside `src/` follow the flow, and only some places name some crates.

use std::path::{Path, PathBuf};

/// What each stage may import from the crate, besides itself and the laws.
const MAY_KNOW: [(&str, &[&str]); 15] = [
    ("value", &[]),
    ("definition", &["value"]),
    ("rule", &["value", "definition"]),
    ("workflow", &["value", "definition", "rule"]),
    ("export", &["value", "definition", "rule", "workflow", "case::Language"]),
    ("diff", &["value", "definition", "rule", "workflow", "export", "case::Language"]),
    ("partition", &["value", "definition", "rule"]),
    ("mutation", &["value", "definition", "rule", "workflow", "partition"]),
    ("case", &["value", "definition", "rule", "workflow"]),
    ("coverage", &["value", "definition", "rule", "workflow", "case", "export"]),
    ("scenario", &["value", "definition", "rule", "workflow", "case", "coverage"]),
    (
        "suggest",
        &["value", "definition", "rule", "workflow", "partition", "case", "coverage", "scenario"],
    ),
    ("batch", &["value", "definition", "rule", "workflow", "case"]),
    ("journal", &["value", "definition", "rule", "workflow", "case"]),
    ("log", &["value", "workflow", "case", "journal"]),
];
/// The laws that everybody keeps; they know values, and each other.
const LAWS: [&str; 12] = [
    "diagnostic",
    "digest",
    "digests",
    "error",
    "json",
    "label",
    "limits",
    "person",
    "shared",
    "short",
    "table",
    "work",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

fn all() -> Vec<(String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&src, &mut found);
    found.sort();
    let name = |path: &Path| path.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
    found.iter().map(|path| (name(path), std::fs::read_to_string(path).unwrap())).collect()
}

/// Paths behind `crate::`, wherever they stand outside comments; of `crate::{a, b::c}` each one.
fn imports(text: &str) -> Vec<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code = code.collect::<Vec<_>>().join(" ");
    let path = |rest: &str| -> String {
        rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == ':').collect()
    };
    let mut found = Vec::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            // Groups within the group name things inside a module that is named before them.
            Some(group) => {
                let group = group.split(';').next().unwrap();
                let mut depth = 0;
                let outer: String = group
                    .chars()
                    .filter(|c| {
                        depth += i32::from(*c == '{') - i32::from(*c == '}');
                        depth == 0
                    })
                    .collect();
                found.extend(
                    outer.split(',').map(|one| path(one.trim())).filter(|one| !one.is_empty()),
                );
            }
            None => found.push(path(rest)),
        }
    }
    found
}

#[test]
fn stages_know_only_what_comes_before_them() {
    let mut wrong = Vec::new();
    for (file, text) in all() {
        let stage = file.split('/').next().unwrap().trim_end_matches(".rs");
        if ["lib", "main", "cli"].contains(&stage) {
            continue;
        }
        let allowed = match MAY_KNOW.iter().find(|(name, _)| *name == stage) {
            Some((_, allowed)) => *allowed,
            None => &["value"],
        };
        for import in imports(&text) {
            let root = import.split(':').next().unwrap();
            let fine = root == stage
                || LAWS.contains(&root)
                || allowed.iter().any(|path| *path == root || import.starts_with(path))
                // Re-exports at the root, as in doc links.
                || root.chars().next().is_some_and(char::is_uppercase);
            if !fine {
                wrong.push(format!("{file} imports crate::{import}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn crates_stay_where_they_belong() {
    let homes: [(&str, &[&str]); 4] = [
        // A name must not be one that the script language reserves.
        ("rhai::", &["rule/", "definition/parse/names.rs"]),
        ("petgraph::", &["workflow/", "definition/validate", "rule/", "export/"]),
        ("jiff::", &["value/"]),
        ("rust_decimal::", &["value/"]),
    ];
    let mut wrong = Vec::new();
    for (file, text) in all() {
        for (name, places) in homes {
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            let named = code.filter(|line| line.contains(name)).count();
            if named > 0 && !places.iter().any(|place| file.starts_with(place)) {
                wrong.push(format!("{file} names {name}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_command_line_uses_the_public_interface_only() {
    for (file, text) in all() {
        if file.starts_with("cli/") || file == "main.rs" {
            for import in imports(&text) {
                assert!(import.starts_with("cli"), "{file} imports crate::{import}");
            }
        }
    }
}
