//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::index::Index;

/// Turns dumps of scraped articles into clean, structured, deduplicated ones, and can say of every
/// byte it removed what it was and why.
#[derive(Debug, Parser)]
#[command(name = "newsmill", version, max_term_width = 100)]
#[command(after_help = "Examples:
  newsmill run dump/ -o RUN                     clean and deduplicate a folder
  newsmill run 'dumps/*.jsonl.zst' -o RUN --text-field body
  newsmill parse post.txt | jq .links           one document in, one row out
  newsmill explain RUN 5f3c…                    what happened to one article, and why")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) logs: Logs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Clean, structure and deduplicate a dump.
    #[command(after_help = "Examples:
  newsmill run posts/ -o RUN
  newsmill run 'dumps/*.jsonl.zst' -o RUN --threads 8 --keep longest
  zcat posts.jsonl.gz | newsmill run - -o RUN
  newsmill run posts/ -o - | jq -r .title

RUN/articles holds the kept articles, RUN/duplicates.jsonl one row for each article left out,
RUN/removed.jsonl one for each span removed, RUN/passages.jsonl one for each passage that an
earlier article has too, RUN/rejected.jsonl one for each record that could not be read,
RUN/manifest.json the books. RUN/report.html shows it all in a browser.")]
    Run(Run),
    /// Only deduplicate: rows in, rows out, the text left as it came.
    #[command(after_help = "Examples:
  newsmill dedup rows.jsonl.zst -o RUN
  newsmill dedup rows.jsonl -o RUN --drop-threshold 0.5 --contained drop
  newsmill dedup rows.jsonl -o RUN --drop-threshold 2     keep everything, link what is alike")]
    Dedup(Run),
    /// One document in, its article row (JSON) out.
    #[command(after_help = "Examples:
  newsmill parse post.txt
  pbpaste | newsmill parse - | jq -r .text")]
    Parse(Parse),
    /// Say what happened to one article of a finished run, and why.
    #[command(after_help = "Examples:
  newsmill explain RUN d0000006
  newsmill explain RUN d0000006 --format json")]
    Explain(Explain),
    /// Say what differs between two runs of one dump: configurations, what became of each record,
    /// fields.
    #[command(after_help = "Examples:
  newsmill run dump/ -o A --sample 10000
  newsmill run dump/ -o B --sample 10000 --drop-threshold 0.6
  newsmill diff A B")]
    Diff(Diff),
    /// Try again the records that a run rejected, with its configuration: after a limit was raised, a
    /// field named, or newsmill brought up to date.
    #[command(after_help = "Examples:
  newsmill retry RUN -o AGAIN --text-field body
  newsmill retry RUN -o AGAIN --config raised.toml

