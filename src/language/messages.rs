//! What is said in English where it arises, in other languages: faults of scripts, what is wrong with a journal or with a
//! stored case.
//!
//! Such a message arises deep in the engine, as one text, and is written down there as it is. Each stands here beside what
//! it is in Swedish; `{0}`, `{1}`, … are what it is about. A message that stands nowhere is told as it is.

use std::borrow::Cow;

use super::{Language, amounts};
use crate::value::DateTime;

/// Bytes of a message that is looked up: longer ones hold values of strangers.
const LONGEST: usize = 4_000;
/// How many messages may stand in one another.
const DEEPEST: usize = 6;

/// Every message in English and in Swedish.
const MESSAGES: &[(&str, &str)] = &[
    // What is wrong with an entry of a journal; `entry 3` or `post 3` stands before it.
    (
        "{0}; it was made with the time zones of {1}, these are {2}",
        "{0}; den gjordes med tidszonerna från {1}, de här är {2}",
    ),
    ("begins the case a second time", "börjar ärendet en andra gång"),
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
    // JSON that cannot be read.
    (
        "EOF while parsing {0} at line {1} column {2}",
        "texten tar slut för tidigt på rad {1}, kolumn {2}",
    ),
    ("expected value at line {0} column {1}", "ett värde väntades på rad {0}, kolumn {1}"),
    ("expected {0} at line {1} column {2}", "{0} väntades på rad {1}, kolumn {2}"),
    (
        "trailing characters at line {0} column {1}",
        "något står kvar efter slutet på rad {0}, kolumn {1}",
    ),
    ("missing field `{0}` at line {1} column {2}", "`{0}` saknas på rad {1}, kolumn {2}"),
    (
        "unknown field `{0}`, expected {1} at line {2} column {3}",
        "`{0}` är okänt på rad {2}, kolumn {3}",
    ),
    (
        "duplicate field `{0}` at line {1} column {2}",
        "`{0}` finns två gånger på rad {1}, kolumn {2}",
    ),
    (
        "invalid type: {0}, expected {1} at line {2} column {3}",
        "fel slags värde på rad {2}, kolumn {3}",
    ),
    ("{0} where {1} is expected", "{0} där {1} väntas"),
    ("the end", "slutet"),
    ("JSON", "JSON"),
    ("a value", "ett värde"),
    ("a key between double quotes", "en nyckel inom dubbla citattecken"),
    ("the file is empty", "filen är tom"),
    ("something stands behind the end of the JSON", "något står efter slutet på JSON-texten"),
    ("texts stand between double quotes", "texter skrivs inom dubbla citattecken"),
    ("keys stand between double quotes", "nycklar skrivs inom dubbla citattecken"),
    ("a typographic quote instead of `\"`", "ett typografiskt citattecken i stället för `\"`"),
    ("JSON has no comments", "JSON har inga kommentarer"),
    ("an unusual blank character between the values", "ett ovanligt blanktecken mellan värdena"),
    ("a comma in front of a closing bracket", "ett komma före en avslutande parentes"),
    ("a comma without a value in front of it", "ett komma utan värde före"),
    ("a comma is missing behind this", "ett komma saknas efter det här"),
    (
        "a colon is missing between a key and its value",
        "ett kolon saknas mellan en nyckel och dess värde",
    ),
    ("a key and its value are parted by a colon", "en nyckel och dess värde skiljs av ett kolon"),
    ("entries are parted by commas", "delarna skiljs av kommatecken"),
    ("a key without a value", "en nyckel utan värde"),
    ("a text goes on over the end of its line", "en text fortsätter efter radens slut"),
    ("a tab inside a text", "en tabb inuti en text"),
    ("a control character inside a text", "ett styrtecken inuti en text"),
    ("a number with a leading zero", "ett tal med en nolla först"),
    ("a number with a plus sign", "ett tal med plustecken"),
    ("a number begins or ends with a point", "ett tal börjar eller slutar med en punkt"),
    ("a closing bracket of the wrong kind", "en avslutande parentes av fel slag"),
    ("an escape that JSON does not know", "ett omskrivet tecken som JSON inte känner"),
    ("this text is never closed", "texten avslutas aldrig"),
    ("the file ends too early", "texten tar slut för tidigt"),
    ("a `\"` inside a text ends the text", "ett `\"` inuti en text avslutar texten"),
    ("`{0}` is not JSON", "`{0}` är inte JSON"),
    ("this is {0}, not JSON", "det här är {0}, inte JSON"),
    ("the key `{0}` stands twice in this object", "nyckeln `{0}` står två gånger i samma objekt"),
    ("`null` in a list", "`null` i en lista"),
    (
        "the number `{0}` has more than 28 digits or decimals",
        "talet `{0}` har mer än 28 siffror eller decimaler",
    ),
    // Dates and times that are written otherwise.
    ("write `{0}`", "skriv `{0}`"),
    ("there is no such day", "det finns ingen sådan dag"),
    ("leave out the time of day: `{0}`", "utelämna klockslaget: `{0}`"),
    ("add the time of day, such as `{0}`", "lägg till klockslaget, som `{0}`"),
    ("add the time of day and the offset from UTC", "lägg till klockslaget och skillnaden mot UTC"),
    (
        "add the offset from UTC, such as `{0}`, or `Z` for UTC",
        "lägg till skillnaden mot UTC, som `{0}`, eller `Z` för UTC",
    ),
    ("leap seconds are not counted: write `{0}`", "skottsekunder räknas inte: skriv `{0}`"),
    // Lengths of time that cannot be read, behind the text.
    ("has no length: write one such as `{0}`", "har ingen längd: skriv en som `{0}`"),
    ("has nothing behind the `T`", "har inget efter `T`"),
    (
        "mixes calendar days and hours, which are not a fixed number of each other: write one of them, such as `{0}` or `{1}`",
        "blandar kalenderdagar och timmar, som inte är ett fast antal av varandra: skriv det ena, som `{0}` eller `{1}`",
    ),
    (
        "has a fraction of `{0}`: only seconds can have one",
        "har decimaler av `{0}`: bara sekunder kan ha det",
    ),
    ("has no number at `{0}`", "har inget tal vid `{0}`"),
    ("lacks a unit behind `{0}`", "saknar enhet efter `{0}`"),
    ("has a decimal comma: write a point", "har ett decimalkomma: skriv en punkt"),
    ("has no digits behind the point", "har inga siffror efter punkten"),
    (
        "has `{0}` twice or in the wrong place: the order is `{1}`",
        "har `{0}` två gånger eller på fel plats: ordningen är `{1}`",
    ),
    (
        "lacks a `T` in front of hours, minutes and seconds: write `{0}`",
        "saknar ett `T` före timmar, minuter och sekunder: skriv `{0}`",
    ),
    (
        "has `{0}` behind the `T`, where only hours, minutes and seconds stand",
        "har `{0}` efter `T`, där bara timmar, minuter och sekunder står",
    ),
    ("does not begin with `P`: write `{0}`", "börjar inte med `P`: skriv `{0}`"),
    (
        "does not begin with `P`: durations are written like `{0}`, `{1}`, `{2}`",
        "börjar inte med `P`: tidslängder skrivs som `{0}`, `{1}`, `{2}`",
    ),
    (
        "begins with a small `p`: durations are written in upper case",
        "börjar med ett litet `p`: tidslängder skrivs med stora bokstäver",
    ),
    ("may have no `+`, only a `-`", "får inte ha `+`, bara `-`"),
    ("is too long", "är för lång"),
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
    // Arguments of a command.
    ("error: {0}", "fel: {0}"),
    ("invalid value '{0}' for '{1}': {2}", "ogiltigt värde '{0}' för '{1}': {2}"),
    ("invalid value '{0}' for '{1}'", "ogiltigt värde '{0}' för '{1}'"),
    ("unexpected argument '{0}' found", "okänt argument '{0}'"),
    ("unrecognized subcommand '{0}'", "okänt kommando '{0}'"),
    ("the following required arguments were not provided:", "de här argumenten saknas:"),
    (
        "the argument '{0}' cannot be used with '{1}'",
        "argumentet '{0}' kan inte användas tillsammans med '{1}'",
    ),
    (
        "the argument '{0}' cannot be used with:",
        "argumentet '{0}' kan inte användas tillsammans med:",
    ),
    ("the argument '{0}' cannot be used multiple times", "argumentet '{0}' kan bara anges en gång"),
    (
        "a value is required for '{0}' but none was supplied",
        "'{0}' behöver ett värde, och inget angavs",
    ),
    (
        "equal sign is needed when assigning values to '{0}'",
        "'{0}' behöver ett likhetstecken före värdet",
    ),
    (
        "unexpected value '{0}' for '{1}' found; no more were expected",
        "värdet '{0}' för '{1}' är ett för mycket",
    ),
    ("'{0}' requires a subcommand but one was not provided", "'{0}' behöver ett kommando"),
    ("invalid digit found in string", "ska vara ett heltal"),
    ("cannot parse integer from empty string", "ska vara ett heltal"),
    ("number would be zero for non-zero type", "får inte vara noll"),
    ("{0} is not in {1}", "{0} ligger inte i {1}"),
    ("[possible values: {0}]", "[möjliga värden: {0}]"),
    ("[subcommands: {0}]", "[kommandon: {0}]"),
    ("tip: a similar argument exists: '{0}'", "tips: det finns ett liknande argument: '{0}'"),
    ("tip: some similar arguments exist: {0}", "tips: det finns liknande argument: {0}"),
    ("tip: a similar value exists: '{0}'", "tips: det finns ett liknande värde: '{0}'"),
    ("tip: some similar values exist: {0}", "tips: det finns liknande värden: {0}"),
    ("tip: a similar subcommand exists: '{0}'", "tips: det finns ett liknande kommando: '{0}'"),
    ("tip: some similar subcommands exist: {0}", "tips: det finns liknande kommandon: {0}"),
    ("tip: to pass '{0}' as a value, use '{1}'", "tips: skriv '{1}' för att ge '{0}' som värde"),
    ("Usage: {0}", "Användning: {0}"),
    ("For more information, try '{0}'.", "Mer står i '{0}'."),
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

/// A message of the engine in a language: what is wrong with a script's run, an entry, a stored case. Places of files,
/// names and values stay as they are; a message that is not known is told as it is. Cost: linear in the table, and in the
/// message where it is short.
pub(crate) fn translated(message: &str, language: Language) -> Cow<'_, str> {
    match language {
        Language::English => Cow::Borrowed(message),
        Language::Swedish => swedish(message, DEEPEST),
    }
}

