//! Small wrong versions of a workflow: whoever tests one well notices each of them.
//!
//! ```text
//! Workflow ──mutants──► Mutant, Mutant, …  ──workflow──► a wrong workflow | refused by the checks | provably the same
//! ```
//!
//! A mutant is one change in the text of the workflow's own file (of a variant: not in its base), as a slip of whoever
//! wrote it: `<` for `<=`, 91 days for 90, a factor left out, a wrong target. It is read and checked like any file. Tests
//! that all pass on it would not have noticed the slip. A test that quotes a clause means the clause and not its spelling:
//! that a mutant spells it otherwise is nothing to notice. (DeMillo, Lipton and Sayward: Hints on test data selection, 1978.)

mod edit;
mod equivalent;
mod file;

use std::collections::HashMap;
use std::sync::Arc;

use crate::definition::shape::Kind;
use crate::diagnostic::{Location, Report, Span};
use crate::json::{self, Node, NodeKind};
use crate::partition::samples::Palette;
use crate::rule::Rewritten;
pub use crate::rule::Work;
use crate::rule::syntax::Extent;
use crate::table::FactId;
use crate::value::{DateTime, Value, visible, write_json_string};
use crate::workflow::Workflow;
use edit::{Edit, EditKind};
use equivalent::{Sameness, is_proven_same};

/// What kind of slip a mutant is, the worst first: what opens a gate is worse than what shuts one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MutationKind {
    /// A factor or fact of `requires` left out.
    DroppedRequirement,
    /// A `not_by` or a role of `signed_by` left out.
    DroppedSafeguard,
    /// A clause of a condition left out.
    DroppedClause,
    /// Another role in `by`, or one of several left out.
    Role,
    /// A fact that an event must carry left out of `required`.
    DroppedRequired,
    /// A part of a factor's `of` left out.
    DroppedFactor,
    /// `at_least` one more or one less.
    AtLeast,
    /// `&&` for `||` and the reverse.
    Connective,
    /// A condition negated, or a negation left out.
    Negation,
    /// `<` for `>=`, `==` for `!=` and the like.
    Comparison,
    /// `<` for `<=` and the like: wrong only at the very value.
    Boundary,
    /// A number in a script one unit of its last digit larger or smaller.
    Threshold,
    /// A parameter one unit larger or smaller, or negated.
    Parameter,
    /// A term one unit longer or shorter.
    Term,
    /// Another target: the next state beside it.
    Target,
    /// Another initial state.
    Initial,
    /// `deep` for `shallow` and the reverse.
    History,
    /// `internal` left out.
    Internal,
    /// A part of an action left out.
    DroppedAction,
    /// `+` for `-`, `*` for `/` and the reverse.
    Arithmetic,
    /// `min` for `max`, `all` for `some` and the reverse.
    Function,
    /// An item of a written list replaced by the one beside it.
    DroppedItem,
    /// `true` for `false` and the reverse.
    Boolean,
    /// Another default of a fact.
    Default,
}

impl MutationKind {
    /// As it is written in reports: `dropped_clause`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DroppedRequirement => "dropped_requirement",
            Self::DroppedSafeguard => "dropped_safeguard",
            Self::DroppedClause => "dropped_clause",
            Self::Role => "role",
            Self::DroppedRequired => "dropped_required",
            Self::DroppedFactor => "dropped_factor",
            Self::AtLeast => "at_least",
            Self::Connective => "connective",
            Self::Negation => "negation",
            Self::Comparison => "comparison",
            Self::Boundary => "boundary",
            Self::Threshold => "threshold",
            Self::Parameter => "parameter",
            Self::Term => "term",
            Self::Target => "target",
            Self::Initial => "initial",
            Self::History => "history",
            Self::Internal => "internal",
            Self::DroppedAction => "dropped_action",
            Self::Arithmetic => "arithmetic",
            Self::Function => "function",
            Self::DroppedItem => "dropped_item",
            Self::Boolean => "boolean",
            Self::Default => "default",
        }
    }

    fn of(slip: EditKind) -> Self {
        match slip {
            EditKind::Boundary => Self::Boundary,
            EditKind::Comparison => Self::Comparison,
            EditKind::Connective => Self::Connective,
            EditKind::Negation => Self::Negation,
            EditKind::DroppedClause => Self::DroppedClause,
            EditKind::DroppedItem => Self::DroppedItem,
            EditKind::Threshold => Self::Threshold,
            EditKind::Arithmetic => Self::Arithmetic,
            EditKind::Function => Self::Function,
            EditKind::DroppedAction => Self::DroppedAction,
            EditKind::Boolean => Self::Boolean,
        }
    }
}

