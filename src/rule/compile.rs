//! All scripts of a workflow, checked and compiled together.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

use super::chains::{CROSSING, ChainPlaces};
use super::check::names::{Named, Names};
use super::check::{Asserted, Mode, assured, check};
use super::claims::{Assertion, ClaimProgram, Condition};
use super::depends::Known;
use super::facts::{Direct, Layout, Setter};
use super::family::{self, Given};
use super::lower::{Draft, NotCompiled, What, lower};
use super::order::{self, name_of};
use super::parse::parse;
use super::program::{Program, Reads, Rule};
use super::run::Code;
use super::syntax::Tree;
use super::types::Type;
use super::{FactRule, FactorInfo, FactorProgram, ParameterValue, Requirement, RuleId, Rules};
use crate::definition::model::{
    AtLeast, ClaimRule, Definition, FactorRule, Script, Transition, Trigger, When,
};
use crate::diagnostic::{Diagnostic, Report, Span};
use crate::limits::Limits;
use crate::table::{FactId, FactorId, Sparse, Table};

/// Compiles every script, and reports everything that is wrong with any of them.
pub(super) fn compile(
    def: &Definition,
    children: &[Option<&Definition>],
    limits: &Limits,
    report: &mut Report,
) -> Rules {
    /// How often scripts are checked again because ids of actors were found to go on.
    const ROUNDS: usize = 8;
    let mut names = Names::new(def, children, limits);
    let before = report.clone();
    let mut rules = checked(def, &mut names, limits, report);
    for round in 1.. {
        // What an id was put into further on is compared as one in front of that, too.
        if !names.has_new_persons() || report.has_errors() {
            break;
        }
        if round > ROUNDS {
            let message = format!(
                "ids of actors are handed on through more than {ROUNDS} rules, against their order"
            );
            let place = def.functions.first().map(|function| function.name.span);
            let place = place.or_else(|| def.facts.iter().next().map(|(_, fact)| fact.name.span));
            let problem = Diagnostic::error("too-deep", place.unwrap_or_default(), message);
            report.push(problem.hint("put what is read in front of what reads it"));
            break;
        }
        *report = before.clone();
        names.assured_by = def.factors.iter().map(|_| BTreeSet::new()).collect();
        rules = checked(def, &mut names, limits, report);
    }
    code(&mut rules, !report.has_errors());
    rules
}

/// Checks every script once.
fn checked(def: &Definition, names: &mut Names, limits: &Limits, report: &mut Report) -> Rules {
    let mut compiler = Compiler { limits, report, read: HashMap::new() };
    let functions = (0_u32..)
        .zip(&def.functions)
        .map(|(number, function)| compiler.script(names, &function.body, Mode::Function(number)))
        .collect();
    let facts = def
        .facts
        .iter()
        .map(|(id, fact)| FactRule {
            name: fact.name.value.as_str().into(),
            shape: fact.shape.clone(),
            default: fact.default.clone(),
            title: fact.notes.title.clone(),
            value: fact
                .value
                .as_ref()
                .and_then(|value| compiler.script(names, value, Mode::Value(id))),
            code: None,
        })
        .collect();
    let factors: Table<FactorId, FactorInfo> = def
        .factors
        .iter()
        .map(|(_, factor)| FactorInfo {
            name: factor.name.value.as_str().into(),
            kind: factor.kind.clone(),
            title: factor.notes.title.clone(),
            hint: factor.notes.hint.clone(),
            program: compiler.factor(names, &factor.rule),
            code: None,
        })
        .collect();
    let parameters = def
        .parameters
        .iter()
        .map(|(_, parameter)| ParameterValue {
            name: parameter.name.value.as_str().into(),
            value: parameter.value.clone(),
            title: parameter.notes.title.clone(),
        })
        .collect();
    let named = names.all();
    let mut rules = Rules {
        limits: limits.clone(),
        zone: def.zone.clone(),
        calendar: def.calendar.clone(),
        named,
        facts,
        parameters,
        factors,
        functions,
        guards: Sparse::new(),
        actions: Sparse::new(),
        requires: Sparse::new(),
        entries: Sparse::new(),
        exits: Sparse::new(),
        initials: Sparse::new(),
        invoked: Vec::new(),
        claims: Vec::new(),
        told: Vec::new(),
        layout: Arc::default(),
        setters: Table::new(),
        uncompiled: BTreeMap::new(),
        left: BTreeMap::new(),
        workdays: OnceLock::new(),
        depends: Known::of(def.transitions.len()),
        standings: ChainPlaces::default(),
        order: Vec::new(),
        passing: OnceLock::new(),
        timely: OnceLock::new(),
    };
    let order = order::in_order(def, &rules, compiler.report);
    let is_sound = order.is_some();
    if let Some(order) = order {
        deepen(def, &mut rules, &order, limits, compiler.report);
        assure(&rules, &order, names);
        rules.standings = ChainPlaces::new(&rules, &order);
        rules.order = order;
    }
    compiler.chart(def, names, &mut rules);
    compiler.invokes(def, names, &mut rules);
    compiler.claims(def, names, &mut rules);
    rules.told = names.told.take();
    if is_sound {
        terms(def, &rules, compiler.report);
    }
    rules
}

