//! The words of a script: Rhai's tokens with their extents in bytes, and what can be refused word by word.

use std::sync::OnceLock;

use rhai::{Engine, OptimizationLevel, Position, Token};

use super::syntax::Extent;

/// Nesting of brackets and runs of prefix operators in one script: reading and running recurse over them.
const NESTING: usize = 20;
/// Links of one chain of `.` and `[`: Rhai's parser recurses over them.
pub(super) const LINKS: usize = 40;
/// Operators and branches of `else if` on the way to the innermost operand, brackets and links among them. Each of
/// `a + b + c` lies inside the next one, and so trees are dropped, compared and walked as deep as this. What `&&`, `||`
/// and `??` join lies side by side and counts nothing, be it as long as it likes.
const LEVELS: usize = 300;

/// One token.
#[derive(Debug, Clone)]
pub(super) struct ScriptToken {
    pub token: Token,
    pub at: Extent,
    position: Position,
}

/// A problem in a script's text, before it is put into the file.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    pub code: &'static str,
    pub at: Extent,
    pub message: String,
    pub hint: Option<String>,
}

impl Problem {
    pub fn new(code: &'static str, at: Extent, message: impl Into<String>) -> Self {
        Self { code, at, message: message.into(), hint: None }
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// The engine that only ever parses.
pub(super) fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| {
        let mut engine = Engine::new_raw();
        engine.set_optimization_level(OptimizationLevel::None);
        // Rhai counts each operator of a chain, of `&&` too: `too_deep` has looked at what nests.
        engine.set_max_expr_depths(0, 0);
        engine.set_max_functions(256);
        engine.set_max_string_size(0);
        engine.set_max_array_size(10_000);
        engine.set_max_map_size(1_000);
        engine.set_max_variables(0);
        engine
    })
}

/// Splits a text into words. What a word alone shows to be wrong is a problem, and then nothing is parsed.
pub(super) fn split(text: &str) -> Result<Vec<ScriptToken>, Vec<Problem>> {
    let inputs = [text];
    let (tokens, _control) = engine().lex(&inputs);
    let mut walk = Walk::new(text);
    let mut words: Vec<ScriptToken> = Vec::new();
    let mut problems = Vec::new();
    for (token, position) in tokens {
        if token == Token::EOF {
            break;
        }
        let start = walk.offset(position);
        if let Token::LexError(error) = &token {
            let at = Extent { start, end: next_char(text, start) };
            problems.push(lexical(&error.to_string(), text, at));
            break;
        }
        let end = end_of(text, start, &token);
        let at = Extent { start, end };
        let interpolated = matches!(token, Token::InterpolatedString(_));
        if let Some(problem) = refuse(&token, at, text, words.last()) {
            problems.push(problem);
        }
        if interpolated {
            break;
        }
        words.push(ScriptToken { token: composed(token), at, position });
    }
    if problems.is_empty() {
        let behind = words.last().map_or(0, |word| word.at.end);
        problems.extend(unclosed_comment(text, behind));
        problems.extend(too_deep(&words));
    }
    if problems.is_empty() { Ok(words) } else { Err(problems) }
}

/// A word with its text in Unicode's composed form: the file was read so, but an escape in a script (`"A\\u030a"`) is only
/// read here, and what it is compared with has been composed.
fn composed(token: Token) -> Token {
    match token {
        Token::StringConstant(text) if !crate::value::is_composed(&text) => {
            let text = crate::value::composed(&text);
            Token::StringConstant(Box::new(text.as_ref().into()))
        }
        other => other,
    }
}

/// The word at one of Rhai's positions, or the last one.
pub(super) fn at_position(words: &[ScriptToken], position: Position) -> Extent {
    let key = |position: Position| (position.line(), position.position());
    let found = words.binary_search_by(|word| key(word.position).cmp(&key(position)));
    match found.ok().and_then(|index| words.get(index)) {
        Some(word) => word.at,
        None => words.last().map_or_else(Extent::default, |word| word.at),
    }
}

/// Turns Rhai's ascending positions (line and column in characters) into bytes, in one pass.
struct Walk<'a> {
    text: &'a str,
    line: usize,
    column: usize,
    offset: usize,
}

