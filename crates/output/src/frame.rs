//! Some articles in a row on their way into the files of one format.

use std::io::{self, Write};

use flate2::GzBuilder;
use zstd::bulk::Compressor;
use zstd::zstd_safe::CParameter;

use crate::ArticleRow;
use crate::format::{Compression, Files, Format, Rows};

/// Some articles in a row for one format: made by a worker, handed in order to an
/// [`ArticleWriter`](crate::ArticleWriter).
#[derive(Debug)]
pub struct Frame {
    pub(crate) content: Content,
    pub(crate) rows: u64,
    /// Bytes before compression, of all kinds of files.
    pub(crate) length: u64,
}

#[derive(Debug)]
pub(crate) enum Content {
    /// For each kind of files what goes into it.
    Parts(Vec<Vec<u8>>),
    Documents(Vec<Vec<u8>>),
    #[cfg(feature = "parquet")]
    Columns(Option<arrow_array::RecordBatch>),
}

/// Takes the articles of a frame, one after the other.
///
/// Frames depend on nothing but the articles and the level: the same articles give the same frame
/// on any thread.
pub struct FrameBuilder {
    draft: Draft,
    level: i32,
    rows: u64,
}

enum Draft {
    Parts(Vec<Piece>),
    Documents(&'static dyn Rows, Vec<Vec<u8>>),
    #[cfg(feature = "parquet")]
    Columns(Box<crate::format::parquet::Columns>),
}

/// What goes into one kind of files.
struct Piece {
    rows: &'static dyn Rows,
    compression: Compression,
    bytes: Vec<u8>,
    /// Bytes of the articles that are compressed already, before they were.
    length: usize,
}

impl Piece {
    fn push(&mut self, row: &ArticleRow<'_>) -> io::Result<()> {
        if self.compression != Compression::GzipEach {
            return self.rows.article(row, &mut self.bytes);
        }
        let mut article = Vec::new();
        self.rows.article(row, &mut article)?;
        self.length += article.len();
        self.bytes.extend(gzip(&article)?);
        Ok(())
    }

    /// The piece compressed, and its length before.
    fn finish(self, level: i32) -> io::Result<(Vec<u8>, usize)> {
        let Self { compression, bytes, length, .. } = self;
        if compression == Compression::GzipEach {
            return Ok((bytes, length));
        }
        let length = bytes.len();
        Ok((compression.pack(bytes, level)?, length))
    }
}

impl FrameBuilder {
    /// A frame of `format`, compressed at zstd's `level` (1 to 22, 3 is usual) where the format
    /// is. The level of Parquet is set where its files are written.
    ///
    /// # Errors
    /// Never in practice: when the types of columns are refused by the columns' decoder.
    pub fn new(format: &dyn Format, level: i32) -> io::Result<Self> {
        let draft = match format.files() {
            Files::Parts(kinds) => {
                let pieces = kinds.iter().map(|kind| Piece {
                    rows: kind.rows,
                    compression: kind.compression,
                    bytes: Vec::new(),
                    length: 0,
                });
                Draft::Parts(pieces.collect())
            }
            Files::Documents(kind) => Draft::Documents(kind.rows, Vec::new()),
            #[cfg(feature = "parquet")]
            Files::Columns => Draft::Columns(Box::new(crate::format::parquet::Columns::new()?)),
        };
        Ok(Self { draft, level, rows: 0 })
    }

    /// Adds an article.
    ///
    /// # Errors
    /// When a row does not serialise, which those of this crate always do.
    pub fn push(&mut self, row: &ArticleRow<'_>) -> io::Result<()> {
        self.rows += 1;
        match &mut self.draft {
            Draft::Parts(pieces) => pieces.iter_mut().try_for_each(|piece| piece.push(row))?,
            Draft::Documents(rows, documents) => {
                let mut document = Vec::new();
                rows.article(row, &mut document)?;
                documents.push(document);
            }
            #[cfg(feature = "parquet")]
            Draft::Columns(columns) => columns.push(row)?,
        }
        Ok(())
    }

    /// The frame, compressed.
    ///
    /// # Errors
    /// When zstd cannot get memory.
    pub fn finish(self) -> io::Result<Frame> {
        let (content, length) = match self.draft {
            Draft::Parts(pieces) => {
                let pieces = pieces.into_iter().map(|piece| piece.finish(self.level));
                let (pieces, lengths): (_, Vec<_>) =
                    pieces.collect::<io::Result<Vec<_>>>()?.into_iter().unzip();
                (Content::Parts(pieces), lengths.into_iter().sum())
            }
            Draft::Documents(_, documents) => (Content::Documents(documents), 0),
            #[cfg(feature = "parquet")]
            Draft::Columns(columns) => {
                let (batch, length) = columns.finish()?;
                (Content::Columns(batch), length)
            }
        };
        Ok(Frame { content, rows: self.rows, length: length as u64 })
    }
}

impl std::fmt::Debug for FrameBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FrameBuilder").field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl Compression {
    /// Compresses whole rows on their own, with their length and checksum: what is packed one
    /// after the other unpacks to the rows one after the other.
    pub(crate) fn pack(self, bytes: Vec<u8>, level: i32) -> io::Result<Vec<u8>> {
        match self {
            Self::None => Ok(bytes),
            // A file of no bytes is no gzip file, one of an empty member is.
            Self::Gzip | Self::GzipEach => gzip(&bytes),
            Self::Zstd => {
                let mut compressor = Compressor::new(level)?;
                compressor.set_parameter(CParameter::ChecksumFlag(true))?;
                compressor.compress(&bytes)
            }
        }
    }
}

/// A gzip member without a name or time.
pub(crate) fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let packed = Vec::with_capacity(bytes.len() / 2 + 64);
    let mut member = GzBuilder::new().write(packed, flate2::Compression::new(6));
    member.write_all(bytes)?;
    member.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn what_is_packed_in_pieces_unpacks_in_one() {
        let each = Compression::GzipEach;
        for compression in [Compression::None, Compression::Gzip, each, Compression::Zstd] {
            let mut packed = Vec::new();
            for piece in ["a river rose\n", "", "and fell\n"] {
                packed.extend(compression.pack(piece.into(), 3).unwrap());
            }
            let mut all = Vec::new();
            match compression {
                Compression::None => all = packed,
                Compression::Zstd => all = zstd::decode_all(packed.as_slice()).unwrap(),
                Compression::Gzip | Compression::GzipEach => {
                    let mut gz = flate2::read::MultiGzDecoder::new(packed.as_slice());
                    gz.read_to_end(&mut all).unwrap();
                }
            }
            assert_eq!(all, b"a river rose\nand fell\n", "{compression:?}");
        }
    }

    #[test]
    fn a_damaged_frame_is_noticed() {
        let rows = b"a river rose\n".repeat(50);
        let mut bytes = Compression::Zstd.pack(rows, 3).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        assert!(zstd::decode_all(bytes.as_slice()).is_err());
    }
}
