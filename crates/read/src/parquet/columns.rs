//! Columns to records.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{
    Array, BinaryArray, LargeBinaryArray, LargeStringArray, RecordBatch, StringArray,
};
use arrow_json::writer::{EncoderOptions, NullableEncoder, make_encoder};
use arrow_schema::{ArrowError, DataType, FieldRef};
use newsmill_article::{Content, Limits, Metadata, Origin, Record, Reject, RejectKind, Stage};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ArrowReaderMetadata;
use parquet::basic::{ConvertedType, Type as Physical};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};
use parquet::schema::types::ColumnDescriptor;
use serde_json::value::RawValue;

use super::Failure;
use crate::ReadOptions;
use crate::row;

/// The columns of a file that are read, and what for.
pub(super) struct Columns {
    projection: ProjectionMask,
    options: ReadOptions,
    record_bytes: usize,
}

/// The texts of a batch.
enum Texts<'b> {
    Text(&'b StringArray),
    LargeText(&'b LargeStringArray),
    Bytes(&'b BinaryArray),
    LargeBytes(&'b LargeBinaryArray),
    /// Something that is no text.
    Other(&'b dyn Array),
}

impl<'b> Texts<'b> {
    fn of(array: &'b dyn Array) -> Self {
        match array.data_type() {
            DataType::Utf8 => Self::Text(array.as_string()),
            DataType::LargeUtf8 => Self::LargeText(array.as_string()),
            DataType::Binary => Self::Bytes(array.as_binary()),
            DataType::LargeBinary => Self::LargeBytes(array.as_binary()),
            _ => Self::Other(array),
        }
    }

    /// The text of a row, or what stands in its place.
    fn content(&self, row: usize, options: &ReadOptions) -> Result<Content, String> {
        let (array, value): (&dyn Array, &dyn Fn() -> Content) = match self {
            Self::Text(texts) => (texts, &|| Content::Text(texts.value(row).to_owned())),
            Self::LargeText(texts) => (texts, &|| Content::Text(texts.value(row).to_owned())),
            Self::Bytes(texts) => (texts, &|| in_bytes(texts.value(row), options)),
            Self::LargeBytes(texts) => (texts, &|| in_bytes(texts.value(row), options)),
            Self::Other(array) => return Err(format!("a value of type {}", array.data_type())),
        };
        if array.is_null(row) { Err("null".to_owned()) } else { Ok(value()) }
    }
}

fn in_bytes(bytes: &[u8], options: &ReadOptions) -> Content {
    Content::Bytes { bytes: bytes.to_vec(), charset: options.encoding.clone() }
}

impl Columns {
    /// The columns of a file.
    pub(super) fn of(
        metadata: &ArrowReaderMetadata,
        options: &ReadOptions,
        limits: &Limits,
    ) -> Result<Self, Failure> {
        let names = || metadata.schema().fields().iter().map(|field| field.name().as_str());
        if !names().any(|name| name == options.text_field) {
            let why = row::no_column(&options.text_field, names());
            return Err(Failure::Of(RejectKind::NoText, why));
        }
        let schema = metadata.parquet_schema();
        let wanted = (0..schema.num_columns()).filter(|&leaf| {
            let root = schema.get_column_root(leaf).name();
            root == options.text_field
                || root == options.id_field
                || !is_binary(&schema.column(leaf))
        });
        Ok(Self {
            projection: ProjectionMask::leaves(schema, wanted),
            options: options.clone(),
            record_bytes: limits.record_bytes,
        })
    }

    pub(super) fn projection(&self) -> ProjectionMask {
        self.projection.clone()
    }

    /// The columns of a row group that are read.
    pub(super) fn read_of<'g>(
        &'g self,
        group: &'g RowGroupMetaData,
    ) -> impl Iterator<Item = &'g ColumnChunkMetaData> {
        let columns = group.columns().iter().enumerate();
        columns.filter(|(leaf, _)| self.projection.leaf_included(*leaf)).map(|(_, column)| column)
    }

    /// The records of a batch, of which the first is at `origin`.
    pub(super) fn records(
        &self,
        batch: &RecordBatch,
        origin: &Origin,
    ) -> Result<Vec<Result<Record, Reject>>, ParquetError> {
        let options = EncoderOptions::default().with_explicit_nulls(true);
        let schema = batch.schema();
        let (mut text, mut id, mut others) = (None, None, Vec::new());
        for (field, array) in schema.fields().iter().zip(batch.columns()) {
            if *field.name() == self.options.text_field {
                text = Some(Texts::of(array.as_ref()));
                continue;
            }
            // A type that JSON has no word for is left out.
            let Some(values) = Values::of(field, array.as_ref(), &options)? else { continue };
            match *field.name() == self.options.id_field {
                true => id = Some(values),
                false => others.push((field.name().as_str(), values)),
            }
        }
        let mut json = Vec::new();
        let rows = (0..batch.num_rows()).map(|row| {
            let mut origin = origin.clone();
            origin.ordinal += row as u64;
            let mut metadata = Metadata::new();
            let mut read_id = None;
            if let Some(values) = &mut id
                && let Some(value) = values.read(row, &mut json)?
            {
                origin.length += value.get().len() as u64;
                match row::id(value.get()).map_err(other)? {
                    Some(id) => read_id = Some(id),
                    None => metadata.push(self.options.id_field.as_str(), value),
                }
            }
            for (name, values) in &mut others {
                if let Some(value) = values.read(row, &mut json)? {
                    origin.length += value.get().len() as u64;
                    metadata.push(*name, value);
                }
            }
            let content = match &text {
                Some(texts) => texts.content(row, &self.options),
                None => Err("null".to_owned()),
            };
            Ok(self.record(origin, read_id, content, metadata))
        });
        rows.collect()
    }

    fn record(
        &self,
        mut origin: Origin,
        id: Option<String>,
        content: Result<Content, String>,
        metadata: Metadata,
    ) -> Result<Record, Reject> {
        origin.length += content.as_ref().map_or(0, |content| content.len() as u64);
        if origin.length > self.record_bytes as u64 {
            let why = format!(
                "the row has {} bytes, more than the limit record_bytes = {}",
                origin.length, self.record_bytes
            );
            return Err(Reject::new(origin, Stage::Read, RejectKind::TooLong, why));
        }
        row::with_text(origin, id, Some(content), metadata, &self.options.text_field)
    }
}

/// A column that becomes JSON.
struct Values<'b>(NullableEncoder<'b>);

impl<'b> Values<'b> {
    fn of(
        field: &'b FieldRef,
        array: &'b dyn Array,
        options: &'b EncoderOptions,
    ) -> Result<Option<Self>, ParquetError> {
        match make_encoder(field, array, options) {
            Ok(encoder) => Ok(Some(Self(encoder))),
            Err(ArrowError::JsonError(_) | ArrowError::NotYetImplemented(_)) => Ok(None),
            Err(error) => Err(other(error)),
        }
    }

    /// The value in a row, unless it is null. `json` is scratch.
    fn read(
        &mut self,
        row: usize,
        json: &mut Vec<u8>,
    ) -> Result<Option<Box<RawValue>>, ParquetError> {
        if self.0.is_null(row) {
            return Ok(None);
        }
        json.clear();
        self.0.encode(row, json);
        let json = std::str::from_utf8(json).map_err(other)?;
        RawValue::from_string(json.to_owned()).map(Some).map_err(other)
    }
}

fn other(error: impl std::error::Error + Send + Sync + 'static) -> ParquetError {
    ParquetError::External(Box::new(error))
}

/// Whether a column holds bytes that are neither text nor a number.
fn is_binary(column: &Arc<ColumnDescriptor>) -> bool {
    let bytes =
        matches!(column.physical_type(), Physical::BYTE_ARRAY | Physical::FIXED_LEN_BYTE_ARRAY);
    let is_plain = column.logical_type_ref().is_none()
        && matches!(column.converted_type(), ConvertedType::NONE | ConvertedType::BSON);
    bytes && is_plain
}
