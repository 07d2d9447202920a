//! Articles shared out over the files of a format.

#[cfg(feature = "parquet")]
mod columns;

use std::io;

use crate::format::{Files, Kind};
use crate::frame::Content;
use crate::{FileEntry, Format, Frame, OutputError, RunFile, Store};

/// Bytes of articles in a part, before compression, unless set otherwise: 1 GiB.
pub const PART_BYTES: u64 = 1 << 30;

/// Writes frames, in the order they are handed in, to the files of one format: parts
/// `articles/part-00000.…`, `part-00001.…`, or documents. A part is closed before the frame with
/// which it would pass its size.
///
/// Where parts and row groups end depends on the frames alone, so frames must be cut the same way
/// in every run.
#[derive(Debug)]
pub struct ArticleWriter<'s> {
    out: Out<'s>,
    open: Open<'s>,
}

/// What all kinds of writing have in common.
#[derive(Debug)]
struct Out<'s> {
    store: &'s dyn Store,
    part_bytes: u64,
    level: i32,
    done: Vec<FileEntry>,
}

#[derive(Debug)]
enum Open<'s> {
    Parts(Parts),
    Documents(&'s Kind),
    #[cfg(feature = "parquet")]
    Columns(Box<columns::ColumnParts>),
}

/// Parts of one number, one of each kind.
#[derive(Debug)]
struct Parts {
    kinds: &'static [Kind],
    /// None between parts.
    files: Vec<RunFile>,
    length: u64,
    counter: u64,
}

impl<'s> ArticleWriter<'s> {
    /// A writer of parts of [`PART_BYTES`]. No file is opened yet.
    #[must_use]
    pub fn new(store: &'s dyn Store, format: &dyn Format) -> Self {
        let open = match format.files() {
            Files::Parts(kinds) => {
                Open::Parts(Parts { kinds, files: Vec::new(), length: 0, counter: 0 })
            }
            Files::Documents(kind) => Open::Documents(kind),
            #[cfg(feature = "parquet")]
            Files::Columns => Open::Columns(Box::default()),
        };
        Self { out: Out { store, part_bytes: PART_BYTES, level: 3, done: Vec::new() }, open }
    }

    /// The same with parts of `part_bytes` bytes before compression; a longer frame gets its own
    /// part.
    #[must_use]
    pub fn with_part_bytes(mut self, part_bytes: u64) -> Self {
        self.out.part_bytes = part_bytes;
        self
    }

    /// The same with another zstd level than 3 for what is not compressed in frames: Parquet.
    #[must_use]
    pub fn with_level(mut self, level: i32) -> Self {
        self.out.level = level;
        self
    }

    /// Adds one frame, which must be of the writer's format.
    ///
    /// Row groups of Parquet are gathered, up to one for each thread of the current rayon pool and
    /// eight at most, and then encoded in that pool: some 64 MiB of memory each.
    ///
    /// # Errors
    /// [`OutputError::Write`]; the part in hand is lost then, those before it stand.
    pub fn push(&mut self, frame: Frame) -> Result<(), OutputError> {
        let Self { out, open } = self;
        match (open, frame.content) {
            (Open::Parts(parts), Content::Parts(pieces)) => {
                parts.push(out, &pieces, frame.rows, frame.length)
            }
            (Open::Documents(kind), Content::Documents(documents)) => {
                for document in documents {
                    let mut file = RunFile::create(out.store, &kind.document(out.written()))?;
                    file.write(&document, 1)?;
                    out.done.push(file.commit()?);
                }
                Ok(())
            }
            #[cfg(feature = "parquet")]
            (Open::Columns(parts), Content::Columns(batch)) => parts.push(out, batch, frame.length),
            _ => Err(out.error("articles", io::Error::other("a frame of another format"))),
        }
    }

    /// Closes the last part and lists all. There is always one, even without an article, but of
    /// documents.
    ///
    /// # Errors
    /// As [`ArticleWriter::push`].
    pub fn finish(self) -> Result<Vec<FileEntry>, OutputError> {
        let Self { mut out, open } = self;
        match open {
            Open::Parts(parts) => parts.finish(&mut out)?,
            Open::Documents(_) => {}
            #[cfg(feature = "parquet")]
            Open::Columns(parts) => parts.finish(&mut out)?,
        }
        Ok(out.done)
    }
}

impl Out<'_> {
    fn written(&self) -> u64 {
        self.done.len() as u64
    }

    fn error(&self, name: &str, error: io::Error) -> OutputError {
        OutputError::write(self.store.shown(name), error)
    }
}

impl Parts {
    fn push(
        &mut self,
        out: &mut Out<'_>,
        pieces: &[Vec<u8>],
        rows: u64,
        length: u64,
    ) -> Result<(), OutputError> {
        if self.length > 0 && self.length + length > out.part_bytes {
            self.close(out)?;
        }
        if self.files.is_empty() {
            self.open(out, false)?;
        }
        for (file, piece) in self.files.iter_mut().zip(pieces) {
            file.write(piece, rows)?;
        }
        self.length += length;
        Ok(())
    }

    /// Opens the files of the next number; those that stay `empty` hold at least the head and end
    /// of their compression.
    fn open(&mut self, out: &Out<'_>, empty: bool) -> Result<(), OutputError> {
        for kind in self.kinds {
            let name = kind.part(self.counter);
            let mut file = RunFile::create(out.store, &name)?;
            let mut head = Vec::new();
            kind.rows.head(&mut head).map_err(|e| out.error(&name, e))?;
            if empty || !head.is_empty() {
                let head = kind.compression.pack(head, 3).map_err(|e| out.error(&name, e))?;
                file.write(&head, 0)?;
            }
            self.files.push(file);
        }
        Ok(())
    }

    fn close(&mut self, out: &mut Out<'_>) -> Result<(), OutputError> {
        for file in self.files.drain(..) {
            out.done.push(file.commit()?);
        }
        self.counter += 1;
        self.length = 0;
        Ok(())
    }

    fn finish(mut self, out: &mut Out<'_>) -> Result<(), OutputError> {
        if self.counter == 0 && self.files.is_empty() {
            self.open(out, true)?;
        }
        if self.files.is_empty() { Ok(()) } else { self.close(out) }
    }
}
