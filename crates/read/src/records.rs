//! An input, opened and cut.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use encoding_rs::Encoding;
use newsmill_article::{Limits, Origin, Record, Reject, RejectKind, Stage};

use crate::container::{Container, Cut, Skipped, Skips, Source, named, of_extension};
use crate::inflate::inflate;
use crate::input::Place;
use crate::peek::Peeked;
use crate::{ALL, Input, PlainText, ReadError, ReadOptions, Tar, foreign};

/// How much of an input is looked at to tell its format.
const HEAD: u64 = 64 << 10;

/// The records of one input in their order, with a reject in the place of each that can't be read.
pub struct Records {
    cut: Option<Cut>,
    bytes: Arc<AtomicU64>,
    skipped: Skipped,
}

impl Records {
    /// Bytes of the input read so far, before decompression: to be held against
    /// [`Input::bytes`].
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// How many records were passed over so far because they are no articles by what they are:
    /// requests, images and redirects of web archives. They are neither records nor rejects.
    #[must_use]
    pub fn skipped(&self) -> Skips {
        self.skipped.counts()
    }
}

impl Iterator for Records {
    type Item = Result<Record, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.cut.as_mut()?.next();
        if next.is_none() {
            self.cut = None;
        }
        next
    }
}

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records").field("bytes_read", &self.bytes_read()).finish_non_exhaustive()
    }
}

/// Opens `input` and cuts it into records. An input that cannot be opened is one reject; the file
/// is open from here until the records are dropped or at their end.
///
/// ```no_run
/// use newsmill_article::Limits;
/// use newsmill_read::{ReadOptions, inputs, records};
///
/// let (options, limits) = (ReadOptions::default(), Limits::default());
/// for input in inputs(&["dumps".into(), "more/*.jsonl.zst".into()], &limits)? {
///     for row in records(&input, &options, &limits)? {
///         match row {
///             Ok(record) => println!("{} bytes", record.content.len()),
///             Err(reject) => eprintln!("{reject}"),
///         }
///     }
/// }
/// # Ok::<(), newsmill_read::ReadError>(())
/// ```
///
/// # Errors
/// When [`ReadOptions::from`] names no container or [`ReadOptions::encoding`] no encoding.
pub fn records(
    input: &Input,
    options: &ReadOptions,
    limits: &Limits,
) -> Result<Records, ReadError> {
    let path = Arc::clone(input.path());
    let (kind, detail) = match &input.place {
        Place::Stdin => return cut(Box::new(io::stdin()), None, path, options, limits),
        Place::File(file) => match File::open(file) {
            Ok(file) => {
                let is_plain = file.metadata().is_ok_and(|m| m.is_file());
                let same = if is_plain { file.try_clone().ok() } else { None };
                return cut(Box::new(file), same, path, options, limits);
            }
            Err(error) => (RejectKind::Unreadable, format!("it cannot be opened: {error}")),
        },
        #[cfg(feature = "object-store")]
        Place::Object(object) => {
            return cut(Box::new(object.reader()), None, path, options, limits);
        }
        Place::Refused(kind, detail) => (*kind, detail.clone()),
    };
    checked(options)?;
    let reject = Reject::new(Origin::new(path, 0), Stage::Read, kind, detail);
    Ok(Records {
        cut: Some(Box::new(std::iter::once(Err(reject)))),
        bytes: Arc::default(),
        skipped: Skipped::default(),
    })
}

/// The records of `reader`, which may be compressed, under the name `path`. As [`records`], for
/// what is no file.
///
/// # Errors
/// When [`ReadOptions::from`] names no container or [`ReadOptions::encoding`] no encoding.
pub fn records_of(
    reader: impl Read + Send + 'static,
    path: impl Into<Arc<str>>,
    options: &ReadOptions,
    limits: &Limits,
) -> Result<Records, ReadError> {
    cut(Box::new(reader), None, path.into(), options, limits)
}

fn cut(
    raw: Box<dyn Read + Send>,
    file: Option<File>,
    path: Arc<str>,
    options: &ReadOptions,
    limits: &Limits,
) -> Result<Records, ReadError> {
    let Opened { reader, container, is_compressed, bytes } = open(raw, &path, options, limits)?;
    let skipped = Skipped::default();
    let skips = skipped.clone();
    let source = Source { reader: Box::new(reader), path, file, skipped: skips, is_compressed };
    let cut = match container {
        Ok(container) => container.records(source, options, limits),
        Err(format) => not_read(source.path, format),
    };
    Ok(Records { cut: Some(cut), bytes, skipped })
}

/// An input of which the start has been looked at.
struct Opened {
    reader: Peeked<Box<dyn BufRead + Send>>,
    /// Its container, or the name of a format that is not read.
    container: Result<&'static dyn Container, &'static str>,
    is_compressed: bool,
    /// How much of it has been read, as stored.
    bytes: Arc<AtomicU64>,
}

