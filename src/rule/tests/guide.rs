//! The chapter about rules, held to the engine: every example of its tables is checked and run, its
//! tables of functions are those of the vocabulary (`TRESTEG_BLESS=1` writes them anew), and what
//! it says of Rhai is what Rhai does.

use std::path::PathBuf;

use serde_json::{Value as Json, json};

use crate::vocabulary::{FUNCTIONS, Function, Group, Kind, PROPERTIES};
use crate::{Case, Event, Outcome, Workflow};

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/guide/rules.md")
}

fn chapter() -> String {
    std::fs::read_to_string(path()).unwrap()
}

/// What stands in the block that is called so.
fn block(name: &str) -> Json {
    let chapter = chapter();
    let block = chapter.split(&format!("```json {name}\n")).nth(1).unwrap();
    serde_json::from_str(block.split("```").next().unwrap()).unwrap()
}

/// The rows of all tables with this head, as cells.
fn rows(head: &str) -> Vec<Vec<String>> {
    let chapter = chapter();
    let head = format!("{head}\n");
    let tables = chapter.split(&head).skip(1);
    let rows: Vec<Vec<String>> = tables
        .flat_map(|table| table.lines().skip(1).take_while(|line| line.starts_with('|')))
        .map(cells)
        .collect();
    assert!(!rows.is_empty(), "{head}");
    rows
}

fn cells(row: &str) -> Vec<String> {
    let row = row.replace("\\|", "\u{1}");
    let cells = row.trim_matches('|').split('|');
    cells.map(|cell| cell.trim().replace('\u{1}', "|")).collect()
}

/// What stands between the backticks of a cell.
fn code(cell: &str) -> &str {
    match cell.strip_prefix("``").and_then(|cell| cell.strip_suffix("``")) {
        Some(code) => code.trim(),
        None => cell.trim_matches('`'),
    }
}

/// The world of the chapter with one more fact `answer`, and with what `try` does.
fn world(answer: Json, actions: &str) -> Result<Workflow, String> {
    let mut world = block("world");
    world["facts"]["answer"] = answer;
    world["states"]["open"]["on"]["try"] = match actions {
        "" => json!({}),
        actions => json!({ "actions": actions }),
    };
    // Nothing here is used but by examples.
    let workflow = load(&world).map_err(|report| report.to_string())?;
    for warning in workflow.warnings().diagnostics() {
        if !warning.code.starts_with("unused-") && warning.code != "maybe-unknown" {
            return Err(workflow.warnings().to_string());
        }
    }
    Ok(workflow)
}

/// Reads it, with the child cases that it has.
fn load(world: &Json) -> Result<Workflow, crate::diagnostic::Report> {
    let mut resolve = |_: &str| Ok(block("choir").to_string());
    Workflow::load("world.json", &world.to_string(), &mut resolve, &crate::Limits::default())
}

/// A case of it in which has happened what the chapter says.
fn case(workflow: &Workflow) -> Case {
    let facts = workflow.facts_from_json(&block("start").to_string()).unwrap();
    let at = workflow.time("2026-03-02T09:00").unwrap();
    let (mut case, _) = Case::start(workflow, Some(at), facts).unwrap();
    let event = workflow.event_from_json(&block("events").to_string()).unwrap();
    assert_eq!(case.fire(&event).outcome, Outcome::Moved);
    case
}

fn attempt(workflow: &Workflow) -> Event {
    let text = r#"{ "event": "try", "actor": { "id": "ali" }, "at": "2026-03-05T10:00:00+01:00" }"#;
    workflow.event_from_json(text).unwrap()
}

/// What a script gives: as the rule of a derived fact or, where it asks about the event, in an
/// action.
fn value(script: &str) -> Result<String, String> {
    let text = |value: crate::Value| match value.to_json() {
        json if matches!(
            value,
            crate::Value::Date(_) | crate::Value::DateTime(_) | crate::Value::Duration(_)
        ) =>
        {
            json.trim_matches('"').to_owned()
        }
        json => json,
    };
    if script.contains("event.") {
        let workflow = world(json!({}), &format!("answer = ({script})"))?;
        let mut case = case(&workflow);
        let decision = case.fire(&attempt(&workflow));
        if decision.outcome != Outcome::Moved {
            return Err(format!("{:?}", decision.problems));
        }
        return Ok(case.fact("answer").map_or_else(|| "unknown".to_owned(), text));
    }
    let answer = |workflow: &Workflow| case(workflow).fact("answer").map(text);
    // And, or and not are three-valued where a boolean is declared.
    let boolean = world(json!({ "type": "boolean", "value": script }), "");
    if let Some(found) = boolean.ok().and_then(|workflow| answer(&workflow)) {
        return Ok(found);
    }
    let workflow = world(json!({ "value": script }), "")?;
    Ok(answer(&workflow).unwrap_or_else(|| "unknown".to_owned()))
}

