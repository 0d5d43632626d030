//! A naive interpreter of cases with children, written from the words of the format alone: it copies everything, looks at
//! everything, and shares no code. Random wholes are run by both.

use std::fmt::Write;

use proptest::prelude::*;

use super::{begin, event, states, told};
use tresteg::{Case, Duration, Event, Limits, Outcome, Value, Workflow};

pub const EVENTS: usize = 3;

#[derive(Debug, Clone)]
enum Guard {
    Always,
    /// The number of transitions with actions so far.
    Acted(i64),
    /// There are so many children.
    Children(usize, usize),
    AllDone(usize),
    SomeIn(usize, String),
    SomeActed(usize, i64),
}

#[derive(Debug, Clone)]
enum Act {
    Emit(String),
    Own(usize),
    Parent(usize),
    All(usize, usize),
    One(usize, String, usize),
    Push(String),
}

#[derive(Debug, Clone)]
struct Go {
    guard: Guard,
    target: Option<usize>,
    acts: Vec<Act>,
}

#[derive(Debug, Clone, Default)]
struct State {
    last: bool,
    entry: Vec<Act>,
    exit: Vec<Act>,
    on: Vec<(usize, Go)>,
    always: Option<Go>,
    after: Option<(i64, Go)>,
}

/// Children of a state, or of the whole file where there is none.
#[derive(Debug, Clone)]
struct Invoke {
    state: Option<usize>,
    of: usize,
    each: bool,
}

#[derive(Debug, Clone)]
pub struct File {
    states: Vec<State>,
    invokes: Vec<Invoke>,
    /// Whether its parent listens to the end of its children.
    hears_done: bool,
    exit: Vec<Act>,
}

// ---------------------------------------------------------------- as JSON

fn guard(guard: &Guard) -> String {
    match guard {
        Guard::Always => "true".into(),
        Guard::Acted(most) => format!("n >= {most}"),
        Guard::Children(invoke, least) => format!("children(`c{invoke}`).len() >= {least}"),
        Guard::AllDone(invoke) => format!(
            "children(`c{invoke}`).len() > 0 && children(`c{invoke}`).all(|x| x.status == `done`)"
        ),
        Guard::SomeIn(invoke, state) => {
            format!("children(`c{invoke}`).some(|x| `{state}` in x.states)")
        }
        Guard::SomeActed(invoke, least) => {
            format!("children(`c{invoke}`).some(|x| x.n >= {least})")
        }
    }
}

/// What is sent is sent by a case that has not acted too often, so that all comes to rest.
const TIRED: i64 = 5;

fn script(acts: &[Act], counts: bool) -> String {
    let mut text = if counts { "n += 1; ".to_owned() } else { String::new() };
    for act in acts {
        let said = match act {
            Act::Emit(name) => format!("emit(`{name}`)"),
            Act::Own(event) => format!("send(`e{event}`)"),
            Act::Parent(event) => format!("send_parent(`e{event}`)"),
            Act::All(invoke, event) => format!("send_all(`c{invoke}`, `e{event}`)"),
            Act::One(invoke, key, event) => format!("send_one(`c{invoke}`, `{key}`, `e{event}`)"),
            Act::Push(key) => format!("list.push(`{key}`)"),
        };
        match act {
            Act::Emit(_) | Act::Push(_) => write!(text, "{said}; ").unwrap(),
            _ => write!(text, "if n < {TIRED} {{ {said} }} ").unwrap(),
        }
    }
    text
}

