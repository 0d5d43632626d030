//! What there is in a log: variants, activities, times, who follows whom. No map is needed.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::Serialize;

use super::event_log::{EventLog, LoggedEvent, ValueId};
use super::map::LogMap;
use crate::value::{DateTime, Zone};

/// Which attributes of events say what.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct StatKeys {
    /// The activity.
    pub activity: String,
    /// The time.
    pub time: String,
    /// Who did it.
    pub actor: String,
}

impl Default for StatKeys {
    fn default() -> Self {
        Self {
            activity: "concept:name".to_owned(),
            time: "time:timestamp".to_owned(),
            actor: "org:resource".to_owned(),
        }
    }
}

impl LogMap {
    /// Which attributes it takes for activity, time and actor.
    #[must_use]
    pub fn stat_keys(&self) -> StatKeys {
        let actor = self.keys.actor.clone().unwrap_or_else(|| StatKeys::default().actor);
        StatKeys { activity: self.keys.activity.clone(), time: self.keys.time.clone(), actor }
    }
}

/// An activity with its counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ActivityCount {
    /// The activity.
    pub activity: String,
    /// Its events.
    pub events: usize,
    /// Cases with it.
    pub cases: usize,
    /// Cases that begin with it.
    pub starts: usize,
    /// Cases that end with it.
    pub ends: usize,
    /// Cases in which it comes more than once.
    pub reworked: usize,
}

/// How often one comes right behind another.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Follow {
    /// What comes first.
    pub from: String,
    /// What comes next.
    pub to: String,
    /// How often.
    pub count: usize,
    /// Half of them take at most so many days; none where times are not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median_days: Option<f64>,
}

/// How long cases take from their first event to the last, in days of 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Throughput {
    /// Cases with times.
    pub cases: usize,
    /// The mean.
    pub mean_days: f64,
    /// Half take at most so long.
    pub median_days: f64,
    /// The shortest.
    pub min_days: f64,
    /// A tenth takes at most so long.
    pub p10_days: f64,
    /// A quarter takes at most so long.
    pub p25_days: f64,
    /// Three quarters take at most so long.
    pub p75_days: f64,
    /// Nine tenths take at most so long.
    pub p90_days: f64,
    /// 95 of 100 take at most so long.
    pub p95_days: f64,
    /// The longest.
    pub max_days: f64,
}

/// Cases with the same activities in the same order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Variant {
    /// How many cases.
    pub cases: usize,
    /// The activities.
    pub activities: Vec<String>,
}

/// What there is in a log.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Stats {
    /// Cases.
    pub cases: usize,
    /// Events.
    pub events: usize,
    /// The first and the last time, as the log writes it.
    pub first: Option<String>,
    /// The last time.
    pub last: Option<String>,
    /// By activity, most events first.
    pub activities: Vec<ActivityCount>,
    /// Different sequences of activities.
    pub variants: usize,
    /// How long cases take; none where no time can be read.
    pub throughput: Option<Throughput>,
    /// Cases in which an activity comes more than once.
    pub reworked: usize,
    /// Cases in which a time runs backwards.
    pub unordered: usize,
    /// Which activity comes right behind which, most often first.
    pub follows: Vec<Follow>,
    /// Different persons or machines that did something.
    pub actors: usize,
    /// Who goes on after whom, if it is somebody else, most often first.
    pub handovers: Vec<Follow>,
    /// Cases by the length that they take: 101 quantiles from the shortest to the longest, in days.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quantiles: Vec<f64>,
}

const DAY: f64 = 86_400_000_000.0;

#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
pub(crate) fn days(microseconds: i64) -> f64 {
    microseconds as f64 / DAY
}

/// A quantile of sorted lengths as they are told `by`, between two by their distance.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place among lengths that are in memory"
)]
pub(crate) fn quantile(sorted: &[i64], share: f64, by: impl Fn(i64) -> f64) -> f64 {
    let place = share * (sorted.len().saturating_sub(1)) as f64;
    let at = |place: f64| sorted.get(place as usize).map_or(0.0, |length| by(*length));
    let (below, above) = (at(place.floor()), at(place.ceil()));
    below + (above - below) * place.fract()
}

