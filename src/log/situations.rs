//! Where a case may stand by what a log says: a set of situations, with what each has cost, and silent events and terms put in
//! where they may have happened unseen.

use std::sync::Arc;

use super::rows::{Binding, Known, Row};
use super::terms::Terms;
use crate::case::answer::Outcome;
use crate::case::contract::Accepted;
use crate::case::event::Actor;
use crate::case::situation::Situation;
use crate::case::step::ways::{self, Deviations, Guards, How, Judged};
use crate::definition::model::StateKind;
use crate::rule::Current;
use crate::table::{EventId, Id as _, TransitionId};
use crate::value::DateTime;
use crate::workflow::chart::ROOT;
use crate::workflow::{Compiled, Workflow};

/// A situation that the events so far may have led to.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub situation: Arc<Situation>,
    pub cost: Deviations,
    pub path: Option<Arc<Path>>,
}

/// How a situation came about.
#[derive(Debug)]
pub(super) struct Path {
    before: Option<Arc<Self>>,
    judged: Vec<Judged>,
}

impl Path {
    fn behind(before: &Option<Arc<Self>>, judged: Vec<Judged>) -> Option<Arc<Self>> {
        if judged.is_empty() {
            return before.clone();
        }
        Some(Arc::new(Self { before: before.clone(), judged }))
    }

    /// Every verdict on the way, the last step first.
    pub fn verdicts(path: &Option<Arc<Self>>) -> impl Iterator<Item = Judged> {
        let steps = std::iter::successors(path.as_deref(), |path| path.before.as_deref());
        steps.flat_map(|path| path.judged.iter().copied())
    }
}

/// What a replay of one trace came to.
#[derive(Debug)]
pub(super) struct Replay {
    /// Where the cheapest way ends that goes through all events to the end of the case.
    pub end: Option<Node>,
    /// The row that none of the situations took, or behind the last where none ended; and the situations before it.
    pub failed: Option<(usize, Vec<Node>)>,
    /// Whether more situations were possible than were looked at.
    pub is_cut: bool,
}

/// So many situations are carried at once.
const MOST: usize = 256;

/// Replays traces over one workflow.
pub(super) struct Player<'a> {
    pub workflow: &'a Workflow,
    silent: Vec<(EventId, Accepted)>,
    /// Whether a transition ends the case.
    ends: Vec<bool>,
    pub terms: Terms,
    /// The time of the last event of the log: up to then, terms may have been taken behind a trace.
    pub until: Option<DateTime>,
    /// Who sends what is silent.
    pub nobody: Actor,
}

impl<'a> Player<'a> {
    pub fn new(binding: &Binding<'a>, terms: Terms, until: Option<DateTime>) -> Self {
        let workflow = binding.workflow();
        let compiled = workflow.compiled();
        let epoch = DateTime::epoch(&compiled.definition.zone);
        let declared = compiled.definition.events.iter().flat_map(|events| events.values());
        let silent = declared.filter(|event| event.silent).filter_map(|event| {
            let number = compiled.listeners.number(event.name.as_str())?;
            let name = Arc::clone(&compiled.listeners.name(number).name);
            let governs = compiled.definition.governing_place(&name);
            let current = Current { name, actor: None, at: epoch, data: Default::default() };
            let facts = Default::default();
            let accepted = Accepted { number: Some(number), governs, current, facts, erased: None };
            Some((number, accepted))
        });
        let ends = compiled.definition.transitions.ids().map(|id| ends(compiled, id));
        Self {
            workflow,
            silent: silent.collect(),
            ends: ends.collect(),
            terms,
            until,
            nobody: Actor {
                roles: compiled.definition.roles.keys().cloned().collect(),
                ..Actor::default()
            },
        }
    }

    fn is_strict(&self) -> bool {
        self.terms == Terms::Strict
    }

    /// Whether any active state listens to an event, so that it is worth trying; `while_open` leaves out what ends the case.
    pub fn listens(&self, situation: &Situation, event: EventId, while_open: bool) -> bool {
        let listeners = &self.workflow.compiled().listeners;
        situation.active.iter().any(|state| match listeners.candidates(*state, event) {
            None => true,
            Some(candidates) => candidates.iter().any(|candidate| {
                !while_open || !self.ends.get(candidate.id.index()).copied().unwrap_or(false)
            }),
        })
    }

    /// What a situation can come to by an event.
    pub fn step(
        &self,
        situation: &Arc<Situation>,
        accepted: &Accepted,
        actor: Option<&Actor>,
        guards: Guards,
    ) -> ways::Ways {
        let bars = guards == Guards::Gate;
        let how = How { guards, is_strict: self.is_strict(), bars };
        ways::ways(self.workflow, situation, accepted, actor, how)
    }

