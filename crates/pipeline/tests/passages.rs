//! Passages that stand in several articles: reported, removed, explained.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::HashMap;
use std::path::Path;

use common::{articles, lasting_files, ledger, run_into};
use newsmill_pipeline::{Config, Keep, Mode, PassagesConfig, PassagesWhat, explain};
use serde_json::Value;

const QUOTED: &str = "“We shall mend the pier before the ferries come back in May, and whoever \
    says otherwise has not read the plan that the harbour office made in the autumn.”";

/// Articles that have nothing in common but what the harbour office said.
fn dump(folder: &Path, articles: usize) -> String {
    let words =
        ["tide", "council", "bridge", "lamp", "winter", "market", "school", "letter", "road"];
    let mut rows = String::new();
    for article in 0..articles {
        let mut seed = article as u64;
        let mut text = String::new();
        for sentence in 0..12 {
            if sentence == 4 && article % 3 == 0 {
                text.push_str(&format!("{QUOTED} So it was told.\n\n"));
                continue;
            }
            text.push_str(&format!("N{article} "));
            for word in 0..9 {
                seed =
                    seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(article as u64 + 7);
                let said = words[(seed >> 40) as usize % words.len()];
                let count = (seed >> 50) % 997;
                text.push_str(&if word % 3 == 2 {
                    format!("{count} ")
                } else {
                    format!("{said} ")
                });
            }
            text.push_str(&format!("in n{article}.\n\n"));
        }
        let row = serde_json::json!({ "id": format!("a{article}"), "text": text });
        rows.push_str(&format!("{row}\n"));
    }
    let path = folder.join("dump.jsonl");
    std::fs::write(&path, rows).unwrap();
    path.display().to_string()
}

fn config(what: PassagesWhat) -> Config {
    let mut config = Config::default();
    config.passages = PassagesConfig { what, min_words: 20, ..config.passages };
    // What every third article has would be boilerplate.
    config.boilerplate.enabled = false;
    config
}

fn texts(folder: &Path) -> HashMap<String, String> {
    let text = std::fs::read_to_string(folder.join("dump.jsonl")).unwrap();
    let rows = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.map(|row| (string(&row["id"]), string(&row["text"]))).collect()
}

fn string(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn slice<'t>(text: &'t str, place: &Value) -> &'t str {
    let at = |end: &str| place[end].as_u64().unwrap() as usize;
    &text[at("start")..at("end")]
}

#[test]
fn passages_are_reported_with_both_their_places() {
    let folder = tempfile::tempdir().unwrap();
    let input = dump(folder.path(), 60);
    for mode in [Mode::Articles, Mode::Verbatim] {
        let config = Config { mode, ..config(PassagesWhat::Report) };
        let out = tempfile::tempdir().unwrap();
        let summary = run_into(out.path(), &[&input], &config, 2);
        assert_eq!((summary.tally.kept, summary.tally.passages), (60, 19));
        let texts = texts(folder.path());
        let rows = ledger(out.path(), "passages.jsonl");
        assert_eq!(rows.len(), 19);
        for row in rows {
            let of = string(&row["of"]["id"]);
            assert_eq!(of, "a0");
            let copy = slice(&texts[&string(&row["id"])], &row);
            assert_eq!(copy, slice(&texts[&of], &row["of"]));
            assert_eq!(copy.trim(), format!("{QUOTED} So it was told."));
            assert_eq!(row["words"], 33);
        }
        assert!(articles(out.path()).iter().all(|row| !string(&row["text"]).is_empty()));
    }
}

