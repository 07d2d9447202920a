//! The rows of a finished run.

use std::io::{BufRead, BufReader, Read};
use std::ops::ControlFlow;
use std::path::Path;

use newsmill_article::Metadata;
use newsmill_output::{DUPLICATES, FolderStore, Manifest, REJECTED, Store};

use super::Fate;
use crate::Error;

/// A finished run, for reading.
pub(crate) struct Run {
    pub(super) store: FolderStore,
    manifest: Manifest,
}

impl Run {
    pub(crate) fn open(folder: &Path) -> Result<Self, Error> {
        let store = FolderStore::existing(folder)?;
        let manifest = Manifest::read(&store)?;
        Ok(Self { store, manifest })
    }

    pub(crate) fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Calls `take` with the row of each record: those kept, the duplicates, the rejects.
    pub(crate) fn each(&self, mut take: impl FnMut(Fate, &Metadata)) -> Result<(), Error> {
        if self.manifest.tally.kept > 0 && self.parts().next().is_none() {
            let why = "its articles are not in the format jsonl";
            return Err(self.unreadable("articles", why));
        }
        self.find(|fate, row| {
            take(fate, &row);
            ControlFlow::<()>::Continue(())
        })
        .map(|_| ())
    }

    /// What `take` breaks off with, in the order of [`Run::each`].
    pub(super) fn find<T>(
        &self,
        mut take: impl FnMut(Fate, Metadata) -> ControlFlow<T>,
    ) -> Result<Option<T>, Error> {
        for name in self.parts() {
            let packed = self.store.open(name)?;
            let rows = zstd::Decoder::new(packed).map_err(|e| self.unreadable(name, e))?;
            if let Some(found) = self.find_row(name, rows, |row| take(Fate::Kept, row))? {
                return Ok(Some(found));
            }
        }
        for (name, fate) in [(DUPLICATES, Fate::Duplicate), (REJECTED, Fate::Rejected)] {
            let rows = self.store.open(name)?;
            if let Some(found) = self.find_row(name, rows, |row| take(fate, row))? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The names of the files of articles.
    fn parts(&self) -> impl Iterator<Item = &str> {
        let names = self.manifest.files.iter().map(|file| file.name.as_str());
        names.filter(|name| name.starts_with("articles/") && name.ends_with(".jsonl.zst"))
    }

    fn find_row<T>(
        &self,
        name: &str,
        rows: impl Read,
        mut take: impl FnMut(Metadata) -> ControlFlow<T>,
    ) -> Result<Option<T>, Error> {
        let mut rows = BufReader::with_capacity(1 << 18, rows);
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = rows.read_until(b'\n', &mut line);
            if read.map_err(|e| self.unreadable(name, e))? == 0 {
                return Ok(None);
            }
            let row = serde_json::from_slice(&line).map_err(|e| self.unreadable(name, e))?;
            if let ControlFlow::Break(found) = take(row) {
                return Ok(Some(found));
            }
        }
    }

    pub(super) fn unreadable(&self, name: &str, cause: impl std::fmt::Display) -> Error {
        Error::RunFolder { path: self.store.root().join(name), detail: cause.to_string() }
    }
}
