//! What there is to be seen of the rules of a workflow: rules, their clauses and thresholds, numbered once.
//!
//! The clauses are those of the explanation. A clause that joins others with `&&`, `||` or `!` has them as its parts, down
//! to those that are decided as one: MC/DC speaks of these. Numbers follow the file: transitions first, then factors,
//! derived facts and functions; inside a rule the text.

use std::collections::{BTreeMap, BTreeSet};

use super::domain::Domain;
use super::program::Rule;
use super::program::{Builtin, Each, Node, Op, Program};
use super::syntax::{Binary, Extent};
use super::{FactorProgram, Requirement, Rules};
use crate::definition::model::{Definition, FactorRule, Trigger};
use crate::definition::shape::Kind;
use crate::diagnostic::{Span, Spanned};
use crate::table::{FactId, FactorId, TransitionId};
use crate::vocabulary;

/// Everything that can be seen of the rules of one workflow. Linear in the size of its scripts.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    pub rules: Vec<RuleOutline>,
    pub clauses: Vec<ClauseOutline>,
    pub thresholds: Vec<Threshold>,
    /// Comparisons by `==` and `!=`: no coverage asks for them, a search brings their sides together.
    pub equalities: Vec<Threshold>,
    pub by_origin: BTreeMap<Origin, usize>,
    /// By rule and the first byte of the operator.
    pub by_operator: BTreeMap<(usize, u32), usize>,
    unknowable: Unknowable,
}

/// What may be unknown.
#[derive(Debug, Default)]
struct Unknowable {
    /// Which rules may be, as far as that was asked.
    rules: BTreeMap<Origin, bool>,
    /// Whether some rule that reads the event is asked where there is none: at the start, or when a term is due.
    eventless: bool,
}

/// What some rules come to look at.
#[derive(Debug, Default)]
pub(crate) struct Reach {
    pub rules: BTreeSet<usize>,
    pub thresholds: Vec<usize>,
    pub clauses: u64,
}

/// Whose rule it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    /// `requires` and `guard` of a transition, which must all hold.
    Transition(TransitionId),
    Factor(FactorId),
    /// A derived fact.
    Fact(FactId),
    /// By its number in the file.
    Function(u32),
}

#[derive(Debug)]
pub(crate) struct RuleOutline {
    pub origin: Origin,
    /// How its clauses make up its outcome; `None` where that is no truth.
    pub form: Option<Part>,
    pub clauses: std::ops::Range<usize>,
    pub thresholds: std::ops::Range<usize>,
    /// Whether some transition's answer can depend on it.
    pub is_asked: bool,
    /// Factors and derived facts that it reads itself.
    pub reads: Vec<Origin>,
}

/// A piece of a rule's form.
#[derive(Debug)]
pub(crate) struct Part {
    /// `None` for what only holds the rule together.
    pub clause: Option<usize>,
    pub kind: PartKind,
}

#[derive(Debug)]
pub(crate) enum PartKind {
    /// Decided as one.
    Leaf,
    /// A script that may end before its last expression: decided as one.
    Whole,
    /// A factor or boolean fact by its name.
    Requirement(Requirement),
    /// A number: it can only be known or not.
    Score,
    /// The script of the rule.
    Script(Box<Part>),
    All(Vec<Part>),
    Any(Vec<Part>),
    Not(Box<Part>),
    AtLeast(usize, Vec<Part>),
}

#[derive(Debug)]
pub(crate) struct ClauseOutline {
    pub rule: usize,
    pub text: String,
    pub span: Span,
    /// The clause that it is a part of.
    pub inside: Option<usize>,
    /// Whether it is decided as one, so that MC/DC speaks of it.
    pub is_leaf: bool,
    /// Whether it is a score: known or not.
    pub is_score: bool,
    /// Whether what it reads may be unknown.
    pub may_be_unknown: bool,
    /// Whether it is the same in every case: of constants and parameters alone.
    pub is_fixed: bool,
}

/// A comparison by order. The subject is what varies, the other side the threshold.
#[derive(Debug)]
pub(crate) struct Threshold {
    pub rule: usize,
    pub clause: Option<usize>,
    pub text: String,
    pub span: Span,
    /// First byte of its operator in the script.
    pub operator: u32,
    /// The threshold stands on the left: `3 <= x`.
    pub turned: bool,
    pub domain: Domain,
    /// Where the declared bounds of the subject allow it to be just below, at and just above.
    pub possible: [bool; 3],
}

