//! The templates, and what keeps texts of strangers from meaning anything in a page.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, UndefinedBehavior, Value, escape_formatter};
use serde::Serialize;
use tresteg::Language;
use tresteg::diagnostic::visible_lines;

use super::words::words;

/// The pages without what they are about.
pub(super) struct Templates {
    environment: Environment<'static>,
    language: Language,
}

impl Templates {
    pub(super) fn new(language: Language) -> Result<Self, Error> {
        let mut environment = Environment::new();
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?;
        environment.set_syntax(syntax);
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        // Every text passes here on its way into a page.
        environment.set_formatter(|out, state, value| match value.as_str() {
            Some(text) if !value.is_safe() => {
                escape_formatter(out, state, &Value::from(clean(text)))
            }
            _ => escape_formatter(out, state, value),
        });
        environment.add_test("address", |value: &Value| value.as_str().is_some_and(is_address));
        environment.add_filter("anchor", |name: &str| anchor(name));
        environment.add_filter("breakable", |text: &str| Value::from_safe_string(breakable(text)));
        environment.add_filter("script", |text: &str| {
            let quoted = serde_json::Value::from(text).to_string().replace('<', "\\u003c");
            Value::from_safe_string(quoted)
        });
        environment.add_global("w", Value::from(Serde(words(language))));
        environment.add_global("lang", language.tag());
        environment.add_global("tresteg", env!("CARGO_PKG_VERSION"));
        let style = include_str!("style.css").replace('\n', "");
        environment.add_global("style", Value::from_safe_string(style));
        environment.add_template("base.html", include_str!("base.html"))?;
        environment.add_template("macros.html", include_str!("macros.html"))?;
        environment.add_template("index.html", include_str!("index.html"))?;
        environment.add_template("workflow.html", include_str!("workflow.html"))?;
        Ok(Self { environment, language })
    }

    pub(super) fn language(&self) -> Language {
        self.language
    }

    pub(super) fn index(&self, page: &impl Serialize) -> Result<String, Error> {
        self.environment.get_template("index.html")?.render(Serde(page))
    }

    pub(super) fn workflow(&self, page: &impl Serialize) -> Result<String, Error> {
        self.environment.get_template("workflow.html")?.render(Serde(page))
    }
}

/// With what no page may hold, what turns the direction of writing, and what is not seen, written out.
fn clean(text: &str) -> String {
    // On a page neither makes a line.
    let parts = text.split('\t').map(visible_lines).collect::<Vec<_>>();
    parts.join("\t")
}

/// A text of names and paths, which a line may end in after what joins their words; ready for a page.
fn breakable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in clean(text).chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            _ => out.push(letter),
        }
        if matches!(letter, '_' | '/' | '.' | ':' | '-') {
            out.push_str("<wbr/>");
        }
    }
    out
}

/// Whether a text may be a link: only what leads to a web page, never what a browser would run.
fn is_address(text: &str) -> bool {
    let scheme = text.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    let plain = |letter: char| !letter.is_control() && !letter.is_whitespace();
    scheme.is_some_and(|scheme| scheme == "http" || scheme == "https") && text.chars().all(plain)
}

/// A name as a part of an `id`: letters and digits as they are, the others by their bytes, so that no two names are alike.
pub(super) fn anchor(name: &str) -> String {
    let mut out = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.' {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("-{byte:02x}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_are_links() {
        for good in ["https://example.se/a?b=c&d", "HTTP://example.se"] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "javascript://x/%0aalert(1)",
            " https://example.se",
            "java\nscript://x",
            "data:text/html,x",
            "//example.se",
            "example.se",
            "https://a b",
            "file:///etc/passwd",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }

    #[test]
    fn anchors_tell_names_apart() {
        assert_eq!(anchor("board_decides.v2"), "board_decides.v2");
        assert_eq!(anchor("a b"), "a-20b");
        assert_ne!(anchor("a-20b"), anchor("a b"));
        assert_eq!(anchor("å\""), "-c3-a5-22");
    }

    #[test]
    fn what_no_page_may_hold_is_written_out() {
        assert_eq!(
            clean("a\u{0}b\tc\nd\u{202e}e\u{ffff}\r"),
            "a\\u{0}b\tc\nd\\u{202e}e\\u{ffff}\\r"
        );
    }
}
