//! Whatever the workflow and however it is drawn: nothing lies on anything else, every line ends at its boxes, and a page
//! ends where nothing stands.

use proptest::test_runner::TestCaseError;
use tresteg::export::{Orientation, SvgOptions, drawing, outline};
use tresteg::{Language, Workflow};

use super::geometry::{Rect, read};
use crate::dice::{Dice, check};
use crate::oracle::generate;

fn options(dice: &mut Dice, names: &[String]) -> SvgOptions {
    SvgOptions {
        language: *dice.pick(&[Language::English, Language::Swedish]),
        orientation: *dice.pick(&[Orientation::Auto, Orientation::Down, Orientation::Right]),
        compact: dice.once_in(3),
        columns: *dice.pick(&[Some(1), None, Some(2)]),
        fold: if dice.once_in(3) { vec![dice.pick(names).clone()] } else { Vec::new() },
        depth: *dice.pick(&[None, None, Some(1), Some(2)]),
        margin: !dice.once_in(4),
        ..SvgOptions::default()
    }
}

#[test]
fn nothing_lies_on_anything_else_and_lines_end_at_their_boxes() {
    check(40, 200, |dice| {
        let text = generate::chart(dice).to_json();
        let workflow = Workflow::from_json(&text).unwrap_or_else(|report| panic!("{report}"));
        let states = outline(&workflow, Language::English).states.into_iter();
        let names: Vec<String> = states.map(|state| state.said.name).collect();
        let options = options(dice, &names);
        let drawn = drawing(&workflow, &options);
        let picture = read(&drawn.svg);
        let mut found = picture.problems();
        found.extend(picture.loose_ends());
        for cut in &drawn.cuts {
            let across = |at: &Rect| at.y < *cut && at.y + at.h > *cut;
            found.extend(
                picture
                    .texts
                    .iter()
                    .filter(|text| across(&text.at))
                    .map(|text| format!("a page would end at {cut} in {text:?}")),
            );
        }
        if found.is_empty() {
            return Ok(());
        }
        Err(TestCaseError::fail(format!("{}\n{options:?}\n{text}", found.join("\n"))))
    });
}

/// A chain is folded where few lines pass, and what is folded holds to the same laws.
#[test]
fn long_chains_go_into_two_columns() {
    let states: Vec<String> = (0..40)
        .map(|index| {
            let back = if index % 9 == 8 {
                format!(", \"back\": \"s{}\"", index - 6)
            } else {
                String::new()
            };
            format!("\"s{index}\": {{ \"on\": {{ \"go\": \"s{}\"{back} }} }}", index + 1)
        })
        .collect();
    let text = format!(
        "{{ \"id\": \"w\", \"initial\": \"s0\", \"states\": {{ {}, \"s40\": {{ \"type\": \"final\" }} }} }}",
        states.join(",")
    );
    let workflow = Workflow::from_json(&text).unwrap();
    let of = |columns| {
        let drawn = drawing(&workflow, &SvgOptions { columns, ..SvgOptions::default() });
        let picture = read(&drawn.svg);
        assert_eq!(picture.problems(), [""; 0]);
        assert_eq!(picture.loose_ends(), [""; 0]);
        (drawn.width, drawn.height)
    };
    let (one, two) = (of(Some(1)), of(Some(2)));
    assert!(two.1 < one.1 * 0.7 && two.0 > one.0 || one.0 >= two.0, "{one:?} {two:?}");
    assert!(two.1 < one.1 * 0.7, "{one:?} {two:?}");
}

#[test]
fn the_beginning_stands_at_the_top_left() {
    // Those that had most white before their beginning.
    for name in ["bygglov", "detaljplan", "mucf-samverkansmodell", "revisionsrekommendation", "kaa"]
    {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("workflows");
        let path = path.join(format!("{name}.json"));
        let workflow = super::load(&path);
        let drawn = drawing(&workflow, &SvgOptions::default());
        let picture = read(&drawn.svg);
        let dot = picture.begin.unwrap();
        // A phone shows 390 pixels, or some more where a picture is made smaller.
        assert!(dot.0 < 390.0 && dot.1 < 260.0, "{}: {dot:?}", workflow.id());
    }
}
