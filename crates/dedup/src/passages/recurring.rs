//! Which anchors stand in more than one text.

use std::sync::atomic::{AtomicU64, Ordering};

/// Cells for each anchor that is expected: of the anchors of one text only, about one in so many
/// shares its cell with another and is taken for a recurring one, which costs time and no more.
const CELLS_PER_ANCHOR: u64 = 16;
/// Where memory is short, down to so many before anchors are taken in several rounds.
const LEAST_CELLS_PER_ANCHOR: u64 = 4;
/// Cells in a word of 64 bits: two bits a cell, one for "seen", one for "seen again".
const CELLS_PER_WORD: u64 = 32;

/// A set of the anchors that were inserted twice or more, never missing one, sometimes holding
/// others: a bitmap with two bits a cell, as in a Bloom filter with one hash.
///
/// It can be filled from many threads; what it holds in the end does not depend on their order.
/// Where its memory is too small for all anchors, they are taken in [`Recurring::rounds`].
#[derive(Debug)]
pub struct Recurring {
    words: Vec<AtomicU64>,
    rounds: u64,
    round: u64,
}

impl Recurring {
    /// A set for about `anchors` anchors in at most `bytes` bytes, or 8.
    #[must_use]
    pub fn new(anchors: u64, bytes: usize) -> Self {
        let wanted = anchors.saturating_mul(CELLS_PER_ANCHOR).div_ceil(CELLS_PER_WORD).max(1);
        let most = (bytes as u64 / 8).max(1);
        // Powers of two, so that a cell is told by the bits of the hash.
        let words = wanted.checked_next_power_of_two().unwrap_or(1 << 62).min(1 << most.ilog2());
        let room = words * CELLS_PER_WORD / LEAST_CELLS_PER_ANCHOR;
        let rounds = anchors.div_ceil(room).max(1);
        Self { words: (0..words).map(|_| AtomicU64::new(0)).collect(), rounds, round: 0 }
    }

    /// How often all texts are to be read for all anchors to have had their turn.
    #[must_use]
    pub fn rounds(&self) -> u64 {
        self.rounds
    }

    /// Empties the set and takes the anchors of round `round` (from 0) from now on.
    pub fn begin(&mut self, round: u64) {
        self.words.iter_mut().for_each(|word| *word.get_mut() = 0);
        self.round = round;
    }

    /// Adds an anchor, unless it belongs to another round. Each text may add an anchor once.
    pub fn insert(&self, anchor: u64) {
        if !self.is_of_round(anchor) {
            return;
        }
        let (word, seen) = self.cell(anchor);
        let before = word.fetch_or(seen, Ordering::Relaxed);
        if before & seen != 0 && before & (seen << 1) == 0 {
            word.fetch_or(seen << 1, Ordering::Relaxed);
        }
    }

    /// Whether an anchor of this round was, or may have been, added twice.
    #[must_use]
    pub fn contains(&self, anchor: u64) -> bool {
        let (word, seen) = self.cell(anchor);
        word.load(Ordering::Relaxed) & (seen << 1) != 0 && self.is_of_round(anchor)
    }

    fn is_of_round(&self, anchor: u64) -> bool {
        // Neither the bits that make an anchor the least nor those that tell its cell.
        self.rounds == 1
            || (anchor.wrapping_mul(0xd6e8_feb8_6659_fd93) >> 32) % self.rounds == self.round
    }

    fn cell(&self, anchor: u64) -> (&AtomicU64, u64) {
        let cell = anchor % (self.words.len() as u64 * CELLS_PER_WORD);
        (&self.words[(cell / CELLS_PER_WORD) as usize], 1 << (2 * (cell % CELLS_PER_WORD)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::splitmix;

    #[test]
    fn no_recurring_anchor_is_missing_whatever_the_memory() {
        let anchors: Vec<u64> = (0..5_000).map(|n| splitmix(1, n)).collect();
        for bytes in [0, 64, 1 << 10, 1 << 20] {
            let mut set = Recurring::new(10_000, bytes);
            assert!(set.words.len() * 8 <= bytes.max(8));
            let (mut found, mut others) = (0, 0);
            for round in 0..set.rounds() {
                set.begin(round);
                anchors.iter().chain(&anchors[..1_000]).for_each(|a| set.insert(*a));
                found += anchors[..1_000].iter().filter(|a| set.contains(**a)).count();
                others += anchors[1_000..].iter().filter(|a| set.contains(**a)).count();
            }
            assert_eq!(found, 1_000, "{bytes}");
            assert!(others < 1_600, "{others} in {bytes}");
            assert!(bytes < 1 << 20 || others < 400, "{others}");
        }
    }
}
