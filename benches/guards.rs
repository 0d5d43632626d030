//! The guards of the rule benches, each in the workflow, in Rhai and by hand as a closure over a struct, the rows that they are
//! asked of, and what measures them: `rules.rs` and `peers/` include it.

use std::time::Instant;

use rhai::{Dynamic, Scope};
use tresteg::batch::Row;
use tresteg::{Value, Workflow};

/// The facts, as a program would hold them.
#[derive(Clone, Default)]
pub struct Native {
    pub risk_assessed: bool,
    pub partner_sectors: i64,
    pub trust: f64,
    pub dialogue_meetings: i64,
    pub funding_sek: f64,
    pub in_kind: bool,
    pub conflict_open: bool,
    pub lead: u8,
    pub diversity: f64,
    pub shared_power: f64,
    pub small_scale: f64,
    pub courage: f64,
    pub risk: u8,
    pub decided_on: i32,
    pub reported_on: i32,
    pub fee: f64,
    pub weeks_late: i64,
    pub sectors: Vec<u8>,
    pub partners: Vec<Partner>,
    pub asked: Option<i32>,
}

#[derive(Clone, Default)]
pub struct Partner {
    pub sector: u8,
    pub signed: bool,
    pub share: f64,
}

pub const LEADS: [&str; 4] = ["kommun", "civil", "naringsliv", "brukare"];
pub const RISKS: [&str; 4] = ["low", "medium", "high", "unacceptable"];

