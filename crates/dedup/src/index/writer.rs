//! An index, written: by one process at a time.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::files::{delete, files_of, lock, make_folders};
use super::manifest::{MANIFEST, Manifest};
use super::parameters::Parameters;
use super::segment::{Run, Segment, SegmentWriter, number_of, sketches_name, texts_name};
use super::{Index, IndexError};

/// The right to change an index, until it is dropped.
#[derive(Debug)]
pub struct IndexWriter {
    path: PathBuf,
    index: Arc<Index>,
    manifest: Manifest,
    /// Held, not used.
    _lock: File,
}

/// A segment that is on disk and not part of the index yet; see [`IndexWriter::commit`].
#[derive(Debug)]
#[must_use = "a segment that is not committed is no part of the index"]
pub struct Prepared {
    number: u32,
}

impl IndexWriter {
    /// Opens an index to add to it; makes it when the folder is not there or empty.
    ///
    /// Where a writer was broken off between the end of its run and the commit, `finished` is asked
    /// whether that run is finished: its texts become part of the index then. What other writers
    /// left behind is deleted.
    ///
    /// # Errors
    /// [`IndexError::Locked`] while another writer is at work, [`IndexError::Occupied`] when the
    /// folder holds something else, and as [`Index::open`].
    pub fn open(path: &Path, finished: impl Fn(&Run) -> bool) -> Result<Self, IndexError> {
        make_folders(path)?;
        Self::locked(path, true, finished)
    }

    /// Like [`IndexWriter::open`] for an index that is there.
    ///
    /// # Errors
    /// [`IndexError::Missing`] when there is none, and as [`IndexWriter::open`].
    pub fn existing(path: &Path, finished: impl Fn(&Run) -> bool) -> Result<Self, IndexError> {
        if Manifest::read(path)?.is_none() {
            return Err(IndexError::Missing { path: path.to_owned() });
        }
        Self::locked(path, false, finished)
    }

    fn locked(
        path: &Path,
        make: bool,
        finished: impl Fn(&Run) -> bool,
    ) -> Result<Self, IndexError> {
        // A folder of other things is not touched, not even by a lock.
        let found = Manifest::read(path)?;
        if found.is_none() && make {
            let only_ours = |name: &str| name == "lock" || name.ends_with(".draft");
            let names = std::fs::read_dir(path).map_err(|cause| IndexError::read(path, cause))?;
            for name in names {
                let name = name.map_err(|cause| IndexError::read(path, cause))?.file_name();
                if !only_ours(&name.to_string_lossy()) {
                    return Err(IndexError::Occupied { path: path.to_owned() });
                }
            }
        }
        let lock = lock(path)?;
        let names = files_of(path)?;
        let manifest = match Manifest::read(path)? {
            Some(manifest) => manifest,
            None if make => {
                let manifest = Manifest { next: 1, ..Manifest::default() };
                manifest.write(path)?;
                manifest
            }
            None => return Err(IndexError::Missing { path: path.to_owned() }),
        };
        let index = Arc::new(Index::of(path, &manifest)?);
        let mut writer = Self { path: path.to_owned(), index, manifest, _lock: lock };
        writer.tidy(&names, finished)?;
        Ok(writer)
    }

    /// Adopts or deletes what earlier writers left behind.
    fn tidy(
        &mut self,
        names: &[String],
        finished: impl Fn(&Run) -> bool,
    ) -> Result<(), IndexError> {
        for name in names.iter().filter(|name| *name != MANIFEST) {
            let Some(number) = number_of(name) else { continue };
            if self.manifest.segments.iter().any(|segment| segment.number == number) {
                continue;
            }
            // Lower numbers were part of the index once, before a merge. Sketches are there only
            // when the whole segment is.
            let whole = number >= self.manifest.next && *name == sketches_name(number);
            if whole && self.is_of_finished_run(number, &finished)? {
                self.commit(Prepared { number })?;
            } else {
                delete(&self.path.join(name))?;
            }
        }
        Ok(())
    }

