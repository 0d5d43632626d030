#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::VecDeque;

use super::super::journal_file::Sync;
use super::*;

/// Somebody who answers by a script, and notes what was asked.
#[derive(Default)]
struct Scripted {
    answers: VecDeque<Say>,
    asked: Vec<String>,
}

#[derive(Debug)]
enum Say {
    /// The item that contains this.
    Item(&'static str),
    /// The items that contain these, besides those marked beforehand when `true`.
    Items(&'static [&'static str], bool),
    Yes,
    No,
    Text(&'static str),
    /// Enter: the default, or nothing.
    Enter,
    Escape,
}

impl Scripted {
    fn next(&mut self, prompt: &str) -> Say {
        self.asked.push(prompt.to_owned());
        self.answers.pop_front().unwrap_or_else(|| panic!("no answer to `{prompt}`"))
    }
}

impl Ask for Scripted {
    fn choose(&mut self, prompt: &str, items: &[String]) -> io::Result<Option<usize>> {
        match self.next(prompt) {
            Say::Escape => Ok(None),
            Say::Item(text) => {
                let at = items.iter().position(|item| item.contains(text));
                Ok(Some(at.unwrap_or_else(|| panic!("`{text}` is not in {items:#?}"))))
            }
            other => panic!("{other:?} to `{prompt}`"),
        }
    }

    fn choose_many(
        &mut self,
        prompt: &str,
        items: &[String],
        marked: &[bool],
    ) -> io::Result<Option<Vec<usize>>> {
        let Say::Items(texts, keep) = self.next(prompt) else { panic!("`{prompt}`") };
        let has = |item: &str| texts.iter().any(|text| item.contains(text));
        let mark = |at: usize| keep && marked.get(at) == Some(&true);
        let chosen = items.iter().enumerate().filter(|(at, item)| mark(*at) || has(item));
        Ok(Some(chosen.map(|(at, _)| at).collect()))
    }

    fn confirm(&mut self, prompt: &str) -> io::Result<Option<bool>> {
        match self.next(prompt) {
            Say::Yes => Ok(Some(true)),
            Say::No => Ok(Some(false)),
            Say::Escape => Ok(None),
            other => panic!("{other:?} to `{prompt}`"),
        }
    }

    fn text(
        &mut self,
        prompt: &str,
        default: Option<&str>,
        check: &dyn Fn(&str) -> Result<(), String>,
    ) -> io::Result<String> {
        loop {
            let text = match self.next(prompt) {
                Say::Text(text) => text,
                Say::Enter => default.unwrap_or(""),
                other => panic!("{other:?} to `{prompt}`"),
            };
            match check(text) {
                Ok(()) => return Ok(text.to_owned()),
                Err(wrong) => self.asked.push(format!("! {wrong}")),
            }
        }
    }
}

const WORKFLOW: &str = r#"{
    "id": "w", "timezone": "UTC",
    "roles": { "guide": { "title": "Guide" }, "boss": {} },
    "facts": {
        "kind": { "enum": { "small": "Small one", "large": "Large one" } },
        "many": { "type": "array", "uniqueItems": true, "default": [], "items": { "enum": ["x", "y", "z"] } },
        "cost": { "type": "number", "minimum": 0, "unit": "SEK" },
        "fine": { "type": "boolean" },
        "left": { "type": "string" }
    },
    "events": {
        "ask": { "by": ["guide"], "required": ["kind", "cost", "fine"], "sets": ["many", "left"], "data": { "why": { "type": "string" } } },
        "go": { "by": ["boss"], "hint": "Only with cause" }
    },
    "initial": "a",
    "states": {
        "a": { "after": { "P7D": "late" }, "hint": "Ask first", "on": { "ask": { "actions": "left = event.data.why ?? `nothing`" }, "go": { "target": "b", "guard": "fine && cost < 10" } } },
        "late": {},
        "b": { "type": "final" }
    }
}"#;

struct Played {
    case: Case,
    out: String,
    err: String,
    asked: Vec<String>,
}

/// Plays with these answers; all of them must be used.
fn play(answers: Vec<Say>) -> Played {
    play_kept(answers, None)
}

