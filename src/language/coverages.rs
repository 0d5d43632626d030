//! What coverage is told in.

use super::{Language, phrases};

phrases! {
    /// Totals, and what is covered.
    Coverages {
        of: "of", "av";
        states: "states", "lägen";
        transitions: "transitions", "övergångar";
        outcomes: "outcomes of clauses", "utfall av villkor";
        decisions: "deciding clauses", "avgörande villkor";
        thresholds: "thresholds", "gränser";
        covered: "covered", "täckt";
        asked: "asked", "prövat";
        never: "never", "aldrig";
        within: "in", "i";
        state: "state", "läget";
        transition: "transition", "övergången";
        factor: "factor", "faktorn";
        fact: "fact", "uppgiften";
        function: "function", "funktionen";
    }
}

phrases! {
    /// What goals ask for: as the title of a scenario, and as what never was.
    Goals {
        title_state: "is entered", "nås";
        title_transition: "is taken", "tas";
        title_known: "is known", "är känt";
        title_holds: "holds", "är uppfyllt";
        title_fails: "does not hold", "är inte uppfyllt";
        title_unknown: "is undecided", "är oavgjort";
        title_decides_by_holding: "alone decides by holding", "avgör ensamt genom att gälla";
        title_decides_by_failing:
            "alone decides by not holding",
            "avgör ensamt genom att inte gälla";
        title_just_below: "just below the limit", "strax under gränsen";
        title_at: "at the limit", "på gränsen";
        title_just_above: "just above the limit", "strax över gränsen";
        state: "entered", "nått";
        transition: "taken", "tagen";
        known: "known", "känt";
        holds: "true", "sant";
        fails: "false", "falskt";
        unknown: "unknown", "okänt";
        decides_by_holding: "decisive as true", "ensamt avgörande som sant";
        decides_by_failing: "decisive as false", "ensamt avgörande som falskt";
        just_below: "just below", "strax under";
        at: "at the limit", "på gränsen";
        just_above: "just above", "strax över";
    }
}
