//! What is wrong with an entry of a journal.

/// Each message in English and in Swedish.
pub(super) const ALL: &[(&str, &str)] = &[
    // What is wrong with an entry of a journal; `entry 3` or `post 3` stands before it.
    (
        "{0}; it was made with the time zones of {1}, these are {2}",
        "{0}; den gjordes med tidszonerna från {1}, de här är {2}",
    ),
    ("begins the case a second time", "börjar ärendet en andra gång"),
    (
        "says that a child case was started or stopped, and did neither",
        "säger att ett delärende startades eller stoppades, och det gjordes inte",
    ),
    (
        "says `{0}`, which no entry of its kind does",
        "säger `{0}`, vilket ingen post av dess slag gör",
    ),
    (
        "says that a child case was started or stopped, by nothing",
        "säger att ett delärende började eller avslutades, och ingenting gjorde det",
    ),
    (
        "is of the case `{0}`, which the workflow cannot have",
        "hör till ärendet `{0}`, som processen inte kan ha",
    ),
    ("is of the case `{0}`, which is not there", "hör till ärendet `{0}`, som inte finns"),
    (
        "says that it was stopped in other states than it was in",
        "säger att det avslutades i andra lägen än det var i",
    ),
    (
        "is not the one that the head is of: one of the two is of another journal",
        "är inte den som huvudet hör till: ett av dem hör till en annan journal",
    ),
    ("the workflow invokes nothing as `{0}`", "processen startar inget delärende som `{0}`"),
    ("the child cases of `{0}` are there twice", "delärendena i `{0}` finns två gånger"),
    ("the item of `{0}`", "posten för `{0}`"),
    ("the workflow makes no claim `{0}`", "processen har inget krav `{0}`"),
    ("does not begin the case", "börjar inte ärendet"),
    (
        "says that `{0}` was due, and nothing was",
        "säger att `{0}` skulle infalla, och inget skulle det",
    ),
    (
        "says that `{0}` of `{1}` was due, which does not run",
        "säger att `{0}` i `{1}` skulle infalla, men den fristen löper inte",
    ),
    (
        "says that `{0}` was sent, and nothing sends it",
        "säger att `{0}` skickades, och ingenting skickar den",
    ),
    (
        "says that `{0}` was nothing, which it was not",
        "säger att `{0}` inte hade något värde, och det hade det",
    ),
    (
        "says that `{0}` was emitted, by nothing",
        "säger att meddelandet `{0}` skickades, och ingenting skickar det",
    ),
    (
        "says that `{0}` was changed, which is no fact",
        "säger att `{0}` ändrades, och det är ingen uppgift",
    ),
    (
        "says that `{0}` was changed, by nothing",
        "säger att `{0}` ändrades, och ingenting ändrar den",
    ),
    (
        "says that `{0}` was forgotten, by nothing",
        "säger att `{0}` glömdes, och ingenting glömmer den",
    ),
    (
        "says that `{0}` was changed to what it is not declared as",
        "säger att `{0}` fick ett värde som uppgiften inte kan ha",
    ),
    (
        "says that `{0}` was changed to or from what it is not declared as",
        "säger att `{0}` fick eller hade ett värde som uppgiften inte kan ha",
    ),
    (
        "says that `{0}` was changed to another than came in",
        "säger att `{0}` fick ett annat värde än det som uppgavs",
    ),
    ("says that `{0}` was another than it was", "säger att `{0}` var något annat än den var"),
    ("says that something moved, by no transition", "säger att något hände, utan någon övergång"),
    (
        "says that others have signed than who did",
        "säger att andra har undertecknat än de som gjorde det",
    ),
    (
        "says that a transition of `{0}` was taken that is not there",
        "säger att en övergång från `{0}` togs, och den finns inte",
    ),
    (
        "says of a transition that was signed that is not there",
        "säger att en övergång undertecknades, och den finns inte",
    ),
    (
        "says other states than those that what was left and entered leads to",
        "säger andra lägen än dem som följer av vad som lämnades och nåddes",
    ),
    ("says another date of the term `{0}`", "säger en annan dag för fristen `{0}`"),
    (
        "says `{0}` as `outcome`, which cannot be",
        "säger `{0}` som `outcome`, och det kan inte vara",
    ),
    (
        "says `{0}` as `outcome`, and that something moved",
        "säger `{0}` som `outcome`, och att något hände",
    ),
    ("says `{0}` as `outcome`, and has `{1}`", "säger `{0}` som `outcome`, och har `{1}`"),
    (
        "says `{0}` as `{1}`, and there is no such state",
        "säger `{0}` som `{1}`, och ett sådant läge finns inte",
    ),
    ("says {0} as `{1}`, the rules give {2}", "säger {0} som `{1}`, reglerna ger {2}"),
    ("nothing", "ingenting"),
    ("is not what the rules give", "är inte vad reglerna ger"),
    ("repeats the event with the id `{0}`", "upprepar händelsen med id `{0}`"),
    (
        "leads to a term whose date fails: {0}",
        "leder till en frist vars dag inte kan räknas ut: {0}",
    ),
    ("is answered with an error: {0}", "besvaras med ett fel: {0}"),
    ("is of {0}, and the last step was at {1}", "är från {0}, och det senaste steget togs {1}"),
    ("carries the fact `{0}`, which cannot be set", "har med uppgiften `{0}`, som inte kan uppges"),
    ("carries {0} facts, more than the workflow has", "har med {0} uppgifter, fler än flödet har"),
    (
        "comes too early: {0} was due before it and has no entry",
        "kommer för tidigt: {0} skulle komma före och har ingen post",
    ),
    ("is missing: the journal is empty", "saknas: journalen är tom"),
    ("is missing: the head is of entry {0}", "saknas: huvudet gäller post {0}"),
    (
        "is missing: the journal leads to another head, and so was written anew",
        "saknas: journalen leder till ett annat huvud, och är alltså omskriven",
    ),
    ("is missing: {0} was due", "saknas: {0} skulle komma"),
    ("goes beyond the head, which is of entry {0}", "går längre än huvudet, som gäller post {0}"),
    ("the term `{0}` of `{1}`, of {2},", "fristen `{0}` i `{1}`, från {2},"),
    ("the sent event `{0}`, of {1},", "den skickade händelsen `{0}`, från {1},"),
    ("the event `{0}`", "händelsen `{0}`"),
    ("the start", "början"),
    ("its end", "slutet"),
    ("a look at its children", "en kontroll av delärendena"),
    ("is cut off", "är avbruten"),
    ("is not an entry: it is no object", "är ingen post: den är inget objekt"),
    ("is not an entry: {0}", "är ingen post: {0}"),
    ("cannot be read: its `at` is not one", "kan inte läsas: dess `at` är ingen tidpunkt"),
    ("cannot be read: `{0}`: {1}", "kan inte läsas: `{0}`: {1}"),
    (
        "does not have its hash: it was altered after it was written",
        "har inte sin kontrollsumma: den har ändrats efter att den skrevs",
    ),
    (
        "is not written as entries are: it was altered after it was written",
        "är inte skriven som poster skrivs: den har ändrats efter att den skrevs",
    ),
    (
        "holds another `{0}` than was digested: it was altered after it was written",
        "har ett annat `{0}` än det som kontrollsumman gäller: den har ändrats efter att den skrevs",
    ),
    (
        "does not continue the one before: an entry is missing, is there twice or has moved",
        "fortsätter inte den före: en post saknas, finns två gånger eller har flyttats",
    ),
    (
        "does not begin a journal of form 1, the only one that is known here",
        "börjar ingen journal av form 1, den enda som är känd här",
    ),
    (
        "was made under other rules than these: the file of {0} meant something else",
        "gjordes under andra regler än de här: filen för {0} betydde något annat",
    ),
    ("belongs to the workflow `{0}`, this is `{1}`", "hör till flödet `{0}`, det här är `{1}`"),
    ("the entry {0}", "posten {0}"),
];