fn play_kept(answers: Vec<Say>, keeper: Option<JournalFile>) -> Played {
    let workflow = Workflow::from_json(WORKFLOW).unwrap_or_else(|report| panic!("{report}"));
    play_on(&workflow, answers, keeper)
}

fn play_on(workflow: &Workflow, answers: Vec<Say>, mut keeper: Option<JournalFile>) -> Played {
    let at = "2026-01-01T08:00:00Z".parse().unwrap();
    let (mut case, _) = Case::start(workflow, Some(at), BTreeMap::new()).unwrap();
    keep(&mut case, keeper.as_mut()).unwrap();
    let language = Language::English;
    let (earlier, words) = (Vec::new(), words(language));
    let here = String::new();
    let mut session = Session { case, here, earlier, keeper, actor: None, language, words };
    let mut ask = Scripted { answers: answers.into(), asked: Vec::new() };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut console = Console { out: &mut out, err: &mut err, paint_out: false, paint_err: false };
    let done = session.run(&mut ask, &mut console);
    assert!(matches!(done, Ok(Verdict::Yes)), "{done:?}");
    assert!(ask.answers.is_empty(), "left over: {:?}", ask.answers);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Played { case: session.case, out: text(out), err: text(err), asked: ask.asked }
}

const WHEN: Say = Say::Text("2026-01-02T08:00:00Z");

fn asked_all() -> Vec<Say> {
    use Say::{Item, Items, Text, Yes};
    vec![
        Text("eva"),
        Items(&["Guide", "boss"], false),
        Item("ask"),
        Items(&["many"], false),
        Item("Small"),
        Text("much"),
        Text("-1"),
        Text("9.50"),
        Yes,
        Items(&["x", "z"], false),
        WHEN,
    ]
}

#[test]
fn facts_are_asked_for_by_their_type() {
    let played = play([asked_all(), vec![Say::Item("quit")]].concat_all());
    let fact = |name: &str| played.case.fact(name).map(|value| value.to_json());
    assert_eq!(fact("kind").as_deref(), Some("\"small\""));
    assert_eq!(fact("cost").as_deref(), Some("9.5"));
    assert_eq!(fact("fine").as_deref(), Some("true"));
    assert_eq!(fact("many").as_deref(), Some("[\"x\",\"z\"]"));
    assert_eq!(fact("left").as_deref(), Some("\"nothing\""), "what is optional was not asked for");
    let wrong: Vec<_> = played.asked.iter().filter(|asked| asked.starts_with("! ")).collect();
    assert_eq!(wrong.len(), 2, "{:?}", played.asked);
    assert!(played.asked.iter().any(|asked| asked.contains("cost [SEK]")), "{:?}", played.asked);
    assert!(
        played.out.contains("Ask first") && played.out.contains("by eva (Guide, boss)"),
        "{}",
        played.out
    );
    assert_eq!(played.case.time().to_string(), "2026-01-02T08:00:00Z");
}

#[test]
fn undo_takes_back_one_step_after_the_other() {
    use Say::{Item, Text};
    let undone = vec![
        Item("let time pass"),
        Text("P1D"),
        Item("undo"),
        Item("undo"),
        Item("undo"),
        Item("quit"),
    ];
    let played = play([asked_all(), undone].concat_all());
    assert_eq!(played.case.fact("kind"), None);
    assert_eq!(played.case.time().to_string(), "2026-01-01T08:00:00Z");
    assert!(played.out.contains("there is nothing to undo"), "{}", played.out);
}

#[test]
fn a_blocked_event_shows_why_and_is_sent_only_when_insisted_on() {
    use Say::{Enter, Item, Items, No, Yes};
    let played =
        play(vec![Enter, Items(&[], false), Item("go"), No, Item("go"), Yes, WHEN, Item("quit")]);
    assert!(played.out.contains("needs the role boss"), "{}", played.out);
    assert!(played.out.contains("Only with cause"));
    assert!(played.out.contains("go: no, not yet"), "{}", played.out);
    assert_eq!(played.case.states(), ["a"]);
}

