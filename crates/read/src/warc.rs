//! Web archives in WARC and WET (ISO 28500, versions 1.0 and 1.1, and the drafts before them).

use std::io;
use std::sync::Arc;

use memchr::memmem;
use newsmill_article::{Limits, Origin, Record, Reject, RejectKind, Stage};

use crate::ReadOptions;
use crate::capture::Capture;
use crate::container::{Container, Cut, Skipped, Source};
use crate::http::Fields;
use crate::inflate::{damaged_member, reject, resumes};
use crate::stream::{LineEnd, Stream};

/// What every record starts with; its version follows.
const MARK: &[u8] = b"WARC/";

/// Most bytes of a record's own header.
const HEADER_BYTES: usize = 256 << 10;

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
        Box::new(Archive {
            stream: Stream::new(source.reader),
            path: source.path,
            skipped: source.skipped,
            limits: limits.clone(),
            header: Vec::new(),
            ordinal: 0,
            failure: None,
            is_lost: false,
            over: false,
        })
    }
}

fn starts_record(bytes: &[u8]) -> bool {
    let (mark, version) = bytes.split_at(bytes.len().min(MARK.len()));
    mark.eq_ignore_ascii_case(MARK) && version.first().is_some_and(u8::is_ascii_digit)
}

struct Archive {
    stream: Stream,
    path: Arc<str>,
    skipped: Skipped,
    limits: Limits,
    header: Vec<u8>,
    ordinal: u64,
    /// What reading failed with behind a record that is whole.
    failure: Option<io::Error>,
    /// Whether what stands here was already told to be damaged.
    is_lost: bool,
    over: bool,
}

/// What became of one record of the archive.
enum Read {
    Record(Box<Record>),
    Skipped,
    End,
}

/// Why a record is none.
enum Fault {
    Input(io::Error),
    /// The kind, what is wrong, and whether the next record is to be looked for.
    Record(RejectKind, String),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Input(error)
    }
}

fn malformed(detail: impl Into<String>) -> Fault {
    Fault::Record(RejectKind::Malformed, detail.into())
}

impl Iterator for Archive {
    type Item = Result<Record, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.over {
            let start = self.stream.offset();
            let read = match self.failure.take() {
                Some(error) => Err(Fault::Input(error)),
                None => self.read(),
            };
            let fault = match read {
                Ok(Read::Record(record)) => {
                    self.ordinal += 1;
                    return Some(Ok(*record));
                }
                Ok(Read::Skipped) => {
                    self.skipped.add();
                    continue;
                }
                Ok(Read::End) => break,
                Err(fault) => fault,
            };
            let was_lost = self.is_lost;
            let told = match fault {
                Fault::Input(error) => {
                    self.over = !resumes(&error);
                    self.is_lost = true;
                    reject(&error, self.origin(start))
                }
                Fault::Record(kind, detail) => {
                    self.find_next();
                    Reject::new(self.origin(start), Stage::Read, kind, detail)
                }
            };
            if !was_lost || told.kind != RejectKind::Malformed {
                self.ordinal += 1;
                return Some(Err(told));
            }
        }
        self.over = true;
        None
    }
}

impl Archive {
    /// The place of what was read since `start`.
    fn origin(&self, start: u64) -> Origin {
        let length = self.stream.offset() - start;
        Origin::new(Arc::clone(&self.path), self.ordinal).at(start, length)
    }

    /// Goes to the next record behind what is none.
    fn find_next(&mut self) {
        self.is_lost = false;
        let found = match self.stream.peek(MARK.len() + 1) {
            Ok(next) if starts_record(next) => Ok(()),
            Ok(_) => self.stream.skip_to_line(MARK),
            Err(error) => Err(error),
        };
        match found {
            // Damage where a record was just told to be malformed is what made it so.
            Err(error) if resumes(&error) => self.is_lost = true,
            found => self.failure = found.err(),
        }
    }

    /// Reads one record.
    fn read(&mut self) -> Result<Read, Fault> {
        self.stream.skip_line_ends()?;
        let start = self.stream.offset();
        let next = self.stream.peek(MARK.len() + 1)?;
        if next.is_empty() {
            return Ok(Read::End);
        }
        if !starts_record(next) {
            // One byte, so that whatever stands here is passed over.
            self.stream.consume(1);
            return Err(malformed("what stands here is no WARC record"));
        }
        self.is_lost = false;
        self.read_header()?;
        let mut header = std::mem::take(&mut self.header);
        let read = self.read_block(start, &Fields::read(&header));
        header.clear();
        self.header = header;
        read
    }

