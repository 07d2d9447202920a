use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use crate::tokens::tokenize_with_spans_into;

/// Which words of each text stand in a run of `min_words` words that an earlier text has too: by
/// a table of all runs.
fn by_all_runs(texts: &[String], min_words: usize) -> Vec<Vec<bool>> {
    let mut first: HashMap<Vec<String>, usize> = HashMap::new();
    let mut covered = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        let words: Vec<String> = words(text);
        let mut of_text = vec![false; words.len()];
        for (start, run) in words.windows(min_words).enumerate() {
            if *first.entry(run.to_vec()).or_insert(number) < number {
                of_text[start..start + min_words].fill(true);
            }
        }
        covered.push(of_text);
    }
    covered
}

fn words(text: &str) -> Vec<String> {
    let mut tokens = Tokens::default();
    tokenize_with_spans_into(text, &mut tokens);
    tokens.spans().iter().map(|span| text[span.clone()].to_lowercase()).collect()
}

/// Which words of each text lie in passages; each passage is checked.
fn by_passages(texts: &[String], found: &[Passage], min_words: usize) -> Vec<Vec<bool>> {
    let mut covered = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        let mut tokens = Tokens::default();
        tokenize_with_spans_into(text, &mut tokens);
        let mut of_text = vec![false; tokens.len()];
        for passage in found.iter().filter(|p| p.text as usize == number) {
            let there = &texts[passage.of as usize][passage.of_range.clone()];
            let here = words(&text[passage.range.clone()]);
            assert_eq!(here, words(there), "{passage:?}");
            assert_eq!(here.len(), passage.words as usize, "{passage:?}");
            assert!(here.len() >= min_words && passage.of < passage.text, "{passage:?}");
            for (word, span) in of_text.iter_mut().zip(tokens.spans()) {
                *word |= passage.range.start <= span.start && span.end <= passage.range.end;
            }
        }
        covered.push(of_text);
    }
    covered
}

/// Texts of few different words, so that runs recur, some of them pasted from others.
fn texts() -> impl Strategy<Value = Vec<String>> {
    let word = prop::sample::select(vec![
        "ice",
        "ICE",
        "tea",
        "Öl",
        "ΟΔΟΣ",
        "市",
        "長",
        "it’s",
        "x-y",
        "\n\nrain.",
        "“so”",
    ]);
    let text = prop::collection::vec(word, 0..60).prop_map(|words| words.join(" "));
    prop::collection::vec(text, 0..6)
}

proptest! {
    #[test]
    fn passages_are_those_of_all_runs(texts in texts(), min_words in MIN_WORDS..12) {
        let found = passages(&texts, min_words);
        prop_assert_eq!(
            by_passages(&texts, &found, min_words),
            by_all_runs(&texts, min_words)
        );
    }

    #[test]
    fn pasted_passages_are_found_whole(
        words in prop::collection::vec(0_u32..1_000_000, 200),
        start in 0_usize..100,
        length in 20_usize..100,
        at in 0_usize..200,
        min_words in 4_usize..20,
    ) {
        let text = |words: &[u32]| words.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
        let mut other: Vec<u32> = words.iter().map(|word| word + 2_000_000).collect();
        other.splice(at..at, words[start..start + length].iter().copied());
        let found = passages(&[text(&words), text(&other)], min_words);
        prop_assert_eq!(found.len(), 1);
        prop_assert_eq!(found[0].words as usize, length);
    }
}

#[test]
fn marks_around_a_passage_go_with_it() {
    let said = "nobody came to the pier that day";
    let cases = [
        (format!("One: “{said}.” Two."), format!("Three “{said}.”"), format!("“{said}.”")),
        (format!("One {said}. Two"), format!("Three {said}, four"), said.to_owned()),
        (format!("One {said}-five"), format!("Three {said}-six"), said.to_owned()),
        (format!("({said})"), format!("({said})"), format!("({said})")),
        (format!("One {said}!"), format!("{} two", said.to_uppercase()), said.to_uppercase()),
    ];
    for (first, second, want) in cases {
        let texts = [first, second];
        let found = passages(&texts, 7);
        assert_eq!(found.len(), 1, "{texts:?}");
        assert_eq!(&texts[1][found[0].range.clone()], want);
    }
}

#[test]
fn the_first_text_stays_and_each_copy_names_it() {
    let said = "nobody came to the pier on that day";
    let texts: Vec<String> = (0..50).map(|n| format!("{n} {n} {said} {n}")).collect();
    let found = passages(&texts, 8);
    let pairs: Vec<(u32, u32)> = found.iter().map(|p| (p.text, p.of)).collect();
    assert_eq!(pairs, (1..50).map(|n| (n, 0)).collect::<Vec<_>>());
}

#[test]
fn texts_made_to_collide_take_n_log_n() {
    let story = "the ferry will not run on sundays until the pier has been mended by the town";
    let hostile: [Vec<String>; 7] = [
        vec!["a ".repeat(300_000); 3],
        vec!["a".repeat(1 << 20); 3],
        vec![story.to_owned(); 100_000],
        (0..20_000).map(|n| format!("{n} {story} {n} {story}")).collect(),
        vec!["\0. “".repeat(100_000); 3],
        vec!["市".repeat(100_000); 3],
        (1..300).map(|n| "b ".repeat(5 * n)).collect(),
    ];
    for texts in hostile {
        let bytes: usize = texts.iter().map(String::len).sum();
        let found = passages(&texts, 12);
        assert!(found.len() <= bytes, "{} passages", found.len());
    }
}
