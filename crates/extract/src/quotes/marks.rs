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
    /// Quotations of the same marks open inside.
    nested: usize,
}

struct Pairing<'a> {
    text: &'a str,
    block: usize,
    /// First byte of the block in the kept text.
    base: usize,
    open: Option<Open>,
    /// Marks ahead that open and that close by what stands around them.
    ahead: [usize; 2],
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
        let ahead = [0; 2];
        let mut pairing = Self { text, block, base: here.range.start, open: None, ahead, found };
        if !singles {
            pairing.end_of_one_from_before();
        }
        let any = pairing.scan(singles);
        if let Some(open) = pairing.open.take() {
            let next = kept.blocks().get(block + 1).and_then(|b| kept.text().get(b.range.clone()));
            let mark = &pairing.text[open.outer..open.inner];
            // The next paragraph opens anew, or closes what it did not open.
            let goes_on =
                next.is_some_and(|n| n.trim_start().starts_with(mark) || closes_first(n, mark));
            // The closing mark was forgotten behind `she said, “`.
            let announced = pairing.text[..open.outer].trim_end().ends_with([',', ':'])
                && pairing.text.trim_end().ends_with(['.', '!', '?']);
            if goes_on || announced {
                pairing.push(open, pairing.text.len(), pairing.text.len(), goes_on);
            }
        }
        any
    }

    /// The paragraph before ran on into this one, which closes it without opening anew.
    fn end_of_one_from_before(&mut self) {
        let runs_on = self.found.last().is_some_and(|m| m.runs_on && m.block + 1 == self.block);
        let Some(end) = runs_on.then(|| closed_before_opened(self.text)).flatten() else { return };
        let mark = self.text[end..].chars().next().map_or(0, char::len_utf8);
        let words = &self.text[..end];
        let start = self.base + (words.len() - words.trim_start().len());
        self.found.push(Marked {
            inner: start..start + words.trim().len(),
            outer: start..self.base + end + mark,
            block: self.block,
            runs_on: false,
        });
    }

    fn scan(&mut self, singles: bool) -> bool {
        let mut any = false;
        for (place, mark) in marks(self.text, singles) {
            any = true;
            let [opens, closes] = forms(self.text, place, mark);
            self.ahead[0] += usize::from(opens);
            self.ahead[1] += usize::from(closes);
        }
        if any {
            for (place, mark) in marks(self.text, singles) {
                self.mark(mark, place, place + mark.len_utf8());
                let [opens, closes] = forms(self.text, place, mark);
                self.ahead[0] -= usize::from(opens);
                self.ahead[1] -= usize::from(closes);
            }
        }
        any
    }

    fn mark(&mut self, mark: char, start: usize, end: usize) {
        let before = self.text[..start].chars().next_back();
        let after = self.text[end..].chars().next();
        let opens = before.is_none_or(|c| c.is_whitespace() || "([{—–-/‘'“„¿¡:…>*_".contains(c))
            && after.is_some_and(|c| !c.is_whitespace() || "«„".contains(mark));
        let closes = before.is_some_and(|c| !c.is_whitespace() || "»”".contains(mark));
        let ends = after.is_none_or(|c| c.is_whitespace() || ",.;:!?)".contains(c));
        let Some(open) = self.open else { return self.start(mark, start, end, opens) };
        if open.closer.fits(mark) {
            match open.closer {
                Closer::Straight if forms(self.text, start, mark)[0] => {
                    self.opens_again(open, mark, start, end);
                }
                Closer::Single { straight }
                    if !closes_single(before, self.text[end..].chars(), straight) => {}
                _ => self.closes(open, start, end),
            }
        } else if open.closer == Closer::High && mark == '“' {
            // A mark typed the wrong way round closes.
            if closes && ends {
                self.closes(open, start, end);
            } else {
                self.opens_again(open, mark, start, end);
            }
        } else if open.closer == Closer::Straight
            && matches!(mark, '“' | '”')
            && closes
            && ends
            && self.ahead[1] <= usize::from(mark == '”')
        {
            self.closes(open, start, end);
        }
    }

    /// A mark that opens while a quotation is open: one inside it where the marks ahead close
    /// both, else the next paragraph of it run together with the one before, or the closing mark is
    /// missing.
    fn opens_again(&mut self, open: Open, mark: char, start: usize, end: usize) {
        let [opening, closing] = self.ahead;
        if closing > opening {
            self.open = Some(Open { nested: open.nested + 1, ..open });
            return;
        }
        let before = self.text[..start].trim_end();
        if before.ends_with(['.', '!', '?', '…']) && before.len() > open.inner {
            self.push(open, before.len(), before.len(), true);
        }
        self.start(mark, start, end, true);
    }

    fn closes(&mut self, open: Open, start: usize, end: usize) {
        if open.nested > 0 {
            self.open = Some(Open { nested: open.nested - 1, ..open });
        } else {
            self.open = None;
            self.push(open, start, end, false);
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
        self.open = Some(Open { closer, outer: start, inner: end, nested: 0 });
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

/// The marks of `text` with their places.
fn marks(text: &str, singles: bool) -> impl Iterator<Item = (usize, char)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = &bytes[at..];
            let next =
                if singles { memchr2(b'\'', 0xe2, rest) } else { memchr3(b'"', 0xe2, 0xc2, rest) };
            let place = at + next?;
            let mark = text[place..].chars().next()?;
            at = place + mark.len_utf8();
            let is_mark = match mark {
                '‘' | '’' | '\'' => singles,
                '"' | '“' | '”' | '„' | '«' | '»' => !singles,
                _ => false,
            };
            if is_mark {
                return Some((place, mark));
            }
        }
    })
}

/// Whether a straight or high mark opens, and whether it closes, by what stands around it.
fn forms(text: &str, place: usize, mark: char) -> [bool; 2] {
    let before = text[..place].chars().next_back();
    let after = text[place + mark.len_utf8()..].chars().next();
    match mark {
        '“' => [true, false],
        '”' => [false, true],
        '"' => {
            let opens = before.is_none_or(|c| c.is_whitespace() || "([—–-".contains(c))
                && after.is_some_and(|c| !c.is_whitespace());
            let closes = before.is_some_and(|c| !c.is_whitespace()) && !opens;
            [opens, closes]
        }
        _ => [false, false],
    }
}

/// Where the first mark of `text` closes before any opens.
fn closed_before_opened(text: &str) -> Option<usize> {
    let (place, mark) = marks(text, false).next()?;
    let after = text[place + mark.len_utf8()..].chars().next();
    let ends = after.is_none_or(|c| c.is_whitespace() || ",.;:!?)".contains(c));
    (place > 0 && ends && forms(text, place, mark) == [false, true]).then_some(place)
}

/// Whether the first mark of the next paragraph closes what `mark` opened.
fn closes_first(next: &str, mark: &str) -> bool {
    let fits = |closing: char| match mark {
        "\"" => closing == '"',
        "“" => closing == '”',
        _ => false,
    };
    closed_before_opened(next).is_some_and(|at| next[at..].chars().next().is_some_and(fits))
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
