//! Names of authors out of what pages say of them.

use crate::html::tree::PART;

/// Words before a name, in lower case.
const BEFORE: &[&str] = &[
    "written by",
    "posted by",
    "published by",
    "reported by",
    "words by",
    "text by",
    "story by",
    "by",
    "von",
    "por",
    "par",
    "di",
    "door",
    "av",
    "af",
    "autor:",
    "autorin:",
    "auteur:",
    "author:",
    "authors:",
    "text:",
    "redaktion:",
    "écrit par",
    "publié par",
    "rédigé par",
    "escrito por",
    "publicado por",
    "geschrieben von",
    "veröffentlicht von",
    "erstellt von",
    "verfasst von",
    "zeige alle beiträge von",
    "alle beiträge von",
    "view all posts by",
    "beitrag von",
    "ein beitrag von",
    "a cura di",
    "del",
    "tekst:",
    "quelle:",
    "ein gastbeitrag von",
    "from",
    "artikel von",
    "interview:",
    "foto:",
    "author",
];

/// Words that part names.
const BETWEEN: &[&str] =
    &[" and ", " und ", " y ", " et ", " e ", " en ", " & ", " og ", " och ", " with ", " mit "];

/// Words that no person is called, in lower case; a name with one of them is none.
const NO_NAME: &[&str] = &[
    "author",
    "authors",
    "admin",
    "administrator",
    "editor",
    "editors",
    "editorial",
    "staff",
    "team",
    "redaktion",
    "redaction",
    "rédaction",
    "redacción",
    "redazione",
    "newsroom",
    "desk",
    "published",
    "updated",
    "posted",
    "share",
    "follow",
    "comments",
    "comment",
    "reporter",
    "correspondent",
    "guest",
    "contributor",
    "contributors",
    "news",
    "agency",
    "agencies",
    "webmaster",
    "http",
    "https",
    "www",
    "twitter",
    "facebook",
    "linkedin",
    "email",
    "view",
    "posts",
    "profile",
    "about",
    "read",
    "minutes",
    "minute",
    "min",
    "ago",
    "autor",
    "autorin",
    "unknown",
    "anonymous",
    "null",
    "undefined",
    "auteur",
    "folgen",
    "startseite",
    "inhalt",
    "kommentar",
    "kommentare",
    "uncategorized",
    "instagram",
    "thursday",
    "monday",
    "tuesday",
    "wednesday",
    "friday",
    "saturday",
    "sunday",
    "recherche",
    "inhalte",
    "reply",
    "suivre",
    "seguir",
    "abonnieren",
    "photo",
    "photos",
    "foto",
    "website",
    "online",
    "magazine",
    "journal",
    "inc",
    "llc",
    "ltd",
    "gmbh",
    "blog",
    "uhr",
    "bio",
    "article",
    "articles",
    "biography",
    "wire",
    "reuters",
    "associated",
    "press",
    "afp",
    "dpa",
    "more",
];

/// Words of trades, in lower case: what stands behind them, or is one, is cut off a name.
const TRADES: &[&str] = &[
    "staff writer",
    "senior",
    "reporter",
    "correspondent",
    "editor",
    "journalist",
    "writer",
    "columnist",
    "contributor",
    "redakteur",
    "redakteurin",
    "korrespondent",
    "freelance",
    "chief",
    "managing",
    "associate",
    "political",
    "bureau",
    "producer",
    "special to",
    "for the",
    "ceo",
    "founder",
    "director",
    "professor",
];

/// The names in what a page says of its authors; of `sites`, what the site is called, none is one.
///
/// Addresses, dates, trades, signs of the page and names of desks are none.
pub(super) fn names(said: &str, sites: &[String]) -> Vec<String> {
    let mut names = all_names(said, sites);
    // Behind a name there may be a whole portrait.
    if said.split(PART).filter(|part| !part.trim().is_empty()).count() > 8 {
        names.truncate(1);
    }
    names
}

fn all_names(said: &str, sites: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    if said.contains("://") || said.starts_with("www.") {
        return names;
    }
    for part in said.split([PART, ';', '|', '•', '·', '\n']) {
        let part = without_lead(part.trim());
        for name in part.split(',').flat_map(split_between) {
            if let Some(name) = name_of(&name, sites)
                && !names.iter().any(|n| n.eq_ignore_ascii_case(&name))
            {
                names.push(name);
            }
        }
    }
    names
}

/// The names in a line that says `By` or the like in front, two words or more each.
pub(super) fn of_line(line: &str) -> Vec<String> {
    let rest = without_lead(line.trim());
    if rest.len() == line.trim().len() || line.len() > 85 {
        return Vec::new();
    }
    // `By the river` is no name, and nobody's name ends a sentence.
    let mut found = names(rest.split(['.', ':']).next().unwrap_or(rest), &[]);
    found.retain(|n| {
        let words = n.split(' ');
        n.contains(' ')
            && words.clone().count() <= 4
            && words.clone().all(|w| w.starts_with(char::is_uppercase) || w.len() <= 3)
            && words.clone().next().is_some_and(|w| w.starts_with(char::is_uppercase))
    });
    found
}

