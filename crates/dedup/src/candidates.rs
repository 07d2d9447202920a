//! Which pairs of texts are worth verifying, from their sketches alone.

use serde::{Deserialize, Serialize};

use crate::config::{AcrossConfig, ConfigError};
use crate::exact::representatives;
use crate::order::KeepOrder;
use crate::sketch::Sketch;
use crate::{contained, lsh};

/// Pairs to verify, and what was left out of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Candidates {
    /// Pairs of text indices, the smaller first; ascending, each once.
    pub pairs: Vec<(u32, u32)>,
    /// Buckets in which not every pair was taken, see [`AcrossConfig::bucket_head`].
    pub capped_buckets: u64,
    /// Texts in the largest bucket.
    pub largest_bucket: u64,
}

impl Candidates {
    pub(crate) fn saw_bucket(&mut self, texts: usize, head: usize) {
        self.capped_buckets += u64::from(texts > head + 1);
        self.largest_bucket = self.largest_bucket.max(texts as u64);
    }
}

/// Finds the pairs of texts that may be similar or contained in one another.
///
/// Of exact duplicates only the representative takes part. The answer depends on nothing but the
/// arguments. Under [`crate::config::Method::ExactJoin`] only contained texts are searched here;
/// add the pairs of [`crate::join::exact_join`].
///
/// A pair of Jaccard similarity `s` is found with the chance [`AcrossConfig::recall`], a contained
/// one as [`crate::contained`] says. In a bucket of more than `bucket_head` texts, each is
/// compared with the first `bucket_head` ones in keep order only. That bounds the pairs by texts ×
/// bands × `bucket_head`, and as texts are dropped in favour of earlier ones, a large family is
/// still dropped for its head.
///
/// # Errors
/// When the configuration is not valid or `order` is not about as many texts as `sketches`.
pub fn candidates(
    sketches: &[Sketch],
    order: &KeepOrder,
    config: &AcrossConfig,
) -> Result<Candidates, CandidatesError> {
    config.validate()?;
    if order.len() != sketches.len() {
        return Err(CandidatesError::Order { order: order.len(), texts: sketches.len() });
    }
    let representatives = representatives(sketches, order);
    // From here on texts go by their rank, so that "first" means first in keep order.
    let ranked: Vec<Ranked<'_>> = (0..)
        .zip(order.docs())
        .filter(|&(_, &doc)| representatives.get(doc as usize) == Some(&doc))
        .filter_map(|(rank, &doc)| Some(Ranked { rank, sketch: sketches.get(doc as usize)? }))
        .collect();
    let mut found = Candidates::default();
    let mut pairs = lsh::similar(&ranked, config, &mut found);
    pairs.extend(contained::contained(&ranked, config, &mut found));
    found.pairs = pairs
        .into_iter()
        .filter_map(|pair| {
            let (a, b) = unpack(pair);
            let (a, b) = (*order.docs().get(a as usize)?, *order.docs().get(b as usize)?);
            Some((a.min(b), a.max(b)))
        })
        .collect();
    found.pairs.sort_unstable();
    found.pairs.dedup();
    Ok(found)
}

/// Arguments of [`candidates`] that do not fit.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CandidatesError {
    /// The configuration is not valid.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The keep order is about other texts.
    #[error("the keep order is of {order} texts, but there are {texts} sketches")]
    Order {
        /// Texts in the order.
        order: usize,
        /// Sketches.
        texts: usize,
    },
}

/// A representative and its place in the keep order.
pub(crate) struct Ranked<'a> {
    pub(crate) rank: u32,
    pub(crate) sketch: &'a Sketch,
}

/// Two numbers as one that sorts like the pair.
#[inline(always)]
pub(crate) fn pack(first: u32, second: u32) -> u64 {
    (u64::from(first) << 32) | u64::from(second)
}

#[inline(always)]
pub(crate) fn unpack(pair: u64) -> (u32, u32) {
    ((pair >> 32) as u32, pair as u32)
}