#[test]
fn a_required_fact_that_is_not_given_sends_nothing() {
    use Say::{Enter, Escape, Item, Items};
    let played = play(vec![
        Enter,
        Items(&["Guide"], false),
        Item("ask"),
        Items(&[], false),
        Escape,
        Item("quit"),
    ]);
    assert!(played.out.contains("not sent"), "{}", played.out);
    assert_eq!(played.case.time().to_string(), "2026-01-01T08:00:00Z");
}

#[test]
fn time_passes_to_the_next_deadline_by_default() {
    use Say::{Enter, Escape, Item, Items, Text};
    let played = play(vec![
        Enter,
        Items(&[], false),
        Item("let time pass"),
        Text("soon"),
        Enter,
        Item("conditions"),
        Item("known facts"),
        Escape,
    ]);
    assert_eq!(played.case.states(), ["late"]);
    assert_eq!(played.case.time().to_string(), "2026-01-08T08:00:00Z");
    assert!(played.out.contains("many: none"), "{}", played.out);
}

#[test]
fn time_passes_to_the_beginning_of_a_day() {
    use Say::{Enter, Item, Items, Text};
    let played = play(vec![
        Enter,
        Items(&[], false),
        Item("let time pass"),
        Text("2026-01-03"),
        Item("quit"),
    ]);
    assert_eq!(played.case.time().to_string(), "2026-01-03T00:00:00Z");
}

#[test]
fn open_terms_are_shown_when_asked_for() {
    use Say::{Enter, Item, Items, Text};
    let played = play(vec![
        Text("eva"),
        Items(&["boss"], false),
        Item("terms"),
        Item("let time pass"),
        Enter,
        Item("terms"),
        Item("quit"),
    ]);
    let shown = "terms\n  · 7 days, a: due 8 January 2026, 08:00, from 1 January 2026, 08:00\n    then: → late\n";
    assert!(played.out.contains(shown), "{}", played.out);
    assert!(played.out.contains("no term runs"), "{}", played.out);
}

