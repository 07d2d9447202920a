//! A whole run: three passes, then the manifest.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use newsmill_article::Tally;
use newsmill_dedup::candidates::Sketches;
use newsmill_dedup::spill;
use newsmill_output::{
    FileEntry, FolderStore, Format, InputEntry, MANIFEST, Manifest, Mode as Existing,
    RejectedFiles, RunFacts, Store, format_named,
};
use newsmill_read::{Input, Skips};
use rayon::{ThreadPool, ThreadPoolBuilder};
use tracing::info;

use crate::Error;
use crate::boilerplate::{known, settle};
use crate::chain::Tap;
use crate::config::Config;
use crate::index::{Kept, Memory, Settled};
use crate::journal::{HOME, Handed, JobState, Journal};
use crate::map::{Lasting, map};
use crate::passages::{Texts, What, search};
use crate::progress::Progress;
use crate::report::of_run;
use crate::resolve::resolve;
use crate::spool::SpoolWriter;
use crate::summary::Summary;
use crate::timeline::{Timeline, memory_bytes};
use crate::trial::Trial;
use crate::write::{Resolved, stream, write};

/// What a run is to do.
#[derive(Clone, Debug)]
pub struct Job {
    /// Files, folders, globs, `-`.
    pub inputs: Vec<String>,
    /// Where the results go.
    pub target: Target,
    /// Every threshold and limit.
    pub config: Config,
    /// Worker threads; 0 for one a core.
    pub threads: usize,
}

/// Where results go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A run folder.
    Folder {
        /// The folder.
        path: PathBuf,
        /// What becomes of an earlier run in it.
        existing: Existing,
    },
    /// Article rows on standard output; the ledgers are not written.
    Stdout,
}

/// Who watches a run and has a say in it.
#[derive(Clone, Copy)]
pub struct Hooks<'a> {
    /// Told how far it is.
    pub progress: &'a dyn Progress,
    /// Called with each record before it is parsed, from many threads. A panic rejects the record.
    pub tap: Option<Tap<'a>>,
    /// Set to have the run end soon, with [`Error::Stopped`]; what is done by then stays.
    pub stop: Option<&'a AtomicBool>,
    /// Tries records that may have killed an earlier start of the run.
    pub trial: Option<Trial<'a>>,
}

impl fmt::Debug for Hooks<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (tap, trial) = (self.tap.is_some(), self.trial.is_some());
        let stop = self.stop;
        f.debug_struct("Hooks")
            .field("tap", &tap)
            .field("stop", &stop)
            .field("trial", &trial)
            .finish_non_exhaustive()
    }
}

impl<'a> Hooks<'a> {
    /// Nothing but progress.
    #[must_use]
    pub fn new(progress: &'a dyn Progress) -> Self {
        Self { progress, tap: None, stop: None, trial: None }
    }

    pub(crate) fn stops(&self) -> bool {
        self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
    }
}

/// Runs a job.
///
/// # Errors
/// When inputs are not there, the run folder cannot be written, or the configuration cannot be
/// used. Bad records are rows of `rejected.jsonl` and no errors.
pub fn run(job: &Job, progress: &dyn Progress) -> Result<Summary, Error> {
    run_with(job, &Hooks::new(progress))
}

