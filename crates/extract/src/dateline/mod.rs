//! The dateline.

mod places;

use newsmill_article::{Article, BlockKind, Facts, Kept, Sourced};

use self::places::{is_city, is_region};
use crate::names::is_agency;
use crate::{Fact, date};

/// The dateline at the start of one of the first paragraphs, as it stands, without its dash:
/// `MEXICO CITY (AP)`, `LA CROSSE, Wis. (AP)`, `WASHINGTON, D.C.`, `(CNN)`, `PARIS, 12 mars
/// (Reuters)`.
///
/// A place counts with an agency in brackets, with a region or date, when it is one of the cities
/// that stand alone in datelines, or when it is in capitals and no label (`BREAKING —`).
///
/// ```
/// use newsmill_article::{Article, Block, BlockKind, Facts, Origin, Span};
/// use newsmill_extract::{Dateline, Fact};
/// let text = "LIMA, Peru (AP) — A river rose on Monday.".to_owned();
/// let block = Block::new(BlockKind::Paragraph, Span::whole(&text));
/// let article = Article::new("a".into(), Origin::new("in", 0), text, vec![block], vec![])?;
/// let mut facts = Facts::default();
/// Dateline.extract(&article, &article.kept(), &mut facts);
/// assert_eq!(facts.dateline.unwrap().value, "LIMA, Peru (AP)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Dateline;

impl Fact for Dateline {
    fn name(&self) -> &'static str {
        "dateline"
    }

    fn about(&self) -> &'static str {
        "the dateline that opens one of the first paragraphs, as it stands"
    }

    fn example(&self) -> &'static str {
        "MEXICO CITY (AP) — A river rose on Monday."
    }

    fn extract(&self, _: &Article, kept: &Kept, facts: &mut Facts) {
        if facts.dateline.is_some() {
            return;
        }
        let first = kept
            .blocks()
            .iter()
            .filter(|b| b.block.quoted == 0 && b.block.kind == BlockKind::Paragraph)
            .take(PARAGRAPHS);
        for block in first {
            let Some(text) = kept.text().get(block.range.clone()) else { continue };
            let Some(len) = dateline_len(text) else { continue };
            let start = block.range.start;
            let value = text[..len].split_whitespace().collect::<Vec<_>>().join(" ");
            let mut found = Sourced::new(value, "start of a paragraph");
            found.span = kept.span_of(start..start + len);
            facts.dateline = Some(found);
            return;
        }
    }
}

/// Paragraphs whose start is looked at.
const PARAGRAPHS: usize = 6;
/// Bytes of the longest dateline.
const LONGEST: usize = 100;

/// The length of the dateline at the start of `text`, without its dash.
fn dateline_len(text: &str) -> Option<usize> {
    let dashes = ["—", "–", "―", " -- ", "-- ", " - ", " _ ", ".- ", ".— ", ".-", "--"];
    let mut from = 0;
    for _ in 0..2 {
        let head = &text[from..text.floor_char_boundary(LONGEST).max(from)];
        let (at, dash) =
            dashes.iter().filter_map(|d| Some((head.find(d)?, *d))).min_by_key(|d| d.0)?;
        let left = text[..from + at].trim_end();
        from += at + dash.len();
        let follows = text[from..]
            .trim_start()
            .starts_with(|c: char| c.is_alphanumeric() || "“\"«„‘'[$¿¡".contains(c));
        if follows && is_dateline(left) {
            return Some(left.len());
        }
    }
    None
}

fn is_dateline(left: &str) -> bool {
    let (rest, agency) = match left.strip_suffix(')').and_then(|l| l.rsplit_once('(')) {
        Some((rest, name)) => {
            if !is_agency_like(name) {
                return false;
            }
            (rest.trim_end(), Some(name))
        }
        None => (left, None),
    };
    if rest.is_empty() {
        return agency.is_some_and(is_agency);
    }
    let mut parts = rest.split(',').map(str::trim);
    let Some(place) = parts.next() else { return false };
    let mut backed = agency.is_some();
    for (i, part) in parts.enumerate() {
        let dated = is_date_part(part);
        let known = is_region(part) || is_agency(part);
        if i >= 3 || !(dated || known || (agency.is_some() && is_title_case(part))) {
            return false;
        }
        backed |= dated || known;
    }
    if is_city(place) {
        return true;
    }
    if backed {
        return is_capitals(place) || is_title_case(place);
    }
    is_capitals(place) && !is_label(place)
}

