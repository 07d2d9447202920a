//! Parts: compressed rows shared out over files of bounded size.

use std::io;

use zstd::bulk::Compressor;
use zstd::zstd_safe::CParameter;

use crate::{FileEntry, Format, OutputError, RunFile, Store};

/// Bytes of uncompressed rows of a part unless set otherwise: 1 GiB.
pub const PART_BYTES: u64 = 1 << 30;

/// Whole rows in one zstd frame (RFC 8878) with its length and checksum.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frame {
    bytes: Vec<u8>,
    rows: u64,
    length: u64,
}

impl Frame {
    /// Compresses `rows`, `count` of them, at zstd's `level` (1 to 22, 3 is usual). The same rows
    /// give the same frame on any thread.
    ///
    /// # Errors
    /// When zstd cannot get memory.
    pub fn compress(rows: &[u8], count: u64, level: i32) -> io::Result<Self> {
        let mut compressor = Compressor::new(level)?;
        compressor.set_parameter(CParameter::ChecksumFlag(true))?;
        let bytes = compressor.compress(rows)?;
        Ok(Self { bytes, rows: count, length: rows.len() as u64 })
    }

    /// The compressed bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Writes frames, in the order they are handed in, to `articles/part-00000.…`, `part-00001.…`. A
/// part is closed before the frame with which it would pass its size; concatenated frames are one
/// zstd stream, so `zstdcat` reads a part like any other file.
///
/// Where parts end depends on the frames alone, so frames must be cut the same way in every run.
#[derive(Debug)]
pub struct PartWriter<'s> {
    store: &'s dyn Store,
    format: &'s dyn Format,
    part_bytes: u64,
    current: Option<Part>,
    done: Vec<FileEntry>,
}

#[derive(Debug)]
struct Part {
    file: RunFile,
    length: u64,
}

impl<'s> PartWriter<'s> {
    /// A writer of parts of [`PART_BYTES`]. No file is opened yet.
    #[must_use]
    pub fn new(store: &'s dyn Store, format: &'s dyn Format) -> Self {
        Self { store, format, part_bytes: PART_BYTES, current: None, done: Vec::new() }
    }

    /// The same with parts of `part_bytes` uncompressed bytes; a longer frame gets its own part.
    #[must_use]
    pub fn with_part_bytes(mut self, part_bytes: u64) -> Self {
        self.part_bytes = part_bytes;
        self
    }

    /// Adds one frame.
    ///
    /// # Errors
    /// [`OutputError::Write`]; the part in hand is lost then, those before it stand.
    pub fn push(&mut self, frame: &Frame) -> Result<(), OutputError> {
        let full = |p: &Part| p.length > 0 && p.length + frame.length > self.part_bytes;
        if self.current.as_ref().is_some_and(full) {
            self.close()?;
        }
        let mut part = match self.current.take() {
            Some(part) => part,
            None => self.open()?,
        };
        part.file.write(&frame.bytes, frame.rows)?;
        part.length += frame.length;
        self.current = Some(part);
        Ok(())
    }

    /// Closes the last part and lists all. There is always one, even without a row.
    ///
    /// # Errors
    /// As [`PartWriter::push`].
    pub fn finish(mut self) -> Result<Vec<FileEntry>, OutputError> {
        if self.current.is_none() {
            let mut part = self.open()?;
            let empty = Frame::compress(&[], 0, 1).map_err(|e| self.error(e))?;
            part.file.write(&empty.bytes, 0)?;
            self.current = Some(part);
        }
        self.close()?;
        Ok(self.done)
    }

    fn open(&self) -> Result<Part, OutputError> {
        let mut file = RunFile::create(self.store, &self.name())?;
        let mut head = Vec::new();
        self.format.head(&mut head).map_err(|e| self.error(e))?;
        self.write_around(&mut file, &head)?;
        Ok(Part { file, length: 0 })
    }

    fn close(&mut self) -> Result<(), OutputError> {
        let Some(mut part) = self.current.take() else { return Ok(()) };
        let mut tail = Vec::new();
        self.format.tail(&mut tail).map_err(|e| self.error(e))?;
        self.write_around(&mut part.file, &tail)?;
        self.done.push(part.file.commit()?);
        Ok(())
    }

    fn write_around(&self, file: &mut RunFile, bytes: &[u8]) -> Result<(), OutputError> {
        if bytes.is_empty() {
            return Ok(());
        }
        let frame = Frame::compress(bytes, 0, 3).map_err(|e| self.error(e))?;
        file.write(&frame.bytes, 0)
    }

