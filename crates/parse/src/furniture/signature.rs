//! Ends told by their form: a mail's signature (RFC 3676, section 4.3) and end marks.

use newsmill_article::{Article, Span};

use super::unit::ends_sentence;

/// Most bytes of a signature.
const BYTES_MAX: usize = 900;
/// Longest line of a signature whose mark has lost its trailing space, in bytes.
const LINE_BYTES_MAX: usize = 90;

/// Whether a line opens a signature, with these lines below it to the end of the article: `-- `
/// alone on the line. Where the space is lost, the lines below must look like a signature: short,
/// and no sentences.
pub(super) fn opens<'a>(
    article: &Article,
    line: Span,
    below: impl Iterator<Item = &'a str> + Clone,
) -> bool {
    if article.slice(line) != "--" || below.clone().map(str::len).sum::<usize>() > BYTES_MAX {
        return false;
    }
    let behind = article.text().get(line.end()..).unwrap_or_default();
    let is_exact = behind.starts_with(" \n") || behind.starts_with(" \r") || behind == " ";
    is_exact || below.into_iter().all(|text| text.len() <= LINE_BYTES_MAX && !ends_sentence(text))
}

/// Whether a line marks the end of a press release.
pub(super) fn is_end_mark(line: &str) -> bool {
    let mut signs = line.chars().filter(|c| !c.is_whitespace());
    let count = signs.clone().count();
    (3..=6).contains(&count) && signs.all(|c| c == '#')
}
