//! Optimal alignments: the cheapest way to make of a trace one that the workflow allows.
//!
//! A* over places in the trace and situations of the case: a move of both, of the log alone, of the model alone. A move of
//! the model alone writes no fact, so with guards that ask for facts it is exact where such a move would write none; where
//! required facts are then not known, the case is counted as undetermined.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;

use super::check::{CheckOptions, Order};
use super::event_log::EventLog;
use super::map::{Costs, LogMap};
use super::rows::{Binding, Known, Row};
use super::situations::{Player, is_same};
use super::terms::Terms;
use crate::case::contract::Accepted;
use crate::case::event::Actor;
use crate::case::situation::Situation;
use crate::case::step::ways::{self, Guards, How};
use crate::rule::Current;
use crate::table::EventId;
use crate::value::DateTime;
use crate::workflow::Workflow;
use crate::workflow::listeners::asks;

/// What guards are to an alignment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AlignGuards {
    /// A step that they refuse is no step of the model.
    #[default]
    Hard,
    /// A step that they refuse is one at the map's cost of a guard.
    Cost,
    /// They are not asked.
    Off,
}

/// What alignments found.
#[derive(Debug, Clone, Default, Serialize)]
#[non_exhaustive]
pub struct Alignments {
    /// Cases.
    pub cases: usize,
    /// Classes of cases that were aligned once each.
    pub classes: usize,
    /// Cost → cases.
    pub cost: BTreeMap<u64, usize>,
    /// The mean of the traces' fitness: 1 less the cost, by that of a trace and a run of the model that have nothing in common.
    pub mean_trace_fitness: f64,
    /// The fitness of all traces together: 1 less the sum of their costs, by that of all with nothing in common.
    pub log_fitness: f64,
    /// What the model's shortest run costs.
    pub shortest: u64,
    /// Cases without any alignment, or with more possibilities than are looked at: their fitness counts as 0.
    pub unreached: usize,
    /// Cases with a move of the model alone that leaves a required fact unknown.
    pub undetermined: usize,
    /// Activities that the log alone has, with how often.
    pub log_moves: BTreeMap<String, usize>,
    /// Events that the model alone has, with how often.
    pub model_moves: BTreeMap<String, usize>,
}

/// So many places are looked at for one trace.
const MOST: usize = 2_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Move {
    Both,
    Log,
    /// By the number of the event.
    Model(EventId),
    Unseen,
}

/// A situation that can be reached from another, by which move, and what that costs.
type Edge = (u32, Move, u64);

/// A place in the trace, and a situation.
type Spot = (u32, u32);

/// By spot what it costs to come there, and from where by which move.
type Reached = HashMap<Spot, (u64, Option<(Spot, Move)>)>;

/// The situations that were met, once each, and where they lead.
struct Space<'p, 'a> {
    player: &'p Player<'a>,
    guards: AlignGuards,
    costs: Costs,
    /// Events that the model can take by itself.
    events: &'p [(EventId, Accepted)],
    met: Vec<Arc<Situation>>,
    by_states: HashMap<Vec<u32>, Vec<u32>>,
    /// By situation, where it leads without the log; worked out once.
    alone: Vec<Option<Arc<[Edge]>>>,
    /// By situation and event of the log; only where guards are off.
    both: HashMap<(u32, u32), Arc<[Edge]>>,
}

impl Space<'_, '_> {
    fn clear(&mut self) {
        self.met.clear();
        self.by_states.clear();
        self.alone.clear();
        self.both.clear();
    }

    fn number(&mut self, situation: Arc<Situation>) -> u32 {
        let key: Vec<u32> = situation.active.iter().map(|state| state.0).collect();
        let bucket = self.by_states.entry(key).or_default();
        let is_off = self.guards == AlignGuards::Off;
        let same = bucket.iter().copied().find(|known| {
            let Some(known) = self.met.get(*known as usize) else { return false };
            match is_off {
                true => {
                    known.ended == situation.ended
                        && known.history == situation.history
                        && known.signatures == situation.signatures
                }
                false => is_same(known, &situation),
            }
        });
        if let Some(same) = same {
            return same;
        }
        let number = u32::try_from(self.met.len()).unwrap_or(u32::MAX);
        bucket.push(number);
        self.met.push(situation);
        self.alone.push(None);
        number
    }