/// Whether the bracket of a dateline names who sent it.
fn is_agency_like(name: &str) -> bool {
    let name = name.trim();
    let capitals =
        name.len() >= 2 && name.len() <= 12 && name.bytes().all(|b| b.is_ascii_uppercase());
    let press = ["press", "news", "wire", "agency", "times", "post", "newswire"];
    let lower = name.to_lowercase();
    is_agency(name)
        || capitals
        || name.split('/').all(is_agency)
        || (name.len() <= 40 && press.iter().any(|w| lower.split_whitespace().any(|l| l == *w)))
}

/// `March 13`, `12 mars`, `Mar. 13 2025`, `Thursday`, `2025`.
fn is_date_part(part: &str) -> bool {
    let mut words = part.split([' ', '.', '/']).filter(|w| !w.is_empty()).peekable();
    let mut names = 0;
    let mut numbers = 0;
    words.peek().is_some()
        && words.all(|w| {
            let number = w.len() <= 4 && w.bytes().all(|b| b.is_ascii_digit());
            numbers += usize::from(number);
            let name = date::is_name(&w.to_lowercase());
            names += usize::from(name);
            number || name || w == "de"
        })
        && (names > 0 || numbers == 1)
}

/// One to four words in capitals, long enough not to be an abbreviation.
fn is_capitals(place: &str) -> bool {
    let words: Vec<&str> = place.split([' ', '-', '/']).collect();
    let fine = |w: &&str| {
        !w.is_empty() && w.chars().all(|c| c.is_uppercase() || matches!(c, '.' | '\'' | '’'))
    };
    let letters = place.chars().filter(|c| c.is_alphabetic()).count();
    words.len() <= 4 && words.iter().all(fine) && letters >= 4
}

/// One to four words with capitals.
fn is_title_case(place: &str) -> bool {
    let small = [
        "de", "del", "la", "le", "les", "of", "the", "sur", "am", "an", "der", "do", "da", "dos",
        "en",
    ];
    let words: Vec<&str> = place.split([' ', '-']).collect();
    let fine = |w: &&str| {
        small.contains(w)
            || (w.starts_with(char::is_uppercase)
                && w.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '\'' | '’')))
    };
    words.len() <= 4 && place.starts_with(char::is_uppercase) && words.iter().all(fine)
}

/// Capitals before a dash that are no place.
fn is_label(place: &str) -> bool {
    let single = !place.contains([' ', '-']);
    if single && place.chars().count() < 5 {
        return true;
    }
    place.split([' ', '-', '/']).any(|w| LABELS.contains(&w))
}

