//! The whole way for texts in memory: texts in, decisions out.

use crate::candidates::{AcrossError, Candidates, Sketches};
use crate::config::AcrossConfig;
use crate::keep::{Decision, Proven};
use crate::order::KeepOrder;
use crate::shingles::{ShingleSet, shingles};
use crate::sketch::Sketcher;
use crate::spill::Memory;
use crate::template::differs_only_in_names_and_numbers;
use crate::tokens::{Tokens, tokenize_into};
use crate::verify::{Pair, verify};

/// What was found about a list of texts.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// One a text, in their order.
    pub decisions: Vec<Decision>,
    /// The verified pairs, ascending by the ranks of the later and of the earlier text.
    pub pairs: Vec<Pair>,
}

/// Finds the duplicates among texts, earlier ones being kept.
///
/// Holds all texts and their shingles in memory, about 8 bytes a word, and proves in one thread. The
/// pieces it is made of are public, for callers that spread them over threads and disks.
///
/// # Errors
/// When the configuration is not valid.
///
/// # Example
/// ```
/// use newsmill_dedup::{config::AcrossConfig, deduper::dedup, keep::{Decision, DropMethod}};
///
/// let story = "The council voted on Tuesday to close the old swimming hall after the summer, \
///     as repairs would cost more than a new building by the river.";
/// let wire = format!("RIVERTON -- {story}");
/// let texts = [story, "Snow is expected above a thousand metres.", &wire];
/// let outcome = dedup(&texts, &AcrossConfig::default())?;
/// let Decision::Drop { kept, method, similarity, .. } = outcome.decisions[2] else { panic!() };
/// assert_eq!((kept, method, similarity), (0, DropMethod::Near, 22.0 / 23.0));
/// # Ok::<(), newsmill_dedup::candidates::AcrossError>(())
/// ```
pub fn dedup(texts: &[&str], config: &AcrossConfig) -> Result<Outcome, AcrossError> {
    let order = KeepOrder::input(u32::try_from(texts.len()).unwrap_or(u32::MAX));
    dedup_in_order(texts, &order, config, &Memory::unlimited())
}