    fn step(
        &self,
        from: &Arc<Situation>,
        accepted: &Accepted,
        actor: Option<&Actor>,
        bars: bool,
    ) -> Vec<(Arc<Situation>, u64)> {
        let guards = match self.guards {
            AlignGuards::Hard => Guards::Gate,
            AlignGuards::Cost | AlignGuards::Off => Guards::Cost,
        };
        let is_strict = self.player.terms == Terms::Strict;
        let bars = bars && self.guards == AlignGuards::Hard;
        let how = How { guards, is_strict, bars };
        let found = ways::ways(self.player.workflow, from, accepted, actor, how);
        let priced = found.ways.into_iter().map(|way| {
            let cost = way.cost();
            let undecided = u64::from(cost.undecided) - u64::from(way.lacks);
            let price = match self.guards {
                AlignGuards::Cost => (u64::from(cost.violations) + undecided) * self.costs.guard,
                _ => 0,
            };
            (way.after, price)
        });
        priced.collect()
    }

    /// Where a situation leads by a term that may have been taken by a time; with the guards off times count for nothing.
    fn by_term(&mut self, number: u32, until: Option<DateTime>) -> Option<Edge> {
        let from = self.met.get(number as usize).filter(|from| !from.ended)?.clone();
        if self.player.terms != Terms::Silent || from.terms.is_empty() {
            return None;
        }
        let until = match self.guards {
            AlignGuards::Off => {
                from.terms.iter().filter(|term| term.is_open()).filter_map(|term| term.due).min()?
            }
            _ => until?,
        };
        let after = ways::by_term(self.player.workflow, &from, until)?;
        Some((self.number(after), Move::Unseen, self.costs.silent))
    }

    /// Where a situation leads without the log.
    fn alone(&mut self, number: u32) -> Arc<[Edge]> {
        if let Some(Some(known)) = self.alone.get(number as usize) {
            return Arc::clone(known);
        }
        let Some(from) = self.met.get(number as usize).cloned() else { return Arc::new([]) };
        let mut edges: Vec<Edge> = Vec::new();
        if !from.ended {
            let events = self.events;
            for (event, accepted) in events {
                if !self.player.listens(&from, *event, false) {
                    continue;
                }
                let is_silent = self.player.workflow.is_silent(&accepted.current.name);
                let mut accepted = accepted.clone();
                accepted.current.at = from.time;
                let nobody = &self.player.nobody;
                let (way, own) = match is_silent {
                    true => (Move::Unseen, self.costs.silent),
                    false => (Move::Model(*event), self.costs.model),
                };
                for (after, price) in self.step(&from, &accepted, Some(nobody), false) {
                    edges.push((self.number(after), way, own + price));
                }
            }
        }
        // The cheapest of those that lead to one place.
        edges.sort_by_key(|(to, _, cost)| (*to, *cost));
        edges.dedup_by_key(|(to, ..)| *to);
        let edges: Arc<[Edge]> = edges.into();
        if let Some(slot) = self.alone.get_mut(number as usize) {
            *slot = Some(Arc::clone(&edges));
        }
        edges
    }

    fn both(&mut self, number: u32, row: &Row, known: &Known) -> Arc<[Edge]> {
        let is_off = self.guards == AlignGuards::Off;
        if is_off && let Some(edges) = self.both.get(&(number, row.target)) {
            return Arc::clone(edges);
        }
        let Some(from) = self.met.get(number as usize).cloned() else { return Arc::new([]) };
        let mut edges: Vec<Edge> = Vec::new();
        let heard =
            row.accepted.number.is_none_or(|event| self.player.listens(&from, event, false));
        if !from.ended && heard {
            let mut moved = None;
            if is_off || row.accepted.current.at < from.time {
                let mut accepted = row.accepted.clone();
                accepted.current.at = from.time;
                moved = Some(accepted);
            }
            let accepted = moved.as_ref().unwrap_or(&row.accepted);
            for (after, price) in self.step(&from, accepted, known.actor(row.actor), true) {
                edges.push((self.number(after), Move::Both, price));
            }
        }
        edges.sort_by_key(|(to, _, cost)| (*to, *cost));
        edges.dedup_by_key(|(to, ..)| *to);
        let edges: Arc<[Edge]> = edges.into();
        if is_off {
            self.both.insert((number, row.target), Arc::clone(&edges));
        }
        edges
    }

