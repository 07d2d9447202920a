//! Places in a text.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A half-open range of bytes, `start..end`, of one text, on character borders.
///
/// Made only by [`Span::new`] and by combining spans, so that a span of a text can always be
/// shown, counted and cut out.
///
/// ```
/// use newsmill_article::Span;
/// let text = "Sarukhán said";
/// let span = Span::new(text, 0..9)?;
/// assert_eq!(span.slice(text), "Sarukhán");
/// assert!(Span::new(text, 0..7).is_err()); // inside the á
/// # Ok::<(), newsmill_article::SpanError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "(usize, usize)", into = "(usize, usize)")]
pub struct Span {
    start: usize,
    end: usize,
}

/// A range that is no span of its text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("bytes {start}..{end} are no span of a text of {len} bytes: {why}")]
pub struct SpanError {
    start: usize,
    end: usize,
    len: usize,
    why: &'static str,
}

impl Span {
    /// The span `range` of `text`, in bytes.
    ///
    /// # Errors
    /// When the range runs backwards, ends after the text, or cuts a character.
    pub fn new(text: &str, range: Range<usize>) -> Result<Self, SpanError> {
        let why = if range.start > range.end {
            "it runs backwards"
        } else if range.end > text.len() {
            "it ends after the text"
        } else if !text.is_char_boundary(range.start) || !text.is_char_boundary(range.end) {
            "it cuts a character"
        } else {
            return Ok(Self { start: range.start, end: range.end });
        };
        Err(SpanError { start: range.start, end: range.end, len: text.len(), why })
    }

    /// A span of a text that the caller has at hand and that is known to fit.
    pub(crate) fn trusted(start: usize, end: usize) -> Self {
        debug_assert!(start <= end, "a span must not run backwards");
        Self { start, end }
    }

    /// The whole of `text`.
    #[must_use]
    pub fn whole(text: &str) -> Self {
        Self { start: 0, end: text.len() }
    }

    /// First byte.
    #[must_use]
    pub fn start(self) -> usize {
        self.start
    }

    /// Byte after the last.
    #[must_use]
    pub fn end(self) -> usize {
        self.end
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether the span holds nothing.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The same as a range.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// The text of the span; empty when `text` is not the text it was made for and is too short.
    #[must_use]
    pub fn slice(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or_default()
    }

    /// Whether `other` lies wholly within this span.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the two share at least one byte.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// What the two share, if they share a byte.
    #[must_use]
    pub fn intersection(self, other: Self) -> Option<Self> {
        self.overlaps(other)
            .then(|| Self { start: self.start.max(other.start), end: self.end.min(other.end) })
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// What is left of this span left and right of `hole`.
    #[must_use]
    pub fn without(self, hole: Self) -> [Option<Self>; 2] {
        let part = |start: usize, end: usize| (start < end).then_some(Self { start, end });
        [part(self.start, self.end.min(hole.start)), part(self.start.max(hole.end), self.end)]
    }

    /// The span without the white space at both its ends.
    #[must_use]
    pub fn trim(self, text: &str) -> Self {
        let slice = self.slice(text);
        let start = self.start + (slice.len() - slice.trim_start().len());
        Self { start, end: start + slice.trim().len() }
    }
}

impl TryFrom<(usize, usize)> for Span {
    type Error = SpanError;

    fn try_from((start, end): (usize, usize)) -> Result<Self, SpanError> {
        if start > end {
            return Err(SpanError { start, end, len: end, why: "it runs backwards" });
        }
        Ok(Self { start, end })
    }
}

impl From<Span> for (usize, usize) {
    fn from(span: Span) -> Self {
        (span.start, span.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_span_always_slices(text in "\\PC{0,12}", start in 0usize..40, end in 0usize..40) {
            match Span::new(&text, start..end) {
                Ok(span) => prop_assert_eq!(span.slice(&text), &text[start..end]),
                Err(_) => prop_assert!(text.get(start..end).is_none()),
            }
        }

        #[test]
        fn without_and_intersection_share_out_every_byte(a in 0usize..20, b in 0usize..20, c in 0usize..20, d in 0usize..20) {
            let text = "x".repeat(20);
            let one = Span::new(&text, a.min(b)..a.max(b)).unwrap();
            let two = Span::new(&text, c.min(d)..c.max(d)).unwrap();
            let rest: usize = one.without(two).iter().flatten().map(|s| s.len()).sum();
            let shared = one.intersection(two).map_or(0, Span::len);
            if two.is_empty() {
                prop_assert_eq!(shared, 0);
            } else {
                prop_assert_eq!(rest + shared, one.len());
            }
        }
    }
}
