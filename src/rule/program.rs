//! A script as it is evaluated: names are numbers, types are known as far as they can be.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::run::Code;
use super::syntax::{Binary, Extent};
use crate::definition::model::Script;
use crate::diagnostic::Span;
use crate::table::{FactId, FactorId, ParameterId, StateId};
use crate::value::Value;
pub(crate) use crate::vocabulary::{Builtin, Each, Mutation};

/// A checked script.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    pub script: Script,
    pub root: Node,
    /// Local variables that live at once.
    pub slots: u32,
    /// Nesting, through everything that it reads.
    pub depth: u32,
    /// What it reads itself; [`Rules::reads`](super::Rules::reads) says what it reads through others too.
    pub reads: Reads,
    /// Facts that its actions may change.
    pub writes: BTreeSet<FactId>,
    /// Of a guard: the rule as it runs, where it has been compiled.
    pub code: Option<Arc<Code>>,
}

impl Program {
    /// Where a node stands in the file.
    pub fn span(&self, at: Extent) -> Span {
        self.script.span(at.start as usize, at.end as usize)
    }

    /// Whether it asks only whether something is known.
    pub fn asks_knowledge(&self) -> bool {
        matches!(self.root.op, Op::Known(_))
    }

    /// What was written there.
    pub fn text(&self, at: Extent) -> &str {
        at.of(&self.script.text)
    }
}

/// What actions ask for besides assigning facts, each name once, in the order of the script.
#[derive(Debug, Default)]
pub(crate) struct ActionRequests {
    pub emits: Vec<String>,
    /// Raised ones too.
    pub sends: Vec<String>,
    /// Events for other cases: for the children of an `invoke`, by its number, or for the parent.
    pub tells: Vec<(Option<u32>, String)>,
}

impl Program {
    pub fn asks(&self) -> ActionRequests {
        let mut asks = ActionRequests::default();
        let mut waiting = vec![&self.root];
        while let Some(node) = waiting.pop() {
            let found = match &node.op {
                Op::Emit { name, .. } => Some((&mut asks.emits, name)),
                Op::Raise { event, .. } | Op::Send { event, .. } => Some((&mut asks.sends, event)),
                Op::Tell { to, event, .. } => {
                    let told = (to.invoke(), event.to_string());
                    if !asks.tells.contains(&told) {
                        asks.tells.push(told);
                    }
                    None
                }
                _ => None,
            };
            if let Some((names, name)) = found
                && !names.iter().any(|known| **known == **name)
            {
                names.push(name.to_string());
            }
            waiting.extend(node.children().into_iter().rev());
        }
        asks
    }
}

/// What a program reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Reads {
    /// Derived facts too.
    pub facts: BTreeSet<FactId>,
    pub parameters: BTreeSet<ParameterId>,
    pub factors: BTreeSet<FactorId>,
    /// By number in [`Definition::functions`](crate::definition::model::Definition::functions).
    pub functions: BTreeSet<u32>,
    /// `now` or `today`.
    pub now: bool,
    /// `last`, `count`, `who`, `since`.
    pub past: bool,
    /// `active`.
    pub active: bool,
    /// `event`.
    pub event: bool,
    /// `children`.
    pub family: bool,
}

