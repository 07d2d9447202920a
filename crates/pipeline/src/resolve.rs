//! The resolve pass: candidate pairs from the sketches, each proven on the real words, who is kept.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;

use newsmill_dedup::candidates::{AcrossError, Candidates, Sketches};
use newsmill_dedup::config::Templates;
use newsmill_dedup::keep::{Decision, Proven};
use newsmill_dedup::order::KeepOrder;
use newsmill_dedup::shingles::{ShingleSet, shingles, shingles_into};
use newsmill_dedup::spill::Memory;
use newsmill_dedup::template::differs_only_in_names_and_numbers;
use newsmill_dedup::tokens::{Tokens, tokenize_into};
use newsmill_dedup::verify::{Pair, verify};
use rayon::ThreadPool;
use rayon::prelude::*;
use tracing::{info, info_span, warn};

use crate::Error;
use crate::config::{Config, Keep};
use crate::index::Settled;
use crate::map::{Mapped, Note};
use crate::progress::Pass;
use crate::run::Hooks;
use crate::spool::Spool;

/// Pairs handed out at once.
const PAIRS_PER_BATCH: usize = 1 << 16;
/// Pairs a worker proves at a time, more or less: those of one family stay together.
const PAIRS_PER_CHUNK: usize = 512;
/// Bytes of texts and shingles a worker holds at a time.
const HELD_BYTES: usize = 16 << 20;

/// Decides for every article whether it is kept. Those of earlier runs stand: they go first, are
/// not compared with each other, and no decision is returned for them. Also returns the articles of
/// this run that are kept, best first.
pub(crate) fn resolve(
    mapped: &Mapped,
    mut sketches: Sketches,
    settled: &Settled,
    memory: &Memory,
    config: &Config,
    pool: &ThreadPool,
    hooks: &Hooks<'_>,
) -> Result<(Vec<Decision>, Vec<u32>), Error> {
    let span = info_span!("resolve", articles = mapped.notes.len());
    let _guard = span.enter();
    let order = order(&mapped.notes, settled, &config.keep)?;
    let spool = &mapped.spool;
    let failed = |cause| spool.failed(cause);
    sketches.finish().map_err(failed)?;
    let found = pool.install(|| {
        // Asked for by the exact join only.
        let mut texts = spool.texts()?;
        let mut words = Tokens::default();
        let mut shingles = |number: u32, set: &mut ShingleSet| {
            let text = texts.read(number).map_err(io::Error::other)?;
            tokenize_into(&text, &mut words);
            shingles_into(words.hashes(), config.across.shingle_words, set);
            Ok(())
        };
        let found = Candidates::find(&sketches, &order, &config.across, memory, &mut shingles);
        found.map_err(|error| match error {
            AcrossError::Spill(cause) => failed(cause),
            other => Error::Config(other.to_string()),
        })
    })?;
    if found.capped_buckets > 0 {
        warn!(
            buckets = found.capped_buckets,
            largest = found.largest_bucket,
            "very many alike articles: each was compared with the first of them only"
        );
    }
    info!(candidates = found.len(), "candidate pairs");

    hooks.progress.begin(Pass::Resolve, Some(found.len()));
    let mut proven = Proven::new(memory);
    let mut pairs = found.pairs(&order).map_err(failed)?;
    let (mut done, mut similar) = (0, 0_u64);
    loop {
        let batch = pairs.by_ref().take(PAIRS_PER_BATCH).collect::<io::Result<Vec<_>>>();
        let batch = batch.map_err(failed)?;
        if batch.is_empty() {
            break;
        }
        done += batch.len() as u64;
        similar += pool.install(|| {
            let pairs = prove(batch, spool, config)?;
            pairs.iter().try_for_each(|pair| proven.push(pair, &order)).map_err(failed)?;
            Ok::<_, Error>(pairs.len() as u64)
        })?;
        hooks.progress.at(done, 0);
        if hooks.stops() {
            return Err(Error::Stopped);
        }
    }
    hooks.progress.end();
    info!(pairs = similar, "proven pairs");

    let across = &config.across;
    let decisions =
        pool.install(|| proven.decide(&sketches, &found.duplicates, &order, across, memory));
    let decisions = decisions.and_then(|decisions| {
        decisions.iter()?.skip(settled.count as usize).collect::<io::Result<Vec<_>>>()
    });
    let decisions = decisions.map_err(failed)?;
    let is_kept = |doc: &u32| matches!(decisions[*doc as usize], Decision::Keep { .. });
    let docs = order.docs().into_iter().filter_map(|doc| doc.checked_sub(settled.count));
    let kept = docs.filter(is_kept).collect();
    Ok((decisions, kept))
}

