//! Repeats within an article, as removals of its blocks.

use std::ops::Range;

use newsmill_article::{Article, Kept, KeptBlock, Reason, Removal, Span, Stage};
use newsmill_dedup::within::{Finder, Repeat, WithinConfig};

/// A passage of at most so many blocks …
const REFRAIN_BLOCKS: usize = 3;
/// … that stands at least so often, each time between other text, is a refrain: a legend below each
/// plan, the terms of each region.
const REFRAIN_TIMES: usize = 5;

/// Takes the repeats of `article` out: one removal for each block that a repeat covers, each with
/// the part of the copy that stays as its witness. A block of which nothing else is left goes
/// whole, signs and all.
///
/// Tables and code stay whatever they repeat, and so do refrains: what recurs there recurs on
/// purpose.
///
/// What is searched is the kept text, without quoting marks, link targets and line wrapping: the
/// text that users get, so that it loses nothing more when it is fed in again.
pub(crate) fn remove_repeats(article: &mut Article, finder: &mut Finder, config: &WithinConfig) {
    let kept = article.kept();
    let mut repeats = finder.repeats(kept.text(), config);
    keep_refrains(&kept, &mut repeats);
    let removals: Vec<Removal> =
        repeats.iter().flat_map(|repeat| removals(article, &kept, repeat)).collect();
    article.remove_all(removals);
}

/// Takes the refrains off the list of what goes.
fn keep_refrains(kept: &Kept, repeats: &mut Vec<Repeat>) {
    let first_block = |at: usize| kept.blocks().partition_point(|b| b.range.end <= at);
    let says = |range: Range<usize>| {
        kept.text().get(range).is_some_and(|text| text.contains(char::is_alphanumeric))
    };
    let short = |r: &Repeat| {
        let blocks = &kept.blocks()[first_block(r.copy.start)..];
        blocks.iter().take_while(|b| b.range.start < r.copy.end).count() <= REFRAIN_BLOCKS
    };
    // Short repeats by the block of the copy that stays; `sort_by_key` keeps their order.
    let mut short: Vec<(usize, usize)> = (0..repeats.len())
        .filter(|&i| short(&repeats[i]))
        .map(|i| (first_block(repeats[i].kept.start), i))
        .collect();
    short.sort_by_key(|&(block, _)| block);
    let mut stays = vec![false; repeats.len()];
    for group in short.chunk_by(|a, b| a.0 == b.0).filter(|g| g.len() + 1 >= REFRAIN_TIMES) {
        let mut places: Vec<Range<usize>> =
            group.iter().map(|&(_, i)| repeats[i].copy.clone()).collect();
        places.push(repeats[group[0].1].kept.clone());
        places.sort_by_key(|place| place.start);
        // Pasted one behind the other is no refrain.
        if places.windows(2).all(|two| says(two[0].end..two[1].start)) {
            for &(_, i) in group {
                stays[i] = true;
            }
        }
    }
    let mut stays = stays.into_iter();
    repeats.retain(|_| stays.next() == Some(false));
}

fn removals(article: &Article, kept: &Kept, repeat: &Repeat) -> Vec<Removal> {
    let blocks = kept.blocks();
    let first = blocks.partition_point(|b| b.range.end <= repeat.copy.start);
    let blocks = blocks[first..].iter().take_while(|b| b.range.start < repeat.copy.end);
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

#[cfg(test)]
mod tests {
    use newsmill_article::{Limits, Origin, Record};

    use super::*;

    fn removed(text: &str) -> Vec<String> {
        let record = Record::text(Origin::new("t", 0), text);
        let mut article = newsmill_parse::parse(record, &Limits::default()).unwrap();
        remove_repeats(&mut article, &mut Finder::default(), &WithinConfig::default());
        let of_repeats = article.removals().iter().filter(|r| r.stage == Stage::Within);
        of_repeats.map(|r| article.slice(r.span).to_owned()).collect()
    }

    #[test]
    fn what_goes_and_what_recurs_on_purpose() {
        let a = "The ferry to Skell will stop in October, its captain told the council on Monday.";
        let b = "Nobody in the town could say how the teachers would come over in the winter.";
        let c = "A small plane was promised by the county, but it cannot land there in fog.";
        let d = "The harbour master said that she would row them over herself if need be.";
        let e = "Its hut on the pier was painted green again by the children of the school.";
        let f = "Until then the post will come by the noon boat on Tuesdays and on Fridays.";
        // lines of the text, lines that go
        let cases: &[(&[&str], &[&str])] = &[
            (&[a, b, a], &[a]),
            (&[a, b, a, b], &[a, b]),
            (&[a, a, a, b], &[a, a]),
            (&[a, b, a, b, a, b], &[a, b, a, b]),
            (&[a, b, a, c, a, d], &[a, a]),
            // A refrain: five times and more, each between other text.
            (&[a, b, a, c, a, d, a, e, a, f], &[]),
            (&[a, b, c], &[]),
        ];
        for (lines, want) in cases {
            assert_eq!(removed(&lines.join("\n\n")), *want, "{lines:?}");
        }
    }
}
