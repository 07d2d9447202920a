//! Texts that are contained in larger ones, at whatever similarity: a quoted or shortened story.
//!
//! Of each text's shingles those with the smallest hashes are sampled, one in `s` (FracMinHash;
//! Irber et al. 2022). A shingle is sampled in every text or in none, so the share of a text's
//! sample that another text has too is an unbiased estimate of its containment, with standard
//! error √(c(1−c)/m) for `m` sampled shingles.
//!
//! What is promised: a text of `n` shingles of which the share `c` occurs in a larger text is
//! missed when none of the shared ones is sampled, with the chance (1 − 1/s)^(cn) (at one in 8 and c = 0.9: 3 % for 30 shingles,
//! 0.03 % for 70), or when the estimate falls four standard errors below the threshold; or in a
//! bucket of more than `bucket_head` texts, when the larger text is not among its first ones.

use crate::candidates::{Candidates, Ranked, pack, unpack};
use crate::config::AcrossConfig;

/// An estimate may be so many standard errors too low.
const DEVIATIONS: f64 = 4.0;

/// A sampled shingle of a text that some other text has too.
struct Shared {
    /// Position of the text.
    text: u32,
    /// Number of texts that have the shingle.
    texts: u32,
    /// Where they begin in the index.
    bucket: usize,
}

/// Pairs of ranks, packed, of which one text may be contained in the other.
pub(crate) fn contained(
    ranked: &[Ranked<'_>],
    config: &AcrossConfig,
    found: &mut Candidates,
) -> Vec<u64> {
    let mut index: Vec<u64> = (0_u32..)
        .zip(ranked)
        .flat_map(|(position, text)| {
            text.sketch.sampled.iter().map(move |&shingle| pack(shingle, position))
        })
        .collect();
    index.sort_unstable();

    let mut shared = Vec::new();
    let mut start = 0;
    for bucket in index.chunk_by(|a, b| a >> 32 == b >> 32) {
        if bucket.len() > 1 {
            found.saw_bucket(bucket.len(), config.bucket_head);
            let texts = u32::try_from(bucket.len()).unwrap_or(u32::MAX);
            let of = |&entry: &u64| Shared { text: unpack(entry).1, texts, bucket: start };
            shared.extend(bucket.iter().map(of));
        }
        start += bucket.len();
    }
    // The rarest shingle of each text first.
    shared.sort_unstable_by_key(|shared| (shared.text, shared.texts, shared.bucket));

    let mut pairs = Vec::new();
    let mut larger = Vec::new();
    for of_text in shared.chunk_by(|a, b| a.text == b.text) {
        let Some(text) = of_text.first().and_then(|shared| ranked.get(shared.text as usize)) else {
            continue;
        };
        let sampled = text.sketch.sampled.len();
        let needed = needed(sampled, config.containment_threshold);
        // A text that shares `needed` of them shares one of any `sampled - needed + 1`; the ones
        // nobody else has are among these, and the next rarest.
        let alone = sampled.saturating_sub(of_text.len());
        let probes = (sampled - needed + 1).saturating_sub(alone);
        larger.clear();
        for probe in of_text.iter().take(probes) {
            let bucket = index.iter().skip(probe.bucket).take(probe.texts as usize);
            let heads = bucket.take(config.bucket_head).map(|&entry| unpack(entry).1);
            larger.extend(heads.filter(|&other| {
                ranked
                    .get(other as usize)
                    .is_some_and(|other| other.sketch.shingles > text.sketch.shingles)
            }));
        }
        larger.sort_unstable();
        larger.dedup();
        for other in larger.iter().filter_map(|&other| ranked.get(other as usize)) {
            if common(&text.sketch.sampled, &other.sketch.sampled) >= needed {
                pairs.push(pack(text.rank.min(other.rank), text.rank.max(other.rank)));
            }
        }
    }
    pairs
}

/// How many of `sampled` shingles a text must share, at least 1, for the containment to be
/// verified.
fn needed(sampled: usize, threshold: f64) -> usize {
    let error = (threshold * (1.0 - threshold) / sampled.max(1) as f64).sqrt();
    let share = (threshold - DEVIATIONS * error).max(0.0);
    ((share * sampled as f64).ceil() as usize).clamp(1, sampled.max(1))
}

/// Number of members two ascending lists have in common.
fn common(a: &[u32], b: &[u32]) -> usize {
    let (mut i, mut j, mut common) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        common += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    common
}
