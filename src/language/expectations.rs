//! What is expected of a scenario's step, and what came instead.

use super::{Language, phrases};

phrases! {
    /// What was expected of a step, and what is. In English by the words of the file.
    Expectations {
        // What is expected of: the way to it in `expect`.
        answer: "answer", "svar";
        steps: "steps", "steg";
        states: "states", "lägen";
        inside: "in", "i läget";
        outside: "not_in", "inte i läget";
        emitted: "emitted", "skickade meddelanden";
        blocked_by: "blocked_by", "hindras av";
        factors: "factors", "faktorer";
        facts: "facts", "uppgifter";
        clauses: "clauses", "villkor";
        unknown_facts: "unknown", "okända uppgifter";
        missing: "missing", "uppgifter som inte angavs";
        roles: "roles", "roller";
        not_by: "not_by", "samma person som i";
        signature: "signature", "underskriften";
        possible: "open", "möjligt";
        not_yet: "blocked", "inte än";
        not_expected_here: "not_expected", "väntas inte";
        left: "left", "lämnade lägen";
        entered: "entered", "nådda lägen";
        taken: "taken", "övergångar";
        signed: "signed", "undertecknat av";
        signatures_missing: "signatures_missing", "underskrifter som saknas";
        terms: "terms", "frister";
        next_deadline: "next_deadline", "nästa frist";
        case: "ended", "ärendet";
        tags: "tags", "märkning";
        problems: "problems", "problem";
        claims: "claims", "krav";
        // What it is.
        started: "started", "började";
        moved: "moved", "ja";
        advanced: "advanced", "tiden gick";
        blocked: "blocked", "nej, inte än";
        not_expected: "not_expected", "väntas inte";
        error: "error", "fel";
        nothing: "nothing", "inget";
        no_failure: "no step fails", "inget steg misslyckas";
        no_case: "there is no case", "det finns inget ärende";
        no_factor: "there is no such factor", "det finns ingen sådan faktor";
        not: "not", "inte";
        none: "none", "inget";
        or: "or", "eller";
        holds: "holds", "uppfyllt";
        fails: "does not hold", "inte uppfyllt";
        undecided: "is not decided", "oklart";
        ended: "ended", "slut";
        going_on: "not ended", "inte slut";
        nobody: "nobody", "ingen med id";
        twice: "twice", "samma person två gånger";
        role: "role", "fel roll";
        not_signed: "not_signed", "har inte undertecknat";
        kept: "kept", "uppfyllt";
        broken: "broken", "brutet";
        broken_after: "broken after step", "brutet efter steg";
        broken_by: "broken by step", "brutet: det som måste följa kom inte före steg";
        // What happened in the step.
        start: "start", "början";
        stands: "where the case stands", "var ärendet står";
        child_stands: "where {0} stands", "var {0} står";
        advance: "advance", "tiden går";
        advance_to: "advance to", "tiden går till";
        event: "event", "händelsen";
        to: "to", "till";
        by: "by", "av";
        from_parent: "from the parent", "från ärendet omkring";
    }
}
