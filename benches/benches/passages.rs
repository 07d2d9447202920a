//! Passages across texts: anchors, and the whole search.
#![allow(missing_docs, clippy::unwrap_used)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use newsmill_benches::{bytes, corpus};
use newsmill_dedup::passages::{Winnow, passages};
use newsmill_dedup::tokens::{Tokens, tokenize_into};

fn benches(c: &mut Criterion) {
    let texts = corpus(1_000);
    let mut group = c.benchmark_group("passages");

    group.throughput(Throughput::Bytes(bytes(&texts)));
    let mut tokens = Tokens::default();
    for words in [16, 50] {
        let mut winnow = Winnow::new(words);
        group.bench_function(format!("anchors: {words} words"), |b| {
            b.iter(|| {
                let mut anchors = 0;
                for text in &texts {
                    tokenize_into(text, &mut tokens);
                    anchors += winnow.anchors(tokens.hashes()).len();
                }
                anchors
            });
        });
    }
    group.bench_function("search", |b| b.iter(|| passages(&texts, 50).len()));

    group.sample_size(10);
    let story = "The bridge will stay closed until spring, the council said. ".repeat(8);
    let hostile = [("one word", vec!["a ".repeat(1 << 18); 4]), ("one story", vec![story; 4_000])];
    for (name, texts) in &hostile {
        group.throughput(Throughput::Bytes(bytes(texts)));
        group.bench_function(format!("hostile: {name}"), |b| b.iter(|| passages(texts, 50).len()));
    }
    group.finish();
}

criterion_group!(of_passages, benches);
criterion_main!(of_passages);
