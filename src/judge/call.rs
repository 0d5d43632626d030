//! Functions and properties of values, for values that hang on variables.

use std::sync::Arc;

use super::formula::F;
use super::linear::{Lin, Variable};
use super::operate::any;
use super::places::{DAYS, Root, TIMES};
use super::rational::{Exact, Ratio, power};
use super::symbol::{List, Outcomes, Symbol, Unit, Verdicts, constant};
use super::unfold::{CASES, Function, Term, Unfolder, whole};
use crate::definition::shape::Kind;
use crate::rule::program::{Builtin, Each, Node, Op};

/// Microseconds of an hour, a minute, a second.
const HOUR: i128 = 3_600_000_000;
const MINUTE: i128 = 60_000_000;
const SECOND: i128 = 1_000_000;
const DAY: i64 = 86_400_000_000;

impl<'w> Unfolder<'w> {
    /// A property of a value, or an entry of a record.
    pub fn property(&mut self, node: &'w Node, base: &'w Node, name: &Arc<str>) -> Outcomes {
        let base = self.eval(base);
        let mut found = Outcomes { cases: Vec::new(), unknown: base.unknown, fault: base.fault };
        for (when, symbol) in base.cases {
            let one = match symbol {
                Symbol::Record(place) => self.entry(place, name),
                symbol => self.of_value(node, &symbol, name),
            };
            let one = one.when(&mut self.formula, when);
            found.or(&mut self.formula, one);
        }
        found
    }

    fn entry(&mut self, place: usize, name: &Arc<str>) -> Outcomes {
        let Some(record) = self.places.all.get(place) else { return Outcomes::vague("list") };
        let Kind::Object(object) = &record.shape.kind else { return Outcomes::vague("list") };
        let shape = match object.properties.get(&**name).or(object.additional.as_ref()) {
            Some(shape) => shape,
            // There is no such entry.
            None => return Outcomes::unknown(),
        };
        let always = object.required.iter().any(|required| **required == **name);
        let root = Root::Entry(place, Arc::clone(name));
        let place = self.places.place(&mut self.formula, root, shape, always);
        self.places.outcomes(&mut self.formula, place)
    }

    fn of_value(&mut self, node: &'w Node, symbol: &Symbol, name: &str) -> Outcomes {
        let number = |lin: Lin| Symbol::Number { lin, places: Some(0), whole: true };
        match (symbol, name) {
            (Symbol::Date(day), "year" | "month" | "day") => {
                let (function, bounds) = match name {
                    "year" => (Function::Year, (1, 9999)),
                    "month" => (Function::Month, (1, 12)),
                    _ => (Function::Day, (1, 31)),
                };
                match self.term(function, vec![day.clone()], whole(bounds)) {
                    Ok(variable) => Outcomes::just(number(Lin::of(variable))),
                    Err(_) => any("bound:digits"),
                }
            }
            (Symbol::Date(day), "weekday") => self.weekday(day).unwrap_or(any("bound:digits")),
            (Symbol::Time(_), "year" | "month" | "day" | "weekday") => {
                let info = whole((1, if name == "year" { 9999 } else { 31 }));
                let variable = self.vague_number("calendar", "part", node, info);
                Outcomes::just(number(Lin::of(variable)))
            }
            (Symbol::Time(_), "date") => {
                let (Symbol::Time(time), info) = (symbol, whole(DAYS)) else { return any("any") };
                match self.term(Function::DateOf, vec![time.clone()], info) {
                    Ok(variable) => Outcomes::just(Symbol::Date(Lin::of(variable))),
                    Err(_) => any("bound:digits"),
                }
            }
            (Symbol::Length(Unit::Days, lin), "days") => Outcomes::just(number(lin.clone())),
            (Symbol::Length(Unit::Microseconds, lin), "hours" | "minutes" | "seconds") => {
                let by = match name {
                    "hours" => HOUR,
                    "minutes" => MINUTE,
                    _ => SECOND,
                };
                let found = Ratio::new(1, by).and_then(|by| {
                    let places = by.number().map(crate::value::Number::decimals);
                    let lin = lin.times(by)?;
                    self.result(lin, places, false)
                });
                found.unwrap_or(any("bound:digits"))
            }
            (Symbol::List(_) | Symbol::Text(_), "len") => self.length_of(node, symbol),
            (Symbol::Vague(why), _) => Outcomes::vague(why),
            // A value of another kind has no such property.
            _ => any("any"),
        }
    }

