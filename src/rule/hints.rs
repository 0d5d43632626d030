//! Slips of the pen: what somebody meant where a script cannot be read. Numbers as spreadsheets write them, `=>` for `>=`,
//! a `switch` that something is done with.

use rhai::Token;

use super::syntax::Extent;
use super::tokens::{Problem, ScriptToken};
use crate::definition::model::Definition;
use crate::definition::shape::{Kind, Shape};
use crate::value::{Date, Duration, is_space, number_hint};

/// So many words a number may have been torn into, to either side of where reading stopped.
const TORN: usize = 8;

/// So many facts, properties and values are looked at for a name: a file has up to a thousand unknown ones.
const LOOKED_AT: usize = 1_000;

/// The date that hints show where the script has none.
pub(super) const A_DATE: &str = "date(`2026-09-01`)";

/// A problem of syntax, told better where it is a well-known slip. Linear in the words.
pub(super) fn meant(problem: Problem, text: &str, words: &[ScriptToken]) -> Problem {
    if problem.code != "syntax" {
        return problem;
    }
    let at = words.partition_point(|word| word.at.start < problem.at.start);
    let found = listed(text, words, at)
        .or_else(|| asked_as_function(text, words, at))
        .or_else(|| keyword(text, words, at))
        .or_else(|| operator(words, at));
    if let Some((at, hint)) = found {
        return Problem { at, hint: Some(hint), ..problem };
    }
    let found = number(text, words, at)
        .or_else(|| share(text, words, at))
        .or_else(|| digits(text, problem.at.start as usize));
    if let Some((at, hint)) = found {
        return no_number(text, at, hint);
    }
    match unit(text, words, at).or_else(|| branch(words, at)) {
        Some(hint) => Problem { hint: Some(hint), ..problem },
        None => problem,
    }
}

/// What a name may be meant as that nothing in the file has: a value of an `enum` without its quotes, a length of time, yes or no.
pub(super) fn for_a_name(name: &str, definition: &Definition) -> Option<String> {
    if let Some(value) = value_named(name, definition) {
        return Some(format!("did you mean the text `{value}`? write it with its backticks"));
    }
    match name.to_ascii_lowercase().as_str() {
        "true" | "yes" | "ja" | "sant" => Some("write `true`".to_owned()),
        "false" | "no" | "nej" | "falskt" => Some("write `false`".to_owned()),
        _ if Duration::parse(name).is_some() => {
            Some("write a length of time as `days(14)`, `months(6)` or `hours(36)`".to_owned())
        }
        _ => None,
    }
}

/// The value of an enum that a name is, in whichever case it is written.
fn value_named<'d>(name: &str, definition: &'d Definition) -> Option<&'d str> {
    let mut shapes: Vec<&Shape> =
        definition.facts.rows().iter().take(LOOKED_AT).map(|fact| &fact.shape).collect();
    let mut near = None;
    // A named type stands in many places: what is looked at is counted, not what is written.
    let mut left = LOOKED_AT;
    for _ in 0..LOOKED_AT {
        let Some(shape) = shapes.pop() else { break };
        match &shape.kind {
            Kind::Enum(values) => {
                if let Some((value, _)) = values.get_key_value(name) {
                    return Some(value);
                }
                let alike = |value: &&String| value.eq_ignore_ascii_case(name);
                near = near.or_else(|| values.keys().take(left).find(alike));
                left = left.saturating_sub(values.len());
            }
            Kind::Array(items) => shapes.push(items),
            Kind::Object(object) => {
                let inside = object.properties.values().chain(&object.additional);
                let room = LOOKED_AT.saturating_sub(shapes.len());
                shapes.extend(inside.take(room));
            }
            _ => {}
        }
    }
    near.map(String::as_str)
}

/// What a call with too few arguments may be meant as.
pub(super) fn for_a_call(name: &str, arguments: usize) -> Option<&'static str> {
    match (name, arguments) {
        ("sum", 2) => Some("what is added up is named before it: `list.map(|x| x.cost).sum()`"),
        ("len", 2) => Some("what is counted is chosen before it: `list.filter(|x| x > 3).len()`"),
        _ => None,
    }
}

