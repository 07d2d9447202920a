//! The write pass: the spool in input order, rows out.

use newsmill_article::{
    Article, ArticleId, Cluster, Diff, Duplicate, Method, Related, RelatedKind, Role, Tally,
    Textless, Verdict,
};
use newsmill_dedup::keep::{self, Decision, DropMethod};
use newsmill_dedup::shingles::shingles;
use newsmill_dedup::tokens::{Tokens, tokenize_into};
use newsmill_dedup::verify::{WordDiff, diff, jaccard};
use newsmill_output::{
    ArticleRow, ArticleWriter, DUPLICATES, DuplicateRow, FileEntry, Format, Frame, FrameBuilder,
    REMOVED, REPAIRED, RemovalSamples, RemovedRow, RepairedRow, Rows, RunFile, Store, write_line,
};
use rayon::ThreadPool;
use rayon::prelude::*;
use serde::Serialize;
use serde_json::value::RawValue;
use tracing::info_span;

use crate::Error;
use crate::boilerplate::{Boilerplate, Profile, Taken};
use crate::config::{Config, Mode};
use crate::map::Note;
use crate::origins;
use crate::passages::{End, Passages, Placed};
use crate::progress::Pass;
use crate::run::Hooks;
use crate::samples::pairs;
use crate::spool::{self, Spool, TextReader};

/// Frames handed out at once, for each thread.
const FRAMES_PER_THREAD: usize = 4;

/// What is known of the articles when they are written.
#[derive(Debug)]
pub(crate) struct Resolved<'a> {
    pub(crate) config: &'a Config,
    pub(crate) spool: &'a Spool,
    pub(crate) notes: &'a [Note],
    pub(crate) decisions: &'a [Decision],
    /// Nothing where it is not looked for.
    pub(crate) boilerplate: Option<&'a Boilerplate>,
    /// Nothing where they are not looked for.
    pub(crate) passages: Option<&'a Passages>,
}

/// What a worker makes of a frame of the spool.
struct Done {
    articles: Articles,
    duplicates: Ledger,
    removed: Ledger,
    repaired: Ledger,
    boilerplate: Vec<Taken>,
    passages: Vec<(usize, End)>,
    samples: RemovalSamples,
    tally: Tally,
}

/// What articles are made into.
#[derive(Clone, Copy)]
enum To<'a> {
    /// Files of a run folder, compressed at a zstd level.
    Files(&'a [&'static dyn Format], i32),
    /// One stream, as they are.
    Stream(&'static dyn Rows),
}

/// What became of the articles of a frame.
enum Articles {
    /// For each format what goes into its files.
    Files(Vec<Frame>),
    Stream(Vec<u8>),
}

/// Articles on their way into [`Articles`].
enum Builders {
    Files(Vec<FrameBuilder>),
    Stream(&'static dyn Rows, Vec<u8>),
}

impl Builders {
    fn new(to: To<'_>) -> std::io::Result<Self> {
        Ok(match to {
            To::Files(formats, level) => {
                let builders = formats.iter().map(|format| FrameBuilder::new(*format, level));
                Self::Files(builders.collect::<Result<_, _>>()?)
            }
            To::Stream(rows) => Self::Stream(rows, Vec::new()),
        })
    }

    fn push(&mut self, row: &ArticleRow<'_>) -> std::io::Result<()> {
        match self {
            Self::Files(builders) => builders.iter_mut().try_for_each(|b| b.push(row)),
            Self::Stream(rows, bytes) => rows.article(row, bytes),
        }
    }

