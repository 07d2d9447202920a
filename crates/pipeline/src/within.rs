//! Repeats within an article, as removals of its blocks.

use std::ops::Range;

use newsmill_article::{Article, Reason, Removal, Span, Stage};
use newsmill_dedup::within::{Finder, Repeat, WithinConfig};

/// Takes the repeats of `article` out: one removal for each block that a repeat covers, each with
/// the part of the copy that stays as its witness. A block of which nothing else is left goes
/// whole, signs and all.
pub(crate) fn remove_repeats(article: &mut Article, finder: &mut Finder, config: &WithinConfig) {
    let repeats = finder.repeats(article.text(), config);
    for repeat in &repeats {
        for removal in removals(article, repeat) {
            article.remove(removal);
        }
    }
}

fn removals(article: &Article, repeat: &Repeat) -> Vec<Removal> {
    let blocks = article.blocks();
    let first = blocks.partition_point(|b| b.span.end() <= repeat.copy.start);
    let mut pieces = repeat.pieces.iter().peekable();
    let mut removals = Vec::new();
    for block in &blocks[first..] {
        if block.span.start() >= repeat.copy.end {
            break;
        }
        // What of this block is a copy, and of what.
        let (mut copy, mut kept, mut exact) = (None, None, true);
        while let Some(piece) = pieces.peek() {
            if piece.copy.start >= block.span.end() {
                break;
            }
            if piece.copy.end > block.span.start() {
                exact &= piece.exact;
                hull(&mut copy, clip(&piece.copy, block.span));
                hull(&mut kept, piece.kept.clone());
            }
            if piece.copy.end > block.span.end() {
                break;
            }
            pieces.next();
        }
        let spans = copy.zip(kept).map(|(c, k)| (article.span(c), article.span(k)));
        let Some((Ok(copy), Ok(witness))) = spans else { continue };
        let says_more = |rest: Option<Span>| {
            rest.is_some_and(|rest| article.slice(rest).contains(char::is_alphanumeric))
        };
        let [before, after] = block.span.without(copy);
        let span = if says_more(before) || says_more(after) { copy } else { block.span };
        let reason = if exact { Reason::Repeat } else { Reason::NearRepeat };
        removals.push(
            Removal::new(span.trim(article.text()), reason, Stage::Within)
                .with_witness(witness)
                .with_score(repeat.similarity),
        );
    }
    removals
}

fn clip(range: &Range<usize>, to: Span) -> Range<usize> {
    range.start.max(to.start())..range.end.min(to.end())
}

fn hull(so_far: &mut Option<Range<usize>>, range: Range<usize>) {
    *so_far = Some(match so_far.take() {
        Some(one) => one.start.min(range.start)..one.end.max(range.end),
        None => range,
    });
}
