//! All pairs of similar texts, without chance: a prefix-filtered join.
//!
//! PPJoin (Xiao, Wang, Lin, Yu: "Efficient similarity joins for near-duplicate detection", 2008)
//! with the size, prefix and positional filters, as a sequence of sorts so that nothing needs to fit
//! in memory: by shingle (how many texts have each), by text (the rarest shingles of each), by
//! shingle again (which texts meet). Shingles that occur in one text only are never indexed.
//! Takes 12 bytes a shingle for the first sort, and some 32 bytes a text of the largest bucket.

use std::collections::VecDeque;
use std::io;

use crate::candidates::Scene;
use crate::shingles::ShingleSet;
use crate::spill::Memory;
use crate::spill::record::{pack, unpack};
use crate::spill::sort::{Groups, Sorted, Sorter};
use crate::verify::jaccard;

/// Pairs of ranks, the later first: every pair whose sets of shingles have a Jaccard similarity of
/// at least the lowest threshold, and some others. May call `found` with a pair more than once.
///
/// Time grows with the square of the size of the largest family of similar texts, as the answer
/// does.
pub(crate) fn similar(
    scene: &Scene<'_>,
    shingles: &mut dyn FnMut(u32, &mut ShingleSet) -> io::Result<()>,
    found: impl FnMut(u64) -> io::Result<()>,
) -> io::Result<()> {
    let mut join = Join::new(scene.config.lowest_threshold(), scene.order.settled(), scene.memory);
    let mut set = ShingleSet::new();
    for doc in 0..scene.order.len() {
        let rank = scene.order.rank(doc);
        if !scene.duplicates.contains_rank(rank) {
            shingles(doc, &mut set)?;
            join.push(rank, &set)?;
        }
    }
    join.finish(found)
}

/// Every pair of sets whose Jaccard similarity is at least `threshold`; the smaller index first,
/// ascending. Each set is ascending and without repeats. Needs 16 bytes a shingle.
#[must_use]
pub fn exact_join<S: AsRef<[u64]>>(sets: &[S], threshold: f64) -> Vec<(u32, u32)> {
    let memory = Memory::unlimited();
    let mut join = Join::new(threshold, 0, &memory);
    let mut met = Sorter::distinct(&memory);
    // No scratch file is made, so nothing can fail.
    let joined = (0..).zip(sets).try_for_each(|(rank, set)| join.push(rank, set.as_ref()));
    let joined =
        joined.and_then(|()| join.finish(|pair| met.push(pair))).and_then(|()| met.finish());
    let Ok(met) = joined else { return Vec::new() };
    let set = |doc: u32| sets.get(doc as usize).map_or(&[][..], AsRef::as_ref);
    let pairs = met.iter().into_iter().flatten().flatten().map(unpack);
    let similar = pairs.filter(|&(b, a)| jaccard(set(a), set(b)) >= threshold);
    let mut similar: Vec<_> = similar.map(|(b, a)| (a, b)).collect();
    similar.sort_unstable();
    similar
}

struct Join<'a> {
    threshold: f64,
    settled: u32,
    memory: &'a Memory,
    /// Shingle in two words, rank, size of its set.
    by_shingle: Sorter<[u32; 4]>,
}

impl<'a> Join<'a> {
    fn new(threshold: f64, settled: u32, memory: &'a Memory) -> Self {
        Self { threshold, settled, memory, by_shingle: Sorter::new(memory) }
    }

    fn push(&mut self, rank: u32, set: &[u64]) -> io::Result<()> {
        let size = u32::try_from(set.len()).unwrap_or(u32::MAX);
        self.by_shingle.extend(set.iter().map(|&shingle| {
            let (high, low) = unpack(shingle);
            [high, low, rank, size]
        }))
    }

    fn finish(self, found: impl FnMut(u64) -> io::Result<()>) -> io::Result<()> {
        let Self { threshold, settled, memory, by_shingle } = self;
        let shared = shared(&by_shingle.finish()?, memory)?;
        let prefixes = prefixes(&shared, threshold, memory)?;
        meet(&prefixes, threshold, settled, found)
    }
}

/// The shingles that at least two texts have: rank, size, number of texts, shingle in two words.
fn shared(by_shingle: &Sorted<[u32; 4]>, memory: &Memory) -> io::Result<Sorted<[u32; 5]>> {
    let mut shared = Sorter::new(memory);
    let mut groups = Groups::new(by_shingle.iter()?)?;
    let mut texts = Vec::new();
    loop {
        texts.clear();
        let each = |[_, _, rank, size]: [u32; 4]| {
            texts.push((rank, size));
            Ok(())
        };
        let first = groups.next_with(|a, b| a[..2] == b[..2], each)?;
        let Some([high, low, ..]) = first else { break };
        if texts.len() > 1 {
            let count = u32::try_from(texts.len()).unwrap_or(u32::MAX);
            shared.extend(texts.iter().map(|&(rank, size)| [rank, size, count, high, low]))?;
        }
    }
    shared.finish()
}