/// Name, in the workflow, in Rhai, by hand.
pub type Rule = (&'static str, &'static str, &'static str, fn() -> Box<dyn Fn(&Native) -> bool>);

fn enough(n: i64) -> bool {
    n >= 3
}

pub const RULES: &[Rule] = &[
    ("g1", "risk_assessed", "risk_assessed", || Box::new(|f| f.risk_assessed)),
    (
        "g2",
        "partner_sectors >= 2 && risk_assessed && trust >= 0.6",
        "partner_sectors >= 2 && risk_assessed && trust >= 0.6",
        || Box::new(|f| f.partner_sectors >= 2 && f.risk_assessed && f.trust >= 0.6),
    ),
    (
        "g3",
        r#"dialogue_meetings >= 3 && (funding_sek > 50000.0 || in_kind) && !conflict_open && lead in ["kommun", "civil", "naringsliv"]"#,
        r#"dialogue_meetings >= 3 && (funding_sek > 50000.0 || in_kind) && !conflict_open && lead in ["kommun", "civil", "naringsliv"]"#,
        || {
            Box::new(|f| {
                f.dialogue_meetings >= 3
                    && (f.funding_sek > 50000.0 || f.in_kind)
                    && !f.conflict_open
                    && f.lead < 3
            })
        },
    ),
    (
        "g4",
        "0.3*diversity + 0.3*shared_power + 0.2*small_scale + 0.2*courage >= 0.6",
        "0.3*diversity + 0.3*shared_power + 0.2*small_scale + 0.2*courage >= 0.6",
        || {
            Box::new(|f| {
                0.3 * f.diversity + 0.3 * f.shared_power + 0.2 * f.small_scale + 0.2 * f.courage
                    >= 0.6
            })
        },
    ),
    (
        "g5",
        r#"{ let n = 0; for p in partners { if p.signed && p.sector != "brukare" { n += 1; } } enough(n) }"#,
        r#"fn enough(n) { n >= 3 } let n = 0; for p in partners { if p.signed && p.sector != "brukare" { n += 1; } } enough(n)"#,
        || {
            Box::new(|f| {
                let mut n = 0;
                for p in &f.partners {
                    if p.signed && p.sector != 3 {
                        n += 1;
                    }
                }
                enough(n)
            })
        },
    ),
    ("g6", "risk != `unacceptable`", "risk != `unacceptable`", || Box::new(|f| f.risk != 3)),
    ("g7", "reported_on <= decided_on + weeks(3)", "reported_on <= decided_on + 21", || {
        Box::new(|f| f.reported_on <= f.decided_on + 21)
    }),
    (
        "g8",
        "funding_sek <= most_sek && trust >= least_trust && diversity > 0.25",
        "funding_sek <= 300000.0 && trust >= 0.4 && diversity > 0.25",
        || Box::new(|f| f.funding_sek <= 300000.0 && f.trust >= 0.4 && f.diversity > 0.25),
    ),
    (
        "g9",
        "sectors.len() >= 2 && `civil` in sectors",
        "sectors.len() >= 2 && `civil` in sectors",
        || Box::new(|f| f.sectors.len() >= 2 && f.sectors.contains(&1)),
    ),
    (
        "g10",
        "known(`asked`) && !conflict_open || risk_assessed && (in_kind || dialogue_meetings > 5)",
        "asked != () && !conflict_open || risk_assessed && (in_kind || dialogue_meetings > 5)",
        || {
            Box::new(|f| {
                f.asked.is_some() && !f.conflict_open
                    || f.risk_assessed && (f.in_kind || f.dialogue_meetings > 5)
            })
        },
    ),
    (
        "g11",
        "three_of_four",
        "let n = 0; if partner_sectors >= 2 { n += 1; } if trust >= 0.4 { n += 1; } if funding_sek <= 300000.0 { n += 1; } if risk != `unacceptable` { n += 1; } n >= 3",
        || {
            Box::new(|f| {
                usize::from(f.partner_sectors >= 2)
                    + usize::from(f.trust >= 0.4)
                    + usize::from(f.funding_sek <= 300000.0)
                    + usize::from(f.risk != 3)
                    >= 3
            })
        },
    ),
    (
        "g12",
        "round(fee * max(0, 1 - 0.2 * weeks_late)) <= 20000",
        "let share = 1.0 - 0.2 * weeks_late; if share < 0.0 { share = 0.0; } (fee * share).round() <= 20000.0",
        || Box::new(|f| (f.fee * (1.0 - 0.2 * f.weeks_late as f64).max(0.0)).round() <= 20000.0),
    ),
    (
        "g13",
        "switch risk { `low` => true, `medium` => funding_sek < 100000.0, `high` => funding_sek < 50000.0 && trust >= 0.6, _ => false }",
        "switch risk { `low` => true, `medium` => funding_sek < 100000.0, `high` => funding_sek < 50000.0 && trust >= 0.6, _ => false }",
        || {
            Box::new(|f| match f.risk {
                0 => true,
                1 => f.funding_sek < 100000.0,
                2 => f.funding_sek < 50000.0 && f.trust >= 0.6,
                _ => false,
            })
        },
    ),
    (
        "g14",
        "partners.some(|p| p.signed && p.share >= 0.5)",
        "partners.some(|p| p.signed && p.share >= 0.5)",
        || Box::new(|f| f.partners.iter().any(|p| p.signed && p.share >= 0.5)),
    ),
    (
        "g15",
        "(reported_on - decided_on).days > 30 || reported_on.year > decided_on.year",
        "reported_on - decided_on > 30 || reported_on / 365 > decided_on / 365",
        || {
            Box::new(|f| {
                f.reported_on - f.decided_on > 30 || f.reported_on / 365 > f.decided_on / 365
            })
        },
    ),
];

pub fn workflow() -> Workflow {
    let factors: Vec<String> = RULES
        .iter()
        .map(|(name, ours, ..)| match *ours {
            "three_of_four" => {
                format!(r#""{name}": {{ "of": ["c1", "c2", "c3", "c4"], "at_least": 3 }}"#)
            }
            ours => {
                format!("\"{name}\": {{ \"guard\": {} }}", serde_json::to_string(ours).unwrap())
            }
        })
        .collect();
    let share = r#"{ "type": "number", "minimum": 0, "maximum": 1 }"#;
    let text = format!(
        r#"{{ "id": "rules", "states": {{ "s": {{}} }},
        "parameters": {{ "most_sek": 300000, "least_trust": 0.4 }},
        "types": {{ "sector": {{ "enum": ["kommun", "civil", "naringsliv", "brukare"] }} }},
        "functions": {{ "enough": {{ "params": ["n"], "body": "n >= 3" }} }},
        "facts": {{ "risk_assessed": {{ "type": "boolean" }}, "partner_sectors": {{ "type": "integer" }}, "trust": {share},
            "dialogue_meetings": {{ "type": "integer" }}, "funding_sek": {{ "type": "number", "minimum": 0 }}, "in_kind": {{ "type": "boolean" }},
            "conflict_open": {{ "type": "boolean" }}, "lead": {{ "type": "sector" }}, "diversity": {share}, "shared_power": {share},
            "small_scale": {share}, "courage": {share}, "risk": {{ "enum": ["low", "medium", "high", "unacceptable"] }},
            "decided_on": {{ "type": "string", "format": "date" }}, "reported_on": {{ "type": "string", "format": "date" }},
            "asked": {{ "type": "string", "format": "date" }}, "fee": {{ "type": "number", "minimum": 0 }}, "weeks_late": {{ "type": "integer" }}, "share_a": {share}, "share_b": {share},
            "sectors": {{ "type": "array", "uniqueItems": true, "items": {{ "type": "sector" }} }},
            "partners": {{ "type": "array", "items": {{ "type": "object", "properties": {{ "sector": {{ "type": "sector" }}, "signed": {{ "type": "boolean" }}, "share": {share} }} }} }} }},
        "factors": {{ "c1": {{ "guard": "partner_sectors >= 2" }}, "c2": {{ "guard": "trust >= least_trust" }}, "c3": {{ "guard": "funding_sek <= most_sek" }},
            "c4": {{ "guard": "risk != `unacceptable`" }}, {} }} }}"#,
        factors.join(", ")
    );
    Workflow::from_json(&text).unwrap_or_else(|report| panic!("{report}"))
}

