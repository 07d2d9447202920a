//! A text as words: what is compared, and where it stands.

use std::ops::Range;

use wide::i8x16;

use crate::block::{BLOCK, WINDOW, bits, letters_and_digits, low_bits, lowered, window};
use crate::hash;

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
        let mut padded = [0; WINDOW];
        let (mut at, mut line) = (0, 0);
        while at < text.len() {
            let (window, limit) = window(text.as_bytes(), at, &mut padded);
            at = self.read_block(text, at, window, limit, &mut line);
        }
    }

    /// Reads the first `limit` bytes of `window`, which begins at byte `at` of the text, or as far
    /// as nothing but ASCII words, what separates them and line breaks is met, and one step beyond.
    /// Gives the byte to go on at.
    #[inline(always)]
    fn read_block(
        &mut self,
        text: &str,
        at: usize,
        window: &[u8; WINDOW],
        limit: usize,
        line: &mut u8,
    ) -> usize {
        let [letters, digits, wide, opens, breaks, points] = bits(window, |bytes| {
            let (letters, digits) = letters_and_digits(bytes);
            let is = |byte: u8| bytes.simd_eq(i8x16::splat(byte.cast_signed()));
            let (opens, breaks) = (is(b'<') | is(b']'), is(b'\n') | is(b'\r'));
            [letters, digits, bytes, opens, breaks, is(b':') | is(b'.')]
        });
        let word = letters | digits;
        let stop = first_stop(text, at, wide, opens, limit).min(limit);
        // Where words are read to: not into one that may go on after the stop.
        let mut done = stop;
        let touches = done > 0 && (word >> (done - 1)) & 1 == 1;
        if touches && at + done < text.len() && (stop == limit || (wide >> stop) & 1 == 1) {
            done = BLOCK - (!word & low_bits(done)).leading_zeros() as usize;
            if done == 0 && stop == limit {
                return self.read_long(text, at, line);
            }
        }
        let mut changes = (word & low_bits(done)) ^ ((word & low_bits(done)) << 1);
        let mut read = 0;
        while changes != 0 {
            let start = changes.trailing_zeros() as usize;
            changes &= changes - 1;
            let end = (changes.trailing_zeros() as usize).min(BLOCK);
            changes &= changes.wrapping_sub(1);
            let inside = low_bits(end) & !low_bits(start);
            if (breaks & low_bits(start) & !low_bits(read)) != 0 {
                *line = LINE;
            }
            read = end;
            let point = end < BLOCK && (points >> end) & 1 == 1;
            if point && let Some(end) = bare_link(text.as_bytes(), at + start, at + end) {
                return end;
            }
            let hash = match lowered(window, start, end - start) {
                Some((low, high)) => hash::step(0, low, high),
                None => self.long_hash(text, at + start..at + end),
            };
            let digit = u8::from(digits & inside != 0) * DIGIT;
            let capital = u8::from(window.get(start).is_some_and(u8::is_ascii_uppercase)) * CAPITAL;
            self.push(at + start, at + end, hash, digit | capital | *line);
            *line = 0;
        }
        if (breaks & low_bits(done) & !low_bits(read)) != 0 {
            *line = LINE;
        }
        if stop == limit {
            at + done
        } else if (wide >> stop) & 1 == 1 {
            self.read_folded(text, at + done, line)
        } else {
            link_end(text.as_bytes(), at + stop).unwrap_or(at + stop + 1)
        }
    }

    /// Reads a word that fills a whole block, or what begins like one. Gives the byte to go on at.
    #[cold]
    fn read_long(&mut self, text: &str, start: usize, line: &mut u8) -> usize {
        let bytes = text.as_bytes();
        let length = bytes[start..].iter().position(|b| !b.is_ascii_alphanumeric());
        let end = start + length.unwrap_or(bytes.len() - start);
        if bytes.get(end).is_some_and(|&next| next >= 0x80) {
            return self.read_folded(text, start, line);
        }
        let digit = u8::from(bytes[start..end].iter().any(u8::is_ascii_digit)) * DIGIT;
        let capital = u8::from(bytes[start].is_ascii_uppercase()) * CAPITAL;
        let hash = self.long_hash(text, start..end);
        self.push(start, end, hash, digit | capital | *line);
        *line = 0;
        end
    }

    fn long_hash(&mut self, text: &str, word: Range<usize>) -> u64 {
        self.folded.clear();
        self.folded.extend(text.as_bytes()[word].iter().map(u8::to_ascii_lowercase));
        hash::word(&self.folded)
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
            if is_line_separator(c) {
                *line = LINE;
            }
            return start + c.len_utf8().max(end - start);
        }
        let hash = hash::word(&self.folded);
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

/// The place in the block of the first character that takes more than a look at its bits: a `<` or
/// `]` that may open a link, or a character outside ASCII that may belong to a word, break a line
/// or reach past the limit.
#[inline(always)]
fn first_stop(text: &str, at: usize, mut wide: u64, opens: u64, limit: usize) -> usize {
    let separates = |c: char| !is_letter(c) && !is_invisible(c) && !is_line_separator(c);
    loop {
        let stop = (wide | opens).trailing_zeros() as usize;
        if (opens & !wide).trailing_zeros() as usize == stop {
            return stop;
        }
        let next = text.get(at + stop..).and_then(|rest| rest.chars().next());
        match next {
            Some(c) if separates(c) && stop + c.len_utf8() <= limit => {
                wide &= !low_bits(stop + c.len_utf8());
            }
            _ => return stop,
        }
    }
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

/// Characters outside ASCII that end a line.
fn is_line_separator(c: char) -> bool {
    matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}')
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
