//! Operators, for values that hang on variables.
//!
//! A number keeps 28 digits: a result that may have more is off by an error, a variable of its own between bounds that follow
//! from the result's size.

use super::formula::F;
use super::linear::{Lin, Variable};
use super::rational::{Exact, Ratio, power};
use super::symbol::{List, Outcomes, Symbol, Text, Unit, Verdicts};
use super::unfold::{CASES, Function, Unfolder, whole};
use crate::rule::program::{Node, Op};
use crate::rule::syntax::Binary;

/// Digits that a number keeps.
const DIGITS: u32 = 28;
/// Errors are not counted smaller than this, one divided by that: what is proven with larger ones is proven.
const FINE: u32 = 12;

type Lins = (Lin, Lin);

impl<'w> Unfolder<'w> {
    /// A chain such as `a + b + c` leans to the left: it is gone down without recursion.
    pub fn binary(
        &mut self,
        node: &'w Node,
        op: Binary,
        left: &'w Node,
        right: &'w Node,
    ) -> Outcomes {
        let mut waiting = vec![(node, op, right)];
        let mut first = left;
        let mut settled = None;
        while let Op::Binary { op, left, right, .. } = &first.op {
            settled = self.settled_node(first);
            if settled.is_some() {
                break;
            }
            waiting.push((first, *op, right));
            first = left;
        }
        let mut value = match settled {
            Some(value) => value,
            None => self.eval(first),
        };
        while let Some((node, op, right)) = waiting.pop() {
            let right = self.eval(right);
            value = self.pair(node, op, &value, &right);
        }
        value
    }

    /// An operator between two values.
    pub fn pair(&mut self, node: &Node, op: Binary, left: &Outcomes, right: &Outcomes) -> Outcomes {
        let all = self.all_known(&[left.clone(), right.clone()]);
        let mut found = Outcomes { cases: Vec::new(), ..all };
        if left.cases.len().saturating_mul(right.cases.len()) > CASES * 4 {
            return Outcomes::vague("bound:cases");
        }
        for (first, a) in &left.cases {
            for (second, b) in &right.cases {
                let when = self.formula.and(*first, *second);
                if when == F::FALSE {
                    continue;
                }
                let one = self.operate(node, op, a, b).unwrap_or(Outcomes {
                    cases: vec![(F::TRUE, Symbol::Vague("bound:digits"))],
                    unknown: F::FALSE,
                    fault: F::TRUE,
                });
                let one = self.told(node, op, one).when(&mut self.formula, when);
                found.or(&mut self.formula, one);
            }
        }
        if asks_rows(node) {
            // A side that is undecided because of one row may be decided all the same.
            found.unknown = F::TRUE;
        }
        found
    }

    /// A comparison of which nothing is known is a flag of its own.
    fn told(&mut self, node: &Node, op: Binary, found: Outcomes) -> Outcomes {
        let comparison = op.is_comparison();
        match found.cases.as_slice() {
            [(F::TRUE, Symbol::Vague(why))] if comparison => {
                let flag = self.vague_flag(why, Some(node));
                let fails = self.formula.opposite(flag);
                Outcomes::of(Verdicts { holds: flag, fails, ..Verdicts::NEVER }).with(&found)
            }
            _ => found,
        }
    }

    fn operate(&mut self, node: &Node, op: Binary, a: &Symbol, b: &Symbol) -> Exact<Outcomes> {
        if op.is_comparison() {
            return self.compare(op, a, b);
        }
        if let (
            Symbol::Number { lin: x, places: p, whole: first },
            Symbol::Number { lin: y, places: q, whole: second },
        ) = (a, b)
        {
            let whole = *first && *second;
            return self.calculate(node, op, (x, *p), (y, *q), whole);
        }
        self.times(node, op, a, b)
    }

