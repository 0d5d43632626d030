//! Splitting on atoms: clauses, what follows from one assumption after the other, and what is learnt where that fails.
//! (Marques-Silva and Sakallah, *GRASP*, 1999; two watched literals as in *Chaff*, 2001.)

use std::collections::BinaryHeap;

/// A variable with a sign: twice its number, one more where it is false.
pub(super) type Sign = u32;

pub(super) fn sign(variable: u32, holds: bool) -> Sign {
    variable * 2 + u32::from(!holds)
}

/// More conflicts than are gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooMany;

const NONE: u32 = u32::MAX;

#[derive(Debug, Default)]
pub(super) struct Clauses {
    clauses: Vec<Vec<Sign>>,
    /// By sign: clauses that watch its opposite's truth.
    watches: Vec<Vec<u32>>,
    /// By variable: unset, true, false.
    values: Vec<Option<bool>>,
    phases: Vec<bool>,
    levels: Vec<u32>,
    reasons: Vec<u32>,
    trail: Vec<Sign>,
    /// Where each level begins in the trail.
    begins: Vec<usize>,
    next: usize,
    activity: Vec<u64>,
    bump: u64,
    heap: BinaryHeap<(u64, std::cmp::Reverse<u32>)>,
    refuted: bool,
    pub conflicts: u32,
}

impl Clauses {
    pub fn new() -> Self {
        Self { bump: 1, ..Self::default() }
    }

    pub fn variable(&mut self) -> u32 {
        let variable = self.values.len() as u32;
        self.values.push(None);
        self.phases.push(false);
        self.levels.push(0);
        self.reasons.push(NONE);
        self.activity.push(0);
        self.watches.push(Vec::new());
        self.watches.push(Vec::new());
        self.heap.push((0, std::cmp::Reverse(variable)));
        variable
    }

    /// Whether a sign holds; `None` while it is open.
    pub fn value(&self, sign: Sign) -> Option<bool> {
        self.values[(sign >> 1) as usize].map(|holds| holds == (sign & 1 == 0))
    }

    /// Adds a clause. Everything assumed is taken back.
    pub fn add(&mut self, mut clause: Vec<Sign>) {
        self.back(0);
        clause.sort_unstable();
        clause.dedup();
        if clause.windows(2).any(|pair| pair[0] >> 1 == pair[1] >> 1) {
            return;
        }
        if clause.iter().any(|sign| self.value(*sign) == Some(true)) {
            return;
        }
        clause.retain(|sign| self.value(*sign).is_none());
        match clause.as_slice() {
            [] => self.refuted = true,
            [only] => {
                self.set(*only, NONE);
            }
            _ => {
                self.attach(clause);
            }
        }
    }

    fn attach(&mut self, clause: Vec<Sign>) -> u32 {
        let number = self.clauses.len() as u32;
        self.watches[(clause[0] ^ 1) as usize].push(number);
        self.watches[(clause[1] ^ 1) as usize].push(number);
        self.clauses.push(clause);
        number
    }

    fn set(&mut self, sign: Sign, reason: u32) {
        let variable = (sign >> 1) as usize;
        let holds = sign & 1 == 0;
        self.values[variable] = Some(holds);
        self.phases[variable] = holds;
        self.levels[variable] = self.begins.len() as u32;
        self.reasons[variable] = reason;
        self.trail.push(sign);
    }

    fn back(&mut self, level: usize) {
        let Some(begin) = self.begins.get(level).copied() else { return };
        for sign in self.trail.split_off(begin) {
            let variable = sign >> 1;
            self.values[variable as usize] = None;
            self.heap.push((self.activity[variable as usize], std::cmp::Reverse(variable)));
        }
        self.begins.truncate(level);
        self.next = self.trail.len();
    }

