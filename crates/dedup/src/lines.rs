//! Boilerplate: lines that recur over many texts although the texts differ.
//!
//! What a site puts around its articles (a pitch for its newsletter, the rights it claims, what it
//! says of itself) has no words in common from site to site, but it comes back. So lines are
//! counted, not read: how many *stories* have the line. A story is a text with all its copies and
//! the other letters of its form, since a line of a wire story printed by forty papers recurs for
//! another reason.
//!
//! Two rules, each with thresholds of its own ([`LinesConfig`]): a line may recur within one
//! *source* (a site, a newsgroup), or over the whole set of texts, whatever their source. Both ask
//! for a number of stories and for a share of them: in a large set of texts every common sentence
//! is somewhere found a hundred times, but no sentence that tells something stands in one of twenty
//! stories of a paper.
//!
//! Lines are known by the [`fingerprint`] of their words, digits
//! included: lines that differ in a number are different lines.

use serde::{Deserialize, Serialize};

use crate::exact::fingerprint;

/// Which lines are boilerplate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LinesConfig {
    /// Shorter lines are not counted, in words. Default 4.
    pub min_words: usize,
    /// Longer lines are not counted, in bytes. Default 500.
    pub max_bytes: usize,
    /// Stories of a source that must have the line. Default 10.
    pub source_stories: u32,
    /// Share of the source's stories that must have the line, 0 to 1. Default 0.05.
    pub source_share: f64,
    /// Stories that must have the line for it to be boilerplate everywhere. Default 30.
    pub dump_stories: u32,
    /// Share of all stories that must have the line for it to be boilerplate everywhere, 0 to 1.
    /// Default 0.002.
    pub dump_share: f64,
    /// Sources in which it must stand to be boilerplate everywhere. Default 5.
    pub dump_sources: u32,
    /// Shorter lines are never boilerplate everywhere, in words: "The investigation is ongoing"
    /// comes back in every paper and says something each time. Default 8.
    pub dump_min_words: usize,
}

impl Default for LinesConfig {
    fn default() -> Self {
        Self {
            min_words: 4,
            max_bytes: 500,
            source_stories: 10,
            source_share: 0.05,
            dump_stories: 30,
            dump_share: 0.002,
            dump_sources: 5,
            dump_min_words: 8,
        }
    }
}

impl LinesConfig {
    /// The fingerprint of a line with these words, if its length lets it count. `bytes` is the
    /// line's length.
    #[must_use]
    pub fn print(&self, words: &[u64], bytes: usize) -> Option<u64> {
        let fits = words.len() >= self.min_words && bytes <= self.max_bytes;
        fingerprint(words).filter(|_| fits).map(|print| print as u64)
    }

    fn recurs_in_source(&self, stories: u32, of: u32) -> bool {
        stories >= self.source_stories.max(2) && share(stories, of) >= self.source_share
    }

    fn recurs_everywhere(&self, stories: u32, of: u32, sources: u32) -> bool {
        stories >= self.dump_stories.max(2)
            && share(stories, of) >= self.dump_share
            && sources >= self.dump_sources
    }
}

/// That a line stands in a text: 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    /// [`LinesConfig::print`] of the line.
    pub line: u64,
    /// The source of the text.
    pub source: u32,
    /// The story of the text.
    pub story: u32,
}

/// How many stories there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stories {
    all: u32,
    by_source: Vec<u32>,
}

impl Stories {
    /// Counts the stories of texts, given as their source and story, in any order. Sources are
    /// numbered from 0 without large gaps: memory is linear in the highest one.
    #[must_use]
    pub fn count(mut texts: Vec<(u32, u32)>) -> Self {
        texts.sort_unstable();
        texts.dedup();
        let sources = texts.last().map_or(0, |&(source, _)| source as usize + 1);
        let mut by_source = vec![0; sources];
        for &(source, _) in &texts {
            by_source[source as usize] += 1;
        }
        let all = distinct(texts.into_iter().map(|(_, story)| story).collect());
        Self { all, by_source }
    }

    /// Stories of one source.
    #[must_use]
    pub fn of(&self, source: u32) -> u32 {
        self.by_source.get(source as usize).copied().unwrap_or(0)
    }

