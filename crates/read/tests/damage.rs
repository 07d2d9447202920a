//! Every small input, cut at each byte and with each bit flipped: no panic, no endless reading, and
//! what stands before the damage is there.

#![allow(clippy::unwrap_used, reason = "a helper of a test may panic like the test")]

use std::io::{Cursor, Write};

use newsmill_article::{Content, Limits, Record, Reject, RejectKind};
use newsmill_read::{ReadOptions, records_of};

const ROWS: &str = "{\"id\":\"a\",\"text\":\"A river rose.\",\"n\":[1,2]}\n\
    {\"id\":\"b\",\"text\":\"It fell \\u00e9 again.\"}\r\n\
    \n\
    {\"id\":\"c\",\"text\":\"Nobody was hurt.\"}\n";

const POST: &str = "A river rose\n\nIt rose by two metres on Monday, the town said.\n";

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn zst(text: &str) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// Name, bytes, and whether they are compressed.
fn fixtures() -> Vec<(&'static str, Vec<u8>, bool)> {
    let lines: Vec<_> = ROWS.split_inclusive('\n').collect();
    vec![
        ("a.jsonl", ROWS.into(), false),
        ("a.jsonl.gz", lines.iter().flat_map(|l| gzip(l)).collect(), true),
        ("a.jsonl.zst", [zst(lines[0]), zst(&lines[1..].concat())].concat(), true),
        ("a.txt", POST.into(), false),
        ("a.txt.gz", gzip(POST), true),
        ("a.txt.zst", zst(POST), true),
    ]
}

fn read(bytes: &[u8], path: &str) -> Vec<Result<Record, Reject>> {
    let limits = Limits { record_bytes: 4096, ..Limits::default() };
    let reader = Cursor::new(bytes.to_vec());
    let records = records_of(reader, path, &ReadOptions::default(), &limits).unwrap();
    let rows: Vec<_> = records.take(1000).collect();
    assert!(rows.len() < 1000, "{path}: endless");
    for (place, row) in rows.iter().enumerate() {
        let origin = row.as_ref().map_or_else(|r| &r.origin, |r| &r.origin);
        assert_eq!(origin.ordinal, place as u64, "{path}");
    }
    rows
}

fn texts(rows: &[Result<Record, Reject>]) -> Vec<Content> {
    rows.iter().flatten().map(|r| r.content.clone()).collect()
}

#[test]
fn cut_at_every_byte() {
    for (path, bytes, compressed) in fixtures() {
        let whole = texts(&read(&bytes, path));
        assert_eq!(whole.len(), if path.contains("jsonl") { 3 } else { 1 });
        let mut most = 0;
        for cut in 0..bytes.len() {
            let rows = read(&bytes[..cut], path);
            let got = texts(&rows);
            if path.contains("jsonl") {
                assert!(whole.starts_with(&got), "{path} cut at {cut}");
                assert!(got.len() >= most, "{path} cut at {cut}");
                most = got.len();
            }
            let rejects: Vec<_> = rows.iter().filter_map(|r| r.as_ref().err()).collect();
            assert!(rejects.len() <= 1, "{path} cut at {cut}: {rejects:?}");
            if compressed && cut >= 4 && !rejects.is_empty() {
                assert_eq!(rejects[0].kind, RejectKind::Corrupt, "{path} cut at {cut}");
            }
            if compressed && cut >= 4 && path.contains("txt") {
                assert!(got.is_empty(), "{path} cut at {cut}: an article that is not whole");
            }
        }
    }
}

#[test]
fn every_bit_flipped() {
    for (path, bytes, compressed) in fixtures() {
        let whole = texts(&read(&bytes, path));
        for bit in 0..bytes.len() * 8 {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let rows = read(&bytes, path);
            let rejected = rows.iter().any(Result::is_err);
            // The checksums see what the flip did, unless it lost the format itself.
            if compressed && bit >= 32 {
                assert!(rejected || texts(&rows) == whole, "{path} bit {bit}");
            }
        }
    }
}

#[test]
fn three_members_and_two_frames_are_whole() {
    for (path, bytes, _) in fixtures() {
        assert!(read(&bytes, path).iter().all(Result::is_ok), "{path}");
    }
}

#[test]
fn garbage_behind_whole_members_is_one_reject_behind_the_records() {
    for (path, bytes, _) in fixtures().into_iter().filter(|f| f.2) {
        let whole = texts(&read(&bytes, path));
        let rows = read(&[&bytes[..], b"garbage"].concat(), path);
        assert_eq!(texts(&rows), whole, "{path}");
        assert_eq!(rows.len(), whole.len() + 1, "{path}");
        let reject = rows.last().unwrap().clone().unwrap_err();
        assert_eq!(reject.kind, RejectKind::Corrupt, "{path}");
    }
}

/// The lines of a row of that number.
type Row<'a> = &'a dyn Fn(usize) -> String;

/// Rows of tables whose compressed members end where rows do, as programs that append write them.
#[test]
fn a_damaged_member_costs_its_own_rows() {
    let number = |n: usize| format!("River {n} rose by {} metres, the town said.", n * 7919);
    let jsonl = |n: usize| format!("{{\"id\":\"{n}\",\"text\":\"{}\"}}\n", number(n));
    let json = |n: usize| {
        let before = if n == 0 { "[\n" } else { ",\n" };
        format!("{before}{{\"id\":\"{n}\",\"text\":\"{}\"}}", number(n))
    };
    let csv = |n: usize| match n {
        0 => format!("id,text\n0,\"{}\"\n", number(0)),
        _ => format!("{n},\"{}\"\n", number(n)),
    };
    let cases: [(&str, Row<'_>, &str); 3] =
        [("a.jsonl.gz", &jsonl, ""), ("a.json.gz", &json, "\n]\n"), ("a.csv.gz", &csv, "")];
    for (path, row, end) in cases {
        let members: Vec<_> =
            (0..4).map(|n| gzip(&format!("{}{}", row(2 * n), row(2 * n + 1)))).collect();
        for at in 12..members[1].len() - 8 {
            let mut bytes = members.clone();
            bytes[1][at] ^= 0x55;
            let rows = read(&[&bytes.concat()[..], &gzip(end)[..]].concat(), path);
            let ids: Vec<_> = rows.iter().flatten().filter_map(|r| r.id.as_deref()).collect();
            let context = format!("{path} at {at}: {rows:?}");
            assert!(ids.starts_with(&["0", "1"]), "{context}");
            assert!(ids.ends_with(&["4", "5", "6", "7"]), "{context}");
            let mut rejects = rows.iter().filter_map(|r| r.as_ref().err());
            assert!(rejects.any(|r| r.kind == RejectKind::Corrupt), "{context}");
        }
    }
}
