//! The rows of `samples.jsonl`: texts of a few removals and duplicates, for people to look at.
//!
//! The other rows tell where something was removed and which article was left out, not what it said.
//! These few say it, so that a run can be judged by its folder alone.

use std::collections::BTreeMap;

use newsmill_article::{Article, ArticleId, Kept, Method, Reason, Removal, Stage};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::{FileEntry, OutputError, RunFile, SAMPLES, Store};

/// Removals of one reason that are taken for each cause there is to take one.
const PICKS: usize = 6;
/// Characters shown on either side of a removed span.
const AROUND: usize = 240;
/// Characters shown of a removed span, and of the copy that stays.
const SPAN: usize = 900;
/// Characters shown of each text of a pair.
const TEXT: usize = 12_000;

/// One row of `samples.jsonl`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Sample {
    /// A span that was removed.
    Removal(Removed),
    /// An article that was left out, beside the one that stands for it.
    Pair(Pair),
}

/// What a removed span said, and what is left around it. Long texts are cut in their middle or at
/// their far ends, with `…` for what is left out.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Removed {
    /// The article.
    pub id: ArticleId,
    /// Why it went.
    pub reason: Reason,
    /// The stage that decided it.
    pub stage: Stage,
    /// How sure the stage was.
    pub score: Option<f32>,
    /// Length of the span in bytes.
    pub bytes: usize,
    /// The text in front of it, as it came.
    pub before: String,
    /// What it said.
    pub text: String,
    /// The text behind it, as it came.
    pub after: String,
    /// The cleaned text around the place.
    pub left: String,
    /// For repeats: the copy that stays.
    pub stays: Option<String>,
}

/// Two texts of which one was left out.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Pair {
    /// The article that was left out.
    pub id: ArticleId,
    /// The one that stands for it.
    pub kept: ArticleId,
    /// Their cluster.
    pub cluster: ArticleId,
    /// How it was found.
    pub method: Method,
    /// How similar they are, as in `duplicates.jsonl`.
    pub similarity: f64,
    /// The start of the text that stays.
    pub kept_text: String,
    /// The start of the one that was left out.
    pub text: String,
}

impl Pair {
    /// The same with its texts cut to the length that is written.
    #[must_use]
    pub fn cut(mut self) -> Self {
        for text in [&mut self.kept_text, &mut self.text] {
            if let Some((end, _)) = text.char_indices().nth(TEXT) {
                text.truncate(end);
                text.push('…');
            }
        }
        self
    }
}

/// The removals that are shown of a run: for each reason some at random, the longest, and those the
/// stage was least sure of.
///
/// Which ones depends on the articles alone, not on the order in which they are offered, so that
/// samples of parts can be merged.
#[derive(Debug, Default)]
pub struct RemovalSamples {
    picks: BTreeMap<(Reason, Cause), BTreeMap<Rank, Removed>>,
}

/// How early a removal comes, the article and place telling apart those that come together.
type Rank = (u64, ArticleId, usize);

/// What a removal is taken for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Cause {
    Chance,
    Length,
    Doubt,
}

impl RemovalSamples {
    /// Looks at one removal of a kept article.
    pub fn offer(&mut self, article: &Article, kept: &Kept, removal: &Removal) {
        let start = removal.span.start();
        let lot = xxh3_64(format!("{start} {}", article.id).as_bytes());
        let length = u64::MAX - removal.span.len() as u64;
        // Scores are not negative, so that they stand in the order of their bits.
        let doubt = removal.score.map(|score| u64::from(score.max(0.0).to_bits()));
        let causes =
            [(Cause::Chance, Some(lot)), (Cause::Length, Some(length)), (Cause::Doubt, doubt)];
        for (cause, rank) in causes {
            let Some(rank) = rank else { continue };
            let picks = self.picks.entry((removal.reason, cause)).or_default();
            let key = (rank, article.id.clone(), start);
            let full = picks.len() >= PICKS;
            if full && picks.last_key_value().is_some_and(|(last, _)| *last <= key) {
                continue;
            }
            picks.insert(key, Removed::new(article, kept, removal));
            if full {
                picks.pop_last();
            }
        }
    }

    /// Adds what was picked from other articles.
    pub fn merge(&mut self, other: Self) {
        for (what, picks) in other.picks {
            let all = self.picks.entry(what).or_default();
            all.extend(picks);
            while all.len() > PICKS {
                all.pop_last();
            }
        }
    }

    /// Writes `samples.jsonl`: these removals, reason by reason, then `pairs`.
    ///
    /// # Errors
    /// As [`RunFile::commit`].
    pub fn write(self, pairs: Vec<Pair>, store: &dyn Store) -> Result<FileEntry, OutputError> {
        let mut file = RunFile::create(store, SAMPLES)?;
        // Taken for two causes, it is shown once.
        let mut written: BTreeMap<Reason, Vec<Removed>> = BTreeMap::new();
        for ((reason, _), picks) in self.picks {
            let shown = written.entry(reason).or_default();
            for removed in picks.into_values() {
                if !shown.contains(&removed) {
                    shown.push(removed);
                }
            }
        }
        for removed in written.into_values().flatten() {
            file.write_row(&Sample::Removal(removed))?;
        }
        for pair in pairs {
            file.write_row(&Sample::Pair(pair.cut()))?;
        }
        file.commit()
    }
}

