//! Plain text: one file, one article.

use std::io::{self, BufRead, Read};
use std::sync::Arc;

use newsmill_article::{
    Content, Limits, Media, Metadata, Origin, Record, Reject, RejectKind, Stage,
};

use crate::ReadOptions;
use crate::container::{Container, Cut, Source, extension};
use crate::inflate::{is_behind_whole_members, reject};
use crate::mbox::message_id;

/// How much of a file is looked at to tell text from binary data.
const LOOKED_AT: u64 = 8 << 10;

/// First bytes of files that hold no text, or none that can be read as it stands.
const BINARY: &[(&[u8], &str)] = &[
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "RIFF data"),
    (b"\x7fELF", "a program"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x1f\x8b", "gzip data, compressed twice"),
    (b"\x28\xb5\x2f\xfd", "zstd data, compressed twice"),
    (b"BZh91AY&SY", "bzip2 data, compressed twice"),
    (b"\xfd7zXZ\0", "xz data, compressed twice"),
    (b"\x04\x22\x4d\x18", "lz4 data, compressed twice"),
    (b"%PDF-", "a PDF"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an OLE document"),
    (b"SQLite format 3\0", "a database"),
];

/// Plain text, one article a file, in an encoding that the parser finds out. A file
/// called `.eml` or in a maildir is a message. What no other container claims is read as
/// this, unless it is binary data or a format that is known and not read.
#[derive(Clone, Copy, Debug)]
pub struct PlainText;

impl Container for PlainText {
    fn name(&self) -> &'static str {
        "text"
    }

    fn about(&self) -> &'static str {
        "plain text, or one mail or news message: one article a file"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["txt", "text", "md", "eml"]
    }

    fn example(&self) -> &'static [u8] {
        b"A river rose\n\nThe river rose by two metres on Monday.\n"
    }

    /// Content never says that it is plain text.
    fn sniff(&self, _: &[u8]) -> bool {
        false
    }

    fn records(&self, source: Source, options: &ReadOptions, limits: &Limits) -> Cut {
        one_record(source, options, limits, media)
    }
}

/// What a file of these bytes and that name holds.
pub(crate) type MediaOf = fn(&[u8], &str) -> Media;

/// A whole input as one record, its media told by `media`.
pub(crate) fn one_record(
    source: Source,
    options: &ReadOptions,
    limits: &Limits,
    media: MediaOf,
) -> Cut {
    let charset = options.encoding.clone();
    let record_bytes = limits.record_bytes;
    Box::new(std::iter::once_with(move || article(source, charset, record_bytes, media)).flatten())
}

/// The file's article, or a reject. An article with something behind it that can't be read is both.
fn article(
    source: Source,
    charset: Option<String>,
    record_bytes: usize,
    media: MediaOf,
) -> Vec<Result<Record, Reject>> {
    let Source { mut reader, path, .. } = source;
    let origin = |length: usize| Origin::new(Arc::clone(&path), 0).at(0, length as u64);
    let fail = |length: usize, kind, detail: String| {
        vec![Err(Reject::new(origin(length), Stage::Read, kind, detail))]
    };
    let mut bytes = Vec::new();
    let most = record_bytes as u64 + 1;
    let mut read = reader.by_ref().take(LOOKED_AT.min(most)).read_to_end(&mut bytes);
    if let Some(what) = binary(&bytes) {
        return fail(bytes.len(), RejectKind::Binary, format!("it is {what}, no text"));
    }
    if read.is_ok() {
        read = reader.by_ref().take(most - bytes.len() as u64).read_to_end(&mut bytes);
    }
    if bytes.len() > record_bytes {
        let (rest, error) = skip(&mut reader);
        let length = bytes.len() as u64 + rest;
        let known = if error.is_some() { "at least " } else { "" };
        let detail = format!(
            "it has {known}{length} bytes, more than the limit record_bytes = {record_bytes}"
        );
        let origin = Origin::new(path, 0).at(0, length);
        return vec![Err(Reject::new(origin, Stage::Read, RejectKind::TooLong, detail))];
    }
    let behind = match read {
        Ok(_) => None,
        Err(error) if is_behind_whole_members(&error) => {
            Some(reject(&error, Origin::new(Arc::clone(&path), 1).at(bytes.len() as u64, 0)))
        }
        Err(error) => return vec![Err(reject(&error, origin(bytes.len())))],
    };
    let mut found = if bytes.trim_ascii().is_empty() {
        let what = if bytes.is_empty() { "empty" } else { "blank" };
        fail(bytes.len(), RejectKind::NoText, format!("the file is {what}"))
    } else {
        let media = media(&bytes, &path);
        let id = if media == Media::Mail { message_id(&bytes) } else { None };
        vec![Ok(Record {
            origin: Origin { record_id: id.clone(), ..origin(bytes.len()) },
            id,
            media,
            content: Content::Bytes { bytes, charset },
            metadata: Metadata::new(),
            truncated: false,
        })]
    };
    found.extend(behind.map(Err));
    found
}