/// A day so many days after 2026-01-01; neither year behind is a leap year.
pub fn day(mut days: i32) -> Value {
    const MONTHS: [i32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let year = 2026 + days / 365;
    days %= 365;
    let mut month = 0;
    while days >= MONTHS[month] {
        days -= MONTHS[month];
        month += 1;
    }
    let text = format!("{year:04}-{:02}-{:02}", month + 1, days + 1);
    Value::from(text.parse::<tresteg::Date>().unwrap())
}

/// What kind each is of, and the fact that is set anew before it is asked.
pub const KINDS: &[(&str, &str, &str)] = &[
    ("g1", "checks", "risk_assessed"),
    ("g2", "checks", "trust"),
    ("g3", "checks", "funding_sek"),
    ("g4", "sums", "diversity"),
    ("g5", "loop", "partners"),
    ("g6", "checks", "risk"),
    ("g7", "dates", "reported_on"),
    ("g8", "checks", "funding_sek"),
    ("g9", "checks", "sectors"),
    ("g10", "??", "asked"),
    ("g11", "checks", "trust"),
    ("g12", "arithmetic", "fee"),
    ("g13", "switch", "risk"),
    ("g14", "loop", "partners"),
    ("g15", "dates", "reported_on"),
];

/// Floats round where decimals do not: by hand, these two may differ.
pub fn rounds(rule: &str) -> bool {
    matches!(rule, "g4" | "g12")
}

/// The facts by name; `None` is unknown.
pub fn values(native: &Native) -> Vec<(&'static str, Option<Value>)> {
    let number =
        |value: f64| Value::from(format!("{value:.4}").parse::<tresteg::Number>().unwrap());
    let lead = |lead: u8| Value::from(LEADS[lead as usize]);
    let partner = |partner: &Partner| -> Value {
        [
            ("sector", lead(partner.sector)),
            ("signed", Value::from(partner.signed)),
            ("share", number(partner.share)),
        ]
        .into_iter()
        .collect()
    };
    let values = vec![
        ("risk_assessed", Value::from(native.risk_assessed)),
        ("partner_sectors", Value::from(native.partner_sectors)),
        ("trust", number(native.trust)),
        ("dialogue_meetings", Value::from(native.dialogue_meetings)),
        ("funding_sek", number(native.funding_sek)),
        ("in_kind", Value::from(native.in_kind)),
        ("conflict_open", Value::from(native.conflict_open)),
        ("lead", lead(native.lead)),
        ("diversity", number(native.diversity)),
        ("shared_power", number(native.shared_power)),
        ("small_scale", number(native.small_scale)),
        ("courage", number(native.courage)),
        ("risk", Value::from(RISKS[native.risk as usize])),
        ("decided_on", day(native.decided_on)),
        ("reported_on", day(native.reported_on)),
        ("fee", number(native.fee)),
        ("weeks_late", Value::from(native.weeks_late)),
        ("sectors", native.sectors.iter().map(|sector| lead(*sector)).collect()),
        ("partners", native.partners.iter().map(partner).collect()),
    ];
    let mut values: Vec<_> = values.into_iter().map(|(name, value)| (name, Some(value))).collect();
    values.push(("asked", native.asked.map(day)));
    values
}

/// A row of these facts.
pub fn row(
    workflow: &Workflow,
    values: impl IntoIterator<Item = (&'static str, Option<Value>)>,
) -> Row {
    let mut row = workflow.row();
    for (name, value) in values {
        if let Some(value) = value {
            row.set(workflow.fact_handle(name).unwrap(), value).unwrap();
        }
    }
    row
}

pub fn ours(workflow: &Workflow, native: &Native) -> Row {
    row(workflow, values(native))
}

pub fn scope(native: &Native) -> Scope<'static> {
    let mut scope = Scope::new();
    let partners: rhai::Array = native
        .partners
        .iter()
        .map(|partner| {
            let mut map = rhai::Map::new();
            map.insert("sector".into(), LEADS[partner.sector as usize].into());
            map.insert("signed".into(), partner.signed.into());
            map.insert("share".into(), partner.share.into());
            Dynamic::from_map(map)
        })
        .collect();
    let sectors: rhai::Array =
        native.sectors.iter().map(|sector| LEADS[*sector as usize].into()).collect();
    scope
        .push("risk_assessed", native.risk_assessed)
        .push("partner_sectors", native.partner_sectors)
        .push("trust", native.trust)
        .push("dialogue_meetings", native.dialogue_meetings)
        .push("funding_sek", native.funding_sek)
        .push("in_kind", native.in_kind)
        .push("conflict_open", native.conflict_open)
        .push("lead", LEADS[native.lead as usize])
        .push("diversity", native.diversity)
        .push("shared_power", native.shared_power)
        .push("small_scale", native.small_scale)
        .push("courage", native.courage)
        .push("risk", RISKS[native.risk as usize])
        .push("decided_on", i64::from(native.decided_on))
        .push("reported_on", i64::from(native.reported_on))
        .push("fee", native.fee)
        .push("weeks_late", native.weeks_late)
        .push("sectors", sectors)
        .push("partners", partners);
    match native.asked {
        Some(asked) => scope.push("asked", i64::from(asked)),
        None => scope.push("asked", ()),
    };
    scope
}

pub fn all_true() -> Native {
    let partner = |sector| Partner { sector, signed: true, share: 0.2 + 0.1 * f64::from(sector) };
    Native {
        risk_assessed: true,
        partner_sectors: 3,
        trust: 0.75,
        dialogue_meetings: 4,
        funding_sek: 60_000.0,
        in_kind: true,
        conflict_open: false,
        lead: 1,
        diversity: 0.75,
        shared_power: 0.8,
        small_scale: 0.6,
        courage: 0.5,
        risk: 0,
        decided_on: 10,
        reported_on: 25,
        fee: 20_000.0,
        weeks_late: 1,
        sectors: vec![0, 1, 2],
        partners: [0, 1, 2, 1, 3].map(partner).to_vec(),
        asked: Some(3),
    }
}

pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
    pub fn coin(&mut self) -> bool {
        self.below(2) == 1
    }
    pub fn share(&mut self) -> f64 {
        self.below(10_001) as f64 / 10_000.0
    }
    pub fn sector(&mut self) -> u8 {
        u8::try_from(self.below(4)).unwrap()
    }
}

