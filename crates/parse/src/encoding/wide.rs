//! UTF-16 and UTF-32 that no mark tells.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

/// Bytes looked at.
const HEAD: usize = 4096;

/// UTF-32, which the WHATWG Encoding standard leaves out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Utf32 {
    Le,
    Be,
}

impl Utf32 {
    /// UTF-32 by its mark, its label or its bytes, and the length of the mark. Units of four bytes
    /// that all are characters are nothing else.
    pub(super) fn of(bytes: &[u8], label: Option<&str>) -> Option<(Self, usize)> {
        let mark = match bytes {
            [0xff, 0xfe, 0, 0, ..] => Some(Self::Le),
            [0, 0, 0xfe, 0xff, ..] => Some(Self::Be),
            _ => None,
        };
        if let Some(order) = mark
            && order.fits(bytes)
        {
            return Some((order, 4));
        }
        let label = label.map_or("", str::trim);
        let said = |names: [&str; 2]| names.iter().any(|n| label.eq_ignore_ascii_case(n));
        match bytes.contains(&0) {
            true if said(["utf-32le", "utf32le"]) => return Some((Self::Le, 0)),
            true if said(["utf-32be", "utf32be"]) => return Some((Self::Be, 0)),
            _ => {}
        }
        [Self::Le, Self::Be].into_iter().find(|order| order.fits(bytes)).map(|order| (order, 0))
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Le => "UTF-32LE",
            Self::Be => "UTF-32BE",
        }
    }

    fn unit(self, unit: [u8; 4]) -> Option<char> {
        char::from_u32(match self {
            Self::Le => u32::from_le_bytes(unit),
            Self::Be => u32::from_be_bytes(unit),
        })
    }

    fn fits(self, bytes: &[u8]) -> bool {
        let (units, _) = bytes[..bytes.len().min(HEAD)].as_chunks::<4>();
        let is_character = |unit: &[u8; 4]| self.unit(*unit).is_some_and(|c| c != '\0');
        units.len() > 1 && units.iter().all(is_character)
    }

    /// The text, and how many units are no characters.
    pub(super) fn decode(self, bytes: &[u8]) -> (String, usize) {
        let (units, rest) = bytes.as_chunks::<4>();
        let (mut text, mut replaced) = (String::with_capacity(bytes.len() / 3), 0);
        let lost = (!rest.is_empty()).then_some(None);
        for unit in units.iter().map(|unit| self.unit(*unit)).chain(lost) {
            replaced += usize::from(unit.is_none());
            text.push(unit.unwrap_or('\u{fffd}'));
        }
        (text, replaced)
    }
}

/// UTF-16 without a mark.
///
/// In Latin text every other byte is zero. In any other, what all scripts share tells it: blanks,
/// line breaks, digits and the stops of East Asia stand at places that make them so in one order
/// only, and nothing else in the text is a control or no character.
pub(super) fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..bytes.len().min(HEAD) & !1).filter(|head| head.len() >= 8)?;
    let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|b| **b == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), head.len() / 2);
    match (even * 2 > half, odd * 2 > half) {
        (false, true) => return Some(UTF_16LE),
        (true, false) => return Some(UTF_16BE),
        _ => {}
    }
    // Other encodings have no such bytes.
    let is_telling = |b: &u8| *b < 0x09;
    if !head.iter().any(is_telling) {
        return None;
    }
    let (le, be) = (shared(head, u16::from_le_bytes), shared(head, u16::from_be_bytes));
    // One in fifty is far less than any text has.
    let enough = half / 50 + 1;
    match (le, be) {
        (Some(le), be) if le > 2 * be.unwrap_or(0) && le > enough => Some(UTF_16LE),
        (le, Some(be)) if be > 2 * le.unwrap_or(0) && be > enough => Some(UTF_16BE),
        _ => None,
    }
}

/// How many characters that all scripts share there are, if nothing stands in the way.
fn shared(head: &[u8], unit: fn([u8; 2]) -> u16) -> Option<usize> {
    let (units, _) = head.as_chunks::<2>();
    let mut count = 0;
    let mut units = units.iter().map(|bytes| unit(*bytes)).peekable();
    while let Some(unit) = units.next() {
        match unit {
            0x09 | 0x0a | 0x0d | 0x20..=0x7e | 0x3001 | 0x3002 | 0xff0c => count += 1,
            0..=0x1f | 0x7f..=0x9f | 0xe000..=0xf8ff | 0xfffe..=0xffff => return None,
            0xd800..=0xdbff => match units.next() {
                Some(0xdc00..=0xdfff) | None => {}
                Some(_) => return None,
            },
            0xdc00..=0xdfff => return None,
            _ => {}
        }
    }
    Some(count)
}
