//! Cuts an article into the lines that may be boilerplate.

use newsmill_article::{Article, Block, BlockKind, Facts, Reason, Span};
use newsmill_dedup::lines::LinesConfig;
use newsmill_dedup::tokens::{Tokens, tokenize_into};

/// Characters looked at for the end of a sentence.
const ENDING_CHARS: usize = 8;

/// A line that may be boilerplate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) span: Span,
    /// Its fingerprint.
    pub(crate) print: u64,
    pub(crate) words: usize,
    /// Whether it is still there, and not gone as furniture or promotion.
    pub(crate) is_kept: bool,
}

/// Cuts articles into lines; holds scratch buffers.
#[derive(Debug)]
pub(crate) struct Cutter {
    config: LinesConfig,
    tokens: Tokens,
    text: String,
}

impl Cutter {
    pub(crate) fn new(config: LinesConfig) -> Self {
        Self { config, tokens: Tokens::default(), text: String::new() }
    }

    /// The lines of an article that may be boilerplate, by block.
    ///
    /// A line is a block, or within a block what stands from one line end to another where a
    /// sentence ends at both: line ends inside a sentence are wrapping. Lines that went as
    /// furniture count like the others, since that they did is chance; what went as a repeat
    /// stands elsewhere in the article. Not lines are tables, code and captions, what holds the
    /// title, byline or dateline, and what ends in a colon, for it belongs to what follows.
    pub(crate) fn lines(&mut self, article: &Article) -> Vec<Line> {
        let facts = facts(&article.facts);
        let mut lines = Vec::new();
        let mut cursor = 0;
        for block in article.blocks() {
            if matches!(block.kind, BlockKind::Table | BlockKind::Code | BlockKind::Caption) {
                continue;
            }
            let removals = article.removals();
            while removals.get(cursor).is_some_and(|r| r.span.end() <= block.span.start()) {
                cursor += 1;
            }
            for Segment { span, is_kept } in segments(article, block, cursor) {
                for span in sentences(article, block, span) {
                    if facts.iter().any(|fact| fact.overlaps(span)) {
                        continue;
                    }
                    lines.extend(self.line(article, span, is_kept));
                }
            }
        }
        lines
    }

    /// The text at `span`, markup left out, on one line.
    pub(crate) fn text(&mut self, article: &Article, span: Span) -> String {
        self.read(article, span);
        self.text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn line(&mut self, article: &Article, span: Span, is_kept: bool) -> Option<Line> {
        self.read(article, span);
        let text = self.text.trim();
        if text.len() > self.config.max_bytes || text.ends_with(':') {
            return None;
        }
        tokenize_into(text, &mut self.tokens);
        let print = self.config.print(self.tokens.hashes(), text.len())?;
        Some(Line { span, print, words: self.tokens.len(), is_kept })
    }

    /// Reads the text at `span` into the buffer, markup left out.
    fn read(&mut self, article: &Article, span: Span) {
        self.text.clear();
        let removals = article.removals();
        let first = removals.partition_point(|r| r.span.end() <= span.start());
        let mut rest = Some(span);
        let inside = removals[first..].iter().take_while(|r| r.span.start() < span.end());
        for removal in inside.filter(|r| r.reason == Reason::Markup) {
            let Some(now) = rest else { break };
            let [before, after] = now.without(removal.span);
            self.text.push_str(before.map_or("", |span| article.slice(span)));
            self.text.push(' ');
            rest = after;
        }
        self.text.push_str(rest.map_or("", |span| article.slice(span)));
    }
}

/// Where the facts stand that an article would miss.
fn facts(facts: &Facts) -> Vec<Span> {
    let Facts { title, byline, dateline, .. } = facts;
    let title = title.as_ref().and_then(|fact| fact.span);
    let byline = byline.as_ref().and_then(|fact| fact.span);
    let dateline = dateline.as_ref().and_then(|fact| fact.span);
    [title, byline, dateline].into_iter().flatten().collect()
}

/// A part of a block between removals that are no markup.
#[derive(Debug, Clone, Copy)]
struct Segment {
    span: Span,
    is_kept: bool,
}

/// The segments of a block; `cursor` is the first removal that ends behind its start.
fn segments(article: &Article, block: &Block, cursor: usize) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut rest = Some(block.span);
    let removals = article.removals()[cursor..].iter();
    let inside = removals.take_while(|r| r.span.start() < block.span.end());
    for removal in inside.filter(|r| r.reason != Reason::Markup) {
        let Some(now) = rest else { break };
        let [before, after] = now.without(removal.span);
        segments.extend(before.map(|span| Segment { span, is_kept: true }));
        if !matches!(removal.reason, Reason::Repeat | Reason::NearRepeat) {
            let gone = now.intersection(removal.span);
            segments.extend(gone.map(|span| Segment { span, is_kept: false }));
        }
        rest = after;
    }
    segments.extend(rest.map(|span| Segment { span, is_kept: true }));
    segments
}

