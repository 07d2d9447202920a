//! Finding passages: seeds, matches, chains of matches.

use std::mem;
use std::ops::Range;

use super::align::{Aligner, Fixed, NONE, REACH};
use super::report;
use super::seeds::{Rolling, SEED, Table};
use super::verdict::{self, Copies, Side};
use super::words::Words;
use super::{Passage, Repeat, WithinConfig};

/// Most words of the copy between two matches of one passage.
const GAP_COPY: usize = REACH;
/// Most words of the copy that stays between two matches of one passage.
const GAP_KEPT: usize = 400;
/// Fewest equal words of a passage whose ends are aligned one by one: a shorter one must be exact.
const ALIGNED: usize = 24;
/// Most words that a match is extended to the left of its seed.
const BACK: usize = 256;
/// Most times that a text is searched, each time without what goes so far.
const ROUNDS: usize = 4;
/// A text that cannot be counted with 32 bits is not looked at.
const TEXT_MAX: usize = u32::MAX as usize;

/// Equal words on one course: `kept..` stays, `copy..` may go.
#[derive(Clone, Copy, Debug)]
struct Match {
    kept: usize,
    copy: usize,
    len: usize,
}

impl Match {
    fn kept_end(&self) -> usize {
        self.kept + self.len
    }

    fn copy_end(&self) -> usize {
        self.copy + self.len
    }
}

/// Finds repeats in one text after the other, with the same scratch space.
///
/// ```
/// use newsmill_dedup::within::{Finder, WithinConfig};
///
/// let mut finder = Finder::default();
/// let line = "Nobody was hurt when the tower came down on Sunday, the fire brigade said.";
/// assert!(finder.repeats(line, &WithinConfig::default()).is_empty());
/// let text = format!("{line}\n{line}");
/// assert_eq!(finder.repeats(&text, &WithinConfig::default()).len(), 1);
/// ```
#[derive(Debug, Default)]
pub struct Finder {
    words: Words,
    table: Table,
    aligner: Aligner,
    chain: Vec<Match>,
    /// The word behind the last passage whose ends were aligned.
    tried: usize,
    /// For each word that is in a copy: the word of the other copy that it is equal to.
    mate: Vec<u32>,
    /// The same the other way round, for the passage in hand.
    back: Vec<u32>,
    /// For each word: whether it goes, and with which kind of passage.
    gone: Vec<Option<Passage>>,
    /// The last stretch of words that all go.
    last: Range<usize>,
}

impl Finder {
    /// As [`repeats`](super::repeats).
    pub fn repeats(&mut self, text: &str, config: &WithinConfig) -> Vec<Repeat> {
        if text.len() >= TEXT_MAX || !self.search(text, config) {
            return Vec::new();
        }
        let mut found = report::collect(text, &self.words, &self.mate, &mut self.gone);
        for _ in 1..ROUNDS {
            if found.is_empty() || !self.search_rest(&report::rest(text, &found), config) {
                break;
            }
            found = report::collect(text, &self.words, &self.mate, &mut self.gone);
        }
        found
    }

    /// Searches what is left of a text once what goes is cut out, which brings new neighbours
    /// together, and adds what goes of it. Whether that is anything more.
    fn search_rest(&mut self, rest: &str, config: &WithinConfig) -> bool {
        let words = mem::take(&mut self.words);
        let mut mate = mem::take(&mut self.mate);
        let mut gone = mem::take(&mut self.gone);
        let stays: Vec<usize> = (0..gone.len()).filter(|&w| gone[w].is_none()).collect();
        let more = self.search(rest, config) && self.words.len() == stays.len() && {
            report::collect(rest, &self.words, &self.mate, &mut self.gone);
            self.gone.iter().any(Option::is_some)
        };
        if more {
            for (word, &at) in stays.iter().enumerate() {
                if self.gone[word].is_some() {
                    gone[at] = self.gone[word];
                    mate[at] = stays.get(self.mate[word] as usize).map_or(NONE, |&m| m as u32);
                }
            }
        }
        (self.words, self.mate, self.gone) = (words, mate, gone);
        more
    }

