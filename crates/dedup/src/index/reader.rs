//! An index, read: all sketches in turn, any text by its number.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::manifest::Manifest;
use super::parameters::Parameters;
use super::rows::take_row;
use super::segment::{About, Segment};
use super::{IndexError, Row, RowSketch};

/// How often the manifest is read again when a segment it names was merged away meanwhile.
const ATTEMPTS: usize = 32;

/// An index as it was when it was opened. Later changes by a writer are not seen and do no harm.
#[derive(Debug)]
pub struct Index {
    path: PathBuf,
    parameters: Option<Parameters>,
    segments: Vec<Arc<Segment>>,
    /// Number of the first text of each segment.
    firsts: Vec<u32>,
    texts: u32,
}

impl Index {
    /// Opens an index. Everything but the blocks of texts and sketches is checked; these are when
    /// they are read.
    ///
    /// # Errors
    /// [`IndexError::Missing`], [`IndexError::Version`], [`IndexError::Damaged`], or when a file
    /// cannot be read.
    pub fn open(path: &Path) -> Result<Self, IndexError> {
        let missing = || IndexError::Missing { path: path.to_owned() };
        let mut manifest = Manifest::read(path)?.ok_or_else(missing)?;
        for _ in 0..ATTEMPTS {
            let opened = Self::of(path, &manifest);
            let gone = matches!(&opened, Err(IndexError::Read { cause, .. })
                if cause.kind() == std::io::ErrorKind::NotFound);
            if !gone {
                return opened;
            }
            let now = Manifest::read(path)?.ok_or_else(missing)?;
            if now == manifest {
                break;
            }
            manifest = now;
        }
        Self::of(path, &manifest).map_err(|error| match error {
            IndexError::Read { path, .. } => IndexError::damaged(&path, "it is not there"),
            other => other,
        })
    }

    pub(super) fn of(path: &Path, manifest: &Manifest) -> Result<Self, IndexError> {
        let (mut segments, mut firsts, mut texts) = (Vec::new(), Vec::new(), 0_u32);
        for entry in &manifest.segments {
            let segment = Segment::open(path, entry.number)?;
            if segment.entry() != *entry {
                let detail = "it is another file than the index was made of";
                return Err(segment.sketches.damaged(detail));
            }
            if Some(&segment.about.parameters) != manifest.parameters.as_ref() {
                return Err(segment.sketches.damaged("it has other parameters than the index"));
            }
            firsts.push(texts);
            texts = texts.checked_add(entry.rows).ok_or_else(|| IndexError::Full {
                path: path.to_owned(),
                detail: "it holds too many texts",
            })?;
            segments.push(Arc::new(segment));
        }
        let parameters = manifest.parameters.clone();
        Ok(Self { path: path.to_owned(), parameters, segments, firsts, texts })
    }

    /// Its folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What its sketches were made with; nothing while it is empty.
    #[must_use]
    pub fn parameters(&self) -> Option<&Parameters> {
        self.parameters.as_ref()
    }

    /// Whether sketches made with `asked` can be compared with those of the index.
    ///
    /// # Errors
    /// [`IndexError::Parameters`] with the first difference.
    pub fn check(&self, asked: &Parameters) -> Result<(), IndexError> {
        self.parameters.as_ref().map_or(Ok(()), |own| own.check(asked, &self.path))
    }

    /// Number of texts. They are numbered from 0 in the order they were added.
    #[must_use]
    pub fn texts(&self) -> u32 {
        self.texts
    }

    /// What its segments say of themselves, and the bytes of their texts and of their sketches on
    /// disk.
    pub fn segments(&self) -> impl Iterator<Item = (&About, u64, u64)> {
        self.segments.iter().map(|segment| {
            (&segment.about, segment.texts.seal().bytes, segment.sketches.seal().bytes)
        })
    }

    pub(super) fn parts(&self) -> &[Arc<Segment>] {
        &self.segments
    }

    /// All sketches, in the order of the texts, a block in memory at a time.
    pub fn sketches(&self) -> impl Iterator<Item = Result<RowSketch, IndexError>> {
        let blocks = self
            .segments
            .iter()
            .flat_map(|segment| (0..segment.sketches.blocks()).map(move |block| (segment, block)));
        blocks.flat_map(|(segment, block)| {
            let (sketches, error) = match segment.sketches_of(block) {
                Ok(sketches) => (sketches, None),
                Err(error) => (Vec::new(), Some(Err(error))),
            };
            sketches.into_iter().map(Ok).chain(error)
        })
    }

    /// A reader of single texts: one for each thread.
    #[must_use]
    pub fn reader(&self) -> TextReader<'_> {
        TextReader { index: self, block: None, raw: Vec::new(), starts: Vec::new() }
    }
}

/// Reads single texts; the block of the last one stays at hand.
#[derive(Debug)]
pub struct TextReader<'a> {
    index: &'a Index,
    /// Segment and block that `raw` is.
    block: Option<(usize, usize)>,
    raw: Vec<u8>,
    /// Where each row of `raw` begins.
    starts: Vec<usize>,
}

impl TextReader<'_> {
    /// Text number `text` and what is known about it.
    ///
    /// # Errors
    /// When it cannot be read or is damaged.
    pub fn read(&mut self, text: u32) -> Result<Row<'_>, IndexError> {
        let unknown = || IndexError::damaged(&self.index.path, format!("it has no text {text}"));
        let after = self.index.firsts.partition_point(|first| *first <= text);
        let part = after.checked_sub(1).ok_or_else(unknown)?;
        let (segment, first) = (&self.index.segments[part], self.index.firsts[part]);
        let (block, row) = segment.texts.find(text - first).ok_or_else(unknown)?;
        let broken = || segment.texts.damaged("a block does not hold texts");
        if self.block != Some((part, block)) {
            self.block = None;
            self.raw = segment.texts.read(block)?;
            self.starts.clear();
            let mut rest = self.raw.as_slice();
            for _ in 0..segment.texts.rows_of(block) {
                self.starts.push(self.raw.len() - rest.len());
                take_row(&mut rest).ok_or_else(broken)?;
            }
            if !rest.is_empty() {
                return Err(broken());
            }
            self.block = Some((part, block));
        }
        let start = self.starts.get(row as usize).copied().unwrap_or_default();
        let mut rest = self.raw.get(start..).unwrap_or_default();
        take_row(&mut rest).ok_or_else(broken)
    }
}
