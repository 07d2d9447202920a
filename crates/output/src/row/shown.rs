//! What of an article its row shows, and where.

use std::ops::Range;

use newsmill_article::{
    Article, BlockKind, Facts, Kept, KeptBlock, Reason, Removal, Sourced, Span,
};

use super::{
    BlockRow, EntityRow, EvidenceRow, Fields, Folded, ImageRow, InferredRow, LinkRow, PromoRow,
    QuoteRow, SyndicationRow,
};
use crate::Points;

/// The text a row shows, and the ways into it.
pub(super) struct Shown<'a> {
    pub(super) text: &'a str,
    points: Points<'a>,
    /// The map from the record's text; none when that is the text shown.
    kept: Option<&'a Kept>,
    /// Removals that take facts with them, in order, without overlap.
    lost: Vec<&'a Removal>,
}

impl<'a> Shown<'a> {
    pub(super) fn of_kept(article: &'a Article, kept: &'a Kept) -> Self {
        let text = kept.text();
        // Markup stands for its fact: a link's target goes from the text and into `links`.
        let lost = article.removals().iter().filter(|r| r.reason != Reason::Markup).collect();
        Self { text, points: Points::new(text), kept: Some(kept), lost }
    }

    pub(super) fn verbatim(article: &'a Article) -> Self {
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

    pub(super) fn block(&self, kept: &KeptBlock) -> BlockRow {
        let level = match kept.block.kind {
            BlockKind::Heading { level } => Some(level),
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

    pub(super) fn inferred(&self, facts: &'a Facts) -> Fields<'a, InferredRow<'a>> {
        let row = |(name, told): (&'a String, _)| (name.as_str(), self.sourced(told));
        Fields(facts.inferred.iter().map(row).collect())
    }

    fn sourced(&self, told: &'a Sourced<String>) -> InferredRow<'a> {
        let place = told.span.map(|span| self.place(span));
        InferredRow {
            value: &told.value,
            evidence: &told.evidence,
            start: place.as_ref().map(|p| p.start),
            end: place.map(|p| p.end),
            source_start: told.span.map(Span::start),
            source_end: told.span.map(Span::end),
        }
    }

    /// The lead, unless it was removed.
    pub(super) fn lead(&self, facts: &'a Facts) -> Option<&'a str> {
        let lead = facts.lead.as_ref()?;
        let stands = lead.span.is_none_or(|span| !self.touches_lost(span));
        stands.then_some(lead.value.as_str())
    }

    pub(super) fn syndication(&self, facts: &'a Facts) -> Option<SyndicationRow<'a>> {
        let told = facts.syndication.as_ref()?;
        Some(SyndicationRow {
            agencies: told.agencies.iter().map(|agency| self.sourced(agency)).collect(),
            publisher: told.publisher.as_ref().map(|publisher| self.sourced(publisher)),
        })
    }

    pub(super) fn evidence(&self, facts: &'a Facts) -> Fields<'a, EvidenceRow<'a>> {
        let mut fields = Vec::new();
        self.told(&mut fields, "title", &facts.title);
        self.told(&mut fields, "byline", &facts.byline);
        self.told(&mut fields, "dateline", &facts.dateline);
        self.told(&mut fields, "published", &facts.published);
        self.told(&mut fields, "modified", &facts.modified);
        self.told(&mut fields, "language", &facts.language);
        self.told(&mut fields, "site", &facts.site);
        self.told(&mut fields, "url", &facts.url);
        if self.lead(facts).is_some() {
            self.told(&mut fields, "lead", &facts.lead);
        }
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

    pub(super) fn links(&self, facts: &'a Facts) -> Vec<LinkRow<'a>> {
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

    pub(super) fn images(&self, facts: &'a Facts) -> Vec<ImageRow<'a>> {
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

    pub(super) fn quotes(&self, facts: &'a Facts) -> Vec<QuoteRow<'a>> {
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

    pub(super) fn entities(&self, facts: &'a Facts) -> Vec<EntityRow<'a>> {
        let shown = facts.entities.iter().filter(|entity| !self.touches_lost(entity.span));
        shown
            .filter_map(|entity| {
                let (text, place) = self.passage(entity.span)?;
                Some(EntityRow { text, kind: entity.kind, start: place.start, end: place.end })
            })
            .collect()
    }

    pub(super) fn promo(&self, article: &'a Article) -> Vec<PromoRow<'a>> {
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
