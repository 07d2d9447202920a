//! The formats articles are written in. A format turns rows into bytes and opens no file.

mod jsonl;
mod markdown;

use std::io::{self, Write};

use crate::{ArticleRow, names};

pub use jsonl::{Jsonl, write_line};
pub use markdown::Markdown;

/// Every format, in the order of help texts.
pub const FORMATS: &[&dyn Format] = &[&Jsonl, &Markdown];

/// A format of articles.
///
/// A file is `head`, any number of articles, `tail`. All three depend on nothing but their
/// arguments, so articles can be written to buffers in parallel and joined in order.
pub trait Format: Sync {
    /// Its name on the command line, in kebab case.
    fn name(&self) -> &'static str;

    /// How its files' names end, without dot and compression.
    fn extension(&self) -> &'static str;

    /// What it is, in a few words for help texts.
    fn about(&self) -> &'static str;

    /// How articles are shared out over files.
    fn files(&self) -> Files;

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

    /// What a file ends with. Nothing by default.
    ///
    /// # Errors
    /// Those of `to`.
    fn tail(&self, to: &mut dyn Write) -> io::Result<()> {
        let _: &mut dyn Write = to;
        Ok(())
    }

    /// The name in the run folder of file number `counter`, from 0: `articles/part-00000.jsonl.zst`
    /// or `md/00000000.md`. Names are made from the counter alone, never from what an article
    /// says.
    fn file_name(&self, counter: u64) -> String {
        match self.files() {
            Files::Parts => names::part(counter, &format!("{}.zst", self.extension())),
            Files::Documents => names::document(counter, self.extension()),
        }
    }
}

/// How articles are shared out over files.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Files {
    /// Many in a file, compressed: [`PartWriter`](crate::PartWriter).
    Parts,
    /// One in a file, numbered in the order of the input: [`RunFile`](crate::RunFile).
    Documents,
}

/// The format of that name.
///
/// ```
/// assert_eq!(newsmill_output::format_named("jsonl").map(|f| f.extension()), Some("jsonl"));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_named_described_and_found() {
        for (i, format) in FORMATS.iter().enumerate() {
            let name = format.name();
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{name}");
            assert!(FORMATS[..i].iter().all(|f| f.name() != name), "{name} twice");
            assert!(format_named(name).is_some(), "{name}");
            assert!(format.about().len() > 10 && !format.about().ends_with('.'), "{name}");
            for counter in [0, 99_999, 100_000_000] {
                let file = format.file_name(counter);
                let (folder, file) = names::checked(&file).unwrap();
                assert!(names::is_run_file(folder, file), "{folder}/{file}");
            }
        }
        assert!(format_named("xml").is_none());
    }
}
