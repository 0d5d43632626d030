//! Child cases for people: what they are called, what is open in them to whom, who would be stopped, whom a role is for.

use tresteg::case::{Availability, ChildStatus, Condition};
use tresteg::{Actor, Case, Event, Language, Outcome, Workflow};

use super::{Files, begin, event, texts};

const ORDER: &str = r#"{
    "id": "order", "timezone": "Europe/Stockholm",
    "roles": { "office": { "title": { "sv": "Kontoret", "en": "The office" } } },
    "facts": {
        "boards": { "type": "array", "items": { "enum": {
            "north": { "sv": "Norra nämnden", "en": "The north board" },
            "south": { "sv": "Södra nämnden", "en": "The south board" } } }, "default": [] }
    },
    "events": {
        "withdraw": { "by": ["office"], "title": { "sv": "Återkalla", "en": "Withdraw" } },
        "remind_all": { "by": ["office"] },
        "add": { "by": ["office"], "data": { "board": { "enum": ["north", "south"] } }, "required": ["board"] },
        "audit": { "by": ["office"] },
        "heard": { "by": [], "data": { "from": { "type": "string" } } }
    },
    "initial": "ordered",
    "states": {
        "ordered": {
            "title": { "sv": "Uppdraget löper", "en": "Ordered" },
            "invoke": { "id": "boards", "workflow": "board.json", "each": "boards", "title": { "sv": "Nämnder", "en": "Boards" },
                "facts": { "board": "item" }, "returns": ["reported", "contact"] },
            "on": {
                "withdraw": "withdrawn",
                "remind_all": { "actions": "send_all(`boards`, `remind`)" },
                "add": { "actions": "boards.push(event.data.board)" },
                "audit": { "not_by": ["boards/report"], "target": "audited" },
                "heard": {}
            },
            "after": { "P1Y": { "target": "withdrawn", "actions": "send_one(`boards`, `north`, `remind`)" } }
        },
        "withdrawn": { "type": "final" },
        "audited": { "type": "final" }
    }
}"#;

const BOARD: &str = r#"{
    "id": "board", "timezone": "Europe/Stockholm",
    "roles": { "member": { "unit": "board", "title": { "sv": "Ledamot", "en": "Member" } } },
    "facts": {
        "board": { "type": "string", "title": { "sv": "Nämnd", "en": "Board" } },
        "reported": { "type": "boolean", "default": false },
        "contact": { "type": "string", "personal": true }
    },
    "events": {
        "report": { "by": ["member"], "title": { "sv": "Rapportera", "en": "Report" }, "sets": ["contact"] },
        "remind": { "by": [], "title": { "sv": "Påminnelse", "en": "Reminder" } }
    },
    "initial": "waiting",
    "states": {
        "waiting": { "title": { "sv": "Väntar på rapport", "en": "Waiting for a report" }, "on": {
            "report": { "target": "reported_state", "actions": "reported = true; send_parent(`heard`, #{ from: board ?? `` })" },
            "remind": { "actions": "emit(`reminder`)" } } },
        "reported_state": { "title": { "sv": "Rapporterat", "en": "Reported" }, "on": { "remind": {} } }
    }
}"#;

fn order() -> (Workflow, Case) {
    let workflow = Files(&[("order.json", ORDER), ("board.json", BOARD)]).load();
    let workflow = workflow.unwrap_or_else(|report| panic!("{report}"));
    let (case, _) = begin(&workflow, &[("boards", texts(&["north", "south"]))]);
    (workflow, case)
}

fn member(id: &str, unit: &str) -> Actor {
    Actor::new(id).role("member").unit(unit)
}

