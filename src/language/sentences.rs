//! Rules in words: a whole rule as near to a sentence as it lets itself be read, and one clause with what it came to.
//!
//! Both are told from the checked tree of a rule, so that brackets, units and labels are those that the rule means.

use super::Language;
use super::names::Speaker;
use super::rules::Sentences;
use crate::definition::shape::Shape;
use crate::rule::program::{EventPart, Node, Op};
use crate::rule::syntax::{Binary as Operator, Extent};
use crate::rule::{Clause, Program, Truth};
use crate::value::{Date, Value, brief};
use crate::vocabulary::{Builtin, Each};

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

    /// A clause with its verdict.
    fn verdict(&mut self, node: &'w Node, clause: &Clause) -> String {
        let words = self.words();
        // `!x` that must hold is `x` that must not.
        let (mut node, mut wanted) = (node, !clause.negated);
        while let Op::Not(inner) = &node.op {
            (node, wanted) = (inner, !wanted);
        }
        let compared = match &node.op {
            Op::Binary { op, left, right, .. } => self.compared(*op, wanted, left, right, clause),
            Op::In { item, list, negated } => {
                Some(self.contained(item, list, wanted != *negated, clause))
            }
            Op::Known(inner) => Some({
                let what = self.say(inner, Bond::Loose);
                match (wanted, clause.verdict) {
                    (_, Truth::True) => self.say(node, Bond::Loose),
                    (true, _) => format!("{} {what}", words.unknown_is),
                    (false, _) => format!("{} {what}", words.must_be_unknown),
                }
            }),
            // The subject must be one of those that lead elsewhere.
            Op::Switch { subject, .. } if !clause.sides.is_empty() => {
                let others = clause.sides.get(1..).unwrap_or_default();
                let shape = self.shape(subject);
                let said = |value: &Option<Value>| self.value(shape, value.as_ref());
                let is = said(&clause.sides.first().cloned().flatten());
                let several = others.len() > 1;
                let others = self.speaker.listed(others.iter().map(said), others.len());
                let others = match several {
                    true => format!("{} {others}", words.one_of),
                    false => others,
                };
                let subject = self.say(subject, Bond::Loose);
                Some(match clause.verdict {
                    Truth::Unknown => format!("{} {subject}", words.unknown_is),
                    _ if others.is_empty() => format!("{subject} {} {is}", words.is),
                    _ => format!("{subject} {} {is}, {} {others}", words.is, words.must_be),
                })
            }
            _ => None,
        };
        if let Some(said) = compared {
            return said;
        }
        if let Op::Each { each, list, item, body } = &node.op
            && clause.items > 0
            && clause.verdict != Truth::True
        {
            return self.counted(*each, wanted, (list, *item, body), clause);
        }
        let what = self.say(node, Bond::Loose);
        let plain = matches!(
            node.op,
            Op::Fact(_)
                | Op::Parameter(_)
                | Op::Factor(_)
                | Op::Data(_)
                | Op::Active(_)
                | Op::Property(..)
        );
        let read = if plain { None } else { self.speaker.read(clause) };
        // What a function was asked stands in what it read.
        let what = match (&node.op, &read) {
            (Op::Function(number, _), Some(_)) => self.function(*number),
            _ => what,
        };
        let what = match read {
            Some(read) if clause.rows.is_empty() => format!("{what} ({read})"),
            _ => what,
        };
        match (clause.verdict, wanted) {
            (Truth::True, true) => what,
            (Truth::True, false) => format!("{} {what}", words.not),
            (Truth::Unknown, _) if plain => format!("{} {what}", words.unknown_is),
            (Truth::Unknown, _) => format!("{} {what}", words.undecided),
            (Truth::False, true) => format!("{} {what}", words.unmet),
            (Truth::False, false) => format!("{} {what}", words.forbidden),
        }
    }

    /// A question about every item of a list: for how many it is not as it must be, and what that is.
    fn counted(
        &mut self,
        each: Each,
        wanted: bool,
        (list, item, body): (&'w Node, u32, &'w Node),
        clause: &Clause,
    ) -> String {
        let words = self.words();
        let of = within(&self.say(list, Bond::Sum));
        self.items.push((item, list));
        let body = self.say(body, Bond::Loose);
        self.items.pop();
        let number =
            |number: usize| super::amounts::number(&number.to_string(), self.speaker.language);
        let (failing, all) = (number(clause.failing), number(clause.items));
        let head = match (clause.verdict, each, wanted) {
            (Truth::Unknown, ..) => words.undecided_for,
            // One is enough, and there is none.
            (_, Each::Some, true) => {
                return format!("{} {all} {} {of}: {body}", words.none_of, words.among_all);
            }
            (_, Each::Some, false) => words.forbidden_for,
            _ => words.unmet_for,
        };
        format!("{head} {failing} {} {all} {} {of}: {body}", words.of, words.among_all)
    }

    /// A comparison: what the subject is, and what it must be.
    fn compared(
        &mut self,
        op: Operator,
        wanted: bool,
        left: &'w Node,
        right: &'w Node,
        clause: &Clause,
    ) -> Option<String> {
        let [a, b] = clause.sides.as_slice() else { return None };
        let (mut op, mut subject, mut limit) = (op, (left, a), (right, b));
        if !op.is_comparison() {
            return None;
        }
        if is_fixed(left) && !is_fixed(right) {
            op = turned(op);
            std::mem::swap(&mut subject, &mut limit);
        }
        if !wanted {
            op = opposite(op);
        }
        let words = self.words();
        let shape = self.shape(subject.0).or_else(|| self.shape(limit.0));
        // `flag == false` says the same as `!flag`.
        if let (Some(Value::Boolean(must)), Operator::Equal | Operator::NotEqual) = (limit.1, op)
            && is_fixed(limit.0)
        {
            let must = *must == (op == Operator::Equal);
            let what = self.say(subject.0, Bond::Loose);
            return Some(match (clause.verdict, must) {
                (Truth::True, true) => what,
                (Truth::True, false) => format!("{} {what}", words.not),
                (Truth::Unknown, _) => format!("{} {what}", words.unknown_is),
                (Truth::False, true) => format!("{} {what}", words.unmet),
                (Truth::False, false) => format!("{} {what}", words.forbidden),
            });
        }
        let what = self.say(subject.0, Bond::Sum);
        let is_time = matches!(
            subject.1.as_ref().or(limit.1.as_ref()),
            Some(Value::Date(_) | Value::DateTime(_))
        );
        let Some(limit_value) = limit.1 else {
            // Nobody knows what it is held against.
            let against = self.say(limit.0, Bond::Loose);
            let is = match subject.1 {
                Some(value) => format!(" ({what} {} {})", words.is, self.value(shape, Some(value))),
                None => format!(", {what}"),
            };
            return Some(format!("{} {against}{is}", words.unknown_is));
        };
        let mut bound = self.value(shape, Some(limit_value));
        if !is_fixed(limit.0) {
            bound = format!("{} ({bound})", self.say(limit.0, Bond::Sum));
        }
        let must = match (op, is_time) {
            (Operator::GreaterOrEqual, false) => {
                format!("{} {bound} {}", words.at_least, words.required)
            }
            (Operator::Greater, false) => format!("{} {bound} {}", words.more_than, words.required),
            (Operator::LessOrEqual, false) => {
                format!("{} {bound} {}", words.at_most, words.allowed)
            }
            (Operator::Less, false) => format!("{} {bound} {}", words.less_than, words.required),
            (Operator::GreaterOrEqual, true) => match self.speaker.language {
                Language::Swedish => format!("{} {} {bound}", words.must_be, words.earliest),
                Language::English => format!("{} {bound} {}", words.must_be, words.earliest),
            },
            (Operator::LessOrEqual, true) => match self.speaker.language {
                Language::Swedish => format!("{} {} {bound}", words.must_be, words.latest),
                Language::English => format!("{} {bound} {}", words.must_be, words.latest),
            },
            (Operator::Greater, true) => format!("{} {} {bound}", words.must_be, words.after),
            (Operator::Less, true) => format!("{} {} {bound}", words.must_be, words.before),
            (Operator::NotEqual, _) => format!("{} {bound}", words.must_not_be),
            _ => format!("{} {bound}", words.must_be),
        };
        Some(match subject.1 {
            Some(value) => {
                let value = self.value(shape, Some(value));
                format!("{what} {} {value}, {must}", words.is)
            }
            None => format!("{} {what}, {must}", words.unknown_is),
        })
    }

    /// Whether something is one of a list's items.
    fn contained(
        &mut self,
        item: &'w Node,
        list: &'w Node,
        wanted: bool,
        clause: &Clause,
    ) -> String {
        let words = self.words();
        let [is, all] = clause.sides.as_slice() else {
            return format!("{} {}", words.unmet, self.say(item, Bond::Loose));
        };
        let what = self.say(item, Bond::Sum);
        let shape = self.shape(item).or_else(|| self.shape(list).and_then(Shape::items));
        let said = match is {
            Some(value) => self.value(shape, Some(value)),
            None => words.unknown.to_owned(),
        };
        // A list that is written out: what it must be one of.
        if is_fixed(list) {
            let items = match all {
                Some(Value::List(items)) => {
                    let items = items.iter().map(|item| self.value(shape, Some(item)));
                    self.speaker
                        .listed(items, all.as_ref().and_then(Value::as_list).map_or(0, <[_]>::len))
                }
                Some(other) => self.value(None, Some(other)),
                None => self.say(list, Bond::Loose),
            };
            let must = if wanted { words.must_be } else { words.must_not_be };
            let is_one = all.as_ref().and_then(Value::as_list).is_some_and(|all| all.len() == 1);
            let items = if is_one { items } else { format!("{} {items}", words.one_of) };
            return match is {
                Some(_) => format!("{what} {} {said}, {must} {items}", words.is),
                None => format!("{} {what}, {must} {items}", words.unknown_is),
            };
        }
        let among = within(&self.say(list, Bond::Sum));
        let what = if is_fixed(item) { said } else { format!("{what} ({said})") };
        match (clause.verdict, wanted) {
            (Truth::Unknown, _) if all.is_none() => format!("{} {among}", words.unknown_is),
            (Truth::Unknown, _) => format!("{} {what}", words.unknown_is),
            (Truth::False, true) => format!("{what} {} {among}", words.not_among),
            (Truth::False, false) => format!("{what} {} {among}", words.must_not_be_among),
            (Truth::True, true) => format!("{what} {} {among}", words.among),
            (Truth::True, false) => format!("{what} {} {among}", words.not_among),
        }
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

    /// What an expression is declared to be, as far as it is one thing with a declaration.
    fn shape(&self, node: &Node) -> Option<&'w Shape> {
        let definition = self.speaker.definition;
        match &node.op {
            Op::Fact(id) => Some(&definition.facts.at(*id).shape),
            Op::Parameter(id) => Some(&definition.parameters.at(*id).shape),
            Op::Data(name) => self.speaker.payload(name),
            Op::Property(base, name) => self.shape(base)?.property(name),
            Op::Item(base, _) => {
                let shape = self.shape(base)?;
                shape.items().or_else(|| is_mapped(base).then_some(shape))
            }
            Op::Local(slot) => {
                let (_, list) = self.items.iter().rev().find(|(known, _)| known == slot)?;
                self.shape(list)?.items()
            }
            Op::Each { each: Each::Filter | Each::SortBy, list, .. } => self.shape(list),
            Op::Call(Builtin::Sort | Builtin::Reverse, args) => self.shape(args.first()?),
            Op::Each { each: Each::Find | Each::MinBy | Each::MaxBy, list, .. } => {
                self.shape(list)?.items()
            }
            Op::Each { each: Each::Map, list, item, body } => {
                let inner = Piece {
                    speaker: self.speaker,
                    program: self.program,
                    items: vec![(*item, self.known(list)?)],
                };
                inner.shape(body)
            }
            Op::Call(Builtin::Sum, args) => {
                let list = args.first()?;
                self.shape(list).and_then(Shape::items).or_else(|| self.shape(list))
            }
            Op::Call(Builtin::Min | Builtin::Max, args) | Op::Coalesce(args) => {
                args.iter().find_map(|arg| self.shape(arg))
            }
            Op::Call(Builtin::Abs | Builtin::Floor | Builtin::Ceil | Builtin::Round, args) => {
                self.shape(args.first()?)
            }
            Op::Minus(inner) => self.shape(inner),
            Op::Binary { op: Operator::Add | Operator::Subtract, left, right, .. } => {
                self.shape(left).or_else(|| self.shape(right))
            }
            Op::Binary { op: Operator::Multiply, left, right, .. } => {
                // What is counted in a unit stays so when it is multiplied by a number.
                let unit = |node| self.shape(node).filter(|shape| shape.unit.is_some());
                match (unit(left), unit(right)) {
                    (Some(shape), None) | (None, Some(shape)) => Some(shape),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// A node of this rule that lives as long as the rule does.
    fn known(&self, node: &Node) -> Option<&'w Node> {
        find(&self.program.root, node.at).map(|(node, _)| node)
    }

    fn joined(&mut self, nodes: &'w [Node], word: &str, bond: Bond) -> String {
        let said: Vec<String> = nodes.iter().map(|node| self.say(node, bond)).collect();
        said.join(&format!(" {word} "))
    }

    fn list(&mut self, nodes: &'w [Node], shape: Option<&'w Shape>) -> String {
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
            Op::Not(inner) => {
                return (Bond::Compared, format!("{} {}", words.not, self.say(inner, Bond::One)));
            }
            Op::Minus(inner) => format!("-{}", self.say(inner, Bond::One)),
            Op::And(nodes) => return (Bond::And, self.joined(nodes, words.and, Bond::Compared)),
            Op::Or(nodes) => return (Bond::Or, self.joined(nodes, words.or, Bond::And)),
            Op::Coalesce(nodes) => {
                let nodes: Vec<String> =
                    nodes.iter().map(|node| self.say(node, Bond::Sum)).collect();
                format!("({})", nodes.join(&format!(", {} ", words.otherwise)))
            }
            Op::Binary { op, left, right, .. } => return self.operation(*op, left, right),
            Op::In { item, list, negated } => {
                let shape = self.shape(item).or_else(|| self.shape(list).and_then(Shape::items));
                let list = self.constant_or(list, shape, Bond::Sum);
                let item = self.constant_or(item, shape, Bond::Sum);
                let not = if *negated { format!("{} ", words.not) } else { String::new() };
                return (Bond::Compared, format!("{item} {not}{} {list}", words.among));
            }
            Op::Known(inner) => {
                return (
                    Bond::Compared,
                    format!("{} {}", self.say(inner, Bond::One), words.is_known),
                );
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

    fn call(&mut self, node: &'w Node, builtin: &Builtin, args: &'w [Node]) -> (Bond, String) {
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

    fn each(&mut self, each: Each, list: &'w Node, item: u32, body: &'w Node) -> String {
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

/// Whether a list is of what was made of the items of another, whose shape is then that of an item.
fn is_mapped(node: &Node) -> bool {
    match &node.op {
        Op::Each { each: Each::Map, .. } => true,
        Op::Each { each: Each::Filter | Each::SortBy, list, .. } => is_mapped(list),
        Op::Call(Builtin::Sort | Builtin::Reverse, args) => args.first().is_some_and(is_mapped),
        _ => false,
    }
}

/// Whether an expression is the same in every case.
fn is_fixed(node: &Node) -> bool {
    match &node.op {
        Op::Constant(_) | Op::Parameter(_) => true,
        Op::Call(..) | Op::Minus(_) | Op::Binary { .. } | Op::List(_) => {
            node.children().into_iter().all(is_fixed)
        }
        _ => false,
    }
}

/// With its sides exchanged.
fn turned(op: Operator) -> Operator {
    match op {
        Operator::Less => Operator::Greater,
        Operator::LessOrEqual => Operator::GreaterOrEqual,
        Operator::Greater => Operator::Less,
        Operator::GreaterOrEqual => Operator::LessOrEqual,
        other => other,
    }
}

/// What holds where this does not.
fn opposite(op: Operator) -> Operator {
    match op {
        Operator::Equal => Operator::NotEqual,
        Operator::NotEqual => Operator::Equal,
        Operator::Less => Operator::GreaterOrEqual,
        Operator::LessOrEqual => Operator::Greater,
        Operator::Greater => Operator::LessOrEqual,
        Operator::GreaterOrEqual => Operator::Less,
        other => other,
    }
}
