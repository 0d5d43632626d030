//! Scripts, written out and drawn.

use super::Draw;

/// Guards.
pub(super) const WRITTEN: &[&str] = &[
    // What is worked out inside of what is kept.
    "let o = [1].map(|i| a);\nb > 0",
    "c in [sq(a), sq(b)]",
    "[sq(a), sq(b)][0] == 6",
    "[sq(a), sq(b)].some(|i| i > 1 && i < 13)",
    "[near(a, b), near(b, a)].all(|i| i > 1 && i < 13)",
    "[sq(a), sq(b), sq(c)].sum() > 20",
    "c in sq(a)..sq(b)",
    "c in pick(a)..=near(a, b)",
    "let k = a / sq(b);\nk > 1 && k < 3",
    "let k = sq(a) / sq(b);\nk > 1 && k < 3",
    "let k = near(a, b) / near(b, c) * 3;\nk > 1 && k < 3 || k == 9",
    "let m = 0;\nlet n = 0;\nif sq(a) > 5 { m = a; n = b; } else { n = 1; }\nm > n",
    "let m = a;\nlet n = b;\nfor i in l { let o = sq(m); m = n; n = o + i; }\nm > n",
    "let m = 1;\nfor i in 0..sq(a) { m = m * 2 % 11; }\nm > 5",
    "let m = 1;\nlet n = 0;\nfor i in 0..sq(a) { m = m * 2 % 11; n += m; }\nn - m > 5",
    "let m = 1;\nlet n = 0;\nfor i in l { if near(i, m) > 3 { m = n + 1; n = i; } else { n = m; } }\nn - m > 1",
    "let m = 1;\nlet n = 2;\nswitch sq(a) { 0 => { m = 3; n = 4; }, 2..20 => { n = pick(b); m = pick(c); }, _ => {} }\nm * 10 + n > 25",
    "two(a) > two(b)",
    "two(a) + two(b) * two(c) > 300",
    "two(sq(a)) in [two(b), two(c), 3]",
    "sum_to(sq(a)) > sum_to(pick(b))",
    "date(2000 + sq(a), 1 + pick(b), 1 + sq(c)) > d",
    // What comes first.
    "dr == (if p { `low` } else { `high` })",
    "(if p { `low` } else { `high` }) == dr",
    "dr != (if p { `low` } else { if q { `high` } else { `low` } })",
    "db == p",
    "p == db",
    "g.filter(|i| 10 % i.k != 3).map(|i| i.n).sum() > 3",
    "g.filter(|i| i.ok).filter(|i| 10 % i.n != 3).len() > 1",
    "g.filter(|i| 10 % i.n != 3).filter(|i| i.ok).len() > 1",
    "g.map(|i| 10 % i.n).filter(|i| i > 0 && q).len() >= 1",
    "g.map(|i| i.n).filter(|i| 10 % i > 0).sum() >= 1",
    "g.filter(|i| 10 % i.n != 3).filter(|i| i.ok).some(|i| i.k > 1)",
    "g.filter(|i| 10 % i.n != 3).filter(|i| i.ok).all(|i| i.k > 1)",
    "g.filter(|i| 10 % i.n != 3).map(|i| i.k).some(|i| i > 1)",
    "g.map(|i| i.k).map(|i| 10 % i).some(|i| i > 1)",
    "g.map(|i| i.n).map(|i| 10 % i).sum() > 1",
    "g.filter(|i| 10 % i.n != 3).find(|i| i.ok).k > 1",
    "g.filter(|i| 10 % i.n != 3).filter(|i| i.ok).find(|i| i.k > 0).k > 1",
    "l.filter(|i| 10 % i != 3).map(|i| i * a).sum() > 1",
    "l.map(|i| a * i).map(|i| 10 % i).some(|i| i == 1)",
    "l.filter(|i| 10 % i != 3).filter(|i| i > a).len() > 1",
    "l.map(|i| 10 % i).filter(|i| i > a).len() > 1",
    "l.some(|i| i > a && l.all(|j| j % i < 3 || p))",
    "g.some(|i| i.sub.some(|j| j.v % i.n == 1))",
    "g.all(|i| i.sub.filter(|j| j.v > a).len() < i.k)",
    "g.some(|i| some_of(g, i.k))",
    "let k = 0;\nfor i in g { for j in i.sub { if j.v % i.n == 1 { k += i.k; } } }\nk > 2",
    "for i in g { if i.n == 0 { return 10 % a == 1; } }\np",
    "for i in g { if i.ok { return i.n > i.k; } }\nfalse",
    "let k = a;\nfor i in l { if i == 0 { break; } k = k * i - 1; }\nk > 5",
    // Quotients.
    "1 / a * b < 1",
    "1 / a * (a - 1) < 1",
    "1 / a * b >= 1",
    "round(1 / a * b, 6) == 1",
    "floor(1 / a * b) == 1",
    "x / a * b < 1",
    "a / b * c > 2.5",
    "a / b * x > 2.5",
    "let k = 1 / a;\nk * b < 1",
    "a / 3 * 3 == a",
    "2 - a / b > 0.5",
    "round(2 - a / b, 2) == 1.33",
    "a / (b - c) > 0 || p",
    "p || a / (b - c) > 0",
    "let k = a / b;\np || k > 1",
    "let k = a % b;\np || k > 1",
    "let k = a % b;\nq && (p || k > 1)",
    "let k = a % b;\nif p { true } else { k > 1 }",
    "let k = a % b;\nlet j = c + k;\nx > j",
    // Variables of a loop itself, and others.
    "let k = 0;\nfor i in 0..pick(b) { i += 1; }\na == b",
    "for i in 0..pick(b) { i += 1; }\na == b",
    "for i in 0..2 { i += c; }\na == b",
    "for i in 0..2 { i += c; i = i * i + g.len(); }\na == b",
    "for i in 0..2 { let j = c; }\na == b",
    "for i in 0..2 { if p { let j = c; } }\na == b",
    "for i in l { i += g.filter(|h| h.n == 1).len(); }\na == b",
    "for i in 0..b { i += g.filter(|h| c == 1).len(); }\na == b",
    "let k = 0;\nfor i in 0..b { if p { k = c; } else { i = c; } }\na == b",
    "let k = 0;\nfor i in l { i = i % 2; if i == 0 { continue; } k += i; }\na == k",
    "a / b > c",
    "a / b > x",
    "round(a / b) > c",
    "g.map(|i| sq(i.k)).some(|j| { let u = a % 7; j > u * u + u })",
    "let m = c % 7;\nfor i in g { if sq(i.k) > m * m { return near(a, b) > m; } }\nlet n = b % 7;\nm * m > n * n",
    // Bounds.
    "max(a, b) <= c",
    "max(a, 3) <= 2 || p",
    "min(a, 3) <= 4",
    "min(max(a, b), 3) > 2",
    "min(a + b, 3) > 2",
    "max(a * b, 3) > 2",
    "min(x, 0.5) >= 0.5",
    "round(min(x, 2.5)) == 2",
    "-x * 3 < 1.5",
    "0 - 3 * a > -8",
    "-3 * a > -8",
    "a * -1 < 5",
    "1 - x >= 0.5",
    "abs(a) > 2",
    "abs(x - y) < 1",
    "a % 3 == -1",
    "x % 0.5 == 0",
    "-7.75 % y < 0",
    "div(a, b) > 1",
    "a - a == 0",
    "a * 5 - a * 5 == 0",
    "a + b - a == b",
    "x - x == 0",
    // Choices inside sums, remainders and quotients, which become checks.
    "max(a, b) - min(a, b) < 3",
    "(if p { a } else { b }) + (if q { 1 } else { c }) > 2",
    "(if a > 1 { x } else { y }) * 2 >= 1.5",
    "abs(a - b) + abs(c) > 2",
    "(a ?? b) - (c ?? 0) > 1",
    "(a ?? 0) + (b ?? 0) + (c ?? 0) >= 3",
    "(a + b) % 3 == 1 && c % 2 != 0",
    "!((a - b) % 4 in 1..3)",
    "x % 1.25 > 0.5 || a % 2 == 0",
    "a / b >= 1 / 3",
    "1 / 3 < a / b",
    "a / b == 2 / 4",
    "x / y < 7 / 3 || p",
    "!(x / (y + 0.5) >= 0.75)",
    "a / (b - c) > 2",
    "a / b * 100 >= 40",
    "a / b >= 0 && c / b < 0.5",
    "a / 3 + x <= 2.5",
    "x - a / 7 > 0.25",
    "a / 3 - x < b",
    "y * 0.1225 + x / 3 <= 25000.50",
    "round(a / 3 + x, 1) > 0.5",
    "a + b + c - 2 * a > 1 && p",
    "a * 3 + b * 2 - c >= 8 || q && a + b + c < 4",
    "let s = a + b; let u = s - c; if p { u > 1 } else { s < 3 && u < 2 }",
    "let s = if p { a } else { b }; s > 1 && s < c",
    // Lists that are kept, and what a loop reads from outside of it.
    "let h = g.filter(|i| i.ok); h.len() > 0 && h.map(|i| i.n).sum() >= a",
    "let h = g.filter(|i| i.n > a); p && h.all(|i| i.ok)",
    "let h = g.filter(|i| i.n > 1).map(|i| i.n * 2); h.sum() > 3 || q",
    "let h = g.map(|i| 10 / i.n); p || h.sum() > 2",
    "g.some(|i| i.n + a > b)",
    "g.all(|i| i.n <= a + 3 && (i.ok || p))",
    "g.filter(|i| i.n * 2 - a > b || q).len() >= 2",
    "g.filter(|i| i.ok).all(|i| i.n > a)",
    "g.filter(|i| i.ok).map(|i| i.n).sum() > a",
    "g.some(|i| g.filter(|o| o.n == i.n).len() >= 2)",
    "g.filter(|i| g.some(|o| o.n > i.n + a)).len() == 1",
    // Loops that add up for more than one variable, and inside one another.
    "let m = 0; let k = 0; for i in g { if i.ok { m += 1; } else if i.n > 1 { k += 1; } } m > k && m >= 1",
    "let m = 0; let k = 0; for i in g { if i.ok { m += i.n; } if 10 / i.n > 2 { k += 1; } } m + k > 2",
    "let m = 0; let k = 0; for i in g { m += 10 / i.n; if i.ok { k += 1; } } m > k",
    "let m = 0; for i in g { for o in g { if i.n == o.n && o.ok { m += 1; } } } m >= 2",
    "let m = 0; for i in g { for o in g { if 10 / o.n > i.n { m += 1; } } } m >= 2",
    "let m = a; for i in g { if i.ok { m += 1; } } m > 2",
    "let m = 0; let k = a; for i in g { if i.n > k { m += 1; } } m + k > 2",
    "(d + days(a)).weekday <= 5",
    "(d + days(a)).year == e.year && (e - days(b)).month > 6 || (e + days(c)).day == 1",
    "lower(trim(t)) == `low` || upper(t).starts_with(`HI`)",
    "trim(t).ends_with(`h`) && lower(t) != `high`",
    "g.some(|i| lower(trim(t)) == `low` && i.ok)",
    "a <= sq(b) - 1 || p && c * 2 > near(a, b)",
    "let m = 0; if p { m += 3; } if q { m += 2; } if a > b { m += c; } m >= 3",
    "let m = if p { a } else { b }; let n = if q { m + 1 } else { m * 2 }; n > c && n < 9",
    "(if p { let k = a + b; k * 2 } else { let k = b - c; k }) > 2",
    "a * b > 2 || b * c == 3",
    "!(a * b != 4) && p",
    "x * y > 0.5 && x * y < 3.25",
    "let k = a * b; !(k > 2 && p) || q",
    "a * b == 2.5",
    "a * b % 3 == 1",
    "g.some(|i| i.n * i.n > a)",
    "a in 1..4",
    "a in [1, 2, 5]",
    "x in [1, 2.25, -7.75]",
    "a + b in [1, 2, 3]",
    "dn > 1 && di > 2",
    "(a ?? b) + 1 > 3",
    "(a ?? 3) < 4 && (b ?? 0) >= 0",
    "(di ?? 3) > 2",
    "known(`di`) || p",
    "known(`dr`) && dr == `low`",
    "(dr ?? `low`) == `low`",
    "(t ?? `low`) == `low`",
    // Calendar.
    "dd > e",
    "d + workdays(3) > e",
    "d - workdays(a) < e",
    "next_workday(d) == d",
    "d + workdays(a) >= next_workday(e)",
    "d + months(a) < e",
    "(d + months(1)).day == 29",
    "d - e > days(a)",
    "z.date == d",
    "z + days(1) > z",
    "(z + hours(a)).date > d",
    "now.date > d",
    "today.month == z.month",
    "event.at.day == 25",
    "event.at.date > d",
    "event.date > e",
    "last(`go`).day == 25",
    "count(`go`) > a",
    "event.data.n > a",
    "event.data.s == t",
    // Texts.
    "lower(t) == `å`",
    "upper(t) == `İ`",
    "t.len() > 1",
    "trim(t) == `a`",
    "starts_with(t, `ﬁ`)",
    "`f` in t",
    "g.some(|i| lower(i.s) == `å`)",
    "g.some(|i| i.s == t)",
    "g.some(|i| i.r == r)",
    "r == (if a > b { `low` } else { `high` })",
    "t in [`a`, `low`, ``]",
];

