//! Rules looked at for all situations at once: what never holds, always holds, says too much, is never come to.

use std::collections::BTreeSet;

use super::finding::{Finding, FindingSeverity, FindingVerdict, Says, named};
use super::{Answer, Asked, Judge, Situation, Want};
use crate::Language;
use crate::definition::model::{Definition, EventDecl};
use crate::definition::shape::Kind;
use crate::diagnostic::{Diagnostic, Report, Span};
use crate::rule::outline::is_order;
use crate::rule::program::{Each, Node, Op, Program};
use crate::rule::syntax::Binary;
use crate::rule::{FactorProgram, Requirement, Rules};
use crate::table::{StateId, TransitionId};
use crate::workflow::Workflow;
use crate::workflow::compiled::Compiled;

/// What `check` spends on one workflow, in conditions that are looked at and nodes of scripts.
const SPENT: u64 = 60_000;
/// Parts of one rule that are looked at.
const PARTS: usize = 24;
/// Transitions before one, the nearest of them, that are looked at for whether they hide it: what some hide all hide.
const BEFORE: usize = 64;

/// Looks at every rule of a workflow for all situations at once: rules that never or always hold, parts of rules that follow from
/// others or decide nothing, comparisons that are the same for all that declarations allow, transitions that are never taken
/// or open together, events that may find every way shut.
///
/// What is proven is so; where something stood in the way of an answer, the finding says what. Parameters have their values, or
/// with `parameters` all that their declarations allow. Cost: some questions for each rule and part of a rule, each bounded;
/// the same workflow gives the same findings in the same order.
///
/// ```
/// use tresteg::Workflow;
/// use tresteg::lab::{FindingVerdict, analyze};
///
/// let workflow = Workflow::from_json(r#"{
///     "id": "w", "initial": "a",
///     "facts": { "x": { "type": "integer" }, "y": { "type": "integer" } },
///     "states": { "a": { "on": { "go": { "target": "b", "guard": "x > y && y > x" } } }, "b": {} }
/// }"#)?;
/// let findings = analyze(&workflow, false);
/// assert_eq!(findings[0].code, "never-holds");
/// assert_eq!(findings[0].verdict, FindingVerdict::Proven);
/// # Ok::<(), tresteg::diagnostic::Report>(())
/// ```
#[must_use]
pub fn analyze(workflow: &Workflow, parameters: bool) -> Vec<Finding> {
    look(workflow, parameters, u64::MAX)
}

/// The warnings of a workflow, and of what [`analyze`] finds those that are proven, worth a warning, allowed by nothing, and cost
/// little to find: of a large workflow some may be left out that `analyze` tells.
///
/// Cost: rules are read once, and questions about them are bounded by counted work; the same workflow gives
/// the same warnings.
///
/// ```
/// use tresteg::Workflow;
/// use tresteg::lab::checked;
///
/// let workflow = Workflow::from_json(r#"{
///     "id": "w", "initial": "a",
///     "facts": { "x": { "type": "integer" }, "y": { "type": "integer" } },
///     "states": { "a": { "on": { "go": { "target": "b", "guard": "x > y && y > x" } } }, "b": {} }
/// }"#)?;
/// assert!(checked(&workflow).diagnostics().iter().any(|found| found.code == "never-holds"));
/// # Ok::<(), tresteg::diagnostic::Report>(())
/// ```
#[must_use]
pub fn checked(workflow: &Workflow) -> Report {
    let mut report = workflow.warnings().clone();
    for finding in look(workflow, false, SPENT) {
        let known = report.diagnostics().iter().any(|known| known.span == finding.span);
        if let (Some(span), true, false) = (finding.span, finding.is_problem(), known) {
            let message = finding.message(Language::English);
            report.push(Diagnostic::warning(finding.code, span, message));
        }
    }
    report
}

