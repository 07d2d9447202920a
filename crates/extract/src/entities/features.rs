//! What the tagger looks at: runs of words that could hold names, and hashed features of each
//! word.

use std::ops::Range;

use super::gazetteer::{CITY, COMMON, COUNTRY, GIVEN, REGION, Walk};
use super::words::{self, Gap, Token, hash};

/// A text, ready to be tagged.
pub(crate) struct Document<'a> {
    /// Its words.
    pub(crate) tokens: Vec<Token<'a>>,
    /// What the gazetteer says of each word.
    bits: Vec<u8>,
    /// What it says of the longest name over several words that covers the word.
    covered: Vec<u8>,
    /// The words that stand with a capital somewhere.
    forms: Forms,
}

/// Most words of a name in the gazetteer.
const LONGEST_NAME: usize = 4;

impl<'a> Document<'a> {
    /// The words of `text` and what is known about them.
    pub(crate) fn of(text: &'a str) -> Self {
        let tokens = words::of(text);
        let mut document = Self {
            bits: vec![0; tokens.len()],
            covered: vec![0; tokens.len()],
            forms: Forms::new(tokens.iter().filter(|t| t.capital).count()),
            tokens,
        };
        document.look_up();
        document.gather();
        document
    }

    /// Looks words with capitals up, and names of several words that begin with them.
    fn look_up(&mut self) {
        let Some(start) = Walk::new() else { return };
        for i in 0..self.tokens.len() {
            let token = &self.tokens[i];
            if !token.capital {
                continue;
            }
            let form = self.forms.of(token.hash, || {
                let mut walk = start;
                walk.word(token.text);
                walk
            });
            let Some(form) = form else { continue };
            let mut walk = form.walk;
            self.bits[i] = form.bits;
            for n in 1..LONGEST_NAME {
                let Some(token) = self.tokens.get(i + n).filter(|t| t.before == Gap::Space) else {
                    break;
                };
                walk.byte(b' ');
                if !walk.goes_on() || !walk.word(token.text) {
                    break;
                }
                let bits = walk.bits();
                if bits & !COMMON != 0 && token.capital {
                    self.covered[i..=i + n].fill(bits);
                }
            }
        }
    }

    /// Gathers where else in the text the words with capitals stand.
    fn gather(&mut self) {
        for i in 0..self.tokens.len() {
            let token = &self.tokens[i];
            if !token.capital {
                self.forms.mark(token.hash, SMALL);
                continue;
            }
            let mut marks = if token.opens() { 0 } else { INSIDE };
            if let Some(before) = i.checked_sub(1).filter(|_| token.before == Gap::Space)
                && self.tokens[before].capital
            {
                if self.bits[before] & GIVEN != 0 {
                    marks |= BEHIND_GIVEN;
                }
                if is_title(self.tokens[before].text) {
                    marks |= BEHIND_TITLE;
                }
            }
            self.forms.mark(token.hash, marks);
        }
    }