/// Brings the rules into the form in which they run.
fn code(rules: &mut Rules, sound: bool) {
    let mut draft = Draft::new(Layout::new(rules.facts.rows().iter().map(|fact| &fact.shape)));
    let mut found: Vec<(RuleId, Result<Made, NotCompiled>)> = Vec::new();
    if sound {
        let derived = rules.facts.iter().filter(|(_, fact)| fact.value.is_some());
        let facts = derived.map(|(id, _)| (RuleId::Fact(id), What::Fact(id)));
        let factors = rules.factors.ids().map(|id| (RuleId::Factor(id), What::Factor(id)));
        for (id, what) in facts.chain(factors) {
            found.push((id, made(rules, &mut draft, what)));
        }
        // A large workflow asks the same in many places.
        let mut guards: HashMap<&str, Result<Made, NotCompiled>> = HashMap::new();
        for (id, program) in rules.guards.iter() {
            let answer = guards
                .entry(&program.script.text)
                .or_insert_with(|| made(rules, &mut draft, What::Guard(program)));
            found.push((RuleId::Guard(id), answer.clone()));
        }
    }
    for (id, answer) in found {
        let place = match id {
            RuleId::Fact(id) => rules.facts.get_mut(id).map(|fact| &mut fact.code),
            RuleId::Factor(id) => rules.factors.get_mut(id).map(|factor| &mut factor.code),
            RuleId::Guard(id) => rules.guards.get_mut(id).map(|program| &mut program.code),
        };
        match (place, answer) {
            (Some(place), Ok((code, left))) => {
                *place = Some(code);
                rules.left.extend(left.map(|no| (id, no)));
            }
            (_, Err(no)) => {
                rules.uncompiled.insert(id, no);
            }
            (None, Ok(_)) => {}
        }
    }
    let setters = rules.facts.iter().map(|(id, fact)| {
        let setter = draft.layout.setter(id);
        // A derived fact is not set at all.
        if fact.value.is_some() { Setter { direct: Direct::No, ..setter } } else { setter }
    });
    rules.setters = setters.collect();
    rules.layout = Arc::new(draft.layout);
}

/// A rule as it runs, and what of it is left to the evaluator.
type Made = (Arc<Code>, Option<NotCompiled>);

fn made(rules: &Rules, draft: &mut Draft, what: What) -> Result<Made, NotCompiled> {
    let lowered = lower(rules, draft, what)?;
    Ok((Arc::new(Code::new(lowered.body, lowered.cost, lowered.frame)), lowered.left))
}

struct Compiler<'l, 'r> {
    limits: &'l Limits,
    report: &'r mut Report,
    /// Scripts that were read without a problem, by their text: a large workflow asks the same in many places.
    read: HashMap<String, Rc<Tree>>,
}

impl Compiler<'_, '_> {
    fn script(&mut self, names: &Names, script: &Script, mode: Mode) -> Option<Program> {
        // A hostile file has problems without end.
        if self.report.is_full() {
            return None;
        }
        let tree = match self.read.get(&script.text) {
            Some(tree) => Rc::clone(tree),
            None => {
                let tree = Rc::new(parse(script, self.limits, self.report)?);
                self.read.insert(script.text.clone(), Rc::clone(&tree));
                tree
            }
        };
        Some(check(names, script, &tree, mode, self.report))
    }

