//! Names of authors out of what pages say of them.

use super::words::{
    BESIDE, BETWEEN, DEGREES, NO_AUTHOR, NO_NAME, PARTICLES, SMALL, TRADES, WRITTEN,
};
use crate::html::features::bare;
use crate::html::tree::PART;

/// Most names that are taken of one page.
pub(super) const NAMES_MAX: usize = 40;
/// Longest text that names authors, in bytes.
const SAID_BYTES_MAX: usize = 2 << 10;

/// The names in an element that is named after the author. Portraits, trades and links stand there
/// too: what follows something that is no name is none, and a name is written with capitals.
pub(super) fn of_element(said: &str, sites: &[String]) -> Vec<String> {
    let names = names(said, sites);
    // Handles are written small, where nothing else stands there.
    let are_handles = names.iter().all(|name| !name.contains(' '));
    let is_name = |name: &String| {
        let words = || name.split(' ');
        let plain = |w: &str| w.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let is_degree = !name.contains(' ') && name.len() <= 4 && *name == name.to_uppercase();
        !is_degree
            && words()
                .all(|w| are_handles || !w.starts_with(char::is_lowercase) || SMALL.contains(&w))
            && !words().any(|w| NO_AUTHOR.contains(&plain(w).as_str()))
            && !words().next_back().is_some_and(|w| SMALL.contains(&w))
            && !name.ends_with("...")
    };
    names.into_iter().take_while(is_name).collect()
}

/// The names in what a page says of its authors; of `sites`, what the site is called, none is one.
///
/// Addresses, dates, trades, signs of the page and names of desks are none.
pub(super) fn names(said: &str, sites: &[String]) -> Vec<String> {
    let mut names = all_names(said, sites, &[WRITTEN, PARTICLES, BESIDE]);
    // Behind a name there may be a whole portrait.
    if said.split(PART).filter(|part| !part.trim().is_empty()).count() > 8 {
        names.truncate(1);
    }
    names
}

/// The names in `said`, which `leads` may stand in front of.
fn all_names(said: &str, sites: &[String], leads: &[&[&str]]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    if said.contains("://") || said.starts_with("www.") || said.len() > SAID_BYTES_MAX {
        return names;
    }
    for part in said.split([PART, ';', '|', '•', '·', '\n']) {
        let part = without_lead(part.trim(), leads);
        // Whether what comes stands behind a name.
        let mut follows = false;
        for said in part.split(',').flat_map(split_between) {
            if said.trim().is_empty() {
                follows = true;
            } else if let Some(last) = names.last_mut().filter(|last| follows && last.contains(' '))
                && is_degree(&said)
            {
                last.push_str(", ");
                last.push_str(said.trim());
            } else if let Some(name) = name_of(&said, sites) {
                follows = true;
                if !names.iter().any(|n| n.eq_ignore_ascii_case(&name)) {
                    names.push(name);
                }
            } else {
                follows = false;
            }
            if names.len() == NAMES_MAX {
                return names;
            }
        }
    }
    names
}

