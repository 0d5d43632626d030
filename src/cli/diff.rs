//! `tresteg diff`: how two workflows differ, in the words of the process.

mod markdown;
pub(super) mod script;

use std::path::PathBuf;

use tresteg::diff::{Change, ChangeKind, Compared, Diff, Item, Line, Section};
use tresteg::workflow::Counts;
use tresteg::{Language, Workflow};

use super::console::{Console, Shade};
use super::words::say;
use super::words::{Words, words};
use super::{Done, Spoken, Stop, Verdict, files};
use script::{Row, Side};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
White space, comments, the order of keys that means nothing and what stands in which file of a
variant make no difference. Labels (titles, descriptions, hints, sources) are shown apart.

Exit codes: 0 the same meaning, whatever the labels; 1 another meaning; 2 misuse, or a file is wrong.")]
pub(super) struct Arguments {
    /// The workflow to compare from
    before: PathBuf,
    /// The workflow to compare to
    after: PathBuf,
    /// Print everything as one JSON object
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Print as Markdown, for a review
    #[arg(long)]
    markdown: bool,
    /// Show every label that differs, in every language, not only the titles
    #[arg(long)]
    labels: bool,
    #[command(flatten)]
    pub(super) spoken: Spoken,
}

pub(super) fn diff(arguments: &Arguments, console: &mut Console<'_>) -> Done {
    // Both are read before anything is said, so that the problems of both are seen at once.
    let mut loaded = Vec::new();
    for path in [&arguments.before, &arguments.after] {
        match files::load(path)? {
            Ok(workflow) => loaded.push(workflow),
            Err(report) => console.report(&report)?,
        }
    }
    let [before, after] = loaded.as_slice() else {
        return Err(Stop::Misuse(say!(not_compared)));
    };
    if let Some(message) = too_large([before, after]) {
        return Err(Stop::Misuse(message));
    }
    let found = tresteg::diff::compare(before, after);
    let verdict = Verdict::yes_if(found.same_meaning());
    if arguments.json {
        json(&found, console)?;
        return Ok(verdict);
    }
    let shown = Shown::new(found, arguments.spoken.language(), arguments.labels);
    if arguments.markdown {
        console.out.write_all(markdown::page(&shown).as_bytes())?;
    } else {
        text(&shown, console)?;
    }
    Ok(verdict)
}

/// What two workflows may have together with what they invoke, in parts and in bytes of their files: both are held with all
/// that they mean, some 5 kB and 25 µs a part.
const PARTS: usize = 60_000;
const BYTES: usize = 16 * 1024 * 1024;

fn too_large(both: [&Workflow; 2]) -> Option<String> {
    let parts = |workflow: &Workflow| {
        let Counts { states, transitions, facts, factors, events, .. } = workflow.counts();
        states + transitions + facts + factors + events
    };
    let bytes = |workflow: &Workflow| -> usize {
        let sources = workflow.warnings().sources();
        (0..).map_while(|file| sources.file(file)).map(|(_, text)| text.len()).sum()
    };
    let all: Vec<&Workflow> = both.into_iter().flat_map(Workflow::bundle).collect();
    let parts: usize = all.iter().map(|workflow| parts(workflow)).sum();
    let bytes: usize = all.iter().map(|workflow| bytes(workflow)).sum();
    let (found, most, what) = match () {
        () if parts > PARTS => (parts, PARTS, "states, transitions, facts and other parts"),
        () if bytes > BYTES => (bytes, BYTES, "bytes"),
        () => return None,
    };
    Some(format!("the two have {found} {what} together, more than the {most} that are compared"))
}

fn json(found: &Diff, console: &mut Console<'_>) -> Result<(), Stop> {
    #[derive(serde::Serialize)]
    struct Answer<'d> {
        same_meaning: bool,
        #[serde(flatten)]
        diff: &'d Diff,
    }
    let answer = Answer { same_meaning: found.same_meaning(), diff: found };
    serde_json::to_writer_pretty(&mut *console.out, &answer).map_err(std::io::Error::from)?;
    console.out.write_all(b"\n")?;
    Ok(())
}

