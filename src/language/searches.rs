//! What a search for scenarios says about what it did not reach.

use super::{Language, phrases};

phrases! {
    /// Why a goal was not reached.
    Searches {
        time: "the time", "tiden";
        past: "what happened", "det som hänt";
        always_so:
            "it depends on no fact and is always the same",
            "det beror på inga uppgifter och är alltid likadant";
        always_before:
            "a transition before it is always open",
            "en övergång före den är alltid öppen";
        no_values_of: "no values of", "inga värden på";
        make_it_so: "make it so", "gör det så";
        while_shut:
            " while the transitions before it stay shut",
            " medan övergångarna före den är stängda";
        all_tried: "all were tried", "alla har prövats";
        proven: "it is proven", "det är bevisat";
        nothing: "nothing can", "ingenting kan";
        no_way_to_state: "no way was found to the state", "ingen väg hittades till läget";
        no_way: "no way was found", "inget sätt hittades";
        were_found: "were found", "hittades";
        not_all_tried: "and not all can be tried:", "och alla kan inte prövas:";
        within_bounds: "within the bounds of the search", "inom sökningens gränser";
        not_brought_at_all:
            "it would be so, but no way was found to a case that is asked",
            "det vore så, men ingen väg dit hittades";
        unknown: "unknown", "okänd";
        so_with: "it would be so with", "det vore så med";
        not_brought:
            "but no way was found to a case like that",
            "men ingen väg hittades till ett sådant ärende";
        never_asked:
            "no transition that was tried depends on it",
            "ingen övergång som prövades beror på det";
        bound:
            "the search reached its bound, `search_operations`",
            "sökningens gräns nåddes, `search_operations`";
        unwritable:
            "the way there cannot be written as a scenario",
            "vägen dit kan inte skrivas som ett scenario";
        // What stood in the way of a proof.
        does_more: "the rule does more with", "regeln gör mer med";
        than_compare: "than compare with constants", "än att jämföra med fasta värden";
        reads_time: "it reads the time", "den läser tiden";
        reads_past: "it reads what happened", "den läser det som hänt";
        reads_event: "it reads the event", "den läser händelsen";
        many: "there are too many combinations", "kombinationerna är för många";
        whole:
            "its child cases are not gone into: suggest for their own workflows",
            "dess delärenden söks inte igenom: föreslå för deras egna flöden";
        leads_nowhere:
            "no transition that leads there can be taken",
            "ingen övergång dit kan tas";
        undecided: "not decided:", "inte avgjort:";
        // The title of a story that was found.
        breaks_claim: "Breaks the claim", "Bryter påståendet";
    }
}
