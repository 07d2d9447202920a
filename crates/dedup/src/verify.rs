//! Proof: the true similarity of two texts, from their whole sets of shingles.

use serde::{Deserialize, Serialize};

use crate::config::AcrossConfig;

/// Sizes of two sets and of what they share.
///
/// # Example
/// ```
/// use newsmill_dedup::verify::overlap;
///
/// let overlap = overlap(&[1, 2, 3, 4], &[3, 4, 5]);
/// assert_eq!(overlap.jaccard(), 0.4);
/// assert_eq!(overlap.b_in_a(), 2.0 / 3.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlap {
    /// Size of the first set.
    pub a: usize,
    /// Size of the second set.
    pub b: usize,
    /// Members in both.
    pub shared: usize,
}

impl Overlap {
    /// Size of the intersection over size of the union; 0 when both are empty.
    #[must_use]
    pub fn jaccard(&self) -> f64 {
        share(self.shared, self.a + self.b - self.shared)
    }

    /// Share of the first set that is in the second; 0 when it is empty.
    #[must_use]
    pub fn a_in_b(&self) -> f64 {
        share(self.shared, self.a)
    }

    /// Share of the second set that is in the first; 0 when it is empty.
    #[must_use]
    pub fn b_in_a(&self) -> f64 {
        share(self.shared, self.b)
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Compares two ascending sets without repeats (see [`crate::shingles::ShingleSet`]) in one pass.
#[must_use]
pub fn overlap(a: &[u64], b: &[u64]) -> Overlap {
    let (mut i, mut j, mut shared) = (0, 0, 0);
    while let (Some(&x), Some(&y)) = (a.get(i), b.get(j)) {
        shared += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    Overlap { a: a.len(), b: b.len(), shared }
}

/// Jaccard similarity of two ascending sets without repeats.
#[must_use]
pub fn jaccard(a: &[u64], b: &[u64]) -> f64 {
    overlap(a, b).jaccard()
}

/// Share of `a` that occurs in `b`, both ascending and without repeats.
#[must_use]
pub fn containment(a: &[u64], b: &[u64]) -> f64 {
    overlap(a, b).a_in_b()
}

/// Two texts whose true similarity matters for what is kept or reported.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// Index of the first text, less than `b`.
    pub a: u32,
    /// Index of the second text.
    pub b: u32,
    /// Jaccard similarity of the two sets of shingles.
    pub jaccard: f64,
    /// The smaller set lies in the larger one, as far as the containment threshold asks.
    pub contained: Option<Containment>,
    /// The texts differ in names and numbers only; see [`crate::template`]. Set by the caller.
    pub template: bool,
}

/// Which text of a [`Pair`] lies in the other, and the share of its shingles that does.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Containment {
    /// Text `a` lies in text `b`.
    AInB(f64),
    /// Text `b` lies in text `a`.
    BInA(f64),
}

/// Verifies the candidate texts number `a` and `b` by their shingles; `None` when they are
/// neither similar nor contained enough to have any effect.
#[must_use]
pub fn verify(
    (a, a_shingles): (u32, &[u64]),
    (b, b_shingles): (u32, &[u64]),
    config: &AcrossConfig,
) -> Option<Pair> {
    if a > b {
        return verify((b, b_shingles), (a, a_shingles), config);
    }
    let overlap = overlap(a_shingles, b_shingles);
    let jaccard = overlap.jaccard();
    // Of two sets of the same size neither is the larger one: that is similarity.
    let contained = if overlap.a < overlap.b {
        Some(Containment::AInB(overlap.a_in_b()))
    } else if overlap.b < overlap.a {
        Some(Containment::BInA(overlap.b_in_a()))
    } else {
        None
    };
    let contained = contained.filter(|contained| match contained {
        Containment::AInB(share) | Containment::BInA(share) => {
            *share >= config.containment_threshold
        }
    });
    let matters = overlap.shared > 0 && jaccard >= config.lowest_threshold();
    (matters || contained.is_some()).then_some(Pair { a, b, jaccard, contained, template: false })
}

/// Words one text has more than another, counted with repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WordDiff {
    /// Words of the copy that the kept text does not have.
    pub added: usize,
    /// Words of the kept text that the copy does not have.
    pub dropped: usize,
}

/// Counts the words by which a copy differs from the text that was kept, whatever their order.
/// Both are given by their word hashes.
///
/// # Example
/// ```
/// use newsmill_dedup::{tokens::{Tokens, tokenize_into}, verify::diff};
///
/// let (mut kept, mut copy) = (Tokens::default(), Tokens::default());
/// tokenize_into("Two boats sank on Monday.", &mut kept);
/// tokenize_into("Two boats sank, on Tuesday night.", &mut copy);
/// let diff = diff(kept.hashes(), copy.hashes());
/// assert_eq!((diff.added, diff.dropped), (2, 1));
/// ```
#[must_use]
pub fn diff(kept: &[u64], copy: &[u64]) -> WordDiff {
    let sorted = |words: &[u64]| {
        let mut words = words.to_vec();
        words.sort_unstable();
        words
    };
    let (kept, copy) = (sorted(kept), sorted(copy));
    let (mut i, mut j, mut shared) = (0, 0, 0);
    while let (Some(x), Some(y)) = (kept.get(i), copy.get(j)) {
        shared += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    WordDiff { added: copy.len() - shared, dropped: kept.len() - shared }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn empty_sets_are_alike_to_nothing() {
        assert_eq!((jaccard(&[], &[]), containment(&[], &[1])), (0.0, 0.0));
        let config = AcrossConfig::default();
        assert_eq!(verify((0, &[]), (1, &[]), &config), None);
        assert_eq!(verify((0, &[]), (1, &[1]), &config), None);
    }

    #[test]
    fn the_smaller_index_comes_first() {
        let config = AcrossConfig::default();
        let (small, large): (Vec<u64>, Vec<u64>) = ((0..10).collect(), (0..40).collect());
        let pair = verify((7, &large), (3, &small), &config).unwrap();
        assert_eq!((pair.a, pair.b, pair.jaccard), (3, 7, 0.25));
        assert_eq!(pair.contained, Some(Containment::AInB(1.0)));
    }

    proptest! {
        #[test]
        fn as_sets_do(
            a in prop::collection::btree_set(0_u64..60, 0..40),
            b in prop::collection::btree_set(0_u64..60, 0..40),
        ) {
            let list = |set: &BTreeSet<u64>| set.iter().copied().collect::<Vec<_>>();
            let found = overlap(&list(&a), &list(&b));
            let shared = a.intersection(&b).count();
            prop_assert_eq!(found, Overlap { a: a.len(), b: b.len(), shared });
            let union = a.union(&b).count();
            if union > 0 {
                prop_assert_eq!(found.jaccard(), shared as f64 / union as f64);
            }
        }

        #[test]
        fn word_counts_balance(
            kept in prop::collection::vec(0_u64..9, 0..40),
            copy in prop::collection::vec(0_u64..9, 0..40),
        ) {
            let found = diff(&kept, &copy);
            prop_assert_eq!(kept.len() + found.added, copy.len() + found.dropped);
            let opposite = diff(&copy, &kept);
            prop_assert_eq!((found.added, found.dropped), (opposite.dropped, opposite.added));
        }
    }
}
