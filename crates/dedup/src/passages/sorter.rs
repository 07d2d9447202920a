//! Sorting more records than fit into memory.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

/// Bytes of a record.
const RECORD: usize = size_of::<u128>();
/// Records held at least, however little memory is allowed.
const LEAST_HELD: usize = 1 << 10;
/// Records of a run that are read at once, at least.
const LEAST_READ: usize = 1 << 8;

/// Sorts records in bounded memory: what does not fit is written to one scratch file in sorted
/// runs, which are merged when all are in. Time is n log n.
#[derive(Debug)]
pub struct Sorter {
    path: PathBuf,
    held: Vec<u128>,
    most_held: usize,
    file: Option<BufWriter<File>>,
    /// Records in each run of the file.
    runs: Vec<u64>,
}

impl Sorter {
    /// A sorter that holds at most `bytes` bytes of records and puts the others into a new file at
    /// `path`, which it makes when it needs it and removes when it is done with it.
    #[must_use]
    pub fn new(path: PathBuf, bytes: usize) -> Self {
        let most_held = (bytes / RECORD).max(LEAST_HELD);
        Self { path, held: Vec::new(), most_held, file: None, runs: Vec::new() }
    }

    /// Adds records.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn extend(&mut self, records: impl IntoIterator<Item = u128>) -> io::Result<()> {
        for record in records {
            if self.held.len() >= self.most_held {
                self.write_run()?;
            }
            self.held.push(record);
        }
        Ok(())
    }

    /// All records in ascending order.
    ///
    /// # Errors
    /// When the file cannot be written or read.
    pub fn sorted(mut self) -> io::Result<Sorted> {
        let mut sorted = Sorted::default();
        if let Some(mut file) = self.file.take() {
            file.flush()?;
            let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            sorted.scratch = Some(Scratch { file, path: std::mem::take(&mut self.path) });
            sorted.most_read = (self.most_held / (self.runs.len() + 1)).max(LEAST_READ);
            let mut start = 0;
            for records in &self.runs {
                let left = start..start + records * RECORD as u64;
                start = left.end;
                sorted.runs.push(Run { left, read: Vec::new().into_iter() });
            }
        }
        self.held.sort_unstable();
        let held = std::mem::take(&mut self.held);
        sorted.runs.push(Run { left: 0..0, read: held.into_iter() });
        for run in 0..sorted.runs.len() {
            sorted.step(run)?;
        }
        Ok(sorted)
    }

    fn write_run(&mut self) -> io::Result<()> {
        self.held.sort_unstable();
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                let file =
                    File::options().read(true).write(true).create_new(true).open(&self.path)?;
                self.file.insert(BufWriter::with_capacity(1 << 18, file))
            }
        };
        for record in &self.held {
            file.write_all(&record.to_le_bytes())?;
        }
        self.runs.push(self.held.len() as u64);
        self.held.clear();
        Ok(())
    }
}

/// Records in ascending order.
#[derive(Debug, Default)]
pub struct Sorted {
    runs: Vec<Run>,
    /// The next record of each run that has one.
    next: BinaryHeap<Reverse<(u128, usize)>>,
    scratch: Option<Scratch>,
    most_read: usize,
}

/// A sorted run: what is still in the file, in bytes, and what was read of it.
#[derive(Debug)]
struct Run {
    left: std::ops::Range<u64>,
    read: std::vec::IntoIter<u128>,
}

/// The scratch file; gone with this.
#[derive(Debug)]
struct Scratch {
    file: File,
    path: PathBuf,
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // The folder it is in is a scratch folder too and will be removed in its turn.
        drop(std::fs::remove_file(&self.path));
    }
}

impl Sorted {
    /// Puts the next record of a run into the heap.
    fn step(&mut self, number: usize) -> io::Result<()> {
        let Some(run) = self.runs.get_mut(number) else { return Ok(()) };
        if run.read.as_slice().is_empty()
            && let Some(scratch) = self.scratch.as_mut().filter(|_| !run.left.is_empty())
        {
            let bytes = (run.left.end - run.left.start).min((self.most_read * RECORD) as u64);
            let mut read = vec![0; bytes as usize];
            scratch.file.seek(SeekFrom::Start(run.left.start))?;
            scratch.file.read_exact(&mut read)?;
            run.left.start += bytes;
            let (records, _) = read.as_chunks::<RECORD>();
            let records: Vec<u128> = records.iter().map(|r| u128::from_le_bytes(*r)).collect();
            run.read = records.into_iter();
        }
        self.next.extend(run.read.next().map(|record| Reverse((record, number))));
        Ok(())
    }
}

impl Iterator for Sorted {
    type Item = io::Result<u128>;

    fn next(&mut self) -> Option<io::Result<u128>> {
        if let [run] = self.runs.as_mut_slice() {
            // Everything is in memory.
            let first = self.next.pop().map(|Reverse((record, _))| record);
            return first.or_else(|| run.read.next()).map(Ok);
        }
        let Reverse((record, run)) = self.next.pop()?;
        Some(self.step(run).map(|()| record))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::splitmix;

    #[test]
    fn few_and_many_records_are_sorted() {
        let folder = std::env::temp_dir();
        for records in [0, 1, 1_024, 1_025, 10_000] {
            let path = folder.join(format!("newsmill-sorter-{}-{records}", std::process::id()));
            let mut sorter = Sorter::new(path.clone(), 0);
            let mut want: Vec<u128> =
                (0..records).map(|n| u128::from(splitmix(3, n) % 5_000)).collect();
            sorter.extend(want.iter().copied()).unwrap();
            assert_eq!(path.exists(), records > 1_024);
            let found: Vec<u128> = sorter.sorted().unwrap().map(Result::unwrap).collect();
            want.sort_unstable();
            assert_eq!(found, want);
            assert!(!path.exists());
        }
    }
}
