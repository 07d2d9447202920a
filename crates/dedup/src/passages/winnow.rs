//! Anchors of a text, and the windows that hang on them.

use super::{MAX_WORDS, MIN_WORDS, Recurring, Window};
use crate::hash::fold_multiply;

/// Factor of the polynomial that hashes a run of words: any odd number will do.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;
const GRAM_KEY: u64 = 0xa076_1d64_78bd_642f;
const RUN_KEY: u64 = 0xe703_7ed1_a0b4_28db;

/// Winnowing (Schleimer, Wilkerson, Aiken: "Winnowing: local algorithms for document
/// fingerprinting", SIGMOD 2003) over the words of a text, with scratch buffers.
///
/// All runs of `k` words are hashed; of each `w` neighbouring ones the least is chosen, of equal
/// ones the last. `k + w - 1` is the length of a *window*, the shortest run of words that is looked
/// for: which anchor a window has depends on its words alone, so equal windows, wherever they
/// stand, have equal anchors. About 2 / (w + 1) of the runs are chosen.
#[derive(Debug, Clone)]
pub struct Winnow {
    min_words: usize,
    gram: usize,
    width: usize,
    gram_power: u64,
    run_power: u64,
    /// Hash of the words before each word; one more than there are words.
    prefixes: Vec<u64>,
    grams: Vec<u64>,
    /// The least key from each gram to the end of its block of `width`.
    suffixes: Vec<u64>,
    /// The gram that is the anchor of each window.
    chosen: Vec<u32>,
    anchors: Vec<u64>,
}

impl Winnow {
    /// A winnow for windows of `min_words` words, taken into [`MIN_WORDS`]..=[`MAX_WORDS`].
    #[must_use]
    pub fn new(min_words: usize) -> Self {
        let min_words = min_words.clamp(MIN_WORDS, MAX_WORDS);
        let gram = min_words.div_ceil(2);
        Self {
            min_words,
            gram,
            width: min_words - gram + 1,
            gram_power: power(gram),
            run_power: power(min_words),
            prefixes: Vec::new(),
            grams: Vec::new(),
            suffixes: Vec::new(),
            chosen: Vec::new(),
            anchors: Vec::new(),
        }
    }

    /// Words in a window.
    #[must_use]
    pub fn min_words(&self) -> usize {
        self.min_words
    }

    /// How many anchors a text of so many words has, about.
    #[must_use]
    pub fn expected_anchors(&self, words: u64) -> u64 {
        2 * words / (self.width as u64 + 1)
    }

    /// The anchors of a text, given as the hashes of its words: each once, ascending.
    ///
    /// Time is linear in the number of words.
    pub fn anchors(&mut self, words: &[u64]) -> &[u64] {
        self.choose(words);
        self.anchors.clear();
        // The anchors of neighbouring windows never go back.
        let chosen = self.chosen.chunk_by(|a, b| a == b).filter_map(|same| same.first());
        self.anchors.extend(chosen.map(|&gram| self.grams[gram as usize]));
        self.anchors.sort_unstable();
        self.anchors.dedup();
        &self.anchors
    }

    /// Gives out the windows of text number `text` whose anchors recur.
    ///
    /// Time is linear in the number of words.
    pub fn windows(
        &mut self,
        text: u32,
        words: &[u64],
        recurring: &Recurring,
        mut window: impl FnMut(Window),
    ) {
        self.choose(words);
        let mut start = 0;
        for same in self.chosen.chunk_by(|a, b| a == b) {
            let end = start + same.len();
            let anchor = same.first().map_or(0, |&gram| self.grams[gram as usize]);
            if recurring.contains(anchor) {
                let ends = &self.prefixes[self.min_words..];
                let runs = self.prefixes[start..end].iter().zip(&ends[start..end]);
                for (word, (before, behind)) in (start..end).zip(runs) {
                    let run = behind.wrapping_sub(before.wrapping_mul(self.run_power));
                    let hash = fold_multiply(run ^ RUN_KEY, BASE);
                    window(Window { hash, text, word: word as u32 });
                }
            }
            start = end;
        }
    }