impl<'a> Walk<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, line: 1, column: 1, offset: 0 }
    }

    fn offset(&mut self, position: Position) -> u32 {
        let line = position.line().unwrap_or(1);
        let column = position.position().unwrap_or(1);
        for character in self.text.get(self.offset..).unwrap_or("").chars() {
            if (self.line, self.column) >= (line, column) {
                break;
            }
            if character == '\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
            self.offset += character.len_utf8();
        }
        u32::try_from(self.offset).unwrap_or(u32::MAX)
    }
}

fn next_char(text: &str, start: u32) -> u32 {
    let rest = text.get(start as usize..).unwrap_or("");
    start
        + rest
            .chars()
            .next()
            .map_or(1, |character| u32::try_from(character.len_utf8()).unwrap_or(1))
}

/// Rhai tells where a token begins; where it ends depends on its kind.
fn end_of(text: &str, start: u32, token: &Token) -> u32 {
    let rest = text.get(start as usize..).unwrap_or("");
    let length = match token {
        Token::StringConstant(_) | Token::InterpolatedString(_) | Token::CharConstant(_) => {
            quoted(rest)
        }
        Token::IntegerConstant(_) | Token::FloatConstant(_) | Token::DecimalConstant(_) => {
            number(rest)
        }
        Token::Identifier(name) | Token::Reserved(name) => name.len(),
        Token::Unit => rest.find(')').map_or(rest.len(), |at| at + 1),
        Token::Custom(name) => name.len(),
        Token::Comment(comment) => comment.len(),
        Token::LexError(_) | Token::UnprocessedRawChar(_) | Token::EOF => 1,
        symbol => symbol.literal_syntax().len(),
    };
    start.saturating_add(u32::try_from(length.max(1)).unwrap_or(u32::MAX))
}

fn quoted(rest: &str) -> usize {
    let mut characters = rest.char_indices();
    let Some((_, quote)) = characters.next() else { return 0 };
    let mut escaped = false;
    while let Some((at, character)) = characters.next() {
        if escaped {
            escaped = false;
        } else if character == '\\' && quote != '`' {
            escaped = true;
        } else if character == quote {
            // A doubled quote stands for one in the text.
            if rest.get(at + 1..).is_some_and(|next| next.starts_with(quote)) && quote != '\'' {
                characters.next();
            } else {
                return at + 1;
            }
        }
    }
    rest.len()
}

fn number(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(b' ');
    let mut at = usize::from(byte(0) == b'-');
    // Rhai allows blanks between a sign and its digits.
    while byte(at).is_ascii_whitespace() && at < bytes.len() {
        at += 1;
    }
    let radix = byte(at) == b'0' && byte(at + 1).is_ascii_alphabetic() && byte(at + 1) != b'e';
    loop {
        let this = byte(at);
        let fraction = this == b'.' && byte(at + 1).is_ascii_digit();
        let exponent = !radix
            && matches!(this, b'+' | b'-')
            && matches!(byte(at - usize::from(at > 0)), b'e' | b'E');
        if this.is_ascii_alphanumeric() || this == b'_' || fraction || exponent {
            at += 1;
        } else if this == b'.'
            && !matches!(byte(at + 1), b'.')
            && !byte(at + 1).is_ascii_alphabetic()
            && byte(at + 1) != b'_'
        {
            // `1.` is a number too.
            return at + 1;
        } else {
            return at;
        }
    }
}

/// What stood between single quotes as a text that needs no escapes in JSON.
fn in_backticks(written: &str) -> String {
    let inside = written.trim_matches('\'');
    match inside {
        "" => "write it between backticks".to_owned(),
        _ if inside.contains('`') || inside.len() == written.len() => {
            "write it between backticks".to_owned()
        }
        _ => format!("write `{inside}`, with the backticks"),
    }
}