/// One small wrong version of a workflow.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Mutant {
    /// What kind of slip it is.
    pub kind: MutationKind,
    /// Where in the workflow's own file.
    #[serde(flatten)]
    pub place: Location,
    /// The keys that lead there, such as `states.open.on.decide.guard`.
    pub path: String,
    /// The script or text as it stands in the file, all of it; the mutants of one script share it.
    pub context: Arc<str>,
    /// What is replaced.
    pub before: String,
    /// What stands there instead; empty where something is left out.
    pub after: String,
    /// What is replaced in the file: a value, or the whole of a script.
    #[serde(skip)]
    span: Span,
    /// What stands there instead, of a script in place of a part of it.
    #[serde(skip)]
    with: String,
    /// The part of a script.
    #[serde(skip)]
    part: Option<(usize, usize)>,
}

/// Mutants of one workflow at most, the first of the file: there may be one for every few bytes.
const MOST: usize = 100_000;

/// What becomes of a mutant when it is read.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum MutantStatus {
    /// A workflow that differs from the original.
    Workflow(Workflow),
    /// The checks of a file refuse it: nobody could make this slip unnoticed.
    Refused(Report),
    /// It means the same: its fingerprint is that of the original, or values that stand for all others prove that the two
    /// rules never come to different outcomes. How an answer words its reasons may differ.
    Equivalent(Workflow),
    /// Not decided: none of many values that were tried tells the two rules apart, and nothing proves that none does.
    Undecided(Workflow),
}

/// A slip, before it is told.
enum Slipped<'r> {
    File(Change),
    Script(Edit<'r>),
}

impl Slipped<'_> {
    fn kind(&self) -> MutationKind {
        match self {
            Self::File(change) => change.kind,
            Self::Script(edit) => MutationKind::of(edit.slip),
        }
    }

    fn span(&self) -> Span {
        match self {
            Self::File(change) => change.span,
            Self::Script(edit) => edit.script.span,
        }
    }

    fn shown(&self) -> Span {
        match self {
            Self::File(change) => change.shown,
            Self::Script(edit) => edit.script.span(edit.at.start as usize, edit.at.end as usize),
        }
    }
}

/// A change of the file, before it is told.
#[derive(Debug)]
struct Change {
    kind: MutationKind,
    /// What is replaced in the file.
    span: Span,
    /// What people are shown of it.
    shown: Span,
    with: String,
}

