//! Passages that stand in several of the articles that are kept.
//!
//! 1. Once it is known which articles are kept, [`search`] reads their kept texts twice and finds
//!    the passages that stand in an earlier article too, in the order of the keep policy.
//! 2. The write pass, which has the articles at hand, tells where passages stand in the records'
//!    texts ([`Passages::places`]), leaves out what is boilerplate, and removes them if asked
//!    ([`places::Places::settle`]).
//! 3. Their rows are written last ([`Placed::write`]), when both ends of each are known.

mod places;

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use newsmill_dedup::passages::{
    Copied, MAX_WORDS, MIN_WORDS, Passage, Recurring, Window, Winnow, Worded, copies, runs, trace,
};
use newsmill_dedup::spill::{Memory, Sorter};
use newsmill_dedup::tokens::{Tokens, tokenize_into};
use rayon::ThreadPool;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tracing::{info, info_span};

use crate::Error;
use crate::map::Note;
use crate::spool::Spool;

pub(crate) use places::{End, Placed};

/// Bytes of text that a worker takes at a time.
const CHUNK_BYTES: u64 = 1 << 20;
/// Chunks handed out at once, for each thread.
const CHUNKS_PER_THREAD: usize = 4;
/// Bytes of a word of text and what stands behind it, about.
const WORD_BYTES: u64 = 6;
/// Copied windows that are traced at once, at least.
const BATCH_COPIES: usize = 1 << 18;
/// With less memory, texts would be read over and over.
const LEAST_MEMORY: usize = 1 << 16;
/// Bytes of texts and their words that a worker holds at a time.
const HELD_BYTES: usize = 16 << 20;
/// Texts whose copied windows a worker traces at a time: it holds them and those they name.
const BATCH_TEXTS: usize = 64;

/// Passages across articles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PassagesConfig {
    /// What happens to them.
    pub what: What,
    /// Shorter ones are left alone, in words; 4 to 1,000. Default 50.
    pub min_words: usize,
    /// Bytes of memory in which they are looked for; what does not fit goes to scratch files.
    /// Default 256 MiB.
    pub memory_bytes: usize,
}

/// What happens to a passage that an earlier article has too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// It stays and is a row of `passages.jsonl`.
    #[default]
    Report,
    /// It goes from all articles but the first. An article all of which stands elsewhere stays
    /// with an empty text.
    Remove,
    /// It is not looked for.
    Off,
}

impl Default for PassagesConfig {
    fn default() -> Self {
        Self { what: What::default(), min_words: 50, memory_bytes: 256 << 20 }
    }
}

impl PassagesConfig {
    /// The same with no more than a quarter of `memory_bytes`.
    pub(crate) fn within(&self, memory_bytes: u64) -> Self {
        let quarter = usize::try_from(memory_bytes / 4).unwrap_or(usize::MAX);
        Self { memory_bytes: self.memory_bytes.min(quarter).max(LEAST_MEMORY), ..*self }
    }

    /// Checks what the types cannot say.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if !(MIN_WORDS..=MAX_WORDS).contains(&self.min_words) {
            return Err(Error::Config(format!(
                "passages.min_words must be {MIN_WORDS} to {MAX_WORDS}"
            )));
        }
        if self.memory_bytes < LEAST_MEMORY {
            return Err(Error::Config(format!(
                "passages.memory_bytes must be at least {LEAST_MEMORY}"
            )));
        }
        Ok(())
    }
}

/// The passages that were found, with the numbers of articles and places in the kept texts.
#[derive(Debug)]
pub(crate) struct Passages {
    what: What,
    min_words: usize,
    /// By text and place.
    found: Vec<Passage>,
    /// Indices of `found`, by the text they are of.
    by_of: Vec<usize>,
    /// Those whose copy stays although the others are removed.
    spared: Vec<bool>,
}

/// The kept texts of all articles.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Texts<'a> {
    pub(crate) spool: &'a Spool,
    /// The number that the spool has for the first article of this run.
    pub(crate) first: u32,
}

impl<'a> Texts<'a> {
    /// Reads texts by the number of the article in this run.
    fn reader(self) -> Result<impl FnMut(u32) -> Result<String, Error> + 'a, Error> {
        let mut texts = self.spool.texts()?;
        Ok(move |doc| texts.read(self.first + doc))
    }
}

/// An article that is kept.
#[derive(Debug, Clone, Copy)]
struct Text {
    doc: u32,
    /// Its place in the order of the keep policy, among those kept.
    number: u32,
}

