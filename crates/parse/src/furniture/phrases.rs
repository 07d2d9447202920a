//! The phrase lists: how furniture and promotion read, in several languages.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::tokens::{COLON, OTHER, SIGNS, STOP, Token, Vocabulary};

/// Words that a gap in a phrase may hold at most.
const GAP_WORDS_MAX: usize = 5;

/// What a phrase speaks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// The reader is asked for something.
    Promo,
    /// What the page or list puts around an article.
    Furniture,
    /// The head of a list of other stories or contacts: furniture, and so is what it lists.
    Head,
    /// The line tells or quotes something: it belongs to the article.
    Prose,
}

/// One phrase: runs of words with gaps in between.
#[derive(Debug)]
struct Phrase {
    kind: Kind,
    weight: f32,
    at_start: bool,
    at_end: bool,
    /// Whether up to [`GAP_WORDS_MAX`] words may stand between the last run and the end.
    gap_to_end: bool,
    /// Each word is a set of words that may stand there.
    runs: Vec<Vec<Vec<Token>>>,
}

/// A phrase found in a line.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Match {
    pub(super) kind: Kind,
    pub(super) weight: f32,
    /// Tokens from its first to its last word.
    pub(super) tokens: usize,
    /// Of these, its own words: all but what stands in its gaps.
    pub(super) words: usize,
}

/// All phrases, by the token they start with.
#[derive(Debug, Default)]
pub(super) struct Phrases {
    pub(super) vocabulary: Vocabulary,
    phrases: Vec<Phrase>,
    by_first: Vec<Vec<u16>>,
    /// The same for phrases that only stand at the start of a sentence.
    by_start: Vec<Vec<u16>>,
}

/// A line of the phrase file that says nothing.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {line} of the phrase file: {why}")]
pub(super) struct PhraseError {
    line: usize,
    why: &'static str,
}

static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    // What cannot be read would be a fault of the file shipped inside; a test holds it to none.
    Phrases::parse(include_str!("../../data/furniture/phrases.tsv")).0
});

/// The phrases that ship with newsmill.
pub(super) fn shipped() -> &'static Phrases {
    &PHRASES
}