impl Outline {
    pub fn new(definition: &Definition, rules: &Rules) -> Self {
        let mut outline = Self::default();
        outline.unknowable.eventless = definition.transitions.iter().any(|(id, transition)| {
            !matches!(transition.trigger, Trigger::Events(_)) && rules.asks_event(id)
        });
        // Those that others read first, so that asking recurses into one rule at a time.
        for rule in &rules.order {
            let node = match rule {
                Rule::Fact(id) => Op::Fact(*id),
                Rule::Factor(id) => Op::Factor(*id),
                Rule::Function(number) => Op::Function(*number, Vec::new()),
            };
            let node = Node::new(Extent::default(), node);
            rules.may_be_unknown(&node, &mut outline.unknowable);
        }
        for (id, transition) in definition.transitions.iter() {
            let requirements = rules.requirements(id);
            let guard = rules.guard(id);
            if requirements.is_empty() && guard.is_none() {
                continue;
            }
            let mut building = outline.begin(rules, Origin::Transition(id));
            let mut parts = building.listed(requirements, &transition.requires);
            if let Some(guard) = guard {
                parts.push(building.script(guard));
            }
            building.finish(Some(Part { clause: None, kind: PartKind::All(parts) }));
        }
        for (id, factor) in rules.factors.iter() {
            let mut building = outline.begin(rules, Origin::Factor(id));
            let form = match &factor.program {
                FactorProgram::Guard(program) => Some(building.script(program)),
                FactorProgram::Score(program) => Some(building.score(program)),
                FactorProgram::Of { of, at_least, .. } => {
                    let written = match &definition.factors.at(id).rule {
                        FactorRule::Of { of, .. } => of.as_slice(),
                        FactorRule::Guard(_) | FactorRule::Score(_) => &[],
                    };
                    let parts = building.listed(of, written);
                    Some(Part { clause: None, kind: PartKind::AtLeast(*at_least, parts) })
                }
                FactorProgram::Broken => None,
            };
            building.finish(form);
        }
        for (id, fact) in rules.facts.iter() {
            let Some(program) = &fact.value else { continue };
            let mut building = outline.begin(rules, Origin::Fact(id));
            let form = if fact.shape.kind == Kind::Boolean {
                Some(building.script(program))
            } else {
                building.measured(program);
                None
            };
            building.finish(form);
        }
        for (number, program) in (0_u32..).zip(&rules.functions) {
            let Some(program) = program else { continue };
            let mut building = outline.begin(rules, Origin::Function(number));
            building.measured(program);
            building.finish(None);
        }
        outline.ask();
        outline
    }

    /// Marks the rules of transitions and all that they read.
    fn ask(&mut self) {
        let of_transitions = |rule: &RuleOutline| matches!(rule.origin, Origin::Transition(_));
        let rules = self.rules.iter().enumerate();
        let mut waiting: Vec<usize> =
            rules.filter(|(_, rule)| of_transitions(rule)).map(|(number, _)| number).collect();
        while let Some(number) = waiting.pop() {
            let Some(rule) = self.rules.get_mut(number) else { continue };
            if std::mem::replace(&mut rule.is_asked, true) {
                continue;
            }
            let by_origin = &self.by_origin;
            waiting.extend(rule.reads.iter().filter_map(|read| by_origin.get(read).copied()));
        }
    }

    fn begin<'o>(&'o mut self, rules: &'o Rules, origin: Origin) -> Building<'o> {
        let number = self.rules.len();
        self.by_origin.insert(origin, number);
        let (clauses, thresholds) = (self.clauses.len(), self.thresholds.len());
        let (reads, inside) = (BTreeSet::new(), None);
        Building { outline: self, rules, origin, number, clauses, thresholds, reads, inside }
    }

    /// The thresholds, ascending, and the number of clauses of some rules and of all that they read.
    pub fn reach(&self, origins: impl Iterator<Item = Origin>) -> Reach {
        let mut waiting: Vec<Origin> = origins.collect();
        let mut known: BTreeSet<Origin> = BTreeSet::new();
        let mut reach = Reach::default();
        while let Some(origin) = waiting.pop() {
            let Some(number) = self.rule(origin) else { continue };
            let Some(rule) = self.rules.get(number) else { continue };
            if known.insert(origin) {
                reach.rules.insert(number);
                reach.thresholds.extend(rule.thresholds.clone());
                reach.clauses += u64::try_from(rule.clauses.len()).unwrap_or(0);
                waiting.extend(rule.reads.iter().copied());
            }
        }
        reach.thresholds.sort_unstable();
        reach
    }

