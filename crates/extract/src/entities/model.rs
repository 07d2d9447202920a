//! A linear model of names: a weight for each feature and label, and for each pair of labels.

use std::ops::Range;
use std::sync::LazyLock;

use super::features::{Document, is_joint};

/// Labels of words: none, then beginning and inside of each kind of name.
pub(crate) const LABELS: usize = 7;
/// Weights a row of the table has; one more than labels, so that rows lie well in memory.
pub(crate) const ROW: usize = 8;
/// Rows of the table of features; a power of two.
pub(crate) const ROWS: usize = 1 << 16;

/// No name.
pub(crate) const NONE: usize = 0;

#[allow(dead_code)] // for training
/// The label that begins a name of kind 0 to 2 (person, organisation, place).
pub(crate) const fn begin(kind: usize) -> usize {
    1 + 2 * kind
}

/// The kind of a label that is not [`NONE`].
pub(crate) const fn kind(label: usize) -> usize {
    (label - 1) / 2
}

/// Whether `label` begins a name.
pub(crate) const fn begins(label: usize) -> bool {
    label % 2 == 1
}

/// Weights of one row.
pub(crate) type Row<T> = [T; ROW];

/// What a run is scored with.
pub(crate) trait Weights {
    /// Adds the weights of the features `hashes` to `scores`.
    fn add(&self, hashes: &[u32], scores: &mut Row<f32>);
    /// The weight of label `to` behind `from`; row [`LABELS`] is the start of a run.
    fn pair(&self, from: usize, to: usize) -> f32;

    /// For each label the weights of the labels before it, the start of a run last.
    fn pairs(&self) -> Pairs {
        let mut pairs = [[f32::NEG_INFINITY; ROW]; LABELS];
        for (to, row) in pairs.iter_mut().enumerate() {
            for (from, weight) in row.iter_mut().enumerate() {
                // Inside a name only of its own kind.
                let inside = to != NONE && !begins(to);
                let continues = from != NONE && from != LABELS && kind(from) == kind(to.max(1));
                if !inside || continues {
                    *weight = self.pair(from, to);
                }
            }
        }
        pairs
    }
}

/// Weights of pairs of labels: the second one, then the first one.
pub(crate) type Pairs = [[f32; ROW]; LABELS];

/// Lists that are used again for every run.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    features: Vec<u32>,
    /// The labels found.
    pub(crate) labels: Vec<usize>,
    backs: Vec<[u8; LABELS]>,
}

/// The best labels of the words of `run` (Viterbi 1967), into [`Scratch::labels`]. Joining words neither
/// begin a name nor stand alone.
pub(crate) fn best(
    document: &Document<'_>,
    run: &Range<usize>,
    weights: &impl Weights,
    pairs: &Pairs,
    scratch: &mut Scratch,
) {
    let Scratch { features, labels, backs } = scratch;
    backs.clear();
    let mut scores = [f32::NEG_INFINITY; ROW];
    scores[LABELS] = 0.0;
    for i in run.clone() {
        let mut own: Row<f32> = [0.0; ROW];
        document.features(run, i, features);
        weights.add(features, &mut own);
        let joint = !document.tokens[i].capital && is_joint(document.tokens[i].text);
        let mut next = [f32::NEG_INFINITY; ROW];
        let mut back = [0_u8; LABELS];
        for (to, pairs) in pairs.iter().enumerate() {
            if joint && to != NONE && begins(to) {
                continue;
            }
            let mut best = f32::NEG_INFINITY;
            let mut from_best = 0;
            for from in 0..ROW {
                let sum = scores[from] + pairs[from];
                let better = sum > best;
                best = if better { sum } else { best };
                from_best = if better { from as u8 } else { from_best };
            }
            next[to] = best + own[to];
            back[to] = from_best;
        }
        scores = next;
        backs.push(back);
    }
    labels.clear();
    labels.resize(run.len(), NONE);
    let last = (0..LABELS).max_by(|a, b| scores[*a].total_cmp(&scores[*b]));
    let mut label = last.unwrap_or(NONE);
    for (slot, back) in labels.iter_mut().zip(backs.iter()).rev() {
        *slot = label;
        label = usize::from(back[label]);
    }
}

/// The weights that are shipped, in bytes: the pairs, the rows.
pub(crate) struct Shipped {
    pairs: Vec<i8>,
    rows: &'static [u8],
}

/// The model in `data/entities/model.bin`, made by `examples/train_entities.rs`.
pub(crate) static SHIPPED: LazyLock<Option<Shipped>> = LazyLock::new(|| {
    let bytes: &'static [u8] = include_bytes!("../../data/entities/model.bin");
    let (pairs, rows) = bytes.split_at_checked(ROW * ROW)?;
    (rows.len() == ROWS * ROW)
        .then(|| Shipped { pairs: pairs.iter().map(|b| b.cast_signed()).collect(), rows })
});

impl Weights for Shipped {
    fn add(&self, hashes: &[u32], scores: &mut Row<f32>) {
        // Some 32 weights of a byte each.
        let mut sums: Row<i16> = [0; ROW];
        let (rows, _) = self.rows.as_chunks::<ROW>();
        for hash in hashes {
            let Some(row) = rows.get(*hash as usize & (ROWS - 1)) else { continue };
            for (sum, weight) in sums.iter_mut().zip(row) {
                *sum = sum.wrapping_add(i16::from(weight.cast_signed()));
            }
        }
        for (score, sum) in scores.iter_mut().zip(sums) {
            *score += f32::from(sum);
        }
    }

    fn pair(&self, from: usize, to: usize) -> f32 {
        self.pairs.get(from * ROW + to).map_or(0.0, |w| f32::from(*w))
    }
}