/// What the name says: a message in a file called `.eml` or in the `cur` or `new` of a maildir. Other
/// messages are told from their headers, by the parser.
fn media(_: &[u8], path: &str) -> Media {
    let mut folders = path.rsplit(['/', '\\']).skip(1);
    let is_maildir = folders.next().is_some_and(|folder| matches!(folder, "cur" | "new"));
    match is_maildir || extension(path).as_deref() == Some("eml") {
        true => Media::Mail,
        false => Media::Plain,
    }
}

/// Reads what is left, and says how much it was and what ended it.
fn skip(reader: &mut impl BufRead) -> (u64, Option<io::Error>) {
    let mut skipped = 0;
    loop {
        let length = match reader.fill_buf() {
            Ok([]) => return (skipped, None),
            Ok(buffer) => buffer.len(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return (skipped, Some(error)),
        };
        skipped += length as u64;
        reader.consume(length);
    }
}

/// What kind of binary data a file starts with, if it does.
pub(crate) fn binary(head: &[u8]) -> Option<&'static str> {
    if let Some((_, what)) = BINARY.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(what);
    }
    let is_control = |b: &&u8| **b < 0x20 && !b"\t\n\x0b\x0c\r\x1b".contains(b);
    let controls = head.iter().filter(is_control).count();
    // A NUL is rare in text even where it is damaged, and every 256th byte of what is compressed.
    let in_a_thousand =
        if head.contains(&0) && std::str::from_utf8(head).is_err() { 20 } else { 100 };
    let too_many = controls * 1000 > head.len() * in_a_thousand;
    (too_many && !is_wide(head)).then_some("binary data")
}

