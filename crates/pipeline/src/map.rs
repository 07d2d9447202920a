//! The map pass: every record read, cleaned and sketched, in parallel and in order.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use newsmill_article::{Article, ArticleId, Origin, Record, Reject, RejectKind, Stage};
use newsmill_dedup::candidates::Sketches;
use newsmill_dedup::sketch::{Sketch, Sketcher};
use newsmill_read::Input;
use rayon::ThreadPool;
use rayon::prelude::*;
use tracing::{debug, info_span};

use crate::Error;
use crate::boilerplate::{Cutter, LineSpool, Noted};
use crate::chain::{Chain, Sketched, Sketching, Tap, caught};
use crate::config::{Config, Mode};
use crate::progress::{Pass, Progress};
use crate::spool::{Frame, Spool, SpoolWriter};

/// A chunk is what one worker takes: records of about this many bytes…
const CHUNK_BYTES: usize = 256 << 10;
/// … or this many records, whichever comes first. Chunks depend on the input alone, never on the
/// number of threads.
const CHUNK_RECORDS: usize = 512;
/// Chunks handed out at once, for each thread.
const CHUNKS_PER_THREAD: usize = 4;

type Chunk = Vec<Result<Record, Reject>>;

/// Chunks handed out at once.
struct Batch {
    chunks: Vec<Chunk>,
    /// Bytes of the inputs, as stored, read so far.
    stored_bytes: u64,
}

/// What the later passes need to know of an article without opening the spool.
#[derive(Debug, Clone)]
pub(crate) struct Note {
    pub(crate) id: ArticleId,
    pub(crate) kept_bytes: u64,
    pub(crate) published: Option<i64>,
    pub(crate) domain: Option<Box<str>>,
    pub(crate) truncated: bool,
    /// A fingerprint of its address, in runs that go by it or have an index.
    pub(crate) address: Option<Box<u128>>,
    /// Where it came from, in runs with an index.
    pub(crate) origin: Option<Box<Origin>>,
}

/// What the map pass leaves behind.
#[derive(Debug)]
pub(crate) struct Mapped {
    pub(crate) spool: Spool,
    pub(crate) notes: Vec<Note>,
    /// Which article has which lines, where boilerplate is looked for.
    pub(crate) lines: Option<LineSpool>,
    pub(crate) read: u64,
    pub(crate) rejected: u64,
    pub(crate) source_bytes: u64,
}

/// What a worker makes of a chunk.
struct Done {
    frame: Frame,
    notes: Vec<Note>,
    sketches: Vec<Sketch>,
    /// Kept texts.
    texts: Vec<String>,
    /// Lines, where boilerplate is looked for.
    lines: Vec<Noted>,
    rejects: Vec<Reject>,
    bytes: u64,
}

/// Runs the map pass. Sketches are added to `sketches`, rejects are handed to `reject` in input
/// order.
#[allow(clippy::too_many_arguments)]
pub(crate) fn map(
    inputs: &[Input],
    config: &Config,
    tap: Option<Tap<'_>>,
    pool: &ThreadPool,
    mut spool: SpoolWriter,
    mut sketches: Sketches,
    mut reject: impl FnMut(&Reject) -> Result<(), Error>,
    progress: &dyn Progress,
) -> Result<(Mapped, Sketches), Error> {
    let span = info_span!("map", inputs = inputs.len());
    let _guard = span.enter();
    progress.begin(Pass::Map, inputs.iter().map(Input::bytes).sum());
    let sketcher = Sketcher::new(&config.across).map_err(|e| Error::Config(e.to_string()))?;
    let batch_chunks = CHUNKS_PER_THREAD * pool.current_num_threads();
    let mut lines = counts_lines(config).then(|| LineSpool::new(spool.folder()));
    let mut notes = Vec::new();
    let (mut read, mut rejected, mut source_bytes) = (0, 0, 0);
    thread::scope(|scope| {
        let (send, batches) = sync_channel(1);
        let (send_done, receive) = sync_channel(1);
        let reader = scope.spawn(move || read_chunks(inputs, config, batch_chunks, &send));
        // Workers go on while this thread writes what they made.
        let sketcher = &sketcher;
        let workers = scope.spawn(move || {
            for Batch { chunks, stored_bytes } in batches {
                let done: Vec<_> = pool.install(|| {
                    chunks
                        .into_par_iter()
                        .map_init(|| Worker::new(config, sketcher, tap), Worker::work)
                        .collect()
                });
                if send_done.send((done, stored_bytes)).is_err() {
                    break;
                }
            }
        });
        let worked = receive.iter().try_for_each(|(done, stored_bytes)| {
            for done in done {
                let done = done.map_err(|cause| spool.failed(cause))?;
                spool.push(&done.frame)?;
                for text in &done.texts {
                    spool.push_text(text)?;
                }
                if let Some(lines) = &mut lines {
                    for noted in done.lines {
                        lines.push(noted)?;
                    }
                }
                for row in &done.rejects {
                    debug!(reject = %row, "record rejected");
                    reject(row)?;
                }
                read += (done.notes.len() + done.rejects.len()) as u64;
                rejected += done.rejects.len() as u64;
                source_bytes += done.bytes;
                notes.extend(done.notes);
                for sketch in &done.sketches {
                    sketches.push(sketch).map_err(|cause| spool.failed(cause))?;
                }
            }
            progress.at(stored_bytes, read);
            Ok(())
        });
        // Who waits to send ends once nobody receives any more.
        drop(receive);
        let panicked = |who: &str| Err(Error::Panicked(who.to_owned()));
        let mapped = workers.join().or_else(|_| panicked("a worker"));
        let ended = reader.join().unwrap_or_else(|_| panicked("the reader"));
        worked.and(mapped).and(ended)
    })?;
    progress.end();
    if let Some(lines) = &mut lines {
        lines.finish()?;
    }
    let spool = spool.finish()?;
    Ok((Mapped { spool, notes, lines, read, rejected, source_bytes }, sketches))
}

