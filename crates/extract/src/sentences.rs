//! Sentences.

use std::ops::Range;

/// The sentences of a paragraph, in bytes of `text`, in order, without the white space between.
///
/// A sentence ends at `.`, `!`, `?` or `…` with its closing marks and brackets, when white space
/// follows and what comes next does not go on in small letters; not behind an abbreviation
/// (`Sen.`, `U.S.`, `No. 5`, `Mr.`), an initial, or an ordinal in German. Linear in the text.
///
/// ```
/// let text = "Sen. Ana Ruiz left the U.S. on Monday. “It rose!” she said.";
/// let cut: Vec<&str> = newsmill_extract::sentences(text).map(|r| &text[r]).collect();
/// assert_eq!(cut, ["Sen. Ana Ruiz left the U.S. on Monday.", "“It rose!” she said."]);
/// ```
pub fn sentences(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += text[at..].len() - text[at..].trim_start().len();
        if at >= text.len() {
            return None;
        }
        let start = at;
        let mut from = at;
        while let Some(end) = next_mark(text, from) {
            from = end;
            if is_end(text, start, end) {
                at = end;
                return Some(start..end);
            }
        }
        at = text.len();
        Some(start..start + text[start..].trim_end().len())
    })
}

const CLOSING: &str = "”\"’')]»“";

/// Behind the next mark that can end a sentence, and what closes with it.
fn next_mark(text: &str, from: usize) -> Option<usize> {
    let mut mark = from;
    loop {
        // First bytes of the marks.
        let may = |b: &u8| matches!(b, b'.' | b'!' | b'?' | b'\n' | 0xE2 | 0xE3 | 0xEF);
        mark += text.as_bytes()[mark..].iter().position(may)?;
        if text[mark..].starts_with(['.', '!', '?', '…', '。', '！', '？', '\n']) {
            break;
        }
        mark += text[mark..].chars().next()?.len_utf8();
    }
    let first = text[mark..].chars().next()?;
    if first == '\n' {
        // A line that ends inside a paragraph parts sentences only where it is empty.
        return Some(mark + 1);
    }
    let mut end = mark;
    for c in text[mark..].chars() {
        if !(".!?…。！？".contains(c) || CLOSING.contains(c)) {
            break;
        }
        end += c.len_utf8();
    }
    Some(end)
}

fn is_end(text: &str, start: usize, end: usize) -> bool {
    let done = text[start..end].trim_end_matches(|c| CLOSING.contains(c));
    let after = &text[end..];
    if done.ends_with('\n') {
        return after.starts_with(['\n', '\r']);
    }
    if done.ends_with(['。', '！', '？']) {
        return true;
    }
    let next = after.trim_start();
    if next.is_empty() {
        return true;
    }
    if next.len() == after.len() {
        return false;
    }
    let opens =
        next.trim_start_matches(['“', '"', '„', '«', '(', '[', '‘', '\'', '¿', '¡', '—', '–', ' ']);
    let Some(first) = opens.chars().next() else { return true };
    if first.is_lowercase() {
        return false;
    }
    if done.ends_with(['!', '?', '…']) || done.len() < end - start && !done.ends_with('.') {
        return true;
    }
    let word = done.trim_end_matches('.').rsplit(char::is_whitespace).next().unwrap_or_default();
    let word = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    !is_abbreviation(word, first)
}

/// Whether a full stop behind `word` belongs to it, when `next` begins what follows.
fn is_abbreviation(word: &str, next: char) -> bool {
    let mut letters = word.chars();
    let initial = matches!((letters.next(), letters.next()), (Some(c), None) if c.is_uppercase());
    if initial || ABBREVIATIONS.binary_search(&word).is_ok() {
        return true;
    }
    // `No. 5`, `Nov. 3`, `3. März`
    if next.is_ascii_digit() && BEFORE_NUMBERS.binary_search(&word).is_ok() {
        return true;
    }
    let ordinal = word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit()) && !word.is_empty();
    // `U.S. Senate`, not `in the U.S. She`: a guess that holds where a name follows.
    let points = word.contains('.') && word.split('.').all(|p| p.chars().count() <= 2);
    (ordinal && next.is_uppercase()) || points
}

