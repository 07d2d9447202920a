//! Articles on their way from the map pass to the write pass, on disk.
//!
//! Two scratch files in one hidden folder of the run folder, gone when the run ends:
//! * `articles`: frames of articles as JSON Lines, each frame compressed on its own, with its
//!   checksum kept in memory; without their texts where these are kept whole, as the next file has
//!   them;
//! * `texts`: the kept text of each article as it is, so that a candidate pair can be proven and its
//!   difference counted without unpacking its frames.
//!
//! Lines that may be boilerplate lie in files of their own beside these.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use newsmill_dedup::index;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tempfile::TempDir;
use xxhash_rust::xxh3::xxh3_64;

use crate::Error;

/// zstd level of the spool: written once and read once, so speed counts.
const LEVEL: i32 = 1;

/// Articles as the workers make them: compressed, with the checksum of the compressed bytes.
#[derive(Debug)]
pub(crate) struct Frame {
    bytes: Vec<u8>,
    checksum: u64,
    articles: usize,
}

impl Frame {
    /// Compresses `articles`, with or without their texts.
    pub(crate) fn pack<A: Serialize>(articles: &[A]) -> io::Result<Self> {
        let mut rows = Vec::new();
        for article in articles {
            serde_json::to_writer(&mut rows, article)?;
            rows.push(b'\n');
        }
        let bytes = zstd::bulk::compress(&rows, LEVEL)?;
        Ok(Self { checksum: xxh3_64(&bytes), bytes, articles: articles.len() })
    }

    /// How many articles it holds.
    pub(crate) fn articles(&self) -> usize {
        self.articles
    }

    /// The articles again, as they were packed.
    pub(crate) fn unpack<A: DeserializeOwned>(&self) -> Result<Vec<A>, String> {
        if xxh3_64(&self.bytes) != self.checksum {
            return Err("a frame does not have its checksum".to_owned());
        }
        let text = zstd::decode_all(self.bytes.as_slice()).map_err(|e| e.to_string())?;
        serde_json::Deserializer::from_slice(&text)
            .into_iter()
            .collect::<Result<Vec<A>, _>>()
            .map_err(|e| e.to_string())
    }
}

/// Where a frame lies.
#[derive(Debug, Clone, Copy)]
struct Place {
    offset: u64,
    len: usize,
    checksum: u64,
    articles: usize,
}

/// Writes the spool.
#[derive(Debug)]
pub(crate) struct SpoolWriter {
    folder: TempDir,
    articles: BufWriter<File>,
    texts: BufWriter<File>,
    places: Vec<Place>,
    offset: u64,
    /// Where each article's text begins, in bytes; one more than there are articles.
    starts: Vec<u64>,
}

impl SpoolWriter {
    /// A new spool in a hidden folder of `run`.
    pub(crate) fn create(run: &Path) -> Result<Self, Error> {
        let folder = tempfile::Builder::new()
            .prefix(newsmill_output::SCRATCH)
            .tempdir_in(run)
            .map_err(|cause| Error::Spool { path: run.to_owned(), cause })?;
        let open = |name: &str| {
            let path = folder.path().join(name);
            File::create_new(&path).map_err(|cause| Error::Spool { path, cause })
        };
        let articles = BufWriter::with_capacity(1 << 20, open("articles")?);
        let texts = BufWriter::with_capacity(1 << 20, open("texts")?);
        Ok(Self { folder, articles, texts, places: Vec::new(), offset: 0, starts: vec![0] })
    }

    /// The folder of the scratch files.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Adds a frame.
    pub(crate) fn push(&mut self, frame: &Frame) -> Result<(), Error> {
        self.articles
            .write_all(&frame.bytes)
            .map_err(|cause| Error::Spool { path: self.folder.path().join("articles"), cause })?;
        self.places.push(Place {
            offset: self.offset,
            len: frame.bytes.len(),
            checksum: frame.checksum,
            articles: frame.articles,
        });
        self.offset += frame.bytes.len() as u64;
        Ok(())
    }

    /// Adds the kept text of the next article.
    pub(crate) fn push_text(&mut self, text: &str) -> Result<(), Error> {
        self.texts
            .write_all(text.as_bytes())
            .map_err(|cause| Error::Spool { path: self.folder.path().join("texts"), cause })?;
        let start = self.starts.last().copied().unwrap_or(0);
        self.starts.push(start + text.len() as u64);
        Ok(())
    }

    /// The error of a failure to pack a frame.
    pub(crate) fn failed(&self, cause: io::Error) -> Error {
        Error::Spool { path: self.folder.path().join("articles"), cause }
    }

    /// Ends writing.
    pub(crate) fn finish(mut self) -> Result<Spool, Error> {
        let failed =
            |name: &str, cause| Error::Spool { path: self.folder.path().join(name), cause };
        self.articles.flush().map_err(|e| failed("articles", e))?;
        self.texts.flush().map_err(|e| failed("texts", e))?;
        let Self { folder, places, starts, .. } = self;
        Ok(Spool { folder, places, starts, earlier: None })
    }
}

/// A finished spool.
#[derive(Debug)]
pub(crate) struct Spool {
    folder: TempDir,
    places: Vec<Place>,
    starts: Vec<u64>,
    /// Articles of earlier runs, numbered before those of this one.
    earlier: Option<Arc<index::Index>>,
}