/// Cuts the inputs into chunks, in order. Runs in a thread of its own, a few chunks ahead.
fn read_chunks(
    inputs: &[Input],
    config: &Config,
    batch_chunks: usize,
    send: &SyncSender<Batch>,
) -> Result<(), Error> {
    let (mut chunks, mut chunk, mut bytes) = (Vec::new(), Vec::new(), 0);
    let mut stored_before = 0;
    for input in inputs {
        debug!(path = %input.path(), "reading");
        let mut records = newsmill_read::records(input, &config.read, &config.limits)?;
        while let Some(record) = records.next() {
            // A row's other fields count too.
            bytes += record.as_ref().map_or(0, |r| r.content.len().max(r.origin.length as usize));
            chunk.push(record);
            if bytes >= CHUNK_BYTES || chunk.len() >= CHUNK_RECORDS {
                chunks.push(std::mem::take(&mut chunk));
                bytes = 0;
            }
            if chunks.len() >= batch_chunks {
                let stored_bytes = stored_before + records.bytes_read();
                let batch = Batch { chunks: std::mem::take(&mut chunks), stored_bytes };
                if send.send(batch).is_err() {
                    return Ok(());
                }
            }
        }
        stored_before += records.bytes_read();
    }
    chunks.push(chunk);
    // Nobody receives any more only after a failure, which the receiver reports.
    drop(send.send(Batch { chunks, stored_bytes: stored_before }));
    Ok(())
}

/// What becomes of one record.
struct Worked {
    article: Article,
    note: Note,
    sketched: Sketched,
    lines: Option<Noted>,
}

/// Whether boilerplate is looked for.
fn counts_lines(config: &Config) -> bool {
    config.mode == Mode::Articles && config.boilerplate.enabled
}

/// One worker's tools. Made anew after a panic, since they may be half written then.
struct Worker<'a> {
    chain: Chain<'a>,
    sketching: Sketching<'a>,
    cutter: Option<Cutter>,
    mode: Mode,
    /// Whether articles are remembered for later runs.
    remembers: bool,
    by_url: bool,
    made: Box<dyn Fn() -> (Chain<'a>, Sketching<'a>) + 'a>,
}

impl<'a> Worker<'a> {
    fn new(config: &'a Config, sketcher: &'a Sketcher, tap: Option<Tap<'a>>) -> Self {
        let made = move || (Chain::new(config, tap), Sketching::new(config, sketcher));
        let (chain, sketching) = made();
        let cutter = counts_lines(config).then(|| Cutter::new(config.boilerplate.lines));
        let remembers = config.index.path.is_some();
        let by_url = config.across.by_identity;
        Self {
            chain,
            sketching,
            cutter,
            mode: config.mode,
            remembers,
            by_url,
            made: Box::new(made),
        }
    }

