//! The article row: what users get of an article.

mod shown;

use std::fmt;

use newsmill_article::{
    Article, ArticleId, Cluster, Counts, EntityKind, Kept, KeptBlock, Metadata, Origin, Related,
    Sourced,
};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use shown::Shown;

/// One article as its row shows it. Serialised, it is the row of the run folder, field by field in
/// the order of its documentation.
///
/// Every `start` and `end` counts Unicode code points of `text`; a place that was removed is told
/// as the place where it would stand. `source_start` and `source_end` count bytes of the record's
/// text.
///
/// What stands in text that was removed for another reason than being markup is not in the row's
/// lists: links and images that lie in it, quotations and entities that it touches. The links of
/// removed promotion are in `promo`.
///
/// ```
/// use newsmill_article::{Article, Block, BlockKind, Origin, Span};
/// use newsmill_output::ArticleRow;
///
/// let text = "A river rose.".to_owned();
/// let block = Block::new(BlockKind::Paragraph, Span::whole(&text));
/// let article = Article::new("a1".into(), Origin::new("a.txt", 0), text, vec![block], vec![])?;
/// let kept = article.kept();
/// let row = serde_json::to_string(&ArticleRow::new(&article, &kept, None, &[]))?;
/// assert!(row.starts_with(r#"{"id":"a1","source":{"path":"a.txt","record":0"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct ArticleRow<'a> {
    pub(crate) id: &'a ArticleId,
    pub(crate) source: SourceRow<'a>,
    pub(crate) text: &'a str,
    pub(crate) blocks: Vec<BlockRow>,
    pub(crate) title: Option<&'a str>,
    pub(crate) byline: Option<&'a [String]>,
    pub(crate) dateline: Option<&'a str>,
    pub(crate) published: Option<&'a str>,
    pub(crate) modified: Option<&'a str>,
    pub(crate) language: Option<&'a str>,
    pub(crate) site: Option<&'a str>,
    pub(crate) url: Option<&'a str>,
    pub(crate) inferred: Fields<'a, InferredRow<'a>>,
    pub(crate) links: Vec<LinkRow<'a>>,
    pub(crate) images: Vec<ImageRow<'a>>,
    pub(crate) quotes: Vec<QuoteRow<'a>>,
    pub(crate) entities: Vec<EntityRow<'a>>,
    pub(crate) keywords: &'a [String],
    pub(crate) lead: Option<&'a str>,
    pub(crate) syndication: Option<SyndicationRow<'a>>,
    pub(crate) counts: Option<Counts>,
    pub(crate) promo: Vec<PromoRow<'a>>,
    pub(crate) cluster: Option<&'a Cluster>,
    pub(crate) related: &'a [Related],
    pub(crate) metadata: &'a Metadata,
    pub(crate) evidence: Fields<'a, EvidenceRow<'a>>,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) truncated: bool,
}

/// Where a record came from.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct SourceRow<'a> {
    pub(crate) path: &'a str,
    pub(crate) record: RecordName<'a>,
    pub(crate) offset: u64,
    pub(crate) length: u64,
}

/// The container's record id, or the record's place among the records of its input, from 0.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(untagged)]
pub enum RecordName<'a> {
    /// The container's id.
    Id(&'a str),
    /// The place.
    Ordinal(u64),
}

/// A block; `level` is there for headings, `quoted` (the depth) for what is quoted.
#[derive(Clone, Debug, Serialize)]
pub struct BlockRow {
    pub(crate) kind: &'static str,
    pub(crate) start: usize,
    pub(crate) end: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) level: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) quoted: Option<u8>,
    #[serde(skip)]
    pub(crate) kept: KeptBlock,
}

/// A value and what says or implies it.
#[derive(Clone, Debug, Serialize)]
pub struct InferredRow<'a> {
    pub(crate) value: &'a str,
    pub(crate) evidence: &'a str,
    pub(crate) start: Option<usize>,
    pub(crate) end: Option<usize>,
    pub(crate) source_start: Option<usize>,
    pub(crate) source_end: Option<usize>,
}

/// What said a plain field, and where.
#[derive(Clone, Debug, Serialize)]
pub struct EvidenceRow<'a> {
    pub(crate) from: &'a str,
    pub(crate) start: Option<usize>,
    pub(crate) end: Option<usize>,
}

/// A link.
#[derive(Clone, Debug, Serialize)]
pub struct LinkRow<'a> {
    pub(crate) url: &'a str,
    pub(crate) raw: &'a str,
    pub(crate) start: usize,
    pub(crate) anchor: Option<&'a str>,
    pub(crate) domain: &'a str,
}

