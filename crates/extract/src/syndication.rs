//! Who else says it: agencies credited, and the publication an article was first in.

use std::collections::HashMap;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use newsmill_article::{Article, Facts, Kept, Sourced, Syndication};

use crate::Fact;

/// Agencies that the article credits and the publication it says it was first in, each with its
/// place and the words that say so:
///
/// * an agency in brackets in the dateline (`LIMA (AP) —`), in the byline (`By Ana Ruiz, Reuters`),
///   alone in a line at the top or end (`(AFP)`, `© 2025 dpa`), or with words of credit (`The
///   Associated Press contributed to this report`, `Source: ANSA`);
/// * `Reporting by …; Editing by …` at the end, which is Reuters' own form;
/// * `originally published in The Example`, `first appeared on …`, `republished from …`, `reprinted
///   with permission from …` for the publication.
///
/// An agency that is only written about is none.
///
/// ```
/// use newsmill_article::{Article, Block, BlockKind, Limits, Origin, Span};
/// let text = "LIMA, Peru (AP) — A river rose. This story was originally published by Example News.";
/// let block = Block::new(BlockKind::Paragraph, Span::whole(text));
/// let article = Article::new("a".into(), Origin::new("in", 0), text.into(), vec![block], vec![])?;
/// let facts = newsmill_extract::extract(&article, &article.kept(), &Limits::default());
/// let said = facts.syndication.unwrap();
/// assert_eq!(said.agencies[0].value, "Associated Press");
/// assert_eq!(said.publisher.unwrap().value, "Example News");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Credits;

impl Fact for Credits {
    fn name(&self) -> &'static str {
        "credits"
    }

    fn about(&self) -> &'static str {
        "agencies credited and the publication it was first in, each with the words that say so"
    }

    fn example(&self) -> &'static str {
        "LIMA, Peru (AP) — A river rose on Monday."
    }

    fn extract(&self, article: &Article, _: &Kept, facts: &mut Facts) {
        if facts.syndication.is_some() {
            return;
        }
        let mut said = Syndication::default();
        if let Some(dateline) = &facts.dateline {
            let name = dateline.value.rsplit_once('(').map(|(_, name)| name.trim_end_matches(')'));
            for name in name.into_iter().flat_map(|n| n.split('/')) {
                if let Some(agency) = agency(name) {
                    let mut found = Sourced::new(agency.to_owned(), "dateline");
                    found.span = dateline.span;
                    push(&mut said, found);
                }
            }
        }
        for line in edges(article.text()) {
            read_line(article, line, &mut said);
        }
        if said != Syndication::default() {
            facts.syndication = Some(said);
        }
    }
}

fn push(said: &mut Syndication, found: Sourced<String>) {
    if !said.agencies.iter().any(|a| a.value == found.value) {
        said.agencies.push(found);
    }
}

/// Lines at the top and at the end that are read.
const TOP: usize = 12;
const END: usize = 24;
/// Bytes of a line that are read, from its end.
const LINE: usize = 600;

/// Byte ranges of the lines at the top and end of `text` that are not blank, in order.
fn edges(text: &str) -> Vec<(usize, &str)> {
    let place = |line: &str| line.as_ptr() as usize - text.as_ptr() as usize;
    let filled = |line: &&str| !line.trim().is_empty();
    let mut top: Vec<(usize, &str)> =
        text.split(['\n', '\r']).filter(filled).take(TOP).map(|l| (place(l), l)).collect();
    let end: Vec<(usize, &str)> =
        text.rsplit(['\n', '\r']).filter(filled).take(END).map(|l| (place(l), l)).collect();
    let last = top.last().map_or(0, |l| l.0);
    top.extend(end.into_iter().rev().filter(|l| l.0 > last));
    top
}

