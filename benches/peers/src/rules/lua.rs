//! LuaJIT: a call per evaluation. The facts of a row are a table that is either the function's argument or held by a function
//! of its own; the faster one counts.

use std::hint::black_box;

use mlua::{Function, Lua, Table, Value};

use super::Question;
use crate::guards::{LEADS, Native, RISKS, measure};
use crate::{Made, Nanoseconds};

/// Bodies of functions over `f`.
pub const GUARDS: &[(&str, &str)] = &[
    ("g1", "return f.risk_assessed"),
    ("g2", "return f.partner_sectors >= 2 and f.risk_assessed and f.trust >= 0.6"),
    (
        "g3",
        "return f.dialogue_meetings >= 3 and (f.funding_sek > 50000 or f.in_kind) and not f.conflict_open and LEADS[f.lead] == true",
    ),
    (
        "g4",
        "return 0.3*f.diversity + 0.3*f.shared_power + 0.2*f.small_scale + 0.2*f.courage >= 0.6",
    ),
    (
        "g5",
        "local n, all = 0, f.partners for i = 1, #all do local p = all[i] if p.signed and p.sector ~= 'brukare' then n = n + 1 end end return enough(n)",
    ),
    ("g6", "return f.risk ~= 'unacceptable'"),
    ("g7", "return f.reported_on <= f.decided_on + 21"),
    ("g8", "return f.funding_sek <= 300000 and f.trust >= 0.4 and f.diversity > 0.25"),
    (
        "g9",
        "local all = f.sectors if #all < 2 then return false end for i = 1, #all do if all[i] == 'civil' then return true end end return false",
    ),
    (
        "g10",
        "return f.asked ~= nil and not f.conflict_open or f.risk_assessed and (f.in_kind or f.dialogue_meetings > 5)",
    ),
    (
        "g11",
        "local n = 0 if f.partner_sectors >= 2 then n = n + 1 end if f.trust >= 0.4 then n = n + 1 end if f.funding_sek <= 300000 then n = n + 1 end if f.risk ~= 'unacceptable' then n = n + 1 end return n >= 3",
    ),
    (
        "g12",
        "local share = 1 - 0.2 * f.weeks_late if share < 0 then share = 0 end return floor(f.fee * share + 0.5) <= 20000",
    ),
    (
        "g13",
        "local risk = f.risk if risk == 'low' then return true elseif risk == 'medium' then return f.funding_sek < 100000 elseif risk == 'high' then return f.funding_sek < 50000 and f.trust >= 0.6 end return false",
    ),
    (
        "g14",
        "local all = f.partners for i = 1, #all do local p = all[i] if p.signed and p.share >= 0.5 then return true end end return false",
    ),
    (
        "g15",
        "return f.reported_on - f.decided_on > 30 or floor(f.reported_on / 365) > floor(f.decided_on / 365)",
    ),
];

/// What bodies use beside the facts.
pub const HEAD: &str = "local floor = math.floor local LEADS = { kommun = true, civil = true, naringsliv = true } local function enough(n) return n >= 3 end ";

pub fn ask(question: &Question, tell: &mut dyn FnMut(usize, bool)) -> Made<Nanoseconds> {
    let body = question.among(GUARDS)?;
    asked(&Lua::new(), body, question, tell).map_err(|_| "fails")
}

/// No more values of Lua are held at a time than there are rows: it has few thousand places for them.
fn asked(
    lua: &Lua,
    body: &str,
    question: &Question,
    tell: &mut dyn FnMut(usize, bool),
) -> mlua::Result<Nanoseconds> {
    let given: Function = lua.load(format!("{HEAD} return function(f) {body} end")).eval()?;
    let holding: Function =
        lua.load(format!("{HEAD} return function(f) return function() {body} end end")).eval()?;
    let rows = question.rows.iter().map(|row| facts(lua, row)).collect::<mlua::Result<Vec<_>>>()?;
    for (place, row) in rows.iter().enumerate() {
        tell(place, given.call(row)?);
    }
    let given = measure(|| {
        for row in &rows {
            black_box(black_box(&given).call::<bool>(row).is_ok_and(|found| found));
        }
        rows.len()
    });
    let mut functions: Vec<Function> = Vec::with_capacity(rows.len());
    for row in rows {
        functions.push(holding.call(row)?);
    }
    for (place, function) in functions.iter().enumerate() {
        tell(place, function.call(())?);
    }
    let held = measure(|| {
        for function in &functions {
            black_box(black_box(function).call::<bool>(()).is_ok_and(|found| found));
        }
        functions.len()
    });
    Ok(if held[0] < given[0] { held } else { given })
}

pub fn facts(lua: &Lua, native: &Native) -> mlua::Result<Table> {
    let table = lua.create_table()?;
    table.set("risk_assessed", native.risk_assessed)?;
    table.set("partner_sectors", native.partner_sectors)?;
    table.set("trust", native.trust)?;
    table.set("dialogue_meetings", native.dialogue_meetings)?;
    table.set("funding_sek", native.funding_sek)?;
    table.set("in_kind", native.in_kind)?;
    table.set("conflict_open", native.conflict_open)?;
    table.set("lead", LEADS[usize::from(native.lead)])?;
    table.set("diversity", native.diversity)?;
    table.set("shared_power", native.shared_power)?;
    table.set("small_scale", native.small_scale)?;
    table.set("courage", native.courage)?;
    table.set("risk", RISKS[usize::from(native.risk)])?;
    table.set("decided_on", native.decided_on)?;
    table.set("reported_on", native.reported_on)?;
    table.set("fee", native.fee)?;
    table.set("weeks_late", native.weeks_late)?;
    table.set("asked", native.asked.map_or(Value::Nil, |day| Value::Integer(day.into())))?;
    let sectors = native.sectors.iter().map(|sector| LEADS[usize::from(*sector)]);
    table.set("sectors", lua.create_sequence_from(sectors)?)?;
    let partners = native.partners.iter().map(|partner| {
        let table = lua.create_table()?;
        table.set("sector", LEADS[usize::from(partner.sector)])?;
        table.set("signed", partner.signed)?;
        table.set("share", partner.share)?;
        Ok(table)
    });
    table
        .set("partners", lua.create_sequence_from(partners.collect::<mlua::Result<Vec<_>>>()?)?)?;
    Ok(table)
}
