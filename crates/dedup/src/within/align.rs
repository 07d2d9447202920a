//! Word by word alignment of small gaps.

use std::ops::Range;

use super::words::Words;

/// Most words of either side that are aligned one by one.
pub(super) const REACH: usize = 48;
/// No word stands across.
pub(super) const NONE: u32 = u32::MAX;

const EQUAL: i32 = 2;
const SKIP: i32 = -1;

/// Which end of the two stretches is fixed.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Fixed {
    Both,
    Start,
    End,
}

/// Scratch space of the alignment.
#[derive(Debug, Default)]
pub(super) struct Aligner {
    score: Vec<i32>,
    kept: Vec<u32>,
    hashes: Vec<u64>,
}

impl Aligner {
    /// Aligns the words `copy` with the words `kept` (the best pairing by dynamic programming,
    /// Needleman and Wunsch 1970; where one end is free, the best stretch from the fixed end) and
    /// notes each pair of equal words in `mate`. Of longer stretches only the ends are looked at.
    pub(super) fn align(
        &mut self,
        words: &Words,
        copy: Range<usize>,
        kept: Range<usize>,
        fixed: Fixed,
        mate: &mut [u32],
    ) {
        if copy.is_empty() || kept.is_empty() {
            return;
        }
        let copy = match fixed {
            Fixed::End => copy.end.saturating_sub(REACH).max(copy.start)..copy.end,
            _ => copy.start..copy.end.min(copy.start + REACH),
        };
        self.kept.clear();
        match fixed {
            Fixed::End => {
                let from = kept.end.saturating_sub(REACH).max(kept.start);
                self.kept.extend((from..kept.end).rev().map(|k| k as u32));
            }
            Fixed::Start => {
                self.kept.extend((kept.start..kept.end.min(kept.start + REACH)).map(|k| k as u32));
            }
            Fixed::Both => {
                let half = REACH / 2;
                let cut = kept.end.saturating_sub(half).max(kept.start + half);
                let head = kept.start..kept.end.min(kept.start + half);
                self.kept.extend(head.chain(cut..kept.end).map(|k| k as u32));
            }
        }
        let word = |row: usize| match fixed {
            Fixed::End => copy.end - 1 - row,
            _ => copy.start + row,
        };
        let (rows, columns) = (copy.len(), self.kept.len());
        let width = columns + 1;
        self.hashes.clear();
        self.hashes.extend(self.kept.iter().map(|&k| words.hash[k as usize]));
        self.score.clear();
        self.score.resize((rows + 1) * width, 0);
        for (cell, column) in self.score.iter_mut().zip(0..width as i32) {
            *cell = SKIP * column;
        }
        let mut best = (0, 0, 0);
        for row in 0..rows {
            let hash = words.hash[word(row)];
            let (done, rest) = self.score.split_at_mut((row + 1) * width);
            let above = &done[row * width..];
            let mut left = SKIP * (row as i32 + 1);
            rest[0] = left;
            let cells = rest[1..width].iter_mut().zip(above.windows(2)).zip(&self.hashes);
            for (column, ((cell, above), &other)) in cells.enumerate() {
                let skipped = above[1].max(left) + SKIP;
                left = if other == hash { skipped.max(above[0] + EQUAL) } else { skipped };
                *cell = left;
                if left > best.0 {
                    best = (left, row + 1, column + 1);
                }
            }
        }
        let (mut row, mut column) =
            if fixed == Fixed::Both { (rows, columns) } else { (best.1, best.2) };
        while row > 0 && column > 0 {
            let score = self.score[row * width + column];
            let kept = self.kept[column - 1];
            let equal = words.hash[word(row - 1)] == words.hash[kept as usize];
            if equal && score == self.score[(row - 1) * width + column - 1] + EQUAL {
                mate[word(row - 1)] = kept;
                row -= 1;
                column -= 1;
            } else if score == self.score[(row - 1) * width + column] + SKIP {
                row -= 1;
            } else {
                column -= 1;
            }
        }
    }
}
