//! Whether literals can hold together: texts by what is the same, sums of variables by simplex, whole numbers by branching.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::formula::{Atom, Formula, Literal};
use super::linear::{Number as Var, Variable};
use super::rational::{Exact, Ratio, power};
use super::simplex::{Clash, Near, Reason, Simplex};

/// Branches of one check.
const BRANCHES: u32 = 300;
/// Decimals that are tried for a number.
const DECIMALS: u32 = 8;

/// Values under which some literals hold.
#[derive(Debug, Clone, Default)]
pub(super) struct Model {
    pub numbers: HashMap<Var, Ratio>,
    /// By atom.
    pub flags: BTreeMap<u32, bool>,
    pub texts: BTreeMap<u32, Word>,
}

/// What a text is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    This(u32),
    /// None of these; variables of one class are the same, of two they differ.
    Other {
        not: Vec<u32>,
        class: u32,
    },
}

/// Why there is no model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum No {
    /// These, by their place among the literals, exclude one another.
    Together(Vec<usize>),
    Bound(&'static str),
}

#[derive(Debug)]
pub(super) struct Theory {
    variables: Vec<Var>,
    infos: Vec<Variable>,
    forms: HashMap<u32, u32>,
    /// By column of the simplex: whether it is a whole number.
    whole: Vec<bool>,
    simplex: Simplex,
    /// Texts that are spoken of.
    texts: Vec<u32>,
    branches: u32,
}

impl Theory {
    /// For the atoms that a question comes to. `exact`: results that are rounded count as exact.
    pub fn new(formula: &Formula, atoms: &BTreeSet<u32>, exact: bool) -> Result<Self, No> {
        let mut forms: BTreeSet<u32> = BTreeSet::new();
        let mut texts: BTreeSet<u32> = BTreeSet::new();
        for atom in atoms {
            match formula.atoms.get(*atom as usize) {
                Some(Atom::Most { form, .. }) => _ = forms.insert(*form),
                Some(Atom::Is(text, _)) => _ = texts.insert(*text),
                Some(Atom::Same(a, b)) => texts.extend([*a, *b]),
                _ => {}
            }
        }
        let form_of = |form: &u32| formula.forms.get(*form as usize).cloned().unwrap_or_default();
        let variables: BTreeSet<Var> =
            forms.iter().flat_map(form_of).map(|(variable, _)| variable).collect();
        let variables: Vec<Var> = variables.into_iter().collect();
        let local = |variable: Var| {
            let place = variables.binary_search(&variable).unwrap_or(0);
            Var(u32::try_from(place).unwrap_or(0))
        };
        let infos: Vec<Variable> = variables
            .iter()
            .map(|variable| formula.variables.get(variable.0 as usize).cloned().unwrap_or_default())
            .collect();
        let written: Vec<Vec<(Var, Ratio)>> = forms
            .iter()
            .map(|form| {
                form_of(form).into_iter().map(|(variable, by)| (local(variable), by)).collect()
            })
            .collect();
        let mut simplex = Simplex::new(&infos, &written, exact);
        simplex.settle().map_err(|_| No::Bound("bound:digits"))?;
        let mut whole: Vec<bool> = infos.iter().map(|info| info.whole).collect();
        for (form, terms) in written.iter().enumerate() {
            let column = simplex.column(u32::try_from(form).unwrap_or(0));
            if column == whole.len() {
                whole.push(terms.iter().all(|(variable, by)| {
                    by.is_whole() && infos.get(variable.0 as usize).is_some_and(|info| info.whole)
                }));
            }
        }
        let forms = forms.into_iter().zip(0..).collect();
        let texts = texts.into_iter().collect();
        Ok(Self { variables, infos, forms, whole, simplex, texts, branches: 0 })
    }

    pub fn has_errors(&self) -> bool {
        self.infos.iter().any(|info| info.error)
    }

    pub fn check(&mut self, formula: &Formula, literals: &[Literal]) -> Result<Model, No> {
        let texts = self.words(formula, literals)?;
        let base = self.simplex.bounds();
        let found = self.numbers(formula, literals);
        let restored = self.simplex.restore(base);
        let numbers = found?;
        restored.map_err(|_| No::Bound("bound:digits"))?;
        let mut flags = BTreeMap::new();
        for literal in literals {
            if let Some(Atom::Flag(_)) = formula.atoms.get(literal.atom as usize) {
                flags.insert(literal.atom, literal.holds);
            }
        }
        Ok(Model { numbers, flags, texts })
    }

