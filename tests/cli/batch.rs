//! `tresteg batch`: rows in, answers and a summary out.

use super::{FLAGSHIP, run, run_with};

const CASES: &str = "tests/cli/batch/cases.csv";
const SMALL: &str = "tests/cli/batch/small.json";

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
    assert!(
        ran.err.contains("standard input:1:23: Meetings so far (dialogue_meetings) must be"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("standard input:3:2: unknown fact `meetings`"), "{}", ran.err);
    assert!(ran.err.ends_with("1 row; 3 more could not be read\n"), "{}", ran.err);
    let strict = run_with(&[&asked[..], &["--strict"]].concat(), rows);
    assert_eq!((strict.code, strict.out.as_str()), (1, "line,courage\n"));
    let csv = [
        "batch", FLAGSHIP, "--facts", "-", "--format", "csv", "--factor", "courage", "--output",
        "csv",
    ];
    let ran = run_with(&csv, "manager_sponsor,dialogue_meetings\nperhaps,1\nno,x,3\nno,1\n");
    assert_eq!((ran.code, ran.out.as_str()), (1, "line,courage\n4,false\n"), "{}", ran.err);
    assert!(
        ran.err.contains("standard input:2:1: A manager stands behind the trial (manager_sponsor) must be yes or no"),
        "{}",
        ran.err
    );
    assert!(
        ran.err.contains("standard input:3:2: Meetings so far (dialogue_meetings) must be"),
        "{}",
        ran.err
    );
    let ran = run_with(&csv, "manager_sponsor,case\nno,1\n");
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("standard input:1:2: unknown fact `case`"), "{}", ran.err);
    assert_eq!(
        run_with(&[&csv[..], &["--lenient"]].concat(), "manager_sponsor,case\nno,1\n").code,
        0
    );
    let json = "{\"manager_sponsor\": false, \"case\": {\"n\": 1}}\n";
    assert_eq!(run_with(&asked, json).code, 1);
    let ran = run_with(&[&asked[..], &["--lenient"]].concat(), json);
    assert_eq!((ran.code, ran.out.as_str()), (0, "line,courage\n1,false\n"), "{}", ran.err);
    assert_eq!(run_with(&["batch", FLAGSHIP, "--facts", "-", "--factor", "couraj"], "").code, 2);
    assert_eq!(
        run_with(&["batch", FLAGSHIP, "--facts", "-", "--event", "contact_maid"], "").code,
        2
    );
    assert_eq!(run(&["batch", FLAGSHIP, "--facts", "nowhere.csv"]).code, 2);
}

/// As an office program of Sweden writes them.
#[test]
fn numbers_that_are_written_otherwise_are_told_how_they_are_written() {
    for (rows, hints) in [
        (
            "n,share\n3,\"50000,5\"\n",
            &[
                "2:2: `share` must be a number, such as 3 or 0.5, is `50000,5`; write a decimal point: `50000.5`",
            ][..],
        ),
        (
            "n,share\n50 000,\"0,4\"\n",
            &[
                "2:2: `share` must be a number, such as 3 or 0.5, is `0,4`; write a decimal point: `0.4`",
            ],
        ),
        (
            "n;share\n50\u{a0}000;40%\n",
            &[
                "2:2: `share` must be a number, such as 3 or 0.5, is `40%`; write the number alone: `40`, or `0.4` where it is a share of 1",
            ],
        ),
        (
            "n,share\n3,50000,5\n",
            &["2:3: the row has 3 columns, the first line has 2; quote a text"],
        ),
    ] {
        let (code, out, err) = asked("csv", rows);
        assert_eq!((code, out.as_str()), (1, "line,many\n"), "{err}");
        for hint in hints {
            assert!(err.contains(hint), "{rows:?}: {err}");
        }
    }
    let (_, _, err) = asked("jsonl", "{\"share\": \"50000,5\"}\n");
    assert!(err.contains("; write a decimal point: `50000.5`, without quotes"), "{err}");
}

#[test]
fn a_time_may_be_a_day_of_the_workflow() {
    let asked = |at: &str| {
        let arguments =
            ["batch", "tests/cli/batch/timed.json", "--facts", "-", "--at", at, "--output", "csv"];
        run_with(&arguments, "{\"asked_at\": \"2026-07-01T00:00:00+02:00\"}\n")
    };
    for at in ["2026-07-01", "2026-07-01T00:00", "2026-06-30T22:00:00Z"] {
        let ran = asked(at);
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (0, "line,late,same\n1,true,true\n"),
            "{}",
            ran.err
        );
    }
    assert_eq!(asked("2026-06-30").out, "line,late,same\n1,false,false\n");
    let ran = asked("1/7 2026");
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("--at: `1/7 2026` is not a time such as"), "{}", ran.err);
}

