//! Exact duplicates: one number for the normalised words of a text.

use std::io;

use crate::candidates::Sketches;
use crate::hash::fold_multiply;
use crate::order::KeepOrder;
use crate::spill::Memory;
use crate::spill::bits::Bits;
use crate::spill::record::{pack, unpack};
use crate::spill::sort::{Sorted, Sorter};

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

/// Texts that have the same words in the same order as one that comes before them in keep order, or
/// the same [identity](crate::sketch::Sketch::identity) where these are asked for.
#[derive(Debug)]
pub struct Duplicates {
    /// By rank.
    members: Bits,
    /// Those of them that have another one's identity.
    pub(crate) by_identity: Bits,
    /// Rank of the first text of a group, then rank of a duplicate of it. No first one is itself a
    /// duplicate.
    pub(crate) pairs: Sorted<u64>,
}

impl Duplicates {
    /// Finds the duplicates among texts by their identities and fingerprints. A settled text is none.
    ///
    /// # Errors
    /// When a scratch file cannot be written or read.
    pub fn find(sketches: &Sketches, order: &KeepOrder, memory: &Memory) -> io::Result<Self> {
        let (mut members, mut named) = (Bits::default(), Sorter::new(memory));
        if let Some(identities) = &sketches.identities {
            let all = |_| true;
            group(identities.iter()?, all, order, memory, |first, rank| {
                members.set(rank);
                named.push(pack(first, rank))
            })?;
        }
        let by_identity = members.clone();
        let (mut pairs, mut firsts) = (Sorter::new(memory), Sorter::new(memory));
        let others = |rank| !by_identity.get(rank);
        group(sketches.prints.iter()?, others, order, memory, |first, rank| {
            members.set(rank);
            if sketches.identities.is_some() {
                firsts.push(pack(rank, first))?;
            }
            pairs.push(pack(first, rank))
        })?;
        // What has the identity of an exact duplicate goes with the first of that one's group.
        let (named, firsts) = (named.finish()?, firsts.finish()?);
        let mut firsts = firsts.iter()?.map(|pair| pair.map(unpack)).peekable();
        for pair in named.iter()? {
            let (first, rank) = unpack(pair?);
            let before =
                |pair: &io::Result<(u32, u32)>| pair.as_ref().map_or(true, |p| p.0 < first);
            while let Some(passed) = firsts.next_if(before) {
                passed?;
            }
            let first = match firsts.peek() {
                Some(Ok((same, earlier))) if *same == first => *earlier,
                _ => first,
            };
            pairs.push(pack(first, rank))?;
        }
        Ok(Self { members, by_identity, pairs: pairs.finish()? })
    }

    /// Whether the text of this rank in keep order is a duplicate of one before it.
    #[must_use]
    pub fn contains_rank(&self, rank: u32) -> bool {
        self.members.get(rank)
    }
}

/// Calls `each` with the ranks of the first text of every group of equal prints and of each later
/// one that it may stand for. Prints of zero are none.
fn group(
    prints: impl Iterator<Item = io::Result<[u32; 4]>>,
    counts: impl Fn(u32) -> bool,
    order: &KeepOrder,
    memory: &Memory,
    mut each: impl FnMut(u32, u32) -> io::Result<()>,
) -> io::Result<()> {
    let mut by_print = Sorter::new(memory);
    for (doc, print) in (0..).zip(prints) {
        let [a, b, c, d] = print?;
        let rank = order.rank(doc);
        if [a, b, c, d] != [0; 4] && counts(rank) {
            by_print.push([a, b, c, d, rank])?;
        }
    }
    let by_print = by_print.finish()?;
    let mut first: Option<[u32; 5]> = None;
    for record in by_print.iter()? {
        let record = record?;
        let [.., rank] = record;
        match first.filter(|first| first[..4] == record[..4]) {
            Some([.., first]) if order.may_stand_for(first, rank) => {
                if rank >= order.settled() {
                    each(first, rank)?;
                }
            }
            _ => first = Some(record),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::AcrossConfig;
    use crate::sketch::Sketch;

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
    fn duplicates_are_of_the_first_in_keep_order() {
        let mut sketches = Sketches::new(&AcrossConfig::default(), &Memory::unlimited()).unwrap();
        for fingerprint in [Some(1), Some(2), Some(1), None, None, Some(1)] {
            sketches.push(&Sketch { fingerprint, ..Sketch::default() }).unwrap();
        }
        let pairs = |order: &KeepOrder| -> Vec<_> {
            let found = Duplicates::find(&sketches, order, &Memory::unlimited()).unwrap();
            let docs = |pair| {
                let (first, member) = unpack(pair);
                (order.doc(first), order.doc(member))
            };
            found.pairs.iter().unwrap().map(|pair| docs(pair.unwrap())).collect()
        };
        assert_eq!(pairs(&KeepOrder::input(6)), [(0, 2), (0, 5)]);
        assert_eq!(pairs(&KeepOrder::by_key(6, std::cmp::Reverse)), [(5, 2), (5, 0)]);
        let settled = KeepOrder::input(6).settled_first(3);
        assert_eq!(pairs(&settled), [(0, 5)]);
        // A settled text that is truncated stands for no whole one, but does not hide another.
        assert_eq!(pairs(&settled.clone().whole_first(|doc| doc == 0)), [(2, 5)]);
        assert_eq!(pairs(&settled.clone().whole_first(|doc| doc < 3)), []);
        assert_eq!(pairs(&settled.whole_first(|doc| doc < 3 || doc == 5)), [(0, 5)]);
    }
}
