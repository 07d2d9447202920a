//! Two texts word by word.

use similar::{Algorithm, DiffTag, capture_diff_slices};

use super::model::Piece;
use crate::escape::visible;

/// Words of each text that are compared.
const WORDS: usize = 1_500;
/// Words shown on either side of what differs.
const AROUND: usize = 16;
/// Words of a stretch that stands in one text only.
const STRETCH: usize = 150;
/// Words shown of both texts.
const SHOWN: usize = 700;

/// Where a paragraph ends.
const BREAK: &str = "\n\n";

/// How the words of two texts differ, by Myers' algorithm (E. W. Myers, An O(ND) Difference
/// Algorithm and Its Variations, 1986). Only the first [`WORDS`] are compared, so that the time is
/// bounded; what both have is shown near differences only.
pub(super) fn compare(kept: &str, dropped: &str) -> Vec<Piece> {
    let (kept, kept_cut) = words(kept);
    let (dropped, dropped_cut) = words(dropped);
    let changes = capture_diff_slices(Algorithm::Myers, &kept, &dropped);
    let mut pieces = Vec::new();
    let mut shown = 0;
    let last = changes.len().saturating_sub(1);
    for (number, change) in changes.iter().enumerate() {
        if shown > SHOWN {
            pieces.push(Piece::Cut);
            return pieces;
        }
        let (old, new) = (&kept[change.old_range()], &dropped[change.new_range()]);
        if change.tag() == DiffTag::Equal {
            shown += same(old, number > 0, number < last, &mut pieces);
            continue;
        }
        for (words, piece) in [(old, Piece::Kept as fn(String) -> Piece), (new, Piece::Dropped)] {
            if !words.is_empty() {
                shown += words.len().min(STRETCH);
                let end = if words.len() > STRETCH { " …" } else { "" };
                pieces.push(piece(joined(&words[..words.len().min(STRETCH)]) + end));
            }
        }
    }
    if kept_cut || dropped_cut {
        pieces.push(Piece::Cut);
    }
    pieces
}

/// Adds what both texts have: whole when it is short, else what lies beside differences.
fn same(words: &[&str], behind: bool, ahead: bool, pieces: &mut Vec<Piece>) -> usize {
    // At the start of the texts and where nothing differs, enough to know them by.
    let head = if behind { AROUND } else { 2 * AROUND };
    let tail = if ahead { AROUND } else { 0 };
    if words.len() <= head + tail + AROUND {
        pieces.push(Piece::Same(joined(words)));
        return words.len();
    }
    let (middle, end) = (words.len() - head - tail, words.len() - tail);
    pieces.push(Piece::Same(joined(&words[..head])));
    pieces.push(Piece::Skipped(middle as u64));
    if tail > 0 {
        pieces.push(Piece::Same(joined(&words[end..])));
    }
    head + tail
}

/// The first words, with a sign where paragraphs end, and whether there are more.
fn words(text: &str) -> (Vec<&str>, bool) {
    let mut words = Vec::new();
    for paragraph in text.split(BREAK) {
        if !words.is_empty() {
            words.push(BREAK);
        }
        for word in paragraph.split_whitespace() {
            if words.len() >= WORDS {
                return (words, true);
            }
            words.push(word);
        }
    }
    (words, false)
}

fn joined(words: &[&str]) -> String {
    let mut text = String::new();
    for word in words {
        let glued = text.is_empty() || text.ends_with('\n') || *word == BREAK;
        if !glued {
            text.push(' ');
        }
        text.push_str(&if *word == BREAK { BREAK.to_owned() } else { visible(word, 80) });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(text: &str) -> Piece {
        Piece::Same(text.to_owned())
    }

    #[test]
    fn what_differs_stands_between_what_does_not() {
        let pieces = compare("A river rose\n\non Monday.", "A lake  rose\n\non Monday. Again.");
        let want = [
            same("A"),
            Piece::Kept("river".to_owned()),
            Piece::Dropped("lake".to_owned()),
            same("rose\n\non Monday."),
            Piece::Dropped("Again.".to_owned()),
        ];
        assert_eq!(pieces, want);
        assert_eq!(compare("a b", "a b"), [same("a b")]);
        assert_eq!(compare("", ""), []);
        assert_eq!(compare("", "a"), [Piece::Dropped("a".to_owned())]);
    }

    #[test]
    fn long_stretches_are_left_out() {
        let long: String = (0..500).map(|n| format!("w{n} ")).collect();
        let pieces = compare(&format!("{long} one {long}"), &format!("{long} two {long}"));
        let skipped = pieces.iter().filter_map(|piece| match piece {
            Piece::Skipped(words) => Some(*words),
            _ => None,
        });
        assert_eq!(skipped.sum::<u64>(), 1_000 - 4 * AROUND as u64);
        assert!(pieces.contains(&Piece::Kept("one".to_owned())));
    }

    #[test]
    fn any_texts_are_compared_soon() {
        let one =
            (0..50_000).map(|n| format!("{} ", n % 9_973 * 7_919 % 1_009)).collect::<String>();
        let two =
            (0..50_000).map(|n| format!("{} ", n % 9_973 * 104_729 % 997)).collect::<String>();
        let word = "x".repeat(10 << 20);
        for (kept, dropped) in [(&one, &two), (&word, &one), (&word, &word)] {
            let pieces = compare(kept, dropped);
            let bytes: usize = pieces.iter().map(|piece| format!("{piece:?}").len()).sum();
            assert!(bytes < 20_000, "{bytes}");
        }
        assert_eq!(compare(&one, &two).last(), Some(&Piece::Cut));
    }
}
