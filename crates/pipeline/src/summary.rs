//! What came of a run, for people.

use std::fmt;
use std::path::PathBuf;

use newsmill_article::Tally;
use newsmill_output::RunFacts;
use serde::Serialize;

/// What came of a run.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// The books.
    pub tally: Tally,
    /// Records of kinds that hold no article; not in the books.
    pub skipped: u64,
    /// Bytes of the records read, after decompression.
    pub source_bytes: u64,
    /// How the run went.
    pub facts: RunFacts,
    /// The run folder, if there is one.
    pub folder: Option<PathBuf>,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { read, kept, duplicates, rejected, .. } = self.tally;
        let seconds = self.facts.seconds.max(1e-6);
        let megabytes = self.source_bytes as f64 / 1e6;
        writeln!(
            f,
            "{read} read = {kept} kept + {duplicates} duplicates + {rejected} rejected\n\
             {} bytes of text = {} kept + {} removed + {} line breaks and blanks folded",
            self.tally.text_bytes,
            self.tally.kept_bytes,
            self.tally.removed_bytes(),
            self.tally.layout_bytes,
        )?;
        for (reason, bytes) in &self.tally.removed_bytes {
            writeln!(f, "  {bytes:>12} bytes removed: {reason}")?;
        }
        if self.skipped > 0 {
            writeln!(f, "{} records of kinds that hold no article passed over", self.skipped)?;
        }
        if self.tally.replacement_characters > 0 {
            let count = self.tally.replacement_characters;
            writeln!(f, "{count} characters could not be decoded (U+FFFD)")?;
        }
        if self.tally.passages > 0 {
            let Tally { passages, passage_bytes, .. } = self.tally;
            writeln!(
                f,
                "{passages} passages ({passage_bytes} bytes) stand in earlier articles too"
            )?;
        }
        write!(f, "{seconds:.1} s")?;
        // What an earlier start did took none of these seconds.
        if !self.facts.resumed {
            let rate = read as f64 / seconds;
            write!(f, ", {rate:.0} articles/s, {:.1} MB/s", megabytes / seconds)?;
        }
        if let Some(bytes) = self.facts.peak_memory_bytes {
            write!(f, ", {} MiB at most", bytes >> 20)?;
        }
        match &self.folder {
            Some(folder) => writeln!(f, "; see {}", folder.display()),
            None => writeln!(f),
        }
    }
}
