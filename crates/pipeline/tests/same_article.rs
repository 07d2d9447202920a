//! The same article in any container, and in any compression around it, is the same article.
#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::path::Path;

use newsmill_pipeline::{Config, parse};
use serde_json::Value;

/// The rows of `rows.parquet`, which the crate that reads has for its tests.
const JSONL: &str = concat!(
    "{\"id\":\"a\",\"text\":\"A river rose, and \\\"fell\\\".\\nNobody was hurt.\",\"url\":\"https://example.org/a\",\"date\":\"2024-01-05\"}\n",
    "{\"id\":\"b\",\"text\":\"Zwei Brücken, “eine” Straße.\",\"url\":\"https://example.org/b\",\"date\":\"2024-01-06\"}\n",
    "{\"id\":\"c\",\"text\":\"The last one.\",\"url\":\"https://example.org/c\",\"date\":\"2024-01-07\"}\n",
);

const CSV: &str = concat!(
    "id,text,url,date\r\n",
    "a,\"A river rose, and \"\"fell\"\".\nNobody was hurt.\",https://example.org/a,2024-01-05\r\n",
    "b,\"Zwei Brücken, “eine” Straße.\",https://example.org/b,2024-01-06\r\n",
    "c,The last one.,https://example.org/c,2024-01-07\r\n",
);

const POST: &str = "The mill at Varde turns again

[image: The wheel, seen from the weir]
The mill at Varde turned on Sunday for the first time since 1911, and <www.example.org/mill/>
showed it. “We had only the drawings,” said Karen Holm, who led the repair.

What it cost
The town paid 410,000 kroner for the wheel, and nothing for the water.
";

const PAGE: &str =
    "<!doctype html><html lang=\"en\"><head><title>The mill at Varde turns again</title>
<meta property=\"og:url\" content=\"https://example.org/mill\">
<meta property=\"article:published_time\" content=\"2019-05-12T08:30:00Z\"></head>
<body><nav><a href=\"/\">Home</a> <a href=\"/news\">News</a></nav><article>
<h1>The mill at Varde turns again</h1>
<p>The mill at Varde turned on Sunday for the first time since 1911, and some four hundred people
stood on the weir to see it. The wheel was built anew from drawings that lay in the church.</p>
<h2>What it cost</h2>
<p>The town paid 410,000 kroner for the wheel, and nothing for the water, said Karen Holm, who led
the repair and will open the mill to schools in the autumn, as soon as the floor has been laid.</p>
</article><footer>All rights reserved</footer></body></html>
";

/// What the document is when it is read as a file of that name, without what tells where it stood.
fn articles(folder: &Path, name: &str, bytes: &[u8]) -> Vec<Value> {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    let (path, config) = (path.display().to_string(), Config::default());
    let rows = parse(&path, &config).unwrap();
    let rows = rows.map(|row| {
        let mut row: Value = serde_json::from_slice(&row.unwrap()).unwrap();
        row.as_object_mut().unwrap().remove("source").unwrap();
        row
    });
    rows.collect()
}

/// As [`articles`], of one article and without what only some containers know of it: a name, an
/// address and when it was fetched.
fn article(folder: &Path, name: &str, bytes: &[u8]) -> Value {
    let mut rows = articles(folder, name, bytes);
    assert_eq!(rows.len(), 1, "{name}");
    let mut row = rows.remove(0);
    for field in ["id", "url", "site", "section", "metadata", "inferred"] {
        row.as_object_mut().unwrap().remove(field);
    }
    row["evidence"].as_object_mut().unwrap().remove("url");
    row
}

/// The bytes behind the encoder that `finish` ends.
fn wrapped<W: Write>(mut encoder: W, finish: impl Fn(W) -> Vec<u8>) -> Vec<u8> {
    encoder.write_all(JSONL.as_bytes()).unwrap();
    finish(encoder)
}

/// A frame of one block that is stored as it is.
fn lz4(bytes: &[u8]) -> Vec<u8> {
    let length = 0x8000_0000 | u32::try_from(bytes.len()).unwrap();
    let head = b"\x04\x22\x4d\x18\x60\x40\x82";
    [&head[..], &length.to_le_bytes()[..], bytes, &[0; 4][..]].concat()
}

