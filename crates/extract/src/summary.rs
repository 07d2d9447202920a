//! What an article is about in short: lead, keywords, counts.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use newsmill_article::{Article, BlockKind, Counts, EntityKind, Facts, Kept, KeptBlock, Sourced};

use crate::entities::hash;
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
        for word in text.split_whitespace() {
            if word.contains(char::is_alphanumeric) {
                counts.words += 1;
                syllables += if english { syllables_of(word) } else { 0 };
            }
        }
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

/// Syllables of an English word: groups of vowels, a silent `e` at the end left out.
fn syllables_of(word: &str) -> u32 {
    let bytes = word.as_bytes();
    let end = bytes.iter().rposition(u8::is_ascii_alphabetic).map_or(0, |i| i + 1);
    let vowel = |b: u8| matches!(b.to_ascii_lowercase(), b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
    let mut groups = 0;
    let mut inside = false;
    for b in &bytes[..end] {
        groups += u32::from(vowel(*b) && !inside);
        inside = vowel(*b);
    }
    let silent = end >= 3
        && bytes[end - 1].eq_ignore_ascii_case(&b'e')
        && !vowel(bytes[end - 2])
        && !bytes[end - 2].eq_ignore_ascii_case(&b'l');
    if silent && groups > 1 { groups - 1 } else { groups.max(1) }
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
    let mut phrases = Phrases::default();
    for entity in &facts.entities {
        let name = matches!(
            entity.kind,
            EntityKind::Person | EntityKind::Organisation | EntityKind::Place
        );
        let Some(range) = kept.range_of(entity.span).filter(|r| name && r.end <= text.len()) else {
            continue;
        };
        let name = &text[range.clone()];
        let words = name.split_whitespace().count();
        if words <= 5 {
            let phrase = Phrase { text: name, times: 0, first: range.start, words, named: true };
            phrases.add(hash(name), phrase);
        }
    }
    // Only words that recur can be in a phrase that does.
    let words = content_words(text, language);
    let mut times: HashMap<u32, u32, BuildHasherDefault<Hashed>> = HashMap::default();
    for word in words.iter().flatten() {
        *times.entry(word.hash).or_default() += 1;
    }
    let mut stretch = Vec::new();
    for word in words {
        match word.filter(|w| times.get(&w.hash).is_some_and(|n| *n > 1)) {
            Some(word) => stretch.push(word),
            None => phrases.take(&mut stretch, text),
        }
    }
    phrases.take(&mut stretch, text);
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

/// A word that says something by itself.
#[derive(Clone, Copy)]
struct Content {
    start: usize,
    end: usize,
    hash: u32,
}

/// The content words of `text` in order, with nothing where a sign or small word parts two.
fn content_words(text: &str, language: u32) -> Vec<Option<Content>> {
    let mut words = Vec::with_capacity(text.len() / 6);
    let word = |start: usize, end: usize| {
        let word = &text[start..end];
        let hash = hash(word);
        let content = word.len() >= 3
            && !word.starts_with(|c: char| c.is_ascii_digit())
            && !is_small_word(hash, language);
        content.then_some(Content { start, end, hash })
    };
    let mut start = None;
    for (at, c) in text.char_indices() {
        if c.is_alphanumeric() || (start.is_some() && matches!(c, '\'' | '’' | '-')) {
            start.get_or_insert(at);
            continue;
        }
        if let Some(from) = start.take() {
            words.push(word(from, at));
        }
        if c != ' ' {
            words.push(None);
        }
    }
    words.extend(start.map(|from| word(from, text.len())));
    words
}

/// Phrases by the hash of their words in small letters.
#[derive(Default)]
struct Phrases<'a>(HashMap<u32, Phrase<'a>, BuildHasherDefault<Hashed>>);

impl<'a> Phrases<'a> {
    fn add(&mut self, key: u32, phrase: Phrase<'a>) {
        let named = phrase.named;
        let known = self.0.entry(key).or_insert(phrase);
        known.times += 1;
        known.named |= named;
    }

    /// The phrases of a stretch of content words, which is emptied.
    fn take(&mut self, stretch: &mut Vec<Content>, text: &'a str) {
        for from in 0..stretch.len() {
            for words in 1..=LONGEST.min(stretch.len() - from) {
                let (first, last) = (stretch[from].start, stretch[from + words - 1].end);
                let text = &text[first..last];
                let phrase = Phrase { text, times: 0, first, words, named: false };
                self.add(hash(text), phrase);
            }
        }
        stretch.clear();
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
            assert_eq!(syllables_of(word), want, "{word}");
        }
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
        for unit in ["river ", "a.", "A b. ", "River-", "’", "\n"] {
            let _unused = facts(&unit.repeat(50_000));
        }
    }
}
