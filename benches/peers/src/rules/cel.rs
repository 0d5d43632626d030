//! CEL: a compiled program over a context that is built before. The result is read where it lies, without making a `Value`.

use std::hint::black_box;
use std::sync::Arc;

use cel::common::types::CelBool;
use cel::objects::{Key, Map};
use cel::{Context, Env, Program, Value};

use super::Question;
use crate::guards::{LEADS, Native, RISKS, measure};
use crate::{Made, Nanoseconds};

/// `round` is no function: half away from zero of what is not negative is one half more, truncated.
const GUARDS: &[(&str, &str)] = &[
    ("g1", "risk_assessed"),
    ("g2", "partner_sectors >= 2 && risk_assessed && trust >= 0.6"),
    (
        "g3",
        "dialogue_meetings >= 3 && (funding_sek > 50000.0 || in_kind) && !conflict_open && lead in ['kommun', 'civil', 'naringsliv']",
    ),
    ("g4", "0.3*diversity + 0.3*shared_power + 0.2*small_scale + 0.2*courage >= 0.6"),
    ("g5", "partners.filter(p, p.signed && p.sector != 'brukare').size() >= 3"),
    ("g6", "risk != 'unacceptable'"),
    ("g7", "reported_on <= decided_on + 21"),
    ("g8", "funding_sek <= 300000.0 && trust >= 0.4 && diversity > 0.25"),
    ("g9", "sectors.size() >= 2 && 'civil' in sectors"),
    (
        "g10",
        "asked != null && !conflict_open || risk_assessed && (in_kind || dialogue_meetings > 5)",
    ),
    (
        "g11",
        "(partner_sectors >= 2 ? 1 : 0) + (trust >= 0.4 ? 1 : 0) + (funding_sek <= 300000.0 ? 1 : 0) + (risk != 'unacceptable' ? 1 : 0) >= 3",
    ),
    ("g12", "int(fee * (weeks_late < 5 ? 1.0 - 0.2 * double(weeks_late) : 0.0) + 0.5) <= 20000"),
    (
        "g13",
        "risk == 'low' ? true : risk == 'medium' ? funding_sek < 100000.0 : risk == 'high' ? funding_sek < 50000.0 && trust >= 0.6 : false",
    ),
    ("g14", "partners.exists(p, p.signed && p.share >= 0.5)"),
    ("g15", "reported_on - decided_on > 30 || reported_on / 365 > decided_on / 365"),
];

pub fn ask(question: &Question, tell: &mut dyn FnMut(usize, bool)) -> Made<Nanoseconds> {
    let env = Arc::new(Env::stdlib());
    let program = env.compile(question.among(GUARDS)?).map_err(|_| "not compiled")?;
    let rows: Vec<Context> = question.rows.iter().map(|row| context(&env, row)).collect();
    for (place, row) in rows.iter().enumerate() {
        tell(place, holds(&program, row).ok_or("not a boolean")?);
    }
    Ok(measure(|| {
        for row in &rows {
            black_box(holds(black_box(&program), black_box(row)));
        }
        rows.len()
    }))
}

#[inline(always)]
fn holds(program: &Program, context: &Context) -> Option<bool> {
    let found = Value::resolve_val(program.expression(), context).ok()?;
    found.downcast_ref::<CelBool>().map(|found| *found.inner())
}

fn context<'v>(env: &Arc<Env>, native: &Native) -> Context<'static, 'v> {
    let text = |text: &str| Value::String(Arc::new(text.to_owned()));
    let sector = |sector: u8| text(LEADS[usize::from(sector)]);
    let partner = |partner: &crate::guards::Partner| {
        let fields = [
            ("sector", sector(partner.sector)),
            ("signed", Value::Bool(partner.signed)),
            ("share", Value::Float(partner.share)),
        ];
        let fields = fields.map(|(name, value)| (Key::from(name), value));
        Value::Map(Map { map: Arc::new(fields.into_iter().collect()) })
    };
    let mut context = Context::with_env(Arc::clone(env));
    let facts = [
        ("risk_assessed", Value::Bool(native.risk_assessed)),
        ("partner_sectors", Value::Int(native.partner_sectors)),
        ("trust", Value::Float(native.trust)),
        ("dialogue_meetings", Value::Int(native.dialogue_meetings)),
        ("funding_sek", Value::Float(native.funding_sek)),
        ("in_kind", Value::Bool(native.in_kind)),
        ("conflict_open", Value::Bool(native.conflict_open)),
        ("lead", sector(native.lead)),
        ("diversity", Value::Float(native.diversity)),
        ("shared_power", Value::Float(native.shared_power)),
        ("small_scale", Value::Float(native.small_scale)),
        ("courage", Value::Float(native.courage)),
        ("risk", text(RISKS[usize::from(native.risk)])),
        ("decided_on", Value::Int(native.decided_on.into())),
        ("reported_on", Value::Int(native.reported_on.into())),
        ("fee", Value::Float(native.fee)),
        ("weeks_late", Value::Int(native.weeks_late)),
        ("asked", native.asked.map_or(Value::Null, |day| Value::Int(day.into()))),
        ("sectors", Value::List(Arc::new(native.sectors.iter().map(|one| sector(*one)).collect()))),
        ("partners", Value::List(Arc::new(native.partners.iter().map(partner).collect()))),
    ];
    for (name, value) in facts {
        context.add_variable_from_value(name, value);
    }
    context
}