    fn compare(&mut self, op: Binary, a: &Symbol, b: &Symbol) -> Exact<Outcomes> {
        let equality = matches!(op, Binary::Equal | Binary::NotEqual);
        let over: Lin = match (a, b) {
            (Symbol::Number { lin: x, .. }, Symbol::Number { lin: y, .. })
            | (Symbol::Date(x), Symbol::Date(y))
            | (Symbol::Time(x), Symbol::Time(y)) => x.sub(y)?,
            (Symbol::Length(u, x), Symbol::Length(v, y)) if u == v => x.sub(y)?,
            (Symbol::Text(x), Symbol::Text(y)) if equality => {
                let same = match (x, y) {
                    (Text::Word(x), Text::Word(y)) => {
                        if x == y {
                            F::TRUE
                        } else {
                            F::FALSE
                        }
                    }
                    (Text::Word(word), Text::Variable(text))
                    | (Text::Variable(text), Text::Word(word)) => self.formula.is(*text, *word),
                    (Text::Variable(x), Text::Variable(y)) => self.formula.same(*x, *y),
                };
                return Ok(self.equality(op, same));
            }
            (Symbol::Boolean(x), Symbol::Boolean(y)) if equality => {
                let same = if x == y { F::TRUE } else { F::FALSE };
                return Ok(self.equality(op, same));
            }
            (Symbol::Vague(why), _) | (_, Symbol::Vague(why)) => return Ok(any(why)),
            _ => return Ok(any("any")),
        };
        let formula = &mut self.formula;
        let (holds, fails) = match op {
            Binary::Equal | Binary::NotEqual => {
                let same = formula.zero(&over)?;
                let (less, more) =
                    (formula.at_most_zero(&over, true)?, formula.at_most_zero(&over.neg(), true)?);
                let other = formula.or(less, more);
                if op == Binary::Equal { (same, other) } else { (other, same) }
            }
            Binary::Less => {
                (formula.at_most_zero(&over, true)?, formula.at_most_zero(&over.neg(), false)?)
            }
            Binary::LessOrEqual => {
                (formula.at_most_zero(&over, false)?, formula.at_most_zero(&over.neg(), true)?)
            }
            Binary::Greater => {
                (formula.at_most_zero(&over.neg(), true)?, formula.at_most_zero(&over, false)?)
            }
            _ => (formula.at_most_zero(&over.neg(), false)?, formula.at_most_zero(&over, true)?),
        };
        Ok(Outcomes::of(Verdicts { holds, fails, ..Verdicts::NEVER }))
    }

    fn equality(&mut self, op: Binary, same: F) -> Outcomes {
        let other = self.formula.opposite(same);
        let (holds, fails) = if op == Binary::Equal { (same, other) } else { (other, same) };
        Outcomes::of(Verdicts { holds, fails, ..Verdicts::NEVER })
    }

    fn calculate(
        &mut self,
        node: &Node,
        op: Binary,
        (x, p): (&Lin, Option<u32>),
        (y, q): (&Lin, Option<u32>),
        whole: bool,
    ) -> Exact<Outcomes> {
        let most = p.zip(q).map(|(p, q)| p.max(q));
        match op {
            Binary::Add => {
                let sum = x.add(y)?;
                self.result(sum, most, whole)
            }
            Binary::Subtract => {
                let sum = x.sub(y)?;
                self.result(sum, most, whole)
            }
            Binary::Multiply => {
                let places = p.zip(q).map(|(p, q)| p + q);
                match (x.is_constant(), y.is_constant()) {
                    (_, true) => self.result(x.times(y.constant)?, places, whole),
                    (true, _) => self.result(y.times(x.constant)?, places, whole),
                    _ => self.product(node, x, y, whole),
                }
            }
            Binary::Divide if y.is_constant() && !y.constant.is_zero() => {
                let by = y.constant.inverse()?;
                let places = by.number().zip(p).map(|(by, p)| by.decimals() + p);
                self.result(x.times(by)?, places, false)
            }
            Binary::Divide => self.unsaid("division", node, "quotient", false),
            Binary::Remainder if y.is_constant() && !y.constant.is_zero() => {
                self.remainder(x, y.constant.abs(), most, whole)
            }
            _ => self.unsaid("division", node, "remainder", whole),
        }
    }