#[test]
fn children_have_titles_and_a_standing() {
    let (_, mut case) = order();
    let told = |case: &Case| -> Vec<String> {
        let children = case.children().into_iter();
        let told = children.map(|child| {
            let title = child.title.get("sv").unwrap_or("").to_owned();
            format!("{} {title} {:?} {}", child.address, child.status, child.states.join("+"))
        });
        told.collect()
    };
    assert_eq!(
        told(&case),
        ["boards/north Norra nämnden Active waiting", "boards/south Södra nämnden Active waiting"]
    );
    assert_eq!(
        case.describe_address("boards/north", Language::Swedish),
        "Norra nämnden (boards/north)"
    );
    let withdrawn = case.fire(&event("withdraw").by(Actor::new("eva").role("office")));
    assert_eq!(withdrawn.outcome, Outcome::Moved);
    assert!(case.children().iter().all(|child| child.status == ChildStatus::Stopped));
}

/// A record that starts a child says what it is called, and an address that leads nowhere is told as it is written.
#[test]
fn records_say_what_their_child_is_called() {
    let order = r#"{ "id": "order", "facts": { "boards": { "type": "array", "items": { "type": "object",
            "properties": { "key": { "type": "integer" }, "title": { "type": "string" } }, "required": ["key"] } } },
        "invoke": { "id": "boards", "workflow": "board.json", "each": "boards" }, "states": { "s": {} } }"#;
    let board = r#"{ "id": "board", "initial": "a", "states": { "a": { "on": { "go": "b" } }, "b": { "type": "final" } } }"#;
    let workflow = Files(&[("order.json", order), ("board.json", board)]).load().unwrap();
    let facts = workflow
        .facts_from_json(r#"{ "boards": [{ "key": 7, "title": "The seventh" }, { "key": 8 }] }"#);
    let (mut case, _) = Case::start(&workflow, None, facts.unwrap()).unwrap();
    assert_eq!(case.describe_address("boards/7", Language::English), "The seventh (boards/7)");
    for plain in ["boards/8", "boards/9", "boards", "nobody/8", ""] {
        assert_eq!(case.describe_address(plain, Language::English), plain);
    }
    let decision = case.fire(&event("go").to("boards/7"));
    let told = case.describe(&decision, Language::English);
    assert_eq!(told, "✓ The seventh (boards/7): go: yes\n  a → b (go)\n");
}

#[test]
fn an_answer_says_whose_it_is_and_what_moved_elsewhere() {
    let (workflow, mut case) = order();
    let report = event("report").to("boards/north").by(member("ali", "north"));
    let decision = case.fire(&report);
    assert_eq!(decision.case.as_deref(), Some("boards/north"));
    let english = "\
✓ The north board (boards/north): Report: yes
  Waiting for a report → Reported (Report)
  reported: yes
✓ 1 January 1970, 01:00: sent event heard
";
    assert_eq!(case.describe(&decision, Language::English), english);
    let swedish = "\
✓ Norra nämnden (boards/north): Rapportera: ja
  Väntar på rapport → Rapporterat (Rapportera)
  reported: ja
✓ 1 januari 1970 kl. 01.00: skickad händelse heard
";
    assert_eq!(workflow.describe(&decision, Language::Swedish), swedish);
    let refused = case.fire(&event("report").to("boards/south").by(member("ali", "north")));
    assert_eq!(refused.outcome, Outcome::Blocked);
    let told = case.describe(&refused, Language::Swedish);
    assert!(
        told.starts_with("✗ Södra nämnden (boards/south): Rapportera: nej, inte än\n"),
        "{told}"
    );
    assert!(
        told.contains(
            "kräver rollen Ledamot, för enheten i Nämnd; den som agerar företräder north"
        ),
        "{told}"
    );
    let json = serde_json::to_value(&refused).unwrap();
    assert_eq!(json["case"], "boards/south");
}

/// A child alone has no parent: what it would send is shown.
#[test]
fn what_a_child_alone_would_send_is_shown() {
    let workflow = Workflow::from_json(BOARD).unwrap_or_else(|report| panic!("{report}"));
    let (mut case, _) = begin(&workflow, &[("board", "north".into())]);
    let decision = case.fire(&event("report").by(member("ali", "north")));
    assert_eq!(decision.effects.to_parent[0].name, "heard");
    let told = workflow.describe(&decision, Language::English);
    assert!(told.contains("for a case around, which there is not: heard (from: north)"), "{told}");
    // In a whole it is sent.
    let (_, mut case) = order();
    let decision = case.fire(&event("report").to("boards/north").by(member("ali", "north")));
    assert!(decision.effects.to_parent.is_empty());
}