    /// Works one chunk through the chain.
    fn work(&mut self, chunk: Chunk) -> std::io::Result<Done> {
        let (mut articles, mut textless) = (Vec::new(), Vec::new());
        let (mut notes, mut sketches) = (Vec::new(), Vec::new());
        let (mut texts, mut lines, mut rejects) = (Vec::new(), Vec::new(), Vec::new());
        let mut bytes = 0;
        for record in chunk {
            let worked = record.and_then(|record| {
                bytes += record.origin.length;
                self.work_one(record)
            });
            match worked {
                Ok(worked) => {
                    // A text that is kept whole is not stored twice.
                    let text = match worked.sketched.text {
                        Some(text) => {
                            articles.push(worked.article);
                            text
                        }
                        None => {
                            let (rest, text) = worked.article.take_text();
                            textless.push(rest);
                            text
                        }
                    };
                    texts.push(text);
                    notes.push(worked.note);
                    sketches.push(worked.sketched.sketch);
                    lines.extend(worked.lines);
                }
                Err(reject) => rejects.push(reject),
            }
        }
        let frame = match self.mode {
            Mode::Articles => Frame::pack(&articles)?,
            Mode::Verbatim => Frame::pack(&textless)?,
        };
        Ok(Done { frame, notes, sketches, texts, lines, rejects, bytes })
    }

    fn work_one(&mut self, record: Record) -> Result<Worked, Reject> {
        let origin = record.origin.clone();
        let worked = caught(&origin, |stage| {
            let (article, kept) = self.chain.article(record, stage)?;
            stage.set(Stage::Across);
            let mut sketched = self.sketching.sketch(&article, kept);
            let kept_bytes = sketched.text.as_ref().map_or(article.text().len(), String::len);
            let mut note = note(&article, kept_bytes, self.remembers || self.by_url);
            note.origin = self.remembers.then(|| Box::new(origin.clone()));
            sketched.sketch.identity = note.address.as_deref().copied();
            stage.set(Stage::Boilerplate);
            let lines = self.cutter.as_mut().map(|cutter| {
                let lines = cutter.lines(&article).into_iter().map(|line| line.print);
                Noted::new(&article, note.domain.as_deref(), lines.collect())
            });
            Ok(Worked { article, note, sketched, lines })
        });
        if worked.as_ref().is_err_and(|reject| reject.kind == RejectKind::Panicked) {
            (self.chain, self.sketching) = (self.made)();
        }
        worked
    }
}

fn note(article: &Article, kept_bytes: usize, by_url: bool) -> Note {
    let facts = &article.facts;
    let address = facts.url.as_ref().and_then(|url| newsmill_extract::normalize_url(&url.value));
    Note {
        address: address
            .as_ref()
            .filter(|_| by_url)
            .map(|address| Box::new(identity(&address.url))),
        id: article.id.clone(),
        kept_bytes: kept_bytes as u64,
        published: facts.published.as_ref().and_then(|p| seconds(&p.value)),
        domain: address.map(|address| address.domain.into()),
        truncated: article.truncated,
        origin: None,
    }
}

/// A fingerprint of an address, whatever its scheme, fragment and closing slash.
fn identity(url: &str) -> u128 {
    let url = url.split_once("://").map_or(url, |(_, rest)| rest);
    let url = url.split('#').next().unwrap_or_default();
    xxhash_rust::xxh3::xxh3_128(
        url.strip_prefix("www.").unwrap_or(url).trim_end_matches('/').as_bytes(),
    )
}

/// A date of RFC 3339, as exact as it is, as seconds since 1970; without a zone it is taken for UTC.
fn seconds(date: &str) -> Option<i64> {
    if let Ok(instant) = date.parse::<Timestamp>() {
        return Some(instant.as_second());
    }
    let local = date.parse::<DateTime>().or_else(|_| format!("{date}T00:00:00").parse()).ok()?;
    Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::{identity, seconds};

    #[test]
    fn addresses_are_the_same_whatever_does_not_name_the_page() {
        let page = identity("https://www.example.org/a/b");
        for url in ["http://example.org/a/b/", "https://example.org/a/b#top"] {
            assert_eq!(identity(url), page, "{url}");
        }
        assert_ne!(identity("https://example.org/a/b?page=2"), page);
    }

    #[test]
    fn dates_are_compared_as_moments() {
        let rows = [
            ("2019-03-11", Some(1_552_262_400)),
            ("2019-03-11T17:07:00", Some(1_552_324_020)),
            ("2019-03-11T17:07:00-04:00", Some(1_552_338_420)),
            ("2019-03-11T20:00:00Z", Some(1_552_334_400)),
            ("soon", None),
        ];
        for (date, want) in rows {
            assert_eq!(seconds(date), want, "{date}");
        }
    }
}