fn read_line(article: &Article, (at, line): (usize, &str), said: &mut Syndication) {
    let cut = line.ceil_char_boundary(line.len().saturating_sub(LINE));
    let (at, line) = (at + cut, &line[cut..]);
    let body = line.trim();
    let start = at + (line.len() - line.trim_start().len());
    let known = said.publisher.is_some();
    let mut publisher = None;
    let mut credit = |name: &'static str, evidence: &str, from: usize, to: usize| {
        let mut found = Sourced::new(name.to_owned(), evidence);
        found.span = article.span(start + from..start + to).ok();
        push(said, found);
    };
    // A line that is a credit and nothing else.
    let bare = body.trim_matches(|c: char| !c.is_alphanumeric());
    if let Some(name) = agency(without_year(bare)) {
        credit(name, "credit line", 0, body.len());
        return;
    }
    // `By Ana Ruiz, Associated Press`, `Ana Ruiz | Reuters`
    if body.len() <= 120
        && let Some((_, last)) = body.rsplit_once(['|', ',', '/', '—', '–'])
        && let Some(name) = agency(last)
    {
        let byline = body.starts_with("By ") || body.starts_with("Von ") || body.contains('|');
        if byline {
            credit(name, "byline", 0, body.len());
        }
    }
    // `… it said. (AFP)`, but not `a plant in Allentown (PA)`.
    if let Some((said, last)) = body.rsplit_once('(')
        && let Some(inner) = last.strip_suffix(')')
        && said.trim_end().chars().next_back().is_none_or(|c| ".!?…”\"’»".contains(c))
    {
        for part in inner.split(['/', ',']) {
            if let Some(name) = agency(part) {
                credit(name, "credit at the end", body.len() - last.len() - 1, body.len());
            }
        }
    }
    let mut reporting = None;
    let Some(cues) = CUES.as_ref() else { return };
    for cue in cues.find_iter(body) {
        let (from, to) = (cue.start(), cue.end());
        let (before, after) = (&body[..from], &body[to..]);
        let words = &body[from..to];
        match kind(cue.pattern().as_usize()) {
            Cue::Copyright => {
                let rest = after.trim_start_matches(|c: char| !c.is_alphabetic());
                let owner = rest.split(['.', ',', ';', '|', '–']).next().unwrap_or_default();
                if let Some(name) = agency(without_year(owner)) {
                    credit(name, "copyright", from, body.len());
                }
            }
            Cue::Reporting => reporting = Some(from),
            Cue::Editing => {
                if let Some(from) = reporting {
                    credit("Reuters", "reporting by, editing by", from, body.len());
                }
            }
            // The names stand before or behind the words.
            Cue::Before => {
                let sentence = before.rfind(". ").map_or(0, |i| i + 2);
                for name in names_in(&before[sentence..]) {
                    credit(name, words, sentence, to);
                }
            }
            Cue::Behind => {
                let side = first_part(after);
                for name in names_in(side) {
                    credit(name, words.trim_end(), from, to + side.len());
                }
            }
            Cue::First => {
                let wanted = !known && publisher.is_none() && speaks_of_itself(before);
                if let Some(name) = publication(after).filter(|_| wanted) {
                    let at = to + (name.as_ptr() as usize - after.as_ptr() as usize);
                    let mut found = Sourced::new(name.to_owned(), words.trim_end());
                    found.span = article.span(start + at..start + at + name.len()).ok();
                    publisher = Some(found);
                }
            }
        }
    }
    if !known {
        said.publisher = publisher;
    }
}

/// What words of credit say of the names beside them.
#[derive(Clone, Copy)]
enum Cue {
    Copyright,
    Reporting,
    Editing,
    Before,
    Behind,
    First,
}

/// Words of credit, looked for in one pass, capitals or not.
static CUES: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let all = SIGNS.iter().map(|(cue, _)| cue).chain(CONTRIBUTED).chain(CREDITS).chain(FIRST);
    AhoCorasick::builder().ascii_case_insensitive(true).build(all).ok()
});

/// What the word of credit with this number says.
fn kind(number: usize) -> Cue {
    let behind = SIGNS.len() + CONTRIBUTED.len();
    match SIGNS.get(number) {
        Some((_, cue)) => *cue,
        None if number < behind => Cue::Before,
        None if number < behind + CREDITS.len() => Cue::Behind,
        None => Cue::First,
    }
}

