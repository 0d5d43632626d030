//! Bounds of dates, date-times and durations, and what a duration is counted in.

use super::Reader;
use super::read::Fields;
use crate::definition::shape::{Kind, Shape};
use crate::diagnostic::{Diagnostic, quoted};
use crate::json::NodeKind;
use crate::value::{Duration, Flavour, Value};

impl<'n> Reader<'_, 'n> {
    /// Bounds of a date, date-time or duration: texts, as the values are.
    pub(super) fn span(&mut self, fields: Fields<'n>, shape: &mut Shape) {
        let plain = Shape::new(shape.kind.clone());
        let such = match shape.kind {
            Kind::Date => "a date such as `2026-01-31`",
            Kind::DateTime => "a date-time such as `2026-01-31T09:00:00+01:00`",
            _ => "a duration such as `P14D`",
        };
        for (key, bound) in [
            ("minimum", &mut shape.span.minimum),
            ("maximum", &mut shape.span.maximum),
            ("exclusiveMinimum", &mut shape.span.exclusive_minimum),
            ("exclusiveMaximum", &mut shape.span.exclusive_maximum),
        ] {
            let Some(node) = fields.node(key) else { continue };
            let NodeKind::String(text) = &node.kind else {
                self.wrong(key, such, node);
                continue;
            };
            if let Some(value) = self.admit(&plain, Value::from(text.value.as_str()), node) {
                *bound = Some(value);
            }
        }
    }

    /// What a duration is counted in, as its bounds, its default or its value tell. Nothing at all (`P0D`, `P0M`) tells by
    /// its unit, where nothing else does.
    pub(super) fn counted_in(&mut self, fields: Fields<'n>, shape: &mut Shape) {
        if shape.kind != Kind::Duration {
            return;
        }
        let nothing = |length: &Duration| length.checked_neg() == Some(*length);
        let inherited = shape.flavour;
        let is_vague = shape
            .span
            .iter()
            .all(|bound| bound.as_duration().is_some_and(|length| nothing(&length)));
        let mut told = inherited.filter(|_| !is_vague).map(|flavour| (flavour, None));
        let mut vague = None;
        for key in
            ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "default", "value"]
        {
            let Some(node) = fields.node(key) else { continue };
            let NodeKind::String(text) = &node.kind else { continue };
            let Some(length) = Duration::parse(&text.value) else { continue };
            if nothing(&length) && length.is_of(Flavour::Days) {
                let months = text.value.contains(['M', 'Y']);
                vague = vague.or(Some(if months { Flavour::Months } else { Flavour::Days }));
                continue;
            }
            let Some(flavour) = length.flavour() else {
                if !matches!(key, "default" | "value") {
                    let message =
                        format!("{} has months and days: it bounds nothing", quoted(&text.value));
                    let hint = "no number of days is a month: count in one of the two";
                    self.error("bad-bounds", node.span, message, hint);
                }
                continue;
            };
            match told {
                None => told = Some((flavour, Some(node.span))),
                // Of a default or value it is told where that is admitted.
                Some((first, place)) if first != flavour && !matches!(key, "default" | "value") => {
                    let message = format!(
                        "{} is counted in {}, and before that this was counted in {}",
                        quoted(&text.value),
                        flavour.units(),
                        first.units()
                    );
                    let mut found = Diagnostic::error("bad-bounds", node.span, message)
                        .hint("durations have an order only where they are counted in the same");
                    if let Some(place) = place {
                        found = found.related(place, "it is told here");
                    }
                    self.report.push(found);
                }
                Some(_) => {}
            }
        }
        let told = told.map(|(flavour, _)| flavour);
        shape.flavour = told.or(inherited).or(vague);
    }
}
