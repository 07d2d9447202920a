//! Where a few words in a row stood before: a rolling hash and a table of first places.

/// Words of a seed.
pub(super) const SEED: usize = 6;

/// The hash of `SEED` words in a row, made from the one before it where there is one (a cyclic
/// polynomial, Cohen 1997).
#[derive(Debug, Default)]
pub(super) struct Rolling {
    /// The word whose hash is `value`.
    word: usize,
    value: u64,
}

impl Rolling {
    const TURN: u32 = 11;

    pub(super) fn new() -> Self {
        Self { word: usize::MAX - 1, value: 0 }
    }

    #[inline(always)]
    pub(super) fn at(&mut self, hashes: &[u64], word: usize) -> u64 {
        self.value = if word == self.word.wrapping_add(1) {
            let outgoing = hashes[self.word].rotate_left(Self::TURN * SEED as u32);
            self.value.rotate_left(Self::TURN) ^ outgoing ^ hashes[word + SEED - 1]
        } else {
            let seed = &hashes[word..word + SEED];
            seed.iter().fold(0, |value, hash| value.rotate_left(Self::TURN) ^ hash)
        };
        self.word = word;
        self.value
    }
}

/// Where each seed stands first: open addressing, at most half full. A slot holds 32 bits of the
/// seed's hash and the number of its first word.
#[derive(Debug, Default)]
pub(super) struct Table {
    slots: Vec<u64>,
    mask: usize,
}

impl Table {
    /// Most slots looked at for one seed. Only a text made to collide comes near.
    const PROBES: usize = 32;
    const EMPTY: u64 = u64::MAX;

    pub(super) fn reset(&mut self, words: usize) {
        let size = (words * 2).next_power_of_two();
        self.slots.clear();
        self.slots.resize(size, Self::EMPTY);
        self.mask = size - 1;
    }

    /// The slot of the words at `word`, and their first place if the slot is theirs.
    #[inline(always)]
    fn slot(&self, key: u64, word: usize, hashes: &[u64]) -> Option<(usize, Option<usize>)> {
        let mut at = key as usize & self.mask;
        for _ in 0..Self::PROBES {
            let slot = self.slots[at];
            if slot == Self::EMPTY {
                return Some((at, None));
            }
            if slot >> 32 == key >> 32 {
                let first = slot as u32 as usize;
                if hashes[first..first + SEED] == hashes[word..word + SEED] {
                    return Some((at, Some(first)));
                }
            }
            at = (at + 1) & self.mask;
        }
        None
    }

    /// Where the words at `word` stand first, if that is earlier; otherwise here.
    #[inline(always)]
    pub(super) fn find_or_insert(
        &mut self,
        key: u64,
        word: usize,
        hashes: &[u64],
    ) -> Option<usize> {
        let (at, first) = self.slot(key, word, hashes)?;
        if first.is_none() {
            self.slots[at] = (key >> 32) << 32 | word as u64;
        }
        first
    }

    /// Makes `word` the place of its words.
    pub(super) fn point(&mut self, key: u64, word: usize, hashes: &[u64]) {
        if let Some((at, _)) = self.slot(key, word, hashes) {
            self.slots[at] = (key >> 32) << 32 | word as u64;
        }
    }
}
