//! Dolma: documents, and attributes that lie beside them.

use std::collections::BTreeMap;
use std::io::{self, Write};

use jiff::Timestamp;
use jiff::tz::Offset;
use newsmill_article::{ArticleId, Cluster, Counts, Metadata, Related};
use serde::Serialize;

use super::time::moment;
use super::{Compression, Files, Format, Kind, Rows, write_line};
use crate::row::{Fields, InferredRow, LinkRow, PromoRow, SyndicationRow};
use crate::{ArticleRow, SourceRow};

/// The layout of [Dolma's toolkit]: `documents/part-00000.jsonl.gz` and, line for line beside it,
/// `attributes/newsmill/part-00000.jsonl.gz`. The run folder is the data set's folder.
///
/// [Dolma's toolkit]: https://github.com/allenai/dolma/blob/main/docs/data-format.md
#[derive(Clone, Copy, Debug)]
pub struct Dolma;

static FILES: [Kind; 2] = [
    Kind {
        folder: "documents",
        extension: "jsonl.gz",
        compression: Compression::Gzip,
        rows: &DolmaDocuments,
    },
    Kind {
        folder: "attributes/newsmill",
        extension: "jsonl.gz",
        compression: Compression::Gzip,
        rows: &DolmaAttributes,
    },
];

impl Format for Dolma {
    fn name(&self) -> &'static str {
        "dolma"
    }

    fn about(&self) -> &'static str {
        "documents and attributes for Dolma's toolkit, JSON Lines in gzip"
    }

    fn files(&self) -> Files {
        Files::Parts(&FILES)
    }
}

/// Documents: `id`, `text`, `source` (the input as it was named), `added`, `created`, and all else
/// that is known of an article in `metadata`, where the input's own fields are `metadata` again.
///
/// `created` is when the article was published, and missing where it does not say. `added` has to
/// be the same in every run, so it is no clock: the last moment that the article itself names,
/// modified before published, and the start of 1970 where it names none.
///
/// ```
/// use newsmill_article::{Article, Block, BlockKind, Origin, Span};
/// use newsmill_output::{ArticleRow, DolmaDocuments, Rows};
///
/// let (origin, text) = (Origin::new("a.txt", 0), "Rain.".to_owned());
/// let block = Block::new(BlockKind::Paragraph, Span::whole(&text));
/// let article = Article::new("a".into(), origin, text, vec![block], vec![])?;
/// let mut line = Vec::new();
/// DolmaDocuments.article(&ArticleRow::verbatim(&article, None, &[]), &mut line)?;
/// assert!(line.starts_with(br#"{"id":"a","text":"Rain.","source":"a.txt","added":"1970-"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct DolmaDocuments;

#[derive(Serialize)]
struct Document<'a> {
    id: &'a ArticleId,
    text: &'a str,
    source: &'a str,
    added: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<String>,
    metadata: Known<'a>,
}

/// What is known beside the text.
#[derive(Serialize)]
struct Known<'a> {
    source: SourceRow<'a>,
    title: Option<&'a str>,
    byline: Option<&'a [String]>,
    dateline: Option<&'a str>,
    published: Option<&'a str>,
    modified: Option<&'a str>,
    language: Option<&'a str>,
    site: Option<&'a str>,
    url: Option<&'a str>,
    inferred: &'a Fields<'a, InferredRow<'a>>,
    links: &'a [LinkRow<'a>],
    keywords: &'a [String],
    lead: Option<&'a str>,
    syndication: Option<&'a SyndicationRow<'a>>,
    counts: Option<Counts>,
    promo: &'a [PromoRow<'a>],
    cluster: Option<&'a Cluster>,
    related: &'a [Related],
    truncated: bool,
    metadata: &'a Metadata,
}

impl Rows for DolmaDocuments {
    fn article(&self, row: &ArticleRow<'_>, to: &mut dyn Write) -> io::Result<()> {
        let created = row.published.and_then(moment);
        let added = row.modified.and_then(moment).or(created).unwrap_or(Timestamp::UNIX_EPOCH);
        let document = Document {
            id: row.id,
            text: row.text,
            source: row.source.path,
            added: in_milliseconds(added),
            created: created.map(in_milliseconds),
            metadata: Known {
                source: row.source,
                title: row.title,
                byline: row.byline,
                dateline: row.dateline,
                published: row.published,
                modified: row.modified,
                language: row.language,
                site: row.site,
                url: row.url,
                inferred: &row.inferred,
                links: &row.links,
                keywords: row.keywords,
                lead: row.lead,
                syndication: row.syndication.as_ref(),
                counts: row.counts,
                promo: &row.promo,
                cluster: row.cluster,
                related: row.related,
                truncated: row.truncated,
                metadata: row.metadata,
            },
        };
        let mut line = Vec::with_capacity(row.text.len() + row.text.len() / 4 + 1024);
        write_line(&document, &mut line)?;
        to.write_all(&line)
    }
}

/// A moment as Dolma's documents have it, `2025-03-13T21:07:00.000Z`.
fn in_milliseconds(moment: Timestamp) -> String {
    Offset::UTC.to_datetime(moment).strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// Attributes: for each document `id`, `source` and `attributes`, lists of `[start, end, score]`
/// with places in code points of the document's text.
///
/// `newsmill__block__KIND` and `newsmill__entity__KIND` have score 1; `newsmill__quote__speaker`
/// lists the quotations, with how sure the speaker is (0 for those without one);
/// `newsmill__cluster__size` is the whole text with the number of articles that are copies of one
/// another, 1 for one on its own.
#[derive(Clone, Copy, Debug)]
pub struct DolmaAttributes;

#[derive(Serialize)]
struct Attributes<'a> {
    id: &'a ArticleId,
    source: &'a str,
    attributes: BTreeMap<String, Vec<(usize, usize, f64)>>,
}

impl Rows for DolmaAttributes {
    fn article(&self, row: &ArticleRow<'_>, to: &mut dyn Write) -> io::Result<()> {
        let mut attributes: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let mut mark = |name: String, start: usize, end: usize, score: f64| {
            attributes.entry(name).or_default().push((start, end, score));
        };
        for block in &row.blocks {
            mark(format!("newsmill__block__{}", block.kind), block.start, block.end, 1.0);
        }
        for entity in &row.entities {
            // As it stands in rows.
            let kind = serde_json::to_string(&entity.kind)?;
            let name = format!("newsmill__entity__{}", kind.trim_matches('"'));
            mark(name, entity.start, entity.end, 1.0);
        }
        for quote in &row.quotes {
            let sure = match quote.speaker {
                Some(_) => quote.confidence.unwrap_or(1.0).into(),
                None => 0.0,
            };
            mark("newsmill__quote__speaker".to_owned(), quote.start, quote.end, sure);
        }
        let copies = row.cluster.map_or(1, |cluster| cluster.size) as f64;
        mark("newsmill__cluster__size".to_owned(), 0, row.text.chars().count(), copies);
        let mut line = Vec::new();
        let row = Attributes { id: row.id, source: row.source.path, attributes };
        write_line(&row, &mut line)?;
        to.write_all(&line)
    }
}