impl Removed {
    fn new(article: &Article, kept: &Kept, removal: &Removal) -> Self {
        let (text, span) = (article.text(), removal.span);
        let place = kept.place(span.start());
        let (left, right) = kept.text().split_at_checked(place).unwrap_or((kept.text(), ""));
        Self {
            id: article.id.clone(),
            reason: removal.reason,
            stage: removal.stage,
            score: removal.score,
            bytes: span.len(),
            before: end_of(&text[..span.start()], AROUND),
            text: middle_cut(article.slice(span), SPAN),
            after: start_of(&text[span.end()..], AROUND),
            left: end_of(left, AROUND) + &start_of(right, AROUND),
            stays: removal.witness.map(|copy| middle_cut(article.slice(copy), SPAN)),
        }
    }
}

fn start_of(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn end_of(text: &str, chars: usize) -> String {
    match text.char_indices().nth_back(chars) {
        Some((before, c)) => format!("…{}", &text[before + c.len_utf8()..]),
        None => text.to_owned(),
    }
}

/// Most of the room goes to the start.
fn middle_cut(text: &str, chars: usize) -> String {
    let (head, tail) = (chars * 3 / 4, chars / 4);
    let head = text.char_indices().nth(head);
    let tail = tail.checked_sub(1).and_then(|last| text.char_indices().nth_back(last));
    match (head, tail) {
        (Some((head, _)), Some((tail, _))) if head < tail => {
            format!("{} … {}", &text[..head], &text[tail..])
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MemoryStore;
    use newsmill_article::{Block, BlockKind, Origin, Span};

    fn article(number: usize) -> Article {
        let text = format!("The ferry {number} left. The ferry {number} left. It rained.");
        let half = text.find(". The").unwrap() + 2;
        let block = Block::new(BlockKind::Paragraph, Span::whole(&text));
        let mut article = Article::new(
            format!("a{number}").into(),
            Origin::new("t", number as u64),
            text,
            vec![block],
            vec![],
        )
        .unwrap();
        let removal =
            Removal::new(article.span(half..half * 2).unwrap(), Reason::Repeat, Stage::Within);
        let removal = removal.with_witness(article.span(0..half).unwrap());
        article.remove(removal.with_score(1.0 / (1.0 + number as f32)));
        article
    }

    fn offered(numbers: impl Iterator<Item = usize>) -> RemovalSamples {
        let mut samples = RemovalSamples::default();
        for number in numbers {
            let article = article(number);
            let kept = article.kept();
            for removal in article.removals() {
                samples.offer(&article, &kept, removal);
            }
        }
        samples
    }

    fn rows(samples: RemovalSamples) -> Vec<Sample> {
        let store = MemoryStore::new();
        samples.write(Vec::new(), &store).unwrap();
        let text = String::from_utf8(store.file(SAMPLES).unwrap()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn samples_say_what_went_and_what_stayed() {
        let rows = rows(offered(3..4));
        let [Sample::Removal(row)] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!(row.before, "The ferry 3 left. ");
        assert_eq!((row.text.as_str(), row.bytes), ("The ferry 3 left. ", 18));
        assert_eq!(row.after, "It rained.");
        assert_eq!(row.left, "The ferry 3 left. It rained.");
        assert_eq!(row.stays.as_deref(), Some("The ferry 3 left. "));
    }

    #[test]
    fn the_same_samples_whatever_the_order_and_the_parts() {
        let whole = rows(offered(0..100));
        assert!((2 * PICKS..=3 * PICKS).contains(&whole.len()), "{}", whole.len());
        assert_eq!(rows(offered((0..100).rev())), whole);
        let mut parts = offered(60..100);
        parts.merge(offered(0..60));
        assert_eq!(rows(parts), whole);
    }

    #[test]
    fn long_texts_are_cut_where_characters_end() {
        let long = "é".repeat(5_000);
        assert_eq!(start_of(&long, 3), "ééé…");
        assert_eq!(end_of(&long, 3), "…ééé");
        assert_eq!(middle_cut(&long, 8), "éééééé … éé");
        for text in ["", "é", "éé"] {
            assert_eq!((start_of(text, 2), end_of(text, 2)), (text.to_owned(), text.to_owned()));
            assert_eq!(middle_cut(text, 2), text);
        }
        let pair = Pair {
            id: "b".into(),
            kept: "a".into(),
            cluster: "a".into(),
            method: Method::Near,
            similarity: 0.8,
            kept_text: "é".repeat(TEXT + 1),
            text: "é".repeat(TEXT),
        };
        let pair = pair.cut();
        assert_eq!(pair.kept_text.chars().count(), TEXT + 1);
        assert_eq!(pair.text.chars().count(), TEXT);
    }
}
