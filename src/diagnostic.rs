//! Problems of a file: every one of them, with code, place, message and hint.
//!
//! Reading a workflow, scenarios or events gives a [`Report`] where something is wrong: it holds a [`Diagnostic`] for each
//! problem, and prints itself with the lines that it points to. [`CODES`] explains each code; [`visible`] makes a stranger's
//! text safe to be shown on a terminal.
//!
//! ```
//! use tresteg::Workflow;
//!
//! let report = Workflow::from_json(r#"{ "id": "w", "states": { "a": { "on": { "go": "b" } } } }"#).unwrap_err();
//! let problem = &report.diagnostics()[0];
//! assert_eq!(problem.code, "unknown-state");
//! assert!(report.to_string().contains("`b`"));
//! ```

mod render;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use crate::definition::codes::CODES;
pub use crate::value::{visible, visible_lines};

/// Where a text stands: a range of bytes in one of the [`SourceFiles`] of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// Which of the sources, counted from 0 in the order in which they were read.
    pub file: u32,
    /// First byte.
    pub start: u32,
    /// Byte behind the last.
    pub end: u32,
}

/// A value together with the place where it stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spanned<T> {
    pub value: T,
    pub span: Span,
}

impl<T> Spanned<T> {
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

impl<T> std::ops::Deref for Spanned<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// The files that a workflow was read from: the file itself first, then what it extends.
#[derive(Debug, Clone, Default)]
pub struct SourceFiles {
    files: Vec<Source>,
}

#[derive(Debug, Clone)]
struct Source {
    name: String,
    text: Arc<str>,
    /// First byte of every line.
    lines: Vec<u32>,
    /// Characters before every 4096th byte, so that a column in a file of one long line is found quickly.
    characters: Vec<u32>,
}

const STRIDE: usize = 4096;

impl Source {
    fn new(name: &str, text: &str) -> Self {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let mut lines = vec![0];
        let mut characters = Vec::with_capacity(text.len() / STRIDE + 1);
        let mut seen = 0_u32;
        for (at, byte) in text.bytes().enumerate() {
            if at % STRIDE == 0 {
                characters.push(seen);
            }
            if byte == b'\n' {
                lines.push(offset(at + 1));
            }
            // Bytes that continue a character do not begin one.
            if byte & 0xC0 != 0x80 {
                seen = seen.saturating_add(1);
            }
        }
        Self { name: name.to_owned(), text: Arc::from(text), lines, characters }
    }

    /// Characters that begin before a byte.
    fn characters_before(&self, at: usize) -> u32 {
        let at = at.min(self.text.len());
        let mark = (at / STRIDE).min(self.characters.len().saturating_sub(1));
        let counted = self.characters.get(mark).copied().unwrap_or(0);
        let rest = self.text.as_bytes().get(mark * STRIDE..at).unwrap_or(&[]);
        let further = rest.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
        counted.saturating_add(u32::try_from(further).unwrap_or(u32::MAX))
    }

    /// Line, counted from 0, that a byte stands in.
    fn line_of(&self, at: usize) -> usize {
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        self.lines.partition_point(|start| *start <= at).saturating_sub(1)
    }

    /// Bytes of a line, counted from 0, without its end.
    fn line(&self, number: usize) -> (usize, usize) {
        let start = self.lines.get(number).map_or(self.text.len(), |at| *at as usize);
        let end = self.lines.get(number + 1).map_or(self.text.len(), |at| *at as usize);
        let line = self.text.get(start..end).unwrap_or("");
        (start, start + line.trim_end_matches(['\n', '\r']).len())
    }

    /// Line and column, from 1.
    fn position(&self, at: usize) -> (u32, u32) {
        let line = self.line_of(at);
        let (start, _) = self.line(line);
        let column = self.characters_before(at).saturating_sub(self.characters_before(start));
        (u32::try_from(line + 1).unwrap_or(u32::MAX), column.saturating_add(1))
    }
}

/// A place for people: file name, line and column, both counted from 1; columns count characters.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Location {
    /// Name of the file as it was given.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl SourceFiles {
    /// Bytes of all files.
    pub(crate) fn bytes(&self) -> usize {
        self.files.iter().map(|file| file.text.len()).sum()
    }

    /// Adds a file and returns its number, which [`Span::file`] refers to.
    pub fn add(&mut self, name: &str, text: &str) -> u32 {
        let number = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        self.files.push(Source::new(name, text));
        number
    }

    /// Name and text of a file.
    #[must_use]
    pub fn file(&self, number: u32) -> Option<(&str, &str)> {
        let source = self.source(number)?;
        Some((&source.name, &source.text))
    }

    fn source(&self, number: u32) -> Option<&Source> {
        self.files.get(usize::try_from(number).ok()?)
    }

    /// The text that a span covers; empty where the span is not of these sources.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.file(span.file)
            .and_then(|(_, text)| text.get(span.start as usize..span.end as usize))
            .unwrap_or("")
    }

    /// The place for people where a span begins.
    #[must_use]
    pub fn place(&self, span: Span) -> Option<Location> {
        let source = self.source(span.file)?;
        let (line, column) = source.position(span.start as usize);
        Some(Location { file: source.name.clone(), line, column })
    }
}

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The file does not load.
    Error,
    /// The file loads; somebody should look at this.
    Warning,
}

