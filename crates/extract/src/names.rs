//! What looks like a person's name, and what only stands in its place.

/// Whether `text` has the shape of a person's full name: two to five words with capitals, particles
/// between them, and none that names an organisation, a trade or a day.
pub(crate) fn is_person(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().take(7).collect();
    if text.len() > 60 || is_agency(text) || words.is_empty() {
        return false;
    }
    if is_cjk(text) {
        return words.len() <= 2 && text.chars().count() <= 8;
    }
    let capitals = words.iter().filter(|w| is_name_word(w)).count();
    (2..=5).contains(&words.len())
        && capitals >= 2
        && is_name_word(words[0])
        && words.iter().all(|w| is_name_word(w) || is_particle(w))
        && words.last().is_some_and(|w| is_name_word(w) && *w != words[0])
        && !words.iter().any(|w| is_no_name(w))
}

fn is_cjk(text: &str) -> bool {
    text.chars().all(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | ' '))
}

/// A word with a capital and letters only, but for the signs names have.
pub(crate) fn is_name_word(word: &str) -> bool {
    word.starts_with(|c: char| c.is_uppercase())
        && word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '\'' | '’' | '-' | '‑'))
}

/// A word that stands inside names in small letters.
pub(crate) fn is_particle(word: &str) -> bool {
    let particles = [
        "de", "del", "della", "di", "da", "do", "dos", "das", "du", "la", "le", "van", "von",
        "der", "den", "ter", "ten", "el", "al", "bin", "bint", "ibn", "ben", "y", "e", "zu", "af",
        "av", "dello", "degli", "san", "st.",
    ];
    particles.contains(&word)
}

/// A news agency or publication, as bylines and datelines name it.
pub(crate) fn is_agency(text: &str) -> bool {
    if crate::syndication::agency(text).is_some() {
        return true;
    }
    let name = text.trim().trim_end_matches('.').to_lowercase();
    let name = name.strip_prefix("the ").unwrap_or(&name);
    AGENCIES.contains(&name)
}

const AGENCIES: &[&str] = &[
    "aap",
    "abc",
    "abc news",
    "adnkronos",
    "afp",
    "agence france presse",
    "agence france-presse",
    "agencia efe",
    "agencies",
    "agenzie",
    "al jazeera",
    "ani",
    "anp",
    "ansa",
    "ap",
    "apa",
    "associated press",
    "ats",
    "bbc",
    "bbc news",
    "belga",
    "bloomberg",
    "bloomberg news",
    "business wire",
    "businesswire",
    "canadian press",
    "cbs",
    "cbs news",
    "cnn",
    "cnn business",
    "cnn newsource",
    "cp",
    "deutsche welle",
    "dpa",
    "dpa-afx",
    "dw",
    "efe",
    "epd",
    "europa press",
    "forbes",
    "fox news",
    "globe newswire",
    "globenewswire",
    "guardian",
    "ians",
    "interfax",
    "ips",
    "itar-tass",
    "keystone-sda",
    "kna",
    "kyodo",
    "kyodo news",
    "los angeles times",
    "lusa",
    "mcclatchy",
    "mti",
    "nbc",
    "nbc news",
    "new york times",
    "newsfile",
    "notimex",
    "npr",
    "ntb",
    "pa",
    "pa media",
    "pap",
    "politico",
    "pr newswire",
    "press association",
    "pressenza",
    "press trust of india",
    "prnewswire",
    "prweb",
    "pti",
    "reuters",
    "ria novosti",
    "ritzau",
    "rferl",
    "sda",
    "sid",
    "sputnik",
    "stt",
    "tass",
    "télam",
    "telam",
    "tribune news service",
    "tt",
    "united press international",
    "upi",
    "usa today",
    "voa",
    "voice of america",
    "wall street journal",
    "washington post",
    "wikinews",
    "xinhua",
    "yonhap",
    "accesswire",
    "agi",
    "askanews",
    "cna",
    "rnz",
    "tns",
    "zenit",
    "agência brasil",
    "agencia brasil",
];

