//! Trying records in a child process, so that one that kills it is found out.
//!
//! The child reads the configuration and then records, a line of JSON each, works on them, and
//! prints a line before each. When it dies, the record of the last line killed it.

use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;

use anyhow::Result;
use newsmill_pipeline::Config;
use newsmill_pipeline::article::Record;

/// Tries records in children: what killed each, nothing for those that are fine.
pub(crate) fn in_children(config: &Config, records: &[&Record]) -> io::Result<Vec<Option<String>>> {
    let mut fates = vec![None; records.len()];
    let mut from = 0;
    while from < records.len() {
        let (begun, status) = one_child(config, &records[from..])?;
        if status.success() {
            break;
        }
        if begun == 0 {
            return Err(io::Error::other(format!("the child died at its start: {status}")));
        }
        from += begun;
        fates[from - 1] = Some(format!("the process dies of it: {status}"));
    }
    Ok(fates)
}

/// How many records a child began, and how it ended.
fn one_child(config: &Config, records: &[&Record]) -> io::Result<(usize, ExitStatus)> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(["--quiet", "try"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(io::Error::other("the child has no pipes"));
    };
    let begun = thread::scope(|scope| {
        scope.spawn(move || {
            let mut stdin = BufWriter::new(stdin);
            // Who died does not read any more; how it died is told by its status.
            drop(serde_json::to_writer(&mut stdin, config).and_then(|()| {
                stdin.write_all(b"\n").map_err(serde_json::Error::io)?;
                records.iter().try_for_each(|record| {
                    serde_json::to_writer(&mut stdin, record)?;
                    stdin.write_all(b"\n").map_err(serde_json::Error::io)
                })
            }));
        });
        BufReader::new(stdout).lines().map_while(io::Result::ok).count()
    });
    Ok((begun, child.wait()?))
}

/// `newsmill try`: what the child does.
pub(crate) fn child() -> Result<u8> {
    let mut lines = io::stdin().lock().lines();
    let Some(config) = lines.next() else { return Ok(0) };
    let config: Config = serde_json::from_str(&config?)?;
    let mut out = io::stdout().lock();
    for record in lines {
        let record: Record = serde_json::from_str(&record?)?;
        writeln!(out, "{}", record.origin.ordinal)?;
        out.flush()?;
        // A reject or a panic is the run's to tell.
        newsmill_pipeline::try_record(record, &config);
    }
    Ok(0)
}
