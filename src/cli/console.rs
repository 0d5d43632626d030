//! The streams that a command writes to, and colour on them.

use std::borrow::Cow;
use std::io::{self, Write};

use clap::ValueEnum;
use tresteg::diagnostic::{Report, visible, visible_lines};

use super::words::spoken;

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Colour {
    pub(super) fn wanted(self, terminal: bool) -> bool {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => terminal && !set("NO_COLOR") && !dumb,
        }
    }
}

/// How a piece of a line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shade {
    Plain,
    Added,
    Removed,
    Changed,
    /// Within what was added or removed.
    AddedWord,
    RemovedWord,
}

impl Shade {
    fn codes(self) -> &'static [&'static str] {
        match self {
            Self::Plain => &[],
            Self::Added => &[GREEN],
            Self::Removed => &[RED],
            Self::Changed => &[YELLOW],
            Self::AddedWord => &[BOLD, GREEN],
            Self::RemovedWord => &[BOLD, RED],
        }
    }
}

/// Standard output, which says of itself that it is that.
pub(super) struct Answers<W>(pub W);

impl<W: Write> Answers<W> {
    fn named<T>(result: io::Result<T>) -> io::Result<T> {
        result.map_err(|error| {
            let why = super::save::said(&error);
            io::Error::new(error.kind(), format!("standard output {why}"))
        })
    }
}

impl<W: Write> Write for Answers<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            written => Self::named(written),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Self::named(self.0.flush())
    }
}

/// Standard error. Where it cannot be written to there is nowhere to say so, and the answers do not suffer.
pub(super) struct Remarks<W>(pub W);

impl<W: Write> Write for Remarks<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(self.0.write(bytes).unwrap_or(bytes.len()))
    }

    fn flush(&mut self) -> io::Result<()> {
        let _ = self.0.flush();
        Ok(())
    }
}

/// Whether standard output was closed before the program began, as far as that can be told: in its place the standard
/// library opens the device that takes everything, for reading too, which a shell does not do where somebody asks for it.
pub(super) fn is_discarded() -> bool {
    let opened = std::fs::read_link("/proc/self/fd/1").unwrap_or_default();
    if opened != std::path::Path::new("/dev/null") {
        return false;
    }
    let about = std::fs::read_to_string("/proc/self/fdinfo/1").unwrap_or_default();
    let flags = about.lines().find_map(|line| line.strip_prefix("flags:"));
    // The last octal digit holds how it was opened: 2 for reading and writing.
    flags.is_some_and(|flags| flags.trim().ends_with('2'))
}

/// Standard output and standard error.
pub(super) struct Console<'a> {
    pub out: &'a mut dyn Write,
    pub err: &'a mut dyn Write,
    pub paint_out: bool,
    pub paint_err: bool,
}

const RESET: &str = "\x1b[0m";
const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const RED: &str = "\x1b[31m";
const GREEN: &str = "\x1b[32m";
const YELLOW: &str = "\x1b[33m";
const CYAN: &str = "\x1b[36m";