impl Phrases {
    /// Reads a phrase file; lines that cannot be read are left out and told.
    pub(super) fn parse(file: &str) -> (Self, Vec<PhraseError>) {
        let mut phrases = Self::default();
        let mut classes = HashMap::new();
        let mut errors = Vec::new();
        for (index, line) in file.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            if let Err(why) = phrases.add(line, &mut classes) {
                errors.push(PhraseError { line: index + 1, why });
            }
        }
        (phrases, errors)
    }

    fn add<'f>(
        &mut self,
        line: &'f str,
        classes: &mut HashMap<&'f str, &'f str>,
    ) -> Result<(), &'static str> {
        let mut fields = line.split('\t');
        let (Some(kind), Some(language), Some(weight), Some(text), None) =
            (fields.next(), fields.next(), fields.next(), fields.next(), fields.next())
        else {
            return Err("it must have four fields: kind, language, weight, phrase");
        };
        if language != "*"
            && (language.len() != 2 || !language.bytes().all(|b| b.is_ascii_lowercase()))
        {
            return Err("the language must be an ISO 639-1 code, or * for any");
        }
        let kind = match kind {
            "promo" => Kind::Promo,
            "furniture" => Kind::Furniture,
            "head" => Kind::Head,
            "prose" => Kind::Prose,
            "class" => {
                classes.insert(weight, text);
                return Ok(());
            }
            _ => return Err("its kind is none of promo, furniture, head, prose, class"),
        };
        let weight: f32 = weight.parse().map_err(|_| "its weight is no number")?;
        if !(0.0..=10.0).contains(&weight) {
            return Err("its weight is not between 0 and 10");
        }
        // `a|$` at the end stands for two phrases: one that ends in `a`, one that ends there.
        if let Some((front, last)) = text.rsplit_once(' ')
            && let Some(word) = last.strip_suffix("|$")
        {
            self.add_phrase(kind, weight, &format!("{front} $"), classes)?;
            return self.add_phrase(kind, weight, &format!("{front} {word}"), classes);
        }
        self.add_phrase(kind, weight, text, classes)
    }

    fn add_phrase(
        &mut self,
        kind: Kind,
        weight: f32,
        text: &str,
        classes: &HashMap<&str, &str>,
    ) -> Result<(), &'static str> {
        let mut phrase = Phrase {
            kind,
            weight,
            at_start: false,
            at_end: false,
            gap_to_end: false,
            runs: vec![Vec::new()],
        };
        for word in text.split(' ') {
            match word {
                "^" => phrase.at_start = true,
                "$" => phrase.at_end = true,
                "…" => phrase.runs.push(Vec::new()),
                _ => {
                    let set = self.set(word, classes)?;
                    phrase.runs.last_mut().ok_or("it is empty")?.push(set);
                }
            }
        }
        if phrase.runs.len() > 1 && phrase.at_end && phrase.runs.last().is_some_and(Vec::is_empty) {
            phrase.runs.pop();
            phrase.gap_to_end = true;
        }
        if phrase.runs.iter().any(Vec::is_empty) {
            return Err("a gap must stand between words");
        }
        let index = u16::try_from(self.phrases.len()).map_err(|_| "it is one too many")?;
        for &first in &phrase.runs[0][0] {
            let table = if phrase.at_start { &mut self.by_start } else { &mut self.by_first };
            table.resize(self.vocabulary.len().max(table.len()), Vec::new());
            table[usize::from(first)].push(index);
        }
        self.phrases.push(phrase);
        Ok(())
    }

    /// The tokens that may stand for one word of a phrase: `a|b`, `<class>`, `<sign>`.
    fn set(
        &mut self,
        word: &str,
        classes: &HashMap<&str, &str>,
    ) -> Result<Vec<Token>, &'static str> {
        let mut set = Vec::new();
        for choice in word.split('|') {
            let Some(name) = choice.strip_prefix('<').and_then(|c| c.strip_suffix('>')) else {
                set.push(self.word(choice)?);
                continue;
            };
            if let Some((_, sign)) = SIGNS.iter().find(|(sign, _)| *sign == name) {
                set.push(*sign);
            } else if let Some(members) = classes.get(name) {
                for member in members.split(' ') {
                    set.push(self.word(member)?);
                }
            } else {
                return Err("it names a class that is not defined above it");
            }
        }
        Ok(set)
    }

    fn word(&mut self, word: &str) -> Result<Token, &'static str> {
        if !word.bytes().all(|b| b.is_ascii_lowercase()) || word.is_empty() {
            return Err("words stand in lower case, without accents and signs");
        }
        self.vocabulary.add(word).ok_or("a word of it is too long")
    }

    /// Finds the phrases of a line, none overlapping another and each once: at each place the
    /// weightiest.
    pub(super) fn find(&self, tokens: &[Token], mut found: impl FnMut(Match)) {
        // More than these few are only in lines made to have them.
        let mut seen = [u16::MAX; 16];
        let mut count = 0;
        let mut at = 0;
        while at < tokens.len() {
            let Some((index, phrase, end)) = self.best(tokens, at) else {
                at += 1;
                continue;
            };
            let is_new = !seen.contains(&index);
            if is_new {
                seen[count % seen.len()] = index;
                count += 1;
            }
            let Phrase { kind, weight, .. } = *phrase;
            let weight = if is_new { weight } else { 0.0 };
            found(Match { kind, weight, tokens: end - at, words: phrase.words() });
            at = end;
        }
    }

    /// The weightiest phrase at a place, of several the longest, and where it ends.
    fn best(&self, tokens: &[Token], at: usize) -> Option<(u16, &Phrase, usize)> {
        if tokens[at] == OTHER {
            return None;
        }
        let mut best: Option<(u16, &Phrase, usize)> = None;
        let first = usize::from(tokens[at]);
        let anywhere = self.by_first.get(first).map_or(&[][..], |v| v);
        let is_start = at == 0 || matches!(tokens[at - 1], STOP | COLON);
        let at_start = self.by_start.get(first).filter(|_| is_start).map_or(&[][..], |v| v);
        for &index in anywhere.iter().chain(at_start) {
            let phrase = &self.phrases[usize::from(index)];
            let Some(end) = phrase.end(tokens, at) else { continue };
            if best.is_none_or(|(_, b, b_end)| (b.weight, b_end) < (phrase.weight, end)) {
                best = Some((index, phrase, end));
            }
        }
        best
    }
}

impl Phrase {
    fn words(&self) -> usize {
        self.runs.iter().map(Vec::len).sum()
    }

