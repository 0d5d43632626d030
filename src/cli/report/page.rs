//! What stands on the pages, as plain data for the templates.

use std::collections::{BTreeMap, HashMap};

use minijinja::Value;
use serde::Serialize;
use tresteg::coverage::{Coverage, CoverageRatio};
use tresteg::diff::ChangeKind;
use tresteg::export::{
    Orientation, OutlinedFact, OutlinedState, OutlinedTerm, OutlinedTransition, SvgOptions,
};
use tresteg::lab::Mutant;
use tresteg::scenario::{Failure, Scenario};
use tresteg::workflow::Counts;
use tresteg::{Language, diff, export};

use super::super::diff::script;
use super::super::failure;
use super::super::mutants;
use super::library::{Found, Library};
use super::sheets::{self, Sheets};
use super::templates::anchor;

/// The page of one workflow.
#[derive(Serialize)]
pub(super) struct Page {
    /// The outline, with what pages say besides.
    o: Outline,
    file: String,
    fingerprint: String,
    counts: Counts,
    base: Option<Link>,
    variants: Vec<Link>,
    /// The workflows of its child cases.
    children: Vec<Link>,
    /// Those whose child cases follow it.
    parents: Vec<Link>,
    warnings: String,
    picture: Picture,
    terms: Vec<Term>,
    tests: Tests,
    difference: Option<Difference>,
    /// What scenarios have shown of it.
    coverage: Option<Covered>,
    /// The slips that no scenario notices.
    mutants: Option<Mutants>,
}

#[derive(Serialize)]
struct Covered {
    percent: u32,
    shares: Vec<Share>,
    /// A line for each thing that no scenario has shown.
    missing: Vec<String>,
    /// How much only scenarios have shown that nobody has read yet.
    resting: usize,
}

#[derive(Serialize)]
struct Share {
    what: &'static str,
    covered: usize,
    total: usize,
    percent: u32,
}

#[derive(Serialize)]
struct Mutants {
    killed: usize,
    /// The worst first.
    survivors: Vec<Mutant>,
}

#[derive(Serialize)]
struct Outline {
    #[serde(flatten)]
    said: export::Described,
    version: Option<String>,
    timezone: String,
    calendar: Option<String>,
    roles: Vec<export::Described>,
    parameters: Vec<export::OutlinedParameter>,
    facts: Vec<Fact>,
    factors: Vec<export::OutlinedFactor>,
    functions: Vec<export::OutlinedFunction>,
    events: Vec<export::OutlinedEvent>,
    states: Vec<State>,
}

#[derive(Serialize)]
struct Fact {
    #[serde(flatten)]
    fact: OutlinedFact,
    carried_by: Vec<Link>,
}

#[derive(Serialize)]
struct State {
    #[serde(flatten)]
    state: OutlinedState,
    anchor: String,
}

/// Somewhere to go.
#[derive(Serialize, Clone)]
struct Link {
    title: String,
    page: Option<String>,
}

#[derive(Serialize)]
struct Picture {
    svg: Value,
    width: f64,
    /// States and events alone, for small screens.
    brief: Value,
    brief_width: f64,
    /// How it is printed: the picture, else the brief one, in pages.
    printed: Option<Printed>,
}

#[derive(Serialize)]
struct Printed {
    /// The `id` of the picture that the pages show.
    of: &'static str,
    #[serde(flatten)]
    sheets: Sheets,
}

#[derive(Serialize)]
struct Term {
    state: Whose,
    term: OutlinedTerm,
    then: Vec<OutlinedTransition>,
}

/// The state of a term.
#[derive(Serialize)]
struct Whose {
    title: String,
    anchor: String,
    depth: usize,
}

#[derive(Serialize)]
struct Tests {
    scenarios: Vec<Test>,
    failed: usize,
    /// Of them: suggested, and not yet read.
    suggested: usize,
}

#[derive(Serialize)]
struct Test {
    title: String,
    row: Option<(usize, String)>,
    steps: usize,
    place: String,
    suggested: bool,
    failure: Option<Failed>,
}