/// A word that no person's name has in it.
fn is_no_name(word: &str) -> bool {
    let word = word.trim_end_matches(['.', ',']).to_lowercase();
    NO_NAMES.contains(&word.as_str()) || DAYS.contains(&word.as_str())
}

/// Whether `text` ends a list of names: a trade, an outlet or an organisation.
pub(crate) fn is_role_or_outlet(text: &str) -> bool {
    is_agency(text) || text.split_whitespace().any(is_no_name)
}

const DAYS: &[&str] = &[
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonntag",
    "lunes",
    "martes",
    "miércoles",
    "jueves",
    "viernes",
    "sábado",
    "domingo",
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "dimanche",
];

const NO_NAMES: &[&str] = &[
    "accountability",
    "act",
    "admin",
    "administration",
    "administrator",
    "agency",
    "agencies",
    "alliance",
    "analyst",
    "and",
    "anonymous",
    "articles",
    "association",
    "author",
    "authors",
    "blog",
    "board",
    "breaking",
    "bureau",
    "business",
    "center",
    "centre",
    "chief",
    "chronicle",
    "club",
    "columnist",
    "com",
    "comments",
    "committee",
    "commission",
    "company",
    "congress",
    "contact",
    "contributing",
    "contributor",
    "contributors",
    "corp",
    "corporation",
    "correspondent",
    "correspondents",
    "council",
    "critic",
    "daily",
    "default",
    "department",
    "desk",
    "digital",
    "director",
    "editor",
    "editor-in-chief",
    "editorial",
    "editors",
    "email",
    "entertainment",
    "federation",
    "for",
    "foundation",
    "fund",
    "gazette",
    "globe",
    "group",
    "guest",
    "health",
    "herald",
    "home",
    "inc",
    "information",
    "initiative",
    "institute",
    "international",
    "journal",
    "journalist",
    "law",
    "lifestyle",
    "live",
    "llc",
    "local",
    "ltd",
    "magazine",
    "mail",
    "manager",
    "media",
    "minister",
    "ministry",
    "national",
    "network",
    "news",
    "newsroom",
    "newsletter",
    "newswire",
    "observer",
    "of",
    "office",
    "online",
    "opinion",
    "org",
    "organisation",
    "organization",
    "party",
    "photographer",
    "photos",
    "podcast",
    "politics",
    "post",
    "press",
    "producer",
    "project",
    "publisher",
    "radio",
    "record",
    "redacción",
    "redaccion",
    "redação",
    "redactie",
    "redaktion",
    "redazione",
    "rédaction",
    "register",
    "release",
    "report",
    "reporter",
    "reporters",
    "reports",
    "review",
    "school",
    "science",
    "sentinel",
    "service",
    "services",
    "society",
    "special",
    "sports",
    "staff",
    "star-tribune",
    "studio",
    "subscribe",
    "support",
    "team",
    "technology",
    "television",
    "the",
    "this",
    "times",
    "today",
    "travel",
    "tribune",
    "tv",
    "union",
    "university",
    "unknown",
    "update",
    "updated",
    "user",
    "us",
    "video",
    "weekly",
    "wire",
    "wires",
    "with",
    "world",
    "writer",
    "writers",
    "freelance",
    "webmaster",
    "list",
    "mailing",
    "noreply",
    "bot",
    "via",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons() {
        for name in [
            "Ana Ruiz",
            "JANE ROE",
            "J. R. Doe",
            "Ludwig van der Berg",
            "María de la Cruz Peña",
            "Sinéad O’Neil",
            "Jean-Luc Roux",
            "Robert Downs Jr.",
            "April May",
            "山田太郎",
        ] {
            assert!(is_person(name), "{name}");
        }
        for text in [
            "Ana",
            "Associated Press",
            "Staff Writer",
            "the end",
            "Monday Morning",
            "March 13, 2025",
            "ana ruiz",
            "News Desk",
            "jane@example.org",
            "Politics",
            "Example Media Group",
            "",
            "Opinion Contributor",
            "Voice of America",
            "One Two Three Four Five Six",
        ] {
            assert!(!is_person(text), "{text}");
        }
    }
}
