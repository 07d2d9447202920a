//! JSON Lines: one row a line.

use std::io::BufRead;
use std::sync::Arc;

use newsmill_article::{Limits, Origin, Record, Reject, RejectKind, Stage};
use serde::de::IgnoredAny;

use crate::ReadOptions;
use crate::container::{Container, Cut, Source};
use crate::inflate::reject;
use crate::lines::Lines;
use crate::row;

/// The mark that some programs put in front of UTF-8.
pub(crate) const BOM: &[u8] = b"\xef\xbb\xbf";

/// JSON Lines (also called NDJSON): a JSON object a line, in UTF-8. The fields named by
/// [`ReadOptions`] hold the text and the id, the others are carried along untouched. Empty lines
/// are skipped; a line that cannot be read costs that line.
#[derive(Clone, Copy, Debug)]
pub struct JsonLines;

impl Container for JsonLines {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn about(&self) -> &'static str {
        "JSON Lines: a JSON object a line, with the text in one of its fields"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["jsonl", "ndjson"]
    }

    fn example(&self) -> &'static [u8] {
        b"{\"id\":\"r1\",\"text\":\"A river rose.\",\"url\":\"https://example.org/river\"}\n"
    }

    fn sniff(&self, head: &[u8]) -> bool {
        let head = head.strip_prefix(BOM).unwrap_or(head).trim_ascii_start();
        if head.first() != Some(&b'{') {
            return false;
        }
        let end = memchr::memchr(b'\n', head);
        let line = &head[..end.unwrap_or(head.len())];
        match serde_json::from_slice::<IgnoredAny>(line) {
            Ok(_) => true,
            Err(error) => end.is_none() && error.is_eof(),
        }
    }

    fn records(&self, source: Source, options: &ReadOptions, limits: &Limits) -> Cut {
        Box::new(Rows {
            lines: Lines::new(source.reader, limits.record_bytes),
            path: source.path,
            options: options.clone(),
            line_bytes: limits.record_bytes,
            ordinal: 0,
        })
    }
}

struct Rows {
    lines: Lines<Box<dyn BufRead + Send>>,
    path: Arc<str>,
    options: ReadOptions,
    line_bytes: usize,
    ordinal: u64,
}

