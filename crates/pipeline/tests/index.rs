//! Promises of runs that share an index.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use common::{articles, lasting_files, ledger};
use newsmill_pipeline::dedup::config::Method;
use newsmill_pipeline::{
    Config, Contained, Error, Existing, IndexConfig, Job, Keep, Mode, Silent, Summary, Target,
    index_merge, index_stats, index_verify, run,
};
use serde_json::{Value, json};

/// Rows of posts by number: of every five, one is an exact copy of an earlier one, one a near copy,
/// and one holds an earlier one whole.
fn rows(numbers: std::ops::Range<u64>) -> String {
    let mut rows = String::new();
    for number in numbers {
        let words = |story: u64, words: u64| -> String {
            let word = |i: u64| {
                format!("w{:x} ", (story * 977 + i + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 44)
            };
            (0..words).map(word).collect()
        };
        let text = match number % 5 {
            2 => words(number / 2 / 5 * 5, 150),
            3 => words(number / 3 / 5 * 5, 150) + "with a late correction",
            4 => words(number / 2 / 5 * 5, 150) + &words(number, 200),
            _ => words(number, 150),
        };
        let published = format!("2025-03-{:02}", number % 28 + 1);
        let row = json!({ "id": format!("p{number}"), "date": published, "text": text });
        rows.push_str(&format!("{row}\n"));
    }
    rows
}

struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("one.jsonl"), rows(0..60)).unwrap();
        fs::write(folder.path().join("two.jsonl"), rows(60..120)).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn index(&self) -> PathBuf {
        self.path("index")
    }

    /// A run of `inputs` into `name`/RUN.
    fn run(&self, inputs: &[&str], name: &str, config: &Config) -> Result<Summary, Error> {
        let job = Job {
            inputs: inputs.iter().map(|i| self.path(i).display().to_string()).collect(),
            target: Target::Folder { path: self.path(name).join("RUN"), existing: Existing::New },
            config: config.clone(),
            threads: 2,
        };
        run(&job, &Silent)
    }

    fn with_index(&self) -> Config {
        let index = IndexConfig { path: Some(self.index()), read_only: false };
        Config { mode: Mode::Verbatim, index, ..Config::default() }
    }
}

/// What the duplicates of a run were dropped for, by id.
fn fates(run: &Path) -> BTreeMap<String, (String, String, f64, Value)> {
    let text = |row: &Value, field: &str| row[field].as_str().unwrap().to_owned();
    let rows = ledger(run, "duplicates.jsonl").into_iter();
    rows.map(|row| {
        let similarity = row["similarity"].as_f64().unwrap();
        let fate = (text(&row, "kept"), text(&row, "method"), similarity, row["diff"].clone());
        (text(&row, "id"), fate)
    })
    .collect()
}

#[test]
fn two_dumps_one_after_the_other_are_as_good_as_both_at_once() {
    for (method, contained) in [
        (Method::OnePermutation, Contained::Link),
        (Method::MinHash, Contained::Link),
        (Method::ExactJoin, Contained::Link),
    ] {
        let home = Home::new();
        let mut config = home.with_index();
        config.across.method = method;
        config.across.contained = contained;
        let together = Config { index: IndexConfig::default(), ..config.clone() };
        home.run(&["one.jsonl", "two.jsonl"], "both", &together).unwrap();
        home.run(&["one.jsonl"], "one", &config).unwrap();
        let summary = home.run(&["two.jsonl"], "two", &config).unwrap();
        assert!(summary.tally.duplicates > 15, "{:?}", summary.tally);

        let mut apart = fates(&home.path("one"));
        apart.extend(fates(&home.path("two")));
        assert_eq!(apart, fates(&home.path("both")), "{method:?}");

        let old: BTreeMap<String, Value> = articles(&home.path("one"))
            .into_iter()
            .map(|row| (row["id"].as_str().unwrap().to_owned(), row["source"].clone()))
            .collect();
        let mut of_old = 0;
        for row in ledger(&home.path("two"), "duplicates.jsonl") {
            let kept = row["kept"].as_str().unwrap();
            assert_eq!(row.get("kept_source"), old.get(kept), "{row}");
            of_old += u32::from(old.contains_key(kept));
            assert!(row["cluster"].is_string());
        }
        assert!(of_old > 5, "{of_old}");
        // What an earlier run dropped is not remembered.
        let dropped = fates(&home.path("one"));
        let related = |run: &str| -> BTreeMap<String, Vec<Value>> {
            let of = |row: &Value| -> Vec<Value> {
                let all = row["related"].as_array().unwrap().iter();
                all.filter(|r| !dropped.contains_key(r["id"].as_str().unwrap())).cloned().collect()
            };
            let rows = articles(&home.path(run)).into_iter();
            rows.map(|row| (row["id"].as_str().unwrap().to_owned(), of(&row))).collect()
        };
        let (apart, both) = (related("two"), related("both"));
        assert!(apart.values().flatten().any(|related| related["kind"] == "contains"));
        for (id, related) in apart {
            assert_eq!(Some(&related), both.get(&id), "{id}");
        }
    }
}

