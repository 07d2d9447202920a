//! Word shingles: the set of hashes of every run of `w` words.

use crate::hash::fold_multiply;

/// Base of the polynomial over word hashes: odd, fixed, part of the stored format.
const BASE: u64 = 0x9fb2_1c65_1e98_df25;
const FINISH: u64 = 0xa076_1d64_78bd_642f;

/// The set of shingles of one text: 64-bit hashes, ascending, each once.
///
/// The hashes are spread evenly over all 64-bit numbers, so that the smallest ones are a random
/// sample of the set. They are fixed and may be stored, 8 bytes each, little endian.
pub type ShingleSet = Vec<u64>;

/// The shingles of `words` words of a text given by its word hashes.
///
/// A text of fewer than `words` words (and every text when `words` is 0) has none: it can only be
/// an exact duplicate. Takes time linear in the number of words, apart from sorting.
///
/// # Example
/// ```
/// use newsmill_dedup::{shingles::shingles, tokens::{Tokens, tokenize_into}};
///
/// let mut tokens = Tokens::default();
/// tokenize_into("to be or not to be or not to be", &mut tokens);
/// assert_eq!(shingles(tokens.hashes(), 4).len(), 4);
/// assert!(shingles(tokens.hashes(), 11).is_empty());
/// ```
#[must_use]
pub fn shingles(tokens: &[u64], words: usize) -> ShingleSet {
    let mut set = Vec::new();
    shingles_into(tokens, words, &mut set);
    set
}

/// Like [`shingles`], into memory that is used again.
pub fn shingles_into(tokens: &[u64], words: usize, set: &mut ShingleSet) {
    set.clear();
    set.reserve((tokens.len() + 1).saturating_sub(words));
    roll(tokens, words, |shingle| set.push(shingle));
    sort_hashes(set);
    set.dedup();
}

/// Hands on the hash of every run of `words` words, in order, repeats too.
#[inline(always)]
pub(crate) fn roll(tokens: &[u64], words: usize, mut take: impl FnMut(u64)) {
    if words == 0 || tokens.len() < words {
        return;
    }
    let (first, _) = tokens.split_at(words - 1);
    let mut rolling = first.iter().fold(0_u64, |sum, &hash| append(sum, hash));
    let leaving_weight = (0..words).fold(1_u64, |power, _| power.wrapping_mul(BASE));
    let leaving = std::iter::once(&0).chain(tokens);
    for (&entering, &gone) in tokens.iter().skip(words - 1).zip(leaving) {
        rolling = append(rolling, entering).wrapping_sub(gone.wrapping_mul(leaving_weight));
        take(fold_multiply(rolling ^ FINISH, BASE));
    }
}

/// Finds the different shingles of a text without sorting them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Distinct {
    /// Those met so far: open addressing, at most half full; 0 is a free slot.
    slots: Vec<u64>,
}

impl Distinct {
    /// Steps from slot to slot that are expected, for each shingle. A text made to collide takes
    /// more, and is sorted instead.
    const STEPS: usize = 8;

    /// Replaces the content of `set` by the shingles of [`shingles`], in whatever order.
    pub(crate) fn shingles_into(&mut self, tokens: &[u64], words: usize, set: &mut Vec<u64>) {
        set.clear();
        self.slots.clear();
        self.slots.resize((2 * tokens.len()).next_power_of_two(), 0);
        let mask = self.slots.len() - 1;
        let (slots, mut steps_left) = (&mut self.slots, Self::STEPS * tokens.len());
        let mut zero = false;
        roll(tokens, words, |shingle| {
            let mut at = shingle as usize & mask;
            while slots[at] != shingle {
                if slots[at] == 0 {
                    slots[at] = shingle;
                    set.push(shingle);
                    return;
                }
                at = (at + 1) & mask;
                match steps_left.checked_sub(1) {
                    Some(left) => steps_left = left,
                    None => return,
                }
            }
            zero |= shingle == 0;
        });
        if zero {
            set.push(0);
        }
        if steps_left == 0 {
            shingles_into(tokens, words, set);
        }
    }
}