/// Without `By` and the like, and what stands before it.
fn without_lead(mut part: &str) -> &str {
    for _ in 0..3 {
        let trimmed = part.trim_start_matches([' ', ':', '-', '–', '—', '@', '(']);
        let lead = BEFORE.iter().find(|lead| {
            trimmed.get(..lead.len()).is_some_and(|p| p.to_lowercase() == **lead)
                && trimmed[lead.len()..].starts_with([' ', ':', '\u{a0}'])
        });
        match lead {
            Some(lead) => part = &trimmed[lead.len()..],
            None => return trimmed.trim(),
        }
    }
    part.trim()
}

fn split_between(part: &str) -> Vec<String> {
    let mut parts = vec![part.to_owned()];
    for word in BETWEEN {
        parts = parts.iter().flat_map(|p| p.split(word).map(str::to_owned)).collect();
    }
    parts
}

/// A person's name, without what stands around it; nothing when it is no name.
fn name_of(part: &str, sites: &[String]) -> Option<String> {
    let mut part = without_lead(part.trim());
    if let Some(at) = part.find(['(', '[', '<', '–', '—']) {
        part = part[..at].trim_end();
    }
    if let Some(at) = part.find(" - ").or_else(|| part.find(" @")) {
        part = part[..at].trim_end();
    }
    let part =
        part.trim_matches(|c: char| !c.is_alphanumeric() && c != '.' && c != '\'' && c != '’');
    let part = part.trim_end_matches(':');
    let part =
        BETWEEN.iter().fold(part, |part, word| part.strip_suffix(word.trim_end()).unwrap_or(part));
    let part = BETWEEN
        .iter()
        .fold(part, |part, word| part.strip_prefix(word.trim_start()).unwrap_or(part));
    let words: Vec<&str> = part.split_whitespace().collect();
    let lower = part.to_lowercase();
    let plain = |word: &&str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let fits = (1..=5).contains(&words.len())
        && (3..=60).contains(&part.chars().count())
        && !part.contains(['@', '_', '=', '{', '%', '?', '!', '"', '#'])
        && !part.chars().any(|c| c.is_ascii_digit())
        && !lower.contains(".com")
        && !words.iter().map(plain).any(|w| NO_NAME.contains(&w.as_str()))
        && !TRADES.iter().any(|t| lower.starts_with(t) || lower.ends_with(t))
        && !BEFORE.contains(&lower.as_str())
        && !sites.iter().any(|site| is_site(&lower, site))
        && !(part.ends_with('.') && words.len() > 3);
    fits.then(|| words.join(" "))
}

/// Whether a name is the site's with more behind it: `Example News`.
fn is_desk(lower: &str, site: &str) -> bool {
    let bare = |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).collect() };
    lower.split_once(' ').is_some_and(|(first, _)| !first.is_empty() && bare(first) == bare(site))
}

/// The names among `names` that are no desk of a site.
pub(super) fn without_desks(mut names: Vec<String>, sites: &[String]) -> Vec<String> {
    names.retain(|name| {
        !sites.iter().any(|site| is_desk(&name.to_lowercase(), &site.to_lowercase()))
    });
    names
}

/// Whether a name is what the site is called: its name, the name with more behind it, its host's
/// name in one word, or the first letters of either.
fn is_site(lower: &str, site: &str) -> bool {
    let bare = |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).collect() };
    let initials: String = lower.split_whitespace().filter_map(|w| w.chars().next()).collect();
    let (name, site) = (bare(lower), bare(&site.to_lowercase()));
    !site.is_empty()
        && (name == site
            || (site.len() > 4 && name.starts_with(&site))
            || (initials.len() > 1 && initials == site)
            || is_desk(lower, &site))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_what_stands_around_them() {
        let cases: &[(&str, &[&str])] = &[
            ("By Ana Ruiz and Jo Doe", &["Ana Ruiz", "Jo Doe"]),
            ("Ana Ruiz, Jo Doe & Kim Lee", &["Ana Ruiz", "Jo Doe", "Kim Lee"]),
            ("Von Ana Ruiz (Lima)", &["Ana Ruiz"]),
            ("Ana Ruiz | Staff Writer", &["Ana Ruiz"]),
            ("Ana Ruiz, Senior Reporter", &["Ana Ruiz"]),
            ("https://example.org/ana", &[]),
            ("13 March 2025", &[]),
            ("Von", &[]),
            ("EH", &[]),
            ("Example Herald", &[]),
            ("By \u{1f} Ana Ruiz and \u{1f} Jo Doe", &["Ana Ruiz", "Jo Doe"]),
            ("Herald Sports", &["Herald Sports"]),
            ("Newsroom", &[]),
            ("admin", &[]),
            ("", &[]),
        ];
        for (said, expected) in cases {
            assert_eq!(names(said, &["Example Herald".to_owned()]), *expected, "{said}");
        }
    }
}
