//! Candidate pairs from rows of keys that engines have sorted.

use std::sync::Arc;

use arrow_array::{Int64Array, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use newsmill_pipeline::dedup::contained::needed;
use newsmill_pipeline::dedup::lsh;
use pyo3::prelude::*;
use pyo3_arrow::export::{Arro3Array, Arro3RecordBatch};

use crate::column::{Table, configuration};
use crate::error::Error;

/// Pairs of texts that have a key in common, from rows sorted by key and rank. In a bucket of more than
/// `head` texts each is paired with the first `head` ones only, as in runs.
#[pyclass(module = "newsmill._newsmill")]
#[derive(Debug)]
pub(crate) struct Buckets {
    head: usize,
    heads: Vec<Text>,
    last: Option<i64>,
    texts: usize,
    /// Buckets in which not every pair was taken.
    #[pyo3(get)]
    capped: u64,
    /// Texts in the largest bucket.
    #[pyo3(get)]
    largest: u64,
}

/// A text in a bucket of samples.
#[derive(Debug, Clone, Copy)]
struct Text {
    rank: i64,
    /// Whether the key is one of its probes, and how many it has.
    probe: bool,
    probes: i64,
}

#[pymethods]
impl Buckets {
    #[new]
    fn new(head: usize) -> Self {
        Self { head, heads: Vec::new(), last: None, texts: 0, capped: 0, largest: 0 }
    }

    /// Pairs of bands: columns `key` and `rank` in, `later` and `earlier` out.
    fn bands(&mut self, py: Python<'_>, rows: Table) -> PyResult<Arro3RecordBatch> {
        let batch = py.detach(|| {
            let (keys, ranks) = (rows.numbers("key")?, rows.numbers("rank")?);
            let (mut later, mut earlier) = (Vec::new(), Vec::new());
            for (key, rank) in keys.values().iter().zip(ranks.values()) {
                let is_head = self.enter(*key);
                for head in &self.heads {
                    later.push(*rank);
                    earlier.push(head.rank);
                }
                if is_head {
                    self.heads.push(Text { rank: *rank, probe: false, probes: 0 });
                }
            }
            batch([("later", later), ("earlier", earlier)])
        })?;
        Ok(batch.into())
    }

    /// Meetings of probes: columns `key`, `rank`, `probe` and `probes` in, `inner`, `outer` and
    /// `probes` out: a row for each probe of the inner text that the outer one has too.
    fn samples(&mut self, py: Python<'_>, rows: Table) -> PyResult<Arro3RecordBatch> {
        let batch = py.detach(|| {
            let (keys, ranks) = (rows.numbers("key")?, rows.numbers("rank")?);
            let (probe, probes) = (rows.flags("probe")?, rows.numbers("probes")?);
            let (mut inner, mut outer, mut of) = (Vec::new(), Vec::new(), Vec::new());
            for (row, (key, rank)) in keys.values().iter().zip(ranks.values()).enumerate() {
                let is_head = self.enter(*key);
                let text = Text { rank: *rank, probe: probe.value(row), probes: probes.value(row) };
                for head in &self.heads {
                    if text.probe {
                        inner.push(text.rank);
                        outer.push(head.rank);
                        of.push(text.probes);
                    }
                    if head.probe && is_head {
                        inner.push(head.rank);
                        outer.push(text.rank);
                        of.push(head.probes);
                    }
                }
                if is_head {
                    self.heads.push(text);
                }
            }
            batch([("inner", inner), ("outer", outer), ("probes", of)])
        })?;
        Ok(batch.into())
    }

    /// Closes the last bucket, so that the counts are right.
    fn finish(&mut self) {
        self.close();
        self.last = None;
    }
}

impl Buckets {
    /// Takes note of a row; whether its text is among the first of its bucket.
    fn enter(&mut self, key: i64) -> bool {
        if self.last != Some(key) {
            self.close();
            self.last = Some(key);
        }
        self.texts += 1;
        self.heads.len() < self.head
    }

    fn close(&mut self) {
        self.capped += u64::from(self.texts > self.head + 1);
        self.largest = self.largest.max(self.texts as u64);
        self.texts = 0;
        self.heads.clear();
    }
}

/// How many meetings make a pair worth a proof, for texts of 0, 1, … 16 probes.
#[pyfunction]
pub(crate) fn probes_needed(config: &str) -> PyResult<Vec<usize>> {
    let threshold = configuration(config)?.across.containment_threshold;
    Ok((0..=newsmill_pipeline::dedup::contained::PROBES).map(|n| needed(n, threshold)).collect())
}

/// Whether pairs are worth a proof, by columns `left_estimate`, `right_estimate`, `left_shingles` and
/// `right_shingles`.
#[pyfunction]
pub(crate) fn promising(py: Python<'_>, pairs: Table, config: &str) -> PyResult<Arro3Array> {
    let config = configuration(config)?.across;
    let flags = py.detach(|| {
        let (mut left, mut right) = (pairs.bytes("left_estimate")?, pairs.bytes("right_estimate")?);
        let (left, right) = (left.bytes("left_estimate")?, right.bytes("right_estimate")?);
        let sizes = [pairs.numbers("left_shingles")?, pairs.numbers("right_shingles")?];
        let words = |bytes: Option<&[u8]>| -> Vec<u32> {
            let words = bytes.unwrap_or_default().chunks_exact(4);
            words.map(|word| word.iter().rev().fold(0, |n, b| (n << 8) | u32::from(*b))).collect()
        };
        let flags = left.into_iter().zip(right).enumerate().map(|(row, (left, right))| {
            let size = |side: usize| u32::try_from(sizes[side].value(row)).unwrap_or(u32::MAX);
            Some(lsh::promising([&words(left), &words(right)], [size(0), size(1)], &config))
        });
        Ok::<_, Error>(flags.collect::<arrow_array::BooleanArray>())
    })?;
    let flags: arrow_array::ArrayRef = Arc::new(flags);
    Ok(flags.into())
}

/// The components of pairs as stars: columns `u` and `v` in; `u`, a node, and `v`, the smallest node
/// that hangs together with it, out, without the smallest ones themselves.
#[pyfunction]
pub(crate) fn forest(py: Python<'_>, pairs: Table) -> PyResult<Arro3RecordBatch> {
    let batch = py.detach(|| {
        let (us, vs) = (pairs.numbers("u")?, pairs.numbers("v")?);
        let mut nodes: Vec<i64> = us.values().iter().chain(vs.values()).copied().collect();
        nodes.sort_unstable();
        nodes.dedup();
        let mut parents: Vec<usize> = (0..nodes.len()).collect();
        let place = |node: i64| nodes.binary_search(&node).unwrap_or_default();
        for (u, v) in us.values().iter().zip(vs.values()) {
            let (u, v) = (root(&mut parents, place(*u)), root(&mut parents, place(*v)));
            parents[u.max(v)] = u.min(v);
        }
        let (mut node, mut smallest) = (Vec::new(), Vec::new());
        for at in 0..nodes.len() {
            let root = root(&mut parents, at);
            if root != at {
                node.push(nodes[at]);
                smallest.push(nodes[root]);
            }
        }
        batch([("u", node), ("v", smallest)])
    })?;
    Ok(batch.into())
}

fn root(parents: &mut [usize], mut at: usize) -> usize {
    while parents[at] != at {
        parents[at] = parents[parents[at]];
        at = parents[at];
    }
    at
}

fn batch<const N: usize>(columns: [(&str, Vec<i64>); N]) -> Result<RecordBatch, Error> {
    let fields: Vec<Field> =
        columns.iter().map(|(name, _)| Field::new(*name, DataType::Int64, false)).collect();
    let columns = columns.into_iter().map(|(_, values)| {
        let column: arrow_array::ArrayRef = Arc::new(Int64Array::from(values));
        column
    });
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns.collect())?)
}