    /// Stories of all sources; one that several sources have counts once.
    #[must_use]
    pub fn all(&self) -> u32 {
        self.all
    }
}

/// A line that is boilerplate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recurring {
    /// [`LinesConfig::print`] of the line.
    pub line: u64,
    /// Where it is boilerplate; none for everywhere.
    pub source: Option<u32>,
    /// Stories there that have it.
    pub stories: u32,
    /// Their share of all stories there, 0 to 1.
    pub share: f64,
}

/// The lines that are boilerplate, sorted by line, what holds everywhere first.
///
/// The count is exact, and lines do not bear on one another: where not all `occurrences` fit
/// into memory, cut them into parts by their line and ask for each part. Time is n log n, memory
/// what `occurrences` takes and 4 bytes for each occurrence of the commonest line. A line counts
/// once a story however often it stands there.
///
/// ```
/// use newsmill_dedup::lines::{LinesConfig, Occurrence, Stories, recurring};
/// use newsmill_dedup::tokens::{Tokens, tokenize_into};
///
/// let config = LinesConfig { source_stories: 3, ..LinesConfig::default() };
/// let (mut texts, mut occurrences, mut tokens) = (vec![], vec![], Tokens::default());
/// for story in 0..5 {
///     texts.push((0, story));
///     let news = format!("The river rose by {story} metres in the night.");
///     for line in [news.as_str(), "Get the Skell Herald by mail!"] {
///         tokenize_into(line, &mut tokens);
///         let line = config.print(tokens.hashes(), line.len()).unwrap();
///         occurrences.push(Occurrence { line, source: 0, story });
///     }
/// }
/// let found = recurring(occurrences, &Stories::count(texts), &config);
/// assert_eq!(found.len(), 1);
/// assert_eq!((found[0].source, found[0].stories, found[0].share), (Some(0), 5, 1.0));
/// ```
#[must_use]
pub fn recurring(
    mut occurrences: Vec<Occurrence>,
    stories: &Stories,
    config: &LinesConfig,
) -> Vec<Recurring> {
    occurrences.sort_unstable();
    occurrences.dedup();
    let mut found = Vec::new();
    for of_line in occurrences.chunk_by(|a, b| a.line == b.line) {
        let least = config.source_stories.min(config.dump_stories);
        let Some(&Occurrence { line, .. }) = of_line.first() else { continue };
        if of_line.len() < least as usize {
            continue;
        }
        let everywhere = distinct(of_line.iter().map(|o| o.story).collect());
        let sources = of_line.chunk_by(|a, b| a.source == b.source);
        if config.recurs_everywhere(everywhere, stories.all, sources.clone().count() as u32) {
            let share = share(everywhere, stories.all);
            found.push(Recurring { line, source: None, stories: everywhere, share });
        }
        for of_source in sources {
            let (here, Some(first)) = (of_source.len() as u32, of_source.first()) else { continue };
            let of = stories.of(first.source);
            if config.recurs_in_source(here, of) {
                let share = share(here, of);
                found.push(Recurring { line, source: Some(first.source), stories: here, share });
            }
        }
    }
    found
}

fn share(stories: u32, of: u32) -> f64 {
    f64::from(stories) / f64::from(of.max(1))
}

