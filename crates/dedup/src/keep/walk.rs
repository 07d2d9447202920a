//! The walk in keep order: one pass over the pairs, sorted by the later text.

use std::io;
use std::ops::Range;

use super::DropMethod;
use super::proven::{Proven, Ranked};
use crate::candidates::Sketches;
use crate::config::{AcrossConfig, Contained};
use crate::exact::Duplicates;
use crate::order::KeepOrder;
use crate::spill::Memory;
use crate::spill::bits::Bits;
use crate::spill::record::{float, float_words};
use crate::spill::sort::{Sorted, Sorter};

/// What the walk found.
pub(super) struct Walked {
    /// The proven pairs: later rank, earlier rank and more, see [`Ranked`].
    pub(super) pairs: Sorted<[u32; 7]>,
    /// Ranks that stay. Of exact duplicates the first one only.
    pub(super) kept: Bits,
    /// See [`Dropped`]; ascending by rank.
    pub(super) dropped: Sorted<[u32; 5]>,
}

/// What a text was dropped for, by ranks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dropped {
    pub(super) rank: u32,
    pub(super) kept: u32,
    pub(super) similarity: f64,
    pub(super) method: DropMethod,
}

impl Dropped {
    pub(super) fn record(self) -> [u32; 5] {
        let [high, low] = float_words(self.similarity);
        let method = match self.method {
            DropMethod::Exact => 0,
            DropMethod::Near => 1,
            DropMethod::Contained => 2,
            DropMethod::Identity => 3,
        };
        [self.rank, self.kept, high, low, method]
    }

    pub(super) fn read([rank, kept, high, low, method]: [u32; 5]) -> Self {
        let method = match method {
            0 => DropMethod::Exact,
            1 => DropMethod::Near,
            2 => DropMethod::Contained,
            _ => DropMethod::Identity,
        };
        Self { rank, kept, similarity: float(high, low), method }
    }
}

pub(super) fn walk(
    sketches: &Sketches,
    duplicates: &Duplicates,
    proven: Proven,
    order: &KeepOrder,
    config: &AcrossConfig,
    memory: &Memory,
) -> io::Result<Walked> {
    let pairs = proven.pairs.finish()?;
    let waiting = waiting(&pairs, order, config)?;
    let mut walk = Walk {
        sketches,
        order,
        config,
        memory,
        pairs: &pairs,
        waiting,
        kept: Bits::default(),
        dropped: Sorter::new(memory),
    };
    // All whole texts before all truncated ones, and within each the texts that lie in larger ones
    // last.
    for class in [0..order.whole(), order.whole()..order.len()] {
        for rank in class.clone() {
            if !walk.waiting.get(rank) && !duplicates.contains_rank(rank) {
                walk.kept.set(rank);
            }
        }
        walk.judge_in_order(&class)?;
        walk.judge_waiting(&class)?;
    }
    let (kept, dropped) = (walk.kept, walk.dropped.finish()?);
    Ok(Walked { pairs, kept, dropped })
}

/// Ranks of the texts that lie in a larger one and are not similar enough to be dropped for that.
fn waiting(pairs: &Sorted<[u32; 7]>, order: &KeepOrder, config: &AcrossConfig) -> io::Result<Bits> {
    let mut waiting = Bits::default();
    if config.contained != Contained::Drop || config.drop_threshold > 1.0 {
        return Ok(waiting);
    }
    for pair in pairs.iter()? {
        let pair = Ranked::read(pair?);
        if let Some((inner, _)) = pair.inner.filter(|&(inner, _)| inner >= order.settled())
            && !pair.is_copy(config)
            && pair.container(inner, order, config).is_some()
        {
            waiting.set(inner);
        }
    }
    Ok(waiting)
}

struct Walk<'a> {
    sketches: &'a Sketches,
    order: &'a KeepOrder,
    config: &'a AcrossConfig,
    memory: &'a Memory,
    pairs: &'a Sorted<[u32; 7]>,
    waiting: Bits,
    kept: Bits,
    dropped: Sorter<[u32; 5]>,
}

