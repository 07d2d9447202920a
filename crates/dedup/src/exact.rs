//! Exact duplicates: one number for the normalised words of a text.

use crate::hash::fold_multiply;
use crate::order::KeepOrder;
use crate::sketch::Sketch;

/// 128-bit fingerprint of a text's word hashes, in their order.
///
/// Two texts have the same fingerprint when they hold the same words in the same order, whatever
/// their case, punctuation and spacing. `None` for a text without words: nothing says that two
/// of those are alike. Not keyed; see [`crate::tokens`] for the word hash.
///
/// # Example
/// ```
/// use newsmill_dedup::{exact::fingerprint, tokens::{Tokens, tokenize_into}};
///
/// let mut tokens = Tokens::default();
/// let mut print = |text| {
///     tokenize_into(text, &mut tokens);
///     fingerprint(tokens.hashes())
/// };
/// assert_eq!(print("Rain, again."), print("rain again"));
/// assert_ne!(print("Rain, again."), print("again rain"));
/// assert_eq!(print("***"), None);
/// ```
#[must_use]
pub fn fingerprint(tokens: &[u64]) -> Option<u128> {
    if tokens.is_empty() {
        return None;
    }
    let (mut first, mut second) = (0x1ff5_c292_4a78_8c3b_u64, 0x7ada_2c6f_3a09_1d27_u64);
    for &token in tokens {
        first = first.rotate_left(41).wrapping_add(token).wrapping_mul(0xe703_7ed1_a0b4_28db);
        second = second.rotate_left(23).wrapping_add(token).wrapping_mul(0xaef1_7502_108e_f2d9);
    }
    let length = tokens.len() as u64;
    let high = fold_multiply(first ^ length, 0x8ebc_6af0_9c88_c6e3);
    let low = fold_multiply(second ^ first, 0x5899_65cc_7537_4cc3);
    Some((u128::from(high) << 64) | u128::from(low))
}

/// For each text the first one, in the order of the keep policy, that has the same fingerprint:
/// itself for most. Takes one sketch a text.
#[must_use]
pub fn representatives(sketches: &[Sketch], order: &KeepOrder) -> Vec<u32> {
    let mut prints: Vec<(u128, u32)> = (0..)
        .zip(sketches)
        .filter_map(|(doc, sketch)| Some((sketch.fingerprint?, order.rank(doc))))
        .collect();
    prints.sort_unstable();
    let mut representatives: Vec<u32> = (0..).take(sketches.len()).collect();
    let doc = |rank: u32| order.docs().get(rank as usize).copied();
    for group in prints.chunk_by(|(a, _), (b, _)| a == b).filter(|group| group.len() > 1) {
        let Some(first) = group.first().and_then(|&(_, rank)| doc(rank)) else { continue };
        for member in group.iter().filter_map(|&(_, rank)| doc(rank)) {
            if let Some(representative) = representatives.get_mut(member as usize) {
                *representative = first;
            }
        }
    }
    representatives
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_and_its_place_counts() {
        let words: Vec<u64> = (1..50).map(|i| crate::hash::splitmix(0, i)).collect();
        let whole = fingerprint(&words);
        for at in 0..words.len() {
            let mut changed = words.clone();
            changed[at] ^= 1;
            assert_ne!(fingerprint(&changed), whole);
            changed.remove(at);
            assert_ne!(fingerprint(&changed), whole);
            let mut swapped = words.clone();
            swapped.swap(at, (at + 1) % words.len());
            assert_ne!(fingerprint(&swapped), whole);
        }
    }

    #[test]
    fn representatives_are_first_in_keep_order() {
        let sketch = |print: Option<u128>| Sketch { fingerprint: print, ..Sketch::default() };
        let sketches = [Some(1), Some(2), Some(1), None, None, Some(1)].map(sketch);
        let order = KeepOrder::by_key(6, std::cmp::Reverse);
        assert_eq!(representatives(&sketches, &order), [5, 1, 5, 3, 4, 5]);
        assert_eq!(representatives(&sketches, &KeepOrder::input(6)), [0, 1, 0, 3, 4, 0]);
    }
}
