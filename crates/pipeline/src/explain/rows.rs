//! The rows of a finished run.

use std::ops::ControlFlow;
use std::path::Path;

use newsmill_article::Metadata;
use newsmill_output::{DUPLICATES, FolderStore, Manifest, REJECTED, each_row};

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
            let detail = "its articles are not in the format jsonl".to_owned();
            return Err(Error::RunFolder { path: self.store.root().join("articles"), detail });
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
        let parts = self.parts().map(|name| (name, Fate::Kept));
        let ledgers = [(DUPLICATES, Fate::Duplicate), (REJECTED, Fate::Rejected)];
        for (name, fate) in parts.chain(ledgers) {
            if let Some(found) = each_row(&self.store, name, |row| take(fate, row))? {
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
}