#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
fn mean(lengths: &[i64]) -> f64 {
    let sum: i128 = lengths.iter().map(|length| i128::from(*length)).sum();
    sum as f64 / DAY / lengths.len().max(1) as f64
}

#[derive(Default)]
struct Pair {
    count: usize,
    lengths: Vec<i64>,
}

#[derive(Default)]
struct Activity {
    events: usize,
    cases: usize,
    starts: usize,
    ends: usize,
    reworked: usize,
}

struct Reader<'l> {
    log: &'l EventLog,
    zone: Zone,
    times: std::collections::HashMap<ValueId, Option<DateTime>>,
}

impl Reader<'_> {
    fn time(&mut self, value: ValueId) -> Option<DateTime> {
        let (log, zone) = (self.log, &self.zone);
        *self.times.entry(value).or_insert_with(|| {
            let text = log.text(value).trim();
            let joined = text.split_once(' ').map(|(day, clock)| format!("{day}T{clock}"));
            DateTime::parse_written(joined.as_deref().unwrap_or(text), zone)
        })
    }
}

/// Counts what there is in a log. Times without an offset are read as UTC. Cost: one pass.
///
/// ```
/// # use tresteg::log::{Bounds, StatKeys, read_xes, stats};
/// let text = r#"<log><trace><event><string key="concept:name" value="Pay"/></event>
///     <event><string key="concept:name" value="Close"/></event></trace></log>"#;
/// let log = read_xes(text.as_bytes(), &Bounds::default())?;
/// let found = stats(&log, &StatKeys::default());
/// assert_eq!((found.cases, found.events, found.variants), (1, 2, 1));
/// assert_eq!(found.follows[0].to, "Close");
/// # Ok::<(), tresteg::log::ReadError>(())
/// ```
#[must_use]
pub fn stats(log: &EventLog, keys: &StatKeys) -> Stats {
    let mut reader = Reader { log, zone: Zone::utc(), times: Default::default() };
    let (activity, time, actor) =
        (log.key(&keys.activity), log.key(&keys.time), log.key(&keys.actor));
    let mut activities: IndexMap<ValueId, Activity> = IndexMap::new();
    let mut follows: IndexMap<(ValueId, ValueId), Pair> = IndexMap::new();
    let mut handovers: IndexMap<(ValueId, ValueId), Pair> = IndexMap::new();
    let mut actors: indexmap::IndexSet<ValueId> = Default::default();
    let mut lengths: Vec<i64> = Vec::new();
    let (mut reworked, mut unordered) = (0, 0);
    let mut span: [Option<(DateTime, ValueId)>; 2] = [None, None];
    let value = |event: &LoggedEvent, key: Option<super::event_log::KeyId>| {
        key.and_then(|key| event.value(key))
    };
    for trace in log.traces() {
        let mut own: BTreeMap<ValueId, usize> = BTreeMap::new();
        let mut ends: Option<(DateTime, DateTime)> = None;
        let mut before: [Option<ValueId>; 2] = [None, None];
        let mut last_time: Option<DateTime> = None;
        let mut is_unordered = false;
        for event in trace.events() {
            let now = value(&event, time).and_then(|value| Some((reader.time(value)?, value)));
            let at = now.map(|(at, _)| at);
            if let Some((at, text)) = now {
                if span[0].is_none_or(|(first, _)| at < first) {
                    span[0] = Some((at, text));
                }
                if span[1].is_none_or(|(last, _)| at > last) {
                    span[1] = Some((at, text));
                }
                is_unordered |= last_time.is_some_and(|last| at < last);
                ends = Some(ends.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
            }
            let passed =
                last_time.zip(at).map(|(before, now)| now.microseconds() - before.microseconds());
            if let Some(name) = value(&event, activity) {
                let count = activities.entry(name).or_default();
                count.events += 1;
                count.starts += usize::from(own.is_empty());
                *own.entry(name).or_default() += 1;
                if let Some(before) = before[0] {
                    let pair = follows.entry((before, name)).or_default();
                    pair.count += 1;
                    pair.lengths.extend(passed);
                }
                before[0] = Some(name);
            }
            if let Some(who) = value(&event, actor) {
                actors.insert(who);
                if let Some(before) = before[1].filter(|before| *before != who) {
                    handovers.entry((before, who)).or_default().count += 1;
                }
                before[1] = Some(who);
            }
            last_time = at.or(last_time);
        }
        if let Some(count) = before[0].and_then(|last| activities.get_mut(&last)) {
            count.ends += 1;
        }
        for (name, times) in &own {
            if let Some(count) = activities.get_mut(name) {
                count.cases += 1;
                count.reworked += usize::from(*times > 1);
            }
        }
        reworked += usize::from(own.values().any(|times| *times > 1));
        unordered += usize::from(is_unordered);
        lengths.extend(ends.map(|(first, last)| last.microseconds() - first.microseconds()));
    }
    lengths.sort_unstable();
    let text = |value: ValueId| log.text(value).to_owned();
    let mut counted: Vec<ActivityCount> = activities
        .into_iter()
        .map(|(name, Activity { events, cases, starts, ends, reworked })| ActivityCount {
            activity: text(name),
            events,
            cases,
            starts,
            ends,
            reworked,
        })
        .collect();
    counted.sort_by_key(|one| std::cmp::Reverse(one.events));
    let pairs = |pairs: IndexMap<(ValueId, ValueId), Pair>| -> Vec<Follow> {
        let mut all: Vec<Follow> = pairs
            .into_iter()
            .map(|((from, to), Pair { count, mut lengths })| {
                lengths.sort_unstable();
                let median_days = (!lengths.is_empty()).then(|| quantile(&lengths, 0.5, days));
                Follow { from: text(from), to: text(to), count, median_days }
            })
            .collect();
        all.sort_by_key(|one| std::cmp::Reverse(one.count));
        all
    };
    let throughput = (!lengths.is_empty()).then(|| Throughput {
        cases: lengths.len(),
        mean_days: mean(&lengths),
        median_days: quantile(&lengths, 0.5, days),
        min_days: quantile(&lengths, 0.0, days),
        p10_days: quantile(&lengths, 0.1, days),
        p25_days: quantile(&lengths, 0.25, days),
        p75_days: quantile(&lengths, 0.75, days),
        p90_days: quantile(&lengths, 0.9, days),
        p95_days: quantile(&lengths, 0.95, days),
        max_days: quantile(&lengths, 1.0, days),
    });
    let quantiles = match lengths.is_empty() {
        true => Vec::new(),
        false => {
            (0..=100).map(|share| quantile(&lengths, f64::from(share) / 100.0, days)).collect()
        }
    };
    let [first, last] = span.map(|end| end.map(|(_, value)| text(value)));
    Stats {
        cases: log.len(),
        events: log.events(),
        first,
        last,
        activities: counted,
        variants: variants(log, keys).len(),
        throughput,
        reworked,
        unordered,
        follows: pairs(follows),
        actors: actors.len(),
        handovers: pairs(handovers),
        quantiles,
    }
}

/// The variants of a log, most cases first, and among equals the one that came first.
#[must_use]
pub fn variants(log: &EventLog, keys: &StatKeys) -> Vec<Variant> {
    let activity = log.key(&keys.activity);
    let mut found: IndexMap<Vec<ValueId>, usize> = IndexMap::new();
    for trace in log.traces() {
        let names = trace.events().filter_map(|event| event.value(activity?));
        *found.entry(names.collect()).or_default() += 1;
    }
    let mut all: Vec<Variant> = found
        .into_iter()
        .map(|(names, cases)| {
            let activities = names.into_iter().map(|name| log.text(name).to_owned()).collect();
            Variant { cases, activities }
        })
        .collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.cases));
    all
}
