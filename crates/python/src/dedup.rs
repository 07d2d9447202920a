//! Duplicates among texts in memory, by as many threads as there are.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;

use arrow_array::RecordBatch;
use newsmill_pipeline::Config;
use newsmill_pipeline::dedup::candidates::{Candidates, Sketches};
use newsmill_pipeline::dedup::config::AcrossConfig;
use newsmill_pipeline::dedup::index::Index;
use newsmill_pipeline::dedup::keep::{Decision, DropMethod, Proven};
use newsmill_pipeline::dedup::order::KeepOrder;
use newsmill_pipeline::dedup::shingles::{ShingleSet, shingles_into};
use newsmill_pipeline::dedup::sketch::Sketch;
use newsmill_pipeline::dedup::spill::Memory;
use newsmill_pipeline::dedup::tokens::{Tokens, tokenize_into};
use newsmill_pipeline::dedup::verify::{Containment, Pair};
use pyo3::prelude::*;
use pyo3_arrow::export::Arro3RecordBatch;
use rayon::prelude::*;

use crate::column::{Column, all_texts, configuration};
use crate::decisions::Decided;
use crate::error::Error;
use crate::sketch::{TEXTS_AT_ONCE, sketches};
use crate::verify::{Words, difference, truth};
use crate::work::{Stop, beside};

/// Pairs whose texts are held at once.
const PAIRS_AT_ONCE: usize = 1 << 16;

/// Decides for each text whether it is kept.
#[pyfunction]
#[pyo3(signature = (texts, ids, keys, config, threads))]
pub(crate) fn dedup(
    py: Python<'_>,
    mut texts: Column,
    mut ids: Option<Column>,
    keys: Option<Vec<i64>>,
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
            let order = order(texts.len(), 0, keys.as_deref())?;
            let corpus = Corpus::new(&texts, &config, None);
            let sketches = sketches(&texts, &config.across, stop)?;
            let decisions = corpus.decide(&sketches, &order, stop)?;
            corpus.columns(&decisions, &names, &[])
        },
    )?;
    Ok(batch.into())
}

/// The names of texts: those given, or their places.
#[derive(Debug)]
pub(crate) struct Names<'a>(Vec<Cow<'a, str>>);

impl<'a> Names<'a> {
    pub(crate) fn new(ids: Option<&'a mut Column>, texts: usize) -> Result<Self, Error> {
        let Some(ids) = ids else {
            return Ok(Self((0..texts).map(|row| Cow::Owned(row.to_string())).collect()));
        };
        let ids = all_texts(ids, "ids")?;
        if ids.len() != texts {
            let detail = format!("there are {} for {texts} texts", ids.len());
            return Err(Error::argument("ids", detail));
        }
        Ok(Self(ids.into_iter().map(Cow::Borrowed).collect()))
    }

    pub(crate) fn get(&self, row: usize) -> &str {
        self.0.get(row).map_or("", |id| id)
    }
}

/// The order of keeping: texts of an index first, then ascending by the keys.
pub(crate) fn order(texts: usize, settled: u32, keys: Option<&[i64]>) -> Result<KeepOrder, Error> {
    let all = settled as usize + texts;
    let docs = u32::try_from(all).map_err(|_| Error::argument("texts", "there are too many"))?;
    let order = match keys {
        None => KeepOrder::input(docs),
        Some(keys) if keys.len() != texts => {
            let detail = format!("there are {} for {texts} texts", keys.len());
            return Err(Error::argument("keys", detail));
        }
        Some(keys) => KeepOrder::by_key(docs, |doc| {
            doc.checked_sub(settled).and_then(|row| keys.get(row as usize)).copied()
        }),
    };
    Ok(order.settled_first(settled))
}

/// Texts of this call, behind those of an index.
pub(crate) struct Corpus<'a> {
    texts: &'a [&'a str],
    config: &'a AcrossConfig,
    memory: Memory,
    index: Option<&'a Index>,
}

