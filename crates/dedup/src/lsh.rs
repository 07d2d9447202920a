//! Locality-sensitive hashing: texts with an equal band of their signatures are candidates
//! (Indyk, Motwani 1998; Leskovec, Rajaraman, Ullman: Mining of Massive Datasets, 3.4).

use crate::candidates::{Candidates, Ranked, pack, unpack};
use crate::config::AcrossConfig;
use crate::hash::fold_multiply;
use crate::sketch::{Sketch, estimate};

/// Bands whose keys are computed in one go through the sketches.
const BANDS_AT_ONCE: usize = 16;
/// Texts of equal signatures stand for each other up to so many.
const STAND_INS: usize = 8;
/// Pairs whose estimate is so many standard errors below the threshold are not verified.
const DEVIATIONS: f64 = 5.0;

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

/// Pairs of ranks, packed, of texts that share a band and whose estimated similarity is not far
/// below the lowest threshold.
pub(crate) fn similar(
    ranked: &[Ranked<'_>],
    config: &AcrossConfig,
    found: &mut Candidates,
) -> Vec<u64> {
    let groups = Groups::new(ranked);
    let mut pairs = banded(&groups.leaders, config, found);
    pairs.retain(|&pair| {
        let (a, b) = unpack(pair);
        let (a, b) = (groups.leaders.get(a as usize), groups.leaders.get(b as usize));
        a.zip(b).is_some_and(|(a, b)| promising(a.0, b.0, config))
    });
    groups.expand(&pairs)
}

/// Pairs of positions in `leaders`, packed, that share a band.
fn banded(
    leaders: &[(&Sketch, Vec<u32>)],
    config: &AcrossConfig,
    found: &mut Candidates,
) -> Vec<u64> {
    let mut pairs = Vec::new();
    let mut sorted_size = 0;
    let mut bands: Vec<Vec<u64>> = vec![Vec::new(); BANDS_AT_ONCE.min(config.bands)];
    for first_band in (0..config.bands).step_by(BANDS_AT_ONCE) {
        for records in &mut bands {
            records.clear();
        }
        for (position, (sketch, _)) in (0..).zip(leaders) {
            for (band, records) in (first_band..config.bands).zip(&mut bands) {
                if let Some(key) = band_key(&sketch.signature, band, config.rows) {
                    // 32 bits of the key: the few false meetings do not survive the estimate.
                    records.push((key & 0xffff_ffff_0000_0000) | position);
                }
            }
        }
        for records in &mut bands {
            records.sort_unstable();
            for bucket in records.chunk_by(|a, b| a >> 32 == b >> 32).filter(|b| b.len() > 1) {
                found.saw_bucket(bucket.len(), config.bucket_head);
                for (i, &later) in bucket.iter().enumerate().skip(1) {
                    let heads = bucket.iter().take(i.min(config.bucket_head));
                    pairs.extend(heads.map(|&earlier| pack(earlier as u32, later as u32)));
                }
            }
            // The same pair comes from many bands: do not let them pile up.
            if pairs.len() > 2 * sorted_size + (1 << 20) {
                pairs.sort_unstable();
                pairs.dedup();
                sorted_size = pairs.len();
            }
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

fn promising(a: &Sketch, b: &Sketch, config: &AcrossConfig) -> bool {
    let threshold = config.lowest_threshold();
    if threshold >= 1.0 {
        return estimate(&a.signature, &b.signature) >= 1.0;
    }
    // A short text has no more independent values than shingles.
    let independent = config.permutations().min(a.shingles.max(b.shingles) as usize).max(1);
    let error = (threshold * (1.0 - threshold) / independent as f64).sqrt();
    estimate(&a.signature, &b.signature) >= threshold - DEVIATIONS * error
}

/// Texts of equal signatures: only the first of each group, its leader, is banded.
struct Groups<'a> {
    /// Sketch of the leader and ranks of all members, ascending; ascending by their first member.
    leaders: Vec<(&'a Sketch, Vec<u32>)>,
}

impl<'a> Groups<'a> {
    fn new(ranked: &[Ranked<'a>]) -> Self {
        let whole = |sketch: &Sketch| band_key(&sketch.signature, 0, sketch.signature.len());
        let mut by_signature: Vec<(u64, usize)> = ranked
            .iter()
            .enumerate()
            .filter(|(_, text)| !text.sketch.signature.is_empty())
            .filter_map(|(position, text)| Some((whole(text.sketch)?, position)))
            .collect();
        by_signature.sort_unstable();
        let mut leaders: Vec<(&Sketch, Vec<u32>)> = by_signature
            .chunk_by(|(a, _), (b, _)| a == b)
            .filter_map(|group| {
                let members = group.iter().filter_map(|&(_, position)| ranked.get(position));
                let ranks = members.map(|text| text.rank).collect();
                Some((ranked.get(group.first()?.1)?.sketch, ranks))
            })
            .collect();
        leaders.sort_unstable_by_key(|(_, ranks)| ranks.first().copied());
        Self { leaders }
    }

    /// From pairs of leaders to pairs of ranks. Each member is paired with the first few members of
    /// its own group and of every group its leader is paired with: if a leader is dropped, its
    /// members meet what it was dropped for.
    fn expand(&self, pairs: &[u64]) -> Vec<u64> {
        let mut ranks = Vec::with_capacity(pairs.len());
        let mut meet = |members: &[u32], others: &[u32]| {
            for &member in members {
                let others = others.iter().take(STAND_INS).filter(|&&other| other != member);
                ranks.extend(others.map(|&other| pack(member.min(other), member.max(other))));
            }
        };
        for (_, members) in self.leaders.iter().filter(|(_, members)| members.len() > 1) {
            meet(members, members);
        }
        for &pair in pairs {
            let (a, b) = unpack(pair);
            let (a, b) = (self.leaders.get(a as usize), self.leaders.get(b as usize));
            if let (Some((_, a)), Some((_, b))) = (a, b) {
                meet(a, b);
                if a.len() > 1 || b.len() > 1 {
                    meet(b, a);
                }
            }
        }
        ranks
    }
}
