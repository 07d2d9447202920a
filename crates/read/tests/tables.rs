//! Rows in every container that holds some: the same rows give the same records, and damage costs
//! little.

#![allow(clippy::unwrap_used, reason = "a helper of a test may panic like the test")]

use std::io::{Cursor, Read, Write};

use newsmill_article::{Content, Limits, Record, Reject, RejectKind};
use newsmill_read::{Input, ReadOptions, records, records_of};

const JSONL: &str = concat!(
    "{\"id\":\"a\",\"text\":\"A river rose, and \\\"fell\\\".\\nNobody was hurt.\",\"url\":\"https://example.org/a\",\"date\":\"2024-01-05\"}\n",
    "{\"id\":\"b\",\"text\":\"Zwei Brücken, “eine” Straße.\",\"url\":\"https://example.org/b\",\"date\":\"2024-01-06\"}\n",
    "{\"id\":\"c\",\"text\":\"The last one.\",\"url\":\"https://example.org/c\",\"date\":\"2024-01-07\"}\n",
);

const JSON: &str = concat!(
    "[\n  {\"id\":\"a\",\"text\":\"A river rose, and \\\"fell\\\".\\nNobody was hurt.\",\"url\":\"https://example.org/a\",\"date\":\"2024-01-05\"},\n",
    "  {\"id\":\"b\",\"text\":\"Zwei Brücken, “eine” Straße.\",\"url\":\"https://example.org/b\",\n \"date\":\"2024-01-06\"},",
    "{\"id\":\"c\",\"text\":\"The last one.\",\"url\":\"https://example.org/c\",\"date\":\"2024-01-07\"}\n]\n",
);

const CSV: &str = concat!(
    "id,text,url,date\r\n",
    "a,\"A river rose, and \"\"fell\"\".\nNobody was hurt.\",https://example.org/a,2024-01-05\r\n",
    "b,\"Zwei Brücken, “eine” Straße.\",https://example.org/b,2024-01-06\r\n",
    "c,The last one.,https://example.org/c,2024-01-07\r\n",
);

const TSV: &str = concat!(
    "id\ttext\turl\tdate\n",
    "a\t\"A river rose, and \"\"fell\"\".\nNobody was hurt.\"\thttps://example.org/a\t2024-01-05\n",
    "b\tZwei Brücken, “eine” Straße.\thttps://example.org/b\t2024-01-06\n",
    "c\tThe last one.\thttps://example.org/c\t2024-01-07\n",
);

fn read(bytes: &[u8], path: &str, from: Option<&str>) -> Vec<Result<Record, Reject>> {
    let limits = Limits { record_bytes: 4096, ..Limits::default() };
    let options = ReadOptions { from: from.map(str::to_owned), ..ReadOptions::default() };
    let rows = records_of(Cursor::new(bytes.to_vec()), path, &options, &limits).unwrap();
    let rows: Vec<_> = rows.take(1000).collect();
    assert!(rows.len() < 1000, "{path}: endless");
    for (place, row) in rows.iter().enumerate() {
        let origin = row.as_ref().map_or_else(|r| &r.origin, |r| &r.origin);
        assert_eq!(origin.ordinal, place as u64, "{path}");
    }
    rows
}

/// What of a record does not depend on its container.
fn said(row: &Record) -> (Option<String>, Content, String) {
    let metadata = serde_json::to_string(&row.metadata).unwrap();
    (row.id.clone(), row.content.clone(), metadata)
}

/// Deterministic noise.
fn noise(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

/// Name, format and bytes.
fn fixtures() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    vec![
        ("rows.json", "json", JSON.into()),
        ("rows.csv", "csv", CSV.into()),
        ("rows.tsv", "csv", TSV.into()),
        #[cfg(feature = "parquet")]
        ("rows.parquet", "parquet", include_bytes!("rows.parquet").to_vec()),
    ]
}

#[test]
fn the_same_rows_give_the_same_records() {
    let expected: Vec<_> = read(JSONL.as_bytes(), "rows.jsonl", None)
        .iter()
        .map(|r| said(r.as_ref().unwrap()))
        .collect();
    assert_eq!(expected.len(), 3);
    for (path, from, bytes) in fixtures() {
        for (path, from) in [(path, Some(from)), (path, None), ("no-ending", None)] {
            let rows = read(&bytes, path, from);
            let got: Vec<_> = rows.iter().map(|r| said(r.as_ref().unwrap())).collect();
            assert_eq!(got, expected, "{path} {from:?}");
        }
        // From a file, which formats may read from any place.
        let mut file = tempfile::Builder::new().suffix(path).tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        let (options, limits) = (ReadOptions::default(), Limits::default());
        let rows = records(&Input::file(file.path()), &options, &limits).unwrap();
        let got: Vec<_> = rows.map(|r| said(&r.unwrap())).collect();
        assert_eq!(got, expected, "{path} from a file");
    }
}