/// One problem of a file.
///
/// Messages are lower case without a full stop, with the user's own text in backticks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable name of the kind of problem, such as `unknown-name`; all of them are in [`CODES`].
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Where.
    pub span: Option<Span>,
    /// What to do about it.
    pub hint: Option<String>,
    /// Other places that explain this one, such as the first of two equal keys.
    pub related: Vec<(Span, String)>,
}

impl Diagnostic {
    pub(crate) fn error(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            span: Some(span),
            hint: None,
            related: Vec::new(),
        }
    }

    pub(crate) fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, span, message) }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// "did you mean", when one of the candidates is near enough to what was written.
    pub(crate) fn suggest<'a>(
        mut self,
        written: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        if let Some(near) = nearest(written, candidates) {
            self.hint = Some(format!("did you mean `{near}`?"));
        }
        self
    }

    pub(crate) fn related(mut self, span: Span, message: impl Into<String>) -> Self {
        self.related.push((span, message.into()));
        self
    }
}

/// Names longer than this get no suggestion: the distance is quadratic in the length.
const LONGEST_SUGGESTED: usize = 100;

/// So many candidates are looked at for one suggestion; a report asks for up to a thousand of them.
const MOST_CANDIDATES: usize = 2_000;

/// So many pairs of letters are compared for one suggestion: names of twenty letters with 500 others.
const MOST_PAIRS: usize = 200_000;

/// A text of the user for a message: in backticks, cut where it is long, and only what can be seen.
pub(crate) fn quoted(text: &str) -> String {
    const MOST: usize = 80;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("`{}…`", visible(text.get(..end).unwrap_or(""))),
        None => format!("`{}`", visible(text)),
    }
}

