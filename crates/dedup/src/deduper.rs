//! The whole way in memory: texts in, decisions out.

use crate::candidates::{Candidates, CandidatesError, candidates};
use crate::config::{AcrossConfig, ConfigError, Method};
use crate::join::exact_join;
use crate::keep::{Decision, decide};
use crate::order::KeepOrder;
use crate::shingles::{ShingleSet, shingles};
use crate::sketch::{Sketch, Sketcher};
use crate::template::differs_only_in_names_and_numbers;
use crate::tokens::{Tokens, tokenize_into};
use crate::verify::{Pair, verify};

/// What was found about a list of texts.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// One a text, in their order.
    pub decisions: Vec<Decision>,
    /// The verified pairs.
    pub pairs: Vec<Pair>,
    /// The pairs that were verified, and what was left out.
    pub candidates: Candidates,
}

/// Finds the duplicates among texts, earlier ones being kept.
///
/// Holds all texts and their shingles in memory, about 8 bytes a word, and runs in one thread. The
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
/// # Ok::<(), newsmill_dedup::config::ConfigError>(())
/// ```
pub fn dedup(texts: &[&str], config: &AcrossConfig) -> Result<Outcome, ConfigError> {
    let order = KeepOrder::input(u32::try_from(texts.len()).unwrap_or(u32::MAX));
    dedup_in_order(texts, &order, config).map_err(|error| match error {
        CandidatesError::Config(error) => error,
        CandidatesError::Order { .. } => ConfigError::Count {
            name: "texts",
            value: texts.len(),
            low: 0,
            high: u32::MAX as usize,
        },
    })
}

/// Like [`dedup`], with an order of its own for who is kept.
///
/// # Errors
/// When the configuration is not valid or `order` is about another number of texts.
pub fn dedup_in_order(
    texts: &[&str],
    order: &KeepOrder,
    config: &AcrossConfig,
) -> Result<Outcome, CandidatesError> {
    let sketcher = Sketcher::new(config)?;
    let mut tokens = Tokens::default();
    let (sketches, sets): (Vec<Sketch>, Vec<ShingleSet>) = texts
        .iter()
        .map(|text| {
            tokenize_into(text, &mut tokens);
            let set = shingles(tokens.hashes(), config.shingle_words);
            (sketcher.sketch(tokens.hashes(), &set), set)
        })
        .unzip();
    let mut candidates = candidates(&sketches, order, config)?;
    if config.method == Method::ExactJoin {
        candidates.pairs.extend(exact_join(&sets, config.lowest_threshold()));
        candidates.pairs.sort_unstable();
        candidates.pairs.dedup();
    }
    let set = |doc: u32| (doc, sets.get(doc as usize).map_or(&[][..], Vec::as_slice));
    let text = |doc: u32| texts.get(doc as usize).copied().unwrap_or_default();
    let pairs: Vec<Pair> = candidates
        .pairs
        .iter()
        .filter_map(|&(a, b)| verify(set(a), set(b), config))
        .map(|pair| Pair {
            template: pair.jaccard >= config.drop_threshold
                && differs_only_in_names_and_numbers(text(pair.a), text(pair.b)),
            ..pair
        })
        .collect();
    let decisions = decide(&sketches, &pairs, order, config);
    Ok(Outcome { decisions, pairs, candidates })
}