/// What a script of a claim gives of some step: here of the one that answers `apply`.
fn of_a_step(script: &str) -> Result<String, String> {
    let mut world = block("world");
    world["claims"] = json!({ "never_so": { "never": script } });
    let workflow = load(&world).map_err(|report| report.to_string())?;
    let facts = workflow.facts_from_json(&block("start").to_string()).unwrap();
    let (mut case, _) =
        Case::start(&workflow, workflow.time("2026-03-02T09:00").ok(), facts).unwrap();
    let is_broken = |case: &Case| case.claims()[0].cause.is_some();
    if is_broken(&case) {
        return Err("it is true at the start".to_owned());
    }
    case.fire(&workflow.event_from_json(&block("events").to_string()).unwrap());
    Ok(is_broken(&case).to_string())
}

/// What actions do, in words.
fn effect(script: &str) -> Result<String, String> {
    let workflow = world(json!({}), script)?;
    let mut case = case(&workflow);
    let decision = case.fire(&attempt(&workflow));
    if decision.outcome != Outcome::Moved {
        return Err(format!("{:?}", decision.problems));
    }
    let mut done: Vec<String> = Vec::new();
    for change in &decision.effects.changed {
        let after =
            change.after.as_ref().map_or_else(|| "unknown".to_owned(), crate::Value::to_json);
        done.push(format!("{} = {after}", change.fact));
    }
    for message in &decision.effects.emitted {
        let data = serde_json::to_string(&message.data).unwrap();
        let data = if data == "{}" { String::new() } else { format!(" {data}") };
        done.push(format!("emits {}{data}", message.name));
    }
    for step in &serde_json::to_value(&decision.steps).unwrap().as_array().cloned().unwrap() {
        if let (Some(child), Some(event)) =
            (step["case"].as_str(), step["cause"]["event"].as_str().or(step["event"].as_str()))
        {
            done.push(format!("{child} answers {event}"));
        }
    }
    done.extend(case.next_deadline().map(|due| format!("due {due}")));
    Ok(if done.is_empty() { "nothing".to_owned() } else { done.join("; ") })
}

fn differences(
    examples: impl IntoIterator<Item = (String, String)>,
    run: impl Fn(&str) -> Result<String, String>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    for (script, wanted) in examples {
        match run(&script) {
            Ok(found) if found == wanted => {}
            Ok(found) => wrong.push(format!("{script}\n  gives {found}, not {wanted}")),
            Err(problem) => wrong.push(format!("{script}\n{problem}")),
        }
    }
    wrong
}