    fn name(&self) -> String {
        self.format.file_name(self.done.len() as u64)
    }

    fn error(&self, error: io::Error) -> OutputError {
        OutputError::write(self.store.shown(&self.name()), error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ArticleRow, Files, Jsonl, MemoryStore};
    use proptest::prelude::*;
    use std::io::Write;

    #[test]
    fn a_part_ends_before_the_frame_that_would_overfill_it() {
        let store = MemoryStore::new();
        let mut parts = PartWriter::new(&store, &Jsonl).with_part_bytes(10);
        for rows in ["aaaa\n", "bbbb\n", "c\n", "ddddddddddddddd\n", "e\n"] {
            parts.push(&Frame::compress(rows.as_bytes(), 1, 3).unwrap()).unwrap();
        }
        let files = parts.finish().unwrap();
        let rows: Vec<_> = files.iter().map(|f| f.rows).collect();
        assert_eq!(rows, [Some(2), Some(1), Some(1), Some(1)]);
        for file in &files {
            let bytes = store.file(&file.name).unwrap();
            assert_eq!(bytes.len() as u64, file.bytes);
            assert_eq!(format!("{:016x}", xxhash_rust::xxh3::xxh3_64(&bytes)), file.xxh3);
        }
        let first = store.file("articles/part-00000.jsonl.zst").unwrap();
        assert_eq!(zstd::decode_all(first.as_slice()).unwrap(), b"aaaa\nbbbb\n");
    }

    #[test]
    fn no_rows_are_one_empty_part() {
        let store = MemoryStore::new();
        let files = PartWriter::new(&store, &Jsonl).finish().unwrap();
        assert_eq!(files.len(), 1);
        let bytes = store.file(&files[0].name).unwrap();
        assert_eq!(zstd::decode_all(bytes.as_slice()).unwrap(), b"");
    }

    #[test]
    fn a_damaged_frame_is_noticed() {
        let frame = Frame::compress(&b"a river rose\n".repeat(50), 50, 3).unwrap();
        let mut bytes = frame.bytes().to_vec();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        assert!(zstd::decode_all(bytes.as_slice()).is_err());
    }

    struct Framed;
    impl Format for Framed {
        fn name(&self) -> &'static str {
            "framed"
        }
        fn extension(&self) -> &'static str {
            "txt"
        }
        fn about(&self) -> &'static str {
            "rows between a head and a tail"
        }
        fn files(&self) -> Files {
            Files::Parts
        }
        fn head(&self, to: &mut dyn Write) -> io::Result<()> {
            to.write_all(b"head\n")
        }
        fn article(&self, row: &ArticleRow<'_>, to: &mut dyn Write) -> io::Result<()> {
            to.write_all(row.text().as_bytes())
        }
        fn tail(&self, to: &mut dyn Write) -> io::Result<()> {
            to.write_all(b"tail\n")
        }
    }

    #[test]
    fn every_part_has_its_head_and_tail() {
        let store = MemoryStore::new();
        let mut parts = PartWriter::new(&store, &Framed).with_part_bytes(1);
        for rows in ["a\n", "b\n"] {
            parts.push(&Frame::compress(rows.as_bytes(), 1, 3).unwrap()).unwrap();
        }
        let files = parts.finish().unwrap();
        let read = |i: usize| zstd::decode_all(store.file(&files[i].name).unwrap().as_slice());
        assert_eq!(read(0).unwrap(), b"head\na\ntail\n");
        assert_eq!(read(1).unwrap(), b"head\nb\ntail\n");
    }

    proptest! {
        #[test]
        fn frames_joined_are_the_rows_joined(
            rows in proptest::collection::vec("[a-z{}\"é\n]{0,40}", 0..12),
            part_bytes in 0u64..100,
            level in 1i32..10,
        ) {
            let store = MemoryStore::new();
            let mut parts = PartWriter::new(&store, &Jsonl).with_part_bytes(part_bytes);
            for row in &rows {
                parts.push(&Frame::compress(row.as_bytes(), 1, level).unwrap()).unwrap();
            }
            let files = parts.finish().unwrap();
            let mut all = Vec::new();
            for file in &files {
                all.extend(zstd::decode_all(store.file(&file.name).unwrap().as_slice()).unwrap());
            }
            prop_assert_eq!(all, rows.concat().into_bytes());
            prop_assert_eq!(files.iter().filter_map(|f| f.rows).sum::<u64>(), rows.len() as u64);
        }
    }
}
