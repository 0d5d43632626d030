//! What is said of what transitions and states ask for besides moving.

use super::{Language, phrases};

phrases! {
    /// What is sent, and when a transition stands in for others.
    Requests {
        otherwise: "otherwise", "annars";
        // Out of the case.
        emits: "sends", "skickar";
        // An event for later.
        sends: "schedules", "lägger bevakning";
        raises: "sets off", "utlöser";
        to_children: "sends to", "skickar till";
        to_parent: "sends to the case around", "skickar till ärendet omkring";
        cancels: "cancels", "tar bort bevakning";
        on_entry: "on the way in", "på väg in";
        on_exit: "on the way out", "på väg ut";
        after: "after", "efter";
        at: "at", "vid";
        legend: "what is sent", "vad som skickas";
    }
}