fn lexical(message: &str, text: &str, at: Extent) -> Problem {
    let lower = {
        let mut characters = message.chars();
        characters.next().map_or_else(String::new, |first| {
            first.to_lowercase().chain(characters).collect::<String>().replace('\'', "`")
        })
    };
    // An operator of another language is named whole.
    let at = match message.strip_prefix('\'').and_then(|rest| rest.split_once("' is not a valid")) {
        Some((operator, _))
            if text.get(at.start as usize..).is_some_and(|rest| rest.starts_with(operator)) =>
        {
            let length = u32::try_from(operator.len()).unwrap_or(1);
            Extent { end: at.start.saturating_add(length), ..at }
        }
        _ => at,
    };
    // A text between single quotes, too.
    let at = match text.get(at.start as usize..).and_then(|rest| rest.strip_prefix('\'')) {
        Some(rest) => match rest.find('\'') {
            Some(length) => {
                let length = u32::try_from(length).unwrap_or(0);
                Extent { end: at.start.saturating_add(length).saturating_add(2), ..at }
            }
            None => at,
        },
        None => at,
    };
    let here = at.of(text);
    let problem = Problem::new("syntax", at, lower.trim_end_matches('.').to_owned());
    if message.contains("not terminated") && !here.starts_with('\'') {
        let closing = if here == "\"" || here == "`" { here } else { "\"" };
        Problem { message: format!("this text is not closed with {closing}"), ..problem }
    } else if here.starts_with('\'') {
        Problem {
            code: "syntax",
            message: "texts are not written in single quotes".to_owned(),
            ..problem
        }
        .hint(in_backticks(at.of(text)))
    } else if let Some((_, meant)) = message.split_once("Should it be '") {
        // What other languages have: Rhai knows it.
        let meant = meant.split('\'').next().unwrap_or_default();
        let meant = if meant == "===" || meant.is_empty() { "==" } else { meant };
        Problem { message: format!("there is no operator `{here}`"), ..problem }
            .hint(format!("write `{meant}`"))
    } else if message.contains("Invalid number") {
        problem.hint("whole numbers reach from -9223372036854775808 to 9223372036854775807")
    } else {
        problem
    }
}

/// Words that scripts may not use, with what to write instead.
fn refuse(token: &Token, at: Extent, text: &str, before: Option<&ScriptToken>) -> Option<Problem> {
    let not_allowed = |hint: &str| {
        Some(
            Problem::new("not-allowed", at, format!("`{}` is not allowed in scripts", at.of(text)))
                .hint(hint),
        )
    };
    match token {
        Token::CharConstant(_) => Some(
            Problem::new("syntax", at, "texts are not written in single quotes")
                .hint(in_backticks(at.of(text))),
        ),
        Token::InterpolatedString(_) => Some(
            Problem::new("not-allowed", at, "`${…}` inside a text is not allowed")
                .hint("join texts with `+`"),
        ),
        Token::StringConstant(_) if at.of(text).starts_with('#') => {
            not_allowed("write `x`, between backticks")
        }
        Token::Fn | Token::Private => {
            not_allowed("declare functions under `functions` in the file")
        }
        Token::Import | Token::Export | Token::As => not_allowed("scripts use no modules"),
        Token::Try | Token::Catch | Token::Throw => {
            not_allowed("an error undoes the whole step and says where; nothing catches it")
        }
        Token::DoubleColon => not_allowed("scripts use no modules"),
        Token::PowerOf | Token::PowerOfAssign => not_allowed("multiply instead"),
        Token::LeftShift | Token::RightShift | Token::LeftShiftAssign | Token::RightShiftAssign => {
            not_allowed("multiply or use `div` instead")
        }
        Token::AndAssign | Token::OrAssign | Token::XOrAssign => {
            not_allowed("write the assignment out with `&&` or `||`")
        }
        Token::Elvis => {
            not_allowed("a missing property is unknown; write `record.property ?? stand_in`")
        }
        Token::QuestionBracket => not_allowed("write `list[i]`"),
        Token::Reserved(word) => match word.as_str() {
            "this" | "global" | "Fn" | "call" | "curry" | "eval" | "print" | "debug"
            | "type_of" | "is_shared" | "is_def_fn" | "is_def_var" => {
                not_allowed("scripts read facts, parameters and factors, and nothing else")
            }
            "===" => not_allowed("write `==`"),
            "!==" => not_allowed("write `!=`"),
            "and" => not_allowed("write `&&`"),
            "or" => not_allowed("write `||`"),
            "not" => not_allowed("write `!`"),
            "?" => {
                not_allowed("write `if a { b } else { c }`, or `a ?? b` where `a` may be unknown")
            }
            "match" if before.is_some_and(|before| before.token == Token::Period) => {
                not_allowed("did you mean `matches`?")
            }
            "null" | "nil" => not_allowed("what nobody has said is unknown: ask known(`fact`)"),
            _ => not_allowed("this is a word that the script language keeps for itself"),
        },
        Token::Identifier(word)
            if matches!(word.as_str(), "sleep" | "rand" | "timestamp")
                && !before.is_some_and(|before| before.token == Token::Period) =>
        {
            not_allowed(
                "scripts have no clock and no chance: use `now`, `today` or an event's data",
            )
        }
        _ => None,
    }
}

