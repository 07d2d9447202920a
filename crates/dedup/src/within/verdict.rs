//! What may go of a passage, and how it is told.

use std::ops::Range;

use super::align::NONE;
use super::borders::{Border, border, head};
use super::seeds::SEED;
use super::words::{CAPITAL, DIGIT, Words, begins, same_letters};
use super::{Passage, WithinConfig};

/// Words of a sentence so long that it is rather several without their punctuation.
const RUN_ON: usize = 100;

/// What may go of a chain of matches, in words.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Stretches of words and what kind of passage each is.
    pub(super) goes: Vec<(Range<usize>, Passage)>,
    /// Whether they are words of the earlier copy.
    pub(super) earlier: bool,
}

/// What a sentence or line of the copy is, held against the other copy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unit {
    /// Each word stands in the other copy, up to a few common ones.
    Covered,
    /// The words that say the text goes on elsewhere.
    Stub,
    /// It has a digit or a name that the other copy has not.
    Differs,
    /// It says something else.
    Other,
}

/// One of two copies, held against the other.
pub(super) struct Judge<'a> {
    pub(super) text: &'a str,
    pub(super) words: &'a Words,
    pub(super) mate: &'a [u32],
    /// Where the passage begins for sure, if its end shows that it was pasted: it may then begin
    /// inside a sentence.
    pub(super) pasted: Option<usize>,
    /// From its first exact match to its last: what is around was only tried.
    pub(super) sure: Range<usize>,
    /// The last stretch of words of which all go already.
    pub(super) gone: &'a Range<usize>,
    pub(super) config: &'a WithinConfig,
}

/// One of two copies.
pub(super) struct Side<'a> {
    /// For each of its words the equal one of the other copy.
    pub(super) mate: &'a [u32],
    /// Its words.
    pub(super) range: Range<usize>,
    /// From its first exact match to its last: what is around was only tried.
    pub(super) sure: Range<usize>,
}

/// A passage that stands twice: the later copy and the earlier one.
pub(super) struct Copies<'a> {
    pub(super) copy: Side<'a>,
    pub(super) kept: Side<'a>,
}

/// Decides what may go of two copies: of the later one, unless the earlier one breaks off where
/// the later one goes on.
pub(super) fn judge(
    text: &str,
    words: &Words,
    Copies { copy, kept }: &Copies<'_>,
    gone: &Range<usize>,
    config: &WithinConfig,
) -> Found {
    let side = |own: &Side<'_>, other: &Side<'_>| {
        let broken = tail_breaks_off(text, words, &own.range, &other.range);
        let pasted = broken.then_some(own.sure.start);
        let (mate, sure) = (own.mate, own.sure.clone());
        Judge { text, words, mate, pasted, sure, gone, config }.goes(own.range.clone())
    };
    if breaks_off(text, words, &kept.range, &copy.range) {
        let goes = side(kept, copy);
        if !goes.is_empty() {
            return Found { goes, earlier: true };
        }
    }
    let goes = side(copy, kept);
    if goes.is_empty() && config.pull_quotes {
        let mut goes = side(kept, copy);
        goes.retain(|found| found.1 == Passage::PullQuote);
        return Found { earlier: !goes.is_empty(), goes };
    }
    Found { goes, earlier: false }
}

/// Whether one of two words is the beginning of the other, at the end of a line: a copy that was
/// cut inside a word.
pub(super) fn cut_word(text: &str, words: &Words, a: usize, b: usize) -> bool {
    if a.max(b) >= words.len() {
        return false;
    }
    let (short, long) = if words.range(a).len() < words.range(b).len() { (a, b) } else { (b, a) };
    let last = border(text, words, short + 1) == Border::Line;
    last && begins(text, words.range(short), words.range(long))
}

/// Whether the words `broken` begin or end inside a sentence that stands whole around `whole`.
fn breaks_off(text: &str, words: &Words, broken: &Range<usize>, whole: &Range<usize>) -> bool {
    let border = |word: usize| border(text, words, word);
    let lower = !words.is(broken.start, CAPITAL | DIGIT);
    let head = lower && border(broken.start) >= Border::Seam && border(whole.start) < Border::Seam;
    head || tail_breaks_off(text, words, broken, whole)
}

/// Whether the words `broken` end with their line, in a sentence that goes on after `whole`.
fn tail_breaks_off(text: &str, words: &Words, broken: &Range<usize>, whole: &Range<usize>) -> bool {
    let stops =
        border(text, words, broken.end) == Border::Line && !ends_sentence(text, words, broken.end);
    (stops || stub_end(text, words, broken.end) > broken.end)
        && border(text, words, whole.end) < Border::Seam
}