impl Reads {
    /// Takes in what another reads. Whether that was anything new.
    pub fn extend(&mut self, other: &Self) -> bool {
        let size = |reads: &Self| {
            let flags = [reads.now, reads.past, reads.active, reads.event, reads.family];
            let sets = reads.facts.len()
                + reads.parameters.len()
                + reads.factors.len()
                + reads.functions.len();
            sets + flags.into_iter().filter(|flag| *flag).count()
        };
        let before = size(self);
        self.facts.extend(&other.facts);
        self.parameters.extend(&other.parameters);
        self.factors.extend(&other.factors);
        self.functions.extend(&other.functions);
        self.now |= other.now;
        self.past |= other.past;
        self.active |= other.active;
        self.event |= other.event;
        self.family |= other.family;
        size(self) > before
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub at: Extent,
    pub op: Op,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Op {
    /// What is left where the checker found a problem, and `()`.
    Nothing,
    Constant(Value),
    Fact(FactId),
    Parameter(ParameterId),
    Factor(FactorId),
    Local(u32),
    Now,
    Today,
    Event(EventPart),
    /// An entry of the event's data.
    Data(Arc<str>),
    List(Vec<Node>),
    Record(Vec<(Arc<str>, Node)>),
    Property(Box<Node>, Arc<str>),
    Item(Box<Node>, Box<Node>),
    Call(Builtin, Vec<Node>),
    /// A list and a closure that is asked for each of its items.
    Each {
        each: Each,
        list: Box<Node>,
        item: u32,
        body: Box<Node>,
    },
    /// A function of the file, by its number.
    Function(u32, Vec<Node>),
    Not(Box<Node>),
    Minus(Box<Node>),
    Binary {
        op: Binary,
        op_at: Extent,
        left: Box<Node>,
        right: Box<Node>,
    },
    And(Vec<Node>),
    Or(Vec<Node>),
    Coalesce(Vec<Node>),
    /// Item, list or text.
    In {
        item: Box<Node>,
        list: Box<Node>,
        negated: bool,
    },
    Range {
        from: Box<Node>,
        to: Box<Node>,
        inclusive: bool,
    },
    Known(Box<Node>),
    Last(Arc<str>),
    Count(Arc<str>),
    Who(Arc<str>),
    Since(StateId),
    Active(StateId),
    /// What one of the `was(…)` of a claim came to, by its number there.
    Was(u32),
    /// The children of an `invoke`, by its number.
    Children(u32),
    Block(Vec<Node>),
    If {
        condition: Box<Node>,
        then: Box<Node>,
        otherwise: Option<Box<Node>>,
    },
    Switch {
        subject: Box<Node>,
        arms: Vec<Arm>,
    },
    Let {
        slot: u32,
        value: Option<Box<Node>>,
    },
    Assign {
        place: Place,
        op: Option<Binary>,
        op_at: Extent,
        value: Box<Node>,
    },
    While {
        condition: Option<Box<Node>>,
        body: Box<Node>,
    },
    Do {
        body: Box<Node>,
        condition: Box<Node>,
        until: bool,
    },
    For {
        item: u32,
        counter: Option<u32>,
        list: Box<Node>,
        body: Box<Node>,
    },
    Return(Option<Box<Node>>),
    Break,
    Continue,
    Mutate {
        mutation: Mutation,
        place: Place,
        args: Vec<Node>,
    },
    Forget(FactId),
    Raise {
        event: Arc<str>,
        data: Option<Box<Node>>,
    },
    Send {
        event: Arc<str>,
        when: Option<Box<Node>>,
        data: Option<Box<Node>>,
    },
    Cancel(Arc<str>),
    /// An event for another case.
    Tell {
        to: Told,
        event: Arc<str>,
        data: Option<Box<Node>>,
    },
    Emit {
        name: Arc<str>,
        data: Option<Box<Node>>,
    },
}

/// Whom an event is for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Told {
    /// All children of an `invoke`.
    All(u32),
    /// The one of this key.
    One(u32, Box<Node>),
    Parent,
}

impl Told {
    /// The number of the `invoke` of those that it is for; `None` for the parent.
    pub fn invoke(&self) -> Option<u32> {
        match self {
            Self::All(invoke) | Self::One(invoke, _) => Some(*invoke),
            Self::Parent => None,
        }
    }
}

/// One line of a `switch`; no cases is `_`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Arm {
    pub cases: Vec<Node>,
    pub condition: Option<Node>,
    pub body: Node,
}

