//! Words of a text, lower-cased and hashed in place.
//!
//! A word is a maximal run of Unicode letters and digits (general categories L and N) of the
//! lower-cased text: `[^\W_]+` in Python's `re`. Han, kana, Thai, Lao, Khmer and Myanmar are
//! written without spaces; in a text that holds more letters of these scripts than it holds
//! words, each of their letters and marks is a token of its own, so that a shingle is a character
//! n-gram. A few foreign names in an English text stay words.
//!
//! The scan works on blocks of 64 bytes: sixteen bytes are classified at a time, the result is one
//! bit a byte, and words are read off the changes between bits. ASCII words up to 16 bytes are
//! hashed from two masked loads; all others take a slower way with the same result.

use std::ops::Range;

use crate::block::{BLOCK, WINDOW, bits, letters_and_digits, low_bits, lowered, window};
use crate::hash;

/// The words of one text as hashes, in the order of the text.
///
/// A `Tokens` is meant to be used again and again: filling it keeps the memory it has.
///
/// # Example
/// ```
/// use newsmill_dedup::tokens::{Tokens, tokenize_into};
///
/// let (mut a, mut b) = (Tokens::default(), Tokens::default());
/// tokenize_into("Harbour reopens; ferries run again.", &mut a);
/// tokenize_into("HARBOUR REOPENS -- ferries  run again", &mut b);
/// assert_eq!(a.hashes(), b.hashes());
/// assert_eq!(a.hashes().len(), 5);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    hashes: Vec<u64>,
    spans: Vec<Range<usize>>,
    lowered: Vec<u8>,
    unspaced: usize,
}

impl Tokens {
    /// One 64-bit hash a word. The hash of a word is fixed: it may be stored.
    #[must_use]
    pub fn hashes(&self) -> &[u64] {
        &self.hashes
    }

    /// Half-open byte ranges of the words in the text, parallel to [`Tokens::hashes`]; empty when
    /// the text was read with [`tokenize_into`].
    #[must_use]
    pub fn spans(&self) -> &[Range<usize>] {
        &self.spans
    }

    /// Number of words.
    #[must_use]
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Whether the text held no word at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    fn clear(&mut self) {
        self.hashes.clear();
        self.spans.clear();
        self.unspaced = 0;
    }

    #[inline(always)]
    fn push<const SPANS: bool>(&mut self, hash: u64, start: usize, end: usize) {
        self.hashes.push(hash);
        if SPANS {
            self.spans.push(start..end);
        }
    }
}

/// Replaces the content of `tokens` by the hashes of the words of `text`.
///
/// Time is linear in the text's length; no memory is allocated once `tokens` is large enough.
pub fn tokenize_into(text: &str, tokens: &mut Tokens) {
    tokenize::<false>(text, tokens);
}

/// Like [`tokenize_into`], and also notes where each word stands.
///
/// A character whose lower case is several characters (`İ`) may end a word and begin the next:
/// then both spans hold it whole.
pub fn tokenize_with_spans_into(text: &str, tokens: &mut Tokens) {
    tokenize::<true>(text, tokens);
}

fn tokenize<const SPANS: bool>(text: &str, tokens: &mut Tokens) {
    tokens.clear();
    scan::<SPANS, false>(text, tokens);
    if tokens.unspaced > tokens.len() {
        tokens.clear();
        scan::<SPANS, true>(text, tokens);
    }
}

/// Reads the whole text. `SPLIT` makes every letter of an unspaced script a token of its own.
fn scan<const SPANS: bool, const SPLIT: bool>(text: &str, tokens: &mut Tokens) {
    let bytes = text.as_bytes();
    tokens.hashes.reserve(bytes.len() / 6);
    let mut padded = [0; WINDOW];
    let mut at = 0;
    while at < bytes.len() {
        let (window, limit) = window(bytes, at, &mut padded);
        at += block::<SPANS, SPLIT>(text, at, window, limit, tokens);
    }
}

