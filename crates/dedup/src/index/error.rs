//! What can go wrong with an index.

use std::io;
use std::path::{Path, PathBuf};

/// A failure to read or write an index: what, where, and the cause. [`IndexError::hint`] says what
/// to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// There is no index in the folder.
    #[error("{} holds no index", path.display())]
    Missing {
        /// The folder.
        path: PathBuf,
    },
    /// The folder holds other files and no index.
    #[error("{} holds files, but no index", path.display())]
    Occupied {
        /// The folder.
        path: PathBuf,
    },
    /// Another process writes the index.
    #[error("the index {} is being written by another run", path.display())]
    Locked {
        /// The folder.
        path: PathBuf,
    },
    /// The index was made with other parameters, so its sketches cannot be compared.
    #[error(
        "the index {} was made with {name} = {index}, but {name} = {asked} is asked for",
        path.display()
    )]
    Parameters {
        /// The folder.
        path: PathBuf,
        /// The first parameter that differs.
        name: &'static str,
        /// Its value in the index.
        index: String,
        /// The value asked for.
        asked: String,
    },
    /// The format of a file is not known to this version.
    #[error("{} has format {found}; this version reads format {known}", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// The format it says it has.
        found: String,
        /// The format that is read.
        known: u32,
    },
    /// A file is not what was written.
    #[error("the index is damaged: {}: {detail}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// The index holds as many texts as can be numbered, or one text is larger than a block may be.
    #[error("{}: {detail}", path.display())]
    Full {
        /// The folder or file.
        path: PathBuf,
        /// What is too large.
        detail: &'static str,
    },
    /// A file cannot be read.
    #[error("cannot read {}: {cause}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        cause: io::Error,
    },
    /// A file cannot be written, made durable, renamed or deleted.
    #[error("cannot write {}: {cause}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why not.
        cause: io::Error,
    },
}

impl IndexError {
    pub(super) fn read(path: &Path, cause: io::Error) -> Self {
        Self::Read { path: path.to_owned(), cause }
    }

    pub(super) fn write(path: &Path, cause: io::Error) -> Self {
        Self::Write { path: path.to_owned(), cause }
    }

    pub(super) fn damaged(path: &Path, detail: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), detail: detail.into() }
    }

    /// What a person can do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Missing { .. } => {
                "check the path: an index is made by the first run that names it"
            }
            Self::Occupied { .. } => "choose an empty folder, or one that is not there yet",
            Self::Locked { .. } => "wait until that run has ended, or use another index",
            Self::Parameters { .. } => {
                "run with the parameters of the index, or start a new index in another folder"
            }
            Self::Version { .. } => {
                "use the version of newsmill that wrote it, or start a new index"
            }
            Self::Damaged { .. } => {
                "put the folder back from a copy, or start a new index in another folder"
            }
            Self::Full { .. } => "start a new index in another folder",
            Self::Read { .. } => "check that the file may be read",
            Self::Write { .. } => {
                "check the space left on this disk and that the folder may be written"
            }
        }
    }
}
