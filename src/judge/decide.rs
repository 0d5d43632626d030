//! Whether a condition can hold: candidates from splitting, looked at by the theory, tried by whoever asks.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::clauses::{Clauses, Sign, sign};
use super::formula::{Atom, F, Formula, Literal, Part};
use super::linear::Number as Var;
use super::lists::Classes;
use super::rational::Ratio;
use super::theory::{Model, No, Theory};
use super::unfold::Unfolder;

/// Conflicts of one question.
const CONFLICTS: u32 = 20_000;
/// Candidates of one question that the theory looks at.
const CANDIDATES: u32 = 6_000;
/// What a candidate costs, in conditions that are looked at.
const WORK: u64 = 50;
/// Candidates that are tried.
const TRIALS: u32 = 6;
/// How often the calendar is looked at.
const LEMMAS: u32 = 80;
/// Rounds in which what is read brings more that always holds.
const ROUNDS: usize = 12;

/// What became of a candidate.
#[derive(Debug)]
pub(super) enum Tried {
    /// The engine has answered so.
    Plays,
    /// It does not fit, because of what always holds.
    Lemmas(Vec<F>),
    Fails,
}

/// What is known of a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// No situation fulfils it.
    Impossible,
    /// The engine has been run on one that does.
    Possible,
    /// This stood in the way.
    Unknown(BTreeSet<&'static str>),
}

/// Whether some conditions can hold together.
pub(super) fn search<'w>(
    unfolder: &mut Unfolder<'w>,
    roots: &[F],
    trying: &mut dyn FnMut(&mut Unfolder<'w>, &Model, &Classes) -> Tried,
) -> Answer {
    if roots.contains(&F::FALSE) {
        return Answer::Impossible;
    }
    let mut roots = roots.to_vec();
    let mut lemmas = 0;
    let mut trials = 0;
    for exact in [true, false] {
        let (all, classes, mut why) = closed(unfolder, &roots);
        unfolder.work = unfolder.work.saturating_add(all.len() as u64);
        let mut run = match Run::new(&unfolder.formula, &all, exact) {
            Ok(run) => run,
            Err(bound) => return unknown(unfolder, &all, [bound]),
        };
        run.most = CANDIDATES.min(
            u32::try_from(unfolder.most.saturating_sub(unfolder.work) / WORK).unwrap_or(CANDIDATES),
        );
        loop {
            let before = run.candidates;
            let found = run.next(&unfolder.formula);
            let spent = u64::from(run.candidates.saturating_sub(before)).saturating_mul(WORK);
            unfolder.work = unfolder.work.saturating_add(spent);
            let model = match found {
                Ok(Some(model)) => model,
                Ok(None) if run.why.is_empty() => break,
                Ok(None) => {
                    why.extend(run.why);
                    return unknown(unfolder, &all, why);
                }
                Err(bound) => {
                    why.insert(bound);
                    return unknown(unfolder, &all, why);
                }
            };
            match trying(unfolder, &model, &classes) {
                Tried::Plays => return Answer::Possible,
                Tried::Lemmas(more) if lemmas < LEMMAS => {
                    lemmas += 1;
                    roots.extend(&more);
                    if let Err(bound) = run.add(&unfolder.formula, &more) {
                        return unknown(unfolder, &all, [bound]);
                    }
                }
                Tried::Lemmas(_) => return unknown(unfolder, &all, ["bound:calendar"]),
                Tried::Fails => {
                    trials += 1;
                    if trials >= TRIALS {
                        return unknown(unfolder, &all, why);
                    }
                    run.exclude("witness");
                }
            }
        }
        if !run.theory.has_errors() {
            break;
        }
    }
    Answer::Impossible
}