    fn is_of_finished_run(
        &self,
        number: u32,
        finished: impl Fn(&Run) -> bool,
    ) -> Result<bool, IndexError> {
        let segment = Segment::open(&self.path, number)?;
        // A merge that was broken off has the texts of several runs, all in the index already.
        Ok(matches!(segment.about.runs.as_slice(), [run] if finished(run)))
    }

    /// The index with all that was committed.
    #[must_use]
    pub fn index(&self) -> &Arc<Index> {
        &self.index
    }

    /// Begins a segment of texts to add.
    ///
    /// # Errors
    /// [`IndexError::Parameters`] when the index was made with others, or when a file cannot be
    /// written.
    pub fn begin(&self, parameters: &Parameters) -> Result<SegmentWriter, IndexError> {
        self.index.check(parameters)?;
        SegmentWriter::create(&self.path, self.manifest.next, parameters)
    }

    /// Makes a segment durable as the work of one run, whose `texts` are counted here. It is not
    /// part of the index yet.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn prepare(
        &self,
        mut segment: SegmentWriter,
        name: impl Into<String>,
        started: impl Into<String>,
    ) -> Result<Prepared, IndexError> {
        let run = Run { name: name.into(), started: started.into(), texts: segment.rows() };
        segment.add_run(run);
        Ok(Prepared { number: segment.finish()? })
    }

    /// Makes a segment part of the index, in one step.
    ///
    /// # Errors
    /// When the manifest cannot be written, or the segment not be read back.
    #[expect(clippy::needless_pass_by_value, reason = "what is prepared is committed once")]
    pub fn commit(&mut self, prepared: Prepared) -> Result<(), IndexError> {
        let number = prepared.number;
        let segment = Segment::open(&self.path, number)?;
        self.index.check(&segment.about.parameters)?;
        let mut manifest = self.manifest.clone();
        manifest.parameters = Some(segment.about.parameters.clone());
        manifest.segments.push(segment.entry());
        self.replace(manifest, number)
    }

    /// Makes one segment of all there are. Needs their size in free space once more until it is
    /// done. Readers are not disturbed.
    ///
    /// # Errors
    /// When a segment is damaged or the new one cannot be written; the index is as it was then.
    pub fn merge(&mut self) -> Result<(), IndexError> {
        let Some(parameters) = self.index.parameters().cloned() else { return Ok(()) };
        if self.index.parts().len() < 2 {
            return Ok(());
        }
        let mut merged = self.begin(&parameters)?;
        for (about, _, _) in self.index.segments() {
            for run in &about.runs {
                merged.add_run(run.clone());
            }
        }
        let mut texts = self.index.reader();
        for (text, row) in (0..).zip(self.index.sketches()) {
            merged.push(&texts.read(text)?, &row?.sketch)?;
        }
        let number = merged.finish()?;
        let segment = Segment::open(&self.path, number)?;
        let manifest = Manifest { segments: vec![segment.entry()], ..self.manifest.clone() };
        let old: Vec<u32> = self.manifest.segments.iter().map(|segment| segment.number).collect();
        self.replace(manifest, number)?;
        for number in old {
            delete(&self.path.join(texts_name(number)))?;
            delete(&self.path.join(sketches_name(number)))?;
        }
        Ok(())
    }

    fn replace(&mut self, mut manifest: Manifest, number: u32) -> Result<(), IndexError> {
        manifest.next = number.checked_add(1).ok_or_else(|| IndexError::Full {
            path: self.path.clone(),
            detail: "it had too many segments",
        })?;
        // Opened before it is the index, so that a failure changes nothing.
        let index = Index::of(&self.path, &manifest)?;
        manifest.write(&self.path)?;
        self.index = Arc::new(index);
        self.manifest = manifest;
        Ok(())
    }
}
