//! The whole chain: a dump in, a run folder out.
#![allow(missing_docs, clippy::unwrap_used)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use newsmill_benches::{bytes, corpus};
use newsmill_pipeline::{Config, Existing, Job, Mode, Silent, Target, run};

fn benches(c: &mut Criterion) {
    let texts = corpus(2_000);
    let folder = tempfile::tempdir().unwrap();
    let dump = folder.path().join("dump.jsonl");
    let rows: String = texts
        .iter()
        .enumerate()
        .map(|(i, text)| format!("{}\n", serde_json::json!({ "id": i.to_string(), "text": text })))
        .collect();
    std::fs::write(&dump, rows).unwrap();

    let mut group = c.benchmark_group("chain");
    group.sample_size(10);
    group.throughput(Throughput::Bytes(bytes(&texts)));
    for (name, mode) in [("run", Mode::Articles), ("dedup", Mode::Verbatim)] {
        for threads in [1, 2] {
            let job = Job {
                inputs: vec![dump.display().to_string()],
                target: Target::Folder {
                    path: folder.path().join("RUN"),
                    existing: Existing::Overwrite,
                },
                config: Config { mode, ..Config::default() },
                threads,
            };
            group.bench_function(format!("{name}, {threads} threads"), |b| {
                b.iter(|| run(&job, &Silent).unwrap());
            });
        }
    }
    group.finish();
}

criterion_group!(chain, benches);
criterion_main!(chain);
