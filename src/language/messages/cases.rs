//! What is wrong with a stored case, with what was put aside, with ids of persons.

/// Each message in English and in Swedish.
pub(super) const ALL: &[(&str, &str)] = &[
    // What is wrong with a stored case.
    (
        "the snapshot is damaged: it does not have its check sum",
        "det sparade ärendet är skadat: kontrollsumman stämmer inte",
    ),
    (
        "the case belongs to the workflow {0} with another meaning than this, {1}",
        "ärendet hör till flödet {0} med en annan betydelse än det här, {1}",
    ),
    (
        "the case belongs to the workflow {0}, this is {1}",
        "ärendet hör till flödet {0}, det här är {1}",
    ),
    (
        "restore it on the file that it was stored with; only labels, hints and white space may differ",
        "öppna det med filen som det sparades med; bara etiketter, råd och blanktecken får skilja sig",
    ),
    (
        "form {0} of snapshots is not known here, only 1 to {1}",
        "form {0} av sparade ärenden är inte känd här, bara 1 till {1}",
    ),
    ("time {0} is outside the years 0001 to 9999", "tiden {0} ligger utanför åren 0001 till 9999"),
    ("the workflow has no state `{0}`", "flödet har inget läge `{0}`"),
    ("the workflow has no fact `{0}`", "flödet har ingen uppgift `{0}`"),
    ("fact `{0}` is derived and cannot be stored", "uppgiften `{0}` räknas ut och kan inte sparas"),
    ("fact `{0}`: {1}", "uppgiften `{0}`: {1}"),
    ("payload `{0}`: {1}", "händelsens uppgift `{0}`: {1}"),
    (
        "the history state `{0}` remembers a state twice",
        "historikläget `{0}` minns ett läge två gånger",
    ),
    ("the head of the journal is no hash", "journalens huvud är ingen kontrollsumma"),
    (
        "the head of the journal is at its beginning in its number or its hash alone",
        "journalens huvud står vid början bara i sitt nummer eller bara i sin kontrollsumma",
    ),
    (
        "the entries of the journal are not in the order of their times",
        "journalens poster står inte i tidsordning",
    ),
    ("an entry of the journal cannot be read", "en post i journalen kan inte läsas"),
    (
        "an entry of the journal begins the case a second time",
        "en post i journalen börjar ärendet en andra gång",
    ),
    ("a journal cannot have {0} entries", "en journal kan inte ha {0} poster"),
    ("the answer to the event `{0}` cannot be read", "svaret på händelsen `{0}` kan inte läsas"),
    (
        "no rule asks for what is remembered of the event `{0}`",
        "ingen regel frågar efter det som är sparat om händelsen `{0}`",
    ),
    (
        "those who sent the event `{0}` cannot be right",
        "de som skickade händelsen `{0}` kan inte stämma",
    ),
    (
        "`{0}` is no event that was answered, or is there twice",
        "`{0}` är ingen besvarad händelse, eller finns två gånger",
    ),
    (
        "`{0}` is no leaf state, or is active twice",
        "`{0}` är inget innersta läge, eller gäller två gånger",
    ),
    ("`{0}` has no term `{1}` with the number {2}", "`{0}` har ingen frist `{1}` med numret {2}"),
    (
        "`{0}` has no transition with the number {1}, to be signed",
        "`{0}` har ingen övergång med numret {1} som undertecknas",
    ),
    ("the term `{0}` was taken twice at one date", "fristen `{0}` togs två gånger samma dag"),
    (
        "the signatures of a transition of `{0}` are there twice",
        "underskrifterna för en övergång från `{0}` finns två gånger",
    ),
    (
        "what was put aside is neither a term nor a sent event",
        "det som lades åt sidan är varken en frist eller en skickad händelse",
    ),
    (
        "{0} {1} are more than the {2} that a case may hold",
        "{0} {1} är fler än de {2} som ett ärende får ha",
    ),
    ("sent events", "skickade händelser"),
    ("ids of events", "id:n av händelser"),
    ("persons who sent events", "personer som skickat händelser"),
    ("signatures", "underskrifter"),
    ("`null` is no value", "`null` är inget värde"),
    ("`{0}` is not a type of values", "`{0}` är inget slags värde"),
    ("`{0}` holds no text", "`{0}` har ingen text"),
    // What is put aside.
    ("term `{0}` of `{1}`: {2}", "fristen `{0}` i `{1}`: {2}"),
    ("sent event `{0}`: {1}", "den skickade händelsen `{0}`: {1}"),
    // Ids of persons.
    ("the id of the actor is empty", "aktörens id är tomt"),
    (
        "the id of the actor has a character that cannot be seen, U+{0}",
        "aktörens id har ett tecken som inte syns, U+{0}",
    ),
    ("say who it is; {0}", "säg vem det är; {0}"),
    (
        "leave it out: ids that look the same must be the same; {0}",
        "ta bort det: id:n som ser lika ut måste vara lika; {0}",
    ),
    (
        "an actor whom nobody knows has no `id` at all",
        "en aktör som ingen känner har inget `id` alls",
    ),
];
