//! What the tests of whole runs share.
#![allow(dead_code, clippy::unwrap_used, clippy::print_stderr)]

use std::path::{Path, PathBuf};

use newsmill_pipeline::{Config, Existing, Job, Silent, Summary, Target, run};
use serde_json::Value;

/// The fixtures, as tests name them: relative, so that ids and snapshots do not depend on where
/// the project lies.
pub(crate) const FIXTURES: &str = "../../fixtures";

/// Runs `inputs` into `folder`/RUN.
pub(crate) fn run_into(folder: &Path, inputs: &[&str], config: &Config, threads: usize) -> Summary {
    let job = Job {
        inputs: inputs.iter().map(|i| (*i).to_owned()).collect(),
        target: Target::Folder { path: folder.join("RUN"), existing: Existing::New },
        config: config.clone(),
        threads,
    };
    run(&job, &Silent).unwrap()
}

/// The rows of a ledger of `folder`/RUN.
pub(crate) fn ledger(folder: &Path, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join("RUN").join(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The article rows of `folder`/RUN.
pub(crate) fn articles(folder: &Path) -> Vec<Value> {
    let mut parts: Vec<PathBuf> = std::fs::read_dir(folder.join("RUN/articles"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    parts.sort();
    let mut rows = Vec::new();
    for part in parts {
        let text = zstd::decode_all(std::fs::File::open(part).unwrap()).unwrap();
        for line in text.split(|b| *b == b'\n').filter(|line| !line.is_empty()) {
            rows.push(serde_json::from_slice(line).unwrap());
        }
    }
    rows
}

/// The bytes of every file of `folder`/RUN that must be the same from run to run.
pub(crate) fn lasting_files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let run = folder.join("RUN");
    let mut files = Vec::new();
    for name in ["articles", ""] {
        for entry in std::fs::read_dir(run.join(name)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(&run).unwrap().display().to_string();
            let differs = ["manifest.json", "report.html"].contains(&name.as_str());
            if path.is_file() && !differs {
                files.push((name, std::fs::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

/// The folder of real data, if this machine has it.
pub(crate) fn real_data() -> Option<PathBuf> {
    let folder = std::env::var_os("NEWSMILL_DATA").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: NEWSMILL_DATA names no folder of real data");
    }
    folder
}

/// A dump of `n` posts with copies, repeats and a tail here and there.
pub(crate) fn dump(folder: &Path, n: usize) -> String {
    let mut rows = String::new();
    for i in 0..n {
        // Every sixth post says what an earlier one said, with one word changed.
        let story = if i % 6 == 5 { i / 2 } else { i };
        let mut seed = story as u64;
        let mut words = String::new();
        for k in 0..120 {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let word = [
                "the river",
                "council",
                "said",
                "a bridge",
                "of Varde",
                "moved",
                "slowly",
                "north",
            ];
            words.push_str(word[(seed >> 60) as usize % 8]);
            words.push_str(
                ["tide", "ly", "er", "", "in", "and", "ow", "ash"][(seed >> 33) as usize % 8],
            );
            words.push_str(if k % 40 == 39 { ".\n" } else { " " });
        }
        if i % 6 == 5 {
            words = words.replacen("council", "parish", 1);
        }
        let text = match i % 5 {
            0 => format!("{words}{words}"),
            1 => format!("{words}Sign up for our free newsletter and never miss a story."),
            _ => words,
        };
        let row = serde_json::json!({ "id": format!("r{}", i % 400), "n": i, "text": text });
        rows.push_str(&format!("{row}\n"));
    }
    let path = folder.join("dump.jsonl");
    std::fs::write(&path, rows).unwrap();
    path.display().to_string()
}
