//! From checked scripts to conditions: every node as the evaluator means it, for all situations at once.
//!
//! What is not understood makes conditions wider, never narrower: it may be any value, unknown, or fail.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::formula::{F, Formula};
use super::linear::{Lin, Number as Var, Variable};
use super::places::Places;
use super::rational::Ratio;
use super::symbol::{Outcomes, Symbol, Text, Verdicts};
use super::world::World;
use crate::definition::model::{Definition, EventDecl};
use crate::rule::program::{Node, Op, Program};
use crate::rule::{CaseHistory, Facts, Requirement, Rules};
use crate::table::{FactId, FactorId, StateId};

/// Nodes that are looked at for one workflow.
pub(super) const NODES: usize = 2_000_000;
/// Values of one expression that are told apart.
pub(super) const CASES: usize = 40;
/// Nesting of expressions.
pub(super) const DEPTH: usize = 100;

/// The event that rules are asked about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'w> {
    /// Its declaration, where there is just one, with its number.
    pub event: Option<(u32, &'w EventDecl)>,
}

/// A term of the calendar: a variable that is a function of sums.
#[derive(Debug, Clone)]
pub(super) struct Term {
    pub variable: Var,
    pub function: Function,
    pub of: Vec<Lin>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Function {
    Year,
    Month,
    Day,
    /// The day so many months later.
    Later(i64),
    /// The day that an instant falls on in the zone.
    DateOf,
    /// Whole months between two days, and whole years.
    Months,
    Years,
}

/// What is read of what happened, and of where the case stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Past {
    Last(Arc<str>),
    Count(Arc<str>),
    Since(StateId),
    Active(StateId),
}

/// One predicate that is asked of the items of a list.
#[derive(Debug, Clone)]
pub(super) struct Predicate<'w> {
    pub list: usize,
    pub asks: Asks<'w>,
    /// The event that it is asked about.
    pub event: Option<(u32, &'w EventDecl)>,
}

#[derive(Debug, Clone)]
pub(super) enum Asks<'w> {
    Closure { program: &'w Program, slot: u32, body: &'w Node, locals: Vec<Option<Outcomes>> },
    Equals(Symbol),
}

pub(super) struct Unfolder<'w> {
    pub rules: &'w Rules,
    pub definition: &'w Definition,
    pub formula: Formula,
    pub places: Places<'w>,
    pub scope: Scope<'w>,
    pub facts: HashMap<(FactId, Option<u32>), Outcomes>,
    pub factors: HashMap<(FactorId, Option<u32>), Verdicts>,
    pub scores: HashMap<(FactorId, Option<u32>), Outcomes>,
    pub locals: Vec<Option<Outcomes>>,
    pub program: Option<&'w Program>,
    /// What stands for a number, by what is written and what is known of it: a node that has several values, of which one is
    /// whole and another is not, has one for each.
    pub numbers: HashMap<(String, &'static str, Variable), Var>,
    pub flags: HashMap<String, F>,
    pub texts: HashMap<String, u32>,
    /// What always holds of a variable.
    pub axioms: HashMap<Var, Vec<F>>,
    pub errors: HashMap<Lin, Var>,
    /// Whole numbers that others are divided into, by what is divided, what by, and how.
    pub parts: HashMap<(Lin, Ratio, &'static str), Var>,
    pub terms: Vec<Term>,
    pub known_terms: HashMap<(Function, Vec<Lin>), Var>,
    pub predicates: Vec<Predicate<'w>>,
    pub counts: BTreeMap<Var, (usize, Vec<(usize, Outcome)>)>,
    pub known_counts: HashMap<(usize, Vec<(usize, Outcome)>), Var>,
    pub known_predicates: HashMap<String, usize>,
    pub known_items: HashMap<(usize, usize), Verdicts>,
    pub class_counts: HashMap<(usize, String), Var>,
    pub pasts: BTreeMap<Past, (F, Var)>,
    pub nothing: Facts,
    pub history: CaseHistory,
    /// Rules that read the event.
    pub reading: BTreeMap<Requirement, bool>,
    pub nodes: usize,
    pub depth: usize,
    /// Whether values of parameters are those of the file.
    pub fixed: bool,
    /// What questions have cost so far, in conditions that were looked at, and the most that they may.
    pub work: u64,
    pub most: u64,
    /// The one situation that is asked about, where it is one.
    pub world: Option<World<'w>>,
}

/// What a predicate comes to for an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Outcome {
    Holds,
    Fails,
    Unknown,
    Fault,
}

