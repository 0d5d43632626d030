//! Rules in words: a whole rule as near to a sentence as it lets itself be read, and one clause with what it came to.
//!
//! Both are told from the checked tree of a rule, so that brackets, units and labels are those that the rule means.

mod calls;
mod shapes;
mod verdicts;

use verdicts::opposite;

use super::names::Speaker;
use super::rules::Sentences;
use crate::definition::shape::Shape;
use crate::rule::program::{EventPart, Node, Op};
use crate::rule::syntax::{Binary as Operator, Extent};
use crate::rule::{Clause, Program, Truth};
use crate::value::{Value, brief};
use crate::vocabulary::Each;

/// Characters of a rule that are said.
const LONGEST: usize = 600;

/// How strongly what is said holds together: what binds less than its surroundings stands in brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Bond {
    Loose,
    Or,
    And,
    Compared,
    Sum,
    Product,
    One,
}

/// Says pieces of one rule.
struct Piece<'s, 'w> {
    speaker: &'s Speaker<'w>,
    program: &'w Program,
    /// The lists whose items variables stand for, by variable.
    items: Vec<(u32, &'w Node)>,
}

impl<'w> Speaker<'w> {
    /// A checked rule with titles for names.
    pub fn program(&self, program: &'w Program) -> String {
        let mut piece = Piece { speaker: self, program, items: Vec::new() };
        let said = piece.say(&program.root, Bond::Loose);
        match said.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", said.get(..end).unwrap_or_default()),
            None => said,
        }
    }

    /// What stands at a place of a checked script, with titles for names. Cost: linear in the script.
    #[cfg(feature = "draw")]
    pub fn part(&self, program: &'w Program, at: Extent) -> String {
        let Some((node, items)) = find(&program.root, at) else { return String::new() };
        Piece { speaker: self, program, items }.say(node, Bond::Loose)
    }

    /// A clause of an explanation with what it came to: what is so, and what must be. One line.
    pub fn clause(&self, clause: &Clause) -> String {
        self.told(clause).unwrap_or_else(|| self.as_written(clause))
    }

    fn told(&self, clause: &Clause) -> Option<String> {
        let program = self.workflow.rules.program_of(clause.home?)?;
        let (node, items) = find(&program.root, clause.at)?;
        let mut piece = Piece { speaker: self, program, items };
        Some(piece.verdict(node, clause))
    }

    /// By its own text: of what is not known any more as a tree.
    fn as_written(&self, clause: &Clause) -> String {
        let words = self.sentences;
        let text = brief(&clause.text.split_whitespace().collect::<Vec<_>>().join(" "));
        let text = match self.read(clause) {
            Some(read) => format!("{text} ({read})"),
            None => text,
        };
        match clause.verdict {
            Truth::True => text,
            Truth::False => format!("{} {text}", words.unmet),
            Truth::Unknown => format!("{} {text}", words.undecided),
        }
    }

    /// What a clause read, each with its value.
    fn read(&self, clause: &Clause) -> Option<String> {
        let read = clause.values.iter().map(|read| {
            let name = match read.kind {
                "fact" | "parameter" => self.named(&read.name),
                "event" => self.reported(&read.name),
                _ => read.name.clone(),
            };
            format!("{name} {} {}", self.sentences.is, self.of(&read.name, read.value.as_ref()))
        });
        let all = clause.values.len();
        (all > 0).then(|| self.listed(read, all))
    }
}

/// The node that a clause is of, with the lists whose items its variables are.
fn find(root: &Node, at: Extent) -> Option<(&Node, Vec<(u32, &Node)>)> {
    let mut waiting: Vec<(&Node, Vec<(u32, &Node)>)> = vec![(root, Vec::new())];
    while let Some((node, items)) = waiting.pop() {
        if node.at == at {
            return Some((node, items));
        }
        let holds = |child: &&Node| child.at.start <= at.start && child.at.end >= at.end;
        for child in node.children().into_iter().filter(holds) {
            let mut items = items.clone();
            if let Op::Each { list, item, body, .. } = &node.op
                && std::ptr::eq(&**body, child)
            {
                items.push((*item, list));
            }
            waiting.push((child, items));
        }
    }
    None
}

