//! Statements: variables, branches, loops.

use super::super::program::{Arm, Node, Op, Place, Root};
use super::super::syntax::Binary;
use super::compare::between;
use super::join::{Joined, as_kind};
use super::lower::{Local, Low, Lowerer, Stop, Wanted, block};
use super::{Expr, Flow, Kind, Lane, Statement, Test, Thing, Word};
use crate::value::Value;

/// Variables that are the items themselves, or arguments.
const ASSIGNED: &str = "it assigns to the variable of a loop, closure or function";

impl<'r> Lowerer<'r, '_> {
    /// Statements in a row; their variables stay in sight.
    pub fn statements(&mut self, nodes: &'r [Node]) -> Low<Vec<Statement>> {
        let mut found = Vec::new();
        for node in nodes {
            self.statement(node, &mut found)?;
        }
        Ok(found)
    }

    /// Statements with variables of their own.
    fn scoped(&mut self, node: &'r Node) -> Low<Vec<Statement>> {
        let known = self.locals.len();
        let mut found = Vec::new();
        let done = match &node.op {
            Op::Block(statements) => {
                statements.iter().try_for_each(|statement| self.statement(statement, &mut found))
            }
            _ => self.statement(node, &mut found),
        };
        self.locals.truncate(known);
        done?;
        Ok(found)
    }

    fn statement(&mut self, node: &'r Node, found: &mut Vec<Statement>) -> Low<()> {
        match &node.op {
            Op::Block(_) => {
                let inner = self.scoped(node)?;
                found.extend(inner);
            }
            Op::Let { slot, value } => {
                let statement = self.variable(*slot, value.as_deref())?;
                found.extend(statement);
            }
            Op::Assign { place, op, value, .. } => {
                let statement = self.assign(node, place, *op, value)?;
                found.push(statement);
            }
            Op::If { condition, then, otherwise } => {
                let condition = self.condition(condition)?;
                let then = self.scoped(then)?;
                let otherwise = match otherwise {
                    Some(otherwise) => self.scoped(otherwise)?,
                    None => Vec::new(),
                };
                found.push(Statement::If(condition, then, otherwise));
            }
            Op::Switch { subject, arms } => {
                let (before, tests) = self.arms(subject, arms)?;
                found.extend(before);
                let mut all = Vec::new();
                let mut otherwise = Vec::new();
                for (test, arm) in tests.into_iter().zip(arms) {
                    let body = self.scoped(&arm.body)?;
                    match test {
                        Some(test) => all.push((test, body)),
                        None => {
                            otherwise = body;
                            break;
                        }
                    }
                }
                found.push(Statement::Match(all, otherwise));
            }
            Op::For { item, counter, list, body } => {
                let before = self.nodes;
                let known = self.locals.len();
                let (mut turns, local) = self.turns(list)?;
                self.locals.push((*item, local));
                if let Some(slot) = counter {
                    let register = turns.counter;
                    let local = Local::Word { kind: Kind::Whole, register, declared: u32::MAX };
                    self.locals.push((*slot, local));
                }
                let body = self.scoped(body);
                self.locals.truncate(known);
                let body = body?;
                turns.cost = self.nodes - before;
                found.push(match self.counting(&turns, &body) {
                    Some(sum) => sum,
                    None => Statement::For(Box::new(turns), body),
                });
            }
            Op::Return(value) => {
                let expr = match value {
                    Some(value) => self.expr(value)?,
                    None => Expr::Thing(Thing::flow(Flow::Fault)),
                };
                if let Expr::Never(statements) = expr {
                    found.extend(statements);
                    return Ok(());
                }
                let kind = match &expr {
                    Expr::Test(_) => Some(Kind::Boolean),
                    Expr::Word(kind, _) => Some(kind.clone()),
                    _ => None,
                };
                let thing = self.thing(expr)?;
                let register = match self.returns.last_mut() {
                    Some(Some((register, kinds))) => {
                        kinds.push(kind);
                        *register
                    }
                    Some(place) => {
                        let register = self.things;
                        self.things += 1;
                        *place = Some((register, vec![kind]));
                        register
                    }
                    None => return Err(self.no(node, "`return` stands where nothing returns")),
                };
                found.push(Statement::Return(register, thing));
            }
            Op::Break => found.push(Statement::Break),
            Op::Continue => found.push(Statement::Continue),
            Op::Nothing => {}
            Op::Mutate { .. } => return Err(self.no(node, "it changes a list or record")),
            Op::While { .. }
            | Op::Do { .. }
            | Op::Forget(_)
            | Op::Raise { .. }
            | Op::Send { .. }
            | Op::Cancel(_)
            | Op::Emit { .. } => {
                return Err(self.no(node, "it does what actions do"));
            }
            _ => match self.expr(node)? {
                Expr::Never(statements) => found.extend(statements),
                expr => found.push(Statement::Run(expr)),
            },
        }
        Ok(())
    }

    fn variable(&mut self, slot: u32, value: Option<&'r Node>) -> Low<Vec<Statement>> {
        let declared = self.lets;
        self.lets += 1;
        let Some(value) = value else {
            let register = self.value();
            self.locals.push((slot, Local::Thing(register)));
            return Ok(vec![Statement::Clear(register)]);
        };
        let expr = self.expr(value)?;
        let wanted = self.wanted.get(&declared).cloned();
        let expr = match (wanted, expr) {
            (_, Expr::Never(statements)) => {
                let register = self.value();
                self.locals.push((slot, Local::Thing(register)));
                return Ok(statements);
            }
            (Some(Wanted::Thing), expr) => Expr::Thing(self.thing(expr)?),
            (Some(Wanted::Kind(kind)), expr) => match as_kind(&expr, &kind) {
                Some(word) => Expr::Word(kind, word),
                None => Expr::Thing(self.thing(expr)?),
            },
            (None, expr) => expr,
        };
        let (local, statement) = match expr {
            Expr::Word(kind, word) => {
                let register = self.word();
                (Local::Word { kind, register, declared }, Statement::Word(register, word))
            }
            Expr::Test(test) => {
                let register = self.word();
                let word = Word::Truth(Box::new(test));
                let kind = Kind::Boolean;
                (Local::Word { kind, register, declared }, Statement::Word(register, word))
            }
            expr => {
                let thing = self.thing(expr)?;
                let register = self.value();
                (Local::Thing(register), Statement::Thing(register, thing))
            }
        };
        self.locals.push((slot, local));
        Ok(vec![statement])
    }

    fn assign(
        &mut self,
        node: &'r Node,
        place: &'r Place,
        op: Option<Binary>,
        value: &'r Node,
    ) -> Low<Statement> {
        let (Root::Local(slot), true) = (place.root, place.steps.is_empty()) else {
            return Err(self.no(node, "it changes a list or record"));
        };
        let found = self.expr(value)?;
        let local = self.locals.iter().rev().find(|(number, _)| *number == slot);
        let Some(local) = local.map(|(_, local)| local.clone()) else {
            return Err(self.no(node, "a variable is not known here"));
        };
        let before = match &local {
            Local::Word { kind: Kind::Boolean, register, .. } => {
                Expr::Test(Test::Word(Box::new(Word::Local(*register))))
            }
            Local::Word { kind, register, .. } => Expr::Word(kind.clone(), Word::Local(*register)),
            Local::Thing(register) => Expr::Thing(Thing::Local(*register)),
            Local::Row { .. } | Local::Same(_) => {
                return Err(self.no(node, ASSIGNED));
            }
        };
        let found = match op {
            None => found,
            Some(op) => self.arithmetic(op, before, found)?,
        };
        match local {
            Local::Word { declared: u32::MAX, .. } | Local::Row { .. } | Local::Same(_) => {
                Err(self.no(node, ASSIGNED))
            }
            Local::Word { kind, register, declared } => {
                if let Some(word) = as_kind(&found, &kind) {
                    return Ok(Statement::Word(register, word));
                }
                let kind = match &found {
                    Expr::Word(other, _) => self.alike(&kind, other).map(Wanted::Kind),
                    _ => None,
                };
                self.wanted.insert(declared, kind.unwrap_or(Wanted::Thing));
                Err(Stop::Again)
            }
            Local::Thing(register) => {
                let thing = self.thing(found)?;
                Ok(Statement::Thing(register, thing))
            }
        }
    }

    pub fn branch(
        &mut self,
        node: &'r Node,
        condition: &'r Node,
        then: &'r Node,
        otherwise: Option<&'r Node>,
    ) -> Low<Expr> {
        let condition = self.condition(condition)?;
        let then = self.expr(then)?;
        let otherwise = match otherwise {
            Some(otherwise) => self.expr(otherwise)?,
            None => Expr::Never(vec![Statement::Fault]),
        };
        fn two<T>(condition: Test, parts: Vec<T>) -> Option<Flow<T>> {
            let mut parts = parts.into_iter();
            Some(Flow::If(condition, parts.next()?, parts.next()?))
        }
        let joined = self.joined(node, vec![then, otherwise])?;
        let found = match joined {
            Joined::Tests(all) => two(condition, all).map(|flow| Expr::Test(Test::flow(flow))),
            Joined::Words(kind, all) => {
                two(condition, all).map(|flow| Expr::Word(kind, Word::flow(flow)))
            }
            Joined::Things(all) => two(condition, all).map(|flow| Expr::Thing(Thing::flow(flow))),
        };
        found.ok_or_else(|| self.no(node, "a branch is missing"))
    }

    pub fn switch(&mut self, node: &'r Node, subject: &'r Node, arms: &'r [Arm]) -> Low<Expr> {
        let (before, tests) = self.arms(subject, arms)?;
        let mut bodies = Vec::new();
        let mut conditions = Vec::new();
        let mut complete = false;
        for (test, arm) in tests.into_iter().zip(arms) {
            bodies.push(self.expr(&arm.body)?);
            match test {
                Some(test) => conditions.push(test),
                None => {
                    complete = true;
                    break;
                }
            }
        }
        if bodies.is_empty() {
            return Ok(block(before, Expr::Thing(Thing::flow(Flow::Fault))));
        }
        fn cases<T>(conditions: Vec<Test>, mut bodies: Vec<T>, complete: bool) -> Flow<T> {
            let otherwise = if complete { bodies.pop() } else { None };
            Flow::Match(conditions.into_iter().zip(bodies).collect(), otherwise)
        }
        let found = match self.joined(node, bodies)? {
            Joined::Tests(all) => Expr::Test(Test::flow(cases(conditions, all, complete))),
            Joined::Words(kind, all) => {
                Expr::Word(kind, Word::flow(cases(conditions, all, complete)))
            }
            Joined::Things(all) => Expr::Thing(Thing::flow(cases(conditions, all, complete))),
        };
        Ok(block(before, found))
    }

    /// For each case of a `switch` when it applies; `None` for one that always does. First the subject is put into a
    /// variable.
    fn arms(
        &mut self,
        subject: &'r Node,
        arms: &'r [Arm],
    ) -> Low<(Vec<Statement>, Vec<Option<Test>>)> {
        let found = self.expr(subject)?;
        let (before, found) = match found {
            Expr::Word(kind, word) => {
                let register = self.word();
                let again = match word {
                    Word::Cell(_) => word.clone(),
                    _ => Word::Local(register),
                };
                (Statement::Word(register, word), Expr::Word(kind, again))
            }
            Expr::Test(test) => {
                let register = self.word();
                let word = Word::Truth(Box::new(test));
                let test = Test::Word(Box::new(Word::Local(register)));
                (Statement::Word(register, word), Expr::Test(test))
            }
            other => {
                let thing = self.thing(other)?;
                let register = self.value();
                (Statement::Thing(register, thing), Expr::Thing(Thing::Local(register)))
            }
        };
        let mut all = Vec::new();
        for arm in arms {
            let mut fits = Vec::new();
            for case in &arm.cases {
                fits.push(self.case(case, &found)?);
            }
            let condition = match &arm.condition {
                Some(condition) => Some(self.condition(condition)?),
                None => None,
            };
            let fits = match (fits.pop(), fits.is_empty()) {
                (None, _) => None,
                (Some(only), true) => Some(only),
                (Some(last), false) => {
                    fits.push(last);
                    Some(Test::Any { tests: fits, strict: true })
                }
            };
            all.push(match (fits, condition) {
                (None, condition) => condition,
                (fits, None) => fits,
                (Some(fits), Some(condition)) => {
                    Some(Test::All { tests: vec![fits, condition], strict: true })
                }
            });
        }
        // A cell is read where it is compared; what is unknown is met in the first case.
        let compared = |test: &Test| matches!(test, Test::Range { .. });
        let first = match all.first() {
            Some(Some(Test::Any { tests, .. })) => tests.first().is_some_and(compared),
            Some(Some(test)) => compared(test),
            _ => false,
        };
        let read = first && matches!(&before, Statement::Word(_, Word::Cell(_)));
        Ok((if read { Vec::new() } else { vec![before] }, all))
    }

    fn case(&mut self, case: &'r Node, subject: &Expr) -> Low<Test> {
        if let Op::Range { from, to, inclusive } = &case.op {
            let (Word::Constant(from), Word::Constant(below)) = self.ends(from, to, *inclusive)?
            else {
                return Err(self.no(case, "a case of a `switch` is not written out"));
            };
            return match subject {
                Expr::Word(kind, word) => Ok(match kind.decimals() {
                    Some(decimals) => between(word.clone(), decimals, from, below, *inclusive),
                    // What is no number does not fit, and is no fault here.
                    None => Test::Constant(false),
                }),
                Expr::Test(_) => Ok(Test::Constant(false)),
                _ => {
                    Err(self
                        .no(case, "it is not known whether what a range is a case of is a number"))
                }
            };
        }
        let Op::Constant(value) = &case.op else {
            return Err(self.no(case, "a case of a `switch` is not written out"));
        };
        let constant = Expr::constant(value);
        let comparable = match (subject, value) {
            (Expr::Test(_), Value::Boolean(_)) => true,
            (Expr::Word(kind, _), Value::Integer(_) | Value::Number(_)) => {
                kind.decimals().is_some()
            }
            (Expr::Word(Kind::Ordinal(_), _), Value::Text(_)) => true,
            (Expr::Thing(_), _) => true,
            _ => false,
        };
        if !comparable {
            // What can never be equal does not fit, and is no fault here.
            return Ok(Test::Constant(false));
        }
        if let Expr::Thing(thing) = subject {
            let right = self.thing(constant)?;
            return Ok(Test::Alike(Box::new(thing.clone()), Box::new(right)));
        }
        self.compare(Binary::Equal, subject.clone(), constant)
    }
}
