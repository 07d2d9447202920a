//! Which lines of a text make one paragraph.
//!
//! Texts come with one paragraph a line, or wrapped at some width by a mail program, or with soft
//! breaks marked by a space (format=flowed, RFC 3676), and mixed. A line goes on below when it was
//! full: when the next line's first word would not have fitted on it.

use std::ops::Range;

use super::lines::Line;

/// The widest wrapping that is looked for, in characters. Longer lines are paragraphs.
const WIDEST: u32 = 110;

/// A word this long is an address: it makes a line overlong and says nothing about the width.
const LONG_WORD: u32 = 45;

/// How the lines of a text run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flow {
    /// Lines that end with a space go on below.
    flowed: bool,
    /// The width the text is wrapped at, where most of it is.
    width: Option<u32>,
}

/// How lines that stand together go on.
#[derive(Clone, Copy, Debug)]
enum Breaks {
    /// Where they end with a space.
    Soft,
    /// Where they are full, of this width.
    Full(u32),
    /// Where they are full, of this width, and the next line starts in the middle of a sentence.
    Sure(u32),
    /// Never.
    Hard,
}

impl Flow {
    /// How `lines` run; `follows` says for each line whether the next one may go on from it by its
    /// look.
    pub(super) fn of(text: &str, lines: &[Line], follows: &[bool], declared: bool) -> Self {
        if declared || is_flowed(text, lines, follows) {
            return Self { flowed: true, width: None };
        }
        let pairs = (0..lines.len().saturating_sub(1)).filter(|i| follows[*i]);
        let evidence = Evidence::gather(text, lines, pairs);
        Self { flowed: false, width: evidence.is_wrapped(0.7).then_some(evidence.width) }
    }

    /// Cuts `run`, lines that may go on from one another, into paragraphs.
    pub(super) fn paragraphs(
        &self,
        text: &str,
        lines: &[Line],
        run: Range<usize>,
    ) -> Vec<Range<usize>> {
        let mut out = Vec::new();
        let mut at = run.start;
        let mut mixed = false;
        while at < run.end {
            let long = run.end - at > 1 && !self.flowed && is_long(text, &lines[at]);
            let end = if long {
                mixed = true;
                at + 1
            } else {
                let short = |i: &usize| self.flowed || !is_long(text, &lines[*i]);
                (at + 1..run.end).take_while(short).last().map_or(at + 1, |i| i + 1)
            };
            mixed |= end < run.end;
            let breaks = self.breaks(text, lines, at..end, mixed);
            let mut start = at;
            for i in at + 1..end {
                if !breaks.goes_on(text, &lines[i - 1], &lines[i]) {
                    out.push(start..i);
                    start = i;
                }
            }
            out.push(start..end);
            at = end;
        }
        out
    }

    /// How `part` goes on, lines none of which is too long to be wrapped; `mixed` where longer ones
    /// stand next to them, which makes wrapping less likely.
    fn breaks(&self, text: &str, lines: &[Line], part: Range<usize>, mixed: bool) -> Breaks {
        if self.flowed {
            return Breaks::Soft;
        }
        if part.len() < 2 {
            return Breaks::Hard;
        }
        let evidence = Evidence::gather(text, lines, part.start..part.end - 1);
        if evidence.is_wrapped(if mixed { 0.9 } else { 0.7 }) {
            return Breaks::Full(evidence.width);
        }
        match self.width {
            Some(width) if !mixed => Breaks::Full(width),
            _ if part.len() < 4 && evidence.width >= 40 => Breaks::Sure(evidence.width),
            _ => Breaks::Hard,
        }
    }
}

impl Breaks {
    /// Whether `next`, right below, goes on from `line`.
    fn goes_on(self, text: &str, line: &Line, next: &Line) -> bool {
        if is_cut_off(line.slice(text), next.slice(text)) {
            return true;
        }
        let indented = next.indent >= line.indent + 2;
        let open = || !ends_sentence(line.slice(text));
        match self {
            Self::Soft => line.soft,
            Self::Hard => false,
            _ if indented => false,
            Self::Sure(width) => {
                open() && starts_low(next.slice(text)) && is_full(line, next, width)
            }
            Self::Full(width) => {
                is_full(line, next, width)
                    || (open() && (starts_low(next.slice(text)) || line.width * 4 >= width * 3))
            }
        }
    }
}

