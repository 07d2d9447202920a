//! A store that fails on purpose, for tests.

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Draft, Store};
use crate::OutputError;

/// Another store whose n-th call fails. To see that no failure goes unnoticed, try n = 1, 2, 3, …
/// until a run passes.
///
/// ```
/// use newsmill_output::{FaultyStore, MemoryStore, REMOVED, RunFile};
/// let store = FaultyStore::new(MemoryStore::new(), 3, std::io::ErrorKind::StorageFull);
/// let mut file = RunFile::create(&store, REMOVED)?; // 1: create
/// file.write(b"{}\n", 1)?;
/// assert!(file.commit().is_err()); // 2: write, 3: flush
/// assert!(store.inner().names().is_empty());
/// # Ok::<(), newsmill_output::OutputError>(())
/// ```
#[derive(Debug)]
pub struct FaultyStore<S> {
    inner: S,
    fault: Fault,
}

#[derive(Clone, Debug)]
struct Fault {
    calls: Arc<AtomicU64>,
    fails: u64,
    kind: io::ErrorKind,
}

impl<S: Store> FaultyStore<S> {
    /// The store `inner` with call number `fails` (from 1, over all its files) failing with `kind`.
    /// Calls are those of [`Store`] and [`Draft`].
    #[must_use]
    pub fn new(inner: S, fails: u64, kind: io::ErrorKind) -> Self {
        Self { inner, fault: Fault { calls: Arc::default(), fails, kind } }
    }

    /// The store inside.
    #[must_use]
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// Whether the call that fails was made.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.fault.calls.load(Ordering::Relaxed) >= self.fault.fails
    }
}

impl Fault {
    fn call(&self) -> io::Result<()> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        if call == self.fails { Err(self.kind.into()) } else { Ok(()) }
    }
}

impl<S: Store> Store for FaultyStore<S> {
    fn create(&self, name: &str) -> Result<Box<dyn Draft>, OutputError> {
        self.fault.call().map_err(|e| OutputError::write(self.shown(name), e))?;
        Ok(Box::new(FaultyDraft { inner: self.inner.create(name)?, fault: self.fault.clone() }))
    }

    fn open(&self, name: &str) -> Result<Box<dyn Read>, OutputError> {
        self.fault.call().map_err(|e| OutputError::read(self.shown(name), e))?;
        self.inner.open(name)
    }

    fn exists(&self, name: &str) -> Result<bool, OutputError> {
        self.fault.call().map_err(|e| OutputError::read(self.shown(name), e))?;
        self.inner.exists(name)
    }

    fn shown(&self, name: &str) -> String {
        self.inner.shown(name)
    }
}

#[derive(Debug)]
struct FaultyDraft {
    inner: Box<dyn Draft>,
    fault: Fault,
}

impl Write for FaultyDraft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.fault.call()?;
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.fault.call()?;
        self.inner.flush()
    }
}

impl Draft for FaultyDraft {
    fn commit(self: Box<Self>) -> io::Result<()> {
        self.fault.call()?;
        self.inner.commit()
    }
}