#[derive(Serialize)]
struct Failed {
    headline: String,
    mismatches: Vec<tresteg::scenario::Mismatch>,
    told: String,
}

#[derive(Serialize)]
struct Difference {
    sections: Vec<Section>,
    labels: Vec<Item>,
}

#[derive(Serialize)]
struct Section {
    title: String,
    items: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    kind: ChangeKind,
    head: String,
    lines: Vec<Line>,
    items: Vec<Item>,
}

/// A line in words, or a script as it was and is.
#[derive(Serialize)]
struct Line {
    text: Option<String>,
    what: String,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    side: &'static str,
    pieces: Vec<Piece>,
}

#[derive(Serialize)]
struct Piece {
    text: String,
    changed: bool,
}

/// What the index says of a workflow.
#[derive(Serialize)]
pub(super) struct Summary {
    title: String,
    description: Option<String>,
    version: Option<String>,
    page: String,
    base: Option<Link>,
    counts: Counts,
    scenarios: usize,
    failed: usize,
    coverage: Option<u32>,
}

/// The index.
#[derive(Serialize)]
pub(super) struct Index<'l> {
    rows: &'l [Summary],
    problems: Vec<Wrong>,
    tests: Totals,
    /// Of what is to be covered in the workflows that scenarios run on.
    coverage: Option<u32>,
}

#[derive(Serialize)]
struct Totals {
    scenarios: usize,
    failed: usize,
    suggested: usize,
}

#[derive(Serialize)]
struct Wrong {
    file: String,
    told: String,
}

pub(super) fn index<'l>(library: &Library, rows: &'l [Summary]) -> Index<'l> {
    let problems = library.problems.iter();
    let problems = problems
        .map(|problem| Wrong { file: problem.file.clone(), told: problem.report.render(false) });
    let shares = library.shelf.iter().filter_map(|found| library.coverage(found));
    let shares = shares.map(|coverage| coverage.totals().all);
    let all = shares.fold(CoverageRatio::default(), CoverageRatio::and);
    Index {
        rows,
        problems: problems.collect(),
        tests: Totals {
            scenarios: library.scenarios(),
            failed: library.failed(),
            suggested: library.suggested(),
        },
        coverage: (all.total > 0).then(|| all.percent()),
    }
}

pub(super) fn workflow(library: &Library, found: &Found, mutate: bool, language: Language) -> Page {
    let workflow = &found.workflow;
    let outline = export::outline(workflow, language);
    let link = |to: &Found| Link {
        title: to.workflow.about().title(language).to_owned(),
        page: Some(to.page.clone()),
    };
    let base = library.base(found);
    let terms = outline.states.iter().flat_map(|state| {
        state.terms.iter().map(|term| Term {
            state: Whose {
                title: state.said.title.clone(),
                anchor: anchor(&state.said.name),
                depth: state.depth,
            },
            term: term.clone(),
            then: term
                .transitions
                .iter()
                .filter_map(|number| state.transitions.get(*number))
                .cloned()
                .collect(),
        })
    });
    let terms = terms.collect();
    let reports = workflow.warnings();
    Page {
        file: found.path.strip_prefix(".").unwrap_or(&found.path).display().to_string(),
        fingerprint: workflow.fingerprint().chars().take(16).collect(),
        counts: workflow.counts(),
        base: match (base, workflow.base()) {
            (Some(base), _) => Some(link(base)),
            (None, Some(base)) => Some(Link { title: base.to_owned(), page: None }),
            (None, None) => None,
        },
        variants: library.variants(found).map(link).collect(),
        children: workflow
            .invokes()
            .map(|invoke| match library.invoked(&invoke) {
                Some(found) => link(found),
                None => Link { title: invoke.title(language).to_owned(), page: None },
            })
            .collect(),
        parents: library.parents(found).map(link).collect(),
        warnings: reports.render(false),
        picture: picture(workflow, pages_of_children(found, library), language),
        terms,
        tests: Tests {
            scenarios: found
                .tests
                .iter()
                .map(|(scenario, failure)| test(scenario, failure.as_ref(), language))
                .collect(),
            failed: found.failed(),
            suggested: found.suggested(),
        },
        difference: base.map(|base| difference(&base.workflow, workflow, language)),
        coverage: library
            .coverage(found)
            .map(|coverage| covered(&coverage, library.resting(found), language)),
        mutants: mutate.then(|| mutants(found)).flatten(),
        o: dressed(outline),
    }
}

