//! Who may know whom: the imports inside `src/` follow the flow, and only some places name some crates.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use tresteg::petgraph::algo::kosaraju_scc;
use tresteg::petgraph::graph::DiGraph;

/// What each stage may import from the crate, besides itself and the laws.
const MAY_KNOW: [(&str, &[&str]); 23] = [
    ("said", &["value", "language"]),
    ("value", &["language::problems"]),
    ("diagnostic", &["value", "definition::codes"]),
    ("error", &["value", "language::problems", "language::messages"]),
    ("definition", &["value", "language::problems"]),
    ("rule", &["value", "definition"]),
    ("workflow", &["value", "definition", "rule", "language::problems"]),
    ("language", &["value", "definition", "rule", "workflow"]),
    ("export", &["value", "definition", "rule", "workflow", "language"]),
    ("diff", &["value", "definition", "rule", "workflow", "export", "language"]),
    ("partition", &["value", "definition", "rule"]),
    ("judge", &["value", "definition", "rule", "workflow", "language", "partition"]),
    ("mutation", &["value", "definition", "rule", "workflow", "partition", "judge"]),
    ("case", &["value", "definition", "rule", "workflow", "language"]),
    ("coverage", &["value", "definition", "rule", "workflow", "language", "case", "export"]),
    ("scenario", &["value", "definition", "rule", "workflow", "language", "case", "coverage"]),
    (
        "suggest",
        &[
            "value",
            "definition",
            "rule",
            "workflow",
            "language",
            "partition",
            "judge",
            "case",
            "coverage",
            "scenario",
        ],
    ),
    ("unlock", &["value", "definition", "rule", "workflow", "partition", "judge", "case"]),
    ("lab", &["definition::codes", "judge", "mutation", "suggest", "unlock"]),
    ("batch", &["value", "definition", "rule", "workflow", "case", "language::problems"]),
    ("journal", &["value", "definition", "rule", "workflow", "case", "language::messages"]),
    ("log", &["value", "definition", "rule", "workflow", "case", "journal"]),
    ("compare", &["value", "definition", "rule", "workflow", "case", "journal", "log", "scenario"]),
];
/// The laws that everybody keeps; they know values, and each other.
const LAWS: [&str; 14] = [
    "diagnostic",
    "digest",
    "digests",
    "error",
    "json",
    "label",
    "limits",
    "person",
    "said",
    "copy_on_write",
    "inline_vec",
    "table",
    "vocabulary",
    "work",
];

/// The most that a room may weigh, in kB of code without tests: it can be made smaller only. Raise one with a reason.
const CEILINGS: [(&str, usize); 20] = [
    ("batch", 56),
    ("case", 650),
    ("cli", 540),
    ("compare", 75),
    ("core", 2_926),
    ("coverage", 70),
    ("definition", 332),
    ("diff", 114),
    ("export", 292),
    ("journal", 247),
    ("judge", 295),
    ("language", 223),
    ("log", 200),
    ("mutation", 59),
    ("partition", 44),
    ("rule", 1_076),
    ("scenario", 176),
    ("suggest", 167),
    ("unlock", 63),
    ("workflow", 157),
];
/// What stands behind features: all else is what every embedder compiles.
const BEHIND: [&str; 20] = [
    "batch/",
    "case/row",
    "case/step/ways.rs",
    "cli/",
    "compare/",
    "coverage/",
    "diff/",
    "export/",
    "guide",
    "judge/",
    "lab.rs",
    "log/",
    "main.rs",
    "mutation/",
    "partition/",
    "rule/outline.rs",
    "scenario/",
    "suggest/",
    "unlock/",
    "workflow/graph.rs",
];
/// A ceiling that is further above than this, in kB, is lowered.
const HEADROOM: usize = 15;

