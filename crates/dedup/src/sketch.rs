//! Sketches: a text in about a kilobyte, enough to guess which other texts are like it.
//!
//! A signature of `k` 32-bit values estimates the Jaccard similarity `J` of two sets of shingles as
//! the share of equal values. With [`Method::MinHash`] (Broder 1997) the standard error is
//! √(J(1−J)/k): 0.031 at J = 0.5 and k = 256. [`Method::OnePermutation`] (Li, Owen, Zhang 2012)
//! deals the shingles into `k` bins and keeps the smallest of each; bins left empty borrow from
//! others by optimal densification (Shrivastava 2017). It does `k` times less work; its error is
//! the same for texts of more than about `k` shingles and grows to that of √(J(1−J)/n) for texts
//! of `n` < `k`, as fewer values are independent. Both are integer arithmetic, so every processor
//! gives the same signature.

use std::cell::LazyCell;

use multiversion::multiversion;
use serde::{Deserialize, Serialize};

use crate::config::{AcrossConfig, ConfigError, Method};
use crate::exact::fingerprint;
use crate::hash::splitmix;
use crate::shingles::Distinct;

/// Number of the format of stored shingles and sketches: changes when the same text and
/// configuration no longer give the same numbers.
pub const SKETCH_FORMAT: u32 = 1;

/// What is remembered of a text to find its duplicates.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sketch {
    /// Equal for texts of equal words; `None` for a text without words.
    pub fingerprint: Option<u128>,
    /// Equal for texts that go by one name, whatever they say: a fingerprint of their address, say.
    /// The caller's to set; see [`AcrossConfig::by_identity`].
    pub identity: Option<u128>,
    /// Number of different shingles; 0 for a text shorter than a shingle.
    pub shingles: u32,
    /// `bands × rows` values, or none for a text without shingles or under [`Method::ExactJoin`].
    pub signature: Box<[u32]>,
    /// The sampled shingles, ascending: their hashes are the smallest of all possible ones. Only
    /// the highest 32 bits that can differ are kept.
    pub sampled: Box<[u32]>,
}

/// Makes sketches; shared by all threads.
///
/// # Example
/// ```
/// use newsmill_dedup::{config::AcrossConfig, shingles::shingles};
/// use newsmill_dedup::{sketch::{Scratch, Sketcher}, tokens::{Tokens, tokenize_into}};
///
/// let sketcher = Sketcher::new(&AcrossConfig::default())?;
/// let mut tokens = Tokens::default();
/// tokenize_into("The ferry to the island will run every hour from May.", &mut tokens);
/// let sketch = sketcher.sketch_words(tokens.hashes(), &mut Scratch::default());
/// assert_eq!((sketch.shingles, sketch.signature.len()), (7, 256));
/// assert_eq!(sketch, sketcher.sketch(tokens.hashes(), &shingles(tokens.hashes(), 5)));
/// # Ok::<(), newsmill_dedup::config::ConfigError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Sketcher {
    method: Method,
    shingle_words: usize,
    multipliers: Vec<u32>,
    addends: Vec<u32>,
    seed: u64,
    sampled_below: u64,
    sampled_shift: u32,
}

impl Sketcher {
    /// # Errors
    /// When the configuration is not valid.
    pub fn new(config: &AcrossConfig) -> Result<Self, ConfigError> {
        config.validate()?;
        let values = config.permutations() as u64;
        let (sampled_below, sampled_shift) = match config.containment_sampling {
            0 => (0, 0),
            1 => (u64::MAX, 32),
            one_in => {
                let below = u64::MAX / one_in;
                (below, 32_u32.saturating_sub(below.leading_zeros()))
            }
        };
        Ok(Self {
            method: config.method,
            shingle_words: config.shingle_words,
            multipliers: (0..values).map(|i| splitmix(config.seed, 2 * i) as u32 | 1).collect(),
            addends: (0..values).map(|i| splitmix(config.seed, 2 * i + 1) as u32).collect(),
            seed: config.seed,
            sampled_below,
            sampled_shift,
        })
    }

    /// Sketch of a text from its word hashes and its set of shingles (ascending, without
    /// repeats).
    #[must_use]
    pub fn sketch(&self, tokens: &[u64], shingles: &[u64]) -> Sketch {
        let sampled = shingles.partition_point(|&shingle| shingle < self.sampled_below);
        self.assemble(tokens, shingles, shingles.get(..sampled).unwrap_or_default())
    }

    /// Sketch of a text from its word hashes: as [`Sketcher::sketch`] makes it of them and their
    /// set of shingles, without sorting the set.
    #[must_use]
    pub fn sketch_words(&self, tokens: &[u64], scratch: &mut Scratch) -> Sketch {
        let Scratch { distinct, shingles, sampled } = scratch;
        distinct.shingles_into(tokens, self.shingle_words, shingles);
        sampled.clear();
        sampled.extend(shingles.iter().filter(|&&shingle| shingle < self.sampled_below));
        sampled.sort_unstable();
        self.assemble(tokens, shingles, sampled)
    }

