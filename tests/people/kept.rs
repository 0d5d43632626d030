//! Ids of actors that were put away: into facts, lists and records, through functions and payload, and compared later.

use super::*;

/// The facts, functions and events of a file in which `keep` puts away who sends it, and `ask` asks for that.
fn file(guard: &str, events: &str) -> String {
    format!(
        r##"{{ "id": "w", "functions": {{
                "itself": {{ "params": ["x"], "body": "x" }},
                "first": {{ "params": ["list"], "body": "list[0]" }},
                "names_of": {{ "params": ["of"], "body": "of.keys()" }},
                "id_of": {{ "params": ["from"], "body": "from.id" }} }},
            "facts": {{ "a": {{ "type": "string", "default": "" }}, "b": {{ "type": "string", "default": "" }}, "other": {{ "type": "string", "default": "" }},
                "any": {{}}, "all": {{ "type": "array", "items": {{ "type": "string" }}, "default": [] }},
                "record": {{ "type": "object", "properties": {{ "id": {{ "type": "string" }}, "n": {{ "type": "integer" }} }} }},
                "votes": {{ "type": "object", "additionalProperties": {{ "type": "integer" }}, "default": {{}} }},
                "names": {{ "type": "object", "additionalProperties": {{ "type": "string" }}, "default": {{}} }},
                "ballots": {{ "type": "object", "additionalProperties": {{ "type": "integer" }}, "default": {{}} }},
                "seen": {{ "type": "object", "additionalProperties": {{ "type": "integer" }}, "default": {{}} }},
                "any_names": {{ "default": {{}} }},
                "first_of_all": {{ "type": "string", "value": "who(`keep`)[0]" }},
                "handed_on": {{ "type": "string", "value": "first_of_all" }} }},
            "events": {{ "keep": {{}}, "again": {{ "sets": ["other"] }}, "told": {{ "by": [], "data": {{ "who": {{ "type": "string" }} }} }}, "ask": {{}} }},
            "initial": "s", "states": {{ "s": {{ "on": {{
                "again": {{ "actions": "b = event.actor; votes[event.actor] = (votes[event.actor] ?? 0) + 1; ballots[event.actor] = 1" }},
                "ask": {{ "guard": "{guard}" }}, {events}
                "keep": {{ "actions": "a = event.actor; all.push(event.actor); any = event.actor; record = #{{ id: event.actor, n: 1 }}; votes[event.actor] = 1; any_names[event.actor] = 1; let own = #{{}}; own[event.actor] = 1; seen = own; names[`x`] = itself(event.actor); raise(`told`, #{{ who: event.actor }})" }} }} }} }} }}"##
    )
}

/// Whether `ask` moves, after `keep` by one and `again` by another, who is the same or not.
fn asked(guard: &str, one: &str, two: &str, events: &str) -> Outcome {
    let workflow = workflow(&file(guard, events));
    let mut case = start(&workflow);
    moves(&mut case, &by("keep", one));
    let again = by("again", two).fact("other", two);
    moves(&mut case, &again);
    let answer = case.fire(&by("ask", "zoe")).outcome;
    let handle = workflow.event_handle("ask").unwrap();
    assert_eq!(case.decide(&handle, Some(&Actor::new("zoe"))).unwrap(), answer, "{guard}");
    answer
}

#[test]
fn what_is_kept_of_persons_is_compared_as_ids_are() {
    for (guard, is_same) in [
        ("a == b", true),
        ("a != b", false),
        ("b in all", true),
        ("!all.contains(b)", false),
        ("all[0] == b", true),
        ("all.some(|one| one == b)", true),
        ("all == [b]", true),
        ("any == b", true),
        ("record.id == b", true),
        ("record == #{ id: b, n: 1 }", true),
        ("#{ id: b, n: 2 } == record", false),
        ("#{ who: a } != #{ who: b }", false),
        ("[#{ who: a }] == [#{ who: b }]", true),
        ("names[`x`] == b", true),
        ("names.values().contains(b)", true),
        ("first_of_all == b", true),
        ("handed_on != b", false),
        ("itself(a) == itself(b)", true),
        ("first(all) == b", true),
        ("itself(itself(first(who(`keep`)))) == itself(b)", true),
        ("id_of(record) == b", true),
        ("id_of(#{ id: a }) == id_of(#{ id: b })", true),
        ("votes[b] == 2", true),
        ("votes.keys().len() == 1", true),
        // Names of entries are ids where they are entered or looked for by one.
        ("seen.keys()[0] == other", true),
        ("seen.keys().contains(other)", true),
        ("votes.keys().all(|one| one == other)", true),
        ("seen.keys()[0] != ballots.keys()[0]", false),
        ("seen.keys().all(|one| one in ballots.keys())", true),
        ("names_of(ballots)[0] == names_of(seen)[0]", true),
        ("seen == ballots", true),
        ("itself(ballots) != seen", false),
        ("any_names.keys()[0] == other", true),
        // What the host sends of a person is one where it is compared with one that was kept.
        ("a == other", true),
        ("other in all", true),
        ("switch a { `eva` => true, _ => a == b }", true),
    ] {
        for (one, two, same) in SAME
            .map(|(one, two)| (one, two, true))
            .into_iter()
            .chain(OTHERS.map(|(one, two)| (one, two, false)))
        {
            let is_by_hand = guard.starts_with("switch") && one.to_lowercase() == "eva";
            let never = guard.contains("n: 2");
            let wanted = if !never && (is_same == same || is_by_hand) {
                Outcome::Moved
            } else {
                Outcome::Blocked
            };
            assert_eq!(asked(guard, one, two, ""), wanted, "{guard}: {one} {two}");
        }
    }
}

/// Who takes back what is entered under the own id takes back the one entry.
#[test]
fn an_entry_under_an_id_is_removed_by_that_person() {
    let workflow = workflow(
        r#"{ "id": "w", "facts": { "votes": { "type": "object", "additionalProperties": { "type": "integer" }, "default": {} } },
            "states": { "s": { "on": { "vote": { "actions": "votes[event.actor] = 1" }, "back": { "actions": "votes.remove(event.actor)" },
                "ask": { "guard": "votes.keys().len() == 0" } } } } }"#,
    );
    let mut case = start(&workflow);
    moves(&mut case, &by("vote", "Åsa"));
    moves(&mut case, &by("back", "a\u{30a}SA"));
    moves(&mut case, &by("ask", "eva"));
}

/// Payload that a script sends on, and that a guard compares.
#[test]
fn persons_in_payload_are_persons() {
    let told =
        r#""told": { "guard": "event.data.who == `EVA`", "actions": "other = event.data.who" },"#;
    assert_eq!(asked("other == b", "eva", "Eva", told), Outcome::Moved);
}

/// Other texts are compared as texts, and what no id can be may be said of a fact.
#[test]
fn what_holds_no_persons_is_compared_as_texts() {
    for (guard, wanted) in [
        ("other == `EVA`", Outcome::Blocked),
        ("other == `Eva`", Outcome::Moved),
        ("a == ``", Outcome::Blocked),
        ("a != ``", Outcome::Moved),
        ("a.len() == 3 && b.starts_with(`E`)", Outcome::Moved),
    ] {
        assert_eq!(asked(guard, "eva", "Eva", ""), wanted, "{guard}");
    }
}