fn swedish(message: &str, deep: usize) -> Cow<'_, str> {
    if deep == 0 || message.len() > LONGEST {
        return Cow::Borrowed(message);
    }
    if let Some(told) = phrased(message, deep) {
        return told.into();
    }
    // A code behind it is for programs.
    if let Some((plain, code)) = message.strip_suffix(']').and_then(|rest| rest.rsplit_once(" ["))
        && code.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-')
    {
        return swedish(plain, deep);
    }
    // Several after one another, and one about something that is named before it.
    if message.contains("; ") {
        let told: Vec<Cow<'_, str>> =
            message.split("; ").map(|one| swedish(one, deep - 1)).collect();
        return told.join("; ").into();
    }
    let named = message.strip_prefix('`').and_then(|rest| rest.split_once('`'));
    if let Some((name, rest)) = named
        && let Some((between, rest)) =
            [": ", " "].into_iter().find_map(|between| Some((between, rest.strip_prefix(between)?)))
    {
        return format!("`{name}`{between}{}", swedish(rest, deep - 1)).into();
    }
    // Behind the place in a file that it is said of.
    if let Some((place, rest)) = message.split_once(": ")
        && let Some((file, column)) = place.rsplit_once(':')
        && let Some((_, line)) = file.rsplit_once(':')
        && [line, column].iter().all(|number| number.parse::<u32>().is_ok())
    {
        return format!("{place}: {}", swedish(rest, deep - 1)).into();
    }
    match message.parse::<DateTime>() {
        Ok(at) => amounts::date_time(at, Language::Swedish).into(),
        Err(_) => Cow::Borrowed(message),
    }
}