    /// Decides on each word of `text`. Whether anything goes.
    fn search(&mut self, text: &str, config: &WithinConfig) -> bool {
        self.words.read(text);
        let count = self.words.len();
        if count < 2 * SEED {
            return false;
        }
        self.table.reset(count);
        self.chain.clear();
        self.tried = 0;
        self.mate.clear();
        self.back.clear();
        self.gone.clear();
        self.last = 0..0;
        let mut any = false;
        let mut at = 0;
        let mut floor = 0;
        let mut rolling = Rolling::new();
        while at + SEED <= count {
            let key = rolling.at(&self.words.hash, at);
            let Some(kept) = self.table.find_or_insert(key, at, &self.words.hash) else {
                at += 1;
                continue;
            };
            if kept + SEED > at {
                at += 1;
                continue;
            }
            if self.mate.is_empty() {
                self.mate.resize(count, NONE);
                self.back.resize(count, NONE);
                self.gone.resize(count, None);
            }
            let Some(found) = self.extend(kept, at, floor) else {
                at += 1;
                continue;
            };
            let found =
                if self.joins(found) { found } else { self.nearby(at, floor).unwrap_or(found) };
            if !self.joins(found) {
                let (end, accepted) = self.close(text, config);
                any |= accepted;
                if accepted {
                    floor = floor.max(end);
                    // What was just decided may bear on this match: look again.
                    at = at.max(floor);
                    continue;
                }
            }
            self.push(found);
            at = at.max(found.copy_end().saturating_sub(SEED - 1)).max(at + 1);
        }
        any | self.close(text, config).1
    }

    /// The longest match around a seed, without what is gone and without overlap.
    fn extend(&self, kept: usize, copy: usize, floor: usize) -> Option<Match> {
        let words = &self.words;
        let same = |k: usize, c: usize| words.hash[k] == words.hash[c] && self.gone[k].is_none();
        let distance = copy - kept;
        let limit = words.len();
        let mut end = copy;
        while end < limit && end - distance < copy && same(end - distance, end) {
            end += 1;
        }
        if end < copy + SEED {
            return None;
        }
        let mut start = copy;
        let least = floor.max(copy.saturating_sub(BACK)).max(distance).max(end - distance);
        while start > least && same(start - 1 - distance, start - 1) {
            start -= 1;
        }
        Some(Match { kept: start - distance, copy: start, len: end - start })
    }

    /// A match at `copy` that goes on where the chain ends, give or take a few words: the seed's
    /// first place may be another one.
    fn nearby(&self, copy: usize, floor: usize) -> Option<Match> {
        /// Most words that the edit may have added or dropped.
        const SLIP: usize = 4;
        let last = self.chain.last()?;
        let straight = (last.kept_end() + copy).checked_sub(last.copy_end())?;
        let hashes = &self.words.hash;
        (straight.saturating_sub(SLIP)..=straight + SLIP)
            .filter(|&kept| {
                kept + SEED <= copy && hashes[kept..kept + SEED] == hashes[copy..copy + SEED]
            })
            .find_map(|kept| self.extend(kept, copy, floor).filter(|&m| self.joins(m)))
    }

    /// Whether a match goes on where the chain ends.
    fn joins(&self, next: Match) -> bool {
        let Some(first) = self.chain.first() else { return true };
        let keep = self.chain.iter().rposition(|m| m.copy < next.copy);
        let Some(last) = keep.and_then(|at| self.chain.get(at)) else { return true };
        let overlap = last.copy_end().saturating_sub(next.copy);
        let (kept_end, copy_end) = (last.kept_end() - overlap, last.copy_end() - overlap);
        next.kept >= kept_end
            && next.kept - kept_end <= GAP_KEPT
            && next.copy - copy_end <= GAP_COPY
            && next.kept_end() <= first.copy
    }

    /// Adds a match to the chain; what it overlaps there gives way.
    fn push(&mut self, next: Match) {
        while let Some(last) = self.chain.last_mut() {
            if last.copy >= next.copy {
                self.chain.pop();
            } else {
                last.len = last.len.min(next.copy - last.copy);
                break;
            }
        }
        self.chain.push(next);
    }

