//! Promises of a whole run.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::path::Path;

use common::{FIXTURES, articles, dump, lasting_files, ledger, real_data, run_into};
use newsmill_pipeline::{Config, Existing, Hooks, Job, Keep, Mode, Silent, Target, run, run_with};
use proptest::prelude::*;

#[test]
fn threads_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let input = dump(folder.path(), 1_200);
    let mut first = None;
    for threads in [1, 2, 5] {
        let out = tempfile::tempdir().unwrap();
        let summary = run_into(out.path(), &[&input], &Config::default(), threads);
        assert_eq!(summary.tally.read, 1_200);
        let files = lasting_files(out.path());
        assert_eq!(files.len(), 8);
        assert!(summary.tally.duplicates >= 100, "{:?}", summary.tally);
        match &first {
            None => first = Some(files),
            Some(first) => assert!(*first == files, "{threads} threads"),
        }
    }
}

#[test]
fn a_panic_costs_its_record_alone() {
    let folder = tempfile::tempdir().unwrap();
    let input = dump(folder.path(), 200);
    let job = Job {
        inputs: vec![input],
        target: Target::Folder { path: folder.path().join("RUN"), existing: Existing::New },
        config: Config::default(),
        threads: 2,
    };
    let bad = |ordinal: u64| ordinal % 10 == 3;
    let tap = |record: &newsmill_pipeline::article::Record| {
        assert!(!bad(record.origin.ordinal), "this record is bad");
    };
    let summary = run_with(&job, &Hooks { tap: Some(&tap), ..Hooks::new(&Silent) }).unwrap();
    assert_eq!(summary.tally.rejected, 20);
    let rejected = ledger(folder.path(), "rejected.jsonl");
    assert!(rejected.iter().all(|row| bad(row["record"].as_u64().unwrap())));
    assert!(rejected[0]["error"].as_str().unwrap().contains("this record is bad"));
}

#[test]
fn rejected_records_are_put_aside_as_long_as_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("bad.jsonl").display().to_string();
    let bad = |n: usize| format!("{{\"id\": \"{n}\", \"words\": \"{}\"}}\n", "x".repeat(n));
    std::fs::write(&input, [10, 2_000, 30, 9, 10].map(bad).concat()).unwrap();
    // bytes allowed, and which records are put aside
    let rows = [(1 << 20, vec![0, 1, 2, 3, 4]), (150, vec![0, 2, 3]), (0, vec![])];
    for (reject_bytes, want) in rows {
        let mut config = Config::default();
        config.output.reject_bytes = reject_bytes;
        let out = tempfile::tempdir().unwrap();
        run_into(out.path(), &[&input], &config, 2);
        let rejected = ledger(out.path(), "rejected.jsonl");
        assert_eq!(rejected.len(), 5);
        let aside: Vec<usize> = (0..5).filter(|n| rejected[*n]["payload"].is_string()).collect();
        assert_eq!(aside, want, "{reject_bytes}");
        assert_eq!(out.path().join("RUN/rejected.tar").exists(), !want.is_empty());
    }
}

#[test]
fn what_was_dropped_is_near_what_stays() {
    let folder = tempfile::tempdir().unwrap();
    let input = format!("{FIXTURES}/rows/copies.jsonl");
    run_into(folder.path(), &[&input], &Config::default(), 2);
    let kept: Vec<_> = articles(folder.path()).iter().map(|row| row["id"].clone()).collect();
    for row in ledger(folder.path(), "duplicates.jsonl") {
        assert!(kept.contains(&row["kept"]), "{row}");
        assert!(row["similarity"].as_f64().unwrap() >= 0.7, "{row}");
    }
}

#[test]
fn the_keep_policy_decides_which_copy_stays() {
    let input = format!("{FIXTURES}/rows/copies.jsonl");
    let policies = [
        (Keep::Input, "breakwater"),
        (Keep::Earliest, "breakwater-edited"),
        (Keep::Latest, "breakwater-again"),
        (Keep::Longest, "breakwater-edited"),
        (Keep::Prefer(vec!["example.org".into()]), "breakwater"),
    ];
    for (keep, want) in policies {
        for mode in [Mode::Articles, Mode::Verbatim] {
            let folder = tempfile::tempdir().unwrap();
            let config = Config { keep: keep.clone(), mode, ..Config::default() };
            run_into(folder.path(), &[&input], &config, 1);
            let kept: Vec<_> = articles(folder.path())
                .iter()
                .map(|row| row["id"].as_str().unwrap().to_owned())
                .filter(|id| {
                    ["breakwater", "breakwater-again", "breakwater-edited"].contains(&&**id)
                })
                .collect();
            assert_eq!(kept, [want], "{keep:?} {mode:?}");
        }
    }
}

