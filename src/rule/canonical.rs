//! A script's meaning as a text: the one spelling of a [`Tree`].
//!
//! Brackets, quotes, white space, comments, semicolons and the ways to write a number are no part of a tree, so two scripts
//! have one text here exactly when they have one tree. It is a script itself, with a blank between its words, and reading
//! it gives the tree back: two trees never share a text.

use super::syntax::{Arm, Binary, Form, Name, Tree};
use super::{read, tokens};
use crate::value::write_json_string;
use crate::vocabulary;

/// How strongly an operator binds, as Rhai has it. What binds less than is asked for stands in brackets.
mod binds {
    pub const STATEMENT: u8 = 0;
    pub const OR: u8 = 30;
    pub const AND: u8 = 60;
    pub const EQUAL: u8 = 90;
    pub const IN: u8 = 110;
    pub const ORDER: u8 = 130;
    pub const COALESCE: u8 = 135;
    pub const RANGE: u8 = 140;
    pub const SUM: u8 = 150;
    pub const PRODUCT: u8 = 180;
    pub const UNARY: u8 = 220;
    pub const PRIMARY: u8 = 255;
}

/// The one text of all scripts that mean what this one does, or of a clause of one. Cost: about that of reading it.
pub(super) fn spelling(text: &str) -> String {
    // What was compiled can be read again; a piece of it that cannot stands for itself.
    let tree = tokens::split(text).ok().and_then(|words| read::read(text, &words).ok());
    tree.map_or_else(|| tokens::spelling(text), |tree| canonical(&tree))
}

/// The one text of a tree.
fn canonical(tree: &Tree) -> String {
    let mut writer = Writer { out: String::new() };
    match &tree.form {
        // Of the statements of a whole script no braces are written.
        Form::Block(statements) if statements.len() > 1 => writer.statements(statements),
        _ => writer.statement(tree),
    }
    writer.out
}

struct Writer {
    out: String,
}

fn level(form: &Form) -> u8 {
    match form {
        Form::Integer(value) if *value < 0 => binds::UNARY,
        Form::Number(value) if *value < crate::value::Number::ZERO => binds::UNARY,
        Form::Boolean(_)
        | Form::Integer(_)
        | Form::Number(_)
        | Form::Text(_)
        | Form::Nothing
        | Form::List(_)
        | Form::Record(_)
        | Form::Name(_)
        | Form::Property(..)
        | Form::Item(..)
        | Form::Call { .. } => binds::PRIMARY,
        Form::Not(_) | Form::Minus(_) => binds::UNARY,
        Form::Binary { op, .. } => binary_level(*op),
        Form::And(_) => binds::AND,
        Form::Or(_) => binds::OR,
        Form::Coalesce(_) => binds::COALESCE,
        Form::In { .. } => binds::IN,
        Form::Range { .. } => binds::RANGE,
        Form::Closure { .. }
        | Form::Block(_)
        | Form::If { .. }
        | Form::Switch { .. }
        | Form::Let { .. }
        | Form::Assign { .. }
        | Form::While { .. }
        | Form::Do { .. }
        | Form::For { .. }
        | Form::Return(_)
        | Form::Break(_)
        | Form::Continue => binds::STATEMENT,
    }
}

fn binary_level(op: Binary) -> u8 {
    match op {
        Binary::Equal | Binary::NotEqual => binds::EQUAL,
        Binary::Less | Binary::LessOrEqual | Binary::Greater | Binary::GreaterOrEqual => {
            binds::ORDER
        }
        Binary::Add | Binary::Subtract => binds::SUM,
        Binary::Multiply | Binary::Divide | Binary::Remainder => binds::PRODUCT,
        // No script that has these is ever taken.
        Binary::Refused(_) => binds::STATEMENT,
    }
}

impl Writer {
    /// A word, with a blank in front of all but the first.
    fn word(&mut self, word: &str) {
        if !self.out.is_empty() {
            self.out.push(' ');
        }
        self.out.push_str(word);
    }

    fn text(&mut self, text: &str) {
        if !self.out.is_empty() {
            self.out.push(' ');
        }
        write_json_string(text, &mut self.out);
    }

    fn name(&mut self, name: &Name) {
        self.word(&name.text);
    }

    fn statements(&mut self, statements: &[Tree]) {
        for (index, statement) in statements.iter().enumerate() {
            if index > 0 {
                self.word(";");
            }
            self.statement(statement);
        }
    }

