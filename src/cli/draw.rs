//! `tresteg draw`: a workflow as a picture, by itself or for other tools.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use tresteg::export;
use tresteg::export::{Orientation, Overlay, SvgOptions};

use super::console::Console;
use super::overlay;
use super::save::{self, Place};
use super::words::say;
use super::{Done, Spoken, Stop, Verdict, files};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Mermaid's stateDiagram-v2: GitHub, GitLab and many editors show it
    Mermaid,
    /// Graphviz: `dot -Tsvg`
    Dot,
    /// A picture that needs no other tool: with scorecard and legend, for people who are no programmers
    Svg,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Theme {
    /// As the reader's screen is set
    Auto,
    /// Dark on white
    Light,
    /// Light on black
    Dark,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Direction {
    /// Whichever fits a page better
    Auto,
    /// From top to bottom
    Down,
    /// From left to right
    Right,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
With --diff the picture shows what is new, changed or gone since another version, such as the base
of a variant. With --snapshot it shows where a case stands, what it could take now (by anybody with the
right role) and why not; with --journal the way that it went. What is not drawn is counted below the
drawing.

Exit codes: 0 drawn; 1 the workflow is wrong, or the last line of the journal is torn; 2 misuse.")]
pub(super) struct Arguments {
    /// The workflow file
    workflow: PathBuf,
    /// What to draw for
    #[arg(long, value_enum, default_value_t = Format::Mermaid)]
    format: Format,
    #[command(flatten)]
    pub(super) spoken: Spoken,
    /// Write to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    svg: Svg,
}

/// What only SVG can show.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "For --format svg")]
struct Svg {
    /// Light or dark [default: auto]
    #[arg(long, value_enum)]
    theme: Option<Theme>,
    /// Which way it reads [default: auto]
    #[arg(long, value_enum)]
    direction: Option<Direction>,
    /// Levels of states to draw, 1 for the outermost alone
    #[arg(long, value_name = "LEVELS", value_parser = clap::value_parser!(u16).range(1..))]
    depth: Option<u16>,
    /// In how many columns to lay a long chain [default: whichever fits a page better]
    #[arg(long, value_name = "1|2", value_parser = clap::value_parser!(u8).range(1..=2))]
    columns: Option<u8>,
    /// States to draw closed, without what is inside
    #[arg(long, value_name = "STATE", value_delimiter = ',')]
    fold: Vec<String>,
    /// Show states and events only: no conditions, no roles, nothing that is sent
    #[arg(long)]
    compact: bool,
    /// The most states to draw [default: 150]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..))]
    states: Option<u16>,
    /// A case to show, as the library or a session puts it away
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    /// A journal to show as a way
    #[arg(long, value_name = "FILE|-")]
    journal: Option<PathBuf>,
    /// An earlier version, or the base of a variant: what is new, changed or gone since is marked
    #[arg(long, value_name = "WORKFLOW")]
    diff: Option<PathBuf>,
    /// Scenario files, or folders of them, to run: what they enter and take is counted, and the rest is marked
    #[arg(long, value_name = "PATH")]
    coverage: Vec<PathBuf>,
}

impl Svg {
    fn is_given(&self) -> bool {
        self.theme.is_some()
            || self.direction.is_some()
            || self.depth.is_some()
            || self.states.is_some()
            || self.compact
            || self.columns.is_some()
            || !self.fold.is_empty()
            || self.snapshot.is_some()
            || self.journal.is_some()
            || self.diff.is_some()
            || !self.coverage.is_empty()
    }
}

pub(super) fn draw(arguments: &Arguments, console: &mut Console<'_>) -> Done {
    if arguments.format != Format::Svg && arguments.svg.is_given() {
        return Err(Stop::Misuse(
            "`--theme`, `--direction`, `--columns`, `--depth`, `--fold`, `--compact`, `--states`, `--snapshot`, `--journal`, `--diff` and `--coverage` need `--format svg`"
                .to_owned(),
        ));
    }
    let workflow = files::workflow(&arguments.workflow, console)?;
    let language = arguments.spoken.language();
    let mut whole = true;
    let drawing = match arguments.format {
        Format::Mermaid => export::mermaid(&workflow, language),
        Format::Dot => export::dot(&workflow, language),
        Format::Svg => {
            let (options, is_whole) = options(arguments, &workflow, console)?;
            whole = is_whole;
            let drawn = export::svg(&workflow, &options);
            if options.columns.is_some_and(|columns| columns > 1) {
                let one = SvgOptions { columns: Some(1), ..options };
                if export::svg(&workflow, &one) == drawn {
                    console.warn(&say!(one_column))?;
                }
            }
            drawn
        }
    };
    match &arguments.output {
        Some(path) => {
            save::save(path, Place::Any, &drawing)?;
            misnamed(path, arguments.format, console)?;
        }
        None => console.out.write_all(drawing.as_bytes())?,
    }
    Ok(Verdict::yes_if(whole))
}

/// Says so where a file is called after another format than it has: the format is asked for, not told by the name.
fn misnamed(path: &Path, format: Format, console: &mut Console<'_>) -> Result<(), Stop> {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let named = match ending.as_str() {
        "svg" => Format::Svg,
        "dot" | "gv" => Format::Dot,
        "mmd" | "mermaid" => Format::Mermaid,
        _ => return Ok(()),
    };
    if named == format {
        return Ok(());
    }
    let word = |format| match format {
        Format::Mermaid => "mermaid",
        Format::Dot => "dot",
        Format::Svg => "svg",
    };
    Ok(console.warn(&say!(misnamed, path.display(), word(format), word(named)))?)
}

/// How to draw, and whether the journal that is drawn is whole to its end.
fn options(
    arguments: &Arguments,
    workflow: &tresteg::Workflow,
    console: &mut Console<'_>,
) -> Result<(SvgOptions, bool), Stop> {
    let given = &arguments.svg;
    let mut laid = Overlay::default();
    let mut whole = true;
    if let Some(path) = &given.diff {
        let earlier = files::workflow(path, console)?;
        let language = arguments.spoken.language();
        laid = tresteg::diff::compare(&earlier, workflow).overlay(workflow, language);
    }
    if !given.coverage.is_empty() {
        let seen = overlay::coverage(
            &arguments.workflow,
            workflow,
            &given.coverage,
            arguments.spoken.language(),
            console,
        )?;
        let Overlay { state_hits, transition_hits, .. } = seen;
        laid = Overlay { state_hits, transition_hits, ..laid };
    }
    if let Some(path) = &given.journal {
        whole = overlay::path(workflow, path, &mut laid, console)?;
    }
    if let Some(path) = &given.snapshot {
        overlay::standing(workflow, path, &arguments.spoken, &mut laid)?;
    }
    if let Some(name) = given.fold.iter().find(|name| workflow.state(name).is_none()) {
        return Err(Stop::Misuse(say!(not_to_fold, name)));
    }
    let plain = SvgOptions::default();
    let options = SvgOptions {
        language: arguments.spoken.language(),
        theme: match given.theme {
            None | Some(Theme::Auto) => export::Theme::Auto,
            Some(Theme::Light) => export::Theme::Light,
            Some(Theme::Dark) => export::Theme::Dark,
        },
        orientation: match given.direction {
            None | Some(Direction::Auto) => Orientation::Auto,
            Some(Direction::Down) => Orientation::Down,
            Some(Direction::Right) => Orientation::Right,
        },
        depth: given.depth.map(usize::from),
        columns: given.columns.map(usize::from),
        fold: given.fold.clone(),
        compact: given.compact,
        states: given.states.map_or(plain.states, usize::from),
        overlay: laid,
        children: drawn_children(arguments, workflow),
        ..plain
    };
    Ok((options, whole))
}

/// The pictures of child cases that lie beside the one that is written, by the `id` of each `invoke`.
fn drawn_children(
    arguments: &Arguments,
    workflow: &tresteg::Workflow,
) -> std::collections::BTreeMap<String, String> {
    let folder = arguments.output.as_deref().map(super::disk::parent);
    let beside = workflow.invokes().filter_map(|invoke| {
        let name = Path::new(invoke.path()).with_extension("svg");
        let name = name.file_name()?.to_str()?.to_owned();
        folder?.join(&name).is_file().then(|| (invoke.id().to_owned(), name))
    });
    beside.collect()
}
