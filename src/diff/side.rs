//! One of the two workflows: what it means, taken apart, and the labels to show it by.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value as Json};

use super::{Name, Place, Route, Trigger};
use crate::definition::model::{Definition, Label, When};
use crate::digest;
use crate::table::{StateId, Table, TransitionId};
use crate::workflow::Workflow;
use crate::workflow::chart::{Chart, ROOT};
use crate::workflow::fingerprint;

pub(super) struct Side<'w> {
    pub definition: &'w Definition,
    pub chart: &'w Chart,
    pub parameters: Map<String, Json>,
    pub facts: Map<String, Json>,
    pub factors: Map<String, Json>,
    pub functions: Map<String, Json>,
    /// `None` where the file declares no events at all.
    pub events: Option<Map<String, Json>>,
    /// Of roles whose people act in one unit each.
    pub units: Map<String, Json>,
    /// By `id`.
    pub invokes: Map<String, Json>,
    pub states: Table<StateId, OwnState>,
    /// What is neither a declaration nor a state.
    pub rest: Json,
    /// Labels of facts, factors and parameters, which share one name space.
    names: HashMap<&'w str, &'w Label>,
    pub state_ids: HashMap<&'w str, StateId>,
    facts_in_order: HashMap<&'w str, usize>,
    /// What states that the meaning calls otherwise are called in the file.
    own_names: HashMap<String, String>,
    /// What child cases run on, by the `id` of their `invoke`.
    children: HashMap<&'w str, &'w Definition>,
}

/// A state without those inside it.
pub(super) struct OwnState {
    /// Without its transitions.
    pub meaning: Json,
    /// In the order in which they are tried.
    pub transitions: Vec<Answer>,
}

/// A transition.
pub(super) struct Answer {
    pub id: TransitionId,
    pub position: usize,
    /// Those of one list are tried in its order: the state's own list, or that of one term.
    pub list: String,
    /// With the key of the term for a trigger.
    pub meaning: Json,
    /// The meaning as one text.
    pub text: String,
}

impl<'w> Side<'w> {
    pub fn new(workflow: &'w Workflow) -> Self {
        let definition = &workflow.compiled().definition;
        let mut rest = match fingerprint::meaning(definition) {
            Json::Object(members) => members,
            _ => Map::new(),
        };
        let mut take = |key: &str| match rest.remove(key) {
            Some(Json::Object(members)) => Some(members),
            _ => None,
        };
        let [parameters, facts, factors, functions] =
            ["parameters", "facts", "factors", "functions"]
                .map(|key| take(key).unwrap_or_default());
        let events = take("events");
        let states = states(definition, take("root").unwrap_or_default());
        // Compared by their names, as every other declaration.
        rest.remove("roles");
        let units = match rest.remove("units") {
            Some(Json::Object(units)) => units,
            _ => Map::new(),
        };
        let units = units.into_iter();
        let units = units.map(|(role, fact)| (role, serde_json::json!({ "unit": fact })));
        let invokes = match rest.remove("invokes") {
            Some(Json::Array(invokes)) => invokes,
            _ => Vec::new(),
        };
        let invokes = invokes.into_iter().filter_map(|mut invoke| {
            let own = invoke.as_object_mut()?;
            // The file itself is no state that anybody names.
            own.retain(|key, said| key != "state" || *said != "");
            let id = own.remove("id")?.as_str()?.to_owned();
            Some((id, invoke))
        });
        let children = workflow.compiled().invoked.iter();
        let children =
            children.map(|one| (&*one.id, &one.workflow.compiled().definition)).collect();
        let of_facts = definition.facts.rows().iter().map(|fact| (&fact.name, &fact.notes));
        let of_factors =
            definition.factors.rows().iter().map(|factor| (&factor.name, &factor.notes));
        let of_parameters = definition.parameters.rows().iter();
        let of_parameters = of_parameters.map(|parameter| (&parameter.name, &parameter.notes));
        let names = of_facts.chain(of_factors).chain(of_parameters);
        let state_ids = definition.states.iter().skip(1);
        let in_order = definition.facts.rows().iter().enumerate();
        Self {
            definition,
            chart: &workflow.compiled().chart,
            parameters,
            facts,
            factors,
            functions,
            events,
            units: units.collect(),
            invokes: invokes.collect(),
            states,
            rest: Json::Object(rest),
            names: names.map(|(name, notes)| (name.as_str(), &notes.title)).collect(),
            own_names: HashMap::new(),
            children,
            facts_in_order: in_order.map(|(at, fact)| (fact.name.as_str(), at)).collect(),
            state_ids: state_ids.map(|(id, state)| (state.name.as_str(), id)).collect(),
        }
    }

