//! Lists and sorts that move to disk when they outgrow their share of the memory.
//!
//! What grows with the number of texts is a `list::List` (read in order or by position) or goes
//! through a [`Sorter`] (external merge sort). Both hold records of a fixed size in memory up
//! to their share of [`Memory`] and then append them to a scratch file; what is read from them is
//! the same either way. Scratch files vanish with their owners.

pub(crate) mod bits;
pub(crate) mod list;
pub(crate) mod record;
pub(crate) mod sort;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use tempfile::NamedTempFile;

pub use record::Record;
pub use sort::{Sorted, SortedIter, Sorter};

/// How much may be held in memory, and where the rest goes.
///
/// # Example
/// ```
/// use newsmill_dedup::spill::Memory;
///
/// let memory = Memory::new(64 << 20, std::env::temp_dir());
/// assert_eq!(memory.bytes(), 64 << 20);
/// assert!(Memory::unlimited().bytes() > 1 << 60);
/// ```
#[derive(Debug, Clone)]
pub struct Memory {
    bytes: u64,
    folder: PathBuf,
}

/// Lists and sorters that are alive at the same time get one of so many equal parts.
const PARTS: u64 = 8;

impl Memory {
    /// At most about `bytes` in memory, scratch files in `folder`, which must exist.
    ///
    /// What is held beside: 4 bytes a text for the clusters, some bits a text for the decisions,
    /// 8 bytes a text for a keep order that is not the order of the input, and a few kilobytes for
    /// each run of a sort.
    #[must_use]
    pub fn new(bytes: u64, folder: impl Into<PathBuf>) -> Self {
        Self { bytes, folder: folder.into() }
    }

    /// Everything in memory; no file is made.
    #[must_use]
    pub fn unlimited() -> Self {
        Self { bytes: u64::MAX, folder: PathBuf::new() }
    }

    /// Bytes that may be held.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What one list or sorter may hold.
    pub(crate) fn part(&self) -> usize {
        usize::try_from(self.bytes / PARTS).unwrap_or(usize::MAX)
    }

    /// The part of one of `users`.
    pub(crate) fn shared_by(&self, users: usize) -> Self {
        let bytes = if self.bytes == u64::MAX { self.bytes } else { self.bytes / users as u64 };
        Self { bytes, folder: self.folder.clone() }
    }

    pub(crate) fn scratch(&self) -> io::Result<Scratch> {
        let file = tempfile::Builder::new().prefix("spill-").tempfile_in(&self.folder)?;
        Ok(Scratch { file, bytes: 0 })
    }
}

/// A file that is appended to, read anywhere, and gone when dropped.
#[derive(Debug)]
pub(crate) struct Scratch {
    file: NamedTempFile,
    bytes: u64,
}

impl Scratch {
    /// Appends; gives the place of the first byte.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> io::Result<u64> {
        let at = self.bytes;
        self.file.write_all(bytes)?;
        self.bytes += bytes.len() as u64;
        Ok(at)
    }

    /// A reader with a place of its own.
    pub(crate) fn reader(&self) -> io::Result<File> {
        self.file.reopen()
    }
}

/// Fills `buffer` from byte `at` on.
pub(crate) fn read_at(mut file: &File, at: u64, buffer: &mut [u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(buffer)
}
