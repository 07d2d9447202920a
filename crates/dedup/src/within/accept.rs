//! Whether a stretch of equal sentences is enough of a repeat, and nothing said on purpose.

use std::ops::Range;

use super::Passage;
use super::align::NONE;
use super::borders::{Border, border, cut};
use super::verdict::{Judge, Unit, ends_sentence};
use super::words::{CAPITAL, DIGIT, LINE, Words, begins, same_letters};

/// How far back, in bytes, an open quotation is looked for.
const QUOTED_MAX: usize = 4096;
/// A line of so many bytes is prose when it closes a sentence.
const SENTENCE_BYTES: usize = 60;

impl Judge<'_> {
    /// Whether a stretch of units may go, and as what.
    pub(super) fn accept<'u>(
        &self,
        mut units: impl DoubleEndedIterator<Item = &'u (Range<usize>, Unit)>,
    ) -> Option<(Range<usize>, Passage)> {
        let first = units.next()?;
        let last = units.next_back().unwrap_or(first);
        let (range, stub) = (first.0.start..last.0.end, last.1 == Unit::Stub);
        let config = self.config;
        let (text, words) = (self.text, self.words);
        // What was only tried around the matches is found by its own if it is a repeat.
        if range.start >= self.sure.end || self.sure.start >= range.end {
            return None;
        }
        let whole = |w: usize| border(text, words, w) == Border::Line;
        let bytes = cut(text, words, range.end).0 - cut(text, words, range.start).1;
        let broken = self.pasted.is_some() || border(text, words, range.start) < Border::Sentence;
        let (min_words, min_bytes) = if whole(range.start) && whole(range.end) {
            (config.min_words, config.min_bytes)
        } else if broken || stub {
            (config.min_words_broken, config.min_bytes_broken)
        } else {
            (config.min_words_inside, config.min_bytes_inside)
        };
        if range.len() < min_words || bytes < min_bytes || !self.has_prose(range.clone()) {
            return None;
        }
        if !self.balanced(range.clone()) || !stub && self.belongs(range.clone()) {
            return None;
        }
        if !self.same_letters(range.clone()) {
            return None;
        }
        let share = similarity(text, words, self.mate, range.clone());
        let near = range.len() >= config.min_words_near && share.value() >= config.min_similarity;
        if !share.exact && !near && !stub {
            return None;
        }
        if self.is_pull_quote(range.clone()) {
            return config.pull_quotes.then_some((range, Passage::PullQuote));
        }
        Some((range, if stub { Passage::Truncated } else { Passage::Repeat }))
    }

    /// Whether words of the same hash are the same words, as they are but in a text made to deceive.
    fn same_letters(&self, mut range: Range<usize>) -> bool {
        range.all(|word| {
            let (own, mate) = (self.words.range(word), self.mate[word]);
            mate == NONE || {
                let other = self.words.range(mate as usize);
                same_letters(self.text, own.clone(), other.clone())
                    || begins(self.text, own.clone(), other.clone())
                    || begins(self.text, other, own)
            }
        })
    }

    /// Whether it is one short line, and sentences inside a line of the other copy.
    fn is_pull_quote(&self, range: Range<usize>) -> bool {
        let (text, words) = (self.text, self.words);
        let border = |w: usize| border(text, words, w);
        let one_line = border(range.start) == Border::Line
            && border(range.end) == Border::Line
            && !range.clone().skip(1).any(|w| border(w) == Border::Line);
        if !one_line || range.len() > self.config.max_words_pull_quote || self.pasted.is_some() {
            return false;
        }
        let mates = || range.clone().map(|w| self.mate[w]).filter(|&m| m != NONE);
        let (Some(first), Some(last)) = (mates().next(), mates().next_back()) else {
            return false;
        };
        let (first, end) = (first as usize, last as usize + 1);
        let opens = words.is(range.start, CAPITAL | DIGIT) || border(first) >= Border::Sentence;
        opens && (border(first) < Border::Line || border(end) < Border::Line)
    }

    /// Whether a short passage belongs where it stands: below a heading, a question or an
    /// introduction of its own that is not part of the repeat, in a list, or as a table. What
    /// follows its first copy directly was pasted all the same.
    fn belongs(&self, range: Range<usize>) -> bool {
        let (text, words) = (self.text, self.words);
        // What goes in front of it is not there to belong to.
        let above = if self.gone.end == range.start { self.gone.start } else { range.start };
        let follows = self.mate[range.end - 1] as usize + 1 == above;
        if follows {
            return false;
        }
        let mut prose = 0;
        let mut lines = 0;
        let mut items = 0;
        let mut from = range.start;
        for word in range.start + 1..=range.end {
            if word == range.end || border(text, words, word) == Border::Line {
                lines += 1;
                prose += usize::from(ends_sentence(text, words, word));
                let start = cut(text, words, from).1;
                items += usize::from(text[start..].trim_start().starts_with(['-', '*', '•', '·']));
                from = word;
            }
        }
        let start = cut(text, words, above).1;
        let table = prose == 0 && lines > 2;
        let own_line = lines == 1 && border(text, words, range.start) == Border::Line;
        let quoted = own_line && text[..start].trim_end().ends_with(':');
        let short = range.len() < self.config.max_words_below_heading;
        table || quoted || short && prose <= 2 && (items == lines || headed(text, start))
    }

    /// Whether a line of it is long enough to be prose.
    fn has_prose(&self, range: Range<usize>) -> bool {
        let words = self.words;
        let mut from = range.start;
        for word in range.start + 1..=range.end {
            if word == range.end || border(self.text, words, word) == Border::Line {
                let bytes = cut(self.text, words, word).0 - cut(self.text, words, from).1;
                let least = self.config.min_bytes.min(SENTENCE_BYTES);
                // Any other line may be a title or a label, unless it is a third longer.
                let sentence = ends_sentence(self.text, words, word);
                if bytes >= if sentence { least } else { least + least / 3 } {
                    return true;
                }
                from = word;
            }
        }
        false
    }

    /// Whether cutting the words out leaves no quotation half open.
    fn balanced(&self, range: Range<usize>) -> bool {
        let (text, words) = (self.text, self.words);
        if border(text, words, range.start) == Border::Line {
            return true;
        }
        let start = cut(text, words, range.start).1;
        let mut from = start.saturating_sub(QUOTED_MAX);
        while !text.is_char_boundary(from) {
            from += 1;
        }
        let line = text[from..start].rsplit('\n').next().unwrap_or("");
        let marks = |c: char| matches!(c, '“' | '”' | '„' | '"' | '«' | '»');
        line.matches(marks).count() % 2 == 0
    }
}

