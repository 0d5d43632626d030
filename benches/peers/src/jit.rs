//! LuaJIT in the same rounds as the library and the closures, for both lists of guards. Facts of a row are a table that is the
//! function's argument, or held by a function of its own: both are measured, the faster one counts. A row holds what its guard
//! reads and nothing else.

use std::hint::black_box;

use mlua::{Function, Lua, Table, Value};

use crate::calendar::WORKDAYS;
use crate::rules::lua;
use crate::speed::{Peer, Run, print};
use crate::written::{self, Plain};
use crate::{guards, texts};

struct Jit;

impl Peer<guards::Native> for Jit {
    const NAME: &str = "LuaJIT";

    fn prepare<'r>(
        &'r self,
        guard: &str,
        rows: &'r [guards::Native],
        tell: &mut dyn FnMut(usize, bool),
    ) -> Option<Vec<Run<'r>>> {
        let body = lua::GUARDS.iter().find(|text| text.0 == guard)?.1;
        let facts = |lua: &Lua, row: usize| lua::facts(lua, &rows[row]);
        Some(prepared(|| Ok(Lua::new()), [lua::HEAD, body], facts, rows.len(), tell).unwrap())
    }
}

impl Peer<written::Native> for Jit {
    const NAME: &str = "LuaJIT";

    fn prepare<'r>(
        &'r self,
        guard: &str,
        rows: &'r [written::Native],
        tell: &mut dyn FnMut(usize, bool),
    ) -> Option<Vec<Run<'r>>> {
        let body = texts::GUARDS.iter().find(|text| text.0 == guard)?.1;
        let facts = |lua: &Lua, row: usize| table(lua, &rows[row], body);
        Some(prepared(calendar, [texts::HEAD, body], facts, rows.len(), tell).unwrap())
    }
}

/// With the tables of working days.
fn calendar() -> mlua::Result<Lua> {
    let lua = Lua::new();
    lua.globals().set("FIRST", WORKDAYS.first)?;
    lua.globals().set("UNTIL", lua.create_sequence_from(WORKDAYS.until.iter().copied())?)?;
    lua.globals().set("DAYS", lua.create_sequence_from(WORKDAYS.days.iter().copied())?)?;
    Ok(lua)
}

fn table(lua: &Lua, native: &written::Native, body: &str) -> mlua::Result<Table> {
    let table = lua.create_table()?;
    for (name, value) in native.plain() {
        if body.contains(name) {
            table.set(name, given(lua, &value)?)?;
        }
    }
    Ok(table)
}

fn given(lua: &Lua, value: &Plain) -> mlua::Result<Value> {
    Ok(match value {
        Plain::Unknown => Value::Nil,
        Plain::Boolean(value) => Value::Boolean(*value),
        Plain::Integer(value) | Plain::Scaled(value, _) => Value::Integer(*value),
        Plain::Text(text) => Value::String(lua.create_string(text)?),
        Plain::Day(day) => Value::Integer((*day).into()),
        Plain::List(items) => {
            let items: Vec<Value> =
                items.iter().map(|item| given(lua, item)).collect::<mlua::Result<_>>()?;
            Value::Table(lua.create_sequence_from(items)?)
        }
        Plain::Record(entries) => {
            let table = lua.create_table()?;
            for (name, value) in entries {
                table.set(*name, given(lua, value)?)?;
            }
            Value::Table(table)
        }
    })
}

/// Two states, since one holds few thousand values at a time, little more than there are rows.
fn prepared<'r>(
    state: impl Fn() -> mlua::Result<Lua>,
    [head, body]: [&str; 2],
    facts: impl Fn(&Lua, usize) -> mlua::Result<Table>,
    rows: usize,
    tell: &mut dyn FnMut(usize, bool),
) -> mlua::Result<Vec<Run<'r>>> {
    let lua = state()?;
    let given: Function = lua.load(format!("{head} return function(f) {body} end")).eval()?;
    let tables = (0..rows).map(|row| facts(&lua, row)).collect::<mlua::Result<Vec<_>>>()?;
    for (place, table) in tables.iter().enumerate() {
        tell(place, given.call(table)?);
    }
    let by_argument: Run = Box::new(move || {
        for table in &tables {
            black_box(black_box(&given).call::<bool>(table).is_ok_and(|found| found));
        }
        black_box(&lua);
        tables.len()
    });
    let lua = state()?;
    let holding: Function =
        lua.load(format!("{head} return function(f) return function() {body} end end")).eval()?;
    let mut functions: Vec<Function> = Vec::with_capacity(rows);
    for place in 0..rows {
        let function: Function = holding.call(facts(&lua, place)?)?;
        tell(place, function.call(())?);
        functions.push(function);
    }
    let held: Run = Box::new(move || {
        for function in &functions {
            black_box(black_box(function).call::<bool>(()).is_ok_and(|found| found));
        }
        black_box(&lua);
        functions.len()
    });
    Ok(vec![by_argument, held])
}

pub fn run() {
    print(&Jit);
}
