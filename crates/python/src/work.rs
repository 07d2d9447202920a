//! Work beside the interpreter: without its lock, in threads, and ended by Ctrl-C.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::Error;

/// How often the interpreter is asked whether a signal came.
const POLLED: Duration = Duration::from_millis(50);

/// Whether the caller wants an end.
#[derive(Debug, Default)]
pub(crate) struct Stop(pub(crate) AtomicBool);

impl Stop {
    /// # Errors
    /// When the caller does.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.0.load(Ordering::Relaxed) { Err(Error::Stopped) } else { Ok(()) }
    }
}

/// Does `work` in a thread of its own, without the interpreter's lock, and in a pool of `threads` (0:
/// one a core). Meanwhile this thread calls `poll` with the lock, and looks for signals.
///
/// # Errors
/// Those of `work`, or what `poll` or a signal handler raised: `work` is then told to stop.
pub(crate) fn beside<T: Send>(
    py: Python<'_>,
    threads: usize,
    mut poll: impl FnMut(Python<'_>) -> PyResult<()> + Send,
    work: impl FnOnce(&Stop) -> Result<T, Error> + Send,
) -> PyResult<T> {
    let pool = pool(threads)?;
    let stop = Stop::default();
    let mut raised = None;
    let worked = py.detach(|| {
        thread::scope(|scope| {
            let (send, done) = channel::<()>();
            let stop = &stop;
            let worker = scope.spawn(move || {
                // Dropped when the work is done, or panics.
                let _send = send;
                match pool {
                    Some(pool) => pool.install(|| work(stop)),
                    None => work(stop),
                }
            });
            while done.recv_timeout(POLLED) == Err(RecvTimeoutError::Timeout) {
                if raised.is_some() {
                    continue;
                }
                let polled = Python::attach(|py| py.check_signals().and_then(|()| poll(py)));
                if let Err(error) = polled {
                    raised = Some(error);
                    stop.0.store(true, Ordering::Relaxed);
                }
            }
            worker.join().unwrap_or(Err(Error::Panicked))
        })
    });
    match raised {
        Some(error) => Err(error),
        None => {
            let worked = worked?;
            poll(py)?;
            Ok(worked)
        }
    }
}

/// The pool of so many threads; nothing for that of the process.
fn pool(threads: usize) -> Result<Option<Arc<ThreadPool>>, Error> {
    static POOLS: OnceLock<Mutex<HashMap<usize, Arc<ThreadPool>>>> = OnceLock::new();
    if threads == 0 {
        return Ok(None);
    }
    let pools = POOLS.get_or_init(Mutex::default);
    let mut pools = pools.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(pool) = pools.get(&threads) {
        return Ok(Some(Arc::clone(pool)));
    }
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = Arc::new(pool.map_err(|e| Error::argument("threads", e))?);
    pools.insert(threads, Arc::clone(&pool));
    Ok(Some(pool))
}