const LABELS: &[&str] = &[
    "ABOUT",
    "ALERT",
    "AMERICA",
    "AN",
    "ANALYSIS",
    "AND",
    "ANSWER",
    "ATTENTION",
    "AUDIO",
    "BACKGROUND",
    "BREAKING",
    "BRIEF",
    "BULLETIN",
    "CONTACT",
    "CORRECTED",
    "CORRECTION",
    "DETAILS",
    "DEVELOPING",
    "DISCLAIMER",
    "EDITOR",
    "EDITORIAL",
    "ELECTION",
    "EXCLUSIVE",
    "EXPLAINER",
    "FACT",
    "FACTBOX",
    "FACTS",
    "FEATURE",
    "FOR",
    "FREE",
    "GALLERY",
    "GRAPHIC",
    "HEADLINE",
    "HEADLINES",
    "HERE",
    "HIGHLIGHTS",
    "HOW",
    "IMAGE",
    "IMMEDIATE",
    "IMPORTANT",
    "INTERVIEW",
    "IS",
    "IT",
    "LATEST",
    "LETTER",
    "LISTEN",
    "LIVE",
    "MEDIA",
    "MORE",
    "NEWS",
    "NOTE",
    "NOTES",
    "NOTICE",
    "NOW",
    "OBITUARY",
    "OF",
    "OPINION",
    "OUR",
    "PART",
    "PHOTO",
    "PHOTOS",
    "PICTURES",
    "PLEASE",
    "PODCAST",
    "POLL",
    "PREVIEW",
    "PRESS",
    "PROFILE",
    "QUESTION",
    "QUOTE",
    "READ",
    "RECAP",
    "RELATED",
    "RELEASE",
    "REMINDER",
    "REPORT",
    "RESULTS",
    "REVIEW",
    "SCHEDULE",
    "SECTION",
    "SOURCE",
    "SPECIAL",
    "SPOILER",
    "STATEMENT",
    "STORY",
    "SUMMARY",
    "THE",
    "THIS",
    "TIMELINE",
    "TITLE",
    "TO",
    "TODAY",
    "TRANSCRIPT",
    "UPDATE",
    "UPDATED",
    "UPDATES",
    "URGENT",
    "VIDEO",
    "VIEWPOINT",
    "WARNING",
    "WATCH",
    "WHAT",
    "WHEN",
    "WHERE",
    "WHY",
    "WITH",
    "YOU",
    "YOUR",
    "STEP",
    "CHAPTER",
    "TIP",
    "TIPS",
    "ITEM",
    "NUMBER",
    "RULE",
    "DAY",
    "WEEK",
    "ACT",
    "TITLES",
    "BONUS",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datelines() {
        let cases = [
            ("MEXICO CITY (AP) — A river rose.", "MEXICO CITY (AP)"),
            ("LA CROSSE, Wis. (AP) — A river rose.", "LA CROSSE, Wis. (AP)"),
            ("WASHINGTON, D.C. -- A river rose.", "WASHINGTON, D.C."),
            ("Washington, D.C. – A river rose.", "Washington, D.C."),
            ("WASHINGTON – A river rose.", "WASHINGTON"),
            ("(CNN) — A river rose.", "(CNN)"),
            ("(Reuters) - A river rose.", "(Reuters)"),
            ("LONDON (Reuters) - A river rose.", "LONDON (Reuters)"),
            ("LONDON, March 13 (Reuters) - A river rose.", "LONDON, March 13 (Reuters)"),
            ("PARIS, 12 mars (Reuters) - Le fleuve monte.", "PARIS, 12 mars (Reuters)"),
            ("Paris (AFP) - Le fleuve monte.", "Paris (AFP)"),
            ("HONOLULU (AP) _ A river rose.", "HONOLULU (AP)"),
            ("Berlin (dpa) - Der Fluss steigt.", "Berlin (dpa)"),
            ("Berlin (dpa/AFP) – Der Fluss steigt.", "Berlin (dpa/AFP)"),
            ("MADRID, 12 Mar. (EUROPA PRESS) - El río sube.", "MADRID, 12 Mar. (EUROPA PRESS)"),
            ("RIVER FALLS — A river rose.", "RIVER FALLS"),
            ("Winston-Salem, N.C. (AP) — A river rose.", "Winston-Salem, N.C. (AP)"),
            ("AIX-EN-PROVENCE, France (AP) — A river rose.", "AIX-EN-PROVENCE, France (AP)"),
            ("BOISE, Idaho— A river rose.", "BOISE, Idaho"),
            (
                "SAN JOSE, Calif., March 13, 2025 (GLOBE NEWSWIRE) -- Example Inc. rose.",
                "SAN JOSE, Calif., March 13, 2025 (GLOBE NEWSWIRE)",
            ),
            ("Lima, Peru — “A river rose,” she said.", "Lima, Peru"),
            ("BREAKING — A river rose.", ""),
            ("BREAKING NEWS — A river rose.", ""),
            ("UPDATE - A river rose.", ""),
            ("NASA — A river rose.", ""),
            ("The river — a small one — rose.", ""),
            ("Ana Ruiz, 42, a teacher — and a mother — said so.", ""),
            ("He left (AP) the room — and came back.", ""),
            ("Rivers (big ones) — rise.", ""),
            ("FOR IMMEDIATE RELEASE — A river rose.", ""),
            ("Paris is a city — and a mood.", ""),
            ("WASHINGTON —", ""),
            ("A — b", ""),
            ("—", ""),
            ("", ""),
        ];
        for (text, want) in cases {
            let got = dateline_len(text).map_or("", |len| &text[..len]);
            assert_eq!(got, want, "{text:?}");
        }
    }
}
