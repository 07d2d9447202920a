//! The same search for callers that hold all sketches and pairs in memory.

use std::collections::HashMap;
use std::io;

use crate::candidates::{AcrossError, Candidates, Sketches};
use crate::config::AcrossConfig;
use crate::exact::Duplicates;
use crate::keep::{Decision, Proven};
use crate::order::KeepOrder;
use crate::shingles::ShingleSet;
use crate::sketch::Sketch;
use crate::spill::Memory;
use crate::verify::Pair;

/// Pairs to verify, held in memory; see [`Candidates`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldCandidates {
    /// Pairs of texts, the smaller number first; ascending, each once.
    pub pairs: Vec<(u32, u32)>,
    /// As in [`Candidates`].
    pub capped_buckets: u64,
    /// As in [`Candidates`].
    pub largest_bucket: u64,
}

/// [`Candidates::find`] on sketches in memory.
///
/// # Errors
/// As [`Candidates::find`].
pub fn candidates(
    sketches: &[Sketch],
    order: &KeepOrder,
    config: &AcrossConfig,
) -> Result<HeldCandidates, AcrossError> {
    let memory = Memory::unlimited();
    let store = store(sketches, config, &memory)?;
    let mut none = |_, set: &mut ShingleSet| {
        set.clear();
        Ok(())
    };
    let found = Candidates::find(&store, order, config, &memory, &mut none)?;
    let mut pairs = found
        .pairs(order)?
        .map(|pair| pair.map(|(a, b)| (a.min(b), a.max(b))))
        .collect::<io::Result<Vec<_>>>()?;
    pairs.sort_unstable();
    let Candidates { capped_buckets, largest_bucket, .. } = found;
    Ok(HeldCandidates { pairs, capped_buckets, largest_bucket })
}

/// [`Proven::decide`] on sketches and pairs in memory, of representatives only. Nothing is decided
/// when the configuration is not valid.
#[must_use]
pub fn decide(
    sketches: &[Sketch],
    pairs: &[Pair],
    order: &KeepOrder,
    config: &AcrossConfig,
) -> Vec<Decision> {
    // No scratch file is made, so nothing but the configuration can be wrong.
    decided(sketches, pairs, order, config).unwrap_or_default()
}

fn decided(
    sketches: &[Sketch],
    pairs: &[Pair],
    order: &KeepOrder,
    config: &AcrossConfig,
) -> Result<Vec<Decision>, AcrossError> {
    let memory = Memory::unlimited();
    let store = store(sketches, config, &memory)?;
    let duplicates = Duplicates::find(&store, order, &memory)?;
    let mut proven = Proven::new(&memory);
    for pair in pairs {
        proven.push(pair, order)?;
    }
    Ok(proven.decide(&store, &duplicates, order, config, &memory)?.to_vec()?)
}

/// For each text the first one in keep order that has the same fingerprint: itself for most.
#[must_use]
pub fn representatives(sketches: &[Sketch], order: &KeepOrder) -> Vec<u32> {
    let mut firsts: HashMap<u128, u32> = HashMap::new();
    let mut representatives: Vec<u32> = (0..).take(sketches.len()).collect();
    for doc in (0..order.len()).map(|rank| order.doc(rank)) {
        let print = sketches.get(doc as usize).and_then(|sketch| sketch.fingerprint);
        if let (Some(print), Some(place)) = (print, representatives.get_mut(doc as usize)) {
            *place = *firsts.entry(print).or_insert(doc);
        }
    }
    representatives
}

fn store(
    sketches: &[Sketch],
    config: &AcrossConfig,
    memory: &Memory,
) -> Result<Sketches, AcrossError> {
    let mut store = Sketches::new(config, memory)?;
    for sketch in sketches {
        store.push(sketch)?;
    }
    Ok(store)
}
