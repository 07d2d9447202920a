//! `newsmill index`: what an index holds, whether it is whole, and making one segment of many.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};
use newsmill_pipeline::output::escape::terminal;
use newsmill_pipeline::{index_merge, index_stats, index_verify};

use crate::FAILED;
use crate::arguments::Form;

#[derive(Debug, Args)]
pub(crate) struct Index {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Say how many articles it holds, from when, from which runs, and in how many bytes.
    Stats {
        /// Folder of the index.
        #[arg(value_name = "DIR")]
        path: PathBuf,
        /// How to tell it.
        #[arg(long, value_enum, default_value_t = Form::Text)]
        format: Form,
    },
    /// Make one segment of all segments. Runs that read the index are not disturbed.
    Merge {
        /// Folder of the index.
        #[arg(value_name = "DIR")]
        path: PathBuf,
    },
    /// Read everything and check it: each block against its checksum, each sketch against its text.
    Verify {
        /// Folder of the index.
        #[arg(value_name = "DIR")]
        path: PathBuf,
    },
}

/// `newsmill index`.
pub(crate) fn index(index: &Index) -> Result<u8> {
    let mut out = io::stdout().lock();
    match &index.task {
        Task::Stats { path, format } => {
            let stats = index_stats(path)?;
            match format {
                Form::Text => write!(out, "{stats}")?,
                Form::Json => writeln!(out, "{}", serde_json::to_string_pretty(&stats)?)?,
            }
        }
        Task::Merge { path } => write!(out, "{}", index_merge(path)?)?,
        Task::Verify { path } => {
            let (stats, wrong) = index_verify(path, |_| ())?;
            for error in &wrong {
                writeln!(out, "{}", terminal(&error.to_string(), 2_000))?;
            }
            if let Some(error) = wrong.first() {
                writeln!(out, "the index is not as it was written; {}", error.hint())?;
                return Ok(FAILED);
            }
            writeln!(out, "all is well: {} articles read and checked", stats.articles)?;
        }
    }
    Ok(0)
}
