//! Parquet.

mod columns;
mod footer;
mod pages;
mod thrift;

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use newsmill_article::{Limits, Origin, Record, Reject, RejectKind, Stage};
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};
use parquet::basic::Type;
use parquet::column::page::PageReader;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};
use parquet::file::reader::SerializedPageReader;

use crate::ReadOptions;
use crate::container::{Container, Cut, Source};
use crate::inflate::reject;
use columns::Columns;
use pages::check_pages;

/// What a file starts and ends with.
const MAGIC: &[u8] = b"PAR1";

/// Bytes behind the footer: its length and the magic.
const TAIL: u64 = 8;

/// Bytes of values that are read at once, about.
const BATCH_BYTES: u64 = 4 << 20;

/// Rows that are read at once, at most.
const BATCH_ROWS: u64 = 4096;

/// Bytes that the rows read at once may have if each holds the longest value of a dictionary.
const DICTIONARY_BATCH_BYTES: u64 = 64 << 20;

/// [Parquet](https://parquet.apache.org/docs/file-format/): a row an article. The columns named by
/// [`ReadOptions`] hold the text and the id; every other one is carried along as JSON, nested ones
/// too, save where a row has null. Binary columns are not read. A text without the annotation that
/// it is one is in [`ReadOptions::encoding`], or the parser finds that out.
///
/// Row groups are read one by one. What cannot be read costs the rest of its row group, in one
/// reject. A row has no bytes of its own: its place is the offset of its row group, its length that
/// of its values. The index stands at the end of a file, so that what is no plain file is put into a
/// temporary one first.
#[derive(Clone, Copy, Debug)]
pub struct Parquet;

impl Container for Parquet {
    fn name(&self) -> &'static str {
        "parquet"
    }

    fn about(&self) -> &'static str {
        "Parquet: a row an article, with the text in one of the columns"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["parquet", "pq"]
    }

    fn example(&self) -> &'static [u8] {
        include_bytes!("example.parquet")
    }

    fn sniff(&self, head: &[u8]) -> bool {
        head.starts_with(MAGIC)
    }

    fn records(&self, source: Source, options: &ReadOptions, limits: &Limits) -> Cut {
        let path = Arc::clone(&source.path);
        match Rows::open(source, options, limits) {
            Ok(rows) => Box::new(rows),
            Err(failure) => {
                Box::new(std::iter::once(Err(failure.into_reject(Origin::new(path, 0)))))
            }
        }
    }
}

/// Why a file cannot be read.
enum Failure {
    Io(io::Error),
    Of(RejectKind, String),
}

impl Failure {
    fn corrupt(detail: impl std::fmt::Display) -> Self {
        Self::Of(RejectKind::Corrupt, detail.to_string())
    }

    fn into_reject(self, origin: Origin) -> Reject {
        match self {
            Self::Io(error) => reject(&error, origin),
            Self::Of(kind, detail) => Reject::new(origin, Stage::Read, kind, detail),
        }
    }
}

struct Rows {
    file: File,
    path: Arc<str>,
    metadata: ArrowReaderMetadata,
    columns: Columns,
    limits: Limits,
    /// The row group to be opened next.
    next_group: usize,
    group: Option<Group>,
    ready: VecDeque<Result<Record, Reject>>,
    ordinal: u64,
}

/// A row group that is being read.
struct Group {
    reader: ParquetRecordBatchReader,
    number: usize,
    offset: u64,
    rows: u64,
    read: u64,
}

/// First byte of a column in its file, as the footer says it: it may be negative in a damaged one.
fn start(column: &ColumnChunkMetaData) -> i64 {
    column.dictionary_page_offset().unwrap_or(column.data_page_offset())
}

impl Rows {
    fn open(source: Source, options: &ReadOptions, limits: &Limits) -> Result<Self, Failure> {
        let path = Arc::clone(&source.path);
        let mut file = seekable(source).map_err(Failure::Io)?;
        check_footer(&mut file, limits)?;
        let reading = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let metadata = unless_panic(|| ArrowReaderMetadata::load(&file, reading))?;
        let columns = Columns::of(&metadata, options, limits)?;
        let (group, ready) = (None, VecDeque::new());
        let limits = limits.clone();
        Ok(Self { file, path, metadata, columns, limits, next_group: 0, group, ready, ordinal: 0 })
    }

