//! Sketches of texts, as columns.

use std::sync::Arc;

use arrow_array::builder::BinaryBuilder;
use arrow_array::{ArrayRef, Int32Array, Int64Array, ListArray, RecordBatch};
use arrow_buffer::{NullBufferBuilder, OffsetBuffer};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use newsmill_pipeline::dedup::candidates::estimate;
use newsmill_pipeline::dedup::config::AcrossConfig;
use newsmill_pipeline::dedup::lsh::band_key;
use newsmill_pipeline::dedup::sketch::{Scratch, Sketch, Sketcher};
use newsmill_pipeline::dedup::tokens::{Tokens, tokenize_into};
use pyo3::prelude::*;
use pyo3_arrow::export::Arro3RecordBatch;
use rayon::prelude::*;

use crate::column::{Column, all_texts, configuration};
use crate::error::Error;
use crate::work::{Stop, beside};

/// Texts a thread takes at a time.
pub(crate) const TEXTS_AT_ONCE: usize = 64;

/// Sketches of texts: `fingerprint`, `shingles`, `signature`, `bands`, `estimate`, `sampled`.
#[pyfunction]
#[pyo3(signature = (texts, config, threads))]
pub(crate) fn sketch(
    py: Python<'_>,
    mut texts: Column,
    config: &str,
    threads: usize,
) -> PyResult<Arro3RecordBatch> {
    let config = configuration(config)?.across;
    let batch = beside(
        py,
        threads,
        |_| Ok(()),
        |stop| {
            let texts = all_texts(&mut texts, "texts")?;
            let sketches = sketches(&texts, &config, stop)?;
            columns(sketches.iter().flatten().map(Some), texts.len(), &config)
        },
    )?;
    Ok(batch.into())
}

/// Sketches of texts, chunk by chunk.
pub(crate) fn sketches(
    texts: &[&str],
    config: &AcrossConfig,
    stop: &Stop,
) -> Result<Vec<Vec<Sketch>>, Error> {
    let sketcher = Sketcher::new(config)?;
    let chunks = texts.par_chunks(TEXTS_AT_ONCE);
    let tools = || (Tokens::default(), Scratch::default());
    chunks
        .map_init(tools, |(tokens, scratch), texts| {
            stop.check()?;
            let mut sketch = |text: &&str| {
                tokenize_into(text, tokens);
                sketcher.sketch_words(tokens.hashes(), scratch)
            };
            Ok(texts.iter().map(&mut sketch).collect())
        })
        .collect()
}

/// The types of the columns of sketches.
pub(crate) fn schema() -> SchemaRef {
    let list = |kind| DataType::List(Arc::new(Field::new("element", kind, false)));
    Arc::new(Schema::new(vec![
        Field::new("fingerprint", DataType::Binary, true),
        Field::new("shingles", DataType::Int64, false),
        Field::new("signature", list(DataType::Int32), true),
        Field::new("bands", list(DataType::Int64), true),
        Field::new("estimate", DataType::Binary, true),
        Field::new("sampled", list(DataType::Int32), false),
    ]))
}

/// Columns of `rows` sketches, nothing for a text that has none.
pub(crate) fn columns<'a>(
    sketches: impl Iterator<Item = Option<&'a Sketch>>,
    rows: usize,
    config: &AcrossConfig,
) -> Result<RecordBatch, Error> {
    let none = Sketch::default();
    let mut fingerprints = BinaryBuilder::with_capacity(rows, 16 * rows);
    let mut estimates = BinaryBuilder::with_capacity(rows, config.permutations() / 4 * rows);
    let mut shingles = Vec::with_capacity(rows);
    let mut signatures = Lists::new(rows, config.permutations());
    let mut bands = Lists::new(rows, config.bands);
    let mut samples = Lists::new(rows, 80);
    for sketch in sketches {
        let sketch = sketch.unwrap_or(&none);
        fingerprints.append_option(sketch.fingerprint.map(u128::to_be_bytes));
        shingles.push(i64::from(sketch.shingles));
        let signature = &*sketch.signature;
        let is_signed = !signature.is_empty();
        signatures.push(is_signed, signature.iter().map(|value| value.cast_signed()));
        let keys = (0..config.bands).map_while(|band| {
            let key = band_key(signature, band, config.rows)? >> 32;
            Some(((band as i64) << 32) | key as i64)
        });
        bands.push(is_signed, keys);
        let estimate: Vec<u8> = estimate(signature).flat_map(u32::to_le_bytes).collect();
        estimates.append_option(is_signed.then_some(estimate));
        samples.push(true, sketch.sampled.iter().map(|shingle| shingle.cast_signed()));
    }
    let signatures =
        signatures.finish(|values| Arc::new(Int32Array::from(values)), DataType::Int32);
    let samples = samples.finish(|values| Arc::new(Int32Array::from(values)), DataType::Int32);
    let bands = bands.finish(|values| Arc::new(Int64Array::from(values)), DataType::Int64);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(fingerprints.finish()),
        Arc::new(Int64Array::from(shingles)),
        signatures?,
        bands?,
        Arc::new(estimates.finish()),
        samples?,
    ];
    Ok(RecordBatch::try_new(schema(), columns)?)
}

/// A column of lists on its way.
struct Lists<T> {
    values: Vec<T>,
    lengths: Vec<usize>,
    nulls: NullBufferBuilder,
}

impl<T> Lists<T> {
    fn new(rows: usize, each: usize) -> Self {
        Self {
            values: Vec::with_capacity(rows * each),
            lengths: Vec::with_capacity(rows),
            nulls: NullBufferBuilder::new(rows),
        }
    }

    fn push(&mut self, is_there: bool, values: impl Iterator<Item = T>) {
        let before = self.values.len();
        self.values.extend(values);
        self.lengths.push(self.values.len() - before);
        self.nulls.append(is_there);
    }

    fn finish(
        mut self,
        values: impl FnOnce(Vec<T>) -> ArrayRef,
        kind: DataType,
    ) -> Result<ArrayRef, Error> {
        if i32::try_from(self.values.len()).is_err() {
            let detail = "these are too many for one batch of columns; hand them over in parts";
            return Err(Error::argument("texts", detail));
        }
        let element = Arc::new(Field::new("element", kind, false));
        let offsets = OffsetBuffer::from_lengths(self.lengths);
        let lists = ListArray::try_new(element, offsets, values(self.values), self.nulls.finish())?;
        Ok(Arc::new(lists))
    }
}