/// How many different numbers there are.
fn distinct(mut numbers: Vec<u32>) -> u32 {
    numbers.sort_unstable();
    numbers.dedup();
    numbers.len() as u32
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;
    use crate::tokens::{Tokens, tokenize_into};

    fn small() -> LinesConfig {
        LinesConfig {
            source_stories: 2,
            source_share: 0.4,
            dump_stories: 3,
            dump_share: 0.3,
            dump_sources: 2,
            ..LinesConfig::default()
        }
    }

    /// The same, counted in sets.
    fn slowly(
        occurrences: &[Occurrence],
        texts: &[(u32, u32)],
        config: &LinesConfig,
    ) -> Vec<Recurring> {
        let all: BTreeSet<u32> = texts.iter().map(|t| t.1).collect();
        let mut lines: BTreeMap<u64, BTreeMap<u32, BTreeSet<u32>>> = BTreeMap::new();
        for o in occurrences {
            let sources = lines.entry(o.line).or_default();
            sources.entry(o.source).or_default().insert(o.story);
        }
        let mut found = Vec::new();
        for (line, sources) in lines {
            let here: BTreeSet<u32> = sources.values().flatten().copied().collect();
            let part = here.len() as f64 / all.len() as f64;
            if here.len() >= config.dump_stories as usize
                && part >= config.dump_share
                && sources.len() >= config.dump_sources as usize
            {
                let stories = here.len() as u32;
                found.push(Recurring { line, source: None, stories, share: part });
            }
            for (source, here) in sources {
                let of: BTreeSet<_> = texts.iter().filter(|t| t.0 == source).collect();
                let part = here.len() as f64 / of.len() as f64;
                if here.len() >= config.source_stories as usize && part >= config.source_share {
                    let stories = here.len() as u32;
                    found.push(Recurring { line, source: Some(source), stories, share: part });
                }
            }
        }
        found
    }

    proptest! {
        #[test]
        fn the_count_is_that_of_sets(
            texts in proptest::collection::vec((0_u32..4, 0_u32..12), 1..40),
            lines in proptest::collection::vec((0_u64..6, 0_usize..40), 0..120),
        ) {
            let occurrences: Vec<Occurrence> = lines
                .iter()
                .map(|&(line, text)| {
                    let (source, story) = texts[text % texts.len()];
                    Occurrence { line, source, story }
                })
                .collect();
            let want = slowly(&occurrences, &texts, &small());
            let stories = Stories::count(texts);
            prop_assert_eq!(&recurring(occurrences.clone(), &stories, &small()), &want);
            // Part by part it is the same.
            let (even, odd) = occurrences.into_iter().partition(|o| o.line % 2 == 0);
            let mut parts = recurring(even, &stories, &small());
            parts.extend(recurring(odd, &stories, &small()));
            parts.sort_by_key(|r| (r.line, r.source));
            prop_assert_eq!(&parts, &want);
        }

        #[test]
        fn higher_thresholds_find_nothing_more(
            texts in proptest::collection::vec((0_u32..3, 0_u32..10), 1..30),
            lines in proptest::collection::vec((0_u64..4, 0_usize..30), 0..90),
            more in (0_u32..3, 0.0_f64..0.5, 0_u32..3, 0.0_f64..0.5, 0_u32..2),
        ) {
            let occurrences: Vec<Occurrence> = lines
                .iter()
                .map(|&(line, text)| {
                    let (source, story) = texts[text % texts.len()];
                    Occurrence { line, source, story }
                })
                .collect();
            let low = small();
            let high = LinesConfig {
                source_stories: low.source_stories + more.0,
                source_share: low.source_share + more.1,
                dump_stories: low.dump_stories + more.2,
                dump_share: low.dump_share + more.3,
                dump_sources: low.dump_sources + more.4,
                ..low
            };
            let stories = Stories::count(texts);
            let many = recurring(occurrences.clone(), &stories, &low);
            for line in recurring(occurrences, &stories, &high) {
                prop_assert!(many.contains(&line));
            }
        }
    }

    #[test]
    fn what_a_line_is() {
        let mut tokens = Tokens::default();
        let mut print = |line: &str| {
            tokenize_into(line, &mut tokens);
            LinesConfig::default().print(tokens.hashes(), line.len())
        };
        assert_eq!(print("Get the news by mail."), print("GET the news,  by mail"));
        assert_ne!(print("There were 12 new cases"), print("There were 13 new cases"));
        let long = "word ".repeat(101);
        for uncounted in ["", "***", "Read more here", &long] {
            assert_eq!(print(uncounted), None, "{uncounted:?}");
        }
    }

    #[test]
    fn few_texts_have_no_boilerplate() {
        for texts in 0..10 {
            let line = |story| Occurrence { line: 7, source: 0, story };
            let stories = Stories::count((0..texts).map(|story| (0, story)).collect());
            let found =
                recurring((0..texts).map(line).collect(), &stories, &LinesConfig::default());
            assert_eq!(found, []);
        }
    }
}
