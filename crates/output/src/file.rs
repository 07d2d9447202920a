//! One file of a run on its way: counted, hashed, and there only once it is complete.

use std::io::{BufWriter, Write};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3Default;

use crate::format::write_line;
use crate::{Draft, OutputError, Store};

/// Bytes gathered before a write.
const BUFFER_BYTES: usize = 256 << 10;

/// A file of a run that is being written. It appears under its name with [`RunFile::commit`];
/// dropped before, it leaves nothing.
///
/// ```
/// use newsmill_output::{MemoryStore, REMOVED, RunFile};
/// let store = MemoryStore::new();
/// let mut file = RunFile::create(&store, REMOVED)?;
/// file.write(b"{}\n", 1)?;
/// assert!(store.names().is_empty());
/// let entry = file.commit()?;
/// assert_eq!((entry.rows, entry.bytes), (Some(1), 3));
/// assert_eq!(store.names(), [REMOVED]);
/// # Ok::<(), newsmill_output::OutputError>(())
/// ```
pub struct RunFile {
    name: String,
    shown: String,
    draft: BufWriter<Box<dyn Draft>>,
    hash: Xxh3Default,
    bytes: u64,
    rows: u64,
    line: Vec<u8>,
}

/// A complete file, as the manifest lists it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its name in the run folder.
    pub name: String,
    /// How many rows it holds; none where it holds no rows.
    pub rows: Option<u64>,
    /// Its length.
    pub bytes: u64,
    /// XXH3 (64 bits, seed 0) of its bytes in 16 hexadecimal digits, as `xxhsum -H3` shows it.
    pub xxh3: String,
}

impl RunFile {
    /// A file that will have that name in `store`.
    ///
    /// # Errors
    /// As [`Store::create`].
    pub fn create(store: &dyn Store, name: &str) -> Result<Self, OutputError> {
        let draft = BufWriter::with_capacity(BUFFER_BYTES, store.create(name)?);
        let (hash, line) = (Xxh3Default::new(), Vec::new());
        Ok(Self {
            name: name.to_owned(),
            shown: store.shown(name),
            draft,
            hash,
            bytes: 0,
            rows: 0,
            line,
        })
    }

    /// How many rows it holds so far.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Adds bytes that hold `rows` whole rows.
    ///
    /// # Errors
    /// [`OutputError::Write`]; the file is lost then.
    pub fn write(&mut self, bytes: &[u8], rows: u64) -> Result<(), OutputError> {
        self.draft.write_all(bytes).map_err(|e| OutputError::write(&self.shown, e))?;
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        self.rows += rows;
        Ok(())
    }

    /// Adds one row as a line of JSON.
    ///
    /// # Errors
    /// As [`RunFile::write`].
    pub fn write_row(&mut self, row: &impl Serialize) -> Result<(), OutputError> {
        let mut line = std::mem::take(&mut self.line);
        line.clear();
        write_line(row, &mut line).map_err(|e| OutputError::write(&self.shown, e))?;
        self.write(&line, 1)?;
        self.line = line;
        Ok(())
    }

    /// Makes the file durable and gives it its name.
    ///
    /// # Errors
    /// [`OutputError::Write`]; the file is not there then.
    pub fn commit(self) -> Result<FileEntry, OutputError> {
        let Self { name, shown, draft, hash, bytes, rows, .. } = self;
        let wrap = |e| OutputError::write(&shown, e);
        let mut draft = draft.into_inner().map_err(|e| wrap(e.into_error()))?;
        draft.flush().map_err(wrap)?;
        draft.commit().map_err(wrap)?;
        Ok(FileEntry { name, rows: Some(rows), bytes, xxh3: format!("{:016x}", hash.digest()) })
    }
}

impl std::fmt::Debug for RunFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, bytes, rows, .. } = self;
        f.debug_struct("RunFile")
            .field("name", name)
            .field("bytes", bytes)
            .field("rows", rows)
            .finish_non_exhaustive()
    }
}
