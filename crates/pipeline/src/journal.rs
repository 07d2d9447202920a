//! What a run has done so far, so that one that was broken off can go on.
//!
//! The hidden folder [`HOME`] of a run folder holds, beside the files of the [spool](crate::spool):
//! * `journal`, JSON Lines: first the job, then a line for each batch of records that was cleaned,
//!   with the place where reading goes on behind it;
//! * `handed`, 16 bytes: the place up to which records were handed to workers.
//!
//! A line is written when the spool's bytes it names have been handed to the system, so that a run
//! that is killed loses the batches in hand. Lines name the checksums of those bytes: what a power
//! cut leaves of them that is not whole is found out, and read again from the inputs.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use newsmill_article::Reject;
use newsmill_read::{Input, Skips};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Error;
use crate::config::Config;
use crate::spool::FrameEntry;

/// The folder of a run that is not finished.
pub(crate) const HOME: &str = ".spool-run";

/// Batches are made durable together, after so long: what a power cut may cost.
const SYNC_EVERY: Duration = Duration::from_secs(5);

/// A place in the inputs: between two records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct At {
    /// Number of the input.
    pub(crate) input: u64,
    /// Records of it that lie before the place.
    pub(crate) records: u64,
}

/// A batch of records that has been worked on.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Batched {
    pub(crate) frames: Vec<FrameEntry>,
    pub(crate) rejects: Vec<Reject>,
    /// Bytes of its records.
    pub(crate) bytes: u64,
    /// Bytes of the inputs, as stored, read so far.
    pub(crate) stored_bytes: u64,
    /// The place behind it.
    pub(crate) at: At,
    /// What was passed over in the inputs before that place's.
    pub(crate) skipped: Skips,
}

/// What a job is: another one cannot go on with what this one has done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct JobState {
    newsmill: String,
    configuration: Value,
    inputs: Vec<InputState>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct InputState {
    path: String,
    bytes: Option<u64>,
    /// Nanoseconds since 1970.
    modified: Option<u64>,
}

impl JobState {
    pub(crate) fn new(config: &Config, inputs: &[Input]) -> Result<Self, Error> {
        let modified = |path: &str| {
            let modified = fs::metadata(path).ok()?.modified().ok()?;
            let since = modified.duration_since(std::time::UNIX_EPOCH).ok()?;
            u64::try_from(since.as_nanos()).ok()
        };
        let state = |input: &Input| InputState {
            path: input.path().to_string(),
            bytes: input.bytes(),
            modified: modified(input.path()),
        };
        Ok(Self {
            newsmill: env!("CARGO_PKG_VERSION").to_owned(),
            configuration: comparable(
                serde_json::to_value(config).map_err(|e| Error::Config(e.to_string()))?,
            ),
            inputs: inputs.iter().map(state).collect(),
        })
    }

    /// The state of a finished run, as far as its manifest tells.
    pub(crate) fn of_manifest(manifest: &newsmill_output::Manifest) -> Self {
        let state = |input: &newsmill_output::InputEntry| InputState {
            path: input.path.clone(),
            bytes: input.bytes,
            modified: None,
        };
        Self {
            newsmill: manifest.newsmill.clone(),
            configuration: comparable(manifest.configuration.clone()),
            inputs: manifest.inputs.iter().map(state).collect(),
        }
    }

    /// Where this job differs from the `earlier` one, in words; what either does not know is not
    /// compared.
    pub(crate) fn difference(&self, earlier: &Self) -> Option<String> {
        if self.newsmill != earlier.newsmill {
            let (was, is) = (&earlier.newsmill, &self.newsmill);
            return Some(format!("it was begun by newsmill {was}, this is {is}"));
        }
        if let Some(difference) = differs(&earlier.configuration, &self.configuration, "") {
            return Some(format!("the configuration differs: {difference}"));
        }
        for (was, is) in earlier.inputs.iter().zip(&self.inputs) {
            if was.path != is.path {
                return Some(format!("the input {} was {}", is.path, was.path));
            }
            let changed = |a: Option<u64>, b: Option<u64>| a.is_some() && b.is_some() && a != b;
            if changed(was.bytes, is.bytes) || changed(was.modified, is.modified) {
                return Some(format!("the input {} has changed since", is.path));
            }
        }
        let (was, is) = (earlier.inputs.len(), self.inputs.len());
        (was != is).then(|| format!("it had {was} inputs, now there are {is}"))
    }
}

/// Opens a file as it is, or a new one.
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

/// The configuration without what changes no answer.
fn comparable(mut configuration: Value) -> Value {
    if let Some(fields) = configuration.as_object_mut() {
        fields.remove("memory_bytes");
    }
    configuration
}

/// The first field in which two values differ.
fn differs(was: &Value, is: &Value, name: &str) -> Option<String> {
    match (was, is) {
        (Value::Object(was), Value::Object(is)) => {
            let names = was.keys().chain(is.keys().filter(|name| !was.contains_key(*name)));
            names.into_iter().find_map(|field| {
                let value = |of: &serde_json::Map<_, _>| of.get(field).cloned().unwrap_or_default();
                let name = if name.is_empty() { field.clone() } else { format!("{name}.{field}") };
                differs(&value(was), &value(is), &name)
            })
        }
        _ => (was != is).then(|| format!("{name} was {was}, is {is}")),
    }
}

