//! Where sentences and lines end.

use std::ops::Range;

use super::words::{CAPITAL, LINE, Words, is_invisible};

/// What stands between two words, from less to more.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Border {
    /// The sentence goes on.
    Inside,
    /// Punctuation that may end a sentence, and something that does not look like a new one.
    Seam,
    /// A sentence ends.
    Sentence,
    /// A line ends that was not merely wrapped.
    Line,
}

/// Longest line, in bytes, that may be a wrapped one.
const WRAP_MAX: usize = 120;
/// Least width, in bytes, that text is wrapped to. Verse is narrower.
const WIDTH_MIN: usize = 60;
/// Shortest line, in bytes, that may be a wrapped one.
const WRAP_MIN: usize = 40;

/// Marks that stand in front of a word and go with it.
const OPENING: &str = "“«„‘([{¿¡•*$€£#@\"'";

/// Words that end with a full stop inside a sentence.
const SHORT_FORMS: &[&str] = &[
    "mr", "mrs", "ms", "dr", "prof", "sen", "sens", "rep", "reps", "gov", "gen", "lt", "col",
    "sgt", "capt", "rev", "hon", "st", "jr", "sr", "vs", "no", "nos", "art", "dept", "jan", "feb",
    "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "dra", "sra", "ing",
    "bzw", "ca", "etc", "approx", "fig", "vol", "pp", "ed", "eds", "al", "cf",
];

/// Bytes of a gap between two words that are looked at from either end. A longer one holds no
/// sentence: reading it anew for every copy of its neighbours would take quadratic time.
const GAP_MAX: usize = 1024;

/// The first bytes of a gap.
pub(super) fn head(gap: &str) -> &str {
    &gap[..gap.floor_char_boundary(GAP_MAX)]
}

/// The border in front of `word`.
pub(super) fn border(text: &str, words: &Words, word: usize) -> Border {
    if word == 0 || word >= words.len() {
        return Border::Line;
    }
    let gap = &text[words.gap_before(word, text)];
    if gap.len() > GAP_MAX {
        return Border::Line;
    }
    let line = words.is(word, LINE);
    if !gap.contains(['.', '!', '?', ':', ';', '…', '。', '！', '？', '।', '؟']) {
        return if line && !wrapped(text, words, word) { Border::Line } else { Border::Inside };
    }
    let stop = punctuation(text, words, word, gap);
    if line && (stop >= Border::Sentence || !wrapped(text, words, word)) {
        return Border::Line;
    }
    stop
}

fn punctuation(text: &str, words: &Words, word: usize, gap: &str) -> Border {
    if gap.contains(['。', '！', '？', '।']) {
        return Border::Sentence;
    }
    let Some(at) = gap.rfind(['.', '!', '?', '…', '؟']) else {
        return Border::Seam;
    };
    let before = &text[words.range(word - 1)];
    let next = &text[words.range(word)];
    let upper = next.chars().next().is_some_and(|c| !c.is_lowercase());
    let opened = gap[at..].contains(['“', '"', '«', '„', '‘', '(', '[', '•', '*']);
    let spaced = gap[at..].contains(char::is_whitespace);
    if gap.ends_with(',') || gap.trim_start().starts_with(',') {
        return Border::Seam;
    }
    let only_stop = gap[at..].starts_with('.') && !gap[..at].contains(['!', '?', '”', '"', ')']);
    if only_stop {
        let initial = before.chars().count() == 1 && before.chars().all(char::is_uppercase);
        let known =
            before.len() <= 6 && SHORT_FORMS.iter().any(|form| before.eq_ignore_ascii_case(form));
        if initial || known {
            return Border::Inside;
        }
        let digits = |w: &str| w.bytes().all(|b| b.is_ascii_digit());
        if !spaced && (digits(before) && digits(next) || before.len() < 2) {
            return Border::Inside;
        }
    }
    match (spaced, upper || opened) {
        (true, true) => Border::Sentence,
        (false, true) if before.ends_with(char::is_lowercase) || !only_stop => Border::Sentence,
        (true, false) if gap[at..].contains('\n') && !gap.contains("...") => Border::Sentence,
        (true, false) => Border::Seam,
        _ => Border::Inside,
    }
}