/// The outline with what pages show besides.
fn dressed(outline: export::Outline) -> Outline {
    let mut carried: HashMap<&str, Vec<&export::Described>> = HashMap::new();
    for event in &outline.events {
        for of in event.required.iter().chain(&event.sets) {
            let events = carried.entry(&of.name).or_default();
            if !events.last().is_some_and(|last| std::ptr::eq(*last, &event.said)) {
                events.push(&event.said);
            }
        }
    }
    let facts = outline.facts.iter().map(|fact| Fact {
        carried_by: carried
            .get(fact.said.name.as_str())
            .into_iter()
            .flatten()
            .map(|said| Link {
                title: said.title.clone(),
                page: Some(format!("#event-{}", anchor(&said.name))),
            })
            .collect(),
        fact: fact.clone(),
    });
    let facts = facts.collect();
    let states = outline.states.into_iter();
    let states = states.enumerate().map(|(number, state)| State {
        // The file itself may be called as one of its states.
        anchor: if number == 0 { "-".to_owned() } else { anchor(&state.said.name) },
        state,
    });
    Outline {
        said: outline.said,
        version: outline.version,
        timezone: outline.timezone,
        calendar: outline.calendar,
        roles: outline.roles,
        parameters: outline.parameters,
        facts,
        factors: outline.factors,
        functions: outline.functions,
        events: outline.events,
        states: states.collect(),
    }
}

/// The pages of the workflows of child cases, by the `id` of each `invoke`.
fn pages_of_children(found: &Found, library: &Library) -> BTreeMap<String, String> {
    let linked = found.workflow.invokes().filter_map(|invoke| {
        Some((invoke.id().to_owned(), library.invoked(&invoke)?.page.clone()))
    });
    linked.collect()
}

fn picture(
    workflow: &tresteg::Workflow,
    children: BTreeMap<String, String>,
    language: Language,
) -> Picture {
    let options = SvgOptions {
        language,
        children,
        prefix: "picture-".to_owned(),
        links: Some("#state-".to_owned()),
        ..SvgOptions::default()
    };
    let full = export::drawing(workflow, &options);
    let prefix = "brief-".to_owned();
    let brief = SvgOptions {
        compact: true,
        margin: false,
        orientation: Orientation::Down,
        columns: Some(1),
        prefix,
        ..options
    };
    let brief = export::drawing(workflow, &brief);
    let printed = |of, drawing| Some(Printed { of, sheets: sheets::sheets(drawing)? });
    let printed = printed("picture-picture", &full).or_else(|| printed("brief-picture", &brief));
    Picture {
        width: full.width,
        brief_width: brief.width,
        printed,
        svg: Value::from_safe_string(full.svg),
        brief: Value::from_safe_string(brief.svg),
    }
}

fn covered(coverage: &Coverage, resting: usize, language: Language) -> Covered {
    let totals = coverage.totals();
    let shares = [
        ("states", totals.states),
        ("transitions", totals.transitions),
        ("outcomes", totals.outcomes),
        ("decisions", totals.decisions),
        ("thresholds", totals.thresholds),
        ("all", totals.all),
    ];
    let shares = shares.into_iter().filter(|(_, share)| share.total > 0);
    let shares = shares.map(|(what, share)| Share {
        what,
        covered: share.covered,
        total: share.total,
        percent: share.percent(),
    });
    // The first line is of the totals.
    let missing = coverage.describe(language);
    let missing = missing.lines().skip(1).map(|line| line.trim().to_owned());
    let (percent, shares) = (totals.all.percent(), shares.collect());
    Covered { percent, shares, missing: missing.collect(), resting }
}