/// Guards that take long.
pub(super) const LONG: &[&str] = &[
    "g.some(|i| g.some(|j| i.n + j.n == 1 && i.k + j.k == a))",
    "let s = 0;\nfor i in 0..40 { s += i * a % 7; }\ns > 30",
    "let s = 0;\nlet u = 1;\nfor i in 0..40 { s += i * b % 7; u = s % 3; if u > 5 { break; } }\ns > u",
    "let s = 0;\nfor i in 0..40 { s += sq(i); }\ns > 30",
    "let s = 0;\nfor i in 0..12 { for j in 0..i { s += near(i, j); } }\ns > 30",
    "sum_to(40) > 3 && sum_to(a) < 4",
    "g.all(|i| l.all(|j| j in l && i.n != j))",
    "a in 0..60",
    "(0..60).some(|i| i == a)",
    "(0..60).filter(|i| i % 7 == a).len() > 3",
    "(0..60).map(|i| i % 7).sum() > a",
    "[a, b, c].some(|i| l.some(|j| i == j))",
    "l.filter(|i| i > 1).map(|i| i * 2).sum() > 4",
    "d + workdays(3) > e",
    "next_workday(d) > e",
    "d + workdays(a) > e && e - workdays(b) < d",
    "a in 0..9000 && b in 0..9000",
];