/// Proves the pairs that matter, in parallel.
fn prove(pairs: Vec<(u32, u32)>, spool: &Spool, config: &Config) -> Result<Vec<Pair>, Error> {
    let pairs = by_family(pairs);
    let chunks = chunks(&pairs).into_par_iter();
    let proven = chunks.map(|pairs| prove_chunk(pairs, spool, config));
    Ok(proven.collect::<Result<Vec<_>, Error>>()?.concat())
}

/// The pairs with the first text of their family in front of them, family by family: so each text
/// is read and shingled once for all its pairs.
fn by_family(pairs: Vec<(u32, u32)>) -> Vec<(u32, u32, u32)> {
    let mut parents: HashMap<u32, u32> = HashMap::with_capacity(pairs.len());
    let root = |parents: &mut HashMap<u32, u32>, mut text: u32| {
        loop {
            let parent = *parents.entry(text).or_insert(text);
            if parent == text {
                return text;
            }
            // Hang the text under its grandparent on the way.
            let grandparent = *parents.entry(parent).or_insert(parent);
            parents.insert(text, grandparent);
            text = grandparent;
        }
    };
    for &(a, b) in &pairs {
        let (a, b) = (root(&mut parents, a), root(&mut parents, b));
        parents.insert(a.max(b), a.min(b));
    }
    let family = |(a, b): (u32, u32)| (root(&mut parents, a), a, b);
    let mut pairs: Vec<_> = pairs.into_iter().map(family).collect();
    pairs.sort_unstable();
    pairs
}

/// Cuts pairs into what one worker takes: between families where there is a border near.
fn chunks(pairs: &[(u32, u32, u32)]) -> Vec<&[(u32, u32, u32)]> {
    let mut chunks = Vec::new();
    let mut rest = pairs;
    while !rest.is_empty() {
        let enough = rest.len().min(PAIRS_PER_CHUNK);
        let family = rest.get(enough - 1).map(|pair| pair.0);
        let same = rest.iter().skip(enough).take(PAIRS_PER_CHUNK);
        let more = same.take_while(|pair| Some(pair.0) == family).count();
        let (chunk, after) = rest.split_at(enough + more);
        chunks.push(chunk);
        rest = after;
    }
    chunks
}

fn prove_chunk(
    pairs: &[(u32, u32, u32)],
    spool: &Spool,
    config: &Config,
) -> Result<Vec<Pair>, Error> {
    let across = &config.across;
    let mut texts = spool.texts()?;
    let mut held: HashMap<u32, Shingled> = HashMap::new();
    let (mut held_bytes, mut words) = (0, Tokens::default());
    let mut proven = Vec::new();
    for &(_, a, b) in pairs {
        if held_bytes > HELD_BYTES {
            held.clear();
            held_bytes = 0;
        }
        for number in [a, b] {
            if let Entry::Vacant(slot) = held.entry(number) {
                let shingled = Shingled::new(texts.read(number)?, &mut words, config);
                held_bytes += shingled.text.len() + 8 * shingled.set.len();
                slot.insert(shingled);
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
    fn new(text: String, words: &mut Tokens, config: &Config) -> Self {
        tokenize_into(&text, words);
        Self { set: shingles(words.hashes(), config.across.shingle_words), text }
    }
}

/// The order in which articles are judged: earlier ones stay rather than later ones.
fn order(notes: &[Note], settled: &Settled, keep: &Keep) -> Result<KeepOrder, Error> {
    let first = settled.count;
    let docs = u32::try_from(first as usize + notes.len())
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
    Ok(order.settled_first(first).whole_first(|doc| match note(doc) {
        Some(note) => note.truncated,
        None => settled.is_truncated(doc),
    }))
}
