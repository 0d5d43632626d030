//! Which texts may be names.

/// Words of the script language (Rhai 1.27, reserved ones included), which therefore cannot name a fact.
pub(super) const SCRIPT_WORDS: &[&str] = &[
    "as",
    "async",
    "await",
    "break",
    "call",
    "case",
    "catch",
    "const",
    "continue",
    "curry",
    "debug",
    "default",
    "do",
    "else",
    "eval",
    "export",
    "false",
    "fn",
    "Fn",
    "for",
    "go",
    "goto",
    "if",
    "import",
    "in",
    "is",
    "is_def_fn",
    "is_def_var",
    "is_shared",
    "let",
    "loop",
    "match",
    "module",
    "new",
    "nil",
    "null",
    "package",
    "print",
    "private",
    "protected",
    "public",
    "return",
    "shared",
    "spawn",
    "static",
    "super",
    "switch",
    "sync",
    "this",
    "thread",
    "throw",
    "true",
    "try",
    "type_of",
    "until",
    "use",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

/// What a script sees besides declared names.
pub(super) const STEP_WORDS: &[&str] = &["event", "now", "today"];

/// The words of JSON Schema, which cannot name a type.
pub(super) const JSON_TYPES: &[&str] =
    &["array", "boolean", "integer", "null", "number", "object", "string"];

pub(super) const NAME_HINT: &str =
    "a name begins with a letter and goes on with letters from a to z, digits and `_`";

/// An ASCII identifier as the script language has them: a letter comes before the first digit.
pub(crate) fn is_identifier(name: &str) -> bool {
    let rest = name.trim_start_matches('_');
    rest.starts_with(|c: char| c.is_ascii_alphabetic())
        && rest.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// One identifier, or several joined by points.
pub(super) fn is_event(name: &str) -> bool {
    name.split('.').all(is_identifier)
}

/// What to write for what cannot be the name of an event.
pub(super) fn event_hint(name: &str) -> String {
    let parts: Option<Vec<String>> = name
        .split('.')
        .map(|part| if is_identifier(part) { Some(part.to_owned()) } else { as_identifier(part) })
        .collect();
    match parts {
        Some(parts) => {
            format!("write `{}`: letters from a to z, digits, `_` and points", parts.join("."))
        }
        None => "an event's name is a word, or several joined by points, such as `permit.granted`"
            .to_owned(),
    }
}

/// The nearest name that is one: what cannot stand in a name becomes `_`, Swedish letters lose their marks.
pub(super) fn as_identifier(name: &str) -> Option<String> {
    let mut out = String::new();
    for c in name.chars().take(60) {
        match c {
            'å' | 'ä' => out.push('a'),
            'Å' | 'Ä' => out.push('A'),
            'ö' => out.push('o'),
            'Ö' => out.push('O'),
            'é' => out.push('e'),
            _ if c.is_ascii_alphanumeric() => out.push(c),
            _ => out.push('_'),
        }
    }
    let trimmed = out.trim_matches('_');
    (is_identifier(trimmed) && trimmed != name).then(|| trimmed.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers() {
        for name in ["a", "a1", "_a", "__a_1", "A"] {
            assert!(is_identifier(name), "{name}");
        }
        for name in ["", "_", "1a", "_1", "a b", "a-b", "å", "a.b"] {
            assert!(!is_identifier(name), "{name}");
        }
        assert_eq!(as_identifier("öppna ärende").as_deref(), Some("oppna_arende"));
        assert_eq!(as_identifier("åäö-1").as_deref(), Some("aao_1"));
        assert_eq!(as_identifier("?").as_deref(), None);
    }

    /// The list follows the script language: what its lexer reserves is here, and what is here it does not take as a name.
    #[test]
    fn script_words_are_those_of_the_script_language() {
        let engine = rhai::Engine::new_raw();
        for word in SCRIPT_WORDS {
            assert!(engine.compile(format!("let {word} = 1;")).is_err(), "{word}");
        }
        let free = STEP_WORDS.iter().chain(&["exit", "global", "a", "step", "from"]);
        for name in crate::vocabulary::functions().chain(free.copied()) {
            assert!(engine.compile(format!("let {name} = 1;")).is_ok(), "{name}");
        }
    }
}
