//! How a run tells how far it is.

/// A pass over the articles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pass {
    /// Reading, parsing, cleaning, sketching. Measured in bytes of input where they are known.
    Map,
    /// Finding and proving duplicates. Measured in candidate pairs.
    Resolve,
    /// Writing. Measured in articles.
    Write,
}

impl Pass {
    /// The name for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Map => "read and clean",
            Self::Resolve => "find duplicates",
            Self::Write => "write",
        }
    }
}

/// Told how far a run is, from any thread; now and then `done` is a little behind what was told
/// before.
pub trait Progress: Sync {
    /// A pass begins; `total` is how much there is to do, if that is known.
    fn begin(&self, pass: Pass, total: Option<u64>);
    /// The pass is `done` far, with `records` looked at so far.
    fn at(&self, done: u64, records: u64);
    /// The pass has ended.
    fn end(&self);
}

/// Progress that nobody watches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: Pass, _: Option<u64>) {}
    fn at(&self, _: u64, _: u64) {}
    fn end(&self) {}
}