const SIGNS: &[(&str, Cue)] = &[
    ("copyright", Cue::Copyright),
    ("©", Cue::Copyright),
    ("(c)", Cue::Copyright),
    ("reporting by ", Cue::Reporting),
    ("editing by ", Cue::Editing),
    ("writing by ", Cue::Editing),
];

/// Words behind the names of agencies.
const CONTRIBUTED: &[&str] = &[
    "contributed to this report",
    "contributed to this article",
    "contributed to this story",
    "contributed reporting",
];

/// Words before the names of agencies.
const CREDITS: &[&str] = &[
    "with files from ",
    "with reporting from ",
    "with reporting by ",
    "with information from ",
    "source: ",
    "sources: ",
    "quelle: ",
    "quellen: ",
    "fuente: ",
    "con información de ",
    "fonte: ",
    "com informações de ",
    "com informações da ",
    "bron: ",
];

/// Words before the publication that an article was first in.
const FIRST: &[&str] = &[
    "originally published by ",
    "originally published in ",
    "originally published on ",
    "originally published at ",
    "originally appeared in ",
    "originally appeared on ",
    "originally appeared at ",
    "first published by ",
    "first published in ",
    "first published on ",
    "first appeared in ",
    "first appeared on ",
    "republished from ",
    "reprinted from ",
    "reprinted with permission from ",
    "reprinted by permission of ",
    "reposted from ",
    "was produced by ",
];

/// Whether words of a first publication behind `before` are of the article: they open a sentence, or
/// one that names an article opens before them. `The virus first appeared in China` is of none.
fn speaks_of_itself(before: &str) -> bool {
    let sentence = before.rsplit(['.', '!', '?']).next().unwrap_or_default();
    let mut words = sentence.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    words.clone().next().is_none() || words.any(|w| ITSELF.contains(&w.to_lowercase().as_str()))
}

/// What articles call themselves.
const ITSELF: &[&str] = &[
    "article",
    "column",
    "commentary",
    "content",
    "essay",
    "excerpt",
    "interview",
    "piece",
    "post",
    "report",
    "review",
    "story",
    "text",
    "version",
];

fn first_part(text: &str) -> &str {
    text.split(['.', ';', '|']).next().unwrap_or_default()
}

fn without_year(text: &str) -> &str {
    let text = text.trim().trim_start_matches(|c: char| c.is_ascii_digit() || " ©-–".contains(c));
    let text = text.strip_prefix("Copyright ").unwrap_or(text);
    text.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ')
}

/// The agencies in a list of names.
fn names_in(text: &str) -> impl Iterator<Item = &'static str> {
    text.split([',', '/', '&', ';'])
        .flat_map(|part| part.split(" and "))
        .flat_map(|part| part.split(" und "))
        .filter_map(agency)
}

/// The name of a publication at the start of `text`: words with capitals up to the first that is none.
fn publication(text: &str) -> Option<&str> {
    let text = text.trim_start();
    // `in the Example Times`: small, it is no part of the name.
    let bare =
        ["the ", "der ", "die ", "el ", "la ", "le "].iter().find_map(|a| text.strip_prefix(a));
    let text = bare.unwrap_or(text);
    let mut end = 0;
    for word in text.split(' ').take(8) {
        let bare = word.trim_matches(|c: char| "\"“”’'()*_".contains(c));
        let inner =
            matches!(bare, "of" | "and" | "&" | "de" | "la" | "le" | "for" | "the") && end > 0;
        let host = bare.contains('.') && bare.trim_end_matches(['.', ',']).contains('.');
        if !(bare.starts_with(char::is_uppercase) || inner || (host && end == 0)) {
            break;
        }
        end = (word.as_ptr() as usize - text.as_ptr() as usize) + word.len();
        if word.ends_with(['.', ',', ';', ':', ')', '”', '"']) || host {
            break;
        }
    }
    let name = text[..end].trim_matches(|c: char| !c.is_alphanumeric());
    let name = name.trim_end_matches(" of").trim_end_matches(" and").trim_end_matches(" the");
    (name.chars().count() >= 3 && name.len() <= 60 && !crate::date::is_name(&name.to_lowercase()))
        .then_some(name)
}