#[test]
fn dedup_leaves_the_text_as_it_came() {
    let folder = tempfile::tempdir().unwrap();
    let text = "  Two  spaces,\r\n\r\n> a quote\tand a tail.\n\n[image: nothing]\n\n";
    let row = serde_json::json!({ "id": "a", "text": text, "n": 1 });
    let input = folder.path().join("in.jsonl");
    std::fs::write(&input, format!("{row}\n")).unwrap();
    let config = Config { mode: Mode::Verbatim, ..Config::default() };
    run_into(folder.path(), &[input.to_str().unwrap()], &config, 1);
    let rows = articles(folder.path());
    assert_eq!(rows[0]["text"], text);
    assert_eq!(rows[0]["metadata"]["n"], 1);
}

#[test]
fn a_run_folder_is_not_written_twice_or_inside_its_input() {
    let folder = tempfile::tempdir().unwrap();
    dump(folder.path(), 3);
    let inside = Job {
        inputs: vec![folder.path().display().to_string()],
        target: Target::Folder { path: folder.path().join("RUN"), existing: Existing::New },
        config: Config::default(),
        threads: 1,
    };
    assert!(run(&inside, &Silent).unwrap_err().to_string().contains("inside the input"));
    let out = tempfile::tempdir().unwrap();
    let job = |existing| Job {
        target: Target::Folder { path: out.path().join("RUN"), existing },
        ..inside.clone()
    };
    run(&job(Existing::New), &Silent).unwrap();
    assert!(run(&job(Existing::New), &Silent).is_err());
    run(&job(Existing::Overwrite), &Silent).unwrap();
    let left: Vec<_> = std::fs::read_dir(out.path().join("RUN"))
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with('.'))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn output_fed_in_again_loses_nothing_more() {
    let folder = tempfile::tempdir().unwrap();
    let posts = format!("{FIXTURES}/posts");
    let dump = dump(folder.path(), 120);
    let mut config = Config::default();
    config.across.drop_threshold = 2.0;
    run_into(folder.path(), &[&posts, &dump], &config, 2);
    let first = articles(folder.path());
    let again = tempfile::tempdir().unwrap();
    let input = again.path().join("again.jsonl");
    let rows: String = first.iter().map(|row| format!("{row}\n")).collect();
    std::fs::write(&input, rows).unwrap();
    run_into(again.path(), &[input.to_str().unwrap()], &config, 2);
    let second = articles(again.path());
    assert_eq!(first.len(), second.len());
    for (one, two) in first.iter().zip(&second) {
        assert_eq!(one["text"], two["text"]);
    }
}

/// Replays the ledgers of removals and repairs over the record's text: what is left, white space
/// aside, is the article's text.
fn replayed(text: &str, id: &str, ledger: &[serde_json::Value]) -> String {
    let place = |row: &serde_json::Value, name: &str| row[name].as_u64().unwrap() as usize;
    let mut rows: Vec<_> = ledger.iter().filter(|row| row["id"] == id).collect();
    rows.sort_by_key(|row| (place(row, "start"), place(row, "end")));
    let mut left = String::new();
    let mut at = 0;
    for row in rows {
        let place = |name: &str| place(row, name);
        left.push_str(&text[at..place("start")]);
        left.push_str(row["text"].as_str().unwrap_or_default());
        at = place("end");
    }
    left.push_str(&text[at..]);
    left.split_whitespace().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_ledger_replays_to_the_text(
        posts in proptest::collection::vec(
            proptest::collection::vec(
                prop_oneof![
                    Just("The ferry to Skell will stop in October, the operator told its passengers on Monday.".to_owned()),
                    Just("> quoted <www.example.org/a-b> and **bold** [image: x]".to_owned()),
                    Just("Sign up for our free newsletter and never miss a story.".to_owned()),
                    "\\PC{0,60}",
                    "[a-z â€™Ã©œ“”Â® .]{0,60}",
                ],
                1..12,
            ),
            1..8,
        )
    ) {
        let folder = tempfile::tempdir().unwrap();
        let texts: Vec<String> = posts.iter().map(|lines| lines.join("\n")).collect();
        let rows: String = texts.iter().enumerate().map(|(i, text)| {
            format!("{}\n", serde_json::json!({ "id": format!("p{i}"), "text": text }))
        }).collect();
        let input = folder.path().join("in.jsonl");
        std::fs::write(&input, rows).unwrap();
        let summary = run_into(folder.path(), &[input.to_str().unwrap()], &Config::default(), 2);
        prop_assert!(summary.tally.check().is_ok());
        let mut removed = ledger(folder.path(), "removed.jsonl");
        removed.extend(ledger(folder.path(), "repaired.jsonl"));
        for row in articles(folder.path()) {
            let id = row["id"].as_str().unwrap();
            let text = &texts[id[1..].parse::<usize>().unwrap()];
            let words: String = row["text"].as_str().unwrap().split_whitespace().collect();
            prop_assert_eq!(words, replayed(text, id, &removed));
        }
    }
}

