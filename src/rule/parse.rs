//! Script in, [`Tree`] out: Rhai's parser is the judge of syntax, `read` then makes the tree from Rhai's tokens.
//!
//! Rhai's own tree knows no extents, hides the bodies of closures, keeps of the cases of a `switch` only hashes
//! and turns decimals into binary floats; so the tree is read from the same tokens with Rhai's precedences.

use rhai::{LexError, ParseError, ParseErrorType};

use super::hints;
use super::read;
use super::syntax::{Extent, Form, Tree};
use super::tokens::{self, Problem, ScriptToken};
use crate::definition::model::Script;
use crate::diagnostic::{Diagnostic, Report};
use crate::limits::Limits;

/// Reads a script. `None` where it cannot be read; the report then says why.
pub(crate) fn parse(script: &Script, limits: &Limits, report: &mut Report) -> Option<Tree> {
    match read_script(&script.text, limits) {
        Ok(tree) => Some(tree),
        Err(problems) => {
            for problem in problems {
                report.push(diagnostic(script, problem));
            }
            None
        }
    }
}

/// Puts a problem of a script's text into the file.
pub(crate) fn diagnostic(script: &Script, problem: Problem) -> Diagnostic {
    let span = script.span(problem.at.start as usize, problem.at.end as usize);
    let diagnostic = Diagnostic::error(problem.code, span, problem.message);
    match problem.hint {
        Some(hint) => diagnostic.hint(hint),
        None => diagnostic,
    }
}

fn read_script(text: &str, limits: &Limits) -> Result<Tree, Vec<Problem>> {
    let whole = Extent { start: 0, end: u32::try_from(text.len()).unwrap_or(u32::MAX) };
    // The script language counts lines and columns in 16 bits.
    let most = limits.script_bytes.min(usize::from(u16::MAX));
    if text.len() > most {
        let message =
            format!("this script is {} bytes long, at most {most} are allowed", text.len());
        return Err(vec![
            Problem::new("limit-script", Extent { end: 1, ..whole }, message)
                .hint("move parts of it into functions, factors or derived facts"),
        ]);
    }
    let words = tokens::split(text).map_err(|problems| {
        problems.into_iter().map(|problem| hints::letter_meant(problem, text)).collect::<Vec<_>>()
    })?;
    if words.is_empty() {
        return Err(vec![
            Problem::new("empty", whole, "this script is empty").hint("leave the key out"),
        ]);
    }
    if let Err(error) = tokens::engine().compile(text) {
        return Err(vec![hints::meant(syntax_error(&error, text, &words), text, &words)]);
    }
    let tree =
        read::read(text, &words).map_err(|problem| vec![hints::meant(problem, text, &words)])?;
    match tree.form {
        Form::Block(ref statements) if statements.is_empty() => Err(vec![
            Problem::new("empty", whole, "this script is empty").hint("leave the key out"),
        ]),
        _ => Ok(tree),
    }
}

/// Says in the words of this project what Rhai's parser found.
fn syntax_error(error: &ParseError, text: &str, words: &[ScriptToken]) -> Problem {
    let at = tokens::at_position(words, error.position());
    let here = at.of(text);
    let problem = |message: String| Problem::new("syntax", at, message);
    match error.err_type() {
        ParseErrorType::UnexpectedEOF => {
            problem("something is missing at the end of this script".to_owned())
        }
        ParseErrorType::ExprTooDeep => tokens::too_complex(at),
        ParseErrorType::TooManyFunctions => problem("this script has too many closures".to_owned()),
        ParseErrorType::MissingToken(token, _) if token == ";" => {
            problem(format!("`{here}` was not expected here"))
                .hint("join conditions with `&&` or `||`, end statements with `;`")
        }
        ParseErrorType::MissingToken(token, _) => {
            problem(format!("expected `{token}` before `{here}`"))
        }
        ParseErrorType::BadInput(LexError::ImproperSymbol(symbol, _)) if symbol == "=" => {
            Problem::new(
                "assignment-in-condition",
                at,
                "`=` assigns, it does not compare".to_owned(),
            )
            .hint("write `==`")
        }
        ParseErrorType::AssignmentToInvalidLHS(_) | ParseErrorType::AssignmentToConstant(_) => {
            Problem::new("not-assignable", at, format!("`{here}` cannot be assigned to"))
                .hint("to compare, write `==`; in actions, assign to a fact or a variable")
        }
        ParseErrorType::BadInput(LexError::UnexpectedInput(_)) => {
            problem(format!("`{here}` was not expected here"))
        }
        ParseErrorType::Reserved(word) => {
            Problem::new("not-allowed", at, format!("`{word}` is not allowed in scripts"))
        }
        ParseErrorType::MismatchedType(wanted, found) => Problem::new(
            "wrong-type",
            at,
            format!("expected {}, found {}", plain(wanted), plain(found)),
        ),
        ParseErrorType::ExprExpected(_) => problem(format!("expected a value before `{here}`")),
        ParseErrorType::UnknownOperator(operator) => {
            problem(format!("there is no operator `{operator}`"))
        }
        ParseErrorType::DuplicatedProperty(name) => {
            problem(format!("the record has `{name}` twice"))
        }
        ParseErrorType::DuplicatedVariable(name) | ParseErrorType::FnDuplicatedParam(_, name) => {
            problem(format!("`{name}` is declared twice"))
        }
        ParseErrorType::LoopBreak => problem(format!("`{here}` stands outside of a loop")),
        ParseErrorType::PropertyExpected => problem("expected the name of a property".to_owned()),
        ParseErrorType::VariableExpected => problem("expected the name of a variable".to_owned()),
        ParseErrorType::WrongSwitchDefaultCase => problem("`_` must be the last case".to_owned()),
        ParseErrorType::WrongSwitchCaseCondition => {
            problem("the case `_` cannot have a condition".to_owned())
        }
        ParseErrorType::WrongSwitchIntegerCase => {
            problem("numbers must come before ranges".to_owned())
        }
        other => {
            let text = other.to_string();
            let mut characters = text.chars();
            problem(characters.next().map_or_else(String::new, |first| {
                first.to_lowercase().chain(characters).collect::<String>().replace('\'', "`")
            }))
        }
    }
}

/// What Rhai calls a type, for people.
fn plain(name: &str) -> &str {
    match name {
        "bool" => "a boolean",
        "i64" => "a whole number",
        "f64" | "decimal" => "a number",
        "string" => "a text",
        "array" => "a list",
        "map" => "a record",
        other => other,
    }
}
