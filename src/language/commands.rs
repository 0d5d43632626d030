//! What the command line says by itself.

use super::{Language, messages, phrases};

/// A unit as it is written in a language: the Swedish krona has a sign of its own in Swedish.
#[must_use]
pub fn unit_of(unit: &str, language: Language) -> &str {
    super::unit(unit, language)
}

/// A message that arose in English, in the language that is spoken, as far as it is known there.
#[must_use]
pub fn translated(message: &str, language: Language) -> String {
    messages::translated(message, language).into_owned()
}

phrases! {
    /// What commands say by themselves.
    Commands {
        now_in: "now in", "nu i";
        ended: "the case has ended in", "ärendet är slut i";
        next_deadline: "next deadline", "nästa frist";
        terms: "terms", "frister";
        no_terms: "no term runs", "ingen frist löper";
        facts: "known facts", "kända uppgifter";
        nothing_known: "nothing is known yet", "ingenting är känt ännu";
        options: "what can happen now", "det här kan hända nu";
        nothing_expected: "nothing is expected any more", "ingenting väntas längre";
        open: "possible", "möjligt";
        open_if: "possible if given:", "möjligt om du anger:";
        blocked: "not yet", "inte än";
        fails: "a rule would fail", "en regel skulle misslyckas";
        scorecard: "conditions", "villkor";
        signatures: "waiting for signatures", "väntar på underskrifter";
        put_aside: "put aside until the case changes", "lagt åt sidan tills ärendet ändras";
        actor: "by", "av";
        unknown_actor: "somebody", "någon";
        advance: "time has passed", "tiden har gått";
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
        written_such_as: "written such as {0}", "skrivs som {0}";
        must_be_time:
            "must be a date or a time, such as 2026-01-05, 2026-01-05 09:00 or 2026-01-05T09:00:00+01:00",
            "måste vara ett datum eller en tidpunkt, som 2026-01-05, 2026-01-05 09:00 eller 2026-01-05T09:00:00+01:00";
        must_be_length:
            "must be a duration such as P14D, or a date or a time such as 2026-01-05 09:00",
            "måste vara en tidslängd som P14D, eller ett datum eller en tidpunkt som 2026-01-05 09:00";
        before_last:
            "may not be before the last step, {0}",
            "får inte vara före det senaste steget, {0}";
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
            "ytterligare 1 etikett, beskrivning, råd eller källa skiljer sig";
        more_labels:
            "more labels, descriptions, hints and sources differ",
            "övriga etiketter, beskrivningar, råd och källor skiljer sig";
        added: "new:", "nytt:";
        removed: "gone:", "borta:";
        changed: "changed:", "ändrat:";
        error: "error:", "fel:";
        warning: "warning:", "varning:";
        stdout_closed:
            "standard output is closed: nobody sees the answer",
            "standard ut är stängd: ingen ser svaret";
        stdout_was_closed:
            "standard output was closed before all was written",
            "standard ut stängdes innan allt var skrivet";
        too_large:
            "is larger than {0} bytes, the most that is read",
            "är större än {0} byte, det mesta som läses";
        too_many_values:
            "holds more than {0} values, the most that are read",
            "innehåller fler än {0} värden, de flesta som läses";
        no_such_file: "does not exist", "finns inte";
        may_not_be_read: "may not be read", "får inte läsas";
        is_a_folder: "is a folder", "är en mapp";
        standard_input: "standard input", "standard in";
        long_line: "holds a line of more than {0} bytes", "har en rad med mer än {0} byte";
        no_folder:
            "cannot be written: its folder does not exist",
            "kan inte skrivas: mappen finns inte";
        may_not_be_written: "may not be written", "får inte skrivas";
        is_there: "exists already, and is not written over", "finns redan, och skrivs inte över";
        no_space:
            "cannot be written: no space is left",
            "kan inte skrivas: det finns inget utrymme kvar";
        quota: "cannot be written: the quota is used up", "kan inte skrivas: kvoten är slut";
        too_large_to_write:
            "cannot be written: it would be larger than files may be",
            "kan inte skrivas: den skulle bli större än filer får vara";
        read_only: "lies on a disk that is only read", "ligger på en disk som bara läses";
        not_written: "cannot be written: {0}", "kan inte skrivas: {0}";
        dash:
            "`-` names no file here; for standard output leave the option out, for one of this name write `./-`",
            "`-` är ingen fil här; utelämna valet för standard ut, eller skriv `./-` för en fil med det namnet";
        is_read:
            "it is read by this command; choose another file",
            "den läses av det här kommandot; välj en annan fil";
        torn:
            "the last line is torn: it was not written to its end; `run --resume` cuts it off and goes on",
            "den sista raden är avbruten: den skrevs inte till slut; `run --resume` tar bort den och går vidare";
        torn_told: "{0}: {1}; what is before it is told", "{0}: {1}; det som står före berättas";
        has_id:
            "; {0} has this id and means something else",
            "; {0} har detta id och betyder något annat";
        none_is:
            "none of the workflows is {0} as the journal knows it (fingerprint {1}){2}",
            "inget av flödena är {0} som journalen känner det (fingeravtryck {1}){2}";
        journal_is_there:
            "exists already; if it is the journal of this case, go on with it by --resume, else write to another",
            "finns redan; är det journalen för det här ärendet, gå vidare med --resume, annars skriv till en annan";
        journal_is_other:
            "is no file that could be begun (a folder, a device, a pipe, a link that leads nowhere); write to another",
            "är ingen fil som kan påbörjas (en mapp, en enhet, ett rör, en länk som inte leder någonstans); skriv till en annan";
        not_gone_on:
            "is no file that could be gone on with",
            "är ingen fil som går att gå vidare med";
        left_as_is: "{0}: {1}; it is left as it is", "{0}: {1}; den lämnas som den är";
        no_entry:
            "{0}: holds no whole entry; the case begins anew",
            "{0}: har ingen hel post; ärendet börjar om";
        behind_entry: "behind entry {0} ", "efter post {0} ";
        was_torn:
            "{0}: the last line was torn: {1} bytes {2}are cut off and kept in {3}",
            "{0}: den sista raden var avbruten: {1} byte {2}är borttagna och sparade i {3}";
        all_there:
            "is there already, and so are all before it",
            "finns redan, liksom alla före den";
        changed_meanwhile:
            "was changed by somebody else in the meantime; nothing more is written",
            "har ändrats av någon annan under tiden; inget mer skrivs";
        is_written:
            "is being written by another process; wait until that has ended",
            "skrivs av ett annat program; vänta tills det är klart";
        erased_needed:
            "what was erased is needed to go on with the case: {0}; go on from a stored case, if there is one",
            "det raderade behövs för att gå vidare med ärendet: {0}; gå vidare från ett sparat ärende om det finns ett";
        unknown_value: "the value of `{0}` is not known", "värdet av `{0}` är inte känt";
        unknown_sent: "whether `{0}` waits that was sent is not known", "om `{0}` har skickats och väntar är inte känt";
        unknown_past: "which events have happened is not known", "vilka händelser som har inträffat är inte känt";
        unknown_signature: "who has signed is not known", "vem som har undertecknat är inte känt";
        unknown_step: "what entry {0} changed is not known", "vad post {0} ändrade är inte känt";
        unknown_changes: "only its states are known", "bara dess lägen är kända";
        no_scenario_in:
            "holds no scenario: no *.scenario.json in it or below",
            "har inget scenario: ingen *.scenario.json i den eller under den";
        no_workflow_in:
            "holds no workflow: no *.json in it or below",
            "har inget flöde: ingen *.json i den eller under den";
        passed_over: "{0} {1}; it is passed over", "{0} {1}; filen hoppas över";
        link_out: "is a link that leads out of the folder", "är en länk som leder ut ur mappen";
        link_nowhere: "is a link that leads nowhere", "är en länk som inte leder någonstans";
        a_schema: "is a JSON Schema", "är ett JSON-schema";
        no_file:
            "is no file that could be read: a pipe, a socket or a device",
            "är ingen fil som kan läsas: ett rör, en sockel eller en enhet";
        outside:
            "lies outside the folder of the file that is read, and nothing outside is; put it into that folder or below",
            "ligger utanför mappen för filen som läses, och inget utanför läses; lägg den i den mappen eller under den";
        is_no_file: "is no file", "är ingen fil";
        facts_of_begin:
            "--facts are those of a case that begins, and this one goes on",
            "--facts gäller ett ärende som börjar, och det här fortsätter";
        closed_while:
            "standard output was closed: {0} answered, and no more are read",
            "standard ut stängdes: {0} besvarade, och inga fler läses";
        answered_so_far: "{0} ({1} answered)", "{0} ({1} besvarade)";
        one_line: "1 line was", "1 rad är";
        lines: "{0} lines were", "{0} rader är";
        one_row: "1 row", "1 rad";
        rows: "{0} rows", "{0} rader";
        one_row_was: "1 row was", "1 rad är";
        rows_were: "{0} rows were", "{0} rader är";
        strange_role:
            "{0}:{1}: the role `{2}` is not declared, so that no rule asks for it{3}",
            "{0}:{1}: rollen `{2}` är inte deklarerad, så ingen regel frågar efter den{3}";
        did_you_mean: "; did you mean `{0}`?", "; menade du `{0}`?";
        unknown_role:
            "unknown role `{0}`; roles of this workflow: {1}",
            "rollen `{0}` är inte känd; flödets roller: {1}";
        none_declared: "none are declared", "inga är deklarerade";
        not_name_value: "`{0}` is not NAME=VALUE", "`{0}` är inte NAMN=VÄRDE";
        no_data:
            "`{0}` has no `data` named `{1}`",
            "`{0}` har ingen uppgift i `data` som heter `{1}`";
        unknown_fact: "unknown fact `{0}`", "uppgiften `{0}` är inte känd";
        start: "start", "början";
        step: "step {0}, {1}", "steg {0}, {1}";
        expected: "expected", "väntat";
        is: "is", "är";
        at_line: "{0} (line {1})", "{0} (rad {1})";
        row: "row {0}: {1}", "rad {0}: {1}";
        no_such_scenario:
            "no scenario was found that is asked for",
            "inget scenario hittades som efterfrågas";
        left_out:
            "the answers of {0} scenarios that failed are left out: they are too long",
            "svaren för {0} scenarier som misslyckades är utelämnade: de är för långa";
        one_scenario: "1 scenario", "1 scenario";
        scenarios: "{0} scenarios", "{0} scenarier";
        one_file: "1 file", "1 fil";
        files: "{0} files", "{0} filer";
        in_files: "{0} in {1}: {2} as expected", "{0} i {1}: {2} som väntat";
        not_as_expected: "{0} not as expected", "{0} inte som väntat";
        wrong: "{0} wrong", "{0} med fel";
        suggested:
            "{0} suggested and not yet read by anybody",
            "{0} föreslagna och ännu inte lästa av någon";
        waiting: "waiting for changes", "väntar på ändringar";
        cannot_watch: "cannot watch: {0}", "kan inte bevaka: {0}";
        not_watched: "nothing is watched any more", "inget bevakas längre";
        is_workflow:
            "{0}: is a workflow; name the file of its scenarios (*.scenario.json), or the folder",
            "{0}: är ett flöde; ange filen med dess scenarier (*.scenario.json), eller mappen";
        cannot_be_read: "cannot be read", "kan inte läsas";
        has_errors: "it has errors", "den har fel";
        not_to_fold:
            "`--fold {0}`: the workflow has no state of this name",
            "`--fold {0}`: flödet har inget läge med det namnet";
        misnamed:
            "{0}: is written as {1}; with `--format {2}` it would be what its name says",
            "{0}: skrivs som {1}; med `--format {2}` blir den vad namnet säger";
        one_column:
            "`--columns 2` changes nothing: no level is so tall and has a place where so few arrows pass that it could be cut there",
            "`--columns 2` ändrar inget: ingen nivå är så hög och har ett ställe där så få pilar går förbi att den kan delas";
        report_workflow: "1 workflow", "1 flöde";
        report_workflows: "{0} workflows", "{0} flöden";
        report_scenario: "1 scenario", "1 scenario";
        report_scenarios: "{0} scenarios", "{0} scenarier";
        report_failed: ", {0} not as expected", ", {0} inte som väntat";
        report_file_wrong: ", 1 file wrong", ", 1 fil med fel";
        report_files_wrong: ", {0} files wrong", ", {0} filer med fel";
        report_suggested:
            ", {0} suggested and not yet read by anybody",
            ", {0} föreslagna och ännu inte lästa av någon";
        report_nothing: "no workflow was found", "inget flöde hittades";
        line_longer: "the line is longer than {0} bytes", "raden är längre än {0} byte";
        utf_save: "is {0} text, not UTF-8: save it as UTF-8", "är text i {0}, inte UTF-8: spara den som UTF-8";
        utf_no_text:
            "is {0}, no text: unpack it or save it as text in UTF-8",
            "är {0}, ingen text: packa upp den eller spara den som text i UTF-8";
        utf_file: "is not UTF-8 text: {0}", "är inte text i UTF-8: {0}";
        utf_line: "the line is not UTF-8 text: {0}", "raden är inte text i UTF-8: {0}";
        utf_place: "in line {0}, column {1}", "på rad {0}, kolumn {1}";
        utf_column: "in column {0}", "i kolumn {0}";
        utf_meant:
            "byte 0x{0} {1}; it is `{2}` in Latin-1 and Windows-1252: save the file as UTF-8",
            "byten 0x{0} {1}; den är `{2}` i Latin-1 och Windows-1252: spara filen som UTF-8";
        utf_byte: "byte 0x{0} {1}; save the file as UTF-8", "byten 0x{0} {1}; spara filen som UTF-8";
        in_excel: "{0}, in Excel as `CSV UTF-8`", "{0}, i Excel som `CSV UTF-8`";
        quote_open:
            "a quote that is opened in this row is not closed for too long",
            "ett citattecken som öppnas på raden stängs inte på alltför länge";
        quote_never:
            "a quote that is opened in this row is never closed",
            "ett citattecken som öppnas på raden stängs aldrig";
        no_heading:
            "there is no first line with the names of the facts",
            "första raden med faktanas namn saknas";
        no_time:
            "--at: `{0}` is not a time such as `2026-01-31T09:00` or `2026-01-31`",
            "--at: `{0}` är ingen tid som `2026-01-31T09:00` eller `2026-01-31`";
        all_covered: "all: {0} % covered ({1} of {2})", "allt: {0} % täckt ({1} av {2})";
        resting:
            "{0} of that only by suggested scenarios that nobody has read yet",
            "varav {0} bara genom föreslagna scenarier som ingen har läst ännu";
        too_little:
            "✗ {0} % is covered, at least {1} % is asked for",
            "✗ {0} % är täckt, minst {1} % krävs";
        brings:
            "→ {0}: {1} scenarios bring {2} to {3} %",
            "→ {0}: {1} scenarier för {2} till {3} %";
        nothing_missing:
            "{0}: no scenario is missing that was found",
            "{0}: inget scenario saknas som hittades";
        too_many_files: "holds too many files", "har för många filer";
        asked_for: ", asked for are {0} %", ", {0} % krävs";
        undecided_mutant: "not decided: ", "inte avgjort: ";
        killed: "{0} of {1} mutants killed ({2} %)", "{0} av {1} mutanter upptäckta ({2} %)";
        killed_one: "{0} of {1} mutant killed ({2} %)", "{0} av {1} mutant upptäckt ({2} %)";
        mean_the_same: ", {0} mean the same", ", {0} betyder detsamma";
        not_decided: ", {0} not decided", ", {0} inte avgjorda";
        refused: ", {0} refused by the checks", ", {0} avvisade av kontrollerna";
        not_tried:
            ", {0} not tried: the bound `search_operations` was reached (--thorough lifts it)",
            ", {0} inte prövade: gränsen `search_operations` nåddes (--thorough höjer den)";
        reads_time:
            "{0} reads the time, which is 1970-01-01 without --at",
            "{0} läser tiden, som är 1970-01-01 utan --at";
        read_time:
            "{0} read the time, which is 1970-01-01 without --at",
            "{0} läser tiden, som är 1970-01-01 utan --at";
        not_a_truth:
            "the fact `{0}` is not true or false; ask a factor about it",
            "uppgiften `{0}` är inte sann eller falsk; fråga en faktor om den";
        unknown_factor: "unknown factor `{0}`", "faktorn `{0}` är inte känd";
        unknown_event: "unknown event `{0}`", "händelsen `{0}` är inte känd";
        both:
            "`{0}` is a factor and an event; ask one after the other",
            "`{0}` är både en faktor och en händelse; fråga en i taget";
        no_factors:
            "the workflow has no factors; ask with --factor or --event",
            "flödet har inga faktorer; fråga med --factor eller --event";
        r#true: "true", "sant";
        r#false: "false", "falskt";
        unknown_column: "unknown", "okänt";
        fails_column: "fails", "fel";
        more_unreadable: "; {0} more could not be read", "; {0} till kunde inte läsas";
        fails_first:
            "{0}:{1}: `{2}` fails here first: {3}",
            "{0}:{1}: `{2}` misslyckas först här: {3}";
        cannot_begin: "{0}: the case cannot begin: {1}", "{0}: ärendet kan inte börja: {1}";
        only_first:
            "{0}: only the first line can start a case",
            "{0}: bara den första raden kan börja ett ärende";
        answered_with_error:
            "{0} is answered with an error, which is recorded: {1}",
            "{0} besvaras med ett fel, som spelas in: {1}";
        no_event: "holds no event", "har ingen händelse";
        nothing_written:
            "nothing is written: `test` would not take what was recorded",
            "inget skrivs: `test` skulle inte godta det som spelades in";
        ends_otherwise:
            "{0}: `{1}` does not end as it did",
            "{0}: `{1}` slutar inte som det gjorde";
        recorded_otherwise:
            "{0}: of `{1}`, behind step {2}, `{3}` would be {4} where `test` wants {5}",
            "{0}: i `{1}` skulle `{3}` efter steg {2} vara {4}, där `test` vill ha {5}";
        not_that_workflow:
            "it is not the workflow that was recorded",
            "det är inte flödet som spelades in";
        head_workflow: "workflow", "flöde";
        head_title: "title", "titel";
        head_extends: "extends", "bygger på";
        head_states: "states", "lägen";
        head_transitions: "transitions", "övergångar";
        head_factors: "factors", "faktorer";
        head_terms: "terms", "frister";
        chain_holds:
            "✓ the chain of {0} entries holds, {1} of them decided anew",
            "✓ kedjan av {0} poster håller, {1} av dem avgjorda på nytt";
        head: "head {0}", "huvud {0}";
        // Random cases, played for the claims of a workflow.
        trial_kept: "✓ {0}: no claim is broken in {1} random cases, {2} steps", "✓ {0}: inget påstående bröts i {1} slumpade ärenden, {2} steg";
        trial_broken: "✗ {0}: in {1} random cases, {2} steps, claims were broken", "✗ {0}: i {1} slumpade ärenden, {2} steg, bröts påståenden";
        trial_cut: "stopped at `search_operations` before all was played and shortened; --thorough goes on", "stannade vid `search_operations` innan allt spelats och kortats; --thorough fortsätter";
        trial_shortest: "shortest story: {0}", "kortaste förlopp: {0}";
        trial_start: "the start alone", "bara starten";
        trial_unwritable: "it cannot be written as a scenario", "det kan inte skrivas som ett scenario";
        trial_written: "→ {0}", "→ {0}";
        claim_kept: "kept", "uppfyllt";
        claim_open: "open: what must follow has not come yet", "öppet: det som måste följa har inte kommit än";
        claim_due: "open until {0}", "öppet till {0}";
        claim_broken: "broken after step {0}, {1}", "brutet efter steg {0}, {1}";
        claim_late: "broken: what had to follow step {0} did not come by {1}", "brutet: det som måste följa på steg {0} kom inte senast {1}";
        claim_no_date: "broken: until when something had to follow step {0} was not known", "brutet: till när något måste följa på steg {0} var inte känt";
        claim_ended: "broken: the case ended before what had to follow step {0}", "brutet: ärendet slutade innan det som måste följa på steg {0}";
        claim_failed: "broken: it could not be judged after step {0}", "brutet: det gick inte att pröva efter steg {0}";
        claim_unknown: "not judged: what it asks for is erased", "inte prövat: det som krävs för det är raderat";
        others_erased:
            "? the others depend on what was erased: some values lead to what they say",
            "? övriga beror på det som raderats: några värden leder till det de säger";
        partly:
            "? checked only in part, since more could have been than is tried: entry {0}; names, times and states can be, what the rules decided and what was changed is only said",
            "? bara delvis prövade, eftersom mer kan ha hänt än som prövas: post {0}; namn, tider och lägen är möjliga, vad reglerna avgjorde och vad som ändrades är bara påstått";
        erased_part: "erased: `{0}` of entry {1}", "raderat: `{0}` i post {1}";
        chain_before:
            "the chain of the {0} entries before it holds",
            "kedjan av de {0} posterna före håller";
        no_such_entry:
            "there is no entry {0}: the journal ends with {1}",
            "det finns ingen post {0}: journalen slutar med {1}";
        not_compared:
            "a file is wrong, so nothing was compared",
            "en fil har fel, så inget jämfördes";
        time_has_passed: "{0} have passed", "{0} har gått";
        yes_or_no: "y/n", "j/n";
        say_yes_or_no: "answer y or n", "svara j eller n";
        asked_at: "as it is {0}", "så som det är {0}";
        asked_now: "as it is now, {0}", "så som det är nu, {0}";
        asked_last:
            "as it is behind the last event, {0}",
            "så som det är efter den senaste händelsen, {0}";
        at_is_past:
            "--at is before the last event, which was {0}",
            "--at är före den senaste händelsen, som var {0}";
        not_your_role: "not your role, it is for: {0}", "inte din roll, det är för: {0}";
        not_you: "not you, somebody else must do it", "inte du, någon annan måste göra det";
        not_yet: "not yet: {0}", "inte än: {0}";
        child_cases: "child cases", "delärenden";
        child_done: "done", "klart";
        child_stopped: "stopped", "avslutat utifrån";
        in_children: "what can happen in child cases", "det här kan hända i delärenden";
        more_cases: "and {0} more cases", "och {0} ärenden till";
        would_stop: "this would stop", "det här skulle avsluta";
        go_on: "do it", "gör det";
        other_case: "go to another case", "gå till ett annat ärende";
        which_case: "which case", "vilket ärende";
        the_whole: "the whole", "helheten";
        case_gone: "is not there any more", "finns inte längre";
        who_unit:
            "whom do you speak for: the unit (may be empty)",
            "vem företräder du: enheten (får vara tomt)";
        analysed: "{0} found, {1} not decided", "{0} funna, {1} inte avgjorda";
        for_instance: "for instance with {0}", "till exempel med {0}";
        was_started: "the case has begun", "ärendet har börjat";
        was_moved: "yes", "ja";
        was_advanced: "time has passed", "tiden har gått";
        was_blocked: "no, not yet", "nej, inte än";
        was_not_expected: "not expected here", "väntas inte här";
        was_error: "cannot be handled", "kan inte hanteras";
        finding_warning: "warning", "varning";
        finding_note: "note", "anmärkning";
        no_topic:
            "there is no command, chapter, function or key `{0}`; the chapters are {1}",
            "det finns inget kommando, kapitel, ingen funktion eller nyckel `{0}`; kapitlen är {1}";
        not_yet_and_more: "not yet: {0}; and more", "inte än: {0}; med mera";
        unlock: "to open it, one of these is enough:", "för att det ska bli möjligt räcker ett av dessa:";
        unlock_nothing:
            "no change of what is known opens it here",
            "inga andra uppgifter gör det möjligt här";
        unlock_past:
            "no change of what is known opens it here: something has to happen first",
            "inga andra uppgifter gör det möjligt här: något måste hända först";
        unlock_open:
            "there may be other ways: not decided ({0})",
            "det kan finnas fler sätt: inte avgjort ({0})";
        unlock_less:
            "(whether less is enough is not decided)",
            "(om mindre räcker är inte avgjort)";
        unlock_now: "now {0}", "nu {0}";
        unlock_unknown: "not known yet", "inte känt än";
        unlock_time: "time", "tidpunkt";
        unlock_or: " or ", " eller ";
        unlock_and: " and ", " och ";
        unlock_least: "at least {0}", "minst {0}";
        unlock_more: "more than {0}", "mer än {0}";
        unlock_most: "at most {0}", "högst {0}";
        unlock_fewer: "less than {0}", "mindre än {0}";
        unlock_earliest: "{0} at the earliest", "tidigast {0}";
        unlock_after: "after {0}", "efter {0}";
        unlock_latest: "{0} at the latest", "senast {0}";
        unlock_before: "before {0}", "före {0}";
        unlock_instance: "for instance {0}", "till exempel {0}";
        unlock_itself: "the event itself", "händelsen själv";
        unlock_by: "by {0}", "genom {0}";
        unlock_by_later: "later, by {0}", "senare, genom {0}";
        unlock_by_time: "only time brings it", "det kommer bara med tiden";
        unlock_by_actions:
            "only the workflow itself sets it",
            "bara flödet självt sätter det";
        unlock_by_nobody: "nobody can set it any more", "ingen kan längre ange det";
    }
}

impl Commands {
    /// What an entry says came of it.
    #[must_use]
    pub fn outcome(&self, word: &str) -> Option<&'static str> {
        Some(match word {
            "started" => self.was_started,
            "moved" => self.was_moved,
            "advanced" => self.was_advanced,
            "blocked" => self.was_blocked,
            "not_expected" => self.was_not_expected,
            "error" => self.was_error,
            _ => return None,
        })
    }
}