    /// The cheapest way through the rows to the end of the case; `None` where there is none.
    fn search(&mut self, start: &Arc<Situation>, rows: &[Row], known: &Known) -> Option<Found> {
        let begin = self.number(Arc::clone(start));
        // What no state ever hears is a move of the log for sure.
        let deaf: Vec<bool> = rows
            .iter()
            .map(|row| !self.player.workflow.compiled().chart.is_heard(&row.accepted.current.name))
            .collect();
        let mut ahead = vec![0_u64; rows.len() + 1];
        for place in (0..rows.len()).rev() {
            let next = ahead.get(place + 1).copied().unwrap_or(0);
            let own = deaf.get(place).copied().unwrap_or(false);
            if let Some(slot) = ahead.get_mut(place) {
                *slot = next + if own { self.costs.log } else { 0 };
            }
        }
        let bound = |place: usize| ahead.get(place).copied().unwrap_or(0);
        let mut best = Reached::new();
        let mut heap = BinaryHeap::new();
        let mut count = 0_u64;
        best.insert((0, begin), (0, None));
        // Among equals the one that has come farthest in the trace, and then the one that was met first.
        heap.push(Reverse((bound(0), Reverse(0_u32), count, begin, 0_u64)));
        while let Some(Reverse((_, Reverse(place), _, number, cost))) = heap.pop() {
            if best.get(&(place, number)).is_none_or(|(known, _)| *known < cost) {
                continue;
            }
            let situation = self.met.get(number as usize)?;
            let row = rows.get(place as usize);
            if row.is_none() && situation.ended {
                return Some(self.trace((place, number), cost, rows, &best));
            }
            if best.len() > MOST {
                return None;
            }
            let mut edges: Vec<(u32, Edge)> = Vec::new();
            if let Some(row) = row {
                edges.extend(self.both(number, row, known).iter().map(|edge| (place + 1, *edge)));
                edges.push((place + 1, (number, Move::Log, self.costs.log)));
            }
            let until = row.map(|row| row.accepted.current.at).or(self.player.until);
            edges.extend(self.by_term(number, until).map(|edge| (place, edge)));
            edges.extend(self.alone(number).iter().map(|edge| (place, *edge)));
            for (place_next, (to, way, price)) in edges {
                let sum = cost + price;
                let slot = best.entry((place_next, to)).or_insert((u64::MAX, None));
                if sum < slot.0 {
                    *slot = (sum, Some(((place, number), way)));
                    count += 1;
                    heap.push(Reverse((
                        sum + bound(place_next as usize),
                        Reverse(place_next),
                        count,
                        to,
                        sum,
                    )));
                }
            }
        }
        None
    }

    fn trace(&self, end: (u32, u32), cost: u64, rows: &[Row], best: &Reached) -> Found {
        let mut found = Found { cost, log: Vec::new(), model: Vec::new(), undetermined: false };
        let mut at = end;
        while let Some((_, Some((before, way)))) = best.get(&at) {
            match way {
                Move::Log => found.log.extend(rows.get(before.0 as usize).map(|row| row.place)),
                Move::Model(event) => {
                    found.model.push(*event);
                    found.undetermined |= self.lacks(*event, at.1);
                }
                Move::Both | Move::Unseen => {}
            }
            at = *before;
        }
        found
    }

    /// Whether a fact that an event must carry is not known behind it.
    fn lacks(&self, event: EventId, number: u32) -> bool {
        let compiled = self.player.workflow.compiled();
        let Some(situation) = self.met.get(number as usize) else { return false };
        let governs = compiled.listeners.name(event).governs;
        let carried = governs.and_then(|place| compiled.listeners.carried(place));
        carried.is_some_and(|found| found.required.iter().any(|id| !situation.facts.is_known(*id)))
    }
}

/// An alignment of one trace.
struct Found {
    cost: u64,
    /// Places of events that the log alone has.
    log: Vec<usize>,
    model: Vec<EventId>,
    undetermined: bool,
}

/// Cases that have the same alignments.
struct Class {
    /// One of them.
    trace: usize,
    cases: usize,
    /// The events that count.
    length: usize,
}

/// A log, ready to be aligned in pieces, on as many threads as there are.
pub struct Aligner<'a> {
    binding: Binding<'a>,
    guards: AlignGuards,
    options: CheckOptions,
    /// Up to when terms may have been taken.
    until: Option<DateTime>,
    classes: Vec<Class>,
}

/// What came of some of the classes.
#[derive(Debug, Default)]
pub struct AlignedPiece {
    all: Alignments,
    /// Sums of fitness, by case.
    fitness: f64,
    costs: u64,
    worst: u64,
}