/// A comment that nobody closes swallows the rest of a rule.
fn unclosed_comment(text: &str, behind: u32) -> Option<Problem> {
    let rest = text.get(behind as usize..)?;
    let bytes = rest.as_bytes();
    let (mut at, mut open, mut first) = (0, 0_u32, 0);
    while at < bytes.len() {
        let pair = bytes.get(at..at + 2);
        if pair == Some(b"/*") {
            if open == 0 {
                first = at;
            }
            open += 1;
            at += 2;
        } else if pair == Some(b"*/") && open > 0 {
            open -= 1;
            at += 2;
        } else if pair == Some(b"//") && open == 0 {
            at += rest.get(at..)?.find('\n').unwrap_or(bytes.len() - at);
        } else {
            at += 1;
        }
    }
    if open == 0 {
        return None;
    }
    let start = behind + u32::try_from(first).ok()?;
    Some(
        Problem::new(
            "unclosed-comment",
            Extent { start, end: start + 2 },
            "this comment is not closed",
        )
        .hint("close it with `*/`"),
    )
}

/// What stands between two brackets, as far as it has been read.
#[derive(Default)]
struct Open {
    /// Operators that wait for their right side: how strong they bind, whether they join any number of sides, and how
    /// deep the left side nests.
    waiting: Vec<(u8, bool, usize)>,
    /// How deep the operand nests that was read last.
    operand: usize,
    /// The deepest of all expressions so far.
    deepest: usize,
    /// Links of the chain, and branches of the `if`.
    links: usize,
    branches: usize,
    /// Closures whose body this lies in, and the same where the brackets opened.
    closures: usize,
    around: usize,
    /// Whether cases of a `switch` stand here, between which `|` is no operator; whether such brackets come next.
    cases: bool,
    switch: bool,
    is_switch: bool,
}

impl Open {
    fn inside(&mut self) -> Self {
        let is_switch = std::mem::take(&mut self.switch);
        let (closures, around, cases) = (self.closures, self.closures, is_switch);
        Self { closures, around, cases, is_switch, ..Self::default() }
    }

    fn operator(&mut self, strength: u8, joins: bool) {
        self.fold(strength, joins);
        self.waiting.push((strength, joins, self.operand));
        self.operand = 0;
    }

    /// Operators that bind at least as strong have got their right side; what joins goes on with the next one.
    fn fold(&mut self, strength: u8, joins: bool) {
        while let Some((own, joined, left)) = self.waiting.pop_if(|last| last.0 >= strength) {
            let goes_on = joins && joined && own == strength;
            self.operand = self.operand.max(left) + usize::from(!goes_on);
        }
        self.deepest = self.deepest.max(self.operand + self.branches);
    }

    /// The next expression begins.
    fn next(&mut self) {
        self.fold(0, false);
        self.operand = 0;
    }
}

