//! The phrases that differences are told in, in Swedish and English.

use super::Part;
use crate::case::Language;

pub(super) struct Words {
    pub workflow: &'static str,
    pub roles: &'static str,
    pub parameters: &'static str,
    pub facts: &'static str,
    pub factors: &'static str,
    pub functions: &'static str,
    pub events: &'static str,
    pub states: &'static str,
    pub anywhere: &'static str,
    pub was: &'static str,
    pub was_called: &'static str,
    pub new: &'static str,
    pub no_longer: &'static str,
    pub list_gone: &'static str,
    pub list_new: &'static str,
    pub anybody: &'static str,
    pub nobody: &'static str,
    pub outermost: &'static str,
    pub stays: &'static str,
    pub after: &'static str,
    pub at: &'static str,
    pub always: &'static str,
    pub any_event: &'static str,
    pub done: &'static str,
    pub was_possible_in: &'static str,
    pub was_carried: &'static str,
    pub was_counted: &'static str,
    pub was_required: &'static str,
    pub could_do: &'static str,
    pub may_come: &'static str,
    pub must_come: &'static str,
    pub yes: &'static str,
    pub no: &'static str,
    pub nothing: &'static str,
}

const ENGLISH: Words = Words {
    workflow: "the workflow",
    roles: "roles",
    parameters: "parameters",
    facts: "facts",
    factors: "factors",
    functions: "functions",
    events: "events",
    states: "states and transitions",
    anywhere: "anywhere",
    was: "was",
    was_called: "was called",
    new: "new",
    no_longer: "no longer",
    list_gone: "no longer",
    list_new: "also",
    anybody: "anybody",
    nobody: "nobody but the case itself",
    outermost: "no other state",
    stays: "stays",
    after: "after",
    at: "at",
    always: "by itself",
    any_event: "any event",
    done: "done:",
    was_possible_in: "was possible in",
    was_carried: "came with",
    was_counted: "was counted in",
    was_required: "was required by",
    could_do: "could do",
    may_come: "may come with",
    must_come: "must come with",
    yes: "yes",
    no: "no",
    nothing: "nothing",
};

const SWEDISH: Words = Words {
    workflow: "arbetsflödet",
    roles: "roller",
    parameters: "parametrar",
    facts: "fakta",
    factors: "faktorer",
    functions: "funktioner",
    events: "händelser",
    states: "tillstånd och övergångar",
    anywhere: "var som helst",
    was: "förut",
    was_called: "hette",
    new: "nytt",
    no_longer: "inte längre",
    list_gone: "inte längre",
    list_new: "dessutom",
    anybody: "vem som helst",
    nobody: "ingen utom ärendet självt",
    outermost: "inget annat tillstånd",
    stays: "stannar",
    after: "efter",
    at: "vid",
    always: "av sig självt",
    any_event: "vilken händelse som helst",
    done: "klart:",
    was_possible_in: "var möjlig i",
    was_carried: "följde med",
    was_counted: "räknades i",
    was_required: "krävdes av",
    could_do: "fick göra",
    may_come: "får följa med",
    must_come: "måste följa med",
    yes: "ja",
    no: "nej",
    nothing: "ingenting",
};

pub(super) fn words(language: Language) -> &'static Words {
    if language == Language::Swedish { &SWEDISH } else { &ENGLISH }
}