#[test]
fn cut_at_every_byte() {
    for (path, from, bytes) in fixtures() {
        let whole: Vec<_> = read(&bytes, path, Some(from)).iter().flatten().map(said).collect();
        let mut most = 0;
        for cut in 0..bytes.len() {
            let rows = read(&bytes[..cut], path, Some(from));
            let got: Vec<_> = rows.iter().flatten().map(said).collect();
            // The last row of a table may end anywhere.
            let sure = if from == "csv" { got.len().min(most) } else { got.len() };
            assert!(whole.starts_with(&got[..sure]), "{path} cut at {cut}");
            assert!(got.len() >= most, "{path} cut at {cut}");
            most = match bytes[..cut].ends_with(b"\n") || from != "csv" {
                true => got.len(),
                false => most,
            };
            let rejects = rows.len() - got.len();
            assert!(rejects <= 1, "{path} cut at {cut}: {rows:?}");
        }
    }
}

#[test]
fn flipped_bits_cost_little() {
    let mut state = 7;
    for (path, from, bytes) in fixtures() {
        let whole = read(&bytes, path, Some(from));
        let starts: Vec<_> =
            whole.iter().flatten().map(|row| usize::try_from(row.origin.offset).unwrap()).collect();
        let whole: Vec<_> = whole.iter().flatten().map(said).collect();
        for _ in 0..2000 {
            let bit = noise(&mut state) as usize % (bytes.len() * 8);
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let rows = read(&flipped, path, Some(from));
            let got: Vec<_> = rows.iter().flatten().map(said).collect();
            // A table is nothing without its header; Parquet may tell of damage nowhere.
            if from == "parquet" || bit / 8 < 20 {
                continue;
            }
            let hit = starts.iter().rposition(|start| *start <= bit / 8).unwrap_or(0);
            for (place, row) in whole.iter().enumerate() {
                // A quote or bracket that went or came may take the rest of the line with it.
                let is_far = if place < hit { hit > 0 } else { place > hit + 1 };
                assert!(!is_far || got.contains(row), "{path} bit {bit}, row {place}: {got:?}");
            }
            assert!(got.len() + 2 >= whole.len(), "{path} bit {bit}: {got:?}");
        }
    }
}

#[test]
fn a_bad_row_costs_that_row() {
    let good = |n: usize| format!("{n},\"text {n}, long\",https://example.org/{n}\n");
    let bad = [
        "7,too,many,cells\n",
        "7\n",
        "7,\"a quote is missing,https://example.org/7\n",
        "7,\"he said \"no\", and left\",https://example.org/7\n",
        "7,\"two lines\nand a \"stray\" quote\",https://example.org/7\n",
        "7,\"one\nline\nmore\",https://example.org/7,8\n",
    ];
    for bad in bad {
        let before: String = (0..5).map(good).collect();
        let after: String = (8..14).map(good).collect();
        let table = format!("id,text,url\n{before}{bad}{after}");
        let rows = read(table.as_bytes(), "t.csv", Some("csv"));
        let ids: Vec<_> = rows.iter().flatten().filter_map(|r| r.id.clone()).collect();
        let expected: Vec<_> = (0..5).chain(8..14).map(|n| n.to_string()).collect();
        assert_eq!(ids, expected, "{bad:?}");
        let rejects: Vec<_> = rows.iter().filter_map(|r| r.as_ref().err()).collect();
        assert_eq!(rejects.len(), 1, "{bad:?}: {rejects:?}");
        assert_eq!(rejects[0].kind, RejectKind::Malformed, "{bad:?}");
        assert_eq!(rejects[0].origin.offset, 12 + before.len() as u64, "{bad:?}");
        assert!(
            (bad.len() - 1..=bad.len()).contains(&(rejects[0].origin.length as usize)),
            "{bad:?}"
        );
    }
}

#[test]
fn quotes_that_need_no_quotes_are_text() {
    let table = "id\ttext\n1\t\"Hello\" she said\n2\tA 5\" pipe\n";
    let rows = read(table.as_bytes(), "t.tsv", None);
    let texts: Vec<_> = rows.iter().map(|r| r.as_ref().unwrap().content.clone()).collect();
    let expected = ["\"Hello\" she said", "A 5\" pipe"].map(|t| Content::Text(t.into()));
    assert_eq!(texts, expected);
}

#[test]
fn tables_are_told_by_their_header() {
    let cases = [
        ("id,text\n1,a\n", "a.txt", Some(1)),
        ("sep=;\r\nid;text\r\n1;a, b\r\n", "a", Some(1)),
        ("\u{feff}title|text|n\nx|a|1\nx|b|2\n", "a", Some(2)),
        ("text\nA river rose, it fell.\n", "a.csv", None),
        ("id;text\n1;a, b\n", "a.csv", Some(1)),
        ("A river rose, they said.\nIt fell, they said.\n", "a", None),
        ("Date, text\n\nThe body, which has commas, and more.\n", "a.txt", None),
    ];
    for (bytes, path, rows) in cases {
        let got = read(bytes.as_bytes(), path, None);
        let is_table = got.iter().all(|r| {
            r.as_ref().is_ok_and(|r| r.metadata.fields().count() + usize::from(r.id.is_some()) > 0)
        });
        assert_eq!(is_table.then_some(got.len()), rows, "{bytes:?}");
    }
    let reject = read(b"id,body\n1,a\n", "a.csv", None)[0].clone().unwrap_err();
    assert_eq!(reject.kind, RejectKind::NoText);
    assert_eq!(reject.detail, "it names no column \"text\" but id, body");
}

