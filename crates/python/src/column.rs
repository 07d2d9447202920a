//! Columns that come in, of whatever library, and how they are looked at.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch};
use arrow_cast::cast;
use arrow_schema::DataType;
use arrow_select::concat::concat_batches;
use newsmill_pipeline::Config;
use pyo3::prelude::*;
use pyo3_arrow::input::{AnyArray, AnyRecordBatch};

use crate::error::Error;

/// A column, in one piece or several.
#[derive(Debug)]
pub(crate) struct Column(Vec<ArrayRef>);

impl<'py> FromPyObject<'_, 'py> for Column {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let chunks = object.extract::<AnyArray>()?.into_chunked_array()?.into_inner().0;
        Ok(Self(chunks))
    }
}

impl Column {
    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(|chunk| chunk.len()).sum()
    }

    /// The column as texts, each as it stands in the column's buffers.
    pub(crate) fn texts(&mut self, argument: &'static str) -> Result<Vec<Option<&str>>, Error> {
        for chunk in &mut self.0 {
            if let DataType::Dictionary(..) | DataType::Null = chunk.data_type() {
                *chunk = cast(chunk, &DataType::Utf8)?;
            }
        }
        let mut texts = Vec::with_capacity(self.len());
        for chunk in &self.0 {
            match chunk.data_type() {
                DataType::Utf8 => texts.extend(chunk.as_string::<i32>().iter()),
                DataType::LargeUtf8 => texts.extend(chunk.as_string::<i64>().iter()),
                DataType::Utf8View => texts.extend(chunk.as_string_view().iter()),
                other => {
                    let detail = format!("a column of texts is wanted, this is one of {other}");
                    return Err(Error::argument(argument, detail));
                }
            }
        }
        Ok(texts)
    }

    /// The column as bytes: those of texts, too.
    pub(crate) fn bytes(&mut self, argument: &'static str) -> Result<Vec<Option<&[u8]>>, Error> {
        let binary = |chunk: &ArrayRef| {
            use DataType::{Binary, BinaryView, LargeBinary};
            matches!(chunk.data_type(), Binary | BinaryView | LargeBinary)
        };
        if !self.0.iter().all(binary) {
            let texts = self.texts(argument)?;
            return Ok(texts.into_iter().map(|text| text.map(str::as_bytes)).collect());
        }
        let mut all = Vec::with_capacity(self.len());
        for chunk in &self.0 {
            match chunk.data_type() {
                DataType::LargeBinary => all.extend(chunk.as_binary::<i64>().iter()),
                DataType::BinaryView => all.extend(chunk.as_binary_view().iter()),
                _ => all.extend(chunk.as_binary::<i32>().iter()),
            }
        }
        Ok(all)
    }

    pub(crate) fn is_binary(&self) -> bool {
        use DataType::{Binary, BinaryView, LargeBinary};
        self.0.iter().any(|c| matches!(c.data_type(), Binary | BinaryView | LargeBinary))
    }
}

/// Texts, those that are missing empty.
pub(crate) fn all_texts<'a>(
    column: &'a mut Column,
    argument: &'static str,
) -> Result<Vec<&'a str>, Error> {
    Ok(column.texts(argument)?.into_iter().map(Option::unwrap_or_default).collect())
}

/// A table: one batch.
#[derive(Debug)]
pub(crate) struct Table(pub(crate) RecordBatch);

impl<'py> FromPyObject<'_, 'py> for Table {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let reader = object.extract::<AnyRecordBatch>()?.into_reader()?;
        let schema = reader.schema();
        let batches = reader.collect::<Result<Vec<_>, _>>().map_err(Error::from)?;
        let batch = match batches.as_slice() {
            [batch] => batch.clone(),
            batches => concat_batches(&schema, batches).map_err(Error::from)?,
        };
        Ok(Self(batch))
    }
}

impl Table {
    fn column(&self, name: &'static str, kind: &DataType) -> Result<ArrayRef, Error> {
        let column = self.0.column_by_name(name);
        let column = column.ok_or_else(|| Error::argument(name, "there is no such column"))?;
        Ok(cast(column, kind)?)
    }

    pub(crate) fn numbers(&self, name: &'static str) -> Result<Int64Array, Error> {
        Ok(self.column(name, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
    }

    pub(crate) fn floats(&self, name: &'static str) -> Result<Float64Array, Error> {
        Ok(self.column(name, &DataType::Float64)?.as_primitive::<Float64Type>().clone())
    }

    pub(crate) fn flags(&self, name: &'static str) -> Result<BooleanArray, Error> {
        Ok(self.column(name, &DataType::Boolean)?.as_boolean().clone())
    }

    pub(crate) fn texts(&self, name: &'static str) -> Result<Column, Error> {
        Ok(Column(vec![self.column(name, &DataType::Utf8)?]))
    }

    pub(crate) fn bytes(&self, name: &'static str) -> Result<Column, Error> {
        Ok(Column(vec![self.column(name, &DataType::Binary)?]))
    }

    pub(crate) fn any(&self, name: &'static str) -> Result<ArrayRef, Error> {
        let column = self.0.column_by_name(name);
        column.cloned().ok_or_else(|| Error::argument(name, "there is no such column"))
    }
}

/// A configuration from JSON: what `newsmill.toml` holds.
pub(crate) fn configuration(json: &str) -> Result<Config, Error> {
    let config: Config = serde_json::from_str(json).map_err(|e| Error::argument("config", e))?;
    config.check()?;
    Ok(config)
}