/// Whether `head` is UTF-16 or UTF-32: by its mark, or because most of its units are Latin letters.
fn is_wide(head: &[u8]) -> bool {
    let marks: [&[u8]; 3] = [b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff"];
    if marks.iter().any(|mark| head.starts_with(mark)) {
        return true;
    }
    let latin = |b: u8| b >= 0x20 || b"\t\n\r".contains(&b);
    [(2, 0), (2, 1), (4, 0), (4, 3)].iter().any(|&(width, letter)| {
        let of_units = |unit: &[u8]| {
            latin(unit[letter]) && unit.iter().enumerate().all(|(at, &b)| at == letter || b == 0)
        };
        let units = head.chunks_exact(width);
        let (count, plain) = (units.len(), units.filter(|u| of_units(u)).count());
        count > 0 && plain * 10 > count * 7
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records_of;
    use std::io::{Cursor, Write};

    fn read(bytes: &[u8], path: &str) -> Vec<Result<Record, Reject>> {
        let limits = Limits { record_bytes: 20_000, ..Limits::default() };
        records_of(Cursor::new(bytes.to_vec()), path, &ReadOptions::default(), &limits)
            .unwrap()
            .collect()
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_file_is_an_article_or_a_reject() {
        let all: Vec<u8> = (0..=255).cycle().take(9000).collect();
        let utf16: Vec<u8> = "A river rose.\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let utf32: Vec<u8> = "A river".chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
        let cases: [(&[u8], &str, Result<Media, RejectKind>); 22] = [
            (b"A river rose.", "a.txt", Ok(Media::Plain)),
            (b"A river rose.", "LICENSE", Ok(Media::Plain)),
            (b"\xff\xfeA\0", "a", Ok(Media::Plain)),
            (&utf16, "a", Ok(Media::Plain)),
            (&utf32, "a", Ok(Media::Plain)),
            (b"caf\xe9 and \x93quotes\x94\n", "a", Ok(Media::Plain)),
            (
                b"A stray \0 in a text is no reason to call it binary, even if it is caf\xe9.",
                "a",
                Ok(Media::Plain),
            ),
            (b"\x1b$B$3$s\x1b(B", "a", Ok(Media::Plain)),
            (b"From: a\nSubject: b\n\nc", "mail/cur/1.host:2,S", Ok(Media::Mail)),
            (b"Odd: a\n\nb", "a.EML", Ok(Media::Mail)),
            (b"", "a.txt", Err(RejectKind::NoText)),
            (b" \r\n\t\n", "a.txt", Err(RejectKind::NoText)),
            (b"\x89PNG\r\n\x1a\nwords", "a.txt", Err(RejectKind::Binary)),
            (b"%PDF-1.4 words", "a", Err(RejectKind::Binary)),
            (&all, "a", Err(RejectKind::Binary)),
            (&[0; 100], "a", Err(RejectKind::Binary)),
            (&gzip(&gzip(b"words")), "a.gz.gz", Err(RejectKind::Binary)),
            (&gzip(b"\xfd7zXZ\0words"), "a.xz.gz", Err(RejectKind::Binary)),
            (&[b'x'; 20_000], "a", Ok(Media::Plain)),
            (&[b'x'; 20_001], "a", Err(RejectKind::TooLong)),
            (b"WARC/1.0\r\n", "a.txt", Err(RejectKind::Corrupt)),
            (b"From a Mon\nFrom: a\nTo: b\n\n", "a.eml", Ok(Media::Mail)),
        ];
        for (bytes, path, expected) in cases {
            let read = read(bytes, path);
            assert_eq!(read.len(), 1);
            let got = read[0].as_ref().map(|r| r.media).map_err(|r| r.kind);
            assert_eq!(
                got,
                expected,
                "{path}: {}",
                String::from_utf8_lossy(&bytes[..bytes.len().min(40)])
            );
        }
    }

    #[test]
    fn the_bytes_and_the_given_encoding_are_handed_on() {
        let options = ReadOptions { encoding: Some("latin1".into()), ..ReadOptions::default() };
        let mut records = records_of(&b"caf\xe9"[..], "a", &options, &Limits::default()).unwrap();
        let record = records.next().unwrap().unwrap();
        let expected =
            Content::Bytes { bytes: b"caf\xe9".to_vec(), charset: Some("latin1".into()) };
        assert_eq!((record.content, record.origin.length), (expected, 4));
        assert_eq!(records.bytes_read(), 4);
    }

    #[test]
    fn a_long_file_is_measured() {
        let reject = read(&[b'x'; 300_000], "a")[0].clone().unwrap_err();
        assert_eq!(reject.origin.length, 300_000);
        assert_eq!(reject.detail, "it has 300000 bytes, more than the limit record_bytes = 20000");
        let bomb = read(&gzip(&vec![b'x'; 50 << 20]), "a")[0].clone().unwrap_err();
        assert_eq!(bomb.kind, RejectKind::TooLong);
        assert!(bomb.origin.length < 1 << 20, "{bomb}");
    }

    #[test]
    fn damage_costs_the_article_unless_it_lies_behind_it() {
        let good = gzip(b"A river rose.");
        let cut = read(&good[..good.len() - 1], "a");
        assert_eq!(cut.len(), 1);
        assert_eq!(cut[0].as_ref().unwrap_err().kind, RejectKind::Corrupt);
        let garbage = read(&[&good[..], b"garbage"].concat(), "a");
        assert_eq!(garbage.len(), 2);
        assert_eq!(garbage[0].as_ref().unwrap().content.len(), 13);
        let reject = garbage[1].as_ref().unwrap_err();
        assert_eq!((reject.kind, reject.origin.ordinal), (RejectKind::Corrupt, 1));
        assert_eq!(reject.origin.offset, 13);
    }
}
