//! Promises of runs that were broken off.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use common::{lasting_files, ledger};
use newsmill_pipeline::article::Record;
use newsmill_pipeline::{
    Config, Error, Existing, Hooks, Job, Mode, Silent, Summary, Target, run, run_with,
};

const POSTS: usize = 5_000;

/// A dump of short posts, every sixth of which says nearly what an earlier one says.
fn dump(folder: &Path) -> String {
    let post = |i: usize| {
        let story = if i % 6 == 5 { i / 2 } else { i };
        let word =
            |n: usize| format!("w{:x}", (story * 31 + n).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 44);
        let words: Vec<String> = (0..12).map(word).collect();
        let late = if i % 6 == 5 { " Corrected." } else { "" };
        format!("{{\"text\": \"The river {} rose.{late}\"}}\n", words.join(" "))
    };
    let path = folder.join("posts.jsonl");
    fs::write(&path, (0..POSTS).map(post).collect::<String>()).unwrap();
    path.display().to_string()
}

/// A dump, and how runs of it are started.
struct Home {
    folder: tempfile::TempDir,
    input: String,
    config: Config,
}

impl Home {
    fn new(mode: Mode) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let input = dump(folder.path());
        let bad = folder.path().join("bad.jsonl");
        fs::write(&bad, "{\"text\": \"A river rose.\"}\nno json\n".repeat(3)).unwrap();
        Self { input, folder, config: Config { mode, ..Config::default() } }
    }

    fn job(&self, name: &str, existing: Existing) -> Job {
        let bad = self.folder.path().join("bad.jsonl").display().to_string();
        Job {
            inputs: vec![bad, self.input.clone()],
            target: Target::Folder { path: self.run(name), existing },
            config: self.config.clone(),
            // The fewer threads, the smaller are batches.
            threads: 1,
        }
    }

    fn run(&self, name: &str) -> PathBuf {
        self.folder.path().join(name).join("RUN")
    }

    /// A run that is told to stop when `records` have been seen.
    fn stopped(&self, name: &str, existing: Existing, records: usize) -> Result<Summary, Error> {
        let (seen, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
        let tap = |_: &Record| {
            if seen.fetch_add(1, Ordering::Relaxed) >= records {
                stop.store(true, Ordering::Relaxed);
            }
        };
        let hooks = Hooks { tap: Some(&tap), stop: Some(&stop), ..Hooks::new(&Silent) };
        run_with(&self.job(name, existing), &hooks)
    }

    fn files(&self, name: &str) -> BTreeMap<String, Vec<u8>> {
        lasting_files(&self.folder.path().join(name)).into_iter().collect()
    }
}

fn hidden(run: &Path, file: &str) -> PathBuf {
    run.join(".spool-run").join(file)
}

#[test]
fn a_run_that_is_stopped_again_and_again_ends_as_if_it_had_not_been() {
    for (mode, sample) in
        [(Mode::Articles, None), (Mode::Verbatim, None), (Mode::Articles, Some(4_000))]
    {
        let mut home = Home::new(mode);
        home.config.sample = sample;
        run(&home.job("whole", Existing::New), &Silent).unwrap();
        let whole = home.files("whole");
        let mut starts = 0;
        let summary = loop {
            starts += 1;
            match home.stopped("parts", Existing::Resume, 600) {
                Ok(summary) => break summary,
                Err(Error::Stopped) => assert!(!home.run("parts").join("manifest.json").exists()),
                Err(error) => panic!("{error}"),
            }
        };
        assert!(starts > 1, "{starts}");
        assert!(summary.facts.resumed);
        let all = POSTS as u64 + 6;
        assert_eq!((summary.tally.read, summary.tally.rejected), (sample.unwrap_or(all), 3));
        assert!(home.files("parts") == whole, "{starts} starts");
        let left = fs::read_dir(home.run("parts")).unwrap();
        assert!(!left.into_iter().any(|e| e.unwrap().file_name() == ".spool-run"));
    }
}

