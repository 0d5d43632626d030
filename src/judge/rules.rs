//! Rules, each unfolded once: guards, factors, derived facts, scores.

use super::formula::F;
use super::linear::Lin;
use super::places::Root;
use super::rational::{Exact, Ratio};
use super::script::{has_free_variables, is_tidy, returns};
use super::symbol::{Outcomes, Symbol, Verdicts};
use super::unfold::{DEPTH, Unfolder};
use crate::definition::shape::{Kind, Shape};
use crate::rule::program::{Node, Program};
use crate::rule::{FactorProgram, Requirement};
use crate::table::{FactId, FactorId};

impl<'w> Unfolder<'w> {
    /// The condition of a guard, or of another script that is decided with three values.
    pub fn decided(&mut self, program: &'w Program) -> Verdicts {
        let found = self.framed(program, Vec::new(), true);
        self.verdicts(found, None)
    }

    /// The condition of a part of a script that is decided with three values, and reads no variables of the script.
    pub fn clause(&mut self, program: &'w Program, node: &'w Node) -> Verdicts {
        let outer_locals = std::mem::take(&mut self.locals);
        let outer = self.program.replace(program);
        let found = if !returns(node) && !has_free_variables(node) {
            self.truth(node)
        } else {
            let found = Outcomes::vague("loop");
            self.verdicts(found, None)
        };
        self.locals = outer_locals;
        self.program = outer;
        found
    }

    /// What a script comes to, with the arguments that it is called with.
    pub fn framed(
        &mut self,
        program: &'w Program,
        args: Vec<Option<Outcomes>>,
        decided: bool,
    ) -> Outcomes {
        self.depth += 1;
        let mut locals = args;
        locals.resize(locals.len().max(program.slots as usize), None);
        let outer_locals = std::mem::take(&mut self.locals);
        let outer = self.program.replace(program);
        let found = if self.depth > DEPTH {
            Outcomes::vague("bound:depth")
        } else if !is_tidy(&program.root) {
            Outcomes::vague("loop")
        } else {
            self.tail(&program.root, vec![(F::TRUE, locals)], decided)
        };
        self.locals = outer_locals;
        self.program = outer;
        self.depth -= 1;
        found
    }

    pub fn requirement(&mut self, requirement: Requirement) -> Verdicts {
        match requirement {
            Requirement::Factor(id) => self.factor(id),
            Requirement::Fact(id) => {
                let found = self.fact(id);
                self.verdicts(found, None)
            }
        }
    }

    /// Works out all rules, those that others read first, so that asking goes into one at a time.
    pub fn prepare(&mut self) {
        let rules = self.rules;
        for requirement in rules.in_order() {
            match requirement {
                Requirement::Fact(id) => drop(self.fact(id)),
                Requirement::Factor(id) if rules.is_score(id) => drop(self.score(id)),
                Requirement::Factor(id) => _ = self.factor(id),
            }
        }
    }

    /// Which event the memory of a rule hangs on.
    pub fn remembered(&mut self, requirement: Requirement) -> Option<u32> {
        let (event, _) = self.scope.event?;
        let rules = self.rules;
        let known = self.reading.entry(requirement);
        known.or_insert_with(|| rules.requirement_reads_event(requirement)).then_some(event)
    }

    pub fn factor(&mut self, id: FactorId) -> Verdicts {
        let key = (id, self.remembered(Requirement::Factor(id)));
        if let Some(known) = self.factors.get(&key) {
            return *known;
        }
        let rules = self.rules;
        if let Some(found) = self.settled(Requirement::Factor(id)) {
            let found = found.as_verdicts();
            self.factors.insert(key, found);
            return found;
        }
        let found = match rules.factors.get(id).map(|factor| &factor.program) {
            Some(FactorProgram::Guard(program)) => self.decided(program),
            Some(FactorProgram::Of { of, at_least }) => {
                let parts: Vec<Verdicts> = of.iter().map(|part| self.requirement(*part)).collect();
                self.counted(&parts, *at_least)
            }
            Some(FactorProgram::Score(_) | FactorProgram::Broken) | None => {
                Verdicts { fault: F::TRUE, ..Verdicts::NEVER }
            }
        };
        self.factors.insert(key, found);
        found
    }

    /// At least so many of some parts.
    pub fn counted(&mut self, parts: &[Verdicts], least: usize) -> Verdicts {
        let formula = &mut self.formula;
        let holds: Vec<F> = parts.iter().map(|part| part.holds).collect();
        let fails: Vec<F> = parts.iter().map(|part| part.fails).collect();
        let open: Vec<F> = parts.iter().map(|part| part.unknown).collect();
        let few = (parts.len() + 1).checked_sub(least);
        let not_fails: Vec<F> =
            parts.iter().map(|part| formula.or(part.holds, part.unknown)).collect();
        let not_holds: Vec<F> =
            parts.iter().map(|part| formula.or(part.fails, part.unknown)).collect();
        let enough = formula.at_least(least, &not_fails);
        let short = few.map_or(F::TRUE, |few| formula.at_least(few, &not_holds));
        let some = formula.any(open);
        Verdicts {
            holds: formula.at_least(least, &holds),
            fails: few.map_or(F::TRUE, |few| formula.at_least(few, &fails)),
            unknown: formula.all(vec![enough, short, some]),
            fault: formula.any(parts.iter().map(|part| part.fault).collect()),
        }
    }

