//! What is left of an article: its text as users get it, and the way back to the record's text.

use std::ops::Range;

use crate::{Article, Block, Span, Tally};

/// The kept text of an article, with its blocks and a map between it and the record's text.
///
/// How blocks are joined:
/// * Blocks are joined by one blank line; a block of which nothing is left is left out.
/// * White space at a block's ends goes.
/// * Inside a block, white space that holds a line break or touches a removal becomes one space;
///   all other white space stays as it is. Tables and code keep their lines as they are.
///
/// So replaying the removals over the record's text and joining gives exactly this text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    text: String,
    runs: Vec<Run>,
    blocks: Vec<KeptBlock>,
    layout_bytes: usize,
}

/// One block in the kept text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptBlock {
    /// The block as parsed.
    pub block: Block,
    /// Its place in the kept text, in bytes.
    pub range: Range<usize>,
}

/// Bytes that stand in both texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    source: usize,
    kept: usize,
    len: usize,
}

impl Kept {
    /// The kept text: blocks joined by a blank line.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text itself, without the map.
    #[must_use]
    pub fn into_text(self) -> String {
        self.text
    }

    /// The blocks of which something is left, in order.
    #[must_use]
    pub fn blocks(&self) -> &[KeptBlock] {
        &self.blocks
    }

    /// Where a place of the record's text (in bytes) lies in the kept text; for a removed place,
    /// where it would stand.
    #[must_use]
    pub fn place(&self, source: usize) -> usize {
        let after = self.runs.partition_point(|r| r.source <= source);
        let Some(run) = after.checked_sub(1).map(|i| self.runs[i]) else { return 0 };
        if source < run.source + run.len {
            return run.kept + (source - run.source);
        }
        // Behind the run: at its end, or at the start of the next one where they touch.
        run.kept + run.len
    }

    /// What is left of `span` of the record's text, in bytes of the kept text; nothing when all of
    /// it is gone.
    #[must_use]
    pub fn range_of(&self, span: Span) -> Option<Range<usize>> {
        let first = self.runs.partition_point(|r| r.source + r.len <= span.start());
        let last = self.runs.partition_point(|r| r.source < span.end()).checked_sub(1)?;
        if first > last {
            return None;
        }
        let (first, last) = (self.runs[first], self.runs[last]);
        let start = first.kept + span.start().saturating_sub(first.source);
        let end = last.kept + last.len.min(span.end() - last.source);
        (start < end).then_some(start..end)
    }

    /// The span of the record's text that `range` of the kept text (bytes, on character borders)
    /// came from, removed parts in between included. Nothing when the range is empty or holds only
    /// joints.
    #[must_use]
    pub fn span_of(&self, range: Range<usize>) -> Option<Span> {
        let first = self.runs.partition_point(|r| r.kept + r.len <= range.start);
        let last = self.runs.partition_point(|r| r.kept < range.end).checked_sub(1)?;
        if first > last {
            return None;
        }
        let (first, last) = (self.runs[first], self.runs[last]);
        let start = first.source + range.start.saturating_sub(first.kept);
        let end = last.source + last.len.min(range.end - last.kept);
        (start < end).then(|| Span::trusted(start, end))
    }

    /// Bytes of the record's text that stand in the kept text.
    #[must_use]
    pub fn kept_bytes(&self) -> usize {
        self.runs.iter().map(|r| r.len).sum()
    }

    /// Bytes of white space of the record's text that joining replaced.
    #[must_use]
    pub fn layout_bytes(&self) -> usize {
        self.layout_bytes
    }

    pub(crate) fn of(article: &Article) -> Self {
        let mut kept =
            Self { text: String::with_capacity(article.text().len()), ..Self::default() };
        let mut end = 0;
        let mut cursor = 0;
        for block in article.blocks() {
            kept.gap(article, end, block.span.start());
            end = block.span.end();
            while article.removals().get(cursor).is_some_and(|r| r.span.end() <= block.span.start())
            {
                cursor += 1;
            }
            kept.block(article, *block, cursor);
        }
        kept.gap(article, end, article.text().len());
        kept
    }

    /// Adds what the text of `article` came to.
    pub(crate) fn count(&self, article: &Article, tally: &mut Tally) {
        tally.text_bytes += article.text().len() as u64;
        tally.kept_bytes += self.kept_bytes() as u64;
        tally.layout_bytes += self.layout_bytes as u64;
        for removal in article.removals() {
            *tally.removed_bytes.entry(removal.reason).or_default() += removal.span.len() as u64;
        }
    }

    /// Bytes between blocks that are not removed are white space: layout.
    fn gap(&mut self, article: &Article, start: usize, end: usize) {
        let removals = article.removals();
        let from = removals.partition_point(|r| r.span.end() <= start);
        let removed: usize = removals[from..]
            .iter()
            .take_while(|r| r.span.start() < end)
            .map(|r| r.span.end().min(end) - r.span.start().max(start))
            .sum();
        self.layout_bytes += end - start - removed;
    }

