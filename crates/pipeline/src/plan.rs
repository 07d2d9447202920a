//! What a run would do, without doing it.

use std::fmt;

use crate::Error;
use crate::boilerplate::known;
use crate::run::{Job, Target, formats, inputs, pool};

/// What a run would do, without doing it.
#[derive(Clone, Debug)]
pub struct Plan {
    inputs: Vec<(String, Option<u64>)>,
    config: String,
    threads: usize,
    target: Target,
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
    Ok(Plan {
        inputs: inputs.iter().map(|i| (i.path().to_string(), i.bytes())).collect(),
        config: job.config.to_toml()?,
        threads: pool(job.threads)?.current_num_threads(),
        target: job.target.clone(),
    })
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes: u64 = self.inputs.iter().filter_map(|(_, bytes)| *bytes).sum();
        let to = match &self.target {
            Target::Folder { path, .. } => path.display().to_string(),
            Target::Stdout => "standard output".to_owned(),
        };
        let files = self.inputs.len();
        writeln!(
            f,
            "# {files} inputs, {bytes} bytes as stored, to {to}, {} threads",
            self.threads
        )?;
        for (path, bytes) in &self.inputs {
            let bytes = bytes.map_or_else(|| "?".to_owned(), |b| b.to_string());
            writeln!(f, "#   {bytes:>14}  {}", newsmill_output::escape::terminal(path, 200))?;
        }
        write!(f, "{}", self.config)
    }
}
