//! Where bytes came from.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Where a record came from: enough to fetch its raw bytes again.
///
/// ```
/// use newsmill_article::Origin;
/// let origin = Origin::new("dump.jsonl.zst", 7).at(2_048, 512);
/// assert_eq!((origin.ordinal, origin.offset, origin.length), (7, 2_048, 512));
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Origin {
    /// The input as it was named: a path, or `-` for standard input.
    pub path: Arc<str>,
    /// Place of the record among the records of its input, from 0, rejected ones included.
    pub ordinal: u64,
    /// The container's own record id, where it has one (a WARC-Record-ID, say).
    pub record_id: Option<String>,
    /// First byte of the record in the input, after decompression.
    pub offset: u64,
    /// Length of the record in bytes, after decompression.
    pub length: u64,
}

impl Origin {
    /// Record number `ordinal` of the input at `path`.
    #[must_use]
    pub fn new(path: impl Into<Arc<str>>, ordinal: u64) -> Self {
        Self { path: path.into(), ordinal, record_id: None, offset: 0, length: 0 }
    }

    /// The same at byte `offset`, `length` bytes long, both after decompression.
    #[must_use]
    pub fn at(mut self, offset: u64, length: u64) -> Self {
        self.offset = offset;
        self.length = length;
        self
    }
}
