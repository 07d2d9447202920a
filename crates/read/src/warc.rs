//! Web archives in WARC and WET (ISO 28500, versions 1.0 and 1.1, and the drafts before them).

use std::io;

use memchr::memmem;
use newsmill_article::{Limits, RejectKind};

use crate::ReadOptions;
use crate::captures::{Fault, Format, Header, captures};
use crate::container::{Container, Cut, Skip, Source};
use crate::http::{FIELD_BYTES, Fields};
use crate::stream::{LineEnd, Stream};

/// What every record starts with; its version follows.
const MARK: &[u8] = b"WARC/";

/// WARC and WET files, compressed record by record, as a whole, or not at all.
///
/// Records of the types `response`, `resource` and `conversion` that hold text become records;
/// requests, metadata, revisits, images, redirects and answers that are errors are skipped and
/// counted ([`Records::skipped`](crate::Records::skipped)). Chunks and content encodings of HTTP are
/// undone. The address goes into the metadata as `url`, the date as `fetched`, and the record's id
/// names it; `WARC-Truncated` marks it as cut short.
#[derive(Clone, Copy, Debug)]
pub struct Warc;

impl Container for Warc {
    fn name(&self) -> &'static str {
        "warc"
    }

    fn about(&self) -> &'static str {
        "WARC and WET web archives: one record an article"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["warc", "wet"]
    }

    fn example(&self) -> &'static [u8] {
        b"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: https://example.org/river\r\n\
         Content-Type: text/plain\r\nContent-Length: 13\r\n\r\nA river rose.\r\n\r\n"
    }

    fn sniff(&self, head: &[u8]) -> bool {
        let head = &head[head.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count()..];
        starts_record(head)
    }

    fn records(&self, source: Source, _: &ReadOptions, limits: &Limits) -> Cut {
        captures(Records { header: Vec::new() }, source, limits)
    }
}

fn starts_record(bytes: &[u8]) -> bool {
    let (mark, version) = bytes.split_at(bytes.len().min(MARK.len()));
    mark.eq_ignore_ascii_case(MARK) && version.first().is_some_and(u8::is_ascii_digit)
}

struct Records {
    /// Room for a header.
    header: Vec<u8>,
}

impl Format for Records {
    const NAME: &'static str = "WARC";
    const LINE_ENDS: usize = 2;
    const LOOKED_AT: usize = MARK.len() + 1;

    fn header(&mut self, stream: &mut Stream) -> Result<Option<Header>, Fault> {
        stream.skip_line_ends()?;
        let start = stream.offset();
        let next = stream.peek(Self::LOOKED_AT)?;
        if next.is_empty() {
            return Ok(None);
        }
        if !starts_record(next) {
            // One byte, so that whatever stands here is passed over.
            stream.consume(1);
            return Err(Fault::NoRecord);
        }
        self.read_header(stream)?;
        let fields = Fields::read(&self.header);
        let Some(length) = fields.text("content-length") else {
            return Err(Fault::malformed("it has no Content-Length"));
        };
        let Ok(length) = length.trim().parse::<u64>() else {
            let detail = format!("its Content-Length {length:.40?} is no number");
            return Err(Fault::malformed(detail));
        };
        let between = |value: &str| value.trim_matches(['<', '>']).to_owned();
        let is_segment = fields.text("warc-segment-number").is_some();
        Ok(Some(Header {
            start,
            length,
            skip: (!is_wanted(&fields)).then_some(Skip::RecordType),
            record_id: fields.text("warc-record-id").map(|id| between(&id)),
            url: fields.text("warc-target-uri").map(|url| between(&url)),
            fetched: fields.text("warc-date").map(std::borrow::Cow::into_owned),
            content_type: fields.text("content-type").map(std::borrow::Cow::into_owned),
            truncated: fields.get("warc-truncated").is_some() || is_segment,
        }))
    }

    fn starts(bytes: &[u8]) -> bool {
        starts_record(bytes)
    }

    fn find(block: &[u8]) -> Option<usize> {
        let mark = b"\nWARC/";
        let whole = memmem::find_iter(block, mark).find(|at| starts_record(&block[at + 1..]));
        let found = whole.or_else(|| {
            let cut = (2..=mark.len()).rev().find(|length| block.ends_with(&mark[..*length]))?;
            Some(block.len() - cut)
        });
        found.map(|at| at + 1)
    }

    fn resynchronise(stream: &mut Stream) -> io::Result<()> {
        match starts_record(stream.peek(Self::LOOKED_AT)?) {
            true => Ok(()),
            false => stream.skip_to_line(MARK),
        }
    }
}

impl Records {
    /// Reads the header up to and with its blank line.
    fn read_header(&mut self, stream: &mut Stream) -> Result<(), Fault> {
        self.header.clear();
        loop {
            let line = self.header.len();
            match stream.line(&mut self.header, FIELD_BYTES)? {
                LineEnd::Whole if matches!(&self.header[line..], b"\n" | b"\r\n") => return Ok(()),
                LineEnd::Whole => {}
                LineEnd::Input => {
                    let detail = "it ends early, in its header".to_owned();
                    return Err(Fault::Record(RejectKind::Corrupt, detail));
                }
                LineEnd::Limit => {
                    let detail = format!("its header has more than {FIELD_BYTES} bytes");
                    return Err(Fault::malformed(detail));
                }
            }
        }
    }
}

/// Whether records of this type can hold an article.
fn is_wanted(fields: &Fields<'_>) -> bool {
    let kind = fields.text("warc-type").unwrap_or_default().to_ascii_lowercase();
    matches!(kind.as_str(), "response" | "resource" | "conversion")
}
