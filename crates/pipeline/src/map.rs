//! The map pass: every record read, cleaned and sketched, in parallel and in order. What an earlier
//! start of the run has done is taken from the spool.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use newsmill_article::{Article, ArticleId, Origin, Record, Reject, RejectKind, Stage, Textless};
use newsmill_dedup::candidates::Sketches;
use newsmill_dedup::sketch::{Sketch, Sketcher};
use newsmill_read::{Input, Skips};
use rayon::ThreadPool;
use rayon::prelude::*;
use tracing::{debug, info, info_span};

use crate::Error;
use crate::boilerplate::{Cutter, LineSpool, Noted};
use crate::chain::{Chain, Sketching, Tap, caught};
use crate::config::{Config, Mode};
use crate::journal::{At, Batched, Handed, Journal, Replay};
use crate::progress::Pass;
use crate::run::Hooks;
use crate::spool::{Frame, Spool, SpoolWriter};
use crate::trial::without_killers;

/// A chunk is what one worker takes: records of about this many bytes…
const CHUNK_BYTES: usize = 256 << 10;
/// … or this many records, whichever comes first. Chunks depend on the input alone, never on the
/// number of threads.
const CHUNK_RECORDS: usize = 512;
/// Chunks handed out at once, for each thread.
const CHUNKS_PER_THREAD: usize = 4;

pub(crate) type Chunk = Vec<Result<Record, Reject>>;

/// Chunks handed out at once.
struct Batch {
    chunks: Vec<Chunk>,
    /// Bytes of the inputs, as stored, read so far.
    stored_bytes: u64,
    /// The place behind it, and what was passed over in the inputs before that place's.
    at: At,
    skipped: Skips,
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
    /// Records of kinds that hold no article.
    pub(crate) skipped: Skips,
    pub(crate) source_bytes: u64,
    /// Held to the end of the run, since it keeps others out of the folder.
    pub(crate) journal: Option<Journal>,
}

/// What a worker makes of a chunk.
#[derive(Default)]
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

/// What a run that can go on keeps of itself.
pub(crate) struct Lasting {
    pub(crate) journal: Journal,
    /// What an earlier start did.
    pub(crate) replay: Option<Replay>,
    pub(crate) handed: Handed,
    /// Up to here an earlier start that died had records in hand: one of them may kill.
    pub(crate) suspect: At,
}

/// Runs the map pass. Sketches are added to `sketches`, rejects are handed to `reject` in input
/// order.
#[allow(clippy::too_many_arguments)]
pub(crate) fn map(
    inputs: &[Input],
    config: &Config,
    hooks: &Hooks<'_>,
    pool: &ThreadPool,
    mut spool: SpoolWriter,
    lasting: Option<Lasting>,
    sketches: Sketches,
    reject: impl FnMut(&Reject) -> Result<(), Error>,
) -> Result<(Mapped, Sketches), Error> {
    let span = info_span!("map", inputs = inputs.len());
    let _guard = span.enter();
    hooks.progress.begin(Pass::Map, inputs.iter().map(Input::bytes).sum());
    let sketcher = Sketcher::new(&config.across).map_err(|e| Error::Config(e.to_string()))?;
    let worker = || Worker::new(config, &sketcher, hooks.tap);
    let lines = counts_lines(config).then(|| LineSpool::new(spool.folder()));
    let mut books = Books { lines, notes: Vec::new(), sketches, rejected: 0, bytes: 0, reject };
    let (mut journal, mut handed) = (None, None);
    let (mut from, mut suspect) = ((At::default(), Skips::default()), At::default());
    if let Some(Lasting { journal: begun, replay, handed: note, suspect: to }) = lasting {
        let journal = journal.insert(begun);
        if let Some(mut replay) = replay {
            from = books.replay(&mut replay, &mut spool, pool, hooks, worker)?;
            journal.go_on(&replay)?;
        }
        (handed, suspect) = (Some(note), to);
    }
    spool.cut()?;
    let batch_chunks = CHUNKS_PER_THREAD * pool.current_num_threads();
    let skipped = thread::scope(|scope| {
        let (send, batches) = sync_channel(1);
        let (send_done, receive) = sync_channel(1);
        let reader = scope.spawn(move || read_chunks(inputs, from, config, batch_chunks, &send));
        // Workers go on while this thread writes what they made.
        let (handed, worker) = (&mut handed, &worker);
        let workers = scope.spawn(move || {
            let mut before = from.0;
            for Batch { mut chunks, stored_bytes, at, skipped } in batches {
                if before < suspect {
                    without_killers(&mut chunks, hooks.trial);
                }
                before = at;
                if let Some(handed) = handed {
                    handed.write(at)?;
                }
                let done: Vec<_> = pool
                    .install(|| chunks.into_par_iter().map_init(worker, Worker::work).collect());
                if send_done.send((done, stored_bytes, at, skipped)).is_err() {
                    break;
                }
            }
            Ok(())
        });
        let worked = receive.iter().try_for_each(|(done, stored_bytes, at, skipped)| {
            let mut batch = Batched { stored_bytes, at, skipped, ..Batched::default() };
            for done in done {
                let mut done = done.map_err(|cause| spool.failed(cause))?;
                batch.frames.push(spool.push(&done.frame, &done.texts)?);
                batch.bytes += done.bytes;
                books.rejects(&done.rejects)?;
                batch.rejects.append(&mut done.rejects);
                books.take(done).map_err(|cause| spool.failed(cause))?;
            }
            books.bytes += batch.bytes;
            if let Some(journal) = &mut journal {
                spool.flush()?;
                journal.push(&batch)?;
                if journal.is_due() || hooks.stops() {
                    spool.sync()?;
                    journal.sync()?;
                }
            }
            hooks.progress.at(stored_bytes, books.read());
            if hooks.stops() { Err(Error::Stopped) } else { Ok(()) }
        });
        // Who waits to send ends once nobody receives any more.
        drop(receive);
        let panicked = |who: &str| Error::Panicked(who.to_owned());
        let mapped = workers.join().unwrap_or_else(|_| Err(panicked("a worker")));
        let ended = reader.join().unwrap_or_else(|_| Err(panicked("the reader")));
        worked.and(mapped).and(ended)
    })
    .inspect_err(|_| {
        // The process lives: no record has killed it.
        if let Some(handed) = &mut handed {
            drop(handed.clear());
        }
    })?;
    hooks.progress.end();
    if let Some(handed) = &mut handed {
        handed.clear()?;
    }
    if let Some(lines) = &mut books.lines {
        lines.finish()?;
    }
    let read = books.read();
    let Books { lines, notes, sketches, rejected, bytes: source_bytes, .. } = books;
    let spool = spool.finish()?;
    Ok((Mapped { spool, notes, lines, read, rejected, skipped, source_bytes, journal }, sketches))
}

