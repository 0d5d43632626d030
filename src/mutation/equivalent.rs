//! Whether two versions of a rule can ever differ.
//!
//! A rule that reads facts only by comparing each with constants divides the values of a fact into a few classes. If the
//! two versions agree on one value of every class, for all facts together, with every fact known and unknown, they agree
//! on everything. Where values do not stand for all, a difference can be found by trying, and never be excluded.

use crate::definition::shape::Kind;
use crate::judge::Judge;
use crate::partition::columns::{Columns, choose, combinations};
use crate::partition::compared::Gather;
use crate::rule::eval::Evaluator;
use crate::rule::program::{Node, Op, Program};
use crate::rule::{CaseHistory, Context, FactorProgram, Facts, Meter, Rules};
use crate::table::FactId;
use crate::value::{DateTime, Value};
use crate::workflow::Compiled;

/// Combinations that are tried at most; beyond, nothing is proven.
const COMBINATIONS: usize = 20_000;
/// Combinations that are tried where they prove nothing.
const TRIALS: usize = 2_000;
/// Values of one fact that are tried where they prove nothing.
const VALUES: usize = 64;

/// What is known of two versions of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sameness {
    /// They answer alike on everything.
    Same,
    /// There are facts on which they answer differently.
    Different,
    /// None of many facts tells them apart, and these do not stand for all.
    NotFound,
    /// It was not tried: they hang on more than facts, or are no rules.
    NotTried,
}

impl Rules {
    /// Whether the script that begins at a byte of the file itself answers alike in both. `worth` gives values that are worth
    /// trying for a fact beside constants. Where anything is `signed`, it matters besides which facts are read: a change of
    /// one drops signatures, whatever the answer. What is evaluated is counted; where there is no room for it nothing is found.
    pub fn same_answers(
        &self,
        other: &Self,
        start: u32,
        signed: bool,
        worth: &dyn Fn(FactId, &[Value]) -> Vec<Value>,
        meter: &Meter,
    ) -> Sameness {
        let (Some((one, is_truth)), Some((two, other_is))) =
            (self.program_at(start), other.program_at(start))
        else {
            return Sameness::NotTried;
        };
        if is_truth != other_is {
            return Sameness::NotTried;
        }
        let (mut gather, mut gather_other) = (Gather::new(self, false), Gather::new(other, false));
        gather.program(one);
        gather_other.program(two);
        let (uses, uses_other) = (gather.finish(), gather_other.finish());
        let reads_alike = uses.constants.keys().eq(uses_other.constants.keys());
        let uses = uses.and(uses_other);
        if !uses.only_facts() {
            return Sameness::NotTried;
        }
        let sizes = [one, two].map(|program| program.script.text.len());
        let size = sizes.into_iter().sum::<usize>() / 8 + 4 * uses.constants.len();
        let size = u64::try_from(size).unwrap_or(u64::MAX);
        let pair = Pair { rules: [self, other], programs: [one, two], is_truth, size, meter };
        let columns = uses.constants.keys();
        let columns: Option<Columns> =
            columns.map(|id| Some((*id, self.column(&uses, *id, true)?))).collect();
        if let Some(columns) = columns
            && let Some(all) = combinations(&columns).filter(|all| *all <= COMBINATIONS)
        {
            let mut facts = self.facts_unknown();
            let same = (0..all).all(|number| {
                choose(&mut facts, &columns, number);
                pair.agrees(&facts)
            });
            return match same {
                _ if pair.is_cut() => Sameness::NotFound,
                false => Sameness::Different,
                true if signed && !reads_alike => Sameness::NotFound,
                true => Sameness::Same,
            };
        }
        let columns: Columns = uses
            .constants
            .iter()
            .map(|(id, constants)| {
                let near = constants.iter().chain(&uses.beside).cloned().collect::<Vec<_>>();
                let values = worth(*id, &near).into_iter().take(VALUES).map(Some);
                (*id, values.chain([None]).collect())
            })
            .collect();
        let same = pair.agrees_on_many(&columns);
        if same || pair.is_cut() { Sameness::NotFound } else { Sameness::Different }
    }

    /// The guard, factor or value that begins at a byte of the file itself, and whether it is decided with three values.
    pub(super) fn program_at(&self, start: u32) -> Option<(&Program, bool)> {
        let guards = self.guards.values().map(|program| (program, true));
        let facts = self.facts.rows().iter();
        let values = facts.filter_map(|fact| Some((fact, fact.value.as_ref()?)));
        let values = values.map(|(fact, program)| (program, fact.shape.kind == Kind::Boolean));
        let factors = self.factors.rows().iter().filter_map(|factor| match &factor.program {
            FactorProgram::Guard(program) => Some((program, true)),
            FactorProgram::Score(program) => Some((program, false)),
            FactorProgram::Of { .. } | FactorProgram::Broken => None,
        });
        guards.chain(values).chain(factors).find(|(program, _)| {
            program.script.span.file == 0 && program.script.span.start == start
        })
    }