/// The full name of an agency, by its name or acronym as credits have it.
pub(crate) fn agency(text: &str) -> Option<&'static str> {
    let name = text.trim().trim_matches(|c: char| !c.is_alphanumeric());
    if name.len() > 40 || name.is_empty() {
        return None;
    }
    // Acronyms count as they are written: `PA` is an agency, `pa` none.
    if let Some(full) = BY_ACRONYM.get(name) {
        return Some(full);
    }
    let small = name.to_lowercase();
    BY_NAME.get(small.strip_prefix("the ").unwrap_or(&small)).copied()
}

static BY_ACRONYM: LazyLock<HashMap<&'static str, &'static str>> =
    LazyLock::new(|| AGENCIES.iter().rev().copied().collect());
static BY_NAME: LazyLock<HashMap<String, &'static str>> =
    LazyLock::new(|| AGENCIES.iter().map(|(_, full)| (full.to_lowercase(), *full)).collect());

const AGENCIES: &[(&str, &str)] = &[
    ("AP", "Associated Press"),
    ("Reuters", "Reuters"),
    ("REUTERS", "Reuters"),
    ("AFP", "Agence France-Presse"),
    ("dpa", "Deutsche Presse-Agentur"),
    ("DPA", "Deutsche Presse-Agentur"),
    ("dpa-AFX", "dpa-AFX"),
    ("UPI", "United Press International"),
    ("PA", "PA Media"),
    ("PA", "Press Association"),
    ("CP", "Canadian Press"),
    ("AAP", "Australian Associated Press"),
    ("ANSA", "ANSA"),
    ("EFE", "Agencia EFE"),
    ("EFE", "EFE"),
    ("Europa Press", "Europa Press"),
    ("Xinhua", "Xinhua"),
    ("TASS", "TASS"),
    ("Interfax", "Interfax"),
    ("RIA Novosti", "RIA Novosti"),
    ("Kyodo", "Kyodo News"),
    ("Yonhap", "Yonhap"),
    ("Yonhap", "Yonhap News Agency"),
    ("PTI", "Press Trust of India"),
    ("ANI", "Asian News International"),
    ("IANS", "Indo-Asian News Service"),
    ("APA", "Austria Presse Agentur"),
    ("sda", "Keystone-SDA"),
    ("SDA", "Keystone-SDA"),
    ("ATS", "Keystone-ATS"),
    ("Belga", "Belga"),
    ("BELGA", "Belga"),
    ("ANP", "Algemeen Nederlands Persbureau"),
    ("NTB", "NTB"),
    ("TT", "TT"),
    ("Ritzau", "Ritzau"),
    ("STT", "STT"),
    ("PAP", "Polska Agencja Prasowa"),
    ("MTI", "MTI"),
    ("Lusa", "Lusa"),
    ("LUSA", "Lusa"),
    ("Notimex", "Notimex"),
    ("Télam", "Télam"),
    ("Bernama", "Bernama"),
    ("Antara", "Antara"),
    ("Anadolu", "Anadolu Agency"),
    ("AA", "Anadolu Agency"),
    ("epd", "epd"),
    ("KNA", "KNA"),
    ("SID", "SID"),
    ("TNS", "Tribune News Service"),
    ("Bloomberg", "Bloomberg"),
    ("Bloomberg", "Bloomberg News"),
    ("Agência Brasil", "Agência Brasil"),
    ("VOA", "Voice of America"),
    ("CNN Newsource", "CNN Newsource"),
    ("PRNewswire", "PR Newswire"),
    ("PR Newswire", "PR Newswire"),
    ("Business Wire", "Business Wire"),
    ("GLOBE NEWSWIRE", "GlobeNewswire"),
    ("GlobeNewswire", "GlobeNewswire"),
    ("Adnkronos", "Adnkronos"),
    ("AGI", "AGI"),
    ("askanews", "askanews"),
];