/// A call for what is written as a date, or as a subtraction that looks like one: `2026-9-1`.
pub(super) fn date(written: &str) -> Option<String> {
    let (year, rest) = written.trim().split_once(['-', '/'])?;
    let (month, day) = rest.split_once(['-', '/'])?;
    let part = |text: &str, longest: usize| -> Option<i64> {
        let fits = text.len() <= longest && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| fits)
    };
    if year.len() != 4 {
        return None;
    }
    let date = Date::new(part(year, 4)?, part(month, 2)?, part(day, 2)?)?;
    Some(format!("date(`{date}`)"))
}

/// Code for a message: between backticks, if it has none of its own.
pub(super) fn as_code(code: &str) -> String {
    if code.contains('`') { code.to_owned() } else { format!("`{code}`") }
}

fn token(words: &[ScriptToken], at: usize) -> Option<&Token> {
    words.get(at).map(|word| &word.token)
}

fn before(words: &[ScriptToken], at: usize) -> Option<&ScriptToken> {
    words.get(at.checked_sub(1)?)
}

fn is_number(word: &ScriptToken) -> bool {
    matches!(
        word.token,
        Token::IntegerConstant(_) | Token::FloatConstant(_) | Token::DecimalConstant(_)
    )
}

/// `50 000`, `0,5` and `1.000.000`: a number that was read as several.
fn number(text: &str, words: &[ScriptToken], at: usize) -> Option<(Extent, String)> {
    let is_mark = |at: usize| match (before(words, at), words.get(at), words.get(at + 1)) {
        (Some(left), Some(mark), Some(right)) => {
            matches!(mark.token, Token::Comma | Token::Period)
                && is_number(left)
                && is_number(right)
                && left.at.end == mark.at.start
                && mark.at.end == right.at.start
        }
        _ => false,
    };
    let belongs = |at: usize| words.get(at).is_some_and(is_number) || is_mark(at);
    if !belongs(at) {
        return None;
    }
    let first = (at.saturating_sub(TORN)..at).rev().take_while(|at| belongs(*at)).last();
    let last = (at + 1..at + TORN).take_while(|at| belongs(*at)).last();
    let (first, last) = (words.get(first.unwrap_or(at))?, words.get(last.unwrap_or(at))?);
    let whole = first.at.to(last.at);
    Some((whole, number_hint(whole.of(text))?.to_string()))
}

/// A number that was read as several, by its letters, where words end otherwise: `50 000` with a
/// space that is none to scripts, `1.000.000`.
fn digits(text: &str, at: usize) -> Option<(Extent, String)> {
    let torn =
        |letter: char| letter.is_ascii_digit() || matches!(letter, ',' | '.') || is_space(letter);
    let left = text.get(..at)?.chars().rev().take(TORN * 4).take_while(|letter| torn(*letter));
    let right = text.get(at..)?.chars().take(TORN * 4).take_while(|letter| torn(*letter));
    let bytes = |letters: usize, letter: char| letters + letter.len_utf8();
    let (start, end) = (at - left.fold(0, bytes), at + right.fold(0, bytes));
    let whole = text.get(start..end)?;
    let front = whole.len() - whole.trim_start_matches(is_space).len();
    let back = whole.trim_end_matches(is_space).len();
    let at = Extent {
        start: u32::try_from(start + front).ok()?,
        end: u32::try_from(start + back).ok()?,
    };
    let hint = number_hint(at.of(text)).filter(|_| front < back)?;
    Some((at, hint.to_string()))
}

/// A space of a text program, which scripts do not have.
fn is_odd_space(letter: char) -> bool {
    letter != ' ' && is_space(letter)
}

/// A problem of a single letter, told better.
pub(super) fn letter_meant(problem: Problem, text: &str) -> Problem {
    let sign = match problem.at.of(text) {
        "≠" => Some("!="),
        "≥" => Some(">="),
        "≤" => Some("<="),
        "×" | "·" => Some("*"),
        "÷" => Some("/"),
        "−" | "–" => Some("-"),
        "“" | "”" | "’" | "´" => Some("`"),
        _ => None,
    };
    if let Some(sign) = sign.filter(|_| problem.code == "syntax") {
        return match sign {
            "`" => problem.hint("write texts between backticks"),
            sign => problem.hint(format!("write `{sign}`")),
        };
    }
    if problem.code != "syntax" || !problem.at.of(text).starts_with(is_odd_space) {
        return problem;
    }
    match digits(text, problem.at.start as usize) {
        Some((at, hint)) => no_number(text, at, hint),
        None => Problem { message: "this is a no-break space".to_owned(), ..problem }
            .hint("write a plain space"),
    }
}

