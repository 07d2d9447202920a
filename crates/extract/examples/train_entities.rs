//! Trains the model of names, `data/entities/model.bin`, on the corpora that
//! `data/entities/corpora.py` brings into form.
//!
//! An averaged structured perceptron (Collins 2002) with hashed features, the averages rounded to
//! a byte each. A corpus may be read several times an epoch; one that is read no times is only
//! scored at the end. The same corpora give the same model.
//!
//! ```sh
//! cargo run --release -p newsmill-extract --example train_entities -- \
//!     data/entities/model.bin 8 gum.jsonl:3 wikigold.jsonl:3 silver.jsonl:1
//! ```
#![allow(clippy::print_stderr)]

#[path = "../src/entities/features.rs"]
#[allow(dead_code)]
mod features;
#[path = "../src/entities/gazetteer.rs"]
#[allow(dead_code)]
mod gazetteer;
#[path = "../src/entities/model.rs"]
#[allow(dead_code)]
mod model;
#[path = "../src/entities/words.rs"]
#[allow(dead_code)]
mod words;

use std::error::Error;
use std::fs;
use std::ops::Range;

use features::Document;
use model::{LABELS, NONE, ROW, ROWS, Row, Scratch, Weights, begin};
use serde_json::Value;

/// One run of a document with its true labels, and its features once and for all.
struct Example {
    document: usize,
    run: Range<usize>,
    labels: Vec<usize>,
}

/// A weight, what it was times the steps it was so, and the step of its last change.
#[derive(Clone, Copy, Default)]
struct Weight {
    now: f32,
    sum: f32,
    since: f32,
}

impl Weight {
    fn change(&mut self, by: f32, step: f32) {
        self.sum += self.now * (step - self.since);
        self.since = step;
        self.now += by;
    }

    fn average(&self, step: f32) -> f32 {
        (self.sum + self.now * (step - self.since)) / step
    }
}

struct Learning {
    rows: Vec<Row<Weight>>,
    pairs: Vec<Row<Weight>>,
}

impl Weights for Learning {
    fn add(&self, hashes: &[u32], scores: &mut Row<f32>) {
        for hash in hashes {
            let row = &self.rows[*hash as usize & (ROWS - 1)];
            for (score, weight) in scores.iter_mut().zip(row) {
                *score += weight.now;
            }
        }
    }

    fn pair(&self, from: usize, to: usize) -> f32 {
        self.pairs[from][to].now
    }
}

/// True labels of the words of `run`, from names by their bytes.
fn labels(
    document: &Document<'_>,
    run: &Range<usize>,
    names: &[(usize, Range<usize>)],
) -> Vec<usize> {
    let mut labels = vec![NONE; run.len()];
    for (kind, name) in names {
        let mut label = begin(*kind);
        for i in run.clone() {
            let token = &document.tokens[i];
            let inside = token.start + 1 > name.start
                && token.end() <= name.end + 2
                && token.start < name.end;
            if inside && labels[i - run.start] == NONE && (token.capital || label != begin(*kind)) {
                labels[i - run.start] = label;
                label = begin(*kind) + 1;
            }
        }
    }
    labels
}

