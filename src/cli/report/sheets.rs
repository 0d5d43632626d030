//! A picture on pages of paper: upright or across, on A4 as long as its texts stay large enough to be read, else on A3;
//! cut where nothing stands across.

use serde::Serialize;
use tresteg::export::Drawing;

/// One page of a picture.
#[derive(Serialize)]
pub(super) struct Sheet {
    /// What part of the picture it shows.
    view: String,
    /// In millimetres.
    width: f64,
    height: f64,
}

/// The pages of one picture, all alike.
#[derive(Serialize)]
pub(super) struct Sheets {
    /// The kind of page, as the style sheet names it.
    pub paper: &'static str,
    pub sheets: Vec<Sheet>,
}

/// Kinds of pages in the order in which they are tried: the name, what margins, a heading and a number leave of them, in
/// millimetres, and how many of them are better than fewer large ones.
const PAPERS: [(&str, f64, f64, usize); 4] = [
    ("upright", 182.0, 254.0, 4),
    ("across", 269.0, 172.0, 3),
    ("tall", 269.0, 380.0, MOST),
    ("large", 392.0, 258.0, MOST),
];
/// Millimetres of a pixel on a screen; never more on paper.
const SCREEN: f64 = 25.4 / 96.0;
/// Millimetres of a pixel at which the smallest text, of 11 pixels, is 7 points tall.
const LEAST: f64 = 7.0 / 72.0 * 25.4 / 11.0;
/// The most pages of one picture.
const MOST: usize = 40;

/// How a picture is printed; nothing where it is too wide for that, or too long.
pub(super) fn sheets(drawing: &Drawing) -> Option<Sheets> {
    let mut papers = PAPERS.into_iter();
    papers.find_map(|(paper, wide, tall, most)| {
        let fits = drawing.width * LEAST <= wide;
        let sheets =
            fits.then(|| cut(drawing, wide, tall)).filter(|sheets| sheets.len() <= most)?;
        Some(Sheets { paper, sheets })
    })
}

/// The sheets of one size, at most one more than there may be.
fn cut(drawing: &Drawing, wide: f64, tall: f64) -> Vec<Sheet> {
    let scale = (wide / drawing.width).min(SCREEN);
    // One page, where that is possible with texts that can be read.
    let whole = drawing.height * LEAST <= tall;
    let scale = if whole { scale.min(tall / drawing.height) } else { scale };
    let sheets = cut_at(drawing, tall, scale);
    // A little smaller it may take a page less.
    let smaller = (1..=8).map(|step| scale * (1.0 - 0.03 * f64::from(step)));
    let smaller = smaller.take_while(|scale| *scale >= LEAST);
    let mut fewer = smaller.map(|scale| cut_at(drawing, tall, scale));
    fewer.find(|fewer| fewer.len() < sheets.len()).unwrap_or(sheets)
}

fn cut_at(drawing: &Drawing, tall: f64, scale: f64) -> Vec<Sheet> {
    let room = tall / scale;
    let mut sheets = Vec::new();
    let mut from = 0.0;
    while from < drawing.height - 1.0 && sheets.len() <= MOST {
        let cuts = drawing.cuts.iter().copied().filter(|cut| *cut > from + room * 0.3);
        let to = if drawing.height - from <= room + 0.5 {
            drawing.height
        } else {
            cuts.filter(|cut| *cut <= from + room).fold(0.0, f64::max)
        };
        let to = if to > from { to } else { from + room };
        sheets.push(Sheet {
            view: format!("0 {:.1} {:.1} {:.1}", from, drawing.width, to - from),
            width: (drawing.width * scale * 10.0).round() / 10.0,
            height: ((to - from) * scale * 10.0).round() / 10.0,
        });
        from = to;
    }
    sheets
}
