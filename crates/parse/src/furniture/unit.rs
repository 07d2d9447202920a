//! The lines of an article that are judged: what is still kept, cut at line ends.

use std::borrow::Cow;

use newsmill_article::{Article, BlockKind, Reason, Span};

/// A line, or several that are one wrapped sentence.
#[derive(Clone, Debug)]
pub(super) struct Unit<'a> {
    /// Place of its block in the article.
    pub(super) block: usize,
    /// Where it stands, without white space at the ends.
    pub(super) span: Span,
    /// Its text, markup turned into spaces: as long as the span.
    pub(super) text: Cow<'a, str>,
    /// Bytes of it that are no markup.
    pub(super) bytes: usize,
}

impl<'a> Unit<'a> {
    fn new(article: &'a Article, block: usize, span: Span) -> Self {
        let removals = article.removals();
        let first = removals.partition_point(|r| r.span.end() <= span.start());
        let mut text = Cow::Borrowed(article.slice(span));
        let mut bytes = span.len();
        let mut rest = Some(span);
        for removal in removals[first..].iter().take_while(|r| r.span.start() < span.end()) {
            let Some(now) = rest else { break };
            let [before, after] = now.without(removal.span);
            if rest == Some(span) {
                text = Cow::Owned(String::with_capacity(span.len()));
            }
            let plain = before.map_or("", |before| article.slice(before));
            let hole = now.len() - plain.len() - after.map_or(0, Span::len);
            let text = text.to_mut();
            text.push_str(plain);
            text.extend(std::iter::repeat_n(' ', hole));
            bytes -= hole;
            rest = after;
        }
        if let (Cow::Owned(text), Some(rest)) = (&mut text, rest) {
            text.push_str(article.slice(rest));
        }
        Self { block, span, text, bytes }
    }
}

/// Cuts what is kept of an article into units, in order.
///
/// Line ends inside a block border two units only where one line ends like a sentence or is
/// markedly short: else the paragraph is wrapped and its lines are no lines of their own.
pub(super) fn units(article: &Article) -> Vec<Unit<'_>> {
    let mut units = Vec::with_capacity(article.blocks().len());
    let mut cursor = 0;
    for (index, block) in article.blocks().iter().enumerate() {
        let removals = article.removals();
        while removals.get(cursor).is_some_and(|r| r.span.end() <= block.span.start()) {
            cursor += 1;
        }
        let mut rest = Some(block.span);
        let mut kept = false;
        let mut island = None::<Span>;
        for removal in &removals[cursor..] {
            let Some(now) = rest.filter(|now| removal.span.start() < now.end()) else { break };
            let [before, after] = now.without(removal.span);
            kept |= before.is_some_and(|s| !s.slice(article.text()).trim().is_empty());
            // Markup stays part of its line; everything else cuts.
            if removal.reason == Reason::Markup {
                island = island
                    .into_iter()
                    .chain(before)
                    .chain(now.intersection(removal.span))
                    .reduce(Span::hull);
            } else {
                let whole = island.into_iter().chain(before).reduce(Span::hull);
                push(article, index, whole.filter(|_| kept), &mut units);
                (island, kept) = (None, false);
            }
            rest = after;
        }
        kept |= rest.is_some_and(|s| !s.slice(article.text()).trim().is_empty());
        let whole = island.into_iter().chain(rest).reduce(Span::hull);
        push(article, index, whole.filter(|_| kept), &mut units);
    }
    units
}

/// Adds the units of one island of kept text.
fn push<'a>(article: &'a Article, block: usize, island: Option<Span>, units: &mut Vec<Unit<'a>>) {
    let Some(island) = island else { return };
    let text = article.text();
    let island = island.trim(text);
    if island.is_empty() {
        return;
    }
    if article.blocks()[block].kind.keeps_line_breaks() {
        units.push(Unit::new(article, block, island));
        return;
    }
    let lines = lines(article, island);
    let longest = lines.iter().map(|l| l.len()).max().unwrap_or(0);
    let mut open: Option<Span> = None;
    for line in lines {
        open = Some(match open {
            Some(span) if !borders(last_line(span.slice(text)), line.slice(text), longest) => {
                span.hull(line)
            }
            Some(span) => {
                units.push(Unit::new(article, block, span));
                line
            }
            None => line,
        });
    }
    units.extend(open.map(|span| Unit::new(article, block, span)));
}

/// The lines of a span, trimmed, without empty ones.
fn lines(article: &Article, island: Span) -> Vec<Span> {
    let text = article.text();
    let bytes = island.slice(text).as_bytes();
    let mut lines = Vec::new();
    let mut start = 0;
    let ends = memchr::memchr3_iter(b'\n', b'\r', LINE_SEPARATOR[0], bytes).filter(|&at| {
        bytes[at] != LINE_SEPARATOR[0]
            || (bytes[at..].starts_with(&LINE_SEPARATOR)
                || bytes[at..].starts_with(&PARAGRAPH_SEPARATOR))
    });
    for end in ends.chain([bytes.len()]) {
        if let Ok(span) = article.span(island.start() + start..island.start() + end) {
            let span = span.trim(text);
            if !span.is_empty() {
                lines.push(span);
            }
        }
        start = end;
    }
    lines
}

/// U+2028 and U+2029 in UTF-8.
const LINE_SEPARATOR: [u8; 3] = [0xe2, 0x80, 0xa8];
const PARAGRAPH_SEPARATOR: [u8; 3] = [0xe2, 0x80, 0xa9];

fn last_line(text: &str) -> &str {
    text.rsplit(['\n', '\r', '\u{2028}', '\u{2029}']).next().unwrap_or(text)
}

/// Whether a line end stands between two units rather than inside a wrapped paragraph.
fn borders(above: &str, below: &str, longest: usize) -> bool {
    ends_sentence(above) || above.len() * 3 <= longest * 2 || is_rule(above) || is_rule(below)
}

/// Whether a text ends as sentences do.
pub(super) fn ends_sentence(text: &str) -> bool {
    text.trim_end_matches(is_closing).ends_with(['.', '!', '?', '…', ':', ';', '。'])
}

/// Signs that may stand behind the end of a sentence.
pub(super) fn is_closing(c: char) -> bool {
    matches!(c, '"' | '\'' | '”' | '’' | '»' | '“' | ')' | ']')
}

/// Whether a line holds nothing but signs that draw a line or end a text: `--`, `___`, `###`.
pub(super) fn is_rule(line: &str) -> bool {
    line.chars().all(|c| c.is_whitespace() || "-_=*~#+•·|<>—–".contains(c))
}

/// Whether a block's lines may be furniture at all.
pub(super) fn is_judged(kind: BlockKind) -> bool {
    !matches!(kind, BlockKind::Table | BlockKind::Code | BlockKind::Caption)
}
