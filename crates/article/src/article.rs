//! An article: a text that never changes, its blocks, and what was taken out of it.

use std::cmp::Reverse;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::{ArticleId, Block, Facts, Kept, Metadata, Origin, Removal, Repair, Span, SpanError};

/// An article on its way through the chain.
///
/// Its text is the record's text, [repaired](Repair) where that had been decoded wrongly, and set
/// once by the parser. Stages add [`Removal`]s and
/// [`Facts`]; what users get as the article's text is [`Article::kept`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct Article {
    /// Its name.
    pub id: ArticleId,
    /// Where it came from.
    pub origin: Origin,
    /// The input row's other fields.
    pub metadata: Metadata,
    /// Whether the crawler cut it short, as its container says.
    pub truncated: bool,
    /// What is known about it.
    pub facts: Facts,
    /// Where its text differs from the record's, in order.
    pub repairs: Vec<Repair>,
    text: String,
    blocks: Vec<Block>,
    removals: Vec<Removal>,
}

/// Blocks or removals that do not fit their text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArticleError {
    /// A span is none of the text.
    #[error("a block or removal lies outside its text")]
    Span(#[from] SpanError),
    /// Blocks overlap or stand out of order.
    #[error("block {index} starts before the one in front of it ends")]
    Order {
        /// Place of the block in the list.
        index: usize,
    },
    /// Text that is neither white space nor in a block nor removed would be lost in silence.
    #[error("bytes {start}..{end} are in no block and not removed")]
    Lost {
        /// First byte.
        start: usize,
        /// Byte after the last.
        end: usize,
    },
}

impl Article {
    /// An article of `text`, cut into `blocks` (in order), with the parser's own `removals` (in any
    /// order).
    ///
    /// # Errors
    /// When a block or removal is no span of the text, when blocks overlap or are out of order, or
    /// when bytes other than white space are in no block and not removed.
    pub fn new(
        id: ArticleId,
        origin: Origin,
        text: String,
        blocks: Vec<Block>,
        removals: Vec<Removal>,
    ) -> Result<Self, ArticleError> {
        let mut article = Self {
            id,
            origin,
            metadata: Metadata::new(),
            truncated: false,
            facts: Facts::default(),
            repairs: Vec::new(),
            text,
            blocks,
            removals: Vec::with_capacity(removals.len()),
        };
        for removal in removals {
            Span::new(&article.text, removal.span.range())?;
            article.remove(removal);
        }
        article.check_blocks()?;
        Ok(article)
    }

    /// The whole text, removed parts included.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The blocks, in order, without overlap.
    #[must_use]
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The removals, in order, without overlap.
    #[must_use]
    pub fn removals(&self) -> &[Removal] {
        &self.removals
    }

    /// A span of this article's text.
    ///
    /// # Errors
    /// As [`Span::new`].
    pub fn span(&self, range: Range<usize>) -> Result<Span, SpanError> {
        Span::new(&self.text, range)
    }