#[test]
fn one_copy_stays_when_they_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    let input = dump(folder.path(), 60);
    for mode in [Mode::Articles, Mode::Verbatim] {
        let config = Config { mode, keep: Keep::Longest, ..config(PassagesWhat::Remove) };
        let out = tempfile::tempdir().unwrap();
        run_into(out.path(), &[&input], &config, 2);
        let rows = articles(out.path());
        assert_eq!(rows.len(), 60);
        let has = |row: &&Value| string(&row["text"]).contains("mend the pier");
        let keepers: Vec<String> = rows.iter().filter(has).map(|row| string(&row["id"])).collect();
        let [keeper] = keepers.as_slice() else { panic!("{keepers:?}") };

        let texts = texts(folder.path());
        let longest = texts.iter().filter(|(_, text)| text.contains(QUOTED));
        let longest = longest.map(|(_, text)| text.len()).max().unwrap();
        assert!(texts[keeper].len() + 20 > longest);

        let removed = ledger(out.path(), "removed.jsonl");
        let passages = removed.iter().filter(|row| row["reason"] == "passage");
        let passages: Vec<&Value> = passages.collect();
        assert_eq!(passages.len(), 19);
        for row in passages {
            assert_eq!(string(&row["of"]["id"]), *keeper);
            let id = string(&row["id"]);
            assert!(slice(&texts[&id], row).starts_with(QUOTED));
            let told = explain(&out.path().join("RUN"), &id).unwrap();
            assert!(told.text().contains(&format!("passage of {keeper}")), "{}", told.text());
            // What is left is what was there without it.
            let article = rows.iter().find(|row| row["id"] == id.as_str()).unwrap();
            let left = texts[&id].replace(slice(&texts[&id], row), "");
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(words(&string(&article["text"])), words(&left));
        }
    }
}

#[test]
fn passages_that_are_not_looked_for_leave_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let input = dump(folder.path(), 20);
    run_into(folder.path(), &[&input], &config(PassagesWhat::Off), 1);
    assert!(!folder.path().join("RUN/passages.jsonl").exists());
}

#[test]
fn neither_threads_nor_memory_change_the_answer() {
    let folder = tempfile::tempdir().unwrap();
    let input = dump(folder.path(), 2_000);
    for what in [PassagesWhat::Report, PassagesWhat::Remove] {
        let mut first = None;
        for (threads, memory_bytes) in [(1, 256 << 20), (2, 1 << 16), (5, 1 << 17)] {
            let mut config = config(what);
            config.passages.memory_bytes = memory_bytes;
            let out = tempfile::tempdir().unwrap();
            run_into(out.path(), &[&input], &config, threads);
            let files = lasting_files(out.path());
            match &first {
                None => first = Some(files),
                Some(first) => assert!(*first == files, "{threads} threads"),
            }
        }
    }
}

#[test]
fn what_is_cut_as_boilerplate_is_no_passage() {
    let folder = tempfile::tempdir().unwrap();
    let input = dump(folder.path(), 600);
    let mut config = config(PassagesWhat::Remove);
    config.boilerplate.enabled = true;
    run_into(folder.path(), &[&input], &config, 2);
    assert_eq!(ledger(folder.path(), "passages.jsonl"), Vec::<Value>::new());
    let removed = ledger(folder.path(), "removed.jsonl");
    assert!(!removed.is_empty());
    assert!(removed.iter().all(|row| row["reason"] == "boilerplate"));
}

/// The footer of one site is boilerplate there; an article of another site has its words too.
#[test]
fn what_the_first_article_loses_as_boilerplate_stays_in_the_copy() {
    let folder = tempfile::tempdir().unwrap();
    let rows = std::fs::read_to_string(dump(folder.path(), 60)).unwrap();
    let mut input = String::new();
    for (number, row) in rows.lines().enumerate() {
        let mut row: Value = serde_json::from_str(row).unwrap();
        let text = row["text"].as_str().unwrap().replace(&format!("{QUOTED} So it was told."), "");
        let (site, text) = match number {
            59 => (
                "two",
                format!("Asked about the plan, the office said: {QUOTED} Few clapped.\n\n{text}"),
            ),
            _ => ("one", format!("{text}{QUOTED}\n")),
        };
        row["text"] = text.into();
        row["url"] = format!("https://{site}.example/news/{number}").into();
        input.push_str(&format!("{row}\n"));
    }
    std::fs::write(folder.path().join("dump.jsonl"), input).unwrap();
    let mut config = config(PassagesWhat::Remove);
    config.boilerplate.enabled = true;
    run_into(folder.path(), &[folder.path().join("dump.jsonl").to_str().unwrap()], &config, 2);
    let removed = ledger(folder.path(), "removed.jsonl");
    let of = |reason: &str| removed.iter().filter(|row| row["reason"] == reason).count();
    assert!(of("boilerplate") >= 59, "{}", of("boilerplate"));
    let with_it = articles(folder.path()).into_iter();
    let with_it = with_it.filter(|row| row["text"].as_str().unwrap().contains("mend the pier"));
    assert_eq!(with_it.map(|row| row["id"].clone()).collect::<Vec<_>>(), ["a59"]);
}