    /// Monday is 1: a day is so many weeks and some days after one.
    fn weekday(&mut self, day: &Lin) -> Exact<Outcomes> {
        let (weeks, is_new) = self.part(day, Ratio::whole(7), "weeks");
        // 1970-01-01 was a Thursday.
        let lin = day.sub(&Lin::of(weeks).times(Ratio::whole(7))?)?.plus(Ratio::whole(4))?;
        let low = self.formula.at_most_zero(&lin.neg().plus(Ratio::ONE)?, false)?;
        let high = self.formula.at_most_zero(&lin.plus(Ratio::whole(-7))?, false)?;
        if is_new {
            self.axioms.entry(weeks).or_default().extend([low, high]);
        }
        Ok(Outcomes::just(Symbol::Number { lin, places: Some(0), whole: true }))
    }

    /// The variable of a term of the calendar, made when it is first asked for.
    pub fn term(
        &mut self,
        function: Function,
        of: Vec<Lin>,
        info: Variable,
    ) -> Exact<super::linear::Number> {
        let key = (function, of);
        if let Some(known) = self.known_terms.get(&key) {
            return Ok(*known);
        }
        let variable = self.formula.vague(info, "calendar");
        let of = key.1.clone();
        // Of a day that there is not nothing is said: it has no value, and must not exclude anything else.
        let (low, high) = if function == Function::DateOf { TIMES } else { DAYS };
        let mut beyond = F::FALSE;
        for of in &of {
            let outside = self.outside(of, low, high)?;
            beyond = self.formula.or(beyond, outside);
        }
        let axioms = self.coarsely(function, &of, &Lin::of(variable))?;
        let axioms: Vec<F> =
            axioms.into_iter().map(|axiom| self.formula.or(beyond, axiom)).collect();
        self.axioms.entry(variable).or_default().extend(axioms);
        self.terms.push(Term { variable, function, of });
        self.known_terms.insert(key, variable);
        Ok(variable)
    }

    /// What is so of a term whatever the days are.
    fn coarsely(&mut self, function: Function, of: &[Lin], found: &Lin) -> Exact<Vec<F>> {
        let formula = &mut self.formula;
        let ratio = |number: i64| Ratio::whole(number.into());
        Ok(match (function, of) {
            // From 0001-01-01 on: a year begins after so many days and a day for every leap year.
            (Function::Year, [day]) => {
                let since = day.plus(ratio(719_162))?;
                let years = found.plus(ratio(-1))?;
                let least = years.times(ratio(365))?.sub(&since)?;
                let most = since.sub(&years.plus(Ratio::ONE)?.times(ratio(366))?)?;
                vec![formula.at_most_zero(&least, false)?, formula.at_most_zero(&most, true)?]
            }
            // No clock is more than 26 hours from UTC.
            (Function::DateOf, [time]) => {
                let over = time.sub(&found.times(ratio(DAY))?)?;
                vec![
                    formula.at_most_zero(&over.neg().plus(ratio(-26 * 3_600_000_000))?, false)?,
                    formula.at_most_zero(&over.plus(ratio(-50 * 3_600_000_000))?, true)?,
                ]
            }
            (Function::Later(months), [day]) => {
                let (least, most) = if months > 0 { (28, 31) } else { (31, 28) };
                let over = found.sub(day)?;
                vec![
                    formula
                        .at_most_zero(&over.neg().plus(ratio(least).mul(ratio(months))?)?, false)?,
                    formula
                        .at_most_zero(&over.plus(ratio(most).mul(ratio(months))?.neg())?, false)?,
                ]
            }
            (Function::Months | Function::Years, [from, to]) => {
                let (least, most) =
                    if function == Function::Months { (28, 31) } else { (365, 366) };
                let over = to.sub(from)?;
                let mut ways = Vec::new();
                for sign in [Ratio::ONE, Ratio::ONE.neg()] {
                    let (over, found) = (over.times(sign)?, found.times(sign)?);
                    let parts = vec![
                        formula.at_most_zero(&over.neg(), false)?,
                        formula.at_most_zero(&found.neg(), false)?,
                        formula.at_most_zero(&found.times(ratio(least))?.sub(&over)?, false)?,
                        formula.at_most_zero(
                            &over.sub(&found.plus(Ratio::ONE)?.times(ratio(most))?)?,
                            false,
                        )?,
                    ];
                    ways.push(formula.all(parts));
                }
                vec![formula.any(ways)]
            }
            _ => Vec::new(),
        })
    }

