//! The rows of a run folder, read back.

use std::io::{self, BufRead, BufReader, Read};
use std::ops::ControlFlow;

use serde::de::DeserializeOwned;

use crate::{OutputError, Store};

/// Reads the rows of one file of a run in order, zstd-compressed or not by its name, until `take`
/// breaks off: what with, or nothing at the end.
///
/// ```
/// use std::ops::ControlFlow;
///
/// use newsmill_output::{MemoryStore, REMOVED, RunFile, each_row};
///
/// let store = MemoryStore::new();
/// let mut file = RunFile::create(&store, REMOVED)?;
/// (1..9).try_for_each(|n| file.write_row(&n))?;
/// file.commit()?;
/// let even = |n: u32| if n % 2 == 0 { ControlFlow::Break(n) } else { ControlFlow::Continue(()) };
/// assert_eq!(each_row(&store, REMOVED, even)?, Some(2));
/// # Ok::<(), newsmill_output::OutputError>(())
/// ```
///
/// # Errors
/// [`OutputError::Read`] when the file is not there, or holds anything but such rows.
pub fn each_row<R: DeserializeOwned, B>(
    store: &dyn Store,
    name: &str,
    mut take: impl FnMut(R) -> ControlFlow<B>,
) -> Result<Option<B>, OutputError> {
    let failed = |cause| OutputError::read(store.shown(name), cause);
    let file = store.open(name)?;
    let rows: Box<dyn Read> = if name.ends_with(".zst") {
        Box::new(zstd::Decoder::new(file).map_err(failed)?)
    } else {
        Box::new(file)
    };
    let mut rows = BufReader::with_capacity(1 << 18, rows);
    let mut line = Vec::new();
    loop {
        line.clear();
        if rows.read_until(b'\n', &mut line).map_err(failed)? == 0 {
            return Ok(None);
        }
        let row = serde_json::from_slice(&line).map_err(|e| failed(io::Error::from(e)))?;
        if let ControlFlow::Break(found) = take(row) {
            return Ok(Some(found));
        }
    }
}
