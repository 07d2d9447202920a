//! The books: what came in and what became of it.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use crate::{Article, Kept, Reason};

/// What came in and what became of it, in records and in bytes of text. Tallies of parts add up
/// with `+=`; [`Tally::check`] says whether everything is accounted for.
///
/// ```
/// use newsmill_article::Tally;
/// let mut tally = Tally { read: 3, kept: 2, ..Tally::default() };
/// assert!(tally.check().is_err());
/// tally += Tally { duplicates: 1, ..Tally::default() };
/// assert!(tally.check().is_ok());
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Records read, rejected ones included.
    pub read: u64,
    /// Articles kept.
    pub kept: u64,
    /// Articles left out as duplicates.
    pub duplicates: u64,
    /// Records that could not be read.
    pub rejected: u64,
    /// Bytes of text of the articles that were kept, as parsed.
    pub text_bytes: u64,
    /// Of these, bytes that stand in the articles' cleaned text.
    pub kept_bytes: u64,
    /// Of these, bytes removed, by reason.
    pub removed_bytes: BTreeMap<Reason, u64>,
    /// Of these, white space that joining blocks and lines replaced.
    pub layout_bytes: u64,
    /// Characters that decoding could not make out, U+FFFD, in the articles' cleaned text.
    #[serde(default)]
    pub replacement_characters: u64,
    /// Passages of kept articles that an earlier article has too, removed or only reported.
    #[serde(default)]
    pub passages: u64,
    /// Bytes of text they span; what lies in two counts twice.
    #[serde(default)]
    pub passage_bytes: u64,
}

/// Books that do not balance: a bug, never a property of the input.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the books do not balance: {read} {unit} in, {accounted} accounted for")]
pub struct Imbalance {
    /// `records` or `bytes of text`.
    pub unit: &'static str,
    /// How many came in.
    pub read: u64,
    /// How many were accounted for.
    pub accounted: u64,
}

impl Tally {
    /// Adds one kept article and the bytes of its text.
    pub fn keep(&mut self, article: &Article, kept: &Kept) {
        self.kept += 1;
        self.replacement_characters += replacement_characters(kept.text());
        kept.count(article, self);
    }

    /// Adds one kept article whose text is written as it came.
    pub fn keep_verbatim(&mut self, article: &Article) {
        self.kept += 1;
        self.replacement_characters += replacement_characters(article.text());
        self.text_bytes += article.text().len() as u64;
        self.kept_bytes += article.text().len() as u64;
    }

    /// Bytes removed, whatever the reason.
    #[must_use]
    pub fn removed_bytes(&self) -> u64 {
        self.removed_bytes.values().sum()
    }

    /// Checks that every record and every byte of text is accounted for.
    ///
    /// # Errors
    /// When it is not, with both sums.
    pub fn check(&self) -> Result<(), Imbalance> {
        let accounted = self.kept + self.duplicates + self.rejected;
        if accounted != self.read {
            return Err(Imbalance { unit: "records", read: self.read, accounted });
        }
        self.unbalanced_text().map_or(Ok(()), Err)
    }

    pub(crate) fn unbalanced_text(&self) -> Option<Imbalance> {
        let accounted = self.kept_bytes + self.removed_bytes() + self.layout_bytes;
        (accounted != self.text_bytes).then_some(Imbalance {
            unit: "bytes of text",
            read: self.text_bytes,
            accounted,
        })
    }
}

/// Good text is ASCII for the most part: there the search is for one byte.
fn replacement_characters(text: &str) -> u64 {
    text.matches(char::REPLACEMENT_CHARACTER).count() as u64
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.read += other.read;
        self.kept += other.kept;
        self.duplicates += other.duplicates;
        self.rejected += other.rejected;
        self.text_bytes += other.text_bytes;
        self.kept_bytes += other.kept_bytes;
        self.layout_bytes += other.layout_bytes;
        self.replacement_characters += other.replacement_characters;
        self.passages += other.passages;
        self.passage_bytes += other.passage_bytes;
        for (reason, bytes) in other.removed_bytes {
            *self.removed_bytes.entry(reason).or_default() += bytes;
        }
    }
}
