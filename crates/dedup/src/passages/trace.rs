//! From windows that stand elsewhere to passages: proof on the true words, and places in bytes.

use std::ops::Range;

use super::{Copied, Passage};
use crate::tokens::{Tokens, tokenize_with_spans_into};

/// Bytes of punctuation behind or in front of a passage that may belong to it.
const MARKS_MAX: usize = 16;

/// A text and its words.
#[derive(Debug, Clone, Default)]
pub struct Worded<T> {
    text: T,
    tokens: Tokens,
}

impl<T: AsRef<str>> Worded<T> {
    /// Reads the words of `text`.
    pub fn new(text: T) -> Self {
        let mut tokens = Tokens::default();
        tokenize_with_spans_into(text.as_ref(), &mut tokens);
        Self { text, tokens }
    }

    /// The text.
    pub fn text(&self) -> &str {
        self.text.as_ref()
    }

    fn word(&self, number: usize) -> Option<&str> {
        self.text.as_ref().get(self.tokens.spans().get(number)?.clone())
    }

    /// Where words stand, from the first byte of the first to the last one of the last.
    fn range(&self, words: Range<usize>) -> Option<Range<usize>> {
        let spans = self.tokens.spans().get(words)?;
        Some(spans.first()?.start..spans.last()?.end)
    }
}

/// Adds the passages of `text` whose windows stand in `of`, in order.
///
/// `copies` are windows of `min_words` words at neighbouring words of `text`, all of which are told
/// to stand in `of`. Each passage begins with a window and goes on as far as the words are the same
/// in both texts, to the end of the last window at most; so passages may overlap by less than a
/// window. What is told wrongly is not a passage.
pub fn trace<T: AsRef<str>>(
    text: &Worded<T>,
    of: &Worded<T>,
    copies: &[Copied],
    min_words: usize,
    passages: &mut Vec<Passage>,
) {
    let end = copies.last().map_or(0, |last| last.word as usize + min_words);
    let mut rest = copies;
    while let Some((first, others)) = rest.split_first() {
        let (here, there) = (first.word as usize, first.of_word as usize);
        let words = (0..end.saturating_sub(here))
            .take_while(|&word| is_same_word(text, here + word, of, there + word))
            .count();
        rest = others;
        if words < min_words {
            continue;
        }
        let ranges = (text.range(here..here + words), of.range(there..there + words));
        if let (Some(range), Some(of_range)) = ranges {
            let (range, of_range) = with_marks((text.text(), range), (of.text(), of_range));
            let words = words as u32;
            passages.push(Passage { text: first.text, range, words, of: first.of, of_range });
        }
        let seen = others.partition_point(|copy| copy.word as usize + min_words <= here + words);
        rest = &others[seen..];
    }
}

/// Whether two words are the same but for their case.
fn is_same_word<T: AsRef<str>>(a: &Worded<T>, at: usize, b: &Worded<T>, place: usize) -> bool {
    let hashes = (a.tokens.hashes().get(at), b.tokens.hashes().get(place));
    let (Some(of_a), Some(of_b)) = hashes else { return false };
    if of_a != of_b {
        return false;
    }
    // Equal hashes of different words cannot be met by chance, but be made.
    let (Some(a), Some(b)) = (a.word(at), b.word(place)) else { return false };
    a == b || a.eq_ignore_ascii_case(b) || lowered(a).eq(lowered(b))
}

fn lowered(word: &str) -> impl Iterator<Item = char> {
    let lower = word.chars().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric());
    lower.map(|c| if c == 'ς' { 'σ' } else { c })
}

/// Two equal passages with the punctuation around them that is the same in both texts and stands
/// between them and white space.
fn with_marks(a: (&str, Range<usize>), b: (&str, Range<usize>)) -> (Range<usize>, Range<usize>) {
    let marks = |marks: Option<usize>, others: Option<usize>| marks.filter(|n| others == Some(*n));
    let ((text_a, a), (text_b, b)) = (a, b);
    let (behind_a, behind_b) = (&text_a[a.end..], &text_b[b.end..]);
    let behind = marks(marks_before_space(behind_a.chars()), marks_before_space(behind_b.chars()));
    let behind = behind.filter(|&n| behind_a[..n] == behind_b[..n]).unwrap_or(0);
    let (front_a, front_b) = (&text_a[..a.start], &text_b[..b.start]);
    let front =
        marks(marks_before_space(front_a.chars().rev()), marks_before_space(front_b.chars().rev()));
    let front = front
        .filter(|&n| front_a[front_a.len() - n..] == front_b[front_b.len() - n..])
        .unwrap_or(0);
    (a.start - front..a.end + behind, b.start - front..b.end + behind)
}

/// Bytes of marks up to the first white space or the end; nothing when a word comes before it.
fn marks_before_space(chars: impl Iterator<Item = char>) -> Option<usize> {
    let mut bytes = 0;
    for c in chars {
        if c.is_whitespace() {
            break;
        }
        bytes += c.len_utf8();
        if c.is_alphanumeric() || bytes > MARKS_MAX {
            return None;
        }
    }
    Some(bytes)
}
