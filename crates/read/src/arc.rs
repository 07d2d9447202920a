//! Web archives in ARC, the format before WARC (Internet Archive, versions 1 and 2).

use std::io;
use std::sync::Arc;

use newsmill_article::{Limits, Origin, Record, Reject, RejectKind, Stage};

use crate::ReadOptions;
use crate::capture::Capture;
use crate::container::{Container, Cut, Skipped, Source};
use crate::inflate::{damaged_member, reject, resumes};
use crate::stream::{LineEnd, Stream};

/// Most bytes of a record's header, which is one line.
const HEADER_BYTES: usize = 64 << 10;

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
        Box::new(Archive {
            stream: Stream::new(source.reader),
            path: source.path,
            skipped: source.skipped,
            limits: limits.clone(),
            ordinal: 0,
            failure: None,
            is_lost: false,
            over: false,
        })
    }
}

/// How much of a line is looked at to tell whether it heads a record.
const LINE_BYTES: usize = 4 << 10;

struct Archive {
    stream: Stream,
    path: Arc<str>,
    skipped: Skipped,
    limits: Limits,
    ordinal: u64,
    /// What reading failed with behind a record that is whole.
    failure: Option<io::Error>,
    /// Whether what stands here was already told to be damaged.
    is_lost: bool,
    over: bool,
}

/// The line in front of a record.
#[derive(PartialEq, Eq, Default, Debug)]
struct Header {
    url: String,
    fetched: String,
    content_type: String,
    length: u64,
}

impl Header {
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

/// Why a record is none.
enum Fault {
    Input(io::Error),
    Record(RejectKind, String),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Input(error)
    }
}

/// What became of one record of the archive.
enum Read {
    Record(Box<Record>),
    Skipped,
    End,
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
                    self.is_lost = kind == RejectKind::Malformed;
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

    /// Reads one record. A line that heads none is passed over, and the next one is tried: there is
    /// no other mark that records start with.
    fn read(&mut self) -> Result<Read, Fault> {
        let (mut start, mut line, mut end) = (0, Vec::new(), LineEnd::Whole);
        while line.trim_ascii().is_empty() {
            line.clear();
            start = self.stream.offset();
            end = self.stream.line(&mut line, HEADER_BYTES)?;
            if line.is_empty() {
                return Ok(Read::End);
            }
        }
        let header = Header::read(&line).filter(|_| end == LineEnd::Whole);
        let Some(header) = header else {
            let detail = "what stands here is no ARC record".to_owned();
            return Err(Fault::Record(RejectKind::Malformed, detail));
        };
        self.is_lost = false;
        let held = usize::try_from(header.length).ok().filter(|l| *l <= self.limits.record_bytes);
        let mut block = Vec::new();
        let begun = self.stream.offset();
        match held {
            Some(length) => {
                block.reserve(length.min(1 << 20));
                self.stream.read(length, &mut block)?;
            }
            None => drop(self.stream.skip(header.length)?),
        }
        let read = self.stream.offset() - begun;
        if read < header.length {
            if self.give_back_records(&block, begun + read) {
                let detail = "its length reaches into the next record".to_owned();
                return Err(Fault::Record(RejectKind::Corrupt, detail));
            }
            let detail = format!("it ends early: {read} of its {} bytes are there", header.length);
            return Err(Fault::Record(RejectKind::Corrupt, detail));
        }
        self.check_end(start, &block)?;
        if header.url.starts_with("filedesc:") || header.url.starts_with("dns:") {
            return Ok(Read::Skipped);
        }
        if held.is_none() {
            let detail = format!(
                "it has {} bytes, more than the limit record_bytes = {}",
                header.length, self.limits.record_bytes
            );
            return Err(Fault::Record(RejectKind::TooLong, detail));
        }
        let capture = Capture {
            origin: self.origin(start),
            url: Some(header.url),
            fetched: Some(header.fetched).filter(|fetched| !fetched.is_empty()),
            content_type: Some(header.content_type),
            truncated: false,
            block,
        };
        match capture.into_record(&self.limits) {
            Some(Ok(record)) => Ok(Read::Record(Box::new(record))),
            Some(Err(reject)) => Err(Fault::Record(reject.kind, reject.detail)),
            None => Ok(Read::Skipped),
        }
    }

    /// Makes sure that the length reaches into no other record, whose header would then stand in the
    /// block. A member whose checksum fails is found out here, by looking behind it.
    fn check_end(&mut self, start: u64, block: &[u8]) -> Result<(), Fault> {
        let end = self.stream.offset();
        let followed = self.stream.skip_line_ends().and_then(|feeds| {
            Ok(feeds > 0 && !self.stream.fill()?.is_empty()
                || self.stream.peek(1)?.is_empty()
                || self.is_at_record()?)
        });
        match followed {
            Ok(true) => Ok(()),
            Ok(false) if self.give_back_records(block, end) => {
                let detail = "its length reaches into the next record".to_owned();
                Err(Fault::Record(RejectKind::Corrupt, detail))
            }
            Ok(false) => Ok(()),
            Err(error) if damaged_member(&error) == Some(start) => Err(Fault::Input(error)),
            Err(error) => {
                self.failure = Some(error);
                Ok(())
            }
        }
    }

    /// Whether the next line heads a record.
    fn is_at_record(&mut self) -> io::Result<bool> {
        let next = self.stream.peek(LINE_BYTES)?;
        let end = memchr::memchr(b'\n', next).unwrap_or(next.len());
        Ok(Header::read(&next[..end]).is_some())
    }

    /// Puts the records back that stand in a block of which the last byte was read at `end`, and
    /// says whether there are any.
    fn give_back_records(&mut self, block: &[u8], end: u64) -> bool {
        let line_ends = self.stream.offset() - end;
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', block) {
            let line = &block[start..end];
            if start > 0 && line.len() <= HEADER_BYTES && Header::read(line).is_some() {
                return self.stream.put_back(&block[start..], line_ends);
            }
            start = end + 1;
        }
        false
    }
}
