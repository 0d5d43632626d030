//! `tresteg batch`: rows in, answers and a summary out.

use super::{FLAGSHIP, run, run_with};

const CASES: &str = "tests/cli/batch/cases.csv";

#[test]
fn each_row_is_answered_and_all_are_summed_up() {
    let ran = run(&[
        "batch",
        FLAGSHIP,
        "--facts",
        CASES,
        "--factor",
        "courage",
        "--event",
        "contact_made",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let lines = ran.json_lines();
    let said = |key: &str| -> Vec<&str> {
        lines.iter().map(|line| line["answers"][key].as_str().unwrap()).collect()
    };
    assert_eq!(said("courage"), ["true", "false", "unknown", "false"]);
    assert_eq!(said("contact_made"), ["true", "false", "false", "unknown"]);
    assert_eq!(
        lines.iter().map(|line| line["line"].as_u64().unwrap()).collect::<Vec<_>>(),
        [2, 3, 4, 5]
    );
    assert!(ran.err.ends_with("4 rows\n"), "{}", ran.err);
}

#[test]
fn lines_of_json_say_the_same_as_csv() {
    let rows = concat!(
        r#"{"states": ["idea"], "manager_sponsor": true, "fear_of_error_addressed": true}"#,
        "\n\n",
        r#"{"states": "idea", "manager_sponsor": false}"#,
        "\n",
    );
    let ran = run_with(
        &["batch", FLAGSHIP, "--facts", "-", "--factor", "courage", "--output", "csv"],
        rows,
    );
    assert_eq!((ran.code, ran.out.as_str()), (0, "line,courage\n1,true\n3,false\n"), "{}", ran.err);
}

#[test]
fn wrong_rows_are_told_and_the_others_go_on() {
    let rows =
        "{\"dialogue_meetings\": -1}\nnothing\n{\"meetings\": 1}\n{\"manager_sponsor\": false}\n";
    let asked = ["batch", FLAGSHIP, "--facts", "-", "--factor", "courage", "--output", "csv"];
    let ran = run_with(&asked, rows);
    assert_eq!((ran.code, ran.out.as_str()), (1, "line,courage\n4,false\n"), "{}", ran.err);
    assert!(ran.err.contains("standard input:1:23: `dialogue_meetings`"), "{}", ran.err);
    assert!(ran.err.contains("standard input:3:2: unknown fact `meetings`"), "{}", ran.err);
    assert!(ran.err.ends_with("1 rows; 3 more could not be read\n"), "{}", ran.err);
    let strict = run_with(&[&asked[..], &["--strict"]].concat(), rows);
    assert_eq!((strict.code, strict.out.as_str()), (1, "line,courage\n"));
    let csv = [
        "batch", FLAGSHIP, "--facts", "-", "--format", "csv", "--factor", "courage", "--output",
        "csv",
    ];
    let ran = run_with(&csv, "manager_sponsor,dialogue_meetings\nperhaps,1\nno,x,3\nno,1\n");
    assert_eq!((ran.code, ran.out.as_str()), (1, "line,courage\n4,false\n"), "{}", ran.err);
    assert!(
        ran.err.contains("standard input:2:1: `manager_sponsor` must be yes or no"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("standard input:3:2: `dialogue_meetings`"), "{}", ran.err);
    let ran = run_with(&csv, "manager_sponsor,case\nno,1\n");
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("standard input:1:2: unknown fact `case`"), "{}", ran.err);
    assert_eq!(
        run_with(&[&csv[..], &["--lenient"]].concat(), "manager_sponsor,case\nno,1\n").code,
        0
    );
    assert_eq!(run_with(&["batch", FLAGSHIP, "--facts", "-", "--factor", "couraj"], "").code, 2);
    assert_eq!(run(&["batch", FLAGSHIP, "--facts", "nowhere.csv"]).code, 2);
}

#[test]
fn many_rows_go_through_in_blocks() {
    let rows = "{\"manager_sponsor\":true,\"fear_of_error_addressed\":true}\n{}\n".repeat(40_000);
    let ran =
        run_with(&["batch", FLAGSHIP, "--facts", "-", "--factor", "courage", "--summary"], rows);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let sums: Vec<&str> = ran.out.lines().nth(1).unwrap().split_whitespace().collect();
    assert_eq!(sums, ["courage", "40000", "0", "40000", "0"]);
    assert!(ran.out.ends_with("80000 rows\n"));
}