#[cfg(test)]
mod tests {
    use crate::testing::lines;
    use newsmill_article::Limits;

    fn said(text: &str) -> (Vec<String>, Option<String>) {
        let article = lines(text);
        let facts = crate::extract(&article, &article.kept(), &Limits::default());
        let said = facts.syndication.unwrap_or_default();
        for found in said.agencies.iter().chain(&said.publisher) {
            assert!(found.span.is_some() && !found.evidence.is_empty(), "{text:?}");
        }
        (said.agencies.into_iter().map(|a| a.value).collect(), said.publisher.map(|p| p.value))
    }

    #[test]
    fn credits() {
        let cases: &[(&str, &[&str], Option<&str>)] = &[
            ("LIMA, Peru (AP) — A river rose on Monday.", &["Associated Press"], None),
            ("LIMA (Reuters) - A river rose on Monday.", &["Reuters"], None),
            ("By Ana Ruiz, Associated Press\nA river rose on Monday.", &["Associated Press"], None),
            ("Ana Ruiz | Reuters\nA river rose on Monday.", &["Reuters"], None),
            ("A river rose on Monday. (AFP)", &["Agence France-Presse"], None),
            (
                "Der Fluss stieg. (dpa/AFP)",
                &["Deutsche Presse-Agentur", "Agence France-Presse"],
                None,
            ),
            (
                "A river rose.\nThe Associated Press contributed to this report.",
                &["Associated Press"],
                None,
            ),
            (
                "A river rose.\nReuters and the Associated Press contributed to this report.",
                &["Reuters", "Associated Press"],
                None,
            ),
            ("A river rose.\n(Reporting by Ana Ruiz; Editing by Jo Doe)", &["Reuters"], None),
            (
                "A river rose.\nCopyright 2025 The Associated Press. All rights reserved.",
                &["Associated Press"],
                None,
            ),
            ("A river rose.\n© 2025 AFP", &["Agence France-Presse"], None),
            ("Der Fluss stieg.\nQuelle: dpa", &["Deutsche Presse-Agentur"], None),
            (
                "A river rose.\nThis story was originally published by The Example Times.",
                &[],
                Some("The Example Times"),
            ),
            (
                "A river rose.\nThis article first appeared on Example.org and is used with leave.",
                &[],
                Some("Example.org"),
            ),
            (
                "A river rose.\nThis article is republished from The Conversation under a licence.",
                &[],
                Some("The Conversation"),
            ),
            ("A spokesman told Reuters that a river rose.", &[], None),
            ("The Associated Press has 250 bureaus, it says.", &[], None),
            ("The book was first published in March by a house in Lima.", &[], None),
            ("It was first published in 1998.", &[], None),
            ("A river rose in PA, as (pa) said.", &[], None),
            ("They closed a plant in Allentown (PA)", &[], None),
            ("Il a travaillé avec Bloomberg, puis seul.", &[], None),
            ("The virus first appeared in China last year.", &[], None),
            ("Photo courtesy of Ana Ruiz", &[], None),
            ("The film was produced by Warner Bros", &[], None),
            ("She first appeared on Saturday Night Live.", &[], None),
        ];
        for (text, agencies, publisher) in cases {
            let (got, first) = said(text);
            assert_eq!(
                (&got.iter().map(String::as_str).collect::<Vec<_>>()[..], first.as_deref()),
                (*agencies, *publisher),
                "{text:?}"
            );
        }
    }

    #[test]
    fn hostile_texts_take_linear_time() {
        let units = ["(AP) ", "source: ", "© ", "\n", "originally published by ", "É"];
        crate::testing::assert_linear(&units, 40_000, |text| {
            let _unused = said(text);
        });
    }
}