    /// Decides on the chain and empties it. Gives the word after it and whether anything goes.
    fn close(&mut self, text: &str, config: &WithinConfig) -> (usize, bool) {
        let (Some(&first), Some(&last)) = (self.chain.first(), self.chain.last()) else {
            return (0, false);
        };
        let words = &self.words;
        let equal: usize = self.chain.iter().map(|m| m.len).sum();
        let bytes = words.end[last.copy_end() - 1] - words.start[first.copy];
        let fringe = if equal < ALIGNED { 24 } else { usize::MAX };
        if (bytes as usize).saturating_add(fringe) < config.min_bytes {
            self.chain.clear();
            return (0, false);
        }
        for m in &self.chain {
            for step in 0..m.len {
                self.mate[m.copy + step] = (m.kept + step) as u32;
            }
        }
        for pair in self.chain.windows(2) {
            if let [a, b] = pair {
                let (copy, kept) = (a.copy_end()..b.copy, a.kept_end()..b.kept);
                self.aligner.align(words, copy, kept, Fixed::Both, &mut self.mate);
            }
        }
        let floor = (first.copy.saturating_sub(REACH)..first.copy)
            .rev()
            .find(|&w| self.gone[w].is_some())
            .map_or(0, |w| w + 1);
        let before = floor.max(last.kept_end()).min(first.copy)..first.copy;
        // Once in so many words, so that a text of many half matches costs no more than another.
        let long = equal >= ALIGNED && last.copy_end() >= self.tried + ALIGNED;
        if long {
            self.tried = last.copy_end();
        }
        if long {
            self.aligner.align(words, before, 0..first.kept, Fixed::End, &mut self.mate);
        }
        let after = last.copy_end()..words.len();
        let reach = last.kept_end()..first.copy;
        if long {
            self.aligner.align(words, after, reach, Fixed::Start, &mut self.mate);
        }
        let from = first.copy.saturating_sub(REACH).max(floor);
        let to = words.len().min(last.copy_end() + REACH);
        for word in from..to {
            let mate = self.mate[word];
            if mate != NONE && self.gone[mate as usize].is_some() {
                self.mate[word] = NONE;
            }
        }
        let (mut start, mut end) = self.mated(from..to);
        if end > start && self.mate[end - 1] as usize >= start {
            // What was tried around the two copies overlaps: only the matches count.
            self.mate[from..first.copy].fill(NONE);
            self.mate[last.copy_end()..to].fill(NONE);
            (start, end) = self.mated(first.copy..last.copy_end());
        }
        let mut kept_end = if end > start { self.mate[end - 1] as usize + 1 } else { start };
        if kept_end < start && verdict::cut_word(text, &self.words, end, kept_end) {
            self.mate[end] = kept_end as u32;
            (end, kept_end) = (end + 1, kept_end + 1);
        }
        let words = &self.words;
        for word in start..end {
            if self.mate[word] != NONE {
                self.back[self.mate[word] as usize] = word as u32;
            }
        }
        let kept = if end > start { self.mate[start] as usize..kept_end } else { 0..0 };
        let passage = Copies {
            copy: Side { mate: &self.mate, range: start..end, sure: first.copy..last.copy_end() },
            kept: Side { mate: &self.back, range: kept.clone(), sure: first.kept..last.kept_end() },
        };
        let mut found = verdict::judge(text, words, &passage, &self.last, config);
        if found.earlier {
            for word in start..end {
                self.mate[word] = NONE;
            }
            for (range, _) in &found.goes {
                self.mate[range.clone()].copy_from_slice(&self.back[range.clone()]);
            }
            self.point_at(start..end);
        }
        self.back[kept].fill(NONE);
        let mut floor = 0;
        for (range, kind) in found.goes.drain(..) {
            floor = floor.max(if found.earlier { end } else { range.end });
            let from = if self.last.end == range.start { self.last.start } else { range.start };
            self.last = from..range.end;
            self.gone[range].fill(Some(kind));
        }
        for word in from..to.max(end) {
            if self.gone[word].is_none() {
                self.mate[word] = NONE;
            }
        }
        self.chain.clear();
        (floor, floor > 0)
    }

    /// From the first to the last word of a stretch that has a mate.
    fn mated(&self, range: Range<usize>) -> (usize, usize) {
        let start = range.clone().find(|&w| self.mate[w] != NONE).unwrap_or(range.start);
        let end = (start..range.end).rev().find(|&w| self.mate[w] != NONE);
        (start, end.map_or(start, |w| w + 1))
    }

    /// Lets later copies find this one, since the earlier one goes.
    fn point_at(&mut self, copy: Range<usize>) {
        let mut rolling = Rolling::new();
        for word in copy.start..copy.end.saturating_sub(SEED - 1) {
            self.table.point(rolling.at(&self.words.hash, word), word, &self.words.hash);
        }
    }
}
