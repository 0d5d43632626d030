//! What answers are told in.

use super::{Language, phrases};

phrases! {
    /// What happened, and why not.
    Answers {
        started: "the case has begun", "ärendet har börjat";
        moved: "yes", "ja";
        advanced: "time has passed", "tiden har gått";
        blocked: "no, not yet", "nej, inte än";
        not_expected: "not expected here", "väntas inte här";
        error: "cannot be handled", "kan inte hanteras";
        failed: "failed and is put aside", "misslyckades och läggs åt sidan";
        unknown: "unknown", "okänt";
        emitted: "message sent:", "meddelande skickat:";
        no_parent: "for a case around, which there is not:", "till ett ärende omkring, som inte finns:";
        expected: "expected here:", "här väntas:";
        nothing_expected: "nothing is expected any more", "ingenting väntas längre";
        always: "by itself", "av sig självt";
        role: "needs the role", "kräver rollen";
        has_roles: "whoever acts is", "den som agerar är";
        of_unit: "for the unit in", "för enheten i";
        speaks_for: "whoever acts speaks for", "den som agerar företräder";
        no_unit: "nobody", "ingen";
        no_roles: "no role was given", "ingen roll angavs";
        not_by: "must be somebody else than who sent", "måste vara någon annan än den som skickade";
        not_by_nobody:
            "must be somebody with an id who did not send",
            "måste vara någon med id som inte skickade";
        anonymous:
            "nobody can be somebody else, for it is not known who sent",
            "ingen kan vara någon annan, för det är inte känt vem som skickade";
        person:
            "must be sent by somebody with an id, so that somebody else can be told from them later:",
            "måste skickas av någon med id, så att det senare går att se att någon annan är en annan:";
        repeat:
            "(answered before; nothing has happened now)",
            "(besvarat tidigare; inget har hänt nu)";
        has_signed: "has signed:", "har undertecknat:";
        signed_by: "signed by:", "undertecknat av:";
        still_missing: "missing:", "saknas:";
        unsigned: "does not count any more:", "gäller inte längre:";
        revoked: "withdrawn", "återtagen";
        changed_since: "changed since:", "ändrat sedan dess:";
        other_payload:
            "another one signed with other details",
            "någon annan undertecknade med andra uppgifter";
        state_left: "what was to be signed is over", "det som skulle undertecknas är över";
        sign_nobody: "must be signed by somebody with an id", "måste undertecknas av någon med id";
        sign_twice:
            "nobody signs twice; this was already signed by",
            "ingen undertecknar två gånger; det här har redan undertecknats av";
        sign_role: "needs a signature of:", "kräver underskrift av:";
        sign_not:
            "nothing to withdraw: this was not signed by",
            "inget att återta: det här har inte undertecknats av";
        nobody: "nobody", "någon";
        missing: "must be given:", "måste anges:";
        needs: "must become known:", "behöver bli känt:";
        cut: "more, for which there is no room here", "till, som inte får plats här";
        behind:
            "not tried, since this is undecided before it:",
            "prövades inte, eftersom detta är oavgjort före:";
        claim: "it would break the claim:", "det skulle bryta mot kravet:";
        hint: "what to do:", "gör så här:";
        of: "of", "av";
        is: "is", "är";
        term: "the term has run out:", "fristen har gått ut:";
        sent: "sent event", "skickad händelse";
        children: "after a child case", "efter ett delärende";
        invoked: "child case begun", "delärende påbörjat";
        stopped: "stopped with the case around it", "avslutat med ärendet omkring";
        also_blocked: "but elsewhere:", "men på annat håll:";
        unmet: "Not met:", "Inte uppfyllt:";
        undecided: "Undecided:", "Oklart:";
        not_known: "Not known:", "Inte känt:";
        are_met: "met", "uppfyllda";
        all_needed: "all are required", "alla krävs";
        at_least: "at least", "minst";
        needed: "required", "krävs";
        rule_failed: "the rule failed:", "regeln misslyckades:";
        one_is_met: "one of these is met:", "ett av detta är uppfyllt:";
        none_is_met:
            "None of these is met, and one is enough:",
            "Inget av detta är uppfyllt, och ett räcker:";
        one_is_enough: "Undecided, one of these is enough:", "Oklart, ett av detta räcker:";
        all_are_needed: "All of these:", "Allt detta:";
        settled: "this does not change any more", "det ändras inte mer";
        item: "item", "post";
        more: "more", "till";
        anew: "left and begun anew:", "lämnas och börjar om:";
    }
}

phrases! {
    /// Open terms.
    Terms {
        until: "to the end of", "till och med";
        due: "due", "infaller";
        overdue: "overdue since", "förfallen sedan";
        failed: "failed and is put aside:", "misslyckades och är lagd åt sidan:";
        from: "from", "från";
        sent: "sent event", "skickad händelse";
        then: "then:", "då:";
        unheard: "then nothing here listens to it", "då lyssnar ingenting här på den";
        guarded: "if its conditions are met", "om villkoren är uppfyllda";
        sets: "changes", "ändrar";
        emits: "message", "meddelande";
        sends: "sends", "skickar";
        to: "to", "till";
        parent: "the case around", "ärendet omkring";
        stops: "stops", "avslutar";
        nothing: "changes nothing", "ändrar ingenting";
        source: "source:", "källa:";
        reconstructed: "reconstructed, not attested", "rekonstruerad, inte belagd";
        unconfirmed: "not confirmed", "inte bekräftad";
        holds_from: "in force from", "gäller från";
        holds_until: "in force until", "gäller till och med";
    }
}