/// What an aspect is called; the key itself where there is no other word.
pub(super) fn called(part: Part, key: &str, language: Language) -> String {
    let (path, last) = match key.rsplit_once('.') {
        Some((path, last)) => (Some(path), last),
        None => (None, key),
    };
    let (english, swedish) = match (part, last) {
        (Part::Parameter, "value") => ("value", "värde"),
        (Part::Fact, "value") => ("is computed as", "räknas ut som"),
        (_, "default") => ("unless reported", "om inget uppges"),
        (Part::State, "type") => ("kind of state", "slags tillstånd"),
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
        (_, "at_least") => ("how many must hold", "hur många som ska hålla"),
        (Part::Factor, "kind") => ("kind", "slag"),
        (_, "params") => ("arguments", "argument"),
        (_, "body") => ("computes", "räknar ut"),
        (_, "by") => ("by", "av"),
        (_, "not_by") => ("not by who sent", "inte av den som skickade"),
        (_, "signed_by") => ("signed by", "undertecknas av"),
        (_, "revoke") => ("signature taken back by", "underskrift tas tillbaka med"),
        (Part::Event, "sets") => ("may carry", "får ta med"),
        (Part::Event, "required") if path.is_none() => ("must carry", "måste ta med"),
        (_, "data_required") => ("must carry", "måste ta med"),
        (_, "note") => ("may carry a note", "får ta med en anteckning"),
        (_, "silent") => ("absent from event logs", "saknas i händelseloggar"),
        (_, "target") => ("leads to", "leder till"),
        (_, "requires") => ("requires", "kräver"),
        (_, "actions") if path == Some("initial") => ("on the way in", "på vägen in"),
        (_, "actions") => ("does", "gör"),
        (_, "internal") => ("without leaving the state", "utan att lämna tillståndet"),
        (Part::Transition, "id") => ("id", "id"),
        (_, "initial") => ("begins in", "börjar i"),
        (_, "entry") => ("on entry", "vid inträde"),
        (_, "exit") => ("on leaving", "vid utträde"),
        (_, "tags") => ("tags", "märken"),
        (_, "parent") => ("inside", "inuti"),
        (_, "source") if part == Part::Transition => ("leaves from", "går från"),
        (_, "trigger") => ("happens", "sker"),
        (_, "timezone") => ("time zone", "tidszon"),
        (Part::Workflow, "events") => ("only declared events", "bara deklarerade händelser"),
        (Part::State, _) if key == "order" || key.starts_with("order.") => {
            ("order in which they are tried", "ordning i vilken de prövas")
        }
        (Part::Workflow, _) if key == "order" || key.starts_with("order.") => {
            ("order in which they are tried", "ordning i vilken de prövas")
        }
        _ => return key.to_owned(),
    };
    let word = if language == Language::Swedish { swedish } else { english };
    match path.filter(|path| !matches!(*path, "initial") && !key.starts_with("order.")) {
        Some(path) => format!("{path}: {word}"),
        None => word.to_owned(),
    }
}

/// `title.sv` as `title (sv)`.
pub(super) fn label_key(key: &str, language: Language) -> String {
    let (what, tag) = match key.rsplit_once('.') {
        Some((what, tag)) if tag.len() == 2 => (what, Some(tag)),
        _ => (key, None),
    };
    let what = match what {
        _ if language != Language::Swedish => what,
        "title" => "titel",
        "description" => "beskrivning",
        "hint" => "råd",
        "source.text" | "source.url" => "källa",
        "source.status" => "källans status",
        other => other,
    };
    match (what, tag) {
        (what, None) => what.replacen("source.", "source: ", 1),
        (what, Some(tag)) => format!("{} ({tag})", what.replacen("source.", "source: ", 1)),
    }
}

/// The type of a declaration, the kind of a state.
pub(super) fn kind(word: &str, language: Language) -> &str {
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
        "compound" => ("with states inside", "med tillstånd inuti"),
        "parallel" => ("parallel", "parallellt"),
        "final" => ("final", "slutligt"),
        "shallow history" => ("history", "minne"),
        "deep history" => ("deep history", "djupt minne"),
        other => (other, other),
    };
    if language == Language::Swedish { swedish } else { english }
}

/// A number with blanks between thousands from five digits on, and a decimal comma in Swedish.
pub(super) fn number(text: &str, language: Language) -> String {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let mut said = sign.to_owned();
    for (index, digit) in whole.chars().enumerate() {
        let left = whole.len().saturating_sub(index);
        if index > 0 && left.is_multiple_of(3) && whole.len() > 4 {
            said.push(' ');
        }
        said.push(digit);
    }
    if let Some(fraction) = fraction {
        said.push(if language == Language::Swedish { ',' } else { '.' });
        said.push_str(fraction);
    }
    said
}

/// A duration as ISO 8601 writes it in words: `P90D` is 90 days. What is no such text stays as it is.
pub(super) fn length(text: &str, language: Language) -> String {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let Some(parts) = rest.strip_prefix('P') else { return text.to_owned() };
    let (mut said, mut digits, mut clock) = (Vec::new(), String::new(), false);
    for letter in parts.chars() {
        let (english, swedish) = match letter {
            'T' => {
                clock = true;
                continue;
            }
            '0'..='9' | '-' | '.' => {
                digits.push(letter);
                continue;
            }
            'Y' => (["year", "years"], ["år", "år"]),
            'M' if clock => (["minute", "minutes"], ["minut", "minuter"]),
            'M' => (["month", "months"], ["månad", "månader"]),
            'W' => (["week", "weeks"], ["vecka", "veckor"]),
            'D' => (["day", "days"], ["dag", "dagar"]),
            'H' => (["hour", "hours"], ["timme", "timmar"]),
            'S' => (["second", "seconds"], ["sekund", "sekunder"]),
            _ => return text.to_owned(),
        };
        let [one, many] = if language == Language::Swedish { swedish } else { english };
        let unit = if digits == "1" { one } else { many };
        said.push(format!("{} {unit}", number(&std::mem::take(&mut digits), language)));
    }
    match said.is_empty() {
        true => text.to_owned(),
        false => format!("{sign}{}", said.join(" ")),
    }
}
