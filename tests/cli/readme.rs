//! The commands of the README and the guide, run as written: what they show is what comes out.

use std::collections::BTreeMap;

use super::tresteg;
use crate::guide::{pages, root};

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
    let mut said: BTreeMap<String, String> = BTreeMap::new();
    for (page, text) in pages() {
        for (command, shown) in transcripts(&text) {
            let Some(arguments) = command.strip_prefix("cargo tresteg ") else {
                assert!(command.starts_with("cargo "), "{page}: {command}");
                continue;
            };
            // What several pages show is run once.
            let said = said.entry(command.clone()).or_insert_with(|| {
                let output = tresteg().args(arguments.split_whitespace()).output().unwrap();
                String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
            });
            let lines: Vec<&str> = said.trim_end().lines().collect();
            let fits = shown.is_empty() || matches(&lines, &shown);
            assert!(fits, "{page}: `{command}` prints\n{said}");
        }
    }
    assert!(said.len() >= 15, "{} commands were found", said.len());
}

/// What a stranger reads first is short, and leads to the rest.
#[test]
fn the_readme_is_short_and_its_links_lead_somewhere() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let lines = readme.lines().count();
    assert!(lines <= 250, "{lines} lines");
    for name in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "workflows/README.md"] {
        let path = root().join(name);
        let text = std::fs::read_to_string(&path).unwrap();
        for link in text.split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap();
            // The benches are not in the package that is published.
            let elsewhere = target.contains("://") || target.starts_with("benches/");
            let known = elsewhere || path.parent().unwrap().join(target).exists();
            assert!(known, "{name} links to {target}");
        }
    }
}

/// Every command has a row in the README, and every chapter of the guide a link.
#[test]
fn the_readme_names_every_command_and_chapter() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let help = String::from_utf8(tresteg().arg("help").output().unwrap().stdout).unwrap();
    let commands = help.split("Commands:\n").nth(1).unwrap();
    let commands = commands.lines().take_while(|line| !line.is_empty());
    let mut found = 0;
    for name in commands.filter_map(|line| line.split_whitespace().next()) {
        assert!(readme.contains(&format!("| `tresteg {name}")), "{name}");
        found += 1;
    }
    assert!(found >= 15, "{help}");
    for (page, _) in pages() {
        assert!(page == "README.md" || readme.contains(&format!("]({page})")), "{page}");
    }
}

/// The chapters are told in the terminal, each with its own words; a word that is neither is
/// misuse.
#[test]
fn help_tells_commands_and_chapters() {
    for (page, text) in pages() {
        let Some(name) = page.strip_prefix("src/guide/") else { continue };
        let output = tresteg().args(["help", name.trim_end_matches(".md")]).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{name}");
        let title = text.lines().next().unwrap().trim_start_matches("# ").to_uppercase();
        assert!(said.contains(&title), "{name}: {said}");
        for row in text.lines().filter(|line| line.starts_with("| `")) {
            let head = row.trim_start_matches("| `").split('`').next().unwrap();
            assert!(said.contains(&head.replace("\\|", "|")), "{name} lacks {head}");
        }
        // Markdown is not for terminals.
        let marks =
            |line: &&str| line.starts_with("|--") || line.starts_with("```") || line.contains("](");
        assert_eq!(said.lines().find(marks), None, "{name}");
    }
    let run = tresteg().args(["help", "run"]).output().unwrap();
    assert!(String::from_utf8(run.stdout).unwrap().contains("Usage: tresteg run"));
    // A function, an operator, a property, a key.
    for (word, wanted) in [
        ("next_workday", "next_workday(day: date) → date"),
        ("round", "round(2.345, 2) ⇒ 2.35"),
        ("%", "remainder"),
        ("weekday", "Sunday"),
        ("at_least", "How many of them must hold"),
        ("blocked_by", "What stands in the way"),
    ] {
        let output = tresteg().args(["help", word]).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && said.contains(wanted), "{word}: {said}");
        assert!(said.lines().count() < 20, "{word}: {said}");
    }
    let wrong = tresteg().args(["help", "rulse"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    assert!(
        String::from_utf8(wrong.stderr)
            .unwrap()
            .contains("there is no command, chapter, function or key `rulse`")
    );
}

/// The catalogue is what the program prints.
#[test]
fn the_catalogue_is_what_is_shipped() {
    let catalogue = std::fs::read_to_string(root().join("workflows/README.md")).unwrap();
    let output = tresteg().args(["list", "workflows", "--lang", "en"]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && said.lines().count() > 40, "{said}");
    assert!(catalogue.contains(&said), "workflows/README.md lacks this table:\n{said}");
}
