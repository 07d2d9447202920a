//! Dates, amounts of money and percentages in the text.

use std::ops::Range;

use newsmill_article::{Article, Entity, EntityKind, Facts, Kept};

use crate::Fact;
use crate::date::{self, Order};

/// Dates with their year, amounts of money and percentages of the kept text, in order: `March 13,
/// 2025`, `$1.5 million`, `300 millions d’euros`, `12.5 percent`.
///
/// ```
/// use newsmill_article::{Article, Block, BlockKind, Facts, Origin, Span};
/// use newsmill_extract::{Amounts, Fact};
/// let text = "On March 13, 2025, it cost $1.5 million, 7% more.".to_owned();
/// let block = Block::new(BlockKind::Paragraph, Span::whole(&text));
/// let article = Article::new("a".into(), Origin::new("in", 0), text, vec![block], vec![])?;
/// let mut facts = Facts::default();
/// Amounts.extract(&article, &article.kept(), &mut facts);
/// let found: Vec<_> = facts.entities.iter().map(|e| article.slice(e.span)).collect();
/// assert_eq!(found, ["March 13, 2025", "$1.5 million", "7%"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Amounts;

impl Fact for Amounts {
    fn name(&self) -> &'static str {
        "amounts"
    }

    fn about(&self) -> &'static str {
        "dates with their year, amounts of money and percentages in the text"
    }

    fn example(&self) -> &'static str {
        "The dam cost $1.5 million on March 13, 2025, or 12.5 percent more."
    }

    fn extract(&self, _: &Article, kept: &Kept, facts: &mut Facts) {
        let order = Order::of_language(facts.language.as_ref().map(|l| l.value.as_str()));
        let before = facts.entities.len();
        for (kind, range) in find(kept.text(), order) {
            if let Some(span) = kept.span_of(range) {
                facts.entities.push(Entity { kind, span });
            }
        }
        if before > 0 {
            facts.entities.sort_by_key(|e| e.span);
        }
    }
}

/// The amounts of `text`, in order, without overlap.
fn find(text: &str, order: Order) -> Vec<(EntityKind, Range<usize>)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    // Nothing before `settled` is looked at again.
    let mut settled = 0;
    while let Some(digit) =
        bytes[settled..].iter().position(u8::is_ascii_digit).map(|i| settled + i)
    {
        let end = digit + number_len(&bytes[digit..]);
        let glued = text[settled..digit].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let signed = symbol_before(text, settled, digit);
        let amount = if glued && signed.is_none() {
            None
        } else {
            let date = date_around(text, settled, digit, end, order);
            date.map(|r| (EntityKind::Date, r))
                .or_else(|| money(text, signed, digit, end).map(|r| (EntityKind::Money, r)))
                .or_else(|| percent(text, digit, end).map(|r| (EntityKind::Percent, r)))
        };
        settled = amount.as_ref().map_or(end, |(_, range)| range.end.max(end));
        found.extend(amount);
    }
    found
}

/// The length of a number at the start, with its points and commas (`1,250.5`).
fn number_len(bytes: &[u8]) -> usize {
    let mut len = 0;
    while let Some(b) = bytes.get(len) {
        let inner = matches!(b, b'.' | b',') && bytes.get(len + 1).is_some_and(u8::is_ascii_digit);
        if !b.is_ascii_digit() && !inner {
            break;
        }
        len += 1;
    }
    len
}

