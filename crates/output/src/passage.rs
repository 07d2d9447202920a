//! The rows of `passages.jsonl`: text that several articles have.

use newsmill_article::ArticleId;
use serde::Serialize;

use crate::Bytes;

/// A passage of an article that an earlier article has too, in bytes of the records' texts.
///
/// Passages of one article may overlap: then they are copies of different places.
///
/// ```
/// use newsmill_article::ArticleId;
/// use newsmill_output::PassageRow;
///
/// let (id, of) = (ArticleId::from("b".to_owned()), ArticleId::from("a".to_owned()));
/// let row = PassageRow::new((&id, (10..30).into()), 4, (&of, (0..20).into()));
/// let want = r#"{"id":"b","start":10,"end":30,"words":4,"of":{"id":"a","start":0,"end":20}}"#;
/// assert_eq!(serde_json::to_string(&row)?, want);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct PassageRow<'a> {
    id: &'a ArticleId,
    #[serde(flatten)]
    place: Bytes,
    words: u32,
    of: PassageOf<'a>,
}

/// The earlier article and where it has the passage.
#[derive(Clone, Debug, Serialize)]
struct PassageOf<'a> {
    id: &'a ArticleId,
    #[serde(flatten)]
    place: Bytes,
}

impl<'a> PassageRow<'a> {
    /// The row of a passage of so many words that stands in two articles.
    #[must_use]
    pub fn new(copy: (&'a ArticleId, Bytes), words: u32, first: (&'a ArticleId, Bytes)) -> Self {
        let ((id, place), (of, first)) = (copy, first);
        Self { id, place, words, of: PassageOf { id: of, place: first } }
    }
}
