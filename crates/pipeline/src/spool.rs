//! Articles on their way from the map pass to the write pass, on disk.
//!
//! Two files in one hidden folder of the run folder, gone when the run is finished; with the
//! [journal](crate::journal) beside them a run that was broken off goes on:
//! * `articles`: frames of articles as JSON Lines, each frame compressed on its own, with its
//!   checksum kept in memory; without their texts where these are kept whole, as the next file has
//!   them;
//! * `texts`: the kept text of each article as it is, so that a candidate pair can be proven and its
//!   difference counted without unpacking its frames.
//!
//! Lines that may be boilerplate, and whatever is sorted, lie in a folder of their own beside these.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use newsmill_dedup::index;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::Error;
use crate::journal::HOME;

/// zstd level of the spool: written once and read once, so speed counts.
const LEVEL: i32 = 1;

/// Articles as the workers make them: compressed, with the checksum of the compressed bytes.
#[derive(Debug, Default)]
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

/// What is known of a frame and the texts of its articles, for the journal.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct FrameEntry {
    bytes: u64,
    checksum: u64,
    /// Length of the text of each article, in bytes.
    texts: Vec<u64>,
    texts_checksum: u64,
}

/// Where a frame lies.
#[derive(Debug, Clone, Copy)]
struct Place {
    offset: u64,
    len: usize,
    checksum: u64,
    articles: usize,
}

/// The folder of a spool.
#[derive(Debug)]
enum Home {
    /// Gone with the spool.
    Temporary(TempDir),
    /// Stays until the run is finished.
    Lasting(PathBuf),
}

impl Home {
    fn path(&self) -> &Path {
        match self {
            Self::Temporary(folder) => folder.path(),
            Self::Lasting(path) => path,
        }
    }
}

/// Writes the spool.
#[derive(Debug)]
pub(crate) struct SpoolWriter {
    // Dropped before the folder it lies in.
    scratch: TempDir,
    home: Home,
    articles: BufWriter<File>,
    texts: BufWriter<File>,
    places: Vec<Place>,
    offset: u64,
    /// Where each article's text begins, in bytes; one more than there are articles.
    starts: Vec<u64>,
}

impl SpoolWriter {
    /// A spool in `folder` that goes with the process.
    pub(crate) fn temporary(folder: &Path) -> Result<Self, Error> {
        let home = tempfile::Builder::new().prefix(newsmill_output::SCRATCH).tempdir_in(folder);
        let home = home.map_err(|cause| Error::Spool { path: folder.to_owned(), cause })?;
        Self::open(Home::Temporary(home))
    }

