//! From words to a tree, for texts that Rhai's parser has accepted.
//!
//! The recursion is bounded by the nesting of brackets, which was looked at before; chains are read in loops.

mod statement;

use std::sync::Arc;

use rhai::Token;

use super::syntax::{Binary, Extent, Form, Name, Tree};
use super::tokens::{Problem, ScriptToken};
use crate::value::Number;

type ValueRead<T> = Result<T, Problem>;

/// Reads a whole script: a block of statements, or the one expression that it is.
pub(super) fn read(text: &str, words: &[ScriptToken]) -> ValueRead<Tree> {
    let mut reader = Reader { text, words, at: 0, no_pipe: false };
    let statements = reader.statements(None)?;
    let mut iter = statements.into_iter();
    match (iter.next(), iter.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Ok(Tree { at: Extent::default(), form: Form::Block(Vec::new()) }),
        (Some(first), Some(second)) => {
            let statements: Vec<Tree> = [first, second].into_iter().chain(iter).collect();
            let at = cover(&statements);
            Ok(Tree { at, form: Form::Block(statements) })
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    words: &'a [ScriptToken],
    at: usize,
    /// Between the cases of a `switch`, `|` separates them.
    no_pipe: bool,
}

fn cover(trees: &[Tree]) -> Extent {
    match (trees.first(), trees.last()) {
        (Some(first), Some(last)) => first.at.to(last.at),
        _ => Extent::default(),
    }
}

fn tree(at: Extent, form: Form) -> Tree {
    Tree { at, form }
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.words.get(self.at).map(|word| &word.token)
    }

    fn here(&self) -> Extent {
        self.words.get(self.at).or(self.words.last()).map_or_else(Extent::default, |word| word.at)
    }

    fn last(&self) -> Extent {
        self.at
            .checked_sub(1)
            .and_then(|at| self.words.get(at))
            .map_or_else(Extent::default, |word| word.at)
    }

    fn unexpected(&self) -> Problem {
        let at = self.here();
        Problem::new("syntax", at, format!("`{}` was not expected here", at.of(self.text)))
    }

    fn take(&mut self, token: &Token) -> bool {
        let found = self.peek() == Some(token);
        if found {
            self.at += 1;
        }
        found
    }

    fn expect(&mut self, token: &Token) -> ValueRead<Extent> {
        let at = self.here();
        if self.take(token) { Ok(at) } else { Err(self.unexpected()) }
    }

    fn name(&mut self) -> ValueRead<Name> {
        let at = self.here();
        match self.peek() {
            Some(Token::Identifier(_)) => {
                self.at += 1;
                Ok(Name { text: Arc::from(at.of(self.text)), at })
            }
            _ => Err(self.unexpected()),
        }
    }

    /// Statements up to a closing token, or to the end.
    fn statements(&mut self, until: Option<&Token>) -> ValueRead<Vec<Tree>> {
        let mut statements = Vec::new();
        loop {
            match self.peek() {
                None => {
                    return if until.is_none() { Ok(statements) } else { Err(self.unexpected()) };
                }
                Some(token) if Some(token) == until => return Ok(statements),
                Some(Token::SemiColon) => self.at += 1,
                Some(_) => statements.push(self.statement()?),
            }
        }
    }

    fn block(&mut self) -> ValueRead<Tree> {
        let start = self.expect(&Token::LeftBrace)?;
        let outer = std::mem::replace(&mut self.no_pipe, false);
        let statements = self.statements(Some(&Token::RightBrace))?;
        let end = self.expect(&Token::RightBrace)?;
        self.no_pipe = outer;
        Ok(tree(start.to(end), Form::Block(statements)))
    }

    fn expression(&mut self) -> ValueRead<Tree> {
        let start = self.here();
        let left = self.unary()?;
        let (found, _) = self.binary(None, left, start)?;
        Ok(found)
    }

    /// The operators behind a first operand, by Rhai's precedences. Operands come with their extents, brackets
    /// included, so that the text of a whole can be shown as it was written.
    fn binary(
        &mut self,
        parent: Option<u8>,
        left: Tree,
        start: Extent,
    ) -> ValueRead<(Tree, Extent)> {
        let mut root = left;
        let mut root_at = start.to(self.last());
        loop {
            let Some(token) = self.peek() else { return Ok((root, root_at)) };
            let precedence = self.precedence(token);
            let Some(level) = precedence else { return Ok((root, root_at)) };
            if parent
                .is_some_and(|parent| level < parent || (level == parent && !token.is_bind_right()))
            {
                return Ok((root, root_at));
            }
            let op_at = self.here();
            self.at += 1;
            let right_start = self.here();
            let open_range = matches!(token, Token::ExclusiveRange | Token::InclusiveRange);
            if open_range && self.range_is_open() {
                return Err(
                    Problem::new("syntax", op_at, "this range has no end").hint("write `from..to`")
                );
            }
            let mut right = self.unary()?;
            let mut right_at = right_start.to(self.last());
            let next = self.peek().and_then(|next| self.precedence(next));
            if next.is_some_and(|next| next > level || (next == level && token.is_bind_right())) {
                (right, right_at) = self.binary(precedence, right, right_start)?;
            }
            let at = root_at.to(right_at);
            // An operand in brackets keeps them in its extent.
            root.at = root_at;
            right.at = right_at;
            root = combine(token, op_at, at, root, right);
            root_at = at;
        }
    }

    fn precedence(&self, token: &Token) -> Option<u8> {
        if self.no_pipe && *token == Token::Pipe {
            return None;
        }
        token.precedence().map(std::num::NonZeroU8::get)
    }

    fn range_is_open(&self) -> bool {
        matches!(
            self.peek(),
            None | Some(
                Token::RightBracket
                    | Token::RightParen
                    | Token::RightBrace
                    | Token::Comma
                    | Token::SemiColon
                    | Token::DoubleArrow
                    | Token::LeftBrace
            )
        )
    }

    fn unary(&mut self) -> ValueRead<Tree> {
        let start = self.here();
        match self.peek() {
            Some(Token::Minus | Token::UnaryMinus) => {
                self.at += 1;
                let inner_start = self.here();
                let mut operand = self.unary()?;
                let at = start.to(self.last());
                operand.at = inner_start.to(self.last());
                Ok(tree(at, negative(operand)))
            }
            Some(Token::Plus | Token::UnaryPlus) => {
                self.at += 1;
                let operand = self.unary()?;
                Ok(tree(start.to(self.last()), operand.form))
            }
            Some(Token::Bang) => {
                self.at += 1;
                let inner_start = self.here();
                let mut operand = self.unary()?;
                operand.at = inner_start.to(self.last());
                Ok(tree(start.to(self.last()), Form::Not(Box::new(operand))))
            }
            _ => self.primary(),
        }
    }

    fn primary(&mut self) -> ValueRead<Tree> {
        let start = self.here();
        let token = self.peek().ok_or_else(|| self.unexpected())?;
        let simple = |reader: &mut Self, form| {
            reader.at += 1;
            Ok(tree(start, form))
        };
        let base = match token {
            Token::True => simple(self, Form::Boolean(true)),
            Token::False => simple(self, Form::Boolean(false)),
            Token::Unit => simple(self, Form::Nothing),
            Token::IntegerConstant(value) => simple(self, Form::Integer(*value)),
            Token::FloatConstant(_) | Token::DecimalConstant(_) => {
                let written: String = start
                    .of(self.text)
                    .chars()
                    .filter(|c| *c != '_' && !c.is_whitespace())
                    .collect();
                let written = written.strip_suffix('.').unwrap_or(&written);
                let number = Number::parse(written).ok_or_else(|| {
                    Problem::new("number-range", start, format!("`{written}` has too many digits"))
                        .hint("a number has at most 28 digits, a whole one at most 9223372036854775807")
                })?;
                simple(self, Form::Number(number))
            }
            Token::StringConstant(value) => simple(self, Form::Text(Arc::from(value.as_str()))),
            Token::LeftParen => self.brackets(),
            Token::LeftBracket => self.list(),
            Token::MapStart => self.record(),
            Token::LeftBrace => self.block(),
            Token::If => self.branch(),
            Token::Switch => self.switch(),
            Token::While | Token::Loop => self.while_loop(),
            Token::Do => self.do_loop(),
            Token::For => self.for_loop(),
            Token::Pipe | Token::Or => self.closure(),
            Token::Identifier(_) => {
                let name = self.name()?;
                match self.peek() {
                    Some(Token::LeftParen | Token::Unit) => {
                        let args = self.arguments()?;
                        Ok(tree(start.to(self.last()), Form::Call { name, args, method: false }))
                    }
                    Some(Token::Bang) if self.calls_with_scope() => Err(Problem::new(
                        "not-allowed",
                        self.here(),
                        "`!` behind a function is not allowed",
                    )),
                    _ => Ok(tree(start, Form::Name(name.text))),
                }
            }
            _ => Err(self.unexpected()),
        }?;
        self.postfix(base, start)
    }

    fn calls_with_scope(&self) -> bool {
        matches!(
            self.words.get(self.at + 1).map(|word| &word.token),
            Some(Token::LeftParen | Token::Unit)
        )
    }

    /// `.property`, `.method()` and `[item]` behind a value.
    fn postfix(&mut self, base: Tree, start: Extent) -> ValueRead<Tree> {
        let mut base = base;
        let bracketed = start.to(self.last());
        let mut first = true;
        loop {
            match self.peek() {
                Some(Token::Period) => {
                    self.at += 1;
                    let name = self.property_name()?;
                    if first {
                        base.at = bracketed;
                    }
                    base = if matches!(self.peek(), Some(Token::LeftParen | Token::Unit)) {
                        let mut args = vec![base];
                        args.extend(self.arguments()?);
                        tree(start.to(self.last()), Form::Call { name, args, method: true })
                    } else {
                        tree(start.to(self.last()), Form::Property(Box::new(base), name))
                    };
                }
                Some(Token::LeftBracket) => {
                    self.at += 1;
                    if first {
                        base.at = bracketed;
                    }
                    let outer = std::mem::replace(&mut self.no_pipe, false);
                    let item = self.expression()?;
                    self.no_pipe = outer;
                    let end = self.expect(&Token::RightBracket)?;
                    base = tree(start.to(end), Form::Item(Box::new(base), Box::new(item)));
                }
                _ => return Ok(base),
            }
            first = false;
        }
    }

    fn property_name(&mut self) -> ValueRead<Name> {
        self.name()
    }

    fn brackets(&mut self) -> ValueRead<Tree> {
        self.expect(&Token::LeftParen)?;
        let outer = std::mem::replace(&mut self.no_pipe, false);
        let inner = self.expression()?;
        self.no_pipe = outer;
        self.expect(&Token::RightParen)?;
        Ok(inner)
    }

    fn arguments(&mut self) -> ValueRead<Vec<Tree>> {
        if self.take(&Token::Unit) {
            return Ok(Vec::new());
        }
        self.expect(&Token::LeftParen)?;
        self.items(&Token::RightParen)
    }

    fn list(&mut self) -> ValueRead<Tree> {
        let start = self.expect(&Token::LeftBracket)?;
        let items = self.items(&Token::RightBracket)?;
        Ok(tree(start.to(self.last()), Form::List(items)))
    }

    /// Expressions between commas, with the closing token.
    fn items(&mut self, close: &Token) -> ValueRead<Vec<Tree>> {
        let outer = std::mem::replace(&mut self.no_pipe, false);
        let mut items = Vec::new();
        while !self.take(close) {
            items.push(self.expression()?);
            if !self.take(&Token::Comma) {
                self.expect(close)?;
                break;
            }
        }
        self.no_pipe = outer;
        Ok(items)
    }

    fn record(&mut self) -> ValueRead<Tree> {
        let start = self.expect(&Token::MapStart)?;
        let outer = std::mem::replace(&mut self.no_pipe, false);
        let mut entries = Vec::new();
        while !self.take(&Token::RightBrace) {
            let at = self.here();
            let name = match self.peek() {
                Some(Token::StringConstant(text)) => {
                    self.at += 1;
                    Name { text: Arc::from(text.as_str()), at }
                }
                _ => self.name()?,
            };
            self.expect(&Token::Colon)?;
            entries.push((name, self.expression()?));
            if !self.take(&Token::Comma) {
                self.expect(&Token::RightBrace)?;
                break;
            }
        }
        self.no_pipe = outer;
        Ok(tree(start.to(self.last()), Form::Record(entries)))
    }

    fn closure(&mut self) -> ValueRead<Tree> {
        let start = self.here();
        let mut params = Vec::new();
        if !self.take(&Token::Or) {
            self.expect(&Token::Pipe)?;
            while !self.take(&Token::Pipe) {
                params.push(self.name()?);
                if !self.take(&Token::Comma) {
                    self.expect(&Token::Pipe)?;
                    break;
                }
            }
        }
        let body = Box::new(self.statement()?);
        Ok(tree(start.to(self.last()), Form::Closure { params, body }))
    }
}

/// A minus before a literal is part of it.
fn negative(operand: Tree) -> Form {
    match operand.form {
        Form::Integer(value) => match value.checked_neg() {
            Some(negated) => Form::Integer(negated),
            None => Form::Minus(Box::new(operand)),
        },
        Form::Number(value) => Form::Number(value.neg()),
        _ => Form::Minus(Box::new(operand)),
    }
}

fn combine(token: &Token, op_at: Extent, at: Extent, left: Tree, right: Tree) -> Tree {
    let op = match token {
        Token::And => {
            return tree(at, Form::And(joined(left, right, |form| matches!(form, Form::And(_)))));
        }
        Token::Or => {
            return tree(at, Form::Or(joined(left, right, |form| matches!(form, Form::Or(_)))));
        }
        Token::DoubleQuestion => {
            return tree(
                at,
                Form::Coalesce(joined(left, right, |form| matches!(form, Form::Coalesce(_)))),
            );
        }
        Token::In | Token::NotIn => {
            let negated = *token == Token::NotIn;
            return tree(at, Form::In { item: Box::new(left), list: Box::new(right), negated });
        }
        Token::ExclusiveRange | Token::InclusiveRange => {
            let inclusive = *token == Token::InclusiveRange;
            return tree(at, Form::Range { from: Box::new(left), to: Box::new(right), inclusive });
        }
        Token::EqualsTo => Binary::Equal,
        Token::NotEqualsTo => Binary::NotEqual,
        Token::LessThan => Binary::Less,
        Token::LessThanEqualsTo => Binary::LessOrEqual,
        Token::GreaterThan => Binary::Greater,
        Token::GreaterThanEqualsTo => Binary::GreaterOrEqual,
        Token::Plus => Binary::Add,
        Token::Minus => Binary::Subtract,
        Token::Multiply => Binary::Multiply,
        Token::Divide => Binary::Divide,
        Token::Modulo => Binary::Remainder,
        Token::Ampersand => Binary::Refused("&"),
        Token::Pipe => Binary::Refused("|"),
        Token::XOr => Binary::Refused("^"),
        _ => Binary::Refused("operator"),
    };
    tree(at, Form::Binary { op, op_at, left: Box::new(left), right: Box::new(right) })
}

/// `a && b && c` is one node of three; `(a && b) && c` is the same. What the left side holds already stays where it is:
/// a chain costs as much as it is long.
fn joined(left: Tree, right: Tree, same: fn(&Form) -> bool) -> Vec<Tree> {
    let clauses = |side: Tree| match side.form {
        Form::And(inner) | Form::Or(inner) | Form::Coalesce(inner) => inner,
        form => vec![tree(side.at, form)],
    };
    let split = |side: Tree| if same(&side.form) { clauses(side) } else { vec![side] };
    let mut all = split(left);
    all.extend(split(right));
    all
}
