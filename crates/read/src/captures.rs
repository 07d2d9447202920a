//! Web archives cut into captures: what WARC and ARC have in common.

use std::io;
use std::sync::Arc;

use newsmill_article::{Limits, Origin, Record, Reject, RejectKind, Stage};

use crate::capture::{Capture, NoArticle};
use crate::container::{Cut, Skip, Skipped, Source};
use crate::inflate::{damaged_member, reject, resumes};
use crate::stream::Stream;

/// How much is looked through at once for the next record where a block is passed over.
const SEARCHED: usize = 64 << 10;

/// A format of records that have a header and a block of the length that it says.
pub(crate) trait Format: Send + 'static {
    /// What it is called.
    const NAME: &'static str;

    /// Line feeds behind each record.
    const LINE_ENDS: usize;

    /// Bytes that tell whether a record starts with them.
    const LOOKED_AT: usize;

    /// Reads the header at hand, and what may stand in front of it; `None` at the end. Takes a byte at
    /// least, or ends.
    fn header(&mut self, stream: &mut Stream) -> Result<Option<Header>, Fault>;

    /// Whether a record starts with `bytes`.
    fn starts(bytes: &[u8]) -> bool;

    /// Where in a block, behind its first byte, a record may start, of which the first bytes may be
    /// all that is there.
    fn find(block: &[u8]) -> Option<usize>;

    /// Goes to the next record behind what is none, if anything marks where records start.
    fn resynchronise(stream: &mut Stream) -> io::Result<()>;
}

/// What the header of a record says.
#[derive(Default, Debug)]
pub(crate) struct Header {
    /// Its first byte in the input.
    pub(crate) start: u64,
    /// Bytes of the block.
    pub(crate) length: u64,
    /// Why the record is no article, if its header tells.
    pub(crate) skip: Option<Skip>,
    pub(crate) record_id: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) fetched: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) truncated: bool,
}

/// Why there is no record.
pub(crate) enum Fault {
    Input(io::Error),
    /// What stands here is none.
    NoRecord,
    Record(RejectKind, String),
    Skip(Skip),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Input(error)
    }
}

impl Fault {
    pub(crate) fn malformed(detail: impl Into<String>) -> Self {
        Self::Record(RejectKind::Malformed, detail.into())
    }

    fn corrupt(detail: String) -> Self {
        Self::Record(RejectKind::Corrupt, detail)
    }
}

