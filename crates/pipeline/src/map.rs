//! The map pass: every record read, cleaned and sketched, in parallel and in order. What an earlier
//! start of the run has done is taken from the spool.

mod worker;

use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use newsmill_article::{Record, Reject};
use newsmill_dedup::candidates::Sketches;
use newsmill_dedup::sketch::Sketcher;
use newsmill_read::{Input, Skips};
use rayon::ThreadPool;
use rayon::prelude::*;
use tracing::{debug, info, info_span};

use crate::Error;
use crate::boilerplate::LineSpool;
use crate::config::Config;
use crate::journal::{At, Batched, Handed, Journal, Replay};
use crate::progress::Pass;
use crate::run::Hooks;
use crate::spool::{Spool, SpoolWriter};
use crate::trial::without_killers;

pub(crate) use worker::{Credits, Note, Worker, note, payload};
use worker::{Done, counts_lines};

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
    let payload_bytes_left = config.output.reject_bytes;
    let mut books = Books {
        lines,
        notes: Vec::new(),
        sketches,
        rejected: 0,
        payload_bytes_left,
        bytes: 0,
        reject,
    };
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
        let taken = books.read();
        let reader =
            scope.spawn(move || read_chunks(inputs, from, taken, config, batch_chunks, &send));
        // Workers go on while this thread writes what they made.
        let (handed, worker) = (&mut handed, &worker);
        let workers = scope.spawn(move || {
            let mut before = from.0;
            for Batch { mut chunks, stored_bytes, at, skipped } in batches {
                if before < suspect {
                    without_killers(&mut chunks, config, hooks.trial);
                    if hooks.stops() {
                        // What was tried then may have died of the same signal.
                        return Err(Error::Stopped);
                    }
                }
                before = at;
                if let Some(handed) = handed {
                    handed.write(at.max(suspect))?;
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
                books.rejects(&mut done.rejects)?;
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
        // The process lives: none of its records has killed it.
        if let Some(handed) = &mut handed {
            drop(handed.write(suspect));
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
    /// Room for payloads of rejects.
    payload_bytes_left: u64,
    /// Of the records read.
    bytes: u64,
    reject: R,
}

impl<R: FnMut(&Reject) -> Result<(), Error>> Books<R> {
    fn read(&self) -> u64 {
        self.notes.len() as u64 + self.rejected
    }

    /// Hands rejects on, and takes the payload from those for which there is no room.
    fn rejects(&mut self, rejects: &mut [Reject]) -> Result<(), Error> {
        self.rejected += rejects.len() as u64;
        for row in rejects {
            if let Some(payload) = &row.payload {
                match self.payload_bytes_left.checked_sub(payload.bytes.len() as u64) {
                    Some(left) => self.payload_bytes_left = left,
                    None => row.payload = None,
                }
            }
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
            let Some(mut batch) = replay.next()? else { break };
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
            self.rejects(&mut batch.rejects)?;
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

/// Cuts the inputs into chunks, in order, from the place behind the `taken` records that an earlier
/// start has taken, and returns what was passed over. Runs in a thread of its own, a few chunks ahead.
fn read_chunks(
    inputs: &[Input],
    (from, mut skipped): (At, Skips),
    taken: u64,
    config: &Config,
    batch_chunks: usize,
    send: &SyncSender<Batch>,
) -> Result<Skips, Error> {
    let (mut chunks, mut chunk, mut bytes) = (Vec::new(), Vec::new(), 0);
    let known = |inputs: &[Input]| inputs.iter().filter_map(Input::bytes).sum::<u64>();
    let first = inputs.len().min(from.input as usize);
    let mut stored_before = known(&inputs[..first]);
    let mut taken = taken - from.records;
    for (number, input) in (first as u64..).zip(&inputs[first..]) {
        let most = config.sample.map(|sample| share(sample, number, inputs.len()) - taken);
        if most == Some(0) {
            stored_before += input.bytes().unwrap_or_default();
            continue;
        }
        debug!(path = %input.path(), "reading");
        let mut records = newsmill_read::records(input, &config.read, &config.limits)?;
        let mut at = At { input: number, records: 0 };
        while most.is_none_or(|most| at.records < most)
            && let Some(record) = records.next()
        {
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
        taken += at.records;
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

/// Of a sample of so many records, how many come from the inputs up to and with `number`.
fn share(sample: u64, number: u64, inputs: usize) -> u64 {
    let share = (u128::from(sample) * u128::from(number + 1)).div_ceil(inputs.max(1) as u128);
    share as u64
}
