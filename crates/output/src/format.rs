//! The formats articles are written in. A format turns rows into bytes and opens no file.

mod csv;
mod dolma;
mod jsonl;
mod markdown;
mod newsarticle;
#[cfg(feature = "parquet")]
pub(crate) mod parquet;
mod time;
mod wet;

use std::io::{self, Write};

use crate::{ArticleRow, names};

pub use csv::Csv;
pub use dolma::{Dolma, DolmaAttributes, DolmaDocuments};
pub use jsonl::{Jsonl, write_line};
pub use markdown::Markdown;
pub use newsarticle::NewsArticle;
#[cfg(feature = "parquet")]
pub use parquet::{Columns, Parquet};
pub use wet::Wet;

/// Every format, in the order of help texts.
pub const FORMATS: &[&dyn Format] = &[
    &Jsonl,
    #[cfg(feature = "parquet")]
    &Parquet,
    &Markdown,
    &Csv,
    &Wet,
    &Dolma,
    &NewsArticle,
];

/// A format of articles: a name, and the files they go to.
pub trait Format: Sync {
    /// Its name on the command line, in kebab case.
    fn name(&self) -> &'static str;

    /// What it is, in a few words for help texts.
    fn about(&self) -> &'static str;

    /// The files articles go to, and how.
    fn files(&self) -> Files;

    /// The rows of a format whose articles can be written one after the other to standard output:
    /// those with one kind of files, and no columns.
    fn stream(&self) -> Option<&'static dyn Rows> {
        match self.files() {
            Files::Parts([kind]) | Files::Documents(kind) => Some(kind.rows),
            Files::Parts(_) => None,
            #[cfg(feature = "parquet")]
            Files::Columns => None,
        }
    }
}

/// How a format makes bytes of articles.
///
/// A file is `head` and any number of articles. Both depend on nothing but their arguments, so
/// articles can be written to buffers in parallel and joined in order.
pub trait Rows: Sync {
    /// What a file starts with. Nothing by default.
    ///
    /// # Errors
    /// Those of `to`.
    fn head(&self, to: &mut dyn Write) -> io::Result<()> {
        let _: &mut dyn Write = to;
        Ok(())
    }

    /// Writes one article.
    ///
    /// # Errors
    /// Those of `to`.
    fn article(&self, row: &ArticleRow<'_>, to: &mut dyn Write) -> io::Result<()>;
}

/// How articles are shared out over files.
#[derive(Clone, Copy, Debug)]
pub enum Files {
    /// Many in a file of bounded size. Of several kinds of files, those of one number hold the same
    /// articles in the same order.
    Parts(&'static [Kind]),
    /// One in a file, numbered in the order of the input.
    Documents(&'static Kind),
    /// Many in a file of bounded size, in typed columns: Parquet.
    #[cfg(feature = "parquet")]
    Columns,
}

/// A kind of files.
#[derive(Clone, Copy)]
pub struct Kind {
    /// Their folder in the run folder.
    pub folder: &'static str,
    /// How their names end, without dot.
    pub extension: &'static str,
    /// How they are compressed.
    pub compression: Compression,
    /// What is in them.
    pub rows: &'static dyn Rows,
}

/// How files are compressed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Compression {
    /// Not at all.
    None,
    /// zstd frames (RFC 8878) one after the other, at the level asked for.
    Zstd,
    /// gzip members (RFC 1952) one after the other, at level 6.
    Gzip,
    /// The same with a member for each article, so that one can be read without those before it.
    GzipEach,
}

impl Kind {
    /// The name in the run folder of part number `counter`, from 0: `articles/part-00000.jsonl.zst`.
    /// Names are made from the counter alone, never from what an article says.
    #[must_use]
    pub fn part(&self, counter: u64) -> String {
        names::part(self.folder, counter, self.extension)
    }

    /// The name in the run folder of document number `counter`, from 0: `md/00000000.md`.
    #[must_use]
    pub fn document(&self, counter: u64) -> String {
        names::document(self.folder, counter, self.extension)
    }
}

/// The format of that name.
///
/// ```
/// assert_eq!(newsmill_output::format_named("jsonl").map(|f| f.name()), Some("jsonl"));
/// ```
#[must_use]
pub fn format_named(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.name() == name)
}

impl std::fmt::Debug for dyn Format + '_ {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/*.{}", self.folder, self.extension)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_named_described_and_found() {
        let mut kinds = Vec::new();
        for (i, format) in FORMATS.iter().enumerate() {
            let name = format.name();
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{name}");
            assert!(FORMATS[..i].iter().all(|f| f.name() != name), "{name} twice");
            assert!(format_named(name).is_some(), "{name}");
            assert!(format.about().len() > 10 && !format.about().ends_with('.'), "{name}");
            for counter in [0, 99_999, 100_000_000] {
                let files = match format.files() {
                    Files::Parts(kinds) => kinds.iter().map(|kind| kind.part(counter)).collect(),
                    Files::Documents(kind) => vec![kind.document(counter)],
                    #[cfg(feature = "parquet")]
                    Files::Columns => vec![parquet::part(counter)],
                };
                for file in &files {
                    let (folder, file) = names::checked(file).unwrap();
                    assert!(names::is_run_file(folder, file), "{folder}/{file}");
                }
                kinds.extend(files);
            }
        }
        let all = kinds.len();
        kinds.sort();
        kinds.dedup();
        assert_eq!(kinds.len(), all, "two formats write one file");
        assert!(format_named("xml").is_none());
    }
}
