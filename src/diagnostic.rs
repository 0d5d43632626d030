//! Problems of a file: every one of them, with code, place, message and hint.


use std::sync::Arc;


/// Where a text stands: a range of bytes in one of the [`Sources`] of a report.
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
pub struct Sources {
    files: Vec<(String, Arc<str>)>,
}

/// A place for people: file name, line and column, both counted from 1; columns count characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Name of the file as it was given.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl Sources {
    /// Adds a file and returns its number, which [`Span::file`] refers to.
    pub fn add(&mut self, name: &str, text: &str) -> u32 {
        let number = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        self.files.push((name.to_owned(), Arc::from(text)));
        number
    }

    /// Name and text of a file.
    #[must_use]
    pub fn file(&self, number: u32) -> Option<(&str, &str)> {
        let (name, text) = self.files.get(usize::try_from(number).ok()?)?;
        Some((name, text))
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
    pub fn place(&self, span: Span) -> Option<Place> {
        let (name, text) = self.file(span.file)?;
        let before = text.get(..(span.start as usize).min(text.len()))?;
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before.get(line_start..)?.chars().count() + 1;
        Some(Place {
            file: name.to_owned(),
            line: u32::try_from(before.matches('\n').count() + 1).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        })
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
    /// Stable name of the kind of problem, such as `unknown-name`; all of them are in [`CODES`](crate::CODES).
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

/// The candidate nearest to a written name by edit distance, if it is near enough to be a slip of the pen.
pub(crate) fn nearest<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let length = written.chars().count();
    // A hostile file can hold names of megabytes; the distance is quadratic.
    if length > 100 {
        return None;
    }
    let allowed = (length / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= allowed)
        .map(|candidate| (strsim::damerau_levenshtein(written, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
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
    pub(crate) sources: Sources,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Report {
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The files that the problems point into.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The problems, in the order of files and places.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Whether any of the problems keeps the file from loading.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|found| found.severity == Severity::Error)
    }

    /// Puts the problems into the order of the text and drops exact repetitions.
    pub(crate) fn sort(&mut self) {
        self.diagnostics.sort_by(|a, b| {
            (a.span, a.severity, a.code, &a.message).cmp(&(b.span, b.severity, b.code, &b.message))
        });
        self.diagnostics.dedup();
    }
}