#[test]
fn every_function_does_what_its_entry_shows() {
    let mut wrong = Vec::new();
    for function in FUNCTIONS {
        let name = function.name;
        assert!(!function.about.is_empty() && !function.examples.is_empty(), "{name}");
        assert_eq!(FUNCTIONS.iter().filter(|other| other.name == name).count(), 1, "{name}");
        assert!(function.examples.iter().all(|(script, _)| script.contains(name)), "{name}");
        let examples = function.examples.iter();
        let examples = examples.map(|(script, gives)| ((*script).to_owned(), (*gives).to_owned()));
        wrong.extend(match function.group {
            Group::Actions => differences(examples, effect),
            Group::Claims => differences(examples, of_a_step),
            _ => differences(examples, value),
        });
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_example_of_the_tables_gives_what_is_shown() {
    let pick = |row: &[String]| (code(&row[2]).to_owned(), code(&row[3]).to_owned());
    let values = rows("| written | means | example | gives |");
    let mut wrong = differences(values.iter().map(|row| pick(row)), value);
    let effects = rows("| written | means | example | does |");
    wrong.extend(differences(effects.iter().map(|row| pick(row)), effect));
    // Every operator and every property has a row.
    let shown: Vec<&str> = values.iter().map(|row| row[0].as_str()).collect();
    for symbol in ["==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "in", "&&", "||"] {
        let row = format!("`a {symbol} b`");
        assert!(shown.contains(&row.as_str()), "{symbol}");
    }
    for property in PROPERTIES {
        assert!(shown.iter().any(|row| row.ends_with(&format!(".{}`", property.name))));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A fact declared so takes the value in JSON, and a script that is written so is equal to it.
#[test]
fn every_type_is_as_the_table_shows() {
    for row in rows("| type | declared as | in JSON | in a script |") {
        let declaration: Json = serde_json::from_str(code(&row[1])).unwrap();
        let script = code(&row[3]);
        let file = json!({
            "id": "types", "timezone": "Europe/Stockholm",
            "facts": { "f": declaration, "same": { "type": "boolean", "value": format!("f == ({script})") } },
            "states": { "s": {} }
        });
        let workflow = Workflow::from_json(&file.to_string())
            .unwrap_or_else(|report| panic!("{script}\n{report}"));
        let facts = workflow.facts_from_json(&format!(r#"{{ "f": {} }}"#, code(&row[2]))).unwrap();
        let at = workflow.time("2026-03-05T00:00").unwrap();
        let (case, _) = Case::start(&workflow, Some(at), facts).unwrap();
        assert_eq!(case.fact("same"), Some(true.into()), "{script}");
    }
}

#[test]
fn what_differs_from_rhai_does() {
    let engine = rhai::Engine::new();
    for row in rows("| script | Rhai | here | why |") {
        let script = code(&row[0]);
        let theirs = engine.eval::<rhai::Dynamic>(script).unwrap().to_string();
        assert_eq!(theirs, code(&row[1]), "{script}");
        let ours = value(script).unwrap_or_else(|problem| panic!("{script}\n{problem}"));
        assert_eq!(ours, code(&row[2]), "{script}");
    }
    let mut wrong = Vec::new();
    let guard = |script: &str| {
        let mut world = block("world");
        world["states"]["open"]["on"]["try"] = json!({ "guard": script });
        load(&world)
    };
    for row in rows("| script | error | why | instead |") {
        let (script, wanted, instead) = (code(&row[0]), code(&row[1]), code(&row[3]));
        match guard(script) {
            Ok(_) => wrong.push(format!("{script} is taken")),
            Err(report) if report.diagnostics().iter().any(|one| one.code == wanted) => {}
            Err(report) => wrong.push(report.to_string()),
        }
        if let Some(Err(report)) = (!instead.is_empty()).then(|| guard(instead)) {
            wrong.push(report.to_string());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Boolean => "boolean",
        Kind::Integer => "whole number",
        Kind::Number => "number",
        Kind::Text => "text",
        Kind::Date => "date",
        Kind::DateTime => "date-time",
        Kind::Days => "duration in days",
        Kind::Months => "duration in months",
        Kind::Hours => "duration in exact time",
        Kind::List => "list",
        Kind::Record => "record",
        Kind::Item => "item",
        Kind::Any => "value",
        Kind::Event | Kind::State | Kind::Fact | Kind::Name => "name",
        Kind::Closure => "closure",
        Kind::When => "duration, date or date-time",
        Kind::Nothing => "",
    }
}

fn signature(function: &Function) -> String {
    let least = function.arguments().0;
    let mut takes: Vec<String> = Vec::new();
    for (number, (name, of)) in function.takes.iter().enumerate() {
        let optional = if number >= least { "?" } else { "" };
        takes.push(match kind(*of) {
            _ if number == 0 && function.method => (*name).to_owned(),
            word if word == *name || matches!(of, Kind::Any | Kind::Closure) => {
                format!("{name}{optional}")
            }
            word => format!("{name}{optional}: {word}"),
        });
    }
    match takes.split_first() {
        Some((first, rest)) if function.method => {
            format!("{first}.{}({})", function.name, rest.join(", "))
        }
        _ => format!("{}({})", function.name, takes.join(", ")),
    }
}

fn table(group: Group) -> String {
    let coded = |text: &str| {
        let text = text.replace('|', "\\|");
        if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
    };
    let mut table = match group {
        Group::Actions => "| function | means | example | does |\n|---|---|---|---|\n".to_owned(),
        _ => "| function | gives | means | example | gives |\n|---|---|---|---|---|\n".to_owned(),
    };
    for function in FUNCTIONS.iter().filter(|function| function.group == group) {
        for (number, (script, gives)) in function.examples.iter().enumerate() {
            let (head, result, about) = match number {
                0 => (coded(&signature(function)), kind(function.gives), function.about),
                _ => (String::new(), "", ""),
            };
            let about = about.replace('|', "\\|");
            let (script, gives) = (coded(script), coded(gives));
            table += &match group {
                Group::Actions => format!("| {head} | {about} | {script} | {gives} |\n"),
                _ => format!("| {head} | {result} | {about} | {script} | {gives} |\n"),
            };
        }
    }
    table
}

/// The tables of functions in the chapter are made from the vocabulary.
#[test]
fn the_chapter_has_every_function() {
    let mut text = chapter();
    for (name, group) in [
        ("time", Group::Time),
        ("numbers", Group::Numbers),
        ("lists", Group::Lists),
        ("texts", Group::Texts),
        ("case", Group::Case),
        ("claims", Group::Claims),
        ("actions", Group::Actions),
    ] {
        let begin = format!("<!-- functions of {name} -->\n");
        let (before, rest) = text.split_once(&begin).unwrap();
        let (_, after) = rest.split_once("<!-- end -->").unwrap();
        text = format!("{before}{begin}\n{}\n<!-- end -->{after}", table(group));
    }
    if std::env::var_os("TRESTEG_BLESS").is_some() {
        // Beside it and then in its place: other tests are reading it.
        let draft = path().with_extension("draft");
        std::fs::write(&draft, &text).unwrap();
        std::fs::rename(&draft, path()).unwrap();
    }
    assert!(text == chapter(), "src/guide/rules.md is not up to date; TRESTEG_BLESS=1 renews it");
}
