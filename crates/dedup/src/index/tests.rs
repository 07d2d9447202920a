use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use proptest::prelude::*;
use tempfile::tempdir;

use super::*;
use crate::config::{AcrossConfig, Method};
use crate::shingles::shingles;
use crate::sketch::Sketcher;
use crate::tokens::{Tokens, tokenize_into};

fn config() -> AcrossConfig {
    AcrossConfig { bands: 4, rows: 2, ..AcrossConfig::default() }
}

fn parameters() -> Parameters {
    Parameters::new(&config(), "plain")
}

/// A text and its id, by number.
fn text(number: u32) -> (String, String) {
    let words: String = (0..number % 40).map(|i| format!("word{} ", i * (number + 1))).collect();
    (format!("té{number}"), words)
}

fn prepare(writer: &IndexWriter, numbers: std::ops::Range<u32>, run: &str) -> Prepared {
    let sketcher = Sketcher::new(&config()).unwrap();
    let mut tokens = Tokens::default();
    let mut segment = writer.begin(&parameters()).unwrap();
    for number in numbers {
        let (id, text) = text(number);
        tokenize_into(&text, &mut tokens);
        let set = shingles(tokens.hashes(), config().shingle_words);
        let published = (!number.is_multiple_of(3)).then_some(i64::from(number) - 50);
        let truncated = number.is_multiple_of(7);
        let row = Row { id: &id, source: "dump.jsonl", published, truncated, text: &text };
        segment.push(&row, &sketcher.sketch(tokens.hashes(), &set)).unwrap();
    }
    writer.prepare(segment, run, "2025-03-10T00:00:00Z").unwrap()
}

fn add(path: &Path, numbers: std::ops::Range<u32>) {
    let mut writer = IndexWriter::open(path, |_| false).unwrap();
    let prepared = prepare(&writer, numbers, "run");
    writer.commit(prepared).unwrap();
}