#[test]
fn cells_in_other_encodings() {
    let latin = b"id,text,site\n1,caf\xe9,Z\xfcrich\n";
    let row = read(latin, "a.csv", None)[0].clone().unwrap();
    assert_eq!(row.content, Content::Bytes { bytes: b"caf\xe9".to_vec(), charset: None });
    assert_eq!(row.metadata.text("site").as_deref(), Some("Zürich"));
    let options = ReadOptions { encoding: Some("koi8-r".into()), ..ReadOptions::default() };
    let bytes = &b"id,text,site\n1,\xf2\xc5\xcb\xc1,\xf2\xc5\xcb\xc1\n"[..];
    let mut rows = records_of(bytes, "a.csv", &options, &Limits::default()).unwrap();
    let row = rows.next().unwrap().unwrap();
    assert_eq!(row.metadata.text("site").as_deref(), Some("Река"));
    let options = ReadOptions { encoding: Some("latin-42".into()), ..ReadOptions::default() };
    let error = records_of(bytes, "a.csv", &options, &Limits::default()).unwrap_err();
    assert!(error.to_string().contains("\"latin-42\""), "{error}");
}

#[test]
fn a_huge_cell_is_skipped_in_constant_memory() {
    for (start, end) in [("1,", "\n"), ("1,\"", "\"\n")] {
        let lines = Cursor::new(b"many lines, of one cell\n".repeat(1 << 10));
        for middle in
            [Box::new(std::io::repeat(b'x').take(8 << 20)) as Box<dyn Read + Send>, Box::new(lines)]
        {
            let table = Cursor::new(format!("id,text\n0,a\n{start}").into_bytes());
            let table = table.chain(middle).chain(Cursor::new(format!("{end}2,b\n").into_bytes()));
            let options = ReadOptions { from: Some("csv".into()), ..ReadOptions::default() };
            let limits = Limits { record_bytes: 1000, ..Limits::default() };
            let rows: Vec<_> = records_of(table, "t", &options, &limits).unwrap().collect();
            assert_eq!(rows[0].as_ref().unwrap().id.as_deref(), Some("0"));
            let last = rows.last().unwrap().as_ref().unwrap();
            assert_eq!(last.id.as_deref(), Some("2"));
        }
    }
}

#[test]
fn hostile_tables_cost_linear_time() {
    // A square of a million would take hours.
    let started = std::time::Instant::now();
    for part in ["1,a\",\"x\n", "\"", "\"\"\n", "1,\"\"\"a\n", ",\"\n\"", "1,\"x\n1,a\n"] {
        let table = format!("id,text\n1,a\n{}", part.repeat((1 << 20) / part.len()));
        let options = ReadOptions { from: Some("csv".into()), ..ReadOptions::default() };
        let rows = records_of(Cursor::new(table), "t", &options, &Limits::default()).unwrap();
        assert!(rows.count() >= 1, "{part:?}");
        assert!(started.elapsed().as_secs() < 60, "{part:?}: {:?}", started.elapsed());
    }
}

#[test]
fn cells_without_end_take_no_memory_of_their_own() {
    let rows = read(format!("id,text\n1,a\n{}\n2,b\n", ",".repeat(4000)).as_bytes(), "t.csv", None);
    let reject = rows[1].clone().unwrap_err();
    assert_eq!(reject.detail, "it has 4001 cells where the header has 2");
    let options = ReadOptions { from: Some("csv".into()), ..ReadOptions::default() };
    let commas = ",".repeat(100_000);
    for (table, why) in [
        (
            format!("id,text\n{commas}\n2,b\n"),
            "it has more than 65536 cells where the header has 2",
        ),
        (format!("id,text{commas}\n2,b\n"), "its header names more than 65536 columns"),
    ] {
        let table = Cursor::new(table);
        let mut rows = records_of(table, "t", &options, &Limits::default()).unwrap();
        assert_eq!(rows.next().unwrap().unwrap_err().detail, why);
    }
}

#[cfg(feature = "parquet")]
#[test]
fn a_column_outside_its_file_is_damage() {
    // Found by fuzzing: a flipped bit puts a column before the file.
    let bytes = include_bytes!("column-before-the-file.parquet");
    let rows = read(bytes, "rows.parquet", None);
    let damage: Vec<_> = rows.iter().filter_map(|row| row.as_ref().err()).collect();
    assert!(!damage.is_empty());
    assert!(damage.iter().all(|r| r.kind == RejectKind::Corrupt), "{damage:?}");
    assert!(damage[0].detail.contains("lies outside the file"), "{damage:?}");
}
