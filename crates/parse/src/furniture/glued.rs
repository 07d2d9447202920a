//! Furniture at the end of a line that belongs to the article.

use super::evidence::{Evidence, weigh, weights};
use super::tokens::Reader;
use super::unit::is_closing;

/// How much of a line's end is looked at in one go, in bytes.
const END_BYTES_MAX: usize = 1500;
/// Evidence, place included, below which a sentence belongs to the article for sure.
const PROSE_SUM_MAX: f32 = -1.5;

/// The last sentences of a line that are furniture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    /// Where they start in the line.
    pub(super) start: usize,
    /// What they are, together.
    pub(super) evidence: Evidence,
    /// The sum of evidence of the first of them.
    pub(super) sum: f32,
}

/// Finds the longest run of furniture sentences at the end of the last line, if there is one: its
/// first sentence must be furniture, and no sentence in it plainly prose. The line's own first
/// sentence is left to it.
pub(super) fn cut(line: &str, goes_below: bool, limit: f32, reader: &mut Reader) -> Option<Cut> {
    let mut end = line.len();
    let mut found = None;
    while let Some(cut) = cut_once(&line[..end], goes_below || found.is_some(), limit, reader) {
        end = cut.start;
        found = Some(cut);
    }
    found
}

fn cut_once(line: &str, goes_below: bool, limit: f32, reader: &mut Reader) -> Option<Cut> {
    let w = weights();
    let mut found = None;
    let mut end = line.len();
    for start in sentence_starts(line) {
        let neighbour = if goes_below || found.is_some() { w.neighbour } else { 0.0 };
        let sentence = weigh(&line[start..end], reader);
        let sum = sentence.sum + w.tail + w.glued + neighbour;
        if sum < PROSE_SUM_MAX {
            break;
        }
        if sum >= limit && sentence.has_phrase() {
            found = Some((start, sum));
        }
        end = start;
    }
    let (start, sum) = found?;
    Some(Cut { start, evidence: weigh(&line[start..], reader), sum })
}

/// Whether one of a line's several sentences plainly belongs to the article, even next to
/// furniture behind its end.
pub(super) fn holds_prose(line: &str, reader: &mut Reader) -> bool {
    let w = weights();
    let mut end = line.len();
    let mut starts = sentence_starts(line).peekable();
    starts.peek().is_some()
        && starts.chain([0]).any(|start| {
            let sentence = weigh(&line[start..end], reader);
            end = start;
            sentence.sum + w.tail + w.neighbour < PROSE_SUM_MAX
        })
}

/// Starts of the last sentences of a line, the last one first, without the line's own start.
fn sentence_starts(line: &str) -> impl Iterator<Item = usize> {
    let mut from = line.len().saturating_sub(END_BYTES_MAX);
    while !line.is_char_boundary(from) {
        from += 1;
    }
    let mut starts = Vec::new();
    let mut ended = false;
    let mut space = false;
    for (at, c) in line[from..].char_indices() {
        if c.is_whitespace() {
            space = ended;
            continue;
        }
        if space && !c.is_lowercase() {
            starts.push(from + at);
        }
        space = false;
        ended = matches!(c, '.' | '!' | '?' | '…') || (ended && is_closing(c));
    }
    starts.into_iter().rev()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences() {
        let starts = |line| sentence_starts(line).collect::<Vec<_>>();
        assert_eq!(starts("One. Two! (Three?) “Four.” five. © Six"), [37, 19, 10, 5]);
        assert_eq!(starts("no end"), [0; 0]);
        assert_eq!(starts(""), [0; 0]);
    }
}