    /// The runs of words that are tagged: words with a capital, parted by blanks, with at most two
    /// small joining words between them. All other words are no names, nor is a small word (`The`,
    /// `But`) alone at the start of a sentence.
    pub(crate) fn runs(&self) -> Vec<Range<usize>> {
        let mut runs = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            if !self.tokens[at].capital {
                at += 1;
                continue;
            }
            let start = at;
            let mut end = at + 1;
            loop {
                let mut next = end;
                while next < self.tokens.len()
                    && next - end < 2
                    && self.tokens[next].before == Gap::Space
                    && is_joint(self.tokens[next].text)
                {
                    next += 1;
                }
                let joins = self
                    .tokens
                    .get(next)
                    .is_some_and(|t| t.capital && matches!(t.before, Gap::Space));
                if !joins {
                    break;
                }
                end = next + 1;
            }
            let opener = end == start + 1
                && self.tokens[start].opens()
                && is_opener(self.tokens[start].text);
            if !opener {
                runs.push(start..end);
            }
            at = end;
        }
        runs
    }

    /// Hashes of the features of word `i` of `run`, into `out`.
    pub(crate) fn features(&self, run: &Range<usize>, i: usize, out: &mut Vec<u32>) {
        out.clear();
        let token = &self.tokens[i];
        let near = |at: Option<usize>| at.and_then(|at| self.tokens.get(at));
        let word = token.hash;
        let (before, after) = (near(i.checked_sub(1)), near(Some(i + 1)));
        // Beyond the end of a sentence nothing is looked at.
        let left = before.filter(|_| !matches!(token.before, Gap::Stop | Gap::Break));
        let right = after.filter(|_| !matches!(token.after, Gap::Stop | Gap::Break));
        let left_hash = left.map_or(1, |t| t.hash).wrapping_add(token.before as u32);
        let right_hash = right.map_or(2, |t| t.hash).wrapping_add(token.after as u32);
        let far_left = left
            .and_then(|t| {
                near(i.checked_sub(2)).filter(|_| !matches!(t.before, Gap::Stop | Gap::Break))
            })
            .map_or(3, |t| t.hash);
        let far_right = right
            .and_then(|t| near(Some(i + 2)).filter(|_| !matches!(t.after, Gap::Stop | Gap::Break)))
            .map_or(4, |t| t.hash);
        let shape = shape(token.text);
        let opens = u32::from(token.opens());
        let bits = u32::from(self.bits[i]);
        let covered = u32::from(self.covered[i]);
        let marks = self.forms.marks(word) | if token.capital { 0 } else { SMALL };
        let held = |mark: u8| u32::from(marks & mark != 0);
        let seen = held(SMALL) | held(INSIDE) << 1;
        let person = held(BEHIND_GIVEN) | held(BEHIND_TITLE) << 1;
        let place =
            u32::try_from((i - run.start).min(3) << 2 | (run.end - 1 - i).min(3)).unwrap_or(0);
        let head = self.tokens[run.end - 1].hash;
        let opener = self.tokens[run.start].hash;
        let bits_at = |at: Option<usize>| {
            at.filter(|at| run.contains(at)).map_or(256, |at| u32::from(self.bits[at]))
        };
        let (bits_left, bits_right) = (bits_at(i.checked_sub(1)), bits_at(Some(i + 1)));
        let left_shape = left.map_or(9, |t| u32::from(t.capital));
        let right_shape = right.map_or(9, |t| u32::from(t.capital));
        let gaps = (token.before as u32) << 4 | token.after as u32;
        let mut add = |template: u32, a: u32, b: u32| out.push(mix(template, a, b));
        add(1, word, 0);
        add(2, word, opens);
        add(3, shape, opens);
        add(4, left_hash, 0);
        add(5, right_hash, 0);
        add(6, left_hash, far_left);
        add(7, right_hash, far_right);
        add(8, left_hash, word);
        add(9, right_hash, word);
        add(10, left_hash, right_hash);
        add(11, ends(token.text, 3), 0);
        add(12, ends(token.text, 2), shape);
        add(13, starts(token.text, 3), 0);
        add(14, bits, opens);
        add(15, covered, bits);
        add(16, bits, bits_left);
        add(17, bits, bits_right);
        add(18, seen, opens | (bits & u32::from(COMMON)) << 1);
        add(19, person, seen | opens << 2);
        add(20, place, shape);
        add(21, head, u32::from(i + 1 == run.end));
        add(22, opener, u32::from(i == run.start));
        add(23, bits, shape << 2 | left_shape);
        add(24, gaps, shape);
        add(25, left_hash, shape);
        add(26, right_hash, bits);
        add(27, left_hash, bits);
        add(28, far_left, far_right);
        add(29, left_shape << 4 | right_shape, shape << 16 | gaps);
        add(30, person, bits);
        add(31, place, bits);
        add(32, 0, 0);
    }

    /// What the gazetteer says of word `i`, alone or in a longer name.
    pub(crate) fn is_known_place(&self, i: usize) -> bool {
        (self.bits[i] | self.covered[i]) & (CITY | COUNTRY | REGION) != 0
    }

    /// Whether word `i` is a given name by the gazetteer.
    pub(crate) fn is_given_name(&self, i: usize) -> bool {
        self.bits[i] & GIVEN != 0
    }

    /// Whether word `i` also stands in small letters in the text or is known to elsewhere.
    pub(crate) fn is_common(&self, i: usize) -> bool {
        self.bits[i] & COMMON != 0 || self.forms.marks(self.tokens[i].hash) & SMALL != 0
    }
}

/// Also written in small letters.
const SMALL: u8 = 1;
/// With a capital inside a sentence.
const INSIDE: u8 = 1 << 1;
/// Behind a given name.
const BEHIND_GIVEN: u8 = 1 << 2;
/// Behind a title or trade (`Mr.`, `President`).
const BEHIND_TITLE: u8 = 1 << 3;

