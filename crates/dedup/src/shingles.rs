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
    let Some(runs) = tokens.len().checked_sub(words) else { return };
    if words == 0 {
        return;
    }
    set.reserve(runs + 1);
    let (first, _) = tokens.split_at(words - 1);
    let mut rolling = first.iter().fold(0_u64, |sum, &hash| append(sum, hash));
    let leaving_weight = (0..words).fold(1_u64, |power, _| power.wrapping_mul(BASE));
    let leaving = std::iter::once(&0).chain(tokens);
    for (&entering, &gone) in tokens.iter().skip(words - 1).zip(leaving) {
        rolling = append(rolling, entering).wrapping_sub(gone.wrapping_mul(leaving_weight));
        set.push(fold_multiply(rolling ^ FINISH, BASE));
    }
    set.sort_unstable();
    set.dedup();
}

#[inline(always)]
fn append(sum: u64, hash: u64) -> u64 {
    sum.wrapping_mul(BASE).wrapping_add(hash)
}
