//! Who is kept, from proven pairs that engines have gathered: whole components at a time.

use std::collections::HashMap;

use arrow_array::{Array, RecordBatch};
use newsmill_pipeline::Config;
use newsmill_pipeline::dedup::candidates::{Candidates, Sketches};
use newsmill_pipeline::dedup::config::AcrossConfig;
use newsmill_pipeline::dedup::keep::{Decision, DropMethod, Proven};
use newsmill_pipeline::dedup::order::KeepOrder;
use newsmill_pipeline::dedup::sketch::Sketch;
use newsmill_pipeline::dedup::spill::Memory;
use newsmill_pipeline::dedup::verify::{Containment, Pair};
use pyo3::prelude::*;
use pyo3_arrow::export::Arro3RecordBatch;

use crate::column::{Table, all_texts, configuration};
use crate::decisions::Decided;
use crate::error::Error;
use crate::work::beside;

/// The bit of a rank that says that an article was cut short by its crawler: it comes behind all
/// whole ones.
pub(crate) const TRUNCATED: i64 = 1 << 62;

/// Decides for every text that is in a pair whether it is kept. The pairs are those of whole
/// components: no text of theirs is in a pair elsewhere.
#[pyfunction]
#[pyo3(signature = (pairs, config))]
pub(crate) fn decide(py: Python<'_>, pairs: Table, config: &str) -> PyResult<Arro3RecordBatch> {
    let config = configuration(config)?;
    let batch = beside(py, 1, |_| Ok(()), |_| decided(&pairs, &config))?;
    Ok(batch.into())
}

/// A text that is in a pair.
#[derive(Debug, Clone, Copy)]
struct Node<'a> {
    doc: i64,
    rank: i64,
    id: &'a str,
    shingles: i64,
}

fn decided(pairs: &Table, config: &Config) -> Result<RecordBatch, Error> {
    let rows = pairs.0.num_rows();
    let [later, earlier] = [pairs.numbers("later")?, pairs.numbers("earlier")?];
    let (mut later_ids, mut earlier_ids) = (pairs.texts("later_id")?, pairs.texts("earlier_id")?);
    let later_ids = all_texts(&mut later_ids, "later_id")?;
    let earlier_ids = all_texts(&mut earlier_ids, "earlier_id")?;
    let docs = [pairs.numbers("later_doc")?, pairs.numbers("earlier_doc")?];
    let sizes = [pairs.numbers("left_shingles")?, pairs.numbers("right_shingles")?];
    let mut nodes: Vec<Node<'_>> = Vec::with_capacity(2 * rows);
    for row in 0..rows {
        nodes.push(Node {
            doc: docs[0].value(row),
            rank: later.value(row),
            id: later_ids[row],
            shingles: sizes[0].value(row),
        });
        nodes.push(Node {
            doc: docs[1].value(row),
            rank: earlier.value(row),
            id: earlier_ids[row],
            shingles: sizes[1].value(row),
        });
    }
    // In the order of the input, as numbers are given in a run.
    nodes.sort_unstable_by_key(|node| node.doc);
    nodes.dedup_by_key(|node| node.doc);
    let local =
        |doc: i64| nodes.binary_search_by_key(&doc, |node| node.doc).unwrap_or_default() as u32;

    let [exact, template] = [pairs.flags("exact")?, pairs.flags("template")?];
    let [jaccard, share] = [pairs.floats("jaccard")?, pairs.floats("share")?];
    let inner = pairs.numbers("inner")?;
    let only = [pairs.numbers("left_only")?, pairs.numbers("right_only")?];
    let texts = u32::try_from(nodes.len()).map_err(|e| Error::argument("pairs", e))?;
    let order = KeepOrder::by_key(texts, |doc| nodes[doc as usize].rank)
        .whole_first(|doc| nodes[doc as usize].rank & TRUNCATED != 0);
    let memory = Memory::new(config.memory_bytes, std::env::temp_dir());
    // What walks the pairs asks for fingerprints and sizes only.
    let across = AcrossConfig {
        bands: 1,
        rows: 1,
        containment_sampling: 0,
        by_identity: false,
        ..config.across.clone()
    };
    let mut firsts: Vec<u32> = (0..texts).collect();
    let mut proven = Proven::new(&memory);
    let mut differing: HashMap<(u32, u32), (i64, i64)> = HashMap::new();
    for row in 0..rows {
        let (left, right) = (local(docs[0].value(row)), local(docs[1].value(row)));
        if exact.is_valid(row) && exact.value(row) {
            if let Some(first) = firsts.get_mut(left as usize) {
                *first = right;
            }
            continue;
        }
        let contained = match inner.value(row) {
            0 => None,
            inner if (inner < 0) == (left < right) => Some(Containment::AInB(share.value(row))),
            _ => Some(Containment::BInA(share.value(row))),
        };
        let pair = Pair {
            a: left.min(right),
            b: left.max(right),
            jaccard: jaccard.value(row),
            contained,
            template: template.value(row),
        };
        proven.push(&pair, &order)?;
        differing.insert((left, right), (only[0].value(row), only[1].value(row)));
    }
    let mut sketches = Sketches::new(&across, &memory)?;
    for (node, first) in nodes.iter().zip(&firsts) {
        let shingles = u32::try_from(node.shingles).unwrap_or(u32::MAX);
        let fingerprint = Some(u128::from(*first));
        sketches.push(&Sketch { fingerprint, shingles, ..Sketch::default() })?;
    }
    sketches.finish()?;
    // No sketch has a signature: what is found are the exact copies.
    let found = Candidates::find(&sketches, &order, &across, &memory, &mut |_, _| Ok(()))?;
    let decisions = proven.decide(&sketches, &found.duplicates, &order, &across, &memory)?;

    let id = |doc: u32| nodes.get(doc as usize).map_or("", |node| node.id);
    let mut columns = Decided::new(nodes.len());
    for (doc, decision) in (0..).zip(decisions.iter()?) {
        let decision = decision?;
        let words = match &decision {
            Decision::Drop { kept, method, .. } if *method != DropMethod::Exact => {
                // An exact copy of a dropped text differs from the kept one as that text does.
                let own = firsts[doc as usize];
                let turned = |(kept, own)| (own, kept);
                let pair = differing.get(&(own, *kept)).copied();
                pair.or_else(|| differing.get(&(*kept, own)).copied().map(turned))
            }
            _ => None,
        };
        let rank = nodes[doc as usize].rank;
        columns.push((rank, doc), &decision, id, words.unwrap_or_default());
    }
    columns.finish()
}
