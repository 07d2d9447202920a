//! The container formats there are.

use std::fs::File;
use std::io::BufRead;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use newsmill_article::{Limits, Record, Reject};
use serde::{Deserialize, Serialize};

#[cfg(feature = "parquet")]
use crate::Parquet;
use crate::{
    ArcFile, Csv, HtmlPage, Json, JsonLines, Mbox, PlainText, ReadError, ReadOptions, Tar, Warc,
};

/// Every container format, in the order in which content is tried.
pub const ALL: &[&dyn Container] = &[
    &Warc,
    &ArcFile,
    &Mbox,
    &Tar,
    &JsonLines,
    &Json,
    #[cfg(feature = "parquet")]
    &Parquet,
    &HtmlPage,
    &Csv,
    &PlainText,
];

/// A format that holds records.
///
/// Cutting is sequential and in input order. Decompression has already happened.
pub trait Container: Sync {
    /// Its unique name in kebab case, as users give it.
    fn name(&self) -> &'static str;

    /// What it is, in a few words for a table.
    fn about(&self) -> &'static str;

    /// Endings of file names, in lower case without the dot. They count where content says nothing.
    fn extensions(&self) -> &'static [&'static str];

    /// A small input in this format, of one record at least.
    fn example(&self) -> &'static [u8];

    /// Whether an input that starts with `head` is surely in this format. `head` is the first
    /// 64 KiB, or the whole input if that is less.
    fn sniff(&self, head: &[u8]) -> bool;

    /// The records of `source`, and a reject for each that cannot be read, under ordinals that
    /// count both from 0. Every `next` takes bytes from the source or ends, nothing is asked of a
    /// source that has failed unless it failed by damage and goes on behind it, and no memory beyond [`Limits::record_bytes`] is held for a record.
    fn records(&self, source: Source, options: &ReadOptions, limits: &Limits) -> Cut;
}

/// What cutting an input gives.
pub type Cut = Box<dyn Iterator<Item = Result<Record, Reject>> + Send>;

/// Why a record of an input is no article by what it is: neither read nor rejected, only counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Skip {
    /// Its type never holds one: requests, metadata, revisits and the like.
    RecordType,
    /// It is an answer other than 2xx: a redirect, an error.
    Status,
    /// Its media type never holds one: images, scripts and the like.
    MediaType,
    /// Its body is empty, or binary data.
    NoText,
}

/// Counts what is skipped.
#[derive(Clone, Default, Debug)]
pub struct Skipped(Arc<[AtomicU64; 4]>);

impl Skipped {
    /// Counts one more.
    pub fn add(&self, skip: Skip) {
        self.0[skip as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// How many there were so far.
    #[must_use]
    pub fn counts(&self) -> Skips {
        let count = |skip: Skip| self.0[skip as usize].load(Ordering::Relaxed);
        Skips {
            record_type: count(Skip::RecordType),
            status: count(Skip::Status),
            media_type: count(Skip::MediaType),
            no_text: count(Skip::NoText),
        }
    }
}

/// How many records were skipped, by [`Skip`].
///
/// ```
/// use newsmill_read::Skips;
/// let mut all = Skips { status: 2, ..Skips::default() };
/// all += Skips { record_type: 1, ..Skips::default() };
/// assert_eq!(all.total(), 3);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct Skips {
    /// Records of types that never hold an article: requests, metadata, revisits.
    pub record_type: u64,
    /// Answers other than 2xx: redirects and errors.
    pub status: u64,
    /// Media types that never hold an article: images, scripts.
    pub media_type: u64,
    /// Empty bodies and binary data.
    pub no_text: u64,
}

impl Skips {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.record_type + self.status + self.media_type + self.no_text
    }
}

impl std::ops::AddAssign for Skips {
    fn add_assign(&mut self, other: Self) {
        self.record_type += other.record_type;
        self.status += other.status;
        self.media_type += other.media_type;
        self.no_text += other.no_text;
    }
}

/// The decompressed bytes of an input. Its errors are told by [`reject`](crate::reject()).
pub struct Source {
    /// The bytes.
    pub reader: Box<dyn BufRead + Send>,
    /// The input as it was named.
    pub path: Arc<str>,
    /// The very file that the bytes come from, where it is a plain one on disk, for formats that
    /// cannot be read from front to back. It may be compressed, and shares its place with the
    /// reader.
    pub file: Option<File>,
    /// Counts what the container passes over on purpose.
    pub skipped: Skipped,
    /// Whether the bytes were decompressed: then nothing in them is decompressed again.
    pub is_compressed: bool,
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").field("path", &self.path).finish_non_exhaustive()
    }
}

/// The container of that name.
pub(crate) fn named(name: &str) -> Result<&'static dyn Container, ReadError> {
    ALL.iter().copied().find(|c| c.name() == name).ok_or_else(|| ReadError::UnknownContainer {
        name: name.to_owned(),
        known: ALL.iter().map(|c| c.name()).collect::<Vec<_>>().join(", "),
    })
}

/// The container that the file name's ending asks for.
pub(crate) fn of_extension(path: &str) -> Option<&'static dyn Container> {
    let extension = extension(path)?;
    ALL.iter().copied().find(|c| c.extensions().contains(&extension.as_str()))
}

/// Endings of compression.
const COMPRESSED: [&str; 8] = ["gz", "zst", "zstd", "bz2", "bz", "xz", "lz4", "gzip"];

/// The ending of a file name in lower case, without the endings of compression behind it.
pub(crate) fn extension(path: &str) -> Option<String> {
    let name = path.rsplit(['/', '\\']).next()?;
    let mut parts = name.rsplit('.').map(str::to_ascii_lowercase);
    let extension = parts.find(|p| !COMPRESSED.contains(&p.as_str()))?;
    parts.next().is_some().then_some(extension)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records_of;

    #[test]
    fn containers_are_documented_and_read_their_own_examples() {
        let mut names: Vec<_> = ALL.iter().map(|c| c.name()).collect();
        for container in ALL {
            let name = container.name();
            assert!(!name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'));
            assert!(!container.about().is_empty());
            assert!(!container.extensions().is_empty());
            for extension in container.extensions() {
                let path = format!("a/b.x.{extension}.gz");
                assert_eq!(of_extension(&path).map(Container::name), Some(name));
            }
            let options = ReadOptions { from: Some(name.into()), ..ReadOptions::default() };
            for options in [options, ReadOptions::default()] {
                let example = container.example();
                let read = records_of(example, "-", &options, &Limits::default()).unwrap();
                let read: Vec<_> = read.collect::<Result<_, _>>().unwrap();
                assert!(!read.is_empty(), "{name}");
            }
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let error = named("docx").err().unwrap().to_string();
        let names: Vec<_> = ALL.iter().map(|c| c.name()).collect();
        let known = names.join(", ");
        assert_eq!(error, format!("there is no input format \"docx\": use one of {known}"));
    }

    #[test]
    fn endings_of_compression_do_not_count() {
        let cases = [
            ("a.jsonl", Some("jsonl")),
            ("a.JSONL.gz", Some("jsonl")),
            ("a.b/c", None),
            ("a.gz", None),
            ("gz", None),
            ("", None),
            ("a.txt.zst", Some("txt")),
        ];
        for (path, expected) in cases {
            assert_eq!(extension(path).as_deref(), expected, "{path}");
        }
    }
}
