//! What is said of workflows compared over the same cases.

use super::{Language, phrases};

phrases! {
    /// What `tresteg compare` says.
    Comparisons {
        cases: "cases, under {0}", "ärenden, enligt {0}";
        title: "{0} compared", "{0} i jämförelse";
        left_out: "cases that the map leaves out", "ärenden som kartan utelämnar";
        unordered: "cases whose times run backwards: not compared; --order document lets the clock stand",
            "ärenden vars tider går bakåt: inte jämförda; --order document låter klockan stå";
        ends_otherwise: "end otherwise", "slutar annorlunda";
        interval: "95 % interval {0} to {1}", "95 % intervall {0} till {1}";
        decided_otherwise: "are decided otherwise on the way", "avgörs annorlunda på vägen";
        reach_other_states: "reach other states", "når andra lägen";
        none: "no case comes out otherwise", "inget ärende går annorlunda";
        ended: "end, {0} under the base; only there {1}, only here {2} (sign test: p = {3})",
            "tar slut, {0} enligt basen; bara där {1}, bara här {2} (teckentest: p = {3})";
        days: "days later, of {0} cases that end under both: median {1}, 5 % {2}, 25 % {3}, 75 % {4}, 95 % {5}",
            "dagar senare, av {0} ärenden som slutar enligt båda: median {1}, 5 % {2}, 25 % {3}, 75 % {4}, 95 % {5}";
        median_interval: "the median lies between {0} and {1}, with at least 95 %",
            "medianen ligger mellan {0} och {1}, med minst 95 %";
        signs: "earlier {0}, same time {1}, later {2} (sign test: p = {3})",
            "tidigare {0}, samma tid {1}, senare {2} (teckentest: p = {3})";
        differences: "the first decision that differs, by what decided it",
            "det första beslut som skiljer sig, efter vad som avgjorde";
        each: "cases that end otherwise", "ärenden som slutar annorlunda";
        in_base: "base", "bas";
        in_variant: "variant", "variant";
        start: "start", "start";
        time: "time passes", "tiden går";
        ends_in: "ends in {0}", "slutar i {0}";
        nowhere: "not begun", "inte börjat";
        states: "states: cases under the base, under the variant; only there, only here",
            "lägen: ärenden enligt basen, enligt varianten; bara där, bara här";
        blocked: "blocked, where and by what: times under the base, under the variant",
            "hindrat, var och av vad: gånger enligt basen, enligt varianten";
        blocked_in: "{0} in {1}: {2}", "{0} i {1}: {2}";
        terms: "terms: kept, run out, still open under the base; under the variant",
            "frister: hållna, utlöpta, ännu öppna enligt basen; enligt varianten";
        facts: "facts that have another value in the end", "uppgifter som har ett annat värde till slut";
        unknown: "events that it does not know", "händelser som den inte känner";
        unexpected: "events that it does not expect where they came", "händelser som den inte väntar där de kom";
        errors: "events that were errors", "händelser som var fel";
        not_taken: "facts and payload that were left out, for it does not take them there",
            "uppgifter och innehåll som utelämnades, för den tar inte emot dem där";
        not_begun: "cases that could not begin", "ärenden som inte kunde börja";
        started: "started", "började";
        moved: "moved", "gick vidare";
        advanced: "time passed", "tiden gick";
        was_blocked: "blocked", "hindrades";
        not_expected: "not expected", "väntades inte";
        unknown_event: "it does not know the event", "den känner inte händelsen";
        error: "error", "fel";
        role: "role: {0}", "roll: {0}";
        missing: "missing: {0}", "saknas: {0}";
        term: "term: {0}", "frist: {0}";
        not_by: "not by whoever did: {0}", "inte av den som gjorde: {0}";
        person: "somebody known must do it", "någon känd måste göra det";
        signature: "signature", "underskrift";
        claim: "claim: {0}", "krav: {0}";
        not_known: "not known", "inte känt";
        way: "the transition {0}", "övergången {0}";
        more: "and {0} more", "och {0} till";
        state: "state", "läge";
        count: "cases", "ärenden";
        event: "event", "händelse";
        plot: "days later than under the base: the median with its interval, and from 5 to 95 % of the cases",
            "dagar senare än enligt basen: medianen med sitt intervall, och från 5 till 95 % av ärendena";
        share_plot: "share of cases that end otherwise, with its interval",
            "andel ärenden som slutar annorlunda, med sitt intervall";
        bad_set: "`--set {0}` must be such as `min_votes=60`, `min_votes=50,60,200` or `min_votes=40..80/10`",
            "`--set {0}` ska vara som `min_votes=60`, `min_votes=50,60,200` eller `min_votes=40..80/10`";
        set_twice: "`--set` names `{0}` twice; write its values in one, with commas", "`--set` anger `{0}` två gånger; skriv värdena i en, med komman";
        too_many: "more than {0} variants; set fewer values", "fler än {0} varianter; ange färre värden";
        too_many_cases: "more than {0} cases; compare them in parts", "fler än {0} ärenden; jämför dem i delar";
        no_variant: "there is nothing to compare {0} with; name a variant, or set a parameter", "det finns inget att jämföra {0} med; ange en variant, eller sätt en parameter";
        no_cases: "there is no case in {0}", "det finns inget ärende i {0}";
        no_journal: "is no journal", "är ingen journal";
        line_too_long: "the line is too long", "raden är för lång";
    }
}