/// Whether the line break in front of `word` was made by wrapping: a single one, after a line that
/// would have grown too long, for the lines around it, by the word.
fn wrapped(text: &str, words: &Words, word: usize) -> bool {
    let gap = words.gap_before(word, text);
    let between = &text[gap.clone()];
    if between.matches('\n').count() != 1 {
        return false;
    }
    let Some(feed) = between.find('\n').map(|at| gap.start + at) else {
        return false;
    };
    let marks = |c: char| c == '>' || c.is_whitespace() || is_invisible(c);
    let opening = |c: char| OPENING.contains(c);
    if !between[feed - gap.start..].trim_start_matches(marks).chars().all(opening) {
        return false;
    }
    let bytes = text.as_bytes();
    let line = line_before(bytes, feed);
    let length = line.len();
    let next = line_after(bytes, feed + 1);
    if !(WRAP_MIN..=WRAP_MAX).contains(&length) || next.len() > WRAP_MAX {
        return false;
    }
    let mut width = length.max(next.len());
    let mut long = 0;
    let mut up = line.start;
    for _ in 0..3 {
        if up == 0 {
            break;
        }
        let above = line_before(bytes, up - 1);
        if above.is_empty() || above.len() > WRAP_MAX {
            break;
        }
        width = width.max(above.len());
        long += usize::from(above.len() * 4 >= width * 3);
        up = above.start;
    }
    let below = line_after(bytes, (next.end + 1).min(bytes.len()));
    long += usize::from(!below.is_empty() && next.len() * 4 >= width * 3);
    // Two lines of one length, the second with a capital, are rather two lines than one.
    if long == 0 && words.is(word, CAPITAL) {
        return false;
    }
    let first = next.start + bytes[next.clone()].iter().take_while(|&&b| b != b' ').count();
    let first = if bytes.get(next.start) == Some(&b'>') { words.range(word).end } else { first };
    width >= WIDTH_MIN && length + 1 + (first - next.start) > width
}

/// The line that ends at byte `end`; cut short when it is much longer than a wrapped one.
fn line_before(bytes: &[u8], end: usize) -> Range<usize> {
    let from = end.saturating_sub(WRAP_MAX * 4);
    let start = bytes[from..end].iter().rposition(|&b| b == b'\n').map_or(from, |at| from + at + 1);
    start..end
}

/// The line that starts at byte `start`; cut short likewise.
fn line_after(bytes: &[u8], start: usize) -> Range<usize> {
    let to = bytes.len().min(start + WRAP_MAX * 4);
    let end = bytes[start..to].iter().position(|&b| b == b'\n').map_or(to, |at| start + at);
    start..end
}

/// The byte between the last word of one sentence and the first of the next, in the gap in front
/// of `word`: closing marks go with what stands before, opening marks, quoting marks and bullets
/// with what comes. Gives the end of the one and the start of the other.
pub(super) fn cut(text: &str, words: &Words, word: usize) -> (usize, usize) {
    let gap = words.gap_before(word, text);
    let between = &text[gap.clone()];
    let head = head(between);
    let tail = gap.start + between.ceil_char_boundary(between.len().saturating_sub(GAP_MAX));
    let last = &text[tail..gap.end];
    if word == 0 {
        let start = last.rfind('\n').map_or(tail, |at| tail + at + 1);
        return (start, start);
    }
    if word == words.len() {
        let end = head.find(['\n', '\r']).unwrap_or(between.len());
        return (gap.start + end, text.len());
    }
    if let (Some(first), Some(at)) = (head.find(['\n', '\r']), last.rfind(['\n', '\r'])) {
        return (gap.start + first, tail + at + 1);
    }
    let at = match last.rfind(char::is_whitespace) {
        Some(at) => {
            // A link between two sentences is part of the first.
            at + last[at..].chars().next().map_or(1, char::len_utf8)
        }
        None => last.trim_end_matches(['“', '«', '„', '‘', '(', '[', '¿', '¡', '•']).len(),
    };
    (tail + at, tail + at)
}