/// Runs a job that somebody watches.
///
/// With [`Existing::Resume`] a run that was broken off goes on: what it had read and cleaned is
/// taken over, the rest is done as if nothing had happened. A finished run of the same job is left
/// as it is.
///
/// # Errors
/// As [`run`]; [`Error::Stopped`]; [`Error::Differs`] when the folder holds another job's work.
pub fn run_with(job: &Job, hooks: &Hooks<'_>) -> Result<Summary, Error> {
    let started = Instant::now();
    let timeline = Timeline::new(hooks.progress, started);
    let hooks = &Hooks { progress: &timeline, ..*hooks };
    let mut facts = RunFacts { started: jiff::Timestamp::now().to_string(), ..RunFacts::default() };
    job.config.check()?;
    let formats = formats(job)?;
    let known = known(&job.config.boilerplate)?;
    let inputs = inputs(job)?;
    let pool = pool(job.threads)?;
    facts.threads = pool.current_num_threads();

    // Before the run folder is made ready: what a run that was broken off left in the index depends
    // on its manifest.
    let memory = Memory::open(&job.config)?;
    let (folder, lasting) = match &job.target {
        Target::Folder { path, existing } => {
            if let Some(finished) = finished(job, path, *existing, &inputs)? {
                return Ok(finished);
            }
            let (store, lasting) = take(job, path, *existing, &inputs)?;
            (Some(store), Some(lasting))
        }
        Target::Stdout => (None, None),
    };
    facts.resumed = lasting.as_ref().is_some_and(|lasting| lasting.replay.is_some());
    let spool = match &folder {
        Some(store) => SpoolWriter::lasting(store.root())?,
        None => SpoolWriter::temporary(&std::env::temp_dir())?,
    };
    let scratch = spill::Memory::new(job.config.memory_bytes, spool.folder());
    let mut sketches =
        Sketches::new(&job.config.across, &scratch).map_err(|e| Error::Config(e.to_string()))?;
    let settled = match &memory {
        Some(memory) => Settled::load(memory.index(), &mut sketches, |cause| spool.failed(cause))?,
        None => Settled::default(),
    };
    let mut rejected = folder.as_ref().map(|store| RejectedFiles::create(store)).transpose()?;
    let reject = |row: &newsmill_article::Reject| match (&mut rejected, &folder) {
        (Some(files), Some(store)) => Ok(files.push(store, row)?),
        _ => {
            tracing::warn!(hint = row.kind.hint(), "rejected: {row}");
            Ok(())
        }
    };

    let (mut mapped, sketches) =
        map(&inputs, &job.config, hooks, &pool, spool, lasting, sketches, reject)?;
    info!(read = mapped.read, rejected = mapped.rejected, "read and cleaned");
    if let Some(memory) = &memory {
        mapped.spool.go_on_from(memory.index());
    }
    let (decisions, kept) =
        resolve(&mapped, sketches, &settled, &scratch, &job.config, &pool, hooks)?;
    let mut looked_for = job.config.passages.within(job.config.memory_bytes);
    if folder.is_none() && looked_for.what == What::Report {
        // There is nowhere to report them to.
        looked_for.what = What::Off;
    }
    let texts = Texts { spool: &mapped.spool, first: mapped.spool.settled() };
    let mut passages = search(texts, &mapped.notes, &kept, &looked_for, &pool)?;
    let boilerplate = mapped
        .lines
        .take()
        .map(|lines| {
            settle(lines, &decisions, mapped.spool.settled(), &known, &job.config.boilerplate)
        })
        .transpose()?;
    if let (Some(passages), Some(boilerplate)) = (&mut passages, &boilerplate) {
        passages.spare(&mapped.spool, boilerplate, &pool)?;
    }
    let resolved = Resolved {
        config: &job.config,
        spool: &mapped.spool,
        notes: &mapped.notes,
        decisions: &decisions,
        boilerplate: boilerplate.as_ref(),
        passages: passages.as_ref(),
    };
    let (mut files, mut tally) = match &folder {
        Some(store) => write(&resolved, &formats, store, &pool, hooks)?,
        None => {
            let mut out = std::io::stdout().lock();
            let format = formats.first().copied().ok_or_else(no_format)?;
            (Vec::new(), stream(&resolved, format, &mut out, &pool, hooks)?)
        }
    };
    tally.read = mapped.read;
    tally.rejected = mapped.rejected;
    tally.check()?;
    info!(kept = tally.kept, duplicates = tally.duplicates, "written");

    let prepared = match &memory {
        Some(memory) => {
            let kept = Kept { spool: &mapped.spool, notes: &mapped.notes, decisions: &decisions };
            memory.prepare(&kept, &job.target, &facts.started, &pool)?
        }
        None => None,
    };
    facts.seconds = started.elapsed().as_secs_f64();
    facts.peak_memory_bytes = memory_bytes("VmHWM:");
    facts.timeline = timeline.moments();
    if let (Some(store), Some(rejected)) = (&folder, rejected) {
        files.extend(rejected.commit()?);
        let mut manifest = manifest(job, &inputs, files, &tally, &facts)?;
        manifest.skipped = by_name(mapped.skipped);
        if job.config.output.report {
            of_run(store, &manifest, hooks)?;
        }
        manifest.write(store)?;
    }
    if let Some(memory) = memory {
        memory.commit(prepared)?;
    }
    // Unlocked before its folder goes.
    drop(mapped.journal.take());
    let (skipped, source_bytes) = (mapped.skipped.total(), mapped.source_bytes);
    mapped.spool.remove()?;
    let folder = folder.map(|store| store.root().to_owned());
    // The manifest has them.
    facts.timeline.clear();
    Ok(Summary { tally, skipped, source_bytes, facts, folder })
}

