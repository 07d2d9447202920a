//! The lines of a text, and how deep each is quoted.

/// One line. All places are bytes of the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    /// First byte.
    pub(super) start: usize,
    /// Byte after the quoting signs; `start` where there are none.
    pub(super) body: usize,
    /// First byte that is not white space, behind the quoting signs.
    pub(super) text: usize,
    /// Byte after the last that is not white space.
    pub(super) end: usize,
    /// How deep it is quoted.
    pub(super) depth: u8,
    /// Columns of white space in front of the text, tabs counted as 8.
    pub(super) indent: u32,
    /// Characters of the text.
    pub(super) width: u32,
    /// Characters of the first word: what would have had to fit on the line above.
    pub(super) first_word: u32,
    /// Whether a space stands between text and line break.
    pub(super) soft: bool,
}

impl Line {
    pub(super) fn is_blank(&self) -> bool {
        self.text == self.end
    }

    /// The text without white space at its ends.
    pub(super) fn slice<'t>(&self, text: &'t str) -> &'t str {
        &text[self.text..self.end]
    }
}

/// Cuts `text` from byte `from` on into lines: at LF, CR, CR LF and at the other line breaks of
/// Unicode (UAX #14: VT, FF, NEL, LS, PS).
pub(super) fn cut(text: &str, from: usize) -> Vec<Line> {
    let bytes = text.as_bytes();
    let mut lines = Vec::new();
    let (mut start, mut at) = (from, from);
    while at < bytes.len() {
        if !MAY_BREAK[usize::from(bytes[at])] {
            at += 1;
            continue;
        }
        let length = line_break(bytes, at);
        if length > 0 {
            lines.push(line(text, start, at));
            start = at + length;
        }
        at += length.max(1);
    }
    if start < bytes.len() {
        lines.push(line(text, start, bytes.len()));
    }
    unquote_lone_signs(text, &mut lines);
    lines
}

/// The bytes that line breaks start with.
const MAY_BREAK: [bool; 256] = {
    let mut table = [false; 256];
    table[b'\n' as usize] = true;
    table[b'\r' as usize] = true;
    table[0x0b] = true;
    table[0x0c] = true;
    table[0xc2] = true;
    table[0xe2] = true;
    table
};

/// Length of the line break at `at`; 0 where there is none.
fn line_break(bytes: &[u8], at: usize) -> usize {
    match bytes[at] {
        b'\r' if bytes.get(at + 1) == Some(&b'\n') => 2,
        b'\n' | b'\r' | 0x0b | 0x0c => 1,
        0xc2 if bytes.get(at + 1) == Some(&0x85) => 2,
        0xe2 if bytes.get(at + 1) == Some(&0x80)
            && matches!(bytes.get(at + 2), Some(0xa8 | 0xa9)) =>
        {
            3
        }
        _ => 0,
    }
}

fn line(text: &str, start: usize, end: usize) -> Line {
    let (signs, depth) = quoting_signs(&text.as_bytes()[start..end]);
    measured(text, start, start + signs, end, depth)
}

fn measured(text: &str, start: usize, body: usize, end: usize, depth: u8) -> Line {
    let rest = &text[body..end];
    let inner = rest.trim_start();
    let indent =
        rest[..rest.len() - inner.len()].chars().map(|c| if c == '\t' { 8 } else { 1 }).sum();
    let slice = inner.trim_end();
    let first = body + (rest.len() - inner.len());
    Line {
        start,
        body,
        text: first,
        end: first + slice.len(),
        depth,
        indent,
        width: count(slice.chars().count()),
        first_word: count(slice.chars().take_while(|c| !c.is_whitespace()).take(80).count())
            .min(first_word_of_script(slice)),
        soft: inner.len() > slice.len() && inner.ends_with(' '),
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Chinese and Japanese are broken between any two characters.
fn first_word_of_script(slice: &str) -> u32 {
    if slice
        .chars()
        .next()
        .is_some_and(|c| matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}'))
    {
        1
    } else {
        u32::MAX
    }
}

/// Length of the quoting signs at the start of a line and how many there are: `>`, `>>`, `> >`,
/// ` >`, with the one space behind them.
fn quoting_signs(line: &[u8]) -> (usize, u8) {
    let (mut at, mut depth) = (0, 0u8);
    loop {
        let space = usize::from(line.get(at) == Some(&b' '));
        if line.get(at + space) != Some(&b'>') {
            return if depth == 0 { (0, 0) } else { (at + space, depth) };
        }
        at += space + 1;
        depth = depth.saturating_add(1);
    }
}

/// A `>` is a quoting sign where a neighbouring line has one too, or where it stands in front of
/// words as mail programs write it. Alone in front of a number it means "more than".
fn unquote_lone_signs(text: &str, lines: &mut [Line]) {
    let mut quoted_above = false;
    for i in 0..lines.len() {
        let line = lines[i];
        if line.depth == 0 {
            quoted_above = false;
            continue;
        }
        let quoted_below = lines.get(i + 1).is_some_and(|l| l.depth > 0);
        let spaced = text[..line.body].ends_with(' ');
        let words = spaced && line.slice(text).chars().next().is_some_and(|c| !c.is_numeric());
        if !quoted_above && !quoted_below && !words && !line.is_blank() {
            lines[i] = measured(text, line.start, line.start, line.end, 0);
        }
        quoted_above = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut_up(text: &str) -> Vec<(u8, &str)> {
        cut(text, 0).iter().map(|l| (l.depth, l.slice(text))).collect()
    }

    #[test]
    fn every_kind_of_line_break_ends_a_line() {
        let text = "a\nb\r\nc\rd\u{2028}e\u{2029}f\u{85}g\u{b}h\u{c}i";
        let want: Vec<_> = ["a", "b", "c", "d", "e", "f", "g", "h", "i"].map(|s| (0, s)).into();
        assert_eq!(cut_up(text), want);
        assert!(cut("", 0).is_empty());
        assert_eq!(cut_up("a\n\n"), [(0, "a"), (0, "")]);
    }

    #[test]
    fn quoting_signs_are_counted() {
        let cases: &[(&str, &[(u8, &str)])] = &[
            ("> a river\n> rose", &[(1, "a river"), (1, "rose")]),
            (">a\n>>b\n> > c\n >d", &[(1, "a"), (2, "b"), (2, "c"), (1, "d")]),
            ("> a\n>\n> b", &[(1, "a"), (1, ""), (1, "b")]),
            ("> Thanks", &[(1, "Thanks")]),
            ("> 50 percent of voters", &[(0, "> 50 percent of voters")]),
            (">_<", &[(0, ">_<")]),
            ("» Why it matters", &[(0, "» Why it matters")]),
            ("a > b", &[(0, "a > b")]),
        ];
        for (text, want) in cases {
            assert_eq!(cut_up(text), *want, "{text:?}");
        }
    }

    #[test]
    fn columns_and_words_are_measured() {
        let text = ">   a river  \n\tb";
        let lines = cut(&text.replace('>', " "), 0);
        assert_eq!(
            (lines[0].indent, lines[0].width, lines[0].first_word, lines[0].soft),
            (4, 7, 1, true)
        );
        assert_eq!((lines[1].indent, lines[1].soft), (8, false));
        assert_eq!(cut("洪水警報", 0)[0].first_word, 1);
    }
}
