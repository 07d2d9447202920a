//! The two rows of a text as bytes: its sketch, and the text with what is known about it.
//!
//! They lie in different files, since sketches are read all at the start of a run, texts a few here
//! and there.

use super::blocks::{number, take};
use crate::sketch::Sketch;

/// A text and what is known about it.
///
/// ```
/// use newsmill_dedup::index::Row;
/// let row = Row { id: "a1", source: "monday.jsonl", text: "A river rose.", ..Row::default() };
/// assert_eq!((row.published, row.truncated), (None, false));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Row<'a> {
    /// Its name.
    pub id: &'a str,
    /// Where it came from, in the caller's words.
    pub source: &'a str,
    /// When it was published, in seconds since 1970.
    pub published: Option<i64>,
    /// Whether it is known to be cut short, see [`crate::order::KeepOrder::whole_first`].
    pub truncated: bool,
    /// The text that its sketch is of.
    pub text: &'a str,
}

/// The sketch of a text of an index.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RowSketch {
    /// The sketch.
    pub sketch: Sketch,
    /// [`Row::truncated`].
    pub truncated: bool,
}

const FINGERPRINT: u8 = 1;
const SIGNATURE: u8 = 2;
const TRUNCATED: u8 = 4;
const PUBLISHED: u8 = 8;
const IDENTITY: u8 = 16;

/// Appends the row of a sketch.
pub(super) fn put_sketch(sketch: &Sketch, truncated: bool, block: &mut Vec<u8>) {
    let mut flags = 0;
    flags |= if sketch.fingerprint.is_some() { FINGERPRINT } else { 0 };
    flags |= if sketch.identity.is_some() { IDENTITY } else { 0 };
    flags |= if sketch.signature.is_empty() { 0 } else { SIGNATURE };
    flags |= if truncated { TRUNCATED } else { 0 };
    block.push(flags);
    block.extend(sketch.shingles.to_le_bytes());
    block.extend((sketch.sampled.len() as u32).to_le_bytes());
    for print in [sketch.fingerprint, sketch.identity].into_iter().flatten() {
        block.extend(print.to_le_bytes());
    }
    for value in sketch.signature.iter().chain(&sketch.sampled) {
        block.extend(value.to_le_bytes());
    }
}

/// The next sketch of a block, with a signature of `values` values if it has one; `None` when the
/// bytes are no sketch.
pub(super) fn take_sketch(rest: &mut &[u8], values: usize) -> Option<RowSketch> {
    let [flags] = *take(rest)?;
    let (shingles, sampled) = (number(rest)?, number(rest)?);
    let mut print = |flag| match flags & flag {
        0 => Some(None),
        _ => take(rest).map(|bytes| Some(u128::from_le_bytes(*bytes))),
    };
    let (fingerprint, identity) = (print(FINGERPRINT)?, print(IDENTITY)?);
    let signature = numbers(rest, if flags & SIGNATURE == 0 { 0 } else { values })?;
    let sampled = numbers(rest, sampled as usize)?;
    let sketch = Sketch { fingerprint, identity, shingles, signature, sampled };
    Some(RowSketch { sketch, truncated: flags & TRUNCATED != 0 })
}

fn numbers(rest: &mut &[u8], count: usize) -> Option<Box<[u32]>> {
    let bytes = count.checked_mul(4)?;
    let (these, after) = rest.split_at_checked(bytes)?;
    *rest = after;
    let (chunks, _) = these.as_chunks();
    Some(chunks.iter().map(|chunk| u32::from_le_bytes(*chunk)).collect())
}

/// Appends the row of a text.
pub(super) fn put_row(row: &Row<'_>, block: &mut Vec<u8>) {
    let mut flags = 0;
    flags |= if row.truncated { TRUNCATED } else { 0 };
    flags |= if row.published.is_some() { PUBLISHED } else { 0 };
    block.push(flags);
    if let Some(published) = row.published {
        block.extend(published.to_le_bytes());
    }
    for part in [row.id, row.source, row.text] {
        block.extend((part.len() as u32).to_le_bytes());
    }
    for part in [row.id, row.source, row.text] {
        block.extend(part.as_bytes());
    }
}

/// The next text of a block; `None` when the bytes are no text.
pub(super) fn take_row<'a>(rest: &mut &'a [u8]) -> Option<Row<'a>> {
    let [flags] = *take(rest)?;
    let published = match flags & PUBLISHED {
        0 => None,
        _ => Some(i64::from_le_bytes(*take(rest)?)),
    };
    let lengths = [number(rest)?, number(rest)?, number(rest)?];
    let [id, source, text] = lengths.map(|length| {
        let (part, after) = rest.split_at_checked(length as usize)?;
        *rest = after;
        std::str::from_utf8(part).ok()
    });
    let truncated = flags & TRUNCATED != 0;
    Some(Row { id: id?, source: source?, published, truncated, text: text? })
}