    /// Opens the next row group. `None` behind the last.
    fn open_group(&mut self) -> Option<Result<Group, Reject>> {
        let number = self.next_group;
        let about = self.metadata.metadata().row_groups().get(number)?;
        self.next_group += 1;
        let rows = u64::try_from(about.num_rows()).unwrap_or(0);
        let bytes = u64::try_from(about.total_byte_size()).unwrap_or(0);
        let starts = about.columns().iter().map(|c| u64::try_from(start(c)).unwrap_or(0));
        let offset = starts.min().unwrap_or(0);
        let at_once = (BATCH_BYTES / (bytes / rows.max(1)).max(1)).clamp(1, BATCH_ROWS);
        let opened = self.check_size(about).and_then(|()| {
            let file = self.file.try_clone().map_err(Failure::Io)?;
            for column in self.columns.read_of(about) {
                check_pages(&file, column, &self.limits)?;
            }
            let longest = unless_panic(|| longest_in_dictionaries(&file, about, &self.columns))?;
            let at_once = at_once.min(DICTIONARY_BATCH_BYTES / longest.max(1)).max(1);
            unless_panic(|| {
                ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
                    .with_row_groups(vec![number])
                    .with_projection(self.columns.projection())
                    .with_batch_size(usize::try_from(at_once).unwrap_or(1))
                    .build()
            })
        });
        Some(match opened {
            Ok(reader) => Ok(Group { reader, number, offset, rows, read: 0 }),
            Err(failure) => {
                let origin = Origin::new(Arc::clone(&self.path), self.ordinal).at(offset, bytes);
                self.ordinal += 1;
                Err(failure.into_reject(origin))
            }
        })
    }

    /// Makes sure that what is read of a row group does not become more than the limits allow.
    fn check_size(&self, group: &RowGroupMetaData) -> Result<(), Failure> {
        for column in self.columns.read_of(group) {
            let stored = u64::try_from(column.compressed_size()).unwrap_or(0);
            let bytes = u64::try_from(column.uncompressed_size()).unwrap_or(u64::MAX);
            let values = u64::try_from(column.num_values()).unwrap_or(u64::MAX);
            let limit = self.limits.expansion_ratio;
            // Runs of equal values and of nulls are stored in next to nothing.
            let most = bytes.max(values);
            let name = column.column_path().string();
            if start(column) < 0 || column.data_page_offset() < 0 || column.compressed_size() < 0 {
                let why = format!("column {name:?} lies outside the file");
                return Err(Failure::corrupt(why));
            }
            if most > self.limits.record_bytes as u64 && most > stored.saturating_mul(limit) {
                let why = format!(
                    "column {name:?} has {bytes} bytes and {values} values in {stored} bytes, more \
                     than the limit expansion_ratio = {limit} allows"
                );
                return Err(Failure::Of(RejectKind::TooLong, why));
            }
            if column.column_descr().max_rep_level() == 0 && column.num_values() > group.num_rows()
            {
                return Err(Failure::corrupt(format!("column {name:?} has more values than rows")));
            }
        }
        Ok(())
    }

    /// Reads the next rows of a row group; false at its end.
    fn read_on(&mut self, group: &mut Group) -> bool {
        let origin = Origin::new(Arc::clone(&self.path), self.ordinal).at(group.offset, 0);
        let (reader, columns) = (&mut group.reader, &self.columns);
        let batch = unless_panic(|| {
            let batch = reader.next().transpose()?;
            batch.map(|batch| columns.records(&batch, &origin)).transpose()
        });
        let (rows, read) = (group.rows, group.read);
        let why = match batch {
            Ok(Some(records)) => {
                group.read += records.len() as u64;
                self.ordinal += records.len() as u64;
                self.ready.extend(records);
                return true;
            }
            Ok(None) if read == rows => return false,
            Ok(None) => "it ends early".to_owned(),
            Err(Failure::Io(error)) => error.to_string(),
            Err(Failure::Of(_, why)) => why,
        };
        let detail = format!(
            "row group {} cannot be read on behind {read} of {rows} rows: {why}",
            group.number
        );
        self.ready.push_back(Err(Reject::new(origin, Stage::Read, RejectKind::Corrupt, detail)));
        self.ordinal += 1;
        false
    }
}

impl Iterator for Rows {
    type Item = Result<Record, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.ready.pop_front() {
                return Some(row);
            }
            let mut group = match self.group.take() {
                Some(group) => group,
                None => match self.open_group()? {
                    Ok(group) => group,
                    Err(reject) => return Some(Err(reject)),
                },
            };
            if self.read_on(&mut group) {
                self.group = Some(group);
            }
        }
    }
}

/// Bytes of the longest text that a dictionary of the row group holds. It stands there once, and every
/// row may be it.
fn longest_in_dictionaries(
    file: &File,
    group: &RowGroupMetaData,
    columns: &Columns,
) -> Result<u64, ParquetError> {
    let file = Arc::new(file.try_clone()?);
    let rows = usize::try_from(group.num_rows()).unwrap_or(0);
    let mut longest = 0;
    for column in columns.read_of(group).filter(|c| c.column_type() == Type::BYTE_ARRAY) {
        let mut pages = SerializedPageReader::new(Arc::clone(&file), column, rows, None)?;
        if !pages.peek_next_page()?.is_some_and(|page| page.is_dict) {
            continue;
        }
        let Some(page) = pages.get_next_page()? else { continue };
        let mut values = &page.buffer()[..];
        while let Some((length, rest)) = values.split_first_chunk() {
            let length = u32::from_le_bytes(*length);
            longest = longest.max(u64::from(length));
            values = usize::try_from(length).ok().and_then(|at| rest.get(at..)).unwrap_or_default();
        }
    }
    Ok(longest)
}

