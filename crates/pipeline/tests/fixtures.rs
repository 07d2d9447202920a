//! The chain over every fixture, held against its snapshot.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{FIXTURES, articles, ledger, run_into};
use newsmill_pipeline::{Config, parse};
use serde_json::{Value, json};

#[test]
fn posts() {
    let mut paths: Vec<_> = std::fs::read_dir(format!("{FIXTURES}/posts"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    paths.sort();
    for name in paths {
        let config = Config::default();
        let path = format!("{FIXTURES}/posts/{name}");
        let rows = parse(&path, &config).unwrap();
        let rows: Vec<Value> = rows.map(|r| serde_json::from_slice(&r.unwrap()).unwrap()).collect();
        insta::assert_json_snapshot!(name, rows);
    }
}

#[test]
fn rows() {
    let folder = tempfile::tempdir().unwrap();
    let input = format!("{FIXTURES}/rows/copies.jsonl");
    run_into(folder.path(), &[&input], &Config::default(), 1);
    let brief: Vec<Value> = articles(folder.path())
        .into_iter()
        .map(|row| {
            let fields = ["id", "title", "byline", "published", "url", "cluster", "related"];
            fields.iter().map(|name| ((*name).to_owned(), row[*name].clone())).collect()
        })
        .collect();
    insta::assert_json_snapshot!(
        "copies",
        json!({
            "articles": brief,
            "duplicates": ledger(folder.path(), "duplicates.jsonl"),
            "removed": ledger(folder.path(), "removed.jsonl"),
            "rejected": ledger(folder.path(), "rejected.jsonl"),
        })
    );
}
