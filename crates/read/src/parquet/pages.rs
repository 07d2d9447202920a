//! The pages of a column, checked before their decoder makes room for what they say to hold.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use newsmill_article::{Limits, RejectKind};
use parquet::file::metadata::ColumnChunkMetaData;

use super::Failure;
use super::footer::STATISTICS;
use super::thrift::Kind::{Bool, Integer, Struct};
use super::thrift::{Fields, Seen, check};

/// Bytes that one page may become.
const PAGE_BYTES: i64 = 256 << 20;

/// Bytes that are read at once in search of headers.
const READ: usize = 64 << 10;

static HEADER: Fields = Fields(&[
    (1, Integer),
    (UNCOMPRESSED, Integer),
    (COMPRESSED, Integer),
    (4, Integer),
    (5, Struct(&DATA)),
    (6, Struct(&INDEX)),
    (7, Struct(&DICTIONARY)),
    (8, Struct(&DATA_V2)),
]);
const UNCOMPRESSED: i16 = 2;
const COMPRESSED: i16 = 3;
static DATA: Fields = Fields(&[
    (NUM_VALUES, Integer),
    (2, Integer),
    (3, Integer),
    (4, Integer),
    (5, Struct(&STATISTICS)),
]);
static DATA_V2: Fields = Fields(&[
    (NUM_VALUES, Integer),
    (2, Integer),
    (3, Integer),
    (4, Integer),
    (5, Integer),
    (6, Integer),
    (7, Bool),
    (8, Struct(&STATISTICS)),
]);
static DICTIONARY: Fields = Fields(&[(NUM_VALUES, Integer), (2, Integer), (3, Bool)]);
const NUM_VALUES: i16 = 1;
static INDEX: Fields = Fields(&[]);

/// What the header of a page says.
#[derive(Default)]
struct Page {
    uncompressed: i64,
    compressed: i64,
    values: i64,
    entries: i64,
}

impl Page {
    /// The header at the front of `bytes`, and its length.
    fn read(bytes: &[u8]) -> Option<(Self, usize)> {
        let mut page = Self::default();
        let length = check(bytes, &HEADER, &mut |fields, seen| {
            if let Seen::Integer(field, value) = seen {
                let is = |other| std::ptr::eq(fields, other);
                match field {
                    UNCOMPRESSED if is(&HEADER) => page.uncompressed = value,
                    COMPRESSED if is(&HEADER) => page.compressed = value,
                    NUM_VALUES if is(&DATA) || is(&DATA_V2) => page.values = value,
                    NUM_VALUES if is(&DICTIONARY) => page.entries = value,
                    _ => {}
                }
            }
            Some(())
        })?;
        Some((page, length))
    }
}

/// Makes sure that the pages of a column hold no more values and become no more bytes than the
/// footer says, which was held against the limits before.
pub(super) fn check_pages(
    file: &File,
    column: &ColumnChunkMetaData,
    limits: &Limits,
) -> Result<(), Failure> {
    let name = column.column_path().string();
    let fail = |why: &str| Failure::corrupt(format!("a page of column {name:?} {why}"));
    let start = column.dictionary_page_offset().unwrap_or(column.data_page_offset());
    let file_bytes = file.metadata().map_err(Failure::Io)?.len();
    let range = u64::try_from(start).ok().zip(u64::try_from(column.compressed_size()).ok());
    let range = range.and_then(|(start, length)| Some((start, start.checked_add(length)?)));
    let Some((start, end)) = range.filter(|(_, end)| *end <= file_bytes) else {
        return Err(fail("lies beyond the file"));
    };
    let mut bytes = Bytes { file, at: start, held: Vec::new() };
    let (mut at, mut values) = (start, 0i64);
    while at < end {
        let (page, length) = bytes
            .header(at, end, limits)
            .map_err(Failure::Io)?
            .ok_or_else(|| fail("has a damaged header"))?;
        at += length as u64;
        let stored = u64::try_from(page.compressed).ok().filter(|stored| *stored <= end - at);
        at += stored.ok_or_else(|| fail("is longer than its column"))?;
        if page.uncompressed > PAGE_BYTES {
            let why = format!(
                "a page of column {name:?} has {} bytes, more than {PAGE_BYTES}",
                page.uncompressed
            );
            return Err(Failure::Of(RejectKind::TooLong, why));
        }
        if !(0..=column.uncompressed_size()).contains(&page.uncompressed) {
            return Err(fail("has more bytes than its column"));
        }
        // Each value of a dictionary is there, in a byte or more.
        if !(0..=page.uncompressed).contains(&page.entries) {
            return Err(fail("has more values than bytes"));
        }
        values = values.saturating_add(page.values);
        if page.values < 0 || values > column.num_values() {
            return Err(fail("has more values than its column"));
        }
    }
    Ok(())
}

/// A part of a file that was read last.
struct Bytes<'f> {
    file: &'f File,
    at: u64,
    held: Vec<u8>,
}

impl Bytes<'_> {
    /// The header of the page at `at`, and its length; statistics in it may hold whole texts.
    fn header(&mut self, at: u64, end: u64, limits: &Limits) -> io::Result<Option<(Page, usize)>> {
        let skipped = usize::try_from(at - self.at).unwrap_or(usize::MAX);
        if let Some(found) = self.held.get(skipped..).and_then(Page::read) {
            return Ok(Some(found));
        }
        let mut amount = READ;
        loop {
            let mut file = self.file;
            file.seek(SeekFrom::Start(at))?;
            self.held.clear();
            self.at = at;
            file.take((end - at).min(amount as u64)).read_to_end(&mut self.held)?;
            let found = Page::read(&self.held);
            if found.is_some() || self.held.len() < amount || amount > limits.record_bytes {
                return Ok(found);
            }
            amount *= 8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read() {
        let data = [0x15, 0, 0x15, 20, 0x15, 18, 0x2c, 0x15, 6, 0x15, 0, 0x15, 0, 0x15, 0, 0, 0];
        let (page, length) = Page::read(&data).unwrap();
        assert_eq!((page.uncompressed, page.compressed, page.values), (10, 9, 3));
        assert_eq!(length, data.len());
        for cut in 0..data.len() {
            assert!(Page::read(&data[..cut]).is_none());
        }
        // Statistics that are none.
        assert!(Page::read(&[0x55, 2, 0]).is_none());
    }
}