fn names(path: &Path) -> Vec<String> {
    let entries = fs::read_dir(path).unwrap();
    let mut names: Vec<_> =
        entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Asserts that the index holds the texts from 0 on, in order.
fn assert_holds(index: &Index, texts: u32) {
    assert_eq!(index.texts(), texts);
    let mut reader = index.reader();
    for number in (0..texts).rev().chain(0..texts) {
        let row = reader.read(number).unwrap();
        assert_eq!((row.id.to_owned(), row.text.to_owned()), text(number));
        assert_eq!(row.published, (!number.is_multiple_of(3)).then_some(i64::from(number) - 50));
        assert_eq!((row.source, row.truncated), ("dump.jsonl", number.is_multiple_of(7)));
    }
    assert!(reader.read(texts).is_err() && reader.read(u32::MAX).is_err());
    let sketches: Vec<RowSketch> = index.sketches().collect::<Result<_, _>>().unwrap();
    assert_eq!(sketches.len(), texts as usize);
    // Verification makes the sketches again.
    assert_eq!(index.verify(|_| ()).len(), 0);
}

#[test]
fn what_goes_in_comes_out_before_and_after_a_merge() {
    let home = tempdir().unwrap();
    let path = home.path().join("deep/index");
    for range in [0..1500, 1500..1501, 1501..1501, 1501..3000] {
        add(&path, range);
    }
    assert_holds(&Index::open(&path).unwrap(), 3000);
    let before = Index::open(&path).unwrap();
    let mut writer = IndexWriter::existing(&path, |_| false).unwrap();
    writer.merge().unwrap();
    assert_holds(writer.index(), 3000);
    assert_holds(&Index::open(&path).unwrap(), 3000);
    #[cfg(unix)]
    assert_holds(&before, 3000);
    assert_eq!(names(&path), ["00000005.sketches", "00000005.texts", "index", "lock"]);
    let (about, _, _) = writer.index().segments().next().unwrap();
    assert_eq!(about.published, Some((-49, 2949)));
    let added: Vec<u32> = about.runs.iter().map(|run| run.texts).collect();
    assert_eq!(added, [1500, 1, 0, 1499]);
    writer.merge().unwrap();
    drop(writer);
    add(&path, 3000..3010);
    assert_holds(&Index::open(&path).unwrap(), 3010);
}

#[test]
fn large_texts_and_texts_of_nothing_but_noise() {
    let home = tempdir().unwrap();
    let mut writer = IndexWriter::open(home.path(), |_| false).unwrap();
    let noise: String = (0..300_000_u64)
        .map(|i| char::from(b'!' + (crate::hash::splitmix(1, i) % 90) as u8))
        .collect();
    let texts = ["x".repeat(3 << 20), noise, "\0\u{202e}é\n".to_owned(), String::new()];
    let mut segment = writer.begin(&parameters()).unwrap();
    for text in &texts {
        let row = Row { id: text.get(..1).unwrap_or_default(), text, ..Row::default() };
        segment.push(&row, &crate::sketch::Sketch::default()).unwrap();
    }
    let prepared = writer.prepare(segment, "run", "").unwrap();
    writer.commit(prepared).unwrap();
    let mut reader = writer.index().reader();
    for (number, text) in (0..).zip(&texts) {
        assert_eq!(reader.read(number).unwrap().text, text);
    }
    // These sketches are not those of the texts.
    assert!(!writer.index().verify(|_| ()).is_empty());
}

#[test]
fn no_byte_can_change_unseen() {
    let home = tempdir().unwrap();
    let path = home.path().join("index");
    add(&path, 0..5);
    add(&path, 5..8);
    let seen = |what: &str| {
        let opened = Index::open(&path);
        let wrong = match &opened {
            Ok(index) => index.verify(|_| ()).into_iter().next(),
            Err(_) => None,
        };
        let error = opened.err().or(wrong).unwrap_or_else(|| panic!("{what} is not seen"));
        assert!(
            matches!(error, IndexError::Damaged { .. } | IndexError::Version { .. }),
            "{what}: {error}"
        );
        assert!(!error.hint().is_empty());
    };
    for name in names(&path).iter().filter(|name| *name != "lock") {
        let file = path.join(name);
        let whole = fs::read(&file).unwrap();
        assert!(whole.len() < 4000, "keep the test small: {name} has {} bytes", whole.len());
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 1 << (at % 8);
            fs::write(&file, &flipped).unwrap();
            seen(&format!("{name}: byte {at}"));
            fs::write(&file, &whole[..at]).unwrap();
            seen(&format!("{name}: cut at {at}"));
        }
        fs::write(&file, [whole.as_slice(), b"x"].concat()).unwrap();
        seen(&format!("{name}: one byte more"));
        if name != "index" {
            fs::remove_file(&file).unwrap();
            seen(&format!("{name}: deleted"));
        }
        fs::write(&file, &whole).unwrap();
    }
    let exchanged = |ending: &str| {
        let [one, two] = [1, 2].map(|number| path.join(format!("{number:08}.{ending}")));
        let spare = home.path().join("spare");
        fs::rename(&one, &spare).unwrap();
        fs::rename(&two, &one).unwrap();
        fs::rename(&spare, &two).unwrap();
    };
    for ending in ["texts", "sketches"] {
        exchanged(ending);
        seen(ending);
        exchanged(ending);
    }
    assert_holds(&Index::open(&path).unwrap(), 8);
}

#[test]
fn a_damaged_index_is_refused_by_writers_too() {
    let home = tempdir().unwrap();
    add(home.path(), 0..5);
    let file = home.path().join("00000001.sketches");
    fs::write(&file, b"newsmill").unwrap();
    let error = IndexWriter::open(home.path(), |_| true).unwrap_err();
    assert!(matches!(&error, IndexError::Damaged { path, .. } if *path == file), "{error}");
    assert!(file.exists());
}

