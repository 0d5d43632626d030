//! Conditions: "and" and "or" over literals, each kept once. Only literals are negated.
//!
//! A literal is an atom or its opposite: a flag, a text that is a constant, two texts that are the same, a linear form that
//! is at most, or below, a bound.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::linear::{Lin, Number as Var, Variable};
use super::rational::{Exact, Ratio};

/// A condition, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct F(pub u32);

impl F {
    pub const TRUE: Self = Self(0);
    pub const FALSE: Self = Self(1);
}

/// An atom with a sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Literal {
    pub atom: u32,
    pub holds: bool,
}

impl Literal {
    pub fn opposite(self) -> Self {
        Self { holds: !self.holds, ..self }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Part {
    True,
    False,
    Literal(Literal),
    And(Vec<F>),
    Or(Vec<F>),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Atom {
    Flag(u32),
    /// A text variable is this constant.
    Is(u32, u32),
    /// Two text variables are the same, the lower number first.
    Same(u32, u32),
    /// A form is at most a bound, or below it.
    Most {
        form: u32,
        bound: Ratio,
        strict: bool,
    },
}

/// A text that is not known beforehand.
#[derive(Debug, Clone, Default)]
pub(super) struct TextInfo {
    /// The only ones that it may be.
    pub of: Option<Vec<u32>>,
}

/// All conditions of one question.
#[derive(Debug)]
pub(super) struct Formula {
    parts: Vec<Part>,
    known: HashMap<Part, F>,
    pub atoms: Vec<Atom>,
    known_atoms: HashMap<Atom, u32>,
    pub variables: Vec<Variable>,
    /// Sums of variables, in lowest terms: those of one variable too.
    pub forms: Vec<Vec<(Var, Ratio)>>,
    known_forms: HashMap<Vec<(Var, Ratio)>, u32>,
    pub flags: u32,
    pub texts: Vec<TextInfo>,
    pub words: Vec<Arc<str>>,
    known_words: HashMap<Arc<str>, u32>,
    /// What is not understood, by atom of a flag, and by variable.
    pub vague_flags: HashMap<u32, &'static str>,
    pub vague_variables: HashMap<Var, &'static str>,
}

impl Formula {
    pub fn new() -> Self {
        let mut known = HashMap::new();
        known.insert(Part::True, F::TRUE);
        known.insert(Part::False, F::FALSE);
        Self {
            parts: vec![Part::True, Part::False],
            known,
            atoms: Vec::new(),
            known_atoms: HashMap::new(),
            variables: Vec::new(),
            forms: Vec::new(),
            known_forms: HashMap::new(),
            flags: 0,
            texts: Vec::new(),
            words: Vec::new(),
            known_words: HashMap::new(),
            vague_flags: HashMap::new(),
            vague_variables: HashMap::new(),
        }
    }

    pub fn part(&self, id: F) -> &Part {
        self.parts.get(id.0 as usize).unwrap_or(&Part::False)
    }

    fn keep(&mut self, part: Part) -> F {
        if let Some(id) = self.known.get(&part) {
            return *id;
        }
        let id = F(u32::try_from(self.parts.len()).unwrap_or(u32::MAX));
        self.parts.push(part.clone());
        self.known.insert(part, id);
        id
    }

    pub fn literal(&mut self, literal: Literal) -> F {
        self.keep(Part::Literal(literal))
    }

    fn atom(&mut self, atom: Atom) -> u32 {
        if let Some(id) = self.known_atoms.get(&atom) {
            return *id;
        }
        let id = u32::try_from(self.atoms.len()).unwrap_or(u32::MAX);
        self.atoms.push(atom.clone());
        self.known_atoms.insert(atom, id);
        id
    }

    /// A condition of its own. Its opposite is `opposite` of it.
    pub fn flag(&mut self) -> F {
        let atom = self.atom(Atom::Flag(self.flags));
        self.flags += 1;
        self.literal(Literal { atom, holds: true })
    }

    /// One that stands for what is not understood.
    pub fn vague_flag(&mut self, why: &'static str) -> F {
        let flag = self.flag();
        if let Part::Literal(literal) = *self.part(flag) {
            self.vague_flags.insert(literal.atom, why);
        }
        flag
    }

    /// The opposite of a condition. Only of those that say exactly when something is so; linear in its size.
    pub fn opposite(&mut self, id: F) -> F {
        match self.part(id).clone() {
            Part::True => F::FALSE,
            Part::False => F::TRUE,
            Part::Literal(literal) => self.literal(literal.opposite()),
            Part::And(parts) => {
                let parts = parts.into_iter().map(|part| self.opposite(part)).collect();
                self.any(parts)
            }
            Part::Or(parts) => {
                let parts = parts.into_iter().map(|part| self.opposite(part)).collect();
                self.all(parts)
            }
        }
    }

    pub fn and(&mut self, a: F, b: F) -> F {
        match (a, b) {
            (F::FALSE, _) | (_, F::FALSE) => F::FALSE,
            (F::TRUE, other) | (other, F::TRUE) => other,
            (a, b) => self.all(vec![a, b]),
        }
    }

    pub fn or(&mut self, a: F, b: F) -> F {
        match (a, b) {
            (F::TRUE, _) | (_, F::TRUE) => F::TRUE,
            (F::FALSE, other) | (other, F::FALSE) => other,
            (a, b) => self.any(vec![a, b]),
        }
    }

    pub fn all(&mut self, parts: Vec<F>) -> F {
        match self.joined(parts, F::TRUE, F::FALSE) {
            Ok(parts) => self.keep(Part::And(parts)),
            Err(id) => id,
        }
    }

    pub fn any(&mut self, parts: Vec<F>) -> F {
        match self.joined(parts, F::FALSE, F::TRUE) {
            Ok(parts) => self.keep(Part::Or(parts)),
            Err(id) => id,
        }
    }

    /// Two and more parts in order, or what they come to.
    fn joined(&self, mut parts: Vec<F>, neutral: F, deciding: F) -> Result<Vec<F>, F> {
        parts.sort_unstable();
        parts.dedup();
        parts.retain(|part| *part != neutral);
        if parts.contains(&deciding) {
            return Err(deciding);
        }
        let literals: BTreeSet<Literal> = parts
            .iter()
            .filter_map(|part| match self.part(*part) {
                Part::Literal(literal) => Some(*literal),
                _ => None,
            })
            .collect();
        if literals.iter().any(|literal| literal.holds && literals.contains(&literal.opposite())) {
            return Err(deciding);
        }
        match parts.as_slice() {
            [] => Err(neutral),
            [only] => Err(*only),
            _ => Ok(parts),
        }
    }

    /// At least so many of these.
    pub fn at_least(&mut self, least: usize, of: &[F]) -> F {
        if least == 0 {
            return F::TRUE;
        }
        if least > of.len() {
            return F::FALSE;
        }
        // By how many of those seen so far hold: ways[n] is "at least n".
        let mut ways = vec![F::FALSE; least + 1];
        if let Some(first) = ways.first_mut() {
            *first = F::TRUE;
        }
        for part in of {
            for count in (1..=least).rev() {
                let (Some(before), Some(same)) =
                    (ways.get(count - 1).copied(), ways.get(count).copied())
                else {
                    continue;
                };
                let with = self.and(before, *part);
                let found = self.or(same, with);
                if let Some(place) = ways.get_mut(count) {
                    *place = found;
                }
            }
        }
        ways.last().copied().unwrap_or(F::FALSE)
    }

    pub fn variable(&mut self, variable: Variable) -> Var {
        let id = Var(u32::try_from(self.variables.len()).unwrap_or(u32::MAX));
        self.variables.push(variable);
        id
    }

    /// A variable that stands for what is not understood.
    pub fn vague(&mut self, variable: Variable, why: &'static str) -> Var {
        let id = self.variable(variable);
        self.vague_variables.insert(id, why);
        id
    }

    pub fn word(&mut self, text: &str) -> u32 {
        if let Some(id) = self.known_words.get(text) {
            return *id;
        }
        let id = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        let text: Arc<str> = Arc::from(text);
        self.words.push(Arc::clone(&text));
        self.known_words.insert(text, id);
        id
    }

    pub fn text(&mut self, info: TextInfo) -> u32 {
        let id = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(info);
        id
    }

    /// A text variable is a constant.
    pub fn is(&mut self, text: u32, word: u32) -> F {
        let of = self.texts.get(text as usize).and_then(|info| info.of.as_ref());
        if of.is_some_and(|of| !of.contains(&word)) {
            return F::FALSE;
        }
        let atom = self.atom(Atom::Is(text, word));
        self.literal(Literal { atom, holds: true })
    }

    /// Two text variables are the same.
    pub fn same(&mut self, a: u32, b: u32) -> F {
        if a == b {
            return F::TRUE;
        }
        let of = |text: u32| self.texts.get(text as usize).and_then(|info| info.of.clone());
        if let Some(of) = of(a).or_else(|| of(b)) {
            let ways = of.into_iter().map(|word| {
                let (one, other) = (self.is(a, word), self.is(b, word));
                self.and(one, other)
            });
            let ways = ways.collect();
            return self.any(ways);
        }
        let atom = self.atom(Atom::Same(a.min(b), a.max(b)));
        self.literal(Literal { atom, holds: true })
    }

    /// The smallest and the largest that a form may be, where its variables are bounded.
    pub fn range(&self, lin: &Lin) -> (Option<Ratio>, Option<Ratio>) {
        let end = |low: bool| -> Option<Ratio> {
            lin.terms.iter().try_fold(lin.constant, |sum, (variable, times)| {
                let info = self.variables.get(variable.0 as usize)?;
                let bound = if times.is_negative() == low { info.high } else { info.low };
                sum.add(bound?.mul(*times).ok()?).ok()
            })
        };
        (end(true), end(false))
    }

    /// A form is at most 0, or below 0.
    pub fn at_most_zero(&mut self, lin: &Lin, strict: bool) -> Exact<F> {
        let zero = Ratio::ZERO;
        let (low, high) = self.range(lin);
        let holds = high.is_some_and(|high| if strict { high < zero } else { high <= zero });
        let fails = low.is_some_and(|low| if strict { low >= zero } else { low > zero });
        if holds {
            return Ok(F::TRUE);
        }
        if fails {
            return Ok(F::FALSE);
        }
        let Some((_, lead)) = lin.terms.first().copied() else { return Ok(F::FALSE) };
        let whole = lin.terms.iter().all(|(variable, _)| {
            self.variables.get(variable.0 as usize).is_some_and(|info| info.whole)
        });
        let scale = if whole { lin.coprime()? } else { lead.abs().inverse()? };
        let scale = if lead.is_negative() { scale.neg() } else { scale };
        let terms: Vec<(Var, Ratio)> = lin
            .terms
            .iter()
            .map(|(variable, times)| Ok((*variable, times.mul(scale)?)))
            .collect::<Exact<_>>()?;
        let bound = lin.constant.mul(scale)?.neg();
        let form = self.form(terms);
        // Turned round, `form ≥ bound` is the opposite of `form < bound`.
        let turned = scale.is_negative();
        let strict = strict != turned;
        let (bound, strict) = match (whole, strict) {
            (false, strict) => (bound, strict),
            (true, false) => (Ratio::whole(bound.floor()), false),
            (true, true) => (Ratio::whole(bound.ceil()?).sub(Ratio::ONE)?, false),
        };
        let atom = self.atom(Atom::Most { form, bound, strict });
        Ok(self.literal(Literal { atom, holds: !turned }))
    }

    fn form(&mut self, terms: Vec<(Var, Ratio)>) -> u32 {
        if let Some(id) = self.known_forms.get(&terms) {
            return *id;
        }
        let id = u32::try_from(self.forms.len()).unwrap_or(u32::MAX);
        self.forms.push(terms.clone());
        self.known_forms.insert(terms, id);
        id
    }

    /// A form is exactly 0.
    pub fn zero(&mut self, lin: &Lin) -> Exact<F> {
        let (above, below) =
            (self.at_most_zero(lin, false)?, self.at_most_zero(&lin.neg(), false)?);
        Ok(self.and(above, below))
    }
}
