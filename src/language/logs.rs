//! What is said of event logs.

use super::{Language, phrases};

phrases! {
    /// What `tresteg log` says.
    Logs {
        cases: "cases", "ärenden";
        events: "events", "händelser";
        activities: "activities", "aktiviteter";
        variants: "variants", "varianter";
        fitting: "fit, with the guards", "passar, med villkoren";
        fitting_unguarded: "fit with the guards off", "passar utan villkoren";
        undecided: "fit only if something is so that is not known", "passar bara om något är så som man inte vet";
        violations: "fewest violations of guards, of the cases that fit without them",
            "minsta antal brutna villkor, av de ärenden som passar utan dem";
        guards: "guards: asked, violated, not decided", "villkor: prövade, brutna, inte avgjorda";
        claims: "claims: kept, open, broken", "krav: uppfyllda, öppna, brutna";
        failures: "where cases fail first", "var ärenden brister först";
        first_case: "first in {0}, event {1}", "först i {0}, händelse {1}";
        stood_in: "in {0}", "i {0}";
        not_expected: "not expected", "väntas inte";
        guard: "a guard refuses it", "ett villkor hindrar det";
        not_known: "not decided: something is not known", "inte avgjort: något är inte känt";
        script_fails: "a rule fails", "en regel misslyckas";
        not_ended: "the case does not come to an end behind it", "ärendet kommer inte till ett slut efter det";
        times_back: "times run backwards", "tider går bakåt";
        not_begun: "the case cannot begin", "ärendet kan inte börja";
        unordered: "cases whose times run backwards: not replayed; --order document lets the clock stand",
            "ärenden vars tider går bakåt: inte spelade; --order document låter klockan stå";
        cut: "cases with more possibilities than were looked at", "ärenden med fler möjligheter än som prövades";
        left_out: "cases that the map leaves out", "ärenden som kartan utelämnar";
        unmapped_activities: "activities that are neither mapped nor ignored", "aktiviteter som varken är översatta eller undantagna";
        unmapped_attributes: "attributes that are neither mapped nor ignored", "attribut som varken är översatta eller undantagna";
        unreadable: "values that could not be read", "värden som inte gick att läsa";
        such_as: "such as `{0}`", "som `{0}`";
        from_to: "from {0} to {1}", "från {0} till {1}";
        throughput: "throughput in days", "genomloppstid i dagar";
        mean: "mean", "medel";
        median: "median", "median";
        shortest: "shortest", "kortast";
        longest: "longest", "längst";
        quantile: "{0} %", "{0} %";
        begins: "begins", "börjar";
        ends: "ends", "slutar";
        reworked: "cases in which an activity comes more than once", "ärenden där en aktivitet kommer mer än en gång";
        unordered_cases: "cases in which a time runs backwards", "ärenden där en tid går bakåt";
        follows: "what follows right behind what", "vad som följer direkt på vad";
        actors: "persons or machines", "personer eller maskiner";
        handovers: "handovers", "överlämningar";
        more: "and {0} more", "och {0} till";
        broken_log: "{0}: the log is broken: {1}", "{0}: loggen är trasig: {1}";
        alignments: "optimal alignments: cost, cases", "bästa inpassningar: kostnad, ärenden";
        mean_fitness: "mean fitness of traces", "medelpassning per ärende";
        log_fitness: "fitness of the log", "loggens passning";
        unreached: "cases without an alignment", "ärenden utan inpassning";
        undetermined: "cases of which a model move left required facts unknown", "ärenden där ett tillagt steg lämnade krävda uppgifter okända";
        classes: "classes of traces that were aligned", "klasser av ärenden som passades in";
        log_only: "what the log alone has", "det som bara loggen har";
        model_only: "what the model alone has", "det som bara modellen har";
        model_moves: "moves of the model alone write no facts", "steg som bara modellen tar skriver inga uppgifter";
        page_log: "The log {0}", "Loggen {0}";
        page_under: "under {0}", "under {0}";
        share_of_cases: "share of cases", "andel av ärendena";
        days: "days", "dagar";
        written: "written: {0}", "skrivet: {0}";
        count: "count", "antal";
        activity: "activity", "aktivitet";
        why: "why", "varför";
        median_days: "median, days", "median, dagar";
        picture: "the process, with what went through it", "processen, med vad som gick genom den";
        reading: "reading {0}", "läser {0}";
    }
}