    /// The answer as it can be compared: faults by their code, and of what is unknown the names of what it waits for.
    fn answer<'r>(
        &'r self,
        program: &'r Program,
        is_truth: bool,
        context: Context<'_>,
    ) -> Result<(Option<Value>, Vec<String>), &'static str> {
        let mut evaluator = Evaluator::new(self, context).noting();
        let value = evaluator.value_of(program, is_truth).map_err(|fault| fault.code)?;
        let waits = if value.is_none() { evaluator.names() } else { Vec::new() };
        Ok((value, waits))
    }
}

/// Whether two versions of a script differ in one comparison that comes to the same in all situations: then they have the
/// same reasons, too. Where values that its declaration does not admit may be seen, nothing is proven.
pub(super) fn is_proven_same(original: &Compiled, mutated: &Rules, start: u32) -> bool {
    let rules = &original.rules;
    let (Some((one, true)), Some((two, true))) =
        (rules.program_at(start), mutated.program_at(start))
    else {
        return false;
    };
    let Some((first, second)) = apart(one, &one.root, two, &two.root) else { return false };
    let sides = |op: &Op| match op {
        Op::Binary { op, .. } => op.is_comparison(),
        _ => false,
    };
    if !sides(&first.op) || !sides(&second.op) {
        return false;
    }
    let (Op::Binary { op, left: a, right: b, .. }, Op::Binary { op: other, left: c, right: d, .. }) =
        (&first.op, &second.op)
    else {
        return false;
    };
    // What is read, and so what it waits for, is the same: another operator or another constant.
    let same = |x: &Node, y: &Node| one.text(x.at) == two.text(y.at);
    let constants =
        |x: &Node, y: &Node| matches!((&x.op, &y.op), (Op::Constant(_), Op::Constant(_)));
    let alike = match (same(a, c), same(b, d)) {
        (true, true) => op != other,
        (true, false) => op == other && constants(b, d),
        (false, true) => op == other && constants(a, c),
        (false, false) => false,
    };
    let passes = rules.facts.ids().any(|id| rules.is_passing(id));
    alike
        && !passes
        && Judge::new(rules, &original.definition, true).alike((one, first), (two, second))
}

/// The parts in which two versions of a script differ, down to what they join with `&&`, `||` and `!`.
fn apart<'r>(
    one: &Program,
    a: &'r Node,
    two: &Program,
    b: &'r Node,
) -> Option<(&'r Node, &'r Node)> {
    match (&a.op, &b.op) {
        (Op::And(first), Op::And(second)) | (Op::Or(first), Op::Or(second))
            if first.len() == second.len() =>
        {
            let differ = |(a, b): &(&Node, &Node)| one.text(a.at) != two.text(b.at);
            let mut pairs = first.iter().zip(second).filter(differ);
            let (a, b) = pairs.next()?;
            if pairs.next().is_some() { None } else { apart(one, a, two, b) }
        }
        (Op::Not(a), Op::Not(b)) => apart(one, a, two, b),
        _ => Some((a, b)),
    }
}

/// Two versions of a rule.
struct Pair<'r> {
    rules: [&'r Rules; 2],
    programs: [&'r Program; 2],
    is_truth: bool,
    /// What one evaluation of both costs besides loops, in operations, about.
    size: u64,
    meter: &'r Meter,
}

impl Pair<'_> {
    /// Whether there was no room for all that was tried: then that nothing differs, or that something does, is not found.
    fn is_cut(&self) -> bool {
        self.meter.fault().is_some()
    }

    fn agrees(&self, facts: &Facts) -> bool {
        self.meter.spend(self.size);
        if self.is_cut() {
            return false;
        }
        let past = CaseHistory::default();
        let [one, other] = self.rules;
        let context = Context {
            facts,
            past: &past,
            active: &[],
            now: DateTime::epoch(&one.zone),
            event: None,
            family: None,
            supposed: false,
            observer: None,
            meter: Some(self.meter),
        };
        let [first, second] = self.programs;
        one.answer(first, self.is_truth, context) == other.answer(second, self.is_truth, context)
    }

    /// Whether both agree on all combinations, or on many that are spread over them.
    fn agrees_on_many(&self, columns: &Columns) -> bool {
        let [rules, _] = self.rules;
        let mut facts = rules.facts_unknown();
        if let Some(all) = combinations(columns).filter(|all| *all <= TRIALS) {
            return (0..all).all(|number| {
                choose(&mut facts, columns, number);
                self.agrees(&facts)
            });
        }
        let mut spread = Spread(0x9e37_79b9_7f4a_7c15);
        (0..TRIALS).all(|_| {
            for (id, values) in columns {
                facts.set(*id, spread.one_of(values).cloned().flatten());
            }
            self.agrees(&facts)
        })
    }
}

/// Numbers that look like chance and are the same everywhere. (Steele, Lea and Flood, *Fast splittable pseudorandom number
/// generators*, 2014.)
struct Spread(u64);

impl Spread {
    fn one_of<'v, T>(&mut self, values: &'v [T]) -> Option<&'v T> {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let many = u64::try_from(values.len()).ok()?;
        values.get(usize::try_from(mixed.checked_rem(many)?).ok()?)
    }
}