fn go(number: usize, one: &Go) -> String {
    let target = one.target.map(|to| format!(r#""target": "{}", "#, name(number, to)));
    format!(
        r#"{{ {}"guard": "{}", "actions": "{}" }}"#,
        target.unwrap_or_default(),
        guard(&one.guard),
        script(&one.acts, true)
    )
}

fn name(file: usize, state: usize) -> String {
    format!("f{file}s{state}")
}

impl File {
    fn json(&self, number: usize) -> String {
        let invokes = |state: Option<usize>| {
            let own = self.invokes.iter().enumerate().filter(|(_, one)| one.state == state);
            let own: Vec<String> = own
                .map(|(at, one)| {
                    let each = if one.each { r#", "each": "list""# } else { "" };
                    format!(
                        r#"{{ "id": "c{at}", "workflow": "{}.json", "returns": ["n"]{each} }}"#,
                        one.of
                    )
                })
                .collect();
            if own.is_empty() {
                String::new()
            } else {
                format!(r#""invoke": [{}], "#, own.join(", "))
            }
        };
        let states: Vec<String> = self
            .states
            .iter()
            .enumerate()
            .map(|(at, state)| {
                let mut keys = Vec::new();
                if state.last {
                    keys.push(r#""type": "final""#.to_owned());
                }
                for (key, acts) in [("entry", &state.entry), ("exit", &state.exit)] {
                    if !acts.is_empty() {
                        keys.push(format!(r#""{key}": "{}""#, script(acts, false)));
                    }
                }
                let on = state.on.iter();
                let on: Vec<String> =
                    on.map(|(event, one)| format!(r#""e{event}": {}"#, go(number, one))).collect();
                if !on.is_empty() {
                    keys.push(format!(r#""on": {{ {} }}"#, on.join(", ")));
                }
                if let Some(one) = &state.always {
                    keys.push(format!(r#""always": {}"#, go(number, one)));
                }
                if let Some((days, one)) = &state.after {
                    keys.push(format!(r#""after": {{ "P{days}D": {} }}"#, go(number, one)));
                }
                let invoke = invokes(Some(at));
                format!(r#""{}": {{ {invoke}{} }}"#, name(number, at), keys.join(", "))
                    .replace(",  }", " }")
            })
            .collect();
        let done: Vec<String> = match self.hears_done {
            true => (0..self.invokes.len())
                .map(|at| format!(r#""done.invoke.c{at}": {{ "actions": "emit(`done{at}`)" }}"#))
                .collect(),
            false => Vec::new(),
        };
        let exit = match self.exit.is_empty() {
            true => String::new(),
            false => format!(r#""exit": "{}", "#, script(&self.exit, false)),
        };
        format!(
            r#"{{ "id": "w{number}", "facts": {{ "n": {{ "type": "integer", "default": 0 }},
               "list": {{ "type": "array", "items": {{ "type": "string" }}, "uniqueItems": true, "default": ["k0", "k1"] }} }},
               "events": {{ "e0": {{}}, "e1": {{}}, "e2": {{}} }}, {exit}{}"on": {{ {} }},
               "initial": "{}", "states": {{ {} }} }}"#,
            invokes(None),
            done.join(", "),
            name(number, 0),
            states.join(", ")
        )
    }
}

// ---------------------------------------------------------------- naively

#[derive(Debug, Clone)]
struct Node {
    file: usize,
    state: usize,
    n: i64,
    list: Vec<String>,
    since: i64,
    /// The term was taken.
    taken: bool,
    /// It was tried in vain since the case last moved.
    tried: bool,
    ended: bool,
    broods: Vec<Option<Vec<Kid>>>,
    rounds: Vec<u32>,
    sent: Vec<Sent>,
}

#[derive(Debug, Clone)]
struct Kid {
    key: String,
    node: Node,
    stopped: bool,
}

#[derive(Debug, Clone)]
struct Sent {
    order: u64,
    event: String,
    to: To,
}

#[derive(Debug, Clone)]
enum To {
    Here,
    One(usize, String),
    /// From this number on, in front of that one, of this round.
    All(usize, usize, Option<usize>, u32),
}

type Path = Vec<(usize, usize)>;

struct World<'w> {
    files: &'w [File],
    root: Node,
    now: i64,
    order: u64,
    /// Where to look next, the last first: whether a child has moved, and whether the parent comes behind it.
    climbing: Vec<(Path, bool, bool)>,
    log: Vec<String>,
}

/// What one step did.
#[derive(Default)]
struct Did {
    entered: Vec<String>,
    emitted: Vec<String>,
    parent: Vec<(u64, String)>,
    inner: Vec<String>,
    births: bool,
    /// Addresses of cases that have started others when they started, the innermost first.
    lookers: Vec<String>,
}

/// A case after a step, and the lists that came of it.
type Worked = (Node, Vec<String>, Vec<(u64, String)>, Vec<String>);

impl World<'_> {
    fn node(&self, path: &[(usize, usize)]) -> &Node {
        path.iter().fold(&self.root, |node, (invoke, at)| {
            &node.broods[*invoke].as_ref().unwrap()[*at].node
        })
    }

    fn node_mut(&mut self, path: &[(usize, usize)]) -> &mut Node {
        path.iter().fold(&mut self.root, |node, (invoke, at)| {
            &mut node.broods[*invoke].as_mut().unwrap()[*at].node
        })
    }

    fn address(&self, path: &[(usize, usize)]) -> String {
        let mut parts = Vec::new();
        let mut node = &self.root;
        for (invoke, at) in path {
            let kid = &node.broods[*invoke].as_ref().unwrap()[*at];
            parts.push(format!("c{invoke}/{}", kid.key));
            node = &kid.node;
        }
        if parts.is_empty() { "·".into() } else { parts.join("/") }
    }

    fn holds(&self, node: &Node, guard: &Guard) -> bool {
        let kids = |invoke: &usize| node.broods[*invoke].as_deref();
        match guard {
            Guard::Always => true,
            Guard::Acted(least) => node.n >= *least,
            Guard::Children(invoke, least) => kids(invoke).is_some_and(|all| all.len() >= *least),
            Guard::AllDone(invoke) => kids(invoke).is_some_and(|all| {
                !all.is_empty() && all.iter().all(|kid| kid.node.ended && !kid.stopped)
            }),
            Guard::SomeIn(invoke, state) => kids(invoke).is_some_and(|all| {
                all.iter().any(|kid| name(kid.node.file, kid.node.state) == *state)
            }),
            Guard::SomeActed(invoke, least) => {
                kids(invoke).is_some_and(|all| all.iter().any(|kid| kid.node.n >= *least))
            }
        }
    }

    fn run(&mut self, node: &mut Node, acts: &[Act], did: &mut Did) {
        for act in acts {
            let send = node.n < TIRED;
            match act {
                Act::Emit(name) => did.emitted.push(name.clone()),
                Act::Push(key) => {
                    if !node.list.contains(key) {
                        node.list.push(key.clone());
                    }
                }
                _ if !send => {}
                Act::Parent(event) => {
                    self.order += 1;
                    did.parent.push((self.order, format!("e{event}")));
                }
                Act::Own(event) => self.send(node, *event, To::Here),
                Act::One(invoke, key, event) => {
                    self.send(node, *event, To::One(*invoke, key.clone()));
                }
                Act::All(invoke, event) => {
                    let round = node.rounds[*invoke];
                    self.send(node, *event, To::All(*invoke, 0, None, round));
                }
            }
        }
    }

    fn send(&mut self, node: &mut Node, event: usize, to: To) {
        self.order += 1;
        node.sent.push(Sent { order: self.order, event: format!("e{event}"), to });
    }

    /// Stops the active children of a state, or of the file.
    fn stop(&mut self, node: &mut Node, state: Option<usize>, here: &str, did: &mut Did) {
        let files = self.files;
        for (invoke, one) in files[node.file].invokes.iter().enumerate().rev() {
            if one.state != state {
                continue;
            }
            let Some(mut kids) = node.broods[invoke].take() else { continue };
            for kid in kids.iter_mut().rev().filter(|kid| !kid.node.ended) {
                let there = join(here, invoke, &kid.key);
                self.halt(&mut kid.node, &there, did);
                kid.stopped = true;
            }
            node.broods[invoke] = Some(kids);
        }
    }

    fn halt(&mut self, node: &mut Node, here: &str, did: &mut Did) {
        let files = self.files;
        let (file, state) = (&files[node.file], node.state);
        // Innermost first.
        self.stop(node, Some(state), here, did);
        self.stop(node, None, here, did);
        let mut own = Did::default();
        self.run(node, &file.states[state].exit, &mut own);
        self.run(node, &file.exit, &mut own);
        node.ended = true;
        node.sent.clear();
        let emitted: String = own.emitted.iter().map(|name| format!("!{name}")).collect();
        did.inner.push(format!("{here} stops {emitted}").trim_end().to_owned());
    }

    fn enter(&mut self, node: &mut Node, state: usize, did: &mut Did) {
        let files = self.files;
        let file = &files[node.file];
        (node.state, node.since, node.taken, node.tried) = (state, self.now, false, false);
        for (invoke, one) in file.invokes.iter().enumerate() {
            if one.state == Some(state) {
                node.broods[invoke] = None;
                node.rounds[invoke] += 1;
            }
        }
        did.entered.push(name(node.file, state));
        self.run(node, &file.states[state].entry, did);
        if file.states[state].last {
            node.ended = true;
        }
    }

    /// One transition and all `always` behind it, then children.
    fn take(&mut self, node: &mut Node, one: &Go, here: &str, did: &mut Did) {
        node.tried = false;
        self.micro(node, one, here, did);
        self.rest(node, here, did);
    }

    fn micro(&mut self, node: &mut Node, one: &Go, here: &str, did: &mut Did) {
        let files = self.files;
        let file = &files[node.file];
        if one.target.is_some() {
            let state = node.state;
            self.run(node, &file.states[state].exit, did);
            self.stop(node, Some(state), here, did);
        }
        node.n += 1;
        self.run(node, &one.acts, did);
        if let Some(to) = one.target {
            self.enter(node, to, did);
        }
    }

    fn rest(&mut self, node: &mut Node, here: &str, did: &mut Did) {
        let files = self.files;
        let file = &files[node.file];
        while !node.ended {
            let Some(always) = &file.states[node.state].always else { break };
            if !self.holds(node, &always.guard) {
                break;
            }
            self.micro(node, always, here, did);
        }
        if node.ended {
            let state = node.state;
            self.run(node, &file.states[state].exit, did);
            self.stop(node, Some(state), here, did);
            self.run(node, &file.exit, did);
            self.stop(node, None, here, did);
            node.sent.clear();
            return;
        }
        for (invoke, one) in file.invokes.iter().enumerate() {
            if one.state.is_some_and(|state| state != node.state) {
                continue;
            }
            let keys = if one.each { node.list.clone() } else { vec!["1".to_owned()] };
            let mut kids = node.broods[invoke].take().unwrap_or_default();
            for key in keys {
                if kids.iter().any(|kid| kid.key == key) {
                    continue;
                }
                let there = join(here, invoke, &key);
                let (kid, log, parent, lookers) = self.born(one.of, &there);
                did.births = true;
                did.lookers.extend(lookers);
                did.inner.extend(log);
                for (order, event) in parent {
                    node.sent.push(Sent { order, event, to: To::Here });
                }
                if kid.ended {
                    self.done(node, invoke);
                }
                kids.push(Kid { key, node: kid, stopped: false });
            }
            node.broods[invoke] = Some(kids);
        }
    }

    fn done(&mut self, node: &mut Node, invoke: usize) {
        if self.files[node.file].hears_done {
            self.order += 1;
            let event = format!("done.invoke.c{invoke}");
            node.sent.push(Sent { order: self.order, event, to: To::Here });
        }
    }

    fn born(&mut self, of: usize, here: &str) -> Worked {
        let file = &self.files[of];
        let mut node = Node {
            file: of,
            state: 0,
            n: 0,
            list: vec!["k0".into(), "k1".into()],
            since: self.now,
            taken: false,
            tried: false,
            ended: false,
            broods: file.invokes.iter().map(|_| None).collect(),
            rounds: file.invokes.iter().map(|one| u32::from(one.state.is_none())).collect(),
            sent: Vec::new(),
        };
        let mut did = Did::default();
        self.enter(&mut node, 0, &mut did);
        self.rest(&mut node, here, &mut did);
        let mut log = vec![line(here, "starts", &did)];
        log.append(&mut did.inner);
        if did.births {
            did.lookers.push(here.to_owned());
        }
        (node, log, did.parent, did.lookers)
    }

    /// A step at a case: what it says to its parent, and where to climb from.
    fn step(&mut self, path: &Path, cause: &str, one: &Go) -> (Did, String) {
        let here = self.address(path);
        let mut node = self.node(path).clone();
        let was = node.ended;
        let mut did = Did::default();
        self.take(&mut node, one, &here, &mut did);
        let ended = node.ended && !was;
        *self.node_mut(path) = node;
        if let Some(((invoke, _), outer)) = path.split_last() {
            let mut parent = self.node(outer).clone();
            for (order, event) in std::mem::take(&mut did.parent) {
                parent.sent.push(Sent { order, event, to: To::Here });
            }
            if ended {
                self.done(&mut parent, *invoke);
            }
            *self.node_mut(outer) = parent;
        }
        self.climb_from(path.clone(), did.births, &did.lookers);
        let said = line(&here, cause, &did);
        (did, said)
    }

    fn climb_from(&mut self, path: Path, births: bool, lookers: &[String]) {
        let outward = self.climbing.is_empty();
        self.climbing.push((path, births, outward));
        for looker in lookers.iter().rev() {
            let all = self.all();
            let path = all.into_iter().find(|path| self.address(path) == *looker).unwrap();
            self.climbing.push((path, true, false));
        }
    }

    fn logged(&mut self, path: &Path, cause: &str, one: &Go) {
        let (did, said) = self.step(path, cause, one);
        self.log.push(said);
        self.log.extend(did.inner);
    }

    fn go_for(&self, node: &Node, event: &str) -> Option<Go> {
        let file = &self.files[node.file];
        if let Some(invoke) = event.strip_prefix("done.invoke.c") {
            let acts = vec![Act::Emit(format!("done{invoke}"))];
            return Some(Go { guard: Guard::Always, target: None, acts });
        }
        let on = file.states[node.state].on.iter();
        on.clone().find(|(number, _)| format!("e{number}") == event).map(|(_, one)| one.clone())
    }

    /// An event that was sent, at a case. `done.invoke` has no count of its own.
    fn receive(&mut self, path: &Path, event: &str) {
        let node = self.node(path);
        let found = if node.ended { None } else { self.go_for(node, event) };
        let here = self.address(path);
        match found {
            None => self.log.push(format!("{here} {event} NotExpected")),
            Some(one) if !self.holds(node, &one.guard) => {
                self.log.push(format!("{here} {event} Blocked"));
            }
            Some(one) if event.starts_with("done") => {
                self.node_mut(path).n -= 1;
                self.logged(path, event, &one);
            }
            Some(one) => self.logged(path, event, &one),
        }
    }

    fn all(&self) -> Vec<Path> {
        // Children before parents, sisters in order.
        fn walk(node: &Node, here: &Path, found: &mut Vec<Path>) {
            for (invoke, kids) in node.broods.iter().enumerate() {
                for (at, kid) in kids.iter().flatten().enumerate() {
                    let mut there = here.clone();
                    there.push((invoke, at));
                    walk(&kid.node, &there, found);
                }
            }
            found.push(here.clone());
        }
        let mut found = Vec::new();
        walk(&self.root, &Vec::new(), &mut found);
        found
    }

    fn term(&self, path: &Path) -> Option<(i64, String, Go)> {
        let node = self.node(path);
        let (days, one) = self.files[node.file].states[node.state].after.as_ref()?;
        let open = !node.ended && !node.taken;
        open.then(|| (node.since + days, format!("term P{days}D"), one.clone()))
    }

    fn try_term(&mut self, path: &Path) -> bool {
        let Some((due, cause, one)) = self.term(path) else { return false };
        let now = self.now;
        self.now = due.max(now);
        if !self.holds(self.node(path), &one.guard) {
            self.now = now;
            self.node_mut(path).tried = true;
            return false;
        }
        self.node_mut(path).taken = true;
        self.logged(path, &cause, &one);
        true
    }

    /// Whether it comes to rest.
    fn settle(&mut self, until: i64) -> bool {
        (0..300).any(|_| !(self.climb() || self.next(until)))
    }

    fn climb(&mut self) -> bool {
        while let Some((path, looks, outward)) = self.climbing.pop() {
            if let Some((_, outer)) = path.split_last().filter(|_| outward) {
                self.climbing.push((outer.to_vec(), true, true));
            }
            if looks {
                self.climbing.push((path.clone(), false, false));
                let node = self.node(&path);
                let always = self.files[node.file].states[node.state].always.clone();
                if let Some(always) = always
                    && !node.ended
                    && self.holds(node, &always.guard)
                {
                    self.logged(&path, "looks", &always);
                    return true;
                }
            } else if self.node(&path).tried && self.try_term(&path) {
                return true;
            }
        }
        false
    }

    fn next(&mut self, until: i64) -> bool {
        loop {
            let terms = self.all().into_iter().filter(|path| !self.node(path).tried);
            let mut terms: Vec<(i64, Path)> = terms
                .filter_map(|path| self.term(&path).map(|(due, ..)| (due, path)))
                .filter(|(due, _)| *due <= until)
                .collect();
            terms.sort_by_key(|(due, _)| *due);
            let sent = self.all().into_iter();
            let sent = sent.flat_map(|path| {
                self.node(&path)
                    .sent
                    .iter()
                    .map(|sent| (sent.order, path.clone()))
                    .collect::<Vec<_>>()
            });
            let sent = sent.min();
            match (terms.first().cloned(), sent) {
                (Some((due, path)), sent) if due <= self.now || sent.is_none() => {
                    if self.try_term(&path) {
                        return true;
                    }
                }
                (_, Some((order, path))) => {
                    self.take_sent(order, &path);
                    return true;
                }
                (None, None) => return false,
                (Some(_), None) => unreachable!(),
            }
        }
    }

    fn take_sent(&mut self, order: u64, path: &Path) {
        let node = self.node_mut(path);
        let place = node.sent.iter().position(|sent| sent.order == order).unwrap();
        let sent = node.sent[place].clone();
        match sent.to {
            To::Here => {
                node.sent.remove(place);
                self.receive(path, &sent.event);
            }
            To::One(invoke, key) => {
                node.sent.remove(place);
                let kids = node.broods[invoke].iter().flatten();
                match kids.clone().position(|kid| kid.key == key) {
                    Some(at) => {
                        let mut there = path.clone();
                        there.push((invoke, at));
                        self.receive(&there, &sent.event);
                    }
                    None => {
                        let there = join(&self.address(path), invoke, &key);
                        self.log.push(format!("{there} {} NotExpected", sent.event));
                    }
                }
            }
            To::All(invoke, from, end, round) => {
                let kids = node.broods[invoke].as_ref().filter(|_| node.rounds[invoke] == round);
                let end = end.or(kids.map(Vec::len)).unwrap_or(0);
                let found = kids.and_then(|kids| {
                    (from..end).find(|at| kids.get(*at).is_some_and(|kid| !kid.node.ended))
                });
                let Some(at) = found else {
                    node.sent.remove(place);
                    return;
                };
                node.sent[place].to = To::All(invoke, at + 1, Some(end), round);
                let mut there = path.clone();
                there.push((invoke, at));
                self.receive(&there, &sent.event);
            }
        }
    }
}

fn join(here: &str, invoke: usize, key: &str) -> String {
    match here {
        "·" => format!("c{invoke}/{key}"),
        _ => format!("{here}/c{invoke}/{key}"),
    }
}

fn line(here: &str, cause: &str, did: &Did) -> String {
    let emitted: String = did.emitted.iter().map(|name| format!("!{name}")).collect();
    let said = format!("{here} {cause} {}{emitted}", did.entered.join("+"));
    said.trim_end().to_owned()
}

// ---------------------------------------------------------------- at random

pub struct Tape<'t>(pub std::slice::Iter<'t, u16>);

impl Tape<'_> {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0.next().map_or(0, |roll| usize::from(*roll) % bound.max(1))
    }

    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }
}

/// Files of which each invokes later ones.
pub fn files(tape: &mut Tape) -> Vec<File> {
    let count = 2 + tape.below(2);
    let sizes: Vec<usize> = (0..count).map(|_| 2 + tape.below(3)).collect();
    let mut label = 0;
    (0..count)
        .map(|number| {
            let size = sizes[number];
            let mut invokes = Vec::new();
            if number + 1 < count {
                for _ in 0..1 + tape.below(2) {
                    let of = number + 1 + tape.below(count - number - 1);
                    let state = if tape.once_in(2) { None } else { Some(tape.below(size - 1)) };
                    invokes.push(Invoke { state, of, each: !tape.once_in(3) });
                }
                // As the format numbers them: those of the file first, then in the order of states.
                invokes.sort_by_key(|one| one.state.map_or(0, |state| state + 1));
            }
            let mut file =
                File { states: Vec::new(), invokes, hears_done: tape.once_in(2), exit: Vec::new() };
            let has_last = number > 0 || tape.once_in(2);
            for at in 0..size {
                let last = has_last && at + 1 == size;
                let mut state = State { last, ..State::default() };
                state.entry = acts(tape, &file, number, &mut label, 3);
                if !last {
                    state.exit = acts(tape, &file, number, &mut label, 4);
                    for event in 0..EVENTS {
                        if !tape.once_in(4) {
                            let one = random_go(tape, &file, &sizes, number, 0, &mut label);
                            state.on.push((event, one));
                        }
                    }
                    if at + 1 < size && tape.once_in(2) {
                        // Onward only, so that it ends.
                        let mut one = random_go(tape, &file, &sizes, number, at + 1, &mut label);
                        one.target = one.target.or(Some(at + 1));
                        // What children do is what it waits for.
                        if !file.invokes.is_empty() && tape.once_in(2) {
                            let invoke = tape.below(file.invokes.len());
                            one.guard = Guard::SomeActed(invoke, 1 + tape.below(2) as i64);
                        }
                        state.always = Some(one);
                    }
                    if tape.once_in(2) {
                        let one = random_go(tape, &file, &sizes, number, 0, &mut label);
                        state.after = Some((1 + tape.below(3) as i64, one));
                    }
                }
                file.states.push(state);
            }
            file.exit = acts(tape, &file, number, &mut label, 4);
            file
        })
        .collect()
}

fn acts(tape: &mut Tape, file: &File, number: usize, label: &mut usize, rare: usize) -> Vec<Act> {
    let mut found = Vec::new();
    if !tape.once_in(rare) {
        return found;
    }
    for _ in 0..1 + tape.below(2) {
        let event = tape.below(EVENTS);
        *label += 1;
        let invoke = tape.below(file.invokes.len());
        found.push(match tape.below(6) {
            0 => Act::Own(event),
            1 if number > 0 => Act::Parent(event),
            2 if !file.invokes.is_empty() => Act::All(invoke, event),
            3 if !file.invokes.is_empty() => {
                let key = if tape.once_in(3) { "1".into() } else { format!("k{}", tape.below(4)) };
                Act::One(invoke, key, event)
            }
            4 => Act::Push(format!("k{}", 1 + tape.below(3))),
            _ => Act::Emit(format!("x{label}")),
        });
    }
    found
}

fn random_go(
    tape: &mut Tape,
    file: &File,
    sizes: &[usize],
    number: usize,
    from: usize,
    label: &mut usize,
) -> Go {
    let size = sizes[number];
    let target = (!tape.once_in(3)).then(|| from + tape.below(size - from));
    let invoke = tape.below(file.invokes.len());
    let guard = match tape.below(8) {
        0 | 1 => Guard::Acted(tape.below(4) as i64),
        2 | 3 if !file.invokes.is_empty() => Guard::Children(invoke, 1 + tape.below(3)),
        4 if !file.invokes.is_empty() => Guard::AllDone(invoke),
        5 if !file.invokes.is_empty() => {
            let of = file.invokes[invoke].of;
            Guard::SomeIn(invoke, name(of, tape.below(sizes[of])))
        }
        6 if !file.invokes.is_empty() => Guard::SomeActed(invoke, 1 + tape.below(3) as i64),
        _ => Guard::Always,
    };
    Go { guard, target, acts: acts(tape, file, number, label, 2) }
}

pub fn load(files: &[File], first: usize) -> Workflow {
    let texts: Vec<String> = files.iter().enumerate().map(|(at, file)| file.json(at)).collect();
    let mut resolve = |path: &str| {
        let at: usize = path.trim_end_matches(".json").parse().unwrap();
        Ok(texts[at].clone())
    };
    let name = format!("{first}.json");
    let found = Workflow::load(&name, &texts[first], &mut resolve, &Limits::default());
    found.unwrap_or_else(|report| panic!("{report}\n{}", texts.join("\n")))
}

pub fn days(count: i64) -> Duration {
    format!("P{count}D").parse().unwrap()
}

/// Runs both and compares every answer.
fn compare(files: &[File], tape: &mut Tape, seen: &mut Seen) {
    let workflow = load(files, 0);
    let root = Node {
        file: 0,
        state: 0,
        n: 0,
        list: Vec::new(),
        since: 0,
        taken: false,
        tried: false,
        ended: false,
        broods: Vec::new(),
        rounds: Vec::new(),
        sent: Vec::new(),
    };
    let mut world = World { files, root, now: 0, order: 0, climbing: Vec::new(), log: Vec::new() };
    let (node, log, _, mut lookers) = world.born(0, "·");
    world.root = node;
    let births = lookers.last().is_some_and(|last| last == "·");
    lookers.retain(|looker| looker != "·");
    world.climb_from(Vec::new(), births, &lookers);
    world.log.extend(log.into_iter().skip(1));
    if !world.settle(0) {
        return;
    }
    let (mut case, begun) = begin(&workflow, &[]);
    assert_eq!(told(&begun), std::mem::take(&mut world.log));
    for _ in 0..6 + tape.below(10) {
        let paths = world.all();
        let answer;
        if tape.once_in(3) {
            let length = 1 + tape.below(3) as i64;
            let until = world.now + length;
            if !world.settle(until) {
                return;
            }
            world.now = until;
            if !world.settle(until) {
                return;
            }
            answer = case.advance(days(length));
        } else {
            let path = &paths[tape.below(paths.len())];
            let name = format!("e{}", tape.below(EVENTS));
            let here = world.address(path);
            let sent: Event = event(&name);
            let now = world.now;
            let node = world.node(path);
            let found = if node.ended { None } else { world.go_for(node, &name) };
            let mut own = None;
            let outcome = match found {
                None => Outcome::NotExpected,
                Some(one) if !world.holds(node, &one.guard) => Outcome::Blocked,
                Some(one) => {
                    let (did, said) = world.step(path, &name, &one);
                    world.log.extend(did.inner);
                    own = Some(said);
                    Outcome::Moved
                }
            };
            if !world.settle(now) {
                return;
            }
            answer = case.fire(&if path.is_empty() { sent } else { sent.to(&here) });
            assert_eq!(answer.outcome, outcome, "{here} {name} {:?}", answer.problems);
            if let Some(said) = own {
                let own = &answer.effects;
                let emitted: String =
                    own.emitted.iter().map(|one| format!("!{}", one.name)).collect();
                let entered = own.entered.join("+");
                assert_eq!(said, format!("{here} {name} {entered}{emitted}").trim_end());
            }
            seen.moved += usize::from(outcome == Outcome::Moved);
        }
        assert!(answer.problems.is_empty(), "{:?}", answer.problems);
        let steps = told(&answer);
        for (kind, word) in [
            (&mut seen.looks, " looks"),
            (&mut seen.stops, " stops"),
            (&mut seen.dones, "done.invoke"),
        ] {
            *kind += steps.iter().filter(|step| step.contains(word)).count();
        }
        assert_eq!(steps, std::mem::take(&mut world.log));
        for path in world.all() {
            let node = world.node(&path);
            let here = world.address(&path);
            let here = if path.is_empty() { "" } else { here.as_str() };
            assert_eq!(states(&case, here), [name(node.file, node.state)], "{here}");
            let child = case.at(here).unwrap();
            assert_eq!(child.fact("n"), Some(Value::Integer(node.n)), "{here}");
            assert_eq!(child.is_ended(), node.ended, "{here}");
        }
        assert_eq!(case.addresses().len() + 1, world.all().len());
    }
    seen.cases += world.all().len();
}

#[derive(Debug, Default)]
struct Seen {
    cases: usize,
    moved: usize,
    looks: usize,
    stops: usize,
    dones: usize,
}

#[test]
fn random_wholes_run_as_a_naive_interpreter_says() {
    let config = ProptestConfig { cases: 150, failure_persistence: None, ..Default::default() };
    let mut runner = proptest::test_runner::TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::from_seed(
            proptest::test_runner::RngAlgorithm::ChaCha,
            &[15; 32],
        ),
    );
    let seen = std::cell::RefCell::new(Seen::default());
    let tapes = prop::collection::vec(any::<u16>(), 100..700);
    runner
        .run(&tapes, |tape| {
            let tape = &mut Tape(tape.iter());
            let files = files(tape);
            compare(&files, tape, &mut seen.borrow_mut());
            Ok(())
        })
        .unwrap();
    let Seen { cases, moved, looks, stops, dones } = seen.into_inner();
    let all = format!("{cases} {moved} {looks} {stops} {dones}");
    assert!(cases > 300 && moved > 150 && looks > 15 && stops > 25 && dones > 10, "{all}");
}

/// A child inside gives the answers that it gives alone to the same events at the same times.
#[test]
fn a_child_inside_is_as_it_is_alone() {
    let config = ProptestConfig { cases: 60, failure_persistence: None, ..Default::default() };
    let mut runner = proptest::test_runner::TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::from_seed(
            proptest::test_runner::RngAlgorithm::ChaCha,
            &[16; 32],
        ),
    );
    let tapes = prop::collection::vec(any::<u16>(), 100..500);
    runner
        .run(&tapes, |tape| {
            let tape = &mut Tape(tape.iter());
            let mut files = files(tape);
            // The whole does nothing but hold them.
            files[0].invokes = vec![Invoke { state: None, of: 1, each: true }];
            files[0].states = vec![State::default()];
            (files[0].exit, files[0].hears_done) = (Vec::new(), false);
            let start = |first| Case::start(&load(&files, first), None, Default::default());
            let (Ok((mut whole, begun)), Ok((mut alone, first))) = (start(0), start(1)) else {
                return Ok(());
            };
            let inside = |answer: &tresteg::Decision| -> Vec<String> {
                let steps = told(answer).into_iter();
                steps.filter_map(|step| Some(format!("/{}", step.strip_prefix("c0/k0")?))).collect()
            };
            let outside = |answer: &tresteg::Decision| -> Vec<String> {
                let steps = told(answer).into_iter();
                steps
                    .map(|step| match step.strip_prefix('·') {
                        Some(own) => format!("/{own}"),
                        None => format!("//{step}"),
                    })
                    .collect()
            };
            let own: Vec<String> = inside(&begun).into_iter().skip(1).collect();
            assert_eq!(own, outside(&first));
            for _ in 0..12 {
                if tape.once_in(3) {
                    let length = days(1 + tape.below(3) as i64);
                    let (one, other) = (whole.advance(length), alone.advance(length));
                    if !one.problems.is_empty() || !other.problems.is_empty() {
                        return Ok(());
                    }
                    assert_eq!(inside(&one), outside(&other));
                } else if tape.once_in(3) {
                    // A sister is nothing to it.
                    let sent = event(&format!("e{}", tape.below(EVENTS))).to("c0/k1");
                    assert!(inside(&whole.fire(&sent)).is_empty());
                } else {
                    let sent = event(&format!("e{}", tape.below(EVENTS)));
                    let (one, other) = (whole.fire(&sent.clone().to("c0/k0")), alone.fire(&sent));
                    if !one.problems.is_empty() || !other.problems.is_empty() {
                        return Ok(());
                    }
                    assert_eq!(one.outcome, other.outcome);
                    assert_eq!(one.effects.entered, other.effects.entered);
                    assert_eq!(one.effects.emitted, other.effects.emitted);
                    assert_eq!(inside(&one), outside(&other));
                }
                let child = whole.at("c0/k0").unwrap();
                assert_eq!(child.states(), alone.states());
                assert_eq!(child.facts(), alone.facts());
                assert_eq!(child.factors(), alone.factors());
                assert_eq!(child.terms().len(), alone.terms().len());
            }
            Ok(())
        })
        .unwrap();
}