    pub fn item(&mut self, base: &'w Node, item: &'w Node) -> Outcomes {
        let (base, item) = (self.eval(base), self.eval(item));
        let mut found = self.all_known(&[base, item]);
        let known = found.known(&mut self.formula);
        found.cases = vec![(known, Symbol::Vague("list"))];
        found.unknown = F::TRUE;
        found.fault = F::TRUE;
        found
    }

    /// How many items or characters.
    fn length_of(&mut self, node: &Node, symbol: &Symbol) -> Outcomes {
        let number = |lin: Lin| Symbol::Number { lin, places: Some(0), whole: true };
        match symbol {
            Symbol::List(List::Items { list, filters }) => self.how_many(*list, filters),
            Symbol::List(List::Written(items)) => {
                let count = i128::try_from(items.len()).unwrap_or(0);
                Outcomes::just(number(Lin::constant(Ratio::whole(count))))
            }
            Symbol::Text(_) => {
                let info = Variable::whole(Some(0), Some(i64::MAX.into()));
                let variable = self.vague_number("text", "length", node, info);
                Outcomes::just(number(Lin::of(variable)))
            }
            Symbol::Vague(why) => {
                let info = Variable::whole(Some(0), Some(i64::MAX.into()));
                let variable = self.vague_number(why, "length", node, info);
                Outcomes { fault: F::TRUE, ..Outcomes::just(number(Lin::of(variable))) }
            }
            Symbol::Record(_) => any("list"),
            _ => Outcomes { fault: F::TRUE, ..Outcomes::NEVER },
        }
    }

    pub fn call(&mut self, node: &'w Node, builtin: &Builtin, args: &'w [Node]) -> Outcomes {
        let values: Vec<Outcomes> = args.iter().map(|arg| self.eval(arg)).collect();
        let all = self.all_known(&values);
        let mut found = Outcomes { cases: Vec::new(), ..all };
        // What is asked of rows of which some are undecided may be decided all the same.
        if matches!(
            args.first().map(|arg| &arg.op),
            Some(Op::Each { each: Each::Filter | Each::Map, .. })
        ) {
            found.unknown = F::TRUE;
        }
        let mut ways: Vec<(F, Vec<Symbol>)> = vec![(F::TRUE, Vec::new())];
        for value in &values {
            if ways.len().saturating_mul(value.cases.len()) > CASES {
                return Outcomes::vague("bound:cases");
            }
            let mut next = Vec::new();
            for (when, symbols) in &ways {
                for (other, symbol) in &value.cases {
                    let when = self.formula.and(*when, *other);
                    if when != F::FALSE {
                        let symbols = symbols.iter().cloned().chain([symbol.clone()]);
                        next.push((when, symbols.collect()));
                    }
                }
            }
            ways = next;
        }
        for (when, symbols) in ways {
            let one = self.builtin(node, builtin, &symbols).unwrap_or(any("bound:digits"));
            let one = one.when(&mut self.formula, when);
            found.or(&mut self.formula, one);
        }
        found
    }

