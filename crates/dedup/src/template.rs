//! Form letters: texts alike but for the names and numbers that are filled in.
//!
//! Two announcements of grants to two counties share nearly all words and state different facts.
//! A copy of a story differs otherwise: words are edited, passages are cut or added, a byline is
//! put in front. So the rule looks at what differs, word by word.

use hashbrown::HashSet;

use crate::tokens::{Tokens, tokenize_with_spans_into};

/// More edits than this and the texts are no form letter.
const MOST_EDITS: usize = 512;

/// Words in a name or number that is filled in.
const LONGEST_FILL: usize = 8;
/// Places at which a form letter must be filled in otherwise.
const FEWEST_EXCHANGES: usize = 2;

/// Whether two similar texts differ, for the most part, in names and numbers that stand in each
/// other's place.
///
/// Numbers are words with a digit. Names are words with a capital letter, but at the start of a
/// sentence only those that occur nowhere in either text without it. The texts are aligned by a
/// shortest edit script (Myers 1986); words joined or parted (`fire fighter`, `firefighter`) are no
/// difference. True when names and numbers in each other's place are at
/// least two thirds of the words that differ, and two short exchanges or more stand inside common
/// text: a single one is a correction or a matter of style.
///
/// Linear in the length of the texts, apart from sorting their words and up to a bounded number of
/// edits.
///
/// # Example
/// ```
/// use newsmill_dedup::template::differs_only_in_names_and_numbers;
///
/// let letter = |county: &str, sum: &str| format!(
///     "The fund will give {county} County ${sum} for new fire engines, the senator said. \
///      Firefighters in {county} have waited for this help for years.");
/// let (adair, lee) = (letter("Adair", "45,000"), letter("Lee", "120,500"));
/// assert!(differs_only_in_names_and_numbers(&adair, &lee));
/// let edited = adair.replace("waited for this help", "asked for this money");
/// assert!(!differs_only_in_names_and_numbers(&adair, &edited));
/// assert!(!differs_only_in_names_and_numbers(&adair, &format!("DES MOINES -- {adair}")));
/// ```
#[must_use]
pub fn differs_only_in_names_and_numbers(a: &str, b: &str) -> bool {
    let (a, b) = (Words::new(a), Words::new(b));
    let (only_a, only_b) = differing(&a, &b);
    let marked = only_a.iter().filter(|&&at| a.may_be_fill(at)).count()
        + only_b.iter().filter(|&&at| b.may_be_fill(at)).count();
    // Most pairs end here, without the costly alignment.
    if only_a.is_empty() || only_b.is_empty() || 2 * marked < only_a.len() + only_b.len() {
        return false;
    }
    let Some(hunks) = hunks(a.tokens.hashes(), b.tokens.hashes()) else { return false };
    let uncapitalised: HashSet<u64> = a.uncapitalised().chain(b.uncapitalised()).collect();
    let (mut exchanged, mut filled, mut differing) = (0, 0, 0);
    for hunk in hunks.iter().filter(|hunk| !same_letters(&a, &b, hunk)) {
        let of_a = hunk.a.clone().filter(|&at| a.is_fill(at, &uncapitalised)).count();
        let of_b = hunk.b.clone().filter(|&at| b.is_fill(at, &uncapitalised)).count();
        let inside = hunk.a.start > 0 && hunk.a.end < a.tokens.len();
        differing += hunk.a.len() + hunk.b.len();
        // What only one of them has, a byline or a heading, is not filled in.
        if of_a > 0 && of_b > 0 {
            exchanged += usize::from(inside && hunk.a.len().max(hunk.b.len()) <= LONGEST_FILL);
            filled += of_a + of_b;
        }
    }
    exchanged >= FEWEST_EXCHANGES && 3 * filled >= 2 * differing
}

/// Whether one side of a hunk begins with the letters of the other, and has some: words joined or
/// parted, abbreviated or inflected.
fn same_letters(a: &Words<'_>, b: &Words<'_>, hunk: &Hunk) -> bool {
    if hunk.a.is_empty() || hunk.b.is_empty() {
        return false;
    }
    let letters = |words: &Words<'_>, at: std::ops::Range<usize>| -> String {
        at.flat_map(|at| words.word(at).chars()).flat_map(char::to_lowercase).collect()
    };
    let (of_a, of_b) = (letters(a, hunk.a.clone()), letters(b, hunk.b.clone()));
    let number = of_a.contains(char::is_numeric);
    of_a == of_b || (!number && (of_a.starts_with(&of_b) || of_b.starts_with(&of_a)))
}