    /// The states of the second are called as in the first, wherever they are mentioned, so that a state that was only
    /// renamed makes nothing else differ.
    pub fn rename(&mut self, renamed: &HashMap<String, String>) {
        self.own_names = renamed.iter().map(|(own, other)| (other.clone(), own.clone())).collect();
        for id in self.states.ids() {
            let state = self.states.at_mut(id);
            rename_state(&mut state.meaning, renamed);
            for answer in &mut state.transitions {
                rename_transition(&mut answer.meaning, renamed);
                answer.text = digest::canonical(&answer.meaning);
            }
        }
        for invoke in self.invokes.values_mut() {
            if let Some(Json::String(state)) = invoke.get_mut("state")
                && let Some(other) = renamed.get(state)
            {
                *state = other.clone();
            }
        }
        for fact in self.facts.values_mut() {
            rename_script(fact.get_mut("value"), renamed);
        }
        for factor in self.factors.values_mut() {
            for key in ["guard", "score"] {
                rename_script(factor.pointer_mut(&format!("/rule/{key}")), renamed);
            }
        }
    }

    pub fn state_name(&self, id: StateId) -> &'w str {
        self.definition.states.at(id).name.as_str()
    }

    pub fn state(&self, name: &str) -> Name {
        let name = self.own_names.get(name).map_or(name, String::as_str);
        let found = self.state_ids.get(name);
        named(name, found.map(|id| &self.definition.states.at(*id).notes.title))
    }

    pub fn role(&self, name: &str) -> Name {
        named(name, self.definition.roles.get(name).map(|role| &role.notes.title))
    }

    /// Where a name stands among the declarations, of the kinds of lists whose own order means nothing.
    pub fn place(&self, key: &str, name: &str) -> usize {
        let place = match key {
            "by" | "signed_by" => self.definition.roles.get_index_of(name),
            "sets" | "required" => self.facts_in_order.get(name).copied(),
            _ => None,
        };
        place.unwrap_or(usize::MAX)
    }

    /// A fact, a factor or a parameter.
    pub fn declared(&self, name: &str) -> Name {
        named(name, self.names.get(name).copied())
    }

    /// A fact or factor of child cases.
    pub fn of_child(&self, invoke: &str, name: &str) -> Name {
        let title = self.children.get(invoke).and_then(|child| {
            let facts = child.facts.rows().iter().map(|fact| (&fact.name, &fact.notes));
            let factors = child.factors.rows().iter().map(|factor| (&factor.name, &factor.notes));
            let mut known = facts.chain(factors);
            known.find(|(known, _)| known.as_str() == name).map(|(_, notes)| &notes.title)
        });
        named(name, title)
    }

    pub fn invoke(&self, id: &str) -> Name {
        let found = self.definition.invokes.iter().find(|invoke| invoke.id.as_str() == id);
        named(id, found.map(|invoke| &invoke.notes.title))
    }

    pub fn event(&self, name: &str) -> Name {
        if let Some(state) = name.strip_prefix("done.state.") {
            let found = self.state_ids.get(state);
            return named(name, found.map(|id| &self.definition.states.at(*id).notes.title));
        }
        let declared = self.definition.governing(name);
        named(name, declared.map(|event| &event.notes.title))
    }

    pub fn place_of_state(&self, id: StateId) -> Place {
        let state = self.definition.states.at(id);
        let notes = if id == ROOT { &self.definition.notes } else { &state.notes };
        Place { name: state.name.value.clone(), title: notes.title.clone(), route: None }
    }

    pub fn place_of_transition(&self, answer: &Answer) -> Place {
        let transition = self.definition.transitions.at(answer.id);
        let trigger = self.trigger(answer);
        let name = match (&transition.id, &trigger) {
            (Some(id), _) => id.value.clone(),
            (None, Trigger::Events(events)) => {
                events.iter().map(|event| event.name.as_str()).collect::<Vec<_>>().join(" ")
            }
            (None, Trigger::Always) => "always".to_owned(),
            (None, Trigger::After(key)) => format!("after {}", key.name),
            (None, Trigger::At(key)) => format!("at {}", key.name),
        };
        let source = transition.source;
        let route = Route {
            source: (source != ROOT).then(|| self.state(self.state_name(source))),
            position: answer.position,
            trigger,
            targets: transition.targets.iter().map(|target| self.state(target)).collect(),
        };
        Place { name, title: transition.notes.title.clone(), route: Some(route) }
    }

    pub fn trigger(&self, answer: &Answer) -> Trigger {
        use crate::definition::model::Trigger as Read;
        let transition = self.definition.transitions.at(answer.id);
        match &transition.trigger {
            Read::Events(patterns) => {
                Trigger::Events(patterns.iter().map(|pattern| self.event(pattern)).collect())
            }
            Read::Always => Trigger::Always,
            Read::Term(index) => {
                let terms = &self.definition.states.at(transition.source).terms;
                let index = usize::try_from(*index).unwrap_or(usize::MAX);
                match terms.get(index) {
                    Some(term) if term.when == When::At => Trigger::At(self.declared(&term.key)),
                    Some(term) => Trigger::After(self.declared(&term.key)),
                    None => Trigger::Always,
                }
            }
        }
    }

    /// Every event that the file knows of, by declaration or by a transition.
    pub fn known_events(&self) -> BTreeSet<&'w str> {
        let mut known = BTreeSet::new();
        if let Some(events) = &self.definition.events {
            known.extend(events.keys().map(String::as_str));
        }
        for transition in self.definition.transitions.rows() {
            if let crate::definition::model::Trigger::Events(patterns) = &transition.trigger {
                known.extend(patterns.iter().map(|pattern| pattern.as_str()));
            }
        }
        known
    }
}