impl<'w> Unfolder<'w> {
    pub fn new(rules: &'w Rules, definition: &'w Definition, fixed: bool) -> Self {
        Self {
            rules,
            definition,
            formula: Formula::new(),
            places: Places::default(),
            scope: Scope { event: None },
            facts: HashMap::new(),
            factors: HashMap::new(),
            scores: HashMap::new(),
            locals: Vec::new(),
            program: None,
            numbers: HashMap::new(),
            flags: HashMap::new(),
            texts: HashMap::new(),
            axioms: HashMap::new(),
            errors: HashMap::new(),
            parts: HashMap::new(),
            terms: Vec::new(),
            known_terms: HashMap::new(),
            predicates: Vec::new(),
            counts: BTreeMap::new(),
            known_counts: HashMap::new(),
            known_predicates: HashMap::new(),
            known_items: HashMap::new(),
            class_counts: HashMap::new(),
            pasts: BTreeMap::new(),
            nothing: rules.facts_unknown(),
            history: CaseHistory::default(),
            reading: BTreeMap::new(),
            nodes: 0,
            depth: 0,
            fixed,
            work: 0,
            most: u64::MAX,
            world: None,
        }
    }

    /// What a node is, wherever it is written so. `None` where it hangs on variables of the script.
    pub fn key(&self, node: &Node) -> Option<String> {
        let mut waiting = vec![node];
        while let Some(node) = waiting.pop() {
            match &node.op {
                Op::Local(_) | Op::Let { .. } | Op::Assign { .. } | Op::Mutate { .. } => {
                    return None;
                }
                _ => waiting.extend(node.children()),
            }
        }
        let text = self.program?.text(node.at);
        let event = self.scope.event.map(|(event, _)| event).filter(|_| text.contains("event"));
        (!text.is_empty()).then(|| format!("{event:?} {text}"))
    }

    pub fn vague_flag(&mut self, why: &'static str, node: Option<&Node>) -> F {
        let Some(key) = node.and_then(|node| self.key(node)) else {
            return self.formula.vague_flag(why);
        };
        if let Some(flag) = self.flags.get(&key) {
            return *flag;
        }
        let flag = self.formula.vague_flag(why);
        self.flags.insert(key, flag);
        flag
    }

    /// A number that stands for what a node comes to.
    pub fn vague_number(
        &mut self,
        why: &'static str,
        kind: &'static str,
        node: &Node,
        variable: Variable,
    ) -> Var {
        let key = self.key(node);
        if let Some(key) = &key
            && let Some(known) = self.numbers.get(&(key.clone(), kind, variable.clone()))
        {
            return *known;
        }
        let found = self.formula.vague(variable.clone(), why);
        if let Some(key) = key {
            self.numbers.insert((key, kind, variable), found);
        }
        found
    }

    /// A whole number that belongs to what is divided, and whether it is new.
    pub fn part(&mut self, of: &Lin, by: Ratio, how: &'static str) -> (Var, bool) {
        let key = (of.clone(), by, how);
        if let Some(known) = self.parts.get(&key) {
            return (*known, false);
        }
        let found = self.formula.variable(Variable { whole: true, ..Variable::default() });
        self.parts.insert(key, found);
        (found, true)
    }

    /// The time as a script reads it.
    pub fn clock(&mut self, kind: &'static str, mut bounds: (i128, i128)) -> Var {
        let mut kind = kind;
        if let Some(world) = &self.world {
            // The event is answered when it comes, and that is not before the case's time.
            let now = world.context.now;
            (kind, bounds.0) = match kind {
                "at" | "now" => ("now", now.microseconds().into()),
                _ => ("today", now.date().days().into()),
            };
        }
        let key = (String::new(), kind, Variable::default());
        if let Some(known) = self.numbers.get(&key) {
            return *known;
        }
        let found = self.formula.variable(whole(bounds));
        self.numbers.insert(key, found);
        for (instant, day) in [("now", "today"), ("at", "date")] {
            if let (Some(instant), Some(day), true) =
                (self.clock_read(instant), self.clock_read(day), kind == instant || kind == day)
            {
                let of = vec![Lin::of(instant)];
                self.terms.push(Term { variable: day, function: Function::DateOf, of });
            }
        }
        found
    }

    /// The variable of the time, where a script has read it.
    pub fn clock_read(&self, kind: &'static str) -> Option<Var> {
        self.numbers.get(&(String::new(), kind, Variable::default())).copied()
    }

    /// A text that stands for what a node comes to.
    pub fn vague_text(&mut self, node: &Node) -> Symbol {
        let key = self.key(node);
        if let Some(text) = key.as_ref().and_then(|key| self.texts.get(key)) {
            return Symbol::Text(Text::Variable(*text));
        }
        let text = self.formula.text(super::formula::TextInfo::default());
        if let Some(key) = key {
            self.texts.insert(key, text);
        }
        Symbol::Text(Text::Variable(text))
    }
}

impl Verdicts {
    /// Under a condition.
    pub fn when(self, formula: &mut Formula, condition: F) -> Self {
        Self {
            holds: formula.and(self.holds, condition),
            fails: formula.and(self.fails, condition),
            unknown: formula.and(self.unknown, condition),
            fault: formula.and(self.fault, condition),
        }
    }
}

pub(super) fn whole((low, high): (i128, i128)) -> Variable {
    Variable::whole(Some(low), Some(high))
}
