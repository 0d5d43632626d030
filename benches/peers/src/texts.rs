//! The rules of `written.json` in Lua: bodies of functions over `f`. Amounts are öre, shares ten-thousandths, dates days.

/// What bodies use beside the facts.
pub const HEAD: &str = "
local floor, min, max, abs = math.floor, math.min, math.max, math.abs
local sub, byte, find, match, lower, upper = string.sub, string.byte, string.find, string.match, string.lower, string.upper
local FIRST, UNTIL, DAYS = FIRST, UNTIL, DAYS
local NEAR = { north = true, east = true, south = true }
local FIRMS = { company = true, person = true }
local UNDERWAY = { received = true, completed = true, sent_out = true }
local POINTS = { association = 40, network = 55, company = 70 }
local WEIGHTS = { rent = 1, wages = 3, travel = 2 }
local LENGTHS = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }
local function fits(level, members)
    if level == 'association' then return members >= 25 elseif level == 'network' then return members >= 3 end
    return level == 'company'
end
local function housing_norm(h, c)
    if h == 1 then return 620000 elseif h == 2 and c == 0 then return 710000 end
    return 710000 + 95000 * c + 40000 * (h - 2)
end
local function begun_weeks(d) if d <= 0 then return 0 end return floor((d + 6) / 7) end
local function rounded(n, d) if n < 0 then return -floor((d - 2 * n) / (2 * d)) end return floor((2 * n + d) / (2 * d)) end
local function civil(d)
    local z = d + 719468
    local era = floor(z / 146097)
    local e = z - era * 146097
    local y = floor((e - floor(e / 1460) + floor(e / 36524) - floor(e / 146096)) / 365)
    local n = e - (365 * y + floor(y / 4) - floor(y / 100))
    local s = floor((5 * n + 2) / 153)
    local day = n - floor((153 * s + 2) / 5) + 1
    local month = s < 10 and s + 3 or s - 9
    return y + era * 400 + (month <= 2 and 1 or 0), month, day
end
local function days(year, month, day)
    local y = month <= 2 and year - 1 or year
    local era = floor(y / 400)
    local e = y - era * 400
    local n = floor((153 * (month > 2 and month - 3 or month + 9) + 2) / 5) + day - 1
    return era * 146097 + e * 365 + floor(e / 4) - floor(e / 100) + n - 719468
end
local function last_of_month(y, m)
    if m == 2 and y % 4 == 0 and (y % 100 ~= 0 or y % 400 == 0) then return 29 end
    return LENGTHS[m]
end
local function add_months(from, months)
    local y, m, d = civil(from)
    local all = y * 12 + m - 1 + months
    y, m = floor(all / 12), all % 12 + 1
    return days(y, m, min(d, last_of_month(y, m)))
end
local function weekday(d) return (d + 3) % 7 + 1 end
local function add_workdays(from, n)
    if n == 0 then return from elseif n > 0 then return DAYS[UNTIL[from - FIRST + 1] + n] end
    return DAYS[UNTIL[from - FIRST] + n + 1]
end
local function next_workday(d) return DAYS[UNTIL[d - FIRST] + 1] end
local function chars(s)
    local n = 0
    for i = 1, #s do local b = byte(s, i) if b < 128 or b >= 192 then n = n + 1 end end
    return n
end
local function has(all, one) for i = 1, #all do if all[i] == one then return true end end return false end
local KINDS = { 'budget', 'plan', 'minutes', 'accounts', 'statutes' }
local function every(d) for i = 1, #KINDS do if not has(d, KINDS[i]) then return false end end return true end
";

