//! What each command does with its arguments: hand them to the pipeline, show what comes back.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use anyhow::Result;
use clap::CommandFactory;
use clap_complete::Shell;
use newsmill_pipeline::article::Record;
use newsmill_pipeline::{
    Config, Contained, Error, Existing, Hooks, Job, Keep, Method, Mode, PassagesWhat, Silent,
    Target, Templates,
};

use crate::arguments::{
    self, Arguments, Diff, Explain, Form, KeepOrDrop, LinkOrDrop, Parse, Reading, ReportRemoveOff,
    Retry, Run, Telling,
};
use crate::progress::Bars;
use crate::{FAILED, REJECTED};
use crate::{stop, trial};

/// Whether the command line or configuration asked for something that there is not.
pub(crate) fn is_usage(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Error>().is_some_and(Error::is_usage)
}

/// Whether somebody stopped listening to our output, which is no failure.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

/// `newsmill run` and, with `verbatim`, `newsmill dedup`.
pub(crate) fn run(run: Run, quiet: bool, verbatim: bool) -> Result<u8> {
    let config = configure(&run, verbatim)?;
    if run.print_config {
        write!(io::stdout(), "{}", config.to_commented_toml()?)?;
        return Ok(0);
    }
    let output = run.output.unwrap_or_default();
    if output == "-" && run.resume {
        let why = "a run to standard output cannot go on";
        return Err(Error::Config(why.to_owned()).into());
    }
    let existing = match (run.resume, run.overwrite) {
        (true, _) => Existing::Resume,
        (_, true) => Existing::Overwrite,
        _ => Existing::New,
    };
    let target = target(output, existing);
    let job = Job { inputs: run.inputs, target, config, threads: run.threads };
    if run.dry_run {
        let plan = newsmill_pipeline::plan(&job)?;
        write!(io::stdout(), "{plan}")?;
        return Ok(0);
    }
    go(&job, quiet, run.stats, run.strict)
}

/// `newsmill retry`.
pub(crate) fn retry(again: Retry, quiet: bool) -> Result<u8> {
    let (input, config) = newsmill_pipeline::retry(&again.run)?;
    let mut config = again.config.as_deref().map_or(Ok(config), Config::from_file)?;
    read_options(&mut config, &again.reading);
    config.check()?;
    let existing = if again.overwrite { Existing::Overwrite } else { Existing::New };
    let target = target(again.output, existing);
    let job = Job { inputs: vec![input], target, config, threads: again.threads };
    go(&job, quiet, again.stats, again.strict)
}

fn target(output: String, existing: Existing) -> Target {
    if output == "-" { Target::Stdout } else { Target::Folder { path: output.into(), existing } }
}

/// Runs a job, shows how far it is and what came of it.
fn go(job: &Job, quiet: bool, stats: Form, strict: bool) -> Result<u8> {
    let show = !quiet && io::stderr().is_terminal();
    let stop = stop::on_signals()?;
    let bars = Bars::default();
    let trial = |records: &[&Record]| trial::in_children(&job.config, records);
    let hooks = Hooks {
        stop: Some(stop::flag()),
        trial: Some(&trial),
        ..Hooks::new(if show { &bars } else { &Silent })
    };
    let summary = match newsmill_pipeline::run_with(job, &hooks) {
        Err(Error::Stopped) => return Ok(stop.code()),
        done => done?,
    };
    match stats {
        Form::Json if summary.folder.is_some() => {
            writeln!(io::stdout(), "{}", serde_json::to_string(&summary)?)?;
        }
        Form::Json => writeln!(io::stderr(), "{}", serde_json::to_string(&summary)?)?,
        Form::Text if !quiet => write!(io::stderr(), "{summary}")?,
        Form::Text => {}
    }
    Ok(if strict && summary.tally.rejected > 0 { REJECTED } else { 0 })
}

/// `newsmill parse`.
pub(crate) fn parse(parse: &Parse) -> Result<u8> {
    let mut config = load(parse.config.as_deref())?;
    read_options(&mut config, &parse.reading);
    let rows = newsmill_pipeline::parse(&parse.file, &config)?;
    let mut out = io::stdout().lock();
    let mut rejected = false;
    for row in rows {
        match row {
            Ok(row) => out.write_all(&row)?,
            Err(reject) => {
                rejected = true;
                tracing::error!(hint = reject.kind.hint(), "{reject}");
            }
        }
    }
    Ok(if rejected { FAILED } else { 0 })
}