    /// A result with what becomes of it where it has too many digits.
    pub fn result(&mut self, lin: Lin, places: Option<u32>, whole: bool) -> Exact<Outcomes> {
        if whole {
            let fault = self.outside(&lin, i64::MIN.into(), i64::MAX.into())?;
            let found = Outcomes::just(Symbol::Number { lin, places: Some(0), whole });
            return Ok(Outcomes { fault, ..found });
        }
        let (low, high) = self.formula.range(&lin);
        let size = low.zip(high).map(|(low, high)| low.abs().max(high.abs()));
        if let (Some(places), Some(size)) = (places, size)
            && places <= DIGITS
            && power(places)
                .and_then(|power| size.mul(Ratio::whole(power)))
                .is_ok_and(|size| size < Ratio::whole(10_i128.pow(DIGITS)))
        {
            return Ok(Outcomes::just(Symbol::Number { lin, places: Some(places), whole }));
        }
        if lin.is_constant() && lin.constant.number().is_some() {
            let places = lin.constant.number().map(crate::value::Number::decimals);
            return Ok(Outcomes::just(Symbol::Number { lin, places, whole }));
        }
        let size = size.unwrap_or(Ratio::whole(10_i128.pow(DIGITS)));
        let mut before = 0;
        while before < DIGITS && Ratio::whole(10_i128.pow(before)) <= size {
            before += 1;
        }
        let kept = (DIGITS - before).min(FINE);
        let error = Ratio::new(1, power(kept)?.checked_mul(2).unwrap_or(2))?;
        let variable = match self.errors.get(&lin) {
            Some(known) => *known,
            None => {
                let (low, high) = (Some(error.neg()), Some(error));
                let info = Variable { low, high, error: true, ..Variable::default() };
                let variable = self.formula.variable(info);
                self.errors.insert(lin.clone(), variable);
                variable
            }
        };
        let edge = 10_i128.pow(DIGITS) - 1;
        let fault = self.outside(&lin, -edge, edge)?;
        let lin = lin.add(&Lin::of(variable))?;
        let found = Outcomes::just(Symbol::Number { lin, places: Some(DIGITS), whole });
        Ok(Outcomes { fault, ..found })
    }

    /// A sum lies below or above what there is.
    pub fn outside(&mut self, lin: &Lin, low: i128, high: i128) -> Exact<F> {
        let below = self.formula.at_most_zero(&lin.plus(Ratio::whole(low).neg())?, true)?;
        let above = self.formula.at_most_zero(&lin.neg().plus(Ratio::whole(high))?, true)?;
        Ok(self.formula.or(below, above))
    }

    /// A product of two that vary: any number between those of the ends.
    fn product(&mut self, node: &Node, x: &Lin, y: &Lin, whole: bool) -> Exact<Outcomes> {
        let (a, b) = (self.formula.range(x), self.formula.range(y));
        let mut info = Variable { whole, ..Variable::default() };
        if let ((Some(a), Some(b)), (Some(c), Some(d))) = (a, b) {
            let ends = [a.mul(c), a.mul(d), b.mul(c), b.mul(d)];
            if let [Ok(e), Ok(f), Ok(g), Ok(h)] = ends {
                // With room for what is rounded.
                let (low, high) = (e.min(f).min(g).min(h), e.max(f).max(g).max(h));
                info.low = Some(Ratio::whole(low.floor()));
                info.high = Some(Ratio::whole(high.ceil()?));
            }
        }
        let variable = self.vague_number("nonlinear", "product", node, info);
        let places = if whole { Some(0) } else { Some(DIGITS) };
        let symbol = Symbol::Number { lin: Lin::of(variable), places, whole };
        Ok(Outcomes { fault: F::TRUE, ..Outcomes::just(symbol) })
    }

    fn unsaid(
        &mut self,
        why: &'static str,
        node: &Node,
        kind: &'static str,
        whole: bool,
    ) -> Exact<Outcomes> {
        let info = Variable { whole, ..Variable::default() };
        let lin = Lin::of(self.vague_number(why, kind, node, info));
        let places = if whole { Some(0) } else { Some(DIGITS) };
        let symbol = Symbol::Number { lin, places, whole };
        Ok(Outcomes { fault: F::TRUE, ..Outcomes::just(symbol) })
    }

