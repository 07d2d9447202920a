//! What a run would do, without doing it.

use std::collections::BTreeMap;
use std::fmt;

use newsmill_read::{Look, look};

use crate::Error;
use crate::boilerplate::known;
use crate::run::{Job, Target, formats, inputs, pool};

/// Bytes of text that a byte of compressed text is, about.
const EXPANSION: u64 = 4;
/// Bytes on disk, while a run goes on and when it has ended, for 100 bytes of rows: the larger ones of
/// those measured (docs/PERFORMANCE.md).
const DISK_PERCENT: (u64, u64) = (200, 55);
/// Bytes that workers hold on top of what duplicates are searched in, about.
const WORK_BYTES: u64 = 192 << 20;

/// What a run would do, without doing it.
#[derive(Clone, Debug)]
pub struct Plan {
    inputs: Vec<Planned>,
    config: String,
    memory_bytes: u64,
    threads: usize,
    target: Target,
}

#[derive(Clone, Debug)]
struct Planned {
    path: String,
    bytes: Option<u64>,
    found: Option<Look>,
}

/// Says what a job would do.
///
/// # Errors
/// As [`run`](crate::run()), as far as it can be known beforehand.
pub fn plan(job: &Job) -> Result<Plan, Error> {
    job.config.check()?;
    formats(job)?;
    known(&job.config.boilerplate)?;
    let inputs = inputs(job)?;
    let planned = |input: &newsmill_read::Input| {
        let found = look(input, &job.config.read, &job.config.limits)?;
        Ok(Planned { path: input.path().to_string(), bytes: input.bytes(), found })
    };
    Ok(Plan {
        inputs: inputs.iter().map(planned).collect::<Result<_, Error>>()?,
        config: job.config.to_toml()?,
        memory_bytes: job.config.memory_bytes,
        threads: pool(job.threads)?.current_num_threads(),
        target: job.target.clone(),
    })
}

impl Plan {
    /// Bytes of the inputs after decompression, about.
    fn text_bytes(&self) -> u64 {
        let bytes = |input: &Planned| {
            let is_compressed = input.found.is_some_and(|found| found.is_compressed);
            input.bytes.unwrap_or_default() * if is_compressed { EXPANSION } else { 1 }
        };
        self.inputs.iter().map(bytes).sum()
    }

    /// How many inputs there are of each format.
    fn formats(&self) -> String {
        let mut formats: BTreeMap<String, usize> = BTreeMap::new();
        for input in &self.inputs {
            let name = match input.found {
                Some(Look { format, is_read: true, is_compressed: false }) => format.to_owned(),
                Some(Look { format, is_read: true, .. }) => format!("compressed {format}"),
                Some(Look { format, .. }) => format!("{format} (not read)"),
                None => "of a format not known beforehand".to_owned(),
            };
            *formats.entry(name).or_default() += 1;
        }
        let told: Vec<_> = formats.iter().map(|(name, count)| format!("{count} {name}")).collect();
        told.join(", ")
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mib = |bytes: u64| bytes.div_ceil(1 << 20);
        let bytes: u64 = self.inputs.iter().filter_map(|input| input.bytes).sum();
        let to = match &self.target {
            Target::Folder { path, .. } => path.display().to_string(),
            Target::Stdout => "standard output".to_owned(),
        };
        let (files, threads, text) = (self.inputs.len(), self.threads, self.text_bytes());
        writeln!(f, "# {files} inputs, {bytes} bytes as stored, to {to}, {threads} threads")?;
        writeln!(f, "# formats: {}", self.formats())?;
        let (during, after) = (text / 100 * DISK_PERCENT.0, text / 100 * DISK_PERCENT.1);
        writeln!(
            f,
            "# needs about: {} MiB of disk while it goes on and {} MiB when it has ended, {} MiB of \
             memory at most, and 200 bytes for each article",
            mib(during),
            mib(after),
            mib(self.memory_bytes.min(text * 2) + WORK_BYTES)
        )?;
        for Planned { path, bytes, .. } in &self.inputs {
            let bytes = bytes.map_or_else(|| "?".to_owned(), |b| b.to_string());
            writeln!(f, "#   {bytes:>14}  {}", newsmill_output::escape::terminal(path, 200))?;
        }
        write!(f, "{}", self.config)
    }
}