/// The journal of a run while it is under way. Holds a lock, so that no two runs write one folder.
#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    path: PathBuf,
    synced: Instant,
}

/// What a journal says was done.
#[derive(Debug)]
pub(crate) struct Replay {
    lines: BufReader<File>,
    /// Bytes of the lines that were read.
    good: u64,
    path: PathBuf,
}

impl Journal {
    /// Opens the journal of the run folder `run` for `job`; what it says was done comes with it if
    /// the run goes on and something was.
    pub(crate) fn open(
        run: &Path,
        job: &JobState,
        goes_on: bool,
    ) -> Result<(Self, Option<Replay>), Error> {
        let home = run.join(HOME);
        let path = home.join("journal");
        let failed = |cause| Error::Spool { path: path.clone(), cause };
        fs::create_dir_all(&home).map_err(failed)?;
        let file = open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Error::Busy { path: run.to_owned() }),
            Err(TryLockError::Error(cause)) => return Err(failed(cause)),
        }
        if goes_on {
            let mut replay =
                Replay { lines: BufReader::new(File::open(&path).map_err(failed)?), good: 0, path };
            if let Some(earlier) = replay.line::<JobState>()? {
                if let Some(difference) = job.difference(&earlier) {
                    return Err(Error::Differs { path: run.to_owned(), difference });
                }
                let path = replay.path.clone();
                return Ok((Self { file, path, synced: Instant::now() }, Some(replay)));
            }
            return Self::begin(file, replay.path, job);
        }
        Self::begin(file, path, job)
    }

    /// Refuses a run folder that another process is writing.
    pub(crate) fn check_free(run: &Path) -> Result<(), Error> {
        match File::open(run.join(HOME).join("journal")).map(|file| file.try_lock()) {
            Ok(Err(TryLockError::WouldBlock)) => Err(Error::Busy { path: run.to_owned() }),
            _ => Ok(()),
        }
    }

    fn begin(file: File, path: PathBuf, job: &JobState) -> Result<(Self, Option<Replay>), Error> {
        file.set_len(0).map_err(|cause| Error::Spool { path: path.clone(), cause })?;
        let mut journal = Self { file, path, synced: Instant::now() };
        journal.write(job)?;
        Ok((journal, None))
    }

    /// Forgets everything behind what was replayed.
    pub(crate) fn go_on(&mut self, replayed: &Replay) -> Result<(), Error> {
        let cut = self.file.set_len(replayed.good);
        let there = cut.and_then(|()| self.file.seek(SeekFrom::Start(replayed.good)));
        there.map(|_| ()).map_err(|cause| self.failed(cause))
    }

    /// Notes a batch whose bytes the system has.
    pub(crate) fn push(&mut self, batch: &Batched) -> Result<(), Error> {
        self.write(batch)
    }

    /// Whether the files should be made durable: the spool's first, then [`Journal::sync`].
    pub(crate) fn is_due(&self) -> bool {
        self.synced.elapsed() >= SYNC_EVERY
    }

    pub(crate) fn sync(&mut self) -> Result<(), Error> {
        self.file.sync_data().map_err(|cause| self.failed(cause))?;
        self.synced = Instant::now();
        Ok(())
    }

    fn write(&mut self, line: &impl Serialize) -> Result<(), Error> {
        let mut bytes = serde_json::to_vec(line).map_err(|e| self.failed(e.into()))?;
        bytes.push(b'\n');
        self.file.write_all(&bytes).map_err(|cause| self.failed(cause))
    }

    fn failed(&self, cause: io::Error) -> Error {
        Error::Spool { path: self.path.clone(), cause }
    }
}

impl Replay {
    /// The next batch; nothing at the end, or at a line that is not whole.
    pub(crate) fn next(&mut self) -> Result<Option<Batched>, Error> {
        self.line()
    }

    /// Takes the last batch back: `good` as [`Replay::place`] told it before.
    pub(crate) fn back_to(&mut self, good: u64) {
        self.good = good;
    }

    /// Bytes of the lines read so far.
    pub(crate) fn place(&self) -> u64 {
        self.good
    }

    fn line<T: serde::de::DeserializeOwned>(&mut self) -> Result<Option<T>, Error> {
        let mut line = Vec::new();
        let read = self.lines.read_until(b'\n', &mut line);
        read.map_err(|cause| Error::Spool { path: self.path.clone(), cause })?;
        let value = line.strip_suffix(b"\n").and_then(|line| serde_json::from_slice(line).ok());
        if value.is_some() {
            self.good += line.len() as u64;
        }
        Ok(value)
    }
}

/// How far records were handed to workers.
#[derive(Debug)]
pub(crate) struct Handed {
    file: File,
    path: PathBuf,
}

