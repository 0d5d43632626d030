//! Keys of a declaration that bound its values: read, and checked to leave room for a value.

use super::Reader;
use super::read::Fields;
use crate::definition::shape::{Grid, Kind, Shape};
use crate::diagnostic::Diagnostic;
use crate::value::{NoPattern, Number, Pattern, too_large_a_pattern};

impl<'n> Reader<'_, 'n> {
    pub(super) fn bounds(&mut self, fields: Fields<'n>, shape: &mut Shape) {
        let is_time = matches!(shape.kind, Kind::Date | Kind::DateTime | Kind::Duration);
        if is_time {
            self.counted_in(fields, shape);
            self.span(fields, shape);
        }
        for (key, bound) in [
            ("minimum", &mut shape.minimum),
            ("maximum", &mut shape.maximum),
            ("exclusiveMinimum", &mut shape.exclusive_minimum),
            ("exclusiveMaximum", &mut shape.exclusive_maximum),
            ("multipleOf", &mut shape.multiple_of),
        ] {
            if is_time && key != "multipleOf" {
                continue;
            }
            if let Some(number) = self.number(fields, key) {
                *bound = Some(number.value);
            }
        }
        for (key, bound) in [
            ("minLength", &mut shape.min_length),
            ("maxLength", &mut shape.max_length),
            ("minItems", &mut shape.min_items),
            ("maxItems", &mut shape.max_items),
        ] {
            if let Some(number) = self.whole(fields, key) {
                *bound = Some(number.value);
            }
        }
    }

    pub(super) fn text_pattern(&mut self, fields: Fields<'n>) -> Option<Pattern> {
        let written = self.text(fields, "pattern")?;
        let most = self.limits.pattern_size;
        let found = match Pattern::read(&written, most) {
            Ok(pattern) => return Some(pattern),
            Err(NoPattern::Large(size)) => {
                let message = too_large_a_pattern(size, most);
                Diagnostic::error("limit-pattern", written.span, message)
            }
            Err(NoPattern::Wrong { message, hint }) => {
                let found = Diagnostic::error("bad-pattern", written.span, message);
                match hint {
                    Some(hint) => found.hint(hint),
                    None => found,
                }
            }
        };
        self.report.push(found);
        None
    }

    /// Bounds between which nothing lies.
    pub(super) fn check_bounds(&mut self, fields: Fields<'n>, shape: &Shape) {
        let before = self.report.diagnostics().len();
        let lower = [
            ("minimum", shape.minimum, false),
            ("exclusiveMinimum", shape.exclusive_minimum, true),
        ];
        let upper = [
            ("maximum", shape.maximum, false),
            ("exclusiveMaximum", shape.exclusive_maximum, true),
        ];
        for (low_key, low, low_open) in lower {
            for (high_key, high, high_open) in upper {
                let (Some(low), Some(high)) = (low, high) else { continue };
                if low > high || (low == high && (low_open || high_open)) {
                    self.nothing_between(
                        fields,
                        (low_key, &low.to_string()),
                        (high_key, &high.to_string()),
                    );
                }
            }
        }
        let span = &shape.span;
        for (low_key, low, low_open) in
            [("minimum", &span.minimum, false), ("exclusiveMinimum", &span.exclusive_minimum, true)]
        {
            for (high_key, high, high_open) in [
                ("maximum", &span.maximum, false),
                ("exclusiveMaximum", &span.exclusive_maximum, true),
            ] {
                let (Some(low), Some(high)) = (low, high) else { continue };
                let order = low.in_time(high);
                if order
                    .is_some_and(|order| order.is_gt() || order.is_eq() && (low_open || high_open))
                    || low_open && high_open && low.is_next_to(high)
                {
                    self.nothing_between(
                        fields,
                        (low_key, &low.to_string()),
                        (high_key, &high.to_string()),
                    );
                }
            }
        }
        for (low_key, low, high_key, high) in [
            ("minLength", shape.min_length, "maxLength", shape.max_length),
            ("minItems", shape.min_items, "maxItems", shape.max_items),
        ] {
            if let (Some(low), Some(high)) = (low, high)
                && low > high
            {
                self.nothing_between(
                    fields,
                    (low_key, &low.to_string()),
                    (high_key, &high.to_string()),
                );
            }
        }
        if let (Some(step), Some(node)) = (shape.multiple_of, fields.node("multipleOf"))
            && step <= Number::from(0)
        {
            self.error(
                "bad-bounds",
                node.span,
                "`multipleOf` must be above 0",
                "write such as `0.01` for whole cents",
            );
        }
        // What two bounds say together has been said.
        if self.report.diagnostics().len() == before {
            self.check_room(fields, shape);
        }
    }

    /// Bounds that leave room, in which there is nothing.
    fn check_room(&mut self, fields: Fields<'n>, shape: &Shape) {
        let first = |keys: &[&str]| keys.iter().find_map(|key| fields.get(key));
        if let Some(grid) = shape.grid().filter(Grid::is_empty) {
            let what = match (&shape.kind, shape.multiple_of) {
                (Kind::Integer, None) => "whole number".to_owned(),
                (Kind::Integer, Some(step)) if !step.is_whole() => {
                    format!("whole multiple of {step} (those of {})", grid.step)
                }
                (_, step) => format!("multiple of {}", step.unwrap_or(grid.step)),
            };
            let bounds =
                ["multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum"];
            if let Some(member) = first(&bounds) {
                let message = format!("no value fits: no {what} lies between the bounds");
                let hint = "move a bound, or change what it is a multiple of";
                self.error("bad-bounds", member.value.span, message, hint);
            }
        }
        if let (Kind::Array(items), Some(least), true) =
            (&shape.kind, shape.min_items, shape.unique_items)
            && let Some(count) = items.count().filter(|count| *count < least)
            && let Some(member) = first(&["minItems", "uniqueItems"])
        {
            let are = if count == 1 { "is" } else { "are" };
            let message = format!(
                "no list fits: `minItems` is {least}, each item may stand in it once, and there {are} {count} to choose from"
            );
            let hint = "lower `minItems`, or remove `uniqueItems`";
            self.error("bad-bounds", member.value.span, message, hint);
        }
    }

    fn nothing_between(&mut self, fields: Fields<'n>, low: (&str, &str), high: (&str, &str)) {
        let Some(place) = fields.node(high.0).or_else(|| fields.node(low.0)) else { return };
        let message =
            format!("no value fits: `{}` is {}, `{}` is {}", low.0, low.1, high.0, high.1);
        let mut found = Diagnostic::error("bad-bounds", place.span, message);
        if let Some(other) = fields.node(low.0).filter(|other| other.span != place.span) {
            found = found.related(other.span, "the other bound is here");
        }
        self.report.push(found);
    }

    /// Keys that say nothing about values of this kind.
    pub(super) fn misplaced(&mut self, fields: Fields<'n>, shape: &Shape) {
        if shape.kind == Kind::Any {
            return;
        }
        for (keys, fits, whose) in [
            (
                &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"][..],
                matches!(
                    shape.kind,
                    Kind::Integer | Kind::Number | Kind::Date | Kind::DateTime | Kind::Duration
                ),
                "numbers, dates, date-times and durations",
            ),
            (&["multipleOf"], matches!(shape.kind, Kind::Integer | Kind::Number), "numbers"),
            (&["minLength", "maxLength", "pattern"], shape.kind == Kind::String, "texts"),
            (
                &["items", "minItems", "maxItems", "uniqueItems"],
                matches!(shape.kind, Kind::Array(_)),
                "lists",
            ),
            (
                &["properties", "required", "additionalProperties"],
                matches!(shape.kind, Kind::Object(_)),
                "records",
            ),
        ] {
            for member in keys.iter().filter(|_| !fits).filter_map(|key| fields.get(key)) {
                let message = format!(
                    "`{}` is for {whose}, this is {}",
                    member.key.value,
                    called(&shape.kind)
                );
                self.error(
                    "bad-combination",
                    member.key.span,
                    message,
                    "remove it, or change the type",
                );
            }
        }
    }
}

fn called(kind: &Kind) -> &'static str {
    match kind {
        Kind::Any => "anything",
        Kind::Boolean => "a boolean",
        Kind::Integer => "an integer",
        Kind::Number => "a number",
        Kind::String => "a text",
        Kind::Enum(_) => "an enum",
        Kind::Date => "a date",
        Kind::DateTime => "a date-time",
        Kind::Duration => "a duration",
        Kind::Array(_) => "a list",
        Kind::Object(_) => "a record",
    }
}
