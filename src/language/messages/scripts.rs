//! Faults of scripts, and kinds of values.

/// Each message in English and in Swedish.
pub(super) const ALL: &[(&str, &str)] = &[
    // Faults of scripts.
    (
        "`{0}` is unknown, so this action cannot run",
        "`{0}` är inte känt, så det här kan inte utföras",
    ),
    ("let the event require `{0}`, or write `{1}`", "låt händelsen kräva `{0}`, eller skriv `{1}`"),
    (
        "a script may have failed that read what was erased",
        "ett skript som läste något raderat kan ha misslyckats",
    ),
    ("this must be true or false, it is {0}", "det här ska vara sant eller falskt, det är {0}"),
    ("a score is neither true nor false", "ett tal från 0 till 1 är varken sant eller falskt"),
    ("a score must be from 0 to 1, this is {0}", "talet ska vara från 0 till 1, det här är {0}"),
    ("this factor has no score", "den här faktorn har inget tal"),
    ("this needs {0}, it is {1}", "här behövs {0}, det är {1}"),
    ("this needs year, month and day as whole numbers", "här behövs år, månad och dag som heltal"),
    ("this gives no value", "det här ger inget värde"),
    ("this function cannot be called", "den här funktionen kan inte anropas"),
    ("this takes more than {0} {1} in one call", "det här kräver mer än {0} {1} i ett anrop"),
    ("this takes more than {0} operations", "det här kräver mer än {0} operationer"),
    (
        "operations, most of them to compare roles,",
        "operationer, de flesta för att jämföra roller,",
    ),
    ("operations of scripts and steps", "operationer i skript och steg"),
    ("bytes of values and messages", "byte av värden och meddelanden"),
    (
        "send fewer roles with the event, or name fewer in `by` and `signed_by`",
        "skicka färre roller med händelsen, eller ange färre i `by` och `signed_by`",
    ),
    (
        "let scripts loop less, or let fewer rules be asked at once",
        "låt skripten upprepa mindre, eller fråga färre regler på en gång",
    ),
    (
        "let scripts make less: shorter texts and lists, fewer messages",
        "låt skripten skapa mindre: kortare texter och listor, färre meddelanden",
    ),
    ("none of the cases fits", "inget av fallen passar"),
    ("`{0}` has no value yet", "`{0}` har inget värde ännu"),
    (
        "lists and records nest more than {0} levels",
        "listor och poster är nästlade i mer än {0} nivåer",
    ),
    (
        "a list of {0} items is too long, {1} are allowed",
        "en lista med {0} poster är för lång, {1} är tillåtna",
    ),
    (
        "a text of {0} bytes is too long, {1} are allowed",
        "en text på {0} byte är för lång, {1} är tillåtna",
    ),
    ("`-` needs a number, this is {0}", "`-` behöver ett tal, det här är {0}"),
    ("{0} does not contain {1}", "{0} kan inte innehålla {1}"),
    ("{0} has no item {1}", "{0} har ingen post {1}"),
    ("{0} has no order", "{0} kan inte ordnas"),
    ("{0} has no `{1}`", "{0} har ingen egenskap `{1}`"),
    (
        "there is no item {0} in a list of {1}, counted from 0",
        "det finns ingen post {0} i en lista med {1}, räknat från 0",
    ),
    ("a range needs whole numbers", "ett intervall behöver heltal"),
    ("`for` goes through a list, this is {0}", "`for` går igenom en lista, det här är {0}"),
    (
        "the data of an event is a record, this is {0}",
        "en händelses uppgifter är en uppgift i flera delar, det här är {0}",
    ),
    (
        "`send` cannot go back in time: `{0}` is negative",
        "`send` kan inte gå bakåt i tiden: `{0}` är negativt",
    ),
    (
        "`send` needs a duration, a date or a date-time, this is {0}",
        "`send` behöver en tidslängd, ett datum eller en tidpunkt, det här är {0}",
    ),
    (
        "the key of a child is a text, this is {0}",
        "ett delärendes nyckel är en text, det här är {0}",
    ),
    ("there is nothing to assign to inside {0}", "det finns inget att tilldela inuti {0}"),
    ("there is nothing inside {0}", "det finns inget inuti {0}"),
    ("an argument is missing", "ett argument saknas"),
    ("there is no calendar", "det finns ingen kalender"),
    ("there is no such date", "det finns inget sådant datum"),
    ("the date is out of range: {0}", "datumet ligger utanför kalendern: {0}"),
    ("the time is out of range: {0}", "tidpunkten ligger utanför kalendern: {0}"),
    ("dates go from 0001-01-01 to 9999-12-31", "datum går från 0001-01-01 till 9999-12-31"),
    (
        "date-times go from 2 January 0001 to 30 December 9999 22:00 UTC",
        "tidpunkter går från 2 januari 0001 till 30 december 9999 22:00 UTC",
    ),
    ("characters are counted from 0, this is {0}", "tecken räknas från 0, det här är {0}"),
    ("a separator has at least one character", "en avskiljare har minst ett tecken"),
    ("the number of digits must be from 0 to 28", "antalet siffror ska vara från 0 till 28"),
    ("the result is too large", "resultatet är för stort"),
    ("division by zero", "division med noll"),
    (
        "hours count from a date-time, not from a date",
        "timmar räknas från en tidpunkt, inte från ett datum",
    ),
    (
        "calendar days and exact hours do not mix",
        "kalenderdagar och exakta timmar kan inte blandas",
    ),
    (
        "calendar days and exact hours cannot be compared",
        "kalenderdagar och exakta timmar kan inte jämföras",
    ),
    ("{0} and {1} cannot be compared", "{0} och {1} kan inte jämföras"),
    ("`{0}` and `{1}` have no order", "`{0}` och `{1}` kan inte ordnas"),
    ("`{0}` does not work between {1} and {2}", "`{0}` går inte mellan {1} och {2}"),
    (
        "`{0}` has {1} ids, more than the {2} of a list; `count` counts them without one",
        "`{0}` har {1} id:n, fler än de {2} som en lista får ha; `count` räknar dem utan lista",
    ),
    (
        "the case remembers {0} persons who sent events, the most it may; nobody new can send `{1}`",
        "ärendet minns {0} personer som skickat händelser, de flesta det får; ingen ny kan skicka `{1}`",
    ),
    (
        "{0} raised events wait, the most that may; the last is `{1}`",
        "{0} utlösta händelser väntar, de flesta som får; den sista är `{1}`",
    ),
    (
        "{0} sent events wait, the most that may; the last is `{1}`",
        "{0} skickade händelser väntar, de flesta som får; den sista är `{1}`",
    ),
    ("{0} sent events wait, the most that may", "{0} skickade händelser väntar, de flesta som får"),
    (
        "{0} signatures wait in the case, the most that may",
        "{0} underskrifter väntar i ärendet, de flesta som får",
    ),
    ("{0} child cases, the most that may be", "{0} delärenden, de flesta som får finnas"),
    (
        "a step emitted {0} messages, the most it may",
        "ett steg skickade {0} meddelanden, de flesta det får",
    ),
    (
        "a step sent {0} events to its parent, the most it may",
        "ett steg skickade {0} händelser till ärendet omkring, de flesta det får",
    ),
    (
        "the step does not end: after {0} microsteps it still goes `{1}`",
        "steget tar inte slut: efter {0} delsteg går det fortfarande `{1}`",
    ),
    (
        "an `always` transition or a raised event leads back to where it began; guard it by something that changes",
        "en övergång under `always` eller en utlöst händelse leder tillbaka dit den började; ge den ett villkor som ändras",
    ),
    (
        "the event `{0}` needs `{1}`, which was not sent with it",
        "händelsen `{0}` behöver `{1}`, som inte skickades med",
    ),
    (
        "the event `{0}` has no `data` named `{1}`",
        "händelsen `{0}` har ingen uppgift i `data` som heter `{1}`",
    ),
    ("`event.data.{0}` of `{1}`: {2}", "`event.data.{0}` i `{1}`: {2}"),
    (
        "`{0}` stands twice in the list that starts `{1}`",
        "`{0}` står två gånger i listan som startar `{1}`",
    ),
    (
        "each item starts one child: leave one of them out",
        "varje post startar ett delärende: ta bort den ena",
    ),
    ("an item that starts `{0}` has no key", "en post som startar `{0}` har ingen nyckel"),
    (
        "a key is a text or an integer, and not empty",
        "en nyckel är en text eller ett heltal, och inte tom",
    ),
    ("the key `{0}` of `{1}` {2}", "nyckeln `{0}` för `{1}` {2}"),
    ("is empty", "är tom"),
    ("has a `/`, which parts addresses", "har ett `/`, som skiljer adressers delar"),
    ("has {0} bytes, at most {1} are allowed", "har {0} byte, högst {1} är tillåtna"),
    (
        "has white space at its ends, or what cannot be seen",
        "har blanktecken i ändarna, eller något som inte syns",
    ),
    // Kinds of values.
    ("a boolean", "ja eller nej"),
    ("a whole number of digits", "ett heltal av siffror"),
    ("a whole number", "ett heltal"),
    ("a number", "ett tal"),
    ("a text such as `{0}`", "en text som `{0}`"),
    ("a text", "en text"),
    ("a date or a date-time", "ett datum eller en tidpunkt"),
    ("a date-time", "en tidpunkt"),
    ("a date", "ett datum"),
    ("a duration", "en tidslängd"),
    ("a list of numbers", "en lista av tal"),
    ("a list, a record or a text", "en lista, en uppgift i flera delar eller en text"),
    ("a list", "en lista"),
    ("a record", "en uppgift i flera delar"),
    ("{0} more", "{0} till"),
];