    fn finish(self) -> std::io::Result<Articles> {
        Ok(match self {
            Self::Files(builders) => {
                let frames = builders.into_iter().map(FrameBuilder::finish);
                Articles::Files(frames.collect::<Result<_, _>>()?)
            }
            Self::Stream(_, bytes) => Articles::Stream(bytes),
        })
    }
}

#[derive(Default)]
struct Ledger {
    bytes: Vec<u8>,
    rows: u64,
}

impl Ledger {
    fn push(&mut self, row: &impl serde::Serialize) -> std::io::Result<()> {
        self.rows += 1;
        write_line(row, &mut self.bytes)
    }
}

/// Writes articles and ledgers into `store` and returns the files and the books.
pub(crate) fn write(
    resolved: &Resolved<'_>,
    formats: &[&'static dyn Format],
    store: &dyn Store,
    pool: &ThreadPool,
    hooks: &Hooks<'_>,
) -> Result<(Vec<FileEntry>, Tally), Error> {
    let level = resolved.config.output.zstd_level;
    let mut writers: Vec<ArticleWriter<'_>> = formats
        .iter()
        .map(|format| {
            ArticleWriter::new(store, *format)
                .with_part_bytes(resolved.config.output.shard_bytes)
                .with_level(level)
        })
        .collect();
    let mut duplicates = RunFile::create(store, DUPLICATES)?;
    let mut removed = RunFile::create(store, REMOVED)?;
    let mut repaired = RunFile::create(store, REPAIRED)?;
    let mut profile = resolved.boilerplate.map(Profile::new);
    let mut placed = resolved.passages.map(Placed::new);
    let mut samples = RemovalSamples::default();
    let mut tally = Tally::default();
    each(resolved, To::Files(formats, level), pool, hooks, |done| {
        if let Articles::Files(frames) = done.articles {
            // In the pool, where row groups are encoded.
            pool.install(|| {
                writers.iter_mut().zip(frames).try_for_each(|(writer, frame)| writer.push(frame))
            })?;
        }
        duplicates.write(&done.duplicates.bytes, done.duplicates.rows)?;
        removed.write(&done.removed.bytes, done.removed.rows)?;
        repaired.write(&done.repaired.bytes, done.repaired.rows)?;
        if let Some(profile) = &mut profile {
            profile.add(done.boilerplate);
        }
        if let Some(placed) = &mut placed {
            placed.add(done.passages);
        }
        samples.merge(done.samples);
        tally += done.tally;
        Ok(())
    })?;
    let mut files = Vec::new();
    for writer in writers {
        files.extend(pool.install(|| writer.finish())?);
    }
    files.push(duplicates.commit()?);
    files.push(removed.commit()?);
    files.push(repaired.commit()?);
    if let Some(profile) = profile {
        files.push(profile.write(store)?);
    }
    if let Some(placed) = placed {
        files.push(placed.write(resolved.notes, store)?);
    }
    files.push(samples.write(pairs(resolved)?, store)?);
    Ok((files, tally))
}

/// Writes the rows of kept articles, uncompressed, to `out`; the ledgers go nowhere.
pub(crate) fn stream(
    resolved: &Resolved<'_>,
    format: &'static dyn Format,
    out: &mut dyn std::io::Write,
    pool: &ThreadPool,
    hooks: &Hooks<'_>,
) -> Result<Tally, Error> {
    let Some(rows) = format.stream() else {
        let name = format.name();
        return Err(Error::Config(format!("`{name}` cannot be written to standard output")));
    };
    let mut tally = Tally::default();
    rows.head(out).map_err(Error::Stdout)?;
    each(resolved, To::Stream(rows), pool, hooks, |done| {
        if let Articles::Stream(bytes) = done.articles {
            out.write_all(&bytes).map_err(Error::Stdout)?;
        }
        tally += done.tally;
        Ok(())
    })?;
    out.flush().map_err(Error::Stdout)?;
    Ok(tally)
}

/// Works the spool's frames in parallel and hands what comes of them on in order.
fn each(
    resolved: &Resolved<'_>,
    to: To<'_>,
    pool: &ThreadPool,
    hooks: &Hooks<'_>,
    mut take: impl FnMut(Done) -> Result<(), Error>,
) -> Result<(), Error> {
    let span = info_span!("write", articles = resolved.notes.len());
    let _guard = span.enter();
    hooks.progress.begin(Pass::Write, Some(resolved.notes.len() as u64));
    let mut frames = resolved.spool.frames()?;
    let mut number = 0;
    loop {
        let mut batch = Vec::new();
        while batch.len() < FRAMES_PER_THREAD * pool.current_num_threads() {
            let Some(frame) = frames.next()? else { break };
            batch.push((number, frame));
            number += batch.last().map_or(0, |(_, frame)| frame.articles());
        }
        if batch.is_empty() {
            break;
        }
        let done: Vec<Result<Done, Error>> = pool.install(|| {
            batch
                .par_iter()
                .map(|(first, frame)| {
                    let mut texts = resolved.spool.texts()?;
                    let articles = articles(resolved, frame, *first, &mut texts)?;
                    work(resolved, to, *first, articles, &mut texts)
                })
                .collect()
        });
        for done in done {
            take(done?)?;
        }
        hooks.progress.at(number as u64, number as u64);
        if hooks.stops() {
            return Err(Error::Stopped);
        }
    }
    hooks.progress.end();
    Ok(())
}

/// The articles of one frame, the first of which is number `first`.
fn articles(
    resolved: &Resolved<'_>,
    frame: &spool::Frame,
    first: usize,
    texts: &mut TextReader<'_>,
) -> Result<Vec<Article>, Error> {
    let damaged = |detail| resolved.spool.damaged(detail);
    if resolved.config.mode == Mode::Articles {
        return frame.unpack().map_err(damaged);
    }
    let textless: Vec<Textless> = frame.unpack().map_err(damaged)?;
    (first..)
        .zip(textless)
        .map(|(number, article)| {
            let text = texts.read(resolved.spool.settled() + number as u32)?;
            article.with_text(text).map_err(|e| damaged(e.to_string()))
        })
        .collect()
}

/// Makes the rows of the articles of one frame, the first of which is number `first`.
fn work(
    resolved: &Resolved<'_>,
    to: To<'_>,
    first: usize,
    articles: Vec<Article>,
    texts: &mut TextReader<'_>,
) -> Result<Done, Error> {
    let spooled = |cause| resolved.spool.failed(cause);
    let mut rows = Builders::new(to).map_err(spooled)?;
    let [mut duplicates, mut removed, mut repaired] = [(); 3].map(|()| Ledger::default());
    let mut cutter = resolved.boilerplate.map(Boilerplate::cutter);
    let (mut boilerplate, mut passages) = (Vec::new(), Vec::new());
    let mut samples = RemovalSamples::default();
    let mut tally = Tally::default();
    for (number, mut article) in articles.into_iter().enumerate() {
        let number = first + number;
        match verdict(resolved, number, texts)? {
            Verdict::Drop(duplicate) => {
                tally.duplicates += 1;
                let row = DuplicateRow::new(&article, &duplicate);
                let kept_source = source_of_kept(resolved, number, texts)?;
                duplicates.push(&Dropped { row, kept_source }).map_err(spooled)?;
            }
            Verdict::Keep { cluster, related } => {
                let mode = resolved.config.mode;
                let mut places =
                    (resolved.passages).map(|found| (found, found.places(number, &article, mode)));
                if let (Some(rules), Some(cutter)) = (resolved.boilerplate, &mut cutter) {
                    boilerplate.extend(rules.remove(number, &mut article, cutter));
                }
                if let Some((found, places)) = &mut places {
                    passages.extend(places.settle(found, &mut article, &mut tally));
                }
                let kept = article.kept();
                let row = if mode == Mode::Verbatim && article.removals().is_empty() {
                    tally.keep_verbatim(&article);
                    ArticleRow::verbatim(&article, cluster.as_ref(), &related)
                } else {
                    tally.keep(&article, &kept);
                    ArticleRow::new(&article, &kept, cluster.as_ref(), &related)
                };
                rows.push(&row).map_err(spooled)?;
                for removal in article.removals() {
                    let of = (places.as_ref())
                        .and_then(|(found, places)| places.of(removal, found, resolved.notes));
                    let row = RemovedRow::new(&article, removal).of_article(of);
                    removed.push(&row).map_err(spooled)?;
                    samples.offer(&article, &kept, removal);
                }
                for row in RepairedRow::all(&article) {
                    repaired.push(&row).map_err(spooled)?;
                }
            }
        }
    }
    let articles = rows.finish().map_err(spooled)?;
    Ok(Done { articles, duplicates, removed, repaired, boilerplate, passages, samples, tally })
}

/// A duplicate, and where the article that stands for it came from if that is one of an earlier
/// run.
#[derive(Serialize)]
struct Dropped<'a> {
    #[serde(flatten)]
    row: DuplicateRow<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kept_source: Option<Box<RawValue>>,
}

fn source_of_kept(
    resolved: &Resolved<'_>,
    number: usize,
    texts: &mut TextReader<'_>,
) -> Result<Option<Box<RawValue>>, Error> {
    let Decision::Drop { kept, .. } = resolved.decisions[number] else { return Ok(None) };
    let Some(row) = texts.earlier(kept)? else { return Ok(None) };
    let source = RawValue::from_string(row.source.to_owned());
    source.map(Some).map_err(|cause| resolved.spool.failed(cause.into()))
}

/// The id of article `number`, of this run or an earlier one.
pub(crate) fn id(
    resolved: &Resolved<'_>,
    number: u32,
    texts: &mut TextReader<'_>,
) -> Result<ArticleId, Error> {
    if let Some(row) = texts.earlier(number)? {
        return Ok(row.id.into());
    }
    Ok(resolved.notes[(number - resolved.spool.settled()) as usize].id.clone())
}

/// What became of article `number` of this run, told with ids. Decisions name articles by the
/// numbers they have behind those of earlier runs.
fn verdict(
    resolved: &Resolved<'_>,
    number: usize,
    texts: &mut TextReader<'_>,
) -> Result<Verdict, Error> {
    let own = resolved.spool.settled() + number as u32;
    let mut id = |number: u32| id(resolved, number, texts);
    Ok(match &resolved.decisions[number] {
        Decision::Keep { cluster, related } => Verdict::Keep {
            cluster: match cluster {
                Some(cluster) => Some(Cluster {
                    id: id(cluster.id)?,
                    size: cluster.members.len() as u64,
                    role: Role::Kept,
                    others: (cluster.members.iter())
                        .filter(|n| **n != own)
                        .map(|n| id(*n))
                        .collect::<Result<_, _>>()?,
                    origin: origins::likely(cluster.members.iter().filter_map(|n| {
                        let own = n.checked_sub(resolved.spool.settled())?;
                        resolved.notes.get(own as usize)
                    })),
                }),
                None => None,
            },
            related: related
                .iter()
                .map(|r| {
                    let (kind, similarity) = (kind(r.kind), r.similarity);
                    Ok(Related { id: id(r.doc)?, kind, similarity })
                })
                .collect::<Result<_, Error>>()?,
        },
        Decision::Drop { kept, cluster, method, similarity } => {
            let (kept_id, cluster) = (id(*kept)?, id(*cluster)?);
            let (mut difference, mut similarity) = (WordDiff::default(), *similarity);
            // Exact ones have the same words: no need to read them.
            if *method != DropMethod::Exact {
                let (kept, own) = (words(&texts.read(*kept)?), words(&texts.read(own)?));
                difference = diff(&kept, &own);
                if *method == DropMethod::Identity {
                    let set = |words: &[u64]| shingles(words, resolved.config.across.shingle_words);
                    similarity = jaccard(&set(&kept), &set(&own));
                }
            }
            Verdict::Drop(Duplicate {
                kept: kept_id,
                cluster,
                method: method_of(*method),
                similarity,
                diff: Diff { added: difference.added as u64, dropped: difference.dropped as u64 },
            })
        }
    })
}

/// The word hashes of a text.
fn words(text: &str) -> Vec<u64> {
    let mut tokens = Tokens::default();
    tokenize_into(text, &mut tokens);
    tokens.hashes().to_vec()
}

fn kind(kind: keep::RelatedKind) -> RelatedKind {
    match kind {
        keep::RelatedKind::Near => RelatedKind::Near,
        keep::RelatedKind::Contained => RelatedKind::Contained,
        keep::RelatedKind::Contains => RelatedKind::Contains,
        keep::RelatedKind::Template => RelatedKind::Template,
    }
}

pub(crate) fn method_of(method: keep::DropMethod) -> Method {
    match method {
        keep::DropMethod::Exact => Method::Exact,
        keep::DropMethod::Near => Method::Near,
        keep::DropMethod::Contained => Method::Contained,
        keep::DropMethod::Identity => Method::Url,
    }
}