fn open(
    raw: Box<dyn Read + Send>,
    path: &str,
    options: &ReadOptions,
    limits: &Limits,
) -> Result<Opened, ReadError> {
    let from = checked(options)?;
    let (bytes, head) = (Arc::default(), Arc::default());
    let counted = Counted { raw, bytes: Arc::clone(&bytes), head: Arc::clone(&head) };
    let reader = Peeked::new(inflate(Box::new(counted), limits), HEAD);
    let container = from.map_or_else(|| container_of(reader.head(), path), Ok);
    // What is not read as it stands was decompressed.
    let is_compressed = head.get().is_some_and(|head| !reader.head().starts_with(head));
    Ok(Opened { reader, container, is_compressed, bytes })
}

/// What an input is, as far as its start tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// The name of its container, as in [`ALL`](crate::ALL), or of a format that is not read.
    pub format: &'static str,
    /// Whether the format is read.
    pub is_read: bool,
    /// Whether it is compressed.
    pub is_compressed: bool,
}

/// Looks at the start of an input; nothing where that says nothing or has to be left alone: standard
/// input, a pipe, an object in a store, a file that cannot be opened.
///
/// ```
/// use newsmill_article::Limits;
/// use newsmill_read::{Input, ReadOptions, look};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("posts");
/// std::fs::write(&path, "{\"text\": \"A river rose.\"}\n")?;
/// let input = Input::file(&path.display().to_string());
/// let found = look(&input, &ReadOptions::default(), &Limits::default())?.unwrap();
/// assert_eq!((found.format, found.is_compressed), ("jsonl", false));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When [`ReadOptions::from`] names no container or [`ReadOptions::encoding`] no encoding.
pub fn look(
    input: &Input,
    options: &ReadOptions,
    limits: &Limits,
) -> Result<Option<Look>, ReadError> {
    let (Place::File(path), Some(_)) = (&input.place, input.bytes()) else { return Ok(None) };
    let Ok(file) = File::open(path) else { return Ok(None) };
    let Opened { container, is_compressed, .. } =
        open(Box::new(file), input.path(), options, limits)?;
    let (format, is_read) = match container {
        Ok(container) => (container.name(), true),
        Err(format) => (format, false),
    };
    Ok(Some(Look { format, is_read, is_compressed }))
}

/// The records of one file of an archive. An archive in it is not read.
pub(crate) fn cut_member(source: Source, options: &ReadOptions, limits: &Limits) -> Cut {
    let reader = Peeked::new(source.reader, HEAD);
    let container = container_of(reader.head(), &source.path);
    let source = Source { reader: Box::new(reader), ..source };
    match container {
        Ok(container) if container.name() != Tar.name() => {
            container.records(source, options, limits)
        }
        Ok(_) => not_read(source.path, "a tar archive inside another"),
        Err(format) => not_read(source.path, format),
    }
}

/// One reject for an input of a format that is known and not read.
fn not_read(path: Arc<str>, format: &str) -> Cut {
    let detail = format!("it is {format}, which is not read yet");
    let reject = Reject::new(Origin::new(path, 0), Stage::Read, RejectKind::Unsupported, detail);
    Box::new(std::iter::once(Err(reject)))
}

/// The container that the options name, if they name one.
fn checked(options: &ReadOptions) -> Result<Option<&'static dyn Container>, ReadError> {
    if let Some(label) = &options.encoding
        && !is_encoding(label)
    {
        return Err(ReadError::UnknownEncoding { label: label.clone() });
    }
    options.from.as_deref().map(named).transpose()
}

/// Whether the parser reads an encoding of that label: those of the
/// [WHATWG Encoding standard](https://encoding.spec.whatwg.org/#names-and-labels), and UTF-32, which
/// that leaves out.
fn is_encoding(label: &str) -> bool {
    let label = label.trim();
    Encoding::for_label_no_replacement(label.as_bytes()).is_some()
        || ["utf-32", "utf-32le", "utf-32be"].iter().any(|known| label.eq_ignore_ascii_case(known))
}

/// The container of an input: by its content, then by its name, and plain text when neither says
/// anything. The error names a format that is known and not read.
fn container_of(head: &[u8], path: &str) -> Result<&'static dyn Container, &'static str> {
    if let Some(container) = ALL.iter().copied().find(|c| c.sniff(head)) {
        return Ok(container);
    }
    match foreign::name(head) {
        Some(format) => Err(format),
        None => Ok(of_extension(path).unwrap_or(&PlainText)),
    }
}

/// A reader that tells how far it has come and how it began.
struct Counted {
    raw: Box<dyn Read + Send>,
    bytes: Arc<AtomicU64>,
    /// Its first bytes, four at most.
    head: Arc<OnceLock<Vec<u8>>>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.raw.read(buffer)?;
        self.head.get_or_init(|| buffer[..read.min(4)].to_vec());
        self.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