/// The parts of a segment that begin and end with a line and a sentence: the whole, and where it
/// has several, each.
fn sentences(article: &Article, block: &Block, segment: Span) -> Vec<Span> {
    let text = article.text();
    let opens = segment.start() == block.span.start()
        || ends_sentence(&text[block.span.start()..segment.start()]);
    let closes = text[segment.end()..block.span.end()].chars().all(char::is_whitespace)
        || ends_sentence(article.slice(segment));
    let mut sentences = Vec::new();
    let mut start = segment.start();
    let line_ends = article.slice(segment).match_indices(['\n', '\r']).map(|(at, _)| at);
    for end in line_ends.map(|at| segment.start() + at).chain([segment.end()]) {
        let is_last = end == segment.end();
        if (is_last || ends_sentence(&text[start..end]))
            && let Ok(span) = article.span(start..end)
        {
            let span = span.trim(text);
            if !span.is_empty() && (opens || start > segment.start()) && (closes || !is_last) {
                sentences.push(span);
            }
            start = end;
        }
    }
    let whole = segment.trim(text);
    if opens && closes && sentences.len() > 1 {
        sentences.push(whole);
    }
    sentences
}

/// Whether a text ends as sentences do.
fn ends_sentence(text: &str) -> bool {
    let is_closing =
        |c: &char| c.is_whitespace() || matches!(c, '"' | '\'' | '”' | '’' | '»' | ')' | ']');
    let last = text.chars().rev().take(ENDING_CHARS).find(|c| !is_closing(c));
    last.is_some_and(|c| matches!(c, '.' | '!' | '?' | '…' | ':' | '。' | '！' | '？'))
}

#[cfg(test)]
mod tests {
    use newsmill_article::{Origin, Removal, Sourced, Stage};

    use super::*;

    /// An article of these blocks; what stands between `[` and `]` went as furniture, between `{`
    /// and `}` as a repeat, and `>` is markup.
    fn article(blocks: &[&str]) -> Article {
        let (mut spans, mut at) = (Vec::new(), 0);
        let text = blocks.join("\n\n");
        for block in blocks {
            let span = Span::new(&text, at..at + block.len()).unwrap();
            spans.push(Block::new(BlockKind::Paragraph, span));
            at += block.len() + 2;
        }
        let mut article =
            Article::new("a".into(), Origin::new("t", 0), text.clone(), spans, vec![]).unwrap();
        let pairs = [("[", "]", Reason::Furniture), ("{", "}", Reason::Repeat)];
        for (open, close, reason) in pairs {
            for (start, _) in text.match_indices(open) {
                let end = start + text[start..].find(close).unwrap() + 1;
                article.remove(Removal::new(
                    article.span(start..end).unwrap(),
                    reason,
                    Stage::Furniture,
                ));
            }
        }
        for (at, _) in text.match_indices('>') {
            let span = article.span(at..at + 1).unwrap();
            article.remove(Removal::new(span, Reason::Markup, Stage::Parse));
        }
        article
    }

    fn cut(article: &Article) -> Vec<(String, bool)> {
        let mut cutter = Cutter::new(LinesConfig { min_words: 1, ..LinesConfig::default() });
        let lines = cutter.lines(article);
        lines.iter().map(|line| (cutter.text(article, line.span), line.is_kept)).collect()
    }

    #[test]
    fn what_counts_as_a_line() {
        let kept = |lines: &[&str]| -> Vec<(String, bool)> {
            lines.iter().map(|line| ((*line).to_owned(), true)).collect()
        };
        let cases: &[(&[&str], &[&str])] = &[
            (&["One day.", "Next day"], &["One day.", "Next day"]),
            // Wrapping borders no lines, the end of a sentence does.
            (&["a b\nc d"], &["a b c d"]),
            (&["a b\nc d.\ne f"], &["a b c d.", "e f", "a b c d. e f"]),
            (&["He said:", "Go."], &["Go."]),
            (&["> a b\n> c d"], &["a b c d"]),
            // What a repeat left of a sentence is none.
            (&["a b {c d} e f."], &[]),
            (&["a b. {c d}"], &["a b."]),
        ];
        for (blocks, want) in cases {
            assert_eq!(cut(&article(blocks)), kept(want), "{blocks:?}");
        }
        let gone = cut(&article(&["a b.\n[c d]"]));
        assert_eq!(gone, [("a b.".to_owned(), true), ("[c d]".to_owned(), false)]);
    }

    #[test]
    fn what_holds_a_title_or_is_long_is_no_line() {
        let long = "word ".repeat(200);
        let mut article = article(&["The news today", "It rained.", &long]);
        let span = article.span(0..8).unwrap();
        article.facts.title = Some(Sourced::new("The news".into(), "first line").at(span));
        assert_eq!(cut(&article), [("It rained.".to_owned(), true)]);
    }

    #[test]
    fn hostile_texts_take_linear_time() {
        for unit in [")\n", ".\n", "\n", "a ", "[.]\n", " ", "“"] {
            let text = unit.repeat(20_000);
            assert!(cut(&article(&[text.trim()])).len() <= 20_001);
        }
    }
}
