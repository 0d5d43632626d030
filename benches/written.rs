//! Rules as people write them (`written.json`), each by hand as a closure over a struct and in Rhai, and rows to ask them of.
//!
//! By hand, amounts are öre and shares ten-thousandths in an `i64`, dates are days, enums are numbers, and a division that is
//! compared is multiplied out: exact, as the rules are. The texts in Rhai (and in Lua, see `peers/`) are given the same numbers.

use rhai::{Dynamic, Engine, Scope};
use tresteg::{Value, Workflow};

use crate::calendar::{WORKDAYS, add_months, civil, days, last_of_month, weekday, year};
use crate::guards::Dice;

pub const TEXT: &str = include_str!("written.json");

/// The facts, as a program would hold them.
#[derive(Clone, Default)]
pub struct Native {
    pub registered: bool,
    pub complete: bool,
    pub urgent: bool,
    pub appealed: bool,
    pub challenged: bool,
    pub heard: bool,
    pub economic_activity: bool,
    pub consent: bool,
    pub members: i64,
    pub members_under_25: i64,
    pub years_active: i64,
    pub household: i64,
    pub children: i64,
    pub points: i64,
    pub case_no: i64,
    pub days_late: i64,
    pub visitors: i64,
    pub board_size: i64,
    pub present: i64,
    pub votes_for: i64,
    pub votes_against: i64,
    pub extension_weeks: i64,
    pub asked_sek: i64,
    pub own_sek: i64,
    pub granted_sek: i64,
    pub spent_sek: i64,
    pub budget_sek: i64,
    pub income_sek: i64,
    pub rent_sek: i64,
    pub fee_sek: i64,
    pub previous_sek: Option<i64>,
    pub aid_eur: i64,
    pub quality: i64,
    pub need: i64,
    pub reach: i64,
    pub attendance: i64,
    pub district: u8,
    pub level: u8,
    pub status: u8,
    pub case_number: String,
    pub property: String,
    pub email: String,
    pub reason: String,
    pub received_on: i32,
    pub applied_on: i32,
    pub decided_on: i32,
    pub meeting_on: i32,
    pub starts_on: i32,
    pub ends_on: i32,
    pub born_on: i32,
    pub completed_on: Option<i32>,
    pub served_on: Option<i32>,
    pub scores: Vec<i64>,
    pub documents: Vec<u8>,
    pub costs: Vec<Cost>,
    pub hearings: Vec<Hearing>,
    pub applicants: Vec<Applicant>,
    pub activities: Vec<Activity>,
}

#[derive(Clone, Default)]
pub struct Cost {
    pub kind: u8,
    pub sek: i64,
    pub approved: bool,
}

#[derive(Clone, Default)]
pub struct Hearing {
    pub party: u8,
    pub sent_on: i32,
    pub days: i64,
    pub answered: bool,
}

#[derive(Clone, Default)]
pub struct Applicant {
    pub level: u8,
    pub share: i64,
    pub signed: bool,
}

#[derive(Clone, Default)]
pub struct Activity {
    pub kind: u8,
    pub party: u8,
    pub hours: i64,
    pub people: i64,
    pub done: bool,
    pub places: Vec<u8>,
}

const DISTRICTS: [&str; 6] = ["centre", "north", "south", "east", "west", "outside"];
const NORTH: u8 = 1;
const SOUTH: u8 = 2;
const EAST: u8 = 3;
const OUTSIDE: u8 = 5;
const LEVELS: [&str; 4] = ["association", "network", "company", "person"];
const ASSOCIATION: u8 = 0;
const NETWORK: u8 = 1;
const COMPANY: u8 = 2;
const PERSON: u8 = 3;
const PARTIES: [&str; 5] = ["neighbour", "county_board", "user_council", "school", "police"];
const KINDS: [&str; 5] = ["rent", "wages", "travel", "food", "equipment"];
const RENT: u8 = 0;
const WAGES: u8 = 1;
const TRAVEL: u8 = 2;
const STATUSES: [&str; 6] = ["draft", "received", "completed", "sent_out", "decided", "closed"];
const DRAFT: u8 = 0;
const RECEIVED: u8 = 1;
const COMPLETED: u8 = 2;
const SENT_OUT: u8 = 3;
const DECIDED: u8 = 4;
const CLOSED: u8 = 5;
const DOCUMENTS: [&str; 5] = ["budget", "plan", "minutes", "accounts", "statutes"];
const BUDGET: u8 = 0;
const PLAN: u8 = 1;
const MINUTES: u8 = 2;

/// Öre of so many crowns.
const fn sek(crowns: i64) -> i64 {
    crowns * 100
}

fn fits(level: u8, members: i64) -> bool {
    match level {
        ASSOCIATION => members >= 25,
        NETWORK => members >= 3,
        level => level == COMPANY,
    }
}

fn housing_norm(household: i64, children: i64) -> i64 {
    if household == 1 {
        sek(6_200)
    } else if household == 2 && children == 0 {
        sek(7_100)
    } else {
        sek(7_100) + sek(950) * children + sek(400) * (household - 2)
    }
}

fn begun_weeks(days: i64) -> i64 {
    if days <= 0 { 0 } else { (days + 6) / 7 }
}

fn weight(kind: u8) -> i64 {
    match kind {
        RENT => 1,
        WAGES => 3,
        TRAVEL => 2,
        _ => 0,
    }
}

/// The quotient, rounded half away from zero; the divisor is positive.
fn rounded(number: i64, divisor: i64) -> i64 {
    (2 * number + if number < 0 { -divisor } else { divisor }) / (2 * divisor)
}

pub type ByHand = Box<dyn Fn(&Native) -> bool>;

/// Name, by hand, in Rhai.
pub type Rule = (&'static str, fn() -> ByHand, &'static str);

