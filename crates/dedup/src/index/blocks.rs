//! A file of checksummed blocks of rows: written once, front to back, read at any row.
//!
//! ```text
//! magic, format                         8 + 4 bytes
//! blocks, each compressed on its own
//! about (JSON), directory of the blocks
//! their lengths, checksum of all but the blocks    4 + 4 + 8 bytes
//! ```
//! Numbers are little endian. The directory has for each block its stored and raw length, its rows,
//! and the XXH3 checksum of what is stored; a block that would not shrink is stored as it is. So
//! every byte of the file is under a checksum.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::IndexError;
use super::files::Draft;

const MAGIC: &[u8; 8] = b"newsmill";
/// Version of the format of index files.
pub(super) const FORMAT: u32 = 1;
const HEAD: u64 = 12;
const TRAILER: u64 = 16;
const DIRECTORY_ENTRY: usize = 20;
/// zstd level. On blocks of news text 3 saves a twentieth of the bytes and costs twice the time.
const LEVEL: i32 = 1;

/// What the manifest holds of a file, to know it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Seal {
    /// Length of the file.
    pub(super) bytes: u64,
    /// The checksum it ends with.
    pub(super) checksum: u64,
}

/// Where a block lies and what it holds.
#[derive(Debug, Clone, Copy)]
struct Place {
    offset: u64,
    stored: u32,
    raw: u32,
    rows: u32,
    checksum: u64,
    /// Number of its first row.
    first: u32,
}

/// Writes a file of blocks.
#[derive(Debug)]
pub(super) struct BlockWriter {
    draft: Draft,
    block_bytes: usize,
    raw: Vec<u8>,
    raw_rows: u32,
    directory: Vec<u8>,
    rows: u32,
    offset: u64,
}

impl BlockWriter {
    /// A file in which a block ends once its rows have `block_bytes` bytes.
    pub(super) fn create(
        folder: &Path,
        name: &str,
        block_bytes: usize,
    ) -> Result<Self, IndexError> {
        let mut draft = Draft::create(folder, name)?;
        draft.write(&head())?;
        Ok(Self {
            draft,
            block_bytes,
            raw: Vec::new(),
            raw_rows: 0,
            directory: Vec::new(),
            rows: 0,
            offset: HEAD,
        })
    }

    /// Adds a row: what `encode` appends to the block.
    pub(super) fn push(&mut self, encode: impl FnOnce(&mut Vec<u8>)) -> Result<(), IndexError> {
        encode(&mut self.raw);
        self.raw_rows += 1;
        self.rows = self.rows.checked_add(1).ok_or_else(|| self.full("too many texts"))?;
        if self.raw.len() >= self.block_bytes { self.end_block() } else { Ok(()) }
    }

    fn end_block(&mut self) -> Result<(), IndexError> {
        if self.raw_rows == 0 {
            return Ok(());
        }
        let packed = zstd::bulk::compress(&self.raw, LEVEL)
            .map_err(|cause| IndexError::write(self.draft.path(), cause))?;
        let stored = if packed.len() < self.raw.len() { &packed } else { &self.raw };
        let length = |bytes: &[u8]| u32::try_from(bytes.len());
        let (Ok(stored_bytes), Ok(raw_bytes)) = (length(stored), length(&self.raw)) else {
            return Err(self.full("a text is too large"));
        };
        for number in [stored_bytes, raw_bytes, self.raw_rows] {
            self.directory.extend(number.to_le_bytes());
        }
        self.directory.extend(xxh3_64(stored).to_le_bytes());
        self.offset += u64::from(stored_bytes);
        self.draft.write(stored)?;
        self.raw.clear();
        self.raw_rows = 0;
        Ok(())
    }

    fn full(&self, detail: &'static str) -> IndexError {
        IndexError::Full { path: self.draft.path().to_owned(), detail }
    }

    /// Ends the file with what is to be known about it. It is durable then, and has its name.
    pub(super) fn finish(mut self, about: &[u8]) -> Result<Seal, IndexError> {
        self.end_block()?;
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).map(u32::to_le_bytes);
        let (Ok(about_bytes), Ok(directory_bytes)) = (length(about), length(&self.directory))
        else {
            return Err(self.full("too many blocks"));
        };
        let lengths = [about_bytes, directory_bytes].concat();
        let checksum = checksum(about, &self.directory, &lengths);
        for part in [about, &self.directory, &lengths, &checksum.to_le_bytes()] {
            self.draft.write(part)?;
        }
        let tail = (about.len() + self.directory.len()) as u64 + TRAILER;
        self.draft.commit()?;
        Ok(Seal { bytes: self.offset + tail, checksum })
    }
}

fn head() -> [u8; HEAD as usize] {
    let mut head = [0; HEAD as usize];
    let (magic, format) = head.split_at_mut(MAGIC.len());
    magic.copy_from_slice(MAGIC);
    format.copy_from_slice(&FORMAT.to_le_bytes());
    head
}

fn checksum(about: &[u8], directory: &[u8], lengths: &[u8]) -> u64 {
    let mut hash = Xxh3::new();
    for part in [&head()[..], about, directory, lengths] {
        hash.update(part);
    }
    hash.digest()
}

/// A file of blocks, open for reading from any thread. It can be read to the end even when its name
/// is deleted meanwhile.
#[derive(Debug)]
pub(super) struct BlockFile {
    path: PathBuf,
    file: Mutex<File>,
    places: Vec<Place>,
    about: Vec<u8>,
    rows: u32,
    seal: Seal,
}

