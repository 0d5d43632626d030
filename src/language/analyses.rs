//! What an analysis of rules says of what it has found.

use super::{Language, phrases};

phrases! {
    /// A finding, in words. `{0}` and `{1}` are filled.
    Analyses {
        never_holds:
            "this never holds, whatever the facts are",
            "det här gäller aldrig, vilka uppgifterna än är";
        always_holds:
            "this always holds, whatever the facts are",
            "det här gäller alltid, vilka uppgifterna än är";
        implied_clause:
            "`{0}` follows from the other parts of the rule",
            "`{0}` följer av regelns andra delar";
        useless_clause:
            "`{0}` changes nothing: whenever it holds another part does",
            "`{0}` ändrar ingenting: när den gäller gör en annan del det också";
        never_within:
            "`{0}` never holds for what the declarations allow",
            "`{0}` gäller aldrig för det som deklarationerna tillåter";
        always_within:
            "`{0}` always holds for what the declarations allow",
            "`{0}` gäller alltid för det som deklarationerna tillåter";
        shadowed:
            "this is never taken: whenever it is open, a transition before it is",
            "den här tas aldrig: när den är öppen är en övergång före den det";
        overlap:
            "this may be open together with the one to `{0}`, which is taken first",
            "den här kan vara öppen samtidigt som den till `{0}`, som då tas";
        gap:
            "`{0}` in `{1}` may find every way shut, though what all of them ask for holds",
            "`{0}` i `{1}` kan finna alla vägar stängda, fast det som alla kräver gäller";
        at_parameters: " with these parameters", " med de här parametrarna";
        not_decided: "not decided whether ", "inte avgjort om ";
        because: ": {0}", ": {0}";
        // What stood in the way of an answer.
        any: "a value may be anything", "ett värde kan vara vad som helst";
        list: "it rests on the items of a list", "det beror på posterna i en lista";
        event: "it rests on what an event brings", "det beror på vad en händelse har med sig";
        calendar: "it rests on the calendar", "det beror på kalendern";
        past: "it rests on what has happened", "det beror på vad som har hänt";
        text: "it rests on a text", "det beror på en text";
        r#loop: "it rests on a loop", "det beror på en upprepning";
        nonlinear: "what is unknown is multiplied", "det som är okänt multipliceras";
        witness: "no situation was found that shows it", "inget läge hittades som visar det";
        bound: "the bound `{0}` was reached", "gränsen `{0}` nåddes";
    }
}

impl Analyses {
    /// What stood in the way, in words.
    pub fn reason(&self, why: &str) -> String {
        match why {
            "any" => self.any.to_owned(),
            "list" => self.list.to_owned(),
            "event" => self.event.to_owned(),
            "calendar" => self.calendar.to_owned(),
            "past" => self.past.to_owned(),
            "text" => self.text.to_owned(),
            "loop" => self.r#loop.to_owned(),
            "nonlinear" => self.nonlinear.to_owned(),
            "witness" => self.witness.to_owned(),
            other => self.bound.replace("{0}", other.strip_prefix("bound:").unwrap_or(other)),
        }
    }
}
