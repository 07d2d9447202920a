//! Facts of articles: each alone, and all together.
#![allow(missing_docs, clippy::unwrap_used)]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use newsmill_article::{Article, Block, BlockKind, Facts, Kept, Limits, Origin, Span};
use newsmill_extract::ALL;

/// Articles in the shape of news: names, quotations, dates and amounts among running text.
fn articles(n: usize) -> Vec<(Article, Kept)> {
    let given = ["Ana", "Paul", "Mary", "Hassan", "Ingrid", "Luis", "Karen", "Omar"];
    let surnames =
        ["Ruiz", "Coleman", "Okafor", "Lindqvist", "Haddad", "Moreau", "Tanaka", "Weber"];
    let places = ["Lima", "Texas", "Norway", "Cusco", "Ottawa", "Kenya", "Berlin", "Ohio"];
    let offices = ["Ministry of Health", "River Board", "Example University", "Dam Workers Union"];
    let sentences = [
        "The river rose by two metres during the night, and the old bridge was closed to all traffic.",
        "Most of the water came down from the hills after three days of rain that nobody had expected.",
        "By the evening some 400 families had left their homes for schools and halls on higher ground.",
        "It was not the first time that the gates had failed, and it will hardly be the last one.",
    ];
    let made = |i: usize| {
        let name = format!("{} {}", given[i % 8], surnames[(i / 3) % 8]);
        let last = surnames[(i / 3) % 8];
        let (place, office) = (places[(i / 5) % 8], offices[i % 4]);
        let mut text = format!(
            "{} (AP) — {} {} said on March {}, 2025, that the damage would cost ${} million.\n\n",
            place.to_uppercase(),
            office,
            ["chief", "spokesman", "director"][i % 3],
            i % 28 + 1,
            i % 90 + 2
        );
        for j in 0..8 {
            text.push_str(sentences[(i + j) % 4]);
            text.push(' ');
            text.push_str(sentences[(i * 7 + j) % 4]);
            text.push_str("\n\n");
            if j % 2 == 0 {
                text.push_str(&format!(
                    "“We asked for help in {place} and nobody came,” said {name}, who works for the \
                     {office}. “That is all there is to it.”\n\n"
                ));
            } else {
                text.push_str(&format!("{last} said {}% of the town was dry again.\n\n", i % 100));
            }
        }
        let mut blocks = Vec::new();
        let mut at = 0;
        for paragraph in text.split_inclusive("\n\n") {
            let span = Span::new(&text, at..at + paragraph.len()).unwrap().trim(&text);
            blocks.push(Block::new(BlockKind::Paragraph, span));
            at += paragraph.len();
        }
        let article =
            Article::new("a".into(), Origin::new("bench", 0), text, blocks, vec![]).unwrap();
        let kept = article.kept();
        (article, kept)
    };
    (0..n).map(made).collect()
}

fn benches(c: &mut Criterion) {
    let articles = articles(200);
    let bytes: usize = articles.iter().map(|(article, _)| article.text().len()).sum();
    let mut group = c.benchmark_group("extract");
    group.throughput(Throughput::Bytes(bytes as u64));
    group.sample_size(20);
    let limits = Limits::default();
    group.bench_function("all", |b| {
        b.iter(|| {
            let facts =
                articles.iter().map(|(a, kept)| newsmill_extract::extract(a, kept, &limits));
            facts.map(|f| f.entities.len()).sum::<usize>()
        });
    });
    for (at, fact) in ALL.iter().enumerate() {
        let before: Vec<Facts> = articles
            .iter()
            .map(|(article, kept)| {
                let mut facts = Facts::default();
                ALL[..at].iter().for_each(|f| f.extract(article, kept, &mut facts));
                facts
            })
            .collect();
        group.bench_function(fact.name(), |b| {
            b.iter_batched_ref(
                || before.clone(),
                |facts| {
                    for ((article, kept), facts) in articles.iter().zip(facts) {
                        fact.extract(article, kept, facts);
                    }
                },
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

criterion_group!(extract, benches);
criterion_main!(extract);