/// Emits the words that end within the first `limit` bytes of `window`, which begins at byte `at`
/// of the text; gives the number of bytes that are done with (at least 1). A word that may go on
/// after `limit` is left for the next block.
#[inline(always)]
fn block<const SPANS: bool, const SPLIT: bool>(
    text: &str,
    at: usize,
    window: &[u8; WINDOW],
    limit: usize,
    tokens: &mut Tokens,
) -> usize {
    let [mut word, wide] = bits(window, |bytes| {
        let (letters, digits) = letters_and_digits(bytes);
        [letters | digits, bytes]
    });
    let mut done = limit;
    if wide != 0 {
        (word, done) = add_wide::<SPLIT>(text, at, word, wide, limit);
    }
    if at + done < text.len() && done > 0 && (word >> (done - 1)) & 1 == 1 {
        let gaps = !word & low_bits(done);
        if gaps == 0 {
            return long_word::<SPANS, SPLIT>(text, at, tokens);
        }
        done = BLOCK - gaps.leading_zeros() as usize;
        word &= low_bits(done);
    }
    // Every second change of the bits is a start, every other one an end.
    let mut changes = word ^ (word << 1);
    while changes != 0 {
        let start = changes.trailing_zeros() as usize;
        changes &= changes - 1;
        let end = (changes.trailing_zeros() as usize).min(BLOCK);
        changes &= changes.wrapping_sub(1);
        let length = end - start;
        let Some((low, high)) = lowered(window, start, length) else {
            slow_words::<SPANS, SPLIT>(text, at + start..at + end, tokens);
            continue;
        };
        let hash = hash::step(0, low, high);
        tokens.push::<SPANS>(hash, at + start, at + end);
    }
    done
}

/// Sets the bits of the characters outside ASCII that belong to words; a character that reaches
/// past `limit` ends the block before it.
fn add_wide<const SPLIT: bool>(
    text: &str,
    at: usize,
    mut word: u64,
    mut wide: u64,
    limit: usize,
) -> (u64, usize) {
    while wide != 0 {
        let place = wide.trailing_zeros() as usize;
        let Some(c) = text.get(at + place..).and_then(|rest| rest.chars().next()) else {
            return (word, limit);
        };
        let end = place + c.len_utf8();
        if end > limit {
            return (word & low_bits(place), place);
        }
        if belongs::<SPLIT>(c) {
            word |= low_bits(end) & !low_bits(place);
        }
        wide &= !low_bits(end);
    }
    (word, limit)
}

/// Emits a word that fills a whole block, to its end; gives its length in bytes.
#[cold]
fn long_word<const SPANS: bool, const SPLIT: bool>(
    text: &str,
    at: usize,
    tokens: &mut Tokens,
) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let length = rest.find(|c| !belongs::<SPLIT>(c)).unwrap_or(rest.len());
    slow_words::<SPANS, SPLIT>(text, at..at + length, tokens);
    length.max(1)
}

/// Emits the words of a run that is long or not ASCII, character by character.
fn slow_words<const SPANS: bool, const SPLIT: bool>(
    text: &str,
    run: Range<usize>,
    tokens: &mut Tokens,
) {
    let mut lowered = std::mem::take(&mut tokens.lowered);
    lowered.clear();
    let mut start = run.start;
    let mut unspaced = 0;
    for (place, c) in text.get(run.clone()).unwrap_or_default().char_indices() {
        let (here, next) = (run.start + place, run.start + place + c.len_utf8());
        if !c.is_ascii() && is_unspaced(c) {
            unspaced += 1;
            if SPLIT {
                flush::<SPANS>(&mut lowered, start..here, tokens);
                push_char(&mut lowered, c);
                flush::<SPANS>(&mut lowered, here..next, tokens);
                start = next;
                continue;
            }
        }
        for lower in c.to_lowercase() {
            if is_word(lower) {
                if lowered.is_empty() {
                    start = here;
                }
                push_char(&mut lowered, if lower == 'ς' { 'σ' } else { lower });
            } else {
                flush::<SPANS>(&mut lowered, start..next, tokens);
            }
        }
    }
    flush::<SPANS>(&mut lowered, start..run.end, tokens);
    tokens.unspaced += unspaced;
    tokens.lowered = lowered;
}