/// The candidate nearest to a written name by edit distance, if it is near enough to be a slip of the pen.
pub(crate) fn nearest<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let length = written.chars().count();
    if length > LONGEST_SUGGESTED {
        return None;
    }
    // One letter for another is no slip in a name of one letter.
    let allowed = if length < 2 { 0 } else { (length / 3).max(1) };
    let letters = Letters::of(written);
    let mut pairs = 0_usize;
    candidates
        .into_iter()
        .take(MOST_CANDIDATES)
        .filter(|candidate| candidate.len() <= 4 * (length + allowed))
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= allowed)
        .filter(|candidate| letters.apart(candidate) <= allowed)
        .take_while(|candidate| {
            crate::work::looked_at(candidate.len());
            pairs = pairs.saturating_add(length.saturating_mul(candidate.len()));
            pairs <= MOST_PAIRS
        })
        .map(|candidate| (strsim::damerau_levenshtein(written, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

/// A warning that a file answers for by `x-allow`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AllowedWarning {
    /// The warning.
    pub diagnostic: Diagnostic,
    /// Why it is right as it is, in the words of the file.
    pub reason: String,
}

/// How often each letter stands in a text, letters that share a place taken together.
#[derive(Clone)]
struct Letters([i16; 64]);

impl Letters {
    fn of(text: &str) -> Self {
        let mut letters = Self([0; 64]);
        text.chars().for_each(|letter| letters.count(letter, 1));
        letters
    }

    fn count(&mut self, letter: char, more: i16) {
        // Names have at most some hundred letters here.
        if let Some(place) = self.0.get_mut(letter as usize % 64) {
            *place = place.saturating_add(more);
        }
    }

    /// At least so many changes lie between the texts, since each changes one letter: what is further apart than is asked
    /// for needs no exact distance, which costs a hundred times as much.
    fn apart(&self, other: &str) -> usize {
        let mut left = self.clone();
        other.chars().for_each(|letter| left.count(letter, -1));
        let (mut more, mut fewer) = (0, 0);
        for place in left.0 {
            let much = usize::from(place.unsigned_abs());
            if place > 0 { more += much } else { fewer += much }
        }
        more.max(fewer)
    }
}

/// All problems of a workflow and the sources that they point into.
///
/// `Display` writes each problem with its line and carets under the text meant:
///
/// ```
/// let report = tresteg::Workflow::from_json(r#"{ "id": "x" }"#).unwrap_err();
/// assert!(report.to_string().contains("missing-key"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Report {
    pub(crate) sources: SourceFiles,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// How many problems are listed; no bound when there is none.
    limit: Option<usize>,
    /// Warnings that the file allows, each with its reason.
    pub(crate) allowed: Vec<AllowedWarning>,
    /// Problems beyond the limit: errors and warnings.
    unlisted: (usize, usize),
    /// Work that suggestions have cost so far, in cells of the tables that edit distances fill.
    effort: usize,
}

/// So much work suggestions may cost in one report: about a tenth of a second.
const MOST_EFFORT: usize = 20_000_000;

impl Report {
    /// A report that lists only so many problems and counts the others.
    pub(crate) fn limited(limit: usize) -> Self {
        Self { limit: Some(limit), ..Self::default() }
    }

    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        if !self.is_full() {
            self.diagnostics.push(diagnostic);
            return;
        }
        if diagnostic.severity == Severity::Warning {
            self.unlisted.1 += 1;
            return;
        }
        // Errors take the places of warnings, which else could crowd out why a file does not load.
        let warning = |listed: &Diagnostic| listed.severity == Severity::Warning;
        let place =
            if self.unlisted.0 > 0 { None } else { self.diagnostics.iter().rposition(warning) };
        match place.and_then(|at| self.diagnostics.get_mut(at)) {
            Some(listed) => {
                *listed = diagnostic;
                self.unlisted.1 += 1;
            }
            None => self.unlisted.0 += 1,
        }
    }

    /// Whether further problems are only counted.
    pub(crate) fn is_full(&self) -> bool {
        self.limit.is_some_and(|limit| self.diagnostics.len() >= limit)
    }

    /// Adds a problem with "did you mean", as long as suggestions have not cost too much work in this report.
    pub(crate) fn push_near<'a>(
        &mut self,
        diagnostic: Diagnostic,
        written: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) {
        if self.is_full() || self.effort > MOST_EFFORT {
            return self.push(diagnostic);
        }
        let mut effort = 0;
        let candidates = candidates.into_iter().inspect(|candidate| {
            effort +=
                1 + candidate.len().min(LONGEST_SUGGESTED) * written.len().min(LONGEST_SUGGESTED);
        });
        let diagnostic = diagnostic.suggest(written, candidates);
        self.effort += effort;
        self.push(diagnostic);
    }

    /// The files that the problems point into.
    #[must_use]
    pub fn sources(&self) -> &SourceFiles {
        &self.sources
    }

    /// The problems, in the order of files and places.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Warnings that the file answers for by `x-allow`, in the order of files and places. They are not among
    /// [`Report::diagnostics`].
    ///
    /// ```
    /// let workflow = tresteg::Workflow::from_json(r#"{
    ///     "id": "w",
    ///     "facts": { "note": { "type": "string", "x-allow": { "unused-fact": "the register shows it" } } },
    ///     "states": { "s": {} }
    /// }"#)?;
    /// assert!(workflow.warnings().diagnostics().is_empty());
    /// assert_eq!(workflow.warnings().allowed()[0].reason, "the register shows it");
    /// # Ok::<(), tresteg::diagnostic::Report>(())
    /// ```
    #[must_use]
    pub fn allowed(&self) -> &[AllowedWarning] {
        &self.allowed
    }

    /// Whether any of the problems keeps the file from loading.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.unlisted.0 > 0
            || self.diagnostics.iter().any(|found| found.severity == Severity::Error)
    }

    /// Leaves out the problems of which `keep` is false, such as those that have been told of another file. Those beyond the
    /// limit, which are only counted, stay counted.
    ///
    /// ```
    /// let text = r#"{ "id": "w", "facts": { "note": { "type": "string" } }, "states": { "s": {} } }"#;
    /// let mut report = tresteg::Workflow::from_json(text)?.warnings().clone();
    /// report.retain(|found| found.code != "unused-fact");
    /// assert!(report.diagnostics().is_empty());
    /// # Ok::<(), tresteg::diagnostic::Report>(())
    /// ```
    pub fn retain(&mut self, keep: impl FnMut(&Diagnostic) -> bool) {
        self.diagnostics.retain(keep);
    }

    /// Takes in the files of another report, behind its own; how far their numbers have moved.
    pub(crate) fn adopt_sources(&mut self, sources: &SourceFiles) -> u32 {
        let moved = u32::try_from(self.sources.files.len()).unwrap_or(u32::MAX);
        self.sources.files.extend(sources.files.iter().cloned());
        moved
    }

    /// Takes in the errors of another report, with the files that they point into.
    pub(crate) fn adopt_errors(&mut self, other: Self) {
        let moved = self.adopt_sources(&other.sources);
        let move_span = |span: Span| Span { file: span.file.saturating_add(moved), ..span };
        let errors = other.diagnostics.into_iter();
        for mut found in errors.filter(|found| found.severity == Severity::Error) {
            found.span = found.span.map(move_span);
            for (span, _) in &mut found.related {
                *span = move_span(*span);
            }
            self.push(found);
        }
    }

    /// Puts the problems into the order of the text and drops exact repetitions.
    pub(crate) fn sort(&mut self) {
        let order = |a: &Diagnostic, b: &Diagnostic| {
            (a.span, a.severity, a.code, &a.message).cmp(&(b.span, b.severity, b.code, &b.message))
        };
        self.diagnostics.sort_by(order);
        self.diagnostics.dedup();
        self.allowed.sort_by(|a, b| order(&a.diagnostic, &b.diagnostic));
        self.allowed.dedup();
        // An error says why something is odd at its very place.
        let is_error = |found: &&Diagnostic| found.severity == Severity::Error;
        let errors = self.diagnostics.iter().filter(is_error).filter_map(|found| found.span);
        let errors: BTreeSet<Span> = errors.collect();
        self.diagnostics.retain(|found| {
            is_error(&found) || found.span.is_none_or(|span| !errors.contains(&span))
        });
    }
}
