//! Telling what goes: words back to bytes, each line with its witness.

use std::ops::Range;

use super::align::NONE;
use super::borders::cut;
use super::words::{LINE, Words};
use super::{Passage, Piece, Repeat};

/// The repeats of a text whose words are all decided. Labels stay after all.
pub(super) fn collect(
    text: &str,
    words: &Words,
    mate: &[u32],
    gone: &mut [Option<Passage>],
) -> Vec<Repeat> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < gone.len() {
        let Some(kind) = gone[at] else {
            at += 1;
            continue;
        };
        let start = at;
        while at < gone.len() && gone[at] == Some(kind) {
            at += 1;
        }
        tell(text, words, mate, gone, start..at, kind, &mut found);
    }
    keep_labels(text, words, gone, &mut found);
    found
}

/// What is left of a text.
pub(super) fn rest(text: &str, found: &[Repeat]) -> String {
    let mut rest = String::with_capacity(text.len());
    let mut at = 0;
    for repeat in found {
        rest.push_str(&text[at..repeat.copy.start]);
        at = repeat.copy.end;
    }
    rest + &text[at..]
}

/// A short line that closes no sentence and comes back again and again is a label: the name below
/// each of many quotations, a unit, a rating.
fn keep_labels(text: &str, words: &Words, gone: &mut [Option<Passage>], found: &mut Vec<Repeat>) {
    /// Fewest copies, besides the first, that make a label.
    const OFTEN: usize = 4;
    /// Longest label, in bytes.
    const LONGEST: usize = 120;
    let label = |repeat: &Repeat| {
        repeat.pieces.len() == 1
            && repeat.copy.len() <= LONGEST
            && !text[repeat.copy.clone()].trim_end().ends_with(['.', '!', '?', '”', '"', '…'])
    };
    let mut starts: Vec<usize> = found.iter().filter(|r| label(r)).map(|r| r.kept.start).collect();
    starts.sort_unstable();
    let often = |start: usize| {
        let from = starts.partition_point(|&s| s < start);
        starts.get(from + OFTEN - 1) == Some(&start)
    };
    found.retain(|repeat| {
        let stays = label(repeat) && often(repeat.kept.start);
        if stays {
            let word = |byte: usize| words.start.partition_point(|&start| (start as usize) < byte);
            gone[word(repeat.copy.start)..word(repeat.copy.end)].fill(None);
        }
        !stays
    });
}

/// The word that stays and is equal to `word`.
fn witness(mate: &[u32], gone: &[Option<Passage>], word: usize) -> Option<usize> {
    /// Copies of copies of copies: each decision adds at most one step.
    const STEPS: usize = 16;
    let mut at = word;
    for _ in 0..STEPS {
        at = mate[at] as usize;
        if at == NONE as usize {
            return None;
        }
        if gone[at].is_none() {
            return Some(at);
        }
    }
    None
}

/// Words between two witnesses that no one passage bridges.
const FAR: usize = 256;

fn tell(
    text: &str,
    words: &Words,
    mate: &[u32],
    gone: &[Option<Passage>],
    range: Range<usize>,
    kind: Passage,
    found: &mut Vec<Repeat>,
) {
    struct Open {
        copy: Range<usize>,
        kept: Option<Range<usize>>,
        equal: usize,
        all: usize,
        exact: bool,
    }
    let mut pieces: Vec<Open> = Vec::new();
    let mut splits = Vec::new();
    for word in range.clone() {
        let mate = witness(mate, gone, word);
        let mut fresh = pieces.is_empty() || words.is(word, LINE);
        if let Some(mate) = mate {
            let last = pieces.iter().rev().find_map(|p| p.kept.clone());
            if let Some(last) = last {
                let far = mate > last.end + FAR;
                if mate < last.end || far || (last.end..mate).any(|w| gone[w].is_some()) {
                    splits.push(pieces.len());
                    fresh = true;
                } else if (last.end..=mate).skip(1).any(|w| words.is(w, LINE)) && mate > last.end {
                    fresh = true;
                }
            }
        }
        if fresh {
            pieces.push(Open { copy: word..word, kept: None, equal: 0, all: 0, exact: true });
        }
        let Some(piece) = pieces.last_mut() else { continue };
        piece.copy.end = word + 1;
        piece.all += 1;
        if let Some(mate) = mate {
            piece.equal += 1;
            let from = piece.kept.as_ref().map_or(mate, |k| k.start);
            let passed = piece.kept.as_ref().map_or(0, |k| mate - k.end);
            piece.all += passed;
            piece.exact &= passed == 0;
            piece.kept = Some(from..mate + 1);
        } else {
            piece.exact = false;
        }
    }
    splits.push(pieces.len());
    let mut from = 0;
    for to in splits {
        let part = &pieces[from..to];
        from = to;
        let mut made: Vec<Piece> = part
            .iter()
            .map(|p| {
                let kept = p.kept.clone().or_else(|| part.iter().find_map(|p| p.kept.clone()));
                Piece {
                    copy: cut(text, words, p.copy.start).1..cut(text, words, p.copy.end).0,
                    kept: kept.map_or(0..0, |k| {
                        words.start[k.start] as usize..words.end[k.end - 1] as usize
                    }),
                    exact: p.exact,
                    similarity: p.equal as f32 / p.all.max(1) as f32,
                }
            })
            .collect();
        for at in 1..made.len() {
            // Empty quoted lines between two pieces go with the second.
            let end = made[at - 1].copy.end;
            let between = &text[end..made[at].copy.start];
            made[at].copy.start -= between.trim_start().len();
        }
        let (Some(first), Some(last)) = (made.first(), made.last()) else { continue };
        let (equal, all) = part.iter().fold((0, 0), |s, p| (s.0 + p.equal, s.1 + p.all));
        let kept = made.iter().map(|p| p.kept.start).min().unwrap_or(0)
            ..made.iter().map(|p| p.kept.end).max().unwrap_or(0);
        found.push(Repeat {
            copy: first.copy.start..last.copy.end,
            kept,
            exact: part.iter().all(|p| p.exact),
            similarity: equal as f32 / all.max(1) as f32,
            kind,
            pieces: made,
        });
    }
}
