//! The run folder of newsmill: article rows, ledgers, the manifest, each file whole or not at all.
//!
//! * [`ArticleRow`] is what users get of an article; [`DuplicateRow`], [`RemovedRow`] and
//!   [`RejectedRow`] tell what became of everything else.
//! * A [`Format`] turns rows into bytes and opens no file; [`FORMATS`] lists them all. A
//!   [`FrameBuilder`] does so for some articles in a row, an [`ArticleWriter`] shares the [`Frame`]s
//!   out over files of bounded size.
//! * A [`Store`] is where files appear, under a checked name and only when they are complete.
//!   [`FolderStore`] is the one users meet; no other code opens, syncs or renames.
//! * [`RunFile`] counts and hashes what goes into a file, and [`Manifest`] closes the books.
//!
//! Rows, frames and file names depend on nothing but what is handed in, so a caller that hands in
//! the same articles in the same order and frames gets the same bytes, whatever the threads.
//!
//! ```
//! use newsmill_article::{Article, Block, BlockKind, Origin, Span};
//! use newsmill_output::{ArticleRow, ArticleWriter, FrameBuilder, Jsonl, MemoryStore};
//!
//! let text = "A river rose.".to_owned();
//! let block = Block::new(BlockKind::Paragraph, Span::whole(&text));
//! let article = Article::new("a1".into(), Origin::new("a.txt", 0), text, vec![block], vec![])?;
//!
//! let mut frame = FrameBuilder::new(&Jsonl, 3)?;
//! frame.push(&ArticleRow::new(&article, &article.kept(), None, &[]))?;
//! let store = MemoryStore::new();
//! let mut writer = ArticleWriter::new(&store, &Jsonl);
//! writer.push(frame.finish()?)?;
//! let files = writer.finish()?;
//! assert_eq!((files[0].name.as_str(), files[0].rows), ("articles/part-00000.jsonl.zst", Some(1)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
pub mod escape;
mod file;
mod format;
mod frame;
mod ledger;
mod manifest;
mod names;
mod passage;
mod points;
mod read_back;
mod rejected;
pub mod report;
mod row;
mod samples;
mod store;
mod writer;

pub use error::OutputError;
pub use file::{FileEntry, RunFile};
#[cfg(feature = "parquet")]
pub use format::{Columns, Parquet};
pub use format::{
    Compression, Csv, Dolma, DolmaAttributes, DolmaDocuments, FORMATS, Files, Format, Jsonl, Kind,
    Markdown, NewsArticle, Rows, Wet, format_named, write_line,
};
pub use frame::{Frame, FrameBuilder};
pub use ledger::{BoilerplateRow, Bytes, DuplicateRow, RejectedRow, RemovedRow, RepairedRow};
pub use manifest::{InputEntry, Manifest, Moment, ROW_FORMAT, RunFacts};
pub use names::{
    BOILERPLATE, DUPLICATES, MANIFEST, PASSAGES, REJECTED, REJECTED_BYTES, REMOVED, REPAIRED,
    REPORT, SAMPLES, SCRATCH,
};
pub use passage::PassageRow;
pub use points::Points;
pub use read_back::each_row;
pub use rejected::RejectedFiles;
pub use row::{
    ArticleRow, BlockRow, EntityRow, EvidenceRow, Fields, ImageRow, InferredRow, LinkRow, PromoRow,
    QuoteRow, RecordName, SourceRow, SyndicationRow,
};
pub use samples::{Pair, RemovalSamples, Removed, Sample};
pub use store::{Draft, FaultyStore, FolderStore, MemoryStore, Mode, Store};
pub use writer::{ArticleWriter, PART_BYTES};