#[test]
fn many_rows_go_through_in_blocks() {
    let rows = "{\"manager_sponsor\":true,\"fear_of_error_addressed\":true}\n{}\n".repeat(40_000);
    let ran =
        run_with(&["batch", FLAGSHIP, "--facts", "-", "--factor", "courage", "--summary"], rows);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let sums: Vec<&str> = ran.out.lines().nth(1).unwrap().split_whitespace().collect();
    assert_eq!(sums, ["Courage", "(courage)", "40000", "0", "40000", "0"]);
    assert!(ran.out.ends_with("80000 rows\n"));
}

fn asked(format: &str, rows: impl AsRef<[u8]>) -> (i32, String, String) {
    let asked =
        ["batch", SMALL, "--facts", "-", "--format", format, "--factor", "many", "--output", "csv"];
    let ran = run_with(&asked, rows);
    (ran.code, ran.out, ran.err)
}

#[test]
fn rows_of_csv_have_the_line_that_they_begin_in() {
    for (rows, wanted) in [
        ("n,note\r\n3,a\r\n\r\n1,b\r\n", "line,many\n2,true\n4,false\n"),
        ("\n\nn,note\n\n3,a\n\n\n1,b", "line,many\n5,true\n8,false\n"),
        ("\u{feff}\"n\",note\n3,\"a\n\n\"\"b\"\"\r\n\"\n1,c\n", "line,many\n2,true\n6,false\n"),
        ("n;note\n3;a, b\n1;\n", "line,many\n2,true\n3,false\n"),
        ("n\tnote\n3\ta;b\n1\t\n", "line,many\n2,true\n3,false\n"),
        ("n\n3\n", "line,many\n2,true\n"),
        ("n,note\n", "line,many\n"),
    ] {
        let (code, out, err) = asked("csv", rows);
        assert_eq!((code, out.as_str()), (0, wanted), "{rows:?}: {err}");
    }
}