/// Whether nothing that a step comes to depends on more than the states: then guards are none.
fn is_bare(workflow: &Workflow) -> bool {
    let compiled = workflow.compiled();
    let asked = asks::ROLE | asks::NOT_BY | asks::SIGNED | asks::REQUIRES | asks::GUARD;
    let definition = &compiled.definition;
    compiled.dues.is_empty()
        && definition.claims.is_empty()
        && definition.transitions.ids().all(|id| {
            compiled.listeners.candidate(id).asks & asked == 0
                && compiled.rules.actions(id).is_none()
        })
        && definition
            .states
            .ids()
            .all(|id| compiled.rules.entry(id).is_none() && compiled.rules.exit(id).is_none())
        && definition.events.iter().flat_map(|events| events.values()).all(|event| {
            event.by.is_none() && event.required.is_empty() && event.data_required.is_empty()
        })
}

impl<'a> Aligner<'a> {
    /// A log under a map. Cases are put into classes here.
    #[must_use]
    pub fn new(
        log: &'a EventLog,
        map: &'a LogMap,
        options: CheckOptions,
        guards: AlignGuards,
    ) -> Self {
        let binding = Binding::new(log, map);
        let guards = if is_bare(binding.workflow()) { AlignGuards::Off } else { guards };
        let until = binding.end(options.terms);
        let mut aligner = Self { binding, guards, options, until, classes: Vec::new() };
        aligner.classify();
        aligner
    }

    fn classify(&mut self) {
        let mut known = Known::default();
        let mut classes: HashMap<Vec<u32>, usize> = HashMap::new();
        for trace in self.binding.log.traces() {
            if let Some(cases) = self.binding.map.cases {
                let rows = self.binding.rows(&trace, true, false, &mut known);
                let compiled = self.binding.workflow().compiled();
                let holds =
                    rows.start.map(|start| compiled.rules.fact(cases, &start.context(None)));
                if !matches!(holds, Ok(Ok(Some(crate::value::Value::Boolean(true))))) {
                    continue;
                }
            }
            let counted = trace.events().filter(|event| self.binding.counts(event));
            let names: Vec<u32> =
                counted.filter_map(|event| Some(self.binding.activity_of(&event)?.0)).collect();
            let length = trace.events().filter(|event| self.binding.counts(event)).count();
            let new = Class { trace: trace.place(), cases: 1, length };
            if self.guards != AlignGuards::Off {
                self.classes.push(new);
                continue;
            }
            let place = *classes.entry(names).or_insert(self.classes.len());
            match self.classes.get_mut(place) {
                Some(class) => class.cases += 1,
                None => self.classes.push(new),
            }
        }
    }

    /// How many classes there are.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.classes.len()
    }

    fn costs(&self) -> Costs {
        self.binding.map.costs
    }

    fn events(&self) -> Vec<(EventId, Accepted)> {
        let compiled = self.binding.workflow().compiled();
        let epoch = DateTime::epoch(&compiled.definition.zone);
        let names = crate::case::contract::known_events(compiled);
        let known = names.into_iter().filter_map(|name| {
            let number = compiled.listeners.number(name)?;
            let own = compiled.listeners.name(number);
            if !compiled.chart.is_heard(name) {
                return None;
            }
            let current = Current {
                name: Arc::clone(&own.name),
                actor: None,
                at: epoch,
                data: Default::default(),
            };
            let accepted = Accepted {
                number: Some(number),
                governs: own.governs,
                current,
                facts: Default::default(),
                erased: None,
            };
            Some((number, accepted))
        });
        known.collect()
    }

    /// Aligns the classes of these places.
    #[must_use]
    pub fn piece(&self, places: Range<usize>) -> AlignedPiece {
        let mut known = Known::default();
        let terms = match self.guards {
            AlignGuards::Off if self.options.terms == Terms::Strict => Terms::Silent,
            _ => self.options.terms,
        };
        let player = Player::new(&self.binding, terms, self.until);
        let events = self.events();
        let mut space = Space {
            player: &player,
            guards: self.guards,
            costs: self.costs(),
            events: &events,
            met: Vec::new(),
            by_states: HashMap::new(),
            alone: Vec::new(),
            both: HashMap::new(),
        };
        let mut piece = AlignedPiece::default();
        let shortest = self.shortest(&player, &events, &mut known);
        piece.all.shortest = shortest.unwrap_or(0);
        let lets_stand = self.options.order == Order::Document || self.guards == AlignGuards::Off;
        for class in self.classes.get(places).unwrap_or_default() {
            let Some(trace) = self.binding.log.trace(class.trace) else { continue };
            let rows = self.binding.rows(&trace, lets_stand, terms == Terms::Strict, &mut known);
            let found = match &rows.start {
                Ok(start) if rows.unordered.is_none() => {
                    let is_plain = self.guards != AlignGuards::Off
                        && self.costs().silent == 0
                        && player.replay(start, &rows.rows, &known, Guards::Gate).end.is_some();
                    if is_plain {
                        Some(Found {
                            cost: 0,
                            log: Vec::new(),
                            model: Vec::new(),
                            undetermined: false,
                        })
                    } else {
                        if self.guards != AlignGuards::Off {
                            space.clear();
                        }
                        space.search(start, &rows.rows, &known)
                    }
                }
                _ => None,
            };
            piece.count(class, found, self, shortest);
        }
        piece
    }

    /// What the shortest run of the model costs, with the guards off.
    fn shortest(
        &self,
        player: &Player,
        events: &[(EventId, Accepted)],
        known: &mut Known,
    ) -> Option<u64> {
        let mut space = Space {
            player,
            guards: AlignGuards::Off,
            costs: self.costs(),
            events,
            met: Vec::new(),
            by_states: HashMap::new(),
            alone: Vec::new(),
            both: HashMap::new(),
        };
        let epoch = DateTime::epoch(&self.binding.workflow().compiled().definition.zone);
        let start = ways::begun(self.binding.workflow(), epoch, Vec::new(), false).ok()?;
        space.search(&start, &[], known).map(|found| found.cost)
    }

    /// Puts together what came of all pieces, in their order.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "figures for people")]
    pub fn whole(&self, pieces: impl IntoIterator<Item = AlignedPiece>) -> Alignments {
        let mut sum = AlignedPiece::default();
        for piece in pieces {
            sum.merge(piece);
        }
        let AlignedPiece { mut all, fitness, costs, worst } = sum;
        all.mean_trace_fitness = fitness / all.cases.max(1) as f64;
        all.log_fitness = if worst == 0 { 1.0 } else { 1.0 - costs as f64 / worst as f64 };
        all
    }
}

