//! All pairs of similar texts, without chance: a prefix-filtered join.
//!
//! PPJoin (Xiao, Wang, Lin, Yu: "Efficient similarity joins for near-duplicate detection", 2008)
//! with the size, prefix and positional filters. Shingles that occur in one text only are never
//! indexed. Needs about 8 bytes a shingle beside the sets themselves.

use hashbrown::HashMap;

use crate::verify::jaccard;

/// Every pair of texts whose sets of shingles have a Jaccard similarity of at least `threshold`;
/// the smaller index first, ascending. Each set is ascending and without repeats.
///
/// Time grows with the square of the size of the largest family of similar texts, as the answer
/// does. A threshold of 0 or less finds the pairs that share a shingle.
#[must_use]
pub fn exact_join<S: AsRef<[u64]>>(sets: &[S], threshold: f64) -> Vec<(u32, u32)> {
    let frequency = frequencies(sets);
    let size = |doc: u32| sets.get(doc as usize).map_or(&[][..], AsRef::as_ref).len();
    let mut by_size: Vec<u32> = (0..).take(sets.len()).collect();
    by_size.sort_by_key(|&doc| size(doc));

    let mut index: HashMap<u64, Vec<(u32, u32)>> = HashMap::new();
    let mut overlaps: HashMap<u32, Option<u32>> = HashMap::new();
    let mut pairs = Vec::new();
    for doc in by_size {
        let set = sets.get(doc as usize).map_or(&[][..], AsRef::as_ref);
        let mut shared: Vec<(u32, u64)> =
            set.iter().filter_map(|hash| Some((*frequency.get(hash)?, *hash))).collect();
        shared.sort_unstable();
        let alone = set.len() - shared.len();
        let prefix = set.len() + 1 - at_least(threshold * set.len() as f64).clamp(1, set.len() + 1);
        let smallest = at_least(threshold * set.len() as f64);
        overlaps.clear();
        for (position, &(_, hash)) in (alone..prefix).zip(&shared) {
            let postings = index.entry(hash).or_default();
            for &(other, other_position) in postings.iter() {
                let other_size = size(other);
                if other_size < smallest {
                    continue;
                }
                let seen = overlaps.entry(other).or_insert(Some(0));
                let Some(count) = seen else { continue };
                let left = (set.len() - position).min(other_size - other_position as usize);
                let both = (set.len() + other_size) as f64;
                if *count as usize + left < at_least(threshold / (1.0 + threshold) * both) {
                    *seen = None;
                } else {
                    *count += 1;
                }
            }
            postings.push((doc, u32::try_from(position).unwrap_or(u32::MAX)));
        }
        let mut others: Vec<u32> =
            overlaps.iter().filter_map(|(&other, seen)| seen.map(|_| other)).collect();
        others.sort_unstable();
        for other in others {
            let similar = sets
                .get(other as usize)
                .is_some_and(|other| jaccard(set, other.as_ref()) >= threshold);
            if similar {
                pairs.push((doc.min(other), doc.max(other)));
            }
        }
    }
    pairs.sort_unstable();
    pairs
}

/// How many sets hold each shingle, for shingles in at least two.
fn frequencies<S: AsRef<[u64]>>(sets: &[S]) -> HashMap<u64, u32> {
    let mut all: Vec<u64> = sets.iter().flat_map(|set| set.as_ref().iter().copied()).collect();
    all.sort_unstable();
    all.chunk_by(|a, b| a == b)
        .filter(|same| same.len() > 1)
        .filter_map(|same| Some((*same.first()?, u32::try_from(same.len()).unwrap_or(u32::MAX))))
        .collect()
}

/// The smallest whole number not below `value`, but for rounding errors of the last bits.
fn at_least(value: f64) -> usize {
    (value - 1e-9).ceil().max(0.0) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn brute_force(sets: &[Vec<u64>], threshold: f64) -> Vec<(u32, u32)> {
        let docs = u32::try_from(sets.len()).unwrap();
        (0..docs)
            .flat_map(|a| (a + 1..docs).map(move |b| (a, b)))
            .filter(|&(a, b)| jaccard(&sets[a as usize], &sets[b as usize]) >= threshold)
            .collect()
    }

    #[test]
    fn no_sets_and_empty_sets() {
        assert!(exact_join::<Vec<u64>>(&[], 0.5).is_empty());
        assert!(exact_join(&[vec![], vec![], vec![1]], 0.5).is_empty());
    }

    proptest! {
        #[test]
        fn finds_what_brute_force_finds(
            sets in prop::collection::vec(prop::collection::btree_set(0_u64..24, 0..14), 0..24),
            threshold in prop::sample::select(vec![0.1, 0.3, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 1.0]),
        ) {
            let sets: Vec<Vec<u64>> =
                sets.into_iter().map(|set| set.into_iter().collect()).collect();
            prop_assert_eq!(exact_join(&sets, threshold), brute_force(&sets, threshold));
        }
    }
}