/// What rules in Rhai share.
pub const RHAI_HEAD: &str = "
fn fits(level, members) { if level == `association` { members >= 25 } else if level == `network` { members >= 3 } else { level == `company` } }
fn housing_norm(h, c) { if h == 1 { 620000 } else if h == 2 && c == 0 { 710000 } else { 710000 + 95000 * c + 40000 * (h - 2) } }
fn begun_weeks(d) { if d <= 0 { 0 } else { (d + 6) / 7 } }
fn weight(kind) { switch kind { `rent` => 1, `wages` => 3, `travel` => 2, _ => 0 } }
fn rounded(n, d) { (2 * n + if n < 0 { -d } else { d }) / (2 * d) }
";

pub const RULES: &[Rule] = &[
    (
        "w1",
        || {
            Box::new(|f| {
                f.registered
                    && f.complete
                    && !f.challenged
                    && f.members >= 20
                    && f.years_active >= 1
                    && f.district != OUTSIDE
                    && f.asked_sek <= sek(300_000)
                    && (f.heard || f.consent)
                    && f.quality >= 2_500
            })
        },
        "registered && complete && !challenged && members >= 20 && years_active >= 1 && district != `outside` && asked_sek <= 30000000 && (heard || consent) && quality >= 2500",
    ),
    (
        "w2",
        || {
            Box::new(|f| {
                (!f.urgent || f.complete) && !(f.appealed || f.challenged) && f.status != CLOSED
            })
        },
        "!(urgent && !complete) && !(appealed || challenged) && status != `closed`",
    ),
    (
        "w3",
        || {
            Box::new(|f| {
                f.points >= 25
                    && f.points < 75
                    && f.household >= 2
                    && f.household <= 6
                    && f.attendance > 1_500
                    && f.attendance <= 9_500
            })
        },
        "points >= 25 && points < 75 && household >= 2 && household <= 6 && attendance > 1500 && attendance <= 9500",
    ),
    (
        "w4",
        || {
            Box::new(|f| {
                matches!(f.district, NORTH | EAST | SOUTH)
                    && !matches!(f.level, COMPANY | PERSON)
                    && matches!(f.status, RECEIVED | COMPLETED | SENT_OUT)
            })
        },
        "district in [`north`, `east`, `south`] && !(level in [`company`, `person`]) && status in [`received`, `completed`, `sent_out`]",
    ),
    (
        "w5",
        || {
            Box::new(|f| {
                f.status == DRAFT
                    || f.status == RECEIVED
                    || (f.status == COMPLETED || f.status == SENT_OUT) && !f.heard
            })
        },
        "status == `draft` || status == `received` || (status == `completed` || status == `sent_out`) && !heard",
    ),
    (
        "w6",
        || {
            Box::new(|f| {
                f.votes_for > f.votes_against
                    && f.votes_for + f.votes_against <= f.present
                    && f.present * 2 > f.board_size
            })
        },
        "votes_for > votes_against && votes_for + votes_against <= present && present * 2 > board_size",
    ),
    (
        "w7",
        || Box::new(|f| f.own_sek * 10 >= (f.asked_sek + f.own_sek) * 2),
        "own_sek * 10 >= (asked_sek + own_sek) * 2",
    ),
    (
        "w8",
        || {
            Box::new(|f| {
                35 * f.quality + 25 * f.need + 25 * f.reach + 15 * f.attendance >= 500_000
                    && f.points >= 30
            })
        },
        "35 * quality + 25 * need + 25 * reach + 15 * attendance >= 500000 && points >= 30",
    ),
    (
        "w9",
        || {
            Box::new(|f| {
                !f.economic_activity
                    || f.aid_eur * 10_000 + 875 * f.asked_sek <= sek(300_000) * 10_000
            })
        },
        "!economic_activity || aid_eur * 10000 + 875 * asked_sek <= 300000000000",
    ),
    (
        "w10",
        || {
            Box::new(|f| {
                if f.urgent {
                    f.asked_sek <= sek(150_000)
                } else if f.complete {
                    f.asked_sek <= sek(300_000) && f.heard
                } else {
                    false
                }
            })
        },
        "if urgent { asked_sek <= 15000000 } else if complete { asked_sek <= 30000000 && heard } else { false }",
    ),
    (
        "w11",
        || {
            Box::new(|f| {
                f.asked_sek
                    <= match f.level {
                        ASSOCIATION => sek(125_000),
                        NETWORK => sek(250_000),
                        _ => sek(300_000),
                    }
            })
        },
        "asked_sek <= if level == `association` { 12500000 } else if level == `network` { 25000000 } else { 30000000 }",
    ),
    (
        "w12",
        || {
            Box::new(|f| {
                f.points
                    >= match f.level {
                        ASSOCIATION => 40,
                        NETWORK => 55,
                        COMPANY => 70,
                        _ => 90,
                    }
            })
        },
        "points >= switch level { `association` => 40, `network` => 55, `company` => 70, _ => 90 }",
    ),
    (
        "w13",
        || {
            Box::new(|f| match f.status {
                DRAFT => true,
                RECEIVED => f.registered,
                COMPLETED => f.complete && f.registered,
                SENT_OUT => f.heard || f.days_late <= 0,
                DECIDED => f.granted_sek > 0 && !f.appealed,
                _ => false,
            })
        },
        "switch status { `draft` => true, `received` => registered, `completed` => complete && registered, `sent_out` => heard || days_late <= 0, `decided` => granted_sek > 0 && !appealed, _ => false }",
    ),
    (
        "w14",
        || Box::new(|f| f.previous_sek.unwrap_or(0) + f.asked_sek <= sek(300_000)),
        "(previous_sek ?? 0) + asked_sek <= 30000000",
    ),
    (
        "w15",
        || {
            Box::new(|f| {
                f.served_on.is_some() && !f.appealed
                    || f.completed_on.is_none()
                        && f.previous_sek.unwrap_or(sek(1_000)) < sek(50_000)
            })
        },
        "served_on != () && !appealed || completed_on == () && (previous_sek ?? 100000) < 5000000",
    ),
    (
        "w16",
        || Box::new(|f| fits(f.level, f.members) && f.registered),
        "fits(level, members) && registered",
    ),
    (
        "w17",
        || {
            Box::new(|f| {
                f.rent_sek <= housing_norm(f.household, f.children)
                    || f.urgent && f.rent_sek * 10 <= 11 * housing_norm(f.household, f.children)
            })
        },
        "rent_sek <= housing_norm(household, children) || urgent && rent_sek * 10 <= 11 * housing_norm(household, children)",
    ),
    (
        "w18",
        || {
            Box::new(|f| {
                let total = f.asked_sek + f.own_sek;
                let left = f.budget_sek - f.spent_sek;
                2 * total - f.own_sek <= 2 * left && total > sek(10_000)
            })
        },
        "let total = asked_sek + own_sek; let left = budget_sek - spent_sek; 2 * total - own_sek <= 2 * left && total > 1000000",
    ),
    (
        "w19",
        || {
            Box::new(|f| {
                usize::from(f.registered)
                    + usize::from(f.complete)
                    + usize::from(f.heard)
                    + usize::from(f.consent)
                    + usize::from(f.members >= 20)
                    + usize::from(f.members_under_25 > 10)
                    + usize::from(f.quality >= 5_000)
                    >= 5
            })
        },
        "let n = 0; if registered { n += 1; } if complete { n += 1; } if heard { n += 1; } if consent { n += 1; } if members >= 20 { n += 1; } if members_under_25 > 10 { n += 1; } if quality >= 5000 { n += 1; } n >= 5",
    ),
    (
        "w20",
        || Box::new(|f| f.members_under_25 * 10 >= 6 * f.members && f.members >= 15),
        "members_under_25 * 10 >= 6 * members && members >= 15",
    ),
    ("w21", || Box::new(|f| f.spent_sek * 3 >= f.budget_sek), "spent_sek * 3 >= budget_sek"),
    (
        "w22",
        || {
            // In thousandths: 220.50 · 0.25 crowns a visit.
            Box::new(|f| {
                (f.own_sek * 10 + 55_125 * f.visitors) * 100
                    > 35 * (f.asked_sek + f.own_sek + sek(1)) * 10
            })
        },
        "(own_sek * 10 + 55125 * visitors) * 100 > 35 * (asked_sek + own_sek + 100) * 10",
    ),
    (
        "w23",
        || Box::new(|f| rounded((f.budget_sek - f.spent_sek) * 1_000, f.budget_sek) >= 125),
        "rounded((budget_sek - spent_sek) * 1000, budget_sek) >= 125",
    ),
    (
        "w24",
        || Box::new(|f| (f.income_sek - f.rent_sek) * 2 < 462_050 * (2 * f.household + 1)),
        "(income_sek - rent_sek) * 2 < 462050 * (2 * household + 1)",
    ),
    (
        "w25",
        || Box::new(|f| f.case_no % 7 == 3 || f.case_no % 10 >= 8 && f.urgent),
        "case_no % 7 == 3 || case_no % 10 >= 8 && urgent",
    ),
    (
        "w26",
        || {
            Box::new(|f| {
                rounded(f.fee_sek * (10 - 2 * begun_weeks(f.days_late)).max(0), 1_000) <= 12_500
            })
        },
        "let share = 10 - 2 * begun_weeks(days_late); if share < 0 { share = 0; } rounded(fee_sek * share, 1000) <= 12500",
    ),
    (
        "w27",
        || Box::new(|f| f.asked_sek.min(f.own_sek * 3).min(sek(150_000)) >= f.granted_sek),
        "min(min(asked_sek, own_sek * 3), 15000000) >= granted_sek",
    ),
    (
        "w28",
        || {
            Box::new(|f| {
                (f.members + 24) / 25 * sek(15_000) + f.attendance / 1_000 * sek(7_500)
                    >= f.asked_sek
            })
        },
        "(members + 24) / 25 * 1500000 + attendance / 1000 * 750000 >= asked_sek",
    ),
    (
        "w29",
        || Box::new(|f| (f.asked_sek - f.granted_sek).abs() * 10 <= 4 * f.asked_sek + 500),
        "(asked_sek - granted_sek).abs() * 10 <= 4 * asked_sek + 500",
    ),
    (
        "w30",
        || Box::new(|f| f.asked_sek * 1_225 * 3 + f.fee_sek * 10_000 <= 2_500_050 * 30_000),
        "asked_sek * 1225 * 3 + fee_sek * 10000 <= 75001500000",
    ),
    (
        "w31",
        || Box::new(|f| f.scores[0] >= 2 && f.scores[f.scores.len() - 1] >= f.scores[0]),
        "scores[0] >= 2 && scores[scores.len() - 1] >= scores[0]",
    ),
    (
        "w32",
        || Box::new(|f| f.costs[0].approved && f.costs[0].sek * 2 <= f.costs[1].sek * 5),
        "costs[0].approved && costs[0].sek * 2 <= costs[1].sek * 5",
    ),
    (
        "w33",
        || Box::new(|f| f.decided_on <= WORKDAYS.next(f.received_on + 14)),
        "decided_on <= next_workday(received_on + 14)",
    ),
    (
        "w34",
        || Box::new(|f| f.decided_on <= WORKDAYS.add(f.received_on, 20)),
        "decided_on <= add_workdays(received_on, 20)",
    ),
    (
        "w35",
        || Box::new(|f| f.complete && WORKDAYS.add(f.meeting_on, -5) >= f.applied_on),
        "complete && add_workdays(meeting_on, -5) >= applied_on",
    ),
    (
        "w36",
        || Box::new(|f| add_months(f.completed_on.unwrap_or(f.received_on), 3) >= f.decided_on),
        "add_months(completed_on ?? received_on, 3) >= decided_on",
    ),
    (
        "w37",
        || {
            Box::new(|f| {
                let applied = year(f.applied_on);
                f.applied_on <= days(applied, 6, 30) || f.meeting_on >= days(applied + 1, 2, 1)
            })
        },
        "applied_on <= date(year(applied_on), 6, 30) || meeting_on >= date(year(applied_on) + 1, 2, 1)",
    ),
    (
        "w38",
        || {
            Box::new(|f| {
                add_months(f.born_on, 18 * 12) <= f.applied_on
                    && add_months(f.born_on, 26 * 12) > f.applied_on
            })
        },
        "add_months(born_on, 216) <= applied_on && add_months(born_on, 312) > applied_on",
    ),
    (
        "w39",
        || {
            Box::new(|f| {
                let (_, month, day) = civil(f.decided_on);
                matches!(month, 1 | 4 | 7 | 10) && day <= 15 && weekday(f.decided_on) < 6
            })
        },
        "month(decided_on) in [1, 4, 7, 10] && day(decided_on) <= 15 && weekday(decided_on) < 6",
    ),
    (
        "w40",
        || {
            Box::new(|f| {
                i64::from(f.decided_on - f.received_on) <= 60 + 7 * f.extension_weeks
                    && f.starts_on > f.decided_on
            })
        },
        "decided_on - received_on <= 60 + 7 * extension_weeks && starts_on > decided_on",
    ),
    (
        "w41",
        || {
            Box::new(|f| {
                let (year, month, day) = civil(f.ends_on);
                day == last_of_month(year, month)
            })
        },
        "ends_on == add_months(date(year(ends_on), month(ends_on), 1), 1) - 1",
    ),
    (
        "w42",
        || {
            Box::new(|f| {
                f.applied_on.max(f.received_on) + 70 >= f.decided_on
                    && year(f.applied_on) == year(f.received_on)
            })
        },
        "max(applied_on, received_on) + 70 >= decided_on && year(applied_on) == year(received_on)",
    ),
    (
        "w43",
        || Box::new(|f| f.case_number.starts_with("BYGG ") || f.case_number.ends_with("-P")),
        "case_number.starts_with(`BYGG `) || case_number.ends_with(`-P`)",
    ),
    (
        "w44",
        || {
            Box::new(|f| {
                f.reason.trim().eq_ignore_ascii_case("akut") || f.reason.chars().count() > 24
            })
        },
        "let said = reason; said.trim(); said.to_lower() == `akut` || reason.len() > 24",
    ),
    (
        "w45",
        || {
            Box::new(|f| {
                f.email.contains('@')
                    && !f.email.ends_with(".invalid")
                    && f.email.chars().count() <= 40
            })
        },
        "email.contains(`@`) && !email.ends_with(`.invalid`) && email.len() <= 40",
    ),
    (
        "w46",
        || {
            Box::new(|f| {
                let head = f.property.get(.."UPPSALA ".len());
                head.is_some_and(|head| head.eq_ignore_ascii_case("UPPSALA "))
                    && !f.property.contains("S:")
            })
        },
        "property.to_upper().starts_with(`UPPSALA `) && !property.contains(`S:`)",
    ),
    (
        "w47",
        || {
            Box::new(|f| {
                let approved = f.costs.iter().filter(|c| c.approved);
                approved.map(|c| c.sek).sum::<i64>() <= f.asked_sek
            })
        },
        "let sum = 0; for c in costs { if c.approved { sum += c.sek; } } sum <= asked_sek",
    ),
    (
        "w48",
        || {
            Box::new(|f| {
                !f.costs.is_empty()
                    && f.costs.iter().map(|c| c.sek).sum::<i64>()
                        <= sek(30_000) * f.costs.len() as i64
            })
        },
        "let sum = 0; for c in costs { sum += c.sek; } costs.len() > 0 && sum <= 3000000 * costs.len()",
    ),
    (
        "w49",
        || {
            Box::new(|f| {
                let (mut held, mut people) = (0, 0);
                for activity in &f.activities {
                    if activity.done {
                        held += 1;
                        people += activity.people;
                    }
                }
                held > 0 && people >= 25 * held
            })
        },
        "let held = 0; let people = 0; for a in activities { if a.done { held += 1; people += a.people; } } held > 0 && people >= 25 * held",
    ),
    (
        "w50",
        || {
            Box::new(|f| {
                let mut sum = 0;
                for cost in &f.costs {
                    if cost.approved && cost.kind != TRAVEL {
                        sum += cost.sek;
                    }
                }
                sum * 2 >= f.asked_sek
            })
        },
        "let sum = 0; for c in costs { if c.approved && c.kind != `travel` { sum += c.sek; } } sum * 2 >= asked_sek",
    ),
    (
        "w51",
        || Box::new(|f| f.costs.iter().all(|c| c.approved || c.sek * 10 <= 4 * f.asked_sek)),
        "let all = true; for c in costs { if !(c.approved || c.sek * 10 <= 4 * asked_sek) { all = false; break; } } all",
    ),
    (
        "w52",
        || Box::new(|f| f.hearings.iter().any(|h| !h.answered && h.sent_on + 21 < f.decided_on)),
        "let some = false; for h in hearings { if !h.answered && h.sent_on + 21 < decided_on { some = true; break; } } some",
    ),
    (
        "w53",
        || Box::new(|f| f.applicants.iter().filter(|a| a.signed).count() * 2 > f.applicants.len()),
        "applicants.filter(|a| a.signed).len() * 2 > applicants.len()",
    ),
    (
        "w54",
        || {
            Box::new(|f| {
                f.scores.iter().all(|s| *s > 0) && f.scores.iter().sum::<i64>() >= 12
                    || f.scores.iter().filter(|s| **s == 5).count() >= 2
            })
        },
        "let sum = 0; for s in scores { sum += s; } scores.all(|s| s > 0) && sum >= 12 || scores.filter(|s| s == 5).len() >= 2",
    ),
    (
        "w55",
        || {
            Box::new(|f| {
                let (mut answered, mut silent) = (0, 0);
                for hearing in &f.hearings {
                    if hearing.answered {
                        answered += 1;
                    } else if hearing.days > 14 {
                        silent += 1;
                    }
                }
                answered > silent && answered >= 2
            })
        },
        "let answered = 0; let silent = 0; for h in hearings { if h.answered { answered += 1; } else if h.days > 14 { silent += 1; } } answered > silent && answered >= 2",
    ),
    (
        "w56",
        || Box::new(|f| f.activities.iter().map(|a| weight(a.kind) * a.hours).sum::<i64>() >= 60),
        "let hours = 0; for a in activities { hours += weight(a.kind) * a.hours; } hours >= 60",
    ),
    (
        "w57",
        || {
            Box::new(|f| {
                let most = f.activities.iter().map(|a| a.people).max().unwrap_or(0);
                most >= 40 && most <= f.visitors
            })
        },
        "let most = 0; for a in activities { if a.people > most { most = a.people; } } most >= 40 && most <= visitors",
    ),
    (
        "w58",
        || {
            Box::new(|f| {
                let has = |one: u8| f.documents.contains(&one);
                has(BUDGET) && has(PLAN) && has(MINUTES) || (0..5).all(has)
            })
        },
        "`budget` in documents && `plan` in documents && `minutes` in documents || `budget` in documents && `plan` in documents && `minutes` in documents && `accounts` in documents && `statutes` in documents",
    ),
    (
        "w59",
        || {
            Box::new(|f| {
                (f.applicants.iter().map(|a| a.share).sum::<i64>() - 10_000).abs() < 50
                    && f.applicants.iter().all(|a| a.share >= 500)
            })
        },
        "let sum = 0; for a in applicants { sum += a.share; } (sum - 10000).abs() < 50 && applicants.all(|a| a.share >= 500)",
    ),
    (
        "w60",
        || {
            Box::new(|f| {
                f.activities
                    .iter()
                    .all(|a| a.done || f.hearings.iter().any(|h| h.party == a.party && h.answered))
            })
        },
        "let all = true; for a in activities { let some = a.done; if !some { for h in hearings { if h.party == a.party && h.answered { some = true; break; } } } if !some { all = false; break; } } all",
    ),
    (
        "w61",
        || {
            Box::new(|f| {
                f.activities.iter().any(|a| {
                    a.done
                        && f.costs.iter().filter(|c| c.kind == a.kind).map(|c| c.sek).sum::<i64>()
                            > sek(50_000)
                })
            })
        },
        "let some = false; for a in activities { if a.done { let sum = 0; for c in costs { if c.kind == a.kind { sum += c.sek; } } if sum > 5000000 { some = true; break; } } } some",
    ),
    (
        "w62",
        || {
            Box::new(|f| {
                let mut n = 0;
                for activity in &f.activities {
                    for hearing in &f.hearings {
                        if activity.party == hearing.party && hearing.days <= 14 {
                            n += 1;
                        }
                    }
                }
                n >= 3
            })
        },
        "let n = 0; for a in activities { for h in hearings { if a.party == h.party && h.days <= 14 { n += 1; } } } n >= 3",
    ),
    (
        "w63",
        || {
            Box::new(|f| {
                let wide = f.activities.iter().filter(|a| {
                    a.places.len() >= 2 && a.places.iter().any(|p| matches!(*p, NORTH | SOUTH))
                });
                wide.count() >= 2
            })
        },
        "activities.filter(|a| a.places.len() >= 2 && a.places.some(|p| p in [`north`, `south`])).len() >= 2",
    ),
    (
        "w64",
        || {
            Box::new(|f| {
                f.applicants
                    .iter()
                    .all(|a| f.applicants.iter().filter(|b| b.level == a.level).count() <= 2)
            })
        },
        "let all = true; for a in applicants { let n = 0; for b in applicants { if b.level == a.level { n += 1; } } if n > 2 { all = false; break; } } all",
    ),
];

