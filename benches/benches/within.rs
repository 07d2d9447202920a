//! Repeats within a text.
#![allow(missing_docs, clippy::unwrap_used)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use newsmill_benches::{bytes, corpus};
use newsmill_dedup::within::{Finder, WithinConfig};

fn benches(c: &mut Criterion) {
    let texts = corpus(1_000);
    let config = WithinConfig::default();
    let mut group = c.benchmark_group("within");

    group.throughput(Throughput::Bytes(bytes(&texts)));
    let mut finder = Finder::default();
    group.bench_function("repeats", |b| {
        b.iter(|| texts.iter().map(|text| finder.repeats(text, &config).len()).sum::<usize>());
    });

    let mebibyte = 1 << 20;
    let hostile = [
        ("one letter", "a".repeat(mebibyte)),
        ("one word", "a ".repeat(mebibyte / 2)),
        ("one sentence", "The bridge will stay closed until spring. ".repeat(mebibyte / 42)),
        ("table", (0..mebibyte / 20).map(|i| format!("row {i}\t{}\tclosed\n", i % 7)).collect()),
    ];
    group.sample_size(10);
    for (name, text) in &hostile {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(format!("hostile: {name}"), |b| {
            b.iter(|| finder.repeats(text, &config).len());
        });
    }
    group.finish();
}

criterion_group!(within, benches);
criterion_main!(within);