/// The records of a web archive.
pub(crate) fn captures<F: Format>(format: F, source: Source, limits: &Limits) -> Cut {
    Box::new(Archive {
        format,
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

struct Archive<F> {
    format: F,
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

impl<F: Format> Iterator for Archive<F> {
    type Item = Result<Record, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.over {
            let start = self.stream.offset();
            let read = match self.failure.take() {
                Some(error) => Err(Fault::Input(error)),
                None => self.read(),
            };
            let fault = match read {
                Ok(Some(record)) => {
                    self.ordinal += 1;
                    return Some(Ok(record));
                }
                Ok(None) => break,
                Err(fault) => fault,
            };
            let told = match fault {
                Fault::Skip(skip) => {
                    self.skipped.add(skip);
                    continue;
                }
                Fault::Input(error) => {
                    self.over = !resumes(&error);
                    self.is_lost = true;
                    reject(&error, self.origin(start))
                }
                Fault::NoRecord => {
                    self.find_next(true);
                    if std::mem::replace(&mut self.is_lost, true) {
                        continue;
                    }
                    let detail = format!("what stands here is no {} record", F::NAME);
                    Reject::new(self.origin(start), Stage::Read, RejectKind::Malformed, detail)
                }
                Fault::Record(kind, detail) => {
                    self.find_next(matches!(kind, RejectKind::Malformed | RejectKind::Corrupt));
                    Reject::new(self.origin(start), Stage::Read, kind, detail)
                }
            };
            self.ordinal += 1;
            return Some(Err(told));
        }
        self.over = true;
        None
    }
}

impl<F: Format> Archive<F> {
    /// The place of what was read since `start`.
    fn origin(&self, start: u64) -> Origin {
        let length = self.stream.offset() - start;
        Origin::new(Arc::clone(&self.path), self.ordinal).at(start, length)
    }

    /// Goes to the next record behind what is none, or is a damaged one.
    fn find_next(&mut self, is_damaged: bool) {
        if self.failure.is_some() {
            return;
        }
        match F::resynchronise(&mut self.stream) {
            // Damage where a record was just told to be damaged is what made it so.
            Err(error) if is_damaged && resumes(&error) => self.is_lost = true,
            found => self.failure = found.err(),
        }
    }

    /// Reads one record; `None` at the end.
    fn read(&mut self) -> Result<Option<Record>, Fault> {
        let Some(header) = self.format.header(&mut self.stream)? else { return Ok(None) };
        self.is_lost = false;
        let length = header.length;
        let held = usize::try_from(length).ok().filter(|l| *l <= self.limits.record_bytes);
        let mut block = Vec::new();
        let begun = self.stream.offset();
        let reaches = "its length reaches into the next record";
        match held {
            Some(length) => {
                // What a header promises is not taken as given before it is there.
                block.reserve(length.min(1 << 20));
                self.stream.read(length, &mut block)?;
            }
            None if self.pass(length)? => return Err(Fault::malformed(reaches)),
            None => {}
        }
        let read = self.stream.offset() - begun;
        if read < length {
            // A length that is too long swallows the records behind it.
            return Err(match self.give_back_records(&block, begun + read) {
                true => Fault::malformed(reaches),
                false => {
                    Fault::corrupt(format!("it ends early: {read} of its {length} bytes are there"))
                }
            });
        }
        self.check_end(header.start, &block)?;
        if let Some(skip) = header.skip {
            return Err(Fault::Skip(skip));
        }
        if held.is_none() {
            let detail = format!(
                "it has {length} bytes, more than the limit record_bytes = {}",
                self.limits.record_bytes
            );
            return Err(Fault::Record(RejectKind::TooLong, detail));
        }
        let mut origin = self.origin(header.start);
        origin.record_id = header.record_id;
        let capture = Capture {
            origin,
            url: header.url,
            fetched: header.fetched,
            content_type: header.content_type,
            truncated: header.truncated,
            block,
        };
        match capture.into_record(&self.limits) {
            Ok(record) => Ok(Some(record)),
            Err(NoArticle::Skip(skip)) => Err(Fault::Skip(skip)),
            Err(NoArticle::Reject(kind, detail)) => Err(Fault::Record(kind, detail)),
        }
    }

    /// Passes over a block that is too long to be held, in constant memory, and says whether a record
    /// starts within it, at which it stops: a wrong length would cost all that follows.
    fn pass(&mut self, length: u64) -> io::Result<bool> {
        let mut left = length;
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(SEARCHED).min(SEARCHED);
            let window = self.stream.peek(most)?;
            let found = F::find(window);
            let passed = match found {
                Some(at) => at,
                None if window.len() == SEARCHED => SEARCHED - F::LOOKED_AT,
                None if window.is_empty() => return Ok(false),
                None => window.len(),
            };
            self.stream.consume(passed);
            left -= passed as u64;
            if found.is_some() && F::starts(self.stream.peek(F::LOOKED_AT)?) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Makes sure that the record ends where its length says: its line ends, another record, or the
    /// end of the input follow. A member whose checksum fails is found out here.
    fn check_end(&mut self, start: u64, block: &[u8]) -> Result<(), Fault> {
        let end = self.stream.offset();
        let followed = self.stream.skip_line_ends().and_then(|feeds| {
            let next = self.stream.peek(F::LOOKED_AT)?;
            Ok(feeds >= F::LINE_ENDS || next.is_empty() || F::starts(next))
        });
        match followed {
            Ok(true) => Ok(()),
            Ok(false) => {
                self.give_back_records(block, end);
                Err(Fault::malformed("its length is wrong"))
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
        let line_ends = self.stream.offset() - end;
        F::find(block).is_some_and(|at| self.stream.put_back(&block[at..], line_ends))
    }
}
