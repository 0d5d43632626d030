//! What actions can send.

use std::collections::BTreeSet;

use super::Rules;
use super::program::{Node, Op, Program, Reads, Told};
use super::syntax::Extent;
use crate::table::FactId;

impl Rules {
    /// Whether any action sets a fact.
    pub fn is_set(&self, id: FactId) -> bool {
        self.doing().any(|program| program.writes.contains(&id))
    }

    /// Whether a factor or derived fact may see a value of a fact that its declaration does not admit: what actions set is
    /// held to that when they end, and until then they may ask other rules.
    pub fn is_passing(&self, id: FactId) -> bool {
        self.passing
            .get_or_init(|| self.doing().flat_map(|program| self.passing_in(program)).collect())
            .contains(&id)
    }

    fn passing_in(&self, program: &Program) -> Vec<FactId> {
        if program.writes.is_empty() {
            return Vec::new();
        }
        let is_derived = |id: &FactId| self.facts.get(*id).is_some_and(|fact| fact.value.is_some());
        let facts = program.reads.facts.iter().copied().filter(is_derived).collect();
        let others = Reads { facts, factors: program.reads.factors.clone(), ..Reads::default() };
        let read = self.reads_through(others).facts;
        program.writes.iter().copied().filter(|id| read.contains(id)).collect()
    }

    /// All scripts that do something.
    fn doing(&self) -> impl Iterator<Item = &Program> {
        let states = [&self.entries, &self.exits, &self.initials].into_iter();
        states.flat_map(|programs| programs.values()).chain(self.actions.values())
    }
}

/// What a script asks for besides setting facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked<'r> {
    /// A message to the outside.
    Emit(&'r str),
    /// An event for later: its name, and where in the script it stands when.
    Send(&'r str, Option<Extent>),
    /// An event for now.
    Raise(&'r str),
    /// A sent event is taken back.
    Cancel(&'r str),
    /// An event for the children of an `invoke`, by its number, or for the parent.
    Tell(Option<u32>, &'r str),
}

/// What a script may ask for, in its order, whatever its branches decide; what it asks for twice is
/// there once. Cost: linear in the script, and in what is asked for by its square.
pub(crate) fn asked(program: &Program) -> Vec<Asked<'_>> {
    let mut waiting: Vec<&Node> = vec![&program.root];
    let mut found = Vec::new();
    while let Some(node) = waiting.pop() {
        let asked = match &node.op {
            Op::Emit { name, .. } => Some(Asked::Emit(name)),
            Op::Send { event, when, .. } => {
                Some(Asked::Send(event, when.as_ref().map(|when| when.at)))
            }
            Op::Raise { event, .. } => Some(Asked::Raise(event)),
            Op::Cancel(event) => Some(Asked::Cancel(event)),
            Op::Tell { to, event, .. } => Some(Asked::Tell(to.invoke(), event)),
            _ => None,
        };
        found.extend(asked.filter(|asked| !found.contains(asked)));
        waiting.extend(node.children().into_iter().rev());
    }
    found
}

/// The names of all events that some action sends, whether it is ever run or not. Cost: linear in the scripts.
pub(crate) fn sent_names(rules: &Rules) -> BTreeSet<&str> {
    names(rules, false)
}

/// The names of all events that some action sends or raises. Cost: linear in the scripts.
pub(crate) fn own_names(rules: &Rules) -> BTreeSet<&str> {
    names(rules, true)
}

/// The names of all events that some action sends to another case: to the children of an `invoke`, or to the parent. Cost:
/// linear in the scripts.
pub(crate) fn told_names(rules: &Rules) -> BTreeSet<(Option<u32>, &str)> {
    let mut names = BTreeSet::new();
    walk(rules, |node| {
        if let Op::Tell { to, event, .. } = &node.op {
            let to = match to {
                Told::All(invoke) | Told::One(invoke, _) => Some(*invoke),
                Told::Parent => None,
            };
            names.insert((to, &**event));
        }
    });
    names
}

fn names(rules: &Rules, raised: bool) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    walk(rules, |node| match &node.op {
        Op::Send { event, .. } => _ = names.insert(&**event),
        Op::Raise { event, .. } if raised => _ = names.insert(&**event),
        _ => {}
    });
    names
}

/// Goes through all that is done by actions.
fn walk<'r>(rules: &'r Rules, mut each: impl FnMut(&'r Node)) {
    let actions = rules.actions.iter().map(|(_, program)| program);
    let entries = rules.entries.iter().map(|(_, program)| program);
    let exits = rules.exits.iter().map(|(_, program)| program);
    let initials = rules.initials.iter().map(|(_, program)| program);
    let programs = actions.chain(entries).chain(exits).chain(initials);
    let mut waiting: Vec<&Node> = programs.map(|program| &program.root).collect();
    while let Some(node) = waiting.pop() {
        each(node);
        waiting.extend(node.children());
    }
}