    /// What is left of a division: with the sign of what is divided.
    fn remainder(
        &mut self,
        x: &Lin,
        by: Ratio,
        places: Option<u32>,
        whole: bool,
    ) -> Exact<Outcomes> {
        let rest = self.divided(x, by)?.1;
        Ok(Outcomes::just(Symbol::Number { lin: rest, places, whole }))
    }

    /// How often a number above 0 goes into another, towards zero, and what is left: with the sign of what is divided.
    pub fn divided(&mut self, x: &Lin, by: Ratio) -> Exact<Lins> {
        let (quotient, is_new) = self.part(x, by, "divided");
        let rest = x.sub(&Lin::of(quotient).times(by)?)?;
        if is_new {
            let formula = &mut self.formula;
            let mut signs = Vec::new();
            for sign in [Ratio::ONE, Ratio::ONE.neg()] {
                let (x, rest) = (x.times(sign)?, rest.times(sign)?);
                let parts = vec![
                    formula.at_most_zero(&x.neg(), false)?,
                    formula.at_most_zero(&rest.neg(), false)?,
                    formula.at_most_zero(&rest.plus(by.neg())?, true)?,
                ];
                signs.push(formula.all(parts));
            }
            let axiom = formula.any(signs);
            self.axioms.entry(quotient).or_default().push(axiom);
        }
        Ok((Lin::of(quotient), rest))
    }

    /// Dates, times and lengths.
    fn times(&mut self, node: &Node, op: Binary, a: &Symbol, b: &Symbol) -> Exact<Outcomes> {
        let turned = op == Binary::Subtract;
        let signed = |lin: &Lin| if turned { lin.neg() } else { lin.clone() };
        Ok(match (op, a, b) {
            (Binary::Add | Binary::Subtract, Symbol::Date(day), Symbol::Length(unit, length))
            | (Binary::Add, Symbol::Length(unit, length), Symbol::Date(day)) => {
                self.later(node, day, *unit, &signed(length))?
            }
            (Binary::Add | Binary::Subtract, Symbol::Time(time), Symbol::Length(unit, length))
            | (Binary::Add, Symbol::Length(unit, length), Symbol::Time(time)) => {
                self.later_time(node, time, *unit, &signed(length))?
            }
            (Binary::Subtract, Symbol::Date(x), Symbol::Date(y)) => {
                Outcomes::just(Symbol::Length(Unit::Days, x.sub(y)?))
            }
            (Binary::Subtract, Symbol::Time(x), Symbol::Time(y)) => {
                Outcomes::just(Symbol::Length(Unit::Microseconds, x.sub(y)?))
            }
            (Binary::Add | Binary::Subtract, Symbol::Length(u, x), Symbol::Length(v, y))
                if u == v =>
            {
                self.length(*u, x.add(&signed(y))?)?
            }
            (
                Binary::Multiply,
                Symbol::Length(unit, x),
                Symbol::Number { lin: y, whole: true, .. },
            )
            | (
                Binary::Multiply,
                Symbol::Number { lin: y, whole: true, .. },
                Symbol::Length(unit, x),
            ) => {
                let (x, y): Lins = (x.clone(), y.clone());
                let product = match (x.is_constant(), y.is_constant()) {
                    (_, true) => x.times(y.constant)?,
                    (true, _) => y.times(x.constant)?,
                    _ => {
                        let info = Variable { whole: true, ..Variable::default() };
                        Lin::of(self.vague_number("nonlinear", "length", node, info))
                    }
                };
                self.length(*unit, product)?
            }
            (Binary::Add, Symbol::Text(_), Symbol::Text(_)) => {
                let symbol = self.vague_text(node);
                Outcomes { fault: F::TRUE, ..Outcomes::just(symbol) }
            }
            (_, Symbol::List(_), _) | (_, _, Symbol::List(_)) => any("list"),
            (_, Symbol::Vague(why), _) | (_, _, Symbol::Vague(why)) => any(why),
            _ => any("calendar"),
        })
    }

