//! Plots in SVG.

use std::fmt::Write as _;

use super::escaped;
use crate::cli::log::show::{count, figure};

/// Bars beside their names and numbers.
pub(super) fn bars(list: &[(String, usize)]) -> String {
    const ROW: usize = 26;
    const NAMES: usize = 280;
    const WIDE: usize = 420;
    let most = list.iter().map(|(_, number)| *number).max().unwrap_or(0).max(1);
    let height = list.len() * ROW + 4;
    let mut svg = format!(
        "<div class=\"wide\"><svg class=\"plot\" viewBox=\"0 0 820 {height}\" width=\"820\" role=\"img\">"
    );
    for (place, (name, number)) in list.iter().enumerate() {
        let (top, wide) = (place * ROW, (number * WIDE).div_ceil(most));
        let short: String = name.chars().take(34).collect();
        let short = if short.len() < name.len() { format!("{short}…") } else { short };
        let (middle, end) = (top + 18, NAMES + wide + 8);
        let _: std::fmt::Result = write!(
            svg,
            "<text x=\"{}\" y=\"{middle}\" text-anchor=\"end\">{}<title>{}</title></text>\
             <rect x=\"{NAMES}\" y=\"{}\" width=\"{wide}\" height=\"18\" rx=\"2\"/>\
             <text x=\"{end}\" y=\"{middle}\" class=\"n\">{}</text>",
            NAMES - 8,
            escaped(&short),
            escaped(name),
            top + 4,
            count(*number)
        );
    }
    svg + "</svg></div>\n"
}

/// A curve of quantiles: how many of a hundred are done after so long.
pub(super) fn curve(quantiles: &[f64], along: &str, up: &str) -> String {
    let (Some(last), true) = (quantiles.last().copied(), quantiles.len() > 1) else {
        return String::new();
    };
    let most = if last > 0.0 { last } else { 1.0 };
    let mut points = String::new();
    for (share, length) in (0_u32..).zip(quantiles) {
        let (x, y) = (60.0 + 720.0 * length / most, 260.0 - 2.4 * f64::from(share));
        let _: std::fmt::Result = write!(points, "{x:.1},{y:.1} ");
    }
    let mut svg = String::from(
        "<div class=\"wide\"><svg class=\"plot\" viewBox=\"0 0 820 310\" width=\"820\" role=\"img\">",
    );
    for share in [0_u32, 25, 50, 75, 100] {
        let y = 260.0 - 2.4 * f64::from(share);
        let _: std::fmt::Result = write!(
            svg,
            "<line x1=\"60\" x2=\"780\" y1=\"{y}\" y2=\"{y}\"/><text x=\"52\" y=\"{:.1}\" text-anchor=\"end\">{share} %</text>",
            y + 4.0
        );
    }
    for part in 0_u32..=4 {
        let (x, days) = (60.0 + 180.0 * f64::from(part), most * f64::from(part) / 4.0);
        let days = figure(days, if most < 20.0 { 1 } else { 0 });
        let _: std::fmt::Result =
            write!(svg, "<text x=\"{x}\" y=\"282\" text-anchor=\"middle\">{days}</text>");
    }
    let _: std::fmt::Result = writeln!(
        svg,
        "<polyline points=\"{}\"/><text x=\"420\" y=\"304\" text-anchor=\"middle\" class=\"quiet\">{}</text>\
         <text x=\"60\" y=\"12\" class=\"quiet\">{}</text></svg></div>",
        points.trim_end(),
        escaped(along),
        escaped(up)
    );
    svg
}
