//! Tar archives (POSIX ustar and pax, GNU): every file in them an input.

use std::io::{self, BufRead, Read};
use std::sync::{Arc, Mutex, PoisonError};

use newsmill_article::{Limits, Origin, Record, Reject, RejectKind, Stage};

use crate::ReadOptions;
use crate::container::{Container, Cut, Skipped, Source};
use crate::inflate::{inflate, reject, resumes, torn};
use crate::records::cut_member;
use crate::stream::Stream;

/// Headers stand at multiples of this, and have this length.
const BLOCK: usize = 512;

/// Most bytes of a long name or of extended headers.
const EXTENDED_BYTES: u64 = 1 << 20;

/// How much is looked through at once for the next header behind damage.
const SEARCHED: usize = 64 << 10;

/// Tar archives. Each file in one is read like an input of its own, under the name
/// `archive.tar!/file`; ordinals count through the whole archive. Files whose names start with a dot
/// are left out, as in folders; links and devices too. Compressed files are read where the archive
/// itself is not compressed; archives inside archives are not.
#[derive(Clone, Copy, Debug)]
pub struct Tar;

impl Container for Tar {
    fn name(&self) -> &'static str {
        "tar"
    }

    fn about(&self) -> &'static str {
        "tar archives of files in the other formats"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["tar", "tgz"]
    }

    fn example(&self) -> &'static [u8] {
        include_bytes!("../../../fixtures/tar/two-files.tar")
    }

    fn sniff(&self, head: &[u8]) -> bool {
        head.first_chunk().is_some_and(|block| Header::read(block).is_some())
    }

    fn records(&self, source: Source, options: &ReadOptions, limits: &Limits) -> Cut {
        let stream = Stream::new(source.reader);
        Box::new(Archive {
            slot: Arc::new(Mutex::new(Some((stream, Some(0))))),
            path: source.path,
            skipped: source.skipped,
            is_compressed: source.is_compressed,
            options: ReadOptions { from: None, ..options.clone() },
            limits: limits.clone(),
            member: None,
            ordinal: 0,
            is_lost: false,
            over: false,
        })
    }
}

/// Where the archive's bytes wait while no file in it is being read, with how many bytes of the last
/// one are left; none says that it is damaged, and that they stand nobody knows where.
type Slot = Arc<Mutex<Option<(Stream, Option<u64>)>>>;

struct Archive {
    slot: Slot,
    path: Arc<str>,
    skipped: Skipped,
    is_compressed: bool,
    options: ReadOptions,
    limits: Limits,
    member: Option<Cut>,
    ordinal: u64,
    /// Whether what stands here was already told to be damaged.
    is_lost: bool,
    over: bool,
}

/// What a header says.
#[derive(Debug)]
struct Header {
    name: String,
    bytes: u64,
    kind: u8,
}

impl Header {
    /// Reads a header, which its checksum tells from anything else.
    fn read(block: &[u8; BLOCK]) -> Option<Self> {
        let declared = octal(&block[148..156])?;
        let sum: u64 = block.iter().map(|b| u64::from(*b)).sum();
        let of_field: u64 = block[148..156].iter().map(|b| u64::from(*b)).sum();
        let spaces = 8 * u64::from(b' ');
        if sum - of_field + spaces != declared || declared == spaces {
            return None;
        }
        let bytes = match block[124] {
            // GNU writes sizes of 8 GiB and more in base 256.
            0x80.. => block[128..136].iter().fold(0, |n: u64, b| n << 8 | u64::from(*b)),
            _ => octal(&block[124..136])?,
        };
        let text = |field: &[u8]| {
            let end = field.iter().position(|b| *b == 0).unwrap_or(field.len());
            String::from_utf8_lossy(&field[..end]).into_owned()
        };
        let (prefix, name) = (text(&block[345..500]), text(&block[..100]));
        let has_prefix = block[257..263] == *b"ustar\0" && !prefix.is_empty();
        let name = if has_prefix { format!("{prefix}/{name}") } else { name };
        Some(Self { name, bytes, kind: block[156] })
    }
}

