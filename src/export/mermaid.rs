//! Mermaid's `stateDiagram-v2`.

use std::fmt::Write as _;

use super::picture::{Drawn, DrawnAs, Picture, words};
use crate::Language;
use crate::table::StateId;
use crate::value::on_one_line;
use crate::workflow::Workflow;
use crate::workflow::chart::ROOT;

/// The workflow as a Mermaid diagram, with labels in a language: states in their nesting, parallel regions, history and
/// final states, and on each arrow what it waits for. The same workflow always gives the same text.
///
/// ```
/// use tresteg::{Language, Workflow, export};
/// let workflow = Workflow::from_json(r#"{
///     "id": "door", "initial": "shut",
///     "states": { "shut": { "on": { "open": "ajar" } }, "ajar": { "type": "final" } }
/// }"#)?;
/// let drawing = export::mermaid(&workflow, Language::English);
/// assert!(drawing.contains("s_shut --> s_ajar : open"));
/// # Ok::<(), tresteg::diagnostic::Report>(())
/// ```
#[must_use]
pub fn mermaid(workflow: &Workflow, language: Language) -> String {
    let picture = Picture::new(workflow, language);
    let mut writer =
        Writer { picture: &picture, anywhere: words(language).anywhere, out: String::new() };
    writer.line(0, &format!("---\ntitle: \"{}\"\n---\nstateDiagram-v2", yaml(&picture.title)));
    writer.inside(ROOT, 1);
    // Every state has been placed by now: an arrow at the outermost level moves none of them.
    for arrow in &picture.arrows {
        let from = if arrow.anywhere { writer.anywhere(arrow.from) } else { writer.id(arrow.from) };
        let label: Vec<String> = arrow.lines.iter().map(|line| escape(line)).collect();
        let to = writer.id(arrow.to);
        writer.line(1, &format!("{from} --> {to} : {}", label.join("<br/>")));
    }
    writer.out
}

struct Writer<'p> {
    picture: &'p Picture,
    anywhere: &'static str,
    out: String,
}

impl Writer<'_> {
    fn line(&mut self, indent: usize, text: &str) {
        // A String takes every write.
        let _ = writeln!(self.out, "{:width$}{text}", "", width = 2 * indent);
    }

    /// Prefixed, since a bare name could be a word of Mermaid's own.
    fn id(&self, state: StateId) -> String {
        format!("s_{}", self.picture.state(state).name)
    }

    fn anywhere(&self, state: StateId) -> String {
        if state == ROOT {
            "anywhere".to_owned()
        } else {
            format!("in_{}", self.picture.state(state).name)
        }
    }

    /// What stands within a state. States nest less deep than the JSON they come from, which is bounded.
    fn inside(&mut self, state: StateId, indent: usize) {
        let drawn = self.picture.state(state);
        let parallel = drawn.shape == DrawnAs::Parallel;
        for begin in drawn.initial.iter().filter(|_| !parallel) {
            let begin = self.id(*begin);
            self.line(indent, &format!("[*] --> {begin}"));
        }
        let mut first = true;
        for child in drawn.children.iter().copied() {
            let history = matches!(self.picture.state(child).shape, DrawnAs::History { .. });
            if parallel && !history {
                if !first {
                    self.line(indent, "--");
                }
                first = false;
            }
            self.state(child, indent);
        }
        if drawn.anywhere {
            if parallel {
                // It belongs to none of the regions.
                self.line(indent, "--");
            }
            let id = self.anywhere(state);
            self.line(
                indent,
                &format!("state \"{} {}\" as {id}", escape(self.anywhere), escape(&drawn.title)),
            );
            self.lines_within(&id, drawn, indent);
        }
    }

    fn state(&mut self, state: StateId, indent: usize) {
        let drawn = self.picture.state(state);
        let id = self.id(state);
        let title = escape(&drawn.title);
        match drawn.shape {
            DrawnAs::Compound | DrawnAs::Parallel => {
                self.line(indent, &format!("state \"{title}\" as {id} {{"));
                self.inside(state, indent + 1);
                self.line(indent, "}");
            }
            DrawnAs::Leaf => {
                self.line(indent, &format!("state \"{title}\" as {id}"));
                self.lines_within(&id, drawn, indent);
            }
            DrawnAs::Final => {
                self.line(indent, &format!("state \"{title}\" as {id}"));
                self.line(indent, &format!("{id} --> [*]"));
            }
            DrawnAs::History { deep } => {
                let mark = escape(if deep { "H*" } else { "H" });
                self.line(indent, &format!("state \"{mark} {title}\" as {id}"));
                for begin in &drawn.initial {
                    let begin = self.id(*begin);
                    self.line(indent, &format!("{id} --> {begin}"));
                }
            }
        }
    }

    fn lines_within(&mut self, id: &str, drawn: &Drawn, indent: usize) {
        for line in &drawn.inside {
            self.line(indent, &format!("{id} : {}", escape(line)));
        }
    }
}

/// A text where Mermaid takes one. Whatever is neither a letter, a digit nor harmless becomes a numbered entity: Mermaid's
/// grammar, its Markdown and the HTML that it makes each have characters of their own.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in on_one_line(text).chars() {
        match letter {
            _ if letter.is_alphanumeric() => escaped.push(letter),
            ' ' | ',' | '(' | ')' | '/' => escaped.push(letter),
            _ => {
                let _ = write!(escaped, "#{};", u32::from(letter));
            }
        }
    }
    escaped
}

/// Inside a double-quoted YAML string.
fn yaml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in on_one_line(text).chars() {
        match letter {
            '"' | '\\' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            _ => escaped.push(letter),
        }
    }
    escaped
}
