//! Tags of languages, and what is written instead of them.

/// ISO 639-1: the languages that have two letters. Others have three, of which there are thousands.
const TWO_LETTERS: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy \
    da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii \
    ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr \
    ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk \
    sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za \
    zh zu";

/// What is written for a language that has another tag: codes of countries, tags of old, codes of three letters where there
/// are two, names.
const SLIPS: &[(&str, &str)] = &[
    ("alb", "sq"),
    ("ara", "ar"),
    ("arabic", "ar"),
    ("at", "de"),
    ("baq", "eu"),
    ("bos", "bs"),
    ("bul", "bg"),
    ("cat", "ca"),
    ("ces", "cs"),
    ("chi", "zh"),
    ("cn", "zh"),
    ("cym", "cy"),
    ("cz", "cs"),
    ("cze", "cs"),
    ("dan", "da"),
    ("danish", "da"),
    ("dansk", "da"),
    ("danska", "da"),
    ("deu", "de"),
    ("deutsch", "de"),
    ("dk", "da"),
    ("dut", "nl"),
    ("ell", "el"),
    ("eng", "en"),
    ("engelska", "en"),
    ("english", "en"),
    ("est", "et"),
    ("eus", "eu"),
    ("fas", "fa"),
    ("fin", "fi"),
    ("finnish", "fi"),
    ("finska", "fi"),
    ("fra", "fr"),
    ("franska", "fr"),
    ("fre", "fr"),
    ("french", "fr"),
    ("gb", "en"),
    ("ger", "de"),
    ("german", "de"),
    ("gle", "ga"),
    ("gr", "el"),
    ("gre", "el"),
    ("heb", "he"),
    ("hin", "hi"),
    ("hrv", "hr"),
    ("hun", "hu"),
    ("ice", "is"),
    ("il", "he"),
    ("in", "id"),
    ("isl", "is"),
    ("ita", "it"),
    ("iw", "he"),
    ("ji", "yi"),
    ("jp", "ja"),
    ("jpn", "ja"),
    ("jw", "jv"),
    ("kor", "ko"),
    ("kur", "ku"),
    ("lav", "lv"),
    ("lit", "lt"),
    ("mac", "mk"),
    ("mkd", "mk"),
    ("mo", "ro"),
    ("nld", "nl"),
    ("nno", "nn"),
    ("nob", "nb"),
    ("nor", "no"),
    ("norsk", "no"),
    ("norska", "no"),
    ("norwegian", "no"),
    ("per", "fa"),
    ("pol", "pl"),
    ("por", "pt"),
    ("ron", "ro"),
    ("rum", "ro"),
    ("rus", "ru"),
    ("sami", "se"),
    ("samiska", "se"),
    ("slk", "sk"),
    ("slo", "sk"),
    ("sme", "se"),
    ("som", "so"),
    ("somaliska", "so"),
    ("sp", "es"),
    ("spa", "es"),
    ("spanish", "es"),
    ("spanska", "es"),
    ("sqi", "sq"),
    ("srp", "sr"),
    ("suomi", "fi"),
    ("svenska", "sv"),
    ("swe", "sv"),
    ("swedish", "sv"),
    ("tha", "th"),
    ("tir", "ti"),
    ("tur", "tr"),
    ("tyska", "de"),
    ("ua", "uk"),
    ("ukr", "uk"),
    ("us", "en"),
    ("vie", "vi"),
    ("vn", "vi"),
    ("wel", "cy"),
    ("yid", "yi"),
    ("zho", "zh"),
];

/// What is wrong with a tag among those of one label, and what was meant, as far as that can be said.
pub(super) fn slip(tag: &str, all: &[&str]) -> Option<(String, Option<String>)> {
    if matches!(tag, "sv" | "en") {
        return None;
    }
    let (primary, rest) = match tag.find('-') {
        Some(at) => tag.split_at(at),
        None => (tag, ""),
    };
    let lower = primary.to_ascii_lowercase();
    let meant = SLIPS.iter().find(|(written, _)| *written == lower).map(|(_, meant)| *meant);
    let two_letters = TWO_LETTERS.split_whitespace().any(|known| known == lower);
    let wrong = |message: String, meant: Option<&str>| {
        Some((message, meant.map(|meant| format!("{meant}{rest}"))))
    };
    if let Some(meant) = meant {
        return wrong(format!("`{primary}` is not the tag of a language"), Some(meant));
    }
    // The code of Sweden is the tag of Northern Sami, which is spoken there, too.
    let swedish = |other: &&str| other.split('-').next() == Some("sv");
    if lower == "se" && !all.iter().any(swedish) {
        let message = format!("`{tag}` is Northern Sami, and nothing here is in Swedish");
        return wrong(message, Some("sv"));
    }
    match lower.len() {
        2 if !two_letters => wrong(format!("no language has the tag `{primary}`"), None),
        2 | 3 if primary != lower => {
            wrong(format!("tags of languages are small letters: `{primary}`"), Some(&lower))
        }
        2 | 3 => None,
        _ => wrong(format!("no language has the tag `{primary}`"), None),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_slips() {
        for tag in ["sv", "en", "fi", "uk", "ti", "smj", "rmu", "fit", "sv-FI", "zh-Hant", "en-GB"]
        {
            assert_eq!(slip(tag, &[tag]), None, "{tag}");
        }
        assert_eq!(slip("se", &["sv", "se"]), None);
        for (tag, wanted) in [
            ("se", Some("sv")),
            ("eng", Some("en")),
            ("swe", Some("sv")),
            ("SV", Some("sv")),
            ("dk", Some("da")),
            ("Svenska", Some("sv")),
            ("gb-GB", Some("en-GB")),
            ("xx", None),
            ("klingon", None),
            ("x", None),
        ] {
            assert_eq!(slip(tag, &[tag]).unwrap().1.as_deref(), wanted, "{tag}");
        }
        assert!(SLIPS.is_sorted());
        for (written, meant) in SLIPS {
            assert_eq!(slip(meant, &[meant, "sv"]), None, "{written}");
            assert!(TWO_LETTERS.split_whitespace().all(|known| known != *written), "{written}");
        }
    }
}
