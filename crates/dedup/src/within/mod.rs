//! Repeats inside one text: the passage that was pasted twice, wherever its edges lie.
//!
//! # What is found
//! The text is read as words: runs of letters and digits, with case, typography, line wrapping,
//! quoting marks, links and zero-width characters left out of the comparison. Offsets always
//! point at the original. Six equal words in a row (found by a rolling hash, compared letter by
//! letter) seed a match; matches on one course are joined over small gaps into a passage, and the
//! words in a gap are aligned one by one. So a copy is found when it was re-wrapped, quoted with
//! `> `, glued on without a line break, cut short with `… Read more`, or lightly edited.
//!
//! # What may go
//! Only whole sentences and lines go, and only when *every* word of theirs stands in the copy that
//! stays, up to a few common words. So a copy that goes says nothing new:
//!
//! | the text has | and again | |
//! |---|---|---|
//! | `The bridge will stay closed until the spring, the council said on Monday.` | the same | goes |
//! | the same in a copy of several sentences | `… the council reportedly said …` | goes, not exact |
//! | `Ash County reported 12 new cases on the day.` | `Elm County reported 90 new cases on the day.` | stays: a name, a number |
//! | `“We will not sell the harbour,” she said.` | `Asked again, she said “We will not sell the harbour” and left.` | stays: the sentence is new |
//! | a chorus of short lines | the same | stays: verse, lists, tables and labels hold no prose |
//! | `Q: Did you know?` / an answer | the same question, another answer | stays: too short alone |
//! | a sentence of a paragraph | the same, alone on a line | stays: a pull quote, unless asked for |
//! | a heading and the paragraphs below | the same | goes, the heading with its run |
//!
//! A digit or a capitalised word that only the copy has keeps its whole paragraph, and a passage
//! with several of them is a template and stays whole. What a short line says alone is too little
//! to call it a repeat; as part of a longer run it goes with the run. A short passage also stays
//! below a heading, a question or an introduction that only it has, and as items of a list: there a
//! text says the same again on purpose. Rows of a table and a paragraph quoted below a line that
//! ends with a colon stay whatever their length. A short line that comes back five
//! times and closes no sentence is a label. A sentence or two inside a paragraph that says more
//! stay; only a long stretch, or one that breaks off inside a sentence, was pasted there.
//!
//! # Which copy stays
//! The earlier one, unless it breaks off (`… Read more`, `…` at the end of its line) where the
//! later one goes on, or begins inside a sentence that is whole there. Of three copies the later
//! two name the first as what stays.
//!
//! # Cost
//! One pass over the text and a table of its word sequences. Every match, extension and alignment
//! is bounded, so time and memory are linear in the text whatever it holds. What goes brings new
//! neighbours together, so a text of which something goes is searched again without it, until
//! nothing more goes, at most four times in all: so what is left, searched again, loses nothing.
//!
//! The seed-and-extend plan is that of local alignment (Altschul et al., BLAST, 1990), chained
//! like maximal matches in MUMmer (Delcher et al., 1999).

mod accept;
mod align;
mod borders;
mod passages;
mod report;
mod seeds;
mod verdict;
mod words;

#[cfg(test)]
mod tests;

use std::ops::Range;

use serde::{Deserialize, Serialize};

pub use passages::Finder;