impl Console<'_> {
    /// Why the program stops.
    pub(super) fn complain(&mut self, message: &str) -> io::Result<()> {
        let word = spoken().error;
        let label =
            if self.paint_err { format!("{BOLD}{RED}{word}{RESET}") } else { word.to_owned() };
        writeln!(self.err, "{label} {}", visible(message))
    }

    /// What is not as it may seem.
    pub(super) fn warn(&mut self, message: &str) -> io::Result<()> {
        let word = spoken().warning;
        let label = match self.paint_err {
            true => format!("{BOLD}{YELLOW}{word}{RESET}"),
            false => word.to_owned(),
        };
        writeln!(self.err, "{label} {}", visible(message))
    }

    /// Problems of a file, with carets.
    pub(super) fn report(&mut self, report: &Report) -> io::Result<()> {
        write!(self.err, "{}", report.render(self.paint_err))
    }

    /// A line that stands above others; behind an empty one where the text begins with a line feed.
    pub(super) fn heading(&mut self, text: &str) -> io::Result<()> {
        let text = self.below(text)?;
        if self.paint_out {
            writeln!(self.out, "{BOLD}{text}{RESET}")
        } else {
            writeln!(self.out, "{text}")
        }
    }

    /// A line of less weight; behind an empty one where the text begins with a line feed.
    pub(super) fn aside(&mut self, text: &str) -> io::Result<()> {
        let text = self.below(text)?;
        if self.paint_out {
            writeln!(self.out, "{DIM}{text}{RESET}")
        } else {
            writeln!(self.out, "{text}")
        }
    }

    /// The line that a text is, behind an empty one where it begins with a line feed: all else in it that is no part of a line
    /// comes from strangers.
    fn below<'t>(&mut self, text: &'t str) -> io::Result<Cow<'t, str>> {
        let line = text.strip_prefix('\n');
        if line.is_some() {
            writeln!(self.out)?;
        }
        Ok(visible(line.unwrap_or(text)))
    }

    /// One line, coloured by the mark that it begins with; behind an empty one where the text begins with a line feed.
    pub(super) fn line(&mut self, text: &str) -> io::Result<()> {
        let text = self.below(text)?;
        self.text(&text)
    }

    /// One line of pieces.
    pub(super) fn shaded(&mut self, pieces: &[(Shade, &str)]) -> io::Result<()> {
        for (shade, text) in pieces {
            let codes = if self.paint_out && !text.is_empty() { shade.codes() } else { &[] };
            let reset = if codes.is_empty() { "" } else { RESET };
            write!(self.out, "{}{}{reset}", codes.concat(), visible(text))?;
        }
        writeln!(self.out)
    }

    /// Text of several lines, each coloured by the mark that it begins with. Whoever puts lines together has seen to it that
    /// nothing in one makes another.
    pub(super) fn text(&mut self, text: &str) -> io::Result<()> {
        for line in visible_lines(text).split_terminator('\n') {
            let bare = line.trim_start();
            let colour = match bare.chars().next() {
                _ if !self.paint_out => None,
                Some('✓') => Some(GREEN),
                Some('✗') => Some(RED),
                Some('?') => Some(YELLOW),
                Some('→') => Some(CYAN),
                _ => None,
            };
            match colour {
                None => writeln!(self.out, "{line}")?,
                // Only the mark: a whole coloured paragraph is hard to read.
                Some(colour) => {
                    let (indent, rest) = line.split_at(line.len() - bare.len());
                    let end = rest.chars().next().map_or(0, char::len_utf8);
                    let (mark, rest) = rest.split_at(end);
                    writeln!(self.out, "{indent}{colour}{mark}{RESET}{rest}")?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_make_no_lines() {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut console =
            Console { out: &mut out, err: &mut err, paint_out: false, paint_err: false };
        assert!(console.heading("\na\nb").is_ok());
        assert!(console.aside("c\u{1b}[31m\r\n").is_ok());
        assert!(console.line("\n✓ d\u{2028}✓ e").is_ok());
        assert!(console.text("f\n✓ g\u{202e}\n").is_ok());
        assert!(console.complain("h\nerror: i").is_ok());
        assert_eq!(
            String::from_utf8_lossy(&out),
            "\na\\nb\nc\\u{1b}[31m\\r\\n\n\n✓ d\\u{2028}✓ e\nf\n✓ g\\u{202e}\n"
        );
        assert_eq!(String::from_utf8_lossy(&err), "error: h\\nerror: i\n");
    }

    #[test]
    fn only_marks_are_coloured() {
        let text = "head\n  ✓ yes\n  plain ✗\n";
        let mut out = Vec::new();
        let mut err = Vec::new();
        let mut console =
            Console { out: &mut out, err: &mut err, paint_out: true, paint_err: false };
        assert!(console.text(text).is_ok());
        assert_eq!(String::from_utf8_lossy(&out), "head\n  \x1b[32m✓\x1b[0m yes\n  plain ✗\n");
    }
}
