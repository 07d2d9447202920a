//! The resolve pass: candidate pairs from the sketches, each proven on the real words, who is kept.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicU64, Ordering};

use newsmill_dedup::candidates::candidates;
use newsmill_dedup::config::{Contained, Method, Templates};
use newsmill_dedup::exact::representatives;
use newsmill_dedup::join::exact_join;
use newsmill_dedup::keep::{Decision, decide};
use newsmill_dedup::order::KeepOrder;
use newsmill_dedup::shingles::{ShingleSet, shingles};
use newsmill_dedup::sketch::Sketch;
use newsmill_dedup::template::differs_only_in_names_and_numbers;
use newsmill_dedup::tokens::{Tokens, tokenize_into};
use newsmill_dedup::verify::{Containment, Pair, verify};
use rayon::ThreadPool;
use rayon::prelude::*;
use tracing::{info, info_span, warn};

use crate::Error;
use crate::config::{Config, Keep};
use crate::index::Settled;
use crate::map::{Mapped, Note};
use crate::progress::{Pass, Progress};
use crate::spool::Spool;

/// Pairs a worker proves at a time: it holds the texts of at most twice as many articles.
const PAIRS_PER_CHUNK: usize = 512;

/// Decides for every article whether it is kept. Those of earlier runs stand: they go first, are
/// not compared with each other, and no decision is returned for them.
pub(crate) fn resolve(
    mapped: &mut Mapped,
    mut settled: Settled,
    config: &Config,
    pool: &ThreadPool,
    progress: &dyn Progress,
) -> Result<Vec<Decision>, Error> {
    let span = info_span!("resolve", articles = mapped.notes.len());
    let _guard = span.enter();
    let first = settled.sketches.len();
    let order = order(&mapped.notes, &settled, &config.keep)?;
    let mut sketches = std::mem::take(&mut settled.sketches);
    sketches.append(&mut mapped.sketches);
    let found =
        candidates(&sketches, &order, &config.across).map_err(|e| Error::Config(e.to_string()))?;
    if found.capped_buckets > 0 {
        warn!(
            buckets = found.capped_buckets,
            largest = found.largest_bucket,
            "very many alike articles: each was compared with the first of them only"
        );
    }
    let mut pairs = found.pairs;
    if config.across.method == Method::ExactJoin {
        pairs.extend(joined(&mapped.spool, &sketches, &order, config)?);
        pairs.sort_unstable();
        pairs.dedup();
    }
    pairs.retain(|&(_, later)| later as usize >= first);
    info!(candidates = pairs.len(), "candidate pairs");
    progress.begin(Pass::Resolve, Some(pairs.len() as u64));
    let mut verified = prove(&pairs, &mapped.spool, config, pool, progress)?;
    progress.end();
    info!(pairs = verified.len(), "proven pairs");
    if config.across.contained == Contained::Drop {
        // That a new article contains one that stands takes nothing away from it.
        let stands = |pair: &&mut Pair| (pair.a as usize) < first;
        for pair in verified.iter_mut().filter(stands) {
            pair.contained = pair.contained.filter(|c| !matches!(c, Containment::AInB(_)));
        }
    }
    let mut decisions = decide(&sketches, &verified, &order, &config.across);
    Ok(decisions.split_off(first))
}

/// Pairs by the exact join, which holds the shingles of all articles but exact copies.
fn joined(
    spool: &Spool,
    sketches: &[Sketch],
    order: &KeepOrder,
    config: &Config,
) -> Result<Vec<(u32, u32)>, Error> {
    let representatives = representatives(sketches, order);
    let mut texts = spool.texts()?;
    let mut sets = Vec::with_capacity(sketches.len());
    for (number, &representative) in (0..).zip(&representatives) {
        sets.push(if number == representative {
            Shingled::new(texts.read(number)?, config).set
        } else {
            ShingleSet::new()
        });
    }
    Ok(exact_join(&sets, config.across.lowest_threshold()))
}

/// Proves the pairs that matter, in parallel; the answer is in the order of `pairs`.
fn prove(
    pairs: &[(u32, u32)],
    spool: &Spool,
    config: &Config,
    pool: &ThreadPool,
    progress: &dyn Progress,
) -> Result<Vec<Pair>, Error> {
    let done = AtomicU64::new(0);
    let proven: Result<Vec<Vec<Pair>>, Error> = pool.install(|| {
        pairs
            .par_chunks(PAIRS_PER_CHUNK)
            .map(|pairs| {
                let proven = prove_chunk(pairs, spool, config)?;
                let before = done.fetch_add(pairs.len() as u64, Ordering::Relaxed);
                progress.at(before + pairs.len() as u64, 0);
                Ok(proven)
            })
            .collect()
    });
    Ok(proven?.concat())
}

fn prove_chunk(pairs: &[(u32, u32)], spool: &Spool, config: &Config) -> Result<Vec<Pair>, Error> {
    let across = &config.across;
    let mut texts = spool.texts()?;
    let mut held: HashMap<u32, Shingled> = HashMap::new();
    let mut proven = Vec::new();
    for &(a, b) in pairs {
        for number in [a, b] {
            if let Entry::Vacant(slot) = held.entry(number) {
                slot.insert(Shingled::new(texts.read(number)?, config));
            }
        }
        let (Some(of_a), Some(of_b)) = (held.get(&a), held.get(&b)) else { continue };
        if let Some(mut pair) = verify((a, &of_a.set), (b, &of_b.set), across) {
            pair.template = across.templates == Templates::Keep
                && pair.jaccard >= across.drop_threshold
                && differs_only_in_names_and_numbers(&of_a.text, &of_b.text);
            proven.push(pair);
        }
    }
    Ok(proven)
}

/// A text and its shingles.
struct Shingled {
    text: String,
    set: ShingleSet,
}

impl Shingled {
    fn new(text: String, config: &Config) -> Self {
        let mut tokens = Tokens::default();
        tokenize_into(&text, &mut tokens);
        Self { set: shingles(tokens.hashes(), config.across.shingle_words), text }
    }
}

/// The order in which articles are judged: earlier ones stay rather than later ones.
pub(crate) fn order(notes: &[Note], settled: &Settled, keep: &Keep) -> Result<KeepOrder, Error> {
    let first = settled.sketches.len() as u32;
    let docs = u32::try_from(settled.sketches.len() + notes.len())
        .map_err(|_| Error::Config("there are too many articles for one index".to_owned()))?;
    // Nothing comes before something: articles of earlier runs go first.
    let note = |doc: u32| doc.checked_sub(first).and_then(|new| notes.get(new as usize));
    let order = match keep {
        Keep::Input => KeepOrder::input(docs),
        Keep::Longest => KeepOrder::by_key(docs, |doc| note(doc).map(|n| Reverse(n.kept_bytes))),
        Keep::Earliest => KeepOrder::by_key(docs, |doc| {
            note(doc).map(|note| (note.published.is_none(), note.published))
        }),
        Keep::Latest => KeepOrder::by_key(docs, |doc| note(doc).map(|n| Reverse(n.published))),
        Keep::Prefer(domains) => {
            let rank: HashMap<&str, usize> =
                domains.iter().enumerate().rev().map(|(i, d)| (d.as_str(), i)).collect();
            KeepOrder::by_key(docs, |doc| {
                let rank = |note: &Note| rank.get(note.domain.as_deref()?).copied();
                note(doc).map(|note| rank(note).unwrap_or(usize::MAX))
            })
        }
    };
    Ok(order.whole_first(|doc| match note(doc) {
        Some(note) => note.truncated,
        None => settled.is_truncated(doc),
    }))
}
