//! Quotation marks, paired within a block.

use std::ops::Range;

use memchr::{memchr2, memchr3};
use newsmill_article::{BlockKind, Kept};

/// A quotation by its marks, in bytes of the kept text.
#[derive(Clone, Debug)]
pub(super) struct Marked {
    /// Between the marks, without white space at the ends.
    pub(super) inner: Range<usize>,
    /// With the marks.
    pub(super) outer: Range<usize>,
    /// Place of the block in [`Kept::blocks`].
    pub(super) block: usize,
    /// Whether the next block goes on with it.
    pub(super) runs_on: bool,
}

/// The quotations of the kept text, in order.
pub(super) fn find(kept: &Kept) -> Vec<Marked> {
    let mut found = Vec::new();
    let mut doubles = false;
    for block in 0..kept.blocks().len() {
        doubles |= Pairing::of(kept, block, false, &mut found);
    }
    if !doubles {
        for block in 0..kept.blocks().len() {
            Pairing::of(kept, block, true, &mut found);
        }
    }
    found
}

/// What can close an open quotation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Closer {
    Straight,
    /// `”`.
    High,
    /// `“` or `”`, behind `„`.
    Low,
    /// `»`.
    Right,
    /// `«`.
    Left,
    /// `’` or `'`.
    Single {
        straight: bool,
    },
}

#[derive(Clone, Copy)]
struct Open {
    closer: Closer,
    outer: usize,
    inner: usize,
}

struct Pairing<'a> {
    text: &'a str,
    block: usize,
    /// First byte of the block in the kept text.
    base: usize,
    open: Option<Open>,
    found: &'a mut Vec<Marked>,
}

impl<'a> Pairing<'a> {
    /// Pairs the marks of one block; whether it has any of them.
    fn of(kept: &'a Kept, block: usize, singles: bool, found: &'a mut Vec<Marked>) -> bool {
        let here = &kept.blocks()[block];
        if matches!(here.block.kind, BlockKind::Code | BlockKind::Table) {
            return false;
        }
        let Some(text) = kept.text().get(here.range.clone()) else { return false };
        let mut pairing = Self { text, block, base: here.range.start, open: None, found };
        let any = pairing.scan(singles);
        if let Some(open) = pairing.open.take() {
            let next = kept.blocks().get(block + 1).and_then(|b| kept.text().get(b.range.clone()));
            let mark = &pairing.text[open.outer..open.inner];
            if next.is_some_and(|n| n.trim_start().starts_with(mark)) {
                pairing.push(open, pairing.text.len(), pairing.text.len(), true);
            }
        }
        any
    }

    fn scan(&mut self, singles: bool) -> bool {
        let bytes = self.text.as_bytes();
        let mut any = false;
        let mut at = 0;
        loop {
            let rest = &bytes[at..];
            let next =
                if singles { memchr2(b'\'', 0xe2, rest) } else { memchr3(b'"', 0xe2, 0xc2, rest) };
            let Some(place) = next.map(|i| at + i) else { return any };
            let Some(mark) = self.text[place..].chars().next() else { return any };
            at = place + mark.len_utf8();
            let is_mark = match mark {
                '‘' | '’' | '\'' => singles,
                '"' | '“' | '”' | '„' | '«' | '»' => !singles,
                _ => false,
            };
            if is_mark {
                any = true;
                self.mark(mark, place, at);
            }
        }
    }

    fn mark(&mut self, mark: char, start: usize, end: usize) {
        let before = self.text[..start].chars().next_back();
        let after = self.text[end..].chars().next();
        let opens = before.is_none_or(|c| c.is_whitespace() || "([{—–-/‘'“„¿¡:…>*_".contains(c))
            && after.is_some_and(|c| !c.is_whitespace() || "«„".contains(mark));
        let closes = before.is_some_and(|c| !c.is_whitespace() || "»”".contains(mark));
        match &self.open {
            Some(open) if open.closer.fits(mark) => {
                let wrong = match open.closer {
                    Closer::Straight => !closes && opens,
                    Closer::Single { straight } => {
                        if !closes_single(before, self.text[end..].chars(), straight) {
                            return;
                        }
                        false
                    }
                    _ => false,
                };
                if wrong {
                    // The mark that should have closed is missing.
                    self.start(mark, start, end, opens);
                } else if let Some(open) = self.open.take() {
                    self.push(open, start, end, false);
                }
            }
            // A mark typed the wrong way round closes; otherwise the closing one is missing.
            Some(open) if open.closer == Closer::High && mark == '“' => {
                let ends = after.is_none_or(|c| c.is_whitespace() || ",.;:!?)".contains(c));
                if closes && ends {
                    if let Some(open) = self.open.take() {
                        self.push(open, start, end, false);
                    }
                } else {
                    self.start(mark, start, end, opens);
                }
            }
            Some(_) => {}
            None => self.start(mark, start, end, opens),
        }
    }

    fn start(&mut self, mark: char, start: usize, end: usize, opens: bool) {
        let after = self.text[end..].chars().next();
        let letter = after.is_some_and(char::is_alphanumeric);
        let closer = match mark {
            '"' if opens => Closer::Straight,
            '“' if after.is_some_and(|c| !c.is_whitespace()) => Closer::High,
            '„' if opens => Closer::Low,
            '”' if opens && letter => Closer::High,
            '«' if opens => Closer::Right,
            '»' if opens && letter => Closer::Left,
            '‘' if opens && after.is_some_and(char::is_alphabetic) => {
                Closer::Single { straight: false }
            }
            '\'' if opens && after.is_some_and(char::is_alphabetic) => {
                Closer::Single { straight: true }
            }
            _ => {
                self.open = None;
                return;
            }
        };
        self.open = Some(Open { closer, outer: start, inner: end });
    }

    /// Adds a quotation whose words end at `inner_end`, if it has any.
    fn push(&mut self, open: Open, inner_end: usize, outer_end: usize, runs_on: bool) {
        let words = &self.text[open.inner..inner_end];
        let trimmed = words.trim();
        if !trimmed.contains(char::is_alphanumeric) {
            return;
        }
        if open.closer == (Closer::Single { straight: true }) && !trimmed.contains(' ') {
            return;
        }
        let start = self.base + open.inner + (words.len() - words.trim_start().len());
        self.found.push(Marked {
            inner: start..start + trimmed.len(),
            outer: self.base + open.outer..self.base + outer_end,
            block: self.block,
            runs_on,
        });
    }
}

impl Closer {
    fn fits(self, mark: char) -> bool {
        match self {
            Self::Straight => mark == '"',
            Self::High => mark == '”',
            Self::Low => matches!(mark, '“' | '”' | '"'),
            Self::Right => mark == '»',
            Self::Left => mark == '«',
            Self::Single { straight: true } => mark == '\'',
            Self::Single { straight: false } => mark == '’',
        }
    }
}

/// Whether a single mark closes and is no apostrophe.
fn closes_single(before: Option<char>, mut rest: std::str::Chars<'_>, straight: bool) -> bool {
    let after = rest.next();
    let Some(before) = before else { return false };
    if after.is_some_and(char::is_alphanumeric) || before.is_whitespace() {
        return false;
    }
    if ",.!?…".contains(before) {
        return true;
    }
    // `the rivers' banks` goes on in small letters.
    let stops = after.is_none_or(|c| ",.;:!?)—".contains(c));
    stops || (!straight && !matches!(before, 's' | 'S'))
}
