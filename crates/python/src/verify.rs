//! Proof of pairs of texts, as columns.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int8Array, Int64Array, RecordBatch};
use arrow_schema::{Field, Schema};
use newsmill_pipeline::dedup::config::{AcrossConfig, Templates};
use newsmill_pipeline::dedup::shingles::{ShingleSet, shingles};
use newsmill_pipeline::dedup::template::differs_only_in_names_and_numbers;
use newsmill_pipeline::dedup::tokens::{Tokens, tokenize_into};
use newsmill_pipeline::dedup::verify::{Containment, WordDiff, diff, verify as prove};
use pyo3::prelude::*;
use pyo3_arrow::export::Arro3RecordBatch;
use rayon::prelude::*;

use crate::column::{Column, all_texts, configuration};
use crate::error::Error;
use crate::work::{Stop, beside};

/// Pairs a thread takes at a time.
const PAIRS_AT_ONCE: usize = 256;

/// What is true of the texts of a pair.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Truth {
    /// Whether it has any effect on what is kept or told.
    pub(crate) matters: bool,
    pub(crate) jaccard: f64,
    /// −1: the left one lies in the right one; 1: the other way round.
    pub(crate) inner: i8,
    /// The share of the inner one that does.
    pub(crate) share: f64,
    pub(crate) template: bool,
    pub(crate) left_shingles: i64,
    pub(crate) right_shingles: i64,
    /// Words that only the left one has, and only the right one.
    pub(crate) left_only: i64,
    pub(crate) right_only: i64,
}

/// The truth about pairs of texts.
#[pyfunction]
#[pyo3(signature = (left, right, config, threads))]
pub(crate) fn verify(
    py: Python<'_>,
    mut left: Column,
    mut right: Column,
    config: &str,
    threads: usize,
) -> PyResult<Arro3RecordBatch> {
    let config = configuration(config)?.across;
    let batch = beside(
        py,
        threads,
        |_| Ok(()),
        |stop| {
            let (left, right) = (all_texts(&mut left, "left")?, all_texts(&mut right, "right")?);
            if left.len() != right.len() {
                let detail =
                    format!("{} texts are there, but {} on the left", right.len(), left.len());
                return Err(Error::argument("right", detail));
            }
            columns(&truths(&left, &right, &config, stop)?)
        },
    )?;
    Ok(batch.into())
}

fn truths(
    left: &[&str],
    right: &[&str],
    config: &AcrossConfig,
    stop: &Stop,
) -> Result<Vec<Truth>, Error> {
    let chunks = left.par_chunks(PAIRS_AT_ONCE).zip(right.par_chunks(PAIRS_AT_ONCE));
    let truths = chunks.map(|(left, right)| {
        stop.check()?;
        // A text is often in several pairs that stand together.
        let mut known: HashMap<&str, Words> = HashMap::new();
        let mut tokens = Tokens::default();
        for &text in left.iter().chain(right) {
            known.entry(text).or_insert_with(|| Words::new(text, &mut tokens, config));
        }
        let none = Words::default();
        let of = |text: &str| known.get(text).unwrap_or(&none);
        let pairs = left.iter().zip(right);
        let whole = |(&a, &b): (&&str, &&str)| {
            let mut truth = truth((a, of(a)), (b, of(b)), config);
            if truth.matters {
                let words = difference(of(b), of(a));
                (truth.left_only, truth.right_only) = (words.added as i64, words.dropped as i64);
            }
            truth
        };
        Ok(pairs.map(whole).collect::<Vec<_>>())
    });
    Ok(truths.collect::<Result<Vec<_>, Error>>()?.concat())
}

/// What of a text is compared.
#[derive(Debug, Default)]
pub(crate) struct Words {
    hashes: Vec<u64>,
    set: ShingleSet,
}

impl Words {
    pub(crate) fn new(text: &str, tokens: &mut Tokens, config: &AcrossConfig) -> Self {
        tokenize_into(text, tokens);
        let hashes = tokens.hashes().to_vec();
        Self { set: shingles(&hashes, config.shingle_words), hashes }
    }
}

/// The words by which `copy` differs from `kept`.
pub(crate) fn difference(kept: &Words, copy: &Words) -> WordDiff {
    diff(&kept.hashes, &copy.hashes)
}

/// The truth about one pair but for the words that differ, which take a sort. The later text in the
/// order of keeping comes first, as in runs.
pub(crate) fn truth(
    (left_text, left): (&str, &Words),
    (right_text, right): (&str, &Words),
    config: &AcrossConfig,
) -> Truth {
    let sizes = (left.set.len() as i64, right.set.len() as i64);
    let mut truth = Truth { left_shingles: sizes.0, right_shingles: sizes.1, ..Truth::default() };
    let Some(pair) = prove((0, &left.set), (1, &right.set), config) else { return truth };
    truth.matters = true;
    truth.jaccard = pair.jaccard;
    (truth.inner, truth.share) = match pair.contained {
        Some(Containment::AInB(share)) => (-1, share),
        Some(Containment::BInA(share)) => (1, share),
        None => (0, 0.0),
    };
    truth.template = config.templates == Templates::Keep
        && pair.jaccard >= config.drop_threshold
        && differs_only_in_names_and_numbers(left_text, right_text);
    truth
}

fn columns(truths: &[Truth]) -> Result<RecordBatch, Error> {
    let numbers = |of: fn(&Truth) -> i64| -> ArrayRef {
        Arc::new(truths.iter().map(|truth| Some(of(truth))).collect::<Int64Array>())
    };
    let floats = |of: fn(&Truth) -> f64| -> ArrayRef {
        Arc::new(truths.iter().map(|truth| Some(of(truth))).collect::<Float64Array>())
    };
    let flags = |of: fn(&Truth) -> bool| -> ArrayRef {
        Arc::new(truths.iter().map(|truth| Some(of(truth))).collect::<BooleanArray>())
    };
    let inner: Int8Array = truths.iter().map(|truth| Some(truth.inner)).collect();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("matters", flags(|t| t.matters)),
        ("jaccard", floats(|t| t.jaccard)),
        ("inner", Arc::new(inner)),
        ("share", floats(|t| t.share)),
        ("template", flags(|t| t.template)),
        ("left_shingles", numbers(|t| t.left_shingles)),
        ("right_shingles", numbers(|t| t.right_shingles)),
        ("left_only", numbers(|t| t.left_only)),
        ("right_only", numbers(|t| t.right_only)),
    ];
    let fields: Vec<Field> = columns
        .iter()
        .map(|(name, column)| Field::new(*name, column.data_type().clone(), false))
        .collect();
    let columns = columns.into_iter().map(|(_, column)| column).collect();
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
}