/// A role of a unit is that of one child, in options and in the inbox too.
#[test]
fn a_member_of_one_board_acts_in_one_child() {
    let (_, mut case) = order();
    let north = member("ali", "north");
    let inbox = case.inbox(&north);
    let places: Vec<_> = inbox.iter().map(|entry| entry.case.as_deref()).collect();
    assert_eq!(places, [Some("boards/north")]);
    assert_eq!(inbox[0].title.get("en"), Some("The north board"));
    assert_eq!(inbox[0].choices[0].event, "report");
    // Without a unit, or with another one, it is nobody's.
    for actor in [Actor::new("ali").role("member"), member("ali", "east")] {
        let decision = case.fire(&event("report").to("boards/north").by(actor));
        assert_eq!(decision.outcome, Outcome::Blocked);
        let ground = &decision.reasons[0].grounds[0];
        assert!(
            matches!(ground, Condition::Unit { role, fact, .. } if role == "member" && fact == "board")
        );
    }
    assert_eq!(case.fire(&event("report").to("boards/north").by(north)).outcome, Outcome::Moved);
    // Somebody who may do whatever is needed speaks for the unit of the case.
    let south = case.at("boards/south").unwrap();
    assert_eq!(south.options(None)[0].standing, Availability::Open);
    let handle = south.workflow().event_handle("report").unwrap();
    assert_eq!(south.decide(&handle, Some(&member("bo", "south"))).unwrap(), Outcome::Moved);
    assert_eq!(south.decide(&handle, Some(&member("bo", "north"))).unwrap(), Outcome::Blocked);
}

/// What the event itself reports lets nobody in.
#[test]
fn a_unit_is_asked_for_before_the_event_sets_it() {
    let text = r#"{ "id": "w", "roles": { "member": { "unit": "board" } }, "facts": { "board": { "type": "string" } },
        "events": { "go": { "by": ["member"], "sets": ["board"] }, "name": { "sets": ["board"] } },
        "states": { "s": { "on": { "go": {}, "name": {} } } } }"#;
    let workflow = Workflow::from_json(text).unwrap();
    let (mut case, _) = begin(&workflow, &[]);
    let go = event("go").by(member("ali", "north")).fact("board", "north");
    assert_eq!(case.fire(&go).outcome, Outcome::Blocked);
    case.fire(&event("name").fact("board", "north"));
    assert_eq!(case.fire(&go).outcome, Outcome::Moved);
    // Signatures are given in the same roles.
    let text = r#"{ "id": "w", "roles": { "member": { "unit": "board" } }, "facts": { "board": { "type": "string", "default": "north" } },
        "states": { "s": { "on": { "sign": { "signed_by": ["member"], "target": "t" } } }, "t": {} }, "initial": "s" }"#;
    let workflow = Workflow::from_json(text).unwrap();
    let (mut case, _) = begin(&workflow, &[]);
    assert_eq!(case.fire(&event("sign").by(member("ali", "south"))).outcome, Outcome::Blocked);
    assert_eq!(case.fire(&event("sign").by(member("ali", "north"))).outcome, Outcome::Moved);
}