/// The names of what stood in the way: of what is not understood, or else the bounds that were hit.
fn unknown(
    unfolder: &Unfolder,
    roots: &[F],
    bounds: impl IntoIterator<Item = &'static str>,
) -> Answer {
    let formula = &unfolder.formula;
    let mut found: BTreeSet<&'static str> =
        bounds.into_iter().filter(|bound| *bound != "witness").collect();
    for atom in atoms(formula, roots) {
        found.extend(formula.vague_flags.get(&atom));
        if let Some(Atom::Most { form, .. }) = formula.atoms.get(atom as usize) {
            let terms = formula.forms.get(*form as usize).into_iter().flatten();
            found.extend(terms.filter_map(|(variable, _)| formula.vague_variables.get(variable)));
        }
    }
    if found.is_empty() {
        found.insert("witness");
    }
    Answer::Unknown(found)
}

/// Everything below some conditions, ascending: parts stand in front of what they are parts of.
fn below(formula: &Formula, roots: &[F]) -> Vec<F> {
    let mut seen: BTreeSet<F> = BTreeSet::new();
    let mut waiting: Vec<F> = roots.to_vec();
    while let Some(id) = waiting.pop() {
        if !seen.insert(id) {
            continue;
        }
        if let Part::And(parts) | Part::Or(parts) = formula.part(id) {
            waiting.extend(parts);
        }
    }
    seen.into_iter().collect()
}

fn atoms(formula: &Formula, roots: &[F]) -> BTreeSet<u32> {
    let literal = |id: F| match formula.part(id) {
        Part::Literal(literal) => Some(literal.atom),
        _ => None,
    };
    below(formula, roots).into_iter().filter_map(literal).collect()
}

/// Where conditions tell values of one variable apart, ascending, each with whether the bound itself is excluded. `None` where
/// they speak of other numbers, or of something that is not understood.
pub(super) fn cuts(formula: &Formula, roots: &[F], variable: Var) -> Option<Vec<(Ratio, bool)>> {
    let mut found = Vec::new();
    for atom in atoms(formula, roots) {
        if formula.vague_flags.contains_key(&atom) {
            return None;
        }
        let Some(Atom::Most { form, bound, strict }) = formula.atoms.get(atom as usize) else {
            continue;
        };
        match formula.forms.get(*form as usize).map(Vec::as_slice) {
            Some([(read, by)]) if *read == variable && !by.is_negative() => {
                found.push((bound.mul(by.inverse().ok()?).ok()?, *strict));
            }
            _ => return None,
        }
    }
    found.sort_unstable();
    found.dedup();
    Some(found)
}

/// Conditions with everything that always holds of what they speak of.
fn closed(unfolder: &mut Unfolder, roots: &[F]) -> (Vec<F>, Classes, BTreeSet<&'static str>) {
    let mut all = roots.to_vec();
    let mut classes = Classes::new();
    let mut why = BTreeSet::new();
    let mut known: BTreeSet<Var> = BTreeSet::new();
    let mut lists: BTreeMap<usize, (BTreeSet<usize>, Vec<Var>)> = BTreeMap::new();
    for _ in 0..ROUNDS {
        let mut new: Vec<Var> = Vec::new();
        for atom in atoms(&unfolder.formula, &all) {
            let Some(Atom::Most { form, .. }) = unfolder.formula.atoms.get(atom as usize) else {
                continue;
            };
            let terms = unfolder.formula.forms.get(*form as usize).into_iter().flatten();
            new.extend(terms.map(|(variable, _)| *variable).filter(|one| known.insert(*one)));
        }
        if new.is_empty() {
            return (all, classes, why);
        }
        let mut asked: BTreeSet<usize> = BTreeSet::new();
        for variable in new {
            all.extend(unfolder.axioms.get(&variable).into_iter().flatten());
            if let Some((list, counted)) = unfolder.counts.get(&variable) {
                let (asks, counts) = lists.entry(*list).or_default();
                asks.extend(counted.iter().map(|(ask, _)| *ask));
                counts.push(variable);
                asked.insert(*list);
            }
        }
        for list in asked {
            let Some((asks, counts)) = lists.get(&list).cloned() else { continue };
            if asks.is_empty() {
                continue;
            }
            // Items are counted as a whole, too.
            let length = unfolder.places.lists.get(list).map(|list| list.length);
            let mut counts = counts;
            if let Some(length) = length {
                unfolder.counts.entry(length).or_insert((list, Vec::new()));
                if !counts.contains(&length) {
                    counts.push(length);
                }
            }
            match unfolder.classes(list, &asks, &counts) {
                Some((axioms, found)) => {
                    all.extend(axioms);
                    classes.insert(list, found);
                }
                None => _ = why.insert("bound:classes"),
            }
        }
    }
    why.insert("bound:classes");
    (all, classes, why)
}