/// Derived facts.
pub(super) const VALUES: &[(&str, &str)] = &[
    (
        INTEGER,
        "let m = 0;\nlet n = 0;\nif sq(a) > 5 { m = a; n = b; } else { n = 1; }\nm % 1000 * 10 + n % 1000",
    ),
    (INTEGER, "[sq(a), sq(b)][0]"),
    (INTEGER, "let m = 1;\nlet n = 0;\nfor i in 0..sq(a) { m = m * 2 % 11; n += m; }\nn * 100 + m"),
    (
        INTEGER,
        "let m = a % 9;\nlet n = b % 9;\nfor i in l { let o = sq(m); m = n; n = (o + i) % 50; }\nm * 100 + n",
    ),
    (INTEGER, "round(1 / a * b * 10)"),
    (NUMBER, "round(1 / a * b, 8)"),
    (NUMBER, "round(x / a * b, 2)"),
    (NUMBER, "g.filter(|i| i.ok).map(|i| i.x).sum()"),
    (NUMBER, "g.filter(|i| 10 % i.n != 3).map(|i| i.x).sum()"),
    (NUMBER, "max(a, x)"),
    (NUMBER, "abs(min(x, y)) * 2"),
    (INTEGER, "g.find(|i| i.n % i.k == 1).n"),
    (DATE, "if p { d } else { d + workdays(2) }"),
    (DATE, "z.date"),
    (DATE, "(z + days(a)).date"),
    (DATE, "max(d, e) + months(1)"),
    (DATE, "event.at.date"),
    (CHOICE, "if a % b > 1 { `low` } else { r }"),
];

