//! A store in memory, for tests.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Draft, Store};
use crate::{OutputError, names};

/// Files in memory, for tests and examples. Clones share their files.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    files: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
}

impl MemoryStore {
    /// Without files.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The names of the files that were committed, sorted.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.files().keys().cloned().collect()
    }

    /// The bytes of a file that was committed.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<Vec<u8>> {
        self.files().get(name).cloned()
    }

    fn files(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn create(&self, name: &str) -> Result<Box<dyn Draft>, OutputError> {
        names::checked(name)?;
        Ok(Box::new(MemoryDraft { store: self.clone(), name: name.to_owned(), bytes: Vec::new() }))
    }

    fn open(&self, name: &str) -> Result<Box<dyn Read>, OutputError> {
        names::checked(name)?;
        match self.file(name) {
            Some(bytes) => Ok(Box::new(Cursor::new(bytes))),
            None => Err(OutputError::read(name, io::ErrorKind::NotFound.into())),
        }
    }

    fn exists(&self, name: &str) -> Result<bool, OutputError> {
        names::checked(name)?;
        Ok(self.files().contains_key(name))
    }
}

#[derive(Debug)]
struct MemoryDraft {
    store: MemoryStore,
    name: String,
    bytes: Vec<u8>,
}

impl Write for MemoryDraft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Draft for MemoryDraft {
    fn commit(self: Box<Self>) -> io::Result<()> {
        let Self { store, name, bytes } = *self;
        store.files().insert(name, bytes);
        Ok(())
    }
}