    /// What a situation can come to without any event of the log: by silent events, and by terms that are due by a time.
    /// `is_open` leaves out what ends the case.
    pub fn unseen(
        &self,
        node: &Node,
        guards: Guards,
        until: Option<DateTime>,
        is_open: bool,
        is_cut: &mut bool,
    ) -> Vec<Node> {
        let mut found = Vec::new();
        if node.situation.ended {
            return found;
        }
        for (number, accepted) in &self.silent {
            if !self.listens(&node.situation, *number, is_open) {
                continue;
            }
            let mut accepted = accepted.clone();
            accepted.current.at = node.situation.time;
            let ways = self.step(&node.situation, &accepted, Some(&self.nobody), guards);
            *is_cut |= ways.is_cut;
            found.extend(ways.ways.into_iter().map(|way| behind(node, way)));
        }
        if self.terms == Terms::Silent
            && let Some(until) = until
            && let Some(situation) = ways::by_term(self.workflow, &node.situation, until)
        {
            found.push(Node { situation, ..node.clone() });
        }
        found
    }

    /// Adds to a set all that it can come to unseen.
    pub fn close(
        &self,
        set: &mut Vec<Node>,
        guards: Guards,
        until: Option<DateTime>,
        is_open: bool,
        is_cut: &mut bool,
    ) {
        if self.silent.is_empty() && (self.terms != Terms::Silent || until.is_none()) {
            return;
        }
        let mut at = 0;
        while let Some(node) = set.get(at).cloned() {
            at += 1;
            for next in self.unseen(&node, guards, until, is_open, is_cut) {
                // What has become cheaper is gone on from anew.
                if let Some(place) = put(set, next, is_cut) {
                    at = at.min(place);
                }
            }
        }
    }

    /// Replays a trace from its start: through all rows, and to the end of the case.
    pub fn replay(
        &self,
        start: &Arc<Situation>,
        rows: &[Row],
        known: &Known,
        guards: Guards,
    ) -> Replay {
        let free = Deviations::default();
        let mut set = vec![Node { situation: Arc::clone(start), cost: free, path: None }];
        let mut is_cut = false;
        for (number, row) in rows.iter().enumerate() {
            let at = row.accepted.current.at;
            self.close(&mut set, guards, Some(at), true, &mut is_cut);
            let mut next: Vec<Node> = Vec::new();
            let actor = known.actor(row.actor);
            for node in &set {
                if node.situation.ended {
                    continue;
                }
                let ways = self.step(&node.situation, &row.accepted, actor, guards);
                is_cut |= ways.is_cut;
                for way in ways.ways {
                    put(&mut next, behind(node, way), &mut is_cut);
                }
            }
            if next.is_empty() {
                return Replay { end: None, failed: Some((number, set)), is_cut };
            }
            set = next;
        }
        let strict = self.until.filter(|_| self.is_strict());
        if let Some(until) = strict {
            for node in &mut set {
                let until = until.max(node.situation.time);
                if let Some(situation) = ways::passed(self.workflow, &node.situation, until, true) {
                    node.situation = situation;
                }
            }
        }
        self.close(&mut set, guards, self.until, false, &mut is_cut);
        let ended = set.iter().filter(|node| node.situation.ended);
        match ended.min_by_key(|node| node.cost) {
            Some(end) => Replay { end: Some(end.clone()), failed: None, is_cut },
            None => Replay { end: None, failed: Some((rows.len(), set)), is_cut },
        }
    }

    /// What a trace that none of the situations takes is answered.
    pub fn answered(&self, set: &[Node], row: &Row, known: &Known) -> Option<(usize, Outcome)> {
        let actor = known.actor(row.actor);
        let answers = set.iter().enumerate().map(|(place, node)| {
            let answer = match node.situation.ended {
                true => Outcome::NotExpected,
                false => self.step(&node.situation, &row.accepted, actor, Guards::Gate).outcome,
            };
            (place, answer)
        });
        // A refusal says more than that nothing listens.
        answers.max_by_key(|(place, answer)| {
            let weight = match answer {
                Outcome::Blocked => 2,
                Outcome::Error => 1,
                _ => 0,
            };
            (weight, std::cmp::Reverse(*place))
        })
    }
}

fn behind(node: &Node, way: ways::Way) -> Node {
    let cost = node.cost + way.cost();
    Node { situation: way.after, cost, path: Path::behind(&node.path, way.judged) }
}

/// Whether a transition leads to a final state of the file.
fn ends(workflow: &Compiled, id: TransitionId) -> bool {
    let targets = &workflow.chart.transitions.at(id).targets;
    targets.iter().any(|target| {
        let row = workflow.chart.states.at(*target);
        row.kind == StateKind::Final && row.parent == Some(ROOT)
    })
}

/// Whether two situations are told apart by nothing that lies ahead: by states, facts, history, signatures, and what waits.
pub(super) fn is_same(one: &Situation, two: &Situation) -> bool {
    one.active == two.active
        && one.ended == two.ended
        && (Arc::ptr_eq(&one.facts, &two.facts) || one.facts == two.facts)
        && one.history == two.history
        && one.signatures == two.signatures
        && one.sent == two.sent
        && one.terms == two.terms
}

/// Puts a situation among others, once, with the least that it costs: its place where it is new or has become cheaper.
fn put(set: &mut Vec<Node>, node: Node, is_cut: &mut bool) -> Option<usize> {
    let known = set.iter().position(|known| is_same(&known.situation, &node.situation));
    let Some(place) = known else {
        if set.len() >= MOST {
            *is_cut = true;
            return None;
        }
        set.push(node);
        return Some(set.len() - 1);
    };
    let slot = set.get_mut(place).filter(|slot| node.cost < slot.cost)?;
    *slot = node;
    Some(place)
}
