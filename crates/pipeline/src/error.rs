//! What ends a run.

use std::io;
use std::path::PathBuf;

/// What ends a run. A bad record never does: it is a row of `rejected.jsonl`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The configuration cannot be used.
    #[error("configuration: {0}")]
    Config(String),
    /// A file named on the command line cannot be read.
    #[error("cannot read {}: {cause}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why not.
        cause: io::Error,
    },
    /// An input cannot be used.
    #[error(transparent)]
    Read(#[from] newsmill_read::ReadError),
    /// The run folder cannot be written.
    #[error(transparent)]
    Output(#[from] newsmill_output::OutputError),
    /// The index of earlier runs cannot be used.
    #[error(transparent)]
    Index(#[from] newsmill_dedup::index::IndexError),
    /// The spool, newsmill's own scratch file, failed.
    #[error("spool {}: {cause}; check the space left on this disk", path.display())]
    Spool {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// The spool holds something else than what was written to it.
    #[error("spool {}: {detail}; the disk may be failing", path.display())]
    SpoolDamaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// Another process is writing the run folder.
    #[error("{}: another run is writing there", path.display())]
    Busy {
        /// The run folder.
        path: PathBuf,
    },
    /// The run folder holds another job's work.
    #[error("cannot go on with {}: {difference}", path.display())]
    Differs {
        /// The run folder.
        path: PathBuf,
        /// In what the jobs differ.
        difference: String,
    },
    /// The run was told to stop.
    #[error("stopped; what is done stays")]
    Stopped,
    /// Standard output cannot be written.
    #[error("cannot write to standard output")]
    Stdout(#[source] io::Error),
    /// The books do not balance, which is a bug.
    #[error("{0}; this is a bug in newsmill, please report it")]
    Books(#[from] newsmill_article::Imbalance),
    /// A bug outside of any one article's work.
    #[error("{0} panicked; this is a bug in newsmill, please report it")]
    Panicked(String),
    /// Worker threads cannot be started.
    #[error("cannot start worker threads: {0}")]
    Threads(String),
    /// `explain` was asked for an article the run does not have.
    #[error("{run}: no article, duplicate or rejected record is named {id:?}")]
    UnknownArticle {
        /// The run folder.
        run: String,
        /// The id asked for.
        id: String,
    },
    /// A file of a run folder is not what newsmill writes.
    #[error("{}: {detail}; is this a finished run folder?", path.display())]
    RunFolder {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
}

impl Error {
    /// What a person can do about it, where the message does not say so itself.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Output(error) => Some(error.hint()),
            Self::Index(error) => Some(error.hint()),
            Self::Busy { .. } => Some("wait for it, or choose another folder with -o"),
            Self::Differs { .. } => Some(
                "run it as before, start over with --overwrite, or choose another folder with -o",
            ),
            Self::Stopped => Some("go on with --resume"),
            _ => None,
        }
    }

    /// Whether the command line or configuration asked for something that there is not, rather
    /// than something having failed.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        use newsmill_dedup::index::IndexError::{Missing, Occupied, Parameters};
        use newsmill_read::ReadError::{Glob, UnknownContainer};
        matches!(
            self,
            Self::Config(_)
                | Self::Differs { .. }
                | Self::Read(Glob { .. } | UnknownContainer { .. })
                | Self::Index(Missing { .. } | Occupied { .. } | Parameters { .. })
        )
    }
}