#[test]
fn whatever_is_left_of_the_journal_and_the_spool_is_enough() {
    let home = Home::new(Mode::Articles);
    run(&home.job("whole", Existing::New), &Silent).unwrap();
    let whole = home.files("whole");
    assert!(matches!(home.stopped("cut", Existing::New, 2_500), Err(Error::Stopped)));
    let run_folder = home.run("cut");
    let files = ["journal", "articles", "texts"];
    let before = files.map(|file| fs::read(hidden(&run_folder, file)).unwrap());
    assert!(before.iter().all(|bytes| !bytes.is_empty()));
    for (file, bytes) in files.iter().zip(&before) {
        for part in [0, 3, 8] {
            fs::create_dir_all(run_folder.join(".spool-run")).unwrap();
            for (file, bytes) in files.iter().zip(&before) {
                fs::write(hidden(&run_folder, file), bytes).unwrap();
            }
            let cut = bytes.len() * part / 9;
            // What a power cut leaves: less, or the length without the bytes.
            let mut torn = bytes[..cut].to_vec();
            if part % 2 == 1 {
                torn.resize(bytes.len(), 0);
            }
            fs::write(hidden(&run_folder, file), torn).unwrap();
            // Nothing but scratch files: the folder is not finished.
            for name in whole.keys() {
                drop(fs::remove_file(run_folder.join(name)));
            }
            drop(fs::remove_file(run_folder.join("manifest.json")));
            run(&home.job("cut", Existing::Resume), &Silent).unwrap();
            assert!(home.files("cut") == whole, "{file} cut at {cut}");
        }
    }
}

#[test]
fn a_finished_run_is_left_as_it_is() {
    let home = Home::new(Mode::Articles);
    let first = run(&home.job("run", Existing::Resume), &Silent).unwrap();
    assert!(!first.facts.resumed);
    let manifest = home.run("run").join("manifest.json");
    let before =
        (fs::read(&manifest).unwrap(), fs::metadata(&manifest).unwrap().modified().unwrap());
    let read = AtomicUsize::new(0);
    let tap = |_: &Record| {
        read.fetch_add(1, Ordering::Relaxed);
    };
    let hooks = Hooks { tap: Some(&tap), ..Hooks::new(&Silent) };
    let again = run_with(&home.job("run", Existing::Resume), &hooks).unwrap();
    assert_eq!((again.tally, read.into_inner()), (first.tally, 0));
    let after =
        (fs::read(&manifest).unwrap(), fs::metadata(&manifest).unwrap().modified().unwrap());
    assert_eq!(before, after);
}

#[test]
fn another_job_does_not_go_on_with_this_one() {
    let mut home = Home::new(Mode::Articles);
    assert!(matches!(home.stopped("run", Existing::New, 100), Err(Error::Stopped)));
    let why = |home: &Home| {
        let error = run(&home.job("run", Existing::Resume), &Silent).unwrap_err();
        assert!(error.is_usage());
        error.to_string()
    };
    home.config.across.drop_threshold = 0.9;
    assert!(why(&home).ends_with("across.drop_threshold was 0.7, is 0.9"), "{}", why(&home));
    home.config = Config::default();
    let bad = home.folder.path().join("bad.jsonl");
    fs::write(&bad, "{}\n").unwrap();
    assert!(why(&home).ends_with("bad.jsonl has changed since"), "{}", why(&home));
    // Without --resume nothing of it is touched.
    let error = run(&home.job("run", Existing::New), &Silent).unwrap_err();
    assert!(error.hint().unwrap().contains("--resume"), "{error}");
    run(&home.job("run", Existing::Overwrite), &Silent).unwrap();
    fs::write(&bad, "{\"text\": \"Another river.\"}\n").unwrap();
    assert!(why(&home).ends_with("bad.jsonl has changed since"), "{}", why(&home));
}

#[test]
fn records_that_kill_are_found_among_those_in_hand() {
    let home = Home::new(Mode::Articles);
    assert!(matches!(home.stopped("run", Existing::New, 1_000), Err(Error::Stopped)));
    // As if the process had died with much of the dump in hand.
    let mut handed = 1_u64.to_le_bytes().to_vec();
    handed.extend(4_000_u64.to_le_bytes());
    fs::write(hidden(&home.run("run"), "handed"), handed).unwrap();
    let tried = AtomicUsize::new(0);
    let trial = |records: &[&Record]| {
        tried.fetch_add(records.len(), Ordering::Relaxed);
        let fate = |r: &&Record| (r.origin.ordinal == 3_333).then(|| "signal 6".to_owned());
        Ok(records.iter().map(fate).collect())
    };
    let hooks = Hooks { trial: Some(&trial), ..Hooks::new(&Silent) };
    let summary = run_with(&home.job("run", Existing::Resume), &hooks).unwrap();
    assert_eq!((summary.tally.read, summary.tally.rejected), (POSTS as u64 + 6, 4));
    let rejected = ledger(&home.folder.path().join("run"), "rejected.jsonl");
    let crashed: Vec<_> = rejected.iter().filter(|row| row["kind"] == "crashed").collect();
    assert_eq!(crashed.len(), 1);
    assert_eq!((&crashed[0]["record"], &crashed[0]["error"]), (&3_333.into(), &"signal 6".into()));
    // Only what may have been in hand is tried.
    let tried = tried.into_inner();
    assert!((1_000..POSTS).contains(&tried), "{tried}");
}