/// What came of the job if it is finished and is to go on.
fn finished(
    job: &Job,
    path: &Path,
    existing: Existing,
    inputs: &[Input],
) -> Result<Option<Summary>, Error> {
    if existing != Existing::Resume || !path.is_dir() {
        return Ok(None);
    }
    let store = FolderStore::existing(path)?;
    if !store.exists(MANIFEST)? {
        return Ok(None);
    }
    let manifest = Manifest::read(&store)?;
    let this = JobState::new(&job.config, inputs)?;
    if let Some(difference) = this.difference(&JobState::of_manifest(&manifest)) {
        return Err(Error::Differs { path: path.to_owned(), difference });
    }
    Journal::check_free(path)?;
    info!(folder = %path.display(), "finished already");
    // What the run had not yet deleted when it was broken off behind its manifest.
    match std::fs::remove_dir_all(path.join(HOME)) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => {
            return Err(Error::Spool { path: path.join(HOME), cause });
        }
        _ => {}
    }
    Ok(Some(Summary {
        tally: manifest.tally,
        skipped: manifest.skipped.values().sum(),
        source_bytes: 0,
        facts: RunFacts { resumed: true, ..manifest.run },
        folder: Some(path.to_owned()),
    }))
}

/// Takes the run folder for this run: its files, its journal, and what an earlier start of it left.
fn take(
    job: &Job,
    run: &Path,
    existing: Existing,
    inputs: &[Input],
) -> Result<(FolderStore, Lasting), Error> {
    let goes_on = existing == Existing::Resume;
    if goes_on && inputs.iter().any(Input::is_stdin) {
        let why = "standard input cannot be read again, so that a run of it cannot go on";
        return Err(Error::Config(why.to_owned()));
    }
    let state = JobState::new(&job.config, inputs)?;
    let (store, (journal, replay)) = if goes_on && run.exists() {
        // The journal's lock first: what another process is writing is left alone.
        let journal = Journal::open(run, &state, goes_on)?;
        (FolderStore::open(run, existing)?, journal)
    } else {
        Journal::check_free(run)?;
        let store = FolderStore::open(run, existing)?;
        let journal = Journal::open(store.root(), &state, goes_on)?;
        (store, journal)
    };
    let (handed, suspect) = Handed::open(run)?;
    Ok((store, Lasting { journal, replay, handed, suspect }))
}

fn by_name(skipped: Skips) -> BTreeMap<String, u64> {
    let Skips { record_type, status, media_type, no_text } = skipped;
    let counts = [
        ("record_type", record_type),
        ("status", status),
        ("media_type", media_type),
        ("no_text", no_text),
    ];
    counts.into_iter().filter(|(_, n)| *n > 0).map(|(name, n)| (name.to_owned(), n)).collect()
}

fn manifest(
    job: &Job,
    inputs: &[Input],
    files: Vec<FileEntry>,
    tally: &Tally,
    facts: &RunFacts,
) -> Result<Manifest, Error> {
    let config = serde_json::to_value(&job.config).map_err(|e| Error::Config(e.to_string()))?;
    let mut manifest = Manifest::new(config, tally.clone());
    manifest.inputs = inputs
        .iter()
        .map(|input| InputEntry { path: input.path().to_string(), bytes: input.bytes() })
        .collect();
    manifest.files = files;
    manifest.run = facts.clone();
    Ok(manifest)
}