/// Places of the words one text has more often than the other.
fn differing(a: &Words<'_>, b: &Words<'_>) -> (Vec<usize>, Vec<usize>) {
    let (a, b) = (a.by_hash(), b.by_hash());
    let (mut only_a, mut only_b) = (Vec::new(), Vec::new());
    let (mut i, mut j) = (0, 0);
    loop {
        match (a.get(i), b.get(j)) {
            (Some(x), Some(y)) if x.0 == y.0 => {
                i += 1;
                j += 1;
            }
            (Some(x), y) if y.is_none_or(|y| x.0 < y.0) => {
                only_a.push(x.1);
                i += 1;
            }
            (_, Some(y)) => {
                only_b.push(y.1);
                j += 1;
            }
            (_, None) => return (only_a, only_b),
        }
    }
}

struct Words<'a> {
    text: &'a str,
    tokens: Tokens,
}

impl<'a> Words<'a> {
    fn new(text: &'a str) -> Self {
        let mut tokens = Tokens::default();
        tokenize_with_spans_into(text, &mut tokens);
        Self { text, tokens }
    }

    fn word(&self, at: usize) -> &'a str {
        let span = self.tokens.spans().get(at).cloned().unwrap_or_default();
        self.text.get(span).unwrap_or_default()
    }

    fn is_capitalised(&self, at: usize) -> bool {
        self.word(at).chars().next().is_some_and(char::is_uppercase)
    }

    /// Hashes of the words that begin with a small letter.
    fn uncapitalised(&self) -> impl Iterator<Item = u64> {
        let hashes = self.tokens.hashes().iter().enumerate();
        hashes.filter(|&(at, _)| !self.is_capitalised(at)).map(|(_, &hash)| hash)
    }

    /// Hashes and places of the words, ascending.
    fn by_hash(&self) -> Vec<(u64, usize)> {
        let mut words: Vec<(u64, usize)> = self.tokens.hashes().iter().copied().zip(0..).collect();
        words.sort_unstable();
        words
    }

    /// Whether a word has a capital letter or a digit.
    fn may_be_fill(&self, at: usize) -> bool {
        self.is_capitalised(at) || self.word(at).contains(char::is_numeric)
    }

    /// Whether a word is a name or a number.
    fn is_fill(&self, at: usize, uncapitalised: &HashSet<u64>) -> bool {
        let common =
            || self.tokens.hashes().get(at).is_some_and(|hash| uncapitalised.contains(hash));
        self.word(at).contains(char::is_numeric)
            || (self.is_capitalised(at) && (!self.begins_sentence(at) || !common()))
    }

    /// Whether something that may end a sentence or a line stands before a word.
    fn begins_sentence(&self, at: usize) -> bool {
        let spans = self.tokens.spans();
        let end = at.checked_sub(1).and_then(|before| spans.get(before)).map(|span| span.end);
        let start = spans.get(at).map_or(0, |span| span.start);
        let gap = end.and_then(|end| self.text.get(end..start));
        gap.is_none_or(|gap| {
            gap.contains(['.', '!', '?', ':', '\n', '"', '“', '”', '…', '-', '–', '—'])
        })
    }
}

/// Words of `a` that stand where words of `b` stand: one of the ranges may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Hunk {
    a: std::ops::Range<usize>,
    b: std::ops::Range<usize>,
}

/// What differs between two lists of word hashes, first to last; `None` when it is too much.
fn hunks(a: &[u64], b: &[u64]) -> Option<Vec<Hunk>> {
    let prefix = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (a.get(prefix..)?, b.get(prefix..)?);
    let suffix = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (a.get(..a.len() - suffix)?, b.get(..b.len() - suffix)?);
    let mut hunks: Vec<Hunk> = Vec::new();
    for (x, y, is_deletion) in edits(a, b)? {
        let (x, y) = (prefix + x, prefix + y);
        let (a, b) = if is_deletion { (x..x + 1, y..y) } else { (x..x, y..y + 1) };
        match hunks.last_mut() {
            Some(last) if last.a.end == a.start && last.b.end == b.start => {
                last.a.end = a.end;
                last.b.end = b.end;
            }
            _ => hunks.push(Hunk { a, b }),
        }
    }
    Some(hunks)
}