fn no_number(text: &str, at: Extent, hint: String) -> Problem {
    Problem::new("syntax", at, format!("`{}` is not how a number is written", at.of(text)))
        .hint(hint)
}

/// `40%`: what stands behind it, if anything, is no number to divide by.
fn share(text: &str, words: &[ScriptToken], at: usize) -> Option<(Extent, String)> {
    let percent = [Some(at), at.checked_sub(1)];
    let percent =
        percent.into_iter().flatten().find(|at| token(words, *at) == Some(&Token::Modulo))?;
    let number = before(words, percent).filter(|word| is_number(word))?;
    let whole = number.at.to(words.get(percent)?.at);
    Some((whole, number_hint(whole.of(text))?.to_string()))
}

/// Words that scripts have in another case, or as a sign, or not at all: where they stand, and what to write there.
fn keyword(text: &str, words: &[ScriptToken], at: usize) -> Option<(Extent, String)> {
    let word = |at: usize| -> Option<(String, Extent)> {
        let word = words.get(at)?;
        match &word.token {
            Token::Identifier(name) => Some((name.to_lowercase(), word.at)),
            _ => None,
        }
    };
    let said = |at: Option<usize>| at.and_then(word);
    if let Some((name, place)) = said(Some(at)) {
        let sign = match name.as_str() {
            "and" | "och" => Some("&&"),
            "or" | "eller" => Some("||"),
            _ => None,
        };
        if let Some(sign) = sign {
            return Some((place, format!("write `{sign}`")));
        }
        match name.as_str() {
            "between" | "mellan" => return between(text, words, at),
            "like" => {
                return Some((
                    place,
                    "ask text.contains(`…`), text.starts_with(`…`) or text.matches(`…`)".to_owned(),
                ));
            }
            "then" => {
                return Some((place, "write braces: `if … { … } else { … }`".to_owned()));
            }
            _ => {}
        }
    }
    let (name, place) = said(at.checked_sub(1))?;
    match name.as_str() {
        "if" | "else" | "let" | "switch" | "for" | "return" => {
            Some((place, format!("write `{name}`")))
        }
        "not" | "inte" | "icke" => {
            Some((place, "write `!`, with parentheses around what follows".to_owned()))
        }
        "om" => Some((place, "write `if`".to_owned())),
        _ => None,
    }
}

/// `x between 1 and 3`: as two comparisons, where each is one word.
fn between(text: &str, words: &[ScriptToken], at: usize) -> Option<(Extent, String)> {
    let (x, low, high) = (before(words, at)?, words.get(at + 1)?, words.get(at + 3)?);
    let is_name = matches!(x.token, Token::Identifier(_));
    let part = |word: &ScriptToken| word.at.of(text).to_owned();
    let (name, low_text, high_text) = (part(x), part(low), part(high));
    let plain = is_name && is_number(low) && is_number(high);
    match plain {
        true => Some((
            x.at.to(high.at),
            format!("write `{low_text} <= {name} && {name} <= {high_text}`"),
        )),
        false => Some((words.get(at)?.at, "write `low <= x && x <= high`".to_owned())),
    }
}

/// `x in (1, 2)`: a list has other brackets.
fn listed(text: &str, words: &[ScriptToken], at: usize) -> Option<(Extent, String)> {
    let open = (at.saturating_sub(LOOKED_AT)..at).rev().find(|at| {
        !matches!(token(words, *at), Some(Token::Comma | Token::StringConstant(_)))
            && !words.get(*at).is_some_and(is_number)
            && !matches!(token(words, *at), Some(Token::Identifier(_)))
    })?;
    let is_open = token(words, open) == Some(&Token::LeftParen)
        && before(words, open).is_some_and(|word| word.token == Token::In);
    let close = words.iter().skip(at).find(|word| word.token == Token::RightParen)?;
    let whole = words.get(open).filter(|_| is_open)?.at.to(close.at);
    let inside = whole.of(text).strip_prefix('(')?.strip_suffix(')')?;
    Some((whole, format!("write {}", as_code(&format!("[{inside}]")))))
}