/// Whether `line` ends inside an address or image placeholder that `next` closes.
fn is_cut_off(line: &str, next: &str) -> bool {
    let address = line.rfind('<').map(|i| &line[i..]).is_some_and(|tail| {
        (tail.starts_with("<http") || tail.starts_with("<www."))
            && !tail.contains(['>', ' '])
            && next.split(' ').next().is_some_and(|word| word.contains('>'))
    });
    let image = || {
        let tail = line.rfind("[image:").map(|i| &line[i..]);
        tail.is_some_and(|t| !t.contains(']')) && next.contains(']')
    };
    address || image()
}

/// What pairs of lines tell about wrapping.
struct Evidence {
    /// The longest line that holds no address.
    width: u32,
    pairs: usize,
    /// Pairs of which the first line is full.
    full: usize,
    /// Pairs of which the first line ends without a full stop or the like.
    open: usize,
    /// Pairs of which the second line does not start with a capital.
    low: usize,
}

impl Evidence {
    /// Of each pair line i and line i + 1, for i in `firsts`.
    fn gather(text: &str, lines: &[Line], firsts: impl Iterator<Item = usize>) -> Self {
        let firsts: Vec<usize> = firsts
            .filter(|i| !is_long(text, &lines[*i]) && !is_long(text, &lines[*i + 1]))
            .collect();
        let mut widths: Vec<u32> = firsts
            .iter()
            .flat_map(|i| [*i, *i + 1])
            .filter(|i| {
                lines[*i].width <= WIDEST && longest_word(lines[*i].slice(text)) < LONG_WORD
            })
            .map(|i| lines[i].width)
            .collect();
        widths.sort_unstable();
        // A few lines longer than the rest are no better witnesses than addresses.
        let width = widths.get((widths.len() * 98 / 100).min(widths.len().saturating_sub(1)));
        let width = width.copied().unwrap_or(0);
        let count = |test: &dyn Fn(usize) -> bool| firsts.iter().filter(|i| test(**i)).count();
        Self {
            width,
            pairs: firsts.len(),
            full: count(&|i| is_full(&lines[i], &lines[i + 1], width)),
            open: count(&|i| !ends_sentence(lines[i].slice(text))),
            low: count(&|i| !starts_high(lines[i + 1].slice(text))),
        }
    }

    /// Whether this is wrapped text: at least three pairs, of which at least the share `full` breaks
    /// where it must, half in the middle of a sentence, and some in front of a small letter.
    fn is_wrapped(&self, full: f32) -> bool {
        #[allow(clippy::cast_precision_loss)]
        let share = |n: usize| n as f32 / self.pairs as f32;
        self.pairs >= 3
            && self.width >= 30
            && share(self.full) >= full
            && share(self.open) >= 0.5
            && share(self.low) >= 0.3
    }
}

/// Whether `next`'s first word would not have fitted on `line`.
fn is_full(line: &Line, next: &Line, width: u32) -> bool {
    line.width.saturating_add(1).saturating_add(next.first_word) > width
}

/// Whether a line is too long to be wrapped, addresses left aside.
fn is_long(text: &str, line: &Line) -> bool {
    line.width > WIDEST
        && (line.width > 8 * WIDEST || {
            let word = longest_word(line.slice(text));
            word < LONG_WORD || line.width.saturating_sub(word) > WIDEST
        })
}

fn longest_word(slice: &str) -> u32 {
    let longest = slice.split(' ').map(str::len).max().unwrap_or(0);
    u32::try_from(longest).unwrap_or(u32::MAX)
}

/// Whether the lines show format=flowed: no line too long, several that end with a space in front
/// of another line, and hardly any that ends so in front of a gap.
fn is_flowed(text: &str, lines: &[Line], follows: &[bool]) -> bool {
    let (mut soft, mut inner, mut loose) = (0, 0, 0);
    for (i, line) in lines.iter().enumerate().filter(|(_, l)| !l.is_blank()) {
        if line.width > 80 && is_long(text, line) {
            return false;
        }
        let followed = follows.get(i).is_some_and(|f| *f);
        inner += usize::from(followed);
        soft += usize::from(followed && line.soft);
        loose += usize::from(!followed && line.soft);
    }
    soft >= 3 && soft * 10 >= inner * 6 && loose * 10 <= soft
}