/// A word, whatever its capitals.
#[derive(Clone, Copy)]
struct Form {
    hash: u32,
    marks: u8,
    /// What the gazetteer says of it alone.
    bits: u8,
    /// Where in the gazetteer names go on that begin with it.
    walk: Walk,
}

/// Words by their hashes, in a table of open addresses.
struct Forms {
    /// A power of two.
    slots: Vec<Option<Form>>,
}

/// Slots that are tried for a word; words beyond that, which a text made for it can have, are left
/// out.
const TRIES: usize = 64;

impl Forms {
    /// For at most `words` different words.
    fn new(words: usize) -> Self {
        Self { slots: vec![None; (2 * words).next_power_of_two().max(4)] }
    }

    /// The slot of a word, or the empty one where it would stand.
    fn slot(&self, hash: u32) -> Option<usize> {
        let mask = self.slots.len() - 1;
        let first = (hash ^ hash >> 15) as usize;
        let mut tried = (first..first + TRIES).map(|at| at & mask);
        tried.find(|at| self.slots[*at].as_ref().is_none_or(|form| form.hash == hash))
    }

    /// The word, looked up by `walk` where it is new.
    fn of(&mut self, hash: u32, walk: impl Fn() -> Walk) -> Option<Form> {
        let slot = self.slot(hash)?;
        let form = self.slots[slot].get_or_insert_with(|| {
            let walk = walk();
            Form { hash, marks: 0, bits: walk.bits(), walk }
        });
        Some(*form)
    }

    /// Marks a word that is known.
    fn mark(&mut self, hash: u32, marks: u8) {
        if let Some(form) = self.slot(hash).and_then(|slot| self.slots[slot].as_mut()) {
            form.marks |= marks;
        }
    }

    fn marks(&self, hash: u32) -> u8 {
        let form = self.slot(hash).and_then(|slot| self.slots[slot].as_ref());
        form.map_or(0, |form| form.marks)
    }
}

fn mix(template: u32, a: u32, b: u32) -> u32 {
    let mut h = template.wrapping_mul(0x9E37_79B1) ^ a;
    h = (h ^ h >> 15).wrapping_mul(0x85EB_CA6B) ^ b.wrapping_mul(0xC2B2_AE35);
    h = (h ^ h >> 13).wrapping_mul(0x27D4_EB2F);
    h ^ h >> 16
}

fn starts(word: &str, chars: usize) -> u32 {
    let end = word.char_indices().nth(chars).map_or(word.len(), |(at, _)| at);
    hash(&word[..end])
}

fn ends(word: &str, chars: usize) -> u32 {
    let start = word.char_indices().rev().nth(chars - 1).map_or(0, |(at, _)| at);
    hash(&word[start..])
}

/// How a word is written: in capitals, with one, with digits, hyphens or points.
fn shape(word: &str) -> u32 {
    let (mut upper, mut lower, mut digits, mut hyphens, mut points) = (0, 0, 0, 0, 0);
    for c in word.chars() {
        match c {
            '-' => hyphens = 1,
            '.' => points = 1,
            c if c.is_ascii_digit() => digits = 1,
            c if c.is_uppercase() => upper += 1,
            _ => lower = 1,
        }
    }
    let length = word.len().min(5) as u32;
    let short = if lower == 0 { length } else { 6 };
    upper.min(3) | lower << 2 | digits << 3 | hyphens << 4 | points << 5 | short << 6
}

/// A word that says nothing when it stands alone at the start of a sentence.
fn is_opener(word: &str) -> bool {
    OPENERS.binary_search(&word).is_ok()
}

const OPENERS: &[&str] = &[
    "A",
    "About",
    "According",
    "After",
    "All",
    "Also",
    "Although",
    "An",
    "And",
    "Another",
    "Any",
    "As",
    "At",
    "Because",
    "Before",
    "Both",
    "But",
    "By",
    "During",
    "Each",
    "Even",
    "Every",
    "For",
    "From",
    "He",
    "Her",
    "Here",
    "His",
    "How",
    "However",
    "I",
    "I'm",
    "If",
    "In",
    "Instead",
    "It",
    "It's",
    "Its",
    "Just",
    "Many",
    "Meanwhile",
    "More",
    "Most",
    "My",
    "No",
    "Not",
    "Nothing",
    "Now",
    "Of",
    "On",
    "One",
    "Only",
    "Or",
    "Our",
    "Over",
    "People",
    "She",
    "Since",
    "So",
    "Some",
    "Still",
    "Such",
    "That",
    "The",
    "Their",
    "Then",
    "There",
    "These",
    "They",
    "This",
    "Those",
    "Though",
    "Through",
    "Thus",
    "To",
    "Today",
    "Two",
    "Under",
    "Until",
    "We",
    "What",
    "When",
    "Where",
    "Which",
    "While",
    "Who",
    "Why",
    "With",
    "Without",
    "Yes",
    "Yet",
    "You",
    "Your",
];

