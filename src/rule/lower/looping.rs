//! Loops that set variables. What only counts and adds up becomes a count or a sum.

use super::super::ir::{Bind, Each, Fold, Kind, Leaf, Operator, Sum, Test, Turns, Word};
use super::super::program::{Node, Op, Root};
use super::arithmetic::{binary, join};
use super::statement::{LEFT, RETURNED, VALUE, jumps, kind_of, of_register};
use super::substitute::is_cheap;
use super::{Expr, Low, Lowerer, as_kind};

/// Attempts to find kinds of a loop's variables that all of their values have.
const ATTEMPTS: usize = 6;

impl<'r> Lowerer<'r, '_> {
    /// A loop that sets variables; where it may return, whether it has, and what.
    pub fn looping(
        &mut self,
        node: &'r Node,
        binds: &mut Vec<Bind>,
    ) -> Low<Option<(Test, Expr<'r>)>> {
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
        let turns = Turns { over, scope, cost };
        Ok(Some((Fold { turns, counter, before, steps, until }, outputs)))
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
    pub fn turn(&mut self, nodes: Vec<&'r Node>, binds: &mut Vec<Bind>) -> Low<()> {
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
        let mut seen = |leaf| mentions |= matches!(leaf, Leaf::Register(own) if set(own));
        test.visit(&mut seen);
        word.visit(&mut seen);
        if mentions {
            return None;
        }
        // Where one loop has become several, what fails in one comes before what is unknown in another: see `Each`.
        // So does what grows too large, from where it is not known how large it is.
        let chained = matches!(first, Word::Register(_))
            || fold.before.len() > 1 && !(never_fails(&test) && is_cheap(&word));
        let each = Each { turns: fold.turns.clone(), chained, open: false, filter: None, test };
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
        Test::Range { word, .. } | Test::Mask { word, .. } | Test::OneOf { word, .. } => {
            plain(word)
        }
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
        // Something in any case, but not the same.
        Word::If(parts) => match (added(&parts.1, register)?, added(&parts.2, register)?) {
            ((Test::Constant(true), then), (Test::Constant(true), otherwise)) => {
                let word = Word::If(Box::new((parts.0.clone(), then, otherwise)));
                Some((Test::Constant(true), word))
            }
            _ => None,
        },
        _ => None,
    }
}