/// Sorted.
const ABBREVIATIONS: &[&str] = &[
    "Adm", "Ala", "Ariz", "Ark", "Assn", "Ave", "Blvd", "Brig", "Bros", "Calif", "Capt", "Cie",
    "Cmdr", "Col", "Colo", "Conn", "Cpl", "Del", "Dr", "Dra", "Fla", "Fr", "Ft", "Ga", "Gen",
    "Gov", "Hon", "Hr", "Ill", "Ind", "Insp", "Kan", "Ky", "La", "Lt", "Maj", "Mass", "Md",
    "Messrs", "Mich", "Minn", "Miss", "Mlle", "Mme", "Mo", "Mont", "Mr", "Mrs", "Ms", "Mt", "Mx",
    "Neb", "Nev", "Okla", "Ore", "Pa", "Pfc", "Prof", "Pte", "Pvt", "Rep", "Reps", "Rev", "Sen",
    "Sens", "Sgt", "Sr", "Sra", "Srta", "St", "Ste", "Supt", "Tenn", "Tex", "Va", "Vt", "Wash",
    "Wis", "Wyo", "bzw", "ca", "cf", "e.g", "etc.", "i.e", "usw", "v", "vs", "z.B",
];

/// Words before numbers, sorted.
const BEFORE_NUMBERS: &[&str] = &[
    "Apr", "Art", "Aug", "Dec", "Feb", "Fig", "Jan", "Jul", "Jun", "Mar", "No", "Nos", "Nov", "Nr",
    "Oct", "Sec", "Sep", "Sept", "Vol", "p", "pp",
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn where_sentences_end() {
        let cases: &[(&str, &[&str])] = &[
            ("One. Two! Three? Four… Five", &["One.", "Two!", "Three?", "Four…", "Five"]),
            ("Mr. Doe met Sen. Ruiz. They left.", &["Mr. Doe met Sen. Ruiz.", "They left."]),
            ("“It rose.” She left.", &["“It rose.”", "She left."]),
            (
                "“It rose!” said Ruiz. (It fell.) Then",
                &["“It rose!” said Ruiz.", "(It fell.)", "Then"],
            ),
            ("It cost $1.5 million. Then 3.2 more.", &["It cost $1.5 million.", "Then 3.2 more."]),
            ("On Nov. 3 it rose. No. 5 fell.", &["On Nov. 3 it rose.", "No. 5 fell."]),
            ("J. R. Doe of the U.S. Senate left.", &["J. R. Doe of the U.S. Senate left."]),
            ("Am 3. März stieg er. Er fiel.", &["Am 3. März stieg er.", "Er fiel."]),
            ("It rose ... and fell. End.", &["It rose ... and fell.", "End."]),
            ("See example.org for more. End.", &["See example.org for more.", "End."]),
            ("川が上がった。人々は去った。", &["川が上がった。", "人々は去った。"]),
            ("", &[]),
            ("  . ", &["."]),
        ];
        for (text, want) in cases {
            let got: Vec<&str> = sentences(text).map(|r| &text[r]).collect();
            assert_eq!(&got, want, "{text:?}");
        }
        assert!(ABBREVIATIONS.is_sorted() && BEFORE_NUMBERS.is_sorted());
    }

    proptest! {
        #[test]
        fn sentences_hold_every_letter(text in "([A-Za-z]{1,3}|[.!?” “\n]|\\PC){0,40}") {
            let mut end = 0;
            let mut letters = String::new();
            for range in sentences(&text) {
                prop_assert!(range.start >= end && range.end > range.start);
                end = range.end;
                letters.extend(text[range].chars().filter(|c| !c.is_whitespace()));
            }
            let all: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            prop_assert_eq!(letters, all);
        }
    }
}