/// An image.
#[derive(Clone, Debug, Serialize)]
pub struct ImageRow<'a> {
    pub(crate) alt: Option<&'a str>,
    pub(crate) url: Option<&'a str>,
    pub(crate) caption: Option<&'a str>,
    pub(crate) credit: Option<&'a str>,
}

/// A quotation.
#[derive(Clone, Debug, Serialize)]
pub struct QuoteRow<'a> {
    pub(crate) text: &'a str,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) speaker: Option<&'a str>,
    pub(crate) cue: Option<&'a str>,
    pub(crate) confidence: Option<f32>,
}

/// A name, date or amount.
#[derive(Clone, Debug, Serialize)]
pub struct EntityRow<'a> {
    pub(crate) text: &'a str,
    pub(crate) kind: EntityKind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// Who else the article credits.
#[derive(Clone, Debug, Serialize)]
pub struct SyndicationRow<'a> {
    pub(crate) agencies: Vec<InferredRow<'a>>,
    pub(crate) publisher: Option<InferredRow<'a>>,
}

/// A removed promotional passage, with white space folded, and the links in it.
#[derive(Clone, Debug, Serialize)]
pub struct PromoRow<'a> {
    pub(crate) text: Folded<'a>,
    pub(crate) links: Vec<&'a str>,
}

/// Named entries, serialised as an object.
#[derive(Clone, Debug)]
pub struct Fields<'a, T>(pub(crate) Vec<(&'a str, T)>);

impl<'a> ArticleRow<'a> {
    /// The row of a kept article with its kept text.
    #[must_use]
    pub fn new(
        article: &'a Article,
        kept: &'a Kept,
        cluster: Option<&'a Cluster>,
        related: &'a [Related],
    ) -> Self {
        let shown = Shown::of_kept(article, kept);
        let blocks = kept.blocks().iter().map(|b| shown.block(b)).collect();
        Self::made(article, &shown, blocks, cluster, related)
    }

    /// The row of an article whose text is to stay as it came: `text` is the record's text to the
    /// byte, without blocks, whatever was removed.
    #[must_use]
    pub fn verbatim(
        article: &'a Article,
        cluster: Option<&'a Cluster>,
        related: &'a [Related],
    ) -> Self {
        Self::made(article, &Shown::verbatim(article), Vec::new(), cluster, related)
    }

    fn made(
        article: &'a Article,
        shown: &Shown<'a>,
        blocks: Vec<BlockRow>,
        cluster: Option<&'a Cluster>,
        related: &'a [Related],
    ) -> Self {
        let facts = &article.facts;
        Self {
            id: &article.id,
            source: SourceRow::new(&article.origin),
            text: shown.text,
            blocks,
            title: value(&facts.title),
            byline: facts.byline.as_ref().map(|b| b.value.as_slice()),
            dateline: value(&facts.dateline),
            published: value(&facts.published),
            modified: value(&facts.modified),
            language: value(&facts.language),
            site: value(&facts.site),
            url: value(&facts.url),
            inferred: shown.inferred(facts),
            links: shown.links(facts),
            images: shown.images(facts),
            quotes: shown.quotes(facts),
            entities: shown.entities(facts),
            keywords: &facts.keywords,
            lead: shown.lead(facts),
            syndication: shown.syndication(facts),
            counts: facts.counts,
            promo: shown.promo(article),
            cluster,
            related,
            metadata: &article.metadata,
            evidence: shown.evidence(facts),
            truncated: article.truncated,
        }
    }

    /// The article's id.
    #[must_use]
    pub fn id(&self) -> &'a ArticleId {
        self.id
    }

    /// The article's text.
    #[must_use]
    pub fn text(&self) -> &'a str {
        self.text
    }
}

impl<'a> SourceRow<'a> {
    /// The row of `origin`.
    #[must_use]
    pub fn new(origin: &'a Origin) -> Self {
        let record = match &origin.record_id {
            Some(id) => RecordName::Id(id),
            None => RecordName::Ordinal(origin.ordinal),
        };
        Self { path: &origin.path, record, offset: origin.offset, length: origin.length }
    }
}

pub(crate) fn value(told: &Option<Sourced<String>>) -> Option<&str> {
    told.as_ref().map(|t| t.value.as_str())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

impl<T: Serialize> Serialize for Fields<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, entry) in &self.0 {
            map.serialize_entry(name, entry)?;
        }
        map.end()
    }
}

/// A text shown with each run of white space as one space.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Folded<'a>(pub(crate) &'a str);

impl fmt::Display for Folded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, word) in self.0.split_whitespace().enumerate() {
            if at > 0 {
                f.write_str(" ")?;
            }
            f.write_str(word)?;
        }
        Ok(())
    }
}

impl Serialize for Folded<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
