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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Method;
    use crate::hash::splitmix;
    use crate::sketch::Sketcher;

    /// Sketches of sets of shingles given as ranges of a random sequence.
    fn sketches(config: &AcrossConfig, ranges: &[std::ops::Range<u64>]) -> Vec<Sketch> {
        let sketcher = Sketcher::new(config).unwrap();
        (0..)
            .zip(ranges)
            .map(|(doc, range)| {
                let mut set: Vec<u64> = range.clone().map(|i| splitmix(5, i)).collect();
                set.sort_unstable();
                sketcher.sketch(&[doc], &set)
            })
            .collect()
    }

    fn all_pairs(docs: u32) -> Vec<(u32, u32)> {
        (0..docs).flat_map(|a| (a + 1..docs).map(move |b| (a, b))).collect()
    }

    #[test]
    fn similar_and_contained_pairs_are_found_and_no_others() {
        for method in [Method::OnePermutation, Method::MinHash] {
            let config = AcrossConfig { method, ..AcrossConfig::default() };
            // 0 and 1 are alike, 3 lies in 2, 4 has nothing to do with any of them.
            let ranges = [0..400, 50..450, 1000..3000, 1100..1250, 9000..9400];
            let sketches = sketches(&config, &ranges);
            let order = KeepOrder::by_key(5, std::cmp::Reverse);
            let found = candidates(&sketches, &order, &config).unwrap();
            assert_eq!(found.pairs, [(0, 1), (2, 3)], "{method:?}");
        }
    }

    #[test]
    fn pairs_at_the_link_threshold_are_found_as_often_as_stated() {
        for method in [Method::OnePermutation, Method::MinHash] {
            let config = AcrossConfig { method, containment_sampling: 0, ..Default::default() };
            // 300 pairs at a similarity of one half, apart from each other.
            let ranges: Vec<_> = (0..300)
                .flat_map(|pair| {
                    [pair * 1000..pair * 1000 + 300, pair * 1000 + 100..pair * 1000 + 400]
                })
                .collect();
            let order = KeepOrder::input(600);
            let found = candidates(&sketches(&config, &ranges), &order, &config).unwrap();
            assert!(found.pairs.iter().all(|&(a, b)| a / 2 == b / 2));
            assert!(config.recall(0.5) > 0.98 && found.pairs.len() > 285, "{}", found.pairs.len());
        }
    }

    #[test]
    fn a_small_family_is_compared_in_full_and_a_large_one_with_its_head() {
        let config = AcrossConfig { bucket_head: 8, ..AcrossConfig::default() };
        let family = |docs: u64| -> Vec<_> { (0..docs).map(|i| i..i + 1000).collect() };
        let small = sketches(&config, &family(9));
        let found = candidates(&small, &KeepOrder::input(9), &config).unwrap();
        assert_eq!((found.pairs, found.capped_buckets), (all_pairs(9), 0));
        let large = sketches(&config, &family(60));
        let found = candidates(&large, &KeepOrder::input(60), &config).unwrap();
        assert!(found.capped_buckets > 0 && found.largest_bucket <= 60);
        assert!((1..60).all(|doc| found.pairs.contains(&(0, doc))));
    }

    #[test]
    fn equal_signatures_and_equal_keys_stay_linear() {
        let config = AcrossConfig::default();
        let one = sketches(&config, &[0..50, 25..75]);
        let docs = 5_000_u32;
        let order = KeepOrder::input(docs);
        // All signatures equal, texts different.
        let equal: Vec<Sketch> = (0..docs)
            .map(|doc| Sketch { fingerprint: Some(doc.into()), ..one[0].clone() })
            .collect();
        let found = candidates(&equal, &order, &config).unwrap();
        assert!(found.pairs.len() < 100 * docs as usize, "{}", found.pairs.len());
        assert!((1..docs).all(|doc| found.pairs.binary_search(&(0, doc)).is_ok()));
        // All texts in one bucket of every band but the last.
        let few_bands = AcrossConfig { bands: 4, bucket_head: 16, ..config };
        let colliding: Vec<Sketch> = (0..docs)
            .map(|doc| {
                let mut signature = one[0].signature[..16].to_vec();
                signature[15] = doc;
                Sketch {
                    fingerprint: Some(doc.into()),
                    signature: signature.into(),
                    ..one[0].clone()
                }
            })
            .collect();
        let found = candidates(&colliding, &order, &few_bands).unwrap();
        assert!(found.pairs.len() < 100 * docs as usize, "{}", found.pairs.len());
        assert_eq!(found.largest_bucket, u64::from(docs));
    }

    #[test]
    fn an_order_of_other_texts_is_refused() {
        let config = AcrossConfig::default();
        let error = candidates(&[], &KeepOrder::input(3), &config).unwrap_err();
        assert_eq!(error, CandidatesError::Order { order: 3, texts: 0 });
        let config = AcrossConfig { bands: 0, ..config };
        assert!(candidates(&[], &KeepOrder::input(0), &config).is_err());
    }
}
