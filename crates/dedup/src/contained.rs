//! Texts that are contained in larger ones, at whatever similarity: a quoted or shortened story.
//!
//! Of each text's shingles those with the smallest hashes are sampled, one in `s` (FracMinHash;
//! Irber et al. 2022). A shingle is sampled in every text or in none, so the share of a text's
//! sample that another text has too is an unbiased estimate of its containment, with standard
//! error √(c(1−c)/m) for `m` sampled shingles.
//!
//! Every sampled shingle of a text is indexed, but only those with its `PROBES` smallest hashes
//! are looked up; a text that is met by enough of these is verified.
//!
//! What is promised: a text of `n` shingles of which the share `c` occurs in a larger text is
//! missed when none of them is sampled, with the chance (1 − 1/s)^n (at one in 8: 2 % for 30
//! shingles, 0.01 % for 70); when so few probes meet that the share is four standard errors below
//! the threshold (0.05 % for 16 probes at c = threshold = 0.9); or when the larger text is not among
//! the first `bucket_head` texts of the buckets the probes fall into.

use std::io;

use crate::candidates::{Buckets, Scene};
use crate::spill::record::{pack, unpack};
use crate::spill::sort::{Groups, Sorter};

/// Shingles of a text that are looked up, at most: those of the smallest hashes.
pub const PROBES: usize = 16;
/// An estimate may be so many standard errors too low.
const DEVIATIONS: f64 = 4.0;
/// The index is sorted in so many pieces, by its keys, that a piece on disk is not larger than so
/// many times what a sorter may hold.
const PIECE: u64 = 64;
const MOST_PIECES: u64 = 64;

/// Pairs of ranks, the later first, of which one text may be contained in the other.
pub(crate) fn contained(
    scene: &Scene<'_>,
    buckets: &mut Buckets,
    mut found: impl FnMut(u64) -> io::Result<()>,
) -> io::Result<()> {
    let samples = &scene.sketches.samples;
    if samples.len() <= u64::from(scene.sketches.len()) {
        return Ok(());
    }
    let piece_bytes = (scene.memory.part() as u64).saturating_mul(PIECE);
    let pieces = (8 * samples.len()).div_ceil(piece_bytes.max(1)).clamp(1, MOST_PIECES);
    let mut probes = vec![0_u8; scene.sketches.len() as usize];
    let mut met = Sorter::new(scene.memory);
    for piece in 0..pieces {
        let index = index(scene, &mut probes, piece, pieces)?.finish()?;
        meet(scene, index.iter()?, buckets, |pair| met.push(pair))?;
    }
    let met = met.finish()?;
    let mut groups = Groups::new(met.iter()?)?;
    loop {
        let mut count = 0;
        let counted = |_| {
            count += 1;
            Ok(())
        };
        let Some(pair) = groups.next_with(|a, b| a == b, counted)? else { return Ok(()) };
        let (inner, outer) = unpack(pair);
        let probes = probes.get(inner as usize).copied().unwrap_or(0);
        if count >= needed(probes.into(), scene.config.containment_threshold) {
            found(pack(inner.max(outer), inner.min(outer)))?;
        }
    }
}

/// A piece of the index: the shingle above the rank, and in the last bit whether it is a probe of
/// that text. Notes how many probes each text has, by rank.
fn index(scene: &Scene<'_>, probes: &mut [u8], piece: u64, pieces: u64) -> io::Result<Sorter<u64>> {
    let mut index = Sorter::new(scene.memory);
    let mut samples = scene.sketches.samples.iter()?;
    for doc in 0..scene.sketches.len() {
        let sampled = samples.next().transpose()?.unwrap_or(0) as usize;
        let rank = scene.order.rank(doc);
        let takes_part = !scene.duplicates.contains_rank(rank);
        if let Some(probes) = probes.get_mut(rank as usize) {
            *probes = sampled.min(PROBES) as u8;
        }
        for number in 0..sampled {
            let Some(shingle) = samples.next().transpose()? else { break };
            if takes_part && (u64::from(shingle) * pieces) >> 32 == piece {
                let probe = u32::from(number < PROBES);
                index.push(pack(shingle, (rank << 1) | probe))?;
            }
        }
    }
    Ok(index)
}

/// Calls `met` with the ranks of a text and of one in which a probe of it occurs, once a probe.
fn meet(
    scene: &Scene<'_>,
    index: impl Iterator<Item = io::Result<u64>>,
    buckets: &mut Buckets,
    mut met: impl FnMut(u64) -> io::Result<()>,
) -> io::Result<()> {
    let head = scene.config.bucket_head;
    let (mut heads, mut last, mut texts) = (Vec::<(u32, bool)>::new(), None, 0);
    for record in index {
        let (shingle, text) = unpack(record?);
        let (rank, probe) = (text >> 1, text & 1 == 1);
        if last != Some(shingle) {
            buckets.saw(texts, head);
            heads.clear();
            (last, texts) = (Some(shingle), 0);
        }
        texts += 1;
        let is_head = heads.len() < head;
        if rank >= scene.order.settled() {
            for &(other, others_probe) in &heads {
                if probe {
                    met(pack(rank, other))?;
                }
                if others_probe && is_head {
                    met(pack(other, rank))?;
                }
            }
        }
        if is_head {
            heads.push((rank, probe));
        }
    }
    buckets.saw(texts, head);
    Ok(())
}

/// How many of `probes` must meet a text, at least 1, for the containment to be verified.
#[must_use]
pub fn needed(probes: usize, threshold: f64) -> usize {
    let error = (threshold * (1.0 - threshold) / probes.max(1) as f64).sqrt();
    let share = (threshold - DEVIATIONS * error).max(0.0);
    ((share * probes as f64).ceil() as usize).clamp(1, probes.max(1))
}