impl AlignedPiece {
    #[allow(clippy::cast_precision_loss, reason = "figures for people")]
    fn count(
        &mut self,
        class: &Class,
        found: Option<Found>,
        aligner: &Aligner,
        shortest: Option<u64>,
    ) {
        let cases = class.cases;
        self.all.cases += cases;
        self.all.classes += 1;
        let worst = class.length as u64 * aligner.costs().log + shortest.unwrap_or(0);
        let cost = found.as_ref().map_or(worst, |found| found.cost);
        self.costs += cost * cases as u64;
        self.worst += worst * cases as u64;
        let fitness = if worst == 0 { 1.0 } else { 1.0 - cost as f64 / worst as f64 };
        self.fitness += fitness * cases as f64;
        let Some(found) = found else {
            self.all.unreached += cases;
            return;
        };
        *self.all.cost.entry(found.cost).or_default() += cases;
        self.all.undetermined += if found.undetermined { cases } else { 0 };
        let compiled = aligner.binding.workflow().compiled();
        let trace = aligner.binding.log.trace(class.trace);
        for place in found.log {
            let event = trace.and_then(|trace| trace.events().nth(place));
            let activity = event.and_then(|event| aligner.binding.activity_of(&event));
            let activity = activity.map_or("", |value| aligner.binding.log.text(value));
            *self.all.log_moves.entry(activity.to_owned()).or_default() += cases;
        }
        for event in found.model {
            let name = compiled.listeners.name(event).name.to_string();
            *self.all.model_moves.entry(name).or_default() += cases;
        }
    }

    fn merge(&mut self, other: Self) {
        let (own, new) = (&mut self.all, other.all);
        own.cases += new.cases;
        own.classes += new.classes;
        own.unreached += new.unreached;
        own.undetermined += new.undetermined;
        own.shortest = new.shortest;
        for (cost, cases) in new.cost {
            *own.cost.entry(cost).or_default() += cases;
        }
        for (name, count) in new.log_moves {
            *own.log_moves.entry(name).or_default() += count;
        }
        for (name, count) in new.model_moves {
            *own.model_moves.entry(name).or_default() += count;
        }
        self.fitness += other.fitness;
        self.costs += other.costs;
        self.worst += other.worst;
    }
}

/// Aligns a log on this thread.
#[must_use]
pub fn align(
    log: &EventLog,
    map: &LogMap,
    options: CheckOptions,
    guards: AlignGuards,
) -> Alignments {
    let aligner = Aligner::new(log, map, options, guards);
    let piece = aligner.piece(0..aligner.classes());
    aligner.whole([piece])
}
