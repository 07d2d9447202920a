//! Columns to a file: row groups encoded in parallel, written in order.

use std::io::{self, Write};
use std::sync::Arc;

use arrow_array::RecordBatch;
use parquet::arrow::ArrowSchemaConverter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesPtr};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::TypePtr;

use super::schema::SCHEMA;

/// Columns that are to be a row group.
#[derive(Debug, Default)]
pub(crate) struct RowGroup {
    batches: Vec<RecordBatch>,
    rows: u64,
}

impl RowGroup {
    pub(crate) fn push(&mut self, batch: RecordBatch) {
        self.rows += batch.num_rows() as u64;
        self.batches.push(batch);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }
}

/// Encodes row groups, all alike.
pub(crate) struct RowGroups {
    factory: ArrowRowGroupWriterFactory,
    root: TypePtr,
    properties: WriterPropertiesPtr,
}

/// A row group as it stands in a file.
pub(crate) struct Encoded {
    chunks: Vec<ArrowColumnChunk>,
    rows: u64,
}

impl RowGroups {
    /// Row groups compressed at zstd's `level`.
    pub(crate) fn new(level: i32) -> io::Result<Self> {
        let level = ZstdLevel::try_new(level).map_err(io_error)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_statistics_enabled(EnabledStatistics::Page)
            // Texts do not recur: a dictionary of them costs time and is given up anyway.
            .set_column_dictionary_enabled("text".into(), false)
            .set_column_dictionary_enabled("id".into(), false)
            .build();
        let properties = Arc::new(properties);
        let schema = ArrowSchemaConverter::new().convert(&SCHEMA).map_err(io_error)?;
        let root = schema.root_schema_ptr();
        let nowhere = SerializedFileWriter::new(io::sink(), root.clone(), properties.clone());
        let factory = ArrowRowGroupWriterFactory::new(&nowhere.map_err(io_error)?, SCHEMA.clone());
        Ok(Self { factory, root, properties })
    }

    /// Encodes and compresses a row group. Takes much time and no file.
    pub(crate) fn encode(&self, group: RowGroup) -> io::Result<Encoded> {
        let mut writers = self.factory.create_column_writers(0).map_err(io_error)?;
        let rows = group.rows;
        for batch in group.batches {
            let mut writers = writers.iter_mut();
            for (field, column) in SCHEMA.fields().iter().zip(batch.columns()) {
                for leaf in compute_leaves(field, column).map_err(io_error)? {
                    let writer = writers.next().ok_or_else(|| io::Error::other("no column"))?;
                    writer.write(&leaf).map_err(io_error)?;
                }
            }
        }
        let chunks = writers.into_iter().map(|writer| writer.close().map_err(io_error));
        Ok(Encoded { chunks: chunks.collect::<io::Result<_>>()?, rows })
    }

    /// Starts a file of such row groups.
    pub(crate) fn file<W: Write + Send>(&self, to: W) -> io::Result<ParquetFile<W>> {
        let (root, properties) = (self.root.clone(), self.properties.clone());
        let writer = SerializedFileWriter::new(to, root, properties).map_err(io_error)?;
        Ok(ParquetFile { writer, rows: 0 })
    }
}

impl std::fmt::Debug for RowGroups {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RowGroups").finish_non_exhaustive()
    }
}

/// A file on its way to a writer.
pub(crate) struct ParquetFile<W: Write> {
    writer: SerializedFileWriter<W>,
    rows: u64,
}

impl<W: Write + Send> ParquetFile<W> {
    /// Adds a row group.
    pub(crate) fn append(&mut self, group: Encoded) -> io::Result<()> {
        self.rows += group.rows;
        let mut row_group = self.writer.next_row_group().map_err(io_error)?;
        for chunk in group.chunks {
            chunk.append_to_row_group(&mut row_group).map_err(io_error)?;
        }
        row_group.close().map(drop).map_err(io_error)
    }

    /// Writes the footer, counts the rows and hands the writer back.
    pub(crate) fn finish(self) -> io::Result<(u64, W)> {
        Ok((self.rows, self.writer.into_inner().map_err(io_error)?))
    }
}

impl<W: Write> std::fmt::Debug for ParquetFile<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParquetFile").finish_non_exhaustive()
    }
}

/// The error of the writer below, where there is one.
fn io_error(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(cause) => match cause.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(cause) => io::Error::other(cause),
        },
        error => io::Error::other(error),
    }
}