    /// The text at `span`.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        span.slice(&self.text)
    }

    /// Takes a span out. Removals never overlap: smaller ones inside the new one are absorbed by
    /// it, and what an earlier one already covers stays that one's.
    ///
    /// # Panics
    /// When the removal's span is none of this article's text, which [`Article::span`] rules out.
    pub fn remove(&mut self, removal: Removal) {
        assert!(
            self.text.get(removal.span.range()).is_some(),
            "a removal must be made with a span of its article"
        );
        let mut span = removal.span;
        let from = self.removals.partition_point(|r| r.span.end() <= span.start());
        let to = from + self.removals[from..].partition_point(|r| r.span.start() < span.end());
        for earlier in &self.removals[from..to] {
            if earlier.span.contains(span) {
                return;
            }
            if !span.contains(earlier.span) {
                let [before, after] = span.without(earlier.span);
                span = before.or(after).unwrap_or(span);
            }
        }
        if span.is_empty() {
            return;
        }
        let before = |r: &Removal| r.span.start() < span.start();
        let at = from + usize::from(from < to && before(&self.removals[from]));
        let absorbed = self.removals[at..to].iter().take_while(|r| span.contains(r.span)).count();
        self.removals.splice(at..at + absorbed, [Removal { span, ..removal }]);
    }

    /// Takes many spans out at once: linear in their number and that of the removals there are,
    /// apart from sorting. Where two overlap, the one that starts first goes first, of two that
    /// start together the longer one.
    ///
    /// # Panics
    /// As [`Article::remove`].
    pub fn remove_all(&mut self, mut removals: Vec<Removal>) {
        if removals.is_empty() {
            return;
        }
        // Adding in order is linear; adding in between those of other stages would not be.
        removals.append(&mut self.removals);
        removals.sort_by_key(|r| (r.span.start(), Reverse(r.span.end())));
        for removal in removals {
            self.remove(removal);
        }
    }

    /// Takes removals back that `unwanted` picks, and returns how many.
    pub fn restore(&mut self, unwanted: impl Fn(&Removal) -> bool) -> usize {
        let before = self.removals.len();
        self.removals.retain(|r| !unwanted(r));
        before - self.removals.len()
    }

    /// What is left: the article's text as users get it.
    #[must_use]
    pub fn kept(&self) -> Kept {
        Kept::of(self)
    }

    /// Takes the text out, for whoever stores it apart; [`Textless::with_text`] puts it back.
    #[must_use]
    pub fn take_text(self) -> (Textless, String) {
        let Self { id, origin, metadata, truncated, facts, repairs, text, blocks, removals } = self;
        let empty = String::new();
        let stored = Stored {
            id,
            origin,
            metadata,
            truncated,
            facts,
            repairs,
            text: empty,
            blocks,
            removals,
        };
        (Textless(stored), text)
    }

    fn check_blocks(&self) -> Result<(), ArticleError> {
        let mut end = 0;
        for (index, block) in self.blocks.iter().enumerate() {
            Span::new(&self.text, block.span.range())?;
            if block.span.start() < end {
                return Err(ArticleError::Order { index });
            }
            self.check_gap(end..block.span.start())?;
            end = block.span.end();
        }
        self.check_gap(end..self.text.len())
    }

    /// A gap between blocks may hold white space and what was removed, nothing else.
    fn check_gap(&self, gap: Range<usize>) -> Result<(), ArticleError> {
        let mut rest = Span::new(&self.text, gap)?;
        let from = self.removals.partition_point(|r| r.span.end() <= rest.start());
        let mut lost = None;
        for removal in &self.removals[from..] {
            if removal.span.start() >= rest.end() {
                break;
            }
            let [before, after] = rest.without(removal.span);
            lost = lost.or(before.filter(|s| !s.slice(&self.text).trim().is_empty()));
            match after {
                Some(after) => rest = after,
                None => rest = Span::new(&self.text, rest.end()..rest.end())?,
            }
        }
        let lost = lost.or(Some(rest).filter(|s| !s.slice(&self.text).trim().is_empty()));
        match lost.map(|s| s.trim(&self.text)) {
            Some(span) => Err(ArticleError::Lost { start: span.start(), end: span.end() }),
            None => Ok(()),
        }
    }
}

/// An article whose text is stored apart.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Textless(Stored);

impl Textless {
    /// The article again.
    ///
    /// # Errors
    /// When `text` is not the one that was taken out, as far as its blocks and removals tell.
    pub fn with_text(self, text: String) -> Result<Article, ArticleError> {
        Stored { text, ..self.0 }.try_into()
    }
}

/// What the spool holds of an article; read back, it is checked like a new one.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Stored {
    id: ArticleId,
    origin: Origin,
    metadata: Metadata,
    truncated: bool,
    facts: Facts,
    repairs: Vec<Repair>,
    text: String,
    blocks: Vec<Block>,
    removals: Vec<Removal>,
}