/// What an action changes: a fact or variable, or something inside it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Place {
    pub at: Extent,
    pub root: Root,
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Root {
    Fact(FactId),
    Local(u32),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    Property(Arc<str>),
    Item(Node),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EventPart {
    Name,
    Actor,
    At,
    Date,
}

impl Node {
    pub fn new(at: Extent, op: Op) -> Self {
        Self { at, op }
    }

    /// With which pattern it asks who sent events, where it is such a list.
    pub fn asked_senders(&self) -> Option<&Arc<str>> {
        match &self.op {
            Op::Who(pattern) => Some(pattern),
            Op::Call(Builtin::Person, args) => args.first().and_then(Self::asked_senders),
            _ => None,
        }
    }

    /// The nodes directly below.
    pub fn children(&self) -> Vec<&Self> {
        match &self.op {
            Op::List(nodes)
            | Op::And(nodes)
            | Op::Or(nodes)
            | Op::Coalesce(nodes)
            | Op::Block(nodes)
            | Op::Call(_, nodes)
            | Op::Function(_, nodes) => nodes.iter().collect(),
            Op::Record(entries) => entries.iter().map(|(_, node)| node).collect(),
            Op::Property(node, _) | Op::Not(node) | Op::Minus(node) | Op::Known(node) => vec![node],
            Op::Item(a, b) => vec![a, b],
            Op::Each { list, body, .. } | Op::For { list, body, .. } => vec![list, body],
            Op::Binary { left, right, .. } => vec![left, right],
            Op::In { item, list, .. } => vec![item, list],
            Op::Range { from, to, .. } => vec![from, to],
            Op::If { condition, then, otherwise } => {
                let mut nodes: Vec<&Self> = vec![condition, then];
                nodes.extend(otherwise.as_deref());
                nodes
            }
            Op::Switch { subject, arms } => {
                let mut nodes: Vec<&Self> = vec![subject];
                for arm in arms {
                    nodes.extend(&arm.cases);
                    nodes.extend(&arm.condition);
                    nodes.push(&arm.body);
                }
                nodes
            }
            Op::Let { value, .. } | Op::Return(value) => value.iter().map(|node| &**node).collect(),
            Op::Assign { place, value, .. } => {
                let mut nodes = place.nodes();
                nodes.push(value);
                nodes
            }
            Op::While { condition, body } => {
                let mut nodes: Vec<&Self> = condition.iter().map(|node| &**node).collect();
                nodes.push(body);
                nodes
            }
            Op::Do { body, condition, .. } => vec![body, condition],
            Op::Mutate { place, args, .. } => {
                let mut nodes = place.nodes();
                nodes.extend(args);
                nodes
            }
            Op::Raise { data, .. } | Op::Emit { data, .. } => {
                data.iter().map(|node| &**node).collect()
            }
            Op::Tell { to, data, .. } => {
                let key = match to {
                    Told::One(_, key) => Some(key),
                    Told::All(_) | Told::Parent => None,
                };
                key.into_iter().chain(data).map(|node| &**node).collect()
            }
            Op::Send { when, data, .. } => when.iter().chain(data).map(|node| &**node).collect(),
            Op::Nothing
            | Op::Constant(_)
            | Op::Fact(_)
            | Op::Parameter(_)
            | Op::Factor(_)
            | Op::Local(_)
            | Op::Now
            | Op::Today
            | Op::Event(_)
            | Op::Data(_)
            | Op::Last(_)
            | Op::Count(_)
            | Op::Who(_)
            | Op::Since(_)
            | Op::Active(_)
            | Op::Was(_)
            | Op::Children(_)
            | Op::Break
            | Op::Continue
            | Op::Forget(_)
            | Op::Cancel(_) => Vec::new(),
        }
    }

    /// Nesting below and including this, as far as running it recurses: through chains of operators and of `else if` it
    /// does not.
    pub fn depth(&self) -> u32 {
        let mut deepest = 0;
        let mut waiting = vec![(self, 1_u32)];
        while let Some((node, depth)) = waiting.pop() {
            deepest = deepest.max(depth);
            let chained = match &node.op {
                Op::Binary { left, .. } => Some(&**left),
                Op::If { otherwise, .. } => otherwise.as_deref(),
                _ => None,
            };
            let is_chained = |child: &Self| {
                chained.is_some_and(|chained| std::ptr::eq(chained, child))
                    && std::mem::discriminant(&child.op) == std::mem::discriminant(&node.op)
            };
            let children = node.children().into_iter();
            waiting.extend(children.map(|child| {
                (child, if is_chained(child) { depth } else { depth.saturating_add(1) })
            }));
        }
        deepest
    }
}

impl Place {
    /// What stands there.
    pub fn read(&self) -> Node {
        let root = match self.root {
            Root::Fact(id) => Op::Fact(id),
            Root::Local(slot) => Op::Local(slot),
        };
        self.steps.iter().fold(Node::new(self.at, root), |inner, step| {
            let inner = Box::new(inner);
            Node::new(
                self.at,
                match step {
                    Step::Property(name) => Op::Property(inner, name.clone()),
                    Step::Item(item) => Op::Item(inner, Box::new(item.clone())),
                },
            )
        })
    }

    fn nodes(&self) -> Vec<&Node> {
        self.steps
            .iter()
            .filter_map(|step| match step {
                Step::Item(node) => Some(node),
                Step::Property(_) => None,
            })
            .collect()
    }
}

/// What reads other rules: facts, factors and functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rule {
    Fact(FactId),
    Factor(FactorId),
    Function(u32),
}