fn named(name: &str, title: Option<&Label>) -> Name {
    Name { name: name.to_owned(), title: title.cloned().unwrap_or_default() }
}

/// The nested states of a meaning, side by side in the order of the file.
fn states(definition: &Definition, root: Map<String, Json>) -> Table<StateId, OwnState> {
    let mut found: Vec<(StateId, OwnState)> = Vec::with_capacity(definition.states.len());
    let mut waiting = vec![(ROOT, root)];
    while let Some((id, mut own)) = waiting.pop() {
        let children = definition.states.at(id).children.iter().copied();
        let mut inner = |child: StateId, json: Option<Json>| match json {
            Some(Json::Object(members)) => waiting.push((child, members)),
            _ => waiting.push((child, Map::new())),
        };
        match own.remove("states") {
            Some(Json::Object(mut named)) => {
                for child in children {
                    inner(child, named.remove(definition.states.at(child).name.as_str()));
                }
            }
            Some(Json::Array(listed)) => {
                for (child, json) in children.zip(listed) {
                    inner(child, Some(json));
                }
            }
            _ => {}
        }
        let transitions = transitions(definition, id, &mut own);
        found.push((id, OwnState { meaning: Json::Object(own), transitions }));
    }
    found.sort_by_key(|(id, _)| *id);
    found.into_iter().map(|(_, state)| state).collect()
}

/// The transitions of a state's own list and of its terms.
fn transitions(definition: &Definition, id: StateId, own: &mut Map<String, Json>) -> Vec<Answer> {
    let state = definition.states.at(id);
    let is_term = |found: &&TransitionId| {
        let trigger = &definition.transitions.at(**found).trigger;
        matches!(trigger, crate::definition::model::Trigger::Term(_))
    };
    let mut answers = Vec::with_capacity(state.transitions.len());
    if let Some(Json::Array(listed)) = own.remove("transitions") {
        let ids = state.transitions.iter().filter(|found| !is_term(found));
        for (id, meaning) in ids.zip(listed) {
            answers.push((*id, String::new(), meaning));
        }
    }
    if let Some(Json::Object(mut terms)) = own.remove("terms") {
        for term in &state.terms {
            let key = term.called();
            let Some(Json::Array(listed)) = terms.remove(&key) else { continue };
            for (id, mut meaning) in term.transitions.iter().zip(listed) {
                if let Some(trigger) = meaning.get_mut("trigger") {
                    *trigger = Json::String(key.clone());
                }
                answers.push((*id, key.clone(), meaning));
            }
        }
    }
    let answers = answers.into_iter().enumerate();
    let answers = answers.map(|(position, (id, list, meaning))| {
        let text = digest::canonical(&meaning);
        Answer { id, position, list, meaning, text }
    });
    answers.collect()
}

pub(super) fn rename_state(meaning: &mut Json, renamed: &HashMap<String, String>) {
    rename_names(meaning.pointer_mut("/initial/targets"), "", renamed);
    for place in ["/entry", "/exit", "/initial/actions"] {
        rename_script(meaning.pointer_mut(place), renamed);
    }
}

pub(super) fn rename_transition(meaning: &mut Json, renamed: &HashMap<String, String>) {
    rename_names(meaning.get_mut("targets"), "", renamed);
    rename_names(meaning.get_mut("trigger"), "done.state.", renamed);
    for key in ["guard", "actions"] {
        rename_script(meaning.get_mut(key), renamed);
    }
}

fn rename_names(names: Option<&mut Json>, prefix: &str, renamed: &HashMap<String, String>) {
    let Some(Json::Array(names)) = names else { return };
    for name in names {
        let new = name.as_str().and_then(|name| renamed.get(name.strip_prefix(prefix)?));
        if let Some(new) = new {
            *name = Json::String(format!("{prefix}{new}"));
        }
    }
}

/// States that a script asks for: its tokens stand with one blank between them.
fn rename_script(script: Option<&mut Json>, renamed: &HashMap<String, String>) {
    let Some(Json::String(text)) = script else { return };
    let mut out = String::new();
    let mut rest = text.as_str();
    let call = " ( \"";
    while let Some(at) = rest.find(call) {
        let asks = rest.get(..at).is_some_and(|head| {
            ["active", "since"].iter().any(|word| {
                head.strip_suffix(word).is_some_and(|head| head.is_empty() || head.ends_with(' '))
            })
        });
        let (head, tail) = rest.split_at(at + call.len());
        out.push_str(head);
        rest = tail;
        if asks {
            let name = tail.split('"').next().unwrap_or_default();
            out.push_str(renamed.get(name).map_or(name, String::as_str));
            rest = tail.get(name.len()..).unwrap_or_default();
        }
    }
    if !out.is_empty() {
        out.push_str(rest);
        *text = out;
    }
}
