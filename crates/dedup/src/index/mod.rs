//! Texts of earlier runs, so that those of a new one can be compared with them.
//!
//! An index is a folder. Each run that succeeds adds one *segment*, two files that never change: the
//! sketches, read from front to back when the next run begins, and the texts in compressed blocks,
//! of which only those are read that a pair is proven on. The file `index` names the segments; it
//! is replaced in one step, so readers need no lock and see a state before or after a change.
//! There is one writer at a time, held by a lock on the file `lock` that ends with its process.
//!
//! Everything is under checksums, which are checked before anything is used. What does not fit is
//! an error that says which file is wrong; an index is never used in part.
//!
//! # Adding, step by step
//! [`IndexWriter::prepare`] makes the segment durable, the caller then closes its run, and
//! [`IndexWriter::commit`] replaces the file `index`. A writer that was broken off before the run
//! was closed leaves a segment that the next one deletes; broken off after it, one that the next
//! writer adopts, as it asks the caller whether the run of a segment is finished. So a finished run
//! is in the index and an unfinished one is not, wherever the power went out.
//!
//! # Why plain files
//! Nothing is ever looked up by key: sketches are read all, texts by number, and segments never
//! change. A B-tree (redb 4.6) or a log-structured tree (fjall 3.1) can hold that too. For 20,000
//! articles of 3.4 kB on average, at zstd level 3, each text compressed on its own there and in
//! blocks of 64 KiB here, they took 3.9 and 3.2 kB an article against 2.8, 1.8 times the CPU time
//! to write, and 2 to 7 times to load the sketches; reading a text at random cost 35 and 15 µs with
//! them, 185 here, as a block has to be unpacked. What decided: neither lets one process read while
//! another one writes, and both bring a format of their own to be checked and kept readable.
//! As it is now, level 1 and blocks of 32 KiB: 2.9 kB an article, 25 µs to write, 1 µs to load,
//! 85 µs to read at random, 9 µs in order, 29 µs to verify.
//!
//! Sketches are stored as they are, since they do not compress: 1.3 kB an article, nearly half of
//! the index. Making them again from the texts would save that and cost some twenty times the load.
//!
//! ```
//! use newsmill_dedup::config::AcrossConfig;
//! use newsmill_dedup::index::{Index, IndexWriter, Parameters, Row};
//! use newsmill_dedup::sketch::Sketch;
//!
//! let folder = tempfile::tempdir()?;
//! let parameters = Parameters::new(&AcrossConfig::default(), "plain");
//! let mut writer = IndexWriter::open(folder.path(), |_| false)?;
//! let mut segment = writer.begin(&parameters)?;
//! let row = Row { id: "a1", text: "A river rose.", ..Row::default() };
//! segment.push(&row, &Sketch::default())?;
//! let prepared = writer.prepare(segment, "monday", "2025-03-10")?;
//! writer.commit(prepared)?;
//!
//! let index = Index::open(folder.path())?;
//! assert_eq!((index.texts(), index.reader().read(0)?.id), (1, "a1"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod blocks;
mod error;
mod files;
mod manifest;
mod parameters;
mod reader;
mod rows;
mod segment;
mod verify;
mod writer;

pub use error::IndexError;
pub use parameters::Parameters;
pub use reader::{Index, TextReader};
pub use rows::{Row, RowSketch};
pub use segment::{About, Run, SegmentWriter};
pub use writer::{IndexWriter, Prepared};

#[cfg(test)]
mod tests;