    fn builtin(&mut self, node: &Node, builtin: &Builtin, args: &[Symbol]) -> Exact<Outcomes> {
        let number = |lin: Lin| Symbol::Number { lin, places: Some(0), whole: true };
        Ok(match (builtin, args) {
            (
                Builtin::Days
                | Builtin::Weeks
                | Builtin::Months
                | Builtin::Years
                | Builtin::Hours
                | Builtin::Minutes
                | Builtin::Seconds,
                [Symbol::Number { lin, whole: true, .. }],
            ) => {
                let (unit, by) = match builtin {
                    Builtin::Days => (Unit::Days, 1),
                    Builtin::Weeks => (Unit::Days, 7),
                    Builtin::Months => (Unit::Months, 1),
                    Builtin::Years => (Unit::Months, 12),
                    Builtin::Hours => (Unit::Microseconds, HOUR),
                    Builtin::Minutes => (Unit::Microseconds, MINUTE),
                    _ => (Unit::Microseconds, SECOND),
                };
                self.length(unit, lin.times(Ratio::whole(by))?)?
            }
            (
                Builtin::YearsBetween | Builtin::MonthsBetween,
                [Symbol::Date(a), Symbol::Date(b)],
            ) => {
                let (function, most) = match builtin {
                    Builtin::YearsBetween => (Function::Years, 10_000),
                    _ => (Function::Months, 120_000),
                };
                let variable =
                    self.term(function, vec![a.clone(), b.clone()], whole((-most, most)))?;
                Outcomes::just(number(Lin::of(variable)))
            }
            (Builtin::WorkdaysBetween, [Symbol::Date(_), Symbol::Date(_)]) => {
                let info = whole((-4_000_000, 4_000_000));
                let variable = self.vague_number("calendar", "workdays", node, info);
                let found = Outcomes::just(number(Lin::of(variable)));
                Outcomes { fault: F::TRUE, ..found }
            }
            (Builtin::AddWorkdays | Builtin::SubtractWorkdays, [Symbol::Date(_), _])
            | (Builtin::NextWorkday, [Symbol::Date(_)]) => {
                let variable = self.vague_number("calendar", "workday", node, whole(DAYS));
                let found = Outcomes::just(Symbol::Date(Lin::of(variable)));
                Outcomes { fault: F::TRUE, ..found }
            }
            (Builtin::AddWorkdays | Builtin::SubtractWorkdays, [Symbol::Time(_), _]) => {
                let variable = self.vague_number("calendar", "workday", node, whole(TIMES));
                let found = Outcomes::just(Symbol::Time(Lin::of(variable)));
                Outcomes { fault: F::TRUE, ..found }
            }
            (Builtin::Date, _) => {
                let variable = self.vague_number("calendar", "date", node, whole(DAYS));
                let found = Outcomes::just(Symbol::Date(Lin::of(variable)));
                Outcomes { fault: F::TRUE, ..found }
            }
            (Builtin::Len, [symbol]) => self.length_of(node, symbol),
            (Builtin::IsEmpty, [symbol]) => {
                let length = self.length_of(node, symbol);
                let zero = Outcomes::just(number(Lin::constant(Ratio::ZERO)));
                let op = crate::rule::syntax::Binary::Equal;
                let mut found = self.pair(node, op, &length, &zero);
                // That is what is asked of a list of certain rows, and rows that may be there.
                if let Symbol::List(List::Items { filters, .. }) = symbol
                    && !filters.is_empty()
                {
                    found.unknown = F::TRUE;
                    if !found.cases.iter().any(|(_, symbol)| *symbol == Symbol::Boolean(false)) {
                        found.case(&mut self.formula, F::TRUE, Symbol::Boolean(false));
                    }
                }
                found
            }
            (Builtin::Min | Builtin::Max, [a, b]) => self.outer(*builtin == Builtin::Min, a, b)?,
            (Builtin::Abs, [Symbol::Number { lin, places, whole }]) => {
                let mut found = Outcomes::NEVER;
                let below = self.formula.at_most_zero(lin, true)?;
                let above = self.formula.at_most_zero(&lin.neg(), false)?;
                for (when, lin) in [(below, lin.neg()), (above, lin.clone())] {
                    let symbol = Symbol::Number { lin, places: *places, whole: *whole };
                    found.case(&mut self.formula, when, symbol);
                }
                if *whole {
                    found.fault = self.outside(lin, -i128::from(i64::MAX), i64::MAX.into())?;
                }
                found
            }
            (Builtin::Floor | Builtin::Ceil, [symbol @ Symbol::Number { lin, whole, .. }]) => {
                if *whole {
                    return Ok(Outcomes::just(symbol.clone()));
                }
                self.rounded(*builtin == Builtin::Floor, *builtin == Builtin::Ceil, lin, 0, true)?
            }
            (Builtin::Round, [Symbol::Number { lin, .. }, Symbol::Number { lin: digits, .. }])
                if digits.is_constant() =>
            {
                let digits =
                    digits.constant.to_whole().and_then(|digits| u32::try_from(digits).ok());
                match digits.filter(|digits| *digits <= 28) {
                    Some(digits) => self.rounded(false, false, lin, digits, false)?,
                    None => Outcomes { fault: F::TRUE, ..Outcomes::NEVER },
                }
            }
            (Builtin::Round, [symbol @ Symbol::Number { lin, whole, .. }]) => {
                if *whole {
                    return Ok(Outcomes::just(symbol.clone()));
                }
                self.rounded(false, false, lin, 0, true)?
            }
            (
                Builtin::Div,
                [
                    Symbol::Number { lin, whole: true, .. },
                    Symbol::Number { lin: by, whole: true, .. },
                ],
            ) if by.is_constant() && !by.constant.is_zero() => self.quotient(lin, by.constant)?,
            (Builtin::Lower | Builtin::Upper | Builtin::Trim | Builtin::SubString, _) => {
                let symbol = self.vague_text(node);
                Outcomes { fault: F::TRUE, ..Outcomes::just(symbol) }
            }
            (Builtin::StartsWith | Builtin::EndsWith | Builtin::Matches(_), _) => {
                let flag = self.vague_flag("text", Some(node));
                let fails = self.formula.opposite(flag);
                Outcomes::of(Verdicts { holds: flag, fails, unknown: F::FALSE, fault: F::TRUE })
            }
            (Builtin::Covers(values), [Symbol::List(List::Items { list, filters })])
                if filters.is_empty() =>
            {
                let mut parts = Vec::new();
                for value in values.iter() {
                    let symbol = constant(&mut self.formula, value);
                    parts.push(self.item_is(*list, &symbol.unwrap_or(Symbol::Vague("list"))));
                }
                // Every one is looked for in a list that is there: nothing is unknown or fails on the way.
                let holds = self.formula.all(parts.iter().map(|part| part.holds).collect());
                let fails = self.formula.any(parts.iter().map(|part| part.fails).collect());
                Outcomes::of(Verdicts { holds, fails, ..Verdicts::NEVER })
            }
            (Builtin::Covers(_), _) => {
                let flag = self.vague_flag("list", Some(node));
                let fails = self.formula.opposite(flag);
                Outcomes::of(Verdicts { holds: flag, fails, unknown: F::FALSE, fault: F::TRUE })
            }
            (Builtin::Sum, [Symbol::List(List::Items { list, .. })]) => self.sum(node, *list),
            (Builtin::Sum | Builtin::Min | Builtin::Max, [_]) => Outcomes::vague("list"),
            (Builtin::Person | Builtin::Entry, _) => Outcomes::vague("text"),
            (_, [Symbol::Vague(why), ..]) => Outcomes::vague(why),
            _ => Outcomes::vague("list"),
        })
    }

