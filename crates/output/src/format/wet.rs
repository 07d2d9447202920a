//! WET: the texts as WARC records, as Common Crawl hands them out.

use std::io::{self, Write};

use xxhash_rust::xxh3::Xxh3Default;

use super::time::{in_seconds, moment};
use super::{Compression, Files, Format, Kind, Rows};
use crate::{ArticleRow, RecordName};

/// WARC/1.1 ([ISO 28500]) with one `conversion` record an article that holds its text, and a
/// `warcinfo` record at the head of each file. Each record is a gzip member of its own, so that
/// tools can go to one by its offset.
///
/// No clock and no chance is in it. `WARC-Record-ID` is a UUID (version 8 of RFC 9562) made of a
/// hash of the article's id, source and text. `WARC-Date` is when the article was published, in
/// UTC, and `1970-01-01T00:00:00Z` where it does not say. `WARC-Target-URI`, which a record must
/// have, is the article's URL, and the record's id again where it names none.
///
/// [ISO 28500]: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
///
/// ```
/// use newsmill_output::{Rows, Wet};
/// let mut head = Vec::new();
/// Wet.head(&mut head)?;
/// assert!(head.starts_with(b"WARC/1.1\r\nWARC-Type: warcinfo\r\n"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Wet;

static FILES: [Kind; 1] = [Kind {
    folder: "wet",
    extension: "warc.wet.gz",
    compression: Compression::GzipEach,
    rows: &Wet,
}];

/// The date of what does not say when it was published.
const NO_DATE: &str = "1970-01-01T00:00:00Z";

impl Format for Wet {
    fn name(&self) -> &'static str {
        "wet"
    }

    fn about(&self) -> &'static str {
        "texts as WARC/1.1 conversion records, each in gzip"
    }

    fn files(&self) -> Files {
        Files::Parts(&FILES)
    }
}

impl Rows for Wet {
    fn head(&self, to: &mut dyn Write) -> io::Result<()> {
        let block = concat!(
            "software: newsmill/",
            env!("CARGO_PKG_VERSION"),
            "\r\nformat: WARC File Format 1.1\r\n",
            "conformsTo: https://iipc.github.io/warc-specifications/specifications/",
            "warc-format/warc-1.1/\r\n",
        );
        let header = Header {
            kind: "warcinfo",
            id: uuid(&[block]),
            date: NO_DATE,
            target: None,
            content: "application/warc-fields",
        };
        record(&header, block, to)
    }

    fn article(&self, row: &ArticleRow<'_>, to: &mut dyn Write) -> io::Result<()> {
        let ordinal;
        let of = match row.source.record {
            RecordName::Id(id) => id,
            RecordName::Ordinal(number) => {
                ordinal = number.to_string();
                &ordinal
            }
        };
        let id = uuid(&[row.id.as_str(), row.source.path, of, row.text]);
        let date = row.published.and_then(moment).map(in_seconds);
        let header = Header {
            kind: "conversion",
            date: date.as_deref().unwrap_or(NO_DATE),
            target: Some(row.url.map_or_else(|| id.clone(), uri)),
            id,
            content: "text/plain; charset=utf-8",
        };
        record(&header, row.text, to)
    }
}

struct Header<'a> {
    kind: &'static str,
    id: String,
    date: &'a str,
    target: Option<String>,
    content: &'static str,
}

fn record(header: &Header<'_>, block: &str, to: &mut dyn Write) -> io::Result<()> {
    let Header { kind, id, date, target, content } = header;
    let mut record = format!("WARC/1.1\r\nWARC-Type: {kind}\r\n");
    if let Some(target) = target {
        record.push_str(&format!("WARC-Target-URI: {target}\r\n"));
    }
    record.push_str(&format!(
        "WARC-Date: {date}\r\nWARC-Record-ID: <{id}>\r\nContent-Type: {content}\r\n\
         Content-Length: {}\r\n\r\n",
        block.len()
    ));
    record.push_str(block);
    record.push_str("\r\n\r\n");
    to.write_all(record.as_bytes())
}

/// A UUID made of texts: XXH3 (128 bits) of them and their lengths.
fn uuid(texts: &[&str]) -> String {
    let mut hash = Xxh3Default::new();
    for text in texts {
        hash.update(&(text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    }
    let version = 0x8 << 76;
    let variant = 0b10 << 62;
    let bits = hash.digest128() & !(0xf << 76) & !(0b11 << 62) | version | variant;
    let hex = format!("{bits:032x}");
    let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    format!("urn:uuid:{}", parts.join("-"))
}

/// An address with everything that RFC 3986 does not allow in one escaped, line breaks above all.
fn uri(url: &str) -> String {
    let mut uri = String::with_capacity(url.len());
    for byte in url.bytes() {
        match byte {
            b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' => {}
            0x21..=0x7e => {
                uri.push(byte.into());
                continue;
            }
            _ => {}
        }
        uri.push_str(&format!("%{byte:02X}"));
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_uuids_of_what_they_name() {
        let id = uuid(&["a", "b"]);
        assert_eq!(id, uuid(&["a", "b"]));
        assert_ne!(id, uuid(&["ab", ""]));
        let uuid = id.strip_prefix("urn:uuid:").unwrap();
        assert_eq!(uuid.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert_eq!(&uuid[14..15], "8");
        assert!("89ab".contains(&uuid[19..20]));
    }

    #[test]
    fn addresses_stay_on_their_line() {
        // url, uri
        let cases = [
            ("https://example.org/a?b=c#d%20", "https://example.org/a?b=c#d%20"),
            ("https://example.org/ñ", "https://example.org/%C3%B1"),
            ("x\r\nWARC-Type: response", "x%0D%0AWARC-Type:%20response"),
            ("a<b>\"\0", "a%3Cb%3E%22%00"),
        ];
        for (url, want) in cases {
            assert_eq!(uri(url), want);
        }
    }
}
