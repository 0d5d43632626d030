//! The algorithm of SCXML's appendix D, read literally: sets are lists of names, everything is looked up by walking and
//! computed anew each time. What the format adds (three-valued conditions, the file as outermost state, a step that
//! fails leaves nothing behind) is marked.

use super::chart::{Act, Chart, Cond, FACTS, FILE, Kind, Requirement, State, Transition};

#[derive(Debug, Clone)]
pub struct Naive<'c> {
    chart: &'c Chart,
    /// Microsteps that a step may take.
    bound: usize,
    pub configuration: Vec<String>,
    history: Vec<(String, Vec<String>)>,
    pub facts: Vec<Option<bool>>,
    pub n: i64,
    counts: Vec<(String, i64)>,
    pub ended: bool,
    queue: Vec<String>,
    microsteps: usize,
    pub trace: Trace,
}

/// What one step did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    pub left: Vec<String>,
    pub entered: Vec<String>,
    pub emitted: Vec<String>,
    /// Transitions taken, by their source.
    pub taken: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// And whether some region was undecided.
    Moved(bool),
    /// And whether missing knowledge was the cause.
    Blocked(bool),
    NotExpected,
    Error,
}

/// Why a step has to be undone.
#[derive(Debug)]
struct Undo;

/// A walk from a leaf outwards.
enum Walk {
    OnItsWay,
    Taken(Enabled),
    /// Something was undecided.
    Ended,
}

/// A transition together with the state that it leaves from.
type Enabled = (String, Transition);

#[derive(Default)]
struct Entries {
    states: Vec<String>,
    by_default: Vec<String>,
    /// Parent of a history state → the history state.
    history_content: Vec<(String, String)>,
}

impl<'c> Naive<'c> {
    /// `None` where the start fails.
    pub fn start(chart: &'c Chart, bound: usize) -> Option<Self> {
        let facts = (0..FACTS.len()).map(|fact| chart.defaults.contains(&fact).then_some(false));
        let mut naive = Self {
            chart,
            bound,
            configuration: Vec::new(),
            history: Vec::new(),
            facts: facts.collect(),
            n: 0,
            counts: Vec::new(),
            ended: false,
            queue: Vec::new(),
            microsteps: 0,
            trace: Trace::default(),
        };
        naive.begin().ok()?;
        Some(naive)
    }

    fn begin(&mut self) -> Result<(), Undo> {
        let file = self.chart.state(FILE).clone();
        self.configuration.push(FILE.to_owned());
        self.run(&file.entry)?;
        self.run(&file.initial_actions)?;
        let mut entries = Entries::default();
        let initial = self.initial(FILE);
        for target in &initial {
            self.add_descendants(target, &mut entries);
        }
        for target in &initial {
            self.add_ancestors(target, FILE, &mut entries);
        }
        self.enter_states(entries)?;
        self.main_event_loop()
    }

    /// Answers an event from outside.
    pub fn fire(&mut self, event: &str, facts: &[(usize, bool)]) -> Answer {
        self.trace = Trace::default();
        self.microsteps = 0;
        self.queue.clear();
        // Of the format: an event that no declaration or transition of the file knows is an error.
        let known = if self.chart.declared {
            ["a", "b", "c", "ab"].iter().any(|name| matches(name, event))
        } else {
            let states = self.chart.states.iter();
            let all: Vec<Transition> = states.flat_map(State::tried).collect();
            all.iter().any(|one| one.events.iter().any(|pattern| matches(pattern, event)))
        };
        if !known {
            return Answer::Error;
        }
        if self.ended {
            return Answer::NotExpected;
        }
        let before = self.clone();
        for (fact, value) in facts {
            self.facts[*fact] = Some(*value);
        }
        let (enabled, undecided) = self.select_transitions(Some(event));
        if enabled.is_empty() {
            let listens = self.configuration.iter().any(|state| {
                let tried = self.chart.state(state).tried();
                tried.iter().any(|one| one.events.iter().any(|pattern| matches(pattern, event)))
            });
            *self = before;
            return if listens { Answer::Blocked(undecided) } else { Answer::NotExpected };
        }
        self.accept(event);
        let done = self.microstep(enabled).and_then(|()| self.main_event_loop());
        match done {
            Ok(()) => Answer::Moved(undecided),
            Err(Undo) => {
                *self = before;
                Answer::Error
            }
        }
    }

