//! The proven pairs, sorted for the walk.

use std::io;

use super::{Decisions, walk};
use crate::candidates::Sketches;
use crate::config::{AcrossConfig, Templates};
use crate::exact::Duplicates;
use crate::order::KeepOrder;
use crate::spill::Memory;
use crate::spill::record::{float, float_words};
use crate::spill::sort::Sorter;
use crate::verify::{Containment, Pair};

/// Proven pairs, in any order.
#[derive(Debug)]
pub struct Proven {
    pub(crate) pairs: Sorter<[u32; 7]>,
}

impl Proven {
    /// No pairs yet.
    #[must_use]
    pub fn new(memory: &Memory) -> Self {
        Self { pairs: Sorter::new(memory) }
    }

    /// Adds a pair; one of unknown texts, or of a text and itself, is ignored.
    ///
    /// # Errors
    /// When a scratch file cannot be written.
    pub fn push(&mut self, pair: &Pair, order: &KeepOrder) -> io::Result<()> {
        let (a, b) = (order.rank(pair.a), order.rank(pair.b));
        if a == b || a.max(b) >= order.len() {
            return Ok(());
        }
        let ranked = Ranked {
            later: a.max(b),
            earlier: a.min(b),
            jaccard: pair.jaccard,
            inner: pair.contained.map(|contained| match contained {
                Containment::AInB(share) => (a, share),
                Containment::BInA(share) => (b, share),
            }),
            template: pair.template,
        };
        self.pairs.push(ranked.record())
    }

    /// Decides for every text whether it is kept, from the proven pairs.
    ///
    /// Exact duplicates follow the first of them in keep order; above a drop threshold of 1 nothing is
    /// dropped, and they are linked. The others are walked in keep order;
    /// a text is dropped when its similarity to one *already kept* reaches the drop threshold, for the
    /// most similar of these (the earlier one of two equally similar). So no text is dropped for one
    /// that is itself dropped, and no verified pair at or above the threshold is kept twice, but for
    /// pairs marked as templates under [`crate::config::Templates::Keep`] and pairs of settled texts.
    ///
    /// Under [`crate::config::Contained::Drop`] a text that lies in a larger one, and is not similar
    /// enough to it to be dropped for that, is walked after all others, larger ones first: it goes when
    /// a text that contains it stays. A truncated text never stands for a whole one.
    ///
    /// `sketches` and `order` are those the candidates came from, `duplicates` came with them. Linear
    /// in the texts and pairs, apart from sorting. Holds 4 bytes and a few bits a text beside what
    /// `memory` allows.
    ///
    /// # Errors
    /// When a scratch file cannot be written or read.
    pub fn decide(
        self,
        sketches: &Sketches,
        duplicates: &Duplicates,
        order: &KeepOrder,
        config: &AcrossConfig,
        memory: &Memory,
    ) -> io::Result<Decisions> {
        let walked = walk::walk(sketches, duplicates, self, order, config, memory)?;
        Decisions::new(&walked, duplicates, order, config, memory)
    }
}

/// A proven pair by ranks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ranked {
    pub(super) later: u32,
    pub(super) earlier: u32,
    pub(super) jaccard: f64,
    /// The one that lies in the other, and the share of it that does.
    pub(super) inner: Option<(u32, f64)>,
    pub(super) template: bool,
}

const TEMPLATE: u32 = 1;
const EARLIER_INSIDE: u32 = 2;
const LATER_INSIDE: u32 = 4;

impl Ranked {
    fn record(self) -> [u32; 7] {
        let [high, low] = float_words(self.jaccard);
        let (inside, share) = match self.inner {
            Some((rank, share)) if rank == self.earlier => (EARLIER_INSIDE, share),
            Some((_, share)) => (LATER_INSIDE, share),
            None => (0, 0.0),
        };
        let [share_high, share_low] = float_words(share);
        let flags = inside | if self.template { TEMPLATE } else { 0 };
        [self.later, self.earlier, high, low, share_high, share_low, flags]
    }

    pub(super) fn read(
        [later, earlier, high, low, share_high, share_low, flags]: [u32; 7],
    ) -> Self {
        let share = float(share_high, share_low);
        let inner = if flags & EARLIER_INSIDE != 0 {
            Some((earlier, share))
        } else {
            (flags & LATER_INSIDE != 0).then_some((later, share))
        };
        let (jaccard, template) = (float(high, low), flags & TEMPLATE != 0);
        Self { later, earlier, jaccard, inner, template }
    }

    pub(super) fn other(&self, rank: u32) -> u32 {
        if rank == self.later { self.earlier } else { self.later }
    }

    /// Whether one text of the pair can be dropped for the other by its similarity.
    pub(super) fn is_copy(&self, config: &AcrossConfig) -> bool {
        self.jaccard >= config.drop_threshold && !self.is_family(config)
    }

    /// Whether the pair must stay because it fills in one template.
    pub(super) fn is_family(&self, config: &AcrossConfig) -> bool {
        self.template && config.templates == Templates::Keep
    }

    /// The share of the text of this rank that the other one holds, if it may be dropped for that.
    pub(super) fn container(
        &self,
        rank: u32,
        order: &KeepOrder,
        config: &AcrossConfig,
    ) -> Option<f64> {
        let (inner, share) = self.inner?;
        let whole = order.may_stand_for(self.other(inner), inner);
        (inner == rank && whole && !self.is_family(config)).then_some(share)
    }
}
