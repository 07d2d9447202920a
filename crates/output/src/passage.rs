//! The rows of `passages.jsonl`: text that several articles have.

use newsmill_article::{ArticleId, Span};
use serde::Serialize;

/// A passage of an article that an earlier article has too, in bytes of the records' texts.
///
/// Passages of one article may overlap: then they are copies of different places.
///
/// ```
/// use newsmill_article::{ArticleId, Span};
/// use newsmill_output::PassageRow;
///
/// let text = "Few came. The pier was closed.";
/// let (id, of) = (ArticleId::from("b".to_owned()), ArticleId::from("a".to_owned()));
/// let (copy, first) = (Span::new(text, 10..30)?, Span::new(text, 0..20)?);
/// let row = PassageRow::new((&id, copy), 4, (&of, first));
/// let want = r#"{"id":"b","start":10,"end":30,"words":4,"of":{"id":"a","start":0,"end":20}}"#;
/// assert_eq!(serde_json::to_string(&row)?, want);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct PassageRow<'a> {
    id: &'a ArticleId,
    start: usize,
    end: usize,
    words: u32,
    of: PassageOf<'a>,
}

/// The earlier article and where it has the passage.
#[derive(Clone, Debug, Serialize)]
struct PassageOf<'a> {
    id: &'a ArticleId,
    start: usize,
    end: usize,
}

impl<'a> PassageRow<'a> {
    /// The row of a passage of so many words that stands in two articles.
    #[must_use]
    pub fn new(copy: (&'a ArticleId, Span), words: u32, first: (&'a ArticleId, Span)) -> Self {
        let ((id, copy), (of, first)) = (copy, first);
        let of = PassageOf { id: of, start: first.start(), end: first.end() };
        Self { id, start: copy.start(), end: copy.end(), words, of }
    }
}
