//! Which pairs of texts are worth verifying, from their sketches alone.

mod sketches;

use std::io;

pub use sketches::{Sketches, estimate};

use crate::config::{AcrossConfig, ConfigError, Method};
use crate::exact::Duplicates;
use crate::order::KeepOrder;
use crate::shingles::ShingleSet;
use crate::spill::Memory;
use crate::spill::list::List;
use crate::spill::record::unpack;
use crate::spill::sort::Sorter;
use crate::{contained, join, lsh};

/// Pairs to verify, and what was left out of them.
#[derive(Debug)]
pub struct Candidates {
    /// Of exact duplicates only the first in keep order is in any pair.
    pub duplicates: Duplicates,
    /// Buckets in which not every pair was taken, see [`AcrossConfig::bucket_head`].
    pub capped_buckets: u64,
    /// Texts in the largest bucket.
    pub largest_bucket: u64,
    pairs: List<u64>,
}

impl Candidates {
    /// Finds the pairs of texts that may be similar or contained in one another.
    ///
    /// Of exact duplicates only the first in keep order takes part; two settled texts are no pair. The
    /// answer depends neither on the memory nor on the threads of rayon's current pool.
    ///
    /// A pair of Jaccard similarity `s` is found with the chance [`AcrossConfig::recall`], or always
    /// under [`Method::ExactJoin`]; a contained one as [`crate::contained`] says. In a bucket of more
    /// than `bucket_head` texts, each is compared with the first `bucket_head` ones in keep order only.
    /// That bounds the pairs by texts × bands × `bucket_head`, and as texts are dropped in favour
    /// of earlier ones, a large family is still dropped for its head.
    ///
    /// `shingles` is called under [`Method::ExactJoin`] only: it gives the shingles of the text of that
    /// number, and is asked for each text that is no duplicate, once, in ascending order.
    ///
    /// # Errors
    /// When the configuration is not valid, `order` is not about as many texts as `sketches`, a scratch
    /// file cannot be written or read, or `shingles` fails.
    pub fn find(
        sketches: &Sketches,
        order: &KeepOrder,
        config: &AcrossConfig,
        memory: &Memory,
        shingles: &mut dyn FnMut(u32, &mut ShingleSet) -> io::Result<()>,
    ) -> Result<Self, AcrossError> {
        config.validate()?;
        if order.len() != sketches.len() {
            return Err(AcrossError::Order { order: order.len(), texts: sketches.len() });
        }
        let duplicates = Duplicates::find(sketches, order, memory)?;
        let scene = Scene { sketches, order, duplicates: &duplicates, config, memory };
        let mut buckets = Buckets::default();
        let mut found = Sorter::distinct(memory);
        if config.method == Method::ExactJoin {
            join::similar(&scene, shingles, |pair| found.push(pair))?;
        } else {
            lsh::similar(&scene, &mut buckets, |pair| found.push(pair))?;
        }
        contained::contained(&scene, &mut buckets, |pair| found.push(pair))?;
        let mut pairs = List::new(memory);
        for pair in found.finish()?.iter()? {
            pairs.push(pair?)?;
        }
        pairs.finish()?;
        let Buckets { capped, largest } = buckets;
        Ok(Self { duplicates, capped_buckets: capped, largest_bucket: largest, pairs })
    }

    /// Number of pairs.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.pairs.len()
    }

    /// Whether there is no pair.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The pairs of texts: the one that is later in keep order, then the earlier one; ascending by
    /// their ranks, each once. `order` is that of [`Candidates::find`].
    ///
    /// # Errors
    /// When a scratch file cannot be read.
    pub fn pairs<'a>(
        &'a self,
        order: &'a KeepOrder,
    ) -> io::Result<impl Iterator<Item = io::Result<(u32, u32)>> + 'a> {
        let pairs = self.pairs.iter()?;
        Ok(pairs.map(|pair| {
            let (later, earlier) = unpack(pair?);
            Ok((order.doc(later), order.doc(earlier)))
        }))
    }
}

/// What went wrong between sketches and decisions.
#[derive(Debug, thiserror::Error)]
pub enum AcrossError {
    /// The configuration is not valid.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The keep order is about other texts.
    #[error("the keep order is of {order} texts, but there are {texts} sketches")]
    Order {
        /// Texts in the order.
        order: u32,
        /// Sketches.
        texts: u32,
    },
    /// A scratch file cannot be written or read.
    #[error("cannot put duplicates aside: {0}")]
    Spill(#[from] io::Error),
}

/// What the searches for pairs look at.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) sketches: &'a Sketches,
    pub(crate) order: &'a KeepOrder,
    pub(crate) duplicates: &'a Duplicates,
    pub(crate) config: &'a AcrossConfig,
    pub(crate) memory: &'a Memory,
}

