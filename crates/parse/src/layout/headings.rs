//! Headings on bare lines, told by what they are and what stands around them.
//!
//! A heading is short, is no whole sentence, and has something longer below it. Precision comes
//! first: a paragraph taken for a heading breaks the text, a heading taken for a paragraph is still
//! read in its place.

use newsmill_article::BlockKind;

use super::drafts::Draft;
use super::lines::Line;
use super::paragraphs::ends_sentence;

/// The widest heading, in columns (a Chinese, Japanese or Korean character takes two).
const WIDEST: usize = 110;

/// The most words of a heading.
const MOST_WORDS: usize = 16;

/// The most words of a heading on the first line, where a standfirst may stand.
const MOST_WORDS_FIRST: usize = 9;

/// What lines in capitals and numbered ones may have more: a headline may run long.
const MORE_WORDS: usize = 9;
const MORE_COLUMNS: usize = 50;

/// The most words of a heading that ends with an exclamation mark; longer ones are sentences.
const MOST_WORDS_EXCLAIMED: usize = 8;

/// How much wider what follows a heading is at least.
const WIDER: f32 = 1.3;

/// Marks the drafts that are headings.
pub(super) fn mark(text: &str, lines: &[Line], drafts: &mut [Draft]) {
    for i in 0..drafts.len() {
        if is_heading(text, lines, drafts, i) {
            drafts[i].kind = BlockKind::Heading { level: 2 };
        }
    }
}

fn is_heading(text: &str, lines: &[Line], drafts: &[Draft], i: usize) -> bool {
    let draft = &drafts[i];
    if draft.kind != BlockKind::Paragraph || draft.fixed || draft.last > draft.first + 1 {
        return false;
    }
    let Some(next) = drafts.get(i + 1) else { return false };
    if lines[draft.first].width as usize > WIDEST + MORE_COLUMNS {
        return false;
    }
    let numbered = is_numbered(text, lines, drafts, i);
    let slice = &text[lines[draft.first].text..lines[draft.last].end];
    let words = slice.split_whitespace().count();
    let columns = columns(slice);
    let below = &text[lines[next.first].text..lines[next.last].end];
    let capitals = is_in_capitals(slice);
    let (most_words, widest) = match (capitals || numbered, i) {
        (true, _) => (MOST_WORDS + MORE_WORDS, WIDEST + MORE_COLUMNS),
        (false, 0) => (MOST_WORDS_FIRST, WIDEST),
        (false, _) => (MOST_WORDS, WIDEST),
    };
    let shouted = slice.ends_with('!') && !capitals;
    words <= if shouted { MOST_WORDS_EXCLAIMED } else { most_words }
        && columns <= widest
        && (numbered || !is_sentence(slice))
        && !is_other(slice)
        && leads(next, columns, below, is_emphasised(slice) || capitals)
}

/// Whether what stands below is what a heading stands above.
fn leads(next: &Draft, columns: usize, below: &str, strong: bool) -> bool {
    #[allow(clippy::cast_precision_loss)]
    let wider = || below.len() > 4 * WIDEST || self::columns(below) as f32 > columns as f32 * WIDER;
    match next.kind {
        BlockKind::Paragraph | BlockKind::Quote => {
            (wider() && (below.len() >= 60 || ends_sentence(below)))
                || (strong && ends_sentence(below) && below.len() >= 60)
        }
        BlockKind::ListItem | BlockKind::Table => columns <= 60,
        _ => false,
    }
}

/// Whether `slice` ends, breaks or begins as sentences and their parts do.
fn is_sentence(slice: &str) -> bool {
    let inner = slice.trim_end_matches(['"', '\'', '”', '’', '»', '“', ')', ']', '*', '_']);
    let first = slice.chars().next().unwrap_or(' ');
    let quoted = matches!(first, '"' | '“' | '„' | '«');
    inner.is_empty()
        || inner.ends_with(['.', '…', ';', ',', ':', '。', '-', '–'])
        || (quoted && inner.ends_with(['!', '?']) && !slice.ends_with(['"', '”', '“', '»']))
        || first.is_lowercase()
        || ["– ", "- ", "— ", "…", "...", "(", "["].iter().any(|s| slice.starts_with(s))
        || slice.contains(';')
        || [",\" ", ",” ", ".\" ", ".” ", ",» "].iter().any(|s| slice.contains(s))
        || breaks_inside(slice)
}

/// Whether a sentence ends inside: a full stop, then a capital. Numbers in front do not count.
fn breaks_inside(slice: &str) -> bool {
    let text = slice.trim_start_matches(|c: char| !c.is_alphabetic());
    let mut rest = text;
    while let Some(stop) = rest.find(". ") {
        let word = rest[..stop].rsplit([' ', '.']).next().unwrap_or_default();
        let after = rest[stop + 2..].trim_start().chars().next();
        // Initials and `St.`, `Dr.`, `vs.` are abbreviations.
        if word.chars().count() > 3 && after.is_some_and(char::is_uppercase) {
            return true;
        }
        rest = &rest[stop + 2..];
    }
    false
}