pub fn workflow() -> Workflow {
    Workflow::from_json(TEXT).unwrap_or_else(|report| panic!("{report}"))
}

/// A value that every engine can be given in its own way.
pub enum Plain {
    Unknown,
    Boolean(bool),
    Integer(i64),
    /// A decimal with so many digits behind the point.
    Scaled(i64, usize),
    Text(String),
    Day(i32),
    List(Vec<Plain>),
    Record(Vec<(&'static str, Plain)>),
}

fn word(words: &[&str], place: u8) -> Plain {
    Plain::Text(words[usize::from(place)].to_owned())
}

impl Native {
    /// The facts by name.
    pub fn plain(&self) -> Vec<(&'static str, Plain)> {
        use Plain::{Boolean, Day, Integer, List, Record, Scaled, Text, Unknown};
        let cents = |value: i64| Scaled(value, 2);
        let share = |value: i64| Scaled(value, 4);
        let cost = |c: &Cost| {
            Record(vec![
                ("kind", word(&KINDS, c.kind)),
                ("sek", cents(c.sek)),
                ("approved", Boolean(c.approved)),
            ])
        };
        let hearing = |h: &Hearing| {
            Record(vec![
                ("party", word(&PARTIES, h.party)),
                ("sent_on", Day(h.sent_on)),
                ("days", Integer(h.days)),
                ("answered", Boolean(h.answered)),
            ])
        };
        let applicant = |a: &Applicant| {
            Record(vec![
                ("level", word(&LEVELS, a.level)),
                ("share", share(a.share)),
                ("signed", Boolean(a.signed)),
            ])
        };
        let activity = |a: &Activity| {
            let places = a.places.iter().map(|place| word(&DISTRICTS, *place)).collect();
            Record(vec![
                ("kind", word(&KINDS, a.kind)),
                ("party", word(&PARTIES, a.party)),
                ("hours", Integer(a.hours)),
                ("people", Integer(a.people)),
                ("done", Boolean(a.done)),
                ("places", List(places)),
            ])
        };
        vec![
            ("registered", Boolean(self.registered)),
            ("complete", Boolean(self.complete)),
            ("urgent", Boolean(self.urgent)),
            ("appealed", Boolean(self.appealed)),
            ("challenged", Boolean(self.challenged)),
            ("heard", Boolean(self.heard)),
            ("economic_activity", Boolean(self.economic_activity)),
            ("consent", Boolean(self.consent)),
            ("members", Integer(self.members)),
            ("members_under_25", Integer(self.members_under_25)),
            ("years_active", Integer(self.years_active)),
            ("household", Integer(self.household)),
            ("children", Integer(self.children)),
            ("points", Integer(self.points)),
            ("case_no", Integer(self.case_no)),
            ("days_late", Integer(self.days_late)),
            ("visitors", Integer(self.visitors)),
            ("board_size", Integer(self.board_size)),
            ("present", Integer(self.present)),
            ("votes_for", Integer(self.votes_for)),
            ("votes_against", Integer(self.votes_against)),
            ("extension_weeks", Integer(self.extension_weeks)),
            ("asked_sek", cents(self.asked_sek)),
            ("own_sek", cents(self.own_sek)),
            ("granted_sek", cents(self.granted_sek)),
            ("spent_sek", cents(self.spent_sek)),
            ("budget_sek", cents(self.budget_sek)),
            ("income_sek", cents(self.income_sek)),
            ("rent_sek", cents(self.rent_sek)),
            ("fee_sek", cents(self.fee_sek)),
            ("previous_sek", self.previous_sek.map_or(Unknown, cents)),
            ("aid_eur", cents(self.aid_eur)),
            ("quality", share(self.quality)),
            ("need", share(self.need)),
            ("reach", share(self.reach)),
            ("attendance", share(self.attendance)),
            ("district", word(&DISTRICTS, self.district)),
            ("level", word(&LEVELS, self.level)),
            ("status", word(&STATUSES, self.status)),
            ("case_number", Text(self.case_number.clone())),
            ("property", Text(self.property.clone())),
            ("email", Text(self.email.clone())),
            ("reason", Text(self.reason.clone())),
            ("received_on", Day(self.received_on)),
            ("applied_on", Day(self.applied_on)),
            ("decided_on", Day(self.decided_on)),
            ("meeting_on", Day(self.meeting_on)),
            ("starts_on", Day(self.starts_on)),
            ("ends_on", Day(self.ends_on)),
            ("born_on", Day(self.born_on)),
            ("completed_on", self.completed_on.map_or(Unknown, Day)),
            ("served_on", self.served_on.map_or(Unknown, Day)),
            ("scores", List(self.scores.iter().map(|score| Integer(*score)).collect())),
            ("documents", List(self.documents.iter().map(|one| word(&DOCUMENTS, *one)).collect())),
            ("costs", List(self.costs.iter().map(cost).collect())),
            ("hearings", List(self.hearings.iter().map(hearing).collect())),
            ("applicants", List(self.applicants.iter().map(applicant).collect())),
            ("activities", List(self.activities.iter().map(activity).collect())),
        ]
    }
}

impl Plain {
    /// The value of the library; `None` is unknown.
    fn value(&self) -> Option<Value> {
        Some(match self {
            Self::Unknown => return None,
            Self::Boolean(value) => Value::from(*value),
            Self::Integer(value) => Value::from(*value),
            Self::Scaled(value, digits) => {
                let one = 10_i64.pow(u32::try_from(*digits).unwrap());
                let sign = if *value < 0 { "-" } else { "" };
                let (whole, part) = (value.abs() / one, value.abs() % one);
                let text = format!("{sign}{whole}.{part:0digits$}");
                Value::from(text.parse::<tresteg::Number>().unwrap())
            }
            Self::Text(text) => Value::from(text.as_str()),
            Self::Day(day) => {
                let (year, month, day) = civil(*day);
                let text = format!("{year:04}-{month:02}-{day:02}");
                Value::from(text.parse::<tresteg::Date>().unwrap())
            }
            Self::List(items) => items.iter().filter_map(Self::value).collect(),
            Self::Record(entries) => {
                entries.iter().filter_map(|(name, value)| Some((*name, value.value()?))).collect()
            }
        })
    }

    fn dynamic(&self) -> Dynamic {
        match self {
            Self::Unknown => Dynamic::UNIT,
            Self::Boolean(value) => (*value).into(),
            Self::Integer(value) | Self::Scaled(value, _) => (*value).into(),
            Self::Text(text) => text.as_str().into(),
            Self::Day(day) => i64::from(*day).into(),
            Self::List(items) => items.iter().map(Self::dynamic).collect::<rhai::Array>().into(),
            Self::Record(entries) => {
                let entries = entries.iter().map(|(name, value)| ((*name).into(), value.dynamic()));
                Dynamic::from_map(entries.collect())
            }
        }
    }
}

/// The facts by name; `None` is unknown.
pub fn values(native: &Native) -> Vec<(&'static str, Option<Value>)> {
    native.plain().into_iter().map(|(name, value)| (name, value.value())).collect()
}

/// The facts that a rule in Rhai names: it searches for each in turn.
pub fn scope(native: &Native, rule: &str) -> Scope<'static> {
    let mut scope = Scope::new();
    for (name, value) in native.plain() {
        if rule.contains(name) {
            scope.push_dynamic(name, value.dynamic());
        }
    }
    scope
}

/// Rhai, with the calendar as a host would give it.
pub fn engine() -> Engine {
    let day = |day: i64| i32::try_from(day).unwrap();
    let mut engine = Engine::new();
    engine
        .register_fn("year", move |on: i64| i64::from(civil(day(on)).0))
        .register_fn("month", move |on: i64| i64::from(civil(day(on)).1))
        .register_fn("day", move |on: i64| i64::from(civil(day(on)).2))
        .register_fn("weekday", move |on: i64| i64::from(weekday(day(on))))
        .register_fn("date", move |y: i64, m: i64, d: i64| i64::from(days(day(y), day(m), day(d))))
        .register_fn("add_months", move |on: i64, n: i64| i64::from(add_months(day(on), day(n))))
        .register_fn("add_workdays", move |on: i64, n: i64| {
            i64::from(WORKDAYS.add(day(on), day(n)))
        })
        .register_fn("next_workday", move |on: i64| i64::from(WORKDAYS.next(day(on))));
    engine
}

/// An ordinary application, on which about half of the rules hold.
pub fn typical() -> Native {
    let on = |year, month, day| days(year, month, day);
    let cost = |kind, crowns, approved| Cost { kind, sek: sek(crowns) + 50, approved };
    let hearing = |party, sent_on, days, answered| Hearing { party, sent_on, days, answered };
    let applicant = |level, share, signed| Applicant { level, share, signed };
    let activity = |kind, party, hours, people, done, places: &[u8]| Activity {
        kind,
        party,
        hours,
        people,
        done,
        places: places.to_vec(),
    };
    Native {
        registered: true,
        complete: true,
        heard: true,
        economic_activity: true,
        consent: true,
        members: 64,
        members_under_25: 41,
        years_active: 7,
        household: 3,
        children: 1,
        points: 58,
        case_no: 4_711,
        days_late: 9,
        visitors: 310,
        board_size: 11,
        present: 9,
        votes_for: 6,
        votes_against: 3,
        extension_weeks: 2,
        asked_sek: sek(120_000) + 50,
        own_sek: sek(40_000),
        granted_sek: sek(90_000),
        spent_sek: sek(610_000) + 25,
        budget_sek: sek(900_000),
        income_sek: sek(21_400),
        rent_sek: sek(7_950),
        fee_sek: sek(18_600),
        previous_sek: Some(sek(25_000)),
        aid_eur: sek(120_000),
        quality: 6_125,
        need: 7_000,
        reach: 4_250,
        attendance: 8_340,
        district: NORTH,
        level: ASSOCIATION,
        status: COMPLETED,
        case_number: "BYGG 2026-000417".to_owned(),
        property: "Uppsala Kvarngärdet 12:3".to_owned(),
        email: "kansli@kulturforeningen.example".to_owned(),
        reason: "Lokalen sägs upp vid halvårsskiftet".to_owned(),
        received_on: on(2026, 4, 2),
        applied_on: on(2026, 3, 30),
        decided_on: on(2026, 4, 21),
        meeting_on: on(2026, 5, 4),
        starts_on: on(2026, 6, 1),
        ends_on: on(2026, 12, 31),
        born_on: on(2004, 2, 29),
        completed_on: Some(on(2026, 4, 9)),
        served_on: None,
        scores: vec![3, 4, 2, 5, 4],
        documents: vec![BUDGET, PLAN, MINUTES, 3],
        costs: vec![
            cost(RENT, 42_000, true),
            cost(WAGES, 38_500, true),
            cost(TRAVEL, 6_200, true),
            cost(3, 4_800, false),
            cost(4, 21_000, true),
        ],
        hearings: vec![
            hearing(0, on(2026, 4, 7), 6, true),
            hearing(1, on(2026, 4, 7), 15, false),
            hearing(2, on(2026, 4, 8), 9, true),
            hearing(3, on(2026, 4, 8), 12, true),
            hearing(0, on(2026, 4, 9), 3, true),
        ],
        applicants: vec![
            applicant(ASSOCIATION, 3_000, true),
            applicant(NETWORK, 2_500, true),
            applicant(COMPANY, 1_500, false),
            applicant(ASSOCIATION, 2_000, true),
            applicant(PERSON, 1_000, true),
        ],
        activities: vec![
            activity(RENT, 0, 12, 45, true, &[NORTH, EAST]),
            activity(WAGES, 2, 20, 18, true, &[SOUTH]),
            activity(TRAVEL, 3, 4, 60, true, &[EAST, 4]),
            activity(3, 2, 6, 30, false, &[NORTH, SOUTH, EAST]),
            activity(WAGES, 0, 8, 25, true, &[0, 4]),
        ],
        ..Native::default()
    }
}

/// A row with lists of five, as the ceilings are for.
pub fn random(dice: &mut Dice) -> Native {
    random_with(dice, |_| 5)
}

/// A row with lists of two to seven.
pub fn ragged(dice: &mut Dice) -> Native {
    random_with(dice, |dice| 2 + dice.below(6) as usize)
}

fn random_with(dice: &mut Dice, items: impl Fn(&mut Dice) -> usize) -> Native {
    fn chance(dice: &mut Dice, percent: u64) -> bool {
        dice.below(100) < percent
    }
    fn upto(dice: &mut Dice, most: i64) -> i64 {
        dice.below(u64::try_from(most).unwrap() + 1) as i64
    }
    /// Whole crowns, or with öre.
    fn amount(dice: &mut Dice, most: i64) -> i64 {
        let crowns = sek(upto(dice, most));
        if dice.coin() { crowns } else { crowns + upto(dice, 99) }
    }
    fn one(dice: &mut Dice, words: usize) -> u8 {
        u8::try_from(dice.below(words as u64)).unwrap()
    }
    let start = days(2025, 1, 1);
    let received_on = start + upto(dice, 500) as i32;
    let near =
        |dice: &mut Dice, least: i32, most: i64| received_on + least + upto(dice, most) as i32;
    let some = |dice: &mut Dice, words: usize| -> Vec<u8> {
        (0..u8::try_from(words).unwrap()).filter(|_| chance(dice, 70)).collect()
    };
    let ends_on = near(dice, 100, 400);
    let (end_year, end_month, _) = civil(ends_on);
    let members = 1 + upto(dice, 119);
    let asked_sek = amount(dice, 350_000);
    let number = upto(dice, 99_999);
    let prefix = ["BYGG ", "BYGG ", "KS ", "SN-BUN ", "byg "][usize::from(one(dice, 5))];
    let suffix = ["", "", "-P", "-D"][usize::from(one(dice, 4))];
    let town = ["UPPSALA ", "Uppsala ", "uppsala ", "ENKÖPING ", "Håbo ", "UPP"]
        [usize::from(one(dice, 6))];
    let place = ["KVARNGÄRDET", "Ärna S:", "Fyrislund", "Boländerna"][usize::from(one(dice, 4))];
    let user = ["kansli", "anna-karin.öberg", "styrelsen.for.foreningen", "info"]
        [usize::from(one(dice, 4))];
    let host = ["@kulturforeningen.example", "@example.org", ".example.org", "@mail.invalid"]
        [usize::from(one(dice, 4))];
    let reason =
        ["akut", " AKUT ", "Akut", "lokalen sägs upp vid halvårsskiftet", "flytt", "", "ny"]
            [usize::from(one(dice, 7))];
    let lists = [(); 5].map(|()| items(dice));
    // Mostly shares that make a whole.
    let mut left = 10_000;
    let applicants = (0..lists[3])
        .map(|place| {
            let last = place + 1 == lists[3];
            let share = if last && chance(dice, 70) { left } else { upto(dice, left / 2) };
            left -= share;
            Applicant { level: one(dice, 4), share, signed: chance(dice, 55) }
        })
        .collect();
    Native {
        registered: chance(dice, 80),
        complete: chance(dice, 75),
        urgent: chance(dice, 30),
        appealed: chance(dice, 20),
        challenged: chance(dice, 15),
        heard: chance(dice, 60),
        economic_activity: dice.coin(),
        consent: dice.coin(),
        members,
        members_under_25: upto(dice, members),
        years_active: upto(dice, 12),
        household: 1 + upto(dice, 6),
        children: upto(dice, 4),
        points: upto(dice, 100),
        case_no: 1 + number,
        days_late: upto(dice, 60) - 20,
        visitors: upto(dice, 400),
        board_size: 7 + upto(dice, 6),
        present: upto(dice, 11),
        votes_for: upto(dice, 6),
        votes_against: upto(dice, 4),
        extension_weeks: upto(dice, 8),
        asked_sek,
        own_sek: amount(dice, 150_000),
        granted_sek: amount(dice, asked_sek / 100),
        spent_sek: amount(dice, 900_000),
        budget_sek: sek(1) + amount(dice, 1_000_000),
        income_sek: amount(dice, 45_000),
        rent_sek: amount(dice, 14_000),
        fee_sek: amount(dice, 40_000),
        previous_sek: dice.coin().then(|| amount(dice, 100_000)),
        aid_eur: amount(dice, 320_000),
        quality: upto(dice, 10_000),
        need: upto(dice, 10_000),
        reach: upto(dice, 10_000),
        attendance: upto(dice, 10_000),
        district: one(dice, 6),
        level: one(dice, 4),
        status: one(dice, 6),
        case_number: format!("{prefix}2026-{number:06}{suffix}"),
        property: format!("{town}{place} {}:{}", number % 97, number % 13),
        email: format!("{user}{host}"),
        reason: reason.to_owned(),
        received_on,
        applied_on: near(dice, -60, 90),
        decided_on: near(dice, 0, 120),
        meeting_on: near(dice, -40, 330),
        starts_on: near(dice, 20, 150),
        ends_on: if dice.coin() {
            days(end_year, end_month, last_of_month(end_year, end_month))
        } else {
            ends_on
        },
        born_on: days(1990, 1, 1) + upto(dice, 8_000) as i32,
        completed_on: chance(dice, 60).then(|| near(dice, 0, 60)),
        served_on: dice.coin().then(|| near(dice, 30, 60)),
        scores: (0..lists[0]).map(|_| upto(dice, 5)).collect(),
        documents: some(dice, 5),
        costs: (0..lists[1])
            .map(|_| Cost {
                kind: one(dice, 5),
                sek: amount(dice, 60_000),
                approved: chance(dice, 60),
            })
            .collect(),
        hearings: (0..lists[2])
            .map(|_| Hearing {
                party: one(dice, 5),
                sent_on: near(dice, 0, 60),
                days: upto(dice, 30),
                answered: chance(dice, 65),
            })
            .collect(),
        applicants,
        activities: (0..lists[4])
            .map(|_| Activity {
                kind: one(dice, 5),
                party: one(dice, 5),
                hours: upto(dice, 24),
                people: upto(dice, 60),
                done: chance(dice, 70),
                places: (0..1 + dice.below(3)).map(|_| one(dice, 6)).collect(),
            })
            .collect(),
    }
}