impl Workflow {
    /// Every mutant of the workflow's own file, in the order of the file, up to 100 000. Of a variant: of what stands in its own
    /// file. Cost: linear in the file, but for sorting.
    ///
    /// ```
    /// use tresteg::lab::{MutantStatus, MutationKind};
    /// use tresteg::Workflow;
    /// let workflow = Workflow::from_json(r#"{
    ///     "id": "w",
    ///     "facts": { "meetings": { "type": "integer", "default": 0 } },
    ///     "events": { "go": { "sets": ["meetings"] } },
    ///     "initial": "a",
    ///     "states": { "a": { "on": { "go": { "target": "b", "guard": "meetings >= 2" } } }, "b": {} }
    /// }"#)?;
    /// let mutants = workflow.mutants();
    /// let boundary = mutants.iter().find(|mutant| mutant.kind == MutationKind::Boundary).unwrap();
    /// assert_eq!((boundary.before.as_str(), boundary.after.as_str()), (">=", ">"));
    /// assert!(matches!(boundary.workflow(&workflow), MutantStatus::Workflow(_)));
    /// # Ok::<(), tresteg::diagnostic::Report>(())
    /// ```
    #[must_use]
    pub fn mutants(&self) -> Vec<Mutant> {
        let compiled = self.compiled();
        let sources = compiled.report.sources();
        let Some((_, text)) = sources.file(0) else { return Vec::new() };
        let mut report = Report::default();
        let Some(root) = json::read(text, 0, &compiled.limits.of_definitions(), &mut report) else {
            return Vec::new();
        };
        let changes = file::changes(&root, compiled);
        let plain = changes.into_iter().map(|change| (change.shown.start, Slipped::File(change)));
        let edits = compiled.rules.edits().into_iter();
        let scripts = edits.filter(|edit| edit.script.span.file == 0).map(|edit| {
            let (start, end) = (edit.at.start as usize, edit.at.end as usize);
            (edit.script.span(start, end).start, Slipped::Script(edit))
        });
        let mut found: Vec<(u32, Slipped<'_>)> = plain.chain(scripts).collect();
        found.sort_by_key(|(start, _)| *start);
        found.truncate(MOST);
        let mut texts: HashMap<u32, Arc<str>> = HashMap::new();
        let told = found.into_iter().filter_map(|(_, slip)| {
            let (kind, span, shown) = (slip.kind(), slip.span(), slip.shown());
            let (context, part, after, with) = match slip {
                Slipped::File(change) => {
                    (Arc::from(sources.text(shown)), None, change.with.clone(), change.with)
                }
                Slipped::Script(edit) => {
                    let script = edit.script;
                    let text = texts.entry(script.span.start);
                    let text = Arc::clone(text.or_insert_with(|| Arc::from(script.text.as_str())));
                    let part = (edit.at.start as usize, edit.at.end as usize);
                    text.get(part.0..part.1)?;
                    let dropped = edit.slip == EditKind::DroppedAction;
                    let told = if dropped { String::new() } else { edit.with.clone() };
                    (text, Some(part), told, edit.with)
                }
            };
            let before = match part {
                Some((start, end)) => context.get(start..end)?.to_owned(),
                None => sources.text(shown).to_owned(),
            };
            let (place, path) = (sources.place(shown)?, path(&root, shown));
            Some(Mutant { kind, place, path, context, before, after, span, with, part })
        });
        let mut all: Vec<Mutant> = told.collect();
        all.sort_by(|one, two| {
            let key = |mutant: &Mutant| (mutant.place.line, mutant.place.column, mutant.kind);
            key(one).cmp(&key(two)).then_with(|| one.after.cmp(&two.after))
        });
        all.dedup_by(|one, two| {
            one.span == two.span && one.part == two.part && one.with == two.with
        });
        all
    }
}

impl Mutant {
    /// The workflow with this change. `original` is the one that it was made of. Costs as much as reading the file, and for
    /// the proof at most 20 000 evaluations of the rule, twice, within the bounds of a search.
    #[must_use]
    pub fn workflow(&self, original: &Workflow) -> MutantStatus {
        self.workflow_within(original, &Work::of(original.limits(), 1))
    }