/// What is gathered of all records.
struct Books<R> {
    lines: Option<LineSpool>,
    notes: Vec<Note>,
    sketches: Sketches,
    rejected: u64,
    /// Of the records read.
    bytes: u64,
    reject: R,
}

impl<R: FnMut(&Reject) -> Result<(), Error>> Books<R> {
    fn read(&self) -> u64 {
        self.notes.len() as u64 + self.rejected
    }

    fn rejects(&mut self, rejects: &[Reject]) -> Result<(), Error> {
        self.rejected += rejects.len() as u64;
        for row in rejects {
            debug!(reject = %row, "record rejected");
            (self.reject)(row)?;
        }
        Ok(())
    }

    /// Takes what later passes need of articles that are in the spool.
    fn take(&mut self, done: Done) -> std::io::Result<()> {
        if let Some(lines) = &mut self.lines {
            for noted in done.lines {
                lines.push(noted).map_err(std::io::Error::other)?;
            }
        }
        self.notes.extend(done.notes);
        done.sketches.iter().try_for_each(|sketch| self.sketches.push(sketch))
    }

    /// Takes what an earlier start of the run left in the spool, as far as it is whole, and returns
    /// the place in the inputs behind it, with what was passed over before its input.
    fn replay<'a>(
        &mut self,
        replay: &mut Replay,
        spool: &mut SpoolWriter,
        pool: &ThreadPool,
        hooks: &Hooks<'_>,
        worker: impl Fn() -> Worker<'a> + Sync,
    ) -> Result<(At, Skips), Error> {
        let mut from = Default::default();
        loop {
            let before = replay.place();
            let Some(batch) = replay.next()? else { break };
            let mark = spool.mark();
            let mut frames = Vec::with_capacity(batch.frames.len());
            for entry in &batch.frames {
                frames.extend(spool.read_back(entry)?);
            }
            if frames.len() < batch.frames.len() {
                spool.back_to(mark);
                replay.back_to(before);
                break;
            }
            let done: Vec<_> =
                pool.install(|| frames.into_par_iter().map_init(&worker, Worker::again).collect());
            for done in done {
                let done = done.map_err(|detail| Error::SpoolDamaged {
                    path: spool.home().to_owned(),
                    detail,
                })?;
                self.take(done).map_err(|cause| spool.failed(cause))?;
            }
            self.rejects(&batch.rejects)?;
            self.bytes += batch.bytes;
            from = (batch.at, batch.skipped);
            hooks.progress.at(batch.stored_bytes, self.read());
            if hooks.stops() {
                return Err(Error::Stopped);
            }
        }
        info!(records = self.read(), "taken over from an earlier start");
        Ok(from)
    }
}

