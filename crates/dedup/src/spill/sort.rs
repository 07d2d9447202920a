//! External merge sort (Knuth, The Art of Computer Programming 3, 5.4): sorted runs on disk, merged
//! while they are read.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::io;

use rayon::slice::ParallelSliceMut;

use super::record::Record;
use super::{Memory, Scratch, read_at};

/// Each run that is merged has a buffer of so many bytes: less than the larger number when there are
/// many of them, never less than the smaller.
const RUN_BUFFER: (usize, usize) = (4 << 10, 1 << 20);

/// Takes records in any order and gives them back in ascending order. Sorts in rayon's current
/// pool.
///
/// # Example
/// ```
/// use newsmill_dedup::spill::{Memory, Sorter};
///
/// let mut sorter = Sorter::new(&Memory::new(0, std::env::temp_dir()));
/// sorter.extend((0_u64..1_000).rev())?;
/// let sorted = sorter.finish()?;
/// let records = sorted.iter()?.collect::<std::io::Result<Vec<u64>>>()?;
/// assert_eq!(records, (0..1_000).collect::<Vec<u64>>());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Sorter<R> {
    held: Vec<R>,
    distinct: bool,
    runs: Vec<Run>,
    file: Option<Scratch>,
    memory: Memory,
    /// Records that may be held.
    most: usize,
    /// Records to hold before room is made.
    limit: usize,
}

/// A sorted piece of the scratch file.
#[derive(Debug, Clone, Copy)]
struct Run {
    start: u64,
    end: u64,
}

impl<R: Record> Sorter<R> {
    /// Gives back every record as often as it came.
    #[must_use]
    pub fn new(memory: &Memory) -> Self {
        let most = (memory.part() / size_of::<R>()).max(16);
        Self {
            held: Vec::new(),
            distinct: false,
            runs: Vec::new(),
            file: None,
            memory: memory.clone(),
            most,
            limit: 0,
        }
    }

    /// Gives back equal records once.
    pub(crate) fn distinct(memory: &Memory) -> Self {
        Self { distinct: true, ..Self::new(memory) }
    }

    /// Adds a record.
    ///
    /// # Errors
    /// When a scratch file cannot be written.
    pub fn push(&mut self, record: R) -> io::Result<()> {
        if self.held.len() >= self.limit {
            self.make_room()?;
        }
        self.held.push(record);
        Ok(())
    }

    /// Adds all of `records`.
    ///
    /// # Errors
    /// When a scratch file cannot be written.
    pub fn extend(&mut self, records: impl IntoIterator<Item = R>) -> io::Result<()> {
        records.into_iter().try_for_each(|record| self.push(record))
    }

    /// Drops repeats, which may make enough room, or moves what is held to disk.
    #[cold]
    fn make_room(&mut self) -> io::Result<()> {
        if self.distinct {
            self.sort();
        }
        // A run is worth its while when it is at least half of what could be held.
        if self.held.len() > self.most / 2 && self.limit >= self.most {
            self.spill()?;
        }
        let grown = (2 * self.held.len()).max(if self.distinct { MERGE_AT } else { 16 });
        self.limit = grown.min(self.most);
        // Growing by doubling could hold twice what is allowed.
        self.held.reserve_exact(self.limit - self.held.len());
        Ok(())
    }

    fn sort(&mut self) {
        self.held.par_sort_unstable();
        if self.distinct {
            self.held.dedup();
        }
    }

    fn spill(&mut self) -> io::Result<()> {
        self.sort();
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(self.memory.scratch()?),
        };
        let (mut start, mut end) = (None, 0);
        let mut bytes = Vec::new();
        for records in self.held.chunks((RUN_BUFFER.1 / R::BYTES).max(1)) {
            bytes.clear();
            records.iter().for_each(|record| record.write(&mut bytes));
            let at = file.append(&bytes)?;
            start.get_or_insert(at);
            end = at + bytes.len() as u64;
        }
        self.runs.extend(start.map(|start| Run { start, end }));
        self.held.clear();
        Ok(())
    }

    /// All records, sorted.
    ///
    /// # Errors
    /// When a scratch file cannot be written.
    pub fn finish(mut self) -> io::Result<Sorted<R>> {
        self.sort();
        if self.runs.is_empty() {
            self.held.shrink_to_fit();
        } else {
            // So that what is sorted holds no memory until it is read.
            self.spill()?;
            self.held = Vec::new();
        }
        let Self { held, distinct, runs, file, memory, .. } = self;
        Ok(Sorted { held, distinct, runs, file, part: memory.part() })
    }
}

/// Repeats are looked for when so many records have come, then again and again when twice as many
/// are left.
const MERGE_AT: usize = 1 << 20;

/// Records in ascending order, to be read as often as needed.
#[derive(Debug)]
pub struct Sorted<R> {
    held: Vec<R>,
    distinct: bool,
    runs: Vec<Run>,
    file: Option<Scratch>,
    part: usize,
}

impl<R: Record> Sorted<R> {
    /// The records, from the first one on.
    ///
    /// # Errors
    /// When a scratch file cannot be read; so can each record be.
    pub fn iter(&self) -> io::Result<SortedIter<'_, R>> {
        let Some(file) = &self.file else {
            return Ok(SortedIter(Reading::Held(self.held.iter())));
        };
        let buffer = (self.part / self.runs.len().max(1)).clamp(RUN_BUFFER.0, RUN_BUFFER.1);
        let mut merge = Merge {
            file: file.reader()?,
            runs: Vec::with_capacity(self.runs.len()),
            heads: BinaryHeap::with_capacity(self.runs.len()),
            buffer: (buffer / R::BYTES).max(1) * R::BYTES,
            last: None,
            distinct: self.distinct,
        };
        for (number, &run) in self.runs.iter().enumerate() {
            let mut reader = RunReader { run, block: Vec::new(), at: 0 };
            if let Some(head) = reader.next(&merge.file, merge.buffer)? {
                merge.heads.push(Reverse((head, number)));
            }
            merge.runs.push(reader);
        }
        Ok(SortedIter(Reading::Merged(merge)))
    }
}

