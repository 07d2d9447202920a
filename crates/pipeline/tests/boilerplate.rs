//! Lines that recur over many articles.
#![allow(clippy::unwrap_used)] // helpers of tests are no tests to clippy

mod common;

use std::path::{Path, PathBuf};

use common::{articles, lasting_files, ledger, run_into};
use newsmill_pipeline::Config;
use serde_json::{Value, json};

/// What the Skell Herald says of itself under every article.
const ABOUT: &str = "The Skell Herald has told the valley what happens since the flood of 1911.";
/// What stands under articles of every paper.
const EVERYWHERE: &str =
    "Valley weather is brought to all papers by the observatory on Mount Torvik each morning.";
/// A sentence of the news that comes back now and then.
const COMMON: &str = "The council will vote on it next week.";

/// A story of its own: hardly a word is shared with another one.
fn story(n: usize) -> String {
    let word = |i: usize| {
        let mut x = (n * 53 + i + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut word = String::new();
        for _ in 0..3 {
            x ^= x >> 29;
            x = x.wrapping_mul(0xbf58_476d_1ce4_e5b9);
            word.push(char::from(b"bdfgklmnprst"[x % 12]));
            word.push(char::from(b"aeiou"[(x >> 16) % 5]));
        }
        word
    };
    let sentence = |from: usize| {
        let words: Vec<String> = (from..from + 14).map(word).collect();
        format!("The {}.", words.join(" "))
    };
    format!("{}\n\n{} {}", sentence(0), sentence(14), sentence(28))
}

fn row(id: &str, source: &str, lines: &[&str]) -> Value {
    json!({ "id": id, "source": source, "text": lines.join("\n\n") })
}

/// Forty articles of the Herald, and seven or eight of each of eight other papers.
fn dump() -> Vec<Value> {
    let mut rows: Vec<Value> = (0..40)
        .map(|n| {
            let story = story(n);
            let mut lines = vec![story.as_str()];
            lines.extend((n % 2 == 0).then_some(ABOUT));
            lines.extend((n == 7).then_some(COMMON));
            row(&format!("herald-{n}"), "Skell Herald", &lines)
        })
        .collect();
    for n in 0..60 {
        let story = story(100 + n);
        let mut lines = vec![story.as_str()];
        lines.extend((n % 3 != 0).then_some(EVERYWHERE));
        lines.extend((n % 10 == 1).then_some(COMMON));
        rows.push(row(&format!("paper-{n}"), &format!("Paper {}", n % 8), &lines));
    }
    rows
}

fn written(folder: &Path, rows: &[Value]) -> String {
    let path = folder.join("in.jsonl");
    let rows: String = rows.iter().map(|row| format!("{row}\n")).collect();
    std::fs::write(&path, rows).unwrap();
    path.display().to_string()
}

/// Runs `rows` into a new folder.
fn ran(rows: &[Value], config: &Config) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let input = written(folder.path(), rows);
    let summary = run_into(folder.path(), &[&input], config, 2);
    assert!(summary.tally.check().is_ok());
    assert_eq!(summary.tally.kept, rows.len() as u64);
    folder
}

/// How many articles have `line` in their text.
fn with(folder: &Path, line: &str) -> usize {
    let has = |row: &&Value| row["text"].as_str().unwrap().contains(line);
    articles(folder).iter().filter(has).count()
}

#[test]
fn lines_of_a_source_and_of_the_dump_go_and_are_listed() {
    let folder = ran(&dump(), &Config::default());
    let lines: Vec<_> = [ABOUT, EVERYWHERE, COMMON].map(|l| with(folder.path(), l)).into();
    assert_eq!(lines, [0, 0, 7]);

    let removed = ledger(folder.path(), "removed.jsonl");
    let gone: Vec<_> = removed.iter().filter(|row| row["reason"] == "boilerplate").collect();
    assert_eq!(gone.len(), 20 + 40);
    assert!(gone.iter().all(|row| row["stage"] == "boilerplate" && row["of"].is_null()));
    let of_herald = gone.iter().filter(|row| row["id"].as_str().unwrap().starts_with("herald"));
    assert!(of_herald.clone().count() == 20 && of_herald.clone().all(|row| row["score"] == 0.5));

    let profile = ledger(folder.path(), "boilerplate.jsonl");
    let told: Vec<_> = profile
        .iter()
        .map(|row| (row["line"].as_str().unwrap(), row["source"].as_str(), &row["stories"]))
        .collect();
    assert_eq!(told, [(EVERYWHERE, None, &json!(40)), (ABOUT, Some("Skell Herald"), &json!(20))]);
    assert!((profile[0]["share"].as_f64().unwrap() - 0.4).abs() < 1e-9);
    assert_eq!(profile[1]["hash"].as_str().unwrap().len(), 16);
}

