//! The rows of `duplicates.jsonl`, `removed.jsonl`, `repaired.jsonl`, `boilerplate.jsonl` and
//! `rejected.jsonl`: what became of everything that is not in an article row.

use std::borrow::Cow;
use std::ops::Range;

use newsmill_article::{
    Article, ArticleId, Diff, Duplicate, Method, Reason, Reject, RejectKind, Removal, Stage,
};
use serde::{Deserialize, Serialize};

use crate::row::value;
use crate::{RecordName, SourceRow};

/// An article left out because another one stands for it.
#[derive(Clone, Debug, Serialize)]
pub struct DuplicateRow<'a> {
    id: &'a ArticleId,
    source: SourceRow<'a>,
    kept: &'a ArticleId,
    cluster: &'a ArticleId,
    method: Method,
    similarity: f64,
    diff: Diff,
    title: Option<&'a str>,
    published: Option<&'a str>,
    site: Option<&'a str>,
    url: Option<&'a str>,
    /// The input row's own field `source`, where it is a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    source_name: Option<String>,
}

impl<'a> DuplicateRow<'a> {
    /// The row of `article`.
    #[must_use]
    pub fn new(article: &'a Article, duplicate: &'a Duplicate) -> Self {
        let Duplicate { kept, cluster, method, similarity, diff } = duplicate;
        let facts = &article.facts;
        Self {
            id: &article.id,
            source: SourceRow::new(&article.origin),
            kept,
            cluster,
            method: *method,
            similarity: *similarity,
            diff: *diff,
            title: value(&facts.title),
            published: value(&facts.published),
            site: value(&facts.site),
            url: value(&facts.url),
            source_name: article.metadata.text("source").map(Cow::into_owned),
        }
    }
}

/// A span removed from an article that was kept, in bytes of the record's text.
#[derive(Clone, Debug, Serialize)]
pub struct RemovedRow<'a> {
    id: &'a ArticleId,
    source: SourceRow<'a>,
    #[serde(flatten)]
    place: Bytes,
    reason: Reason,
    of: Option<Of<'a>>,
    score: Option<f32>,
    stage: Stage,
}

/// What stays in place of a removed span.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(untagged)]
enum Of<'a> {
    /// A place of the same text.
    Here(Bytes),
    /// The same passage of another article.
    Article { id: &'a ArticleId },
}

/// A place in the record's text, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Bytes {
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

impl From<Range<usize>> for Bytes {
    fn from(range: Range<usize>) -> Self {
        Self { start: range.start, end: range.end }
    }
}

impl<'a> RemovedRow<'a> {
    /// The row of one removal from `article`.
    #[must_use]
    pub fn new(article: &'a Article, removal: &Removal) -> Self {
        let place = |span| Bytes::from(article.in_record(span));
        Self {
            id: &article.id,
            source: SourceRow::new(&article.origin),
            place: place(removal.span),
            reason: removal.reason,
            of: removal.witness.map(|span| Of::Here(place(span))),
            score: removal.score,
            stage: removal.stage,
        }
    }

    /// The same, saying that the article `id` keeps what was removed.
    #[must_use]
    pub fn of_article(self, id: Option<&'a ArticleId>) -> Self {
        Self { of: id.map(|id| Of::Article { id }).or(self.of), ..self }
    }
}

/// Characters that had been decoded wrongly, put right in an article that was kept: the place in
/// bytes of the record's text, and what stands there now.
///
/// With the removed rows these make what is left of the record's text.
#[derive(Clone, Debug, Serialize)]
pub struct RepairedRow<'a> {
    id: &'a ArticleId,
    source: SourceRow<'a>,
    #[serde(flatten)]
    place: Bytes,
    text: String,
}

impl<'a> RepairedRow<'a> {
    /// The rows of `article`, in order.
    pub fn all(article: &'a Article) -> impl Iterator<Item = Self> {
        article.repaired().map(|(place, text)| Self {
            id: &article.id,
            source: SourceRow::new(&article.origin),
            place: place.into(),
            text,
        })
    }
}

/// A line that is boilerplate, as the profile of a run tells it and as a later run reads it.
///
/// ```
/// use newsmill_output::BoilerplateRow;
/// let row: BoilerplateRow = serde_json::from_str(r#"{"line": "Get the Skell Herald by mail!"}"#)?;
/// assert_eq!((row.source, row.share), (None, 1.0));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct BoilerplateRow {
    /// The line as it first stood, on one line.
    pub line: String,
    /// The fingerprint of its words in 16 hexadecimal digits.
    #[serde(default)]
    pub hash: String,
    /// The source in which it is boilerplate: a domain, or what the articles name; empty for
    /// articles that name none; null for everywhere.
    #[serde(default)]
    pub source: Option<String>,
    /// Stories there that have it.
    #[serde(default)]
    pub stories: u32,
    /// Their share of all stories there, 0 to 1.
    #[serde(default = "all")]
    pub share: f64,
}

/// The share of a line that a profile simply names.
fn all() -> f64 {
    1.0
}

/// A record that could not be read.
#[derive(Clone, Debug, Serialize)]
pub struct RejectedRow<'a> {
    path: &'a str,
    record: RecordName<'a>,
    offset: u64,
    stage: Stage,
    error: &'a str,
    hint: &'static str,
    payload: Option<&'a str>,
    kind: RejectKind,
}

impl<'a> RejectedRow<'a> {
    /// The row of one reject. `payload` says where its bytes were put aside, if they were.
    #[must_use]
    pub fn new(reject: &'a Reject, payload: Option<&'a str>) -> Self {
        let source = SourceRow::new(&reject.origin);
        Self {
            path: source.path,
            record: source.record,
            offset: source.offset,
            stage: reject.stage,
            error: &reject.detail,
            hint: reject.kind.hint(),
            payload,
            kind: reject.kind,
        }
    }
}
