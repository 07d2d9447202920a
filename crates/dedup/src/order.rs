//! The order in which texts are judged: earlier ones are kept rather than later ones.

/// A permutation of the texts 0, 1, … n − 1, best first.
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
/// assert_eq!(order.docs(), [1, 2, 0, 3]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeepOrder {
    docs: Vec<u32>,
    ranks: Vec<u32>,
    whole: u32,
}

impl KeepOrder {
    /// The order of the input.
    #[must_use]
    pub fn input(docs: u32) -> Self {
        Self::from_docs((0..docs).collect())
    }

    /// Ascending by a key; texts of equal keys in the order of the input.
    #[must_use]
    pub fn by_key<K: Ord>(docs: u32, mut key: impl FnMut(u32) -> K) -> Self {
        let mut docs: Vec<u32> = (0..docs).collect();
        docs.sort_by_cached_key(|&doc| key(doc));
        Self::from_docs(docs)
    }

    /// Moves the truncated texts behind all whole ones, so that a truncated text is never the kept
    /// copy of a whole one.
    #[must_use]
    pub fn whole_first(self, mut truncated: impl FnMut(u32) -> bool) -> Self {
        let (cut, mut docs): (Vec<u32>, Vec<u32>) =
            self.docs.into_iter().partition(|&doc| truncated(doc));
        let whole = docs.len() as u32;
        docs.extend(cut);
        Self { whole, ..Self::from_docs(docs) }
    }

    fn from_docs(docs: Vec<u32>) -> Self {
        let mut ranks = vec![0; docs.len()];
        for (rank, &doc) in docs.iter().enumerate() {
            if let Some(place) = ranks.get_mut(doc as usize) {
                *place = rank as u32;
            }
        }
        Self { whole: docs.len() as u32, docs, ranks }
    }

    /// Number of texts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.docs.len()
    }

    /// Whether there is no text at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.docs.is_empty()
    }

    /// The texts, best first.
    #[must_use]
    pub fn docs(&self) -> &[u32] {
        &self.docs
    }

    /// Place of a text in the order; `u32::MAX` for a text that is not in it.
    #[must_use]
    pub fn rank(&self, doc: u32) -> u32 {
        self.ranks.get(doc as usize).copied().unwrap_or(u32::MAX)
    }

    /// Whether a text was declared truncated.
    #[must_use]
    pub fn is_truncated(&self, doc: u32) -> bool {
        self.rank(doc) >= self.whole
    }
}
