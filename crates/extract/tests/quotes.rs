//! Quotations against what was labelled by hand (`fixtures/facts/quotes.jsonl`). The texts are not
//! part of the project: the test needs the folder that `NEWSMILL_DATA` names, and passes without.
#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::iter_over_hash_type)]

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::Path;

use newsmill_article::{Article, Block, BlockKind, Limits, Origin, Span};
use serde::Deserialize;
use serde_json::Value;

/// A labelled text: where it comes from, and its quotations.
#[derive(Deserialize)]
struct Labelled {
    set: String,
    id: String,
    quotes: Vec<Value>,
}

/// The texts of one set by id.
fn texts(data: &Path, set: &str) -> HashMap<String, String> {
    let row = |line: &str| -> (String, String) {
        let row: Value = serde_json::from_str(line).unwrap();
        let text = match row["paragraphs"].as_array() {
            Some(paragraphs) => {
                paragraphs.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n\n")
            }
            None => row["text"].as_str().unwrap_or_default().to_owned(),
        };
        (row["id"].as_str().unwrap_or_default().to_owned(), text)
    };
    let packed = |name: &str, most: usize| {
        let file = std::fs::File::open(data.join(name)).unwrap();
        let lines = BufReader::new(zstd::Decoder::new(file).unwrap()).lines();
        lines.take(most).map(|l| row(&l.unwrap())).collect()
    };
    let plain = |name: &str| {
        std::fs::read_to_string(data.join(name)).unwrap().split_terminator('\n').map(row).collect()
    };
    match set {
        "gum" => plain("gum/docs.jsonl"),
        "fundus" => plain("html/fundus-a/gold.jsonl"),
        "releases" => packed("articles/press-releases.jsonl.zst", 12_000),
        _ => packed("articles/pages.jsonl.zst", usize::MAX),
    }
}

/// An article whose paragraphs are parted by blank lines.
fn article(text: &str) -> Article {
    let mut blocks = Vec::new();
    let mut at = 0;
    for paragraph in text.split_inclusive("\n\n") {
        let span = Span::new(text, at..at + paragraph.len()).unwrap().trim(text);
        if !span.is_empty() {
            blocks.push(Block::new(BlockKind::Paragraph, span));
        }
        at += paragraph.len();
    }
    Article::new("a".into(), Origin::new("t", 0), text.to_owned(), blocks, vec![]).unwrap()
}

/// Counts over one part of the labelled texts.
#[derive(Default)]
struct Score {
    spans: [usize; 3],
    speakers: [usize; 3],
}

impl Score {
    /// F1 of spans, share of speakers that are right, precision of those given.
    fn figures(&self) -> [f64; 3] {
        let ratio = |a: usize, b: usize| a as f64 / b.max(1) as f64;
        let ([right, given, wanted], [named, told, all]) = (self.spans, self.speakers);
        [ratio(2 * right, given + wanted), ratio(named, all), ratio(named, told)]
    }
}

#[test]
fn quotations_are_found_and_attributed() {
    let Some(data) = std::env::var_os("NEWSMILL_DATA") else { return };
    let data = Path::new(&data);
    let fixture = include_str!("../../../fixtures/facts/quotes.jsonl");
    let mut sets: HashMap<String, HashMap<String, String>> = HashMap::new();
    let mut scores: HashMap<String, Score> = HashMap::new();
    for line in fixture.lines() {
        let labelled: Labelled = serde_json::from_str(line).unwrap();
        let texts = sets.entry(labelled.set.clone()).or_insert_with(|| texts(data, &labelled.set));
        // The data at hand may be another half of the sets.
        let Some(text) = texts.get(&labelled.id) else { continue };
        let article = article(text);
        let facts = newsmill_extract::extract(&article, &article.kept(), &Limits::default());
        let place = |at: usize| text[..at].chars().count() as u64;
        let got: HashMap<(u64, u64), Option<String>> = facts
            .quotes
            .into_iter()
            .map(|q| ((place(q.span.start()), place(q.span.end())), q.speaker))
            .collect();
        let score = scores.entry(labelled.set).or_default();
        score.spans[1] += got.len();
        for quote in &labelled.quotes {
            let span = (quote["start"].as_u64().unwrap(), quote["end"].as_u64().unwrap());
            score.spans[2] += 1;
            let Some(speaker) = got.get(&span) else {
                score.speakers[2] += usize::from(quote["speaker"].is_string());
                continue;
            };
            score.spans[0] += 1;
            // No entry: two readings are possible.
            let Some(want) = quote.get("speaker") else { continue };
            score.speakers[0] +=
                usize::from(speaker.is_some() && speaker.as_deref() == want.as_str());
            score.speakers[1] += usize::from(speaker.is_some());
            score.speakers[2] += usize::from(want.is_string());
        }
    }
    let mut all = Score::default();
    for (set, score) in &scores {
        let [spans, speakers, precision] = score.figures();
        let count = score.spans[2];
        eprintln!(
            "{set}, {count} quotations: spans {spans:.3}, speakers {speakers:.3}, precision {precision:.3}"
        );
        for at in 0..3 {
            all.spans[at] += score.spans[at];
            all.speakers[at] += score.speakers[at];
        }
    }
    if all.spans[2] > 0 {
        let [spans, speakers, precision] = all.figures();
        eprintln!(
            "all quotations: spans {spans:.3}, speakers {speakers:.3}, precision {precision:.3}"
        );
        assert!(spans >= 0.97 && speakers >= 0.8 && precision >= 0.9);
    }
}