    /// The active states without active states inside, in document order.
    pub fn leaves(&self) -> Vec<String> {
        let mut leaves: Vec<String> =
            self.configuration.iter().filter(|state| self.is_atomic(state)).cloned().collect();
        self.sort(&mut leaves);
        leaves
    }

    fn main_event_loop(&mut self) -> Result<(), Undo> {
        loop {
            if self.ended {
                break;
            }
            let (eventless, _) = self.select_transitions(None);
            if !eventless.is_empty() {
                self.microstep(eventless)?;
                continue;
            }
            if self.queue.is_empty() {
                return Ok(());
            }
            let event = self.queue.remove(0);
            let (enabled, _) = self.select_transitions(Some(&event));
            if !enabled.is_empty() {
                if !event.starts_with("done.") {
                    self.accept(&event);
                }
                self.microstep(enabled)?;
            }
        }
        // exitInterpreter; of the format: the states stay readable.
        let mut all = self.configuration.clone();
        self.sort(&mut all);
        all.reverse();
        for state in all {
            let exit = self.chart.state(&state).exit.clone();
            self.run(&exit)?;
        }
        self.queue.clear();
        Ok(())
    }

    /// Transitions for an event, or eventless ones, and whether any walk ended undecided.
    fn select_transitions(&self, event: Option<&str>) -> (Vec<Enabled>, bool) {
        // From each leaf outwards, until a transition answers. All walks go together, inner states first, since (of
        // the format) nothing behind missing information is tried, in whichever region it is missing.
        let mut walks: Vec<(String, Walk)> =
            self.leaves().into_iter().map(|leaf| (leaf, Walk::OnItsWay)).collect();
        let mut undecided: Vec<String> = Vec::new();
        let mut states = self.configuration.clone();
        self.sort(&mut states);
        states.reverse();
        for state in states {
            let hidden = undecided.iter().any(|inner| self.is_descendant(inner, &state));
            for (leaf, walk) in &mut walks {
                let comes_by = *leaf == state || self.is_descendant(leaf, &state);
                if !comes_by || !matches!(walk, Walk::OnItsWay) {
                    continue;
                }
                if hidden {
                    *walk = Walk::Ended;
                    continue;
                }
                match self.first_answer(&state, event) {
                    Some((_, None)) => {
                        *walk = Walk::Ended;
                        undecided.push(state.clone());
                    }
                    Some((transition, Some(_))) => *walk = Walk::Taken((state.clone(), transition)),
                    None => {}
                }
            }
        }
        let mut enabled: Vec<Enabled> = Vec::new();
        for (_, walk) in walks {
            if let Walk::Taken(one) = walk {
                // A set: the same transition may be found from several leaves.
                if !enabled.iter().any(|other| format!("{other:?}") == format!("{one:?}")) {
                    enabled.push(one);
                }
            }
        }
        (self.remove_conflicting(enabled), !undecided.is_empty())
    }

    /// The first transition of a state that is open or undecided.
    fn first_answer(&self, state: &str, event: Option<&str>) -> Option<(Transition, Option<bool>)> {
        let row = self.chart.state(state);
        let transitions = if event.is_some() { row.tried() } else { row.always.clone() };
        for transition in transitions {
            let hears = match event {
                Some(name) => transition.events.iter().any(|pattern| matches(pattern, name)),
                None => true,
            };
            let open = if hears { self.is_open(&transition) } else { Some(false) };
            if open != Some(false) {
                return Some((transition, open));
            }
        }
        None
    }

    fn remove_conflicting(&self, enabled: Vec<Enabled>) -> Vec<Enabled> {
        let mut filtered: Vec<Enabled> = Vec::new();
        for one in enabled {
            let mut preempted = false;
            let mut remove = Vec::new();
            for (place, other) in filtered.iter().enumerate() {
                let exits = self.exit_set(std::slice::from_ref(other));
                if self
                    .exit_set(std::slice::from_ref(&one))
                    .iter()
                    .any(|state| exits.contains(state))
                {
                    if self.is_descendant(&one.0, &other.0) {
                        remove.push(place);
                    } else {
                        preempted = true;
                        break;
                    }
                }
            }
            if !preempted {
                for place in remove.into_iter().rev() {
                    filtered.remove(place);
                }
                filtered.push(one);
            }
        }
        filtered
    }