/// A number as tar writes it: octal digits between spaces and NULs.
fn octal(field: &[u8]) -> Option<u64> {
    let is_filler = |b: &u8| matches!(b, b' ' | 0);
    let digits = field.iter().skip_while(|b| is_filler(b)).take_while(|b| !is_filler(b));
    let mut number = 0u64;
    for digit in digits {
        let digit = digit.checked_sub(b'0').filter(|d| *d < 8)?;
        number = number.checked_mul(8)?.checked_add(u64::from(digit))?;
    }
    Some(number)
}

/// What pax headers say of the next file.
#[derive(Default)]
struct Extended {
    name: Option<String>,
    bytes: Option<u64>,
}

impl Extended {
    /// Reads `length name=value` lines.
    fn read(&mut self, mut records: &[u8]) {
        while let Some(space) = memchr::memchr(b' ', records) {
            let length = std::str::from_utf8(&records[..space]).ok().and_then(|l| l.parse().ok());
            let Some(record) = length.and_then(|l: usize| records.get(space + 1..l)) else { break };
            records = &records[space + 1 + record.len()..];
            let record = record.strip_suffix(b"\n").unwrap_or(record);
            let Some(equals) = memchr::memchr(b'=', record) else { continue };
            let value = String::from_utf8_lossy(&record[equals + 1..]);
            match &record[..equals] {
                b"path" => self.name = Some(value.into_owned()),
                b"size" => self.bytes = value.parse().ok(),
                _ => {}
            }
        }
    }
}

/// One file of an archive. It holds the archive's bytes while it is read, and gives them back when
/// it is dropped.
struct Member {
    slot: Slot,
    stream: Option<Stream>,
    left: u64,
    is_damaged: bool,
}

impl BufRead for Member {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let Some(stream) = self.stream.as_mut().filter(|_| self.left > 0) else { return Ok(&[]) };
        match stream.fill() {
            Ok([]) => {
                self.left = 0;
                Err(torn("the tar archive ends early, in this file"))
            }
            Ok(buffer) => {
                let most = usize::try_from(self.left).unwrap_or(usize::MAX);
                Ok(&buffer[..buffer.len().min(most)])
            }
            Err(error) => {
                // What comes behind damage is not this file any more.
                (self.left, self.is_damaged) = (0, true);
                Err(error)
            }
        }
    }

    fn consume(&mut self, amount: usize) {
        if let Some(stream) = &mut self.stream {
            stream.consume(amount);
            self.left -= amount as u64;
        }
    }
}

impl Read for Member {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let amount = self.fill_buf()?.read(buffer)?;
        self.consume(amount);
        Ok(amount)
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        if let Some(stream) = self.stream.take() {
            let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
            *slot = Some((stream, (!self.is_damaged).then_some(self.left)));
        }
    }
}

impl Iterator for Archive {
    type Item = Result<Record, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.over {
            if let Some(mut row) = self.member.as_mut().and_then(Iterator::next) {
                let origin = match &mut row {
                    Ok(record) => &mut record.origin,
                    Err(reject) => &mut reject.origin,
                };
                origin.ordinal = self.ordinal;
                self.ordinal += 1;
                return Some(row);
            }
            self.member = None;
            let taken = self.slot.lock().unwrap_or_else(PoisonError::into_inner).take();
            let Some((mut stream, left)) = taken else { break };
            let start = stream.offset();
            self.is_lost |= left.is_none();
            let found = self.open_next(&mut stream, left.unwrap_or(0));
            let origin = Origin::new(Arc::clone(&self.path), self.ordinal)
                .at(start, stream.offset() - start);
            let fault = match found {
                Ok(Some((name, bytes))) => {
                    self.is_lost = false;
                    self.open(stream, &name, bytes);
                    continue;
                }
                Ok(None) => None,
                Err(error) => Some(error),
            };
            let mut told = None;
            match fault {
                None => self.over = true,
                Some(Fault::Input(error)) => {
                    self.over = !resumes(&error);
                    told = Some(reject(&error, origin));
                }
                Some(Fault::Header) if !self.is_lost => {
                    let detail = "what stands here is no file of a tar archive";
                    told = Some(Reject::new(origin, Stage::Read, RejectKind::Malformed, detail));
                }
                Some(Fault::Header) => {}
            }
            self.is_lost |= !self.over;
            *self.slot.lock().unwrap_or_else(PoisonError::into_inner) = Some((stream, Some(0)));
            if let Some(told) = told {
                self.ordinal += 1;
                return Some(Err(told));
            }
        }
        self.over = true;
        None
    }
}