    fn assemble(&self, tokens: &[u64], shingles: &[u64], sampled: &[u64]) -> Sketch {
        let signature = match self.method {
            _ if shingles.is_empty() => Vec::new(),
            Method::ExactJoin => Vec::new(),
            Method::MinHash => min_hash(shingles, &self.multipliers, &self.addends),
            Method::OnePermutation => one_permutation(shingles, self.multipliers.len(), self.seed),
        };
        Sketch {
            fingerprint: fingerprint(tokens),
            identity: None,
            shingles: u32::try_from(shingles.len()).unwrap_or(u32::MAX),
            signature: signature.into(),
            sampled: sampled.iter().map(|shingle| (shingle >> self.sampled_shift) as u32).collect(),
        }
    }
}

/// Memory of one text's shingles, used again for the next text.
#[derive(Debug, Clone, Default)]
pub struct Scratch {
    distinct: Distinct,
    shingles: Vec<u64>,
    sampled: Vec<u64>,
}

/// Share of equal values of two signatures: an estimate of the Jaccard similarity. 0 for
/// signatures of different lengths or none.
#[must_use]
pub fn estimate(a: &[u32], b: &[u32]) -> f64 {
    if a.len() != b.len() || a.is_empty() {
        return 0.0;
    }
    let equal: u32 = a.iter().zip(b).map(|(x, y)| u32::from(x == y)).sum();
    f64::from(equal) / a.len() as f64
}

/// Values that are kept in registers while the shingles go by.
const LANES: usize = 32;

/// Value `i` is the smallest `multipliers[i] · h + addends[i]` modulo 2³² over the upper halves
/// `h` of all shingles.
fn min_hash(shingles: &[u64], multipliers: &[u32], addends: &[u32]) -> Vec<u32> {
    let halves: Vec<u32> = shingles.iter().map(|shingle| (shingle >> 32) as u32).collect();
    let mut signature = Vec::with_capacity(multipliers.len());
    for (multipliers, addends) in multipliers.chunks(LANES).zip(addends.chunks(LANES)) {
        let (mut times, mut plus) = ([1; LANES], [0; LANES]);
        for (to, from) in times.iter_mut().zip(multipliers) {
            *to = *from;
        }
        for (to, from) in plus.iter_mut().zip(addends) {
            *to = *from;
        }
        let smallest = smallest(&halves, &times, &plus);
        signature.extend(smallest.iter().take(multipliers.len()));
    }
    signature
}

#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl",
    "x86_64+avx2",
    "x86_64+sse4.1"
))]
fn smallest(halves: &[u32], times: &[u32; LANES], plus: &[u32; LANES]) -> [u32; LANES] {
    let mut smallest = [u32::MAX; LANES];
    for &half in halves {
        for lane in 0..LANES {
            let value = half.wrapping_mul(times[lane]).wrapping_add(plus[lane]);
            smallest[lane] = smallest[lane].min(value);
        }
    }
    smallest
}

/// Deals the shingles into `values` bins by their lower half and keeps the smallest upper half of
/// each bin; an empty bin takes the value of the first full bin in a random sequence of its own.
fn one_permutation(shingles: &[u64], values: usize, seed: u64) -> Vec<u32> {
    const EMPTY: u32 = u32::MAX;
    let bins = values as u64;
    let mut signature = vec![EMPTY; values];
    for &shingle in shingles {
        let bin = (shingle & 0xffff_ffff).wrapping_mul(bins) >> 32;
        if let Some(smallest) = signature.get_mut(bin as usize) {
            *smallest = (*smallest).min(((shingle >> 32) as u32).min(EMPTY - 1));
        }
    }
    let empty: Vec<usize> =
        (0_usize..).zip(&signature).filter(|(_, value)| **value == EMPTY).map(|(i, _)| i).collect();
    if empty.len() == values {
        return signature;
    }
    let full = LazyCell::new(|| {
        let full = (0_usize..).zip(&signature).filter(|(_, value)| **value != EMPTY);
        full.map(|(i, _)| i).collect::<Vec<_>>()
    });
    let borrowed: Vec<u32> = empty
        .iter()
        .map(|&bin| {
            let start = seed ^ (bin as u64).rotate_left(40);
            let mut last = 0;
            let drawn = (0..DRAWS).find_map(|attempt| {
                last = (((splitmix(start, attempt) >> 32).wrapping_mul(bins)) >> 32) as usize;
                signature.get(last).copied().filter(|&value| value != EMPTY)
            });
            // Few bins are full: the next one after the last draw, around the end.
            drawn.unwrap_or_else(|| {
                let next = full.partition_point(|&full| full < last);
                let next = full.get(next).or(full.first()).copied().unwrap_or(0);
                signature.get(next).copied().unwrap_or(EMPTY)
            })
        })
        .collect();
    drop(full);
    for (bin, value) in empty.into_iter().zip(borrowed) {
        if let Some(place) = signature.get_mut(bin) {
            *place = value;
        }
    }
    signature
}

