//! The command line's own phrases.

use tresteg::Language;
pub(super) use tresteg::language::commands::Commands as Words;

pub(super) fn words(language: Language) -> &'static Words {
    Words::of(language)
}