    /// The spool of the run folder `run`, with what is in it already; nothing of that counts that is
    /// not [read back](Self::read_back).
    pub(crate) fn lasting(run: &Path) -> Result<Self, Error> {
        let home = run.join(HOME);
        let failed = |cause| Error::Spool { path: home.clone(), cause };
        fs::create_dir_all(&home).map_err(failed)?;
        // What an earlier start had sorted is of no use.
        for entry in fs::read_dir(&home).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if entry.file_type().map_err(failed)?.is_dir() {
                fs::remove_dir_all(entry.path()).map_err(failed)?;
            }
        }
        Self::open(Home::Lasting(home))
    }

    fn open(home: Home) -> Result<Self, Error> {
        let open = |name: &str| {
            let path = home.path().join(name);
            let file =
                File::options().read(true).write(true).create(true).truncate(false).open(&path);
            file.map_err(|cause| Error::Spool { path, cause })
        };
        let articles = BufWriter::with_capacity(1 << 20, open("articles")?);
        let texts = BufWriter::with_capacity(1 << 20, open("texts")?);
        let scratch = tempfile::Builder::new().prefix("scratch-").tempdir_in(home.path());
        let scratch =
            scratch.map_err(|cause| Error::Spool { path: home.path().to_owned(), cause })?;
        Ok(Self { scratch, home, articles, texts, places: Vec::new(), offset: 0, starts: vec![0] })
    }

    /// The folder of scratch files.
    pub(crate) fn folder(&self) -> &Path {
        self.scratch.path()
    }

    /// The next frame and its texts as an earlier start of the run wrote them; nothing if they are
    /// not whole.
    pub(crate) fn read_back(
        &mut self,
        entry: &FrameEntry,
    ) -> Result<Option<(Frame, Vec<String>)>, Error> {
        let read = |file: &mut BufWriter<File>, offset: u64, len: u64| {
            let file = file.get_mut();
            file.seek(SeekFrom::Start(offset))?;
            let mut bytes = Vec::new();
            file.take(len).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        let bytes = read(&mut self.articles, self.offset, entry.bytes);
        let bytes = bytes.map_err(|cause| self.failed(cause))?;
        let start = self.starts.last().copied().unwrap_or(0);
        let texts = read(&mut self.texts, start, entry.texts.iter().sum());
        let mut rest = texts.map_err(|cause| self.failed(cause))?;
        let is_whole = bytes.len() as u64 == entry.bytes
            && xxh3_64(&bytes) == entry.checksum
            && xxh3_64(&rest) == entry.texts_checksum;
        if !is_whole {
            return Ok(None);
        }
        let mut texts = Vec::with_capacity(entry.texts.len());
        for &len in entry.texts.iter().rev() {
            let at = rest.len().saturating_sub(len as usize);
            let Ok(text) = String::from_utf8(rest.split_off(at)) else { return Ok(None) };
            texts.push(text);
        }
        texts.reverse();
        let frame = Frame { bytes, checksum: entry.checksum, articles: texts.len() };
        self.add(&frame, &texts);
        Ok(Some((frame, texts)))
    }

    /// How much has been read back.
    pub(crate) fn mark(&self) -> usize {
        self.places.len()
    }

    /// Takes frames back that were read back since `mark`.
    pub(crate) fn back_to(&mut self, mark: usize) {
        for place in self.places.drain(mark..).rev() {
            self.offset = place.offset;
            self.starts.truncate(self.starts.len() - place.articles);
        }
    }

    /// The folder it lies in.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Forgets what lies behind what was read back. Called before anything is added.
    pub(crate) fn cut(&mut self) -> Result<(), Error> {
        let texts = self.starts.last().copied().unwrap_or(0);
        for (file, len) in [(&mut self.articles, self.offset), (&mut self.texts, texts)] {
            let file = file.get_mut();
            let cut = file.set_len(len).and_then(|()| file.seek(SeekFrom::Start(len)));
            cut.map_err(|cause| Error::Spool { path: self.home.path().to_owned(), cause })?;
        }
        Ok(())
    }

    /// Adds a frame and the kept texts of its articles.
    pub(crate) fn push(&mut self, frame: &Frame, texts: &[String]) -> Result<FrameEntry, Error> {
        let mut checksum = Xxh3::new();
        let written = self.articles.write_all(&frame.bytes).and_then(|()| {
            texts.iter().try_for_each(|text| {
                checksum.update(text.as_bytes());
                self.texts.write_all(text.as_bytes())
            })
        });
        written.map_err(|cause| self.failed(cause))?;
        self.add(frame, texts);
        Ok(FrameEntry {
            bytes: frame.bytes.len() as u64,
            checksum: frame.checksum,
            texts: texts.iter().map(|text| text.len() as u64).collect(),
            texts_checksum: checksum.digest(),
        })
    }

    fn add(&mut self, frame: &Frame, texts: &[String]) {
        self.places.push(Place {
            offset: self.offset,
            len: frame.bytes.len(),
            checksum: frame.checksum,
            articles: frame.articles,
        });
        self.offset += frame.bytes.len() as u64;
        let mut start = self.starts.last().copied().unwrap_or(0);
        for text in texts {
            start += text.len() as u64;
            self.starts.push(start);
        }
    }

    /// Hands everything to the system, where it outlives the process.
    pub(crate) fn flush(&mut self) -> Result<(), Error> {
        let flushed = self.articles.flush().and_then(|()| self.texts.flush());
        flushed.map_err(|cause| self.failed(cause))
    }

    /// Makes everything durable that was flushed.
    pub(crate) fn sync(&mut self) -> Result<(), Error> {
        let synced = self.articles.get_ref().sync_data();
        let synced = synced.and_then(|()| self.texts.get_ref().sync_data());
        synced.map_err(|cause| self.failed(cause))
    }

    /// The error of a failure to pack or write a frame.
    pub(crate) fn failed(&self, cause: io::Error) -> Error {
        Error::Spool { path: self.home.path().to_owned(), cause }
    }

    /// Ends writing.
    pub(crate) fn finish(mut self) -> Result<Spool, Error> {
        self.flush()?;
        let Self { scratch, home, places, starts, .. } = self;
        Ok(Spool { scratch, home, places, starts, earlier: None })
    }
}

