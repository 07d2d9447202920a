//! The run folder of newsmill: article rows, ledgers, the manifest, each file whole or not at all.
//!
//! * [`ArticleRow`] is what users get of an article; [`DuplicateRow`], [`RemovedRow`] and
//!   [`RejectedRow`] tell what became of everything else.
//! * A [`Format`] turns rows into bytes and opens no file; [`FORMATS`] lists them all.
//! * A [`Store`] is where files appear, under a checked name and only when they are complete.
//!   [`FolderStore`] is the one users meet; no other code opens, syncs or renames.
//! * [`RunFile`] counts and hashes what goes into a file, [`PartWriter`] shares compressed
//!   [`Frame`]s of rows out over files of bounded size, and [`Manifest`] closes the books.
//!
//! Rows, frames and file names depend on nothing but what is handed in, so a caller that hands in
//! the same articles in the same order and frames gets the same bytes, whatever the threads.
//!
//! ```
//! use newsmill_article::{Article, Block, BlockKind, Origin, Span};
//! use newsmill_output::{ArticleRow, Format, Frame, Jsonl, MemoryStore, PartWriter};
//!
//! let text = "A river rose.".to_owned();
//! let block = Block::new(BlockKind::Paragraph, Span::whole(&text));
//! let article = Article::new("a1".into(), Origin::new("a.txt", 0), text, vec![block], vec![])?;
//!
//! let mut rows = Vec::new();
//! Jsonl.article(&ArticleRow::new(&article, &article.kept(), None, &[]), &mut rows)?;
//! let store = MemoryStore::new();
//! let mut parts = PartWriter::new(&store, &Jsonl);
//! parts.push(&Frame::compress(&rows, 1, 3)?)?;
//! let files = parts.finish()?;
//! assert_eq!((files[0].name.as_str(), files[0].rows), ("articles/part-00000.jsonl.zst", Some(1)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
pub mod escape;
mod file;
mod format;
mod ledger;
mod manifest;
mod names;
mod part;
mod passage;
mod points;
mod row;
mod store;

pub use error::OutputError;
pub use file::{FileEntry, RunFile};
pub use format::{FORMATS, Files, Format, Jsonl, Markdown, format_named, write_line};
pub use ledger::{BoilerplateRow, Bytes, DuplicateRow, RejectedRow, RemovedRow, RepairedRow};
pub use manifest::{InputEntry, Manifest, ROW_FORMAT, RunFacts};
pub use names::{
    BOILERPLATE, DUPLICATES, MANIFEST, PASSAGES, REJECTED, REMOVED, REPAIRED, REPORT, SCRATCH,
};
pub use part::{Frame, PART_BYTES, PartWriter};
pub use passage::PassageRow;
pub use points::Points;
pub use row::{
    ArticleRow, BlockRow, EntityRow, EvidenceRow, Fields, ImageRow, InferredRow, LinkRow, PromoRow,
    QuoteRow, RecordName, SourceRow,
};
pub use store::{Draft, FaultyStore, FolderStore, MemoryStore, Mode, Store};
