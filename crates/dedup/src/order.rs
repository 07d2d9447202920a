//! The order in which texts are judged: earlier ones are kept rather than later ones.

/// A permutation of the texts 0, 1, … n − 1, best first. The place of a text in it is its rank.
///
/// The order of the input takes no memory, any other one 8 bytes a text.
///
/// # Example
/// The longest first; texts that were cut off by the crawler only after all whole ones:
/// ```
/// use newsmill_dedup::order::KeepOrder;
/// use std::cmp::Reverse;
///
/// let lengths = [120, 400, 400, 900];
/// let truncated = [false, false, false, true];
/// let order = KeepOrder::by_key(4, |doc| Reverse(lengths[doc as usize]))
///     .whole_first(|doc| truncated[doc as usize]);
/// assert_eq!([0, 1, 2, 3].map(|rank| order.doc(rank)), [1, 2, 0, 3]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeepOrder {
    len: u32,
    whole: u32,
    settled: u32,
    /// Settled texts that are truncated, ascending.
    settled_cut: Vec<u32>,
    /// Text of each rank and rank of each text; nothing in the order of the input.
    permutation: Option<(Vec<u32>, Vec<u32>)>,
}

impl KeepOrder {
    /// The order of the input.
    #[must_use]
    pub fn input(docs: u32) -> Self {
        Self { len: docs, whole: docs, settled: 0, settled_cut: Vec::new(), permutation: None }
    }

    /// Ascending by a key; texts of equal keys in the order of the input.
    #[must_use]
    pub fn by_key<K: Ord>(docs: u32, mut key: impl FnMut(u32) -> K) -> Self {
        let mut sorted: Vec<u32> = (0..docs).collect();
        sorted.sort_by_cached_key(|&doc| key(doc));
        Self::input(docs).with_docs(sorted)
    }

    /// Moves the truncated texts behind all whole ones, so that a truncated text is never the kept
    /// copy of a whole one. Settled texts stay where they are, but a truncated one does not stand
    /// for a whole one either.
    #[must_use]
    pub fn whole_first(self, mut truncated: impl FnMut(u32) -> bool) -> Self {
        let settled_cut = (0..self.settled).filter(|&doc| truncated(doc)).collect();
        let (cut, mut docs): (Vec<u32>, Vec<u32>) = (0..self.len)
            .map(|rank| self.doc(rank))
            .partition(|&doc| doc >= self.settled && truncated(doc));
        let whole = docs.len() as u32;
        docs.extend(cut);
        let order = if whole == self.len { self } else { self.with_docs(docs) };
        Self { whole, settled_cut, ..order }
    }

    /// Declares texts 0, 1, … `settled` − 1 kept beforehand: they come first, in the order of the
    /// input, none of them is dropped, and no two of them are compared. To be said before
    /// [`KeepOrder::whole_first`].
    #[must_use]
    pub fn settled_first(self, settled: u32) -> Self {
        let settled = settled.min(self.len);
        let order = if self.permutation.is_none() {
            self
        } else {
            let others = (0..self.len).map(|rank| self.doc(rank)).filter(|&doc| doc >= settled);
            let docs = (0..settled).chain(others).collect();
            self.with_docs(docs)
        };
        Self { settled, whole: order.len, ..order }
    }

    fn with_docs(self, docs: Vec<u32>) -> Self {
        let mut ranks = vec![0; docs.len()];
        for (rank, &doc) in (0..).zip(&docs) {
            if let Some(place) = ranks.get_mut(doc as usize) {
                *place = rank;
            }
        }
        Self { permutation: Some((docs, ranks)), ..self }
    }

    /// Number of texts.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Whether there is no text at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The texts, best first.
    #[must_use]
    pub fn docs(&self) -> Vec<u32> {
        (0..self.len).map(|rank| self.doc(rank)).collect()
    }

    /// The text of a rank; `u32::MAX` for a rank that does not exist.
    #[must_use]
    #[inline]
    pub fn doc(&self, rank: u32) -> u32 {
        match &self.permutation {
            Some((docs, _)) => docs.get(rank as usize).copied().unwrap_or(u32::MAX),
            None if rank < self.len => rank,
            None => u32::MAX,
        }
    }

    /// Place of a text in the order; `u32::MAX` for a text that is not in it.
    #[must_use]
    #[inline]
    pub fn rank(&self, doc: u32) -> u32 {
        match &self.permutation {
            Some((_, ranks)) => ranks.get(doc as usize).copied().unwrap_or(u32::MAX),
            None if doc < self.len => doc,
            None => u32::MAX,
        }
    }

    /// How many texts are settled: the texts of the first ranks.
    #[must_use]
    pub fn settled(&self) -> u32 {
        self.settled
    }

    /// How many texts come before the truncated ones: the texts of the first ranks.
    #[must_use]
    pub fn whole(&self) -> u32 {
        self.whole
    }

    /// Whether the text of rank `kept` may be the kept copy of the text of rank `rank`: a truncated
    /// one not of a whole one.
    #[must_use]
    pub fn may_stand_for(&self, kept: u32, rank: u32) -> bool {
        !self.is_truncated(kept) || self.is_truncated(rank)
    }

    /// Whether the text of this rank is truncated.
    fn is_truncated(&self, rank: u32) -> bool {
        rank >= self.whole || (rank < self.settled && self.settled_cut.binary_search(&rank).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn settled_then_whole_then_truncated_each_by_key(
            keys in prop::collection::vec(0_u8..5, 0..30),
            cut in prop::collection::vec(any::<bool>(), 30),
            settled in 0_u32..40,
            sorted: bool,
        ) {
            let docs = keys.len() as u32;
            let key = |doc: u32| if sorted { keys[doc as usize] } else { 0 };
            let order = if sorted { KeepOrder::by_key(docs, key) } else { KeepOrder::input(docs) };
            let order = order.settled_first(settled).whole_first(|doc| cut[doc as usize]);
            let settled = settled.min(docs);
            let mut expected: Vec<u32> = (0..docs).collect();
            expected.sort_by_key(|&doc| {
                let class = 1 + u8::from(cut[doc as usize]);
                if doc < settled { (0, 0, doc) } else { (class, key(doc), doc) }
            });
            let found: Vec<u32> = (0..docs).map(|rank| order.doc(rank)).collect();
            prop_assert_eq!(&found, &expected);
            prop_assert!((0..docs).all(|doc| order.doc(order.rank(doc)) == doc));
            let truncated = (settled..docs).filter(|&doc| cut[doc as usize]).count() as u32;
            prop_assert_eq!((order.whole(), order.settled()), (docs - truncated, settled));
            for kept in 0..docs {
                let may = !cut[order.doc(kept) as usize];
                prop_assert_eq!(order.may_stand_for(kept, 0), may || order.is_truncated(0));
            }
        }
    }
}
