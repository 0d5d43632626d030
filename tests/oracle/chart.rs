//! A small chart as plain data, and how it is written as a workflow file.

use super::json::Json;

/// Boolean facts that may be unknown.
pub const FACTS: [&str; 4] = ["f0", "f1", "f2", "f3"];
/// Factors over them.
pub const FACTORS: [&str; 2] = ["g0", "g1"];
/// The name of the file's own state in the oracle; the `id` of the file.
pub const FILE: &str = "file";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Atomic,
    Compound,
    Parallel,
    Final,
    Shallow,
    Deep,
}

/// A condition, three-valued.
#[derive(Debug, Clone)]
pub enum Cond {
    Fact(usize),
    Less(i64),
    Even,
    Active(String),
    Known(usize),
    /// Fewer than so many accepted events of this name.
    Count(String, i64),
    Factor(usize),
    /// The fact, or this where it is unknown.
    OrElse(usize, bool),
    Not(Box<Cond>),
    And(Box<Cond>, Box<Cond>),
    Or(Box<Cond>, Box<Cond>),
}

#[derive(Debug, Clone)]
pub enum Act {
    Emit(String),
    Raise(String),
    Add(i64),
    Set(usize, bool),
    Forget(usize),
    /// Emits only where a condition that is always decided holds.
    EmitIf(Cond, String),
    /// Reads a fact: where it is unknown the step fails.
    Read(usize, String),
}

#[derive(Debug, Clone, Default)]
pub struct Transition {
    /// Patterns as written; empty for `always`.
    pub events: Vec<String>,
    pub targets: Vec<String>,
    pub guard: Option<Cond>,
    pub requires: Vec<Requirement>,
    pub actions: Vec<Act>,
    pub internal: bool,
}

#[derive(Debug, Clone)]
pub enum Requirement {
    Fact(usize),
    Factor(usize),
}

/// How the `on` of a state is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// By name: the more specific name wins.
    Object,
    /// In document order.
    List,
}

#[derive(Debug, Clone)]
pub struct State {
    pub name: String,
    pub kind: Kind,
    pub parent: Option<String>,
    pub children: Vec<String>,
    /// Where a compound state begins; of a history state, its default.
    pub initial: Vec<String>,
    pub initial_actions: Vec<Act>,
    pub entry: Vec<Act>,
    pub exit: Vec<Act>,
    pub done: Vec<Transition>,
    pub form: Form,
    /// As written.
    pub on: Vec<Transition>,
    pub always: Vec<Transition>,
}

#[derive(Debug, Clone)]
pub struct Chart {
    /// In document order, outer states first.
    pub states: Vec<State>,
    /// The guard of `g0`.
    pub factor: Cond,
    /// `g1`: so many of these facts, and of `g0` where told.
    pub of: (Vec<usize>, bool, i64),
    /// Facts that begin as false.
    pub defaults: Vec<usize>,
    /// Whether the file declares its events; only then may they carry facts.
    pub declared: bool,
}

impl Chart {
    pub fn state(&self, name: &str) -> &State {
        self.states.iter().find(|state| state.name == name).unwrap()
    }

    pub fn to_json(&self) -> String {
        let mut file = vec![
            ("id".to_owned(), Json::text(FILE)),
            ("facts".to_owned(), self.facts()),
            ("factors".to_owned(), self.factors()),
        ];
        if self.declared {
            let sets = || Json::List(FACTS.iter().map(|fact| Json::text(*fact)).collect());
            let event =
                |name: &str| (name.to_owned(), Json::Object(vec![("sets".to_owned(), sets())]));
            file.push((
                "events".to_owned(),
                Json::Object(["a", "b", "c", "ab"].iter().map(|name| event(name)).collect()),
            ));
        }
        file.extend(self.body(&self.states[0]));
        Json::Object(file).to_string()
    }

    fn facts(&self) -> Json {
        let mut facts: Vec<(String, Json)> = FACTS
            .iter()
            .enumerate()
            .map(|(index, fact)| {
                let mut declared = vec![("type".to_owned(), Json::text("boolean"))];
                if self.defaults.contains(&index) {
                    declared.push(("default".to_owned(), Json::Bool(false)));
                }
                ((*fact).to_owned(), Json::Object(declared))
            })
            .collect();
        let counter = vec![
            ("type".to_owned(), Json::text("integer")),
            ("default".to_owned(), Json::Number(0)),
        ];
        facts.push(("n".to_owned(), Json::Object(counter)));
        Json::Object(facts)
    }

    fn factors(&self) -> Json {
        let (facts, with_factor, at_least) = &self.of;
        let mut of: Vec<Json> = facts.iter().map(|fact| Json::text(FACTS[*fact])).collect();
        if *with_factor {
            of.push(Json::text(FACTORS[0]));
        }
        Json::Object(vec![
            (
                FACTORS[0].to_owned(),
                Json::Object(vec![("guard".to_owned(), Json::text(self.factor.to_string()))]),
            ),
            (
                FACTORS[1].to_owned(),
                Json::Object(vec![
                    ("of".to_owned(), Json::List(of)),
                    ("at_least".to_owned(), Json::Number(*at_least)),
                ]),
            ),
        ])
    }

