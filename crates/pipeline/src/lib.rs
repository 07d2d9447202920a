//! The chain of newsmill: dumps of scraped articles in, a run folder of clean, structured,
//! deduplicated articles out.
//!
//! Three passes, because "is this a copy?" needs to have seen everything:
//! 1. map: every record read, parsed, cleaned, sketched, in parallel, onto a spool on disk;
//! 2. resolve: candidate pairs from the sketches, each proven on the real words, who is kept;
//! 3. write: the spool in input order, kept rows out, ledgers, the manifest last.
//!
//! ```
//! use newsmill_pipeline::{Config, Existing, Job, Silent, Target, run};
//!
//! let folder = tempfile::tempdir()?;
//! let post = folder.path().join("post.txt");
//! std::fs::write(&post, "A river rose on Monday, and the town of Varde moved its market.\n")?;
//! let job = Job {
//!     inputs: vec![post.display().to_string()],
//!     target: Target::Folder { path: folder.path().join("RUN"), existing: Existing::New },
//!     config: Config::default(),
//!     threads: 1,
//! };
//! let summary = run(&job, &Silent)?;
//! assert_eq!((summary.tally.read, summary.tally.kept), (1, 1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod boilerplate;
mod chain;
mod config;
mod diff;
mod error;
mod explain;
mod index;
mod journal;
mod map;
mod origins;
mod parse;
mod passages;
mod plan;
mod progress;
mod report;
mod resolve;
mod retry;
mod run;
mod samples;
mod spool;
mod stages;
mod summary;
mod timeline;
mod trial;
mod within;
mod write;

pub use boilerplate::BoilerplateConfig;
pub use chain::Tap;
pub use config::{Config, ExtractConfig, Keep, Mode, OutputConfig};
pub use diff::{Change, Difference, Example, diff};
pub use error::Error;
pub use explain::{Explanation, Fate, explain};
pub use index::{IndexConfig, IndexStats, index_merge, index_stats, index_verify};
pub use newsmill_article as article;
pub use newsmill_dedup as dedup;
pub use newsmill_dedup::config::{Contained, Method, Templates};
pub use newsmill_extract as extract;
pub use newsmill_output as output;
pub use newsmill_output::Mode as Existing;
pub use newsmill_parse as syntax;
pub use newsmill_read as read;
pub use parse::parse;
pub use passages::{PassagesConfig, What as PassagesWhat};
pub use plan::{Plan, plan};
pub use progress::{Pass, Progress, Silent};
pub use report::report;
pub use retry::retry;
pub use run::{Hooks, Job, Target, run, run_with};
pub use stages::{Stages, keep_place};
pub use summary::Summary;
pub use trial::{Trial, try_records};