    fn factor(&mut self, names: &Names, rule: &FactorRule) -> FactorProgram {
        let program = match rule {
            FactorRule::Guard(script) => self
                .script(names, script, Mode::Boolean("a factor's guard"))
                .map(FactorProgram::Guard),
            FactorRule::Score(script) => {
                self.script(names, script, Mode::Score).map(FactorProgram::Score)
            }
            FactorRule::Of { of, at_least } => {
                let members: Vec<Requirement> =
                    of.iter().filter_map(|name| requirement(names, name)).collect();
                let at_least = match at_least {
                    None => i64::try_from(members.len()).ok(),
                    Some(AtLeast::Number(number)) => Some(number.value),
                    Some(AtLeast::Parameter(name)) => match names.named(name) {
                        Some(Named::Parameter(id)) => {
                            names.def.parameters.get(id).and_then(|found| found.value.as_i64())
                        }
                        _ => None,
                    },
                };
                at_least.map(|at_least| FactorProgram::Of {
                    of: members,
                    at_least: usize::try_from(at_least.max(0)).unwrap_or(usize::MAX),
                })
            }
        };
        program.unwrap_or(FactorProgram::Broken)
    }

    /// Scripts of states and transitions.
    fn chart(&mut self, def: &Definition, names: &Names, rules: &mut Rules) {
        let nothing = BTreeSet::new();
        for (id, transition) in def.transitions.iter() {
            let requires: Vec<Requirement> =
                transition.requires.iter().filter_map(|name| requirement(names, name)).collect();
            let guard = transition
                .guard
                .as_ref()
                .and_then(|guard| self.script(names, guard, Mode::Boolean("a guard")));
            if let Some(actions) = &transition.actions {
                let known = self.known(names, transition, guard.as_ref(), &requires);
                if let Some(program) = self.script(names, actions, Mode::Actions(&known)) {
                    rules.actions.push(id, program);
                }
            }
            if let Some(guard) = guard {
                rules.guards.push(id, guard);
            }
            if !requires.is_empty() {
                rules.requires.push(id, requires);
            }
        }
        for (id, state) in def.states.iter() {
            let mut actions = |script: Option<&Script>| {
                script.and_then(|script| self.script(names, script, Mode::Actions(&nothing)))
            };
            let initial = state.initial.as_ref().and_then(|initial| initial.actions.as_ref());
            let scripts = [
                (&mut rules.entries, state.entry.as_ref()),
                (&mut rules.exits, state.exit.as_ref()),
                (&mut rules.initials, initial),
            ];
            for (programs, script) in scripts {
                if let Some(program) = actions(script) {
                    programs.push(id, program);
                }
            }
        }
        for rule in [&rules.guards, &rules.actions] {
            for program in rule.values() {
                self.depth(rules, program);
            }
        }
        for rule in [&rules.entries, &rules.exits, &rules.initials] {
            for program in rule.values() {
                self.depth(rules, program);
            }
        }
    }

    /// What must hold of every case.
    fn claims(&mut self, def: &Definition, names: &Names, rules: &mut Rules) {
        for claim in &def.claims {
            let mut condition = |script: &Script, wanted: Asserted| {
                let program = self.script(names, script, Mode::Claim(wanted))?;
                let is_condition = wanted == Asserted::Condition;
                let found = Condition { program, was: names.was.take(), is_condition };
                found.programs().for_each(|program| self.depth(rules, program));
                Some(found)
            };
            let rule = match &claim.rule {
                ClaimRule::Always(always) => {
                    condition(always, Asserted::Condition).map(Assertion::Always)
                }
                ClaimRule::Never { never, without } => {
                    let never = condition(never, Asserted::Condition);
                    let without = without.as_ref().map(|one| condition(one, Asserted::Condition));
                    match (never, without) {
                        (Some(never), None) => Some(Assertion::Never { never, without: None }),
                        (Some(never), Some(Some(without))) => {
                            Some(Assertion::Never { never, without: Some(Box::new(without)) })
                        }
                        _ => None,
                    }
                }
                ClaimRule::Whenever { whenever, then, due } => {
                    let whenever = condition(whenever, Asserted::Condition);
                    let then = condition(then, Asserted::Condition);
                    let due = due.as_ref().map(|due| condition(due, Asserted::Due));
                    match (whenever, then, due) {
                        (Some(whenever), Some(then), None) => {
                            Some(Assertion::Whenever { whenever, then: Box::new(then), due: None })
                        }
                        (Some(whenever), Some(then), Some(Some(due))) => {
                            Some(Assertion::Whenever {
                                whenever,
                                then: Box::new(then),
                                due: Some(Box::new(due)),
                            })
                        }
                        _ => None,
                    }
                }
                ClaimRule::DifferentPersons(events) => Some(Assertion::DifferentPersons(
                    events.iter().map(|event| Arc::from(event.as_str())).collect(),
                )),
            };
            // What has problems has been reported; such a workflow is not run.
            if let Some(rule) = rule {
                let name = Arc::from(claim.name.as_str());
                rules.claims.push(ClaimProgram { name, rule, enforced: claim.enforce });
            }
        }
    }