#[test]
fn it_can_be_switched_off_and_few_articles_lose_nothing() {
    let mut off = Config::default();
    off.boilerplate.enabled = false;
    let folder = ran(&dump(), &off);
    assert_eq!((with(folder.path(), ABOUT), with(folder.path(), EVERYWHERE)), (20, 40));
    assert!(!folder.path().join("RUN/boilerplate.jsonl").exists());

    let one = [row("one", "Skell Herald", &[&story(1), ABOUT])];
    let nine: Vec<_> =
        (0..9).map(|n| row(&format!("a{n}"), "Skell Herald", &[&story(n), ABOUT])).collect();
    for rows in [&one[..], &nine] {
        let folder = ran(rows, &Config::default());
        assert_eq!(with(folder.path(), ABOUT), rows.len());
        assert_eq!(ledger(folder.path(), "boilerplate.jsonl"), Vec::<Value>::new());
    }
}

#[test]
fn what_copies_and_form_letters_share_is_no_boilerplate() {
    // One story with a changed sentence each time: forty kept articles, one story.
    let body = [story(1), story(2), story(3)].join("\n\n");
    let rows: Vec<_> = (0..40)
        .map(|n| row(&format!("a{n}"), "Skell Herald", &[&body, ABOUT, &story(10 + n)]))
        .collect();
    let mut config = Config::default();
    config.across.drop_threshold = 2.0;
    let folder = ran(&rows, &config);
    assert_eq!(with(folder.path(), ABOUT), 40);
}

#[test]
fn an_article_never_loses_everything_or_what_leads_on() {
    let lead = "The mayor of Skell wrote this to the people of the valley:";
    let mut rows = dump();
    for row in &mut rows[..30] {
        row["text"] = json!(format!("{lead}\n\n{}", row["text"].as_str().unwrap()));
    }
    rows.push(row("bare", "Skell Herald", &[ABOUT]));
    let folder = ran(&rows, &Config::default());
    assert_eq!(with(folder.path(), lead), 30);
    assert_eq!(with(folder.path(), ABOUT), 1);
}

#[test]
fn a_line_glued_to_a_wrapped_paragraph_goes_alone() {
    let rows: Vec<_> = (0..30)
        .map(|n| {
            let text = story(n);
            let text = text.split_once("\n\n").unwrap().0;
            let (head, tail) = text.split_at(text.rfind(' ').unwrap());
            row(&format!("a{n}"), "Skell Herald", &[&format!("{head}\n{}\n{ABOUT}", tail.trim())])
        })
        .collect();
    let folder = ran(&rows, &Config::default());
    assert_eq!(with(folder.path(), ABOUT), 0);
    assert!(articles(folder.path()).iter().all(|row| row["text"].as_str().unwrap().len() > 60));
}

#[test]
fn a_profile_takes_the_lines_to_a_later_run() {
    let folder = ran(&dump(), &Config::default());
    let rows = [
        row("herald", "Skell Herald", &[&story(900), ABOUT, EVERYWHERE]),
        row("other", "Harrow Post", &[&story(901), ABOUT, EVERYWHERE]),
    ];
    let run = folder.path().join("RUN");
    for profile in [run.clone(), run.join("boilerplate.jsonl")] {
        let mut config = Config::default();
        config.boilerplate.profiles = vec![profile];
        let later = ran(&rows, &config);
        // The line of the Herald is boilerplate there only.
        assert_eq!((with(later.path(), ABOUT), with(later.path(), EVERYWHERE)), (1, 0));
        let first = ledger(folder.path(), "boilerplate.jsonl");
        assert_eq!(ledger(later.path(), "boilerplate.jsonl"), first);
    }
}

#[test]
fn a_profile_can_be_written_by_hand_and_must_be_one() {
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("mine.jsonl");
    std::fs::write(&profile, format!("{}\n", json!({ "line": ABOUT.to_uppercase() }))).unwrap();
    let rows = [row("herald", "Skell Herald", &[&story(900), ABOUT])];
    let mut config = Config::default();
    config.boilerplate.profiles = vec![profile.clone()];
    assert_eq!(with(ran(&rows, &config).path(), ABOUT), 0);

    std::fs::write(&profile, "{}\n{\"line\": 3}\n").unwrap();
    let missing = PathBuf::from("no/such/profile.jsonl");
    for (profile, want) in [(profile, "row 1 is no row"), (missing, "no/such/profile.jsonl")] {
        config.boilerplate.profiles = vec![profile];
        let job = newsmill_pipeline::Job {
            inputs: vec![written(folder.path(), &rows)],
            target: newsmill_pipeline::Target::Stdout,
            config: config.clone(),
            threads: 1,
        };
        let failed = newsmill_pipeline::run(&job, &newsmill_pipeline::Silent).unwrap_err();
        assert!(failed.to_string().contains(want), "{failed}");
    }
}

#[test]
fn threads_and_memory_change_nothing() {
    let rows: Vec<_> = dump().into_iter().cycle().take(100).collect();
    let folder = tempfile::tempdir().unwrap();
    let input = written(folder.path(), &rows);
    let mut first = None;
    for (threads, count_bytes) in [(1, 256 << 20), (2, 64), (5, 1)] {
        let out = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.boilerplate.count_bytes = count_bytes;
        run_into(out.path(), &[&input], &config, threads);
        let files = lasting_files(out.path());
        assert!(files.iter().any(|(name, bytes)| name == "boilerplate.jsonl" && !bytes.is_empty()));
        assert!(*first.get_or_insert_with(|| files.clone()) == files, "{threads} threads");
    }
}