pub(crate) fn formats(job: &Job) -> Result<Vec<&'static dyn Format>, Error> {
    let mut formats: Vec<&'static dyn Format> = Vec::new();
    if !job.config.output.writes_articles() {
        return match job.target {
            Target::Folder { .. } => Ok(formats),
            Target::Stdout => Err(no_format()),
        };
    }
    for name in &job.config.output.formats {
        let format = format_named(name).ok_or_else(|| {
            let known: Vec<_> = newsmill_output::FORMATS.iter().map(|f| f.name()).collect();
            Error::Config(format!("`{name}` is no output format; use {}", known.join(", ")))
        })?;
        if formats.iter().all(|f| f.name() != format.name()) {
            formats.push(format);
        }
    }
    if job.target == Target::Stdout && formats.len() > 1 {
        return Err(Error::Config("standard output takes one format only".to_owned()));
    }
    if job.target == Target::Stdout
        && let Some(format) = formats.iter().find(|format| format.stream().is_none())
    {
        let name = format.name();
        return Err(Error::Config(format!("{name} takes files; choose a folder with -o")));
    }
    if formats.is_empty() { Err(no_format()) } else { Ok(formats) }
}

/// The inputs of a job, none of which lies in the run folder or the index, or these in them.
pub(crate) fn inputs(job: &Job) -> Result<Vec<Input>, Error> {
    let inputs = newsmill_read::inputs(&job.inputs, &job.config.limits)?;
    if let Target::Folder { path, .. } = &job.target {
        apart("run folder", path, &job.inputs, &inputs)?;
    }
    if let Some(path) = &job.config.index.path {
        apart("index", path, &job.inputs, &inputs)?;
    }
    index_apart(job)?;
    Ok(inputs)
}

fn no_format() -> Error {
    Error::Config("output.formats names no format".to_owned())
}

pub(crate) fn pool(threads: usize) -> Result<ThreadPool, Error> {
    ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(|n| format!("worker-{n}"))
        .build()
        .map_err(|e| Error::Threads(e.to_string()))
}

/// A run folder or index inside a folder that is read would be read by the next run, and an input
/// inside the run folder would be gone when the folder is made ready.
fn apart(what: &str, path: &Path, arguments: &[String], inputs: &[Input]) -> Result<(), Error> {
    let path = real(path);
    let overlap = |input: &str, how: &str| {
        Error::Config(format!(
            "the {what} {} lies {how} {input}; choose another one",
            path.display()
        ))
    };
    for argument in arguments.iter().filter(|argument| Path::new(argument).is_dir()) {
        if path.starts_with(real(Path::new(argument))) {
            return Err(overlap(argument, "inside the input"));
        }
    }
    for input in inputs.iter().filter(|input| !input.is_stdin()) {
        if real(Path::new(&**input.path())).starts_with(&path) {
            return Err(overlap(input.path(), "around the input"));
        }
    }
    Ok(())
}

/// An index inside a run folder would be in its way, and the other way round.
fn index_apart(job: &Job) -> Result<(), Error> {
    if let (Some(index), Target::Folder { path, .. }) = (&job.config.index.path, &job.target) {
        let (index, run) = (real(index), real(path));
        if index.starts_with(&run) || run.starts_with(&index) {
            return Err(Error::Config(format!(
                "the index {} and the run folder {} lie one inside the other; choose another one",
                index.display(),
                run.display()
            )));
        }
    }
    Ok(())
}

/// The path without links and `..`, as far as it exists.
pub(crate) fn real(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    for there in path.ancestors() {
        if let (Ok(real), Ok(rest)) = (there.canonicalize(), path.strip_prefix(there)) {
            return if rest.as_os_str().is_empty() { real } else { real.join(rest) };
        }
    }
    path
}