    /// The workflow with this change, where work is counted over many mutants. Once that is used up the file is still read,
    /// and what could be proven is undecided.
    #[must_use]
    pub fn workflow_within(&self, original: &Workflow, work: &Work) -> MutantStatus {
        let compiled = original.compiled();
        let Some((_, text)) = compiled.report.sources().file(0) else {
            return MutantStatus::Equivalent(original.clone());
        };
        let Some(changed) = self.changed(text) else {
            return MutantStatus::Equivalent(original.clone());
        };
        let mutated = match changed_in(original, Place::Own(0), &changed, work) {
            Ok(workflow) => workflow,
            Err(report) => return MutantStatus::Refused(report),
        };
        if mutated.fingerprint() == original.fingerprint() {
            return MutantStatus::Equivalent(mutated);
        }
        let mutated = self.quoting(original, mutated, 0);
        let script = self.part.map(|_| self.span.start);
        let found = script.map_or(Sameness::NotTried, |start| {
            let worth = |id: FactId, beside: &[Value]| worth_trying(original, id, beside);
            let transitions = compiled.definition.transitions.rows();
            let signed = transitions.iter().any(|transition| !transition.signed_by.is_empty());
            let meter = work.meter();
            compiled.rules.same_answers(&mutated.compiled().rules, start, signed, &worth, meter)
        });
        let proven = |start| is_proven_same(compiled, &mutated.compiled().rules, start);
        match found {
            Sameness::NotFound | Sameness::NotTried if script.is_some_and(proven) => {
                MutantStatus::Equivalent(mutated)
            }
            // What rules read of children is not among what was tried.
            Sameness::Same if original.is_whole() => MutantStatus::Undecided(mutated),
            Sameness::Same => MutantStatus::Equivalent(mutated),
            Sameness::NotFound => MutantStatus::Undecided(mutated),
            Sameness::Different | Sameness::NotTried => MutantStatus::Workflow(mutated),
        }
    }

    /// A workflow that extends the one that this was made of, with this change in its base. `None` where it does not extend
    /// it, or where the change means nothing to it. Reading it is counted.
    ///
    /// # Errors
    ///
    /// The report of what the checks refuse in it.
    pub fn variant(
        &self,
        original: &Workflow,
        variant: &Workflow,
        work: &Work,
    ) -> Result<Option<Workflow>, Report> {
        let Some((_, text)) = original.compiled().report.sources().file(0) else { return Ok(None) };
        let sources = variant.compiled().report.sources();
        let files = (1..).map_while(|file| Some((file, sources.file(file)?.1)));
        let base = files.into_iter().find(|(_, base)| *base == text);
        let (Some((file, _)), Some(changed)) = (base, self.changed(text)) else { return Ok(None) };
        let mutated = changed_in(variant, Place::Own(file), &changed, work)?;
        let differs = mutated.fingerprint() != variant.fingerprint();
        Ok(differs.then(|| self.quoting(variant, mutated, file)))
    }

    /// A workflow that invokes the one that this was made of, itself or through others, with this change in that. `None`
    /// where it does not, or where the change means nothing to it. Reading it is counted.
    ///
    /// # Errors
    ///
    /// The report of what the checks refuse in it.
    pub fn whole(
        &self,
        original: &Workflow,
        whole: &Workflow,
        work: &Work,
    ) -> Result<Option<Workflow>, Report> {
        let Some((_, text)) = original.compiled().report.sources().file(0) else { return Ok(None) };
        let children = whole.bundle().into_iter().skip(1);
        let files = children.flat_map(|child| {
            let sources = child.compiled().report.sources();
            (0..).map_while(|file| sources.file(file))
        });
        let own = files.into_iter().find(|(_, known)| *known == text).map(|(name, _)| name);
        let (Some(name), Some(changed)) = (own, self.changed(text)) else { return Ok(None) };
        let mutated = changed_in(whole, Place::Child(name), &changed, work)?;
        Ok((mutated.fingerprint() != whole.fingerprint()).then_some(mutated))
    }

    /// The mutated workflow, in which a scenario that quotes a changed clause of the original is taken at its meaning.
    fn quoting(&self, original: &Workflow, mutated: Workflow, file: u32) -> Workflow {
        let Some((start, end)) = self.part else { return mutated };
        let short = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
        let at = Extent { start: short(start), end: short(end) };
        let bytes = short(self.with.len());
        let rewritten = Rewritten { script: self.span.start, at, bytes };
        let rules = [&original.compiled().rules, &mutated.compiled().rules];
        let quoted = rules[0].quoted(rules[1], file, rewritten);
        mutated.quoting(quoted)
    }

