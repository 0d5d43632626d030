//! Pictures: nothing lies on anything else, texts fit and are harmless, whatever the workflow.

mod geometry;

use std::path::{Path, PathBuf};

use tresteg::export::{Reading, SvgOptions, Theme, svg};
use tresteg::{Language, Limits, Workflow};

use geometry::read;

fn shipped() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("workflows");
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            name.ends_with(".json") && !name.ends_with(".scenario.json")
        })
        .collect();
    found.sort();
    found
}

fn load(path: &Path) -> Workflow {
    let folder = path.parent().unwrap();
    let mut resolve = |name: &str| {
        let path = folder.join(Path::new(name).file_name().unwrap());
        std::fs::read_to_string(path).map_err(|error| error.to_string())
    };
    let text = std::fs::read_to_string(path).unwrap();
    Workflow::load(&path.to_string_lossy(), &text, &mut resolve, &Limits::default()).unwrap()
}

#[test]
fn nothing_lies_on_anything_else_in_any_shipped_workflow() {
    let mut problems = Vec::new();
    let workflows = shipped();
    assert!(workflows.len() >= 45);
    for path in workflows {
        let workflow = load(&path);
        for language in [Language::Swedish, Language::English] {
            for reading in [Reading::Auto, Reading::Down, Reading::Right] {
                let options = SvgOptions { language, reading, ..SvgOptions::default() };
                let drawn = svg(&workflow, &options);
                assert_eq!(drawn, svg(&workflow, &options), "{}", workflow.id());
                let picture = read(&drawn);
                assert!(picture.shapes.len() > 4 && picture.texts.len() > 10);
                let found = picture.problems();
                let name = format!("{} {language:?} {reading:?}", workflow.id());
                problems.extend(found.into_iter().map(|problem| format!("{name}: {problem}")));
            }
        }
    }
    assert!(
        problems.is_empty(),
        "{} problems\n{}",
        problems.len(),
        problems[..problems.len().min(40)].join("\n")
    );
}
