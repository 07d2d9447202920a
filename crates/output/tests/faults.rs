//! No failure of a store goes unnoticed, and none leaves a file behind.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::io::ErrorKind;
use std::path::Path;

use newsmill_article::Tally;
use newsmill_output::{
    DUPLICATES, FaultyStore, FolderStore, Frame, Jsonl, MANIFEST, Manifest, MemoryStore, Mode,
    OutputError, PartWriter, REJECTED, REMOVED, RunFile, Store,
};

/// A small run.
fn run(store: &dyn Store) -> Result<(), OutputError> {
    let mut parts = PartWriter::new(store, &Jsonl).with_part_bytes(8);
    for row in ["{\"a\":1}\n", "{\"b\":2}\n"] {
        let frame = Frame::compress(row.as_bytes(), 1, 3).unwrap();
        parts.push(&frame)?;
    }
    let mut files = parts.finish()?;
    for name in [DUPLICATES, REMOVED, REJECTED] {
        let mut file = RunFile::create(store, name)?;
        file.write_row(&serde_json::json!({ "id": "a" }))?;
        files.push(file.commit()?);
    }
    let tally = Tally { read: 2, kept: 2, ..Tally::default() };
    let manifest = Manifest { files, ..Manifest::new(serde_json::json!({}), tally) };
    manifest.write(store).map(drop)
}

fn whole_files(root: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for folder in [root.to_owned(), root.join("articles")] {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.strip_prefix(root).unwrap().display().to_string();
                files.push((name, std::fs::read(path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

#[test]
fn each_call_fails_once_in_memory() {
    let whole = MemoryStore::new();
    run(&whole).unwrap();
    let mut fails = 1;
    loop {
        let store = FaultyStore::new(MemoryStore::new(), fails, ErrorKind::StorageFull);
        let done = run(&store);
        if !store.has_failed() {
            done.unwrap();
            assert_eq!(store.inner().names(), whole.names());
            break;
        }
        let error = done.unwrap_err();
        assert!(error.to_string().starts_with("cannot write "), "{error}");
        assert!(error.hint().contains("--overwrite"), "{error}");
        assert!(!store.inner().exists(MANIFEST).unwrap(), "call {fails}");
        for name in store.inner().names() {
            assert_eq!(store.inner().file(&name), whole.file(&name), "call {fails}: {name}");
        }
        fails += 1;
    }
    assert!(fails > 20, "only {fails} calls were tried");
}

#[test]
fn each_call_fails_once_on_disk_and_the_next_run_gets_there() {
    let home = tempfile::tempdir().unwrap();
    let root = home.path().join("whole");
    run(&FolderStore::open(&root, Mode::New).unwrap()).unwrap();
    let whole = whole_files(&root);
    assert_eq!(whole.len(), 6);
    let mut fails = 1;
    loop {
        let root = home.path().join(format!("run-{fails}"));
        let folder = FolderStore::open(&root, Mode::New).unwrap();
        let store = FaultyStore::new(folder, fails, ErrorKind::Other);
        let done = run(&store);
        if !store.has_failed() {
            done.unwrap();
            break;
        }
        let error = done.unwrap_err().to_string();
        assert!(error.contains(root.to_str().unwrap()), "{error}");
        let left = whole_files(&root);
        assert!(left.iter().all(|file| whole.contains(file)), "call {fails}: a torn file");
        assert!(left.iter().all(|(name, _)| name != MANIFEST), "call {fails}");
        run(&FolderStore::open(&root, Mode::Resume).unwrap()).unwrap();
        assert_eq!(whole_files(&root), whole, "call {fails}");
        fails += 1;
    }
}
