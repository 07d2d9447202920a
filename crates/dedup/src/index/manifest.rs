//! The one file that says which segments are the index. It is replaced as a whole, so a reader sees
//! the index before or after a change and nothing in between.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::IndexError;
use super::blocks::{FORMAT, Seal};
use super::files::Draft;
use super::parameters::Parameters;

/// Its name.
pub(super) const MANIFEST: &str = "index";
const MAGIC: &str = "newsmill-index";

/// What the index is made of: a line with the format and the checksum of the rest, then JSON.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    /// Nothing until a first segment is there.
    pub(super) parameters: Option<Parameters>,
    /// The number of the next segment. Numbers of segments that were part of the index are never
    /// given again.
    pub(super) next: u32,
    /// In the order they were added.
    pub(super) segments: Vec<SegmentEntry>,
}

/// One segment: two files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SegmentEntry {
    pub(super) number: u32,
    /// Texts in it.
    pub(super) rows: u32,
    pub(super) texts: Seal,
    pub(super) sketches: Seal,
}

impl Manifest {
    /// Reads the manifest of an index; `None` when there is none.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>, IndexError> {
        let path = folder.join(MANIFEST);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(IndexError::read(&path, cause)),
        };
        let damaged = |detail: &str| IndexError::damaged(&path, detail);
        let line = bytes.iter().position(|byte| *byte == b'\n');
        let (line, json) = bytes.split_at(line.map_or(bytes.len(), |end| end + 1));
        let line = str::from_utf8(line).unwrap_or_default();
        let Some(rest) = line.strip_prefix(MAGIC).and_then(|rest| rest.strip_prefix(' ')) else {
            return Err(damaged("it does not begin as the manifest of an index does"));
        };
        if rest != seal(json) {
            let format = rest.split(' ').next().unwrap_or_default();
            if format != FORMAT.to_string() && format.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(IndexError::Version { path, found: format.to_owned(), known: FORMAT });
            }
            return Err(damaged("it does not have its checksum"));
        }
        let manifest = serde_json::from_slice(json).map_err(|e| damaged(&e.to_string()))?;
        Ok(Some(manifest))
    }

    /// Puts this manifest in the place of the one there is.
    pub(super) fn write(&self, folder: &Path) -> Result<(), IndexError> {
        let mut draft = Draft::create(folder, MANIFEST)?;
        let json = serde_json::to_string_pretty(self)
            .map_err(|cause| IndexError::write(draft.path(), cause.into()))?;
        let json = format!("{json}\n");
        draft.write(format!("{MAGIC} {}{json}", seal(json.as_bytes())).as_bytes())?;
        draft.commit()
    }
}

fn seal(json: &[u8]) -> String {
    format!("{FORMAT} {:016x}\n", xxh3_64(json))
}