    /// The sum of the items of a list, of which only the kind is known.
    fn sum(&mut self, node: &Node, list: usize) -> Outcomes {
        let kind = self.places.lists.get(list).map(|list| &list.item.kind);
        let whole = matches!(kind, Some(Kind::Integer));
        if !whole && !matches!(kind, Some(Kind::Number)) {
            return Outcomes::vague("list");
        }
        // Of no items it is a whole number, of any a number: that makes no difference to a comparison.
        let info = Variable { whole, ..Variable::default() };
        let lin = Lin::of(self.vague_number("list", "sum", node, info));
        let symbol = Symbol::Number { lin, places: Some(if whole { 0 } else { 28 }), whole };
        Outcomes { fault: F::TRUE, ..Outcomes::just(symbol) }
    }

    /// The smaller or larger of two: the first where they are equal.
    fn outer(&mut self, least: bool, a: &Symbol, b: &Symbol) -> Exact<Outcomes> {
        let over = match (a, b) {
            (Symbol::Number { lin: x, .. }, Symbol::Number { lin: y, .. })
            | (Symbol::Date(x), Symbol::Date(y))
            | (Symbol::Time(x), Symbol::Time(y)) => x.sub(y)?,
            (Symbol::Length(u, x), Symbol::Length(v, y)) if u == v => x.sub(y)?,
            _ => return Ok(Outcomes::vague("any")),
        };
        let over = if least { over } else { over.neg() };
        let first = self.formula.at_most_zero(&over, false)?;
        let second = self.formula.at_most_zero(&over.neg(), true)?;
        let mut found = Outcomes::NEVER;
        for (when, symbol) in [(first, a), (second, b)] {
            found.case(&mut self.formula, when, symbol.clone());
        }
        Ok(found)
    }

