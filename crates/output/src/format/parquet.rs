//! Parquet: typed columns for queries and training.

mod columns;
mod file;
mod schema;

use super::{Files, Format};
use crate::names;

pub use columns::Columns;
pub(crate) use file::{ParquetFile, RowGroup, RowGroups};

/// [Parquet] with the fields of the row as columns, lists and structs typed all the way down, zstd
/// pages, minimum and maximum of each page, row groups of about 64 MiB before compression. DuckDB,
/// Polars, pandas and `datasets` open it as it is.
///
/// Four fields are other than in JSON, because columns have one type and a name each: `metadata`
/// is a string of JSON, `source.record` is a string whether it is an id or a number, `inferred`
/// and `evidence` are lists of structs with the field's name in `field`. `truncated` is there in
/// every row.
///
/// [Parquet]: https://parquet.apache.org/docs/file-format/
///
/// ```
/// use newsmill_article::{Article, Block, BlockKind, Origin, Span};
/// use newsmill_output::{ArticleRow, ArticleWriter, FrameBuilder, MemoryStore, Parquet};
///
/// let (origin, text) = (Origin::new("a.txt", 0), "Rain.".to_owned());
/// let block = Block::new(BlockKind::Paragraph, Span::whole(&text));
/// let article = Article::new("a".into(), origin, text, vec![block], vec![])?;
/// let mut frame = FrameBuilder::new(&Parquet, 3)?;
/// frame.push(&ArticleRow::verbatim(&article, None, &[]))?;
///
/// let store = MemoryStore::new();
/// let mut files = ArticleWriter::new(&store, &Parquet);
/// files.push(frame.finish()?)?;
/// assert_eq!(files.finish()?[0].name, "articles/part-00000.parquet");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Parquet;

impl Format for Parquet {
    fn name(&self) -> &'static str {
        "parquet"
    }

    fn about(&self) -> &'static str {
        "Parquet, typed nested columns, zstd-compressed"
    }

    fn files(&self) -> Files {
        Files::Columns
    }
}

/// The name in the run folder of file number `counter`, from 0.
pub(crate) fn part(counter: u64) -> String {
    names::part("articles", counter, "parquet")
}