/// What is shown to people, in one language.
struct Shown {
    diff: Diff,
    language: Language,
    words: &'static Words,
    sections: Vec<Section>,
    /// Labels that are shown.
    labels: Vec<Item>,
    /// How many others differ.
    more_labels: usize,
}

impl Shown {
    fn new(mut diff: Diff, language: Language, all: bool) -> Self {
        let of_title = ["title".to_owned(), format!("title.{}", language.tag())];
        // What stands above everything has been shown.
        let heading = |change: &Change, key: &String| {
            change.part == tresteg::diff::Part::Workflow
                && (of_title.contains(key) || ["id", "version"].contains(&key.as_str()))
        };
        let count = |changes: &[Change]| -> usize {
            let shown = |change: &Change| {
                let keys = change.aspects.iter().map(|aspect| &aspect.key);
                keys.filter(|key| all || !heading(change, key)).count()
            };
            changes.iter().map(shown).sum()
        };
        let labels = count(&diff.labels);
        if !all {
            for change in &mut diff.labels {
                let own = change.part == tresteg::diff::Part::Workflow;
                // The file's own stands above everything.
                change.aspects.retain(|aspect| !own && of_title.contains(&aspect.key));
            }
            diff.labels.retain(|change| !change.aspects.is_empty());
        }
        let more_labels = labels - count(&diff.labels);
        let labels = diff.describe_labels(language);
        let sections = diff.describe(language);
        Self { diff, language, words: words(language), sections, labels, more_labels }
    }

    /// How many differences there are, as they are told.
    fn count(&self) -> String {
        fn told(item: &Item) -> usize {
            let own =
                !item.lines.is_empty() || item.items.is_empty() || item.kind != ChangeKind::Changed;
            usize::from(own) + item.items.iter().map(told).sum::<usize>()
        }
        match self.sections.iter().flat_map(|section| &section.items).map(told).sum() {
            0_usize => self.words.same_meaning.to_owned(),
            1 => self.words.one_difference.to_owned(),
            count => format!("{count} {}", self.words.differences),
        }
    }

    /// How many labels are not shown, as it is told.
    fn more_labels(&self) -> String {
        match self.more_labels {
            1 => self.words.one_more_label.to_owned(),
            count => format!("{count} {}", self.words.more_labels),
        }
    }

    fn title(&self, workflow: &Compared) -> String {
        let version = workflow.version.as_deref().map(|version| format!(" {version}"));
        let id = format!("{}{}", workflow.id, version.unwrap_or_default());
        match workflow.title.get(self.language.tag()) {
            Some(title) if !title.trim().is_empty() => format!("{title} ({id})"),
            _ => id,
        }
    }
}

/// Characters of a script that fit on the line that says what it is for.
const SHORT: usize = 72;

fn sign(kind: ChangeKind) -> (&'static str, Shade) {
    match kind {
        ChangeKind::Added => ("+", Shade::Added),
        ChangeKind::Removed => ("-", Shade::Removed),
        _ => ("~", Shade::Changed),
    }
}

fn text(shown: &Shown, console: &mut Console<'_>) -> Result<(), Stop> {
    console.heading(&format!("  {}", shown.title(&shown.diff.before)))?;
    console.heading(&format!("→ {}", shown.title(&shown.diff.after)))?;
    console.text(&shown.count())?;
    for section in &shown.sections {
        console.text("\n")?;
        console.heading(&section.title)?;
        for found in &section.items {
            item(found, 1, console)?;
        }
    }
    if !shown.labels.is_empty() {
        console.text("\n")?;
        console.heading(shown.words.only_labels)?;
        for found in &shown.labels {
            item(found, 1, console)?;
        }
    }
    if shown.more_labels > 0 {
        console.text("\n")?;
        let said = format!("{}: --labels", shown.more_labels());
        console.aside(&said)?;
    }
    Ok(())
}