/// Bins an empty bin asks at random before it takes the value of a neighbour. Without a bound, a
/// text of one shingle would need as many draws as the square of the signature's length.
const DRAWS: u64 = 8;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn set(seed: u64, range: std::ops::Range<u64>) -> Vec<u64> {
        let mut set: Vec<u64> = range.map(|i| splitmix(seed, i)).collect();
        set.sort_unstable();
        set
    }

    fn sketcher(method: Method, bands: usize) -> Sketcher {
        Sketcher::new(&AcrossConfig { method, bands, ..AcrossConfig::default() }).unwrap()
    }

    #[test]
    fn estimates_within_the_stated_error() {
        for method in [Method::MinHash, Method::OnePermutation] {
            let sketcher = sketcher(method, 64);
            let sketch = |range| sketcher.sketch(&[], &set(1, range));
            for (shared, similarity) in
                [(1000, 1000.0 / 3000.0), (2000, 1.0), (1600, 1600.0 / 2400.0)]
            {
                let (a, b) = (sketch(0..2000), sketch(2000 - shared..4000 - shared));
                let error = (similarity * (1.0 - similarity) / 256.0_f64).sqrt();
                let estimate = estimate(&a.signature, &b.signature);
                assert!((estimate - similarity).abs() <= 4.0 * error, "{method:?} {estimate}");
            }
        }
    }

    #[test]
    fn unlike_texts_share_next_to_nothing_however_short() {
        for method in [Method::MinHash, Method::OnePermutation] {
            let sketcher = sketcher(method, 64);
            for size in [1, 3, 40, 1000] {
                let (a, b) = (set(1, 0..size), set(2, 0..size));
                let (a, b) = (sketcher.sketch(&[], &a), sketcher.sketch(&[], &b));
                assert!(estimate(&a.signature, &b.signature) < 0.01);
                assert_eq!(estimate(&a.signature, &a.signature), 1.0);
            }
        }
    }

    #[test]
    fn nothing_is_made_of_nothing() {
        let sketch = sketcher(Method::OnePermutation, 64).sketch(&[], &[]);
        assert_eq!(sketch, Sketch::default());
        assert_eq!(estimate(&[], &[]), 0.0);
    }

    #[test]
    fn the_format_is_fixed() {
        let shingles = set(3, 0..500);
        let sum = |method| {
            let sketch = sketcher(method, 64).sketch(&shingles, &shingles);
            sketch.signature.iter().fold(0_u32, |sum, &v| sum.rotate_left(5) ^ v)
        };
        let found = (sum(Method::MinHash), sum(Method::OnePermutation));
        assert_eq!((found, SKETCH_FORMAT), ((1_011_108_225, 387_581_433), 1));
    }

    #[test]
    fn a_text_in_another_has_its_sample_in_the_others() {
        let sketcher = sketcher(Method::OnePermutation, 64);
        let inner = sketcher.sketch(&[], &set(1, 0..300));
        let outer = sketcher.sketch(&[], &set(1, 0..3000));
        assert!(inner.sampled.iter().all(|shingle| outer.sampled.contains(shingle)));
        assert!((20..60).contains(&inner.sampled.len()), "{}", inner.sampled.len());
        assert!((300..460).contains(&outer.sampled.len()), "{}", outer.sampled.len());
    }

    proptest! {
        #[test]
        fn the_set_need_not_be_sorted(
            ids in prop::collection::vec(0_u64..90, 0..400),
            method in prop::sample::select(vec![Method::OnePermutation, Method::MinHash]),
            sampling in 0_u64..4,
        ) {
            let words: Vec<u64> = ids.iter().map(|&id| splitmix(9, id)).collect();
            let config =
                AcrossConfig { method, containment_sampling: sampling, ..Default::default() };
            let sketcher = Sketcher::new(&config).unwrap();
            let set = crate::shingles::shingles(&words, config.shingle_words);
            let mut scratch = Scratch::default();
            for _ in 0..2 {
                let sketch = sketcher.sketch_words(&words, &mut scratch);
                prop_assert_eq!(&sketch, &sketcher.sketch(&words, &set));
            }
        }

        #[test]
        fn vectors_and_plain_loops_agree(
            mut shingles in prop::collection::btree_set(any::<u64>(), 1..100),
            bands in 1_usize..40,
        ) {
            shingles.insert(u64::MAX);
            let shingles: Vec<u64> = shingles.into_iter().collect();
            let sketcher = sketcher(Method::MinHash, bands);
            let plain: Vec<u32> = sketcher.multipliers.iter().zip(&sketcher.addends)
                .map(|(times, plus)| {
                    let values = shingles.iter().map(|shingle| {
                        ((shingle >> 32) as u32).wrapping_mul(*times).wrapping_add(*plus)
                    });
                    values.min().unwrap()
                })
                .collect();
            prop_assert_eq!(&*sketcher.sketch(&[], &shingles).signature, &plain[..]);
        }
    }
}