RUN/rejected.jsonl says why each record was rejected and where in RUN/rejected.tar its bytes are;
records that are too long for a run, and whole files that are no articles, are not put aside.")]
    Retry(Retry),
    /// Make the report page of a finished run again.
    #[command(after_help = "Examples:
  newsmill report RUN && xdg-open RUN/report.html")]
    Report {
        /// Folder of a finished run.
        run: PathBuf,
    },
    /// Look at, merge or check an index of earlier runs.
    #[command(after_help = "Examples:
  newsmill run monday/ -o MONDAY --index seen
  newsmill run tuesday/ -o TUESDAY --index seen      what Monday had is left out
  newsmill index stats seen
  newsmill index verify seen")]
    Index(Index),
    /// Print the completions for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Print the manual page.
    Man,
    /// Try records that may kill the process; used by runs.
    #[command(hide = true)]
    Try,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// Files, folders (walked), globs, or `-` for standard input.
    #[arg(required_unless_present = "print_config", value_name = "INPUT")]
    pub(crate) inputs: Vec<String>,
    /// Folder for the results, or `-` for article rows on standard output.
    #[arg(short, long, value_name = "RUN", required_unless_present = "print_config")]
    pub(crate) output: Option<String>,
    /// Configuration file (TOML); options on the command line go before it.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Print the configuration, with comments, as a file for --config, and do nothing.
    #[arg(long)]
    pub(crate) print_config: bool,
    /// Work on so many records only, spread evenly over the inputs.
    #[arg(long, value_name = "N")]
    pub(crate) sample: Option<u64>,
    /// Formats of the articles: jsonl, parquet, markdown, csv, wet, dolma, newsarticle, several with
    /// commas between them; none for the ledgers alone [default: jsonl].
    #[arg(long, value_name = "FORMAT,…", value_delimiter = ',')]
    pub(crate) to: Vec<String>,
    /// Worker threads; 0 for one a core.
    #[arg(short = 'j', long, value_name = "N", default_value_t = 0)]
    pub(crate) threads: usize,
    /// Make no report page; `newsmill report` makes it later.
    #[arg(long)]
    pub(crate) no_report: bool,
    /// Most memory for finding duplicates and passages, as 512MiB or 4G; more goes to disk
    /// [default: 2GiB].
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    pub(crate) memory: Option<u64>,
    /// Replace an earlier run in the folder.
    #[arg(long)]
    pub(crate) overwrite: bool,
    /// Go on with a run that was broken off: what it had read and cleaned is taken over. A finished
    /// run of the same inputs and configuration is left as it is.
    #[arg(long, conflicts_with = "overwrite")]
    pub(crate) resume: bool,
    /// Say what would be done, with every setting, and do nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Which copy stays: input, longest, earliest, latest or prefer:FILE (a list of sites).
    #[arg(long, value_name = "POLICY")]
    pub(crate) keep: Option<String>,
    /// Drop an article whose similarity to a kept one is at least this; above 1 keeps everything.
    #[arg(long, value_name = "0..")]
    pub(crate) drop_threshold: Option<f64>,
    /// Link articles whose similarity is at least this.
    #[arg(long, value_name = "0..1")]
    pub(crate) link_threshold: Option<f64>,
    /// How similar articles are found: both sketches miss one pair in many at the lowest
    /// similarities, exact-join none, for several times the time.
    #[arg(long, value_name = "HOW")]
    pub(crate) method: Option<Method>,
    /// Begin a new part of the articles after so much, before compression, as 256MiB
    /// [default: 1GiB].
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    pub(crate) shard_size: Option<u64>,
    /// Facts not to look for, such as entities,quotes: what is not needed costs no time.
    #[arg(long, value_name = "FACT,…", value_delimiter = ',')]
    pub(crate) without: Vec<String>,
    /// Drop an article whose canonical address an earlier one has, whatever it says.
    #[arg(long)]
    pub(crate) by_url: bool,
    /// What to do with an article whose text another one contains.
    #[arg(long, value_name = "WHAT")]
    pub(crate) contained: Option<LinkOrDrop>,
    /// What to do with form letters that differ in names and numbers only.
    #[arg(long, value_name = "WHAT")]
    pub(crate) templates: Option<KeepOrDrop>,
    /// What to do with passages that an earlier article has too, word for word.
    #[arg(long, value_name = "WHAT")]
    pub(crate) passages: Option<ReportRemoveOff>,
    /// Shortest passage, in words [default: 50].
    #[arg(long, value_name = "N")]
    pub(crate) passage_words: Option<usize>,
    /// Leave out what an earlier run with this index kept, and add to it what this one keeps. Made
    /// when it is not there.
    #[arg(long, value_name = "DIR")]
    pub(crate) index: Option<PathBuf>,
    /// Add nothing to the index. Several such runs can use one index at a time.
    #[arg(long, requires = "index")]
    pub(crate) index_read_only: bool,
    /// Leave lines alone that recur over many articles.
    #[arg(long)]
    pub(crate) no_boilerplate: bool,
    /// Take the lines for boilerplate that an earlier run found: its boilerplate.jsonl, or its
    /// folder. Can be given more than once.
    #[arg(long, value_name = "FILE", conflicts_with = "no_boilerplate")]
    pub(crate) profile: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Form of the closing summary: text on standard error; json on standard output, or on standard
    /// error where the articles go to standard output.
    #[arg(long, value_enum, default_value_t = Form::Text)]
    pub(crate) stats: Form,
    /// Exit with 3 when records were rejected.
    #[arg(long)]
    pub(crate) strict: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// In words.
    Text,
    /// As one JSON object.
    Json,
}