    /// Where the phrase ends if it stands at `at`.
    fn end(&self, tokens: &[Token], at: usize) -> Option<usize> {
        // Most phrases fail at their second word.
        if let Some(second) = self.runs[0].get(1)
            && tokens.get(at + 1).is_none_or(|token| !second.contains(token))
        {
            return None;
        }
        let mut end = at;
        for (index, run) in self.runs.iter().enumerate() {
            let gap = if index == 0 { 0 } else { GAP_WORDS_MAX };
            let start = (end..=end + gap).find(|&start| {
                tokens.get(start..start + run.len()).is_some_and(|words| {
                    run.iter().zip(words).all(|(set, word)| set.contains(word))
                })
            })?;
            end = start + run.len();
        }
        if self.gap_to_end {
            let last = tokens.len().min(end + GAP_WORDS_MAX);
            end = (end..last).find(|&at| tokens[at] == STOP).unwrap_or(last);
        }
        (!self.at_end || end == tokens.len() || tokens[end] == STOP).then_some(end)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::furniture::tokens::Reader;

    const FILE: &str = include_str!("../../data/furniture/phrases.tsv");

    #[test]
    fn every_phrase_of_the_file_is_read_and_stands_there_once() {
        let (_, errors) = Phrases::parse(FILE);
        assert_eq!(errors, []);
        let mut seen = BTreeSet::new();
        let mut languages = BTreeSet::new();
        for line in FILE.lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
            let fields: Vec<_> = line.split('\t').collect();
            if fields[0] != "class" {
                assert!(seen.insert(fields[3]), "twice: {line}");
                languages.insert(fields[1]);
            }
        }
        for language in ["*", "en", "de", "es", "fr", "pt", "it", "nl"] {
            assert!(languages.contains(language), "{language}");
        }
    }

    #[test]
    fn every_phrase_is_found_in_itself() {
        // The first alternative of each word, a word no phrase knows in each gap.
        let (phrases, _) = Phrases::parse(FILE);
        for phrase in &phrases.phrases {
            let mut tokens = Vec::new();
            for (index, run) in phrase.runs.iter().enumerate() {
                if index > 0 {
                    tokens.push(OTHER);
                }
                tokens.extend(run.iter().map(|set| set[0]));
            }
            assert_eq!(phrase.end(&tokens, 0), Some(tokens.len()), "{phrase:?}");
        }
    }

    #[test]
    fn faults_are_told() {
        // line, why it cannot be read
        let cases = [
            ("promo\ten\t3", "it must have four fields: kind, language, weight, phrase"),
            ("promo\teng\t3\ta", "the language must be an ISO 639-1 code, or * for any"),
            ("other\ten\t3\ta", "its kind is none of promo, furniture, head, prose, class"),
            ("promo\ten\tx\ta", "its weight is no number"),
            ("promo\ten\t-1\ta", "its weight is not between 0 and 10"),
            ("promo\ten\tNaN\ta", "its weight is not between 0 and 10"),
            ("promo\ten\t3\t^ …", "a gap must stand between words"),
            ("promo\ten\t3\tA", "words stand in lower case, without accents and signs"),
            ("promo\ten\t3\ta  b", "words stand in lower case, without accents and signs"),
            ("promo\ten\t3\t<what>", "it names a class that is not defined above it"),
        ];
        for (line, why) in cases {
            let (_, errors) = Phrases::parse(line);
            assert_eq!(errors, [PhraseError { line: 1, why }], "{line}");
        }
    }

    #[test]
    fn matching() {
        let file = "class\t*\tplace\there there\n\
                    promo\ten\t1\tgo <place>\n\
                    promo\ten\t2\tgo … home\n\
                    furniture\ten\t3\t^ on top\n\
                    prose\ten\t4\tsay so $\n\
                    head\ten\t5\tmore <colon>|$\n\
                    head\ten\t6\t^ news of … $";
        let (phrases, errors) = Phrases::parse(file);
        assert_eq!(errors, []);
        // line, weights found
        let cases: [(&str, &[f32]); 12] = [
            ("Go there", &[1.0]),
            ("go here and go home", &[2.0]),
            ("go a b c d e home", &[2.0]),
            ("go a b c d e f home", &[]),
            ("go away. On top, and on top", &[3.0]),
            ("I say so", &[4.0]),
            ("I say so! Indeed", &[4.0]),
            ("I say so now", &[]),
            ("more: a", &[5.0]),
            ("no more", &[5.0]),
            ("more a", &[]),
            ("News of the world today", &[6.0]),
        ];
        let mut reader = Reader::default();
        for (line, want) in cases {
            let (tokens, _) = reader.read(line, &phrases.vocabulary);
            let mut got = Vec::new();
            phrases.find(tokens, |found| got.push(found.weight));
            assert_eq!(got, want, "{line}");
        }
    }
}