impl<'w> Piece<'_, 'w> {
    fn words(&self) -> &'static Sentences {
        self.speaker.sentences
    }

    fn value(&self, shape: Option<&Shape>, value: Option<&Value>) -> String {
        match value {
            Some(Value::Text(text)) if !shape.is_some_and(Shape::is_enum) => {
                self.speaker.quoted(&brief(text))
            }
            Some(value) => self.speaker.value(shape, value),
            None => self.words().unknown.to_owned(),
        }
    }

    fn joined(&mut self, nodes: &'w [Node], word: &str, bond: Bond) -> String {
        let said: Vec<String> = nodes.iter().map(|node| self.say(node, bond)).collect();
        said.join(&format!(" {word} "))
    }

    fn list(&mut self, nodes: &'w [Node], shape: Option<&'w Shape>) -> String {
        if nodes.is_empty() {
            return self.speaker.sentences.none.to_owned();
        }
        let said: Vec<String> =
            nodes.iter().map(|node| self.constant_or(node, shape, Bond::Loose)).collect();
        let all = said.len();
        self.speaker.listed(said.into_iter(), all)
    }

    /// A constant by the declaration of what it stands beside; all else as itself.
    fn constant_or(&mut self, node: &'w Node, shape: Option<&'w Shape>, bond: Bond) -> String {
        match &node.op {
            Op::Constant(value) => self.value(shape, Some(value)),
            Op::Minus(inner) => match &inner.op {
                Op::Constant(value) => format!("-{}", self.value(shape, Some(value))),
                _ => self.say(node, bond),
            },
            Op::List(nodes) => self.list(nodes, shape),
            _ => self.say(node, bond),
        }
    }

    /// An expression in words, in brackets where it would fall apart. Recursion is bounded by the nesting of scripts.
    fn say(&mut self, node: &'w Node, around: Bond) -> String {
        let (bond, said) = self.plain(node);
        if bond < around { format!("({said})") } else { said }
    }

    fn plain(&mut self, node: &'w Node) -> (Bond, String) {
        let (words, speaker) = (self.words(), self.speaker);
        let definition = speaker.definition;
        let said = match &node.op {
            Op::Constant(value) => self.value(None, Some(value)),
            Op::Fact(id) => speaker.named(&definition.facts.at(*id).name),
            Op::Parameter(id) => speaker.named(&definition.parameters.at(*id).name),
            Op::Factor(id) => speaker.named(&definition.factors.at(*id).name),
            Op::Now => words.now.to_owned(),
            Op::Today => words.today.to_owned(),
            Op::Event(part) => match part {
                EventPart::Name => words.event_name,
                EventPart::Actor => words.event_actor,
                EventPart::At => words.event_at,
                EventPart::Date => words.event_date,
            }
            .to_owned(),
            Op::Data(name) => match speaker.payload(name) {
                Some(shape) if shape.is_personal() && !speaker.names_all() => {
                    speaker.words.personal.to_owned()
                }
                Some(shape) => speaker.label(&shape.title, name),
                None => name.to_string(),
            },
            Op::List(nodes) => self.list(nodes, None),
            Op::Property(base, name) => return (Bond::One, self.property(base, name)),
            Op::Item(base, item) => match &item.op {
                Op::Constant(Value::Integer(number)) if u32::try_from(*number).is_ok() => {
                    let place = number.saturating_add(1).to_string();
                    let of = within(&self.say(base, Bond::Sum));
                    words.item_of.replacen("{0}", &of, 1).replacen("{1}", &place, 1)
                }
                _ => format!("{}[{}]", self.say(base, Bond::One), self.say(item, Bond::Loose)),
            },
            Op::Not(inner) => return self.negated(inner),
            Op::Minus(inner) => format!("-{}", self.say(inner, Bond::One)),
            Op::And(nodes) => return (Bond::And, self.joined(nodes, words.and, Bond::Compared)),
            Op::Or(nodes) => return (Bond::Or, self.joined(nodes, words.or, Bond::And)),
            Op::Coalesce(nodes) => {
                let nodes: Vec<String> =
                    nodes.iter().map(|node| self.say(node, Bond::Sum)).collect();
                format!("({})", nodes.join(&format!(", {} ", words.otherwise)))
            }
            Op::Binary { op, left, right, .. } => return self.operation(*op, left, right),
            Op::In { item, list, negated } => return self.membership(item, list, *negated),
            Op::Known(inner) => {
                let what = self.say(inner, Bond::One);
                return (Bond::Compared, format!("{what} {}", words.is_known));
            }
            Op::Last(pattern) => self.asked(words.last, pattern),
            Op::Count(pattern) => self.asked(words.times, pattern),
            Op::Who(pattern) => self.asked(words.who, pattern),
            Op::Since(state) => {
                format!("{} {}", words.since, speaker.quoted(&speaker.state_of(*state)))
            }
            Op::Active(state) => {
                format!("{} {}", words.active, speaker.quoted(&speaker.state_of(*state)))
            }
            Op::Call(builtin, args) => return self.call(node, builtin, args),
            Op::Each { each, list, item, body } => {
                return (Bond::Loose, self.each(*each, list, *item, body));
            }
            Op::Function(number, args) => {
                let title = self.function(*number);
                let args: Vec<String> = args.iter().map(|arg| self.say(arg, Bond::Loose)).collect();
                if args.is_empty() { title } else { format!("{title} ({})", args.join(", ")) }
            }
            Op::If { condition, then, otherwise } => {
                let mut said = format!(
                    "{} {}: {}",
                    words.if_so,
                    self.say(condition, Bond::Or),
                    self.say(then, Bond::Or)
                );
                if let Some(otherwise) = otherwise {
                    said =
                        format!("{said}, {} {}", words.otherwise, self.say(otherwise, Bond::Loose));
                }
                return (Bond::Loose, said);
            }
            Op::Switch { subject, arms } => {
                let shape = self.shape(subject);
                let mut said = Vec::new();
                for arm in arms {
                    let cases: Vec<String> = arm
                        .cases
                        .iter()
                        .map(|case| self.constant_or(case, shape, Bond::One))
                        .collect();
                    let mut head = match cases.is_empty() {
                        true => words.otherwise.to_owned(),
                        false => cases.join(&format!(" {} ", words.or)),
                    };
                    if let Some(condition) = &arm.condition {
                        head = format!("{head} {} {}", words.if_so, self.say(condition, Bond::And));
                    }
                    said.push(format!("{head}: {}", self.say(&arm.body, Bond::Or)));
                }
                let subject = self.say(subject, Bond::Or);
                let said = format!("{} {subject}: {}", words.depending_on, said.join("; "));
                return (Bond::Loose, said);
            }
            Op::Block(nodes) => match nodes.as_slice() {
                [only] => return self.plain(only),
                _ => self.worked_out(node),
            },
            Op::Children(invoke) => match definition.invokes.get(*invoke as usize) {
                Some(invoke) => speaker.label(&invoke.notes.title, &invoke.id),
                None => self.worked_out(node),
            },
            Op::Local(slot) if self.items.iter().any(|(known, _)| known == slot) => {
                words.the_item.to_owned()
            }
            Op::Local(_) => self.program.text(node.at).to_owned(),
            _ => self.worked_out(node),
        };
        (Bond::One, said)
    }

    /// That something is not so. A title of several words may be a sentence, into which no “not” can be put.
    fn negated(&mut self, inner: &'w Node) -> (Bond, String) {
        let words = self.words();
        let said = match &inner.op {
            Op::Known(what) => format!("{} {}", self.say(what, Bond::One), words.is_not_known),
            Op::Active(state) => {
                let state = self.speaker.quoted(&self.speaker.state_of(*state));
                format!("{} {state}", words.not_active)
            }
            Op::Binary { op, left, right, .. } if op.is_comparison() => {
                return self.operation(opposite(*op), left, right);
            }
            Op::In { item, list, negated } => {
                return self.membership(item, list, !*negated);
            }
            Op::Not(inner) => return self.plain(inner),
            _ => {
                let what = self.say(inner, Bond::One);
                if is_title(inner) && what.contains(' ') {
                    return (Bond::Loose, format!("{} {what}", words.not_so));
                }
                format!("{} {what}", words.not)
            }
        };
        (Bond::Compared, said)
    }

    /// Whether something is one of a list's items.
    fn membership(&mut self, item: &'w Node, list: &'w Node, negated: bool) -> (Bond, String) {
        let words = self.words();
        let shape = self.shape(item).or_else(|| self.shape(list).and_then(Shape::items));
        let list = self.constant_or(list, shape, Bond::Sum);
        let item = self.constant_or(item, shape, Bond::Sum);
        let among = if negated { words.not_among } else { words.among };
        (Bond::Compared, format!("{item} {among} {list}"))
    }

    /// What takes several steps, by what it reads.
    fn worked_out(&self, node: &Node) -> String {
        let (speaker, definition) = (self.speaker, self.speaker.definition);
        let mut read: Vec<String> = Vec::new();
        let mut waiting = vec![node];
        while let Some(node) = waiting.pop() {
            let title = match &node.op {
                Op::Fact(id) => Some(speaker.named(&definition.facts.at(*id).name)),
                Op::Factor(id) => Some(speaker.named(&definition.factors.at(*id).name)),
                Op::Parameter(id) => Some(speaker.named(&definition.parameters.at(*id).name)),
                _ => None,
            };
            read.extend(title.filter(|title| !read.contains(title)));
            waiting.extend(node.children().into_iter().rev());
        }
        if read.is_empty() {
            let text = self.program.text(node.at);
            return brief(&text.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        let all = read.len();
        let read = speaker.listed(read.into_iter(), all);
        format!("{} {read}", self.words().worked_out_from)
    }

    fn function(&self, number: u32) -> String {
        let found = self.speaker.definition.functions.get(number as usize);
        let title = found.map(|found| self.speaker.label(&found.notes.title, &found.name));
        title.unwrap_or_default()
    }

    fn operation(&mut self, op: Operator, left: &'w Node, right: &'w Node) -> (Bond, String) {
        let (bond, sign) = match op {
            Operator::Equal => (Bond::Compared, "="),
            Operator::NotEqual => (Bond::Compared, "≠"),
            Operator::Less => (Bond::Compared, "<"),
            Operator::LessOrEqual => (Bond::Compared, "≤"),
            Operator::Greater => (Bond::Compared, ">"),
            Operator::GreaterOrEqual => (Bond::Compared, "≥"),
            Operator::Add => (Bond::Sum, "+"),
            Operator::Subtract => (Bond::Sum, "−"),
            Operator::Multiply => (Bond::Product, "×"),
            Operator::Divide => (Bond::Product, "/"),
            Operator::Remainder => (Bond::Product, "%"),
            Operator::Refused(sign) => (Bond::Compared, sign),
        };
        let shape = match bond {
            Bond::Compared | Bond::Sum => self.shape(left).or_else(|| self.shape(right)),
            _ => None,
        };
        let (first, second) = match bond {
            Bond::Compared => (Bond::Sum, Bond::Sum),
            Bond::Sum => (Bond::Sum, Bond::Product),
            _ => (Bond::Product, Bond::One),
        };
        let left = self.constant_or(left, shape, first);
        let right = self.constant_or(right, shape, second);
        (bond, format!("{left} {sign} {right}"))
    }

    fn property(&mut self, base: &'w Node, name: &str) -> String {
        let shape = self.shape(base).and_then(|shape| shape.property(name));
        if !self.speaker.names_all() && self.shape(base).is_some_and(Shape::is_personal) {
            return format!("{} …", self.speaker.words.personal);
        }
        let title = match shape {
            Some(shape) => self.speaker.label(&shape.title, name),
            None if self.invoke_of(base).is_some() => {
                self.invoke_of(base).map(|invoke| self.of_child(invoke, name)).unwrap_or_default()
            }
            None => match self.part(name) {
                Some(part) => return format!("{} ({part})", self.say(base, Bond::One)),
                None => name.to_owned(),
            },
        };
        // Of the item that is asked about, its property alone says enough.
        match &base.op {
            Op::Local(slot) if self.items.iter().any(|(known, _)| known == slot) => title,
            _ => format!("{}: {title}", self.say(base, Bond::One)),
        }
    }

    /// The number of the `invoke` whose child an item is.
    fn invoke_of(&self, item: &Node) -> Option<u32> {
        let Op::Local(slot) = &item.op else { return None };
        let found = self.items.iter().rev().find(|(known, _)| known == slot)?;
        let mut list: &Node = found.1;
        while let Op::Each { each: Each::Filter, list: inner, .. } = &list.op {
            list = inner;
        }
        match &list.op {
            Op::Children(invoke) => Some(*invoke),
            _ => None,
        }
    }

    /// What a parent sees of a child, by the title in the child's own file.
    fn of_child(&self, invoke: u32, name: &str) -> String {
        let speaker = self.speaker;
        let Some(invoked) = speaker.workflow.invoked.get(invoke as usize) else {
            return name.to_owned();
        };
        let theirs = invoked.workflow.compiled();
        if !speaker.names_all() && theirs.personal().contains(name) {
            return speaker.words.personal.to_owned();
        }
        Speaker::new(theirs, speaker.language).naming_all().named(name)
    }

    /// What a date or a length of time is asked for.
    fn part(&self, name: &str) -> Option<&'static str> {
        let words = self.words();
        Some(match name {
            "date" => words.of_date,
            "year" => words.of_year,
            "month" => words.of_month,
            "day" => words.of_day,
            "weekday" => words.of_weekday,
            "days" => words.days,
            "hours" => words.hours,
            "minutes" => words.minutes,
            "seconds" => words.seconds,
            _ => return None,
        })
    }

    /// A question about the past.
    fn asked(&self, before: &str, pattern: &str) -> String {
        format!("{before} {}", self.speaker.quoted(&self.speaker.event(pattern)))
    }
}

/// Whether something is said by its title alone.
fn is_title(node: &Node) -> bool {
    matches!(
        node.op,
        Op::Fact(_)
            | Op::Parameter(_)
            | Op::Factor(_)
            | Op::Data(_)
            | Op::Property(..)
            | Op::Function(..)
    )
}

/// A title within a sentence: without its capital, unless it is a name or an abbreviation as far as that can be seen.
fn within(title: &str) -> String {
    let mut letters = title.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
            let rest = title.get(first.len_utf8()..).unwrap_or_default();
            format!("{}{rest}", first.to_lowercase())
        }
        _ => title.to_owned(),
    }
}
