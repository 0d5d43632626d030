//! Patterns of texts: regular expressions as JSON Schema's `pattern` has them, matched in linear time.
//!
//! What may be written is what ECMA 262 (which JSON Schema names) and `regex-lite` read alike, so that a form that is drawn
//! from a declaration and this engine never disagree: no looking around, no back references, no flags, no classes of Unicode.
//! The size of a pattern is counted from what is written, on every machine alike.

use std::sync::Arc;

use regex_lite::Regex;

/// A pattern that was read.
#[derive(Debug, Clone)]
pub(crate) struct Pattern(Arc<Known>);

#[derive(Debug)]
struct Known {
    text: Box<str>,
    regex: Regex,
    size: usize,
    /// Texts that it matches, as far as some were found; the shortest first.
    samples: Vec<String>,
}

/// Two are the same if they are written the same.
impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.text == other.0.text
    }
}

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoPattern {
    /// It cannot be read: what is wrong, and what to write instead.
    Wrong { message: String, hint: Option<String> },
    /// It takes so many steps for each character, more than are allowed.
    Large(usize),
}

/// Groups inside one another.
const DEPTH: usize = 32;

/// A class that has others than these in it has no sample of its own.
const LETTERS: &str = "a1A0- .,b2é";

impl Pattern {
    /// Reads a pattern whose size may be `most` at most. Cost: linear in the text, and in the size.
    pub fn read(text: &str, most: usize) -> Result<Self, NoPattern> {
        let mut reader = Reader { rest: text, depth: 0 };
        let pieces = reader.alternatives()?;
        if !reader.rest.is_empty() {
            return Err(wrong("`)` closes nothing").hinted("write `\\)` for the character"));
        }
        let size = pieces.size();
        if size > most {
            return Err(NoPattern::Large(size));
        }
        let regex =
            Regex::new(text).map_err(|error| wrong(format!("it is no pattern: {error}")))?;
        let mut samples: Vec<String> = Vec::new();
        for more in 0..3 {
            let mut sample = String::new();
            pieces.sample(more, &mut sample);
            if regex.is_match(&sample) && !samples.contains(&sample) {
                samples.push(sample);
            }
        }
        Ok(Self(Arc::new(Known { text: text.into(), regex, size, samples })))
    }

    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// Whether it is found in a text: anywhere, unless `^` and `$` hold it to the ends. Steps: [`Pattern::steps`].
    pub fn is_in(&self, text: &str) -> bool {
        self.0.regex.is_match(text)
    }

    /// What looking through a text takes at most.
    pub fn steps(&self, text: &str) -> usize {
        text.len().saturating_add(1).saturating_mul(self.0.size)
    }

    pub fn samples(&self) -> &[String] {
        &self.0.samples
    }
}

/// What is said of a pattern that is larger than it may be.
pub(crate) fn too_large(size: usize, most: usize) -> String {
    format!(
        "this pattern takes {size} steps for each character, more than the {most} that are allowed"
    )
}

fn wrong(message: impl Into<String>) -> NoPattern {
    NoPattern::Wrong { message: message.into(), hint: None }
}

impl NoPattern {
    /// Patterns stand in JSON, also those in scripts: backslashes are written twice there.
    fn hinted(self, hint: impl Into<String>) -> Self {
        match self {
            Self::Wrong { message, .. } => {
                Self::Wrong { message, hint: Some(hint.into().replace('\\', "\\\\")) }
            }
            large => large,
        }
    }
}

/// A part of a pattern, as far as its size and its samples go.
#[derive(Debug)]
enum Piece {
    Letter(char),
    /// One of several characters: one that surely is.
    Class(char),
    /// A place between characters.
    Place,
    Group(Box<Alternatives>),
    Repeat {
        piece: Box<Piece>,
        least: usize,
        most: Option<usize>,
    },
}

#[derive(Debug)]
struct Alternatives(Vec<Vec<Piece>>);

impl Alternatives {
    fn size(&self) -> usize {
        self.0.iter().flatten().fold(self.0.len(), |size, piece| size.saturating_add(piece.size()))
    }

    fn sample(&self, more: usize, out: &mut String) {
        for piece in self.0.first().into_iter().flatten() {
            piece.sample(more, out);
        }
    }
}