/// `None` where no scenario runs that could notice anything.
fn mutants(found: &Found) -> Option<Mutants> {
    let scenarios: Vec<&Scenario> = found.tests.iter().map(|(scenario, _)| scenario).collect();
    let workflow = scenarios.first()?.workflow();
    let (killed, survivors) = mutants::noticed(workflow, scenarios);
    Some(Mutants { killed, survivors })
}

fn test(scenario: &Scenario, failure: Option<&Failure>, language: Language) -> Test {
    let title = scenario.title().get(language.tag()).unwrap_or(scenario.name());
    let place = scenario.place().map(|place| format!("{}:{}", place.file, place.line));
    Test {
        title: title.to_owned(),
        row: scenario.row().map(|(number, said)| (number, said.to_owned())),
        steps: scenario.steps(),
        place: place.unwrap_or_default(),
        suggested: scenario.is_suggested(),
        failure: failure.map(|failure| Failed {
            headline: failure::headline(failure, language),
            mismatches: failure.mismatches.clone(),
            told: failure::why(scenario, failure, language).join("\n"),
        }),
    }
}

fn difference(
    before: &tresteg::Workflow,
    after: &tresteg::Workflow,
    language: Language,
) -> Difference {
    let mut found = diff::compare(before, after);
    // A page speaks one language: what is said otherwise in another one is not its matter.
    let other = match language {
        Language::Swedish => ".en",
        _ => ".sv",
    };
    for change in &mut found.labels {
        change.aspects.retain(|aspect| !aspect.key.ends_with(other));
    }
    found.labels.retain(|change| !change.aspects.is_empty());
    let sections = found.describe(language).into_iter().map(|section| Section {
        title: capital(&section.title),
        items: section.items.into_iter().map(item).collect(),
    });
    let labels = found.describe_labels(language).into_iter().map(item);
    Difference { sections: sections.collect(), labels: labels.collect() }
}

fn item(of: diff::Item) -> Item {
    Item {
        kind: of.kind,
        head: of.head,
        lines: of.lines.into_iter().filter_map(line).collect(),
        items: of.items.into_iter().map(item).collect(),
    }
}

fn line(of: diff::Line) -> Option<Line> {
    match of {
        diff::Line::Text(text) => {
            Some(Line { text: Some(text), what: String::new(), rows: Vec::new() })
        }
        diff::Line::Script { what, before, after } => {
            let rows = script::both(before.as_deref(), after.as_deref());
            Some(Line { text: None, what, rows: rows.into_iter().map(row).collect() })
        }
        _ => None,
    }
}

fn row(of: script::Row) -> Row {
    let mut pieces = Vec::new();
    let mut end = 0;
    let mut piece = |range: std::ops::Range<usize>, changed| {
        let text = of.text.get(range).unwrap_or_default().to_owned();
        if !text.is_empty() {
            pieces.push(Piece { text, changed });
        }
    };
    for changed in &of.changed {
        piece(end..changed.start, false);
        piece(changed.clone(), true);
        end = changed.end;
    }
    piece(end..of.text.len(), false);
    let side = match of.side {
        script::Side::Both => "both",
        script::Side::Before => "before",
        script::Side::After => "after",
    };
    Row { side, pieces }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}

impl Page {
    /// What the index says of it.
    pub(super) fn summary(&self, page: &str) -> Summary {
        Summary {
            title: self.o.said.title.clone(),
            description: self.o.said.description.clone(),
            version: self.o.version.clone(),
            page: page.to_owned(),
            base: self.base.clone(),
            counts: self.counts,
            scenarios: self.tests.scenarios.len(),
            failed: self.tests.failed,
            coverage: self.coverage.as_ref().map(|found| found.percent),
        }
    }
}
