//! Records of a fixed size, as they lie in scratch files: little endian.

use std::fmt::Debug;

/// What lists and sorters hold: a value of a fixed size on disk.
pub trait Record: Copy + Ord + Send + Debug {
    /// Bytes on disk.
    const BYTES: usize;

    /// Appends it, in [`Record::BYTES`] bytes.
    fn write(self, to: &mut Vec<u8>);

    /// Reads back what [`Record::write`] wrote; `from` holds [`Record::BYTES`] bytes.
    fn read(from: &[u8]) -> Self;
}

impl Record for u64 {
    const BYTES: usize = 8;

    #[inline(always)]
    fn write(self, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.to_le_bytes());
    }

    #[inline(always)]
    fn read(from: &[u8]) -> Self {
        from.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
    }
}

impl Record for u32 {
    const BYTES: usize = 4;

    #[inline(always)]
    fn write(self, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.to_le_bytes());
    }

    #[inline(always)]
    fn read(from: &[u8]) -> Self {
        from.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes))
    }
}

/// Compared word by word.
impl<const N: usize> Record for [u32; N] {
    const BYTES: usize = 4 * N;

    #[inline(always)]
    fn write(self, to: &mut Vec<u8>) {
        for word in self {
            to.extend_from_slice(&word.to_le_bytes());
        }
    }

    #[inline(always)]
    fn read(from: &[u8]) -> Self {
        let mut record = [0; N];
        for (word, bytes) in record.iter_mut().zip(from.as_chunks().0) {
            *word = u32::from_le_bytes(*bytes);
        }
        record
    }
}

/// Two numbers as one that sorts like the pair.
#[inline(always)]
pub(crate) fn pack(first: u32, second: u32) -> u64 {
    (u64::from(first) << 32) | u64::from(second)
}

/// The two numbers of [`pack`].
#[inline(always)]
pub(crate) fn unpack(pair: u64) -> (u32, u32) {
    ((pair >> 32) as u32, pair as u32)
}

/// Two words that sort like the number, for numbers that are not negative.
pub(crate) fn float_words(value: f64) -> [u32; 2] {
    let (high, low) = unpack(value.to_bits());
    [high, low]
}

/// The number of [`float_words`].
pub(crate) fn float(high: u32, low: u32) -> f64 {
    f64::from_bits(pack(high, low))
}
