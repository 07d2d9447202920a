//! What signals do: the first one has the run stop where it can go on, the second one ends it.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::thread;
use std::time::Duration;

static STOP: AtomicBool = AtomicBool::new(false);
/// Number of the signal that came first.
static SIGNAL: AtomicU8 = AtomicU8::new(0);

/// A run that does not come to a stop by itself is ended after so long: whatever it writes is whole
/// or not there at any moment.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Signals are being looked out for.
#[derive(Debug)]
pub(crate) struct Watch(());

impl Watch {
    /// The exit code of a run that was stopped: 130 for SIGINT, 143 for SIGTERM.
    pub(crate) fn code(&self) -> u8 {
        128 + SIGNAL.load(Ordering::SeqCst)
    }
}

/// Set when the run is to stop.
pub(crate) fn flag() -> &'static AtomicBool {
    &STOP
}

/// Has SIGINT and SIGTERM set [`flag`].
#[cfg(unix)]
#[allow(clippy::exit, reason = "who asks twice, or in vain, wants the process gone")]
pub(crate) fn on_signals() -> io::Result<Watch> {
    use signal_hook::consts::{SIGINT, SIGTERM};

    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM])?;
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in signals.forever() {
            let code = 128 + signal;
            let number = u8::try_from(signal).unwrap_or(0);
            if SIGNAL.swap(number, Ordering::SeqCst) != 0 {
                std::process::exit(code);
            }
            STOP.store(true, Ordering::SeqCst);
            thread::spawn(move || {
                thread::sleep(PATIENCE);
                std::process::exit(code);
            });
        }
    })?;
    Ok(Watch(()))
}

/// Signals do what they always do.
#[cfg(not(unix))]
pub(crate) fn on_signals() -> io::Result<Watch> {
    Ok(Watch(()))
}
