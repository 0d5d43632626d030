//! What functions are asked for, in words.

use super::{Bond, Piece, within};
use crate::definition::shape::Shape;
use crate::rule::program::{Node, Op};
use crate::value::{Date, Value};
use crate::vocabulary::{Builtin, Each};

impl<'w> Piece<'_, 'w> {
    pub(super) fn call(
        &mut self,
        node: &'w Node,
        builtin: &Builtin,
        args: &'w [Node],
    ) -> (Bond, String) {
        let words = self.words();
        let first = args.first();
        let prefixed = |this: &mut Self, word: &str| {
            let args = args.iter().map(|arg| within(&this.say(arg, Bond::Loose)));
            (Bond::One, format!("{word} {}", args.collect::<Vec<_>>().join(", ")))
        };
        let counted = |this: &mut Self, unit: &'static str| {
            let number = first.map(|arg| match &arg.op {
                Op::Parameter(id) => {
                    let value = this.speaker.workflow.rules.parameter(*id);
                    this.value(None, Some(value))
                }
                _ => this.say(arg, Bond::One),
            });
            (Bond::One, format!("{} {unit}", number.unwrap_or_default()))
        };
        let infix = |this: &mut Self, word: &str| {
            let mut args = args.iter().map(|arg| this.say(arg, Bond::Sum));
            let (a, b) = (args.next().unwrap_or_default(), args.next().unwrap_or_default());
            (Bond::Compared, format!("{a} {word} {b}"))
        };
        let between = |this: &mut Self, phrase: &str| {
            let mut args = args.iter().map(|arg| this.say(arg, Bond::Sum));
            let (a, b) = (args.next().unwrap_or_default(), args.next().unwrap_or_default());
            (Bond::One, phrase.replacen("{0}", &a, 1).replacen("{1}", &b, 1))
        };
        match builtin {
            Builtin::Days => counted(self, words.days),
            Builtin::Weeks => counted(self, words.weeks),
            Builtin::Months => counted(self, words.months),
            Builtin::Years => counted(self, words.years),
            Builtin::Hours => counted(self, words.hours),
            Builtin::Minutes => counted(self, words.minutes),
            Builtin::Seconds => counted(self, words.seconds),
            Builtin::YearsBetween => between(self, words.years_between),
            Builtin::MonthsBetween => between(self, words.months_between),
            Builtin::WorkdaysBetween => between(self, words.workdays_between),
            Builtin::IsEmpty => {
                let what = first.map(|arg| self.say(arg, Bond::One)).unwrap_or_default();
                (Bond::Compared, format!("{what} {}", words.is_empty))
            }
            Builtin::Matches(_) => {
                let what = first.map(|arg| self.say(arg, Bond::One)).unwrap_or_default();
                (Bond::Compared, format!("{what} {}", words.has_the_form))
            }
            Builtin::AddWorkdays | Builtin::SubtractWorkdays => {
                let word = match builtin {
                    Builtin::AddWorkdays => words.workdays_after,
                    _ => words.workdays_before,
                };
                let mut args = args.iter().map(|arg| self.say(arg, Bond::Sum));
                let (from, days) =
                    (args.next().unwrap_or_default(), args.next().unwrap_or_default());
                (Bond::Sum, format!("{days} {word} {from}"))
            }
            Builtin::NextWorkday => prefixed(self, words.next_workday),
            Builtin::Len => {
                if let Some(Op::Call(Builtin::Split, args)) = first.map(|arg| &arg.op) {
                    let mut args = args.iter().map(|arg| self.say(arg, Bond::Sum));
                    let (text, sign) =
                        (args.next().unwrap_or_default(), args.next().unwrap_or_default());
                    let said = words.parts_counted.replacen("{0}", &text, 1);
                    return (Bond::One, said.replacen("{1}", &sign, 1));
                }
                let is_text = first.and_then(|arg| self.shape(arg)).is_some_and(Shape::is_text);
                prefixed(self, if is_text { words.length_of } else { words.number_of })
            }
            Builtin::Sum => prefixed(self, words.sum_of),
            Builtin::Min => prefixed(self, words.least_of),
            Builtin::Max => prefixed(self, words.greatest_of),
            Builtin::Abs => prefixed(self, words.size_of),
            Builtin::Covers(_) => {
                let what = first.map(|arg| self.say(arg, Bond::One)).unwrap_or_default();
                (Bond::Compared, format!("{what} {}", words.covers))
            }
            Builtin::StartsWith => infix(self, words.begins_with),
            Builtin::EndsWith => infix(self, words.ends_with),
            Builtin::Floor | Builtin::Ceil | Builtin::Round => {
                let what = first.map(|arg| self.say(arg, Bond::One)).unwrap_or_default();
                (Bond::Sum, format!("{what} {}", words.rounded))
            }
            Builtin::Div => {
                let mut args = args.iter().map(|arg| self.say(arg, Bond::One));
                let (a, b) = (args.next().unwrap_or_default(), args.next().unwrap_or_default());
                (Bond::Product, format!("{a} / {b}"))
            }
            Builtin::Date
            | Builtin::Person
            | Builtin::Lower
            | Builtin::Upper
            | Builtin::Trim
            | Builtin::Keys
            | Builtin::Values => match first {
                Some(Node { op: Op::Constant(Value::Text(day)), .. })
                    if matches!(builtin, Builtin::Date) && day.parse::<Date>().is_ok() =>
                {
                    let day = day.parse().ok().map(Value::Date);
                    (Bond::One, self.value(None, day.as_ref()))
                }
                Some(arg) => self.plain(arg),
                None => (Bond::One, self.program.text(node.at).to_owned()),
            },
            Builtin::Sort => between(self, words.in_order),
            Builtin::Reverse => between(self, words.reversed),
            Builtin::Split => between(self, words.parts_of),
            Builtin::SubString => (Bond::One, self.characters(args)),
            #[allow(
                unreachable_patterns,
                reason = "what has no words of its own is told as it is written"
            )]
            _ => (Bond::One, self.written(node, args)),
        }
    }

    /// A piece of a text, its characters counted from 1 as people do.
    fn characters(&mut self, args: &'w [Node]) -> String {
        let words = self.words();
        let what = args.first().map(|text| self.say(text, Bond::Sum)).unwrap_or_default();
        let whole = |place: usize| match args.get(place).map(|node| &node.op) {
            Some(Op::Constant(Value::Integer(number))) => u32::try_from(*number).ok(),
            _ => None,
        };
        let first = whole(1).and_then(|first| first.checked_add(1));
        let last = |first: u32| first.checked_add(whole(2)?)?.checked_sub(1);
        let (phrase, which) = match (first, args.len()) {
            (Some(first), ..=2) => (words.characters_from, first.to_string()),
            (Some(first), _) => match last(first) {
                Some(last) if last == first => (words.one_character_of, first.to_string()),
                Some(last) if last > first => (words.characters_of, format!("{first}–{last}")),
                _ => (words.part_of, String::new()),
            },
            (None, _) => (words.part_of, String::new()),
        };
        phrase.replacen("{0}", &what, 1).replacen("{1}", &which, 1)
    }

    /// A call by its name, with what it is asked in words.
    fn written(&mut self, node: &'w Node, args: &'w [Node]) -> String {
        let text = self.program.text(node.at);
        let name: String =
            text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        let args: Vec<String> = args.iter().map(|arg| self.say(arg, Bond::Loose)).collect();
        format!("{name}({})", args.join(", "))
    }

    pub(super) fn each(&mut self, each: Each, list: &'w Node, item: u32, body: &'w Node) -> String {
        let words = self.words();
        let of = self.say(list, Bond::Sum);
        self.items.push((item, list));
        let body = self.say(body, Bond::Loose);
        self.items.pop();
        match each {
            Each::All => format!("{} {of} {} {body}", words.all, words.holds),
            Each::Some => format!("{} {of} {} {body}", words.some, words.holds),
            Each::Filter => format!("{of} {} {body}", words.for_which),
            Each::Find => format!("{} {of} {} {body}", words.first_of, words.for_which),
            Each::Map => format!("{body} {} {of}", words.each_of),
            Each::MinBy => format!("{} {of} {} {body}", words.the_one_of, words.with_least),
            Each::MaxBy => format!("{} {of} {} {body}", words.the_one_of, words.with_most),
            Each::SortBy => format!("{of} {} {body}", words.in_order_of),
        }
    }
}
