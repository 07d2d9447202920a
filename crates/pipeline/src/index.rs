//! The index across runs: articles of earlier runs, which stand, and the kept ones of this run,
//! which are added to it.
//!
//! Articles of the index go by the numbers below `settled`, those of the run by the numbers from
//! there on. A run holds the index from before its map pass until it has ended, so that two runs
//! cannot each miss what the other one keeps. Its own articles are made durable before its
//! manifest and become part of the index after it; see [`newsmill_dedup::index`] for what a crash
//! leaves.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use newsmill_dedup::candidates::Sketches;
use newsmill_dedup::index::{Index, IndexError, IndexWriter, Parameters, Prepared, Row, Run};
use newsmill_dedup::keep::Decision;
use newsmill_dedup::sketch::{Scratch, Sketch, Sketcher};
use newsmill_dedup::tokens::{Tokens, tokenize_into};
use newsmill_output::escape::terminal;
use newsmill_output::{FolderStore, Manifest, SourceRow};
use rayon::ThreadPool;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tracing::info;

use crate::Error;
use crate::config::{Config, Mode};
use crate::map::Note;
use crate::run::{Target, real};
use crate::spool::Spool;

/// Articles a worker sketches at a time, and how many of these tasks are handed out at once.
const ARTICLES_PER_TASK: usize = 256;
const TASKS_PER_THREAD: usize = 4;

/// The index of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IndexConfig {
    /// Its folder; made by the first run that names it. Nothing: every run stands alone.
    pub path: Option<PathBuf>,
    /// Whether articles are only compared with those of the index and none is added.
    pub read_only: bool,
}

/// An index while a run uses it.
#[derive(Debug)]
pub(crate) struct Memory {
    index: Arc<Index>,
    writer: Option<IndexWriter>,
    parameters: Parameters,
}

impl Memory {
    /// Opens the index of a configuration, if it has one.
    pub(crate) fn open(config: &Config) -> Result<Option<Self>, Error> {
        let Some(path) = &config.index.path else { return Ok(None) };
        let texts = match config.mode {
            Mode::Articles => "cleaned articles",
            Mode::Verbatim => "texts as they came",
        };
        let parameters = Parameters::new(&config.across, texts);
        let writer = match config.index.read_only {
            false => Some(IndexWriter::open(path, is_finished)?),
            true => None,
        };
        let index = match &writer {
            Some(writer) => Arc::clone(writer.index()),
            None => Arc::new(Index::open(path)?),
        };
        index.check(&parameters)?;
        // Damage is found before a run folder is made ready.
        for row in index.sketches() {
            row?;
        }
        info!(articles = index.texts(), index = %path.display(), "articles of earlier runs");
        Ok(Some(Self { index, writer, parameters }))
    }

    pub(crate) fn index(&self) -> &Arc<Index> {
        &self.index
    }

    /// Makes the kept articles durable, to be added by [`Memory::commit`] once the run is finished.
    pub(crate) fn prepare(
        &self,
        kept: &Kept<'_>,
        target: &Target,
        started: &str,
        pool: &ThreadPool,
    ) -> Result<Option<Prepared>, Error> {
        let Some(writer) = &self.writer else { return Ok(None) };
        let numbers: Vec<usize> = (kept.decisions.iter().enumerate())
            .filter(|(_, decision)| matches!(decision, Decision::Keep { .. }))
            .map(|(number, _)| number)
            .collect();
        if numbers.is_empty() {
            return Ok(None);
        }
        let sketcher = Sketcher::new(&self.parameters.config());
        let sketcher = sketcher.map_err(|e| Error::Config(e.to_string()))?;
        let mut segment = writer.begin(&self.parameters)?;
        let at_once = ARTICLES_PER_TASK * TASKS_PER_THREAD * pool.current_num_threads();
        for numbers in numbers.chunks(at_once) {
            let sketched: Vec<Vec<(String, Sketch)>> = pool.install(|| {
                let tasks = numbers.par_chunks(ARTICLES_PER_TASK);
                tasks.map(|numbers| kept.sketch(numbers, &sketcher)).collect::<Result<_, _>>()
            })?;
            for (&number, (text, sketch)) in numbers.iter().zip(sketched.iter().flatten()) {
                let Some(note) = kept.notes.get(number) else { continue };
                let source = note.origin.as_deref().map(SourceRow::new);
                let source =
                    serde_json::to_string(&source).map_err(|e| kept.spool.failed(e.into()))?;
                let row = Row {
                    id: note.id.as_str(),
                    source: &source,
                    published: note.published,
                    truncated: note.truncated,
                    text,
                };
                segment.push(&row, sketch)?;
            }
        }
        let name = match target {
            Target::Folder { path, .. } => real(path).display().to_string(),
            Target::Stdout => "-".to_owned(),
        };
        Ok(Some(writer.prepare(segment, name, started)?))
    }

    /// Adds what was prepared.
    pub(crate) fn commit(self, prepared: Option<Prepared>) -> Result<(), Error> {
        if let (Some(mut writer), Some(prepared)) = (self.writer, prepared) {
            writer.commit(prepared)?;
            info!(articles = writer.index().texts(), "articles remembered");
        }
        Ok(())
    }
}

/// What is known of the articles of a run when it has been written.
#[derive(Debug)]
pub(crate) struct Kept<'a> {
    pub(crate) spool: &'a Spool,
    pub(crate) notes: &'a [Note],
    pub(crate) decisions: &'a [Decision],
}

