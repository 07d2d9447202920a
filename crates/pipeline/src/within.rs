//! Repeats within an article, as removals of its blocks.

use std::ops::Range;

use newsmill_article::{Article, BlockKind, Kept, KeptBlock, Reason, Removal, Span, Stage};
use newsmill_dedup::within::{Finder, Repeat, WithinConfig};

/// Takes the repeats of `article` out: one removal for each block that a repeat covers, each with
/// the part of the copy that stays as its witness. A block of which nothing else is left goes
/// whole, signs and all.
///
/// Tables and code stay whatever they repeat, and so do list items, captions and headings unless
/// they are part of a longer passage with a paragraph in it: what recurs there recurs on purpose.
///
/// What is searched is the kept text, without quoting marks, link targets and line wrapping: the
/// text that users get, so that it loses nothing more when it is fed in again.
pub(crate) fn remove_repeats(article: &mut Article, finder: &mut Finder, config: &WithinConfig) {
    let kept = article.kept();
    let repeats = finder.repeats(kept.text(), config);
    let removals: Vec<Removal> =
        repeats.iter().flat_map(|repeat| removals(article, &kept, repeat)).collect();
    for removal in removals {
        article.remove(removal);
    }
}

fn removals(article: &Article, kept: &Kept, repeat: &Repeat) -> Vec<Removal> {
    let blocks = kept.blocks();
    let first = blocks.partition_point(|b| b.range.end <= repeat.copy.start);
    let blocks = blocks[first..].iter().take_while(|b| b.range.start < repeat.copy.end);
    let is_prose = |b: &KeptBlock| matches!(b.block.kind, BlockKind::Paragraph | BlockKind::Quote);
    if !blocks.clone().any(is_prose) {
        return Vec::new();
    }
    blocks
        .filter(|b| !b.block.kind.keeps_line_breaks())
        .filter_map(|block| removal(article, kept, repeat, block))
        .collect()
}

/// What goes of one block: the pieces of the repeat that lie in it, and what is between them.
fn removal(article: &Article, kept: &Kept, repeat: &Repeat, block: &KeptBlock) -> Option<Removal> {
    let from = repeat.pieces.partition_point(|p| p.copy.end <= block.range.start);
    let pieces = repeat.pieces[from..].iter().take_while(|p| p.copy.start < block.range.end);
    let (mut copy, mut witness, mut exact) = (None, None, true);
    let (mut equal, mut words) = (0.0, 0.0);
    for piece in pieces {
        let part = piece.copy.start.max(block.range.start)..piece.copy.end.min(block.range.end);
        let length = part.len() as f32;
        equal += piece.similarity * length;
        words += length;
        exact &= piece.exact;
        hull(&mut copy, part);
        hull(&mut witness, piece.kept.clone());
    }
    let copy: Range<usize> = copy?;
    let says_more = |rest: Range<usize>| {
        kept.text().get(rest).is_some_and(|rest| rest.contains(char::is_alphanumeric))
    };
    let more = says_more(block.range.start..copy.start) || says_more(copy.end..block.range.end);
    let span: Span = if more { kept.span_of(copy)? } else { block.block.span.trim(article.text()) };
    let reason = if exact { Reason::Repeat } else { Reason::NearRepeat };
    Some(
        Removal::new(span, reason, Stage::Within)
            .with_witness(kept.span_of(witness?)?)
            .with_score(equal / words),
    )
}

fn hull(so_far: &mut Option<Range<usize>>, range: Range<usize>) {
    *so_far = Some(match so_far.take() {
        Some(one) => one.start.min(range.start)..one.end.max(range.end),
        None => range,
    });
}
