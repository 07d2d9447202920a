//! A segment: the texts one run added, or several runs after a merge. Never changed.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::blocks::{BlockFile, BlockWriter};
use super::manifest::SegmentEntry;
use super::parameters::Parameters;
use super::rows::{Row, put_row, put_sketch};
use super::{IndexError, RowSketch};
use crate::sketch::Sketch;

/// A text is reached by unpacking the block it is in: larger blocks shrink more and take longer to
/// unpack.
const TEXT_BLOCK_BYTES: usize = 32 << 10;
/// Sketches are read one block after the other.
const SKETCH_BLOCK_BYTES: usize = 256 << 10;

/// What a segment says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// What its sketches were made with.
    pub parameters: Parameters,
    /// The runs it comes from, in the order they were added.
    pub runs: Vec<Run>,
    /// The earliest and the latest date of a text, in seconds since 1970.
    pub published: Option<(i64, i64)>,
}

/// A run that added texts, in the caller's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Its name: the path of its folder, say.
    pub name: String,
    /// When it was started.
    pub started: String,
    /// How many texts it added.
    pub texts: u32,
}

pub(super) fn texts_name(number: u32) -> String {
    format!("{number:08}.texts")
}

pub(super) fn sketches_name(number: u32) -> String {
    format!("{number:08}.sketches")
}

/// The number in the name of a segment's file.
pub(super) fn number_of(name: &str) -> Option<u32> {
    let number: u32 = name.split('.').next()?.parse().ok()?;
    (name == texts_name(number) || name == sketches_name(number)).then_some(number)
}

/// A segment, open for reading.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) number: u32,
    pub(super) about: About,
    pub(super) texts: BlockFile,
    pub(super) sketches: BlockFile,
}

impl Segment {
    pub(super) fn open(folder: &Path, number: u32) -> Result<Self, IndexError> {
        let texts = BlockFile::open(&folder.join(texts_name(number)))?;
        let sketches = BlockFile::open(&folder.join(sketches_name(number)))?;
        let about = serde_json::from_slice(sketches.about())
            .map_err(|e| sketches.damaged(format!("what it says of itself: {e}")))?;
        if texts.about() != number.to_string().as_bytes() || texts.rows() != sketches.rows() {
            return Err(texts.damaged("it does not belong to the sketches"));
        }
        Ok(Self { number, about, texts, sketches })
    }

    pub(super) fn entry(&self) -> SegmentEntry {
        SegmentEntry {
            number: self.number,
            rows: self.sketches.rows(),
            texts: self.texts.seal(),
            sketches: self.sketches.seal(),
        }
    }

    /// The sketches of a block.
    pub(super) fn sketches_of(&self, block: usize) -> Result<Vec<RowSketch>, IndexError> {
        let values = self.about.parameters.bands.saturating_mul(self.about.parameters.rows);
        let raw = self.sketches.read(block)?;
        let mut rest = raw.as_slice();
        let sketches: Option<Vec<RowSketch>> = (0..self.sketches.rows_of(block))
            .map(|_| super::rows::take_sketch(&mut rest, values))
            .collect();
        sketches
            .filter(|_| rest.is_empty())
            .ok_or_else(|| self.sketches.damaged("a block does not hold sketches"))
    }
}

/// Writes a segment, a text at a time. Dropped before its end, it leaves nothing.
#[derive(Debug)]
pub struct SegmentWriter {
    number: u32,
    about: About,
    texts: BlockWriter,
    sketches: BlockWriter,
    rows: u32,
}

impl SegmentWriter {
    pub(super) fn create(
        folder: &Path,
        number: u32,
        parameters: &Parameters,
    ) -> Result<Self, IndexError> {
        let about = About { parameters: parameters.clone(), runs: Vec::new(), published: None };
        Ok(Self {
            number,
            about,
            texts: BlockWriter::create(folder, &texts_name(number), TEXT_BLOCK_BYTES)?,
            sketches: BlockWriter::create(folder, &sketches_name(number), SKETCH_BLOCK_BYTES)?,
            rows: 0,
        })
    }

    /// Adds a text and its sketch.
    ///
    /// # Errors
    /// When it cannot be written, or is too large.
    pub fn push(&mut self, row: &Row<'_>, sketch: &Sketch) -> Result<(), IndexError> {
        self.texts.push(|block| put_row(row, block))?;
        self.sketches.push(|block| put_sketch(sketch, row.truncated, block))?;
        self.rows += 1;
        if let Some(date) = row.published {
            let (first, last) = self.about.published.unwrap_or((date, date));
            self.about.published = Some((first.min(date), last.max(date)));
        }
        Ok(())
    }

    pub(super) fn add_run(&mut self, run: Run) {
        self.about.runs.push(run);
    }

    pub(super) fn rows(&self) -> u32 {
        self.rows
    }

    /// Makes the segment durable: the texts, then the sketches, without which it is none.
    pub(super) fn finish(self) -> Result<u32, IndexError> {
        let about = serde_json::to_vec(&self.about)
            .map_err(|e| IndexError::write(Path::new(&sketches_name(self.number)), e.into()))?;
        self.texts.finish(self.number.to_string().as_bytes())?;
        self.sketches.finish(&about)?;
        Ok(self.number)
    }
}