/// Why there is no next file.
enum Fault {
    Input(io::Error),
    Header,
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Input(error)
    }
}

impl Archive {
    /// Goes behind the last file, of which `left` bytes were not read, and reads headers up to the
    /// next one: its name and length.
    fn open_next(&self, stream: &mut Stream, left: u64) -> Result<Option<(String, u64)>, Fault> {
        if self.is_lost {
            find_header(stream)?;
        } else {
            stream.skip(left)?;
            skip_padding(stream)?;
        }
        let mut extended = Extended::default();
        loop {
            let head = stream.peek(BLOCK)?;
            if head.is_empty() {
                return Ok(None);
            }
            let Some(block) = head.first_chunk::<BLOCK>() else {
                return Err(torn("the tar archive ends early, in a header").into());
            };
            let is_blank = block.iter().all(|b| *b == 0);
            let header = Header::read(block);
            let Some(header) = header else {
                if is_blank {
                    stream.consume(BLOCK);
                    continue;
                }
                // The next header may start within these bytes, where something is missing.
                stream.consume(1);
                return Err(Fault::Header);
            };
            stream.consume(BLOCK);
            let bytes = extended.bytes.take().unwrap_or(header.bytes);
            match header.kind {
                b'0' | 0 | b'7' => {
                    let name = extended.name.take().unwrap_or(header.name);
                    let last = name.rsplit('/').next().unwrap_or_default();
                    if !last.is_empty() && !last.starts_with('.') {
                        return Ok(Some((name, bytes)));
                    }
                }
                kind @ (b'L' | b'x') if bytes <= EXTENDED_BYTES => {
                    let mut text = Vec::new();
                    stream.read(usize::try_from(bytes).unwrap_or(0), &mut text)?;
                    skip_padding(stream)?;
                    if kind == b'x' {
                        extended.read(&text);
                    } else {
                        let end = text.iter().position(|b| *b == 0).unwrap_or(text.len());
                        extended.name = Some(String::from_utf8_lossy(&text[..end]).into_owned());
                    }
                    continue;
                }
                // Links and folders have no content, whatever their header says.
                b'1'..=b'6' => {
                    extended = Extended::default();
                    continue;
                }
                _ => {}
            }
            extended = Extended::default();
            stream.skip(bytes)?;
            skip_padding(stream)?;
        }
    }

    /// Starts to read a file of that name and length.
    fn open(&mut self, stream: Stream, name: &str, bytes: u64) {
        let path: Arc<str> = format!("{}!/{name}", self.path).into();
        let (slot, stream) = (Arc::clone(&self.slot), Some(stream));
        let member = Member { slot, stream, left: bytes, is_damaged: false };
        let (reader, is_compressed): (Box<dyn BufRead + Send>, _) = match self.is_compressed {
            // Nothing is decompressed twice.
            true => (Box::new(member), true),
            false => (inflate(Box::new(member), &self.limits), false),
        };
        let skipped = self.skipped.clone();
        let source = Source { reader, path, file: None, skipped, is_compressed };
        self.member = Some(cut_member(source, &self.options, &self.limits));
    }
}

/// Goes to the next multiple of the block length.
fn skip_padding(stream: &mut Stream) -> io::Result<()> {
    let over = stream.offset() % BLOCK as u64;
    if over > 0 {
        stream.skip(BLOCK as u64 - over)?;
    }
    Ok(())
}

/// Goes to the next header behind damage, wherever it stands, or to the end.
fn find_header(stream: &mut Stream) -> io::Result<()> {
    loop {
        let window = stream.peek(SEARCHED)?;
        let found = memchr::memmem::find_iter(window, b"ustar").find_map(|magic| {
            let start = magic.checked_sub(257)?;
            let block = window[start..].first_chunk()?;
            Header::read(block).map(|_| start)
        });
        let length = window.len();
        match found {
            Some(start) => {
                stream.consume(start);
                return Ok(());
            }
            None if length < SEARCHED => {
                stream.consume(length);
                return Ok(());
            }
            None => stream.consume(length - BLOCK),
        }
    }
}
