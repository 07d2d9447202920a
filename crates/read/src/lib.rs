//! Inputs opened, decompressed and cut into [`Record`](newsmill_article::Record)s.
//!
//! [`inputs`] turns the arguments of a command into a list of [`Input`]s; [`records`] reads one of
//! them. Format and compression are told from content first, then from the name. What cannot be
//! read is a [`Reject`](newsmill_article::Reject) among the records, and reading goes on behind it
//! where it can:
//!
//! ```
//! use newsmill_article::Limits;
//! use newsmill_read::{ReadOptions, records_of};
//!
//! let dump = b"{\"id\":1,\"text\":\"A river rose.\",\"url\":\"https://example.org/1\"}\n{torn\n";
//! let mut records = records_of(&dump[..], "dump.jsonl", &ReadOptions::default(), &Limits::default())?;
//! let record = records.next().unwrap().unwrap();
//! assert_eq!(record.id.as_deref(), Some("1"));
//! assert_eq!(record.metadata.text("url").as_deref(), Some("https://example.org/1"));
//! let reject = records.next().unwrap().unwrap_err();
//! assert_eq!((reject.origin.ordinal, reject.origin.offset), (1, 62));
//! assert!(records.next().is_none());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A container format is one file that implements [`Container`] and one line in [`ALL`].

mod arc;
mod capture;
mod captures;
mod coding;
mod container;
mod csv;
mod error;
mod foreign;
mod glob;
mod html;
mod http;
mod inflate;
mod input;
mod json;
mod jsonl;
mod lines;
mod mbox;
mod options;
#[cfg(feature = "parquet")]
mod parquet;
mod peek;
mod records;
#[cfg(feature = "object-store")]
mod remote;
mod row;
mod stream;
mod tar;
mod text;
mod warc;
mod window;

pub use arc::ArcFile;
pub use container::{ALL, Container, Cut, Skip, Skipped, Skips, Source};
pub use csv::Csv;
pub use error::ReadError;
pub use html::HtmlPage;
pub use inflate::reject;
pub use input::{Input, inputs};
pub use json::Json;
pub use jsonl::JsonLines;
pub use mbox::Mbox;
pub use options::ReadOptions;
#[cfg(feature = "parquet")]
pub use parquet::Parquet;
pub use records::{Look, Records, look, records, records_of};
pub use tar::Tar;
pub use text::PlainText;
pub use warc::Warc;
