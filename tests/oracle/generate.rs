//! Random small charts, always legal ones.

use super::chart::{Act, Chart, Cond, FACTS, FILE, Form, Kind, Requirement, State, Transition};
use crate::dice::Dice;

/// Events that are sent and raised.
pub const EVENTS: [&str; 7] = ["a", "b", "a.b", "c", "a.b.c", "b.x", "ab"];
const PATTERNS: [&str; 9] = ["a", "b", "a.b", "c", "*", "a.*", "a.b.c", "b.x", "c.*"];

pub fn chart(dice: &mut Dice) -> Chart {
    let mut chart = Chart {
        states: Vec::new(),
        factor: Cond::Fact(0),
        of: (vec![0], false, 1),
        defaults: Vec::new(),
        declared: dice.below(3) > 0,
    };
    grow(dice, &mut chart, FILE.to_owned(), None, Kind::Compound, 0);
    chart.defaults = (0..FACTS.len()).filter(|_| dice.once_in(3)).collect();
    chart.factor = condition(dice, &chart, 2, false);
    let mut facts = dice.some(&[0, 1, 2, 3]);
    if facts.is_empty() {
        facts.push(0);
    }
    let with_factor = dice.once_in(2);
    let most = facts.len() + usize::from(with_factor);
    chart.of = (facts, with_factor, 1 + dice.below(most) as i64);
    for place in 0..chart.states.len() {
        begin(dice, &mut chart, place);
    }
    for place in 0..chart.states.len() {
        behave(dice, &mut chart, place);
    }
    if !chart.declared {
        only_heard(&mut chart);
    }
    chart
}

/// The tree of states, in document order.
fn grow(
    dice: &mut Dice,
    chart: &mut Chart,
    name: String,
    parent: Option<&str>,
    kind: Kind,
    depth: usize,
) {
    let place = chart.states.len();
    chart.states.push(State {
        name: name.clone(),
        kind,
        parent: parent.map(str::to_owned),
        children: Vec::new(),
        initial: Vec::new(),
        initial_actions: Vec::new(),
        entry: Vec::new(),
        exit: Vec::new(),
        done: Vec::new(),
        form: Form::Object,
        on: Vec::new(),
        always: Vec::new(),
    });
    let mut inside: Vec<Kind> = Vec::new();
    match kind {
        Kind::Compound => {
            for index in 0..1 + dice.below(3) {
                inside.push(match dice.below(8) {
                    1 if index > 0 || depth > 0 => Kind::Final,
                    2 | 3 if depth < 4 => Kind::Compound,
                    4 | 5 if depth < 4 => Kind::Parallel,
                    _ => Kind::Atomic,
                });
            }
        }
        Kind::Parallel => {
            for _ in 0..2 + dice.below(2) {
                inside.push(match dice.below(6) {
                    1..=3 if depth < 4 => Kind::Compound,
                    4 if depth < 3 => Kind::Parallel,
                    _ => Kind::Atomic,
                });
            }
        }
        _ => {}
    }
    if !inside.is_empty() && depth > 0 {
        for history in [Kind::Shallow, Kind::Deep] {
            if dice.once_in(3) {
                let at = dice.below(inside.len() + 1);
                inside.insert(at, history);
            }
        }
    }
    for kind in inside {
        // Names whose order is not that of the document.
        let letter = ["q", "d", "x", "b", "m"][chart.states.len() % 5];
        let child = format!("{letter}{}", chart.states.len());
        chart.states[place].children.push(child.clone());
        // A bound on the whole.
        let kind = match kind {
            Kind::Compound | Kind::Parallel if chart.states.len() > 14 => Kind::Atomic,
            kind => kind,
        };
        grow(dice, chart, child, Some(&name), kind, depth + 1);
    }
}

fn is_history(chart: &Chart, name: &str) -> bool {
    matches!(chart.state(name).kind, Kind::Shallow | Kind::Deep)
}