/// The shortest edit script by Myers' greedy algorithm, first edit first: positions in `a` and
/// `b`, and whether the word of `a` is deleted (or the word of `b` inserted).
fn edits(a: &[u64], b: &[u64]) -> Option<Vec<(usize, usize, bool)>> {
    if a.len().abs_diff(b.len()) > MOST_EDITS {
        return None;
    }
    // `furthest[k + MOST_EDITS + 1]` is how far into `a` diagonal k (x − y) has come.
    let middle = MOST_EDITS + 1;
    let mut furthest = vec![0_usize; 2 * middle + 1];
    let mut history: Vec<Vec<usize>> = Vec::new();
    for count in 0..=MOST_EDITS {
        history.push(furthest.get(middle - count..=middle + count)?.to_vec());
        for diagonal in (middle - count..=middle + count).step_by(2) {
            let (left, right) = (*furthest.get(diagonal - 1)?, *furthest.get(diagonal + 1)?);
            let down = goes_down(diagonal, middle, count, left, right);
            let mut x = if down { right } else { left + 1 };
            // A place before the start of `b` or behind its end is not on the grid.
            let Some(mut y) = (x + middle).checked_sub(diagonal) else { continue };
            while x < a.len() && y < b.len() && a.get(x) == b.get(y) {
                x += 1;
                y += 1;
            }
            *furthest.get_mut(diagonal)? = x;
            if x == a.len() && y == b.len() {
                return backtrack(&history, a.len(), b.len(), middle);
            }
        }
    }
    None
}

fn goes_down(diagonal: usize, middle: usize, count: usize, left: usize, right: usize) -> bool {
    diagonal == middle - count || (diagonal != middle + count && left < right)
}

fn backtrack(
    history: &[Vec<usize>],
    mut x: usize,
    mut y: usize,
    middle: usize,
) -> Option<Vec<(usize, usize, bool)>> {
    let mut edits = Vec::new();
    for (count, furthest) in history.iter().enumerate().skip(1).rev() {
        let diagonal = (x + middle).checked_sub(y)?;
        let at = |diagonal: usize| furthest.get((diagonal + count).checked_sub(middle)?).copied();
        let (left, right) = (at(diagonal - 1).unwrap_or(0), at(diagonal + 1).unwrap_or(0));
        if goes_down(diagonal, middle, count, left, right) {
            x = right;
            y = (x + middle).checked_sub(diagonal + 1)?;
            edits.push((x, y, false));
        } else {
            x = left;
            y = (x + middle).checked_sub(diagonal - 1)?;
            edits.push((x, y, true));
        }
    }
    edits.reverse();
    Some(edits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LETTER: &str = "The office will send {} dollars to {} for the repair of its bridges. \
        The money comes from a fund for small towns, and {} was among the first to ask for it.";

    fn letter(fills: [&str; 3]) -> String {
        fills.iter().fold(LETTER.to_owned(), |text, fill| text.replacen("{}", fill, 1))
    }

    #[test]
    fn tells_form_letters_from_copies() {
        let base = letter(["5,000", "Elm Grove", "Elm Grove"]);
        for (other, expected) in [
            (letter(["12,400", "Red Hill", "Red Hill"]), true),
            (letter(["5,000", "North Fork", "North Fork"]), true),
            (letter(["5,500", "Elm Grove", "Elm Grove"]), false),
            (base.clone(), false),
            (base.to_uppercase(), false),
            (format!("By Ann Lee. {base}"), false),
            (letter(["12,400", "Red Hill", "Red Hill"]).replace("for small", "forsmall"), true),
            (base.replace("for small", "forsmall"), false),
            (base.replace("bridges", "roads"), false),
            (base.replace("The money", "All of this"), false),
            (String::new(), false),
            ("—".to_owned(), false),
        ] {
            assert_eq!(differs_only_in_names_and_numbers(&base, &other), expected, "{other}");
            assert_eq!(differs_only_in_names_and_numbers(&other, &base), expected, "{other}");
        }
    }

    #[test]
    fn texts_with_nothing_in_common_end_soon() {
        let numbers =
            |from: u32| (from..from + 50_000).map(|i| format!("{i} ")).collect::<String>();
        assert!(!differs_only_in_names_and_numbers(&numbers(0), &numbers(100_000)));
    }

    proptest! {
        #[test]
        fn hunks_turn_one_list_into_the_other(
            a in prop::collection::vec(0_u64..4, 0..40),
            b in prop::collection::vec(0_u64..4, 0..40),
        ) {
            let hunks = hunks(&a, &b).unwrap();
            let (mut made, mut at) = (Vec::new(), 0);
            for hunk in &hunks {
                made.extend_from_slice(&a[at..hunk.a.start]);
                prop_assert_eq!(made.len(), hunk.b.start);
                made.extend_from_slice(&b[hunk.b.clone()]);
                at = hunk.a.end;
            }
            made.extend_from_slice(&a[at..]);
            prop_assert_eq!(made, b);
        }
    }
}
