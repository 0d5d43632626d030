//! What is wrong with JSON, dates and lengths of time that cannot be read.

/// Each message in English and in Swedish.
pub(super) const ALL: &[(&str, &str)] = &[
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
];