impl Walk<'_> {
    /// Judges the texts of a class that do not wait. Whoever is looked at when a text is judged comes
    /// before it, and has been judged.
    fn judge_in_order(&mut self, class: &Range<u32>) -> io::Result<()> {
        let mut judged = Judged::new(NOBODY);
        for pair in self.pairs.iter()? {
            let pair = Ranked::read(pair?);
            if !class.contains(&pair.later) || self.waiting.get(pair.later) {
                continue;
            }
            if judged.rank != pair.later {
                self.settle(std::mem::replace(&mut judged, Judged::new(pair.later)))?;
            }
            if self.kept.get(pair.earlier)
                && pair.is_copy(self.config)
                && self.order.may_stand_for(pair.earlier, pair.later)
            {
                judged.saw_near(pair.earlier, pair.jaccard);
            }
        }
        self.settle(judged)
    }

    /// Judges the texts of a class that wait, larger ones first.
    fn judge_waiting(&mut self, class: &Range<u32>) -> io::Result<()> {
        // Size turned round, rank, other rank, is a copy, similarity, share inside the other.
        let mut by_size = Sorter::<[u32; 8]>::new(self.memory);
        let mut sizes = self.sketches.sizes.reader(1)?;
        for pair in self.pairs.iter()? {
            let pair = Ranked::read(pair?);
            for rank in [pair.later, pair.earlier] {
                if !class.contains(&rank) || !self.waiting.get(rank) {
                    continue;
                }
                let size = sizes.get(self.order.doc(rank).into())?.unwrap_or(0);
                let [high, low] = float_words(pair.jaccard);
                let share = pair.container(rank, self.order, self.config).unwrap_or(0.0);
                let [share_high, share_low] = float_words(share);
                let other = pair.other(rank);
                let may_stand = self.order.may_stand_for(other, rank);
                let copy = u32::from(may_stand && pair.is_copy(self.config));
                by_size.push([!size, rank, other, copy, high, low, share_high, share_low])?;
            }
        }
        let by_size = by_size.finish()?;
        let mut judged = Judged::new(NOBODY);
        for record in by_size.iter()? {
            let [_, rank, other, copy, high, low, share_high, share_low] = record?;
            if judged.rank != rank {
                self.settle_waiting(std::mem::replace(&mut judged, Judged::new(rank)))?;
            }
            if self.kept.get(other) {
                if copy == 1 {
                    judged.saw_near(other, float(high, low));
                }
                let share = float(share_high, share_low);
                if share > 0.0 {
                    judged.saw_larger(other, share);
                }
            }
        }
        self.settle_waiting(judged)
    }

    fn settle_waiting(&mut self, judged: Judged) -> io::Result<()> {
        if self.waiting.get(judged.rank) {
            self.kept.set(judged.rank);
        }
        self.settle(judged)
    }

    /// Drops a text if it was seen to be a copy.
    fn settle(&mut self, judged: Judged) -> io::Result<()> {
        let near = judged.near.map(|(kept, similarity)| (kept, similarity, DropMethod::Near));
        let larger = judged.larger.map(|(kept, share)| (kept, share, DropMethod::Contained));
        if let Some((kept, similarity, method)) = near.or(larger) {
            self.kept.clear(judged.rank);
            let dropped = Dropped { rank: judged.rank, kept, similarity, method };
            self.dropped.push(dropped.record())?;
        }
        Ok(())
    }
}

/// The rank of no text.
const NOBODY: u32 = u32::MAX;

/// The kept texts a text may be dropped for: the most similar one, and of equally similar ones the
/// first in keep order.
#[derive(Clone, Copy)]
struct Judged {
    rank: u32,
    near: Option<(u32, f64)>,
    larger: Option<(u32, f64)>,
}

impl Judged {
    fn new(rank: u32) -> Self {
        Self { rank, near: None, larger: None }
    }

    /// Witnesses come in keep order.
    fn saw_near(&mut self, kept: u32, similarity: f64) {
        if self.near.is_none_or(|(_, best)| similarity > best) {
            self.near = Some((kept, similarity));
        }
    }

    fn saw_larger(&mut self, kept: u32, share: f64) {
        if self.larger.is_none_or(|(_, best)| share > best) {
            self.larger = Some((kept, share));
        }
    }
}
