//! The lines at an article's top, where newspapers put what an article says about itself.

use newsmill_article::{Article, Reason, Span};

/// Lines looked at.
const LINES: usize = 24;
/// Lines of running text after which the top is over.
const LONG_LINES: usize = 2;
/// Bytes from which a line is running text.
const LONG: usize = 240;

/// A line at the top, without the white space around it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a> {
    pub(crate) text: &'a str,
    pub(crate) span: Span,
}

/// The first lines of the record's text that are not blank, until the running text has begun.
/// Removed furniture is among them (a stamp is furniture to readers), repeats and quoted lines are
/// not.
pub(crate) fn lines(article: &Article) -> Vec<Line<'_>> {
    let text = article.text();
    let mut lines = Vec::new();
    let mut long = 0;
    let mut at = 0;
    while at < text.len() && lines.len() < LINES && long < LONG_LINES {
        let end =
            memchr::memchr2(b'\n', b'\r', &text.as_bytes()[at..]).map_or(text.len(), |i| at + i);
        let span = article.span(at..end).map(|s| s.trim(text));
        at = end + 1;
        let Some(span) = span.ok().filter(|s| !s.is_empty()) else { continue };
        if is_elsewhere(article, span) {
            continue;
        }
        long += usize::from(span.len() >= LONG);
        lines.push(Line { text: article.slice(span), span });
    }
    lines
}

/// Whether the line is a repeat or somebody else's words.
fn is_elsewhere(article: &Article, line: Span) -> bool {
    let removals = article.removals();
    let removal = removals.get(removals.partition_point(|r| r.span.end() <= line.start()));
    let blocks = article.blocks();
    let block = blocks.get(blocks.partition_point(|b| b.span.end() <= line.start()));
    removal.is_some_and(|r| {
        matches!(r.reason, Reason::Repeat | Reason::NearRepeat) && r.span.contains(line)
    }) || block.is_some_and(|b| b.quoted > 0 && b.span.overlaps(line))
}