/// The name of one whom the page calls a person, whatever words it is made of. Several names in one
/// are told apart where each has two words or more; a trade, a desk or a site behind a name goes.
pub(super) fn of_person(said: &str, sites: &[String]) -> Vec<String> {
    let whole = without_lead(said, &[&["by"]]);
    let is_none = |part: &str| {
        let lower = part.to_lowercase();
        lower.split(' ').any(|word| NO_NAME.contains(&word)) || is_trade(&lower)
    };
    let is_whole = |name: &str| name.contains(' ') && !is_trade(&name.to_lowercase());
    let all = whole.split([',', ';', '|']).flat_map(|part| part.split(" - ")).map(str::trim);
    let all: Vec<&str> = all.collect();
    let people = all.iter().enumerate().take_while(|(at, part)| *at == 0 || !is_none(part));
    let mut people: Vec<&str> =
        people.map(|(_, part)| *part).filter(|part| !part.is_empty()).collect();
    if people.len() > 1 {
        people.retain(|part| !sites.iter().any(|site| bare(site) == bare(part)));
    }
    let several: Vec<String> = people.iter().flat_map(|part| split_between(part)).collect();
    let names = if several.len() <= NAMES_MAX && several.iter().all(|n| is_whole(n.trim())) {
        several
    } else if people.len() < all.len() && all.len() > 1 {
        people.iter().map(|part| (*part).to_owned()).collect()
    } else {
        vec![whole.to_owned()]
    };
    let is_name = |name: &&str| {
        (2..=80).contains(&name.chars().count())
            && !name.contains(['@', '_', '=', '{', '%', '?', '"', '#'])
            && !name.contains("://")
            && !is_handle(name)
            && name.chars().any(char::is_alphabetic)
            && !name.chars().any(|c| c.is_ascii_digit())
            && !NO_NAME.contains(&name.to_lowercase().as_str())
    };
    names.iter().map(|n| n.trim()).filter(is_name).map(str::to_owned).collect()
}

/// Whether a name is one for machines: `page.author`, `ana.ruiz`.
fn is_handle(name: &str) -> bool {
    let is_small = |part: &str| part.len() > 1 && part.chars().all(|c| c.is_ascii_lowercase());
    name.split_once('.').is_some_and(|(front, _)| is_small(front))
        && name.rsplit_once('.').is_some_and(|(_, back)| is_small(back))
}

/// The name of an organisation: it may hold words that part those of people.
pub(super) fn of_organisation(said: &str, sites: &[String]) -> Option<String> {
    name_of(said, sites)
}

/// The names in lists of `Surname, Given`, parted by semicolons; nothing where one reads otherwise.
/// `one_each` says that a text holds one name, so that two words on either side are no two names.
pub(super) fn of_catalogue(said: &str, one_each: bool) -> Option<Vec<String>> {
    let turned = |name: &str| {
        let (surname, given) = name.split_once(',')?;
        let (surname, given) = (surname.trim(), given.trim());
        let is_one = one_each || !surname.contains(' ') || !given.contains(' ');
        let fits = is_one && !surname.is_empty() && !given.is_empty() && !given.contains(',');
        (fits && !is_trade(&given.to_lowercase())).then(|| format!("{given} {surname}"))
    };
    if said.len() > SAID_BYTES_MAX {
        return None;
    }
    said.split(';').filter(|name| !name.trim().is_empty()).map(turned).collect()
}

/// The names in a line that says `By` or the like in front, two words or more each.
pub(super) fn of_line(line: &str) -> Vec<String> {
    let rest = without_lead(line.trim(), &[WRITTEN, PARTICLES]);
    if rest.len() == line.trim().len() || line.len() > 85 {
        return Vec::new();
    }
    // `By the river` is no name, and nobody's name ends a sentence.
    let mut found = all_names(rest.split(['.', ':']).next().unwrap_or(rest), &[], &[]);
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
fn without_lead<'a>(mut part: &'a str, leads: &[&[&str]]) -> &'a str {
    for round in 0..3 {
        let trimmed = part.trim_start_matches([' ', ':', '-', '–', '—', '@', '(']);
        let leads = leads.iter().copied().filter(|leads| round == 0 || *leads != PARTICLES);
        let mut behind = leads.flatten().filter_map(|lead| without_prefix(trimmed, lead));
        match behind.find(|rest| rest.starts_with([' ', ':', '\u{a0}'])) {
            Some(rest) => part = rest,
            None => return trimmed.trim(),
        }
    }
    part.trim()
}

