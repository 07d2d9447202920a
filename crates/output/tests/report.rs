//! The report page of a small run folder.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use newsmill_article::{Reason, Tally};
use newsmill_output::{
    BOILERPLATE, DUPLICATES, InputEntry, Manifest, MemoryStore, Moment, OutputError, REJECTED,
    REMOVED, REPORT, RunFile, SAMPLES, report,
};
use serde_json::{Value, json};

/// What would do something on a page that took it for more than text.
const HOSTILE: &str = "</script><script>alert(1)</script><!--\u{2028}\u{202e}\0&amp;\"'";

fn article(id: &str, text: &str, more: &Value) -> Value {
    let mut row = json!({
        "id": id, "source": {"path": "a/posts.jsonl.zst", "record": 0, "offset": 0, "length": 9},
        "text": text, "blocks": [], "title": null, "byline": null, "dateline": null,
        "published": null, "modified": null, "language": null, "site": null, "url": null,
        "inferred": {}, "links": [], "images": [], "quotes": [], "entities": [], "cluster": null,
        "related": [], "metadata": {"text": "not read"},
    });
    for (name, value) in more.as_object().unwrap() {
        row[name] = value.clone();
    }
    row
}

fn duplicate(id: &str, method: &str, similarity: f64, title: &str) -> Value {
    json!({
        "id": id, "source": {"path": "b.html", "record": "<urn:1>", "offset": 0, "length": 9},
        "kept": "k", "cluster": "k", "method": method, "similarity": similarity,
        "diff": {"added": 1, "dropped": 0}, "title": title, "published": "2025-03-02",
        "site": "The Example Herald", "url": null,
    })
}

/// A run of which every file has a row or two, with `text` in all fields that hold text of others.
fn run_of(text: &str) -> (MemoryStore, Manifest) {
    let store = MemoryStore::new();
    let mut files = Vec::new();
    let articles = [
        article(
            "k",
            &format!("The river rose. {text}"),
            &json!({
                "title": format!("The river {text}"), "published": "2025-03-01T10:00:00Z", "language": "en",
                "url": "https://user@www.herald.example:80/river?x", "quotes": [{"text": "x"}],
                "cluster": {"id": "k", "size": 3, "role": "kept", "others": ["d", "e"]},
                "related": [{"id": "l", "kind": "near", "similarity": 0.61}],
            }),
        ),
        article(
            "l",
            "",
            &json!({
                "inferred": {"published": {"value": "2031-01-01"}}, "truncated": true,
                "related": [{"id": "k", "kind": "near", "similarity": 0.61}],
            }),
        ),
    ];
    let mut write = |name: &str, rows: &[Value]| {
        let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
        let bytes = match name.ends_with(".zst") {
            true => zstd::encode_all(lines.as_bytes(), 3).unwrap(),
            false => lines.into_bytes(),
        };
        let mut file = RunFile::create(&store, name).unwrap();
        file.write(&bytes, rows.len() as u64).unwrap();
        files.push(file.commit().unwrap());
    };
    write("articles/part-00000.jsonl.zst", &articles);
    write(DUPLICATES, &[duplicate("d", "exact", 1.0, text), duplicate("e", "near", 0.71, text)]);
    let source = json!({"path": "x", "record": 0, "offset": 0, "length": 0});
    let removed = json!({
        "id": "k", "source": source, "start": 0, "end": 4, "reason": "promo", "of": null,
        "score": 0.5, "stage": "furniture",
    });
    write(REMOVED, &[removed.clone(), removed]);
    write(
        REJECTED,
        &[json!({
            "path": "c.txt", "record": 7, "offset": 12, "stage": "read", "error": format!("no text {text}"),
            "hint": "look", "payload": null, "kind": "binary",
        })],
    );
    write(
        BOILERPLATE,
        &[
            json!({"line": format!("Everywhere {text}"), "hash": "00", "source": null, "stories": 40, "share": 0.2}),
            json!({"line": "Here", "hash": "01", "source": "herald.example", "stories": 9, "share": 0.9}),
            json!({"line": "And here", "hash": "02", "source": "herald.example", "stories": 8, "share": 0.8}),
        ],
    );
    write(
        SAMPLES,
        &[
            json!({
                "kind": "removal", "id": "k", "reason": "promo", "stage": "furniture", "score": 0.5, "bytes": 4,
                "before": "The river rose. ", "text": text, "after": "", "left": "The river rose.", "stays": null,
            }),
            json!({
                "kind": "pair", "id": "e", "kept": "k", "cluster": "k", "method": "near", "similarity": 0.71,
                "kept_text": "The river rose.", "text": format!("The lake rose. {text}"),
            }),
        ],
    );
    let mut tally = Tally { read: 5, kept: 2, duplicates: 2, rejected: 1, ..Tally::default() };
    (tally.text_bytes, tally.kept_bytes, tally.layout_bytes) = (40, 30, 2);
    tally.removed_bytes.insert(Reason::Promo, 8);
    let configuration = json!({"across": {"drop_threshold": 0.7}, "note": text});
    let mut manifest = Manifest::new(configuration, tally);
    manifest.newsmill = "0.0.0".to_owned();
    manifest.inputs.push(InputEntry { path: format!("a/{text}"), bytes: Some(90) });
    manifest.files = files;
    manifest.run.started = "2026-11-23T05:00:00Z".to_owned();
    manifest.run.seconds = 2.0;
    let moment = Moment { pass: "write".to_owned(), records: 5, ..Moment::default() };
    manifest.run.timeline = vec![moment.clone(), Moment { seconds: 2.0, ..moment }];
    (store, manifest)
}