    pub fn fact(&mut self, id: FactId) -> Outcomes {
        let key = (id, self.remembered(Requirement::Fact(id)));
        if let Some(known) = self.facts.get(&key) {
            return known.clone();
        }
        let (rules, definition) = (self.rules, self.definition);
        let Some(fact) = rules.facts.get(id) else { return Outcomes::vague("any") };
        if let Some(found) = self.settled(Requirement::Fact(id)) {
            self.facts.insert(key, found.clone());
            return found;
        }
        let found = match &fact.value {
            Some(program) => {
                let found = self.framed(program, Vec::new(), fact.shape.kind == Kind::Boolean);
                self.admitted(found, &fact.shape)
            }
            None => {
                let shape: &'w Shape = &definition.facts.at(id).shape;
                // What a case knows it does not forget.
                let always = match &self.world {
                    Some(world) => world.context.facts.get(id).is_some(),
                    None => fact.default.is_some(),
                };
                let place = self.places.place(&mut self.formula, Root::Fact(id), shape, always);
                self.places.outcomes(&mut self.formula, place)
            }
        };
        self.facts.insert(key, found.clone());
        found
    }

    /// A derived fact has a value that fits its declaration, or fails.
    pub fn admitted(&mut self, found: Outcomes, shape: &Shape) -> Outcomes {
        let plain = match &shape.kind {
            Kind::Boolean => true,
            Kind::Date | Kind::DateTime => shape.is_any_time(),
            Kind::Integer | Kind::Number => {
                shape.minimum.is_none()
                    && shape.maximum.is_none()
                    && shape.exclusive_minimum.is_none()
                    && shape.exclusive_maximum.is_none()
                    && shape.multiple_of.is_none()
            }
            Kind::String => {
                shape.min_length.is_none() && shape.max_length.is_none() && shape.pattern.is_none()
            }
            _ => false,
        };
        let mut admitted = Outcomes { cases: Vec::new(), ..found };
        for (when, symbol) in found.cases {
            let fits = match (&shape.kind, symbol) {
                (Kind::Boolean, symbol @ (Symbol::Boolean(_) | Symbol::Vague(_))) => symbol,
                (Kind::Integer, symbol @ Symbol::Number { whole: true, .. }) => symbol,
                (Kind::Number, Symbol::Number { lin, places, .. }) => {
                    Symbol::Number { lin, places, whole: false }
                }
                (Kind::Date, symbol @ Symbol::Date(_))
                | (Kind::DateTime, symbol @ Symbol::Time(_))
                | (Kind::Duration, symbol @ Symbol::Length(..))
                | (Kind::String | Kind::Enum(_), symbol @ Symbol::Text(_))
                | (Kind::Array(_), symbol @ Symbol::List(_))
                | (Kind::Object(_), symbol @ Symbol::Record(_)) => symbol,
                // It may be given another type on the way.
                _ => Symbol::Vague("any"),
            };
            if !plain || matches!(fits, Symbol::Vague(_)) {
                admitted.fault = self.formula.or(admitted.fault, when);
            }
            let when = match &fits {
                Symbol::Number { lin, .. } => {
                    let within = self.within(lin, shape);
                    self.formula.and(when, within)
                }
                _ => when,
            };
            admitted.case(&mut self.formula, when, fits);
        }
        admitted
    }

    /// Whether a sum lies within the bounds of a declaration.
    pub fn within(&mut self, lin: &Lin, shape: &Shape) -> F {
        let mut all = Vec::new();
        let bounds = [
            (shape.minimum, true, false),
            (shape.exclusive_minimum, true, true),
            (shape.maximum, false, false),
            (shape.exclusive_maximum, false, true),
        ];
        for (bound, low, strict) in bounds {
            let Some(bound) = bound else { continue };
            let found: Exact<F> = Ratio::of(bound).and_then(|bound| {
                let over = lin.plus(bound.neg())?;
                let over = if low { over.neg() } else { over };
                self.formula.at_most_zero(&over, strict)
            });
            all.extend(found);
        }
        self.formula.all(all)
    }

    pub fn score(&mut self, id: FactorId) -> Outcomes {
        let key = (id, self.remembered(Requirement::Factor(id)));
        if let Some(known) = self.scores.get(&key) {
            return known.clone();
        }
        let rules = self.rules;
        let Some(FactorProgram::Score(program)) =
            rules.factors.get(id).map(|factor| &factor.program)
        else {
            return Outcomes { fault: F::TRUE, ..Outcomes::NEVER };
        };
        let mut found = self.framed(program, Vec::new(), false);
        let mut score = Outcomes { cases: Vec::new(), ..found };
        for (when, symbol) in std::mem::take(&mut found.cases) {
            score.fault = self.formula.or(score.fault, when);
            let symbol = match symbol {
                Symbol::Number { lin, places, .. } => Symbol::Number { lin, places, whole: false },
                _ => Symbol::Vague("any"),
            };
            score.case(&mut self.formula, when, symbol);
        }
        self.scores.insert(key, score.clone());
        score
    }
}
