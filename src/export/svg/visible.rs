//! Which states are drawn: all of a small workflow; of a large one what is deep is closed, and what is far is left out.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::SvgOptions;
use super::highlights::Highlights;
use crate::definition::model::Definition;
use crate::table::StateId;
use crate::workflow::chart::{Chart, ROOT};

/// For each state, the one that is drawn for it: itself, the state around it that is closed, or none.
pub(super) fn shown(
    definition: &Definition,
    chart: &Chart,
    marks: &Highlights,
    options: &SvgOptions,
) -> Vec<Option<StateId>> {
    let depth = |id: StateId| usize::try_from(chart.states.at(id).depth).unwrap_or(usize::MAX);
    let deepest = definition.states.ids().map(depth).max().unwrap_or(0);
    let most = options.states.max(1);
    let mut limit = options.depth.map_or(deepest, |depth| depth.max(1)).min(deepest.max(1));
    if options.depth.is_none() {
        let within =
            |limit: usize| definition.states.ids().filter(|id| depth(*id) <= limit).count();
        while limit > 1 && within(limit) > most + 1 {
            limit -= 1;
        }
    }
    let folded: BTreeSet<StateId> = if options.fold.is_empty() {
        BTreeSet::new()
    } else {
        let fold: BTreeSet<&str> = options.fold.iter().map(String::as_str).collect();
        let named =
            |id: &StateId| *id != ROOT && fold.contains(definition.states.at(*id).name.as_str());
        definition.states.ids().filter(named).collect()
    };
    let stands_for = |id: StateId| {
        let around = || std::iter::once(id).chain(chart.ancestors(id));
        let drawn = around().find(|id| depth(*id) <= limit).unwrap_or(ROOT);
        // Of those that are folded the outermost.
        around().filter(|id| *id <= drawn && folded.contains(id)).last().unwrap_or(drawn)
    };
    let mut shown: Vec<Option<StateId>> =
        definition.states.ids().map(|id| Some(stands_for(id))).collect();
    let drawn: BTreeSet<StateId> = shown.iter().copied().flatten().collect();
    if drawn.len() > most + 1 {
        let kept = nearest(chart, marks, &stands_for, &drawn, most);
        for place in &mut shown {
            *place = place.filter(|id| kept.contains(id));
        }
    }
    shown
}

/// So many states: those that an overlay marks, then those nearest to where a case begins, then those of the file.
fn nearest(
    chart: &Chart,
    marks: &Highlights,
    stands_for: &dyn Fn(StateId) -> StateId,
    drawn: &BTreeSet<StateId>,
    most: usize,
) -> BTreeSet<StateId> {
    let mut leads: BTreeMap<StateId, Vec<StateId>> = BTreeMap::new();
    for (_, transition) in chart.transitions.iter() {
        let list = leads.entry(stands_for(transition.source)).or_default();
        list.extend(transition.targets.iter().map(|target| stands_for(*target)));
    }
    let mut kept = BTreeSet::from([ROOT]);
    let mut waiting: VecDeque<StateId> = marks.states().map(stands_for).collect();
    waiting.push_back(ROOT);
    let mut rest = drawn.iter().copied();
    let mut met = BTreeSet::new();
    while kept.len() <= most {
        let Some(id) = waiting.pop_front().or_else(|| rest.next()) else { break };
        if !met.insert(id) {
            continue;
        }
        // With all that it stands in.
        kept.insert(id);
        kept.extend(chart.ancestors(id));
        waiting.extend(chart.states.at(id).initial.iter().map(|to| stands_for(*to)));
        waiting.extend(leads.get(&id).into_iter().flatten());
    }
    kept
}
