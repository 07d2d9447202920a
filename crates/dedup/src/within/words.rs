//! A text as words: what is compared, and where it stands.

use std::ops::Range;

/// The word holds a digit.
pub(super) const DIGIT: u8 = 1;
/// The word starts with a capital letter.
pub(super) const CAPITAL: u8 = 2;
/// A line break stands between this word and the one before it.
pub(super) const LINE: u8 = 4;

/// The words of a text, in order.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// First byte of each word.
    pub(super) start: Vec<u32>,
    /// Byte after the last of each word.
    pub(super) end: Vec<u32>,
    /// Hash of each word's folded letters.
    pub(super) hash: Vec<u64>,
    /// [`DIGIT`], [`CAPITAL`], [`LINE`].
    pub(super) class: Vec<u8>,
    folded: Vec<u8>,
}

impl Words {
    pub(super) fn len(&self) -> usize {
        self.hash.len()
    }

    pub(super) fn is(&self, word: usize, class: u8) -> bool {
        self.class[word] & class != 0
    }

    pub(super) fn range(&self, word: usize) -> Range<usize> {
        self.start[word] as usize..self.end[word] as usize
    }

    /// What stands between `word` and the one before it: from the text's start for the first word,
    /// to the text's end for the number after the last.
    pub(super) fn gap_before(&self, word: usize, text: &str) -> Range<usize> {
        let start = if word == 0 { 0 } else { self.end[word - 1] as usize };
        let end = self.start.get(word).map_or(text.len(), |&s| s as usize);
        start..end
    }

    /// Reads `text`, which must be shorter than 4 GiB.
    pub(super) fn read(&mut self, text: &str) {
        self.start.clear();
        self.end.clear();
        self.hash.clear();
        self.class.clear();
        let bytes = text.as_bytes();
        let mut line = 0;
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let kind = KIND[usize::from(byte)];
            // By far the most bytes met here start a word: worth a branch of their own.
            if kind == Kind::Word {
                let (end, hash, digit) = ascii_word(bytes, at);
                let next = bytes.get(end).copied().unwrap_or(b' ');
                if next >= 0x80 {
                    at = self.read_folded(text, at, &mut line);
                    continue;
                }
                if (next == b':' || next == b'.')
                    && let Some(end) = bare_link(bytes, at, end)
                {
                    at = end;
                    continue;
                }
                let capital = u8::from(byte.is_ascii_uppercase()) * CAPITAL;
                self.push(at, end, hash, u8::from(digit) * DIGIT + capital + line);
                line = 0;
                at = end + usize::from(next == b' ');
                continue;
            }
            if kind == Kind::Other {
                at += 1;
                continue;
            }
            at = self.read_rare(text, at, kind, &mut line);
        }
    }

    /// Reads what begins with a byte that is neither part of an ASCII word nor white space or
    /// punctuation. Gives the byte to go on at. Apart, so that the way of most bytes is short.
    #[inline(never)]
    fn read_rare(&mut self, text: &str, at: usize, kind: Kind, line: &mut u8) -> usize {
        match kind {
            Kind::Break => {
                *line = LINE;
                at + 1
            }
            Kind::Open => link_end(text.as_bytes(), at).unwrap_or(at + 1),
            Kind::Wide => self.read_folded(text, at, line),
            Kind::Word | Kind::Other => at + 1,
        }
    }

    /// Reads a word that holds other than ASCII letters, or passes over one such character that is
    /// no letter. Gives the byte to go on at.
    fn read_folded(&mut self, text: &str, start: usize, line: &mut u8) -> usize {
        self.folded.clear();
        let mut class = *line;
        let mut end = start;
        for c in text[start..].chars() {
            if is_invisible(c) {
                if self.folded.is_empty() {
                    return end + c.len_utf8();
                }
                end += c.len_utf8();
                continue;
            }
            if !is_letter(c) {
                break;
            }
            let alone = is_unspaced(c);
            if alone && !self.folded.is_empty() {
                break;
            }
            if self.folded.is_empty() && c.is_uppercase() {
                class |= CAPITAL;
            }
            if c.is_numeric() {
                class |= DIGIT;
            }
            fold(c, &mut self.folded);
            end += c.len_utf8();
            if alone {
                break;
            }
        }
        if self.folded.is_empty() {
            let c = text[start..].chars().next().unwrap_or('\0');
            if matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}') {
                *line = LINE;
            }
            return start + c.len_utf8().max(end - start);
        }
        let hash = hash(&self.folded);
        self.push(start, end, hash, class);
        *line = 0;
        end
    }

    #[inline]
    fn push(&mut self, start: usize, end: usize, hash: u64, class: u8) {
        self.start.push(start as u32);
        self.end.push(end as u32);
        self.hash.push(hash);
        self.class.push(class);
    }
}

/// Whether two words, or two stretches of words, have the same letters once folded.
pub(super) fn same_letters(text: &str, a: Range<usize>, b: Range<usize>) -> bool {
    let (a, b) = (&text[a], &text[b]);
    a == b || letters(a).eq(letters(b))
}

/// Whether the folded letters of `a` begin those of `b`.
pub(super) fn begins(text: &str, a: Range<usize>, b: Range<usize>) -> bool {
    let mut whole = letters(&text[b]);
    letters(&text[a]).all(|letter| whole.next() == Some(letter))
}

fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|&c| is_letter(c)).flat_map(folds)
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Word,
    Break,
    Other,
    Open,
    Wide,
}