    fn changed(&self, text: &str) -> Option<String> {
        let mut changed = text.get(..self.span.start as usize)?.to_owned();
        match self.part {
            None => changed.push_str(&self.with),
            Some((start, end)) => {
                let (before, after) = (self.context.get(..start)?, self.context.get(end..)?);
                write_json_string(&format!("{before}{}{after}", self.with), &mut changed);
            }
        }
        changed.push_str(text.get(self.span.end as usize..)?);
        Some(changed)
    }
}

/// Which file of a workflow is another.
#[derive(Clone, Copy, PartialEq)]
enum Place<'n> {
    /// Its own, or one that it extends, by number.
    Own(u32),
    /// One of those of its child cases, by name.
    Child(&'n str),
}

/// A workflow read anew, with another text of one of its files.
fn changed_in(
    workflow: &Workflow,
    place: Place<'_>,
    changed: &str,
    work: &Work,
) -> Result<Workflow, Report> {
    /// Operations that reading a byte costs.
    const BYTE: u64 = 4;
    let compiled = workflow.compiled();
    let sources = compiled.report.sources();
    let others = (0..).map_while(|number| Some((number, sources.file(number)?.1.len())));
    let others = others.filter(|(number, _)| place != Place::Own(*number));
    let bytes = others.map(|(_, bytes)| bytes).sum::<usize>();
    let bytes = u64::try_from(bytes.saturating_add(changed.len())).unwrap_or(u64::MAX);
    work.meter().spend(bytes.saturating_mul(BYTE));
    let text = |number: u32| {
        let (name, text) = sources.file(number)?;
        Some((name, if place == Place::Own(number) { changed } else { text }))
    };
    let bases: HashMap<&str, &str> = (1..).map_while(text).collect();
    // Those of child cases are read from what was read of them.
    let mut invoked: HashMap<&str, &str> = HashMap::new();
    for child in workflow.bundle().into_iter().skip(1) {
        let sources = child.compiled().report.sources();
        invoked.extend((0..).map_while(|number| sources.file(number)));
    }
    if let Place::Child(name) = place {
        invoked.insert(name, changed);
    }
    let mut resolve = |path: &str| {
        bases
            .get(path)
            .or_else(|| invoked.get(path))
            .map(|text| (*text).to_owned())
            .ok_or_else(|| "not read".to_owned())
    };
    let (name, text) = text(0).unwrap_or_default();
    Workflow::load(name, text, &mut resolve, &compiled.limits)
}

/// Values of a fact that may tell two versions of a rule apart.
fn worth_trying(workflow: &Workflow, id: FactId, beside: &[Value]) -> Vec<Value> {
    let definition = &workflow.compiled().definition;
    let (zone, now) = (&definition.zone, DateTime::epoch(&definition.zone));
    let palette = Palette { constants: beside, now, zone };
    let shape = &definition.facts.at(id).shape;
    let mut values = palette.values(shape);
    if matches!(shape.kind, Kind::Integer | Kind::Number) {
        values.extend(palette.first(shape, 24));
    }
    values
}

/// As it is told in a line: `<` → `<=`.
impl std::fmt::Display for Mutant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Location { file, line, column } = &self.place;
        write!(f, "{}:{line}:{column}: `{}` ", visible(file), visible(&self.before))?;
        if self.after.is_empty() {
            f.write_str("left out")
        } else {
            write!(f, "→ `{}`", visible(&self.after))
        }
    }
}

/// The keys that lead to a place.
fn path(root: &Node, span: Span) -> String {
    let mut path = String::new();
    let mut node = root;
    loop {
        let holds = |outer: Span| outer.start <= span.start && span.end <= outer.end;
        let next = match &node.kind {
            // They stand one behind another.
            NodeKind::Object(members) => {
                let index = members.partition_point(|member| member.value.span.end < span.end);
                members
                    .get(index)
                    .filter(|member| holds(member.value.span) || holds(member.key.span))
                    .map(|member| (member.key.value.clone(), &member.value))
            }
            NodeKind::Array(items) => {
                let index = items.partition_point(|item| item.span.end < span.end);
                let item = items.get(index).filter(|item| holds(item.span));
                item.map(|item| (index.to_string(), item))
            }
            _ => None,
        };
        let Some((key, inner)) = next else { return path };
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(&key);
        node = inner;
    }
}