/// What counts as a repeat.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WithinConfig {
    /// Fewest words of a repeat made of whole lines. Default 6; less than 6 acts as 6, the length
    /// of a seed.
    pub min_words: usize,
    /// Fewest bytes of a repeat made of whole lines, also of its longest line: shorter lines go
    /// only with a longer one, which is a third longer if it closes no sentence. Default 60.
    pub min_bytes: usize,
    /// Fewest words of a repeat that is part of a line: sentences of a paragraph that says more.
    /// Default 60.
    pub min_words_inside: usize,
    /// Fewest bytes of a repeat that is part of a line. Default 300.
    pub min_bytes_inside: usize,
    /// Fewest words of a repeat that is part of a line and breaks off inside a sentence, as only
    /// a pasted one does. Default 16.
    pub min_words_broken: usize,
    /// Fewest bytes of such a repeat. Default 100.
    pub min_bytes_broken: usize,
    /// A repeat of fewer words, with at most two lines of whole sentences, stays below a heading,
    /// a question or an introduction of its own, and in a list. Default 100.
    pub max_words_below_heading: usize,
    /// Fewest words of a repeat that is not exact. Default 60.
    pub min_words_near: usize,
    /// Least share of equal words, 0 to 1, in a repeat that is not exact. Default 0.85.
    pub min_similarity: f32,
    /// Words that a passage must have for each of its digits and names that differ; with fewer it
    /// is a template and stays whole. Default 100.
    pub words_per_difference: usize,
    /// Whether a sentence set off on a line of its own, which also stands inside a paragraph, goes
    /// as [`Passage::PullQuote`]. Default false: it stays.
    pub pull_quotes: bool,
    /// Most words of a pull quote; longer ones are repeats. Default 50.
    pub max_words_pull_quote: usize,
}

impl Default for WithinConfig {
    fn default() -> Self {
        Self {
            min_words: 6,
            min_bytes: 60,
            min_words_inside: 60,
            min_bytes_inside: 300,
            min_words_broken: 16,
            min_bytes_broken: 100,
            max_words_below_heading: 100,
            min_words_near: 60,
            min_similarity: 0.85,
            words_per_difference: 100,
            pull_quotes: false,
            max_words_pull_quote: 50,
        }
    }
}

/// What kind of passage repeats.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Passage {
    /// Text that stands twice.
    Repeat,
    /// Text that stands twice, of which the copy that goes breaks off where the other goes on.
    Truncated,
    /// A sentence of a paragraph, set off on a line of its own.
    PullQuote,
}

/// One repeated passage.
#[derive(Clone, PartialEq, Debug)]
pub struct Repeat {
    /// The copy that may go, in bytes of the text, on char borders. It takes along the quoting
    /// marks and punctuation of its words, not the line break behind it.
    pub copy: Range<usize>,
    /// The copy that stays, in bytes, from its first word that is equal to its last.
    pub kept: Range<usize>,
    /// Whether all words are equal.
    pub exact: bool,
    /// Share of the words of both, 0 to 1, that are equal.
    pub similarity: f32,
    /// What kind of passage it is.
    pub kind: Passage,
    /// The copy cut at its line breaks, and where words stand between in the copy that stays; in
    /// order, each with its own witness. Nothing but white space lies between two pieces.
    pub pieces: Vec<Piece>,
}

/// A part of a repeat that lies on one line.
#[derive(Clone, PartialEq, Debug)]
pub struct Piece {
    /// The part that may go, in bytes of the text.
    pub copy: Range<usize>,
    /// What it is equal to in the copy that stays, in bytes.
    pub kept: Range<usize>,
    /// Whether all words are equal.
    pub exact: bool,
    /// Share of the words of both, 0 to 1, that are equal.
    pub similarity: f32,
}

/// The repeats of `text`, in the order of their copies. No two copies overlap, and no copy
/// overlaps what another one names as kept: cutting all copies out leaves every witness in place.
///
/// A text of 4 GiB or more is not looked at. To look at many texts, a [`Finder`] saves the
/// allocations.
///
/// ```
/// use newsmill_dedup::within::{WithinConfig, repeats};
///
/// let body = "The bridge over the Tamar will stay closed until the spring, the council said.\n";
/// let text = format!("{body}Engineers found cracks in two of its piers in March.\n> {body}");
/// let found = repeats(&text, &WithinConfig::default());
/// assert_eq!(found.len(), 1);
/// assert_eq!(&text[found[0].copy.clone()], format!("> {}", body.trim_end()));
/// assert_eq!(found[0].kept.start, 0);
/// assert!(found[0].exact);
/// ```
#[must_use]
pub fn repeats(text: &str, config: &WithinConfig) -> Vec<Repeat> {
    Finder::default().repeats(text, config)
}