/// Cuts the inputs into chunks, in order, and returns what was passed over. Runs in a thread of its
/// own, a few chunks ahead.
fn read_chunks(
    inputs: &[Input],
    (from, mut skipped): (At, Skips),
    config: &Config,
    batch_chunks: usize,
    send: &SyncSender<Batch>,
) -> Result<Skips, Error> {
    let (mut chunks, mut chunk, mut bytes) = (Vec::new(), Vec::new(), 0);
    let known = |inputs: &[Input]| inputs.iter().filter_map(Input::bytes).sum::<u64>();
    let first = inputs.len().min(from.input as usize);
    let mut stored_before = known(&inputs[..first]);
    for (number, input) in (first as u64..).zip(&inputs[first..]) {
        debug!(path = %input.path(), "reading");
        let mut records = newsmill_read::records(input, &config.read, &config.limits)?;
        let mut at = At { input: number, records: 0 };
        while let Some(record) = records.next() {
            at.records += 1;
            if at <= from {
                continue;
            }
            // A row's other fields count too.
            bytes += record.as_ref().map_or(0, |r| r.content.len().max(r.origin.length as usize));
            chunk.push(record);
            if bytes >= CHUNK_BYTES || chunk.len() >= CHUNK_RECORDS {
                chunks.push(std::mem::take(&mut chunk));
                bytes = 0;
            }
            if chunks.len() >= batch_chunks {
                let stored_bytes = stored_before + records.bytes_read();
                let chunks = std::mem::take(&mut chunks);
                if send.send(Batch { chunks, stored_bytes, at, skipped }).is_err() {
                    return Ok(skipped);
                }
            }
        }
        stored_before += records.bytes_read();
        skipped += records.skipped();
    }
    if !chunk.is_empty() {
        chunks.push(chunk);
    }
    if !chunks.is_empty() {
        let at = At { input: inputs.len() as u64, records: 0 };
        // Nobody receives any more only after a failure, which the receiver reports.
        drop(send.send(Batch { chunks, stored_bytes: stored_before, at, skipped }));
    }
    Ok(skipped)
}

/// What becomes of one record.
struct Worked {
    article: Article,
    /// The kept text; nothing where it is the article's.
    text: Option<String>,
    known: Known,
}

/// What later passes need of an article.
struct Known {
    note: Note,
    sketch: Sketch,
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
        let made = move || (Chain::new(config, tap), Sketching::new(sketcher));
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
        let mut done = Done::default();
        for record in chunk {
            let worked = record.and_then(|record| {
                done.bytes += record.origin.length;
                self.work_one(record)
            });
            match worked {
                Ok(Worked { article, text, known }) => {
                    // A text that is kept whole is not stored twice.
                    let text = match text {
                        Some(text) => {
                            articles.push(article);
                            text
                        }
                        None => {
                            let (rest, text) = article.take_text();
                            textless.push(rest);
                            text
                        }
                    };
                    done.texts.push(text);
                    done.know(known);
                }
                Err(reject) => done.rejects.push(reject),
            }
        }
        done.frame = match self.mode {
            Mode::Articles => Frame::pack(&articles)?,
            Mode::Verbatim => Frame::pack(&textless)?,
        };
        Ok(done)
    }

    /// What a chunk was that has been worked before, from what is in the spool.
    fn again(&mut self, (frame, texts): (Frame, Vec<String>)) -> Result<Done, String> {
        let articles: Vec<Article> = match self.mode {
            Mode::Articles => frame.unpack()?,
            Mode::Verbatim => {
                let textless: Vec<Textless> = frame.unpack()?;
                let whole = textless.into_iter().zip(&texts);
                whole
                    .map(|(article, text)| article.with_text(text.clone()))
                    .collect::<Result<_, _>>()
                    .map_err(|e| e.to_string())?
            }
        };
        if articles.len() != texts.len() {
            return Err("a frame has not as many articles as texts".to_owned());
        }
        let mut done = Done::default();
        for (article, text) in articles.iter().zip(&texts) {
            let sketch = self.sketching.sketch(text);
            done.know(self.known(article, text.len(), sketch));
        }
        Ok(done)
    }

    fn work_one(&mut self, record: Record) -> Result<Worked, Reject> {
        let origin = record.origin.clone();
        let worked = caught(&origin, |stage| {
            let (article, kept) = self.chain.article(record, stage)?;
            stage.set(Stage::Across);
            let text = (self.mode == Mode::Articles).then(|| kept.into_text());
            let kept_text = text.as_deref().unwrap_or(article.text());
            let sketch = self.sketching.sketch(kept_text);
            stage.set(Stage::Boilerplate);
            let known = self.known(&article, kept_text.len(), sketch);
            Ok(Worked { article, text, known })
        });
        if worked.as_ref().is_err_and(|reject| reject.kind == RejectKind::Panicked) {
            (self.chain, self.sketching) = (self.made)();
        }
        worked
    }

    fn known(&mut self, article: &Article, kept_bytes: usize, mut sketch: Sketch) -> Known {
        let mut note = note(article, kept_bytes, self.remembers || self.by_url);
        note.origin = self.remembers.then(|| Box::new(article.origin.clone()));
        sketch.identity = note.address.as_deref().copied();
        let lines = self.cutter.as_mut().map(|cutter| {
            let lines = cutter.lines(article).into_iter().map(|line| line.print);
            Noted::new(article, note.domain.as_deref(), lines.collect())
        });
        Known { note, sketch, lines }
    }
}

impl Done {
    fn know(&mut self, known: Known) {
        self.notes.push(known.note);
        self.sketches.push(known.sketch);
        self.lines.extend(known.lines);
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