fn item(found: &Item, level: usize, console: &mut Console<'_>) -> Result<(), Stop> {
    let indent = "  ".repeat(level);
    let (sign, shade) = sign(found.kind);
    let head = one_line(&found.head);
    let only = match found.lines.as_slice() {
        [Line::Text(only)] => Some(one_line(only)),
        [Line::Script { what, before, after }] => {
            short(before.as_deref(), after.as_deref()).map(|text| format!("{what}: {text}"))
        }
        _ => None,
    };
    let rest = match &only {
        Some(only) => format!(" {head}: {only}"),
        None => format!(" {head}"),
    };
    console.shaded(&[(Shade::Plain, &indent), (shade, sign), (Shade::Plain, &rest)])?;
    for line in found.lines.iter().filter(|_| only.is_none()) {
        self::line(line, level + 2, console)?;
    }
    for inner in &found.items {
        item(inner, level + 2, console)?;
    }
    Ok(())
}

fn line(line: &Line, level: usize, console: &mut Console<'_>) -> Result<(), Stop> {
    let indent = "  ".repeat(level);
    let (what, before, after) = match line {
        Line::Script { what, before, after } => (what, before, after),
        Line::Text(text) => {
            console.shaded(&[(Shade::Plain, &format!("{indent}{}", one_line(text)))])?;
            return Ok(());
        }
        _ => return Ok(()),
    };
    let what = one_line(what);
    let (before, after) = (before.as_deref(), after.as_deref());
    if let Some(text) = short(before, after) {
        console.shaded(&[(Shade::Plain, &format!("{indent}{what}: {text}"))])?;
        return Ok(());
    }
    let rows = script::both(before, after);
    console.shaded(&[(Shade::Plain, &format!("{indent}{what}:"))])?;
    let indent = "  ".repeat(level + 1);
    for row in &rows {
        self::row(row, &indent, console)?;
    }
    Ok(())
}

/// A script that only one side has, where it fits on the line that says what it is for.
fn short(before: Option<&str>, after: Option<&str>) -> Option<String> {
    let only = match (before, after) {
        (Some(_), Some(_)) => return None,
        (before, after) => after.or(before)?,
    };
    let whole = script::clauses(only).join(" ");
    (whole.chars().count() <= SHORT).then_some(whole)
}

fn of_side(side: Side) -> (&'static str, Shade) {
    match side {
        Side::Both => ("  ", Shade::Plain),
        Side::Before => ("- ", Shade::Removed),
        Side::After => ("+ ", Shade::Added),
    }
}

/// A line of a script with the words that changed: brighter where there is colour, else underlined.
fn row(row: &Row, indent: &str, console: &mut Console<'_>) -> Result<(), Stop> {
    let (sign, shade) = of_side(row.side);
    let strong = if row.side == Side::Before { Shade::RemovedWord } else { Shade::AddedWord };
    let mut pieces = vec![(Shade::Plain, indent), (shade, sign)];
    let mut end = 0;
    for changed in &row.changed {
        pieces.push((shade, row.text.get(end..changed.start).unwrap_or_default()));
        pieces.push((strong, row.text.get(changed.clone()).unwrap_or_default()));
        end = changed.end;
    }
    pieces.push((shade, row.text.get(end..).unwrap_or_default()));
    console.shaded(&pieces)?;
    let whole: usize = row.changed.iter().map(|changed| changed.len()).sum();
    if !console.paint_out && whole > 0 {
        let mut marks = String::new();
        for (at, _) in row.text.char_indices() {
            let inside = row.changed.iter().any(|changed| changed.contains(&at));
            marks.push(if inside { '^' } else { ' ' });
        }
        let line = format!("{indent}  {}", marks.trim_end());
        console.shaded(&[(Shade::Plain, &line)])?;
    }
    Ok(())
}

/// Labels may hold line breaks, which would look like lines of ours.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