    fn braces(&mut self, statements: &[Tree]) {
        self.word("{");
        self.statements(statements);
        self.word("}");
    }

    /// Where the language asks for a block.
    fn block(&mut self, tree: &Tree) {
        match &tree.form {
            Form::Block(statements) => self.braces(statements),
            _ => self.braces(std::slice::from_ref(tree)),
        }
    }

    /// What binds at least so strongly, in brackets if need be.
    fn operand(&mut self, tree: &Tree, least: u8) {
        if level(&tree.form) >= least {
            return self.statement(tree);
        }
        self.word("(");
        self.statement(tree);
        self.word(")");
    }

    /// An expression between commas or brackets. Where a statement would be read otherwise, it stands in brackets.
    fn expression(&mut self, tree: &Tree) {
        match &tree.form {
            Form::Let { .. } | Form::Assign { .. } | Form::Return(_) | Form::Break(_) => {
                self.operand(tree, binds::OR);
            }
            _ => self.statement(tree),
        }
    }

    fn listed(&mut self, open: &str, trees: &[Tree], close: &str) {
        self.word(open);
        for (index, tree) in trees.iter().enumerate() {
            if index > 0 {
                self.word(",");
            }
            self.expression(tree);
        }
        self.word(close);
    }

    fn joined(&mut self, trees: &[Tree], operator: &str, own: u8) {
        for (index, tree) in trees.iter().enumerate() {
            if index > 0 {
                self.word(operator);
            }
            self.operand(tree, own + 1);
        }
    }

    /// Only sends on: this and what it calls recurse, and big frames would use up the stack.
    fn statement(&mut self, tree: &Tree) {
        match &tree.form {
            Form::Boolean(_)
            | Form::Integer(_)
            | Form::Number(_)
            | Form::Text(_)
            | Form::Nothing
            | Form::Name(_) => self.simple(&tree.form),
            Form::List(items) => self.listed("[", items, "]"),
            Form::Record(entries) => self.record(entries),
            Form::Property(base, name) => {
                self.operand(base, binds::PRIMARY);
                self.word(".");
                self.name(name);
            }
            Form::Item(base, item) => {
                self.operand(base, binds::PRIMARY);
                self.word("[");
                self.expression(item);
                self.word("]");
            }
            Form::Call { name, args, .. } => self.call(name, args),
            Form::Not(inner) => {
                self.word("!");
                self.operand(inner, binds::UNARY);
            }
            Form::Minus(inner) => {
                self.word("-");
                self.operand(inner, binds::UNARY);
            }
            Form::Binary { .. } => self.binary(tree),
            Form::And(clauses) => self.joined(clauses, "&&", binds::AND),
            Form::Or(clauses) => self.joined(clauses, "||", binds::OR),
            Form::Coalesce(options) => self.joined(options, "??", binds::COALESCE),
            Form::In { item, list, negated } => {
                self.operand(item, binds::IN);
                self.word(if *negated { "!in" } else { "in" });
                self.operand(list, binds::IN + 1);
            }
            Form::Range { from, to, inclusive } => {
                self.operand(from, binds::RANGE);
                self.word(if *inclusive { "..=" } else { ".." });
                self.operand(to, binds::RANGE + 1);
            }
            _ => self.control(&tree.form),
        }
    }

    fn simple(&mut self, form: &Form) {
        match form {
            Form::Boolean(value) => self.word(if *value { "true" } else { "false" }),
            Form::Integer(value) => {
                if *value < 0 {
                    self.word("-");
                }
                self.word(&value.unsigned_abs().to_string());
            }
            // A whole one stays a decimal: it is no integer.
            Form::Number(value) => {
                let text = value.to_string();
                let digits = match text.strip_prefix('-') {
                    Some(digits) => {
                        self.word("-");
                        digits
                    }
                    None => &text,
                };
                match digits.contains('.') {
                    true => self.word(digits),
                    false => self.word(&format!("{digits}.0")),
                }
            }
            Form::Text(text) => self.text(text),
            Form::Name(name) => self.word(name),
            _ => self.word("()"),
        }
    }

    fn record(&mut self, entries: &[(Name, Tree)]) {
        self.word("#{");
        for (index, (name, value)) in entries.iter().enumerate() {
            if index > 0 {
                self.word(",");
            }
            let plain = name.text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
                && name.text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
            if plain {
                self.name(name)
            } else {
                self.text(&name.text)
            }
            self.word(":");
            self.expression(value);
        }
        self.word("}");
    }