/// A finished spool.
#[derive(Debug)]
pub(crate) struct Spool {
    // Dropped before the folder it lies in.
    scratch: TempDir,
    home: Home,
    places: Vec<Place>,
    starts: Vec<u64>,
    /// Articles of earlier runs, numbered before those of this one.
    earlier: Option<Arc<index::Index>>,
}

impl Spool {
    /// The folder of scratch files.
    pub(crate) fn folder(&self) -> &Path {
        self.scratch.path()
    }

    /// Deletes it, since the run is finished.
    pub(crate) fn remove(self) -> Result<(), Error> {
        drop(self.scratch);
        if let Home::Lasting(path) = self.home {
            match fs::remove_dir_all(&path) {
                Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                    return Err(Error::Spool { path, cause });
                }
                _ => {}
            }
        }
        Ok(())
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
        Error::SpoolDamaged { path: self.home.path().join("articles"), detail }
    }

    /// The error of rows that could not be made of it.
    pub(crate) fn failed(&self, cause: io::Error) -> Error {
        Error::Spool { path: self.home.path().join("articles"), cause }
    }

    /// A reader of the frames, in order.
    pub(crate) fn frames(&self) -> Result<Frames<'_>, Error> {
        let path = self.home.path().join("articles");
        let file = File::open(&path).map_err(|cause| Error::Spool { path: path.clone(), cause })?;
        Ok(Frames { places: self.places.iter(), file, path })
    }

    /// A reader of single articles' texts.
    pub(crate) fn texts(&self) -> Result<TextReader<'_>, Error> {
        let path = self.home.path().join("texts");
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
        let mut writer = SpoolWriter::temporary(folder.path()).unwrap();
        for frame in [&[0, 1, 2][..], &[3], &[4, 5]] {
            let articles: Vec<_> = frame.iter().map(|n| article(*n)).collect();
            let texts: Vec<_> = frame.iter().map(|n| "é".repeat(*n as usize)).collect();
            writer.push(&Frame::pack(&articles).unwrap(), &texts).unwrap();
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
    fn what_is_whole_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let frame = |n| Frame::pack(&[article(n)]).unwrap();
        let mut writer = SpoolWriter::lasting(folder.path()).unwrap();
        let mut entries = Vec::new();
        for n in 0..3 {
            entries.push(writer.push(&frame(n), &[format!("text {n}")]).unwrap());
        }
        writer.flush().unwrap();
        drop(writer);
        let texts = folder.path().join(HOME).join("texts");
        let mut bytes = fs::read(&texts).unwrap();
        bytes[8] ^= 1;
        fs::write(&texts, bytes).unwrap();

        let mut writer = SpoolWriter::lasting(folder.path()).unwrap();
        let (first, text) = writer.read_back(&entries[0]).unwrap().unwrap();
        assert_eq!(first.unpack::<Article>().unwrap(), [article(0)]);
        assert_eq!(text, ["text 0"]);
        assert!(writer.read_back(&entries[1]).unwrap().is_none());
        writer.cut().unwrap();
        writer.push(&frame(7), &["text 7".to_owned()]).unwrap();
        let spool = writer.finish().unwrap();
        assert_eq!(spool.texts().unwrap().read(1).unwrap(), "text 7");
        let mut frames = spool.frames().unwrap();
        frames.next().unwrap();
        let second = frames.next().unwrap().unwrap();
        assert_eq!(second.unpack::<Article>().unwrap(), [article(7)]);
        assert!(frames.next().unwrap().is_none());
        drop(frames);
        spool.remove().unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn damage_is_seen() {
        let mut frame = Frame::pack(&[article(1)]).unwrap();
        frame.bytes[3] ^= 1;
        assert!(frame.unpack::<Article>().is_err());
    }
}
