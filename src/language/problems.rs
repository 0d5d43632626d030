//! Problems of events, facts and scripts, in every language.

use crate::said::Phrase;

macro_rules! said {
    ($($name:ident: $english:expr, $swedish:expr;)+) => {
        $(pub(crate) static $name: Phrase = Phrase { english: $english, swedish: $swedish };)+

        /// Every one of them.
        pub(crate) static ALL: &[&Phrase] = &[$(&$name),+];
    };
}

said! {
    DID_YOU_MEAN: "did you mean `{0}`?", "menade du `{0}`?";
    // Events.
    UNKNOWN_EVENT: "unknown event `{0}`", "händelsen `{0}` är inte känd";
    EVENT_RESERVED:
        "event `{0}` cannot come from outside: `{1}` and names beginning with `{1}.` are the case's own",
        "händelsen `{0}` kan inte komma utifrån: `{1}` och namn som börjar med `{1}.` är ärendets egna";
    EVENT_INTERNAL:
        "event {0} cannot come from outside: only the case itself raises or sends it",
        "händelsen {0} kan inte komma utifrån: bara ärendet självt skickar den";
    EVENT_OLD:
        "event {0} is too old: it is of {1}, the last step was at {2}",
        "händelsen {0} är för gammal: den är från {1}, det senaste steget togs {2}";
    EVENT_NOTE: "event {0} takes no note", "händelsen {0} tar ingen anteckning";
    EVENT_NOTE_HINT:
        "declare `\"note\": true` at the event `{0}`",
        "skriv `\"note\": true` vid händelsen `{0}`";
    NOT_CARRIED:
        "event {0} may not carry the fact {1}",
        "händelsen {0} får inte ta med uppgiften {1}";
    NOT_CARRIED_HINT:
        "add `{1}` to `sets` or `required` of the event `{0}`",
        "lägg till `{1}` i `sets` eller `required` vid händelsen `{0}`";
    NO_EVENTS_HINT:
        "declare `events`, with `sets` or `required` for the facts that each may carry",
        "deklarera `events`, med `sets` eller `required` för de uppgifter som var och en får ta med";
    NO_DATA: "event {0} has no `data` named `{1}`", "händelsen {0} har ingen uppgift i `data` som heter `{1}`";
    ID_REUSED:
        "the id `{0}` is of an event that was answered, and that was another one",
        "id:t `{0}` tillhör en händelse som redan är besvarad, och det var en annan";
    ID_REUSED_HINT:
        "give each event an id of its own, and send one again only as it was: name, actor, facts, data and note",
        "ge varje händelse ett eget id, och skicka en händelse igen bara som den var: namn, aktör, uppgifter, data och anteckning";
    TOO_LONG:
        "the {0} {1} has {2} bytes, at most {3} are allowed",
        "{0} {1} har {2} byte, högst {3} är tillåtna";
    // Facts.
    UNKNOWN_FACT: "unknown fact `{0}`", "uppgiften `{0}` är inte känd";
    FACT_DERIVED:
        "fact {0} is derived and cannot be set",
        "uppgiften {0} räknas ut och kan inte uppges";
    VALUE: "{0} {1}", "{0} {1}";
    INSIDE: "`{0}` {1}", "`{0}` {1}";
    BESIDE: "{0}; {1}", "{0}; {1}";
    // Time.
    TIME_BACK:
        "time cannot go back: to {0}, the last step was at {1}",
        "tiden kan inte gå tillbaka: till {0}, det senaste steget togs {1}";
    TIME_RANGE: "{0} and {1} is beyond the calendar", "{0} och {1} ligger utanför kalendern";
    // The case as a whole.
    UNKNOWN_STATE: "unknown state `{0}`", "läget `{0}` är inte känt";
    UNTAKEN:
        "{0} {1} of the journal wait to be taken, the most that may",
        "{0} {1} av journalen väntar på att hämtas, de flesta som får";
    UNTAKEN_HINT:
        "call `take_entries` after each answer; a host that needs no journal loads the workflow with the limit 0",
        "hämta med `take_entries` efter varje svar; den som inte behöver någon journal läser in flödet med gränsen 0";
    ENTRIES: "entries", "poster";
    BYTES: "bytes", "byte";
    MESSAGES: "one call emitted more than {0} messages", "ett anrop skickade mer än {0} meddelanden";
    NO_REST:
        "the case does not come to rest: after {0} steps {1} it still goes `{2}`",
        "ärendet kommer inte till ro: efter {0} steg {1} går det fortfarande `{2}`";
    AT: "at {0}", "{0}";
    IN_ONE_CALL: "in one call", "i ett anrop";
    SMALLER_JUMPS:
        "a sent event or a term leads back to where it began: let time pass in smaller jumps, this one came to {0}",
        "en skickad händelse eller en frist leder tillbaka dit den började: låt tiden gå i mindre steg, det här kom till {0}";
    GUARD_IT:
        "a sent event or a term leads back to where it began; guard it by something that changes, or give it time",
        "en skickad händelse eller en frist leder tillbaka dit den började; ge den ett villkor som ändras, eller tid";
    // Child cases.
    NO_CHILDREN: "{0} has no child cases `{1}`", "{0} har inga delärenden `{1}`";
    WHICH_CHILD: "`{0}` does not say which of `{1}`", "`{0}` säger inte vilket av `{1}`";
    NO_CHILD: "{0} has no child `{1}/{2}`", "{0} har inget delärende `{1}/{2}`";
    OUTERMOST: "the outermost case", "det yttersta ärendet";
    THE_CASE: "`{0}`", "`{0}`";
    ADDRESS_HINT:
        "an address is made of the `id` of an `invoke` and the key of a child, such as `boards/north`",
        "en adress består av `id` för en `invoke` och delärendets nyckel, som `boards/north`";
    NO_CASE: "there is no such case", "det finns inget sådant ärende";
    CASE_GONE: "`{0}` is not there any more", "`{0}` finns inte längre";
    PERSONS:
        "the case remembers {0} persons who sent events to its children, the most it may",
        "ärendet minns {0} personer som skickat händelser till dess delärenden, de flesta det får minnas";
    CHILDREN:
        "more than {0} child cases, the most that may be",
        "fler än {0} delärenden, de flesta som får finnas";
    // Values that do not fit their declaration: what stands behind their name.
    NESTED: "is nested more than {0} levels deep", "är nästlad mer än {0} nivåer";
    TOO_LARGE: "is too large for an integer, is {0}", "är för stort för ett heltal, är {0}";
    NOT_WHOLE: "must be a whole number, is {0}", "ska vara ett heltal, är {0}";
    WRONG_TYPE: "must be {0}, is {1}", "ska vara {0}, är {1}";
    AT_LEAST: "must be at least {0}, is {1}", "ska vara minst {0}, är {1}";
    AT_MOST: "must be at most {0}, is {1}", "ska vara högst {0}, är {1}";
    MORE_THAN: "must be more than {0}, is {1}", "ska vara mer än {0}, är {1}";
    LESS_THAN: "must be less than {0}, is {1}", "ska vara mindre än {0}, är {1}";
    MULTIPLE: "must be a multiple of {0}, is {1}", "ska vara en multipel av {0}, är {1}";
    UNITS: "must be a duration in {0} such as `{1}`, is {2}", "ska vara en tidslängd i {0} som `{1}`, är {2}";
    NEGATIVE:
        "must not be negative, for a term runs `after` it, is {0}",
        "får inte vara negativ, för en frist löper efter den, är {0}";
    FEWEST_CHARACTERS:
        "must have at least {0}, has {1}",
        "ska ha minst {0}, har {1}";
    MOST_CHARACTERS: "must have at most {0}, has {1}", "ska ha högst {0}, har {1}";
    CHARACTER: "{0} character", "{0} tecken";
    CHARACTERS: "{0} characters", "{0} tecken";
    ITEM: "{0} item", "{0} post";
    ITEMS: "{0} items", "{0} poster";
    MATCH: "must match `{0}`, is `{1}`", "ska passa mönstret `{0}`, är `{1}`";
    TRIM: "remove the spaces at its ends", "ta bort mellanslagen i ändarna";
    SUCH_AS: "such as `{0}`", "som `{0}`";
    NO_VALUE: "has no value that it could be", "har inget värde som det kan vara";
    ONE_VALUE: "must be {0}, is `{1}`", "ska vara {0}, är `{1}`";
    SEVERAL_VALUES: "must be {0} or {1}, is `{2}`", "ska vara {0} eller {1}, är `{2}`";
    MORE_VALUES: "{0} more", "{0} till";
    NO_DATE: "must be a date such as `2026-01-31`, is `{0}`", "ska vara ett datum som `2026-01-31`, är `{0}`";
    LEAVE_OUT_TIME: "leave out the time of day: `{0}`", "utelämna klockslaget: `{0}`";
    NO_TIME:
        "must be a date-time such as `2026-01-31T09:00:00+01:00`, is `{0}`",
        "ska vara datum och tid som `2026-01-31T09:00:00+01:00`, är `{0}`";
    NO_DURATION:
        "must be a duration such as `P1Y6M`, `P90D` or `PT36H`: `{0}` {1}",
        "ska vara en tidslängd som `P1Y6M`, `P90D` eller `PT36H`: `{0}` {1}";
    REPEATED:
        "is the same as item [{0}], and none may repeat",
        "är detsamma som post [{0}], och ingen får upprepas";
    LACKS: "lacks `{0}`", "saknar `{0}`";
    TWICE: "has the property `{0}` twice", "har egenskapen `{0}` två gånger";
    UNDECLARED: "has the property `{0}`, which is not declared", "har egenskapen `{0}`, som inte är deklarerad";
    AND_MORE: "and {0} more", "och {0} till";
    THE_TEXT: "the text `{0}`", "texten `{0}`";
    A_LIST: "a list", "en lista";
    A_RECORD: "a record", "en uppgift i flera delar";
    THE_DATE: "the date {0}", "datumet {0}";
    THE_DATE_TIME: "the date-time {0}", "tidpunkten {0}";
    THE_DURATION: "the duration {0}", "tidslängden {0}";
    ANY_VALUE: "any value", "vilket värde som helst";
    A_BOOLEAN: "a boolean", "ja eller nej (`true` eller `false`)";
    AN_INTEGER: "an integer", "ett heltal";
    A_NUMBER: "a number", "ett tal";
    A_TEXT: "a text", "en text";
    A_DATE: "a date", "ett datum";
    A_DATE_TIME: "a date-time", "datum och tid";
    A_DURATION: "a duration", "en tidslängd";
    NO_QUOTES: "numbers stand without quotes", "tal skrivs utan citattecken";
    WITHOUT_QUOTES: "{0}, without quotes", "{0}, utan citattecken";
    WRITE_WITHOUT: "write {0} without quotes", "skriv {0} utan citattecken";
    QUOTES: "texts stand in quotes", "texter skrivs inom citattecken";
    // What people type, or stands in a table.
    YES_OR_NO: "must be yes or no, is `{0}`", "ska vara ja eller nej, är `{0}`";
    WHOLE_SUCH_AS: "must be a whole number, such as 3, is `{0}`", "ska vara ett heltal, som 3, är `{0}`";
    NUMBER_SUCH_AS: "must be a number, such as 3 or 0.5, is `{0}`", "ska vara ett tal, som 3 eller 0,5, är `{0}`";
    CUT_NUMBER:
        "a program has kept only a few of its digits: show all of them there, as a plain number",
        "ett program har bara behållt några av siffrorna: visa alla där, som ett vanligt tal";
    MOST_DIGITS: "must have at most 28 digits", "får ha högst 28 siffror";
    DAY_NUMBER:
        "must be a date such as `2026-01-31`, is `{0}`; is it a day as spreadsheets number them? it would be `{1}`: show the column as a date there",
        "ska vara ett datum som `2026-01-31`, är `{0}`; är det en dag så som kalkylprogram numrerar dem? det vore `{1}`: visa kolumnen som datum där";
    NUMBER_LIST:
        "must be a list of numbers; a comma may begin decimals here: write the list as JSON, such as `[1, 2.5]`",
        "ska vara en lista av tal; ett komma kan vara decimaltecken här: skriv listan som JSON, som `[1, 2.5]`";
    JSON: "must be JSON", "ska vara JSON";
    NOT_JSON: "is not JSON: {0}", "är inte JSON: {0}";
    // Tables.
    COLUMN_TWICE: "column {0} is there twice", "kolumnen {0} finns två gånger";
    COLUMN_NAMELESS: "this column has no name", "kolumnen har inget namn";
    COLUMN_NAME_IT:
        "name it in the first line, or take it away",
        "skriv dess namn på första raden, eller ta bort den";
    COLUMN_TITLE: "that is the title of `{0}`: write that name", "det är titeln på `{0}`: skriv det namnet";
    ROW_COLUMNS:
        "the row has {0} columns, the first line has {1}",
        "raden har {0} kolumner, den första raden har {1}";
    ROW_QUOTES:
        "quote a text that holds the mark between columns, and write numbers with a decimal point",
        "sätt citattecken om en text som innehåller tecknet mellan kolumner, och skriv tal med decimalpunkt";
    STATES_SHAPE:
        "`states` must be the name of a state, or an array of them",
        "`states` ska vara namnet på ett läge, eller en lista av sådana";
    STATES_NAMED: "every state must be named by a text", "varje läge ska anges med en text";
    STATES_TOGETHER:
        "these states are not active together: name every innermost one",
        "de här lägena gäller inte samtidigt: ange alla de innersta";
    // Numbers as people write them.
    WRITE_ALONE: "write the number alone: `{0}`", "skriv bara talet: `{0}`";
    WRITE_SHARE:
        "write the number alone: `{0}`, or `{1}` where it is a share of 1",
        "skriv bara talet: `{0}`, eller `{1}` där det är en andel av 1";
    WRITE_EITHER:
        "write `{0}` if the comma begins the decimals, `{1}` if it parts the thousands",
        "skriv `{0}` om kommat är ett decimaltecken, `{1}` om det skiljer tusental";
    WRITE_COMMA:
        "write `{0}` if the point begins the decimals, `{1}` if it parts the thousands",
        "skriv `{0}` om punkten är ett decimaltecken, `{1}` om den skiljer tusental";
    WRITE_SO: "write {0}: `{1}`", "skriv {0}: `{1}`";
    DECIMAL_POINT: "a decimal point", "en decimalpunkt";
    DECIMAL_POINT_ONLY:
        "a decimal point, and nothing between the thousands",
        "en decimalpunkt, och inget mellan tusentalen";
    NO_THOUSANDS: "nothing between the thousands", "inget mellan tusentalen";
    PLAINLY: "the number plainly", "talet rakt av";
    DECIMAL_COMMA: "write a decimal comma: `{0}`", "skriv ett decimalkomma: `{0}`";
    TWO_NUMBERS:
        "it may be {0} or {1}: say which sign begins the decimals (`--decimal`)",
        "det kan vara {0} eller {1}: säg vilket tecken som är decimaltecken (`--decimal`)";
}