/// One question on its way.
struct Run {
    clauses: Clauses,
    variables: HashMap<F, u32>,
    atoms: HashMap<u32, u32>,
    roots: Vec<F>,
    theory: Theory,
    exact: bool,
    /// The literals of the last candidate.
    last: Vec<Literal>,
    candidates: u32,
    /// The most of them.
    most: u32,
    /// How often a bound was hit.
    bounds: u32,
    /// Why what is excluded is not proven to be impossible.
    why: BTreeSet<&'static str>,
    /// Literals by form, in the order of their bounds, that have been told of one another.
    told: BTreeSet<(u32, u32)>,
}

impl Run {
    fn new(formula: &Formula, roots: &[F], exact: bool) -> Result<Self, &'static str> {
        let theory = Theory::new(formula, &BTreeSet::new(), exact).map_err(bound_of)?;
        let mut run = Self {
            clauses: Clauses::new(),
            variables: HashMap::new(),
            atoms: HashMap::new(),
            roots: Vec::new(),
            theory,
            exact,
            last: Vec::new(),
            candidates: 0,
            most: CANDIDATES,
            bounds: 0,
            why: BTreeSet::new(),
            told: BTreeSet::new(),
        };
        run.add(formula, roots)?;
        Ok(run)
    }

    /// Adds conditions that must hold too.
    fn add(&mut self, formula: &Formula, roots: &[F]) -> Result<(), &'static str> {
        self.roots.extend(roots);
        for id in below(formula, roots) {
            if self.variables.contains_key(&id) {
                continue;
            }
            match formula.part(id) {
                Part::True | Part::False => {
                    let variable = self.clauses.variable();
                    self.variables.insert(id, variable);
                    self.clauses.add(vec![sign(variable, id == F::TRUE)]);
                }
                Part::Literal(literal) => _ = self.atom(literal.atom),
                Part::And(parts) => {
                    let variable = self.clauses.variable();
                    self.variables.insert(id, variable);
                    for part in parts {
                        let part = self.sign(formula, *part);
                        self.clauses.add(vec![sign(variable, false), part]);
                    }
                }
                Part::Or(parts) => {
                    let variable = self.clauses.variable();
                    self.variables.insert(id, variable);
                    let mut clause = vec![sign(variable, false)];
                    clause.extend(parts.iter().map(|part| self.sign(formula, *part)));
                    self.clauses.add(clause);
                }
            }
        }
        for root in roots {
            let root = self.sign(formula, *root);
            self.clauses.add(vec![root]);
        }
        self.order(formula);
        let atoms = self.atoms.keys().copied().collect();
        self.theory = Theory::new(formula, &atoms, self.exact).map_err(bound_of)?;
        Ok(())
    }

    fn atom(&mut self, atom: u32) -> u32 {
        if let Some(known) = self.atoms.get(&atom) {
            return *known;
        }
        let variable = self.clauses.variable();
        self.atoms.insert(atom, variable);
        variable
    }

    fn sign(&mut self, formula: &Formula, id: F) -> Sign {
        match formula.part(id) {
            Part::Literal(literal) => sign(self.atom(literal.atom), literal.holds),
            _ => sign(self.variables.get(&id).copied().unwrap_or(0), true),
        }
    }

    /// What is at most one bound is at most every larger one.
    fn order(&mut self, formula: &Formula) {
        let mut by_form: BTreeMap<u32, Vec<(Ratio, bool, u32)>> = BTreeMap::new();
        for atom in self.atoms.keys() {
            if let Some(Atom::Most { form, bound, strict }) = formula.atoms.get(*atom as usize) {
                by_form.entry(*form).or_default().push((*bound, !*strict, *atom));
            }
        }
        for mut all in by_form.into_values() {
            all.sort_unstable();
            for pair in all.windows(2) {
                if let [(_, _, less), (_, _, more)] = pair
                    && self.told.insert((*less, *more))
                {
                    let (less, more) = (self.atom(*less), self.atom(*more));
                    self.clauses.add(vec![sign(less, false), sign(more, true)]);
                }
            }
        }
    }

    /// The next candidate that the theory has a model of; `None` where there is none.
    fn next(&mut self, formula: &Formula) -> Result<Option<Model>, &'static str> {
        loop {
            match self.clauses.solve(CONFLICTS) {
                Ok(false) => return Ok(None),
                Ok(true) => {}
                Err(_) => return Err("bound:search"),
            }
            self.candidates += 1;
            if self.candidates > self.most {
                return Err("bound:search");
            }
            self.last = self.needed(formula);
            match self.theory.check(formula, &self.last) {
                Ok(model) => return Ok(Some(model)),
                Err(No::Together(places)) => {
                    let literals = places.iter().filter_map(|place| self.last.get(*place)).copied();
                    let clause = self.opposites(&literals.collect::<Vec<_>>());
                    self.clauses.add(clause);
                }
                Err(No::Bound(bound)) => {
                    self.bounds += 1;
                    if self.bounds > TRIALS {
                        return Err(bound);
                    }
                    let atoms = self.atoms.keys().copied().collect();
                    self.theory = Theory::new(formula, &atoms, self.exact).map_err(bound_of)?;
                    self.exclude(bound);
                }
            }
        }
    }

    /// Passes over the last candidate, for a reason that is no proof.
    fn exclude(&mut self, why: &'static str) {
        self.why.insert(why);
        self.candidates += CANDIDATES / 50;
        let clause = self.opposites(&self.last.clone());
        self.clauses.add(clause);
    }

    fn opposites(&mut self, literals: &[Literal]) -> Vec<Sign> {
        literals.iter().map(|literal| sign(self.atom(literal.atom), !literal.holds)).collect()
    }

    /// Literals that hold and make all conditions hold, few of them.
    fn needed(&self, formula: &Formula) -> Vec<Literal> {
        let all = below(formula, &self.roots);
        let mut holds: HashMap<F, bool> = HashMap::with_capacity(all.len());
        for id in &all {
            let truth = |part: &F| holds.get(part).copied().unwrap_or(false);
            let found = match formula.part(*id) {
                Part::True => true,
                Part::False => false,
                Part::Literal(literal) => {
                    let variable = self.atoms.get(&literal.atom).copied();
                    variable.and_then(|variable| self.clauses.value(sign(variable, literal.holds)))
                        == Some(true)
                }
                Part::And(parts) => parts.iter().all(truth),
                Part::Or(parts) => parts.iter().any(truth),
            };
            holds.insert(*id, found);
        }
        let mut wanted: BTreeSet<F> = self.roots.iter().copied().collect();
        let mut literals = Vec::new();
        for id in all.iter().rev() {
            if !wanted.contains(id) {
                continue;
            }
            match formula.part(*id) {
                Part::Literal(literal) => literals.push(*literal),
                Part::And(parts) => wanted.extend(parts),
                Part::Or(parts) => {
                    let mut good = parts.iter().filter(|part| holds.get(part) == Some(&true));
                    let first = good.clone().next();
                    let chosen = good.find(|part| wanted.contains(part)).or(first);
                    wanted.extend(chosen);
                }
                Part::True | Part::False => {}
            }
        }
        literals.reverse();
        literals
    }
}

fn bound_of(no: No) -> &'static str {
    match no {
        No::Bound(bound) => bound,
        No::Together(_) => "bound:digits",
    }
}