/// How inputs are read.
#[derive(Debug, Args)]
pub(crate) struct Reading {
    /// Format of the inputs, instead of telling it from their content.
    #[arg(long, value_name = "FORMAT")]
    pub(crate) from: Option<String>,
    /// Field of a row that holds the text [default: text].
    #[arg(long, value_name = "NAME")]
    pub(crate) text_field: Option<String>,
    /// Field of a row that holds its id [default: id].
    #[arg(long, value_name = "NAME")]
    pub(crate) id_field: Option<String>,
    /// Encoding of plain text, instead of telling it from the bytes.
    #[arg(long, value_name = "LABEL")]
    pub(crate) encoding: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Method {
    /// One permutation of the shingles, dealt into bins.
    OnePermutation,
    /// One permutation for each value of the sketch.
    MinHash,
    /// No sketch: every pair at or above the thresholds.
    ExactJoin,
}

/// A number of bytes: `4096`, `512MiB`, `2G`. Units are powers of 1024.
fn bytes(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text.get(digits.len()..).unwrap_or_default().to_ascii_lowercase();
    let power = match unit.trim_end_matches("ib").trim_end_matches('b') {
        "" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        _ => return Err("use a number and K, M, G or T, as in 512MiB".to_owned()),
    };
    let number: u64 = digits.trim().parse().map_err(|e| format!("{e}; use 512MiB or 2G"))?;
    number.checked_mul(1 << (10 * power)).ok_or_else(|| "that is too large".to_owned())
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LinkOrDrop {
    Link,
    Drop,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ReportRemoveOff {
    /// List them in passages.jsonl.
    Report,
    /// Keep one copy of each, and list them.
    Remove,
    /// Do not look for them.
    Off,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum KeepOrDrop {
    Keep,
    Drop,
}

#[derive(Debug, Args)]
pub(crate) struct Parse {
    /// The document; standard input if there is none or it is `-`.
    #[arg(default_value = "-", value_name = "FILE")]
    pub(crate) file: String,
    /// Configuration file (TOML).
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: Reading,
}

#[derive(Debug, Args)]
pub(crate) struct Retry {
    /// Folder of a finished run.
    pub(crate) run: PathBuf,
    /// Folder for the results, or `-` for article rows on standard output.
    #[arg(short, long, value_name = "RUN")]
    pub(crate) output: String,
    /// Configuration file (TOML), instead of the run's configuration.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Worker threads; 0 for one a core.
    #[arg(short = 'j', long, value_name = "N", default_value_t = 0)]
    pub(crate) threads: usize,
    /// Replace an earlier run in the folder.
    #[arg(long)]
    pub(crate) overwrite: bool,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Form of the closing summary.
    #[arg(long, value_enum, default_value_t = Form::Text)]
    pub(crate) stats: Form,
    /// Exit with 3 when records were rejected again.
    #[arg(long)]
    pub(crate) strict: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// Folder of a finished run.
    pub(crate) run: PathBuf,
    /// Id of an article, a duplicate, or `path#record` of a rejected record.
    pub(crate) id: String,
    /// How to tell it.
    #[arg(long, value_enum, default_value_t = Telling::Text)]
    pub(crate) format: Telling,
}

#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// Folder of a finished run.
    #[arg(value_name = "RUN1")]
    pub(crate) first: PathBuf,
    /// Folder of another.
    #[arg(value_name = "RUN2")]
    pub(crate) second: PathBuf,
    /// How to tell it.
    #[arg(long, value_enum, default_value_t = Form::Text)]
    pub(crate) format: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Telling {
    /// In words, with colours on a terminal.
    Text,
    /// As one JSON object.
    Json,
    /// As a page.
    Html,
}

/// What is told on standard error.
#[derive(Debug, Args)]
pub(crate) struct Logs {
    /// Tell more: -v for each pass, -vv for each rejected record.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Tell nothing but failures.
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Form of the messages.
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log_format: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}
