//! What is wrong with a journal, to people.

use crate::Language;
use crate::journal::discrepancy::Discrepancy;
use crate::language::messages;
use crate::value::visible;

impl Discrepancy {
    /// Which entry and what differs, in a language: one line. What is written of it elsewhere, as
    /// [`message`](Self::message), is English.
    ///
    /// ```
    /// # use tresteg::{Language, Workflow, journal::verify};
    /// # let workflow = Workflow::from_json(r#"{ "id": "w", "states": { "a": {} } }"#)?;
    /// let found = verify(&workflow, "", None).unwrap_err();
    /// assert_eq!(found.tell(Language::Swedish), "post 1 saknas: journalen är tom");
    /// assert_eq!(found.tell(Language::English), found.to_string());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn tell(&self, language: Language) -> String {
        let message = messages::translated(&self.message, language);
        format!("{} {} {}", language.say("entry", "post"), self.line, visible(&message))
    }
}
