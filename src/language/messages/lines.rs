//! What is wrong with a line of events, and what to write in JSON instead.

/// Each message in English and in Swedish.
pub(super) const ALL: &[(&str, &str)] = &[
    // Lines of events.
    ("must be {0}", "ska vara {0}"),
    ("a line must be {0}", "en rad ska vara {0}"),
    ("a role must be {0}", "en roll ska vara {0}"),
    ("an attachment must be {0}", "en bilaga ska vara {0}"),
    ("missing key `{0}`", "nyckeln `{0}` saknas"),
    ("unknown key `{0}`", "nyckeln `{0}` är okänd här"),
    (
        "an object with `event`, `advance` or `start`",
        "ett objekt med `event`, `advance` eller `start`",
    ),
    ("an object such as {0}", "ett objekt som {0}"),
    ("an object", "ett objekt"),
    ("an object with `{0}` and `{1}`", "ett objekt med `{0}` och `{1}`"),
    (
        "a text, or an object with `text` and `attachments`",
        "en text, eller ett objekt med `text` och `attachments`",
    ),
    ("a list of texts", "en lista av texter"),
    (
        "a time, such as 2026-01-05T09:00:00+01:00, 2026-01-05T09:00 or 2026-01-05",
        "en tidpunkt, som 2026-01-05T09:00:00+01:00, 2026-01-05T09:00 eller 2026-01-05",
    ),
    (
        "a date-time with an offset, such as 2026-01-05T09:00:00+01:00",
        "en tidpunkt med skillnad mot UTC, som 2026-01-05T09:00:00+01:00",
    ),
    (
        "a duration such as P14D, a day such as 2026-01-05 or a time",
        "en tidslängd som P14D, en dag som 2026-01-05 eller en tidpunkt",
    ),
    (
        "a duration such as P14D or a date-time with an offset",
        "en tidslängd som P14D eller en tidpunkt med skillnad mot UTC",
    ),
    // JSON: what to write instead.
    (
        "write `true`, `false` or `null` in small letters, and a number with digits",
        "skriv `true`, `false` eller `null` med små bokstäver, och ett tal med siffror",
    ),
    (
        "write `{0}`; in a script, a text may stand between backticks instead",
        "skriv `{0}`; i ett skript kan en text stå mellan grava accenter i stället",
    ),
    (
        "write `\\\"` for a quote inside a text; in a script, a text may stand between backticks instead",
        "skriv `\\\"` för ett citattecken inuti en text; i ett skript kan en text stå mellan grava accenter i stället",
    ),
    (
        "write an object: it begins with {0} and ends with {1}",
        "skriv ett objekt: det börjar med {0} och slutar med {1}",
    ),
    (
        "remove it; a file holds one value, and so does each line of a file of lines",
        "ta bort det; en fil har ett värde, och det har varje rad i en fil med rader",
    ),
    ("write the straight quote `\"`", "skriv det raka citattecknet `\"`"),
    (
        "write the remark as a text: `\"$comment\": \"…\"`",
        "skriv anmärkningen som en text: `\"$comment\": \"…\"`",
    ),
    ("replace it by a plain space", "byt det mot ett vanligt blanksteg"),
    ("remove the comma", "ta bort kommat"),
    (
        "close the text with `\"`, or write `\\n` for a new line; a script may be a list of lines",
        "avsluta texten med `\"`, eller skriv `\\n` för en ny rad; ett skript kan vara en lista av rader",
    ),
    ("write `{0}`, or spaces", "skriv `{0}`, eller blanksteg"),
    (
        "remove it, or write it as `\\u` with four digits",
        "ta bort det, eller skriv det som `\\u` med fyra siffror",
    ),
    ("write `{0}` instead of `{1}`", "skriv `{0}` i stället för `{1}`"),
    ("write a value behind the colon", "skriv ett värde efter kolonet"),
    (
        "remove the zero, or write a text between quotes",
        "ta bort nollan, eller skriv en text inom citattecken",
    ),
    ("remove the `{0}`", "ta bort `{0}`"),
    ("write a digit on both sides of the point", "skriv en siffra på båda sidor om punkten"),
    ("write `{0}` between them", "skriv `{0}` mellan dem"),
    ("write `,` between the two entries", "skriv `,` mellan de två delarna"),
    (
        "write `{0}`, or close what is open before",
        "skriv `{0}`, eller avsluta det som är öppet innan",
    ),
    (
        "write `\\\\` for a backslash; known are `\\\"`, `\\n`, `\\t` and `\\u` with four digits",
        "skriv `\\\\` för ett omvänt snedstreck; kända är `\\\"`, `\\n`, `\\t` och `\\u` med fyra siffror",
    ),
    ("write `\"` at its end", "skriv `\"` i slutet"),
    ("write `{0}` where it should end", "skriv `{0}` där den ska sluta"),
    (
        "remove one of the two, or give it another name",
        "ta bort en av dem, eller ge den ett annat namn",
    ),
    ("leave the item out", "utelämna posten"),
    ("write the character itself", "skriv själva tecknet"),
    (
        "`{0}` is half of a surrogate pair, which is no character",
        "`{0}` är en halv av ett surrogatpar, och det är inget tecken",
    ),
    (
        "numbers are exact and have at most 28 significant digits and 28 decimals",
        "tal är exakta och har högst 28 värdesiffror och 28 decimaler",
    ),
    ("the file begins with a byte order mark", "filen börjar med ett märke för byteordning"),
    (
        "save the file as UTF-8 without a byte order mark (BOM)",
        "spara filen som UTF-8 utan märke för byteordning (BOM)",
    ),
    (
        "nested deeper than the {0} levels that are allowed",
        "djupare än de {0} nivåer som är tillåtna",
    ),
    ("more than the {0} values that are allowed", "fler än de {0} värden som är tillåtna"),
    (
        "the text has {0} bytes, more than the {1} that are allowed",
        "texten har {0} byte, fler än de {1} som är tillåtna",
    ),
    (
        "the name {0} has {1} bytes, at most {2} are allowed",
        "namnet {0} har {1} byte, högst {2} är tillåtna",
    ),
];
