//! What a typed form reads.

use super::{At, Bind, Cell, Each, ListRef, Over, Path, Ratio, Sum, Test, Text, Word};

/// Something that is read.
#[derive(Clone, Copy)]
pub(crate) enum Leaf {
    Cell(Cell),
    Register(u8),
    /// A text in a fact, the time, the event, the past, the state.
    Outside,
}

type Seen<'f> = &'f mut dyn FnMut(Leaf);

impl Test {
    pub fn visit(&self, seen: Seen) {
        match self {
            Self::Constant(_) | Self::Unsure => {}
            Self::Range { word, .. } | Self::Mask { word, .. } | Self::OneOf { word, .. } => {
                word.visit(seen);
            }
            Self::Holds { cell, .. } => seen(Leaf::Cell(*cell)),
            Self::Linear(linear) => linear.sum.visit(seen),
            Self::Compare { sides, .. } => sides.iter().for_each(|side| side.visit(seen)),
            Self::Ratio(test) => {
                test.ratio.visit(seen);
                test.with.visit(seen);
            }
            Self::Text(test) => {
                test.text.visit(seen);
                test.part.visit(seen);
            }
            Self::Not(inner) => inner.visit(seen),
            Self::All { tests, .. } | Self::Any { tests, .. } | Self::Count { tests, .. } => {
                tests.iter().for_each(|test| test.visit(seen));
            }
            Self::If(parts) => parts.iter().for_each(|part| part.visit(seen)),
            Self::Or(options) => options.iter().for_each(|option| option.visit(seen)),
            Self::Known(path) => path.visit(seen),
            Self::Active(_) => seen(Leaf::Outside),
            Self::Each { each, .. } => each.visit(seen),
            Self::Let(inner) => {
                inner.bind.visit(seen);
                inner.body.visit(seen);
            }
            Self::Checks(checks) => checks.1.visit(seen),
        }
    }
}

impl Word {
    pub fn visit(&self, seen: Seen) {
        match self {
            Self::Constant(_) | Self::Unsure => {}
            Self::Cell(cell) => seen(Leaf::Cell(*cell)),
            Self::Register(register) => seen(Leaf::Register(*register)),
            Self::Truth(test) => test.visit(seen),
            Self::Sum(sum) => sum.visit(seen),
            Self::Binary { sides, .. } => sides.iter().for_each(|side| side.visit(seen)),
            Self::Unary { word, .. } => word.visit(seen),
            Self::Quotient(quotient) => quotient.ratio.visit(seen),
            Self::Ymd(parts) => parts.iter().for_each(|part| part.visit(seen)),
            Self::If(parts) => {
                parts.0.visit(seen);
                parts.1.visit(seen);
                parts.2.visit(seen);
            }
            Self::Or(options) => options.iter().for_each(|option| option.visit(seen)),
            Self::Outside(_) => seen(Leaf::Outside),
            Self::Length(text) => text.visit(seen),
            Self::At(at) => {
                let At { list, index, .. } = &**at;
                list.visit(seen);
                index.visit(seen);
            }
            Self::First(each) | Self::Count(each) => each.visit(seen),
            Self::Total(total) => {
                total.0.visit(seen);
                total.1.visit(seen);
            }
            Self::Let(inner) => {
                inner.bind.visit(seen);
                inner.body.visit(seen);
            }
        }
    }

    /// Whether it reads a variable.
    pub fn mentions(&self, register: u8) -> bool {
        let mut found = false;
        self.visit(&mut |leaf| found |= matches!(leaf, Leaf::Register(own) if own == register));
        found
    }
}

impl Sum {
    pub fn visit(&self, seen: Seen) {
        self.terms.iter().for_each(|(_, word)| word.visit(seen));
    }
}

impl Ratio {
    pub fn visit(&self, seen: Seen) {
        self.over.visit(seen);
        self.under.visit(seen);
        self.first.iter().for_each(|first| first.visit(seen));
    }
}

impl Text {
    pub fn visit(&self, seen: Seen) {
        match self {
            Self::Constant(_) => {}
            Self::Fact(..) | Self::EventName | Self::EventData(_) => seen(Leaf::Outside),
            Self::Item(cell) => seen(Leaf::Cell(*cell)),
            Self::Lower(inner) | Self::Upper(inner) | Self::Trim(inner) => inner.visit(seen),
            Self::Choice(_, word) => word.visit(seen),
        }
    }
}

impl Path {
    pub fn visit(&self, seen: Seen) {
        match self {
            Self::Cell(cell) => seen(Leaf::Cell(*cell)),
            Self::Test(test) => test.visit(seen),
            Self::Word(word) => word.visit(seen),
            Self::Text(text) => text.visit(seen),
        }
    }
}

impl ListRef {
    fn visit(self, seen: Seen) {
        let (Self::Fact { length: cell, .. } | Self::Item(cell)) = self;
        seen(Leaf::Cell(cell));
    }
}

impl Over {
    pub fn visit(&self, seen: Seen) {
        match self {
            Self::List(list) => list.visit(seen),
            Self::Numbers { from, below, .. } => {
                from.visit(seen);
                below.visit(seen);
            }
        }
    }
}

impl Each {
    pub fn visit(&self, seen: Seen) {
        self.turns.over.visit(seen);
        self.filter.iter().for_each(|filter| filter.visit(seen));
        self.test.visit(seen);
    }

    /// With its tests as checks.
    pub fn group(&mut self, ends_early: bool) {
        let take = |test: &mut Test| {
            *test = super::super::checks::grouped(std::mem::replace(test, Test::Unsure), true);
        };
        self.filter.iter_mut().for_each(take);
        // One comparison of items one by one, up to the first that decides, is quicker than all of them at once.
        let one = matches!(self.test, Test::Range { .. } | Test::Compare { .. });
        if !(ends_early && one && self.filter.is_none()) {
            take(&mut self.test);
        }
    }
}

impl Bind {
    pub fn visit(&self, seen: Seen) {
        match self {
            Self::Word(_, word) => word.visit(seen),
            Self::Known(path) => path.visit(seen),
            Self::Fold(fold) => {
                fold.turns.over.visit(seen);
                fold.before.iter().for_each(|(_, word)| word.visit(seen));
                fold.steps.iter().for_each(|step| step.visit(seen));
            }
        }
    }

    pub fn group(&mut self) {
        use super::super::checks::group_word;
        match self {
            Self::Word(_, word) => group_word(word),
            Self::Known(_) => {}
            Self::Fold(fold) => {
                fold.before.iter_mut().for_each(|(_, word)| group_word(word));
                fold.steps.iter_mut().for_each(Self::group);
            }
        }
    }
}
