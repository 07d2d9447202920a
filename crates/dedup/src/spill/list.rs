//! A list of records in the order they were added.

use std::fs::File;
use std::io;

use super::record::Record;
use super::{Memory, Scratch, read_at};

/// Bytes moved to or from disk at once by whoever reads in order.
const BLOCK_BYTES: usize = 64 << 10;

/// Records in the order they were added; read in order or anywhere.
#[derive(Debug)]
pub(crate) struct List<R> {
    /// So many of the first ones lie on disk.
    spilled: u64,
    file: Option<Scratch>,
    rest: Vec<R>,
    /// Records that may be held.
    most: usize,
    memory: Memory,
}

impl<R: Record> List<R> {
    pub(crate) fn new(memory: &Memory) -> Self {
        Self::one_of(1, memory)
    }

    /// One of `lists` that together hold what one may.
    pub(crate) fn one_of(lists: usize, memory: &Memory) -> Self {
        let most = (memory.part() / size_of::<R>() / lists.max(1)).max(16);
        Self { spilled: 0, file: None, rest: Vec::new(), most, memory: memory.clone() }
    }

    pub(crate) fn len(&self) -> u64 {
        self.spilled + self.rest.len() as u64
    }

    #[inline]
    pub(crate) fn push(&mut self, record: R) -> io::Result<()> {
        if self.rest.len() == self.rest.capacity() {
            self.make_room()?;
        }
        self.rest.push(record);
        Ok(())
    }

    #[cold]
    fn make_room(&mut self) -> io::Result<()> {
        if self.rest.len() >= self.most {
            return self.spill();
        }
        // Growing by doubling could hold twice what is allowed.
        let more = self.rest.len().max(16).min(self.most - self.rest.len());
        self.rest.reserve_exact(more);
        Ok(())
    }

    fn spill(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(self.memory.scratch()?),
        };
        let mut bytes = Vec::new();
        for records in self.rest.chunks((BLOCK_BYTES / R::BYTES).max(1)) {
            bytes.clear();
            records.iter().for_each(|record| record.write(&mut bytes));
            file.append(&bytes)?;
        }
        self.spilled += self.rest.len() as u64;
        self.rest.clear();
        Ok(())
    }

    /// No more will be added: what is on disk in part need not be in memory in part.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        if self.file.is_some() {
            self.spill()?;
            self.rest = Vec::new();
        }
        Ok(())
    }

    /// A reader that takes in `block` records at once where they are on disk.
    pub(crate) fn reader(&self, block: usize) -> io::Result<Reader<'_, R>> {
        let file = self.file.as_ref().map(Scratch::reader).transpose()?;
        let block_records = (block as u64).max(1);
        Ok(Reader { list: self, file, block_records, block: Vec::new(), first: 0, end: 0 })
    }

    /// All records, in order.
    pub(crate) fn iter(&self) -> io::Result<impl Iterator<Item = io::Result<R>>> {
        let mut reader = self.reader(BLOCK_BYTES / R::BYTES)?;
        Ok((0..self.len()).map_while(move |at| reader.get(at).transpose()))
    }
}

/// Reads a list anywhere; fast where places follow each other.
#[derive(Debug)]
pub(crate) struct Reader<'a, R> {
    list: &'a List<R>,
    file: Option<File>,
    block_records: u64,
    /// The records from number `first` to `end`, as on disk.
    block: Vec<u8>,
    first: u64,
    end: u64,
}

impl<R: Record> Reader<'_, R> {
    /// Record number `at`; nothing after the last one.
    #[inline]
    pub(crate) fn get(&mut self, at: u64) -> io::Result<Option<R>> {
        if let Some(at) = at.checked_sub(self.list.spilled) {
            return Ok(self.list.rest.get(usize::try_from(at).unwrap_or(usize::MAX)).copied());
        }
        if !(self.first..self.end).contains(&at) {
            self.fetch(at)?;
        }
        let start = (at - self.first) as usize * R::BYTES;
        Ok(self.block.get(start..).map(R::read))
    }

    #[cold]
    fn fetch(&mut self, at: u64) -> io::Result<()> {
        self.end = self.first;
        let first = at - at % self.block_records;
        let records = self.block_records.min(self.list.spilled - first);
        self.block.resize(records as usize * R::BYTES, 0);
        if let Some(file) = &self.file {
            read_at(file, first * R::BYTES as u64, &mut self.block)?;
        }
        (self.first, self.end) = (first, first + records);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_what_was_added_from_any_place() {
        let folder = tempfile::tempdir().unwrap();
        for bytes in [0, 6_000, 100_000, u64::MAX] {
            let mut list = List::new(&Memory::new(bytes, folder.path()));
            for i in 0..20_000_u32 {
                list.push([i, i + 1, 7]).unwrap();
            }
            for _ in 0..2 {
                assert_eq!(list.len(), 20_000);
                let read: Vec<_> = list.iter().unwrap().map(Result::unwrap).collect();
                assert_eq!(read, (0..20_000).map(|i| [i, i + 1, 7]).collect::<Vec<_>>());
                let mut reader = list.reader(7).unwrap();
                for at in [19_999, 0, 1, 6, 7, 9_999, 8] {
                    let expected = [at, at + 1, 7];
                    assert_eq!(reader.get(at.into()).unwrap(), Some(expected));
                }
                assert_eq!(reader.get(20_000).unwrap(), None);
                list.finish().unwrap();
            }
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
