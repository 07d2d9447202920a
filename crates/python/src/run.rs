//! Whole runs.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use newsmill_pipeline::{Existing, Hooks, Job, Pass, Progress, Target, run_with};
use pyo3::prelude::*;

use crate::column::configuration;
use crate::error::Error;
use crate::work::beside;

/// Runs a job into a run folder.
#[pyfunction]
#[pyo3(signature = (inputs, output, existing, config, threads, progress))]
pub(crate) fn run(
    py: Python<'_>,
    inputs: Vec<String>,
    output: PathBuf,
    existing: &str,
    config: &str,
    threads: usize,
    progress: Option<Py<PyAny>>,
) -> PyResult<()> {
    let existing = match existing {
        "new" => Existing::New,
        "overwrite" => Existing::Overwrite,
        "resume" => Existing::Resume,
        other => {
            let detail = format!("`{other}` is nothing to do; use new, overwrite or resume");
            return Err(Error::argument("existing", detail).into());
        }
    };
    let config = configuration(config)?;
    let target = Target::Folder { path: output, existing };
    let job = Job { inputs, target, config, threads };
    let news = News::default();
    let tell = |py: Python<'_>| {
        for Told { pass, done, total, records } in news.take() {
            if let Some(callback) = &progress {
                callback.call1(py, (pass, done, total, records))?;
            }
        }
        Ok(())
    };
    // The pipeline has a pool of its own.
    beside(py, 0, tell, |stop| {
        run_with(&job, &Hooks { stop: Some(&stop.0), ..Hooks::new(&news) })?;
        Ok(())
    })
}

/// The files that arguments stand for, in the order of a run.
#[pyfunction]
pub(crate) fn inputs(arguments: Vec<String>) -> PyResult<Vec<String>> {
    let limits = newsmill_pipeline::article::Limits::default();
    let inputs = newsmill_pipeline::read::inputs(&arguments, &limits);
    let inputs = inputs.map_err(|e| Error::from(newsmill_pipeline::Error::from(e)))?;
    Ok(inputs.iter().map(|input| input.path().to_string()).collect())
}

/// How far a pass is.
#[derive(Debug, Clone, Copy)]
struct Told {
    pass: &'static str,
    done: u64,
    total: Option<u64>,
    records: u64,
}

/// What has not been told yet: of each pass what was said last.
#[derive(Debug, Default)]
struct News(Mutex<(Option<Told>, Vec<Told>)>);

impl News {
    fn take(&self) -> Vec<Told> {
        let mut news = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut news.1)
    }

    fn tell(&self, change: impl FnOnce(Option<Told>) -> Option<Told>) {
        let mut news = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        news.0 = change(news.0);
        let Some(told) = news.0 else { return };
        match news.1.last_mut() {
            Some(last) if last.pass == told.pass => *last = told,
            _ => news.1.push(told),
        }
    }
}

impl Progress for News {
    fn begin(&self, pass: Pass, total: Option<u64>) {
        self.tell(|_| Some(Told { pass: pass.name(), done: 0, total, records: 0 }));
    }

    fn at(&self, done: u64, records: u64) {
        self.tell(|told| Some(Told { done, records, ..told? }));
    }

    fn end(&self) {}
}
