//! Web archives, mailboxes and tar archives: whole, cut at every byte, and with flipped bits.

#![allow(clippy::unwrap_used, reason = "a helper of a test may panic like the test")]

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use newsmill_article::{Content, Limits, Record, Reject, RejectKind};
use newsmill_read::{ReadOptions, Skips, records_of};

fn read(bytes: &[u8]) -> (Vec<Result<Record, Reject>>, Skips) {
    let limits = Limits { record_bytes: 1 << 20, ..Limits::default() };
    let input = Cursor::new(bytes.to_vec());
    let mut records = records_of(input, "dump", &ReadOptions::default(), &limits).unwrap();
    let mut rows = Vec::new();
    for row in records.by_ref() {
        rows.push(row);
        assert!(rows.len() <= bytes.len() + 1, "no progress");
    }
    (rows, records.skipped())
}

fn texts(bytes: &[u8]) -> Vec<String> {
    let text = |record: Record| match record.content {
        Content::Text(text) => text,
        Content::Bytes { bytes, .. } => String::from_utf8_lossy(&bytes).into_owned(),
    };
    read(bytes).0.into_iter().flatten().map(text).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A WARC record of that type.
fn warc(kind: &str, number: usize, block: &str) -> String {
    let length = block.len();
    format!(
        "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{number}>\r\n\
         WARC-Target-URI: https://example.org/{number}\r\nWARC-Date: 2004-01-05T10:00:00Z\r\n\
         Content-Length: {length}\r\n\r\n{block}\r\n\r\n"
    )
}

/// An HTTP response of text.
fn response(number: usize) -> String {
    let words: String = (0..20).map(|i| format!("river {} ", number * 31 + i * i)).collect();
    format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nThe {number}th. {words}")
}

/// Dumps of each kind, in pieces of which each is one record.
fn dumps() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let warc: Vec<Vec<u8>> =
        (0..4).map(|i| warc("response", i, &response(i)).into_bytes()).collect();
    let arc: Vec<Vec<u8>> = (0..4)
        .map(|i| {
            let block = response(i);
            let url = if i == 0 { "filedesc://a" } else { "https://example.org/a" };
            let length = block.len();
            format!("{url} 10.0.0.1 20040105100000 text/plain {length}\n{block}\n").into_bytes()
        })
        .collect();
    let mbox: Vec<Vec<u8>> = (0..4)
        .map(|i| {
            let day = i + 1;
            let text = response(i).replace("HTTP/1.1 200 OK\r\n", "Subject: a\r\n");
            format!("From a@example.org Mon Jan  {day} 10:00:00 2004\r\n{text}\r\n\r\n")
                .into_bytes()
        })
        .collect();
    let each = |pieces: &[Vec<u8>]| pieces.iter().map(|p| gzip(p)).collect::<Vec<_>>();
    // Without a checksum nobody could tell a flipped bit from another text.
    let frame = |piece: &Vec<u8>| {
        let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
        encoder.include_checksum(true).unwrap();
        encoder.write_all(piece).unwrap();
        encoder.finish().unwrap()
    };
    let frames = warc.iter().map(frame).collect::<Vec<_>>();
    vec![
        ("warc.gz", each(&warc)),
        ("arc.gz", each(&arc)),
        ("warc.zst", frames),
        ("warc", warc),
        ("arc", arc),
        ("mbox", mbox),
    ]
}

/// Whether the first `count` texts are the same. The end of the last one may have grown: in a mailbox
/// nothing but the next message says where it is.
fn starts_alike(got: &[String], all: &[String], count: usize) -> bool {
    let mut pairs = got.iter().zip(&all[..count]).enumerate();
    got.len() >= count
        && pairs.all(|(at, (got, all))| {
            got == all || (at + 1 == count && got.starts_with(all.trim_end()))
        })
}

#[test]
fn damage_costs_the_record_it_lies_in() {
    for (name, pieces) in dumps() {
        let whole = pieces.concat();
        let all = texts(&whole);
        assert!(all.len() >= 3, "{name}");
        let first = 4 - all.len();
        for cut in 1..whole.len() {
            let before = (1..=4)
                .filter(|n| pieces[..*n].concat().len() <= cut)
                .count()
                .saturating_sub(first);
            let got = texts(&whole[..cut]);
            assert!(got.len() >= before, "{name} cut at {cut}");
            assert!(starts_alike(&got, &all, before), "{name} cut at {cut}");
        }
        let mut state = 7u64;
        for _ in 0..2000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let bit = usize::try_from(state >> 33).unwrap() % (whole.len() * 8);
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let hit = (0..4)
                .find(|n| bit / 8 < pieces[..=*n].concat().len())
                .unwrap()
                .saturating_sub(first);
            let got = texts(&bytes);
            if bit / 8 >= pieces[0].len() {
                assert!(starts_alike(&got, &all, hit), "{name} bit {bit}");
                let behind = all.len() - hit - 1;
                let is_there = got.len() >= behind && got.ends_with(&all[hit + 1..]);
                // Bare text has nothing but its lengths and lines to go on.
                assert!(is_there || !name.contains('.'), "{name} bit {bit}");
            }
        }
    }
}