/// What is found as long as no more than this is spent on it.
fn look(workflow: &Workflow, parameters: bool, most: u64) -> Vec<Finding> {
    let compiled = workflow.compiled();
    let (rules, definition) = (&compiled.rules, &compiled.definition);
    let mut checks = Checks {
        compiled,
        rules,
        definition,
        judge: Judge::new(rules, definition, !parameters),
        free: None,
        parameters,
        most,
        found: Vec::new(),
        told: BTreeSet::new(),
        never: BTreeSet::new(),
    };
    checks.judge.spend(most);
    checks.rules();
    checks.transitions();
    checks.states();
    let mut found = checks.found;
    found.sort_by(|a, b| (a.span, a.code, &a.parts).cmp(&(b.span, b.code, &b.parts)));
    let sources = workflow.warnings().sources();
    for finding in &mut found {
        finding.place = finding.span.and_then(|span| sources.place(span));
        let reason = finding.span.and_then(|span| definition.allowed.reason(finding.code, span));
        finding.allowed = reason.map(str::to_owned);
    }
    found
}

struct Checks<'w> {
    compiled: &'w Compiled,
    rules: &'w Rules,
    definition: &'w Definition,
    judge: Judge<'w>,
    /// For any values of parameters, where that is asked.
    free: Option<Judge<'w>>,
    parameters: bool,
    /// The most that may be spent on questions.
    most: u64,
    found: Vec<Finding>,
    /// What has been found, once for each place.
    told: BTreeSet<(&'static str, Span)>,
    /// Transitions that never hold.
    never: BTreeSet<TransitionId>,
}

type Scope<'w> = Option<(u32, &'w EventDecl)>;

impl<'w> Checks<'w> {
    /// Factors and derived facts.
    fn rules(&mut self) {
        let rules = self.rules;
        self.judge.about(None);
        for (id, factor) in rules.factors.iter() {
            let asked = Asked::Requirement(Requirement::Factor(id));
            match &factor.program {
                FactorProgram::Guard(program) => self.rule(asked, program),
                FactorProgram::Of { .. } => {
                    let span = self.definition.factors.at(id).name.span;
                    self.ends(asked, span, self.definition.factors.at(id).name.value.clone());
                }
                FactorProgram::Score(_) | FactorProgram::Broken => {}
            }
        }
        for (id, fact) in rules.facts.iter() {
            if let (Kind::Boolean, Some(program)) = (&fact.shape.kind, &fact.value) {
                self.rule(Asked::Requirement(Requirement::Fact(id)), program);
            }
        }
    }

    fn transitions(&mut self) {
        let (rules, definition) = (self.rules, self.definition);
        for (id, transition) in definition.transitions.iter() {
            let guard = rules.guard(id);
            let requires = rules.requirements(id);
            if guard.is_none() && requires.is_empty() {
                continue;
            }
            self.judge.about(self.scope(id));
            let asked = Asked::Transition(id);
            let span = guard.map_or(transition.span, |guard| guard.span(guard.root.at));
            let text = guard.map_or_else(String::new, |guard| guard.text(guard.root.at).to_owned());
            // What a single name asks is looked at where it is declared.
            let single = guard.is_none() && requires.len() == 1;
            if !single && self.ends(asked, span, text) {
                self.never.insert(id);
            } else if let Some(guard) = guard {
                self.parts(guard);
            }
        }
    }