pub fn random(dice: &mut Dice) -> Native {
    let mut sectors: Vec<u8> = (0..4).filter(|_| dice.coin()).collect();
    sectors.sort_unstable();
    Native {
        risk_assessed: dice.coin(),
        partner_sectors: dice.below(5) as i64,
        trust: dice.share(),
        dialogue_meetings: dice.below(8) as i64,
        funding_sek: dice.below(400_000) as f64,
        in_kind: dice.coin(),
        conflict_open: dice.coin(),
        lead: dice.sector(),
        diversity: dice.share(),
        shared_power: dice.share(),
        small_scale: dice.share(),
        courage: dice.share(),
        risk: dice.sector(),
        decided_on: dice.below(600) as i32,
        reported_on: dice.below(600) as i32,
        fee: dice.below(60_000) as f64,
        weeks_late: dice.below(8) as i64,
        sectors,
        partners: (0..5)
            .map(|_| Partner { sector: dice.sector(), signed: dice.coin(), share: dice.share() })
            .collect(),
        asked: dice.coin().then_some(5),
    }
}

/// Nanoseconds of one call: least, median, most of the samples.
pub fn measure(mut batch: impl FnMut() -> usize) -> [f64; 3] {
    const SAMPLES: usize = 61;
    let started = Instant::now();
    let calls = batch();
    let once = started.elapsed().as_secs_f64() / calls as f64;
    // Short, so that what else the machine does falls between some of them.
    let batches = ((0.002 / once) as usize / calls).max(1);
    let mut samples: Vec<f64> = (0..SAMPLES)
        .map(|_| {
            let started = Instant::now();
            let mut calls = 0;
            for _ in 0..batches {
                calls += batch();
            }
            started.elapsed().as_secs_f64() * 1e9 / calls as f64
        })
        .collect();
    samples.sort_by(f64::total_cmp);
    [samples[0], samples[SAMPLES / 2], samples[SAMPLES - 1]]
}