    fn body(&self, state: &State) -> Vec<(String, Json)> {
        let mut body = Vec::new();
        let mut put = |key: &str, value: Json| body.push((key.to_owned(), value));
        match state.kind {
            Kind::Parallel => put("type", Json::text("parallel")),
            Kind::Final => put("type", Json::text("final")),
            Kind::Shallow | Kind::Deep => {
                put("type", Json::text("history"));
                let depth = if state.kind == Kind::Deep { "deep" } else { "shallow" };
                put("history", Json::text(depth));
            }
            Kind::Atomic | Kind::Compound => {}
        }
        if !state.initial.is_empty() {
            let key = if state.kind == Kind::Compound { "initial" } else { "default" };
            put(key, entry(&state.initial, &state.initial_actions));
        }
        for (key, acts) in [("entry", &state.entry), ("exit", &state.exit)] {
            if !acts.is_empty() {
                put(key, script(acts));
            }
        }
        if !state.done.is_empty() {
            put("done", Json::List(state.done.iter().map(|one| one.to_json(false)).collect()));
        }
        if !state.on.is_empty() {
            put("on", state.on());
        }
        if !state.always.is_empty() {
            put("always", Json::List(state.always.iter().map(|one| one.to_json(false)).collect()));
        }
        if !state.children.is_empty() {
            let children = state.children.iter().map(|name| {
                let child = self.state(name);
                (child.name.clone(), Json::Object(self.body(child)))
            });
            put("states", Json::Object(children.collect()));
        }
        body
    }
}

impl State {
    fn on(&self) -> Json {
        if self.form == Form::List {
            return Json::List(self.on.iter().map(|one| one.to_json(true)).collect());
        }
        let mut names: Vec<&String> = self.on.iter().flat_map(|one| &one.events).collect();
        names.sort();
        names.dedup();
        let members = names.into_iter().map(|name| {
            let all: Vec<&Transition> =
                self.on.iter().filter(|one| one.events.contains(name)).collect();
            let value = match all.as_slice() {
                [one] if one.is_plain() => Json::text(&one.targets[0]),
                [one] => one.to_json(false),
                many => Json::List(many.iter().map(|one| one.to_json(false)).collect()),
            };
            (name.clone(), value)
        });
        Json::Object(members.collect())
    }

    /// The transitions with an event in the order in which they are tried.
    pub fn tried(&self) -> Vec<Transition> {
        let mut tried = self.done.clone();
        for one in &mut tried {
            one.events = vec![format!("done.state.{}", self.name)];
        }
        let mut on = self.on.clone();
        if self.form == Form::Object {
            // Longer names first; `*` last.
            on.sort_by_key(|one| {
                let name = one.events[0].trim_end_matches(".*");
                let tokens = if name == "*" { 0 } else { name.split('.').count() };
                std::cmp::Reverse(tokens)
            });
        }
        tried.extend(on);
        tried
    }
}

impl Transition {
    fn is_plain(&self) -> bool {
        self.targets.len() == 1
            && self.guard.is_none()
            && self.requires.is_empty()
            && self.actions.is_empty()
            && !self.internal
    }

    fn to_json(&self, with_event: bool) -> Json {
        let mut body = Vec::new();
        let mut put = |key: &str, value: Json| body.push((key.to_owned(), value));
        if with_event {
            put("event", Json::text(self.events.join(" ")));
        }
        match self.targets.as_slice() {
            [] => {}
            [one] => put("target", Json::text(one)),
            many => put("target", Json::texts(many)),
        }
        if let Some(guard) = &self.guard {
            put("guard", Json::text(guard.to_string()));
        }
        if !self.requires.is_empty() {
            let names = self.requires.iter().map(|one| match one {
                Requirement::Fact(fact) => Json::text(FACTS[*fact]),
                Requirement::Factor(factor) => Json::text(FACTORS[*factor]),
            });
            put("requires", Json::List(names.collect()));
        }
        if !self.actions.is_empty() {
            put("actions", script(&self.actions));
        }
        if self.internal {
            put("type", Json::text("internal"));
        }
        Json::Object(body)
    }
}

fn entry(targets: &[String], actions: &[Act]) -> Json {
    let names = match targets {
        [one] => Json::text(one),
        many => Json::texts(many),
    };
    if actions.is_empty() {
        return names;
    }
    Json::Object(vec![("target".to_owned(), names), ("actions".to_owned(), script(actions))])
}

fn script(acts: &[Act]) -> Json {
    let mut lines: Vec<Json> = acts.iter().map(|act| Json::text(act.to_string())).collect();
    match lines.len() {
        1 => lines.remove(0),
        _ => Json::List(lines),
    }
}

impl std::fmt::Display for Act {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Emit(name) => write!(f, "emit(`{name}`);"),
            Self::Raise(name) => write!(f, "raise(`{name}`);"),
            Self::Add(by) => write!(f, "n += {by};"),
            Self::Set(fact, to) => write!(f, "{} = {to};", FACTS[*fact]),
            Self::Forget(fact) => write!(f, "forget(`{}`);", FACTS[*fact]),
            Self::EmitIf(cond, name) => write!(f, "if {cond} {{ emit(`{name}`); }}"),
            Self::Read(fact, name) => write!(f, "if {} {{ emit(`{name}`); }}", FACTS[*fact]),
        }
    }
}

impl std::fmt::Display for Cond {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Fact(fact) => f.write_str(FACTS[*fact]),
            Self::Less(bound) => write!(f, "n < {bound}"),
            Self::Even => f.write_str("n % 2 == 0"),
            Self::Active(state) => write!(f, "active(`{state}`)"),
            Self::Known(fact) => write!(f, "known(`{}`)", FACTS[*fact]),
            Self::Count(event, bound) => write!(f, "count(`{event}`) < {bound}"),
            Self::Factor(factor) => f.write_str(FACTORS[*factor]),
            Self::OrElse(fact, other) => write!(f, "({} ?? {other})", FACTS[*fact]),
            Self::Not(one) => write!(f, "!({one})"),
            Self::And(one, two) => write!(f, "({one}) && ({two})"),
            Self::Or(one, two) => write!(f, "({one}) || ({two})"),
        }
    }
}
