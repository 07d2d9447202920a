//! HTML pages to articles, metadata included.
#![allow(missing_docs, clippy::unwrap_used)]

use std::fmt::Write as _;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use newsmill_article::{Limits, Media, Origin, Record};
use newsmill_parse::parse;

/// A page as sites write them: mostly scripts and frames around an article of `paragraphs`.
fn page(paragraphs: usize) -> String {
    let mut page = include_str!("../../fixtures/html/river.html").to_owned();
    let script = "<script>window.state={\"a\":[1,2,3],\"b\":\"c < d\"};</script>\n".repeat(1_000);
    let at = page.find("</head>").unwrap();
    page.insert_str(at, &script);
    let mut body = String::new();
    for n in 0..paragraphs {
        write!(
            body,
            "<p class=\"text\">The river rose to {n} metres, <a href=\"/{n}\">they</a> said.</p>"
        )
        .unwrap();
        write!(
            body,
            "<div class=\"card teaser\"><a href=\"/t{n}\"><span>Story {n}</span></a></div>"
        )
        .unwrap();
    }
    let at = page.find("<h2>A way").unwrap();
    page.insert_str(at, &body);
    page
}

fn benches(c: &mut Criterion) {
    let mut group = c.benchmark_group("html");
    let cases = [
        ("page", page(60)),
        ("long page", page(4_000)),
        ("hostile: nested lists", "<ul><li>".repeat(64 << 10)),
        ("hostile: unclosed links", "<a href=x><div>y".repeat(32 << 10)),
        ("hostile: ends of nothing", "</b></div></li></p>".repeat(27 << 10)),
    ];
    group.sample_size(10);
    for (name, html) in &cases {
        group.throughput(Throughput::Bytes(html.len() as u64));
        group.bench_function(*name, |b| {
            b.iter(|| {
                let mut record = Record::text(Origin::new("page.html", 0), html.as_str());
                record.media = Media::Html;
                parse(record, &Limits::default()).is_ok()
            });
        });
    }
    group.finish();
}

criterion_group!(html, benches);
criterion_main!(html);