    /// A length, as far as it fits.
    pub fn length(&mut self, unit: Unit, lin: Lin) -> Exact<Outcomes> {
        let (low, high) = match unit {
            Unit::Days | Unit::Months => (i32::MIN.into(), i32::MAX.into()),
            Unit::Microseconds => (i64::MIN.into(), i64::MAX.into()),
        };
        let fault = self.outside(&lin, low, high)?;
        Ok(Outcomes { fault, ..Outcomes::just(Symbol::Length(unit, lin)) })
    }

    fn later(&mut self, node: &Node, day: &Lin, unit: Unit, length: &Lin) -> Exact<Outcomes> {
        let (low, high) = super::places::DAYS;
        match unit {
            Unit::Days => {
                let lin = day.add(length)?;
                let fault = self.outside(&lin, low, high)?;
                Ok(Outcomes { fault, ..Outcomes::just(Symbol::Date(lin)) })
            }
            Unit::Months => {
                let months = length.constant.to_whole().filter(|_| length.is_constant());
                let months = months.and_then(|months| i64::try_from(months).ok());
                let lin = match months {
                    Some(0) => day.clone(),
                    Some(months) => {
                        // Where it is out of range it has no value, and must not exclude anything else.
                        let room = 31 * (i128::from(months).abs() + 1);
                        let found = self.term(
                            Function::Later(months),
                            vec![day.clone()],
                            whole((low - room, high + room)),
                        )?;
                        Lin::of(found)
                    }
                    None => {
                        Lin::of(self.vague_number("calendar", "date", node, whole((low, high))))
                    }
                };
                // Where it is out of range it has no value at all.
                Ok(Outcomes { fault: F::TRUE, ..Outcomes::just(Symbol::Date(lin)) })
            }
            Unit::Microseconds => Ok(Outcomes { fault: F::TRUE, ..Outcomes::NEVER }),
        }
    }

    fn later_time(&mut self, node: &Node, time: &Lin, unit: Unit, length: &Lin) -> Exact<Outcomes> {
        let (low, high) = super::places::TIMES;
        if unit == Unit::Microseconds {
            let lin = time.add(length)?;
            let fault = self.outside(&lin, low, high)?;
            return Ok(Outcomes { fault, ..Outcomes::just(Symbol::Time(lin)) });
        }
        let found = self.vague_number("calendar", "time", node, whole((low, high)));
        Ok(Outcomes { fault: F::TRUE, ..Outcomes::just(Symbol::Time(Lin::of(found))) })
    }

    pub fn minus(&mut self, node: &'w Node, inner: &'w Node) -> Outcomes {
        let value = self.eval(inner);
        let mut found = Outcomes { cases: Vec::new(), ..value };
        for (when, symbol) in value.cases {
            let one = match symbol {
                Symbol::Number { lin, places, whole } => {
                    let lin = lin.neg();
                    let fault = match whole {
                        true => self.outside(&lin, i64::MIN.into(), i64::MAX.into()),
                        false => Ok(F::FALSE),
                    };
                    let fault = fault.unwrap_or(F::TRUE);
                    Outcomes { fault, ..Outcomes::just(Symbol::Number { lin, places, whole }) }
                }
                Symbol::Length(unit, lin) => {
                    self.length(unit, lin.neg()).unwrap_or(any("bound:digits"))
                }
                _ => any("any"),
            };
            let one = one.when(&mut self.formula, when);
            found.or(&mut self.formula, one);
        }
        let _ = node;
        found
    }