#[test]
fn the_same_input_again_is_known() {
    for policy in [Keep::Input, Keep::Longest, Keep::Earliest, Keep::Latest] {
        let home = Home::new();
        let mut config = Config { keep: policy, ..home.with_index() };
        config.across.contained = Contained::Drop;
        let first = home.run(&["one.jsonl"], "first", &config).unwrap();
        let before = index_stats(&home.index()).unwrap();
        assert_eq!(u64::from(before.articles), first.tally.kept);
        let again = home.run(&["one.jsonl"], "again", &config).unwrap();
        assert_eq!((again.tally.kept, again.tally.duplicates), (0, 60));
        for (id, (kept, method, ..)) in fates(&home.path("again")) {
            assert!(id != kept || method == "exact", "{id}");
        }
        assert_eq!(index_stats(&home.index()).unwrap(), before);
        home.run(&["two.jsonl"], "two", &config).unwrap();
        let merged = index_merge(&home.index()).unwrap();
        assert_eq!((merged.segments, merged.runs.len()), (1, 2));
        let again = home.run(&["two.jsonl", "one.jsonl"], "both", &config).unwrap();
        assert_eq!((again.tally.kept, again.tally.duplicates), (0, 120));
        let (stats, wrong) = index_verify(&home.index(), |_| ()).unwrap();
        assert!(wrong.is_empty() && stats.articles > before.articles);
        assert!(stats.to_string().contains("published 2025-03-"), "{stats}");
    }
}

#[test]
fn cleaned_articles_are_compared_as_cleaned() {
    let home = Home::new();
    let config = Config { mode: Mode::Articles, ..home.with_index() };
    home.run(&["one.jsonl"], "one", &config).unwrap();
    let again = home.run(&["one.jsonl"], "again", &config).unwrap();
    assert_eq!((again.tally.kept, again.tally.duplicates), (0, 60));
    let error = home.run(&["one.jsonl"], "other", &home.with_index()).unwrap_err();
    assert!(error.to_string().contains("texts = \"cleaned articles\""), "{error}");
}

#[test]
fn reading_only_adds_nothing_and_threads_change_nothing() {
    let home = Home::new();
    home.run(&["one.jsonl"], "one", &home.with_index()).unwrap();
    let before = index_stats(&home.index()).unwrap();
    let mut config = home.with_index();
    config.index.read_only = true;
    let mut first = None;
    for threads in [1, 2, 5] {
        let name = format!("two-{threads}");
        let job = Job {
            inputs: vec![home.path("two.jsonl").display().to_string()],
            target: Target::Folder { path: home.path(&name).join("RUN"), existing: Existing::New },
            config: config.clone(),
            threads,
        };
        run(&job, &Silent).unwrap();
        let files = lasting_files(&home.path(&name));
        assert!(*first.get_or_insert_with(|| files.clone()) == files, "{threads} threads");
    }
    assert_eq!(index_stats(&home.index()).unwrap(), before);
    // There must be something to read.
    config.index.path = Some(home.path("none"));
    let error = home.run(&["two.jsonl"], "none-run", &config).unwrap_err();
    assert!(error.to_string().contains("holds no index"), "{error}");
}

