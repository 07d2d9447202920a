//! The report page: one self-contained file that shows what a run came to.
//!
//! It is made from the files of the run folder alone, read once and in bounded memory
//! ([`collect`]), and holds no more than a reader can look at: counts, the longest lists cut to their
//! first entries, and the few texts of `samples.jsonl`.
//!
//! What articles say is data to the page and nothing else. It stands in one block of JSON in which no
//! character means anything to HTML, and the page's script puts it into text nodes only. A Content
//! Security Policy names the two scripts and the style by their SHA-256, allows no request, and with
//! `require-trusted-types-for` no string becomes markup, whatever the script does.

mod clusters;
mod collect;
mod compare;
mod counts;
mod findings;
mod model;
mod page;
mod rows;

pub use collect::collect;
pub use model::Report;

use crate::{FileEntry, Manifest, OutputError, REPORT, RunFile, Store};

/// Writes `report.html` from the other files of a run and its manifest, which need not have been
/// written yet. The manifest does not list the page.
///
/// ```
/// use newsmill_article::Tally;
/// use newsmill_output::{Manifest, MemoryStore, report};
/// let (store, manifest) = (MemoryStore::new(), Manifest::new(().into(), Tally::default()));
/// report::write(&store, &manifest, &|| false)?;
/// assert!(store.file("report.html").unwrap().starts_with(b"<!doctype html>"));
/// # Ok::<(), newsmill_output::OutputError>(())
/// ```
///
/// # Errors
/// [`OutputError::Read`] when a file that the manifest lists cannot be read, and when `stop` says, row
/// by row, that nobody waits for the page any more; as [`RunFile::commit`].
pub fn write(
    store: &dyn Store,
    manifest: &Manifest,
    stop: &dyn Fn() -> bool,
) -> Result<FileEntry, OutputError> {
    let page = page::page(&collect(store, manifest, stop)?);
    let mut file = RunFile::create(store, REPORT)?;
    file.write(page.as_bytes(), 0)?;
    Ok(FileEntry { rows: None, ..file.commit()? })
}
