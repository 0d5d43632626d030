//! Types in words.

use super::Language;
use crate::definition::shape::{Kind, Shape};
use crate::value::{Calendar, Number, Value};

/// Two languages beside each other.
pub(crate) struct Phrases {
    language: Language,
}

impl Phrases {
    pub fn new(language: Language) -> Self {
        Self { language }
    }

    fn say(&self, english: &'static str, swedish: &'static str) -> &'static str {
        self.language.say(english, swedish)
    }

    pub fn calendar(&self, calendar: &Calendar) -> String {
        use crate::value::Holidays;
        let days = match &calendar.holidays {
            Holidays::Sweden => {
                self.say("weekdays without Swedish holidays", "vardagar utan svenska helgdagar")
            }
            Holidays::SwedenAnd(_) => self.say(
                "weekdays without Swedish holidays and the listed dates",
                "vardagar utan svenska helgdagar och de uppräknade dagarna",
            ),
            Holidays::Listed(_) => {
                self.say("weekdays without the listed dates", "vardagar utan de uppräknade dagarna")
            }
        };
        if calendar.eves {
            let eves = self.say("and without eves", "och utan aftnar");
            format!("{days} {eves}")
        } else {
            days.to_owned()
        }
    }

    /// A type with its bounds and its unit.
    pub fn shape(&self, shape: &Shape) -> String {
        let mut said = String::new();
        let mut inner = shape;
        let mut most: Vec<String> = Vec::new();
        // Types are not nested deeper than JSON may be.
        while let Kind::Array(items) = &inner.kind {
            said.push_str(self.say("list of ", "lista av "));
            most.extend(self.bounds(inner));
            inner = items;
        }
        said.push_str(match &inner.kind {
            Kind::Any => self.say("any value", "vilket värde som helst"),
            Kind::Boolean => self.say("yes or no", "ja eller nej"),
            Kind::Integer => self.say("whole number", "heltal"),
            Kind::Number => self.say("number", "tal"),
            Kind::String => self.say("text", "text"),
            Kind::Enum(_) => self.say("one of several", "ett av flera"),
            Kind::Date => self.say("date", "datum"),
            Kind::DateTime => self.say("date and time", "datum och tid"),
            Kind::Duration => self.say("length of time", "tidslängd"),
            Kind::Array(_) | Kind::Object(_) => self.say("record", "uppgift i flera delar"),
        });
        if let Some(unit) = &inner.unit {
            said.push_str(&format!(" ({unit})"));
        }
        for bound in self.bounds(inner).into_iter().chain(most) {
            said.push_str(", ");
            said.push_str(&bound);
        }
        said
    }

    fn bounds(&self, shape: &Shape) -> Vec<String> {
        let number = |bound: &Option<Number>, english, swedish| {
            bound.as_ref().map(|bound| format!("{} {bound}", self.say(english, swedish)))
        };
        let time = |bound: &Option<Value>, english, swedish| {
            bound.as_ref().map(|bound| format!("{} {bound}", self.say(english, swedish)))
        };
        let count = |bound: Option<u64>, most: bool, english, swedish| {
            let word =
                if most { self.say("at most", "högst") } else { self.say("at least", "minst") };
            bound.map(|bound| format!("{word} {bound} {}", self.say(english, swedish)))
        };
        let unique = shape.unique_items.then(|| self.say("each once", "var och en en gång"));
        [
            number(&shape.minimum, "at least", "minst"),
            number(&shape.exclusive_minimum, "more than", "mer än"),
            number(&shape.maximum, "at most", "högst"),
            number(&shape.exclusive_maximum, "less than", "mindre än"),
            number(&shape.multiple_of, "a multiple of", "en multipel av"),
            time(&shape.span.minimum, "at least", "minst"),
            time(&shape.span.exclusive_minimum, "more than", "mer än"),
            time(&shape.span.maximum, "at most", "högst"),
            time(&shape.span.exclusive_maximum, "less than", "mindre än"),
            // Of one character it only says that there must be a text.
            count(shape.min_length.filter(|least| *least > 1), false, "characters", "tecken"),
            count(shape.max_length, true, "characters", "tecken"),
            count(shape.min_items, false, "items", "poster"),
            count(shape.max_items, true, "items", "poster"),
            shape.pattern.as_ref().map(|pattern| {
                let (written, by) = (pattern.as_str(), self.say("of the form", "på formen"));
                format!("{by} {written}")
            }),
            unique.map(str::to_owned),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