/// Like [`dedup`], with an order of its own for who is kept and a bound on what is held beside the
/// texts and their shingles.
///
/// # Errors
/// When the configuration is not valid, `order` is about another number of texts, or a scratch file
/// cannot be written or read.
pub fn dedup_in_order(
    texts: &[&str],
    order: &KeepOrder,
    config: &AcrossConfig,
    memory: &Memory,
) -> Result<Outcome, AcrossError> {
    let sketcher = Sketcher::new(config)?;
    let mut sketches = Sketches::new(config, memory)?;
    let mut tokens = Tokens::default();
    let mut sets: Vec<ShingleSet> = Vec::with_capacity(texts.len());
    for text in texts {
        tokenize_into(text, &mut tokens);
        let set = shingles(tokens.hashes(), config.shingle_words);
        sketches.push(&sketcher.sketch(tokens.hashes(), &set))?;
        sets.push(set);
    }
    sketches.finish()?;
    let set = |doc: u32| sets.get(doc as usize).map_or(&[][..], Vec::as_slice);
    let text = |doc: u32| texts.get(doc as usize).copied().unwrap_or_default();
    let mut give = |doc: u32, into: &mut ShingleSet| {
        into.clear();
        into.extend_from_slice(set(doc));
        Ok(())
    };
    let found = Candidates::find(&sketches, order, config, memory, &mut give)?;
    let mut proven = Proven::new(memory);
    let mut pairs = Vec::new();
    for candidate in found.pairs(order)? {
        let (a, b) = candidate?;
        if let Some(mut pair) = verify((a, set(a)), (b, set(b)), config) {
            pair.template = pair.jaccard >= config.drop_threshold
                && differs_only_in_names_and_numbers(text(pair.a), text(pair.b));
            proven.push(&pair, order)?;
            pairs.push(pair);
        }
    }
    let decisions = proven.decide(&sketches, &found.duplicates, order, config, memory)?.to_vec()?;
    Ok(Outcome { decisions, pairs })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::{Contained, Method, Templates};
    use crate::keep::DropMethod;
    use crate::verify::jaccard;

    fn dropped(texts: &[&str], config: &AcrossConfig) -> Vec<(usize, u32, DropMethod)> {
        let outcome = dedup(texts, config).unwrap();
        outcome
            .decisions
            .iter()
            .enumerate()
            .filter_map(|(doc, decision)| match decision {
                Decision::Drop { kept, method, .. } => Some((doc, *kept, *method)),
                Decision::Keep { .. } => None,
            })
            .collect()
    }

    #[test]
    fn short_and_empty_texts_are_alike_only_when_equal() {
        let texts = ["", "  ", "…", "Yes.", "YES", "No.", "Not today", "Road 12", "Road 13"];
        for method in [Method::OnePermutation, Method::MinHash, Method::ExactJoin] {
            let config = AcrossConfig { method, ..AcrossConfig::default() };
            assert_eq!(dropped(&texts, &config), [(4, 3, DropMethod::Exact)]);
        }
    }

    #[test]
    fn a_quoted_story_is_dropped_when_asked() {
        let story = (0..80).map(|i| format!("fact{i} ")).collect::<String>();
        let roundup = (0..400).map(|i| format!("other{i} ")).collect::<String>();
        let long = format!("{roundup} {story}");
        let config = AcrossConfig { contained: Contained::Drop, ..AcrossConfig::default() };
        assert_eq!(dropped(&[&story, &long], &config), [(0, 1, DropMethod::Contained)]);
        assert_eq!(dropped(&[&story, &long], &AcrossConfig::default()), []);
    }

    #[test]
    fn thousands_of_texts_of_one_kind() {
        let config = AcrossConfig::default();
        for text in ["", "the same short text, sent again and again"] {
            let texts = vec![text; 5_000];
            let expected = if text.is_empty() { 0 } else { 4_999 };
            assert_eq!(dropped(&texts, &config).len(), expected);
        }
    }

    /// Texts of a small vocabulary that share long passages.
    fn texts() -> impl Strategy<Value = Vec<String>> {
        let passages = [
            "alpha beta gamma delta epsilon zeta eta theta iota kappa ",
            "one two three four five six seven eight nine ten ",
            "red orange yellow green blue indigo violet black white ",
            "lone ",
        ];
        let text = prop::collection::vec(prop::sample::select(passages.to_vec()), 0..7);
        prop::collection::vec(text.prop_map(|parts| parts.concat()), 0..16)
    }

    proptest! {
        #[test]
        fn with_all_candidates_no_two_kept_texts_are_copies(texts in texts(),
            drop in 0.3..1.0_f64,
        ) {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let config = AcrossConfig {
                method: Method::ExactJoin,
                drop_threshold: drop,
                templates: Templates::Drop,
                ..AcrossConfig::default()
            };
            let outcome = dedup(&texts, &config).unwrap();
            let mut tokens = Tokens::default();
            let sets: Vec<ShingleSet> = texts.iter().map(|text| {
                tokenize_into(text, &mut tokens);
                shingles(tokens.hashes(), 5)
            }).collect();
            let kept = |doc: usize| matches!(outcome.decisions[doc], Decision::Keep { .. });
            for a in 0..texts.len() {
                for b in 0..a {
                    prop_assert!(!kept(a) || !kept(b) || jaccard(&sets[a], &sets[b]) < drop);
                }
                if let Decision::Drop { kept, method: DropMethod::Near, similarity, .. } = outcome.decisions[a] {
                    prop_assert_eq!(jaccard(&sets[a], &sets[kept as usize]), similarity);
                    prop_assert!(similarity >= drop);
                }
            }
        }

        #[test]
        fn hashing_finds_what_the_join_finds_on_small_lists(texts in texts()) {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            // Contained texts of little similarity may be met by chance as well.
            let with = |method| {
                let config = AcrossConfig { method, bands: 256, rows: 1, ..AcrossConfig::default() };
                let outcome = dedup(&texts, &config).unwrap();
                let similar = outcome.pairs.into_iter().filter(|pair| pair.jaccard >= 0.5);
                (similar.collect::<Vec<_>>(), dropped(&texts, &config))
            };
            let joined = with(Method::ExactJoin);
            prop_assert_eq!(&with(Method::MinHash), &joined);
            prop_assert_eq!(&with(Method::OnePermutation), &joined);
        }
    }
}
