//! The article row: what users get of an article.

use std::fmt;
use std::ops::Range;

use newsmill_article::{
    Article, ArticleId, Cluster, EntityKind, Facts, Kept, KeptBlock, Metadata, Origin, Reason,
    Related, Removal, Sourced, Span,
};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::Points;

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
    inferred: Fields<'a, InferredRow<'a>>,
    pub(crate) links: Vec<LinkRow<'a>>,
    images: Vec<ImageRow<'a>>,
    quotes: Vec<QuoteRow<'a>>,
    entities: Vec<EntityRow<'a>>,
    promo: Vec<PromoRow<'a>>,
    cluster: Option<&'a Cluster>,
    related: &'a [Related],
    metadata: &'a Metadata,
    evidence: Fields<'a, EvidenceRow<'a>>,
    #[serde(skip_serializing_if = "is_false")]
    truncated: bool,
}

/// Where a record came from.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct SourceRow<'a> {
    pub(crate) path: &'a str,
    pub(crate) record: RecordName<'a>,
    pub(crate) offset: u64,
    length: u64,
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
    kind: &'static str,
    start: usize,
    end: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quoted: Option<u8>,
    #[serde(skip)]
    pub(crate) kept: KeptBlock,
}

/// An inferred value and what implies it.
#[derive(Clone, Debug, Serialize)]
pub struct InferredRow<'a> {
    value: &'a str,
    evidence: &'a str,
    start: Option<usize>,
    end: Option<usize>,
    source_start: Option<usize>,
    source_end: Option<usize>,
}

/// What said a plain field, and where.
#[derive(Clone, Debug, Serialize)]
pub struct EvidenceRow<'a> {
    from: &'a str,
    start: Option<usize>,
    end: Option<usize>,
}

/// A link.
#[derive(Clone, Debug, Serialize)]
pub struct LinkRow<'a> {
    pub(crate) url: &'a str,
    raw: &'a str,
    start: usize,
    anchor: Option<&'a str>,
    domain: &'a str,
}

/// An image.
#[derive(Clone, Debug, Serialize)]
pub struct ImageRow<'a> {
    alt: Option<&'a str>,
    url: Option<&'a str>,
    caption: Option<&'a str>,
    credit: Option<&'a str>,
}

/// A quotation.
#[derive(Clone, Debug, Serialize)]
pub struct QuoteRow<'a> {
    text: &'a str,
    start: usize,
    end: usize,
    speaker: Option<&'a str>,
    cue: Option<&'a str>,
    confidence: Option<f32>,
}

/// A name, date or amount.
#[derive(Clone, Debug, Serialize)]
pub struct EntityRow<'a> {
    text: &'a str,
    kind: EntityKind,
    start: usize,
    end: usize,
}

/// A removed promotional passage, with white space folded, and the links in it.
#[derive(Clone, Debug, Serialize)]
pub struct PromoRow<'a> {
    text: Folded<'a>,
    links: Vec<&'a str>,
}

/// Named entries, serialised as an object.
#[derive(Clone, Debug)]
pub struct Fields<'a, T>(Vec<(&'a str, T)>);

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

/// The text a row shows, and the ways into it.
struct Shown<'a> {
    text: &'a str,
    points: Points<'a>,
    /// The map from the record's text; none when that is the text shown.
    kept: Option<&'a Kept>,
    /// Removals that take facts with them, in order, without overlap.
    lost: Vec<&'a Removal>,
}

impl<'a> Shown<'a> {
    fn of_kept(article: &'a Article, kept: &'a Kept) -> Self {
        let text = kept.text();
        // Markup stands for its fact: a link's target goes from the text and into `links`.
        let lost = article.removals().iter().filter(|r| r.reason != Reason::Markup).collect();
        Self { text, points: Points::new(text), kept: Some(kept), lost }
    }

    fn verbatim(article: &'a Article) -> Self {
        let text = article.text();
        Self { text, points: Points::new(text), kept: None, lost: Vec::new() }
    }

    /// What is left of a span, in bytes of the text shown.
    fn left(&self, span: Span) -> Option<Range<usize>> {
        match self.kept {
            Some(kept) => kept.range_of(span),
            None => (!span.is_empty()).then(|| span.range()),
        }
    }

    /// Where a span stands or would stand, in code points.
    fn place(&self, span: Span) -> Range<usize> {
        let at = || self.kept.map_or(span.start(), |kept| kept.place(span.start()));
        let range = self.left(span).unwrap_or_else(|| at()..at());
        self.points.before(range.start)..self.points.before(range.end)
    }

    /// What is left of a span: its text and its place in code points.
    fn passage(&self, span: Span) -> Option<(&'a str, Range<usize>)> {
        let text = self.text.get(self.left(span)?)?;
        Some((text, self.place(span)))
    }