#[test]
fn the_first_example() {
    let Some(data) = real_data() else { return };
    let post = data.join("first-example/post.txt").display().to_string();
    let folder = tempfile::tempdir().unwrap();
    run_into(folder.path(), &[&post], &Config::default(), 2);
    let row = &articles(folder.path())[0];

    let kinds =
        |kind: &str| row["blocks"].as_array().unwrap().iter().filter(|b| b["kind"] == kind).count();
    assert_eq!((kinds("heading"), kinds("paragraph")), (2, 16));
    let removed = ledger(folder.path(), "removed.jsonl");
    let repeats: Vec<_> = removed.iter().filter(|r| r["reason"] == "repeat").collect();
    assert_eq!(repeats.len(), 18);
    let source = std::fs::read_to_string(&post).unwrap();
    let bytes = |place: &serde_json::Value| {
        let at = |name: &str| usize::try_from(place[name].as_u64().unwrap()).unwrap();
        source[at("start")..at("end")].trim_end().to_owned()
    };
    for repeat in repeats {
        // The witness reads from its first to its last word, so marks at the ends aside.
        let (copy, kept) = (bytes(repeat), bytes(&repeat["of"]));
        assert!(copy.contains(kept.trim_matches(['“', '”', '.'])), "{copy}\n{kept}");
    }
    assert_eq!(row["images"].as_array().unwrap().len(), 1);
    assert!(row["images"][0]["alt"].as_str().unwrap().starts_with("Why fentanyl"));

    let text: Vec<char> = row["text"].as_str().unwrap().chars().collect();
    let links = row["links"].as_array().unwrap();
    let before = |link: &serde_json::Value| -> String {
        text[..usize::try_from(link["start"].as_u64().unwrap()).unwrap()].iter().collect()
    };
    assert_eq!(links.len(), 2);
    assert!(links[0]["url"].as_str().unwrap().starts_with("https://www.reuters.com/world/"));
    assert!(before(&links[0]).ends_with("Ronald Johnson,"));
    assert!(links[1]["url"].as_str().unwrap().starts_with("https://www.wsj.com/politics/"));
    assert!(before(&links[1]).ends_with("Mexican officials"));

    let promo = row["promo"].as_array().unwrap();
    assert_eq!((promo.len(), promo[0]["links"].as_array().unwrap().len()), (1, 3));
    let url = &row["inferred"]["url"];
    assert_eq!(url["value"], "https://www.nbcnews.com/politics/rcna198930");
    assert_eq!(url["evidence"], "footer link");
    assert_eq!(row["language"], "en");
    assert_eq!(row["quotes"].as_array().unwrap().len(), 5);
    for field in ["title", "byline", "dateline", "published", "modified", "site", "url"] {
        assert!(row[field].is_null(), "{field}");
    }
}

#[test]
fn real_dumps_balance_whatever_the_threads() {
    let Some(data) = real_data() else { return };
    let inputs: Vec<String> = ["mail", "first-example", "gum"]
        .iter()
        .map(|name| data.join(name).display().to_string())
        .filter(|path| Path::new(path).exists())
        .collect();
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    let mut first = None;
    for threads in [1, 2] {
        let folder = tempfile::tempdir().unwrap();
        let summary = run_into(folder.path(), &inputs, &Config::default(), threads);
        assert!(summary.tally.kept > 0 && summary.tally.check().is_ok());
        let files = lasting_files(folder.path());
        assert!(first.get_or_insert_with(|| files.clone()) == &files);
    }
}

#[test]
fn a_cluster_names_where_its_copies_are_likely_from() {
    let folder = tempfile::tempdir().unwrap();
    let body = "The harbour of Varde was closed on Monday after a barge ran aground below the old \
                mill, and nobody could say why it had left its moorings in the night.";
    let rows = [
        (body.to_owned(), "https://example.com/a", "2024-05-09"),
        (format!("{body}\n\nThis article was originally published in the Varde Post."), "", ""),
        (body.to_owned(), "https://example.org/b", "2024-05-01"),
    ];
    let row = |(n, (text, url, published)): (usize, &(String, &str, &str))| {
        let row = serde_json::json!({
            "id": n.to_string(), "text": text, "url": url, "published": published
        });
        format!("{row}\n")
    };
    // the rows that are in, where they are from, and what says so
    let cases: [(&[usize], _); 2] =
        [(&[0, 1, 2], ("Varde Post", "publisher")), (&[0, 2], ("example.org", "earliest"))];
    for (taken, (name, evidence)) in cases {
        let out = tempfile::tempdir().unwrap();
        let input = folder.path().join("rows.jsonl").display().to_string();
        let taken = taken.iter().map(|n| (*n, &rows[*n]));
        std::fs::write(&input, taken.map(row).collect::<String>()).unwrap();
        run_into(out.path(), &[&input], &Config::default(), 1);
        let kept = articles(out.path());
        assert_eq!(kept.len(), 1);
        let origin = &kept[0]["cluster"]["origin"];
        assert_eq!((&origin["name"], &origin["evidence"]), (&name.into(), &evidence.into()));
    }
}
