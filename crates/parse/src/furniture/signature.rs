//! Ends told by their form: a mail's signature (RFC 3676, section 4.3) and end marks.

use newsmill_article::Article;

use super::unit::{Unit, ends_sentence};

/// Most lines and bytes of a signature.
const LINES_MAX: usize = 12;
const BYTES_MAX: usize = 900;
/// Longest line of a signature whose mark has lost its trailing space, in bytes.
const LINE_BYTES_MAX: usize = 90;

/// The unit that opens a signature at the end of the article: `-- ` alone on a line. Where the
/// space is lost, the lines below must look like a signature: short, and no sentences.
pub(super) fn start(article: &Article, units: &[Unit], texts: &[&str]) -> Option<usize> {
    let from = texts.len().saturating_sub(LINES_MAX + 1);
    let start = from + texts[from..].iter().rposition(|text| *text == "--")?;
    let below = &texts[start + 1..];
    if below.iter().map(|text| text.len()).sum::<usize>() > BYTES_MAX {
        return None;
    }
    let behind = article.text().get(units[start].span.end()..).unwrap_or_default();
    let is_exact = behind.starts_with(" \n") || behind.starts_with(" \r") || behind == " ";
    let looks_so = || below.iter().all(|text| text.len() <= LINE_BYTES_MAX && !ends_sentence(text));
    (is_exact || looks_so()).then_some(start)
}

/// Whether a line marks the end of a press release.
pub(super) fn is_end_mark(line: &str) -> bool {
    let mut signs = line.chars().filter(|c| !c.is_whitespace());
    let count = signs.clone().count();
    (3..=6).contains(&count) && signs.all(|c| c == '#')
}