/// By the pattern that fits and says the most by itself; of several the first.
fn phrased(message: &str, deep: usize) -> Option<String> {
    let (_, swedish, parts) = best(message)?;
    Some(filled(swedish, &parts, deep))
}

/// A pattern in English and in Swedish, with what stands in its places.
type Found<'m> = (&'static str, &'static str, Vec<Part<'m>>);

fn best(message: &str) -> Option<Found<'_>> {
    let own = MESSAGES.iter().copied();
    let shared = super::problems::ALL.iter().map(|phrase| (phrase.english, phrase.swedish));
    let mut best: Option<(usize, Found<'_>)> = None;
    for (english, swedish) in own.chain(shared) {
        let own = english.chars().filter(|letter| letter.is_alphabetic()).count();
        if own < 2 || best.as_ref().is_some_and(|(most, _)| own <= *most) {
            continue;
        }
        let mut parts = Vec::new();
        if matches(english, message, '\0', &mut parts) {
            best = Some((own, (english, swedish, parts)));
        }
    }
    best.map(|(_, found)| found)
}

/// What stands in a place of a pattern: its number, the text, and whether it is quoted there, as names and values are.
type Part<'m> = (usize, &'m str, bool);

/// Whether a text is of a pattern; what stands in its places.
fn matches<'m>(pattern: &str, text: &'m str, before: char, parts: &mut Vec<Part<'m>>) -> bool {
    let Some((start, rest)) = pattern.split_once('{') else { return text == pattern };
    let Some((number, rest)) = rest.split_once('}') else { return false };
    let Some(text) = text.strip_prefix(start) else { return false };
    let number = number.parse().unwrap_or(usize::MAX);
    let quoted = ['`', '\''].contains(&start.chars().next_back().unwrap_or(before));
    if rest.is_empty() {
        parts.push((number, text, quoted));
        return true;
    }
    let next = rest.split('{').next().unwrap_or(rest);
    text.match_indices(next).any(|(at, _)| {
        let (part, rest_of_text) = text.split_at(at);
        let known = parts.len();
        parts.push((number, part, quoted));
        let fits = matches(rest, rest_of_text, '\0', parts);
        if !fits {
            parts.truncate(known);
        }
        fits
    })
}

fn filled(phrase: &str, parts: &[Part], deep: usize) -> String {
    let mut said = String::with_capacity(phrase.len());
    let mut rest = phrase;
    while let Some((before, place)) = rest.split_once('{') {
        said.push_str(before);
        let Some((number, after)) = place.split_once('}') else { break };
        let wanted: usize = number.parse().unwrap_or(usize::MAX);
        match parts.iter().find(|(number, ..)| *number == wanted) {
            Some((_, part, true)) => said.push_str(part),
            Some((_, part, false)) => said.push_str(&swedish(part, deep - 1)),
            None => {}
        }
        rest = after;
    }
    said.push_str(rest);
    said
}

#[cfg(test)]
mod tests;