/// A small word inside names.
pub(crate) fn is_joint(word: &str) -> bool {
    matches!(
        word,
        "of" | "the"
            | "for"
            | "and"
            | "&"
            | "de"
            | "del"
            | "della"
            | "di"
            | "da"
            | "do"
            | "dos"
            | "das"
            | "du"
            | "des"
            | "la"
            | "le"
            | "les"
            | "el"
            | "al"
            | "van"
            | "von"
            | "der"
            | "den"
            | "ter"
            | "bin"
            | "bint"
            | "ibn"
            | "y"
            | "e"
            | "zu"
            | "on"
            | "in"
            | "at"
            | "to"
            | "und"
            | "et"
            | "für"
            | "pour"
    )
}

/// A title or trade right before a name.
pub(crate) fn is_title(word: &str) -> bool {
    TITLES.binary_search(&word).is_ok()
}

const TITLES: &[&str] = &[
    "Actor",
    "Actress",
    "Administrator",
    "Admiral",
    "Ambassador",
    "Analyst",
    "Archbishop",
    "Assemblyman",
    "Assemblywoman",
    "Assistant",
    "Attorney",
    "Ayatollah",
    "Bishop",
    "Brother",
    "CEO",
    "Captain",
    "Cardinal",
    "Chairman",
    "Chairperson",
    "Chairwoman",
    "Chancellor",
    "Chef",
    "Chief",
    "Cllr",
    "Co-founder",
    "Coach",
    "Col.",
    "Colonel",
    "Commissioner",
    "Comptroller",
    "Congressman",
    "Congresswoman",
    "Constable",
    "Corporal",
    "Councillor",
    "Councilman",
    "Councilwoman",
    "Dean",
    "Delegate",
    "Deputy",
    "Detective",
    "Director",
    "Dr.",
    "Economist",
    "Emperor",
    "Envoy",
    "Executive",
    "Father",
    "Founder",
    "Fr.",
    "Frau",
    "Gen.",
    "General",
    "Gov.",
    "Governor",
    "Headteacher",
    "Herr",
    "Imam",
    "Inspector",
    "Judge",
    "Justice",
    "King",
    "Lady",
    "Lawyer",
    "Lieutenant",
    "Lord",
    "Lt.",
    "Madame",
    "Maj.",
    "Major",
    "Manager",
    "Marshal",
    "Mayor",
    "Minister",
    "Miss",
    "Mme.",
    "Monsieur",
    "Mother",
    "Mr",
    "Mr.",
    "Mrs",
    "Mrs.",
    "Ms",
    "Ms.",
    "Officer",
    "Pope",
    "Premier",
    "President",
    "Prime",
    "Prince",
    "Princess",
    "Principal",
    "Private",
    "Prof.",
    "Professor",
    "Queen",
    "Rabbi",
    "Rep.",
    "Representative",
    "Rev.",
    "Reverend",
    "Secretary",
    "Sen.",
    "Senator",
    "Sergeant",
    "Sgt.",
    "Sheikh",
    "Sheriff",
    "Singer",
    "Sir",
    "Sister",
    "Speaker",
    "Spokesman",
    "Spokesperson",
    "Spokeswoman",
    "Sultan",
    "Superintendent",
    "Treasurer",
    "Undersecretary",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_sorted() {
        assert!(TITLES.is_sorted() && OPENERS.is_sorted());
    }

    #[test]
    fn runs_hold_names_and_joints() {
        let text = "The Bank of Lima and the mayor met Ana de la Cruz, a Peruvian, in Rome.";
        let document = Document::of(text);
        let runs: Vec<_> = document
            .runs()
            .into_iter()
            .map(|r| &text[document.tokens[r.start].start..document.tokens[r.end - 1].end()])
            .collect();
        assert_eq!(runs, ["The Bank of Lima", "Ana de la Cruz", "Peruvian", "Rome"]);
    }
}