fn flush<const SPANS: bool>(lowered: &mut Vec<u8>, span: Range<usize>, tokens: &mut Tokens) {
    if !lowered.is_empty() {
        tokens.push::<SPANS>(hash::word(lowered), span.start, span.end);
        lowered.clear();
    }
}

fn push_char(bytes: &mut Vec<u8>, c: char) {
    bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Whether a character belongs to a run that [`slow_words`] takes apart.
fn belongs<const SPLIT: bool>(c: char) -> bool {
    is_word(c) || (SPLIT && is_unspaced(c) && is_combining_mark(c))
}

/// Letters and digits: general categories L and N.
///
/// The standard library's alphabetic property also holds marks (vowel signs) and the circled and
/// squared Latin letters, which are symbols.
fn is_word(c: char) -> bool {
    match u32::from(c) {
        0..0x80 => c.is_ascii_alphanumeric(),
        // General punctuation, the bulk of what is not ASCII in English news.
        0x2000..0x2070 => false,
        0x24b6..=0x24e9 | 0x1f130..=0x1f149 | 0x1f150..=0x1f169 | 0x1f170..=0x1f189 => false,
        _ => c.is_alphanumeric() && !is_combining_mark(c),
    }
}

/// Letters and marks of the scripts that are written without spaces between words.
fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c),
        0x0e01..=0x0e4e | 0x0e80..=0x0ece | 0x0edc..=0x0edf // Thai, Lao
        | 0x1000..=0x103f | 0x1050..=0x108f | 0xa9e0..=0xa9ef | 0xa9fa..=0xa9fe | 0xaa60..=0xaa7f // Myanmar
        | 0x1780..=0x17d3 // Khmer
        | 0x3005..=0x3007 | 0x3021..=0x3029 | 0x3031..=0x3035 // Han marks and numbers
        | 0x3041..=0x309f | 0x30a1..=0x30ff | 0x31f0..=0x31ff | 0xff66..=0xff9f // kana
        | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff // Han
        | 0x1b000..=0x1b16f | 0x20000..=0x323af)
}