fn names(row: &Value, text: &str) -> Vec<(usize, Range<usize>)> {
    let bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let mut names = Vec::new();
    for entity in row["entities"].as_array().into_iter().flatten() {
        let kinds = ["person", "organisation", "place"];
        let kind = kinds.iter().position(|k| Some(*k) == entity["kind"].as_str());
        let place = |of: &str| entity[of].as_u64().and_then(|at| bytes.get(at as usize).copied());
        if let (Some(kind), Some(start), Some(end)) = (kind, place("start"), place("end")) {
            names.push((kind, start..end));
        }
    }
    names.sort_by_key(|n| n.1.start);
    names
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(out), Some(epochs)) = (args.next(), args.next()) else {
        return Err("usage: train_entities MODEL EPOCHS CORPUS.jsonl:TIMES...".into());
    };
    let mut rows = Vec::new();
    for corpus in args {
        let (path, times) = corpus.rsplit_once(':').unwrap_or((&corpus, "1"));
        for line in fs::read_to_string(path)?.lines() {
            rows.push((serde_json::from_str::<Value>(line)?, times.parse::<usize>()?));
        }
    }
    let texts: Vec<&str> = rows.iter().map(|r| r.0["text"].as_str().unwrap_or_default()).collect();
    let documents: Vec<Document<'_>> = texts.iter().map(|t| Document::of(t)).collect();
    let (mut examples, mut held_out) = (Vec::new(), Vec::new());
    for (i, ((row, times), text)) in rows.iter().zip(&texts).enumerate() {
        let names = names(row, text);
        for run in documents[i].runs() {
            let (start, end) =
                (documents[i].tokens[run.start].start, documents[i].tokens[run.end - 1].end());
            let from = names.partition_point(|n| n.1.end <= start);
            let to = names.partition_point(|n| n.1.start < end);
            let labels = labels(&documents[i], &run, names.get(from..to).unwrap_or_default());
            if *times == 0 {
                held_out.push(Example { document: i, run: run.clone(), labels: labels.clone() });
            }
            for _ in 0..*times {
                examples.push(Example { document: i, run: run.clone(), labels: labels.clone() });
            }
        }
    }
    eprintln!("{} documents, {} runs", documents.len(), examples.len());
    let mut learning = Learning {
        rows: vec![[Weight::default(); ROW]; ROWS],
        pairs: vec![[Weight::default(); ROW]; ROW],
    };
    let (mut step, mut state) = (1.0_f32, 7_u64);
    let (mut hashes, mut scratch) = (Vec::new(), Scratch::default());
    for epoch in 0..epochs.parse::<usize>()? {
        for i in (1..examples.len()).rev() {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            examples.swap(i, (state >> 33) as usize % (i + 1));
        }
        let mut wrong = 0;
        for example in &examples {
            let document = &documents[example.document];
            let pairs = learning.pairs();
            model::best(document, &example.run, &learning, &pairs, &mut scratch);
            let guess = &scratch.labels;
            // Steps are counted in thousandths, which single precision can hold.
            step += 0.001;
            if *guess == example.labels {
                continue;
            }
            wrong += 1;
            let (mut from_true, mut from_guess) = (LABELS, LABELS);
            for (at, i) in example.run.clone().enumerate() {
                let (truth, guessed) = (example.labels[at], guess[at]);
                if truth != guessed {
                    document.features(&example.run, i, &mut hashes);
                    for hash in &hashes {
                        let row = &mut learning.rows[*hash as usize & (ROWS - 1)];
                        row[truth].change(1.0, step);
                        row[guessed].change(-1.0, step);
                    }
                }
                if (from_true, truth) != (from_guess, guessed) {
                    learning.pairs[from_true][truth].change(1.0, step);
                    learning.pairs[from_guess][guessed].change(-1.0, step);
                }
                (from_true, from_guess) = (truth, guessed);
            }
        }
        eprintln!("epoch {epoch}: {wrong} runs wrong");
    }
    let all = || learning.pairs.iter().chain(&learning.rows).flatten();
    let mut sizes: Vec<f32> = all().map(|w| w.average(step).abs()).collect();
    sizes.sort_by(f32::total_cmp);
    let largest = sizes[sizes.len() - 1 - sizes.len() / 5_000];
    let scale = 127.0 / largest;
    let bytes: Vec<u8> = all()
        .map(|w| (w.average(step) * scale).round().clamp(-127.0, 127.0) as i8)
        .map(i8::cast_unsigned)
        .collect();
    for row in learning.rows.iter_mut().chain(&mut learning.pairs).flatten() {
        row.now = (row.average(step) * scale).round().clamp(-127.0, 127.0);
    }
    score(&documents, &held_out, &learning);
    Ok(fs::write(out, bytes)?)
}

/// Precision and recall of whole names in runs that nothing was learned from.
fn score(documents: &[Document<'_>], examples: &[Example], weights: &Learning) {
    let mut scratch = Scratch::default();
    let (mut right, mut given, mut wanted) = (0, 0, 0);
    let spans = |labels: &[usize]| {
        let mut spans = Vec::new();
        for (at, label) in labels.iter().enumerate() {
            if *label != NONE && model::begins(*label) {
                let tail = labels[at + 1..].iter().take_while(|l| **l == *label + 1).count();
                spans.push((at, at + tail, *label));
            }
        }
        spans
    };
    for example in examples {
        let document = &documents[example.document];
        model::best(document, &example.run, weights, &weights.pairs(), &mut scratch);
        let (got, want) = (spans(&scratch.labels), spans(&example.labels));
        right += got.iter().filter(|s| want.contains(s)).count();
        given += got.len();
        wanted += want.len();
    }
    let ratio = |of: usize| right as f64 / of.max(1) as f64;
    let f1 = 2.0 * right as f64 / (given + wanted).max(1) as f64;
    eprintln!("held out: precision {:.3}, recall {:.3}, F1 {f1:.3}", ratio(given), ratio(wanted));
}