fn real_children(chart: &Chart, name: &str) -> Vec<String> {
    chart.state(name).children.iter().filter(|child| !is_history(chart, child)).cloned().collect()
}

/// States that can be targets together: all inside or at one state, at most one in each compound state.
fn targets(dice: &mut Dice, chart: &Chart, name: &str, with_history: bool) -> Vec<String> {
    if dice.once_in(2) {
        let children = &chart.state(name).children;
        let histories: Vec<&String> =
            children.iter().filter(|child| is_history(chart, child)).collect();
        if with_history && !histories.is_empty() && dice.once_in(2) {
            return vec![(*dice.pick(&histories)).clone()];
        }
        let children = real_children(chart, name);
        match chart.state(name).kind {
            Kind::Compound => {
                let child = dice.pick(&children).clone();
                return targets(dice, chart, &child, with_history);
            }
            Kind::Parallel => {
                let regions = dice.some(&children);
                if !regions.is_empty() {
                    return regions
                        .iter()
                        .flat_map(|region| targets(dice, chart, region, with_history))
                        .collect();
                }
            }
            _ => {}
        }
    }
    vec![name.to_owned()]
}

/// Where compound states begin, and the defaults of history states.
fn begin(dice: &mut Dice, chart: &mut Chart, place: usize) {
    let name = chart.states[place].name.clone();
    let initial = match chart.states[place].kind {
        Kind::Compound => {
            let children = real_children(chart, &name);
            let histories: Vec<String> = chart.states[place]
                .children
                .iter()
                .filter(|child| is_history(chart, child))
                .cloned()
                .collect();
            if children.len() == 1 && dice.once_in(2) {
                Vec::new()
            } else if !histories.is_empty() && dice.once_in(4) {
                vec![dice.pick(&histories).clone()]
            } else {
                let child = dice.pick(&children).clone();
                targets(dice, chart, &child, true)
            }
        }
        Kind::Shallow | Kind::Deep => {
            let parent = chart.states[place].parent.clone().unwrap();
            let children = real_children(chart, &parent);
            let deep = chart.states[place].kind == Kind::Deep;
            // Only states without a history on the way, so that no default leads in a circle.
            let mut within = |child: &String| {
                if deep { targets(dice, chart, child, false) } else { vec![child.clone()] }
            };
            if chart.state(&parent).kind == Kind::Parallel {
                let mut all: Vec<String> = children.iter().flat_map(&mut within).collect();
                if !deep && dice.once_in(2) {
                    all.truncate(1);
                }
                all
            } else {
                let mut all: Vec<Vec<String>> = children.iter().map(&mut within).collect();
                let at = dice.below(all.len());
                all.swap_remove(at)
            }
        }
        _ => return,
    };
    chart.states[place].initial = initial;
    if !chart.states[place].initial.is_empty() && dice.once_in(4) {
        chart.states[place].initial_actions = vec![Act::Emit(format!("begin_{name}"))];
    }
}

