//! The report page of a finished run, made again.

use std::path::Path;

use newsmill_output::{FolderStore, Manifest, OutputError, Store, report as page};

use crate::Error;
use crate::run::Hooks;

/// Makes `report.html` of the finished run in `run` again, from its other files.
///
/// # Errors
/// When `run` is no finished run, or a file of it cannot be read or written.
pub fn report(run: &Path) -> Result<(), Error> {
    let store = FolderStore::existing(run)?;
    page::write(&store, &Manifest::read(&store)?, &|| false)?;
    Ok(())
}

/// The page of a run whose manifest is about to be written.
pub(crate) fn of_run(
    store: &dyn Store,
    manifest: &Manifest,
    hooks: &Hooks<'_>,
) -> Result<(), Error> {
    let stops = || hooks.stops();
    match page::write(store, manifest, &stops) {
        Err(OutputError::Read { .. }) if hooks.stops() => Err(Error::Stopped),
        done => Ok(done.map(|_| ())?),
    }
}
