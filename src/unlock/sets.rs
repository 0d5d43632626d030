//! All minimal sets of things that, changed together, open something; the smallest first.
//!
//! What a shut set leaves alone holds a *core*: things of which at least one must change. Every set that opens changes one of
//! each core; the smallest that does is asked about next, and is either found to open or brings another core.

use std::collections::BTreeSet;

/// Sets that are looked through for the next one to be asked about.
const LOOKED: u32 = 200_000;
/// Sets that are asked about.
const ASKED: u32 = 3_000;
/// Sets that are returned.
pub(super) const WAYS: usize = 64;

pub(super) type Set = BTreeSet<usize>;

/// What became of a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It opens, and these of it are really changed.
    Opens(Set),
    /// Proven.
    Shut,
    Unknown(BTreeSet<&'static str>),
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Minimal {
    /// Each with whether every smaller set is proven to stay shut.
    pub sets: Vec<(Set, bool)>,
    /// Why there may be others; nothing where all were found.
    pub why: BTreeSet<&'static str>,
    /// Sets that were asked about.
    pub asked: u32,
}

/// What is known so far.
struct Search<'a> {
    count: usize,
    check: &'a mut dyn FnMut(&Set) -> Verdict,
    /// Of each, one must change.
    cores: Vec<Set>,
    ways: Vec<Set>,
    undecided: Vec<Set>,
    asked: u32,
    looked: u32,
}

/// All minimal sets among things numbered up to `count`, by what is said of each set that is asked about. A set that holds one
/// that opens must open too.
pub(super) fn minimal(count: usize, check: &mut dyn FnMut(&Set) -> Verdict) -> Minimal {
    let (cores, ways, undecided) = (Vec::new(), Vec::new(), Vec::new());
    let mut search = Search { count, check, cores, ways, undecided, asked: 0, looked: 0 };
    let mut why: BTreeSet<&'static str> = BTreeSet::new();
    let all: Set = (0..count).collect();
    match search.ask(&all) {
        Verdict::Shut => return Minimal { asked: 1, ..Minimal::default() },
        Verdict::Opens(_) => {}
        // Smaller ones may be decided all the same.
        Verdict::Unknown(reasons) => why.extend(reasons),
    }
    let mut size = 0;
    while size <= count {
        if search.asked > ASKED {
            why.insert("bound:checks");
            break;
        }
        let mut more = false;
        let found = search.next(&mut Set::new(), &mut Set::new(), size, &mut more);
        if search.looked > LOOKED || search.ways.len() >= WAYS {
            why.insert("bound:ways");
            break;
        }
        let Some(set) = found else {
            if !more {
                break;
            }
            size += 1;
            continue;
        };
        let rest = || all.difference(&set).copied().collect::<Vec<_>>();
        match search.ask(&set) {
            Verdict::Opens(changed) => search.ways.push(changed),
            Verdict::Shut => {
                let core = search.core(&Set::new(), false, &rest());
                search.cores.push(core.into_iter().collect());
            }
            Verdict::Unknown(reasons) => {
                why.extend(reasons);
                search.cores.push(rest().into_iter().collect());
                search.undecided.push(set);
            }
        }
    }
    let proven = |way: &Set| !search.undecided.iter().any(|other| other.is_subset(way));
    let mut sets: Vec<(Set, bool)> = Vec::new();
    for way in &search.ways {
        if !sets.iter().any(|(other, _)| other.is_subset(way)) {
            sets.push((way.clone(), proven(way)));
        }
    }
    sets.sort_by_key(|(set, _)| set.len());
    Minimal { sets, why, asked: search.asked }
}

impl Search<'_> {
    fn ask(&mut self, set: &Set) -> Verdict {
        self.asked += 1;
        (self.check)(set)
    }

    /// The next set of at most this size that has one of each core and holds no way. `more`: larger ones may.
    fn next(
        &mut self,
        chosen: &mut Set,
        banned: &mut Set,
        size: usize,
        more: &mut bool,
    ) -> Option<Set> {
        self.looked += 1;
        if self.looked > LOOKED || self.ways.iter().any(|way| way.is_subset(chosen)) {
            return None;
        }
        let Some(core) = self.cores.iter().find(|core| core.is_disjoint(chosen)).cloned() else {
            return Some(chosen.clone());
        };
        if chosen.len() >= size {
            *more |= core.iter().any(|one| !banned.contains(one));
            return None;
        }
        let mut own = Vec::new();
        let mut found = None;
        for one in core {
            if banned.contains(&one) {
                continue;
            }
            chosen.insert(one);
            found = self.next(chosen, banned, size, more);
            chosen.remove(&one);
            if found.is_some() {
                break;
            }
            // Sets with it have been looked through.
            banned.insert(one);
            own.push(one);
        }
        for one in own {
            banned.remove(&one);
        }
        found
    }

    /// Few of some things that, left as they are together with what is `kept`, keep it shut whatever else changes. All of
    /// them do.
    fn core(&mut self, kept: &Set, is_new: bool, of: &[usize]) -> Vec<usize> {
        if is_new {
            let free: Set = (0..self.count).filter(|one| !kept.contains(one)).collect();
            if self.ask(&free) == Verdict::Shut {
                return Vec::new();
            }
        }
        if of.len() <= 1 {
            return of.to_vec();
        }
        let (first, second) = of.split_at(of.len() / 2);
        let mut with = kept.clone();
        with.extend(first);
        let of_second = self.core(&with, true, second);
        let mut with = kept.clone();
        with.extend(&of_second);
        let of_first = self.core(&with, !of_second.is_empty(), first);
        of_first.into_iter().chain(of_second).collect()
    }
}
