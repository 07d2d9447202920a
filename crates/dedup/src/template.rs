//! Form letters: texts alike but for the names and numbers that are filled in.
//!
//! Two announcements of grants to two counties share nearly all words and state different facts.
//! A copy of a story differs otherwise: words are edited, passages are cut or added, a byline is
//! put in front. So the rule looks at what differs, word by word.

use hashbrown::HashSet;

use crate::tokens::{Tokens, tokenize_with_spans_into};

/// More edits than this and the texts are no form letter.
const MOST_EDITS: usize = 512;

/// Whether two similar texts differ, for the most part, in names and numbers that stand in each
/// other's place.
///
/// The words are aligned by a shortest edit script (Myers 1986). Names are words with a capital
/// letter that occur nowhere in either text without it; numbers are words with a digit. True when at least
/// one number or name was exchanged for another in the middle of common text, and names and numbers
/// are at least three quarters of all words that differ.
///
/// Linear in the length of the texts, times at most the number of edits, which is bounded.
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
    let Some(hunks) = hunks(a.tokens.hashes(), b.tokens.hashes()) else { return false };
    let uncapitalised: HashSet<u64> = a.uncapitalised().chain(b.uncapitalised()).collect();
    let (mut exchanged, mut filled, mut differing) = (0, 0, 0);
    for hunk in &hunks {
        let of_a = hunk.a.clone().filter(|&at| a.is_fill(at, &uncapitalised)).count();
        let of_b = hunk.b.clone().filter(|&at| b.is_fill(at, &uncapitalised)).count();
        let inside = hunk.a.start > 0 && hunk.a.end < a.tokens.len();
        exchanged += usize::from(inside && of_a > 0 && of_b > 0);
        filled += of_a + of_b;
        differing += hunk.a.len() + hunk.b.len();
    }
    exchanged > 0 && 4 * filled >= 3 * differing
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

    /// Whether a word is a name or a number.
    fn is_fill(&self, at: usize, uncapitalised: &HashSet<u64>) -> bool {
        let common =
            || self.tokens.hashes().get(at).is_some_and(|hash| uncapitalised.contains(hash));
        self.word(at).contains(char::is_numeric) || (self.is_capitalised(at) && !common())
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