    fn numbers(
        &mut self,
        formula: &Formula,
        literals: &[Literal],
    ) -> Result<HashMap<Var, Ratio>, No> {
        self.branches = 0;
        self.simplex.begin();
        for (place, literal) in literals.iter().enumerate() {
            let Some(Atom::Most { form, bound, strict }) = formula.atoms.get(literal.atom as usize)
            else {
                continue;
            };
            let Some(form) = self.forms.get(form) else { return Err(No::Bound("bound:digits")) };
            let column = self.simplex.column(*form);
            let reason = Reason::Given(u32::try_from(place).unwrap_or(u32::MAX));
            let found = match (literal.holds, strict) {
                (true, false) => self.simplex.at_most(column, Near::at(*bound), reason),
                (true, true) => self.simplex.at_most(column, Near::below(*bound), reason),
                // Sums of whole numbers are whole.
                (false, false) if self.is_whole(formula, literal.atom) => {
                    match bound.add(Ratio::ONE) {
                        Ok(next) => self.simplex.at_least(column, Near::at(next), reason),
                        Err(_) => Err(Clash::TooLarge),
                    }
                }
                (false, false) => self.simplex.at_least(column, Near::above(*bound), reason),
                (false, true) => self.simplex.at_least(column, Near::at(*bound), reason),
            };
            found.map_err(said)?;
        }
        self.whole(0).map_err(said)?;
        // What was tried on the way to numbers that can be written proves nothing.
        self.written().map_err(|clash| match clash {
            Clash::TooLarge => No::Bound("bound:digits"),
            Clash::Bounds(_) | Clash::TooLong => No::Bound("bound:integers"),
        })
    }

    fn is_whole(&self, formula: &Formula, atom: u32) -> bool {
        let Some(Atom::Most { form, .. }) = formula.atoms.get(atom as usize) else { return false };
        let terms = formula.forms.get(*form as usize);
        terms.is_some_and(|terms| {
            terms.iter().all(|(variable, by)| {
                by.is_whole()
                    && formula.variables.get(variable.0 as usize).is_some_and(|info| info.whole)
            })
        })
    }

    /// Brings variables that are whole numbers to whole numbers.
    fn whole(&mut self, depth: u32) -> Result<(), Clash> {
        self.simplex.check()?;
        let mut open = None;
        for (column, info) in self.infos.iter().enumerate() {
            let value = self.simplex.value(column);
            if info.whole && !(value.real.is_whole() && value.little.is_zero()) {
                open = Some((column, value));
                break;
            }
        }
        let Some((column, value)) = open else { return Ok(()) };
        self.simplex.even(&self.whole)?;
        self.branches += 1;
        if self.branches > BRANCHES || depth > BRANCHES {
            return Err(Clash::TooLong);
        }
        let mut low = value.real.floor();
        if value.real.is_whole() && value.little.is_negative() {
            low -= 1;
        }
        let high = low.checked_add(1).ok_or(Clash::TooLarge)?;
        let (low, high) = (Near::at(Ratio::whole(low)), Near::at(Ratio::whole(high)));
        let reason = Reason::Tried(depth);
        let before = self.simplex.bounds();
        let below = self.simplex.at_most(column, low, reason).and_then(|()| self.whole(depth + 1));
        let mut reasons = match below {
            Ok(()) => return Ok(()),
            Err(Clash::Bounds(reasons)) if !reasons.contains(&reason) => {
                return Err(Clash::Bounds(reasons));
            }
            Err(Clash::Bounds(reasons)) => reasons,
            Err(other) => return Err(other),
        };
        self.simplex.restore(before)?;
        let above =
            self.simplex.at_least(column, high, reason).and_then(|()| self.whole(depth + 1));
        match above {
            Ok(()) => Ok(()),
            Err(Clash::Bounds(others)) if !others.contains(&reason) => Err(Clash::Bounds(others)),
            Err(Clash::Bounds(others)) => {
                reasons.extend(others);
                reasons.retain(|one| *one != reason);
                Err(Clash::Bounds(reasons))
            }
            Err(other) => Err(other),
        }
    }

    /// Values that can be written down: decimals, whole ones where they can be.
    fn written(&mut self) -> Result<HashMap<Var, Ratio>, Clash> {
        for column in 0..self.infos.len() {
            if self.infos.get(column).is_none_or(|info| info.whole || info.error) {
                continue;
            }
            let value = self.simplex.value(column);
            let mut tried = Vec::new();
            if value.little.is_zero() && value.real.is_whole() {
                tried.push(value.real);
            }
            for places in 0..=DECIMALS {
                let unit = Ratio::whole(power(places)?);
                let scaled = value.real.mul(unit)?;
                for end in [scaled.floor(), scaled.ceil()?] {
                    tried.push(Ratio::whole(end).mul(unit.inverse()?)?);
                }
                // Just beside, where an end is excluded.
                if !value.little.is_zero() && scaled.is_whole() {
                    let step =
                        if value.little.is_negative() { Ratio::ONE.neg() } else { Ratio::ONE };
                    tried.push(scaled.add(step)?.mul(unit.inverse()?)?);
                }
            }
            let mut before = self.simplex.bounds();
            for number in tried {
                let branches = std::mem::take(&mut self.branches);
                let fixed = self
                    .simplex
                    .at_most(column, Near::at(number), Reason::Always)
                    .and_then(|()| self.simplex.at_least(column, Near::at(number), Reason::Always))
                    .and_then(|()| self.whole(0));
                self.branches = branches;
                if fixed.is_ok() {
                    // What was tried for whole numbers on the way is not kept.
                    let here = Some((Near::at(number), Reason::Always));
                    if let (Some(low), Some(high)) =
                        (before.0.get_mut(column), before.1.get_mut(column))
                    {
                        (*low, *high) = (here, here);
                    }
                    self.simplex.restore(before.clone())?;
                    self.whole(0)?;
                    break;
                }
                self.simplex.restore(before.clone())?;
                self.simplex.check()?;
            }
            self.simplex.restore(before)?;
            self.whole(0)?;
        }
        let little = self.simplex.little()?;
        let values = self.variables.iter().enumerate().map(|(column, variable)| {
            let value = self.simplex.value(column);
            Ok((*variable, value.real.add(value.little.mul(little)?)?))
        });
        Ok(values.collect::<Exact<_>>()?)
    }

