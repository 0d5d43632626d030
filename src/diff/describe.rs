//! Differences as a civil servant would tell them; how they are laid out is left to others.

use std::collections::{HashMap, HashSet};

use super::{Aspect, Change, ChangeKind, Content, Diff, Name, Part, Place, Trigger};
use crate::Language;
use crate::language::{Differences, aspect, duration, kind, label_key, number};
use crate::value::Value;

/// What belongs together under a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Section {
    /// The heading.
    pub title: String,
    /// One for each thing that differs.
    pub items: Vec<Item>,
}

/// One thing that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Item {
    /// What became of it.
    pub kind: ChangeKind,
    /// Its label and name.
    pub head: String,
    /// What differs of it.
    pub lines: Vec<Line>,
    /// Of a state its transitions.
    pub items: Vec<Item>,
}

/// One thing that differs of something.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Line {
    /// In words.
    Text(String),
    /// A script: the old and the new text.
    Script {
        /// What the script is for.
        what: String,
        /// As it was; `None` where there was none.
        before: Option<String>,
        /// As it is; `None` where there is none any more.
        after: Option<String>,
    },
}

impl Diff {
    /// The differences of meaning in words: a section for each kind of part that differs, in the order of the format.
    /// What follows from something that is gone is told there and not again: that its transitions are gone too, that lists
    /// do not name it any more; and of a new fact which events carry it.
    #[must_use]
    pub fn describe(&self, language: Language) -> Vec<Section> {
        let teller = Describer::new(self, language);
        let words = teller.words;
        let parts = [
            (Part::Workflow, words.workflow),
            (Part::Role, words.roles),
            (Part::Parameter, words.parameters),
            (Part::Fact, words.facts),
            (Part::Factor, words.factors),
            (Part::Function, words.functions),
            (Part::Event, words.events),
            (Part::Invoke, words.children),
        ];
        let mut sections: Vec<Section> = Vec::new();
        for (part, title) in parts {
            let of = self.changes.iter().filter(|change| change.part == part);
            let items = of.filter_map(|change| teller.declaration(change)).collect();
            sections.push(Section { title: title.to_owned(), items });
        }
        sections.push(Section { title: words.states.to_owned(), items: teller.states() });
        sections.retain(|section| !section.items.is_empty());
        for child in &self.children {
            let after = &child.after;
            let called = after.title.get(language.tag()).unwrap_or(&after.id);
            let theirs = child.describe(language).into_iter();
            let theirs = theirs.map(|section| Section {
                title: format!("{called}: {}", section.title),
                ..section
            });
            sections.extend(theirs);
        }
        sections
    }

    /// The differences of labels in words, one item for each thing.
    #[must_use]
    pub fn describe_labels(&self, language: Language) -> Vec<Item> {
        let teller = Describer::new(self, language);
        let items = self.labels.iter().map(|change| {
            let lines = change.aspects.iter().map(|aspect| {
                let what = label_key(&aspect.key, language);
                Line::Text(match (&aspect.before, &aspect.after) {
                    (Some(before), Some(after)) => {
                        let said = |content| teller.content(content, None);
                        format!("{what}: {} → {}", said(before), said(after))
                    }
                    (before, after) => {
                        let word =
                            if after.is_some() { teller.words.new } else { teller.words.no_longer };
                        let said = after.as_ref().or(before.as_ref());
                        let said = said.map(|content| teller.content(content, None));
                        format!("{what} ({word}): {}", said.unwrap_or_default())
                    }
                })
            });
            let lines = lines.collect();
            let titles = change.aspects.iter().any(|aspect| aspect.key.starts_with("title"));
            let head = match change.part {
                Part::Transition => teller.arrow(change.place()),
                // The titles follow.
                _ if titles => change.place().name.clone(),
                _ => teller.titled(change.place()),
            };
            Item { kind: change.kind, head, lines, items: Vec::new() }
        });
        items.collect()
    }
}

/// For a name, and whether it is a role's: in which way what named it.
type Used<'d> = HashMap<(bool, &'d str), Vec<(&'static str, Vec<String>)>>;

pub(super) struct Describer<'d> {
    diff: &'d Diff,
    language: Language,
    words: &'static Differences,
    /// Events that only the first declares.
    gone_events: HashSet<&'d str>,
    gone_states: HashSet<&'d str>,
    gone_roles: HashSet<&'d str>,
    /// Facts, factors and parameters, which share one name space.
    gone_names: HashSet<&'d str>,
    new_facts: HashSet<&'d str>,
    /// States that have another name, by the old one.
    renamed: HashMap<&'d str, &'d Place>,
    /// By an event: the states in which a transition is gone that waited for it.
    lost: HashMap<&'d str, Vec<String>>,
    used: Used<'d>,
}