    /// Reads the header up to and with its blank line.
    fn read_header(&mut self) -> Result<(), Fault> {
        self.header.clear();
        loop {
            let line = self.header.len();
            match self.stream.line(&mut self.header, HEADER_BYTES)? {
                LineEnd::Whole if matches!(&self.header[line..], b"\n" | b"\r\n") => return Ok(()),
                LineEnd::Whole => {}
                LineEnd::Input => {
                    let detail = "it ends early, in its header".to_owned();
                    return Err(Fault::Record(RejectKind::Corrupt, detail));
                }
                LineEnd::Limit => {
                    return Err(malformed(format!(
                        "its header has more than {HEADER_BYTES} bytes"
                    )));
                }
            }
        }
    }

    /// Reads the block behind the header of the record that starts at `start`.
    fn read_block(&mut self, start: u64, fields: &Fields<'_>) -> Result<Read, Fault> {
        let Some(length) = fields.text("content-length") else {
            return Err(malformed("it has no Content-Length"));
        };
        let Ok(length) = length.trim().parse::<u64>() else {
            return Err(malformed(format!("its Content-Length {length:.40?} is no number")));
        };
        let is_wanted = is_wanted(fields);
        let held = usize::try_from(length).ok().filter(|l| *l <= self.limits.record_bytes);
        let mut block = Vec::new();
        let begun = self.stream.offset();
        match held {
            Some(length) => {
                // What a header promises is not taken as given before it is there.
                block.reserve(length.min(1 << 20));
                self.stream.read(length, &mut block)?;
            }
            None => drop(self.stream.skip(length)?),
        }
        let read = self.stream.offset() - begun;
        if read < length {
            // A length that is too long swallows the records behind it.
            if self.give_back_records(&block, begun + read) {
                return Err(malformed("its Content-Length reaches into the next record"));
            }
            let detail = format!("it ends early: {read} of its {length} bytes are there");
            return Err(Fault::Record(RejectKind::Corrupt, detail));
        }
        self.check_end(start, &block)?;
        if !is_wanted {
            return Ok(Read::Skipped);
        }
        if held.is_none() {
            let detail = format!(
                "it has {length} bytes, more than the limit record_bytes = {}",
                self.limits.record_bytes
            );
            return Err(Fault::Record(RejectKind::TooLong, detail));
        }
        let mut origin = self.origin(start);
        let between = |value: &str| value.trim_matches(['<', '>']).to_owned();
        origin.record_id = fields.text("warc-record-id").map(|id| between(&id));
        let is_segment = fields.text("warc-segment-number").is_some();
        let capture = Capture {
            origin,
            url: fields.text("warc-target-uri").map(|url| between(&url)),
            fetched: fields.text("warc-date").map(std::borrow::Cow::into_owned),
            content_type: fields.text("content-type").map(std::borrow::Cow::into_owned),
            truncated: fields.get("warc-truncated").is_some() || is_segment,
            block,
        };
        match capture.into_record(&self.limits) {
            Some(Ok(record)) => Ok(Read::Record(Box::new(record))),
            Some(Err(reject)) => Err(Fault::Record(reject.kind, reject.detail)),
            None => Ok(Read::Skipped),
        }
    }

    /// Makes sure that the record ends where its length says: two line ends, another record, or the
    /// end of the input follow. A member whose checksum fails is found out here.
    fn check_end(&mut self, start: u64, block: &[u8]) -> Result<(), Fault> {
        let end = self.stream.offset();
        let followed = self.stream.skip_line_ends().and_then(|feeds| {
            let next = self.stream.peek(MARK.len() + 1)?;
            Ok(feeds >= 2 || next.is_empty() || starts_record(next))
        });
        match followed {
            Ok(true) => Ok(()),
            Ok(false) => {
                self.give_back_records(block, end);
                Err(malformed("its Content-Length is wrong"))
            }
            Err(error) if damaged_member(&error) == Some(start) => Err(Fault::Input(error)),
            Err(error) => {
                self.failure = Some(error);
                Ok(())
            }
        }
    }

    /// Puts the records back that stand in a block of which the last byte was read at `end`, and
    /// says whether there are any.
    fn give_back_records(&mut self, block: &[u8], end: u64) -> bool {
        let mark = b"\nWARC/";
        let found = memmem::find_iter(block, mark).find(|at| starts_record(&block[at + 1..]));
        // Or only the first bytes of one.
        let found = found.or_else(|| {
            let cut = (2..=mark.len()).rev().find(|length| block.ends_with(&mark[..*length]))?;
            Some(block.len() - cut)
        });
        let line_ends = self.stream.offset() - end;
        found.is_some_and(|at| self.stream.put_back(&block[at + 1..], line_ends))
    }
}

/// Whether records of this type can hold an article.
fn is_wanted(fields: &Fields<'_>) -> bool {
    let kind = fields.text("warc-type").unwrap_or_default().to_ascii_lowercase();
    matches!(kind.as_str(), "response" | "resource" | "conversion")
}
