//! Workflows that more than one bench measures.

pub const FLAGSHIP: &str = include_str!("../workflows/vastra-goteborg.json");

/// A flat workflow: each state answers five events, each with a guard over two facts.
pub fn generated(states: usize) -> String {
    let state = |state: usize| {
        let answers: Vec<String> = (0..5)
            .map(|event| {
                let target = (state * 7 + event * 13 + 1) % states;
                format!(r#""e{event}": {{ "target": "s{target}", "guard": "ready && level >= {event}" }}"#)
            })
            .collect();
        format!(r#""s{state}": {{ "on": {{ {} }} }}"#, answers.join(", "))
    };
    let all: Vec<String> = (0..states).map(state).collect();
    format!(
        r#"{{ "id": "generated", "facts": {{ "ready": {{ "type": "boolean", "default": true }},
        "level": {{ "type": "integer", "default": 2 }} }}, "initial": "s0", "states": {{ {} }} }}"#,
        all.join(", ")
    )
}