#[test]
fn web_archives_say_what_they_know() {
    let dump = [
        warc("warcinfo", 0, "software: example"),
        warc("request", 1, "GET / HTTP/1.1\r\n\r\n"),
        warc("response", 2, &response(2)),
        warc("response", 3, "HTTP/1.1 302 Found\r\nContent-Type: text/html\r\n\r\n<p>There."),
    ]
    .concat();
    let (rows, skipped) = read(dump.as_bytes());
    assert_eq!(rows.len(), 1);
    assert_eq!(skipped, Skips { record_type: 2, status: 1, ..Skips::default() });
    let record = rows[0].as_ref().unwrap();
    assert_eq!(record.id.as_deref(), Some("urn:uuid:2"));
    assert_eq!(record.metadata.text("url").as_deref(), Some("https://example.org/2"));
    assert_eq!(record.metadata.text("fetched").as_deref(), Some("2004-01-05T10:00:00Z"));
    let (start, end) = (record.origin.offset, record.origin.offset + record.origin.length);
    let piece = &dump[usize::try_from(start).unwrap()..usize::try_from(end).unwrap()];
    assert!(piece.starts_with("WARC/1.1\r\nWARC-Type: response"));
}

#[test]
fn wrong_lengths_cost_one_record() {
    let long = warc("response", 1, &response(1)).replace("Content-Length: ", "Content-Length: 1");
    let short = warc("response", 1, &response(1)).replace("Content-Length: ", "Content-Length: 0");
    let none = warc("response", 1, &response(1)).replace("Content-Length: ", "Length: ");
    for wrong in [long, short.replace("Content-Length: 0", "Content-Length: 5\r\nX: "), none] {
        let dump = [warc("response", 0, &response(0)), wrong, warc("response", 2, &response(2))];
        let (rows, _) = read(dump.concat().as_bytes());
        let kinds: Vec<_> =
            rows.iter().map(|row| row.as_ref().map(|_| ()).map_err(|r| r.kind)).collect();
        assert_eq!(kinds, [Ok(()), Err(RejectKind::Malformed), Ok(())], "{rows:?}");
    }
}

#[test]
fn a_zstd_dictionary_may_stand_in_front() {
    let pieces: Vec<Vec<u8>> =
        (0..200).map(|i| warc("response", i, &response(i)).into_bytes()).collect();
    let dictionary = zstd::dict::from_samples(&pieces, 4000).unwrap();
    for packed in [dictionary.clone(), zstd::bulk::compress(&dictionary, 3).unwrap()] {
        let mut bytes = vec![0x5d, 0x2a, 0x4d, 0x18];
        bytes.extend(u32::try_from(packed.len()).unwrap().to_le_bytes());
        bytes.extend(&packed);
        let mut compressor = zstd::bulk::Compressor::with_dictionary(3, &dictionary).unwrap();
        for piece in &pieces {
            bytes.extend(compressor.compress(piece).unwrap());
        }
        assert_eq!(texts(&bytes).len(), 200);
    }
}

#[test]
fn files_in_tar_archives_are_inputs() {
    let tar = include_bytes!("../../../fixtures/tar/two-files.tar");
    for bytes in [tar.to_vec(), gzip(tar)] {
        let (rows, _) = read(&bytes);
        let rows: Vec<Record> = rows.into_iter().map(Result::unwrap).collect();
        let places: Vec<_> = rows.iter().map(|r| (&*r.origin.path, r.origin.ordinal)).collect();
        assert_eq!(places, [("dump!/valley/river.txt", 0), ("dump!/valley/bridge.jsonl", 1)]);
        assert_eq!(rows[1].id.as_deref(), Some("b1"));
    }
    for cut in 512..tar.len() {
        let (rows, _) = read(&tar[..cut]);
        let whole = usize::from(cut >= 600) + usize::from(cut >= 1600);
        assert!(rows.iter().flatten().count() >= whole, "{cut}");
    }
}

/// Reads a dump with records of 4 KiB at most.
fn read_small(bytes: Vec<u8>) -> Vec<Result<String, RejectKind>> {
    let limits = Limits { record_bytes: 4 << 10, ..Limits::default() };
    let options = ReadOptions::default();
    let records = records_of(Cursor::new(bytes), "dump.arc", &options, &limits).unwrap();
    let id = |row: Result<Record, Reject>| match row {
        Ok(record) => Ok(record.metadata.text("url").unwrap().into_owned()),
        Err(reject) => Err(reject.kind),
    };
    records.map(id).collect()
}

