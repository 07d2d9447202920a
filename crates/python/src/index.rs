//! The index of earlier runs.

use std::path::{Path, PathBuf};

use newsmill_pipeline::dedup::index::{Index as Opened, IndexWriter, Parameters, Row};
use newsmill_pipeline::dedup::keep::Decision;
use newsmill_pipeline::{index_merge, index_stats, index_verify};
use pyo3::prelude::*;
use pyo3_arrow::export::Arro3RecordBatch;

use crate::column::{Column, all_texts, configuration};
use crate::dedup::{Corpus, Names, order};
use crate::error::Error;
use crate::sketch::sketches;
use crate::work::beside;

/// What texts of an index are that were handed over as they are.
const AS_THEY_CAME: &str = "texts as they came";

/// What an index holds, as JSON.
#[pyfunction]
pub(crate) fn stats(py: Python<'_>, path: PathBuf) -> PyResult<String> {
    beside(py, 0, |_| Ok(()), |_| json(&index_stats(&path)?))
}

/// Makes one segment of all, and says what the index holds.
#[pyfunction]
pub(crate) fn merge(py: Python<'_>, path: PathBuf) -> PyResult<String> {
    beside(py, 0, |_| Ok(()), |_| json(&index_merge(&path)?))
}

/// Reads a whole index and says what is wrong with it.
#[pyfunction]
pub(crate) fn check(py: Python<'_>, path: PathBuf) -> PyResult<Vec<String>> {
    beside(
        py,
        0,
        |_| Ok(()),
        |_| {
            let (_, wrong) = index_verify(&path, |_| ())?;
            Ok(wrong.iter().map(ToString::to_string).collect())
        },
    )
}

fn json(stats: &newsmill_pipeline::IndexStats) -> Result<String, Error> {
    Ok(serde_json::to_string(stats).map_err(std::io::Error::from)?)
}

/// Decides about texts behind those of an index, and adds the kept ones to it as one run called `name`.
#[pyfunction]
#[pyo3(signature = (path, texts, ids, name, started, add, config, threads))]
#[allow(clippy::too_many_arguments, reason = "Python names them")]
pub(crate) fn dedup_behind(
    py: Python<'_>,
    path: PathBuf,
    mut texts: Column,
    mut ids: Option<Column>,
    name: &str,
    started: &str,
    add: bool,
    config: &str,
    threads: usize,
) -> PyResult<Arro3RecordBatch> {
    let config = configuration(config)?;
    let batch = beside(
        py,
        threads,
        |_| Ok(()),
        |stop| {
            let texts = all_texts(&mut texts, "texts")?;
            let names = Names::new(ids.as_mut(), texts.len())?;
            let (writer, opened) = open(&path, add)?;
            let index = writer.as_ref().map_or(opened.as_ref(), |w| Some(w.index().as_ref()));
            let parameters = Parameters::new(&config.across, AS_THEY_CAME);
            if let Some(index) = index {
                index.check(&parameters)?;
            }
            let settled = index.map_or(0, Opened::texts);
            let order = order(texts.len(), settled, None)?;
            let corpus = Corpus::new(&texts, &config, index);
            let sketches = sketches(&texts, &config.across, stop)?;
            let decisions = corpus.decide(&sketches, &order, stop)?;
            let mut earlier = Vec::with_capacity(settled as usize);
            if let Some(index) = index {
                let mut reader = index.reader();
                for text in 0..settled {
                    earlier.push(reader.read(text)?.id.to_owned());
                }
            }
            let columns = corpus.columns(&decisions, &names, &earlier)?;
            stop.check()?;
            if let Some(mut writer) = writer {
                let mut segment = writer.begin(&parameters)?;
                let all = texts.iter().zip(sketches.iter().flatten()).zip(&decisions).enumerate();
                for (row, ((text, sketch), decision)) in all {
                    if matches!(decision, Decision::Keep { .. }) {
                        let kept =
                            Row { id: names.get(row), source: "null", text, ..Row::default() };
                        segment.push(&kept, sketch)?;
                    }
                }
                let prepared = writer.prepare(segment, name, started)?;
                writer.commit(prepared)?;
            }
            Ok(columns)
        },
    )?;
    Ok(batch.into())
}

/// The index to write, or to read.
fn open(path: &Path, add: bool) -> Result<(Option<IndexWriter>, Option<Opened>), Error> {
    if add {
        // A segment of a call that was broken off is none of the index.
        Ok((Some(IndexWriter::open(path, |_| false)?), None))
    } else {
        Ok((None, Some(Opened::open(path)?)))
    }
}
