//! What the command line says by itself.

use super::{Language, phrases};

phrases! {
    /// What commands say by themselves.
    Commands {
        now_in: "now in", "nu i";
        ended: "the case has ended in", "ärendet är slut i";
        next_deadline: "next deadline", "nästa frist";
        terms: "terms", "frister";
        no_terms: "no term runs", "ingen frist löper";
        facts: "known facts", "kända fakta";
        nothing_known: "nothing is known yet", "ingenting är känt ännu";
        options: "what can happen now", "det här kan hända nu";
        nothing_expected: "nothing is expected any more", "ingenting väntas längre";
        open: "open", "öppet";
        open_if: "open if given", "öppet om det här uppges";
        blocked: "blocked", "spärrat";
        fails: "a script would fail", "ett skript skulle misslyckas";
        scorecard: "scorecard", "styrkort";
        signatures: "waiting for signatures", "väntar på underskrifter";
        put_aside: "put aside until the case changes", "lagt åt sidan tills ärendet ändras";
        actor: "by", "av";
        unknown_actor: "somebody", "någon";
        advance: "time passes", "tiden går";
        unreadable: "cannot be read", "kan inte läsas";
        no_start: "the case cannot begin", "ärendet kan inte börja";
        resumed: "going on behind entry", "fortsätter efter post";
        what_next: "what happens", "vad händer";
        who: "say who you are", "säg vem du är";
        who_id: "who are you (may be empty)", "vem är du (får vara tomt)";
        who_roles:
            "your roles (space marks, enter ends)",
            "dina roller (mellanslag markerar, retur avslutar)";
        let_time_pass: "let time pass", "låt tiden gå";
        how_far:
            "how far: a duration such as P14D, a date or a time",
            "hur långt: en tidslängd som P14D, ett datum eller en tidpunkt";
        undo: "undo", "ångra";
        nothing_to_undo: "there is nothing to undo", "det finns inget att ångra";
        save: "save", "spara";
        load: "load", "öppna";
        file: "file", "fil";
        overwrite: "the file exists; write over it", "filen finns; skriv över den";
        saved: "saved", "sparat";
        loaded: "loaded", "öppnat";
        quit: "quit", "sluta";
        when: "when", "när";
        anyway: "send it anyway", "skicka ändå";
        optional:
            "what else to report (space marks, enter ends)",
            "vad mer vill du uppge (mellanslag markerar, retur avslutar)";
        must_be_given: "must be given", "måste uppges";
        must_be_time:
            "must be a date or a time, such as 2026-01-05, 2026-01-05T09:00 or 2026-01-05T09:00:00+01:00",
            "måste vara ett datum eller en tidpunkt, som 2026-01-05, 2026-01-05T09:00 eller 2026-01-05T09:00:00+01:00";
        must_be_length:
            "must be a duration such as P14D, or a date or a time such as 2026-01-05T09:00",
            "måste vara en tidslängd som P14D, eller ett datum eller en tidpunkt som 2026-01-05T09:00";
        skipped: "not sent", "inte skickat";
        also_under: "beside it:", "vid sidan om:";
        not_its_own:
            "not the rules that the journal was made under, but",
            "inte reglerna som journalen skrevs under, utan";
        otherwise: "would have been decided otherwise under", "skulle ha avgjorts annorlunda under";
        otherwise_nothing: "nothing would have happened", "ingenting skulle ha hänt";
        same_throughout:
            "the same would have been decided throughout under",
            "detsamma skulle ha avgjorts hela vägen under";
        differs_from:
            "the first that would have been decided otherwise is entry",
            "den första som skulle ha avgjorts annorlunda är post";
        stood_there: "there the case would be in", "där skulle ärendet vara i";
        erased:
            "not known any more, for something it depends on was erased",
            "vet man inte längre, för något som det beror på är raderat";
        note: "note", "anteckning";
        same_meaning: "no difference in meaning", "ingen skillnad i betydelse";
        one_difference: "1 difference in meaning", "1 skillnad i betydelse";
        differences: "differences in meaning", "skillnader i betydelse";
        only_labels: "said otherwise, meaning the same", "sagt på annat sätt, med samma betydelse";
        one_more_label:
            "1 more label, description, hint or source differs",
            "1 etikett, beskrivning, råd eller källa till skiljer sig";
        more_labels:
            "more labels, descriptions, hints and sources differ",
            "etiketter, beskrivningar, råd och källor till skiljer sig";
        added: "new:", "nytt:";
        removed: "gone:", "borta:";
        changed: "changed:", "ändrat:";
    }
}