#[test]
fn what_is_collected_of_a_run() {
    let (store, manifest) = run_of("of old");
    let collected = report::collect(&store, &manifest, &|| false).unwrap();
    insta::assert_json_snapshot!(collected);
}

#[test]
fn text_of_others_stays_text() {
    let (store, manifest) = run_of(HOSTILE);
    report::write(&store, &manifest, &|| false).unwrap();
    let page = String::from_utf8(store.file(REPORT).unwrap()).unwrap();
    assert!(
        !page.contains("<script>alert") && !page.contains("<!--") && !page.contains('\u{2028}')
    );
    assert_eq!(page.matches("</script>").count(), 3, "the page's own");
    assert!(page.contains("\\u003c/script\\u003e\\u003cscript\\u003ealert(1)"));
    assert!(!page.chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
}

#[test]
fn the_same_folder_gives_the_same_page() {
    let pages = [(); 2].map(|()| {
        let (store, manifest) = run_of(HOSTILE);
        report::write(&store, &manifest, &|| false).unwrap();
        store.file(REPORT).unwrap()
    });
    assert!(pages[0] == pages[1]);
}

#[test]
fn a_run_without_rows_of_articles_has_a_page_too() {
    let (store, mut manifest) = run_of("");
    manifest.files.retain(|file| !file.name.starts_with("articles/"));
    let collected = report::collect(&store, &manifest, &|| false).unwrap();
    assert!(collected.articles.is_none());
    assert_eq!(collected.duplicates.clusters.first[0].size, 3);
    report::write(&store, &manifest, &|| false).unwrap();
}

#[test]
fn what_is_damaged_is_named_and_nobody_is_kept_waiting() {
    let (store, manifest) = run_of("");
    let stopped = report::write(&store, &manifest, &|| true);
    assert!(matches!(stopped, Err(OutputError::Read { .. })), "{stopped:?}");
    let mut file = RunFile::create(&store, REJECTED).unwrap();
    file.write(b"{\"path\": 1}\n", 1).unwrap();
    file.commit().unwrap();
    let damaged = report::write(&store, &manifest, &|| false).unwrap_err();
    assert!(damaged.to_string().contains(REJECTED), "{damaged}");
    assert!(store.file(REPORT).is_none());
}