impl BlockFile {
    /// Opens a file and checks all but its blocks. A file that is not there is the error of that
    /// kind.
    pub(super) fn open(path: &Path) -> Result<Self, IndexError> {
        let failed = |cause| IndexError::read(path, cause);
        let mut file = File::open(path).map_err(failed)?;
        let bytes = file.seek(SeekFrom::End(0)).map_err(failed)?;
        let torn = || IndexError::damaged(path, "it is cut short");
        let mut read = |offset: u64, length: u64| -> Result<Vec<u8>, IndexError> {
            let mut part = vec![0; usize::try_from(length).map_err(|_| torn())?];
            file.seek(SeekFrom::Start(offset))
                .and_then(|_| file.read_exact(&mut part))
                .map_err(|cause| IndexError::read(path, cause))?;
            Ok(part)
        };
        let trailer_at = bytes.checked_sub(TRAILER).filter(|at| *at >= HEAD).ok_or_else(torn)?;
        let found = read(0, HEAD)?;
        if !found.starts_with(MAGIC) {
            return Err(IndexError::damaged(path, "it does not begin as a file of an index does"));
        }
        if found != head() {
            let found = found.get(MAGIC.len()..).and_then(|mut rest| number(&mut rest));
            let found = found.unwrap_or_default().to_string();
            return Err(IndexError::Version { path: path.to_owned(), found, known: FORMAT });
        }
        let trailer = read(trailer_at, TRAILER)?;
        let (lengths, seal) = trailer.split_at(8);
        let mut rest = lengths;
        let about_bytes = u64::from(number(&mut rest).ok_or_else(torn)?);
        let directory_bytes = u64::from(number(&mut rest).ok_or_else(torn)?);
        let about_at = trailer_at
            .checked_sub(about_bytes + directory_bytes)
            .filter(|at| *at >= HEAD)
            .ok_or_else(|| IndexError::damaged(path, "its end is cut off or overwritten"))?;
        let mut about = read(about_at, about_bytes + directory_bytes)?;
        let directory = about.split_off(about_bytes as usize);
        let checksum = checksum(&about, &directory, lengths);
        if checksum.to_le_bytes() != seal {
            return Err(IndexError::damaged(path, "its directory does not have its checksum"));
        }
        let (places, rows, end) = places(&directory)
            .ok_or_else(|| IndexError::damaged(path, "its directory makes no sense"))?;
        if end != about_at {
            return Err(IndexError::damaged(path, "its blocks do not fill it"));
        }
        let seal = Seal { bytes, checksum };
        Ok(Self { path: path.to_owned(), file: Mutex::new(file), places, about, rows, seal })
    }

    /// What is to be known about it.
    pub(super) fn about(&self) -> &[u8] {
        &self.about
    }

    pub(super) fn seal(&self) -> Seal {
        self.seal
    }

    /// Number of rows.
    pub(super) fn rows(&self) -> u32 {
        self.rows
    }

    /// Number of blocks.
    pub(super) fn blocks(&self) -> usize {
        self.places.len()
    }

    /// Rows of a block.
    pub(super) fn rows_of(&self, block: usize) -> u32 {
        self.places.get(block).map_or(0, |place| place.rows)
    }

    /// The block that holds a row, and which of its rows it is.
    pub(super) fn find(&self, row: u32) -> Option<(usize, u32)> {
        let after = self.places.partition_point(|place| place.first <= row);
        let block = after.checked_sub(1)?;
        let place = self.places.get(block)?;
        let within = row - place.first;
        (within < place.rows).then_some((block, within))
    }

    /// Reads and checks a block.
    pub(super) fn read(&self, block: usize) -> Result<Vec<u8>, IndexError> {
        let Some(place) = self.places.get(block) else { return Ok(Vec::new()) };
        let mut stored = vec![0; place.stored as usize];
        {
            let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(place.offset))
                .and_then(|_| file.read_exact(&mut stored))
                .map_err(|cause| match cause.kind() {
                    io::ErrorKind::UnexpectedEof => self.damaged("it is cut short"),
                    _ => IndexError::read(&self.path, cause),
                })?;
        }
        if xxh3_64(&stored) != place.checksum {
            let end = place.offset + u64::from(place.stored);
            return Err(
                self.damaged(format!("bytes {}..{end} do not have their checksum", place.offset))
            );
        }
        if place.stored == place.raw {
            return Ok(stored);
        }
        let raw = zstd::bulk::decompress(&stored, place.raw as usize)
            .map_err(|cause| self.damaged(format!("a block does not unpack: {cause}")))?;
        if raw.len() != place.raw as usize {
            return Err(self.damaged("a block unpacks to another length"));
        }
        Ok(raw)
    }

    pub(super) fn damaged(&self, detail: impl Into<String>) -> IndexError {
        IndexError::damaged(&self.path, detail)
    }
}

/// The places of the blocks, their rows in all, and where they end.
fn places(directory: &[u8]) -> Option<(Vec<Place>, u32, u64)> {
    let mut places = Vec::with_capacity(directory.len() / DIRECTORY_ENTRY);
    let (mut offset, mut first) = (HEAD, 0_u32);
    let mut rest = directory;
    while !rest.is_empty() {
        let (stored, raw, rows) = (number(&mut rest)?, number(&mut rest)?, number(&mut rest)?);
        let checksum = u64::from_le_bytes(*take(&mut rest)?);
        places.push(Place { offset, stored, raw, rows, checksum, first });
        offset = offset.checked_add(u64::from(stored))?;
        first = first.checked_add(rows)?;
    }
    Some((places, first, offset))
}

/// The next number of a list of bytes.
pub(super) fn number(rest: &mut &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(*take(rest)?))
}

/// The next `N` bytes of a list.
pub(super) fn take<'a, const N: usize>(rest: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (first, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(first)
}