/// Who would be stopped is said before it happens: among the options, of terms, and by `explain`.
#[test]
fn who_would_be_stopped_is_told_before() {
    let (_, mut case) = order();
    let office = Actor::new("eva").role("office");
    let both = ["boards/north", "boards/south"];
    let options = case.options(Some(&office));
    let stops = |name: &str| {
        options.iter().find(|choice| choice.event == name).map(|choice| choice.stops.clone())
    };
    assert_eq!(stops("withdraw").unwrap(), both);
    assert_eq!(stops("remind_all").unwrap(), [""; 0]);
    let terms = case.terms();
    assert_eq!(terms[0].then[0].stops, both);
    assert_eq!(terms[0].then[0].tells[0].event, "remind");
    let told = case.workflow().describe_terms(&terms, Language::Swedish);
    assert!(told.contains("skickar Påminnelse till Nämnder; avslutar Norra nämnden (boards/north), Södra nämnden (boards/south)"), "{told}");
    // Somebody who may not is told what it would do if they might.
    let nobody = case.options(Some(&Actor::new("bo")));
    assert_eq!(nobody.iter().find(|choice| choice.event == "withdraw").unwrap().stops, both);
    let asked = case.explain(&event("withdraw").by(office.clone()));
    assert_eq!(asked.stopped(), ["boards/south", "boards/north"]);
    assert!(case.children().iter().all(|child| child.status == ChildStatus::Active));
    case.fire(&event("withdraw").by(office));
    assert!(case.is_ended());
}

/// `not_by` names events of children: nobody who sent one in any of them passes, and what is asked of the own past knows
/// nothing of it.
#[test]
fn whoever_reported_in_a_child_does_not_audit() {
    let text = ORDER
        .replace(r#""audit": { "not_by""#, r#""audit": { "guard": "count(`*`) < 1", "not_by""#);
    let board = BOARD.replace("; send_parent(`heard`, #{ from: board ?? `` })", "");
    let files = [("order.json", text.as_str()), ("board.json", board.as_str())];
    let workflow = Files(&files).load().unwrap_or_else(|report| panic!("{report}"));
    let (mut case, _) = begin(&workflow, &[("boards", texts(&["north", "south"]))]);
    let audit = |id: &str| event("audit").by(Actor::new(id).role("office"));
    let report = event("report").to("boards/south").by(member("ali", "south"));
    assert_eq!(case.fire(&report).outcome, Outcome::Moved);
    let refused = case.fire(&audit("ALI"));
    assert_eq!(refused.outcome, Outcome::Blocked);
    let told = case.describe(&refused, Language::English);
    assert!(told.contains("must be somebody else than who sent Report (boards)"), "{told}");
    assert_eq!(case.fire(&audit("eva")).outcome, Outcome::Moved);
}

/// What a parent sees of what is personal in a child is personal there too.
#[test]
fn what_is_personal_in_a_child_stays_so() {
    let text = ORDER.replace(
        r#""events": {"#,
        r#""factors": { "known": { "guard": "children(`boards`).some(|b| known(`boards`) && (b.contact ?? ``) == `ali`)" } }, "events": {"#,
    );
    let text = text.replace(
        r#""remind_all": { "actions""#,
        r#""remind_all": { "requires": ["known"], "actions""#,
    );
    let text = text.replace("known(`boards`) && ", "");
    let files = [("order.json", text.as_str()), ("board.json", BOARD)];
    let workflow = Files(&files).load().unwrap_or_else(|report| panic!("{report}"));
    let (mut case, _) = begin(&workflow, &[("boards", texts(&["north"]))]);
    let report = event("report")
        .to("boards/north")
        .by(member("ali", "north"))
        .fact("contact", "secret-name");
    assert_eq!(case.fire(&report).outcome, Outcome::Moved);
    let refused = case.fire(&Event::new("remind_all").by(Actor::new("eva").role("office")));
    assert_eq!(refused.outcome, Outcome::Blocked);
    let lines: Vec<String> =
        case.take_entries(&[7; 32]).into_iter().map(|entry| entry.line).collect();
    let last = lines.last().unwrap();
    assert!(!last.contains("secret-name"), "{last}");
}

/// What only `invoke` uses is used, and what only children send is sent.
#[test]
fn what_children_need_is_not_unused() {
    let (workflow, _) = order();
    assert_eq!(workflow.warnings().to_string(), "");
}