    /// Adds one block; `cursor` is the first removal that ends behind its start.
    fn block(&mut self, article: &Article, block: Block, cursor: usize) {
        let joint = if self.text.is_empty() { "" } else { "\n\n" };
        let before = self.text.len();
        let start = before + joint.len();
        let mut writer = BlockWriter { kept: self, joint, at_start: true, space: false };
        let mut rest = block.span;
        for removal in &article.removals()[cursor..] {
            if removal.span.start() >= rest.end() {
                break;
            }
            let [before, after] = rest.without(removal.span);
            if let Some(piece) = before {
                writer.piece(article, piece, block);
            }
            writer.seam();
            rest = after.unwrap_or(Span::trusted(rest.end(), rest.end()));
        }
        writer.piece(article, rest, block);
        if self.text.len() > start {
            self.blocks.push(KeptBlock { block, range: start..self.text.len() });
        } else {
            // Nothing but white space around a removal: no block, no joint.
            self.text.truncate(before);
            self.runs.truncate(self.runs.len() - usize::from(self.ends_in_an_empty_run()));
        }
    }

    fn ends_in_an_empty_run(&self) -> bool {
        self.runs.last().is_some_and(|run| run.len == 0)
    }
}

/// Writes the pieces of one block.
struct BlockWriter<'a> {
    kept: &'a mut Kept,
    joint: &'static str,
    at_start: bool,
    space: bool,
}

impl BlockWriter<'_> {
    fn piece(&mut self, article: &Article, piece: Span, block: Block) {
        let text = piece.slice(article.text());
        if block.kind.keeps_line_breaks() {
            self.verbatim(text, piece.start(), piece.end() == block.span.end());
        } else {
            self.prose(text, piece.start(), piece.end() == block.span.end());
        }
    }

    /// White space next to a removal folds.
    fn seam(&mut self) {
        let end = self.kept.text.len();
        if self.at_start || self.kept.runs.last().is_none_or(|r| r.kept + r.len != end) {
            return;
        }
        let trimmed =
            self.kept.text.trim_end_matches(|c: char| c.is_whitespace() && !is_line_break(c)).len();
        let Some(run) = self.kept.runs.last_mut() else { return };
        let cut = (end - trimmed).min(run.len);
        if cut > 0 {
            run.len -= cut;
            self.kept.layout_bytes += cut;
            self.kept.text.truncate(end - cut);
            self.space = true;
        }
    }

    fn prose(&mut self, text: &str, source: usize, last: bool) {
        let mut at = 0;
        for line in text.split_inclusive(is_line_break) {
            let body = line.trim_matches(char::is_whitespace);
            let lead = line.len() - line.trim_start().len();
            let first = at == 0;
            // White space inside a line stays; at the line's ends it folds.
            if first && !body.is_empty() && lead > 0 && !self.at_start {
                self.space = true;
            }
            if body.is_empty() {
                self.kept.layout_bytes += line.len();
                self.space |= !line.is_empty();
            } else {
                self.kept.layout_bytes += lead;
                self.push(body, source + at + lead);
                let tail = line.len() - lead - body.len();
                let broken = line.ends_with(is_line_break);
                let ends = at + line.len() == text.len();
                if tail > 0 {
                    if ends && !broken && !last {
                        // Before a removal: `seam` decides; keep it as text for now.
                        let from = lead + body.len();
                        self.append(&line[from..], source + at + from);
                    } else {
                        self.kept.layout_bytes += tail;
                        self.space = true;
                    }
                }
            }
            at += line.len();
        }
    }

    fn verbatim(&mut self, text: &str, source: usize, last: bool) {
        let mut start = 0;
        if self.at_start {
            // Blank lines in front go, the indent of the first line stays.
            let blank = text.len() - text.trim_start().len();
            start = text[..blank].rfind(is_line_break).map_or(0, |i| i + 1);
            while !text.is_char_boundary(start) {
                start += 1;
            }
        }
        let end = if last { text.trim_end().len().max(start) } else { text.len() };
        self.kept.layout_bytes += start + (text.len() - end);
        if start < end {
            self.space = false;
            self.push(&text[start..end], source + start);
        }
    }

    fn push(&mut self, text: &str, source: usize) {
        if self.at_start {
            self.kept.text.push_str(self.joint);
            self.at_start = false;
        } else if self.space {
            self.kept.text.push(' ');
        }
        self.space = false;
        self.append(text, source);
    }

    fn append(&mut self, text: &str, source: usize) {
        let kept = self.kept.text.len();
        self.kept.text.push_str(text);
        match self.kept.runs.last_mut() {
            Some(run) if run.source + run.len == source && run.kept + run.len == kept => {
                run.len += text.len();
            }
            _ => self.kept.runs.push(Run { source, kept, len: text.len() }),
        }
    }
}

fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init)] // lists of one removal
mod tests {
    use super::*;
    use crate::{BlockKind, Origin, Reason, Removal, Stage};
    use proptest::prelude::*;

