//! Trying records in a child process, so that one that kills it is found out.
//!
//! The child reads the configuration and then records, a line of JSON each, works on them, and
//! prints a line before each. When a signal ends it, the record of the last line killed it.

use std::io::{self, BufRead, BufReader, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::Ordering;
use std::thread;

use anyhow::Result;
use newsmill_pipeline::Config;
use newsmill_pipeline::article::Record;
use newsmill_pipeline::output::write_line;

use crate::stop;

/// Tries records in children: what killed each, nothing for those that are fine.
pub(crate) fn in_children(config: &Config, records: &[&Record]) -> io::Result<Vec<Option<String>>> {
    in_children_of(config, records, &|| {
        let mut child = Command::new(std::env::current_exe()?);
        child.args(["--quiet", "try"]);
        Ok(child)
    })
}

fn in_children_of(
    config: &Config,
    records: &[&Record],
    child: &dyn Fn() -> io::Result<Command>,
) -> io::Result<Vec<Option<String>>> {
    let mut fates = vec![None; records.len()];
    let mut from = 0;
    while from < records.len() {
        let (begun, status) = one_child(config, &records[from..], child()?)?;
        if stop::flag().load(Ordering::SeqCst) {
            return Err(io::Error::other("the run was told to stop"));
        }
        if status.success() {
            break;
        }
        if begun == 0 || !is_killed(status) {
            return Err(io::Error::other(format!("the child failed: {status}")));
        }
        from += begun;
        fates[from - 1] = Some(format!("the process dies of it: {status}"));
    }
    Ok(fates)
}

/// Whether a signal ended it that nobody sends to have it stop.
#[cfg(unix)]
fn is_killed(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

    status.signal().is_some_and(|signal| ![SIGHUP, SIGINT, SIGTERM].contains(&signal))
}

/// Whether it ended in another way than by its own doing.
#[cfg(not(unix))]
fn is_killed(status: ExitStatus) -> bool {
    status.code().is_none_or(|code| code < 0)
}

/// How many records a child began, and how it ended.
fn one_child(
    config: &Config,
    records: &[&Record],
    mut child: Command,
) -> io::Result<(usize, ExitStatus)> {
    #[cfg(unix)]
    {
        // What a terminal sends to this process is not for the child.
        std::os::unix::process::CommandExt::process_group(&mut child, 0);
    }
    child.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = child.spawn()?;
    let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(io::Error::other("the child has no pipes"));
    };
    let begun = thread::scope(|scope| {
        scope.spawn(move || {
            // Who died does not read any more; how it died is told by its status.
            drop(send(config, records, stdin));
        });
        BufReader::new(stdout).lines().map_while(io::Result::ok).count()
    });
    Ok((begun, child.wait()?))
}

/// Writes the configuration and the records, a line each.
fn send(config: &Config, records: &[&Record], mut to: impl Write) -> io::Result<()> {
    let mut line = Vec::new();
    write_line(config, &mut line)?;
    for record in records {
        to.write_all(&line)?;
        line.clear();
        write_line(record, &mut line)?;
    }
    to.write_all(&line)
}

/// `newsmill try`: what the child does.
pub(crate) fn child() -> Result<u8> {
    let mut lines = io::stdin().lock().lines();
    let Some(config) = lines.next() else { return Ok(0) };
    let config: Config = serde_json::from_str(&config?)?;
    let mut failed = None;
    let mut out = io::stdout().lock();
    let mut next = || -> Result<Option<Record>> {
        let Some(record) = lines.next() else { return Ok(None) };
        let record: Record = serde_json::from_str(&record?)?;
        writeln!(out, "{}", record.origin.ordinal)?;
        out.flush()?;
        Ok(Some(record))
    };
    let records = std::iter::from_fn(|| {
        next().unwrap_or_else(|error| {
            failed = Some(error);
            None
        })
    });
    newsmill_pipeline::try_records(&config, records)?;
    failed.map_or(Ok(0), Err)
}

#[cfg(all(test, unix))]
mod tests {
    use newsmill_pipeline::article::Origin;

    use super::*;

    /// A child that reads its lines and does `what` at the one that holds `fatal`.
    fn shell(what: &str) -> Command {
        let mut child = Command::new("sh");
        let script = "read config; while read -r line; do echo begun; \
                      case $line in *fatal*) WHAT;; esac; done";
        child.args(["-c", &script.replace("WHAT", what)]);
        child
    }

    #[test]
    fn what_dies_is_told_from_what_is_stopped_or_fails() {
        let mut records: Vec<Record> =
            (0..5).map(|n| Record::text(Origin::new("t", n), "A river rose.")).collect();
        for fatal in [1, 2, 4] {
            records[fatal] = Record::text(Origin::new("t", fatal as u64), "fatal");
        }
        // Carried as it came, line breaks and all.
        records[0].metadata = serde_json::from_str("{\"m\": [1,\n 2]}").unwrap();
        let records: Vec<&Record> = records.iter().collect();
        let tried =
            |what: &'static str| in_children_of(&Config::default(), &records, &|| Ok(shell(what)));
        let fates = tried("kill -ABRT $$").unwrap();
        let died: Vec<bool> = fates.iter().map(Option::is_some).collect();
        assert_eq!(died, [false, true, true, false, true], "{fates:?}");
        assert!(tried("kill -INT $$").is_err());
        assert!(tried("exit 1").is_err());
        assert_eq!(tried(":").unwrap(), vec![None; 5]);
    }
}