    /// Whether an item is in a list.
    pub fn contains(
        &mut self,
        node: &'w Node,
        item: &'w Node,
        list: &'w Node,
        negated: bool,
    ) -> Outcomes {
        let value = self.eval(item);
        let found = self.eval(list);
        let all = self.all_known(&[value.clone(), found.clone()]);
        let mut verdicts = Verdicts { unknown: all.unknown, fault: all.fault, ..Verdicts::NEVER };
        let made = matches!(list.op, Op::Each { .. }) || list.asked_senders().is_some();
        if made || value.cases.len() * found.cases.len() > CASES {
            verdicts.unknown = F::TRUE;
            let flag = self.vague_flag("list", Some(node));
            verdicts.holds = flag;
            verdicts.fails = self.formula.opposite(flag);
            verdicts.fault = F::TRUE;
        } else {
            for (first, symbol) in &value.cases {
                for (second, list) in &found.cases {
                    let when = self.formula.and(*first, *second);
                    let one = match list {
                        Symbol::List(List::Written(items)) => self.among(node, symbol, items),
                        Symbol::List(List::Items { list, filters }) if filters.is_empty() => {
                            self.item_is(*list, symbol)
                        }
                        _ => {
                            let flag = self.vague_flag("list", Some(node));
                            let fails = self.formula.opposite(flag);
                            Verdicts { holds: flag, fails, unknown: F::FALSE, fault: F::TRUE }
                        }
                    };
                    let one = one.when(&mut self.formula, when);
                    verdicts.holds = self.formula.or(verdicts.holds, one.holds);
                    verdicts.fails = self.formula.or(verdicts.fails, one.fails);
                    verdicts.unknown = self.formula.or(verdicts.unknown, one.unknown);
                    verdicts.fault = self.formula.or(verdicts.fault, one.fault);
                }
            }
        }
        Outcomes::of(if negated { verdicts.negated() } else { verdicts })
    }

    /// Whether a value is one of a list that is written out.
    fn among(&mut self, node: &Node, symbol: &Symbol, items: &[Outcomes]) -> Verdicts {
        let value = Outcomes::just(symbol.clone());
        let mut found = Verdicts { fails: F::TRUE, ..Verdicts::NEVER };
        let mut vague = false;
        for item in items {
            // Items of a list that is there are known.
            let item = Outcomes { unknown: F::FALSE, fault: F::FALSE, ..item.clone() };
            vague |= item.cases.iter().any(|(_, symbol)| matches!(symbol, Symbol::Vague(_)));
            let one = self.pair(node, Binary::Equal, &value, &item);
            let one = self.verdicts(one, None).when(&mut self.formula, found.fails);
            found.holds = self.formula.or(found.holds, one.holds);
            found.fault = self.formula.or(found.fault, one.fault);
            found.fails = one.fails;
        }
        if vague || matches!(symbol, Symbol::Vague(_)) {
            let flag = self.vague_flag("list", Some(node));
            let fails = self.formula.opposite(flag);
            return Verdicts { holds: flag, fails, unknown: F::FALSE, fault: F::TRUE };
        }
        found
    }

    /// A list that is written out, of items that must all be known.
    pub fn written(&mut self, items: Vec<Outcomes>) -> Outcomes {
        let mut found = self.all_known(&items);
        let symbol = Symbol::List(List::Written(std::sync::Arc::new(items)));
        for (_, place) in &mut found.cases {
            *place = symbol.clone();
        }
        found
    }
}

impl Outcomes {
    /// With what else may come of another.
    fn with(mut self, other: &Self) -> Self {
        (self.unknown, self.fault) = (other.unknown, other.fault);
        self
    }
}

/// Whether it is asked of a list that is made of another, so that what is unknown of one row need not matter.
fn asks_rows(node: &Node) -> bool {
    use crate::rule::program::{Builtin, Each};
    let mut waiting = vec![node];
    while let Some(node) = waiting.pop() {
        if let Op::Call(Builtin::Len | Builtin::Sum | Builtin::Min | Builtin::Max, args) = &node.op
            && let [list] = args.as_slice()
            && matches!(list.op, Op::Each { each: Each::Filter | Each::Map, .. })
        {
            return true;
        }
        if let Op::Binary { left, right, .. } = &node.op {
            waiting.extend([&**left, right]);
        }
    }
    false
}

/// Any value, or a fault; known where its parts are.
pub(super) fn any(why: &'static str) -> Outcomes {
    let cases = vec![(F::TRUE, Symbol::Vague(why))];
    Outcomes { cases, unknown: F::FALSE, fault: F::TRUE }
}
