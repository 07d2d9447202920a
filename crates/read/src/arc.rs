//! Web archives in ARC, the format before WARC (Internet Archive, versions 1 and 2).

use std::io;

use newsmill_article::Limits;

use crate::ReadOptions;
use crate::captures::{Fault, Format, Header, captures};
use crate::container::{Container, Cut, Skip, Source};
use crate::stream::{LineEnd, Stream};

/// Most bytes of a record's header, which is one line.
const HEADER_BYTES: usize = 4 << 10;

/// ARC files, compressed record by record, as a whole, or not at all.
///
/// Captures of text become records; images, redirects, errors and name look-ups are skipped and
/// counted, as in WARC. The address goes into the metadata as `url`, the date as `fetched`.
#[derive(Clone, Copy, Debug)]
pub struct ArcFile;

impl Container for ArcFile {
    fn name(&self) -> &'static str {
        "arc"
    }

    fn about(&self) -> &'static str {
        "ARC web archives: one record an article"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["arc"]
    }

    fn example(&self) -> &'static [u8] {
        b"filedesc://river.arc 0.0.0.0 20040105100000 text/plain 76\n1 0 Example\n\
         URL IP-address Archive-date Content-type Archive-length\n\n\n\n\n\n\n\n\n\
         https://example.org/river 0.0.0.0 20040105100000 text/plain 13\nA river rose.\n"
    }

    fn sniff(&self, head: &[u8]) -> bool {
        head.starts_with(b"filedesc:")
    }

    fn records(&self, source: Source, _: &ReadOptions, limits: &Limits) -> Cut {
        captures(Records, source, limits)
    }
}

struct Records;

impl Format for Records {
    const NAME: &'static str = "ARC";
    const LINE_ENDS: usize = 1;
    const LOOKED_AT: usize = HEADER_BYTES;

    /// A line that heads no record is passed over, and the next one is tried: there is no other mark
    /// that records start with.
    fn header(&mut self, stream: &mut Stream) -> Result<Option<Header>, Fault> {
        stream.skip_line_ends()?;
        let start = stream.offset();
        let mut line = Vec::new();
        let end = stream.line(&mut line, HEADER_BYTES)?;
        if line.is_empty() {
            return Ok(None);
        }
        let line = Line::read(&line).filter(|_| end == LineEnd::Whole);
        let Line { url, fetched, content_type, length } = line.ok_or(Fault::NoRecord)?;
        let is_wanted = !url.starts_with("filedesc:") && !url.starts_with("dns:");
        Ok(Some(Header {
            start,
            length,
            skip: (!is_wanted).then_some(Skip::RecordType),
            url: Some(url),
            fetched: Some(fetched).filter(|fetched| !fetched.is_empty()),
            content_type: Some(content_type),
            ..Header::default()
        }))
    }

    fn starts(bytes: &[u8]) -> bool {
        let end = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
        Line::read(&bytes[..end]).is_some()
    }

    fn find(block: &[u8]) -> Option<usize> {
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', block) {
            let line = &block[start..end];
            if start > 0 && line.len() < HEADER_BYTES && Line::read(line).is_some() {
                return Some(start);
            }
            start = end + 1;
        }
        None
    }

    fn resynchronise(_: &mut Stream) -> io::Result<()> {
        Ok(())
    }
}

/// The line in front of a record.
#[derive(PartialEq, Eq, Default, Debug)]
struct Line {
    url: String,
    fetched: String,
    content_type: String,
    length: u64,
}

impl Line {
    /// Reads `URL IP-address Archive-date Content-type Archive-length`, or the ten fields of
    /// version 2, from their ends, since addresses and types may hold spaces.
    fn read(line: &[u8]) -> Option<Self> {
        let line = String::from_utf8_lossy(line);
        let words: Vec<&str> = line.trim_ascii().split(' ').filter(|w| !w.is_empty()).collect();
        let length = words.last()?.parse().ok()?;
        if words[0].starts_with("filedesc:") {
            return Some(Self { url: words[0].to_owned(), length, ..Self::default() });
        }
        // The date stands behind the address, so the last one is it.
        let at =
            words.iter().rposition(|w| is_date(w)).filter(|at| *at >= 2 || words.len() == 4)?;
        let first_of_type = at + 1;
        let last_of_type = if words.len() - at >= 7 { at + 2 } else { words.len() - 1 };
        let url = words[..at.saturating_sub(1).max(1)].join("%20");
        if !url.split_once(':').is_some_and(|(scheme, _)| {
            !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+')
        }) {
            return None;
        }
        let content_type = words.get(first_of_type..last_of_type)?.join(" ");
        Some(Self { url, fetched: rfc_3339(words[at]), content_type, length })
    }
}

/// Whether a word is a date of 12 to 17 digits.
fn is_date(word: &str) -> bool {
    (12..=17).contains(&word.len())
        && word.bytes().all(|b| b.is_ascii_digit())
        && (word.starts_with("19") || word.starts_with("20"))
}

/// `20040105100000` as `2004-01-05T10:00:00Z`.
fn rfc_3339(digits: &str) -> String {
    let part = |from: usize| digits.get(from..from + 2).unwrap_or("00");
    format!("{}-{}-{}T{}:{}:{}Z", &digits[..4], part(4), part(6), part(8), part(10), part(12))
}
