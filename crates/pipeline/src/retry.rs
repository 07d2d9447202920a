//! Trying again what a run rejected.

use std::path::Path;

use newsmill_output::{FolderStore, Manifest, REJECTED_BYTES, Store};

use crate::Error;
use crate::config::Config;

/// What is to be run to try again the records that the finished run in `run` rejected: the archive it
/// put them aside in, as an input, and its configuration.
///
/// # Errors
/// When `run` is no finished run, or put nothing aside.
pub fn retry(run: &Path) -> Result<(String, Config), Error> {
    let store = FolderStore::existing(run)?;
    let manifest = Manifest::read(&store)?;
    if !store.exists(REJECTED_BYTES)? {
        let why = format!("{} put no rejected records aside", run.display());
        return Err(Error::Config(why));
    }
    let config: Config = serde_json::from_value(manifest.configuration)
        .map_err(|e| Error::Config(format!("{}: {e}", run.display())))?;
    // What the files are is told by their names.
    let mut config = Config { sample: None, ..config };
    config.read.from = None;
    Ok((run.join(REJECTED_BYTES).display().to_string(), config))
}