/// Sorts numbers that are spread evenly over all 64-bit numbers, as hashes are, in linear time:
/// deals them into about as many buckets as there are numbers by their highest bits, then sorts by
/// insertion what is nearly in order. Numbers that are not spread evenly cost n log n.
pub(crate) fn sort_hashes(hashes: &mut Vec<u64>) {
    const WORTH_DEALING: usize = 64;
    const MOVES_EXPECTED: usize = 8;
    if hashes.len() < WORTH_DEALING || u32::try_from(hashes.len()).is_err() {
        hashes.sort_unstable();
        return;
    }
    let bits = hashes.len().ilog2() + 1;
    let bucket = |hash: u64| (hash >> (u64::BITS - bits)) as usize;
    let mut places = vec![0_u32; 1 << bits];
    for &hash in hashes.iter() {
        places[bucket(hash)] += 1;
    }
    let mut sum = 0;
    for place in &mut places {
        sum += std::mem::replace(place, sum);
    }
    let mut dealt = vec![0; hashes.len()];
    for &hash in hashes.iter() {
        let place = &mut places[bucket(hash)];
        dealt[*place as usize] = hash;
        *place += 1;
    }
    let mut moves_left = MOVES_EXPECTED * dealt.len();
    for i in 1..dealt.len() {
        let hash = dealt[i];
        let mut at = i;
        while at > 0 && dealt[at - 1] > hash {
            dealt[at] = dealt[at - 1];
            at -= 1;
        }
        dealt[at] = hash;
        match moves_left.checked_sub(i - at) {
            Some(left) => moves_left = left,
            None => {
                dealt.sort_unstable();
                break;
            }
        }
    }
    *hashes = dealt;
}

#[inline(always)]
fn append(sum: u64, hash: u64) -> u64 {
    sum.wrapping_mul(BASE).wrapping_add(hash)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use std::collections::HashSet;

    use super::*;
    use crate::tokens::{Tokens, tokenize_into};

    fn words(text: &str) -> Vec<u64> {
        let mut tokens = Tokens::default();
        tokenize_into(text, &mut tokens);
        tokens.hashes().to_vec()
    }

    #[test]
    fn short_texts_and_no_words_a_shingle_give_nothing() {
        let four = words("one two three four");
        for (size, expected) in [(0, 0), (1, 4), (4, 1), (5, 0), (usize::MAX, 0)] {
            assert_eq!(shingles(&four, size).len(), expected, "{size}");
        }
        assert!(shingles(&[], 1).is_empty());
    }

    #[test]
    fn order_of_words_matters() {
        assert_ne!(shingles(&words("a b c"), 3), shingles(&words("c b a"), 3));
        assert_ne!(shingles(&words("a a b"), 3), shingles(&words("a b b"), 3));
    }

    #[test]
    fn sorts_numbers_that_are_not_spread() {
        let mut clustered: Vec<u64> = (0..100_000_u64).rev().collect();
        sort_hashes(&mut clustered);
        assert!(clustered.is_sorted());
        let mut equal = vec![7; 100_000];
        sort_hashes(&mut equal);
        assert_eq!(equal.len(), 100_000);
    }

    proptest! {
        #[test]
        fn as_many_as_there_are_different_runs(
            ids in prop::collection::vec(0_u64..5, 0..200),
            size in 1_usize..7,
        ) {
            let runs: HashSet<&[u64]> = ids.windows(size).collect();
            let set = shingles(&ids, size);
            prop_assert_eq!(set.len(), runs.len());
            prop_assert!(set.is_sorted_by(|a, b| a < b));
        }

        #[test]
        fn sorts_like_the_standard_library(
            mut hashes in prop::collection::vec(any::<u64>(), 0..400),
        ) {
            let mut expected = hashes.clone();
            expected.sort_unstable();
            sort_hashes(&mut hashes);
            prop_assert_eq!(hashes, expected);
        }
    }
}
