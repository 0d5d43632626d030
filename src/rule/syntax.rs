//! A script as a tree: what was written, before anything is known about names and types.

use std::sync::Arc;

use crate::value::Number;

/// A node with the bytes of the script that it was read from, brackets around it excluded.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tree {
    pub at: Extent,
    pub form: Form,
}

/// A range of bytes of a script's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Extent {
    pub start: u32,
    pub end: u32,
}

impl Extent {
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The text that this covers.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or("")
    }
}

/// A name and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub text: Arc<str>,
    pub at: Extent,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Form {
    Boolean(bool),
    Integer(i64),
    Number(Number),
    Text(Arc<str>),
    /// `()`, and what is left where a problem has been reported.
    Nothing,
    List(Vec<Tree>),
    Record(Vec<(Name, Tree)>),
    Name(Arc<str>),
    Property(Box<Tree>, Name),
    /// An item of a list or an entry of a record.
    Item(Box<Tree>, Box<Tree>),
    /// `f(a)`, or `a.f()` with `a` as first argument.
    Call {
        name: Name,
        args: Vec<Tree>,
        method: bool,
    },
    Not(Box<Tree>),
    Minus(Box<Tree>),
    Binary {
        op: Binary,
        op_at: Extent,
        left: Box<Tree>,
        right: Box<Tree>,
    },
    /// Two and more.
    And(Vec<Tree>),
    Or(Vec<Tree>),
    Coalesce(Vec<Tree>),
    In {
        item: Box<Tree>,
        list: Box<Tree>,
        negated: bool,
    },
    Range {
        from: Box<Tree>,
        to: Box<Tree>,
        inclusive: bool,
    },
    Closure {
        params: Vec<Name>,
        body: Box<Tree>,
    },
    Block(Vec<Tree>),
    If {
        condition: Box<Tree>,
        then: Box<Tree>,
        otherwise: Option<Box<Tree>>,
    },
    Switch {
        subject: Box<Tree>,
        arms: Vec<Arm>,
    },
    Let {
        name: Name,
        value: Option<Box<Tree>>,
        constant: bool,
    },
    Assign {
        target: Box<Tree>,
        op: Option<Binary>,
        op_at: Extent,
        value: Box<Tree>,
    },
    /// Without a condition a `loop`.
    While {
        condition: Option<Box<Tree>>,
        body: Box<Tree>,
    },
    Do {
        body: Box<Tree>,
        condition: Box<Tree>,
        until: bool,
    },
    For {
        item: Name,
        counter: Option<Name>,
        list: Box<Tree>,
        body: Box<Tree>,
    },
    Return(Option<Box<Tree>>),
    Break(Option<Box<Tree>>),
    Continue,
}

/// One line of a `switch`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Arm {
    /// Empty for `_`.
    pub cases: Vec<Tree>,
    pub condition: Option<Tree>,
    pub body: Tree,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binary {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    /// `&` and `|`, `^`, `**`, `<<`, `>>`: understood in order to be refused with a hint.
    Refused(&'static str),
}

impl Binary {
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::Refused(symbol) => symbol,
        }
    }

    pub fn is_comparison(self) -> bool {
        self.is_order() || matches!(self, Self::Equal | Self::NotEqual)
    }

    pub fn is_order(self) -> bool {
        matches!(self, Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual)
    }
}
