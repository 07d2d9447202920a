//! Where files appear: whole and durable, or not at all. Nothing else in newsmill opens, syncs or
//! renames a file of a run folder.

mod faulty;
mod folder;
mod memory;

use std::fmt::Debug;
use std::io::{self, Read, Write};

use crate::OutputError;

pub use faulty::FaultyStore;
pub use folder::{FolderStore, Mode};
pub use memory::MemoryStore;

/// A place for the files of a run, by name: fixed names, or ones made by
/// [`Kind::part`](crate::Kind::part) and [`Kind::document`](crate::Kind::document).
pub trait Store: Debug + Send + Sync {
    /// A new file that will have that name. One that has it already stays until the new one is
    /// committed.
    ///
    /// # Errors
    /// [`OutputError::Name`] for a name no file of a run has, [`OutputError::Write`] when it cannot
    /// be opened or another one is being written under that name.
    fn create(&self, name: &str) -> Result<Box<dyn Draft>, OutputError>;

    /// Reads a file that was committed.
    ///
    /// # Errors
    /// [`OutputError::Name`], and [`OutputError::Read`] when it is not there or cannot be opened.
    fn open(&self, name: &str) -> Result<Box<dyn Read>, OutputError>;

    /// Whether a file of that name was committed.
    ///
    /// # Errors
    /// As [`Store::open`], but for files that are not there.
    fn exists(&self, name: &str) -> Result<bool, OutputError>;

    /// The place of a file as messages tell it: its path where it has one.
    fn shown(&self, name: &str) -> String {
        name.to_owned()
    }
}

/// A file that is not there yet. Dropped without [`Draft::commit`], it leaves nothing.
pub trait Draft: Write + Debug + Send {
    /// Makes the bytes durable, then gives them their name, then makes the name durable.
    ///
    /// # Errors
    /// The first of these that fails; the file is not there then, and must not be committed again:
    /// after a failed sync nobody knows what is on the disk.
    fn commit(self: Box<Self>) -> io::Result<()>;
}