/// What `read` gives. Damage that the decoder did not foresee makes it panic.
fn unless_panic<T>(read: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, Failure> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(Failure::corrupt(error)),
        Err(_) => Err(Failure::corrupt("its decoder gave up on it")),
    }
}

/// The input as a file that can be read from any place.
fn seekable(source: Source) -> io::Result<File> {
    let Source { mut reader, file, .. } = source;
    if let Some(mut file) = file {
        let mut head = [0; MAGIC.len()];
        let place = file.stream_position()?;
        file.seek(SeekFrom::Start(0))?;
        // What is compressed as a whole starts with something else.
        if file.read_exact(&mut head).is_ok() && head == MAGIC {
            return Ok(file);
        }
        // The reader goes on at the same place of the same file.
        file.seek(SeekFrom::Start(place))?;
    }
    let mut copy = tempfile::tempfile()?;
    io::copy(&mut reader, &mut copy)?;
    Ok(copy)
}

/// Checks what the decoder would trust: that the footer is there, no longer than a record may be,
/// and not nested too deep.
fn check_footer(file: &mut File, limits: &Limits) -> Result<(), Failure> {
    let length = file.seek(SeekFrom::End(0)).map_err(Failure::Io)?;
    if length < TAIL + MAGIC.len() as u64 {
        return Err(Failure::corrupt("it is too short for a Parquet file"));
    }
    let mut tail = [0; TAIL as usize];
    file.seek(SeekFrom::Start(length - TAIL)).map_err(Failure::Io)?;
    file.read_exact(&mut tail).map_err(Failure::Io)?;
    let [a, b, c, d, magic @ ..] = tail;
    if magic == *b"PARE" {
        return Err(Failure::Of(RejectKind::Unsupported, "its footer is encrypted".into()));
    }
    if magic != *MAGIC {
        return Err(Failure::corrupt("its footer is missing: the file may be cut"));
    }
    let footer = u64::from(u32::from_le_bytes([a, b, c, d]));
    if footer > limits.record_bytes as u64 {
        let limit = limits.record_bytes;
        let why =
            format!("its footer has {footer} bytes, more than the limit record_bytes = {limit}");
        return Err(Failure::Of(RejectKind::TooLong, why));
    }
    let Some(start) = (length - TAIL).checked_sub(footer) else {
        return Err(Failure::corrupt("its footer is longer than the file"));
    };
    file.seek(SeekFrom::Start(start)).map_err(Failure::Io)?;
    let mut bytes = Vec::new();
    file.take(footer).read_to_end(&mut bytes).map_err(Failure::Io)?;
    match footer::is_bounded(&bytes) {
        true => Ok(()),
        false => Err(Failure::corrupt("its schema is damaged or nested too deep")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records_of;
    use arrow_array::{ArrayRef, RecordBatch, StringArray};
    use parquet::arrow::ArrowWriter;
    use parquet::file::properties::{EnabledStatistics, WriterProperties};

    /// A file of one column of three texts, in one page behind the magic.
    fn file() -> Vec<u8> {
        let texts: ArrayRef = Arc::new(StringArray::from(vec!["A river rose.", "It fell.", "So."]));
        let batch = RecordBatch::try_from_iter([("text", texts)]).unwrap();
        let properties = WriterProperties::builder()
            .set_dictionary_enabled(false)
            .set_statistics_enabled(EnabledStatistics::None)
            .set_offset_index_disabled(true)
            .build();
        let mut writer =
            ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        writer.into_inner().unwrap()
    }

    fn read(bytes: Vec<u8>) -> Vec<Result<Record, Reject>> {
        let input = io::Cursor::new(bytes);
        records_of(input, "t", &ReadOptions::default(), &Limits::default()).unwrap().collect()
    }

    #[test]
    fn a_page_that_lies_is_not_read() {
        let good = file();
        assert_eq!(read(good.clone()).iter().flatten().count(), 3);
        // The header says the type, both sizes, and then in a struct how many values there are.
        assert_eq!((good[4], good[6], good[8], good[10]), (0x15, 0x15, 0x15, 0x2c));
        let values = 12;
        assert_eq!(good[values - 1..=values], [0x15, 3 << 1]);
        let sizes_as_text = [&good[..6], &[0x18], &good[7..]].concat();
        let patched = |at: usize, byte: u8| [&good[..at], &[byte], &good[at + 1..]].concat();
        let cases = [
            (patched(values, 100), "has more values than its column"),
            (patched(values, 5), "has more values than its column"),
            (patched(7, 126), "has more bytes than its column"),
            (patched(9, 126), "is longer than its column"),
            (sizes_as_text, "has a damaged header"),
        ];
        for (bytes, why) in cases {
            let rows = read(bytes);
            let reject = rows[0].clone().unwrap_err();
            assert_eq!((rows.len(), reject.kind), (1, RejectKind::Corrupt), "{why}");
            assert_eq!(reject.detail, format!("a page of column \"text\" {why}"));
        }
    }
}