#[test]
fn a_case_is_saved_and_opened_again() {
    use Say::{Enter, Item, Items, No, Text, Yes};
    let folder = std::env::temp_dir().join(format!("tresteg-session-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path: &'static str = folder.join("case.json").to_str().unwrap().to_owned().leak();
    let broken: &'static str = folder.join("broken.json").to_str().unwrap().to_owned().leak();
    std::fs::write(broken, "{}").unwrap();
    let saved = vec![
        Item("save"),
        Text(path),
        Item("let time pass"),
        Text("P30D"),
        Item("save"),
        Text(path),
        No,
        Item("load"),
        Text(broken),
        Item("load"),
        Text(path),
        Item("quit"),
    ];
    let played = play([asked_all(), saved].concat_all());
    assert_eq!(played.case.states(), ["a"]);
    assert_eq!(played.case.time().to_string(), "2026-01-02T08:00:00Z");
    assert!(played.err.contains("broken.json"), "{}", played.err);
    let overwritten = vec![Enter, Items(&[], false), Item("save"), Text(path), Yes, Item("quit")];
    let played = play(overwritten);
    assert!(played.out.contains("saved"), "{}", played.out);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_is_played_with_a_journal_is_written_down_and_not_undone() {
    let folder = std::env::temp_dir().join(format!("tresteg-kept-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("case.jsonl");
    let keeper = || Some(JournalFile::new(&path, Sync::Line).unwrap());
    let played = play_kept([asked_all(), vec![Say::Item("quit")]].concat_all(), keeper());
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 2);
    let workflow = Workflow::from_json(WORKFLOW).unwrap();
    let head = tresteg::journal::verify(&workflow, &text, None).unwrap().head;
    assert_eq!(head, played.case.head());
    std::fs::remove_file(&path).unwrap();
    let undone = vec![Say::Item("undo")];
    let played =
        std::panic::catch_unwind(|| play_kept([asked_all(), undone].concat_all(), keeper()).case);
    assert!(played.is_err(), "undo is not to be chosen");
    std::fs::remove_dir_all(folder).unwrap();
}

/// `concat` for what cannot be cloned.
trait ConcatAll {
    fn concat_all(self) -> Vec<Say>;
}

impl<const N: usize> ConcatAll for [Vec<Say>; N] {
    fn concat_all(self) -> Vec<Say> {
        self.into_iter().flatten().collect()
    }
}

const ORDER: &str = r#"{
    "id": "order", "timezone": "UTC", "roles": { "office": { "title": "Office" } },
    "facts": { "boards": { "type": "array", "items": { "enum": { "north": "The north board", "south": {} } }, "default": ["north", "south"] } },
    "events": { "withdraw": { "by": ["office"] }, "heard": { "by": [] } },
    "initial": "running",
    "states": {
        "running": { "invoke": { "id": "boards", "workflow": "board.json", "each": "boards", "facts": { "board": "item" } },
                     "on": { "withdraw": "over", "heard": {} } },
        "over": { "type": "final" }
    }
}"#;
const BOARD: &str = r#"{
    "id": "board", "timezone": "UTC", "roles": { "member": { "unit": "board", "title": "Member" } },
    "facts": { "board": { "type": "string" }, "lesson": { "type": "string", "title": "The lesson" } },
    "events": { "report": { "by": ["member"], "required": ["lesson"] } },
    "initial": "waiting",
    "states": { "waiting": { "hint": "Write a report", "on": { "report": { "target": "reported", "actions": "send_parent(`heard`)" } } }, "reported": {} }
}"#;

/// One goes to a child, does something there as a member of its unit, comes back, and is told who would be stopped.
#[test]
fn a_whole_is_played_from_case_to_case() {
    use Say::{Item, Items, No, Text, Yes};
    let order = ORDER.replace(r#", "south": {} }"#, r#", "south": "The south board" }"#);
    let mut files = |_: &str| Ok(BOARD.to_owned());
    let workflow = Workflow::load("order.json", &order, &mut files, &tresteg::Limits::default());
    let workflow = workflow.unwrap_or_else(|report| panic!("{report}"));
    let answers = vec![
        Text("ali"),
        Items(&["Office", "Member"], false),
        Text("north"),
        Item("another case"),
        Item("✓ The north board (boards/north)"),
        Item("report"),
        Text("dare"),
        WHEN,
        Item("another case"),
        Item("The south board (boards/south)"),
        Item("report"),
        No,
        Item("another case"),
        Item("the whole"),
        Item("withdraw"),
        WHEN,
        No,
        Item("withdraw"),
        WHEN,
        Yes,
        Item("quit"),
    ];
    let played = play_on(&workflow, answers, None);
    assert!(played.case.is_ended());
    for told in [
        "child cases",
        "The north board (boards/north): waiting",
        "Write a report",
        "✓ The north board (boards/north): report: yes",
        "needs the role Member, for the unit in board; whoever acts speaks for north",
        "! this would stop The south board (boards/south), The north board (boards/north)",
        "The south board (boards/south): stopped with the case around it",
        "The north board (boards/north): reported (stopped)",
    ] {
        assert!(played.out.contains(told), "{told}\n{}", played.out);
    }
}

/// Nobody has to guess how a record is written.
#[test]
fn records_and_lists_are_asked_with_an_example() {
    use Say::{Item, Text};
    let text = r#"{ "id": "w",
        "facts": { "bill": { "type": "object", "required": ["key"], "properties": { "key": { "type": "string" }, "sum": { "type": "integer", "minimum": 10 } } },
                   "bills": { "type": "array", "items": { "type": "object", "required": ["key"], "properties": { "key": { "type": "string" } } } } },
        "events": { "pay": { "required": ["bill", "bills"] } },
        "states": { "s": { "on": { "pay": {} } } } }"#;
    let workflow = Workflow::from_json(text).unwrap_or_else(|report| panic!("{report}"));
    let answers = vec![
        Item("pay"),
        Text(r#"{ "key": "a", "sum": 10 }"#),
        Text(r#"[{ "key": "…" }]"#),
        Text("2026-01-02T08:00:00Z"),
        Item("quit"),
    ];
    let played = play_on(&workflow, answers, None);
    for example in
        [r#"written such as { "key": "…", "sum": 10 }"#, r#"written such as [{ "key": "…" }]"#]
    {
        assert!(played.asked.iter().any(|asked| asked.contains(example)), "{:?}", played.asked);
    }
    assert!(played.case.fact("bills").is_some());
}
