//! What an article is about in short: lead, keywords, counts.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use newsmill_article::{Article, BlockKind, Counts, EntityKind, Facts, Kept, KeptBlock, Sourced};

use crate::entities::words::{self, Gap, Token};
use crate::language::{Hashed, bit, is_small_word};
use crate::{Fact, sentences};

/// The lead, the keywords and the counts of the kept text.
///
/// * `lead`: the first sentences of the first paragraph that says something (no byline, stamp or
///   caption), up to 60 bytes and the end of the sentence.
/// * `keywords`: up to ten phrases of one to three words, weighed by how often they stand in the
///   text, how early, and whether they are names; of phrases that hold one another one stays. In
///   the manner of RAKE (Rose et al. 2010) and YAKE (Campos et al. 2020), in one pass.
/// * `counts`: words, sentences, paragraphs, and for English Flesch's reading ease.
///
/// ```
/// use newsmill_article::{Article, Block, BlockKind, Limits, Origin, Span};
/// let text = "The Rimac river rose on Monday in Lima, and the water stood in the streets for a day. \
///             The Rimac river last rose so far in 1998.";
/// let block = Block::new(BlockKind::Paragraph, Span::whole(text));
/// let article = Article::new("a".into(), Origin::new("in", 0), text.into(), vec![block], vec![])?;
/// let facts = newsmill_extract::extract(&article, &article.kept(), &Limits::default());
/// assert!(facts.lead.unwrap().value.ends_with("streets for a day."));
/// assert!(facts.keywords.iter().any(|k| k.contains("Rimac")));
/// assert_eq!(facts.counts.unwrap().sentences, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Summary;

impl Fact for Summary {
    fn name(&self) -> &'static str {
        "summary"
    }

    fn about(&self) -> &'static str {
        "the lead, keywords, and counts of words, sentences and paragraphs with a reading ease"
    }

    fn example(&self) -> &'static str {
        "The river rose on Monday in Lima, and the water stood in the streets for a day."
    }

    fn extract(&self, _: &Article, kept: &Kept, facts: &mut Facts) {
        if kept.text().is_empty() {
            return;
        }
        if facts.lead.is_none() {
            facts.lead = lead(kept);
        }
        if facts.counts.is_none() {
            let english = facts.language.as_ref().is_some_and(|l| l.value == "en");
            facts.counts = Some(counts(kept, english));
        }
        if facts.keywords.is_empty() {
            facts.keywords = keywords(kept, facts);
        }
    }
}

fn is_body(block: &KeptBlock) -> bool {
    matches!(block.block.kind, BlockKind::Paragraph | BlockKind::Quote | BlockKind::ListItem)
}

/// Bytes a lead has at least, if its paragraph does.
const LEAD: usize = 60;
/// Words of a paragraph that says something.
const SAYS: usize = 8;

fn lead(kept: &Kept) -> Option<Sourced<String>> {
    let body = kept
        .blocks()
        .iter()
        .filter(|b| b.block.kind == BlockKind::Paragraph && b.block.quoted == 0);
    for block in body.take(12) {
        let Some(text) = kept.text().get(block.range.clone()) else { continue };
        let closed =
            text.trim_end_matches(['”', '"', ')', '’', '»']).ends_with(['.', '!', '?', '…', '。']);
        let words = text.split_whitespace().take(SAYS).count();
        if words < SAYS || !(closed || sentences(text).nth(1).is_some()) {
            continue;
        }
        let mut end = 0;
        for sentence in sentences(text) {
            end = sentence.end;
            if end >= LEAD {
                break;
            }
        }
        let range = block.range.start..block.range.start + end;
        let mut found = Sourced::new(text[..end].to_owned(), "first paragraph");
        found.span = kept.span_of(range);
        return Some(found);
    }
    None
}