/// The end of `Read more` and the like, if that is what `at` is, behind a sentence that breaks off.
fn stub_end(text: &str, words: &Words, at: usize) -> usize {
    /// Most words of a stub.
    const LONGEST: usize = 8;
    let gap = head(&text[words.gap_before(at, text)]);
    if !gap.contains('…') && !gap.contains("...") {
        return at;
    }
    let ends = at + 1..=words.len().min(at + LONGEST);
    let Some(end) = ends.into_iter().find(|&w| border(text, words, w) == Border::Line) else {
        return at;
    };
    let said = text[words.start[at] as usize..words.end[end - 1] as usize].to_lowercase();
    let counted = end == at + 2 && words.is(at, DIGIT) && said.ends_with(" chars");
    if counted || said == "more" || STUBS.iter().any(|stub| said.starts_with(stub)) {
        end
    } else {
        at
    }
}

/// Whether the sentence in front of `word` is closed by a mark.
pub(super) fn ends_sentence(text: &str, words: &Words, word: usize) -> bool {
    let gap = head(&text[words.gap_before(word, text)]);
    let line = gap.split(['\n', '\r']).next().unwrap_or("").trim_end();
    let mark = line.trim_end_matches(['”', '"', '’', '\'', ')', ']', '»', '“', '*', '_']);
    mark.ends_with(['.', '!', '?', '。', '！', '？', '।', '؟']) && !mark.ends_with("...")
}

