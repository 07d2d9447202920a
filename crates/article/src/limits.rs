//! Ceilings, all finite.

use serde::{Deserialize, Serialize};

/// How much of anything a record may ask for. Every limit is finite; what goes beyond one is
/// rejected with a row that names the limit, never cut in silence.
///
/// ```
/// use newsmill_article::Limits;
/// assert_eq!(Limits::default().record_bytes, 16 << 20);
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of one record after decompression. Default 16 MiB.
    pub record_bytes: usize,
    /// Bytes that one byte of compressed input may become. Default 200; counted once the output
    /// has passed `record_bytes`, so that small, very regular files still open.
    pub expansion_ratio: u64,
    /// Bytes of history a zstd frame may ask for, as a power of two. Default 27 (128 MiB).
    pub zstd_window_log2: u32,
    /// Blocks of one article; what comes after goes into the last block. Default 100,000.
    pub blocks_per_article: usize,
    /// Links, images, quotes and the like of one article, each kind. Default 10,000.
    pub facts_per_article: usize,
    /// Depth of folders walked. Default 64.
    pub folder_depth: usize,
    /// Seconds that may be spent on one article; looked at between the stages, so that a stage that
    /// has begun ends. Default 60.
    pub article_seconds: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            record_bytes: 16 << 20,
            expansion_ratio: 200,
            zstd_window_log2: 27,
            blocks_per_article: 100_000,
            facts_per_article: 10_000,
            folder_depth: 64,
            article_seconds: 60,
        }
    }
}