fn is_combining_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same rule, one character at a time.
    fn reference(text: &str) -> Vec<(u64, Range<usize>)> {
        let unspaced = |c: &char| is_unspaced(*c) && is_word(*c);
        let plain = reference_scan(text, false);
        if text.chars().filter(unspaced).count() > plain.len() {
            reference_scan(text, true)
        } else {
            plain
        }
    }

    fn reference_scan(text: &str, split: bool) -> Vec<(u64, Range<usize>)> {
        let mut words: Vec<(String, Range<usize>)> = Vec::new();
        let mut open = false;
        for (place, c) in text.char_indices() {
            let span = place..place + c.len_utf8();
            if split && is_unspaced(c) && (is_word(c) || is_combining_mark(c)) {
                words.push((c.to_string(), span));
                open = false;
                continue;
            }
            if !is_word(c) {
                open = false;
                continue;
            }
            for lower in c.to_lowercase().map(|c| if c == 'ς' { 'σ' } else { c }) {
                match words.last_mut().filter(|_| open) {
                    _ if !is_word(lower) => open = false,
                    Some((word, at)) => {
                        word.push(lower);
                        at.end = span.end;
                    }
                    None => {
                        words.push((lower.to_string(), span.clone()));
                        open = true;
                    }
                }
            }
            // The mark that follows a split letter belongs to its span.
            if let Some((_, at)) = words.last_mut() {
                at.end = at.end.max(span.end);
            }
        }
        words.into_iter().map(|(word, at)| (hash::word(word.as_bytes()), at)).collect()
    }

    fn tokens(text: &str) -> Vec<(u64, Range<usize>)> {
        let mut tokens = Tokens::default();
        tokenize_with_spans_into(text, &mut tokens);
        let with_spans: Vec<_> =
            tokens.hashes().iter().copied().zip(tokens.spans().iter().cloned()).collect();
        tokenize_into(text, &mut tokens);
        assert_eq!(tokens.len(), with_spans.len());
        assert!(tokens.hashes().iter().zip(&with_spans).all(|(hash, word)| *hash == word.0));
        assert!(tokens.spans().is_empty());
        with_spans
    }

    fn words(text: &str) -> Vec<&str> {
        tokens(text).into_iter().map(|(_, span)| &text[span]).collect()
    }

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        let cases: &[(&str, &[&str])] = &[
            ("", &[]),
            ("…", &[]),
            ("Don't stop at 5,000 km!", &["Don", "t", "stop", "at", "5", "000", "km"]),
            ("snake_case", &["snake", "case"]),
            ("Zoë’s café—“naïve”", &["Zoë", "s", "café", "naïve"]),
            ("x² ½ №5", &["x²", "½", "5"]),
            ("nul\0inside", &["nul", "inside"]),
            ("Ⓐ a\u{301}b", &["a", "b"]),
            ("서울 시장은 말했다", &["서울", "시장은", "말했다"]),
            ("市長は会見", &["市", "長", "は", "会", "見"]),
            ("The mayor of 東京 spoke today", &["The", "mayor", "of", "東京", "spoke", "today"]),
            ("ไม่มี", &["ไ", "ม", "\u{e48}", "ม", "\u{e35}"]),
        ];
        for (text, expected) in cases {
            assert_eq!(words(text), *expected, "{text}");
        }
    }

    #[test]
    fn case_makes_no_difference() {
        for (a, b) in [
            ("STRASSENFEST", "strassenfest"),
            ("ÉTÉ ΟΔΟΣ", "été οδος"),
            ("ODYSSEUS Σ", "odysseus ς"),
            ("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", "abcdefghijklmnopqrstuvwxyz0123456789"),
        ] {
            let hashes = |text| tokens(text).into_iter().map(|(hash, _)| hash).collect::<Vec<_>>();
            assert_eq!(hashes(a), hashes(b), "{a}");
        }
    }

    #[test]
    fn every_length_at_every_place_is_the_same_word() {
        for length in 1..150 {
            let word = "q".repeat(length);
            for before in [0, 1, 40, 47, 48, 49, 55, 56, 57, 60, 61, 62, 63, 64, 65] {
                let text = format!("{}{word}{}", " ".repeat(before), " x".repeat(50));
                let first = tokens(&text).swap_remove(0);
                assert_eq!(first, (hash::word(word.as_bytes()), before..before + length));
            }
        }
    }

    #[test]
    fn hostile_texts_are_linear() {
        let cases = [
            "a".repeat(300_000),
            "é".repeat(200_000),
            "字".repeat(100_000),
            "a ".repeat(100_000),
            "\u{e48}".repeat(100_000),
            "aé\u{2060}".repeat(50_000),
        ];
        for text in cases {
            assert_eq!(tokens(&text), reference(&text));
        }
        let all: String = (0..=0xff_u8).map(char::from).collect();
        assert_eq!(tokens(&all), reference(&all));
    }

    proptest! {
        #[test]
        fn like_the_reference_on_any_text(text in ".{0,300}") {
            prop_assert_eq!(tokens(&text), reference(&text));
        }

        #[test]
        fn like_the_reference_on_mixed_scripts(
            text in "([a-zA-Z0-9]{1,20}|[ .,_]|é|İ|ς|Σ|ß|“|—|字|か|ม|\u{e48}|\u{301}|Ⓐ|𝒳|한){0,150}"
        ) {
            prop_assert_eq!(tokens(&text), reference(&text));
        }
    }
}