impl Spool {
    /// The folder of the scratch files.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Numbers the texts of `index` before those of the spool.
    pub(crate) fn go_on_from(&mut self, index: &Arc<index::Index>) {
        self.earlier = Some(Arc::clone(index));
    }

    /// Number of the first article of this run: as many are of earlier ones.
    pub(crate) fn settled(&self) -> u32 {
        self.earlier.as_ref().map_or(0, |index| index.texts())
    }

    /// The error of a frame that is not what was written.
    pub(crate) fn damaged(&self, detail: String) -> Error {
        Error::SpoolDamaged { path: self.folder.path().join("articles"), detail }
    }

    /// The error of rows that could not be made of it.
    pub(crate) fn failed(&self, cause: io::Error) -> Error {
        Error::Spool { path: self.folder.path().join("articles"), cause }
    }

    /// A reader of the frames, in order.
    pub(crate) fn frames(&self) -> Result<Frames<'_>, Error> {
        let path = self.folder.path().join("articles");
        let file = File::open(&path).map_err(|cause| Error::Spool { path: path.clone(), cause })?;
        Ok(Frames { places: self.places.iter(), file, path })
    }

    /// A reader of single articles' texts.
    pub(crate) fn texts(&self) -> Result<TextReader<'_>, Error> {
        let path = self.folder.path().join("texts");
        let file = File::open(&path).map_err(|cause| Error::Spool { path: path.clone(), cause })?;
        let earlier = self.earlier.as_ref().map(|index| index.reader());
        Ok(TextReader { starts: &self.starts, file, path, earlier, settled: self.settled() })
    }
}

/// Reads frames in order.
#[derive(Debug)]
pub(crate) struct Frames<'a> {
    places: std::slice::Iter<'a, Place>,
    file: File,
    path: PathBuf,
}

impl Frames<'_> {
    /// The next frame, with the number of articles in it; nothing at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Frame>, Error> {
        let place = self.places.next().copied();
        self.file_frame(place)
    }

    fn file_frame(&mut self, place: Option<Place>) -> Result<Option<Frame>, Error> {
        let Some(Place { offset, len, checksum, articles }) = place else { return Ok(None) };
        let mut bytes = vec![0; len];
        self.file
            .seek(SeekFrom::Start(offset))
            .and_then(|_| self.file.read_exact(&mut bytes))
            .map_err(|cause| Error::Spool { path: self.path.clone(), cause })?;
        Ok(Some(Frame { bytes, checksum, articles }))
    }
}

/// Reads single articles' texts.
#[derive(Debug)]
pub(crate) struct TextReader<'a> {
    starts: &'a [u64],
    file: File,
    path: PathBuf,
    earlier: Option<index::TextReader<'a>>,
    settled: u32,
}

impl TextReader<'_> {
    /// Article `number` of earlier runs; nothing for those of this one.
    pub(crate) fn earlier(&mut self, number: u32) -> Result<Option<index::Row<'_>>, Error> {
        match &mut self.earlier {
            Some(earlier) if number < self.settled => Ok(Some(earlier.read(number)?)),
            _ => Ok(None),
        }
    }

    /// The kept text of article `number`, of this run or an earlier one.
    pub(crate) fn read(&mut self, number: u32) -> Result<String, Error> {
        if let Some(row) = self.earlier(number)? {
            return Ok(row.text.to_owned());
        }
        let number = (number - self.settled) as usize;
        let (start, end) = (self.starts[number], self.starts[number + 1]);
        let mut bytes = vec![0; (end - start) as usize];
        self.file
            .seek(SeekFrom::Start(start))
            .and_then(|_| self.file.read_exact(&mut bytes))
            .map_err(|cause| Error::Spool { path: self.path.clone(), cause })?;
        String::from_utf8(bytes)
            .map_err(|e| Error::SpoolDamaged { path: self.path.clone(), detail: e.to_string() })
    }
}

#[cfg(test)]
mod tests {
    use newsmill_article::{Article, Block, BlockKind, Origin, Span};

    use super::*;

    fn article(n: u64) -> Article {
        let text = format!("River {n} rose.");
        let block = Block::new(BlockKind::Paragraph, Span::whole(&text));
        let id = format!("a{n}").into();
        Article::new(id, Origin::new("t", n), text, vec![block], vec![]).unwrap()
    }

    #[test]
    fn what_goes_in_comes_out() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = SpoolWriter::create(folder.path()).unwrap();
        for frame in [&[0, 1, 2][..], &[3], &[4, 5]] {
            let articles: Vec<_> = frame.iter().map(|n| article(*n)).collect();
            writer.push(&Frame::pack(&articles).unwrap()).unwrap();
            for n in frame {
                writer.push_text(&"é".repeat(*n as usize)).unwrap();
            }
        }
        let spool = writer.finish().unwrap();
        let mut frames = spool.frames().unwrap();
        let mut seen = Vec::new();
        while let Some(frame) = frames.next().unwrap() {
            seen.extend(frame.unpack::<Article>().unwrap());
        }
        assert_eq!(seen, (0..6).map(article).collect::<Vec<_>>());
        let mut texts = spool.texts().unwrap();
        for n in [5, 0, 3] {
            assert_eq!(texts.read(n).unwrap(), "é".repeat(n as usize));
        }
        drop((frames, texts));
        drop(spool);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn damage_is_seen() {
        let mut frame = Frame::pack(&[article(1)]).unwrap();
        frame.bytes[3] ^= 1;
        assert!(frame.unpack::<Article>().is_err());
    }
}