#[test]
fn sketches_of_other_parameters_are_refused() {
    let home = tempdir().unwrap();
    // An index without texts takes any.
    drop(IndexWriter::open(home.path(), |_| false).unwrap());
    assert!(Index::open(home.path()).unwrap().check(&parameters()).is_ok());
    add(home.path(), 0..3);
    let config = config;
    let rows: [(&str, Parameters); 7] = [
        ("method = OnePermutation, but method = ExactJoin", {
            Parameters::new(&AcrossConfig { method: Method::ExactJoin, ..config() }, "plain")
        }),
        ("shingle_words = 5, but shingle_words = 3", {
            Parameters::new(&AcrossConfig { shingle_words: 3, ..config() }, "plain")
        }),
        ("bands = 4, but bands = 8", {
            Parameters::new(&AcrossConfig { bands: 8, ..config() }, "plain")
        }),
        ("rows = 2, but rows = 1", {
            Parameters::new(&AcrossConfig { rows: 1, ..config() }, "plain")
        }),
        ("seed = 1, but seed = 9", {
            Parameters::new(&AcrossConfig { seed: 9, ..config() }, "plain")
        }),
        ("containment_sampling = 8, but containment_sampling = 0", {
            Parameters::new(&AcrossConfig { containment_sampling: 0, ..config() }, "plain")
        }),
        ("texts = \"plain\", but texts = \"cleaned\"", Parameters::new(&config(), "cleaned")),
    ];
    let writer = IndexWriter::open(home.path(), |_| false).unwrap();
    for (difference, asked) in rows {
        for error in [writer.begin(&asked).unwrap_err(), writer.index().check(&asked).unwrap_err()]
        {
            assert!(error.to_string().contains(difference), "{error}");
        }
        assert_eq!(Sketcher::new(&asked.config()).is_ok(), config().validate().is_ok());
    }
    // Thresholds are no parameters.
    let other = AcrossConfig { drop_threshold: 0.9, bucket_head: 3, ..config() };
    assert!(writer.begin(&Parameters::new(&other, "plain")).is_ok());
}

#[test]
fn one_writer_at_a_time() {
    let home = tempdir().unwrap();
    let first = IndexWriter::open(home.path(), |_| false).unwrap();
    for second in
        [IndexWriter::open(home.path(), |_| false), IndexWriter::existing(home.path(), |_| false)]
    {
        let error = second.unwrap_err();
        assert!(matches!(error, IndexError::Locked { .. }));
        assert!(error.to_string().contains("is being written by another run"), "{error}");
    }
    Index::open(home.path()).unwrap();
    drop(first);
    IndexWriter::open(home.path(), |_| false).unwrap();
}

#[test]
fn folders_of_other_things_are_left_alone() {
    let home = tempdir().unwrap();
    assert!(matches!(Index::open(home.path()), Err(IndexError::Missing { .. })));
    let missing = IndexWriter::existing(&home.path().join("none"), |_| false);
    assert!(matches!(missing, Err(IndexError::Missing { .. })));
    fs::write(home.path().join("letters.txt"), "mine").unwrap();
    let opened = IndexWriter::open(home.path(), |_| false);
    assert!(matches!(opened, Err(IndexError::Occupied { .. })));
    assert_eq!(names(home.path()), ["letters.txt"]);
    // An index whose manifest is gone is not taken for a new one.
    let lost = tempdir().unwrap();
    add(lost.path(), 0..3);
    fs::remove_file(lost.path().join("index")).unwrap();
    let opened = IndexWriter::open(lost.path(), |_| true);
    assert!(matches!(opened, Err(IndexError::Occupied { .. })));
}