impl Judge<'_> {
    fn goes(&self, copy: Range<usize>) -> Vec<(Range<usize>, Passage)> {
        let start = self.first_border(copy.start);
        let mut units: Vec<(Range<usize>, Unit)> = Vec::new();
        let mut at = start;
        while at < copy.end {
            let mut unit = at..self.unit_end(at, copy.end);
            let mut is = self.unit(unit.clone());
            // A text whose punctuation was lost has no sentences to go by: of a very long one the
            // words that match are a unit.
            let matched = unit.start.max(self.sure.start)..unit.end.min(self.sure.end);
            if is != Unit::Covered && matched.len() >= RUN_ON {
                unit = matched;
                is = self.unit(unit.clone());
            }
            at = unit.end;
            units.push((unit, is));
        }
        if at < self.words.len() && units.last().is_some_and(|u| u.1 == Unit::Covered) {
            let end = stub_end(self.text, self.words, at);
            if end > at {
                units.push((at..end, Unit::Stub));
            }
        }
        // At its ends a passage may share a word or two with a sentence that is another one.
        let matched = |u: &&(Range<usize>, Unit)| {
            let shared = u.0.end.min(self.sure.end).saturating_sub(u.0.start.max(self.sure.start));
            shared >= SEED.min(u.0.len())
        };
        let differs = |u: &&(Range<usize>, Unit)| u.1 == Unit::Differs && matched(u);
        let differences = units.iter().filter(differs).count();
        let equal = copy.clone().filter(|&w| self.mate[w] != NONE).count();
        if differences * self.config.words_per_difference > equal {
            return Vec::new();
        }
        self.spread_differences(&mut units);
        let mut goes = Vec::new();
        let good = |u: &(Range<usize>, Unit)| matches!(u.1, Unit::Covered | Unit::Stub);
        for run in units.chunk_by(|a, b| good(a) == good(b)) {
            if run.first().is_none_or(|unit| !good(unit)) {
                continue;
            }
            // What is around the matches may be too much: it is left if that helps.
            let whole = self.accept(run.iter());
            goes.extend(whole.or_else(|| self.accept(run.iter().filter(matched))));
        }
        goes
    }

    /// The border at or in front of the first equal word.
    fn first_border(&self, word: usize) -> usize {
        /// Most words before the first equal one.
        const LEAD: usize = 4;
        let border = |w: usize| border(self.text, self.words, w);
        let from = word.saturating_sub(LEAD);
        if let Some(at) = (from..=word).rev().find(|&w| border(w) >= Border::Sentence) {
            return at;
        }
        self.pasted.unwrap_or(word)
    }

    fn unit_end(&self, start: usize, limit: usize) -> usize {
        /// Most words after the last equal one.
        const TAIL: usize = 4;
        let mut at = start + 1;
        while at < self.words.len() && border(self.text, self.words, at) < Border::Sentence {
            at += 1;
            if at > limit + TAIL {
                break;
            }
        }
        at
    }

    fn unit(&self, unit: Range<usize>) -> Unit {
        let run_on = unit.len() >= RUN_ON;
        let on_border = border(self.text, self.words, unit.start) >= Border::Sentence
            || run_on && unit.start >= self.sure.start
            || self.pasted == Some(unit.start)
            || self.seam(unit.start);
        let ends = border(self.text, self.words, unit.end) >= Border::Sentence
            || run_on && unit.end <= self.sure.end;
        let equal = unit.clone().filter(|&w| self.mate[w] != NONE).count();
        if !on_border || !ends {
            return Unit::Other;
        }
        let mut extra = 0;
        let mut at = unit.start;
        while at < unit.end {
            if self.mate[at] != NONE {
                at += 1;
                continue;
            }
            let from = at;
            while at < unit.end && self.mate[at] == NONE {
                at += 1;
            }
            match self.gap(from..at, &unit) {
                Gap::Equal => {}
                Gap::Edited => extra += at - from,
                Gap::Differs => {
                    return if equal * 2 >= unit.len() { Unit::Differs } else { Unit::Other };
                }
            }
        }
        if extra > (unit.len() / 8).max(1) || equal == 0 { Unit::Other } else { Unit::Covered }
    }

    /// Whether a passage begins at `word` although no sentence does: the text before ends with a
    /// mark, and the words before do not stand in front of the other copy.
    fn seam(&self, word: usize) -> bool {
        border(self.text, self.words, word) >= Border::Seam && self.mate[word] != NONE
    }

    fn gap(&self, copy: Range<usize>, unit: &Range<usize>) -> Gap {
        let words = self.words;
        let before = (copy.start > unit.start).then(|| self.mate[copy.start - 1] as usize + 1);
        let after = (copy.end < unit.end).then(|| self.mate[copy.end] as usize);
        if let (Some(before), Some(after)) = (before, after)
            && before < after
            && after - before <= copy.len() + 4
        {
            let kept = words.start[before] as usize..words.end[after - 1] as usize;
            let own = words.start[copy.start] as usize..words.end[copy.end - 1] as usize;
            if kept.len() <= 256 && own.len() <= 256 && same_letters(self.text, own, kept) {
                return Gap::Equal;
            }
        }
        if let (Some(before), None, 1) = (before, after, copy.len())
            && before < words.len()
            && begins(self.text, words.range(copy.start), words.range(before))
        {
            return Gap::Equal;
        }
        for word in copy {
            let named = words.is(word, CAPITAL)
                && border(self.text, words, word) < Border::Sentence
                && word != unit.start;
            if words.is(word, DIGIT) || named {
                return Gap::Differs;
            }
            if words.is(word, CAPITAL)
                && let Some(after) = after
                && after > 0
                && words.is(after - 1, CAPITAL | DIGIT)
            {
                return Gap::Differs;
            }
        }
        Gap::Edited
    }

    /// A paragraph that differs in one sentence stays whole; of one so long that it is rather many,
    /// twice as far as a difference counts.
    fn spread_differences(&self, units: &mut [(Range<usize>, Unit)]) {
        let reach = 2 * self.config.words_per_difference;
        let differs: Vec<bool> = units.iter().map(|u| u.1 == Unit::Differs).collect();
        let new_line =
            |u: &(Range<usize>, Unit)| border(self.text, self.words, u.0.start) == Border::Line;
        let mut last = None;
        for (unit, &own) in units.iter_mut().zip(&differs) {
            if new_line(unit) {
                last = None;
            }
            if own {
                last = Some(unit.0.end);
            } else if last.is_some_and(|end| unit.0.start - end < reach) {
                unit.1 = Unit::Differs;
            }
        }
        let mut next = None;
        for (unit, &own) in units.iter_mut().zip(&differs).rev() {
            if own {
                next = Some(unit.0.start);
            } else if next.is_some_and(|start| start - unit.0.end < reach) {
                unit.1 = Unit::Differs;
            }
            if new_line(unit) {
                next = None;
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Gap {
    Equal,
    Edited,
    Differs,
}

/// How a line says that its text goes on elsewhere, in lower case.
const STUBS: &[&str] = &[
    "read more",
    "continue reading",
    "read the full",
    "read full",
    "keep reading",
    "see more",
    "click here to read",
    "full story",
    "weiterlesen",
    "mehr lesen",
    "leer más",
    "seguir leyendo",
    "lire la suite",
    "lire plus",
    "leia mais",
    "continue lendo",
];
