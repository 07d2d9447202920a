//! The words around the quotations of an article, cut once for all of them.

use newsmill_article::Kept;

use super::marks::Marked;
use super::mentions::Mentions;
use super::words::{self, Word};

/// Blocks before a quotation that tell who speaks.
pub(super) const REACH: usize = 4;

/// Words on either side of a quotation that are looked at.
const LONGEST: usize = 160;

/// The words outside quotations of the blocks that hold one and of those before them, in order,
/// with one empty word for each quotation.
pub(super) struct Narration<'a> {
    pub(super) words: Vec<Word<'a>>,
    /// Where in `words` each quotation stands.
    pub(super) places: Vec<usize>,
}

impl<'a> Narration<'a> {
    pub(super) fn of(kept: &'a Kept, quotes: &[Marked], mentions: &Mentions) -> Self {
        let mut all = Self { words: Vec::new(), places: Vec::with_capacity(quotes.len()) };
        let mut sentence = 0;
        let mut next = 0;
        for (block, of_block) in kept.blocks().iter().enumerate() {
            match quotes.get(next) {
                Some(quote) if quote.block <= block + REACH => {}
                Some(_) => continue,
                None => break,
            }
            let Some(text) = kept.text().get(of_block.range.clone()) else { continue };
            let base = of_block.range.start;
            let first = all.words.len();
            let mut at = base;
            let here = quotes[next..].iter().take_while(|q| q.block == block).count();
            for (i, quote) in quotes.iter().enumerate().skip(next).take(here) {
                all.push(&text[at - base..quote.outer.start.max(at) - base], at, mentions);
                all.places.push(all.words.len());
                let stop = stop_of(kept.text(), quote);
                all.words.push(Word::of_quote(i, quote.outer.start, stop));
                at = quote.outer.end;
            }
            all.push(&text[at - base..], at, mentions);
            next += here;
            all.number(kept.text(), quotes, first, &mut sentence);
        }
        all
    }

    /// Adds the words of `text`, whose first byte is `base` of the kept text, with their names.
    fn push(&mut self, text: &'a str, base: usize, mentions: &Mentions) {
        let mut names = mentions.from(base);
        for mut word in words::of(text) {
            word.at += base;
            word.mention = names.at(word.at);
            self.words.push(word);
        }
    }

    /// Numbers the sentences from word `first` on.
    fn number(&mut self, text: &str, quotes: &[Marked], first: usize, sentence: &mut usize) {
        *sentence += 1;
        for i in first..self.words.len() {
            let word = &self.words[i];
            let before = (i > first).then(|| &self.words[i - 1]);
            let small = match word.quote {
                Some(quote) => text[quotes[quote].inner.start..].starts_with(char::is_lowercase),
                None => word.text.is_empty() || word.text.starts_with(char::is_lowercase),
            };
            if before.is_some_and(|b| matches!(b.stop, Some('.' | '!' | '?' | ';'))) && !small {
                *sentence += 1;
            }
            self.words[i].sentence = *sentence;
        }
    }

    /// The sentence around quotation `i`: what stands before it and behind it, up to [`LONGEST`]
    /// words each.
    pub(super) fn sentence(&self, i: usize) -> (&[Word<'a>], &[Word<'a>]) {
        let place = self.places[i];
        let number = self.words[place].sentence;
        let start = place.saturating_sub(LONGEST);
        let start = start + self.words[start..place].partition_point(|w| w.sentence < number);
        let end = (place + LONGEST).min(self.words.len());
        let end = place + self.words[place..end].partition_point(|w| w.sentence <= number);
        (&self.words[start..place], &self.words[place + 1..end])
    }

    /// The first [`LONGEST`] words of sentence `number`.
    pub(super) fn numbered(&self, number: usize) -> &[Word<'a>] {
        let start = self.words.partition_point(|w| w.sentence < number);
        let end = self.words.partition_point(|w| w.sentence <= number);
        &self.words[start..end.min(start + LONGEST)]
    }

    /// The words behind quotation `i` up to the next one or byte `end`.
    pub(super) fn behind(&self, i: usize, end: usize) -> &[Word<'a>] {
        let rest = &self.words[self.places[i] + 1..];
        let len = rest.iter().take_while(|w| w.quote.is_none() && w.at < end).count();
        &rest[..len]
    }

    /// The words between quotations `i - 1` and `i`.
    pub(super) fn between(&self, i: usize) -> &[Word<'a>] {
        &self.words[self.places[i - 1] + 1..self.places[i]]
    }
}

/// The sign that ends a quotation, inside its marks or right behind them.
fn stop_of(text: &str, quote: &Marked) -> Option<char> {
    let inner = text[quote.inner.clone()].chars().next_back();
    let behind = text[quote.outer.end..].chars().next();
    let is_stop = |c: &char| ",.;:!?—–…".contains(*c);
    behind.filter(is_stop).or_else(|| inner.filter(is_stop))
}
