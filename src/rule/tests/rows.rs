//! Lists with rows of which something is unknown: what is asked of them is known exactly where it is the same for all that
//! the rows may be, which is found by trying all of it.

use proptest::prelude::*;

use super::*;

/// Whether a row is signed, and its share; both may be unknown.
type Row = (Option<bool>, Option<i64>);

const FILE: &str = r#"{ "id": "w", "facts": { "rows": { "type": "array", "items": { "type": "object",
    "properties": { "signed": { "type": "boolean" }, "share": { "type": "integer" } } } } },
    "states": { "s": { "on": { "go": { "guard": GUARD } } } } }"#;

fn asked(guard: &str, rows: &[Row]) -> Truth {
    let text = FILE.replace("GUARD", &serde_json::to_string(guard).unwrap());
    let rows = rows.iter().map(|(signed, share)| {
        let signed = signed.map(|signed| format!(r#""signed":{signed}"#));
        let share = share.map(|share| format!(r#""share":{share}"#));
        let parts: Vec<String> = signed.into_iter().chain(share).collect();
        format!("{{{}}}", parts.join(","))
    });
    let json = format!("[{}]", rows.collect::<Vec<_>>().join(","));
    let world = world(&text).with(&[("rows", &json)]);
    let found = world.decide().unwrap_or_else(|fault| panic!("{guard} {json}: {fault:?}"));
    // Something is named where nothing is decided, and nothing where it is.
    let names = world.rules.unknowns(world.guard(), &world.context());
    assert_eq!(names.is_empty(), found != Truth::Unknown, "{guard} {json} {names:?}");
    // The compiled rule says the same, or leaves it.
    if let Some(code) = &world.guard().code
        && let Some(truth) = code.decide(&world.rules, &world.context())
    {
        assert_eq!(truth, found, "{guard} {json}");
    }
    found
}

/// All that rows may be, with shares out of a few.
fn all(rows: &[Row]) -> Vec<Vec<Row>> {
    let mut found: Vec<Vec<Row>> = vec![Vec::new()];
    for (signed, share) in rows {
        let signed = signed.map_or(vec![true, false], |signed| vec![signed]);
        let share = share.map_or(vec![-9, 0, 1, 2, 9], |share| vec![share]);
        found = found
            .into_iter()
            .flat_map(|rows| {
                let share = share.clone();
                signed.clone().into_iter().flat_map(move |signed| {
                    let rows = rows.clone();
                    share.clone().into_iter().map(move |share| {
                        let mut rows = rows.clone();
                        rows.push((Some(signed), Some(share)));
                        rows
                    })
                })
            })
            .collect();
    }
    found
}

/// Asked of what is known alone, where the answer is exact for it.
const OF_SIGNED: &[&str] = &[
    "rows.filter(|r| r.signed).len() >= 2",
    "rows.filter(|r| r.signed).len() == 0",
    "1 > rows.filter(|r| r.signed).len()",
    "rows.filter(|r| r.signed).len() * 2 > rows.len()",
    "rows.filter(|r| !r.signed).len() != 3",
    "rows.filter(|r| r.signed).is_empty()",
    "rows.filter(|r| r.signed).map(|r| r.share).sum() >= 2",
    "rows.filter(|r| r.signed).map(|r| r.share).sum() * -2 > -3",
    "rows.filter(|r| r.signed).filter(|r| r.share > 0).len() < 2",
    "rows.filter(|r| r.signed && r.share > 0).len() < 2",
    "rows.some(|r| r.signed)",
    "rows.all(|r| r.signed)",
    "rows.some(|r| r.signed && r.share > 1)",
    "rows.filter(|r| r.signed).all(|r| r.share > 0)",
    "rows.filter(|r| r.signed).some(|r| r.share > 0)",
    "!rows.filter(|r| r.share > 0).some(|r| r.signed)",
    "1 in rows.filter(|r| r.signed).map(|r| r.share)",
    "!rows.filter(|r| r.signed).map(|r| r.share).contains(2)",
    "rows.filter(|r| r.signed).map(|r| r.share).sum() == 3 || rows.is_empty()",
];

/// Where shares are unknown too.
const OF_BOTH: &[&str] = &[
    "rows.some(|r| r.signed && r.share > 1)",
    "rows.all(|r| r.signed || r.share > 1)",
    "rows.filter(|r| r.signed && r.share > 1).len() >= 1",
    "rows.filter(|r| r.signed).all(|r| r.share > 1)",
    "rows.filter(|r| r.share > 1).some(|r| !r.signed)",
    "rows.filter(|r| r.share > 1).len() * 3 >= rows.len()",
];

fn compare(guard: &str, rows: &[Row]) -> Result<(), TestCaseError> {
    let mut truths: Vec<Truth> = Vec::new();
    for rows in all(rows) {
        let truth = asked(guard, &rows);
        prop_assert_ne!(truth, Truth::Unknown, "{} {:?}", guard, rows);
        if !truths.contains(&truth) {
            truths.push(truth);
        }
    }
    let wanted = if let [truth] = truths.as_slice() { *truth } else { Truth::Unknown };
    prop_assert_eq!(asked(guard, rows), wanted, "{} {:?}", guard, rows);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_row_decides_only_where_it_matters(
        guard in prop::sample::select(OF_SIGNED),
        rows in prop::collection::vec((prop::option::of(any::<bool>()), (-1..4_i64).prop_map(Some)), 0..4),
    ) {
        compare(guard, &rows)?;
    }

    #[test]
    fn what_two_things_unknown_of_a_row_come_to_is_found_for_each(
        guard in prop::sample::select(OF_BOTH),
        rows in prop::collection::vec((prop::option::of(any::<bool>()), prop::option::of(0..3_i64)), 0..3),
    ) {
        compare(guard, &rows)?;
    }
}

#[test]
fn each_question_is_asked_once_of_rows_that_are_written_out() {
    let rows: [&[Row]; 5] = [
        &[(None, Some(1)), (Some(true), Some(2)), (Some(true), Some(0))],
        &[(None, Some(2)), (Some(false), Some(2))],
        &[(Some(true), Some(1)), (None, Some(-1))],
        &[(None, Some(1)), (None, Some(1))],
        &[],
    ];
    for guard in OF_SIGNED {
        for rows in rows {
            compare(guard, rows).unwrap();
        }
    }
    for guard in OF_BOTH {
        for rows in [&[(None, None), (Some(true), Some(2))][..], &[(Some(false), None)]] {
            compare(guard, rows).unwrap();
        }
    }
}

/// What fails for a row that may not be there, or behind one that is undecided, leaves it undecided; limits are errors.
#[test]
fn a_row_that_may_not_be_there_may_not_fail() {
    let undecided = [(None, Some(0)), (Some(true), Some(1))];
    for guard in [
        "rows.filter(|r| r.signed).map(|r| div(1, r.share)).sum() > 5",
        "rows.filter(|r| r.signed).all(|r| div(1, r.share) == 1)",
        "rows.all(|r| r.signed && div(1, r.share) == 1)",
    ] {
        assert_eq!(asked(guard, &undecided), Truth::Unknown, "{guard}");
    }
    assert_eq!(
        asked("rows.filter(|r| r.signed).some(|r| div(1, r.share) == 1)", &undecided),
        Truth::True
    );
}
