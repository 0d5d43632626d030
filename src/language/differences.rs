//! What differences between workflows are told in.

use super::{Language, phrases};

phrases! {
    /// How parts of a workflow differ.
    Differences {
        workflow: "the workflow", "arbetsflödet";
        roles: "roles", "roller";
        parameters: "parameters", "parametrar";
        facts: "facts", "uppgifter";
        factors: "factors", "faktorer";
        functions: "functions", "funktioner";
        events: "events", "händelser";
        children: "child cases", "delärenden";
        states: "states and transitions", "lägen och övergångar";
        anywhere: "anywhere", "var som helst";
        was: "was", "förut";
        was_called: "was called", "hette";
        new: "new", "nytt";
        no_longer: "no longer", "inte längre";
        list_gone: "no longer", "inte längre";
        list_new: "also", "dessutom";
        anybody: "anybody", "vem som helst";
        nobody: "nobody but the case itself", "ingen utom ärendet självt";
        outermost: "no other state", "inget annat läge";
        stays: "stays", "stannar";
        after: "after", "efter";
        at: "at", "vid";
        always: "by itself", "av sig självt";
        any_event: "any event", "vilken händelse som helst";
        done: "done:", "klart:";
        was_possible_in: "was possible in", "var möjlig i";
        was_carried: "came with", "följde med";
        was_counted: "was counted in", "räknades i";
        was_required: "was required by", "krävdes av";
        could_do: "could do", "fick göra";
        may_come: "may come with", "får anges med";
        must_come: "must come with", "måste anges med";
        yes: "yes", "ja";
        no: "no", "nej";
        nothing: "nothing", "ingenting";
    }
}

/// What an aspect is called; the key itself where there is no other word.
/// `part` is what has it, such as `parameter`.
pub(crate) fn aspect(part: &str, key: &str, language: Language) -> String {
    let (path, last) = match key.rsplit_once('.') {
        Some((path, last)) => (Some(path), last),
        None => (None, key),
    };
    if part == "invoke"
        && let Some(fact) = key.strip_prefix("facts.")
    {
        return format!("{} `{fact}`", language.say("is given", "får veta"));
    }
    let (english, swedish) = match (part, last) {
        ("workflow", _) if key == "order.invoke" => {
            ("order of child cases", "delärendenas ordning")
        }
        ("invoke", "state") => ("while in", "så länge som"),
        ("invoke", "each") => ("one for each of", "ett för varje i"),
        ("invoke", "returns") => ("what is seen of them", "vad som syns av dem"),
        ("role", "unit") => ("speaks for the unit in", "talar för enheten i"),
        ("parameter", "value") => ("value", "värde"),
        ("fact", "value") => ("is computed as", "räknas ut som"),
        (_, "default") => ("unless reported", "om inget uppges"),
        ("state", "type") => ("kind of state", "slags läge"),
        (_, "type") => ("type", "typ"),
        (_, "minimum") => ("at least", "minst"),
        (_, "maximum") => ("at most", "högst"),
        (_, "exclusiveMinimum") => ("more than", "mer än"),
        (_, "exclusiveMaximum") => ("less than", "mindre än"),
        (_, "multipleOf") => ("in steps of", "i steg om"),
        (_, "minLength") => ("fewest characters", "minst antal tecken"),
        (_, "maxLength") => ("most characters", "högst antal tecken"),
        (_, "minItems") => ("fewest items", "minst antal poster"),
        (_, "maxItems") => ("most items", "högst antal poster"),
        (_, "uniqueItems") => ("each item once", "varje post en gång"),
        (_, "unit") => ("unit", "enhet"),
        (_, "personal") => ("personal data", "personuppgift"),
        (_, "enum") => ("values", "värden"),
        (_, "guard") => ("condition", "villkor"),
        (_, "score") => ("score", "poäng"),
        (_, "of") => ("counts", "räknar"),
        (_, "at_least") => ("how many must hold", "hur många som ska vara uppfyllda"),
        ("factor", "kind") => ("kind", "slag"),
        (_, "params") => ("arguments", "argument"),
        (_, "body") => ("computes", "räknar ut"),
        (_, "by") => ("by", "av"),
        (_, "not_by") => ("not by who sent", "inte av den som skickade"),
        (_, "signed_by") => ("signed by", "undertecknas av"),
        (_, "revoke") => ("signature taken back by", "underskrift tas tillbaka med"),
        ("event", "sets") => ("may carry", "får ta med"),
        ("event", "required") if path.is_none() => ("must carry", "måste ta med"),
        (_, "data_required") => ("must carry", "måste ta med"),
        (_, "note") => ("may carry a note", "får ta med en anteckning"),
        (_, "silent") => ("absent from event logs", "saknas i händelseloggar"),
        (_, "target") => ("leads to", "leder till"),
        (_, "requires") => ("requires", "kräver"),
        (_, "actions") if path == Some("initial") => ("on the way in", "på vägen in"),
        (_, "actions") => ("does", "gör"),
        (_, "internal") => ("without leaving the state", "utan att lämna läget"),
        ("transition", "id") => ("id", "id"),
        (_, "initial") => ("begins in", "börjar i"),
        (_, "entry") => ("on entry", "vid inträde"),
        (_, "exit") => ("on leaving", "vid utträde"),
        (_, "tags") => ("tags", "märken"),
        (_, "parent") => ("inside", "inuti"),
        (_, "source") if part == "transition" => ("leaves from", "går från"),
        (_, "trigger") => ("happens", "sker"),
        (_, "timezone") => ("time zone", "tidszon"),
        ("workflow", "events") => ("only declared events", "bara deklarerade händelser"),
        ("state", _) if key == "order" || key.starts_with("order.") => {
            ("order in which they are tried", "ordning i vilken de prövas")
        }
        ("workflow", _) if key == "order" || key.starts_with("order.") => {
            ("order in which they are tried", "ordning i vilken de prövas")
        }
        _ => return key.to_owned(),
    };
    let word = language.say(english, swedish);
    match path.filter(|path| !matches!(*path, "initial") && !key.starts_with("order.")) {
        Some(path) => format!("{path}: {word}"),
        None => word.to_owned(),
    }
}

