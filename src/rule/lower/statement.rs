//! Statements: what variables hold is followed, version by version; loops that set variables stay loops.

use super::super::ir::{Bind, Kind, Path, Test, Word};
use super::super::program::{Arm, Node, Op, Root};
use super::super::syntax::Binary;
use super::arithmetic::join;
use super::interval::between;
use super::substitute::behind;
use super::{Expr, Low, Lowerer, as_kind, is_true};

/// Where a loop keeps whether it has been left, whether something was returned, and what: beside variables.
pub(super) const LEFT: u32 = u32::MAX;
pub(super) const RETURNED: u32 = u32::MAX - 1;
pub(super) const VALUE: u32 = u32::MAX - 2;

/// Cases of one `switch`: they come to lie inside one another.
const CASES: usize = 64;

/// One way that a branch goes: where it goes there, and what is done.
pub(super) type Ways<'r> = Vec<(Option<Test>, Vec<&'r Node>)>;

impl<'r> Lowerer<'r, '_> {
    /// The value of the last of some statements. `truth`: unknown is an answer of the last.
    pub fn sequence(&mut self, nodes: Vec<&'r Node>, truth: bool) -> Low<Expr<'r>> {
        let Some((first, rest)) = nodes.split_first() else {
            let nowhere = Node::new(Default::default(), Op::Nothing);
            return Err(self.no(&nowhere, "it gives no value"));
        };
        let (first, rest): (&'r Node, Vec<&'r Node>) = (*first, rest.to_vec());
        let locals = self.locals.clone();
        self.depth += 1;
        let found = self.first_of(first, rest, truth);
        self.depth -= 1;
        self.locals = locals;
        found
    }

    fn first_of(&mut self, first: &'r Node, rest: Vec<&'r Node>, truth: bool) -> Low<Expr<'r>> {
        let last = rest.is_empty();
        match &first.op {
            Op::Block(inner) => {
                self.count(first)?;
                self.sequence(inner.iter().chain(rest).collect(), truth)
            }
            Op::Return(Some(value)) => self.expr(value),
            Op::Nothing if !last => self.sequence(rest, truth),
            Op::If { .. } | Op::Switch { .. } if last || jumps(first, true) => {
                self.count(first)?;
                let (binds, ways) = self.ways(first)?;
                let mut found = None;
                for (test, body) in ways.into_iter().rev() {
                    let body = self
                        .sequence(body.into_iter().chain(rest.clone()).collect(), truth && !last)?;
                    found = Some(match (test, found) {
                        (None, _) => body,
                        (Some(test), Some(other)) => self.either(first, test, body, other)?,
                        // None of the cases fits: the evaluator says so.
                        (Some(test), None) => self.faulty(first, test, body)?,
                    });
                }
                let found = found.ok_or_else(|| self.no(first, "a branch is missing"))?;
                self.wrap(first, binds, found)
            }
            Op::For { .. } if jumps(first, false) => {
                let mut binds = Vec::new();
                let returned = self.looping(first, &mut binds)?;
                let rest = self.sequence(rest, truth)?;
                let found = match returned {
                    Some((test, value)) => self.either(first, test, value, rest)?,
                    None => rest,
                };
                self.wrap(first, binds, found)
            }
            Op::And(_) | Op::Or(_) | Op::Not(_) | Op::Factor(_) if last && truth => {
                self.truth(first).map(Expr::Test)
            }
            _ if last => self.expr(first),
            _ => {
                let mut binds = Vec::new();
                self.effect(first, &mut binds)?;
                let found = self.sequence(rest, truth)?;
                self.wrap(first, binds, found)
            }
        }
    }

    /// A value where a test holds, and nothing elsewhere.
    fn faulty(&mut self, node: &Node, test: Test, value: Expr<'r>) -> Low<Expr<'r>> {
        Ok(match value {
            Expr::Test(value) => Expr::Test(Test::If(Box::new([test, value, Test::Unsure]))),
            Expr::Word(kind, word) => {
                Expr::Word(kind, Word::If(Box::new((test, word, Word::Unsure))))
            }
            _ => return Err(self.no(node, "a branch is missing")),
        })
    }

    /// The ways that a branch goes, with what is worked out before; behind one without a test comes none.
    pub fn ways(&mut self, node: &'r Node) -> Low<(Vec<Bind>, Ways<'r>)> {
        match &node.op {
            Op::If { condition, then, otherwise } => {
                let mut ways: Ways = vec![(Some(self.condition(condition)?), vec![&**then])];
                let otherwise = otherwise.iter().map(|node| &**node).collect();
                ways.push((None, otherwise));
                Ok((Vec::new(), ways))
            }
            Op::Switch { arms, .. } if arms.len() > CASES => {
                Err(self.no(node, "it has too many cases"))
            }
            Op::Switch { subject, arms } => {
                let (binds, tests) = self.arms(subject, arms)?;
                let mut ways = Vec::new();
                for (test, arm) in tests.into_iter().zip(arms) {
                    let is_last = test.is_none();
                    ways.push((test, vec![&arm.body]));
                    if is_last {
                        break;
                    }
                }
                Ok((binds, ways))
            }
            _ => Err(self.no(node, "this is no branch")),
        }
    }

    /// What a statement does to variables, without leaving: what is worked out for it is bound.
    pub fn effect(&mut self, node: &'r Node, binds: &mut Vec<Bind>) -> Low<()> {
        self.count(node)?;
        match &node.op {
            Op::Block(inner) => {
                let known = self.locals.len();
                inner.iter().try_for_each(|node| self.effect(node, binds))?;
                self.locals.truncate(known);
                Ok(())
            }
            Op::Nothing => Ok(()),
            Op::Let { slot, value: Some(value) } => {
                let found = self.expr(value)?;
                let (more, local) = self.bind(node, found)?;
                binds.extend(more);
                self.locals.push((*slot, local));
                Ok(())
            }
            Op::Let { .. } => Err(self.no(node, "a variable begins without a value")),
            Op::Assign { place, op, value, .. } => {
                let (Root::Local(slot), true) = (place.root, place.steps.is_empty()) else {
                    return Err(self.no(node, "it changes a list or record"));
                };
                let before = self.local(node, slot)?;
                let found = self.expr(value)?;
                let found = match op {
                    Some(op) => self.arithmetic(node, *op, before, found)?,
                    None => found,
                };
                let (more, local) = self.bind(node, found)?;
                binds.extend(more);
                self.put(slot, local);
                Ok(())
            }
            Op::If { .. } | Op::Switch { .. } => {
                let (more, ways) = self.ways(node)?;
                binds.extend(more);
                let slots = self.outer(&[node], false);
                self.merged(node, ways, &slots, binds, |this, nodes, binds| {
                    nodes.into_iter().try_for_each(|node| this.effect(node, binds))
                })
            }
            Op::For { .. } => match self.looping(node, binds)? {
                None => Ok(()),
                Some(_) => Err(self.no(node, "it returns from a loop in a branch or loop")),
            },
            Op::Mutate { .. } => Err(self.no(node, "it changes a list or record")),
            Op::While { .. }
            | Op::Do { .. }
            | Op::Forget(_)
            | Op::Raise { .. }
            | Op::Send { .. }
            | Op::Tell { .. }
            | Op::Cancel(_)
            | Op::Emit { .. } => Err(self.no(node, "it does what actions do")),
            Op::Return(_) | Op::Break | Op::Continue => {
                Err(self.no(node, "it leaves where it is not known from where"))
            }
            _ => {
                let found = self.expr(node)?;
                let path = self.path(node, found)?;
                binds.push(Bind::Known(path));
                Ok(())
            }
        }
    }

    /// Gives a variable another value.
    pub fn put(&mut self, slot: u32, local: Expr<'r>) {
        match self.locals.iter_mut().rev().find(|(number, _)| *number == slot) {
            Some((_, place)) => *place = local,
            None => self.locals.push((slot, local)),
        }
    }

    /// The variables around that some statements assign to, and what loops keep beside them.
    pub fn outer(&self, nodes: &[&'r Node], control: bool) -> Vec<u32> {
        let mut slots = Vec::new();
        assigned(nodes, &mut slots);
        if control {
            slots.extend([LEFT, RETURNED, VALUE]);
        }
        slots.retain(|slot| self.locals.iter().any(|(known, _)| known == slot));
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    /// Goes all ways, and gives each variable what it holds behind the one that is gone.
    pub fn merged(
        &mut self,
        node: &Node,
        ways: Ways<'r>,
        slots: &[u32],
        binds: &mut Vec<Bind>,
        run: impl Fn(&mut Self, Vec<&'r Node>, &mut Vec<Bind>) -> Low<()>,
    ) -> Low<()> {
        let outputs = slots.iter().map(|_| self.register(node)).collect::<Low<Vec<u8>>>()?;
        let before = self.locals.clone();
        let mut ends: Vec<(Option<Test>, Vec<Bind>, Vec<Expr<'r>>)> = Vec::new();
        for (test, nodes) in ways {
            let mut own = Vec::new();
            let kept = std::mem::replace(&mut self.kept, slots.to_vec());
            let ran = run(self, nodes, &mut own);
            self.kept = kept;
            ran?;
            let values = slots.iter().map(|slot| self.local(node, *slot)).collect::<Low<_>>()?;
            ends.push((test, own, values));
            self.locals = before.clone();
        }
        if ends.last().is_none_or(|(test, ..)| test.is_some()) {
            // None of the cases fits: nothing is done.
            let values = slots.iter().map(|slot| self.local(node, *slot)).collect::<Low<_>>()?;
            ends.push((None, Vec::new(), values));
        }
        let chosen = |words: Vec<Word>| {
            let all = ends.iter().zip(words).rev();
            all.fold(Word::Unsure, |other, ((test, own, _), word)| {
                let word = behind(own, word);
                match test {
                    None => word,
                    Some(test) => Word::If(Box::new((test.clone(), word, other))),
                }
            })
        };
        if slots.is_empty() {
            let word = chosen(vec![Word::Constant(0); ends.len()]);
            binds.push(Bind::Known(Path::Word(word)));
        }
        for (place, (slot, register)) in slots.iter().zip(outputs).enumerate() {
            let values = ends.iter().filter_map(|(.., values)| values.get(place));
            let kind = values.clone().map(kind_of).reduce(|a, b| join(&a?, &b?)).flatten();
            let kind = kind.ok_or_else(|| self.no(node, "a variable has no one type"))?;
            let words = values.map(|value| as_kind(value, &kind)).collect::<Option<Vec<_>>>();
            let words = words.ok_or_else(|| self.no(node, "a variable has no one type"))?;
            binds.push(Bind::Word(register, chosen(words)));
            self.put(*slot, of_register(kind, register));
        }
        Ok(())
    }

    /// For each case of a `switch` when it applies; `None` for one that always does. First the subject is worked out.
    fn arms(&mut self, subject: &'r Node, arms: &'r [Arm]) -> Low<(Vec<Bind>, Vec<Option<Test>>)> {
        let found = self.expr(subject)?;
        // A cell or text is read where it is compared, which the first case does.
        let direct = arms.first().is_some_and(|arm| !arm.cases.is_empty())
            && matches!(found, Expr::Word(_, Word::Cell(_)) | Expr::Text(_));
        let (mut binds, found) =
            if direct { (Vec::new(), found) } else { self.bind(subject, found)? };
        let mut all = Vec::new();
        for arm in arms {
            let mut fits = Vec::new();
            for case in &arm.cases {
                self.count(case)?;
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
                    Some(together(fits))
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
        let first = all.first().and_then(Option::as_ref);
        if direct && first.is_none_or(|test| matches!(test, Test::Constant(_))) {
            let path = self.path(subject, found)?;
            binds.push(Bind::Known(path));
        }
        Ok((binds, all))
    }

    fn case(&mut self, case: &'r Node, subject: &Expr<'r>) -> Low<Test> {
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
                Expr::Test(_) | Expr::Text(_) => Ok(Test::Constant(false)),
                _ => {
                    Err(self
                        .no(case, "it is not known whether what a range is a case of is a number"))
                }
            };
        }
        let Op::Constant(value) = &case.op else {
            return Err(self.no(case, "a case of a `switch` is not written out"));
        };
        let constant = super::constant(value);
        let comparable = match (subject, &constant) {
            (Expr::Test(_), Expr::Test(_)) | (Expr::Text(_), Expr::Text(_)) => true,
            (Expr::Word(Kind::Ordinal(_), _), Expr::Text(_)) => true,
            (Expr::Word(one, _), Expr::Word(two, _)) => {
                one.decimals().is_some() && two.decimals().is_some()
            }
            (Expr::Test(_) | Expr::Text(_) | Expr::Word(..), _) => false,
            _ => return Err(self.no(case, "what it is a case of has no compiled form")),
        };
        if !comparable {
            // What can never be equal does not fit, and is no fault here.
            return Ok(Test::Constant(false));
        }
        self.compare(case, Binary::Equal, subject.clone(), constant)
    }
}

/// Cases of one value: small numbers as one set.
fn together(tests: Vec<Test>) -> Test {
    let mut mask = 0_u64;
    let mut cell = None;
    for test in &tests {
        match test {
            Test::Range { word: Word::Cell(own), low, high, negated: false }
                if low == high && (0..64).contains(low) && cell.is_none_or(|cell| cell == *own) =>
            {
                cell = Some(*own);
                mask |= 1 << low;
            }
            _ => return Test::Any { tests, strict: true },
        }
    }
    match cell {
        Some(cell) => Test::Mask { word: Word::Cell(cell), mask },
        None => Test::Any { tests, strict: true },
    }
}

pub(super) fn kind_of(expr: &Expr) -> Option<Kind> {
    match expr {
        Expr::Word(kind, _) => Some(kind.clone()),
        Expr::Test(_) => Some(Kind::Boolean),
        _ => None,
    }
}

pub(super) fn of_register<'r>(kind: Kind, register: u8) -> Expr<'r> {
    match kind {
        Kind::Boolean => Expr::Test(is_true(Word::Register(register))),
        kind => Expr::Word(kind, Word::Register(register)),
    }
}

/// Whether a statement may leave what it stands in: `return`, and where it is `inside` of a loop's turn, `break` and
/// `continue` too.
pub(super) fn jumps(node: &Node, inside: bool) -> bool {
    match &node.op {
        Op::Return(_) => true,
        Op::Break | Op::Continue => inside,
        Op::Block(nodes) => nodes.iter().any(|node| jumps(node, inside)),
        Op::If { then, otherwise, .. } => {
            jumps(then, inside) || otherwise.as_ref().is_some_and(|node| jumps(node, inside))
        }
        Op::Switch { arms, .. } => arms.iter().any(|arm| jumps(&arm.body, inside)),
        Op::For { body, .. } => jumps(body, false),
        _ => false,
    }
}

/// The variables that some statements assign to.
fn assigned(nodes: &[&Node], slots: &mut Vec<u32>) {
    let mut waiting: Vec<&Node> = nodes.to_vec();
    while let Some(node) = waiting.pop() {
        if let Op::Assign { place, .. } = &node.op
            && let Root::Local(slot) = place.root
        {
            slots.push(slot);
        }
        waiting.extend(node.children());
    }
}