/// `newsmill explain`.
pub(crate) fn explain(explain: &Explain) -> Result<u8> {
    let told = newsmill_pipeline::explain(&explain.run, &explain.id)?;
    let mut out = anstream::stdout().lock();
    match explain.format {
        Telling::Text => write!(out, "{}", told.text())?,
        Telling::Json => writeln!(out, "{}", serde_json::to_string_pretty(&told)?)?,
        Telling::Html => write!(out, "{}", told.html())?,
    }
    Ok(0)
}

/// `newsmill diff`.
pub(crate) fn diff(diff: &Diff) -> Result<u8> {
    let found = newsmill_pipeline::diff(&diff.first, &diff.second)?;
    let mut out = io::stdout().lock();
    match diff.format {
        Form::Text => write!(out, "{found}")?,
        Form::Json => writeln!(out, "{}", serde_json::to_string_pretty(&found)?)?,
    }
    Ok(0)
}

/// `newsmill report`.
pub(crate) fn report(run: &Path) -> Result<u8> {
    newsmill_pipeline::report(run)?;
    Ok(0)
}

/// `newsmill completions`.
pub(crate) fn completions(shell: Shell) -> Result<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "newsmill", &mut script);
    io::stdout().write_all(&script)?;
    Ok(0)
}

/// `newsmill man`.
pub(crate) fn man() -> Result<u8> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Arguments::command()).render(&mut page)?;
    io::stdout().write_all(&page)?;
    Ok(0)
}

fn load(file: Option<&Path>) -> Result<Config> {
    file.map_or_else(|| Ok(Config::default()), |file| Ok(Config::from_file(file)?))
}

/// The configuration file, overridden by the command line.
fn configure(run: &Run, verbatim: bool) -> Result<Config> {
    let mut config = load(run.config.as_deref())?;
    read_options(&mut config, &run.reading);
    if verbatim {
        config.mode = Mode::Verbatim;
    }
    if !run.to.is_empty() {
        config.output.formats.clone_from(&run.to);
    }
    if let Some(policy) = &run.keep {
        config.keep = Keep::parse(policy)?;
    }
    if run.index.is_some() {
        config.index.path.clone_from(&run.index);
    }
    config.index.read_only |= run.index_read_only;
    config.output.report &= !run.no_report;
    if run.no_boilerplate {
        config.boilerplate.enabled = false;
    }
    config.boilerplate.profiles.extend(run.profile.iter().cloned());
    config.output.shard_bytes = run.shard_size.unwrap_or(config.output.shard_bytes);
    config.extract.without.extend(run.without.iter().cloned());
    config.sample = run.sample.or(config.sample);
    config.memory_bytes = run.memory.unwrap_or(config.memory_bytes);
    let across = &mut config.across;
    if let Some(method) = run.method {
        across.method = match method {
            arguments::Method::OnePermutation => Method::OnePermutation,
            arguments::Method::MinHash => Method::MinHash,
            arguments::Method::ExactJoin => Method::ExactJoin,
        };
    }
    across.by_identity |= run.by_url;
    across.drop_threshold = run.drop_threshold.unwrap_or(across.drop_threshold);
    across.link_threshold = run.link_threshold.unwrap_or(across.link_threshold);
    if let Some(what) = run.contained {
        across.contained = match what {
            LinkOrDrop::Link => Contained::Link,
            LinkOrDrop::Drop => Contained::Drop,
        };
    }
    if let Some(what) = run.templates {
        across.templates = match what {
            KeepOrDrop::Keep => Templates::Keep,
            KeepOrDrop::Drop => Templates::Drop,
        };
    }
    if let Some(what) = run.passages {
        config.passages.what = match what {
            ReportRemoveOff::Report => PassagesWhat::Report,
            ReportRemoveOff::Remove => PassagesWhat::Remove,
            ReportRemoveOff::Off => PassagesWhat::Off,
        };
    }
    config.passages.min_words = run.passage_words.unwrap_or(config.passages.min_words);
    config.check()?;
    Ok(config)
}

fn read_options(config: &mut Config, reading: &Reading) {
    let Reading { from, text_field, id_field, encoding } = reading;
    let read = &mut config.read;
    read.from = from.clone().or(read.from.take());
    read.encoding = encoding.clone().or(read.encoding.take());
    if let Some(name) = text_field {
        read.text_field.clone_from(name);
    }
    if let Some(name) = id_field {
        read.id_field.clone_from(name);
    }
}