/// Lines that are short and no headings: bylines, addresses, numbers, credits.
fn is_other(slice: &str) -> bool {
    const BYLINES: [&str; 8] =
        ["By ", "BY ", "by ", "Von ", "Por ", "Door ", "Di ", "Reporting by "];
    let byline = BYLINES.iter().any(|b| {
        slice.strip_prefix(b).is_some_and(|name| {
            let words = name.split_whitespace().take(9).count();
            words <= 8 && name.split_whitespace().take(2).all(|w| w.starts_with(char::is_uppercase))
        })
    });
    let digits = slice.bytes().filter(u8::is_ascii_digit).count();
    let letters = slice.chars().filter(|c| c.is_alphabetic()).count();
    byline
        || letters < 2
        || (digits >= 7 && digits >= letters)
        || slice.contains(['@', '|', '\t'])
        || slice.contains("://")
        || slice.contains("www.")
        || slice.contains("  ")
        || (!slice.contains(' ') && slice.contains('.'))
}

/// Whether a line starts with a number and is one of several such lines with text between them:
/// `3. What it costs`. Sentences are headings there.
fn is_numbered(text: &str, lines: &[Line], drafts: &[Draft], i: usize) -> bool {
    let value = |j: usize| -> Option<u32> {
        let bare = |d: &&Draft| matches!(d.kind, BlockKind::Paragraph | BlockKind::Heading { .. });
        let draft = drafts.get(j).filter(bare)?;
        let slice = lines[draft.first].slice(text);
        let digits = slice.bytes().take(4).take_while(u8::is_ascii_digit).count();
        let number = slice.get(..digits)?.parse().ok().filter(|_| digits <= 3)?;
        slice[digits..].starts_with([')', '.']).then_some(number)
    };
    let Some(own) = value(i) else { return false };
    let near = i.saturating_sub(8)..(i + 9).min(drafts.len());
    let neighbours = near.filter(|j| i.abs_diff(*j) > 1);
    neighbours.filter_map(value).any(|other| other.abs_diff(own) == 1)
}

/// Whether a line is all in capitals.
fn is_in_capitals(slice: &str) -> bool {
    slice.chars().filter(|c| c.is_uppercase()).count() >= 4
        && !slice.chars().any(char::is_lowercase)
}

/// Whether emphasis signs hug the whole line.
fn is_emphasised(slice: &str) -> bool {
    ["**", "__", "*", "_"].iter().any(|sign| {
        slice.strip_prefix(sign).and_then(|s| s.strip_suffix(sign)).is_some_and(|inner| {
            !inner.is_empty() && !inner.contains(['*', '_']) && !inner.starts_with(' ')
        })
    })
}

fn columns(slice: &str) -> usize {
    let wide = |c: char| matches!(c, '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{ff00}'..='\u{ff60}');
    slice.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use crate::layout::lay_out;
    use newsmill_article::{BlockKind, Limits};

    const BODY: &str = "The river rose by two metres during the night, and the old bridge had to be closed to all traffic.";

    #[test]
    fn headings_among_paragraphs() {
        // line, whether it is a heading between two paragraphs
        let cases = [
            ("After the flood", true),
            ("What happens next?", true),
            ("THE BRIDGE AT MILL STREET STAYS CLOSED", true),
            ("*After the flood*", true),
            ("“It came at night”", true),
            ("洪水のあと", true),
            ("Nobody was hurt.", false),
            ("The mayor said:", false),
            ("and the rest", false),
            ("By Anna Lindqvist", false),
            ("Anna Lindqvist | Valley News", false),
            ("– Nobody was hurt", false),
            ("example.org", false),
            ("desk@example.org", false),
            ("“Nobody was hurt,” he said", false),
            ("Nobody was hurt. The bridge stays closed", false),
            ("555-0100-200", false),
            ("洪水は夜に来た。", false),
        ];
        for (line, want) in cases {
            let text = format!("{BODY}\n{line}\n{BODY}");
            let layout = lay_out(&text, 0, false, &Limits::default());
            let is_heading = matches!(layout.blocks[1].kind, BlockKind::Heading { .. });
            assert_eq!(is_heading, want, "{line:?}");
        }
    }

    #[test]
    fn numbered_sentences_with_text_between_are_headings() {
        let text = format!("1. The river came first.\n{BODY}\n2. Then the rain came.\n{BODY}\n");
        let layout = lay_out(&text, 0, false, &Limits::default());
        let headings = layout.blocks.iter().filter(|b| b.kind == BlockKind::Heading { level: 2 });
        assert_eq!(headings.count(), 2);
    }

    #[test]
    fn verse_and_names_are_no_headings() {
        let text = "The river comes\nThe river goes\nAnd no one knows\nThe way it flows\n";
        let layout = lay_out(text, 0, false, &Limits::default());
        assert!(layout.blocks.iter().all(|b| b.kind == BlockKind::Paragraph));
    }
}
