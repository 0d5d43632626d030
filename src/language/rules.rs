//! What rules are told with.

use super::{Language, phrases};

phrases! {
    /// What rules are told with.
    Sentences {
        yes: "yes", "ja";
        no: "no", "nej";
        none: "none", "inga";
        unknown: "unknown", "okänt";
        more: "more", "till";
        item: "item", "post";
        krona: "SEK", "kr";
        opening: "“", "”";
        closing: "”", "”";
        and: "and", "och";
        or: "or", "eller";
        not: "not", "inte";
        // Verdicts of what is no comparison.
        unmet: "Not met:", "Inte uppfyllt:";
        forbidden: "Must not be so:", "Får inte gälla:";
        undecided: "Undecided:", "Oklart:";
        unknown_is: "Not known:", "Inte känt:";
        unmet_for: "Not met for", "Inte uppfyllt för";
        forbidden_for: "Must not be so, and is for", "Får inte gälla, men gäller för";
        undecided_for: "Undecided for", "Oklart för";
        none_of: "Met for none of", "Inte uppfyllt för någon av";
        of: "of", "av";
        among_all: "in", "i";
        the_item: "the item", "posten";
        must_be_unknown: "Must not be known:", "Ska inte vara känt:";
        is: "is", "är";
        // Between what must be and its verb.
        at_least: "at least", "minst";
        more_than: "more than", "mer än";
        at_most: "at most", "högst";
        less_than: "less than", "mindre än";
        required: "required", "krävs";
        allowed: "allowed", "tillåts";
        must_be: "must be", "ska vara";
        must_not_be: "must not be", "får inte vara";
        one_of: "one of", "något av";
        earliest: "at the earliest", "tidigast";
        latest: "at the latest", "senast";
        after: "after", "efter";
        before: "before", "före";
        not_among: "is not among", "finns inte bland";
        must_not_be_among: "must not be among", "får inte finnas bland";
        among: "among", "bland";
        // Pieces of rules.
        is_known: "is known", "är känt";
        number_of: "number of", "antal";
        length_of: "length of", "längden av";
        sum_of: "sum of", "summan av";
        least_of: "least of", "det minsta av";
        greatest_of: "greatest of", "det största av";
        size_of: "size of", "beloppet av";
        rounded: "rounded", "avrundat";
        covers: "has every one of its values", "omfattar alla slag";
        begins_with: "begins with", "börjar med";
        ends_with: "ends with", "slutar med";
        all: "for all of", "för alla i";
        some: "for one of", "för någon i";
        holds: "this holds:", "gäller:";
        for_which: "for which", "för vilka";
        first_of: "the first of", "den första i";
        the_one_of: "the one of", "den av";
        with_least: "with the least", "med lägst";
        with_most: "with the greatest", "med högst";
        in_order_of: "in order of", "i ordning efter";
        each_of: "for each of", "för var och en i";
        workdays_after: "working days after", "arbetsdagar efter";
        workdays_before: "working days before", "arbetsdagar före";
        next_workday: "the next working day from", "nästa arbetsdag från";
        days: "days", "dagar";
        weeks: "weeks", "veckor";
        months: "months", "månader";
        years: "years", "år";
        hours: "hours", "timmar";
        minutes: "minutes", "minuter";
        seconds: "seconds", "sekunder";
        of_date: "day", "datum";
        of_year: "year", "år";
        of_month: "month", "månad";
        of_day: "day of the month", "dag i månaden";
        of_weekday: "weekday, 1 for Monday", "veckodag, 1 för måndag";
        years_between: "whole years from {0} to {1}", "hela år från {0} till {1}";
        months_between: "whole months from {0} to {1}", "hela månader från {0} till {1}";
        workdays_between: "working days from {0} to {1}", "arbetsdagar från {0} till {1}";
        is_empty: "is empty", "är tom";
        item_of: "item {1} of {0}", "post {1} i {0}";
        in_order: "{0} in order", "{0} i ordning";
        reversed: "{0} in reverse order", "{0} i omvänd ordning";
        parts_of: "the parts of {0} between {1}", "delarna av {0} mellan {1}";
        one_character_of: "character {1} of {0}", "tecken {1} i {0}";
        characters_of: "characters {1} of {0}", "tecken {1} i {0}";
        characters_from: "{0} from character {1} on", "{0} från och med tecken {1}";
        part_of: "a part of {0}", "en del av {0}";
        has_the_form: "has the form that is asked for", "har rätt form";
        today: "today", "i dag";
        now: "now", "nu";
        event_name: "the event", "händelsen";
        event_actor: "who acts", "den som agerar";
        event_at: "the time of the event", "händelsens tidpunkt";
        event_date: "the day of the event", "händelsens dag";
        times: "times", "antal";
        last: "the last", "senaste";
        since: "entry into", "inträdet i";
        active: "the case is in", "ärendet är i";
        who: "whoever did", "den som gjorde";
        if_so: "if", "om";
        otherwise: "else", "annars";
        depending_on: "depending on", "beroende på";
        worked_out_from: "a condition worked out from", "ett villkor som räknas ut av";
    }
}
