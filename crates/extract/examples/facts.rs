//! Facts of texts, for measuring: rows with `id` and `text` on standard input, paragraphs parted by
//! blank lines; on standard output a row each with its quotes, entities and the other fields, places
//! in code points. The CPU time each fact took goes to standard error.
//!
//! ```sh
//! cargo run --release -p newsmill-extract --example facts < rows.jsonl > facts.jsonl
//! ```
#![allow(clippy::print_stderr, clippy::print_stdout)]

use std::error::Error;
use std::io::{BufRead, Write};
use std::time::Duration;

use newsmill_article::{Article, Block, BlockKind, Facts, Origin, Span};
use newsmill_extract::ALL;
use serde_json::{Value, json};

/// CPU time of this thread (Linux; elsewhere nothing).
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = stat.split(' ').next().and_then(|n| n.parse().ok());
    Duration::from_nanos(nanos.unwrap_or(0))
}

fn article(id: &str, text: &str) -> Result<Article, Box<dyn Error>> {
    let mut blocks = Vec::new();
    let mut at = 0;
    for paragraph in text.split_inclusive("\n\n") {
        let span = Span::new(text, at..at + paragraph.len())?.trim(text);
        if !span.is_empty() {
            blocks.push(Block::new(BlockKind::Paragraph, span));
        }
        at += paragraph.len();
    }
    Ok(Article::new(id.into(), Origin::new("rows", 0), text.to_owned(), blocks, vec![])?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut articles = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let row: Value = serde_json::from_str(&line?)?;
        let (id, text) = (row["id"].as_str().unwrap_or("row"), row["text"].as_str().unwrap_or(""));
        let article = article(id, text)?;
        let kept = article.kept();
        articles.push((article, kept, Facts::default()));
    }
    let bytes: usize = articles.iter().map(|a| a.0.text().len()).sum();
    let speed = |took: Duration| bytes as f64 / took.as_secs_f64() / 1e6;
    let mut all = Duration::ZERO;
    for fact in ALL {
        let start = cpu();
        for (article, kept, facts) in &mut articles {
            fact.extract(article, kept, facts);
        }
        let took = cpu().saturating_sub(start);
        all += took;
        eprintln!("{:12} {:8.1} MB/s", fact.name(), speed(took));
    }
    eprintln!("{:12} {:8.1} MB/s", "all", speed(all));
    let mut out = std::io::stdout().lock();
    for (article, _, facts) in &articles {
        let text = article.text();
        let place = |span: Span| {
            let start = text[..span.start()].chars().count();
            (start, start + article.slice(span).chars().count())
        };
        let mut value = serde_json::to_value(facts)?;
        value["id"] = json!(article.id);
        value["entities"] = facts
            .entities
            .iter()
            .map(|e| {
                let (start, end) = place(e.span);
                json!({"text": article.slice(e.span), "kind": e.kind, "start": start, "end": end})
            })
            .collect();
        value["quotes"] = facts
            .quotes
            .iter()
            .map(|q| {
                let (start, end) = place(q.span);
                json!({"text": article.slice(q.span), "speaker": q.speaker, "cue": q.cue,
                    "confidence": q.confidence, "start": start, "end": end})
            })
            .collect();
        writeln!(out, "{value}")?;
    }
    Ok(())
}