/// Reads sorted records.
#[derive(Debug)]
pub struct SortedIter<'a, R>(Reading<'a, R>);

#[derive(Debug)]
enum Reading<'a, R> {
    Held(std::slice::Iter<'a, R>),
    Merged(Merge<R>),
}

#[derive(Debug)]
struct Merge<R> {
    file: File,
    runs: Vec<RunReader>,
    /// The next record of each run, with the number of the run.
    heads: BinaryHeap<Reverse<(R, usize)>>,
    buffer: usize,
    last: Option<R>,
    distinct: bool,
}

/// A run and the part of it that is in memory.
#[derive(Debug)]
struct RunReader {
    run: Run,
    block: Vec<u8>,
    at: usize,
}

impl RunReader {
    #[inline]
    fn next<R: Record>(&mut self, file: &File, buffer: usize) -> io::Result<Option<R>> {
        if self.at >= self.block.len() {
            let left = usize::try_from(self.run.end - self.run.start).unwrap_or(usize::MAX);
            if left == 0 {
                self.block = Vec::new();
                return Ok(None);
            }
            self.block.resize(left.min(buffer), 0);
            read_at(file, self.run.start, &mut self.block)?;
            self.run.start += self.block.len() as u64;
            self.at = 0;
        }
        let record = self.block.get(self.at..).map(R::read);
        self.at += R::BYTES;
        Ok(record)
    }
}

impl<R: Record> Merge<R> {
    fn next(&mut self) -> io::Result<Option<R>> {
        while let Some(mut head) = self.heads.peek_mut() {
            let Reverse((record, number)) = *head;
            let following = match self.runs.get_mut(number) {
                Some(run) => run.next(&self.file, self.buffer)?,
                None => None,
            };
            match following {
                Some(following) => *head = Reverse((following, number)),
                None => {
                    PeekMut::pop(head);
                }
            }
            if !self.distinct || self.last.replace(record) != Some(record) {
                return Ok(Some(record));
            }
        }
        Ok(None)
    }
}

impl<R: Record> Iterator for SortedIter<'_, R> {
    type Item = io::Result<R>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Reading::Held(records) => records.next().copied().map(Ok),
            Reading::Merged(merge) => merge.next().transpose(),
        }
    }
}

/// Reads runs of records that agree in a key, one run at a time.
#[derive(Debug)]
pub(crate) struct Groups<I: Iterator, R> {
    records: I,
    next: Option<R>,
}

impl<R: Record, I: Iterator<Item = io::Result<R>>> Groups<I, R> {
    pub(crate) fn new(mut records: I) -> io::Result<Self> {
        let next = records.next().transpose()?;
        Ok(Self { records, next })
    }

    /// Calls `member` with each record of the next group, in order; gives the first record, or
    /// nothing at the end.
    pub(crate) fn next_with(
        &mut self,
        same: impl Fn(&R, &R) -> bool,
        mut member: impl FnMut(R) -> io::Result<()>,
    ) -> io::Result<Option<R>> {
        let Some(first) = self.next.take() else { return Ok(None) };
        member(first)?;
        loop {
            self.next = self.records.next().transpose()?;
            match self.next {
                Some(record) if same(&first, &record) => member(record)?,
                _ => return Ok(Some(first)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hash::splitmix;

    fn read<R: Record>(sorted: &Sorted<R>) -> Vec<R> {
        sorted.iter().unwrap().map(Result::unwrap).collect()
    }

    proptest! {
        #[test]
        fn as_in_memory(
            numbers in prop::collection::vec(0_u64..500, 0..2_000),
            bytes in prop::sample::select(vec![0, 1_000, 10_000, u64::MAX]),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let memory = Memory::new(bytes, folder.path());
            let (mut all, mut once) = (Sorter::new(&memory), Sorter::distinct(&memory));
            all.extend(numbers.iter().copied()).unwrap();
            once.extend(numbers.iter().copied()).unwrap();
            let mut expected = numbers;
            expected.sort_unstable();
            let all = all.finish().unwrap();
            prop_assert_eq!(&read(&all), &expected);
            prop_assert_eq!(&read(&all), &expected);
            expected.dedup();
            prop_assert_eq!(read(&once.finish().unwrap()), expected);
        }
    }

    #[test]
    fn repeats_do_not_pile_up() {
        let mut sorter = Sorter::distinct(&Memory::unlimited());
        for i in 0..5_000_000_u64 {
            sorter.push(i % 1000).unwrap();
        }
        assert!(sorter.held.capacity() <= 2 * MERGE_AT);
        assert_eq!(read(&sorter.finish().unwrap()), (0..1000).collect::<Vec<_>>());
    }

    #[test]
    fn no_more_is_held_than_allowed() {
        let folder = tempfile::tempdir().unwrap();
        let memory = Memory::new(8 << 20, folder.path());
        for mut sorter in [Sorter::new(&memory), Sorter::distinct(&memory)] {
            for i in 0..1_000_000 {
                sorter.push(splitmix(1, i)).unwrap();
                assert!(sorter.held.capacity() * 8 <= (1 << 20));
            }
            let sorted = sorter.finish().unwrap();
            assert_eq!(sorted.iter().unwrap().count(), 1_000_000);
        }
    }
}
