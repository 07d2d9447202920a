//! Records that could not be read: a row of each, and their bytes.

use newsmill_article::Reject;
use tar::{EntryType, Header};

use crate::{FileEntry, OutputError, REJECTED, REJECTED_BYTES, RejectedRow, RunFile, Store};

/// Tar archives are made of blocks of so many bytes.
const BLOCK: usize = 512;

/// `rejected.jsonl`, and, where rejects have payloads, `rejected.tar` with a file for each (POSIX
/// ustar), named by a counter.
///
/// ```
/// use newsmill_article::{Origin, Payload, Reject, RejectKind, Stage};
/// use newsmill_output::{MemoryStore, RejectedFiles};
///
/// let store = MemoryStore::new();
/// let mut files = RejectedFiles::create(&store)?;
/// let reject = Reject::new(Origin::new("a", 0), Stage::Read, RejectKind::Malformed, "no JSON");
/// files.push(&store, &reject.with_payload(Payload::row(b"no json")))?;
/// assert_eq!(files.commit()?.len(), 2);
/// # Ok::<(), newsmill_output::OutputError>(())
/// ```
#[derive(Debug)]
pub struct RejectedFiles {
    rows: RunFile,
    payloads: Option<RunFile>,
}

impl RejectedFiles {
    /// No rejects yet.
    ///
    /// # Errors
    /// As [`Store::create`].
    pub fn create(store: &dyn Store) -> Result<Self, OutputError> {
        Ok(Self { rows: RunFile::create(store, REJECTED)?, payloads: None })
    }

    /// Adds a reject, with its payload if it has one.
    ///
    /// # Errors
    /// As [`RunFile::write`], and as [`Store::create`] with the first payload.
    pub fn push(&mut self, store: &dyn Store, reject: &Reject) -> Result<(), OutputError> {
        let mut name = None;
        if let Some(payload) = &reject.payload {
            let file = match &mut self.payloads {
                Some(file) => file,
                none => none.insert(RunFile::create(store, REJECTED_BYTES)?),
            };
            let member = format!("{:08}.{}", file.rows(), payload.extension);
            file.write(header(&member, payload.bytes.len()).as_bytes(), 0)?;
            file.write(&payload.bytes, 1)?;
            file.write(&[0; BLOCK][..padding(payload.bytes.len())], 0)?;
            name = Some(format!("{REJECTED_BYTES}!/{member}"));
        }
        self.rows.write_row(&RejectedRow::new(reject, name.as_deref()))
    }

    /// Makes the files durable and gives them their names.
    ///
    /// # Errors
    /// As [`RunFile::commit`].
    pub fn commit(self) -> Result<Vec<FileEntry>, OutputError> {
        let mut entries = vec![self.rows.commit()?];
        if let Some(mut payloads) = self.payloads {
            payloads.write(&[0; 2 * BLOCK], 0)?;
            entries.push(payloads.commit()?);
        }
        Ok(entries)
    }
}

/// Bytes up to the next whole block.
fn padding(length: usize) -> usize {
    length.next_multiple_of(BLOCK) - length
}

fn header(name: &str, length: usize) -> Header {
    let mut header = Header::new_ustar();
    for (slot, byte) in header.as_old_mut().name.iter_mut().zip(name.bytes()) {
        *slot = byte;
    }
    header.set_entry_type(EntryType::Regular);
    header.set_size(length as u64);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_cksum();
    header
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use newsmill_article::{Origin, Payload, RejectKind, Stage};

    use super::*;
    use crate::MemoryStore;

    #[test]
    fn payloads_are_files_of_an_archive() {
        let store = MemoryStore::new();
        let reject = Reject::new(Origin::new("a", 0), Stage::Read, RejectKind::Malformed, "why");
        let payloads = [vec![], vec![b'x'; 512], b"a\0b\xff".to_vec(), vec![b'y'; 5_000]];
        let mut files = RejectedFiles::create(&store).unwrap();
        files.push(&store, &reject).unwrap();
        for bytes in &payloads {
            let payload = Payload { bytes: bytes.clone(), extension: "html".into() };
            files.push(&store, &reject.clone().with_payload(payload)).unwrap();
        }
        let entries = files.commit().unwrap();
        assert_eq!(entries.iter().map(|e| e.rows).collect::<Vec<_>>(), [Some(5), Some(4)]);
        let bytes = store.file(REJECTED_BYTES).unwrap();
        let mut archive = tar::Archive::new(bytes.as_slice());
        let mut names = Vec::new();
        for (entry, want) in archive.entries().unwrap().zip(&payloads) {
            let (mut entry, mut got) = (entry.unwrap(), Vec::new());
            entry.read_to_end(&mut got).unwrap();
            assert_eq!(got, *want);
            names.push(entry.path().unwrap().display().to_string());
        }
        assert_eq!(names, ["00000000.html", "00000001.html", "00000002.html", "00000003.html"]);
        let rows = String::from_utf8(store.file(REJECTED).unwrap()).unwrap();
        let payloads: Vec<serde_json::Value> = rows
            .lines()
            .map(|row| serde_json::from_str::<serde_json::Value>(row).unwrap()["payload"].clone())
            .collect();
        assert_eq!(payloads[0], serde_json::Value::Null);
        assert_eq!(payloads[4], "rejected.tar!/00000003.html");
    }

    #[test]
    fn without_payloads_there_is_no_archive() {
        let store = MemoryStore::new();
        assert_eq!(RejectedFiles::create(&store).unwrap().commit().unwrap().len(), 1);
        assert_eq!(store.names(), [REJECTED]);
    }
}