fn warc(kind: &str, content_type: &str, block: &str) -> String {
    let length = block.len();
    format!(
        "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:1>\r\n\
         WARC-Target-URI: https://example.org/mill\r\nWARC-Date: 2019-05-12T10:00:00Z\r\n\
         Content-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n{block}\r\n\r\n"
    )
}

/// An archive of one file.
fn tar(name: &str, file: &str) -> Vec<u8> {
    let mut header = vec![0; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[100..107].copy_from_slice(b"0000644");
    header[124..135].copy_from_slice(format!("{:011o}", file.len()).as_bytes());
    header[148..156].copy_from_slice(b"        ");
    header[156] = b'0';
    header[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = header.iter().map(|b| u32::from(*b)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let padding = vec![0; file.len().next_multiple_of(512) - file.len() + 1024];
    [&header[..], file.as_bytes(), &padding].concat()
}

#[test]
fn a_row_is_the_same_article_in_every_table_and_compression() {
    let folder = tempfile::tempdir().unwrap();
    let expected = articles(folder.path(), "rows.jsonl", JSONL.as_bytes());
    assert_eq!(expected.len(), 3);
    assert_eq!(expected[1]["text"], "Zwei Brücken, “eine” Straße.");
    assert_eq!(expected[1]["metadata"]["url"], "https://example.org/b");
    let json = format!("[\n{}\n]\n", JSONL.trim_end().replace('\n', ",\n"));
    let level = bzip2::Compression::best();
    let fast = flate2::Compression::fast();
    let cases = [
        ("rows.json", json.into_bytes()),
        ("rows.csv", CSV.into()),
        ("rows.parquet", include_bytes!("../../read/tests/rows.parquet").to_vec()),
        (
            "rows.jsonl.gz",
            wrapped(flate2::write::GzEncoder::new(vec![], fast), |e| e.finish().unwrap()),
        ),
        ("rows.jsonl.zst", zstd::encode_all(JSONL.as_bytes(), 1).unwrap()),
        (
            "rows.jsonl.bz2",
            wrapped(bzip2::write::BzEncoder::new(vec![], level), |e| e.finish().unwrap()),
        ),
        (
            "rows.jsonl.xz",
            wrapped(liblzma::write::XzEncoder::new(vec![], 1), |e| e.finish().unwrap()),
        ),
        ("rows.jsonl.lz4", lz4(JSONL.as_bytes())),
        ("rows.tar", tar("rows.jsonl", JSONL)),
    ];
    for (name, bytes) in cases {
        assert_eq!(articles(folder.path(), name, &bytes), expected, "{name}");
    }
}

#[test]
fn a_post_is_the_same_article_in_every_archive() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let expected = article(folder, "post.txt", POST.as_bytes());
    assert!(expected["text"].as_str().unwrap().contains("the first time since 1911"));
    let row = serde_json::json!({ "text": POST }).to_string();
    let cases = [
        ("post.warc", warc("conversion", "text/plain", POST).into_bytes()),
        ("post.tar", tar("post.txt", POST)),
        ("post.jsonl", row.into_bytes()),
    ];
    for (name, bytes) in cases {
        assert_eq!(article(folder, name, &bytes), expected, "{name}");
    }
}

#[test]
fn a_page_is_the_same_article_in_every_archive() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let expected = article(folder, "page.html", PAGE.as_bytes());
    assert_eq!(expected["title"], "The mill at Varde turns again");
    let text = expected["text"].as_str().unwrap();
    assert!(text.contains("stood on the weir") && !text.contains("rights"), "{text}");
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n";
    let http = "application/http; msgtype=response";
    let cases = [
        ("page.warc", warc("response", http, &format!("{head}{PAGE}")).into_bytes()),
        ("resource.warc", warc("resource", "text/html", PAGE).into_bytes()),
        ("page.tar", tar("page.html", PAGE)),
    ];
    for (name, bytes) in cases {
        assert_eq!(article(folder, name, &bytes), expected, "{name}");
    }
}
