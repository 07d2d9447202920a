//! The rows of `duplicates.jsonl`, `removed.jsonl` and `rejected.jsonl`: what became of everything
//! that is not in an article row.

use newsmill_article::{
    ArticleId, Diff, Duplicate, Method, Origin, Reason, Reject, RejectKind, Removal, Span, Stage,
};
use serde::Serialize;

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
}

impl<'a> DuplicateRow<'a> {
    /// The row of the article `id` from `origin`.
    #[must_use]
    pub fn new(id: &'a ArticleId, origin: &'a Origin, duplicate: &'a Duplicate) -> Self {
        let Duplicate { kept, cluster, method, similarity, diff } = duplicate;
        Self {
            id,
            source: SourceRow::new(origin),
            kept,
            cluster,
            method: *method,
            similarity: *similarity,
            diff: *diff,
        }
    }
}

/// A span removed from an article that was kept, in bytes of the record's text.
#[derive(Clone, Debug, Serialize)]
pub struct RemovedRow<'a> {
    id: &'a ArticleId,
    start: usize,
    end: usize,
    reason: Reason,
    of: Option<Bytes>,
    score: Option<f32>,
    stage: Stage,
}

/// A place in the record's text, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Bytes {
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

impl From<Span> for Bytes {
    fn from(span: Span) -> Self {
        Self { start: span.start(), end: span.end() }
    }
}

impl<'a> RemovedRow<'a> {
    /// The row of one removal from the article `id`.
    #[must_use]
    pub fn new(id: &'a ArticleId, removal: &Removal) -> Self {
        Self {
            id,
            start: removal.span.start(),
            end: removal.span.end(),
            reason: removal.reason,
            of: removal.witness.map(Bytes::from),
            score: removal.score,
            stage: removal.stage,
        }
    }
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
    /// The row of one reject.
    #[must_use]
    pub fn new(reject: &'a Reject) -> Self {
        let source = SourceRow::new(&reject.origin);
        Self {
            path: source.path,
            record: source.record,
            offset: source.offset,
            stage: reject.stage,
            error: &reject.detail,
            hint: reject.kind.hint(),
            payload: None,
            kind: reject.kind,
        }
    }
}