impl Iterator for Rows {
    type Item = Result<Record, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let end = self.lines.offset();
            let origin = Origin::new(Arc::clone(&self.path), self.ordinal);
            let line = match self.lines.next()? {
                Ok(line) => line,
                Err(error) => {
                    self.ordinal += 1;
                    return Some(Err(reject(&error, origin.at(end, 0))));
                }
            };
            let Some(bytes) = line.bytes else {
                self.ordinal += 1;
                let detail = format!(
                    "the line has {} bytes, more than the limit record_bytes = {}",
                    line.length, self.line_bytes
                );
                let origin = origin.at(line.offset, line.length);
                return Some(Err(Reject::new(origin, Stage::Read, RejectKind::TooLong, detail)));
            };
            let mark = if line.offset == 0 && bytes.starts_with(BOM) { BOM.len() } else { 0 };
            let bytes = &bytes[mark..];
            if bytes.trim_ascii().is_empty() {
                continue;
            }
            let origin = origin.at(line.offset + mark as u64, bytes.len() as u64);
            let torn = line.torn;
            self.ordinal += 1;
            let record = row::record(bytes, origin, &self.options, "line");
            return Some(match record {
                // What was torn off is told with the damage, in one reject.
                Err(torn_off) if torn => match self.lines.next()? {
                    Err(error) => Err(reject(&error, torn_off.origin)),
                    Ok(_) => Err(torn_off),
                },
                record => record,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records_of;
    use newsmill_article::Content;
    use std::io::{Cursor, Read};

    fn read(bytes: &[u8], limits: &Limits) -> Vec<Result<Record, Reject>> {
        let options = ReadOptions { from: Some("jsonl".into()), ..ReadOptions::default() };
        records_of(Cursor::new(bytes.to_vec()), "t", &options, limits).unwrap().collect()
    }

    /// Ordinal, offset, length, and the text or the kind of reject.
    fn outline(bytes: &[u8]) -> Vec<(u64, u64, u64, String)> {
        read(bytes, &Limits { record_bytes: 40, ..Limits::default() })
            .into_iter()
            .map(|row| match row {
                Ok(Record { origin: o, content: Content::Text(text), .. }) => {
                    (o.ordinal, o.offset, o.length, text)
                }
                Ok(record) => panic!("{record:?}"),
                Err(Reject { origin: o, kind, .. }) => {
                    (o.ordinal, o.offset, o.length, format!("{kind:?}"))
                }
            })
            .collect()
    }

    #[test]
    fn lines_become_records_and_rejects_in_their_places() {
        let row = |ordinal, offset, length, what: &str| (ordinal, offset, length, what.to_owned());
        let cases: [(&[u8], Vec<_>); 14] = [
            (b"", vec![]),
            (b"\n \r\n\t\n", vec![]),
            (b"{\"text\":\"a\"}", vec![row(0, 0, 12, "a")]),
            (b"\xef\xbb\xbf{\"text\":\"a\"}\r\n\r\n", vec![row(0, 3, 12, "a")]),
            (
                b"{\"text\":\"a\"}\n\n{\"text\":\"b\"}\n",
                vec![row(0, 0, 12, "a"), row(1, 14, 12, "b")],
            ),
            (b"{\"text\":\n{\"text\":\"b\"}", vec![row(0, 0, 8, "Malformed"), row(1, 9, 12, "b")]),
            (b"[1]\n", vec![row(0, 0, 3, "Malformed")]),
            (b"null\n", vec![row(0, 0, 4, "Malformed")]),
            (b"{\"id\":1}\n", vec![row(0, 0, 8, "NoText")]),
            (b"{\"text\":null}\n", vec![row(0, 0, 13, "NoText")]),
            (b"{\"text\":\" \\n\"}\n", vec![row(0, 0, 14, "NoText")]),
            (b"{\"text\":\"\xff\"}\n", vec![row(0, 0, 12, "Malformed")]),
            (b"{\"text\":\"a\"} {\"text\":\"b\"}\n", vec![row(0, 0, 25, "Malformed")]),
            (
                b"{\"text\":\"01234567890123456789012345678901\"}\n{\"text\":\"b\"}\n",
                vec![row(0, 0, 43, "TooLong"), row(1, 44, 12, "b")],
            ),
        ];
        for (bytes, expected) in cases {
            assert_eq!(outline(bytes), expected, "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn details_name_the_place() {
        let detail = |bytes: &[u8]| {
            read(bytes, &Limits { record_bytes: 20, ..Limits::default() })[0]
                .clone()
                .unwrap_err()
                .detail
        };
        assert_eq!(detail(b"{\"text\":\"ab\xc3\"}"), "byte 11 of the line, 0xc3, is no UTF-8");
        assert_eq!(detail(b"{\"text\" \"a\"}"), "expected `:` at byte 9 of the line");
        assert_eq!(detail(b"{\"text\":[]}"), "its field \"text\" holds a list, no text");
        assert_eq!(detail(b"{\"body\":\"a\"}"), "it has no field \"text\"");
        let long = "the line has 24 bytes, more than the limit record_bytes = 20";
        assert_eq!(detail(b"{\"text\":\"0123456789012\"}"), long);
    }

    #[test]
    fn fields_can_be_named() {
        let options = ReadOptions {
            text_field: "body".into(),
            id_field: "key".into(),
            ..ReadOptions::default()
        };
        let bytes = &br#"{"key":7,"id":8,"body":"a","text":"b"}"#[..];
        let mut records = records_of(bytes, "t", &options, &Limits::default()).unwrap();
        let record = records.next().unwrap().unwrap();
        assert_eq!(
            (record.id.as_deref(), &record.content),
            (Some("7"), &Content::Text("a".into()))
        );
        assert_eq!(serde_json::to_string(&record.metadata).unwrap(), r#"{"id":8,"text":"b"}"#);
    }

    #[test]
    fn rows_are_told_by_their_first_line() {
        let long = format!("{{\"text\":\"{}", "a".repeat(60_000));
        let cases = [
            ("{\"a\":1}\n", true),
            ("\u{feff}\r\n {\"a\":1}\r\nrest", true),
            ("{\"a\":1}", true),
            (&long, true),
            ("{\"a\":1", true),
            ("{\"a\":1\n}", false),
            ("{\n\"a\":1}", false),
            ("{a}", false),
            ("[1]\n", false),
            ("text {\"a\":1}", false),
            ("", false),
        ];
        for (head, expected) in cases {
            assert_eq!(JsonLines.sniff(head.as_bytes()), expected, "{:.20}", head);
        }
    }

    #[test]
    fn a_huge_line_is_skipped_in_constant_memory() {
        let line = std::io::repeat(b'x').take(64 << 20);
        let input = Cursor::new(b"{\"text\":\"").chain(line).chain(&b"\"}\n{\"text\":\"b\"}\n"[..]);
        let options = ReadOptions::default();
        let limits = Limits { record_bytes: 1000, ..Limits::default() };
        let read: Vec<_> = records_of(input, "t", &options, &limits).unwrap().collect();
        let reject = read[0].clone().unwrap_err();
        assert_eq!((reject.kind, reject.origin.length), (RejectKind::TooLong, (64 << 20) + 11));
        assert_eq!(read[1].as_ref().unwrap().origin.offset, (64 << 20) + 12);
        assert_eq!(read.len(), 2);
    }

    #[test]
    fn a_failing_reader_gives_one_reject() {
        struct Failing(Cursor<&'static [u8]>);
        impl Read for Failing {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                match self.0.read(buffer)? {
                    0 => Err(std::io::Error::other("the disk is gone")),
                    n => Ok(n),
                }
            }
        }
        let cases: [(&[u8], usize, (u64, u64)); 4] = [
            (b"{\"text\":\"a\"}\n", 1, (13, 0)),
            (b"{\"text\":\"a\"}", 1, (12, 0)),
            (b"{\"text\":\"a\"}\n{\"te", 1, (13, 4)),
            (b"", 0, (0, 0)),
        ];
        for (bytes, whole, place) in cases {
            let options = ReadOptions { from: Some("jsonl".into()), ..ReadOptions::default() };
            let reader = Failing(Cursor::new(bytes));
            let read: Vec<_> =
                records_of(reader, "t", &options, &Limits::default()).unwrap().collect();
            assert_eq!(read.len(), whole + 1);
            let reject = read[whole].clone().unwrap_err();
            assert_eq!(reject.kind, RejectKind::Unreadable);
            assert_eq!((reject.origin.offset, reject.origin.length), place);
            assert_eq!(reject.origin.ordinal, whole as u64);
            assert_eq!(reject.detail, "it cannot be read: the disk is gone");
        }
    }
}
