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
        Some((first, rest)) if first == "…" => (0..=said.len()).any(|skipped| matches(&said[skipped..], rest)),
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