pub const GUARDS: &[(&str, &str)] = &[
    (
        "w1",
        "return f.registered and f.complete and not f.challenged and f.members >= 20 and f.years_active >= 1 and f.district ~= 'outside' and f.asked_sek <= 30000000 and (f.heard or f.consent) and f.quality >= 2500",
    ),
    (
        "w2",
        "return not (f.urgent and not f.complete) and not (f.appealed or f.challenged) and f.status ~= 'closed'",
    ),
    (
        "w3",
        "return f.points >= 25 and f.points < 75 and f.household >= 2 and f.household <= 6 and f.attendance > 1500 and f.attendance <= 9500",
    ),
    ("w4", "return NEAR[f.district] == true and not FIRMS[f.level] and UNDERWAY[f.status] == true"),
    (
        "w5",
        "local s = f.status return s == 'draft' or s == 'received' or (s == 'completed' or s == 'sent_out') and not f.heard",
    ),
    (
        "w6",
        "return f.votes_for > f.votes_against and f.votes_for + f.votes_against <= f.present and f.present * 2 > f.board_size",
    ),
    ("w7", "return f.own_sek * 10 >= (f.asked_sek + f.own_sek) * 2"),
    (
        "w8",
        "return 35 * f.quality + 25 * f.need + 25 * f.reach + 15 * f.attendance >= 500000 and f.points >= 30",
    ),
    (
        "w9",
        "return not f.economic_activity or f.aid_eur * 10000 + 875 * f.asked_sek <= 300000000000",
    ),
    (
        "w10",
        "if f.urgent then return f.asked_sek <= 15000000 elseif f.complete then return f.asked_sek <= 30000000 and f.heard end return false",
    ),
    (
        "w11",
        "local l, most = f.level, 30000000 if l == 'association' then most = 12500000 elseif l == 'network' then most = 25000000 end return f.asked_sek <= most",
    ),
    ("w12", "return f.points >= (POINTS[f.level] or 90)"),
    (
        "w13",
        "local s = f.status if s == 'draft' then return true elseif s == 'received' then return f.registered elseif s == 'completed' then return f.complete and f.registered elseif s == 'sent_out' then return f.heard or f.days_late <= 0 elseif s == 'decided' then return f.granted_sek > 0 and not f.appealed end return false",
    ),
    ("w14", "return (f.previous_sek or 0) + f.asked_sek <= 30000000"),
    (
        "w15",
        "return f.served_on ~= nil and not f.appealed or f.completed_on == nil and (f.previous_sek or 100000) < 5000000",
    ),
    ("w16", "return fits(f.level, f.members) and f.registered"),
    (
        "w17",
        "local norm = housing_norm(f.household, f.children) return f.rent_sek <= norm or f.urgent and f.rent_sek * 10 <= 11 * norm",
    ),
    (
        "w18",
        "local total, left = f.asked_sek + f.own_sek, f.budget_sek - f.spent_sek return 2 * total - f.own_sek <= 2 * left and total > 1000000",
    ),
    (
        "w19",
        "local n = 0 if f.registered then n = n + 1 end if f.complete then n = n + 1 end if f.heard then n = n + 1 end if f.consent then n = n + 1 end if f.members >= 20 then n = n + 1 end if f.members_under_25 > 10 then n = n + 1 end if f.quality >= 5000 then n = n + 1 end return n >= 5",
    ),
    ("w20", "return f.members_under_25 * 10 >= 6 * f.members and f.members >= 15"),
    ("w21", "return f.spent_sek * 3 >= f.budget_sek"),
    (
        "w22",
        "return (f.own_sek * 10 + 55125 * f.visitors) * 100 > 35 * (f.asked_sek + f.own_sek + 100) * 10",
    ),
    ("w23", "return rounded((f.budget_sek - f.spent_sek) * 1000, f.budget_sek) >= 125"),
    ("w24", "return (f.income_sek - f.rent_sek) * 2 < 462050 * (2 * f.household + 1)"),
    ("w25", "return f.case_no % 7 == 3 or f.case_no % 10 >= 8 and f.urgent"),
    ("w26", "return rounded(f.fee_sek * max(10 - 2 * begun_weeks(f.days_late), 0), 1000) <= 12500"),
    ("w27", "return min(f.asked_sek, f.own_sek * 3, 15000000) >= f.granted_sek"),
    (
        "w28",
        "return floor((f.members + 24) / 25) * 1500000 + floor(f.attendance / 1000) * 750000 >= f.asked_sek",
    ),
    ("w29", "return abs(f.asked_sek - f.granted_sek) * 10 <= 4 * f.asked_sek + 500"),
    ("w30", "return f.asked_sek * 3675 + f.fee_sek * 10000 <= 75001500000"),
    ("w31", "local s = f.scores return s[1] >= 2 and s[#s] >= s[1]"),
    ("w32", "local c = f.costs return c[1].approved and c[1].sek * 2 <= c[2].sek * 5"),
    ("w33", "return f.decided_on <= next_workday(f.received_on + 14)"),
    ("w34", "return f.decided_on <= add_workdays(f.received_on, 20)"),
    ("w35", "return f.complete and add_workdays(f.meeting_on, -5) >= f.applied_on"),
    ("w36", "return add_months(f.completed_on or f.received_on, 3) >= f.decided_on"),
    (
        "w37",
        "local y = civil(f.applied_on) return f.applied_on <= days(y, 6, 30) or f.meeting_on >= days(y + 1, 2, 1)",
    ),
    (
        "w38",
        "return add_months(f.born_on, 216) <= f.applied_on and add_months(f.born_on, 312) > f.applied_on",
    ),
    (
        "w39",
        "local _, m, d = civil(f.decided_on) return (m == 1 or m == 4 or m == 7 or m == 10) and d <= 15 and weekday(f.decided_on) < 6",
    ),
    (
        "w40",
        "return f.decided_on - f.received_on <= 60 + 7 * f.extension_weeks and f.starts_on > f.decided_on",
    ),
    ("w41", "local y, m, d = civil(f.ends_on) return d == last_of_month(y, m)"),
    (
        "w42",
        "if max(f.applied_on, f.received_on) + 70 < f.decided_on then return false end local a, b = civil(f.applied_on), civil(f.received_on) return a == b",
    ),
    ("w43", "return sub(f.case_number, 1, 5) == 'BYGG ' or sub(f.case_number, -2) == '-P'"),
    ("w44", "return lower(match(f.reason, '^%s*(.-)%s*$')) == 'akut' or chars(f.reason) > 24"),
    (
        "w45",
        "return find(f.email, '@', 1, true) ~= nil and sub(f.email, -8) ~= '.invalid' and chars(f.email) <= 40",
    ),
    (
        "w46",
        "return upper(sub(f.property, 1, 8)) == 'UPPSALA ' and find(f.property, 'S:', 1, true) == nil",
    ),
    (
        "w47",
        "local sum, all = 0, f.costs for i = 1, #all do local c = all[i] if c.approved then sum = sum + c.sek end end return sum <= f.asked_sek",
    ),
    (
        "w48",
        "local sum, all = 0, f.costs for i = 1, #all do sum = sum + all[i].sek end return #all > 0 and sum <= 3000000 * #all",
    ),
    (
        "w49",
        "local held, people, all = 0, 0, f.activities for i = 1, #all do local a = all[i] if a.done then held = held + 1 people = people + a.people end end return held > 0 and people >= 25 * held",
    ),
    (
        "w50",
        "local sum, all = 0, f.costs for i = 1, #all do local c = all[i] if c.approved and c.kind ~= 'travel' then sum = sum + c.sek end end return sum * 2 >= f.asked_sek",
    ),
    (
        "w51",
        "local most, all = 4 * f.asked_sek, f.costs for i = 1, #all do local c = all[i] if not c.approved and c.sek * 10 > most then return false end end return true",
    ),
    (
        "w52",
        "local on, all = f.decided_on, f.hearings for i = 1, #all do local h = all[i] if not h.answered and h.sent_on + 21 < on then return true end end return false",
    ),
    (
        "w53",
        "local n, all = 0, f.applicants for i = 1, #all do if all[i].signed then n = n + 1 end end return n * 2 > #all",
    ),
    (
        "w54",
        "local sum, fives, some, all = 0, 0, true, f.scores for i = 1, #all do local s = all[i] sum = sum + s if s == 5 then fives = fives + 1 end if s <= 0 then some = false end end return some and sum >= 12 or fives >= 2",
    ),
    (
        "w55",
        "local answered, silent, all = 0, 0, f.hearings for i = 1, #all do local h = all[i] if h.answered then answered = answered + 1 elseif h.days > 14 then silent = silent + 1 end end return answered > silent and answered >= 2",
    ),
    (
        "w56",
        "local hours, all = 0, f.activities for i = 1, #all do local a = all[i] hours = hours + (WEIGHTS[a.kind] or 0) * a.hours end return hours >= 60",
    ),
    (
        "w57",
        "local most, all = 0, f.activities for i = 1, #all do most = max(most, all[i].people) end return most >= 40 and most <= f.visitors",
    ),
    (
        "w58",
        "local d = f.documents return has(d, 'budget') and has(d, 'plan') and has(d, 'minutes') or every(d)",
    ),
    (
        "w59",
        "local sum, every, all = 0, true, f.applicants for i = 1, #all do local s = all[i].share sum = sum + s if s < 500 then every = false end end return abs(sum - 10000) < 50 and every",
    ),
    (
        "w60",
        "local all, others = f.activities, f.hearings for i = 1, #all do local a = all[i] if not a.done then local some = false for j = 1, #others do local h = others[j] if h.party == a.party and h.answered then some = true break end end if not some then return false end end end return true",
    ),
    (
        "w61",
        "local all, costs = f.activities, f.costs for i = 1, #all do local a = all[i] if a.done then local sum = 0 for j = 1, #costs do local c = costs[j] if c.kind == a.kind then sum = sum + c.sek end end if sum > 5000000 then return true end end end return false",
    ),
    (
        "w62",
        "local n, all, others = 0, f.activities, f.hearings for i = 1, #all do local a = all[i] for j = 1, #others do local h = others[j] if a.party == h.party and h.days <= 14 then n = n + 1 end end end return n >= 3",
    ),
    (
        "w63",
        "local n, all = 0, f.activities for i = 1, #all do local p = all[i].places if #p >= 2 and (has(p, 'north') or has(p, 'south')) then n = n + 1 end end return n >= 2",
    ),
    (
        "w64",
        "local all = f.applicants for i = 1, #all do local n = 0 for j = 1, #all do if all[j].level == all[i].level then n = n + 1 end end if n > 2 then return false end end return true",
    ),
];
