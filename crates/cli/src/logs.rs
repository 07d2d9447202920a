//! Messages on standard error.

use std::io::{self, IsTerminal, Write};

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::{EnvFilter, fmt};

use crate::arguments::{LogFormat, Logs};

/// Starts telling events on standard error: pretty on a terminal, JSON on request. `RUST_LOG`
/// overrides `-v` and `-q`.
pub(crate) fn start(logs: &Logs) {
    let level = match (logs.quiet, logs.verbose) {
        (true, _) => LevelFilter::ERROR,
        (false, 0) => LevelFilter::WARN,
        (false, 1) => LevelFilter::INFO,
        (false, _) => LevelFilter::DEBUG,
    };
    let filter = EnvFilter::builder().with_default_directive(level.into()).from_env_lossy();
    let colours = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let base = fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(colours);
    match logs.log_format {
        LogFormat::Json => base.json().init(),
        LogFormat::Text => base.compact().without_time().with_target(false).init(),
    }
    // A panic in a stage is a row of rejected.jsonl; here it is an event and no back trace.
    std::panic::set_hook(Box::new(|panic| {
        tracing::error!(place = panic.location().map(tracing::field::display), "{panic}");
    }));
}

/// Tells why the command failed, with the chain of causes.
pub(crate) fn failure(error: &anyhow::Error) {
    let mut said = String::from("newsmill: ");
    for (i, cause) in error.chain().enumerate() {
        let cause = cause.to_string();
        let cause = newsmill_pipeline::output::escape::terminal(&cause, 2_000);
        if i > 0 && said.contains(cause.as_ref()) {
            continue;
        }
        said.push_str(if i > 0 { ": " } else { "" });
        said.push_str(&cause);
    }
    if let Some(hint) =
        error.downcast_ref::<newsmill_pipeline::Error>().and_then(newsmill_pipeline::Error::hint)
    {
        said.push_str("; ");
        said.push_str(hint);
    }
    // Nobody is left to tell when standard error is gone.
    drop(writeln!(io::stderr(), "{said}"));
}