/// Counts of buckets.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Buckets {
    capped: u64,
    largest: u64,
}

impl Buckets {
    pub(crate) fn saw(&mut self, texts: usize, head: usize) {
        self.merge(Self { capped: u64::from(texts > head + 1), largest: texts as u64 });
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.capped += other.capped;
        self.largest = self.largest.max(other.largest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::splitmix;
    use crate::sketch::{Sketch, Sketcher};

    /// The pairs, the text of the smaller number first, ascending, and the counts of buckets.
    fn found(
        sketches: &[Sketch],
        order: &KeepOrder,
        config: &AcrossConfig,
    ) -> (Vec<(u32, u32)>, Buckets) {
        let memory = Memory::unlimited();
        let mut store = Sketches::new(config, &memory).unwrap();
        sketches.iter().for_each(|sketch| store.push(sketch).unwrap());
        let found = Candidates::find(&store, order, config, &memory, &mut |_, _| Ok(())).unwrap();
        let pairs = found.pairs(order).unwrap().map(Result::unwrap);
        let mut pairs: Vec<_> = pairs
            .inspect(|&(later, earlier)| assert!(order.rank(later) > order.rank(earlier)))
            .map(|(a, b)| (a.min(b), a.max(b)))
            .collect();
        pairs.sort_unstable();
        (pairs, Buckets { capped: found.capped_buckets, largest: found.largest_bucket })
    }

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
            let (pairs, _) = found(&sketches, &order, &config);
            assert_eq!(pairs, [(0, 1), (2, 3)], "{method:?}");
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
            let (pairs, _) = found(&sketches(&config, &ranges), &order, &config);
            assert!(pairs.iter().all(|&(a, b)| a / 2 == b / 2));
            assert!(config.recall(0.5) > 0.98 && pairs.len() > 285, "{}", pairs.len());
        }
    }

    #[test]
    fn a_small_family_is_compared_in_full_and_a_large_one_with_its_head() {
        let config = AcrossConfig { bucket_head: 8, ..AcrossConfig::default() };
        let family = |docs: u64| -> Vec<_> { (0..docs).map(|i| i..i + 1000).collect() };
        let small = sketches(&config, &family(9));
        let (pairs, buckets) = found(&small, &KeepOrder::input(9), &config);
        assert_eq!((pairs, buckets.capped), (all_pairs(9), 0));
        let large = sketches(&config, &family(60));
        let (pairs, buckets) = found(&large, &KeepOrder::input(60), &config);
        assert!(buckets.capped > 0 && buckets.largest <= 60);
        assert!((1..60).all(|doc| pairs.contains(&(0, doc))));
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
        let (pairs, _) = found(&equal, &order, &config);
        assert!(pairs.len() < 100 * docs as usize, "{}", pairs.len());
        assert!((1..docs).all(|doc| pairs.binary_search(&(0, doc)).is_ok()));
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
        let (pairs, buckets) = found(&colliding, &order, &few_bands);
        assert!(pairs.len() < 100 * docs as usize, "{}", pairs.len());
        assert_eq!(buckets.largest, u64::from(docs));
    }

    #[test]
    fn settled_texts_are_compared_with_later_ones_only() {
        let ranges = [0..400, 20..420, 1000..3000, 1100..1250, 40..440, 1100..1240];
        for method in [Method::OnePermutation, Method::MinHash] {
            let config = AcrossConfig { method, ..AcrossConfig::default() };
            let order = KeepOrder::by_key(6, std::cmp::Reverse).settled_first(4);
            let (pairs, _) = found(&sketches(&config, &ranges), &order, &config);
            assert_eq!(pairs, [(0, 4), (1, 4), (2, 5), (3, 5)]);
        }
    }

    #[test]
    fn an_order_of_other_texts_is_refused() {
        let config = AcrossConfig::default();
        let memory = Memory::unlimited();
        let sketches = Sketches::new(&config, &memory).unwrap();
        let candidates = |docs, config| {
            let order = KeepOrder::input(docs);
            Candidates::find(&sketches, &order, config, &memory, &mut |_, _| Ok(())).unwrap_err()
        };
        let error = candidates(3, &config);
        assert!(matches!(error, AcrossError::Order { order: 3, texts: 0 }));
        let config = AcrossConfig { bands: 0, ..config };
        assert!(matches!(candidates(0, &config), AcrossError::Config(_)));
    }
}