#[test]
fn a_row_that_is_hostile_is_told_with_its_line_and_the_next_is_read() {
    let (long, digits) = ("a".repeat(2 << 20), "9".repeat(1_000));
    let quoted = ["\"a\n", &"b,\n".repeat(1 << 19)].concat();
    let csv = [
        (format!("1,1,{long}"), "2: the line is too long", 3),
        (format!("1,1,\"{long}\""), "2: the line is too long", 3),
        (format!("1,1,\"a\n{long}\""), "2: the line is too long", 4),
        (format!("{digits},1,a"), "2:1: `n` must have at most 28 digits", 3),
        (format!("1,0.{digits},a"), "2:2: `share` must have at most 28 digits", 3),
        ("1,1e999999999,a".to_owned(), "2:2: `share` must ", 3),
        ("1,1".to_owned(), "2:2: the row has 2 columns, the first line has 3", 3),
        (",".repeat(100_000), "2:4: the row has 100001 columns, the first line has 3", 3),
    ];
    for (row, told, line) in csv {
        let (code, out, err) = asked("csv", format!("n,share,note\n{row}\n3,,\n"));
        assert_eq!((code, out), (1, format!("line,many\n{line},true\n")), "{told}: {err}");
        assert!(err.contains(&format!("standard input:{told}")), "{told}: {err}");
        assert!(err.len() < 1_000, "{}", err.len());
    }
    let json = [
        (format!(r#"{{"note": "{long}"}}"#), "1: the line is too long"),
        (format!(r#"{{"n": {digits}}}"#), "1:7: the number `9999"),
        (format!(r#"{{"{}": 1}}"#, &long[..1_000]), "1:2: unknown fact `aaaa"),
        ("[".repeat(100_000), "1:65: nested deeper"),
        (r#"{"n": 1, "n": 2}"#.to_owned(), "1:10: the key `n` stands twice"),
        (r#"{"states": ["s", "t"]}"#.to_owned(), "1:12: these states are not active together"),
        (r#"{"states": 3}"#.to_owned(), "1:12: `states` must be the name of a state"),
    ];
    for (row, told) in json {
        let (code, out, err) = asked("jsonl", format!("{row}\n{{\"n\": 3}}\n"));
        assert_eq!((code, out.as_str()), (1, "line,many\n2,true\n"), "{told}: {err}");
        assert!(err.contains(&format!("standard input:{told}")), "{told}: {err}");
        assert!(err.len() < 1_000, "{err}");
    }
    // Not UTF-8, in both forms; and a quote that is never closed.
    let (code, out, err) = asked("csv", b"n,share,note\n1,1,\xff\n3,,\n".as_slice());
    assert_eq!((code, out.as_str()), (1, "line,many\n3,true\n"), "{err}");
    assert!(err.contains("standard input:2: the line is not UTF-8 text"), "{err}");
    let (code, out, err) = asked("csv", "n,note\n3,a\n1,\"b\n1,c\n");
    assert_eq!((code, out.as_str()), (1, "line,many\n2,true\n4,false\n"), "{err}");
    assert!(
        err.contains("standard input:3: a quote that is opened in this row is never closed"),
        "{err}"
    );
    let (code, _, err) = asked("csv", format!("n,note\n1,{quoted}\n"));
    assert_eq!(code, 1);
    assert!(
        err.contains("standard input:2: a quote that is opened in this row is not closed"),
        "{err}"
    );
}

#[test]
fn thousands_of_problems_are_counted_and_some_are_told() {
    let members: Vec<String> = (0..50_000).map(|place| format!("\"f{place}\": 1")).collect();
    let names: Vec<String> = (0..50_000).map(|place| format!("f{place}")).collect();
    let started = std::time::Instant::now();
    let rows = format!("{{{}}}\n", members.join(", ")).repeat(3) + "{\"n\": 3}\n";
    let (code, out, err) = asked("jsonl", rows);
    assert_eq!((code, out.as_str()), (1, "line,many\n4,true\n"));
    assert_eq!(err.lines().filter(|line| line.starts_with("error: ")).count(), 100);
    assert!(err.ends_with("1 row; 3 more could not be read\n"), "{err}");
    let (code, out, err) = asked("csv", names.join(",") + "\n1\n");
    assert_eq!((code, out.as_str(), err.lines().count()), (1, "", 100));
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

#[test]
fn strict_stops_behind_the_rows_before() {
    let asked = ["batch", SMALL, "--facts", "-", "--factor", "many", "--output", "csv", "--strict"];
    let ran = run_with(&asked, "{\"n\": 3}\n{\"n\": 1}\n{\"m\": 1}\n{\"n\": 3}\n");
    assert_eq!((ran.code, ran.out.as_str()), (1, "line,many\n1,true\n2,false\n"), "{}", ran.err);
    assert!(ran.err.ends_with("2 rows; 1 more could not be read\n"), "{}", ran.err);
}

#[test]
fn what_is_asked_is_asked_once_and_is_a_rule() {
    let rows = "{\"x-id\": \"case 7\", \"n\": 3}\n";
    let ask = |more: &[&str]| run_with(&[&["batch", SMALL, "--facts", "-"], more].concat(), rows);
    let twice = ask(&["--factor", "many", "--factor", "many"]);
    assert_eq!(twice.out.matches("\"many\"").count(), 1, "{}", twice.out);
    assert!(twice.err.ends_with("1 row\n"), "{}", twice.err);
    let number = ask(&["--factor", "n"]);
    assert_eq!((number.code, number.out.as_str()), (2, ""));
    assert!(number.err.contains("the fact `n` is not true or false"), "{}", number.err);
}

#[test]
fn columns_of_others_are_passed_over_and_those_without_a_name_told() {
    let ask = |rows| {
        run_with(
            &["batch", SMALL, "--facts", "-", "--format", "csv", "--factor", "many", "--summary"],
            rows,
        )
    };
    let others = ask("x-id,n\n7,3\n");
    assert_eq!(others.code, 0, "{}", others.err);
    let unnamed = ask("n,\n3,\n");
    assert_eq!(unnamed.code, 1);
    assert!(unnamed.err.contains(":1:2: this column has no name"), "{}", unnamed.err);
}

#[test]
fn a_rule_that_reads_the_time_is_told_where_none_is_set() {
    let ask = |more: &[&str]| run_with(&[&["batch", SMALL, "--facts", "-"], more].concat(), "{}\n");
    let late = ask(&["--factor", "late", "--factor", "many"]);
    assert!(
        late.err.starts_with("warning: `late` reads the time, which is 1970-01-01 without --at\n"),
        "{}",
        late.err
    );
    let set = ask(&["--factor", "late", "--at", "2026-01-01T00:00:00Z"]);
    assert!(!set.err.contains("warning"), "{}", set.err);
    let event = ask(&["--event", "due"]);
    assert!(event.err.contains("`due` reads the time"), "{}", event.err);
}

/// Asked of a small workflow of its own, with a table as an office program writes it.
fn office(name: &str, table: &[u8], more: &[&str]) -> super::Ran {
    let folder = super::folder(name);
    let workflow = folder.join("w.json");
    let text = r#"{ "id": "w", "timezone": "Europe/Stockholm",
        "facts": { "cost": { "type": "number" }, "seats": { "type": "integer" }, "ok": { "type": "boolean" },
            "on": { "format": "date" }, "at": { "format": "date-time" },
            "kind": { "enum": { "new": "Nytt", "old": "Förnyat" } },
            "shares": { "type": "array", "items": { "type": "number" } } },
        "factors": { "f": { "guard": "known(`cost`) && cost == 1234.5 && (seats ?? 1000) == 1000 && (ok ?? true)" },
            "day": { "guard": "on == date(2026, 1, 31) && (at ?? now).date == on" },
            "old": { "guard": "kind == `old`" } },
        "states": { "s": {} } }"#;
    std::fs::write(&workflow, text).unwrap();
    let rows = folder.join("rows.csv");
    std::fs::write(&rows, table).unwrap();
    let (workflow, rows) = (workflow.to_str().unwrap(), rows.to_str().unwrap());
    let asked = ["batch", workflow, "--facts", rows, "--at", "2026-01-31"];
    run(&[&asked[..], more].concat())
}

#[test]
fn a_table_of_an_office_program_is_read_as_it_writes_it() {
    let table = "sep=;\r\nx-dnr;cost;seats;ok;on;at;kind\r\n\
        A 1;1 234,5;1 000;SANT;2026-01-31 00:00:00;2026-01-31 09:30:00;Förnyat\r\n\
        B \"2\";1\u{a0}234,50;1\u{202f}000;ja;2026-01-31;2026-01-31T09:30;old\r\n\
        C;1234.5;;FALSKT;;;\r\n";
    let marked = [b"\xef\xbb\xbf", table.as_bytes()].concat();
    let ran = office("office", &marked, &["--output", "csv"]);
    let wanted = "line,x-dnr,f,day,old\n3,A 1,true,true,true\n4,\"B \"\"2\"\"\",true,true,true\n5,C,false,unknown,unknown\n";
    assert_eq!((ran.code, ran.out.as_str()), (0, wanted), "{}", ran.err);
    let ran = office("office-json", &marked, &["--factor", "f"]);
    assert_eq!(
        ran.out.lines().nth(1),
        Some(r#"{"line":4,"x-dnr":"B \"2\"","answers":{"f":"true"}}"#)
    );
}

#[test]
fn no_number_is_taken_for_another() {
    for (table, told) in [
        ("cost;ok\n1,234;ja\n", "it may be 1.234 or 1234"),
        ("cost;ok\n1.234;ja\n", "it may be 1.234 or 1234"),
        ("cost\tok\n-1,234\tja\n", "it may be -1.234 or -1234"),
        ("cost,ok\n\"1,234\",ja\n", "`1.234` if the comma begins the decimals"),
        ("cost,ok\n\"0,5\",ja\n", "write a decimal point: `0.5`"),
        ("cost;ok\n1,23457E+12;ja\n", "a program has kept only a few of its digits"),
        ("cost,ok\n1.2E+05,ja\n", "a program has kept only a few of its digits"),
        ("seats;ok\n1,5;ja\n", "must be a whole number"),
        ("on;ok\n46053;ja\n", "it would be `2026-01-31`"),
        ("on;ok\n2026-01-31 09:00;ja\n", "leave out the time of day"),
        ("shares;ok\n1,5;ja\n", "write the list as JSON"),
        ("cost;ok\n####;ja\n", "must be a number"),
    ] {
        let ran = office("ambiguous", table.as_bytes(), &[]);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{table}");
        assert!(ran.err.contains(told), "{table}: {}", ran.err);
    }
    // Latin letters as old programs write them: said, with what to do.
    let ran = office("latin", b"kind;ok\nF\xf6rnyat;ja\n", &[]);
    assert!(ran.code == 1 && ran.err.contains("in Excel as `CSV UTF-8`"), "{}", ran.err);
    // Whoever says what a sign means is believed.
    for (sign, number, holds) in [
        ("comma", "1.234,5", "true"),
        ("comma", "1234,5", "true"),
        ("point", "1234.5", "true"),
        ("comma", "1.234", "false"),
    ] {
        let table = format!("cost;ok\n{number};ja\n");
        let ran = office(
            "said",
            table.as_bytes(),
            &["--decimal", sign, "--factor", "f", "--output", "csv"],
        );
        assert_eq!(ran.out, format!("line,f\n2,{holds}\n"), "{number} {}", ran.err);
    }
    let ran = office("said", b"cost;ok\n1.5;ja\n", &["--decimal", "comma"]);
    assert!(ran.err.contains("write a decimal comma: `1,5`"), "{}", ran.err);
}

#[test]
fn what_is_the_readers_own_comes_back_from_json_too() {
    let rows = r#"{"x-id": 1.10, "manager_sponsor": false, "x-note": {"a": [1]}}"#;
    let ran = run_with(&["batch", FLAGSHIP, "--facts", "-", "--factor", "courage"], rows);
    assert_eq!(
        ran.out,
        "{\"line\":1,\"x-id\":1.10,\"x-note\":{\"a\": [1]},\"answers\":{\"courage\":\"false\"}}\n",
        "{}",
        ran.err
    );
}

/// Titles are no names of columns, but whoever writes them is told which name is meant.
#[test]
fn what_is_wrong_with_a_table_is_told_in_swedish_too() {
    let workflow = "tests/cli/table.json";
    let rows = "Kostnad;brådskar\n1;ja\n";
    let asked = ["batch", workflow, "--facts", "-", "--format", "csv", "--lang", "sv"];
    let err = run_with(&asked, rows).err;
    let title = "uppgiften `Kostnad` är inte känd; det är titeln på `cost`: skriv det namnet";
    assert!(err.contains(title), "{err}");
    for (rows, wanted) in [
        ("urgent\nkanske\n", "Brådskar (urgent) ska vara ja eller nej, är `kanske`"),
        ("cost;urgent\n1.234;ja\n", "det kan vara 1.234 eller 1234: säg vilket tecken"),
        ("cost;urgent\nx;ja\n", "Kostnad (cost) ska vara ett tal, som 3 eller 0,5, är `x`"),
        ("cost,urgent\n1,ja,nej\n", "raden har 3 kolumner, den första raden har 2"),
        ("cost,\n1,ja\n", "kolumnen har inget namn; skriv dess namn på första raden"),
        ("states,urgent\nborta,ja\n", "läget `borta` är inte känt"),
    ] {
        let err = run_with(&asked, rows).err;
        assert!(err.contains(wanted), "{rows:?}: {err}");
    }
}

/// Rows of JSON are found again in answers as CSV, too.
#[test]
fn own_keys_of_json_come_back_as_columns() {
    let rows = "{\"x-no\": \"A, 1\", \"cost\": 3}\n{\"cost\": 5000, \"urgent\": false, \"x-year\": 2024}\n";
    let asked = ["batch", "tests/cli/table.json", "--facts", "-", "--output", "csv"];
    let ran = run_with(&asked, rows);
    let wanted = "line,x-no,x-year,cheap\n1,\"A, 1\",,true\n2,,2024,false\n";
    assert_eq!(ran.out, wanted, "{}", ran.err);
}

/// A quote that is not closed costs its own line and no other, also where many such lines follow one another.
#[test]
fn a_quote_that_is_never_closed_costs_one_line() {
    let rows = "1,x\n".repeat(400_000);
    let (code, out, err) = asked("csv", format!("n,note\n3,\"a\n{rows}3,\"b\n1,c\n"));
    assert_eq!(code, 1);
    assert_eq!(out.lines().count(), 400_002, "{err}");
    assert!(out.ends_with("400004,false\n"), "{}", &out[out.len() - 40..]);
    for line in [2, 400_003] {
        assert!(err.contains(&format!("standard input:{line}: a quote")), "{err}");
    }
    assert!(err.contains("400001 rows; 2 more could"), "{err}");
}

#[test]
fn a_file_of_csv_without_a_heading_is_wrong() {
    for rows in ["", "\n\n", "sep=;\n"] {
        let (code, out, err) = asked("csv", rows);
        assert_eq!((code, out.as_str()), (1, ""), "{rows:?}");
        assert!(err.contains("there is no first line with the names of the facts"), "{err}");
    }
}

/// Cells that an office program would run come back as texts, numbers as they are.
#[test]
fn own_cells_of_csv_are_no_formulas() {
    let cells = ["=cmd|'/c calc'!A1", "@SUM(A1)", "+1+cmd", "-2+3+A1", "-5", "+46 31-12", "a=b"];
    let rows: String = cells.iter().map(|cell| format!("3,{cell}\n")).collect();
    let (code, out, err) = asked("csv", format!("n,x-own\n{rows}"));
    assert_eq!(code, 0, "{err}");
    let came: Vec<&str> = out.lines().skip(1).filter_map(|line| line.split(',').nth(1)).collect();
    let wanted =
        ["'=cmd|'/c calc'!A1", "'@SUM(A1)", "'+1+cmd", "'-2+3+A1", "-5", "+46 31-12", "a=b"];
    assert_eq!(came, wanted);
}