#[test]
fn a_run_that_fails_or_is_asked_for_too_much_changes_nothing() {
    let home = Home::new();
    home.run(&["one.jsonl"], "one", &home.with_index()).unwrap();
    let before = index_stats(&home.index()).unwrap();
    // The run folder holds a run.
    home.run(&["two.jsonl"], "one", &home.with_index()).unwrap_err();
    let mut other = home.with_index();
    other.across.shingle_words = 3;
    let error = home.run(&["two.jsonl"], "two", &other).unwrap_err();
    let said = "shingle_words = 5, but shingle_words = 3";
    assert!(error.to_string().contains(said) && error.is_usage(), "{error}");
    // The index must not be an input.
    let mut inside = home.with_index();
    inside.index.path = Some(home.path("inside/index"));
    let error = home.run(&["."], "three", &inside).unwrap_err();
    assert!(error.to_string().contains("lies inside the input"), "{error}");
    assert_eq!(index_stats(&home.index()).unwrap(), before);
    // One that was damaged is not used.
    let file = home.index().join("00000001.sketches");
    let mut bytes = fs::read(&file).unwrap();
    bytes[500] ^= 4;
    fs::write(&file, bytes).unwrap();
    let error = home.run(&["two.jsonl"], "two", &home.with_index()).unwrap_err();
    assert!(error.to_string().contains("damaged"), "{error}");
    assert!(!home.path("two").join("RUN").exists());
}

#[test]
fn an_index_that_was_not_told_of_a_finished_run_learns_of_it() {
    for finished in [true, false] {
        let home = Home::new();
        home.run(&["one.jsonl"], "one", &home.with_index()).unwrap();
        let manifest = fs::read(home.index().join("index")).unwrap();
        home.run(&["two.jsonl"], "two", &home.with_index()).unwrap();
        // As if the power had gone before the index was told, or before the run was closed.
        fs::write(home.index().join("index"), manifest).unwrap();
        if !finished {
            fs::remove_file(home.path("two").join("RUN/manifest.json")).unwrap();
        }
        let known = index_stats(&home.index()).unwrap().articles;
        let again = home.run(&["two.jsonl"], "again", &home.with_index()).unwrap();
        assert_eq!(again.tally.kept == 0, finished);
        assert!(index_stats(&home.index()).unwrap().articles > known);
        assert!(index_verify(&home.index(), |_| ()).unwrap().1.is_empty());
    }
}

#[test]
fn one_address_is_one_article_if_asked_for() {
    let home = Home::new();
    let row = |id: &str, url: &str, text: &str| {
        format!("{}\n", json!({ "id": id, "url": url, "text": text.repeat(30) }))
    };
    let first = row("a", "https://www.example.org/pier?utm_source=x", "The pier is closed. ")
        + &row("b", "https://example.org/pier/", "The pier is open again since May. ")
        + &row("c", "https://example.org/ferry", "The ferry sails. ");
    fs::write(home.path("one.jsonl"), first).unwrap();
    fs::write(
        home.path("two.jsonl"),
        row("d", "http://example.org/ferry#top", "No more ferries. "),
    )
    .unwrap();
    let mut config = home.with_index();
    home.run(&["one.jsonl"], "off", &Config { index: IndexConfig::default(), ..config.clone() })
        .unwrap();
    assert_eq!(fates(&home.path("off")).len(), 0);

    config.across.by_identity = true;
    home.run(&["one.jsonl"], "one", &config).unwrap();
    home.run(&["two.jsonl"], "two", &config).unwrap();
    let fates = ["one", "two"].map(|run| fates(&home.path(run)));
    let [(kept, method, similarity, diff), later] = [&fates[0]["b"], &fates[1]["d"]];
    assert_eq!((kept.as_str(), method.as_str(), *similarity), ("a", "url", 0.0));
    assert!(diff["added"].as_u64() > Some(0));
    assert_eq!((later.0.as_str(), later.1.as_str()), ("c", "url"));
}
