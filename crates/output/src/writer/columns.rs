//! Parquet files: row groups gathered, encoded several at a time, written in order.

use std::io::{self, Write};

use arrow_array::RecordBatch;
use rayon::prelude::*;

use super::Out;
use crate::format::parquet::{ParquetFile, RowGroup, RowGroups, part};
use crate::{OutputError, RunFile};

/// Bytes of a row group before it is encoded.
const GROUP_BYTES: u64 = 64 << 20;

/// Row groups encoded at a time at most: each takes its bytes in memory.
const GROUPS_AT_ONCE: usize = 8;

#[derive(Debug)]
pub(super) struct ColumnParts {
    group_bytes: u64,
    /// Made with the first row group, when the level is known.
    encoder: Option<RowGroups>,
    /// None between parts.
    file: Option<ParquetFile<Sink>>,
    counter: u64,
    /// The row group that is being filled, and its length.
    group: RowGroup,
    group_length: u64,
    part_length: u64,
    /// Full row groups, and whether each is the last of its part.
    waiting: Vec<(RowGroup, bool)>,
}

impl Default for ColumnParts {
    fn default() -> Self {
        Self {
            group_bytes: GROUP_BYTES,
            encoder: None,
            file: None,
            counter: 0,
            group: RowGroup::default(),
            group_length: 0,
            part_length: 0,
            waiting: Vec::new(),
        }
    }
}

impl ColumnParts {
    pub(super) fn push(
        &mut self,
        out: &mut Out<'_>,
        batch: Option<RecordBatch>,
        length: u64,
    ) -> Result<(), OutputError> {
        let Some(batch) = batch else { return Ok(()) };
        if self.part_length > 0 && self.part_length + length > out.part_bytes {
            self.seal(true);
        } else if self.group_length > 0 && self.group_length + length > self.group_bytes {
            self.seal(false);
        }
        if self.waiting.len() >= rayon::current_num_threads().min(GROUPS_AT_ONCE) {
            self.write(out)?;
        }
        self.group.push(batch);
        self.group_length += length;
        self.part_length += length;
        Ok(())
    }

    pub(super) fn finish(mut self, out: &mut Out<'_>) -> Result<(), OutputError> {
        if !self.group.is_empty() {
            self.seal(true);
        }
        self.write(out)?;
        if self.counter == 0 {
            self.file(out)?;
            self.close(out)?;
        }
        Ok(())
    }

    fn seal(&mut self, ends_part: bool) {
        self.waiting.push((std::mem::take(&mut self.group), ends_part));
        self.group_length = 0;
        if ends_part {
            self.part_length = 0;
        }
    }

    /// Encodes and writes what is waiting.
    fn write(&mut self, out: &mut Out<'_>) -> Result<(), OutputError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let waiting = std::mem::take(&mut self.waiting);
        let encoder = self.encoder(out)?;
        let encoded: Vec<_> = waiting
            .into_par_iter()
            .map(|(group, ends_part)| (encoder.encode(group), ends_part))
            .collect();
        for (group, ends_part) in encoded {
            let name = part(self.counter);
            let group = group.map_err(|e| out.error(&name, e))?;
            let file = self.file(out)?;
            file.append(group).map_err(|e| out.error(&name, e))?;
            if ends_part {
                self.close(out)?;
            }
        }
        Ok(())
    }

    fn encoder(&mut self, out: &Out<'_>) -> Result<&RowGroups, OutputError> {
        if self.encoder.is_none() {
            let encoder = RowGroups::new(out.level);
            self.encoder = Some(encoder.map_err(|e| out.error(&part(self.counter), e))?);
        }
        let none = || out.error(&part(self.counter), io::Error::other("no encoder"));
        self.encoder.as_ref().ok_or_else(none)
    }