/// Finds the passages among `docs`, the articles that are kept, in keep order; nothing where they
/// are not looked for.
pub(crate) fn search(
    kept: Texts<'_>,
    notes: &[Note],
    docs: &[u32],
    config: &PassagesConfig,
    pool: &ThreadPool,
) -> Result<Option<Passages>, Error> {
    let &PassagesConfig { what, min_words, memory_bytes } = config;
    if what == What::Off {
        return Ok(None);
    }
    let span = info_span!("passages");
    let _guard = span.enter();
    let mut texts: Vec<Text> =
        docs.iter().zip(0..).map(|(&doc, number)| Text { doc, number }).collect();
    texts.sort_unstable_by_key(|text| text.doc);
    let chunks = chunks(&texts, notes);
    let memory = Memory::new(memory_bytes as u64, kept.spool.folder());
    let failed = |cause| kept.spool.failed(cause);

    let winnow = Winnow::new(min_words);
    let bytes: u64 = texts.iter().map(|text| notes[text.doc as usize].kept_bytes).sum();
    let anchors = winnow.expected_anchors(bytes / WORD_BYTES);
    let mut recurring = Recurring::new(anchors, memory_bytes / 2);
    let mut windows = Sorter::new(&memory);
    for round in 0..recurring.rounds() {
        recurring.begin(round);
        pool.install(|| {
            chunks.par_iter().try_for_each(|chunk| add_anchors(chunk, kept, &winnow, &recurring))
        })?;
        for batch in chunks.chunks(CHUNKS_PER_THREAD * pool.current_num_threads()) {
            pool.install(|| {
                let of_batch: Result<Vec<Vec<Window>>, Error> = batch
                    .par_iter()
                    .map(|chunk| windows_of(chunk, kept, &winnow, &recurring))
                    .collect();
                windows.extend(of_batch?.into_iter().flatten()).map_err(failed)
            })?;
        }
    }
    drop(recurring);

    let mut copied = Sorter::new(&memory);
    let copied = pool.install(|| {
        for copy in copies(windows.finish()?.iter()?) {
            copied.push(copy?)?;
        }
        copied.finish()
    });
    let copied = copied.map_err(failed)?;
    let mut found = Vec::new();
    let mut batch: Vec<Copied> = Vec::new();
    for copy in copied.iter().map_err(failed)? {
        let copy = copy.map_err(failed)?;
        if batch.len() >= BATCH_COPIES && batch.last().is_some_and(|last| last.text != copy.text) {
            found.extend(trace_all(&batch, docs, kept, min_words, pool)?);
            batch.clear();
        }
        batch.push(copy);
    }
    found.extend(trace_all(&batch, docs, kept, min_words, pool)?);
    found.sort_unstable_by_key(|passage: &Passage| (passage.text, passage.range.start));
    info!(passages = found.len(), "passages that several articles have");
    let mut by_of: Vec<usize> = (0..found.len()).collect();
    by_of.sort_by_key(|&index| found[index].of);
    let spared = vec![false; found.len()];
    Ok(Some(Passages { what, min_words, found, by_of, spared }))
}

/// Cuts the texts, in input order, into chunks of about [`CHUNK_BYTES`].
fn chunks<'a>(texts: &'a [Text], notes: &[Note]) -> Vec<&'a [Text]> {
    let mut bytes = 0;
    let same = |text: &Text, _: &Text| {
        bytes += notes[text.doc as usize].kept_bytes;
        if bytes < CHUNK_BYTES {
            return true;
        }
        bytes = 0;
        false
    };
    texts.chunk_by(same).collect()
}

fn add_anchors(
    chunk: &[Text],
    kept: Texts<'_>,
    winnow: &Winnow,
    recurring: &Recurring,
) -> Result<(), Error> {
    let (mut read, mut winnow, mut tokens) = (kept.reader()?, winnow.clone(), Tokens::default());
    for text in chunk {
        tokenize_into(&read(text.doc)?, &mut tokens);
        winnow.anchors(tokens.hashes()).iter().for_each(|anchor| recurring.insert(*anchor));
    }
    Ok(())
}

fn windows_of(
    chunk: &[Text],
    kept: Texts<'_>,
    winnow: &Winnow,
    recurring: &Recurring,
) -> Result<Vec<Window>, Error> {
    let (mut read, mut winnow, mut tokens) = (kept.reader()?, winnow.clone(), Tokens::default());
    let mut windows = Vec::new();
    for text in chunk {
        tokenize_into(&read(text.doc)?, &mut tokens);
        winnow.windows(text.number, tokens.hashes(), recurring, |w| windows.push(w));
    }
    Ok(windows)
}

/// The passages of the texts whose copied windows these are; with `docs`, articles are called by
/// their number in the input.
fn trace_all(
    copies: &[Copied],
    docs: &[u32],
    kept: Texts<'_>,
    min_words: usize,
    pool: &ThreadPool,
) -> Result<Vec<Passage>, Error> {
    let of_texts: Vec<&[Copied]> = copies.chunk_by(|a, b| a.text == b.text).collect();
    let found: Result<Vec<Vec<Passage>>, Error> = pool.install(|| {
        let chunks = of_texts.par_chunks(BATCH_TEXTS);
        chunks.map(|of_texts| trace_chunk(of_texts, docs, kept, min_words)).collect()
    });
    Ok(found?.concat())
}

fn trace_chunk(
    of_texts: &[&[Copied]],
    docs: &[u32],
    kept: Texts<'_>,
    min_words: usize,
) -> Result<Vec<Passage>, Error> {
    let mut read = kept.reader()?;
    let mut held: HashMap<u32, Worded<String>> = HashMap::new();
    let mut held_bytes = 0;
    let mut found = Vec::new();
    for run in of_texts.iter().flat_map(|of_text| runs(of_text)) {
        let Some(&Copied { text, of, .. }) = run.first() else { continue };
        if held_bytes > HELD_BYTES {
            held.clear();
            held_bytes = 0;
        }
        for number in [text, of] {
            if let Entry::Vacant(slot) = held.entry(number) {
                let text = read(docs[number as usize])?;
                // A word and its place take some 24 bytes beside its letters.
                held_bytes += 5 * text.len();
                slot.insert(Worded::new(text));
            }
        }
        let (Some(text), Some(of)) = (held.get(&text), held.get(&of)) else { continue };
        trace(text, of, run, min_words, &mut found);
    }
    for passage in &mut found {
        passage.text = docs[passage.text as usize];
        passage.of = docs[passage.of as usize];
    }
    Ok(found)
}