/// Scripts and transitions.
fn behave(dice: &mut Dice, chart: &mut Chart, place: usize) {
    let name = chart.states[place].name.clone();
    let kind = chart.states[place].kind;
    if matches!(kind, Kind::Shallow | Kind::Deep) {
        return;
    }
    let mut entry = vec![Act::Emit(format!("in_{name}"))];
    let mut exit = vec![Act::Emit(format!("out_{name}"))];
    if dice.once_in(3) {
        entry.extend(act(dice, chart, &format!("in_{name}")));
    }
    if dice.once_in(4) {
        exit.extend(act(dice, chart, &format!("out_{name}")));
    }
    chart.states[place].entry = entry;
    chart.states[place].exit = exit;
    if kind == Kind::Final {
        return;
    }
    let most = if name == FILE { 2 } else { 4 };
    let mut number = 0;
    let mut label = || {
        number += 1;
        format!("{name}_{number}")
    };
    let form = if dice.once_in(3) { Form::List } else { Form::Object };
    let mut on = Vec::new();
    for _ in 0..dice.below(most) {
        let mut events = vec![event_pattern(dice, chart)];
        if form == Form::List && dice.once_in(3) {
            let more = event_pattern(dice, chart);
            if !events.contains(&more) {
                events.push(more);
            }
        }
        on.push(transition(dice, chart, &name, events, &label()));
    }
    if form == Form::Object {
        // One name of a pattern, so that two keys do not mean the same.
        for one in &mut on {
            let same = |other: &str| {
                other.trim_end_matches(".*") == "a" || other.trim_end_matches(".*") == "c"
            };
            if same(&one.events[0]) {
                one.events[0] = one.events[0].trim_end_matches(".*").to_owned();
            }
        }
    }
    chart.states[place].form = form;
    chart.states[place].on = on;
    if matches!(kind, Kind::Compound | Kind::Parallel) && name != FILE && dice.once_in(3) {
        chart.states[place].done = vec![transition(dice, chart, &name, Vec::new(), &label())];
    }
    if dice.once_in(6) {
        let mut one = transition(dice, chart, &name, Vec::new(), &label());
        // Mostly bounded; without this nearly every such chart would run in circles.
        let endless = dice.once_in(8);
        let bound = Cond::Less(if endless { 1_000 } else { 1 + dice.below(5) as i64 });
        one.guard = Some(match one.guard {
            Some(guard) => Cond::And(Box::new(guard), Box::new(bound)),
            None => bound,
        });
        if !endless {
            one.actions.push(Act::Add(1));
        }
        let mut always = vec![one];
        if dice.once_in(3) {
            let mut other = transition(dice, chart, &name, Vec::new(), &label());
            other.guard = Some(Cond::Less(1 + dice.below(3) as i64));
            other.actions.push(Act::Add(1));
            always.push(other);
        }
        chart.states[place].always = always;
    }
}

fn event_pattern(dice: &mut Dice, chart: &Chart) -> String {
    if dice.once_in(8) {
        let outer: Vec<&State> = chart
            .states
            .iter()
            .filter(|state| {
                matches!(state.kind, Kind::Compound | Kind::Parallel) && state.name != FILE
            })
            .collect();
        if !outer.is_empty() {
            return match dice.below(4) {
                0 => "done.state".to_owned(),
                _ => format!("done.state.{}", dice.pick(&outer).name),
            };
        }
    }
    (*dice.pick(&PATTERNS)).to_owned()
}

fn transition(
    dice: &mut Dice,
    chart: &Chart,
    source: &str,
    events: Vec<String>,
    label: &str,
) -> Transition {
    let to = if dice.once_in(6) {
        Vec::new()
    } else {
        // Often somewhere inside the source: that is where internal ones differ.
        let inside = real_children(chart, source);
        let anchor = if !inside.is_empty() && dice.once_in(3) {
            dice.pick(&inside).clone()
        } else {
            let all: Vec<&State> = chart.states.iter().skip(1).collect();
            dice.pick(&all).name.clone()
        };
        if is_history(chart, &anchor) { vec![anchor] } else { targets(dice, chart, &anchor, true) }
    };
    let guard = dice.once_in(2).then(|| condition(dice, chart, 2, true));
    let mut requires = Vec::new();
    if dice.once_in(5) {
        requires.push(Requirement::Fact(dice.below(FACTS.len())));
    }
    if dice.once_in(5) {
        requires.push(Requirement::Factor(dice.below(2)));
    }
    let mut actions = vec![Act::Emit(format!("t_{label}"))];
    if dice.once_in(2) {
        actions.extend(act(dice, chart, &format!("t_{label}")));
    }
    // A plain one now and then, which is written as a name alone.
    if guard.is_none() && requires.is_empty() && to.len() == 1 && dice.once_in(4) {
        actions.clear();
    }
    let internal = dice.once_in(3);
    Transition { events, targets: to, guard, requires, actions, internal }
}

