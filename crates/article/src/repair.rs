//! Where a text differs from its record's, because that had been decoded wrongly.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::{Article, Span};

/// One place where characters of the record were put right.
///
/// Outside of such places an article's text is the record's, byte for byte.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Repair {
    /// What stands in the article's text.
    pub span: Span,
    /// First byte, in the record's text, of what stood there.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

impl Article {
    /// The places in the record's text, in bytes, of a span of this article's. A repair that the
    /// span holds only a part of is left out of it.
    #[must_use]
    pub fn in_record(&self, span: Span) -> Range<usize> {
        let start = self.before(|r| r.span.start() <= span.start());
        let start = start.map_or(span.start(), |r| match span.start() {
            at if at >= r.span.end() => r.end + (at - r.span.end()),
            at if at == r.span.start() => r.start,
            _ => r.end,
        });
        let end = self.before(|r| r.span.start() < span.end());
        let end = end.map_or(span.end(), |r| match span.end() {
            at if at >= r.span.end() => r.end + (at - r.span.end()),
            _ => r.start,
        });
        start..end.max(start)
    }

    /// The other way round: the places in this article's text, in bytes, of a range of the record's.
    /// What lies within a repair starts and ends where the repair starts.
    #[must_use]
    pub fn of_record(&self, range: Range<usize>) -> Range<usize> {
        let place = |at: usize| match self.before(|r| r.start <= at) {
            Some(r) if at >= r.end => r.span.end() + (at - r.end),
            Some(r) => r.span.start(),
            None => at,
        };
        place(range.start)..place(range.end)
    }

    /// The last repair of those that come first.
    fn before(&self, comes_first: impl Fn(&Repair) -> bool) -> Option<&Repair> {
        self.repairs.partition_point(comes_first).checked_sub(1).map(|at| &self.repairs[at])
    }

    /// The repairs that removals leave something of, in order: the place in the record's text, in
    /// bytes, and what stands there now. With each [removal](Article::removals) at its place
    /// [in the record](Article::in_record) they make what is [kept](Article::kept) of the record's
    /// text.
    pub fn repaired(&self) -> impl Iterator<Item = (Range<usize>, String)> {
        let mut from = 0;
        self.repairs.iter().filter_map(move |repair| {
            let removals = self.removals();
            from += removals[from..].partition_point(|r| r.span.end() < repair.span.start());
            let (mut left, mut at) = (String::new(), repair.span.start());
            for removal in &removals[from..] {
                let place = self.in_record(removal.span);
                if place.start <= repair.start && repair.end <= place.end {
                    return None;
                }
                if removal.span.start() >= repair.span.end() {
                    break;
                }
                left.push_str(self.text().get(at..removal.span.start()).unwrap_or_default());
                at = at.max(removal.span.end());
            }
            left.push_str(self.text().get(at..repair.span.end()).unwrap_or_default());
            Some((repair.start..repair.end, left))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Block, BlockKind, Origin, Reason, Removal, Stage};

    /// The record says `aXXXbYc`, the text `a12bc`: `XXX` became `12`, `Y` went.
    fn article() -> Article {
        let text = "a12bc".to_owned();
        let block = Block::new(BlockKind::Paragraph, Span::whole(&text));
        let repair = |range: Range<usize>, start, end| Repair {
            span: Span::new("a12bc", range).unwrap(),
            start,
            end,
        };
        let repairs = vec![repair(1..3, 1, 4), repair(4..4, 5, 6)];
        let made = Article::new("a".into(), Origin::new("t", 0), text, vec![block], vec![]);
        let mut article = made.unwrap();
        article.repairs = repairs;
        article
    }

    #[test]
    fn removals_and_repairs_make_what_is_kept_of_the_record() {
        const RECORD: &str = "aXXXbYc";
        for start in 0..=5 {
            for end in start + 1..=5 {
                let mut article = article();
                let span = article.span(start..end).unwrap();
                article.remove(Removal::new(span, Reason::Repeat, Stage::Within));
                let mut edits: Vec<_> = article.repaired().collect();
                edits.push((article.in_record(span), String::new()));
                edits.sort_by_key(|(place, _)| (place.start, place.end));
                let (mut left, mut at) = (String::new(), 0);
                for (place, text) in edits {
                    assert!(place.start >= at, "{start}..{end}");
                    left.push_str(&RECORD[at..place.start]);
                    left.push_str(&text);
                    at = place.end;
                }
                left.push_str(&RECORD[at..]);
                let text = article.text();
                assert_eq!(left, format!("{}{}", &text[..start], &text[end..]), "{start}..{end}");
            }
        }
    }

    #[test]
    fn places_are_found_in_either_direction() {
        let article = article();
        for (text, record) in [(0..1, 0..1), (1..3, 1..4), (3..4, 4..5), (4..5, 6..7), (0..5, 0..7)]
        {
            assert_eq!(article.in_record(article.span(text.clone()).unwrap()), record);
            assert_eq!(article.of_record(record), text);
        }
    }

    #[test]
    fn without_repairs_places_are_the_same() {
        let mut article = article();
        article.repairs.clear();
        assert_eq!(article.in_record(article.span(1..3).unwrap()), 1..3);
        assert_eq!(article.of_record(1..3), 1..3);
        assert_eq!(article.repaired().count(), 0);
    }
}