    /// Whether two workflows have the same rules, clauses and thresholds in the same order.
    pub fn equals(&self, other: &Self) -> bool {
        let origins = |outline: &Self| -> Vec<Origin> {
            outline.rules.iter().map(|rule| rule.origin).collect()
        };
        let texts = |outline: &Self| -> Vec<(usize, String)> {
            let clauses = outline.clauses.iter().map(|found| (found.rule, found.text.clone()));
            let thresholds = outline.thresholds.iter();
            clauses.chain(thresholds.map(|found| (found.rule, found.text.clone()))).collect()
        };
        origins(self) == origins(other) && texts(self) == texts(other)
    }

    pub fn rule(&self, origin: Origin) -> Option<usize> {
        self.by_origin.get(&origin).copied()
    }
}

struct Building<'o> {
    outline: &'o mut Outline,
    rules: &'o Rules,
    origin: Origin,
    number: usize,
    /// First of its own.
    clauses: usize,
    thresholds: usize,
    reads: BTreeSet<Origin>,
    /// The clause that is being taken apart.
    inside: Option<usize>,
}

impl Building<'_> {
    fn finish(self, form: Option<Part>) {
        let rule = RuleOutline {
            origin: self.origin,
            form,
            clauses: self.clauses..self.outline.clauses.len(),
            thresholds: self.thresholds..self.outline.thresholds.len(),
            is_asked: false,
            reads: self.reads.into_iter().collect(),
        };
        self.outline.rules.push(rule);
    }

    /// Factors and boolean facts that are listed by name.
    fn listed(&mut self, of: &[Requirement], written: &[Spanned<String>]) -> Vec<Part> {
        let mut parts = Vec::with_capacity(of.len());
        for (requirement, name) in of.iter().zip(written) {
            match requirement {
                Requirement::Factor(id) => {
                    self.reads.insert(Origin::Factor(*id));
                }
                Requirement::Fact(id) => self.derived(*id),
            }
            let node = named(*requirement);
            let may_be_unknown = self.rules.may_be_unknown(&node, &mut self.outline.unknowable);
            let clause = self.clause(name.value.clone(), name.span, may_be_unknown);
            let kind = PartKind::Requirement(*requirement);
            parts.push(Part { clause: Some(clause), kind });
        }
        parts
    }

    fn derived(&mut self, id: FactId) {
        if self.rules.facts.get(id).is_some_and(|fact| fact.value.is_some()) {
            self.reads.insert(Origin::Fact(id));
        }
    }

    fn clause(&mut self, text: String, span: Span, may_be_unknown: bool) -> usize {
        let (rule, inside) = (self.number, self.inside);
        let (is_leaf, is_score) = (true, false);
        let is_fixed = false;
        let clause =
            ClauseOutline { rule, text, span, inside, is_leaf, is_score, may_be_unknown, is_fixed };
        self.outline.clauses.push(clause);
        self.outline.clauses.len() - 1
    }

    /// A script that is no truth: what it compares and reads.
    fn measured(&mut self, program: &Program) {
        self.read(program);
        self.thresholds(program, &program.root, None);
    }

    fn read(&mut self, program: &Program) {
        for id in &program.reads.facts {
            self.derived(*id);
        }
        self.reads.extend(program.reads.factors.iter().map(|id| Origin::Factor(*id)));
        self.reads.extend(program.reads.functions.iter().map(|number| Origin::Function(*number)));
    }

    fn score(&mut self, program: &Program) -> Part {
        self.read(program);
        let root = &program.root;
        let may_be_unknown = self.rules.may_be_unknown(root, &mut self.outline.unknowable);
        let text = program.text(root.at).to_owned();
        let clause = self.clause(text, program.span(root.at), may_be_unknown);
        if let Some(found) = self.outline.clauses.get_mut(clause) {
            found.is_score = true;
        }
        self.thresholds(program, root, Some(clause));
        Part { clause: Some(clause), kind: PartKind::Score }
    }

    fn script(&mut self, program: &Program) -> Part {
        self.read(program);
        let mut root = &program.root;
        if returns(root) {
            let may_be_unknown = self.rules.may_be_unknown(root, &mut self.outline.unknowable);
            let text = program.text(root.at).to_owned();
            let clause = self.clause(text, program.span(root.at), may_be_unknown);
            self.thresholds(program, root, Some(clause));
            let inner = Part { clause: Some(clause), kind: PartKind::Whole };
            return Part { clause: None, kind: PartKind::Script(Box::new(inner)) };
        }
        while let Op::Block(statements) = &root.op {
            let Some((last, before)) = statements.split_last() else { break };
            for statement in before {
                self.thresholds(program, statement, None);
            }
            root = last;
        }
        // The clauses of `a && b` are its sides, as in an explanation.
        let inner = match &root.op {
            Op::And(nodes) => {
                Part { clause: None, kind: PartKind::All(self.parts(program, nodes)) }
            }
            Op::Or(nodes) => Part { clause: None, kind: PartKind::Any(self.parts(program, nodes)) },
            _ => self.part(program, root),
        };
        Part { clause: None, kind: PartKind::Script(Box::new(inner)) }
    }

    fn parts(&mut self, program: &Program, nodes: &[Node]) -> Vec<Part> {
        nodes.iter().map(|node| self.part(program, node)).collect()
    }

    /// One clause with its parts. Recursion is bounded by the nesting of scripts.
    fn part(&mut self, program: &Program, node: &Node) -> Part {
        let may_be_unknown = self.rules.may_be_unknown(node, &mut self.outline.unknowable);
        let text = program.text(node.at).to_owned();
        let clause = self.clause(text, program.span(node.at), may_be_unknown);
        let outer = self.inside.replace(clause);
        let kind = match &node.op {
            Op::And(nodes) => PartKind::All(self.parts(program, nodes)),
            Op::Or(nodes) => PartKind::Any(self.parts(program, nodes)),
            Op::Not(inner) if matches!(inner.op, Op::And(_) | Op::Or(_) | Op::Not(_)) => {
                PartKind::Not(Box::new(self.part(program, inner)))
            }
            _ => {
                self.thresholds(program, node, Some(clause));
                PartKind::Leaf
            }
        };
        self.inside = outer;
        let is_fixed = self.rules.never_varies(node);
        if let Some(found) = self.outline.clauses.get_mut(clause) {
            found.is_leaf = matches!(kind, PartKind::Leaf);
            found.is_fixed = is_fixed;
        }
        Part { clause: Some(clause), kind }
    }

    /// Every comparison by order in a piece of a script.
    fn thresholds(&mut self, program: &Program, node: &Node, clause: Option<usize>) {
        if let Op::Binary { op, op_at, left, right } = &node.op
            && op.is_comparison()
            // What never varies has no boundary to come near to.
            && !(self.rules.is_fixed(left) && self.rules.is_fixed(right))
        {
            let turned = self.rules.is_fixed(left) && !self.rules.is_fixed(right);
            let (subject, limit) = if turned { (right, left) } else { (left, right) };
            let domain = self.rules.domain(subject);
            let possible = match self.rules.fixed_number(limit) {
                Some(limit) => domain.around(limit),
                None => [true; 3],
            };
            let found = Threshold {
                rule: self.number,
                clause,
                text: program.text(node.at).to_owned(),
                span: program.span(node.at),
                operator: op_at.start,
                turned,
                domain,
                possible,
            };
            if is_order(*op) {
                let number = self.outline.thresholds.len();
                self.outline.by_operator.insert((self.number, op_at.start), number);
                self.outline.thresholds.push(found);
            } else {
                self.outline.equalities.push(found);
            }
        }
        for child in measurable(node) {
            self.thresholds(program, child, clause);
        }
    }
}

