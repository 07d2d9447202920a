//! Locality-sensitive hashing: texts with an equal band of their signatures are candidates
//! (Indyk, Motwani 1998; Leskovec, Rajaraman, Ullman: Mining of Massive Datasets, 3.4).

use std::io;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use crate::candidates::{Buckets, Scene, Sketches};
use crate::config::AcrossConfig;
use crate::hash::fold_multiply;
use crate::spill::Memory;
use crate::spill::list::{List, Reader};
use crate::spill::record::{pack, unpack};
use crate::spill::sort::{Sorted, Sorter};

/// Pairs whose estimate is so many standard errors below the threshold are not verified.
const DEVIATIONS: f64 = 5.0;
/// Pairs a thread collects before it hands them on.
const HANDED_ON: usize = 64 << 10;

/// The key of band number `band` of a signature with `rows` values a band.
///
/// Texts with an equal key in the same band are candidates. `None` when the signature has no such
/// band.
#[must_use]
#[inline]
pub fn band_key(signature: &[u32], band: usize, rows: usize) -> Option<u64> {
    let start = band.checked_mul(rows)?;
    let values = signature.get(start..start.checked_add(rows)?)?;
    Some(values.iter().fold(0x4cf5_ad43_2745_937f, |key, &value| {
        fold_multiply(key ^ u64::from(value), 0xe703_7ed1_a0b4_28db)
    }))
}

/// Pairs of ranks, the later first, of texts that share a band and whose estimated similarity is
/// not far below the lowest threshold.
pub(crate) fn similar(
    scene: &Scene<'_>,
    buckets: &mut Buckets,
    mut found: impl FnMut(u64) -> io::Result<()>,
) -> io::Result<()> {
    let pairs = banded(scene, buckets)?;
    let mut filter = Filter::new(scene.sketches, scene.config)?;
    for pair in pairs.iter()? {
        let pair = pair?;
        let (later, earlier) = unpack(pair);
        if filter.promising(scene.order.doc(earlier), scene.order.doc(later))? {
            found(pair)?;
        }
    }
    Ok(())
}

/// Pairs that share a band. As many bands at a time as there are threads, each with its part of the
/// memory.
fn banded(scene: &Scene<'_>, buckets: &mut Buckets) -> io::Result<Sorted<u64>> {
    let threads = rayon::current_num_threads().max(1);
    let memory = scene.memory.shared_by(threads);
    let pairs = Mutex::new((Sorter::distinct(scene.memory), Buckets::default()));
    for bands in scene.sketches.bands.chunks(threads) {
        bands.par_iter().try_for_each(|keys| {
            let hand_on = |found: &mut Vec<u64>| {
                let mut pairs = pairs.lock().unwrap_or_else(PoisonError::into_inner);
                pairs.0.extend(found.drain(..))
            };
            let seen = band(scene, keys, &memory, hand_on)?;
            pairs.lock().unwrap_or_else(PoisonError::into_inner).1.merge(seen);
            Ok::<_, io::Error>(())
        })?;
    }
    let (pairs, seen) = pairs.into_inner().unwrap_or_else(PoisonError::into_inner);
    buckets.merge(seen);
    pairs.finish()
}

/// Pairs that share this band, handed on in batches.
fn band(
    scene: &Scene<'_>,
    keys: &List<u32>,
    memory: &Memory,
    mut hand_on: impl FnMut(&mut Vec<u64>) -> io::Result<()>,
) -> io::Result<Buckets> {
    let mut by_key = Sorter::new(memory);
    for (doc, key) in (0..).zip(keys.iter()?) {
        let rank = scene.order.rank(doc);
        if scene.sketches.signed.get(doc) && !scene.duplicates.contains_rank(rank) {
            // The few false meetings of 32-bit keys do not survive the estimate.
            by_key.push(pack(key?, rank))?;
        }
    }
    let by_key = by_key.finish()?;
    let mut buckets = Buckets::default();
    let mut pairs = Vec::new();
    let (mut heads, mut last, mut texts) = (Vec::new(), None, 0);
    for record in by_key.iter()? {
        let (key, rank) = unpack(record?);
        if last != Some(key) {
            buckets.saw(texts, scene.config.bucket_head);
            heads.clear();
            (last, texts) = (Some(key), 0);
        }
        texts += 1;
        if rank >= scene.order.settled() {
            pairs.extend(heads.iter().map(|&head| pack(rank, head)));
        }
        if heads.len() < scene.config.bucket_head {
            heads.push(rank);
        }
        if pairs.len() > HANDED_ON {
            hand_on(&mut pairs)?;
        }
    }
    buckets.saw(texts, scene.config.bucket_head);
    hand_on(&mut pairs)?;
    Ok(buckets)
}

/// Tells from a few bits of two signatures that a pair is not worth a proof.
struct Filter<'a> {
    first: Reader<'a, u32>,
    second: Reader<'a, u32>,
    sizes: (Reader<'a, u32>, Reader<'a, u32>),
    words: u64,
    values: f64,
    threshold: f64,
}

impl<'a> Filter<'a> {
    fn new(sketches: &'a Sketches, config: &AcrossConfig) -> io::Result<Self> {
        let words = sketches.estimate_words;
        Ok(Self {
            // The later text of one pair is often that of the next, the earlier one is anywhere.
            first: sketches.estimates.reader(words)?,
            second: sketches.estimates.reader(64 * words)?,
            sizes: (sketches.sizes.reader(1)?, sketches.sizes.reader(1024)?),
            words: words as u64,
            values: config.permutations() as f64,
            threshold: config.lowest_threshold(),
        })
    }

    fn promising(&mut self, first: u32, second: u32) -> io::Result<bool> {
        let (start, other) = (u64::from(first) * self.words, u64::from(second) * self.words);
        let mut differ = 0;
        for word in 0..self.words {
            let a = self.first.get(start + word)?.unwrap_or(0);
            let b = self.second.get(other + word)?.unwrap_or(0);
            differ += differing(a, b);
        }
        let sizes = (self.sizes.0.get(first.into())?, self.sizes.1.get(second.into())?);
        let larger = sizes.0.max(sizes.1).unwrap_or(1);
        Ok(is_promising(differ, self.values, larger, self.threshold))
    }
}

/// Whether two texts are worth a proof, by their [estimates](crate::candidates::estimate) and numbers
/// of shingles: what [`crate::candidates::Candidates::find`] asks of pairs that share a band.
#[must_use]
pub fn promising(estimates: [&[u32]; 2], shingles: [u32; 2], config: &AcrossConfig) -> bool {
    let [a, b] = estimates;
    let differing = a.iter().zip(b).map(|(a, b)| differing(*a, *b)).sum();
    let larger = shingles[0].max(shingles[1]);
    is_promising(differing, config.permutations() as f64, larger, config.lowest_threshold())
}

/// How many of the values in two words of an estimate differ.
fn differing(a: u32, b: u32) -> u32 {
    let bits = a ^ b;
    ((bits | (bits >> 1)) & 0x5555_5555).count_ones()
}

/// Whether so many of `values` differ only that the similarity may reach `threshold`; `shingles` are
/// those of the larger text.
fn is_promising(differing: u32, values: f64, shingles: u32, threshold: f64) -> bool {
    // Different values agree in their lowest bits once in four times.
    let expected = (threshold.min(1.0) * 3.0 + 1.0) / 4.0;
    // A short text has no more independent values than shingles.
    let independent = values.min(f64::from(shingles.max(1)));
    let error = (expected * (1.0 - expected) / independent).sqrt();
    let equal = 1.0 - f64::from(differing) / values;
    equal >= expected - DEVIATIONS * error
}