    /// Which texts are which.
    fn words(&self, formula: &Formula, literals: &[Literal]) -> Result<BTreeMap<u32, Word>, No> {
        let mut leader: BTreeMap<u32, u32> = self.texts.iter().map(|text| (*text, *text)).collect();
        let lead = |leader: &BTreeMap<u32, u32>, mut text: u32| {
            while let Some(next) = leader.get(&text).filter(|next| **next != text) {
                text = *next;
            }
            text
        };
        for literal in literals.iter().filter(|literal| literal.holds) {
            if let Some(Atom::Same(a, b)) = formula.atoms.get(literal.atom as usize) {
                let (a, b) = (lead(&leader, *a), lead(&leader, *b));
                leader.insert(a.max(b), a.min(b));
            }
        }
        // All that is said of the texts of some classes.
        let about = |classes: &[u32]| -> Vec<usize> {
            let all = literals.iter().enumerate();
            let found = all.filter(|(_, literal)| match formula.atoms.get(literal.atom as usize) {
                Some(Atom::Is(text, _)) => classes.contains(&lead(&leader, *text)),
                Some(Atom::Same(a, b)) => {
                    classes.contains(&lead(&leader, *a)) || classes.contains(&lead(&leader, *b))
                }
                _ => false,
            });
            found.map(|(place, _)| place).collect()
        };
        let mut words: BTreeMap<u32, u32> = BTreeMap::new();
        let mut not: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for literal in literals {
            let Some(Atom::Is(text, word)) = formula.atoms.get(literal.atom as usize) else {
                continue;
            };
            let class = lead(&leader, *text);
            if !literal.holds {
                not.entry(class).or_default().push(*word);
            } else if words.insert(class, *word).is_some_and(|other| other != *word) {
                return Err(No::Together(about(&[class])));
            }
        }
        for (class, word) in &words {
            if not.get(class).is_some_and(|not| not.contains(word)) {
                return Err(No::Together(about(&[*class])));
            }
        }
        for text in &self.texts {
            let class = lead(&leader, *text);
            let of = formula.texts.get(*text as usize).and_then(|info| info.of.as_ref());
            let Some(of) = of else { continue };
            match words.get(&class) {
                Some(word) if !of.contains(word) => return Err(No::Together(about(&[class]))),
                Some(_) => {}
                None => {
                    let not = not.get(&class).cloned().unwrap_or_default();
                    match of.iter().find(|word| !not.contains(word)) {
                        Some(word) => _ = words.insert(class, *word),
                        None => return Err(No::Together(about(&[class]))),
                    }
                }
            }
        }
        for literal in literals.iter().filter(|literal| !literal.holds) {
            if let Some(Atom::Same(a, b)) = formula.atoms.get(literal.atom as usize) {
                let (a, b) = (lead(&leader, *a), lead(&leader, *b));
                let same = a == b
                    || matches!((words.get(&a), words.get(&b)), (Some(a), Some(b)) if a == b);
                if same {
                    return Err(No::Together(about(&[a, b])));
                }
            }
        }
        let found = self.texts.iter().map(|text| {
            let class = lead(&leader, *text);
            let word = match words.get(&class) {
                Some(word) => Word::This(*word),
                None => {
                    let not = not.get(&class).cloned().unwrap_or_default();
                    Word::Other { not, class }
                }
            };
            (*text, word)
        });
        Ok(found.collect())
    }
}

/// What a clash says of the literals.
fn said(clash: Clash) -> No {
    match clash {
        Clash::Bounds(reasons) => {
            let mut places: Vec<usize> = reasons
                .into_iter()
                .filter_map(|reason| match reason {
                    Reason::Given(place) => usize::try_from(place).ok(),
                    Reason::Always | Reason::Tried(_) => None,
                })
                .collect();
            places.sort_unstable();
            places.dedup();
            No::Together(places)
        }
        Clash::TooLarge => No::Bound("bound:digits"),
        Clash::TooLong => No::Bound("bound:integers"),
    }
}
