//! Statements: what variables hold is followed, version by version; loops that set variables stay loops.

use super::super::ir::{
    Bind, Each, Fold, Kind, Let, Linear, Operator, Path, Ratio, RatioTest, Sum, Test, Word,
};
use super::super::program::{Arm, Node, Op, Root};
use super::super::syntax::Binary;
use super::arithmetic::{binary, join};
use super::compare::between;
use super::{Expr, Low, Lowerer, as_kind, is_true};

/// Where a loop keeps whether it has been left, whether something was returned, and what: beside variables.
const LEFT: u32 = u32::MAX;
const RETURNED: u32 = u32::MAX - 1;
const VALUE: u32 = u32::MAX - 2;

/// Cases of one `switch`: they come to lie inside one another.
const CASES: usize = 64;

/// Attempts to find kinds of a loop's variables that all of their values have.
const ATTEMPTS: usize = 6;

/// One way that a branch goes: where it goes there, and what is done.
type Ways<'r> = Vec<(Option<Test>, Vec<&'r Node>)>;

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
    fn ways(&mut self, node: &'r Node) -> Low<(Vec<Bind>, Ways<'r>)> {
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
    fn effect(&mut self, node: &'r Node, binds: &mut Vec<Bind>) -> Low<()> {
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
    fn put(&mut self, slot: u32, local: Expr<'r>) {
        match self.locals.iter_mut().rev().find(|(number, _)| *number == slot) {
            Some((_, place)) => *place = local,
            None => self.locals.push((slot, local)),
        }
    }

    /// The variables around that some statements assign to, and what loops keep beside them.
    fn outer(&self, nodes: &[&'r Node], control: bool) -> Vec<u32> {
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
    fn merged(
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

    /// A loop that sets variables; where it may return, whether it has, and what.
    fn looping(&mut self, node: &'r Node, binds: &mut Vec<Bind>) -> Low<Option<(Test, Expr<'r>)>> {
        let Op::For { item, counter, list, body } = &node.op else {
            return Err(self.no(node, "this is no loop"));
        };
        let Expr::List(list) = self.expr(list)? else {
            return Err(self.no(list, "this list has no compiled form"));
        };
        if !list.steps.is_empty() {
            return Err(self.no(node, "it goes through what is made of a list"));
        }
        if let (Some((condition, value)), None) = (only_returns(body), counter) {
            let (locals, left) = (self.locals.clone(), self.left.clone());
            if let Ok(value) = self.expr(value) {
                let each = self.looped(node, list, |this, found| {
                    this.locals.push((*item, found));
                    this.condition(condition)
                })?;
                self.locals = locals;
                return Ok(Some((Test::Each { each: Box::new(each), every: false }, value)));
            }
            (self.locals, self.left) = (locals, left);
        }

        let (leaves, returns) = (leaves(body), jumps(body, false));
        let mut slots = self.outer(&[body], false);
        let mut kinds = Vec::new();
        for slot in &slots {
            let found = self.local(node, *slot)?;
            let kind = kind_of(&found);
            kinds.push(kind.ok_or_else(|| self.no(node, "a loop changes a text or list"))?);
        }
        if leaves || returns {
            slots.push(LEFT);
            kinds.push(Kind::Boolean);
        }
        if returns {
            slots.extend([RETURNED, VALUE]);
            kinds.extend([Kind::Boolean, Kind::Boolean]);
        }
        let (locals, registers, scope) = (self.locals.clone(), self.registers, self.scope);
        for _ in 0..ATTEMPTS {
            let found =
                self.turned(node, &list.source, (*item, *counter), body, &slots, &mut kinds)?;
            let Some((fold, outputs)) = found else {
                (self.locals, self.registers, self.scope) = (locals.clone(), registers, scope);
                continue;
            };
            self.locals = locals;
            self.scope = scope;
            let mut returned = (None, None);
            for ((slot, register), kind) in slots.iter().zip(&outputs).zip(&kinds) {
                let found = of_register(kind.clone(), *register);
                match (*slot, found) {
                    (LEFT, _) => {}
                    (RETURNED, Expr::Test(test)) => returned.0 = Some(test),
                    (VALUE, found) => returned.1 = Some(found),
                    (slot, found) => self.put(slot, found),
                }
            }
            match summed(&fold) {
                Some(sums) => binds.extend(sums),
                None => binds.push(Bind::Fold(fold)),
            }
            return Ok(returned.0.zip(returned.1));
        }
        Err(self.no(node, "its variables change their type too often"))
    }

    /// One attempt at a loop, with variables of some kinds, which are changed where they do not fit.
    fn turned(
        &mut self,
        node: &'r Node,
        source: &super::list::Source<'r>,
        (item, counter): (u32, Option<u32>),
        body: &'r Node,
        slots: &[u32],
        kinds: &mut [Kind],
    ) -> Low<Option<(Fold, Vec<u8>)>> {
        let mut before = Vec::new();
        let mut outputs = Vec::new();
        for (slot, kind) in slots.iter().zip(&*kinds) {
            let register = self.register(node)?;
            let first = match self.local(node, *slot) {
                Ok(found) => as_kind(&found, kind)
                    .ok_or_else(|| self.no(node, "a variable has no one type"))?,
                Err(_) => Word::Constant(0),
            };
            before.push((register, first));
            outputs.push(register);
        }
        for ((slot, register), kind) in slots.iter().zip(&outputs).zip(&*kinds) {
            self.put(*slot, of_register(kind.clone(), *register));
        }
        let cost = self.cost();
        let (over, found) = self.entered(node, source)?;
        self.locals.push((item, found));
        let counter = match counter {
            Some(slot) => {
                let register = self.register(node)?;
                self.locals.push((slot, of_register(Kind::Whole, register)));
                Some(register)
            }
            None => None,
        };
        let mut steps = Vec::new();
        let kept = std::mem::replace(&mut self.kept, slots.to_vec());
        let turned = self.turn(vec![body], &mut steps);
        self.kept = kept;
        turned?;
        let mut last = Vec::new();
        for ((slot, register), kind) in slots.iter().zip(&outputs).zip(&mut *kinds) {
            let value = self.local(node, *slot)?;
            let Some(word) = as_kind(&value, kind) else {
                let found = kind_of(&value);
                let wider = match (&found, *slot) {
                    // What is returned first says of which kind it is.
                    (Some(found), VALUE) if *kind == Kind::Boolean => Some(found.clone()),
                    (Some(found), _) => join(kind, found),
                    (None, _) => None,
                };
                *kind = wider.ok_or_else(|| self.no(node, "a variable has no one type"))?;
                return Ok(None);
            };
            if !matches!(word, Word::Register(own) if own == *register) {
                last.push((*register, word));
            }
        }
        // All at once: none sees what another has just been set to.
        let mixed = last.len() > 1
            && last.iter().any(|(_, word)| {
                last.iter().skip(1).any(|(register, _)| word.mentions(*register))
                    || last.first().is_some_and(|(register, _)| word.mentions(*register))
            });
        if mixed {
            for (_, word) in &mut last {
                let register = self.register(node)?;
                let value = std::mem::replace(word, Word::Register(register));
                steps.push(Bind::Word(register, value));
            }
        }
        // What is worked out only to be kept is worked out where it is kept.
        if let ([Bind::Word(inner, _)], [(_, Word::Register(own))]) =
            (steps.as_slice(), last.as_slice())
            && inner == own
            && let Some(Bind::Word(_, word)) = steps.pop()
            && let Some((_, kept)) = last.first_mut()
        {
            *kept = word;
        }
        steps.extend(last.into_iter().map(|(register, word)| Bind::Word(register, word)));
        let place = slots.iter().position(|slot| *slot == LEFT);
        let until = place.and_then(|place| outputs.get(place).copied());
        let cost = self.cost_since(cost).max(1);
        let scope = self.scope;
        Ok(Some((Fold { over, scope, cost, counter, before, steps, until }, outputs)))
    }

    /// Whether what is assigned is worked out at the end, because the variable lives on: else it is worked out where it stands.
    fn keeps(&self, assign: &Node) -> bool {
        match &assign.op {
            Op::Assign { place, .. } => {
                matches!(place.root, Root::Local(slot) if self.kept.contains(&slot))
            }
            _ => false,
        }
    }

    /// What one turn does.
    fn turn(&mut self, nodes: Vec<&'r Node>, binds: &mut Vec<Bind>) -> Low<()> {
        let Some((first, rest)) = nodes.split_first() else { return Ok(()) };
        let (first, rest): (&'r Node, Vec<&'r Node>) = (*first, rest.to_vec());
        let yes = || Expr::Test(Test::Constant(true));
        self.count(first)?;
        self.depth += 1;
        let found = match &first.op {
            Op::Block(inner) => self.turn(inner.iter().chain(rest).collect(), binds),
            Op::Continue => Ok(()),
            Op::Break => {
                self.put(LEFT, yes());
                Ok(())
            }
            Op::Return(Some(value)) => {
                let value = self.expr(value)?;
                self.put(LEFT, yes());
                self.put(RETURNED, yes());
                self.put(VALUE, value);
                Ok(())
            }
            Op::If { .. } | Op::Switch { .. } if jumps(first, true) => {
                let (more, mut ways) = self.ways(first)?;
                binds.extend(more);
                if ways.last().is_none_or(|(test, _)| test.is_some()) {
                    ways.push((None, Vec::new()));
                }
                for (_, nodes) in &mut ways {
                    nodes.extend(rest.iter().copied());
                }
                let mut all = vec![first];
                all.extend(rest);
                let slots = self.outer(&all, true);
                self.merged(first, ways, &slots, binds, |this, nodes, binds| {
                    this.turn(nodes, binds)
                })
            }
            // The last thing that is done to a variable needs no register of its own.
            Op::Assign { place, op: Some(op), value, .. }
                if rest.is_empty() && self.keeps(first) =>
            {
                let (Root::Local(slot), true) = (place.root, place.steps.is_empty()) else {
                    return Err(self.no(first, "it changes a list or record"));
                };
                let before = self.local(first, slot)?;
                let found = self.expr(value)?;
                let found = self.arithmetic(first, *op, before, found)?;
                self.put(slot, found);
                Ok(())
            }
            Op::If { condition, then, otherwise: None }
                if rest.is_empty() && only_adds(then).is_some_and(|assign| self.keeps(assign)) =>
            {
                let Some(assign) = only_adds(then) else { return Ok(()) };
                let test = self.condition(condition)?;
                let Op::Assign { place, .. } = &assign.op else { return Ok(()) };
                let Root::Local(slot) = place.root else { return Ok(()) };
                let before = self.local(first, slot)?;
                self.turn(vec![assign], binds)?;
                let after = self.local(first, slot)?;
                let found = self.either(first, test, after, before)?;
                self.put(slot, found);
                Ok(())
            }
            _ => self.effect(first, binds).and_then(|()| self.turn(rest, binds)),
        };
        self.depth -= 1;
        found
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

fn kind_of(expr: &Expr) -> Option<Kind> {
    match expr {
        Expr::Word(kind, _) => Some(kind.clone()),
        Expr::Test(_) => Some(Kind::Boolean),
        _ => None,
    }
}

fn of_register<'r>(kind: Kind, register: u8) -> Expr<'r> {
    match kind {
        Kind::Boolean => Expr::Test(is_true(Word::Register(register))),
        kind => Expr::Word(kind, Word::Register(register)),
    }
}

/// A word behind what is worked out before it.
fn behind(binds: &[Bind], word: Word) -> Word {
    binds.iter().rev().fold(word, |body, bind| {
        if let Bind::Word(register, by) = bind {
            let (mut found, mut left) = (body.clone(), if is_cheap(by) { 4 } else { 1 });
            if put_word(&mut found, *register, by, &mut left) == Put::Done {
                return found;
            }
        }
        Word::Let(Box::new(Let { bind: bind.clone(), body }))
    })
}

/// Whether a statement may leave what it stands in: `return`, and where it is `inside` of a loop's turn, `break` and
/// `continue` too.
fn jumps(node: &Node, inside: bool) -> bool {
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

/// Whether a loop may be left by `break`.
fn leaves(node: &Node) -> bool {
    match &node.op {
        Op::Break => true,
        Op::Block(nodes) => nodes.iter().any(leaves),
        Op::If { then, otherwise, .. } => {
            leaves(then) || otherwise.as_ref().is_some_and(|node| leaves(node))
        }
        Op::Switch { arms, .. } => arms.iter().any(|arm| leaves(&arm.body)),
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

/// Condition and value of a body that does nothing but return where a condition holds.
fn only_returns(body: &Node) -> Option<(&Node, &Node)> {
    match &body.op {
        Op::Block(nodes) => match nodes.as_slice() {
            [only] => only_returns(only),
            _ => None,
        },
        Op::If { condition, then, otherwise: None } => {
            let mut then = &**then;
            while let Op::Block(nodes) = &then.op {
                let [only] = nodes.as_slice() else { return None };
                then = only;
            }
            match &then.op {
                Op::Return(Some(value)) => Some((condition, value)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The one assignment that a branch is.
fn only_adds(node: &Node) -> Option<&Node> {
    match &node.op {
        Op::Block(nodes) => match nodes.as_slice() {
            [only] => only_adds(only),
            _ => None,
        },
        Op::Assign { place, op: Some(_), .. } if place.steps.is_empty() => {
            matches!(place.root, Root::Local(_)).then_some(node)
        }
        _ => None,
    }
}

/// A loop that does nothing but count and add up, as what it comes to: a loop for each variable.
fn summed(fold: &Fold) -> Option<Vec<Bind>> {
    let (None, None) = (fold.until, fold.counter) else { return None };
    let set = |register: u8| fold.before.iter().any(|(own, _)| *own == register);
    let mut sums = Vec::new();
    for (register, first) in &fold.before {
        let mut steps = fold.steps.iter().filter_map(|step| match step {
            Bind::Word(own, word) if own == register => Some(word),
            _ => None,
        });
        let Some(word) = steps.next() else {
            // It is as it was.
            sums.push(Bind::Word(*register, first.clone()));
            continue;
        };
        let (test, word) = added(word, *register)?;
        let mut mentions = steps.next().is_some();
        let mut seen =
            |leaf| mentions |= matches!(leaf, super::super::ir::Leaf::Register(own) if set(own));
        test.visit(&mut seen);
        word.visit(&mut seen);
        if mentions {
            return None;
        }
        // Where one loop has become several, what fails in one comes before what is unknown in another: see `Each`.
        let chained = fold.before.len() > 1 && !(never_fails(&test) && is_cheap(&word));
        let Fold { over, scope, cost, .. } = fold.clone();
        let each = Each { over, scope, cost, chained, filter: None, test };
        let found = match (word, first) {
            (Word::Constant(1), Word::Constant(first)) if first.unsigned_abs() >= 1 << 40 => {
                return None;
            }
            (Word::Constant(1), Word::Constant(_) | Word::Register(_)) => {
                Word::Count(Box::new(each))
            }
            (word, Word::Constant(0)) => Word::Total(Box::new((each, word))),
            _ => return None,
        };
        sums.push(Bind::Word(*register, binary(Operator::Add, first.clone(), found)));
    }
    // Nothing is done besides.
    let only = fold.steps.iter().all(|step| matches!(step, Bind::Word(own, _) if set(*own)));
    only.then_some(sums)
}

/// Whether a test is so simple that it is true, false or unknown.
fn never_fails(test: &Test) -> bool {
    let plain = |word: &Word| matches!(word, Word::Cell(_) | Word::Constant(_) | Word::Register(_));
    match test {
        Test::Constant(_) | Test::Holds { .. } => true,
        Test::Range { word, .. } | Test::Mask { word, .. } | Test::OneOf { word, .. } => plain(word),
        Test::Compare { sides, .. } => sides.iter().all(plain),
        Test::All { tests, .. } | Test::Any { tests, .. } => tests.iter().all(never_fails),
        Test::Not(inner) => never_fails(inner),
        _ => false,
    }
}

/// Where something is added to a variable, and what.
fn added(word: &Word, register: u8) -> Option<(Test, Word)> {
    let own = |word: &Word| matches!(word, Word::Register(own) if *own == register);
    let both = |one: Test, test: Test| match test {
        Test::Constant(true) => one,
        test => Test::All { tests: vec![one, test], strict: true },
    };
    match word {
        Word::Binary { op: Operator::Add, sides } if sides.first().is_some_and(own) => {
            let [_, added] = &**sides;
            Some((Test::Constant(true), added.clone()))
        }
        Word::Sum(sum) => {
            let (mine, others): (Vec<_>, Vec<_>) =
                sum.terms.iter().cloned().partition(|(_, word)| own(word));
            let [(1, _)] = mine.as_slice() else { return None };
            let sum = Sum { terms: others, constant: sum.constant };
            Some((Test::Constant(true), Word::Sum(Box::new(sum))))
        }
        Word::If(parts) if own(&parts.2) => {
            let (test, word) = added(&parts.1, register)?;
            Some((both(parts.0.clone(), test), word))
        }
        Word::If(parts) if own(&parts.1) => {
            let (test, word) = added(&parts.2, register)?;
            Some((both(parts.0.clone().negated(), test), word))
        }
        _ => None,
    }
}

/// Whether a variable has been put in.
#[derive(Clone, Copy, PartialEq)]
enum Put {
    Absent,
    /// In any case, and before anything else can decide.
    Done,
    Impossible,
}

/// A value with a word put in for a variable that it reads in any case: what is unknown or not sure then ends the whole as
/// before. `None` where it may not be read, or is read too often for what it costs.
pub(super) fn substituted<'r>(expr: &Expr<'r>, register: u8, by: &Word) -> Option<Expr<'r>> {
    let mut found = expr.clone();
    let mut left = if is_cheap(by) { 4 } else { 1 };
    let put = match &mut found {
        Expr::Word(_, word) => put_word(word, register, by, &mut left),
        Expr::Test(test) => put_test(test, register, by, &mut left),
        Expr::Ratio(ratio) => put_ratio(ratio, register, by, &mut left),
        _ => return None,
    };
    (put == Put::Done).then_some(found)
}

/// Whether reading it again costs little.
fn is_cheap(word: &Word) -> bool {
    match word {
        Word::Constant(_) | Word::Cell(_) | Word::Register(_) => true,
        Word::Binary { op: Operator::Add | Operator::Subtract, sides } => {
            sides.iter().all(|side| matches!(side, Word::Constant(_) | Word::Cell(_)))
        }
        Word::Sum(sum) => {
            sum.terms.len() <= 2 && sum.terms.iter().all(|(_, word)| matches!(word, Word::Cell(_)))
        }
        _ => false,
    }
}

fn all_of(parts: impl IntoIterator<Item = Put>) -> Put {
    let mut found = Put::Absent;
    for part in parts {
        match part {
            Put::Impossible => return Put::Impossible,
            Put::Done => found = Put::Done,
            Put::Absent => {}
        }
    }
    found
}

/// What cannot be looked into: fine where the variable does not stand there.
fn absent(mentions: bool) -> Put {
    if mentions { Put::Impossible } else { Put::Absent }
}

fn put_word(word: &mut Word, register: u8, by: &Word, left: &mut u32) -> Put {
    match word {
        Word::Register(own) if *own == register => match left.checked_sub(1) {
            Some(fewer) => {
                *left = fewer;
                *word = by.clone();
                Put::Done
            }
            None => Put::Impossible,
        },
        Word::Binary { sides, .. } => {
            all_of(sides.iter_mut().map(|side| put_word(side, register, by, left)))
        }
        Word::Sum(sum) => {
            all_of(sum.terms.iter_mut().map(|(_, word)| put_word(word, register, by, left)))
        }
        Word::Unary { word, .. } => put_word(word, register, by, left),
        Word::Quotient(quotient) => put_ratio(&mut quotient.ratio, register, by, left),
        Word::Ymd(parts) => all_of(parts.iter_mut().map(|part| put_word(part, register, by, left))),
        Word::Truth(test) => put_test(test, register, by, left),
        Word::If(parts) => {
            let (condition, then, otherwise) = &mut **parts;
            let first = put_test(condition, register, by, left);
            let rest = [then, otherwise].map(|part| put_word(part, register, by, left));
            behind_first(first, rest)
        }
        word => absent(word.mentions(register)),
    }
}

fn put_ratio(ratio: &mut Ratio, register: u8, by: &Word, left: &mut u32) -> Put {
    let Ratio { over, under, first, .. } = ratio;
    // What was divided first stands there once more.
    if first.as_ref().is_some_and(|first| first.mentions(register)) {
        return Put::Impossible;
    }
    all_of([over, under].map(|word| put_word(word, register, by, left)))
}

/// What comes first is met in any case; behind it the variable may stand, too.
fn behind_first(first: Put, rest: impl IntoIterator<Item = Put>) -> Put {
    match (first, all_of(rest)) {
        (Put::Impossible, _) | (_, Put::Impossible) => Put::Impossible,
        (Put::Done, _) => Put::Done,
        (Put::Absent, Put::Absent) => Put::Absent,
        (Put::Absent, Put::Done) => Put::Impossible,
    }
}

fn put_test(test: &mut Test, register: u8, by: &Word, left: &mut u32) -> Put {
    match test {
        Test::Range { word, .. } | Test::Mask { word, .. } | Test::OneOf { word, .. } => {
            put_word(word, register, by, left)
        }
        Test::Linear(linear) => {
            let Linear { sum, .. } = &mut **linear;
            all_of(sum.terms.iter_mut().map(|(_, word)| put_word(word, register, by, left)))
        }
        Test::Compare { sides, .. } => {
            all_of(sides.iter_mut().map(|side| put_word(side, register, by, left)))
        }
        Test::Ratio(test) => {
            let RatioTest { ratio, with, .. } = &mut **test;
            let ratio = put_ratio(ratio, register, by, left);
            all_of([ratio, put_word(with, register, by, left)])
        }
        Test::Not(inner) => put_test(inner, register, by, left),
        Test::All { tests, strict: true } | Test::Any { tests, strict: true } => {
            let mut parts = tests.iter_mut().map(|test| put_test(test, register, by, left));
            let first = parts.next().unwrap_or(Put::Absent);
            behind_first(first, parts)
        }
        Test::If(parts) => {
            let mut parts = parts.iter_mut().map(|test| put_test(test, register, by, left));
            let first = parts.next().unwrap_or(Put::Absent);
            behind_first(first, parts)
        }
        test => {
            let mut mentions = false;
            test.visit(&mut |leaf| {
                mentions |=
                    matches!(leaf, super::super::ir::Leaf::Register(own) if own == register);
            });
            absent(mentions)
        }
    }
}
