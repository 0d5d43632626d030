//! Scripts: statements with the ways through them, and clauses with three values.

use super::formula::F;
use super::symbol::{Outcomes, Symbol, Verdicts};
use super::unfold::{DEPTH, NODES, Unfolder};
use crate::rule::program::{Node, Op, Place as Target, Root as Changed};

/// Ways through one script.
const PATHS: usize = 64;

/// A way through a script that goes on: under a condition, with these variables.
type Way = (F, Vec<Option<Outcomes>>);

impl<'w> Unfolder<'w> {
    /// The last expression of a script, in which it may return.
    pub fn tail(&mut self, node: &'w Node, ways: Vec<Way>, decided: bool) -> Outcomes {
        let mut found = Outcomes::NEVER;
        if ways.len() > PATHS {
            return Outcomes::vague("bound:paths");
        }
        match &node.op {
            Op::Block(statements) => {
                let Some((last, before)) = statements.split_last() else {
                    return Outcomes { fault: F::TRUE, ..Outcomes::NEVER };
                };
                let mut ways = ways;
                for statement in before {
                    match self.statement(statement, ways, &mut found) {
                        Some(next) => ways = next,
                        None => return Outcomes::vague("loop"),
                    }
                }
                let rest = self.tail(last, ways, decided);
                found.or(&mut self.formula, rest);
            }
            Op::If { condition, then, otherwise: Some(otherwise) } if returns(node) => {
                for (path, locals) in ways {
                    self.locals.clone_from(&locals);
                    let test = self.eval(condition);
                    let test = self.verdicts(test, Some(condition)).when(&mut self.formula, path);
                    found.unknown = self.formula.or(found.unknown, test.unknown);
                    found.fault = self.formula.or(found.fault, test.fault);
                    for (when, body) in [(test.holds, then), (test.fails, otherwise)] {
                        let rest = self.tail(body, vec![(when, locals.clone())], false);
                        found.or(&mut self.formula, rest);
                    }
                }
            }
            Op::Return(value) => {
                for (path, locals) in ways {
                    self.locals = locals;
                    let value = match value {
                        Some(value) => self.eval(value),
                        None => Outcomes { fault: F::TRUE, ..Outcomes::NEVER },
                    };
                    let value = value.when(&mut self.formula, path);
                    found.or(&mut self.formula, value);
                }
            }
            _ => {
                for (path, locals) in ways {
                    self.locals = locals;
                    let value = if decided {
                        let verdicts = self.truth(node);
                        Outcomes::of(verdicts)
                    } else {
                        self.eval(node)
                    };
                    let value = value.when(&mut self.formula, path);
                    found.or(&mut self.formula, value);
                }
            }
        }
        found
    }

    /// A statement in front of the last. `None` where it is not understood; then anything may come of the script.
    pub fn statement(
        &mut self,
        node: &'w Node,
        ways: Vec<Way>,
        returned: &mut Outcomes,
    ) -> Option<Vec<Way>> {
        let mut next = Vec::new();
        for (path, locals) in ways {
            self.locals.clone_from(&locals);
            match &node.op {
                Op::Let { slot, value } => {
                    let value = value.as_ref().map(|value| self.eval(value));
                    next.extend(self.assigned(path, locals, *slot, value, returned));
                }
                Op::Assign {
                    place: Target { root: Changed::Local(slot), steps, .. },
                    op: None,
                    value,
                    ..
                } if steps.is_empty() => {
                    let value = Some(self.eval(value));
                    next.extend(self.assigned(path, locals, *slot, value, returned));
                }
                Op::If { condition, then, otherwise } => {
                    let test = self.eval(condition);
                    let test = self.verdicts(test, Some(condition)).when(&mut self.formula, path);
                    returned.unknown = self.formula.or(returned.unknown, test.unknown);
                    returned.fault = self.formula.or(returned.fault, test.fault);
                    let (body, ways) = (&**then, vec![(test.holds, locals.clone())]);
                    next.extend(self.statement(body, ways, returned)?);
                    let rest = vec![(test.fails, locals)];
                    match otherwise {
                        Some(otherwise) => {
                            next.extend(self.statement(otherwise, rest, returned)?);
                        }
                        None => next.extend(rest),
                    }
                }
                Op::Block(statements) => {
                    let mut inside = vec![(path, locals)];
                    for statement in statements {
                        inside = self.statement(statement, inside, returned)?;
                    }
                    next.extend(inside);
                }
                Op::Return(_) => {
                    let found = self.tail(node, vec![(path, locals)], false);
                    returned.or(&mut self.formula, found);
                }
                Op::Nothing => next.push((path, locals)),
                _ => return None,
            }
            if next.len() > PATHS {
                return None;
            }
        }
        next.retain(|(path, _)| *path != F::FALSE);
        Some(next)
    }

    pub fn assigned(
        &mut self,
        path: F,
        mut locals: Vec<Option<Outcomes>>,
        slot: u32,
        value: Option<Outcomes>,
        returned: &mut Outcomes,
    ) -> Option<Way> {
        let mut path = path;
        let value = value.map(|value| {
            let value = value.when(&mut self.formula, path);
            returned.unknown = self.formula.or(returned.unknown, value.unknown);
            returned.fault = self.formula.or(returned.fault, value.fault);
            path = value.known(&mut self.formula);
            Outcomes { unknown: F::FALSE, fault: F::FALSE, ..value }
        });
        *locals.get_mut(slot as usize)? = value;
        Some((path, locals))
    }

