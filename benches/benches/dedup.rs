//! The hot path of duplicates: tokens, shingles and sketch, candidates, proof, decision.
#![allow(missing_docs, clippy::unwrap_used)]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use newsmill_benches::{bytes, corpus};
use newsmill_dedup::candidates::{Candidates, Sketches};
use newsmill_dedup::config::{AcrossConfig, Method};
use newsmill_dedup::keep::{Decision, Proven};
use newsmill_dedup::order::KeepOrder;
use newsmill_dedup::shingles::{ShingleSet, shingles};
use newsmill_dedup::sketch::{Scratch, Sketch, Sketcher};
use newsmill_dedup::spill::Memory;
use newsmill_dedup::tokens::{Tokens, tokenize_into};
use newsmill_dedup::verify::{Pair, verify};

fn tokens(text: &str) -> Tokens {
    let mut tokens = Tokens::default();
    tokenize_into(text, &mut tokens);
    tokens
}

fn sketches(texts: &[String], config: &AcrossConfig) -> (Vec<ShingleSet>, Vec<Sketch>) {
    let sketcher = Sketcher::new(config).unwrap();
    let of = |text: &String| {
        let tokens = tokens(text);
        let set = shingles(tokens.hashes(), config.shingle_words);
        let sketch = sketcher.sketch(tokens.hashes(), &set);
        (set, sketch)
    };
    texts.iter().map(of).unzip()
}

fn find(sketches: &Sketches, order: &KeepOrder, config: &AcrossConfig) -> Candidates {
    let memory = Memory::unlimited();
    Candidates::find(sketches, order, config, &memory, &mut |_, _| Ok(())).unwrap()
}

fn prove(pairs: &[(u32, u32)], sets: &[ShingleSet], config: &AcrossConfig) -> Vec<Pair> {
    let set = |n: u32| (n, sets[n as usize].as_slice());
    pairs.iter().filter_map(|(a, b)| verify(set(*a), set(*b), config)).collect()
}

fn decide(
    sketches: &[Sketch],
    sets: &[ShingleSet],
    order: &KeepOrder,
    config: &AcrossConfig,
) -> Vec<Decision> {
    let memory = Memory::unlimited();
    let store = stored(sketches, config);
    let found = find(&store, order, config);
    let mut proven = Proven::new(&memory);
    let pairs: Vec<_> = found.pairs(order).unwrap().map(Result::unwrap).collect();
    for pair in prove(&pairs, sets, config) {
        proven.push(&pair, order).unwrap();
    }
    let decided = proven.decide(&store, &found.duplicates, order, config, &memory);
    decided.unwrap().to_vec().unwrap()
}

fn stored(sketches: &[Sketch], config: &AcrossConfig) -> Sketches {
    let mut store = Sketches::new(config, &Memory::unlimited()).unwrap();
    for sketch in sketches {
        store.push(sketch).unwrap();
    }
    store
}

fn benches(c: &mut Criterion) {
    let texts = corpus(1_000);
    let mut group = c.benchmark_group("dedup");

    group.throughput(Throughput::Bytes(bytes(&texts)));
    let mut scratch = Tokens::default();
    group.bench_function("tokenise", |b| {
        b.iter(|| {
            let mut words = 0;
            for text in &texts {
                tokenize_into(text, &mut scratch);
                words += scratch.len();
            }
            words
        });
    });
    for method in [Method::OnePermutation, Method::MinHash] {
        for (bands, rows) in [(32, 4), (64, 4)] {
            let config = AcrossConfig { method, bands, rows, ..AcrossConfig::default() };
            let sketcher = Sketcher::new(&config).unwrap();
            let mut room = Scratch::default();
            let name = format!("text to sketch, {method:?}, {} values", bands * rows);
            group.bench_function(name, |b| {
                b.iter(|| {
                    for text in &texts {
                        tokenize_into(text, &mut scratch);
                        let sketch = sketcher.sketch_words(scratch.hashes(), &mut room);
                        std::hint::black_box(sketch);
                    }
                });
            });
        }
    }

    let config = AcrossConfig::default();
    let (sets, sketches) = sketches(&texts, &config);
    let order = KeepOrder::input(texts.len() as u32);
    group.throughput(Throughput::Elements(texts.len() as u64));
    let store = stored(&sketches, &config);
    group.bench_function("band and candidates", |b| b.iter(|| find(&store, &order, &config)));
    let found = find(&store, &order, &config);
    let pairs: Vec<_> = found.pairs(&order).unwrap().map(Result::unwrap).collect();
    let size = |n: u32| 8 * sets[n as usize].len() as u64;
    group.throughput(Throughput::Bytes(pairs.iter().map(|(a, b)| size(*a) + size(*b)).sum()));
    group.bench_function("verify", |b| b.iter(|| prove(&pairs, &sets, &config)));
    group.throughput(Throughput::Elements(texts.len() as u64));
    group.bench_function("sketch to decision", |b| {
        b.iter_batched(
            || (),
            |()| decide(&sketches, &sets, &order, &config),
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

criterion_group!(dedup, benches);
criterion_main!(dedup);