    fn microstep(&mut self, enabled: Vec<Enabled>) -> Result<(), Undo> {
        self.microsteps += 1;
        if self.microsteps > self.bound {
            return Err(Undo);
        }
        self.exit_states(&enabled)?;
        for (source, transition) in &enabled {
            self.trace.taken.push(source.clone());
            self.run(&transition.actions)?;
        }
        let mut entries = Entries::default();
        for one in &enabled {
            for target in &one.1.targets {
                self.add_descendants(target, &mut entries);
            }
            if let Some(domain) = self.domain(one) {
                for target in self.effective_targets(&one.1.targets) {
                    self.add_ancestors(&target, &domain, &mut entries);
                }
            }
        }
        self.enter_states(entries)
    }

    fn exit_set(&self, enabled: &[Enabled]) -> Vec<String> {
        let mut set: Vec<String> = Vec::new();
        for one in enabled {
            let Some(domain) = self.domain(one) else { continue };
            for state in &self.configuration {
                if self.is_descendant(state, &domain) && !set.contains(state) {
                    set.push(state.clone());
                }
            }
        }
        set
    }

    fn exit_states(&mut self, enabled: &[Enabled]) -> Result<(), Undo> {
        let mut exits = self.exit_set(enabled);
        self.sort(&mut exits);
        exits.reverse();
        for state in &exits {
            for child in &self.chart.state(state).children {
                let kept: Vec<String> = match self.chart.state(child).kind {
                    Kind::Deep => {
                        let atomic = self.configuration.iter();
                        atomic
                            .filter(|one| self.is_atomic(one) && self.is_descendant(one, state))
                            .cloned()
                            .collect()
                    }
                    Kind::Shallow => {
                        let inside = self.configuration.iter();
                        inside
                            .filter(|one| self.parent(one) == Some(state.clone()))
                            .cloned()
                            .collect()
                    }
                    _ => continue,
                };
                self.history.retain(|(name, _)| name != child);
                self.history.push((child.clone(), kept));
            }
        }
        for state in exits {
            let exit = self.chart.state(&state).exit.clone();
            self.run(&exit)?;
            self.configuration.retain(|one| *one != state);
            self.trace.left.push(state);
        }
        Ok(())
    }

    fn enter_states(&mut self, entries: Entries) -> Result<(), Undo> {
        let mut states = entries.states.clone();
        // The way from a recorded state to the history's parent may lead through states that were not left. The code of
        // appendix D would run their entry scripts again; by the text (§3.13, the entry set) they are not entered.
        states.retain(|state| !self.configuration.contains(state));
        self.sort(&mut states);
        for state in states {
            self.configuration.push(state.clone());
            self.trace.entered.push(state.clone());
            let row = self.chart.state(&state).clone();
            self.run(&row.entry)?;
            if entries.by_default.contains(&state) {
                self.run(&row.initial_actions)?;
            }
            // The last one put there counts: the spec's table is keyed by the parent.
            if let Some((_, history)) =
                entries.history_content.iter().rev().find(|(parent, _)| *parent == state)
            {
                let actions = self.chart.state(history).initial_actions.clone();
                self.run(&actions)?;
            }
            if row.kind == Kind::Final {
                let parent = self.parent(&state).unwrap();
                if parent == FILE {
                    self.ended = true;
                    continue;
                }
                self.queue.push(format!("done.state.{parent}"));
                let grandparent = self.parent(&parent).unwrap();
                if self.chart.state(&grandparent).kind == Kind::Parallel
                    && self.children(&grandparent).iter().all(|child| self.is_in_final_state(child))
                {
                    self.queue.push(format!("done.state.{grandparent}"));
                }
            }
        }
        Ok(())
    }