    /// What children are given.
    fn invokes(&mut self, def: &Definition, names: &Names, rules: &mut Rules) {
        for (invoke, child) in def.invokes.iter().zip(names.children) {
            let each = invoke.each.as_ref();
            let item = each.map(|each| match family::item(def, each) {
                Some(item) => Type::of(item),
                None => Type::Any,
            });
            let mut facts = Vec::new();
            for (name, script) in &invoke.facts {
                let fact = child.and_then(|child| {
                    let mut facts = child.facts.rows().iter();
                    facts.find(|fact| fact.name.value == name.value)
                });
                let wanted = fact.map_or(Type::Any, |fact| Type::of(&fact.shape));
                let mode = Mode::Given { item: item.clone(), wanted };
                if let Some(program) = self.script(names, script, mode) {
                    self.depth(rules, &program);
                    facts.push((Arc::from(name.as_str()), program));
                }
            }
            rules.invoked.push(Given { facts });
        }
    }

    /// Facts that are known whenever a transition's actions run: what its events must carry and what its guard and
    /// `requires` have read.
    fn known(
        &self,
        names: &Names,
        transition: &Transition,
        guard: Option<&Program>,
        requires: &[Requirement],
    ) -> BTreeSet<FactId> {
        let mut known = guard.map(|guard| assured(&guard.root, names)).unwrap_or_default();
        for requirement in requires {
            match requirement {
                Requirement::Fact(id) => {
                    known.insert(*id);
                }
                Requirement::Factor(id) => {
                    known.extend(names.assured_by.get(*id).into_iter().flatten().copied())
                }
            }
        }
        if let (Trigger::Events(patterns), Some(_)) = (&transition.trigger, &names.def.events) {
            let carried = patterns.iter().map(|pattern| -> BTreeSet<FactId> {
                let governing = names.def.governing(pattern);
                governing
                    .into_iter()
                    .flat_map(|event| &event.required)
                    .filter_map(|fact| match names.named(fact) {
                        Some(Named::Fact(id)) => Some(id),
                        _ => None,
                    })
                    .collect()
            });
            let all = carried.reduce(|a, b| a.intersection(&b).copied().collect());
            known.extend(all.into_iter().flatten());
        }
        known
    }

    /// A program of the chart, with the functions that it calls, must not nest beyond the limit.
    fn depth(&mut self, rules: &Rules, program: &Program) {
        let depth = program.depth.saturating_add(below(rules, &program.reads));
        too_deep(depth, self.limits, program.span(program.root.at), self.report);
    }
}

fn requirement(names: &Names, name: &str) -> Option<Requirement> {
    match names.named(name) {
        Some(Named::Factor(id)) => Some(Requirement::Factor(id)),
        Some(Named::Fact(id)) => Some(Requirement::Fact(id)),
        Some(Named::Parameter(_)) | None => None,
    }
}

fn too_deep(depth: u32, limits: &Limits, span: Span, report: &mut Report) {
    if usize::try_from(depth).unwrap_or(usize::MAX) > limits.script_depth {
        let message = format!(
            "with the functions that it calls this nests {depth} levels deep, at most {} are allowed",
            limits.script_depth
        );
        report.push(Diagnostic::error("too-deep", span, message).hint(
            "shorten the chain of functions; give parts of it names as derived facts or factors",
        ));
    }
}

/// The deepest function that is called. Derived facts and factors do not count: of long chains of these the first are
/// worked out first.
fn below(rules: &Rules, reads: &Reads) -> u32 {
    let functions = reads
        .functions
        .iter()
        .filter_map(|number| rules.functions.get(*number as usize)?.as_ref())
        .map(|program| program.depth);
    functions.max().map_or(0, |deepest| deepest.saturating_add(CROSSING))
}

