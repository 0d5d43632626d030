//! The guards of `benches/rules.rs` in every engine.
//!
//! Facts are handed over before anything is measured, as each engine likes them best; what is measured is one evaluation, to a
//! boolean in Rust.

#[cfg(feature = "others")]
mod cel;
#[cfg(feature = "others")]
mod datalogic;
pub mod lua;
mod ours;
mod rhai;
#[cfg(feature = "others")]
mod zen;

use std::collections::BTreeMap;

use tresteg::Workflow;

use crate::guards::{self, Dice, Native, RULES};
#[cfg(feature = "others")]
use crate::guards::{LEADS, RISKS};
use crate::{Made, Nanoseconds, mean, shown};

/// An engine asks all rows of a guard, tells the answer of each, and then measures.
type Ask = fn(&Question, &mut dyn FnMut(usize, bool)) -> Made<Nanoseconds>;

pub struct Question<'q> {
    /// The name of the guard.
    pub rule: &'static str,
    pub workflow: &'q Workflow,
    pub rows: &'q [Native],
}

impl Question<'_> {
    /// The guard in Rhai.
    fn in_rhai(&self) -> &'static str {
        RULES.iter().find(|rule| rule.0 == self.rule).map_or("", |rule| rule.2)
    }

    /// The guard in another language.
    fn among(&self, texts: &[(&str, &'static str)]) -> Made<&'static str> {
        let found = texts.iter().find(|text| text.0 == self.rule);
        found.map(|text| text.1).ok_or("not written in this language")
    }
}

const HAND: &str = "hand-written closure";
const OURS: &str = "tresteg, compiled";
const EVALUATOR: &str = "tresteg's evaluator";
const LUA: &str = "LuaJIT (mlua 0.12)";

/// Peers come behind the first three.
const ENGINES: &[(&str, Ask)] = &[
    (HAND, ours::by_hand),
    (OURS, ours::compiled),
    (EVALUATOR, ours::evaluator),
    #[cfg(feature = "others")]
    ("datalogic-rs 5.4", datalogic::ask),
    (LUA, lua::ask),
    #[cfg(feature = "others")]
    ("zen-expression 2.1", zen::ask),
    #[cfg(feature = "others")]
    ("cel 0.15", cel::ask),
    ("rhai 1.27 AST", rhai::tree),
    ("rhai 1.27 grain VM", rhai::grain),
];
const OWN: usize = 3;

pub fn print() {
    let workflow = guards::workflow();
    table("every clause holds", &workflow, &vec![guards::all_true(); 64]);
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let rows: Vec<Native> = (0..4_096).map(|_| guards::random(&mut dice)).collect();
    table("random", &workflow, &rows);
}

/// What each engine took for a guard.
type Taken = BTreeMap<&'static str, Nanoseconds>;

fn table(name: &str, workflow: &Workflow, rows: &[Native]) {
    println!("\n### {name} ({} rows), ns: min/median/max\n", rows.len());
    let names: Vec<&str> = ENGINES.iter().map(|engine| engine.0).collect();
    println!("| guard | {} |", names.join(" | "));
    println!("|---|{}", "---|".repeat(names.len()));
    let mut reasons = Vec::new();
    let mut all: Vec<(&str, Taken)> = Vec::new();
    for (rule, ..) in RULES {
        let question = Question { rule, workflow, rows };
        let mut taken = Taken::new();
        let mut line = format!("| {rule} |");
        for (engine, ask) in ENGINES {
            match ask(&question, &mut checked(&question, engine)) {
                Ok(found) => {
                    line += &format!(" {} |", shown(found));
                    taken.insert(engine, found);
                }
                Err(reason) => {
                    line += " – |";
                    reasons.push(format!("{rule} in {engine}: {reason}"));
                }
            }
        }
        println!("{line}");
        all.push((rule, taken));
    }
    for reason in reasons {
        println!("\n– {reason}");
    }
    ratios(&all);
}

/// Compares answers: floats round where decimals do not, so that two guards may agree with either.
fn checked<'q>(question: &'q Question, engine: &'static str) -> impl FnMut(usize, bool) + 'q {
    let by_hand = RULES.iter().find(|rule| rule.0 == question.rule).map(|rule| (rule.3)());
    let handle = question.workflow.rule_handle(question.rule);
    move |row, answer| {
        let native = &question.rows[row];
        let float = by_hand.as_ref().is_some_and(|by_hand| by_hand(native));
        if answer == float {
            return;
        }
        let exact = handle.as_ref().map(|handle| {
            guards::ours(question.workflow, native).holds(handle) == Ok(tresteg::Truth::True)
        });
        let rounds = guards::rounds(question.rule);
        assert!(rounds && exact == Some(answer), "{} in {engine}, row {row}", question.rule);
    }
}

/// Ratios of the least: what else the machine does only adds.
fn ratios(all: &[(&str, Taken)]) {
    println!("\n| guard | ours / by hand | fastest peer | fastest peer / ours | LuaJIT / ours |");
    println!("|---|---|---|---|---|");
    let (mut native, mut peers, mut lua) = (Vec::new(), Vec::new(), Vec::new());
    for (rule, taken) in all {
        let least = |engine: &str| taken.get(engine).map(|found| found[0]);
        let (Some(hand), Some(ours)) = (least(HAND), least(OURS)) else { continue };
        let fastest = ENGINES[OWN..]
            .iter()
            .filter_map(|(engine, _)| Some((*engine, least(engine)?)))
            .min_by(|a, b| a.1.total_cmp(&b.1));
        let Some((engine, peer)) = fastest else { continue };
        let lua_takes = least(LUA).unwrap_or(f64::NAN);
        native.push(ours / hand);
        peers.push(peer / ours);
        lua.push(lua_takes / ours);
        println!(
            "| {rule} | {:.2} | {engine} | {:.1} | {:.1} |",
            ours / hand,
            peer / ours,
            lua_takes / ours
        );
    }
    let slower = peers.iter().filter(|ratio| **ratio < 1.0).count();
    println!(
        "| geometric mean | {:.2} | | {:.1} | {:.1} |",
        mean(native),
        mean(peers.iter().copied()),
        mean(lua)
    );
    println!("\nslower than a peer on {slower} of {} guards", all.len());
}

/// The facts of a row, dates as days.
#[cfg(feature = "others")]
fn json(native: &Native) -> serde_json::Value {
    let partners: Vec<_> = (native.partners.iter())
        .map(|partner| {
            serde_json::json!({ "sector": LEADS[usize::from(partner.sector)], "signed": partner.signed, "share": partner.share })
        })
        .collect();
    let sectors: Vec<_> = native.sectors.iter().map(|sector| LEADS[usize::from(*sector)]).collect();
    serde_json::json!({
        "risk_assessed": native.risk_assessed, "partner_sectors": native.partner_sectors, "trust": native.trust,
        "dialogue_meetings": native.dialogue_meetings, "funding_sek": native.funding_sek, "in_kind": native.in_kind,
        "conflict_open": native.conflict_open, "lead": LEADS[usize::from(native.lead)], "diversity": native.diversity,
        "shared_power": native.shared_power, "small_scale": native.small_scale, "courage": native.courage,
        "risk": RISKS[usize::from(native.risk)], "decided_on": native.decided_on, "reported_on": native.reported_on,
        "fee": native.fee, "weeks_late": native.weeks_late, "asked": native.asked, "sectors": sectors, "partners": partners,
    })
}