fn counts(kept: &Kept, english: bool) -> Counts {
    let mut counts = Counts::default();
    let mut syllables = 0;
    for block in kept.blocks().iter().filter(|b| is_body(b)) {
        let Some(text) = kept.text().get(block.range.clone()) else { continue };
        counts.paragraphs += u32::from(block.block.kind == BlockKind::Paragraph);
        counts.sentences += count(sentences(text).count());
        let (words, of_words) = words_and_syllables(text);
        counts.words += words;
        syllables += of_words;
    }
    // Sentences of a hundred words are none: the text lost its stops.
    if english && counts.words >= 30 && counts.words < 100 * counts.sentences {
        let words = f64::from(counts.words);
        let ease = 206.835
            - 1.015 * words / f64::from(counts.sentences)
            - 84.6 * f64::from(syllables) / words;
        counts.reading_ease = Some((ease * 10.0).round() as f32 / 10.0);
    }
    counts
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// A word while its bytes are read.
#[derive(Default)]
struct Reading {
    says: bool,
    /// Groups of vowels.
    groups: u32,
    vowel: bool,
    /// Its bytes so far, its last letter and the byte before that one.
    len: usize,
    last: u8,
    before_last: u8,
    letters_end: usize,
}

impl Reading {
    /// Syllables of an English word: groups of vowels, a silent `e` at the end left out.
    fn syllables(&self) -> u32 {
        let silent = self.letters_end >= 3
            && self.last == b'e'
            && !is_vowel(self.before_last)
            && self.before_last != b'l';
        if silent && self.groups > 1 { self.groups - 1 } else { self.groups.max(1) }
    }
}

const fn is_vowel(b: u8) -> bool {
    matches!(b, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

/// Letters of ASCII: 1, vowels 2; all other bytes 0.
static LETTERS: [u8; 256] = {
    let mut letters = [0; 256];
    let mut b = 0_u8;
    while b < 128 {
        if b.is_ascii_alphabetic() {
            letters[b as usize] = 1 + is_vowel(b | 0x20) as u8;
        }
        b += 1;
    }
    letters
};

/// Words of `text`, what white space parts and has a letter or digit, and their syllables if they are
/// English.
fn words_and_syllables(text: &str) -> (u32, u32) {
    let (mut words, mut syllables) = (0, 0);
    let mut word = Reading::default();
    let mut end = |word: &mut Reading| {
        if word.says {
            words += 1;
            syllables += word.syllables();
        }
        *word = Reading::default();
    };
    let bytes = text.as_bytes();
    let mut before = 0;
    let mut at = 0;
    while let Some(&b) = bytes.get(at) {
        let mut len = 1;
        let small = b | 0x20;
        if LETTERS[usize::from(b)] != 0 {
            let vowel = LETTERS[usize::from(b)] == 2;
            word.says = true;
            word.groups += u32::from(vowel && !word.vowel);
            (word.vowel, word.before_last, word.last) = (vowel, before, small);
            word.letters_end = word.len + 1;
            before = small;
        } else {
            (word.vowel, before) = (false, b);
            let mut blank = b.is_ascii_whitespace() || b == 0x0B;
            word.says |= b.is_ascii_digit();
            if b >= 128 {
                let Some(c) = text[at..].chars().next() else { break };
                len = c.len_utf8();
                blank = c.is_whitespace();
                word.says |= c.is_alphanumeric();
            }
            if blank {
                end(&mut word);
                at += len;
                continue;
            }
        }
        word.len += len;
        at += len;
    }
    end(&mut word);
    (words, syllables)
}

/// Keywords given.
const MOST: usize = 10;
/// Bytes of the kept text that keywords are taken from.
const BYTES: usize = 32 << 10;
/// Words of the longest phrase.
const LONGEST: usize = 3;

/// A phrase and where it was seen.
struct Phrase<'a> {
    text: &'a str,
    times: u32,
    first: usize,
    words: usize,
    named: bool,
}

fn keywords(kept: &Kept, facts: &Facts) -> Vec<String> {
    let text = kept.text();
    let text = &text[..text.floor_char_boundary(BYTES)];
    let language = bit(facts.language.as_ref().map(|l| l.value.as_str()));
    let tokens = words::of(text);
    let mut phrases = Phrases::default();
    for entity in &facts.entities {
        let name = matches!(
            entity.kind,
            EntityKind::Person | EntityKind::Organisation | EntityKind::Place
        );
        let Some(range) = kept.range_of(entity.span).filter(|r| name && r.end <= text.len()) else {
            continue;
        };
        let from = tokens.partition_point(|t| t.start < range.start);
        let to = from + tokens[from..].partition_point(|t| t.start < range.end);
        if (1..=5).contains(&(to - from)) {
            phrases.add(&tokens[from..to], &text[range], true);
        }
    }
    // Only words that recur can be in a phrase that does.
    let says = |token: &Token<'_>| {
        token.text.len() >= 3
            && !token.text.as_bytes()[0].is_ascii_digit()
            && !is_small_word(token.hash, language)
    };
    let content: Vec<bool> = tokens.iter().map(says).collect();
    let mut times: HashMap<u32, u32, BuildHasherDefault<Hashed>> = HashMap::default();
    for (token, _) in tokens.iter().zip(&content).filter(|(_, content)| **content) {
        *times.entry(token.hash).or_default() += 1;
    }
    let mut start = None;
    for (at, token) in tokens.iter().enumerate() {
        let recurs = content[at] && times.get(&token.hash).is_some_and(|n| *n > 1);
        if let Some(from) = start
            && (!recurs || token.before != Gap::Space)
        {
            phrases.add_all(&tokens[from..at], text);
            start = None;
        }
        if recurs {
            start.get_or_insert(at);
        }
    }
    if let Some(from) = start {
        phrases.add_all(&tokens[from..], text);
    }
    let length = text.len().max(1) as f64;
    let mut scored: Vec<(f64, &Phrase<'_>)> = phrases
        .0
        .values()
        .filter(|p| p.times > 1 || p.named)
        .map(|p| {
            let early = 1.0 + 0.6 * (1.0 - p.first as f64 / length);
            let form = match (p.named, p.words) {
                (true, 1) => 1.0,
                (true, _) => 1.5,
                (false, 1) => 0.5,
                (false, _) => 1.3,
            };
            (f64::from(p.times).sqrt() * early * form, p)
        })
        .collect();
    scored.sort_by(|a, b| {
        b.0.total_cmp(&a.0).then(a.1.first.cmp(&b.1.first)).then(a.1.text.cmp(b.1.text))
    });
    let mut chosen: Vec<&str> = Vec::new();
    let mut taken: Vec<&str> = Vec::new();
    for (_, phrase) in scored {
        let words = || phrase.text.split_whitespace();
        if words().any(|w| taken.iter().any(|t| is_same(t, w))) {
            continue;
        }
        taken.extend(words());
        chosen.push(phrase.text);
        if chosen.len() == MOST {
            break;
        }
    }
    chosen.into_iter().map(|c| c.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// Whether two words are the same but for capitals and an `s` at the end.
fn is_same(one: &str, other: &str) -> bool {
    let stem = |w: &'_ str| w.trim_end_matches(['s', 'S']).len();
    one[..stem(one)].eq_ignore_ascii_case(&other[..stem(other)])
}

/// Phrases by the hash of their words in small letters.
#[derive(Default)]
struct Phrases<'a>(HashMap<u32, Phrase<'a>, BuildHasherDefault<Hashed>>);

impl<'a> Phrases<'a> {
    /// Counts a phrase of `words` that stands as `text`.
    fn add(&mut self, words: &[Token<'a>], text: &'a str, named: bool) {
        let key = words
            .iter()
            .fold(0_u32, |key, word| key.rotate_left(5).wrapping_mul(0x9E37_79B1) ^ word.hash);
        let first = words.first().map_or(0, |w| w.start);
        let new = Phrase { text, times: 0, first, words: words.len(), named };
        let known = self.0.entry(key).or_insert(new);
        known.times += 1;
        known.named |= named;
    }

    /// Counts the phrases of a stretch of content words.
    fn add_all(&mut self, stretch: &[Token<'a>], text: &'a str) {
        for from in 0..stretch.len() {
            for words in 1..=LONGEST.min(stretch.len() - from) {
                let words = &stretch[from..from + words];
                let range = words[0].start..words[words.len() - 1].end();
                self.add(words, &text[range], false);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::lines;
    use newsmill_article::Limits;

    fn facts(text: &str) -> Facts {
        let article = lines(text);
        crate::extract(&article, &article.kept(), &Limits::default())
    }

    #[test]
    fn the_lead_is_the_first_paragraph_that_says_something() {
        let text = "River Rises\nBy Ana Ruiz\nMarch 13, 2025\nThe river rose. The water stood in every street \
                    of the town for a day. It fell.\nMore.";
        let lead = facts(text).lead.unwrap();
        assert_eq!(
            lead.value,
            "The river rose. The water stood in every street of the town for a day."
        );
        assert_eq!(facts("One\nTwo").lead, None);
    }

    #[test]
    fn counts_of_a_text() {
        let text = "The cat sat on the mat. The dog ran to the cat and the cat ran to the tree. The man saw \
                    the cat and the dog and he went to them with a bone.";
        let counts = facts(text).counts.unwrap();
        assert_eq!((counts.words, counts.sentences, counts.paragraphs), (35, 3, 1));
        assert!(counts.reading_ease.unwrap() > 95.0);
        let cases =
            [("river", 2), ("rose", 1), ("table", 2), ("education", 4), ("the", 1), ("12", 1)];
        for (word, want) in cases {
            assert_eq!(words_and_syllables(word), (1, want), "{word}");
        }
        assert_eq!(words_and_syllables("one – two\u{a0}three"), (3, 3));
    }

    #[test]
    fn keywords_are_names_and_phrases_that_recur() {
        let text = "Ana Ruiz closed the dam gates on Monday. The dam gates had been open since 1998, Ruiz said, \
                    and the town of Lima was dry. Dam gates are shut by hand.";
        let keywords = facts(text).keywords;
        assert!(keywords.contains(&"dam gates".to_owned()), "{keywords:?}");
        assert!(keywords.contains(&"Ana Ruiz".to_owned()), "{keywords:?}");
        assert!(keywords.len() <= MOST);
    }

    #[test]
    fn hostile_texts_take_linear_time() {
        let units = ["river ", "a.", "A b. ", "River-", "’", "\n"];
        crate::testing::assert_linear(&units, 20_000, |text| {
            let _unused = facts(text);
        });
    }
}