/// A name as an expression.
fn named(requirement: Requirement) -> Node {
    let op = match requirement {
        Requirement::Factor(id) => Op::Factor(id),
        Requirement::Fact(id) => Op::Fact(id),
    };
    Node::new(Extent::default(), op)
}

/// The nodes below in which comparisons are watched: not the bodies of loops, which change what they compare.
pub(crate) fn measurable(node: &Node) -> Vec<&Node> {
    match &node.op {
        Op::For { list, .. } => vec![list],
        Op::While { .. } | Op::Do { .. } => Vec::new(),
        _ => node.children(),
    }
}

pub(crate) fn is_order(op: Binary) -> bool {
    matches!(op, Binary::Less | Binary::LessOrEqual | Binary::Greater | Binary::GreaterOrEqual)
}

/// Whether a script may end before its last expression. What is inside a closure ends that alone.
fn returns(node: &Node) -> bool {
    match &node.op {
        Op::Return(_) => true,
        Op::Each { list, .. } => returns(list),
        _ => node.children().into_iter().any(returns),
    }
}

impl Rules {
    /// The script of a rule, where it has one.
    pub(crate) fn program(&self, origin: Origin) -> Option<&Program> {
        match origin {
            Origin::Transition(id) => self.guard(id),
            Origin::Factor(id) => match &self.factors.get(id)?.program {
                FactorProgram::Guard(program) | FactorProgram::Score(program) => Some(program),
                FactorProgram::Of { .. } | FactorProgram::Broken => None,
            },
            Origin::Fact(id) => self.facts.get(id)?.value.as_ref(),
            Origin::Function(number) => self.functions.get(number as usize)?.as_ref(),
        }
    }