impl Handed {
    /// The note in the folder of a run, and how far an earlier start of it had come.
    pub(crate) fn open(run: &Path) -> Result<(Self, At), Error> {
        let path = run.join(HOME).join("handed");
        let failed = |cause| Error::Spool { path: path.clone(), cause };
        let mut file = open(&path).map_err(failed)?;
        let mut bytes = [0; 16];
        let at = match file.read_exact(&mut bytes) {
            Ok(()) => {
                let number = |at: usize| bytes[at..at + 8].try_into().map(u64::from_le_bytes);
                let (input, records) = (number(0).unwrap_or(0), number(8).unwrap_or(0));
                At { input, records }
            }
            Err(_) => At::default(),
        };
        Ok((Self { file, path }, at))
    }

    /// Notes that everything up to `at` is being worked on. Not made durable: it matters only when
    /// the process dies and the system lives.
    pub(crate) fn write(&mut self, at: At) -> Result<(), Error> {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&at.input.to_le_bytes());
        bytes[8..].copy_from_slice(&at.records.to_le_bytes());
        let written = self.file.seek(SeekFrom::Start(0)).and_then(|_| self.file.write_all(&bytes));
        written.map_err(|cause| Error::Spool { path: self.path.clone(), cause })
    }

    /// Notes that nothing is being worked on.
    pub(crate) fn clear(&mut self) -> Result<(), Error> {
        self.file.set_len(0).map_err(|cause| Error::Spool { path: self.path.clone(), cause })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn state(config: &Config) -> JobState {
        JobState::new(config, &[Input::file("Cargo.toml")]).unwrap()
    }

    #[test]
    fn another_job_is_told_from_this_one() {
        let config = Config::default();
        let job = state(&config);
        assert_eq!(job.difference(&job), None);
        let more_memory = Config { memory_bytes: 7, ..config.clone() };
        assert_eq!(state(&more_memory).difference(&job), None);

        let mut other = config.clone();
        other.across.drop_threshold = 0.5;
        let difference = state(&other).difference(&job).unwrap();
        assert!(difference.ends_with("across.drop_threshold was 0.7, is 0.5"), "{difference}");
        let mut changed = job.clone();
        changed.inputs[0].bytes = Some(1);
        assert!(changed.difference(&job).unwrap().contains("Cargo.toml has changed"));
        changed.inputs.clear();
        assert!(changed.difference(&job).unwrap().contains("had 1 inputs, now there are 0"));
        let older = JobState { newsmill: "0.0.1".to_owned(), ..job.clone() };
        assert!(job.difference(&older).unwrap().contains("by newsmill 0.0.1"));
        assert_eq!(differs(&json!({"a": 1}), &json!({}), "").unwrap(), "a was 1, is null");
    }

    #[test]
    fn a_torn_line_is_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let job = state(&Config::default());
        let (mut journal, replay) = Journal::open(folder.path(), &job, true).unwrap();
        assert!(replay.is_none());
        let batch = |records| Batched { at: At { input: 0, records }, ..Batched::default() };
        for records in [3, 5] {
            journal.push(&batch(records)).unwrap();
        }
        let busy = Journal::open(folder.path(), &job, true).unwrap_err();
        assert!(matches!(busy, Error::Busy { .. }));
        assert!(Journal::check_free(folder.path()).is_err());
        drop(journal);
        assert!(Journal::check_free(folder.path()).is_ok());
        let path = folder.path().join(HOME).join("journal");
        let whole = fs::read(&path).unwrap();
        let first = whole.iter().position(|b| *b == b'\n').unwrap() + 1;
        for cut in first..=whole.len() {
            fs::write(&path, &whole[..cut]).unwrap();
            let (mut journal, replay) = Journal::open(folder.path(), &job, true).unwrap();
            let mut replay = replay.unwrap();
            let mut seen = Vec::new();
            while let Some(batch) = replay.next().unwrap() {
                seen.push(batch.at.records);
            }
            let lines = whole[first..cut].iter().filter(|b| **b == b'\n').count();
            assert_eq!(seen, [3, 5][..lines], "{cut}");
            journal.go_on(&replay).unwrap();
            journal.push(&batch(7)).unwrap();
            drop(journal);
            let (_, replay) = Journal::open(folder.path(), &job, true).unwrap();
            let mut replay = replay.unwrap();
            for _ in 0..lines {
                replay.next().unwrap();
            }
            assert_eq!(replay.next().unwrap().unwrap().at.records, 7);
        }
    }

    #[test]
    fn what_was_in_hand_is_told() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(HOME)).unwrap();
        let (mut handed, at) = Handed::open(folder.path()).unwrap();
        assert_eq!(at, At::default());
        let place = At { input: 2, records: 300 };
        handed.write(At { input: 1, records: 70_000 }).unwrap();
        handed.write(place).unwrap();
        assert_eq!(Handed::open(folder.path()).unwrap().1, place);
        handed.clear().unwrap();
        assert_eq!(Handed::open(folder.path()).unwrap().1, At::default());
    }
}