    fn made(text: &str, blocks: &[(BlockKind, Range<usize>)], gone: &[Range<usize>]) -> Article {
        let blocks = blocks
            .iter()
            .map(|(kind, range)| Block::new(*kind, Span::new(text, range.clone()).unwrap()))
            .collect();
        let gone = gone
            .iter()
            .map(|r| {
                Removal::new(Span::new(text, r.clone()).unwrap(), Reason::Markup, Stage::Parse)
            })
            .collect();
        Article::new("a".into(), Origin::new("t", 0), text.into(), blocks, gone).unwrap()
    }

    #[test]
    fn joints() {
        use BlockKind::{Code, Paragraph};
        // text, blocks, removals, kept text
        type Case = (&'static str, Vec<(BlockKind, Range<usize>)>, Vec<Range<usize>>, &'static str);
        let cases: Vec<Case> = vec![
            ("one\ntwo", vec![(Paragraph, 0..7)], vec![], "one two"),
            ("one \n  two", vec![(Paragraph, 0..10)], vec![], "one two"),
            ("one  two", vec![(Paragraph, 0..8)], vec![], "one  two"),
            ("one\r\ntwo\r\n", vec![(Paragraph, 0..10)], vec![], "one two"),
            (" one ", vec![(Paragraph, 0..5)], vec![], "one"),
            ("a <u> b", vec![(Paragraph, 0..7)], vec![2..5], "a b"),
            ("a <u>, b", vec![(Paragraph, 0..8)], vec![1..5], "a, b"),
            ("<u> b", vec![(Paragraph, 0..5)], vec![0..3], "b"),
            ("b <u>", vec![(Paragraph, 0..5)], vec![2..5], "b"),
            ("b <u>\n\nc", vec![(Paragraph, 0..5), (Paragraph, 7..8)], vec![2..5], "b\n\nc"),
            ("> a\n> b", vec![(Paragraph, 0..7)], vec![0..2, 4..6], "a b"),
            ("one\n\ntwo", vec![(Paragraph, 0..3), (Paragraph, 5..8)], vec![0..3], "two"),
            ("\n  x\n   y\n", vec![(Code, 0..10)], vec![], "  x\n   y"),
            ("\n\n", vec![(Paragraph, 0..2)], vec![], ""),
            ("a\u{2028}b", vec![(Paragraph, 0..5)], vec![], "a b"),
            ("a\n  x", vec![(Paragraph, 0..1), (Code, 1..5)], vec![4..5], "a"),
        ];
        for (text, blocks, gone, want) in cases {
            let article = made(text, &blocks, &gone);
            let kept = article.kept();
            assert_eq!(kept.text(), want, "{text:?}");
            let mut tally = Tally::default();
            kept.count(&article, &mut tally);
            assert_eq!(tally.unbalanced_text(), None, "{text:?}: {tally:?}");
        }
    }

    #[test]
    fn places_go_both_ways() {
        let article = made("one <u> two\nthree", &[(BlockKind::Paragraph, 0..17)], &[3..7]);
        let kept = article.kept();
        assert_eq!(kept.text(), "one two three");
        let two = article.span(8..11).unwrap();
        assert_eq!(kept.range_of(two), Some(4..7));
        assert_eq!(kept.span_of(4..7), Some(two));
        assert_eq!(kept.range_of(article.span(3..7).unwrap()), None);
        assert_eq!(kept.place(5), 3);
        assert_eq!(kept.span_of(0..13).map(Span::range), Some(0..17));
        assert_eq!(kept.span_of(7..8), None);
    }

    proptest! {
        #[test]
        fn every_byte_is_kept_removed_or_white_space(
            text in "[ab \n\t\u{a0}\u{2003}á<>]{0,40}",
            cuts in proptest::collection::vec((0usize..60, 0usize..60), 0..5),
            code in any::<bool>(),
        ) {
            let kind = if code { BlockKind::Code } else { BlockKind::Paragraph };
            let mut article = made(&text, &[(kind, 0..text.len())], &[]);
            for (a, b) in cuts {
                if let Ok(span) = article.span(a.min(b)..a.max(b)) {
                    article.remove(Removal::new(span, Reason::Repeat, Stage::Within));
                }
            }
            let kept = article.kept();
            let mut tally = Tally::default();
            kept.count(&article, &mut tally);
            prop_assert_eq!(tally.unbalanced_text(), None);
            let blocks: Vec<_> = kept.blocks().iter().map(|b| &kept.text()[b.range.clone()]).collect();
            prop_assert_eq!(blocks.join("\n\n"), kept.text());
            let words = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            let mut left = String::new();
            let mut at = 0;
            for r in article.removals() {
                left.push_str(&text[at..r.span.start()]);
                at = r.span.end();
            }
            left.push_str(&text[at..]);
            prop_assert_eq!(words(&left), words(kept.text()));
            for (i, c) in kept.text().char_indices().filter(|(_, c)| !c.is_whitespace()) {
                let span = kept.span_of(i..i + c.len_utf8()).unwrap();
                prop_assert_eq!(span.slice(&text), c.to_string());
                prop_assert_eq!(kept.range_of(span), Some(i..i + c.len_utf8()));
            }
        }
    }
}
