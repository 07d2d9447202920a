//! No failure of a store goes unnoticed, and none leaves a file behind.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::io::ErrorKind;
use std::path::Path;

use newsmill_article::{Article, Block, BlockKind, Origin, Span, Tally};
use newsmill_output::{
    ArticleRow, ArticleWriter, DUPLICATES, FORMATS, FaultyStore, FolderStore, Format, FrameBuilder,
    Jsonl, MANIFEST, Manifest, MemoryStore, Mode, OutputError, REJECTED, REMOVED, RunFile, Store,
};

/// A small run.
fn run(store: &dyn Store, format: &dyn Format) -> Result<(), OutputError> {
    let mut articles = ArticleWriter::new(store, format).with_part_bytes(8);
    for text in ["A river rose.", "It fell again."] {
        let origin = Origin::new("a.txt", 0);
        let block = Block::new(BlockKind::Paragraph, Span::whole(text));
        let article = Article::new("a".into(), origin, text.into(), vec![block], vec![]).unwrap();
        let mut frame = FrameBuilder::new(format, 3).unwrap();
        frame.push(&ArticleRow::verbatim(&article, None, &[])).unwrap();
        articles.push(frame.finish().unwrap())?;
    }
    let mut files = articles.finish()?;
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
    for format in FORMATS {
        each_call_fails_once(*format);
    }
}

fn each_call_fails_once(format: &dyn Format) {
    let whole = MemoryStore::new();
    run(&whole, format).unwrap();
    let mut fails = 1;
    loop {
        let store = FaultyStore::new(MemoryStore::new(), fails, ErrorKind::StorageFull);
        let done = run(&store, format);
        if !store.has_failed() {
            done.unwrap();
            assert_eq!(store.inner().names(), whole.names());
            break;
        }
        let error = done.unwrap_err();
        assert!(error.to_string().starts_with("cannot write "), "{error}");
        assert!(error.hint().contains("--overwrite"), "{format:?}: {error}");
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
    run(&FolderStore::open(&root, Mode::New).unwrap(), &Jsonl).unwrap();
    let whole = whole_files(&root);
    assert_eq!(whole.len(), 6);
    let mut fails = 1;
    loop {
        let root = home.path().join(format!("run-{fails}"));
        let folder = FolderStore::open(&root, Mode::New).unwrap();
        let store = FaultyStore::new(folder, fails, ErrorKind::Other);
        let done = run(&store, &Jsonl);
        if !store.has_failed() {
            done.unwrap();
            break;
        }
        let error = done.unwrap_err().to_string();
        assert!(error.contains(root.to_str().unwrap()), "{error}");
        let left = whole_files(&root);
        assert!(left.iter().all(|file| whole.contains(file)), "call {fails}: a torn file");
        assert!(left.iter().all(|(name, _)| name != MANIFEST), "call {fails}");
        run(&FolderStore::open(&root, Mode::Resume).unwrap(), &Jsonl).unwrap();
        assert_eq!(whole_files(&root), whole, "call {fails}");
        fails += 1;
    }
}
