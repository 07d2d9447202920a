//! The answer is the same within any memory, on any number of threads.

#![allow(clippy::unwrap_used)]

use std::cmp::Reverse;
use std::path::Path;

use newsmill_dedup::config::{AcrossConfig, Contained, Method};
use newsmill_dedup::deduper::{Outcome, dedup_in_order};
use newsmill_dedup::order::KeepOrder;
use newsmill_dedup::spill::Memory;
use proptest::prelude::*;

/// Texts made of passages of their own and of passages they share.
fn texts() -> impl Strategy<Value = Vec<String>> {
    let passage = (0_u32..12, 5_usize..60).prop_map(|(kind, words)| {
        (0..words).map(|word| format!("w{kind}x{word} ")).collect::<String>()
    });
    let text = prop::collection::vec(passage, 0..6);
    prop::collection::vec(text.prop_map(|passages| passages.concat()), 0..60)
}

fn solve(
    texts: &[&str],
    order: &KeepOrder,
    config: &AcrossConfig,
    memory: &Memory,
    threads: usize,
) -> Outcome {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| dedup_in_order(texts, order, config, memory).unwrap())
}

fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_memory_and_any_threads_give_the_same_answer(
        texts in texts(),
        method in prop::sample::select(vec![
            Method::OnePermutation, Method::MinHash, Method::ExactJoin,
        ]),
        contained in prop::sample::select(vec![Contained::Link, Contained::Drop]),
        drop_threshold in prop::sample::select(vec![0.5, 0.7, 1.0, 1.5]),
        bucket_head in prop::sample::select(vec![2, 64]),
        settled in 0_u32..20,
        longest_first: bool,
        bytes in prop::sample::select(vec![0, 2_000, 20_000, 200_000]),
        threads in 1_usize..6,
    ) {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let docs = texts.len() as u32;
        let config = AcrossConfig {
            method, contained, drop_threshold, bucket_head,
            bands: 16, containment_sampling: 2, ..AcrossConfig::default()
        };
        let order = if longest_first {
            KeepOrder::by_key(docs, |doc| Reverse(texts[doc as usize].len()))
        } else {
            KeepOrder::input(docs)
        };
        let order = order.settled_first(settled).whole_first(|doc| doc % 7 == 3);
        let expected = solve(&texts, &order, &config, &Memory::unlimited(), 1);
        let folder = tempfile::tempdir().unwrap();
        let memory = Memory::new(bytes, folder.path());
        let found = solve(&texts, &order, &config, &memory, threads);
        prop_assert_eq!(&found.pairs, &expected.pairs);
        prop_assert_eq!(&found.decisions, &expected.decisions);
        prop_assert_eq!(files(folder.path()), 0);
        let settled = |doc: u32| doc < order.settled();
        prop_assert!(!found.pairs.iter().any(|pair| settled(pair.a) && settled(pair.b)));
    }
}

#[test]
fn a_folder_that_is_not_there_is_an_error_and_no_panic() {
    let texts: Vec<String> = (0..300).map(|i| format!("one two three {i} four five six")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let memory = Memory::new(0, "/no/such/folder");
    let order = KeepOrder::input(300);
    assert!(dedup_in_order(&texts, &order, &AcrossConfig::default(), &memory).is_err());
}
