//! `extends`: a file is the difference to another one.
//!
//! Base and variant are merged as trees of JSON, in which every part knows where it stands; problems of the merged
//! file therefore point into the file where the text stands.

mod merge;
mod shorthand;

pub(super) use merge::inside;

use std::collections::HashMap;

use super::keys::{Holds, WORKFLOW};
use crate::diagnostic::{Diagnostic, Report, Span, quoted};
use crate::json::{self, Node, NodeKind};
use crate::limits::Limits;

/// Gives the text of a file by its path, or says why it cannot.
pub(super) type Resolver<'a> = &'a mut dyn FnMut(&str) -> Result<String, String>;

/// The file with all that it extends, merged; the file itself where it extends nothing.
/// `None` where a base is missing or broken: then nothing could be said about the merged file.
pub(super) fn resolve(
    root: Node,
    name: &str,
    resolver: Resolver<'_>,
    limits: &Limits,
    report: &mut Report,
) -> Option<Node> {
    let mut chain = vec![root];
    let mut paths = vec![normalize("", name)];
    let mut bytes = report.sources.file(0).map_or(0, |(_, text)| text.len());
    while let Some((written, span)) = chain.last().and_then(|node| node.text_of("extends")) {
        let Some(path) = relative(paths.last().map_or("", String::as_str), &written) else {
            let message = format!("{} is not a path relative to this file", quoted(&written));
            let found = Diagnostic::error("bad-path", span, message);
            report.push(found.hint("write such as `base.json` or `shared/base.json`"));
            return None;
        };
        if let Some(at) = paths.iter().position(|known| *known == path) {
            let message = format!(
                "{} extends itself{}",
                quoted(&path),
                if at + 1 < paths.len() { " through other files" } else { "" }
            );
            let found = Diagnostic::error("circular-extends", span, message);
            report.push(found.hint("a base must not extend its own variants"));
            return None;
        }
        if chain.len() >= limits.extends_depth {
            let message =
                format!("more than the {} files that may extend one another", limits.extends_depth);
            report.push(Diagnostic::error("limit-extends", span, message));
            return None;
        }
        let text = match resolver(&path) {
            Ok(text) => text,
            Err(reason) => {
                let message = format!("cannot read the base {}: {reason}", quoted(&path));
                let found = Diagnostic::error("missing-base", span, message);
                report.push(found.hint("the path is relative to the file that says `extends`"));
                return None;
            }
        };
        let left = limits.definition_bytes.saturating_sub(bytes);
        if text.len() > left {
            let most = limits.definition_bytes;
            let message = format!(
                "with {} the files have more than the {most} bytes that are allowed",
                quoted(&path)
            );
            report.push(Diagnostic::error("limit-size", span, message));
            return None;
        }
        bytes += text.len();
        let file = report.sources.add(&path, &text);
        chain.push(json::read(&text, file, &limits.of_definitions(), report)?);
        paths.push(path);
    }
    own_ids(&chain, report);
    let mut merged = chain.pop()?;
    if !chain.is_empty() {
        shorthand::write_out(&mut merged, Holds::One(&WORKFLOW));
    }
    while let Some(mut patch) = chain.pop() {
        shorthand::write_out(&mut patch, Holds::One(&WORKFLOW));
        merged = merge::apply(merged, patch, report);
    }
    Some(merged)
}

/// Every variant has an `id` that is not that of a file it extends.
fn own_ids(chain: &[Node], report: &mut Report) {
    let mut seen: HashMap<String, Span> = HashMap::new();
    for (index, node) in chain.iter().enumerate().rev() {
        let base = index + 1 == chain.len();
        match node.text_of("id") {
            Some((id, span)) => {
                if let Some(first) = seen.insert(id, span) {
                    let message =
                        "a variant needs an `id` of its own, this is that of a file it extends";
                    let found = Diagnostic::error("variant-id", span, message)
                        .related(first, "it is taken here");
                    report.push(found.hint("write another `id`"));
                }
            }
            None if !base => {
                let span = node.text_of("extends").map_or(node.span, |(_, span)| span);
                let found =
                    Diagnostic::error("variant-id", span, "a variant needs an `id` of its own");
                report.push(found.hint("add `\"id\": \"…\"`"));
            }
            None => {}
        }
    }
}

impl Node {
    /// A text behind a key of this object.
    fn text_of(&self, key: &str) -> Option<(String, Span)> {
        let NodeKind::Object(members) = &self.kind else { return None };
        let value = &members.iter().find(|member| *member.key == key)?.value;
        match &value.kind {
            NodeKind::String(text) => Some((text.value.clone(), value.span)),
            _ => None,
        }
    }
}

/// A path seen from another file; `None` for one that is not relative.
pub(crate) fn relative(from: &str, path: &str) -> Option<String> {
    let absolute = path.starts_with('/')
        || path.contains(['\\', '\0'])
        || path.contains("://")
        || path.get(1..2) == Some(":");
    let names_file =
        !path.is_empty() && !path.ends_with('/') && !path.ends_with("..") && path != ".";
    (!absolute && names_file).then(|| normalize(from, path))
}

/// Joins a path to the folder of a file, with `.` and `..` carried out as text.
pub(crate) fn normalize(from: &str, path: &str) -> String {
    let folder = from.rfind('/').map_or("", |at| from.get(..=at).unwrap_or(""));
    let joined = format!("{folder}{path}");
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            // Nothing is above the root.
            ".." if joined.starts_with('/') => {}
            _ => parts.push(part),
        }
    }
    let root = if joined.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod path_tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_file() {
        for (from, path, wanted) in [
            ("a.json", "b.json", "b.json"),
            ("x/a.json", "b.json", "x/b.json"),
            ("x/a.json", "./../b.json", "b.json"),
            ("x/y/a.json", "../z//b.json", "x/z/b.json"),
            ("a.json", "../b.json", "../b.json"),
            ("../a.json", "../b.json", "../../b.json"),
            ("/w/a.json", "../../b.json", "/b.json"),
        ] {
            assert_eq!(relative(from, path).as_deref(), Some(wanted), "{from} {path}");
        }
        for path in [
            "",
            "/etc/passwd",
            "C:\\x.json",
            "c:x.json",
            "a\\b.json",
            "https://x/y.json",
            "..",
            "x/",
            "a\0.json",
        ] {
            assert_eq!(relative("a.json", path), None, "{path}");
        }
    }
}