/// The date that the number at `digit` is part of; its month may stand before it.
fn date_around(
    text: &str,
    from: usize,
    digit: usize,
    end: usize,
    order: Order,
) -> Option<Range<usize>> {
    let near = text.ceil_char_boundary(digit.saturating_sub(16)).max(from);
    let lead = text[near..digit].trim_end_matches([' ', '.', '\u{a0}']);
    let word = lead
        .rfind(|c: char| !c.is_alphabetic())
        .map_or(0, |i| i + lead[i..].chars().next().map_or(0, char::len_utf8));
    let month = &lead[word..];
    let start = if month.starts_with(char::is_alphabetic) && date::is_name(&month.to_lowercase()) {
        near + word
    } else {
        let next = text[end..].trim_start_matches([' ', '.', '\u{a0}']);
        let letters = next.find(|c: char| !c.is_alphabetic()).unwrap_or(next.len()).min(24);
        let word = next.get(..letters).unwrap_or_default().to_lowercase();
        let joints = ["of", "de", "di", "st", "nd", "rd", "th", "er", "º", "年", "년"];
        let goes_on = end - digit <= 4
            && (next.starts_with(['-', '/'])
                || date::is_name(&word)
                || joints.contains(&word.as_str()));
        if !goes_on && end - digit < 8 {
            return None;
        }
        digit
    };
    let (_, len) = date::prefix(&text[start..], order)?;
    (start + len >= end).then_some(start..start + len)
}

/// Where the sign of a currency before the number at `digit` begins (`$`, `US$`, `€ `).
fn symbol_before(text: &str, from: usize, digit: usize) -> Option<usize> {
    let lead = text[from..digit].strip_suffix([' ', '\u{a0}']).unwrap_or(&text[from..digit]);
    let sign = lead.chars().next_back().filter(|c| "$€£¥₹₩₽".contains(*c))?;
    let at = lead.len() - sign.len_utf8();
    let country = ["US", "A", "AU", "C", "CA", "NZ", "HK", "S", "R", "NT", "CAD ", "USD "];
    let prefix = country.iter().filter(|c| {
        lead[..at].strip_suffix(**c).is_some_and(|rest| !rest.ends_with(char::is_alphanumeric))
    });
    Some(from + at - prefix.map(|c| c.len()).max().unwrap_or(0))
}

fn money(text: &str, symbol: Option<usize>, digit: usize, end: usize) -> Option<Range<usize>> {
    let scaled = end + word_len(&text[end..], SCALES).unwrap_or(0);
    // `millions d’euros`, `millones de dólares`
    let rest = &text[scaled..];
    let joint = [" de ", " d’", " d'", " di "].iter().find(|j| rest.starts_with(**j));
    let joint = joint.map_or(0, |j| if j.ends_with(' ') { j.len() - 1 } else { j.len() });
    let named = word_len(&rest[joint..], CURRENCIES).map(|len| scaled + joint + len);
    match (symbol, named) {
        (Some(start), named) => Some(start..named.unwrap_or(scaled)),
        (None, Some(named)) => Some(digit..named),
        (None, None) => None,
    }
}

fn percent(text: &str, digit: usize, end: usize) -> Option<Range<usize>> {
    let rest = &text[end..];
    if let Some(space) = ["", " ", "\u{a0}", "\u{202f}"]
        .iter()
        .find(|s| rest.strip_prefix(**s).is_some_and(|r| r.starts_with('%')))
    {
        return Some(digit..end + space.len() + 1);
    }
    word_len(rest, PERCENTS).map(|len| digit..end + len)
}

/// The length of one of `words` at the start of `text`, with the blank or hyphen before it.
fn word_len(text: &str, words: &[&str]) -> Option<usize> {
    let rest = text.trim_start_matches([' ', '\u{a0}', '-', '\u{202f}']);
    let blank = text.len() - rest.len();
    if blank > 3 {
        return None;
    }
    let fits = |word: &&&str| {
        rest.get(..word.len()).is_some_and(|r| r.eq_ignore_ascii_case(word))
            && !rest[word.len()..].starts_with(char::is_alphanumeric)
    };
    words.iter().filter(fits).map(|w| blank + w.len()).max()
}