    /// What follows; the clause that fails, if one does.
    fn follow(&mut self) -> Option<u32> {
        while let Some(sign) = self.trail.get(self.next).copied() {
            self.next += 1;
            let mut watching = std::mem::take(&mut self.watches[sign as usize]);
            let mut kept = 0;
            let mut failed = None;
            let mut place = 0;
            while place < watching.len() {
                let number = watching[place];
                place += 1;
                let false_sign = sign ^ 1;
                let clause = &mut self.clauses[number as usize];
                if clause[0] == false_sign {
                    clause.swap(0, 1);
                }
                let first = clause[0];
                let value = |sign: Sign| {
                    self.values[(sign >> 1) as usize].map(|holds| holds == (sign & 1 == 0))
                };
                if value(first) == Some(true) {
                    watching[kept] = number;
                    kept += 1;
                    continue;
                }
                if let Some(other) = (2..clause.len()).find(|at| value(clause[*at]) != Some(false))
                {
                    clause.swap(1, other);
                    let watched = (clause[1] ^ 1) as usize;
                    self.watches[watched].push(number);
                    continue;
                }
                watching[kept] = number;
                kept += 1;
                if value(first) == Some(false) {
                    failed = Some(number);
                    while place < watching.len() {
                        watching[kept] = watching[place];
                        kept += 1;
                        place += 1;
                    }
                    break;
                }
                self.set(first, number);
            }
            watching.truncate(kept);
            self.watches[sign as usize] = watching;
            if failed.is_some() {
                return failed;
            }
        }
        None
    }

    fn bumped(&mut self, variable: u32) {
        let activity = &mut self.activity[variable as usize];
        *activity = activity.saturating_add(self.bump);
        self.heap.push((*activity, std::cmp::Reverse(variable)));
    }

    /// The clause learnt from one that failed, its first the one that follows, and the level to go back to.
    fn learn(&mut self, failed: u32) -> (Vec<Sign>, usize) {
        let level = self.begins.len() as u32;
        let mut seen = vec![false; self.values.len()];
        let mut learnt: Vec<Sign> = vec![0];
        let mut open = 0;
        let mut clause = failed;
        let mut at = self.trail.len();
        let mut skip: Option<Sign> = None;
        loop {
            let signs: Vec<Sign> = self.clauses[clause as usize].clone();
            for sign in signs.into_iter().filter(|sign| Some(*sign) != skip) {
                let variable = sign >> 1;
                if seen[variable as usize] || self.levels[variable as usize] == 0 {
                    continue;
                }
                seen[variable as usize] = true;
                self.bumped(variable);
                if self.levels[variable as usize] == level {
                    open += 1;
                } else {
                    learnt.push(sign);
                }
            }
            loop {
                at -= 1;
                if seen[(self.trail[at] >> 1) as usize] {
                    break;
                }
            }
            let sign = self.trail[at];
            open -= 1;
            if open == 0 {
                learnt[0] = sign ^ 1;
                break;
            }
            clause = self.reasons[(sign >> 1) as usize];
            skip = Some(sign);
        }
        let mut back = 0;
        if learnt.len() > 1 {
            let level_of = |sign: &Sign| self.levels[(*sign >> 1) as usize];
            let deepest = (1..learnt.len()).max_by_key(|at| level_of(&learnt[*at])).unwrap_or(1);
            learnt.swap(1, deepest);
            back = level_of(&learnt[1]) as usize;
        }
        (learnt, back)
    }

    /// Whether all clauses can hold; if so every variable has a value.
    pub fn solve(&mut self, most: u32) -> Result<bool, TooMany> {
        self.back(0);
        loop {
            if self.refuted {
                return Ok(false);
            }
            if let Some(failed) = self.follow() {
                if self.begins.is_empty() {
                    self.refuted = true;
                    return Ok(false);
                }
                self.conflicts += 1;
                if self.conflicts > most {
                    return Err(TooMany);
                }
                let (learnt, level) = self.learn(failed);
                self.back(level);
                let first = learnt[0];
                let reason = if learnt.len() > 1 { self.attach(learnt) } else { NONE };
                self.set(first, reason);
                self.bump = self.bump.saturating_add(1 + self.bump / 32);
                if self.bump > 1 << 50 {
                    self.rescale();
                }
                continue;
            }
            let Some(variable) = self.choose() else { return Ok(true) };
            self.begins.push(self.trail.len());
            self.set(sign(variable, self.phases[variable as usize]), NONE);
        }
    }

    fn rescale(&mut self) {
        self.bump = 1;
        for activity in &mut self.activity {
            *activity >>= 50;
        }
        self.heap = (0..self.values.len() as u32)
            .map(|variable| (self.activity[variable as usize], std::cmp::Reverse(variable)))
            .collect();
    }

    fn choose(&mut self) -> Option<u32> {
        while let Some((_, std::cmp::Reverse(variable))) = self.heap.pop() {
            if self.values[variable as usize].is_none() {
                return Some(variable);
            }
        }
        None
    }
}