/// Whether a sentence may end at the end of `slice`.
pub(super) fn ends_sentence(slice: &str) -> bool {
    let inner = slice.trim_end_matches(['"', '\'', '”', '’', '»', ')', ']', '*', '_']);
    inner.ends_with(['.', '!', '?', '…', ':', '。', '！', '？', '؟', '।', '|'])
}

/// Whether `slice` starts with a small letter.
fn starts_low(slice: &str) -> bool {
    slice.chars().find(|c| !"\"'“”‘’«»„([<".contains(*c)).is_some_and(char::is_lowercase)
}

/// Whether `slice` starts with a capital.
fn starts_high(slice: &str) -> bool {
    slice.chars().find(|c| !"\"'“”‘’«»„([<".contains(*c)).is_some_and(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    fn paragraphs(text: &str, declared: bool) -> Vec<String> {
        let lines = lines::cut(text, 0);
        let follows: Vec<bool> = (0..lines.len())
            .map(|i| i + 1 < lines.len() && !lines[i].is_blank() && !lines[i + 1].is_blank())
            .collect();
        let flow = Flow::of(text, &lines, &follows, declared);
        let mut out = Vec::new();
        let mut at = 0;
        while at < lines.len() {
            if lines[at].is_blank() {
                at += 1;
                continue;
            }
            let end = (at..lines.len()).find(|i| !follows[*i]).unwrap_or(at) + 1;
            for p in flow.paragraphs(text, &lines, at..end) {
                let words: Vec<_> = p.map(|i| lines[i].slice(text)).collect();
                out.push(words.join(" "));
            }
            at = end;
        }
        out
    }

    #[test]
    fn wrapped_lines_are_joined_and_others_are_not() {
        let wrapped = "The river rose by two metres during the night and the old\n\
            bridge had to be closed to all traffic, the town said on\n\
            Monday. Nobody was hurt, and the schools stay open for the\n\
            rest of the week.\n\nThe mayor thanked the firemen.";
        let got = paragraphs(wrapped, false);
        assert_eq!(got.len(), 2);
        assert!(got[0].ends_with("rest of the week."));
        let a_line_each = "The river rose by two metres during the night.\n\
            The old bridge had to be closed to all traffic, the town said on Monday.\n\
            Nobody was hurt.\nThe schools stay open for the rest of the week, the mayor said.";
        assert_eq!(paragraphs(a_line_each, false).len(), 4);
    }

    #[test]
    fn indented_first_lines_start_paragraphs() {
        let text = "   The river rose by two metres during the night and the\n\
            old bridge had to be closed to all traffic, the town said\n\
            on Monday. Nobody was hurt in the village, police say now.\n   \
            The mayor thanked the firemen and said that all schools in\n\
            the valley stay open.";
        assert_eq!(paragraphs(text, false).len(), 2);
    }

    #[test]
    fn flowed_lines_go_on_at_a_space() {
        let text = "The river rose \nby two metres.\nThe bridge \nis closed.";
        assert_eq!(
            paragraphs(text, true),
            ["The river rose by two metres.", "The bridge is closed."]
        );
        let shown = "The river rose \nby two \nmetres.\nThe bridge \nis closed.";
        assert_eq!(paragraphs(shown, false).len(), 2);
    }

    #[test]
    fn a_heading_does_not_run_into_the_wrapped_text_below() {
        let text = "After the flood\n\
            The river rose by two metres during the night and the old\n\
            bridge had to be closed to all traffic, the town said on\n\
            Monday. Nobody was hurt, and the schools stay open for the\n\
            rest of the week.";
        assert_eq!(paragraphs(text, false)[0], "After the flood");
    }

    #[test]
    fn names_in_a_column_are_no_wrapped_text() {
        let text = "Anna Lindqvist, Uppsala\nBertil Johansson, Malmo\nCecilia Andersson, Umea\n\
            David Holmgren, Kiruna\nEva Sandstrom, Vasteras";
        assert_eq!(paragraphs(text, false).len(), 5);
    }
}
