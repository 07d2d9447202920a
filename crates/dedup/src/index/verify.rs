//! Reading a whole index to see whether it is what was written.

use super::reader::Index;
use super::segment::Segment;
use super::{IndexError, TextReader};
use crate::shingles::{ShingleSet, shingles_into};
use crate::sketch::Sketcher;
use crate::tokens::{Tokens, tokenize_into};

impl Index {
    /// Reads everything: each block has its checksum, each text the sketch that this version makes
    /// of it. `progress` is called with the number of texts done. Returns what is wrong, nothing
    /// when all is well.
    pub fn verify(&self, mut progress: impl FnMut(u32)) -> Vec<IndexError> {
        let mut wrong = Vec::new();
        let Some(config) = self.parameters().map(super::Parameters::config) else { return wrong };
        let sketcher = match Sketcher::new(&config) {
            Ok(sketcher) => sketcher,
            Err(error) => return vec![IndexError::damaged(self.path(), error.to_string())],
        };
        let mut check = Check {
            texts: self.reader(),
            sketcher,
            words: config.shingle_words,
            tokens: Tokens::default(),
            set: ShingleSet::new(),
        };
        let mut first = 0;
        for segment in self.parts() {
            for block in 0..segment.sketches.blocks() {
                check.block(segment, block, first, &mut wrong);
                first += segment.sketches.rows_of(block);
                progress(first);
            }
        }
        wrong
    }
}

struct Check<'a> {
    texts: TextReader<'a>,
    sketcher: Sketcher,
    words: usize,
    tokens: Tokens,
    set: ShingleSet,
}

impl Check<'_> {
    /// Checks the texts from number `first` on against a block of sketches.
    fn block(&mut self, segment: &Segment, block: usize, first: u32, wrong: &mut Vec<IndexError>) {
        let sketches = segment.sketches_of(block);
        let mut note = |error: IndexError| {
            // Each text of a damaged block says the same.
            let told = error.to_string();
            if wrong.last().is_none_or(|last| last.to_string() != told) {
                wrong.push(error);
            }
        };
        let sketches = sketches.map_err(&mut note).unwrap_or_default();
        for (text, number) in (first..first + segment.sketches.rows_of(block)).zip(0..) {
            let row = match self.texts.read(text) {
                Ok(row) => row,
                Err(error) => {
                    note(error);
                    continue;
                }
            };
            let Some(found) = sketches.get::<usize>(number) else { continue };
            tokenize_into(row.text, &mut self.tokens);
            shingles_into(self.tokens.hashes(), self.words, &mut self.set);
            let sketch = self.sketcher.sketch(self.tokens.hashes(), &self.set);
            if found.sketch != sketch || found.truncated != row.truncated {
                let detail = format!("the sketch of {:?} is not that of its text", row.id);
                note(segment.sketches.damaged(detail));
            }
        }
    }
}