/// What stands behind a `prefix` in lower case, be it written in capitals or not.
fn without_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let mut chars = text.chars();
    let fits = prefix.chars().all(|p| chars.next().is_some_and(|c| c.to_lowercase().eq([p])));
    fits.then_some(chars).map(|rest| rest.as_str())
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
    let mut part = without_lead(part.trim(), &[WRITTEN, BESIDE]);
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
        && !is_trade(&lower)
        && ![WRITTEN, PARTICLES, BESIDE].iter().any(|leads| leads.contains(&lower.as_str()))
        && !sites.iter().any(|site| is_site(&lower, site))
        && !part.contains(':')
        && !is_degree(part)
        // A place that a template left open: `page.author`.
        && !lower.split('.').any(|w| NO_NAME.contains(&w))
        && !(words.len() == 1 && part.len() <= 3 && lower == part)
        // A sentence ends so; `Ana Ruiz Paz C.` does not.
        && !(part.ends_with('.')
            && words.len() > 3
            && words.last().is_some_and(|word| word.chars().count() > 2));
    fits.then(|| words.join(" "))
}

/// Whether a word is what people write behind their names: `PhD`, `M.D.`, `Jr.`
fn is_degree(word: &str) -> bool {
    let letters = word.chars().filter(|c| !matches!(c, '.' | '®' | '™' | ' '));
    letters.clone().count() <= 6 && DEGREES.contains(&letters.collect::<String>().as_str())
}

/// Whether words in lower case are a trade, or a name and a trade.
fn is_trade(lower: &str) -> bool {
    let borders = |c: Option<char>| c.is_none_or(|c| !c.is_alphabetic());
    TRADES.iter().any(|trade| {
        lower.strip_prefix(trade).is_some_and(|rest| borders(rest.chars().next()))
            || lower.strip_suffix(trade).is_some_and(|rest| borders(rest.chars().next_back()))
    })
}

/// Whether a name is the site's with more behind it: `Example News`.
fn is_desk(lower: &str, site: &str) -> bool {
    lower.split_once(' ').is_some_and(|(first, _)| !first.is_empty() && bare(first) == bare(site))
}

/// The names among `names` that are no desk of a site.
pub(super) fn without_desks(mut names: Vec<String>, sites: &[String]) -> Vec<String> {
    names.retain(|name| !sites.iter().any(|site| is_desk(&name.to_lowercase(), site)));
    names
}