#[test]
fn a_writer_that_was_broken_off_leaves_what_its_run_is_worth() {
    for finished in [false, true] {
        let home = tempdir().unwrap();
        let path = home.path();
        add(path, 0..5);
        let writer = IndexWriter::open(path, |_| false).unwrap();
        drop(prepare(&writer, 5..9, "second"));
        // Drafts and texts without sketches.
        fs::write(path.join("index.draft"), "half").unwrap();
        fs::write(path.join("00000003.texts"), "half").unwrap();
        fs::write(path.join("00000003.sketches.draft"), "half").unwrap();
        drop(writer);
        assert_holds(&Index::open(path).unwrap(), 5);
        let writer = IndexWriter::open(path, |run| {
            assert_eq!((run.name.as_str(), run.texts), ("second", 4));
            finished
        });
        let (texts, files) = if finished { (9, 6) } else { (5, 4) };
        assert_holds(writer.unwrap().index(), texts);
        assert_eq!(names(path).len(), files, "{:?}", names(path));
        add(path, texts..12);
        assert_holds(&Index::open(path).unwrap(), 12);
    }
}

#[test]
fn a_merge_that_was_broken_off_changes_nothing() {
    let home = tempdir().unwrap();
    let path = home.path();
    for range in [0..5, 5..9] {
        add(path, range);
    }
    let all = |path: &Path| -> Vec<(String, Vec<u8>)> {
        names(path)
            .into_iter()
            .map(|name| (name.clone(), fs::read(path.join(name)).unwrap()))
            .collect()
    };
    let before = all(path);
    IndexWriter::existing(path, |_| false).unwrap().merge().unwrap();
    let after = all(path);
    let put = |files: &[(String, Vec<u8>)], pick: &dyn Fn(&str) -> bool| {
        for (name, bytes) in files.iter().filter(|(name, _)| pick(name)) {
            fs::write(path.join(name), bytes).unwrap();
        }
    };
    // Broken off before the manifest was replaced, and after it.
    for manifest in [&before, &after] {
        put(&before, &|name| name != "index");
        put(&after, &|name| name != "index");
        put(manifest, &|name| name == "index");
        assert_holds(&Index::open(path).unwrap(), 9);
        let writer = IndexWriter::open(path, |_| true).unwrap();
        assert_holds(writer.index(), 9);
        let kept: Vec<_> = manifest.iter().map(|(name, _)| name.clone()).collect();
        assert_eq!(names(path), kept);
    }
}

#[test]
fn readers_see_whole_states_while_a_writer_works() {
    let home = tempdir().unwrap();
    let path = home.path();
    add(path, 0..10);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut last = 0;
                while !done.load(Ordering::Relaxed) {
                    let index = Index::open(path).unwrap();
                    assert!(index.texts() >= last && index.texts().is_multiple_of(10));
                    last = index.texts();
                    assert_holds(&index, last);
                }
            });
        }
        let mut writer = IndexWriter::existing(path, |_| false).unwrap();
        for round in 1..12 {
            let prepared = prepare(&writer, round * 10..round * 10 + 10, "run");
            writer.commit(prepared).unwrap();
            if round % 3 == 0 {
                writer.merge().unwrap();
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    assert_holds(&Index::open(path).unwrap(), 120);
}

proptest! {
    #[test]
    fn bytes_that_are_no_rows_are_told(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut rest = bytes.as_slice();
        while !rest.is_empty() && super::rows::take_row(&mut rest).is_some() {}
        let mut rest = bytes.as_slice();
        while !rest.is_empty() && super::rows::take_sketch(&mut rest, 3).is_some() {}
    }

    #[test]
    fn rows_come_back(
        id in "\\PC{0,8}", source in "\\PC{0,8}", text in "\\PC{0,40}",
        published in any::<Option<i64>>(), truncated in any::<bool>(),
    ) {
        let row = Row { id: &id, source: &source, published, truncated, text: &text };
        let mut block = Vec::new();
        super::rows::put_row(&row, &mut block);
        super::rows::put_row(&row, &mut block);
        let mut rest = block.as_slice();
        prop_assert_eq!(super::rows::take_row(&mut rest), Some(row));
        prop_assert_eq!(super::rows::take_row(&mut rest), Some(row));
        prop_assert!(rest.is_empty());
    }
}
