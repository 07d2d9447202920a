//! What can go wrong while a run folder is written.

use std::io;

use newsmill_article::Imbalance;

/// A failure to write or read a run folder: what, where, and the cause. [`OutputError::hint`] says
/// what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutputError {
    /// A file could not be opened, written, made durable or given its name; it is not there.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file.
        path: String,
        /// The cause.
        source: io::Error,
    },
    /// A file could not be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: String,
        /// The cause.
        source: io::Error,
    },
    /// The output is a file or the like and not a folder.
    #[error("{path} is not a folder")]
    NotAFolder {
        /// The output as named.
        path: String,
    },
    /// The output folder holds a finished run.
    #[error("{path} holds a finished run")]
    Finished {
        /// The output as named.
        path: String,
    },
    /// The output folder holds a run that was broken off, or something else.
    #[error("{path} is not empty and holds no finished run")]
    Occupied {
        /// The output as named.
        path: String,
    },
    /// A name that no file of a run folder has: a bug in the caller.
    #[error("{name:?} is no name of a file in a run folder")]
    Name {
        /// The name.
        name: String,
    },
    /// Books that do not balance, so the manifest is not written: a bug.
    #[error(transparent)]
    Unbalanced(#[from] Imbalance),
    /// A manifest that is none.
    #[error("{path} is not a manifest: {source}")]
    Manifest {
        /// The file.
        path: String,
        /// The cause.
        source: serde_json::Error,
    },
}

impl OutputError {
    pub(crate) fn write(path: impl Into<String>, source: impl Into<io::Error>) -> Self {
        Self::Write { path: path.into(), source: source.into() }
    }

    pub(crate) fn read(path: impl Into<String>, source: io::Error) -> Self {
        Self::Read { path: path.into(), source }
    }

    /// What a person can do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        use io::ErrorKind::{
            AlreadyExists, NotFound, PermissionDenied, QuotaExceeded, ReadOnlyFilesystem,
            StorageFull,
        };
        match self {
            Self::Write { source, .. } => match source.kind() {
                StorageFull | QuotaExceeded => {
                    "make room, then go on with --resume, or start over with --overwrite"
                }
                PermissionDenied | ReadOnlyFilesystem => "choose a folder you may write to with -o",
                AlreadyExists => "another run may be writing there: choose another folder with -o",
                _ => "check the disk, then go on with --resume, or start over with --overwrite",
            },
            Self::Read { source, .. } => match source.kind() {
                NotFound => "check the path: a run folder holds manifest.json once it is finished",
                _ => "check that the file may be read",
            },
            Self::NotAFolder { .. } => "choose a folder with -o, or -o - for standard output",
            Self::Finished { .. } => {
                "choose another folder with -o, or replace it with --overwrite"
            }
            Self::Occupied { .. } => {
                "go on with --resume, start over with --overwrite, or choose another folder with -o"
            }
            Self::Manifest { .. } => "run again with --overwrite",
            Self::Name { .. } | Self::Unbalanced(_) => {
                "this is a bug in newsmill: please report it with the command"
            }
        }
    }
}