/// Comparisons as other languages write them.
fn operator(words: &[ScriptToken], at: usize) -> Option<(Extent, String)> {
    let (left, this) = (before(words, at), words.get(at)?);
    let touching = left.filter(|left| left.at.end == this.at.start);
    let (place, sign) = match (touching.map(|left| (&left.token, left.at)), &this.token) {
        (_, Token::DoubleArrow) => (this.at, ">="),
        (Some((Token::Equals, at)), Token::LessThan) => (at.to(this.at), "<="),
        (Some((Token::LessThan, at)), Token::GreaterThan) => (at.to(this.at), "!="),
        _ => return None,
    };
    Some((place, format!("write `{sign}`")))
}

/// `if(a, b, c)`, as spreadsheets ask.
fn asked_as_function(text: &str, words: &[ScriptToken], at: usize) -> Option<(Extent, String)> {
    if token(words, at) != Some(&Token::Comma) {
        return None;
    }
    let open = words.get(..at)?.iter().rposition(|word| word.token == Token::If)?;
    if token(words, open + 1) != Some(&Token::LeftParen) {
        return None;
    }
    let (mut depth, mut ends, mut close) = (0_usize, Vec::new(), None);
    for word in words.get(open + 1..)? {
        match word.token {
            Token::LeftParen | Token::LeftBracket | Token::LeftBrace => depth += 1,
            Token::RightParen | Token::RightBracket | Token::RightBrace => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    close = Some(word.at);
                    break;
                }
            }
            Token::Comma if depth == 1 => ends.push(word.at),
            _ => {}
        }
    }
    let (close, [first, second]) = (close?, ends.as_slice()) else { return None };
    let part = |from: u32, to: u32| text.get(from as usize..to as usize).map(str::trim);
    let a = part(words.get(open + 1)?.at.end, first.start)?;
    let (b, c) = (part(first.end, second.start)?, part(second.end, close.start)?);
    let code = as_code(&format!("if {a} {{ {b} }} else {{ {c} }}"));
    Some((words.get(open)?.at.to(close), format!("write {code}")))
}

/// `14 days` and `50000 kr`.
fn unit(text: &str, words: &[ScriptToken], at: usize) -> Option<String> {
    let number = before(words, at).filter(|word| is_number(word))?.at.of(text);
    let Token::Identifier(word) = token(words, at)? else { return None };
    let unit = match word.to_lowercase().as_str() {
        "second" | "seconds" | "sekund" | "sekunder" => "seconds",
        "minute" | "minutes" | "min" | "minut" | "minuter" => "minutes",
        "hour" | "hours" | "timme" | "timmar" => "hours",
        "day" | "days" | "dag" | "dagar" => "days",
        "week" | "weeks" | "vecka" | "veckor" => "weeks",
        "month" | "months" | "manad" | "manader" => "months",
        "year" | "years" | "ar" => "years",
        _ => {
            return Some(format!(
                "write the number alone, `{number}`; a unit is declared with the fact, as `\"unit\": \"SEK\"`"
            ));
        }
    };
    Some(format!("write `{unit}({number})`"))
}

/// `switch … { … } == 3`: a branch that begins a script is a statement, and ends with its brace.
fn branch(words: &[ScriptToken], at: usize) -> Option<String> {
    let operator = token(words, at)
        .filter(|token| token.precedence().is_some() || **token == Token::Period)?;
    let close = at.checked_sub(1)?;
    if token(words, close) != Some(&Token::RightBrace) {
        return None;
    }
    let mut open = 0_usize;
    for word in words.get(..=close)?.iter().rev() {
        match word.token {
            Token::RightBrace | Token::RightParen | Token::RightBracket => open += 1,
            Token::LeftBrace | Token::LeftParen | Token::LeftBracket | Token::MapStart => {
                open = open.checked_sub(1)?;
            }
            Token::Switch | Token::If | Token::Else if open == 0 => {
                let word = if word.token == Token::Switch { "switch" } else { "if" };
                let operator = operator.literal_syntax();
                let shown =
                    if operator == "." { ".…".to_owned() } else { format!(" {operator} …") };
                return Some(format!("put the `{word}` in parentheses: `({word} …){shown}`"));
            }
            Token::SemiColon | Token::While | Token::For | Token::Loop | Token::Do if open == 0 => {
                return None;
            }
            _ => {}
        }
    }
    None
}