/// Adds to the depth of each rule the depth of the functions that it calls.
fn deepen(
    def: &Definition,
    rules: &mut Rules,
    order: &[Rule],
    limits: &Limits,
    report: &mut Report,
) {
    for rule in order {
        let program = match rule {
            Rule::Fact(id) => rules.facts.get(*id).and_then(|fact| fact.value.as_ref()),
            Rule::Factor(id) => rules.factors.get(*id).and_then(|factor| factor.program.script()),
            Rule::Function(number) => {
                rules.functions.get(*number as usize).and_then(Option::as_ref)
            }
        };
        let found =
            program.map(|program| program.depth.saturating_add(below(rules, &program.reads)));
        let Some(depth) = found else { continue };
        if let Some(name) = name_of(def, *rule) {
            too_deep(depth, limits, name.span, report);
        }
        let place = match rule {
            Rule::Fact(id) => {
                rules.facts.at_mut(*id).value.as_mut().map(|program| &mut program.depth)
            }
            Rule::Factor(id) => rules.factors.at_mut(*id).program.depth_mut(),
            Rule::Function(number) => rules
                .functions
                .get_mut(*number as usize)
                .and_then(Option::as_mut)
                .map(|program| &mut program.depth),
        };
        if let Some(place) = place {
            *place = depth;
        }
    }
}

/// So many facts are noted in all as known where factors are true: a chain of factors repeats those of the ones before.
const ASSURED: usize = 1_000_000;

/// Which facts are known where a factor is true. What goes beyond the bound is taken for unknown, which costs a warning
/// at most.
fn assure(rules: &Rules, order: &[Rule], names: &mut Names) {
    let mut left = ASSURED;
    for rule in order {
        let Rule::Factor(id) = rule else { continue };
        let known = match rules.factors.get(*id).map(|factor| &factor.program) {
            Some(FactorProgram::Guard(program)) => assured(&program.root, names),
            Some(FactorProgram::Of { of, at_least, .. }) if *at_least >= of.len() => of
                .iter()
                .flat_map(|member| match member {
                    Requirement::Fact(id) => BTreeSet::from([*id]),
                    Requirement::Factor(id) => {
                        names.assured_by.get(*id).cloned().unwrap_or_default()
                    }
                })
                .collect(),
            _ => BTreeSet::new(),
        };
        if let (Some(fewer), Some(place)) =
            (left.checked_sub(known.len()), names.assured_by.get_mut(*id))
        {
            left = fewer;
            *place = known;
        }
    }
}

/// A date that a term waits for must not move with the clock.
fn terms(def: &Definition, rules: &Rules, report: &mut Report) {
    for (_, state) in def.states.iter() {
        for term in state.terms.iter().filter(|term| term.when == When::At) {
            let Some(id) = rules.fact_named(&term.key) else { continue };
            let Some(program) = rules.facts.get(id).and_then(|fact| fact.value.as_ref()) else {
                continue;
            };
            if rules.reads(program).now {
                let message = format!(
                    "`at` cannot wait for `{}`: it is worked out from `now` or `today`, and would never be reached",
                    term.key.value
                );
                let hint = "count from what has happened, such as since(`state`) or last(`event`)";
                report.push(Diagnostic::error("depends-on-now", term.key.span, message).hint(hint));
            }
        }
    }
}

impl FactorProgram {
    /// What the factor reads itself.
    pub(super) fn reads(&self) -> Reads {
        match self {
            Self::Guard(program) | Self::Score(program) => program.reads.clone(),
            Self::Of { of, .. } => {
                let mut reads = Reads::default();
                for member in of {
                    match member {
                        Requirement::Fact(id) => reads.facts.insert(*id),
                        Requirement::Factor(id) => reads.factors.insert(*id),
                    };
                }
                reads
            }
            Self::Broken => Reads::default(),
        }
    }

    /// Its script, if it has one.
    fn script(&self) -> Option<&Program> {
        match self {
            Self::Guard(program) | Self::Score(program) => Some(program),
            Self::Of { .. } | Self::Broken => None,
        }
    }

    fn depth_mut(&mut self) -> Option<&mut u32> {
        match self {
            Self::Guard(program) | Self::Score(program) => Some(&mut program.depth),
            Self::Of { .. } | Self::Broken => None,
        }
    }
}