pub(super) const INTEGER: &str = r#""type": "integer","#;
pub(super) const NUMBER: &str = r#""type": "number","#;
const DATE: &str = r#""type": "string", "format": "date","#;
const CHOICE: &str = r#""enum": ["low", "high"],"#;

/// Writes scripts.
pub(super) struct Scripts<'d> {
    pub draw: &'d mut Draw,
    pub named: usize,
    /// Whole numbers.
    pub variables: Vec<String>,
    /// Items of `g`.
    pub items: Vec<String>,
}

impl Scripts<'_> {
    pub fn guard(&mut self) -> String {
        let (mut lines, depth) = (self.statements(), 2 + self.draw.below(2));
        lines.push(self.test(depth));
        self.variables.clear();
        lines.join("\n")
    }

    pub fn value(&mut self) -> (&'static str, String) {
        let mut lines = self.statements();
        let (shape, last) = match self.draw.below(2) {
            0 => (INTEGER, self.int(3)),
            _ => (NUMBER, self.num(3)),
        };
        lines.push(last);
        self.variables.clear();
        (shape, lines.join("\n"))
    }

    fn name(&mut self) -> String {
        self.named += 1;
        format!("k{}", self.named)
    }

    fn statements(&mut self) -> Vec<String> {
        self.variables.clear();
        let mut lines = Vec::new();
        for _ in 0..self.draw.below(4) {
            lines.push(self.statement());
        }
        lines
    }

    fn statement(&mut self) -> String {
        let enough = self.variables.len() >= 2;
        match self.draw.below(if enough { 8 } else { 2 }) {
            0 | 1 => {
                let value = self.int(2);
                let name = self.name();
                self.variables.push(name.clone());
                format!("let {name} = {value};")
            }
            2 => {
                let test = self.test(1);
                let (one, two) = (self.assignments(2), self.assignments(1));
                format!("if {test} {{ {one} }} else {{ {two} }}")
            }
            3 => {
                let subject = self.int(1);
                let (one, two) = (self.assignments(2), self.assignments(2));
                format!(
                    "switch {subject} {{ 0 | 3 => {{ {one} }}, 1..9 => {{ {two} }}, _ => {{}} }}"
                )
            }
            4 => {
                let item = self.name();
                let over = match self.draw.below(3) {
                    0 => "l".to_owned(),
                    1 => format!("0..{}", self.draw.of(&["sq(a) % 9", "pick(b)", "c % 5", "4"])),
                    _ => "[a, sq(b), 2]".to_owned(),
                };
                self.variables.push(item.clone());
                let body = self.assignments(2);
                let end = match self.draw.below(3) {
                    0 => format!("if {} {{ break; }}", self.test(0)),
                    1 => format!("if {} {{ continue; }}", self.test(0)),
                    _ => String::new(),
                };
                let more = self.assignments(1);
                let place = self.variables.iter().position(|name| *name == item).unwrap_or(0);
                self.variables.remove(place);
                format!("for {item} in {over} {{ {body} {end} {more} }}")
            }
            5 => {
                let item = self.name();
                self.items.push(item.clone());
                let body = self.assignments(2);
                let test = self.test(1);
                self.items.pop();
                format!("for {item} in g {{ if {test} {{ {body} }} }}")
            }
            6 => {
                let item = self.name();
                self.items.push(item.clone());
                let (test, then) = (self.test(0), self.int(1));
                let compared = self.int(0);
                self.items.pop();
                let _ = (&then, &compared);
                format!("for {item} in g {{ if {test} {{ return {then} > {compared}; }} }}")
            }
            _ => self.assignments(2),
        }
    }

    fn assignments(&mut self, most: usize) -> String {
        let mut all = String::new();
        for _ in 0..=self.draw.below(most) {
            let place = self.draw.below(self.variables.len());
            let (name, value) = (self.variables[place].clone(), self.int(1));
            let op = self.draw.of(&["=", "=", "+=", "-="]);
            all += &format!("{name} {op} ({value}) % 1000; ");
        }
        all
    }

    fn int(&mut self, depth: usize) -> String {
        if depth == 0 {
            return match self.draw.below(6) {
                0 | 1 if !self.variables.is_empty() => {
                    let place = self.draw.below(self.variables.len());
                    self.variables[place].clone()
                }
                2 if !self.items.is_empty() => {
                    let item = self.items[self.draw.below(self.items.len())].clone();
                    format!("{item}.{}", self.draw.of(&["n", "k"]))
                }
                3 => self.draw.of(&["0", "1", "2", "3", "5"]).to_owned(),
                _ => self.draw.of(&["a", "b", "c", "di", "l.len()"]).to_owned(),
            };
        }
        let less = depth - 1;
        match self.draw.below(17) {
            0..3 => {
                let op = self.draw.of(&["+", "-", "*", "%"]);
                format!("({} {op} {})", self.int(less), self.int(less))
            }
            3 | 4 => {
                let name = self.draw.of(&["sq", "pick", "two", "sum_to"]);
                format!("{name}({})", self.int(less))
            }
            5 => format!("near({}, {})", self.int(less), self.int(less)),
            6 => format!(
                "(if {} {{ {} }} else {{ {} }})",
                self.test(less),
                self.int(less),
                self.int(less)
            ),
            7 => format!(
                "{}({}, {})",
                self.draw.of(&["min", "max", "div"]),
                self.int(less),
                self.int(less)
            ),
            8 => format!("[{}, {}, {}].sum()", self.int(less), self.int(0), self.int(less)),
            9 => format!("[{}, {}][{}]", self.int(less), self.int(less), self.draw.of(&["0", "1"])),
            10 => format!("({} ?? {})", self.draw.of(&["a", "b", "di"]), self.int(0)),
            11 => {
                let filter = self.closure(less);
                let map = self.mapped(less);
                match self.draw.below(3) {
                    0 => format!("g.filter({filter}).{map}.sum()"),
                    1 => format!("g.{map}.sum()"),
                    _ => {
                        let more = self.closure(less);
                        format!("g.filter({filter}).filter({more}).len()")
                    }
                }
            }
            12 => format!("{}({})", self.draw.of(&["round", "floor", "ceil"]), self.num(less)),
            13 => {
                let (name, one) = (self.name(), self.int(less));
                self.variables.push(name.clone());
                let test = self.test(0);
                self.variables.pop();
                format!("l.filter(|{name}| {test} && {one} > {name}).len()")
            }
            14 => format!("abs({})", self.int(less)),
            15 => {
                let (name, value) = (self.name(), self.int(less));
                self.variables.push(name.clone());
                let body = self.int(less);
                self.variables.pop();
                format!("(if p {{ let {name} = {value}; {body} + {name} }} else {{ 1 }})")
            }
            _ => self.int(0),
        }
    }

    fn closure(&mut self, depth: usize) -> String {
        let item = self.name();
        self.items.push(item.clone());
        let test = self.test(depth);
        self.items.pop();
        format!("|{item}| {test}")
    }

    fn mapped(&mut self, depth: usize) -> String {
        let item = self.name();
        self.items.push(item.clone());
        let value = self.int(depth);
        self.items.pop();
        format!("map(|{item}| {value})")
    }

    fn num(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.draw.of(&["x", "y", "0.5", "2.25", "dn", "1.0"]).to_owned();
        }
        let less = depth - 1;
        match self.draw.below(9) {
            0 => format!(
                "({} {} {})",
                self.num(less),
                self.draw.of(&["+", "-", "*", "%"]),
                self.num(0)
            ),
            1 | 2 => format!("({} / {})", self.int(less), self.int(less)),
            3 => format!(
                "({} / {} * {})",
                self.int(0),
                self.int(less),
                self.draw.of(&["3", "b", "0.5", "x"])
            ),
            4 => format!("round({}, {})", self.num(less), self.draw.of(&["0", "1", "2", "4"])),
            5 => format!(
                "({} {} {})",
                self.int(less),
                self.draw.of(&["+", "-", "*"]),
                self.num(less)
            ),
            6 => format!(
                "(if {} {{ {} }} else {{ {} }})",
                self.test(less),
                self.num(less),
                self.num(less)
            ),
            7 => {
                format!("{}({}, {})", self.draw.of(&["min", "max"]), self.num(less), self.num(less))
            }
            _ => self.num(0),
        }
    }

    fn test(&mut self, depth: usize) -> String {
        if depth == 0 {
            return match self.draw.below(7) {
                0 if !self.items.is_empty() => {
                    let item = self.items[self.draw.below(self.items.len())].clone();
                    let of =
                        ["ok", "r == `low`", "s == `a`", "x > 0.5", "n % 3 == 1", "sub.len() > 1"];
                    format!("{item}.{}", self.draw.of(&of))
                }
                1 => self.draw.of(&["p", "q", "db", "!p", "known(`a`)", "known(`di`)"]).to_owned(),
                2 => self
                    .draw
                    .of(&["dr == `low`", "r != `high`", "t == `a`", "d < e", "dd > e"])
                    .to_owned(),
                _ => {
                    let op = self.draw.of(&["<", "<=", ">", ">=", "==", "!="]);
                    format!("{} {op} {}", self.int(0), self.int(0))
                }
            };
        }
        let less = depth - 1;
        match self.draw.below(14) {
            0..3 => format!(
                "{} {} {}",
                self.int(depth),
                self.draw.of(&["<", "<=", ">", ">=", "==", "!="]),
                self.int(less)
            ),
            3 | 4 => format!(
                "{} {} {}",
                self.num(depth),
                self.draw.of(&["<", "<=", ">", ">=", "==", "!="]),
                self.num(less)
            ),
            5 => format!("({} && {})", self.test(less), self.test(less)),
            6 => format!("({} || {})", self.test(less), self.test(less)),
            7 => format!("!({})", self.test(less)),
            8 => format!(
                "(if {} {{ {} }} else {{ {} }})",
                self.test(less),
                self.test(less),
                self.test(less)
            ),
            9 => format!(
                "{} in [{}, {}, {}]",
                self.int(less),
                self.int(less),
                self.int(0),
                self.int(less)
            ),
            10 => format!("{} in {}..{}", self.int(less), self.int(0), self.int(less)),
            11 => {
                let closure = self.closure(less);
                match self.draw.below(4) {
                    0 => format!("g.some({closure})"),
                    1 => format!("g.all({closure})"),
                    2 => {
                        let filter = self.closure(less);
                        format!("g.filter({filter}).some({closure})")
                    }
                    _ => {
                        let map = self.mapped(less);
                        let name = self.name();
                        format!(
                            "g.{map}.{}(|{name}| {name} > {})",
                            self.draw.of(&["some", "all"]),
                            self.int(0)
                        )
                    }
                }
            }
            12 => {
                let name = self.name();
                let items = format!("[{}, {}]", self.int(less), self.int(less));
                self.variables.push(name.clone());
                let test = self.test(0);
                self.variables.pop();
                format!("{items}.some(|{name}| {test} && {name} > 1)")
            }
            _ => self.test(0),
        }
    }
}