/// `title.sv` as `title (sv)`.
pub(crate) fn label_key(key: &str, language: Language) -> String {
    let (what, tag) = match key.rsplit_once('.') {
        Some((what, tag)) if tag.len() == 2 => (what, Some(tag)),
        _ => (key, None),
    };
    let what = match what {
        "title" => language.say("title", "titel"),
        "description" => language.say("description", "beskrivning"),
        "hint" => language.say("hint", "råd"),
        "source.text" => language.say("source.text", "källa"),
        "source.url" => language.say("source.url", "källa"),
        "source.status" => language.say("source.status", "källans status"),
        "valid.from" => language.say("in force from", "gäller från"),
        "valid.until" => language.say("in force until", "gäller till och med"),
        other => other,
    };
    match (what, tag) {
        (what, None) => what.replacen("source.", "source: ", 1),
        (what, Some(tag)) => format!("{} ({tag})", what.replacen("source.", "source: ", 1)),
    }
}

/// The type of a declaration, the kind of a state.
pub(crate) fn kind(word: &str, language: Language) -> &str {
    let (english, swedish) = match word {
        "any value" => ("any value", "vilket värde som helst"),
        "boolean" => ("yes or no", "ja eller nej"),
        "integer" => ("whole number", "heltal"),
        "number" => ("number", "tal"),
        "text" => ("text", "text"),
        "enum" => ("one of several", "ett av flera"),
        "date" => ("day", "dag"),
        "date-time" => ("time", "tidpunkt"),
        "duration" => ("length of time", "tidslängd"),
        "list" => ("list", "lista"),
        "record" => ("record", "post"),
        "atomic" => ("simple", "enkelt"),
        "compound" => ("with states inside", "med dellägen"),
        "parallel" => ("parallel", "parallellt"),
        "final" => ("final", "slutligt"),
        "shallow history" => ("history", "minne"),
        "deep history" => ("deep history", "djupt minne"),
        other => (other, other),
    };
    language.say(english, swedish)
}