impl<'a> Corpus<'a> {
    pub(crate) fn new(texts: &'a [&'a str], config: &'a Config, index: Option<&'a Index>) -> Self {
        let memory = Memory::new(config.memory_bytes, std::env::temp_dir());
        Self { texts, config: &config.across, memory, index }
    }

    fn settled(&self) -> u32 {
        self.index.map_or(0, Index::texts)
    }

    /// What happens to the texts of this call, by their sketches, chunk by chunk.
    pub(crate) fn decide(
        &self,
        made: &[Vec<Sketch>],
        order: &KeepOrder,
        stop: &Stop,
    ) -> Result<Vec<Decision>, Error> {
        let (config, memory) = (self.config, &self.memory);
        let mut sketches = Sketches::new(config, memory)?;
        if let Some(index) = self.index {
            for row in index.sketches() {
                sketches.push(&row?.sketch)?;
            }
        }
        made.iter().flatten().try_for_each(|sketch| sketches.push(sketch))?;
        sketches.finish()?;
        stop.check()?;
        let mut tokens = Tokens::default();
        let mut shingles = |doc: u32, set: &mut ShingleSet| {
            let text = self.text(doc).map_err(io::Error::other)?;
            tokenize_into(&text, &mut tokens);
            shingles_into(tokens.hashes(), config.shingle_words, set);
            Ok(())
        };
        let found = Candidates::find(&sketches, order, config, memory, &mut shingles)?;
        let mut proven = Proven::new(memory);
        let mut candidates = found.pairs(order)?;
        loop {
            let pairs = candidates.by_ref().take(PAIRS_AT_ONCE).collect::<io::Result<Vec<_>>>()?;
            if pairs.is_empty() {
                break;
            }
            for pair in self.prove(&pairs, stop)?.iter().flatten() {
                proven.push(pair, order)?;
            }
        }
        stop.check()?;
        let decisions = proven.decide(&sketches, &found.duplicates, order, config, memory)?;
        let own = decisions.iter()?.skip(self.settled() as usize);
        Ok(own.collect::<io::Result<Vec<_>>>()?)
    }

    fn text(&self, doc: u32) -> Result<Cow<'a, str>, Error> {
        let settled = self.settled();
        match (self.index, doc.checked_sub(settled)) {
            (Some(index), None) => Ok(Cow::Owned(index.reader().read(doc)?.text.to_owned())),
            (_, row) => {
                let text = row.and_then(|row| self.texts.get(row as usize));
                Ok(Cow::Borrowed(text.copied().unwrap_or_default()))
            }
        }
    }

    /// The texts of some numbers and their words, each once.
    fn words(&self, mut docs: Vec<u32>, stop: &Stop) -> Result<Known<'a>, Error> {
        docs.par_sort_unstable();
        docs.dedup();
        let known = docs.par_chunks(TEXTS_AT_ONCE).map_init(Tokens::default, |tokens, docs| {
            stop.check()?;
            let known = |&doc: &u32| {
                let text = self.text(doc)?;
                let words = Words::new(&text, tokens, self.config);
                Ok((doc, (text, words)))
            };
            docs.iter().map(known).collect::<Result<Vec<_>, Error>>()
        });
        Ok(known.collect::<Result<Vec<_>, Error>>()?.into_iter().flatten().collect())
    }

    fn prove(&self, pairs: &[(u32, u32)], stop: &Stop) -> Result<Vec<Vec<Pair>>, Error> {
        let known = self.words(pairs.iter().flat_map(|&(a, b)| [a, b]).collect(), stop)?;
        let proven = pairs.par_chunks(512).map(|pairs| {
            stop.check()?;
            let prove = |&(later, earlier): &(u32, u32)| {
                let (left, right) = (known.get(&later)?, known.get(&earlier)?);
                let truth = truth((&left.0, &left.1), (&right.0, &right.1), self.config);
                let contained = match truth.inner {
                    0 => None,
                    inner if (inner < 0) == (later < earlier) => {
                        Some(Containment::AInB(truth.share))
                    }
                    _ => Some(Containment::BInA(truth.share)),
                };
                truth.matters.then_some(Pair {
                    a: later.min(earlier),
                    b: later.max(earlier),
                    jaccard: truth.jaccard,
                    contained,
                    template: truth.template,
                })
            };
            Ok(pairs.iter().filter_map(prove).collect())
        });
        proven.collect()
    }

    /// Decisions as columns. `earlier` are the names of texts of the index.
    pub(crate) fn columns(
        &self,
        decisions: &[Decision],
        names: &Names<'_>,
        earlier: &[String],
    ) -> Result<RecordBatch, Error> {
        let settled = self.settled();
        // Exact copies have the same words.
        let dropped = (settled..).zip(decisions).filter_map(|(doc, decision)| match decision {
            Decision::Drop { kept, method, .. } if *method != DropMethod::Exact => {
                Some((doc, *kept))
            }
            _ => None,
        });
        let dropped: Vec<(u32, u32)> = dropped.collect();
        let docs = dropped.iter().flat_map(|&(a, b)| [a, b]).collect();
        let known = self.words(docs, &Stop::default())?;
        let differing = dropped.par_iter().filter_map(|&(doc, kept)| {
            let words = difference(&known.get(&kept)?.1, &known.get(&doc)?.1);
            Some((doc, (words.added as i64, words.dropped as i64)))
        });
        let differing: HashMap<u32, (i64, i64)> = differing.collect();
        let id = |doc: u32| match doc.checked_sub(settled) {
            Some(row) => names.get(row as usize),
            None => earlier.get(doc as usize).map_or("", String::as_str),
        };
        let mut columns = Decided::new(decisions.len());
        for (row, decision) in (0_u32..).zip(decisions) {
            let doc = settled + row;
            let words = differing.get(&doc).copied().unwrap_or_default();
            columns.push((i64::from(row), doc), decision, id, words);
        }
        columns.finish()
    }
}

/// Texts with their words, by number.
type Known<'a> = HashMap<u32, (Cow<'a, str>, Words)>;