    /// Finds the anchor of each window; sliding minima by blocks (van Herk, 1992; Gil and Werman,
    /// 1993), whose time does not depend on what is read.
    fn choose(&mut self, words: &[u64]) {
        self.chosen.clear();
        if words.len() < self.min_words || u32::try_from(words.len()).is_err() {
            return;
        }
        self.prefixes.clear();
        self.prefixes.reserve(words.len() + 1);
        let mut prefix = 0_u64;
        self.prefixes.push(prefix);
        self.prefixes.extend(words.iter().map(|word| {
            prefix = prefix.wrapping_mul(BASE).wrapping_add(*word);
            prefix
        }));
        self.grams.clear();
        let grams = self.prefixes.iter().zip(&self.prefixes[self.gram..]);
        self.grams.extend(grams.map(|(before, behind)| {
            let run = behind.wrapping_sub(before.wrapping_mul(self.gram_power));
            fold_multiply(run ^ GRAM_KEY, BASE)
        }));
        self.suffixes.clear();
        self.suffixes.extend(self.grams.iter().zip(0..).map(|(gram, place)| key(*gram, place)));
        for block in self.suffixes.chunks_mut(self.width) {
            let mut least = u64::MAX;
            for key in block.iter_mut().rev() {
                least = least.min(*key);
                *key = least;
            }
        }
        self.chosen.reserve(self.grams.len());
        let starts = &self.suffixes;
        let mut place = 0_u32;
        let mut from = 0;
        for (number, block) in self.grams.chunks(self.width).enumerate() {
            let mut least = u64::MAX;
            if number == 0 {
                // Windows end from the last gram of the first block on.
                self.chosen.push(place_of(starts[0]));
                place = block.len() as u32;
                from = 1;
                continue;
            }
            let of_block = starts[from..].iter().zip(block);
            self.chosen.extend(of_block.map(|(start, gram)| {
                least = least.min(key(*gram, place));
                place += 1;
                place_of(least.min(*start))
            }));
            from += block.len();
        }
    }
}

/// What grams are compared by: the high half of the hash, and of equal ones the last is least.
fn key(gram: u64, place: u32) -> u64 {
    (gram & 0xffff_ffff_0000_0000) | u64::from(!place)
}

fn place_of(key: u64) -> u32 {
    !(key as u32)
}

fn power(words: usize) -> u64 {
    (0..words).fold(1, |power: u64, _| power.wrapping_mul(BASE))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The anchors of all windows by the definition.
    fn by_definition(winnow: &Winnow) -> Vec<u32> {
        let keys: Vec<u64> = winnow.grams.iter().zip(0..).map(|(g, p)| key(*g, p)).collect();
        keys.windows(winnow.width).map(|w| place_of(*w.iter().min().unwrap())).collect()
    }

    proptest! {
        #[test]
        fn every_window_has_its_least_gram(
            words in prop::collection::vec(0_u64..4, 0..200),
            min_words in 0_usize..40,
        ) {
            let mut winnow = Winnow::new(min_words);
            winnow.choose(&words);
            let windows = (words.len() + 1).saturating_sub(winnow.min_words);
            prop_assert_eq!(winnow.chosen.len(), windows);
            if windows > 0 {
                prop_assert_eq!(&winnow.chosen, &by_definition(&winnow));
            }
        }
    }

    #[test]
    fn anchors_are_as_dense_as_winnowing_says() {
        let words: Vec<u64> = (0..100_000).map(|n| crate::hash::splitmix(7, n)).collect();
        let mut winnow = Winnow::new(50);
        let expected = winnow.expected_anchors(100_000) as f64;
        let found = winnow.anchors(&words).len() as f64;
        assert!((found / expected - 1.0).abs() < 0.05, "{found} of {expected}");
    }
}