    /// The first lost removal that ends behind the start of `span`.
    fn next_lost(&self, span: Span) -> Option<&'a Removal> {
        let at = self.lost.partition_point(|r| r.span.end() <= span.start());
        self.lost.get(at).copied()
    }

    fn lies_in_lost(&self, span: Span) -> bool {
        self.next_lost(span).is_some_and(|r| r.span.contains(span))
    }

    fn touches_lost(&self, span: Span) -> bool {
        self.next_lost(span).is_some_and(|r| r.span.overlaps(span))
    }

    fn block(&self, kept: &KeptBlock) -> BlockRow {
        let level = match kept.block.kind {
            newsmill_article::BlockKind::Heading { level } => Some(level),
            _ => None,
        };
        BlockRow {
            kind: kept.block.kind.name(),
            start: self.points.before(kept.range.start),
            end: self.points.before(kept.range.end),
            level,
            quoted: Some(kept.block.quoted).filter(|depth| *depth > 0),
            kept: kept.clone(),
        }
    }

    fn inferred(&self, facts: &'a Facts) -> Fields<'a, InferredRow<'a>> {
        let row = |(name, told): (&'a String, &'a Sourced<String>)| {
            let place = told.span.map(|span| self.place(span));
            let row = InferredRow {
                value: &told.value,
                evidence: &told.evidence,
                start: place.as_ref().map(|p| p.start),
                end: place.map(|p| p.end),
                source_start: told.span.map(Span::start),
                source_end: told.span.map(Span::end),
            };
            (name.as_str(), row)
        };
        Fields(facts.inferred.iter().map(row).collect())
    }

    fn evidence(&self, facts: &'a Facts) -> Fields<'a, EvidenceRow<'a>> {
        let mut fields = Vec::new();
        self.told(&mut fields, "title", &facts.title);
        self.told(&mut fields, "byline", &facts.byline);
        self.told(&mut fields, "dateline", &facts.dateline);
        self.told(&mut fields, "published", &facts.published);
        self.told(&mut fields, "modified", &facts.modified);
        self.told(&mut fields, "language", &facts.language);
        self.told(&mut fields, "site", &facts.site);
        self.told(&mut fields, "url", &facts.url);
        Fields(fields)
    }

    fn told<T>(
        &self,
        fields: &mut Vec<(&'a str, EvidenceRow<'a>)>,
        name: &'static str,
        told: &'a Option<Sourced<T>>,
    ) {
        let Some(told) = told else { return };
        let place = told.span.map(|span| self.place(span));
        let start = place.as_ref().map(|p| p.start);
        fields.push((name, EvidenceRow { from: &told.evidence, start, end: place.map(|p| p.end) }));
    }

    fn links(&self, facts: &'a Facts) -> Vec<LinkRow<'a>> {
        let shown = facts.links.iter().filter(|link| !self.lies_in_lost(link.span));
        shown
            .map(|link| LinkRow {
                url: &link.url,
                raw: &link.raw,
                start: self.place(link.span).start,
                anchor: link.anchor.and_then(|span| self.passage(span)).map(|(text, _)| text),
                domain: &link.domain,
            })
            .collect()
    }

    fn images(&self, facts: &'a Facts) -> Vec<ImageRow<'a>> {
        let shown = facts.images.iter().filter(|image| !self.lies_in_lost(image.span));
        shown
            .map(|image| ImageRow {
                alt: image.alt.as_deref(),
                url: image.url.as_deref(),
                caption: image.caption.as_deref(),
                credit: image.credit.as_deref(),
            })
            .collect()
    }

    fn quotes(&self, facts: &'a Facts) -> Vec<QuoteRow<'a>> {
        let shown = facts.quotes.iter().filter(|quote| !self.touches_lost(quote.span));
        shown
            .filter_map(|quote| {
                let (text, place) = self.passage(quote.span)?;
                Some(QuoteRow {
                    text,
                    start: place.start,
                    end: place.end,
                    speaker: quote.speaker.as_deref(),
                    cue: quote.cue.as_deref(),
                    confidence: quote.confidence,
                })
            })
            .collect()
    }

    fn entities(&self, facts: &'a Facts) -> Vec<EntityRow<'a>> {
        let shown = facts.entities.iter().filter(|entity| !self.touches_lost(entity.span));
        shown
            .filter_map(|entity| {
                let (text, place) = self.passage(entity.span)?;
                Some(EntityRow { text, kind: entity.kind, start: place.start, end: place.end })
            })
            .collect()
    }

    fn promo(&self, article: &'a Article) -> Vec<PromoRow<'a>> {
        let promo: Vec<_> = self.lost.iter().filter(|r| r.reason == Reason::Promo).collect();
        let row =
            |r: &&&'a Removal| PromoRow { text: Folded(article.slice(r.span)), links: vec![] };
        let mut rows: Vec<PromoRow<'a>> = promo.iter().map(row).collect();
        for link in &article.facts.links {
            let at = promo.partition_point(|r| r.span.end() <= link.span.start());
            if promo.get(at).is_some_and(|r| r.span.contains(link.span)) {
                rows[at].links.push(&link.url);
            }
        }
        rows
    }
}

fn value(told: &Option<Sourced<String>>) -> Option<&str> {
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
struct Folded<'a>(&'a str);

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