    /// Whether an expression is the same in every case.
    pub(crate) fn is_fixed(&self, node: &Node) -> bool {
        match &node.op {
            Op::Constant(_) | Op::Parameter(_) => true,
            Op::Call(..) | Op::Minus(_) | Op::Binary { .. } | Op::List(_) => {
                node.children().into_iter().all(|child| self.is_fixed(child))
            }
            _ => false,
        }
    }

    /// Whether a clause is the same in every case, through a factor too.
    fn never_varies(&self, node: &Node) -> bool {
        match &node.op {
            Op::Factor(id) => match self.factors.get(*id).map(|factor| &factor.program) {
                Some(FactorProgram::Guard(program)) => self.is_fixed(&program.root),
                _ => false,
            },
            Op::In { item, list, .. } => self.is_fixed(item) && self.is_fixed(list),
            Op::Not(inner) => self.is_fixed(inner),
            _ => self.is_fixed(node),
        }
    }

    /// Whether an expression may be unknown, as far as its form tells. `known` are the rules that were asked before.
    fn may_be_unknown(&self, node: &Node, known: &mut Unknowable) -> bool {
        let mut any = |nodes: &[&Node]| nodes.iter().any(|node| self.may_be_unknown(node, known));
        match &node.op {
            Op::Fact(id) => match self.facts.get(*id) {
                Some(fact) => match &fact.value {
                    Some(program) => self.rule_may_be(Origin::Fact(*id), &[program], known),
                    None => fact.default.is_none(),
                },
                None => false,
            },
            Op::Factor(id) => match self.factors.get(*id).map(|factor| &factor.program) {
                Some(FactorProgram::Guard(program) | FactorProgram::Score(program)) => {
                    self.rule_may_be(Origin::Factor(*id), &[program], known)
                }
                Some(FactorProgram::Of { of, .. }) => {
                    let origin = Origin::Factor(*id);
                    if let Some(known) = known.rules.get(&origin) {
                        return *known;
                    }
                    known.rules.insert(origin, false);
                    let found = of.iter().any(|part| self.may_be_unknown(&named(*part), known));
                    known.rules.insert(origin, found);
                    found
                }
                Some(FactorProgram::Broken) | None => false,
            },
            Op::Function(number, args) => {
                any(&args.iter().collect::<Vec<_>>())
                    || match self.functions.get(*number as usize) {
                        Some(Some(program)) => {
                            self.rule_may_be(Origin::Function(*number), &[program], known)
                        }
                        _ => false,
                    }
            }
            Op::Data(_) | Op::Last(_) | Op::Since(_) | Op::Children(_) => true,
            Op::Event(part) => known.eventless || *part == super::program::EventPart::Actor,
            Op::Known(_) => false,
            // Whoever sent it without an id may be anybody.
            Op::In { list, .. } | Op::Each { list, .. } if list.asked_senders().is_some() => true,
            Op::Coalesce(options) => {
                options.iter().all(|option| self.may_be_unknown(option, known))
            }
            Op::Property(base, name) => {
                // A record may have properties of these names, and lack them.
                !(vocabulary::is_property(name) && self.is_no_record(base)) || any(&[base])
            }
            // What a record lacks is unknown.
            Op::Item(base, item) => !self.is_no_record(base) || any(&[base, item]),
            Op::Each { each: Each::Find | Each::MinBy | Each::MaxBy, .. } => true,
            // Of an empty list.
            Op::Call(Builtin::Min | Builtin::Max, args) if args.len() == 1 => true,
            _ => any(&node.children()),
        }
    }

    fn rule_may_be(&self, origin: Origin, programs: &[&Program], known: &mut Unknowable) -> bool {
        if let Some(known) = known.rules.get(&origin) {
            return *known;
        }
        known.rules.insert(origin, false);
        let found = programs.iter().any(|program| self.may_be_unknown(&program.root, known));
        known.rules.insert(origin, found);
        found
    }
}