    /// Three-valued, for the top of a rule.
    pub fn truth(&mut self, node: &'w Node) -> Verdicts {
        self.nodes += 1;
        if self.nodes > NODES || self.depth > DEPTH {
            return Verdicts { holds: F::TRUE, fails: F::TRUE, unknown: F::TRUE, fault: F::TRUE };
        }
        match &node.op {
            Op::And(clauses) => {
                let parts: Vec<Verdicts> = self.each(clauses);
                self.conjunction(&parts)
            }
            Op::Or(clauses) => {
                let parts = self.each(clauses).into_iter().map(Verdicts::negated);
                let parts: Vec<Verdicts> = parts.collect();
                self.conjunction(&parts).negated()
            }
            Op::Not(inner) => {
                self.depth += 1;
                let found = self.truth(inner).negated();
                self.depth -= 1;
                found
            }
            Op::Factor(id) => self.factor(*id),
            Op::Block(_) => {
                let locals = self.locals.clone();
                let found = self.tail(node, vec![(F::TRUE, locals.clone())], true);
                self.locals = locals;
                self.verdicts(found, None)
            }
            _ => {
                let found = self.eval(node);
                self.verdicts(found, Some(node))
            }
        }
    }

    pub fn each(&mut self, clauses: &'w [Node]) -> Vec<Verdicts> {
        self.depth += 1;
        let found = clauses.iter().map(|clause| self.truth(clause)).collect();
        self.depth -= 1;
        found
    }

    /// All of these, with three values: what fails behind an open one is open itself.
    pub fn conjunction(&mut self, parts: &[Verdicts]) -> Verdicts {
        let formula = &mut self.formula;
        let mut faults = Vec::new();
        let mut before = F::TRUE;
        for part in parts {
            if part.fault != F::FALSE {
                faults.push(formula.and(before, part.fault));
            }
            before = formula.and(before, part.holds);
        }
        let open = formula.any(parts.iter().map(|part| part.unknown).collect());
        let mut none_fails = vec![open];
        for part in parts {
            none_fails.push(formula.any(vec![part.holds, part.unknown, part.fault]));
        }
        Verdicts {
            holds: before,
            fails: formula.any(parts.iter().map(|part| part.fails).collect()),
            unknown: formula.all(none_fails),
            fault: formula.any(faults),
        }
    }

    /// What a value says where a truth is asked for.
    pub fn verdicts(&mut self, found: Outcomes, node: Option<&'w Node>) -> Verdicts {
        let mut verdicts =
            Verdicts { unknown: found.unknown, fault: found.fault, ..Verdicts::NEVER };
        for (when, symbol) in found.cases {
            match symbol {
                Symbol::Boolean(true) => {
                    verdicts.holds = self.formula.or(verdicts.holds, when);
                }
                Symbol::Boolean(false) => {
                    verdicts.fails = self.formula.or(verdicts.fails, when);
                }
                Symbol::Vague(why) => {
                    let flag = self.vague_flag(why, node);
                    let (holds, fails) = (flag, self.formula.opposite(flag));
                    let (holds, fails) =
                        (self.formula.and(when, holds), self.formula.and(when, fails));
                    verdicts.holds = self.formula.or(verdicts.holds, holds);
                    verdicts.fails = self.formula.or(verdicts.fails, fails);
                    verdicts.fault = self.formula.or(verdicts.fault, when);
                }
                _ => verdicts.fault = self.formula.or(verdicts.fault, when),
            }
        }
        verdicts
    }
}

/// Whether a part of a script reads variables that are set in front of it.
pub(super) fn has_free_variables(node: &Node) -> bool {
    let mut bound = std::collections::BTreeSet::new();
    let mut read = std::collections::BTreeSet::new();
    let mut waiting = vec![node];
    while let Some(node) = waiting.pop() {
        match &node.op {
            Op::Local(slot) => _ = read.insert(*slot),
            Op::Each { item, .. } => _ = bound.insert(*item),
            Op::Let { .. } | Op::Assign { .. } | Op::For { .. } | Op::Mutate { .. } => return true,
            _ => {}
        }
        waiting.extend(node.children());
    }
    !read.is_subset(&bound)
}

/// Whether a script may end only where one of its statements is a `return`, or the last of a branch.
pub(super) fn is_tidy(node: &Node) -> bool {
    match &node.op {
        Op::Block(statements) => statements.iter().all(is_tidy),
        Op::If { condition, then, otherwise } => {
            !returns(condition)
                && is_tidy(then)
                && otherwise.as_ref().is_none_or(|otherwise| is_tidy(otherwise))
        }
        Op::Return(value) => value.as_ref().is_none_or(|value| !returns(value)),
        _ => !returns(node),
    }
}

/// Whether a script may end inside a node.
pub(super) fn returns(node: &Node) -> bool {
    let mut waiting = vec![node];
    while let Some(node) = waiting.pop() {
        if matches!(node.op, Op::Return(_)) {
            return true;
        }
        waiting.extend(node.children());
    }
    false
}