    /// The declaration that alone governs the event of a transition.
    fn scope(&self, id: TransitionId) -> Scope<'w> {
        let patterns = &self.compiled.chart.transitions.at(id).patterns;
        let [only] = patterns.as_slice() else { return None };
        self.scope_of(only)
    }

    /// The declaration that alone governs what a name stands for.
    fn scope_of(&self, only: &str) -> Scope<'w> {
        let events = self.definition.events.as_ref()?;
        let inside =
            |name: &String| name.strip_prefix(only).is_some_and(|rest| rest.starts_with('.'));
        if only == "*" || events.keys().any(inside) {
            return None;
        }
        Some((self.definition.governing_place(only)?, self.definition.governing(only)?))
    }

    fn rule(&mut self, asked: Asked<'w>, program: &'w Program) {
        let span = program.span(program.root.at);
        let text = program.text(program.root.at).to_owned();
        if !self.ends(asked, span, text) {
            self.parts(program);
        }
    }

    /// Whether a rule never or always holds; whether it was found to be one of these.
    fn ends(&mut self, asked: Asked<'w>, span: Span, text: String) -> bool {
        let parts = vec![text];
        self.impossible(&[(asked, Want::Holds)], Says::NeverHolds, span, &parts)
            || self.impossible(&[(asked, Want::NotHolds)], Says::AlwaysHolds, span, &parts)
    }

    /// Parts of a script that say too much, and comparisons that are always the same.
    fn parts(&mut self, program: &'w Program) {
        let text = |node: &Node| vec![program.text(node.at).to_owned()];
        let (clauses, all) = match &program.root.op {
            Op::And(clauses) => (clauses, true),
            Op::Or(clauses) => (clauses, false),
            _ => return,
        };
        let mut decided = false;
        let mut waiting: Vec<&'w Node> = clauses.iter().collect();
        let mut looked = 0;
        while let Some(node) = waiting.pop() {
            looked += 1;
            match &node.op {
                _ if looked > PARTS => break,
                Op::And(inner) | Op::Or(inner) => waiting.extend(inner),
                Op::Not(inner) => waiting.push(inner),
                _ if is_compared(node) && !self.rules.is_fixed(node) => {
                    let asked = Asked::Clause(program, node);
                    let span = program.span(node.at);
                    let (holds, fails) = ([(asked, Want::Holds)], [(asked, Want::NotHolds)]);
                    decided |= self.impossible(&holds, Says::NeverWithin, span, &text(node))
                        || self.impossible(&fails, Says::AlwaysWithin, span, &text(node));
                }
                _ => {}
            }
        }
        // What is always the same is implied by anything.
        if decided || clauses.len() > PARTS {
            return;
        }
        for (place, node) in clauses.iter().enumerate() {
            let asked = Asked::Without(program, clauses, place, all);
            let says = if all { Says::ImpliedClause } else { Says::UselessClause };
            let span = program.span(node.at);
            if self.impossible(&[(asked, Want::Holds)], says, span, &text(node)) {
                // Of two that say the same only one can be left out.
                break;
            }
        }
    }

    /// States with the events that they answer.
    fn states(&mut self) {
        let compiled = self.compiled;
        for (state, row) in compiled.chart.states.iter() {
            let mut events: BTreeSet<&str> = BTreeSet::new();
            for id in &row.on {
                let patterns = &compiled.chart.transitions.at(*id).patterns;
                events.extend(patterns.iter().map(|pattern| &**pattern));
            }
            for event in events {
                let listed = row.on.iter().copied();
                let heard: Vec<TransitionId> = listed.filter(|id| self.hears(*id, event)).collect();
                self.answers(state, event, &heard);
            }
        }
    }

    /// Whether a transition answers whatever a pattern stands for.
    fn hears(&self, id: TransitionId, pattern: &str) -> bool {
        let chart = &self.compiled.chart;
        let all = chart.transitions.at(id).patterns.iter().any(|pattern| &**pattern == "*");
        all || (pattern != "*" && chart.listens(id, pattern))
    }

    /// Transitions of one state that answer one event, in their order.
    fn answers(&mut self, state: StateId, event: &str, heard: &[TransitionId]) {
        let (rules, definition) = (self.rules, self.definition);
        let asks =
            |id: &TransitionId| rules.guard(*id).is_some() || !rules.requirements(*id).is_empty();
        // Who may take which is another question.
        let roles = |id: &TransitionId| {
            let transition = definition.transitions.at(*id);
            let names = definition
                .roles_of(transition)
                .map(|roles| roles.iter().map(|role| role.value.as_str()).collect::<Vec<_>>());
            let plain = transition.not_by.is_empty() && transition.signed_by.is_empty();
            plain.then_some(names)
        };
        let Some(first) = heard.first().map(roles) else { return };
        let alike = heard.iter().all(|id| roles(id) == first && roles(id).is_some());
        if heard.len() < 2 || !alike {
            return;
        }
        let about = self.scope_of(event);
        for (place, id) in heard.iter().enumerate() {
            let before = heard.get(..place).unwrap_or(&[]);
            if before.is_empty() || !before.iter().all(asks) || self.never.contains(id) {
                continue;
            }
            let span = definition.transitions.at(*id).span;
            // Never taken it is only where those before it answer all that it answers, and not just this event.
            let patterns = &self.compiled.chart.transitions.at(*id).patterns;
            let hides =
                |one: &&TransitionId| patterns.iter().all(|pattern| self.hears(**one, pattern));
            let hiding: Vec<TransitionId> =
                before.iter().rev().filter(hides).take(BEFORE).copied().collect();
            if !hiding.is_empty() {
                self.judge.about(self.scope(*id));
                let mut wanted = vec![(Asked::Transition(*id), Want::Holds)];
                wanted.extend(hiding.iter().map(|id| (Asked::Transition(*id), Want::Fails)));
                if self.impossible(&wanted, Says::Shadowed, span, &[]) {
                    continue;
                }
            }
            if asks(id) {
                self.judge.about(about);
                self.overlaps(*id, before, span);
            }
        }
        self.judge.about(about);
        let outer = self.compiled.chart.ancestors(state).any(|outer| {
            let row = self.compiled.chart.states.at(outer);
            row.on.iter().any(|id| self.compiled.chart.listens(*id, event))
        });
        if heard.iter().all(asks) && !outer {
            self.gap(state, event, heard);
        }
    }

    fn overlaps(&mut self, id: TransitionId, before: &[TransitionId], span: Span) {
        let targets = |id: TransitionId| &self.compiled.chart.transitions.at(id).targets;
        let other = before.iter().rev().find(|other| targets(**other) != targets(id));
        let Some(other) = other.copied() else { return };
        let wanted =
            [(Asked::Transition(id), Want::Holds), (Asked::Transition(other), Want::Holds)];
        let (answer, situation) = self.judge.possible(&wanted);
        let names = &self.definition.transitions.at(other).targets;
        let names: Vec<&str> = names.iter().map(|name| name.value.as_str()).collect();
        let parts = vec![names.join(", ")];
        self.seen(answer, situation, Says::Overlap, span, parts);
    }

    fn gap(&mut self, state: StateId, event: &str, heard: &[TransitionId]) {
        let mut wanted = self.common(heard);
        wanted.extend(heard.iter().map(|id| (Asked::Transition(*id), Want::Fails)));
        let (answer, situation) = self.judge.possible(&wanted);
        let Some(last) = heard.last() else { return };
        let span = self.definition.transitions.at(*last).span;
        let state = self.definition.states.at(state).name.value.clone();
        self.seen(answer, situation, Says::Gap, span, vec![event.to_owned(), state]);
    }

    /// What all of some transitions ask for: where it does not hold, that all are shut is meant.
    fn common(&self, heard: &[TransitionId]) -> Vec<(Asked<'w>, Want)> {
        let rules = self.rules;
        let Some((first, others)) = heard.split_first() else { return Vec::new() };
        let clauses = |id: TransitionId| -> Vec<(&'w Program, &'w Node)> {
            let Some(guard) = rules.guard(id) else { return Vec::new() };
            match &guard.root.op {
                Op::And(clauses) => clauses.iter().map(|node| (guard, node)).collect(),
                _ => vec![(guard, &guard.root)],
            }
        };
        let text = |(program, node): (&'w Program, &'w Node)| program.text(node.at);
        let required = rules
            .requirements(*first)
            .iter()
            .filter(|one| others.iter().all(|other| rules.requirements(*other).contains(one)));
        let asked = clauses(*first).into_iter().filter(|clause| {
            others
                .iter()
                .all(|other| clauses(*other).into_iter().any(|one| text(one) == text(*clause)))
        });
        let required = required.map(|one| (Asked::Requirement(*one), Want::Holds));
        let asked = asked.map(|(program, node)| (Asked::Clause(program, node), Want::Holds));
        required.chain(asked).collect()
    }

    /// Finds something where a situation is impossible; whether it was found.
    fn impossible(
        &mut self,
        wanted: &[(Asked<'w>, Want)],
        says: Says,
        span: Span,
        parts: &[String],
    ) -> bool {
        match self.judge.possible(wanted).0 {
            Answer::Possible => false,
            Answer::Impossible => {
                let at_parameters = !self.parameters && !self.impossible_anyway(wanted);
                self.tell(Finding {
                    at_parameters,
                    severity: if at_parameters { FindingSeverity::Note } else { says.severity() },
                    ..finding(says, span, parts.to_vec())
                });
                true
            }
            Answer::Unknown(why) => {
                self.tell(Finding {
                    verdict: FindingVerdict::Unknown,
                    severity: FindingSeverity::Note,
                    why: named(why),
                    ..finding(says, span, parts.to_vec())
                });
                false
            }
        }
    }

    /// Whether it is impossible for all values of parameters, too.
    fn impossible_anyway(&mut self, wanted: &[(Asked<'w>, Want)]) -> bool {
        if self.definition.parameters.len() == 0 {
            return true;
        }
        let (rules, definition) = (self.rules, self.definition);
        let most = self.most;
        let free = self.free.get_or_insert_with(|| {
            let mut judge = Judge::new(rules, definition, false);
            judge.spend(most);
            judge
        });
        free.about(self.judge.event());
        free.possible(wanted).0 == Answer::Impossible
    }

    /// Finds something where there is a situation.
    fn seen(
        &mut self,
        answer: Answer,
        situation: Option<Situation>,
        says: Says,
        span: Span,
        parts: Vec<String>,
    ) {
        match answer {
            Answer::Impossible => {}
            Answer::Possible => {
                let witness = situation.map(|situation| self.told_facts(&situation));
                self.tell(Finding { witness, ..finding(says, span, parts) });
            }
            Answer::Unknown(why) => self.tell(Finding {
                verdict: FindingVerdict::Unknown,
                severity: FindingSeverity::Note,
                why: named(why),
                ..finding(says, span, parts)
            }),
        }
    }

    /// The facts of a situation that are known, as a JSON object.
    fn told_facts(&self, situation: &Situation) -> String {
        let given = self.rules.facts.ids().filter(|id| self.rules.is_given(*id));
        let known = given.filter_map(|id| {
            let value = situation.facts.get(id)?;
            let fact = self.definition.facts.at(id);
            let name = serde_json::to_string(&fact.name.value).ok()?;
            (fact.default.as_ref() != Some(&value)).then(|| format!("{name}: {}", value.to_json()))
        });
        format!("{{ {} }}", known.collect::<Vec<_>>().join(", "))
    }

    fn tell(&mut self, finding: Finding) {
        if let Some(span) = finding.span
            && self.told.insert((finding.code, span))
        {
            self.found.push(finding);
        }
    }
}

fn finding(says: Says, span: Span, parts: Vec<String>) -> Finding {
    Finding {
        code: says.code(),
        verdict: FindingVerdict::Proven,
        severity: says.severity(),
        place: None,
        allowed: None,
        witness: None,
        why: Vec::new(),
        span: Some(span),
        says,
        parts,
        at_parameters: false,
    }
}

/// Whether a part compares, or asks something of a list.
fn is_compared(node: &Node) -> bool {
    match &node.op {
        Op::Binary { op, .. } => is_order(*op) || matches!(op, Binary::Equal | Binary::NotEqual),
        Op::In { .. } => true,
        Op::Each { each, .. } => matches!(each, Each::All | Each::Some),
        _ => false,
    }
}