const SCALES: &[&str] = &[
    "thousand",
    "million",
    "billion",
    "trillion",
    "bn",
    "mn",
    "m",
    "k",
    "b",
    "mio",
    "mio.",
    "mrd",
    "mrd.",
    "millionen",
    "million",
    "milliarden",
    "milliarde",
    "millions",
    "milliards",
    "milliard",
    "millón",
    "millones",
    "mil",
    "mil millones",
    "milhão",
    "milhões",
    "bilhão",
    "bilhões",
    "milioni",
    "milione",
    "miliardi",
    "miliardo",
    "miljoen",
    "miljard",
    "tausend",
    "mille",
    "mila",
    "duizend",
];

const CURRENCIES: &[&str] = &[
    "dollars",
    "dollar",
    "euros",
    "euro",
    "pounds",
    "pound sterling",
    "pounds sterling",
    "cents",
    "cent",
    "yen",
    "yuan",
    "rupees",
    "pesos",
    "rubles",
    "roubles",
    "francs",
    "reais",
    "real",
    "dólares",
    "dólar",
    "pfund",
    "franken",
    "dollari",
    "sterline",
    "pond",
    "libras",
    "livres",
    "usd",
    "eur",
    "gbp",
    "chf",
    "cad",
    "aud",
    "us dollars",
    "u.s. dollars",
    "us-dollar",
    "canadian dollars",
    "australian dollars",
    "swiss francs",
    "kronor",
    "kroner",
    "zloty",
    "€",
    "£",
    "$",
];

const PERCENTS: &[&str] = &[
    "percent",
    "per cent",
    "percentage points",
    "percentage point",
    "prozent",
    "prozentpunkte",
    "pour cent",
    "por ciento",
    "por cento",
    "per cento",
    "procent",
];

#[cfg(test)]
mod tests {
    use super::*;
    use EntityKind::{Date, Money, Percent};
    use proptest::prelude::*;

    #[test]
    fn amounts() {
        let cases: &[(&str, &[(EntityKind, &str)])] = &[
            ("on March 13, 2025 it", &[(Date, "March 13, 2025")]),
            ("on Sept. 3, 2025, it", &[(Date, "Sept. 3, 2025")]),
            ("on 13 March 2025.", &[(Date, "13 March 2025")]),
            ("am 13. März 2025 war", &[(Date, "13. März 2025")]),
            ("(2025-03-13)", &[(Date, "2025-03-13")]),
            ("cost $5.", &[(Money, "$5")]),
            ("cost $1,250.50 more", &[(Money, "$1,250.50")]),
            ("cost $1.5 million more", &[(Money, "$1.5 million")]),
            ("a $300-million dam", &[(Money, "$300-million")]),
            ("cost US$5bn", &[(Money, "US$5bn")]),
            ("cost £20m", &[(Money, "£20m")]),
            ("kostet 20 € und", &[(Money, "20 €")]),
            ("300 Millionen Euro", &[(Money, "300 Millionen Euro")]),
            ("300 millions d’euros", &[(Money, "300 millions d’euros")]),
            ("300 millones de dólares", &[(Money, "300 millones de dólares")]),
            ("20 dollars", &[(Money, "20 dollars")]),
            ("12% of 12.5 percent", &[(Percent, "12%"), (Percent, "12.5 percent")]),
            ("12,5 Prozent und 3 %", &[(Percent, "12,5 Prozent"), (Percent, "3 %")]),
            ("in 2025, 300 people, 5 m wide", &[]),
            ("B12% and x5$", &[]),
            ("March 13 and 5 May", &[]),
            ("call 555-1234 or 20 Europeans", &[]),
        ];
        for (text, want) in cases {
            let got: Vec<_> =
                find(text, Order::Unknown).into_iter().map(|(k, r)| (k, &text[r])).collect();
            assert_eq!(&got, want, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn ranges_are_in_order(text in "([$€%]|[0-9]{1,4}|[.,:/ -]|March|million|US|percent|d’euros|é){0,30}") {
            let mut end = 0;
            for (_, range) in find(&text, Order::DayFirst) {
                prop_assert!(range.start >= end && text.get(range.clone()).is_some());
                end = range.end;
            }
        }
    }
}