const KIND: [Kind; 256] = {
    let mut kinds = [Kind::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        if b.is_ascii_alphanumeric() {
            kinds[byte] = Kind::Word;
        } else if b >= 0x80 {
            kinds[byte] = Kind::Wide;
        } else if b == b'\n' || b == b'\r' {
            kinds[byte] = Kind::Break;
        } else if b == b'<' || b == b']' {
            kinds[byte] = Kind::Open;
        }
        byte += 1;
    }
    kinds
};

/// The hash of a word's folded letters, built eight bytes at a time.
#[derive(Default)]
struct Hash(u64);

impl Hash {
    const MIX: u64 = 0x9E37_79B9_7F4A_7C15;

    /// Takes in eight bytes; upper case ASCII counts as lower case. Every byte below 0x80 gets the
    /// one bit by which they differ (digits have it already).
    #[inline]
    fn take(&mut self, eight: u64) {
        let lower = eight | (!eight & HIGH) >> 2;
        self.0 = (self.0 ^ lower).wrapping_mul(Self::MIX);
        self.0 ^= self.0 >> 29;
    }

    #[inline]
    fn finish(self, length: usize) -> u64 {
        (self.0 ^ length as u64).wrapping_mul(Self::MIX)
    }
}

fn hash(word: &[u8]) -> u64 {
    let mut hash = Hash::default();
    for chunk in word.chunks(8) {
        let mut eight = [0; 8];
        eight[..chunk.len()].copy_from_slice(chunk);
        hash.take(u64::from_le_bytes(eight));
    }
    hash.finish(word.len())
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The end of the ASCII letters and digits that start at `at`, their hash, and whether a digit is
/// among them: eight bytes at a time, the high bit of a byte telling what it is.
#[inline]
fn ascii_word(bytes: &[u8], at: usize) -> (usize, u64, bool) {
    let mut hash = Hash::default();
    let mut end = at;
    let mut digits = 0;
    loop {
        let eight = match bytes.get(end..end + 8) {
            Some(chunk) => chunk.try_into().unwrap_or_default(),
            None => {
                let mut eight = [0; 8];
                eight[..bytes.len() - end].copy_from_slice(&bytes[end..]);
                eight
            }
        };
        let eight = u64::from_le_bytes(eight);
        let low = eight & !HIGH;
        let at_least = |value: u64, byte: u8| value.wrapping_add(ONES * u64::from(0x80 - byte));
        let lower = low | (ONES * 0x20);
        let letter = at_least(lower, b'a') & !at_least(lower, b'z' + 1);
        let digit = at_least(low, b'0') & !at_least(low, b'9' + 1);
        let other = !((letter | digit) & !eight) & HIGH;
        let length = other.trailing_zeros() as usize / 8;
        if length == 0 {
            break;
        }
        let mask = u64::MAX >> (64 - 8 * length);
        digits |= digit & HIGH & mask & !eight;
        hash.take(eight & mask);
        end += length;
        if length < 8 {
            break;
        }
    }
    (end, hash.finish(end - at), digits != 0)
}

/// The end of a link that starts at `at`: `<…>` without white space, or `](…)` of Markdown.
fn link_end(bytes: &[u8], at: usize) -> Option<usize> {
    /// Longest link that is looked for, in bytes.
    const LONGEST: usize = 2048;
    let rest = &bytes[at..bytes.len().min(at + LONGEST)];
    let close = match rest {
        [b'<', ..] => b'>',
        [b']', b'(', ..] => b')',
        _ => return None,
    };
    let end = rest
        .iter()
        .skip(1)
        .position(|&b| b == close || b <= b' ' || matches!(b, b'<' | b'[' | b']'))?
        + 1;
    let inside = &rest[1..end];
    let link = inside.iter().any(|b| matches!(b, b'.' | b'/' | b':' | b'@'));
    (rest[end] == close && link).then_some(at + end + 1)
}

/// The end of a bare link (`https://…`, `www.…`) whose first word is `start..end`.
fn bare_link(bytes: &[u8], start: usize, end: usize) -> Option<usize> {
    let link = match bytes.get(end)? {
        b':' => bytes[end..].starts_with(b"://"),
        b'.' => end - start == 3 && bytes[start..end].eq_ignore_ascii_case(b"www"),
        _ => false,
    };
    link.then(|| {
        // What is not ASCII may be a dash or a blank behind the link: it is read as words.
        let stop = |&b: &u8| !b.is_ascii_graphic() || matches!(b, b'<' | b'>' | b'"' | b')' | b']');
        end + bytes[end..].iter().position(stop).unwrap_or(bytes.len() - end)
    })
}

/// Characters that show nothing and split no word.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

pub(super) fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36F}')
}

/// Letters of scripts written without spaces: each counts as a word.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Lower case, ligatures taken apart.
fn folds(c: char) -> impl Iterator<Item = char> {
    let parts: &'static str = match c {
        'ﬀ' => "ff",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        'ﬃ' => "ffi",
        'ﬄ' => "ffl",
        'ﬅ' | 'ﬆ' => "st",
        _ => "",
    };
    let plain = parts.is_empty().then(|| c.to_lowercase()).into_iter().flatten();
    plain.chain(parts.chars())
}

fn fold(c: char, into: &mut Vec<u8>) {
    let mut bytes = [0; 4];
    for letter in folds(c) {
        into.extend_from_slice(letter.encode_utf8(&mut bytes).as_bytes());
    }
}
