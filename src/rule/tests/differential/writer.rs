//! Writes random scripts of every type.

use super::Dice;
use super::world::{CHECKS, FACTS, OF_PARTNERS, SMALL, Size, Type};
use super::{edges, rare};

/// Writes scripts; knows the variables in sight.
pub(super) struct Writer<'d> {
    pub dice: &'d mut Dice,
    pub locals: Vec<(String, Type)>,
    pub named: usize,
}

impl Writer<'_> {
    fn name(&mut self) -> String {
        self.named += 1;
        format!("v{}", self.named)
    }

    fn leaf(&mut self, kind: Type) -> String {
        let mut names: Vec<String> = FACTS
            .iter()
            .filter(|(.., of, _)| *of == kind)
            .map(|(name, ..)| (*name).to_owned())
            .collect();
        names
            .extend(self.locals.iter().filter(|(_, of)| *of == kind).map(|(name, _)| name.clone()));
        let more: &[&str] = match kind {
            Type::Bool => &["db", "f0", "f1", "fc", "p0.signed"],
            Type::Int => &["di", "pi", "p0.count", "i2", "i2"],
            Type::Num => &["dx", "px", "sc", "p0.share", "x2"],
            Type::Text => &["pt", "p0.name"],
            Type::Risk => &["dr", "p0.risk"],
            Type::Date => &["dd", "today", "p0.joined"],
            Type::Time => &["now"],
            Type::Days => &["pd"],
            _ => &[],
        };
        names.extend(more.iter().map(|name| (*name).to_owned()));
        if self.dice.once_in(8)
            && let Some((_, rare)) = rare::LEAVES.iter().find(|(of, _)| *of == kind)
        {
            return (*self.dice.pick(rare)).to_owned();
        }
        if self.dice.once_in(4) {
            return self.literal(kind);
        }
        self.dice.pick(&names).clone()
    }

    fn literal(&mut self, kind: Type) -> String {
        let from: &[&str] = match kind {
            Type::Bool => &["true", "false"],
            Type::Int => &["0", "1", "2", "3", "10", "-1", "9223372036854775807", "100"],
            Type::Num => &["0.5", "0.6", "1.0", "2.25", "0.00001", "-0.75", "50000.0", "0.3333333"],
            Type::Text => &["`a`", "`b`", "``", "`Åäö`"],
            Type::Risk => &["`low`", "`high`"],
            Type::Date => &["date(`2026-09-01`)", "date(`2024-02-29`)", "date(2026, 1, 31)"],
            Type::Time => &["now"],
            Type::Days => &["days(1)", "weeks(2)", "days(31)", "days(366)", "days(0)"],
            Type::Ints => &["[]", "[1]", "[1, 2, 3]"],
            Type::Nums => &["[0.5, 2.25]", "[1.0]"],
            Type::Sectors => &["ls"],
            Type::Partner => &["p0"],
            Type::Partners => &["pp"],
            Type::Rare => &["gg"],
        };
        (*self.dice.pick(from)).to_owned()
    }

    pub fn expression(&mut self, kind: Type, depth: usize) -> String {
        if depth == 0 || self.dice.once_in(5) {
            return self.leaf(kind);
        }
        let less = depth - 1;
        match self.dice.below(16) {
            0 => {
                let condition = self.expression(Type::Bool, less);
                let (one, two) = (self.expression(kind, less), self.expression(kind, less));
                format!("(if {condition} {{ {one} }} else {{ {two} }})")
            }
            1 if !matches!(kind, Type::Partner | Type::Partners) => {
                let (one, two) = (self.leaf(kind), self.expression(kind, less));
                format!("({one} ?? {two})")
            }
            2 => self.switch(kind, less),
            3 if less > 0 => self.block(kind, less),
            _ => match kind {
                Type::Bool => self.boolean(less),
                Type::Int => self.integer(less),
                Type::Num => self.number(less),
                Type::Text => self.text(less),
                Type::Date => self.date(less),
                Type::Time => {
                    let one = self.leaf(Type::Time);
                    let length =
                        self.dice.pick(&["hours(1)", "hours(i0)", "days(1)", "months(i2)"]);
                    format!("({one} + {length})")
                }
                Type::Days => self.length(less),
                Type::Ints => {
                    let one = self.expression(Type::Ints, less);
                    match self.dice.below(3) {
                        0 => {
                            let (name, body) = self.closure(Type::Int, Type::Bool, less);
                            format!("{one}.filter(|{name}| {body})")
                        }
                        1 => {
                            let (name, body) = self.closure(Type::Int, Type::Int, less);
                            format!("{one}.map(|{name}| {body})")
                        }
                        _ => {
                            let two = self.expression(Type::Ints, less);
                            format!("({one} + {two})")
                        }
                    }
                }
                Type::Nums => {
                    let (name, body) = self.closure(Type::Partner, Type::Num, less);
                    format!("pp.map(|{name}| {body})")
                }
                Type::Partners => {
                    let (name, body) = self.closure(Type::Partner, Type::Bool, less);
                    format!("pp.filter(|{name}| {body})")
                }
                Type::Risk | Type::Sectors | Type::Partner | Type::Rare => self.leaf(kind),
            },
        }
    }

    /// A few simple tests, joined: what compiled rules make at once, or nearly.
    pub fn simple(&mut self, size: Size) -> String {
        let most = if self.dice.once_in(4) { 9 } else { 4 };
        let parts = 1 + self.dice.below(most);
        match self.dice.below(12) {
            0 => return self.counted(size),
            1 if size != Size::Small => return (*self.dice.pick(edges::SCRIPTS)).to_owned(),
            _ => {}
        }
        let mut text = self.check(size);
        for _ in 1..parts {
            let check = self.check(size);
            text = match self.dice.below(7) {
                0..=2 => format!("{text} && {check}"),
                3 => format!("({text} || {check})"),
                4 => format!("({check} && {text})"),
                5 => format!("!({text} && {check})"),
                _ => format!("(if {check} {{ {text} }} else {{ {} }})", self.check(size)),
            };
        }
        text
    }

    fn check(&mut self, size: Size) -> String {
        match self.dice.below(8) {
            0 => format!("(if true {} else {{ false }})", self.counted(size)),
            1 => {
                let test = self.of_partner(size);
                match self.dice.below(4) {
                    0 => format!("pp.all(|p| {test})"),
                    1 => format!("pp.filter(|p| {test}).len() >= {}", self.dice.below(3)),
                    2 => format!("!pp.some(|p| {test})"),
                    _ => format!("pp.some(|p| {test})"),
                }
            }
            2 if size != Size::Small => (*self.dice.pick(edges::CHECKS)).to_owned(),
            _ => self.drawn(CHECKS, size),
        }
    }

    fn drawn(&mut self, from: &'static [&'static str], size: Size) -> String {
        loop {
            let found = *self.dice.pick(from);
            let word = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
            let missing = |name: &str| {
                FACTS.iter().any(|(known, ..)| *known == name) && !SMALL.contains(&name)
                    || ["di", "dx", "db", "dd", "dr"].contains(&name)
            };
            if size != Size::Small || !found.split(word).any(missing) {
                return found.to_owned();
            }
        }
    }

    fn of_partner(&mut self, size: Size) -> String {
        let test = self.drawn(OF_PARTNERS, size);
        let other = self.drawn(OF_PARTNERS, size);
        match self.dice.below(5) {
            0 | 1 => test,
            2 => format!("({test} || {other})"),
            3 => format!("!({test} && {other})"),
            _ => format!("{test} && {other}"),
        }
    }

    /// A loop that counts or adds up.
    fn counted(&mut self, size: Size) -> String {
        let first = *self.dice.pick(&["0", "0", "0", "2", "i2"]);
        let test = self.of_partner(size);
        let more = *self.dice.pick(&[
            "n += 1;",
            "n += 1;",
            "n += 3;",
            "n += p.count;",
            "n += n;",
            "n += 1; break;",
            "n -= 1;",
        ]);
        let other = if self.dice.once_in(5) { " else { n += 1; }" } else { "" };
        let test = format!("if {test} {{ {more} }}{other}");
        let test = if self.dice.once_in(6) {
            format!("if {} {{ {test} }}", self.of_partner(size))
        } else {
            test
        };
        let end = *self.dice.pick(&[
            "n >= 2",
            "n == 1",
            "twice(n) > 3",
            "n < 2 && b1",
            "n + i2 > 3",
            "n > 0 || b0",
            "{ let m = n; m >= 1 }",
            "{ let m = n + 1; m * 2 >= 4 }",
            "n * n > n",
        ]);
        format!("{{ let n = {first}; for p in pp {{ {test} }} {end} }}")
    }

    fn closure(&mut self, item: Type, result: Type, depth: usize) -> (String, String) {
        let name = self.name();
        let known = self.locals.len();
        self.item(&name, item);
        let body = self.expression(result, depth);
        self.locals.truncate(known);
        (name, body)
    }

    fn item(&mut self, name: &str, item: Type) {
        if item == Type::Partner {
            for (property, kind) in [
                ("name", Type::Text),
                ("share", Type::Num),
                ("signed", Type::Bool),
                ("risk", Type::Risk),
                ("count", Type::Int),
                ("joined", Type::Date),
            ] {
                self.locals.push((format!("{name}.{property}"), kind));
                self.locals.push((format!("{name}.{property}"), kind));
            }
        } else {
            self.locals.push((name.to_owned(), item));
            self.locals.push((name.to_owned(), item));
        }
    }

    fn switch(&mut self, kind: Type, depth: usize) -> String {
        let subject = *self.dice.pick(&[Type::Int, Type::Text, Type::Risk, Type::Num, Type::Bool]);
        let on = self.expression(subject, depth);
        let (one, two, three) = (
            self.expression(kind, depth),
            self.expression(kind, depth),
            self.expression(kind, depth),
        );
        let (first, second) = match subject {
            Type::Int => ("0 | 1", "2..=7"),
            Type::Text => ("`a`", "`b` | `Åäö`"),
            Type::Risk => ("`low`", "`high`"),
            Type::Num => ("0.5", "1.0 | 2.25"),
            _ => ("true", "false"),
        };
        let when = if self.dice.once_in(2) {
            format!(" if {}", self.expression(Type::Bool, 0))
        } else {
            String::new()
        };
        format!("(switch {on} {{ {first}{when} => {one}, {second} => {two}, _ => {three} }})")
    }

    fn block(&mut self, kind: Type, depth: usize) -> String {
        let known = self.locals.len();
        let name = self.name();
        let of = *self.dice.pick(&[Type::Int, Type::Num, Type::Bool, Type::Date, Type::Ints]);
        let value = self.expression(of, depth);
        let mut text = format!("{{ let {name} = {value}; ");
        self.locals.push((name.clone(), of));
        match self.dice.below(4) {
            0 if matches!(of, Type::Int | Type::Num) => {
                let condition = self.expression(Type::Bool, depth.min(1));
                let more = self.expression(of, depth.min(1));
                text += &format!("if {condition} {{ {name} += {more}; }} ");
            }
            1 if matches!(of, Type::Int | Type::Num) => {
                let item = self.name();
                let before = self.locals.len();
                self.item(&item, Type::Partner);
                let condition = self.expression(Type::Bool, depth.min(1));
                let more = self.expression(of, 0);
                self.locals.truncate(before);
                let leave = *self.dice.pick(&["", "break;", "continue;"]);
                text += &format!(
                    "for {item} in pp {{ if {condition} {{ {name} += {more}; {leave} }} }} "
                );
            }
            2 if of == Type::Int => {
                let item = self.name();
                text += &format!("for {item} in 0..4 {{ {name} += {item}; }} ");
            }
            _ => {}
        }
        let last = self.expression(kind, depth);
        self.locals.truncate(known);
        format!("{text}{last} }}")
    }

    fn boolean(&mut self, depth: usize) -> String {
        match self.dice.below(17) {
            0 => format!("!({})", self.expression(Type::Bool, depth)),
            1..=3 => {
                let parts = [
                    self.expression(Type::Bool, depth),
                    self.expression(Type::Bool, depth),
                    self.expression(Type::Bool, depth),
                ];
                let [a, b, c] = parts;
                match self.dice.below(4) {
                    0 => format!("({a} && {b} && {c})"),
                    1 => format!("({a} || {b} || {c})"),
                    2 => format!("(({a} || {b}) && {c})"),
                    _ => format!("({a} && {b} || {c})"),
                }
            }
            4..=7 => {
                let (left, right) = *self.dice.pick(&[
                    (Type::Int, Type::Int),
                    (Type::Num, Type::Num),
                    (Type::Int, Type::Num),
                    (Type::Num, Type::Int),
                    (Type::Date, Type::Date),
                    (Type::Time, Type::Time),
                    (Type::Days, Type::Days),
                ]);
                let (one, two) = (self.expression(left, depth), self.expression(right, depth));
                let operator = self.dice.pick(&["==", "!=", "<", "<=", ">", ">="]);
                format!("({one} {operator} {two})")
            }
            8 => {
                let kind = *self.dice.pick(&[Type::Text, Type::Risk, Type::Bool, Type::Ints]);
                let (one, two) = (self.expression(kind, depth), self.expression(kind, depth));
                format!("({one} {} {two})", self.dice.pick(&["==", "!="]))
            }
            9 => {
                let kind =
                    *self.dice.pick(&[Type::Int, Type::Num, Type::Text, Type::Risk, Type::Date]);
                let one = self.expression(kind, depth);
                let list = match kind {
                    Type::Int => *self.dice.pick(&[
                        "[1, 2, 3]",
                        "li",
                        "[0, 100, -1]",
                        "0..5",
                        "[]",
                        "[1, 2.5]",
                    ]),
                    Type::Num => *self.dice.pick(&["[0.5, 2.25]", "ln", "[1, 2.5, 0.00001]"]),
                    Type::Text => *self.dice.pick(&["[`a`, `Åäö`]", "[``]", "t1", "`abc`"]),
                    Type::Risk => *self.dice.pick(&["[`low`, `high`]", "ls", "[`medium`]"]),
                    _ => "[date(`2026-09-01`), date(2024, 2, 29)]",
                };
                format!("({one} {} {list})", self.dice.pick(&["in", "!in"]))
            }
            10 => {
                let (name, body) = self.closure(Type::Partner, Type::Bool, depth);
                format!("pp.{}(|{name}| {body})", self.dice.pick(&["all", "some"]))
            }
            11 => {
                let list = self.expression(Type::Ints, depth);
                let (name, body) = self.closure(Type::Int, Type::Bool, depth);
                format!("{list}.{}(|{name}| {body})", self.dice.pick(&["all", "some"]))
            }
            12 => (*self.dice.pick(&[
                "known(`i0`)",
                "known(`x0`)",
                "known(`dx`)",
                "known(`p0.share`)",
                "active(`one`)",
                "`low` in ls",
                "covers(ls)",
                "known(`di`)",
            ]))
            .to_owned(),
            13 => {
                let one = self.expression(Type::Text, depth);
                format!("{one}.{}(`a`)", self.dice.pick(&["starts_with", "ends_with"]))
            }
            14 => {
                let (one, two) =
                    (self.expression(Type::Bool, depth), self.expression(Type::Bool, depth));
                format!("both({one}, {two})")
            }
            15 => {
                let one = self.expression(Type::Int, depth);
                format!("({one} in {}..{})", self.dice.below(3), self.dice.below(12))
            }
            _ => (*self.dice.pick(&[
                "event.data.n >= 2",
                "count(`go`) > 1",
                "last(`go`) < now",
                "since(`one`).date == today",
                "event.actor == `eva`",
            ]))
            .to_owned(),
        }
    }

    fn integer(&mut self, depth: usize) -> String {
        match self.dice.below(14) {
            0..=3 => {
                let (one, two) =
                    (self.expression(Type::Int, depth), self.expression(Type::Int, depth));
                format!("({one} {} {two})", self.dice.pick(&["+", "-", "*"]))
            }
            4 => {
                let (one, two) =
                    (self.expression(Type::Int, depth), self.expression(Type::Int, depth));
                let call = self.dice.pick(&["div", "min", "max"]);
                format!("{call}({one}, {two})")
            }
            5 => {
                let (one, two) = (self.expression(Type::Int, depth), self.leaf(Type::Int));
                format!("({one} % {two})")
            }
            6 => {
                let kind =
                    *self.dice.pick(&[Type::Ints, Type::Text, Type::Sectors, Type::Partners]);
                format!("{}.len()", self.expression(kind, depth))
            }
            7 => format!("{}.sum()", self.expression(Type::Ints, depth)),
            8 => {
                let one = self.expression(Type::Num, depth);
                format!("{}({one})", self.dice.pick(&["round", "floor", "ceil"]))
            }
            9 => {
                let one = self.expression(Type::Date, depth);
                format!("{one}.{}", self.dice.pick(&["year", "month", "day", "weekday"]))
            }
            10 => {
                let (one, two) =
                    (self.expression(Type::Date, depth), self.expression(Type::Date, depth));
                format!("({one} - {two}).days")
            }
            11 => format!("twice({})", self.expression(Type::Int, depth)),
            12 => format!("abs({})", self.expression(Type::Int, depth)),
            _ => format!("(-({}))", self.expression(Type::Int, depth)),
        }
    }

    fn number(&mut self, depth: usize) -> String {
        match self.dice.below(14) {
            0..=3 => {
                let kinds = *self.dice.pick(&[
                    (Type::Num, Type::Num),
                    (Type::Int, Type::Num),
                    (Type::Num, Type::Int),
                ]);
                let (one, two) = (self.expression(kinds.0, depth), self.expression(kinds.1, depth));
                format!("({one} {} {two})", self.dice.pick(&["+", "-", "*"]))
            }
            4 => {
                let (a, b, c) = (self.leaf(Type::Num), self.leaf(Type::Num), self.leaf(Type::Num));
                format!("(0.3 * {a} + 0.2 * {b} - {c} * 1.5)")
            }
            5 => {
                let (one, two) =
                    (self.expression(Type::Int, depth), self.expression(Type::Int, depth));
                format!("({one} / {two})")
            }
            6 => {
                let one = self.expression(Type::Num, depth);
                format!("round({one}, {})", self.dice.below(4))
            }
            7 => {
                let (one, two) =
                    (self.expression(Type::Num, depth), self.expression(Type::Int, depth));
                format!("{}({two}, {one})", self.dice.pick(&["min", "max"]))
            }
            8 => {
                let (name, body) = self.closure(Type::Partner, Type::Num, depth);
                format!("(pp.map(|{name}| {body}).sum() + 0.5)")
            }
            9 => format!("fee({})", self.expression(Type::Num, depth)),
            10 => format!("abs({})", self.expression(Type::Num, depth)),
            11 => format!("({} % {})", self.expression(Type::Num, depth), self.leaf(Type::Num)),
            12 => format!("(-{})", self.expression(Type::Num, depth)),
            _ => {
                let (one, two) = (self.leaf(Type::Time), self.leaf(Type::Time));
                format!("({one} - {two}).hours")
            }
        }
    }

    fn text(&mut self, depth: usize) -> String {
        let one = self.expression(Type::Text, depth);
        match self.dice.below(3) {
            0 => format!("({one} + {})", self.expression(Type::Text, depth)),
            1 => format!("{one}.{}()", self.dice.pick(&["lower", "upper", "trim"])),
            _ => one,
        }
    }

    fn date(&mut self, depth: usize) -> String {
        let one = self.expression(Type::Date, depth);
        match self.dice.below(4) {
            0 => format!("({one} + {})", self.expression(Type::Days, depth)),
            1 => format!("({one} - {})", self.expression(Type::Days, depth)),
            2 => format!("{}.date", self.leaf(Type::Time)),
            _ => {
                let two = self.expression(Type::Date, depth);
                format!("{}({one}, {two})", self.dice.pick(&["min", "max"]))
            }
        }
    }

    fn length(&mut self, depth: usize) -> String {
        let one = self.expression(Type::Int, depth);
        match self.dice.below(5) {
            0 => format!("{}({one})", self.dice.pick(&["days", "weeks"])),
            1 => format!("(days({one}) + days(1))"),
            2 => format!("(days(2) * {one})"),
            3 => format!("({} - {})", self.leaf(Type::Date), self.leaf(Type::Date)),
            _ => self.leaf(Type::Days),
        }
    }
}