    fn add_descendants(&self, state: &str, entries: &mut Entries) {
        let row = self.chart.state(state);
        match row.kind {
            Kind::Shallow | Kind::Deep => {
                let parent = self.parent(state).unwrap();
                let recorded = self.history.iter().find(|(name, _)| name == state);
                let targets = match recorded {
                    Some((_, kept)) => kept.clone(),
                    None => {
                        entries.history_content.push((parent.clone(), state.to_owned()));
                        self.history_default(state)
                    }
                };
                for target in &targets {
                    self.add_descendants(target, entries);
                }
                for target in &targets {
                    self.add_ancestors(target, &parent, entries);
                }
            }
            Kind::Compound => {
                add(&mut entries.states, state);
                add(&mut entries.by_default, state);
                let initial = self.initial(state);
                for target in &initial {
                    self.add_descendants(target, entries);
                }
                for target in &initial {
                    self.add_ancestors(target, state, entries);
                }
            }
            Kind::Parallel => {
                add(&mut entries.states, state);
                self.add_regions(state, entries);
            }
            Kind::Atomic | Kind::Final => add(&mut entries.states, state),
        }
    }

    fn add_ancestors(&self, state: &str, ancestor: &str, entries: &mut Entries) {
        for outer in self.ancestors(state) {
            if outer == ancestor {
                break;
            }
            add(&mut entries.states, &outer);
            if self.chart.state(&outer).kind == Kind::Parallel {
                self.add_regions(&outer, entries);
            }
        }
    }

    fn add_regions(&self, parallel: &str, entries: &mut Entries) {
        for child in self.children(parallel) {
            if !entries.states.iter().any(|state| self.is_descendant(state, &child)) {
                self.add_descendants(&child, entries);
            }
        }
    }

    fn domain(&self, (source, transition): &Enabled) -> Option<String> {
        let targets = self.effective_targets(&transition.targets);
        if targets.is_empty() {
            return None;
        }
        // Of the format: no transition leaves the file, its own are internal.
        let internal = source == FILE
            || (transition.internal && self.chart.state(source).kind == Kind::Compound);
        if internal && targets.iter().all(|target| self.is_descendant(target, source)) {
            return Some(source.clone());
        }
        self.ancestors(source).into_iter().find(|outer| {
            self.chart.state(outer).kind == Kind::Compound
                && targets.iter().all(|target| self.is_descendant(target, outer))
        })
    }

    fn effective_targets(&self, targets: &[String]) -> Vec<String> {
        let mut found = Vec::new();
        for target in targets {
            match self.chart.state(target).kind {
                Kind::Shallow | Kind::Deep => {
                    let recorded = self.history.iter().find(|(name, _)| name == target);
                    match recorded {
                        Some((_, kept)) => kept.iter().for_each(|one| add(&mut found, one)),
                        None => {
                            for one in self.effective_targets(&self.history_default(target)) {
                                add(&mut found, &one);
                            }
                        }
                    }
                }
                _ => add(&mut found, target),
            }
        }
        found
    }

    /// Of the format: without `initial` a state begins with its only child.
    fn initial(&self, state: &str) -> Vec<String> {
        let row = self.chart.state(state);
        if row.initial.is_empty() { self.children(state) } else { row.initial.clone() }
    }

    fn history_default(&self, history: &str) -> Vec<String> {
        self.chart.state(history).initial.clone()
    }

    fn is_in_final_state(&self, state: &str) -> bool {
        match self.chart.state(state).kind {
            Kind::Compound => self.children(state).iter().any(|child| {
                self.chart.state(child).kind == Kind::Final && self.configuration.contains(child)
            }),
            Kind::Parallel => {
                self.children(state).iter().all(|child| self.is_in_final_state(child))
            }
            _ => false,
        }
    }

    fn is_atomic(&self, state: &str) -> bool {
        matches!(self.chart.state(state).kind, Kind::Atomic | Kind::Final)
    }

    /// Children that can be active.
    fn children(&self, state: &str) -> Vec<String> {
        let children = self.chart.state(state).children.iter();
        children
            .filter(|child| !matches!(self.chart.state(child).kind, Kind::Shallow | Kind::Deep))
            .cloned()
            .collect()
    }

    fn parent(&self, state: &str) -> Option<String> {
        self.chart.state(state).parent.clone()
    }

    fn ancestors(&self, state: &str) -> Vec<String> {
        let mut ancestors = Vec::new();
        let mut at = self.parent(state);
        while let Some(outer) = at {
            at = self.parent(&outer);
            ancestors.push(outer);
        }
        ancestors
    }

