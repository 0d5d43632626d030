//! The machine written by hand with statig's macro: facts are fields, guards are methods.

use std::hint::black_box;

use statig::prelude::*;

use super::Round;
use crate::Nanoseconds;

struct Machine {
    meetings: i64,
    trust: f64,
    risk: Risk,
    budget_sek: f64,
    conflict_open: bool,
}

#[derive(PartialEq)]
#[allow(dead_code)]
enum Risk {
    Low,
    Medium,
    High,
    Unacceptable,
}

enum Event {
    Advance,
    Assess,
    Pause,
    Resume,
    Close,
}

impl Machine {
    fn advance(&self) -> bool {
        self.meetings >= 2 && self.trust >= 0.6
    }
    fn assess(&self) -> bool {
        self.risk != Risk::Unacceptable && self.budget_sek <= 300_000.0
    }
    fn pause(&self) -> bool {
        self.trust < 0.8 && self.meetings > 0
    }
    fn resume(&self) -> bool {
        !self.conflict_open
    }
    fn close(&self) -> bool {
        self.meetings >= 10 || self.risk == Risk::Unacceptable
    }
}

#[state_machine(initial = "State::need()", state(derive(Debug)))]
impl Machine {
    #[state]
    fn need(&mut self, event: &Event) -> Outcome<State> {
        match event {
            Event::Advance if self.advance() => Transition(State::dialogue()),
            Event::Assess if self.assess() => Transition(State::test()),
            Event::Pause if self.pause() => Transition(State::paused()),
            Event::Close if self.close() => Transition(State::followed()),
            _ => Handled,
        }
    }

    #[state]
    fn dialogue(&mut self, event: &Event) -> Outcome<State> {
        match event {
            Event::Advance if self.advance() => Transition(State::risk_review()),
            Event::Assess if self.assess() => Transition(State::review()),
            Event::Pause if self.pause() => Transition(State::paused()),
            Event::Close if self.close() => Transition(State::followed()),
            _ => Handled,
        }
    }

    #[state]
    fn risk_review(&mut self, event: &Event) -> Outcome<State> {
        match event {
            Event::Advance if self.advance() => Transition(State::plan()),
            Event::Assess if self.assess() => Transition(State::decision()),
            Event::Pause if self.pause() => Transition(State::paused()),
            Event::Close if self.close() => Transition(State::followed()),
            _ => Handled,
        }
    }

    #[state]
    fn plan(&mut self, event: &Event) -> Outcome<State> {
        match event {
            Event::Advance if self.advance() => Transition(State::test()),
            Event::Assess if self.assess() => Transition(State::embedded()),
            Event::Pause if self.pause() => Transition(State::paused()),
            Event::Close if self.close() => Transition(State::followed()),
            _ => Handled,
        }
    }

    #[state]
    fn test(&mut self, event: &Event) -> Outcome<State> {
        match event {
            Event::Advance if self.advance() => Transition(State::review()),
            Event::Assess if self.assess() => Transition(State::followed()),
            Event::Pause if self.pause() => Transition(State::paused()),
            Event::Close if self.close() => Transition(State::followed()),
            _ => Handled,
        }
    }

    #[state]
    fn review(&mut self, event: &Event) -> Outcome<State> {
        match event {
            Event::Advance if self.advance() => Transition(State::decision()),
            Event::Assess if self.assess() => Transition(State::need()),
            Event::Pause if self.pause() => Transition(State::paused()),
            Event::Close if self.close() => Transition(State::followed()),
            _ => Handled,
        }
    }

    #[state]
    fn decision(&mut self, event: &Event) -> Outcome<State> {
        match event {
            Event::Advance if self.advance() => Transition(State::embedded()),
            Event::Assess if self.assess() => Transition(State::dialogue()),
            Event::Pause if self.pause() => Transition(State::paused()),
            Event::Close if self.close() => Transition(State::followed()),
            _ => Handled,
        }
    }

    #[state]
    fn embedded(&mut self, event: &Event) -> Outcome<State> {
        match event {
            Event::Advance if self.advance() => Transition(State::followed()),
            Event::Assess if self.assess() => Transition(State::risk_review()),
            Event::Pause if self.pause() => Transition(State::paused()),
            Event::Close if self.close() => Transition(State::followed()),
            _ => Handled,
        }
    }

    #[state]
    fn followed(&mut self, event: &Event) -> Outcome<State> {
        match event {
            Event::Advance if self.advance() => Transition(State::need()),
            Event::Assess if self.assess() => Transition(State::plan()),
            Event::Pause if self.pause() => Transition(State::paused()),
            Event::Close if self.close() => Transition(State::followed()),
            _ => Handled,
        }
    }

    #[state]
    fn paused(&mut self, event: &Event) -> Outcome<State> {
        match event {
            Event::Resume if self.resume() => Transition(State::dialogue()),
            Event::Close if self.close() => Transition(State::followed()),
            _ => Handled,
        }
    }
}

pub fn statig(round: &Round) -> Nanoseconds {
    let events: Vec<Event> = (round.events.iter())
        .map(|name| match name.as_str() {
            "advance" => Event::Advance,
            "assess" => Event::Assess,
            "pause" => Event::Pause,
            "resume" => Event::Resume,
            _ => Event::Close,
        })
        .collect();
    let facts = Machine {
        meetings: 4,
        trust: 0.75,
        risk: Risk::Low,
        budget_sek: 60_000.0,
        conflict_open: false,
    };
    let mut machine = black_box(facts).uninitialized_state_machine().init();
    for (event, state) in events.iter().zip(round.states()) {
        machine.handle(event);
        let found = format!("{:?}", machine.state()).replace(' ', "").to_lowercase();
        assert!(found.starts_with(&state.replace('_', "")), "{found} is not {state}");
    }
    round.measure(|| {
        for event in &events {
            black_box(&mut machine).handle(black_box(event));
        }
    })
}
