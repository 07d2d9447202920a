//! The crate's fixed 64-bit hash and its fixed source of coefficients.
//!
//! Both are part of the format of stored shingles and sketches: the same text gives the same
//! numbers on every machine, in every version that keeps [`crate::sketch::SKETCH_FORMAT`].
//!
//! The hash folds 16 bytes at a time with one 64 × 64 → 128 bit multiplication whose halves are
//! xored, as wyhash and rapidhash do (Wang Yi, <https://github.com/wangyi-fudan/wyhash>). It is
//! not keyed: whoever writes the texts could make words collide, which can cost a wrong
//! similarity between his own texts, never a panic or unbounded time.

const LOW_KEY: u64 = 0x2d35_8dcc_aa6c_78a5;
const HIGH_KEY: u64 = 0x8bb8_4b93_962e_acc9;

/// High and low half of the 128-bit product, xored.
#[inline(always)]
pub(crate) fn fold_multiply(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

/// One step of the word hash: `state` is 0 at the start, `low` and `high` are 16 bytes, little
/// endian, filled with zeros after the end of the word.
#[inline(always)]
pub(crate) fn step(state: u64, low: u64, high: u64) -> u64 {
    fold_multiply(state ^ low ^ LOW_KEY, high ^ HIGH_KEY)
}

/// Hash of a word's bytes (lower-cased UTF-8, no NUL inside): the steps over its 16-byte pieces.
pub(crate) fn word(bytes: &[u8]) -> u64 {
    bytes.chunks(16).fold(0, |state, piece| {
        let mut padded = [0_u8; 16];
        for (to, from) in padded.iter_mut().zip(piece) {
            *to = *from;
        }
        let whole = u128::from_le_bytes(padded);
        step(state, whole as u64, (whole >> 64) as u64)
    })
}

/// The `index`-th number of the SplitMix64 sequence that starts at `seed` (Steele, Lea, Flood:
/// "Fast splittable pseudorandom number generators", 2014).
#[inline]
pub(crate) fn splitmix(seed: u64, index: u64) -> u64 {
    let mut z = seed.wrapping_add(index.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
