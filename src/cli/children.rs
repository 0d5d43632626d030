//! Child cases on the screen: which there are and where they stand.

use std::io;

use tresteg::case::{ChildCase, ChildStatus, InboxEntry};
use tresteg::{Actor, Case, Language, Workflow};

use super::console::Console;
use super::headline::{headline, titled};
use super::words::{Words, filled, wording_in, words};

/// As many are told one by one.
const SHOWN: usize = 20;

/// The child cases of a case: each on a line where they are few, else how many stand where.
pub(super) fn children(
    case: &Case,
    language: Language,
    console: &mut Console<'_>,
) -> io::Result<()> {
    let children = case.children();
    if children.is_empty() {
        return Ok(());
    }
    let words = words(language);
    console.heading(&format!("\n{}", words.child_cases))?;
    if children.len() <= SHOWN {
        for child in &children {
            let line =
                format!("{}: {}", called(case, child, language), stands(case, child, language));
            console.line(&format!("  {line}"))?;
        }
        return Ok(());
    }
    for line in counted(case, language) {
        console.line(&format!("  {line}"))?;
    }
    Ok(())
}

/// How many child cases stand where, a line for each group and place: by the ids on the way, in the order in which they are
/// met first.
pub(super) fn counted(case: &Case, language: Language) -> Vec<String> {
    let mut groups: Vec<((String, String), usize)> = Vec::new();
    for child in &case.children() {
        let ids: Vec<&str> = child.address.split('/').step_by(2).collect();
        let key = (ids.join("/"), stands(case, child, language));
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, count)) => *count += 1,
            None => groups.push((key, 1)),
        }
    }
    let told = groups.into_iter();
    told.map(|((ids, stands), count)| format!("{ids}: {count} × {stands}")).collect()
}

/// What a child is called, by its labels, with its address.
pub(super) fn called(case: &Case, child: &ChildCase, language: Language) -> String {
    case.describe_address(&child.address, wording_in(language))
}

/// Where a child stands, and whether it still runs.
pub(super) fn stands(case: &Case, child: &ChildCase, language: Language) -> String {
    let workflow = workflow_at(case.workflow(), &child.address);
    let titled = |name: &String| {
        let state = workflow.state(name);
        state.map_or(name.as_str(), |state| state.title(language)).to_owned()
    };
    let states: Vec<String> = child.states.iter().map(titled).collect();
    let words = words(language);
    let status = match child.status {
        ChildStatus::Done => words.child_done,
        ChildStatus::Stopped => words.child_stopped,
        _ => return states.join(", "),
    };
    format!("{} ({status})", states.join(", "))
}

/// The workflow of a case of a whole, by its address.
pub(super) fn workflow_at<'w>(workflow: &'w Workflow, address: &str) -> &'w Workflow {
    let mut here = workflow;
    for id in address.split('/').step_by(2) {
        match here.invokes().find(|invoke| invoke.id() == id) {
            Some(invoke) => here = invoke.workflow(),
            None => break,
        }
    }
    here
}

/// What is open in child cases, to somebody or to whoever has every role.
pub(super) fn inbox(
    case: &Case,
    actor: Option<&Actor>,
    language: Language,
    console: &mut Console<'_>,
) -> io::Result<()> {
    let entries = in_children(case, actor);
    if entries.is_empty() {
        return Ok(());
    }
    let words = words(language);
    console.heading(&format!("\n{}", words.in_children))?;
    for entry in entries.iter().take(SHOWN) {
        let address = entry.case.as_deref().unwrap_or_default();
        console.line(&format!("  {}", case.describe_address(address, wording_in(language))))?;
        let workflow = workflow_at(case.workflow(), address);
        for choice in &entry.choices {
            console.line(&format!("      {}", headline(workflow, choice, language, titled)))?;
        }
    }
    let more = entries.len().saturating_sub(SHOWN);
    if more > 0 {
        console.line(&format!("  {}", filled(words.more_cases, &[more.to_string()])))?;
    }
    Ok(())
}

/// What is open in child cases to somebody; without anybody, to one who has every role that any of their files knows.
pub(super) fn in_children(case: &Case, actor: Option<&Actor>) -> Vec<InboxEntry> {
    let all = || {
        let roles = roles(case.workflow());
        roles.into_iter().fold(Actor::new("anybody"), |actor, (name, _)| actor.role(name))
    };
    let actor = actor.cloned().unwrap_or_else(all);
    case.inbox(&actor).into_iter().filter(|entry| entry.case.is_some()).collect()
}

/// The roles of a workflow and of all that it invokes, each name once, with the workflow that has it first.
pub(super) fn roles(workflow: &Workflow) -> Vec<(&str, &Workflow)> {
    let mut found: Vec<(&str, &Workflow)> = Vec::new();
    for workflow in workflow.bundle() {
        for role in workflow.roles() {
            if !found.iter().any(|(known, _)| *known == role.name()) {
                found.push((role.name(), workflow));
            }
        }
    }
    found
}

/// Says which child cases an event would stop.
pub(super) fn tell_stopped(
    case: &Case,
    stopped: &[String],
    words: &Words,
    language: Language,
    console: &mut Console<'_>,
) -> io::Result<()> {
    let named = stopped.iter().take(SHOWN);
    let mut named: Vec<String> =
        named.map(|address| case.describe_address(address, wording_in(language))).collect();
    let more = stopped.len().saturating_sub(SHOWN);
    if more > 0 {
        named.push(filled(words.more_cases, &[more.to_string()]));
    }
    console.line(&format!("! {} {}", words.would_stop, named.join(", ")))
}

/// The case that an event is for, to be shown: a copy.
pub(super) fn addressed<'c>(case: &'c Case, address: Option<&str>) -> std::borrow::Cow<'c, Case> {
    match address.map(|address| case.at(address)) {
        Some(Ok(child)) => std::borrow::Cow::Owned(child),
        _ => std::borrow::Cow::Borrowed(case),
    }
}