/// Whether a name is what the site is called: its name, the name with more behind it, its host's
/// name in one word, or the first letters of either.
fn is_site(lower: &str, site: &str) -> bool {
    let initials: String = lower.split_whitespace().filter_map(|w| w.chars().next()).collect();
    let (name, site) = (bare(lower), bare(site));
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
            ("Ana Ruiz, PhD, RDN and Jo Doe, M.D.", &["Ana Ruiz, PhD, RDN", "Jo Doe, M.D."]),
            ("Ana Ruiz, AP", &["Ana Ruiz"]),
            ("Ana Ruiz Paz C.", &["Ana Ruiz Paz C."]),
            ("page.extra.author", &[]),
            ("design: Ana Ruiz", &[]),
            ("Ana Ruiz \u{1f} , MD \u{1f} Jo Doe \u{1f} RN, BSN", &["Ana Ruiz, MD", "Jo Doe"]),
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

    #[test]
    fn elements_hold_more_than_names() {
        let cases: &[(&str, &[&str])] = &[
            ("Ana Ruiz, Jan Doe", &["Ana Ruiz", "Jan Doe"]),
            ("Ana Ruiz, Gardener and Astrologer", &["Ana Ruiz"]),
            ("Ana Ruiz and the team behind the river", &["Ana Ruiz"]),
            ("Ana Ruiz, BSN", &["Ana Ruiz, BSN"]),
            ("Reviewed by Ana Ruiz", &[]),
            ("Recipe by Ana van der Ruiz", &["Ana van der Ruiz"]),
            ("exh/aru", &["exh/aru"]),
            ("Here we speak of rivers, dams and rain.", &[]),
        ];
        for (said, expected) in cases {
            assert_eq!(of_element(said, &[]), *expected, "{said}");
        }
    }

    #[test]
    fn persons_keep_their_names() {
        let cases: &[(&str, &[&str])] = &[
            ("Del Quentin Wilber", &["Del Quentin Wilber"]),
            ("Von Miller", &["Von Miller"]),
            ("Di Wu", &["Di Wu"]),
            ("Min Jin Lee", &["Min Jin Lee"]),
            ("Antonio Maceo", &["Antonio Maceo"]),
            ("Eyal Press", &["Eyal Press"]),
            ("José Ortega y Gasset", &["José Ortega y Gasset"]),
            ("Sammy Davis, Jr.", &["Sammy Davis, Jr."]),
            ("By Ana Ruiz", &["Ana Ruiz"]),
            ("Ana Ruiz and Jo Doe", &["Ana Ruiz", "Jo Doe"]),
            ("Ana Ruiz, Jo Doe", &["Ana Ruiz", "Jo Doe"]),
            ("Ana Ruiz, Senior Reporter", &["Ana Ruiz"]),
            ("Ana Ruiz and Jo Doe, Example Herald", &["Ana Ruiz", "Jo Doe"]),
            (", Example Herald", &["Example Herald"]),
            ("Ana Ruiz - Herald Editorial Team", &["Ana Ruiz"]),
            ("Ana Ruiz | The River Newsroom", &["Ana Ruiz"]),
            ("ana.ruiz", &[]),
            ("admin", &[]),
            ("ana@example.org", &[]),
            ("https://example.org/ana", &[]),
            ("", &[]),
            (",", &[]),
        ];
        for (said, expected) in cases {
            assert_eq!(of_person(said, &["Example Herald".to_owned()]), *expected, "{said}");
        }
    }

    #[test]
    fn catalogues_put_the_surname_first() {
        let cases: &[(&str, bool, Option<&[&str]>)] = &[
            ("Ruiz, Ana", false, Some(&["Ana Ruiz"])),
            ("Ruiz, Ana; Doe, Jo", false, Some(&["Ana Ruiz", "Jo Doe"])),
            ("García Pérez, Ana María", true, Some(&["Ana María García Pérez"])),
            ("Ana Ruiz, Jo Doe", false, None),
            ("Ana Ruiz", true, None),
            ("Ruiz, Ana, Doe", true, None),
            ("Ana Ruiz, Editor", true, None),
        ];
        for (said, one_each, expected) in cases {
            let expected = expected.map(|names| names.iter().map(|n| (*n).to_owned()).collect());
            assert_eq!(of_catalogue(said, *one_each), expected, "{said}");
        }
    }

    #[test]
    fn lines_name_those_who_wrote() {
        let cases: &[(&str, &[&str])] = &[
            ("By Ana Ruiz", &["Ana Ruiz"]),
            ("By Di Wu and Del Quentin Wilber", &["Di Wu", "Del Quentin Wilber"]),
            ("Text: Ana Ruiz", &["Ana Ruiz"]),
            ("Foto: Ana Ruiz", &[]),
            ("Quelle: Ana Ruiz", &[]),
            ("From Ana Ruiz", &[]),
            ("Interview: Ana Ruiz", &[]),
            ("Del Quentin Wilber", &[]),
            ("By the river", &[]),
        ];
        for (line, expected) in cases {
            assert_eq!(of_line(line), *expected, "{line}");
        }
        assert_eq!(names("Text: Ana Ruiz, Foto: Jo Doe; Quelle: Kim Lee", &[]), ["Ana Ruiz"]);
    }

    #[test]
    fn long_lists_are_cut() {
        let many: String = (0..200).map(|i| format!("A{} B,", "x".repeat(i % 7))).collect();
        assert!(names(&many, &[]).len() <= NAMES_MAX);
        assert_eq!(names(&"Ana Ruiz, ".repeat(1000), &[]).len(), 0);
    }
}
