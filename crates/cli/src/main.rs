//! The command: arguments, progress, messages and exit codes. All work is done by
//! `newsmill-pipeline`.

mod arguments;
mod commands;
mod index;
mod logs;
mod progress;
mod stop;
mod trial;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Arguments, Command};

/// A run makes and drops many small texts in every thread.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The run failed.
const FAILED: u8 = 1;
/// The command line cannot be used.
const USAGE: u8 = 2;
/// Done, but records were rejected and `--strict` was given.
const REJECTED: u8 = 3;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = if error.use_stderr() { USAGE } else { 0 };
            // Help that cannot be printed has nobody to read it.
            drop(error.print());
            return ExitCode::from(code);
        }
    };
    logs::start(&arguments.logs);
    let done = match arguments.command {
        Command::Run(run) => commands::run(run, arguments.logs.quiet, false),
        Command::Dedup(run) => commands::run(run, arguments.logs.quiet, true),
        Command::Parse(parse) => commands::parse(&parse),
        Command::Diff(diff) => commands::diff(&diff),
        Command::Retry(again) => commands::retry(again, arguments.logs.quiet),
        Command::Explain(explain) => commands::explain(&explain),
        Command::Report { run } => commands::report(&run),
        Command::Index(index) => index::index(&index),
        Command::Completions { shell } => commands::completions(shell),
        Command::Man => commands::man(),
        Command::Try => trial::child(),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(error) if commands::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let usage = commands::is_usage(&error);
            logs::failure(&error);
            ExitCode::from(if usage { USAGE } else { FAILED })
        }
    }
}
