//! What an article is about in short: lead, keywords, counts.

use std::collections::HashMap;

use newsmill_article::{Article, BlockKind, Counts, EntityKind, Facts, Kept, KeptBlock, Sourced};

use crate::language::is_small_word;
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
        if !closed || words < SAYS {
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
    if english && counts.words >= 30 && counts.sentences > 0 {
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
const BYTES: usize = 64 << 10;
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
    let language = facts.language.as_ref().map(|l| l.value.as_str());
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
            phrases.add(Phrase { text: name, times: 0, first: range.start, words, named: true });
        }
    }
    let mut at = 0;
    for run in text.split(|c: char| !(c.is_alphanumeric() || matches!(c, ' ' | '\'' | '’' | '-')))
    {
        let start = at;
        at = start + run.len();
        at += text[at..].chars().next().map_or(0, char::len_utf8);
        let mut stretch: Vec<(usize, &str)> = Vec::new();
        let base = run.as_ptr() as usize;
        for word in run.split(' ').filter(|w| !w.is_empty()) {
            let place = start + (word.as_ptr() as usize - base);
            let content = word.chars().count() >= 3
                && word.contains(char::is_alphabetic)
                && !is_small_word(&word.to_lowercase(), language);
            if content {
                stretch.push((place, word));
            }
            if !content {
                phrases.take(&mut stretch, text);
            }
        }
        phrases.take(&mut stretch, text);
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
    for (_, phrase) in scored {
        let small = phrase.text.to_lowercase();
        let known = chosen.iter().any(|c| {
            let c = c.to_lowercase();
            c.split(' ').any(|w| {
                small
                    .split(' ')
                    .any(|s| s == w || s.trim_end_matches('s') == w.trim_end_matches('s'))
            })
        });
        if !known {
            chosen.push(phrase.text);
            if chosen.len() == MOST {
                break;
            }
        }
    }
    chosen.into_iter().map(|c| c.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// Phrases by their words in small letters.
#[derive(Default)]
struct Phrases<'a>(HashMap<String, Phrase<'a>>);

impl<'a> Phrases<'a> {
    fn add(&mut self, phrase: Phrase<'a>) {
        let named = phrase.named;
        let known = self.0.entry(phrase.text.to_lowercase()).or_insert(phrase);
        known.times += 1;
        known.named |= named;
    }

    /// The phrases of a stretch of content words, which is emptied.
    fn take(&mut self, stretch: &mut Vec<(usize, &'a str)>, text: &'a str) {
        for from in 0..stretch.len() {
            for words in 1..=LONGEST.min(stretch.len() - from) {
                let (first, last) = (stretch[from].0, stretch[from + words - 1]);
                let text = &text[first..last.0 + last.1.len()];
                self.add(Phrase { text, times: 0, first, words, named: false });
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