impl<'d> Describer<'d> {
    pub(super) fn new(diff: &'d Diff, language: Language) -> Self {
        let words = Differences::of(language);
        let names = |part: Part, kind: ChangeKind| -> HashSet<&'d str> {
            let found = diff.changes.iter();
            let found = found.filter(|change| change.part == part && change.kind == kind);
            found.map(|change| change.place().name.as_str()).collect()
        };
        let gone = |part| names(part, ChangeKind::Removed);
        let declared = [Part::Fact, Part::Factor, Part::Parameter];
        let renamed = diff.changes.iter().filter(|change| change.is_renamed());
        let renamed = renamed.filter_map(|change| {
            Some((change.before.as_ref()?.name.as_str(), change.after.as_ref()?))
        });
        let mut teller = Self {
            used: Used::new(),
            lost: HashMap::new(),
            diff,
            language,
            words,
            gone_events: gone(Part::Event),
            gone_states: gone(Part::State),
            gone_roles: gone(Part::Role),
            gone_names: declared.into_iter().flat_map(gone).collect(),
            new_facts: names(Part::Fact, ChangeKind::Added),
            renamed: renamed.collect(),
        };
        teller.lost = teller.lost();
        teller.used = teller.uses();
        teller
    }

    /// The heading of states and transitions.
    pub(super) fn states_title(&self) -> &'static str {
        self.words.states
    }

    /// `None` where all of it is told elsewhere.
    fn declaration(&self, change: &Change) -> Option<Item> {
        let mut lines = match (change.kind, change.aspect("value")) {
            (ChangeKind::Removed, Some(Aspect { before: Some(value), unit, .. }))
                if change.part == Part::Parameter =>
            {
                let value = self.content(value, unit.as_deref());
                vec![Line::Text(format!("{} {value}", self.words.was))]
            }
            (ChangeKind::Removed, _) => Vec::new(),
            _ => self.lines(change),
        };
        if change.kind != ChangeKind::Changed {
            let name = change.place().name.as_str();
            if change.part == Part::Event
                && change.kind == ChangeKind::Removed
                && let Some(states) = self.lost.get(name)
            {
                let said = format!("{} {}", self.words.was_possible_in, states.join(", "));
                lines.push(Line::Text(said));
            }
            let used = self.used.get(&(change.part == Part::Role, name)).into_iter().flatten();
            let used: Vec<String> =
                used.map(|(how, by)| format!("{how} {}", by.join(", "))).collect();
            match lines.first_mut() {
                _ if used.is_empty() => {}
                // Behind its type.
                Some(Line::Text(first)) => *first = format!("{first}; {}", used.join("; ")),
                _ => lines.insert(0, Line::Text(used.join("; "))),
            }
        } else if lines.is_empty() {
            return None;
        }
        let head = self.titled(change.place());
        Some(Item { kind: change.kind, head, lines, items: Vec::new() })
    }

    /// What named something that is gone or new, for those lists that are not told themselves.
    fn uses(&self) -> Used<'d> {
        let words = self.words;
        let mut used = Used::new();
        for change in self.diff.changes.iter().filter(|change| change.kind == ChangeKind::Changed) {
            for aspect in &change.aspects {
                let (gone, new) = self.folded(change.part, aspect);
                let by = || match change.part {
                    Part::Transition => self.arrow(change.place()),
                    _ => self.titled(change.place()),
                };
                let (was, is) = match aspect.key.as_str() {
                    "of" => (words.was_counted, ""),
                    "requires" => (words.was_required, ""),
                    "by" => (words.could_do, ""),
                    "required" => (words.was_carried, words.must_come),
                    _ => (words.was_carried, words.may_come),
                };
                let gone = gone.into_iter().map(|name| (name, was));
                for (name, how) in gone.chain(new.into_iter().map(|name| (name, is))) {
                    let ways = used.entry((aspect.key == "by", name)).or_default();
                    match ways.iter_mut().find(|(known, _)| *known == how) {
                        Some((_, places)) => places.push(by()),
                        None => ways.push((how, vec![by()])),
                    }
                }
            }
        }
        used
    }

    /// Names that left or came to a list because the files do not both declare them.
    fn folded(&self, part: Part, aspect: &'d Aspect) -> (Vec<&'d str>, Vec<&'d str>) {
        let none: &HashSet<&str> = &HashSet::new();
        let (gone, new) = match (part, aspect.key.as_str()) {
            (Part::Event, "sets" | "required") => (&self.gone_names, &self.new_facts),
            (_, "of" | "requires") => (&self.gone_names, none),
            (_, "by") => (&self.gone_roles, none),
            _ => return (Vec::new(), Vec::new()),
        };
        let (Some(Content::Names(left)), Some(Content::Names(right))) =
            (&aspect.before, &aspect.after)
        else {
            return (Vec::new(), Vec::new());
        };
        let of = |names: &'d [Name], of: &HashSet<&str>| -> Vec<&'d str> {
            let names = names.iter().map(|name| name.name.as_str());
            names.filter(|name| of.contains(name)).collect()
        };
        (of(left, gone), of(right, new))
    }

    /// For each event that only the first declares the states in which a transition is gone that waited for it, each once.
    fn lost(&self) -> HashMap<&'d str, Vec<String>> {
        let mut lost: HashMap<&'d str, Vec<String>> = HashMap::new();
        let mut seen = HashSet::new();
        let diff = self.diff;
        for change in diff.changes.iter().filter(|change| change.kind == ChangeKind::Removed) {
            crate::work::looked_at(1);
            let Some(route) = &change.place().route else { continue };
            let Trigger::Events(events) = &route.trigger else { continue };
            let source = route.source.as_ref();
            for event in events.iter().map(|event| event.name.as_str()) {
                let key = (event, source.map(|state| state.name.as_str()));
                if self.gone_events.contains(event) && seen.insert(key) {
                    let state =
                        source.map_or(self.words.anywhere.to_owned(), |state| self.name(state));
                    lost.entry(event).or_default().push(state);
                }
            }
        }
        lost
    }

    /// Whether something that was said already took it away.
    pub(super) fn is_told(&self, change: &Change) -> bool {
        let Some(route) = change.place().route.as_ref() else { return false };
        let state = route
            .source
            .as_ref()
            .is_some_and(|state| self.gone_states.contains(state.name.as_str()));
        let events = match &route.trigger {
            Trigger::Events(events) => {
                events.iter().all(|event| self.gone_events.contains(event.name.as_str()))
            }
            _ => false,
        };
        change.kind == ChangeKind::Removed && (state || events)
    }

    fn states(&self) -> Vec<Item> {
        let mut items: Vec<(String, Item)> = Vec::new();
        for change in &self.diff.changes {
            match change.part {
                Part::State => {
                    let place = change.place();
                    let mut head = self.titled(place);
                    if let (true, Some(before)) = (change.is_renamed(), &change.before) {
                        head = format!("{head}, {} {}", self.words.was_called, self.titled(before));
                    }
                    let lines = match change.kind {
                        ChangeKind::Removed => Vec::new(),
                        _ => self.lines(change),
                    };
                    let item = Item { kind: change.kind, head, lines, items: Vec::new() };
                    items.push((place.name.clone(), item));
                }
                Part::Transition if !self.is_told(change) => {
                    let Some(item) = self.transition(change) else { continue };
                    let route = change.place().route.as_ref();
                    let source = route.and_then(|route| route.source.as_ref());
                    let name = source.map_or("", |state| state.name.as_str());
                    let renamed = self.renamed.get(name).filter(|_| change.after.is_none());
                    let name = renamed.map_or(name, |place| place.name.as_str());
                    if items.last().is_none_or(|(last, _)| last != name) {
                        let head = match source {
                            Some(state) => self.name(state),
                            None => self.words.anywhere.to_owned(),
                        };
                        let (lines, inner) = (Vec::new(), Vec::new());
                        let item = Item { kind: ChangeKind::Changed, head, lines, items: inner };
                        items.push((name.to_owned(), item));
                    }
                    if let Some((_, state)) = items.last_mut() {
                        state.items.push(item);
                    }
                }
                _ => {}
            }
        }
        items.into_iter().map(|(_, item)| item).collect()
    }

    /// `None` where all of it is told elsewhere.
    fn transition(&self, change: &Change) -> Option<Item> {
        let mut head = self.arrow(change.place());
        let target = change.aspect("target").filter(|_| change.kind == ChangeKind::Changed);
        if let Some(target) = target {
            let targets = match &target.before {
                Some(Content::Names(names)) if !names.is_empty() => self.list(names),
                _ => self.words.stays.to_owned(),
            };
            head = format!("{head} ({}: {targets})", self.words.was);
        }
        let lines = match change.kind {
            ChangeKind::Removed => Vec::new(),
            _ => self.lines(change),
        };
        let told = change.kind == ChangeKind::Changed && target.is_none() && lines.is_empty();
        (!told).then(|| Item { kind: change.kind, head, lines, items: Vec::new() })
    }

    /// What a transition waits for and where it leads.
    pub(super) fn arrow(&self, place: &Place) -> String {
        let Some(route) = &place.route else { return self.titled(place) };
        let own = place.title.get(self.language.tag());
        let when = match (&route.trigger, own) {
            (Trigger::Events(events), Some(title)) if !title.trim().is_empty() => {
                let names: Vec<&str> = events.iter().map(|event| event.name.as_str()).collect();
                format!("{title} ({})", names.join(", "))
            }
            (trigger, _) => self.trigger(trigger),
        };
        match route.targets.is_empty() {
            true => when,
            false => format!("{when} → {}", self.list(&route.targets)),
        }
    }

    fn trigger(&self, trigger: &Trigger) -> String {
        let words = self.words;
        match trigger {
            Trigger::Events(events) => {
                let names: Vec<String> = events.iter().map(|event| self.event(event)).collect();
                names.join(" / ")
            }
            Trigger::Always => words.always.to_owned(),
            Trigger::After(key) if key.title.is_empty() && key.name.starts_with('P') => {
                format!("{} {}", words.after, self.length(&key.name))
            }
            Trigger::After(key) => format!("{} {}", words.after, self.name(key)),
            Trigger::At(key) => format!("{} {}", words.at, self.name(key)),
        }
    }

    fn event(&self, event: &Name) -> String {
        if event.name == "*" {
            return self.words.any_event.to_owned();
        }
        match event.name.strip_prefix("done.state.") {
            Some(state) => {
                let name = Name { name: state.to_owned(), title: event.title.clone() };
                format!("{} {}", self.words.done, self.name(&name))
            }
            None => self.name(event),
        }
    }

    pub(super) fn lines(&self, change: &Change) -> Vec<Line> {
        let told = |aspect: &&Aspect| match (change.part, aspect.key.as_str()) {
            // In the head.
            (Part::State, "name") | (Part::Transition, "target") => false,
            (Part::Transition, "trigger") => change.kind == ChangeKind::Changed,
            // Of something new what it does is enough.
            (Part::State, "parent" | "tags") | (Part::Transition, "id") => {
                change.kind == ChangeKind::Changed
            }
            (Part::State, "type") if change.kind == ChangeKind::Added => {
                aspect.after != Some(Content::Word("atomic".to_owned()))
            }
            (Part::Parameter, key) => change.kind == ChangeKind::Changed || key == "value",
            (Part::Factor, "kind") => change.kind == ChangeKind::Changed,
            _ => true,
        };
        let lines = change.aspects.iter().filter(told);
        if change.kind == ChangeKind::Added && change.part == Part::Fact {
            let (rules, shape): (Vec<_>, Vec<_>) =
                lines.partition(|aspect| matches!(aspect.after, Some(Content::Script(_))));
            let shape: Vec<String> = shape.into_iter().map(|aspect| self.shape(aspect)).collect();
            let rules = rules.into_iter().filter_map(|aspect| self.line(change, aspect));
            return std::iter::once(Line::Text(shape.join(", "))).chain(rules).collect();
        }
        lines.filter_map(|aspect| self.line(change, aspect)).collect()
    }

    /// A bound of a new declaration.
    fn shape(&self, aspect: &Aspect) -> String {
        let said = aspect.after.as_ref().map(|content| match aspect.key.as_str() {
            "type" => self.kind(content),
            _ => self.content(content, aspect.unit.as_deref()),
        });
        let said = said.unwrap_or_default();
        match aspect.key.as_str() {
            "type" => said,
            key => format!("{} {said}", called(Part::Fact, key, self.language)),
        }
    }

    /// `None` where it is told elsewhere.
    fn line(&self, change: &Change, aspect: &Aspect) -> Option<Line> {
        let words = self.words;
        let what = called(change.part, &aspect.key, self.language);
        let script = |content: &Option<Content>| match content {
            Some(Content::Script(text)) => Some(text.clone()),
            _ => None,
        };
        let (before, after) = (&aspect.before, &aspect.after);
        if script(before).is_some() || script(after).is_some() {
            let what = match (before, after) {
                (None, _) if change.kind == ChangeKind::Changed => {
                    format!("{what} ({})", words.new)
                }
                (_, None) => format!("{what} ({})", words.no_longer),
                _ => what,
            };
            return Some(Line::Script { what, before: script(before), after: script(after) });
        }
        let unit = aspect.unit.as_deref();
        let said = |content: &Content| match aspect.key.rsplit('.').next() {
            Some("type") => self.kind(content),
            _ => self.content(content, unit),
        };
        // The value of a parameter needs no word.
        if (change.part, aspect.key.as_str()) == (Part::Parameter, "value") {
            if let Some(rows) = self.rows(before.as_ref(), after.as_ref()) {
                return Some(Line::Text(rows));
            }
            let values: Vec<String> = before.iter().chain(after).map(said).collect();
            return Some(Line::Text(values.join(" → ")));
        }
        let ordered = aspect.key == "order" || aspect.key.starts_with("order.");
        let text = match (before, after) {
            _ if aspect.key == "by"
                && (before.is_none() || after.is_none())
                && change.kind == ChangeKind::Changed =>
            {
                let said = |by: &Option<Content>| match by {
                    None => words.anybody.to_owned(),
                    Some(by) => self.by(by),
                };
                format!("{what}: {} → {}", said(before), said(after))
            }
            // Nobody is not only one fewer.
            (Some(Content::Names(left)), Some(Content::Names(right)))
                if aspect.key == "by" && (left.is_empty() || right.is_empty()) =>
            {
                let said = |names: &[Name]| match names.is_empty() {
                    true => words.nobody.to_owned(),
                    false => self.list(names),
                };
                format!("{what}: {} → {}", said(left), said(right))
            }
            (Some(Content::Names(left)), Some(Content::Names(right))) if !ordered => {
                let (gone, new) = self.folded(change.part, aspect);
                let but = |names: &[Name], folded: &[&str]| -> Vec<Name> {
                    let folded: HashSet<&str> = folded.iter().copied().collect();
                    let kept = names.iter().filter(|name| !folded.contains(name.name.as_str()));
                    kept.cloned().collect()
                };
                let (left, right) = (but(left, &gone), but(right, &new));
                // A name may have another label.
                if left.iter().map(|name| &name.name).eq(right.iter().map(|name| &name.name)) {
                    return None;
                }
                self.lists(&what, &aspect.key, &left, &right)
            }
            (Some(before), Some(after)) => {
                let (before, after) = (said(before), said(after));
                // The type says it: a whole number is none with decimals.
                if before == after && change.aspect("type").is_some() {
                    return None;
                }
                format!("{what}: {before} → {after}")
            }
            (None, Some(Content::Names(names))) if aspect.key == "parent" => {
                format!("{what}: {} → {}", words.outermost, self.list(names))
            }
            (Some(Content::Names(names)), None) if aspect.key == "parent" => {
                format!("{what}: {} → {}", self.list(names), words.outermost)
            }
            (None, Some(after)) if change.kind == ChangeKind::Added => {
                let after = if aspect.key == "by" { self.by(after) } else { said(after) };
                format!("{what}: {after}")
            }
            (None, Some(after)) => format!("{what} ({}): {}", words.new, said(after)),
            (Some(before), None) => format!("{what} ({}): {}", words.no_longer, said(before)),
            (None, None) => what,
        };
        Some(Line::Text(text))
    }

    fn by(&self, by: &Content) -> String {
        match by {
            Content::Names(roles) if roles.is_empty() => self.words.nobody.to_owned(),
            other => self.content(other, None),
        }
    }

    /// What left a list and what came to it; both lists where only the order differs.
    fn lists(&self, what: &str, key: &str, left: &[Name], right: &[Name]) -> String {
        let only = |these: &[Name], those: &[Name]| -> Vec<Name> {
            let those: HashSet<&str> = those.iter().map(|name| name.name.as_str()).collect();
            these.iter().filter(|name| !those.contains(name.name.as_str())).cloned().collect()
        };
        let (gone, new) = (only(left, right), only(right, left));
        let one = matches!(
            key,
            "initial"
                | "parent"
                | "source"
                | "target"
                | "at_least"
                | "revoke"
                | "each"
                | "state"
                | "unit"
        );
        if one || (gone.is_empty() && new.is_empty()) {
            let said = |names: &[Name]| match (names.is_empty(), key) {
                (true, "by") => self.words.nobody.to_owned(),
                (true, _) => self.words.nothing.to_owned(),
                _ => self.list(names),
            };
            return format!("{what}: {} → {}", said(left), said(right));
        }
        let mut said = Vec::new();
        if !gone.is_empty() {
            said.push(format!("{} {}", self.words.list_gone, self.list(&gone)));
        }
        if !new.is_empty() {
            said.push(format!("{} {}", self.words.list_new, self.list(&new)));
        }
        format!("{what}: {}", said.join("; "))
    }

    /// Which rows left a table and which came to it, in the order of each; `None` of what is no table, and where no row is
    /// another.
    fn rows(&self, before: Option<&Content>, after: Option<&Content>) -> Option<String> {
        let (Content::Value(Value::List(left)), Content::Value(Value::List(right))) =
            (before?, after?)
        else {
            return None;
        };
        let only = |these: &[Value], those: &[Value]| -> Option<Vec<String>> {
            let those: HashSet<String> = those.iter().map(ToString::to_string).collect();
            let these = these.iter().filter(|row| !those.contains(&row.to_string()));
            these.map(|row| self.row(row)).collect()
        };
        let (gone, new) = (only(left, right)?, only(right, left)?);
        let said = [(self.words.list_gone, gone), (self.words.list_new, new)];
        let said = said.iter().filter(|(_, rows)| !rows.is_empty());
        let said: Vec<String> =
            said.map(|(word, rows)| format!("{word} {}", rows.join(", "))).collect();
        (!said.is_empty()).then(|| said.join("; "))
    }

    /// A row of a table: each column with its value.
    fn row(&self, row: &Value) -> Option<String> {
        let Value::Record(columns) = row else { return None };
        let columns = columns.iter();
        let columns: Vec<String> =
            columns.map(|(name, value)| format!("{name} {}", self.value(value, None))).collect();
        Some(format!("({})", columns.join(", ")))
    }

    fn list(&self, names: &[Name]) -> String {
        names.iter().map(|name| self.name(name)).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn titled(&self, place: &Place) -> String {
        self.name(&Name { name: place.name.clone(), title: place.title.clone() })
    }

    fn name(&self, name: &Name) -> String {
        match name.title.get(self.language.tag()).filter(|title| !title.trim().is_empty()) {
            Some(title) if title != name.name => format!("{title} ({})", name.name),
            _ => name.name.clone(),
        }
    }

    fn content(&self, content: &Content, unit: Option<&str>) -> String {
        match content {
            Content::Value(value) => self.value(value, unit),
            Content::Script(text) | Content::Word(text) => text.clone(),
            Content::Names(names) if names.is_empty() => self.words.nothing.to_owned(),
            Content::Names(names) => self.list(names),
            Content::Trigger(trigger) => self.trigger(trigger),
        }
    }

    fn value(&self, value: &Value, unit: Option<&str>) -> String {
        match value {
            Value::Boolean(true) => self.words.yes.to_owned(),
            Value::Boolean(false) => self.words.no.to_owned(),
            Value::Duration(found) => duration(*found, self.language),
            Value::Integer(_) | Value::Number(_) => {
                let number = number(&value.to_string(), self.language);
                match unit {
                    Some(unit) => format!("{number} {unit}"),
                    None => number,
                }
            }
            other => other.to_string(),
        }
    }

    /// A duration as the file writes it in words; what is none stays as it is.
    fn length(&self, text: &str) -> String {
        text.parse().map_or_else(|_| text.to_owned(), |length| duration(length, self.language))
    }

    /// The type of a declaration, the kind of a state.
    fn kind(&self, content: &Content) -> String {
        match content {
            Content::Word(word) => kind(word, self.language).to_owned(),
            other => self.content(other, None),
        }
    }
}

/// What an aspect of a part is called.
fn called(part: Part, key: &str, language: Language) -> String {
    let part = match part {
        Part::Workflow => "workflow",
        Part::Role => "role",
        Part::Parameter => "parameter",
        Part::Fact => "fact",
        Part::Factor => "factor",
        Part::Function => "function",
        Part::Event => "event",
        Part::Invoke => "invoke",
        Part::State => "state",
        Part::Transition => "transition",
    };
    aspect(part, key, language)
}