impl Piece {
    fn size(&self) -> usize {
        match self {
            Self::Letter(_) | Self::Class(_) | Self::Place => 1,
            Self::Group(group) => group.size(),
            Self::Repeat { piece, least, most } => {
                piece.size().saturating_mul(most.unwrap_or(least + 1).max(1)).saturating_add(1)
            }
        }
    }

    /// Appends a text of what it matches. Bounded by the size, which was looked at before.
    fn sample(&self, more: usize, out: &mut String) {
        match self {
            Self::Letter(letter) | Self::Class(letter) => out.push(*letter),
            Self::Place => {}
            Self::Group(group) => group.sample(more, out),
            Self::Repeat { piece, least, most } => {
                let times = least.saturating_add(more).min(most.unwrap_or(usize::MAX));
                for _ in 0..times {
                    piece.sample(0, out);
                }
            }
        }
    }
}

struct Reader<'t> {
    rest: &'t str,
    depth: usize,
}

type Read<T> = Result<T, NoPattern>;

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let mut letters = self.rest.chars();
        let letter = letters.next();
        self.rest = letters.as_str();
        letter
    }

    fn skip(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// `a|b|c`, up to a `)` or the end.
    fn alternatives(&mut self) -> Read<Alternatives> {
        let mut all = vec![Vec::new()];
        while let Some(letter) = self.peek() {
            match letter {
                ')' => break,
                '|' => {
                    self.next();
                    all.push(Vec::new());
                }
                _ => {
                    let piece = self.repeated()?;
                    if let Some(last) = all.last_mut() {
                        last.push(piece);
                    }
                }
            }
        }
        Ok(Alternatives(all))
    }

    /// A piece with what says how often it comes.
    fn repeated(&mut self) -> Read<Piece> {
        let piece = self.piece()?;
        let (least, most) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => self.times()?,
            _ => return Ok(piece),
        };
        if matches!(piece, Piece::Place) {
            return Err(wrong("a place between characters is repeated"));
        }
        self.next();
        // As few as there can be: the same texts.
        self.skip("?");
        if let Some(sign @ ('*' | '+' | '?' | '{')) = self.peek() {
            return Err(wrong(format!("`{sign}` repeats nothing"))
                .hinted(format!("write `\\{sign}` for the character")));
        }
        Ok(Piece::Repeat { piece: Box::new(piece), least, most })
    }

    /// `{2}`, `{2,}`, `{2,4}`, up to its brace.
    fn times(&mut self) -> Read<(usize, Option<usize>)> {
        let (written, behind) =
            self.rest.get(1..).and_then(|rest| rest.split_once('}')).ok_or_else(|| {
                wrong("`{` is not closed").hinted("write `\\{` for the character")
            })?;
        let count = |text: &str| -> Read<usize> {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let number = text.parse().ok().filter(|_| digits && text.len() <= 6);
            number.ok_or_else(|| {
                wrong(format!("`{{{written}}}` says not how often"))
                    .hinted("write such as `{2}`, `{2,}` or `{2,4}`")
            })
        };
        let (least, most) = match written.split_once(',') {
            None => (count(written)?, Some(count(written)?)),
            Some((least, "")) => (count(least)?, None),
            Some((least, most)) => (count(least)?, Some(count(most)?)),
        };
        if most.is_some_and(|most| most < least) {
            return Err(wrong(format!("`{{{written}}}` has its larger number first")));
        }
        // The brace itself is what is taken next.
        self.rest = self.rest.get(self.rest.len() - behind.len() - 1..).unwrap_or_default();
        Ok((least, most))
    }

    fn piece(&mut self) -> Read<Piece> {
        Ok(match self.next() {
            Some('^' | '$') => Piece::Place,
            Some('.') => Piece::Class('a'),
            Some('(') => self.group()?,
            Some('[') => self.class()?,
            Some('\\') => self.escape(false)?,
            Some(sign @ ('*' | '+' | '?' | '{')) => {
                return Err(wrong(format!("`{sign}` repeats nothing"))
                    .hinted(format!("write `\\{sign}` for the character")));
            }
            Some(sign @ (']' | '}')) => {
                return Err(wrong(format!("`{sign}` closes nothing"))
                    .hinted(format!("write `\\{sign}` for the character")));
            }
            Some(letter) => Piece::Letter(letter),
            None => Piece::Place,
        })
    }

    fn group(&mut self) -> Read<Piece> {
        if self.rest.starts_with('?') && !self.skip("?:") {
            let what = match self.rest.as_bytes().get(1) {
                Some(b'=' | b'!') => "looking ahead is not linear",
                Some(b'<') if matches!(self.rest.as_bytes().get(2), Some(b'=' | b'!')) => {
                    "looking behind is not linear"
                }
                Some(b'<' | b'P') => "groups have no names here",
                _ => "there are no flags",
            };
            let hint = match what {
                "there are no flags" => "list the letters, such as `[Aa]`",
                "groups have no names here" => "write `(…)`",
                _ => "ask for it in a script, with `matches` and `!`",
            };
            return Err(wrong(what).hinted(hint));
        }
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(wrong(format!("its groups nest more than {DEPTH} levels")));
        }
        let group = self.alternatives()?;
        if !self.skip(")") {
            return Err(wrong("`(` is not closed").hinted("write `\\(` for the character"));
        }
        self.depth -= 1;
        Ok(Piece::Group(Box::new(group)))
    }

    /// `[a-zåäö]`, `[^,]`.
    fn class(&mut self) -> Read<Piece> {
        let open = || wrong("`[` is not closed").hinted("write `\\[` for the character");
        let negated = self.skip("^");
        let mut ranges: Vec<(char, char)> = Vec::new();
        let mut named: Vec<char> = Vec::new();
        loop {
            let low = match self.next().ok_or_else(open)? {
                ']' if ranges.is_empty() && named.is_empty() => {
                    return Err(wrong("`[]` holds no character"));
                }
                ']' => break,
                '[' => return Err(wrong("`[` inside `[…]`").hinted("write `\\[`")),
                '&' if self.rest.starts_with('&') => {
                    return Err(wrong("`&&` inside `[…]`").hinted("write `\\&`"));
                }
                '~' if self.rest.starts_with('~') => {
                    return Err(wrong("`~~` inside `[…]`").hinted("write one `~`"));
                }
                '-' if self.rest.starts_with('-') => {
                    return Err(wrong("`--` inside `[…]`").hinted("write `\\-`"));
                }
                '\\' => match self.escape(true)? {
                    Piece::Letter(letter) => letter,
                    Piece::Class(letter) => {
                        named.push(letter);
                        continue;
                    }
                    _ => return Err(wrong("a place between characters inside `[…]`")),
                },
                letter => letter,
            };
            let is_range = self.rest.starts_with('-') && !self.rest.starts_with("-]");
            if !is_range {
                ranges.push((low, low));
                continue;
            }
            self.next();
            let high = match self.next().ok_or_else(open)? {
                '\\' => match self.escape(true)? {
                    Piece::Letter(letter) => letter,
                    _ => return Err(wrong("a range inside `[…]` ends in no character")),
                },
                letter => letter,
            };
            if high < low {
                return Err(wrong(format!("the range `{low}-{high}` is the wrong way round")));
            }
            ranges.push((low, high));
        }
        let is_in = |letter: char| {
            ranges.iter().any(|(low, high)| (*low..=*high).contains(&letter))
                || named.contains(&letter)
        };
        // Whether it matches is looked at afterwards.
        let sample = match negated {
            true => LETTERS.chars().find(|letter| !is_in(*letter)),
            false => ranges.first().map(|(low, _)| *low).or(named.first().copied()),
        };
        Ok(Piece::Class(sample.unwrap_or('a')))
    }

    /// What stands behind a `\`.
    fn escape(&mut self, inside: bool) -> Read<Piece> {
        let Some(letter) = self.next() else {
            return Err(wrong("`\\` stands at the end").hinted("write `\\\\` for the character"));
        };
        Ok(match letter {
            'd' => Piece::Class('1'),
            'w' | 'S' | 'D' => Piece::Class('a'),
            's' => Piece::Class(' '),
            'W' => Piece::Class('-'),
            'b' | 'B' if !inside => Piece::Place,
            'n' => Piece::Letter('\n'),
            'r' => Piece::Letter('\r'),
            't' => Piece::Letter('\t'),
            'x' => self.code(2)?,
            'u' => self.code(4)?,
            'p' | 'P' => {
                return Err(wrong("classes of Unicode are not known here")
                    .hinted("list the letters, such as `[A-Za-zÅÄÖåäö]`"));
            }
            '0'..='9' | 'k' => {
                return Err(wrong("what was found before cannot be asked for again")
                    .hinted("ask for it in a script, with `split` or `sub_string`"));
            }
            sign if sign.is_ascii_punctuation() => Piece::Letter(sign),
            other => {
                return Err(wrong(format!("`\\{other}` stands for nothing"))
                    .hinted("write `\\\\` for a backslash"));
            }
        })
    }

    /// A character by its number.
    fn code(&mut self, digits: usize) -> Read<Piece> {
        let found = self.rest.get(..digits).and_then(|code| {
            let hex = code.bytes().all(|byte| byte.is_ascii_hexdigit());
            char::from_u32(u32::from_str_radix(code, 16).ok().filter(|_| hex)?)
        });
        let Some(letter) = found else {
            return Err(wrong(format!("a character's number has {digits} digits here"))
                .hinted("write the character itself"));
        };
        self.rest = self.rest.get(digits..).unwrap_or_default();
        Ok(Piece::Letter(letter))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "tests")]

    use super::*;

    const MOST: usize = 256;

    fn read(text: &str) -> Pattern {
        Pattern::read(text, MOST).unwrap_or_else(|why| panic!("{text}: {why:?}"))
    }

    #[test]
    fn a_pattern_is_found_anywhere_unless_it_is_held_to_the_ends() {
        for (pattern, yes, no) in [
            (r"\d{3}", "ab123cd", "ab12cd"),
            (r"^\d{6}-\d{4}$", "191212-1212", "19121212-1212"),
            (r"^[A-ZÅÄÖ]{2,3} \d+$", "ÅK 12", "åk 12"),
            (r"^(?:SE)?[0-9]+$", "SE1", "DK1"),
            (r"^a|b$", "ab", "ba"),
            (r"^[^@\s]+@[^@\s]+$", "eva@example.org", "eva example"),
            (r"^\u00e5\x41\/\-$", "åA/-", "åA"),
            ("", "anything", "\u{0}never"),
        ] {
            assert!(read(pattern).is_in(yes), "{pattern}");
            assert!(pattern.is_empty() || !read(pattern).is_in(no), "{pattern}");
        }
    }

    #[test]
    fn what_the_two_readers_take_otherwise_is_refused() {
        for text in [
            "(?i)a",
            "(?=a)",
            "(?<!a)",
            "(?<n>a)",
            "(?P<n>a)",
            r"\p{L}",
            r"\1",
            r"(a)\k<n>",
            r"\A",
            r"\z",
            "[[:alpha:]]",
            "[a&&b]",
            "[]",
            "[^]",
            "a**",
            "a{2}{3}",
            "*",
            "a{",
            "a{x}",
            "a{3,2}",
            "(a",
            "a)",
            "a]",
            "a}",
            r"a\",
            r"\q",
            r"\u12",
            "[z-a]",
            "[a-",
            "^*",
            "[\\b]",
        ] {
            assert!(Pattern::read(text, MOST).is_err(), "{text}");
        }
    }

    #[test]
    fn a_pattern_has_texts_of_its_own() {
        for text in [
            r"^\d{6}-\d{4}$",
            r"^[A-ZÅÄÖ]{2,3} \d+$",
            r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$",
            r"^(KS|BN) \d{4}-\d{1,6}$",
            r"^\w+$",
            "a?",
        ] {
            let pattern = read(text);
            assert!(!pattern.samples().is_empty(), "{text}");
            assert!(pattern.samples().iter().all(|sample| pattern.is_in(sample)), "{text}");
        }
    }

    #[test]
    fn what_is_repeated_counts_as_often() {
        for (text, size) in [("abc", 4), ("[a-z]{10}", 12), ("(ab){20}", 62), ("a*", 3)] {
            assert_eq!(read(text).0.size, size, "{text}");
        }
        for text in ["a{300}", "((a{20}){20}){20}", "(a{9999}){9999}{0,9}"] {
            assert!(Pattern::read(text, MOST).is_err(), "{text}");
        }
        assert_eq!(Pattern::read("a{300}", MOST), Err(NoPattern::Large(302)));
        // Groups are gone into, and not too deep.
        let deep = |levels| format!("{}a{}", "(".repeat(levels), ")".repeat(levels));
        assert!(Pattern::read(&deep(DEPTH), MOST).is_ok());
        assert!(Pattern::read(&deep(DEPTH + 1), MOST).is_err());
        assert!(Pattern::read(&"(".repeat(100_000), MOST).is_err());
    }
}