/// An ARC record.
fn arc(number: usize, length: usize, block: &str) -> String {
    format!("https://example.org/{number} 10.0.0.1 20040105100000 text/plain {length}\n{block}\n")
}

#[test]
fn a_length_above_the_limit_costs_no_record_behind_it() {
    let url = |number| Ok(format!("https://example.org/{number}"));
    let long = "long words ".repeat(20_000);
    for length in [5_000, 250_000, 1 << 40] {
        let wrong = warc("response", 1, &response(1));
        let wrong = wrong.replace("Content-Length: ", &format!("Content-Length: {length}\r\nX: "));
        let dump = [warc("response", 0, &response(0)), wrong].concat();
        let behind: String = (2..200).map(|n| warc("response", n, &response(n))).collect();
        let rows = read_small([dump, behind].concat().into_bytes());
        assert_eq!(rows[..3], [url(0), Err(RejectKind::Malformed), url(2)], "{length}");
        assert_eq!(rows.len(), 200);

        let dump = [arc(0, 6, "First."), arc(1, length, "Second.")].concat();
        let behind: String = (2..200).map(|n| arc(n, 4, "More")).collect();
        let rows = read_small([dump, behind].concat().into_bytes());
        assert_eq!(rows[..3], [url(0), Err(RejectKind::Malformed), url(2)], "{length}");
        assert_eq!(rows.len(), 200);
    }
    // A record that is as long as it says.
    let dump = [warc("response", 0, &long), warc("response", 1, &response(1))].concat();
    assert_eq!(read_small(dump.into_bytes()), [Err(RejectKind::TooLong), url(1)]);
    let dump = [arc(0, long.len(), &long), arc(1, 4, "More")].concat();
    assert_eq!(read_small(dump.into_bytes()), [Err(RejectKind::TooLong), url(1)]);
}

#[test]
fn a_failing_input_is_told_behind_a_record_that_is_too_long() {
    struct Failing(Cursor<Vec<u8>>);
    impl std::io::Read for Failing {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            match self.0.read(buffer)? {
                0 => Err(std::io::Error::other("the disk is gone")),
                read => Ok(read),
            }
        }
    }
    let limits = Limits { record_bytes: 4 << 10, ..Limits::default() };
    let long = "long words ".repeat(20_000);
    let mut whole = warc("response", 0, &long);
    whole.truncate(whole.len() - 4);
    for dump in [whole, arc(0, long.len(), &long).trim_end_matches('\n').to_owned()] {
        let input = Failing(Cursor::new(dump.into_bytes()));
        let rows = records_of(input, "dump.arc", &ReadOptions::default(), &limits).unwrap();
        let kinds: Vec<_> = rows.take(9).map(|row| row.unwrap_err().kind).collect();
        assert_eq!(kinds, [RejectKind::TooLong, RejectKind::Unreadable]);
    }
}

/// What is put back again and again is moved once.
#[test]
fn wrong_lengths_cost_linear_time() {
    let records = |count: usize, length: usize| {
        (0..count).map(|n| arc(n, length, "")).collect::<String>().into_bytes()
    };
    let started = std::time::Instant::now();
    // The first one reaches to the end, and each of the others into the next.
    let dump = [arc(0, 8 << 20, "").into_bytes(), records(100_000, 70)].concat();
    let options = ReadOptions::default();
    let rows = records_of(Cursor::new(dump), "dump.arc", &options, &Limits::default()).unwrap();
    assert!(rows.count() > 1000);
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

#[test]
fn damage_in_a_file_of_a_tar_archive_costs_no_other() {
    let tar = include_bytes!("../../../fixtures/tar/two-files.tar");
    // Members that end where nothing else does, so that the bytes behind the damage are out of step.
    for step in [300, 512, 700, 1000] {
        let members: Vec<_> = tar.chunks(step).map(gzip).collect();
        for (hit, member) in members.iter().enumerate() {
            let mut bytes = members.clone();
            bytes[hit][member.len() / 2] ^= 0x55;
            let rows = read(&bytes.concat()).0;
            let range = hit * step..(hit + 1) * step;
            let touches = |start: usize, end: usize| range.start < end && start < range.end;
            // By the first header the archive is told; the second file stands at 1024.
            if !touches(0, 512) && !touches(1024, 2048) {
                let last = rows.iter().flatten().last().map(|row| row.origin.path.clone());
                let last = last.as_deref();
                assert_eq!(last, Some("dump!/valley/bridge.jsonl"), "{step} {hit}: {rows:?}");
            }
        }
    }
}
