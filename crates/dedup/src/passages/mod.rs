//! Passages that stand in several texts: runs of the same words, exact and complete.
//!
//! A passage is a run of at least [`Winnow::min_words`] words that also stands, word for word, in
//! an *earlier* text: texts are numbered in the order in which they are kept. Case, punctuation and
//! white space make no difference. So one copy stays: every word of a passage stands in a text
//! that comes before, and the first text that has it names no other. Runs that a text has twice but
//! no other has are not looked for here (see [`crate::within`]).
//!
//! [`passages`] does everything for texts in memory. For more texts than that, in passes that read
//! all texts:
//!
//! 1. For each text, in parallel: [`Winnow::anchors`] into one [`Recurring`]. A *window* is a run of
//!    exactly `min_words` words; each has one anchor, and equal windows have equal anchors.
//! 2. For each text, in parallel: [`Winnow::windows`], those whose anchors recur, into a
//!    [`Sorter`](crate::spill::Sorter). Most windows of most texts are left out here.
//! 3. [`copies`] tells of equal windows which text has them first; its answers go into a second
//!    [`Sorter`](crate::spill::Sorter), by the text that has the copy.
//! 4. For each text, in parallel, [`trace`] proves each run of copies on the true words.
//!
//! No pair of texts is ever formed, and no group of equal anchors compared: work and scratch files
//! are linear in the number of words (but for the sorting), whatever the texts are, and no passage
//! is left out because there are too many like it. The anchors only bring down how many windows are
//! sorted; the answer is that of sorting them all.

mod recurring;
mod trace;
mod winnow;

use std::ops::Range;

pub use recurring::Recurring;
pub use trace::{Worded, trace};
pub use winnow::Winnow;

use crate::spill::Record;
use crate::spill::record::{pack, unpack};
use crate::tokens::{Tokens, tokenize_into};

/// The shortest passages that can be looked for, in words.
pub const MIN_WORDS: usize = 4;
/// The longest that passages may have to be, in words.
pub const MAX_WORDS: usize = 1_000;

/// A passage of a text that stands in an earlier one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// The text that has the copy.
    pub text: u32,
    /// Where it stands there, in bytes.
    pub range: Range<usize>,
    /// Its length in words.
    pub words: u32,
    /// The earlier text.
    pub of: u32,
    /// Where it stands there, in bytes.
    pub of_range: Range<usize>,
}

/// A run of words that may stand in several texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    /// Hash of its words.
    pub hash: u64,
    /// The text it stands in.
    pub text: u32,
    /// Its first word.
    pub word: u32,
}

/// A window that an earlier text has too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Copied {
    /// The text with the copy.
    pub text: u32,
    /// The first word of the window there.
    pub word: u32,
    /// The first text that has the window.
    pub of: u32,
    /// The first word of the window there, where it stands first.
    pub of_word: u32,
}

impl Record for Window {
    const BYTES: usize = <[u32; 4]>::BYTES;

    fn write(self, to: &mut Vec<u8>) {
        let (high, low) = unpack(self.hash);
        [high, low, self.text, self.word].write(to);
    }

    fn read(from: &[u8]) -> Self {
        let [high, low, text, word] = Record::read(from);
        Self { hash: pack(high, low), text, word }
    }
}

impl Record for Copied {
    const BYTES: usize = <[u32; 4]>::BYTES;

    fn write(self, to: &mut Vec<u8>) {
        [self.text, self.word, self.of, self.of_word].write(to);
    }

    fn read(from: &[u8]) -> Self {
        let [text, word, of, of_word] = Record::read(from);
        Self { text, word, of, of_word }
    }
}

/// The windows that stand in an earlier text too, of all `windows`, sorted.
///
/// Errors are handed through.
pub fn copies<E>(
    windows: impl IntoIterator<Item = Result<Window, E>>,
) -> impl Iterator<Item = Result<Copied, E>> {
    let mut first: Option<Window> = None;
    windows.into_iter().filter_map(move |window| {
        let window = match window {
            Ok(window) => window,
            Err(error) => return Some(Err(error)),
        };
        match first.filter(|first| first.hash == window.hash) {
            None => {
                first = Some(window);
                None
            }
            Some(Window { text: of, word: of_word, .. }) => {
                let Window { text, word, .. } = window;
                (text != of).then_some(Ok(Copied { text, word, of, of_word }))
            }
        }
    })
}

/// The copies of one text, sorted, cut into what [`trace`] takes at a time: neighbouring windows
/// that stand in the same other text.
pub fn runs(copies: &[Copied]) -> impl Iterator<Item = &[Copied]> {
    copies
        .chunk_by(|a, b| (a.text, a.of) == (b.text, b.of) && a.word.checked_add(1) == Some(b.word))
}

/// The passages of at least `min_words` words (taken into [`MIN_WORDS`]..=[`MAX_WORDS`]) that stand
/// in several `texts`, which are in the order in which they are kept; by text and place.
///
/// Holds all texts and, for those that have passages, some 24 bytes a word. Runs in one thread.
///
/// ```
/// use newsmill_dedup::passages::passages;
///
/// let texts = [
///     "The mayor said: “We shall mend the pier before the ferries come back in May.” Few clapped.",
///     "Rain fell. “We shall mend the pier before the ferries come back in May.” So it was told.",
/// ];
/// let found = passages(&texts, 8);
/// assert_eq!(found.len(), 1);
/// let passage = &found[0];
/// assert_eq!((passage.text, passage.of, passage.words), (1, 0, 12));
/// let quoted = "“We shall mend the pier before the ferries come back in May.”";
/// assert_eq!(&texts[1][passage.range.clone()], quoted);
/// assert_eq!(&texts[0][passage.of_range.clone()], quoted);
/// ```
#[must_use]
pub fn passages<T: AsRef<str>>(texts: &[T], min_words: usize) -> Vec<Passage> {
    let mut winnow = Winnow::new(min_words);
    let mut tokens = Tokens::default();
    let bytes: usize = texts.iter().map(|text| text.as_ref().len()).sum();
    let recurring = Recurring::new(winnow.expected_anchors(bytes as u64 / 6), usize::MAX);
    for text in texts {
        tokenize_into(text.as_ref(), &mut tokens);
        winnow.anchors(tokens.hashes()).iter().for_each(|anchor| recurring.insert(*anchor));
    }
    let mut windows = Vec::new();
    for (number, text) in (0..).zip(texts) {
        tokenize_into(text.as_ref(), &mut tokens);
        winnow.windows(number, tokens.hashes(), &recurring, |window| windows.push(window));
    }
    windows.sort_unstable();
    let windows = windows.into_iter().map(Ok::<_, std::convert::Infallible>);
    let mut copied: Vec<Copied> = copies(windows).filter_map(Result::ok).collect();
    copied.sort_unstable();
    let mut found = Vec::new();
    let read = |number: u32| texts.get(number as usize).map(Worded::new);
    for of_text in copied.chunk_by(|a, b| a.text == b.text) {
        let Some(text) = of_text.first().and_then(|first| read(first.text)) else { continue };
        for run in runs(of_text) {
            let Some(of) = run.first().and_then(|first| read(first.of)) else { continue };
            trace(&text, &of, run, winnow.min_words(), &mut found);
        }
    }
    found
}

#[cfg(test)]
mod tests;
