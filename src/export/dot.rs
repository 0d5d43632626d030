//! Graphviz's DOT.

use std::fmt::Write as _;

use super::picture::{Arrow, Drawn, DrawnAs, Picture, words};
use crate::Language;
use crate::table::StateId;
use crate::value::on_one_line;
use crate::workflow::Workflow;
use crate::workflow::chart::ROOT;

/// The workflow as a Graphviz graph, with labels in a language: a cluster for each state that holds others, dashed
/// regions in a parallel one, and on each arrow what it waits for. The same workflow always gives the same text.
///
/// ```
/// use tresteg::{Language, Workflow, export};
/// let workflow = Workflow::from_json(r#"{
///     "id": "door", "initial": "shut",
///     "states": { "shut": { "on": { "open": "ajar" } }, "ajar": { "type": "final" } }
/// }"#)?;
/// let drawing = export::dot(&workflow, Language::English);
/// assert!(drawing.contains(r#""s_shut" -> "s_ajar" [label="open"]"#));
/// # Ok::<(), tresteg::diagnostic::Report>(())
/// ```
#[must_use]
pub fn dot(workflow: &Workflow, language: Language) -> String {
    let picture = Picture::new(workflow, language);
    let mut writer =
        Writer { picture: &picture, anywhere: words(language).anywhere, out: String::new() };
    writer.line(0, "digraph workflow {");
    writer
        .line(1, "compound=true; newrank=true; nodesep=0.4; ranksep=0.5; labelloc=t; fontsize=16;");
    writer.line(1, "fontname=\"Helvetica\"; node [fontname=\"Helvetica\", fontsize=11]; edge [fontname=\"Helvetica\", fontsize=9];");
    writer.line(1, &format!("label=\"{}\";", escape(&picture.title)));
    writer.inside(ROOT, 1);
    for arrow in &picture.arrows {
        writer.arrow(arrow);
    }
    writer.line(0, "}");
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

    /// The node that stands for a state: itself, or the point where a state with others inside begins.
    fn node(&self, state: StateId) -> String {
        let drawn = self.picture.state(state);
        let prefix = if drawn.shape.is_frame() { "begin" } else { "s" };
        format!("\"{prefix}_{}\"", escape(&drawn.name))
    }

    fn cluster(&self, state: StateId) -> String {
        format!("\"cluster_{}\"", escape(&self.picture.state(state).name))
    }

    fn anywhere(&self, state: StateId) -> String {
        format!("\"in_{}\"", escape(&self.picture.state(state).name))
    }

    /// What stands within a state. States nest less deep than the JSON they come from, which is bounded.
    fn inside(&mut self, state: StateId, indent: usize) {
        let drawn = self.picture.state(state);
        let begin = self.node(state);
        if drawn.shape == DrawnAs::Parallel {
            // Nothing begins here, but arrows need an end to hold on to.
            self.line(indent, &format!("{begin} [shape=point, style=invis];"));
        } else {
            self.line(indent, &format!("{begin} [shape=point, width=0.15];"));
            for to in drawn.initial.iter().copied() {
                self.edge(indent, &begin, to, &[]);
            }
        }
        for child in drawn.children.iter().copied() {
            self.state(child, drawn.shape == DrawnAs::Parallel, indent);
        }
        if drawn.anywhere {
            let id = self.anywhere(state);
            let title = format!("{} {}", self.anywhere, drawn.title);
            let label = label_with(&title, drawn);
            self.line(indent, &format!("{id} [shape=note, style=dashed, label=\"{label}\"];"));
        }
    }

    fn state(&mut self, state: StateId, region: bool, indent: usize) {
        let drawn = self.picture.state(state);
        let dashed = if region { "rounded,dashed" } else { "rounded" };
        let node = self.node(state);
        match drawn.shape {
            DrawnAs::Compound | DrawnAs::Parallel => {
                let cluster = self.cluster(state);
                self.line(indent, &format!("subgraph {cluster} {{"));
                self.line(
                    indent + 1,
                    &format!(
                        "label=\"{}\"; style=\"{dashed}\"; fontsize=13;",
                        escape(&drawn.title)
                    ),
                );
                self.inside(state, indent + 1);
                self.line(indent, "}");
            }
            DrawnAs::Leaf => {
                let label = label_with(&drawn.title, drawn);
                self.line(
                    indent,
                    &format!("{node} [shape=box, style=\"{dashed}\", label=\"{label}\"];"),
                );
            }
            DrawnAs::Final => {
                let label = escape(&drawn.title);
                self.line(
                    indent,
                    &format!(
                        "{node} [shape=box, style=rounded, peripheries=2, label=\"{label}\"];"
                    ),
                );
            }
            DrawnAs::History { deep } => {
                let mark = if deep { "H*" } else { "H" };
                let title = escape(&drawn.title);
                self.line(
                    indent,
                    &format!(
                        "{node} [shape=circle, margin=0, label=\"{mark}\", xlabel=\"{title}\"];"
                    ),
                );
                for to in drawn.initial.iter().copied() {
                    self.edge(indent, &node, to, &["style=dashed".to_owned()]);
                }
            }
        }
    }

    fn arrow(&mut self, arrow: &Arrow) {
        let from_frame = self.picture.state(arrow.from).shape.is_frame();
        let label: Vec<String> = arrow.lines.iter().map(|line| escape(line)).collect();
        let mut attributes = vec![format!("label=\"{}\"", label.join("\\n"))];
        let from = if arrow.anywhere { self.anywhere(arrow.from) } else { self.node(arrow.from) };
        if from_frame && !arrow.anywhere {
            attributes.push(format!("ltail={}", self.cluster(arrow.from)));
        }
        if arrow.outward || arrow.anywhere && arrow.from == arrow.to {
            // An arrow to a frame around its own beginning can only end at the point where that frame begins.
            let to = self.node(arrow.to);
            self.line(1, &format!("{from} -> {to} [{}];", attributes.join(", ")));
        } else {
            self.edge(1, &from, arrow.to, &attributes);
        }
    }

    fn edge(&mut self, indent: usize, from: &str, to: StateId, attributes: &[String]) {
        let mut attributes = attributes.to_vec();
        if self.picture.state(to).shape.is_frame() {
            attributes.push(format!("lhead={}", self.cluster(to)));
        }
        let to = self.node(to);
        let attributes = if attributes.is_empty() {
            String::new()
        } else {
            format!(" [{}]", attributes.join(", "))
        };
        self.line(indent, &format!("{from} -> {to}{attributes};"));
    }
}

/// A title and below it, to the left, what is answered without leaving.
fn label_with(title: &str, drawn: &Drawn) -> String {
    let mut label = escape(title);
    if !drawn.inside.is_empty() {
        label.push_str("\\n\\n");
    }
    for line in &drawn.inside {
        let _ = write!(label, "{}\\l", escape(line));
    }
    label
}

/// Inside a double-quoted DOT string. Graphviz reads backslashes and HTML's entities in labels.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in on_one_line(text).chars() {
        match letter {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '&' => escaped.push_str("&amp;"),
            _ => escaped.push(letter),
        }
    }
    escaped
}
