//! Why a command stops, and what is wrong with its arguments.

/// Each message in English and in Swedish.
pub(super) const ALL: &[(&str, &str)] = &[
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
    // Files and folders; the path stands before it.
    ("is a folder", "är en mapp"),
    ("is no folder", "är ingen mapp"),
    ("is a folder; name a file, such as {0}", "är en mapp; ange en fil, som {0}"),
    ("is longer than {0} bytes", "är längre än {0} byte"),
    ("longer than {0} bytes", "längre än {0} byte"),
    (
        "has lines that end with carriage returns alone: save it with line feeds",
        "har rader som slutar med bara vagnretur: spara den med radmatning",
    ),
    ("is wrong: `tresteg test` says how", "är fel: `tresteg test` säger hur"),
    (
        "is no name in UTF-8, and a scenario cannot name it: rename it",
        "är inget namn i UTF-8, och ett scenario kan inte nämna den: byt namn på den",
    ),
    (
        "has {0} states, transitions, facts and other parts, more than the {1} that a page is made of",
        "har {0} lägen, övergångar, uppgifter och andra delar, fler än de {1} som en sida görs av",
    ),
    (
        "is no page of an earlier report, and is not written over; remove it or choose another folder",
        "är ingen sida från en tidigare rapport, och skrivs inte över; ta bort den eller välj en annan mapp",
    ),
    ("standard input is one journal, not several", "standard in är en journal, inte flera"),
    (
        "ocel is written from journals that are read twice, which standard input cannot be; write it to a file first",
        "ocel skrivs ur journaler som läses två gånger, och det kan standard in inte; skriv den till en fil först",
    ),
    ("{0} and {1} need `--format svg`", "{0} och {1} behöver `--format svg`"),
];