/// Files of one room that know each other in a circle: those that there were when this was first looked at. None is added.
const CIRCLES: [&[&str]; 5] = [
    &["cli::explain", "cli::play", "cli::run"],
    &["journal::adopt", "journal::doubt"],
    &["rule::checks", "rule::ir"],
    &["rule::facts::layout", "rule::facts::list"],
    &["rule::lower::list", "rule::lower::read"],
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
    let homes: [(&str, &[&str]); 6] = [
        // A name must not be one that the script language reserves.
        ("rhai::", &["rule/", "definition/parse/names.rs"]),
        ("petgraph::", &["workflow/", "definition/validate", "rule/", "export/"]),
        ("flate2::", &["log/read/"]),
        ("jiff::", &["value/"]),
        ("quick_xml::", &["cli/junit.rs", "log/read/"]),
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

/// Without files of tests, and without what stands in a module of tests at the end of a file.
fn code() -> Vec<(String, String)> {
    let mut all = all();
    all.retain(|(file, _)| !file.trim_end_matches(".rs").split('/').any(|part| part == "tests"));
    for (_, text) in &mut all {
        if let Some(end) = text.find("#[cfg(test)]\nmod tests {") {
            text.truncate(end);
        }
    }
    all
}

#[test]
fn rooms_keep_their_size() {
    let mut rooms: BTreeMap<String, usize> = BTreeMap::new();
    // In several rooms.
    let mut core = 0;
    for (file, text) in code() {
        let room = file.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
        *rooms.entry(room).or_default() += text.len();
        if !BEHIND.iter().any(|place| file.starts_with(place)) {
            core += text.len();
        }
    }
    let all: usize = rooms.values().sum();
    rooms.insert("core".to_owned(), core);
    for (room, bytes) in &rooms {
        println!("{:>6} kB {room}", bytes.div_ceil(1_000));
    }
    println!("{:>6} kB in all", all.div_ceil(1_000));
    let wrong: Vec<String> = CEILINGS
        .iter()
        .filter_map(|(room, ceiling)| {
            let found = rooms.get(*room).copied().unwrap_or(0).div_ceil(1_000);
            if found > *ceiling {
                Some(format!("`{room}` weighs {found} kB, more than {ceiling}"))
            } else if found + HEADROOM < *ceiling {
                Some(format!("`{room}` weighs {found} kB: lower its ceiling of {ceiling}"))
            } else {
                None
            }
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a file names of its own room: paths behind `crate::`, `super::` and `self::`, as modules from the root.
fn named_by(module: &[&str], text: &str) -> Vec<Vec<String>> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code = lines.collect::<Vec<_>>().join(" ");
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = ["crate::", "super::", "self::"]
        .iter()
        .filter_map(|word| Some((at + code[at..].find(word)?, *word)))
        .min()
    {
        let (start, word) = next;
        at = start + word.len();
        let mut base: Vec<&str> = if word == "crate::" { Vec::new() } else { module.to_vec() };
        if word == "super::" {
            base.pop();
            while code[at..].starts_with("super::") {
                base.pop();
                at += "super::".len();
            }
        }
        if code[..start].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = &code[at..];
        let full = |path: &str| -> Vec<String> {
            let path: String = path
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_' || *c == ':')
                .collect();
            let parts = path.split("::").filter(|part| !part.is_empty()).map(str::to_owned);
            base.iter().map(|part| (*part).to_owned()).chain(parts).collect()
        };
        match rest.strip_prefix('{') {
            Some(group) => {
                let (mut depth, mut outer) = (1, String::new());
                for c in group.chars() {
                    depth += i32::from(c == '{') - i32::from(c == '}');
                    if depth == 0 {
                        break;
                    }
                    if depth == 1 && c != '}' {
                        outer.push(c);
                    }
                }
                found.extend(outer.split(',').map(|one| full(one.trim())));
            }
            None => found.push(full(rest)),
        }
    }
    found
}

#[test]
fn files_of_a_room_stand_in_no_new_circle() {
    let files = code();
    let name = |file: &str| -> String {
        let path = file.trim_end_matches(".rs");
        path.strip_suffix("/mod").unwrap_or(path).replace('/', "::")
    };
    let mut graph: DiGraph<String, ()> = DiGraph::new();
    let nodes: BTreeMap<String, _> =
        files.iter().map(|(file, _)| (name(file), graph.add_node(name(file)))).collect();
    for (file, text) in &files {
        let own = name(file);
        let module: Vec<&str> = own.split("::").collect();
        for mut path in named_by(&module, text) {
            let file = loop {
                let joined = path.join("::");
                if nodes.contains_key(&joined) || path.pop().is_none() {
                    break joined;
                }
            };
            // A module and what lies in it are one: it declares that, and that uses it.
            let within = |inner: &str, outer: &str| {
                inner
                    .strip_prefix(outer)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
            };
            let Some(to) = nodes.get(&file) else { continue };
            let same_room = file.split("::").next() == module.first().copied();
            if same_room && !within(&own, &file) && !within(&file, &own) {
                graph.add_edge(nodes[&own], *to, ());
            }
        }
    }
    let found: BTreeSet<Vec<String>> = kosaraju_scc(&graph)
        .into_iter()
        .filter(|circle| circle.len() > 1)
        .map(|circle| {
            let mut names: Vec<String> =
                circle.into_iter().map(|node| graph[node].clone()).collect();
            names.sort();
            names
        })
        .collect();
    let known: BTreeSet<Vec<String>> = CIRCLES
        .iter()
        .map(|circle| circle.iter().map(|name| (*name).to_owned()).collect())
        .collect();
    let new: Vec<&Vec<String>> = found.difference(&known).collect();
    assert!(new.is_empty(), "files that know each other in a circle: {new:#?}");
    let gone: Vec<&Vec<String>> = known.difference(&found).collect();
    assert!(gone.is_empty(), "no circle any more, to be taken out of the list: {gone:#?}");
}