    fn is_descendant(&self, inner: &str, outer: &str) -> bool {
        self.ancestors(inner).iter().any(|one| one == outer)
    }

    /// Into document order.
    fn sort(&self, states: &mut [String]) {
        states.sort_by_key(|name| self.chart.states.iter().position(|state| state.name == *name));
    }

    fn accept(&mut self, event: &str) {
        match self.counts.iter_mut().find(|(name, _)| name == event) {
            Some((_, count)) => *count += 1,
            None => self.counts.push((event.to_owned(), 1)),
        }
    }

    fn run(&mut self, acts: &[Act]) -> Result<(), Undo> {
        for act in acts {
            match act {
                Act::Emit(name) => self.trace.emitted.push(name.clone()),
                Act::Raise(name) => self.queue.push(name.clone()),
                Act::Add(by) => self.n += by,
                Act::Set(fact, to) => self.facts[*fact] = Some(*to),
                Act::Forget(fact) => {
                    self.facts[*fact] = self.chart.defaults.contains(fact).then_some(false);
                }
                Act::EmitIf(cond, name) => {
                    if self.holds(cond) == Some(true) {
                        self.trace.emitted.push(name.clone());
                    }
                }
                Act::Read(fact, name) => match self.facts[*fact] {
                    None => return Err(Undo),
                    Some(true) => self.trace.emitted.push(name.clone()),
                    Some(false) => {}
                },
            }
        }
        Ok(())
    }

    fn is_open(&self, transition: &Transition) -> Option<bool> {
        let mut all: Vec<Option<bool>> = transition
            .requires
            .iter()
            .map(|one| match one {
                Requirement::Fact(fact) => self.facts[*fact],
                Requirement::Factor(factor) => self.factor(*factor),
            })
            .collect();
        all.extend(transition.guard.iter().map(|guard| self.holds(guard)));
        if all.contains(&Some(false)) {
            Some(false)
        } else if all.contains(&None) {
            None
        } else {
            Some(true)
        }
    }

    fn factor(&self, factor: usize) -> Option<bool> {
        if factor == 0 {
            return self.holds(&self.chart.factor);
        }
        let (facts, with_factor, at_least) = &self.chart.of;
        let mut all: Vec<Option<bool>> = facts.iter().map(|fact| self.facts[*fact]).collect();
        if *with_factor {
            all.push(self.factor(0));
        }
        let count = |wanted: Option<bool>| all.iter().filter(|one| **one == wanted).count() as i64;
        if count(Some(true)) >= *at_least {
            Some(true)
        } else if count(Some(true)) + count(None) < *at_least {
            Some(false)
        } else {
            None
        }
    }

    /// Kleene's logic.
    fn holds(&self, cond: &Cond) -> Option<bool> {
        match cond {
            Cond::Fact(fact) => self.facts[*fact],
            Cond::Less(bound) => Some(self.n < *bound),
            Cond::Even => Some(self.n % 2 == 0),
            Cond::Active(state) => Some(self.configuration.contains(state)),
            Cond::Known(fact) => Some(self.facts[*fact].is_some()),
            Cond::Count(event, bound) => {
                let counted = self.counts.iter().filter(|(name, _)| matches(event, name));
                Some(counted.map(|(_, count)| count).sum::<i64>() < *bound)
            }
            Cond::Factor(factor) => self.factor(*factor),
            Cond::OrElse(fact, other) => Some(self.facts[*fact].unwrap_or(*other)),
            Cond::Not(one) => self.holds(one).map(|value| !value),
            Cond::And(one, two) => match (self.holds(one), self.holds(two)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Cond::Or(one, two) => match (self.holds(one), self.holds(two)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
        }
    }
}

fn add(set: &mut Vec<String>, name: &str) {
    if !set.iter().any(|one| one == name) {
        set.push(name.to_owned());
    }
}

/// SCXML §3.12.1: token by token.
pub fn matches(pattern: &str, event: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    let pattern: Vec<&str> = pattern.trim_end_matches(".*").split('.').collect();
    let event: Vec<&str> = event.split('.').collect();
    pattern.len() <= event.len() && pattern.iter().zip(&event).all(|(one, two)| one == two)
}
