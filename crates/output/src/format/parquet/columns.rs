//! Rows to columns.

use std::io;

use arrow_array::{Array, RecordBatch};
use arrow_json::ReaderBuilder;
use arrow_json::reader::Decoder;
use arrow_schema::SchemaRef;
use newsmill_article::{ArticleId, Cluster, Counts, Related};
use serde::{Serialize, Serializer};

use super::schema::SCHEMA;
use crate::row::{
    BlockRow, EntityRow, EvidenceRow, Fields, ImageRow, InferredRow, LinkRow, PromoRow, QuoteRow,
    SyndicationRow,
};
use crate::{ArticleRow, RecordName, SourceRow};

/// Takes rows and makes columns of them: those of [`Parquet`](super::Parquet).
///
/// ```
/// use newsmill_article::{Article, Block, BlockKind, Origin, Span};
/// use newsmill_output::{ArticleRow, Columns};
///
/// let (origin, text) = (Origin::new("a.txt", 0), "Rain.".to_owned());
/// let block = Block::new(BlockKind::Paragraph, Span::whole(&text));
/// let article = Article::new("a".into(), origin, text, vec![block], vec![])?;
/// let mut columns = Columns::new()?;
/// columns.push(&ArticleRow::verbatim(&article, None, &[]))?;
/// let (batch, _) = columns.finish()?;
/// assert_eq!(batch.map(|batch| batch.num_rows()), Some(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Columns {
    decoder: Decoder,
}

impl Columns {
    /// No rows yet.
    ///
    /// # Errors
    /// Never in practice: when the types of the columns are refused by their decoder.
    pub fn new() -> io::Result<Self> {
        // Strict: a field without a column is an error and not left out.
        let builder = ReaderBuilder::new(SCHEMA.clone()).with_strict_mode(true);
        Ok(Self { decoder: builder.build_decoder().map_err(io::Error::other)? })
    }

    /// The types of the columns.
    #[must_use]
    pub fn schema() -> SchemaRef {
        SCHEMA.clone()
    }

    /// Adds a row.
    ///
    /// # Errors
    /// When the row does not fit the columns, which those of this crate always do.
    pub fn push(&mut self, row: &ArticleRow<'_>) -> io::Result<()> {
        self.decoder.serialize(&[TableRow::new(row)?]).map_err(io::Error::other)
    }

    /// The columns, none when there was no row, and how many bytes they hold.
    ///
    /// # Errors
    /// As [`Columns::push`].
    pub fn finish(mut self) -> io::Result<(Option<RecordBatch>, usize)> {
        let batch = self.decoder.flush().map_err(io::Error::other)?;
        let mut bytes = 0;
        for column in batch.iter().flat_map(RecordBatch::columns) {
            bytes += column.to_data().get_slice_memory_size().map_err(io::Error::other)?;
        }
        Ok((batch, bytes))
    }
}

/// An article row in which every field has one type.
#[derive(Serialize)]
struct TableRow<'a> {
    id: &'a ArticleId,
    source: TableSource<'a>,
    text: &'a str,
    blocks: &'a [BlockRow],
    title: Option<&'a str>,
    byline: Option<&'a [String]>,
    dateline: Option<&'a str>,
    published: Option<&'a str>,
    modified: Option<&'a str>,
    language: Option<&'a str>,
    site: Option<&'a str>,
    url: Option<&'a str>,
    inferred: Named<'a, InferredRow<'a>>,
    links: &'a [LinkRow<'a>],
    images: &'a [ImageRow<'a>],
    quotes: &'a [QuoteRow<'a>],
    entities: &'a [EntityRow<'a>],
    keywords: &'a [String],
    lead: Option<&'a str>,
    syndication: Option<&'a SyndicationRow<'a>>,
    counts: Option<Counts>,
    promo: &'a [PromoRow<'a>],
    cluster: Option<&'a Cluster>,
    related: &'a [Related],
    metadata: String,
    evidence: Named<'a, EvidenceRow<'a>>,
    truncated: bool,
}

impl<'a> TableRow<'a> {
    fn new(row: &'a ArticleRow<'_>) -> io::Result<Self> {
        let SourceRow { path, record, offset, length } = row.source;
        Ok(Self {
            id: row.id,
            source: TableSource { path, record: Record(record), offset, length },
            text: row.text,
            blocks: &row.blocks,
            title: row.title,
            byline: row.byline,
            dateline: row.dateline,
            published: row.published,
            modified: row.modified,
            language: row.language,
            site: row.site,
            url: row.url,
            inferred: Named(&row.inferred),
            links: &row.links,
            images: &row.images,
            quotes: &row.quotes,
            entities: &row.entities,
            keywords: row.keywords,
            lead: row.lead,
            syndication: row.syndication.as_ref(),
            counts: row.counts,
            promo: &row.promo,
            cluster: row.cluster,
            related: row.related,
            metadata: serde_json::to_string(row.metadata)?,
            evidence: Named(&row.evidence),
            truncated: row.truncated,
        })
    }
}

#[derive(Serialize)]
struct TableSource<'a> {
    path: &'a str,
    record: Record<'a>,
    offset: u64,
    length: u64,
}

/// The name of a record as a text, whether it is an id or a number.
struct Record<'a>(RecordName<'a>);

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            RecordName::Id(id) => serializer.serialize_str(id),
            RecordName::Ordinal(ordinal) => serializer.collect_str(&ordinal),
        }
    }
}

/// Named entries as a list with the name in each.
struct Named<'a, T>(&'a Fields<'a, T>);

impl<T: Serialize> Serialize for Named<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Entry<'a, T> {
            field: &'a str,
            #[serde(flatten)]
            entry: &'a T,
        }
        serializer.collect_seq(self.0.0.iter().map(|(field, entry)| Entry { field, entry }))
    }
}