    fn call(&mut self, name: &Name, args: &[Tree]) {
        let args = match args.split_first() {
            Some((first, rest))
                if vocabulary::function(&name.text).is_some_and(|own| own.method) =>
            {
                self.operand(first, binds::PRIMARY);
                self.word(".");
                rest
            }
            _ => args,
        };
        self.name(name);
        if args.is_empty() {
            return self.word("()");
        }
        self.listed("(", args, ")");
    }

    /// A long sum leans to the left: its operands are walked, not called.
    fn binary(&mut self, tree: &Tree) {
        let mut rest = Vec::new();
        let mut first = tree;
        let mut opened = 0;
        while let Form::Binary { op, left, right, .. } = &first.form {
            let own = binary_level(*op);
            let bracketed = level(&left.form) < own;
            rest.push((*op, &**right, bracketed));
            opened += usize::from(bracketed);
            first = left;
        }
        // The brackets of what stands on the left all open in front of it.
        (0..opened).for_each(|_| self.word("("));
        // Whatever is no binary operator and needed brackets has them by now.
        self.statement(first);
        for (op, right, bracketed) in rest.into_iter().rev() {
            if bracketed {
                self.word(")");
            }
            self.word(op.symbol());
            self.operand(right, binary_level(op) + 1);
        }
    }

    fn control(&mut self, form: &Form) {
        match form {
            Form::Closure { params, body } => {
                if params.is_empty() {
                    self.word("||");
                } else {
                    self.word("|");
                    for (index, name) in params.iter().enumerate() {
                        if index > 0 {
                            self.word(",");
                        }
                        self.name(name);
                    }
                    self.word("|");
                }
                self.statement(body);
            }
            Form::Block(statements) => self.braces(statements),
            Form::If { condition, then, otherwise } => {
                self.word("if");
                self.operand(condition, binds::OR);
                self.block(then);
                if let Some(otherwise) = otherwise {
                    self.word("else");
                    match &otherwise.form {
                        Form::If { .. } => self.statement(otherwise),
                        _ => self.block(otherwise),
                    }
                }
            }
            Form::Switch { subject, arms } => self.switch(subject, arms),
            Form::Let { name, value, constant } => {
                self.word(if *constant { "const" } else { "let" });
                self.name(name);
                if let Some(value) = value {
                    self.word("=");
                    self.expression(value);
                }
            }
            Form::Assign { target, op, value, .. } => {
                self.operand(target, binds::PRIMARY);
                match op {
                    Some(op) => self.word(&format!("{}=", op.symbol())),
                    None => self.word("="),
                }
                self.expression(value);
            }
            Form::While { condition, body } => {
                match condition {
                    Some(condition) => {
                        self.word("while");
                        self.operand(condition, binds::OR);
                    }
                    None => self.word("loop"),
                }
                self.block(body);
            }
            Form::Do { body, condition, until } => {
                self.word("do");
                self.block(body);
                self.word(if *until { "until" } else { "while" });
                self.operand(condition, binds::OR);
            }
            Form::For { item, counter, list, body } => {
                self.word("for");
                match counter {
                    Some(counter) => {
                        self.word("(");
                        self.name(item);
                        self.word(",");
                        self.name(counter);
                        self.word(")");
                    }
                    None => self.name(item),
                }
                self.word("in");
                self.operand(list, binds::OR);
                self.block(body);
            }
            Form::Return(value) => self.jump("return", value.as_deref()),
            Form::Break(value) => self.jump("break", value.as_deref()),
            _ => self.word("continue"),
        }
    }

    fn jump(&mut self, word: &str, value: Option<&Tree>) {
        self.word(word);
        if let Some(value) = value {
            self.expression(value);
        }
    }

    fn switch(&mut self, subject: &Tree, arms: &[Arm]) {
        self.word("switch");
        self.operand(subject, binds::OR);
        self.word("{");
        for (index, Arm { cases, condition, body }) in arms.iter().enumerate() {
            if index > 0 {
                self.word(",");
            }
            if cases.is_empty() {
                self.word("_");
            }
            for (index, case) in cases.iter().enumerate() {
                if index > 0 {
                    self.word("|");
                }
                self.operand(case, binds::OR);
            }
            if let Some(condition) = condition {
                self.word("if");
                self.operand(condition, binds::OR);
            }
            self.word("=>");
            self.statement(body);
        }
        self.word("}");
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
pub(super) mod tests;