/// Nesting that reading would recurse over, found without recursion: brackets, runs of prefix operators, chains of `.`
/// and `[`, of operators, of `else if`.
fn too_deep(words: &[ScriptToken]) -> Option<Problem> {
    let mut prefixes = 0_usize;
    let mut around: Vec<Open> = Vec::new();
    let mut here = Open::default();
    let mut before = &Token::SemiColon;
    for word in words {
        let token = &word.token;
        let behind_a_value = ends_a_value(before);
        match token {
            Token::Bang
            | Token::UnaryMinus
            | Token::UnaryPlus
            | Token::Minus
            | Token::Plus
            | Token::Pipe
            | Token::Or => {
                prefixes += 1;
                here.links = 0;
            }
            Token::Period => (prefixes, here.links) = (0, here.links + 1),
            Token::LeftBracket if behind_a_value => (prefixes, here.links) = (0, here.links + 1),
            Token::Identifier(_)
            | Token::RightParen
            | Token::RightBracket
            | Token::RightBrace
            | Token::Unit
            | Token::LeftParen
            | Token::LeftBracket
            | Token::LeftBrace => prefixes = 0,
            _ => (prefixes, here.links) = (0, 0),
        }
        match token {
            Token::LeftParen | Token::LeftBracket | Token::LeftBrace | Token::MapStart => {
                let inside = here.inside();
                around.push(std::mem::replace(&mut here, inside));
            }
            Token::RightParen | Token::RightBracket | Token::RightBrace => {
                if let Some(outer) = around.pop() {
                    here.next();
                    // Blocks stand one behind the other.
                    let level = usize::from(*token != Token::RightBrace);
                    let inner = here.deepest;
                    here = outer;
                    here.operand = here.operand.max(inner) + level;
                }
            }
            Token::Switch => here.switch = true,
            Token::If if *before == Token::Else => here.branches += 1,
            Token::If => {
                here.next();
                here.branches = 0;
            }
            Token::Pipe if here.cases && behind_a_value => here.next(),
            Token::Pipe | Token::Or if !behind_a_value => {
                here.next();
                here.closures += 1;
            }
            Token::Return | Token::Break if *before == Token::DoubleQuestion => here.closures += 1,
            Token::Comma | Token::SemiColon => {
                here.next();
                here.closures = here.around;
                here.cases = here.is_switch;
                here.branches = 0;
            }
            Token::DoubleArrow => {
                here.next();
                here.cases = false;
            }
            Token::Colon | Token::Else | Token::Equals => here.next(),
            Token::Period | Token::Bang | Token::UnaryMinus | Token::UnaryPlus => here.operand += 1,
            _ => {
                let joins = matches!(token, Token::And | Token::Or | Token::DoubleQuestion);
                match token.precedence() {
                    Some(strength) if behind_a_value => here.operator(strength.get(), joins),
                    Some(_) => here.operand += 1,
                    None => here.operand = here.operand.max(1),
                }
            }
        }
        let nests = around.len() >= NESTING
            || prefixes > NESTING
            || here.closures > NESTING
            || here.links > LINKS;
        if nests || here.deepest.max(here.operand) > LEVELS {
            return Some(too_complex(word.at));
        }
        before = token;
    }
    here.next();
    let last = words.last().filter(|_| here.deepest > LEVELS);
    last.map(|word| too_complex(word.at))
}

fn ends_a_value(token: &Token) -> bool {
    matches!(
        token,
        Token::Identifier(_)
            | Token::RightParen
            | Token::RightBracket
            | Token::RightBrace
            | Token::Unit
            | Token::True
            | Token::False
            | Token::IntegerConstant(_)
            | Token::FloatConstant(_)
            | Token::DecimalConstant(_)
            | Token::StringConstant(_)
    )
}

pub(super) fn too_complex(at: Extent) -> Problem {
    Problem::new("too-deep", at, "this script nests too deeply here")
        .hint("split it: give parts of it names as derived facts, factors or functions")
}

/// A script's meaning as a text: its tokens with white space and comments left out, texts the same however they are
/// quoted.
pub(super) fn spelling(text: &str) -> String {
    // What was compiled can be split; a piece of it that cannot stands for itself.
    let Ok(words) = split(text) else {
        return text.split_whitespace().collect::<Vec<_>>().join(" ");
    };
    let mut spelt = String::with_capacity(text.len());
    for word in words {
        if !spelt.is_empty() {
            spelt.push(' ');
        }
        match &word.token {
            Token::StringConstant(content) => crate::value::write_json_string(content, &mut spelt),
            Token::Comment(_) => {}
            Token::IntegerConstant(_) | Token::FloatConstant(_) | Token::DecimalConstant(_) => {
                spelt.extend(word.at.of(text).chars().filter(|letter| !letter.is_whitespace()));
            }
            _ => spelt.push_str(word.at.of(text)),
        }
    }
    spelt
}