    /// The nearest number of so many decimals: below, above, or either where both are as near.
    fn rounded(
        &mut self,
        down: bool,
        up: bool,
        lin: &Lin,
        digits: u32,
        whole: bool,
    ) -> Exact<Outcomes> {
        let unit = Ratio::new(1, power(digits)?)?;
        let how = if down {
            "floor"
        } else if up {
            "ceil"
        } else {
            "round"
        };
        let (count, is_new) = self.part(lin, unit, how);
        let found = Lin::of(count).times(unit)?;
        let over = found.sub(lin)?;
        let half = unit.mul(Ratio::new(1, 2)?)?;
        // found - x lies between these, and is not the one that is excluded.
        let (low, high, open_low, open_high) = match (down, up) {
            (true, _) => (unit.neg(), Ratio::ZERO, true, false),
            (_, true) => (Ratio::ZERO, unit, false, true),
            _ => (half.neg(), half, false, false),
        };
        let formula = &mut self.formula;
        let axioms = [
            formula.at_most_zero(&over.neg().plus(low)?, open_low)?,
            formula.at_most_zero(&over.plus(high.neg())?, open_high)?,
        ];
        if is_new {
            self.axioms.entry(count).or_default().extend(axioms);
        }
        let fault = match whole {
            true => self.outside(&found, i64::MIN.into(), i64::MAX.into())?,
            // A carry may bring it to one digit more.
            false => F::TRUE,
        };
        let symbol = Symbol::Number { lin: found, places: Some(digits), whole };
        Ok(Outcomes { fault, ..Outcomes::just(symbol) })
    }

    /// How often a whole number goes into another, towards zero.
    fn quotient(&mut self, lin: &Lin, by: Ratio) -> Exact<Outcomes> {
        let (found, _) = self.divided(lin, by.abs())?;
        let found = if by.is_negative() { found.neg() } else { found };
        let fault = self.outside(&found, i64::MIN.into(), i64::MAX.into())?;
        let symbol = Symbol::Number { lin: found, places: Some(0), whole: true };
        Ok(Outcomes { fault, ..Outcomes::just(symbol) })
    }
}