impl TryFrom<Stored> for Article {
    type Error = ArticleError;

    fn try_from(stored: Stored) -> Result<Self, ArticleError> {
        let Stored { id, origin, metadata, truncated, facts, repairs, text, blocks, removals } =
            stored;
        let article = Self::new(id, origin, text, blocks, removals)?;
        Ok(Self { metadata, truncated, facts, repairs, ..article })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BlockKind, Reason, Stage};
    use proptest::prelude::*;

    fn article(text: &str) -> Article {
        let block = Block::new(BlockKind::Paragraph, Span::whole(text));
        Article::new("a".into(), Origin::new("t", 0), text.into(), vec![block], vec![]).unwrap()
    }

    fn removal(article: &Article, range: Range<usize>, reason: Reason) -> Removal {
        Removal::new(article.span(range).unwrap(), reason, Stage::Parse)
    }

    #[test]
    fn a_larger_removal_absorbs_the_smaller_ones_inside() {
        let mut a = article("one two three four");
        a.remove(removal(&a, 4..7, Reason::Markup));
        a.remove(removal(&a, 8..13, Reason::Markup));
        a.remove(removal(&a, 3..14, Reason::Repeat));
        assert_eq!(a.removals().len(), 1);
        assert_eq!(a.kept().text(), "onefour");
    }

    #[test]
    fn what_an_earlier_removal_covers_stays_its_own() {
        let mut a = article("one two three four");
        a.remove(removal(&a, 4..10, Reason::Markup));
        a.remove(removal(&a, 8..13, Reason::Repeat));
        a.remove(removal(&a, 0..5, Reason::Promo));
        a.remove(removal(&a, 5..6, Reason::Promo));
        let got: Vec<_> = a.removals().iter().map(|r| (r.span.range(), r.reason)).collect();
        assert_eq!(got, [(0..4, Reason::Promo), (4..10, Reason::Markup), (10..13, Reason::Repeat)]);
    }

    #[test]
    fn text_outside_blocks_is_an_error() {
        let text = "one two".to_owned();
        let block = Block::new(BlockKind::Paragraph, Span::new(&text, 0..3).unwrap());
        let made = Article::new("a".into(), Origin::new("t", 0), text, vec![block], vec![]);
        assert_eq!(made.unwrap_err(), ArticleError::Lost { start: 4, end: 7 });
    }

    #[test]
    fn the_spool_gives_an_article_back() {
        let mut a = article("one two three four");
        a.remove(removal(&a, 4..10, Reason::Markup).with_score(0.5));
        a.metadata.push_text("url", "https://example.org").unwrap();
        let json = serde_json::to_string(&a).unwrap();
        assert_eq!(serde_json::from_str::<Article>(&json).unwrap(), a);
        let torn = json.replace("[4,10]", "[4,100]");
        assert!(serde_json::from_str::<Article>(&torn).is_err());
        let (textless, text) = a.clone().take_text();
        assert_eq!(textless.clone().with_text(text).unwrap(), a);
        assert!(textless.with_text("one".to_owned()).is_err());
    }

    proptest! {
        #[test]
        fn removals_stay_ordered_disjoint_and_cover_what_was_asked(
            asked in proptest::collection::vec((0usize..40, 0usize..40), 0..12)
        ) {
            let mut a = article(&"abcd ".repeat(8));
            let mut gone = [false; 40];
            for (x, y) in asked {
                let range = x.min(y)..x.max(y);
                gone[range.clone()].fill(true);
                a.remove(removal(&a, range, Reason::Repeat));
            }
            let mut seen = [false; 40];
            let mut end = 0;
            for r in a.removals() {
                prop_assert!(r.span.start() >= end && !r.span.is_empty());
                end = r.span.end();
                seen[r.span.range()].fill(true);
            }
            prop_assert_eq!(seen, gone);
        }
    }
}