/// Whether the line in front of byte `at` is a heading, a question or an introduction.
fn headed(text: &str, at: usize) -> bool {
    /// Longest heading, question or introduction, in bytes.
    const LONGEST: usize = 60;
    let above = text[..at].trim_end();
    let mut from = above.len().saturating_sub(LONGEST + 1);
    while !above.is_char_boundary(from) {
        from += 1;
    }
    let near = &above[from..];
    let introduced = near.ends_with(':') && [". ", "! ", "? "].iter().any(|end| near.contains(end));
    match near.rfind('\n') {
        Some(feed) => is_heading(&near[feed + 1..]),
        None => introduced || from == 0 && is_heading(near),
    }
}

fn is_heading(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty()
        && !line.starts_with('[')
        && !line.ends_with(['.', '!', ';', ',', '"', '”', '’', ')', ']', '…', '。', '！', '।'])
}

struct Share {
    equal: usize,
    all: usize,
    exact: bool,
}

impl Share {
    fn value(&self) -> f32 {
        if self.all == 0 { 1.0 } else { self.equal as f32 / self.all as f32 }
    }
}

/// The share of equal words among those of the copy and those passed over on the same line of the
/// copy that stays. It is exact if nothing but whole lines between two sentences was passed over.
fn similarity(text: &str, words: &Words, mate: &[u32], range: Range<usize>) -> Share {
    let mut share = Share { equal: 0, all: 0, exact: true };
    let mut last: Option<usize> = None;
    for word in range {
        share.all += 1;
        let kept = mate[word];
        if kept == NONE {
            share.exact = false;
            continue;
        }
        let kept = kept as usize;
        share.equal += 1;
        if let Some(last) = last
            && kept > last + 1
        {
            let other_line = (last + 1..=kept).any(|w| words.is(w, LINE));
            share.all += if other_line { 0 } else { kept - last - 1 };
            share.exact &= other_line && border(text, words, word) >= Border::Sentence;
        }
        last = Some(kept);
    }
    share
}
