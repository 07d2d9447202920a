//! Text in blocks of 64 bytes: what a byte is becomes one bit of a word, and words of text are read
//! off the changes between bits.

use wide::i8x16;

/// Bytes looked at in one go.
pub(crate) const BLOCK: usize = 64;
/// Bytes that must be readable from the start of a block: the last word's two loads included.
pub(crate) const WINDOW: usize = BLOCK + 16;
/// Longest word, in bytes, that two loads hold.
pub(crate) const LOADED: usize = 16;

/// The window of `bytes` that begins at `at`, and how many bytes of it may be looked at. At the
/// text's end the window is a copy filled with zeros, of which one byte less than a block is looked
/// at, so that the end of the last word is a bit of the block.
#[inline(always)]
pub(crate) fn window<'a>(
    bytes: &'a [u8],
    at: usize,
    padded: &'a mut [u8; WINDOW],
) -> (&'a [u8; WINDOW], usize) {
    let rest = bytes.get(at..).unwrap_or_default();
    if let Some(window) = rest.first_chunk::<WINDOW>() {
        return (window, BLOCK);
    }
    let limit = rest.len().min(BLOCK - 1);
    *padded = [0; WINDOW];
    for (to, from) in padded.iter_mut().zip(rest.iter().take(limit)) {
        *to = *from;
    }
    (padded, limit)
}

/// One bit a byte of the block, by a test of sixteen bytes at a time.
#[inline(always)]
pub(crate) fn bits<const N: usize>(
    window: &[u8; WINDOW],
    test: impl Fn(i8x16) -> [i8x16; N],
) -> [u64; N] {
    let mut masks = [0; N];
    let mut quarter = 0;
    while quarter < 4 {
        let sixteen = window
            .get(16 * quarter..)
            .and_then(<[u8]>::first_chunk::<16>)
            .map_or([0; 16], |bytes| bytes.map(u8::cast_signed));
        for (mask, found) in masks.iter_mut().zip(test(i8x16::from(sixteen))) {
            *mask |= u64::from(found.to_bitmask()) << (16 * quarter);
        }
        quarter += 1;
    }
    masks
}

/// ASCII letters and ASCII digits.
#[inline(always)]
pub(crate) fn letters_and_digits(bytes: i8x16) -> (i8x16, i8x16) {
    let lower = bytes | i8x16::splat(0x20);
    let letters = lower.simd_gt(i8x16::splat(0x60)) & lower.simd_lt(i8x16::splat(0x7b));
    let digits = bytes.simd_gt(i8x16::splat(0x2f)) & bytes.simd_lt(i8x16::splat(0x3a));
    (letters, digits)
}

/// The letters and digits of the ASCII word of `length` bytes at `start`, in lower case, as two
/// numbers filled with zeros; nothing for a longer word than two loads hold, and for one with
/// other bytes than ASCII.
#[inline(always)]
pub(crate) fn lowered(window: &[u8; WINDOW], start: usize, length: usize) -> Option<(u64, u64)> {
    let (low_mask, high_mask) = (LOW_MASKS.get(length)?, HIGH_MASKS.get(length)?);
    let (low, high) = (load(window, start) & low_mask, load(window, start + 8) & high_mask);
    if (low | high) & 0x8080_8080_8080_8080 != 0 {
        return None;
    }
    // Letters to lower case; digits have this bit already.
    let case = 0x2020_2020_2020_2020;
    Some((low | (case & low_mask), high | (case & high_mask)))
}

/// `LOW_MASKS[n]` keeps the bytes of a word of `n` bytes in its first load.
const LOW_MASKS: [u64; LOADED + 1] = masks(0);
/// `HIGH_MASKS[n]` keeps the bytes of a word of `n` bytes in its second load.
const HIGH_MASKS: [u64; LOADED + 1] = masks(8);

const fn masks(skipped: usize) -> [u64; LOADED + 1] {
    let mut masks = [0; LOADED + 1];
    let mut length = 0_usize;
    while length <= LOADED {
        let kept = length.saturating_sub(skipped);
        masks[length] = if kept >= 8 { u64::MAX } else { (1 << (8 * kept)) - 1 };
        length += 1;
    }
    masks
}

#[inline(always)]
fn load(window: &[u8; WINDOW], at: usize) -> u64 {
    window
        .get(at..)
        .and_then(<[u8]>::first_chunk::<8>)
        .map_or(0, |eight| u64::from_le_bytes(*eight))
}

/// The lowest `count` bits, `count` ≤ 64.
#[inline(always)]
pub(crate) fn low_bits(count: usize) -> u64 {
    if count >= 64 { u64::MAX } else { (1 << count) - 1 }
}
