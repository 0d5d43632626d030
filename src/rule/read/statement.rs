//! Statements: branches, loops, variables, assignments.

use rhai::Token;

use super::{Reader, ValueRead, tree};
use crate::rule::syntax::{Arm, Binary, Form, Tree};

impl Reader<'_> {
    pub(super) fn statement(&mut self) -> ValueRead<Tree> {
        let start = self.here();
        match self.peek() {
            Some(Token::LeftBrace) => self.block(),
            Some(Token::If) => self.branch(),
            Some(Token::Switch) => self.switch(),
            Some(Token::While | Token::Loop) => self.while_loop(),
            Some(Token::Do) => self.do_loop(),
            Some(Token::For) => self.for_loop(),
            Some(Token::Let | Token::Const) => {
                let constant = self.peek() == Some(&Token::Const);
                self.at += 1;
                let name = self.name()?;
                let value = if self.take(&Token::Equals) {
                    Some(Box::new(self.expression()?))
                } else {
                    None
                };
                Ok(tree(start.to(self.last()), Form::Let { name, value, constant }))
            }
            Some(Token::Return) => {
                self.at += 1;
                let value = self.value_behind()?;
                Ok(tree(start.to(self.last()), Form::Return(value)))
            }
            Some(Token::Break) => {
                self.at += 1;
                let value = self.value_behind()?;
                Ok(tree(start.to(self.last()), Form::Break(value)))
            }
            Some(Token::Continue) => {
                self.at += 1;
                Ok(tree(start, Form::Continue))
            }
            _ => self.expression_statement(),
        }
    }

    /// The value of a `return` or `break`, if there is one.
    pub(super) fn value_behind(&mut self) -> ValueRead<Option<Box<Tree>>> {
        match self.peek() {
            None
            | Some(Token::SemiColon | Token::RightBrace | Token::Comma | Token::RightParen) => {
                Ok(None)
            }
            Some(_) => Ok(Some(Box::new(self.expression()?))),
        }
    }

    pub(super) fn expression_statement(&mut self) -> ValueRead<Tree> {
        let start = self.here();
        let target = self.expression()?;
        let op_at = self.here();
        let op = match self.peek() {
            Some(Token::Equals) => None,
            Some(Token::PlusAssign) => Some(Binary::Add),
            Some(Token::MinusAssign) => Some(Binary::Subtract),
            Some(Token::MultiplyAssign) => Some(Binary::Multiply),
            Some(Token::DivideAssign) => Some(Binary::Divide),
            Some(Token::ModuloAssign) => Some(Binary::Remainder),
            _ => return Ok(target),
        };
        self.at += 1;
        let value = self.expression()?;
        let at = start.to(self.last());
        Ok(tree(at, Form::Assign { target: Box::new(target), op, op_at, value: Box::new(value) }))
    }

    /// An `if` with all of its `else if`, which are read in a loop.
    pub(super) fn branch(&mut self) -> ValueRead<Tree> {
        let mut links = Vec::new();
        let mut last = None;
        loop {
            let start = self.expect(&Token::If)?;
            let condition = Box::new(self.expression()?);
            let then = Box::new(self.block()?);
            links.push((start, condition, then));
            if !self.take(&Token::Else) {
                break;
            }
            if self.peek() != Some(&Token::If) {
                last = Some(self.block()?);
                break;
            }
        }
        let end = self.last();
        while let Some((start, condition, then)) = links.pop() {
            let form = Form::If { condition, then, otherwise: last.map(Box::new) };
            last = Some(tree(start.to(end), form));
        }
        last.ok_or_else(|| self.unexpected())
    }

    pub(super) fn switch(&mut self) -> ValueRead<Tree> {
        let start = self.expect(&Token::Switch)?;
        let subject = Box::new(self.expression()?);
        self.expect(&Token::LeftBrace)?;
        let outer = std::mem::replace(&mut self.no_pipe, false);
        let mut arms = Vec::new();
        while !self.take(&Token::RightBrace) {
            let mut cases = Vec::new();
            let mut condition = None;
            if !self.take(&Token::Underscore) {
                loop {
                    self.no_pipe = true;
                    cases.push(self.expression()?);
                    self.no_pipe = false;
                    if !self.take(&Token::Pipe) {
                        break;
                    }
                }
                if self.take(&Token::If) {
                    condition = Some(self.expression()?);
                }
            }
            self.expect(&Token::DoubleArrow)?;
            let body = self.statement()?;
            arms.push(Arm { cases, condition, body });
            self.take(&Token::Comma);
        }
        self.no_pipe = outer;
        Ok(tree(start.to(self.last()), Form::Switch { subject, arms }))
    }

    pub(super) fn while_loop(&mut self) -> ValueRead<Tree> {
        let start = self.here();
        let condition = if self.take(&Token::Loop) {
            None
        } else {
            self.expect(&Token::While)?;
            Some(Box::new(self.expression()?))
        };
        let body = Box::new(self.block()?);
        Ok(tree(start.to(self.last()), Form::While { condition, body }))
    }

    pub(super) fn do_loop(&mut self) -> ValueRead<Tree> {
        let start = self.expect(&Token::Do)?;
        let body = Box::new(self.block()?);
        let until = self.take(&Token::Until);
        if !until {
            self.expect(&Token::While)?;
        }
        let condition = Box::new(self.expression()?);
        Ok(tree(start.to(self.last()), Form::Do { body, condition, until }))
    }

    pub(super) fn for_loop(&mut self) -> ValueRead<Tree> {
        let start = self.expect(&Token::For)?;
        let (item, counter) = if self.take(&Token::LeftParen) {
            let item = self.name()?;
            self.expect(&Token::Comma)?;
            let counter = self.name()?;
            self.expect(&Token::RightParen)?;
            (item, Some(counter))
        } else {
            (self.name()?, None)
        };
        self.expect(&Token::In)?;
        let list = Box::new(self.expression()?);
        let body = Box::new(self.block()?);
        Ok(tree(start.to(self.last()), Form::For { item, counter, list, body }))
    }
}