/// The shingles of each text by which it must meet any similar one: shingle in two words, size,
/// rank, position in the text's list from rare to frequent.
fn prefixes(
    shared: &Sorted<[u32; 5]>,
    threshold: f64,
    memory: &Memory,
) -> io::Result<Sorted<[u32; 5]>> {
    let mut prefixes = Sorter::new(memory);
    let mut groups = Groups::new(shared.iter()?)?;
    let mut of_text = Vec::new();
    loop {
        of_text.clear();
        let each = |[_, _, _, high, low]: [u32; 5]| {
            of_text.push([high, low]);
            Ok(())
        };
        let Some([rank, size, ..]) = groups.next_with(|a, b| a[0] == b[0], each)? else { break };
        let set = size as usize;
        // The ones nobody else has are the rarest.
        let alone = set.saturating_sub(of_text.len());
        let prefix = set + 1 - at_least(threshold * set as f64).clamp(1, set + 1);
        for (position, &[high, low]) in (alone..prefix).zip(&of_text) {
            let position = u32::try_from(position).unwrap_or(u32::MAX);
            prefixes.push([high, low, size, rank, position])?;
        }
    }
    prefixes.finish()
}

/// Texts that share a shingle of both their prefixes and whose sizes and positions allow for the
/// threshold.
fn meet(
    prefixes: &Sorted<[u32; 5]>,
    threshold: f64,
    settled: u32,
    mut found: impl FnMut(u64) -> io::Result<()>,
) -> io::Result<()> {
    let mut groups = Groups::new(prefixes.iter()?)?;
    let mut smaller: VecDeque<(usize, u32, usize)> = VecDeque::new();
    loop {
        smaller.clear();
        let each = |[_, _, size, rank, position]: [u32; 5]| {
            let (size, position) = (size as usize, position as usize);
            let smallest = at_least(threshold * size as f64);
            while smaller.front().is_some_and(|&(other, ..)| other < smallest) {
                smaller.pop_front();
            }
            for &(other_size, other, other_position) in &smaller {
                let before = position.min(other_position);
                let after = (size - position).min(other_size - other_position);
                let needed = at_least(threshold / (1.0 + threshold) * (size + other_size) as f64);
                if before + after >= needed && rank.max(other) >= settled {
                    found(pack(rank.max(other), rank.min(other)))?;
                }
            }
            smaller.push_back((size, rank, position));
            Ok(())
        };
        if groups.next_with(|a, b| a[..2] == b[..2], each)?.is_none() {
            return Ok(());
        }
    }
}

/// The smallest whole number not below `value`, but for rounding errors of the last bits.
fn at_least(value: f64) -> usize {
    (value - 1e-9).ceil().max(0.0) as usize
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn brute_force(sets: &[Vec<u64>], threshold: f64, settled: u32) -> BTreeSet<(u32, u32)> {
        let docs = u32::try_from(sets.len()).unwrap();
        (0..docs)
            .flat_map(|a| (a + 1..docs).map(move |b| (b, a)))
            .filter(|&(b, _)| b >= settled)
            .filter(|&(a, b)| jaccard(&sets[a as usize], &sets[b as usize]) >= threshold)
            .collect()
    }

    fn joined(sets: &[Vec<u64>], threshold: f64, settled: u32, memory: &Memory) -> Vec<(u32, u32)> {
        let mut join = Join::new(threshold, settled, memory);
        for (rank, set) in (0..).zip(sets) {
            join.push(rank, set).unwrap();
        }
        let mut pairs = BTreeSet::new();
        join.finish(|pair| {
            pairs.insert(unpack(pair));
            Ok(())
        })
        .unwrap();
        pairs.into_iter().collect()
    }

    #[test]
    fn no_sets_and_empty_sets() {
        let memory = Memory::unlimited();
        assert!(joined(&[], 0.5, 0, &memory).is_empty());
        assert!(joined(&[vec![], vec![], vec![1]], 0.5, 0, &memory).is_empty());
    }

    proptest! {
        #[test]
        fn finds_what_brute_force_finds_within_any_memory(
            sets in prop::collection::vec(prop::collection::btree_set(0_u64..24, 0..14), 0..24),
            threshold in prop::sample::select(vec![0.1, 0.3, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 1.0]),
            settled in 0_u32..9,
        ) {
            let sets: Vec<Vec<u64>> =
                sets.into_iter().map(|set| set.into_iter().collect()).collect();
            let found = joined(&sets, threshold, settled, &Memory::unlimited());
            let similar = found.iter().copied().filter(|&(a, b)| {
                jaccard(&sets[a as usize], &sets[b as usize]) >= threshold
            });
            let similar: BTreeSet<_> = similar.collect();
            prop_assert_eq!(similar, brute_force(&sets, threshold, settled));
            prop_assert!(found.iter().all(|&(later, _)| later >= settled));
            let folder = tempfile::tempdir().unwrap();
            let little = joined(&sets, threshold, settled, &Memory::new(0, folder.path()));
            prop_assert_eq!(little, found);
        }
    }
}