    /// The file in hand, started if there is none.
    fn file(&mut self, out: &Out<'_>) -> Result<&mut ParquetFile<Sink>, OutputError> {
        let name = part(self.counter);
        if self.file.is_none() {
            let sink = Sink(RunFile::create(out.store, &name)?);
            let file = self.encoder(out)?.file(sink).map_err(|e| out.error(&name, e))?;
            self.file = Some(file);
        }
        let none = || out.error(&name, io::Error::other("no file"));
        self.file.as_mut().ok_or_else(none)
    }

    fn close(&mut self, out: &mut Out<'_>) -> Result<(), OutputError> {
        let Some(file) = self.file.take() else { return Ok(()) };
        let name = part(self.counter);
        let (rows, sink) = file.finish().map_err(|e| out.error(&name, e))?;
        let Sink(mut file) = sink;
        file.write(&[], rows)?;
        out.done.push(file.commit()?);
        self.counter += 1;
        Ok(())
    }
}

/// A file of the run as a writer.
#[derive(Debug)]
struct Sink(RunFile);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.write(bytes, 0) {
            Ok(()) => Ok(bytes.len()),
            Err(OutputError::Write { source, .. }) => Err(source),
            Err(error) => Err(io::Error::other(error)),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        // The file gathers writes itself, and all is flushed when it is committed.
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Content;
    use crate::writer::PART_BYTES;
    use crate::{ArticleRow, FrameBuilder, MemoryStore, Parquet};
    use newsmill_article::{Article, Block, BlockKind, Origin, Span};
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::RowAccessor;

    fn written(threads: usize, group_bytes: u64, part_bytes: u64) -> Vec<Vec<u8>> {
        let store = MemoryStore::new();
        let done = Vec::new();
        let mut out = Out { store: &store, part_bytes, level: 3, done };
        let mut parts = ColumnParts { group_bytes, ..ColumnParts::default() };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            for number in 0..20 {
                let text = "The river rose. ".repeat(number + 1);
                let block = Block::new(BlockKind::Paragraph, Span::whole(&text));
                let (id, origin) = (format!("{number:02}"), Origin::new("a", number as u64));
                let article = Article::new(id.into(), origin, text, vec![block], vec![]).unwrap();
                let mut frame = FrameBuilder::new(&Parquet, 3).unwrap();
                frame.push(&ArticleRow::new(&article, &article.kept(), None, &[])).unwrap();
                let frame = frame.finish().unwrap();
                let Content::Columns(batch) = frame.content else { panic!("no columns") };
                parts.push(&mut out, batch, frame.length).unwrap();
            }
            parts.finish(&mut out).unwrap();
        });
        assert_eq!(out.done.iter().filter_map(|file| file.rows).sum::<u64>(), 20);
        out.done.iter().map(|file| store.file(&file.name).unwrap()).collect()
    }

    #[test]
    fn row_groups_stand_in_order_whatever_the_threads() {
        // group and part bytes, parts, row groups
        let cases = [
            (GROUP_BYTES, PART_BYTES, 1, 1),
            (1, PART_BYTES, 1, 20),
            (1, 1, 20, 20),
            (GROUP_BYTES, 1, 20, 20),
        ];
        for (group_bytes, part_bytes, parts, groups) in cases {
            let files = written(1, group_bytes, part_bytes);
            assert_eq!(files.len(), parts);
            let (mut ids, mut found) = (Vec::new(), 0);
            for bytes in &files {
                let mut file = tempfile::tempfile().unwrap();
                file.write_all(bytes).unwrap();
                let file = SerializedFileReader::new(file).unwrap();
                found += file.num_row_groups();
                let rows = file.get_row_iter(None).unwrap();
                ids.extend(rows.map(|row| row.unwrap().get_string(0).unwrap().clone()));
            }
            assert_eq!(found, groups);
            assert!(ids.len() == 20 && ids.is_sorted(), "{ids:?}");
            for threads in [2, 3, 11] {
                assert_eq!(written(threads, group_bytes, part_bytes), files);
            }
        }
    }
}