impl Kept<'_> {
    /// The texts of articles and their sketches. Made again from the text, which costs little, so
    /// that they need not be held through the run.
    fn sketch(
        &self,
        numbers: &[usize],
        sketcher: &Sketcher,
    ) -> Result<Vec<(String, Sketch)>, Error> {
        let mut texts = self.spool.texts()?;
        let (mut tokens, mut scratch) = (Tokens::default(), Scratch::default());
        let settled = self.spool.settled();
        let sketch = |&number: &usize| {
            let text = texts.read(settled + number as u32)?;
            tokenize_into(&text, &mut tokens);
            let mut sketch = sketcher.sketch_words(tokens.hashes(), &mut scratch);
            sketch.identity = self.notes.get(number).and_then(|n| n.address.as_deref().copied());
            Ok((text, sketch))
        };
        numbers.iter().map(sketch).collect()
    }
}

/// What must be known of the articles of an index beside their sketches.
#[derive(Debug, Default)]
pub(crate) struct Settled {
    pub(crate) count: u32,
    /// Ascending.
    truncated: Vec<u32>,
}

impl Settled {
    /// Reads the sketches of an index into `sketches`.
    pub(crate) fn load(
        index: &Index,
        sketches: &mut Sketches,
        failed: impl Fn(io::Error) -> Error,
    ) -> Result<Self, Error> {
        let mut settled = Self { count: index.texts(), truncated: Vec::new() };
        for (number, row) in (0..).zip(index.sketches()) {
            let row = row?;
            sketches.push(&row.sketch).map_err(&failed)?;
            if row.truncated {
                settled.truncated.push(number);
            }
        }
        Ok(settled)
    }

    pub(crate) fn is_truncated(&self, number: u32) -> bool {
        self.truncated.binary_search(&number).is_ok()
    }
}

/// Whether the run that wrote a segment has ended well: its folder holds a manifest, and it is of
/// that run.
fn is_finished(run: &Run) -> bool {
    let store = FolderStore::existing(Path::new(&run.name));
    let manifest = store.and_then(|store| Manifest::read(&store));
    manifest.is_ok_and(|manifest| manifest.run.started == run.started)
}

/// What an index holds, for people.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IndexStats {
    /// Articles in all.
    pub articles: u32,
    /// Segments they lie in.
    pub segments: usize,
    /// Bytes of texts, ids and places on disk.
    pub text_bytes: u64,
    /// Bytes of sketches on disk.
    pub sketch_bytes: u64,
    /// The earliest and the latest date of publication, in seconds since 1970.
    pub published: Option<(i64, i64)>,
    /// What the sketches were made with; nothing while the index is empty.
    pub parameters: Option<Parameters>,
    /// The runs that added articles, in order.
    pub runs: Vec<Run>,
}

impl fmt::Display for IndexStats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { articles, segments, text_bytes, sketch_bytes, .. } = self;
        let bytes = text_bytes + sketch_bytes;
        let each = bytes / u64::from(*articles).max(1);
        writeln!(
            f,
            "{articles} articles in {segments} segments, {bytes} bytes, {each} an article"
        )?;
        writeln!(f, "  {text_bytes} bytes of texts, {sketch_bytes} bytes of sketches")?;
        if let Some((first, last)) = self.published {
            let date = |seconds| {
                let date = jiff::Timestamp::from_second(seconds);
                date.map_or_else(|_| "?".to_owned(), |date| date.strftime("%F").to_string())
            };
            writeln!(f, "  published {} to {}", date(first), date(last))?;
        }
        if let Some(Parameters { method, shingle_words, bands, rows, texts, .. }) = &self.parameters
        {
            writeln!(f, "  {texts}: {method:?}, {shingle_words} words, {bands} bands of {rows}")?;
        }
        for Run { name, started, texts } in &self.runs {
            let (name, started) = (terminal(name, 200), terminal(started, 40));
            writeln!(f, "  {texts:>10} articles of {name}, started {started}")?;
        }
        Ok(())
    }
}

/// Says what an index holds.
///
/// # Errors
/// When there is none, or it is damaged.
pub fn index_stats(path: &Path) -> Result<IndexStats, Error> {
    Ok(stats(&Index::open(path)?))
}

/// Makes one segment of all segments of an index.
///
/// # Errors
/// When there is none, it is damaged, or a run holds it.
pub fn index_merge(path: &Path) -> Result<IndexStats, Error> {
    let mut writer = IndexWriter::existing(path, is_finished)?;
    writer.merge()?;
    Ok(stats(writer.index()))
}

/// Reads a whole index and says what is wrong with it: nothing when all is well. `progress` is
/// called with the number of articles done.
///
/// # Errors
/// When there is none, or so much is wrong that it cannot be opened.
pub fn index_verify(
    path: &Path,
    progress: impl FnMut(u32),
) -> Result<(IndexStats, Vec<IndexError>), Error> {
    let index = Index::open(path)?;
    let wrong = index.verify(progress);
    Ok((stats(&index), wrong))
}

fn stats(index: &Index) -> IndexStats {
    let mut stats = IndexStats {
        articles: index.texts(),
        segments: 0,
        text_bytes: 0,
        sketch_bytes: 0,
        published: None,
        parameters: index.parameters().cloned(),
        runs: Vec::new(),
    };
    for (about, texts, sketches) in index.segments() {
        stats.segments += 1;
        stats.text_bytes += texts;
        stats.sketch_bytes += sketches;
        stats.runs.extend(about.runs.iter().cloned());
        stats.published = match (stats.published, about.published) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (one, other) => one.or(other),
        };
    }
    stats
}