fn act(dice: &mut Dice, chart: &Chart, label: &str) -> Vec<Act> {
    let fact = dice.below(FACTS.len());
    match dice.below(10) {
        0 | 1 => vec![Act::Add(1)],
        2..=4 => vec![Act::Raise((*dice.pick(&EVENTS)).to_owned())],
        5 | 6 => vec![Act::Set(fact, dice.once_in(2))],
        7 => vec![Act::Forget(fact)],
        8 => {
            let cond = match dice.below(4) {
                0 => Cond::Less(dice.below(6) as i64),
                1 => Cond::Known(fact),
                2 => Cond::Count((*dice.pick(&EVENTS)).to_owned(), 1 + dice.below(3) as i64),
                _ => Cond::Active(some_state(dice, chart)),
            };
            vec![Act::EmitIf(cond, format!("if_{label}"))]
        }
        _ if dice.once_in(3) => vec![Act::Read(fact, format!("read_{label}"))],
        _ => vec![Act::Add(2)],
    }
}

fn some_state(dice: &mut Dice, chart: &Chart) -> String {
    let names: Vec<&String> = chart
        .states
        .iter()
        .skip(1)
        .filter(|state| !matches!(state.kind, Kind::Shallow | Kind::Deep))
        .map(|state| &state.name)
        .collect();
    (*dice.pick(&names)).clone()
}

fn condition(dice: &mut Dice, chart: &Chart, depth: usize, factors: bool) -> Cond {
    let fact = dice.below(FACTS.len());
    if depth > 0 && dice.once_in(2) {
        let mut inner = || Box::new(condition(dice, chart, depth - 1, factors));
        let (one, two) = (inner(), inner());
        return match dice.below(3) {
            0 => Cond::And(one, two),
            1 => Cond::Or(one, two),
            _ => Cond::Not(one),
        };
    }
    match dice.below(10) {
        0..=2 => Cond::Fact(fact),
        3 => Cond::Less(dice.below(6) as i64),
        4 => Cond::Even,
        5 => Cond::Active(some_state(dice, chart)),
        6 => Cond::Known(fact),
        7 => Cond::Count((*dice.pick(&EVENTS)).to_owned(), 1 + dice.below(3) as i64),
        8 if factors => Cond::Factor(dice.below(2)),
        _ => Cond::OrElse(fact, dice.once_in(2)),
    }
}

/// Where a file declares no events, it knows those that it listens to, and speaks of no others.
fn only_heard(chart: &mut Chart) {
    let patterns: Vec<String> = chart
        .states
        .iter()
        .flat_map(|state| state.on.iter().flat_map(|one| one.events.clone()))
        .collect();
    let heard = |event: &str| patterns.iter().any(|pattern| super::naive::matches(pattern, event));
    heard_only(&mut chart.factor, &heard);
    for state in &mut chart.states {
        let transitions = state.on.iter_mut().chain(&mut state.done).chain(&mut state.always);
        let mut scripts = vec![&mut state.entry, &mut state.exit, &mut state.initial_actions];
        for one in transitions {
            if let Some(guard) = &mut one.guard {
                heard_only(guard, &heard);
            }
            scripts.push(&mut one.actions);
        }
        for act in scripts.into_iter().flatten() {
            match act {
                Act::Raise(event) if !heard(event) => *act = Act::Add(1),
                Act::EmitIf(cond, _) => heard_only(cond, &heard),
                _ => {}
            }
        }
    }
}

fn heard_only(cond: &mut Cond, heard: &dyn Fn(&str) -> bool) {
    match cond {
        Cond::Count(event, bound) if !heard(event) => *cond = Cond::Less(*bound),
        Cond::Not(one) => heard_only(one, heard),
        Cond::And(one, two) | Cond::Or(one, two) => {
            heard_only(one, heard);
            heard_only(two, heard);
        }
        _ => {}
    }
}
